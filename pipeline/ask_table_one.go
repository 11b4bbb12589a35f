package pipeline

import (
	"slices"

	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/table"
)

// A TableOne is the figures of a question whose statistics are rows and whose groups are
// columns, with what stands over and beside them.
type TableOne struct {
	Groups []TableGroup // everyone, and each category of the one breakdown
	Rows   []TableRow   // of each statistic that is asked for
}

// A TableGroup is one column.
type TableGroup struct {
	question.Cell
	Respondents int // unweighted; release.Withheld under a policy
}

// A TableRow is a statistic: its figures, and whether these are the same in all groups.
type TableRow struct {
	Ask     question.Ask
	figures [2]int
	Tested  bool // there are groups to compare, and rules for a test
	model.Alike
}

// TableRows are the figures of a row of the table.
func (a *Answer) TableRows(r TableRow) []question.Reply { return a.Figures[r.figures[0]:r.figures[1]] }

// deviations are those of the variables of means.
func (a *inquiry) deviations(s *model.Sample) {
	if !a.q.Deviations {
		return
	}
	for i := range a.answer.Figures {
		f := &a.answer.Figures[i]
		if f.Statistic == indicator.Mean && f.Base > 0 {
			f.Deviation = s.Within(a.cellOf(*f)).Deviation(a.numbers(f.Variable))
		}
	}
}

// cellOf is the category of a breakdown that a figure is of.
func (a *inquiry) cellOf(f question.Reply) question.Cell {
	for _, cell := range slices.Concat(a.q.Cells(&a.words)...) {
		if cell.Breakdown == f.Breakdown && cell.Category == f.Category {
			return cell
		}
	}
	panic("pipeline: no cell " + f.Breakdown + " " + f.Category)
}

// numbers are a variable of numbers as a statistic takes it.
func (a *inquiry) numbers(name string) *table.Column {
	return a.wave.Table.Column(a.words.Variable(a.numberOf(name)).Name)
}

// tableOne makes the groups of the question's table, and tests of each statistic in them.
func (a *inquiry) tableOne(s *model.Sample) {
	if !a.q.TableOne {
		return
	}
	made := &TableOne{}
	a.answer.TableOne = made
	cells := a.q.Cells(&a.words)
	groups := cells[0]
	if crossed := cells[len(cells)-1]; len(cells) > 1 { // of all variables of the breakdown
		groups = slices.Concat(groups, crossed)
	}
	for _, cell := range groups {
		made.Groups = append(made.Groups, TableGroup{cell, s.Within(cell).Respondents()})
	}
	var group *table.Column
	for _, name := range slices.Concat(a.q.By...) {
		of := a.wave.Table.Column(a.words.Variable(name).Name)
		if group != nil {
			of = harmonise.Cross(group.Variable.Name+" by "+of.Variable.Name, group, of)
		}
		group = of
	}
	for i, ask := range a.q.Asks {
		row := TableRow{Ask: ask, figures: a.spans[i], Tested: group != nil}
		if row.Tested {
			row.Alike = a.alike(s, ask, group)
		}
		made.Rows = append(made.Rows, row)
	}
}

// alike tests whether a statistic is the same in all groups.
func (a *inquiry) alike(s *model.Sample, ask question.Ask, group *table.Column) model.Alike {
	why := a.untestable()
	switch row := ask.Statistic.Row(); {
	case why != "":
	case row.Share:
		var codes []string
		if ask.Codes != nil {
			codes = a.words.Codes(ask)
		}
		return s.AlikeShares(a.wave.Table.Column(a.words.Variable(ask.Variable).Name), codes, group)
	case ask.Statistic == indicator.Mean:
		return s.AlikeMeans(a.numbers(ask.Variable), group)
	case ask.Statistic == indicator.Quantile:
		return s.AlikeRanks(a.numbers(ask.Variable), group)
	default:
		why = "a " + string(ask.Statistic) + " has none"
	}
	return model.Alike{Numbers: indicator.NoTest, Why: why}
}

// withhold withholds how many respondents the groups have, all of them where those of one
// are too few to be told, or those of none; everyone as whole shows them. There are no rules for tests.
func (t *TableOne) withhold(policy, whole indicator.Policy) {
	if t == nil {
		return
	}
	left := t.Groups[0].Respondents
	few := false
	for _, g := range t.Groups[1:] {
		left -= g.Respondents
		few = few || g.Respondents < policy.ConfidentialBelow
	}
	few = few || left > 0 && left < policy.ConfidentialBelow && len(t.Groups) > 1
	for i := range t.Groups {
		g := &t.Groups[i]
		if i > 0 && few || g.Respondents < policy.ConfidentialBelow {
			g.Respondents = release.Withheld
		} else if i == 0 {
			g.Respondents = disclose.Shown(whole, g.Respondents)
		} else {
			g.Respondents = disclose.Shown(policy, g.Respondents)
		}
	}
	for i := range t.Rows {
		t.Rows[i].Tested = false
	}
}
