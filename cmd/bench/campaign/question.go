package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A question is one call of twc estimate, and the same asked of R by campaign.R.
type question struct {
	id   string
	args []string // without the file and the design
	r    string
}

// An ask is a statistic in both.
type ask struct {
	flag, value string
	r           string
	variable    string
}

// drawn collects what a question draws.
type drawn struct {
	c    *rand.Rand
	args []string
	r    []string
	lets []string
}

func (d *drawn) flag(name, value string) { d.args = append(d.args, "--"+name, value) }

// let makes a variable by an expression.
func (d *drawn) let(name string, e expression) {
	d.flag("let", name+" = "+e.twc)
	d.lets = append(d.lets, fmt.Sprintf("%s = quote(%s)", name, e.r))
}

func (d *drawn) codes(name string, k int) (twc, item, r string) {
	var codes []string
	for code := 1; code <= k; code++ {
		if d.c.IntN(2) == 0 {
			codes = append(codes, fmt.Sprint(code))
		}
	}
	if len(codes) == 0 || len(codes) == k {
		codes = []string{"1"}
	}
	return name + "=" + strings.Join(codes, ","), strings.Join(codes, "+"), "c(" + strings.Join(codes, ", ") + ")"
}

// number is a variable of the file, or one that an expression makes.
func (d *drawn) number(name string) string {
	if d.c.IntN(3) == 0 {
		d.let(name, number(d.c, 2))
		return name
	}
	return numeric[d.c.IntN(len(numeric))]
}

// ask draws a statistic; i tells its variables from those of others of the question.
func (d *drawn) ask(i int, quantiles bool) ask {
	list := func(statistic, variable, item, more string) string {
		return fmt.Sprintf("list(statistic = %q, variable = %q, item = %q%s)", statistic, variable, item, more)
	}
	kinds := 6
	if quantiles {
		kinds = 7
	}
	switch d.c.IntN(kinds) {
	case 0, 1:
		v := d.number(fmt.Sprint("n", i))
		return ask{"mean", v, list("mean", v, "all", ""), v}
	case 2:
		v := d.number(fmt.Sprint("n", i))
		return ask{"total", v, list("total", v, "all", ""), v}
	case 3:
		name := fmt.Sprint("t", i)
		if d.c.IntN(2) == 0 {
			d.let(name, truth(d.c, 2))
			return ask{"proportion", name + "=1", list("proportion", name, "1", ", codes = 1"), name}
		}
		twc, item, r := d.codes("c4", 4)
		return ask{"proportion", twc, list("proportion", "c4", item, ", codes = "+r), "c4"}
	case 4:
		twc, item, r := d.codes("c3", 3)
		return ask{"weighted-count", twc, list("count", "c3", item, ", codes = "+r), "c3"}
	case 5:
		over := []string{"y2", "age"}[d.c.IntN(2)]
		return ask{"ratio", "y1/" + over, list("ratio", "y1", "all", fmt.Sprintf(", over = %q", over)), "y1"}
	}
	shares := []string{"0.5", "0.25", "0.9", "0.333"}
	share := shares[d.c.IntN(len(shares))]
	v := []string{"y1", "y2"}[d.c.IntN(2)]
	return ask{"quantile", v + "=" + share, list("quantile", v, share, ", share = "+share), v}
}

// where restricts the question now and then.
func (d *drawn) where() {
	if d.c.IntN(2) == 0 {
		w := truth(d.c, 2)
		d.flag("where", w.twc)
		d.r = append(d.r, fmt.Sprintf("where = quote(%s)", w.r))
	}
}

// by draws breakdowns: categories of the file, or of a recode.
func (d *drawn) by(most int) []string {
	names := []string{"c3", "c4", "g3", "b1"}
	d.c.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:d.c.IntN(most+1)]
	if len(names) > 0 && d.c.IntN(3) == 0 {
		d.let("ages", recode(d.c))
		names[0] = "ages"
	}
	if len(names) > 0 {
		d.flag("by", strings.Join(names, ","))
		d.r = append(d.r, `by = c("`+strings.Join(names, `", "`)+`")`)
	}
	return names
}

