package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Width is the width of a page where the reader's is not known.
const Width = 80

// widest is how far sentences go: beyond it the eye loses the line.
const widest = 120

// The least that a column of words is narrowed to where its words are longer, before
// a table is parted and after.
const (
	leastOfWords = 16
	leastOfAll   = 6
	unbroken     = 1 << 30 // no column is narrowed
)

// What a break costs that is not between the words of a sentence, in lines.
const (
	short    = 12 // a cell of at most this many letters is no sentence
	badBreak = 4
)

// Table lays out rows under a header, indented, with no frame, within a width. A
// header that begins with > has its column aligned to the right: numbers, which are
// never broken.
//
// Where the table is too wide, columns that have nothing in any row are left out. Then
// columns of words are narrowed, where that breaks the fewest lines, and the words go on
// below. Where that is not enough they stand one blank apart, and where that is not either
// the columns go on in further parts, each beside the columns of words that the table begins
// with. What was done is said under the table.
// Nothing is written where there are no rows.
func Table(w io.Writer, width int, header []string, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	g := newGrid(header, rows)
	all, some, none := g.columns()
	if g.fit(all, width, unbroken) {
		return g.write(w, all)
	}
	parts := [][]int{some}
	if !g.fit(some, width, leastOfWords) {
		if g.gap = 1; !g.fit(some, width, leastOfWords) {
			g.gap = columnGap
			parts = g.parts(some, width)
		}
	}
	for i, part := range parts {
		if !g.fit(part, width, leastOfWords) {
			g.fit(part, width, leastOfAll)
		}
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := g.write(w, part); err != nil {
			return err
		}
	}
	var told []string
	if len(none) > 0 {
		told = append(told, "Nothing in: "+strings.Join(none, ", "))
	}
	if len(parts) > 1 {
		told = append(told, fmt.Sprintf("In %d parts of the same rows: a page of %d characters is too narrow for the table", len(parts), width))
	}
	for _, words := range told {
		if err := Paragraph(w, width, "  ", words); err != nil {
			return err
		}
	}
	return nil
}

// A grid is a table whose columns are being fitted.
type grid struct {
	header []string
	rows   [][]string
	right  []bool
	widths []int
	gap    int // blanks between columns
}

// columnGap is how many blanks are between columns, unless one is all that there is room for.
const columnGap = 2

func newGrid(header []string, rows [][]string) *grid {
	g := &grid{right: make([]bool, len(header)), widths: make([]int, len(header)), gap: columnGap}
	for i, name := range header {
		name, right := strings.CutPrefix(name, ">")
		g.header, g.right[i] = append(g.header, Line(name)), right
	}
	for _, row := range rows {
		cells := make([]string, len(header))
		for i := range row {
			cells[i] = Line(row[i])
		}
		g.rows = append(g.rows, cells)
	}
	return g
}

// columns lists all columns, those that have something in some row, and the headings of
// the others.
func (g *grid) columns() (all, some []int, none []string) {
	for c, name := range g.header {
		all = append(all, c)
		if slices.ContainsFunc(g.rows, func(row []string) bool { return row[c] != "" && row[c] != "-" }) {
			some = append(some, c)
		} else if name != "" {
			none = append(none, name)
		}
	}
	return all, some, none
}

// each yields a column's heading and cells.
func (g *grid) each(column int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if !yield(g.header[column]) {
			return
		}
		for _, row := range g.rows {
			if !yield(row[column]) {
				return
			}
		}
	}
}

