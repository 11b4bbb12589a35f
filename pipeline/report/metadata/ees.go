package metadata

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
)

// A pair is a data file and its metadata file, as Explore Education Statistics takes them: the
// figures of one indicator whose time identifiers may stand together. README.md of this
// package lists the rules of the screening, and which test holds each.
type pair struct {
	*placer
	name string
	rows []eesRow
}

// An eesRow is a figure where and when it is of.
type eesRow struct {
	f       *release.Figure
	period  string
	time    string
	places  [6]string // code and name of country, region and police force area
	level   string
	filters []string // the words in the columns that may be filters
	rank    int      // of the rows of one place and time the least stays
}

// The geographic levels of Explore Education Statistics.
const (
	national = "National"
	regional = "Regional"
	policing = "Police force area"
)

// noNotice is what a figure has that no notice affects.
const noNotice = "No notice"

// notThere is the code of what is not available.
const notThere = "x"

// footnotesName is the file with what a person types into the platform as footnotes, beside
// the pairs: their columns have no place for more than a notice's mark.
const footnotesName = eesFolder + "/footnotes.txt"

// footnotes are the notices that bear on a pair's figures, a line each.
func footnotes(d *dataset.Dataset, p *pair) string {
	c := release.Content{Words: d.Contents[p.x.ID].Words}
	for i := range p.rows {
		c.Figures = append(c.Figures, *p.rows[i].f)
	}
	var b strings.Builder
	for _, text := range report.NoticeTexts(release.On(d.Notices, p.x.ID, c)) {
		b.WriteString(p.name + ".csv: " + text + "\n")
	}
	return b.String()
}

// pairsOfEES makes the pairs of a dataset, and beside them the footnotes where there are some.
func pairsOfEES(d *dataset.Dataset) []File {
	var files []File
	told := ""
	for i := range d.Indicators {
		x := &d.Indicators[i]
		content := d.Contents[x.ID]
		placer := &placer{d, x, candidates(d), map[[3]string]eesRow{}}
		families := map[string]*pair{}
		var order []*pair
		for k := range content.Figures {
			r := placer.row(&content.Figures[k])
			family := familyOf(r.time)
			p := families[family]
			if p == nil {
				p = &pair{placer: placer, name: x.ID}
				if len(order) > 0 {
					p.name += "-" + strings.ToLower(strings.ReplaceAll(family, " ", "-"))
				}
				families[family] = p
				order = append(order, p)
			}
			p.rows = append(p.rows, r)
		}
		for _, p := range order {
			p.settle()
			told += footnotes(d, p)
			data, meta := p.files()
			files = append(files, File{eesFolder + "/" + p.name + ".csv", data, nil}, File{eesFolder + "/" + p.name + ".meta.csv", meta, nil})
		}
	}
	if told != "" {
		files = append(files, File{footnotesName, []byte(told), nil})
	}
	return files
}

// A placer makes the rows of an indicator, whose candidates for filters are named.
type placer struct {
	d     *dataset.Dataset
	x     *release.IndicatorLabels
	names []string
	known map[[3]string]eesRow // by what places a figure, but for its time and item
}

// harmonised are the names that the platform wants of columns of some variables.
var harmonised = map[string]string{"ethnic-group": "ethnicity_major"}

// filterName is the column of a dimension.
func filterName(x dataset.Dimension) string { return cmp.Or(harmonised[x.Variable], x.Column) }

// candidates are the columns that may be filters, in order.
func candidates(d *dataset.Dataset) []string {
	names := []string{"population", "item"}
	for _, x := range d.Dimensions {
		if !slices.Contains(codebook.Levels, codebook.Level(x.Variable)) {
			names = append(names, filterName(x))
		}
	}
	return append(names, "notice", "source")
}

