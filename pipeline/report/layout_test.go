package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	wide := []string{"Source", "Title", ">Figure", ">95% interval", ">SE"}
	rows := [][]string{
		{"hocs/2001", "Influence on decisions in the local area", "43.1%", "41.0 to 45.2", "-"},
		{"hocs/2003", "Influence", "38.2%", "36.9 to 39.6", "-"},
	}
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"a table that fits is as it is", 82, `
  Source     Title                                     Figure  95% interval  SE
  ─────────────────────────────────────────────────────────────────────────────
  hocs/2001  Influence on decisions in the local area   43.1%  41.0 to 45.2   -
  hocs/2003  Influence                                  38.2%  36.9 to 39.6   -
`},
		{"without room, columns that have nothing go first", 78, `
  Source     Title                                     Figure  95% interval
  ─────────────────────────────────────────────────────────────────────────
  hocs/2001  Influence on decisions in the local area   43.1%  41.0 to 45.2
  hocs/2003  Influence                                  38.2%  36.9 to 39.6
  Nothing in: SE
`},
		{"then words go on below", 60, `
  Source     Title                      Figure  95% interval
  ──────────────────────────────────────────────────────────
  hocs/2001  Influence on decisions in   43.1%  41.0 to 45.2
             the local area
  hocs/2003  Influence                   38.2%  36.9 to 39.6
  Nothing in: SE
`},
		{"then one blank is between columns", 42, `
  Source    Title      Figure 95% interval
  ────────────────────────────────────────
  hocs/2001 Influence   43.1% 41.0 to 45.2
            on
            decisions
            in the
            local area
  hocs/2003 Influence   38.2% 36.9 to 39.6
  Nothing in: SE
`},
		{"then columns do, beside those that the table begins with", 38, `
  Source     Title             Figure
  ───────────────────────────────────
  hocs/2001  Influence on       43.1%
             decisions in the
             local area
  hocs/2003  Influence          38.2%

  Source     95% interval
  ───────────────────────
  hocs/2001  41.0 to 45.2
  hocs/2003  36.9 to 39.6
  Nothing in: SE
  In 2 parts of the same rows: a page
  of 38 characters is too narrow for
  the table
`},
	} {
		var out strings.Builder
		if err := Table(&out, c.width, wide, rows); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, "\n"+out.String()); diff != "" {
			t.Errorf("%s: %s\n%s", c.name, diff, out.String())
		}
	}
}

// No part of a table has one column of numbers alone where it may have two.
func TestNoColumnAlone(t *testing.T) {
	var out strings.Builder
	if err := Table(&out, 40, []string{"g", ">Value", ">SE", ">df", ">Base"}, [][]string{{"a", "1234567.123", "12345.123", "1000000", "1000000"}}); err != nil {
		t.Fatal(err)
	}
	want := `
  g        Value         SE
  ─────────────────────────
  a  1234567.123  12345.123

  g       df     Base
  ───────────────────
  a  1000000  1000000
  In 2 parts of the same rows: a page of
  40 characters is too narrow for the
  table
`
	if diff := cmp.Diff(want, "\n"+out.String()); diff != "" {
		t.Error(diff)
	}
}

