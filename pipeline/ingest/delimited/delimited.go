// Package delimited reads extracts that are lines of text with a header: TAB
// separated as the data archive gives them out, or CSV.
//
// A file is read through a buffer no longer than the longest line: once by
// Read and Batches, which hold the wanted cells, twice by Scan, which holds a
// batch. What
// the reader is unsure of it refuses: a line with other fields than the
// header, a quote out of place, a file of two encodings. The limits of what
// is read are in the README of pipeline/ingest.
package delimited

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. Cells counts those of the wanted
// columns alone.
type Limits struct {
	Columns   int
	LineBytes int
	Rows      int
	Cells     int64
}

// Said is what the caller says of a file. What is zero of it the file shows;
// nil says nothing.
type Said struct {
	Encoding  *codepage.Encoding
	Delimiter byte
	Texts     []string // columns, in any case, that are text whatever is in their cells
}

// A File is the wanted columns of a delimited file, in the file's order, and
// the names of all of its columns: as spelled in the header, except where several
// are alike. A column without
// a name, as R writes row numbers, is in neither.
type File struct {
	Table    *table.Table
	Names    []string
	Alike    table.Alike
	Replaced []string // wanted columns of which some text is not in the encoding
	Encoding string   // of its text, "" where that is ASCII
	Notes    []string // what of its text was not as it should be
	marks    []mark
}

// A mark is a row that begins on another line than the one after the row
// before it, because a quoted cell of that row, or of the header, has lines
// of its own.
type mark struct{ row, line int }

// Line returns the number, from 1, of the line on which a row begins.
func (f *File) Line(row int) int {
	i, exact := slices.BinarySearchFunc(f.marks, row, func(m mark, row int) int { return m.row - row })
	if !exact {
		i--
	}
	return f.marks[i].line + row - f.marks[i].row
}

// bufferBytes is the buffer that a file is read through; it grows only for a
// longer line.
const bufferBytes = 256 << 10

// sampleRows is after how many rows it is reckoned how many there are.
const sampleRows = 1 << 10

// shown is how many lines of a kind, or names, are reported one by one.
const shown = 5

// Read reads the columns that want names, without regard to case, or all of
// them for nil; a name that the file does not have is passed over. Extension
// (".tab") says which delimiter to expect; where is how problems name the
// file. A column is numbers if each of its cells is blank, a number (see
// codebook.Number) or one of Stata's missing values (. and .a to .z), and text, exactly
// as in the file, otherwise; a cell of spaces alone is missing. Text is of the
// encoding that is said; otherwise UTF-8 where there is a byte-order mark, and
// else each text UTF-8 if it can be, or windows-1252. The error is
// refusal.Problems, all those of the file.
func Read(in io.Reader, extension, where string, said *Said, want []string, limits Limits) (*File, error) {
	return read(in, bufferBytes, extension, where, said, want, limits)
}

func read(in io.Reader, buffer int, extension, where string, said *Said, want []string, limits Limits) (*File, error) {
	var whole *table.Table
	file, err := batches(in, 0, buffer, math.MaxInt, extension, where, said, want, limits, func(t *table.Table) error { whole = t; return nil })
	if err != nil {
		return nil, err
	}
	file.Table = whole
	return file, nil
}

// Batches reads as Scan does, but once: it holds the wanted cells as they are in
// the file, most of them a byte, and not as the eight of a number. Size is that
// of the file, by which room is made for them.
func Batches(in io.Reader, size int64, extension, where string, said *Said, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return batches(in, size, bufferBytes, 0, extension, where, said, want, limits, each)
}

// batches is Batches with a buffer of this many bytes and batches of this many
// rows, table.BatchRows for 0.
func batches(in io.Reader, size int64, buffer, batch int, extension, where string, said *Said, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	s := newScan(in, buffer, where, said, limits)
	var columns []*held
	if s.header(extension, want) {
		for _, field := range s.wanted {
			h := &held{seen: s.glance(field)}
			columns, s.to[field] = append(columns, h), h
		}
		s.given = func() error {
			if s.row == sampleRows && s.bytes < size {
				for _, h := range columns {
					h.grow(int(size*sampleRows/s.bytes), s.row)
				}
			}
			return nil
		}
		s.rows()
	}
	file, err := s.file()
	if err != nil {
		return nil, err
	}
	if batch == 0 {
		batch = table.BatchRows(len(columns))
	}
	batch = min(batch, s.row)
	file.Table = table.New(0)
	filled := make([]*filling, len(columns))
	for i, h := range columns {
		file.Table.Add(s.filling(s.wanted[i], &h.seen, 0).column)
	}
	now := table.New(batch)
	for i, h := range columns {
		filled[i] = s.filling(s.wanted[i], &h.seen, batch)
		now.Add(filled[i].column)
	}
	for given := 0; given < s.row; given += batch {
		rows := min(batch, s.row-given)
		for i, h := range columns {
			filled[i].resize(rows)
			h.fill(filled[i], rows)
			if given+rows == s.row {
				columns[i] = nil // its bytes are no longer needed
			}
		}
		now.Rows = rows
		if err := each(now); err != nil {
			return nil, err
		}
	}
	s.tell(file, filled)
	return file, nil
}

