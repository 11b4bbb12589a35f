package main

import (
	"fmt"
	"strings"
)

// explained are right sides of formulas.
var explained = []string{"age", "y2", "age + y2", "factor(c3)", "age + factor(g3)", "factor(c3) + factor(g3)", "age + factor(c3) + b2", "b2*factor(g3)"}

// among is one of several.
func (d *drawn) among(of ...string) string { return of[d.c.IntN(len(of))] }

// freedom asks for a rule of the degrees of freedom now and then.
func (d *drawn) freedom() {
	if d.c.IntN(3) > 0 {
		return
	}
	rule := d.among("design", "domain", "7", "2.5")
	d.flag("df", rule)
	d.r = append(d.r, fmt.Sprintf("rule = %q", rule))
}

// restricted asks of a part now and then, by a condition that chooses enough for a model.
func (d *drawn) restricted() {
	if d.c.IntN(3) == 0 {
		d.flag("where", "age >= 30")
		d.r = append(d.r, "where = quote(age >= 30)")
	}
}

func (d *drawn) model(s *survey) {
	response := d.among("y1", "b1", "y3")
	family := map[string]string{"y1": "gaussian", "b1": "quasibinomial", "y3": "quasipoisson"}[response]
	formula := response + " ~ " + d.among(explained...)
	d.flag("model", formula)
	d.flag("family", family)
	d.r = append(d.r, "model = "+formula, "family = "+family+"()")
	d.restricted()
	d.freedom()
	if family == "gaussian" && s.linearised() && d.c.IntN(2) == 0 {
		errors := d.among("cr2", "bell-mccaffrey")
		d.flag("errors", errors)
		d.r = append(d.r, fmt.Sprintf("errors = %q", errors))
	}
}

func (d *drawn) ordinal() {
	formula := "c4 ~ " + d.among("age", "age + b2", "factor(g3)", "age + factor(g3)", "factor(c3) + b2")
	d.flag("model", formula)
	d.flag("family", "ordinal")
	d.r = append(d.r, "ordinal = "+formula)
	d.restricted()
}

func (d *drawn) average() {
	response := d.among("y1", "b1", "y3")
	family := map[string]string{"y1": "gaussian", "b1": "quasibinomial", "y3": "quasipoisson"}[response]
	by := d.among("g3", "b2")
	formula := response + " ~ " + map[string]string{"g3": "age + factor(g3)", "b2": "age + factor(c3) + b2"}[by]
	errors := d.among("sampled", "fixed", "separate")
	d.flag("model", formula)
	d.flag("family", family)
	d.flag("predict", map[string]string{"g3": "g3", "b2": "b2=0,1"}[by])
	d.flag("slope", "age")
	d.flag("predict-error", errors)
	d.r = append(d.r, "model = "+formula, "family = "+family+"()", fmt.Sprintf("average = list(by = %q, slope = \"age\", errors = %q)", by, errors))
	d.restricted()
}

func (d *drawn) standardised() {
	variable := d.among("y1", "y2")
	list := fmt.Sprintf("list(statistic = \"mean\", variable = %q, item = \"all\")", variable)
	d.flag("mean", variable)
	over := d.among("b1", "b2")
	d.flag("by", over)
	population := []int{1 + d.c.IntN(9), 1 + d.c.IntN(9), 1 + d.c.IntN(9)}
	d.flag("standardise", fmt.Sprintf("g3:1=%d,2=%d,3=%d", population[0], population[1], population[2]))
	d.r = append(d.r, "asks = list("+list+")", fmt.Sprintf("by = %q", over), fmt.Sprintf("standard = list(by = \"g3\", population = c(%d, %d, %d))", population[0], population[1], population[2]))
	d.restricted()
}

func (d *drawn) shares() {
	variable, k := "c3", 3
	if d.c.IntN(2) == 0 {
		variable, k = "g3", 3
	}
	var codes, shares []string
	whole := 0
	parts := make([]int, k)
	for i := range parts {
		parts[i] = 2 + d.c.IntN(8)
		whole += parts[i]
	}
	for i, part := range parts {
		codes, shares = append(codes, fmt.Sprintf("%d=%d", i+1, part)), append(shares, fmt.Sprintf("%d/%d", part, whole))
	}
	d.flag("test", variable+":"+strings.Join(codes, ","))
	d.r = append(d.r, fmt.Sprintf("shares = list(variable = %q, p = c(%s))", variable, strings.Join(shares, ", ")))
	d.restricted()
}

// quantiles draws contrasts of a quantile.
func (d *drawn) quantiles() {
	variable, share := d.among("y1", "y2"), d.among("0.5", "0.25", "0.333")
	d.flag("quantile", variable+"="+share)
	d.r = append(d.r, fmt.Sprintf("asks = list(list(statistic = \"quantile\", variable = %q, item = %q, share = %s))", variable, share, share), "quantiles = TRUE")
	d.restricted()
	d.contrasts("g3")
}
