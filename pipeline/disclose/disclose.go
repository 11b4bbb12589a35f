// Package disclose withholds and flags the estimates of few respondents, by
// the catalogue's policy.
//
// The policy looks at the unweighted base. A confidential figure that is the
// only one withheld of its breakdown could be had from the others and the
// whole by subtraction, and so the next smallest is withheld beside it.
package disclose

import (
	"cmp"
	"fmt"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// Apply returns the estimates with the policy's statuses and notes. The base
// of a comparison is that of the smallest of its groups. A base
// below ConfidentialBelow is confidential, one below UnreliableBelow too small
// to be reliable, and one below CautionBelow shown with a note. An estimate
// that has a status already keeps it, unless its base is confidential.
func Apply(policy indicator.Disclosure, estimates []indicator.Estimate) []indicator.Estimate {
	out := make([]indicator.Estimate, len(estimates))
	for i, e := range estimates {
		e.Notes = append([]string(nil), e.Notes...)
		switch {
		case e.Base == 0 && e.Status != "":
		case e.Smallest < policy.ConfidentialBelow:
			// The notes of a withheld estimate could tell what it is.
			e.Status, e.Notes = indicator.Confidential, keep(e.Notes)
			e.AddNote(fmt.Sprintf("withheld: fewer than %d respondents", policy.ConfidentialBelow))
		case e.Status != "":
		case e.Smallest < policy.UnreliableBelow:
			e.Status, e.Notes = indicator.Unreliable, keep(e.Notes)
			e.AddNote(fmt.Sprintf("withheld: fewer than %d respondents, too few to be reliable", policy.UnreliableBelow))
		case e.Smallest < policy.CautionBelow:
			e.AddNote(fmt.Sprintf("fewer than %d respondents: treat with caution", policy.CautionBelow))
		}
		out[i] = e
	}
	protect(out)
	return out
}

// protect withholds a second figure beside each that is the only confidential
// one of its breakdown: that of the next smallest base.
func protect(estimates []indicator.Estimate) {
	families := map[indicator.Key][]*indicator.Estimate{}
	for i := range estimates {
		e := &estimates[i]
		family := e.Key
		family.Category = ""
		if e.Breakdown != codebook.All && e.Base > 0 { // a base of nobody hides nothing
			families[family] = append(families[family], e)
		}
	}
	for _, family := range families {
		slices.SortStableFunc(family, func(a, b *indicator.Estimate) int {
			return cmp.Or(cmp.Compare(a.Base, b.Base), cmp.Compare(a.Category, b.Category))
		})
		var confidential, next *indicator.Estimate
		alone := true
		for _, e := range family {
			switch {
			case e.Status != indicator.Confidential:
				if next == nil {
					next = e
				}
			case confidential == nil:
				confidential = e
			default:
				alone = false
			}
		}
		if confidential != nil && alone && next != nil {
			next.Status, next.Notes = indicator.Confidential, keep(next.Notes)
			next.AddNote("withheld: it would tell another figure of the breakdown that is withheld")
		}
	}
}

// keep drops every note but the one that says the data are synthetic.
func keep(notes []string) []string {
	for _, n := range notes {
		if n == indicator.SyntheticNote {
			return []string{n}
		}
	}
	return nil
}
