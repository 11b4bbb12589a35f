package pipeline_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// votes is a catalogue of the series whose return testdata/workbooks has.
func votes(t *testing.T) *indicator.Catalogue {
	t.Helper()
	c, err := indicator.LoadCatalogue(fstest.MapFS{
		"codebook.yaml":   {Data: []byte("variables:\n  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}\n")},
		"disclosure.yaml": {Data: []byte("default: open\npolicies: {open: {confidential_below: 1, sides_below: 1, unreliable_below: 1, caution_below: 1, zeros: publish, dominance: 1, interval: 1}}\n")},
		"returns/dca/votes.yaml": {Data: []byte(`series: votes
body: dca
title: Votes
population: {id: wales, label: Wales}
frequency: election
small: publish
licence: none needed
source: made up
known: confirmed
sheet: {heads: 2}
areas:
  whole: {label: Wales}
  are: [{code: gwent, label: Gwent}, {code: clwyd, label: Clwyd}, {code: dyfed, label: Dyfed}, {code: powys, label: Powys}]
columns:
  place: {kind: area}
  men: {kind: count, label: Votes Men, unit: votes}
  women: {kind: count, label: Votes Women, unit: votes}
  votes: {kind: count, label: Votes All, unit: votes}
  satisfied: {kind: rate, label: Satisfied, unit: percent}
  day: {kind: period, label: Polling day}
  status: {kind: status}
rules:
  - {parts: [men, women], make: votes}
indicators:
  - id: votes
    title: Votes
    statistic: count
    items: [{id: men, label: Men, numerator: men}, {id: women, label: Women, numerator: women}, {id: both, label: Both, numerator: votes}]
    base: Voters
    by: [place]
    direction: none
  - id: satisfied
    title: Satisfied
    statistic: proportion
    value: satisfied
    base: Voters
    by: [place]
    direction: none
`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fileAs is a folder of extracts with a file as the return of a series.
func fileAs(t *testing.T, name, series, period string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "returns", series, period+filepath.Ext(name)), data)
	return folder
}

// published are the figures of some indicators of a release of a folder of extracts.
func published(t *testing.T, c *indicator.Catalogue, extracts string) (*pipeline.Outcome, []byte) {
	t.Helper()
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: store})
	var all bytes.Buffer
	for _, x := range out.Manifest.Indicators {
		if c.Definition(x.ID) != nil { // evaluations are the catalogue's
			figures, changes := content(t, store, out, x.ID).CSV()
			all.Write(figures)
			all.Write(changes)
		}
	}
	return out, all.Bytes()
}

// TestWorkbooks: a return as spreadsheet programs write it gives the figures of its
// CSV: dates of both epochs, numbers that are text, merged headings, formulas with
// their values, percentages, rows that are left out, hidden or styled and blank, and a
// hidden sheet before it. testdata/workbooks/make.sh made them.
func TestWorkbooks(t *testing.T) {
	c := votes(t)
	folder := filepath.Join("..", "testdata", "workbooks")
	_, want := published(t, c, fileAs(t, filepath.Join(folder, "return.csv"), "votes", "2005-05-05"))
	if lines := bytes.Count(want, []byte("\n")); lines != 4+3*5+5 {
		t.Fatalf("%d lines of figures:\n%s", lines, want)
	}
	for program, hidden := range map[string]string{
		"xlsxwriter": "row 4, column G", "gnumeric": "row 4, column G", "libreoffice": "row 4, column G", "openpyxl": "",
	} {
		t.Run(program, func(t *testing.T) {
			out, got := published(t, c, fileAs(t, filepath.Join(folder, program+".xlsx"), "votes", "2005-05-05"))
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if told := strings.Join(out.Sources[0].Filed.Hidden, ", "); told != hidden {
				t.Errorf("hidden are %q, want %q", told, hidden)
			}
		})
	}
	t.Run("a formula without its value", func(t *testing.T) {
		_, err := pipeline.Check(pipeline.Options{Catalogue: c, Extracts: fileAs(t, filepath.Join(folder, "formula.xlsx"), "votes", "2005-05-05")})
		want := "returns/votes/2005-05-05.xlsx:3: cell D3 has the formula =B3+C3 without its value"
		if ps := refusal.Of(err, refusal.Data); len(ps) != 1 || ps[0].Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// TestRealWorkbooks: every real return, brought to a workbook by a spreadsheet, gives
// the figures of its CSV.
func TestRealWorkbooks(t *testing.T) {
	program, err := exec.LookPath("ssconvert")
	other(t, "spreadsheet (ssconvert of gnumeric)", err == nil)
	c := embedded(t)
	tables, err := filepath.Glob(filepath.Join(realReturns(t), "returns", "*", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		series, name := filepath.Base(filepath.Dir(table)), strings.TrimSuffix(filepath.Base(table), ".csv")
		t.Run(fmt.Sprintf("%s/%s", series, name), func(t *testing.T) {
			book := filepath.Join(t.TempDir(), name+".xlsx")
			if text, err := exec.Command(program, table, book).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			_, want := published(t, c, fileAs(t, table, series, name))
			_, got := published(t, c, fileAs(t, book, series, name))
			if !bytes.Equal(got, want) {
				t.Errorf("the workbook gives other figures than the CSV: %d and %d bytes", len(got), len(want))
			}
		})
	}
	if len(tables) != 15 {
		t.Errorf("%d tables, want 15", len(tables))
	}
}