// row places a figure. What divides it by country, region or police force area is where it
// is of; what else divides it is a filter.
func (p *placer) row(f *release.Figure) eesRow {
	key := [3]string{f.Population, f.Breakdown, f.Category}
	r, known := p.known[key]
	if !known {
		r = p.placed(f)
		p.known[key] = r
	}
	r.f, r.filters = f, slices.Clone(r.filters)
	r.period, r.time = timeOf(f.PeriodStart, f.PeriodEnd)
	r.filters[1] = dataset.TotalLabel
	if f.Item != codebook.All {
		r.filters[1] = p.d.Labels.Text("item", p.x.ID, f.Item)
	}
	n := len(r.filters)
	r.filters[n-1] = p.d.Labels.Source(f.Source).Full()
	r.filters[n-2] = noNotice
	if of := p.d.Affecting(*f); len(of) > 0 {
		r.filters[n-2] = report.NoticeMarks(of)
	}
	return r
}

// placed is where a figure is, and what else it is divided by.
func (p *placer) placed(f *release.Figure) eesRow {
	d := p.d
	r := eesRow{level: national, filters: make([]string, len(p.names))}
	country := f.Population
	by := map[string]string{}
	if f.Breakdown != codebook.All {
		categories := indicator.Crossed(f.Category)
		for i, variable := range indicator.Crossed(f.Breakdown) {
			by[variable] = categories[i]
		}
	}
	if c := by[string(codebook.Country)]; c != "" {
		country = c
		r.rank = 1
	}
	name := func(variable, code string) string {
		for _, dim := range d.Dimensions {
			if dim.Variable == variable {
				for _, c := range dim.Categories {
					if c.Code == code {
						return c.Text
					}
				}
			}
		}
		return code
	}
	places := d.Geography
	if code := by[string(codebook.Region)]; code != "" {
		if places.Place(codebook.Region, code) != nil {
			r.level, country = regional, "england"
			r.places[2], r.places[3] = gss(places, codebook.Region, code), name(string(codebook.Region), code)
		} else { // Wales, among the regions
			country = code
			r.rank = 2
		}
	}
	if code := by[string(codebook.PoliceForceArea)]; code != "" {
		r.level = policing
		r.places[4], r.places[5] = gss(places, codebook.PoliceForceArea, code), name(string(codebook.PoliceForceArea), code)
		switch r.places[4][:1] {
		case "E":
			country = "england"
		case "W":
			country = "wales"
		}
	}
	r.places[0], r.places[1] = gss(places, codebook.Country, country), d.Labels.Text("population", "", country)
	if p := places.Place(codebook.Country, country); p != nil {
		r.places[1] = p.Name
	}
	r.filters[0] = d.Labels.Text("population", "", f.Population)
	for _, dim := range d.Dimensions {
		at := slices.Index(p.names, filterName(dim))
		if at < 0 {
			continue
		}
		r.filters[at] = dataset.TotalLabel
		if code := by[dim.Variable]; code != "" {
			r.filters[at] = name(dim.Variable, code)
		}
	}
	return r
}

// gss is the code of a place, or that it is not available.
func gss(g codebook.Geography, l codebook.Level, code string) string {
	if p := g.Place(l, code); p != nil && p.GSS != "" {
		return p.GSS
	}
	return notThere
}

// timeOf is the period and its identifier for the days from one to another: of exactly a financial
// or an academic year, a half or a quarter of a financial year, or a month, and else the
// calendar year that has them all, or the reporting year that they end in.
func timeOf(start, end string) (period, identifier string) {
	y, m, d, ok := dayOf(start)
	y2, m2, d2, ok2 := dayOf(end)
	if !ok || !ok2 {
		return end, "Reporting year"
	}
	six := func(from int) string { return fmt.Sprintf("%04d%02d", from, (from+1)%100) }
	whole := d == 1 && d2 == lastDay(y2, m2)
	fiscal := y
	if m < 4 {
		fiscal--
	}
	months := (y2-y)*12 + m2 - m + 1
	switch {
	case whole && months == 12 && m == 4:
		return six(y), "Financial year"
	case whole && months == 12 && (m == 8 || m == 9):
		return six(y), "Academic year"
	case whole && months == 6 && m == 4:
		return six(fiscal), "Part 1 (April to September)"
	case whole && months == 6 && m == 10:
		return six(fiscal), "Part 2 (October to March)"
	case whole && months == 3 && (m-1)%3 == 0:
		return six(fiscal), fmt.Sprintf("Financial year Q%d", (m+8)%12/3+1)
	case whole && months == 1:
		return fmt.Sprintf("%04d", y), monthNames[m-1]
	case y == y2:
		return fmt.Sprintf("%04d", y), "Calendar year"
	}
	return fmt.Sprintf("%04d", y2), "Reporting year"
}

