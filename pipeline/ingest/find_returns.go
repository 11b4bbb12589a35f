package ingest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// A FoundReturn is the file of one period of a series that the catalogue has, or of
// several.
type FoundReturn struct {
	Series *series.Series
	Period string // "" of several, which the table tells
	Path   string
	Where  string // below the folder of extracts
}

// FindReturns looks for returns in the folder returns of a folder of extracts: a
// folder a series, a file a period, named for it. They are in the order of the
// series, then of their periods. There may be none.
func FindReturns(extracts string, known []*series.Series) ([]FoundReturn, refusal.Problems) {
	var ps refusal.Problems
	if _, err := os.Stat(filepath.Join(extracts, codebook.Returns)); err != nil {
		return nil, nil
	}
	var ids []string
	for _, s := range known {
		ids = append(ids, s.ID)
	}
	var all []FoundReturn
	for _, name := range folders(extracts, codebook.Returns, &ps) {
		at := slices.Index(ids, name)
		if at < 0 {
			ps.AddHint("returns are files returns/<series>/<period>, of the series in the catalogue", codebook.Returns+"/"+name, "no series %q in the catalogue%s", name, refusal.Nearest(name, ids))
			continue
		}
		all = append(all, returnsOf(extracts, known[at], &ps)...)
	}
	slices.SortFunc(all, func(a, b FoundReturn) int {
		return cmp.Or(cmp.Compare(a.Series.ID, b.Series.ID), cmp.Compare(a.Period, b.Period))
	})
	return all, ps
}

func returnsOf(extracts string, s *series.Series, ps *refusal.Problems) []FoundReturn {
	where := string(s.Stem())
	folder := filepath.Join(extracts, filepath.FromSlash(where))
	entries, err := os.ReadDir(folder)
	if err != nil {
		ps.Add(where, "the folder cannot be read: %v", refusal.Reason(err))
		return nil
	}
	var found []FoundReturn
	first := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") { // a spreadsheet program's lock
			continue
		}
		at := where + "/" + name
		if e.IsDir() {
			ps.AddHint("put each return into a file such as "+where+"/<period>.csv", at, "a folder, want a file named for its period")
			continue
		}
		period := strings.TrimSuffix(name, filepath.Ext(name))
		if _, err := s.Frequency.Period(period); err != nil {
			if s.Sheet.Several {
				found = append(found, FoundReturn{s, "", filepath.Join(folder, name), at})
				continue
			}
			ps.Add(at, "%v", err)
			if period, _ = s.Frequency.Meant(period); period == "" {
				continue
			}
		}
		if other, twice := first[period]; twice {
			ps.Add(at, "the return of %s is there twice, want one file: %s and %s", period, other, name)
			continue
		}
		first[period] = name
		found = append(found, FoundReturn{s, period, filepath.Join(folder, name), at})
	}
	if len(entries) == 0 {
		ps.Add(where, "the folder has no files, want one a period")
	}
	return found
}
