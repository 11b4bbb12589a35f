package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Book is a workbook before it is written in a format.
type Book struct {
	Title    string
	Subject  string
	About    string // in a paragraph
	Keywords []string
	Issued   string // day of the release, YYYY-MM-DD
	Sheets   []Sheet
}

// A Sheet has lines, its title the first of them, and below them one table or none.
type Sheet struct {
	Name  string // at most 31 characters, none like another's
	Holds string // for the contents
	Lines []Line
	Table *Table
}

// A Line is one row of text above the table, in the first column.
type Line struct {
	Role Role
	Text string
	Link string // name of the sheet that it leads to; "" for none
}

// A Role is what a line is.
type Role int

// The roles.
const (
	Body Role = iota
	Title
	Heading
	Warning // what a reader must not miss
)

// A Table is one row of heads and rows of cells, none of them empty.
type Table struct {
	Name    string // in letters, digits and underscores, none like another's
	Columns []Column
	Rows    [][]Cell
}

// A Column is one of a table's.
type Column struct {
	Head    string // none like another's
	Numbers bool   // at the right: numbers, and shorthand for those that are not there
	Width   int    // characters
}

// A Cell is text, or a number where it has a Format.
type Cell struct {
	Text   string
	Number float64
	Format *Format
	Link   string // name of the sheet that it leads to; "" for none
}

// A Format is how a number is shown: with commas between the thousands and so many decimals;
// as a probability, with three, and under 0.001 as that.
type Format struct {
	Decimals    int
	Probability bool
}

// small is what a probability under 0.001 is shown as.
const small = "< 0.001"

// Shown is the number of a cell as the format shows it, its text where it is none.
func (c Cell) Shown() string {
	switch {
	case c.Format == nil:
		return c.Text
	case c.Format.Probability && c.Number < 0.001:
		return small
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(c.Number), 'f', c.Format.Decimals, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if c.Number < 0 {
		whole = "-" + whole
	}
	return whole
}

// The limits of the formats.
const (
	maxName = 31
	maxText = 32767
	maxRows = 1 << 20
)

// check finds what a spreadsheet would change, cut or refuse.
func (b *Book) check() error {
	names := map[string]bool{}
	for _, s := range b.Sheets {
		key := strings.ToLower(s.Name)
		if s.Name == "" || utf8.RuneCountInString(s.Name) > maxName || strings.ContainsAny(s.Name, `:\/?*[]'`) || names[key] {
			return fmt.Errorf("workbook: a sheet cannot be named %q", s.Name)
		}
		names[key] = true
		t := s.Table
		if t == nil {
			continue
		}
		if names["table "+strings.ToLower(t.Name)] {
			return fmt.Errorf("workbook: two tables are named %s", t.Name)
		}
		names["table "+strings.ToLower(t.Name)] = true
		if len(t.Rows) == 0 || len(s.Lines)+1+len(t.Rows) > maxRows {
			return fmt.Errorf("workbook: sheet %s: a table of %d rows", s.Name, len(t.Rows))
		}
		heads := map[string]bool{}
		for _, c := range t.Columns {
			if c.Head == "" || heads[strings.ToLower(c.Head)] {
				return fmt.Errorf("workbook: sheet %s: a column cannot be named %q", s.Name, c.Head)
			}
			heads[strings.ToLower(c.Head)] = true
		}
		for i, row := range t.Rows {
			for j, c := range row {
				if c.Format == nil && (c.Text == "" || utf8.RuneCountInString(c.Text) > maxText) {
					return fmt.Errorf("workbook: sheet %s: row %d, %s has %d characters, want from 1 to %d", s.Name, i+1, t.Columns[j].Head, utf8.RuneCountInString(c.Text), maxText)
				}
			}
		}
	}
	return nil
}

// The widths of columns, in characters.
const (
	narrowest = 9
	usual     = 28  // that text may take
	wide      = 60  // that long text may take
	widest    = 100 // and very long text
	long      = 150 // from which on it is long
	veryLong  = 600
	few       = 4   // columns, which may be wide
	lineWidth = 100 // of a sheet without a table
	headLines = 4   // that a head may take
	pageWidth = 200 // that can be read on one page
)

// fit gives the columns the widths that show their cells, wrapped where they are long.
func (t *Table) fit() {
	for j := range t.Columns {
		c := &t.Columns[j]
		most := 0
		for _, row := range t.Rows {
			most = max(most, utf8.RuneCountInString(row[j].Shown()))
		}
		width, limit := max(narrowest, most+3), usual
		switch {
		case most >= veryLong:
			limit = widest
		case most >= long, len(t.Columns) <= few:
			limit = wide
		}
		if !c.Numbers {
			width = min(width, limit)
		}
		head := (utf8.RuneCountInString(c.Head)+headLines-1)/headLines + 4
		for _, word := range strings.Fields(c.Head) {
			head = max(head, utf8.RuneCountInString(word)+3)
		}
		c.Width = max(width, head)
	}
}

// pages is how many the table takes side by side, in letters that can be read.
func (t *Table) pages() int {
	width := 0
	for _, c := range t.Columns {
		width += c.Width
	}
	return (width + pageWidth - 1) / pageWidth
}

// widths are those of letters in Arial, in tenths of a figure's.
var widths = func() (of [128]int) {
	for i := range of {
		of[i] = 10
	}
	for tenths, letters := range map[int]string{4: "ijl'|", 5: "ft.,;:!/[] ", 6: "r()-\"", 9: "ckszvxyJ", 12: "ABDEKPRSVXYCHNU=+", 13: "wGOQ&", 15: "mM%", 17: "W@"} {
		for _, r := range letters {
			of[r] = tenths
		}
	}
	return of
}()

// size is how wide text is, in tenths of a figure.
func size(text string) int {
	n := 0
	for _, r := range text {
		if int(r) < len(widths) {
			n += widths[r]
			continue
		}
		n += 12
	}
	return n
}

// lines is how many lines text takes that is broken between words at a width in characters.
func lines(text string, width int) int {
	n, width := 0, 10*width-5
	for paragraph := range strings.SplitSeq(text, "\n") {
		n++
		used := 0
		for _, word := range strings.Fields(paragraph) {
			wide := size(word)
			if used > 0 && used+5+wide > width {
				n, used = n+1, 0
			}
			if used > 0 {
				used += 5
			}
			used += wide
			n, used = n+(used-1)/width, (used-1)%width+1
		}
	}
	return n
}

// tall is how many lines a row takes.
func (t *Table) tall(row []Cell) int {
	n := 1
	for j, c := range row {
		if !t.Columns[j].Numbers {
			n = max(n, lines(c.Text, t.Columns[j].Width-1))
		}
	}
	return n
}

// headTall is how many lines the heads take, which are bold.
func (t *Table) headTall() int {
	n := 1
	for _, c := range t.Columns {
		n = max(n, lines(c.Head, c.Width*9/10))
	}
	return n
}

// height is that of a line, in points.
func (l Line) height(wraps bool) float64 {
	n := 1
	if wraps {
		n = lines(l.Text, int(lineWidth*fontSize/sizes[l.Role])*9/10)
	}
	above := 0.0
	if l.Role == Heading {
		above = sizes[l.Role] // space, instead of a blank row
	}
	return points(above + float64(float64(n)*sizes[l.Role]*spacing))
}