// dayOf is the year, month and day of a date such as 2003-03-01.
func dayOf(date string) (y, m, d int, ok bool) {
	year, rest, _ := strings.Cut(date, "-")
	month, day, _ := strings.Cut(rest, "-")
	y, err := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	d, err3 := strconv.Atoi(day)
	return y, m, d, err == nil && err2 == nil && err3 == nil
}

var monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// lastDay is the last day of a month.
func lastDay(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// familyOf names the time identifiers that may stand in one file with one.
func familyOf(identifier string) string {
	switch {
	case slices.Contains(monthNames, identifier):
		return "month"
	case strings.HasPrefix(identifier, "Financial year Q"):
		return "quarter"
	case strings.HasPrefix(identifier, "Part "):
		return "half year"
	}
	return identifier
}

// settle leaves one of the rows that are of the same place and time by another breakdown: England,
// which a breakdown by country has as well, and Wales, which one by region has.
func (p *pair) settle() {
	best := map[string]int{}
	var all []int
	for at := range p.names {
		all = append(all, at)
	}
	keys := make([]string, len(p.rows))
	for i := range p.rows {
		r := &p.rows[i]
		keys[i] = r.key(all)
		if rank, seen := best[keys[i]]; !seen || r.rank < rank {
			best[keys[i]] = r.rank
		}
	}
	kept := p.rows[:0]
	for i, r := range p.rows {
		if r.rank == best[keys[i]] {
			kept = append(kept, r)
		}
	}
	p.rows = kept
}

// key is what tells a row apart by so many of the filters.
func (r *eesRow) key(filters []int) string {
	var b strings.Builder
	for _, part := range []string{r.period, r.time, r.level} {
		b.WriteString(part)
		b.WriteByte(0)
	}
	for _, part := range r.places {
		b.WriteString(part)
		b.WriteByte(0)
	}
	for _, f := range filters {
		b.WriteString(r.filters[f])
		b.WriteByte(0)
	}
	return b.String()
}

// filters are those of the candidates that divide the rows: a source only where a period has
// several.
func (p *pair) filters() []int {
	var list []int
	for at := range p.names {
		if slices.ContainsFunc(p.rows, func(r eesRow) bool { return r.filters[at] != p.rows[0].filters[at] }) {
			list = append(list, at)
		}
	}
	if n := len(list); n > 0 && p.names[list[n-1]] == "source" {
		seen := map[string]bool{}
		twice := slices.ContainsFunc(p.rows, func(r eesRow) bool {
			key := r.key(list[:n-1])
			was := seen[key]
			seen[key] = true
			return was
		})
		if !twice {
			list = list[:n-1]
		}
	}
	return list
}

// A measured is a column of numbers.
type measured struct {
	name, label string
	own         bool // in the unit of the indicator
	of          func(*release.Figure) float64
}

var measuredColumns = []measured{
	{"estimate", "Estimate", true, func(f *release.Figure) float64 { return f.Value }},
	{"standard_error", "Standard error", true, func(f *release.Figure) float64 { return f.SE }},
	{"lower_limit", "Lower limit of the interval", true, func(f *release.Figure) float64 { return f.Lower }},
	{"upper_limit", "Upper limit of the interval", true, func(f *release.Figure) float64 { return f.Upper }},
	{"unweighted_base", "Respondents, unweighted", false, func(f *release.Figure) float64 {
		if f.Base == release.Withheld {
			return math.NaN()
		}
		return float64(f.Base)
	}},
	{"numerator", "What is counted", false, func(f *release.Figure) float64 { return f.Numerator }},
	{"denominator", "Out of what", false, func(f *release.Figure) float64 { return f.Denominator }},
}

// symbol is what stands for a number that is not there.
func symbol(f *release.Figure, m measured) string {
	switch {
	case f.Status != "":
		return f.Status
	case m.name == "unweighted_base" && !f.Source.Return():
		return string(indicator.Confidential)
	case m.name == "standard_error" || strings.HasSuffix(m.name, "_limit"):
		if f.NoteList().Has(indicator.CompleteCount) {
			return string(indicator.Inapplicable)
		}
		return string(indicator.Unavailable)
	}
	return string(indicator.Inapplicable)
}

// eesUnits are the units that the platform shows, by ours.
var eesUnits = map[string]string{indicator.Percent: "%", "percentage points": "pp", "pounds": "£"}

// files are the data and the metadata.
func (p *pair) files() (data, meta []byte) {
	filters := p.filters()
	type line struct{ cells []string }
	var columns []sheet.Column[line]
	add := func(name string) {
		at := len(columns)
		columns = append(columns, sheet.Column[line]{Name: name, Text: func(l *line) *string { return &l.cells[at] }})
	}
	has := func(level string) bool {
		return slices.ContainsFunc(p.rows, func(r eesRow) bool { return r.level == level })
	}
	for _, name := range []string{"time_period", "time_identifier", "geographic_level", "country_code", "country_name"} {
		add(name)
	}
	places := []int{0, 1}
	if has(regional) {
		places = append(places, 2, 3)
		add("region_code")
		add("region_name")
	}
	if has(policing) {
		places = append(places, 4, 5)
		add("pfa_code")
		add("pfa_name")
	}
	for _, f := range filters {
		add(p.names[f])
	}
	var numbers []measured
	for _, m := range measuredColumns {
		if slices.ContainsFunc(p.rows, func(r eesRow) bool { return !math.IsNaN(m.of(r.f)) }) || m.name == "estimate" {
			numbers = append(numbers, m)
			add(m.name)
		}
	}
	decimals := map[string]int{}
	lines := make([]line, len(p.rows))
	for i, r := range p.rows {
		cells := []string{r.period, r.time, r.level}
		for _, at := range places {
			cells = append(cells, r.places[at])
		}
		for _, f := range filters {
			cells = append(cells, r.filters[f])
		}
		for _, m := range numbers {
			x := m.of(r.f)
			if math.IsNaN(x) {
				cells = append(cells, symbol(r.f, m))
				continue
			}
			text := strconv.FormatFloat(x+0, 'f', -1, 64)
			_, fraction, _ := strings.Cut(text, ".")
			decimals[m.name] = max(decimals[m.name], len(fraction))
			cells = append(cells, text)
		}
		lines[i] = line{cells}
	}
	return sheet.CSV(lines, columns), p.meta(filters, numbers, decimals)
}

// meta says what each column is.
func (p *pair) meta(filters []int, numbers []measured, decimals map[string]int) []byte {
	type row struct{ cells [9]string }
	var columns []sheet.Column[row]
	for i, name := range []string{"col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp", "filter_hint", "filter_grouping_column", "filter_default"} {
		columns = append(columns, sheet.Column[row]{Name: name, Text: func(r *row) *string { return &r.cells[i] }})
	}
	var rows []row
	notice := len(p.names) - 2
	for _, at := range filters {
		name := p.names[at]
		label := map[string]string{"population": "Population", "item": "Item", "source": "Source", "notice": "Correction or withdrawal"}[name]
		for _, d := range p.d.Dimensions {
			if filterName(d) == name {
				label = d.Label
			}
		}
		total := ""
		if !slices.ContainsFunc(p.rows, func(r eesRow) bool { return r.filters[at] == dataset.TotalLabel }) {
			total = p.rows[0].filters[at]
		}
		if name == "notice" {
			total = noNotice
		}
		rows = append(rows, row{[9]string{name, "Filter", label, "", "", "", "", "", total}})
	}
	for _, m := range numbers {
		unit, label := "", m.label
		if m.own {
			if unit = eesUnits[p.x.Unit]; unit == "" {
				label += " (" + p.x.Unit + ")"
			}
		}
		if p.d.Synthetic {
			label += ", made-up data"
		}
		if all := p.rows[0].filters[notice]; all != noNotice && !slices.Contains(filters, notice) { // of every row
			label += ", " + all
		}
		rows = append(rows, row{[9]string{m.name, "Indicator", label, "", unit, strconv.Itoa(decimals[m.name]), "", "", ""}})
	}
	return sheet.CSV(rows, columns)
}
