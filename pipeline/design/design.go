// Package design says how a sample was drawn: for each respondent the stratum
// and PSU, and the weight that expands it to the population.
package design

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Design covers the whole sample, always. An estimate for part of the
// population takes a domain, never a Design made from fewer rows: respondents
// outside the domain still say how much the sample could have varied.
//
// A cluster is a PSU, or a respondent where the extract names no PSU. Clusters
// are numbered in the order of their strata and labels, so that the order of
// the extract's rows carries no information.
type Design struct {
	Weights  string    // the name of the weight: "core", "combined"
	Rows     []int32   // the table's rows in the sample with a positive weight
	Weight   []float64 // of each of Rows
	Stage              // the first
	Later    []Stage   // further stages, where the population sizes make them count
	Clusters int       // of the first stage; those whose respondents all weigh 0 too
	Strata   int       // of the first stage
	Names    []string  // of each stratum of the first stage, in order
	Labels   []Label   // of each cluster of the first stage, in order; nil where the extract names no PSU

	Error        Error   // where the error comes from
	Factor       float64 // the design factor (deft), where Error is ByFactor
	Quota        bool    // respondents were found by quota, and not drawn
	Lonely       string  // policy for a stratum with one PSU, codebook.Lonely...
	DomainLonely bool    // whether it holds for a stratum with one PSU in a domain, too
	Replicates   *Replicates
	Calibrations []Calibration // that made Weight, in their order
	Whole        *Whole        // of a part of a calibrated design; nil otherwise
	Freedom      *float64      // degrees of freedom of every domain; nil are those that follow
	Rotation     *Rotation     // of a file of waves between which PSUs rotate
	Units        *Labels       // by the table's rows: those whose respondents get one factor of a calibration; nil is none
	Elsewhere    *Elsewhere    // of respondents who are not here; nil where they are

	Facts Facts
}

// Elsewhere is how many clusters and strata have respondents, where these were counted
// elsewhere and the design's rows stand for strata and clusters.
type Elsewhere struct{ Clusters, Strata int }

// Error is where a design's standard errors come from.
type Error string

// The sources of an error.
const (
	ByPSU     Error = "psus"
	ByWeights Error = "weights"
	ByFactor  Error = "design-factor"

	ByReplicates Error = "replicates"

	ByNothing Error = "quota" // respondents were found by quota: there is no error

	ByCounts Error = "counts" // of a return, as those of a random process
	ByReturn Error = "return" // as the return has it
)

// A Calibration is a step that made weights agree with known totals. What the
// totals explain of a variable adds no variance.
type Calibration interface {
	// Residuals takes from the linearised values of a statistic, each times its
	// respondent's calibrated weight, what the known totals explain, in place.
	// There is one for each of the design's Rows, 0 but for some respondents: nil are all.
	Residuals(u []float64, some []int32)
}

// Facts are what a reader should know of how the sample was read.
type Facts struct {
	Sample        int `json:"sample"`         // rows of the extract in the sample
	WithoutWeight int `json:"without_weight"` // of those, left out: weight missing
	ZeroWeight    int `json:"zero_weight"`    // of those, left out: weight 0
	Respondents   int `json:"respondents"`    // counted
	Strata        int `json:"strata"`
	PSUs          int `json:"psus"`
	LonelyStrata  int `json:"lonely_strata"` // with one PSU
	Rotating      int `json:"-"`             // of the PSUs, those in several waves of the extract
	AllDrawn      int `json:"-"`             // stages of which the population is drawn whole: 1, a fraction, in every row
}

// A Source is what a Design is made of. Stratum and PSU are nil where the extract
// has none, and a row without a label lacks it. Weight is NaN
// where missing; where it is nil, Population gives the weights. In says which
// rows are in the sample; nil means all.
type Source struct {
	Weights string
	Where   string // the extract, for problems
	Names   struct{ Stratum, PSU, Weight, Population string }
	Stratum *Labels
	PSU     *Labels
	Weight  []float64
	In      []bool
	Nested  bool
	Lonely  string
	Factor  float64
	Quota   bool

	DomainLonely bool
	Population   []float64         // of each row: the PSUs that its stratum has, or the fraction of them that was drawn; nil where drawn with replacement
	Later        []StageSource     // stages after the first
	Collapse     map[string]string // of the label of a stratum, that of the stratum which it is counted in
	Expect       codebook.Expected // of the sample, after strata are collapsed; 0 is not said
	Replicates   *Replicates       // whose weights are by the table's rows
	Rotation     *RotationSource   // where PSUs rotate between waves, of which each stratum is in one
	Units        *Labels           // see Design
}

