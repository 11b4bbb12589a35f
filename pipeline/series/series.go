// Package series holds what bodies return: the table that a body fills in for each
// period, as its page declares it, and a return as it was read. What figures are
// made of a return is for the definitions of indicator.
package series

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Series is a body's return: the table that it fills in for each period. The
// format is described in indicators/README.md.
type Series struct {
	ID         string                    `yaml:"series"`
	Body       string                    `yaml:"body"`
	Title      string                    `yaml:"title"`
	Measures   []string                  `yaml:"measures"`
	Leads      []string                  `yaml:"leads"`
	Population codebook.Population       `yaml:"population"`
	Frequency  Frequency                 `yaml:"frequency"`
	Licence    string                    `yaml:"licence"`
	From       string                    `yaml:"source"` // where the columns were read
	Known      string                    `yaml:"known"`
	Small      string                    `yaml:"small"` // SmallWithheld or SmallPublished
	Sheet      Sheet                     `yaml:"sheet"`
	Areas      Areas                     `yaml:"areas"`
	Columns    map[string]*Column        `yaml:"columns"`
	Ignore     []string                  `yaml:"ignore"` // columns of the table that say nothing
	Marks      map[string]codebook.Names `yaml:"marks"`
	Rules      []Rule                    `yaml:"rules"`
	Without    []Omission                `yaml:"without"`
	Decisions  []codebook.Decision       `yaml:"decisions"`

	HalfWidths []string `yaml:"-"` // columns that an indicator takes for half-widths of intervals

	page    *codebook.Page
	names   []string          // of the columns, in the order of a table
	kinds   map[string]string // of marks
	area    string            // the column of areas; "" for none
	groups  map[string]bool   // codes of areas that others are within
	grouped []bool            // of each area, whether it is one of them
	spelt   map[string][]int  // places of areas by their names
	ruled   map[string][]int  // and by AreaKey
	left    map[string]string // names of rows that are left out, by AreaKey
}

// What becomes of small numbers.
const (
	SmallWithheld  = "withhold" // they are of people: the disclosure policy holds
	SmallPublished = "publish"  // of things, or public already
)

// A Sheet is how the table of a return is laid out.
type Sheet struct {
	Name      string `yaml:"name"`      // of the workbook's sheet; "" is its first
	Heads     int    `yaml:"heads"`     // rows of headings; 0 is one
	Thousands string `yaml:"thousands"` // what parts the thousands of a number, "" for nothing
	Several   bool   `yaml:"several"`   // a file may have several periods, which the column of periods tells
	Long      *Long  `yaml:"long"`      // a row has one number
}

// A Long is a table of which a row has one number, by the columns that name it and
// have it.
type Long struct {
	Names  string `yaml:"names"`  // heading of what names the number: a heading of its column
	Values string `yaml:"values"` // heading of the numbers
}

// A ColumnKind says what the cells of a column are.
type ColumnKind string

// The kinds of column. Those of counts and amounts add up over rows, and those
// of rates do not.
const (
	AreaColumn     ColumnKind = "area"
	GroupColumn    ColumnKind = "group" // what the row's area is within
	CategoryColumn ColumnKind = "category"
	CountColumn    ColumnKind = "count"  // whole and 0 or more
	AmountColumn   ColumnKind = "amount" // a number that adds up
	RateColumn     ColumnKind = "rate"   // a number that does not
	StatusColumn   ColumnKind = "status" // Provisional, Revised or Final
	PeriodColumn   ColumnKind = "period" // the return's own, in every row
)

var columnKinds = []ColumnKind{AreaColumn, GroupColumn, CategoryColumn, CountColumn, AmountColumn, RateColumn, StatusColumn, PeriodColumn}

// Number says whether the cells are numbers.
func (k ColumnKind) Number() bool { return k == CountColumn || k == AmountColumn || k == RateColumn }

// A Column is a column of a return's table.
type Column struct {
	Kind       ColumnKind                `yaml:"kind"`
	From       codebook.Names            `yaml:"from"` // its headings; the label and the name are headings too
	Label      string                    `yaml:"label"`
	Unit       string                    `yaml:"unit"`
	Categories []codebook.Category       `yaml:"categories"`
	Aliases    map[string]codebook.Names `yaml:"aliases"`  // other spellings of a category, group or period
	Total      *Total                    `yaml:"total"`    // the rows of all categories, if a return has them
	Optional   bool                      `yaml:"optional"` // the table may be without it, and a cell blank
	AtMost     *float64                  `yaml:"at_most"`
	Note       string                    `yaml:"note"` // to who fills it in

	name string
}

