package pipeline

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
)

// beside withholds the figures that would tell one that is confidential, which it is what is
// left of: the other categories of a breakdown, and the other items of a variable. Secret says
// of a figure without a value that it is confidential too.
func (a *Answer) beside(policy indicator.Policy, secret []bool) {
	series := map[string][]int{}
	var order []string
	for i := range a.Figures {
		f := &a.Figures[i]
		key := string(f.Statistic) + "\x00" + f.Variable
		if f.Statistic.Row().Number {
			key += "\x00" + f.Item
		}
		if series[key] == nil {
			order = append(order, key)
		}
		series[key] = append(series[key], i)
	}
	for _, key := range order {
		parts := make([]disclose.Part, len(series[key]))
		figures := make([]*question.Reply, len(parts))
		items := map[string][]int{}
		var names []string
		for k, i := range series[key] {
			f := &a.Figures[i]
			figures[k] = f
			for _, g := range f.Groups {
				parts[k].Base += g.Answered
			}
			if len(f.Groups) == 1 && f.Groups[0].Yes >= 0 {
				parts[k].Sided, parts[k].Yes = true, f.Groups[0].Yes
			}
			parts[k].Bare, parts[k].Silent = f.Base == release.Withheld, f.Status == indicator.Confidential || secret[i]
			parts[k].Blank = f.Status == indicator.Unreliable
			if items[f.Item] == nil {
				names = append(names, f.Item)
			}
			items[f.Item] = append(items[f.Item], k)
		}
		var sums []disclose.Sum
		for _, name := range names {
			of := items[name]
			sums = append(sums, divided(of, parts, func(k int) string { return figures[k].Breakdown }, func(k int) []codebook.Category { return figures[k].Crossed })...)
		}
		sums = append(sums, itemSums(figures, parts)...)
		disclose.Beside(policy.ConfidentialBelow, policy.SidesBelow, parts, sums)
		for k, f := range figures {
			switch p := parts[k]; {
			case p.Base == 0:
			case p.Bare && f.Base != release.Withheld, p.Silent && f.Status != indicator.Confidential && f.Status != indicator.Unreliable:
				withheldBeside(policy, f, p.Bare)
			}
		}
	}
}

// itemSums are the ways in which shares and counts of a variable add up: of each category of a
// breakdown those of items that have no code in common to its base, and to those of an item
// that counts several of them together.
func itemSums(figures []*question.Reply, parts []disclose.Part) []disclose.Sum {
	type cell struct{ breakdown, category string }
	of := map[cell][]int{}
	var order []cell
	for k, f := range figures {
		if !parts[k].Sided || len(f.Codes) == 0 {
			continue
		}
		c := cell{f.Breakdown, f.Category}
		if of[c] == nil {
			order = append(order, c)
		}
		of[c] = append(of[c], k)
	}
	var made []disclose.Sum
	for _, c := range order {
		slices.SortStableFunc(of[c], func(i, j int) int { return cmp.Compare(len(figures[i].Codes), len(figures[j].Codes)) })
		apart := disclose.Sum{Of: disclose.CountedOfBase}
		for _, k := range of[c] {
			several := disclose.Sum{Whole: k, Of: disclose.CountedOfWhole}
			meets := false
			for _, p := range apart.Parts {
				has := func(code string) bool { return slices.Contains(figures[k].Codes, code) }
				meets = meets || slices.ContainsFunc(figures[p].Codes, has)
				if !slices.ContainsFunc(figures[p].Codes, func(code string) bool { return !has(code) }) {
					several.Parts = append(several.Parts, p)
				}
			}
			if several.Parts != nil {
				made = append(made, several)
			}
			if !meets {
				apart.Parts = append(apart.Parts, k)
			}
		}
		apart.Whole = apart.Parts[0]
		made = append(made, apart)
	}
	return made
}

