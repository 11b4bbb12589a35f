package main

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
)

// everyone is who categories are compared with instead of another category.
const everyone = "everyone"

// comparedBy are the contrasts of --compare: of figures, and of coefficients.
func (r *flagReader) comparedBy() (made, coefficients []question.Compared) {
	for _, text := range r.compared {
		c, figures, fault := expression.ParseContrast(text, r.names())
		if fault != nil {
			r.problems = append(r.problems, fault.Problem(refusal.Usage, "--compare"))
			continue
		}
		if r.policy != "" && c.Multiplies() {
			r.wrong("compare", "%q beside --policy, want sums, differences and ratios of figures: a multiple has more digits than the policy shows", text)
		}
		of := 0 // coefficients
		for _, f := range figures {
			if f.Statistic == expression.CoefficientOf {
				of++
			}
		}
		one := question.Compared{Contrast: c, Figures: figures}
		switch {
		case of == 0:
			made = append(made, one)
		case of < len(figures):
			r.wrong("compare", "%q is of coefficients and of figures, want it of one of them", text)
		case slices.ContainsFunc(figures, func(f expression.ContrastFigure) bool { return f.Celled || f.Over != "" || len(f.Codes) > 1 }):
			r.wrong("compare", "%q, want coefficients as coefficient(age) or coefficient(sex=2): --by has them in each category", text)
		default:
			coefficients = append(coefficients, one)
		}
	}
	return made, coefficients
}

// crossesWaves says whether a contrast is of a figure of several waves of a file.
func (r *flagReader) crossesWaves(q *question.Question) bool {
	return slices.ContainsFunc(q.Compared, func(c question.Compared) bool {
		return slices.ContainsFunc(c.Figures, func(f expression.ContrastFigure) bool {
			return !slices.ContainsFunc(f.Cell, func(of [2]string) bool { return strings.EqualFold(of[0], q.Stacked.Variable) })
		})
	})
}
