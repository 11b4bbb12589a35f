package question

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// A Compared is a contrast of figures that a question asks for, and the figures that it
// names.
type Compared struct {
	*expression.Contrast
	Figures []expression.ContrastFigure
}

// A Place is where a figure of an answer is: of which ask or, counted on behind those, of
// which published definition, and of which item and cell.
type Place struct {
	Ask                       int
	Item, Breakdown, Category string // the item as a Reply has it
}

// A Combination is a contrast within a cell.
type Combination struct {
	Compared
	Within Cell
	Places []Place // of its figures
	Named  bool    // it names the statistics, and is not made of each
}

// ItemsOf are the items of what is asked at a place of Place.Ask, as ItemIDs gives them.
func (q *Question) ItemsOf(w *Words, at int) (items, ids []string) {
	if at < len(q.Asks) {
		return w.ItemIDs(q.Asks[at])
	}
	for _, item := range q.Wave.Definitions[at-len(q.Asks)].Figures() {
		items, ids = append(items, replied(item.ID)), append(ids, item.ID)
	}
	return items, ids
}

// replied is the item of a published definition as a Reply has it.
func replied(id string) string {
	if id == codebook.All {
		return ""
	}
	return id
}

// breakdown is the breakdown of a question that crosses these variables, in any order, by
// which its cells are found; ok is false where there is none.
func (q *Question) breakdown(w *Words, variables []string) (by []string, ok bool) {
	for _, by := range q.Breakdowns() {
		if len(by) == len(variables) && !slices.ContainsFunc(by, func(name string) bool { return !slices.Contains(variables, w.Variable(name).Name) }) {
			return w.names(by), true
		}
	}
	return nil, false
}

// broken is the variable of a breakdown that a contrast names: one that is divided by sets
// of codes by what it is made of.
func (q *Question) broken(w *Words, name string) (codebook.Variable, bool) {
	for _, by := range slices.Concat(q.By...) {
		if strings.EqualFold(by, name) || strings.EqualFold(q.Divided(by), name) {
			return w.Variable(by), true
		}
	}
	return codebook.Variable{}, false
}

// asked are the places of a question's asks and items that a figure is of.
func (q *Question) asked(w *Words, f expression.ContrastFigure) (found [][2]int) {
	same := strings.EqualFold
	for i, ask := range q.Asks {
		items, _ := w.ItemIDs(ask)
		statistic, codes := string(ask.Statistic), f.Codes
		if f.Statistic == "median" && ask.Statistic == indicator.Quantile {
			statistic, codes = f.Statistic, []string{codebook.Spell(0.5)}
		}
		if f.Statistic != "" && (f.Statistic != statistic || !same(f.Variable, ask.Variable) || !same(f.Over, ask.Over)) {
			continue
		}
		if codes != nil && !ask.Statistic.Row().Number {
			codes = []string{expression.Joined(w.condition(Restriction{ask.Variable, codes}).Categories)}
		}
		for k, item := range items {
			if codes == nil || place([]string{item}, codes[0]) == 0 && len(codes) == 1 {
				found = append(found, [2]int{i, k})
			}
		}
	}
	if q.Wave != nil && f.Statistic == "" {
		for i, d := range q.Wave.Definitions {
			for k := range d.Figures() {
				found = append(found, [2]int{len(q.Asks) + i, k})
			}
		}
	}
	return found
}

// Combinations are the question's contrasts in each place that they are made in, or what is
// wrong with them.
//
// Where no figure names a statistic there is one of each statistic and item that is asked
// for. It is made among everyone, and within the categories of every other breakdown with
// which the question crosses the variables of its cells.
func (q *Question) Combinations(w *Words) ([]Combination, refusal.Problems) {
	var made []Combination
	var ps refusal.Problems
	for _, c := range q.Compared {
		found, problems := q.combinations(w, c)
		made, ps = append(made, found...), append(ps, problems...)
	}
	return made, ps
}

