package estimate

import (
	"math"

	"togetherwecan/pipeline/design"
)

// A Total is the weighted totals of variables, each of n respondents.
type Total struct {
	Of [][]float64
	In []bool
}

// Within implements Statistic.
func (t Total) Within() []bool { return t.In }

// Values implements Statistic.
func (t Total) Values(weight []float64) []float64 {
	values := make([]float64, len(t.Of))
	for j, y := range t.Of {
		values[j] = weightedSum(weight, y, t.In)
	}
	return values
}

// Influence implements Statistic: y itself.
func (t Total) Influence(_, _ []float64) [][]float64 {
	u := make([][]float64, len(t.Of))
	for j, y := range t.Of {
		u[j] = make([]float64, len(y))
		for i := range y {
			if t.In == nil || t.In[i] {
				u[j][i] = y[i]
			}
		}
	}
	return u
}

func (t Total) byGroup(weight []float64, group []int32, groups int) func(factors []float64) []float64 {
	return Total{Of: groupedEach(weight, t.Of, t.In, group, groups)}.Values
}

func (t Total) part(rows []int32) Statistic { return Total{Of: pickEach(t.Of, rows)} }

// A Mean is the weighted means of variables, all of the same respondents. The
// mean of an indicator variable is a proportion.
type Mean struct {
	Of [][]float64
	In []bool
}

// Within implements Statistic.
func (m Mean) Within() []bool { return m.In }

// Values implements Statistic.
func (m Mean) Values(weight []float64) []float64 {
	whole := weightOf(weight, m.In)
	values := make([]float64, len(m.Of))
	for j, y := range m.Of {
		values[j] = weightedSum(weight, y, m.In) / whole
	}
	return values
}

// Influence implements Statistic: (y - mean) / W.
func (m Mean) Influence(weight, values []float64) [][]float64 {
	whole := weightOf(weight, m.In)
	u := make([][]float64, len(m.Of))
	for j, y := range m.Of {
		u[j] = make([]float64, len(y))
		for i := range y {
			if m.In == nil || m.In[i] {
				u[j][i] = (y[i] - values[j]) / whole
			}
		}
	}
	return u
}

func (m Mean) byGroup(weight []float64, group []int32, groups int) func(factors []float64) []float64 {
	of := Total{Of: groupedEach(weight, m.Of, m.In, group, groups)}
	over := grouped(weight, nil, m.In, group, groups)
	return func(factors []float64) []float64 {
		values, whole := of.Values(factors), weightedSum(factors, over, nil)
		for j := range values {
			values[j] /= whole
		}
		return values
	}
}

func (m Mean) part(rows []int32) Statistic { return Mean{Of: pickEach(m.Of, rows)} }

// A Ratio is the ratio of the weighted totals of two variables.
type Ratio struct {
	Of, Over []float64
	In       []bool
}

// Within implements Statistic.
func (r Ratio) Within() []bool { return r.In }

// Values implements Statistic.
func (r Ratio) Values(weight []float64) []float64 {
	return []float64{weightedSum(weight, r.Of, r.In) / weightedSum(weight, r.Over, r.In)}
}

// Influence implements Statistic: (y - R x) / X.
func (r Ratio) Influence(weight, values []float64) [][]float64 {
	over := weightedSum(weight, r.Over, r.In)
	u := make([]float64, len(r.Of))
	for i := range u {
		if r.In == nil || r.In[i] {
			u[i] = (r.Of[i] - float64(values[0]*r.Over[i])) / over
		}
	}
	return [][]float64{u}
}

func (r Ratio) byGroup(weight []float64, group []int32, groups int) func(factors []float64) []float64 {
	return Ratio{Of: grouped(weight, r.Of, r.In, group, groups), Over: grouped(weight, r.Over, r.In, group, groups)}.Values
}

func (r Ratio) part(rows []int32) Statistic {
	return Ratio{Of: design.Pick(r.Of, rows), Over: design.Pick(r.Over, rows)}
}

