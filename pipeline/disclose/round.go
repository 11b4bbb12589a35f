package disclose

import (
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// A rounding is how the rows of one indicator are rounded, by a policy's
// precision and the definition's.
type rounding struct {
	indicator.Precisions
	definition *indicator.Definition
	given      bool // the values, errors and limits are the return's own
	bases      int64
}

func roundingBy(policy indicator.Policy, d *indicator.Definition) rounding {
	r := rounding{Precisions: policy.Precision, definition: d, bases: multiple(policy)}
	r.given = d.Tabled != nil && slices.ContainsFunc(d.Tabled.Parts, func(p indicator.Part) bool { return p.Value != "" })
	return r
}

// multiple is what a policy shows bases to a multiple of.
func multiple(policy indicator.Policy) int64 {
	if n, err := strconv.ParseInt(policy.Bases, 10, 64); err == nil {
		return n
	}
	return 1 // exact
}

// Freedom rounds degrees of freedom of some respondents. Those of respondents who were drawn
// themselves are their number, but for the strata, and so to a multiple where bases are; and so
// are those of clusters of one or two.
func Freedom(policy indicator.Policy, df float64, base int, from design.Error) float64 {
	if of := multiple(policy); of > 1 && (from == design.ByWeights || 2*df > float64(base)) && df < math.MaxInt32 {
		df = float64(shown(int64(df), of))
	}
	return policy.Precision.DF.Round(df)
}

// Shown is a count of respondents as a policy shows bases.
func Shown(policy indicator.Policy, n int) int { return int(shown(int64(n), multiple(policy))) }

// shown is a base to the nearest multiple, halves up.
func shown(base, of int64) int64 { return (base + of/2) / of * of }

// value rounds a value of a statistic, a limit of it or a change. What a return
// gives, the totals and counts of one, which are no estimates, and figures of one
// whose series says how many they have keep the definition's decimals.
func (r *rounding) value(statistic string, x float64) float64 {
	s := indicator.Statistic(statistic)
	if r.given || r.definition.Tabled != nil && (r.definition.Precision != nil || s == indicator.Total || s == indicator.Count) {
		return indicator.Round(x, r.definition.Places())
	}
	return r.Of(s).AtMost(r.definition.Places()).Round(x)
}

// error rounds a standard error. Those of estimated totals have the digits of
// their totals.
func (r *rounding) error(statistic string, x float64) float64 {
	switch s := indicator.Statistic(statistic); {
	case r.given:
		return indicator.Round(x, indicator.Decimals)
	case r.definition.Tabled == nil && (s == indicator.Total || s == indicator.Count):
		return r.Total.NotZero(x)
	}
	return r.Error.NotZero(x)
}

// Low empties the figures whose value would be shown as 0 and is not, but for
// those of statistics that lie about 0, as gaps do: of them it says all.
func Low(policy indicator.Policy, d *indicator.Definition, figures []release.Figure) {
	r := roundingBy(policy, d)
	for i := range figures {
		f := &figures[i]
		if f.Status == "" && f.Value != 0 && r.value(f.Statistic, f.Value) == 0 && !indicator.Statistic(f.Statistic).Row().Signed {
			f.Status = string(indicator.Low)
			f.Empty()
		}
	}
}

// Round rounds every number of a content, once, as the policy shows it. What was
// decided by the numbers stays: verdicts, and what was withheld.
func Round(policy indicator.Policy, d *indicator.Definition, c *release.Content) {
	r := roundingBy(policy, d)
	statistic := string(d.Statistic)
	for i := range c.Figures {
		f := &c.Figures[i]
		value := func(x float64) float64 { return r.value(f.Statistic, x) }
		f.Value, f.Lower, f.Upper, f.SE = value(f.Value), value(f.Lower), value(f.Upper), r.error(f.Statistic, f.SE)
		f.DF, f.DEFF = Freedom(policy, f.DF, int(f.Base), design.Error(f.ErrorSource)), r.Effect.NotZero(f.DEFF)
		f.Numerator, f.Denominator = indicator.Round(f.Numerator, indicator.Decimals), indicator.Round(f.Denominator, indicator.Decimals)
		if f.Base != release.Withheld {
			f.Base = shown(f.Base, r.bases)
		}
	}
	for i := range c.Changes {
		ch := &c.Changes[i]
		value := func(x float64) float64 { return r.value(ch.Statistic, x) }
		ch.Change, ch.Lower, ch.Upper, ch.SE = value(ch.Change), value(ch.Lower), value(ch.Upper), r.error(ch.Statistic, ch.SE)
		ch.DF, ch.P, ch.PAdjusted = r.DF.Round(ch.DF), r.Probability(ch.P), r.Probability(ch.PAdjusted)
	}
	for i := range c.Trends {
		t := &c.Trends[i]
		value := func(x float64) float64 { return r.value(t.Statistic, x) }
		t.Slope, t.Lower, t.Upper, t.SE = value(t.Slope), value(t.Lower), value(t.Upper), r.error(t.Statistic, t.SE)
		t.DF, t.P, t.FitP = r.DF.Round(t.DF), r.Probability(t.P), r.Probability(t.FitP)
	}
	for i := range c.Funnels {
		f := &c.Funnels[i]
		for _, x := range []*float64{&f.Value, &f.Whole, &f.Lower95, &f.Upper95, &f.Lower998, &f.Upper998} {
			*x = r.value(statistic, *x)
		}
	}
	for i := range c.Targets {
		t := &c.Targets[i]
		t.Value, t.Expected, t.P = r.value(statistic, t.Value), r.value(statistic, t.Expected), r.Probability(t.P)
		if !t.NoteList().Has(indicator.TargetRounded) { // a baseline that was printed stays as it was
			t.Baseline = r.value(statistic, t.Baseline)
		}
		if !slices.ContainsFunc(d.Targets, func(of plan.Target) bool { return of.ID == t.Target && of.Level != nil }) {
			t.Level = r.value(statistic, t.Level)
		}
	}
}
