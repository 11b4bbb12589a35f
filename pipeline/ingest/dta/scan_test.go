package dta

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/table"
)

// batches puts together what a scan gives: the cells of each column as cells
// writes them, and the rows of each batch.
type batches struct {
	cells map[string][]string
	rows  []int
}

func (b *batches) add(t *table.Table) error {
	if b.cells == nil {
		b.cells = map[string][]string{}
	}
	for _, c := range t.Columns {
		name := c.Variable.Name
		b.cells[name] = append(b.cells[name], cells(c)[1:]...)
		// What the reader uses again, a caller may change until it returns.
		clear(c.Values)
		clear(c.Text)
	}
	b.rows = append(b.rows, t.Rows)
	return nil
}

// Batches of any size are the rows of the whole, and what the file says of
// itself is the same.
func TestScanIsRead(t *testing.T) {
	names, files := corpus(t)
	for _, name := range names {
		whole, err := Read(bytes.NewReader(files[name]), "f", nil, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 3, 1 << 16} {
			var got batches
			f, err := scanned(bytes.NewReader(files[name]), 1<<10, "f", nil, Limits{Cells: -1}, func(int) int { return size }, got.add)
			if slices.Contains(whole.Types, "strL") {
				f, err = scanned(bytes.NewReader(files[name]), 1<<10, "f", nil, Limits{}, func(int) int { return size }, got.add)
			}
			if err != nil {
				t.Fatalf("%s in batches of %d: %v", name, size, err)
			}
			var rows []int
			for from := 0; from < whole.Table.Rows; from += size {
				rows = append(rows, min(size, whole.Table.Rows-from))
			}
			if !slices.Equal(got.rows, rows) {
				t.Errorf("%s: batches of %d rows, want %d", name, got.rows, rows)
			}
			for i, c := range whole.Table.Columns {
				if diff := cmp.Diff(cells(c)[1:], got.cells[c.Variable.Name], cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s in batches of %d: %s: Read -, Scan +:\n%s", name, size, c.Variable.Name, diff)
				}
				last := f.Table.Columns[i]
				if diff := cmp.Diff(c.Variable, last.Variable); diff != "" || last.Len() != 0 || (last.Tags != nil) != (c.Tags != nil) || (last.Text != nil) != (c.Text != nil) {
					t.Errorf("%s in batches of %d: the variable: Read -, Scan +:\n%s\nand %d cells, tags %v", name, size, diff, last.Len(), last.Tags)
				}
			}
			same := *f
			same.Table = whole.Table
			if diff := cmp.Diff(whole, &same, cmpopts.IgnoreFields(File{}, "Table")); diff != "" {
				t.Errorf("%s in batches of %d: Read -, Scan +:\n%s", name, size, diff)
			}
		}
	}
}

// What is wrong is told as Read tells it, and no batch with it is given.
func TestScanRefuses(t *testing.T) {
	for _, r := range refused {
		rows := 0
		f, err := scanned(bytes.NewReader(r.file), bufferBytes, "f", nil, Limits{}, func(int) int { return 1 }, func(t *table.Table) error {
			rows += t.Rows
			return nil
		})
		if f != nil || err == nil || err.Error() != r.want {
			t.Errorf("%s: got %v\nwant %s", r.name, err, r.want)
		}
		if r.name == "infinity" && rows != 1 {
			t.Errorf("%s in row 2: %d rows were given, want 1", r.name, rows)
		}
	}
}

func TestScanIsStopped(t *testing.T) {
	enough := errors.New("enough")
	for name, file := range map[string][]byte{"flat": small(118).file(), "with a strL": long(118, "x", "", "y").file()} {
		calls := 0
		f, err := scanned(bytes.NewReader(file), bufferBytes, "f", nil, Limits{}, func(int) int { return 1 }, func(*table.Table) error {
			calls++
			return enough
		})
		if err != enough || f != nil || calls != 1 {
			t.Errorf("%s: %d calls and %v, want 1 and the function's own error", name, calls, err)
		}
	}
}

// A text longer than a batch should hold ends it.
func TestScanLongText(t *testing.T) {
	d := dataset{version: 118, rows: 10_000, vars: []madeVariable{{name: "x", kind: "str2045", format: "%9s"}}}
	for range d.rows {
		d.vars[0].cells = append(d.vars[0].cells, string(bytes.Repeat([]byte("x"), 2045)))
	}
	rows := 0
	_, err := Scan(bytes.NewReader(d.file()), "f", nil, Limits{StringBytes: 17 << 20}, func(t *table.Table) error {
		rows += t.Rows
		return nil
	})
	if err != nil || rows != d.rows {
		t.Errorf("%d rows and %v, want all within the limit of text", rows, err)
	}
}

// many is a data set of any length that takes no memory: one row again and
// again.
func many(rows int) io.Reader {
	d := dataset{version: 114, rows: 1}
	for i, cell := range []any{byte('a'), 1.0, 0.5, "text"} {
		v := madeVariable{name: fmt.Sprint("v", i), format: "%9.0g", cells: []any{cell}}
		v.kind = []string{"byte", "int", "double", "str8"}[i]
		d.vars = append(d.vars, v)
	}
	file := d.file()
	binary.LittleEndian.PutUint32(file[6:], uint32(rows))
	const rowBytes = 1 + 2 + 8 + 8
	header, row := file[:len(file)-rowBytes], file[len(file)-rowBytes:]
	const block = 1000
	return io.MultiReader(bytes.NewReader(header), io.LimitReader(&again{bytes: bytes.Repeat(row, block)}, int64(rows)*rowBytes))
}

// again gives the same bytes without end.
type again struct {
	bytes []byte
	at    int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.bytes[a.at:])
	a.at = (a.at + n) % len(a.bytes)
	return n, nil
}

// peak is the most bytes in use while batches are given.
func peak(t *testing.T, scan func(each func(*table.Table) error) error) uint64 {
	t.Helper()
	most, calls := uint64(0), 0
	err := scan(func(*table.Table) error {
		if calls++; calls%4 == 1 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return most
}

func TestScanIsFlat(t *testing.T) {
	of := func(rows int) uint64 {
		return peak(t, func(each func(*table.Table) error) error {
			_, err := Scan(many(rows), "f", nil, Limits{}, each)
			return err
		})
	}
	few, lots := of(200_000), of(2_000_000)
	if lots > few+1<<20 {
		t.Errorf("%d bytes for 200,000 rows, %d for ten times as many", few, lots)
	}
}

// Text of an old format that is UTF-8 throughout is told of.
func TestLooksLikeUnicode(t *testing.T) {
	for _, c := range []struct {
		name   string
		file   []byte
		warned bool
	}{
		{"UTF-8", with(small(114), func(d *dataset) { d.label = "café"; d.vars[0].label = "plain" }), true},
		{"windows-1252", with(small(114), func(d *dataset) { d.label = "caf\xe9" }), false},
		{"both", with(small(114), func(d *dataset) { d.label = "café"; d.vars[0].label = "caf\xe9" }), false},
		{"ASCII", small(114).file(), false},
		{"UTF-8 where it should be", with(small(118), func(d *dataset) { d.label = "café" }), false},
	} {
		f, err := Read(bytes.NewReader(c.file), "f", nil, Limits{})
		if err != nil || (len(f.Warnings) > 0) != c.warned {
			t.Errorf("%s: got %v, %v, want a warning: %v", c.name, f.Warnings, err, c.warned)
		}
	}
}
