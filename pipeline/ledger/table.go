package ledger

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
)

// TableColumns are those of a table that somebody wants to reproduce. The first four and an
// indicator or a variable are needed; an empty population is the wave's first, an empty
// publication is the file. With a wave in from the value is the change from that wave.
var TableColumns = []string{"wave", "category", "value", "decimals", "indicator", "variable", "population", "breakdown", "item", "publication", "from"}

const neededColumns = 4

// Template is a table to be written over: a figure of a whole, a change, a figure of a
// part, and the share of a category of a variable.
const Template = "wave,from,indicator,variable,category,value,decimals,population,breakdown,item,publication\n" +
	"hocs/2001,,influence-local,,,43,0,england-and-wales,,,The plan of 2005\n" +
	"hocs/2003,hocs/2001,influence-local,,,-5,0,england-and-wales,,,The plan of 2005\n" +
	"hocs/2001,,influence-local,,female,43.0,1,england,sex,,\n" +
	"bcs/2007-08-teaching,,,victim,yes,22,0,,,,\n"

// ParseTable reads a table that somebody wants to reproduce. A figure is of an indicator of
// the catalogue, by its breakdown and category or as a whole; or of a common variable that
// is none, with the category of it whose share it is. An error is refusal.Problems: every
// cell that is not as it should be, with its line and column, all at once.
func ParseTable(file string, r io.Reader, c *indicator.Catalogue) ([]plan.Published, error) {
	var ps refusal.Problems
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	const hint = "twc reproduce --template writes one to begin with"
	header, err := in.Read()
	if err != nil {
		ps.AddHint(hint, file+":1", "no header, want the columns wave,indicator,category,value,decimals")
		return nil, ps.Err()
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	if line := header[0]; len(header) == 1 {
		switch {
		case strings.ContainsRune(line, 0) || !utf8.ValidString(line):
			ps.AddHint(hint, file+":1", "no text in UTF-8, want CSV in it")
		case strings.ContainsAny(line, ";\t|"):
			ps.AddHint(hint, file+":1", "one cell, %q, want a comma between cells", line)
		}
		if len(ps) > 0 {
			return nil, ps.Err()
		}
	}
	place := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := place[name]
		switch {
		case twice:
			ps.Add(file+":1", "column %q is there twice", name)
		case !slices.Contains(TableColumns, name):
			ps.AddHint(hint, file+":1", "unknown column %q%s", name, refusal.Nearest(name, TableColumns))
		}
		place[name] = i
	}
	for _, name := range TableColumns[:neededColumns] {
		if _, has := place[name]; !has {
			ps.AddHint(hint, file+":1", "no column %q", name)
		}
	}
	_, indicators := place["indicator"]
	if _, variables := place["variable"]; !indicators && !variables {
		ps.AddHint(hint, file+":1", "no column %q and none %q, want one of them", "indicator", "variable")
	}
	if len(ps) > 0 {
		return nil, ps.Err()
	}
	var figures []plan.Published
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		at := file + ":" + strconv.Itoa(line)
		if err != nil {
			ps.Add(at, "%v", err)
			break
		}
		if len(row) != len(header) {
			ps.Add(at, "%d cells, want %d as in the header", len(row), len(header))
			continue
		}
		if !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue // as spreadsheets write below a table
		}
		t := tableRow{catalogue: c, at: at, cell: func(name string) string {
			if i, has := place[name]; has {
				return strings.TrimSpace(row[i])
			}
			return ""
		}}
		p := t.parse()
		if p.Publication == "" {
			p.Publication = file
		}
		figures, ps = append(figures, p), append(ps, t.ps...)
	}
	if len(figures) == 0 && len(ps) == 0 {
		ps.AddHint(hint, file+":2", "no row under the header, want one for each figure")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return figures, nil
}

// A tableRow is a row being read.
type tableRow struct {
	catalogue *indicator.Catalogue
	at        string
	cell      func(name string) string
	ps        refusal.Problems
}

// wrong reports a cell, with its column.
func (t *tableRow) wrong(column, format string, args ...any) {
	t.ps.Add(t.at+": "+column, format, args...)
}

