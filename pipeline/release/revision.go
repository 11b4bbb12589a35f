package release

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// A RevisionType says what kind of revision a release makes of what was published:
// whether readers knew that it was to come, and whether it matters to what they made
// of it.
type RevisionType string

// The types of revision, the lightest first. FORMAT.md says which is when.
const (
	NotRevised            RevisionType = "none"
	WordsRevised          RevisionType = "words"
	ScheduledData         RevisionType = "scheduled-data"
	DisclosureRevision    RevisionType = "disclosure"
	ScheduledMethod       RevisionType = "scheduled-method"
	CorrectionMinor       RevisionType = "correction-minor"
	CorrectionSubstantial RevisionType = "correction-substantial"
)

// RevisionTypes are all types, the lightest first.
var RevisionTypes = []RevisionType{NotRevised, WordsRevised, ScheduledData, DisclosureRevision, ScheduledMethod, CorrectionMinor, CorrectionSubstantial}

// Graver returns the graver of two types.
func (r RevisionType) Graver(other RevisionType) RevisionType {
	if slices.Index(RevisionTypes, other) > slices.Index(RevisionTypes, r) {
		return other
	}
	return r
}

// follows is the type of a row that is made of others, and moved because they did:
// settle gives it theirs.
const follows RevisionType = ""

// settle gives every move its type, and returns the gravest.
func settle(list []Move) RevisionType {
	gravest := NotRevised
	for _, m := range list {
		if m.Revision != follows {
			gravest = gravest.Graver(m.Revision)
		}
	}
	others := gravest
	for i := range list {
		m := &list[i]
		if m.Revision != follows {
			continue
		}
		switch {
		case others != NotRevised && others != WordsRevised:
			m.Revision = others
		case m.Event == Flipped:
			m.Revision = CorrectionSubstantial
		default:
			m.Revision = CorrectionMinor
		}
		gravest = gravest.Graver(m.Revision)
	}
	return gravest
}

// A judge knows of two releases what decides the type of revision of an indicator's
// rows, and how far their digits are comparable.
type judge struct {
	previous, next *Manifest
	was, now       *Indicator // their entries; nil where one has none
	sources        map[codebook.SourceID]bool
	statistic      string  // of the indicator
	finest         float64 // last digit of what returns give, which have it of themselves
	corrected      bool    // a figure or a change was: what is made of them is, too
}

func newJudge(previous, next *Manifest, id string, was, now Content) *judge {
	j := &judge{previous: previous, next: next, was: previous.Indicator(id), now: next.Indicator(id), sources: map[codebook.SourceID]bool{}}
	for _, f := range was.Figures {
		j.sources[f.Source] = true
	}
	decimals := 0
	for _, figures := range [][]Figure{was.Figures, now.Figures} {
		for i := range figures {
			j.statistic = figures[i].Statistic
			if x := figures[i].Value; figures[i].Source.Return() && !math.IsNaN(x) {
				_, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
				decimals = max(decimals, len(fraction))
			}
		}
	}
	j.finest = math.Pow10(-decimals)
	return j
}

// step is one in the last digit that a number of a statistic is published with, in
// the coarser of the two releases; 0 where there is none to tell.
func (j *judge) step(statistic string, returned bool, numbers ...float64) float64 {
	return max(j.last(j.previous, j.was, statistic, returned, numbers), j.last(j.next, j.now, statistic, returned, numbers))
}

// last is one in the last digit that a release gives a number.
func (j *judge) last(m *Manifest, x *Indicator, statistic string, returned bool, numbers []float64) float64 {
	if statistic == "" {
		statistic = j.statistic
	}
	switch {
	case m == nil || x == nil || statistic == "":
		return 0
	case returned:
		return j.finest
	}
	precision := m.Disclosure.Precision.Of(indicator.Statistic(statistic)).AtMost(x.Decimals)
	step := 0.0
	for _, number := range numbers {
		step = max(step, precision.Last(number))
	}
	return step
}

// rounds says whether two numbers may be one, by the digits of two policies.
func (j *judge) rounds(statistic string, returned bool, was, now float64) bool {
	a, b := j.last(j.previous, j.was, statistic, returned, []float64{was, now}), j.last(j.next, j.now, statistic, returned, []float64{was, now})
	return a != b && indicator.Settle(math.Abs(now-was)) <= indicator.Settle((a+b)/2)
}

