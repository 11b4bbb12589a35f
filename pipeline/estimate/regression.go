package estimate

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// A link is a family at a value of the linear predictor: the cumulant whose
// first two derivatives are the mean and the variance of the response
// (McCullagh and Nelder 1989, section 2.2).
type link struct {
	cumulant, mean, variance func(eta float64) float64
	predictor                func(mean float64) float64 // the inverse of mean
	deviance                 func(y, mean float64) float64
}

var links = map[Family]link{
	Gaussian: {
		cumulant:  func(eta float64) float64 { return eta * eta / 2 },
		mean:      func(eta float64) float64 { return eta },
		variance:  func(float64) float64 { return 1 },
		predictor: func(mean float64) float64 { return mean },
		deviance:  func(y, mean float64) float64 { return float64((y - mean) * (y - mean)) },
	},
	Quasibinomial: {
		cumulant:  func(eta float64) float64 { return max(eta, 0) + math.Log1p(math.Exp(-math.Abs(eta))) },
		mean:      func(eta float64) float64 { return 1 / (1 + math.Exp(-eta)) },
		variance:  func(eta float64) float64 { return 1 / ((1 + math.Exp(-eta)) * (1 + math.Exp(eta))) },
		predictor: func(mean float64) float64 { return math.Log(mean / (1 - mean)) },
		deviance:  func(y, mean float64) float64 { return 2 * (entropy(y, mean) + entropy(1-y, 1-mean)) },
	},
	Quasipoisson: {
		cumulant: math.Exp, mean: math.Exp, variance: math.Exp, predictor: math.Log,
		deviance: func(y, mean float64) float64 { return 2 * (entropy(y, mean) - (y - mean)) },
	},
}

