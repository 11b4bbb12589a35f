// Package indicator holds what is measured: the definitions of indicators,
// and the Estimate that everything downstream carries.
//
// A definition speaks only of common variables, so that it holds for every
// wave whose crosswalk gives them. A figure without its population, base,
// wave and weight is not a figure: an Estimate carries all of them.
package indicator

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
)

// A Definition is one indicator. The formats are described in
// indicators/README.md.
type Definition struct {
	ID          string              `yaml:"id"`
	Title       string              `yaml:"title"`
	Measures    []string            `yaml:"measures"`
	Leads       []string            `yaml:"leads"`
	Surveys     []string            `yaml:"surveys"`
	Statistic   Statistic           `yaml:"statistic"`
	Of          *codebook.Condition `yaml:"of"`
	Over        *codebook.Condition `yaml:"over"`
	With        *codebook.Condition `yaml:"with"`
	Between     *Between            `yaml:"between"`
	Quantiles   []float64           `yaml:"at"`   // the shares that quantiles are of
	Rule        string              `yaml:"rule"` // of quantiles, QuantileRules; "" is hf1
	Standardise *Standard           `yaml:"standardise"`
	Interval    string              `yaml:"interval"` // its method; "" is that of the statistic
	Level       float64             `yaml:"level"`    // of the interval, in percent; 0 is 95
	Freedom     string              `yaml:"freedom"`  // whose degrees of freedom a figure has, Freedoms or a number; "" is FreedomDomain
	Items       []Item              `yaml:"items"`
	Base        Base                `yaml:"base"`
	Analysis    string              `yaml:"unit_of_analysis"` // codebook.Household; "" is a person
	Breakdowns  []string            `yaml:"breakdowns"`
	Populations []string            `yaml:"populations"`
	Breaks      []Break             `yaml:"breaks"`
	Contrast    string              `yaml:"contrast"` // of the changes of two groups: ContrastOfChanges or ""
	Direction   string              `yaml:"direction"`
	Precision   *int                `yaml:"precision"`
	Targets     []plan.Target       `yaml:"targets"`
	Note        string              `yaml:"note"`

	Tabled *Tabled `yaml:"-"` // of a series' indicator: how it is made; nil of surveys

	Compare *Comparisons `yaml:"-"` // of a question; a definition that compares has between

	page *codebook.Page
	keys []string // of the definition in its page, where that holds more
	each []Item   // of a comparison without a category, one of each
}

// An Item is one of several things that an indicator gives a figure for.
type Item struct {
	ID    string              `yaml:"id" json:"id"`
	Label string              `yaml:"label" json:"-"`
	Of    *codebook.Condition `yaml:"of" json:"of"`
	Base  Base                `yaml:"base" json:"base"`

	Category []string `json:"category,omitempty"` // that is compared, where the definition names none
	Share    float64  `json:"share,omitempty"`    // of a quantile
}

// A Base is who is counted, in words and in codes.
type Base struct {
	Label string               `yaml:"label" json:"-"`
	Where []codebook.Condition `yaml:"where" json:"where,omitempty"`
}

// Between names the two groups of a comparison; without a category, each
// other one is compared with the reference, and with one of all categories each. A
// category that is in the reference is a part, and the reference the whole that holds it.
type Between struct {
	Variable  string   `yaml:"variable" json:"variable"`
	Category  []string `yaml:"category" json:"category"`
	Reference []string `yaml:"reference" json:"reference"`
}

// A Break says that a survey's figures from a wave on cannot be compared with
// those before it.
type Break struct {
	From   codebook.SourceID `yaml:"from"`
	Reason string            `yaml:"reason"`
}

// ContrastOfChanges says that a gap is between an area or group and one that it
// is compared with, so that its change from one wave to another is a difference
// in differences.
const ContrastOfChanges = "difference-in-differences"

// Contrasted are the groups whose changes a change of the item compares, as a
// note of it; the zero Note where the definition declares no such contrast.
func (d *Definition) Contrasted(item string) Note {
	if d.Contrast == "" || d.Between == nil {
		return Note{}
	}
	category := d.Between.Category
	for _, each := range d.each {
		if each.ID == item {
			category = each.Category
		}
	}
	return Note{Code: DiffInDiff, Args: []string{strings.Join(category, "+"), strings.Join(d.Between.Reference, "+")}}
}

