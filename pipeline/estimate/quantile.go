package estimate

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// A QuantileRule says which number is a quantile: those of Hyndman and Fan
// (1996) with weights in the place of counts.
type QuantileRule struct {
	Name  string // by which it is asked for
	Title string

	step step
	// Of a rule that interpolates: respondent k stands at the share
	// (before + at*own) / (1 + whole*last), where before is the share of
	// those with less, own its own and last that of the respondent with most.
	at, whole float64
	grouped   bool // respondents with the same value stand at one share
	// Of a rule for classes: how wide that of each value is, which is in its middle. Within
	// it the respondents are spread evenly.
	class float64
}

// A step is what a rule does at a share that the respondents up to a value
// have exactly; between such shares all of them take the next value.
type step int

const (
	interpolate step = iota // not a rule of steps
	takeValue
	takeMiddle // of this value and the next
	takeEven   // the one of the two that is even-numbered among the distinct values
)

var quantileRules = []QuantileRule{
	{Name: "hf1", Title: "the least value with at least the share at or below it", step: takeValue},
	{Name: "hf2", Title: "as hf1, with the middle of two values at an exact share", step: takeMiddle},
	{Name: "hf3", Title: "as hf1, with the even-numbered of two values at an exact share", step: takeEven},
	{Name: "hf4", Title: "linear between the shares at or below each value", at: 1},
	{Name: "hf5", Title: "linear between the middles of the steps", at: 1. / 2},
	{Name: "hf6", Title: "linear, Weibull's positions", at: 1, whole: 1},
	{Name: "hf7", Title: "linear between the least and the greatest value", whole: -1},
	{Name: "hf8", Title: "linear, nearly unbiased for the median", at: 2. / 3, whole: 1. / 3},
	{Name: "hf9", Title: "linear, nearly unbiased for the normal distribution", at: 5. / 8, whole: 1. / 4},
	{Name: "sas", Title: "linear between the shares at or below each distinct value, as SAS", at: 1, grouped: true},
	{Name: "grouped", Title: "linear within the class of 1, or of grouped=W, about each value", class: 1},
}

// QuantileRules returns the rules in their order.
func QuantileRules() []QuantileRule { return slices.Clone(quantileRules) }

// QuantileRuleBy returns the rule of a name: hf1 to hf9, or math for hf1 and
// school for hf2, as R's survey has them; sas; grouped, with classes of 1, or
// grouped=5 with classes of 5.
func QuantileRuleBy(name string) (r QuantileRule, ok bool) {
	if width, is := indicator.QuantileClass(name); is {
		return QuantileRule{Name: name, Title: fmt.Sprintf("linear within the class of %g about each value", width), class: width}, true
	}
	switch name {
	case "math":
		name = "hf1"
	case "school":
		name = "hf2"
	}
	for _, r := range quantileRules {
		if r.Name == name {
			return r, true
		}
	}
	return r, false
}

// A Distribution is how the values of a variable are shared out among
// respondents, each by its weight.
//
// Respondents with the same value share their weight equally, so that their
// order carries no information. A share is exact up to the rounding of weights
// and of the share asked for; shares that differ by no more are the same share.
type Distribution struct {
	values []float64 // distinct, rising
	before []float64 // of each value, the share of those with less
	own    []float64 // of each value, the share of a single respondent
	upTo   []float64 // of each value, the share of those with it or less
}

// rounding is how far two shares that are the same may be apart: the weights'
// last digits and those of their sums.
const rounding = 0x1p-48

// groups are the respondents by value, rising.
type groups struct {
	values      []float64
	respondents [][]int32
}