// A StageSource is a stage after the first. Its clusters are numbered anew in
// each cluster of the stage before, and its strata, nil where there are none,
// divide that cluster.
type StageSource struct {
	Name       string // of the clusters' variable, for problems
	Cluster    *Labels
	Stratum    *Labels
	Population []float64 // as Source.Population
}

// MaxWeight is the largest weight that a design takes: above it, sums of
// weights could leave the range in which they are exact.
const MaxWeight = 1e9

// New makes a design, or says everything that is wrong with its source: a
// negative, infinite or over-large weight, no weight at all, a row in the
// sample without stratum or PSU, a PSU in two strata (unless PSUs are nested,
// that is numbered anew in each stratum), a stratum with one PSU where the
// policy is to refuse it, and a sample that is not as it is expected to be.
func New(s Source) (*Design, refusal.Problems) {
	var ps refusal.Problems
	d := &Design{Quota: s.Quota, Weights: s.Weights, Factor: s.Factor, Lonely: cmp.Or(s.Lonely, codebook.LonelyRefuse), DomainLonely: s.DomainLonely, Units: s.Units}
	switch {
	case s.PSU != nil:
		d.Error = ByPSU
	case s.Factor > 0:
		d.Error = ByFactor
	case s.Quota:
		d.Error = ByNothing
	default:
		d.Error = ByWeights
	}
	negative, large, noStratum, noPSU := 0, 0, 0, 0
	weight := s.Weight
	if weight == nil {
		weight = slices.Repeat([]float64{1}, len(s.Population)) // until the stages give them
	}
	var weightless []int32 // whose PSUs were drawn all the same
	counted := 0
	for row, w := range weight {
		if w > 0 && w <= MaxWeight && (s.In == nil || s.In[row]) {
			counted++
		}
	}
	d.Rows, d.Weight = make([]int32, 0, counted), make([]float64, 0, counted)
	for row, w := range weight {
		if s.In != nil && !s.In[row] {
			continue
		}
		d.Facts.Sample++
		switch {
		case math.IsNaN(w):
			d.Facts.WithoutWeight++
			continue
		case w == 0:
			d.Facts.ZeroWeight++
			weightless = append(weightless, int32(row))
			continue
		case w < 0:
			negative++
			continue
		case w > MaxWeight:
			large++
			continue
		}
		if !s.Stratum.has(int32(row)) {
			noStratum++
		}
		if !s.PSU.has(int32(row)) {
			noPSU++
		}
		d.Rows = append(d.Rows, int32(row))
		d.Weight = append(d.Weight, w)
	}
	d.Facts.Respondents = len(d.Rows)
	variable := func(name string) string { return fmt.Sprintf("%s: variable %q", s.Where, name) }
	if negative > 0 {
		ps.Add(variable(s.Names.Weight), "negative weights: %d, want none", refusal.Many(negative))
	}
	if large > 0 {
		ps.Add(variable(s.Names.Weight), "weights above %g: %d, want none", float64(MaxWeight), refusal.Many(large))
	}
	switch {
	case len(weight) == 0:
		ps.Add(s.Where, "no rows, want one or more")
	case d.Facts.Sample == 0:
		ps.Add(s.Where, "none of %d rows is of the sample", refusal.Many(len(weight)))
	case len(d.Rows) == 0 && negative+large == 0:
		ps.Add(variable(s.Names.Weight), "all %d weights of the sample are missing or 0", refusal.Private{Of: d.Facts.Sample, Instead: "the"})
	}
	if noStratum > 0 {
		ps.Add(variable(s.Names.Stratum), "weighted respondents without a stratum: %d, want none", refusal.Many(noStratum))
	}
	if noPSU > 0 {
		ps.Add(variable(s.Names.PSU), "weighted respondents without a PSU: %d, want none", refusal.Many(noPSU))
	}
	if len(ps) > 0 {
		return d, ps
	}
	homes, ps := d.number(s, weightless)
	ps = append(ps, d.unexpected(s)...)
	if ps == nil {
		ps = d.stages(s, weightless, homes)
	}
	if s.Replicates != nil {
		ps = append(ps, s.Replicates.check(s.Where, d.Rows, d.Weight)...)
	}
	if s.Replicates != nil && ps == nil {
		r := *s.Replicates
		r.Weight = make([][]float64, len(r.Weight))
		for n, weights := range s.Replicates.Weight {
			r.Weight[n] = make([]float64, len(d.Rows))
			for i, row := range d.Rows {
				r.Weight[n][i] = weights[row]
			}
		}
		d.Replicates, d.Error = &r, ByReplicates
	}
	return d, ps
}

