package estimate

import (
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
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
func (s *sample) estimate(st Statistic) *Estimates {
	e := Of(s.Design, st)
	s.olderErrors(e, st)
	return e
}

// olderErrors gives estimates their errors by the older version, where the
// sample is by it.
func (s *sample) olderErrors(e *Estimates, st Statistic) {
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
			c.Residuals(u)
		}
	}
	if len(s.Calibrations) > 0 {
		in = nil
	}
	e.Covariance = on0(s.Design, u, in)
}

// on0 is Variance, but that totals of lonely PSUs are measured from 0.
func on0(d *design.Design, u [][]float64, in []bool) [][]float64 {
	cov := square(len(u))
	zero := make([]float64, len(u))
	parent, share := make([]int32, d.Strata), []float64{1}
	before := &d.Stage
	for n := -1; n < len(d.Later); n++ {
		if n >= 0 {
			here := &d.Later[n]
			drawn := make([]float64, len(before.Stratum))
			for c, h := range before.Stratum {
				drawn[c] = share[parent[h]] * (1 - before.Unsampled(h))
			}
			parent = make([]int32, len(here.Size))
			for i, c := range here.Cluster {
				parent[here.Stratum[c]] = before.Cluster[i]
			}
			before, share = here, drawn
		}
		l := newLevel(d, before, u, in, parent, len(share))
		for p, strata := range l.strata {
			for _, h := range strata {
				made, _ := l.part(h, zero)
				if made.by == 0 {
					continue
				}
				for a := range cov {
					for b := range cov {
						cov[a][b] += share[p] * made.product(l.totals[a], l.totals[b], a, b)
					}
				}
			}
		}
	}
	return cov
}

// olderTests gives an association its tests by the older version's errors,
// where the sample is by it.
func (s *sample) olderTests(a *Association, row, column Variable, in []bool) {
	if !s.on0 {
		return
	}
	complete := make([]bool, len(s.Weight))
	for i := range complete {
		complete[i] = (in == nil || in[i]) && !row.missing(i) && !column.missing(i)
	}
	rows, ofRow := row.coded(complete)
	columns, ofColumn := column.coded(complete)
	cells := make([][]float64, len(rows)*len(columns))
	for c := range cells {
		cells[c] = make([]float64, len(complete))
	}
	for i, within := range complete {
		if within {
			cells[int(ofRow[i])*len(columns)+int(ofColumn[i])][i] = 1
		}
	}
	a.Shares = nil
	a.raoScott(s.estimate(Mean{Of: cells, In: complete}))
	a.wald(s.estimate(Total{Of: cells, In: complete}))
}

// olderErrorsOf gives a fit its errors by the older version, where the sample
// is by it.
func (s *sample) olderErrorsOf(f *Fit, rows float64) {
	if !s.on0 || f == nil {
		return
	}
	var of Statistic = f.Model
	if f.Model.AsR {
		of = newEarly(f.Model, s.Weight, rows)
	}
	s.olderErrors(f.Estimates, of)
}

// olderTest is a test with the older version's degrees of freedom.
func (s *sample) olderTest(a *Association, name string) indicator.Test {
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
func olderSpreadOf(e *Estimates, members int) *Estimates {
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
func (s *sample) olderQuantile(got map[string]float64, y []float64, in []bool, p float64, rule QuantileRule, wholeDF float64) map[string]float64 {
	method, _ := indicator.IntervalBy(indicator.Wald)
	q := Woodruff(s.Design, y, in, []float64{p}, rule, method, indicator.Level)[0]
	as := maps.Clone(got)
	as["se"], as["ci_low"], as["ci_high"] = q.SE, q.Interval.Lower, q.Interval.Upper
	as["df"] = wholeDF
	return as
}
