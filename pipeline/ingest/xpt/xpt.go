// Package xpt reads SAS transport files, of versions 5 (and 6) and 8 (and 9): .xpt,
// in which NHANES and the trials of medicines are delivered.
//
// It is written from SAS's descriptions of the format, TS-140 and "Record Layout of a
// SAS Version 8 or 9 Data Set in SAS Transport Format". What PROC CPORT writes is
// another format, which nobody describes.
package xpt

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/sas"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a file may have at most. A limit of 0 is the default, in
// brackets. Memory follows what has arrived, never what the file claims.
type Limits struct {
	Columns     int   // variables of a member (200,000)
	Members     int   // of the file (10,000)
	Rows        int   // of the member (20,000,000)
	Cells       int64 // rows by wanted columns, in Read (250,000,000)
	LabelBytes  int   // names, labels and formats of a member together (64 MiB)
	StringBytes int   // of text in the wanted columns that is held at a time (1 GiB)
}

func (l Limits) orDefault() Limits {
	return Limits{
		cmp.Or(l.Columns, 200_000), cmp.Or(l.Members, 10_000), cmp.Or(l.Rows, 20_000_000), cmp.Or(l.Cells, 250_000_000),
		cmp.Or(l.LabelBytes, 64<<20), cmp.Or(l.StringBytes, 1<<30),
	}
}

// A File is the wanted columns of one member of a transport file, in the file's
// order, and the names of all of its variables: as spelled, except where several are
// alike. Numbers are exact. A missing value is NaN; the column's Tags have 'a' to 'z'
// of .A to .Z and '_' of ._. Dates stay numbers, with their format in
// Variable.Recorded. Text ends at the first NUL and loses the blanks behind it.
type File struct {
	Table    *table.Table
	Names    []string
	Alike    table.Alike
	Replaced []string // wanted variables of which some text is not in the encoding
	Version  int      // of the format: 5 or 8
	Encoding string   // of its text, which the format does not say: "UTF-8" or "windows-1252"
	Member   string   // that was read
	Members  []string // of the file
	Label    string   // of the member
	SAS      string   // the version of SAS that wrote it, and where, as "9.4 W32_7PRO"; or what else the writer says
	Created  string   // as spelled, "21NOV26:09:30:00", or ""
	Warnings []string // what changes no value
}

// Read reads the columns that want names, without regard to case, or all of them for
// nil, of the member of a name, or for "" of the only one. Where is how problems name
// the file. Each text is UTF-8 if all of it is, or else windows-1252. The error is
// refusal.Problems: each gives the byte, and where there is one the row (from 1) and
// the variable.
func Read(in io.Reader, where, member string, want []string, limits Limits) (*File, error) {
	return scan(in, blockCards, where, member, nil, want, limits, 0, nil)
}

// Scan reads as Read does, in batches: each is called with the next rows in the
// file's order, at most table.BatchRows(wanted columns) of them, fewer where they
// hold much text. A batch and its slices are valid until each returns, and are used
// again; strings may be kept. Its Tags are empty, and not nil, for each column that
// had letters before. The File's Table has the variables and no rows. What is wrong
// with the file after a batch ends the scan as it ends Read; so does a second
// member, where none is named. An error of each ends it too and is returned as it is.
//
// Memory does not grow with the rows: Limits.Cells does not apply.
//
// Text is read as the encoding, or for nil as Read has it.
//
// With a nil each and encoding it is Read.
func Scan(in io.Reader, where, member string, as *codepage.Encoding, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scan(in, blockCards, where, member, as, want, limits, 0, each)
}

// A reader is a file half read, in cards of 80 bytes.
type reader struct {
	in       *bufio.Reader
	at       int64 // bytes that are read
	from     int64 // where what was read last begins
	card     [cardBytes]byte
	block    int // cards that are read at a time
	where    string
	wanted   string // the member, or ""
	want     []string
	limits   Limits
	decoder  codepage.Decoder
	file     File
	version  int
	problems refusal.Problems
	rows     *sas.Rows
	labels   int // bytes of the member's names, labels and formats so far
	warned   int
}

// format names the kind of file in problems.
const format = "SAS transport file"

const cardBytes, blockCards = 80, 1 << 10

