package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// An output is where text goes: standard output, standard error or a file that text is
// written to. Everything that is written to it is cleaned of what would move a
// terminal's cursor, wherever it came from. It remembers the first error in writing,
// so that a report that did not arrive is not taken for one that did.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if err := o.exactly([]byte(report.Clean(string(p)))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// exactly writes bytes that are not for people, as they are.
func (o *output) exactly(p []byte) error {
	_, err := o.to.Write(p)
	if o.err == nil {
		o.err = err
	}
	return err
}

// terminal is the terminal that is written to, nil for none.
func (o *output) terminal() *os.File {
	if f, ok := o.to.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// The width of a page, in characters: what a reader's terminal has, within reason.
const (
	narrowest = 40
	widest    = 200
)

// pageWidth is how wide a page is: as COLUMNS says, as the terminal is, or as a page
// is that is written to a file.
func (o *output) pageWidth() int {
	width := report.Width
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	} else if f := o.terminal(); f != nil {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			width = n
		}
	}
	return min(max(width, narrowest), widest)
}

// line writes the lines of a format, filled to the page's width. The output remembers
// its faults, here and below.
func (a *app) line(format string, args ...any) {
	if a.document != nil {
		for words := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
			a.document.Add("", words)
		}
		return
	}
	_ = report.Lines(a.out, a.width, format, args...)
}

// paragraph writes text filled to the page's width.
func (a *app) paragraph(mark, words string) {
	if a.document != nil {
		a.document.Add(mark, words)
		return
	}
	_ = report.Paragraph(a.out, a.width, mark, words)
}

// rows writes a table within the page's width.
func (a *app) rows(header []string, rows [][]string) {
	if a.document != nil {
		a.document.Table(header, rows, 1)
		return
	}
	_ = report.Table(a.out, a.width, header, rows)
}

// json writes a value for programs.
func (a *app) json(v any) error { return a.out.exactly(report.Escape(release.EncodeJSON(v))) }

// csv writes a table for programs, byte for byte; a terminal, which no program reads,
// gets it cleaned.
func (a *app) csv(data []byte) error {
	if a.out.terminal() != nil {
		_, err := a.out.Write(data)
		return err
	}
	return a.out.exactly(data)
}

// binary writes what is no text, and refuses a terminal.
func (a *app) binary(data []byte) error {
	if a.out.terminal() != nil {
		return refusal.Problems{{Kind: refusal.Usage, What: "this format is no text, and is not written to a terminal", Hint: "name a file: -o FILE"}}
	}
	return a.out.exactly(data)
}
