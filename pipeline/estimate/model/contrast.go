package model

import (
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// reference is the place of the category that others are told from, whose coefficient is 0.
const reference = -1

// place finds a coefficient that a contrast names: by its name, or by its variable with a
// code or a label of it, a category that others are told from among them.
func (m *Regression) place(f expression.ContrastFigure) (at int, ok bool) {
	is := func(p Part, more ...Part) bool {
		return strings.EqualFold(p.Of.Name, f.Variable) && len(more) == 0 && p.Of.Degree == 0 && (p.Code == f.Codes[0] || p.Label == f.Codes[0])
	}
	for i, name := range m.Model.Names {
		parts := m.Parts
		switch {
		case f.Codes == nil && (strings.EqualFold(name, f.Variable) || name == "(Intercept)" && strings.EqualFold(f.Variable, "intercept")):
			return i, true
		case f.Codes == nil && i < len(parts) && len(parts[i]) == 1 && parts[i][0].Code == "" && strings.EqualFold(parts[i][0].Of.Name, f.Variable):
			return i, true
		case f.Codes != nil && i < len(parts) && len(parts[i]) > 0 && is(parts[i][0], parts[i][1:]...):
			return i, true
		}
	}
	return reference, f.Codes != nil && slices.ContainsFunc(m.References, func(p Part) bool { return is(p) })
}

// contrast makes those contrasts of which the model has all coefficients, each with limits
// at a level and the test that it is 0, by the delta method. A sum of multiples of
// coefficients whose exponentials are ratios has its exponential too.
func (m *Regression) contrast(of []question.Compared, level float64) {
	nan := math.NaN()
	for _, c := range of {
		places, values, all := make([]int, len(c.Figures)), make([]float64, len(c.Figures)), true
		ratios := m.Model.Family != Gaussian && c.Linear() && !c.Number()
		for k, f := range c.Figures {
			at, ok := m.place(f)
			if places[k], all = at, all && ok; ok && at >= 0 {
				values[k] = m.Values[at]
				ratios = ratios && at < len(m.Model.x) // and no cutpoint
			}
		}
		if !all {
			continue
		}
		value, gradient, size := c.At(values)
		by := make([]float64, len(m.Values)) // the gradient by the coefficients
		for k, g := range gradient {
			if places[k] >= 0 {
				by[places[k]] += g
			}
		}
		variance, terms := 0.0, 0.0
		for i, a := range by {
			for j, b := range by {
				if a != 0 && b != 0 {
					term := float64(float64(a*b) * m.Covariance[i][j])
					variance, terms = variance+term, terms+math.Abs(term)
				}
			}
		}
		se := math.Sqrt(variance)
		if !(variance > indicator.Rounded*terms) || !(se > indicator.Rounded*size) {
			se = nan
		}
		df := m.ResidualDF
		if m.Freedoms != nil {
			df = m.freedom(by)
		}
		t := indicator.Compare(value, se, df, m.N, level)
		r := release.Coefficient{
			Formula: m.Formula, Family: string(m.Model.Family), Term: c.String(), Name: c.String(), Quantity: release.ContrastOf,
			Value: t.Value, SE: t.SE, Lower: t.Lower, Upper: t.Upper, Level: level, T: t.Statistic, DF: release.Finite(t.DF), P: t.P, Base: int64(m.N),
			Ratio: nan, RatioLower: nan, RatioUpper: nan,
		}
		if ratios {
			r.Ratio, r.RatioLower, r.RatioUpper = math.Exp(t.Value), math.Exp(t.Lower), math.Exp(t.Upper)
		}
		m.Contrasts = append(m.Contrasts, r)
	}
}

// uncontrasted refuses a contrast that no model of everyone has the coefficients of, and says
// which categories are without one.
func (a *Answers) uncontrasted(of []question.Compared) refusal.Problems {
	var ps refusal.Problems
	for _, c := range of {
		made := map[string]bool{} // by the formulas of everyone's models
		for i := range a.Models {
			m := &a.Models[i]
			has := slices.ContainsFunc(m.Contrasts, func(r release.Coefficient) bool { return r.Name == c.String() })
			switch {
			case len(m.Variables) == 0:
				made[m.Formula] = has
			case made[m.Formula] && !has:
				a.Absent = append(a.Absent, Absent{m.Cell, "contrast", c.String(), "the model there has not all of its coefficients"})
			}
		}
		for _, has := range made {
			made[""] = made[""] || has
		}
		if made[""] {
			continue
		}
		m := &a.Models[0]
		for _, f := range c.Figures {
			if _, ok := m.place(f); !ok {
				ps = append(ps, c.Fault(f, "%s: the model %s has none such, want some of %s", f.Text(), m.Formula, some(m.Model.Names)).Problem(refusal.Usage, "--compare"))
			}
		}
	}
	return ps
}
