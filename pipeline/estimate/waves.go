package estimate

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// Two are the values of one figure in two waves, with what is known of their
// errors together. How the samples overlap is declared, never inferred.
type Two struct {
	From, To       float64
	SEFrom, SETo   float64
	Correlation    float64 // of the two values: 0 for independent samples
	DFFrom, DFTo   float64 // of each wave's domain
	DF             float64 // of their difference: those of both, or of the pooled design
	CommonClusters int     // PSUs in both waves
}

// Independent are two waves of fresh samples: nothing of the one is in the
// other.
func Independent(from, to *Estimates, value int) Two {
	return Two{
		From: from.Values[value], To: to.Values[value], SEFrom: from.SE(value), SETo: to.SE(value),
		DFFrom: from.DF, DFTo: to.DF, DF: from.DF + to.DF,
	}
}

// Pooled are two waves stacked in one design, in which PSUs of the same label
// in the same stratum are one PSU, in both waves or in one. From and to are the
// statistic within each wave.
func Pooled(d *design.Design, from, to Statistic) Two {
	e := Of(d, Joint{from, to})
	two := Two{
		From: e.Values[0], To: e.Values[1], SEFrom: e.SE(0), SETo: e.SE(1),
		DFFrom: d.DomainDF(from.Within()), DFTo: d.DomainDF(to.Within()), DF: e.DF,
	}
	two.Correlation = e.Covariance[0][1] / (two.SEFrom * two.SETo)
	inFrom, inTo := meets(d, from.Within()), meets(d, to.Within())
	for c := range inFrom {
		if inFrom[c] && inTo[c] {
			two.CommonClusters++
		}
	}
	return two
}

// Rotating are two waves of a sample part of which rotates, stacked in one
// design as for Pooled. Each variance is that of the wave's own PSUs; the
// correlation is that of the residuals of the PSUs' two totals from their means
// among the PSUs in the first wave alone, the second alone, and both (Berger
// and Priam 2016, A simple variance estimator of change for rotating repeated
// surveys, Journal of the Royal Statistical Society A 179), within strata or,
// if not stratified, over all of them. In says for each wave which respondents
// are in it.
//
// The overlap is taken as fixed and the fractions drawn as small.
func Rotating(d *design.Design, in [2][]bool, of [2]Statistic, stratified bool) Two {
	var totals [2][]float64
	var met [2][]bool
	var variances [2]float64
	values, df := [2]float64{}, [2]float64{}
	for wave, s := range of {
		value := s.Values(d.Weight)
		u := s.Influence(d.Weight, value)[0]
		for i, w := range d.Weight {
			u[i] = float64(u[i] * w)
		}
		totals[wave] = design.Totals(d.Cluster, d.Clusters, u)
		met[wave] = meets(d, in[wave])
		variances[wave] = withinStrata(d, totals[wave], met[wave])
		values[wave], df[wave] = value[0], d.DomainDF(s.Within())
	}
	two := Two{
		From: values[0], To: values[1], SEFrom: math.Sqrt(variances[0]), SETo: math.Sqrt(variances[1]),
		DFFrom: df[0], DFTo: df[1], DF: d.DomainDF(nil), Correlation: rotation(d, totals, met, stratified),
	}
	for c := range d.Clusters {
		if met[0][c] && met[1][c] {
			two.CommonClusters++
		}
	}
	return two
}

// rotation is Berger and Priam's correlation of the totals that PSUs have in
// two waves; met says of each wave which PSUs are in it.
func rotation(d *design.Design, totals [2][]float64, met [2][]bool, stratified bool) float64 {
	type group struct {
		stratum  int32
		from, to bool
	}
	groups := map[group][]int{}
	var order []group
	for c := range d.Clusters {
		g := group{from: met[0][c], to: met[1][c]}
		if stratified {
			g.stratum = d.Stratum[c]
		}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], c)
	}
	var products [3][]float64 // from with from, from with to, to with to
	for _, g := range order {
		clusters := groups[g]
		var residuals [2][]float64
		for wave := range totals {
			own := make([]float64, len(clusters))
			for i, c := range clusters {
				own[i] = totals[wave][c]
			}
			mean := total(own) / float64(len(own))
			for i := range own {
				own[i] -= mean
			}
			residuals[wave] = own
		}
		for i := range clusters {
			a, b := residuals[0][i], residuals[1][i]
			products[0] = append(products[0], float64(a*a))
			products[1] = append(products[1], float64(a*b))
			products[2] = append(products[2], float64(b*b))
		}
	}
	return total(products[1]) / math.Sqrt(float64(total(products[0])*total(products[2])))
}

