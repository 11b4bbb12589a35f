package question

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// The most that is shown: codes of a variable of which each is asked for, and
// categories of a breakdown.
const (
	mostCodes      = 50
	mostCategories = 20_000
	mostTrend      = 200 // categories that a trend goes through
	mostCells      = 400 // of a table
)

// Check reports codes that no row has, numbers that are none, which NotNumbers
// describes, and more categories than are shown.
func (q *Question) Check(w *Words, notNumbers func(name string) string) refusal.Problems {
	var ps refusal.Problems
	usage := func(where, format string, args ...any) {
		what, untold := refusal.Said(format, args...)
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: where, What: what, Untold: untold})
	}
	of := func(name string) string { return fmt.Sprintf("%s: variable %q", w.Where, name) }
	codes := func(r Restriction) {
		v := w.Variable(r.Variable)
		if l := q.let(r.Variable); l != nil && l.Condition {
			switch {
			case placeOf(v, chosen) >= 0:
			case q.Controlled != nil: // as of few: that it is nobody would say of anybody that they are not
				ps = append(ps, TooFew(*q.Controlled))
			default:
				usage(l.Flag+" "+l.Expression.String(), "true of nobody, want a condition that chooses some respondents")
			}
			return
		}
		var missing, absent []string
		for _, code := range r.Codes {
			switch {
			case placeOf(v, code) >= 0:
			case place(w.Missing[v.Name], code) >= 0:
				missing = append(missing, w.Missing[v.Name][place(w.Missing[v.Name], code)])
			default:
				absent = append(absent, code)
			}
		}
		if len(missing) > 0 {
			usage(of(v.Name), "declared missing: code %s, want codes that count", strings.Join(missing, ", "))
		}
		if len(absent) > 0 {
			usage(of(v.Name), "no row has code %s, want one of %s", strings.Join(absent, ", "), some(v.Codes()))
			if slices.ContainsFunc(absent, func(code string) bool { return strings.ContainsAny(code, " (+*/<>=") }) {
				ps[len(ps)-1].Hint = "in an expression blanks are around =, and texts in double quotes: " + v.Name + ` = 1 and other in ("A", "B")`
			}
		}
	}
	values := func(names ...string) {
		for _, name := range names {
			v := w.Variable(name)
			if !v.Categorical() {
				usage(of(v.Name), "no row has a value")
			}
		}
	}
	numbers := func(name string) {
		if _, ok := w.number(name); name != "" && !ok {
			spelled := w.Variable(name).Name
			ps = append(ps, refusal.Problem{
				Kind: refusal.Usage, Where: of(spelled), What: notNumbers(name),
				Hint: fmt.Sprintf("--missing %s=NA takes texts, here NA, for missing values", spelled),
			})
		}
	}
	for _, m := range q.Weight.Margins() {
		if m.Total != nil && m.Variable != codebook.All {
			numbers(m.Variable)
			continue
		}
		values(m.Reads()...)
	}
	for _, m := range q.Missing {
		if why := q.unmet(w, m); why != "" {
			usage("--missing", "%s", why)
		}
	}
	for _, name := range q.divides() { // of which all is the word for everyone
		v := w.Variable(name)
		if strings.EqualFold(v.Name, codebook.All) || v.Index(codebook.All) >= 0 {
			usage(of(v.Name), "%q is the name or a code of what divides, and the word for everyone: want another, by --let", codebook.All)
		}
	}
	for _, b := range q.Bands {
		numbers(b.Variable)
	}
	for _, r := range q.Where {
		codes(r)
	}
	for _, ask := range q.Asks {
		if ask.Statistic.Row().Number {
			numbers(ask.Over)
			numbers(ask.Variable)
			continue
		}
		codes(Restriction{ask.Variable, ask.Codes})
		v := w.Variable(ask.Variable)
		if ask.Codes == nil && len(v.Categories) > mostCodes {
			usage(of(v.Name), "%d codes, want at most %d, or the codes to count", refusal.Many(len(v.Categories)), mostCodes)
		}
		values(v.Name)
	}
	ps = append(ps, q.uncalled(w)...)
	for _, c := range q.Tables {
		ps = append(ps, q.checkCrosstab(w, c)...)
	}
	for _, r := range q.Against {
		broken := slices.Concat(q.By...)
		if !slices.ContainsFunc(broken, func(name string) bool { return strings.EqualFold(name, r.Variable) }) {
			usage("--against", "%q is no breakdown%s", r.Variable, refusal.Nearest(r.Variable, broken))
			continue
		}
		codes(r)
	}
	for _, by := range q.By {
		cells := 1
		for _, name := range by {
			cells *= max(len(w.Variable(name).Categories), 1)
		}
		values(by...)
		if cells > mostCategories {
			usage(w.Where, "breakdown %s of %d categories, want at most %d", strings.Join(by, ","), refusal.Many(cells), mostCategories)
		}
		if q.Trend && len(by) == 1 && cells > mostTrend {
			usage("--trend", "breakdown %s of %d categories, want at most %d", by[0], refusal.Many(cells), mostTrend)
		}
	}
	if q.Standard != nil {
		ps = append(ps, w.shares("standard", *q.Standard)...)
	}
	for _, m := range q.Fits {
		ps = append(ps, w.shares("test", m)...)
	}
	if q.Controlled != nil {
		ps = append(ps, q.dumped(w)...)
	}
	return ps
}

