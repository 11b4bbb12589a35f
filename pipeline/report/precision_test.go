package report

import (
	"math"
	"strings"
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

func TestPlaces(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		claim     string
		value, se float64
		want      int
	}{
		{"three digits of the error", 43.21, 0.0123, 4},
		{"an error of tens", 4321, 12.3, 1},
		{"an error of thousands has no decimals", 43210, 1234, 0},
		{"five digits of a value without an error", 0.012345, nan, 6},
		{"an error of 0 is none", 1.5, 0, 4},
		{"nothing", nan, nan, 0},
		{"0 without an error", 0, nan, 0},
		{"at most 12", 1, 1e-15, 12},
	} {
		if got := Places(c.value, c.se); got != c.want {
			t.Errorf("%s: %d, want %d", c.claim, got, c.want)
		}
	}
	if got := MostPlaces([]float64{1, 2, 3e-9}, []float64{0.1, 0.01, nan}); got != 4 {
		t.Errorf("of several, one without an error: %d, want 4", got)
	}
	if got := MostPlaces([]float64{12, 0.5}, []float64{nan, nan}); got != 5 {
		t.Errorf("of several without an error: %d, want 5", got)
	}
	if got := RatioPlaces(2, 0.001); got != 4 {
		t.Errorf("of a ratio: %d, want 4", got)
	}
}

// TestPlain holds that a number too small for the decimals that are shown is not shown as 0.
func TestPlain(t *testing.T) {
	for _, c := range []struct {
		x      float64
		places int
		want   string
	}{{5.12375e-15, 12, "5.124e-15"}, {5.12375e-15, 3, "0.000"}, {-2e-9, 12, "-0.000000002000"}, {0, 12, "0.000000000000"}, {1234567e12, 0, "1.23457e+18"}} {
		if got := Plain(c.x, c.places); got != c.want {
			t.Errorf("%g with %d decimals: got %s, want %s", c.x, c.places, got, c.want)
		}
	}
	for x, want := range map[float64]int{500: 0, 0.0717: 4, 0.1 + 0.2: 1, math.NaN(): 0, math.Inf(1): 0} {
		if got := Decimals(x); got != want {
			t.Errorf("%g: got %d decimals, want %d", x, got, want)
		}
	}
}

func TestProbability(t *testing.T) {
	for _, c := range []struct {
		p    float64
		want string
	}{{math.NaN(), ""}, {0.0009999, "< 0.001"}, {0.0010001, "0.001"}, {0.9, "0.900"}} {
		if got := Probability(c.p); got != c.want {
			t.Errorf("%g: %q, want %q", c.p, got, c.want)
		}
	}
}

// TestLeastP holds that a p-value in words is not told below 0.001, and is as the file has it above.
func TestLeastP(t *testing.T) {
	for arg, want := range map[string]string{"6.38e-270": "(p less than 0.001)", "0.00099": "(p less than 0.001)", "0.001": "(p = 0.001)", "0.0312": "(p = 0.0312)"} {
		if got := Words(indicator.Note{Code: indicator.NoStraightLine, Args: []string{arg}}); !strings.HasSuffix(got, "about a straight line "+want) {
			t.Errorf("%s: got %q, want %q at its end", arg, got, want)
		}
	}
}

func TestRatioRange(t *testing.T) {
	for _, c := range []struct {
		claim        string
		lower, upper float64
		places       int
		want         string
	}{
		{"as other ranges", 0.504, 9.994, 2, "0.50 to 9.99"},
		{"what is large has few decimals", 0.0000012, 26723.205638, 6, "0.000001 to 26723.21"},
		{"no limit is 0", 5e-16, 10.65, 6, "< 0.000001 to 10.65"},
		{"there is none", math.NaN(), math.NaN(), 2, ""},
	} {
		if got := RatioRange(c.lower, c.upper, c.places); got != c.want {
			t.Errorf("%s: %s, want %s", c.claim, got, c.want)
		}
	}
}

// TestCommonRatioPlaces holds the decimals of ratios below each other.
func TestCommonRatioPlaces(t *testing.T) {
	of := func(term string, ratio, se float64) release.Coefficient {
		return release.Coefficient{Term: term, Ratio: ratio, SE: se, RatioLower: ratio * math.Exp(-1.96*se), RatioUpper: ratio * math.Exp(1.96*se)}
	}
	none := release.Coefficient{Term: "x", Ratio: math.NaN(), RatioLower: math.NaN(), RatioUpper: math.NaN()}
	for _, c := range []struct {
		claim string
		of    []release.Coefficient
		want  int
	}{
		{"two, where limits are told apart", []release.Coefficient{of("age", 0.9730, 0.00165), of("sex", 1.28, 0.09), none}, 2},
		{"a limit beside 1 does not read as 1", []release.Coefficient{of("age", 1.0077, 0.0018), of("sex", 1.28, 0.09)}, 3},
		{"limits do not read alike", []release.Coefficient{of("age", 1.10004, 0.00001)}, 4},
		{"but for the intercept", []release.Coefficient{of("", 0.00001, 0.5), of("sex", 1.28, 0.09)}, 2},
		{"none is two", nil, 2},
	} {
		if got := CommonRatioPlaces(c.of); got != c.want {
			t.Errorf("%s: %d decimals, want %d", c.claim, got, c.want)
		}
	}
}
