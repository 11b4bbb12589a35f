package weigh

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// A Margin is the known population totals of the categories of a variable, or
// of several crossed.
type Margin struct {
	Name  string             // of the variable, for problems
	Label []string           // the category of each of the design's Rows
	Total map[string]float64 // of each category, the population
}

// Controls are the totals of a margin as those of its categories' indicator
// variables, in the order of the labels.
func (m Margin) Controls() []Control {
	labels, categories := m.categories()
	controls := make([]Control, len(labels))
	for k, label := range labels {
		controls[k] = Control{Name: m.Name + "=" + label, Of: make([]float64, len(m.Label)), Total: m.Total[label]}
	}
	for i, k := range categories {
		if k >= 0 {
			controls[k].Of[i] = 1
		}
	}
	return controls
}

// categories are those that have a total, in the order of their labels, and which of them
// each respondent is of; -1 for none.
func (m Margin) categories() (labels []string, of []int32) {
	labels = slices.Sorted(maps.Keys(m.Total))
	number := map[string]int32{}
	for k, label := range labels {
		number[label] = int32(k)
	}
	of = make([]int32, len(m.Label))
	for i, label := range m.Label {
		k, known := number[label]
		if of[i] = k; !known {
			of[i] = -1
		}
	}
	return labels, of
}

// A Control is a known population total of a variable.
type Control struct {
	Name  string    // of the variable, for problems
	Of    []float64 // the variable, of each of the design's Rows
	Total float64
}

// cells divide the respondents by the categories of a margin.
type cells struct {
	where  string
	labels []string
	wants  []float64 // of each cell, its population
	of     []int32   // of each respondent, the cell
}

// cells reads a margin, or says what is wrong with it: a total that is no
// number or negative, a respondent without a category that has a total, and a
// total without respondents.
func cellsOf(d *design.Design, m Margin) (*cells, refusal.Problems) {
	var ps refusal.Problems
	c := &cells{where: fmt.Sprintf("margin %q", m.Name)}
	c.labels, c.of = m.categories()
	for _, label := range c.labels {
		want := m.Total[label]
		c.wants = append(c.wants, want)
		if !(want >= 0) || math.IsInf(want, 0) {
			ps.Add(c.where, "total of %q is %g, want a population", label, want)
		}
	}
	without, met := map[string]int{}, make([]bool, len(c.labels))
	for i, k := range c.of {
		if c.of[i] = max(k, 0); d.Weight[i] == 0 {
			continue
		}
		if k < 0 || c.wants[k] == 0 {
			without[m.Label[i]]++
			continue
		}
		met[k] = true
	}
	for _, label := range slices.Sorted(maps.Keys(without)) {
		if label == "" {
			ps.AddHint("make them a category of their own, or impute one", c.where, "%s without a category, want one of each", refusal.Respondents(without[label]))
			continue
		}
		ps.Add(c.where, "%s in %s, which has no population", refusal.Respondents(without[label]), refusal.Category(label, 0))
	}
	for k, label := range c.labels {
		if !met[k] && c.wants[k] > 0 {
			ps.AddHint("merge the category with another", c.where, "no respondents in %s in the population", refusal.Category(label, c.wants[k]))
		}
	}
	return c, ps
}

// factors are what each cell's weights must be multiplied by to add up to its
// population. Where none of a cell has a weight, it is named.
func (c *cells) factors(weight []float64, which string) ([]float64, refusal.Problems) {
	var ps refusal.Problems
	factors := design.Totals(c.of, len(c.wants), weight)
	for k, sum := range factors {
		if factors[k] = c.wants[k] / sum; sum == 0 {
			factors[k] = 0
			if c.wants[k] > 0 {
				ps.AddHint("merge the category with another", c.where, "%s have no weight in %s in the population", which, refusal.Category(c.labels[k], c.wants[k]))
			}
		}
	}
	return factors, ps
}
