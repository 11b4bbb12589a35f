package estimate_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
)

func init() { checks["quantile"] = checkQuantile }

// checkQuantile reproduces a quantile with its interval. Where the reference's
// reading of a rule is not ours, the row is excluded by the name of that
// reading, if with it every number agrees, and without it the same calculation
// gives ours.
func checkQuantile(s *sample, r *row) result {
	rule, ok := estimate.QuantileRuleBy(r.text("qrule"))
	if !ok {
		return result{excluded: "the rule " + r.text("qrule") + " is left out"}
	}
	in, y, p := estimate.Complete(s.domain(r), s.variable(r.variable)), s.variable(r.variable), r.number("p")
	wholeDF := s.whole(r).DF
	shares := []float64{p}
	if slices.Contains(usualShares, p) {
		shares = usualShares
	}
	method, _ := indicator.IntervalBy(methodsOfR[r.text("interval_type")])
	made := cached(s, []string{"quantiles", r.variable, r.domainVar, r.domain, r.text("subset"), rule.Name, r.text("interval_type"), fmt.Sprint(shares)}, func() []estimate.QuantileEstimate {
		if r.text("interval_type") == "quantile" {
			return estimate.ReplicateQuantiles(s.Design, y, in, shares, rule, indicator.Level)
		}
		return estimate.Woodruff(s.Design, y, in, shares, rule, method, indicator.Level)
	})
	q := made[slices.Index(shares, p)]
	if r.text("interval_type") == "quantile" {
		got := s.quantileRow(q, wholeDF)
		for _, newer := range []bool{true, false} {
			if as := s.quantileRow(s.roundedReplicates(y, in, p, newer, q.DF), wholeDF); estimate.StepOf(rule) == estimate.TakeValue && r.differences(got) != "" && r.differences(as) == "" {
				return result{got: as, defined: "an exact share: the rounding of the reference's sums takes one neighbour or the other, anew in each replicate"}
			}
		}
		return result{got: got}
	}
	if method.Name != "beta" {
		q.Shares = method.Interval(q.Share, q.ShareSE, wholeDF, q.N, indicator.Level) // as the reference's note of them
	}
	got := s.quantileRow(q, wholeDF)
	if r.differences(got) == "" {
		return result{got: got}
	}
	if method.Name == "beta" && q.ShareSE < 1e-8*q.Share && r.agreesBut(got, "ci_low", "ci_high", "p_ci[0]", "p_ci[1]") {
		return result{excluded: noEffectiveSize}
	}
	byShare := method.Name != indicator.Wald && s.Replicates != nil
	if as := s.olderQuantile(got, y, in, p, rule, wholeDF); byShare && r.differences(as) == "" {
		return result{got: as, defined: olderLimits}
	}
	asRead := s.newReader(r, in, y, rule, method, false)
	if !asRead.ours(got, wholeDF) || !r.agreesBut(got, "estimate", "se", "ci_low", "ci_high", "p_ci[0]", "p_ci[1]") {
		return result{got: got}
	}
	limits, found := asRead.explain(wholeDF, "estimate", "se", "ci_low", "ci_high")
	note, foundNote := asRead.explain(wholeDF, "p_ci[0]", "p_ci[1]")
	if !found && byShare {
		method, _ = indicator.IntervalBy(indicator.Wald)
		older := s.newReader(r, in, y, rule, method, true)
		limits, found = older.explain(wholeDF, "estimate", "se", "ci_low", "ci_high")
		found = found && limits != "" // or else the engine's own Wald limits would be the row's
		limits = olderLimits + "; " + limits
	}
	if !found || !foundNote {
		return result{got: got}
	}
	return result{excluded: cmp.Or(limits, note)}
}

// usualShares are those of most cases.
var usualShares = []float64{0.1, 0.25, 0.5, 0.75, 0.9}