// meets says which PSUs respondents are in.
func meets(d *design.Design, in []bool) []bool {
	met := make([]bool, d.Clusters)
	for i, c := range d.Cluster {
		met[c] = met[c] || in == nil || in[i]
	}
	return met
}

// withinStrata is the variance of the sum of the totals of the PSUs that are
// met, drawn with replacement within strata.
func withinStrata(d *design.Design, totals []float64, met []bool) float64 {
	strata := make([][]float64, d.Strata)
	for c, h := range d.Stratum {
		if met[c] {
			strata[h] = append(strata[h], totals[c])
		}
	}
	var parts []float64
	for _, zs := range strata {
		n := float64(len(zs))
		if n < 2 {
			continue
		}
		mean := total(zs) / n
		squares := make([]float64, len(zs))
		for i, z := range zs {
			squares[i] = float64((z - mean) * (z - mean))
		}
		parts = append(parts, total(squares)*n/(n-1))
	}
	return total(parts)
}

// Change is the difference from the first wave to the second.
func (t Two) Change() float64 { return t.To - t.From }

// SE is the standard error of the change.
func (t Two) SE() float64 { return t.delta(-1, 1) }

// Relative is the change over the value of the first wave, and its standard
// error by the delta method.
func (t Two) Relative() (change, se float64) {
	return t.Change() / t.From, t.delta(-t.To/float64(t.From*t.From), 1/t.From)
}

// delta is the standard error of a function of the two values with the
// gradient.
func (t Two) delta(from, to float64) float64 {
	a, b := from*t.SEFrom, to*t.SETo
	return math.Sqrt(max(float64(a*a)+float64(b*b)+2*float64(float64(t.Correlation*a)*b), 0))
}

// Satterthwaite is the degrees of freedom of the change of independent waves
// where their variances differ (Satterthwaite 1946).
func (t Two) Satterthwaite() float64 {
	a, b := float64(t.SEFrom*t.SEFrom), float64(t.SETo*t.SETo)
	return float64((a+b)*(a+b)) / (float64(a*a)/t.DFFrom + float64(b*b)/t.DFTo)
}

// P is the p-value of no change by Student's t with the degrees of freedom, or
// by the normal distribution for +Inf; NaN for none.
func (t Two) P(df float64) float64 { return indicator.PValue(t.Change()/t.SE(), df) }

// Detectable is the smallest change that a two-sided test at the level finds
// with the given power, for the standard error of a change: 0.05 and 0.8, say.
func Detectable(se, df, level, power float64) float64 {
	return float64((indicator.StudentPoint(level/2, df) + indicator.StudentPoint(1-power, df)) * se)
}

// Holm adjusts p-values for their number by Holm's step-down method (1979),
// which holds the chance of any false finding among them. NaN stays, and is not
// counted.
func Holm(ps []float64) []float64 {
	order, adjusted := ranked(ps)
	running := 0.0
	for i, at := range order {
		running = max(running, min(1, ps[at]*float64(len(order)-i)))
		adjusted[at] = running
	}
	return adjusted
}

// BenjaminiHochberg adjusts p-values by their step-up method (1995), which
// holds the share of false findings among the findings. NaN stays, and is not
// counted.
func BenjaminiHochberg(ps []float64) []float64 {
	order, adjusted := ranked(ps)
	running := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		running = min(running, ps[order[i]]*float64(len(order))/float64(i+1))
		adjusted[order[i]] = running
	}
	return adjusted
}

// ranked returns the places of the p-values from the smallest on, without NaN,
// and room for what they become.
func ranked(ps []float64) (order []int, adjusted []float64) {
	adjusted = slices.Clone(ps)
	for i, p := range ps {
		if !math.IsNaN(p) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	return order, adjusted
}