// A Total is what a column of categories has in the rows of all of them.
type Total struct {
	Label   string         `yaml:"label"`
	Aliases codebook.Names `yaml:"aliases"`
	Within  float64        `yaml:"within"` // by how much such a row may differ from the sum of the others, rounded as they are
}

// Headings lists what the column may be headed by.
func (c *Column) Headings() []string {
	return append([]string{c.name, c.Label}, c.From...)
}

// TotalCategory is the place of all categories.
const TotalCategory = -1

// Category returns the place of the category that a text names, or TotalCategory.
func (c *Column) Category(text string) (int, bool) {
	key := AreaKey(text)
	if t := c.Total; t != nil && slices.ContainsFunc(append([]string{t.Label}, t.Aliases...), func(name string) bool { return AreaKey(name) == key }) {
		return TotalCategory, true
	}
	for i, k := range c.Categories {
		if AreaKey(k.Code) == key || AreaKey(k.Label) == key || slices.ContainsFunc(c.Aliases[k.Code], func(a string) bool { return AreaKey(a) == key }) {
			return i, true
		}
	}
	return 0, false
}

// CategoryLabel is the name of a category for readers, or of all of them.
func (c *Column) CategoryLabel(place int) string {
	if place == TotalCategory {
		return c.Total.Label
	}
	return c.Categories[place].Label
}

// A Rule holds in every row of a return, or of its figures: one of three.
type Rule struct {
	Part    string         `yaml:"part"` // is at most the whole
	Whole   string         `yaml:"whole"`
	Parts   codebook.Names `yaml:"parts"` // add up to another column
	Make    string         `yaml:"make"`
	Within  float64        `yaml:"within"`  // by how much they may fail to, rounded as they are
	Change  string         `yaml:"change"`  // of an indicator from one period to the next is told
	Percent float64        `yaml:"percent"` // where it is larger
}

// The standings of a return's numbers.
const (
	Provisional = "provisional"
	Revised     = "revised"
	Final       = "final"
)

// Standings lists them from the first to the last.
var Standings = []string{Provisional, Revised, Final}

// The kinds of mark that stand in a cell for a number: none of something, a
// number that is not told, one that nobody has, and what may be any of them, as
// the body writes all alike.
const (
	NilMark          = "nil"
	SuppressedMark   = "suppressed"
	NotCollectedMark = "not-collected"
	UnclearMark      = "unclear"
)

// marks are what stands for each kind where a series does not say.
var marks = map[string]codebook.Names{
	NilMark:          {"-", "–", "—", "nil", "none"},
	SuppressedMark:   {"*", "c", "[c]", "**"},
	NotCollectedMark: {":", "..", "x", "[x]", "n/c", "not collected"},
	UnclearMark:      {},
}

// MarkKinds lists the kinds of mark.
func MarkKinds() []string { return sorted(marks) }

// MarksOf lists what stands for a kind of mark.
func (s *Series) MarksOf(kind string) codebook.Names {
	if own, ok := s.Marks[kind]; ok {
		return own
	}
	var kept codebook.Names
	for _, text := range marks[kind] {
		if !s.marked(text) {
			kept = append(kept, text)
		}
	}
	return kept
}

// marked says whether the series itself gives a text a meaning.
func (s *Series) marked(text string) bool {
	for _, own := range s.Marks {
		if slices.Contains(own, text) {
			return true
		}
	}
	return false
}

// Mark returns the kind of mark that a cell is; "" for none.
func (s *Series) Mark(text string) string {
	if text != "" && text[0] >= '0' && text[0] <= '9' {
		return "" // a mark is no number
	}
	if kind, ok := s.kinds[text]; ok {
		return kind
	}
	return s.kinds[strings.ToLower(text)]
}

// markKinds are the kinds of all marks, in lower case; of one that stands for several
// the first.
func (s *Series) markKinds() map[string]string {
	kinds := map[string]string{}
	for _, kind := range MarkKinds() {
		for _, text := range s.MarksOf(kind) {
			if text := strings.ToLower(text); kinds[text] == "" {
				kinds[text] = kind
			}
		}
	}
	return kinds
}