func (t *tableRow) parse() plan.Published {
	p := plan.Published{
		Indicator: t.cell("indicator"), Source: codebook.SourceID(t.cell("wave")), Population: t.cell("population"), Breakdown: codebook.All, Category: codebook.All,
		Item: t.cell("item"), CILower: math.NaN(), CIUpper: math.NaN(), Publication: t.cell("publication"), Checked: plan.CheckedRead,
	}
	t.number(&p)
	x, s := t.catalogue.Crosswalk(p.Source), t.catalogue.SeriesOf(p.Source)
	switch {
	case p.Source == "":
		t.wrong("wave", "empty, want a wave or the period of a return, as twc list waves and twc list series name them")
	case x != nil:
		t.population(&p, x)
	case s != nil:
		p.Population = cmp.Or(p.Population, s.Population.ID)
	default:
		t.wrong("wave", "no wave %q in the catalogue%s", p.Source, t.wave(string(p.Source)))
	}
	variable := t.cell("variable")
	switch d := t.catalogue.Definition(p.Indicator); {
	case (variable == "") == (p.Indicator == ""):
		t.wrong("indicator", "want an indicator or a variable, and not both")
	case variable != "":
		p.Indicator, p.Unit = variable, indicator.Percent
		t.ofVariable(&p, x)
	case d == nil:
		var known []codebook.Category
		for _, d := range t.catalogue.Definitions {
			known = append(known, codebook.Category{Code: d.ID, Label: d.Title})
		}
		t.wrong("indicator", "no indicator %q%s", p.Indicator, cmp.Or(meant(p.Indicator, known), "; twc list indicators names them"))
	default:
		p.Unit = d.Unit(t.catalogue.Codebook)
		t.ofIndicator(&p, d)
	}
	t.from(&p)
	return p
}

// from reads the earlier wave of a change, which has what the later has.
func (t *tableRow) from(p *plan.Published) {
	text := t.cell("from")
	if text == "" {
		return
	}
	p.From = codebook.SourceID(text)
	x, s := t.catalogue.Crosswalk(p.From), t.catalogue.SeriesOf(p.From)
	if x == nil && s == nil {
		t.wrong("from", "no wave %q in the catalogue%s", text, t.wave(text))
		return
	}
	switch {
	case p.From == p.Source:
		t.wrong("from", "%s, which is the wave itself, want an earlier one", text)
	case x == nil:
	case t.later(x, p.Source):
		t.wrong("from", "%s, which is after %s, want an earlier wave", text, p.Source)
	case !slices.ContainsFunc(x.Populations, func(q codebook.Population) bool { return q.ID == p.Population }):
		t.wrong("from", "%s has no population %q", text, p.Population)
	case t.cell("variable") != "" && len(t.catalogue.Codebook.Lacks(x, p.Indicator)) > 0:
		t.wrong("from", "%s does not have %s", text, p.Indicator)
	}
}

// later says whether a wave began after another.
func (t *tableRow) later(x *codebook.Crosswalk, source codebook.SourceID) bool {
	to := t.catalogue.Crosswalk(source)
	return to != nil && x.Fieldwork.Start > to.Fieldwork.Start
}

// wave says which wave may be meant by a text that is none: by words of its title,
// its period alone, or the nearest name.
func (t *tableRow) wave(text string) string {
	var known []codebook.Category
	var like []string
	for _, x := range t.catalogue.Crosswalks {
		known = append(known, codebook.Category{Code: string(x.ID()), Label: x.Title})
		if words := strings.Fields(strings.ToLower(x.Title + " " + x.ID().Wave())); !slices.ContainsFunc(strings.Fields(strings.ToLower(text)), func(word string) bool { return !slices.Contains(words, word) }) {
			like = append(like, strconv.Quote(string(x.ID())))
		}
	}
	if whole := codebook.SourceID(codebook.Returns + "/" + text); t.catalogue.SeriesOf(whole) != nil {
		like = append(like, strconv.Quote(string(whole)))
	}
	const most = 4 // more tell nothing
	if len(like) > 0 && len(like) <= most {
		return "; did you mean " + strings.Join(like, " or ") + "?"
	}
	return cmp.Or(meant(text, known), "; twc list waves names them")
}

// meant says which code a text may stand for: that of the label it is, or the nearest.
func meant(text string, among []codebook.Category) string {
	codes := make([]string, len(among))
	for i, c := range among {
		if strings.EqualFold(c.Label, text) {
			return fmt.Sprintf("; did you mean %q?", c.Code)
		}
		codes[i] = c.Code
	}
	return refusal.Nearest(text, codes)
}

// number reads the value and its decimals: as many as are written where the cell is empty.
func (t *tableRow) number(p *plan.Published) {
	text := strings.TrimSuffix(t.cell("value"), "%")
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || strings.ContainsAny(text, "eExX_") {
		t.wrong("value", "%q, want a number such as 43 or 43.0", t.cell("value"))
		return
	}
	_, fraction, _ := strings.Cut(text, ".")
	p.Value, p.Decimals = x, len(fraction)
	if said := t.cell("decimals"); said != "" {
		const most = 9
		n, err := strconv.Atoi(said)
		switch {
		case err != nil || n < 0 || n > most:
			t.wrong("decimals", "%q, want 0 to %d", said, most)
		case n < len(fraction):
			t.wrong("decimals", "%d, and %s has %d", n, text, len(fraction))
		}
		p.Decimals = n
	}
}

