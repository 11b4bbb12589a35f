package indicator

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// SeriesOf returns the series that a source is a return of, or nil.
func (c *Catalogue) SeriesOf(id codebook.SourceID) *series.Series {
	for _, s := range c.Series {
		if s.Stem() == codebook.SourceID(id.Survey()) {
			return s
		}
	}
	return nil
}

// Period returns the days that a source is about: of a wave its fieldwork. ok is
// false for a source that the catalogue does not have.
func (c *Catalogue) Period(id codebook.SourceID) (p codebook.Period, ok bool) {
	if x := c.Crosswalk(id); x != nil {
		return x.Fieldwork, true
	}
	if s := c.SeriesOf(id); s != nil {
		p, err := s.Frequency.Period(id.Wave())
		return p, err == nil
	}
	return p, false
}

// Start is the first day that a source is about, "" for one that the catalogue
// does not have.
func (c *Catalogue) Start(id codebook.SourceID) string {
	p, _ := c.Period(id)
	return p.Start
}

// Lineage is the SHA-256 of all in the catalogue that the definition's figures
// of a source rest on, "" where the catalogue does not have the source.
func (c *Catalogue) Lineage(d *Definition, id codebook.SourceID) string {
	p, ok := c.Period(id)
	switch {
	case !ok:
		return ""
	case d.Tabled != nil:
		return d.Tabled.lineage(d, p)
	}
	if x := c.Crosswalk(id); x != nil {
		return d.Lineage(c.Codebook, x)
	}
	return ""
}

// Variable returns what a breakdown divides by: a variable of the codebook, or
// the areas, groups or categories of series. Of an unknown one it has no
// categories.
func (c *Catalogue) Variable(name string) codebook.Variable {
	v := c.Codebook.Variables[name]
	known := map[string]bool{}
	for _, k := range v.Categories {
		known[k.Code] = true
	}
	for _, s := range c.Series {
		own, ok := s.Division(name)
		if !ok {
			continue
		}
		if v.Label == "" {
			v.Name, v.Label = name, own.Label
		}
		for _, k := range own.Categories {
			if !known[k.Code] {
				known[k.Code] = true
				v.Categories = append(v.Categories, k)
			}
		}
	}
	return v
}

// checkSeries reports what no page of a series can show alone: words that
// another page has otherwise, which a release says once.
func (c *Catalogue) checkSeries() refusal.Problems {
	var ps refusal.Problems
	type word struct{ text, where string }
	words := map[string]word{}
	say := func(at, what, code, text string) {
		key := what + " " + code
		if was, ok := words[key]; ok && was.text != text {
			ps.Add(at, "%s %q is %q here and %q in %s, want one label", what, code, text, was.text, was.where)
			return
		}
		words[key] = word{text, at}
	}
	for _, x := range c.Crosswalks {
		for _, p := range x.Populations {
			if _, ok := words["population "+p.ID]; !ok { // of several the first is taken
				say(x.At("populations"), "population", p.ID, p.Label)
			}
		}
	}
	for _, name := range c.Codebook.Names() {
		for _, k := range c.Codebook.Variables[name].Categories {
			say(c.Place("codebook.yaml"), "category of "+name, k.Code, k.Label)
		}
	}
	ids := map[string]*series.Series{}
	for _, s := range c.Series {
		if first := ids[s.ID]; first != nil {
			ps.Add(s.At("series"), "series %q is already that of %s", s.ID, first.File())
		}
		ids[s.ID] = s
		say(s.At("population"), "population", s.Population.ID, s.Population.Label)
		names := append(s.CategoryColumns(), s.Areas.Groups, s.Area())
		for _, name := range names {
			v, ok := s.Division(name)
			if !ok {
				continue
			}
			for _, k := range v.Categories {
				say(s.At("columns", name), "category of "+name, k.Code, k.Label)
			}
		}
	}
	for _, d := range c.Definitions {
		if d.Tabled == nil {
			continue
		}
		for i, b := range d.Breaks {
			if _, ok := c.Period(b.From); !ok || b.From.Survey() != string(d.Tabled.Series.Stem()) {
				ps.Add(d.At("breaks", index(i)), "no return %q, want one of the series such as %s", b.From,
					d.Tabled.Source(d.Tabled.Frequency.Example()))
			}
		}
	}
	return ps
}
