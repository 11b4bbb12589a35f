package site

import (
	"strings"
	"testing"
)

func TestBrief(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("word ", n)) } // 5n-1 letters
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"short", "One. Two.", "One. Two."},
		{"as long as may be", words(59) + " word.", words(59) + " word."},
		{"sentences that fit", "One " + words(30) + ". Two " + words(20) + ". Three " + words(30) + ".", "One " + words(30) + ". Two " + words(20) + "."},
		{"a number is no end", "Of 4.5 " + words(30) + ". In 2003 " + words(40) + ".", "Of 4.5 " + words(30) + "."},
		{"an abbreviation is no end", words(50) + " e.g. a thing, " + words(30) + ".", words(50) + " e.g. a thing …"},
		{"one long sentence", words(40) + "; " + words(40) + ".", words(40) + " …"},
		{"a long sentence without clauses", words(100) + ".", words(59) + " …"},
		{"a clause that ends too soon", "One, " + words(100) + ".", "One, " + words(58) + " …"},
		{"letters that take several bytes", strings.Repeat("é", 200) + ". " + strings.Repeat("É", 200) + ".", strings.Repeat("é", 200) + "."},
		{"one long word", strings.Repeat("é", 400), strings.Repeat("é", 298) + " …"},
	} {
		if got := brief(c.text); got != c.want || len([]rune(got)) > longest {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
