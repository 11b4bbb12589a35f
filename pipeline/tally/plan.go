package tally

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"togetherwecan/pipeline/codebook"
)

// A Plan is what is counted: every item within every cell of every domain.
type Plan struct {
	Domains []Domain
	Items   []Item
}

// A Domain divides a part of the population by crossed variables. It has a cell
// for every combination of their categories, the last variable's fastest, those
// without respondents too; without variables it has one.
type Domain struct {
	Where []codebook.Condition // all must hold
	By    []string
	Pairs [][2]int `json:",omitempty"` // of its cells: those whose figures have a covariance that is wanted
}

// An Item is what one figure rests on in each cell: two totals of each group of
// those in its base. An odds ratio, a gap and a parity have two groups, other
// statistics one. A row is in one group at most.
type Item struct {
	Base   []codebook.Condition
	Groups []Group
}

// A Group is the respondents of the base who answered: who have all the
// variables, and fit the conditions but not Except. Their totals are of the
// weight times X and times Y. Where Largest is asked for, so is what one respondent
// adds at most to a total that is of values, or of the weights of those for whom Y
// holds: the size of its weight times the value itself.
type Group struct {
	Answered []string
	Where    []codebook.Condition
	Except   *codebook.Condition `json:",omitempty"`
	X, Y     Amount
	Largest  bool `json:",omitempty"`
}

// An Amount is 1, or 1 where a condition holds and 0 where not, or a variable's
// value less a number of the question: of large values that differ little, one
// in their middle keeps the digits.
type Amount struct {
	Holds *codebook.Condition `json:",omitempty"`
	Value string              `json:",omitempty"`
	Less  float64             `json:",omitempty"`
}

// variables lists those that the plan names, some more than once.
func (p *Plan) variables() []string {
	var names []string
	where := func(conditions []codebook.Condition) {
		for _, c := range conditions {
			names = append(names, c.Variable)
		}
	}
	for _, d := range p.Domains {
		where(d.Where)
		names = append(names, d.By...)
	}
	for _, item := range p.Items {
		where(item.Base)
		for _, g := range item.Groups {
			names = append(names, g.Answered...)
			where(g.Where)
			if g.Except != nil {
				names = append(names, g.Except.Variable)
			}
			for _, a := range []Amount{g.X, g.Y} {
				if a.Value != "" {
					names = append(names, a.Value)
				}
				if a.Holds != nil {
					names = append(names, a.Holds.Variable)
				}
			}
		}
	}
	return names
}

// digest is the SHA-256 of all that must be the same for two tallies to be of
// one question: the plan, the categories of its variables, how they come about,
// which question says, and the units.
func (p *Plan) digest(question string, categories map[string][]string, u Units) string {
	return digestOf(struct {
		Version    int
		Question   string
		Plan       *Plan
		Categories map[string][]string
		Units      Units
	}{version, question, p, categories, u})
}

// digestOf is the SHA-256 of the JSON of something.
func digestOf(of any) string {
	text, err := json.Marshal(of)
	if err != nil {
		panic("tally: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
