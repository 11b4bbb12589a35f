package sheet

import (
	"fmt"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/calendar"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A scanning is a sheet half read.
type scanning struct {
	*book
	of     named
	where  string
	limits Limits
	file   *File
	names  []string // of all columns, "" of those that have none
	all    []column
	rows   int
	header int      // its line, 0 before it was met
	last   int      // the line of the last row with cells
	hidden int      // rows
	beyond []string // cells that no name is above, the first few
	ps     refusal.Problems

	wanted []int // columns of the table
	each   func(*table.Table) error
	batch  int
	at     int // rows of the batch
}

// shown is how many of what is wrong, or noted, are named.
const shown = 5

// look takes what columns are from the next row.
func (s *scanning) look(r *row) error {
	if r.hidden {
		s.hidden++
	}
	if s.header == 0 {
		return s.heads(r)
	}
	if r.line != s.last+1 {
		s.ps.AddHint("delete what is not of the table, as totals and notes below it, or the blank rows", fmt.Sprintf("%s: row %d", s.where, s.last+1),
			"blank, and row %d is not, want one table without a gap", r.line)
		return s.ps
	}
	s.last = r.line
	if s.rows++; s.rows > s.limits.Rows {
		s.ps.Add(s.where, "more than %d rows, want at most so many", s.limits.Rows)
		return s.ps
	}
	for _, c := range r.cells {
		if c.column >= len(s.all) {
			if len(s.beyond) < shown {
				s.beyond = append(s.beyond, cellName(c.column, r.line))
			}
			continue
		}
		of := &s.all[c.column]
		switch c.kind {
		case aNumber:
			of.numbers++
		case aMoment:
			of.moments++
			of.fractions = of.fractions || c.number != math.Trunc(c.number)
		default:
			if _, is := codebook.Number(c.text); is {
				of.worded++
			} else {
				of.texts++
			}
		}
	}
	return nil
}

// heads takes the names of the columns from the first row that has cells.
func (s *scanning) heads(r *row) error {
	s.header, s.last = r.line, r.line
	s.file.First = r.line + 1
	width := r.cells[len(r.cells)-1].column + 1
	if width > s.limits.Columns {
		s.ps.Add(s.where, "%d columns, want at most %d", width, s.limits.Columns)
		return s.ps
	}
	s.names, s.all = make([]string, width), make([]column, width)
	numbers := true
	for _, c := range r.cells {
		s.names[c.column] = strings.TrimSpace(spelled(c))
		_, number := codebook.Number(c.text)
		numbers = numbers && (c.kind != aText || number)
	}
	if numbers {
		s.ps.AddHint("write the names of the columns above them", fmt.Sprintf("%s: row %d", s.where, r.line), "numbers alone, want the names of the columns")
		return s.ps
	}
	return nil
}

// cellName is what a cell is called: AB12.
func cellName(column, line int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return fmt.Sprintf("%s%d", name, line)
}

// columns chooses those that are wanted, once the sheet was looked through.
func (s *scanning) columns(want []string) error {
	switch {
	case s.header == 0:
		s.ps.Add(s.where, "sheet %q has no cells, want the names of columns and rows below them", s.of.name)
	case s.rows == 0:
		s.ps.Add(s.where, "sheet %q has no rows, want at least one below the names", s.of.name)
	case s.beyond != nil:
		s.ps.AddHint("name the column, or delete the cells", s.where, "cells with no name above them: %s", strings.Join(s.beyond, ", "))
	}
	if s.ps != nil {
		return s.ps
	}
	names, alike, notes := table.Distinct(s.names)
	f := s.file
	f.Alike, f.Notes = alike, notes
	if s.hidden > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("hidden and read all the same: %s", refusal.Count(s.hidden, "row")))
	}
	wants := map[string]bool{}
	for _, name := range want {
		wants[strings.ToLower(name)] = true
	}
	var worded, nameless []string
	for i, name := range names {
		of := &s.all[i]
		if name == "" {
			if of.numbers+of.moments+of.texts+of.worded > 0 {
				nameless = append(nameless, strings.TrimRight(cellName(i, 0), "0"))
			}
			continue
		}
		f.Names = append(f.Names, name)
		if want != nil && !wants[strings.ToLower(name)] {
			continue
		}
		s.wanted = append(s.wanted, i)
		of.made = &table.Column{Variable: codebook.Variable{Name: name, Recorded: &codebook.Recorded{}}}
		if of.worded > 0 && of.texts+of.moments == 0 {
			worded = append(worded, name)
		}
	}
	for _, told := range []struct {
		of    []string
		words string
	}{{nameless, "columns without a name, which are passed over: "}, {worded, "numbers that the sheet has as texts: "}} {
		if n := len(told.of); n > shown {
			told.of = append(told.of[:shown:shown], fmt.Sprintf("and %d more", n-shown))
		}
		if told.of != nil {
			f.Notes = append(f.Notes, told.words+strings.Join(told.of, ", "))
		}
	}
	return nil
}

