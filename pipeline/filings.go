package pipeline

import (
	"slices"

	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A filing is one period's return, read, harmonised and estimated.
type filing struct {
	found     ingest.FoundReturn
	file      *ingest.Filed
	result    *harmonise.Filing
	estimates [][]indicator.Estimate // of each definition of the catalogue
	source    release.Source
}

// file reads every return of the folder of extracts.
func file(o Options) ([]filing, refusal.Problems) {
	found, ps := ingest.FindReturns(o.Extracts, o.Catalogue.Series)
	filings, problems := make([]filing, len(found)), make([]refusal.Problems, len(found))
	parallel(len(found), func(i int) {
		f := &filings[i]
		f.found = found[i]
		problems[i] = f.read(o.Catalogue)
	})
	return filings, append(ps, slices.Concat(problems...)...)
}

// read reads a return, brings it to its series, and estimates.
func (f *filing) read(c *indicator.Catalogue) refusal.Problems {
	s := f.found.Series
	var err error
	if f.file, err = ingest.Grid(ingest.Source{Path: f.found.Path, Where: f.found.Where}, s.Sheet.Name); err != nil {
		return refusal.Of(err, refusal.Data)
	}
	var ps refusal.Problems
	if f.result, ps = harmonise.Return(f.file.Grid, s, f.found.Period, f.found.Where); ps != nil {
		return ps
	}
	r := f.result.Return
	f.estimates = estimate.Return(c.Definitions, r)
	f.source = release.Source{
		ID: r.ID(), Kind: release.Return, Period: r.Period, Synthetic: r.Synthetic,
		Files: []release.SourceFile{{Name: f.file.Name, SHA256: f.file.SHA256, Bytes: f.file.Bytes, Rows: len(r.Rows) + len(r.Groups) + len(r.Whole)}},
		Filed: &release.Filed{
			Series: release.Digest(s.Text()), Standing: r.Standing, Returned: r.Returned, Expected: r.Expected,
			Matched: f.result.Matched, Known: s.Known, Decisions: s.Decisions,
		},
	}
	return nil
}
