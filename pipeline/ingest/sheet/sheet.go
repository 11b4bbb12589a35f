// Package sheet reads a table of a workbook (.xlsx) or a spreadsheet (.ods) as an extract: its
// first row with cells has the names, and each row after that, without a gap, is one of the
// table.
//
// A column is what its cells are: numbers where each is one, or a text that reads as one;
// dates where each is a day or a moment, by its format in a workbook; and text otherwise, of
// which numbers are spelled with every digit, and without the spaces around it. What is shown of a
// cell is not read. Truths are 1 and 0. A sheet is gone through twice, in memory that does not grow with its rows but for
// the texts that a workbook keeps apart.
package sheet

import (
	"cmp"
	"errors"
	"io"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a sheet may have at most; 0 is the default.
type Limits struct {
	Columns, Rows int
	Cells         int64 // in the wanted columns of what is held
	TextBytes     int   // of one text, and of any piece of markup
	SharedBytes   int   // of the texts of a workbook, each once
}

func (l Limits) orDefault() Limits {
	return Limits{
		cmp.Or(l.Columns, 200_000), cmp.Or(l.Rows, 20_000_000), cmp.Or(l.Cells, 250_000_000), cmp.Or(l.TextBytes, 16<<20), cmp.Or(l.SharedBytes, 1<<30),
	}
}

// A File is the wanted columns of a sheet, in its order, and the names of all its columns that
// have one.
type File struct {
	Table  *table.Table
	Names  []string
	Alike  table.Alike
	Format string
	Sheet  string
	Sheets []string // of the file
	Notes  []string
	First  int // the row of the sheet that is the table's first
}

// Line is the number of the row of the sheet that a row of the table, from 0, is.
func (f *File) Line(row int) int { return f.First + row }

// The formats of dates, which calendar knows.
const (
	daysFormat    = "days since 1970"
	momentsFormat = "seconds since 1970"
)

// A column is what is known of one of the sheet: how many cells it has of each kind. Worded are
// those of texts that read as numbers.
type column struct {
	numbers, moments, texts, worded int
	fractions                       bool // of days
	made                            *table.Column
}

// Scan reads the wanted columns of the sheet of a name, of the first that is not hidden for "",
// in batches as other readers do, or for a nil each whole. Where is how problems name the file.
// The error is refusal.Problems, or each's own.
func Scan(in io.ReaderAt, size int64, where, part string, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scan(in, size, where, part, want, limits, 0, each)
}

func scan(in io.ReaderAt, size int64, where, part string, want []string, limits Limits, batch int, each func(*table.Table) error) (*File, error) {
	limits = limits.orDefault()
	refuse := func(err error) error {
		var ps refusal.Problems
		if errors.As(err, &ps) {
			for i := range ps {
				if !strings.HasPrefix(ps[i].Where, where) {
					ps[i].Where = where + ": " + ps[i].Where
				}
			}
			return ps
		}
		ps.Add(where, "cannot be read: %v", err)
		return ps
	}
	b, err := openBook(in, size, limits)
	if err != nil {
		return nil, refuse(err)
	}
	of, err := b.chosen(part)
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: where, What: err.Error()}}
	}
	s := &scanning{book: b, of: of, where: where, limits: limits, file: &File{Sheet: of.name, Format: "Excel workbook"}}
	if of.part == odsContent {
		s.file.Format = "OpenDocument spreadsheet"
	}
	for _, one := range b.sheets {
		s.file.Sheets = append(s.file.Sheets, one.name)
	}
	if err := b.rows(of, s.look); err != nil {
		return nil, refuse(err)
	}
	if err := s.columns(want); err != nil {
		return nil, err
	}
	if batch == 0 {
		batch = table.BatchRows(len(s.wanted))
	}
	if each == nil {
		batch = s.rows
		if cells := int64(s.rows) * int64(len(s.wanted)); cells > limits.Cells {
			var ps refusal.Problems
			ps.Add(where, "%d cells in the wanted columns, want at most %d", cells, limits.Cells)
			return nil, ps
		}
	}
	s.begin(min(batch, s.rows))
	s.each, s.batch = each, batch
	var stopped error
	err = b.rows(of, func(r *row) error {
		if stopped = s.fill(r); stopped != nil {
			return io.EOF
		}
		return nil
	})
	switch {
	case stopped != nil:
		return nil, stopped
	case err != nil:
		return nil, refuse(err)
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	return s.file, nil
}
