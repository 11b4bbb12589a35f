package codebook

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A page that is changed keeps its comments and its order, in whatever form of YAML
// the place is written.
func TestPut(t *testing.T) {
	in := func(keys string) []string { return strings.Fields(keys) }
	for _, c := range []struct{ claim, text, at, key, value, after, want string }{
		{"a word", "a: {x: 1, y: é} # c\n", "a", "x", "2", "", "a: {x: 2, y: é} # c\n"},
		{"behind letters of several bytes", "a: {é: ü, x: 1, z: 3}\n", "a", "x", "2", "", "a: {é: ü, x: 2, z: 3}\n"},
		{"in double quotes", `a: {x: "1, \" }", y: 2}` + "\n", "a", "x", "2", "", "a: {x: 2, y: 2}\n"},
		{"in single quotes", "a: {x: '1'', ', y: 2}\n", "a", "x", "2", "", "a: {x: 2, y: 2}\n"},
		{"a list", "a: {x: [1, [2]], y: 2}\n", "a", "x", "b", "", "a: {x: b, y: 2}\n"},
		{"a mapping", "a: {x: {1: b}, y: 2}\n", "a", "x", "{2: b}", "", "a: {x: {2: b}, y: 2}\n"},
		{"over lines", "a: {x: {1: b,\n  2: c},\n  y: 2}\n", "a", "x", "{}", "", "a: {x: {},\n  y: 2}\n"},
		{"in lines", "a:\n  # first\n  x: 1 # one\n  y: 2\n", "a", "x", "3", "", "a:\n  # first\n  x: 3 # one\n  y: 2\n"},
		{"nothing", "a:\n  x:  # open\n  y: 2\n", "a", "x", "3", "", "a:\n  x: 3  # open\n  y: 2\n"},
		{"nothing in a mapping", "a: {x: , y: 2}\n", "a", "x", "3", "", "a: {x: 3 , y: 2}\n"},
		{"lines for a line", "a:\n  x:\n    1: b\n    2: c\n  y: 2\n", "a", "x", "{}", "", "a:\n  x: {}\n  y: 2\n"},
		{"a literal", "a:\n  x: |\n    one\n    two\n  y: 2\n", "a", "x", "3", "", "a:\n  x: 3\n  y: 2\n"},
		{"a text over lines", "a:\n  z: 1\n  x: one\n    two\n  y: 2\n", "a", "w", "3", "x", "a:\n  z: 1\n  x: one\n    two\n  w: 3\n  y: 2\n"},
		{"one more", "a: {x: 1, y: 2}\n", "a", "z", "3", "x", "a: {x: 1, z: 3, y: 2}\n"},
		{"behind the last of several", "a: {x: 1, y: 2, n: 3}\n", "a", "z", "3", "x y w", "a: {x: 1, y: 2, z: 3, n: 3}\n"},
		{"first", "a: {x: 1}\n", "a", "z", "3", "", "a: {z: 3, x: 1}\n"},
		{"alone", "a: {}\n", "a", "z", "3", "", "a: {z: 3}\n"},
		{"first in lines", "a:\n  # of x\n  x: 1\n", "a", "z", "3", "", "a:\n  # of x\n  z: 3\n  x: 1\n"},
		{"behind a mapping in lines", "a:\n  x:\n    1: b # c\n    2: c\n\n  y: 2\n", "a", "z", "3", "x", "a:\n  x:\n    1: b # c\n    2: c\n  z: 3\n\n  y: 2\n"},
		{"in a mapping that is not there", "a: {x: 1}\n", "a y", "z", "3", "x", "a: {x: 1, y: {z: 3}}\n"},
		{"in one at the top", "b: 1\n", "a", "z", "3", "", "b: 1\na:\n  z: 3\n"},
		{"in one without a value", "a:\nb: 1\n", "a", "z", "3", "", "a:\n  z: 3\nb: 1\n"},
		{"without a last line feed", "a: {x: 1}", "a", "x", "2", "", "a: {x: 2}\n"},
		{"with the line ends of another system", "a:\r\n  x: 1\r\n  y: 2\r\n", "a", "x", "3", "", "a:\r\n  x: 3\r\n  y: 2\r\n"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			made, err := NewPage("p.yaml", []byte(c.text)).Put(in(c.at), c.key, c.value, in(c.after)...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(made.Text())); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
	if made, err := NewPage("p.yaml", []byte("a: 1\n")).Put([]string{"a"}, "x", "1"); err == nil {
		t.Errorf("a word is made a mapping:\n%s", made.Text())
	}
}

func TestPutMap(t *testing.T) {
	for _, c := range []struct{ claim, text, want string }{
		{"on a line", "a: {x: {1: b, 2: c}, y: 1}\n", "a: {x: {-9: e, 1: c, 2: b}, y: 1}\n"},
		{"in lines", "a:\n  x:\n    # of one\n    1: c # one\n    2: c # two\n    3: d # three\n  y: 1\n", "a:\n  x:\n    # of one\n    1: c # one\n    2: b # two\n    -9: e\n  y: 1\n"},
		{"that is not there", "a: {y: 1}\n", "a: {y: 1, x: {-9: e, 1: c, 2: b}}\n"},
	} {
		made, err := NewPage("p.yaml", []byte(c.text)).PutMap([]string{"a"}, "x", map[string]string{"1": "c", "2": "b", "-9": "e"}, "y")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(made.Text())); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", c.claim, diff)
		}
	}
}

