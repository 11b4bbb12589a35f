// Package reproduce finds which choice explains that a printed figure is not ours: of
// the population, the part of the sample, the base, the categories counted, the weight
// and the rounding, one other choice or two. It makes the definitions to be estimated,
// and judges what they give.
package reproduce

import (
	"slices"
	"strings"
)

// A Choice is one way in which publications of a survey differ.
type Choice struct {
	Dimension string
	Value     string
}

// String is the choice as dimension=value.
func (c Choice) String() string { return c.Dimension + "=" + c.Value }

// The dimensions of choice.
const (
	Population = "population" // id of one of the wave's
	Part       = "part"       // of the sample: categories of a variable of PartVariables, joined by +
	Base       = "base"       // who else is counted in it: kinds of missing joined by +, everybody, or answers
	Counted    = "categories" // that are counted, joined by +, or the least number
	Weight     = "weight"     // a weight of the crosswalk, Unweighted, or a variable of the extract
	Rounding   = "rounding"   // CutOff, Parts, or Ends of a change
)

// Values of choices that no catalogue names.
const (
	Everybody  = "everybody" // all who are in the population, whatever is missing
	Answers    = "answers"   // all who gave an answer, though the definition leaves some answers out
	Unweighted = "none"      // every respondent counts as one
	CutOff     = "cut-off"   // further decimals are cut off
	Parts      = "parts"     // shares of single categories are rounded before they are added
	Ends       = "figures"   // the two figures of a change are rounded before one is taken from the other
)

// PartVariables are the common variables that divide a wave's sample into parts of which
// figures were published: half samples, and quarters of a year's fieldwork.
var PartVariables = []string{"quarter", "half-sample"}

// A Set is choices of different dimensions that are made together; none is our own.
type Set []Choice

// String is the choices in their order, with a blank between.
func (s Set) String() string {
	words := make([]string, len(s))
	for i, c := range s {
		words[i] = c.String()
	}
	return strings.Join(words, " ")
}

// of is the value chosen in a dimension, "" for our own.
func (s Set) of(dimension string) string {
	for _, c := range s {
		if c.Dimension == dimension {
			return c.Value
		}
	}
	return ""
}

// without is the set without the choice of a dimension.
func (s Set) without(dimension string) Set {
	return slices.DeleteFunc(slices.Clone(s), func(c Choice) bool { return c.Dimension == dimension })
}

// Sets are the single choices, and then every two of different dimensions.
func Sets(choices []Choice) []Set {
	var sets []Set
	for _, c := range choices {
		sets = append(sets, Set{c})
	}
	for i, a := range choices {
		for _, b := range choices[i+1:] {
			if a.Dimension != b.Dimension {
				sets = append(sets, Set{a, b})
			}
		}
	}
	return sets
}

// add appends choices that are not there yet.
func add(to []Choice, more ...Choice) []Choice {
	for _, c := range more {
		if !slices.Contains(to, c) {
			to = append(to, c)
		}
	}
	return to
}
