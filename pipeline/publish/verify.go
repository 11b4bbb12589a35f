package publish

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// encodeSums returns SHA256SUMS for files, in the form that sha256sum -c
// reads, sorted by path.
func encodeSums(files []release.File) []byte {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b release.File) int { return strings.Compare(a.Path, b.Path) })
	var b strings.Builder
	for _, f := range sorted {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, f.Path)
	}
	return []byte(b.String())
}

var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  (.+)$`)

// decodeSums returns the digests of SHA256SUMS by path.
func decodeSums(data []byte) (map[string]string, error) {
	text, ok := strings.CutSuffix(string(data), "\n")
	if !ok {
		return nil, errors.New("no line feed at the end")
	}
	sums := map[string]string{}
	last := ""
	for i, line := range strings.Split(text, "\n") {
		match := sumLine.FindStringSubmatch(line)
		if match == nil || !fs.ValidPath(match[2]) {
			return nil, fmt.Errorf("line %d: %.80q, want a digest, two spaces and a path", i+1, line)
		}
		if match[2] <= last {
			return nil, fmt.Errorf("line %d: %s is out of order or there twice", i+1, match[2])
		}
		last = match[2]
		sums[last] = match[1]
	}
	return sums, nil
}

// Verify holds the store against itself: every file against its digest, every
// manifest, the chain of releases, the pointer, the identities and the
// catalogue. With deep it reads every Parquet file with the second library
// and compares it with the CSV cell by cell. It reports every problem, of
// kind Integrity, or Disk for what cannot be read; where all is well but that the
// last release is not pointed to or catalogued yet, that is one of kind Running or, if
// nobody has the store, Interrupted.
func (s *Store) Verify(deep bool) error {
	var ps refusal.Problems
	add := func(where, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: where, What: fmt.Sprintf(format, args...)})
	}
	ids, err := s.list()
	if err != nil {
		return err
	}
	current, err := s.currentID()
	ps = append(ps, refusal.Of(err, refusal.Integrity)...)
	if len(ids) == 0 && current == "" && len(ps) == 0 {
		return s.refuse(refusal.Data, s.dir, "nothing to verify: no release in the store")
	}
	ps = append(ps, s.strays(ids)...)
	digest, synthetic := "", false
	for i, id := range ids {
		where := releasesName + "/" + id
		r, d, problems := s.verifyRelease(s.path(releasesName, id), where, deep, nil)
		ps = append(ps, problems...)
		if r != nil {
			_, problems := s.restricted(id, r.Manifest)
			ps = append(ps, problems...)
		}
		// The digest of a release without a manifest is not known.
		if r != nil && r.Manifest.Previous != digest && (i == 0 || digest != "") {
			add(where+"/"+manifestName, "previous is %s, want %s, the SHA-256 of the release before", or(r.Manifest.Previous, "empty"), or(digest, "empty"))
		}
		if r != nil && i > 0 && r.Manifest.Synthetic != synthetic {
			add(where+"/"+manifestName, "synthetic is %t, unlike the release before", r.Manifest.Synthetic)
		}
		digest = d
		if r != nil {
			synthetic = r.Manifest.Synthetic
		}
	}
	if len(ps) == 0 && s.unfinished(ids, current) {
		return s.Unsettled()
	}
	if err == nil && (len(ids) == 0 || current != ids[len(ids)-1]) {
		newest := "nothing"
		if len(ids) > 0 {
			newest = ids[len(ids)-1]
		}
		add(currentName, "names %s, the newest release is %s", or(current, "nothing"), newest)
	}
	// A catalogue cannot be rebuilt from manifests that are damaged.
	if want, err := s.catalog("", nil); err == nil {
		got, err := readFile(s.path(catalogName))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			add(catalogName, "missing")
		case err != nil:
			ps = append(ps, refusal.Of(s.disk(err), refusal.Disk)...)
		case string(got) != string(want):
			add(catalogName, "is not what the releases give")
		}
	}
	return ps.Err()
}

// unfinished says whether the store is as a publication leaves it between its last
// steps: the newest release is in its place, and the catalogue, if not the pointer
// too, is still that of the releases before.
func (s *Store) unfinished(ids []string, current string) bool {
	n := len(ids) - 1
	if n < 0 || current != ids[n] && (n == 0 && current != "" || n > 0 && current != ids[n-1]) {
		return false
	}
	got, err := readFile(s.path(catalogName))
	if n == 0 {
		return errors.Is(err, fs.ErrNotExist)
	}
	want, fault := s.catalogOf(ids[:n], "", nil)
	return err == nil && fault == nil && bytes.Equal(got, want)
}

// Unsettled says of a store whose newest release is not current or not catalogued
// what will finish it.
func (s *Store) Unsettled() error {
	ids := s.Releases()
	newest := ids[len(ids)-1]
	p := refusal.Problem{
		Kind: refusal.Interrupted, Where: s.dir, What: fmt.Sprintf("a run was cut off before %s was current and catalogued", newest),
		Hint: "the next twc run finishes it; the releases before are whole",
	}
	if disk.Locked(s.path(lockName)) {
		p.Kind, p.What, p.Hint = refusal.Running, "another run is publishing "+newest, "wait for the other run to end"
	}
	return refusal.Problems{p}
}

// strays reports what lies in the store and is no part of it.
func (s *Store) strays(ids []string) refusal.Problems {
	var ps refusal.Problems
	for _, folder := range []string{"", releasesName, restrictedName} {
		entries, err := os.ReadDir(s.path(folder))
		if folder == restrictedName && errors.Is(err, fs.ErrNotExist) {
			continue // it is not handed out
		}
		if err != nil {
			ps = append(ps, refusal.Of(s.disk(err), refusal.Disk)...)
			continue
		}
		for _, e := range entries {
			known := slices.Contains(members, e.Name())
			if folder == releasesName {
				// What another run is building, or was, is not published.
				known = slices.Contains(ids, e.Name()) || strings.HasPrefix(e.Name(), building)
			}
			if folder == restrictedName {
				known = slices.Contains(ids, e.Name()) || e.Name() == keyName || strings.HasPrefix(e.Name(), ".")
			}
			if !known {
				ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: filepath.ToSlash(filepath.Join(folder, e.Name())), What: "no part of a store"})
			}
		}
	}
	return ps
}

// verifyRelease holds one release's folder against its digests and itself.
// It returns the release, nil where its manifest or labels cannot be read, and
// the digest of release.json. Where the release was made of a package just now,
// its rows must be the package's too, which lets go of them.
func (s *Store) verifyRelease(dir, where string, deep bool, of *Package) (*Release, string, refusal.Problems) {
	var ps refusal.Problems
	add := func(name, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: where + "/" + name, What: fmt.Sprintf(format, args...)})
	}
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			ps = append(ps, refusal.Of(s.disk(err), refusal.Disk)...)
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || e.IsDir() {
			return err
		}
		name := filepath.ToSlash(rel)
		if !e.Type().IsRegular() {
			add(name, "not a regular file")
			return nil
		}
		names = append(names, name)
		return nil
	})
	ps = append(ps, refusal.Of(s.disk(err), refusal.Disk)...)
	files, problems := s.held(dir, names)
	ps = append(ps, problems...)

	text, ok := files.data[sumsName]
	if !ok {
		add(sumsName, "missing")
		return nil, "", ps
	}
	sums, err := decodeSums(text)
	if err != nil {
		add(sumsName, "%v", err)
		return nil, "", ps
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		switch digest, ok := files.digests[name]; {
		case !ok:
			add(name, "missing")
		case digest != sums[name]:
			add(name, "changed: SHA-256 is %s, %s says %s", digest, sumsName, sums[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files.digests)) {
		if _, ok := sums[name]; !ok && name != sumsName {
			add(name, "no part of the release: not in %s", sumsName)
		}
	}
	r, problems := unseal(where, files.data, files.sizes)
	ps = append(ps, problems...)
	if r == nil {
		return nil, files.digests[manifestName], ps
	}
	rows, tables, problems := verifyTables(r, where, files, sums, of)
	ps = append(ps, problems...)
	if !deep {
		tables = nil
	}
	found := make([]refusal.Problems, len(tables)+len(r.Manifest.Indicators))
	parallel(len(found), func(job int) {
		if job < len(tables) {
			found[job] = tables[job]()
			return
		}
		i := job - len(tables)
		var made *Indicator
		if of != nil {
			made = &of.Indicators[i]
		}
		found[job] = verifyIndicator(r, &r.Manifest.Indicators[i], where, files, sums, deep, made, rows)
		if made != nil { // its rows are on the disk
			made.Content.Figures, made.Content.Changes = nil, nil
		}
	})
	for _, problems := range found {
		ps = append(ps, problems...)
	}
	return r, r.Digest, ps
}

// contents are what the files of a release hold: the digest and the size of each,
// and the data of those that are of no indicator, so that memory does not depend
// on how many there are.
type contents struct {
	dir     string
	digests map[string]string
	sizes   map[string]int64
	data    map[string][]byte
}

// held reads the files of a folder, several at a time.
func (s *Store) held(dir string, names []string) (*contents, refusal.Problems) {
	c := &contents{dir, map[string]string{}, map[string]int64{}, map[string][]byte{}}
	digests, sizes, data, faults := make([]string, len(names)), make([]int64, len(names)), make([][]byte, len(names)), make([]error, len(names))
	parallel(len(names), func(i int) {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(names[i])))
		if err != nil {
			faults[i] = err
			return
		}
		defer f.Close()
		hash, whole := sha256.New(), bytes.Buffer{}
		to := io.Writer(hash)
		if !strings.Contains(names[i], "/") {
			if info, err := f.Stat(); err == nil {
				whole.Grow(int(info.Size()))
			}
			to = io.MultiWriter(hash, &whole)
		}
		sizes[i], faults[i] = io.Copy(to, f)
		digests[i], data[i] = hex.EncodeToString(hash.Sum(nil)), whole.Bytes()
	})
	var ps refusal.Problems
	for i, name := range names {
		if faults[i] != nil {
			ps = append(ps, refusal.Of(s.disk(faults[i]), refusal.Disk)...)
			continue
		}
		c.digests[name], c.sizes[name] = digests[i], sizes[i]
		if !strings.Contains(name, "/") {
			c.data[name] = data[i]
		}
	}
	return c, ps
}

// verifyIndicator holds an indicator's files against its entry in the
// manifest and each other, and against what they were made of where that is
// given. Files whose digests are wrong are reported already, and so are the
// release's own tables where they are nil.
func verifyIndicator(r *Release, x *release.Indicator, where string, files *contents, sums map[string]string, deep bool, made *Indicator, rows tables) refusal.Problems {
	var ps refusal.Problems
	add := func(name, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: where + "/" + name, What: fmt.Sprintf(format, args...)})
	}
	whole := rows != nil
	names := []string{definition(x.ID)}
	if x.Figures > 0 {
		names = append(names, figuresCSV(x.ID), changesCSV(x.ID), figuresParquet(x.ID), changesParquet(x.ID), dataPackage(x.ID))
	}
	for _, name := range names {
		if _, listed := sums[name]; !listed {
			add(name, "missing: not in %s", sumsName)
			whole = false
		} else if files.digests[name] != sums[name] {
			whole = false
		}
	}
	if !whole {
		return ps
	}
	if got := files.digests[definition(x.ID)]; got != x.Definition {
		add(definition(x.ID), "SHA-256 is %s, %s says %s", got, manifestName, x.Definition)
	}
	data := map[string][]byte{}
	for _, name := range names {
		var err error
		if data[name], err = readFile(filepath.Join(files.dir, filepath.FromSlash(name))); err != nil {
			add(name, "changed while it was read: %v", refusal.Reason(err))
			return ps
		}
	}
	var content release.Content
	var err error
	figuresText, changesText := data[figuresCSV(x.ID)], data[changesCSV(x.ID)]
	if made == nil {
		content, err = decodeContent(x, r.Labels, figuresText, changesText, rows)
	} else { // whose rows need not be held twice
		content = wordsOf(x, r.Labels, rows)
		content.Figures, content.Changes = made.Content.Figures, made.Content.Changes
		err = cmp.Or(checkIdentity(x, content, figuresText, changesText), checkCounts(x, content))
	}
	if err != nil {
		add(home(x), "%v", err)
		return ps
	}
	if !deep || x.Figures == 0 {
		return ps
	}
	var figures, changes []sheet.Pair
	if made != nil {
		if err := cmp.Or(sameText(figuresText, content.Figures, release.FigureColumns), sameText(changesText, content.Changes, release.ChangeColumns)); err != nil {
			add(figuresCSV(x.ID), "not what was published: %v", err)
		}
		d := describe(r.Manifest, made)
		figures, changes = d.figures(), d.changes()
	}
	if err := readBack(data[figuresParquet(x.ID)], content.Figures, release.FigureColumns, figures); err != nil {
		add(figuresParquet(x.ID), "not what the CSV says: %v", err)
	}
	if err := readBack(data[changesParquet(x.ID)], content.Changes, release.ChangeColumns, changes); err != nil {
		add(changesParquet(x.ID), "not what the CSV says: %v", err)
	}
	return ps
}

// sameText returns an error unless a canonical CSV holds the cells of the rows.
func sameText[R any](text []byte, want []R, columns []sheet.Column[R]) error {
	at := 0
	err := sheet.EachCSV(text, columns, func(row *R) error {
		if at++; at > len(want) {
			return nil
		}
		for _, c := range columns {
			if !c.Same(row, &want[at-1]) {
				return fmt.Errorf("column %s, row %d: %s, want %s", c.Name, at, show(c.Cell(row)), show(c.Cell(&want[at-1])))
			}
		}
		return nil
	})
	if err == nil && at != len(want) {
		err = fmt.Errorf("%d rows, want %d", at, len(want))
	}
	return err
}

// verifyFiles holds the manifest's list of files against SHA256SUMS.
func verifyFiles(m *release.Manifest, sizes map[string]int64, sums map[string]string, where string) refusal.Problems {
	var ps refusal.Problems
	add := func(format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: where + "/" + manifestName, What: fmt.Sprintf(format, args...)})
	}
	listed := map[string]bool{manifestName: true}
	for _, f := range m.Files {
		listed[f.Path] = true
		if sums[f.Path] != f.SHA256 {
			add("SHA-256 of %s is %s, %s says %s", f.Path, f.SHA256, sumsName, or(sums[f.Path], "nothing"))
		}
		if size, ok := sizes[f.Path]; ok && size != f.Bytes {
			add("%s has %d bytes, the manifest says %d", f.Path, size, f.Bytes)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if !listed[name] {
			add("%s is in %s and not in the manifest", name, sumsName)
		}
	}
	return ps
}

// catalog rebuilds catalog.json from the store's releases, and a new one that
// is not in its place yet unless it is nil.
func (s *Store) catalog(id string, next *Release) ([]byte, error) {
	ids, err := s.list()
	if err != nil {
		return nil, err
	}
	return s.catalogOf(ids, id, next)
}

// catalogOf is catalog.json where the store has these releases.
func (s *Store) catalogOf(ids []string, id string, next *Release) ([]byte, error) {
	var c release.Catalog
	for _, old := range ids {
		r, err := s.open(old)
		if err != nil {
			return nil, err
		}
		c.Add(old, r.Digest, r.Manifest, r.Labels)
	}
	if next != nil {
		c.Add(id, next.Digest, next.Manifest, next.Labels)
	}
	notices, err := s.notices()
	if err != nil {
		return nil, err
	}
	c.Notices = notices
	return c.Encode(), nil
}

// notices lists the store's notices by path.
func (s *Store) notices() ([]string, error) {
	entries, err := os.ReadDir(s.path(noticesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.disk(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, noticesName+"/"+e.Name())
	}
	return names, nil
}
