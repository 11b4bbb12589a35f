package model

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
)

// A link is a family at a value of the linear predictor: the response's
// quasi-likelihood except for a constant (fit), of which the residual is the
// derivative, and the mean, of which the variance is (McCullagh and Nelder 1989,
// section 2.2). A mean near 1 is as exact as one near 0: what is left of either is
// not a difference.
type link struct {
	at             func(y, eta float64) (fit, residual, variance float64)
	mean, variance func(eta float64) float64
	predictor      func(mean float64) float64 // the inverse of mean
	bend           func(eta float64) float64  // the derivative of the variance, over the variance
}

var links = map[Family]link{
	Gaussian: {
		at: func(y, eta float64) (fit, residual, variance float64) {
			return float64(y*eta) - float64(eta*eta)/2, y - eta, 1
		},
		mean:      func(eta float64) float64 { return eta },
		variance:  func(float64) float64 { return 1 },
		predictor: func(mean float64) float64 { return mean },
		bend:      func(float64) float64 { return 0 },
	},
	Quasibinomial: {
		at: func(y, eta float64) (fit, residual, variance float64) {
			up, down := math.Exp(eta), math.Exp(-eta)
			rest := math.Log1p(min(up, down))
			more, less := max(eta, 0)+rest, max(-eta, 0)+rest // log(1 + exp(eta)), and of -eta
			return -float64(y*less) - float64((1-y)*more), float64(y*(1/(1+up))) - float64((1-y)*(1/(1+down))), 1 / ((1 + down) * (1 + up))
		},
		mean:      func(eta float64) float64 { return 1 / (1 + math.Exp(-eta)) },
		variance:  func(eta float64) float64 { return 1 / ((1 + math.Exp(-eta)) * (1 + math.Exp(eta))) },
		predictor: func(mean float64) float64 { return math.Log(mean / (1 - mean)) },
		bend:      func(eta float64) float64 { return -math.Tanh(eta / 2) },
	},
	Quasipoisson: {
		at: func(y, eta float64) (fit, residual, variance float64) {
			mean := math.Exp(eta)
			return float64(y*eta) - mean, y - mean, mean
		},
		mean: math.Exp, variance: math.Exp, predictor: math.Log, bend: func(float64) float64 { return 1 },
	},
}

// Within implements Statistic: those of the domain who have all variables.
func (m *Model) Within() []bool { return m.in }

// Values implements Statistic: the coefficients, at which the weighted sums of
// each column times the response less its mean are 0. They are NaN where there
// are none; see Regress.
func (m *Model) Values(weight []float64) []float64 {
	beta, _ := m.solve(weight)
	if beta == nil {
		return slices.Repeat([]float64{math.NaN()}, len(m.Names))
	}
	return beta
}

// Influence implements Statistic: A^-1 x (y - mean), where A is the sum of the
// weighted variances times x x' (Binder 1983).
func (m *Model) Influence(weight, values []float64) [][]float64 {
	return m.influence(m.at(m.weights(weight), values), len(weight))
}

// influence makes the linearised values of n respondents.
func (m *Model) influence(at *point, n int) [][]float64 {
	u := make([][]float64, len(m.Names))
	for j := range u {
		u[j] = make([]float64, n)
	}
	l, ok := decompose(m.information(at))
	if !ok {
		for j := range u {
			u[j] = slices.Repeat([]float64{math.NaN()}, n)
		}
		return u
	}
	x := make([]float64, len(m.Names))
	for r, i := range m.rows {
		for j := range m.x {
			x[j] = float64(m.x[j][r] * at.residual[r])
		}
		m.cutScores(at, r, x[len(m.x):])
		for j, v := range l.solve(x) {
			u[j][i] = v
		}
	}
	return u
}