func newScan(in io.Reader, buffer int, where string, said *Said, limits Limits) *scan {
	s := &scan{records: newRecords(in, buffer, limits.LineBytes), where: where, limits: limits}
	if said != nil {
		s.said = *said
	}
	if s.said.Encoding != nil {
		s.decoder.Encoding = *s.said.Encoding
	}
	return s
}

// file returns the file except for its table, or all that is wrong with it.
func (s *scan) file() (*File, error) {
	if err := s.problems.Err(); err != nil {
		return nil, err
	}
	unnamed := func(name string) bool { return name == "" }
	return &File{Names: slices.DeleteFunc(slices.Clone(s.names), unnamed), Alike: s.alike, marks: s.marks}, nil
}

// A scan is a file half read. Once it has a problem it keeps no cells. Given,
// if it is not nil, is called after each row.
type scan struct {
	records          *records
	where            string
	limits           Limits
	delimiter        byte
	said             Said
	decoder          codepage.Decoder
	lines            lines
	notes            []string // of the names
	names            []string
	alike            table.Alike
	wanted           []int   // fields of the file
	to               []cells // by field of the file up to the last that is wanted, nil for one that is not
	row              int
	place            int         // of the batch, where the cells of a row go that are given in batches
	plain            []int       // by field of to: how many columns there are in a row for which digits is
	values           [][]float64 // by field of to, of those, in a second pass
	bytes            int64       // of the rows
	given            func() error
	stopped          error // of given
	marks            []mark
	escaped          bool   // quotes of the record have backslashes before them
	unquoted         []byte // a quoted cell without its quotes
	ragged           int
	odd, oddLine     int        // records with quotes that are not as RFC 4180 has them, and the line of the first
	empty, emptyLine int        // empty lines after the last row, and the first of them
	numbered         *rowNumber // or nil
	problems         refusal.Problems
}

// header reads the first line and says whether rows can be read after it.
func (s *scan) header(extension string, want []string) bool {
	if s.records.skipMark() && s.said.Encoding == nil {
		s.decoder.Encoding = codepage.UTF8
	}
	line, err := s.records.first()
	switch {
	case err == io.EOF:
		s.add(0, "the file is empty, want a header and rows")
		return false
	case err != nil:
		s.failed(err)
		return false
	}
	if !s.text(line) {
		return false
	}
	layout, problem := layoutOf(s.said.Delimiter, line), (*refusal.Problem)(nil)
	if s.said.Delimiter == 0 {
		layout, problem = choose(extension, line)
	}
	if problem != nil {
		problem.Where = s.at(1)
		s.problems = append(s.problems, *problem)
		return false
	}
	s.delimiter, s.records.delimiter, s.records.quoted = layout.delimiter, layout.delimiter, layout.quoted
	record, _, err := s.records.read()
	if err != nil {
		s.failed(err)
		return false
	}
	if !s.check(record) {
		return false
	}
	count, fault := s.split(record, nil)
	switch {
	case fault != "":
		s.add(1, "%s", fault)
		return false
	case count > s.limits.Columns:
		s.add(1, "%d columns, want at most %d", count, s.limits.Columns)
		return false
	}
	var found names
	s.split(record, slices.Repeat([]cells{&found}, count))
	for i, name := range found {
		name, how := s.decoder.Text([]byte(name))
		if how == codepage.Replaced {
			s.notes = append(s.notes, fmt.Sprintf("the name of column %d is not %s: %q", i+1, s.decoder.Named("windows-1252"), codepage.Excerpt([]byte(found[i]))))
		}
		s.names = append(s.names, strings.Trim(name, " "))
	}
	s.checkNames()
	s.want(want)
	return len(s.problems) == 0
}

// headsOfQualtrics says whether a record is the third line of a Qualtrics export,
// which names its questions once more as JSON: that line and the one before it would
// count as answers.
func headsOfQualtrics(record []byte) bool {
	return bytes.Contains(record, []byte(`{"ImportId":`)) || bytes.Contains(record, []byte(`{""ImportId"":`))
}

// want finds the wanted columns among the file's.
func (s *scan) want(names []string) {
	is := table.Wanted(names)
	for i, name := range s.names {
		if name != "" && is(name) {
			s.wanted = append(s.wanted, i)
		}
	}
	if n := len(s.wanted); n > 0 {
		s.to = make([]cells, s.wanted[n-1]+1)
	}
}

// checkNames reports names that stand for no column, and tells apart those that
// are alike.
func (s *scan) checkNames() {
	named, numbers := 0, 0
	for _, name := range s.names {
		if name == "" {
			continue
		}
		named++
		if _, ok := codebook.Number(name); ok {
			numbers++
		}
	}
	var notes []string
	s.names, s.alike, notes = table.Distinct(s.names)
	s.notes = append(s.notes, notes...)
	switch {
	case named == 0:
		s.add(1, "the first line is blank, want the names of the columns")
	case numbers == named:
		s.add(1, "the first line is numbers, want the names of the columns")
	}
}

