package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Finding is why a checker of outputs looks at a figure of an answer.
type Finding struct {
	question.Reply
	disclose.Finding
}

// Control brings an answer's figures under a disclosure policy: it withholds what the
// policy's bounds do, the figures that would tell it by what is left, and the comparisons
// that rest on either, rounds the rest as the policy shows it, and says what a checker looks at. Tests and models
// have no rules. It panics of a question that is not Controlled.
func (a *Answer) Control(policy indicator.Policy) []Finding {
	if !a.controlled {
		panic("pipeline: an answer under a policy was asked without one")
	}
	a.Policy = &policy
	whole := policy // for how many there are in all
	if a.lacks(policy) {
		whole.Bases = strconv.Itoa(policy.ConfidentialBelow)
	}
	if bound := policy.ConfidentialBelow; a.Outside < bound || a.Facts.Respondents-a.Outside < bound {
		a.Outside = 0 // which is not told
	}
	if bound := policy.ConfidentialBelow; a.Unknown < bound || a.Outside-a.Unknown < bound {
		a.Unknown = 0
	}
	a.Unknown = disclose.Shown(policy, a.Unknown)
	a.Notes = counted(policy, a.Notes)
	a.Outside = disclose.Shown(whole, a.Outside)
	for _, rows := range []*int{&a.Facts.WithoutWeight, &a.Facts.ZeroWeight} {
		if *rows < policy.ConfidentialBelow {
			a.Facts.Sample -= *rows
			*rows = 0 // which is not told
		}
	}
	a.DF = int(disclose.Freedom(whole, float64(a.DF), a.Facts.Respondents, a.Error))
	if 2*a.Facts.PSUs > a.Facts.Respondents { // which are nearly respondents
		a.Facts.PSUs = disclose.Shown(policy, a.Facts.PSUs)
	}
	a.Facts.Rotating = 0                    // of a wave that is withheld, as many as it has
	a.Facts.LonelyStrata, a.Lonely = 0, nil // of a variable's values, how many one has alone
	for _, rows := range []*int{&a.Facts.Sample, &a.Facts.WithoutWeight, &a.Facts.ZeroWeight, &a.Facts.Respondents} {
		*rows = disclose.Shown(whole, *rows)
	}
	if a.Weighting != nil {
		a.Weighting = a.Weighting.Described()
	}
	var found []Finding
	withheld := map[string]bool{}
	partly := map[string]bool{} // the breakdowns of which a category is withheld
	bases := map[string]int{}   // of figures, before they are
	categoryOf := func(f question.Reply, category string) string {
		return string(f.Statistic) + "\x00" + f.Variable + "\x00" + f.Item + "\x00" + f.Breakdown + "\x00" + category
	}
	secret := make([]bool, len(a.Figures)) // for another reason than a small base
	for i := range a.Figures {
		f := &a.Figures[i]
		of := *f
		for _, one := range disclose.Alone(policy, &f.Estimate) {
			found = append(found, Finding{of, one})
			secret[i] = secret[i] || one.Rule != disclose.Unreliable
		}
		bases[categoryOf(*f, f.Category)] = of.Base
		a.coarse(f)
		disclose.RoundAlone(policy, &f.Estimate)
	}
	a.beside(policy, secret)
	for i := range a.Figures {
		if f := &a.Figures[i]; f.Status != "" {
			withheld[categoryOf(*f, f.Category)] = true
			partly[categoryOf(*f, "")] = true
		}
	}
	for i := range a.Tables {
		t := &a.Tables[i]
		for _, f := range t.Figures() {
			of := *f
			for _, one := range disclose.Alone(policy, &f.Estimate) {
				found = append(found, Finding{of, one})
				if f.Status == indicator.Unreliable && one.Rule != disclose.Unreliable { // and would be told by the cell's others
					f.Status = indicator.Confidential
					f.Notes = indicator.Notes{{Code: indicator.Withheld, Args: []string{strconv.Itoa(policy.ConfidentialBelow)}}}
				}
			}
			disclose.RoundAlone(policy, &f.Estimate)
		}
	}
	for i, tells := range a.tablesBeside(policy) {
		a.Tables[i].withhold(policy, tells)
	}
	a.TableOne.withhold(policy, whole)
	gone := func(f question.Reply) bool { return withheld[categoryOf(f, f.Category)] }
	passes := func(t *compare.Trend, categories []codebook.Category) bool { // through one that is gone
		return slices.ContainsFunc(categories, func(c codebook.Category) bool {
			of := t.Reply
			of.Category, _ = question.CategoryOf(append(slices.Clip(t.Crossed), c))
			return gone(of)
		})
	}
	// rest says that what everyone has more than a category, which the difference tells, is withheld.
	rest := func(c *compare.Contrast) bool {
		if !c.Whole() {
			return false
		}
		f := c.Difference
		few := bases[categoryOf(c.From, c.From.Category)] - bases[categoryOf(f, f.Category)]
		return partly[categoryOf(f, "")] || few > 0 && few < max(policy.ConfidentialBelow, policy.SidesBelow)
	}
	nan := math.NaN()
	ofFigures := map[string][]int{} // the contrasts whose p-values are adjusted together
	for i := range a.Contrasts {
		c := &a.Contrasts[i]
		if gone(c.Difference) || gone(c.From) || rest(c) {
			for _, f := range []*question.Reply{&c.Difference, &c.Ratio} {
				f.Empty()
				f.Base, f.Notes = release.Withheld, indicator.Notes{{Code: indicator.NoFigure}}
			}
			c.T, c.P, c.Detectable = nan, nan, nan
		}
		key := categoryOf(c.Difference, "")
		ofFigures[key] = append(ofFigures[key], i)
		a.coarse(&c.Difference)
		disclose.RoundAlone(policy, &c.Difference.Estimate)
		disclose.RoundRatio(policy, &c.Ratio.Estimate)
	}
	for _, together := range ofFigures {
		adjust(a.Contrasts, together, adjusting)
	}
	families := map[string][]int{}
	for i := range a.Combinations {
		c := &a.Combinations[i]
		if slices.ContainsFunc(c.Of, gone) {
			c.Empty()
			c.Base, c.Notes = release.Withheld, indicator.Notes{{Code: indicator.NoFigure}}
			c.T, c.P, c.Detectable = nan, nan, nan
		} else {
			of := c.Reply
			for _, one := range disclose.Withhold(policy, &c.Estimate) {
				found = append(found, Finding{of, one})
			}
			if c.Status != "" {
				c.T, c.P, c.Detectable = nan, nan, nan
			}
		}
		families[c.Family()] = append(families[c.Family()], i)
		if c.Kind == compare.Quotient {
			disclose.RoundRatio(policy, &c.Estimate)
		} else {
			if c.Status == "" && slices.ContainsFunc(c.Of, a.ofComputed) {
				disclose.Coarse(&c.Estimate)
			}
			disclose.RoundAlone(policy, &c.Estimate)
		}
	}
	for _, together := range families {
		adjustCombinations(a.Combinations, together)
	}
	p := policy.Precision
	for i := range a.Contrasts {
		c := &a.Contrasts[i]
		scale := c.Difference.Statistic.Row().Scale
		c.T, c.P, c.Adjusted, c.Detectable = p.P.Round(c.T), p.Probability(c.P), p.Probability(c.Adjusted), p.Error.NotZero(float64(c.Detectable*scale))/scale
	}
	for i := range a.Combinations {
		c := &a.Combinations[i]
		scale := c.Statistic.Row().Scale
		c.T, c.P, c.Adjusted, c.Detectable = p.P.Round(c.T), p.Probability(c.P), p.Probability(c.Adjusted), p.Error.NotZero(float64(c.Detectable*scale))/scale
	}
	for i := range a.Trends {
		t := &a.Trends[i]
		if passes(t, t.Categories) || passes(t, t.Left) {
			t.Empty()
			t.Base, t.Notes = release.Withheld, indicator.Notes{{Code: indicator.NoFigure}}
			t.T, t.P = nan, nan
		}
		a.coarse(&t.Reply)
		disclose.RoundAlone(policy, &t.Estimate)
		t.T, t.P = p.P.Round(t.T), p.Probability(t.P)
	}
	return found
}

