package codebook

import (
	"fmt"
	"strings"
	"testing"
)

func many(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// What is no page is refused in one problem, before it takes time or memory.
func TestBroken(t *testing.T) {
	deep := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	}
	const tooDeep, tooMany = "nested more than 100 deep", "more than 10000 keys beside one another"
	for _, c := range []struct{ claim, text, want string }{
		{"a page", "survey: hocs", ""},
		{"one that begins with a mark of UTF-8, as Notepad writes it", "\xEF\xBB\xBFsurvey: hocs", ""},
		{"one as long as may be", "survey: hocs # " + strings.Repeat("x", MostPageBytes-15), ""},
		{"a byte more", "survey: hocs # " + strings.Repeat("x", MostPageBytes-14), "p.yaml: 1048577 bytes, want at most 1048576"},
		{"text in UTF-16", "\xFF\xFEs\x00u\x00", "p.yaml: not YAML: text in UTF-16, want UTF-8"},
		{"the other way round", "\xFE\xFF\x00s\x00u", "p.yaml: not YAML: text in UTF-16, want UTF-8"},
		{"what is no text", "a: 1\nb: \x00", "p.yaml:2: not YAML: a zero byte, want text"},
		{"text in windows-1252", "title: Cost\ntitre: 5 \xA3\n", "p.yaml:2: not YAML: the byte 0xa3, which is not UTF-8"},
		{"a page of the web", "<!DOCTYPE html>\n<html><body>Log in</body></html>\n", `p.yaml:1: "<!DOCTYPE html> <html><body>Log in</body></html>", want keys and values`},
		{"a table", "sex,age\n1,2\n", `p.yaml:1: "sex,age 1,2", want keys and values`},
		{"a long word", strings.Repeat("é", 200), `p.yaml:1: "` + strings.Repeat("é", 80) + `"..., want keys and values`},
		{"an anchor around all", "&a\nsurvey: b\n", "p.yaml:1: an anchor, alias or tag, want keys and values"},
		{"a message no longer than a line", strings.Repeat("k", 500) + ": 1\n" + strings.Repeat("k", 500) + ": 2\n", `p.yaml:2: not YAML: mapping key "` + strings.Repeat("k", 187) + "..."},
		{"brackets as deep as may be", "a: " + strings.Repeat("[", 99) + strings.Repeat("]", 99), ""},
		{"one more", "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "p.yaml:1: " + tooDeep},
		{"very many", "a:\n  " + strings.Repeat("[", 500_000), "p.yaml:2: " + tooDeep},
		{"braces", "a: " + strings.Repeat("{a: ", 100_000), "p.yaml:1: " + tooDeep},
		{"lists of lists", "a:\n" + strings.Repeat("- ", 500_000), "p.yaml:2: " + tooDeep},
		{"keys of keys", strings.Repeat("? ", 500_000), "p.yaml:1: " + tooDeep},
		{"by indentation", deep(101), "p.yaml:101: " + tooDeep},
		{"as deep as may be", deep(100), ""},
		{"brackets in text are no nesting", "a: \"" + strings.Repeat("[", 500) + "\"\nb: x" + strings.Repeat("[", 500) + "\nc: |\n " + strings.Repeat("{", 500) + "\n", ""},
		{"lists one after another", "a:\n" + many(20_000, "- [%d]\n"), ""},
		{"keys one after another", many(10_000, "k%d: 1\n"), ""},
		{"one more", many(10_001, "k%d: 1\n"), "p.yaml:10001: " + tooMany},
		{"within braces", "a: {" + many(10_001, "k%d: 1, ") + "}", "p.yaml:1: " + tooMany},
		{"further down", "a:\n" + many(10_001, "  k%d: 1\n"), "p.yaml:10002: " + tooMany},
		{"many in all, few beside one another", many(2_000, "k%d:\n  a: 1\n  b: {c: 1, d: 1}\n  e: [{f: 1}, {f: 2}]\n"), ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			page := NewPage("p.yaml", []byte(c.text))
			if got := lines(page.Broken()); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if c.want == "" {
				return
			}
			if _, ps := Parse(page); lines(ps) != c.want {
				t.Errorf("a codebook: got\n%s\nwant\n%s", lines(ps), c.want)
			}
			if _, ps := ParseCrosswalk(page, &Codebook{}); lines(ps) != c.want {
				t.Errorf("a crosswalk: got\n%s\nwant\n%s", lines(ps), c.want)
			}
		})
	}
}

// Anchors that multiply are not followed: ten lines stand for 2^1000 values.
func TestAnchorsMultiplyNothing(t *testing.T) {
	text := "survey: &k0 [1, 1]\n" + many(1000, "k%d: [*k, *k]\n")
	ps := NewPage("p.yaml", []byte(text)).Decode(&Crosswalk{})
	if len(ps) != 1001 || ps[0].What != "an anchor, alias or tag, want the value written out" {
		t.Errorf("%d problems, the first %v", len(ps), ps[0])
	}
}

// A crosswalk is refused for what its page says, not for what one that it is like
// cannot say.
func TestLikeABrokenPage(t *testing.T) {
	book, ps := Parse(NewPage("codebook.yaml", []byte(bookText)))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	like := NewPage("crosswalks/hocs/2003.yaml", []byte("survey: hocs\nwave: 2003\nlike: hocs/2001\n"))
	for _, c := range []struct{ claim, text, want string }{
		{"that is not YAML", "a: [", "crosswalks/hocs/2001.yaml:1: not YAML: sequence end token ']' not found"},
		{"that is a list", "- a", "crosswalks/hocs/2001.yaml:1: a list, want keys and values"},
		{"that does not say its wave", strings.Replace(crosswalkText, "wave: 2001", "", 1), `crosswalks/hocs/2001.yaml:1: "hocs/" is not the id of a source`},
	} {
		_, ps := ParseCrosswalks([]*Page{NewPage("crosswalks/hocs/2001.yaml", []byte(c.text)), like}, book)
		got := lines(ps)
		if !strings.HasPrefix(got, c.want) || strings.Contains(got, "2003.yaml") {
			t.Errorf("%s: got\n%s\nwant\n%s", c.claim, got, c.want)
		}
	}
}
