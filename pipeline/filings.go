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
	result    *harmonise.Filing
	estimates [][]indicator.Estimate // of each definition of the catalogue
	source    release.Source
}

// file reads every return of the folder of extracts.
func file(o Options) ([]filing, refusal.Problems) {
	found, ps := ingest.FindReturns(o.Extracts, o.Catalogue.Series)
	filings, problems := make([][]filing, len(found)), make([]refusal.Problems, len(found))
	parallel(len(found), func(i int) {
		filings[i], problems[i] = read(o.Catalogue, found[i])
	})
	all := slices.Concat(filings...)
	slices.SortStableFunc(all, func(a, b filing) int { return a.source.Compare(b.source) })
	return all, append(append(ps, slices.Concat(problems...)...), twice(all)...)
}

// read reads a file of returns, brings them to their series, and estimates.
func read(c *indicator.Catalogue, found ingest.FoundReturn) ([]filing, refusal.Problems) {
	s := found.Series
	file, err := ingest.Grid(ingest.Source{Path: found.Path, Where: found.Where}, s.Sheet.Name)
	if err != nil {
		return nil, refusal.Of(err, refusal.Data)
	}
	results, ps := harmonise.Returns(file.Grid, s, found.Period, found.Where)
	if ps != nil {
		return nil, ps
	}
	filings := make([]filing, len(results))
	for i, f := range results {
		filings[i] = filing{f, estimate.Return(c.Definitions, f.Return), release.ReturnSource(f.Return, release.SourceFile{Name: file.Name, SHA256: file.SHA256, Bytes: file.Bytes}, release.Filed{
			Matched: f.Matched, Left: f.Left, Rounded: f.Rounded,
		})}
	}
	return filings, nil
}

// twice reports the periods that two files have, in order.
func twice(filings []filing) refusal.Problems {
	var ps refusal.Problems
	for i := 1; i < len(filings); i++ {
		if a, b := filings[i-1].source, filings[i].source; a.ID == b.ID {
			ps.Add(string(b.ID), "the return is there twice, want it in one file: %s and %s", a.Files[0].Name, b.Files[0].Name)
		}
	}
	return ps
}
