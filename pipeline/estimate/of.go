package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// A Statistic is one or more values that are smooth functions of weighted
// totals. Respondents are numbered as in the design's Rows, of which there are
// n.
type Statistic interface {
	// Within says which respondents it is of: those in its domain who have all
	// of its variables. nil is all.
	Within() []bool
	// Values returns the values under the weights of n respondents; those
	// outside Within do not count. NaN is a value that there is not.
	Values(weight []float64) []float64
	// Influence returns for each value the linearised values of the n
	// respondents per unit of weight, at the values that the weights give: 0
	// outside Within. The weighted sum of a linearised value is 0 except for
	// totals.
	Influence(weight, values []float64) [][]float64
}

// Estimates are the values of a statistic with their errors.
type Estimates struct {
	Values     []float64
	Covariance [][]float64 // of the values
	Replicates [][]float64 // of each replicate, the values; nil without replicate weights
	DF         float64     // of the domain (design.DomainDF of Within)
	N          int         // respondents within, with a weight that is not 0
}

// SE is the standard error of a value, the root of its variance: 0 where it
// does not vary, which is where no more is left of it than rounding leaves of
// terms that cancel, or the weights were calibrated to the value.
func (e *Estimates) SE(i int) float64 { return math.Sqrt(e.Covariance[i][i]) }

// A Sizer is a statistic whose values are sums which cancel: Sizes are of each
// the sum of its terms' sizes. Of others it is that of their linearised values.
type Sizer interface {
	Sizes(weight, values []float64) []float64
}

// What rounding leaves of a standard error of 0, over the size of its terms;
// where the weights were calibrated, in a replicate too, what is left of totals
// that hold to 1e-12.
const (
	rounded    = indicator.Rounded
	calibrated = 1e-10
)

// Of estimates a statistic from a sample: by linearisation (Särndal, Swensson
// and Wretman 1992, section 5.5), or by replication where the design has
// replicate weights.
func Of(d *design.Design, s Statistic) *Estimates {
	e := valued(d, s)
	e.DF = d.DomainDF(s.Within())
	return e
}

// valued is Of without degrees of freedom.
func valued(d *design.Design, s Statistic) *Estimates {
	e := &Estimates{Values: s.Values(d.Weight)}
	in := s.Within()
	for i, w := range d.Weight {
		if w != 0 && (in == nil || in[i]) {
			e.N++
		}
	}
	size := make([]float64, len(e.Values))
	if s, ok := s.(Sizer); ok {
		size = s.Sizes(d.Weight, e.Values)
	}
	if d.Replicates != nil {
		e.Replicates = valuesOf(d, s)
		e.replicated(d.Replicates, size)
		return e
	}
	scorer, ok := s.(Scorer)
	switch {
	case len(d.Calibrations) > 0:
		e.calibrated(d, s, size)
	case ok && d.Rotation == nil:
		scores := scorer.Scores(d.Weight, e.Values)
		e.Covariance = staged(d, len(size), in, func(of *design.Stage) [][]float64 {
			return scores.totals(d.Weight, of.Cluster, len(of.Stratum))
		})
		for j, whole := range scores.Sizes(d.Weight) {
			e.settle(j, rounded*max(math.Abs(e.Values[j]), size[j], whole))
		}
	default:
		u := s.Influence(d.Weight, e.Values)
		for j := range u {
			for i, w := range d.Weight {
				u[j][i] = float64(u[j][i] * w)
			}
			size[j] = max(math.Abs(e.Values[j]), size[j], design.Size(u[j]))
		}
		e.Covariance = Variance(d, u, in)
		for j := range size {
			e.settle(j, rounded*size[j])
		}
	}
	return e
}

// replicated makes the covariance from the values of replicates, of terms of such sizes.
func (e *Estimates) replicated(r *design.Replicates, size []float64) {
	e.Covariance = replicated(r, e.Values, e.Replicates)
	for j, v := range e.Values {
		e.settle(j, calibrated*max(math.Abs(v), size[j]))
	}
}

// calibrated makes the covariance under calibrated weights: of what known totals leave of
// the linearised values, which is of all respondents of the whole design.
func (e *Estimates) calibrated(d *design.Design, s Statistic, size []float64) {
	all, some := d, []int32(nil)
	if d.Whole != nil {
		all, some = d.Whole.Design, d.Whole.Of
	}
	least, value := make([]float64, len(size)), linearised(s, d.Weight, e.Values)
	stages := []*design.Stage{&all.Stage}
	for n := range all.Later {
		stages = append(stages, &all.Later[n])
	}
	totals := map[*design.Stage][][]float64{}
	var kept [][]float64 // where PSUs rotate
	u := make([]float64, len(all.Weight))
	for j := range size {
		clear(u)
		own, of := value(j), some
		for i, w := range d.Weight {
			at := i
			if some != nil {
				at = int(some[i])
			}
			own[i] = float64(own[i] * w)
			u[at] = own[i]
		}
		whole := design.Size(own)
		for _, c := range all.Calibrations {
			c.Residuals(u, of)
			of = nil
		}
		least[j] = rounded * max(math.Abs(e.Values[j]), size[j], whole)
		if explained(all.Calibrations, u, whole) {
			least[j] = math.Inf(1)
		}
		if all.Rotation != nil {
			kept = append(kept, slices.Clone(u))
			continue
		}
		for _, stage := range stages {
			totals[stage] = append(totals[stage], design.Totals(stage.Cluster, len(stage.Stratum), u))
		}
	}
	if all.Rotation != nil {
		e.Covariance = Variance(all, kept, nil)
	} else {
		e.Covariance = staged(all, len(size), nil, func(of *design.Stage) [][]float64 { return totals[of] })
	}
	for j := range least {
		e.settle(j, least[j])
	}
}

