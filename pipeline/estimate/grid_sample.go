package estimate

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// sampled are the columns of a batch that say how its rows were drawn, nil
// where the plan names none.
type sampled struct {
	stratum, psu, weight, population *table.Column
	domain                           []*table.Column
}

// A gridSample numbers strata and PSUs as they are met, and counts them. Strata
// are numbered from 1, PSUs from 0. Where respondents were drawn themselves,
// each is a PSU, but rows are told by their stratum alone.
type gridSample struct {
	plan   *Plan
	strata *dictionary
	psus   *dictionary // of labels, whatever their stratum
	domain []*dictionary
	facts  design.Facts

	negative, large, noStratum, noPSU, outside int

	home    []home           // of each label of a PSU: the first of that label
	others  map[home]int32   // PSUs of a label in strata other than the first: home.psu is the label
	stratum []int32          // of each PSU
	size    []int            // of each stratum: the PSUs drawn
	held    []int32          // of each PSU, or stratum: rows with a weight
	largest float64          // weight
	first   []float64        // of each stratum: its population as first given, 0 where it is not
	odd     populationFaults // in what the rows say of it

	sorted   bool // each stratum's and PSU's rows were together, so far
	lastPSU  int32
	lastOf   int32 // the stratum of the last row
	finished []bool

	// The last rows read that have a weight and are in the domain.
	keep     []int32
	clusters []int32
	weights  []float64

	population []float64 // of each stratum, once all rows are read
	shortfall  int       // strata of which more PSUs were drawn than there are
}

type home struct{ stratum, psu int32 }

type populationFaults struct {
	none                      float64 // one that is not a number of PSUs
	isNone                    bool
	fractions, counts, differ int
}

func newSample(p *Plan) gridSample {
	s := gridSample{
		plan: p, strata: newDictionary(nil, nil), psus: newDictionary(nil, nil),
		size: []int{0}, first: []float64{0}, finished: []bool{false}, others: map[home]int32{}, sorted: true, lastPSU: -1,
		keep: make([]int32, 0, blockRows), clusters: make([]int32, 0, blockRows), weights: make([]float64, 0, blockRows),
	}
	if p.PSU == "" {
		s.held = []int32{0}
	}
	for _, c := range p.Domain {
		s.domain = append(s.domain, newDictionary(append([]string{}, c.Categories...), p.Missing[c.Variable]))
	}
	return s
}

// read goes through rows of a batch: it numbers and, on the pass on which they
// count, counts them.
func (s *gridSample) read(in sampled, start, end int, count bool) {
	var every, strata, psus [blockRows]int32
	rows := every[:end-start]
	for i := range rows {
		rows[i] = int32(start + i)
		strata[i] = 1
	}
	if in.stratum != nil {
		s.strata.all(in.stratum, rows, strata[:])
	}
	if in.psu != nil {
		s.psus.all(in.psu, rows, psus[:])
	}
	s.keep, s.clusters, s.weights = s.keep[:0], s.clusters[:0], s.weights[:0]
	for i, row := range rows {
		w := 1.0
		if in.weight != nil {
			w = in.weight.Values[row]
		}
		h, label := strata[i], psus[i]
		if !(w > 0 && w <= design.MaxWeight) || h == 0 || label == 0 && in.psu != nil {
			if count {
				s.odds(w, h, label, in.psu != nil)
			}
			continue
		}
		c := s.cluster(h, label, in.psu != nil, count)
		if count {
			s.facts.Sample++
			s.facts.Respondents++
			s.held[c]++
			s.largest = max(s.largest, w)
			if in.population != nil {
				s.populationOf(h, in.population.Values[row])
			}
		}
		s.keep, s.clusters, s.weights = append(s.keep, row), append(s.clusters, c), append(s.weights, w)
	}
	sampled := len(s.keep)
	for i, d := range s.domain {
		s.within(d, in.domain[i])
	}
	if count {
		s.outside += sampled - len(s.keep)
	}
}

// odds counts a row that has no weight, or a wrong one, or no stratum or PSU.
func (s *gridSample) odds(w float64, h, label int32, withPSU bool) {
	s.facts.Sample++
	switch {
	case math.IsNaN(w):
		s.facts.WithoutWeight++
		return
	case w < 0:
		s.negative++
		return
	case w > design.MaxWeight:
		s.large++
		return
	case w == 0:
		s.facts.ZeroWeight++
		if h != 0 && (label != 0 || !withPSU) {
			s.cluster(h, label, withPSU, true) // it was drawn all the same
		}
		return
	}
	s.facts.Respondents++
	if h == 0 {
		s.noStratum++
	}
	if label == 0 && withPSU {
		s.noPSU++
	}
}

