package weigh

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// Calibrating says how weights are calibrated. Bounds are of the factors, the
// new weights over the old; a pair of 0 is none.
type Calibrating struct {
	Distance     Distance   // "" is Linear
	Lower, Upper float64    // bounds, which the factors keep
	Variance     []float64  // of each of Rows, to what the variance of its residual is proportional; nil is equal variances
	Stage        int        // of whose clusters all respondents get one factor: 1 is the first, and 0 a factor for each respondent
	Within       []int32    // of each of Rows, the unit whose respondents get one factor, instead of a stage's clusters; nil is none
	Trim         [2]float64 // the factors are cut to these afterwards, and what is cut is given to the others: the totals no longer hold
}

// Calibrate multiplies the weights by factors so that the weighted totals of
// the controls' variables are those of the population (Deville and Särndal
// 1992); those of each replicate, too. Linear without bounds is the
// generalised regression estimator.
//
// The totals hold to 1e-12 of themselves and the weighted total of the
// variable's absolute values. A control that follows from those before it may be given, so that
// whole margins can be; one that contradicts them, or totals that no factors
// within the bounds reach, are refused, and the one that is furthest off is
// named.
//
// Residuals are those of the regression on the controls' variables under the
// weights before, divided by Variance.
func Calibrate(d *design.Design, controls []Control, how Calibrating) (*design.Design, refusal.Problems) {
	made, _, ps := calibrate(d, controls, how)
	return made, ps
}

// calibrate is Calibrate; steps are those that the weights took, and not the replicates.
func calibrate(d *design.Design, controls []Control, how Calibrating) (made *design.Design, steps int, ps refusal.Problems) {
	if how.Lower == 0 && how.Upper == 0 {
		how.Lower, how.Upper = math.Inf(-1), math.Inf(1)
	}
	if how.Distance == "" {
		how.Distance = Linear
	}
	c, ps := newCalibrator(d, controls, how)
	if len(ps) > 0 {
		return nil, 0, ps
	}
	first := true
	made, ps = reweight(d, func(weight []float64, which string) ([]float64, refusal.Problems) {
		fitted, taken, ps := c.fit(weight, which)
		if first {
			steps, first = taken, false
		}
		return fitted, ps
	})
	if ps == nil && d.Replicates == nil {
		made.Calibrations = append(made.Calibrations, &regressionCalibration{c.regression, made.Weight})
	}
	return made, steps, ps
}

func place(c Control) string { return fmt.Sprintf("control %q", c.Name) }

// checkControls says what is wrong with the numbers of controls.
func checkControls(d *design.Design, controls []Control) refusal.Problems {
	var ps refusal.Problems
	for _, c := range controls {
		if math.IsInf(c.Total, 0) || math.IsNaN(c.Total) {
			ps.Add(place(c), "total %g, want a number", c.Total)
		}
		missing := 0
		for i, x := range c.Of {
			if d.Weight[i] != 0 && (math.IsNaN(x) || math.IsInf(x, 0)) {
				missing++
			}
		}
		if missing > 0 {
			ps.Add(place(c), "%s without a value, want none", refusal.Respondents(missing))
		}
	}
	return ps
}

// A calibrator finds factors.
type calibrator struct {
	Calibrating
	*regression
	controls []Control // of variables that are equal within the clusters of Stage
	inverse  []float64 // of the variances
}

