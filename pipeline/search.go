package pipeline

import (
	"math"
	"runtime"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/reproduce"
)

// rawWeights are the names of raw variables that may be weights.
var rawWeights = []string{"*wt*", "*wgt*", "*weight*"}

// A search holds what is read of the waves whose figures are searched for.
type search struct {
	Options
	found []ingest.Found
	waves map[codebook.SourceID]*reproduce.Wave
	made  map[string]*reproduce.Variants // of an item of an indicator in a wave
}

// newSearch finds the extracts.
func newSearch(o Options) (*search, error) {
	found, ps := ingest.Find(o.Extracts, o.Catalogue.Crosswalks)
	o.Progress = o.progress()
	return &search{o, found, map[codebook.SourceID]*reproduce.Wave{}, map[string]*reproduce.Variants{}}, ps.Err()
}

// wave reads a wave; nil where there is no extract of it.
func (s *search) wave(id codebook.SourceID) (*reproduce.Wave, error) {
	if w, met := s.waves[id]; met {
		return w, nil
	}
	s.waves[id] = nil
	at := slices.IndexFunc(s.found, func(f ingest.Found) bool { return f.Crosswalk.ID() == id })
	if at < 0 {
		return nil, nil
	}
	x := s.found[at].Crosswalk
	h := harvest{crosswalk: x, weights: rawWeights, also: s.also(x)}
	name := "read " + string(id)
	if ps := h.read(s.Options, s.found[at], func(done, total int64) { s.Progress(Step{name, done, total}) }); ps != nil {
		return nil, ps
	}
	s.Progress(Step{name, h.extract.Bytes, h.extract.Bytes})
	w := &reproduce.Wave{Wave: h.result.Wave, Book: s.Catalogue.Codebook, Further: h.raw}
	for _, of := range x.Weights {
		delete(w.Further, of.Variable)
	}
	for name, values := range w.Further {
		if len(values) != w.Table.Rows {
			delete(w.Further, name)
		}
	}
	s.waves[id] = w
	return w, nil
}

// also lists what is read beside the definitions' variables: those that divide the
// sample, and those that figures are of.
func (s *search) also(x *codebook.Crosswalk) []string {
	var names []string
	for _, name := range slices.Concat(reproduce.PartVariables, s.Catalogue.Codebook.Names()) {
		if _, has := s.Catalogue.Codebook.Variables[name]; has && len(s.Catalogue.Codebook.Lacks(x, name)) == 0 {
			names = append(names, name)
		}
	}
	return names
}

// definition is that of an indicator, or of the share of a category of a variable.
func (s *search) definition(p plan.Published) (*indicator.Definition, indicator.Item, bool) {
	k := ledger.Key(p, p.Source)
	d := s.Catalogue.Definition(p.Indicator)
	if d == nil || !slices.Contains(d.ItemCodes(), k.Item) && s.Catalogue.Codebook.Variables[p.Indicator].Index(k.Item) >= 0 {
		of := &codebook.Condition{Variable: p.Indicator, Categories: []string{k.Item}}
		d = &indicator.Definition{ID: p.Indicator, Statistic: indicator.Proportion, Of: of}
		return d, indicator.Item{ID: k.Item, Of: of}, true
	}
	if d.Tabled != nil {
		return nil, indicator.Item{}, false
	}
	at := slices.IndexFunc(d.Figures(), func(i indicator.Item) bool { return i.ID == k.Item })
	if at < 0 || d.Statistic == indicator.Quantile || d.Between != nil && len(d.Between.Category) == 0 {
		return nil, indicator.Item{}, false
	}
	return d, d.Figures()[at], true
}

// variants estimates the variants of the figures of one item in one wave; nil where they
// cannot be made.
func (s *search) variants(p plan.Published, source codebook.SourceID, breakdowns []string) (*reproduce.Variants, error) {
	key := string(source) + " " + p.Indicator + " " + p.Item
	if v, met := s.made[key]; met {
		return v, nil
	}
	s.made[key] = nil
	w, err := s.wave(source)
	d, item, ok := s.definition(p)
	if err != nil || w == nil || !ok || len(w.Absent(d.Needs(item))) > 0 {
		return nil, err
	}
	v := reproduce.New(*w, d, item, breakdowns)
	for _, t := range v.Trials() {
		r, ps := estimate.Wave(t.Book, t.Definitions, t.Wave, runtime.GOMAXPROCS(0))
		if ps != nil {
			return nil, ps
		}
		v.Take(t, r.Estimates)
	}
	s.made[key] = v
	return v, nil
}

