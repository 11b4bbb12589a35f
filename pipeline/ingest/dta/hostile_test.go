package dta

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/refusal"
)

var narrow = Limits{Columns: 200, Rows: 10_000, Cells: 100_000, LabelBytes: 1 << 17, StringBytes: 1 << 17}

// unsound returns what is not true of an answer and should be of any: a table
// or problems, columns as long as the table, text in UTF-8, codes that are
// there once.
func unsound(f *File, err error) error {
	if err != nil {
		ps, ok := err.(refusal.Problems)
		placed := slices.ContainsFunc(ps, func(p refusal.Problem) bool { return p.Where == "f" && strings.HasPrefix(p.What, "Stata f") })
		if !ok || f != nil || !placed {
			return fmt.Errorf("refused with %v and %v", f, err)
		}
		return nil
	}
	if len(f.Names) != len(f.Types) || len(f.Table.Columns) > len(f.Names) {
		return fmt.Errorf("%d names, %d types, %d columns", len(f.Names), len(f.Types), len(f.Table.Columns))
	}
	for _, c := range f.Table.Columns {
		if c.Len() != f.Table.Rows || c.Tags != nil && len(c.Tags) != f.Table.Rows || (c.Values == nil) == (c.Text == nil) {
			return fmt.Errorf("column %q has %d rows and %d tags, want %d", c.Variable.Name, c.Len(), len(c.Tags), f.Table.Rows)
		}
		for row, x := range c.Values {
			if x-x != 0 && x == x {
				return fmt.Errorf("%q row %d is %v", c.Variable.Name, row, x)
			}
		}
		for row, tag := range c.Tags {
			if tag != 0 && (tag < 'a' || tag > 'z' || c.Values[row] == c.Values[row]) {
				return fmt.Errorf("%q row %d is %v and %q", c.Variable.Name, row, c.Values[row], tag)
			}
		}
		for _, text := range append(slices.Clone(c.Text), c.Variable.Name, c.Variable.Label) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return fmt.Errorf("text %q", text)
			}
		}
		codes := c.Variable.Codes()
		slices.Sort(codes)
		if len(slices.Compact(codes)) != len(c.Variable.Categories) {
			return fmt.Errorf("%q has a code twice: %q", c.Variable.Name, codes)
		}
	}
	return nil
}

// sound fails for an answer that is unsound.
func sound(t *testing.T, what string, f *File, err error) {
	t.Helper()
	if broken := unsound(f, err); broken != nil {
		t.Fatalf("%s: %v", what, broken)
	}
}

func answer(f *File, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(spelled(f), f.Types, f.Encoding, f.TimeStamp, f.SortedBy, f.Characteristics, f.Undefined)
}

// TestDamage: a file that is cut is refused, or is one whose old format has no
// end: then only label sets are lost, and the cells are as they were.
func TestDamage(t *testing.T) {
	files := corpus(t)
	for i, file := range files {
		files[i].Header = 4000 // of the longest, the rest are formats and labels alike
		if at := bytes.Index(file.Data, []byte("<data>")); at >= 0 {
			files[i].Header = min(4000, at)
		}
	}
	tested(Limits{}).Damage(t, files, func(_ *hostile.File, _ []byte, f, whole *File) error {
		if whole.Version >= 117 {
			return errors.New("cut, it is read")
		}
		if f.Table.Rows != whole.Table.Rows {
			return fmt.Errorf("%d rows, want %d", f.Table.Rows, whole.Table.Rows)
		}
		return nil
	})
}

// A header may claim anything: memory is taken for what arrives.
func TestClaims(t *testing.T) {
	file := small(118).file()
	rows := bytes.Index(file, []byte("<N>")) + 3
	columns := bytes.Index(file, []byte("<K>")) + 3
	huge := small(114).file()
	set := bytes.Index(huge, []byte("\x20\x00\x00\x00codes\x00"+strings.Repeat("\x00", 27)))
	claims := map[string][]byte{
		"rows":     slices.Clone(file),
		"columns":  slices.Clone(file),
		"set":      slices.Clone(huge),
		"old rows": slices.Clone(huge),
	}
	claims["rows after a block"] = with(small(114), func(d *dataset) {
		d.rows = 20_000
		d.vars[0].cells, d.vars[1].cells = slices.Repeat([]any{byte('a')}, d.rows), slices.Repeat([]any{0.5}, d.rows)
	})
	binary.LittleEndian.PutUint32(claims["rows after a block"][6:], 19_999_999)
	binary.LittleEndian.PutUint64(claims["rows"][rows:], 19_999_999)
	binary.LittleEndian.PutUint16(claims["columns"][columns:], 65535)
	binary.LittleEndian.PutUint32(claims["set"][set:], 60<<20)
	binary.LittleEndian.PutUint32(claims["old rows"][6:], 19_999_999)
	for name, claim := range claims {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := Read(bytes.NewReader(claim), "f", nil, Limits{})
		runtime.ReadMemStats(&after)
		sound(t, name, f, err)
		if took := after.TotalAlloc - before.TotalAlloc; err == nil || took > 4<<20 {
			t.Errorf("%s: %d bytes taken, %v", name, took, err)
		}
	}
}

// Labels that share one text cannot make a set longer than the limit.
func TestSharedLabels(t *testing.T) {
	const n, text = 20_000, 20_000
	table := binary.LittleEndian.AppendUint32(nil, n)
	table = binary.LittleEndian.AppendUint32(table, text)
	table = append(table, make([]byte, 4*n)...)
	for i := range n {
		table = binary.LittleEndian.AppendUint32(table, uint32(i))
	}
	table = append(table, bytes.Repeat([]byte{0xe9}, text)...)
	file := with(small(114), func(d *dataset) { d.sets = nil })
	file = binary.LittleEndian.AppendUint32(file, uint32(len(table)))
	file = append(append(file, "codes"+strings.Repeat("\x00", 31)...), table...)
	_, err := Read(bytes.NewReader(file), "f", nil, Limits{LabelBytes: 1 << 20})
	if err == nil || !strings.Contains(err.Error(), `label set "codes": more than 1048576 bytes of labels`) {
		t.Errorf("got %v, want too many bytes of labels", err)
	}
}

// A file is what it is however its bytes arrive.
func TestAnyBuffer(t *testing.T) {
	inputs := map[string][]byte{}
	for _, version := range versions {
		inputs[fmt.Sprint(version)] = everything(version, version%2 == 0).file()
	}
	for _, r := range refused {
		inputs[r.name] = r.file
	}
	for name, file := range inputs {
		want := answer(Read(bytes.NewReader(file), "f", nil, Limits{}))
		for _, size := range []int{1, 3, 16, 700} {
			for way, in := range map[string]io.Reader{
				"whole":       bytes.NewReader(file),
				"halves":      iotest.HalfReader(bytes.NewReader(file)),
				"last at EOF": iotest.DataErrReader(bytes.NewReader(file)),
			} {
				if got := answer(read(in, size, "f", nil, Limits{})); got != want {
					t.Errorf("%s, buffer of %d, %s:\ngot  %.300s\nwant %.300s", name, size, way, got, want)
				}
			}
		}
	}
}
