package estimate_test

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
)

// The definitions of the reference's older version, 4.1, by which rows are
// explained that the list of differences does not bring up to 4.5. Each is
// tried where ours is not the row, and has to give every number of it. VERSIONS.md
// beside the results says which is right.
const (
	centredOn0  = "the older version measures a lonely PSU's total from 0, under adjust, not from the mean of all PSUs"
	olderLimits = "the older version gives Wald limits of the share, whichever are asked for, where there are replicate weights"
	olderSpread = "the older version counts respondents without the variable in n/(n-1)"
	olderDF     = "the older version's degrees of freedom count PSUs whose weights are all 0, and of a calibrated design those outside the domain"
)

// renew makes anew what builds on a number that the newer version changed: the
// list of differences has columns, and not what is in extra. Older are the
// numbers replaced. A covariance with other values cannot be made from columns,
// and is left out.
func (r *row) renew(older map[string]float64, adjusted bool) {
	if before, changed := older["estimate"]; changed && r.statistic == "chisq" {
		r.renewTest(before, adjusted)
	}
	estimate, se := r.want["estimate"], r.want["se"]
	before, listed := older["se"]
	changed := listed
	if cv, given := r.want["cv"]; !changed && given && !agree(se/estimate, cv, 1e-9, 0) { // where the error of the columns is the newer already
		before, changed = cv*estimate, true
	}
	if t, given := r.want["t"]; !changed && given && !agree(estimate/se, t, 1e-9, 0) {
		before, changed = estimate/t, true
	}
	if !changed {
		return
	}
	made := map[string]float64{
		"cv": se / estimate, "t": estimate / se, "deff_replace": r.want["deff_replace"] * (se / before) * (se / before),
	}
	if df := r.want["df"]; df > 0 {
		p := 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(estimate/se))
		made["p_value"], made["p_value_t"] = p, p
		half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975) * se
		if listed && (r.method == "t_degf" || r.method == "wald_t_resid_df") { // and a limit that differs by less than 1e-8 is not
			made["ci_low"], made["ci_high"] = estimate-half, estimate+half
		}
	}
	maps.DeleteFunc(made, func(name string, _ float64) bool { _, listed := older[name]; return listed })
	for name := range r.want {
		if v, ok := made[name]; ok {
			r.want[name] = v
		}
		if strings.HasPrefix(name, "vcov_row[") && agree(r.want[name], before*before, 1e-12, 0) {
			r.want[name] = se * se
		} else if strings.HasPrefix(name, "vcov_row[") {
			delete(r.want, name)
		}
	}
	r.leave("cov")
}

// renewTest makes the p-value of a changed statistic anew. Where it is not the
// covariance that changed (adjusted), it is the degrees of freedom nu, in an
// adjusted Wald statistic of k: W (nu-k+1) / nu.
func (r *row) renewTest(before float64, adjusted bool) {
	after, k, left := r.want["estimate"], r.want["df"], r.want["ddf"]
	if !adjusted && r.text("test") == "adjWald" && k > 1 {
		nu := left + k - 1
		wald := before * nu / left
		left = (k-1)/(1-after/wald) - k + 1
		if whole := math.Round(left); agree(left, whole, 1e-6, 0) {
			left = whole
		}
		r.want["ddf"] = left
	}
	if left > 0 {
		r.want["p_value"] = distuv.F{D1: k, D2: left}.Survival(after)
	}
}

// centred says whether a sample's variance depends on where a lonely PSU's
// total is measured from.
func (s *sample) centred() bool {
	return s.Lonely == codebook.LonelyAdjust && s.Replicates == nil && !s.on0
}

// uncentred is the sample with errors by the older version.
func (s *sample) uncentred() *sample {
	return cached(s, []string{"uncentred"}, func() *sample {
		made := *s
		made.on0 = true
		made.cache = map[string]any{}
		return &made
	})
}

// estimate estimates a statistic: as the engine does, or with the older
// version's errors.
func (s *sample) estimate(st estimate.Statistic) *estimate.Estimates {
	e := estimate.Of(s.Design, st)
	s.olderErrors(e, st)
	return e
}