// breakdowns are those that figures of an item are printed by.
func breakdowns(figures []plan.Published, of plan.Published) []string {
	by := []string{}
	for _, p := range figures {
		if p.Indicator == of.Indicator && p.Item == of.Item && p.Breakdown != codebook.All && !slices.Contains(by, p.Breakdown) {
			by = append(by, p.Breakdown)
		}
	}
	return by
}

// fill holds figures that the release does not have against the extracts themselves.
func (s *search) fill(figures []plan.Published, l *ledger.Ledger) error {
	for i, p := range figures {
		r := &l.Rows[i]
		if r.Ours != "" || r.Why == string(ledger.NoPopulation) || r.Why == string(ledger.NotSurvey) || r.Status == string(ledger.Target) {
			continue
		}
		var ends []ledger.Row
		var exact []release.Figure
		var as indicator.Precision
		for _, source := range []codebook.SourceID{p.Source, p.From} {
			if source == "" {
				continue
			}
			v, err := s.variants(p, source, breakdowns(figures, p))
			if err != nil {
				return err
			}
			if v == nil {
				if s.waves[source] == nil {
					r.Needs = "no extract of " + string(source)
				}
				break
			}
			e := v.Estimate(ledger.Key(p, source))
			if e == nil {
				break
			}
			end := *r
			end.Estimated(*e, source, p, s.Catalogue.Disclosure, s.waves[source].Synthetic)
			if end.Ours == "" {
				r.Why = end.Why
				break
			}
			ends, exact = append(ends, end), append(exact, release.NewFigure(*e))
			as = s.Catalogue.Disclosure.Precision.Of(e.Statistic)
		}
		switch {
		case p.From == "" && len(ends) == 1:
			*r = ends[0]
		case len(ends) == 2:
			se := math.NaN() // of samples that overlap: a release has it
			if s.apart(p.From, p.Source) {
				se = s.Catalogue.Disclosure.Precision.Error.NotZero(math.Hypot(exact[0].SE, exact[1].SE))
			}
			r.Changed(ends[0], ends[1], indicator.Settle(exact[0].Value-exact[1].Value), se, as, p)
		}
	}
	return nil
}

// apart says whether two waves are independent samples: neither's crosswalk links them.
func (s *search) apart(a, b codebook.SourceID) bool {
	for _, of := range [][2]codebook.SourceID{{a, b}, {b, a}} {
		if x := s.Catalogue.Crosswalk(of[0]); x == nil || x.Design.Overlap[of[1]] != "" {
			return false
		}
	}
	return true
}

// explain searches for what explains the tables in which a figure differs: the figures of
// an indicator in one publication.
func (s *search) explain(figures []plan.Published, l *ledger.Ledger) error {
	type table struct{ publication, indicator string }
	of := map[table][]int{}
	var order []table
	for i, p := range figures {
		t := table{p.Publication, p.Indicator}
		if l.Rows[i].Ours == "" || l.Rows[i].Status == string(ledger.Quoted) {
			continue
		}
		if of[t] == nil {
			order = append(order, t)
		}
		of[t] = append(of[t], i)
	}
	for _, t := range order {
		var asked []reproduce.Figure
		var rows []*ledger.Row
		differs := false
		for _, i := range of[t] {
			p, r := figures[i], &l.Rows[i]
			source := codebook.SourceID(r.Ours)
			v, err := s.variants(p, source, breakdowns(figures, p))
			if err != nil {
				return err
			}
			f := reproduce.Figure{Key: ledger.Key(p, source), Printed: p.Value, Decimals: p.Decimals, Documented: p.Documented, Variants: v}
			if p.From != "" {
				if f.From, err = s.variants(p, p.From, breakdowns(figures, p)); err != nil {
					return err
				}
			}
			if v == nil || p.From != "" && f.From == nil || math.IsNaN(f.Value(nil)) {
				continue
			}
			asked, rows = append(asked, f), append(rows, r)
			differs = differs || ledger.Judge(p.Value, p.Decimals, f.Value(nil), 0) == ledger.Unexplained
		}
		if !differs {
			continue
		}
		for i, found := range reproduce.Explain(asked) {
			rows[i].Search = found
			if rows[i].Status == string(ledger.Unexplained) && found.By != "" {
				rows[i].Status = string(ledger.Explained)
			}
		}
	}
	return nil
}
