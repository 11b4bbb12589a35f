// Package ingest reads extracts, as the data archive gives them out, into raw
// tables, and describes and converts them. Each format has a reader in a
// folder of its own.
//
// An extract is hostile until read: every reader keeps to limits, refuses what
// it is unsure of, and reports every problem that it can find. What a table
// means is for the wave's crosswalk to say; the only thing decided here is
// whether a column is numbers or text.
package ingest

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/delimited"
	"togetherwecan/pipeline/ingest/kind"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what an extract may have at most. A limit of 0 is the default.
//
// The formats with a dictionary of their own have further limits, of labels
// and texts, that callers do not set; see the README.
type Limits struct {
	Bytes     int64 // of the file
	Columns   int   // of the file
	LineBytes int   // of the longest line, for readers of lines; of one text, in Parquet
	Rows      int   // of the file
	Cells     int64 // in the wanted columns
	Labels    int   // value labels, each as often as a wanted column has it
}

// DefaultLimits are several times those of the largest UK survey extract.
var DefaultLimits = Limits{Bytes: 16 << 30, Columns: 200_000, LineBytes: 16 << 20, Rows: 20_000_000, Cells: 250_000_000, Labels: 2_000_000}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	return Limits{
		cmp.Or(l.Bytes, d.Bytes), cmp.Or(l.Columns, d.Columns), cmp.Or(l.LineBytes, d.LineBytes),
		cmp.Or(l.Rows, d.Rows), cmp.Or(l.Cells, d.Cells), cmp.Or(l.Labels, d.Labels),
	}
}

// Any is the reader that the file's extension chooses, Delimited that of lines of text.
const Any, Delimited = "any", "delimited"

// A Source is an extract to read. Where is how problems name it, its name if
// empty; Reader is the name of a reader, chosen by the file's
// extension if it is empty or Any. Encoding is the name of that of its text, as
// the file says if it is empty. Name is what the extract is called, the base
// name of its path if empty. Delimiter is what is between the fields of delimited
// text, itself or its name, as the extension and the header tell if it is empty.
// Part is the name of the one to read of several tables that a file holds: a sheet of a
// workbook, or a member of a SAS transport file. Labels is the path of a file of value labels, which a SAS
// data set has not itself; one beside it is found if it is empty. Texts are variables of
// delimited text, in any case, that are read as text whatever they are: numbers that
// identify, whose leading zeros are a part of them. ByCode says that
// Batches may give numbers by their codes, as parquet.ScanCodes does.
type Source struct {
	Path      string
	Name      string
	Where     string
	Reader    string
	Encoding  string
	Delimiter string
	Part      string
	Labels    string
	Texts     []string
	ByCode    bool
}

// An Extract is what was read of one file of microdata.
type Extract struct {
	Name    string // of the file, without folders
	SHA256  string // of its bytes, in hexadecimal
	Bytes   int64
	Rows    int          // of the file
	Table   *table.Table // the wanted columns, in the file's order; without rows from Scan
	Missing []string     // wanted names that the file does not have
	Names   []string     // of all its columns that have one: as spelled, except where several are alike
	About   description.About

	line func(row int) int
}

// Called is the name of the extract.
func (s Source) Called() string { return cmp.Or(s.Name, filepath.Base(s.Path)) }

// Read reads the wanted columns of an extract, all of them for nil, matched
// without regard to case. A wanted name that the file does not have is not an
// error but is listed; one that stands for several variables is refused, which
// table.Distinct names. Progress, if not nil, is called now and then with the
// bytes read and those to read. The error is refusal.Problems.
func Read(s Source, want []string, limits Limits, progress func(done, total int64)) (*Extract, error) {
	return s.read(want, limits, progress, nil, false)
}

// Scan reads as Read does, in memory that does not grow with the rows: each is
// called with the next rows in the file's order, at most table.BatchRows of
// the wanted columns. A batch and its slices are valid until each returns, and
// are used again; its texts may be kept. Its variables may lack what the file
// says only after its rows; the Extract's table has the variables as the whole
// file gives them, and no rows. An error of each ends the scan and is returned
// as it is. The limit of cells, which is of what is held, does not apply.
//
// A file with a problem may have given batches before it comes to light, and
// the digest is known at the end: what is made of the batches counts only once
// Scan has returned without an error.
func Scan(s Source, want []string, limits Limits, progress func(done, total int64), each func(*table.Table) error) (*Extract, error) {
	return s.read(want, limits, progress, each, false)
}

