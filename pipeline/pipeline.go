package pipeline

import (
	"runtime"
	"sync"
	"time"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// Options say what to run.
type Options struct {
	Catalogue *indicator.Catalogue
	Extracts  string        // folder of <survey>/<wave>/
	Store     string        // folder of releases
	Issued    string        // YYYY-MM-DD, the first part of a new release's id
	Reason    string        // for publishing changed figures
	Wait      time.Duration // for another run that has the store; then the run is refused
	DryRun    bool          // publish nothing, and say what would be
	Key       []byte        // of keyed digests; nil for the store's own, or a new one
	Keys      publish.Keys  // to sign the release and the log with
	Pattern   string        // folder of a release whose withheld cells stay withheld in the first of this store
	Limits    ingest.Limits
	Progress  func(Step)

	only *release.Manifest // read what this was made of, and nothing else; nil for all that is there
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

// An Outcome is what a run did, or of a dry run what it would do.
type Outcome struct {
	Release   string            // id of the release: the new one, or the current one where nothing changed
	Folder    string            // of that release, below the store
	Published bool              // a new release was made
	Vouched   publish.Vouched   // what this run signed
	Manifest  *release.Manifest // of that release
	Labels    *release.Labels   // of what was read in this run, and of what was carried over
	Sources   []release.Source  // read in this run; those carried over are in the manifest
	Carried   []release.Source  // over from the release before, with what of them is still not confirmed
	Lost      *publish.Lost     // of the restricted folder of the release before; nil where it is there
	Lacks     []indicator.Lack  // what could not be computed, and what it would need
	Large     []release.Change  // of returns: changes beyond what their series expect
	Notices   []OpenNotice      // of figures that are wrong or withdrawn, which no release is said to correct
	Statuses  map[string]int    // figures of the release by status, "" for those with a value
	Diff      *release.Diff     // of a dry run alone: what would be published beside the current release
}

// Check reads and harmonises every extract and return and reports all that Run
// would refuse in them; nothing of a survey is estimated. It returns the sources found.
func Check(o Options) (*Outcome, error) {
	g, err := gather(o, false)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Sources: g.sources()}
	figures, _ := g.figures(o.Catalogue)
	ps, contents := release.Gaps(o.Catalogue, out.Sources), map[string]release.Content{}
	s := &succession{Options: o, gathering: g, all: out.Sources}
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
