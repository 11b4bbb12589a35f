package main

import (
	"slices"

	"github.com/spf13/pflag"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
)

// typed is a flag of statistics that remembers its place among the others: the rows of a
// paper's table are in the order that somebody wrote them in.
type typed struct {
	pflag.Value
	of indicator.Statistic
	to *[]indicator.Statistic
}

func (t typed) Set(text string) error {
	*t.to = append(*t.to, t.of)
	return t.Value.Set(text)
}

// statisticFlags are the flags that ask for a statistic each time they are given.
var statisticFlags = map[string]indicator.Statistic{
	"proportion": indicator.Proportion, "weighted-count": indicator.Count, "mean": indicator.Mean, "total": indicator.Total, "ratio": indicator.Ratio, "quantile": indicator.Quantile,
}

// remember has those flags remember their order.
func (g *estimateFlags) remember(f *pflag.FlagSet) {
	for name, of := range statisticFlags {
		f.Lookup(name).Value = typed{f.Lookup(name).Value, of, &g.typed}
	}
}

// asTyped are asks in the order of their flags.
func (g *estimateFlags) asTyped(asks []question.Ask) []question.Ask {
	var made []question.Ask
	left := slices.Clone(asks)
	for _, s := range g.typed {
		if at := slices.IndexFunc(left, func(a question.Ask) bool { return a.Statistic == s }); at >= 0 {
			made, left = append(made, left[at]), slices.Delete(left, at, at+1)
		}
	}
	return append(made, left...)
}