// drawQuestion draws one of the questions of a file.
func drawQuestion(c *rand.Rand, s *survey, id string) question {
	d := &drawn{c: c}
	switch c.IntN(14) {
	case 0:
		d.table()
	case 1, 2:
		d.model(s)
	case 3:
		d.compare()
	case 4:
		d.ordinal()
	case 5:
		d.average()
	case 6:
		if s.margins { // which svystandardize does not keep
			d.shares()
		} else {
			d.standardised()
		}
	case 7:
		d.shares()
	case 8:
		d.quantiles()
	default:
		d.figures(s)
	}
	if len(d.lets) > 0 {
		d.r = append(d.r, "lets = list("+strings.Join(d.lets, ", ")+")")
	}
	return question{id, d.args, fmt.Sprintf("question(%q, d, %s)\n", id, strings.Join(d.r, ", "))}
}

func (d *drawn) figures(s *survey) {
	n := 1 + d.c.IntN(4)
	how := []string{"", "", "contrast", "pairs", "everyone", "trend"}[d.c.IntN(6)]
	var asks []string
	seen, shares := map[string]bool{}, false
	for i := range n {
		a := d.ask(i, how == "")
		if seen[a.flag+a.value] {
			continue
		}
		seen[a.flag+a.value] = true
		shares = shares || a.flag == "proportion"
		d.flag(a.flag, a.value)
		asks = append(asks, a.r)
	}
	d.r = append(d.r, "asks = list("+strings.Join(asks, ", ")+")")
	d.where()
	most := 2
	if how != "" {
		most = 1
	}
	by := d.by(most)
	if shares {
		ci := []string{"logit", "logit", "wald", "asin", "beta"}[d.c.IntN(5)]
		d.flag("ci", ci)
		d.r = append(d.r, fmt.Sprintf("ci = %q", ci))
	}
	if s.whole && d.c.IntN(2) == 0 {
		d.flag("design-effect", "without")
		d.r = append(d.r, "effect = TRUE")
	}
	if len(by) == 0 || how == "" {
		return
	}
	d.r = append(d.r, fmt.Sprintf("compare = %q", how))
	d.freedom()
	switch how {
	case "everyone":
		d.flag("against", "everyone")
		d.args = append(d.args, "--contrast")
	default:
		d.args = append(d.args, "--"+how)
	}
}

// compare draws contrasts by expressions of the figures of one statistic.
func (d *drawn) compare() {
	a := d.ask(0, false)
	d.flag(a.flag, a.value)
	d.where()
	d.r = append(d.r, "asks = list("+a.r+")")
	d.freedom()
	d.contrasts([]string{"g3", "c3"}[d.c.IntN(2)])
}

// contrasts draws contrasts of the categories of a breakdown.
func (d *drawn) contrasts(by string) {
	d.flag("by", by)
	d.r = append(d.r, fmt.Sprintf("by = %q", by))
	code := func(k int) string { return fmt.Sprintf("list(variable = %q, code = %d)", by, k) }
	forms := []struct {
		twc, r, of string
		ratio      bool
	}{
		{"V=1 - everyone", "b1 - b2", code(1) + ", list()", false},
		{"(V=1 + V=2)/2 - V=3", "(b1 + b2) / 2 - b3", code(1) + ", " + code(2) + ", " + code(3), false},
		{"V=2 - 0.25*V=1 - 0.75*V=3", "b2 - 0.25 * b1 - 0.75 * b3", code(1) + ", " + code(2) + ", " + code(3), false},
		{"V=3 / V=1", "b2 / b1", code(1) + ", " + code(3), true},
		{"V=2 / everyone", "b1 / b2", code(2) + ", list()", true},
	}
	var made []string
	for _, i := range d.c.Perm(len(forms))[:3] {
		f := forms[i]
		twc := strings.ReplaceAll(f.twc, "V", by)
		d.flag("compare", twc)
		made = append(made, fmt.Sprintf("list(text = %q, of = list(%s), e = quote(%s), ratio = %s)", twc, f.of, f.r, strings.ToUpper(fmt.Sprint(f.ratio))))
	}
	d.r = append(d.r, "expressions = list("+strings.Join(made, ", ")+")")
}

func (d *drawn) table() {
	names := []string{"c3", "c4", "b1", "g3", "b2"}
	d.c.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	if d.c.IntN(3) == 0 {
		d.let("ages", recode(d.c))
		names[0] = "ages"
	}
	d.flag("table", names[0]+"+"+names[1])
	d.r = append(d.r, fmt.Sprintf("table = c(%q, %q)", names[0], names[1]))
	d.where()
}
