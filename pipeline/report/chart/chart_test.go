package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var nan = math.NaN()

// A scale has all values, ends at round numbers, and begins at 0 where it is asked to
// unless intervals could not be seen on it.
func TestAxis(t *testing.T) {
	spans := func(list ...float64) []Point {
		var all []Point
		for i := 0; i < len(list); i += 3 {
			all = append(all, Point{Value: list[i], Lower: list[i+1], Upper: list[i+2]})
		}
		return all
	}
	for _, c := range []struct {
		name      string
		plot      Plot
		low, high float64
		ticks     int
		cut       bool
	}{
		{"shares begin at 0", Plot{Zero: true, Most: 100, Least: 20, Middle: nan, Points: spans(42.9, 41.4, 44.4, 37.9, 36.3, 39.4)}, 0, 50, 6, false},
		{"unless their intervals are too short to see", Plot{Zero: true, Most: 100, Least: 20, Middle: nan, Points: spans(71.3, 70.2, 72.4, 73.4, 72.3, 74.5)}, 60, 85, 6, true},
		{"a share ends at 100", Plot{Zero: true, Most: 100, Least: 20, Middle: nan, Points: spans(98, 97, 99)}, 80, 100, 5, true},
		{"what is without an interval begins at 0", Plot{Zero: true, Middle: nan, Points: spans(96188, nan, nan, 107695, nan, nan)}, 0, 125000, 6, false},
		{"a gap has 0 within", Plot{Zero: true, Middle: 0, Points: spans(-2, -3, -1, 1, 0, 2)}, -3, 2, 6, false},
		{"a mean begins where it is", Plot{Middle: nan, Points: spans(45, 44, 46)}, 44, 46, 5, true},
		{"one value has a scale", Plot{Middle: nan, Points: spans(7, nan, nan)}, 6, 8, 5, true},
		{"nothing has one", Plot{Zero: true, Middle: nan, Points: spans(nan, nan, nan)}, 0, 1, 6, false},
		{"a ratio has 1", Plot{Middle: 1, Points: spans(2, 1.5, 2.5)}, 1, 2.5, 4, true},
	} {
		a := c.plot.axis(5)
		if math.Abs(a.low-c.low) > 1e-9 || math.Abs(a.high-c.high) > 1e-9 || len(a.ticks) != c.ticks || c.plot.cut(a) != c.cut {
			t.Errorf("%s: %v to %v, %d ticks, cut %v; want %v to %v, %d, %v", c.name, a.low, a.high, len(a.ticks), c.plot.cut(a), c.low, c.high, c.ticks, c.cut)
		}
	}
}

// example has what a plot can have: three series, a break, a target, a figure without a
// value, one without an interval, and words that a page has to escape.
func example(kind Kind) *Plot {
	p := &Plot{
		ID: "x", Kind: kind, Title: "Trust & \"safety\" <b>", Description: "Five figures.", Unit: "Per cent", Symbol: "%", Zero: true, Most: 100, Middle: nan,
		Banner: "SYNTHETIC", Series: []string{"One survey", "Another"}, Notes: []string{"[c] confidential"},
		Levels: []Level{{Label: "Target: half", Value: 50, At: 2008}},
	}
	for i, x := range []Point{
		{Label: "2001", At: 2001, Value: 40, Lower: 38, Upper: 42, Text: "40.0%"},
		{Label: "2003", At: 2003, Value: nan, Lower: nan, Upper: nan, Text: "[c]"},
		{Label: "2005-06", At: 2005.5, Value: 45, Lower: 40, Upper: 50, Text: "45.0%", Apart: true},
		{Label: "2006-07", At: 2006.5, Value: 61, Lower: 60, Upper: 62, Text: "61.0%", Break: "Asked otherwise"},
		{Label: "2007-08", At: 2007.5, Value: 30, Lower: nan, Upper: nan, Text: "30.0%", Series: 1},
	} {
		x.Lower95, x.Upper95, x.Lower998, x.Upper998 = 40+float64(i), 60-float64(i), 35+float64(i), 65-float64(i)
		p.Points = append(p.Points, x)
	}
	return p
}