// linearised gives each of a statistic's linearised values of the respondents.
func linearised(s Statistic, weight, values []float64) func(j int) []float64 {
	if s, ok := s.(Scorer); ok {
		return s.Scores(weight, values).Of
	}
	u := s.Influence(weight, values)
	return func(j int) []float64 { return u[j] }
}

// A parted statistic is one whose values are the same of the respondents within
// alone. Rows are their numbers.
type parted interface {
	part(rows []int32) Statistic
}

// A clustered statistic is one whose values are a function of totals: where the weights
// of whole clusters are multiplied, of each group of respondents one factor, the values
// follow from those of the groups, and that is what byGroup returns.
type clustered interface {
	byGroup(weight []float64, group []int32, groups int) func(factors []float64) []float64
}

// valuesOf are the values under the weights of each of the design's replicates.
func valuesOf(d *design.Design, s Statistic) [][]float64 {
	values := make([][]float64, d.Replicates.Count())
	in := s.Within()
	if s, ok := s.(clustered); ok && d.Replicates.Factor != nil {
		met, group, number := []int32(nil), make([]int32, len(d.Cluster)), make([]int32, d.Clusters)
		for i, c := range d.Cluster {
			if in != nil && !in[i] {
				continue
			}
			if number[c] == 0 {
				met = append(met, c)
				number[c] = int32(len(met))
			}
			group[i] = number[c] - 1
		}
		of := s.byGroup(d.Weight, group, len(met))
		for r, factor := range d.Replicates.Factor {
			values[r] = of(design.Pick(factor, met))
		}
		return values
	}
	var room []float64
	p, ok := s.(parted)
	if !ok || in == nil {
		for r := range values {
			room = d.Replicate(r, room)
			values[r] = s.Values(room)
		}
		return values
	}
	var rows []int32
	for i, within := range in {
		if within {
			rows = append(rows, int32(i))
		}
	}
	part, own := p.part(rows), d.Part(rows)
	for r := range values {
		room = own.Replicate(r, room)
		values[r] = part.Values(room)
	}
	return values
}

// settle takes a standard error of no more than what may be left of none for 0.
func (e *Estimates) settle(j int, least float64) {
	if e.SE(j) <= least {
		for k := range e.Covariance {
			e.Covariance[j][k], e.Covariance[k][j] = 0, 0
		}
	}
}

// replicated is the covariance of the replicates' values; see
// design.Replicates. A replicate without a value is left out, and a value that is infinite
// in one has no variance.
func replicated(r *design.Replicates, values []float64, replicates [][]float64) [][]float64 {
	k := len(values)
	usable := func(theta []float64) bool {
		for _, v := range theta {
			if math.IsNaN(v) {
				return false
			}
		}
		return true
	}
	centre := values
	if !r.MSE {
		centre = make([]float64, k)
		for j := range centre {
			var kept []float64
			for n, theta := range replicates {
				if r.ScaleOf(n) > 0 && usable(theta) {
					kept = append(kept, theta[j])
				}
			}
			centre[j] = total(kept) / float64(len(kept))
		}
	}
	infinite := make([]bool, k)
	for _, theta := range replicates {
		for j, v := range theta {
			infinite[j] = infinite[j] || math.IsInf(v, 0)
		}
	}
	cov := design.Square(k)
	for a := range k {
		for b := a; b < k; b++ {
			if infinite[a] || infinite[b] {
				cov[a][b], cov[b][a] = math.NaN(), math.NaN()
				continue
			}
			terms := make([]float64, 0, len(replicates))
			for n, theta := range replicates {
				if usable(theta) {
					terms = append(terms, float64(float64((theta[a]-centre[a])*(theta[b]-centre[b]))*r.ScaleOf(n)))
				}
			}
			cov[a][b] = total(terms) * r.Scale
			cov[b][a] = cov[a][b]
		}
	}
	return cov
}

// explained says whether calibrations leave nothing of linearised values of
// that size before them, when those of more than one margin are gone through
// until they change no more.
func explained(calibrations []design.Calibration, residuals []float64, whole float64) bool {
	const most, still = 50, 0.999
	left := 0.0
	for _, x := range residuals {
		left += math.Abs(x)
	}
	if !(left < whole/4) { // a share of a margin is less after a few sweeps
		return false
	}
	u := slices.Clone(residuals)
	for range most {
		if left <= calibrated*whole {
			return true
		}
		before := left
		for _, c := range calibrations {
			c.Residuals(u, nil)
		}
		if left = design.Size(u); left > still*before {
			return false
		}
	}
	return false
}
