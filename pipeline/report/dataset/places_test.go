package dataset

import (
	"fmt"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A row has the codes of the places that it is of or in, and not of one that it is no part
// of: Scotland is not in England, in whatever population it stands.
func TestPlaces(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	g, err := codebook.LoadGeography(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	labels := &release.Labels{Indicators: []release.IndicatorLabels{
		{Breakdowns: []release.Division{{Breakdown: "election-region", Categories: []string{"eastern", "scotland", "south-east", "wales"}}}},
		{Breakdowns: []release.Division{{Breakdown: "criminal-justice-area", Categories: []string{"gwent", "london"}}}},
	}}
	m := &maker{Input: Input{Catalogue: c, Geography: g, Labels: labels}, regionals: map[string]bool{}}
	for _, of := range []struct {
		population, variable, category, want string // country, region, police force area
	}{
		{"england", "sex", "male", "E92000001,,"},
		{"england-and-wales", "sex", "male", ",,"}, // not read at its source
		{"great-britain", "sex", "male", ",,"},
		{"england", "country", "wales", "W92000004,,"},
		{"great-britain", "nation", "scotland", ",,"},
		{"england", "nation", "scotland", ",,"},
		{"great-britain", "nation", "wales", "W92000004,,"},
		{"england", "criminal-justice-area", "gwent", "W92000004,,"},
		{"england-and-wales", "criminal-justice-area", "london", "E92000001,,"},
		{"england-and-wales", "region", "south-east", "E92000001,E12000008,"},
		{"england-and-wales", "region", "wales", "W92000004,,"},
		{"united-kingdom", "election-region", "south-east", "E92000001,E12000008,"},
		{"united-kingdom", "election-region", "eastern", "E92000001,,"},
		{"united-kingdom", "election-region", "scotland", ",,"},
		{"england-and-wales", "police-force-area", "gwent", "W92000004,,W15000002"},
	} {
		found := m.gss(of.population, map[string]string{of.variable: of.category})
		if got := fmt.Sprintf("%s,%s,%s", found[0], found[1], found[2]); got != of.want {
			t.Errorf("%s, %s %s: %s, want %s", of.population, of.variable, of.category, got, of.want)
		}
	}
}