func TestTake(t *testing.T) {
	from := NewPage("b.yaml", []byte("variables:\n    # of sex\n    sex: {from: s, codes: {1: m}} # c\n    age:\n        from: a\n        range: [0, 9]\n"))
	for _, c := range []struct{ claim, text, key, want string }{
		{"a line", "variables:\n  x: {from: x}\n", "sex", "variables:\n  x: {from: x}\n  sex: {from: s, codes: {1: m}} # c\n"},
		{"lines", "variables:\n  x: {from: x}\nz: 1\n", "age", "variables:\n  x: {from: x}\n  age:\n      from: a\n      range: [0, 9]\nz: 1\n"},
		{"under what is not there", "z: 1\n", "sex", "z: 1\nvariables:\n  sex: {from: s, codes: {1: m}} # c\n"},
		{"under nothing", "variables: {}\nz: 1\n", "sex", "variables:\n  sex: {from: s, codes: {1: m}} # c\nz: 1\n"},
	} {
		made, err := NewPage("p.yaml", []byte(c.text)).Take(from, "variables", c.key)
		if err != nil {
			t.Fatal(c.claim, err)
		}
		if diff := cmp.Diff(c.want, string(made.Text())); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", c.claim, diff)
		}
	}
}

// What a text is written as is read as that text, as a key and as a value.
func TestYAML(t *testing.T) {
	for text, want := range map[string]string{
		"sex": "sex", "-9": "-9", "1": "1", "a b": "a b", "": `""`, "a, b": `"a, b"`, "a: b": `"a: b"`, "#": `"#"`, "{": `"{"`, `"`: `"\""`, "yes": `"yes"`, "null": `"null"`,
		"é": "é", "\n": `"\u000a"`, "*": `"*"`, "@x": `"@x"`, "a\\b": `"a\\b"`, "- a": `"- a"`, "it's": `"it's"`,
	} {
		got := YAML(text)
		page := NewPage("p.yaml", []byte("a: {"+got+": "+got+"}\n"))
		var read struct {
			A map[string]string `yaml:"a"`
		}
		if ps := page.Decode(&read); ps != nil || !maps.Equal(read.A, map[string]string{text: text}) {
			t.Errorf("%q is written as %s and read as %q, %v", text, got, slices.Collect(maps.Keys(read.A)), ps)
		}
		if got != want {
			t.Errorf("%q is written as %s, want %s", text, got, want)
		}
	}
}

// What is confirmed of a wave that is like another is written on its own page, with what
// the other's says of it, and nothing else of the other's is taken for confirmed.
func TestConfirm(t *testing.T) {
	const file = "crosswalks/hocs/2003.yaml"
	later := "survey: hocs\nwave: 2003\nlike: hocs/2001\ntitle: t\nstudy: SN 1\nfieldwork: {start: 2003-03-01, end: 2003-09-30}\nsource: s\nvariables:\n  trust: {from: tr, codes: {1: tend, 2: disagree}, known: memory, note: n} # c\n"
	pages := []*Page{NewPage(crosswalkFile, []byte(crosswalkText)), NewPage(file, []byte(later))}
	made, ps := ParseCrosswalks(pages, sound(t))
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	sha := strings.Repeat("0f", 32)
	page, err := made[1].Confirm([]Confirmation{
		{Subject: "trust", Raw: []string{"q1"}, Codes: map[string]string{"1": "disagree", "2": "tend"}, Missing: map[string]string{"-7": "refused"}, SHA256: sha},
		{Subject: "influence", Raw: []string{"a b", "q2"}, SHA256: sha},
		{Subject: "weights.core", Raw: []string{"w", "s"}, SHA256: sha},
		{Subject: Drawn, Raw: []string{"strat", "area"}, SHA256: sha},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := later[:strings.Index(later, "  trust:")] +
		"  trust: {from: q1, codes: {1: disagree, 2: tend}, missing: {-7: refused}, known: confirmed, sha256: " + sha + ", note: n} # c\n" +
		"  influence: {first: [a b, q2], codes: {1: definitely, 2: tend, 3: disagree}, known: confirmed, sha256: " + sha + "}\n" +
		"weights:\n  core: {variable: w, sample: {variable: s, codes: [1]}, known: confirmed, sha256: " + sha + "}\n  combined: {variable: wtcomb, known: memory}\n" +
		"design: {stratum: strat, psu: area, lonely: refuse, known: confirmed, sha256: " + sha + "}\n"
	if diff := cmp.Diff(want, string(page.Text())); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	pages[1] = page
	made, ps = ParseCrosswalks(pages, sound(t))
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	if got := made[1].Elsewhere("0"); !slices.Equal(got, []string{"design", "influence", "trust", "weights.core"}) || len(made[1].Elsewhere(sha)) > 0 {
		t.Errorf("confirmed on another file: %v, want all four, and none on its own", got)
	}
	if _, err := made[1].Confirm([]Confirmation{{Subject: Drawn, Raw: []string{"a"}}}); err == nil {
		t.Error("a design of two parts is confirmed by one")
	}
	if _, err := made[1].Confirm([]Confirmation{{Subject: "hours", Raw: []string{"a"}}}); err == nil {
		t.Error("a variable that the crosswalk does not have is confirmed")
	}
}
