// Package codebook says what the columns of microdata mean: variables, their
// categories, and why a value is missing.
//
// A Codebook here is the common one, which every wave is brought to; a
// Crosswalk says how. Both are pages of the catalogue, read strictly: an
// unknown key, category or variable is a problem with its file and line.
package codebook

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// Missing is why a value is absent. It is a kind, never a number in the data.
type Missing uint8

// The kinds of missing. Present is the kind of a value that is there.
const (
	Present Missing = iota
	System
	NotApplicable
	Refused
	DontKnow
)

var missingNames = [...]string{"present", "system", "not-applicable", "refused", "dont-know"}

func (m Missing) String() string { return missingNames[m] }

// ParseMissing returns the kind with the given name; ok is false for an
// unknown name and for "present".
func ParseMissing(name string) (kind Missing, ok bool) {
	i := slices.Index(missingNames[:], name)
	return Missing(max(i, 0)), i > 0
}

// MissingNames lists the kinds that a crosswalk may give, in order.
func MissingNames() []string { return missingNames[1:] }

// A Category is one value of a categorical variable. Code identifies it for
// ever; Label is for readers.
type Category struct {
	Code  string `yaml:"code"`
	Label string `yaml:"label"`
}

// A Variable is a column's meaning. It is categorical when it has categories
// and numeric otherwise.
type Variable struct {
	Name       string      `yaml:"-"`
	Label      string      `yaml:"label"`
	Scale      string      `yaml:"scale"`
	Categories []Category  `yaml:"categories"`
	Unit       string      `yaml:"unit"`
	Derive     *Derivation `yaml:"derive"`

	// Within names, of other variables, the category that each of this one's is a
	// part of, as areas are of regions: category -> parts. It decides no figure.
	Within map[string]map[string][]string `yaml:"within" json:"-"`

	Recorded *Recorded `yaml:"-"` // of a raw variable, where its file says more
}

// Categorical says whether the variable's values are categories.
func (v Variable) Categorical() bool { return len(v.Categories) > 0 }

// Index returns the position of the category with the given code, or -1.
func (v Variable) Index(code string) int {
	return slices.IndexFunc(v.Categories, func(c Category) bool { return c.Code == code })
}

// Codes lists the codes of the variable's categories, in order.
func (v Variable) Codes() []string {
	codes := make([]string, len(v.Categories))
	for i, c := range v.Categories {
		codes[i] = c.Code
	}
	return codes
}

// A Breakdown is a variable that indicators are broken down by as a matter of
// course. Weight names the weight that its figures use, "core" unless it
// says another.
type Breakdown struct {
	Variable string `yaml:"variable"`
	Weight   string `yaml:"weight"`
}

// CoreWeight is the weight of every figure whose breakdown names no other.
const CoreWeight = "core"

// A Codebook holds the common variables by name and the standard breakdowns.
type Codebook struct {
	Scales     map[string][]Category `yaml:"scales"`
	Variables  map[string]Variable   `yaml:"variables"`
	Breakdowns []Breakdown           `yaml:"breakdowns"`
}

// Weight returns the weight of a breakdown's figures: that of the first of
// its variables that names one, or CoreWeight.
func (b *Codebook) Weight(variables ...string) string {
	for _, v := range variables {
		for _, standard := range b.Breakdowns {
			if standard.Variable == v && standard.Weight != "" {
				return standard.Weight
			}
		}
	}
	return CoreWeight
}

// Names lists the variables' names in order.
func (b *Codebook) Names() []string { return slices.Sorted(maps.Keys(b.Variables)) }

