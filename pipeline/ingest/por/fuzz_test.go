package por

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// FuzzPor holds what is true of any file: refused with a reason, or a table
// within the limits; the same in batches; and, of one column, what the whole
// file says of it.
func FuzzPor(f *testing.F) {
	for _, file := range corpus(f) {
		if len(file.Data) < 4<<10 {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Columns: 30, Rows: 400, Cells: 4000, LabelBytes: 4000, StringBytes: 1000}
		file, err := Read(bytes.NewReader(data), "f", nil, limits)
		if broken := sound(file, err); broken != nil {
			t.Fatal(broken)
		}
		if err != nil {
			return
		}
		if rows := file.Table.Rows; rows > limits.Rows || len(file.Names) > limits.Columns || int64(rows*len(file.Names)) > limits.Cells {
			t.Fatalf("%d rows of %d columns are beyond %+v", rows, len(file.Names), limits)
		}
		if broken := tested(limits).Batched(data, file, err); broken != nil {
			t.Fatal(broken)
		}
		last := file.Names[len(file.Names)-1]
		part, err := Read(bytes.NewReader(data), "f", []string{strings.ToUpper(last), last}, limits)
		if err != nil {
			t.Fatalf("column %q alone: %v", last, err)
		}
		// A column alone may be of another encoding than the whole.
		if got, want := columns(part), columns(file); part.Encoding == file.Encoding && !slices.Equal(got, want[len(want)-1:]) {
			t.Fatalf("column %q alone is %s, want %s", last, fmt.Sprint(got), want[len(want)-1])
		}
	})
}

// FuzzRecords holds the same of what follows a header that is good.
func FuzzRecords(f *testing.F) { hostile.Fuzz(f, bodyTarget(f)) }

// FuzzNumbers holds the numbers of base 30 to exact arithmetic.
func FuzzNumbers(f *testing.F) { hostile.Fuzz(f, numberTarget()) }
