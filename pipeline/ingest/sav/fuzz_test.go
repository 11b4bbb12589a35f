package sav

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/ingest/hostile"
)

// FuzzSav holds what is true of any file: no panic; refused with a reason, or
// a table within the limits; the same answer from a buffer of any size; and,
// of one column, what the whole file says of it.
func FuzzSav(f *testing.F) {
	for _, file := range corpus(f) {
		if len(file.Data) < 8<<10 {
			f.Add(file.Data, uint8(len(file.Data)))
		}
	}
	for _, s := range readable {
		f.Add(s.file.Bytes(), uint8(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		limits := Limits{Columns: 30, Rows: 400, Cells: 4000, LabelBytes: 4000, StringBytes: 1000, Decompressed: 1 << 16}
		file, err := readBytes(data, limits)
		tidy(t, "the file", file, err)
		again, errAgain := read(bytes.NewReader(data), int(size), "f", nil, limits)
		if diff := cmp.Diff(show(file, err), show(again, errAgain)); diff != "" {
			t.Fatalf("a buffer of %d changes the answer: %s", size, diff)
		}
		if broken := tested(limits).Batched(data, file, err); broken != nil {
			t.Fatal(broken)
		}
		if err != nil {
			return
		}
		if rows := file.Table.Rows; rows > limits.Rows || len(file.Names) > limits.Columns || int64(rows*len(file.Names)) > limits.Cells {
			t.Fatalf("%d rows of %d columns are beyond %+v", rows, len(file.Names), limits)
		}
		last := file.Names[len(file.Names)-1]
		part, err := Read(bytes.NewReader(data), "f", []string{strings.ToUpper(last), last}, limits)
		if err != nil {
			t.Fatalf("column %q alone: %v", last, err)
		}
		if whole := show(file, nil); !strings.HasSuffix(whole, show(part, nil)) {
			t.Fatalf("column %q alone is %s, want the last of %s", last, show(part, nil), whole)
		}
	})
}

// What is held of the parts of a file, mutations_test.go says.

func FuzzRecords(f *testing.F)   { hostile.Fuzz(f, recordsTarget()) }
func FuzzBytecodes(f *testing.F) { hostile.Fuzz(f, bytecodesTarget()) }
func FuzzBlocks(f *testing.F)    { hostile.Fuzz(f, zlibTarget()) }
func FuzzFormats(f *testing.F)   { hostile.Fuzz(f, formatTarget()) }
