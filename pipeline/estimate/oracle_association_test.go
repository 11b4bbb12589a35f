package estimate_test

import (
	"strings"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

func init() { checks["chisq"] = checkAssociation }

// checkAssociation reproduces the tests of a two-way table.
func checkAssociation(s *sample, r *row) result {
	if r.method == "saddlepoint" || r.text("test") == "saddlepoint" {
		return result{excluded: "saddlepoint approximations are not offered"}
	}
	row, column, _ := strings.Cut(r.variable, "+")
	type associated struct {
		*model.Association
		problems refusal.Problems
	}
	a := cached(s, []string{"association", r.variable, r.text("subset")}, func() associated {
		a, ps := model.Associate(s.Design, s.column(row), s.column(column), [2]string{row, column}, s.subset(r))
		if ps == nil {
			s.olderTests(a, s.column(row), s.column(column), s.subset(r))
		}
		return associated{a, ps}
	})
	if ps := a.problems; ps != nil {
		if s.Calibrations != nil && r.text("subset") != "" && strings.Contains(ps.Error(), "among those who have both: 1") {
			return result{excluded: "a variable has one category in the domain: the reference, whose calibrated rows stay in it, tests empty cells"}
		}
		return result{refused: ps.Error()}
	}
	test := map[string]indicator.Test{"F": a.RaoScott, "Chisq": a.FirstOrder, "Wald": a.Wald, "adjWald": a.AdjustedWald}[r.text("test")]
	got := map[string]float64{"estimate": test.Statistic, "df": test.DF, "ddf": test.Denominator, "p_value": test.P, "n_unweighted": float64(a.N)}
	if r.text("test") == "Chisq" { // R gives Pearson's statistic beside the p-value of another
		got["estimate"] = a.Pearson * s.fileRows(r) / float64(a.Base)
	}
	if r.text("test") == "Chisq" || r.differences(got) == "" {
		return result{got: got}
	}
	if s.Calibrations != nil || r.text("subset") == "" {
		older := s.olderTest(a.Association, r.text("test"))
		as := map[string]float64{"estimate": older.Statistic, "df": older.DF, "ddf": older.Denominator, "p_value": older.P, "n_unweighted": float64(a.N)}
		if r.differences(as) == "" {
			return result{got: as, defined: olderDF}
		}
	}
	return result{got: got}
}
