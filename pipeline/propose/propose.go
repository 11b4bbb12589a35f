package propose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/refusal"
)

// A Candidate is raw variables of an extract that may be what a crosswalk wants, with
// what speaks for them and what against.
type Candidate struct {
	Raw     []string // one, or those that are taken together
	Label   string   // of the first
	Score   float64  // how like they are, from 0 to 1
	For     []string
	Against []string // each keeps the candidate from being proposed

	// What the crosswalk is to make of its codes, where that is not what it says.
	Codes   map[string]string
	Missing map[string]string
	Swapped bool // the codes are those of the crosswalk with their scale turned around

	features
}

// A Proposal is the candidates for one thing that a crosswalk wants of an extract:
// a common variable, codebook.HeldKey, codebook.Drawn or a weight.
type Proposal struct {
	Subject    string
	Wanted     []string    // raw names, as the crosswalk has them
	Absent     bool        // the extract does not have one of them
	Candidates []Candidate // the best first; none is good enough for none
	Settled    bool        // the first is proposed: nothing else is like it
	Why        string      // why it is not
	Named      bool        // the first has the crosswalk's name, and no label to hold against it
}

// A Named is what a wave calls a variable.
type Named struct {
	Name string
	Wave codebook.SourceID
}

// A Share is a published share of those who answered, in percent.
type Share struct {
	Categories []string
	Percent    float64
	Source     codebook.SourceID
}

// Known is what is known of the variables that an extract may have.
type Known struct {
	Book   *codebook.Codebook
	Names  map[string][]Named // of common variables, and of weights.<name>, in other waves
	Shares map[string][]Share // of common variables, published of this wave
}

// byName is why a name is not enough.
const byName = "by its name alone"

const (
	enough  = 0.35 // the least score of a candidate
	margin  = 0.12 // how much better than the next a candidate is that is proposed
	clearly = 0.08 // how much more like another common variable a label is that is of that
	shown   = 4    // candidates of a variable
	isNamed = 0.8  // from when a name says which variable it is,
	isAsked = 0.65 // a label does,
	isCoded = 0.75 // and the labels of codes
	hinted  = 0.35 // the least that a label says beside what else does
	farOff  = 15   // percentage points from a published share that are no chance
)

// Wave proposes what each name of a crosswalk is in an extract that is not confirmed
// on it: not at all, on another file, or not there. It is in the order of their names,
// and what is not a variable first.
func Wave(d *description.File, x *codebook.Crosswalk, known Known) []Proposal {
	m := newMatcher(d, known)
	found := m.design(x)
	for _, name := range known.Book.Names() {
		s, given := x.Variables[name]
		if !given {
			continue
		}
		absent := len(s.Raw()) == 0 || slices.ContainsFunc(s.Raw(), func(raw string) bool { return m.find(raw) < 0 })
		if s.Known == codebook.Confirmed && !absent && (s.SHA256 == "" || s.SHA256 == d.SHA256) {
			continue
		}
		found = append(found, m.variable(name, s, x.MissingOf(s), absent))
	}
	m.once(found)
	return found
}

// A matcher holds an extract against common variables.
type matcher struct {
	*description.File
	known Known
	vocabulary
	words    [][]int          // of raw variables
	cut      map[string]bool  // their labels that may be cut short, and
	cutCodes map[string]bool  // those of their codes
	common   map[string][]int // of the labels of common variables, and
	called   map[string][]int // of their names
	best     []rival          // of each raw variable, the common one that its label is most like

	kinds    map[string]codebook.Missing
	wordings map[string]*codebook.Wording
}

// A rival is a common variable that a raw one is like, by its label.
type rival struct {
	name string
	like float64
}

func newMatcher(d *description.File, known Known) *matcher {
	m := &matcher{File: d, known: known, common: map[string][]int{}, called: map[string][]int{}, best: make([]rival, len(d.Variables))}
	m.number, m.kinds, m.wordings = map[string]int{}, map[string]codebook.Missing{}, map[string]*codebook.Wording{}
	var labels, ofCodes []string
	for _, v := range d.Variables {
		m.words, labels = append(m.words, m.of(v.Label)), append(labels, v.Label)
		for _, c := range v.Codes {
			ofCodes = append(ofCodes, c.Label)
		}
	}
	m.cut, m.cutCodes = cutShort(labels, limits), cutShort(ofCodes, codeLimits)
	m.labels = slices.Clone(m.words)
	for _, name := range known.Book.Names() {
		m.common[name] = m.of(known.Book.Variables[name].Label)
		m.called[name] = m.of(strings.ReplaceAll(name, "-", " "))
		m.labels = append(m.labels, m.common[name])
	}
	m.complete()
	for i := range d.Variables {
		for _, name := range known.Book.Names() {
			if like, _ := m.asked(name, i); like > m.best[i].like {
				m.best[i] = rival{name, like}
			}
		}
	}
	return m
}

// The lengths that formats cut labels to, of variables and of codes.
var (
	limits     = []int{32, 40, 60, 80, 120, 255, 256}
	codeLimits = []int{8, 20, 60, 120, 200}
)

// cutShort says which labels may be cut short: those that are as long as a format lets
// them be, or as several are at most, give or take a blank.
func cutShort(labels []string, limits []int) map[string]bool {
	longest := 0
	for _, label := range labels {
		longest = max(longest, len([]rune(label)))
	}
	long := map[string]bool{}
	for _, label := range labels {
		if longest > 0 && len([]rune(label)) >= longest-1 {
			long[label] = true
		}
	}
	const several = 3
	if len(long) < several && !slices.Contains(limits, longest) {
		return nil
	}
	return long
}