// roundedReplicates is the quantile by replicates of the rule of the least value
// with at least the share, as the reference has it: by sums that are rounded,
// and a share that equals them or not. Its newer version also takes the first
// of two values where a share that equals before it was divided is less after.
func (s *sample) roundedReplicates(y []float64, in []bool, p float64, newer bool, df float64) estimate.QuantileEstimate {
	var order []int
	for i := range y {
		if in[i] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(y[a], y[b]) })
	quantile := func(weight []float64) []float64 {
		var terms, values, upTo []float64
		for _, i := range order {
			if weight[i] != 0 {
				terms, values = append(terms, weight[i]), append(values, y[i])
			}
		}
		by := design.Unit(design.Largest(terms))
		var sum design.Sum
		for _, w := range terms {
			sum.Add(design.Fixed(w * by))
			upTo = append(upTo, sum.Value()/by)
		}
		whole, at := sum.Value()/by, 0
		for k, up := range upTo {
			if up <= float64(p*whole) {
				at = k
			}
		}
		if less := p - upTo[at]/whole; less == 0 || newer && less < 0 {
			return values[at : at+1]
		}
		at = min(at+1, len(values)-1)
		return values[at : at+1]
	}
	values := quantile(s.Weight)
	var replicates [][]float64
	for _, weight := range s.Replicated() {
		replicates = append(replicates, quantile(weight))
	}
	se := math.Sqrt(estimate.Replicated(s.Replicates, values, replicates)[0][0])
	method, _ := indicator.IntervalBy(indicator.Wald)
	n := estimate.Of(s.Design, estimate.Mean{Of: [][]float64{y}, In: in}).N
	return estimate.QuantileEstimate{
		P: p, Value: values[0], SE: se, Interval: method.Interval(values[0], se, df, n, indicator.Level), Shares: indicator.NoInterval(indicator.NoIntervalError), N: n,
	}
}

// shareOrNone is a limit of a share; what is outside 0 to 1, where there is no
// quantile, the reference's note leaves out.
func shareOrNone(p float64) float64 {
	if p < 0 || p > 1 {
		return math.NaN()
	}
	return p
}

func (s *sample) quantileRow(q estimate.QuantileEstimate, wholeDF float64) map[string]float64 {
	return map[string]float64{
		"estimate": q.Value, "se": q.SE, "df": wholeDF, "ci_low": q.Interval.Lower, "ci_high": q.Interval.Upper,
		"n_unweighted": float64(q.N), "p_ci[0]": shareOrNone(q.Shares.Lower), "p_ci[1]": shareOrNone(q.Shares.Upper),
	}
}

// tieWidth is how far from a share the reference marks a tie.
const tieWidth = 1e-12

// A reading is what the reference reads otherwise than we do.
type reading struct {
	second  bool       // a share below the first respondent's goes on to the second value, and beyond the first along the line
	middle  bool       // a share below the first respondent's takes the middle of the first two values
	inOrder bool       // respondents with the same value stand in the file's order, each with its own weight
	below   bool       // a value that is interpolated to an observed one is taken for less
	weighs0 bool       // those that weigh 0 count as respondents
	ties    [3]float64 // of the estimate and the limits, the side of an exact share
	fixed   bool       // where nobody or all are above the value, their share is known without error
	folded  bool       // the sine of an angle beyond 0 or a right one
}

// reason names a reading; "" is ours.
func (g reading) reason() string {
	var reasons []string
	for _, c := range []struct {
		is   bool
		name string
	}{
		{g.second, "a share below the first: the reference goes on to the second value"},
		{g.middle, "a share below the first: the reference takes the middle of the first two values"},
		{g.inOrder, "equal values of unequal weights: the reference's result depends on the order of the rows"},
		{g.below, "a value interpolated to an observed one: the reference takes rounding for less"},
		{g.weighs0, "the reference counts respondents that weigh 0"},
		{g.ties != [3]float64{}, "an exact share: the reference took the other neighbour"},
		{g.fixed, "nobody is above the quantile: the reference gives its share an error of 0"},
		{g.folded, turnsBack},
	} {
		if c.is {
			reasons = append(reasons, c.name)
		}
	}
	return strings.Join(reasons, "; ")
}

func (g reading) deviations() int {
	n := 0
	for _, is := range []bool{g.second, g.middle, g.inOrder, g.below, g.weighs0, g.ties[0] != 0, g.ties[1] != 0, g.ties[2] != 0, g.fixed, g.folded} {
		if is {
			n++
		}
	}
	return n
}

