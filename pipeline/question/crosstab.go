package question

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// A Crosstab is a table of the categories of one variable by those of another, of the
// respondents who have both; of no column it is of one variable's.
type Crosstab struct{ Row, Column string }

// variables are those of the table.
func (c Crosstab) variables() []string {
	if c.Column == "" {
		return []string{c.Row}
	}
	return []string{c.Row, c.Column}
}

// Crossing is the name of the variable that a table's cells are the categories of: names
// in a file have no blank.
func (w *Words) Crossing(c Crosstab) string {
	names := w.names(c.variables())
	if c.Column == "" {
		return names[0]
	}
	return names[0] + " by " + names[1]
}

// A CellShare is what a share of a table's cell is of: of all, of its row or of its column.
type CellShare string

// The shares of a cell.
const (
	OfAll    CellShare = "cell"
	OfRow    CellShare = "row"
	OfColumn CellShare = "column"
)

// CellShares are all of them.
var CellShares = []CellShare{OfAll, OfRow, OfColumn}

// A CrosstabCell is a cell of a table, or one of its margins, whose Row or Column has the
// code codebook.All. A share of a margin that would be all of it is not there.
type CrosstabCell struct {
	Row, Column codebook.Category
	Count       Reply // the weighted count
	Respondents int   // unweighted
	shares      map[CellShare]*Reply
}

// Share is one of the cell's shares, nil where there is none.
func (c *CrosstabCell) Share(of CellShare) *Reply { return c.shares[of] }

// A CrosstabReply is a table in a category of a breakdown.
type CrosstabReply struct {
	Cell
	Variables []string // of the rows, and of the columns where there are some
	Cells     []CrosstabCell
}

// A cellFigure is one figure of a table: its item in the definition of what it is, and
// which categories of the crossing it counts, and among whom.
type cellFigure struct {
	row, column int       // -1 of a margin
	share       CellShare // "" of a count
	of          []string  // codes of the crossing; nil is all
	among       []codebook.Condition
}

func (f cellFigure) id() string {
	return strings.Join([]string{"of" + string(f.share), strconv.Itoa(f.row), strconv.Itoa(f.column)}, " ")
}

// crossed are the codes of a table's crossing that are in a row and a column, -1 for any.
func (w *Words) crossed(c Crosstab, row, column int) []string {
	if row < 0 && column < 0 {
		return nil
	}
	rows := w.Variable(c.Row).Codes()
	if c.Column == "" {
		return rows[row : row+1]
	}
	var codes []string
	for i, r := range rows {
		for j, k := range w.Variable(c.Column).Codes() {
			if (row < 0 || i == row) && (column < 0 || j == column) {
				codes = append(codes, indicator.Cross(r, k))
			}
		}
	}
	return codes
}

// cellFigures are the figures of a table: of each cell and margin its count and its shares.
func (w *Words) cellFigures(c Crosstab) []cellFigure {
	var made []cellFigure
	columns, names := 0, w.names(c.variables())
	// A share is among those of the row, with the other variable or not, so that its degrees
	// of freedom are those of the same share broken down by the row (method 13). A count is among
	// all who have both, whose degrees of freedom it has.
	among := func(name, code string) []codebook.Condition {
		return []codebook.Condition{{Variable: name, Categories: []string{code}}}
	}
	if c.Column != "" {
		columns = len(w.Variable(c.Column).Categories)
	}
	for row := -1; row < len(w.Variable(c.Row).Categories); row++ {
		for column := -1; column < columns; column++ {
			of := w.crossed(c, row, column)
			made = append(made, cellFigure{row: row, column: column, of: of})
			if of == nil {
				continue
			}
			made = append(made, cellFigure{row, column, OfAll, of, nil})
			switch {
			case column < 0:
			case row < 0:
				made = append(made, cellFigure{row, column, OfRow, of, nil})
			default:
				made = append(made, cellFigure{row, column, OfRow, of, among(names[0], w.Variable(c.Row).Codes()[row])})
			}
			switch {
			case row < 0:
			case column < 0:
				made = append(made, cellFigure{row, column, OfColumn, of, nil})
			default:
				made = append(made, cellFigure{row, column, OfColumn, of, among(names[1], w.Variable(c.Column).Codes()[column])})
			}
		}
	}
	return made
}

// crosstabBreakdowns are the breakdowns that a table is made within: those of which none
// of its own variables is.
func (q *Question) crosstabBreakdowns(c Crosstab) [][]string {
	return slices.DeleteFunc(q.Breakdowns(), func(by []string) bool {
		return slices.ContainsFunc(by, func(name string) bool {
			return slices.ContainsFunc(c.variables(), func(own string) bool { return strings.EqualFold(own, name) })
		})
	})
}

