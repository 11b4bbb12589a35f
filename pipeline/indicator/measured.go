package indicator

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// A Measured is an indicator that is made of a series' columns.
type Measured struct {
	ID        string        `yaml:"id"`
	Title     string        `yaml:"title"`
	Measures  []string      `yaml:"measures"` // those of the series where it names none
	Leads     []string      `yaml:"leads"`    // likewise
	Statistic Statistic     `yaml:"statistic"`
	Base      string        `yaml:"base"` // what is counted, in words
	By        []string      `yaml:"by"`   // areas, groups or categories; * crosses several
	Breaks    []Break       `yaml:"breaks"`
	Direction string        `yaml:"direction"`
	Precision *int          `yaml:"precision"`
	Level     float64       `yaml:"level"`
	Note      string        `yaml:"note"`
	Per       float64       `yaml:"per"`       // of a rate: 1000 or 100000
	Random    bool          `yaml:"random"`    // the counts are of a random process, which gives them an error
	Funnel    bool          `yaml:"funnel"`    // areas outside the limits of chance about the whole are marked
	Reference float64       `yaml:"reference"` // of an index: the value that is 100
	Standard  *Weights      `yaml:"standard"`
	Items     []Part        `yaml:"items"`
	Targets   []plan.Target `yaml:"targets"`

	// The only part, where there are no items.
	Numerator     codebook.Names     `yaml:"numerator"`
	Denominator   codebook.Names     `yaml:"denominator"`
	Against       *Pair              `yaml:"against"`
	Beside        *Pair              `yaml:"beside"`
	BesideAgainst *Pair              `yaml:"beside_against"`
	Value         string             `yaml:"value"`
	HalfWidth     string             `yaml:"half_width"`
	Respondents   string             `yaml:"respondents"`
	Scores        map[string]float64 `yaml:"scores"`
}

// A Part is one of the things that an indicator of a series gives a figure for:
// sums of columns, or a value that the return has.
type Part struct {
	ID            string             `yaml:"id" json:"id"`
	Label         string             `yaml:"label" json:"-"`
	Numerator     codebook.Names     `yaml:"numerator" json:"numerator,omitempty"`
	Denominator   codebook.Names     `yaml:"denominator" json:"denominator,omitempty"`
	Against       *Pair              `yaml:"against" json:"against,omitempty"`               // what it is compared with: a reference, or before
	Beside        *Pair              `yaml:"beside" json:"beside,omitempty"`                 // the comparison area
	BesideAgainst *Pair              `yaml:"beside_against" json:"beside_against,omitempty"` // and before
	Value         string             `yaml:"value" json:"value,omitempty"`                   // as the return has it
	HalfWidth     string             `yaml:"half_width" json:"half_width,omitempty"`         // of its interval, likewise
	Respondents   string             `yaml:"respondents" json:"respondents,omitempty"`       // that it rests on, where it is of a survey
	Scores        map[string]float64 `yaml:"scores" json:"scores,omitempty"`                 // of a mean: what each column's count scores
}

// A Pair is a count and what it is out of, as sums of columns.
type Pair struct {
	Numerator   codebook.Names `yaml:"numerator" json:"numerator"`
	Denominator codebook.Names `yaml:"denominator" json:"denominator,omitempty"`
}

// Weights are a standard over the categories of a column: their weights in a
// standard population (direct standardisation), or their rates in one, each
// for per of them (indirect).
type Weights struct {
	Column  string             `yaml:"column" json:"column"`
	Weights map[string]float64 `yaml:"weights" json:"weights,omitempty"`
	Rates   map[string]float64 `yaml:"rates" json:"rates,omitempty"`
}

// A Tabled is how the figures of a definition are made of a series.
type Tabled struct {
	*series.Series
	Measured
	Parts []Part
	Unit  string
}

// part is the indicator's only part, where it has no items.
func (m *Measured) part() Part {
	return Part{codebook.All, m.Title, m.Numerator, m.Denominator, m.Against, m.Beside, m.BesideAgainst, m.Value, m.HalfWidth, m.Respondents, m.Scores}
}

