package codebook

import (
	"fmt"
	"slices"

	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/refusal"
)

// expressed is the derivation's expression, of names as the catalogue has them.
func (d *Derivation) expressed() (*expression.Expression, *expression.Fault) {
	return expression.Parse(d.Expression, expression.OfCatalogue)
}

// Program is the derivation's expression, which Parse has checked, as it is evaluated:
// its inputs are Inputs in some order, categories by their places among those of their variable.
func (b *Codebook) Program(d *Derivation) (*expression.Program, []expression.Fault) {
	e, fault := d.expressed()
	if fault != nil {
		return nil, []expression.Fault{*fault}
	}
	return e.Check(func(name string) (expression.Variable, bool) {
		v, ok := b.Variables[name]
		return Expressed(v), ok
	}, b.Names())
}

// Expressed is a common variable as expressions take it.
func Expressed(v Variable) expression.Variable {
	made := expression.Variable{Name: v.Name}
	if v.Categorical() {
		made.Form, made.Closed = expression.Text, true
		for _, c := range v.Categories {
			made.Values = append(made.Values, expression.Value{Code: c.Code, Label: c.Label})
		}
	}
	return made
}

// checkExpression reports what is wrong with the expression of v at a place, and a
// result that is not one of v's.
func (d *Derivation) checkExpression(b *Codebook, v Variable, at string) refusal.Problems {
	var ps refusal.Problems
	p, faults := b.Program(d)
	for _, f := range faults {
		shown := f.Problem(refusal.Data, at)
		shown.Where, shown.What = at, fmt.Sprintf("character %d of the expression: %s", f.Character(), shown.What)
		ps = append(ps, shown)
	}
	switch {
	case faults != nil:
	case len(p.Inputs) == 0:
		ps.Add(at, "variable %q is derived from no variable", v.Name)
	case v.Categorical() == (p.Form == expression.Number):
		ps.Add(at, "variable %q: the expression gives %s, want %s", v.Name, map[bool]string{true: "a number", false: "no number"}[v.Categorical()],
			map[bool]string{true: `a category, as recode(age; 16..24 = "young") or a condition gives one`, false: "one"}[v.Categorical()])
	case p.Form == expression.Truth:
		if v.Categorical() && !slices.Equal(slices.Sorted(slices.Values(v.Codes())), []string{"no", "yes"}) {
			ps.Add(at, "variable %q: a condition gives the categories yes and no", v.Name)
		}
	default:
		for _, value := range p.Values {
			if v.Categorical() {
				ps = append(ps, v.checkCategories(at, value.Code)...)
			}
		}
	}
	return ps
}

// parts are the categories of a variable that are in each of what a derivation makes of
// it alone; nil where it makes it of another, or of several.
func (b *Codebook) parts(d *Derivation, variable string) map[string][]string {
	if d.Recode != nil && d.Recode.Of == variable {
		return d.Recode.Into
	}
	if inputs := d.Inputs(); d.Expression == "" || len(inputs) != 1 || inputs[0] != variable {
		return nil
	}
	p, faults := b.Program(d)
	if faults != nil {
		return nil
	}
	codes := b.Variables[variable].Codes()
	parts := map[string][]string{}
	load := func(_ int, to *expression.Block) {
		for i := range codes {
			to.Codes[i], to.Numbers[i], to.Kinds[i] = int32(i), 0, 0
		}
	}
	p.Evaluate(len(codes), load, func(made *expression.Block) {
		for i, code := range codes {
			if made.Kinds[i] == 0 {
				whole := Made(p, made, i)
				parts[whole] = append(parts[whole], code)
			}
		}
	})
	return parts
}

// Made is the category that a program made of a row which is not missing.
func Made(p *expression.Program, b *expression.Block, row int) string {
	switch {
	case p.Form == expression.Text:
		return p.Values[b.Codes[row]].Code
	case b.Numbers[row] != 0:
		return "yes"
	}
	return "no"
}
