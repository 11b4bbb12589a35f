package estimate

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// asked is what is estimated in each way: every statistic of a survey.
func asked() []*indicator.Definition {
	y, yes := &codebook.Condition{Variable: "y"}, where("a", "yes")
	between := &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no"}}
	return []*indicator.Definition{
		{Statistic: indicator.Proportion, Of: yes},
		{Statistic: indicator.Count, Of: yes},
		{Statistic: indicator.Gap, Of: yes, Between: between},
		{Statistic: indicator.Parity, Of: yes, Between: between},
		{Statistic: indicator.Association, Of: yes, With: where("g", "yes")},
		{Statistic: indicator.Mean, Of: y},
		{Statistic: indicator.Total, Of: y},
		{Statistic: indicator.Ratio, Of: y, Over: &codebook.Condition{Variable: "x"}},
		{Statistic: indicator.Quantile, Of: y, Quantiles: []float64{.5}},
		{Statistic: indicator.MeanGap, Of: y, Between: between},
		{Statistic: indicator.MeanParity, Of: y, Between: &indicator.Between{Variable: "g", Category: []string{"no"}, Reference: []string{"yes"}}},
	}
}

// ways are designs of a sample by which its respondents are counted in as many
// ways: by cluster, by row, by weights alone, and from the respondents, for
// replicates or standardised.
func ways(t *testing.T, s design.Source) (names []string, designs map[string]*design.Design) {
	t.Helper()
	made := func(s design.Source) *design.Design {
		d, ps := design.New(s)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return d
	}
	rows, factor := s, s
	rows.PSU = nil
	factor.Stratum, factor.PSU, factor.Factor = nil, nil, 1.2
	designs = map[string]*design.Design{"by cluster": made(s), "by row": made(rows), "by weights": made(factor)}
	var ps interface{ Err() error }
	designs["replicates"], ps = weigh.JKn(designs["by cluster"])
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	designs["standardised"] = designs["by cluster"]
	return []string{"by cluster", "by row", "by weights", "replicates", "standardised"}, designs
}

// in is the definition as a way asks for it.
func in(way string, d indicator.Definition, standard string) *indicator.Definition {
	if way == "standardised" && d.Statistic.Row().Standard {
		d.Standardise = &indicator.Standard{Variable: standard, Shares: map[string]float64{"yes": .5, "no": .5}}
	}
	return &d
}

// TestSides: who answered and who is counted, and the most that one of them adds, by
// hand, in every way.
func TestSides(t *testing.T) {
	// The last has no weight: nobody whom a figure counts.
	tab := table.New(8,
		yesNo("a", 0, 1, 1, -1, 0, 0, 1, 0), yesNo("g", 0, 0, 0, 0, 1, 1, 1, -1), yesNo("h", 0, 1, 0, 1, 0, 1, 0, 1),
		numeric("y", 1, nan, nan, 4, -5, 6, 7, 8), numeric("x", 1, 1, 1, 1, 1, 1, 1, 1))
	names, designs := ways(t, design.Source{
		Weights: "core", Stratum: design.LabelsOf([]string{"N", "N", "N", "N", "S", "S", "S", "S"}), PSU: design.LabelsOf([]string{"1", "1", "2", "2", "3", "3", "4", "4"}),
		Weight: []float64{1, 1, 2, 2, 1, 1, 2, 0},
	})
	want := map[indicator.Statistic]string{
		indicator.Proportion: "[{6 3}]", indicator.Count: "[{6 3}]", // 1, 2, 3, 5, 6 and 7 answered: 1, 5 and 6 yes
		indicator.Gap: "[{3 1} {3 2}]", indicator.Parity: "[{3 1} {3 2}]", indicator.Association: "[{3 1} {3 2}]",
		indicator.Mean: "[{5 -1}]", indicator.Total: "[{5 -1}]", indicator.Ratio: "[{5 -1}]", indicator.Quantile: "[{5 -1}]",
		indicator.MeanGap: "[{2 -1} {3 -1}]", indicator.MeanParity: "[{3 -1} {2 -1}]",
	}
	// The respondents add 1, 8, 5, 6 and 14 in size: of g 1 and 8. Where h has
	// equal shares, those of it who answered y weigh 7/8 of what they did, the others
	// 7/6; those who answered a 2/3, and 2; those of g who answered y weigh 3/2.
	largest := map[indicator.Statistic][2]float64{ // and standardised
		indicator.Count: {1. / 3, 2 / (2./3 + 2./3 + 2)}, indicator.Total: {14. / 34, 12.25 / (20*7./8 + 14*7./6)}, indicator.Mean: {14. / 34, 12.25 / (20*7./8 + 14*7./6)},
		indicator.Ratio: {14. / 34, 12.25 / (20*7./8 + 14*7./6)}, indicator.MeanGap: {8. / 9, 6 / 7.5}, indicator.MeanParity: {8. / 9, 6 / 7.5},
	}
	for _, way := range names {
		for _, d := range asked() {
			e := infer(in(way, *d, "h"), designs[way], tab, everyone)
			if got := fmt.Sprint(e.Groups); got != want[d.Statistic] {
				t.Errorf("%s, %s: got %s, want %s", way, d.Statistic, got, want[d.Statistic])
			}
			share, adds := largest[d.Statistic]
			if !adds {
				share = [2]float64{nan, nan}
			}
			if at := map[bool]int{true: 1}[way == "standardised"]; !same(e.Largest, share[at]) {
				t.Errorf("%s, %s: the largest adds %v, want %v", way, d.Statistic, e.Largest, share[at])
			}
		}
	}
}

