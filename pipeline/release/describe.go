package release

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// Describe makes the labels of a release: of its sources, and of all that the
// contents have. The words are the catalogue's. Sources that are carried over
// keep those of the previous release, and so does what the catalogue does not
// know any more; previous is nil for the first release. Breakdowns are in the
// definition's order and categories in the codebook's. Meaning gives the words
// for the codes that are the program's own, "" where it has none.
func Describe(c *indicator.Catalogue, sources []Source, contents map[string]Content, previous *Labels, meaning func(column, code string) string) *Labels {
	d := &describer{Catalogue: c, previous: previous, texts: map[Label]string{}}
	l := &Labels{}
	for _, s := range sources {
		l.Sources = append(l.Sources, d.source(s))
	}
	for _, id := range slices.Sorted(maps.Keys(contents)) {
		l.Indicators = append(l.Indicators, d.indicator(id, sources, contents[id]))
	}
	for _, content := range contents {
		d.meanings(content, meaning)
	}
	for label, text := range d.texts {
		label.Text = text
		l.Codes = append(l.Codes, label)
	}
	slices.SortFunc(l.Codes, Label.compare)
	return l
}

// A describer collects the words of a release.
type describer struct {
	*indicator.Catalogue
	previous *Labels
	texts    map[Label]string // without their Text
}

func (d *describer) source(s Source) SourceLabels {
	if was := d.previous.Source(s.ID); was != nil && s.Carried {
		return *was
	}
	if s.Kind == Evaluation {
		e := d.Evaluation(s.ID.Wave())
		return SourceLabels{
			ID: s.ID, Title: e.Title, Population: e.Sample, Licence: e.Licence, CommissionedBy: e.CommissionedBy, CarriedOutBy: e.CarriedOutBy, Known: e.Known,
		}
	}
	l, ok := DescribeSource(d.Catalogue, s.ID)
	if !ok {
		panic("release: no crosswalk for source " + string(s.ID))
	}
	return l
}

// DescribeSource makes the words of a wave or a return from the catalogue; ok is false for
// a source that it does not have.
func DescribeSource(c *indicator.Catalogue, id codebook.SourceID) (l SourceLabels, ok bool) {
	if series := c.SeriesOf(id); series != nil {
		return SourceLabels{ID: id, Title: series.Title + ", " + id.Wave(), Population: series.Population.Label, Licence: series.Licence, Known: series.Known}, true
	}
	if x := c.Crosswalk(id); x != nil {
		return SourceLabels{ID: id, Title: x.Title, Study: x.Study, Population: x.Population, Licence: x.Licence}, true
	}
	return l, false
}

// indicator makes an indicator's entry, and collects the words for its codes.
func (d *describer) indicator(id string, sources []Source, content Content) IndicatorLabels {
	used := usedCodes(content)
	was := d.previous.Indicator(id)
	if was == nil {
		was = &IndicatorLabels{}
	}
	if e := d.Evaluation(id); e != nil {
		return IndicatorLabels{
			ID: id, Title: e.Title, Base: e.Sample, Note: strings.TrimSpace(e.Note), Measures: e.Measures, Leads: e.Leads,
			Sources: []codebook.SourceID{e.Source()},
		}
	}
	def := d.Definition(id)
	if def == nil {
		panic("release: no definition for indicator " + id)
	}
	l := IndicatorLabels{
		ID: id, Title: def.Title, Base: def.Base.Label, Note: strings.TrimSpace(def.Note), Measures: def.Measures, Leads: def.Leads,
		Statistic: string(def.Statistic), Unit: def.Unit(d.Codebook),
	}
	var ids []codebook.SourceID
	for _, s := range sources {
		ids = append(ids, s.ID)
	}
	l.Sources = inOrder(used.sources, ids)
	populations, labels := d.populations()
	l.Populations = inOrder(used.populations, populations, was.Populations)
	for _, code := range l.Populations {
		d.add(Label{Column: columnPopulation, Code: code, Text: labels[code]})
	}
	var items []string
	for _, item := range def.Figures() {
		items = append(items, item.ID)
	}
	l.Items = inOrder(used.items, items, was.Items)
	for _, code := range l.Items {
		label := Label{Column: columnItem, Of: id, Code: code}
		if i := slices.Index(items, code); i >= 0 {
			label.Text = def.Figures()[i].Label
		}
		d.add(label)
	}
	l.Breaks = inOrder(used.breaks, ids)
	for _, code := range l.Breaks {
		label := Label{Column: columnBreak, Of: id, Code: string(code)}
		for _, b := range def.Breaks {
			if b.From == code {
				label.Text = b.Reason
			}
		}
		d.add(label)
	}
	for _, t := range def.Targets {
		if used.targets[t.ID] {
			l.Targets = append(l.Targets, TargetLabels{t.ID, t.Title, t.From, t.Known, strings.TrimSpace(t.Note)})
		}
	}
	for _, breakdown := range inOrder(used.breakdowns(), append([]string{codebook.All}, def.By(d.Codebook)...), was.BreakdownCodes()) {
		l.Breakdowns = append(l.Breakdowns, d.division(breakdown, used.categories[breakdown], was.Division(breakdown)))
	}
	return l
}

