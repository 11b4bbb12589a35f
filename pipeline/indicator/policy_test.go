package indicator

import (
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
)

func TestPolicies(t *testing.T) {
	c := load(t, "disclosure.yaml", "source: the plan", "keep: [north]\n    bases: 5\n    precision: {percent: 0, p: 2 significant}")
	want := Policy{
		Name: "survey-tables", ConfidentialBelow: 10, SidesBelow: 10, UnreliableBelow: 50, CautionBelow: 100, Zeros: Withhold, Dominance: 0.5, Interval: 9,
		Bases: "5", Keep: []string{"north"}, Precision: Precisions{"0", "2", "1", "2", "3 significant", "2", "2", "2 significant", "2 significant"},
	}
	want.Precision.Mean, want.Precision.Rate = "2", "1"
	if diff := cmp.Diff(want, c.Disclosure); diff != "" {
		t.Errorf("the default: %s", diff)
	}
	if err := c.Choose(NoControl); err != nil || !c.Disclosure.Without() || c.Disclosure.ConfidentialBelow != 0 || c.Disclosure.Bases != BasesExact {
		t.Errorf("none: got %v, %+v", err, c.Disclosure)
	}
	var ps refusal.Problems
	if err := c.Choose("survey-table"); !errors.As(err, &ps) || ps[0].Kind != refusal.Usage || ps[0].What != `no disclosure policy "survey-table"; did you mean "survey-tables"?` {
		t.Errorf("got %v", err)
	}
	other := want
	other.Source, other.Keep = "another page", want.Keep
	if other.Digest() != want.Digest() {
		t.Error("where a policy is from decides nothing")
	}
	if other.SidesBelow = 11; other.Digest() == want.Digest() {
		t.Error("another bound has the same digest")
	}
}

// Each fault of a policy is refused alone, with its line.
func TestPolicyRefuses(t *testing.T) {
	const open = "{confidential_below: 1, sides_below: 1, unreliable_below: 1, caution_below: 1, zeros: publish, dominance: 1, interval: 1}"
	for _, c := range []struct{ old, becomes, want string }{
		{"default: survey-tables", "default: survey-table", `disclosure.yaml:1: default "survey-table", want one of the policies with control; did you mean "survey-tables"?`},
		{"default: survey-tables", "default: none", `disclosure.yaml:1: default "none", want one of the policies with control`},
		{"  none: {source: nobody}", "  None: " + open, `disclosure.yaml:12: policy "None", want lower-case letters, digits and single hyphens`},
		{"sides_below: 10", "sides_below: 0", "disclosure.yaml:5: policy survey-tables: sides_below 0, want 1 or more; the policy that withholds nothing is called none"},
		{"    sides_below: 10\n", "", "disclosure.yaml:3: policy survey-tables: sides_below 0, want 1 or more; the policy that withholds nothing is called none"},
		{"interval: 9", "interval: 0", "disclosure.yaml:10: policy survey-tables: interval 0, want 1 or more; the policy that withholds nothing is called none"},
		{"below: 50", "below: 9", "disclosure.yaml:4: policy survey-tables: want confidential_below <= unreliable_below <= caution_below, found 10, 9, 100"},
		{"zeros: withhold", "zeros: withold", `disclosure.yaml:8: policy survey-tables: zeros "withold", want one of publish, withhold; did you mean "withhold"?`},
		{"dominance: 0.5", "dominance: 50", "disclosure.yaml:9: policy survey-tables: dominance 50, want a share above 0 and up to 1"},
		{"dominance: 0.5", "dominance: 0", "disclosure.yaml:9: policy survey-tables: dominance 0, want a share above 0 and up to 1"},
		{"source: the plan", "bases: 7", `disclosure.yaml:11: policy survey-tables: bases "7", want one of exact, 5, 10; did you mean "5"?`},
		{"source: the plan", "keep: [nroth]", `disclosure.yaml:11: policy survey-tables: no crosswalk has a population "nroth"; did you mean "north"?`},
		{"source: the plan", "precision: {percent: 1.5}", `disclosure.yaml:11: policy survey-tables: precision of percent: "1.5", want decimals such as 1, or digits such as 3 significant`},
		{"source: the plan", "precision: {p: 0 significant}", `disclosure.yaml:11: policy survey-tables: precision of p: "0 significant", want at most 12, and of significant digits 1 or more`},
		{"source: the plan", "precision: {pecent: 1}", `disclosure.yaml:11: unknown key "pecent"; did you mean "percent"?`},
		{"{source: nobody}", "{caution_below: 5}", "disclosure.yaml:12: policy none: caution_below 5, want none: it withholds nothing"},
		{"{source: nobody}", "{keep: [north]}", "disclosure.yaml:12: policy none: want no zeros, dominance or keep: it withholds nothing"},
	} {
		_, err := LoadCatalogue(catalogue(t, "disclosure.yaml", c.old, c.becomes))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v\nwant %s", c.becomes, err, c.want)
		}
	}
}

