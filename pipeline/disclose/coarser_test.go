package disclose

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// regions are within countries, and nothing else within anything.
func regions(variable, category, coarse string) string {
	if variable != "region" || coarse != "country" {
		return ""
	}
	if category == "wales" {
		return "wales"
	}
	return "england"
}

// A crossed breakdown is within what its factors are and what they are within, crossed
// or not, in whatever order.
func TestProject(t *testing.T) {
	codes := map[string][]string{
		"sex": {"f", "m"}, "region": {"north", "south", "wales"}, "country": {"england", "wales"},
		"region*sex":  {"north*f", "north*m", "south*f", "south*m", "wales*f", "wales*m"},
		"country*sex": {"england*f", "england*m", "wales*f", "wales*m"},
		"sex*country": {"f*england", "f*wales", "m*england", "m*wales"},
	}
	for _, c := range []struct{ fine, coarse, want string }{
		{"region", "country", "[0 0 1]"},
		{"country", "region", "[]"},
		{"region", "sex", "[]"},
		{"region*sex", "sex", "[0 1 0 1 0 1]"},
		{"region*sex", "region", "[0 0 1 1 2 2]"},
		{"region*sex", "country", "[0 0 0 0 1 1]"},
		{"region*sex", "country*sex", "[0 1 0 1 2 3]"},
		{"region*sex", "sex*country", "[0 2 0 2 1 3]"},
		{"country*sex", "region*sex", "[]"},
		{"country*sex", "sex*country", "[0 2 1 3]"},
		{"sex", "region*sex", "[]"},
	} {
		h := newHierarchy(regions)
		if got := fmt.Sprint(h.project(&family{by: c.fine, codes: codes[c.fine]}, &family{by: c.coarse, codes: codes[c.coarse]})); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.fine, c.coarse, got, c.want)
		}
	}
	// Of two that say the same, one is coarser.
	p := &protection{item: &item{}, hierarchy: newHierarchy(regions)}
	for _, by := range []string{"country*sex", "sex*country", "region*sex"} {
		p.families = append(p.families, family{by: by, codes: codes[by]})
	}
	var got []string
	for i := range p.families {
		for _, a := range p.above(&p.families[i]) {
			got = append(got, p.families[i].by+" in "+a.family.by)
		}
	}
	if want := "[sex*country in country*sex region*sex in sex*country]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// No four cells of a table of three leave all its three margins as they are; of two
// margins they do.
func TestCyclesOfThree(t *testing.T) {
	two, three := []string{"1*1", "1*2", "2*1", "2*2"}, []string{"1*1*1", "1*1*2", "1*2*1", "1*2*2", "2*1*1", "2*1*2", "2*2*1", "2*2*2"}
	for _, c := range []struct {
		margins []string
		cycles  int
	}{{[]string{"a*b", "a*c"}, 1}, {[]string{"a*b", "a*c", "b*c"}, 0}} {
		p := &protection{item: &item{}, hierarchy: newHierarchy(regions)}
		for _, by := range c.margins {
			p.families = append(p.families, family{by: by, codes: two})
		}
		p.families = append(p.families, family{by: "a*b*c", codes: three})
		if got := p.cycles(&p.families[len(c.margins)], 0); len(got) != c.cycles {
			t.Errorf("%v: %v, want %d", c.margins, got, c.cycles)
		}
	}
}

// countedOf is a row of an item of one population.
func countedOf(population, by, category string, answered, saidNo int64) *row {
	key := indicator.Key{Indicator: "x", Source: "hocs/2001", Population: population, Breakdown: by, Category: category, Item: codebook.All}
	return &row{
		figure: &release.Figure{Key: key}, sided: true, smallest: answered, counts: counts{base: answered, yes: answered - saidNo, no: saidNo},
		few: testRules.onSide(saidNo) || testRules.onSide(answered-saidNo),
	}
}

// silenced lists the rows that are withheld.
func silenced(rows []*row) (list []string) {
	for _, r := range rows {
		if r.silent {
			list = append(list, r.figure.Category)
		}
	}
	return list
}

