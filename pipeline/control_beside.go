package pipeline

import (
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
)

// beside withholds the figures that would tell one that is confidential: those of the other
// categories of a breakdown, which it is what is left of, by statistic, variable and item.
func (a *Answer) beside(policy indicator.Policy) {
	series := map[string][]*question.Reply{}
	var order []string
	for i := range a.Figures {
		f := &a.Figures[i]
		key := string(f.Statistic) + "\x00" + f.Variable + "\x00" + f.Item
		if series[key] == nil {
			order = append(order, key)
		}
		series[key] = append(series[key], f)
	}
	for _, key := range order {
		figures := series[key]
		parts := make([]disclose.Part, len(figures))
		for k, f := range figures {
			for _, g := range f.Groups {
				parts[k].Base += g.Answered
			}
			if len(f.Groups) == 1 && f.Groups[0].Yes >= 0 {
				parts[k].Sided, parts[k].Yes = true, f.Groups[0].Yes
			}
			parts[k].Bare, parts[k].Silent = f.Base == release.Withheld, f.Status == indicator.Confidential
		}
		disclose.Beside(policy.ConfidentialBelow, policy.SidesBelow, parts, sums(figures, parts))
		for k, f := range figures {
			switch p := parts[k]; {
			case p.Base == 0:
			case p.Bare && f.Base != release.Withheld, p.Silent && f.Status != indicator.Confidential && f.Status != indicator.Unreliable:
				withheldBeside(policy, f, p.Bare)
			}
		}
	}
}

// withheldBeside empties a figure that would tell another.
func withheldBeside(policy indicator.Policy, f *question.Reply, bare bool) {
	f.Empty()
	f.Status, f.Notes = indicator.Confidential, indicator.Notes{{Code: indicator.Withheld, Args: []string{strconv.Itoa(policy.ConfidentialBelow)}}}
	if bare {
		f.Base = release.Withheld
	}
}

// sums are the ways in which figures of a series add up: of each category those of every finer
// breakdown that are in it. Categories that overlap do not.
func sums(figures []*question.Reply, parts []disclose.Part) []disclose.Sum {
	variables := make([][]string, len(figures))
	for k, f := range figures {
		if f.Breakdown != codebook.All {
			variables[k] = indicator.Crossed(f.Breakdown)
		}
	}
	within := func(k, whole int) bool {
		for i, name := range variables[whole] {
			at := slices.Index(variables[k], name)
			if at < 0 || figures[k].Crossed[at].Code != figures[whole].Crossed[i].Code {
				return false
			}
		}
		return len(variables[k]) > len(variables[whole])
	}
	var made []disclose.Sum
	for whole := range figures {
		by := map[string]int{} // where the sum over each finer breakdown is
		for k, f := range figures {
			if parts[k].Base == 0 || !within(k, whole) {
				continue
			}
			at, met := by[f.Breakdown]
			if !met {
				at = len(made)
				by[f.Breakdown], made = at, append(made, disclose.Sum{Whole: whole})
			}
			made[at].Parts = append(made[at].Parts, k)
		}
	}
	return slices.DeleteFunc(made, func(s disclose.Sum) bool {
		n := 0
		for _, k := range s.Parts {
			n += parts[k].Base
		}
		return n > parts[s.Whole].Base
	})
}

// beside says of each cell of a table whether it would tell another that is confidential, by
// the sums of its rows and columns.
func (t *Crosstab) beside(policy indicator.Policy, confidential []bool) []bool {
	parts := make([]disclose.Part, len(t.Cells))
	var all []disclose.Sum
	for k, c := range t.Cells {
		parts[k] = disclose.Part{Base: c.Respondents, Bare: confidential[k], Silent: confidential[k]}
		rows, columns := disclose.Sum{Whole: k}, disclose.Sum{Whole: k}
		for i, of := range t.Cells {
			if c.Row.Code == codebook.All && of.Row.Code != codebook.All && of.Column.Code == c.Column.Code {
				rows.Parts = append(rows.Parts, i)
			}
			if c.Column.Code == codebook.All && of.Column.Code != codebook.All && of.Row.Code == c.Row.Code {
				columns.Parts = append(columns.Parts, i)
			}
		}
		for _, s := range []disclose.Sum{rows, columns} {
			if s.Parts != nil {
				all = append(all, s)
			}
		}
	}
	disclose.Beside(policy.ConfidentialBelow, policy.SidesBelow, parts, all)
	made := make([]bool, len(parts))
	for k, p := range parts {
		made[k] = p.Bare && p.Base > 0 && !confidential[k]
	}
	return made
}
