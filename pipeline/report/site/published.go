package site

import (
	"encoding/json"

	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// A publishedPage is what becomes of figures that others printed.
type publishedPage struct {
	Sentence string
	Release  link
	Counts   table
	Figures  table
}

// published makes the page of figures that others printed, held against what the newest
// release shows.
func (s *site) published() error {
	at := len(s.Editions) - 1
	e := &s.Editions[at]
	l, err := e.Ledger()
	if err != nil {
		return err
	}
	body := publishedPage{Sentence: report.LedgerSentence(l.Totals()), Release: link{"releases/" + e.ID + "/index.html", "release " + e.ID}}
	body.Counts = table{Caption: "What becomes of them", Head: []cell{{Text: "Status"}, {Text: "Figures", Number: true}}}
	for _, row := range report.LedgerCounts(l) {
		body.Counts.Rows = append(body.Counts.Rows, []cell{{Text: row[0]}, {Text: row[1], Number: true}})
	}
	body.Figures = table{Caption: "Figures as they were printed", Long: true, Head: []cell{
		{Text: "Indicator", Wide: true}, {Text: "What becomes of it", Wide: true}, {Text: "Printed", Number: true}, {Text: "Ours", Number: true}, {Text: "Units", Number: true}, {Text: "Of", Wide: true}, {Text: "Printed in", Wide: true},
	}}
	for _, r := range l.Rows {
		of := report.LedgerOf(e.Labels, r)
		printed, ours, units, status := report.LedgerCells(r)
		first := cell{Text: r.Indicator}
		if words := e.Labels.Indicator(r.Indicator); words != nil {
			first = cell{Text: words.Title, Path: "indicators/" + r.Indicator + "/index.html"}
		}
		body.Figures.Rows = append(body.Figures.Rows, []cell{first, {Text: status}, {Text: printed, Number: true}, {Text: ours, Number: true}, {Text: units, Number: true}, {Text: of}, {Text: r.Publication}})
	}
	p := page{Path: "published/index.html", Title: "Published figures", Section: "about", Trail: []link{{"index.html", "Plan at a glance"}}, About: "Figures that others printed, and whether those of the newest release agree with them."}
	return s.add("published", p, body, struct {
		Release string            `json:"release"`
		Figures []json.RawMessage `json:"figures"`
	}{e.ID, sheet.JSON(l.Rows, ledger.Columns)})
}
