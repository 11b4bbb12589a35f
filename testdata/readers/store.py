"""Reads a store of releases by what FORMAT.md says of it, and by nothing else.

    python3 store.py STORE                      holds every file and every cell against FORMAT.md
    python3 store.py STORE INDICATOR [SOURCE]   prints the newest figures of everyone

Prints every fault and exits with 1 if there is one. Standard library of Python 3 alone.
"""
import base64, csv, hashlib, json, pathlib, re, sys

TABLES = {"Figures": "{0}.csv", "Changes": "{0}.changes.csv", "Trends": "trends.csv", "Funnels": "funnels.csv", "Evidence": "evidence.csv", "Targets": "targets.csv"}
VALUE = {"Figures": "value", "Changes": "change"}
faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def columns(page):
    """The columns of each table, as the page has them: name, type, whether one is never null, and those that name a row."""
    tables = {}
    for part in re.split(r"^### ", page, flags=re.M)[1:]:
        title, text = part.split("\n", 1)
        if title not in TABLES:
            continue
        of, prose = [], text[: text.index("| column |")]
        for names, kind, never in re.findall(r"^\| (`[^|]*`) \| (text|number|count) \| (yes|) ?\|", text, flags=re.M):
            of += [(name, kind, never == "yes") for name in re.findall(r"`(\w+)`", names)]
        named = re.search(r"((?:`\w+`,?\s*(?:and )?)+)\s*together\s+name", prose)
        tables[title] = of, re.findall(r"`(\w+)`", named[1])
    return tables


def canonical(cell, kind):
    """Whether a cell is a number in its shortest decimal form, without an exponent."""
    if kind == "count":
        return re.fullmatch(r"0|[1-9]\d*", cell)
    return re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", cell) and cell != "-0" and ("e" in repr(float(cell)) or repr(float(cell)).removesuffix(".0") == cell)


def table(where, data, of, key, value):
    """The rows of a canonical CSV file, held against its columns."""
    rows = list(csv.DictReader(data.decode("utf-8").splitlines(keepends=True)))
    if b"\r" in data or not data.endswith(b"\n") or data.split(b"\n", 1)[0].decode() != ",".join(name for name, _, _ in of):
        fault(where, "not the header or the line ends that FORMAT.md has")
        return []
    seen = set()
    for n, row in enumerate(rows, 2):
        for name, kind, never in of:
            cell = row[name]
            if never and cell == "" or cell and kind != "text" and not canonical(cell, kind):
                fault(where, f"line {n}: {name} is {cell!r}")
        if value == "value" and (row["value"] == "") != (row["status"] != ""):
            fault(where, f"line {n}: a value is null exactly when the status says why")
        if value == "change" and (row["change"] == "") != (row["verdict"] == "not comparable" and not row["reason"].startswith("no-error")):
            fault(where, f"line {n}: a change is null exactly where figures are not comparable")
        seen.add(tuple(row[name] for name in key))
    if len(seen) != len(rows):
        fault(where, "a key is there twice")
    return rows


