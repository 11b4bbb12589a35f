package delimited

import (
	"bytes"
	"fmt"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// TestDamage cuts and turns bits of the samples that are read. A file that is
// cut is refused, or is the rows before; but of the row that the cut is in,
// lines of text cannot tell that its last cell is short. With a bit turned a
// file is refused or a table: a bit of a digit makes another digit.
func TestDamage(t *testing.T) {
	type whole struct {
		extension string
		file      *File
	}
	samplesOf := map[string]whole{}
	var files []hostile.File
	for _, s := range samples {
		f, err := Read(bytes.NewReader([]byte(s.text)), s.extension, "f", nil, nil, most)
		if err != nil || len(s.text) > 4<<10 {
			continue
		}
		files = append(files, hostile.File{Name: s.name, Data: []byte(s.text), Header: len(s.text)})
		samplesOf[s.name] = whole{s.extension, f}
	}
	hostile.Damage(t, "damaged", 20_000, files, func(file *hostile.File, data []byte, cut bool) error {
		w := samplesOf[file.Name]
		f, err := read(bytes.NewReader(data), 1<<10, w.extension, "f", nil, nil, most)
		if broken := sound(f, err, bytes.Count(data, []byte("\n"))+1); broken != nil || !cut || err != nil {
			return broken
		}
		if f.Table.Rows > w.file.Table.Rows || len(f.Names) != len(w.file.Names) {
			return fmt.Errorf("%d rows of %q, want at most %d of %q", f.Table.Rows, f.Names, w.file.Table.Rows, w.file.Names)
		}
		for i, c := range f.Table.Columns {
			for row := range f.Table.Rows - 1 {
				if got, want := cell(c, row), cell(w.file.Table.Columns[i], row); got != want {
					return fmt.Errorf("%q row %d is %q, want %q", f.Names[i], row+1, got, want)
				}
			}
		}
		return nil
	})
}

// cell is a number, or a text that is one, as the number; other text as it is.
// A column that is text for a cell that was cut off is numbers before it.
func cell(c *table.Column, row int) string {
	if c.Text == nil {
		return fmt.Sprint(c.Values[row])
	}
	if c.Text[row] == "" {
		return "NaN"
	}
	if x, ok := codebook.Number(c.Text[row]); ok {
		return fmt.Sprint(x)
	}
	return c.Text[row]
}

// A backslash that the archive did not escape stands before letters beyond
// ASCII too, whose bytes stay together.
func TestBackslashBeforeALetter(t *testing.T) {
	d, err := ReadDictionary([]byte(rich(`Pos. = 1 Variable = a Variable label = the\état`)), "d")
	if err != nil || d.Variables[0].Label != `the\état` {
		t.Errorf("%v, %v", d, err)
	}
}
