package estimate

import (
	"math"
	"slices"
)

// told is the least number of respondents that a quantile and its limits tell something of: of
// those at one of them or beyond it, and of those whom the quantile says are further out.
//
// Within a class a quantile is that of its value, by how much of the class is below it: it
// tells how many are in the class and on either side of it.
func (r QuantileRule) told(y []float64, in []bool, weight []float64, share, value, lower, upper float64) int {
	values := []float64{value, lower, upper}
	least := further(y, in, weight, value, share)
	if r.class > 0 {
		d := group(y, in).distribution(weight)
		for i, v := range values {
			values[i] = d.classed(v, r)
		}
		least = min(least, sides(y, in, weight, values...))
	}
	return min(least, beyond(y, in, weight, values...))
}

// classed is the value in whose class a quantile is. A limit that no quantile is, outside of
// all classes, is left.
func (d *Distribution) classed(quantile float64, rule QuantileRule) float64 {
	if len(d.values) == 0 || math.IsNaN(quantile) {
		return quantile
	}
	k := 0 // the value that is nearest
	for j, v := range d.values {
		if math.Abs(quantile-v) < math.Abs(quantile-d.values[k]) {
			k = j
		}
	}
	const dust = 1e-9
	if v := d.values[k]; math.Abs(quantile-v) <= float64(rule.class*(0.5+dust)) {
		return v
	}
	return quantile
}

// about counts the respondents below a value, at it and above it. Who has no weight, and what
// is NaN, is passed over.
func about(y []float64, in []bool, weight []float64, value float64) (below, at, above int) {
	for i, x := range y {
		switch {
		case !in[i] || weight[i] == 0:
		case x < value:
			below++
		case x > value:
			above++
		case x == value:
			at++
		}
	}
	return below, at, above
}

// fewest is the least of numbers of respondents, or all where there are none: a side that has
// nobody is passed over.
func fewest(all int, of ...int) int {
	of = slices.DeleteFunc(of, func(n int) bool { return n == 0 })
	return slices.Min(append(of, all))
}

// further is the number of respondents that a quantile says are further out than it at most,
// on the side that has fewer of them: of values that many share, fewer than are at it.
func further(y []float64, in []bool, weight []float64, value, share float64) int {
	below, at, above := about(y, in, weight, value)
	n := float64(below + at + above)
	var sides []int
	if below > 0 {
		sides = append(sides, max(below, int(float64(n*share))))
	}
	if above > 0 {
		sides = append(sides, max(above, int(float64(n*(1-share)))))
	}
	return fewest(len(y), sides...)
}

// sides is the number of respondents on a side of one of several values, the one that has
// fewest.
func sides(y []float64, in []bool, weight []float64, values ...float64) int {
	least := len(y)
	for _, v := range values {
		below, _, above := about(y, in, weight, v)
		least = fewest(least, below, above)
	}
	return least
}

// beyond is the number of respondents at one of several values or beyond it, on the side
// that has fewer, and of the value of which it is least. What is NaN is passed over.
func beyond(y []float64, in []bool, weight []float64, values ...float64) int {
	least := len(y)
	for _, v := range values {
		below, at, above := about(y, in, weight, v)
		least = fewest(least, below+at, at+above)
	}
	return least
}
