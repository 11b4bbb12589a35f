package disclose

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// TestAudit has patterns that do not stand, each for another reason: the audit finds
// them though nothing protected them.
func TestAudit(t *testing.T) {
	for want, k := range map[string]Known{
		"hocs/2001, england-and-wales without england, sex male, item all: respondents known exactly": {Side: "respondents", Less: "england", Least: release.Exactly, Most: release.Exactly},
		"hocs/2001, england-and-wales without england, sex male, item all: yes known to be 4":         {Side: "yes", Less: "england", Least: 4, Most: 4},
		"hocs/2001, england-and-wales, sex male, item all: respondents known to be from 0 to 3":       {Side: "respondents", Most: 3},
	} {
		k.Key = indicator.Key{Source: "hocs/2001", Population: "england-and-wales", Breakdown: "sex", Category: "male", Item: "all"}
		if got := k.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	type cell struct {
		population, category string
		n                    int64
		bare                 bool
	}
	const e, w = "england", "england-and-wales"
	for _, c := range []struct {
		claim string
		cells []cell
		want  string // category, population that is subtracted, and what is known
	}{
		{"one alone is the rest", []cell{{w, "all", 1000, false}, {w, "a", 5, true}, {w, "b", 995, false}}, "[a  5-5]"},
		{"two that are two together", []cell{{w, "all", 1000, false}, {w, "a", 1, true}, {w, "b", 1, true}, {w, "c", 998, false}}, "[a  0-2 b  0-2]"},
		{"two of which one is large", []cell{{w, "all", 1000, false}, {w, "a", 5, true}, {w, "b", 400, true}, {w, "c", 595, false}}, "[]"},
		{"no whole", []cell{{w, "all", 1000, true}, {w, "a", 5, true}, {w, "b", 995, false}}, "[]"},
		{"one population less another", []cell{{e, "all", 900, false}, {w, "all", 1000, false}, {e, "a", 300, false}, {w, "a", 304, false}, {e, "b", 600, false}, {w, "b", 696, false}}, "[a england 4-4]"},
		{"of which the part that is left is small", []cell{{e, "all", 900, false}, {w, "all", 1000, false}, {e, "a", 300, true}, {w, "a", 301, false}, {e, "b", 300, true}, {w, "b", 302, false}, {e, "c", 300, false}, {w, "c", 397, false}}, "[a  298-301 a england 0-3 b  299-302 b england 0-3]"},
		{"of which it is large", []cell{{e, "all", 900, false}, {w, "all", 1000, false}, {e, "a", 300, true}, {w, "a", 301, false}, {e, "b", 300, true}, {w, "b", 399, false}, {e, "c", 300, false}, {w, "c", 300, false}}, "[]"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var rows []*row
			for _, of := range c.cells {
				breakdown := "b"
				if of.category == codebook.All {
					breakdown = codebook.All
				}
				key := indicator.Key{Indicator: "x", Source: "hocs/2001", Population: of.population, Breakdown: breakdown, Category: of.category, Item: codebook.All}
				rows = append(rows, &row{figure: &release.Figure{Key: key}, counts: counts{base: of.n}, smallest: of.n, bare: of.bare, silent: of.bare})
			}
			found, _ := protected(rows).audit()
			seen := map[string]bool{}
			var got []string
			for _, category := range []string{"a", "b", "c"} {
				for _, k := range found {
					text := fmt.Sprintf("%s %s %d-%d", k.Key.Category, k.Less, k.Least, k.Most)
					if k.Key.Category == category && !seen[text] {
						seen[text] = true
						got = append(got, text)
					}
				}
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("known: %v, want %s", got, c.want)
			}
		})
	}
}

// A breakdown is told by a finer one, of which the simplex method would take too
// long: elimination finds it.
func TestAuditOfAFinerBreakdown(t *testing.T) {
	at := func(by, category string, n int64, bare bool) *row {
		key := indicator.Key{Indicator: "x", Source: "hocs/2001", Population: "england", Breakdown: by, Category: category, Item: codebook.All}
		return &row{figure: &release.Figure{Key: key}, counts: counts{base: n}, smallest: n, bare: bare, silent: bare}
	}
	const columns = 21
	rows := []*row{at(codebook.All, codebook.All, 26*columns, false), at("s", "a", 5*columns, true), at("s", "b", 21*columns, true)}
	for c := range columns {
		category := fmt.Sprintf("c%02d", c)
		rows = append(rows, at("t", category, 26, false), at("s*t", "a*"+category, 5, false), at("s*t", "b*"+category, 21, false))
	}
	p := protected(rows)
	if parts := 2 * columns; parts <= solvable {
		t.Fatalf("%d parts are solved, want more than %d", parts, solvable)
	}
	var got []string
	found, _ := p.audit()
	for _, k := range found {
		got = append(got, fmt.Sprintf("%s %d-%d", k.Key.Category, k.Least, k.Most))
	}
	if want := "[a 105-105 b 441-441]"; fmt.Sprint(got) != want {
		t.Errorf("known: %v, want %s", got, want)
	}
}