// A reader is a row of respondents, read as the reference reads it.
type reader struct {
	s              *sample
	r              *row
	rule           estimate.QuantileRule
	method         indicator.IntervalMethod
	in             []bool
	y              []float64
	inFile, shared []respondent // by value; of the same value as in the file, or sharing their weight
	respondents    int
	withWeightOf0  int
	shareOf        map[float64]*estimate.Estimates
	readings       []reading
}

type respondent struct{ value, weight float64 }

// newReader reads a row. The row marks ties and shares below the first, of the
// method asked for; unmarked says that it is read by another.
func (s *sample) newReader(r *row, in []bool, y []float64, rule estimate.QuantileRule, method indicator.IntervalMethod, unmarked bool) *reader {
	a := &reader{s: s, r: r, rule: rule, method: method, in: in, y: y, shareOf: map[float64]*estimate.Estimates{}}
	for i, v := range y {
		if in[i] {
			a.inFile = append(a.inFile, respondent{v, s.Weight[i]})
		}
	}
	slices.SortStableFunc(a.inFile, func(a, b respondent) int { return cmp.Compare(a.value, b.value) })
	a.shared = slices.Clone(a.inFile)
	for from := 0; from < len(a.shared); {
		to, sum := from, 0.0
		for to < len(a.shared) && a.shared[to].value == a.shared[from].value {
			sum += a.shared[to].weight
			to++
		}
		for i := from; i < to; i++ {
			a.shared[i].weight = sum / float64(to-from)
		}
		from = to
	}
	a.respondents = len(a.inFile)
	if a.withWeightOf0 = a.respondents; r.domainVar == "" { // no domain of the reference has them
		a.withWeightOf0 += int(s.weightless(r.variable))
	}
	a.readings = []reading{{}}
	vary := func(applies bool, set func(*reading)) {
		if applies {
			for _, g := range a.readings {
				set(&g)
				a.readings = append(a.readings, g)
			}
		}
	}
	first, tie := unmarked || r.extra["qs_first"] == true, unmarked || r.extra["tie"] == true
	vary(first, func(g *reading) { g.second = true })
	vary(first && estimate.StepOf(rule) == estimate.TakeMiddle, func(g *reading) { g.middle = true })
	vary(estimate.StepOf(rule) == estimate.Interpolate, func(g *reading) { g.inOrder = true })
	vary(estimate.StepOf(rule) == estimate.Interpolate, func(g *reading) { g.below = true })
	vary(a.withWeightOf0 != a.respondents, func(g *reading) { g.weighs0 = true })
	vary(true, func(g *reading) { g.fixed = true })
	vary(method.Name == "asin", func(g *reading) { g.folded = true })
	for n := range 3 {
		vary(tie, func(g *reading) { g.ties[n]-- })
		vary(tie, func(g *reading) { g.ties[n] += 2 }) // to 1, or past what there is
	}
	a.readings = slices.DeleteFunc(a.readings, func(g reading) bool { return slices.Max(g.ties[:]) > 1 })
	slices.SortStableFunc(a.readings, func(g, h reading) int { return g.deviations() - h.deviations() })
	return a
}

// weightless counts the file's rows that weigh 0, and so are no respondents of
// the design, but have the variables.
func (s *sample) weightless(variables ...string) float64 {
	n := 0.0
	for i := range s.rows() {
		_, respondent := slices.BinarySearch(s.Rows, int32(i))
		if !respondent && !slices.ContainsFunc(variables, func(name string) bool { return s.texts[name][i] == "" }) {
			n++
		}
	}
	return n
}

// ours says whether the reading that deviates in nothing gives the engine's
// numbers: if it does not, a reading that gives the reference's explains nothing.
func (a *reader) ours(got map[string]float64, wholeDF float64) bool {
	plain := a.read(reading{}, wholeDF)
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		if !agree(plain[name], got[name], 1e-11, 1e-11*math.Abs(got["estimate"])) {
			return false
		}
	}
	return plain != nil
}

// explain finds the reading closest to ours that gives the row's numbers.
func (a *reader) explain(wholeDF float64, names ...string) (reason string, found bool) {
	for _, g := range a.readings {
		got := a.read(g, wholeDF)
		same := true
		for _, name := range names {
			want, ok := a.r.want[name]
			same = same && (!ok || agree(got[name], want, a.r.tolerance(name), a.r.size(name)))
		}
		if same {
			return g.reason(), true
		}
	}
	return "", false
}

