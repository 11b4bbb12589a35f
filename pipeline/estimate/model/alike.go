package model

import (
	"math"
	"slices"

	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// An Alike is the test of whether what is asked of a variable is the same in every group:
// of categories those of a table, and of numbers one of a linear regression by the group.
type Alike struct {
	Shares  *Association       // of categories; nil of numbers
	Numbers indicator.Test     // Wald's F of the groups' coefficients
	Unknown indicator.NoteCode // why the design gives none
	Why     string             // why the groups give none
}

// AlikeShares tests whether categories are independent of a group: all of them, or whether
// one has one of some codes.
func (s *Sample) AlikeShares(of *table.Column, codes []string, group *table.Column) Alike {
	v := s.categories(of)
	if codes != nil {
		for i, code := range v.Categories {
			switch {
			case code == "":
			case slices.Contains(codes, code):
				v.Categories[i] = "1"
			default:
				v.Categories[i] = "0"
			}
		}
		v.Order, v.Labels = nil, nil
	}
	t, ps := Associate(s.Design, v, s.categories(group), [2]string{of.Variable.Name, group.Variable.Name}, s.In)
	if ps != nil {
		return Alike{Why: ps[0].What}
	}
	t.CellsAsked = s.By.ByCells
	return Alike{Shares: t, Unknown: untested(s.Design, t.MeanEffect)}
}

// AlikeMeans tests whether numbers have the same mean in every group, by Wald's F of the
// coefficients of a linear regression. Of two groups it is the square of Student's t of
// their difference, with one degree of freedom less than the design has.
func (s *Sample) AlikeMeans(of, group *table.Column) Alike { return s.alike(s.numbers(of), of, group) }

// AlikeRanks tests whether numbers are of the same size in every group, by their ranks in the
// population (Lumley and Scott 2013): that of a value is the share of the weight below it and
// half of the share at it. Of two groups it is Wilcoxon's test, of more that of Kruskal and Wallis.
func (s *Sample) AlikeRanks(of, group *table.Column) Alike {
	values, groups := s.numbers(of), s.categories(group)
	var order []int
	for i, x := range values {
		if w := s.Design.Weight[i]; !math.IsNaN(x) && !groups.missing(i) && w > 0 && (s.In == nil || s.In[i]) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := values[a], values[b]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	ranks := slices.Repeat([]float64{math.NaN()}, len(values))
	below := 0.0
	for first := 0; first < len(order); {
		last, at := first, 0.0
		for ; last < len(order) && values[order[last]] == values[order[first]]; last++ {
			at += s.Design.Weight[order[last]]
		}
		for _, i := range order[first:last] {
			ranks[i] = below + at/2
		}
		below += at
		first = last
	}
	for _, i := range order {
		ranks[i] /= below
	}
	return s.alike(ranks, of, group)
}

// alike is the test of the groups of a linear regression of some values.
func (s *Sample) alike(values []float64, of, group *table.Column) Alike {
	const response, groups = "y", "g"
	f, err := ParseFormula(response + " ~ " + groups)
	if err != nil {
		panic("model: " + err.Error())
	}
	fit, ps := s.fit(f, map[string]Variable{response: {Numbers: values}, groups: s.categories(group)})
	if ps == nil {
		var test indicator.Test
		if test, ps = fit.TermTest(groups); ps == nil {
			return Alike{Numbers: test, Unknown: unknown(s.Design, anyError(fit))}
		}
	}
	return Alike{Numbers: indicator.NoTest, Why: "the groups leave no regression of " + of.Variable.Name + " by " + group.Variable.Name}
}

// fit fits a linear model of some variables.
func (s *Sample) fit(f *Formula, of map[string]Variable) (*Fit, refusal.Problems) {
	m, ps := New(f, Gaussian, of, s.In)
	if ps != nil {
		return nil, ps
	}
	fit, ps := Regress(s.Design, m)
	if ps == nil {
		fit.infer(s.By, s.Design)
	}
	return fit, ps
}

// Deviation is the standard deviation of numbers in the population: the root of the weighted
// mean of the squared distances from the mean, times n/(n-1) of the n respondents who have
// one. NaN of fewer than two.
func (s *Sample) Deviation(of *table.Column) float64 {
	values := s.numbers(of)
	in := make([]bool, len(values))
	n := 0
	for i, x := range values {
		if in[i] = !math.IsNaN(x) && s.Design.Weight[i] != 0 && (s.In == nil || s.In[i]); in[i] {
			n++
		} else {
			values[i] = 0
		}
	}
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(estimate.Spread{Of: values, In: in}.Value(s.Design.Weight))
}

// Respondents is how many there are with a weight.
func (s *Sample) Respondents() int {
	n := 0
	for i, w := range s.Design.Weight {
		if w != 0 && (s.In == nil || s.In[i]) {
			n++
		}
	}
	return n
}

// numbers are a column's of the respondents.
func (s *Sample) numbers(of *table.Column) []float64 {
	made := make([]float64, len(s.Design.Rows))
	for i, row := range s.Design.Rows {
		made[i] = of.Number(int(row))
	}
	return made
}
