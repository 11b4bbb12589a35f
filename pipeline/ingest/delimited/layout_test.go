package delimited

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// odd are cells of every length about those that are looked at together, and of what
// is beside digits in ASCII.
var odd = []string{"", " ", ".", "-", "/", ":", "a", "12", "-1", "1.5", "é", "123", "1234567", "12345678", "123456789", "123456789012345.25", "a text of more than sixteen letters"}

// A file of digits and a few odd cells reads as each of its lines cut at every delimiter.
func TestCellsInARow(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		delimiter := []byte{',', '\t', ';'}[random.IntN(3)]
		columns, rows := 1+random.IntN(14), 1+random.IntN(20)
		cells := make([][]string, columns)
		lines := []byte(strings.Repeat("v"+string(delimiter), columns))
		lines[len(lines)-1] = '\n'
		for range rows {
			for c := range cells {
				cell := string(byte('0' + random.IntN(10)))
				if few := odd[:6+random.IntN(len(odd)-5)]; c%5 == 4 || random.IntN(9) == 0 {
					cell = few[random.IntN(len(few))]
				}
				if columns == 1 && cell == "" {
					cell = "7" // which would be an empty line
				}
				cells[c] = append(cells[c], cell)
				lines = append(append(lines, cell...), delimiter)
			}
			lines[len(lines)-1] = '\n'
		}
		var got []*table.Column
		_, err := scanned(bytes.NewReader(lines), int64(len(lines)), 64, 1+random.IntN(rows), ".csv", "a.csv", &Said{Delimiter: delimiter}, nil, ample, func(batch *table.Table) error {
			for i, c := range batch.Columns {
				if i == len(got) {
					got = append(got, &table.Column{})
				}
				got[i].Values, got[i].Text = append(got[i].Values, c.Values...), append(got[i].Text, c.Text...)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%v in\n%s", err, lines)
		}
		for i, column := range cells {
			values, texts := []float64(nil), []string(nil)
			for _, cell := range column {
				x, ok := codebook.Number(cell)
				switch missing := strings.Trim(cell, " ") == ""; {
				case missing || cell == ".":
					x = math.NaN()
				case !ok:
					texts = column
				}
				values = append(values, x)
			}
			if texts != nil {
				values, texts = nil, slices.Clone(texts)
				for row := range texts {
					texts[row] = strings.TrimRight(texts[row], " ")
				}
			}
			same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
			if !slices.EqualFunc(got[i].Values, values, same) || !slices.Equal(got[i].Text, texts) {
				t.Fatalf("column %d is %v %q, want %v %q, in\n%s", i+1, got[i].Values, got[i].Text, values, texts, lines)
			}
		}
	}
}

// What is plain is a number, and no delimiter is missed or made up.
func TestPlainAndBefore(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const letters = "0123456789012345678901234567.-+,\xAC a"
	for range 20_000 {
		cell := make([]byte, random.IntN(24))
		for i := range cell {
			cell[i] = letters[random.IntN(len(letters))]
		}
		if _, ok := codebook.Number(cell); plain(cell) && !ok {
			t.Fatalf("%q is no number", cell)
		}
		want := bytes.IndexByte(cell, ',')
		if want < 0 {
			want = len(cell)
		}
		if got := before(cell, ','); got != want {
			t.Fatalf("%q has %d bytes before a comma, want %d", cell, got, want)
		}
	}
}
