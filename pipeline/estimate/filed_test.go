package estimate

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// catalogue is that of one series with columns a to h over areas and bands,
// and one indicator as given.
func catalogue(t *testing.T, head, measured string) *indicator.Catalogue {
	t.Helper()
	c, err := indicator.LoadCatalogue(fstest.MapFS{
		"codebook.yaml":   {Data: []byte("variables:\n  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}\n")},
		"disclosure.yaml": {Data: []byte("default: open\npolicies: {open: {confidential_below: 1, sides_below: 1, unreliable_below: 1, caution_below: 1, zeros: publish, dominance: 1, interval: 1}}\n")},
		"returns/dh/made.yaml": {Data: []byte(`series: made
body: dh
title: Made up
population: {id: england, label: England}
frequency: yearly
small: publish
licence: OGL
source: made up
known: memory
` + head + `indicators:
  - id: figure
    title: A figure
    base: Everybody
    direction: none
` + measured)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// oneRow is a return of one row in the columns a to h.
func oneRow(t *testing.T, measured string, cells ...float64) indicator.Estimate {
	t.Helper()
	head := "columns:\n"
	for i := range cells {
		head += fmt.Sprintf("  %c: {kind: amount, label: Column %c, unit: number}\n", 'a'+i, 'a'+i)
	}
	c := catalogue(t, head, measured)
	r := &series.Return{Series: c.Series[0], Name: "2005", Rows: []series.Row{{Area: series.NoArea}}}
	for _, x := range cells {
		r.Rows[0].Cells = append(r.Rows[0].Cells, series.Cell{Value: x})
	}
	made := Return(c.Definitions, r)[0]
	if len(made) != 1 {
		t.Fatalf("%d figures, want one", len(made))
	}
	return made[0]
}

// TestReturnStatistics has each statistic by hand.
func TestReturnStatistics(t *testing.T) {
	const z = 1.959963984540054
	nan := math.NaN()
	for _, c := range []struct {
		claim, measured         string
		cells                   []float64
		value, se, lower, upper float64
		numerator, denominator  float64
		method                  string
	}{
		{
			"a complete count has no error", "    statistic: count\n    numerator: a\n",
			[]float64{65},
			65, nan, nan, nan, 65, nan, "",
		},
		{
			"a count of chance has Byar's limits from 10", "    statistic: count\n    numerator: a\n    random: true\n",
			[]float64{65},
			65, math.Sqrt(65), 50.163187710, 82.849138546, 65, nan, "byar",
		},
		{
			"and exact ones under 10", "    statistic: count\n    numerator: a\n    random: true\n",
			[]float64{5},
			5, math.Sqrt(5), 1.623486390, 11.668332079, 5, nan, "exact",
		},
		{
			"at another level", "    statistic: count\n    numerator: a\n    random: true\n    level: 99.8\n",
			[]float64{65},
			65, math.Sqrt(65), 42.880261471, 94.000290844, 65, nan, "byar",
		},
		{
			"several columns are added", "    statistic: total\n    numerator: [a, b]\n",
			[]float64{2.5, 4},
			6.5, nan, nan, nan, 6.5, nan, "",
		},
		{
			"a rate", "    statistic: rate\n    per: 1000\n    numerator: a\n    denominator: b\n    random: true\n",
			[]float64{65, 13000},
			5, math.Sqrt(65) / 13, 50.163187710 / 13, 82.849138546 / 13, 65, 13000, "byar",
		},
		{
			"a proportion has Wilson's limits", "    statistic: proportion\n    numerator: a\n    denominator: b\n    random: true\n",
			[]float64{65, 100},
			0.65, math.Sqrt(0.65 * 0.35 / 100), 0.552544432969, 0.736357517569, 65, 100, "wilson",
		},
		{
			"the clerks of May 2004: 55 qualified, 450 on the way, of 7,900", "    statistic: proportion\n    numerator: [a, b]\n    denominator: c\n",
			[]float64{55, 450, 7900},
			505. / 7900, nan, nan, nan, 505, 7900, "",
		},
		{
			"a ratio", "    statistic: ratio\n    numerator: a\n    denominator: b\n", []float64{3, 8}, 0.375, nan, nan, nan, 3, 8, "",
		},
		{
			"a mean score of grades", "    statistic: mean\n    scores: {a: 3, b: 2, c: 1}\n    random: true\n",
			[]float64{2, 5, 3},
			1.9, math.Sqrt((4.1 - 1.9*1.9) / 9), 1.9 - z*math.Sqrt(0.49/9), 1.9 + z*math.Sqrt(0.49/9), 19, 10, "wald",
		},
		{
			"an index", "    statistic: index\n    numerator: a\n    reference: 80\n", []float64{60}, 75, nan, nan, nan, 60, nan, "",
		},
		{
			"a gap of shares", "    statistic: gap\n    numerator: a\n    denominator: b\n    against: {numerator: c, denominator: d}\n    random: true\n",
			[]float64{30, 100, 40, 200},
			0.1, math.Sqrt(0.3*0.7/100 + 0.2*0.8/200), 0.1 - z*math.Sqrt(0.0021+0.0008), 0.1 + z*math.Sqrt(0.0021+0.0008), 30, 100, "wald",
		},
		{
			"a parity of shares", "    statistic: parity\n    numerator: a\n    denominator: b\n    against: {numerator: c, denominator: d}\n    random: true\n",
			[]float64{30, 100, 40, 200},
			1.5, 1.5 * math.Sqrt(0.7/30+0.8/40), 1.5 * math.Exp(-z*math.Sqrt(0.7/30+0.02)), 1.5 * math.Exp(z*math.Sqrt(0.7/30+0.02)), 30, 100, "log",
		},
		{
			"first-time entrants of 2007-08 and 2008-09 fell by 21.6%", "    statistic: percent-change\n    numerator: a\n    against: {numerator: b}\n",
			[]float64{74033, 94481},
			74033./94481 - 1, nan, nan, nan, 74033, nan, "",
		},
		{
			"a fall from before to after, of chance", "    statistic: percent-change\n    numerator: a\n    against: {numerator: b}\n    random: true\n",
			[]float64{20, 50},
			-0.6, 0.4 * math.Sqrt(1./20+1./50), 0.4*math.Exp(-z*math.Sqrt(0.07)) - 1, 0.4*math.Exp(z*math.Sqrt(0.07)) - 1, 20, nan, "log",
		},
		{
			"by the days that were counted", "    statistic: percent-change\n    numerator: a\n    denominator: b\n    against: {numerator: c, denominator: d}\n",
			[]float64{20, 100, 50, 125},
			-0.5, nan, nan, nan, 20, 100, "",
		},
		{
			"a difference in differences",
			"    statistic: double-difference\n    numerator: a\n    denominator: b\n    against: {numerator: c, denominator: d}\n    beside: {numerator: e, denominator: f}\n    beside_against: {numerator: g, denominator: h}\n    random: true\n",
			[]float64{60, 100, 40, 100, 55, 100, 50, 100},
			0.15, math.Sqrt(0.0024 + 0.0024 + 0.002475 + 0.0025), 0.15 - z*math.Sqrt(0.009775), 0.15 + z*math.Sqrt(0.009775), 60, 100, "wald",
		},
		{
			"what was observed over what was expected", "    statistic: standardised-ratio\n    numerator: a\n    denominator: b\n    random: true\n",
			[]float64{65, 50},
			1.3, math.Sqrt(65) / 50, 50.163187710 / 50, 82.849138546 / 50, 65, 50, "byar",
		},
	} {
		e := oneRow(t, c.measured, c.cells...)
		for _, p := range []struct {
			name      string
			got, want float64
		}{
			{"value", e.Value, c.value},
			{"error", e.SE, c.se},
			{"lower limit", e.Lower, c.lower},
			{"upper limit", e.Upper, c.upper},
			{"numerator", e.Numerator, c.numerator},
			{"denominator", e.Denominator, c.denominator},
		} {
			if math.IsNaN(p.want) != math.IsNaN(p.got) || math.Abs(p.got-p.want) > 1e-9*max(1, math.Abs(p.want)) {
				t.Errorf("%s: %s %.12g, want %.12g", c.claim, p.name, p.got, p.want)
			}
		}
		if e.Method != c.method || e.Notes.Has(indicator.CompleteCount) != (c.method == "") {
			t.Errorf("%s: method %q and notes %s, want %q", c.claim, e.Method, e.Notes, c.method)
		}
	}
}

// TestReturnWithoutVariation holds that an error of 0 is none, and that the limits
// of counts, which do not rest on it, stay.
func TestReturnWithoutVariation(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		claim, measured string
		cells           []float64
		lower, upper    float64
		why             indicator.NoteCode
	}{
		{"no event has an exact upper limit", "    statistic: count\n    numerator: a\n", []float64{0}, 0, -math.Log(0.025), indicator.NoErrorFixed},
		{"nobody of twenty has Wilson's", "    statistic: proportion\n    numerator: a\n    denominator: b\n", []float64{0, 20}, 0, 3.841458820694124 / (20 + 3.841458820694124), indicator.NoErrorFixed},
		{"and so have all of them", "    statistic: proportion\n    numerator: a\n    denominator: b\n", []float64{20, 20}, 20 / (20 + 3.841458820694124), 1, indicator.NoErrorFixed},
		{"scores that are all the same", "    statistic: mean\n    scores: {a: 0.1, b: 2, c: 1}\n", []float64{7, 0, 0}, nan, nan, indicator.NoErrorFixed},
		{"a gap between none and all", "    statistic: gap\n    numerator: a\n    denominator: b\n    against: {numerator: c, denominator: d}\n", []float64{0, 10, 20, 20}, nan, nan, indicator.NoErrorFixed},
		{"a parity of nobody", "    statistic: parity\n    numerator: a\n    denominator: b\n    against: {numerator: c, denominator: d}\n", []float64{0, 10, 5, 20}, nan, nan, indicator.NoErrorGroup},
	} {
		e := oneRow(t, c.measured+"    random: true\n", c.cells...)
		same := func(got, want float64) bool {
			return math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= 1e-9
		}
		if !math.IsNaN(e.SE) || !same(e.Lower, c.lower) || !same(e.Upper, c.upper) || !e.Notes.Has(c.why) {
			t.Errorf("%s: error %v, %v to %v, %s; want none, %v to %v, %s", c.claim, e.SE, e.Lower, e.Upper, e.Notes, c.lower, c.upper, c.why)
		}
	}
}

// TestStandardisedRate has the test data of PHEindicatormethods 2.1.0: standard
// weights of the European Standard Population 2013, counts and populations of
// 19 bands, per 100,000.
func TestStandardisedRate(t *testing.T) {
	weights := []float64{5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000}
	people := []float64{636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207}
	var categories, standard []string
	for i, w := range weights {
		categories = append(categories, fmt.Sprintf("{code: band-%c, label: Band %c}", 'a'+i, 'a'+i))
		standard = append(standard, fmt.Sprintf("band-%c: %g", 'a'+i, w))
	}
	head := "columns:\n  band: {kind: category, categories: [" + strings.Join(categories, ", ") + "]}\n" +
		"  events: {kind: count, label: Events, unit: events}\n  people: {kind: count, label: People, unit: people}\n"
	measured := "    statistic: standardised-rate\n    per: 100000\n    numerator: events\n    denominator: people\n    random: true\n" +
		"    standard: {column: band, weights: {" + strings.Join(standard, ", ") + "}}\n"
	c := catalogue(t, head, measured)
	for _, of := range []struct {
		claim               string
		counts              []float64
		value, lower, upper float64
	}{
		{"895 events", []float64{127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91}, 10430.247991469, 9717.709067986, 11178.940915479},
		{"91 events", []float64{12, 4, 3, 2, 3, 4, 8, 2, 2, 3, 4, 5, 6, 8, 5, 6, 5, 5, 4}, 1103.212025300, 877.455767537, 1367.088222725},
		{"9 events: none", []float64{9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, math.NaN(), math.NaN(), math.NaN()},
	} {
		r := &series.Return{Series: c.Series[0], Name: "2005"}
		for i := range weights {
			r.Rows = append(r.Rows, series.Row{Area: series.NoArea, Categories: []int{i}, Cells: []series.Cell{{Value: of.counts[i]}, {Value: people[i]}}})
		}
		e := Return(c.Definitions, r)[0][0]
		if math.IsNaN(of.value) {
			if e.Status != indicator.Unreliable || !e.Notes.Has(indicator.FewEventsNote) {
				t.Errorf("%s: status %q, %s", of.claim, e.Status, e.Notes)
			}
			continue
		}
		if math.Abs(e.Value-of.value) > 6e-10*1e3 || math.Abs(e.Lower-of.lower) > 6e-7 || math.Abs(e.Upper-of.upper) > 6e-7 || e.Method != indicator.Dobson {
			t.Errorf("%s: %.9f (%.9f to %.9f) by %s, want %.9f (%.9f to %.9f)", of.claim, e.Value, e.Lower, e.Upper, e.Method, of.value, of.lower, of.upper)
		}
	}
}

// TestIndirectRatio: standard rates make what is expected.
func TestIndirectRatio(t *testing.T) {
	head := "columns:\n  sex: {kind: category}\n  events: {kind: count, label: Events, unit: events}\n  people: {kind: count, label: People, unit: people}\n"
	c := catalogue(t, head, "    statistic: standardised-ratio\n    numerator: events\n    denominator: people\n    standard: {column: sex, rates: {men: 0.01, women: 0.02}}\n")
	r := &series.Return{Series: c.Series[0], Name: "2005", Rows: []series.Row{
		{Area: series.NoArea, Categories: []int{0}, Cells: []series.Cell{{Value: 12}, {Value: 1000}}},
		{Area: series.NoArea, Categories: []int{1}, Cells: []series.Cell{{Value: 18}, {Value: 500}}},
	}}
	if e := Return(c.Definitions, r)[0][0]; e.Value != 1.5 || e.Numerator != 30 || e.Denominator != 20 {
		t.Errorf("%g of %g is %g, want 30 of 20, 1.5", e.Numerator, e.Denominator, e.Value)
	}
}

// TestReturnBreakdowns: areas, what they are within, categories and crossings,
// with areas outside the funnel marked, and areas that made no return.
func TestReturnBreakdowns(t *testing.T) {
	head := `areas:
  groups: side
  partial: true
  are: [{code: gwent, label: Gwent, within: south}, {code: clwyd, label: Clwyd, within: north}, {code: powys, label: Powys, within: north}, {code: south, label: South}, {code: north, label: North}]
columns:
  place: {kind: area}
  sex: {kind: category}
  events: {kind: count, label: Events, unit: events}
  people: {kind: count, label: People, unit: people}
`
	measured := "    statistic: proportion\n    numerator: events\n    denominator: people\n    random: true\n    funnel: true\n    by: [place, side, sex, side*sex]\n" +
		"  - id: back\n    title: Returned\n    base: Areas\n    direction: higher\n    statistic: coverage\n    by: [side]\n"
	c := catalogue(t, head, measured)
	r := &series.Return{Series: c.Series[0], Name: "2005", Returned: 2, Expected: 3}
	for _, row := range [][4]int{{0, 0, 90, 100}, {0, 1, 80, 100}, {1, 0, 20, 100}, {1, 1, 10, 100}} {
		r.Rows = append(r.Rows, series.Row{Area: row[0], Categories: []int{row[1]}, Cells: []series.Cell{{Value: float64(row[2])}, {Value: float64(row[3])}}})
	}
	made := Return(c.Definitions, r)
	var got []string
	for _, e := range append(made[1], made[0]...) {
		got = append(got, fmt.Sprintf("%s %s %s %.4g %s%s", e.Indicator, e.Breakdown, e.Category, e.Value, e.Status, e.Notes))
	}
	want := `figure all all 0.5 partial-return(2,3)
figure place clwyd 0.15 outside-funnel(below,99.8)
figure place gwent 0.85 outside-funnel(above,99.8)
figure place powys NaN xno-return
figure sex men 0.55 partial-return(2,3)
figure sex women 0.45 partial-return(2,3)
figure side north 0.15 partial-return(1,2)
figure side south 0.85 
figure side*sex north*men 0.2 partial-return(1,2)
figure side*sex north*women 0.1 partial-return(1,2)
figure side*sex south*men 0.9 
figure side*sex south*women 0.8 
back all all 0.6667 complete-count
back side north 0.5 complete-count
back side south 1 complete-count`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
