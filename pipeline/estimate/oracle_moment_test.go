package estimate

import (
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
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
func (s *sample) statistic(kind, variable string, in []bool) Statistic {
	if over, under, isRatio := strings.Cut(variable, "/"); isRatio {
		x, y := s.variable(over), s.variable(under)
		return Ratio{Of: x, Over: y, In: Complete(in, x, y)}
	}
	name, level, isLevel := strings.Cut(variable, "=")
	y := s.variable(name)
	if isLevel {
		y = s.indicator(name, level)
	}
	complete := Complete(in, y)
	switch kind {
	case "total":
		return Total{Of: [][]float64{y}, In: complete}
	case "variance":
		return Spread{Of: y, In: complete}
	}
	return Mean{Of: [][]float64{y}, In: complete}
}

// indicator is 1 for respondents with a level, NaN where the variable is
// missing.
func (s *sample) indicator(name, level string) []float64 {
	labels := s.aligned(name)
	made := make([]float64, len(labels))
	for i, label := range labels {
		switch {
		case label == "":
			made[i] = math.NaN()
		case sameLabel(label, level):
			made[i] = 1
		}
	}
	return made
}

func checkMoment(s *sample, r *row) result {
	if r.extra["separate_ratio_estimator"] != nil || r.extra["combined_ratio_estimator"] != nil || r.extra["separate"] != nil {
		return checkSeparate(s, r)
	}
	in := s.domain(r)
	st := s.statistic(r.statistic, r.variable, in)
	e := s.of([]string{r.statistic, r.variable, r.domainVar, r.domain, r.text("subset")}, func() Statistic { return st })
	got := waldRow(e.Values[0], e.SE(0), s.full)
	if members := s.members(in); r.statistic == "variance" && members > e.N {
		by := olderFactor(e, members)
		older := waldRow(e.Values[0]*by, e.SE(0)*by, s.full)
		older["n_unweighted"] = float64(e.N)
		if r.differences(older) == "" {
			return result{got: older, defined: "the older version counts respondents without the variable in n/(n-1)"}
		}
	}
	clusters, strata := s.Met(in)
	got["n_unweighted"], got["cv"], got["degf_domain"], got["n_psu"], got["n_strata"] =
		float64(e.N), e.SE(0)/e.Values[0], s.domainDF(r), float64(clusters), float64(strata)
	without, with := DesignEffect(s.Design, st, e, 0)
	got["deff"], got["deff_replace"] = without, with
	if r.text("deff_kind") == "replace" {
		got["deff"] = with
	}
	return result{got: got}
}

// olderFactor is what the older version's variance is of ours, of which no
// newer figure is given: its n counts all of the domain's members, missing or
// not.
func olderFactor(e *Estimates, members int) float64 {
	n, all := float64(e.N), float64(members)
	return all / (all - 1) / (n / (n - 1))
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

// waldRow are a value's error and limits by Student's t.
func waldRow(value, se, df float64) map[string]float64 {
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975) * se
	if df <= 0 {
		half = math.NaN()
	}
	return map[string]float64{"estimate": value, "se": se, "df": df, "ci_low": value - half, "ci_high": value + half}
}

// checkSeparate reproduces the separate and the combined ratio estimators of a
// total.
func checkSeparate(s *sample, r *row) result {
	if r.statistic == "ratio" { // that of a stratum
		e := Of(s.Design, s.statistic("ratio", r.variable, s.domain(r)))
		return result{got: waldRow(e.Values[0], e.SE(0), s.full)}
	}
	st := Separate{Of: s.variable("api_stu"), Over: s.variable("enroll"), Group: make([]int32, len(s.Rows)), Known: []float64{r.number("total")}}
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
	st.In = Complete(nil, st.Of, st.Over)
	e := Of(s.Design, st)
	return result{got: waldRow(e.Values[0], e.SE(0), s.full)}
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
	var parts Joint
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
			parts = Joint{Mean{Of: [][]float64{x, y}, In: Complete(s.domain(&row{extra: r.extra}), x)}}
		} else {
			x, y := s.variable(names[0]), s.variable(names[1])
			parts = Joint{Mean{Of: [][]float64{x, y}, In: Complete(s.domain(&row{extra: r.extra}), x, y)}}
		}
	}
	e := Of(s.Design, parts)
	n := 0
	in := make([]bool, len(s.Weight))
	for _, part := range parts {
		for i, within := range part.Within() {
			in[i] = in[i] || within
		}
	}
	for i, w := range s.Weight {
		if w > 0 && in[i] {
			n++
		}
	}
	gradient := []float64{1, -1}
	value := e.Values[0] - e.Values[1]
	if r.statistic == "ratio_of_means" {
		value = e.Values[0] / e.Values[1]
		gradient = []float64{1 / e.Values[1], -value / e.Values[1]}
	}
	se := e.Delta(gradient)
	got := waldRow(value, se, s.full)
	got["n_unweighted"], got["cov"], got["t"] = float64(n), e.Covariance[0][1], value/se
	got["p_value_t"] = 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: max(s.full, 1e-300)}.CDF(-math.Abs(value/se))
	return result{got: got}
}

// checkChange reproduces the change of an indicator from 2001 to 2003: the
// waves are independent, and stacked in one design in which no PSU is in both.
func checkChange(s *sample, r *row) result {
	in := s.domain(r)
	var of [2]Statistic
	var e [2]*Estimates
	n := 0
	for wave, year := range []float64{2001, 2003} {
		within := make([]bool, len(s.Weight))
		for i, v := range s.variable("wave") {
			within[i] = v == year && (in == nil || in[i])
		}
		of[wave] = s.statistic("mean", r.variable, within)
		e[wave] = Of(s.Design, of[wave])
		e[wave].DF = s.DomainDF(within) // whether the item is missing or not
		n += e[wave].N
	}
	two := Independent(e[0], e[1], 0)
	got := waldRow(two.Change(), two.SE(), s.full)
	got["n_unweighted"], got["z"], got["p2001"], got["p2003"] = float64(n), two.Change()/two.SE(), two.From, two.To
	df := s.domainDF(r)
	got["p_value_z"], got["p_value_t"], got["p_value_t_domain"], got["p_value_welch"] = two.P(math.Inf(1)), two.P(s.full), two.P(df), two.P(two.Satterthwaite())
	got["degf_domain"], got["welch_df"] = df, two.Satterthwaite()
	half := float64(distuv.UnitNormal.Quantile(0.975) * two.SE())
	got["ci_z[0]"], got["ci_z[1]"] = two.Change()-half, two.Change()+half
	if r.differences(got) == "" || got["n_unweighted"] != r.want["n_unweighted"] {
		return result{got: got}
	}
	for wave, year := range []string{"p2001", "p2003"} {
		if e[wave].N == 0 && r.want[year] == 0 {
			return result{excluded: nobodyAnswered}
		}
	}
	const noise = 1e-12
	end := func(p float64) bool { return p == 0 || p == 1 }
	if end(two.From) && end(two.To) && two.SE() == 0 && agree(two.Change(), r.want["estimate"], 0, noise) && r.want["se"] < noise {
		return result{excluded: "both shares are 0 or 1: the reference's error is what rounding leaves"}
	}
	return result{got: got}
}