// olderErrors gives estimates their errors by the older version, where the
// sample is by it.
func (s *sample) olderErrors(e *estimate.Estimates, st estimate.Statistic) {
	if !s.on0 {
		return
	}
	in := st.Within()
	u := st.Influence(s.Weight, e.Values)
	for _, u := range u {
		for i, w := range s.Weight {
			u[i] *= w
		}
		for _, c := range s.Calibrations {
			c.Residuals(u, nil)
		}
	}
	if len(s.Calibrations) > 0 {
		in = nil
	}
	e.Covariance = estimate.From0(s.Design, u, in)
}

// olderTests gives an association its tests by the older version's errors,
// where the sample is by it.
func (s *sample) olderTests(a *model.Association, row, column model.Variable, in []bool) {
	if !s.on0 {
		return
	}
	complete := make([]bool, len(s.Weight))
	var cells [][]float64
	for _, label := range a.Rows {
		for _, other := range a.Columns {
			cell := make([]float64, len(complete))
			for i := range cell {
				one, two := labelOf(row, i), labelOf(column, i)
				if complete[i] = (in == nil || in[i]) && one != "" && two != ""; complete[i] && one == label && two == other {
					cell[i] = 1
				}
			}
			cells = append(cells, cell)
		}
	}
	a.Infer(s.estimate(estimate.Mean{Of: cells, In: complete}), s.estimate(estimate.Total{Of: cells, In: complete}))
}

// labelOf is a respondent's category as an association names it, "" for none.
func labelOf(v model.Variable, i int) string {
	switch {
	case v.Numbers == nil:
		return v.Categories[i]
	case math.IsNaN(v.Numbers[i]):
		return ""
	}
	return strconv.FormatFloat(v.Numbers[i], 'g', -1, 64)
}

// olderErrorsOf gives a fit its errors by the older version, where the sample
// is by it. Of are its coefficients, as a statistic.
func (s *sample) olderErrorsOf(f *model.Fit, of estimate.Statistic) {
	if s.on0 && f != nil {
		s.olderErrors(f.Estimates, of)
	}
}

// olderTest is a test with the older version's degrees of freedom.
func (s *sample) olderTest(a *model.Association, name string) indicator.Test {
	nu, k := float64(s.Clusters-s.Strata), a.Wald.DF
	return map[string]indicator.Test{
		"F":       indicator.FTest(a.RaoScott.Statistic, a.RaoScott.DF, a.RaoScott.DF*nu),
		"Wald":    indicator.FTest(a.Wald.Statistic, k, nu),
		"adjWald": indicator.FTest(a.Wald.Statistic*(nu-k+1)/nu, k, nu-k+1),
	}[name]
}

// olderSpreadOf takes estimates of a variance for the older version's, of
// which no newer figure is given: its n counts all of the domain's members,
// missing or not.
func olderSpreadOf(e *estimate.Estimates, members int) *estimate.Estimates {
	n, all := float64(e.N), float64(members)
	by := all / (all - 1) / (n / (n - 1))
	as := *e
	as.Values, as.Covariance = slices.Clone(e.Values), [][]float64{{e.Covariance[0][0] * by * by}}
	as.Values[0] *= by
	return &as
}

// olderQuantile is a quantile's row by the older version, of a design with
// replicate weights: its limits are those of Wald's of the share; the note of
// the share's limits is of the method asked for.
func (s *sample) olderQuantile(got map[string]float64, y []float64, in []bool, p float64, rule estimate.QuantileRule, wholeDF float64) map[string]float64 {
	method, _ := indicator.IntervalBy(indicator.Wald)
	q := estimate.Woodruff(s.Design, y, in, []float64{p}, rule, method, indicator.Level)[0]
	as := maps.Clone(got)
	as["se"], as["ci_low"], as["ci_high"] = q.SE, q.Interval.Lower, q.Interval.Upper
	as["df"] = wholeDF
	return as
}
