package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report/chart"
)

// answerPlot is what names the drawing of an answer.
const answerPlot = "chart-answer"

// ReplyPlot draws the figures of one statistic: by the categories of their breakdown, with
// everyone's as a level, over time where the breakdown is of waves, and those of several
// items as series. Unit names what the axis counts, and by is what values are multiplied
// by as they are shown.
func ReplyPlot(title, unit string, figures []question.Reply, whole *question.Reply, by float64, places int, overTime bool) *chart.Plot {
	of := figures[0].Statistic.Row()
	p := &chart.Plot{ID: answerPlot, Kind: chart.Breakdown, Title: title, Unit: unit, Symbol: of.Symbol, Middle: math.NaN()}
	bound(p, of)
	items := codesOf(figures, func(f question.Reply) string { return f.Item })
	categories := codesOf(figures, func(f question.Reply) string { return f.Category })
	if overTime {
		p.Kind = chart.Time
	} else if len(figures) >= areas && len(items) == 1 {
		p.Kind = chart.Caterpillar
	}
	point := func(f question.Reply) chart.Point {
		x := chart.Point{Value: f.Value * by, Lower: f.Lower * by, Upper: f.Upper * by, Text: Plain(f.Value*by, places) + of.Symbol}
		if f.Status != "" {
			x.Value, x.Lower, x.Upper, x.Text = math.NaN(), math.NaN(), math.NaN(), "["+string(f.Status)+"]"
		}
		if math.IsNaN(x.Value) && f.Status == "" {
			x.Text = "-"
		}
		return x
	}
	for _, f := range figures {
		x := point(f)
		if math.IsNaN(x.Value) {
			for _, n := range f.Notes {
				if words := x.Text + " " + Words(n); !slices.Contains(p.Notes, words) {
					p.Notes = append(p.Notes, words)
				}
			}
		}
		item := cmp.Or(f.ItemLabel, numbered(f.Variable, f.Item))
		x.Label = cmp.Or(f.Label, f.Category)
		if len(f.Crossed) == 1 && !overTime {
			x.Label = numbered(f.Breakdown, x.Label)
		}
		if len(items) > 1 {
			x.Series = slices.Index(items, f.Item)
			if x.Series == len(p.Series) {
				p.Series = append(p.Series, item)
			}
			switch {
			case len(categories) == 1:
				x.Label, x.Series = item, 0
			case p.Kind != chart.Time:
				x.Label += ": " + item
			}
		}
		if x.Label == codebook.All {
			x.Label = "Everyone"
		}
		if p.Kind == chart.Time {
			x.At, _ = strconv.ParseFloat(f.Category, 64) // which overTime holds
		} else if p.Kind == chart.Breakdown {
			x.Text = limited(x, places)
			if whole != nil && whole.Status == "" {
				x.Apart = x.Lower > whole.Value*by || x.Upper < whole.Value*by
			}
		}
		p.Points = append(p.Points, x)
	}
	if len(categories) == 1 {
		p.Series = nil
	}
	if whole != nil && whole.Status == "" && len(items) == 1 && p.Kind != chart.Time && of.Name != indicator.Count && of.Name != indicator.Total {
		x := point(*whole)
		p.Levels = append(p.Levels, chart.Level{Label: "Everyone", Text: x.Text, Value: x.Value, At: math.NaN()})
	}
	level := math.NaN()
	for _, f := range figures { // of those that have an interval
		if !math.IsNaN(f.Level) {
			level = f.Level
		}
	}
	describe(p, "figure", level)
	return p
}

