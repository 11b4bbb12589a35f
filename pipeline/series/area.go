package series

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// Areas are those that a return has rows of. Where the series' column of areas
// is a variable of the codebook, its categories are the areas unless Are lists
// some of them.
type Areas struct {
	Are       []Area            `yaml:"are"`
	Like      string            `yaml:"like"`      // the series whose areas and groups they are
	Whole     *Whole            `yaml:"whole"`     // the row of all of them, if a return has one
	Groups    string            `yaml:"groups"`    // breakdown by what areas are within
	Partial   bool              `yaml:"partial"`   // not every area makes its return
	Selection bool              `yaml:"selection"` // they are some of those of the whole, whose row is not their sum
	Ignore    map[string]string `yaml:"ignore"`    // rows that are left out, by their name in the column of areas, and why
}

// An Area is a row of a return. From and To are the first and the last day on
// which it exists, where it does not always.
type Area struct {
	Code    string         `yaml:"code"`
	Label   string         `yaml:"label"`
	Aliases codebook.Names `yaml:"aliases"` // other spellings
	Within  string         `yaml:"within"`  // the area that it is part of
	From    string         `yaml:"from"`
	To      string         `yaml:"to"`
}

// A Whole is the row of all areas together.
type Whole struct {
	Label   string         `yaml:"label"`
	Aliases codebook.Names `yaml:"aliases"`
	Within  float64        `yaml:"within"` // by how much it may differ from the sum of the areas, rounded as they are
	Ignore  string         `yaml:"ignore"` // why it is left out
	Alone   bool           `yaml:"alone"`  // a return may have this row and no other
}

// Exists says whether an area, by its place, exists in a period.
func (s *Series) Exists(place int, p codebook.Period) bool { return s.Areas.Are[place].exists(p) }

// exists says whether the area exists in a period, for some day of it.
func (a Area) exists(p codebook.Period) bool {
	return (a.From == "" || a.From <= p.End) && (a.To == "" || a.To >= p.Start)
}

// Group says whether other areas are within the area.
func (s *Series) Group(area int) bool { return s.grouped[area] }

// Expected lists the areas, by their places, that a period has a row of: those
// that exist and are no group.
func (s *Series) Expected(p codebook.Period) []int {
	var places []int
	for i, a := range s.Areas.Are {
		if a.exists(p) && !s.Group(i) {
			places = append(places, i)
		}
	}
	return places
}

// WholeArea is the place of the row of all areas.
const WholeArea = -1

// FindArea returns the place of the area that a text names: by its code, label
// or alias, or by rule, without regard to case, punctuation, accents, the order
// of the words, and "&" for "and". Of areas that kept a name over a change of
// their boundaries it is the one that exists in the period. It is not found
// where two areas are alike.
func (s *Series) FindArea(text string, p codebook.Period) (place int, byRule, ok bool) {
	if place, ok := s.existing(s.spelt[text], p); ok {
		return place, false, true
	}
	place, ok = s.existing(s.ruled[AreaKey(text)], p)
	return place, true, ok
}

// existing is the only one of some areas or, of several, the only one that exists
// in a period.
func (s *Series) existing(places []int, p codebook.Period) (place int, ok bool) {
	if len(places) > 1 {
		places = slices.DeleteFunc(slices.Clone(places), func(i int) bool { return i != WholeArea && !s.Areas.Are[i].exists(p) })
	}
	if len(places) != 1 {
		return 0, false
	}
	return places[0], true
}

// together says whether two areas exist on one day.
func (s *Series) together(a, b int) bool {
	if a == WholeArea || b == WholeArea {
		return true
	}
	x, y := s.Areas.Are[a], s.Areas.Are[b]
	return (x.To == "" || y.From == "" || y.From <= x.To) && (y.To == "" || x.From == "" || x.From <= y.To)
}

// unpointed leaves out what is within a word and not always written.
var unpointed = strings.NewReplacer("'", "", "’", "", ".", "")

// AreaKey is what the spellings of one area have in common: its words in lower
// case and sorted.
func AreaKey(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "&", " and ")
	text = unpointed.Replace(text)
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// AreaNames lists the labels of the areas, and that of the whole.
func (s *Series) AreaNames() []string {
	var names []string
	for _, a := range s.Areas.Are {
		names = append(names, a.Label)
	}
	if w := s.Areas.Whole; w != nil {
		names = append(names, w.Label)
	}
	return names
}

