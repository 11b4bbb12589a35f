package seeds

import (
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// An attribute is something about people that answers depend on. Attributes
// are independent of one another given the area.
type attribute struct {
	name   string
	codes  []string
	shares func(*area) []float64 // of each code among an area's adults
}

// An answer is a variable's distribution, ready to draw from. A person's
// share of category c is base[c] + shift x direction[c], where the shift is
// the area's plus that of each attribute. The shift's mean over the
// population is 0, so that base is the population's distribution exactly.
type answer struct {
	name      string
	variable  codebook.Variable
	base      []float64
	direction []float64
	area      []float64 // shift of each area, less the population's mean of all effects
	effects   []effect  // of attributes

	given    int         // the attribute that rows is by, or -1
	rows     [][]float64 // [category of the attribute][category]
	outside  []bool      // areas where everyone is of the category otherwise; nil for none
	elsewise int
}

// An effect is the shift of each category of an attribute.
type effect struct {
	attribute int
	shift     []float64
}

// shares appends the distribution for a person of an area.
func (q *answer) shares(area int, person []int, out []float64) []float64 {
	if q.outside != nil && q.outside[area] {
		for c := range q.variable.Categories {
			share := 0.0
			if c == q.elsewise {
				share = 1
			}
			out = append(out, share)
		}
		return out
	}
	if q.given >= 0 {
		return append(out, q.rows[person[q.given]]...)
	}
	shift := q.area[area]
	for _, e := range q.effects {
		shift += e.shift[person[e.attribute]]
	}
	for c, b := range q.base {
		out = append(out, b+float64(shift*q.direction[c]))
	}
	return out
}

// expected is the mean distribution of an area's people, of those with the
// fixed category of an attribute where it is not -1.
func (q *answer) expected(p *Population, area int, fixed []int) []float64 {
	out := make([]float64, len(q.variable.Categories))
	switch {
	case q.outside != nil && q.outside[area]:
		out[q.elsewise] = 1
	case q.given >= 0:
		for k, share := range p.attributes[q.given].shares(&p.areas[area]) {
			if f := fixed[q.given]; f >= 0 {
				share = 0
				if f == k {
					share = 1
				}
			}
			for c, row := range q.rows[k] {
				out[c] += float64(share * row)
			}
		}
	default:
		shift := q.area[area]
		for _, e := range q.effects {
			if f := fixed[e.attribute]; f >= 0 {
				shift += e.shift[f]
				continue
			}
			for k, share := range p.attributes[e.attribute].shares(&p.areas[area]) {
				shift += float64(share * e.shift[k])
			}
		}
		for c, b := range q.base {
			out[c] = b + float64(shift*q.direction[c])
		}
	}
	return out
}

// attributes lists the attributes that the answer depends on.
func (q *answer) attributes() []int {
	var out []int
	if q.given >= 0 {
		out = append(out, q.given)
	}
	for _, e := range q.effects {
		out = append(out, e.attribute)
	}
	return out
}

// compile readies a declared answer for this population.
func (p *Population) compile(name string, spec Answer) (*answer, refusal.Problems) {
	var ps refusal.Problems
	at := p.declaration.page.At("variables", name)
	v, ok := p.book.Variables[name]
	if !ok {
		ps.Add(at, "no variable %q in the codebook%s", name, refusal.Nearest(name, p.book.Names()))
		return nil, ps
	}
	q := &answer{name: name, variable: v, given: -1, direction: make([]float64, len(v.Categories)), area: make([]float64, len(p.areas))}
	known := func(row map[string]float64) []float64 {
		for _, c := range slices.Sorted(maps.Keys(row)) {
			if v.Index(c) < 0 {
				ps.Add(at, "variable %q has no category %q%s", name, c, refusal.Nearest(c, v.Codes()))
			}
		}
		return percentages(v.Codes(), row)
	}
	if g := spec.Given; g != nil {
		if q.given = p.attributeIndex(g.Of); q.given < 0 {
			ps.Add(at, "variable %q: no attribute %q", name, g.Of)
			return nil, ps
		}
		for _, code := range p.attributes[q.given].codes {
			row, ok := g.Rows[code]
			if !ok {
				ps.Add(at, "variable %q: no row for %s %q", name, g.Of, code)
			}
			q.rows = append(q.rows, known(row))
		}
	} else {
		row, ok := spec.Shares[p.Wave.ID()]
		if !ok {
			row, ok = spec.Shares[everyWave]
		}
		if !ok {
			ps.Add(at, "variable %q: no shares for %s", name, p.Wave.ID())
		}
		q.base = known(row)
		ps = append(ps, p.compileEffects(q, spec, at)...)
	}
	if w := spec.Where; w != nil {
		kind := slices.Index(placeNames[:], w.Of)
		q.elsewise = v.Index(w.Otherwise)
		if kind < 0 || q.elsewise < 0 {
			ps.Add(at, "variable %q: where: want a kind of area and a category for the others", name)
			return nil, ps
		}
		q.outside = make([]bool, len(p.areas))
		for i := range p.areas {
			q.outside[i] = !slices.Contains(w.Categories, p.areas[i].places[kind])
		}
	}
	if len(ps) == 0 {
		ps = append(ps, p.checkRange(q, at)...)
	}
	return q, ps
}

// compileEffects sets the answer's direction, effects and shift of each area.
func (p *Population) compileEffects(q *answer, spec Answer, at string) refusal.Problems {
	var ps refusal.Problems
	up := 0.0
	for _, c := range spec.Lean {
		i := q.variable.Index(c)
		if i < 0 {
			ps.Add(at, "variable %q has no category %q%s", q.name, c, refusal.Nearest(c, q.variable.Codes()))
			return ps
		}
		up += q.base[i]
	}
	for c, b := range q.base {
		if slices.Contains(spec.Lean, q.variable.Categories[c].Code) {
			q.direction[c] = b / up
		} else {
			q.direction[c] = -b / (1 - up)
		}
	}
	if len(spec.Lean) == 0 {
		clear(q.direction)
	} else if up <= 0 || up >= 1 {
		ps.Add(at, "variable %q: lean is everyone or nobody, so that effects cannot move it", q.name)
		return ps
	}

	// One draw an area, centred on each region by its number of adults.
	s := newStream(p.Wave.Seed, "area "+q.name)
	sums, adults := map[string]float64{}, map[string]float64{}
	for i := range p.areas {
		q.area[i] = float64(float64(spec.Area/100) * (2*s.unit() - 1))
		r := p.areas[i].places[region]
		sums[r] += float64(float64(p.areas[i].addresses) * q.area[i])
		adults[r] += float64(p.areas[i].addresses)
	}
	for i := range p.areas {
		r := p.areas[i].places[region]
		q.area[i] -= sums[r] / adults[r]
	}
	for _, of := range slices.Sorted(maps.Keys(spec.Effects)) {
		shifts := spec.Effects[of]
		if kind := slices.Index(placeNames[:], of); kind >= 0 {
			for _, code := range slices.Sorted(maps.Keys(shifts)) {
				if v := p.book.Variables[of]; v.Index(code) < 0 {
					ps.Add(at, "variable %q: %s has no category %q%s", q.name, of, code, refusal.Nearest(code, v.Codes()))
				}
			}
			for i := range p.areas {
				q.area[i] += shifts[p.areas[i].places[kind]] / 100
			}
			continue
		}
		a := p.attributeIndex(of)
		if a < 0 {
			ps.Add(at, "variable %q: no kind of area or attribute %q", q.name, of)
			continue
		}
		for _, code := range slices.Sorted(maps.Keys(shifts)) {
			if !slices.Contains(p.attributes[a].codes, code) {
				ps.Add(at, "variable %q: %s has no category %q%s", q.name, of, code, refusal.Nearest(code, p.attributes[a].codes))
			}
		}
		q.effects = append(q.effects, effect{a, percentages(p.attributes[a].codes, shifts)})
	}

	// Less the population's mean, so that base is what the population has.
	total, mean := 0.0, 0.0
	for i := range p.areas {
		a := &p.areas[i]
		shift := q.area[i]
		for _, e := range q.effects {
			for k, share := range p.attributes[e.attribute].shares(a) {
				shift += float64(share * e.shift[k])
			}
		}
		mean += float64(float64(a.addresses) * shift)
		total += float64(a.addresses)
	}
	mean /= total
	for i := range q.area {
		q.area[i] -= mean
	}
	return ps
}

// checkRange reports an answer whose shares leave 0 to 100 percent for some
// people: a clamp would move the population value.
func (p *Population) checkRange(q *answer, at string) refusal.Problems {
	var ps refusal.Problems
	if q.given >= 0 {
		return nil
	}
	low, high := 0.0, 0.0
	for _, e := range q.effects {
		low += slices.Min(e.shift)
		high += slices.Max(e.shift)
	}
	for _, c := range q.variable.Codes() {
		i := q.variable.Index(c)
		for _, shift := range []float64{slices.Min(q.area) + low, slices.Max(q.area) + high} {
			if share := q.base[i] + float64(shift*q.direction[i]); !within(share) {
				ps.Add(at, "variable %q: %q would have %.1f percent of some people, want 0 to 100: declare smaller effects", q.name, c, 100*share)
				return ps
			}
		}
	}
	return ps
}