// Pair is the part's own numerator and denominator.
func (p Part) Pair() *Pair { return &Pair{p.Numerator, p.Denominator} }

// pairs lists all pairs that the part names, with the keys of each.
func (p Part) pairs() map[string]*Pair {
	return map[string]*Pair{"": p.Pair(), "against": p.Against, "beside": p.Beside, "beside_against": p.BesideAgainst}
}

// Columns lists the columns of numbers that the part reads.
func (p Part) Columns() []string {
	var names []string
	for _, pair := range p.pairs() {
		if pair != nil {
			names = append(append(names, pair.Numerator...), pair.Denominator...)
		}
	}
	for _, name := range []string{p.Value, p.HalfWidth, p.Respondents} {
		if name != "" {
			names = append(names, name)
		}
	}
	names = append(names, sortedKeys(p.Scores)...)
	slices.Sort(names)
	return slices.Compact(names)
}

// A countedRow says what a statistic of a series is made of: the keys that it
// needs, and those that it may have. A statistic with Value may be a value that
// the return has in place of them.
type countedRow struct {
	name  Statistic
	needs []string
	may   []string
	value bool
	per   bool
}

var countedRows = []countedRow{
	{name: Count, needs: []string{"numerator"}},
	{name: Total, needs: []string{"numerator"}},
	{name: Proportion, needs: []string{"numerator", "denominator"}, value: true},
	{name: Ratio, needs: []string{"numerator", "denominator"}, value: true},
	{name: Mean, needs: []string{"scores"}, value: true},
	{name: Gap, needs: []string{"numerator", "denominator", "against"}, value: true},
	{name: Parity, needs: []string{"numerator", "denominator", "against"}},
	{name: Rate, needs: []string{"numerator", "denominator"}, value: true, per: true},
	{name: Index, needs: []string{"numerator", "reference"}, may: []string{"denominator"}},
	{name: StandardisedRate, needs: []string{"numerator", "denominator", "standard"}, per: true},
	{name: StandardisedRatio, needs: []string{"numerator", "denominator"}, may: []string{"standard"}, value: true},
	{name: Coverage},
	{name: PercentChange, needs: []string{"numerator", "against"}, may: []string{"denominator"}},
	{name: DoubleDifference, needs: []string{"numerator", "denominator", "against", "beside", "beside_against"}},
}

// given lists the keys that a part of the indicator has.
func (m *Measured) given(p Part) map[string]bool {
	return map[string]bool{
		"numerator": len(p.Numerator) > 0, "denominator": len(p.Denominator) > 0, "against": p.Against != nil, "beside": p.Beside != nil,
		"beside_against": p.BesideAgainst != nil, "value": p.Value != "", "half_width": p.HalfWidth != "", "respondents": p.Respondents != "", "scores": len(p.Scores) > 0,
		"reference": m.Reference != 0, "standard": m.Standard != nil,
	}
}

// A seriesPage is the page of a series: the table, and the indicators that are made
// of it.
type seriesPage struct {
	series.Series
	Indicators []Measured `yaml:"indicators"`

	broken bool // or with the areas of a page that is
}

