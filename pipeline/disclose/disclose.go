// Package disclose withholds and flags the estimates of few respondents, by
// the catalogue's policy.
//
// The policy looks at the unweighted base. A confidential figure that is the
// only one withheld of its breakdown could be had from the others and the
// whole by subtraction, and so the next smallest is withheld beside it.
package disclose

import (
	"cmp"
	"slices"
	"strconv"

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
		e.Notes = slices.Clone(e.Notes)
		switch {
		case e.Base == 0 && e.Status != "":
		case e.Smallest < policy.ConfidentialBelow:
			withhold(&e, indicator.Confidential, few(indicator.WithheldFew, policy.ConfidentialBelow))
		case e.Status != "":
		case e.Smallest < policy.UnreliableBelow:
			withhold(&e, indicator.Unreliable, few(indicator.WithheldUnreliable, policy.UnreliableBelow))
		case e.Smallest < policy.CautionBelow:
			e.Notes.Add(few(indicator.Caution, policy.CautionBelow))
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
			withhold(next, indicator.Confidential, indicator.Note{Code: indicator.WithheldBeside})
		}
	}
}

// withhold takes an estimate's value. Its notes could tell what it is: none but
// the reason is left, and that the data are made up.
func withhold(e *indicator.Estimate, status indicator.Status, why indicator.Note) {
	e.Status, e.Notes = status, e.Notes.Only(indicator.Synthetic)
	e.Notes.Add(why)
}

// few is a note of a bound on the base.
func few(code indicator.NoteCode, below int) indicator.Note {
	return indicator.Note{Code: code, Args: []string{strconv.Itoa(below)}}
}
