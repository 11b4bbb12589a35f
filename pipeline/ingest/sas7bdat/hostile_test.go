package sas7bdat

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// tested is this package to the tests of any reader, within limits.
func tested(limits Limits) hostile.Reader[File] {
	return hostile.Reader[File]{
		Read: func(data []byte, want []string) (*File, error) { return readBytes(data, nil, want, limits) },
		Scan: func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
			return scan(bytes.NewReader(data), int64(len(data)), "f", nil, nil, want, limits, batch, each)
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
	"SASYZCRL", "SASYZCR2", "\xf7\xf7\xf7\xf7", "\xf6\xf6\xf6\xf6", "\x00\xfc\xff\xff", "\xfe\xfb\xff\xff", "\xfc\xff\xff\xff", "\xfd\xff\xff\xff", "\xff\xff\xff\xff", "\xfe\xff\xff\xff",
	"\x00\x01", "\x80\x01", "\x00\x02", "\x80\x02", "\x00\x90", "\x04\x01", "\x05\x01", "\x00\x00\xf0\x7f", "\x00\x00\x00\x00\x00\xfe\xff\xff", "\xe9", "XLSR", "\x40\xff\x00", "\x80\x00\x1f\xff",
}

// narrow keeps what a few bytes unpack to within what an input may take.
var narrow = Limits{RowBytes: 1 << 20, StringBytes: 4 << 20}

// light are the files that are soon read.
func light(t testing.TB) (files []hostile.File) {
	for _, file := range corpus(t) {
		if len(file.Data) < 64<<10 {
			files = append(files, file)
		}
	}
	return files
}

func fileTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "file", Tokens: tokens, Check: tested(narrow).Check(16)}
	for _, file := range light(t) {
		target.Seeds = append(target.Seeds, file.Data)
	}
	return target
}

// describedTarget is the first page of a file, whose header is good: mutations of a
// whole file soon have none.
func describedTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "pages", Tokens: tokens}
	var header []byte
	for _, name := range []string{"sas/rle32", "sas/deleted", "sas/deleted_rle"} {
		data := hostile.Load(t, filepath.Join("testdata", name+".sas7bdat"))
		header = data[:leastBytes:leastBytes] // of one page size or another
		target.Seeds = append(target.Seeds, data[leastBytes:])
	}
	check := tested(narrow).Check(16)
	target.Check = func(data []byte, n uint64) error { return check(slices.Concat(header, data), n) }
	return target
}

// catalogueTarget is a catalogue: refused, or sets whose codes are each once.
func catalogueTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "catalogue", Tokens: tokens, Few: 1000}
	for _, name := range []string{"survey", "tags"} {
		target.Seeds = append(target.Seeds, hostile.Load(t, filepath.Join("testdata", "sas", name+".sas7bcat")))
	}
	target.Check = func(data []byte, _ uint64) error {
		c, err := ReadCatalogue(bytes.NewReader(data), int64(len(data)), "f", nil)
		if err != nil {
			return hostile.Refused(c != nil, err, "SAS catalogue")
		}
		for name, set := range c.sets {
			seen := map[string]bool{}
			for _, category := range set {
				if seen[category.Code] {
					return fmt.Errorf("%s has %s twice", name, category.Code)
				}
				seen[category.Code] = true
			}
		}
		return nil
	}
	return target
}

// unpackTarget is a compressed row, after a byte that says how: as long as a row at
// most, and what was before it is as it was.
func unpackTarget() hostile.Target {
	target := hostile.Target{Name: "compressed rows", Tokens: []string{"\x40\xff\x00", "\x80\x00", "\x1f\xffz", "\x2f\xff\xff", "\xff\xff", "\x0f\xff"}}
	for _, row := range []string{"\x82abc", "\xc2z\x80a", "\x40\x01q\x50\x00\x60\x00\x71\x00", "\x00\x00abc", "\x40\x00a\x02zb", "\x08\x00abcd\x31\x00"} {
		target.Seeds = append(target.Seeds, append([]byte{0}, row...), append([]byte{1}, row...))
	}
	target.Check = func(data []byte, _ uint64) error {
		if len(data) == 0 {
			return nil
		}
		unpack := map[byte]func(to, from []byte, most int) ([]byte, bool){0: unpackRLE, 1: unpackRDC}[data[0]&1]
		const before, most = "before", 500
		got, ok := unpack([]byte(before), data[1:], most)
		if ok && len(got) > len(before)+most || !bytes.HasPrefix(got, []byte(before)) {
			return fmt.Errorf("%q is %d bytes", data, len(got))
		}
		return nil
	}
	return target
}

func TestMutations(t *testing.T) {
	hostile.Mutations(t, fileTarget(t), describedTarget(t), catalogueTarget(t), unpackTarget())
}

// FuzzDataSet holds what is true of any file, and that a column alone is as it is among
// the others.
func FuzzDataSet(f *testing.F) {
	for _, file := range light(f) {
		if len(file.Data) < 10<<10 {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Columns: 30, Rows: 400, Cells: 4000, RowBytes: 4000, LabelBytes: 10_000, StringBytes: 100_000}
		file, err := readBytes(data, nil, nil, limits)
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
		part, err := readBytes(data, nil, []string{strings.ToUpper(last), last}, limits)
		if err != nil {
			t.Fatalf("column %q alone: %v", last, err)
		}
		if got, want := hostile.Spelled(part.Table), hostile.Spelled(file.Table); part.Encoding == file.Encoding && !slices.Equal(got, want[len(want)-len(got):]) {
			t.Fatalf("column %q alone is %s, want %s", last, got, want[len(want)-len(got):])
		}
	})
}

func FuzzPages(f *testing.F)          { hostile.Fuzz(f, describedTarget(f)) }
func FuzzCatalogue(f *testing.F)      { hostile.Fuzz(f, catalogueTarget(f)) }
func FuzzCompressedRows(f *testing.F) { hostile.Fuzz(f, unpackTarget()) }

// TestDamage: a file that is cut is refused, for its header has its size.
func TestDamage(t *testing.T) {
	var files []hostile.File
	for _, file := range light(t) {
		switch filepath.Base(file.Name) {
		case "deleted.sas7bdat", "deleted_rle.sas7bdat", "rle32.sas7bdat":
			file.Header = 1500
			files = append(files, file)
		}
	}
	tested(narrow).Damage(t, files, func(*hostile.File, []byte, *File, *File) error {
		return errors.New("cut, it is read")
	})
}

func TestScanIsRead(t *testing.T) { tested(Limits{}).ScanIsRead(t, light(t)) }

// An error of what takes the batches is returned as it is, and one of the source with
// the file's name.
func TestStops(t *testing.T) {
	data := hostile.Load(t, "testdata/haven/rows.sas7bdat")
	enough := errors.New("enough")
	if _, err := Scan(bytes.NewReader(data), int64(len(data)), "f", nil, nil, nil, Limits{}, func(*table.Table) error { return enough }); err != enough {
		t.Errorf("got %v, want the error that stops it", err)
	}
	_, err := Read(bytes.NewReader(data[:len(data)-100]), int64(len(data)), "f", nil, nil, Limits{})
	if err == nil || !strings.Contains(err.Error(), "f: cannot be read: unexpected EOF") {
		t.Errorf("got %v, want a file that is shorter than it was refused", err)
	}
}
