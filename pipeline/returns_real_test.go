package pipeline_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// rowsOf reads a table of the shared real returns; without it the test skips.
func rowsOf(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(shared(t, filepath.Join("data", "returns", name)))
	if err != nil {
		t.Skipf("no real returns: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// elections are the days of the elections in the tables.
var elections = map[string]string{"2001": "2001-06-07", "2005": "2005-05-05"}

var notCode = regexp.MustCompile(`[^a-z0-9]+`)

func slug(name string) string {
	return strings.Trim(notCode.ReplaceAllString(strings.ToLower(strings.ReplaceAll(name, "&", "and")), "-"), "-")
}

// constituencies is a catalogue of one series whose areas are the seats of both
// elections: Scottish ones exist up to or from the change of their boundaries.
func constituencies(t *testing.T, rows [][]string) *indicator.Catalogue {
	t.Helper()
	// Two seats are spelt otherwise than any rule could know.
	aliases := map[string][]string{"Richmond": {"Richmond (Yorkshire)", "Richmond (Yorks)"}, "Ynys-Mon": {"Ynys M\ufffdn"}}
	var areas, regions strings.Builder
	seen := map[string]bool{}
	for _, r := range rows {
		election, name, region := r[0], r[2], r[3]
		code, dates := slug(name), ""
		if region == "Scotland" {
			code += "-" + map[string]string{"2001": "old", "2005": "new"}[election]
			dates = map[string]string{"2001": ", to: \"2005-04-10\"", "2005": ", from: \"2005-04-11\""}[election]
		}
		for first, others := range aliases {
			if slices.Contains(others, name) {
				code, name = slug(first), first
			}
			if name == first {
				dates = `, aliases: ["` + strings.Join(others, `", "`) + `"]`
			}
		}
		if !seen[region] {
			seen[region] = true
			fmt.Fprintf(&regions, "    - {code: %s, label: %s}\n", slug(region), region)
		}
		if !seen["seat "+code] {
			seen["seat "+code] = true
			fmt.Fprintf(&areas, "    - {code: %s, label: %q, within: %s%s}\n", code, name, slug(region), dates)
		}
	}
	c, err := indicator.LoadCatalogue(fstest.MapFS{
		"codebook.yaml":   {Data: []byte("variables:\n  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}\n")},
		"disclosure.yaml": {Data: []byte("source: none\n")},
		"returns/dca/turnout.yaml": {Data: []byte(`series: turnout
body: dca
title: General elections by constituency
measures: [2.d]
leads: [DCA]
population: {id: united-kingdom, label: United Kingdom}
frequency: election
small: publish
licence: Open Parliament Licence v3.0
source: House of Commons Library, CBP-8647
known: read
areas:
  groups: election-region
  are:
` + areas.String() + regions.String() + `columns:
  constituency: {kind: area}
  electorate: {kind: count, label: Electorate, unit: people}
  valid-votes: {kind: count, label: Valid votes, unit: votes}
ignore: [election, constituency_id, region, turnout, boundary_set]
rules:
  - {part: valid-votes, whole: electorate}
indicators:
  - id: turnout
    title: Turnout
    statistic: proportion
    numerator: valid-votes
    denominator: electorate
    base: Registered electors
    by: [constituency, election-region]
    direction: higher
    precision: 4
`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// file writes the returns of both elections.
func file(t *testing.T, rows [][]string) string {
	t.Helper()
	folder := t.TempDir()
	for election, day := range elections {
		var b strings.Builder
		w := csv.NewWriter(&b)
		_ = w.Write([]string{"election", "constituency_id", "constituency", "region", "electorate", "valid_votes", "turnout", "boundary_set"})
		for _, r := range rows {
			if r[0] == election {
				_ = w.Write(r)
			}
		}
		w.Flush()
		write(t, filepath.Join(folder, "returns", "turnout", day+".csv"), []byte(b.String()))
	}
	return folder
}

// TestTurnoutOfSeats computes the turnout of 2001 and 2005 from the counts of the
// 659 and 646 seats (House of Commons Library, CBP-8647, Open Parliament Licence
// v3.0): the United Kingdom's, every region's, and no change for a Scottish seat.
func TestTurnoutOfSeats(t *testing.T) {
	rows := rowsOf(t, "turnout-constituency-2001-2005.csv")
	c := constituencies(t, rows)
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: c, Extracts: file(t, rows), Store: store})
	content := content(t, store, out, "turnout")
	figures := map[string]release.Figure{}
	for _, f := range content.Figures {
		figures[string(f.Source)+" "+f.Breakdown+" "+f.Category] = f
	}
	compared := 0
	for _, r := range rowsOf(t, "turnout-region-2001-2005.csv") {
		key := "returns/turnout/" + elections[r[0]] + " election-region " + slug(r[1])
		if r[1] == "United Kingdom" {
			key = "returns/turnout/" + elections[r[0]] + " all all"
		}
		f, ok := figures[key]
		if got := fmt.Sprintf("%.2f %.0f %.0f", f.Value, f.Denominator, f.Numerator); !ok || got != fmt.Sprintf("%s %s %s", r[5], r[3], r[4]) {
			t.Errorf("%s: turnout, electorate and votes %s, the sums are %s %s %s", key, got, r[5], r[3], r[4])
		}
		if !math.IsNaN(f.SE) || !f.NoteList().Has(indicator.CompleteCount) {
			t.Errorf("%s: error %g, notes %s: want none, and that it is a complete count", key, f.SE, f.Notes)
		}
		compared++
	}
	if compared != 26 {
		t.Errorf("compared %d of 26 sums", compared)
	}
	seats := map[string]int{}
	for _, f := range content.Figures {
		if f.Breakdown == "constituency" {
			seats[string(f.Source)]++
		}
	}
	if seats["returns/turnout/2001-06-07"] != 659 || seats["returns/turnout/2005-05-05"] != 646 {
		t.Errorf("seats %v, want 659 and 646", seats)
	}
	changed := 0
	for _, ch := range content.Changes {
		if ch.Breakdown != "constituency" {
			continue
		}
		changed++
		if strings.HasSuffix(ch.Category, "-old") || strings.HasSuffix(ch.Category, "-new") {
			t.Errorf("a change of the Scottish seat %s, whose boundaries changed", ch.Category)
		}
	}
	if want := 659 - 72; changed != want {
		t.Errorf("%d seats have a change, want the %d outside Scotland", changed, want)
	}
}

// TestTurnoutOfAnotherEdition reads the edition whose names are in capitals and,
// of some, spelt otherwise: they match by rule, which is told, and give the same
// figures.
func TestTurnoutOfAnotherEdition(t *testing.T) {
	rows := rowsOf(t, "turnout-constituency-2001-2005.csv")
	c := constituencies(t, rows)
	both := map[string][]byte{}
	for _, name := range []string{"turnout-constituency-2001-2005.csv", "turnout-constituency-2001-2005-edition-2017.csv"} {
		store := filepath.Join(t.TempDir(), "store")
		out := run(t, pipeline.Options{Catalogue: c, Extracts: file(t, rowsOf(t, name)), Store: store})
		both[name], _ = content(t, store, out, "turnout").CSV()
		matched := 0
		for _, s := range out.Sources {
			matched += len(s.Filed.Matched)
		}
		t.Logf("%s: %d seats matched by rule", name, matched)
		if strings.Contains(name, "edition") != (matched > 1200) {
			t.Errorf("%s: %d seats matched by rule", name, matched)
		}
	}
	if string(both["turnout-constituency-2001-2005.csv"]) != string(both["turnout-constituency-2001-2005-edition-2017.csv"]) {
		t.Error("the two editions give other figures")
	}
}