// Weight is the name of the weight that the definition's figures take in a
// wave: that of households where it is of them, otherwise that of the variables
// that divide the respondents. It is "" for households in a wave without one.
func (d *Definition) Weight(book *codebook.Codebook, x *codebook.Crosswalk, by []string) string {
	if d.Analysis == codebook.Household {
		return x.HouseholdWeight()
	}
	return book.Weight(d.Groups(by)...)
}

// Lacks lists what a wave does not give of an item: variables, and the weight.
func (d *Definition) Lacks(book *codebook.Codebook, x *codebook.Crosswalk, item Item) []string {
	lacks := book.Lacks(x, d.Needs(item)...)
	if d.Weight(book, x, nil) == "" {
		lacks = append(lacks, WeightOfHouseholds)
	}
	return lacks
}

// WeightOfHouseholds is what a wave lacks that has no weight of households.
const WeightOfHouseholds = "weight of households"

// Decimals is the precision that a definition has unless it says less.
const Decimals = 6

// Parse reads a definition page against the common codebook. The page's file
// ends in <id>.yaml.
func Parse(page *codebook.Page, book *codebook.Codebook) (*Definition, refusal.Problems) {
	d := &Definition{page: page}
	ps := page.Decode(d)
	if page.Broken() != nil {
		return d, ps
	}
	page.CheckFile(&ps, "id", d.ID)
	ps = append(ps, checkHead(d, page.At)...)
	if d.Analysis != "" && d.Analysis != codebook.Person && d.Analysis != codebook.Household {
		ps.Add(page.At("unit_of_analysis"), "unit_of_analysis %q, want %s or %s", d.Analysis, codebook.Person, codebook.Household)
	}
	switch {
	case d.Contrast == "":
	case d.Contrast != ContrastOfChanges:
		ps.Add(page.At("contrast"), "contrast %q, want %s%s", d.Contrast, ContrastOfChanges, refusal.Nearest(d.Contrast, []string{ContrastOfChanges}))
	case d.Statistic != Gap && d.Statistic != MeanGap:
		ps.Add(page.At("contrast"), "a difference in differences of %s, want a gap or a mean-gap between the two groups", d.Statistic.Row().A)
	}
	ps = append(ps, d.checkStatistic(book)...)
	ps = append(ps, d.checkInterval()...)
	ps = append(ps, d.checkStandard(book)...)
	ps = append(ps, d.checkTargets(page.At)...)
	for i, w := range d.Base.Where {
		ps = append(ps, w.Check(book, page.At("base", "where", index(i)))...)
	}
	for i, b := range d.Breakdowns {
		at := page.At("breakdowns", index(i))
		for _, name := range Crossed(b) {
			if v, ok := book.Variables[name]; !ok {
				ps.Add(at, "no breakdown %q%s", name, refusal.Nearest(name, book.Names()))
			} else if !v.Categorical() {
				ps.Add(at, "breakdown %q is a number, want a variable with categories", name)
			} else {
				ps = append(ps, v.CheckBreakdown(at)...)
			}
		}
		if names := Crossed(b); len(names) > 1 && len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names) {
			ps.Add(at, "breakdown %q crosses a variable with itself", b)
		}
		if slices.Contains(d.Breakdowns[:i], b) {
			ps.Add(at, "breakdown %q is listed twice", b)
		}
	}
	return d, ps
}

// checkHead reports what is wrong with what all definitions have, at the places
// of their keys.
func checkHead(d *Definition, at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	codebook.CheckForm(&ps, at("id"), "id", d.ID)
	if d.Title == "" {
		ps.Add(at("title"), "no title")
	}
	if d.Base.Label == "" {
		ps.Add(at("base"), "no base label: say in words who is counted")
	}
	switch d.Direction {
	case "higher", "lower", "none":
	default:
		ps.Add(at("direction"), "direction %q, want higher, lower or none", d.Direction)
	}
	if d.Precision != nil && (*d.Precision < 0 || *d.Precision > Decimals) {
		ps.Add(at("precision"), "precision %d, want 0 to %d decimals", *d.Precision, Decimals)
	}
	for i, b := range d.Breaks {
		if b.From == "" || b.Reason == "" {
			ps.Add(at("breaks", index(i)), "a break needs from and reason")
		} else if _, err := codebook.ParseSourceID(string(b.From)); err != nil {
			ps.Add(at("breaks", index(i)), "from %v", err)
		}
	}
	return ps
}

