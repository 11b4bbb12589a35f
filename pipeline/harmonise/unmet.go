package harmonise

import (
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
)

// unmet lists the codes that the crosswalk takes and no row has, by variable, and
// then those of the wave's missing codes that no variable has. A variable of several
// raw ones has a code where one of them has it; a band is a code, as low-high.
func (h *Harmoniser) unmet() []codebook.Unmet {
	var found []codebook.Unmet
	everywhere := maps.Clone(h.x.Missing)
	for _, name := range slices.Sorted(maps.Keys(h.x.Variables)) {
		s, makers := h.x.Variables[name], h.makers[name]
		if makers == nil || !slices.ContainsFunc(s.Raw(), func(raw string) bool { return h.given.Column(raw) != nil }) {
			continue
		}
		met := func(code string) bool {
			return slices.ContainsFunc(makers, func(c *converter) bool { return c.met(code) })
		}
		u := codebook.Unmet{Variable: name, Codes: map[string]string{}, Missing: map[string]string{}}
		for code, category := range s.Codes {
			if !met(code) {
				u.Codes[code] = category
			}
		}
		for band, limits := range s.Bands {
			if !slices.ContainsFunc(makers, func(c *converter) bool { return c.metBand(limits[0], limits[1]) }) {
				u.Codes[codebook.Spell(limits[0])+"-"+codebook.Spell(limits[1])] = band
			}
		}
		for code, kind := range h.x.MissingOf(s) {
			switch {
			case met(code):
				delete(everywhere, code)
			case h.x.Missing[code] != kind:
				u.Missing[code] = kind
			}
		}
		if len(u.Codes)+len(u.Missing) > 0 {
			found = append(found, u)
		}
	}
	if len(everywhere) > 0 {
		found = append(found, codebook.Unmet{Missing: everywhere})
	}
	return found
}

// nobody lists, of the variables of the standard breakdowns, the categories that no
// row is in although one of another category is. Those whose codes no row has are
// told by them.
func (h *Harmoniser) nobody(told []codebook.Unmet) map[string][]string {
	found := map[string][]string{}
	for _, by := range h.book.Breakdowns {
		c := h.out.Column(by.Variable)
		if c == nil || c.Codes == nil || found[by.Variable] != nil {
			continue
		}
		met := make([]bool, len(c.Variable.Categories))
		for row := range h.rows {
			if code := c.Codes.At(row); code >= 0 {
				met[code] = true
			}
		}
		for k, category := range c.Variable.Categories {
			by := slices.IndexFunc(told, func(u codebook.Unmet) bool { return u.Variable == by.Variable })
			if !met[k] && (by < 0 || !slices.Contains(slices.Collect(maps.Values(told[by].Codes)), category.Code)) {
				found[c.Variable.Name] = append(found[c.Variable.Name], category.Code)
			}
		}
	}
	return found
}
