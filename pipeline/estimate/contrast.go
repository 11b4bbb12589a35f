package estimate

import (
	"fmt"
	"math"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// A Comparison is a value with its limits at Level and the test that it is 0.
// Its statistic is Student's t.
type Comparison struct {
	Value, SE, Lower, Upper float64
	N                       int // respondents behind it
	indicator.Test
}

// compare makes a value's comparison with 0. An error of 0 is no error of a
// sample, so that there is no test.
func compare(value, se, df float64, n int) Comparison {
	c := Comparison{Value: value, SE: se, N: n, Test: indicator.Test{Statistic: value / se, DF: df}}
	method, _ := indicator.IntervalBy(indicator.Wald)
	limits := method.Interval(value, se, df, n, indicator.Level)
	c.Lower, c.Upper = limits.Lower, limits.Upper
	if !(se > 0) {
		c.Statistic = math.NaN()
	}
	c.P = indicator.PValue(c.Statistic, df)
	return c
}

// Contrast is a linear combination of the values, tested with the given
// degrees of freedom: DF of the estimates, or of the whole design.
func (e *Estimates) Contrast(of []float64, df float64) Comparison {
	terms := make([]float64, len(of))
	for i, c := range of {
		terms[i] = float64(c * e.Values[i])
	}
	return compare(total(terms), e.Delta(of), df, e.N)
}

// Trend returns the coefficients of the orthogonal polynomials of degrees 1 to
// the given over scores, such as the years of waves: each of length 1,
// orthogonal to those before it and to a constant. With equally distant scores
// they are those of the usual tables. A contrast by the first is a linear
// trend.
func Trend(scores []float64, degree int) ([][]float64, refusal.Problems) {
	var ps refusal.Problems
	n := float64(len(scores))
	centre, size := total(scores)/n, 0.0
	for _, s := range scores {
		size = max(size, math.Abs(s-centre))
	}
	columns := make([][]float64, degree+1)
	for k := range columns {
		columns[k] = make([]float64, len(scores))
		for i, s := range scores {
			columns[k][i] = math.Pow((s-centre)/size, float64(k))
		}
	}
	for k, kept := range independent(columns) {
		if !kept {
			ps.Add("trend", "%d different scores, want at least %d for degree %d", k, degree+1, degree)
			return nil, ps
		}
	}
	for k, column := range columns {
		for range 2 { // once more, for what rounding leaves
			for _, before := range columns[:k] {
				terms := make([]float64, len(column))
				for i := range column {
					terms[i] = float64(column[i] * before[i])
				}
				dot := total(terms)
				for i := range column {
					column[i] -= float64(dot * before[i])
				}
			}
		}
		by := length(column)
		for i := range column {
			column[i] /= by
		}
	}
	return columns[1:], nil
}

// Slope returns the coefficients of the values that make the slope over their
// scores of the straight line of least squares, all values counting alike: its
// test is that of a linear trend.
func Slope(scores []float64) ([]float64, refusal.Problems) {
	trend, ps := Trend(scores, 1)
	if ps != nil {
		return nil, ps
	}
	rise := make([]float64, len(scores))
	for i, s := range scores {
		rise[i] = float64(trend[0][i] * (s - scores[0]))
	}
	by := total(rise)
	for i := range trend[0] {
		trend[0][i] /= by
	}
	return trend[0], nil
}

// A Linear is a linear combination of statistics of one value each, each of
// which numbers only its own respondents: Rows are their places among all.
type Linear struct {
	Of   []Statistic
	Rows [][]int32
	By   []float64
}

// Within implements Statistic: all respondents.
func (Linear) Within() []bool { return nil }

// Values implements Statistic.
func (l Linear) Values(weight []float64) []float64 {
	terms := make([]float64, len(l.Of))
	for k, s := range l.Of {
		terms[k] = float64(l.By[k] * s.Values(design.Pick(weight, l.Rows[k]))[0])
	}
	return []float64{total(terms)}
}

// Influence implements Statistic.
func (l Linear) Influence(weight, _ []float64) [][]float64 {
	u := make([]float64, len(weight))
	for k, s := range l.Of {
		own := design.Pick(weight, l.Rows[k])
		for n, v := range s.Influence(own, s.Values(own))[0] {
			u[l.Rows[k][n]] += float64(l.By[k] * v)
		}
	}
	return [][]float64{u}
}

// A Gap is the difference between the means of a variable in two groups: that
// of Group less that of the others within. It is also the coefficient of the
// group in a linear regression.
type Gap struct {
	Of    []float64
	Group []bool
	In    []bool
}

// Within implements Statistic.
func (g Gap) Within() []bool { return g.In }

// sides are the two means, that of the group first.
func (g Gap) sides() [2]Mean {
	var in [2][]bool
	for side := range in {
		in[side] = make([]bool, len(g.Of))
		for i := range g.Of {
			in[side][i] = (g.In == nil || g.In[i]) && g.Group[i] == (side == 0)
		}
	}
	return [2]Mean{{[][]float64{g.Of}, in[0]}, {[][]float64{g.Of}, in[1]}}
}

// Values implements Statistic.
func (g Gap) Values(weight []float64) []float64 {
	s := g.sides()
	return []float64{s[0].Values(weight)[0] - s[1].Values(weight)[0]}
}

// Influence implements Statistic.
func (g Gap) Influence(weight, _ []float64) [][]float64 {
	s := g.sides()
	u := s[0].Influence(weight, s[0].Values(weight))
	for i, v := range s[1].Influence(weight, s[1].Values(weight))[0] {
		u[0][i] -= v
	}
	return u
}

// TestMean is the one-sample t-test: whether the mean of a variable is 0 in a
// domain, nil for all. One degree of freedom less than the domain has is left,
// by the convention of R's survey.
func TestMean(d *design.Design, y []float64, in []bool) Comparison {
	e := Of(d, Mean{Of: [][]float64{y}, In: Complete(in, y)})
	return compare(e.Values[0], e.SE(0), d.DomainDF(in)-1, e.N)
}

// TestGap is the two-sample t-test: whether the means of a variable differ
// between the two categories of a group in a domain, nil for all. Its value is
// the mean of the second category less that of the first. The degrees of
// freedom are those of the respondents who have both variables, or with
// replicate weights of the domain, less 1. It refuses a group that has not two
// categories there.
func TestGap(d *design.Design, y []float64, group Variable, in []bool) (Comparison, refusal.Problems) {
	var ps refusal.Problems
	complete := Complete(in, y)
	for i := range complete {
		complete[i] = complete[i] && !group.missing(i)
	}
	labels, code := group.coded(complete)
	if len(labels) != 2 {
		ps.Add("t-test", "categories of the group among those who have both variables: %d%s, want 2", len(labels), listedLabels(labels))
		return Comparison{}, ps
	}
	second := make([]bool, len(code))
	for i, c := range code {
		second[i] = c == 1
	}
	e := Of(d, Gap{Of: y, Group: second, In: complete})
	df := e.DF - 1
	if d.Replicates != nil {
		df = d.DomainDF(in) - 1
	}
	return compare(e.Values[0], e.SE(0), df, e.N), nil
}

// listedLabels shows the first of the labels.
func listedLabels(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	if len(labels) > 5 {
		return fmt.Sprintf(" (%q, ...)", labels[:5])
	}
	return fmt.Sprintf(" (%q)", labels)
}