func group(values []float64, in []bool) *groups {
	const few = 1000 // values, which are told apart faster than sorted
	number, sizes, of := map[float64]int32{}, []int32(nil), make([]int32, len(values))
	for i, v := range values {
		if of[i] = -1; in != nil && !in[i] {
			continue
		}
		at, met := number[v]
		if !met {
			if at = int32(len(sizes)); at == few {
				return groupMany(values, in)
			}
			number[v], sizes = at, append(sizes, 0)
		}
		sizes[at]++
		of[i] = at
	}
	first := make([]placed, 0, len(sizes))
	for v, at := range number {
		first = append(first, placed{v, at})
	}
	slices.SortFunc(first, placed.compare)
	g := &groups{respondents: make([][]int32, len(sizes))}
	place := make([]int, len(sizes))
	for k, f := range first {
		g.values = append(g.values, f.value+0) // no negative 0
		g.respondents[k] = make([]int32, 0, sizes[f.respondent])
		place[f.respondent] = k
	}
	for i, at := range of {
		if at >= 0 {
			to := &g.respondents[place[at]]
			*to = append(*to, int32(i))
		}
	}
	return g
}

// groupMany is group of more values than are told apart one by one.
func groupMany(values []float64, in []bool) *groups {
	order := make([]placed, 0, len(values))
	for i, v := range values {
		if in == nil || in[i] {
			order = append(order, placed{v, int32(i)})
		}
	}
	slices.SortFunc(order, placed.compare)
	respondents := make([]int32, len(order))
	for k, o := range order {
		respondents[k] = o.respondent
	}
	g := &groups{}
	for from := 0; from < len(order); {
		v, to := order[from].value, from+1
		for to < len(order) && order[to].value == v {
			to++
		}
		g.values = append(g.values, v+0) // no negative 0
		g.respondents = append(g.respondents, respondents[from:to])
		from = to
	}
	return g
}

// A placed value is one of a respondent, which is no NaN.
type placed struct {
	value      float64
	respondent int32
}

func (p placed) compare(o placed) int {
	switch {
	case p.value < o.value:
		return -1
	case p.value > o.value:
		return 1
	}
	return int(p.respondent - o.respondent)
}

func (g *groups) distribution(weight []float64) *Distribution {
	d := &Distribution{}
	by := design.Unit(design.Largest(weight))
	sums, counts := make([]design.Sum, 0, len(g.values)), make([]float64, 0, len(g.values))
	var whole design.Sum
	for k, v := range g.values {
		var s design.Sum
		n := 0.0
		for _, i := range g.respondents[k] {
			if w := weight[i]; w != 0 {
				s.Add(design.Fixed(w * by))
				n++
			}
		}
		if n > 0 {
			d.values = append(d.values, v)
			sums, counts = append(sums, s), append(counts, n)
			whole.Add(s)
		}
	}
	all := whole.Value()
	var cumulated design.Sum
	for k, s := range sums {
		d.before = append(d.before, cumulated.Value()/all)
		cumulated.Add(s)
		d.upTo = append(d.upTo, cumulated.Value()/all)
		d.own = append(d.own, s.Value()/all/counts[k])
	}
	return d
}

// Quantile is the value below which there is a share p of the distribution, or
// NaN for a p outside 0 to 1 or a distribution of nobody. At a share below the
// first respondent's it is the least value.
func (d *Distribution) Quantile(p float64, rule QuantileRule) float64 {
	if len(d.values) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	if rule.step == interpolate && rule.class == 0 {
		return d.interpolated(p, rule)
	}
	last := len(d.values) - 1
	k := last // the first value with p or more
	for j := last; j >= 0 && d.upTo[j] >= p-rounding; j-- {
		k = j
	}
	if rule.class > 0 {
		lower, upper := d.class(k, rule)
		return lower + float64((upper-lower)*((p-d.before[k])/(d.upTo[k]-d.before[k])))
	}
	if k == last || d.upTo[k] > p+rounding {
		return d.values[k]
	}
	switch {
	case rule.step == takeMiddle:
		return (d.values[k] + d.values[k+1]) / 2
	case rule.step == takeEven && k%2 == 0: // which is numbered from 1
		return d.values[k+1]
	}
	return d.values[k]
}

