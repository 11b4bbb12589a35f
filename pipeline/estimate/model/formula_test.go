package model

import (
	"strings"
	"testing"
)

func TestFormula(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one variable", "y~x", "y ~ x"},
		{"nothing but the intercept", "y ~ 1", "y ~ 1"},
		{"no intercept", "y ~ 0 + x", "y ~ 0 + x"},
		{"the intercept taken away", "y ~ x - 1", "y ~ 0 + x"},
		{"the last word on the intercept holds", "y ~ 0 + x + 1", "y ~ x"},
		{"a product is its parts and their interaction", "y ~ a*b", "y ~ a + b + a:b"},
		{"a product of three", "y ~ a*b*c", "y ~ a + b + c + a:b + a:c + b:c + a:b:c"},
		{"an interaction binds before a product", "y ~ a:b*c", "y ~ c + a:b + c:a:b"},
		{"single variables come first", "y ~ a:b + c", "y ~ c + a:b"},
		{"a term counts once, however it is written", "y ~ a + a:b + b:a + a", "y ~ a + a:b"},
		{"the variables of an interaction are in the order of the rest", "y ~ b + a + a:b", "y ~ b + a + b:a"},
		{"a variable with itself is itself", "y ~ a:a", "y ~ a"},
		{"numbers as categories", "y ~ factor( wave )*x", "y ~ factor(wave) + x + factor(wave):x"},
		{"any name in backquotes", "`how safe` ~ `a:b` + api.00", "`how safe` ~ `a:b` + api.00"},
		{"letters of any language", "bodlonrwydd ~ rhyw_ŵ", "bodlonrwydd ~ rhyw_ŵ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := ParseFormula(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if f.String() != c.want {
				t.Errorf("%s: read %s, want %s", c.text, f, c.want)
			}
		})
	}
}

func TestFormulaRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", `character 1: the end, want the variable to explain`},
		{"nothing that explains", "y ~", `character 4: the end, want a variable, factor(variable), 0 or 1`},
		{"no tilde", "y x", `character 3: "x", want "~"`},
		{"a sign and nothing", "y ~ a +", `character 8: the end, want a variable, factor(variable), 0 or 1`},
		{"two names", "y ~ a b", `character 7: "b", want "+", "*", ":", "-1" or the end`},
		{"a variable taken away", "y ~ a - b", `character 9: "b", want 1: only the intercept can be taken away`},
		{"another function", "y ~ log(a)", `character 8: "(", want "+", "*", ":", "-1" or the end`},
		{"a factor without its bracket", "y ~ factor(a", `character 13: the end, want ")"`},
		{"factor is no name", "y ~ factor + a", `character 12: "+", want "(" after factor`},
		{"a number", "y ~ 2", `character 5: "2", want a variable, factor(variable), 0 or 1`},
		{"an open backquote", "y ~ `a", "character 5: \"`\", want a name and a closing backquote"},
		{"the response explains itself", "y ~ a + y", `character 9: "y" explains itself, want another variable`},
		{"too deep", "y ~ a:b:c:d:e", "an interaction of 5 variables, want at most 4"},
		{"too deep a product", "y ~ a*b*c*d*e", "an interaction of 5 variables, want at most 4"},
		{"too long", "y ~ a" + strings.Repeat(" ", maxFormula), "want at most 4096, in UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := ParseFormula(c.text)
			if err == nil {
				t.Fatalf("read %s", f)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// FuzzFormula: what is read prints back as what reads the same.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{"y ~ a*b + factor(c):d - 1", "`a b` ~ 0 + x", "y~1", "y ~ a:b:c:d", "y ~ factor(", "~", "y ~ a**b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := ParseFormula(text)
		if err != nil {
			return
		}
		again, err := ParseFormula(read.String())
		if err != nil {
			t.Fatalf("%q was read as %q, which is refused: %v", text, read, err)
		}
		if again.String() != read.String() {
			t.Fatalf("%q was read as %q, and that as %q", text, read, again)
		}
	})
}