func scan(in io.Reader, block int, where, member string, as *codepage.Encoding, want []string, limits Limits, batch int, each func(*table.Table) error) (*File, error) {
	r := &reader{in: bufio.NewReaderSize(in, block*cardBytes), block: block, where: where, wanted: member, want: want, limits: limits.orDefault()}
	if as != nil {
		r.decoder.Encoding = *as
	}
	l := r.limits
	r.rows = &sas.Rows{Numbers: sas.IBM, Decoder: &r.decoder, Most: l.Rows, Cells: l.Cells, Bytes: l.StringBytes, Batch: batch, Each: each, Where: where, Format: format}
	if r.library() {
		for r.member() {
		}
		r.chosen()
	}
	switch err := r.problems.Err(); {
	case r.rows.Stopped != nil:
		return nil, r.rows.Stopped
	case err != nil:
		return nil, err
	}
	file := &r.file
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

// chosen refuses a file of which no member was read, or one of several that was not
// named.
func (r *reader) chosen() {
	if len(r.problems) > 0 || r.rows.Stopped != nil {
		return
	}
	distinct, alike, _ := table.Distinct(r.file.Members)
	r.file.Members = distinct
	members := listed(distinct)
	switch n := len(distinct); {
	case alike.Several(r.wanted) != "":
		r.problems = append(r.problems, refusal.Problem{Kind: refusal.Usage, Where: r.where, What: fmt.Sprintf("%s: several members have the name %q, want one of %s", format, r.wanted, members)})
	case n == 0:
		r.fail("the file has no member, want a data set")
	case r.wanted == "" && n > 1:
		r.problems = append(r.problems, refusal.Problem{Kind: refusal.Usage, Where: r.where, What: fmt.Sprintf("%s of %d members, want the name of one: %s", format, n, members), Hint: "name it with --part"})
	case r.file.Member == "":
		r.problems = append(r.problems, refusal.Problem{Kind: refusal.Usage, Where: r.where, What: fmt.Sprintf("%s: no member %q, want one of %s%s", format, r.wanted, members, refusal.Nearest(r.wanted, r.file.Members))})
	}
}

// mostListed is how many members a message lists.
const mostListed = 20

func listed(names []string) string {
	list := strings.Join(names[:min(len(names), mostListed)], ", ")
	if more := len(names) - mostListed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// fail reports a problem of what was read last and returns false. Only the first is
// reported: after it nothing is where it should be.
func (r *reader) fail(what string, args ...any) bool { return r.failHint("", what, args...) }

func (r *reader) failHint(hint, what string, args ...any) bool {
	if len(r.problems) == 0 {
		r.problems.AddHint(hint, r.where, "%s: byte %d: %s", format, r.from, fmt.Sprintf(what, args...))
	}
	return false
}

// cut reports that the file ends, or cannot be read, in what, and returns false.
func (r *reader) cut(err error, what string) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r.from = r.at
		return r.failHint("fetch the file again", "the file is cut short in %s", what)
	}
	if len(r.problems) == 0 {
		for _, p := range refusal.Of(err, refusal.Data) {
			if p.Where == "" {
				p.Where, p.What = r.where, "cannot be read: "+p.What
			}
			r.problems = append(r.problems, p)
		}
	}
	return false
}

// mostWarnings is how many warnings are kept: a hostile file may earn many.
const mostWarnings = 100

func (r *reader) warn(what string, args ...any) {
	if r.warned++; r.warned <= mostWarnings {
		r.file.Warnings = append(r.file.Warnings, fmt.Sprintf(what, args...))
	}
}

// read fills b. It returns io.EOF where there is nothing more.
func (r *reader) read(b []byte) (int, error) {
	r.from = r.at
	n, err := io.ReadFull(r.in, b)
	r.at += int64(n)
	return n, err
}

// next reads a card. What it is of is for the problem.
func (r *reader) next(what string) ([]byte, bool) {
	if _, err := r.read(r.card[:]); err != nil {
		return nil, r.cut(err, what)
	}
	return r.card[:], true
}

// A record is a kind of header.
type record uint8

const (
	library record = iota
	memberHeader
	descriptor
	variables
	observations
)

// words are the names of the records in versions 5 and 8.
var words = [...][2]string{
	library: {"LIBRARY", "LIBV8"}, memberHeader: {"MEMBER", "MEMBV8"}, descriptor: {"DSCRPTR", "DSCPTV8"}, variables: {"NAMESTR", "NAMSTV8"}, observations: {"OBS", "OBSV8"},
}

