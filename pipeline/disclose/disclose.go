// Package disclose withholds and flags the estimates of few respondents, by
// the catalogue's policy.
//
// The policy looks at the unweighted base alone: what is published is shares
// and means with no weighted counts beside them, so a withheld share cannot be
// had from the others by subtraction.
package disclose

import (
	"fmt"

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
			// The notes of a confidential estimate could tell what it is.
			e.Status, e.Notes = indicator.Confidential, keep(e.Notes)
			e.AddNote(fmt.Sprintf("withheld: fewer than %d respondents", policy.ConfidentialBelow))
		case e.Status != "":
		case e.Smallest < policy.UnreliableBelow:
			e.Status = indicator.Unreliable
			e.AddNote(fmt.Sprintf("withheld: fewer than %d respondents, too few to be reliable", policy.UnreliableBelow))
		case e.Smallest < policy.CautionBelow:
			e.AddNote(fmt.Sprintf("fewer than %d respondents: treat with caution", policy.CautionBelow))
		}
		out[i] = e
	}
	return out
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
