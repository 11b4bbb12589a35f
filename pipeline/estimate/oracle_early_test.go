package estimate_test

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
)

// A glm is what R has of a family, with its usual link.
type glm struct {
	mean, variance func(eta float64) float64
	predictor      func(mean float64) float64
	deviance       func(y, mean float64) float64
	start          func(y, weight float64) float64 // the mean that a response begins at
}

var glms = map[model.Family]glm{
	model.Gaussian: {
		mean: func(eta float64) float64 { return eta }, variance: func(float64) float64 { return 1 },
	},
	model.Quasibinomial: {
		mean:      func(eta float64) float64 { return 1 / (1 + math.Exp(-eta)) },
		variance:  func(eta float64) float64 { return 1 / ((1 + math.Exp(-eta)) * (1 + math.Exp(eta))) },
		predictor: func(mean float64) float64 { return math.Log(mean / (1 - mean)) },
		deviance:  func(y, mean float64) float64 { return 2 * (entropy(y, mean) + entropy(1-y, 1-mean)) },
		start:     func(y, weight float64) float64 { return (weight*y + 0.5) / (weight + 1) },
	},
	model.Quasipoisson: {
		mean: math.Exp, variance: math.Exp, predictor: math.Log,
		deviance: func(y, mean float64) float64 { return 2 * (entropy(y, mean) - (y - mean)) },
		start:    func(y, _ float64) float64 { return y + 0.1 },
	},
}

// entropy is y log(y/mean), 0 where y is.
func entropy(y, mean float64) float64 {
	if y == 0 {
		return 0
	}
	return y * math.Log(y/mean)
}

// An early is a model whose iterations stop as R's glm stops them: when a step
// changes the deviance by less than 1e-8 of it. The linearised values are at
// the working weights before the last step, as R's survey takes them. It is no
// better an estimate: coefficients are short of the solution by about the 8th
// digit, and errors are off by the 5th.
type early struct {
	*model.Model
	Scores struct{} // of the model, which are at the last weights, and not these
	glm
	rows     []int       // the respondents of the model
	x        [][]float64 // of each coefficient, the values of rows
	y        []float64   // of rows
	sample   []float64   // the weights of the sample
	beta     []float64   // its coefficients; nil if there are none
	variance []float64   // of rows, before the last step
}

// newEarly fits a sample's model, from each response drawn towards the middle
// of its range. Rows are those that R scales the weights to, so that their mean
// over the domain is 1.
func (s *sample) newEarly(m *model.Model, domain []bool, rows float64) *early {
	e := s.unfitted(m)
	w := e.weights(s.Weight)
	eta := make([]float64, len(w))
	share := rows / weightOf(s.Weight, domain)
	for r, y := range e.y {
		w[r] *= share
		eta[r] = e.predictor(e.start(y, w[r]))
	}
	e.beta, e.variance = e.iterated(w, eta)
	return e
}

// unfitted is a model with its columns. They are told by the linearised values
// of a linear model of a response of 1, at coefficients of 0: v = A^-1 x, where
// A is the sum of w x x', so that the sum of w v v' is its inverse.
func (s *sample) unfitted(m *model.Model) *early {
	e := &early{Model: m, glm: glms[m.Family], sample: s.Weight, x: make([][]float64, len(m.Names))}
	response := s.column(m.Formula.Response)
	labels := slices.Sorted(maps.Keys(set(response.Categories)))
	for i, in := range m.Within() {
		if in {
			e.rows = append(e.rows, i)
			if response.Numbers != nil {
				e.y = append(e.y, response.Numbers[i])
			} else {
				e.y = append(e.y, float64(slices.Index(labels, response.Categories[i])))
			}
		}
	}
	formula, variables := *m.Formula, s.columns(m.Formula)
	formula.Response = "one"
	variables["one"] = model.Variable{Numbers: slices.Repeat([]float64{1}, len(s.Weight))}
	linear, ps := model.New(&formula, model.Gaussian, variables, m.Within())
	if ps != nil {
		panic(ps.Error())
	}
	ones := slices.Repeat([]float64{1}, len(s.Weight))
	for j, v := range linear.Influence(ones, make([]float64, len(m.Names))) {
		for _, i := range e.rows {
			e.x[j] = append(e.x[j], v[i])
		}
	}
	a := e.information(slices.Repeat([]float64{1}, len(e.rows)))
	v := make([]float64, len(e.x))
	for r := range e.rows {
		for j := range v {
			v[j] = e.x[j][r]
		}
		for j := range v {
			e.x[j][r] = 0
			for k := range v {
				e.x[j][r] += a.At(j, k) * v[k]
			}
		}
	}
	return e
}