// Parse reads a codebook page. A variable with a scale receives its
// categories.
func Parse(page *Page) (*Codebook, refusal.Problems) {
	b := &Codebook{}
	ps := page.Decode(b)
	if page.Broken() != nil {
		return b, ps
	}
	for name, v := range b.Variables {
		at := page.At("variables", name)
		v.Name = name
		CheckForm(&ps, at, "variable", name)
		if v.Label == "" {
			ps.Add(at, "variable %q has no label", name)
		}
		scale, ok := b.Scales[v.Scale]
		if v.Scale != "" {
			if !ok {
				ps.Add(page.At("variables", name, "scale"), "no scale %q%s", v.Scale, refusal.Nearest(v.Scale, slices.Collect(maps.Keys(b.Scales))))
			}
			if len(v.Categories) > 0 {
				ps.Add(at, "variable %q has both a scale and categories, want one", name)
			}
			v.Categories = scale
		}
		if unitless := v.Categorical() || v.Scale != "" && !ok; unitless == (v.Unit != "") {
			ps.Add(at, "variable %q: want categories, a scale or a unit, and only one of them", name)
		}
		seen := map[string]bool{}
		for _, c := range v.Categories {
			if !ValidCode(c.Code) || seen[c.Code] || c.Code == All {
				ps.Add(at, "variable %q: category %q: want a code used once, of lower-case letters, digits and single hyphens, not %q", name, c.Code, All)
			}
			if c.Label == "" {
				ps.Add(at, "variable %q: category %q has no label", name, c.Code)
			}
			if c.Code != "yes" && c.Code != "no" { // of an answer; CheckBreakdown refuses them
				ps = append(ps, CheckCode(at, fmt.Sprintf("variable %q: category", name), c.Code)...)
			}
			seen[c.Code] = true
		}
		b.Variables[name] = v
	}
	for name, v := range b.Variables {
		if v.Derive != nil {
			ps = append(ps, v.Derive.check(b, v, page.At("variables", name, "derive"))...)
		}
	}
	for _, name := range b.Names() {
		ps = append(ps, b.checkWithin(b.Variables[name], page)...)
	}
	ps = append(ps, b.cycles(page)...)
	for i, d := range b.Breakdowns {
		at := page.At("breakdowns", itoa(i))
		if v, ok := b.Variables[d.Variable]; !ok {
			ps.Add(at, "no variable %q%s", d.Variable, refusal.Nearest(d.Variable, b.Names()))
		} else if !v.Categorical() {
			ps.Add(at, "variable %q is a number; a breakdown is by categories", d.Variable)
		} else {
			ps = append(ps, v.CheckBreakdown(at)...)
		}
		if d.Weight != "" {
			CheckForm(&ps, at, "weight", d.Weight)
		}
	}
	return b, ps
}

// All is the breakdown, the category and the item of a figure that is not
// broken down. No category has this code.
const All = "all"

// cycles reports every variable that is derived, in the end, from itself.
func (b *Codebook) cycles(page *Page) refusal.Problems {
	var ps refusal.Problems
	for _, name := range b.Names() {
		if path := b.path(name, name, nil); path != nil {
			ps.Add(page.At("variables", name, "derive"), "variable %q is derived from itself: %s", name, strings.Join(path, " from "))
		}
	}
	return ps
}

// path returns a chain of derivations from a variable to target, or nil.
func (b *Codebook) path(from, target string, trail []string) []string {
	v := b.Variables[from]
	if v.Derive == nil || slices.Contains(trail, from) {
		return nil
	}
	trail = append(slices.Clone(trail), from)
	for _, input := range v.Derive.Inputs() {
		if input == target {
			return append(trail, target)
		}
		if p := b.path(input, target, trail); p != nil {
			return p
		}
	}
	return nil
}

// Closure returns the named variables and every variable that they are
// derived from, sorted.
func (b *Codebook) Closure(names ...string) []string {
	return slices.Sorted(maps.Keys(walk(names, func(name string) []string {
		if d := b.Variables[name].Derive; d != nil {
			return d.Inputs()
		}
		return nil
	})))
}

// walk visits names and what they rest on, each once.
func walk(names []string, inputs func(name string) []string) map[string]bool {
	seen := map[string]bool{}
	var visit func([]string)
	visit = func(names []string) {
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				visit(inputs(name))
			}
		}
	}
	visit(names)
	return seen
}

// Lacks lists what the crosswalk does not give of the named variables: each
// that it neither gives nor can derive, by the variables at the root of it.
func (b *Codebook) Lacks(x *Crosswalk, names ...string) []string {
	lacking := map[string]bool{}
	walk(names, func(name string) []string {
		if _, given := x.Variables[name]; given {
			return nil
		}
		derive := b.Variables[name].Derive
		if derive == nil {
			lacking[name] = true
			return nil
		}
		return derive.Inputs()
	})
	return slices.Sorted(maps.Keys(lacking))
}
