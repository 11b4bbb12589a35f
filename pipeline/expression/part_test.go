package expression

import (
	"strings"
	"testing"
)

// TestDerivative: by hand, as they are written.
func TestDerivative(t *testing.T) {
	for _, c := range []struct{ claim, text, want string }{
		{"another variable is none", "z * 3", "0"},
		{"the variable", "x", "1"},
		{"in any case", "X", "1"},
		{"a sum", "x + z - 2 * x", "1 - 2"},
		{"a sign", "-x", "-1"},
		{"a square", "x^2", "2 * x"},
		{"a power", "x^3", "3 * x^2"},
		{"a power that is a variable", "x^z", "z * x^(z - 1)"},
		{"a power of another", "2^x", "2^x * log(2)"},
		{"both", "x^x", "x^x * (log(x) + x / x)"},
		{"a product", "x * z", "z"},
		{"a product of two functions of it", "x * log(x)", "log(x) + x * (1 / x)"},
		{"over a number", "x / 10", "1 / 10"},
		{"below", "1 / x", "(0 - 1) / x^2"},
		{"the logarithm", "log(x + 1)", "1 / (x + 1)"},
		{"the exponential", "exp(x / 100)", "exp(x / 100) * (1 / 100)"},
		{"the root", "sqrt(x)", "1 / (2 * sqrt(x))"},
		{"a comparison has none", "x > 3", ""},
		{"nor has what rounds", "x + floor(x)", ""},
		{"nor a choice", "if(z = 1, x, 2)", ""},
		{"a choice of others is constant", "if(z = 1, y, 2) * x", "if(z = 1, y, 2)"},
	} {
		e, fault := Parse(c.text, OfFile)
		if fault != nil {
			t.Fatal(fault.What)
		}
		got := ""
		if d := e.Derivative("x"); d != nil {
			got = d.String()
			if _, fault := Parse(got, OfFile); fault != nil {
				t.Errorf("%s: %s is not read: %s", c.claim, got, fault.What)
			}
		}
		if got != c.want {
			t.Errorf("%s: of %s %q, want %q", c.claim, c.text, got, c.want)
		}
	}
}

// TestWith puts a number in the place of a variable and nothing else.
func TestWith(t *testing.T) {
	for _, c := range []struct {
		text string
		x    float64
		want string
	}{
		{"x^2 + z", 20, "20^2 + z"},
		{"log(X) * x", -1.5, "log(-1.5) * -1.5"},
		{"x in (1, 2) and z = 1", 2, "2 in (1, 2) and z = 1"},
		{"recode(z; 1 = 2) * `x`", 3, "recode(z; 1 = 2) * 3"},
	} {
		e, fault := Parse(c.text, OfFile)
		if fault != nil {
			t.Fatal(fault.What)
		}
		if got := e.With("x", c.x).String(); got != c.want {
			t.Errorf("%s at %g: %s, want %s", c.text, c.x, got, c.want)
		}
		if e.String() != strings.ReplaceAll(c.text, "`", "") {
			t.Errorf("%s became %s", c.text, e)
		}
	}
}

// TestPart reads what is between two bytes, and says what is wrong with it in the whole.
func TestPart(t *testing.T) {
	text := "y ~ log(age) + b"
	e, fault := Part(text, 4, 12, OfFile)
	if fault != nil || e.String() != "log(age)" {
		t.Fatalf("%v %v", e, fault)
	}
	if _, fault = Part(text, 4, 11, OfFile); fault == nil || fault.Character() != 12 || fault.text != text {
		t.Errorf("%+v, want a fault at character 12 of the whole", fault)
	}
	for _, c := range []struct {
		text string
		open int
		want int
	}{{"(a)", 0, 3}, {"f(a, (b)) + 1", 1, 9}, {"(a", 0, -1}, {"(`)` + \")\")", 0, 11}, {"a)", 0, -1}} {
		if got := Closing(c.text, c.open); got != c.want {
			t.Errorf("%s closes at %d, want %d", c.text, got, c.want)
		}
	}
}
