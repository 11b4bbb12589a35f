// Package por reads SPSS portable files: .por, lines of text that old studies
// were exchanged in.
//
// It is written from the description of the format in the GNU PSPP Developers
// Guide, chapter "Portable File Format". The raw table is as package sav's.
package por

import (
	"cmp"
	"fmt"
	"io"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. A limit of 0 is the default, in
// brackets. Memory follows what has arrived, never what the file claims.
type Limits struct {
	Columns     int   // variables of the file (200,000)
	Rows        int   // of the file (20,000,000)
	Cells       int64 // rows by wanted columns, in Read (250,000,000)
	LabelBytes  int   // labels, documents and other text of the dictionary together (64 MiB)
	StringBytes int   // the width of one text variable (32,767)
}

// DefaultLimits are several times those of the largest UK survey extract.
var DefaultLimits = Limits{Columns: 200_000, Rows: 20_000_000, Cells: 250_000_000, LabelBytes: 64 << 20, StringBytes: 32_767}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	return Limits{
		cmp.Or(l.Columns, d.Columns), cmp.Or(l.Rows, d.Rows), cmp.Or(l.Cells, d.Cells), cmp.Or(l.LabelBytes, d.LabelBytes), cmp.Or(l.StringBytes, d.StringBytes),
	}
}

// A File is the wanted columns of a portable file, in the file's order, and
// the names of all of its variables: as spelled, except where several are alike.
type File struct {
	Table    *table.Table
	Names    []string
	Encoding string // of the file's text: "UTF-8" or "windows-1252", where the caller names no other
	Notes    Notes
	Alike    table.Alike
	Replaced []string // wanted variables of which some text is not in the encoding
}

// Notes are what a file says beyond its table, for people to read.
type Notes struct {
	Created    string // date and time, as the file spells them: "20261121 194509"
	Product    string // that wrote the file
	Subproduct string // more about that
	Author     string
	Weight     string // the variable that the file is weighted by, or ""
	Documents  []string
	Warnings   []string // what is wrong with the dictionary but changes no value
}

// Read reads the variables that want names, without regard to case, or all of
// them for nil, from a stream, to its end. Where is how problems name the
// file. Each text is UTF-8 if all of it is, or else windows-1252. The error is refusal.Problems: each gives the byte, the record, and
// where there is one the row (from 1) and the variable.
func Read(in io.Reader, where string, want []string, limits Limits) (*File, error) {
	return scan(in, bufferBytes, where, nil, want, limits, 0, nil)
}

// A variable is a column, wanted or not.
type variable struct {
	name    string
	width   int // bytes of text, 0 for a number
	label   string
	format  string
	missing []codebook.Interval
	texts   []string
	labels  []codebook.Category
	column  *column // where it is wanted
}

// A reader is a file half read.
type reader struct {
	source
	where     string
	limits    Limits
	want      []string
	start     int64  // of the record that is being read
	record    string // that is being read
	labels    int    // bytes of the dictionary's text so far
	variables []*variable
	byName    map[string]*variable // as spelled
	byFolded  map[string]*variable // in lower case
	alike     table.Alike
	weight    string
	encoding  codepage.Decoder
	notes     Notes
	warned    int // how often
	problems  refusal.Problems
	current   *variable // that a missing value, a label or a cell is of
	rows
}

// format names the kind of file in problems.
const format = "SPSS portable file"

// fail reports a problem of the record and returns false. Only the first is
// reported: after it nothing is where it should be.
func (r *reader) fail(what string, args ...any) bool {
	if len(r.problems) == 0 {
		r.problems.Add(r.where, "%s: byte %d: %s: %s", format, r.start, r.place(), fmt.Sprintf(what, args...))
	}
	return false
}

// cut reports that the file ends, or cannot be read on, and returns false.
func (r *reader) cut() bool {
	if r.err != io.EOF {
		r.failed()
	} else if len(r.problems) == 0 {
		r.problems.AddHint("fetch the file again", r.where, "%s: byte %d: %s: the file is cut short at byte %d", format, r.start, r.place(), r.offset)
	}
	return false
}

// char returns the next character.
func (r *reader) char() (c byte, ok bool) {
	if !r.have(1) {
		return 0, r.cut()
	}
	r.at++
	return r.chars[r.at-1], true
}

// failed reports an error of the source.
func (r *reader) failed() {
	if len(r.problems) > 0 {
		return
	}
	for _, p := range refusal.Of(r.err, refusal.Data) {
		if p.Where == "" {
			p.Where, p.What = r.where, "cannot be read: "+p.What
		}
		r.problems = append(r.problems, p)
	}
}

// mostWarnings is how many warnings are kept: a hostile file may earn many.
const mostWarnings = 100

func (r *reader) warn(what string, args ...any) {
	if r.warned++; r.warned <= mostWarnings {
		r.notes.Warnings = append(r.notes.Warnings, fmt.Sprintf(what, args...))
	}
}
