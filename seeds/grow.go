package seeds

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Population is a frame of areas with people whose answers follow the
// declaration, for one wave. Everything that is true of it is a sum over the
// frame; everything in its extract is a sample from it.
type Population struct {
	Wave Wave

	declaration *Declaration
	book        *codebook.Codebook
	crosswalk   *codebook.Crosswalk
	areas       []area
	strata      []stratum
	attributes  []attribute
	answers     map[string]*answer
	order       []string // of the crosswalk's variables, the ones that are written
}

// Names of the attributes that sampling depends on.
const (
	ethnicGroup = "ethnic-group"
	white       = "white"
	adults      = "adults"
)

// Grow makes the population of the wave that the crosswalk is of. An error is
// refusal.Problems: a wave that is not declared, a variable of the crosswalk
// that is neither declared nor optional, a declared category that no raw code
// stands for, effects too large for the shares that they move.
func Grow(d *Declaration, book *codebook.Codebook, crosswalk *codebook.Crosswalk) (*Population, error) {
	i := slices.IndexFunc(d.Waves, func(w Wave) bool { return w.ID() == crosswalk.ID() })
	if i < 0 {
		return nil, refusal.Problems{{Kind: refusal.Data, Where: d.page.At("waves"), What: fmt.Sprintf("no wave %s", crosswalk.ID())}}
	}
	p := &Population{Wave: d.Waves[i], declaration: d, book: book, crosswalk: crosswalk, answers: map[string]*answer{}}
	p.areas, p.strata = growFrame(d.Frame, p.Wave.Seed)
	var ps refusal.Problems
	for h, s := range p.strata {
		for _, a := range s.areas {
			if s.chance(p.areas, a) > 1 || len(s.areas) < s.sampled {
				ps.Add(d.page.At("frame"), "stratum %d: %d areas are too few to sample %d with probability by size", h+1, len(s.areas), s.sampled)
				break
			}
		}
	}
	ps = append(ps, p.growAttributes()...)
	if len(ps) == 0 {
		ps = append(ps, p.growAnswers()...)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Population) attributeIndex(name string) int {
	return slices.IndexFunc(p.attributes, func(a attribute) bool { return a.name == name })
}

// growAttributes sets the attributes: those declared, the ethnic group of an
// area's minority share, and how many adults live at a person's address.
func (p *Population) growAttributes() refusal.Problems {
	var ps refusal.Problems
	f := p.declaration.Frame
	groups := p.book.Variables[ethnicGroup].Codes()
	split := percentages(groups, f.Minorities)
	byArea := make(map[*area][]float64, len(p.areas))
	for i := range p.areas {
		a := &p.areas[i]
		shares := make([]float64, len(groups))
		for g, code := range groups {
			shares[g] = float64(a.minority * split[g])
			if code == white {
				shares[g] = 1 - a.minority
			}
		}
		byArea[a] = shares
	}
	p.attributes = append(p.attributes, attribute{ethnicGroup, groups, func(a *area) []float64 { return byArea[a] }})

	// Of adults, not of addresses: an address with more adults has more of them.
	codes, people, sum := []string{}, make([]float64, len(f.Adults)), 0.0
	for k, share := range f.Adults {
		codes = append(codes, itoa(k+1))
		people[k] = float64(float64(k+1) * share)
		sum += people[k]
	}
	for k := range people {
		people[k] /= sum
	}
	p.attributes = append(p.attributes, attribute{adults, codes, func(*area) []float64 { return people }})

	for _, name := range slices.Sorted(maps.Keys(p.declaration.People)) {
		spec, at := p.declaration.People[name], p.declaration.page.At("people", name)
		codes := p.book.Variables[name].Codes()
		row := spec.Shares[p.Wave.ID()]
		if row == nil {
			row = spec.Shares[everyWave]
		}
		if len(codes) == 0 {
			seen := map[string]bool{}
			for _, r := range append(slices.Collect(maps.Values(spec.Rows)), row) {
				for c := range r {
					seen[c] = true
				}
			}
			codes = slices.Sorted(maps.Keys(seen))
		}
		if spec.By == "" {
			if row == nil {
				continue // of other waves alone
			}
			shares := percentages(codes, row)
			p.attributes = append(p.attributes, attribute{name, codes, func(*area) []float64 { return shares }})
			continue
		}
		kind := slices.Index(placeNames[:], spec.By)
		if kind < 0 {
			ps.Add(at, "attribute %q: no kind of area %q%s", name, spec.By, refusal.Nearest(spec.By, placeNames[:]))
			continue
		}
		rows := map[string][]float64{}
		for i := range p.areas {
			code := p.areas[i].places[kind]
			if spec.Rows[code] == nil && rows[code] == nil {
				ps.Add(at, "attribute %q: no row for %s %q", name, spec.By, code)
			}
			if rows[code] == nil {
				rows[code] = percentages(codes, spec.Rows[code])
			}
		}
		p.attributes = append(p.attributes, attribute{name, codes, func(a *area) []float64 { return rows[a.places[kind]] }})
	}
	return ps
}

// growAnswers readies each variable of the crosswalk. A variable that is not
// declared is left out if it is optional, or if it is read from a raw variable
// that another one fills.
func (p *Population) growAnswers() refusal.Problems {
	var ps refusal.Problems
	filled := map[string]string{}
	var undeclared []string
	for _, name := range slices.Sorted(maps.Keys(p.crosswalk.Variables)) {
		spec, declared := p.declaration.Variables[name]
		if !declared && !isPlace(name) && p.attributeIndex(name) < 0 {
			undeclared = append(undeclared, name)
			continue
		}
		at := p.declaration.page.At("variables", name)
		if len(spec.Shares) > 0 || spec.Given != nil {
			q, problems := p.compile(name, spec)
			ps = append(ps, problems...)
			p.answers[name] = q
		}
		for _, of := range []string{numbersOf(spec), askedOf(spec)} {
			if of != "" && p.attributeIndex(of) < 0 {
				ps.Add(at, "variable %q: no attribute %q", name, of)
			}
		}
		for _, raw := range p.crosswalk.Variables[name].Raw() {
			if other, twice := filled[strings.ToLower(raw)]; twice {
				ps.Add(at, "variables %q and %q are both declared and both read from %q of %s", other, name, raw, p.crosswalk.ID())
			}
			filled[strings.ToLower(raw)] = name
		}
		p.order = append(p.order, name)
	}
	for _, name := range undeclared {
		source := p.crosswalk.Variables[name]
		implied := slices.ContainsFunc(source.Raw(), func(raw string) bool { return filled[strings.ToLower(raw)] != "" })
		if !source.Optional && !implied {
			ps.Add(p.declaration.page.At("variables"), "no variable %q, which %s has and is not optional", name, p.crosswalk.ID())
		}
	}
	return ps
}

func numbersOf(a Answer) string {
	if a.Numbers == nil {
		return ""
	}
	return a.Numbers.Of
}

func askedOf(a Answer) string {
	if a.Asked == nil {
		return ""
	}
	return a.Asked.Of
}
