package model

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"togetherwecan/pipeline/expression"
)

// A Formula says what a model explains by what:
//
//	formula     = response "~" [ "-" "1" "+" ] product { "+" product | "-" "1" }
//	response    = name | made
//	product     = interaction { "*" interaction }
//	interaction = "0" | "1" | offset | variable { ":" variable }
//	variable    = name | made | factor | "poly" "(" name "," degree ")"
//	factor      = "factor" "(" name [ "," "ref" "=" ( number | text ) ] ")" | "i." name | "ib" number "." name
//	made        = "I" "(" expression ")" | function "(" expression { "," expression } ")"
//	offset      = "offset" "(" expression ")"
//
// A name is letters, digits, "_" and "." that don't begin with a digit, or
// anything between backquotes. "a:b" is the interaction of a and b, "a * b" is
// short for "a + b + a:b", "factor(a)" takes numbers as categories, and "0" or
// "-1" leaves out the intercept that every other formula has. This is the
// notation of Wilkinson and Rogers (1973) as far as survey work needs it.
//
// A factor is told from its reference: the category with the code or label of ref, or
// its first. "ib3.a" and "i.a" are Stata's words for factor(a, ref=3) and factor(a).
// "poly(a, 2)" has a column for each power, orthogonal to each other, as R has them.
// An expression is as package expression reads it, and what it makes is a variable.
type Formula struct {
	Response  string
	Intercept bool
	Terms     []Term           // single variables first, then their interactions, each in the order given; their variables in the order in which they first come
	Offsets   []string         // variables that are added to the linear predictor as they are
	Made      []expression.Let // the variables that expressions make, each once

	text       string
	references map[string]int // of the variables with one, the byte where it stands
}

// A Term is one variable, or the interaction of several.
type Term []Explaining

// An Explaining variable of a model.
type Explaining struct {
	Name      string
	Factor    bool   // its numbers are categories
	Reference string // of a factor: the code or the label of the category that the others are told from; "" is the first
	Degree    int    // of the polynomial that it is; 0 is none
	Made      bool   // by an expression, which is its name
}

// Limits on a formula.
const (
	maxFormula     = 4096 // bytes
	maxInteraction = 4    // variables in a term
	maxTerms       = 200
	maxDegree      = 9
)

// String writes the formula so that ParseFormula reads the same.
func (f *Formula) String() string {
	var parts []string
	if !f.Intercept {
		parts = append(parts, "0")
	}
	for _, t := range f.Terms {
		parts = append(parts, t.String())
	}
	for _, name := range f.Offsets {
		parts = append(parts, "offset("+f.spelled(name)+")")
	}
	if len(parts) == 0 {
		parts = []string{"1"}
	}
	return f.spelled(f.Response) + " ~ " + strings.Join(parts, " + ")
}

// spelled is a variable as the formula has it.
func (f *Formula) spelled(name string) string {
	if f.made(name) != nil {
		return name
	}
	return quoted(name)
}

// made is the let of a name, or nil.
func (f *Formula) made(name string) *expression.Let {
	for i := range f.Made {
		if f.Made[i].Name == name {
			return &f.Made[i]
		}
	}
	return nil
}

func (t Term) String() string {
	names := make([]string, len(t))
	for i, v := range t {
		names[i] = v.String()
	}
	return strings.Join(names, ":")
}

func (v Explaining) String() string {
	if v.Reference == "" {
		return v.called()
	}
	ref := v.Reference
	if _, err := strconv.ParseFloat(ref, 64); err != nil || !isNumber(ref) {
		ref = `"` + strings.ReplaceAll(ref, `"`, `""`) + `"`
	}
	return strings.TrimSuffix(v.called(), ")") + ", ref=" + ref + ")"
}

// called is the variable in the names of its coefficients.
func (v Explaining) called() string {
	switch {
	case v.Made:
		return v.Name
	case v.Factor:
		return "factor(" + quoted(v.Name) + ")"
	case v.Degree > 0:
		return "poly(" + quoted(v.Name) + ", " + strconv.Itoa(v.Degree) + ")"
	}
	return quoted(v.Name)
}

func quoted(name string) string {
	plain := name != "" && name != "factor" && stata.FindString(name) == ""
	for i, r := range name {
		plain = plain && isNamed(r, i == 0)
	}
	if plain {
		return name
	}
	return "`" + name + "`"
}

func isNamed(r rune, first bool) bool {
	return unicode.IsLetter(r) || r == '_' || r == '.' || !first && (unicode.IsDigit(r) || unicode.IsMark(r))
}

// isNumber says whether a text is digits with a sign and a point.
func isNumber(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789.-", r) })
}

// same says whether two terms are the interaction of the same variables.
func (t Term) same(u Term) bool {
	if len(t) != len(u) {
		return false
	}
	for _, v := range t {
		if !slices.Contains(u, v) {
			return false
		}
	}
	return true
}

// Variables lists the variables of a formula, each once.
func (f *Formula) Variables() []string {
	names := []string{f.Response}
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, term := range f.Terms {
		for _, v := range term {
			add(v.Name)
		}
	}
	for _, name := range f.Offsets {
		add(name)
	}
	return names
}

// Inputs lists the variables of a formula and those that its expressions are of.
func (f *Formula) Inputs() []string {
	names := f.Variables()
	for _, l := range f.Made {
		names = append(names, l.Variables()...)
	}
	return names
}
