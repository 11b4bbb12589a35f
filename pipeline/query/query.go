// Package query makes of a question the statements by which a database that has the
// respondents tallies them: what tally.Part reads. They are plain GROUP BYs, one a
// breakdown, of whole numbers; weights are made whole by FLOOR, and no sum is of
// floating-point numbers. A choice is CASE WHEN alone: of COALESCE, foreign tables
// fetch every row.
package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/tally"
)

// A Variable is one of a plan as a table has it.
type Variable struct {
	Name    string // of the plan
	Column  string // of the table
	Text    bool
	Missing codebook.Missings      // codes that are no category
	From    []float64              // where bands of its numbers begin, which are its categories then; nil is none
	Holds   *expression.Expression // the condition that it is; nil is none
}

// A Table is where the respondents are.
type Table struct {
	From        string // as the database takes it, with a schema or without
	Columns     []Variable
	Inputs      []Variable // of conditions
	Stratum     []Variable
	Clusters    []Variable
	Weight      string // the column; "" weighs each row 1
	Respondents bool   // were drawn themselves
}

// Statements are those that make the part of a head: its first record, what was drawn, and
// each breakdown. They are refused where a plan asks for more than weights.
func Statements(h tally.Head, t *Table, d *Dialect) ([]string, refusal.Problems) {
	c := &compiler{Head: &h, Table: t, Dialect: d, at: map[string]int{}, made: map[string][2]string{}}
	for i, v := range h.Variables {
		c.at[v.Name] = i
	}
	for n := range h.Plans {
		c.plain(&h.Plans[n].Plan)
	}
	c.conditions()
	if c.ps != nil {
		return nil, c.ps
	}
	head, err := plainJSON(h)
	if err != nil {
		panic("query: " + err.Error())
	}
	made := []string{fmt.Sprintf("SELECT 'twc tally', '%d', %s", tally.PartVersion, d.literal(head)), c.drawn()}
	for n := range h.Plans {
		for domain := range h.Plans[n].Domains {
			made = append(made, c.cells(n, domain))
		}
	}
	for _, s := range made {
		if n := strings.Count(s, "\n\t"); d.most > 0 && n > d.most {
			c.ps = append(c.ps, refusal.Problem{Kind: refusal.Usage, Where: "--dialect " + d.Name, What: fmt.Sprintf("a statement of %d columns, want at most %d", n, d.most), Hint: "ask for fewer figures at once"})
			return nil, c.ps
		}
	}
	return made, nil
}

func plainJSON(of any) (string, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(of)
	return strings.TrimSuffix(out.String(), "\n"), err
}

// A compiler writes the statements of a head.
type compiler struct {
	*tally.Head
	*Table
	*Dialect
	at   map[string]int       // of variables, the head's place
	made map[string][2]string // conditions, written
	ps   refusal.Problems
}

// plain refuses what is not made of weights alone.
func (c *compiler) plain(p *tally.Plan) {
	wrong := func(where, what string) {
		for _, before := range c.ps {
			if before.Where == where {
				return
			}
		}
		c.ps = append(c.ps, refusal.Problem{Kind: refusal.Usage, Where: where, What: what, Hint: "twc tally FILE counts it from a file"})
	}
	conditions := func(list []codebook.Condition) {
		for _, w := range list {
			if w.AtLeast != nil || w.AtMost != nil {
				wrong(w.Variable, "limits of numbers are not written as statements")
			}
		}
	}
	for _, d := range p.Domains {
		conditions(d.Where)
	}
	for _, item := range p.Items {
		conditions(item.Base)
		for _, g := range item.Groups {
			conditions(g.Where)
			if g.X.Value != "" || g.Y.Value != "" {
				wrong(g.Y.Value, "means, totals and ratios are not written as statements: an engine's products of floating-point numbers are not ours")
			}
		}
	}
}

// whole is a row's weight in units, and respondent whether it has one that counts.
func (c *compiler) weight() string {
	if c.Weight == "" {
		return c.double("1")
	}
	return c.double(c.name(c.Weight))
}

// power is 2^k as a double.
func (c *compiler) power(k int) string {
	if k < 0 {
		return c.double(strconv.FormatFloat(math.Ldexp(1, k), 'f', -1, 64))
	}
	var of []string
	for ; k > 0 || of == nil; k -= 62 {
		of = append(of, c.double(strconv.FormatInt(1<<min(k, 62), 10)))
	}
	return strings.Join(of, " * ")
}

// rowBits is the bits of a weight in units: a double holds it and a half.
const rowBits = 51

func (c *compiler) units() string { return c.weight() + " * " + c.power(c.K) }