func (t *tableRow) population(p *plan.Published, x *codebook.Crosswalk) {
	var ids []string
	for _, q := range x.Populations {
		ids = append(ids, q.ID)
	}
	switch {
	case p.Population == "":
		p.Population = ids[0]
	case !slices.Contains(ids, p.Population):
		t.wrong("population", "%s has no %q, want %s%s", x.ID(), p.Population, strings.Join(ids, " or "), refusal.Nearest(p.Population, ids))
	}
}

// ofIndicator reads the parts of a figure of an indicator.
func (t *tableRow) ofIndicator(p *plan.Published, d *indicator.Definition) {
	items := d.ItemCodes()
	if p.Item == "" && len(items) == 1 && items[0] != codebook.All {
		p.Item = items[0]
	}
	switch {
	case p.Item == "" && items[0] != codebook.All:
		t.wrong("item", "none, and %s has %s", d.ID, strings.Join(items, ", "))
	case p.Item != "" && !slices.Contains(items, p.Item):
		t.wrong("item", "%s has no %q%s", d.ID, p.Item, refusal.Nearest(p.Item, items))
	}
	category, breakdown := t.cell("category"), t.cell("breakdown")
	if category == "" && breakdown == "" || d.Tabled != nil && category == "" {
		return
	}
	by := d.By(t.catalogue.Codebook)
	if category == "" {
		t.wrong("category", "none, and the breakdown is %s", breakdown)
		return
	}
	if breakdown == "" {
		var having []string
		for _, b := range by {
			if v, ok := t.catalogue.Codebook.Variables[b]; ok && v.Index(category) >= 0 {
				having = append(having, b)
			}
		}
		switch len(having) {
		case 0:
			t.wrong("category", "%s has no category %q%s", d.ID, category, t.category(category, by))
			return
		case 1:
			breakdown = having[0]
		default:
			t.wrong("category", "%q is of %s of %s, want one of them in a column breakdown", category, strings.Join(having, " and "), d.ID)
			return
		}
	}
	switch v, ok := t.catalogue.Codebook.Variables[breakdown]; {
	case !slices.Contains(by, breakdown):
		var known []codebook.Category
		for _, b := range by {
			known = append(known, codebook.Category{Code: b, Label: t.catalogue.Codebook.Variables[b].Label})
		}
		t.wrong("breakdown", "%s is not by %q, want one of %s%s", d.ID, breakdown, strings.Join(by, ", "), meant(breakdown, known))
	case ok && v.Index(category) < 0:
		t.wrong("category", "%s has no %q%s", breakdown, category, oneOf(category, v))
	}
	p.Breakdown, p.Category = breakdown, category
}

// category says which category of the breakdowns may be meant by a text that is none.
func (t *tableRow) category(text string, by []string) string {
	var known []codebook.Category
	for _, b := range by {
		known = append(known, t.catalogue.Codebook.Variables[b].Categories...)
	}
	if len(known) == 0 {
		return ", want none"
	}
	return cmp.Or(meant(text, known), ", want one of its breakdowns, which are "+strings.Join(by, ", "))
}

// oneOf says which category of a variable may be meant by a text that is none, or which there are.
func oneOf(text string, v codebook.Variable) string {
	return cmp.Or(meant(text, v.Categories), ", want "+strings.Join(v.Codes(), " or "))
}

// ofVariable reads a figure that is the share of a category of a common variable, which is
// then its item.
func (t *tableRow) ofVariable(p *plan.Published, x *codebook.Crosswalk) {
	v, ok := t.catalogue.Codebook.Variables[p.Indicator]
	category := t.cell("category")
	switch {
	case !ok:
		why := refusal.Nearest(p.Indicator, t.catalogue.Codebook.Names())
		if t.catalogue.Definition(p.Indicator) != nil {
			why = ", which is an indicator: want it in a column indicator"
		}
		t.wrong("variable", "no common variable %q%s", p.Indicator, why)
	case !v.Categorical():
		t.wrong("variable", "%s is a number, want one with categories", p.Indicator)
	case v.Index(category) < 0:
		t.wrong("category", "%s has no %q%s", p.Indicator, category, oneOf(category, v))
	case x != nil && len(t.catalogue.Codebook.Lacks(x, p.Indicator)) > 0:
		t.wrong("variable", "%s does not have %s", x.ID(), p.Indicator)
	}
	if t.cell("breakdown") != "" || p.Item != "" {
		t.wrong("breakdown", "%s is a variable: want its category alone", p.Indicator)
	}
	p.Item = category
}