// readSeries reads the pages of series, and gives each that has the areas of another
// one those areas.
func readSeries(pages []*codebook.Page) ([]*seriesPage, []refusal.Problems) {
	made, ps := make([]*seriesPage, len(pages)), make([]refusal.Problems, len(pages))
	of := map[string]*seriesPage{}
	var ids []string
	for i, page := range pages {
		made[i] = &seriesPage{}
		ps[i] = page.Decode(made[i])
		if made[i].broken = page.Broken() != nil; made[i].broken { // it is there all the same, for those that have its areas
			made[i].ID = strings.TrimSuffix(path.Base(page.File), ".yaml")
		}
		if id := made[i].ID; of[id] == nil {
			of[id] = made[i]
			ids = append(ids, id)
		}
	}
	for i, p := range made {
		if p.Areas.Like == "" {
			continue
		}
		at := pages[i].At("areas", "like")
		switch from := of[p.Areas.Like]; {
		case from == nil:
			ps[i].Add(at, "no series %q%s", p.Areas.Like, refusal.Nearest(p.Areas.Like, ids))
		case from.Areas.Like != "":
			ps[i].Add(at, "series %q has the areas of %q itself: want that one", p.Areas.Like, from.Areas.Like)
		case len(p.Areas.Are) > 0 || p.Areas.Groups != "":
			ps[i].Add(at, "areas are those of %q, want neither are nor groups here", p.Areas.Like)
		default:
			p.broken = from.broken
			p.Areas.Are, p.Areas.Groups = slices.Clone(from.Areas.Are), from.Areas.Groups
		}
	}
	return made, ps
}

// parse completes a series that was read from a page by the common codebook, and
// makes the definitions of its indicators.
func (p *seriesPage) parse(page *codebook.Page, book *codebook.Codebook) (*series.Series, []*Definition, refusal.Problems) {
	s := &p.Series
	if p.broken {
		return s, nil, nil
	}
	ps := s.Complete(page, book)
	var ids []string
	for _, m := range p.Indicators {
		ids = append(ids, m.ID)
	}
	for i, r := range s.Rules {
		if r.Change != "" && !slices.Contains(ids, r.Change) {
			ps.Add(page.At("rules", index(i)), "no indicator %q of the series%s", r.Change, refusal.Nearest(r.Change, ids))
		}
	}
	if !s.Frequency.Known() {
		return s, nil, ps
	}
	var made []*Definition
	for i := range p.Indicators {
		m := &p.Indicators[i]
		d := &Definition{
			ID: m.ID, Title: m.Title, Measures: m.Measures, Leads: m.Leads, Statistic: m.Statistic, Base: Base{Label: m.Base}, Breakdowns: m.By,
			Populations: []string{s.Population.ID}, Breaks: m.Breaks, Direction: m.Direction, Precision: m.Precision, Level: m.Level, Note: m.Note, Targets: m.Targets,
			page: page, keys: []string{"indicators", index(i)},
		}
		at := d.At
		if d.Measures == nil {
			d.Measures = s.Measures
		}
		if d.Leads == nil {
			d.Leads = s.Leads
		}
		if d.Breakdowns == nil {
			d.Breakdowns = []string{}
		}
		d.Tabled = &Tabled{Series: s, Measured: *m, Parts: m.Items}
		if len(m.Items) == 0 {
			d.Tabled.Parts = []Part{m.part()}
		}
		ps = append(ps, checkHead(d, at)...)
		ps = append(ps, d.checkTargets(at)...)
		if slices.Contains(ids[:i], m.ID) {
			ps.Add(at("id"), "id %q is there twice", m.ID)
		}
		for _, part := range d.Tabled.Parts {
			if part.HalfWidth != "" {
				s.HalfWidths = append(s.HalfWidths, part.HalfWidth)
			}
		}
		problems := d.checkMeasured(at)
		ps = append(ps, problems...)
		if len(problems) == 0 {
			d.Tabled.Unit = d.unitOfReturn()
		}
		made = append(made, d)
	}
	if len(made) == 0 {
		ps.Add(s.At("indicators"), "no indicators are made of the series")
	}
	return s, made, ps
}

// unitOfReturn is the unit of the values of a series' indicator.
func (d *Definition) unitOfReturn() string {
	row := d.Statistic.Row()
	switch {
	case d.Statistic == Count: // of what the column counts
	case d.Statistic == Ratio && len(d.Tabled.Parts[0].Numerator) > 0:
		p := d.Tabled.Parts[0]
		return ratioUnit(d.Tabled.Columns[p.Numerator[0]].Unit, d.Tabled.Columns[p.Denominator[0]].Unit)
	case row.Unit != "":
		return row.Unit
	case d.Tabled.Per != 0:
		return "per " + thousands(d.Tabled.Per)
	}
	p := d.Tabled.Parts[0]
	switch {
	case p.Value != "":
		return d.Tabled.Columns[p.Value].Unit
	case len(p.Scores) > 0:
		return "score"
	}
	return d.Tabled.Columns[p.Numerator[0]].Unit
}

