package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// A Figure names one of a wave's figures.
type Figure struct {
	Definition                *indicator.Definition
	Item, Breakdown, Category string
}

// Together gives the covariances of figures of a wave, whatever they are of: of
// categories that share PSUs, of a part and the whole that holds it, of two statistics of
// the same people. Their domain is everyone's in the wave's first population.
type Together struct {
	book     *codebook.Codebook
	wave     *indicator.Wave
	requests map[*indicator.Definition][]request
	made     map[Figure]*linear
	amounts  map[Figure]*figureAmounts
}

// NewTogether is of a wave's figures.
func NewTogether(book *codebook.Codebook, w *indicator.Wave) *Together {
	return &Together{book, w, map[*indicator.Definition][]request{}, map[Figure]*linear{}, map[Figure]*figureAmounts{}}
}

// A linear figure is what its error follows from: the respondents' linearised values times
// their weights, less what calibration explains of them; or its values under the weights
// of each replicate.
type linear struct {
	design     *design.Design
	in         []bool
	value      float64
	influence  []float64
	replicates []float64
}

// A Covariance is that of some figures, and who counts in one of them.
type Covariance struct {
	Of      [][]float64
	Left    indicator.Note // how many replicates are left out
	Base    int            // respondents with a weight
	Weights float64        // the sum of theirs
	Design  *design.Design // of the figures; nil, and nothing else, of figures by several weights
}

// Covariance is that of figures. Of a design whose errors follow from a published factor
// it is that of respondents who were drawn themselves, of which the correlation is meant.
func (t *Together) Covariance(figures []Figure) Covariance {
	of := make([]*linear, len(figures))
	for k, f := range figures {
		if t.made[f] == nil {
			t.made[f] = t.linear(f)
		}
		of[k] = t.made[f]
	}
	d := of[0].design
	if slices.ContainsFunc(of, func(l *linear) bool { return l.design != d }) {
		return Covariance{}
	}
	c := Covariance{Design: d}
	in := make([]bool, len(d.Rows))
	for _, l := range of {
		for i, is := range l.in {
			in[i] = in[i] || is
		}
	}
	for i, w := range d.Weight {
		if in[i] && w != 0 {
			c.Base++
		}
	}
	c.Weights = weightOf(d.Weight, in)
	if d.Replicates != nil {
		e := &Estimates{Values: make([]float64, len(of)), Replicates: make([][]float64, d.Replicates.Count())}
		for k, l := range of {
			e.Values[k] = l.value
			for r, x := range l.replicates {
				e.Replicates[r] = append(e.Replicates[r], x)
			}
		}
		c.Of, c.Left = replicated(d.Replicates, e.Values, e.Replicates), e.LeftOut()
		return c
	}
	influence := make([][]float64, len(of))
	for k, l := range of {
		influence[k] = l.influence
	}
	var domain []bool // what the totals explain is of all respondents
	if len(d.Calibrations) == 0 {
		member := t.wave.Table.All(t.wave.Crosswalk.Populations[0].Where)
		domain = make([]bool, len(d.Rows))
		for i, row := range d.Rows {
			domain[i] = member(int(row))
		}
	}
	c.Of = Variance(d, influence, domain)
	return c
}

// Design is that of a figure's weight.
func (t *Together) Design(f Figure) *design.Design { return t.asked(f).design }

// asked is what a figure is asked by.
func (t *Together) asked(f Figure) *request {
	if t.requests[f.Definition] == nil {
		t.requests[f.Definition], _ = requestsOf(t.book, f.Definition, t.wave)
	}
	at := slices.IndexFunc(t.requests[f.Definition], func(a request) bool { return a.key.Breakdown == f.Breakdown && a.key.Item == f.Item })
	return &t.requests[f.Definition][at]
}

// request is what a figure is asked by, its form and the respondents of its cell.
func (t *Together) request(f Figure) (a *request, of form, in []bool) {
	a = t.asked(f)
	of = newForm(a.definition, a.item, t.wave.Table)
	member := t.wave.Table.All(a.population.Where)
	cells := cross(t.wave.Table, a.by, func(row int) bool { return member(row) && of.within(row) })
	cell := slices.Index(cells.codes, f.Category)
	in = make([]bool, len(a.design.Rows))
	for i, row := range a.design.Rows {
		in[i] = cells.of(int(row)) == cell
	}
	return a, of, in
}

// linear makes a figure's linearised or replicated values.
func (t *Together) linear(f Figure) *linear {
	a, form, in := t.request(f)
	s, d := form.measured(domainPart{design: a.design, in: in}), a.design
	if form.standard != nil {
		d = Standardise(d, form.standard.to(d.Rows, s, nil, 1))
	}
	var of Statistic = s
	if form.quantileOf != nil {
		of = form.smoothQuantile(d, s)
	}
	l := &linear{design: a.design, in: s.in, value: of.Values(d.Weight)[0]}
	if d.Replicates != nil {
		for _, values := range valuesOf(d, of) {
			l.replicates = append(l.replicates, values[0])
		}
		return l
	}
	l.influence = of.Influence(d.Weight, []float64{l.value})[0]
	for i, w := range d.Weight {
		l.influence[i] = float64(l.influence[i] * w)
	}
	for _, c := range d.Calibrations {
		c.Residuals(l.influence, nil)
	}
	return l
}

// smoothQuantile is a quantile as a smooth statistic: its value less the share at or below
// it over the density there, of which the interval's width over that of the share's is an
// estimate (Francisco and Fuller 1991, section 3), so that its error is that of the
// interval. Where the error is that of the replicates' quantiles it is the quantile itself.
func (f form) smoothQuantile(d *design.Design, of smooth) Statistic {
	y := make([]float64, len(of.in))
	for i, row := range d.Rows {
		y[i] = f.quantileOf.of.Number(int(row))
	}
	shares := []float64{f.quantileOf.share}
	method, share := f.behind()
	if !share && d.Replicates != nil {
		in := Complete(of.in, y)
		return quantiles{group(y, in), in, shares, f.quantileOf.rule}
	}
	found := Woodruff(d, y, of.in, shares, f.quantileOf.rule, method, f.definition.Confidence())[0]
	below := make([]float64, len(y))
	for i, v := range y {
		if v <= found.Value {
			below[i] = 1
		}
	}
	slope := found.SE / found.ShareSE
	return scaled{Mean{Of: [][]float64{below}, In: Complete(of.in, y)}, found.Value + float64(slope*found.Share), -slope}
}

// A scaled statistic is another one of one value times a number, and more.
type scaled struct {
	Statistic
	more, by float64
}

// Values implements Statistic.
func (s scaled) Values(weight []float64) []float64 {
	return []float64{s.more + float64(s.by*s.Statistic.Values(weight)[0])}
}

// Influence implements Statistic.
func (s scaled) Influence(weight, _ []float64) [][]float64 {
	u := s.Statistic.Influence(weight, s.Statistic.Values(weight))
	for i := range u[0] {
		u[0][i] = float64(u[0][i] * s.by)
	}
	return u
}

// Correlated are covariances that have the correlations of c and these errors; where c
// has no variance there is no correlation.
func Correlated(c [][]float64, errors []float64) [][]float64 {
	made := design.Square(len(c))
	for a := range c {
		for b := range c {
			r := 0.0
			switch size := math.Sqrt(float64(c[a][a] * c[b][b])); {
			case a == b:
				r = 1
			case size > 0:
				r = c[a][b] / size
			}
			made[a][b] = float64(float64(r*errors[a]) * errors[b])
		}
	}
	return made
}