const headerBegins = "HEADER RECORD*******"

// header says whether a card is a header, its name and the 30 characters behind it.
func header(card []byte) (name, rest string, ok bool) {
	if !bytes.HasPrefix(card, []byte(headerBegins)) || string(card[28:48]) != "HEADER RECORD!!!!!!!" {
		return "", "", false
	}
	return strings.TrimRight(string(card[20:28]), " "), string(card[48:78]), true
}

// expect reads a header of the kind.
func (r *reader) expect(kind record) (rest string, ok bool) {
	want := words[kind][r.version/8]
	card, ok := r.next("the header " + want)
	if !ok {
		return "", false
	}
	return r.is(card, want)
}

func (r *reader) is(card []byte, want string) (rest string, ok bool) {
	name, rest, ok := header(card)
	if !ok || name != want {
		return "", r.fail("found %q, want the header %s", codepage.Excerpt(card), want)
	}
	return rest, true
}

// number reads digits of a header.
func (r *reader) number(digits, what string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	if err != nil || n < 0 {
		return 0, r.fail("%s %q, want a number", what, digits)
	}
	return n, true
}

// text decodes text of a header, and counts it.
func (r *reader) text(b []byte, what string) string {
	b = bytes.TrimRight(b, " \x00")
	r.labels += len(b)
	text, how := r.decoder.Text(b)
	if how == codepage.Replaced {
		r.warn("byte %d: %s is %q, which is not %s", r.from, what, codepage.Excerpt(b), r.decoder.Named(codepage.UTF8.Name))
	}
	return strings.TrimRight(strings.ReplaceAll(text, "\x00", ""), " ")
}

// library reads the headers of the file.
func (r *reader) library() bool {
	card, ok := r.next("the header LIBRARY")
	if !ok {
		return false
	}
	switch name, _, is := header(card); {
	case is && name == words[library][0]:
		r.version = 5
	case is && name == words[library][1]:
		r.version = 8
	default:
		return r.fail("found %q, want the header LIBRARY or LIBV8", codepage.Excerpt(card))
	}
	r.file.Version = r.version
	card, ok = r.next("the library's description")
	if !ok {
		return false
	}
	r.file.SAS = strings.Join(strings.Fields(r.text(card[24:40], "the version of SAS")), " ")
	r.file.Created = r.text(card[64:80], "the date")
	_, ok = r.next("the library's dates")
	return ok
}

// member reads a member, from its header to the next member's. It returns false after
// the last, or a problem.
func (r *reader) member() bool {
	if len(r.file.Members) == 0 {
		switch n, err := r.read(r.card[:]); {
		case n == 0 && errors.Is(err, io.EOF):
			return false
		case err != nil:
			return r.cut(err, "the header "+words[memberHeader][r.version/8])
		}
	} // else the card was read as the end of the rows before
	rest, ok := r.is(r.card[:], words[memberHeader][r.version/8])
	if !ok {
		return false
	}
	if len(r.file.Members) == r.limits.Members {
		return r.fail("more than %d members", r.limits.Members)
	}
	size, ok := r.number(rest[25:30], "length of a variable's description")
	if ok && size != 140 && size != 136 {
		return r.fail("%d bytes of a variable's description, want 140 or 136", size)
	}
	if !ok {
		return false
	}
	r.labels = 0
	m := member{reader: r, size: size}
	if !m.describe() {
		return false
	}
	r.file.Members = append(r.file.Members, m.name)
	// Of members of one name each has its place behind it too: see table.Distinct.
	placed := fmt.Sprintf("%s_%d", m.name, len(r.file.Members))
	if len(r.file.Members) == 1 && r.wanted == "" || r.file.Member == "" && (strings.EqualFold(m.name, r.wanted) || strings.EqualFold(placed, r.wanted)) {
		r.file.Member, r.file.Label = m.name, m.label
		return m.begin() && m.data()
	}
	return m.pass()
}

// alike gives the names of the file's variables that differ, and tells of them.
func (r *reader) alike(of []*sas.Variable) {
	names := make([]string, len(of))
	for i, v := range of {
		names[i] = v.Name
	}
	distinct, alike, notes := table.Distinct(names)
	r.file.Alike = alike
	for i, v := range of {
		v.Name = distinct[i]
	}
	r.file.Names = slices.Clone(distinct)
	for _, note := range notes {
		r.warn("%s", note)
	}
}