// Crossings within a crossing tell each other: five men of the north are what the men of
// England have more than those of the south.
func TestCrossingsWithinACrossing(t *testing.T) {
	made := func() []*row {
		var rows []*row
		add := func(by, category string, n int64) {
			r := countedOf("england-and-wales", by, category, n, 0)
			r.sided, r.few = false, false
			rows = append(rows, r)
		}
		add(codebook.All, codebook.All, 2105)
		for category, n := range map[string]int64{"north*f": 300, "north*m": 5, "south*f": 400, "south*m": 400, "wales*f": 500, "wales*m": 500} {
			add("region*sex", category, n)
		}
		for category, n := range map[string]int64{"england*f": 700, "england*m": 405, "wales*f": 500, "wales*m": 500} {
			add("country*sex", category, n)
		}
		return rows
	}
	known := func(rows []*row, how func(p *protection)) []Known {
		p := protected(rows)
		p.hierarchy = newHierarchy(regions)
		how(p)
		found, _ := p.audit()
		return found
	}
	if found := known(made(), func(p *protection) { p.primary() }); len(found) == 0 {
		t.Error("five of the north are withheld alone, and are not told by England less the south")
	}
	rows := made()
	if found := known(rows, func(p *protection) { p.secure() }); len(found) > 0 {
		t.Errorf("known: %v", found)
	}
	got := silenced(rows)
	slices.Sort(got)
	if want := "[north*m south*m]"; fmt.Sprint(got) != want {
		t.Errorf("withheld: %v, want %s", got, want)
	}
}

// Ten say no of a category, and eight of its parts, which are all there is: they are
// told within eight because it is shown. It goes, with one beside it, and the breakdown
// stays.
func TestMarginOfFew(t *testing.T) {
	var rows []*row
	for _, c := range []struct {
		by, category string
		answered, no int64
	}{
		{codebook.All, codebook.All, 6000, 1510},
		{"s", "a", 1600, 10},
		{"s", "b", 2000, 600},
		{"s", "c", 2400, 900},
		{"t", "p", 2995, 754},
		{"t", "q", 2995, 754},
		{"s*t", "a*p", 795, 4},
		{"s*t", "b*p", 1000, 300},
		{"s*t", "c*p", 1200, 450},
		{"s*t", "a*q", 795, 4},
		{"s*t", "b*q", 1000, 300},
		{"s*t", "c*q", 1200, 450},
	} {
		rows = append(rows, countedOf("england-and-wales", c.by, c.category, c.answered, c.no))
	}
	p := protected(rows)
	p.protect()
	if found, _ := p.audit(); len(found) == 0 {
		t.Error("nothing is known of parts of eight beside what is withheld with them")
	}
	if found, _ := p.secure(); len(found) > 0 {
		t.Errorf("known: %v", found)
	}
	if got, want := fmt.Sprint(silenced(rows)), "[a b p q a*p b*p c*p a*q b*q c*q]"; got != want {
		t.Errorf("withheld: %v, want %s", got, want)
	}
}

// A breakdown by country shows England as the population of England does: to withhold
// the one and not the other would hide nothing.
func TestCountryOfAPopulation(t *testing.T) {
	const e, w = "england", "england-and-wales"
	rows := []*row{
		countedOf(e, codebook.All, codebook.All, 8000, 900), countedOf(w, codebook.All, codebook.All, 9000, 1000),
		countedOf(e, "country", "england", 8000, 900), countedOf(w, "country", "england", 8000, 900), countedOf(w, "country", "wales", 1000, 100),
	}
	p := protected(rows)
	p.widen(nil, ofEvery)
	p.restore()
	if got := fmt.Sprint(silenced(rows)); got != "[wales]" {
		t.Errorf("withheld: %s, want Wales alone", got)
	}
}