// Halves go away from 0, as in spreadsheets and in SQL: of the decimal number,
// not of the float64 that stands for it (1.005 is below a half, 8.25 may be had a
// bit below).
func TestPrecision(t *testing.T) {
	below := math.Nextafter(8.25, 0)
	for _, c := range []struct {
		of   Precision
		x    float64
		want float64
	}{
		{"1", 0.15, 0.2},
		{"1", 0.25, 0.3},
		{"1", 0.35, 0.4},
		{"1", 0.45, 0.5},
		{"1", 2.25, 2.3},
		{"1", -2.25, -2.3},
		{"1", 43.45, 43.5},
		{"2", 1.005, 1.01},
		{"2", 2.675, 2.68},
		{"0", 2.5, 3},
		{"0", -2.5, -3},
		{"1", below, 8.3},
		{"1", 43.4499999, 43.4}, // once: at six decimals it would be a half
		{"1", 99.96, 100},
		{"1", -0.04, 0},
		{"1", 1e-300, 0},
		{"1", 12345678901234.5, 12345678901200},
		{"3 significant", 0.000123456, 0.000123},
		{"3 significant", 0.0009995, 0.001},
		{"3 significant", 10751234, 10800000},
		{"2 significant", 1071, 1100},
		{"2 significant", 7, 7},
		{"12 significant", 1.0 / 3, 0.333333333333},
	} {
		if got := c.of.Round(c.x); got != c.want || math.Signbit(got) && got == 0 {
			t.Errorf("%v to %s: got %v, want %v", c.x, c.of, got, c.want)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		if got := Precision("1").Round(x); !math.IsNaN(got) {
			t.Errorf("%v: got %v", x, got)
		}
	}
	for x, want := range map[float64]float64{0.004: 0.004, 0.0049: 0.005, 0.00096: 0.001, 0.014: 0.01, 0: 0} {
		if got := Precision("2").NotZero(x); got != want {
			t.Errorf("an error of %v: got %v, want %v", x, got, want)
		}
	}
}

// What is rounded is a number of that many decimals, is rounded again to
// itself, and is no further than half the last digit away.
func TestRoundIsTheNearest(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 5000 {
		x, decimals := (r.Float64()-.5)*math.Pow(10, float64(r.IntN(9)-4)), r.IntN(7)
		got := Round(x, decimals)
		step := math.Pow(10, -float64(decimals))
		if again := Round(got, decimals); again != got {
			t.Fatalf("seed %d: %v to %d decimals is %v, and again %v", seed, x, decimals, got, again)
		}
		spacing := math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x)
		if math.Abs(got-Settle(x)) > step/2*(1+1e-9)+2*spacing { // of the digits that count
			t.Fatalf("seed %d: %v to %d decimals is %v", seed, x, decimals, got)
		}
		if text := strconv.FormatFloat(got, 'f', -1, 64); len(text) > len(strconv.FormatFloat(got, 'f', decimals, 64)) {
			t.Fatalf("seed %d: %v to %d decimals is %s", seed, x, decimals, text)
		}
		if got == 0 && math.Signbit(got) {
			t.Fatalf("seed %d: %v to %d decimals is -0", seed, x, decimals)
		}
	}
}

func TestStep(t *testing.T) {
	for p, want := range map[Precision]float64{"1": .1, "0": 1, "2": .01, "3 significant": 0, "": 0} {
		if got := p.Step(); got != want {
			t.Errorf("%q: a step of %v, want %v", p, got, want)
		}
	}
}
