package dataset

import (
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Dimension is a variable that figures of the dataset are divided by. It has one column
// in every table of figures, whatever else divides a row with it.
type Dimension struct {
	Variable   string // of the codebook
	Column     string
	Label      string
	Categories []release.Label // in the order for readers
}

// fixed are names of columns that no dimension may take.
var fixed = []string{"indicator", "measures", "leads", "source", "population", "breakdown", "item", "statistic", "unit", "value", "status", "notes", "notice", "target", "scope", "rule", "verdict", "change", "level", "date"}

// column is the name of a column in the letters that every program takes for one.
func (m *maker) column(name string) string {
	name = strings.NewReplacer("-", "_", ".", "_", " ", "_", "*", "_").Replace(strings.ToLower(name))
	if slices.Contains(fixed, name) {
		return "by_" + name
	}
	return name
}

// dimensionsOf lists the dimensions of the contents in the order in which the
// indicators show them.
func (m *maker) dimensionsOf() []Dimension {
	var list []Dimension
	for _, id := range m.divisible() {
		for _, b := range m.breakdowns(id) {
			if b == codebook.All || !slices.ContainsFunc(m.keys(id), func(k indicator.Key) bool { return k.Breakdown == b }) {
				continue
			}
			for _, variable := range indicator.Crossed(b) {
				if !slices.ContainsFunc(list, func(d Dimension) bool { return d.Variable == variable }) {
					list = append(list, Dimension{Variable: variable, Column: m.column(variable), Label: m.Labels.Text("breakdown", "", variable)})
				}
			}
		}
	}
	for i := range list {
		list[i].Categories = m.categories(list[i].Variable)
	}
	return list
}

// divisible are the indicators with rows that may be divided: of the dataset, and of what
// moved.
func (m *maker) divisible() []string {
	ids := slices.Clone(m.ids)
	for _, id := range m.movedIDs() {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// keys are those of an indicator's figures in the dataset, and of the rows that moved.
func (m *maker) keys(id string) []indicator.Key {
	if keys, known := m.keyed[id]; known {
		return keys
	}
	var keys []indicator.Key
	for i := range m.contents[id].Figures {
		keys = append(keys, m.contents[id].Figures[i].Key)
	}
	if m.Since != nil {
		for _, move := range m.movesOf(id) {
			keys = append(keys, move.Of)
		}
	}
	m.keyed[id] = keys
	return keys
}

// breakdowns are those of an indicator, in the release's order, and then those that went.
func (m *maker) breakdowns(id string) []string {
	var list []string
	if x := m.Labels.Indicator(id); x != nil {
		list = x.BreakdownCodes()
	}
	for _, k := range m.keys(id) {
		if k.Breakdown != "" && !slices.Contains(list, k.Breakdown) {
			list = append(list, k.Breakdown)
		}
	}
	return list
}

// categoriesOf are the categories of a breakdown that an indicator has or had, likewise.
func (m *maker) categoriesOf(id, breakdown string) []string {
	var list []string
	if x := m.Labels.Indicator(id); x != nil {
		for _, d := range x.Breakdowns {
			if d.Breakdown == breakdown {
				list = slices.Clone(d.Categories)
			}
		}
	}
	for _, k := range m.keys(id) {
		if k.Breakdown == breakdown && !slices.Contains(list, k.Category) {
			list = append(list, k.Category)
		}
	}
	return list
}

// categories lists those of a variable that figures of the dataset have, in the order of the
// release: of the first indicator that is divided by it alone, then as others add.
func (m *maker) categories(variable string) []release.Label {
	var codes []string
	for _, id := range m.divisible() {
		for _, breakdown := range m.breakdowns(id) {
			at := slices.Index(indicator.Crossed(breakdown), variable)
			if at < 0 {
				continue
			}
			for _, category := range m.categoriesOf(id, breakdown) {
				code := indicator.Crossed(category)[at]
				if !slices.Contains(codes, code) && slices.ContainsFunc(m.keys(id), func(k indicator.Key) bool { return k.Breakdown == breakdown && k.Category == category }) {
					codes = append(codes, code)
				}
			}
		}
	}
	list := make([]release.Label, len(codes))
	for i, code := range codes {
		list[i] = release.Label{Column: "category", Of: variable, Code: code, Text: m.category(variable, code)}
	}
	return list
}

// category is the words for a category of a variable: its own, or that part of the words
// for a cross that has them.
func (m *maker) category(variable, code string) string {
	if text := m.Labels.Text("category", variable, code); text != code {
		return text
	}
	for _, l := range m.Labels.Codes {
		if l.Column != "category" {
			continue
		}
		names, codes, texts := indicator.Crossed(l.Of), indicator.Crossed(l.Code), strings.Split(l.Text, ", ")
		if at := slices.Index(names, variable); at >= 0 && len(texts) == len(names) && len(codes) == len(names) && codes[at] == code {
			return strings.ToUpper(texts[at][:min(1, len(texts[at]))]) + texts[at][min(1, len(texts[at])):]
		}
	}
	return code
}

// divided is the category of each dimension that a figure is of, the words for it, and the
// codes of the places.
func (m *maker) divided(k indicator.Key) (parts, labels, gss []string) {
	key := [3]string{k.Population, k.Breakdown, k.Category}
	if d, known := m.places[key]; known {
		return d[0], d[1], d[2]
	}
	by := partsOf(k)
	for _, d := range m.dimensions {
		part, words := Total, TotalLabel
		if code, ok := by[d.Variable]; ok {
			part, words = code, m.category(d.Variable, code)
		}
		parts, labels = append(parts, part), append(labels, words)
	}
	gss = m.gss(k.Population, by)
	m.places[key] = [3][]string{parts, labels, gss}
	return parts, labels, gss
}

// partsOf are the categories that a figure is of, by variable.
func partsOf(k indicator.Key) map[string]string {
	by := map[string]string{}
	if k.Breakdown == codebook.All {
		return by
	}
	categories := indicator.Crossed(k.Category)
	for i, variable := range indicator.Crossed(k.Breakdown) {
		if i < len(categories) {
			by[variable] = categories[i]
		}
	}
	return by
}

// regional says whether a variable's categories are regions: two of them at least, so
// that no area of another kind passes for the region that it shares a code with.
func (m *maker) regional(variable string) bool {
	if variable == string(codebook.Region) {
		return true
	}
	is, known := m.regionals[variable]
	if !known {
		regions := map[string]bool{}
		for _, x := range m.Labels.Indicators {
			for _, d := range x.Breakdowns {
				at := slices.Index(indicator.Crossed(d.Breakdown), variable)
				for _, category := range d.Categories {
					if codes := indicator.Crossed(category); at >= 0 && at < len(codes) && m.Geography.Place(codebook.Region, codes[at]) != nil {
						regions[codes[at]] = true
					}
				}
			}
		}
		is = len(regions) > 1
		m.regionals[variable] = is
	}
	return is
}

// regionOf is the variable of regions that divides a figure, and its region: by its code in
// the geography, or a category as it is that is none. Both are "" where none divides it.
func (m *maker) regionOf(by map[string]string) (variable, region string) {
	for _, variable := range slices.Sorted(maps.Keys(by)) {
		if !m.regional(variable) {
			continue
		}
		if p := m.Geography.Place(codebook.Region, by[variable]); p != nil {
			return variable, p.Code
		}
		return variable, by[variable]
	}
	return "", ""
}

// countryOf is the country that a figure is of which no region and no police force area
// divides: that of an area within one, or of a breakdown by countries, and else the
// population.
func (m *maker) countryOf(population string, by map[string]string) string {
	for _, variable := range slices.Sorted(maps.Keys(by)) {
		category := by[variable]
		if of := m.Catalogue.Codebook.PartOf(variable, category, string(codebook.Country)); of != "" {
			return of
		}
		if v, ok := m.Catalogue.Codebook.Variables[variable]; ok && slices.ContainsFunc(v.Categories, func(c codebook.Category) bool { return m.Geography.Place(codebook.Country, c.Code) != nil }) {
			return category
		}
	}
	return population
}

// gss are the codes of the places that a figure is of, by codebook.Levels: that of its
// population where no country divides it.
func (m *maker) gss(population string, by map[string]string) []string {
	place := func(l codebook.Level, code string) string {
		if p := m.Geography.Place(l, code); p != nil {
			return p.GSS
		}
		return ""
	}
	area := by[string(codebook.PoliceForceArea)]
	_, region := m.regionOf(by)
	force := place(codebook.PoliceForceArea, area)
	country := by[string(codebook.Country)]
	switch {
	case country != "":
	case m.Geography.Place(codebook.Country, region) != nil: // Wales, among the regions
		country = region
	case m.Geography.Place(codebook.Region, region) != nil || strings.HasPrefix(force, "E"):
		country = "england"
	case strings.HasPrefix(force, "W"):
		country = "wales"
	default:
		country = m.countryOf(population, by)
	}
	return []string{place(codebook.Country, country), place(codebook.Region, region), force}
}