// TestLargestOfNothing: where nobody adds anything to a total, nobody adds most of
// it, whatever one adds to another.
func TestLargestOfNothing(t *testing.T) {
	tab := table.New(4, numeric("y", 1, 3, 0, 0), yesNo("g", 0, 0, 1, 1), yesNo("a", 1, 1, 1, 1), yesNo("h", 0, 1, 0, 1))
	names, designs := ways(t, design.Source{
		Weights: "core", Stratum: design.LabelsOf([]string{"N", "N", "S", "S"}), PSU: design.LabelsOf([]string{"1", "2", "3", "4"}), Weight: []float64{1, 1, 1, 1},
	})
	nothing := func(row int) bool { return row > 1 }
	for _, way := range names {
		for _, c := range []struct {
			d    indicator.Definition
			in   func(int) bool
			want float64
		}{
			{indicator.Definition{Statistic: indicator.Total, Of: &codebook.Condition{Variable: "y"}}, nothing, nan},
			{indicator.Definition{Statistic: indicator.Count, Of: where("a", "yes")}, everyone, nan},
			{indicator.Definition{Statistic: indicator.MeanGap, Of: &codebook.Condition{Variable: "y"}, Between: &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no"}}}, everyone, .75},
		} {
			if e := infer(in(way, c.d, "h"), designs[way], tab, c.in); !same(e.Largest, c.want) {
				t.Errorf("%s, %s: the largest adds %v, want %v", way, c.d.Statistic, e.Largest, c.want)
			}
		}
	}
}

// TestSidesOfSamples: random samples have the sides that a loop over the rows
// counts, of the whole and of each category, and the largest share that one of the
// respondents adds.
func TestSidesOfSamples(t *testing.T) {
	r := draws(t)
	for range 10 {
		s, tab := random(t, r, 150)
		for i := range s.Weight {
			if r.IntN(8) == 0 {
				s.Weight[i] = 0
			}
		}
		x, h, standard := numeric("x"), yesNo("h", make([]int, tab.Rows)...), yesNo("s", make([]int, tab.Rows)...)
		for row := range tab.Rows {
			x.Values = append(x.Values, 1+r.Float64())
			h.Codes.Set(row, r.IntN(2))
			standard.Codes.Set(row, r.IntN(2))
			if r.IntN(5) == 0 {
				tab.Column("y").Values[row] = nan
			}
		}
		tab = table.New(tab.Rows, append(slices.Clone(tab.Columns), x, h, standard)...)
		names, designs := ways(t, s)
		for _, d := range asked() {
			want, added := map[string]indicator.Groups{}, map[string][2][]float64{} // of each group, or X and Y, what each respondent adds
			for row, w := range s.Weight {
				group, value, a, g := 0, d.Statistic.Row().Number, tab.Column("a").Codes.At(row), tab.Column("g").Codes.At(row)
				groups := make(indicator.Groups, 1)
				if d.Between != nil || d.With != nil {
					group, groups = g, make(indicator.Groups, 2)
				}
				if d.Statistic == indicator.MeanParity { // of the second by the first
					group = 1 - g
				}
				for _, category := range []string{codebook.All, []string{"yes", "no"}[h.Codes.At(row)]} {
					if want[category] == nil {
						want[category] = slices.Clone(groups)
						for k := range groups {
							if value {
								want[category][k].Yes = -1
							}
						}
					}
					switch of := want[category]; {
					case w == 0, value && tab.Column("y").Values[row] != tab.Column("y").Values[row], !value && a < 0, len(of) > 1 && g < 0:
					default:
						of[group].Answered++
						if !value && a == 0 {
							of[group].Yes++
						}
						sizes := added[category]
						switch {
						case d.Statistic == indicator.Ratio:
							sizes[1] = append(sizes[1], w*x.Values[row])
							fallthrough
						case value && d.Statistic != indicator.Quantile:
							sizes[group] = append(sizes[group], math.Abs(w*tab.Column("y").Values[row]))
						case d.Statistic == indicator.Count && a == 0:
							sizes[0] = append(sizes[0], w)
						}
						added[category] = sizes
					}
				}
			}
			for _, way := range names {
				asked := in(way, *d, "s")
				asked.Breakdowns = []string{"h"}
				for _, e := range of(asked, designs[way], tab) {
					if got := e.Groups; !slices.Equal(got, want[e.Category]) {
						t.Errorf("%s, %s of %s: got %v, want %v", way, d.Statistic, e.Category, got, want[e.Category])
					}
					largest := nan
					for _, sizes := range added[e.Category] {
						if len(sizes) > 0 && !(slices.Max(sizes)/total(sizes) <= largest) {
							largest = slices.Max(sizes) / total(sizes)
						}
					}
					if way != "standardised" && !same(e.Largest, largest) {
						t.Errorf("%s, %s of %s: the largest adds %v, want %v", way, d.Statistic, e.Category, e.Largest, largest)
					}
				}
			}
		}
	}
}

// TestSidesOfReturns: of people of whom few are not to be told, the sides of each
// share and every other count; of others none.
func TestSidesOfReturns(t *testing.T) {
	head := "columns:\n"
	for _, name := range []string{"a", "b", "c", "d"} {
		head += fmt.Sprintf("  %s: {kind: count, label: Column %s, unit: people}\n", name, name)
	}
	head += "  e: {kind: amount, label: Column e, unit: pounds}\n  share: {kind: rate, label: Share, unit: percent}\n"
	for _, c := range []struct {
		claim, measured, small, want string
	}{
		{"a share", "statistic: proportion\n    numerator: a\n    denominator: c\n", series.SmallWithheld, "[{50 7}]"},
		{"a share of a sum: its columns too", "statistic: proportion\n    numerator: [a, b]\n    denominator: c\n", series.SmallWithheld, "[{50 10} {7 -1} {3 -1}]"},
		{"a share whose numerator is one of what it is out of", "statistic: proportion\n    numerator: a\n    denominator: [a, c]\n", series.SmallWithheld, "[{57 7} {50 -1}]"},
		{"a gap", "statistic: gap\n    numerator: a\n    denominator: c\n    against: {numerator: b, denominator: d}\n", series.SmallWithheld, "[{50 7} {20 3}]"},
		{"more than it is out of has no sides", "statistic: proportion\n    numerator: c\n    denominator: d\n", series.SmallWithheld, "[{50 -1} {20 -1}]"},
		{"events for each of some people", "statistic: ratio\n    numerator: a\n    denominator: c\n", series.SmallWithheld, "[{7 -1} {50 -1}]"},
		{"pounds are nobody", "statistic: proportion\n    numerator: a\n    denominator: e\n", series.SmallWithheld, "[{7 -1}]"},
		{"a count", "statistic: count\n    numerator: [a, b]\n", series.SmallWithheld, "[{7 -1} {3 -1}]"},
		{"scores", "statistic: mean\n    scores: {a: 1, b: 2}\n", series.SmallWithheld, "[{7 -1} {3 -1}]"},
		{"what a survey's body printed, of its respondents", "statistic: proportion\n    value: share\n    respondents: c\n", series.SmallPublished, "[{50 -1}]"},
		{"what is public already", "statistic: proportion\n    numerator: a\n    denominator: c\n", series.SmallPublished, "[]"},
	} {
		book := catalogue(t, head, "    "+c.measured)
		book.Series[0].Small = c.small
		r := &series.Return{Series: book.Series[0], Name: "2005", Rows: []series.Row{{Area: series.NoArea}}}
		values := map[string]float64{"a": 7, "b": 3, "c": 50, "d": 20, "e": 900, "share": 40}
		for _, name := range book.Series[0].Numbers() {
			r.Rows[0].Cells = append(r.Rows[0].Cells, series.Cell{Value: values[name]})
		}
		if got := fmt.Sprint(Return(book.Definitions, r)[0][0].Groups); got != c.want {
			t.Errorf("%s: got %s, want %s", c.claim, got, c.want)
		}
	}
}

// TestBeyond: how many respondents with a weight are at a value or beyond it, on the side
// that has fewer, and of which of several values that are fewest.
func TestBeyond(t *testing.T) {
	y := []float64{1, 2, 2, 3, 4, 5, 6, 90, 100, 200}
	in := []bool{true, true, true, true, true, true, true, true, true, false}
	weight := []float64{1, 1, 1, 1, 1, 1, 1, 1, 0, 1}
	for _, c := range []struct {
		name   string
		values []float64
		want   int
	}{
		{"in the middle, with its own", []float64{3}, 4},
		{"between two", []float64{3.5}, 4},
		{"of several alike all", []float64{2}, 3},
		{"the largest that has a weight", []float64{90}, 1},
		{"the smallest", []float64{1}, 1},
		{"a limit beyond all of them, which says nothing of nobody", []float64{1, -3}, 1},
		{"a limit that is further out", []float64{3, nan, 90}, 1},
	} {
		if got := beyond(y, in, weight, c.values...); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