// entropy is y log(y/mean), 0 where y is.
func entropy(y, mean float64) float64 {
	if y == 0 {
		return 0
	}
	return float64(y * math.Log(y/mean))
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
func (m *Model) influence(at *fitted, n int) [][]float64 {
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
	x := make([]float64, len(m.x))
	for r, i := range m.rows {
		for j := range m.x {
			x[j] = float64(m.x[j][r] * at.residual[r])
		}
		for j, v := range l.solve(x) {
			u[j][i] = v
		}
	}
	return u
}

// A fitted is a model at given coefficients.
type fitted struct {
	w        []float64 // of the model's rows
	residual []float64 // response less mean
	variance []float64 // by the family
	fit      float64   // the quasi-likelihood, but for a constant
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
	for j, b := range beta {
		for r, x := range m.x[j] {
			eta[r] += float64(b * x)
		}
	}
	return eta
}

func (m *Model) at(w, beta []float64) *fitted {
	k := links[m.Family]
	f := &fitted{w: w, residual: make([]float64, len(w)), variance: make([]float64, len(w))}
	terms := make([]float64, len(w))
	for r, eta := range m.predictor(beta) {
		f.residual[r], f.variance[r] = m.y[r]-k.mean(eta), k.variance(eta)
		terms[r] = float64(w[r] * (float64(m.y[r]*eta) - k.cumulant(eta)))
	}
	f.fit = total(terms)
	return f
}

// information is the sum of the weighted variances times x x'.
func (m *Model) information(f *fitted) [][]float64 {
	by := make([]float64, len(f.w))
	terms := make([]float64, 0, len(f.w))
	a := square(len(m.x))
	for j := range m.x {
		for r, w := range f.w {
			by[r] = float64(float64(w*f.variance[r]) * m.x[j][r])
		}
		for k := range j + 1 {
			terms = terms[:0]
			for r, x := range m.x[k] {
				if x != 0 && by[r] != 0 {
					terms = append(terms, float64(by[r]*x))
				}
			}
			a[j][k] = total(terms)
			a[k][j] = a[j][k]
		}
	}
	return a
}

// score is the weighted sum of x times what is given of each row.
func (m *Model) score(w, of []float64) []float64 {
	terms := make([]float64, 0, len(w))
	s := make([]float64, len(m.x))
	for j := range m.x {
		terms = terms[:0]
		for r, x := range m.x[j] {
			if x != 0 {
				terms = append(terms, float64(float64(w[r]*of[r])*x))
			}
		}
		s[j] = total(terms)
	}
	return s
}

// solve returns the coefficients by Newton's method, which for these links is
// iteratively reweighted least squares (McCullagh and Nelder 1989, section
// 2.5), to the last digits that rounding leaves. Where there are none, it
// returns nil and the coefficient that runs away, -1 if none does.
func (m *Model) solve(weight []float64) (beta []float64, away int) {
	const most, halvings = 60, 40 // steps
	// enough is a step of a coefficient, times the size of its column, in units
	// of the predictor. The next would be about its square, or in a linear
	// model what rounding leaves.
	enough := 1e-7
	w := m.weights(weight)
	size := make([]float64, len(m.x))
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
		step := l.solve(m.score(w, f.residual))
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
			if next.fit >= f.fit-1e-12*math.Abs(f.fit) || largest < 1e-6 {
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

// certain returns the coefficient that runs away if some response is told with
// certainty; or else -1.
func (m *Model) certain(f *fitted, beta, size []float64) int {
	const none = 1e-8 // of variance
	for r, v := range f.variance {
		if f.w[r] > 0 && v < none {
			return m.largest(beta, size)
		}
	}
	return -1
}

// largest returns which coefficient is the largest in size, times that of its
// column; not the intercept, which goes with others, unless it is alone.
func (m *Model) largest(beta, size []float64) int {
	largest := 0
	for j := range beta {
		if j > 0 && m.Terms[largest] < 0 || math.Abs(beta[j])*size[j] > math.Abs(beta[largest])*size[largest] {
			largest = j
		}
	}
	return largest
}

// first returns coefficients to begin with: those of the working response at
// means half way between the response and its mean; nil if there are none.
func (m *Model) first(w []float64) []float64 {
	k := links[m.Family]
	terms := make([]float64, len(w))
	for r := range w {
		terms[r] = float64(w[r] * m.y[r])
	}
	mean := total(terms) / total(w)
	if math.IsNaN(mean) || m.Family != Gaussian && (mean == 0 || mean == 1 && m.Family == Quasibinomial) {
		return nil
	}
	f := &fitted{w: w, variance: make([]float64, len(w))}
	working := make([]float64, len(w))
	for r, y := range m.y {
		if m.Family == Gaussian {
			f.variance[r], working[r] = 1, y
			continue
		}
		eta := k.predictor((y + mean) / 2)
		f.variance[r] = k.variance(eta)
		working[r] = float64(f.variance[r]*eta) + (y-mean)/2
	}
	l, ok := decompose(m.information(f))
	if !ok {
		return nil
	}
	return l.solve(m.score(w, working))
}

// A Fit is a model with its coefficients: Values and their errors are of the
// model's Names.
type Fit struct {
	*Estimates
	Model *Model
	// ResidualDF is what the coefficients leave of the design's degrees of
	// freedom: those of the respondents in the model, or with replicate
	// weights of the domain, plus 1, less the coefficients.
	ResidualDF float64
	// Dispersion is the variance of the Pearson residuals: the response less
	// its mean, over the root of the family's variance.
	Dispersion float64
	// LeftOut counts the replicates under whose weights the columns are
	// dependent: a category that only the respondents had who are missing from
	// them. They add nothing to the errors, which are the less for it.
	LeftOut int
}

// Regress fits a model to a sample, with errors of the design: by
// linearisation (Binder 1983), or by fitting it again under each replicate's
// weights. It refuses a model that has no coefficients, in the sample or in a
// replicate: where a logistic model tells an outcome with certainty, its
// coefficients are infinite.
func Regress(d *design.Design, m *Model) (*Fit, refusal.Problems) {
	var ps refusal.Problems
	start, away := m.solve(d.Weight)
	if start == nil {
		m.refuse(&ps, away, "")
		return nil, ps
	}
	from := *m
	from.start = start
	var of Statistic = &from
	if m.AsR {
		rows := m.rowsAsR
		if rows == 0 {
			rows = counted(m.domain, len(d.Weight))
		}
		of = newEarly(m, d.Weight, rows)
	}
	f := &Fit{Estimates: Of(d, of), Model: m}
	f.ResidualDF = f.DF + 1 - float64(len(m.Names))
	if d.Replicates != nil {
		f.ResidualDF = d.DomainDF(m.domain) + 1 - float64(len(m.Names))
	}
	for r, values := range f.Replicates {
		if !slices.ContainsFunc(values, math.IsNaN) {
			continue
		}
		f.LeftOut++
		if _, away := from.solve(d.Replicates.Weight[r]); away >= 0 {
			m.refuse(&ps, away, fmt.Sprintf(" in replicate %d of %d", r+1, len(f.Replicates)))
			return nil, ps
		}
	}
	pearson := make([]float64, len(d.Weight))
	at := m.at(m.weights(d.Weight), f.Values)
	for r, i := range m.rows {
		pearson[i] = at.residual[r] / math.Sqrt(at.variance[r])
	}
	f.Dispersion = Spread{Of: pearson, In: m.in}.Values(d.Weight)[0]
	return f, nil
}

// refuse says why there are no coefficients; away as of solve.
func (m *Model) refuse(ps *refusal.Problems, away int, in string) {
	if away < 0 {
		ps.AddHint("leave out a variable that others nearly add up to", m.where(), "its columns are too nearly dependent%s, want coefficients that the data can tell apart", in)
		return
	}
	ps.AddHint("look at the response by that variable: a category may have 0 or 100 per cent", m.where(),
		"the coefficient of %s has no finite value%s, want a response that no variable tells with certainty", m.Names[away], in)
}

// counted is how many respondents are in a domain, nil for all.
func counted(in []bool, of int) float64 {
	if in == nil {
		return float64(of)
	}
	n := 0.0
	for _, within := range in {
		if within {
			n++
		}
	}
	return n
}

// Coefficient tests whether a coefficient is 0.
func (f *Fit) Coefficient(i int) Comparison {
	return compare(f.Values[i], f.SE(i), f.ResidualDF, f.N)
}

// TermTest tests whether all coefficients of terms are 0, by Wald's statistic
// over their number, as F. Terms are as in the formula: "age", "age:sex".
func (f *Fit) TermTest(terms ...string) (Test, refusal.Problems) {
	var ps refusal.Problems
	var tested []int
	for _, text := range terms {
		read, err := ParseFormula(quoted(f.Model.Formula.Response) + " ~ " + text)
		if err != nil || len(read.Terms) != 1 {
			ps.Add(f.Model.where(), "%q, want one of its terms", text)
			continue
		}
		number := slices.IndexFunc(f.Model.Formula.Terms, read.Terms[0].same)
		var of []int
		for j, term := range f.Model.Terms {
			if term == number && number >= 0 {
				of = append(of, j)
			}
		}
		if of == nil {
			ps.Add(f.Model.where(), "no coefficients of %q, want one of its terms", text)
		}
		tested = append(tested, of...)
	}
	if len(ps) > 0 {
		return Test{}, ps
	}
	slices.Sort(tested)
	tested = slices.Compact(tested)
	t, ok := f.wald(tested)
	if !ok {
		ps.Add(f.Model.where(), "the covariance of %d coefficients is singular with %g degrees of freedom, want more clusters or fewer coefficients", len(tested), f.ResidualDF)
		return Test{}, ps
	}
	return t, nil
}

// wald is the test of values by their covariance, as F; false where that is
// singular.
func (f *Fit) wald(of []int) (Test, bool) {
	values, cov := make([]float64, len(of)), square(len(of))
	for a, i := range of {
		values[a] = f.Values[i]
		for b, j := range of {
			cov[a][b] = f.Covariance[i][j]
		}
	}
	l, ok := decompose(cov)
	if !ok {
		return Test{}, false
	}
	return fTest(l.form(values)/float64(len(of)), float64(len(of)), f.ResidualDF), true
}