// divides are the variables whose categories are told apart: of breakdowns, tables, shares
// and counts.
func (q *Question) divides() []string {
	var names []string
	add := func(more ...string) {
		for _, name := range more {
			if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
				names = append(names, name)
			}
		}
	}
	for _, by := range q.By {
		add(by...)
	}
	for _, c := range q.Tables {
		add(c.variables()...)
	}
	for _, a := range q.Asks {
		if !a.Statistic.Row().Number {
			add(a.Variable)
		}
	}
	return names
}

// some lists codes, of many the first.
func some(codes []string) refusal.Private {
	const most = 12
	shown, more := strings.Join(codes[:min(most, len(codes))], ", "), len(codes)-most
	if more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return refusal.Private{Of: shown, Instead: "its codes"}
}

// unmet says why a missing code takes nothing away, "" where some row has it: most
// likely it is not the code that was meant.
func (q *Question) unmet(w *Words, m MissingCode) string {
	of, err := codebook.ParseMissings([]string{m.Code})
	if err != nil {
		return err.Error()
	}
	spelled := w.Variable(m.Variable).Name
	if _, asked := w.Missing[spelled]; m.Variable != "" && !asked {
		for _, name := range q.Crosswalk().RawNames() {
			if strings.EqualFold(name, m.Variable) {
				return ""
			}
		}
		return fmt.Sprintf("%s=%s: the question does not take %s%s", m.Variable, m.Code, m.Variable, refusal.Nearest(m.Variable, slices.Sorted(maps.Keys(w.Missing))))
	}
	for name, absent := range w.Missing {
		if m.Variable != "" && name != spelled {
			continue
		}
		for _, code := range absent {
			if of.Text(code) {
				return ""
			}
		}
	}
	if m.Variable != "" {
		return fmt.Sprintf("%s=%s: no row has %s in %s", m.Variable, m.Code, m.Code, spelled)
	}
	return fmt.Sprintf("%s: no row has it in any variable that is asked of", m.Code)
}

// Doubts are those of an extract that the question leaves open: one of a code that
// it names is none.
func (q *Question) Doubts(found indicator.Notes) indicator.Notes {
	named := func(variable, code string) bool {
		restrictions := slices.Concat(q.Where, q.Against)
		for _, a := range q.Asks {
			restrictions = append(restrictions, Restriction{a.Variable, a.Codes})
		}
		if slices.ContainsFunc(q.Lets, func(l Let) bool { return l.Names(variable, code) }) {
			return true
		}
		return slices.ContainsFunc(restrictions, func(r Restriction) bool {
			return strings.EqualFold(r.Variable, variable) && place(r.Codes, code) >= 0
		})
	}
	var left indicator.Notes
	for _, n := range found {
		step := 1
		if n.Is(indicator.LabelledMissing) {
			step = 2
		}
		open := false
		for i := 1; i < len(n.Args); i += step {
			open = open || !named(n.Of, n.Args[i])
		}
		if open {
			left.Add(n)
		}
	}
	return left
}

// shares reports what is wrong with those that are given of a variable's categories: one
// that is none, and a category without one.
func (w *Words) shares(what string, given codebook.Margin) refusal.Problems {
	m, ps := w.Margin(what, given)
	where := fmt.Sprintf("%s %q", what, m.Variable)
	v := w.Variable(m.Variable)
	for _, code := range slices.Sorted(maps.Keys(m.Totals)) {
		switch total := m.Totals[code]; {
		case !(total >= 0):
			ps.Add(where, "total of %q is %g, want a population", code, total)
		case v.Index(code) < 0 && total > 0:
			ps.AddHint("merge the category with another", where, "no respondents in %s in the population", refusal.Category(code, total))
		}
	}
	for _, code := range v.Codes() {
		left := what == "standard" && w.Chosen != nil && !w.Chosen(m.Variable, code) // by --where
		if m.Totals[code] == 0 && !left {
			ps.Add(where, "respondents in %s, which has no population", refusal.Category(code, 0))
		}
	}
	return ps
}

