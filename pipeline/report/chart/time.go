package chart

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Of a plot over time and a funnel, in pixels: its part with the figures, and where
// that begins and ends across, in per cent.
const (
	tall  = 250.0
	top   = 40.0
	first = 13.0
	last  = 94.0
)

// begin is where the figures begin across: behind the numbers of the axis.
func (d *drawing) begin() float64 {
	widest := 0.0
	for _, t := range d.axis.ticks {
		widest = max(widest, widthOf(d.tick(t)))
	}
	return min(max(first, (widest+24)/Narrow*100), 26)
}

// time draws points with their intervals by their date. Those of one series are
// joined where they are comparable; where they are not, the break stands between them.
func (d *drawing) time() {
	p := d.plot
	d.axis = p.axis(5)
	low, high := math.Inf(1), math.Inf(-1)
	reach := func(at float64) {
		if !math.IsNaN(at) {
			low, high = min(low, at), max(high, at)
		}
	}
	for _, x := range p.Points {
		reach(x.At)
	}
	for _, l := range p.Levels {
		reach(l.At)
	}
	begin := d.begin()
	x := func(at float64) float64 {
		if high <= low {
			return (begin + last) / 2
		}
		return begin + float64((last-begin)*(at-low)/(high-low))
	}
	y := func(v float64) float64 { return top + float64(tall*(1-d.axis.place(v))) }
	d.add("%s", text(0, 0, 14, "start", "c-unit", d.axisTitle()))
	d.down(y)
	d.levels(x, y)
	d.joins(x, y)
	places, names := make([]float64, len(p.Points)), make([]float64, len(p.Points))
	values, spots := make([]box, len(p.Points)), make([]box, len(p.Points))
	over := func(pt Point) float64 { // where a value stands
		if math.IsNaN(pt.Upper) {
			return y(pt.Value) - 9
		}
		return y(pt.Upper) - 9
	}
	for i, pt := range p.Points {
		places[i], names[i] = x(pt.At), widthOf(pt.Label)
		if values[i], spots[i] = nowhere, nowhere; pt.has() {
			values[i] = box{places[i], over(pt) - 5, float64(float64(utf8.RuneCountInString(pt.Text))*bold) + 4, 13}
			spots[i] = box{places[i], y(pt.Value), 10, 10}
			if !math.IsNaN(pt.Lower) { // its interval too
				spots[i].y, spots[i].height = (y(pt.Lower)+y(pt.Upper))/2, y(pt.Lower)-y(pt.Upper)
			}
		}
	}
	nameWide, nameSlim := room(places, names, Width), room(places, names, Narrow)
	valueWide, valueSlim := uncovered(values, spots, Width), uncovered(values, spots, Narrow)
	for i, pt := range p.Points {
		at := places[i]
		if !math.IsNaN(pt.Lower) && pt.has() {
			d.add("%s", rule(at, y(pt.Upper), at, y(pt.Lower), "c-span"))
			d.cap(at, y(pt.Upper))
			d.cap(at, y(pt.Lower))
		}
		if pt.has() {
			d.add("%s", mark(at, y(pt.Value), pt.Series, filled(pt.Series == 0)))
			d.label(at, over(pt), "c-value", pt.Text, valueWide[i], valueSlim[i])
		} else {
			d.label(at, top+tall-8, "c-why", pt.Text, nameWide[i], nameSlim[i])
		}
		d.add("%s", rule(at, top+tall, at, top+tall+5, "c-base"))
		d.label(at, top+tall+21, "c-name", pt.Label, nameWide[i], nameSlim[i])
	}
	d.height = top + tall + 30
	d.legend()
}

// nowhere is where no other box is.
var nowhere = box{y: math.Inf(1)}

// label draws words over a place where there is room for them: always, or in wide
// drawings or narrow ones alone.
func (d *drawing) label(x, y float64, class, words string, wide, slim bool) {
	switch {
	case wide && slim:
	case wide:
		class += " c-wide"
	case slim:
		class += " c-slim"
	default:
		return
	}
	d.add("%s", text(x, 0, y, "middle", class, words))
}

