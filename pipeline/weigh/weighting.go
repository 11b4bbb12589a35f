package weigh

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// How weights were brought to margins, beside the distances.
const (
	PostStratified = "post-stratification"
	Raked          = "raking in turn" // iterative proportional fitting, of the distance Multiplicative
)

// A Weighting is the account of what was done to a design's weights, and not to its
// replicates.
type Weighting struct {
	Method       string  // PostStratified, Raked or a distance; "" where they were trimmed alone
	Iterations   int     // sweeps over the margins, or Newton's steps; 0 where there is nothing to repeat
	Lower, Upper float64 // bounds of the factors; both 0 for none
	AtLower      int     // respondents whose factor is at a bound
	AtUpper      int
	Distance     float64 // of the weights from the base weights: see distance
	Below        int     // weights below 0
	Trim         []float64
	Trimmed      int // weights that were cut to a limit
	Within       string
	Units        int // of Within
	Unequal      int // of those, with unequal base weights, and so unequal weights
	Totals       []MarginTotal
	Miss         float64 // the largest miss of a margin, as a share of its total, after trimming

	Base, Weight                 []float64 // of each of the design's Rows
	BaseSpread, Spread, OfFactor Spread
	margins                      []Margin
	controls                     []Control
}

// A MarginTotal is a known total beside what the weights make of it. Category is "" of
// numbers.
type MarginTotal struct {
	Variable, Category string
	Known              float64
	Before, After      float64
	Base               int // respondents of the category; of numbers, all
}

// A Spread says how weights, or factors, differ. Effect is Kish's design effect of
// unequal weights, n times the sum of squares over the square of the sum, which is 1 + CV^2
// (Kish 1992, Weighting for unequal Pi, Journal of Official Statistics 8); n over it is
// the effective number of respondents.
type Spread struct {
	Sum, Least, Median, Most, Mean float64
	CV, Effect, Effective          float64
}

func spreadOf(xs []float64) Spread {
	n := float64(len(xs))
	s := Spread{Sum: design.Total(xs), Least: slices.Min(xs), Most: slices.Max(xs)}
	rest, middle := slices.Clone(xs), len(xs)/2
	if s.Median = placed(rest, middle); len(xs)%2 == 0 {
		s.Median = (slices.Max(rest[:middle]) + s.Median) / 2
	}
	s.Mean = s.Sum / n
	off := make([]float64, len(xs))
	for i, x := range xs {
		off[i] = float64((x - s.Mean) * (x - s.Mean))
	}
	s.CV = math.Sqrt(design.Total(off)/n) / math.Abs(s.Mean)
	s.Effect = 1 + float64(s.CV*s.CV)
	s.Effective = n / s.Effect
	return s
}

// placed is the number that sorting would bring to place k, with none behind it that is
// less and none before it that is more (Hoare 1961, Algorithm 65: Find).
func placed(xs []float64, k int) float64 {
	for low, high := 0, len(xs)-1; low < high; {
		pivot, i, j := xs[k], low, high
		for i <= j {
			for xs[i] < pivot {
				i++
			}
			for pivot < xs[j] {
				j--
			}
			if i <= j {
				xs[i], xs[j] = xs[j], xs[i]
				i, j = i+1, j-1
			}
		}
		if j < k {
			low = i
		}
		if k < i {
			high = j
		}
	}
	return xs[k]
}

// within gives each respondent the number of its unit.
func (a *Weighting) within(d *design.Design, name string) ([]int32, refusal.Problems) {
	var ps refusal.Problems
	number, without := map[int]int32{}, 0
	units := make([]int32, len(d.Rows))
	var first []float64 // base weight of each unit
	var unequal []bool
	for i, row := range d.Rows {
		code := d.Units.Codes.At(int(row))
		if code < 0 {
			without++
			continue
		}
		unit, met := number[code]
		if !met {
			unit = int32(len(first))
			number[code] = unit
			first, unequal = append(first, d.Weight[i]), append(unequal, false)
		}
		units[i] = unit
		unequal[unit] = unequal[unit] || d.Weight[i] != first[unit]
	}
	if without > 0 {
		ps.Add(fmt.Sprintf("within %q", name), "%d weighted respondents without a unit, want none", refusal.Many(without))
	}
	a.Within, a.Units = name, len(first)
	for _, is := range unequal {
		if is {
			a.Unequal++
		}
	}
	return units, ps
}

