package table

import (
	"slices"
	"strings"
	"testing"
)

func TestDistinct(t *testing.T) {
	for _, c := range []struct {
		names, want string
		several     string // of the name sex
		notes       []string
	}{
		{"sex age", "sex age", "", nil},
		{"sex age SEX", "sex_1 age SEX_3", `2 variables have the name "sex" but for case: name "sex_1" or "SEX_3"`, []string{`2 variables have the name "sex" but for case, and are "sex_1" and "SEX_3" here`}},
		{"sex sex sex", "sex_1 sex_2 sex_3", `3 variables have the name "sex" but for case: name "sex_1", "sex_2" or "sex_3"`, []string{`3 variables have the name "sex" but for case, and are "sex_1", "sex_2" and "sex_3" here`}},
		{"a A b B", "a_1 A_2 b_3 B_4", "", []string{`2 variables have the name "a" but for case, and are "a_1" and "A_2" here`, `2 variables have the name "b" but for case, and are "b_3" and "B_4" here`}},
		{"a a a_1 A_1_ A_2", "a_1__ a_2_ a_1 A_1_ A_2", "", []string{`2 variables have the name "a" but for case, and are "a_1__" and "a_2_" here`}},
		{" sex sex ", " sex_2 sex_3 ", `2 variables have the name "sex" but for case: name "sex_2" or "sex_3"`, []string{`2 variables have the name "sex" but for case, and are "sex_2" and "sex_3" here`}},
	} {
		distinct, alike, notes := Distinct(strings.Split(c.names, " "))
		if got := strings.Join(distinct, " "); got != c.want || alike.Several("Sex") != strings.Replace(c.several, `"sex"`, `"Sex"`, 1) || !slices.Equal(notes, c.notes) {
			t.Errorf("%q: got %q, %q, %q\nwant %q, %q, %q", c.names, got, alike.Several("Sex"), notes, c.want, c.several, c.notes)
		}
	}
	many := slices.Repeat([]string{"x"}, 50)
	for i := range 30 {
		many = append(many, string(rune('a'+i%20)), string(rune('A'+i%20)))
	}
	distinct, _, notes := Distinct(many)
	seen := map[string]bool{}
	for _, name := range distinct {
		seen[strings.ToLower(name)] = true
	}
	if len(seen) != len(many) || len(notes) != 21 || !strings.HasSuffix(notes[0], `"x_10" and 40 more here`) {
		t.Errorf("%d names of %d, notes %q", len(seen), len(many), notes)
	}
}
