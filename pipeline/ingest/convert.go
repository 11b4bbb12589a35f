package ingest

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A writer writes a raw table that comes in batches.
type writer interface {
	// begin is called once, first, with the columns; those with letters of
	// extended missing values have Tags.
	begin(columns *table.Table) error
	write(batch *table.Table) error
	// end is called once, last, with all that the extract says of itself.
	end(e *Extract) error
}

// A format is one that extracts are written in. Letters says that it must know
// before the first row which columns have letters of extended missing values.
type format struct {
	extension string
	letters   bool
	writer    func(out io.Writer, where string, how Conversion) writer
}

// A Conversion says how an extract is converted.
type Conversion struct {
	Replace bool // a file that is there
	Kinds   bool // in CSV, the code of a value that is declared missing has a column of its own
	Choice  Choice
	undated map[string]bool
}

var formats = []format{{".parquet", true, newParquetWriter}, {".csv", false, newCSVWriter}}

// Convert writes an extract to a file as Parquet, with its labels and kinds of
// missing value, or as CSV, by the extension of out, in memory that does not
// grow with the rows. The file appears whole or not at all; one that is there
// already is refused unless it may be replaced, and the extract itself always. A
// variable whose values cannot be read is left out, unless it is named. The
// extract's table has no rows, and its notes say what is not as it was. The error
// is refusal.Problems.
func Convert(s Source, out string, how Conversion, limits Limits, progress func(done, total int64)) (*Extract, error) {
	f, err := formatOf(out)
	if err != nil {
		return nil, err
	}
	if err := mayWrite(s.Path, out, how.Replace); err != nil {
		return nil, err
	}
	how.undated = map[string]bool{}
	var e *Extract
	notes, err := s.readable(how.Choice, limits, func(want []string) (err error) {
		for {
			e, err = f.convert(s, want, out, how, limits, progress)
			var not parquet.NoDate
			if !errors.As(err, &not) || how.undated[not.Variable] {
				return err
			}
			how.undated[not.Variable] = true // and again, as numbers
		}
	})
	if err != nil {
		return nil, err
	}
	e.About.Notes = append(e.About.Notes, notes...)
	return e, nil
}

// convert is Convert to a format.
func (f format) convert(s Source, want []string, out string, how Conversion, limits Limits, progress func(done, total int64)) (*Extract, error) {
	var err error
	first, second := progress, progress
	var letters map[string]bool
	before := ""
	if f.letters && s.mayHaveLetters() {
		if progress != nil {
			first = func(done, total int64) { progress(done, 2*total) }
			second = func(done, total int64) { progress(total+done, 2*total) }
		}
		if letters, before, err = lettersOf(s, want, limits, first); err != nil {
			return nil, err
		}
	}
	file, err := disk.Create(out, "", 0o644)
	if err != nil {
		return nil, unwritten(out, err)
	}
	defer file.Discard()
	buffer := bufio.NewWriterSize(file, 1<<20)
	w := f.writer(buffer, s.Called(), how)
	begun := false
	begin := func(t *table.Table) error {
		begun = true
		return w.begin(withLetters(t, letters))
	}
	e, err := Scan(s, want, limits, second, func(batch *table.Table) error {
		if !begun {
			if err := begin(batch); err != nil {
				return unwritten(out, err)
			}
		}
		return unwritten(out, w.write(batch))
	})
	if err != nil {
		return nil, err
	}
	if err := s.unknown(e.Missing, e.Names).Err(); err != nil {
		return nil, err
	}
	if before != "" && before != e.SHA256 {
		return nil, problem(e.Name, "changed while it was read")
	}
	if !begun { // no rows
		err = begin(e.Table)
	}
	if err == nil {
		err = w.end(e)
	}
	if err == nil {
		err = buffer.Flush()
	}
	if err == nil {
		err = file.Replace()
	}
	if err != nil {
		return nil, unwritten(out, err)
	}
	return e, nil
}