// read gives the row's numbers under a reading.
func (a *reader) read(g reading, wholeDF float64) map[string]float64 {
	p := a.r.number("p")
	value := a.quantile(p+g.ties[0]*tieWidth, g)
	if math.IsNaN(value) {
		return nil
	}
	at := value
	if g.below {
		at -= 1e-9 * math.Abs(value)
	}
	e := a.shareOf[at]
	if e == nil {
		below := make([]float64, len(a.y))
		for i, v := range a.y {
			if v <= at {
				below[i] = 1
			}
		}
		e = estimate.Of(a.s.Design, estimate.Mean{Of: [][]float64{below}, In: a.in})
		a.shareOf[at] = e
	}
	n := a.respondents
	if g.weighs0 {
		n = a.withWeightOf0
	}
	shares := func(df float64) indicator.Interval {
		p := e.Values[0]
		if g.fixed && (p == 0 || p == 1) {
			return indicator.Interval{Lower: p, Upper: p}
		}
		if g.folded {
			low, high := unfolded(p, e.SE(0), df)
			return indicator.Interval{Lower: low, Upper: high}
		}
		return a.method.Interval(p, e.SE(0), df, n, indicator.Level)
	}
	i := shares(e.DF)
	note := i
	if a.method.Name != "beta" {
		note = shares(wholeDF)
	}
	low, high := a.quantile(i.Lower+g.ties[1]*tieWidth, g), a.quantile(i.Upper+g.ties[2]*tieWidth, g)
	return map[string]float64{
		"estimate": value, "ci_low": low, "ci_high": high, "se": (high - low) / 2 / indicator.StudentPoint(0.025, e.DF), "p_ci[0]": shareOrNone(note.Lower), "p_ci[1]": shareOrNone(note.Upper),
	}
}

// quantile is a quantile from respondent to respondent, a sum at a time: our
// own rules anew, except for the reading.
func (a *reader) quantile(p float64, g reading) float64 {
	if !(p >= 0 && p <= 1+1e-11) {
		return math.NaN()
	}
	rows := a.shared
	if g.inOrder {
		rows = a.inFile
	}
	if estimate.StepOf(a.rule) == estimate.TakeEven {
		rows = slices.CompactFunc(slices.Clone(a.shared), func(x, y respondent) bool { return x.value == y.value })
		for i := range rows {
			rows[i].weight = 0
			for _, x := range a.inFile {
				if x.value == rows[i].value {
					rows[i].weight += x.weight
				}
			}
		}
	}
	all := 0.0
	for _, x := range rows {
		all += x.weight
	}
	upTo, stand := make([]float64, len(rows)), make([]float64, len(rows))
	last := rows[len(rows)-1].weight / all
	sum := 0.0
	for i, x := range rows {
		stand[i] = estimate.Stand(a.rule, sum/all, x.weight/all, last)
		sum += x.weight
		upTo[i] = sum / all
	}
	if estimate.StepOf(a.rule) == estimate.Interpolate {
		if g.second && a.rule.Name == "hf4" && p < stand[0] && len(rows) > 1 {
			return rows[0].value + (rows[1].value-rows[0].value)*(p-stand[0])/(stand[1]-stand[0])
		}
		for i, x := range rows {
			if p <= stand[i] {
				if i == 0 {
					return x.value
				}
				return rows[i-1].value + (x.value-rows[i-1].value)*(p-stand[i-1])/(stand[i]-stand[i-1])
			}
		}
		return rows[len(rows)-1].value
	}
	for i, x := range rows {
		const same = 1e-13
		switch {
		case upTo[i] < p-same && i < len(rows)-1:
			continue
		case g.middle && i == 0 && upTo[0] > p+same && len(rows) > 1:
			return (x.value + rows[1].value) / 2
		case g.second && i == 0 && upTo[0] > p+same && len(rows) > 1:
			return rows[1].value
		case upTo[i] > p+same || i == len(rows)-1:
			return x.value
		case estimate.StepOf(a.rule) == estimate.TakeMiddle:
			return (x.value + rows[i+1].value) / 2
		case estimate.StepOf(a.rule) == estimate.TakeEven && i%2 == 0:
			return rows[i+1].value
		}
		return x.value
	}
	panic(fmt.Sprint("no quantile for ", p))
}
