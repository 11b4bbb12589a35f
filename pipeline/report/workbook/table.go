package workbook

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report/dataset"
)

// A view shows a table of a dataset, or those of its rows that are a measure's.
type view struct {
	of      *dataset.Dataset
	table   dataset.Table
	columns []dataset.Column
	at      map[string]int // place of a column by its name
	rows    []int          // in the order for readers
	units   map[string]bool
	levels  map[string]bool
}

func tableOf(d *dataset.Dataset, t dataset.Table, m *measure) *Table {
	v := &view{of: d, table: t, columns: t.Columns(), at: map[string]int{}, units: map[string]bool{}, levels: map[string]bool{}}
	for i, c := range v.columns {
		v.at[c.Name] = i
	}
	for r := range t.Len() {
		if m == nil || m.has(v.text(r, "indicator"), plainMeasure(v.text(r, "measure"))) {
			v.rows = append(v.rows, r)
		}
	}
	v.sort()
	for _, r := range v.rows {
		v.units[v.text(r, "unit")] = true
		if level, ok := v.cell(r, "ci_level").(float64); ok {
			v.levels[perCent(level)] = true
		}
	}
	made := &Table{Rows: make([][]Cell, len(v.rows))}
	for _, f := range fields[t.Name()] {
		v.show(made, f)
	}
	return made
}

// plainMeasure is a measure, or several, as the plan has them: the dataset writes a word
// before each, for programs that guess types.
func plainMeasure(codes string) string { return strings.ReplaceAll(codes, "measure-", "") }

func (v *view) cell(r int, column string) any {
	at, ok := v.at[column]
	if !ok {
		return nil
	}
	return v.table.Cell(r, at)
}

func (v *view) text(r int, column string) string {
	text, _ := v.cell(r, column).(string)
	return text
}

// show adds a column to a table, where it says something.
func (v *view) show(t *Table, f field) {
	at, of := v.at[f.column]
	if f.column == intervalFor && len(v.levels) < 2 {
		return
	}
	if !of && !strings.HasPrefix(f.column, "@") {
		return
	}
	numbers := of && v.columns[at].Type != sheet.Text || f.column == intervalFor
	cells := make([]Cell, len(v.rows))
	says := false
	places := map[string]int{} // decimals of the numbers of an indicator
	for i, r := range v.rows {
		cells[i] = v.made(r, f, numbers)
		says = says || cells[i].Format != nil || cells[i].Text != dataset.TotalLabel && cells[i].Text != cmp.Or(f.null, notApplicable) && cells[i].Text != notAvailable
		if cells[i].Format != nil {
			id := v.text(r, "indicator")
			_, fraction, _ := strings.Cut(strconv.FormatFloat(cells[i].Number, 'f', -1, 64), ".")
			places[id] = max(places[id], len(fraction))
		}
	}
	if !says && f.column != "value" && f.column != "change" {
		return
	}
	formats := map[string]*Format{}
	for id, n := range places {
		formats[id] = &Format{Decimals: min(n, 12)}
		if strings.Contains(f.column, "p_value") || f.column == "p_adjusted" {
			formats[id] = &Format{Decimals: 3, Probability: true}
		}
	}
	for i, r := range v.rows {
		if cells[i].Format != nil {
			cells[i].Format = formats[v.text(r, "indicator")]
		}
		t.Rows[i] = append(t.Rows[i], cells[i])
	}
	t.Columns = append(t.Columns, Column{Head: v.head(f.head), Numbers: numbers})
}

// made is a row's cell of a field, its format to be settled.
func (v *view) made(r int, f field, numbers bool) Cell {
	var value any
	switch f.column {
	case whoCounted:
		value = v.of.Labels.Indicator(v.text(r, "indicator")).Base
	case categoryOf:
		value = v.category(r)
	case intervalFor:
		value = v.cell(r, "ci_level")
	case "period", "date": // an interval, for programs
		value = strings.ReplaceAll(strings.TrimPrefix(v.text(r, f.column), "../"), "/", " to ")
	case "measure", "measures":
		value = plainMeasure(v.text(r, f.column))
	case "ci_method", "error_source":
		if code := v.text(r, f.column); code != "" {
			value = v.of.Labels.Text(f.column, "", code)
		}
	default:
		value = v.cell(r, f.column)
	}
	switch x := value.(type) {
	case float64:
		return Cell{Number: x, Format: &Format{}}
	case int64:
		return Cell{Number: float64(x), Format: &Format{}}
	case string:
		if x != "" {
			return Cell{Text: x}
		}
	}
	return Cell{Text: v.null(r, f, numbers)}
}