func (d *Definition) checkTargets(at func(keys ...string) string) refusal.Problems {
	return plan.CheckTargets(d.Targets, plan.Scope{Direction: d.Direction, Items: d.ItemCodes(), Populations: d.Populations}, at)
}

func (d *Definition) checkStatistic(book *codebook.Codebook) refusal.Problems {
	var ps refusal.Problems
	page := d.page
	if !slices.Contains(Statistics(), d.Statistic) {
		var names []string
		for _, s := range Statistics() {
			names = append(names, string(s))
		}
		ps.Add(page.At("statistic"), "no statistic %q%s; want one of %s", d.Statistic, refusal.Nearest(string(d.Statistic), names), strings.Join(names, ", "))
		return ps
	}
	if (d.Of == nil) == (len(d.Items) == 0) {
		ps.Add(page.At("of"), "want of or items, and only one of them")
	}
	row := d.Statistic.Row()
	counted := func(w *codebook.Condition, keys ...string) {
		at := page.At(keys...)
		switch {
		case w == nil:
			ps.Add(at, "nothing is counted: want of")
		case !row.Number:
			ps = append(ps, w.Check(book, at)...)
		default:
			v, ok := book.Variables[w.Variable]
			if !ok {
				ps.Add(at, "no variable %q%s", w.Variable, refusal.Nearest(w.Variable, book.Names()))
			} else if v.Categorical() || len(w.Categories) > 0 || w.AtLeast != nil || w.AtMost != nil {
				ps.Add(at, "%s is of a number, %q is not one or has conditions", row.A, w.Variable)
			}
		}
	}
	if d.Of != nil {
		counted(d.Of, "of")
	}
	seen := map[string]bool{}
	for i, item := range d.Items {
		at := page.At("items", index(i))
		codebook.CheckEntry(&ps, at, "item", "an id", item.ID, item.Label, seen)
		counted(item.Of, "items", index(i), "of")
		for j, w := range item.Base.Where {
			ps = append(ps, w.Check(book, page.At("items", index(i), "base", "where", index(j)))...)
		}
	}
	for _, key := range []struct {
		name  string
		given bool
	}{{KeyOver, d.Over != nil}, {KeyWith, d.With != nil}, {KeyBetween, d.Between != nil}, {KeyAt, d.Quantiles != nil}} {
		if key.given == slices.Contains(row.Needs, key.name) {
			continue
		}
		if of, many := needing(key.name); many == 1 {
			ps.Add(page.At(key.name), "%s belongs to %s, and %s needs it", key.name, of, of)
		} else {
			ps.Add(page.At(key.name), "%s belongs to %s, and they need it", key.name, of)
		}
	}
	needs := func(key string) bool { return slices.Contains(row.Needs, key) }
	if d.Over != nil && needs(KeyOver) {
		counted(d.Over, KeyOver)
	}
	if d.With != nil && needs(KeyWith) {
		counted(d.With, KeyWith)
	}
	if b := d.Between; b != nil && needs(KeyBetween) {
		groups := [][]string{b.Category, b.Reference}
		if d.Expand(book); d.each != nil {
			groups = groups[1:]
		}
		for _, group := range groups {
			w := codebook.Condition{Variable: b.Variable, Categories: group}
			ps = append(ps, w.Check(book, page.At("between"))...)
		}
		both := slices.DeleteFunc(slices.Clone(b.Category), func(c string) bool { return !slices.Contains(b.Reference, c) })
		switch nested := nested(b.Category, b.Reference); {
		case nested && d.Standardise != nil:
			ps.Add(page.At("between"), "a part is not standardised beside the whole that holds it: want groups that share nobody")
		case len(both) > 0 && !nested:
			ps.Add(page.At("between"), "category %q is in both groups, want none there, or a part of the reference against all of it", both[0])
		}
	}
	return ps
}

// At returns the place of a part of the definition.
func (d *Definition) At(keys ...string) string { return d.page.At(slices.Concat(d.keys, keys)...) }

// File returns the name of the definition's page in the catalogue.
func (d *Definition) File() string { return d.page.File }

// Text returns the definition's page, as it was read.
func (d *Definition) Text() []byte { return d.page.Text() }