// wholeBytes is how long text may be that Batches holds.
const wholeBytes = 64 << 20

// Batches reads as Scan does, numbers by their codes if the source says so, but a short file of text, which Scan goes through
// twice, once: it holds the bytes of the wanted cells.
func Batches(s Source, want []string, limits Limits, progress func(done, total int64), each func(*table.Table) error) (*Extract, error) {
	return s.read(want, limits, progress, each, true)
}

// read is Scan, or for a nil each Read; once makes it Batches.
func (s Source) read(want []string, limits Limits, progress func(done, total int64), each func(*table.Table) error, once bool) (*Extract, error) {
	limits = limits.orDefault()
	name := s.Called()
	where := cmp.Or(s.Where, name)
	in, err := open(s.Path, where, limits.Bytes, progress)
	if err != nil {
		return nil, err
	}
	defer in.file.Close()
	extension := strings.ToLower(filepath.Ext(s.Path))
	is, sure := in.kind(extension)
	r, err := s.reader(where, is)
	if err != nil {
		return nil, err
	}
	if sure && is.Reader != r.name {
		return nil, seems(where, is, r.takes)
	}
	as, err := s.encoding(where)
	if err != nil {
		return nil, err
	}
	if why := WrongDelimiter(s.Delimiter); s.Delimiter != "" && why != "" {
		return nil, problem(where, "%s", why)
	}
	if s.Part != "" && !r.parts {
		return nil, problem(where, "%s, which holds one table alone: it has no part %q", r.takes, s.Part)
	}
	if s.Delimiter != "" && r.name != Delimited {
		return nil, problem(where, "no delimited text, which alone has a delimiter: it is for the reader %s", r.name)
	}
	if err := s.wrongLabels(where, r); err != nil {
		return nil, err
	}
	var labels *labelFile
	if r.labels {
		if labels, err = s.labelsOf(as); err != nil {
			return nil, err
		}
	}
	var dictionary *beside
	if r.dictionary != "" && r.dictionary == extension {
		dictionary = dictionaryBeside(s.Path)
	}
	rows := 0
	count := each
	if each != nil {
		count = func(batch *table.Table) error {
			first := rows == 0
			rows += batch.Rows
			dictionary.apply(batch)
			if first {
				if err := checkLabels(batch, where, limits.Labels); err != nil {
					return err
				}
			}
			return each(batch)
		}
	}
	got, err := r.read(input{in, extension, where, as, delimited.Delimiter(s.Delimiter), s.Part, labels, once && in.total <= wholeBytes, s.Texts, once && s.ByCode}, want, limits, count)
	if err != nil {
		return nil, err
	}
	if err := several(where, want, got.alike); err != nil {
		return nil, err
	}
	digest, err := in.finish()
	if err != nil {
		return nil, err
	}
	if each == nil {
		rows = got.table.Rows
	}
	dictionary.finish(got, rows)
	labels.finish(got)
	if err := checkLabels(got.table, where, limits.Labels); err != nil {
		return nil, err
	}
	return &Extract{
		Name:    name,
		SHA256:  digest,
		Bytes:   in.done,
		Rows:    rows,
		Table:   got.table,
		Missing: missing(want, got.names),
		Names:   got.names,
		About:   got.about,
		line:    got.line,
	}, nil
}

// checkLabels refuses a table with more labels than what is made of them could
// hold: a small file can give all of its variables one large set.
func checkLabels(t *table.Table, where string, most int) error {
	labels := 0
	for _, c := range t.Columns {
		labels += len(c.Variable.Categories)
	}
	if labels <= most {
		return nil
	}
	return problem(where, "%d value labels of %d variables, want at most %d in all", labels, len(t.Columns), most)
}

// seems refuses a file of another kind than is wanted, with what to do.
func seems(where string, is *kind.Kind, want string) error {
	hint := is.Hint
	if is.Reader != "" {
		hint = "name the file's reader: " + is.Reader
	}
	var ps refusal.Problems
	ps.AddHint(hint, where, "seems to be %s, want %s", is.Name, want)
	return ps.Err()
}

