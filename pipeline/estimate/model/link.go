package model

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// A link is a family at a value of the linear predictor: the quasi-likelihood except for
// a constant (fit) of respondents of weight w together whose weighted responses add up to y,
// of which the residual is the derivative, and the mean, of which the variance is
// (McCullagh and Nelder 1989, section 2.2). A mean near 1 is as exact as one near 0:
// what is left of either is not a difference.
type link struct {
	at             func(w, y, eta float64) (fit, residual, variance float64)
	mean, variance func(eta float64) float64
	predictor      func(mean float64) float64 // the inverse of mean
	bend           func(eta float64) float64  // the derivative of the variance, over the variance
}

var links = map[Family]link{
	Gaussian: {
		at: func(w, y, eta float64) (fit, residual, variance float64) {
			return float64(y*eta) - float64(float64(w*eta)*eta)/2, y - float64(w*eta), w
		},
		mean:      func(eta float64) float64 { return eta },
		variance:  func(float64) float64 { return 1 },
		predictor: func(mean float64) float64 { return mean },
		bend:      func(float64) float64 { return 0 },
	},
	Quasibinomial: {
		at: func(w, y, eta float64) (fit, residual, variance float64) {
			up, down := math.Exp(eta), math.Exp(-eta)
			rest := math.Log1p(min(up, down))
			more, less := max(eta, 0)+rest, max(-eta, 0)+rest // log(1 + exp(eta)), and of -eta
			return -float64(y*less) - float64((w-y)*more), float64(y*(1/(1+up))) - float64((w-y)*(1/(1+down))), w / ((1 + down) * (1 + up))
		},
		mean:      func(eta float64) float64 { return 1 / (1 + math.Exp(-eta)) },
		variance:  func(eta float64) float64 { return 1 / ((1 + math.Exp(-eta)) * (1 + math.Exp(eta))) },
		predictor: func(mean float64) float64 { return math.Log(mean / (1 - mean)) },
		bend:      func(eta float64) float64 { return -math.Tanh(eta / 2) },
	},
	Quasipoisson: {
		at: func(w, y, eta float64) (fit, residual, variance float64) {
			mean := float64(w * math.Exp(eta))
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

// Scores implements estimate.Scorer: A^-1 x (y - mean), where A is the sum of the
// weighted variances times x x' (Binder 1983).
func (m *Model) Scores(weight, values []float64) *estimate.Scores {
	s := &estimate.Scores{Cell: m.cell, Cells: m.sparse, Scaled: len(m.Names), By: m.inverse(m.at(m.sums(weight), values))}
	switch {
	case m.reduction != nil:
		s.Residual = m.reduction.residual
		return s
	case m.Levels == nil:
		s.Residual = m.residuals(values)
		return s
	}
	one := m.alone(values)
	s.Residual, s.Cells = slices.Repeat([]float64{1}, len(m.cell)), m.withCuts(one, one.residual)
	return s
}

// inverse is that of the information; NaN where there is none.
func (m *Model) inverse(at *point) [][]float64 {
	made := design.Square(len(m.Names))
	l, ok := decompose(m.information(at))
	for j := range made {
		if !ok {
			made[j] = slices.Repeat([]float64{math.NaN()}, len(made))
			continue
		}
		made[j][j] = 1
		made[j] = l.solve(made[j])
	}
	return made
}

// residuals are the responses less their means, of each respondent; 0 of those outside.
func (m *Model) residuals(values []float64) []float64 {
	made, at, eta := make([]float64, len(m.cell)), links[m.Family].at, m.predictor(values)
	var known [2][]float64 // of each cell, the residuals of responses of 0 and 1
	for y := range known {
		known[y] = make([]float64, len(eta))
		for r := range eta {
			_, known[y][r], _ = at(1, float64(y), eta[r])
		}
	}
	for i, r := range m.cell {
		switch {
		case r < 0:
		case m.y[i] == 0:
			made[i] = known[0][r]
		case m.y[i] == 1:
			made[i] = known[1][r]
		default:
			_, made[i], _ = at(1, m.y[i], eta[r])
		}
	}
	return made
}

// Influence implements Statistic: the scores of each respondent.
func (m *Model) Influence(weight, values []float64) [][]float64 {
	return m.Scores(weight, values).Each()
}

// Sizes implements estimate.Sizer: a coefficient's terms are A^-1 x times the response
// and its mean, each as large as the terms of its linear predictor make it.
func (m *Model) Sizes(weight, values []float64) []float64 {
	s := &estimate.Scores{Cell: m.cell, Cells: m.sparse, Scaled: len(m.Names), By: m.inverse(m.at(m.sums(weight), values))}
	s.Residual = slices.Repeat([]float64{1}, len(m.cell))
	of := make([]float64, len(m.rows)) // of cells
	for r := range of {
		columns, xs := m.sparse.Row(int32(r))
		for n, j := range columns {
			of[r] += math.Abs(float64(values[j] * xs[n]))
		}
	}
	if m.Levels != nil {
		one := m.alone(values)
		for r := range of {
			of[r] = 1 + float64(one.variance[r]*of[r])
		}
		s.Cells = m.withCuts(one, of)
		return s.Sizes(weight)
	}
	for r, eta := range m.predictor(values) {
		of[r] = math.Abs(links[m.Family].mean(eta)) + float64(links[m.Family].variance(eta)*of[r])
	}
	for i, r := range m.cell {
		if r >= 0 {
			s.Residual[i] = math.Abs(m.y[i]) + of[r]
		}
	}
	return s.Sizes(weight)
}

// A point is a model at given coefficients, of cells.
type point struct {
	w        []float64
	residual []float64 // response less mean, weighted
	variance []float64 // by the family, weighted
	fit      float64   // the quasi-likelihood, except for a constant

	upper, lower []cut // of an ordinal model: what the likelihood says of the cutpoints above and below a cell's category
}

// Sums are of cells: the weights, and the weighted responses.
type sums struct{ w, y []float64 }

func (m *Model) sums(weight []float64) *sums {
	s := &sums{w: m.weights(weight)}
	if m.Levels == nil {
		s.y = m.totals(func(i int32) float64 { return float64(weight[i] * m.y[i]) })
	}
	return s
}

func (m *Model) predictor(beta []float64) []float64 {
	eta := make([]float64, len(m.rows))
	copy(eta, m.offset)
	for r := range eta {
		columns, xs := m.sparse.Row(int32(r))
		for n, j := range columns {
			eta[r] += float64(beta[j] * xs[n])
		}
	}
	return eta
}

func (m *Model) at(of *sums, beta []float64) *point {
	if m.Family == Ordinal {
		return m.atCuts(of.w, beta)
	}
	k := links[m.Family]
	f := &point{w: of.w, residual: make([]float64, len(of.w)), variance: make([]float64, len(of.w))}
	terms := make([]float64, len(of.w))
	for r, eta := range m.predictor(beta) {
		terms[r], f.residual[r], f.variance[r] = k.at(of.w[r], of.y[r], eta)
	}
	f.fit = design.Total(terms)
	return f
}

// scaled are units of the columns, and of a number of each cell: what is multiplied by them
// is at most 1 in size.
func (m *Model) scaled(of []float64) (columns []float64, by float64) {
	columns = make([]float64, len(m.x))
	for n, j := range m.sparse.Column {
		columns[j] = max(columns[j], math.Abs(m.sparse.X[n]))
	}
	for j := range columns {
		columns[j] = design.Unit(columns[j])
	}
	return columns, design.Unit(design.Largest(of))
}

// information is the sum of the weighted variances times x x'.
func (m *Model) information(f *point) [][]float64 {
	a := design.Square(len(m.Names))
	columns, by := m.scaled(f.variance)
	k := len(m.x)
	sums := make([]design.Adder, k*k)
	for r, v := range f.variance {
		if v == 0 {
			continue
		}
		in, xs := m.sparse.Row(int32(r))
		for n, j := range in {
			x := float64(float64(v*by) * float64(xs[n]*columns[j]))
			row := sums[int(j)*k:]
			for n, j := range in[:n+1] {
				row[j].Add(float64(x * float64(xs[n]*columns[j])))
			}
		}
	}
	for j := range k {
		for i := range j + 1 {
			a[j][i] = sums[j*k+i].Sum().Value() / by / columns[j] / columns[i]
			a[i][j] = a[j][i]
		}
	}
	m.cutInformation(f, a)
	return a
}

// score is the sum of x times what is given of each cell, weighted, and what the cells say of
// cutpoints.
func (m *Model) score(f *point, of []float64) []float64 {
	s := make([]float64, len(m.Names))
	columns, by := m.scaled(of)
	sums := make([]design.Adder, len(m.x))
	for r, v := range of {
		in, xs := m.sparse.Row(int32(r))
		for n, j := range in {
			sums[j].Add(float64(float64(v*by) * float64(xs[n]*columns[j])))
		}
	}
	for j := range sums {
		s[j] = sums[j].Sum().Value() / by / columns[j]
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
	w := m.sums(weight)
	size := slices.Repeat([]float64{1}, len(m.Names))
	for j, x := range m.repeated(m.x) {
		size[j] = length(x) / math.Sqrt(float64(m.respondents))
	}
	unitOf := 1.0
	if m.Family == Gaussian {
		enough = 1e-10
		within := make([]float64, 0, m.respondents)
		for i, y := range m.y {
			if m.in[i] {
				within = append(within, y)
			}
		}
		if unitOf = length(within) / math.Sqrt(float64(len(within))); unitOf == 0 {
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

// flat is the point with the same information in every respondent, of an ordinal model in
// every category too.
func (f *point) flat() *point {
	made := &point{w: f.w, variance: f.w}
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
func (m *Model) first(of *sums) []float64 {
	if m.Family == Ordinal {
		return m.firstCuts(of.w)
	}
	k := links[m.Family]
	mean := design.Total(of.y) / design.Total(of.w)
	if math.IsNaN(mean) || m.Family != Gaussian && (mean == 0 || mean == 1 && m.Family == Quasibinomial) {
		return nil
	}
	f := &point{w: of.w, variance: make([]float64, len(of.w))}
	working := make([]float64, len(of.w))
	for r, w := range of.w {
		if m.Family == Gaussian {
			f.variance[r], working[r] = w, of.y[r]-float64(w*m.offsetOf(r))
			continue
		}
		if w == 0 {
			continue
		}
		eta := k.predictor((of.y[r]/w + mean) / 2)
		f.variance[r] = float64(w * k.variance(eta))
		working[r] = float64(f.variance[r]*(eta-m.offsetOf(r))) + (of.y[r]-float64(w*mean))/2
	}
	l, ok := decompose(m.information(f))
	if !ok {
		return nil
	}
	return l.solve(m.score(f, working))
}