// Stem is what the ids of all sources of the series begin with.
func (s *Series) Stem() codebook.SourceID {
	return codebook.SourceID(codebook.Returns + "/" + s.ID)
}

// Source is the id of a period's return.
func (s *Series) Source(period string) codebook.SourceID {
	return s.Stem() + "/" + codebook.SourceID(period)
}

// At returns the place of a part of the series.
func (s *Series) At(keys ...string) string { return s.page.At(keys...) }

// File returns the name of the series' page in the catalogue.
func (s *Series) File() string { return s.page.File }

// Text returns the series' page, as it was read.
func (s *Series) Text() []byte { return s.page.Text() }

// Area is the name of the column of areas; "" for none.
func (s *Series) Area() string { return s.area }

// ColumnNames lists the columns in the order of a table: areas, categories,
// numbers in the page's order, period and status.
func (s *Series) ColumnNames() []string {
	if s.names == nil {
		return s.ordered()
	}
	return slices.Clone(s.names)
}

// ordered makes that list.
func (s *Series) ordered() []string {
	names := slices.Sorted(maps.Keys(s.Columns))
	place := func(name string) [2]int {
		kind := slices.Index(columnKinds, s.Columns[name].Kind)
		if s.Columns[name].Kind.Number() {
			kind = slices.Index(columnKinds, CountColumn) // numbers stay in the page's order
		}
		return [2]int{kind, s.page.Line("columns", name)}
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := place(a), place(b)
		return slices.Compare(x[:], y[:])
	})
	return names
}

// Of lists the columns of a kind in the table's order.
func (s *Series) Of(is func(ColumnKind) bool) []string {
	var names []string
	for _, name := range s.ColumnNames() {
		if is(s.Columns[name].Kind) {
			names = append(names, name)
		}
	}
	return names
}

// Numbers lists the columns of numbers.
func (s *Series) Numbers() []string { return s.Of(ColumnKind.Number) }

// CategoryColumns lists the columns of categories.
func (s *Series) CategoryColumns() []string {
	return s.Of(func(k ColumnKind) bool { return k == CategoryColumn })
}

// Complete gives a series that was read from a page what the codebook has of it, and
// reports what is wrong with it. The page's file ends in <body>/<series>.yaml.
func (s *Series) Complete(page *codebook.Page, book *codebook.Codebook) refusal.Problems {
	var ps refusal.Problems
	s.page = page
	if want := path.Base(path.Dir(page.File)); s.Body != want {
		ps.Add(page.At("body"), "body %q in the folder of %q", s.Body, want)
	}
	page.CheckFile(&ps, "series", s.ID)
	codebook.CheckForm(&ps, page.At("series"), "series", s.ID)
	for _, text := range []struct{ key, value string }{{"title", s.Title}, {"licence", s.Licence}, {"source", s.From}} {
		if text.value == "" {
			ps.Add(page.At(text.key), "no %s", text.key)
		}
	}
	if !codebook.ValidCode(s.Population.ID) || s.Population.Label == "" || len(s.Population.Where) > 0 {
		ps.Add(page.At("population"), "population: want an id of lower-case letters, digits and single hyphens, and a label, and nothing else")
	}
	if !s.Frequency.Known() {
		ps.Add(page.At("frequency"), "no frequency %q%s, want one of %s", s.Frequency, refusal.Nearest(string(s.Frequency), Frequencies()), strings.Join(Frequencies(), ", "))
	}
	ps = append(ps, one(page, "known", s.Known, codebook.Confirmed, codebook.Read, codebook.Memory)...)
	ps = append(ps, one(page, "small", s.Small, SmallWithheld, SmallPublished)...)
	ps = append(ps, s.checkSheet()...)
	ps = append(ps, s.checkColumns(book)...)
	s.names, s.kinds = s.ordered(), s.markKinds()
	ps = append(ps, s.checkAreas(book)...)
	ps = append(ps, s.checkRules()...)
	if !s.Frequency.Known() {
		return ps
	}
	for i, g := range s.Without {
		at := page.At("without", strconv.Itoa(i))
		if _, err := s.Frequency.Period(g.Period); err != nil {
			ps.Add(at, "%v", err)
		}
		if g.Reason == "" {
			ps.Add(at, "no reason why there is no return for %s", g.Period)
		}
	}
	return ps
}

