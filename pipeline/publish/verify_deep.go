package publish

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// filesOf lists the files that an indicator has in a release.
func filesOf(x *release.Indicator) []string {
	if x.Figures == 0 {
		return []string{definition(x.ID)}
	}
	return []string{definition(x.ID), figuresCSV(x.ID), changesCSV(x.ID), figuresParquet(x.ID), changesParquet(x.ID), dataPackage(x.ID)}
}

// verifyListed holds that a release lists every file that it must have, and that
// definitions are those that the manifest names.
func verifyListed(m *release.Manifest, where string, files *contents, sums map[string]string) refusal.Problems {
	var ps refusal.Problems
	names := []string{packageName}
	for _, t := range ownTables {
		names = append(names, t.csv(), t.parquet())
	}
	for i := range m.Indicators {
		names = append(names, filesOf(&m.Indicators[i])...)
	}
	for _, name := range names {
		if _, listed := sums[name]; !listed {
			ps = append(ps, sealed(where, name, "missing: not in %s", sumsName)...)
		}
	}
	for _, x := range m.Indicators {
		name := definition(x.ID)
		if got := files.digests[name]; got == sums[name] && got != x.Definition {
			ps = append(ps, sealed(where, name, "SHA-256 is %s, %s says %s", got, manifestName, x.Definition)...)
		}
	}
	return ps
}

// verifyTables reads every table of a release, its own and those of its indicators,
// and holds them against the manifest and each other, and against the package that
// they were made of where that is given.
func verifyTables(r *Release, where string, files *contents, sums map[string]string, of *Package) refusal.Problems {
	rows, tables, ps := verifyOwn(r, where, files, sums, of)
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
		found[job] = verifyIndicator(r, &r.Manifest.Indicators[i], where, files, sums, made, rows)
		if made != nil { // its rows are on the disk
			made.Content.Figures, made.Content.Changes = nil, nil
		}
	})
	return append(ps, slices.Concat(found...)...)
}

// verifyIndicator holds an indicator's tables against its entry in the manifest and
// each other, and against what they were made of where that is given. Files that are
// missing or whose digests are wrong are reported already, and so are the release's
// own tables where they are nil.
func verifyIndicator(r *Release, x *release.Indicator, where string, files *contents, sums map[string]string, made *Indicator, rows tables) refusal.Problems {
	var ps refusal.Problems
	add := func(name, format string, args ...any) { ps = append(ps, sealed(where, name, format, args...)...) }
	names := filesOf(x)
	for _, name := range names {
		if digest, there := files.digests[name]; !there || digest != sums[name] {
			return nil
		}
	}
	if rows == nil {
		return nil
	}
	data := map[string][]byte{}
	for _, name := range names {
		var err error
		if data[name], err = readFile(filepath.Join(files.dir, filepath.FromSlash(name))); err != nil {
			return refusal.Of(r.store.disk(err), refusal.Disk)
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
	if x.Figures == 0 {
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
	if err := readTwice(data[figuresParquet(x.ID)], content.Figures, release.FigureColumns, figures, made != nil); err != nil {
		add(figuresParquet(x.ID), "not what the CSV says: %v", err)
	}
	if err := readTwice(data[changesParquet(x.ID)], content.Changes, release.ChangeColumns, changes, made != nil); err != nil {
		add(changesParquet(x.ID), "not what the CSV says: %v", err)
	}
	return ps
}

// readTwice reads a Parquet file with the second library and then with the first,
// which has nothing to say of one that it wrote just now.
func readTwice[R any](data []byte, rows []R, columns []sheet.Column[R], meta []sheet.Pair, written bool) error {
	if err := readBack(data, rows, columns, meta); err != nil || written {
		return err
	}
	return readFirst(data, rows, columns)
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
