// Package por reads SPSS portable files: .por, lines of text that old studies
// were exchanged in.
//
// It is written from the description of the format in the GNU PSPP Developers
// Guide, chapter "Portable File Format". The raw table is as package sav's.
package por

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. A limit of 0 is the default, in
// brackets. Memory follows what has arrived, never what the file claims.
type Limits struct {
	Columns     int   // variables of the file (20,000)
	Rows        int   // of the file (20,000,000)
	Cells       int64 // rows by wanted columns (250,000,000)
	LabelBytes  int   // labels, documents and other text of the dictionary together (64 MiB)
	StringBytes int   // the width of one text variable (32,767)
}

// DefaultLimits are several times those of the largest UK survey extract.
var DefaultLimits = Limits{Columns: 20_000, Rows: 20_000_000, Cells: 250_000_000, LabelBytes: 64 << 20, StringBytes: 32_767}

func orDefault[T int | int64](limit *T, otherwise T) {
	if *limit == 0 {
		*limit = otherwise
	}
}

// A File is the wanted columns of a portable file, in the file's order, and
// the names of all of its variables, as spelled.
type File struct {
	Table    *table.Table
	Names    []string
	Encoding string // of the file's text: "UTF-8" or "windows-1252"
	Notes    Notes
}

// Notes are what a file says beyond its table, for people to read.
type Notes struct {
	Created   string // date and time, as the file spells them: "20261121 194509"
	Product   string // that wrote the file
	Author    string
	Weight    string // the variable that the file is weighted by, or ""
	Documents []string
	Warnings  []string // what is wrong with the dictionary but changes no value
}

// Read reads the variables that want names, without regard to case, or all of
// them for nil, from a stream, to its end. Where is how problems name the
// file. Text is UTF-8 if all of it is, or else windows-1252; of both, it is
// refused. The error is refusal.Problems: each gives the byte, the record, and
// where there is one the row (from 1) and the variable.
func Read(in io.Reader, where string, want []string, limits Limits) (*File, error) {
	orDefault(&limits.Columns, DefaultLimits.Columns)
	orDefault(&limits.Rows, DefaultLimits.Rows)
	orDefault(&limits.Cells, DefaultLimits.Cells)
	orDefault(&limits.LabelBytes, DefaultLimits.LabelBytes)
	orDefault(&limits.StringBytes, DefaultLimits.StringBytes)
	r := &reader{source: source{in: bufio.NewReaderSize(in, 64<<10)}, where: where, limits: limits, want: want, byName: map[string]*variable{}}
	if r.header() && r.dictionary() {
		r.cases()
	}
	if len(r.problems) == 0 {
		if r.drain(); r.err != io.EOF {
			r.failed()
		}
	}
	file := r.finish()
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	return file, nil
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
	wanted  bool
	values  []float64
	cells   []string
}

// A reader is a file half read.
type reader struct {
	source
	where     string
	limits    Limits
	want      []string
	to        [256]byte // of a byte of the file, the character that it stands for
	begin     int64     // of the record that is being read
	record    string
	labels    int // bytes of the dictionary's text so far
	variables []*variable
	byName    map[string]*variable // in lower case
	weight    string
	rows      int
	notes     Notes
	problems  refusal.Problems
	current   *variable // that a missing value or a label is of
}

// format names the kind of file in problems.
const format = "SPSS portable file"

// fail reports a problem of the record and returns false. Only the first is
// reported: after it nothing is where it should be.
func (r *reader) fail(what string, args ...any) bool {
	if len(r.problems) == 0 {
		r.problems.Add(r.where, "%s: byte %d: %s: %s", format, r.begin, r.record, fmt.Sprintf(what, args...))
	}
	return false
}

// char returns the next character, translated; ok is false, with a problem,
// where the file ends or cannot be read.
func (r *reader) char() (c byte, ok bool) {
	if r.held != 0 {
		c, r.held = r.held, 0
		return c, true
	}
	if c, ok = r.next(); ok {
		return r.to[c], true
	}
	if r.err != io.EOF {
		r.failed()
	} else if len(r.problems) == 0 {
		r.problems.AddHint("fetch the file again", r.where, "%s: byte %d: %s: the file is cut short at byte %d", format, r.begin, r.record, r.offset)
	}
	return 0, false
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

// digit is the value of a digit of base 30, or -1.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'T':
		return int(c-'A') + 10
	}
	return -1
}

// number reads a number of base 30: an optional sign, digits with an optional
// point, an optional exponent after + or -, and / at the end; or *. for the
// system-missing value, which is NaN.
func (r *reader) number() (v float64, ok bool) {
	c, ok := r.char()
	for ok && c == ' ' {
		c, ok = r.char()
	}
	if ok && c == '*' {
		if c, ok = r.char(); ok && c != '.' {
			return 0, r.fail("* and %q, want *. for a missing number", c)
		}
		return math.NaN(), ok
	}
	negative := ok && c == '-'
	if negative {
		c, ok = r.char()
	}
	digits, exponent, point := 0, 0, false
	mantissa := uint64(0)
	for ; ok; c, ok = r.char() {
		d := digit(c)
		if d < 0 && (c != '.' || point) {
			break
		}
		switch {
		case d < 0:
			point = true
			continue
		case mantissa < math.MaxUint64/30-1: // digits beyond what a number holds only move the point
			mantissa = mantissa*30 + uint64(d)
			if point {
				exponent--
			}
		case !point:
			exponent++
		}
		if digits++; digits > 400 {
			return 0, r.fail("a number of more than 400 digits")
		}
	}
	if !ok {
		return 0, false
	}
	if digits == 0 {
		return 0, r.fail("%q, want a number in base 30", c)
	}
	if c == '+' || c == '-' {
		sign, power := c, 0
		for c, ok = r.char(); ok && digit(c) >= 0; c, ok = r.char() {
			if power = power*30 + digit(c); power > 1000 {
				return 0, r.fail("an exponent beyond 1000, want a number in base 30")
			}
		}
		if !ok {
			return 0, false
		}
		if sign == '-' {
			power = -power
		}
		exponent += power
	}
	if c != '/' {
		return 0, r.fail("%q after a number, want /", c)
	}
	if v = scale(mantissa, exponent); negative {
		v = -v
	}
	return v, true
}
