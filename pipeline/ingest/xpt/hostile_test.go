package xpt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// tested is this package to the tests of any reader, within limits.
func tested(limits Limits) hostile.Reader[File] {
	return hostile.Reader[File]{
		Read: func(data []byte, want []string) (*File, error) {
			return scan(bytes.NewReader(data), 8, "f", "", nil, want, limits, 0, nil)
		},
		Scan: func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
			return scan(bytes.NewReader(data), max(1, batch), "f", "", nil, want, limits, batch, each)
		},
		Parts: func(f *File) (*table.Table, []string) { return f.Table, f.Names },
		Sound: sound,
	}
}

// sound returns what is not true of an answer and should be of any.
func sound(f *File, err error) error {
	if err != nil {
		return hostile.Refused(f != nil, err, format)
	}
	return cmp.Or(hostile.Numbers(f.Table), hostile.Sound(f.Table, f.Names))
}

var tokens = []string{
	"HEADER RECORD*******", "HEADER RECORD!!!!!!!", "MEMBER  ", "MEMBV8  ", "LIBRARY ", "LIBV8   ", "NAMESTR ", "NAMSTV8 ", "OBS     ", "OBSV8   ", "LABELV8 ", "LABELV9 ",
	"0140", "0136", "000000", strings.Repeat(" ", 80), strings.Repeat(" ", 8), "\x00\x01\x00\x00\x00\x08", "\x00\x02\x00\x00\x00\x01", "\x7f\xff", "\xff\xff", "\xe9", "\x2e\x00\x00\x00\x00\x00\x00\x00",
}

func fileTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "file", Tokens: tokens, Check: tested(Limits{}).Check(16)}
	for _, file := range corpus(t) {
		if len(file.Data) < 16<<10 {
			target.Seeds = append(target.Seeds, file.Data)
		}
	}
	return target
}

func smallTarget() hostile.Target {
	target := hostile.Target{Name: "small file", Tokens: tokens, Check: tested(Limits{}).Check(16), Seeds: [][]byte{small().file(), several.file()}}
	for _, c := range refused {
		target.Seeds = append(target.Seeds, small().with(c.of, c.data))
	}
	return target
}

func TestMutations(t *testing.T) { hostile.Mutations(t, fileTarget(t), smallTarget()) }

// FuzzXPT holds what is true of any file, and that a column alone is as it is among the
// others.
func FuzzXPT(f *testing.F) {
	for _, seed := range append(fileTarget(f).Seeds, smallTarget().Seeds...) {
		if len(seed) < 4<<10 {
			f.Add(seed)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Columns: 30, Rows: 400, Cells: 4000, LabelBytes: 4000, StringBytes: 100_000}
		file, err := Read(bytes.NewReader(data), "f", "", nil, limits)
		if broken := sound(file, err); broken != nil {
			t.Fatal(broken)
		}
		if broken := tested(limits).Batched(data, file, err); broken != nil {
			t.Fatal(broken)
		}
		if err != nil {
			return
		}
		last := file.Names[len(file.Names)-1]
		part, err := Read(bytes.NewReader(data), "f", "", []string{strings.ToUpper(last), last}, limits)
		if err != nil {
			t.Fatalf("column %q alone: %v", last, err)
		}
		if got, want := hostile.Spelled(part.Table), hostile.Spelled(file.Table); part.Encoding == file.Encoding && !slices.Equal(got, want[len(want)-len(got):]) {
			t.Fatalf("column %q alone is %s, want %s", last, got, want[len(want)-len(got):])
		}
	})
}

// TestDamage: a file that is cut is refused, or has the first rows of the whole; the
// format counts none before version 9.
func TestDamage(t *testing.T) {
	var files []hostile.File
	for _, file := range corpus(t) {
		if name := filepath.Base(file.Name); name == "mixed_v5.xpt" || name == "mixed_v8.xpt" || name == "long_v8.xpt" {
			file.Header = 2000
			files = append(files, file)
		}
	}
	tested(Limits{}).Damage(t, files, func(_ *hostile.File, data []byte, f, whole *File) error {
		if len(data)%cardBytes > 0 || f.Table.Rows > whole.Table.Rows {
			return errors.New("cut, it is read")
		}
		return nil
	})
}

