package estimate

import (
	"cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/tally"
)

// A form measures an item of a definition of each row, where errors need the
// respondents: the same totals that a tally counts.
type form struct {
	definition *indicator.Definition
	item       indicator.Item
	within     func(row int) bool // the rows that the base is of, whether they answered or not
	groups     []formGroup
	centre     float64       // of the values, taken from each before they are added up
	standard   *standardForm // nil is none
	quantileOf *quantileForm // nil for a function of totals
	df         *float64      // degrees of freedom of every category, where they do not depend on it
}

// A formGroup measures one of a form's groups: whether a row is in it, and its two
// amounts.
type formGroup struct {
	in    func(row int) bool
	x, y  func(row int) float64
	sides bool // Y is 1 or 0
	// totals are those of which the largest part is asked for.
	totals []formTotal
}

// A formTotal is of X or of Y, 0 or 1, of which so much was taken from each value.
type formTotal struct {
	side int
	less float64
}

// newForm makes the form of one item of a definition on a table that has all
// its variables.
func newForm(d *indicator.Definition, item indicator.Item, t *table.Table) form {
	of := countedOf(d, item, t)
	f := form{definition: d, item: item, within: t.All(of.Base)}
	for _, g := range of.Groups {
		f.groups = append(f.groups, newGroup(t, g))
	}
	if d.Statistic == indicator.Mean {
		f.centre = of.Groups[0].Y.Less
	}
	if d.Standardise != nil {
		f.standard = newStandard(d.Standardise, t.Column(d.Standardise.Variable))
	}
	if d.Statistic == indicator.Quantile {
		rule, _ := QuantileRuleBy(cmp.Or(d.Rule, "hf1"))
		f.quantileOf = &quantileForm{t.Column(item.Of.Variable), item.Share, rule}
	}
	return f
}

func newGroup(t *table.Table, g tally.Group) formGroup {
	where, except := t.All(g.Where), func(int) bool { return false }
	if g.Except != nil {
		except = t.Column(g.Except.Variable).Holds(*g.Except)
	}
	var answered []*table.Column
	for _, name := range g.Answered {
		answered = append(answered, t.Column(name))
	}
	var totals []formTotal
	for side, a := range []tally.Amount{g.X, g.Y} {
		if g.Largest && (a.Value != "" || a.Holds != nil) {
			totals = append(totals, formTotal{side, a.Less})
		}
	}
	return formGroup{x: amount(t, g.X), y: amount(t, g.Y), sides: g.Y.Holds != nil, totals: totals, in: func(row int) bool {
		for _, c := range answered {
			if c.Missing(row) != codebook.Present {
				return false
			}
		}
		return where(row) && !except(row)
	}}
}

// amount is what is added up of each row.
func amount(t *table.Table, a tally.Amount) func(row int) float64 {
	switch {
	case a.Value != "":
		of := t.Column(a.Value)
		return func(row int) float64 { return of.Number(row) - a.Less }
	case a.Holds != nil:
		holds := t.Column(a.Holds.Variable).Holds(*a.Holds)
		return func(row int) float64 {
			if holds(row) {
				return 1
			}
			return 0
		}
	}
	return func(int) float64 { return 1 }
}

// of fills x with a row's amounts in each group, and says whether it is in one.
func (f form) of(row int, x []float64) bool {
	clear(x)
	for k, g := range f.groups {
		if g.in(row) {
			x[2*k], x[2*k+1] = g.x(row), g.y(row)
			return true
		}
	}
	return false
}
