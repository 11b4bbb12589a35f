package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/testdata/shared"
)

// realReturns are the tables of testdata/returns, of some series or of all.
func realReturns(t *testing.T, series ...string) string {
	t.Helper()
	folder := filepath.Join("..", "testdata", "returns")
	if len(series) == 0 {
		return folder
	}
	made := t.TempDir()
	for _, s := range series {
		if err := os.CopyFS(filepath.Join(made, "returns", s), os.DirFS(filepath.Join(folder, "returns", s))); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

var notCode = regexp.MustCompile(`[^a-z0-9]+`)

func slug(name string) string {
	return strings.Trim(notCode.ReplaceAllString(strings.ToLower(strings.ReplaceAll(name, "&", "and")), "-"), "-")
}

// TestTurnoutOfSeats computes the turnout of 2001 and 2005 from the counts of the
// 659 and 646 seats (House of Commons Library, CBP-8647, Open Parliament Licence
// v3.0): the United Kingdom's and every region's are those of the table of sums, and
// a Scottish seat has no change.
func TestTurnoutOfSeats(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: embedded(t), Extracts: realReturns(t, "election-turnout-seats"), Store: store})
	content := unrounded(t, store, out, "election-turnout-seats")
	figures := map[string]release.Figure{}
	seats := map[string]int{}
	for _, f := range content.Figures {
		figures[f.Source.Wave()+" "+f.Breakdown+" "+f.Category] = f
		if f.Breakdown == "constituency" {
			seats[f.Source.Wave()]++
		}
	}
	data, err := os.ReadFile(filepath.Join(realReturns(t), "returns", "election-turnout", "2001-2005.csv"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]string{"2001": "2001-06-07", "2005": "2005-05-05"}
	for _, r := range sums[1:] {
		key := days[r[0]] + " election-region " + slug(r[1])
		if r[1] == "United Kingdom" {
			key = days[r[0]] + " all all"
		}
		f, ok := figures[key]
		if got := fmt.Sprintf("%.2f %.0f %.0f", f.Value, f.Denominator, f.Numerator); !ok || got != fmt.Sprintf("%s %s %s", r[5], r[3], r[4]) {
			t.Errorf("%s: turnout, electorate and votes %s, the sums are %s %s %s", key, got, r[5], r[3], r[4])
		}
		if !math.IsNaN(f.SE) || !f.NoteList().Has(indicator.CompleteCount) {
			t.Errorf("%s: error %g, notes %s: want none, and that it is a complete count", key, f.SE, f.Notes)
		}
	}
	if len(sums) != 1+26 || seats["2001-06-07"] != 659 || seats["2005-05-05"] != 646 {
		t.Errorf("%d sums, seats %v: want 26, 659 and 646", len(sums)-1, seats)
	}
	changed := 0
	for _, ch := range content.Changes {
		if ch.Breakdown != "constituency" {
			continue
		}
		changed++
		if strings.HasSuffix(ch.Category, "-2001") || strings.HasSuffix(ch.Category, "-2005") {
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
	other, err := os.ReadFile(shared.File(t, "data/returns/turnout-constituency-2001-2005-edition-2017.csv"))
	if err != nil {
		t.Skipf("no other edition: %v", err)
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "returns", "election-turnout-seats", "edition-2017.csv"), other)
	both := map[string][]byte{}
	matched := map[string]int{}
	for edition, extracts := range map[string]string{"2019": realReturns(t, "election-turnout-seats"), "2017": folder} {
		store := filepath.Join(t.TempDir(), "store")
		out := run(t, pipeline.Options{Catalogue: embedded(t), Extracts: extracts, Store: store})
		both[edition], _ = content(t, store, out, "election-turnout-seats").CSV()
		for _, s := range out.Sources {
			matched[edition] += len(s.Filed.Matched)
		}
	}
	if matched["2019"] != 0 || matched["2017"] < 1200 {
		t.Errorf("names matched by rule: %v, want none of the edition of 2019 and most of that of 2017", matched)
	}
	if !bytes.Equal(both["2019"], both["2017"]) {
		t.Error("the two editions give other figures")
	}
}
