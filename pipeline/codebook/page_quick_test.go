package codebook

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// slowly is the page as the library alone reads it, nil for one that is broken.
func slowly(text string) *node {
	p := &Page{File: "p.yaml", data: []byte(text)}
	root := p.parsed()
	if p.broken != nil {
		return nil
	}
	return nodeOf(root)
}

// differs tells where two readings of a page differ, "" for nowhere. The line of what says
// nothing is no matter.
func differs(at string, a, b *node) string {
	switch {
	case a == nil || b == nil:
		return fmt.Sprintf("%s: %v, %v", at, a, b)
	case a.form == null && b.form == null:
		return ""
	case a.form != b.form || a.line != b.line || a.text != b.text || a.mark != b.mark || len(a.fields) != len(b.fields) || len(a.items) != len(b.items):
		return fmt.Sprintf("%s: %+v, %+v", at, *a, *b)
	}
	for i := range a.items {
		if what := differs(fmt.Sprintf("%s[%d]", at, i), a.items[i], b.items[i]); what != "" {
			return what
		}
	}
	for i := range a.fields {
		f, g := a.fields[i], b.fields[i]
		if f.key != g.key || f.line != g.line {
			return fmt.Sprintf("%s: %q in line %d, %q in line %d", at, f.key, f.line, g.key, g.line)
		}
		if what := differs(at+"."+f.key, f.value, g.value); what != "" {
			return what
		}
	}
	return ""
}

// pagesOfProject are the pages of the catalogue, of its tests and of what seeds read.
func pagesOfProject(t testing.TB) map[string]string {
	pages := map[string]string{}
	for _, folder := range []string{"indicators", "seeds", filepath.Join("cmd", "twc", "testdata", "tiny")} {
		root := filepath.Join("..", "..", folder)
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".yaml" {
				return err
			}
			text, err := os.ReadFile(name)
			pages[name] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return pages
}

// TestQuickly holds that every page of the project is read as the library reads it, and
// nearly all of them quickly.
func TestQuickly(t *testing.T) {
	pages, unknown := pagesOfProject(t), 0
	for name, text := range pages {
		got, known := quickly(text)
		if !known {
			unknown++
			t.Logf("%s is read by the library", name)
			continue
		}
		if diff := differs("", slowly(text), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if len(pages) < 130 || unknown > len(pages)/20 {
		t.Errorf("%d of %d pages are not read quickly", unknown, len(pages))
	}
}

// FuzzQuickly holds that what is read quickly is what the library reads.
func FuzzQuickly(f *testing.F) {
	for _, text := range pagesOfProject(f) {
		if len(text) < 3000 {
			f.Add(text)
		}
	}
	for _, text := range []string{
		"a: 1\nb: [1, -2, 3.5, x]\nc: {d: true, e: \"null\"}\n",
		"a:\n- b: 1\n  c: d e\n- f\n# g\nh:\ni: j\n",
		"a: 1\n  b: 2\n", "a: b\n  c\n", "a: 08\nb: 0x1F\nc: 1_0\nd: 2001-03-01\ne: 1e5\n",
		"a: {b: c,\n  d: [e,\n    f]}\n", "a: b #c\n", "a: b# c\n", "a: b:\n", "- a\n", "a: 1\na: 2\n", "a: {b}\n", "a: [0:0]\n", "a: ~\n", "a: 'b'\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) || checkText("p.yaml", []byte(text)) != nil {
			return
		}
		got, known := quickly(text)
		if !known {
			return
		}
		if diff := differs("", slowly(text), got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

// TestQuicklyChanged holds the same of small pages of the project of which a letter, a line
// or how far it is set in is another, many of them no YAML.
func TestQuicklyChanged(t *testing.T) {
	var small []string
	pages := pagesOfProject(t)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if len(pages[name]) < 900 {
			small = append(small, pages[name])
		}
	}
	if len(small) < 10 {
		t.Fatalf("%d small pages", len(small))
	}
	draw := rand.New(rand.NewPCG(2, 7))
	known := 0
	const changed = 2_000
	for range changed {
		text := []byte(small[draw.IntN(len(small))])
		for range 1 + draw.IntN(3) {
			text = changedAt(draw, text)
		}
		got, ok := quickly(string(text))
		if !ok || checkText("p.yaml", text) != nil {
			continue
		}
		known++
		if diff := differs("", slowly(string(text)), got); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
	}
	if known < changed/20 || known > changed*19/20 {
		t.Errorf("%d of %d are read quickly", known, changed)
	}
}

// changedAt is a text with one change at a place by chance.
func changedAt(draw *rand.Rand, text []byte) []byte {
	signs := []string{":", ": ", " :", "#", " #", "# ", "- ", "-", "[", "]", "{", "}", ",", ", ", "\"", "'", "\n", "\n  ", " ", "  ", "&", "*", "!", "|", ">", "%", "@", "?", "~", "null", "true", "0", "-1", ".5", "1e3", "0x1", "\\", "<<", "=", "\u00a0", "£", "---\n", "\n...\n", "a"}
	at := draw.IntN(len(text) + 1)
	switch draw.IntN(4) {
	case 0: // taken away
		return slices.Delete(slices.Clone(text), at, min(at+1+draw.IntN(3), len(text)))
	case 1: // a line set in otherwise
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			at += n + 1
		}
		return slices.Insert(slices.Clone(text), at, []byte("    ")[:1+draw.IntN(4)]...)
	case 2: // a line once more
		lines := bytes.SplitAfter(text, []byte("\n"))
		i, j := draw.IntN(len(lines)), draw.IntN(len(lines))
		return bytes.Join(slices.Insert(lines, j, lines[i]), nil)
	}
	return slices.Insert(slices.Clone(text), at, []byte(signs[draw.IntN(len(signs))])...)
}
