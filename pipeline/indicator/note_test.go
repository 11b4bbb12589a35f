package indicator

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestNotesText(t *testing.T) {
	for _, c := range []struct {
		claim string
		notes Notes
		want  string
	}{
		{"no note is no text", nil, ""},
		{"a code alone", Notes{{Code: Synthetic}}, "synthetic"},
		{"with arguments", Notes{{Code: Caution, Args: []string{"50"}}}, "caution(50)"},
		{"of something", Notes{{Code: Standardised, Of: "age"}}, "standardised(age)"},
		{"of something, with arguments", Notes{{Code: StandardisedWithout, Of: "age", Args: []string{"16-24", "65-over"}}}, "standardised-without(age,16-24,65-over)"},
		{"of nothing", Notes{{Code: Broken}}, "break()"},
		{"several stand in the order of the table, each once", Notes{{Code: Synthetic}, {Code: Caution, Args: []string{"50"}}, {Code: NoErrorSame}, {Code: Synthetic}}, "no-error-same caution(50) synthetic"},
		{"what would end an argument is encoded", Notes{{Code: NoErrorOf, Args: []string{"a b,(c)%", "é", ""}}}, "no-error-of(a%20b%2C%28c%29%25,%C3%A9,)"},
		{"a code of a later program stands last", Notes{{Code: "new-here", Args: []string{"x"}}, {Code: Synthetic}}, "synthetic new-here(x)"},
		{"a note of no code is nothing", Notes{{}}, ""},
	} {
		var ns Notes
		ns.Add(c.notes...)
		if got := ns.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.claim, got, c.want)
		}
		back, err := ParseNotes(c.want)
		if err != nil || back.String() != c.want || !slices.EqualFunc(back, ns, Note.Equal) {
			t.Errorf("%s: read back as %v (%v), want %v", c.claim, back, err, ns)
		}
	}
}

func TestParseNotesRefuses(t *testing.T) {
	for claim, text := range map[string]string{
		"two blanks":                     "caution(50)  synthetic",
		"a blank at the end":             "synthetic ",
		"a capital":                      "Synthetic",
		"no code":                        "(50)",
		"two hyphens":                    "no--base",
		"no bracket at the end":          "caution(50",
		"text behind the bracket":        "caution(50)x",
		"too few arguments":              "caution",
		"too many":                       "caution(50,60)",
		"arguments where there are none": "synthetic()",
		"nothing that it is of":          "break",
		"none where one or more are":     "no-error-of",
		"a byte encoded without need":    "caution(%35)",
		"a small hexadecimal digit":      "no-error-of(%2c)",
		"half an encoded byte":           "no-error-of(%2)",
		"a sign for a digit":             "no-error-of(%+5)",
		"a letter that is not encoded":   "no-error-of(é)",
		"a note twice":                   "synthetic synthetic",
		"notes out of order":             "synthetic caution(50)",
	} {
		if got, err := ParseNotes(text); err == nil {
			t.Errorf("%s: %q is read as %v", claim, text, got)
		}
	}
}

// Any notes read back from their text, and no two have the same.
func TestNotesReadBack(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	part := func() string {
		made := make([]byte, r.IntN(6))
		for i := range made {
			made[i] = `ab-9 ,()%"é`[r.IntN(12)]
		}
		return string(made)
	}
	for range 2000 {
		var ns Notes
		for range r.IntN(5) {
			row := noteRows[r.IntN(len(noteRows))]
			n := Note{Code: row.Code}
			if row.Of {
				n.Of = part()
			}
			many := row.Args
			if many == Any {
				many = 1 + r.IntN(3)
			}
			for range many {
				n.Args = append(n.Args, part())
			}
			ns.Add(n)
		}
		text := ns.String()
		if strings.ContainsAny(text, "\n\"") {
			t.Fatalf("%q needs quotes in a CSV", text)
		}
		back, err := ParseNotes(text)
		if err != nil || !slices.EqualFunc(back, ns, Note.Equal) {
			t.Fatalf("%q: read back as %v (%v), want %v", text, back, err, ns)
		}
	}
}

func FuzzParseNotes(f *testing.F) {
	for _, text := range []string{"", "synthetic", "no-error-same caution(50) synthetic", "standardised-without(age,16-24,%20)", "break()", "new(x,)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ns, err := ParseNotes(text); err == nil && ns.String() != text {
			t.Errorf("%q is read and written as %q", text, ns.String())
		}
	})
}

func TestNoteRows(t *testing.T) {
	seen := map[NoteCode]bool{}
	for i, row := range noteRows {
		if !validNoteCode(string(row.Code)) || seen[row.Code] || row.Code.row() != i {
			t.Errorf("code %q: want lower-case letters, digits and single hyphens, once", row.Code)
		}
		seen[row.Code] = true
	}
}
