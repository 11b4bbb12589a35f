package compare

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/series"
)

// TestFunnels: areas are held against the whole, or against the whole of their
// category, by numerators and denominators; none where one of the two is withheld.
func TestFunnels(t *testing.T) {
	page := codebook.NewPage("returns/yjb/entrants.yaml", []byte("columns: {place: {kind: area}}\n"))
	s := &series.Series{}
	if ps := page.Decode(s); len(ps) > 0 {
		t.Fatal(ps)
	}
	s.Complete(page, &codebook.Codebook{})
	d := &indicator.Definition{ID: "entrants", Statistic: indicator.Rate, Tabled: &indicator.Tabled{Series: s}}
	d.Tabled.Measured = indicator.Measured{Per: 1000, Funnel: true}
	of := func(breakdown, category string, events, people float64) release.Figure {
		f := release.Figure{Key: indicator.Key{Indicator: "entrants", Source: "returns/entrants/2005", Population: "wales", Breakdown: breakdown, Category: category, Item: "all"}}
		f.Unit, f.Value, f.Numerator, f.Denominator, f.Notes = "per 1,000", 1000*events/people, events, people, "synthetic"
		return f
	}
	withheld := of("place", "powys", 3, 400)
	withheld.Status, withheld.Value, withheld.Numerator = "c", math.NaN(), math.NaN()
	c := release.Content{Figures: []release.Figure{
		of("all", "all", 100, 10000), of("place", "clwyd", 9, 2000), of("place", "gwent", 60, 3600), withheld, of("place*sex", "clwyd*girls", 9, 900), of("place*sex", "clwyd*boys", 9, 900), of("sex", "girls", 20, 5000),
	}}
	var got []string
	for _, f := range Funnels(d, c) {
		got = append(got, fmt.Sprintf("%s %.4g of %.4g: %.2f to %.2f, %.2f to %.2f, %s %g %s", f.Category, f.Value, f.Whole, f.Lower95, f.Upper95, f.Lower998, f.Upper998, f.Side, f.Level, f.Notes))
	}
	// Expected are 20, 36 and 3.6. In R, with t half of what the level leaves:
	// uniroot(function(n) pgamma(E, n+1, lower.tail=FALSE) - t, c(0, E+1), tol=1e-12)
	// uniroot(function(n) pgamma(E, n) - t, c(1e-9, 10*E+50), tol=1e-12)
	const want = `clwyd 4.5 of 10: 5.62 to 14.85, 3.62 to 17.83, below 0.95 synthetic
gwent 16.67 of 10: 6.73 to 13.53, 5.13 to 15.66, above 0.998 synthetic
clwyd*girls 10 of 4: 0.00 to 9.14, 0.00 to 12.44, above 0.95 synthetic`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	d.Tabled.Funnel = false
	if rows := Funnels(d, c); rows != nil {
		t.Errorf("%d rows of an indicator that asks for none", len(rows))
	}
}