// Each kind of drawing is XML, is named, has the text of every figure as it was given,
// and no place that is no number.
func TestSVG(t *testing.T) {
	for _, kind := range Kinds {
		p := example(kind)
		for name, drawn := range map[string]string{"part of a page": SVG(p), "file": string(File(p))} {
			texts, elements := parse(t, drawn)
			for _, bad := range []string{"NaN", "Inf", "style=", "onload", "<script", "rotate"} {
				if strings.Contains(drawn, bad) {
					t.Errorf("%s, %s: found %q", kind, name, bad)
				}
			}
			if elements["title"] != p.Title || elements["desc"] != p.Description {
				t.Errorf("%s, %s: named %q, %q", kind, name, elements["title"], elements["desc"])
			}
			for _, pt := range p.Points {
				if kind != Funnel && !slices.Contains(texts, pt.Text) {
					t.Errorf("%s, %s: no %q among %q", kind, name, pt.Text, texts)
				}
				if kind != Funnel && !slices.Contains(texts, pt.Label) {
					t.Errorf("%s, %s: no %q among %q", kind, name, pt.Label, texts)
				}
			}
			if broken := strings.Contains(drawn, `class="c-break"`); broken != (kind == Time) {
				t.Errorf("%s, %s: a break is drawn: %v", kind, name, broken)
			}
			if banner := slices.Contains(texts, p.Banner); banner != (name == "file") {
				t.Errorf("%s, %s: the banner is drawn: %v", kind, name, banner)
			}
		}
	}
}

// Points that are not comparable are not joined, and nor are those of two series.
func TestJoins(t *testing.T) {
	if n := strings.Count(SVG(example(Time)), `class="c-join"`); n != 1 {
		t.Errorf("%d joins, want the one from 2001 to 2005-06", n)
	}
}

// Labels in a row never run into each other, at either width.
func TestRoom(t *testing.T) {
	var places, widths []float64
	for i := range 30 {
		places, widths = append(places, 10+float64(i)*2.8), append(widths, widthOf("2007-08"))
	}
	for _, width := range []float64{Narrow, Width} {
		end := math.Inf(-1)
		shown := room(places, widths, width)
		for i := range places {
			if !shown[i] {
				continue
			}
			if at := places[i]/100*width - widths[i]/2; at < end {
				t.Errorf("label %d of a drawing of %v begins before the one before it ends", i, width)
			}
			end = places[i]/100*width + widths[i]/2
		}
		if !shown[len(shown)-1] {
			t.Errorf("the last label is not shown at %v", width)
		}
	}
}

// A plot in letters is no wider than the terminal, says every figure, and has its value
// on the line of its interval.
func TestText(t *testing.T) {
	for _, kind := range Kinds {
		for _, width := range []int{40, 80, 200} {
			lines := Text(example(kind), width)
			all := strings.Join(lines, "\n")
			for _, line := range lines {
				if utf8.RuneCountInString(line) > width {
					t.Errorf("%s: %d characters, want %d at most: %s", kind, utf8.RuneCountInString(line), width, line)
				}
			}
			for _, pt := range example(kind).Points {
				if !strings.Contains(all, pt.Text) || !strings.Contains(all, pt.Label) {
					t.Errorf("%s at %d: no %s or %s in\n%s", kind, width, pt.Label, pt.Text, all)
				}
			}
		}
	}
	long := example(Breakdown)
	long.Points[0].Label = "People of an area whose name goes on for longer than a terminal has room"
	for _, line := range Text(long, 60) {
		if utf8.RuneCountInString(line) > 60 {
			t.Errorf("%d characters, want 60 at most: %s", utf8.RuneCountInString(line), line)
		}
	}
	lines := Text(example(Time), 80)
	if want := "  2001     40.0%"; !strings.HasPrefix(lines[0], want) || !strings.Contains(lines[0], "●") {
		t.Errorf("got %q, want it to begin %q and to have a ●", lines[0], want)
	}
	if strings.ContainsAny(lines[1], "●─") {
		t.Errorf("what is withheld is drawn: %q", lines[1])
	}
	for _, c := range []struct {
		name                string
		value, lower, upper float64
		want                string
	}{
		{"narrower than a character", 42.9, 42.4, 43.4, "├●┤"},
		{"one end within a character", 42.9, 42.7, 60.9, "├●─┤"},
		{"of nothing, which has no lower end", 0, 0, 1, "●┤"},
		{"of all, which has no upper end", 100, 99, 100, "├●"},
		{"beside the end of the track", 0.1, 0.05, 0.2, "├●┤"},
		{"without an error", 42.9, math.NaN(), math.NaN(), "●"},
	} {
		p := example(Breakdown)
		p.Zero, p.Most, p.Levels, p.Middle = true, 100, nil, math.NaN()
		p.Points = []Point{{Label: "Of some", Text: "1,234,567.89", Value: c.value, Lower: c.lower, Upper: c.upper}, {Label: "Of none", Text: "0", Value: 0, Lower: math.NaN(), Upper: math.NaN()}, {Label: "Of all", Text: "100", Value: 100, Lower: math.NaN(), Upper: math.NaN()}}
		line := Text(p, 40)[0]
		if fields := strings.Fields(line); fields[len(fields)-1] != c.want || utf8.RuneCountInString(line) > 40 {
			t.Errorf("an interval %s is drawn %q, want %s within 40 characters", c.name, line, c.want)
		}
	}
	if key := Key(example(Time)); !slices.Contains(key, "╌ Break at 2006-07: Asked otherwise") || !slices.Contains(key, "┊ Target: half") {
		t.Errorf("the key is %q", key)
	}
}

