package harmonise

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
	"togetherwecan/pipeline/table"
)

// A Filing is a return brought to its series, and what was noticed on the way.
type Filing struct {
	Return  *series.Return
	Matched map[string]string // areas that were matched by rule: as written -> label
	Left    map[string]string // rows that were left out: as the series has them -> why
	Rounded []series.Rounded  // sums that agree only as far as numbers are rounded
}

// Returns brings the table of a file to its series: to the return of the period
// that the file is named for or, where it is named for none, to those that the
// table has, in their order. Where is what the file is called in messages. All
// problems of the table are reported at once.
func Returns(g *table.Grid, s *series.Series, period, where string) ([]*Filing, refusal.Problems) {
	l := &layout{s: s, where: where}
	t := l.spread(l.read(g))
	names, parts := []string{period}, map[string]*sheet{period: t}
	if period == "" {
		names, parts = l.periods(t)
	}
	if len(l.ps) > 0 {
		return nil, l.ps
	}
	var made []*Filing
	var ps refusal.Problems
	for i, name := range names {
		f, problems := fileReturn(parts[name], s, name, where)
		made = append(made, f)
		ps = append(ps, problems...)
		if i == 0 && f == nil {
			break // the headings are the same for all
		}
	}
	return made, ps
}

// fileReturn brings the sheet of one period to its series; nil where its headings are
// not the series'.
func fileReturn(t *sheet, s *series.Series, period, where string) (*Filing, refusal.Problems) {
	days, err := s.Frequency.Period(period)
	if err != nil {
		panic("harmonise: " + err.Error()) // the file was found by its name
	}
	f := &filer{
		layout: layout{s: s, where: where}, sheet: t, period: period, numbers: s.Numbers(), categories: s.CategoryColumns(), at: map[string]int{},
		r:    &series.Return{Series: s, Name: period, Period: days},
		made: &Filing{Matched: map[string]string{}, Left: map[string]string{}}, rows: map[string]int{},
	}
	f.made.Return = f.r
	f.expected = s.Expected(days)
	if !f.headings() {
		return nil, f.ps
	}
	for row := range t.rows {
		f.row(row)
	}
	f.complete()
	if len(f.ps) == 0 { // what follows from the rows that are sound
		f.rules()
	}
	return f.made, f.ps
}

// A filer is a return being read.
type filer struct {
	layout
	sheet      *sheet
	period     string
	numbers    []string
	categories []string
	says       []string // columns in which a row says of its standing and its period
	group      string   // the column of groups; "" for none
	expected   []int
	at         map[string]int // places of the columns in the sheet
	synthetic  int            // place of the column that says so; -1 for none
	r          *series.Return
	made       *Filing
	rows       map[string]int // lines of rows by area and categories
}

// headings finds the columns of the series among the headings.
func (f *filer) headings() bool {
	known := f.s.Heads()
	var names []string
	for _, name := range f.s.ColumnNames() {
		names = append(names, f.s.Columns[name].Headings()...)
		if f.s.Columns[name].Kind == series.GroupColumn {
			f.group = name
		}
	}
	f.synthetic = -1
	for i, head := range f.sheet.heads {
		key := series.HeadKey(head)
		name, there := known[key]
		switch {
		case there && name == "": // ignored
		case slices.Contains(SyntheticMarks, key):
			f.synthetic = i
		case key == "":
			for row := range f.sheet.rows {
				if text := f.sheet.cell(row, i); text != "" {
					f.add(f.sheet.lines[row], "%q stands in column %d, which has no heading", text, i+1)
					break
				}
			}
		case name == "":
			f.hint("take it out, or list it under ignore: in "+f.s.File(), f.sheet.line, "column %q is not of the series %s%s", head, f.s.ID, refusal.Nearest(head, names))
		default:
			if other, twice := f.at[name]; twice {
				f.add(f.sheet.line, "columns %q and %q are both %q, want one", f.sheet.heads[other], head, name)
				continue
			}
			f.at[name] = i
		}
	}
	for _, name := range f.s.ColumnNames() {
		if _, there := f.at[name]; !there && !f.s.Columns[name].Optional {
			f.hint("twc template "+f.s.ID+" writes the form", f.sheet.line, "no column %q%s", f.s.Columns[name].Label, refusal.Nearest(f.s.Columns[name].Label, f.sheet.heads))
		}
	}
	f.says = slices.DeleteFunc(f.s.ColumnNames(), func(name string) bool {
		_, there := f.at[name]
		kind := f.s.Columns[name].Kind
		return !there || kind != series.StatusColumn && kind != series.PeriodColumn
	})
	return len(f.ps) == 0
}

