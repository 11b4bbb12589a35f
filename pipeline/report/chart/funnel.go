package chart

import (
	"fmt"
	"math"
	"slices"
)

// funnel draws areas by their size, about the whole, within the limits of chance. Those
// outside have their names where there is room.
func (d *drawing) funnel() {
	p := d.plot
	d.axis = p.axis(5)
	points := slices.Clone(p.Points)
	slices.SortStableFunc(points, func(a, b Point) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	sizes := make([]float64, len(points))
	for i, pt := range points {
		sizes[i] = pt.At
	}
	across := newAxis(sizes, false, 0, 4)
	begin := d.begin()
	x := func(at float64) float64 { return begin + float64((last-begin)*across.place(at)) }
	y := func(v float64) float64 { return top + float64(tall*(1-d.axis.place(v))) }
	d.add("%s", text(0, 0, 14, "start", "c-unit", d.axisTitle()))
	d.down(y)
	for _, l := range p.Levels {
		d.add("%s", rule(begin-3, y(l.Value), 100, y(l.Value), "c-level"))
	}
	for _, of := range []struct {
		limit func(Point) float64
		class string
	}{
		{func(pt Point) float64 { return pt.Lower95 }, "c-limit"},
		{func(pt Point) float64 { return pt.Upper95 }, "c-limit"},
		{func(pt Point) float64 { return pt.Lower998 }, "c-limit c-outer"},
		{func(pt Point) float64 { return pt.Upper998 }, "c-limit c-outer"},
	} {
		for i := 1; i < len(points); i++ {
			d.add("%s", rule(x(points[i-1].At), y(of.limit(points[i-1])), x(points[i].At), y(of.limit(points[i])), of.class))
		}
	}
	type box struct{ left, right, top, bottom float64 }
	var taken []box
	for _, pt := range points {
		if !pt.has() {
			continue
		}
		d.add("%s", mark(x(pt.At), y(pt.Value), 0, filled(pt.Apart)))
		at := float64(x(pt.At) / 100 * Width)
		taken = append(taken, box{at - 5, at + 5, y(pt.Value) - 5, y(pt.Value) + 5})
	}
	for _, pt := range points {
		if !pt.has() || !pt.Apart {
			continue
		}
		at, up := float64(x(pt.At)/100*Width), y(pt.Value)-9
		if pt.Value < d.level() {
			up = y(pt.Value) + 18
		}
		half := widthOf(pt.Label) / 2
		b := box{at - half, at + half, up - 10, up + 2}
		clash := slices.ContainsFunc(taken, func(o box) bool {
			return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
		})
		if clash || b.left < 0 || b.right > Width {
			continue // the table names it
		}
		taken = append(taken, b)
		d.add("%s", text(x(pt.At), 0, up, "middle", "c-name c-wide", pt.Label))
	}
	places, widths := make([]float64, len(across.ticks)), make([]float64, len(across.ticks))
	for i, t := range across.ticks {
		places[i], widths[i] = x(t), widthOf(Number(t, across.places))
	}
	shown := room(places, widths, Narrow)
	for i, t := range across.ticks {
		d.add("%s", rule(x(t), top+tall, x(t), top+tall+5, "c-base"))
		if shown[i] {
			d.add("%s", text(x(t), 0, top+tall+20, "middle", "c-tick", Number(t, across.places)))
		}
	}
	d.add("%s", text(100, 0, top+tall+38, "end", "c-unit", p.Size))
	d.height = top + tall + 48
	d.legend()
	for _, sign := range []struct{ mark, words string }{
		{`<path d="M-9 0H9" class="c-limit"/>`, "95% limits of chance"},
		{`<path d="M-9 0H9" class="c-limit c-outer"/>`, "99.8% limits of chance"},
		{fmt.Sprintf(marks[0], "c-full"), "Filled: outside the 95% limits"},
	} {
		d.add(`<svg x="9" y="%s" overflow="visible">%s</svg>%s`, px(d.height+9), sign.mark, text(0, 24, d.height+13, "start", "c-name", sign.words))
		d.height += line + 2
	}
}

// level is the value that the first line across is at.
func (d *drawing) level() float64 {
	if len(d.plot.Levels) == 0 {
		return math.Inf(-1)
	}
	return d.plot.Levels[0].Value
}