func TestScanIsRead(t *testing.T) { tested(Limits{}).ScanIsRead(t, corpus(t)) }

// A file is what it is however its bytes arrive, and however many are taken at a time.
func TestAnyBuffer(t *testing.T) {
	answer := func(f *File, err error) string {
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(spelled(f), f.Names, f.Encoding, f.Warnings, f.Members)
	}
	inputs := [][]byte{several.file()}
	for _, file := range corpus(t) {
		inputs = append(inputs, file.Data)
	}
	for _, c := range refused {
		inputs = append(inputs, small().with(c.of, c.data))
	}
	for i, data := range inputs {
		want := answer(Read(bytes.NewReader(data), "f", "", nil, Limits{}))
		for way, in := range map[string]io.Reader{
			"a card at a time": bytes.NewReader(data), "halves": iotest.HalfReader(bytes.NewReader(data)), "last at EOF": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			if got := answer(scan(in, 1+len(way)%3, "f", "", nil, nil, Limits{}, 0, nil)); got != want {
				t.Errorf("input %d, %s:\ngot  %.300s\nwant %.300s", i, way, got, want)
			}
		}
	}
	broken := errors.New("the disk is on fire")
	_, err := Read(io.MultiReader(bytes.NewReader(small().file()[:700]), iotest.ErrReader(broken)), "f", "", nil, Limits{})
	if err == nil || !strings.Contains(err.Error(), "f: cannot be read: the disk is on fire") {
		t.Errorf("got %v, want the error of the source", err)
	}
}

// An error of what takes the batches is returned as it is.
func TestEachStops(t *testing.T) {
	enough := errors.New("enough")
	for _, data := range [][]byte{several.file(), small().file()} {
		if _, err := Scan(bytes.NewReader(data), "f", "", nil, nil, Limits{}, func(*table.Table) error { return enough }); err != enough && !strings.Contains(err.Error(), "5 members") {
			t.Errorf("got %v, want the error that stops it", err)
		}
	}
}

// A claim of many variables, and of texts as long as they can be, takes no memory
// before they arrive; nor do rows, however many.
func TestClaims(t *testing.T) {
	many := bytes.Replace(small().file(), []byte("0000000002"), []byte("0000020000"), 1)
	long := small().with(func(m *made) {
		for range 2000 {
			m.members[0].variables = append(m.members[0].variables, variable{name: "T", kind: 2, width: 32767})
		}
		m.members[0].rows = nil
	}, func(b []byte) []byte { return append(b, make([]byte, 800)...) })
	for name, data := range map[string][]byte{"variables": many, "a row of 65 MB": long} {
		var err error
		took := hostile.Allocated(func() { _, err = Read(bytes.NewReader(data), "f", "", nil, Limits{}) })
		if err == nil || took > 8<<20 {
			t.Errorf("%s: %d bytes taken, %v", name, took, err)
		}
	}
	of := func(rows int) uint64 {
		data := small().file()
		row := data[len(data)-80:]
		return hostile.Peak(t, 4, func(each func(*table.Table) error) error {
			_, err := Scan(io.MultiReader(bytes.NewReader(data), io.LimitReader(again(row), int64(rows*80))), "f", "", nil, nil, Limits{}, each)
			return err
		})
	}
	if few, lots := of(50_000), of(500_000); lots > few+1<<20 {
		t.Errorf("%d bytes for 50,000 cards of rows, %d for ten times as many", few, lots)
	}
}

// again gives the same bytes without end.
type again []byte

func (a again) Read(p []byte) (n int, err error) {
	for n = 0; n+len(a) <= len(p); n += len(a) {
		copy(p[n:], a)
	}
	return n, nil
}
