package estimate_test

import (
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
)

func init() {
	for name, c := range map[string]check{
		"mean": checkMoment, "total": checkMoment, "ratio": checkMoment, "variance": checkMoment, "degf": checkDF,
		"difference": checkContrast, "ratio_of_means": checkContrast,
	} {
		checks[name] = c
	}
}

// checkDF reproduces degrees of freedom and what they are made of.
func checkDF(s *sample, r *row) result {
	in := s.domain(r)
	clusters, strata := s.Met(in)
	df := s.domainDF(r)
	return result{got: map[string]float64{"estimate": df, "degf_domain": df, "n_psu": float64(clusters), "n_strata": float64(strata)}}
}

// statistic makes the statistic of a row's variable within a domain.
func (s *sample) statistic(kind, variable string, in []bool) estimate.Statistic {
	if over, under, isRatio := strings.Cut(variable, "/"); isRatio {
		x, y := s.variable(over), s.variable(under)
		return estimate.Ratio{Of: x, Over: y, In: estimate.Complete(in, x, y)}
	}
	name, level, isLevel := strings.Cut(variable, "=")
	y := s.variable(name)
	if isLevel {
		y = s.indicator(name, level)
	}
	complete := estimate.Complete(in, y)
	switch kind {
	case "total":
		return estimate.Total{Of: [][]float64{y}, In: complete}
	case "variance":
		return estimate.SpreadStatistic{Spread: estimate.Spread{Of: y, In: complete}}
	}
	return estimate.Mean{Of: [][]float64{y}, In: complete}
}

// indicator is 1 for respondents with a level, NaN where the variable is
// missing.
func (s *sample) indicator(name, level string) []float64 {
	labels := s.aligned(name)
	made, value := make([]float64, len(labels)), map[string]float64{"": math.NaN()}
	for i, label := range labels {
		v, met := value[label]
		if !met {
			if sameLabel(label, level) {
				v = 1
			}
			value[label] = v
		}
		made[i] = v
	}
	return made
}

func checkMoment(s *sample, r *row) result {
	if r.extra["separate_ratio_estimator"] != nil || r.extra["combined_ratio_estimator"] != nil || r.extra["separate"] != nil {
		return checkSeparate(s, r)
	}
	in := s.domain(r)
	kind := r.statistic
	if kind == "proportion" { // a mean, as checkProportion has it
		kind = "mean"
	}
	name := []string{kind, r.variable, r.domainVar, r.domain, r.text("subset")}
	of := func() estimate.Statistic { return s.statistic(kind, r.variable, in) }
	e := s.of(name, of)
	got := s.waldRow(e)
	if members := s.members(in); r.statistic == "variance" && members > e.N {
		older := s.waldRow(olderSpreadOf(e, members))
		older["n_unweighted"] = float64(e.N)
		if r.differences(older) == "" {
			return result{got: older, defined: olderSpread}
		}
	}
	clusters, strata := s.Met(in)
	got["n_unweighted"], got["cv"], got["degf_domain"], got["n_psu"], got["n_strata"] =
		float64(e.N), e.SE(0)/e.Values[0], s.domainDF(r), float64(clusters), float64(strata)
	effect := cached(s, append([]string{"design effect"}, name...), func() (effect [2]float64) {
		effect[0], effect[1] = estimate.DesignEffect(s.Design, of(), e, 0)
		return effect
	})
	got["deff"], got["deff_replace"] = effect[0], effect[1]
	if r.text("deff_kind") == "replace" {
		got["deff"] = effect[1]
	}
	return result{got: got}
}

// members counts the respondents within, with a positive weight.
func (s *sample) members(in []bool) int {
	n := 0
	for i, w := range s.Weight {
		if w > 0 && (in == nil || in[i]) {
			n++
		}
	}
	return n
}

// waldRow are the first value of estimates, its error and limits by Student's t
// with the whole design's degrees of freedom.
func (s *sample) waldRow(e *estimate.Estimates) map[string]float64 {
	return s.compared(e.Contrast([]float64{1}, s.full))
}

// compared is a comparison as a row has it.
func (s *sample) compared(c indicator.Comparison) map[string]float64 {
	return map[string]float64{"estimate": c.Value, "se": c.SE, "df": c.DF, "ci_low": c.Lower, "ci_high": c.Upper, "t": c.Statistic, "p_value_t": c.P}
}

// checkSeparate reproduces the separate and the combined ratio estimators of a
// total.
func checkSeparate(s *sample, r *row) result {
	if r.statistic == "ratio" { // that of a stratum
		return result{got: s.waldRow(s.estimate(s.statistic("ratio", r.variable, s.domain(r))))}
	}
	st := separate{Of: s.variable("api_stu"), Over: s.variable("enroll"), Group: make([]int32, len(s.Rows)), Known: []float64{r.number("total")}}
	if totals, separate := r.extra["totals"].(map[string]any); separate {
		st.Known = nil
		for g, label := range slices.Sorted(maps.Keys(totals)) {
			known, _ := totals[label].(float64)
			st.Known = append(st.Known, known)
			for i, stratum := range s.aligned(s.spec.Strata[0]) {
				if stratum == label {
					st.Group[i] = int32(g)
				}
			}
		}
	}
	st.In = estimate.Complete(nil, st.Of, st.Over)
	return result{got: s.waldRow(s.estimate(st))}
}

