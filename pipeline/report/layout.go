package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Width is the width of a page where the reader's is not known.
const Width = 96

// Table lays out rows under a header, indented, with no frame. A header that
// begins with > has its column aligned to the right. Nothing is written where
// there are no rows.
func Table(w io.Writer, header []string, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	t := table.NewWriter()
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true}
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	head := make(table.Row, len(header))
	configs := make([]table.ColumnConfig, len(header))
	for i, name := range header {
		right := strings.HasPrefix(name, ">")
		head[i] = strings.TrimPrefix(name, ">")
		configs[i] = table.ColumnConfig{Number: i + 1}
		if right {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, cell := range row {
			cells[i] = cell
		}
		t.AppendRow(cells)
	}
	for line := range strings.Lines(t.Render()) {
		if line = strings.TrimRight(line, "\n"); strings.Trim(line, "─") == "" {
			line = strings.TrimSuffix(line, "──") // the last column's padding
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight("  "+line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// Paragraph writes text filled to a width, its first line after mark and the
// others indented as far.
func Paragraph(w io.Writer, width int, mark, words string) error {
	indent := text.StringWidthWithoutEscSequences(mark)
	before := mark
	for line := range strings.SplitSeq(Fill(words, width-indent), "\n") {
		if _, err := fmt.Fprintln(w, strings.TrimRight(before+line, " ")); err != nil {
			return err
		}
		before = strings.Repeat(" ", indent)
	}
	return nil
}

// Fill breaks text into lines of at most this many characters, between words:
// a longer word has a line of its own.
func Fill(words string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(words) {
		size := text.StringWidthWithoutEscSequences(word)
		switch {
		case i == 0:
		case column+1+size > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += size
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
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *page) paragraph(mark, words string) {
	if p.err == nil {
		p.err = Paragraph(p.out, p.width, mark, words)
	}
}

func (p *page) table(header []string, rows [][]string) {
	if p.err == nil {
		p.err = Table(p.out, header, rows)
	}
}