// ofComputed says that a figure is of numbers that an expression of the question computes.
func (a *Answer) ofComputed(f question.Reply) bool {
	return slices.ContainsFunc(strings.Split(f.Variable, "/"), func(name string) bool { return slices.Contains(a.computed, name) })
}

// coarse rounds a figure of such numbers, which may be any multiple.
func (a *Answer) coarse(f *question.Reply) {
	if a.ofComputed(*f) {
		disclose.Coarse(&f.Estimate)
	}
}

// lacks says that few of those whom a question chooses have no value of what a figure or a
// table of all of them is of, whose number theirs would tell beside its base.
func (a *Answer) lacks(policy indicator.Policy) bool {
	few := func(base int) bool {
		n := a.Facts.Respondents - a.Outside - base
		return base > 0 && n > 0 && n < policy.ConfidentialBelow
	}
	return slices.ContainsFunc(a.Figures, func(f question.Reply) bool { return f.Breakdown == codebook.All && few(f.Base) }) ||
		slices.ContainsFunc(a.Tables, func(t Crosstab) bool {
			return t.Breakdown == codebook.All && slices.ContainsFunc(t.Cells, func(c question.CrosstabCell) bool {
				return c.Row.Code == codebook.All && c.Column.Code == codebook.All && few(c.Respondents)
			})
		})
}

