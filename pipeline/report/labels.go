package report

import (
	"cmp"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/release"
)

// entry is what the release's labels say of the page's indicator.
func (v Page) entry() *release.IndicatorLabels {
	if entry := v.Labels.Indicator(v.Entry.ID); entry != nil {
		return entry
	}
	return &release.IndicatorLabels{}
}

// digits are those of the page's indicator.
func (v Page) digits() digits { return digitsOf(&v.Entry) }

func (v Page) population(code string) string { return v.Labels.Text("population", "", code) }

func (v Page) breakdown(code string) string { return v.Labels.Text("breakdown", "", code) }

func (v Page) category(breakdown, code string) string {
	if code == codebook.All {
		return "All"
	}
	return v.Labels.Text("category", breakdown, code)
}

func (v Page) item(code string) string { return v.Labels.Text("item", v.Entry.ID, code) }

// categories lists the categories of a breakdown in the release's order.
func (v Page) categories(breakdown string) []string {
	if d := v.entry().Division(breakdown); d != nil {
		return d.Categories
	}
	return nil
}

// ordered lists the distinct values of figures in an order; those that are not
// in it come last, by their spelling.
func ordered(figures []release.Figure, of func(release.Figure) string, order []string) []string {
	place := map[string]int{}
	for i, value := range order {
		place[value] = i - len(order)
	}
	var values []string
	for _, f := range figures {
		if v := of(f); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(place[a], place[b]), cmp.Compare(a, b)) })
	return values
}
