package chart

import (
	_ "embed" // of the style
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Style is the style sheet of every drawing: a page that has one in it has this too.
// Its colours are custom properties of .twc-chart, for light and dark.
//
//go:embed chart.css
var Style string

// Width is that of a drawing which stands alone, in pixels, and Narrow the least that
// one is drawn for.
const (
	Width  = 640
	Narrow = 320
)

// Sizes of letters, in pixels.
const (
	bold    = 8.6 // the widest that one of a value is
	letter  = 7.0 // the widest that one of a label is on average
	line    = 18.0
	edge    = 1.5 // per cent that is left free at either side
	longest = 42  // letters of a line that fit a narrow drawing beside a value
)

// SVG is the plot as an element of a page, as wide as that lets it be. The page has
// its title, its banner, its notices, and Style.
func SVG(p *Plot) string {
	d := draw(p, 46)
	return fmt.Sprintf(`<svg class="twc-chart" role="img" aria-labelledby="%[1]s-t %[1]s-d" width="100%%" height="%[2]s">%[3]s</svg>`,
		p.ID, px(d.height), d.named()+d.body.String())
}

// File is the plot as a file of its own, with its title, its banner, its notices and its
// style.
func File(p *Plot) []byte {
	d := draw(p, 84)
	d.notes()
	var head strings.Builder
	y := 26.0
	for _, words := range wrap(p.Title, 62) {
		head.WriteString(text(0, 0, y, "start", "c-title", words))
		y += 22
	}
	for _, told := range append([]string{p.Banner}, p.Notices...) {
		if told == "" {
			continue
		}
		for _, words := range wrap(told, 76) {
			head.WriteString(text(0, 0, y, "start", "c-banner", words))
			y += line
		}
	}
	d.place(y)
	const margin = 16
	return []byte(fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" class="twc-chart" role="img" aria-labelledby="%[1]s-t %[1]s-d" width="%[2]d" height="%[3]s" viewBox="0 0 %[2]d %[3]s">%[4]s<style>%[5]s</style><rect class="c-paper" width="100%%" height="100%%"/><svg x="%[6]d" width="%[7]d" height="%[3]s">%[8]s</svg></svg>
`, p.ID, Width, px(d.height+margin), d.named(), Style, margin, Width-2*margin, head.String()+d.body.String()))
}

// A drawing is a plot being drawn, its place down counted from its own top.
type drawing struct {
	plot   *Plot
	words  int // letters of a line of words below
	axis   axis
	body   strings.Builder
	height float64
}

func draw(p *Plot, words int) *drawing {
	d := &drawing{plot: p, words: words}
	switch p.Kind {
	case Time:
		d.time()
	case Funnel:
		d.funnel()
	default:
		d.rows()
	}
	return d
}

// place moves all that is drawn down.
func (d *drawing) place(y float64) {
	body := d.body.String()
	d.body.Reset()
	fmt.Fprintf(&d.body, `<svg y="%s" width="100%%" height="%s" overflow="visible">%s</svg>`, px(y), px(d.height), body)
	d.height += y
}

// named are the title and the description, which begins with what is told of notices.
func (d *drawing) named() string {
	description := strings.Join(append(slices.Clone(d.plot.Notices), d.plot.Description), " ")
	return fmt.Sprintf(`<title id="%[1]s-t">%[2]s</title><desc id="%[1]s-d">%[3]s</desc>`, d.plot.ID, html.EscapeString(d.plot.Title), html.EscapeString(description))
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.body, format, args...) }

// px is a number of a drawing, to a tenth.
func px(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// pc is a place across, to a hundredth of a per cent.
func pc(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) + "%" }

// text is words at a place across in per cent, moved by pixels.
func text(x, dx, y float64, anchor, class, words string) string {
	moved := ""
	if dx != 0 {
		moved = fmt.Sprintf(` dx="%s"`, px(dx))
	}
	if anchor != "start" {
		moved += fmt.Sprintf(` text-anchor="%s"`, anchor)
	}
	return fmt.Sprintf(`<text x="%s"%s y="%s" class="%s">%s</text>`, pc(x), moved, px(y), class, html.EscapeString(words))
}

// rule is a straight line between places across in per cent.
func rule(x1, y1, x2, y2 float64, class string) string {
	return fmt.Sprintf(`<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>`, pc(x1), px(y1), pc(x2), px(y2), class)
}

// marks are drawn about a point's own place: each series has its shape, and what is
// filled differs from what is not without its colour.
var marks = []string{
	`<circle r="4.5" class="%s"/>`,
	`<path d="M0-7 7 0 0 7-7 0z" class="%s"/>`,
	`<path d="M-5-5H5V5H-5z" class="%s"/>`,
	`<path d="M0-7 7 5H-7z" class="%s"/>`,
}

func mark(x, y float64, series int, class string) string {
	return fmt.Sprintf(`<svg x="%s" y="%s" overflow="visible">%s</svg>`, pc(x), px(y), fmt.Sprintf(marks[series%len(marks)], class))
}

// wrap breaks words into lines of at most so many letters, longer words apart.
func wrap(words string, most int) []string {
	var lines []string
	now := ""
	for word := range strings.FieldsSeq(words) {
		switch {
		case now == "":
			now = word
		case utf8.RuneCountInString(now)+1+utf8.RuneCountInString(word) > most:
			lines, now = append(lines, now), word
		default:
			now += " " + word
		}
	}
	return append(lines, now)
}

// tick is a number of the axis.
func (d *drawing) tick(x float64) string {
	if d.axis.ratios {
		return strconv.FormatFloat(x, 'f', -1, 64) + d.plot.Symbol
	}
	return Number(x, d.axis.places) + d.plot.Symbol
}

// Number is a number with so many decimals, and commas between its thousands.
func Number(x float64, places int) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', places, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if x < 0 {
		return "-" + whole
	}
	return whole
}

// axisTitle says what is counted, and that the axis leaves out 0 where it does.
func (d *drawing) axisTitle() string {
	if d.plot.cut(d.axis) {
		return d.plot.Unit + " (the axis does not begin at 0)"
	}
	if d.axis.ratios {
		return d.plot.Unit + " (on a scale of ratios)"
	}
	return d.plot.Unit
}

// room chooses which of several labels in a row are shown: from the last back, each as
// far from the one before as both need. Places are in per cent of a width in pixels.
func room(places []float64, widths []float64, width float64) []bool {
	shown := make([]bool, len(places))
	next := math.Inf(1)
	for i := len(places) - 1; i >= 0; i-- {
		x := float64(places[i] / 100 * width)
		if x+widths[i]/2 <= next {
			shown[i], next = true, x-widths[i]/2-4
		}
	}
	return shown
}

// A box is where a label or a mark is: its middle across in per cent and down in pixels,
// and its size in pixels.
type box struct{ x, y, width, height float64 }

// hits says whether boxes overlap in a drawing of a width.
func (b box) hits(other box, width float64) bool {
	return math.Abs(float64((b.x-other.x)/100*width)) < (b.width+other.width)/2 && math.Abs(b.y-other.y) < (b.height+other.height)/2
}

// uncovered chooses which labels are shown: from the last back, those that hit no mark of another
// and no label that is shown.
func uncovered(labels, marks []box, width float64) []bool {
	shown := make([]bool, len(labels))
	for i := len(labels) - 1; i >= 0; i-- {
		shown[i] = true
		for k := range labels {
			if k != i && (labels[i].hits(marks[k], width) || k > i && shown[k] && labels[i].hits(labels[k], width)) {
				shown[i] = false
			}
		}
	}
	return shown
}

// widthOf is about how wide words are drawn.
func widthOf(words string) float64 { return float64(utf8.RuneCountInString(words)) * letter }