// mayHaveLetters says whether the format of the extract has extended missing
// values.
func (s Source) mayHaveLetters() bool {
	r, err := s.reader("", nil)
	return err == nil && r.letters
}

// lettersOf finds the columns, by name, that have letters of extended missing
// values, and returns the extract's digest.
func lettersOf(s Source, want []string, limits Limits, progress func(done, total int64)) (letters map[string]bool, digest string, err error) {
	letters = map[string]bool{}
	e, err := Scan(s, want, limits, progress, func(batch *table.Table) error {
		for _, c := range batch.Columns {
			if c.Tags != nil && !letters[c.Variable.Name] && slices.ContainsFunc(c.Tags, func(tag byte) bool { return tag != 0 }) {
				letters[c.Variable.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return letters, e.SHA256, nil
}

// withLetters returns the columns of a table, without rows, with Tags for those
// that have letters.
func withLetters(t *table.Table, letters map[string]bool) *table.Table {
	made := table.New(0)
	for _, c := range t.Columns {
		column := &table.Column{Variable: c.Variable}
		if c.Text != nil {
			column.Text = []string{}
		} else {
			column.Values = []float64{}
		}
		if letters[c.Variable.Name] || letters == nil && c.Tags != nil { // text says before its first row
			column.Tags = []byte{}
		}
		made.Add(column)
	}
	return made
}

func formatOf(out string) (format, error) {
	extension := strings.ToLower(filepath.Ext(out))
	var known []string
	for _, f := range formats {
		if f.extension == extension {
			return f, nil
		}
		known = append(known, f.extension)
	}
	return format{}, refusal.Problems{{Kind: refusal.Usage, Where: out, What: fmt.Sprintf("no writer for the extension %q, want %s", extension, strings.Join(known, " or "))}}
}

// mayWrite refuses to write over a file that is there, unless it may be
// replaced, and over the extract.
func mayWrite(path, out string, replace bool) error {
	there, err := os.Stat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unwritten(out, err)
	}
	if from, err := os.Stat(path); err == nil && os.SameFile(from, there) {
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "is the extract itself, want another file"}}
	}
	switch what := refusal.NoFile(there.Mode()); {
	case what != "": // which the file that is written would replace
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "is " + what + ", want a file"}}
	case !replace:
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "is there already, and is not overwritten", Hint: "name another file, or give --force"}}
	}
	return nil
}

// unwritten is an error of writing: problems with what was to be written as
// they are, any other as one of the disk.
func unwritten(out string, err error) error {
	var ps refusal.Problems
	var not parquet.NoDate
	if err == nil || errors.As(err, &ps) || errors.As(err, &not) {
		return err
	}
	return refusal.Problems{{Kind: refusal.Disk, Where: out, What: fmt.Sprintf("cannot be written: %v", refusal.Reason(err))}}
}

// A parquetWriter writes Parquet, with what the extract says of itself.
type parquetWriter struct {
	out     io.Writer
	where   string
	undated map[string]bool
	file    *parquet.Writer
}

func newParquetWriter(out io.Writer, where string, how Conversion) writer {
	return &parquetWriter{out: out, where: where, undated: how.undated}
}

func (w *parquetWriter) begin(columns *table.Table) (err error) {
	w.file, err = parquet.NewWriter(w.out, w.where, parquet.FieldsOf(columns, w.undated))
	return err
}

func (w *parquetWriter) write(batch *table.Table) error { return w.file.Write(batch) }

func (w *parquetWriter) end(e *Extract) error {
	a := e.About
	w.file.About = parquet.About{Format: cmp.Or(a.Origin, a.Format), Encoding: a.Encoding, Label: a.Label, Weight: a.Weight, Notes: a.Notes}
	if len(w.undated) > 0 {
		e.About.Notes = append(e.About.Notes, "not all dates, and numbers here: "+strings.Join(slices.Sorted(maps.Keys(w.undated)), ", "))
	}
	final := make([]codebook.Variable, len(e.Table.Columns))
	for i, c := range e.Table.Columns {
		final[i] = c.Variable
	}
	return w.file.Close(final)
}
