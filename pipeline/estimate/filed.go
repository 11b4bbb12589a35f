package estimate

import (
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// Return estimates definitions for one period of a series: every item, of all
// areas together and by every breakdown, in one pass over the rows for each.
// Definitions of other series and of surveys have none.
//
// What a body counts in full has no sampling error, and its figure none, never
// 0. Where a series declares that its counts are of a random process, the figure
// has the error and the limits of that.
func Return(definitions []*indicator.Definition, r *series.Return) [][]indicator.Estimate {
	made := make([][]indicator.Estimate, len(definitions))
	for i, d := range definitions {
		if d.Tabled == nil || d.Tabled.Series.ID != r.Series.ID {
			continue
		}
		for _, p := range d.Tabled.Parts {
			f := newFiled(d, p, r)
			for _, breakdown := range append([]string{codebook.All}, d.Breakdowns...) {
				f.by(breakdown)
			}
			f.funnel()
			made[i] = append(made[i], f.estimates...)
		}
		slices.SortFunc(made[i], func(a, b indicator.Estimate) int { return a.Key.Compare(b.Key) })
	}
	return made
}

// A filed is a part of a definition by one return.
type filed struct {
	d         *indicator.Definition
	t         *indicator.Tabled
	part      indicator.Part
	r         *series.Return
	pairs     [4]pair // the figure's own, against, beside, beside and against
	scores    []scored
	value     int // places of columns; -1 for none
	halfWidth int
	people    int   // place of the column of respondents; -1 for none
	needed    []int // places of all columns that a row must have a number in
	persons   []int // those of counts
	stratum   int   // place among the category columns of the standard's; -1 for none
	standard  []float64
	estimates []indicator.Estimate
	counts    []count // of each estimate, for the funnel
}

// A pair holds the places of the columns of a numerator and a denominator.
type pair struct{ numerator, denominator []int }

type scored struct {
	column int
	score  float64
}

// A count is what a figure's limits are found from.
type count struct{ numerator, denominator float64 }

func newFiled(d *indicator.Definition, p indicator.Part, r *series.Return) *filed {
	f := &filed{d: d, t: d.Tabled, part: p, r: r, value: -1, halfWidth: -1, people: -1, stratum: -1}
	numbers := r.Series.Numbers()
	place := func(name string) int { return slices.Index(numbers, name) }
	places := func(names []string) []int {
		var list []int
		for _, name := range names {
			list = append(list, place(name))
		}
		return list
	}
	for i, of := range []*indicator.Pair{p.Pair(), p.Against, p.Beside, p.BesideAgainst} {
		if of != nil {
			f.pairs[i] = pair{places(of.Numerator), places(of.Denominator)}
		}
	}
	for _, name := range p.Columns() {
		if name == p.HalfWidth || name == p.Respondents {
			continue // a figure may be given without
		}
		f.needed = append(f.needed, place(name))
		if r.Series.Columns[name].Kind == series.CountColumn {
			f.persons = append(f.persons, place(name))
		}
		if score, ok := p.Scores[name]; ok {
			f.scores = append(f.scores, scored{place(name), score})
		}
	}
	if p.Value != "" {
		f.value = place(p.Value)
	}
	if p.HalfWidth != "" {
		f.halfWidth = place(p.HalfWidth)
	}
	if p.Respondents != "" {
		f.people = place(p.Respondents)
	}
	if w := f.t.Standard; w != nil {
		f.stratum = slices.Index(r.Series.CategoryColumns(), w.Column)
		for _, k := range r.Series.Columns[w.Column].Categories {
			f.standard = append(f.standard, w.Weights[k.Code]+w.Rates[k.Code]) // one of them is given
		}
	}
	return f
}

// A parcel is what one figure is of: the sums of its rows, of each stratum of
// the standard where there is one.
type parcel struct {
	category   string
	sums       [][4]count
	scores     count // of the numbers that score, and their scores
	squares    float64
	value      float64 // of the only row
	halfWidth  float64
	base       float64 // respondents
	own        bool    // it is the body's own row of what its rows are together
	rows       int
	left       int // rows without a number that is needed
	suppressed bool
	unclear    bool
	standing   int // the least final of the rows; the last of them where none says
	about      string
	people     []float64 // the counts of the columns that may be of people
	expected   int       // areas that there are, and of them those that made a return
	returned   int
}

// by makes the figures of one breakdown.
func (f *filed) by(breakdown string) {
	var names []string
	if breakdown != codebook.All {
		names = indicator.Crossed(breakdown)
	}
	domains, of := f.domains(names)
	rows := f.r.Rows
	if f.value >= 0 { // a figure that the body gives of several together is a row of its own
		rows = f.own(names)
	}
	for i := range rows {
		if at := of(&rows[i]); at >= 0 {
			f.add(&domains[at], &rows[i])
		}
	}
	f.replace(domains, names)
	for i := range domains {
		if e, c, ok := f.estimate(&domains[i]); ok {
			e.Key = indicator.Key{
				Indicator: f.d.ID, Source: f.r.ID(), Population: f.r.Series.Population.ID, Breakdown: breakdown, Category: domains[i].category, Item: f.part.ID,
			}
			e.Period = [2]string{f.r.Period.Start, f.r.Period.End}
			e.Statistic, e.Unit = f.d.Statistic, f.t.Unit
			if f.r.Synthetic {
				e.Notes.Add(indicator.Note{Code: indicator.Synthetic})
			}
			f.estimates, f.counts = append(f.estimates, e), append(f.counts, c)
		}
	}
}

// domains lists those of a breakdown, and says of a row which it is in: -1 for
// none. Areas that do not exist in the period have none.
func (f *filed) domains(names []string) ([]parcel, func(*series.Row) int) {
	s := f.r.Series
	columns := s.CategoryColumns()
	expected := s.Expected(f.r.Period)
	type axis struct {
		codes []string
		at    func(*series.Row) int
	}
	var axes []axis
	for _, name := range names {
		switch name {
		case s.Area():
			of := make([]int, len(s.Areas.Are)) // of each area, one more than its place among those expected
			a := axis{at: func(r *series.Row) int {
				if r.Area < 0 {
					return -1
				}
				return of[r.Area] - 1
			}}
			for i, area := range expected {
				a.codes = append(a.codes, s.Areas.Are[area].Code)
				of[area] = i + 1
			}
			axes = append(axes, a)
		case s.Areas.Groups:
			of := make([]int, len(s.Areas.Are)) // of each area, one more than the place of its group, and of a group its own
			a := axis{at: func(r *series.Row) int {
				if r.Area < 0 {
					return -1
				}
				return of[r.Area] - 1
			}}
			for i, group := range s.GroupsOf(f.r.Period) {
				code := s.Areas.Are[group].Code
				a.codes = append(a.codes, code)
				for area := range of {
					if area == group || s.Areas.Are[area].Within == code {
						of[area] = i + 1
					}
				}
			}
			axes = append(axes, a)
		default:
			column := slices.Index(columns, name)
			a := axis{at: func(r *series.Row) int { return r.Categories[column] }}
			for _, k := range s.Columns[name].Categories {
				a.codes = append(a.codes, k.Code)
			}
			axes = append(axes, a)
		}
	}
	made := []parcel{{category: codebook.All}}
	for i, a := range axes {
		var more []parcel
		for _, d := range made {
			for _, code := range a.codes {
				if i > 0 {
					code = d.category + "*" + code
				}
				more = append(more, parcel{category: code})
			}
		}
		made = more
	}
	for i := range made {
		made[i].sums = make([][4]count, max(len(f.standard), 1))
		made[i].people, made[i].standing = make([]float64, len(f.persons)), len(series.Standings)
	}
	of := func(r *series.Row) int {
		at := 0
		for _, a := range axes {
			i := a.at(r)
			if i < 0 {
				return -1
			}
			at = at*len(a.codes) + i
		}
		return at
	}
	if len(columns) == 0 { // an area has one row
		for _, area := range expected {
			if at := of(&series.Row{Area: area}); at >= 0 {
				made[at].expected++
			}
		}
		for i := range f.r.Rows {
			if at := of(&f.r.Rows[i]); at >= 0 && f.r.Rows[i].Area >= 0 {
				made[at].returned++
			}
		}
		return made, of
	}
	// Areas are counted once in each domain, whatever categories it takes together.
	type counted struct{ at, area int }
	there, back := map[counted]bool{}, map[counted]bool{}
	count := func(seen map[counted]bool, r *series.Row, to func(*parcel) *int) {
		at := of(r)
		if key := (counted{at, r.Area}); at >= 0 && r.Area >= 0 && !seen[key] {
			seen[key] = true
			*to(&made[at])++
		}
	}
	combined := combinations(s)
	for _, area := range expected {
		for _, categories := range combined {
			count(there, &series.Row{Area: area, Categories: categories}, func(d *parcel) *int { return &d.expected })
		}
	}
	for i := range f.r.Rows {
		count(back, &f.r.Rows[i], func(d *parcel) *int { return &d.returned })
	}
	return made, of
}

// combinations lists the categories that rows of a series have together.
func combinations(s *series.Series) [][]int {
	made := [][]int{nil}
	for _, name := range s.CategoryColumns() {
		var more [][]int
		for _, c := range made {
			for k := range s.Columns[name].Categories {
				more = append(more, append(slices.Clone(c), k))
			}
		}
		made = more
	}
	return made
}

// add adds a row to a domain.
func (f *filed) add(d *parcel, r *series.Row) {
	d.rows++
	for _, i := range f.needed {
		c := r.Cells[i]
		if math.IsNaN(c.Value) {
			d.left++
			d.suppressed = d.suppressed || c.Mark == series.SuppressedMark
			d.unclear = d.unclear || c.Mark == series.UnclearMark
			return
		}
		if c.About != "" {
			d.about = c.About
		}
	}
	if at := slices.Index(series.Standings, r.Standing); at >= 0 {
		d.standing = min(d.standing, at)
	}
	for at, i := range f.persons {
		d.people[at] += r.Cells[i].Value
	}
	sums := &d.sums[0]
	if f.stratum >= 0 {
		sums = &d.sums[r.Categories[f.stratum]]
	}
	for i, p := range f.pairs {
		for _, at := range p.numerator {
			sums[i].numerator += r.Cells[at].Value
		}
		for _, at := range p.denominator {
			sums[i].denominator += r.Cells[at].Value
		}
	}
	for _, s := range f.scores {
		n := r.Cells[s.column].Value
		d.scores.denominator += n
		d.scores.numerator += float64(n * s.score)
		d.squares += float64(float64(n*s.score) * s.score)
	}
	if f.value >= 0 {
		d.value, d.halfWidth = r.Cells[f.value].Value, math.NaN()
		if f.halfWidth >= 0 {
			d.halfWidth = r.Cells[f.halfWidth].Value
		}
		if f.people >= 0 {
			d.base = r.Cells[f.people].Value
		}
	}
}

// own are the rows that the body itself gives for a breakdown: of all areas, or of
// groups, where it is not by areas, and of all categories of each column that it is
// not by, where the column has such rows.
func (f *filed) own(names []string) []series.Row {
	s := f.r.Series
	group := func(r *series.Row) bool { return r.Area >= 0 && s.Group(r.Area) }
	of := func(r *series.Row) bool { return r.Area == series.WholeArea }
	switch {
	case s.Area() == "" || slices.Contains(names, s.Area()):
		of = func(r *series.Row) bool { return r.Area != series.WholeArea && !group(r) }
	case slices.Contains(names, s.Areas.Groups):
		of = group
	}
	columns := s.CategoryColumns()
	var own []series.Row
	for _, rows := range [][]series.Row{f.r.Rows, f.r.Groups, f.r.Whole, f.r.Totals} {
		for i := range rows {
			is := of(&rows[i])
			for k, name := range columns {
				if s.Columns[name].Total != nil {
					is = is && slices.Contains(names, name) == (rows[i].Categories[k] != series.TotalCategory)
				}
			}
			if is {
				own = append(own, rows[i])
			}
		}
	}
	return own
}

// replace takes the body's own row of what a domain's rows are together, where some
// of them are not told or the body gives no other, and where the areas are not all
// of the whole.
func (f *filed) replace(domains []parcel, names []string) {
	s := f.r.Series
	byArea := s.Area() == "" || slices.Contains(names, s.Area())
	together := !byArea
	for _, name := range s.CategoryColumns() {
		if slices.Contains(names, name) {
			continue
		}
		if s.Columns[name].Total == nil {
			return // no row is of all of them
		}
		together = true
	}
	if f.value >= 0 || !together {
		return
	}
	blank, of := f.domains(names)
	selection := s.Areas.Selection && !byArea
	if selection {
		copy(domains, blank)
	}
	for _, r := range f.own(names) {
		at := of(&r)
		if at < 0 || domains[at].left == 0 && domains[at].rows > 0 {
			continue
		}
		d := blank[at]
		d.own = true
		if f.add(&d, &r); d.left == 0 || selection {
			domains[at] = d
		}
	}
}

// estimate makes the figure of a domain; ok is false where there is none to make.
func (f *filed) estimate(d *parcel) (e indicator.Estimate, c count, ok bool) {
	nan := math.NaN()
	e = indicator.Estimate{Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan, Numerator: nan, Denominator: nan, Largest: nan, Groups: f.groups(d)}
	if f.d.Statistic == indicator.Coverage {
		if d.expected == 0 {
			return e, c, false
		}
		c = count{float64(d.returned), float64(d.expected)}
		e.Value, e.Numerator, e.Denominator = c.numerator/c.denominator, c.numerator, c.denominator
		e.Notes.Add(indicator.Note{Code: indicator.CompleteCount})
		return e, c, true
	}
	none := func(status indicator.Status, why indicator.NoteCode) (indicator.Estimate, count, bool) {
		e.Status = status
		e.Notes.Add(indicator.Note{Code: why})
		return e, c, true
	}
	switch {
	case d.rows == 0 && f.value >= 0:
		return e, c, false
	case d.rows == 0:
		return none(indicator.Unavailable, indicator.NoReturn)
	case f.value >= 0 && d.rows > 1:
		return e, c, false // the body gives a value of each of them, and none of all
	case d.left == d.rows && d.suppressed:
		return none(indicator.Confidential, indicator.SuppressedThere)
	case d.left == d.rows && d.unclear:
		return none(indicator.Unavailable, indicator.UnclearThere)
	case d.left == d.rows:
		return none(indicator.Unavailable, indicator.NotCollected)
	case d.left > 0:
		e.Notes.Add(indicator.Note{Code: indicator.PartOf, Args: []string{strconv.Itoa(d.rows - d.left), strconv.Itoa(d.rows)}})
	}
	switch {
	case f.value >= 0: // the body's own, however many areas have a row
	case d.own:
		e.Notes.Add(indicator.Note{Code: indicator.OwnTotal})
	case d.returned < d.expected:
		e.Notes.Add(indicator.Note{Code: indicator.PartialReturn, Args: []string{strconv.Itoa(d.returned), strconv.Itoa(d.expected)}})
	}
	if d.standing < len(series.Standings) && series.Standings[d.standing] != series.Final {
		e.Notes.Add(indicator.Note{Code: indicator.NoteCode(series.Standings[d.standing])})
	}
	if d.about != "" {
		e.Notes.Add(indicator.Note{Code: indicator.RoundedThere, Args: []string{d.about}})
	}
	if f.value >= 0 {
		f.given(&e, d)
		return e, c, true
	}
	c = f.measure(&e, d)
	if math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
		e.Value, e.SE, e.Lower, e.Upper = nan, nan, nan, nan
		return none(indicator.Unavailable, indicator.DividesByZero)
	}
	if f.t.Random {
		e.Error, e.Level = design.ByCounts, f.d.Confidence()
		if e.Status == "" && !(e.SE > indicator.Rounded*math.Abs(e.Value) && !math.IsInf(e.SE, 0)) {
			withoutError(&e)
		}
	} else {
		e.SE, e.Lower, e.Upper, e.Method = nan, nan, nan, ""
		e.Notes.Add(indicator.Note{Code: indicator.CompleteCount})
	}
	return e, c, true
}

