// Package dta reads Stata data sets: formats 104, 105, 108, 110, 111, 113,
// 114, 115 and 117 to 119 (Stata 4 to 19), in either byte order.
//
// A file is read once, from its first byte to its last, through a buffer no
// longer than a row or 256 KiB. Its own map, lengths and counts are claims:
// each is held against what is there, and memory is taken as bytes arrive.
// What the reader is unsure of it refuses, with the byte, the section and,
// where there is one, the row (from 1, as Stata counts observations) and the
// variable.
//
// The layout is that of Stata's "help dta" and of its descriptions of earlier
// formats ("help dta_117", "help dta_114", dta_105, dta_108, dta_110).
package dta

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. A limit of 0 is the default.
type Limits struct {
	Columns     int   // of the file, wanted or not: 120,000, as Stata/MP has
	Rows        int   // of the file: 20,000,000
	Cells       int64 // in the wanted columns, where all are held: 250,000,000
	LabelBytes  int   // of all labels, notes and characteristics together: 32 MiB
	StringBytes int   // of the text in the wanted columns that is held at a time: 1 GiB
}

func (l Limits) orDefault() Limits {
	return Limits{
		cmp.Or(l.Columns, 120_000), cmp.Or(l.Rows, 20_000_000), cmp.Or(l.Cells, 250_000_000),
		cmp.Or(l.LabelBytes, 32<<20), cmp.Or(l.StringBytes, 1<<30),
	}
}

// A File is the wanted columns of a data set and what it says of itself.
//
// Numbers are exact: a byte, int, long or float is the double of equal value.
// A missing value is NaN; of the extended ones, .a to .z, the column's Tags
// have the letter. Dates stay numbers, with their display format in
// Variable.Recorded. Text ends at the first NUL and loses trailing blanks; a
// strL is text like any other. Categories are the variable's value labels in
// the order of their values, with ".a" as the code of a labelled .a.
type File struct {
	Table           *table.Table
	Names           []string // of all the file's variables: as spelled, except where several are alike
	Alike           table.Alike
	Replaced        []string // wanted variables of which some text is not in the encoding
	Types           []string // of each of them: "byte", "int", "long", "float", "double", "str12", "strL"
	Version         int      // of the format: 104 to 119
	ByteOrder       string   // "LSF" or "MSF": least or most significant byte first
	Encoding        string   // of its text: "UTF-8" from format 118 on; before it "windows-1252", or "UTF-8" where all text is
	Label           string   // of the data set
	TimeStamp       string   // as spelled, "21 Nov 2026 09:30", or ""
	SortedBy        []string // names of the variables that the rows are sorted by
	Characteristics []Characteristic
	Undefined       []string // label sets that wanted variables name and the file does not have
	Warnings        []string // what of the file may not be as it says
}

// A Characteristic is a named text that belongs to a variable, or to the data
// set where Variable is "_dta". Notes are among them.
type Characteristic struct{ Variable, Name, Text string }

// Notes returns the notes of a variable, or of the data set for "_dta", in the
// order of their numbers.
func (f *File) Notes(variable string) []string {
	type note struct {
		number int
		text   string
	}
	var notes []note
	for _, c := range f.Characteristics {
		digits, ok := strings.CutPrefix(c.Name, "note")
		if number, err := strconv.Atoi(digits); ok && err == nil && number > 0 && c.Variable == variable {
			notes = append(notes, note{number, c.Text})
		}
	}
	slices.SortStableFunc(notes, func(a, b note) int { return a.number - b.number })
	var texts []string
	for _, n := range notes {
		texts = append(texts, n.text)
	}
	return texts
}

// Read reads the columns that want names, without regard to case, or all of
// them for nil; a name that the file does not have is passed over. Where is
// how problems name the file. The error is refusal.Problems of kind Data: the
// one that keeps the file from being read on, or all its cells that are no
// value of their type, up to 5.
func Read(in io.Reader, where string, want []string, limits Limits) (*File, error) {
	return read(in, bufferBytes, where, want, limits)
}

func read(in io.Reader, buffer int, where string, want []string, limits Limits) (*File, error) {
	return scanned(in, buffer, where, nil, want, limits, nil, nil)
}

// scanned reads a data set whole, or, where each is not nil, in batches of as
// many rows as batchRows says for this many columns.
func scanned(in io.Reader, buffer int, where string, as *codepage.Encoding, want []string, limits Limits, batchRows func(columns int) int, each func(*table.Table) error) (*File, error) {
	s := &scan{
		stream: stream{in: in, buffer: make([]byte, buffer)},
		where:  where,
		as:     as,
		limits: limits.orDefault(),
		file:   &File{},
	}
	s.header()
	s.types()
	s.names(want)
	held := each == nil || slices.ContainsFunc(s.columns, func(c *column) bool { return c.variable.kind == kindLongString })
	if held {
		s.fits()
	}
	s.sorted()
	s.formats()
	s.labelSets()
	s.labels()
	s.characteristics()
	if held {
		s.data(s.rows, nil)
	} else {
		s.data(batchRows(len(s.columns)), each)
	}
	s.longStrings()
	s.valueLabels()
	s.categories()
	s.close()
	switch err := s.problems.Err(); {
	case s.stopped != nil:
		return nil, s.stopped
	case err != nil:
		return nil, err
	}
	s.encoded()
	switch {
	case each == nil:
		s.file.Table = s.table(s.rows)
		return s.file, nil
	case held:
		if err := s.give(batchRows(len(s.columns)), each); err != nil {
			return nil, err
		}
	}
	s.file.Table = s.table(0)
	return s.file, nil
}

// A scan is a file half read. Once it has failed every step is a no-op, and
// what the steps read is zero.
type scan struct {
	stream
	where     string
	as        *codepage.Encoding // that the caller says the text is in, or nil
	decoder   codepage.Decoder
	limits    Limits
	format    format
	file      *File
	section   string
	offsets   [14]uint64        // the map of a tagged file
	counts    int64             // where the header says how many variables and rows there are
	expected  int               // variables, as the header says
	named     map[string]string // variables that are alike, by their names as spelled
	dataAt    int64             // where the first row begins
	variables []variable
	columns   []*column // the wanted variables'
	rows      int
	rowBytes  int
	before    int    // rows before the batch
	room      int    // rows of the batch at most
	scratch   []byte // the text of a block
	tell      bool   // what is wrong with numbers, and not only of which columns
	stopped   error  // of the function that is given the batches
	sets      map[string]*labelSet
	labelled  int    // bytes of labels and characteristics so far
	written   int    // bytes of text that are held
	warned    int    // how often
	faults    int    // cells that are no value of their type
	unread    int    // variables with some
	faulty    string // one of them
	failed    bool
	problems  refusal.Problems
}

// A variable is one of the file's, wanted or not.
type variable struct {
	name   string
	kind   kind
	width  int // in bytes
	offset int // in the row
	column *column
}