def words(labels, wanted):
    """An indicator's entry in labels.json with the sources and the codes that it names."""
    i = next(x for x in labels["indicators"] if x["id"] == wanted)
    categories = {(b["breakdown"], c) for b in i["breakdowns"] for c in b["categories"]}

    def names(c):
        return (c["column"] == "population" and c["code"] in i["populations"] or c["column"] in ("item", "break") and c.get("of") == wanted
                or c["column"] == "breakdown" and c["code"] in {b["breakdown"] for b in i["breakdowns"]}
                or c["column"] == "category" and (c.get("of"), c["code"]) in categories)

    made = {"indicator": i, "sources": [s for s in labels["sources"] if s["id"] in i["sources"]], "codes": [c for c in labels["codes"] if names(c)]}
    return (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode()


def release(folder, previous):
    """Holds one release against FORMAT.md; its manifest, its digest and its figures."""
    where = folder.name
    held = {str(p.relative_to(folder).as_posix()): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    sums = dict(line.split("  ", 1)[::-1] for line in held["SHA256SUMS"].decode().splitlines())
    for name in sorted(held.keys() - {"SHA256SUMS"} | sums.keys()):
        if name not in held or digest(held[name]) != sums.get(name):
            fault(f"{where}/{name}", "missing, strange or not of its digest")
    manifest, labels = json.loads(held["release.json"]), json.loads(held["labels.json"])
    if manifest["format"] != "togetherwecan-release/1" or manifest["previous"] != previous:
        fault(f"{where}/release.json", "another format, or not what follows the release before")
    listed = {f["path"]: f for f in manifest["files"]}
    for name in sorted(listed.keys() ^ (held.keys() - {"SHA256SUMS", "release.json"})) + [n for n, f in listed.items() if n in held and (f["sha256"], f["bytes"]) != (digest(held[n]), len(held[n]))]:
        fault(f"{where}/release.json", f"{name} is not as it is listed")
    tables, own, figures = columns(held["FORMAT.md"].decode()), {}, {}
    for title in ("Evidence", "Targets", "Trends", "Funnels"):
        name = TABLES[title]
        if name in held:
            table(f"{where}/{name}", held[name], *tables[title], None)
            own[name] = held[name].split(b"\n")[1:-1]
    for i in manifest["indicators"]:
        made = b""
        for title in ("Figures", "Changes"):
            name = f"indicators/{i['id']}/" + TABLES[title].format(i["id"])
            if name in held:
                made += held[name]
                rows = table(f"{where}/{name}", held[name], *tables[title], VALUE[title])
                if title == "Figures":
                    figures[i["id"]] = rows
        made += words(labels, i["id"])
        for name in ("evidence.csv", "targets.csv", "trends.csv", "funnels.csv"):
            made += b"".join(line + b"\n" for line in own.get(name, []) if line.startswith(i["id"].encode() + b","))
        if digest(made) != i["identity"]:
            fault(f"{where}/{i['id']}", "not of its identity")
    return manifest, labels, digest(held["release.json"]), figures


def tree(entries):
    """The hash of a tree of entries (RFC 6962)."""
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return hashlib.sha256(b"\1" + tree(entries[:k]) + tree(entries[k:])).digest()


def log(folder, entries):
    """Holds the log's checkpoint and its lowest tiles against the entries."""
    lines = (folder / "checkpoint").read_text().split("\n")
    if lines[1] != str(len(entries)) or lines[2] != base64.b64encode(tree(entries)).decode():
        fault("log/checkpoint", "is not of the releases")
    hashes = b"".join(hashlib.sha256(b"\0" + e).digest() for e in entries)
    held = b""
    for n in range((len(entries) + 255) // 256):
        width = min(256, len(entries) - 256 * n)
        held += (folder / "tile" / "8" / "0" / (f"{n:03d}" if width == 256 else f"{n:03d}.p/{width}")).read_bytes()
    if held != hashes:
        fault("log/tile", "is not of the releases")


def notices(store, chain):
    """The store's notices, each with its path, held against each other and the releases: the id, digest and notice of each."""
    made, previous = [], ""
    order = [r for r, _, _ in chain]
    for n, path in enumerate(sorted(p for p in (store / "notices").glob("*") if not p.name.startswith(".")), 1):
        where, data = f"notices/{path.name}", path.read_bytes()
        notice = json.loads(data)
        if path.name != f"{n:04d}.json" or notice["format"] != "togetherwecan-notice/1" or notice["previous"] != previous:
            fault(where, "another format or number, or not what follows the notice before")
        for key in ("newest", "since", "corrected_by"):
            if notice[key] is not None and (notice[key]["id"], notice[key]["digest"]) not in [c[:2] for c in chain]:
                fault(where, f"{key} is no release of the store")
        previous = digest(data)
        made.append({"path": where, "digest": previous} | notice)
    for at, (name, _, notice) in enumerate(chain):
        if notice != next((m["digest"] for m in reversed(made) if order.index(m["newest"]["id"]) < at), ""):
            fault(f"{name}/release.json", "notice is not the last one before it")
    return made


def main(store, indicator=None, source=None):
    order = sorted((p for p in (store / "releases").iterdir() if not p.name.startswith(".")), key=lambda p: (p.name[:10], int(p.name[11:])))
    catalog, previous, before, entries = json.loads((store / "catalog.json").read_bytes()), "", "", []
    chain = []
    for folder, entry in zip(order, catalog["releases"], strict=True):
        manifest, labels, previous, figures = release(folder, previous)
        title = {i["id"]: i["title"] for i in labels["indicators"]}
        made = {"id": folder.name, "digest": previous, "previous": before, "reason": manifest["reason"], "sources": [s["id"] for s in manifest["sources"]]}
        made["indicators"] = [{"title": title[i["id"]]} | {k: i[k] for k in ("id", "version", "class", "reason", "identity")} for i in manifest["indicators"]]
        if made != entry or manifest["synthetic"] != catalog["synthetic"]:
            fault("catalog.json", f"{folder.name} is not as it is listed")
        before = folder.name
        chain.append((folder.name, previous, manifest["notice"]))
        if indicator is None:
            print(f"{folder.name}: {len(manifest['indicators'])} indicators, {sum(map(len, figures.values())):,} figures")
    if (store / "CURRENT").read_text() != order[-1].name + "\n" or catalog["current"] != order[-1].name:
        fault("CURRENT", "not the newest release")
    given = notices(store, chain)
    if given != catalog["notices"]:
        fault("catalog.json", "the notices are not as they are listed")
    for name, sha256, _ in chain:
        entries += [f"{name} {sha256}\n".encode()] + [f"{n['path']} {n['digest']}\n".encode() for n in given if n["newest"]["id"] == name]
    if (store / "log").exists():  # which stores of the first builds do not have
        log(store / "log", entries)
    for row in figures.get(indicator, []):
        if row["breakdown"] == "all" and source in (None, row["source"]):
            print(row["source"], row["population"], row["item"], row["value"] or f"[{row['status']}]", row["unit"], row["ci_lower"], row["ci_upper"], sep="\t")
    for line in faults:
        print(line, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), *sys.argv[2:]))