func newCalibrator(d *design.Design, controls []Control, how Calibrating) (*calibrator, refusal.Problems) {
	ps := checkControls(d, controls)
	c := &calibrator{Calibrating: how, controls: slices.Clone(controls), inverse: make([]float64, len(d.Rows))}
	switch how.Distance {
	case Linear, Multiplicative:
		if !(how.Lower < 1 && how.Upper > 1) {
			ps.Add("calibration", "bounds %g and %g of the factors, want 1 between them", how.Lower, how.Upper)
		}
	case Logit:
		if !(how.Lower < 1 && how.Upper > 1) || math.IsInf(how.Upper-how.Lower, 0) {
			ps.Add("calibration", "bounds %g and %g of the factors, want two numbers with 1 between them", how.Lower, how.Upper)
		}
	default:
		ps.Add("calibration", "distance %q, want %s, %s or %s", how.Distance, Linear, Multiplicative, Logit)
	}
	if how.Trim != [2]float64{} && !(how.Trim[0] < how.Trim[1]) {
		ps.Add("calibration", "factors trimmed to %g and %g, want a lower and an upper", how.Trim[0], how.Trim[1])
	}
	if how.Stage < 0 || how.Stage > len(d.Later)+1 {
		ps.Add("calibration", "one factor within the clusters of stage %d, want a stage up to %d", how.Stage, len(d.Later)+1)
	}
	for i := range c.inverse {
		c.inverse[i] = 1
		if how.Variance != nil {
			if c.inverse[i] = 1 / how.Variance[i]; !(c.inverse[i] > 0) || math.IsInf(c.inverse[i], 0) {
				ps.Add("calibration", "variance %g of a respondent, want a positive number", how.Variance[i])
				break
			}
		}
	}
	if len(ps) > 0 {
		return nil, ps
	}
	if how.Stage > 0 || how.Within != nil {
		cluster, clusters := d.Cluster, len(d.Stage.Stratum)
		switch {
		case how.Within != nil:
			cluster, clusters = how.Within, int(slices.Max(how.Within))+1
		case how.Stage > 1:
			cluster, clusters = d.Later[how.Stage-2].Cluster, len(d.Later[how.Stage-2].Stratum)
		}
		for j := range c.controls {
			c.controls[j].Of = clusterMeans(c.controls[j].Of, d.Weight, cluster, clusters)
		}
		if how.Variance != nil {
			variance := clusterMeans(how.Variance, d.Weight, cluster, clusters)
			for i, v := range variance {
				c.inverse[i] = 1 / v
			}
		}
	}
	weight := make([]float64, len(d.Weight))
	for i, w := range d.Weight {
		weight[i] = float64(w * c.inverse[i])
	}
	c.regression = regress(c.controls, weight)
	return c, nil
}

// clusterMeans is the weighted mean of a variable in the cluster of each respondent.
func clusterMeans(x, weight []float64, cluster []int32, clusters int) []float64 {
	weighted := make([]float64, len(x))
	for i, w := range weight {
		weighted[i] = float64(w * x[i])
	}
	sums, bases := design.Totals(cluster, clusters, weighted), design.Totals(cluster, clusters, weight)
	made := make([]float64, len(x))
	for i, c := range cluster {
		if bases[c] != 0 {
			made[i] = sums[c] / bases[c]
		}
	}
	return made
}

// A trial is a set of multipliers with what they give.
type trial struct {
	eta    []float64 // of each of the regression's variables
	slopes []float64 // of each respondent, the factor's derivative
	weight []float64 // of each respondent, times its factor
	misfit []float64 // of each of the regression's variables
	size   float64   // of the misfit; NaN where a factor is not finite
}

func (c *calibrator) try(eta, weight []float64) trial {
	t := trial{eta: eta, slopes: make([]float64, len(weight)), weight: make([]float64, len(weight)), misfit: make([]float64, len(eta))}
	for j, x := range c.variables {
		for i := range x {
			t.weight[i] += float64(eta[j] * x[i])
		}
	}
	for i, w := range weight {
		g, slope := c.factor(float64(t.weight[i] * c.inverse[i]))
		t.weight[i], t.slopes[i] = float64(w*g), slope
	}
	for j, x := range c.variables {
		t.misfit[j] = c.totals[j] - dot(t.weight, x)
		t.size += float64(t.misfit[j] * t.misfit[j])
	}
	return t
}

// sizes are what a misfit of each control is measured against: its total and
// the weighted total of its absolute values before.
func (c *calibrator) sizes(weight []float64) []float64 {
	sizes := make([]float64, len(c.controls))
	terms := make([]float64, len(weight))
	for j, control := range c.controls {
		for i, w := range weight {
			terms[i] = math.Abs(float64(w * control.Of[i]))
		}
		sizes[j] = math.Abs(control.Total) + design.Total(terms)
	}
	return sizes
}

// furthest is the control that is furthest off under weights: what it adds up
// to, and by which share of its size that is off.
func (c *calibrator) furthest(weight, sizes []float64) (which int, got, off float64) {
	for j, control := range c.controls {
		x := dot(weight, control.Of)
		if o := math.Abs(x-control.Total) / sizes[j]; sizes[j] > 0 && !(o <= off) {
			which, got, off = j, x, o
		}
	}
	return which, got, off
}