// find is the place of a variable, -1 for none.
func (m *matcher) find(raw string) int {
	return slices.IndexFunc(m.Variables, func(v description.Variable) bool { return strings.EqualFold(v.Name, raw) })
}

// asked is how like the label of a raw variable is to that of a common one, to its
// name, or to both; and, where a long label has their words among others, how much of
// them it has.
func (m *matcher) asked(name string, raw int) (like, heard float64) {
	common := m.common[name]
	if common == nil || len(m.words[raw]) == 0 {
		return 0, 0
	}
	called := m.called[name]
	more := slices.Clone(common)
	for _, word := range called {
		if !slices.Contains(more, word) && slices.Contains(m.words[raw], word) {
			more = append(more, word)
		}
	}
	for _, wording := range [][]int{common, more, called} {
		share, part, _ := m.overlap(wording, m.words[raw])
		like, heard = max(like, share), max(heard, share, (share+part)/2)
	}
	return like, heard
}

// features are how far one thing or another says that a raw variable is a common one.
type features struct {
	named, asked, heard, coded float64
	labelled                   bool // it has a label
	valued                     bool // its codes have labels
	alone                      bool // no other variable has codes with such labels
	raw                        int
}

// variable proposes what a common variable is made of.
func (m *matcher) variable(name string, s codebook.Source, missing map[string]string, absent bool) Proposal {
	p := Proposal{Subject: name, Wanted: s.Raw(), Absent: absent}
	var all []Candidate
	coded, near := 0, 0
	for i := range m.Variables {
		if c, ok := m.candidate(name, s, missing, i); ok {
			all = append(all, c)
			if c.valued && c.coded >= isCoded {
				coded++
			}
			if c.valued && c.coded >= isCoded/2 {
				near++
			}
		}
	}
	for _, c := range all {
		c.alone = coded == 1 && c.valued && c.coded >= isCoded
		only := near <= 1 && c.valued && c.coded >= 0.3
		if c.Score = c.score(m.known.Book.Variables[name], coded); only || c.Score >= enough && (c.named >= 0.5 || c.heard >= hinted) {
			p.Candidates = append(p.Candidates, c)
		}
	}
	slices.SortStableFunc(p.Candidates, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	if len(s.First) != 1 && s.From == "" {
		m.together(&p, len(s.First))
	}
	m.settle(&p)
	return p
}

// taken says whether another common variable is what the label of a candidate says.
func (m *matcher) taken(subject string, c Candidate) bool {
	best := m.best[c.raw]
	return best.name != subject && best.like >= isAsked && best.like-c.asked >= clearly && c.named < isNamed
}

// together makes one candidate of the first two, where what one leaves out the other
// has.
func (m *matcher) together(p *Proposal, wanted int) {
	if len(p.Candidates) < 2 {
		return
	}
	a, b := p.Candidates[0], p.Candidates[1]
	if b.raw < a.raw {
		a, b = b, a
	}
	rows := m.Variables[a.raw].Present + m.Variables[b.raw].Present
	if rows > m.Rows || float64(rows) < 0.98*float64(m.Rows) || math.Abs(a.Score-b.Score) > margin {
		return
	}
	a.Raw = append(slices.Clone(a.Raw), b.Raw...)
	a.Score = min(a.Score, b.Score)
	a.For = append(a.For, fmt.Sprintf("together they have a value in %d of %s, and never both", rows, refusal.Count(m.Rows, "row")))
	a.Against = append(a.Against, b.Against...)
	if wanted == 0 {
		a.Against = append(a.Against, "the crosswalk does not say that it is several")
	}
	p.Candidates = append([]Candidate{a}, p.Candidates[2:]...)
}

// settle decides whether the first candidate is proposed.
func (m *matcher) settle(p *Proposal) {
	if len(p.Candidates) == 0 {
		p.Why = "no variable is like it"
		return
	}
	first := p.Candidates[0]
	like := 1
	for _, c := range p.Candidates[1:] {
		if first.Score-c.Score < margin && !m.taken(p.Subject, c) {
			like++
		}
	}
	named, asked, coded := first.named >= isNamed, first.asked >= isAsked, first.valued && first.coded >= isCoded
	number := !m.known.Book.Variables[p.Subject].Categorical()
	switch {
	case like > 1:
		p.Why = fmt.Sprintf("%d are alike", like)
	case len(first.Against) > 0:
		p.Why = first.Against[0]
	case m.cut[first.Label]:
		p.Why = "its label may be cut short"
	case asked && (coded || named || number), named && coded && first.asked >= hinted, first.alone && first.asked >= hinted:
		p.Settled = true
	case named && !first.labelled && !first.valued:
		p.Why, p.Named = byName, first.named == same
	default:
		p.Why = "too little says so"
	}
	p.Candidates = p.Candidates[:min(len(p.Candidates), max(shown, like))]
}

// once leaves unsettled what would take one raw variable for two common ones.
func (m *matcher) once(found []Proposal) {
	takers := map[string][]string{}
	for _, p := range found {
		if p.Settled {
			for _, raw := range p.Candidates[0].Raw {
				takers[raw] = append(takers[raw], p.Subject)
			}
		}
	}
	for i := range found {
		p := &found[i]
		if !p.Settled {
			continue
		}
		for _, raw := range p.Candidates[0].Raw {
			if of := takers[raw]; len(of) > 1 && !slices.ContainsFunc(p.Wanted, func(wanted string) bool { return strings.EqualFold(wanted, raw) }) {
				p.Settled, p.Why = false, fmt.Sprintf("%s is like %s too", raw, strings.Join(slices.DeleteFunc(slices.Clone(of), func(s string) bool { return s == p.Subject }), ", "))
			}
		}
	}
}