// cluster is the number of a PSU, a new one where it was not met before.
func (s *gridSample) cluster(h, label int32, withPSU, count bool) int32 {
	for int(h) >= len(s.size) {
		s.size, s.first, s.finished = append(s.size, 0), append(s.first, 0), append(s.finished, false)
		if !withPSU {
			s.held = append(s.held, 0)
		}
	}
	c := h
	fresh := false
	switch {
	case withPSU:
		c, fresh = s.psu(h, label)
		if fresh {
			s.size[h]++
		}
		if count && c != s.lastPSU {
			s.sorted = s.sorted && fresh
			s.lastPSU = c
		}
	case count:
		s.size[h]++
	}
	if count && h != s.lastOf {
		s.finished[s.lastOf] = true
		s.sorted = s.sorted && !s.finished[h]
		s.lastOf = h
	}
	return c
}

func (s *gridSample) psu(h, label int32) (c int32, fresh bool) {
	for int(label) >= len(s.home) {
		s.home = append(s.home, home{})
	}
	next := int32(len(s.stratum))
	switch at := s.home[label]; at.stratum {
	case h:
		return at.psu, false
	case 0:
		s.home[label] = home{h, next}
	default:
		if c, ok := s.others[home{h, label}]; ok {
			return c, false
		}
		s.others[home{h, label}] = next
	}
	s.stratum, s.held = append(s.stratum, h), append(s.held, 0)
	return next, true
}

func (s *gridSample) populationOf(h int32, v float64) {
	switch {
	case !(v > 0):
		if !s.odd.isNone {
			s.odd.none, s.odd.isNone = v, true
		}
	case v < 1:
		s.odd.fractions++
	case v > 1:
		s.odd.counts++
	}
	switch s.first[h] {
	case v:
	case 0:
		s.first[h] = v
	default:
		s.odd.differ++
	}
}

// within leaves out the rows for which a condition does not hold.
func (s *gridSample) within(d *dictionary, c *table.Column) {
	var numbers [blockRows]int32
	d.begin(c)
	d.all(c, s.keep, numbers[:])
	n := 0
	for i := range s.keep {
		s.keep[n], s.clusters[n], s.weights[n] = s.keep[i], s.clusters[i], s.weights[i]
		if numbers[i] > 0 {
			n++
		}
	}
	s.keep, s.clusters, s.weights = s.keep[:n], s.clusters[:n], s.weights[:n]
}

// problems are those of design.New.
func (s *gridSample) problems() refusal.Problems {
	var ps refusal.Problems
	p := s.plan
	variable := func(name string) string { return fmt.Sprintf("%s: variable %q", p.Where, name) }
	if s.negative > 0 {
		ps.Add(variable(p.Weight), "negative weights: %d, want none", s.negative)
	}
	if s.large > 0 {
		ps.Add(variable(p.Weight), "weights above %g: %d, want none", float64(design.MaxWeight), s.large)
	}
	if s.facts.Respondents == 0 && s.negative+s.large == 0 {
		ps.Add(variable(p.Weight), "all %d weights of the sample are missing or 0", s.facts.Sample)
	}
	if s.noStratum > 0 {
		ps.Add(variable(p.Stratum), "weighted respondents without a stratum: %d, want none", s.noStratum)
	}
	if s.noPSU > 0 {
		ps.Add(variable(p.PSU), "weighted respondents without a PSU: %d, want none", s.noPSU)
	}
	for i, c := range p.Domain {
		if d := s.domain[i]; d.numeric && len(d.words) > 0 {
			ps.Add(variable(c.Variable), "its values are numbers, want codes that are, not %q", d.words[0])
		}
	}
	if len(ps) > 0 {
		return ps
	}
	ps = s.twoStrata()
	s.facts.LonelyStrata = 0
	for h, n := range s.size {
		if n != 1 {
			continue
		}
		s.facts.LonelyStrata++
		if p.Lonely == codebook.LonelyRefuse && p.Population == "" {
			s.refuse(&ps, h)
		}
	}
	if len(ps) > 0 || p.Population == "" {
		return ps
	}
	return s.populationProblems()
}

