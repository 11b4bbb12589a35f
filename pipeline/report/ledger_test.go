package report

import (
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/release"
)

func TestLedgerOf(t *testing.T) {
	l := &release.Labels{
		Sources: []release.SourceLabels{{ID: "hocs/2001", Title: "Citizenship Survey 2001"}},
		Codes: []release.Label{
			{Column: "category", Of: "sex", Code: "female", Text: "Women"},
			{Column: "item", Of: "trust", Code: "police", Text: "The police"},
			{Column: "population", Code: "england", Text: "England"},
		},
	}
	for want, key := range map[string]indicator.Key{
		"Citizenship Survey 2001, England":                    {Indicator: "influence", Source: "hocs/2001", Population: "england", Breakdown: "all", Category: "all", Item: "all"},
		"the police, Citizenship Survey 2001, England, Women": {Indicator: "trust", Source: "hocs/2001", Population: "england", Breakdown: "sex", Category: "female", Item: "police"},
		"hocs/2003, wales":                                    {Indicator: "trust", Source: "hocs/2003", Population: "wales", Breakdown: "all", Category: "all", Item: "all"}, // without words
	} {
		if got := LedgerOf(l, ledger.Row{Key: key}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