// groups are the people whom the counts of a figure are of, where few of them are
// not to be told: of each share those in it and all, and of each other count they.
// A column that is added to others is a count of its own.
func (f *filed) groups(d *parcel) (made indicator.Groups) {
	if f.r.Series.Small != series.SmallWithheld {
		return nil
	}
	counts := func(columns []int) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(i int) bool { return !slices.Contains(f.persons, i) })
	}
	var told []int
	for i, p := range f.pairs {
		if c := d.sums[0][i]; f.shares() && counts(p.numerator) && counts(p.denominator) && c.numerator <= c.denominator {
			made = append(made, indicator.Group{Answered: int(c.denominator), Yes: int(c.numerator)})
			for _, columns := range [][]int{p.numerator, p.denominator} {
				if len(columns) == 1 {
					told = append(told, columns[0])
				}
			}
		}
	}
	for at, i := range f.persons {
		if !slices.Contains(told, i) {
			made = append(made, indicator.Group{Answered: int(d.people[at]), Yes: -1})
		}
	}
	return made
}

// shares says whether the figure is of shares of people, who are in a numerator or
// only in its denominator.
func (f *filed) shares() bool {
	switch f.d.Statistic {
	case indicator.Proportion, indicator.Gap, indicator.Parity, indicator.DoubleDifference:
		return true
	}
	return false
}