// refuse reports a stratum with one PSU.
func (s *gridSample) refuse(ps *refusal.Problems, h int) {
	ps.AddRemedy(refusal.LonelyPolicy, "set design: lonely to certainty or adjust in the crosswalk, or merge the stratum with a neighbour",
		fmt.Sprintf("%s: stratum %q", s.plan.Where, s.label(h)), "1 PSU (%s weight), want at least 2", s.plan.Weight)
}

func (s *gridSample) label(h int) string {
	if s.plan.Stratum == "" {
		return ""
	}
	return s.strata.codes[h-1]
}

// twoStrata reports the PSUs whose label is found in more than one stratum.
func (s *gridSample) twoStrata() refusal.Problems {
	var ps refusal.Problems
	if s.plan.Nested {
		return nil
	}
	strata := map[int32][]string{}
	for other := range s.others {
		strata[other.psu] = append(strata[other.psu], s.label(int(other.stratum)))
	}
	for psu, labels := range strata {
		labels = append(labels, s.label(int(s.home[psu].stratum)))
		slices.Sort(labels)
		for _, other := range labels[1:] {
			ps.AddHint("if PSUs are numbered anew in each stratum, say design: nested: true in the crosswalk",
				fmt.Sprintf("%s: PSU %q", s.plan.Where, s.psus.codes[psu-1]), "in strata %q and %q, want one", labels[0], other)
		}
	}
	slices.SortFunc(ps, func(a, b refusal.Problem) int {
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.What, b.What))
	})
	return ps
}

func (s *gridSample) populationProblems() refusal.Problems {
	var ps refusal.Problems
	where := fmt.Sprintf("%s: variable %q", s.plan.Where, s.plan.Population)
	switch {
	case s.odd.isNone:
		ps.Add(where, "population size %g, want a number of clusters, or the fraction drawn", s.odd.none)
		return ps
	case s.odd.fractions > 0 && s.odd.counts > 0:
		ps.Add(where, "population sizes: %d below 1 and %d above, want counts or fractions", s.odd.fractions, s.odd.counts)
		return ps
	}
	s.factors()
	if s.odd.differ > 0 {
		ps.Add(where, "population size differs within a stratum of stage 1 for %d respondents, want one", s.odd.differ)
	}
	if s.shortfall > 0 {
		ps.Add(where, "strata of stage 1 with more clusters drawn than the population has: %d", s.shortfall)
	}
	if len(ps) > 0 || s.plan.Lonely != codebook.LonelyRefuse {
		return ps
	}
	stage := s.stage()
	for h, n := range s.size {
		if n == 1 && !stage.Certain(int32(h)) {
			s.refuse(&ps, h)
		}
	}
	return ps
}

// factors makes the strata's population sizes, and counts what was drawn.
func (s *gridSample) factors() {
	s.facts.Strata, s.facts.PSUs = 0, 0
	for _, n := range s.size {
		if n > 0 && s.plan.Stratum != "" {
			s.facts.Strata++
		}
		if s.plan.PSU != "" {
			s.facts.PSUs += n
		}
	}
	if s.plan.Population == "" {
		return
	}
	s.population, s.shortfall = slices.Clone(s.first), 0
	for h, v := range s.population {
		n := float64(s.size[h])
		switch {
		case v == 0:
			s.population[h] = math.Inf(1) // all of its respondents weigh 0
			continue
		case s.odd.counts == 0:
			s.population[h] = n / v
		}
		if s.population[h] < n*(1-1e-9) {
			s.shortfall++
		}
	}
}

// stage is the strata as a stage of design.
func (s *gridSample) stage() design.Stage {
	return design.Stage{Size: s.size, Population: s.population}
}

// unit is the power of two that weights are multiplied by to be whole numbers:
// as large as lets the squares of PSUs' totals be added within a stratum in
// 128 bits.
func (s *gridSample) unit() float64 {
	psu := s.largest
	if s.plan.PSU != "" {
		psu *= float64(slices.Max(s.held))
	}
	most := min(62, (127-bits.Len(uint(slices.Max(s.size))))/2)
	_, exponent := math.Frexp(psu)
	return math.Ldexp(1, most-1-exponent)
}
