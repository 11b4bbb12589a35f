package question

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// TooFew reports that a condition chooses so few respondents that a policy withholds every
// figure of them.
func TooFew(policy indicator.Policy) refusal.Problem {
	return refusal.Problem{Kind: refusal.Usage, Where: "--where", What: fmt.Sprintf("true of fewer than %d respondents with a weight, of whom policy %s withholds every figure", policy.ConfidentialBelow, policy.Name)}
}

// dumped reports the variables that an expression computes and whose values are listed,
// where a policy counts fewer respondents of a value than its bound: each value that is listed
// would say that somebody has it, as 1000 * age + income does of both.
func (q *Question) dumped(w *Words) refusal.Problems {
	var ps refusal.Problems
	names := slices.Concat(q.By...)
	for _, c := range q.Tables {
		names = append(names, c.variables()...)
	}
	for _, ask := range q.Asks {
		if !ask.Statistic.Row().Number && ask.Codes == nil {
			names = append(names, ask.Variable)
		}
	}
	for _, name := range names {
		l := q.let(name)
		banded := slices.ContainsFunc(q.Bands, func(b Banding) bool { return strings.EqualFold(b.Variable, name) })
		if l == nil || banded || l.Listed() || w.Fewest(name) >= q.Controlled.ConfidentialBelow {
			continue
		}
		what := fmt.Sprintf("values that it computes, of some of which there are fewer than %d respondents, want if, recode or --band to make categories", q.Controlled.ConfidentialBelow)
		ps = append(ps, l.Fault(what).Problem(refusal.Usage, l.Flag))
	}
	return ps
}

// Computed reports what an expression computes of the design, which a policy has as the file
// does: how many strata and PSUs there are, whether one is alone in a stratum and whether a
// population has as many as were drawn would each count respondents whom it chooses.
func (q *Question) Computed() refusal.Problems {
	var ps refusal.Problems
	for _, of := range []struct {
		what  string
		names []string
	}{{"strata", q.Design.Stratum}, {"PSUs", q.Design.PSU}, {"a population's size", q.Design.Population}} {
		for _, name := range of.names {
			if l := q.let(name); l != nil {
				ps = append(ps, l.Fault("computes "+of.what+", want a variable of the file under a disclosure policy").Problem(refusal.Usage, l.Flag))
			}
		}
	}
	return ps
}
