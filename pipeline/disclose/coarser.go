package disclose

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
)

// A projection is a coarser breakdown of a family's item, and the category of it
// that each of the family's is within.
type projection struct {
	family *family
	of     []int
}

// above lists the coarser breakdowns of the item that a family's rows add up to.
func (p *protection) above(f *family) []projection {
	if list, met := p.projections[f]; met {
		return list
	}
	var list []projection
	for i := range p.families {
		g := &p.families[i]
		if of := p.hierarchy.project(f, g); of != nil && (g.by < f.by || p.hierarchy.project(g, f) == nil) {
			list = append(list, projection{g, of})
		}
	}
	// One that a third is between is told by the third.
	list = slices.DeleteFunc(list, func(a projection) bool {
		return slices.ContainsFunc(list, func(b projection) bool {
			return b.family != a.family && slices.ContainsFunc(p.above(b.family), func(c projection) bool { return c.family == a.family })
		})
	})
	if p.projections == nil {
		p.projections = map[*family][]projection{}
	}
	p.projections[f] = list
	return list
}

// A hierarchy knows which breakdowns are coarser than which, and remembers it from item
// to item.
type hierarchy struct {
	coarser func(breakdown, category, coarse string) string // of breakdowns that are not crossed
	in      map[[3]string]string                            // what coarser said
	factors map[string][]string                             // of a breakdown or category
}

func newHierarchy(coarser func(breakdown, category, coarse string) string) *hierarchy {
	return &hierarchy{coarser, map[[3]string]string{}, map[string][]string{}}
}

// of are the factors of a crossed breakdown or category; of another, itself.
func (h *hierarchy) of(crossed string) []string {
	list, met := h.factors[crossed]
	if !met {
		list = indicator.Crossed(crossed)
		h.factors[crossed] = list
	}
	return list
}

// within is the category of a variable that a category of another, or of itself, is in;
// "" where there is none.
func (h *hierarchy) within(variable, category, coarse string) string {
	if variable == coarse {
		return category
	}
	key := [3]string{variable, category, coarse}
	found, met := h.in[key]
	if !met {
		found = h.coarser(variable, category, coarse)
		h.in[key] = found
	}
	return found
}

// project is the category of one family that each of another's is within: each of its
// factors is a factor of the other, or coarser than one. It is nil where the one is not
// coarser than the other.
func (h *hierarchy) project(f, g *family) []int {
	if f.by == g.by || len(f.codes) == 0 {
		return nil
	}
	fine, coarse := h.of(f.by), h.of(g.by)
	from := make([]int, len(coarse)) // the factor that each is told by
	first := h.of(f.codes[0])
	if len(first) != len(fine) {
		return nil
	}
	for i, name := range coarse {
		from[i] = slices.Index(fine, name)
		for at := 0; from[i] < 0 && at < len(fine); at++ {
			if h.within(fine[at], first[at], name) != "" {
				from[i] = at
			}
		}
		if from[i] < 0 {
			return nil
		}
	}
	place := map[string]int{}
	for at, code := range g.codes {
		place[strings.Join(h.of(code), "\x00")] = at
	}
	of := make([]int, len(f.codes))
	wanted := make([]string, len(coarse))
	for c, code := range f.codes {
		categories := h.of(code)
		if len(categories) != len(fine) {
			return nil
		}
		for i, at := range from {
			wanted[i] = h.within(fine[at], categories[at], coarse[i])
		}
		at, met := place[strings.Join(wanted, "\x00")]
		if !met {
			return nil
		}
		of[c] = at
	}
	return of
}
