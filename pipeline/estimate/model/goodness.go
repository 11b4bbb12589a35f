package model

import (
	"math"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
)

// A Goodness is whether the categories of a variable have given shares, of whom it is
// asked.
type Goodness struct {
	question.Cell
	Variable   string
	Categories []codebook.Category
	Shares     []float64          // of each category
	Errors     []float64          // of those
	Given      []float64          // the shares that it is held against, which add up to 1
	N          int                // respondents with the variable
	Why        indicator.NoteCode // there is no test

	// RaoScott, FirstOrder and Saddlepoint are as those of an Association, with the
	// generalised design effects under the given shares.
	RaoScott, FirstOrder, Saddlepoint indicator.Test
}

// Fit tests whether the categories of a variable have the shares that are given, by code
// (Rao and Scott 1981): Pearson's statistic of the estimated shares, and the eigenvalues
// of P^-1/2 V P^-1/2 times the respondents, of the given shares P and the covariance V of
// the estimated ones.
func (s *Sample) Fit(m codebook.Margin) Goodness {
	c := s.Categories(m.Variable)
	g := Goodness{Variable: c.Variable.Name, Categories: c.Variable.Categories}
	in := make([]bool, len(s.Design.Rows))
	of := make([][]float64, len(g.Categories))
	for k := range of {
		of[k] = make([]float64, len(in))
	}
	for i, row := range s.Design.Rows {
		code := c.Codes.At(int(row))
		if in[i] = code >= 0 && (s.In == nil || s.In[i]); in[i] {
			of[code][i] = 1
		}
	}
	e := estimate.Of(s.Design, estimate.Mean{Of: of, In: in})
	g.Shares, g.N = e.Values, e.N
	var all []float64
	for _, category := range g.Categories {
		all = append(all, m.Totals[category.Code])
	}
	whole := design.Total(all)
	effects, terms := design.Square(len(of)), make([]float64, len(of))
	n := float64(e.N)
	for k, x := range all {
		g.Given = append(g.Given, x/whole)
		se := e.SE(k)
		if !(se > 0) { // the share does not vary
			se = math.NaN()
		}
		g.Errors = append(g.Errors, se)
	}
	for k, p := range g.Given {
		terms[k] = float64((g.Shares[k]-p)*(g.Shares[k]-p)) / p
		for j := range of {
			effects[k][j] = float64(n*e.Covariance[k][j]) / math.Sqrt(float64(p*g.Given[j]))
		}
	}
	pearson := float64(n * design.Total(terms))
	lambda := eigenvalues(effects)
	if len(lambda) > 1 {
		lambda = lambda[:len(lambda)-1] // the last is 0: shares add up to 1
	}
	var squares []float64
	for _, l := range lambda {
		squares = append(squares, float64(l*l))
	}
	trace := design.Total(lambda)
	g.Why = untested(s.Design, trace)
	if g.Why != "" {
		g.RaoScott, g.FirstOrder, g.Saddlepoint = indicator.NoTest, indicator.NoTest, indicator.NoTest
		return g
	}
	df := float64(trace*trace) / design.Total(squares)
	denominator := float64(df * s.Design.DomainDF(s.In))
	g.RaoScott = indicator.FTest(pearson/trace, df, denominator)
	g.FirstOrder = indicator.ChiTest(pearson/(trace/float64(len(lambda))), float64(len(lambda)))
	g.Saddlepoint = saddlepointTest(pearson, lambda, denominator)
	return g
}
