package propose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/propose"
)

// What two waves do not have alike of one variable, or of two.
func TestDiffer(t *testing.T) {
	agree := []string{"1: Agree", "2: Disagree"}
	change := func(v description.Variable, to func(*description.Variable)) description.Variable { to(&v); return v }
	was := variable("paffloc", "Can influence decisions", agree...)
	of := func(all ...description.Variable) []description.Variable { return all }
	for _, c := range []struct {
		claim   string
		a, b    []description.Variable
		came    string
		went    string
		facts   []string // what, code: was -> is
		renamed string   // was -> is: by
	}{
		{"alike but for its counts", of(was), of(change(was, func(v *description.Variable) {
			v.Codes = []description.Code{coded("1", "Agree", 7, false), coded("2.0", "Disagree", 1, false)}
		})), "", "", nil, ""},
		{"in another case", of(was), of(change(was, func(v *description.Variable) { v.Name = "PAffLoc" })), "", "", []string{`name "": "paffloc" -> "PAffLoc"`}, ""},
		{"another label", of(was), of(change(was, func(v *description.Variable) { v.Label = "Influence" })), "", "", []string{`label "": "Can influence decisions" -> "Influence"`}, ""},
		{"text for numbers", of(was), of(change(was, func(v *description.Variable) { v.Numeric = false })), "", "", []string{`type "": "number" -> "text"`}, ""},
		{"declared missing", of(was), of(change(was, func(v *description.Variable) { v.Recorded.Missing = []codebook.Interval{{Low: -9, High: -8}} })), "", "", []string{`declared missing "": "" -> "-9 to -8"`}, ""},
		{"another format and measure", of(was), of(change(was, func(v *description.Variable) { v.Recorded.Format, v.Recorded.Measure = "F4.0", "ordinal" })), "", "", []string{`format "": "" -> "F4.0"`, `measure "": "" -> "ordinal"`}, ""},
		{"a code that came and one that went", of(was), of(variable("paffloc", "Can influence decisions", "1: Agree", "3: Neither")), "", "", []string{`code label "2": "Disagree" -> ""`, `code label "3": "" -> "Neither"`, `code rows "2": "100" -> "0"`, `code rows "3": "0" -> "100"`}, ""},
		{"a code of which no row is left", of(was), of(change(was, func(v *description.Variable) {
			v.Codes = []description.Code{coded("1", "Agree", 7, false), coded("2", "Disagree", 0, false)}
		})), "", "", []string{`code rows "2": "100" -> "0"`}, ""},
		{"more values than are listed tell nothing of a code", of(was), of(change(was, func(v *description.Variable) {
			v.Every, v.Codes = false, []description.Code{coded("1", "Agree", 7, false)}
		})), "", "", []string{`code label "2": "Disagree" -> ""`}, ""},
		{"codes exchanged", of(was), of(variable("paffloc", "Can influence decisions", "1: Disagree", "2: Agree")), "", "", []string{`codes exchanged "1": "Agree" -> "Disagree"`, `codes exchanged "2": "Disagree" -> "Agree"`}, ""},
		{"many more rows without a value", of(was), of(change(was, func(v *description.Variable) { v.Missing = 11 })), "", "", []string{`without a value "": "0%" -> "6%"`}, ""},
		{"a name of another wave", of(was), of(change(was, func(v *description.Variable) { v.Name = "paffloc_b" })), "paffloc_b", "paffloc", nil, "paffloc -> paffloc_b: name, label, labels of codes"},
		{"another name of the same question", of(was), of(change(was, func(v *description.Variable) { v.Name = "q12" })), "q12", "paffloc", nil, "paffloc -> q12: label, labels of codes"},
		{"the name of a wave, of another question", of(was), of(change(was, func(v *description.Variable) { v.Name, v.Label = "pafflocb", "Ease of getting to the shops" })), "pafflocb", "paffloc", nil, ""},
		{"two that it may be", of(was), of(change(was, func(v *description.Variable) { v.Name = "q12" }), change(was, func(v *description.Variable) { v.Name = "q13" })), "q12 q13", "paffloc", nil, ""},
		{"two of one name but for case keep to their own", of(was, change(was, func(v *description.Variable) { v.Name = "PAFFLOC" })), of(change(was, func(v *description.Variable) { v.Name = "PAFFLOC" }), was), "", "", nil, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := propose.Differ(&description.File{Rows: 200, Variables: c.a}, &description.File{Rows: 200, Variables: c.b})
			names := func(all []description.Variable) string {
				var made []string
				for _, v := range all {
					made = append(made, v.Name)
				}
				return strings.Join(made, " ")
			}
			var facts []string
			for _, v := range d.Changed {
				for _, f := range v.Facts {
					facts = append(facts, fmt.Sprintf("%s %q: %q -> %q", f.What, f.Code, f.Was, f.Is))
				}
			}
			renamed := ""
			for _, r := range d.Renamed {
				renamed += fmt.Sprintf("%s -> %s: %s", r.Was.Name, r.Is.Name, strings.Join(r.For, ", "))
			}
			if names(d.Came) != c.came || names(d.Went) != c.went || renamed != c.renamed {
				t.Errorf("came %q, went %q, renamed %q; want %q, %q, %q", names(d.Came), names(d.Went), renamed, c.came, c.went, c.renamed)
			}
			if diff := cmp.Diff(c.facts, facts); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}