// one reports a value that is none of those wanted.
func one(page *codebook.Page, key, value string, want ...string) refusal.Problems {
	var ps refusal.Problems
	if !slices.Contains(want, value) {
		ps.Add(page.At(key), "%s %q%s, want %s", key, value, refusal.Nearest(value, want), strings.Join(want, " or "))
	}
	return ps
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func (s *Series) checkSheet() refusal.Problems {
	var ps refusal.Problems
	if s.Sheet.Heads < 0 || s.Sheet.Heads > 5 {
		ps.Add(s.At("sheet", "heads"), "%d rows of headings, want 1 to 5", s.Sheet.Heads)
	}
	if t := s.Sheet.Thousands; t != "" && t != "," && t != " " {
		ps.Add(s.At("sheet", "thousands"), "thousands %q, want a comma or a blank", t)
	}
	if l := s.Sheet.Long; l != nil && (l.Names == "" || l.Values == "" || HeadKey(l.Names) == HeadKey(l.Values)) {
		ps.Add(s.At("sheet", "long"), "long: want the headings of two columns, names and values")
	}
	seen := map[string]string{}
	for _, kind := range sorted(s.Marks) {
		at := s.At("marks", kind)
		if marks[kind] == nil {
			ps.Add(at, "no kind of mark %q%s, want one of %s", kind, refusal.Nearest(kind, MarkKinds()), strings.Join(MarkKinds(), ", "))
		}
		for _, text := range s.Marks[kind] {
			if regexp.MustCompile(`^[+-]?[0-9.,]*[0-9]`).MatchString(text) || strings.TrimSpace(text) != text || text == "" {
				ps.Add(at, "mark %q: want text that is no number and not blank", text)
			}
			if first, twice := seen[text]; twice {
				ps.Add(at, "mark %q stands for %s and for %s", text, first, kind)
			}
			seen[text] = kind
		}
	}
	return ps
}

func (s *Series) checkColumns(book *codebook.Codebook) refusal.Problems {
	var ps refusal.Problems
	page := s.page
	heads, singles := map[string]string{}, map[ColumnKind]string{}
	var kinds []string
	for _, k := range columnKinds {
		kinds = append(kinds, string(k))
	}
	numbers := 0
	for _, name := range sorted(s.Columns) {
		c, at := s.Columns[name], page.At("columns", name)
		if c == nil {
			ps.Add(at, "column %q: want keys and values", name)
			delete(s.Columns, name)
			continue
		}
		c.name = name
		codebook.CheckForm(&ps, at, "column", name)
		if !slices.Contains(columnKinds, c.Kind) {
			ps.Add(page.At("columns", name, "kind"), "column %q: no kind %q%s, want one of %s", name, c.Kind, refusal.Nearest(string(c.Kind), kinds), strings.Join(kinds, ", "))
		}
		if c.Kind.Number() {
			numbers++
			if c.Label == "" || (c.Unit == "") {
				ps.Add(at, "column %q is of numbers: want a label and a unit", name)
			}
		} else if c.Unit != "" || c.AtMost != nil {
			ps.Add(at, "column %q: unit and at_most belong to numbers", name)
		}
		switch c.Kind {
		case AreaColumn, GroupColumn, StatusColumn, PeriodColumn:
			if other := singles[c.Kind]; other != "" {
				ps.Add(at, "columns %q and %q are both of the kind %s, want one", other, name, c.Kind)
			}
			singles[c.Kind] = name
			if c.Kind == AreaColumn {
				s.area = name
			}
		}
		v := book.Variables[name]
		if c.Label == "" {
			c.Label = v.Label
		}
		if c.Label == "" {
			c.Label = strings.ToUpper(name[:min(1, len(name))]) + strings.ReplaceAll(name[min(1, len(name)):], "-", " ")
		}
		ps = append(ps, s.checkCategories(c, v, at)...)
		for _, head := range c.Headings() {
			if first, twice := heads[HeadKey(head)]; twice && first != name {
				ps.Add(at, "columns %q and %q are both headed %q", first, name, head)
			}
			heads[HeadKey(head)] = name
		}
	}
	if numbers == 0 {
		ps.Add(page.At("columns"), "no column of numbers: of the kind count, amount or rate")
	}
	if s.Sheet.Several && singles[PeriodColumn] == "" {
		ps.Add(page.At("sheet", "several"), "no column of the kind period, which tells the periods of a file")
	}
	for i, name := range s.Ignore {
		if other := heads[HeadKey(name)]; other != "" {
			ps.Add(page.At("ignore", strconv.Itoa(i)), "%q is the column %q", name, other)
		}
	}
	return ps
}

// HeadKey is what the spellings of one heading have in common.
func HeadKey(head string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(head), func(r rune) bool { return r == ' ' || r == '-' || r == '_' || r == '\n' || r == '\t' || r == '\u00a0' }), " ")
}