// rows reads every line after the header.
func (s *scan) rows() {
	most := int64(s.limits.Rows)
	if n := int64(len(s.wanted)); n > 0 {
		most = min(most, s.limits.Cells/n)
	}
	for {
		record, ended, err := s.records.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			s.failed(err)
			return
		}
		if s.row >= s.limits.Rows {
			s.add(s.records.line, "more than %d rows", s.limits.Rows)
			return
		}
		if int64(s.row) >= most {
			s.problems.AddHint("name fewer columns", s.at(s.records.line), "more than %d cells in the %d wanted columns", s.limits.Cells, len(s.wanted))
			return
		}
		if !s.check(record) {
			return
		}
		if s.row == 1 && headsOfQualtrics(record) {
			s.problems.AddHint("delete lines 2 and 3 of the file, which stand beside the names and are no respondents", s.at(s.records.line),
				"a third line of heads, as Qualtrics writes below the questions' texts, want answers")
			return
		}
		if len(record) == 0 && len(s.names) > 1 {
			if s.empty++; s.empty == 1 {
				s.emptyLine = s.records.line
			}
			continue
		}
		if s.empty > 0 { // with more after them
			s.raggedLine(nil, 1, s.emptyLine, true)
			s.empty = 0
		}
		if s.row == 0 {
			s.numbers(record)
			s.plainly()
		}
		to := s.to
		if len(s.problems) > 0 {
			to = nil
		}
		count, fault := s.split(record, to)
		if fault != "" {
			s.add(s.records.line, "%s", fault)
			return
		}
		if count != s.fields() {
			s.raggedLine(record, count, s.records.line, ended)
		}
		if s.numbered != nil && s.numbered.wrong {
			s.problems.AddHint(rowNames, s.at(s.records.line), "%s, want %s as in the header", refusal.Count(count, "field"), refusal.Count(len(s.names), "field"))
			return
		}
		if n := len(s.marks); n == 0 || s.records.line != s.marks[n-1].line+s.row-s.marks[n-1].row {
			s.marks = append(s.marks, mark{s.row, s.records.line})
		}
		s.row++
		s.bytes += int64(len(record)) + 1
		if s.given != nil {
			if s.stopped = s.given(); s.stopped != nil {
				return
			}
		}
	}
	if s.ragged > shown {
		s.add(0, "%d more lines with other fields than the header", s.ragged-shown)
	}
	if s.row == 0 {
		s.add(0, "no rows after the header")
	}
}

func (s *scan) raggedLine(record []byte, count, line int, ended bool) {
	s.ragged++
	want := refusal.Count(len(s.names), "field")
	switch {
	case !ended && count < len(s.names):
		s.problems.AddHint("fetch the file again", s.at(line), "the last line is cut short: %s, want %s as in the header", refusal.Count(count, "field"), want)
	case len(record) == 0:
		s.addUpTo(s.ragged, line, "an empty line, want %s as in the header", want)
	case s.ragged <= shown && s.row == 0 && count == len(s.names)+1:
		s.problems.AddHint(rowNames, s.at(line), "%s, want %s as in the header", refusal.Count(count, "field"), want)
	default:
		s.addUpTo(s.ragged, line, "%s, want %s as in the header", refusal.Count(count, "field"), want)
	}
}

// check notes the encoding of a record, reports bytes that no line of text
// has, and says whether reading can go on.
func (s *scan) check(record []byte) bool {
	if !s.records.ascii {
		s.lines.note(record, s.records.line)
	}
	if !s.records.quoted && bytes.IndexByte(record, '\r') >= 0 {
		s.add(s.records.line, "a carriage return inside the line, want lines that end in LF or CR LF")
		return false
	}
	return s.text(record)
}

func (s *scan) text(record []byte) bool {
	if s.records.noNUL {
		return true
	}
	i := bytes.IndexByte(record, 0)
	if i >= 0 {
		s.add(s.records.line, "a NUL byte at byte %d of the line, want text", i+1)
	}
	return i < 0
}

// failed reports an error of the source or of a line's length.
func (s *scan) failed(err error) {
	if err == errLong {
		hint := ""
		if s.records.open {
			hint = "look for a quote that is not closed"
		}
		s.problems.AddHint(hint, s.at(s.records.line), "longer than %d bytes", s.records.most)
		return
	}
	for _, p := range refusal.Of(err, refusal.Data) {
		if p.Where == "" {
			p.Where, p.What = s.where, "cannot be read: "+p.What
		}
		s.problems = append(s.problems, p)
	}
}

// add reports a problem of a line, or of the file as a whole for line 0.
func (s *scan) add(line int, format string, args ...any) {
	s.problems.Add(s.at(line), format, args...)
}

// addUpTo reports the nth problem of its kind, if it is among the shown.
func (s *scan) addUpTo(nth, line int, format string, args ...any) {
	if nth <= shown {
		s.add(line, format, args...)
	}
}

func (s *scan) at(line int) string { return at(s.where, line) }

// mostLine keeps the length of a cell within 32 bits.
const mostLine = math.MaxInt32 - 1
