package ingest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/xlsx"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// FormExtensions are the formats that a form can be written in.
var FormExtensions = []string{".csv", ".xlsx"}

// Form is the form of a series that a body fills in for a period, as the bytes of
// a file of the extension: its columns, a row for each area and category and one
// for all areas, and, in a workbook, lists to choose from and notes. For no period
// the rows are of the areas that exist without an end.
func Form(s *series.Series, period, extension string) ([]byte, error) {
	names := s.ColumnNames()
	var ps refusal.Problems
	if !slices.Contains(FormExtensions, extension) {
		ps.Add(extension, "no form in this format, want %s", strings.Join(FormExtensions, " or "))
		return nil, ps.Err()
	}
	head := make([]string, len(names))
	for i, name := range names {
		head[i] = s.Columns[name].Label
	}
	rows := [][]string{head}
	for _, labels := range formRows(s, period) {
		row := make([]string, len(names))
		area := labels
		for i, name := range names {
			switch kind := s.Columns[name].Kind; {
			case kind == series.GroupColumn:
				row[i] = s.GroupLabel(area[0])
			case kind == series.AreaColumn || kind == series.CategoryColumn:
				row[i], labels = labels[0], labels[1:]
			case kind == series.PeriodColumn:
				row[i] = period
			}
		}
		rows = append(rows, row)
	}
	if extension == ".csv" {
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		if err := w.WriteAll(rows); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	}
	form := xlsx.Form{Sheet: s.Sheet.Name, Rows: rows, Notes: formNotes(s)}
	for _, name := range names {
		c := s.Columns[name]
		column := xlsx.Column{Whole: c.Kind == series.CountColumn, Note: c.Note}
		switch c.Kind {
		case series.AreaColumn:
			column.List = s.AreaNames()
		case series.CategoryColumn:
			for _, k := range c.Categories {
				column.List = append(column.List, k.Label)
			}
		case series.StatusColumn:
			column.List = series.Standings
		}
		form.Columns = append(form.Columns, column)
	}
	return form.Encode()
}

// formRows lists the rows of a form by the labels of their areas and categories.
func formRows(s *series.Series, period string) [][]string {
	rows := [][]string{nil}
	if s.Area() != "" {
		rows = nil
		for _, place := range formAreas(s, period) {
			rows = append(rows, []string{s.Areas.Are[place].Label})
		}
		if w := s.Areas.Whole; w != nil && w.Ignore == "" {
			rows = append(rows, []string{w.Label})
		}
	}
	for _, name := range s.CategoryColumns() {
		var more [][]string
		for _, r := range rows {
			for _, k := range s.Columns[name].Categories {
				more = append(more, append(slices.Clone(r), k.Label))
			}
		}
		rows = more
	}
	return rows
}

func formAreas(s *series.Series, period string) []int {
	if days, err := s.Frequency.Period(period); err == nil {
		return s.Expected(days)
	}
	return s.Expected(codebook.Period{Start: "9999-12-31", End: "9999-12-31"})
}

// formNotes say how the form is filled in.
func formNotes(s *series.Series) [][]string {
	notes := [][]string{{s.Title}, {"Series", s.ID}, {"Made", string(s.Frequency)}, {"Of", s.Population.Label}, {}, {"Column", "Takes", "Unit", "Note"}}
	for _, name := range s.ColumnNames() {
		c := s.Columns[name]
		takes := map[series.ColumnKind]string{
			series.CountColumn: "a whole number from 0, or a mark", series.AmountColumn: "a number, or a mark", series.RateColumn: "a number, or a mark",
			series.AreaColumn: "one of the list", series.GroupColumn: "what the area is within", series.CategoryColumn: "one of the list", series.StatusColumn: strings.Join(series.Standings, ", "),
			series.PeriodColumn: "the period of the return",
		}[c.Kind]
		if c.Optional {
			takes += "; may be left out"
		}
		notes = append(notes, []string{c.Label, takes, c.Unit, c.Note})
	}
	notes = append(notes, []string{}, []string{"Mark", "Stands for"})
	for _, m := range []struct{ kind, words string }{
		{series.NilMark, "none: 0 says the same"},
		{series.SuppressedMark, "a number that is not told"},
		{series.NotCollectedMark, "a number that nobody has"},
		{series.UnclearMark, "none, or a number that is not told: say which if you can"},
	} {
		if len(s.MarksOf(m.kind)) == 0 {
			continue
		}
		notes = append(notes, []string{strings.Join(s.MarksOf(m.kind), "  "), m.words})
	}
	notes = append(notes, []string{}, []string{"A blank is refused, and so is an area without a row: one with nothing to report has a row of 0."})
	for _, r := range s.Rules {
		switch {
		case r.Part != "":
			notes = append(notes, []string{fmt.Sprintf("%s is at most %s.", s.Columns[r.Part].Label, s.Columns[r.Whole].Label)})
		case r.Make != "":
			var parts []string
			for _, name := range r.Parts {
				parts = append(parts, s.Columns[name].Label)
			}
			notes = append(notes, []string{fmt.Sprintf("%s add up to %s.", strings.Join(parts, ", "), s.Columns[r.Make].Label)})
		}
	}
	return notes
}