// ratioUnit is the unit of a ratio of totals of two units, in the plural: that of the upper one
// for each of the lower, and none of their own where they are the same.
func ratioUnit(upper, lower string) string {
	if upper == lower || upper == "" || lower == "" {
		return Times
	}
	if lower == "people" {
		lower = "person"
	}
	return upper + " per " + strings.TrimSuffix(lower, "s")
}

// thousands is a whole number with commas.
func thousands(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func (d *Definition) checkMeasured(at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	m := d.Tabled
	i := slices.IndexFunc(countedRows, func(r countedRow) bool { return r.name == m.Statistic })
	if i < 0 {
		var names []string
		for _, r := range countedRows {
			names = append(names, string(r.name))
		}
		ps.Add(at("statistic"), "no statistic %q of a return%s; want one of %s", m.Statistic, refusal.Nearest(string(m.Statistic), names), strings.Join(names, ", "))
		return ps
	}
	row := countedRows[i]
	if (m.Per > 0) != row.per {
		ps.Add(at("per"), "per %g of %s: want %s", m.Per, d.Statistic.Row().A, map[bool]string{true: "one such as 1000 or 100000", false: "none"}[row.per])
	}
	if m.Funnel && !(m.Random && m.Area() != "" && (m.Statistic == Rate || m.Statistic == Proportion || m.Statistic == StandardisedRatio)) {
		ps.Add(at("funnel"), "a funnel is of the areas of a rate, proportion or standardised-ratio whose counts are random")
	}
	if len(m.Items) > 0 {
		given := m.given(m.part())
		for _, key := range []string{"numerator", "denominator", "against", "beside", "beside_against", "value", "half_width", "respondents", "scores"} {
			if given[key] {
				ps.Add(at(key), "%s is in each of the items, want it there alone", key)
			}
		}
	}
	seen := map[string]bool{}
	for j, p := range m.Parts {
		place := at
		if len(m.Items) > 0 {
			place = func(keys ...string) string { return at(append([]string{"items", index(j)}, keys...)...) }
			codebook.CheckEntry(&ps, place(), "item", "an id", p.ID, p.Label, seen)
		}
		ps = append(ps, d.checkPart(row, p, place)...)
	}
	ps = append(ps, d.checkBy(at)...)
	return append(ps, d.checkTabledStandard(at)...)
}

func (d *Definition) checkPart(row countedRow, p Part, at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	given, a := d.Tabled.given(p), d.Statistic.Row().A
	needs, may := row.needs, row.may
	if row.value && given["value"] {
		needs, may = []string{"value"}, []string{"half_width", "respondents"}
	}
	for _, key := range sortedKeys(given) {
		switch wanted := slices.Contains(needs, key); {
		case wanted && !given[key]:
			ps.Add(at(), "%s needs %s%s", a, key, map[bool]string{true: ", or value: the column that has it"}[row.value && key == row.needs[0]])
		case given[key] && !wanted && !slices.Contains(may, key):
			ps.Add(at(key), "%s has no %s", a, key)
		}
	}
	for _, key := range sortedKeys(p.pairs()) {
		pair := p.pairs()[key]
		if pair == nil {
			continue
		}
		for _, name := range pair.Numerator {
			d.adds(at, key, "numerator", name, &ps)
		}
		for _, name := range pair.Denominator {
			d.adds(at, key, "denominator", name, &ps)
		}
		if key != "" && (len(pair.Numerator) == 0 || len(pair.Denominator) > 0 != (len(p.Denominator) > 0)) {
			ps.Add(at(key), "%s: want a numerator, and a denominator where the figure has one", key)
		}
	}
	for _, name := range sortedKeys(p.Scores) {
		d.adds(at, "", "scores", name, &ps)
	}
	if p.Respondents != "" {
		d.Tabled.CheckNumber(at("respondents"), p.Respondents, &ps)
		if c := d.Tabled.Columns[p.Respondents]; c != nil && c.Kind != series.CountColumn {
			ps.Add(at("respondents"), "column %q: want a column of the kind count", p.Respondents)
		}
	}
	for key, name := range map[string]string{"value": p.Value, "half_width": p.HalfWidth} {
		if name == "" {
			continue
		}
		d.Tabled.CheckNumber(at(key), name, &ps)
		if c := d.Tabled.Columns[name]; c != nil && c.Kind.Number() && c.Kind != series.RateColumn {
			ps.Add(at(key), "column %q adds up: want a column of the kind rate, or a numerator", name)
		}
	}
	return ps
}

// adds reports a column that does not add up over rows.
func (d *Definition) adds(at func(keys ...string) string, pair, key, name string, ps *refusal.Problems) {
	place := at(key)
	if pair != "" {
		place = at(pair, key)
	}
	d.Tabled.CheckNumber(place, name, ps)
	if c := d.Tabled.Columns[name]; c != nil && c.Kind == series.RateColumn {
		ps.Add(place, "column %q is a rate, which does not add up over rows: want value", name)
	}
}

func (d *Definition) checkBy(at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	s := d.Tabled.Series
	var names []string
	if s.Area() != "" {
		names = append(names, s.Area())
	}
	if s.Areas.Groups != "" {
		names = append(names, s.Areas.Groups)
	}
	names = append(names, s.CategoryColumns()...)
	for i, b := range d.Breakdowns {
		crossed := Crossed(b)
		for _, name := range crossed {
			if !slices.Contains(names, name) {
				ps.Add(at("by", index(i)), "no breakdown %q of the series%s", name, refusal.Nearest(name, names))
			}
			if w := d.Tabled.Standard; w != nil && name == w.Column {
				ps.Add(at("by", index(i)), "a figure that is standardised by %q is not broken down by it", name)
			}
		}
		if slices.Contains(d.Breakdowns[:i], b) || len(slices.Compact(slices.Sorted(slices.Values(crossed)))) < len(crossed) {
			ps.Add(at("by", index(i)), "breakdown %q is there twice, or crosses a column with itself", b)
		}
		if slices.Contains(crossed, s.Area()) && slices.Contains(crossed, s.Areas.Groups) {
			ps.Add(at("by", index(i)), "breakdown %q crosses areas with what they are within", b)
		}
	}
	return ps
}

func (d *Definition) checkTabledStandard(at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	w := d.Tabled.Standard
	if w == nil {
		return nil
	}
	c := d.Tabled.Columns[w.Column]
	if c == nil || c.Kind != series.CategoryColumn {
		ps.Add(at("standard", "column"), "no column %q of categories%s", w.Column, refusal.Nearest(w.Column, d.Tabled.CategoryColumns()))
		return ps
	}
	of, key := w.Weights, "weights"
	if d.Statistic == StandardisedRatio {
		of, key = w.Rates, "rates"
	}
	if len(of) == 0 || len(w.Weights) > 0 && len(w.Rates) > 0 {
		ps.Add(at("standard"), "%s is standardised by %s, want them alone", d.Statistic.Row().A, key)
		return ps
	}
	var codes []string
	for _, k := range c.Categories {
		codes = append(codes, k.Code)
		if !(of[k.Code] > 0) {
			ps.Add(at("standard", key), "nothing above 0 for category %q", k.Code)
		}
	}
	for _, code := range sortedKeys(of) {
		if !slices.Contains(codes, code) {
			ps.Add(at("standard", key, code), "no category %q%s", code, refusal.Nearest(code, codes))
		}
	}
	return ps
}
