package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// The covariances of categories by the tally are those of their linearised values
// by respondent, for every statistic of one group, with PSUs and without, and in a
// population that misses some of them.
func TestCovariances(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 3))
	compared := 0
	for trial := range 30 {
		s, tab := random(t, r, 150)
		s.Lonely, s.DomainLonely = codebook.Lonelies[trial%len(codebook.Lonelies)], trial%2 == 0
		if s.Lonely != codebook.LonelyRefuse {
			strata, psus := s.Stratum.Spelled(), s.PSU.Spelled()
			for i := range 12 {
				strata[i], psus[i] = fmt.Sprint("alone", i%3), fmt.Sprint("alone", i%3)
			}
			s.Stratum, s.PSU = design.LabelsOf(strata), design.LabelsOf(psus)
		}
		if trial%3 == 1 {
			s.PSU = nil
		}
		if trial%4 == 2 {
			s.Population = make([]float64, 150)
			for i := range s.Population {
				s.Population[i] = 600
			}
		}
		three := codebook.Variable{Name: "three", Categories: []codebook.Category{{Code: "p"}, {Code: "q"}, {Code: "r"}, {Code: "nobody"}}}
		h := table.NewCodes(150, len(three.Categories))
		for row := range 150 {
			h.Set(row, r.IntN(4)-1)
		}
		tab.Add(&table.Column{Variable: three, Codes: h})
		d, ps := design.New(s)
		if ps != nil {
			t.Fatal(ps)
		}
		book := &codebook.Codebook{Variables: map[string]codebook.Variable{}}
		for _, c := range tab.Columns {
			book.Variables[c.Variable.Name] = c.Variable
		}
		population := codebook.Population{ID: codebook.All}
		if trial%2 == 1 {
			population.Where = []codebook.Condition{{Variable: "g", Categories: []string{"yes"}}}
		}
		w := &indicator.Wave{Crosswalk: &codebook.Crosswalk{Populations: []codebook.Population{population}}, Table: tab, Designs: map[string]*design.Design{codebook.CoreWeight: d}}
		how := &indicator.Comparisons{Contrast: true, Trend: true, Against: map[string]string{"three": []string{"p", "q", "r"}[trial%3]}}
		var definitions []*indicator.Definition
		for _, statistic := range []indicator.Statistic{indicator.Proportion, indicator.Count, indicator.Mean, indicator.Total, indicator.Ratio} {
			made := &indicator.Definition{ID: string(statistic), Statistic: statistic, Breakdowns: []string{"three"}, Compare: how, Of: &codebook.Condition{Variable: "y"}}
			switch {
			case statistic == indicator.Ratio:
				made.Over = &codebook.Condition{Variable: "y"}
			case !statistic.Row().Number:
				made.Of = &codebook.Condition{Variable: "a", Categories: []string{"yes"}}
			}
			definitions = append(definitions, made)
		}
		result, ps := Wave(book, definitions, w, 2)
		if ps != nil {
			t.Fatal(ps)
		}
		for i, definition := range definitions {
			requests, _ := requestsOf(book, definition, w)
			for _, a := range requests {
				if !a.compares() {
					continue
				}
				found := result.Joints[i][0]
				a.fromRows(w, freedoms{}, func(*request, string, indicator.Estimate) {}, func(_ *request, want indicator.Joint) {
					same := func(what string, got, want, size float64) {
						t.Helper()
						if compared++; !(math.Abs(got-want) <= 1e-9*size) {
							t.Errorf("seed %d, trial %d, %s: %s is %v, want %v", seed, trial, definition.ID, what, got, want)
						}
					}
					size := 1e-9                          // below which a variance of these numbers is rounding
					contrasts := slices.Max(want.Own) > 0 // else the reference has no figure, and nobody asks for these
					for k := range want.Own {
						size = max(size, want.Own[k])
					}
					for k := range want.All {
						size = max(size, want.All[k][k])
					}
					for k := range want.Own {
						if !contrasts || k == want.Reference {
							continue
						}
						if want.Own[k] > 0 { // else it has no figure, or none that varies
							same(fmt.Sprint("variance of the reference beside ", k), found.Beside[k], want.Beside[k], size)
						}
						same(fmt.Sprint("variance of ", k), found.Own[k], want.Own[k], size)
						same(fmt.Sprint("covariance with ", k), found.With[k], want.With[k], size)
					}
					for x := range want.All {
						for y := range want.All {
							same(fmt.Sprint("covariance of ", x, " and ", y), found.All[x][y], want.All[x][y], size)
						}
					}
					if found.Reference != want.Reference || found.DF != want.DF || len(found.All) != len(want.All) {
						t.Errorf("seed %d: %+v, want %+v", seed, found, want)
					}
				})
			}
		}
	}
	if compared < 1200 {
		t.Errorf("compared %d numbers, want more", compared)
	}
}
