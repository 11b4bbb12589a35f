package pipeline

import (
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// Options say what to run.
type Options struct {
	Catalogue *indicator.Catalogue
	Extracts  string // folder of <survey>/<wave>/
	Store     string // folder of releases
	Issued    string // YYYY-MM-DD, the first part of a new release's id
	Reason    string // for publishing changed figures
	Limits    ingest.Limits
	Progress  func(Step)
}

// A Step is how far a run has come: Done of Total units of one piece of work.
// The last Step of a piece has Done equal to Total.
type Step struct {
	Name  string // "read 2 extracts", "estimate", "publish"
	Done  int64
	Total int64
}

// progress tells the caller of a step, one at a time.
func (o Options) progress() func(Step) {
	if o.Progress == nil {
		return func(Step) {}
	}
	var lock sync.Mutex
	return func(s Step) {
		lock.Lock()
		defer lock.Unlock()
		o.Progress(s)
	}
}

// A harvest is one wave's extract, read, harmonised, weighed and estimated. Its
// respondents are let go as soon as nothing needs them.
type harvest struct {
	crosswalk *codebook.Crosswalk
	extract   *ingest.Extract
	result    *harmonise.Result
	estimates *estimate.Result   // nil if nothing was to be estimated; its Estimates are nil once they are figures
	figures   [][]release.Figure // of each definition, until figuresOf takes them
	source    release.Source
}

// Check reads and harmonises every extract and return and reports all that Run
// would refuse in them; nothing of a survey is estimated. It returns the sources found.
func Check(o Options) (*Outcome, error) {
	harvests, filings, err := gather(o, false)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Sources: readIn(harvests, filings)}
	figures, _ := figuresOf(o, nil, filings)
	ps, contents := release.Gaps(o.Catalogue, out.Sources), map[string]release.Content{}
	s := &succession{Options: o, filings: filings, sources: out.Sources}
	for _, d := range o.Catalogue.Definitions {
		if len(figures[d.ID]) > 0 {
			content, problems := s.compare(d, figures[d.ID], nil)
			ps = append(ps, problems...)
			out.Large = append(out.Large, release.Large(content.Changes, out.Sources)...)
			contents[d.ID] = content
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	out.Labels = release.Describe(o.Catalogue, out.Sources, contents, nil, report.Meaning)
	return out, nil
}

// gather finds every wave's extract and every return, and reads, harmonises, weighs and, if it is
// to, estimates several at a time. Each has a place of its own, so that the
// outcome does not depend on which ends first.
func gather(o Options, estimates bool) ([]harvest, []filing, error) {
	found, ps := ingest.Find(o.Extracts, o.Catalogue.Crosswalks)
	o.Progress = o.progress()
	harvests, problems := make([]harvest, len(found)), make([]refusal.Problems, len(found))
	for i, f := range found {
		harvests[i].crosswalk = f.Crosswalk
	}
	shared := map[*codebook.Crosswalk]bool{}
	for _, p := range overlapping(harvests) {
		shared[p.from.crosswalk], shared[p.to.crosswalk] = true, true
	}
	name := "read " + refusal.Count(len(found), "extract")
	read := ingest.NewReading(found, func(done, total int64) { o.Progress(Step{name, done, total}) })
	parallel(len(found), func(i int) {
		h := &harvests[i]
		problems[i] = h.read(o, found[i], func(done, _ int64) { read.At(i, done) })
		if problems[i] != nil {
			return
		}
		if estimates {
			threads := max(1, runtime.GOMAXPROCS(0)/len(found))
			h.estimates, problems[i] = estimate.Wave(o.Catalogue.Codebook, o.Catalogue.Definitions, h.result.Wave, threads)
			h.publishable()
		}
		h.source = sourceOf(*h)
		if !shared[h.crosswalk] {
			h.result.Wave.Table, h.result.Wave.Designs = nil, nil
		}
	})
	filings, unfiled := file(o)
	ps = append(append(ps, slices.Concat(problems...)...), unfiled...)
	if len(found)+len(filings) == 0 && len(ps) == 0 {
		ps.AddHint("put each extract into a folder of its survey and wave, such as hocs/2001, and each return into a file such as returns/<series>/<period>.csv",
			filepath.Base(o.Extracts), "no extract: found no folder <survey>/<wave>, and no returns")
	}
	if len(found) == 0 && len(filings) > 0 {
		name = "read " + refusal.Count(len(filings), "return")
	}
	o.Progress(Step{name, read.Total, read.Total})
	if estimates && len(ps) == 0 {
		o.Progress(Step{"estimate", int64(len(found)), int64(len(found))})
	}
	if len(ps) == 0 {
		ps = append(ps, release.Distinct(readIn(harvests, filings), nil)...)
		for _, p := range overlapping(harvests) {
			ps = append(ps, p.stack()...)
		}
	}
	return harvests, filings, ps.Err()
}

// read reads a wave's extract batch by batch, and harmonises and weighs it.
func (h *harvest) read(o Options, f ingest.Found, progress func(done, total int64)) refusal.Problems {
	source := ingest.Source{Path: f.Path, Where: f.Where, Reader: f.Crosswalk.File.Reader}
	want := append(f.Crosswalk.RawNames(), harmonise.SyntheticMarks...)
	want, _, err := ingest.Matched(source, want, "", o.Limits)
	if err != nil {
		return refusal.Of(err, refusal.Data)
	}
	to := harmonise.New(f.Crosswalk, o.Catalogue.Codebook, f.Where, o.Catalogue.Reads(f.Crosswalk))
	extract, err := ingest.Batches(source, want, o.Limits, progress, func(batch *table.Table) error { to.Add(batch); return nil })
	if err != nil {
		return refusal.Of(err, refusal.Data)
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

// sourceOf is what the manifest says of a wave that was read in this run.
func sourceOf(h harvest) release.Source {
	var units map[string]int
	if h.estimates != nil {
		units = h.estimates.Units
	}
	file := release.SourceFile{Name: h.extract.Name, SHA256: h.extract.SHA256, Bytes: h.extract.Bytes, Rows: h.extract.Rows}
	return release.SurveySource(h.result.Wave, file, units, h.result.Matched, h.result.Given)
}

// publishable makes figures of the wave's estimates, and lets them go.
func (h *harvest) publishable() {
	h.figures = make([][]release.Figure, len(h.estimates.Estimates))
	for i, estimates := range h.estimates.Estimates {
		h.figures[i] = make([]release.Figure, len(estimates))
		for k, e := range estimates {
			h.figures[i][k] = release.NewFigure(e)
		}
	}
	h.estimates.Estimates = nil
}

// figuresOf are the figures of every definition, of all waves, as yet with every
// value, and what the waves cannot give, and then of all returns. The harvests
// have theirs no longer.
func figuresOf(o Options, harvests []harvest, filings []filing) (figures map[string][]release.Figure, lacks []indicator.Lack) {
	figures = map[string][]release.Figure{}
	for i, d := range o.Catalogue.Definitions {
		rows := 0
		for _, h := range harvests {
			rows += len(h.figures[i])
		}
		all := make([]release.Figure, 0, rows)
		for _, h := range harvests {
			all = append(all, h.figures[i]...)
			h.figures[i] = nil
			lacks = append(lacks, h.estimates.Lacks[i]...)
		}
		for _, f := range filings {
			for _, e := range f.estimates[i] {
				all = append(all, release.NewFigure(e))
			}
		}
		if len(all) > 0 {
			figures[d.ID] = all
		}
	}
	return figures, lacks
}

// parallel does the jobs 0 to n-1, as many at a time as there are processors.
func parallel(n int, do func(job int)) {
	queue := make(chan int)
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for i := range queue {
				do(i)
			}
		})
	}
	for i := range n {
		queue <- i
	}
	close(queue)
	done.Wait()
}