func (q *Question) combinations(w *Words, c Compared) ([]Combination, refusal.Problems) {
	var ps refusal.Problems
	wrong := func(f expression.ContrastFigure, format string, args ...any) {
		ps = append(ps, c.Fault(f, format, args...).Problem(refusal.Usage, "--compare"))
	}
	named := c.Figures[0].Statistic != ""
	of := make([][][2]int, len(c.Figures))         // of each figure, what it may be of
	cells := make([][]codebook.Condition, len(of)) // and its cell
	var own []string                               // variables of the cells
	for k, f := range c.Figures {
		if (f.Statistic != "") != named {
			wrong(f, "names %s statistic, and another figure does otherwise: want one with each, or with none", map[bool]string{true: "a", false: "no"}[f.Statistic != ""])
			continue
		}
		of[k] = q.asked(w, f)
		switch flag := strings.ReplaceAll(f.Statistic, "median", string(indicator.Quantile)); {
		case named && len(of[k]) == 0:
			wrong(f, "%s is not asked for, want it as --%s too", f.Text(), strings.ReplaceAll(flag, string(indicator.Count), "weighted-count"))
		case named && len(of[k]) > 1:
			wrong(f, "%s is of several, want the one that is meant with its code", f.Text())
		}
		for _, pair := range f.Cell {
			v, ok := q.broken(w, pair[0])
			at := placeOf(v, pair[1])
			switch {
			case !ok:
				wrong(f, "%q is no breakdown%s", pair[0], refusal.Nearest(pair[0], slices.Concat(q.By...)))
				continue
			case at < 0:
				wrong(f, "no row has code %s of %s, want one of %s", pair[1], v.Name, some(v.Codes()))
				continue
			case slices.ContainsFunc(cells[k], func(c codebook.Condition) bool { return c.Variable == v.Name }):
				wrong(f, "%s twice in one cell, want it once", v.Name)
				continue
			}
			cells[k] = append(cells[k], codebook.Condition{Variable: v.Name, Categories: []string{v.Codes()[at]}})
			if !slices.Contains(own, v.Name) {
				own = append(own, v.Name)
			}
		}
	}
	if ps != nil {
		return nil, ps
	}
	within := func(variables []string) bool { // whether every figure is there within these
		for _, cell := range cells {
			names := slices.Clone(variables)
			for _, of := range cell {
				names = append(names, of.Variable)
			}
			if _, ok := q.breakdown(w, names); !ok {
				return false
			}
		}
		return true
	}
	for k, f := range c.Figures {
		var names []string
		for _, of := range cells[k] {
			names = append(names, of.Variable)
		}
		if _, ok := q.breakdown(w, names); !ok {
			wrong(f, "the cells of %s are not asked for, want --by %s", f.Text(), strings.Join(names, ","))
		}
	}
	if ps != nil {
		return nil, ps
	}
	asks := of[0] // in an unnamed contrast all figures are of the same
	if named {
		asks = asks[:1]
	}
	var made []Combination
	for n, ask := range asks {
		for _, context := range slices.Concat(q.Cells(w)...) {
			if slices.ContainsFunc(context.Variables, func(name string) bool { return slices.Contains(own, name) }) || !within(context.Variables) {
				continue
			}
			one := Combination{Compared: c, Within: context, Named: named}
			for k := range c.Figures {
				what := ask
				if named {
					what = of[k][0]
				}
				items, _ := q.ItemsOf(w, what[0])
				breakdown, category := crossedWith(q, w, context, cells[k])
				one.Places = append(one.Places, Place{what[0], items[what[1]], breakdown, category})
			}
			made = append(made, one)
		}
		_ = n
	}
	return made, nil
}

// crossedWith is the cell of a breakdown that is in a context and in more conditions.
func crossedWith(q *Question, w *Words, context Cell, cell []codebook.Condition) (breakdown, category string) {
	names, codes := slices.Clone(context.Variables), map[string]string{}
	for i, name := range context.Variables {
		codes[name] = context.Crossed[i].Code
	}
	for _, of := range cell {
		names, codes[of.Variable] = append(names, of.Variable), of.Categories[0]
	}
	by, _ := q.breakdown(w, names)
	if len(by) == 0 {
		return codebook.All, codebook.All
	}
	var in []string
	for _, name := range by {
		in = append(in, codes[name])
	}
	return indicator.Cross(by...), indicator.Cross(in...)
}

// Reference is the category that the others of a breakdown are compared with, where one is
// asked for.
func (q *Question) Reference(w *Words, variable string) (code string, given bool) {
	for _, r := range q.Against {
		if of := w.condition(r); of.Variable == variable {
			return of.Categories[0], true
		}
	}
	return "", false
}