// reader returns the reader that the source names, or that of its extension; is
// says what the file is, or is nil.
func (s Source) reader(where string, is *kind.Kind) (*reader, error) {
	var ps refusal.Problems
	var known, extensions []string
	extension := strings.ToLower(filepath.Ext(s.Path))
	byExtension := s.Reader == "" || s.Reader == Any
	for i, r := range readers {
		if s.Reader == r.name || byExtension && slices.Contains(r.extensions, extension) {
			return &readers[i], nil
		}
		known = append(known, r.name)
		extensions = append(extensions, r.extensions...)
	}
	switch {
	case !byExtension:
		ps.Add(where, "no reader %q, want %s%s", s.Reader, strings.Join(known, ", "), refusal.Nearest(s.Reader, known))
	case is != nil:
		return nil, seems(where, is, strings.Join(extensions, ", "))
	default:
		ps.AddHint("name the file's reader: "+strings.Join(known, ", "), where, "no reader for the extension %q, want %s", extension, strings.Join(extensions, ", "))
	}
	return nil, ps.Err()
}

// encoding returns that which the source names, or nil.
func (s Source) encoding(where string) (*codepage.Encoding, error) {
	if s.Encoding == "" {
		return nil, nil
	}
	if why := WrongEncoding(s.Encoding); why != "" {
		return nil, problem(where, "%s", why)
	}
	e, _ := codepage.Named(s.Encoding)
	return &e, nil
}

// WrongDelimiter says what is wrong with what is to be between fields, or "".
func WrongDelimiter(name string) string {
	if delimited.Delimiter(name) != 0 {
		return ""
	}
	return fmt.Sprintf("no delimiter %q, want one character such as ; or TAB, comma, semicolon or bar", name)
}

// WrongEncoding says what is wrong with the name of an encoding, or "".
func WrongEncoding(name string) string {
	if _, ok := codepage.Named(name); ok {
		return ""
	}
	return fmt.Sprintf("no encoding %q, want one that IANA or WHATWG list for text, such as UTF-8, windows-1252, windows-1251, KOI8-R, IBM850, macintosh or Shift_JIS", name)
}

// several refuses wanted names that stand for several variables.
func several(where string, want []string, alike table.Alike) error {
	var ps refusal.Problems
	for _, name := range want {
		if why := alike.Several(name); why != "" {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: where, What: why})
		}
	}
	return ps.Err()
}

// missing lists the wanted names that are not among the file's, each once.
func missing(want, names []string) []string {
	seen := map[string]bool{}
	for _, name := range names {
		seen[strings.ToLower(name)] = true
	}
	var absent []string
	for _, name := range want {
		if folded := strings.ToLower(name); !seen[folded] {
			seen[folded] = true
			absent = append(absent, name)
		}
	}
	return absent
}

// Line returns the number of the line on which a row, from 0, begins, or 0 in
// a format without lines.
func (e *Extract) Line(row int) int {
	if e.line == nil {
		return 0
	}
	return e.line(row)
}

// A Cell is one cell of a text column, with its line in the file.
type Cell struct {
	Row, Line int
	Text      string
}

func (c Cell) String() string { return fmt.Sprintf("%q on line %d", c.Text, c.Line) }

// NotNumbers returns the first cells of a column, at most most of them, that
// keep it from being numbers, and how many there are in all. There are none in
// a column of numbers, or one that was not read.
func (e *Extract) NotNumbers(name string, most int) (first []Cell, count int) {
	c := e.Table.Column(name)
	if c == nil {
		return nil, 0
	}
	for row, text := range c.Text {
		if _, ok := codebook.Number(text); ok || text == "" {
			continue
		}
		if count++; count <= most {
			first = append(first, Cell{row, e.Line(row), text})
		}
	}
	return first, count
}

// problem is one refusal about the extract as a whole.
func problem(where, format string, args ...any) error {
	var ps refusal.Problems
	ps.Add(where, format, args...)
	return ps.Err()
}

// unreadable is an error of the system about the file, without its path.
func unreadable(where string, err error) error {
	return problem(where, "cannot be read: %v", refusal.Reason(err))
}