// CoefficientPlot draws coefficients of models, or averages of what they predict, one
// below the other: of several models each with its mark. Ratio names the ratios that are
// drawn instead, on a scale of ratios; "" is none.
func CoefficientPlot(title, unit, ratio string, models []string, of [][]release.Coefficient) *chart.Plot {
	p := &chart.Plot{ID: answerPlot, Kind: chart.Breakdown, Title: title, Unit: unit, Middle: 0}
	if ratio != "" {
		p.Unit, p.Ratios, p.Middle = ratio, true, 1
	}
	if len(models) > 1 {
		p.Series = models
	}
	var names []string
	for _, coefficients := range of {
		names = append(names, codesOf(coefficients, called)...)
	}
	level := math.NaN()
	for _, name := range codesOf(names, func(name string) string { return name }) {
		for series, coefficients := range of {
			at := slices.IndexFunc(coefficients, func(c release.Coefficient) bool { return called(c) == name })
			if at < 0 {
				continue
			}
			c := coefficients[at]
			if !math.IsNaN(c.Level) {
				level = c.Level
			}
			x := chart.Point{Label: name, Value: c.Value, Lower: c.Lower, Upper: c.Upper, Series: series}
			places := Places(c.Value, c.SE)
			if ratio != "" {
				x.Value, x.Lower, x.Upper, places = c.Ratio, c.RatioLower, c.RatioUpper, RatioPlaces(c.Ratio, c.SE)
			}
			if len(models) > 1 {
				x.Label += ": " + models[series]
			}
			if c.Quantity == release.PredictionOf {
				p.Middle = math.NaN()
			}
			x.Text = Plain(x.Value, places)
			x.Text = limited(x, places)
			p.Points = append(p.Points, x)
		}
	}
	what := "coefficient"
	switch {
	case ratio != "":
		what = "ratio"
	case math.IsNaN(p.Middle):
		what = "prediction"
	}
	describe(p, what, level)
	return p
}

// called is a coefficient in a drawing.
func called(c release.Coefficient) string {
	name := c.Name
	if c.Label != "" {
		name += " " + c.Label
	}
	if c.Outcome != "" {
		name += ", " + cmp.Or(c.OutcomeLabel, c.Outcome)
	}
	return name
}

// numbered is a code with its variable before it where it is a number, which says nothing by
// itself.
func numbered(variable, code string) string {
	if _, err := strconv.ParseFloat(code, 64); err == nil {
		return variable + " " + code
	}
	return code
}

// codesOf lists what rows have, each once.
func codesOf[R any](of []R, code func(R) string) []string {
	var codes []string
	for _, r := range of {
		if c := code(r); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	return codes
}

// limited is a point's text with its interval.
func limited(x chart.Point, places int) string {
	if math.IsNaN(x.Value) || math.IsNaN(x.Lower) {
		return x.Text
	}
	return x.Text + " (" + Range(x.Lower, x.Upper, places) + ")"
}

// describe says what is drawn, for who does not see it.
func describe(p *chart.Plot, what string, level float64) {
	with := slices.DeleteFunc(slices.Clone(p.Points), func(x chart.Point) bool { return math.IsNaN(x.Value) })
	p.Description = "No " + what + " is shown."
	if len(with) == 0 {
		return
	}
	about := ""
	if slices.ContainsFunc(with, func(x chart.Point) bool { return !math.IsNaN(x.Lower) }) {
		each := ", each with"
		if len(with) == 1 {
			each = ", with"
		}
		about = fmt.Sprintf("%s its %s%% interval", each, strconv.FormatFloat(math.Round(level*1e6)/1e4, 'g', -1, 64))
	}
	byValue := func(a, b chart.Point) int { return cmp.Compare(a.Value, b.Value) }
	low, high := slices.MinFunc(with, byValue), slices.MaxFunc(with, byValue)
	p.Description = fmt.Sprintf("%s%s: lowest %s (%s), highest %s (%s).", Plural(len(with), what), about, low.Text, low.Label, high.Text, high.Label)
	if n := len(p.Points) - len(with); n > 0 {
		p.Description += fmt.Sprintf(" Without a value: %d.", n)
	}
	if p.Ratios {
		p.Description += " The axis is one of ratios: a half is as far from 1 as 2."
	}
}
