package codepage

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestText holds what each kind of file gives of text that is not as it should be.
func TestText(t *testing.T) {
	named := func(name string) Encoding {
		e, ok := Named(name)
		if !ok {
			t.Fatalf("no encoding %q", name)
		}
		return e
	}
	for _, c := range []struct {
		name string
		as   Encoding
		text string
		want string
		how  Reading
	}{
		{"ASCII", UTF8, "plain", "plain", Whole},
		{"UTF-8", UTF8, "caf\u00e9", "caf\u00e9", Whole},
		{"a letter of Latin-1 in UTF-8", UTF8, "caf\xe9s", "caf\uFFFDs", Replaced},
		{"UTF-8, cut after one byte of two", UTF8, "caf\xc3", "caf", Cut},
		{"UTF-8, cut after three bytes of four", UTF8, "a\xf0\x9f\x98", "a", Cut},
		{"UTF-8, cut and wrong before", UTF8, "a\xffb\xc3", "a\uFFFDb\uFFFD", Replaced},
		{"UTF-8 of a file that does not say", Encoding{}, "caf\u00e9", "caf\u00e9", Whole},
		{"windows-1252 of a file that does not say", Encoding{}, "caf\xe9 \x80", "caf\u00e9 \u20ac", Whole},
		{"windows-1252 whose last letter begins a character of UTF-8", Encoding{}, "caf\xe9", "caf\u00e9", Whole},
		{"UTF-8, cut, of a file that does not say", Encoding{}, "\u00e9t\xc3", "\u00e9t", Cut},
		{"neither, of a file that does not say", Encoding{}, "a\x81b", "a\uFFFDb", Replaced},
		{"windows-1251", named("windows-1251"), "\xcc\xee\xf1", "\u041c\u043e\u0441", Whole},
		{"KOI8-R", named("koi8-r"), "\xed\xcf\xd3", "\u041c\u043e\u0441", Whole},
		{"Shift-JIS", named("Shift_JIS"), "\x93\xfa\x96\x7b", "\u65e5\u672c", Whole},
		{"Shift-JIS, cut", named("Shift_JIS"), "\x93\xfa\x96", "\u65e5", Cut},
		{"GB18030, cut after three bytes of four", named("GB18030"), "\xd6\xd0\x81\x30\x81", "\u4e2d", Cut},
		{"no windows-1252", named("windows-1252"), "a\x81", "a\uFFFD", Replaced},
	} {
		if got, how := c.as.Text([]byte(c.text)); got != c.want || how != c.how {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, got, how, c.want, c.how)
		}
	}
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		as    string
		want  []string
	}{
		{"ASCII", []string{"plain"}, "otherwise", nil},
		{"UTF-8", []string{"plain", "caf\u00e9"}, "UTF-8", nil},
		{"windows-1252", []string{"caf\xe9", "plain"}, "windows-1252", nil},
		{"both", []string{"caf\u00e9", "caf\xe9"}, "windows-1252", []string{"some texts are UTF-8 and some are not, which are read as windows-1252: if letters are wrong, name the file's encoding with --encoding"}},
	} {
		var d Decoder
		for _, text := range c.texts {
			d.Text([]byte(text))
		}
		if got := d.Named("otherwise"); got != c.as || !slices.Equal(d.Notes(), c.want) {
			t.Errorf("%s: %q and notes %q, want %q and %q", c.name, got, d.Notes(), c.as, c.want)
		}
	}
	var f Faults
	for row, text := range []string{"caf\u00e9", "caf\xe9s", "caf\xc3", "\xff"} {
		_, how := UTF8.Text([]byte(text))
		f.Add(how, row+1, []byte(text))
	}
	want := []string{
		`variable "v": 2 texts are not UTF-8, the first "caf\xe9s" in row 2: what has no meaning there is shown as ` + "\uFFFD; if letters are wrong, name the file's encoding with --encoding",
		`variable "v": 1 text ends within a character, which is left away`,
	}
	if got := f.Notes("v", "UTF-8"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestExcerpt: what a message quotes does not cut a character.
func TestExcerpt(t *testing.T) {
	for n := range 8 {
		for _, letter := range []string{"a", "\u00e9", "\u20ac", "\U0001F600"} {
			text := strings.Repeat("x", n) + strings.Repeat(letter, 50)
			got := Excerpt([]byte(text))
			if !utf8.Valid(got) || len(got) > excerptBytes || len(got) <= excerptBytes-utf8.UTFMax || !strings.HasPrefix(text, string(got)) {
				t.Errorf("the excerpt of %q is %q", text, got)
			}
		}
	}
}