// unexpected compares the sample with what is expected of it.
func (d *Design) unexpected(s Source) refusal.Problems {
	var ps refusal.Problems
	for _, c := range []struct {
		what        string
		found, want int
	}{
		{"respondents", d.Facts.Sample, s.Expect.Respondents},
		{"strata", d.Facts.Strata, s.Expect.Strata},
		{"PSUs", d.Facts.PSUs, s.Expect.PSUs},
	} {
		if c.want > 0 && c.found != c.want {
			ps.AddHint("a file that was filtered gives wrong errors: use the whole extract, and say who counts in the base or population", s.Where,
				"%d %s (%s weight), want %d as the design expects", c.found, c.what, d.Weights, c.want)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(s.Collapse)) {
		if !slices.Contains(s.Stratum.names(), from) {
			ps.Add(s.Where, "no respondent in stratum %q, which is to be collapsed into %q", from, s.Collapse[from])
		}
		into := 0 // a name of its own is for several strata
		for _, to := range s.Collapse {
			if to == s.Collapse[from] {
				into++
			}
		}
		if to := s.Collapse[from]; into == 1 && !slices.Contains(s.Stratum.names(), to) {
			ps.Add(s.Where, "no respondent in stratum %q, into which %q is to be collapsed%s", to, from, refusal.Nearest(to, slices.Sorted(slices.Values(s.Stratum.names()))))
		}
	}
	return ps
}

func compare(a, b Label) int {
	return cmp.Or(cmp.Compare(a.Stratum, b.Stratum), cmp.Compare(a.Own, b.Own), cmp.Compare(a.PSU, b.PSU))
}

// home is the stratum that one of a label is counted in.
func (s *Source) home(own string) string {
	if home, ok := s.Collapse[own]; ok {
		return home
	}
	return own
}

// label is that of a row's PSU.
func (s *Source) label(row int32) Label {
	own := s.Stratum.of(row)
	return Label{Stratum: s.home(own), Own: own, PSU: s.PSU.of(row)}
}

// strata numbers the strata that rows are counted in, in the order of their
// labels: of each label, its stratum.
func (s *Source) strata(rows ...[]int32) (number []int32, labels []string) {
	own := s.Stratum.names()
	met := make([]bool, len(own))
	for _, rows := range rows {
		for _, row := range rows {
			met[s.Stratum.code(row)] = true
		}
	}
	for code, label := range own {
		if met[code] {
			labels = append(labels, s.home(label))
		}
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	number = make([]int32, len(own))
	for code, label := range own {
		at, _ := slices.BinarySearch(labels, s.home(label))
		number[code] = int32(at)
	}
	return number, labels
}

// number gives every row its cluster and every cluster its stratum. A PSU
// whose respondents all weigh 0 was drawn, and counts in its stratum; homes are
// the clusters of the weightless, -1 for none.
func (d *Design) number(s Source, weightless []int32) (homes []int32, ps refusal.Problems) {
	homes = slices.Repeat([]int32{-1}, len(weightless))
	drawn := slices.DeleteFunc(slices.Clone(weightless), func(row int32) bool { return !s.Stratum.has(row) || !s.PSU.has(row) })
	stratum, labels := s.strata(d.Rows, drawn)
	d.Cluster, d.Size = make([]int32, len(d.Rows)), make([]int, len(labels))
	d.Strata, d.Names = len(labels), labels
	if s.PSU == nil {
		d.Stratum = make([]int32, 0, len(d.Rows)+len(drawn))
		for i, row := range d.Rows {
			d.Cluster[i] = int32(i)
			d.Stratum = append(d.Stratum, stratum[s.Stratum.code(row)])
		}
		for _, row := range drawn {
			d.Stratum = append(d.Stratum, stratum[s.Stratum.code(row)])
		}
	} else {
		n := s.clusters(d.Rows)
		for i, row := range weightless {
			if s.Stratum.has(row) && s.PSU.has(row) {
				homes[i] = n.of(row)
			}
		}
		place := n.order()
		for i, c := range n.cluster {
			d.Cluster[i] = place[c]
		}
		for i, c := range homes {
			if c >= 0 {
				homes[i] = place[c]
			}
		}
		d.Stratum = make([]int32, len(place))
		for c, at := range place {
			d.Stratum[at] = stratum[n.pairs[c].own]
		}
		d.Labels = make([]Label, len(place))
		for c, at := range place {
			d.Labels[at] = n.label(int32(c))
		}
		if !s.Nested {
			ps = append(ps, twoStrata(s.Where, d.Labels)...)
		}
		d.Facts.PSUs = len(place)
		if s.Rotation != nil {
			first := make([]int32, len(place))
			for i, row := range weightless {
				if homes[i] >= 0 {
					first[homes[i]] = row
				}
			}
			for i, row := range d.Rows {
				first[d.Cluster[i]] = row
			}
			ps = append(ps, d.rotate(s, first)...)
		}
	}
	d.Clusters = len(d.Stratum)
	for _, h := range d.Stratum {
		d.Size[h]++
	}
	if s.Stratum != nil && s.Rotation == nil {
		d.Facts.Strata = d.Strata
	}
	for i, n := range d.Size {
		if n > 1 {
			continue
		}
		d.Facts.LonelyStrata++
		if d.Lonely == codebook.LonelyRefuse && d.Error != ByFactor && s.Replicates == nil && s.Population == nil { // whose error rests on clusters
			where := s.Where // of a sample without strata
			if labels[i] != "" {
				where = fmt.Sprintf("%s: stratum %q", s.Where, labels[i])
			}
			ps.AddRemedy(refusal.LonelyPolicy, lonelyHint, where, "1 PSU (%s weight), want at least 2", d.Weights)
		}
	}
	return homes, ps
}

// A numbering numbers PSUs in the order in which rows have them.
type numbering struct {
	*Source
	pairs   []ownPSU
	first   []int32          // of each PSU's code, 1 more than the number of the first that was met, 0 for none
	number  map[ownPSU]int32 // of the others: PSUs of one label in several strata
	cluster []int32          // of the rows
}

// An ownPSU is a PSU as it was drawn: the codes of its stratum and of itself.
type ownPSU struct{ own, psu int32 }

func (s *Source) clusters(rows []int32) *numbering {
	n := &numbering{Source: s, first: make([]int32, len(s.PSU.Names)), number: map[ownPSU]int32{}, cluster: make([]int32, len(rows))}
	for i, row := range rows {
		n.cluster[i] = n.of(row)
	}
	return n
}

// of is the number of a row's PSU.
func (n *numbering) of(row int32) int32 {
	pair := ownPSU{n.Stratum.code(row), n.PSU.code(row)}
	c := n.first[pair.psu] - 1
	if c >= 0 && n.pairs[c] == pair {
		return c
	}
	next, known := int32(len(n.pairs)), false
	if c < 0 {
		n.first[pair.psu] = next + 1
	} else if c, known = n.number[pair]; known {
		return c
	} else {
		n.number[pair] = next
	}
	n.pairs = append(n.pairs, pair)
	return next
}

func (n *numbering) label(c int32) Label {
	own := n.Stratum.names()[n.pairs[c].own]
	return Label{Stratum: n.home(own), Own: own, PSU: n.PSU.names()[n.pairs[c].psu]}
}

// order gives each PSU its place in the order of their labels.
func (n *numbering) order() []int32 {
	order, place := make([]int32, len(n.pairs)), make([]int32, len(n.pairs))
	for c := range order {
		order[c] = int32(c)
	}
	slices.SortFunc(order, func(a, b int32) int { return compare(n.label(a), n.label(b)) })
	for at, c := range order {
		place[c] = int32(at)
	}
	return place
}

const lonelyHint = "set design: lonely to certainty or adjust in the crosswalk, or merge the stratum with a neighbour"

// twoStrata reports the PSUs whose label is found in more than one stratum.
func twoStrata(where string, clusters []Label) refusal.Problems {
	var ps refusal.Problems
	home := map[string]string{}
	for _, c := range clusters {
		first, found := home[c.PSU]
		if found && first != c.Own {
			ps.AddHint("if PSUs are numbered anew in each stratum, say design: nested: true in the crosswalk",
				fmt.Sprintf("%s: PSU %q", where, c.PSU), "in strata %q and %q, want one", first, c.Own)
			continue
		}
		home[c.PSU] = c.Own
	}
	return ps
}

// DF is the degrees of freedom of the whole design; see DomainDF.
func (d *Design) DF() int { return int(d.DomainDF(nil)) }