// checkContrast reproduces differences and ratios of the values of two
// domains.
func checkContrast(s *sample, r *row) result {
	if strings.HasPrefix(s.spec.ID, "synth_both") && r.domainVar != "wave" {
		return checkChange(s, r)
	}
	separator := " - "
	if r.statistic == "ratio_of_means" {
		separator = " / "
	}
	a, b, ok := strings.Cut(r.domain, separator)
	kind := r.text("of")
	if r.statistic == "ratio_of_means" {
		kind = "mean"
	}
	var parts estimate.Joint
	if ok && r.domainVar != "" {
		for _, value := range []string{a, b} {
			at := *r
			at.domain = value
			parts = append(parts, s.statistic(kind, r.variable, s.domain(&at)))
		}
	} else {
		names := strings.Split(r.variable, " - ")
		if len(names) == 1 { // two levels of one variable
			x := s.indicator(r.variable, strings.TrimPrefix(a, r.variable))
			y := s.indicator(r.variable, strings.TrimPrefix(b, r.variable))
			parts = estimate.Joint{estimate.Mean{Of: [][]float64{x, y}, In: estimate.Complete(s.domain(&row{extra: r.extra}), x)}}
		} else {
			x, y := s.variable(names[0]), s.variable(names[1])
			parts = estimate.Joint{estimate.Mean{Of: [][]float64{x, y}, In: estimate.Complete(s.domain(&row{extra: r.extra}), x, y)}}
		}
	}
	e := s.estimate(parts)
	in := make([]bool, len(s.Weight))
	var answered []int // of each value
	for _, part := range parts {
		for i, within := range part.Within() {
			in[i] = in[i] || within
		}
		for range part.Values(s.Weight) {
			answered = append(answered, s.members(part.Within()))
		}
	}
	n := s.members(in)
	by := func(of []float64) float64 { return of[0] - of[1] }
	got := s.compared(e.Contrast([]float64{1, -1}, s.full))
	if r.statistic == "ratio_of_means" {
		one, other := e.Values[0], e.Values[1]
		by = func(of []float64) float64 { return of[0] / of[1] }
		got = s.compared(indicator.Compare(one/other, e.Delta([]float64{1 / other, -one / other / other}), s.full, n, indicator.Level))
	}
	got["n_unweighted"], got["cov"] = float64(n), e.Covariance[0][1]
	if r.differences(got) != "" && r.ofNobody(got, e.Values, answered, by) {
		return result{excluded: nobodyAnswered}
	}
	return result{got: got}
}

// ofNobody says whether a comparison is of a value that there is not, because
// nobody answered whom it is of, and that the reference gives as 0: by that the
// row has its estimate, and we must have none.
func (r *row) ofNobody(got map[string]float64, values []float64, answered []int, by func(values []float64) float64) bool {
	as, lacks := slices.Clone(values), false
	for k, v := range values {
		if answered[k] == 0 && math.IsNaN(v) {
			as[k], lacks = 0, true
		}
	}
	want := r.want["estimate"]
	return lacks && got["n_unweighted"] == r.want["n_unweighted"] && none(got, "estimate", "se") && (math.IsNaN(want) || agree(by(as), want, 1e-9, 0))
}

// checkChange reproduces the change of an indicator from 2001 to 2003: the
// waves are independent, and stacked in one design in which no PSU is in both.
func checkChange(s *sample, r *row) result {
	in := s.domain(r)
	var of [2]estimate.Statistic
	var e [2]*estimate.Estimates
	n := 0
	for wave, year := range []float64{2001, 2003} {
		within := make([]bool, len(s.Weight))
		for i, v := range s.variable("wave") {
			within[i] = v == year && (in == nil || in[i])
		}
		of[wave] = s.statistic("mean", r.variable, within)
		e[wave] = s.estimate(of[wave])
		e[wave].DF = s.DomainDF(within) // whether the item is missing or not
		n += e[wave].N
	}
	from, to := e[0].Values[0], e[1].Values[0]
	change, se := to-from, math.Hypot(e[0].SE(0), e[1].SE(0))
	got := s.compared(indicator.Compare(change, se, s.full, n, indicator.Level))
	got["n_unweighted"], got["z"], got["p2001"], got["p2003"] = float64(n), change/se, from, to
	df, welch := s.domainDF(r), satterthwaite(e)
	p := func(df float64) float64 { return indicator.PValue(change/se, df) }
	got["p_value_z"], got["p_value_t"], got["p_value_t_domain"], got["p_value_welch"] = p(math.Inf(1)), p(s.full), p(df), p(welch)
	got["degf_domain"], got["welch_df"] = df, welch
	method, _ := indicator.IntervalBy(indicator.Wald)
	normal := method.Interval(change, se, math.Inf(1), n, indicator.Level)
	got["ci_z[0]"], got["ci_z[1]"] = normal.Lower, normal.Upper
	switch {
	case r.differences(got) == "" || got["n_unweighted"] != r.want["n_unweighted"]:
		return result{got: got}
	case r.ofNobody(got, []float64{from, to}, []int{e[0].N, e[1].N}, func(of []float64) float64 { return of[1] - of[0] }):
		return result{excluded: nobodyAnswered}
	}
	const noise = 1e-12
	end := func(p float64) bool { return p == 0 || p == 1 }
	if end(from) && end(to) && se == 0 && agree(change, r.want["estimate"], 0, noise) && r.want["se"] < noise {
		return result{excluded: "both shares are 0 or 1: the reference's error is what rounding leaves"}
	}
	return result{got: got}
}

// satterthwaite is the degrees of freedom of the change of independent waves
// whose variances differ (Satterthwaite 1946).
func satterthwaite(e [2]*estimate.Estimates) float64 {
	a, b := e[0].Covariance[0][0], e[1].Covariance[0][0]
	return (a + b) * (a + b) / (a*a/e[0].DF + b*b/e[1].DF)
}
