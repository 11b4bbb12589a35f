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
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/codebook"
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

// A File is the wanted columns of a Parquet file, in the file's order, and the
// names of all of its columns.
type File struct {
	Table *table.Table
	Names []string
}

// Read reads the columns that want names, without regard to case, or all of
// them for nil; a name that the file does not have is passed over. Where is
// how problems name the file. Null, NaN and text of spaces alone are missing.
// Truth values are 0 and 1; dates are days since 1970-01-01; times are
// seconds since midnight, timestamps seconds since 1970-01-01. A column with
// an integer beyond 2^53 is identifiers, and read as text. The error is
// refusal.Problems.
func Read(in io.ReaderAt, size int64, where string, want []string, limits Limits) (*File, error) {
	s := &scan{where: where, limits: limits}
	if !s.open(in, size) {
		return nil, s.problems.Err()
	}
	s.choose(want)
	if len(s.problems) > 0 {
		return nil, s.problems.Err()
	}
	made := make([]*column, len(s.wanted))
	for i, w := range s.wanted {
		made[i] = s.read(w)
	}
	if err := s.problems.Err(); err != nil {
		return nil, err
	}
	f := &File{Table: table.New(s.rows), Names: s.names}
	tags := map[string]*column{}
	for i, w := range s.wanted {
		if w.tagsOf != "" {
			tags[w.tagsOf] = made[i]
		}
	}
	for i, w := range s.wanted {
		if w.tagsOf != "" {
			continue
		}
		c := &table.Column{Variable: w.variable, Values: made[i].values}
		if made[i].isText {
			c.Values, c.Text = nil, made[i].texts
		}
		if t := tags[w.variable.Name]; t != nil {
			s.tag(c, t)
		}
		f.Table.Add(c)
	}
	if err := s.problems.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// A scan is a file half read.
type scan struct {
	where    string
	limits   Limits
	file     *file.Reader
	rows     int
	names    []string
	wanted   []wanted
	text     int64 // bytes kept
	problems refusal.Problems
}

// A wanted is a column to read: its place among the leaves of the schema, and
// the column whose tags it holds, if it holds some.
type wanted struct {
	leaf     int
	variable codebook.Variable
	tagsOf   string
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
	fault := caught(func() error {
		var err error
		s.file, err = file.NewParquetReader(io.NewSectionReader(in, 0, size),
			file.WithReadProps(parquet.NewReaderProperties(capped{memory.NewGoAllocator(), 64<<20 + 2*size})))
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

// choose lists the wanted columns, and reports names that stand for no
// column or several, and columns that are not flat.
func (s *scan) choose(names []string) {
	folded := map[string]bool{}
	for _, name := range names {
		folded[strings.ToLower(name)] = true
	}
	is := func(name string) bool { return names == nil || folded[strings.ToLower(name)] }
	book, err := s.codebook()
	if err != nil {
		s.add("its metadata %q: %v", codebookKey, err)
		return
	}
	var nested []string
	seen := map[string]string{}
	sc := s.file.MetaData().Schema
	for leaf := range sc.NumColumns() {
		node := sc.Column(leaf)
		path := node.ColumnPath()
		if len(path) == 0 {
			continue
		}
		name := path[0]
		if len(path) > 1 || node.MaxRepetitionLevel() > 0 || node.MaxDefinitionLevel() > 1 {
			if is(name) && !slices.Contains(nested, name) {
				nested = append(nested, name)
			}
			if !slices.Contains(s.names, name) {
				s.names = append(s.names, name)
			}
			continue
		}
		first, twice := seen[strings.ToLower(name)]
		switch {
		case strings.TrimSpace(name) == "" || !utf8.ValidString(name):
			s.add("column %d has the name %q, want one of letters", leaf+1, name)
			continue
		case twice:
			s.add("columns %q and %q have one name, want names that differ by more than case", first, name)
			continue
		}
		seen[strings.ToLower(name)] = name
		w := wanted{leaf: leaf, variable: book.variable(name, node), tagsOf: book.tagsOf(name)}
		if w.tagsOf == "" {
			s.names = append(s.names, name)
		}
		if w.tagsOf == "" && is(name) || w.tagsOf != "" && is(w.tagsOf) {
			s.wanted = append(s.wanted, w)
		}
	}
	for _, name := range nested {
		s.problems.AddHint("flatten the column, or leave it out of the wanted ones", fmt.Sprintf("%s: variable %q", s.where, name), "nested, want one value a row")
	}
	if n := int64(len(s.wanted)); n > 0 && int64(s.rows) > s.limits.Cells/n {
		s.problems.AddHint("name fewer columns", s.where, "more than %d cells in the %d wanted columns", s.limits.Cells, n)
	}
}

// read reads one column through all row groups.
func (s *scan) read(w wanted) *column {
	c := &column{most: s.limits.TextBytes, left: mostText - s.text}
	at := fmt.Sprintf("%s: variable %q", s.where, w.variable.Name)
	node := s.file.MetaData().Schema.Column(w.leaf)
	decode, problem := decoder(node)
	if problem != "" {
		s.problems.Add(at, "%s", problem)
		return c
	}
	c.isText = decode.text
	for i := range s.file.NumRowGroups() {
		before := c.len()
		fault := caught(func() error {
			group := s.file.RowGroup(i)
			chunk, err := group.Column(w.leaf)
			if err != nil {
				return err
			}
			defer chunk.Close()
			if err := decode.read(c, chunk, group.NumRows(), node.MaxDefinitionLevel() > 0); err != nil {
				return err
			}
			if n := int64(c.len() - before); n != group.NumRows() {
				return fmt.Errorf("%d values, want %d", n, group.NumRows())
			}
			return nil
		})
		if fault != nil {
			s.problems.Add(at, "row group %d, after row %d: %s", i+1, c.len(), fault)
			return c
		}
	}
	s.text += c.kept
	return c
}

// tag marks the missing values of a column with the letters of another.
func (s *scan) tag(c *table.Column, letters *column) {
	at := fmt.Sprintf("%s: variable %q", s.where, c.Variable.Name)
	if c.Values == nil || !letters.isText {
		s.problems.Add(at, "kinds of missing value of a column that is not numbers")
		return
	}
	c.Tags = make([]byte, len(c.Values))
	for row, letter := range letters.texts {
		switch {
		case letter == "":
		case len(letter) == 1 && 'a' <= letter[0] && letter[0] <= 'z' && c.Missing(row) != codebook.Present:
			c.Tags[row] = letter[0]
		default:
			s.problems.Add(at, "row %d: kind of missing value %q, want a letter for a value that is missing", row+1, letter)
			return
		}
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
	if err := f(); err != nil {
		return fmt.Errorf("%s", firstLine(err.Error()))
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.ToValidUTF8(strings.TrimPrefix(line, "parquet: "), "?")
}

// capped allocates no buffer beyond most bytes: a page's header may claim any
// size.
type capped struct {
	memory.Allocator
	most int64
}

type tooLarge struct{ size, most int64 }

func (t tooLarge) Error() string {
	return fmt.Sprintf("a page of %d bytes, want at most %d", t.size, t.most)
}

func (c capped) Allocate(size int) []byte {
	c.check(size)
	return c.Allocator.Allocate(size)
}

func (c capped) Reallocate(size int, b []byte) []byte {
	c.check(size)
	return c.Allocator.Reallocate(size, b)
}

func (c capped) check(size int) {
	if int64(size) > c.most {
		panic(tooLarge{int64(size), c.most})
	}
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