// Regions of two countries by sex, with every margin, crossed ones too: what is withheld
// cannot be had, by an attacker with a solver of all of it together, and swaps do it
// nearly always.
func TestCrossingsOfRegions(t *testing.T) {
	places, sexes := []string{"n", "s", "x", "y", "wales"}, []string{"f", "m"}
	const systems = 60
	broken, widened := 0, 0
	for seed := range uint64(systems) {
		r := rand.New(rand.NewPCG(72, seed))
		cells := map[[2]string]int64{}
		for _, place := range places {
			for _, sex := range sexes {
				cells[[2]string{place, sex}] = []int64{5, 60, 200, 900}[r.IntN(4)] + r.Int64N(20)
			}
		}
		var rows []*row
		relations := map[*row][][2]string{}
		add := func(by, category string, in func(place, country, sex string) bool) {
			n := int64(0)
			var parts [][2]string
			for _, place := range places {
				for _, sex := range sexes {
					if in(place, regions("region", place, "country"), sex) {
						n += cells[[2]string{place, sex}]
						parts = append(parts, [2]string{place, sex})
					}
				}
			}
			of := countedOf("england-and-wales", by, category, n, 0)
			of.sided, of.few = false, false
			rows, relations[of] = append(rows, of), parts
		}
		add(codebook.All, codebook.All, func(_, _, _ string) bool { return true })
		for _, country := range []string{"england", "wales"} {
			add("country", country, func(_, in, _ string) bool { return in == country })
			for _, sex := range sexes {
				add("country*sex", country+"*"+sex, func(_, in, of string) bool { return in == country && of == sex })
			}
		}
		for _, place := range places {
			add("region", place, func(in, _, _ string) bool { return in == place })
			for _, sex := range sexes {
				add("region*sex", place+"*"+sex, func(in, _, of string) bool { return in == place && of == sex })
			}
		}
		for _, sex := range sexes {
			add("sex", sex, func(_, _, of string) bool { return of == sex })
		}
		known := func() string {
			if !slices.ContainsFunc(rows, func(r *row) bool { return r.bare }) {
				return ""
			}
			var cells [][2]string
			for _, place := range places {
				for _, sex := range sexes {
					cells = append(cells, [2]string{place, sex})
				}
			}
			line := func(of *row) []float64 {
				row := make([]float64, len(cells))
				for _, part := range relations[of] {
					row[slices.Index(cells, part)] = 1
				}
				return row
			}
			var a [][]float64
			var b []float64
			for _, of := range rows {
				if !of.bare {
					a, b = append(a, line(of)), append(b, float64(of.counts[base]))
				}
			}
			if a, b = independent(a, b); len(a) == len(cells) {
				return "every cell"
			}
			system := mat.NewDense(len(a), len(cells), nil)
			for i, row := range a {
				system.SetRow(i, row)
			}
			for _, of := range rows {
				if !of.bare {
					continue
				}
				least, _, err := lp.Simplex(line(of), system, b, 1e-9, nil)
				negative := line(of)
				for i := range negative {
					negative[i] = -negative[i]
				}
				most, _, other := lp.Simplex(negative, system, b, 1e-9, nil)
				if err == nil && other == nil && -most-least < float64(testRules.interval) {
					return fmt.Sprintf("%s %s from %g to %g", of.figure.Breakdown, of.figure.Category, least, -most)
				}
			}
			return ""
		}
		p := protected(rows)
		p.hierarchy = newHierarchy(regions)
		p.primary()
		if known() != "" {
			broken++
		}
		p.protect()
		if found, _ := p.audit(); len(found) > 0 {
			widened++
		}
		if found, _ := p.secure(); len(found) > 0 {
			t.Errorf("seed %d: known by the audit: %v", seed, found)
		}
		if what := known(); what != "" {
			t.Errorf("seed %d: known: %s", seed, what)
		}
	}
	if broken < systems/3 {
		t.Errorf("%d of %d systems are broken where nothing protects them", broken, systems)
	}
	t.Logf("%d of %d systems broken where primary cells alone are withheld, %d need more than swaps", broken, systems, widened)
	if widened > 0 {
		t.Errorf("%d systems need more than swaps", widened)
	}
}
