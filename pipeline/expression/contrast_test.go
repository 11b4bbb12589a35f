package expression

import (
	"math"
	"strings"
	"testing"
)

// A contrast names its figures in order, is worked out of their values, and has the
// gradient that differences of those tell.
func TestContrast(t *testing.T) {
	for text, want := range map[string]struct {
		figures string
		at      []float64
		value   float64
		kind    string
	}{
		"sex=2 - sex=1":                              {"sex=2; sex=1", []float64{5, 3}, 2, "linear"},
		"region=1 - everyone":                        {"region=1; everyone", []float64{5, 3}, 2, "linear"},
		"(a=1 + a=2)/2 - a=3":                        {"a=1; a=2; a=3", []float64{2, 4, 1}, 2, "linear"},
		"(s=1,w=2 - s=1,w=1) - (s=2,w=2 - s=2,w=1)":  {"s=1,w=2; s=1,w=1; s=2,w=2; s=2,w=1", []float64{9, 4, 3, 1}, 3, "linear"},
		"mean(after) - mean(before)":                 {"mean(after); mean(before)", []float64{1, 3}, -2, "linear"},
		`proportion(q="a b",c, sex=1) / everyone`:    {`proportion(q="a b","c", sex=1); everyone`, []float64{6, 3}, 2, "ratio"},
		"quantile(pay=0.9) / quantile(pay=0.1, s=1)": {"quantile(pay=0.9); quantile(pay=0.1, s=1)", []float64{8, 2}, 4, "ratio"},
		"log(ratio(a/b, g=2)/ratio(a/b,everyone))":   {"ratio(a/b, g=2); ratio(a/b, everyone)", []float64{math.E, 1}, 1, "other"},
		"-2*x=-1 + 3":                                {"x=-1", []float64{4}, -5, "number"},
		"a=1 * a=2":                                  {"a=1; a=2", []float64{4, 3}, 12, "other"},
		"2 / a=1":                                    {"a=1", []float64{4}, 0.5, "other"},
		"a=1 - 50":                                   {"a=1", []float64{60}, 10, "number"},
		"`odd name`=1 - `odd name`=2":                {"`odd name`=1; `odd name`=2", []float64{1, 1}, 0, "linear"},
	} {
		c, figures, fault := ParseContrast(text, OfFile)
		if fault != nil {
			t.Errorf("%s: %s", text, fault.What)
			continue
		}
		var spelled []string
		for _, f := range figures {
			spelled = append(spelled, f.Text())
		}
		if got := strings.Join(spelled, "; "); got != want.figures {
			t.Errorf("%s: figures %s, want %s", text, got, want.figures)
		}
		value, gradient, size := c.At(want.at)
		if math.Abs(value-want.value) > 1e-12 || size < math.Abs(value)-1e-12 && want.kind != "other" {
			t.Errorf("%s: %g of size %g, want %g", text, value, size, want.value)
		}
		kind := "other"
		switch {
		case c.Ratio():
			kind = "ratio"
		case c.Number():
			kind = "number"
		case c.Linear():
			kind = "linear"
		}
		if kind != want.kind {
			t.Errorf("%s: %s, want %s", text, kind, want.kind)
		}
		for k := range want.at {
			up, down := append([]float64{}, want.at...), append([]float64{}, want.at...)
			up[k], down[k] = up[k]+1e-5, down[k]-1e-5
			high, _, _ := c.At(up)
			low, _, _ := c.At(down)
			if slope := (high - low) / 2e-5; math.Abs(slope-gradient[k]) > 1e-6*math.Max(1, math.Abs(slope)) {
				t.Errorf("%s: gradient %g by figure %d, want %g", text, gradient[k], k, slope)
			}
		}
	}
}

func TestContrastRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "the end, want a figure, as sex=1 or mean(hours, sex=1)",
		"2 - 1":                  "no figure, want some, as in: sex=2 - sex=1",
		"sex=2 sex=1":            `"sex", want an operator or the end`,
		"sex - 1":                `"-", want "=" and a code, or "("`,
		"sex=2 - (sex=1":         `the end, want an operator or ")"`,
		"mean() - sex=1":         `")", want the variable that the statistic is of`,
		"mean(x, 2)":             `"2", want a variable of the cell, as sex=1`,
		"sex=2,3 - sex=1":        `"3", want another variable of the cell, as wave=2`,
		"sex=-a":                 `"a", want a number`,
		strings.Repeat("(", 100): "more than 64 brackets, signs and functions in each other",
	} {
		if _, _, fault := ParseContrast(text, OfFile); fault == nil || fault.What != want {
			t.Errorf("%s: %+v, want %s", text, fault, want)
		}
	}
}

// What has more digits than its figures is told from what has not.
func TestContrastMultiplies(t *testing.T) {
	for text, want := range map[string]bool{
		"a=1 - everyone": false, "(a=1 + a=2)/2": false, "a=1/a=2": false, "log(a=1/a=2)": false,
		"1000*a=1": true, "a=1/0.001": true, "a=1/(3-2.999)": true, "a=1*a=2": true,
	} {
		c, _, fault := ParseContrast(text, OfFile)
		if fault != nil || c.Multiplies() != want {
			t.Errorf("%s: %v, want %v", text, !want, want)
		}
	}
}

// What is read of any text, its figures read again as they are spelled.
func FuzzParseContrast(f *testing.F) {
	for _, text := range []string{"sex=2 - sex=1", "log(mean(a, b=1,c=2)/everyone)*2", `proportion(q="x ""y",2)`, "`a b`=1/-3e5", "everyone=1 - x=..", "quantile(p=.5,everyone)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, figures, fault := ParseContrast(text, OfFile)
		if fault != nil {
			_ = fault.Problem(0, "")
			return
		}
		c.At(make([]float64, len(figures)))
		for _, figure := range figures {
			_, again, fault := ParseContrast(figure.Text(), OfFile)
			if fault != nil || len(again) != 1 || again[0].Text() != figure.Text() {
				t.Fatalf("%q: figure %q is read as %+v (%+v)", text, figure.Text(), again, fault)
			}
		}
	})
}