// fit gives columns their widths, and says whether they are then within the page.
// Columns of words are narrowed first, one place at a time, where that breaks the
// fewest cells, and the widest where it breaks as many; then the headings of numbers.
// A word is broken where it is longer than least, and a number where least is all that
// there is.
func (g *grid) fit(columns []int, width, least int) bool {
	total := 2 - g.gap // the page's margin; none behind the last
	of := make(map[int]*fitting, len(columns))
	for _, c := range columns {
		of[c] = g.fitting(c, least)
		g.widths[c] = of[c].natural
		total += g.gap + g.widths[c]
	}
	lines := make([]int, 1+len(g.rows)) // of each row, the heading first
	for i := range lines {
		lines[i] = 1
	}
	for ; total > width; total-- {
		next, cheapest := -1, 0
		for _, c := range columns {
			if g.widths[c] <= of[c].least || next >= 0 && g.right[c] && !g.right[next] {
				continue
			}
			cost := of[c].cost(g.widths[c]-1, lines)
			if next < 0 || g.right[next] && !g.right[c] || cost < cheapest || cost == cheapest && g.widths[c] > g.widths[next] {
				next, cheapest = c, cost
			}
		}
		if next < 0 {
			return false
		}
		g.widths[next]--
		for i := range lines {
			lines[i] = max(lines[i], of[next].lines(i, g.widths[next]))
		}
	}
	return true
}

// A fitting is what a column is fitted by: the sizes of the words of its heading and of
// each of its cells, and of the whole of each.
type fitting struct {
	words          [][]int
	sizes          []int
	natural, least int
}

func (g *grid) fitting(column, least int) *fitting {
	f := &fitting{}
	longest := 0
	for cell := range g.each(column) {
		var words []int
		for word := range strings.FieldsSeq(cell) {
			words = append(words, size(word))
			longest = max(longest, words[len(words)-1])
		}
		f.words, f.sizes = append(f.words, words), append(f.sizes, size(cell))
	}
	f.natural = slices.Max(f.sizes)
	f.least = max(min(longest, least), 1)
	if least == unbroken {
		f.least = f.natural
	}
	if g.right[column] && least > leastOfAll {
		f.least = slices.Max(append(f.sizes[1:], f.words[0]...))
	}
	return f
}

// lines is how many lines a cell has in a width.
func (f *fitting) lines(cell, width int) int {
	if f.sizes[cell] <= width {
		return 1
	}
	n, column := 0, width
	for _, word := range f.words[cell] {
		if column += 1 + word; column > width {
			n += (word + width - 1) / width
			column = word % width
		}
	}
	return n
}

// cost is how many lines a width makes beside those of each row, and how many words and
// short cells it breaks, each of which is as bad as several lines.
func (f *fitting) cost(width int, lines []int) int {
	cost := 0
	for i, size := range f.sizes {
		if size <= width {
			continue
		}
		cost += max(f.lines(i, width)-lines[i], 0)
		if size <= short {
			cost += badBreak
		}
		for _, word := range f.words[i] {
			if word > width {
				cost += badBreak
			}
		}
	}
	return cost
}

// parts shares out columns: those of words that the table begins with, while they leave
// half of the page, are in every part. The last has two of the others, if they fit.
func (g *grid) parts(columns []int, width int) [][]int {
	first := 1
	for first < len(columns)-1 && !g.right[columns[first]] && g.fit(columns[:first+1], width/2, leastOfWords) {
		first++
	}
	var parts [][]int
	part := columns[:first:first]
	for _, c := range columns[first:] {
		next := append(slices.Clone(part), c)
		if len(part) > first && !g.fit(next, width, leastOfWords) {
			parts = append(parts, part)
			next = append(slices.Clone(columns[:first]), c)
		}
		part = next
	}
	if n := len(parts); n > 0 && len(part) == first+1 && len(parts[n-1]) > first+2 { // not one column alone
		before := parts[n-1]
		if with := slices.Insert(slices.Clone(part), first, before[len(before)-1]); g.fit(with, width, leastOfWords) {
			parts[n-1], part = before[:len(before)-1], with
		}
	}
	return append(parts, part)
}