// Places returns the decimals of the definition's figures.
func (d *Definition) Places() int {
	if d.Precision != nil {
		return *d.Precision
	}
	return Decimals
}

// Unit is the unit that the definition's values are published in.
func (d *Definition) Unit(book *codebook.Codebook) string {
	if d.Tabled != nil {
		return d.Tabled.Unit
	}
	if unit := d.Statistic.Row().Unit; unit != "" && d.Statistic != Ratio {
		return unit
	}
	of := book.Variables[d.Figures()[0].Of.Variable].Unit
	if d.Statistic == Ratio {
		return ratioUnit(of, book.Variables[d.Over.Variable].Unit)
	}
	return of
}

// ItemCodes lists the codes of the definition's items; codebook.All where it has
// one figure.
func (d *Definition) ItemCodes() []string {
	var codes []string
	switch {
	case d.Tabled != nil:
		for _, p := range d.Tabled.Parts {
			codes = append(codes, p.ID)
		}
	default:
		for _, item := range d.Figures() {
			codes = append(codes, item.ID)
		}
	}
	return codes
}

// By lists the definition's breakdowns: its own, or the codebook's standard
// ones.
func (d *Definition) By(book *codebook.Codebook) []string {
	if d.Breakdowns != nil {
		return d.Breakdowns
	}
	by := make([]string, len(book.Breakdowns))
	for i, b := range book.Breakdowns {
		by[i] = b.Variable
	}
	return by
}

// Cross joins the variables of a breakdown, or their categories, with "*". One
// that has a "*" or begins with a quote is in quotes, and quotes in it are
// doubled, so that Crossed gives back what was joined.
func Cross(names ...string) string {
	joined := make([]string, len(names))
	for i, name := range names {
		if joined[i] = name; strings.Contains(name, "*") || strings.HasPrefix(name, `"`) {
			joined[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	return strings.Join(joined, "*")
}

// crossed is one of what is joined: in quotes or without.
var crossed = regexp.MustCompile(`^(?:"((?:[^"]|"")*)"|([^*]*))(\*|$)`)

// Crossed lists the variables of a breakdown: "region*sex" has two.
func Crossed(breakdown string) []string {
	if !strings.Contains(breakdown, `"`) {
		return strings.Split(breakdown, "*")
	}
	var names []string
	for {
		m := crossed.FindStringSubmatch(breakdown)
		if m == nil { // a quote that does not end, or not at a "*"
			return append(names, strings.Split(breakdown, "*")...)
		}
		names = append(names, strings.ReplaceAll(m[1], `""`, `"`)+m[2])
		if m[3] == "" {
			return names
		}
		breakdown = breakdown[len(m[0]):]
	}
}

// Groups lists the variables that divide the respondents of a figure: those
// of its breakdown, and of its two groups where it compares them. They decide
// which weight it takes.
func (d *Definition) Groups(by []string) []string {
	if d.Between == nil {
		return by
	}
	return append([]string{d.Between.Variable}, by...)
}

// Needs lists the variables that an item's figures are made of, breakdowns
// apart.
func (d *Definition) Needs(item Item) []string {
	names := []string{item.Of.Variable}
	for _, w := range slices.Concat(d.Base.Where, item.Base.Where) {
		names = append(names, w.Variable)
	}
	if d.Over != nil {
		names = append(names, d.Over.Variable)
	}
	if d.With != nil {
		names = append(names, d.With.Variable)
	}
	if d.Between != nil {
		names = append(names, d.Between.Variable)
	}
	if d.Standardise != nil {
		names = append(names, d.Standardise.Variable)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Break returns the break that lies between two waves of a survey, which start
// puts in order, if one is declared.
func (d *Definition) Break(from, to codebook.SourceID, start func(codebook.SourceID) string) (Break, bool) {
	for _, b := range d.Breaks {
		if b.From.Survey() == to.Survey() && start(from) < start(b.From) && start(b.From) <= start(to) {
			return b, true
		}
	}
	return Break{}, false
}

// Tolerance is the change in percent, from one period of a series to the next,
// beyond which the series asks to be told; 0 for none.
func (d *Definition) Tolerance() float64 {
	if d.Tabled != nil {
		for _, r := range d.Tabled.Rules {
			if r.Change == d.ID {
				return r.Percent
			}
		}
	}
	return 0
}

// sortedKeys lists a map's keys in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