// grouped are the sums of w times y, nil for 1, over the respondents of each group within.
func grouped(weight, y []float64, in []bool, group []int32, groups int) []float64 {
	terms := make([]float64, len(weight))
	for i, w := range weight {
		if w == 0 || in != nil && !in[i] {
			continue
		}
		if terms[i] = w; y != nil {
			terms[i] = float64(w * y[i])
		}
	}
	return design.Totals(group, groups, terms)
}

// groupedEach are those of each variable.
func groupedEach(weight []float64, of [][]float64, in []bool, group []int32, groups int) [][]float64 {
	made := make([][]float64, len(of))
	for j, y := range of {
		made[j] = grouped(weight, y, in, group, groups)
	}
	return made
}

// pickEach are the values of some respondents, of each variable.
func pickEach(variables [][]float64, rows []int32) [][]float64 {
	picked := make([][]float64, len(variables))
	for j, y := range variables {
		picked[j] = design.Pick(y, rows)
	}
	return picked
}

// A Spread is the population variance of a variable: the weighted mean of the
// squared distances from the mean, times n/(n-1), where n counts the respondents
// within.
type Spread struct {
	Of []float64
	In []bool
}

// squares are the squared distances times n/(n-1), whose mean the spread is.
func (s Spread) squares(weight []float64) Mean {
	n := 0.0
	for i := range weight {
		if s.In == nil || s.In[i] {
			n++
		}
	}
	mean := Mean{[][]float64{s.Of}, s.In}.Values(weight)[0]
	squares := make([]float64, len(s.Of))
	for i, y := range s.Of {
		squares[i] = float64((y-mean)*(y-mean)) * n / (n - 1)
	}
	return Mean{[][]float64{squares}, s.In}
}

// Value is the variance under the weights of the respondents.
func (s Spread) Value(weight []float64) float64 { return s.squares(weight).Values(weight)[0] }

// Joint is several statistics, each within its own domain, so that the
// covariance of their values is known. Together they are of all respondents:
// where a stratum with one PSU is adjusted or takes an average, that is of the
// whole design, and the error of a part can differ from that of it alone.
type Joint []Statistic

// Within implements Statistic: all respondents.
func (j Joint) Within() []bool { return nil }

// Values implements Statistic.
func (j Joint) Values(weight []float64) []float64 {
	var values []float64
	for _, s := range j {
		values = append(values, s.Values(weight)...)
	}
	return values
}

// Influence implements Statistic.
func (j Joint) Influence(weight, values []float64) [][]float64 {
	var u [][]float64
	for _, s := range j {
		own := len(s.Values(weight))
		u = append(u, s.Influence(weight, values[:own])...)
		values = values[own:]
	}
	return u
}

// weightedSum is the sum of w times y over the respondents within.
func weightedSum(weight, y []float64, in []bool) float64 {
	largest := 0.0
	for i, w := range weight {
		if w != 0 && (in == nil || in[i]) {
			largest = larger(largest, w*y[i])
		}
	}
	by := design.Unit(largest)
	if math.IsNaN(by) {
		return by
	}
	var a design.Adder
	for i, w := range weight {
		if w != 0 && (in == nil || in[i]) {
			a.Add(float64(w*y[i]) * by)
		}
	}
	return a.Sum().Value() / by
}

// weightOf is the sum of the weights within.
func weightOf(weight []float64, in []bool) float64 {
	if in == nil {
		return total(weight)
	}
	largest := 0.0
	for i, w := range weight {
		if in[i] {
			largest = larger(largest, w)
		}
	}
	by := design.Unit(largest)
	if math.IsNaN(by) {
		return by
	}
	var a design.Adder
	for i, w := range weight {
		if in[i] {
			a.Add(w * by)
		}
	}
	return a.Sum().Value() / by
}

// larger is the larger of a size and that of x; NaN if x is.
func larger(size, x float64) float64 {
	if x = math.Abs(x); x > size || math.IsNaN(x) {
		return x
	}
	return size
}

// Complete returns the respondents within for whom every variable has a value.
func Complete(in []bool, variables ...[]float64) []bool {
	if len(variables) == 0 {
		return in
	}
	within := make([]bool, len(variables[0]))
	for i := range within {
		within[i] = in == nil || in[i]
		for _, y := range variables {
			within[i] = within[i] && !math.IsNaN(y[i])
		}
	}
	return within
}
