package dta

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// FuzzDta holds what is true of any file, whatever the buffer, and that a
// column read alone is as it is among the others. Run it with
// -fuzzminimizetime 10x: to make small inputs smaller takes all the time.
func FuzzDta(f *testing.F) {
	for _, file := range corpus(f) {
		if len(file.Data) < 8<<10 { // the engine is slow with more
			f.Add(file.Data, uint8(len(file.Name)))
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
		if broken := tested(narrow).Batched(data, file, err); broken != nil {
			t.Fatal(broken)
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

// What is held of the parts of a file, mutations_test.go says.

func FuzzOldLabelSets(f *testing.F) { hostile.Fuzz(f, labelTarget(105)) }
func FuzzLabelSets(f *testing.F)    { hostile.Fuzz(f, labelTarget(114)) }