// Sizes implements estimate.Sizer: a coefficient's terms are A^-1 x times the response
// and its mean, each as large as the terms of its linear predictor make it.
func (m *Model) Sizes(weight, values []float64) []float64 {
	at := m.at(m.weights(weight), values)
	for r, eta := range m.predictor(values) {
		terms := 0.0
		for j, x := range m.x {
			terms += math.Abs(float64(values[j] * x[r]))
		}
		if m.Family == Ordinal {
			at.residual[r] = 1 + float64(at.variance[r]*terms)
			continue
		}
		at.residual[r] = math.Abs(m.y[r]) + math.Abs(links[m.Family].mean(eta)) + float64(at.variance[r]*terms)
	}
	sizes := make([]float64, len(values))
	for j, u := range m.influence(at, len(weight)) {
		for i, w := range weight {
			u[i] = float64(u[i] * w)
		}
		sizes[j] = design.Size(u)
	}
	return sizes
}

// A point is a model at given coefficients.
type point struct {
	w        []float64 // of the model's rows
	residual []float64 // response less mean
	variance []float64 // by the family
	fit      float64   // the quasi-likelihood, except for a constant

	upper, lower []cut // of an ordinal model: what the likelihood says of the cutpoints above and below a row's category
}

func (m *Model) weights(weight []float64) []float64 {
	w := make([]float64, len(m.rows))
	for r, i := range m.rows {
		w[r] = weight[i]
	}
	return w
}

func (m *Model) predictor(beta []float64) []float64 {
	eta := make([]float64, len(m.rows))
	copy(eta, m.offset)
	for j, column := range m.x {
		b := beta[j]
		for r, x := range column {
			eta[r] += float64(b * x)
		}
	}
	return eta
}

func (m *Model) at(w, beta []float64) *point {
	if m.Family == Ordinal {
		return m.atCuts(w, beta)
	}
	k := links[m.Family]
	f := &point{w: w, residual: make([]float64, len(w)), variance: make([]float64, len(w))}
	terms := make([]float64, len(w))
	for r, eta := range m.predictor(beta) {
		fit, residual, variance := k.at(m.y[r], eta)
		f.residual[r], f.variance[r], terms[r] = residual, variance, float64(w[r]*fit)
	}
	f.fit = design.Total(terms)
	return f
}

// information is the sum of the weighted variances times x x'.
func (m *Model) information(f *point) [][]float64 {
	by := make([]float64, 0, len(f.w))
	terms := make([]float64, 0, len(f.w))
	a := design.Square(len(m.Names))
	for j, rows := range m.nonzero {
		by = by[:0]
		for _, r := range rows {
			by = append(by, float64(float64(f.w[r]*f.variance[r])*m.x[j][r]))
		}
		for k := range j + 1 {
			terms = terms[:0]
			column := m.x[k]
			for n, r := range rows {
				if x := column[r]; x != 0 {
					terms = append(terms, float64(by[n]*x))
				}
			}
			a[j][k] = design.Total(terms)
			a[k][j] = a[j][k]
		}
	}
	m.cutInformation(f, a)
	return a
}

// score is the weighted sum of x times what is given of each row, and what the rows say of
// cutpoints.
func (m *Model) score(f *point, of []float64) []float64 {
	w := f.w
	terms := make([]float64, 0, len(w))
	s := make([]float64, len(m.Names))
	for j, rows := range m.nonzero {
		terms = terms[:0]
		for _, r := range rows {
			terms = append(terms, float64(float64(w[r]*of[r])*m.x[j][r]))
		}
		s[j] = design.Total(terms)
	}
	m.cutScore(f, s)
	return s
}