// CrosstabDefinitions are a table's figures as definitions say them: counts and shares.
func (q *Question) CrosstabDefinitions(w *Words, c Crosstab) []*indicator.Definition {
	crossing := w.Crossing(c)
	breakdowns := []string{}
	for _, by := range q.crosstabBreakdowns(c)[1:] {
		breakdowns = append(breakdowns, indicator.Cross(w.names(by)...))
	}
	condition := func(codes []string) *codebook.Condition {
		if codes == nil {
			codes = w.Book.Variables[crossing].Codes()
		}
		return &codebook.Condition{Variable: crossing, Categories: codes}
	}
	count := &indicator.Definition{ID: "crosstab-count", Statistic: indicator.Count, Level: q.Level * 100, Breakdowns: breakdowns, Interval: q.CountInterval, Freedom: q.FreedomOf(indicator.Count)}
	share := &indicator.Definition{ID: "crosstab-share", Statistic: indicator.Proportion, Level: q.Level * 100, Breakdowns: breakdowns, Interval: q.Interval, Freedom: q.FreedomOf(indicator.Proportion)}
	for _, f := range w.cellFigures(c) {
		item := indicator.Item{ID: f.id(), Of: condition(f.of)}
		item.Base.Where = f.among
		if f.share == "" {
			count.Items = append(count.Items, item)
			continue
		}
		share.Items = append(share.Items, item)
	}
	return []*indicator.Definition{count, share}
}

// CrosstabReplies are the estimates of a table's definitions as an answer has them, of
// everyone first.
func (q *Question) CrosstabReplies(w *Words, c Crosstab, estimates []indicator.Estimate) []CrosstabReply {
	found := make(map[indicator.Key]*indicator.Estimate, len(estimates))
	for i, e := range estimates {
		found[indicator.Key{Breakdown: e.Breakdown, Category: e.Category, Item: e.Item}] = &estimates[i]
	}
	names := w.names(c.variables())
	title := strings.Join(names, "+")
	of := func(name string, at int) codebook.Category {
		if at < 0 {
			return codebook.Category{Code: codebook.All}
		}
		return w.Variable(name).Categories[at]
	}
	var made []CrosstabReply
	within := q.crosstabBreakdowns(c)
	for _, cell := range slices.Concat(q.Cells(w)...) {
		if !slices.ContainsFunc(within, func(by []string) bool { return slices.Equal(w.names(by), cell.Variables) }) {
			continue
		}
		table := CrosstabReply{Cell: cell, Variables: names}
		for _, f := range w.cellFigures(c) {
			a := Reply{Variable: title, Crossed: cell.Crossed, Label: cell.Label}
			if e := found[indicator.Key{Breakdown: cell.Breakdown, Category: cell.Category, Item: f.id()}]; e != nil {
				a.Estimate = *e
			}
			row, column := of(c.Row, f.row), of(c.Column, f.column)
			a.Item = indicator.Cross(row.Code, column.Code)
			if f.share == "" {
				respondents := max(a.Yes(), 0)
				if f.of == nil { // nobody is outside of the total of all
					for g := range a.Groups {
						a.Groups[g].Yes = -1
					}
				}
				table.Cells = append(table.Cells, CrosstabCell{Row: row, Column: column, Count: a, Respondents: respondents, shares: map[CellShare]*Reply{}})
				continue
			}
			a.Variable += " (" + string(f.share) + " share)"
			table.Cells[len(table.Cells)-1].shares[f.share] = &a
		}
		made = append(made, table)
	}
	return made
}

// At is the cell of a row and a column by their codes.
func (c *CrosstabReply) At(row, column string) *CrosstabCell {
	at := slices.IndexFunc(c.Cells, func(cell CrosstabCell) bool { return cell.Row.Code == row && cell.Column.Code == column })
	return &c.Cells[at]
}

// Figures are all of a table's, the count of each cell before its shares.
func (c *CrosstabReply) Figures() []*Reply {
	var made []*Reply
	for i := range c.Cells {
		made = append(made, c.Cells[i].Figures()...)
	}
	return made
}

// Figures are the cell's count and its shares.
func (c *CrosstabCell) Figures() []*Reply {
	made := []*Reply{&c.Count}
	for _, share := range CellShares {
		if r := c.Share(share); r != nil {
			made = append(made, r)
		}
	}
	return made
}

// checkCrosstab reports what is wrong with a table: nobody has a value, or it has more
// cells than anybody reads.
func (q *Question) checkCrosstab(w *Words, c Crosstab) refusal.Problems {
	var ps refusal.Problems
	cells := 1
	for _, name := range c.variables() {
		v := w.Variable(name)
		if !v.Categorical() {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: fmt.Sprintf("%s: variable %q", w.Where, v.Name), What: "no row has a value"})
		}
		cells *= max(len(v.Categories), 1)
	}
	if cells > mostCells {
		ps = append(ps, refusal.Problem{
			Kind: refusal.Usage, Where: "--table", What: fmt.Sprintf("%s of %d cells, want at most %d", strings.Join(c.variables(), "+"), cells, mostCells),
			Hint: "--band makes bands of numbers, and --let with recode groups of codes",
		})
	}
	return ps
}
