package hostile

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Corpus reads the files that a pattern names. Fewer than least are a failure.
func Corpus(t testing.TB, least int, pattern ...string) []File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil || len(names) < least {
		t.Fatalf("%d files in the corpus, want at least %d: %v", len(names), least, err)
	}
	files := make([]File, len(names))
	for i, name := range names {
		files[i] = File{Name: name, Data: Load(t, name)}
	}
	return files
}

// Load reads a file.
func Load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A Reader is the reader of a format, whose files are of type F, as its tests
// ask it: what is held of every reader is here once.
type Reader[F any] struct {
	Read func(data []byte, want []string) (*F, error)
	// Scan reads in batches of this many rows, 0 for the usual number.
	Scan func(data []byte, want []string, batch int, each func(*table.Table) error) (*F, error)
	// Parts are a file's table, and the names of all of its columns.
	Parts func(f *F) (*table.Table, []string)
	// Sound returns what is not true of an answer and should be of any.
	Sound func(f *F, err error) error
}

// Check is a Target's: an answer that is sound and, once in this many times, the
// same in batches.
func (r Reader[F]) Check(every uint64) func(data []byte, number uint64) error {
	return func(data []byte, number uint64) error {
		f, err := r.Read(data, nil)
		if broken := r.Sound(f, err); broken != nil || number%every > 0 {
			return broken
		}
		return r.Batched(data, f, err)
	}
}

// Batched returns how Scan's answer is not the one that Read gave, or nil.
func (r Reader[F]) Batched(data []byte, f *F, err error) error {
	var rows Rows
	scanned, errScan := r.Scan(data, nil, 0, rows.Add)
	if (err == nil) != (errScan == nil) {
		return fmt.Errorf("a scan says %v, and a read %v", errScan, err)
	}
	if err != nil {
		return nil
	}
	whole, names := r.Parts(f)
	if _, found := r.Parts(scanned); !slices.Equal(found, names) {
		return fmt.Errorf("a scan finds %q, and a read %q", found, names)
	}
	return rows.Differ(whole)
}

// ScanIsRead holds the cells, the variables and what else files say to what
// Read gives of them, in batches of any size, of all columns, the last and none.
func (r Reader[F]) ScanIsRead(t *testing.T, files []File) {
	t.Helper()
	for _, file := range files {
		f, err := r.Read(file.Data, nil)
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		whole, _ := r.Parts(f)
		for _, want := range [][]string{nil, {strings.ToLower(whole.Columns[len(whole.Columns)-1].Variable.Name)}, {}} {
			read, err := r.Read(file.Data, want)
			if err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
			for _, batch := range []int{1, 3, 8, 0} {
				if broken := r.batches(file.Data, want, batch, read); broken != nil {
					t.Errorf("%s in batches of %d: %v", file.Name, batch, broken)
				}
			}
		}
	}
}

// batches returns how a file is another in batches, each of which is spoiled
// after its use, as the next does.
func (r Reader[F]) batches(data []byte, want []string, batch int, read *F) error {
	var rows Rows
	last := false
	f, err := r.Scan(data, want, batch, func(t *table.Table) error {
		if batch > 0 && t.Rows > batch || t.Rows == 0 || last {
			return fmt.Errorf("a batch of %d rows, want %d in all but the last", t.Rows, batch)
		}
		last = t.Rows < batch
		err := rows.Add(t)
		for _, c := range t.Columns {
			clear(c.Values)
			clear(c.Text)
		}
		return err
	})
	if err != nil {
		return err
	}
	whole, _ := r.Parts(read)
	if err := rows.Differ(whole); err != nil {
		return err
	}
	empty, _ := r.Parts(f)
	if diff := cmp.Diff(read, f, cmpopts.IgnoreFields(*new(F), "Table")); diff != "" || empty.Rows != 0 {
		return fmt.Errorf("%d rows; Read -, Scan +:\n%s", empty.Rows, diff)
	}
	for i, c := range whole.Columns {
		l := empty.Columns[i]
		if diff := cmp.Diff(c.Variable, l.Variable); diff != "" || l.Len() != 0 || (l.Text == nil) != (c.Text == nil) || (l.Tags == nil) != (c.Tags == nil) {
			return fmt.Errorf("the variable ends with %d cells, text %v and tags %v; Read -, Scan +:\n%s", l.Len(), l.Text != nil, l.Tags != nil, diff)
		}
	}
	return nil
}

// Damage cuts and turns bits of every file, as the function Damage does. What
// is cut is refused with the place, or has the cells of the whole; early returns
// why such a file should have been refused. With a bit turned it is refused or
// a table: a bit of a number makes another number.
func (r Reader[F]) Damage(t *testing.T, files []File, early func(file *File, damaged []byte, f, whole *F) error) {
	t.Helper()
	whole := map[string]*F{}
	for _, file := range files {
		f, err := r.Read(file.Data, nil)
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		whole[file.Name] = f
	}
	Damage(t, "file", 20_000, files, func(file *File, data []byte, cut bool) error {
		f, err := r.Read(data, nil)
		if broken := r.Sound(f, err); broken != nil || !cut {
			return broken
		}
		switch {
		case len(data) == len(file.Data):
			return err
		case err != nil && len(data) > 4 && !strings.Contains(err.Error(), "byte "):
			return fmt.Errorf("no place in %w", err)
		case err != nil:
			return nil
		}
		if broken := early(file, data, f, whole[file.Name]); broken != nil {
			return broken
		}
		part, _ := r.Parts(f)
		of, _ := r.Parts(whole[file.Name])
		return Differ(part, of)
	})
}

// Refused returns what is not true of a refusal of the file f and should be of
// any: problems with a place in the file or one of the others given, and no
// answer beside them. One of them begins with what.
func Refused(answered bool, err error, what string, places ...string) error {
	ps, ok := err.(refusal.Problems)
	begins := func(p refusal.Problem) bool { return strings.HasPrefix(p.What, what) }
	if !ok || answered || !slices.ContainsFunc(ps, begins) {
		return fmt.Errorf("refused with %v, and an answer: %v", err, answered)
	}
	for _, p := range ps {
		in := func(place string) bool { return strings.HasPrefix(p.Where, place) }
		if p.Where != "f" && !slices.ContainsFunc(places, in) || p.What == "" || !utf8.ValidString(p.What) {
			return fmt.Errorf("refused with %+v", p)
		}
	}
	return nil
}

// Compare compares cells with those that another program wrote of the file, its
// numbers to a relative difference of close, and returns how many it compared.
// What is no number to both, as a date, is passed over, and what except says.
func Compare(t *testing.T, f *table.Table, cells [][]string, close float64, except func(c *table.Column, row int, cell string) bool) int {
	t.Helper()
	compared := 0
	for i, c := range f.Columns {
		for row := range cells {
			cell := strings.TrimRight(cells[row][i], " ")
			if except(c, row, cell) {
				continue
			}
			if c.Text != nil {
				if compared++; c.Text[row] != cell {
					t.Errorf("%s: row %d is %q, want %q", c.Variable.Name, row+1, c.Text[row], cell)
				}
				continue
			}
			v, want := c.Values[row], math.NaN()
			if v < 0 && cell == "" { // a date before there were any
				continue
			}
			if cell != "" {
				var err error
				if want, err = strconv.ParseFloat(cell, 64); err != nil {
					continue
				}
			}
			compared++
			if !(math.IsNaN(v) && math.IsNaN(want)) && v != want && !(math.Abs(v-want) <= close*math.Abs(want)) {
				t.Errorf("%s: row %d is %v, want %v", c.Variable.Name, row+1, v, want)
			}
		}
	}
	return compared
}