// limits are those of an interval; NaN where there is none.
type limits struct{ lower, upper float64 }

// leaves says whether a number as it is published is outside.
func (l limits) leaves(published string) bool {
	x, err := strconv.ParseFloat(published, 64)
	return err == nil && (x < l.lower || x > l.upper)
}

// method says whether what the figures of sources rest on in the catalogue is another.
func (j *judge) method(sources []codebook.SourceID) bool {
	if j.was == nil || j.now == nil {
		return false
	}
	return j.was.Quantity != j.now.Quantity || slices.ContainsFunc(sources, func(id codebook.SourceID) bool {
		was, now := j.was.Lineage[id], j.now.Lineage[id]
		return was != "" && now != "" && was != now
	})
}

// provisional says whether a source was published as one that would be revised, and
// was read from another file since.
func (j *judge) provisional(sources []codebook.SourceID) bool {
	return slices.ContainsFunc(sources, func(id codebook.SourceID) bool {
		was, now := j.previous.Source(id), j.next.Source(id)
		return was != nil && now != nil && was.Filed != nil && was.Filed.Standing == series.Provisional && !SameFiles(was, now)
	})
}

// SameFiles says whether two sources were read from the same files, by the digests of
// one store.
func SameFiles(a, b *Source) bool { return slices.Equal(digests(a), digests(b)) }

func digests(s *Source) []string {
	var list []string
	for _, f := range s.Files {
		list = append(list, f.Digest)
	}
	return list
}

// targetRules are the columns of a target that its definition decides.
var targetRules = []string{"rule", "level", "date", "baseline_source"}

// A standing is what decides the type of a revision of a row beside the catalogue:
// why it has no number, if it has none, and its interval.
type standing struct {
	status string
	reason indicator.Note
	limits limits
}

// withheld says whether disclosure control keeps the number.
func (s standing) withheld() bool {
	status := s.status
	if s.reason.Is(indicator.NoFigureOf) && len(s.reason.Args) > 0 {
		status = s.reason.Args[0]
	}
	return status == string(indicator.Confidential) || status == string(indicator.Unreliable)
}

// revision is the type of revision that a move is.
func (j *judge) revision(m *Move, was, now standing) RevisionType {
	sources := slices.DeleteFunc([]codebook.SourceID{m.FromSource, m.Of.Source}, func(id codebook.SourceID) bool { return id == "" })
	columns := strings.Fields(m.Columns)
	only := func(names ...string) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(names, c) })
	}
	ruled := slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(targetRules, c) })
	declared := j.was != nil && j.now != nil && j.was.Definition != j.now.Definition
	own := m.Table == FiguresTable.ID || m.Table == ChangesTable.ID || m.Table == EvidenceTable.ID // others are made of these
	gone := m.Event == Hidden || m.Event == Shown
	switch {
	case m.Event == Came && (j.was == nil || m.Table == EvidenceTable.ID || j.fresh(sources)):
		return ScheduledData
	case m.Event == Redefined, j.method(sources), gone && (was.reason.Is(indicator.Broken) || now.reason.Is(indicator.Broken)),
		declared && m.Table == TargetsTable.ID && (m.Event == Came || m.Event == Went || ruled):
		return ScheduledMethod
	case m.Event == Rounded, gone && (was.withheld() || now.withheld()):
		return DisclosureRevision
	case m.Event == Restated && only("reason", "notes"):
		return WordsRevised
	case m.Event == Restated && only("p_adjusted", "notes"): // by the other categories
		return follows
	case m.Event == Restated && (j.policies() || slices.Contains(columns, "base_unweighted") && (m.Was == "" || m.Now == "")):
		return DisclosureRevision
	case j.provisional(sources):
		return ScheduledData
	case !own && !j.corrected:
		return follows
	case m.Event == Flipped, m.Event == Shifted && m.Table == FiguresTable.ID && was.limits.leaves(m.Now):
		return CorrectionSubstantial
	}
	return CorrectionMinor
}

// fresh says whether the indicator had no figures of one of the sources.
func (j *judge) fresh(sources []codebook.SourceID) bool {
	return slices.ContainsFunc(sources, func(id codebook.SourceID) bool { return !j.sources[id] })
}

// policies says whether the releases have another disclosure policy.
func (j *judge) policies() bool {
	return j.previous != nil && j.next != nil && j.previous.Disclosure.Digest() != j.next.Disclosure.Digest()
}
