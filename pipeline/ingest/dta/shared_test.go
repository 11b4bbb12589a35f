package dta

import (
	"bytes"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// A long string that many rows have is held once: rows of eight bytes name it.
func TestSharedLongStrings(t *testing.T) {
	const rows, size = 3000, 1 << 20
	text := strings.Repeat("a", size)
	for _, version := range []int{117, 118} {
		cells := make([]any, rows)
		for i := range cells {
			cells[i] = ""
		}
		cells[0] = text
		d := dataset{version: version, rows: rows, vars: []madeVariable{{name: "x", kind: "strL", format: "%9s", cells: cells}}}
		data := d.file()
		// The rows without a text name that of the first.
		from := bytes.Index(data, []byte("<data>")) + len("<data>")
		for row := 1; row < rows; row++ {
			copy(data[from+8*row:], data[from:from+8])
		}
		scanned := 0
		taken := hostile.Allocated(func() {
			_, err := Scan(bytes.NewReader(data), "f", nil, nil, Limits{}, func(batch *table.Table) error {
				for _, got := range batch.Columns[0].Text {
					if got != text {
						t.Fatalf("version %d: a text of %d bytes", version, len(got))
					}
				}
				scanned += batch.Rows
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		if most := hostile.MostBytes + 2*uint64(len(data)); scanned != rows || taken > most {
			t.Errorf("version %d: %d rows, %d bytes were taken of a file of %d, want at most %d", version, scanned, taken, len(data), most)
		}
	}
}