// GroupLabel is the name of the group that an area is within, by the area's label;
// "" for none.
func (s *Series) GroupLabel(area string) string {
	for _, a := range s.Areas.Are {
		if a.Label != area || a.Within == "" {
			continue
		}
		return s.Areas.Are[slices.IndexFunc(s.Areas.Are, func(g Area) bool { return g.Code == a.Within })].Label
	}
	return ""
}

// checkAreas completes the areas from the codebook and reports what is wrong.
func (s *Series) checkAreas(book *codebook.Codebook) refusal.Problems {
	var ps refusal.Problems
	s.groups, s.spelt, s.ruled, s.left = map[string]bool{}, map[string][]int{}, map[string][]int{}, map[string]string{}
	page, name := s.page, s.area
	if name == "" {
		if len(s.Areas.Are) > 0 || s.Areas.Whole != nil || s.Areas.Groups != "" || s.Areas.Partial || s.Areas.Selection || len(s.Areas.Ignore) > 0 || len(s.Of(func(k ColumnKind) bool { return k == GroupColumn })) > 0 {
			ps.Add(page.At("areas"), "no column of the kind area")
		}
		return ps
	}
	v := book.Variables[name]
	if v.Categorical() && len(s.Areas.Are) == 0 {
		for _, c := range v.Categories {
			s.Areas.Are = append(s.Areas.Are, Area{Code: c.Code})
		}
	}
	if len(s.Areas.Are) == 0 {
		ps.Add(page.At("areas"), "no areas, and %q is no variable of the codebook with categories: want are", name)
	}
	spell := func(at, text string, place int) {
		if slices.ContainsFunc(s.spelt[text], func(first int) bool { return first != place && s.together(first, place) }) {
			ps.Add(at, "%q is the name of two areas", text)
		}
		add := func(of map[string][]int, key string) {
			if key != "" && !slices.Contains(of[key], place) {
				of[key] = append(of[key], place)
			}
		}
		add(s.spelt, text)
		add(s.ruled, AreaKey(text))
	}
	seen := map[string]bool{}
	for i := range s.Areas.Are {
		a := &s.Areas.Are[i]
		at := page.At("areas", "are", strconv.Itoa(i))
		if v.Categorical() {
			place := v.Index(a.Code)
			if place < 0 {
				ps.Add(at, "area %q is no category of %q%s", a.Code, name, refusal.Nearest(a.Code, v.Codes()))
				continue
			}
			if a.Label != "" && a.Label != v.Categories[place].Label {
				ps.Add(at, "area %q: label %q, the codebook has %q", a.Code, a.Label, v.Categories[place].Label)
			}
			a.Label = v.Categories[place].Label
		}
		codebook.CheckEntry(&ps, at, "area", "a code", a.Code, a.Label, seen)
		for _, day := range []string{a.From, a.To} {
			if day != "" && !isDay(day) {
				ps.Add(at, "area %q: %q is not a day, want YYYY-MM-DD", a.Code, day)
			}
		}
		if a.From != "" && a.To != "" && a.From > a.To {
			ps.Add(at, "area %q: from %s is after to %s", a.Code, a.From, a.To)
		}
		for _, text := range append([]string{a.Code, a.Label}, a.Aliases...) {
			spell(at, text, i)
		}
		if a.Within != "" {
			s.groups[a.Within] = true
		}
	}
	s.grouped = make([]bool, len(s.Areas.Are))
	for i, a := range s.Areas.Are {
		s.grouped[i] = s.groups[a.Code]
		at := page.At("areas", "are", strconv.Itoa(i))
		switch {
		case a.Within == "":
		case !seen[a.Within]:
			ps.Add(at, "area %q is within %q, which is no area%s", a.Code, a.Within, refusal.Nearest(a.Within, sorted(seen)))
		case s.groups[a.Code]:
			ps.Add(at, "area %q is within %q and has areas within itself, want one level", a.Code, a.Within)
		}
	}
	if grouped := len(s.groups) > 0; grouped != (s.Areas.Groups != "") {
		ps.Add(page.At("areas"), "groups names the breakdown by what areas are within: want both or neither")
	} else if g := s.Areas.Groups; g != "" && (!codebook.ValidCode(g) || g == name || s.Columns[g] != nil && s.Columns[g].Kind != GroupColumn) {
		ps.Add(page.At("areas", "groups"), "groups %q: want a name of lower-case letters, digits and single hyphens that no column of another kind than group has", g)
	}
	if s.Areas.Selection && s.Areas.Whole == nil {
		ps.Add(page.At("areas", "selection"), "areas are a selection of no whole: want whole, the row of all")
	}
	for _, text := range sorted(s.Areas.Ignore) {
		at := page.At("areas", "ignore", text)
		if s.Areas.Ignore[text] == "" {
			ps.Add(at, "no reason why the row of %q is left out", text)
		}
		s.left[AreaKey(text)] = text
	}
	ps = append(ps, s.checkGroups()...)
	if w := s.Areas.Whole; w != nil {
		at := page.At("areas", "whole")
		if w.Label == "" || w.Within < 0 {
			ps.Add(at, "the row of all areas: want a label, and within from 0")
		}
		if w.Ignore != "" && (w.Alone || s.Areas.Selection) {
			ps.Add(at, "the row of all areas is left out, and so it is neither alone nor the figure of all where areas are a selection")
		}
		for _, text := range append([]string{w.Label}, w.Aliases...) {
			spell(at, text, WholeArea)
		}
	}
	return ps
}

