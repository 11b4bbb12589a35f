// Package parquet reads and writes extracts as Parquet, the form in which a
// department's own tools hand over microdata.
//
// Columns are flat: numbers of any kind, text, truth values, dates and times.
// The library that decodes them is kept within limits and its panics are
// turned into errors, so that a hostile file ends in a problem. A file that
// Write made carries its codebook and its kinds of missing value; see
// codebook.go for the keys.
package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. Cells counts those of the wanted
// columns alone; TextBytes is of one text.
type Limits struct {
	Columns   int
	Rows      int
	Cells     int64
	TextBytes int
}

// mostText is how many bytes of text are kept of a file, each distinct text
// of a column counted about once.
const mostText = 1 << 30

// A File is the wanted columns of a Parquet file, in the file's order, the
// names of all of its columns, as spelled except where several are alike, and
// what it says of itself.
type File struct {
	Table    *table.Table
	Names    []string
	Alike    table.Alike
	Replaced []string // wanted columns of which some text is not in the encoding
	About    About
	Warnings []string // what of its text was not as it should be
}

// Read reads the columns that want names, without regard to case, or all of
// them for nil; a name that the file does not have is passed over. Where is
// how problems name the file. Null, NaN and text of spaces alone are missing.
// Truth values are 0 and 1; dates are days since 1970-01-01; times are
// seconds since midnight, timestamps seconds since 1970-01-01. A column with
// an integer beyond 2^53 is identifiers, and read as text. The error is
// refusal.Problems.
func Read(in io.ReaderAt, size int64, where string, want []string, limits Limits) (*File, error) {
	return whole(in, size, where, nil, want, limits)
}

func whole(in io.ReaderAt, size int64, where string, as *codepage.Encoding, want []string, limits Limits) (*File, error) {
	var t *table.Table
	f, err := scanned(in, size, where, as, want, limits, nil, false, func(made *table.Table) error {
		t = made
		return nil
	})
	if err != nil {
		return nil, err
	}
	f.Table = t
	return f, nil
}

// Scan reads as Read does, in batches: each is called with the next rows in
// the file's order, at most table.BatchRows of them, fewer where their text is
// long. A batch and its slices are valid until each returns, and are used
// again; strings may be kept. The File's Table has the variables and no rows;
// Tags that are empty, and not nil, are of a column that may have letters of
// extended missing values. An error of each ends the scan and is returned as
// it is; any other is refusal.Problems.
//
// Memory is for one page of each wanted column, a batch and the footer, not
// for the rows: as long as the file's writer did not make one page of all of
// them. Limits.Cells, which is of what is held, does not apply.
//
// Text is read as the encoding, or for nil as UTF-8, which the format has.
//
// With a nil each and encoding it is Read.
func Scan(in io.ReaderAt, size int64, where string, as *codepage.Encoding, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	if each == nil {
		return whole(in, size, where, as, want, limits)
	}
	limits.Cells = math.MaxInt64
	return scanned(in, size, where, as, want, limits, table.BatchRows, false, each)
}

// ScanCodes scans, and gives numbers by codes where the file has them so, in
// dictionaries: a column of a batch may have Codes and Numbers in the place of
// Values. A code is of the same number in all batches, of which later ones may
// have more, and not every number need be a row's.
func ScanCodes(in io.ReaderAt, size int64, where string, as *codepage.Encoding, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	limits.Cells = math.MaxInt64
	return scanned(in, size, where, as, want, limits, table.BatchRows, true, each)
}

// A scan is a file half read.
type scan struct {
	where    string
	as       *codepage.Encoding // that the caller says the text is in, or nil
	limits   Limits
	in       io.ReaderAt
	size     int64
	file     *file.Reader
	budget   *budget
	groups   []*file.RowGroupReader
	buffers  []*buffers // of each thread
	rows     int
	names    []string
	alike    table.Alike
	notes    []string  // of the names
	columns  []*column // the wanted ones
	problems refusal.Problems
}

func (s *scan) add(format string, args ...any) { s.problems.Add(s.where, format, args...) }

const magic = "PAR1"

// open reads the footer and says whether the columns can be read.
func (s *scan) open(in io.ReaderAt, size int64) (ok bool) {
	start := make([]byte, len(magic))
	if n, err := in.ReadAt(start, 0); n < len(start) && err != nil && err != io.EOF {
		s.add("cannot be read: %v", err)
		return false
	}
	if !bytes.Equal(start, []byte(magic)) {
		s.add("does not begin as Parquet does (%s)", magic)
		return false
	}
	s.in, s.size = in, size
	s.budget = &budget{most: 64<<20 + 2*size}
	s.buffers = []*buffers{{}}
	fault := caught(func() error {
		if err := honest(in, size); err != nil {
			return err
		}
		var err error
		s.file, err = s.reader(newAccount(s.budget))
		if err != nil {
			return err
		}
		return s.shape()
	})
	if fault != nil {
		s.problems.AddHint("fetch the file again", s.where, "the footer of the file, from which it is read, is damaged or cut short: %s", fault)
	}
	return fault == nil && len(s.problems) == 0
}

