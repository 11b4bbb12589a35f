package seeds

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
)

// A Cell is a part of the population: those of a category of a kind of area
// or of an attribute of people.
type Cell struct{ Of, Category string }

// Share returns the population's share, as a fraction, of those who would
// answer with one of the categories, among all adults or those in every one
// of the cells. It is a sum over the whole frame, with no sampling error. It
// panics for a variable, category or cell that the population does not have.
func (p *Population) Share(variable string, categories []string, in ...Cell) float64 {
	q := p.answers[variable]
	if q == nil {
		panic(fmt.Sprintf("seeds: %s has no answers to %q", p.Wave.ID(), variable))
	}
	counted := make([]bool, len(q.variable.Categories))
	for _, c := range categories {
		counted[q.variable.Index(c)] = true
	}
	d := p.domain(in)
	top, bottom := 0.0, 0.0
	for i := range p.areas {
		w := d.weight(p, i)
		if w == 0 {
			continue
		}
		shares := q.expected(p, i, d.fixed)
		share := 0.0
		for c, s := range shares {
			if counted[c] {
				share += s
			}
		}
		top += float64(w * share)
		bottom += w
	}
	return top / bottom
}

// ShareScoring returns the population's share whose points over several
// variables add up to at least the given number. Answers are independent given
// the area and the attributes that any of them depends on, so it is a sum over
// the combinations of those, with the distribution of the score in each.
func (p *Population) ShareScoring(variables []string, points map[string]int, atLeast int, in ...Cell) float64 {
	var items []*answer
	var matter []int
	for _, name := range variables {
		q := p.answers[name]
		if q == nil {
			panic(fmt.Sprintf("seeds: %s has no answers to %q", p.Wave.ID(), name))
		}
		items = append(items, q)
		for _, a := range q.attributes() {
			if !slices.Contains(matter, a) {
				matter = append(matter, a)
			}
		}
	}
	slices.Sort(matter)
	d := p.domain(in)
	top, bottom := 0.0, 0.0
	person := make([]int, len(p.attributes))
	for i := range p.areas {
		w := d.weight(p, i)
		if w == 0 {
			continue
		}
		top += float64(w * p.scoring(items, points, atLeast, i, d.fixed, person, matter))
		bottom += w
	}
	return top / bottom
}

// scoring walks the combinations of the attributes left and sums the chance
// of the score over them.
func (p *Population) scoring(items []*answer, points map[string]int, atLeast, area int, fixed, person, left []int) float64 {
	if len(left) == 0 {
		return chanceOfScore(items, points, atLeast, area, person)
	}
	attribute := left[0]
	if k := fixed[attribute]; k >= 0 {
		person[attribute] = k
		return p.scoring(items, points, atLeast, area, fixed, person, left[1:])
	}
	sum := 0.0
	for k, share := range p.attributes[attribute].shares(&p.areas[area]) {
		if share == 0 {
			continue
		}
		person[attribute] = k
		sum += float64(share * p.scoring(items, points, atLeast, area, fixed, person, left[1:]))
	}
	return sum
}

func chanceOfScore(items []*answer, points map[string]int, atLeast, area int, person []int) float64 {
	score := []float64{1}
	shares := make([]float64, 0, 8)
	for _, q := range items {
		shares = q.shares(area, person, shares[:0])
		most := 0
		for _, c := range q.variable.Categories {
			most = max(most, points[c.Code])
		}
		next := make([]float64, len(score)+most)
		for s, chance := range score {
			for c, share := range shares {
				next[s+points[q.variable.Categories[c].Code]] += float64(chance * share)
			}
		}
		score = next
	}
	sum := 0.0
	for s := max(atLeast, 0); s < len(score); s++ {
		sum += score[s]
	}
	return sum
}

// A domain is cells, taken apart into kinds of area and attributes.
type domain struct {
	places []struct {
		place place
		code  string
	}
	fixed []int // category of each attribute, or -1
}

func (p *Population) domain(in []Cell) domain {
	d := domain{fixed: make([]int, len(p.attributes))}
	for a := range d.fixed {
		d.fixed[a] = -1
	}
	for _, c := range in {
		if i := slices.Index(placeNames[:], c.Of); i >= 0 {
			d.places = append(d.places, struct {
				place place
				code  string
			}{place(i), c.Category})
			continue
		}
		a := p.attributeIndex(c.Of)
		if a < 0 || slices.Index(p.attributes[a].codes, c.Category) < 0 {
			panic(fmt.Sprintf("seeds: %s has no %s %q", p.Wave.ID(), c.Of, c.Category))
		}
		d.fixed[a] = slices.Index(p.attributes[a].codes, c.Category)
	}
	return d
}

// weight is how many adults of the domain an area has, in units of the mean
// number of adults at an address, which is the same everywhere.
func (d domain) weight(p *Population, i int) float64 {
	a := &p.areas[i]
	for _, c := range d.places {
		if a.places[c.place] != c.code {
			return 0
		}
	}
	w := float64(a.addresses)
	for attribute, k := range d.fixed {
		if k >= 0 {
			w *= p.attributes[attribute].shares(a)[k]
		}
	}
	return w
}

// A Truth is a population value: the share, as a fraction, of a category of a
// variable among the adults of a population.
type Truth struct {
	Source     codebook.SourceID
	Population string // england-and-wales, england or wales
	Variable   string
	Category   string
	Share      float64
}

// Truths lists the population values of every variable with declared answers,
// for England and Wales and for each country, sorted by variable.
func (p *Population) Truths() []Truth {
	var out []Truth
	for _, name := range p.order {
		q := p.answers[name]
		if q == nil {
			continue
		}
		for _, c := range q.variable.Codes() {
			for _, in := range []struct {
				id    string
				cells []Cell
			}{{"england-and-wales", nil}, {"england", []Cell{{"country", "england"}}}, {"wales", []Cell{{"country", "wales"}}}} {
				out = append(out, Truth{p.Wave.ID(), in.id, name, c, p.Share(name, []string{c}, in.cells...)})
			}
		}
	}
	return out
}

// within says whether x is a share, allowing for rounding.
func within(x float64) bool { return !math.IsNaN(x) && x > -1e-12 && x < 1+1e-12 }