// Of two populations the one that is kept stays, where Wales is of few.
func TestKeep(t *testing.T) {
	figures := func() (list []release.Figure) {
		for population, n := range map[string][3]int64{"england": {900, 300, 600}, "england-and-wales": {1000, 304, 696}} {
			for i, category := range []string{codebook.All, "a", "b"} {
				key := indicator.Key{Population: population, Breakdown: "b", Category: category}
				if i == 0 {
					key.Breakdown = codebook.All
				}
				list = append(list, figure(key, n[i], "", ""))
			}
		}
		return list
	}
	for _, keep := range []string{"england-and-wales", "england"} {
		c := &release.Content{Figures: figures()}
		p := policy
		p.Keep = []string{keep}
		Apply(p, Release{Indicators: map[string]*release.Content{"x": c}, Carried: none, Links: linked()})
		for _, f := range c.Figures {
			if withheld := f.Status == "c"; withheld != (f.Breakdown == "b" && f.Population != keep) {
				t.Errorf("%s is kept, %s %s: withheld %v", keep, f.Population, f.Category, withheld)
			}
		}
	}
}

// What the last release withheld stays withheld, and what it published protects
// nothing.
func TestAfterARelease(t *testing.T) {
	at := func(category string, n int64, status string) release.Figure {
		f := figure(indicator.Key{Breakdown: "b", Category: category}, n, "", "")
		if f.Status = status; status == "c" {
			f.Empty()
			f.Base = release.Withheld
		}
		return f
	}
	all := figure(whole, 1000, "", "")
	c := &release.Content{Figures: []release.Figure{at("a", 5, ""), at("b", 300, ""), at("c", 300, ""), at("d", 395, ""), all}}
	last := release.Content{Figures: []release.Figure{at("b", 300, ""), at("d", 395, "c"), all}}
	Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Last: map[string]release.Content{"x": last}, Carried: none, Links: linked()})
	got := ""
	for _, f := range c.Figures {
		got += f.Category + ":" + f.Status + " "
	}
	if want := "a:c b: c: d:c all: "; got != want {
		t.Errorf("got %s, want %s: d stays withheld, and is enough beside a", got, want)
	}
	c = &release.Content{Figures: []release.Figure{at("a", 5, ""), at("b", 300, ""), at("c", 300, ""), at("d", 395, ""), all}}
	last = release.Content{Figures: []release.Figure{at("b", 300, ""), all}}
	Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Last: map[string]release.Content{"x": last}, Carried: none, Links: linked()})
	if c.Figures[1].Status != "" || c.Figures[2].Status != "c" {
		t.Errorf("got %q and %q, want c withheld beside a, since b was published", c.Figures[1].Status, c.Figures[2].Status)
	}
}

// What the catalogue decides on anew is not withheld because it was.
func TestDecidedAgain(t *testing.T) {
	row := func(category, status string) release.Figure {
		f := figure(indicator.Key{Breakdown: "b", Category: category}, 300, "", "")
		if f.Status = status; status == "c" {
			f.Empty()
		}
		return f
	}
	for name, again := range map[string]func(indicator.Key) bool{
		"a:c b:c ": nil,
		"a:c b: ":  func(k indicator.Key) bool { return k.Category == "b" },
	} {
		c := &release.Content{Figures: []release.Figure{row("a", ""), row("b", "")}}
		last := release.Content{Figures: []release.Figure{row("a", "c"), row("b", "c")}}
		Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Last: map[string]release.Content{"x": last}, Carried: none, Again: again, Links: linked()})
		got := ""
		for _, f := range c.Figures {
			got += f.Category + ":" + f.Status + " "
		}
		if got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
}

// Where nobody of a category is of Wales, as of an English region, everyone knows
// that nobody could be: England's row is England and Wales's, and protects nothing.
func TestNobodyIsFixed(t *testing.T) {
	var list []release.Figure
	for population, n := range map[string][4]int64{"england": {605, 5, 300, 300}, "england-and-wales": {675, 25, 300, 350}} {
		for i, category := range []string{codebook.All, "a", "b", "c"} {
			key := indicator.Key{Population: population, Breakdown: "b", Category: category}
			if i == 0 {
				key.Breakdown = codebook.All
			}
			list = append(list, figure(key, n[i], "", ""))
		}
	}
	c := &release.Content{Figures: list}
	Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Carried: none, Links: linked()})
	for _, f := range c.Figures {
		if want := f.Population == "england" && (f.Category == "a" || f.Category == "c"); (f.Status == "c") != want {
			t.Errorf("%s %s: status %q, want it withheld: %v", f.Population, f.Category, f.Status, want)
		}
	}
}