// populations lists the populations of the crosswalks with their labels.
func (d *describer) populations() (ids []string, labels map[string]string) {
	labels = map[string]string{}
	for _, x := range d.Crosswalks {
		for _, p := range x.Populations {
			if _, ok := labels[p.ID]; !ok {
				ids = append(ids, p.ID)
				labels[p.ID] = p.Label
			}
		}
	}
	for _, s := range d.Series {
		if _, ok := labels[s.Population.ID]; !ok {
			ids = append(ids, s.Population.ID)
			labels[s.Population.ID] = s.Population.Label
		}
	}
	return ids, labels
}

// division orders the categories of a breakdown, and collects its words.
func (d *describer) division(breakdown string, used map[string]bool, was *Division) Division {
	if was == nil {
		was = &Division{}
	}
	var names []string
	known, labels := []string{""}, []string{""} // the categories so far of the variables so far
	for i, name := range indicator.Crossed(breakdown) {
		v := d.Variable(name)
		label := v.Label
		if i > 0 {
			label = MidPhrase(label)
		}
		names = append(names, label)
		known, labels = crossed(known, labels, v.Categories, i == 0)
	}
	text := strings.Join(names, " by ")
	if slices.Contains(names, "") {
		text = ""
	}
	d.add(Label{Column: columnBreakdown, Code: breakdown, Text: text})
	l := Division{breakdown, inOrder(used, known, was.Categories)}
	for _, code := range l.Categories {
		label := Label{Column: columnCategory, Of: breakdown, Code: code}
		if i := slices.Index(known, code); i >= 0 {
			label.Text = labels[i]
		}
		d.add(label)
	}
	return l
}

// crossed crosses categories with those of one more variable: codes joined by
// *, labels by commas.
func crossed(codes, labels []string, with []codebook.Category, first bool) (moreCodes, moreLabels []string) {
	for i := range codes {
		for _, c := range with {
			if first {
				moreCodes, moreLabels = append(moreCodes, c.Code), append(moreLabels, c.Label)
				continue
			}
			moreCodes = append(moreCodes, indicator.Cross(append(indicator.Crossed(codes[i]), c.Code)...))
			moreLabels = append(moreLabels, labels[i]+", "+MidPhrase(c.Label))
		}
	}
	return moreCodes, moreLabels
}

// add keeps the words for a code: those given, else those of the previous
// release, else the code.
func (d *describer) add(l Label) {
	if l.Code == codebook.All {
		return
	}
	text := l.Text
	l.Text = ""
	d.texts[l] = cmp.Or(text, d.previous.Text(l.Column, l.Of, l.Code))
}

// meanings collects the words for the codes that are the program's own.
func (d *describer) meanings(content Content, meaning func(column, code string) string) {
	seen := map[Label]bool{}
	add := func(column, code string) {
		if label := (Label{Column: column, Code: code}); code != "" && !seen[label] {
			seen[label] = true
			label.Text = meaning(column, code)
			d.add(label)
		}
	}
	for _, t := range tables {
		_ = t.codes(&content, func(column, text, _ string) error { // which returns none
			switch {
			case slices.Contains(noteColumns, column):
				for _, n := range notes(text) {
					add(column, string(n.Code))
				}
			case column == "design":
				for kind := range strings.SplitSeq(text, " ") {
					add(column, kind)
				}
			default:
				add(column, text)
			}
			return nil
		})
	}
}

// inOrder lists the codes that are used: those of each known list in its
// order, then the rest by their spelling.
func inOrder[C ~string](used map[C]bool, known ...[]C) []C {
	var list []C
	for _, codes := range append(known, slices.Sorted(maps.Keys(used))) {
		for _, code := range codes {
			if used[code] && !slices.Contains(list, code) {
				list = append(list, code)
			}
		}
	}
	return list
}

// names are words of the labels that begin with a capital letter wherever they stand.
var names = strings.Fields("England Wales Scotland London Liverpool Sunderland Government Sciencewise Asian Black White Chinese Buddhist Christian Hindu Jewish Muslim Sikh")

// MidPhrase begins a label in lower case, for the middle of a phrase, unless
// its first word is a name or an abbreviation, or begins a name of several words.
func MidPhrase(s string) string {
	first, rest, _ := strings.Cut(s, " ")
	if first == "" || first[1:] != strings.ToLower(first[1:]) || slices.Contains(names, first) {
		return s
	}
	if second := []rune(rest); len(second) > 1 && unicode.IsUpper(second[0]) && unicode.IsLower(second[1]) && !slices.Contains(names, strings.Fields(rest)[0]) {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