// write writes columns with their widths.
func (g *grid) write(w io.Writer, columns []int) error {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true}
	style.Box.PaddingLeft, style.Box.PaddingRight = "", strings.Repeat(" ", g.gap)
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	head := make(table.Row, len(columns))
	configs := make([]table.ColumnConfig, len(columns))
	for i, c := range columns {
		head[i] = broken(g.header[c], g.widths[c])
		configs[i] = table.ColumnConfig{Number: i + 1, VAlignHeader: text.VAlignBottom}
		if g.right[c] {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for _, row := range g.rows {
		cells := make(table.Row, len(columns))
		for i, c := range columns {
			cells[i] = broken(row[c], g.widths[c])
		}
		t.AppendRow(cells)
	}
	for line := range strings.Lines(t.Render()) {
		if line = strings.TrimRight(line, "\n"); strings.Trim(line, "─") == "" {
			line = strings.TrimSuffix(line, strings.Repeat("─", g.gap)) // the last column's padding
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight("  "+line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// size is how many places of a line text takes.
func size(words string) int { return text.StringWidthWithoutEscSequences(words) }

// broken is a cell in lines of at most this width: as it is where it fits, or between
// words, and within a word that is longer, if possible after a mark in it. Lines of an
// indented cell are indented.
func broken(cell string, width int) string {
	if size(cell) <= width {
		return cell
	}
	if indent := len(cell) - len(strings.TrimLeft(cell, " ")); indent > 0 && width > 2*indent {
		blanks := cell[:indent]
		return blanks + strings.ReplaceAll(broken(cell[indent:], width-indent), "\n", "\n"+blanks)
	}
	var words []string
	for word := range strings.FieldsSeq(cell) {
		for size(word) > width {
			fits, marked, at := 0, 0, 0
			for i, letter := range word {
				if at += size(string(letter)); at > width {
					break
				}
				if fits = i + utf8.RuneLen(letter); strings.ContainsRune("/-_,;:.=", letter) {
					marked = fits
				}
			}
			cut := cmp.Or(marked, fits)
			if cut == 0 {
				_, cut = utf8.DecodeRuneInString(word)
			}
			words, word = append(words, word[:cut]), word[cut:]
		}
		words = append(words, word)
	}
	return Fill(strings.Join(words, " "), width)
}

// Paragraph writes text filled to a width, its first line after mark and the
// others indented as far, or as mark is where it takes more than a third of the page.
func Paragraph(w io.Writer, width int, mark, words string) error {
	before, indent := mark, size(mark)
	if indent > width/3 {
		words = strings.TrimLeft(mark, " ") + words
		before = mark[:len(mark)-len(strings.TrimLeft(mark, " "))]
		indent = len(before)
	}
	for line := range strings.SplitSeq(Fill(words, min(width, widest)-indent), "\n") {
		if _, err := fmt.Fprintln(w, strings.TrimRight(before+line, " ")); err != nil {
			return err
		}
		before = strings.Repeat(" ", indent)
	}
	return nil
}

// Lines writes the lines of a format, each filled to a width within its own indent.
// Texts among the arguments begin no line.
func Lines(w io.Writer, width int, format string, args ...any) error {
	for line := range strings.SplitSeq(fmt.Sprintf(format, cleaned(args)...), "\n") {
		words := strings.TrimLeft(line, " ")
		if err := Paragraph(w, width, line[:len(line)-len(words)], words); err != nil {
			return err
		}
	}
	return nil
}

// Fill breaks text into lines of at most this many characters, between words:
// a longer word has a line of its own.
func Fill(words string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(words) {
		long := size(word)
		switch {
		case i == 0:
		case column+1+long > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += long
	}
	return b.String()
}

// page collects the lines of a report, and the first error in writing them.
type page struct {
	out   io.Writer
	width int
	err   error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		p.err = Lines(p.out, p.width, format, args...)
	}
}

func (p *page) paragraph(mark, words string) {
	if p.err == nil {
		p.err = Paragraph(p.out, p.width, mark, words)
	}
}

func (p *page) table(header []string, rows [][]string) {
	if p.err == nil {
		p.err = Table(p.out, p.width, header, rows)
	}
}
