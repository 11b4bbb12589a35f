package dta

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"
)

var narrow = Limits{Columns: 200, Rows: 10_000, Cells: 100_000, LabelBytes: 1 << 17, StringBytes: 1 << 17}

// sound holds what is true of any answer: a table or problems, columns as
// long as the table, text in UTF-8, codes that are there once.
func sound(t *testing.T, what string, f *File, err error) {
	t.Helper()
	if err != nil {
		if f != nil || !strings.HasPrefix(err.Error(), "f: ") {
			t.Fatalf("%s: %v with a file, or without a reason: %v", what, f, err)
		}
		return
	}
	if len(f.Names) != len(f.Types) || len(f.Table.Columns) > len(f.Names) {
		t.Fatalf("%s: %d names, %d types, %d columns", what, len(f.Names), len(f.Types), len(f.Table.Columns))
	}
	for _, c := range f.Table.Columns {
		if c.Len() != f.Table.Rows || c.Tags != nil && len(c.Tags) != f.Table.Rows || (c.Values == nil) == (c.Text == nil) {
			t.Fatalf("%s: column %q has %d rows and %d tags, want %d", what, c.Variable.Name, c.Len(), len(c.Tags), f.Table.Rows)
		}
		for row, x := range c.Values {
			if x-x != 0 && x == x {
				t.Fatalf("%s: %q row %d is %v", what, c.Variable.Name, row, x)
			}
		}
		for row, tag := range c.Tags {
			if tag != 0 && (tag < 'a' || tag > 'z' || c.Values[row] == c.Values[row]) {
				t.Fatalf("%s: %q row %d is %v and %q", what, c.Variable.Name, row, c.Values[row], tag)
			}
		}
		for _, text := range append(slices.Clone(c.Text), c.Variable.Name, c.Variable.Label) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Fatalf("%s: text %q", what, text)
			}
		}
		codes := c.Variable.Codes()
		slices.Sort(codes)
		if len(slices.Compact(codes)) != len(c.Variable.Categories) {
			t.Fatalf("%s: %q has a code twice: %q", what, c.Variable.Name, codes)
		}
	}
}

func answer(f *File, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(spelled(f), f.Types, f.Encoding, f.TimeStamp, f.SortedBy, f.Characteristics, f.Undefined)
}

// A file cut anywhere is refused, or is one whose old format has no end: then
// only label sets can be lost, and the rest is as it was.
func TestTruncated(t *testing.T) {
	names, files := corpus(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range names {
		file := files[name]
		whole, err := Read(bytes.NewReader(file), "f", nil, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		header := min(len(file), 4000) // of the longest, the rest are formats and labels alike
		cuts := make([]int, 0, header+200)
		for n := range header {
			cuts = append(cuts, n)
		}
		for range 200 {
			cuts = append(cuts, random.IntN(len(file)))
		}
		for _, n := range cuts {
			f, err := read(bytes.NewReader(file[:n]), 1<<10, "f", nil, Limits{})
			sound(t, fmt.Sprintf("%s cut at %d", name, n), f, err)
			if err != nil {
				continue
			}
			if whole.Version >= 117 {
				t.Fatalf("%s cut at %d of %d is read", name, n, len(file))
			}
			for i, c := range f.Table.Columns {
				if w := whole.Table.Columns[i]; !slices.Equal(cells(c), cells(w)) {
					t.Fatalf("%s cut at %d: %q has other cells", name, n, c.Variable.Name)
				}
			}
		}
	}
}

// A file with flipped bits is refused or read as something sound, at once.
func TestFlipped(t *testing.T) {
	names, files := corpus(t)
	random := rand.New(rand.NewPCG(3, 4))
	start := time.Now()
	for _, name := range names {
		file := slices.Clone(files[name])
		for range 500 {
			at, bit := random.IntN(len(file)), byte(1)<<random.IntN(8)
			if random.IntN(2) == 0 {
				at = random.IntN(min(len(file), 1500))
			}
			file[at] ^= bit
			f, err := read(bytes.NewReader(file), 1<<10, "f", nil, narrow)
			sound(t, fmt.Sprintf("%s with byte %d flipped by %d", name, at, bit), f, err)
			file[at] ^= bit
		}
	}
	if taken := time.Since(start); taken > time.Minute {
		t.Errorf("took %v", taken)
	}
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

// FuzzDta holds what is true of any file, whatever the buffer, and that a
// column read alone is as it is among the others. Run it with
// -fuzzminimizetime 10x: to make small inputs smaller takes all the time.
func FuzzDta(f *testing.F) {
	names, files := corpus(f)
	for _, name := range names {
		if len(files[name]) < 8<<10 { // the engine is slow with more
			f.Add(files[name], uint8(len(name)))
		}
	}
	f.Add(with(everything(118, false), func(d *dataset) { d.rows = 3 }), uint8(1))
	f.Add(with(everything(119, true), func(d *dataset) { d.rows = 3 }), uint8(2))
	for _, r := range refused {
		f.Add(r.file, uint8(7))
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		file, err := Read(bytes.NewReader(data), "f", nil, narrow)
		sound(t, "the file", file, err)
		again, errAgain := read(bytes.NewReader(data), 1+int(size), "f", nil, narrow)
		if a, b := answer(file, err), answer(again, errAgain); a != b {
			t.Fatalf("a buffer of %d changes the answer:\n%s\n%s", 1+int(size), a, b)
		}
		if err != nil || len(file.Names) == 0 {
			return
		}
		last := file.Names[len(file.Names)-1]
		part, err := Read(bytes.NewReader(data), "f", []string{strings.ToUpper(last), last}, narrow)
		if err != nil {
			t.Fatalf("column %q alone: %v", last, err)
		}
		if c := part.Table.Column(last); c == nil || !slices.Equal(cells(c), cells(file.Table.Column(last))) {
			t.Fatalf("column %q alone is another", last)
		}
	})
}