// class is that of the value at k: as wide as the rule says with the value in its middle, and
// no further than half of the way to the next value.
func (d *Distribution) class(k int, rule QuantileRule) (lower, upper float64) {
	v := d.values[k]
	lower, upper = v-rule.class/2, v+rule.class/2
	if k > 0 {
		lower = max(lower, d.values[k-1]+(v-d.values[k-1])/2)
	}
	if k < len(d.values)-1 {
		upper = min(upper, v+(d.values[k+1]-v)/2)
	}
	return lower, upper
}

// cut notes that values of respondents are less apart than the classes of a rule are wide: at
// all of them the width does nothing.
func (r QuantileRule) cut(values []float64, in []bool, weight []float64) indicator.Note {
	const dust = 1e-9
	if r.class == 0 {
		return indicator.Note{}
	}
	distinct := group(values, Complete(in, values)).distribution(weight).values
	cut := 0
	for k, v := range distinct {
		if k > 0 && v-distinct[k-1] < r.class*(1-dust) || k < len(distinct)-1 && distinct[k+1]-v < r.class*(1-dust) {
			cut++
		}
	}
	how := "some"
	switch cut {
	case 0:
		return indicator.Note{}
	case len(distinct):
		how = "all"
	}
	return indicator.Note{Code: indicator.ClassesCut, Args: []string{strconv.FormatFloat(r.class, 'g', -1, 64), how}}
}

// upToValue is how much of each value is at or below a quantile: all or nothing, but of the
// value whose class the quantile is in the part of the class below it.
func (d *Distribution) upToValue(quantile float64, rule QuantileRule) func(value float64) float64 {
	return func(value float64) float64 {
		if rule.class > 0 {
			k, is := slices.BinarySearch(d.values, value)
			if !is { // of a respondent without a weight
				return 0
			}
			lower, upper := d.class(k, rule)
			return min(max((quantile-lower)/(upper-lower), 0), 1)
		}
		if value <= quantile {
			return 1
		}
		return 0
	}
}

// interpolated is linear between the shares at which respondents stand. Of
// those with the same value only the first and the last count.
func (d *Distribution) interpolated(p float64, rule QuantileRule) float64 {
	last := len(d.values) - 1
	p = float64(p * (1 + float64(rule.whole*d.own[last])))
	share, value := math.Inf(-1), d.values[0]
	for k, v := range d.values {
		offset := float64(rule.at * d.own[k])
		first, final := d.before[k]+offset, d.upTo[k]-d.own[k]+offset
		if rule.grouped {
			first = final
		}
		if p < first-rounding && !math.IsInf(share, -1) {
			return value + float64((v-value)*((p-share)/(first-share)))
		}
		if p <= final+rounding {
			return v
		}
		share, value = final, v
	}
	return value
}

// A QuantileEstimate is a quantile with its error.
type QuantileEstimate struct {
	P        float64 // the share that the quantile is asked for
	Value    float64
	SE       float64 // NaN where a limit is absent
	Interval indicator.Interval
	Share    float64 // of those at or below Value; Woodruff's alone
	ShareSE  float64
	Shares   indicator.Interval // of Share, which the limits are the quantiles of; Woodruff's alone
	DF       float64
	N        int // respondents behind it, with a positive weight
}

