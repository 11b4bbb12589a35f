package release

import (
	"math"
	"testing"

	"togetherwecan/pipeline/indicator"
)

// By hand: a figure was 40.04, of which 40.0 was published, and is 45.17, published as
// 45.2. The old definition gives 42 on the new data, the new one 43.5 on the old.
func TestApportion(t *testing.T) {
	nan := math.NaN()
	type same struct{ Data, Definition, Program bool }
	round := func(x float64) float64 { return indicator.Round(x, 1) }
	for _, c := range []struct {
		name                                 string
		given                                [2][2]float64
		same                                 same
		data, definition, method, disclosure float64
		rule, together                       string
	}{
		// The digits: 5.2 are published and 5.13 moved.
		{"other data alone", [2][2]float64{{nan, nan}, {nan, nan}}, same{false, true, true}, 5.1, 0, 0, 0.1, RuleOne, ""},
		{"another definition alone", [2][2]float64{{nan, nan}, {nan, nan}}, same{true, false, true}, 0, 5.1, 0, 0.1, RuleOne, ""},
		{"another program alone", [2][2]float64{{nan, nan}, {nan, nan}}, same{true, true, false}, 0, 0, 5.1, 0.1, RuleOne, ""},
		// Data: ((42 - 40.04) + (45.17 - 43.5))/2 = 1.815; definition: 5.13 - 1.815 = 3.315.
		{"both orders", [2][2]float64{{nan, 43.5}, {42, nan}}, same{false, false, true}, 1.8, 3.3, 0, 0.1, RuleShapley, ""},
		{"data first", [2][2]float64{{nan, nan}, {42, nan}}, same{false, false, true}, 2, 3.2, 0, 0, RuleDataFirst, ""},
		{"definition first", [2][2]float64{{nan, 43.5}, {nan, nan}}, same{false, false, true}, 1.7, 3.5, 0, 0, RuleOtherFirst, ""},
		{"neither order", [2][2]float64{{nan, nan}, {nan, nan}}, same{false, false, true}, 5.1, 0, 0, 0.1, RuleNone, "data definition"},
		// This program gives 41 and 45.5 of what the releases gave 40.04 and 45.17: 0.96 less 0.33.
		{"other data and program", [2][2]float64{{41, nan}, {nan, 45.5}}, same{false, true, false}, 4.5, 0, 0.6, 0.1, RuleOne, ""},
		{"other data and program, not told apart", [2][2]float64{{41, nan}, {nan, nan}}, same{false, true, false}, 5.1, 0, 0, 0.1, RuleOne, "data method"},
		{"another definition and program, not told apart", [2][2]float64{{nan, nan}, {nan, nan}}, same{true, false, false}, 0, 5.1, 0, 0.1, RuleOne, "definition method"},
		{"all three", [2][2]float64{{41, 43.5}, {42, 45.5}}, same{false, false, false}, 1.5, 3, 0.6, 0.1, RuleShapley, ""},
		{"all three, not told apart", [2][2]float64{{nan, nan}, {42, nan}}, same{false, false, false}, 5.1, 0, 0, 0.1, RuleNone, "data definition method"},
	} {
		x := Counterfactual{Published: [2]float64{40, 45.2}, Computed: [2]float64{40.04, 45.17}, Given: c.given}
		x.Same = c.same
		got := Apportion(x, round)
		if got.Change != 5.2 || got.Data != c.data || got.Definition != c.definition || got.Method != c.method || got.Disclosure != c.disclosure || got.Rule != c.rule || got.Together != c.together {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c)
		}
		if sum := indicator.Settle(got.Data + got.Definition + got.Method + got.Disclosure); sum != got.Change {
			t.Errorf("%s: the parts add up to %v, want %v", c.name, sum, got.Change)
		}
	}
}