// Heads are the columns of the series by the keys of their headings; those that are
// ignored are "".
func (s *Series) Heads() map[string]string {
	names := map[string]string{}
	for _, head := range s.Ignore {
		names[HeadKey(head)] = ""
	}
	for name, c := range s.Columns {
		for _, head := range c.Headings() {
			names[HeadKey(head)] = name
		}
	}
	return names
}

func (s *Series) checkCategories(c *Column, v codebook.Variable, at string) refusal.Problems {
	var ps refusal.Problems
	if c.Kind == PeriodColumn && s.Frequency.Known() {
		for _, period := range sorted(c.Aliases) {
			if _, err := s.Frequency.Period(period); err != nil {
				ps.Add(at, "column %q: %v", c.name, err)
			}
		}
	}
	if c.Kind != CategoryColumn {
		if len(c.Categories) > 0 || c.Total != nil || len(c.Aliases) > 0 && c.Kind != PeriodColumn && c.Kind != GroupColumn {
			ps.Add(at, "column %q: categories belong to the kind category", c.name)
		}
		return ps
	}
	if c.Total != nil && (c.Total.Label == "" || c.Total.Within < 0) {
		ps.Add(at, "column %q: the rows of all categories: want a label, and within from 0", c.name)
	}
	if v.Categorical() {
		if len(c.Categories) > 0 {
			ps.Add(at, "column %q is a variable of the codebook, whose categories it has: want none here", c.name)
		}
		c.Categories = v.Categories
	}
	if len(c.Categories) == 0 {
		ps.Add(at, "column %q has no categories, and is no variable of the codebook with some", c.name)
	}
	seen := map[string]bool{}
	for _, k := range c.Categories {
		codebook.CheckEntry(&ps, at, fmt.Sprintf("column %q: category", c.name), "a code", k.Code, k.Label, seen)
	}
	for _, code := range sorted(c.Aliases) {
		if !seen[code] {
			ps.Add(at, "column %q: no category %q%s", c.name, code, refusal.Nearest(code, sorted(seen)))
		}
	}
	return ps
}

// CheckNumber reports a name that is no column of numbers.
func (s *Series) CheckNumber(at, name string, ps *refusal.Problems) {
	if c := s.Columns[name]; c == nil || !c.Kind.Number() {
		ps.Add(at, "no column %q of numbers%s", name, refusal.Nearest(name, s.Numbers()))
	}
}

func (s *Series) checkRules() refusal.Problems {
	var ps refusal.Problems
	for i, r := range s.Rules {
		at := s.At("rules", strconv.Itoa(i))
		forms := 0
		for _, set := range []bool{r.Part != "" || r.Whole != "", len(r.Parts) > 0 || r.Make != "", r.Change != ""} {
			if set {
				forms++
			}
		}
		switch {
		case forms != 1:
			ps.Add(at, "want part and whole, parts and make, or change and percent, and only one of them")
		case r.Change != "":
			if !(r.Percent > 0) {
				ps.Add(at, "percent %g, want the largest change that is not told", r.Percent)
			}
		case len(r.Parts) > 0 || r.Make != "":
			for _, name := range append(slices.Clone(r.Parts), r.Make) {
				s.CheckNumber(at, name, &ps)
			}
			if len(r.Parts) < 2 || r.Within < 0 {
				ps.Add(at, "want two parts or more, and within from 0")
			}
		default:
			s.CheckNumber(at, r.Part, &ps)
			s.CheckNumber(at, r.Whole, &ps)
		}
	}
	for i, d := range s.Decisions {
		if s.Columns[d.Variable] == nil {
			ps.Add(s.At("decisions", strconv.Itoa(i)), "no column %q%s", d.Variable, refusal.Nearest(d.Variable, sorted(s.Columns)))
		}
	}
	return ps
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