// A Reply is an estimate in a file's own words. Its item is the code or codes of
// a proportion, or the probability of a quantile; "" is the one that there is.
type Reply struct {
	indicator.Estimate
	Variable  string
	ItemLabel string
	Codes     []string            // that the item counts together; nil of what counts none
	Label     string              // of the category; crossed ones are joined by commas
	Crossed   []codebook.Category // those of each variable of the breakdown
	Deviation float64             // of a mean's variable, where a question wants it; NaN where not
}

// Yes is how many respondents a share or a count counts, -1 of what has no sides.
func (r *Reply) Yes() int {
	n := -1
	for _, g := range r.Groups {
		if g.Yes >= 0 {
			n = max(n, 0) + g.Yes
		}
	}
	return n
}

// Replies are the estimates of an ask's definition in the order of an answer: by
// breakdown, item and category.
func (q *Question) Replies(w *Words, ask Ask, estimates []indicator.Estimate) []Reply {
	found := make(map[indicator.Key]*indicator.Estimate, len(estimates))
	for i := range estimates {
		e := &estimates[i]
		found[indicator.Key{Breakdown: e.Breakdown, Category: e.Category, Item: e.Item}] = e
	}
	type item struct {
		key, code, label string
		codes            []string
	}
	items := []item{{key: codebook.All}}
	switch {
	case ask.Statistic == indicator.Quantile:
		items = nil
		for _, share := range ask.At {
			items = append(items, item{key: indicator.QuantileID(share), code: codebook.Spell(share)})
		}
	case !ask.Statistic.Row().Number:
		items = nil
		for _, of := range w.items(ask) {
			items = append(items, item{of.code, of.code, of.label, of.codes})
		}
	}
	title := w.Variable(ask.Variable).Name
	if ask.Over != "" {
		title += "/" + w.Variable(ask.Over).Name
	}
	var answers []Reply
	for _, cells := range q.Cells(w) {
		of := make([][]Reply, len(items))
		for n := range of {
			of[n] = make([]Reply, 0, len(cells))
		}
		for _, cell := range cells {
			for n, item := range items {
				a := Reply{Variable: title, ItemLabel: item.label, Codes: item.codes, Crossed: cell.Crossed, Label: cell.Label, Deviation: math.NaN()}
				key := indicator.Key{Breakdown: cell.Breakdown, Category: cell.Category, Item: item.key}
				if e := found[key]; e != nil {
					a.Estimate = *e
				}
				a.Item = item.code
				if ask.Statistic == indicator.Quantile {
					n = 0 // a category's quantiles stay together
				}
				of[n] = append(of[n], a)
			}
		}
		answers = append(answers, slices.Concat(of...)...)
	}
	return answers
}

// A Cell is a category of a breakdown; of everyone both are codebook.All.
type Cell struct {
	Breakdown, Category, Label string
	Variables                  []string            // of the breakdown
	Crossed                    []codebook.Category // of each of them
}

// Cells are the categories of each breakdown, everyone first.
func (q *Question) Cells(w *Words) [][]Cell {
	var made [][]Cell
	for _, by := range q.Breakdowns() {
		breakdown, crossings := codebook.All, [][]codebook.Category{nil}
		if by != nil {
			breakdown = indicator.Cross(w.names(by)...)
		}
		for _, name := range by {
			var next [][]codebook.Category
			for _, before := range crossings {
				for _, c := range w.Variable(name).Categories {
					next = append(next, append(slices.Clip(before), c))
				}
			}
			crossings = next
		}
		var cells []Cell
		for _, crossed := range crossings {
			cell := Cell{Breakdown: breakdown, Variables: w.names(by), Crossed: crossed}
			cell.Category, cell.Label = CategoryOf(crossed)
			cells = append(cells, cell)
		}
		made = append(made, cells)
	}
	return made
}

// CategoryOf is the code and the label of a crossed category.
func CategoryOf(crossed []codebook.Category) (code, label string) {
	if crossed == nil {
		return codebook.All, ""
	}
	var codes, labels []string
	for _, c := range crossed {
		text := c.Label
		if text == "" {
			text = c.Code
		}
		codes, labels = append(codes, c.Code), append(labels, text)
	}
	return indicator.Cross(codes...), strings.Join(labels, ", ")
}
