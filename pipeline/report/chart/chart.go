// Package chart draws figures with their intervals: as SVG for pages and print, and
// as text for a terminal.
//
// A Plot says what is drawn, in the words and numbers of the table that stands beside
// it: a chart rounds nothing and chooses no figure. Nothing is told by colour alone,
// all text is horizontal, and there is no script. Places across are in per cent of
// the drawing and places down in pixels, so that a drawing is as wide as its page and
// its letters stay as large as those around it.
package chart

import (
	"math"
	"slices"
)

// A Kind is how a plot is drawn.
type Kind string

// The kinds of plot.
const (
	Time        Kind = "time"        // figures of one series over time
	Breakdown   Kind = "breakdown"   // categories, one below the other
	Caterpillar Kind = "caterpillar" // areas, ordered by their figures, beside the whole's
	Funnel      Kind = "funnel"      // areas by their size, within the limits of chance
)

// Kinds lists them.
var Kinds = []Kind{Time, Breakdown, Caterpillar, Funnel}

// A Plot is figures with their intervals on one scale.
type Plot struct {
	ID          string // of letters, digits and hyphens: names the drawing within a page
	Kind        Kind
	Title       string
	Description string   // in a sentence, for who does not see the drawing
	Unit        string   // what the axis counts: "Per cent"
	Symbol      string   // behind a number of the axis: "%"
	Zero        bool     // the axis has 0, unless intervals would be too short to see
	Least       float64  // of an axis without 0, how long it is at least
	Most        float64  // the axis ends here at most, such as 100 of a share; 0 for no bound
	Middle      float64  // a value that divides more from less, such as 0 of a gap; NaN for none
	Notices     []string // of corrections and withdrawals of what is drawn, in words
	Banner      string   // what stands over everything that is drawn; "" for nothing
	Series      []string // their names, where there are several
	Notes       []string // what stands below, such as what a status means
	Points      []Point  // in the order to draw them
	Levels      []Level
	Size        string // of a funnel: what its areas' sizes count
	Ratios      bool   // the axis is of ratios: equal ones are as far apart
}

// A Point is a figure of a plot. A Value of NaN is none, and Text says why.
type Point struct {
	Label  string  // of its source, category or area
	At     float64 // of a plot over time its place in years; of a funnel its size
	Value  float64
	Lower  float64 // limits of its interval; NaN where there is none
	Upper  float64
	Text   string // the value, as the table has it
	Series int    // which of the plot's, from 0
	Break  string // why it is not comparable with the point before; "" where it is
	Apart  bool   // it differs from the whole by more than chance: drawn filled

	Lower95, Upper95, Lower998, Upper998 float64 // of a funnel: the limits of chance at its size
}

// A Level is a value that figures are held against: a target, or the whole.
type Level struct {
	Label string
	Text  string
	Value float64
	At    float64 // of a target over time its date in years; NaN for none
}

// has says whether a point is drawn.
func (p Point) has() bool { return !math.IsNaN(p.Value) }

// An axis is a scale with its ticks.
type axis struct {
	low, high float64
	ticks     []float64
	places    int  // decimals of the ticks
	ratios    bool // by their logarithms
}

// place is where a value lies, from 0 at the low end to 1 at the high end, which no ratio is
// beyond.
func (a axis) place(x float64) float64 {
	if a.ratios {
		x = min(max(x, a.low), a.high)
		return math.Log(x/a.low) / math.Log(a.high/a.low)
	}
	return (x - a.low) / (a.high - a.low)
}

// farthest is a ratio beyond which, and below its inverse, an axis does not go.
const farthest = 1000

// newRatios is a scale of ratios that has 1 and all values, of ticks at 1, 2 and 5 times
// powers of ten, or at these alone.
func newRatios(values []float64) axis {
	low, high := 1.0, 1.0
	for _, x := range values {
		if x > 0 {
			low, high = min(low, max(x, 1.0/farthest)), max(high, min(x, farthest))
		}
	}
	var all []float64
	for power := -3; power <= 3; power++ {
		for _, by := range []float64{1, 2, 5} {
			if t := ratioTick(by, power); t <= farthest {
				all = append(all, t)
			}
		}
	}
	first, last := 0, len(all)-1
	for first+1 < len(all) && all[first+1] <= low*(1+1e-9) {
		first++
	}
	for last > 0 && all[last-1] >= high*(1-1e-9) {
		last--
	}
	if first == last { // all are 1
		first, last = first-1, last+1
	}
	a := axis{low: all[first], high: all[last], ratios: true}
	for _, t := range all[first : last+1] {
		if tens := math.Log10(t); last-first <= 8 || math.Abs(tens-math.Round(tens)) < 1e-9 || t == a.low || t == a.high {
			a.ticks = append(a.ticks, t)
		}
	}
	return a
}