// text is that of a column's cell in a row.
func (f *filer) text(row int, name string) string {
	if at, ok := f.at[name]; ok {
		return f.sheet.cell(row, at)
	}
	return ""
}

// row reads one row of the sheet.
func (f *filer) row(row int) {
	line, before := f.sheet.lines[row], len(f.ps)
	made := series.Row{Area: series.NoArea, Line: line}
	key := ""
	if name := f.s.Area(); name != "" {
		text := f.text(row, name)
		if left, ok := f.s.Ignored(text); ok {
			f.made.Left[left] = f.s.Areas.Ignore[left]
			return
		}
		place, ok := f.area(text, line)
		made.Area = place
		key = strconv.Itoa(place)
		if !ok {
			key = "?" + strconv.Itoa(line)
		} else if f.group != "" && place >= 0 && !f.s.Group(place) {
			f.inGroup(place, f.text(row, f.group), line)
		}
	}
	total := false
	for _, name := range f.categories {
		c := f.s.Columns[name]
		text := f.text(row, name)
		place, ok := c.Category(text)
		if !ok {
			var labels []string
			for _, k := range c.Categories {
				labels = append(labels, k.Label)
			}
			f.hint(dated(text), line, "%s %q is no category%s, want one of %s", name, text, refusal.Nearest(text, labels), strings.Join(labels, ", "))
		}
		total = total || place == series.TotalCategory
		made.Categories = append(made.Categories, place)
		key += "*" + strconv.Itoa(place)
	}
	f.marks(row, &made)
	var blank []string
	for _, name := range f.numbers {
		text := f.text(row, name)
		if text == "" && !f.s.Columns[name].Optional {
			blank = append(blank, f.s.Columns[name].Label)
		}
		cell := f.number(name, text, line)
		together := total || made.Area == series.WholeArea || made.Area >= 0 && f.s.Group(made.Area)
		if c := f.s.Columns[name]; c.AtMost != nil && cell.Value > *c.AtMost && (c.Kind == series.RateColumn || !together) {
			f.add(line, "%s is %s, want at most %s", c.Label, codebook.Spell(cell.Value), codebook.Spell(*c.AtMost))
		}
		made.Cells = append(made.Cells, cell)
	}
	f.blanks(blank, line)
	if len(f.ps) > before {
		f.rows[key] = line // it is there, if not sound
		return
	}
	if first, twice := f.rows[key]; twice {
		f.add(line, "a second row of %s, the first is on line %d: want one", f.rowName(made), first)
		return
	}
	f.rows[key] = line
	switch {
	case total:
		f.r.Totals = append(f.r.Totals, made)
	case made.Area == series.WholeArea:
		f.r.Whole = append(f.r.Whole, made)
	case made.Area >= 0 && f.s.Group(made.Area):
		f.r.Groups = append(f.r.Groups, made)
	default:
		f.r.Rows = append(f.r.Rows, made)
	}
}

// area is the place of the area that a row is of.
func (f *filer) area(text string, line int) (int, bool) {
	name := f.s.Area()
	place, byRule, ok := f.s.FindArea(text, f.r.Period)
	switch {
	case text == "":
		f.add(line, "no %s, want one in every row: cells that are merged have it in the first alone", name)
	case !ok:
		f.hint("areas, their other names and when they exist are in "+f.s.File(), line, "%s %q is not of the series%s", name, text, refusal.Nearest(text, f.s.AreaNames()))
	case place >= 0 && !f.s.Group(place) && !f.s.Exists(place, f.r.Period):
		a := f.s.Areas.Are[place]
		f.add(line, "%s %q is not there in %s: it exists from %s to %s", name, a.Label, f.period, or(a.From, "ever"), or(a.To, "now"))
	case byRule:
		f.made.Matched[text] = f.label(place)
	}
	return place, ok
}

