package harmonise

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
	"togetherwecan/pipeline/table"
)

// A sheet is the table of a return: its headings, each one text, and the rows
// below them that are not blank.
type sheet struct {
	heads []string
	line  int // of the headings
	rows  [][]string
	lines []int
}

// cell is a cell's text, "" beyond the end of its row.
func (t *sheet) cell(row, column int) string {
	if column >= len(t.rows[row]) {
		return ""
	}
	return trimmed(t.rows[row][column])
}

// add adds a row.
func (t *sheet) add(row []string, line int) {
	t.rows, t.lines = append(t.rows, row), append(t.lines, line)
}

func blankRow(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return trimmed(cell) != "" })
}

// trimmed is a cell without blanks around it, also those that do not break.
func trimmed(cell string) string { return strings.Trim(cell, " \t\r\n\u00a0\u2007\u202f") }

// A layout brings what a body sent to the sheets of its periods.
type layout struct {
	s     *series.Series
	where string
	ps    refusal.Problems
}

func (l *layout) add(line int, format string, args ...any) {
	l.ps.Add(fmt.Sprintf("%s:%d", l.where, line), format, args...)
}

func (l *layout) hint(hint string, line int, format string, args ...any) {
	l.ps.AddHint(hint, fmt.Sprintf("%s:%d", l.where, line), format, args...)
}

// read finds the headings in the first rows that are not blank.
func (l *layout) read(g *table.Grid) *sheet {
	first := 0
	for first < len(g.Rows) && blankRow(g.Rows[first]) {
		first++
	}
	many := max(l.s.Sheet.Heads, 1)
	if first+many > len(g.Rows) {
		l.ps.Add(l.where, "the return is empty, want a row of headings and rows of areas")
		return nil
	}
	t := &sheet{heads: joined(g.Rows[first : first+many]), line: g.Lines[first]}
	for row := first + many; row < len(g.Rows); row++ {
		if blankRow(g.Rows[row]) {
			continue
		}
		t.add(g.Rows[row], g.Lines[row])
		for len(t.heads) < len(g.Rows[row]) { // cells beyond them have none
			t.heads = append(t.heads, "")
		}
	}
	return t
}

// joined are headings of several rows: in all but the last, a blank cell is
// beneath the one to its left, as where cells were merged.
func joined(rows [][]string) []string {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	heads := make([]string, width)
	for i, row := range rows {
		left := ""
		for column := range heads {
			cell := ""
			if column < len(row) {
				cell = strings.Join(strings.Fields(trimmed(row[column])), " ")
			}
			if cell == "" && i < len(rows)-1 {
				cell = left
			}
			left = cell
			if cell != "" && heads[column] != "" {
				cell = " " + cell
			}
			heads[column] += cell
		}
	}
	return heads
}

// headed is the place of the first column with a heading, -1 for none.
func (t *sheet) headed(is func(key string) bool) int {
	return slices.IndexFunc(t.heads, func(head string) bool { return is(series.HeadKey(head)) })
}

// spread brings a table of a row a number to one of a row an area and category:
// each number goes into the column that its row names. A table that has neither
// of the two columns has a row an area already.
func (l *layout) spread(t *sheet) *sheet {
	long := l.s.Sheet.Long
	if t == nil || long == nil {
		return t
	}
	place := func(of string) int {
		return t.headed(func(key string) bool { return key == series.HeadKey(of) })
	}
	names, values := place(long.Names), place(long.Values)
	switch {
	case names < 0 && values < 0:
		return t
	case names < 0 || values < 0:
		l.add(t.line, "one of the columns %q and %q is missing, want both: the one names what the other has the number of", long.Names, long.Values)
		return t
	}
	known := l.s.Heads()
	var kept []int // columns that say what a number is of
	made := &sheet{line: t.line}
	for i, head := range t.heads {
		if name, there := known[series.HeadKey(head)]; i != names && i != values && (name != "" || !there) {
			kept = append(kept, i)
			made.heads = append(made.heads, head)
		}
	}
	at := map[string]int{} // columns of numbers
	rows, told := map[string]int{}, map[string]bool{}
	for row := range t.rows {
		text := t.cell(row, names)
		name, there := known[series.HeadKey(text)]
		switch {
		case there && name == "":
			continue
		case !there || !l.s.Columns[name].Kind.Number():
			if !told[text] {
				l.hint("list it under ignore: in "+l.s.File()+", or from: of a column", t.lines[row], "%s %q names no column of numbers of the series%s", long.Names, text, refusal.Nearest(text, l.s.Numbers()))
			}
			told[text] = true
			continue
		}
		var cells []string
		for _, i := range kept {
			cells = append(cells, t.cell(row, i))
		}
		key := strings.Join(cells, "\x00")
		to, seen := rows[key]
		if !seen {
			to = len(made.rows)
			rows[key] = to
			made.add(cells, t.lines[row])
		}
		column, seen := at[name]
		if !seen {
			column = len(made.heads)
			at[name] = column
			made.heads = append(made.heads, l.s.Columns[name].Label)
		}
		for len(made.rows[to]) <= column {
			made.rows[to] = append(made.rows[to], "")
		}
		if made.rows[to][column] != "" {
			l.add(t.lines[row], "a second number of %s in rows that are alike but for it, the first of them on line %d: want one", l.s.Columns[name].Label, made.lines[to])
			continue
		}
		made.rows[to][column] = t.cell(row, values)
	}
	return made
}

// periods parts a table of several periods by the column that tells them, in
// their order.
func (l *layout) periods(t *sheet) ([]string, map[string]*sheet) {
	if t == nil {
		return nil, nil
	}
	known := l.s.Heads()
	place := t.headed(func(key string) bool {
		c := l.s.Columns[known[key]]
		return c != nil && c.Kind == series.PeriodColumn
	})
	if place < 0 {
		l.hint("name the file for its period, or give the column", t.line, "no column tells the periods of a file that is not named for one")
		return nil, nil
	}
	parts, told := map[string]*sheet{}, map[string]bool{}
	var order []string
	for row := range t.rows {
		text := t.cell(row, place)
		period, ok := l.s.MeantPeriod(text)
		if !ok {
			if !told[text] {
				_, err := l.s.Frequency.Period(text)
				l.add(t.lines[row], "%v", err)
			}
			told[text] = true
			continue
		}
		if parts[period] == nil {
			parts[period] = &sheet{heads: t.heads, line: t.line}
			order = append(order, period)
		}
		parts[period].add(t.rows[row], t.lines[row])
	}
	slices.Sort(order) // names sort by time
	return order, parts
}
