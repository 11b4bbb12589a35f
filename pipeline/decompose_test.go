package pipeline_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// decomposed is a store of the synthetic waves of 2001 and 2003 with one indicator, by
// a policy that shows twelve digits.
func decomposed(t *testing.T) (pipeline.Options, *publish.Release) {
	t.Helper()
	c := embedded(t)
	c.Definitions = slices.DeleteFunc(slices.Clone(c.Definitions), func(d *indicator.Definition) bool { return d.ID != "influence-local" })
	c.Evaluations = nil
	digits := 12
	d := *c.Definitions[0]
	d.Precision = &digits
	c.Definitions[0] = &d
	c.Disclosure.Precision.Percent, c.Disclosure.Precision.Error = "12", "12"
	o := pipeline.Options{Catalogue: c, Extracts: filepath.Join(t.TempDir(), "extracts"), Store: filepath.Join(t.TempDir(), "store")}
	all := syntheticExtracts(t)
	for name, want := range map[string]string{ // of which the reference was made
		"hocs/2001/hocs_2001_synthetic.tab": "2d5f915988be98291da69269d49e4133ebd74ee10ca26f219dc75b151800e4d3",
		"hocs/2003/hocs_2003_synthetic.tab": "2c963ab70ede73168f6cb56d942952b2cc45f023a143c92d33a49294550a22eb",
	} {
		text, err := os.ReadFile(filepath.Join(all, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if got := release.Digest(text); got != want {
			t.Fatalf("%s is another than testdata/decomposition/kitagawa.csv was made of: %s; run kitagawa.R again", name, got)
		}
		write(t, filepath.Join(o.Extracts, filepath.FromSlash(name)), text)
	}
	run(t, o)
	store, err := publish.Open(o.Store)
	if err != nil {
		t.Fatal(err)
	}
	r, err := store.Current()
	if err != nil {
		t.Fatal(err)
	}
	return o, r
}

// TestDecomposeAsSurvey holds the parts of a change and their errors to R's survey
// package, and the change to the one that the release has.
func TestDecomposeAsSurvey(t *testing.T) {
	o, r := decomposed(t)
	file, err := os.Open("testdata/decomposition/kitagawa.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reference, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	mix := pipeline.Mix{Indicator: "influence-local", From: "hocs/2001", To: "hocs/2003"}
	compared := 0
	for by, raw := range map[string]string{"sex": "sex", "region": "gor"} {
		mix.By = []string{by}
		found, err := pipeline.Decompose(o, r, mix)
		if err != nil {
			t.Fatal(err)
		}
		var want [][]string
		for _, row := range reference[1:] {
			if row[0] == raw {
				want = append(want, row)
			}
		}
		if len(want) != len(found.Rows) {
			t.Fatalf("by %s: %d parts, want %d", by, len(found.Rows), len(want))
		}
		for i, row := range found.Rows {
			part, _, _ := strings.Cut(want[i][1], " ")
			value, se := number(t, want[i][2]), number(t, want[i][3])
			if row.Part != part || math.Abs(row.Value-value) > 1e-9 || math.Abs(row.SE-se) > 1e-9*math.Max(se, 1e-3) {
				t.Errorf("by %s, %s %s: got %v (%v), want %v (%v)", by, row.Category, row.Part, row.Value, row.SE, value, se)
			}
			if jackknife := number(t, want[i][4]); math.Abs(row.SE/jackknife-1) > 0.05 {
				t.Errorf("by %s, %s %s: error %v, the jackknife has %v", by, row.Category, row.Part, row.SE, jackknife)
			}
			compared++
		}
		if sum := found.Rows[1].Value + found.Rows[2].Value; math.Abs(sum-found.Rows[0].Value) > 1e-10 {
			t.Errorf("by %s: within and between are %v, the change %v", by, sum, found.Rows[0].Value)
		}
		if p := found.Published; p == nil || math.Abs(p.Change-found.Rows[0].Value) > 1e-9 || math.Abs(p.SE-found.Rows[0].SE) > 1e-9 {
			t.Errorf("by %s: change %v (%v), the release has %+v", by, found.Rows[0].Value, found.Rows[0].SE, p)
		}
	}
	if compared != 30 {
		t.Errorf("%d parts were compared, want 30", compared)
	}

	t.Run("what the release withholds is not told", func(t *testing.T) {
		mix.By = []string{"religion"}
		_, err := pipeline.Decompose(o, r, mix)
		ps := refusal.Of(err, refusal.Data)
		if len(ps) != 1 || ps[0].Kind != refusal.Succession || !strings.Contains(ps[0].Error(), "withholds buddhist") {
			t.Errorf("got %v, want a refusal of kind Succession for a category that is withheld", err)
		}
		mix.By = nil
		found, err := pipeline.Decompose(o, r, mix)
		if err != nil || len(found.Withheld) != 1 || slices.ContainsFunc(found.Rows, func(c release.Component) bool { return c.Breakdown == "religion" }) {
			t.Errorf("got %v, %v: want all breakdowns but religion", found, err)
		}
	})
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
