// Package sas7bdat reads SAS's own data sets, .sas7bdat, of 32 and 64 bits and either
// byte order, plain and compressed, and the value labels of a catalogue beside one,
// .sas7bcat.
//
// SAS does not describe the formats. This is written from what others found out: the
// vignette "SAS7BDAT Database Binary Format" of M. S. Shotwell and C. Cummins, and what
// ReadStat and Parso do with files that SAS wrote.
package sas7bdat

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/sas"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. A limit of 0 is the default, in
// brackets. Memory follows the bytes of the file, never what it claims.
type Limits struct {
	Columns     int   // variables of the file (200,000)
	Rows        int   // of the file (20,000,000)
	Cells       int64 // rows by wanted columns, in Read (250,000,000)
	RowBytes    int   // of one row (64 MiB)
	LabelBytes  int   // of all names, labels and formats (64 MiB)
	StringBytes int   // of text in the wanted columns that is held at a time (1 GiB)
}

func (l Limits) orDefault() Limits {
	return Limits{
		cmp.Or(l.Columns, 200_000), cmp.Or(l.Rows, 20_000_000), cmp.Or(l.Cells, 250_000_000),
		cmp.Or(l.RowBytes, 64<<20), cmp.Or(l.LabelBytes, 64<<20), cmp.Or(l.StringBytes, 1<<30),
	}
}

// A File is the wanted columns of a data set, in its order, and the names of all of its
// variables: as spelled, except where several are alike. Numbers are exact. A missing
// value is NaN; the column's Tags have 'a' to 'z' of .A to .Z and '_' of ._. Dates
// stay numbers, with their format in Variable.Recorded. Text ends at the first NUL and
// loses the blanks behind it. Rows that were deleted and are still in the file are
// left out.
type File struct {
	Table       *table.Table
	Names       []string
	Alike       table.Alike
	Replaced    []string // wanted variables of which some text is not in the encoding
	Encoding    string   // of its text
	Compression string   // "RLE", "RDC" or ""
	Name        string   // of the data set
	Label       string   // of the data set
	Release     string   // of SAS that wrote it, "9.0401M6"
	Deleted     int      // rows that were deleted
	Warnings    []string // what changes no value
}

// A Source is a file that is read in order and, before that, here and there.
type Source interface {
	io.Reader
	io.ReaderAt
}

// Read reads the columns that want names, without regard to case, or all of them for
// nil, of a file of a size. Where is how problems name it. Catalogue has the value
// labels, or is nil. The error is refusal.Problems: each gives the byte, and where there
// is one the row (from 1) and the variable.
func Read(in Source, size int64, where string, catalogue *Catalogue, want []string, limits Limits) (*File, error) {
	return scan(in, size, where, nil, catalogue, want, limits, 0, nil)
}

// Scan reads as Read does, in batches: each is called with the next rows in the
// file's order, at most table.BatchRows(wanted columns) of them, fewer where they
// hold much text. A batch and its slices are valid until each returns, and are used
// again; strings may be kept. Its Tags are empty, and not nil, for each column that
// had letters before. The File's Table has the variables and no rows. What is wrong
// with the file after a batch ends the scan as it ends Read. An error of each ends it
// too and is returned as it is.
//
// Memory does not grow with the rows: Limits.Cells does not apply.
//
// Text is read as the encoding, or for nil as the file says.
//
// With a nil each and encoding it is Read.
func Scan(in Source, size int64, where string, as *codepage.Encoding, catalogue *Catalogue, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scan(in, size, where, as, catalogue, want, limits, 0, each)
}

// A reader is a file half read.
type reader struct {
	layout
	in       Source
	from     int64 // where what was read last begins
	where    string
	format   string // the kind of file, in problems
	limits   Limits
	decoder  codepage.Decoder
	file     *File
	problems refusal.Problems
	warned   int
	meta     metadata
	rows     *sas.Rows
	block    []byte // rows of parts that are not taken yet
}

func scan(in Source, size int64, where string, as *codepage.Encoding, catalogue *Catalogue, want []string, limits Limits, batch int, each func(*table.Table) error) (*File, error) {
	r := &reader{in: in, where: where, format: format, limits: limits.orDefault(), file: &File{}}
	if r.header(dataSet, size, as) && r.describe(catalogue) {
		l := r.limits
		r.rows = &sas.Rows{
			Numbers: sas.Little, Decoder: &r.decoder, Width: r.meta.rowBytes, Most: l.Rows, Cells: l.Cells, Bytes: l.StringBytes, Batch: batch, Each: each,
			Where: where, Format: format,
		}
		if r.big {
			r.rows.Numbers = sas.Big
		}
		r.rows.Begin(r.meta.variables, table.Wanted(want))
		r.data()
	}
	switch err := r.problems.Err(); {
	case r.rows != nil && r.rows.Stopped != nil:
		return nil, r.rows.Stopped
	case err != nil:
		return nil, err
	}
	file := r.file
	file.Table = r.rows.Table()
	var notes []string
	file.Replaced, notes = r.rows.Finish()
	file.Encoding = r.decoder.Named(codepage.UTF8.Name)
	for _, note := range append(r.decoder.Notes(), notes...) {
		r.warn("%s", note)
	}
	if r.warned > mostWarnings {
		file.Warnings = append(file.Warnings, fmt.Sprintf("%d more warnings", r.warned-mostWarnings))
	}
	return file, nil
}

const format = "SAS data set"

// fail reports a problem of what was read last and returns false. Only the first is
// reported: after it nothing is where it should be.
func (r *reader) fail(what string, args ...any) bool { return r.failHint("", what, args...) }

func (r *reader) failHint(hint, what string, args ...any) bool {
	if len(r.problems) == 0 {
		r.problems.AddHint(hint, r.where, "%s: byte %d: %s", r.format, r.from, fmt.Sprintf(what, args...))
	}
	return false
}

// unread reports that the file cannot be read, and returns false.
func (r *reader) unread(err error) bool {
	if len(r.problems) > 0 {
		return false
	}
	for _, p := range refusal.Of(err, refusal.Data) {
		if p.Where == "" {
			p.Where, p.What = r.where, "cannot be read: "+p.What
		}
		r.problems = append(r.problems, p)
	}
	return false
}

// at reads bytes at a place. The size of the file is known, so that they are there.
func (r *reader) at(b []byte, offset int64) bool {
	r.from = offset
	if n, err := r.in.ReadAt(b, offset); n < len(b) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return r.unread(err)
	}
	return true
}

// mostWarnings is how many warnings are kept: a hostile file may earn many.
const mostWarnings = 100

func (r *reader) warn(what string, args ...any) {
	if r.warned++; r.warned <= mostWarnings {
		r.file.Warnings = append(r.file.Warnings, fmt.Sprintf(what, args...))
	}
}

// text decodes a name, label or format.
func (r *reader) text(b []byte, what string) string {
	text, how := r.decoder.Text(b)
	if how == codepage.Replaced {
		r.warn("%s is %q, which is not %s", what, codepage.Excerpt(b), r.decoder.Named(codepage.UTF8.Name))
	}
	return strings.TrimRight(strings.ReplaceAll(text, "\x00", ""), " ")
}

// alike gives the variables names that differ, and tells of them.
func (r *reader) alike() {
	of := r.meta.variables
	names := make([]string, len(of))
	for i, v := range of {
		names[i] = v.Name
	}
	distinct, alike, notes := table.Distinct(names)
	r.file.Names, r.file.Alike = slices.Clone(distinct), alike
	for i, v := range of {
		v.Name = distinct[i]
	}
	for _, note := range notes {
		r.warn("%s", note)
	}
}