// Woodruff estimates quantiles of a variable within a domain (nil is all), with
// the intervals of Woodruff (1952): the limits of the share of respondents at or
// below the quantile, by a method for proportions or for any value, and the
// quantiles for them by the same rule. The error is the interval's width over
// twice Student's t.
//
// Of classes the share is that of the classes below the quantile and of the part of its own
// class, so that it is the share asked for.
//
// A limit of the share outside 0 to 1 has no quantile, and where nobody is above
// the quantile the share has no error; then there is no interval and no error.
// An error of 0 says that both limits are the same value: the variable is too
// coarse for the method to tell.
func Woodruff(d *design.Design, values []float64, in []bool, shares []float64, rule QuantileRule, method indicator.IntervalMethod, level float64) []QuantileEstimate {
	in = Complete(in, values)
	distribution := group(values, in).distribution(d.Weight)
	estimates, below := make([]QuantileEstimate, len(shares)), make([][]float64, len(shares))
	for n, p := range shares {
		value := distribution.Quantile(p, rule)
		estimates[n].P, estimates[n].Value = p, value
		below[n] = make([]float64, len(values))
		upTo := distribution.upToValue(value, rule)
		for i, v := range values {
			if in == nil || in[i] {
				below[n][i] = upTo(v)
			}
		}
	}
	mean := Mean{Of: below, In: in}
	e := Of(d, mean)
	for n := range estimates {
		q := &estimates[n]
		_, effect := DesignEffect(d, mean, e, n)
		q.Share, q.DF, q.N = e.Values[n], e.DF, e.N
		q.ShareSE, _ = byFactor(d, e.SE(n), effect)
		q.Shares = method.Interval(q.Share, q.ShareSE, q.DF, q.N, level)
		q.Interval = distribution.between(q.Shares, rule)
		if q.Interval.Absent == indicator.NoIntervalSame && len(distribution.values) > 1 {
			q.Interval.Absent = indicator.NoIntervalGreatest
		}
		q.SE = (q.Interval.Upper - q.Interval.Lower) / (2 * indicator.StudentPoint((1-level)/2, q.DF))
	}
	return estimates
}

// between is the interval of the quantiles for an interval of shares.
func (d *Distribution) between(shares indicator.Interval, rule QuantileRule) indicator.Interval {
	i := indicator.Interval{Lower: d.Quantile(shares.Lower, rule), Upper: d.Quantile(shares.Upper, rule), Absent: shares.Absent}
	if i.Absent == "" && (math.IsNaN(i.Lower) || math.IsNaN(i.Upper)) {
		i.Absent = indicator.NoIntervalShare
	}
	return i
}

// ReplicateQuantiles estimates quantiles of a variable within a domain (nil is
// all) from a sample with replicate weights: the error is that of the quantiles
// under each replicate's weights, and the interval is Wald's. Jackknife
// replicates do not give valid errors of quantiles (Shao and Tu 1995, section
// 3.3).
func ReplicateQuantiles(d *design.Design, values []float64, in []bool, shares []float64, rule QuantileRule, level float64) []QuantileEstimate {
	in = Complete(in, values)
	e := Of(d, quantiles{group(values, in), in, shares, rule})
	method, _ := indicator.IntervalBy(indicator.Wald)
	estimates := make([]QuantileEstimate, len(shares))
	for n, p := range shares {
		se := e.SE(n)
		estimates[n] = QuantileEstimate{
			P: p, Value: e.Values[n], SE: se, Interval: method.Interval(e.Values[n], se, e.DF, e.N, level),
			Share: math.NaN(), ShareSE: math.NaN(), Shares: indicator.NoInterval(indicator.NoIntervalError), DF: e.DF, N: e.N,
		}
	}
	return estimates
}

// quantiles are a Statistic for replicate weights.
type quantiles struct {
	*groups
	in     []bool
	shares []float64
	rule   QuantileRule
}

// Within implements Statistic.
func (q quantiles) Within() []bool { return q.in }

// Values implements Statistic.
func (q quantiles) Values(weight []float64) []float64 {
	distribution := q.distribution(weight)
	values := make([]float64, len(q.shares))
	for n, p := range q.shares {
		values[n] = distribution.Quantile(p, q.rule)
	}
	return values
}

// Influence implements Statistic. A quantile is no smooth function of totals.
func (q quantiles) Influence([]float64, []float64) [][]float64 {
	panic("estimate: quantiles by replication of a design without replicate weights")
}