// weights are those of the model's respondents.
func (e *early) weights(weight []float64) []float64 {
	w := make([]float64, len(e.rows))
	for r, i := range e.rows {
		w[r] = weight[i]
	}
	return w
}

// eta is the linear predictor.
func (e *early) eta(beta []float64) []float64 {
	eta := make([]float64, len(e.rows))
	for j, b := range beta {
		for r, x := range e.x[j] {
			eta[r] += b * x
		}
	}
	return eta
}

// information is the inverse of the weighted sum of the columns' products; nil
// where there is none.
func (e *early) information(w []float64) *mat.SymDense {
	a := mat.NewSymDense(len(e.x), nil)
	for j := range e.x {
		for k := range j + 1 {
			sum := 0.0
			for r, x := range e.x[j] {
				sum += w[r] * x * e.x[k][r]
			}
			a.SetSym(j, k, sum)
		}
	}
	var root mat.Cholesky
	var inverse mat.SymDense
	if !root.Factorize(a) || root.InverseTo(&inverse) != nil {
		return nil
	}
	return &inverse
}

// Values implements Statistic. The weights of a replicate are scaled to a sum
// of 1, and the coefficients begin at those of the sample.
func (e *early) Values(weight []float64) []float64 {
	none := slices.Repeat([]float64{math.NaN()}, len(e.Names))
	if e.beta == nil {
		return none
	}
	if &weight[0] == &e.sample[0] {
		return slices.Clone(e.beta)
	}
	w := e.weights(weight)
	whole := design.Total(w)
	for r := range w {
		w[r] /= whole
	}
	if beta, _ := e.iterated(w, e.eta(e.beta)); beta != nil {
		return beta
	}
	return none
}

// Influence implements Statistic.
func (e *early) Influence(weight, values []float64) [][]float64 {
	w := e.weights(weight)
	for r := range w {
		w[r] *= e.variance[r]
	}
	inverse := e.information(w)
	u := make([][]float64, len(e.x))
	for j := range u {
		u[j] = make([]float64, len(weight))
	}
	eta := e.eta(values)
	for r, i := range e.rows {
		residual := (e.y[r] - e.mean(eta[r])) / e.glm.variance(eta[r]) * e.variance[r]
		for j := range u {
			for k := range e.x {
				u[j][i] += inverse.At(j, k) * e.x[k][r] * residual
			}
		}
	}
	return u
}

// iterated iterates from a linear predictor, and returns the coefficients with
// the variances that the last step used; nil if there are none.
func (e *early) iterated(w, eta []float64) (beta, variance []float64) {
	const most, enough = 25, 1e-8
	deviance := func() float64 {
		sum := 0.0
		for r, y := range e.y {
			sum += w[r] * e.deviance(y, e.mean(eta[r]))
		}
		return sum
	}
	before := deviance()
	for range most {
		variance = make([]float64, len(w))
		by := make([]float64, len(w))
		for r, at := range eta {
			variance[r] = e.glm.variance(at)
			by[r] = w[r] * variance[r]
		}
		inverse := e.information(by)
		if inverse == nil {
			return nil, nil
		}
		score := make([]float64, len(e.x))
		for r, at := range eta {
			working := w[r] * (variance[r]*at + e.y[r] - e.mean(at))
			for j := range score {
				score[j] += e.x[j][r] * working
			}
		}
		beta = make([]float64, len(e.x))
		for j := range beta {
			for k := range score {
				beta[j] += inverse.At(j, k) * score[k]
			}
		}
		eta = e.eta(beta)
		after := deviance()
		if math.Abs(after-before)/(math.Abs(after)+0.1) < enough {
			break
		}
		before = after
	}
	return beta, variance
}

// pearson are the Pearson residuals of the model's respondents.
func (e *early) pearson(beta []float64) []float64 {
	made := make([]float64, len(e.rows))
	for r, eta := range e.eta(beta) {
		made[r] = (e.y[r] - e.mean(eta)) / math.Sqrt(e.glm.variance(eta))
	}
	return made
}

// asR is a fit of a model as R's survey has it.
func (s *sample) asR(f *model.Fit, domain []bool, rows float64) (*model.Fit, *early) {
	e := s.newEarly(f.Model, domain, rows)
	made := *f
	made.Estimates = estimate.Of(s.Design, e)
	pearson := make([]float64, len(s.Weight))
	for r, residual := range e.pearson(made.Values) {
		pearson[e.rows[r]] = residual
	}
	made.Dispersion = estimate.Spread{Of: pearson, In: f.Model.Within()}.Value(s.Weight)
	return &made, e
}