// checkGroups reports what is wrong with the column of groups.
func (s *Series) checkGroups() refusal.Problems {
	var ps refusal.Problems
	for _, name := range s.Of(func(k ColumnKind) bool { return k == GroupColumn }) {
		at := s.page.At("columns", name)
		if s.Areas.Groups != name {
			ps.Add(at, "column %q is of what areas are within: want it called as groups is, %q", name, s.Areas.Groups)
		}
		for _, code := range sorted(s.Columns[name].Aliases) {
			if !s.groups[code] {
				ps.Add(at, "column %q: no area %q that others are within%s", name, code, refusal.Nearest(code, sorted(s.groups)))
			}
		}
	}
	return ps
}

// Ignored says whether a row of this name in the column of areas is left out, and
// how the series has the name.
func (s *Series) Ignored(text string) (name string, ok bool) {
	if len(s.left) == 0 {
		return "", false
	}
	name, ok = s.left[AreaKey(text)]
	return name, ok
}

// FindGroup returns the place of the group that a text of a column of groups names,
// as FindArea does.
func (s *Series) FindGroup(c *Column, text string, p codebook.Period) (place int, byRule, ok bool) {
	for code, names := range c.Aliases {
		if slices.ContainsFunc(names, func(name string) bool { return AreaKey(name) == AreaKey(text) }) {
			return slices.IndexFunc(s.Areas.Are, func(a Area) bool { return a.Code == code }), !slices.Contains(names, text), true
		}
	}
	place, byRule, ok = s.FindArea(text, p)
	return place, byRule, ok && place >= 0 && s.Group(place)
}

// GroupsOf lists the groups that have an area in a period, in their order.
func (s *Series) GroupsOf(p codebook.Period) []int {
	in := map[string]bool{}
	for _, i := range s.Expected(p) {
		in[s.Areas.Are[i].Within] = true
	}
	var places []int
	for i, a := range s.Areas.Are {
		if in[a.Code] {
			places = append(places, i)
		}
	}
	return places
}

// Division is a breakdown of the series as a variable: its areas, their groups,
// or a column's categories.
func (s *Series) Division(name string) (codebook.Variable, bool) {
	v := codebook.Variable{Name: name}
	switch c := s.Columns[name]; {
	case name == s.area && name != "":
		v.Label = c.Label
		for i, a := range s.Areas.Are {
			if !s.Group(i) {
				v.Categories = append(v.Categories, codebook.Category{Code: a.Code, Label: a.Label})
			}
		}
	case name == s.Areas.Groups && name != "":
		v.Label = strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " ")
		for i, a := range s.Areas.Are {
			if s.Group(i) {
				v.Categories = append(v.Categories, codebook.Category{Code: a.Code, Label: a.Label})
			}
		}
	case c != nil && c.Kind == CategoryColumn:
		v.Label, v.Categories = c.Label, c.Categories
	default:
		return v, false
	}
	return v, true
}