// withoutError takes an error that is 0 or no number, and says why. The limits of
// counts stay: they do not rest on it.
func withoutError(e *indicator.Estimate) {
	nan, why := math.NaN(), indicator.NoErrorFixed
	if math.IsNaN(e.SE) || math.IsInf(e.SE, 0) {
		why = indicator.NoErrorGroup
	}
	e.SE = nan
	e.Notes.Add(indicator.Note{Code: why})
	if e.Method == indicator.Wald || e.Method == indicator.Logarithm {
		e.Lower, e.Upper, e.Level, e.Method = nan, nan, nan, ""
	}
}

// given is a figure as the return has it, with the limits that it was printed
// with: nothing of it is computed again.
func (f *filed) given(e *indicator.Estimate, d *parcel) {
	scale := f.d.Statistic.Row().Scale
	e.Value, e.Error = d.value/scale, design.ByReturn
	if d.base > 0 {
		e.Base, e.Groups = int(d.base), indicator.Groups{{Answered: int(d.base), Yes: -1}}
	}
	if math.IsNaN(d.halfWidth) {
		e.Error = ""
		e.Notes.Add(indicator.Note{Code: indicator.AsReturned})
		return
	}
	half := d.halfWidth / scale
	e.Lower, e.Upper, e.Level, e.Method = e.Value-half, e.Value+half, f.d.Confidence(), indicator.Given
}

// funnel marks the areas that lie outside the limits of chance about the whole,
// at the outer limits of 99.8 per cent or the inner ones of 95.
func (f *filed) funnel() {
	if !f.t.Funnel {
		return
	}
	wholes := map[[2]string]float64{} // by breakdown and category
	for i, e := range f.estimates {
		wholes[[2]string{e.Breakdown, e.Category}] = f.counts[i].numerator / f.counts[i].denominator
	}
	for i := range f.estimates {
		e, c := &f.estimates[i], f.counts[i]
		breakdown, category, ok := indicator.FunnelWhole(e.Breakdown, e.Category, f.r.Series.Area())
		whole, told := wholes[[2]string{breakdown, category}]
		if e.Status != "" || !ok || !told {
			continue
		}
		for _, level := range indicator.FunnelLevels {
			side := indicator.Outside(c.numerator/c.denominator, indicator.FunnelLimits(whole, c.denominator, level, f.d.Statistic == indicator.Proportion))
			if side == 0 {
				continue
			}
			words := map[int]string{1: "above", -1: "below"}[side]
			e.Notes.Add(indicator.Note{Code: indicator.OutsideFunnel, Args: []string{words, strconv.FormatFloat(level*100, 'g', 4, 64)}})
			break
		}
	}
}
