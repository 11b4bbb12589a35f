package estimate_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
)

func init() { checks["proportion"] = checkProportion }

// methodsOfR are our methods by R's names for them.
var methodsOfR = map[string]string{
	"logit": "logit", "xlogit": "logit", "mean": "wald", "asin": "asin", "beta": "beta", "likelihood": "likelihood", "wilson": "wilson",
}

// whole is the total of 1 in the row's domain, whether or not the row's
// variable is missing.
func (s *sample) whole(r *row) *estimate.Estimates {
	return s.of([]string{"whole", r.domainVar, r.domain, r.text("subset")}, func() estimate.Statistic {
		ones := make([]float64, len(s.Weight))
		for i := range ones {
			ones[i] = 1
		}
		return estimate.Total{Of: [][]float64{ones}, In: s.domain(r)}
	})
}

// checkProportion reproduces a proportion and its interval. The reference
// takes the degrees of freedom, and for Korn and Graubard's interval the number
// of respondents, from the whole domain, those without an answer too.
func checkProportion(s *sample, r *row) result {
	if r.method == "t_degf" {
		return checkMoment(s, r)
	}
	in := s.domain(r)
	whole := s.whole(r)
	st := s.statistic("mean", r.variable, in)
	e := s.of([]string{"mean", r.variable, r.domainVar, r.domain, r.text("subset")}, func() estimate.Statistic { return st })
	rows := whole.N
	if n := r.number("n_rows"); !math.IsNaN(n) { // those that weigh 0 too
		rows = int(n)
	}
	p := e.Values[0]
	limits := func(name string, se float64, n int, df float64) indicator.Interval {
		method, _ := indicator.IntervalBy(methodsOfR[name])
		return method.Interval(p, se, df, n, indicator.Level)
	}
	n := e.N
	if r.method == "beta" {
		n = rows
	}
	i, beta, wald := limits(r.method, e.SE(0), n, whole.DF), limits("beta", e.SE(0), rows, whole.DF), limits("mean", e.SE(0), n, s.full)
	if r.method == "logit" && s.Replicates != nil {
		i = s.modelLogit(st, i, whole.DF)
	}
	effect := cached(s, []string{"design effect", "mean", r.variable, r.domainVar, r.domain, r.text("subset")}, func() (effect [2]float64) {
		effect[0], effect[1] = estimate.DesignEffect(s.Design, st, e, 0)
		return effect
	})
	got := map[string]float64{
		"estimate": p, "se": e.SE(0), "df": whole.DF, "ci_low": i.Lower, "ci_high": i.Upper, "n_unweighted": float64(e.N), "deff": effect[0], "degf_domain": whole.DF,
		"ci_exact[0]": i.Lower, "ci_exact[1]": i.Upper, "degf_full": s.full, "n_weighted": weightOf(s.Weight, st.Within()),
		"ci_t_full[0]": wald.Lower, "ci_t_full[1]": wald.Upper, "ci_beta[0]": beta.Lower, "ci_beta[1]": beta.Upper,
	}
	if s.spec.Dataset == "synth2001" || s.spec.Dataset == "synth2003" {
		got["deff"] = effect[1]
	}
	if r.differences(got) == "" {
		return result{got: got}
	}
	// Without an answer there is no value, and at 0 and 1 none of these methods
	// has an interval (METHOD, 22), nor has a constant a design effect (26):
	// then we must have none.
	ends := []string{"ci_low", "ci_high", "ci_t_full[0]", "ci_t_full[1]", "ci_beta[0]", "ci_beta[1]", "ci_exact[0]", "ci_exact[1]", "deff"}
	values := append([]string{"estimate", "se"}, ends...)
	switch {
	case e.N == 0 && r.want["n_unweighted"] == 0 && none(got, append(ends, "estimate")...) && r.agreesBut(got, values...):
		return result{excluded: nobodyAnswered}
	case (p == 0 || p == 1) && none(got, ends...) && r.agreesBut(got, ends...):
		return result{excluded: "p is 0 or 1: the reference's limits are noise or undefined, and we have none"}
	case p == 0 || p == 1:
		return result{got: got}
	}
	low, high := r.want["ci_low"], r.want["ci_high"]
	switch {
	case r.method == "asin":
		as := maps.Clone(got)
		if as["ci_low"], as["ci_high"] = unfolded(p, e.SE(0), whole.DF); r.differences(as) == "" {
			return result{got: as, defined: turnsBack}
		}
	case r.method == "likelihood":
		return s.asModelled(r, in, got, func(se float64) indicator.Interval { return limits("likelihood", se, n, whole.DF) })
	case !r.agreesBut(got, "ci_low", "ci_high"):
	case r.method == "logit" && whole.DF == 1 && (math.IsNaN(low) || math.IsNaN(high)):
		return result{excluded: "on 1 degree of freedom the reference's level rounds to 1, and its limits to nothing"}
	case r.method == "logit" && s.Replicates != nil && slices.ContainsFunc(e.Replicates, func(values []float64) bool { return values[0] == 0 || values[0] == 1 }):
		return result{excluded: "p is 0 or 1 in a replicate: the reference's logit there is where its iterations stopped"}
	case r.method == "beta" && strings.Contains(fmt.Sprint(r.extra["r_warnings"]), "qbeta"):
		return result{excluded: "the reference warns that its beta quantile is not accurate"}
	case r.method == "beta" && e.SE(0) < 1e-8*p:
		return result{excluded: noEffectiveSize}
	}
	return result{got: got}
}

// none says whether there is no value for any of the names.
func none(got map[string]float64, names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !math.IsNaN(got[name]) })
}