// So is a crossing that nobody is of: no swap makes somebody of it.
func TestNobodyOfACrossing(t *testing.T) {
	at := func(by, category string, n int64) *row {
		key := indicator.Key{Indicator: "x", Source: "hocs/2001", Population: "england-and-wales", Breakdown: by, Category: category, Item: codebook.All}
		return &row{figure: &release.Figure{Key: key}, counts: counts{base: n}, smallest: n}
	}
	rows := []*row{
		at("all", "all", 1505), at("s", "a", 605), at("s", "b", 900), at("t", "p", 305), at("t", "q", 600), at("t", "r", 600),
		at("s*t", "a*p", 5), at("s*t", "a*q", 300), at("s*t", "a*r", 300), at("s*t", "b*p", 300), at("s*t", "b*q", 0), at("s*t", "b*r", 600),
	}
	rows[10].counts, rows[11].counts[base] = counts{}, 600
	rows[4].counts[base], rows[5].counts[base] = 300, 900
	p := protected(rows)
	p.protect()
	var got []string
	for _, r := range rows {
		if r.bare {
			got = append(got, r.figure.Category)
		}
	}
	if fmt.Sprint(got) != "[a*p a*r b*p b*r]" {
		t.Errorf("withheld: %v, want the four of r, where somebody is of each", got)
	}
}

// TestAttackFromOutside knows nothing but published bases. It breaks most systems in
// which confidential rows alone are withheld, and none that is protected.
func TestAttackFromOutside(t *testing.T) {
	broken := 0
	for i := range 25 {
		people, sizes := sampled(rand.New(rand.NewPCG(1, uint64(i))), 300+i*200)
		published := func(withhold func(p *protection)) map[string]release.Content {
			rows := rowsOf(people, sizes)
			p := protected(rows)
			withhold(p)
			var c release.Content
			for _, r := range rows {
				f := *r.figure
				f.Base, f.Value = r.counts[base], 40
				if r.silent {
					f.Value = math.NaN()
				}
				if r.bare {
					f.Base = release.Withheld
				}
				c.Figures = append(c.Figures, f)
			}
			return map[string]release.Content{"x": c}
		}
		l := linked()
		if found, _ := Attack(policy, published(func(p *protection) { p.primary() }), l); len(found) > 0 {
			broken++
		}
		if found, _ := Attack(policy, published(func(p *protection) { p.secure() }), l); len(found) > 0 {
			t.Errorf("system %d: %v", i, found[0])
		}
	}
	if broken < 15 {
		t.Errorf("%d of 25 systems are broken where nothing protects them, want most", broken)
	}
	t.Logf("%d of 25 systems are broken where nothing protects them", broken)
}

// A breakdown of a larger sample does not add up to a whole of another weight, whatever
// weight other indicators have their whole by.
func TestAttackKnowsSamples(t *testing.T) {
	row := func(id, breakdown, category, weight string, n int64) release.Figure {
		f := release.Figure{Key: indicator.Key{Indicator: id, Source: "hocs/2003", Population: "england", Breakdown: breakdown, Category: category, Item: codebook.All}, Value: 40, Base: n, Weight: weight}
		if n == release.Withheld {
			f.Value, f.Weight = math.NaN(), ""
		}
		return f
	}
	contents := map[string]release.Content{"y": {Figures: []release.Figure{row("y", codebook.All, codebook.All, "combined", 1400)}}}
	contents["x"] = release.Content{Figures: []release.Figure{
		row("x", codebook.All, codebook.All, "core", 1000), row("x", "group", "a", "combined", 995),
		row("x", "group", "b", "combined", 400), row("x", "group", "c", "", release.Withheld), row("x", "group", "d", "", release.Withheld),
	}}
	for range 40 { // the indicators come in any order
		if found, _ := Attack(policy, contents, linked()); len(found) > 0 {
			t.Fatalf("of another sample, and yet %v", found[0])
		}
	}
	x := contents["x"].Figures
	x[0].Weight = "combined"
	if found, _ := Attack(policy, contents, linked()); len(found) == 0 {
		t.Error("of one sample more is counted than there is, and nothing follows of the rest")
	}
}
