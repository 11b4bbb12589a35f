package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A kind says what a cell has.
type kind int

const (
	aNumber kind = iota
	aMoment      // days since 1970, and parts of one
	aText
)

// A cell is one that is not blank, by its column from 0.
type cell struct {
	column int
	kind   kind
	number float64
	text   string
	merged bool // with others, whose value it has alone
}

// A row is one of a sheet, by its number from 1. It is used again.
type row struct {
	line   int
	hidden bool
	cells  []cell
}

// A book is a file of sheets.
type book struct {
	archive *zip.Reader
	limits  Limits
	sheets  []named
	// rows gives those of a sheet that have cells, in order.
	rows func(of named, each func(*row) error) error
}

// A named sheet is a table of a book, by its name, and the part that holds it.
type named struct {
	name, part string
	hidden     bool
}

// errMany is of a sheet with more than its limits.
var errMany = errors.New("more cells than are taken")

// openBook opens the archive that a workbook or a spreadsheet is.
func openBook(in io.ReaderAt, size int64, limits Limits) (*book, error) {
	archive, err := zip.NewReader(in, size)
	if err != nil {
		return nil, err
	}
	b := &book{archive: archive, limits: limits}
	if b.part(odsContent) != nil {
		return b, b.openODS()
	}
	return b, b.openWorkbook()
}

// part is a part of the archive by its name, or nil.
func (b *book) part(name string) *zip.File {
	for _, f := range b.archive.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

// read goes through the markup of a part, piece by piece.
func (b *book) read(name string, piece func(m *markup, kind tokenKind) error) error {
	f := b.part(name)
	if f == nil {
		return fmt.Errorf("no part %s", name)
	}
	of, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer of.Close()
	m := newMarkup(of, b.limits.TextBytes)
	for {
		kind, err := m.next()
		if err == nil {
			err = piece(m, kind)
		}
		var ps refusal.Problems
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &ps):
			return err
		case err != nil:
			return fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
}

// chosen is the sheet of a name or, for "", the first that is not hidden.
func (b *book) chosen(name string) (named, error) {
	var names []string
	for _, s := range b.sheets {
		if s.name == name || name == "" && !s.hidden {
			return s, nil
		}
		names = append(names, s.name)
	}
	if name == "" {
		return named{}, errors.New("no sheet that is not hidden, want one named by --part")
	}
	return named{}, fmt.Errorf("no sheet %q%s, want one of %s", name, refusal.Nearest(name, names), strings.Join(names, ", "))
}
