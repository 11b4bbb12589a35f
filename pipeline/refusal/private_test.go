package refusal

import "testing"

// TestSaid: what is private is said as every verb says it, and otherwise under a policy; a text
// that has nothing private is the same under one.
func TestSaid(t *testing.T) {
	for _, c := range []struct {
		format       string
		args         []any
		text, public string
	}{
		{"%d rows", []any{3}, "3 rows", ""},
		{"%s without a value", []any{Respondents(1)}, "1 respondent without a value", "some respondents without a value"},
		{"%d of %d above %g", []any{Many(2), 7, 1.5}, "2 of 7 above 1.5", "some of 7 above 1.5"},
		{"nobody in %s", []any{Category("c", 0)}, `nobody in category "c"`, "nobody in a category"},
		{"nobody in %s: %5.2f%s", []any{Category("c", 12), Private{Of: 1.5}, "!"}, `nobody in category "c" of 12:  1.50!`, "nobody in a category that is: !"},
	} {
		var ps Problems
		ps.AddHint("do", "a.csv", c.format, c.args...)
		if p := ps[0]; p.What != c.text || p.Untold != c.public {
			t.Errorf("%s: got %q and %q, want %q and %q", c.format, p.What, p.Untold, c.text, c.public)
		}
		want := c.text
		if c.public != "" {
			want = c.public
		}
		if p := ps[0].Public(); p.What != want || p.Untold != "" || p.Hint != "do" || p.Where != "a.csv" {
			t.Errorf("%s: in public got %+v, want %q", c.format, p, want)
		}
	}
}