// Few reports that so few respondents are left, or chosen, that a policy withholds their number, which an
// answer says, and with it every figure.
func (a *Answer) Few(policy indicator.Policy) error {
	switch {
	case a.Facts.Respondents >= policy.ConfidentialBelow && a.Facts.Respondents-a.Outside >= policy.ConfidentialBelow:
		return nil
	case a.Facts.Respondents >= policy.ConfidentialBelow:
		return refusal.Problems{question.TooFew(policy)}.Err()
	}
	return refusal.Problems{{
		Kind: refusal.Usage, Where: a.Extract.Name,
		What: fmt.Sprintf("fewer than %d respondents with a weight, of whom policy %s withholds every figure", policy.ConfidentialBelow, policy.Name),
	}}.Err()
}

// counted are notes of what rows have and lack as a policy shows them: none of few rows, and of
// more neither how many, since the others may be few whose base is withheld, nor which values,
// each of which few may have. That no row has a value is told of nobody.
func counted(policy indicator.Policy, notes indicator.Notes) indicator.Notes {
	var shown indicator.Notes
	for _, n := range notes {
		switch {
		case n.Is(indicator.UnmetValues):
			continue
		case n.Is(indicator.Undefined, indicator.Unlisted, indicator.LabelledMissing, indicator.MarkedMissing, indicator.StackedPSUs):
			rows, err := strconv.Atoi(n.Args[0])
			if err != nil || rows < policy.ConfidentialBelow {
				continue
			}
			n.Args = slices.Clone(n.Args)
			n.Args[0] = "some"
			if n.Is(indicator.Unlisted, indicator.MarkedMissing) {
				n.Args = n.Args[:1]
			}
		}
		shown = append(shown, n)
	}
	return shown
}

// confidential says that one of a cell's figures is.
func (t *Crosstab) confidential(cell int) bool {
	return slices.ContainsFunc(t.Cells[cell].Figures(), func(f *question.Reply) bool { return f.Status == indicator.Confidential })
}

// withhold withholds all of a cell's figures where one is confidential, since its count over
// that of its row, of its column or of all is its shares; one that is unreliable is so by its
// own base alone. How many respondents a cell has is not told,
// and of the rows or columns only where all of them are.
func (t *Crosstab) withhold(policy indicator.Policy, tells []bool) {
	few := map[string]bool{} // whether a row or a column is withheld
	for k := range t.Cells {
		if c := &t.Cells[k]; tells[k] && !t.confidential(k) {
			withheldBeside(policy, &c.Count, true)
		}
	}
	for k := range t.Cells {
		c := &t.Cells[k]
		of := c.Figures()
		var worst indicator.Status
		var why indicator.Notes // of the figure that is withheld, and of none that is not
		for _, f := range of {
			if f.Status == indicator.Confidential && worst == "" {
				worst, why = f.Status, f.Notes
			}
		}
		for _, f := range of {
			if worst != "" && f.Status != worst {
				f.Empty()
				f.Status, f.Base = worst, release.Withheld
				f.Notes = slices.Clone(why)
			}
		}
		rows, columns := c.Column.Code == codebook.All, c.Row.Code == codebook.All
		few["rows"] = few["rows"] || worst != "" && rows && !columns
		few["columns"] = few["columns"] || worst != "" && columns && !rows
	}
	for k := range t.Cells {
		c := &t.Cells[k]
		rows, columns := c.Column.Code == codebook.All, c.Row.Code == codebook.All
		if !rows && !columns || c.Count.Status != "" || rows && !columns && few["rows"] || columns && !rows && few["columns"] {
			c.Respondents = release.Withheld
		} else {
			c.Respondents = disclose.Shown(policy, c.Respondents)
		}
	}
}
