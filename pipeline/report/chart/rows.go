package chart

import (
	"fmt"
	"math"
)

// Of rows, in pixels: how high one is whose words stand over its mark, and one whose
// words stand beside it, and where the latter's marks begin and end, in per cent.
const (
	loose     = 30.0
	close     = 19.0
	beside    = 44.0
	besideEnd = 84.0

	besideLine = 7.0 // pixels between a line and the words beside it
)

// rows draws a line a category, ordered as the plot has them: its words and its value
// over its mark; of a caterpillar, which has many, beside it.
func (d *drawing) rows() {
	p := d.plot
	d.axis = p.axis(4)
	tight := p.Kind == Caterpillar
	from, to := edge, 100-edge
	if tight {
		from, to = beside, besideEnd
	}
	x := func(v float64) float64 { return from + float64((to-from)*d.axis.place(v)) }
	d.add("%s", text(0, 0, 14, "start", "c-unit", d.axisTitle()))
	y := 40.0
	const begin = 44.0
	type placed struct {
		lines []string
		at    float64
	}
	var all []placed
	for _, pt := range p.Points {
		lines := wrap(pt.Label, longest)
		if tight {
			lines = wrap(pt.Label, 19)
		}
		row := placed{lines: lines, at: y}
		if tight {
			y += close + float64(float64(len(lines)-1)*14)
		} else {
			y += loose + float64(float64(len(lines))*16)
		}
		all = append(all, row)
	}
	end := y + 2
	shown := d.room(x)
	for i, t := range d.axis.ticks {
		class := "c-grid"
		if t == d.axis.ticks[0] || t == p.Middle {
			class = "c-base"
		}
		d.add("%s", rule(x(t), begin-10, x(t), end, class))
		if shown[i] {
			anchor := "middle"
			switch {
			case tight:
			case i == 0:
				anchor = "start"
			case i == len(d.axis.ticks)-1 && d.axis.place(t) > 0.97:
				anchor = "end"
			}
			d.add("%s%s", text(x(t), 0, begin-14, anchor, "c-tick", d.tick(t)), text(x(t), 0, end+14, anchor, "c-tick", d.tick(t)))
		}
	}
	for _, l := range p.Levels {
		d.add("%s", rule(x(l.Value), begin-10, x(l.Value), end, "c-level"))
	}
	for i, pt := range p.Points {
		row := all[i]
		at, base := row.at, row.at+14
		for k, words := range row.lines {
			step := 16.0
			if tight {
				step = 14
			}
			if tight {
				d.add("%s", text(0, 0, base+float64(float64(k)*step), "start", "c-name", words))
			} else { // beside the line that the axis begins with
				d.add("%s", text(x(d.axis.ticks[0]), besideLine, base+float64(float64(k)*step), "start", "c-name", words))
			}
		}
		class := "c-value"
		if !pt.has() {
			class = "c-why"
		}
		d.add("%s", text(100, 0, base, "end", class, pt.Text))
		middle := at + 9
		if !tight {
			middle = base + float64(float64(len(row.lines)-1)*16) + 14
		}
		if !pt.has() {
			continue
		}
		if !math.IsNaN(pt.Lower) {
			d.add("%s", rule(x(pt.Lower), middle, x(pt.Upper), middle, "c-span"))
			for _, v := range []float64{pt.Lower, pt.Upper} {
				if d.axis.ratios && (v < d.axis.low || v > d.axis.high) { // goes on beyond the axis
					continue
				}
				d.add(`<svg x="%s" y="%s" overflow="visible"><path d="M0-5V5" class="c-cap"/></svg>`, pc(x(v)), px(middle))
			}
		}
		full := !tight || pt.Apart
		if len(p.Series) > 1 { // as the legend has them
			full = pt.Series == 0
		}
		d.add("%s", mark(x(pt.Value), middle, pt.Series, filled(full)))
	}
	d.height = end + 24
	d.legend()
	if tight && len(p.Levels) > 0 {
		d.add(`<svg x="9" y="%s" overflow="visible">%s</svg>%s`, px(d.height+9), fmt.Sprintf(marks[0], "c-full"), text(0, 24, d.height+13, "start", "c-name", "Filled: the interval leaves out the whole"))
		d.height += line + 4
	}
}

// room chooses which numbers of an axis across a narrow drawing are shown.
func (d *drawing) room(x func(float64) float64) []bool {
	places, widths := make([]float64, len(d.axis.ticks)), make([]float64, len(d.axis.ticks))
	for i, t := range d.axis.ticks {
		places[i], widths[i] = x(t), widthOf(d.tick(t))
	}
	return room(places, widths, Narrow)
}