// solve returns the coefficients by Newton's method, which for these links is
// iteratively reweighted least squares (McCullagh and Nelder 1989, section
// 2.5), to the last digits that rounding leaves. Where there are none, it
// returns nil and the coefficient that runs away, -1 if none does.
func (m *Model) solve(weight []float64) (beta []float64, away int) {
	if left := m.weighed(weight); len(left) < len(m.Levels) {
		return m.solveOf(left, weight)
	}
	const most, halvings = 60, 40 // steps
	// enough is a step of a coefficient, times the size of its column, in units
	// of the predictor. The next would be about its square, or in a linear
	// model what rounding leaves.
	enough := 1e-7
	w := m.weights(weight)
	size := slices.Repeat([]float64{1}, len(m.Names))
	for j, x := range m.x {
		size[j] = length(x) / math.Sqrt(float64(len(x)))
	}
	unitOf := 1.0
	if m.Family == Gaussian {
		enough = 1e-10
		if unitOf = length(m.y) / math.Sqrt(float64(len(m.y))); unitOf == 0 {
			unitOf = 1
		}
	}
	beta = slices.Clone(m.start)
	if beta == nil {
		if beta = m.first(w); beta == nil {
			return nil, -1
		}
	}
	f := m.at(w, beta)
	var l cholesky
	for range most {
		if l == nil || m.Family != Gaussian { // whose information is the same at all coefficients
			var ok bool
			if l, ok = decompose(m.information(f)); !ok {
				return nil, m.certain(f, beta, size)
			}
		}
		step := l.solve(m.score(f, f.residual))
		largest := 0.0
		for j, s := range step {
			largest = max(largest, math.Abs(s)*size[j]/unitOf)
		}
		away = m.largest(step, size)
		next, moved := f, slices.Clone(beta)
		for by, n := 1.0, 0; ; by, n = by/2, n+1 {
			for j := range moved {
				moved[j] = beta[j] + float64(by*step[j])
			}
			next = m.at(w, moved)
			if next.fit >= f.fit-float64(1e-12*math.Abs(f.fit)) || largest < 1e-6 {
				break
			}
			if n == halvings {
				return nil, away
			}
		}
		beta, f = moved, next
		if largest < enough {
			return beta, -1
		}
	}
	return nil, away
}

// certain returns the coefficient that runs away, of columns that are told
// apart until responses are told with certainty and leave no information; or
// else -1.
func (m *Model) certain(f *point, beta, size []float64) int {
	if _, ok := decompose(m.information(f.flat())); !ok {
		return -1
	}
	return m.largest(beta, size)
}

// flat is the point with the same information in every row, of an ordinal model in every
// category too.
func (f *point) flat() *point {
	made := &point{w: f.w, variance: slices.Repeat([]float64{1}, len(f.w))}
	if f.upper != nil {
		made.upper, made.lower = make([]cut, len(f.w)), make([]cut, len(f.w))
		for r := range f.w {
			made.upper[r].square, made.lower[r].square = 1, 1
		}
	}
	return made
}

func (m *Model) offsetOf(r int) float64 {
	if m.offset == nil {
		return 0
	}
	return m.offset[r]
}

// largest returns which coefficient is the largest in size, times that of its
// column; not the intercept or a cutpoint, which go with others, unless they are alone.
func (m *Model) largest(beta, size []float64) int {
	largest := 0
	for j := range beta[:max(len(m.x), 1)] {
		if j > 0 && m.Terms[largest] < 0 || math.Abs(beta[j])*size[j] > math.Abs(beta[largest])*size[largest] {
			largest = j
		}
	}
	return largest
}

// first returns coefficients to begin with: those of the working response at
// means half way between the response and its mean; nil if there are none.
func (m *Model) first(w []float64) []float64 {
	if m.Family == Ordinal {
		return m.firstCuts(w)
	}
	k := links[m.Family]
	terms := make([]float64, len(w))
	for r := range w {
		terms[r] = float64(w[r] * m.y[r])
	}
	mean := design.Total(terms) / design.Total(w)
	if math.IsNaN(mean) || m.Family != Gaussian && (mean == 0 || mean == 1 && m.Family == Quasibinomial) {
		return nil
	}
	f := &point{w: w, variance: make([]float64, len(w))}
	working := make([]float64, len(w))
	for r, y := range m.y {
		if m.Family == Gaussian {
			f.variance[r], working[r] = 1, y-m.offsetOf(r)
			continue
		}
		eta := k.predictor((y + mean) / 2)
		f.variance[r] = k.variance(eta)
		working[r] = float64(f.variance[r]*(eta-m.offsetOf(r))) + (y-mean)/2
	}
	l, ok := decompose(m.information(f))
	if !ok {
		return nil
	}
	return l.solve(m.score(f, working))
}