// TestTableFits holds tables of every shape: no line is longer than the page, every
// word of a heading and of a cell is there, and the same table is laid out alike.
func TestTableFits(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	word := func() string {
		letters := []string{"a", "b", "-", "/", "é", "表", "1", "x", "y", "z"}
		n := 1 + r.IntN(12)
		if r.IntN(20) == 0 {
			n = 60
		}
		var b strings.Builder
		for range n {
			b.WriteString(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	text := func(most int) string {
		var words []string
		for range r.IntN(most + 1) {
			words = append(words, word())
		}
		return strings.Join(words, " ")
	}
	for range 400 {
		columns := 1 + r.IntN(9)
		header := make([]string, columns)
		right := make([]bool, columns)
		for i := range header {
			header[i] = text(2)
			if right[i] = r.IntN(2) == 0; right[i] {
				header[i] = ">" + header[i]
			}
		}
		rows := make([][]string, 1+r.IntN(6))
		for i := range rows {
			for c := range columns {
				most := 8
				if right[c] {
					most = 3
				}
				rows[i] = append(rows[i], text(most))
			}
		}
		width := []int{40, 60, 80, 120, 200}[r.IntN(5)]
		var out, again strings.Builder
		if err := Table(&out, width, header, rows); err != nil {
			t.Fatal(err)
		}
		_ = Table(&again, width, header, rows)
		failed := func(what string) {
			t.Fatalf("%s at %d characters (seed %d):\n%q\n%q\n%s", what, width, seed, header, rows, out.String())
		}
		if out.String() != again.String() {
			failed("laid out in two ways")
		}
		for line := range strings.Lines(out.String()) {
			// a word alone may be longer, of the headings that are told under the table
			if size(strings.TrimRight(line, "\n")) > width && len(strings.Fields(line)) > 1 {
				failed(fmt.Sprintf("a line of %d", size(line)))
			}
		}
		// Letters, whatever line they are on, are at least those of the table.
		count := func(text string) map[rune]int {
			n := map[rune]int{}
			for _, letter := range text {
				n[letter]++
			}
			return n
		}
		want := count(strings.Join(slices.Concat(append([][]string{header}, rows...)...), " "))
		got := count(out.String())
		for _, letter := range "ab/é表1xyz" {
			if got[letter] < want[letter] {
				failed(fmt.Sprintf("%d of %q, want %d", got[letter], letter, want[letter]))
			}
		}
	}
}

func TestParagraphs(t *testing.T) {
	var out strings.Builder
	if err := Lines(&out, 24, "  %s: %d\n\n%s", "a\nname of\x1b[31m two lines", 3, "and the rest of it, on lines"); err != nil {
		t.Fatal(err)
	}
	if want := "  a name of\uFFFD[31m two\n  lines: 3\n\nand the rest of it, on\nlines\n"; out.String() != want {
		t.Errorf("got\n%q, want\n%q", out.String(), want)
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, text, page, line string }{
		{"nothing to clean", "Größe £5 – 表 \U0001F600\tx\ny", "Größe £5 – 表 \U0001F600\tx\ny", "Größe £5 – 表 \U0001F600 x y"},
		{"an escape sequence", "\x1b[2Jgone", "\uFFFD[2Jgone", "\uFFFD[2Jgone"},
		{"a carriage return", "real\rfake", "real fake", "real fake"},
		{"a bell, a backspace, a null, a delete", "\a\b\x00\x7f", "\uFFFD\uFFFD\uFFFD\uFFFD", "\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"controls of C1, as letters and as bytes", "\u009b1m \u0085 \x9b", "\uFFFD1m   \uFFFD", "\uFFFD1m   \uFFFD"},
		{"separators of lines and paragraphs", "a\u2028b\u2029c", "a b c", "a b c"},
		{"the direction of text", "a\u202eb\u2066c\u200fd\u061ce", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"},
		{"joiners, which letters need", "\u200d\u200c\u00ad", "\u200d\u200c\u00ad", "\u200d\u200c\u00ad"},
	} {
		if got := Clean(c.text); got != c.page {
			t.Errorf("%s: a page has %q, want %q", c.name, got, c.page)
		}
		if got := Line(c.text); got != c.line {
			t.Errorf("%s: a line has %q, want %q", c.name, got, c.line)
		}
	}
	if got, want := string(Escape([]byte("{\n  \"a\": \"\u009b\u202e\x7fé\"\n}"))), "{\n  \"a\": \"\\u009b\\u202e\\u007fé\"\n}"; got != want {
		t.Errorf("JSON: got %q, want %q", got, want)
	}
}