// fit finds the factors by Newton's method, each step halved until the misfit
// is less, and returns the weights times them, and how many steps it took.
func (c *calibrator) fit(weight []float64, which string) (fitted []float64, steps int, ps refusal.Problems) {
	const (
		most, halvings = 100, 30
		aim, tolerance = 1e-13, 1e-12
		singular       = 1e-12
	)
	hint := "widen the bounds, merge small categories, or look whether the totals can hold together"
	now := c.try(make([]float64, len(c.variables)), weight)
	sizes := c.sizes(weight)
	control, got, off := c.furthest(now.weight, sizes)
	for ; steps < most && !(off <= aim); steps++ {
		direction := solve(c.curvature(now, weight), now.misfit, singular)
		next := now
		for range halvings {
			eta := slices.Clone(now.eta)
			for j := range eta {
				eta[j] += direction[j]
				direction[j] /= 2
			}
			if t := c.try(eta, weight); t.size < now.size {
				next = t
				break
			}
		}
		if !(next.size < now.size) {
			break
		}
		now = next
		control, got, off = c.furthest(now.weight, sizes)
	}
	if !(off <= tolerance) {
		if by := c.controls[control].Total / dot(weight, c.controls[control].Of); by < c.Lower/2 || by > 2*c.Upper { // of another size altogether
			hint = fmt.Sprintf("the weights before add up to the total over %.4g: bounds are of factors, from %g to %g; give shares, or weights of the population's size", by, c.Lower, c.Upper)
		}
		ps.AddHint(hint, place(c.controls[control]), "calibrated, %s have a total of %.10g, want %.10g: the furthest off", which, got, c.controls[control].Total)
		return nil, steps, ps
	}
	if c.Trim != [2]float64{} {
		fitted, ps = c.trimmed(now.weight, weight, which)
		return fitted, steps, ps
	}
	return now.weight, steps, nil
}

// curvature is how fast the misfit falls with the multipliers.
func (c *calibrator) curvature(t trial, weight []float64) [][]float64 {
	p := len(c.variables)
	made := make([][]float64, p)
	bent := make([]float64, len(weight))
	for j := range made {
		made[j] = make([]float64, p)
	}
	for j, x := range c.variables {
		for i, w := range weight {
			bent[i] = float64(float64(w*t.slopes[i]) * float64(c.inverse[i]*x[i]))
		}
		for k := range j + 1 {
			made[j][k] = dot(bent, c.variables[k])
			made[k][j] = made[j][k]
		}
	}
	return made
}

// trimmed cuts the factors to Trim and adds to the other factors, equally, so
// much that the sum of the weights stays.
func (c *calibrator) trimmed(weight, before []float64, which string) ([]float64, refusal.Problems) {
	made := slices.Clone(weight)
	var cut, others []float64
	inside := make([]bool, len(made))
	for i, w := range before {
		low, high := float64(c.Trim[0]*w), float64(c.Trim[1]*w)
		if inside[i] = w == 0 || weight[i] >= low && weight[i] <= high; inside[i] {
			others = append(others, w)
			continue
		}
		made[i] = min(max(weight[i], low), high)
		cut = append(cut, weight[i]-made[i])
	}
	base := design.Total(others)
	if base == 0 {
		var ps refusal.Problems
		ps.Add("calibration", "all factors of %s lie outside %g and %g, want some within", which, c.Trim[0], c.Trim[1])
		return nil, ps
	}
	if len(cut) == 0 {
		return made, nil
	}
	share := design.Total(cut) / base
	for i, w := range before {
		if inside[i] {
			made[i] += float64(w * share)
		}
	}
	return made, nil
}

// solve solves a symmetric positive semi-definite system by Cholesky's method.
// A direction in which it is flat, to the given share of its diagonal, is not
// taken.
func solve(a [][]float64, b []float64, flat float64) []float64 {
	n := len(b)
	root := make([][]float64, n)
	x := slices.Clone(b)
	for j := range n {
		root[j] = make([]float64, n)
		left := a[j][j]
		for k := range j {
			v := a[j][k]
			for m := range k {
				v -= float64(root[j][m] * root[k][m])
			}
			if root[k][k] != 0 {
				root[j][k] = v / root[k][k]
			}
			left -= float64(root[j][k] * root[j][k])
		}
		if left > flat*a[j][j] && left > 0 {
			root[j][j] = math.Sqrt(left)
		}
	}
	for j := range n {
		for k := range j {
			x[j] -= float64(root[j][k] * x[k])
		}
		x[j] = over(x[j], root[j][j])
	}
	for j := n - 1; j >= 0; j-- {
		for k := j + 1; k < n; k++ {
			x[j] -= float64(root[k][j] * x[k])
		}
		x[j] = over(x[j], root[j][j])
	}
	return x
}

func over(x, by float64) float64 {
	if by == 0 {
		return 0
	}
	return x / by
}
