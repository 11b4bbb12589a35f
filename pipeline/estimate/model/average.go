package model

import (
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/question"
)

// An average is of a model's predictions with one variable at a value, or of their slopes
// by one.
type average struct {
	name, label, variable, outcome string
	reference                      bool // the others of its variable and outcome are held against it

	x      [][]float64 // the columns of the model at the value
	offset []float64   // of rows; nil for none
	level  int         // of an ordinal model, the category whose probability is predicted
	slope  bool
	rate   [][]float64 // of a slope, the derivatives of the columns
	add    []float64   // of a slope, that of the offset; nil for none
}

// averages are the averages of a model as a Statistic: sums over the respondents in the
// model, weighted, over their weights.
type averages struct {
	model *Model
	of    []*average
}

// Within implements Statistic.
func (a *averages) Within() []bool { return a.model.in }

// rows are what is averaged of each of the model's rows, and its derivatives by the
// coefficients, which are given to put.
func (m *Model) rowsOf(a *average, beta []float64, put func(r int, gradient []float64)) []float64 {
	made := make([]float64, len(m.rows))
	gradient := make([]float64, len(beta))
	cuts := beta[len(m.x):]
	for r := range made {
		eta := 0.0
		if a.offset != nil {
			eta = a.offset[r]
		}
		for j, x := range a.x {
			eta += float64(beta[j] * x[r])
		}
		var value, first, second, above, below float64 // the mean and its derivatives by eta; the densities at the cutpoints
		var turnAbove, turnBelow float64               // their derivatives
		if m.Family == Ordinal {
			cut := func(k int) (p, density, turn float64) {
				p = logistic(cuts[k] - eta)
				density = float64(p * logistic(eta-cuts[k]))
				return p, density, float64(density * (1 - 2*p))
			}
			p := 1.0
			if a.level < len(cuts) {
				p, above, turnAbove = cut(a.level)
			}
			less := 0.0
			if a.level > 0 {
				less, below, turnBelow = cut(a.level - 1)
			}
			value, first, second = p-less, below-above, turnAbove-turnBelow
		} else {
			k := links[m.Family]
			value, first = k.mean(eta), k.variance(eta)
			second = float64(first * k.bend(eta))
		}
		by, at := first, 0.0 // of the columns
		if a.slope {
			if a.add != nil {
				at = a.add[r]
			}
			for j, x := range a.rate {
				at += float64(beta[j] * x[r])
			}
			value, by = float64(first*at), float64(second*at)
		}
		made[r] = value
		if put == nil {
			continue
		}
		for j, x := range a.x {
			gradient[j] = float64(by * x[r])
			if a.slope {
				gradient[j] += float64(first * a.rate[j][r])
			}
		}
		clear(gradient[len(a.x):])
		if a.slope {
			above, below = -float64(turnAbove*at), -float64(turnBelow*at)
		}
		if m.Family == Ordinal && a.level < len(cuts) {
			gradient[len(a.x)+a.level] += above
		}
		if m.Family == Ordinal && a.level > 0 {
			gradient[len(a.x)+a.level-1] -= below
		}
		put(r, gradient)
	}
	return made
}

// mean is a weighted mean of rows.
func mean(w, of []float64) float64 {
	terms := make([]float64, len(w))
	for r := range w {
		terms[r] = float64(w[r] * of[r])
	}
	return design.Total(terms) / design.Total(w)
}

// Values implements Statistic.
func (a *averages) Values(weight []float64) []float64 {
	beta, w := a.model.Values(weight), a.model.weights(weight)
	made := make([]float64, len(a.of))
	for i, of := range a.of {
		made[i] = mean(w, a.model.rowsOf(of, beta, nil))
	}
	return made
}

// gradients are the derivatives of the averages by the coefficients.
func (a *averages) gradients(w, beta []float64) [][]float64 {
	made := make([][]float64, len(a.of))
	for i, of := range a.of {
		rows := make([][]float64, len(beta))
		for j := range rows {
			rows[j] = make([]float64, len(w))
		}
		a.model.rowsOf(of, beta, func(r int, gradient []float64) {
			for j, g := range gradient {
				rows[j][r] = g
			}
		})
		for j := range rows {
			made[i] = append(made[i], mean(w, rows[j]))
		}
	}
	return made
}

// Scores implements estimate.Scorer: what a respondent does to the coefficients, times the
// derivatives by those, and to the mean over respondents (Graubard and Korn 1999).
func (a *averages) Scores(weight, values []float64) *estimate.Scores {
	m := a.model
	beta, w := m.Values(weight), m.weights(weight)
	of := m.Scores(weight, beta)
	all := design.Total(w)
	made := &estimate.Scores{Cell: of.Cell, Residual: of.Residual, Scaled: of.Scaled, By: times(a.gradients(w, beta), of.By)}
	rows := make([][]float64, len(a.of))
	for i := range a.of {
		rows[i] = m.rowsOf(a.of[i], beta, nil)
		for k := range a.of { // a column of what is averaged, beside those of the model
			by := 0.0
			if k == i {
				by = 1
			}
			made.By[i] = append(made.By[i], by)
		}
	}
	made.Cells.Begin = append(made.Cells.Begin, 0)
	for r := range m.rows {
		columns, xs := of.Cells.Row(int32(r))
		made.Cells.Column, made.Cells.X = append(made.Cells.Column, columns...), append(made.Cells.X, xs...)
		for i := range rows {
			made.Cells.Column, made.Cells.X = append(made.Cells.Column, int32(of.Scaled+i)), append(made.Cells.X, (rows[i][r]-values[i])/all)
		}
		made.Cells.Begin = append(made.Cells.Begin, int32(len(made.Cells.X)))
	}
	return made
}

// times is the product of two matrices.
func times(x, y [][]float64) [][]float64 {
	made := make([][]float64, len(x))
	for i, row := range x {
		made[i] = make([]float64, len(y[0]))
		for j, by := range row {
			for k, v := range y[j] {
				made[i][k] += float64(by * v)
			}
		}
	}
	return made
}

// Influence implements Statistic: the scores of each respondent.
func (a *averages) Influence(weight, values []float64) [][]float64 {
	return a.Scores(weight, values).Each()
}

// errors are the averages with their covariance.
func (a *averages) errors(d *design.Design, f *Fit, errors string) (values []float64, covariance [][]float64) {
	if errors == question.PredictSampled {
		e := f.of(d, a)
		return e.Values, e.Covariance
	}
	values = a.Values(d.Weight)
	covariance = sandwich(a.gradients(a.model.weights(d.Weight), f.Values), f.Covariance)
	if errors == question.PredictFixed {
		return values, covariance
	}
	each := make([][]float64, len(a.of))
	for i, of := range a.of {
		each[i] = make([]float64, len(d.Weight))
		rows := a.model.rowsOf(of, f.Values, nil)
		for k, r := range a.model.cell {
			if r >= 0 {
				each[i][k] = rows[r]
			}
		}
	}
	about := f.of(d, estimate.Mean{Of: each, In: a.model.in})
	for i := range covariance {
		for j := range covariance {
			covariance[i][j] += about.Covariance[i][j]
		}
	}
	return values, covariance
}
