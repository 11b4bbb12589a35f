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
		{"functions make variables", "log( y+1 ) ~ sqrt(x) + I(x ^2)+I(z>3):a", "log(y + 1) ~ sqrt(x) + I(x^2) + I(z > 3):a"},
		{"a bracket in quotes closes nothing", "y ~ I(`a)` * 2) + I(b = \"(\")", "y ~ I(`a)` * 2) + I(b = \"(\")"},
		{"a function with a blank before its bracket", "y ~ log (x)", "y ~ log(x)"},
		{"names of functions are names without brackets", "y ~ log + poly + I + offset", "y ~ log + poly + I + offset"},
		{"a factor with its reference", "y ~ factor(a, ref=3)", "y ~ factor(a, ref=3)"},
		{"a reference may be a text", `y ~ factor(a, ref = "North East")`, `y ~ factor(a, ref="North East")`},
		{"a reference below 0", "y ~ factor(a, ref=-1.5)", "y ~ factor(a, ref=-1.5)"},
		{"a reference holds throughout", "y ~ factor(a)*b + factor(a, ref=3)", "y ~ factor(a, ref=3) + b + factor(a, ref=3):b"},
		{"Stata's factors", "y ~ i.a*ib3.b + `i.c`", "y ~ factor(a) + factor(b, ref=3) + `i.c` + factor(a):factor(b, ref=3)"},
		{"powers", "y ~ poly(a,2)*b", "y ~ poly(a, 2) + b + poly(a, 2):b"},
		{"offsets", "y ~ a + offset(log(b)) + offset(c) + offset(d/2)", "y ~ a + offset(log(b)) + offset(c) + offset(I(d / 2))"},
		{"an offset alone", "y ~ offset(b)", "y ~ offset(b)"},
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
		{"nothing that explains", "y ~", `character 4: the end, want a variable, factor(variable), log(variable), I(expression), poly(variable, 2), 0 or 1`},
		{"no tilde", "y x", `character 3: "x", want "~"`},
		{"a sign and nothing", "y ~ a +", `character 8: the end, want a variable, factor(variable), log(variable), I(expression), poly(variable, 2), 0 or 1`},
		{"two names", "y ~ a b", `character 7: "b", want "+", "*", ":", "-1" or the end`},
		{"a variable taken away", "y ~ a - b", `character 9: "b", want 1: only the intercept can be taken away`},
		{"a function that there is not", "y ~ a + lgo(a)", `character 9: no function "lgo"; did you mean "log"?`},
		{"an expression without its end", "y ~ a + log(b + 1", `character 18: the end, want an operator, "," or ")"`},
		{"an expression without its value", "y ~ log(a + )", `character 13: ")", want a value`},
		{"an expression of nothing", "y ~ I(3)", `character 5: I(3) has no variable in it, want one`},
		{"another function in brackets", "y ~ I(age ^ lgo(2)) + b", `character 13: no function "lgo"; did you mean "log"?`},
		{"a reference without its name", "y ~ factor(a, 3)", `character 15: "3", want "ref=" and a category`},
		{"a reference that is a name", "y ~ factor(a, ref=b)", `character 19: "b", want a code, or a text between double quotes`},
		{"a reference of nothing", `y ~ factor(a, ref="")`, `character 19: "\"\"", want a code, or a text between double quotes`},
		{"two references of one variable", "y ~ ib3.a + factor(a, ref=4):b", `character 27: references "3" and "4" of one variable, want one`},
		{"Stata's word without a name", "y ~ ib3.4", `character 5: "ib3.4", want a variable behind ib3.`},
		{"powers without a degree", "y ~ poly(a)", `character 11: ")", want "," and a degree, as in poly(age, 2)`},
		{"too many powers", "y ~ poly(a, 12)", `character 13: "12", want a degree of 1 to 9`},
		{"powers of nothing", "y ~ poly(a, 0)", `character 13: "0", want a degree of 1 to 9`},
		{"an offset within a term", "y ~ a:offset(b)", `character 7: offset within a term, want it by itself behind +`},
		{"the response explains itself as it is made", "log(y) ~ a + log(y)", `character 14: "log(y)" explains itself, want another variable`},
		{"a factor without its bracket", "y ~ factor(a", `character 13: the end, want ")" or ", ref="`},
		{"factor is no name", "y ~ factor + a", `character 12: "+", want "(" after factor`},
		{"a number", "y ~ 2", `character 5: "2", want a variable, factor(variable), log(variable), I(expression), poly(variable, 2), 0 or 1`},
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
	for _, text := range []string{"y ~ a*b + factor(c):d - 1", "`a b` ~ 0 + x", "y~1", "y ~ a:b:c:d", "y ~ factor(", "~", "y ~ a**b", "log(y) ~ ib3.a:poly(b, 2) + factor(c, ref=\"x y\") + offset(log(d)) + I(e^2 > 3)", "y ~ I(", "y ~ i.", "y ~ offset(I(a))", "y ~ factor(a, ref=-", "y~I(`)`)"} {
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