// ratioTick is a number times a power of ten, as it is written.
func ratioTick(by float64, power int) float64 {
	if power < 0 {
		return by / math.Pow10(-power)
	}
	return by * math.Pow10(power)
}

// steps are those that an axis may count by, times a power of ten.
var steps = []float64{1, 2, 2.5, 5, 10}

// newAxis is a scale that has all values, of about so many ticks at round numbers. It
// begins at 0 where that is wanted, and ends at most, if that is above 0.
func newAxis(values []float64, zero bool, most float64, about int) axis {
	values = slices.DeleteFunc(slices.Clone(values), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
	if len(values) == 0 {
		values = []float64{0, 1}
	}
	low, high := slices.Min(values), slices.Max(values)
	if zero {
		low, high = min(low, 0), max(high, 0)
	}
	if low == high {
		low, high = low-max(1, math.Abs(low)/10), high+max(1, math.Abs(high)/10)
		if zero && slices.Min(values) >= 0 {
			low = 0
		}
	}
	rough := (high - low) / float64(about)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := steps[len(steps)-1] * power
	for _, s := range steps {
		if s*power >= float64(rough*0.999) {
			step = s * power
			break
		}
	}
	a := axis{low: float64(math.Floor(low/step+1e-9) * step), high: float64(math.Ceil(high/step-1e-9) * step)}
	if most > 0 && a.high > most && high <= most {
		a.high = most
	}
	for i := 0; ; i++ {
		t := a.low + float64(float64(i)*step)
		if t > a.high+float64(step*1e-6) {
			break
		}
		if math.Abs(t) < step*1e-9 {
			t = 0
		}
		a.ticks = append(a.ticks, t)
	}
	for a.places < 6 && math.Abs(float64(step*math.Pow(10, float64(a.places)))-math.Round(float64(step*math.Pow(10, float64(a.places))))) > 1e-6 {
		a.places++
	}
	return a
}

// values lists all that the axis of values has to have.
func (p *Plot) values() []float64 {
	var all []float64
	for _, x := range p.Points {
		all = append(all, x.Value, x.Lower, x.Upper)
		if p.Kind == Funnel {
			all = append(all, x.Lower95, x.Upper95, x.Lower998, x.Upper998)
		}
	}
	for _, l := range p.Levels {
		all = append(all, l.Value)
	}
	if !math.IsNaN(p.Middle) {
		all = append(all, p.Middle)
	}
	return all
}

// seen is how long the widest interval is at least of an axis that has 0.
const seen = 0.04

// axis is the plot's scale of values. Points and lines are read by their place and not
// by a length, so that an axis may leave out 0 and says so; it never makes little of
// the plot's unit look like much.
func (p *Plot) axis(about int) axis {
	all, zero, widest := p.values(), p.Zero, math.NaN()
	if p.Ratios {
		return newRatios(all)
	}
	for _, x := range p.Points {
		if w := x.Upper - x.Lower; !(w <= widest) && !math.IsNaN(w) {
			widest = w
		}
	}
	if a := newAxis(all, zero, p.Most, about); !zero || !p.cutable() || math.IsNaN(widest) || widest >= float64(seen*(a.high-a.low)) {
		return a
	}
	known := slices.DeleteFunc(slices.Clone(all), math.IsNaN)
	low, high := slices.Min(known), slices.Max(known)
	if short := p.Least - (high - low); short > 0 {
		low, high = low-short/2, high+short/2
		if p.Most > 0 && high > p.Most {
			low, high = low-(high-p.Most), p.Most
		}
		if low < 0 && slices.Min(known) >= 0 {
			low, high = 0, high-low
		}
	}
	return newAxis([]float64{low, high}, false, p.Most, about)
}

// cutable says whether all values are on one side of 0.
func (p *Plot) cutable() bool {
	return !slices.ContainsFunc(p.values(), func(x float64) bool { return x <= 0 })
}

// cut says whether the scale leaves out 0, which a reader of lengths has to know.
func (p *Plot) cut(a axis) bool { return !p.Ratios && (a.low > 0 || a.high < 0) }