func (c *compiler) respondent() string {
	return fmt.Sprintf("%s > 0 AND %s < %s", c.weight(), c.units(), c.power(rowBits))
}

func (c *compiler) whole() string { return c.integer("FLOOR(" + c.units() + " + 0.5)") }

// missing is a condition on a column's codes that are missing; "" for none.
func (c *compiler) missing(v *Variable) string {
	column := c.name(v.Column)
	var of []string
	if v.Text {
		of = append(of, column+" = ''")
		for _, text := range v.Missing.Texts {
			if text != "" {
				of = append(of, column+" = "+c.literal(text))
			}
		}
		return strings.Join(of, " OR ")
	}
	for _, i := range v.Missing.Numbers {
		var limits []string
		if !math.IsInf(i.Low, -1) {
			limits = append(limits, column+" >= "+number(i.Low))
		}
		if !math.IsInf(i.High, 1) {
			limits = append(limits, column+" <= "+number(i.High))
		}
		if limits != nil {
			of = append(of, strings.Join(limits, " AND "))
		}
	}
	return strings.Join(of, " OR ")
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// index is the place of a row's category: -1 where it has none, and -2 where its code is
// none that the head knows.
func (c *compiler) index(v *Variable) string {
	var b strings.Builder
	if v.Holds != nil {
		return c.held(v)
	}
	column := c.name(v.Column)
	fmt.Fprintf(&b, "CASE WHEN %s IS NULL THEN -1", column)
	if m := c.missing(v); m != "" {
		fmt.Fprintf(&b, " WHEN %s THEN -1", m)
	}
	for i, category := range c.Variables[c.at[v.Name]].Categories {
		code := category.Code
		if v.From != nil && !v.Text {
			fmt.Fprintf(&b, " WHEN %s THEN %d", c.banded(v, code), i)
			continue
		}
		if v.Text {
			code = c.literal(code)
		}
		fmt.Fprintf(&b, " WHEN %s = %s THEN %d", column, code, i)
	}
	if v.From != nil && !v.Text {
		fmt.Fprintf(&b, " WHEN %s < %s THEN -1", column, number(v.From[0]))
	}
	b.WriteString(" ELSE -2 END")
	return b.String()
}

// label is that of a stratum or PSU, NULL where there is none.
func (c *compiler) label(v *Variable) string {
	column := c.name(v.Column)
	if m := c.missing(v); m != "" {
		return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", m, c.text(column))
	}
	return c.text(column)
}

// labels are the names of the labels at a level.
func (c *compiler) labels() []string {
	var names []string
	for i := range c.Stratum {
		names = append(names, fmt.Sprint("twc_s", i))
	}
	for i := range c.psus() {
		names = append(names, fmt.Sprint("twc_p", i))
	}
	return names
}

func (c *compiler) psus() []Variable {
	if c.Respondents {
		return nil
	}
	return c.Clusters[:1]
}

// rows are the rows with labels, weights and places of categories.
func (c *compiler) rows(where string, names map[string]bool) string {
	var of []string
	for i := range c.Stratum {
		of = append(of, c.label(&c.Stratum[i])+fmt.Sprint(" AS twc_s", i))
	}
	for i := range c.psus() {
		of = append(of, c.label(&c.Clusters[i])+fmt.Sprint(" AS twc_p", i))
	}
	if where == "" {
		of = append(of,
			fmt.Sprintf("CASE WHEN %s THEN 1 ELSE 0 END AS twc_respondent", c.respondent()),
			fmt.Sprintf("CASE WHEN %s THEN %s ELSE 0 END AS twc_w", c.respondent(), c.whole()),
			fmt.Sprintf("CASE WHEN %s IS NULL THEN 1 ELSE 0 END AS twc_without", c.bare()),
			fmt.Sprintf("CASE WHEN %s = 0 THEN 1 ELSE 0 END AS twc_zero", c.weight()),
			fmt.Sprintf("CASE WHEN %s < 0 THEN 1 ELSE 0 END AS twc_below", c.weight()))
	} else {
		of = append(of, c.whole()+" AS twc_w")
	}
	for i := range c.Columns {
		v := &c.Columns[i]
		if names[v.Name] {
			of = append(of, fmt.Sprintf("%s AS twc_v%d", c.index(v), c.at[v.Name]))
		}
	}
	made := "SELECT " + strings.Join(of, ",\n\t\t") + "\n\tFROM " + c.From
	if where != "" {
		made += "\n\tWHERE " + where
	}
	return "(" + made + ") twc_rows"
}

// bare is the weight as the table has it.
func (c *compiler) bare() string {
	if c.Weight == "" {
		return "1"
	}
	return c.name(c.Weight)
}

// perStratum says whether what PSUs have is added up over them.
func (c *compiler) perStratum() bool { return c.Level == tally.OfStrata }

// drawn is the statement of what was drawn.
func (c *compiler) drawn() string {
	names := map[string]bool{}
	for _, v := range c.Columns {
		names[v.Name] = true
	}
	labels := c.labels()
	labelled := ""
	for _, l := range labels {
		labelled += l + " IS NOT NULL AND "
	}
	of := []string{}
	column := func(text, name string) { of = append(of, text+" AS "+name) }
	switch c.Level {
	case tally.OfPSUs, tally.OfStrata:
		column(fmt.Sprintf("CASE WHEN %sSUM(twc_zero + twc_respondent) > 0 THEN 1 ELSE 0 END", labelled), "twc_psus")
		column("MAX(twc_respondent)", "twc_met")
	default:
		column(fmt.Sprintf("SUM(CASE WHEN %s1 = 1 THEN twc_zero + twc_respondent ELSE 0 END)", labelled), "twc_psus")
		column("SUM(twc_respondent)", "twc_met")
	}
	column("COUNT(*)", "twc_n")
	column("SUM(twc_without)", "twc_n_without")
	column("SUM(twc_zero)", "twc_n_zero")
	column("SUM(twc_below)", "twc_n_below")
	column("SUM(1 - twc_without - twc_zero - twc_below - twc_respondent)", "twc_n_beyond")
	column("SUM(twc_respondent)", "twc_respondents")
	column("SUM(twc_w)", "twc_weight")
	column("MAX(twc_w)", "twc_most")
	if c.Respondents {
		column("MAX(1)", "twc_largest")
	} else {
		column("SUM(twc_respondent)", "twc_largest")
	}
	open := ""
	for _, w := range c.Head.Population() {
		open += fmt.Sprintf(" AND (twc_v%d < 0 OR %s)", c.at[w.Variable], c.in(w))
	}
	if open == "" {
		column("MAX(0)", "twc_open")
	} else {
		column(fmt.Sprintf("SUM(CASE WHEN twc_respondent = 1%s AND NOT (%s) THEN 1 ELSE 0 END)", open, c.holds(c.Head.Population())), "twc_open")
	}
	for i, v := range c.Variables {
		if names[v.Name] {
			column(fmt.Sprintf("SUM(CASE WHEN twc_respondent = 1 AND twc_v%d = -2 THEN 1 ELSE 0 END)", i), fmt.Sprint("twc_u", i))
		} else {
			column("MAX(0)", fmt.Sprint("twc_u", i))
		}
	}
	from := c.rows("", names)
	if !c.perStratum() {
		return c.grouped("'drawn'", labels, "", of, from)
	}
	within := "(" + c.grouped("", labels, "", of, from) + ") twc_psus_drawn"
	var over []string
	for _, o := range of {
		_, name, _ := strings.Cut(o, " AS twc_")
		name = "twc_" + name
		how := "SUM"
		if name == "twc_most" || name == "twc_largest" {
			how = "MAX"
		}
		over = append(over, how+"("+name+")")
	}
	return c.grouped("'drawn'", labels[:len(c.Stratum)], "", over, within)
}

// grouped is a SELECT of first fields, labels and columns, by cell and labels.
func (c *compiler) grouped(first string, labels []string, cell string, columns []string, from string) string {
	var fields, by []string
	if first != "" {
		fields = append(fields, first)
	}
	if cell != "" {
		fields, by = append(fields, cell), append(by, strings.TrimSuffix(cell, " AS twc_cell"))
	}
	fields, by = append(fields, labels...), append(by, labels...)
	made := "SELECT " + strings.Join(append(fields, columns...), ",\n\t") + "\nFROM " + from
	if by != nil {
		made += "\nGROUP BY " + strings.Join(by, ", ")
	} else {
		made += "\nHAVING COUNT(*) > 0"
	}
	return made
}

// holds is the condition that all of some hold.
func (c *compiler) holds(where []codebook.Condition) string {
	made := "1 = 1"
	for _, w := range where {
		made += " AND " + c.in(w)
	}
	return made
}

// in is the condition that a category is one of some.
func (c *compiler) in(w codebook.Condition) string {
	at := c.at[w.Variable]
	v := c.Variables[at]
	var places []string
	for i, category := range v.Categories {
		for _, code := range w.Categories {
			if code == category.Code {
				places = append(places, strconv.Itoa(i))
			}
		}
	}
	if places == nil {
		return "1 = 0"
	}
	return fmt.Sprintf("twc_v%d IN (%s)", at, strings.Join(places, ", "))
}

// group is the condition of being in a group, and counted in Y.
func (c *compiler) group(item *tally.Item, g *tally.Group) (in, yes string) {
	in = c.holds(item.Base)
	for _, name := range g.Answered {
		in += fmt.Sprintf(" AND twc_v%d >= 0", c.at[name])
	}
	for _, w := range g.Where {
		in += " AND " + c.in(w)
	}
	if g.Except != nil {
		in += fmt.Sprintf(" AND twc_v%d >= 0 AND NOT (%s)", c.at[g.Except.Variable], c.in(*g.Except))
	}
	yes = in
	if g.Y.Holds != nil {
		yes += " AND " + c.in(*g.Y.Holds)
	}
	return in, yes
}

// cells is the statement of a breakdown.
func (c *compiler) cells(plan, domain int) string {
	p := &c.Plans[plan].Plan
	d := &p.Domains[domain]
	names := map[string]bool{}
	for _, name := range p.Variables() {
		names[name] = true
	}
	cell, place := c.holds(d.Where), "0"
	for _, by := range d.By {
		at := c.at[by]
		cell += fmt.Sprintf(" AND twc_v%d >= 0", at)
		place = fmt.Sprintf("(%s) * %d + twc_v%d", place, len(c.Variables[at].Categories), at)
	}
	cell = fmt.Sprintf("CASE WHEN %s THEN %s ELSE -1 END", cell, place)
	var within, over []string // of a PSU, and over PSUs
	add := func(text, name string) { within = append(within, text+" AS "+name) }
	when := func(condition, what string) string {
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE 0 END", condition, what)
	}
	total := func(name string) { over = append(over, "SUM("+name+")") }
	add("COUNT(*)", "twc_n")
	total("twc_n")
	for b, base := range c.Bases(plan) {
		name := fmt.Sprint("twc_b", b)
		add("SUM("+when(c.holds(base), "1")+")", name)
		total(name)
		over = append(over, "SUM("+when(name+" > 0", "1")+")")
	}
	var largest []string
	for i := range p.Items {
		item := &p.Items[i]
		var answered, totals, groups []string
		for k := range item.Groups {
			g := &item.Groups[k]
			in, yes := c.group(item, g)
			name := func(of string) string { return fmt.Sprintf("twc_%s%d_%d", of, i, k) }
			for _, column := range [][3]string{{"n", in, "1"}, {"yes", yes, "1"}, {"x", in, "twc_w"}, {"y", yes, "twc_w"}} {
				add("SUM("+when(column[1], column[2])+")", name(column[0]))
				groups = append(groups, "SUM("+name(column[0])+")")
			}
			answered, totals = append(answered, name("n")), append(totals, name("x"), name("y"))
			if c.Level == tally.OfRespondents {
				for s, condition := range []string{in, yes} {
					for _, product := range c.products("twc_w", "twc_w") {
						add("SUM("+when(condition, product)+")", name(fmt.Sprintf("square%d_%d_", s, len(within))))
					}
				}
			}
			if g.Largest {
				largest = append(largest, "MAX("+when(yes, "twc_w")+") AS "+name("largest"))
			}
		}
		over = append(over, "SUM("+when(strings.Join(answered, " + ")+" > 0", "1")+")")
		over = append(over, groups...)
		for a, x := range totals {
			for _, y := range totals[a:] {
				for _, product := range c.products(x, y) {
					over = append(over, "SUM("+product+")")
				}
			}
		}
	}
	within = append(within, largest...)
	for _, l := range largest {
		_, name, _ := strings.Cut(l, ") AS ")
		over = append(over, "MAX("+name+")")
	}
	first := fmt.Sprintf("'cell', %d, %d", plan, domain)
	from, labels := c.rows(c.respondent(), names), c.labels()
	if !c.perStratum() {
		return c.grouped(first, labels, cell, within, from)
	}
	psus := "(" + c.grouped("", labels, cell+" AS twc_cell", within, from) + ") twc_psus"
	return c.grouped(first, labels[:len(c.Stratum)], "twc_cell", over, psus)
}

// products are those of two whole numbers, or in the 64-bit form of their halves.
func (c *compiler) products(x, y string) []string {
	if c.Head.Form != 64 {
		return []string{fmt.Sprintf("%s * %s", c.wide(x), c.wide(y))}
	}
	upper := func(x string) string { return c.halved(x) }
	lower := func(x string) string { return fmt.Sprintf("(%s - %s * %d)", x, c.halved(x), 1<<tally.Half) }
	return []string{
		fmt.Sprintf("%s * %s", upper(x), upper(y)),
		fmt.Sprintf("(%s * %s + %s * %s)", upper(x), lower(y), lower(x), upper(y)),
		fmt.Sprintf("%s * %s", lower(x), lower(y)),
	}
}
