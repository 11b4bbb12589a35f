package estimate

import (
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// Four respondents in the core sample, of whom the combined one, for groups,
// weighs the third and fourth three times: every share below can be had by
// hand.
// wave estimates one definition.
func wave(t *testing.T, book *codebook.Codebook, d *indicator.Definition, w *indicator.Wave) ([]indicator.Estimate, []indicator.Lack) {
	t.Helper()
	r, ps := Wave(book, []*indicator.Definition{d}, w, 1)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return r.Estimates[0], r.Lacks[0]
}

func TestWave(t *testing.T) {
	sex, group, region := yesNo("sex", 0, 0, 1, 1), yesNo("group", 0, 1, 0, 1), yesNo("region", 0, 0, 0, 1)
	made := func(weights string, w ...float64) *design.Design {
		d, ps := design.New(design.Source{Weights: weights, PSU: design.LabelsOf([]string{"1", "2", "3", "4"}), Weight: w})
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return d
	}
	book := &codebook.Codebook{
		Variables:  map[string]codebook.Variable{"sex": sex.Variable, "group": group.Variable, "region": region.Variable},
		Breakdowns: []codebook.Breakdown{{Variable: "sex"}, {Variable: "group", Weight: "combined"}, {Variable: "tenure"}},
	}
	w := &indicator.Wave{
		Crosswalk: &codebook.Crosswalk{
			Survey: "hocs", Wave: "2001", Fieldwork: codebook.Period{Start: "2001-03-01", End: "2001-11-30"},
			Populations: []codebook.Population{{ID: "all-adults"}, {ID: "yes-region", Where: []codebook.Condition{*where("region", "yes")}}},
		},
		Table:     table.New(4, yesNo("a", 0, 1, 0, 0), sex, group, region),
		Designs:   map[string]*design.Design{"core": made("core", 1, 1, 1, 1), "combined": made("combined", 1, 1, 3, 3)},
		Synthetic: true,
	}
	d := &indicator.Definition{ID: "x", Statistic: indicator.Proportion, Items: []indicator.Item{
		{ID: "is-a", Of: where("a", "yes")}, {ID: "is-b", Of: where("b", "yes")},
	}, Breakdowns: []string{"sex", "group", "group*sex", "tenure"}}
	estimates, lacks := wave(t, book, d, w)
	got := map[string]float64{}
	var keys []indicator.Key
	for _, e := range estimates {
		keys = append(keys, e.Key)
		got[e.Population+" "+e.Breakdown+" "+e.Category] = e.Value
		weights := "core"
		if strings.Contains(e.Breakdown, "group") {
			weights = "combined"
		}
		if e.Weight != weights || e.Error != design.ByPSU || !e.Notes.Has(indicator.Synthetic) || e.Notes.Has(indicator.DesignFactor) {
			t.Errorf("%v: the %s weight, error by %s, notes %q; want the %s weight, by PSUs, and that the data are synthetic", e.Key, e.Weight, e.Error, e.Notes, weights)
		}
		if e.Indicator != "x" || e.Source != "hocs/2001" || e.Item != "is-a" || e.Period != [2]string{"2001-03-01", "2001-11-30"} || e.Unit != "percent" {
			t.Errorf("got %+v", e)
		}
	}
	for name, want := range map[string]float64{
		"all-adults all all": .75, "all-adults sex yes": .5, "all-adults sex no": 1,
		"all-adults group yes": 1, "all-adults group no": .75, // 3 of 1 + 3 in the combined weight
		"all-adults group*sex no*yes": 0, "all-adults group*sex yes*no": 1,
		"yes-region all all": 2. / 3, "yes-region sex no": 1, "yes-region group no": 0, "yes-region group*sex no*no": nan,
	} {
		if value, ok := got[name]; !ok || !same(value, want) {
			t.Errorf("%s: got %v (there: %v), want %v", name, value, ok, want)
		}
	}
	if !slices.IsSortedFunc(keys, indicator.Key.Compare) || len(keys) != 2*(1+2+2+4) {
		t.Errorf("%d estimates, want 18 in canonical order", len(keys))
	}
	want := []string{"is-a tenure tenure", "is-b  b"}
	var found []string
	for _, l := range lacks {
		found = append(found, l.Item+" "+l.Breakdown+" "+strings.Join(l.Needs, " "))
	}
	if !slices.Equal(found, want) {
		t.Errorf("lacks: got %q, want %q", found, want)
	}
	d.Populations = []string{"yes-region"}
	estimates, _ = wave(t, book, d, w)
	if len(estimates) != 9 || estimates[0].Population != "yes-region" {
		t.Errorf("one population: got %d estimates, want 9", len(estimates))
	}
	d.Surveys = []string{"bcs"}
	if estimates, lacks := wave(t, book, d, w); len(estimates)+len(lacks) > 0 {
		t.Errorf("a definition of another survey gives %d estimates and %d lacks", len(estimates), len(lacks))
	}
}

// A figure whose error follows from a published design factor says so.
func TestDesignFactorIsNoted(t *testing.T) {
	made, ps := design.New(design.Source{Weights: "core", Weight: []float64{1, 1, 1, 1}, Factor: 1.2})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	w := &indicator.Wave{
		Crosswalk: &codebook.Crosswalk{Survey: "bcs", Wave: "2007-08", Populations: []codebook.Population{{ID: "all-adults"}}},
		Table:     table.New(4, yesNo("a", 0, 1, 0, 0)),
		Designs:   map[string]*design.Design{"core": made},
	}
	estimates, _ := wave(t, &codebook.Codebook{}, &indicator.Definition{ID: "x", Statistic: indicator.Proportion, Of: where("a", "yes")}, w)
	if e := estimates[0]; e.Notes.String() != "design-factor(1.2)" || e.Error != design.ByFactor {
		t.Errorf("got notes %q, error by %s", e.Notes, e.Error)
	}
}