func filled(full bool) string {
	if full {
		return "c-full"
	}
	return "c-open"
}

// cap ends an interval.
func (d *drawing) cap(x, y float64) {
	d.add(`<svg x="%s" y="%s" overflow="visible"><path d="M-5 0H5" class="c-cap"/></svg>`, pc(x), px(y))
}

// down draws the lines of an axis that goes up, each number on its line.
func (d *drawing) down(y func(float64) float64) {
	for _, t := range d.axis.ticks {
		class := "c-grid"
		if t == d.axis.ticks[0] || t == d.plot.Middle {
			class = "c-base"
		}
		d.add("%s%s", rule(0, y(t), 100, y(t), class), text(0, 0, y(t)-4, "start", "c-tick", d.tick(t)))
	}
}

// levels draws lines across at targets or the whole, each with its words.
func (d *drawing) levels(x, y func(float64) float64) {
	for _, l := range d.plot.Levels {
		d.add("%s", rule(d.begin()-3, y(l.Value), 100, y(l.Value), "c-level"))
		if !math.IsNaN(l.At) {
			d.add(`<svg x="%s" y="%s" overflow="visible"><path d="M0-6V6" class="c-level"/></svg>`, pc(x(l.At)), px(y(l.Value)))
		}
	}
}

// joins draws what is between points of one series: a line, or a break.
func (d *drawing) joins(x, y func(float64) float64) {
	before := map[int]int{}
	for i, pt := range d.plot.Points {
		last, there := before[pt.Series]
		if pt.Break != "" && there {
			at := (x(d.plot.Points[last].At) + x(pt.At)) / 2
			d.add("%s%s", rule(at, top-14, at, top+tall, "c-break"), text(at, 0, top-18, "middle", "c-tick", "Break"))
		}
		if !pt.has() {
			continue
		}
		if there && pt.Break == "" {
			from := d.plot.Points[last]
			d.add("%s", rule(x(from.At), y(from.Value), x(pt.At), y(pt.Value), "c-join"))
		}
		before[pt.Series] = i
	}
}

// legend says below the drawing which series has which mark, and what lines across
// are of.
func (d *drawing) legend() {
	row := func(sign, words string) {
		for i, part := range wrap(words, d.words) {
			if i == 0 {
				d.add(`<svg x="9" y="%s" overflow="visible">%s</svg>`, px(d.height+9), sign)
			}
			d.add("%s", text(0, 24, d.height+13, "start", "c-name", part))
			d.height += line
		}
		d.height += 2
	}
	if len(d.plot.Series) > 1 {
		for i, name := range d.plot.Series {
			row(signOf(i), name)
		}
	}
	for _, l := range d.plot.Levels {
		words := l.Label
		if l.Text != "" {
			words += ": " + l.Text
		}
		row(`<path d="M-9 0H9" class="c-level"/>`, words)
	}
	told := map[string]bool{}
	for _, pt := range d.plot.Points {
		if d.plot.Kind == Time && pt.Break != "" && !told[pt.Break] {
			told[pt.Break] = true
			row(`<path d="M0-8V8" class="c-break"/>`, "Break at "+pt.Label+": "+pt.Break)
		}
	}
}

// notes are what stands below a drawing that stands alone.
func (d *drawing) notes() {
	for _, note := range d.plot.Notes {
		for _, part := range wrap(note, d.words) {
			d.add("%s", text(0, 0, d.height+13, "start", "c-tick", part))
			d.height += line
		}
	}
}

func signOf(series int) string { return fmt.Sprintf(marks[series%len(marks)], filled(series == 0)) }

// Years is a date of the form YYYY-MM-DD as a number of years.
func Years(day string) float64 {
	year, err := strconv.Atoi(day[:min(4, len(day))])
	if err != nil || len(day) < 10 {
		return math.NaN()
	}
	month, _ := strconv.Atoi(day[5:7])
	of, _ := strconv.Atoi(day[8:10])
	return float64(year) + (float64(month-1)+float64(of-1)/31)/12
}