// inGroup reports an area that the table has within another group than the series.
func (f *filer) inGroup(area int, text string, line int) {
	c, a := f.s.Columns[f.group], f.s.Areas.Are[area]
	if _, there := f.at[f.group]; !there {
		return
	}
	place, byRule, ok := f.s.FindGroup(c, text, f.r.Period)
	switch {
	case !ok:
		f.hint("what areas are within, and its other names, are in "+f.s.File(), line, "%s %q is nothing that areas are within", f.group, text)
	case f.s.Areas.Are[place].Code != a.Within:
		f.add(line, "%s %q of %s, which is within %s", f.group, text, a.Label, or(a.Within, "nothing"))
	case byRule:
		f.made.Matched[text] = f.label(place)
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// label is the name of an area for readers.
func (f *filer) label(place int) string {
	if place == series.WholeArea {
		return f.s.Areas.Whole.Label
	}
	return f.s.Areas.Are[place].Label
}

// rowName says what a row is of.
func (f *filer) rowName(r series.Row) string {
	var parts []string
	if r.Area != series.NoArea {
		parts = append(parts, f.label(r.Area))
	}
	for i, name := range f.categories {
		parts = append(parts, f.s.Columns[name].CategoryLabel(r.Categories[i]))
	}
	if len(parts) == 0 {
		return "the return"
	}
	return strings.Join(parts, ", ")
}

// marks reads what a row says of itself: its standing, its period and whether it
// was made up.
func (f *filer) marks(row int, made *series.Row) {
	line := f.sheet.lines[row]
	for _, name := range f.says {
		text := f.text(row, name)
		switch f.s.Columns[name].Kind {
		case series.StatusColumn:
			text = strings.ToLower(text)
			if text == "" && f.s.Columns[name].Optional {
				continue
			}
			if !slices.Contains(series.Standings, text) {
				f.add(line, "%s %q%s, want %s", name, text, refusal.Nearest(text, series.Standings), strings.Join(series.Standings, ", "))
			}
			made.Standing = text
		case series.PeriodColumn:
			if meant, ok := f.s.MeantPeriod(text); !ok || meant != f.period {
				f.hint(cmp.Or(dated(text), "is the return under the right name?"), line, "%s %q in the return of %s, want its own period in every row", name, text, f.period)
			}
		}
	}
	if f.synthetic >= 0 && f.sheet.cell(row, f.synthetic) == "1" {
		f.r.Synthetic = true
	}
}

// blanks reports the columns of a row that are blank, all at once.
func (f *filer) blanks(columns []string, line int) {
	hint := fmt.Sprintf("write 0 or %s for none, %s for what is not told, %s for what nobody has", first(f.s, series.NilMark), first(f.s, series.SuppressedMark), first(f.s, series.NotCollectedMark))
	switch len(columns) {
	case 0:
	case 1:
		f.hint(hint, line, "%s is blank, want a number or a mark", columns[0])
	default:
		f.hint(hint, line, "%d columns are blank, want numbers or marks: %s", len(columns), some(columns))
	}
}

// words are what a body writes before a number that is rounded.
var words = []string{"over", "more than", "about", "around", "approximately", "nearly", "almost", "under", "fewer than"}

// number reads a cell of numbers.
func (f *filer) number(name, text string, line int) series.Cell {
	c := f.s.Columns[name]
	absent := series.Cell{Value: math.NaN()}
	if text == "" {
		absent.Mark = series.NotCollectedMark
		return absent
	}
	switch mark := f.s.Mark(text); mark {
	case series.NilMark:
		return series.Cell{Mark: mark}
	case series.SuppressedMark, series.NotCollectedMark, series.UnclearMark:
		absent.Mark = mark
		return absent
	}
	cell := series.Cell{}
	digits := text
	for _, word := range words {
		if rest, ok := strings.CutPrefix(strings.ToLower(digits), word+" "); ok {
			cell.About, digits = word, strings.TrimSpace(rest)
			break
		}
	}
	if rest, ok := strings.CutSuffix(digits, "%"); ok && c.Unit == indicator.Percent {
		digits = strings.TrimSpace(rest)
	}
	digits = f.joinThousands(digits)
	x, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil || !plainNumber(digits):
		hint := ""
		if strings.ContainsAny(digits, ", ") {
			hint = "declare what parts thousands under sheet: in " + f.s.File() + ", if they are parted"
		}
		f.hint(hint, line, "%s is %q, want a number or a mark (%s)", c.Label, text, f.markList())
	case c.Kind == series.CountColumn && (x < 0 || x != math.Trunc(x) || x > 1<<53):
		f.add(line, "%s is %s, want a whole number from 0", c.Label, text)
	case c.Unit == indicator.Percent && c.Kind == series.RateColumn && x < 0:
		f.add(line, "%s is %s, want a percentage from 0", c.Label, text)
	}
	cell.Value = x
	return cell
}

// first is the first mark of a kind.
func first(s *series.Series, kind string) string {
	if m := s.MarksOf(kind); len(m) > 0 {
		return m[0]
	}
	return "nothing"
}

func (f *filer) markList() string {
	var list []string
	for _, kind := range series.MarkKinds() {
		if texts := f.s.MarksOf(kind); len(texts) > 0 {
			list = append(list, fmt.Sprintf("%s: %s", kind, strings.Join(texts, " ")))
		}
	}
	return strings.Join(list, "; ")
}

// joinThousands takes out what parts thousands, where every part has three
// digits.
func (f *filer) joinThousands(digits string) string {
	by := f.s.Sheet.Thousands
	if by == " " {
		digits = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ").Replace(digits)
	}
	if by == "" || !strings.Contains(digits, by) {
		return digits
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	parts := strings.Split(whole, by)
	for i, p := range parts {
		if i > 0 && len(p) != 3 || i == 0 && (p == "" || len(strings.TrimPrefix(p, "-")) > 3) {
			return digits
		}
	}
	whole = strings.Join(parts, "")
	if fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

// plainNumber says whether a text that reads as a number is written as one: in
// digits, with at most one point, and an exponent as spreadsheet programs write.
func plainNumber(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return !strings.ContainsRune("0123456789.-+eE", c) }) && strings.ContainsAny(text, "0123456789")
}

// complete reports the rows that are missing, and counts the areas.
func (f *filer) complete() {
	areas := map[int]bool{}
	for key := range f.rows {
		text, _, _ := strings.Cut(key, "*")
		if place, err := strconv.Atoi(text); err == nil {
			areas[place] = true
		}
	}
	if len(f.rows) == 0 {
		f.ps.Add(f.where, "the return has no rows below its headings")
		return
	}
	var missing []string
	f.r.Expected = len(f.expected)
	for _, place := range f.expected {
		if areas[place] {
			f.r.Returned++
		} else {
			missing = append(missing, f.label(place))
		}
	}
	w := f.s.Areas.Whole
	if alone := w != nil && w.Alone && len(f.r.Rows) == 0 && areas[series.WholeArea]; alone {
		missing = nil
	}
	if len(missing) > 0 && !f.s.Areas.Partial {
		f.ps.AddHint(fmt.Sprintf("an area with nothing to report makes a nil return: a row with 0 or %s", first(f.s, series.NilMark)), f.where,
			"%s of %d missing: %s", refusal.Count(len(missing), "area"), len(f.expected), some(missing))
	}
	f.combinations(areas)
	for _, r := range f.r.Rows {
		if at := slices.Index(series.Standings, r.Standing); at >= 0 && (f.r.Standing == "" || at < slices.Index(series.Standings, f.r.Standing)) {
			f.r.Standing = r.Standing
		}
	}
}

// dated is a hint where a text is a day or month that nobody meant: 10-14 and 2005-06 are
// October 2014 and June 2005 to spreadsheet programs.
func dated(text string) string {
	_, day := time.Parse(time.DateOnly, text)
	if _, month := time.Parse("2006-01", text); day != nil && month != nil {
		return ""
	}
	return "a spreadsheet program may have made a date of it: give the column as text"
}

// some lists a few of many names.
func some(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// combinations reports the areas that lack a row of some categories.
func (f *filer) combinations(areas map[int]bool) {
	if len(f.categories) == 0 {
		return
	}
	combinations := []string{""}
	labels := []string{""}
	for _, name := range f.categories {
		var more, moreLabels []string
		for i := range combinations {
			for k, c := range f.s.Columns[name].Categories {
				more = append(more, combinations[i]+"*"+strconv.Itoa(k))
				moreLabels = append(moreLabels, labels[i]+", "+c.Label)
			}
		}
		combinations, labels = more, moreLabels
	}
	prefixes := map[string]string{"": ""}
	if f.s.Area() != "" {
		prefixes = map[string]string{}
		for place := range areas {
			if place >= series.WholeArea {
				prefixes[strconv.Itoa(place)] = f.label(place)
			}
		}
	}
	for prefix, area := range prefixes {
		var missing []string
		for i, c := range combinations {
			if _, there := f.rows[prefix+c]; !there {
				missing = append(missing, strings.TrimPrefix(labels[i], ", "))
			}
		}
		if len(missing) > 0 {
			f.ps.Add(f.where, "no row of %s%s", strings.TrimPrefix(area+": ", ": "), some(missing))
		}
	}
}
