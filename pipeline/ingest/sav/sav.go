// Package sav reads SPSS system files: .sav, uncompressed or compressed by
// bytecodes, and .zsav, in either byte order.
//
// It is written from the description of the format in the GNU PSPP Developers
// Guide, chapter "System File Format". A file is read once, as a stream: the
// dictionary, then the cases, of which only the wanted columns are kept.
//
// A number that the file declares missing stays a number, and a date stays
// SPSS's count of seconds since 14 October 1582: what they mean, the crosswalk
// says. Only the system-missing value becomes NaN.
package sav

import (
	"cmp"
	"fmt"
	"io"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. A limit of 0 is the default, in
// brackets. Memory follows what has arrived, never what a header claims: the
// blocks of a .zsav, of which there are at most 65,536, are decompressed as
// their rows are read, and none is held.
type Limits struct {
	Columns      int   // variables of the file, wanted or not, a very long string's segments counted each (200,000)
	Rows         int   // of the file (20,000,000)
	Cells        int64 // rows by wanted columns, in Read (250,000,000)
	LabelBytes   int   // the dictionary's labels, documents and extension records together (64 MiB)
	StringBytes  int   // the declared width of one text variable (32,767)
	Decompressed int64 // bytes that the blocks of a .zsav give (16 GiB)
	Ratio        int   // bytes that a .zsav's blocks give for each of its own, once they gave 8 MiB (200)
}

// DefaultLimits are several times those of the largest UK survey extract.
var DefaultLimits = Limits{
	Columns: 200_000, Rows: 20_000_000, Cells: 250_000_000, LabelBytes: 64 << 20, StringBytes: 32_767,
	Decompressed: 16 << 30, Ratio: 200,
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	return Limits{
		cmp.Or(l.Columns, d.Columns), cmp.Or(l.Rows, d.Rows), cmp.Or(l.Cells, d.Cells), cmp.Or(l.LabelBytes, d.LabelBytes), cmp.Or(l.StringBytes, d.StringBytes),
		cmp.Or(l.Decompressed, d.Decompressed), cmp.Or(l.Ratio, d.Ratio),
	}
}

// A File is the wanted columns of a system file, in the file's order, and the
// names of all of its variables: as spelled, except where several are alike.
type File struct {
	Table    *table.Table
	Names    []string
	Encoding string // of the file's text, as IANA or WHATWG name it: "UTF-8", "windows-1252"
	Notes    Notes
	Alike    table.Alike
	Replaced []string // wanted variables of which some text is not in the encoding
}

// Notes are what a file says beyond its table, for people to read.
type Notes struct {
	Label       string // of the file
	Created     string // date and time, as the file spells them: "21 Nov 26 19:45:09"
	Product     string // that wrote the file
	Version     string // of the product, "26.0.0"; "" where the file does not say
	Extra       string // more about the product, in lines
	BigEndian   bool
	Compression string   // "none", "bytecode" or "zlib"
	Cases       int64    // that the header announces, or -1
	Weight      string   // the variable that the file is weighted by, or ""
	Documents   []string // lines
	Responses   []ResponseSet
	Sets        []VariableSet
	Attributes  []Attribute         // of the file
	Variables   []VariableAttribute // of its variables, in their order
	Warnings    []string            // what is wrong with the dictionary but changes no value
}

// A ResponseSet is a multiple response set. Its variables are dichotomies that
// count where they have the value Counted, or categories if Counted is "".
type ResponseSet struct {
	Name, Label string
	Counted     string
	Variables   []string
}

// A VariableSet is a named group of variables, for display.
type VariableSet struct {
	Name      string
	Variables []string
}

// An Attribute is a name and values that somebody gave the file or a variable.
type Attribute struct {
	Name   string
	Values []string
}

// A VariableAttribute is an attribute of one variable.
type VariableAttribute struct {
	Variable string
	Attribute
}

const bufferBytes = 256 << 10

// shown is how many problems of a kind are reported one by one.
const shown = 5

// Read reads the variables that want names, without regard to case, or all of
// them for nil, from a stream, to its end; a name that the file does not have
// is passed over. Where is how problems name the file. Numbers are columns of
// Values, text is columns of Text without trailing blanks and NULs. The value
// labels are the variable's categories, their codes in the shortest decimal
// form; labels have no trailing blanks. The error is refusal.Problems: each
// gives the byte, the record, and where there is one the row (from 1) and the
// variable.
func Read(in io.Reader, where string, want []string, limits Limits) (*File, error) {
	return read(in, bufferBytes, where, want, limits)
}

func read(in io.Reader, buffer int, where string, want []string, limits Limits) (*File, error) {
	return scan(in, buffer, where, nil, want, limits, 0, nil)
}

// scan is Read where each is nil, and else Scan in batches of this many rows; 0
// is the usual number.
func scan(in io.Reader, buffer int, where string, as *codepage.Encoding, want []string, limits Limits, batch int, each func(*table.Table) error) (*File, error) {
	r := &reader{source: newSource(in, buffer), where: where, as: as, limits: limits.orDefault()}
	if !r.header() || !r.records() {
		return nil, r.problems.Err()
	}
	variables := r.resolve()
	if len(r.problems) > 0 {
		return nil, r.problems.Err()
	}
	file := &File{Alike: r.alike}
	for _, v := range variables {
		file.Names = append(file.Names, v.name)
	}
	columns := wanted(variables, want)
	if batch == 0 {
		batch = table.BatchRows(len(columns))
	}
	d := &decoder{reader: r, data: r.source, columns: columns, values: make([][]float64, len(columns)), plan: r.plan(columns), owner: make([]*variable, len(r.raw.elements)), batch: batch, each: each}
	rows := d.cases(variables)
	switch {
	case d.refused != nil:
		return nil, d.refused
	case len(r.problems) > 0:
		return nil, r.problems.Err()
	}
	file.Table = finish(columns, rows)
	for _, note := range r.encoding.Notes() {
		r.warnings.add("%s", note)
	}
	file.Encoding = r.encoding.Named("windows-1252")
	r.notes.Warnings = r.warnings.list()
	file.Notes, file.Replaced = r.notes, r.replaced
	return file, nil
}

func wanted(variables []*variable, want []string) []*column {
	is := table.Wanted(want)
	var columns []*column
	for _, v := range variables {
		if is(v.name) {
			columns = append(columns, &column{variable: v})
		}
	}
	return columns
}

// A reader is a file half read.
type reader struct {
	*source
	where    string
	as       *codepage.Encoding // that the caller says the text is in, or nil
	limits   Limits
	order    order
	head     header
	raw      dictionary
	encoding codepage.Decoder
	notes    Notes
	alike    table.Alike
	replaced []string
	labels   int // bytes of the dictionary's text so far
	problems refusal.Problems
	warnings warnings
}

// format names the kind of file in problems.
const format = "SPSS system file"

// fail reports a problem at a byte of the file, in a record, and returns false.
func (r *reader) fail(offset int64, record, what string, args ...any) bool {
	r.problems.Add(r.where, "%s: byte %d: %s: %s", format, offset, record, fmt.Sprintf(what, args...))
	return false
}

// short reports that the file ends, or cannot be read on, inside a record that
// began at offset, and returns false.
func (r *reader) short(offset int64, record string) bool {
	if r.err == io.EOF {
		end := r.pos() + int64(r.end-r.start)
		r.problems.AddHint("fetch the file again", r.where, "%s: byte %d: %s: the file is cut short at byte %d", format, offset, record, end)
		return false
	}
	return r.failed(r.err)
}

// failed reports an error of the source.
func (r *reader) failed(err error) bool {
	for _, p := range refusal.Of(err, refusal.Data) {
		if p.Where == "" {
			p.Where, p.What = r.where, "cannot be read: "+p.What
		}
		r.problems = append(r.problems, p)
	}
	return false
}

// Warnings are kept up to a number: a hostile file may earn many.
type warnings struct {
	kept []string
	more int
}

const mostWarnings = 100

func (w *warnings) add(what string, args ...any) {
	if len(w.kept) == mostWarnings {
		w.more++
		return
	}
	w.kept = append(w.kept, fmt.Sprintf(what, args...))
}

func (w *warnings) list() []string {
	if w.more == 0 {
		return w.kept
	}
	return append(w.kept, fmt.Sprintf("%d more warnings", w.more))
}