// agreesBut says whether numbers are those of the row except for those named.
func (r *row) agreesBut(got map[string]float64, names ...string) bool {
	rest := *r
	rest.want = maps.Clone(r.want)
	for _, name := range names {
		delete(rest.want, name)
	}
	return rest.differences(got) == ""
}

// asModelled reproduces likelihood limits with the error that the reference's
// model has.
func (s *sample) asModelled(r *row, in []bool, got map[string]float64, limits func(se float64) indicator.Interval) result {
	se, answering := s.modelled(r, in, got["estimate"])
	i, as := limits(se), maps.Clone(got)
	as["ci_low"], as["ci_high"], as["ci_exact[0]"], as["ci_exact[1]"] = i.Lower, i.Upper, i.Lower, i.Upper
	reason := "the reference's iterations stop where the deviance changes by less than 1e-8, and its information is of the step before"
	if answering != 1 {
		reason = "the reference scales the likelihood's dispersion by the mean weight of those who answered"
	}
	_, exact := r.want["ci_exact[0]"]
	switch {
	case r.differences(as) == "":
		return result{got: as, defined: reason}
	case exact && r.agreesBut(as, "ci_low", "ci_high"):
		return result{excluded: "the reference interpolates the likelihood, 1e-5 and more from its exact limits, which agree where " + reason}
	}
	return result{got: got}
}

// nobodyAnswered is why a value is excluded that there is not.
const nobodyAnswered = "nobody in the domain answered: the reference gives 0 for no value"

// noEffectiveSize is why limits that rest on an effective sample size are
// excluded.
const noEffectiveSize = "an error of 0 by design: the reference's effective sample size is noise"

// turnsBack is why a limit of the arcsine is excluded.
const turnsBack = "an angle beyond 0 or a right one: the reference's sine turns back there"

// unfolded are the limits of the arcsine without the cut at 0 and at a right
// angle.
func unfolded(p, se, df float64) (low, high float64) {
	centre, half := math.Asin(math.Sqrt(p)), indicator.StudentPoint(0.025, df)*se/2/math.Sqrt(p*(1-p))
	return math.Pow(math.Sin(centre-half), 2), math.Pow(math.Sin(centre+half), 2)
}

// modelled is the error that stands for the reference's in its likelihood
// limits: its model stops where the deviance changes by less than 1e-8, at a q
// short of the proportion p, and takes its information from the step before.
// Answering is the mean weight of those who answered over that of all, by which
// the reference scales the dispersion.
func (s *sample) modelled(r *row, in []bool, p float64) (se, answering float64) {
	var y, w []float64
	answered, sum, rows := 0.0, 0.0, 0.0
	for i, v := range s.variable(r.variable) {
		if in != nil && !in[i] {
			continue
		}
		sum += s.Weight[i]
		rows++
		if !math.IsNaN(v) {
			y, w = append(y, v), append(w, s.Weight[i])
			answered += s.Weight[i]
		}
	}
	answers := float64(len(y))
	if r.domainVar == "" { // where those that weigh 0, whom no domain of the reference has, are rows too
		rows += s.weightless()
		answers += s.weightless(r.variable)
	}
	for i := range w {
		w[i] *= rows / sum
	}
	var q, before, last float64
	for step := range 25 {
		over, under, deviance := 0.0, 0.0, 0.0 // of the weighted mean of the logit + (y-q)/(q(1-q))
		for i, y := range y {
			at := q
			if step == 0 {
				at = (w[i]*y + 0.5) / (w[i] + 1)
			}
			by := w[i] * at * (1 - at)
			over += float64(by*math.Log(at/(1-at))) + float64(w[i]*(y-at))
			under += by
			deviance -= 2 * w[i] * (y*math.Log(at) + (1-y)*math.Log1p(-at))
		}
		if step > 0 && math.Abs(deviance-last)/(math.Abs(deviance)+0.1) < 1e-8 {
			break
		}
		before, q, last = q, expit(over/under), deviance
		if step == 0 {
			before = math.NaN()
		}
	}
	answering = 1
	if rows != answers {
		answering = answered / answers / (sum / rows)
	}
	apart := slices.Clone(s.variable(r.variable))
	for i := range apart {
		apart[i] -= q
	}
	error := s.estimate(estimate.Total{Of: [][]float64{apart}, In: estimate.Complete(in, apart)}).SE(0) / answered
	by := p * (1 - p) / (q * (1 - q))
	return error * by * math.Sqrt(before*(1-before)/(q*(1-q))*answering), answering
}

// modelLogit are the limits of a proportion, of which known are the logit's, by
// the model that R's survey fits to it: the logistic regression of the answers on
// nothing, again under each replicate's weights. Where there is no such model
// they are as known.
func (s *sample) modelLogit(st estimate.Statistic, known indicator.Interval, df float64) indicator.Interval {
	of, is := st.(estimate.Mean)
	if !is || known.Absent != "" {
		return known
	}
	m, ps := model.New(&model.Formula{Response: "y", Intercept: true}, model.Quasibinomial, map[string]model.Variable{"y": {Numbers: of.Of[0]}}, of.In)
	if ps != nil {
		return known
	}
	f, ps := model.Regress(s.Design, m)
	if ps != nil {
		return known
	}
	method, _ := indicator.IntervalBy(indicator.Wald)
	i := method.Interval(f.Values[0], f.Estimates.SE(0), df, f.N, indicator.Level)
	i.Lower, i.Upper = expit(i.Lower), expit(i.Upper)
	return i
}
