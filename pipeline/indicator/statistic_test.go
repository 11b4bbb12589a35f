package indicator

import (
	"slices"
	"testing"
)

func TestStatisticRows(t *testing.T) {
	keys := []string{KeyOver, KeyWith, KeyBetween, KeyAt}
	seen := map[Statistic]bool{}
	for _, row := range statistics {
		name := row.Name
		switch {
		case seen[name]:
			t.Errorf("%s is there twice", name)
		case name.Row().Name != name:
			t.Errorf("%s is found as %s", name, name.Row().Name)
		case row.Scale != 1 && row.Scale != 100:
			t.Errorf("%s: scale %g, want that of fractions or of percent", name, row.Scale)
		case (row.Scale == 100) != (row.Step != ""):
			t.Errorf("%s: a difference of percentages is counted in points", name)
		case !row.Returns && row.Number != (row.Unit == "" || name == Ratio || name == MeanParity):
			t.Errorf("%s: unit %q, want the variable's where it is of a number", name, row.Unit)
		case (row.Interval == "") != row.Returns:
			t.Errorf("%s has no method for its interval", name)
		case slices.ContainsFunc(row.Needs, func(key string) bool { return !slices.Contains(keys, key) }):
			t.Errorf("%s needs %q, which is no key", name, row.Needs)
		}
		seen[name] = true
	}
	if row := Statistic("midhinge").Row(); row.Scale != 1 || row.Decimals != 2 || row.A != "a midhinge" {
		t.Errorf("a statistic of a later program: got %+v", row)
	}
	if got, want := Proportion.Row().UnitOfChange(Percent), Points; got != want {
		t.Errorf("a change of percent: got %q, want %q", got, want)
	}
	if got, want := Mean.Row().UnitOfChange("hours"), "hours"; got != want {
		t.Errorf("a change of hours: got %q, want %q", got, want)
	}
}