// withheldBeside empties a figure that would tell another.
func withheldBeside(policy indicator.Policy, f *question.Reply, bare bool) {
	f.Empty()
	f.Status, f.Notes = indicator.Confidential, indicator.Notes{{Code: indicator.Withheld, Args: []string{strconv.Itoa(policy.ConfidentialBelow)}}}
	if bare {
		f.Base = release.Withheld
	}
}

// divided are the ways in which places add up: of each category those of every finer breakdown
// that are in it. Categories that overlap do not.
func divided(places []int, parts []disclose.Part, breakdown func(k int) string, crossed func(k int) []codebook.Category) []disclose.Sum {
	variables := map[int][]string{}
	for _, k := range places {
		if by := breakdown(k); by != codebook.All {
			variables[k] = indicator.Crossed(by)
		}
	}
	within := func(k, whole int) bool {
		for i, name := range variables[whole] {
			at := slices.Index(variables[k], name)
			if at < 0 || crossed(k)[at].Code != crossed(whole)[i].Code {
				return false
			}
		}
		return len(variables[k]) > len(variables[whole])
	}
	var made []disclose.Sum
	for _, whole := range places {
		by := map[string]int{} // where the sum over each finer breakdown is
		for _, k := range places {
			if parts[k].Base == 0 && !parts[k].Bare || !within(k, whole) {
				continue
			}
			at, met := by[breakdown(k)]
			if !met {
				at = len(made)
				by[breakdown(k)], made = at, append(made, disclose.Sum{Whole: whole})
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

// tablesBeside says of each cell of each table whether it would tell another that is
// confidential, by the sums of rows and columns and of the categories of a breakdown.
func (a *Answer) tablesBeside(policy indicator.Policy) [][]bool {
	made := make([][]bool, len(a.Tables))
	series := map[string][]int{}
	var order []string
	for i, t := range a.Tables {
		made[i] = make([]bool, len(t.Cells))
		key := strings.Join(t.Variables, "\x00")
		if series[key] == nil {
			order = append(order, key)
		}
		series[key] = append(series[key], i)
	}
	type place struct{ table, cell int }
	for _, key := range order {
		var parts []disclose.Part
		var sums []disclose.Sum
		var places []place
		alike := map[[2]string][]int{} // cells of each row and column
		var names [][2]string
		for _, i := range series[key] {
			t := &a.Tables[i]
			first := len(parts)
			for k, c := range t.Cells {
				secret := t.confidential(k)
				rows, columns := disclose.Sum{Whole: first + k, Based: true}, disclose.Sum{Whole: first + k, Based: true}
				for j, of := range t.Cells {
					if c.Row.Code == codebook.All && of.Row.Code != codebook.All && of.Column.Code == c.Column.Code {
						rows.Parts = append(rows.Parts, first+j)
					}
					if c.Column.Code == codebook.All && of.Column.Code != codebook.All && of.Row.Code == c.Row.Code {
						columns.Parts = append(columns.Parts, first+j)
					}
				}
				for _, s := range []disclose.Sum{rows, columns} {
					if s.Parts != nil {
						sums = append(sums, s)
					}
				}
				name := [2]string{c.Row.Code, c.Column.Code}
				if alike[name] == nil {
					names = append(names, name)
				}
				alike[name] = append(alike[name], len(parts))
				parts = append(parts, disclose.Part{Base: c.Respondents, Bare: secret, Silent: secret})
				places = append(places, place{i, k})
			}
		}
		for _, name := range names {
			sums = append(sums, divided(alike[name], parts, func(k int) string { return a.Tables[places[k].table].Breakdown },
				func(k int) []codebook.Category { return a.Tables[places[k].table].Crossed })...)
		}
		disclose.Beside(policy.ConfidentialBelow, policy.SidesBelow, parts, sums)
		for k, p := range parts {
			at := places[k]
			made[at.table][at.cell] = p.Bare && p.Base > 0
		}
	}
	return made
}
