package codebook

import (
	"maps"
	"slices"

	"togetherwecan/pipeline/refusal"
)

// PartOf is the category of another variable that all respondents of a category of
// a variable are in: as its Within has it, as the other is recoded from it, or by
// way of a third variable. It is "" where none is known.
func (b *Codebook) PartOf(variable, category, coarse string) string {
	return b.partOf(variable, category, coarse, map[string]bool{})
}

func (b *Codebook) partOf(variable, category, coarse string, met map[string]bool) string {
	if met[variable] {
		return ""
	}
	met[variable] = true
	for _, name := range b.Names() {
		parts := b.Variables[variable].Within[name]
		if d := b.Variables[name].Derive; d != nil && b.Variables[variable].Categorical() {
			if recoded := b.parts(d, variable); recoded != nil {
				parts = recoded
			}
		}
		for _, whole := range slices.Sorted(maps.Keys(parts)) {
			if !slices.Contains(parts[whole], category) {
				continue
			}
			if name == coarse {
				return whole
			}
			if found := b.partOf(name, whole, coarse, met); found != "" {
				return found
			}
		}
	}
	return ""
}

// checkWithin reports parts that are not each in one category of the other variable.
func (b *Codebook) checkWithin(v Variable, page *Page) refusal.Problems {
	var ps refusal.Problems
	for _, name := range slices.Sorted(maps.Keys(v.Within)) {
		at := page.At("variables", v.Name, "within", name)
		whole, ok := b.Variables[name]
		if !ok || !whole.Categorical() || name == v.Name {
			ps.Add(at, "variable %q is within %q, want another variable with categories%s", v.Name, name, refusal.Nearest(name, b.Names()))
			continue
		}
		in := map[string]string{}
		for _, category := range slices.Sorted(maps.Keys(v.Within[name])) {
			at := page.At("variables", v.Name, "within", name, category)
			if whole.Index(category) < 0 {
				ps.Add(at, "%s has no category %q%s", name, category, refusal.Nearest(category, whole.Codes()))
			}
			for _, part := range v.Within[name][category] {
				switch {
				case v.Index(part) < 0:
					ps.Add(at, "variable %q has no category %q%s", v.Name, part, refusal.Nearest(part, v.Codes()))
				case in[part] != "":
					ps.Add(at, "category %q is in %s and in %s, want one", part, in[part], category)
				}
				in[part] = category
			}
		}
		for _, c := range v.Categories {
			if in[c.Code] == "" {
				ps.Add(at, "category %q is in no category of %s", c.Code, name)
			}
		}
	}
	return ps
}
