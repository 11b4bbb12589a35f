package estimate

import (
	"math"
	"slices"
)

// An early is a model whose iterations stop as R's glm stops them: when a step
// changes the deviance by less than 1e-8 of it. The linearised values are at
// the working weights before the last step, as R's survey takes them.
type early struct {
	*Model
	sample   []float64 // the weights of the sample
	beta     []float64 // its coefficients; nil if there are none
	variance []float64 // of the model's rows, before the last step
}

// newEarly fits the model to a sample, from each response drawn towards the
// middle of its range. Rows are those that R scales the weights to, so that
// their mean is 1.
func newEarly(m *Model, weight []float64, rows float64) *early {
	e := &early{Model: m, sample: weight}
	w := m.weights(weight)
	by := rows / weightOf(weight, m.domain)
	eta := make([]float64, len(w))
	for r, y := range m.y {
		w[r] = float64(w[r] * by)
		switch m.Family {
		case Quasibinomial:
			y = (float64(w[r]*y) + 0.5) / (w[r] + 1)
		case Quasipoisson:
			y += 0.1
		}
		eta[r] = links[m.Family].predictor(y)
	}
	e.beta, e.variance = m.stopEarly(w, eta)
	return e
}

// Values implements Statistic. The weights of a replicate are scaled to a sum
// of 1, and the coefficients begin at those of the sample.
func (e *early) Values(weight []float64) []float64 {
	if e.beta == nil {
		return slices.Repeat([]float64{math.NaN()}, len(e.Names))
	}
	if &weight[0] == &e.sample[0] {
		return slices.Clone(e.beta)
	}
	w := e.weights(weight)
	whole := total(w)
	for r := range w {
		w[r] /= whole
	}
	beta, _ := e.stopEarly(w, e.predictor(e.beta))
	if beta == nil {
		return slices.Repeat([]float64{math.NaN()}, len(e.Names))
	}
	return beta
}

// Influence implements Statistic.
func (e *early) Influence(weight, values []float64) [][]float64 {
	f := e.at(e.weights(weight), values)
	k := links[e.Family]
	for r, eta := range e.predictor(values) {
		f.residual[r] = float64(f.residual[r]/k.variance(eta)) * e.variance[r]
	}
	f.variance = e.variance
	return e.influence(f, len(weight))
}

// stopEarly iterates from a linear predictor, and returns the coefficients
// with the variances that the last step used; nil if there are none.
func (m *Model) stopEarly(w, eta []float64) (beta, variance []float64) {
	const most, enough = 25, 1e-8
	k := links[m.Family]
	deviance := func() float64 {
		terms := make([]float64, len(w))
		for r, y := range m.y {
			terms[r] = float64(w[r] * k.deviance(y, k.mean(eta[r])))
		}
		return total(terms)
	}
	before := deviance()
	for range most {
		f := &fitted{w: w, variance: make([]float64, len(w))}
		working := make([]float64, len(w))
		for r, at := range eta {
			f.variance[r] = k.variance(at)
			working[r] = float64(f.variance[r]*at) + (m.y[r] - k.mean(at))
		}
		l, ok := decompose(m.information(f))
		if !ok {
			return nil, nil
		}
		beta, variance = l.solve(m.score(w, working)), f.variance
		eta = m.predictor(beta)
		after := deviance()
		if math.Abs(after-before)/(math.Abs(after)+0.1) < enough {
			break
		}
		before = after
	}
	return beta, variance
}
