package delimited

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"togetherwecan/pipeline/ingest/hostile"
)

// FuzzDelimited holds what is true of any file: no panic; columns as long as
// the table; text in UTF-8; the same answer from a buffer of any size; limits
// kept; the same from Scan; and, of a part of the columns, what the whole file
// says of them.
func FuzzDelimited(f *testing.F) {
	if len(samples) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range samples {
		f.Add([]byte(s.text), s.extension, uint8(len(s.text)))
	}
	f.Fuzz(func(t *testing.T, data []byte, extension string, size uint8) {
		limits := Limits{Columns: 20, LineBytes: 200, Rows: 50, Cells: 1000}
		file, err := Read(bytes.NewReader(data), extension, "f", nil, nil, limits)
		again, errAgain := read(bytes.NewReader(data), 1+int(size), extension, "f", nil, nil, limits)
		if a, b := show(file, err), show(again, errAgain); a != b {
			t.Fatalf("a buffer of %d changes the answer:\n%s\n%s", 1+int(size), a, b)
		}
		scanned, errScan := gathered(string(data), 1+int(size), 1+int(size)%7, extension, nil, limits)
		if a, b := show(file, err), show(scanned, errScan); a != b {
			t.Fatalf("Scan gives another answer:\n%s\n%s", a, b)
		}
		if err != nil {
			if file != nil || err.Error() == "" {
				t.Fatalf("refused with a file, or without a reason: %v", err)
			}
			return
		}
		rows := file.Table.Rows
		if rows == 0 || rows > limits.Rows || len(file.Names) > limits.Columns || int64(rows*len(file.Names)) > limits.Cells {
			t.Fatalf("%d rows of %d columns are beyond %+v", rows, len(file.Names), limits)
		}
		for i, c := range file.Table.Columns {
			if len(c.Values)+len(c.Text) != rows || c.Variable.Name != file.Names[i] {
				t.Fatalf("column %q of %q: %d numbers and %d texts in %d rows", c.Variable.Name, file.Names[i], len(c.Values), len(c.Text), rows)
			}
			for _, text := range c.Text {
				if !utf8.ValidString(text) || text != "" && strings.Trim(text, " ") == "" {
					t.Fatalf("text %q is not UTF-8, or blank", text)
				}
			}
		}
		if lines := bytes.Count(data, []byte("\n")) + 1; file.Line(0) < 2 || file.Line(rows-1) > lines {
			t.Fatalf("rows on lines %d to %d of %d", file.Line(0), file.Line(rows-1), lines)
		}
		last := file.Names[len(file.Names)-1]
		part, err := Read(bytes.NewReader(data), extension, "f", nil, []string{strings.ToUpper(last), last}, limits)
		if err != nil {
			t.Fatalf("column %q alone: %v", last, err)
		}
		lines := strings.Split(show(file, nil), "\n")
		if got := show(part, nil); !slices.Contains(lines, got) && !strings.Contains(last, "\n") {
			t.Fatalf("column %q alone is %s, want a line of %s", last, got, lines)
		}
	})
}

// What is held of data dictionaries and of the parts of a file,
// mutations_test.go says.

func FuzzDictionaryAgain(f *testing.F) { hostile.Fuzz(f, dictionaryTarget()) }
func FuzzRichText(f *testing.F)        { hostile.Fuzz(f, richTextTarget()) }
func FuzzNumbers(f *testing.F)         { hostile.Fuzz(f, numberTarget()) }
func FuzzLayouts(f *testing.F)         { hostile.Fuzz(f, layoutTarget()) }
func FuzzEncodings(f *testing.F)       { hostile.Fuzz(f, encodingTarget()) }