// reader returns a reader of the file whose pages are of the account, and
// which has the footer that is given, if one is.
func (s *scan) reader(pages *account, footer ...file.ReadOption) (*file.Reader, error) {
	properties := parquet.NewReaderProperties(pages)
	properties.BufferedStreamEnabled = true // a page at a time, not a chunk
	properties.MaxCompressedPageSize = max(s.size, 1)
	properties.MaxUncompressedPageSize = math.MaxInt64 // the budget is less
	options := append(footer, file.WithReadProps(properties))
	return file.NewParquetReader(io.NewSectionReader(s.in, 0, s.size), options...)
}

// shape checks what the footer says of rows and columns.
func (s *scan) shape() error {
	sc := s.file.MetaData().Schema
	if n := sc.NumColumns(); n > s.limits.Columns {
		s.add("%d columns, want at most %d", n, s.limits.Columns)
		return nil
	}
	rows := s.file.NumRows()
	sum := int64(0)
	for i := range s.file.NumRowGroups() {
		group := s.file.RowGroup(i)
		if n := group.NumRows(); n < 0 || n > rows {
			return fmt.Errorf("row group %d has %d rows of %d", i+1, n, rows)
		}
		if n := group.NumColumns(); n != sc.NumColumns() {
			return fmt.Errorf("row group %d has %d columns, the schema %d", i+1, n, sc.NumColumns())
		}
		sum += group.NumRows()
		s.groups = append(s.groups, group)
	}
	switch {
	case sum != rows:
		return fmt.Errorf("%d rows, but %d in its row groups", rows, sum)
	case rows == 0:
		s.add("no rows")
	case rows > int64(s.limits.Rows):
		s.add("more than %d rows", s.limits.Rows)
	}
	s.rows = int(rows)
	return nil
}

// A field is a column of the file as its users see it: a leaf, or nested.
type field struct {
	name   string
	leaf   int // its place in the schema, the first of several
	node   *schema.Column
	nested bool
}

func (s *scan) fields() (fields []field) {
	sc := s.file.MetaData().Schema
	for leaf := range sc.NumColumns() {
		node := sc.Column(leaf)
		path := node.ColumnPath()
		if len(path) == 0 {
			continue
		}
		if leaf > 0 && len(fields) > 0 && len(path) > 1 && sc.ColumnRoot(leaf) == sc.ColumnRoot(leaf-1) {
			continue // another leaf of the field before
		}
		nested := len(path) > 1 || node.MaxRepetitionLevel() > 0 || node.MaxDefinitionLevel() > 1
		fields = append(fields, field{path[0], leaf, node, nested})
	}
	return fields
}

// choose lists the wanted columns, and reports names that stand for no
// column, and columns that are not flat.
func (s *scan) choose(want []string) {
	is := table.Wanted(want)
	book, err := s.codebook()
	if err != nil {
		s.add("its metadata %q: %v", codebookKey, err)
		return
	}
	fields := s.fields()
	names := make([]string, len(fields))
	for i, f := range fields {
		if names[i] = f.name; strings.TrimSpace(f.name) == "" || !utf8.ValidString(f.name) {
			s.add("column %d has the name %q, want one of letters", i+1, f.name)
		}
	}
	var distinct []string
	distinct, s.alike, s.notes = table.Distinct(names)
	for i, f := range fields {
		name, tagsOf := distinct[i], book.tagsOf(f.name)
		if tagsOf == "" {
			s.names = append(s.names, name)
		}
		switch {
		case tagsOf == "" && !is(name) || tagsOf != "" && !is(tagsOf):
		case f.nested:
			s.problems = append(s.problems, refusal.Problem{
				Kind: refusal.Data, Where: fmt.Sprintf("%s: variable %q", s.where, name), What: "nested, want one value a row",
				Hint: "flatten the column, or leave it out of the wanted ones", Variable: name,
			})
		default:
			variable := book.variable(f.name, f.node)
			variable.Name = name
			s.columns = append(s.columns, &column{leaf: f.leaf, variable: variable, tagsOf: tagsOf, pages: newAccount(s.budget)})
		}
	}
	if n := int64(len(s.columns)); n > 0 && int64(s.rows) > s.limits.Cells/n {
		s.problems.AddHint("name fewer columns", s.where, "more than %d cells in the %d wanted columns", s.limits.Cells, n)
	}
}

// caught runs f, and returns its error in words, or its panic's.
func caught(f func() error) (fault error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooLarge:
			fault = r
		case runtime.Error:
			fault = fmt.Errorf("damaged (%s)", r.Error())
		default:
			fault = fmt.Errorf("damaged (%s)", firstLine(fmt.Sprint(r)))
		}
	}()
	err := f()
	var cell unreadCell
	if err == nil || errors.Is(err, errBeyond) || errors.As(err, &cell) {
		return err
	}
	return fmt.Errorf("%s", firstLine(err.Error()))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.ToValidUTF8(strings.TrimPrefix(line, "parquet: "), "?")
}

// form is how a column's type is recorded where the file says no more of it.
func form(node *schema.Column) string {
	switch logical := node.LogicalType().(type) {
	case nil, schema.NoLogicalType, schema.UnknownLogicalType:
		return strings.ToLower(node.PhysicalType().String())
	case schema.DateLogicalType:
		return "days since 1970-01-01"
	case schema.TimeLogicalType:
		return "seconds since midnight"
	case schema.TemporalLogicalType:
		if logical.IsAdjustedToUTC() {
			return "seconds since 1970-01-01 00:00 UTC"
		}
		return "seconds since 1970-01-01 00:00 local time"
	default:
		return strings.ToLower(logical.String())
	}
}
