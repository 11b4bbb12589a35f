package por

import (
	"fmt"
	"io"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// Scan reads as Read does, in batches: each is called with the next rows in
// the file's order, at most table.BatchRows(wanted columns) of them, fewer
// where they hold much text. A batch and its slices are valid until each
// returns, and are used again; strings may be kept. The File's Table has the
// variables and no rows. What is wrong with the file after a batch ends the
// scan as it ends Read. An error of each ends it too and is returned as it is.
//
// Memory does not grow with the rows: Limits.Cells does not apply.
//
// Text is read as the encoding, or for nil as Read has it.
//
// With a nil each and encoding it is Read.
func Scan(in io.Reader, where string, as *codepage.Encoding, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scan(in, bufferBytes, where, as, want, limits, 0, each)
}

// scan is Read where each is nil, and else Scan in batches of this many rows; 0
// is the usual number.
func scan(in io.Reader, buffer int, where string, as *codepage.Encoding, want []string, limits Limits, batch int, each func(*table.Table) error) (*File, error) {
	r := &reader{
		source: source{in: in, buffer: make([]byte, buffer)}, where: where, limits: limits.orDefault(), want: want,
		byName: map[string]*variable{}, byFolded: map[string]*variable{}, rows: rows{batch: batch, each: each},
	}
	if as != nil {
		r.encoding.Encoding = *as
	}
	if r.header() && r.dictionary() {
		r.cases()
	}
	if len(r.problems) == 0 && r.refused == nil {
		if r.drain(); r.err != io.EOF {
			r.failed()
		}
	}
	if each != nil && r.row > 0 && len(r.problems) == 0 && r.refused == nil {
		r.flush()
	}
	if r.refused != nil {
		return nil, r.refused
	}
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	file := &File{Table: r.table(), Alike: r.alike, Encoding: r.encoding.Named(codepage.UTF8.Name)}
	for _, note := range r.encoding.Notes() {
		r.warn("%s", note)
	}
	for _, v := range r.variables {
		if v.column == nil {
			continue
		}
		if v.column.faults.Any() {
			file.Replaced = append(file.Replaced, v.name)
		}
		for _, note := range v.column.faults.Notes(v.name, file.Encoding) {
			r.warn("%s", note)
		}
	}
	if r.warned > mostWarnings {
		r.notes.Warnings = append(r.notes.Warnings, fmt.Sprintf("%d more warnings", r.warned-mostWarnings))
	}
	file.Notes = r.notes
	for _, v := range r.variables {
		file.Names = append(file.Names, v.name)
	}
	return file, nil
}

// rows are the cases as far as they are read.
type rows struct {
	batch   int // rows that each is called with at most
	each    func(*table.Table) error
	now     *table.Table // what each is called with
	refused error        // by each
	columns []*column    // that are wanted
	before  int          // rows that each was called with
	row     int          // after those
	held    int          // bytes of text in the rows from before, except for what is seen
	kept    int          // bytes of text in what is seen
}

// A column is the cells of a wanted variable.
type column struct {
	values []float64
	texts  []string
	seen   map[string]string // of the file's characters, the text
	faults codepage.Faults
}

// cases reads the cases up to the Z at their end.
func (r *reader) cases() {
	is := table.Wanted(r.want)
	for _, v := range r.variables {
		if is(v.name) {
			v.column = &column{}
			r.columns = append(r.columns, v.column)
		}
	}
	if r.batch == 0 {
		r.batch = table.BatchRows(len(r.columns))
	}
	cells := int64(math.MaxInt64)
	if r.each == nil {
		cells = r.limits.Cells
	}
	r.record = cases
	for {
		r.start, r.current = r.pos(), nil
		switch {
		case !r.have(1):
			r.cut()
			return
		case r.chars[r.at] == 'Z':
			return
		case r.before+r.row == r.limits.Rows:
			r.fail("more than %d rows", r.limits.Rows)
			return
		case int64(r.row+1)*int64(len(r.columns)) > cells:
			r.fail("more than %d cells in the %d wanted columns", cells, len(r.columns))
			return
		}
		for _, v := range r.variables {
			if r.current = v; !r.cell(v) {
				return
			}
		}
		r.row++
		if r.each != nil && (r.row == r.batch || r.held > table.BatchText) && !r.flush() {
			return
		}
	}
}

const cases = "cases"

// place is the record, or the row and variable, that is being read.
func (r *reader) place() string {
	if r.record == cases && r.current != nil {
		return fmt.Sprintf("cases: row %d: variable %q", r.before+r.row+1, r.current.name)
	}
	return r.record
}

func (r *reader) cell(v *variable) bool {
	if v.width == 0 {
		n, ok := r.number()
		if ok && v.column != nil {
			v.column.values = append(v.column.values, n)
		}
		return ok
	}
	b, ok := r.text()
	if ok && len(b) > v.width {
		return r.fail("text of %d bytes, want at most %d", len(b), v.width)
	}
	if ok && v.column != nil {
		v.column.texts = append(v.column.texts, r.reused(v.column, b))
	}
	return ok
}

// mostSeen is how many different texts of a column are kept to be used again,
// and mostKept how many bytes of them for all columns.
const mostSeen, mostKept = 4096, 4 << 20

// reused decodes text, unless the column had the same.
func (r *reader) reused(c *column, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, again := c.seen[string(b)]; again {
		return s
	}
	s, how := r.encoding.Text(b)
	if how != codepage.Whole { // each is counted
		c.faults.Add(how, r.before+r.row+1, b)
		s = strings.TrimRight(s, " \x00")
		r.held += len(s)
		return s
	}
	if n := len(b) + len(s); len(c.seen) < mostSeen && r.kept+n <= mostKept {
		if c.seen == nil {
			c.seen = map[string]string{}
		}
		r.kept += n
		c.seen[string(b)] = s
	} else {
		r.held += len(s)
	}
	return s
}

// flush calls each with the rows that were read and makes their room free; it
// returns false where the scan ends.
func (r *reader) flush() bool {
	if r.now == nil {
		r.now = r.table()
	}
	r.now.Rows = r.row
	for i, c := range r.columns {
		r.now.Columns[i].Values, r.now.Columns[i].Text = c.values, c.texts
		c.values, c.texts = c.values[:0], c.texts[:0]
	}
	r.refused = r.each(r.now)
	r.before += r.row
	r.row, r.held = 0, 0
	return r.refused == nil
}

// table makes the table of the rows that were read and not flushed.
func (r *reader) table() *table.Table {
	made := table.New(r.row)
	for _, v := range r.variables {
		if v.column == nil {
			continue
		}
		c := &table.Column{Variable: codebook.Variable{Name: v.name, Label: v.label, Categories: v.labels, Recorded: &codebook.Recorded{
			Format: v.format, Width: v.width, Missing: v.missing, Texts: v.texts,
		}}}
		switch {
		case v.width > 0 && r.row == 0:
			c.Text = []string{}
		case v.width > 0:
			c.Text = v.column.texts
		case r.row == 0:
			c.Values = []float64{}
		default:
			c.Values = v.column.values
		}
		made.Add(c)
	}
	return made
}
