package pipeline

import (
	"maps"
	"path/filepath"
	"runtime"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// A harvest is one wave's extract, read, harmonised, weighed and estimated. Its
// respondents are let go as soon as nothing needs them.
type harvest struct {
	crosswalk *codebook.Crosswalk
	extract   *ingest.Extract
	result    *harmonise.Result
	units     map[string]int // of the weights that were made whole
	also      []string       // common variables that are read though no definition needs them
	weights   []string       // patterns of raw variables that are kept as they are, and what was read of them
	raw       map[string][]float64
	figures   [][]release.Figure // of each definition, until they are gathered
	lacks     [][]indicator.Lack // likewise
	source    release.Source
}

// A filing is one period's return, read, harmonised and estimated.
type filing struct {
	figures [][]release.Figure // of each definition
	source  release.Source
}

// A gathering is all that a run reads.
type gathering struct {
	harvests []harvest
	filings  []filing
	overlaps []*estimate.Overlap
}

// gather finds every wave's extract and every return, and reads, harmonises,
// weighs and, if it is to, estimates several at a time. Each has a place of its
// own, so that the outcome does not depend on which ends first.
func gather(o Options, estimates bool) (*gathering, error) {
	found, ps := o.find()
	o.Progress = o.progress()
	g := &gathering{harvests: make([]harvest, len(found))}
	problems := make([]refusal.Problems, len(found))
	for i, f := range found {
		g.harvests[i].crosswalk = f.Crosswalk
	}
	shared := map[int]bool{}
	for _, pair := range g.overlapping() {
		shared[pair[0]], shared[pair[1]] = true, true
	}
	name := "read " + refusal.Count(len(found), "extract")
	read := ingest.NewReading(found, func(done, total int64) { o.Progress(Step{name, done, total}) })
	parallel(len(found), func(i int) {
		h := &g.harvests[i]
		problems[i] = h.read(o, found[i], func(done, _ int64) { read.At(i, done) })
		if problems[i] == nil && estimates {
			problems[i] = h.estimate(o.Catalogue, max(1, runtime.GOMAXPROCS(0)/len(found)))
		}
		if problems[i] != nil {
			return
		}
		file := release.SourceFile{Name: h.extract.Name, SHA256: h.extract.SHA256, Bytes: h.extract.Bytes, Rows: h.extract.Rows}.Sealed(o.Key)
		r := h.result
		h.source = release.SurveySource(r.Wave, file, h.units, r.Given, release.Wave{Matched: r.Matched, Absent: r.Absent, Unmet: r.Unmet, Nobody: r.Nobody, Unheld: r.Unheld, Sizes: r.Sizes, Twins: r.Twins})
		if !shared[i] {
			h.result.Wave.Table, h.result.Wave.Designs = nil, nil
		}
	})
	ps = append(append(ps, slices.Concat(problems...)...), g.file(o)...)
	if len(found)+len(g.filings) == 0 && len(ps) == 0 {
		ps.AddHint("put each extract into a folder of its survey and wave, such as hocs/2001, and each return into a file such as returns/<series>/<period>.csv",
			filepath.Base(o.Extracts), "no extract: found no folder <survey>/<wave>, and no returns")
	}
	if len(found) == 0 && len(g.filings) > 0 {
		name = "read " + refusal.Count(len(g.filings), "return")
	}
	if len(found)+len(g.filings) > 0 { // none of returns that are refused
		o.Progress(Step{name, read.Total, read.Total})
	}
	if estimates && len(ps) == 0 {
		o.Progress(Step{"estimate", int64(len(found)), int64(len(found))})
	}
	if len(ps) == 0 {
		ps = append(ps, release.Distinct(g.sources(), nil)...)
		for _, pair := range g.overlapping() {
			overlap, problems := estimate.NewOverlap(g.harvests[pair[0]].result.Wave, g.harvests[pair[1]].result.Wave)
			g.overlaps, ps = append(g.overlaps, overlap), append(ps, problems...)
		}
	}
	return g, ps.Err()
}

// overlapping lists the pairs of waves that the later one's crosswalk says to
// share PSUs, by their places.
func (g *gathering) overlapping() [][2]int {
	var pairs [][2]int
	for later, to := range g.harvests {
		for earlier, from := range g.harvests {
			if to.crosswalk.SharesPSUs(from.crosswalk.ID()) {
				pairs = append(pairs, [2]int{earlier, later})
			}
		}
	}
	return pairs
}

// ofCrosswalk are the problems of reading an extract: what a question would have
// named wrongly, a crosswalk has.
func ofCrosswalk(err error) refusal.Problems {
	ps := slices.Clone(refusal.Of(err, refusal.Data))
	for i := range ps {
		if ps[i].Kind == refusal.Usage {
			ps[i].Kind, ps[i].Hint = refusal.Data, "name one of them in the crosswalk"
		}
	}
	return ps
}

// read reads a wave's extract batch by batch, and harmonises and weighs it.
func (h *harvest) read(o Options, f ingest.Found, progress func(done, total int64)) refusal.Problems {
	source := ingest.Source{Path: f.Path, Where: f.Where, Reader: f.Crosswalk.File.Reader, Encoding: f.Crosswalk.File.Encoding, Delimiter: f.Crosswalk.File.Delimiter, Part: f.Crosswalk.File.Part}
	want := append(f.Crosswalk.RawNames(), harmonise.SyntheticMarks...)
	want, _, err := ingest.Matched(source, append(want, h.weights...), "", o.Limits)
	if err != nil {
		return refusal.Of(err, refusal.Data)
	}
	to := harmonise.New(f.Crosswalk, o.Catalogue.Codebook, f.Where, append(o.Catalogue.Reads(f.Crosswalk), h.also...))
	extract, err := ingest.Batches(source, want, o.Limits, progress, func(batch *table.Table) error { h.keep(batch); to.Add(batch); return nil })
	if err != nil {
		return ofCrosswalk(err)
	}
	var ps refusal.Problems
	h.result, ps = to.End(harmonise.Raw{Table: extract.Table, Names: extract.Names, Where: f.Where, Line: extract.Line})
	if ps == nil {
		ps = weigh.Wave(h.result.Wave, f.Where)
	}
	extract.Table = nil
	h.extract = extract
	return ps
}

// keep keeps what may be a weight that the crosswalk does not declare.
func (h *harvest) keep(batch *table.Table) {
	if len(h.weights) == 0 {
		return
	}
	if h.raw == nil {
		h.raw = map[string][]float64{}
	}
	for _, name := range description.NamedWeights(batch.Names()) {
		if values := batch.Column(name).Values; values != nil {
			h.raw[name] = append(h.raw[name], values...)
		}
	}
}

// estimate makes the wave's figures.
func (h *harvest) estimate(c *indicator.Catalogue, threads int) refusal.Problems {
	r, ps := estimate.Wave(c.Codebook, c.Definitions, h.result.Wave, threads)
	if ps == nil {
		r.Unlike(c.Codebook, c.Definitions, h.result.Wave)
		r.Heaviest(c.Codebook, c.Definitions, h.result.Wave, c.Disclosure.ConfidentialBelow-1, false)
		h.figures, h.lacks, h.units = release.NewFigures(r.Estimates), r.Lacks, r.Units
	}
	return ps
}

// file reads every return of the folder of extracts, in the order of their periods.
func (g *gathering) file(o Options) refusal.Problems {
	found, ps := o.findReturns()
	filings, problems := make([][]filing, len(found)), make([]refusal.Problems, len(found))
	parallel(len(found), func(i int) { filings[i], problems[i] = read(found[i], o) })
	g.filings = slices.Concat(filings...)
	if o.only != nil {
		g.filings = slices.DeleteFunc(g.filings, func(f filing) bool { return !o.reads(f.source.ID) })
	}
	slices.SortStableFunc(g.filings, func(a, b filing) int { return a.source.Compare(b.source) })
	var sources []release.Source
	for _, f := range g.filings {
		sources = append(sources, f.source)
	}
	return slices.Concat(ps, slices.Concat(problems...), release.Repeated(sources))
}

// read reads a file of returns, brings them to their series, and estimates.
func read(found ingest.FoundReturn, o Options) ([]filing, refusal.Problems) {
	filed, err := ingest.Grid(ingest.Source{Path: found.Path, Where: found.Where}, found.Series)
	if err != nil {
		return nil, refusal.Of(err, refusal.Data)
	}
	results, ps := harmonise.Returns(filed.Grid, found.Series, found.Period, found.Where)
	if ps != nil {
		return nil, ps
	}
	file := release.SourceFile{Name: filed.Name, SHA256: filed.SHA256, Bytes: filed.Bytes}.Sealed(o.Key)
	filings := make([]filing, len(results))
	for i, f := range results {
		filings[i].figures = release.NewFigures(estimate.Return(o.Catalogue.Definitions, f.Return))
		filings[i].source = release.ReturnSource(f.Return, file, release.Filed{Matched: f.Matched, Left: f.Left, Hidden: filed.Grid.Hidden, Rounded: f.Rounded})
	}
	return filings, nil
}

// sources lists what was read.
func (g *gathering) sources() []release.Source {
	var list []release.Source
	for _, h := range g.harvests {
		list = append(list, h.source)
	}
	for _, f := range g.filings {
		list = append(list, f.source)
	}
	return list
}

// figures are those of every definition, of all waves and then of all returns, as
// yet with every value, and what the waves cannot give. The harvests have theirs
// no longer.
func (g *gathering) figures(c *indicator.Catalogue) (figures map[string][]release.Figure, lacks []indicator.Lack) {
	figures = map[string][]release.Figure{}
	for i, d := range c.Definitions {
		var of [][]release.Figure
		for k := range g.harvests {
			h := &g.harvests[k]
			if h.figures != nil {
				of, lacks = append(of, h.figures[i]), append(lacks, h.lacks[i]...)
				h.figures[i] = nil
			}
		}
		for _, f := range g.filings {
			of = append(of, f.figures[i])
		}
		if all := slices.Concat(of...); len(all) > 0 {
			figures[d.ID] = all
		}
	}
	return figures, lacks
}

// links links the figures of the waves that share PSUs.
func (g *gathering) links(c *indicator.Catalogue) indicator.Links {
	found := make([]indicator.Links, len(c.Definitions)*len(g.overlaps))
	parallel(len(found), func(i int) {
		found[i] = g.overlaps[i%len(g.overlaps)].Links(c.Codebook, c.Definitions[i/len(g.overlaps)])
	})
	links := indicator.Links{}
	for _, of := range found {
		maps.Copy(links, of)
	}
	return links
}