// trimmed notes the weights that trimming cut, of those before it.
func (a *Weighting) trimmed(before, limits []float64) {
	a.Trim = limits
	for _, w := range before {
		if w != 0 && (w < limits[0] || w > limits[1]) {
			a.Trimmed++
		}
	}
}

// end makes the account of the design's weights as they have become.
func (a *Weighting) end(d *design.Design) {
	const bound = 1e-9
	a.Weight = d.Weight
	factors := make([]float64, len(d.Weight))
	for i, w := range d.Weight {
		factors[i] = w / a.Base[i]
		if w < 0 {
			a.Below++
		}
		switch g := factors[i]; {
		case a.Lower == 0 && a.Upper == 0:
		case math.Abs(g-a.Lower) <= bound:
			a.AtLower++
		case math.Abs(g-a.Upper) <= bound:
			a.AtUpper++
		}
	}
	a.BaseSpread, a.Spread, a.OfFactor = spreadOf(a.Base), spreadOf(d.Weight), spreadOf(factors)
	a.Distance = a.distance(factors)
	for _, c := range a.controls {
		terms := make([]float64, len(c.Of)) // which may be of either sign, as Calibrate has it
		for i, x := range c.Of {
			terms[i] = math.Abs(float64(a.Base[i] * x))
		}
		a.met(MarginTotal{Variable: c.Name, Known: c.Total, Base: len(d.Rows), Before: dot(a.Base, c.Of), After: dot(a.Weight, c.Of)}, design.Total(terms))
	}
	for _, m := range a.margins {
		labels, of := m.categories()
		n := len(labels) + 1 // those without a category last
		base := make([]int, n)
		for i, k := range of {
			if k < 0 {
				of[i] = int32(len(labels))
			}
			base[of[i]]++
		}
		before, after := design.Totals(of, n, a.Base), design.Totals(of, n, a.Weight)
		for k, label := range labels {
			a.met(MarginTotal{Variable: m.Name, Category: label, Known: m.Total[label], Base: base[k], Before: before[k], After: after[k]}, 0)
		}
	}
	a.margins, a.controls = nil, nil // which hold a value of every respondent
}

// met adds what the weights make of a known total, of terms of such sizes.
func (a *Weighting) met(t MarginTotal, size float64) {
	if size += math.Abs(t.Known); size > 0 {
		a.Miss = max(a.Miss, math.Abs(t.After-t.Known)/size)
	}
	a.Totals = append(a.Totals, t)
}

// distance is the sum over respondents of the base weight times how far its factor g is
// from 1, in the measure that the method keeps least: (g-1)^2/2 (linear, and what has no
// other), g log g - g + 1 (raking), or between bounds L and U, with A = (U-L)/((1-L)(U-1)),
// ((g-L) log((g-L)/(1-L)) + (U-g) log((U-g)/(U-1)))/A (logit): Deville and Särndal 1992,
// table 1. It is NaN where trimming brought a factor to where the measure has no value.
func (a *Weighting) distance(factors []float64) float64 {
	logTimes := func(x, over float64) float64 { // x log(x/over), whose limit at 0 is 0
		if x == 0 {
			return 0
		}
		return float64(x * math.Log(x/over))
	}
	terms := make([]float64, len(factors))
	low, high := a.Lower, a.Upper
	for i, g := range factors {
		far := float64((g-1)*(g-1)) / 2
		switch a.Method {
		case Raked, string(Multiplicative):
			far = logTimes(g, 1) - g + 1
		case string(Logit):
			scale := (high - low) / float64((1-low)*(high-1))
			far = (logTimes(g-low, 1-low) + logTimes(high-g, high-1)) / scale
		}
		terms[i] = float64(a.Base[i] * far)
	}
	return design.Total(terms)
}

// Named is what the weights were brought to, in words: the variables of the margins.
func (a *Weighting) Named() []string {
	var names []string
	for _, t := range a.Totals {
		if !slices.Contains(names, t.Variable) && t.Variable != codebook.All {
			names = append(names, t.Variable)
		}
	}
	return names
}

// Described is how the weights came to be, and to which margins, without a number that is of
// respondents or of their weights: a factor is a known total over the one before.
func (a *Weighting) Described() *Weighting {
	made := &Weighting{Method: a.Method, Iterations: a.Iterations, Lower: a.Lower, Upper: a.Upper, Trim: a.Trim, Within: a.Within, Miss: a.Miss}
	for _, t := range a.Totals {
		made.Totals = append(made.Totals, MarginTotal{Variable: t.Variable, Category: t.Category, Known: t.Known})
	}
	return made
}
