package indicator

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
)

// CheckPlan reports the measures and departments that the catalogue names and a plan
// does not have, and those that it names twice.
func (c *Catalogue) CheckPlan(r *plan.Register) refusal.Problems {
	var ps refusal.Problems
	var ids []string
	for _, m := range r.Measures {
		ids = append(ids, m.ID)
	}
	check := func(measures, leads []string, at func(keys ...string) string) {
		for i, m := range measures {
			switch at := at("measures", index(i)); {
			case !slices.Contains(ids, m):
				ps.AddHint("twc list measures shows them", at, "the plan has no measure %q%s", m, refusal.Nearest(m, ids))
			case slices.Contains(measures[:i], m):
				ps.Add(at, "measure %q is listed twice", m)
			}
		}
		for i, lead := range leads {
			switch at := at("leads", index(i)); {
			case r.Departments[lead] == "":
				ps.AddHint("departments: "+strings.Join(sortedKeys(r.Departments), ", "), at, "the plan has no department %q%s", lead, r.NearestDepartment(lead))
			case slices.Contains(leads[:i], lead):
				ps.Add(at, "department %q is listed twice", lead)
			}
		}
	}
	for _, s := range c.Series {
		check(s.Measures, s.Leads, s.At)
	}
	for _, d := range c.Definitions {
		measures, leads := d.Measures, d.Leads
		if d.Tabled != nil { // what the series says is checked there
			measures, leads = d.Tabled.Measured.Measures, d.Tabled.Measured.Leads
		}
		check(measures, leads, d.At)
	}
	for _, e := range c.Evaluations {
		check(e.Measures, e.Leads, e.At)
	}
	return ps
}

// Serving lists what of the catalogue serves a measure: the definitions and
// evaluations that the measure names, in its order, and those that name it.
func (c *Catalogue) Serving(m plan.Measure) []string {
	var ids, others []string
	for _, id := range m.Indicators {
		if c.Definition(id) != nil || c.Evaluation(id) != nil {
			ids = append(ids, id)
		}
	}
	add := func(id string, measures []string) {
		if slices.Contains(measures, m.ID) && !slices.Contains(ids, id) {
			others = append(others, id)
		}
	}
	for _, d := range c.Definitions {
		add(d.ID, d.Measures)
	}
	for _, e := range c.Evaluations {
		add(e.ID, e.Measures)
	}
	slices.Sort(others)
	return append(ids, others...)
}

// An Undeclared is something of a published figure that the catalogue does not declare.
type Undeclared struct {
	Of   string // UndeclaredSource and so on
	Name string
}

// What the catalogue may not declare of a published figure.
const (
	UndeclaredIndicator  = "indicator"
	UndeclaredItem       = "item"
	UndeclaredSource     = "source"
	UndeclaredSeries     = "series" // that the indicator is made of
	UndeclaredSurvey     = "survey" // that the indicator is of
	UndeclaredVariable   = "variable"
	UndeclaredPopulation = "population"
	UndeclaredBreakdown  = "breakdown"
	UndeclaredCategory   = "category"
)

// String names it: a variable by its name alone.
func (u Undeclared) String() string {
	if u.Of == UndeclaredVariable {
		return u.Name
	}
	return u.Of + " " + u.Name
}

// Undeclared lists what a published figure has that the catalogue does not
// declare: its indicator or item; its source; of both that are declared, what
// the source lacks for the indicator; or else its population, its breakdown or
// its category. It is empty for a figure that a run on the source's extract
// gives.
func (c *Catalogue) Undeclared(p plan.Published) []Undeclared {
	var lacks []Undeclared
	lack := func(lacking bool, of, name string) {
		if lacking {
			lacks = append(lacks, Undeclared{of, name})
		}
	}
	d := c.Definition(p.Indicator)
	item := -1
	if d != nil {
		item = slices.IndexFunc(d.Figures(), func(i Item) bool { return i.ID == p.Item || p.Item == "" && i.ID == codebook.All })
	}
	lack(d == nil, UndeclaredIndicator, p.Indicator)
	lack(d != nil && item < 0, UndeclaredItem, p.Item)
	x, s := c.Crosswalk(p.Source), c.SeriesOf(p.Source)
	lack(x == nil && s == nil, UndeclaredSource, string(p.Source))
	if len(lacks) > 0 {
		return lacks
	}
	if s != nil {
		lack(d.Tabled == nil || d.Tabled.Series != s, UndeclaredSeries, s.ID)
		return lacks
	}
	lack(!d.Covers(x), UndeclaredSurvey, x.Survey)
	for _, name := range d.Lacks(c.Codebook, x, d.Figures()[item]) {
		lack(true, UndeclaredVariable, name)
	}
	lack(!slices.ContainsFunc(x.Populations, func(q codebook.Population) bool { return q.ID == p.Population }), UndeclaredPopulation, p.Population)
	if p.Breakdown != codebook.All {
		given := slices.Contains(d.By(c.Codebook), p.Breakdown) && len(c.Codebook.Lacks(x, p.Breakdown)) == 0
		lack(!given, UndeclaredBreakdown, p.Breakdown)
		lack(given && c.Codebook.Variables[p.Breakdown].Index(p.Category) < 0, UndeclaredCategory, p.Category)
	}
	return lacks
}

// Declares says whether the catalogue has the indicator and the source of a
// published figure, whoever of the population it is about.
func (c *Catalogue) Declares(p plan.Published) bool {
	return !slices.ContainsFunc(c.Undeclared(p), func(u Undeclared) bool {
		return !slices.Contains([]string{UndeclaredPopulation, UndeclaredBreakdown, UndeclaredCategory}, u.Of)
	})
}

// checkTargets reports what no page of a definition can show alone: populations,
// breakdowns, categories and baselines that the catalogue does not have.
func (c *Catalogue) checkTargets(d *Definition, populations []string) refusal.Problems {
	var ps refusal.Problems
	for i, t := range d.Targets {
		if b := t.Baseline; b != nil && b.Value == "" {
			if p, ok := c.Period(b.Source); !ok {
				ps.Add(d.At("targets", index(i), "baseline"), "no source %q in the catalogue, want the value as it was printed", b.Source)
			} else if t.Date != "" && p.End >= t.Due() {
				ps.Add(d.At("targets", index(i), "baseline"), "%s ends on %s, want a baseline before the target's date, %s", b.Source, p.End, t.Due())
			}
		}
		for j, s := range t.Figures {
			at := d.At("targets", index(i), "figures", index(j))
			if s.Population != "" && !slices.Contains(populations, s.Population) {
				ps.Add(at, "no population %q%s", s.Population, refusal.Nearest(s.Population, populations))
			}
			by := d.By(c.Codebook)
			switch {
			case s.Breakdown == "":
			case !slices.Contains(by, s.Breakdown):
				ps.Add(at, "no figure is by %q%s", s.Breakdown, refusal.Nearest(s.Breakdown, by))
			case s.Category != "" && !strings.Contains(s.Breakdown, "*"):
				var codes []string
				for _, k := range c.Variable(s.Breakdown).Categories {
					codes = append(codes, k.Code)
				}
				if !slices.Contains(codes, s.Category) {
					ps.Add(at, "%s has no category %q%s", s.Breakdown, s.Category, refusal.Nearest(s.Category, codes))
				}
			}
		}
	}
	return ps
}
