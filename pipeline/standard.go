package pipeline

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

// spelledMargin is a margin, which is called what in problems, by a field's codes
// as it spells them. It refuses two spellings of one code.
func spelledMargin(what string, m codebook.Margin, f *harmonise.Field) (made codebook.Margin, ps refusal.Problems) {
	made = codebook.Margin{Variable: f.Name, Totals: map[string]float64{}}
	for _, code := range slices.Sorted(maps.Keys(m.Totals)) {
		total := m.Totals[code]
		if i := f.Index(code); i >= 0 {
			code = f.Codes[i]
		}
		if _, twice := made.Totals[code]; twice {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: fmt.Sprintf("%s %q", what, f.Name), What: fmt.Sprintf("code %s twice, want it once", code)})
		}
		made.Totals[code] = total
	}
	return made, ps
}

// standardised is the calculation with weights that bring each cell of a
// breakdown to the standard, those left out who lack a value of the ask or of
// the standard's variable, and for each cell a note on what of the standard it
// has nobody of. It is nil where the standard is refused.
func (c *calculation) standardised(ask Ask, cells []cell) (made *calculation, short []indicator.Note) {
	short = make([]indicator.Note, len(cells))
	standard := c.question.Standard
	if standard == nil {
		return c, short
	}
	f := c.field(standard.Variable)
	margin, ps := spelledMargin("standard", *standard, f)
	s := weigh.Standard{
		Name: f.Name, By: design.Pick(f.Categories(), c.design.Rows), Share: margin.Totals, Over: make([]string, len(c.design.Rows)), Not: slices.Repeat([]bool{true}, len(c.design.Rows)),
	}
	lacks := func(name string, row int32) bool {
		of := c.field(name)
		if ask.Statistic.Row().Number {
			return math.IsNaN(of.Values[row])
		}
		return of.Code[row] < 0
	}
	for k, cell := range cells {
		met := map[string]bool{}
		for _, i := range cell.of {
			row := c.design.Rows[i]
			s.Over[i] = strconv.Itoa(k)
			s.Not[i] = f.Code[row] < 0 || lacks(ask.Variable, row) || ask.Over != "" && lacks(ask.Over, row)
			if !s.Not[i] && c.design.Weight[i] != 0 {
				met[s.By[i]] = true
			}
		}
		var without []string
		for _, code := range f.Codes {
			if s.Share[code] > 0 && !met[code] {
				without = append(without, code)
			}
		}
		if without != nil && len(met) > 0 {
			short[k] = indicator.Note{Code: indicator.StandardisedWithout, Of: f.Name, Args: without}
		}
	}
	var d *design.Design
	if ps == nil {
		d, ps = weigh.Standardise(c.design, s)
	}
	for _, p := range ps {
		if !slices.ContainsFunc(c.problems, func(other refusal.Problem) bool { return other == p }) {
			c.problems = append(c.problems, p)
		}
	}
	if ps != nil {
		return nil, short
	}
	standardised := *c
	standardised.design = d
	return &standardised, short
}