// The colours of text on a page's ground have a contrast of 4.5 to 1, and those of marks
// 3 to 1, light and dark (WCAG 2.2, 1.4.3 and 1.4.11), which no checker measures in SVG.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`\{(--c-paper:[^}]*)\}|\{(--c-paper:[^}]*);display`).FindAllString(Style, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d palettes, want those of light, dark and print", len(blocks))
	}
	for _, block := range blocks {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--c-([a-z]+):#([0-9a-f]{3,6})\b`).FindAllStringSubmatch(block, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for name, least := range map[string]float64{"ink": 4.5, "muted": 4.5, "level": 4.5, "mark": 3} {
			if c := contrast(colours[name], colours["paper"]); c < least {
				t.Errorf("%s on paper: %.2f, want %v, in %s", name, c, least, block)
			}
		}
	}
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is the relative luminance of a colour (WCAG 2.2).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%[1]c%c%[2]c%c%[3]c", hex[0], hex[1], hex[2])
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += float64(weight * c)
	}
	return sum
}

// parse reads XML and lists the text of its text elements, and that of others.
func parse(t *testing.T, drawn string) (texts []string, elements map[string]string) {
	t.Helper()
	elements = map[string]string{}
	decoder := xml.NewDecoder(strings.NewReader(drawn))
	name := ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts, elements
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, drawn)
		}
		switch x := token.(type) {
		case xml.StartElement:
			name = x.Name.Local
		case xml.CharData:
			if name == "text" {
				texts = append(texts, string(x))
			}
			elements[name] = string(x)
			name = ""
		}
	}
}

// TestRatios: equal ratios are as far apart, 1 is on the axis, and what is beyond reading
// stops at its end.
func TestRatios(t *testing.T) {
	for _, c := range []struct {
		claim  string
		values []float64
		want   []float64
	}{
		{"about 1", []float64{0.7, 1.5}, []float64{0.5, 1, 2}},
		{"all above 1 has 1", []float64{3, 4}, []float64{1, 2, 5}},
		{"all below 1 has 1", []float64{0.3}, []float64{0.2, 0.5, 1}},
		{"a tick is its own end", []float64{0.5, 2}, []float64{0.5, 1, 2}},
		{"nothing but 1", []float64{1}, []float64{0.5, 1, 2}},
		{"of many the powers of ten, and the ends", []float64{0.02, 400}, []float64{0.02, 0.1, 1, 10, 100, 500}},
		{"not beyond a thousand, and no ratio is below 0", []float64{1e-9, 1e9, -3, math.NaN(), math.Inf(1)}, []float64{0.001, 0.01, 0.1, 1, 10, 100, 1000}},
	} {
		a := newRatios(c.values)
		if !slices.Equal(a.ticks, c.want) {
			t.Errorf("%s: ticks %v, want %v", c.claim, a.ticks, c.want)
		}
		if got := a.place(2*a.low) - a.place(a.low); math.Abs(got-(a.place(a.high)-a.place(a.high/2))) > 1e-12 || a.place(a.low) != 0 || a.place(a.high) != 1 {
			t.Errorf("%s: twice the low end is %g on, and twice half of the high end %g", c.claim, got, a.place(a.high)-a.place(a.high/2))
		}
		if a.place(1e-12) != 0 || a.place(1e12) != 1 {
			t.Errorf("%s: ratios beyond the axis are at %g and %g", c.claim, a.place(1e-12), a.place(1e12))
		}
	}
}

// A value is shown where it covers no mark or interval of another point and no value that is
// shown, of those that would, the later one.
func TestUncovered(t *testing.T) {
	marks := []box{{10, 50, 10, 40}, {16, 50, 10, 40}, {50, 50, 10, 40}, {50, 110, 10, 40}}
	labels := []box{{10, 20, 44, 13}, {16, 20, 44, 13}, {50, 20, 44, 13}, {50, 66, 44, 13}}
	for _, c := range []struct {
		width float64
		want  []bool
	}{
		{640, []bool{false, true, true, false}}, // 38 pixels between the first two; the last covers the interval above it
		{900, []bool{true, true, true, false}},
	} {
		if got := uncovered(labels, marks, c.width); !slices.Equal(got, c.want) {
			t.Errorf("in %g pixels %v, want %v", c.width, got, c.want)
		}
	}
}