// described are the columns of a figure that are null where its status says why.
var described = []string{"value", "ci_lower", "ci_upper", "std_error", "base_unweighted", "numerator", "denominator", "df", "design_effect", "ci_method", "error_source", "weight", intervalFor}

// null is the shorthand for a cell that has nothing.
func (v *view) null(r int, f field, numbers bool) string {
	returned := strings.HasPrefix(v.text(r, "source")+v.text(r, "to_source"), "returns/")
	status := v.text(r, "status")
	counts := slices.Contains([]string{string(indicator.Count), string(indicator.Total)}, v.text(r, "statistic"))
	switch {
	case f.null != "":
		return f.null
	case v.table.Name() != "figures" && v.table.Name() != "changes":
	case (f.column == "numerator" || f.column == "denominator") && (!returned || counts && f.column == "denominator"):
		return notApplicable
	case f.column == "base_unweighted" && returned:
		return notApplicable
	case status != "" && slices.Contains(described, f.column) && (status != string(indicator.Low) || f.column == "value"):
		return "[" + status + "]"
	case f.column == "base_unweighted":
		return confidential
	case f.column == "numerator", f.column == "denominator", f.column == "value", f.column == "change":
		return notAvailable
	case slices.Contains(described, f.column) && returned:
		return notApplicable
	case slices.Contains(described, f.column):
		return notAvailable
	}
	if numbers {
		return notAvailable
	}
	return notApplicable
}

// head is a field's with its units.
func (v *view) head(head string) string {
	unit, level := "(in the unit of the row)", "confidence"
	points := unit
	if len(v.units) == 1 {
		for u := range v.units {
			unit, points = "("+u+")", "("+u+")"
			if u == "percent" {
				points = "(percentage points)"
			}
		}
	}
	if len(v.levels) == 1 {
		for l := range v.levels {
			level = l
		}
	}
	return strings.NewReplacer("{unit}", unit, "{points}", points, "{level}", level).Replace(head)
}

// perCent is a level in words.
func perCent(level float64) string {
	return strconv.FormatFloat(float64(level*100), 'g', 6, 64) + " per cent"
}

// category is what part of the population a row is of, in words.
func (v *view) category(r int) string {
	var words []string
	for _, d := range v.of.Dimensions {
		if code := v.text(r, d.Column); code != "" && code != dataset.Total {
			words = append(words, v.text(r, d.Column+"_label"))
		}
	}
	if len(words) == 0 && v.text(r, "breakdown") != "" {
		return dataset.TotalLabel
	}
	return strings.Join(words, ", ")
}

// sort puts the rows of figures, and what is made of them, into the order in which the
// release shows them: what is not divided first, the sources of a series together.
func (v *view) sort() {
	if _, ok := v.at["breakdown"]; !ok || v.table.Name() == "moves" {
		return
	}
	keys := map[int][7]int{}
	place := map[string]int{}
	for i, x := range v.of.Indicators {
		place[x.ID] = i
	}
	for _, r := range v.rows {
		x := &v.of.Indicators[place[v.text(r, "indicator")]]
		all := func(code string) string {
			if code == dataset.Total {
				return codebook.All
			}
			return code
		}
		breakdown := all(v.text(r, "breakdown"))
		key := [7]int{
			place[x.ID], slices.Index(x.Populations, v.text(r, "population")), slices.Index(x.Items, all(v.text(r, "item"))), -1, -1,
			v.source(r, "to_source", "source"), v.source(r, "from_source"),
		}
		for i, b := range x.Breakdowns {
			if b.Breakdown == breakdown {
				key[3], key[4] = i, slices.Index(b.Categories, v.code(r, breakdown))
			}
		}
		keys[r] = key
	}
	slices.SortStableFunc(v.rows, func(a, b int) int {
		x, y := keys[a], keys[b]
		return slices.Compare(x[:], y[:])
	})
}

// source is the place among the dataset's of the source that a row has in the first of some
// columns that has one.
func (v *view) source(r int, columns ...string) int {
	for _, c := range columns {
		if id := v.text(r, c); id != "" {
			x := v.of.Labels.Indicator(v.text(r, "indicator"))
			return slices.Index(x.Sources, codebook.SourceID(id))
		}
	}
	return -1
}

// code is the category of a row in a breakdown, as the release has it.
func (v *view) code(r int, breakdown string) string {
	if breakdown == codebook.All {
		return codebook.All
	}
	var codes []string
	for _, variable := range indicator.Crossed(breakdown) {
		for _, d := range v.of.Dimensions {
			if d.Variable == variable {
				codes = append(codes, v.text(r, d.Column))
			}
		}
	}
	return strings.Join(codes, "*")
}