// textual says whether a column is text: not numbers alone, and not days alone.
func (c *column) textual() bool { return c.texts > 0 || c.moments > 0 && c.numbers+c.worded > 0 }

// begin makes room for a batch.
func (s *scanning) begin(rows int) {
	for _, i := range s.wanted {
		of := &s.all[i]
		switch {
		case of.textual():
			of.made.Text = make([]string, rows)
			continue
		case of.moments > 0 && of.fractions:
			of.made.Variable.Recorded.Format = momentsFormat
		case of.moments > 0:
			of.made.Variable.Recorded.Format = daysFormat
		}
		of.made.Values = make([]float64, rows)
	}
	s.clear()
}

// clear makes the cells of the next batch blank.
func (s *scanning) clear() {
	for _, i := range s.wanted {
		c := s.all[i].made
		clear(c.Text)
		for row := range c.Values {
			c.Values[row] = math.NaN()
		}
	}
	s.at = 0
}

// fill takes the next row, and gives a batch that is full.
func (s *scanning) fill(r *row) error {
	if r.line <= s.header || r.line > s.last {
		return nil
	}
	for _, c := range r.cells {
		if c.column >= len(s.all) || s.all[c.column].made == nil {
			continue
		}
		of := &s.all[c.column]
		switch to := of.made; {
		case to.Text != nil:
			to.Text[s.at] = spelled(c)
		case c.kind == aText:
			to.Values[s.at], _ = codebook.Number(c.text)
		case c.kind == aMoment && of.fractions:
			to.Values[s.at] = math.Round(c.number*secondsOfDay*1000) / 1000
		default:
			to.Values[s.at] = c.number
		}
	}
	if s.at++; s.at == s.batch && s.each != nil {
		return s.give()
	}
	return nil
}

// give gives the rows of the batch.
func (s *scanning) give() error {
	t := table.New(s.at)
	for _, i := range s.wanted {
		t.Add(part(s.all[i].made, s.at))
	}
	if err := s.each(t); err != nil {
		return err
	}
	s.clear()
	return nil
}

// part is the first rows of a column.
func part(c *table.Column, rows int) *table.Column {
	made := &table.Column{Variable: c.Variable}
	if c.Text != nil {
		made.Text = c.Text[:rows]
	} else {
		made.Values = c.Values[:rows]
	}
	return made
}

// end gives the last rows, and makes the file's table.
func (s *scanning) end() error {
	rows := s.rows
	if s.each != nil {
		if s.at > 0 {
			if err := s.give(); err != nil {
				return err
			}
		}
		rows = 0
	}
	s.file.Table = table.New(rows)
	for _, i := range s.wanted {
		s.file.Table.Add(part(s.all[i].made, rows))
	}
	return nil
}

// The counts of dates of the formats.
var (
	ofDays, _    = calendar.Of(daysFormat)
	ofMoments, _ = calendar.Of(momentsFormat)
)

// spelled is a cell as text: a number with every digit, a day or a moment by ISO 8601.
func spelled(c cell) string {
	switch {
	case c.kind == aText:
		return c.text
	case c.kind == aNumber:
		return codebook.Spell(c.number)
	case c.number == math.Trunc(c.number):
		return ofDays.Text(c.number)
	}
	return ofMoments.Text(math.Round(c.number * secondsOfDay))
}
