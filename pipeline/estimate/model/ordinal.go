package model

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/refusal"
)

// maxLevels is a limit on the categories of an ordinal response.
const maxLevels = 50

// ordered takes the response of an ordinal model: categories in their order, or numbers
// by size.
func (m *Model) ordered(v Variable) refusal.Problems {
	var ps refusal.Problems
	labels, code := v.coded(m.in)
	switch {
	case len(labels) < 3:
		ps.AddHint("of two categories a "+string(Quasibinomial)+" model says the same", m.where(), "response %q has %d categories, want 3 or more in an %s model", m.Formula.Response, len(labels), Ordinal)
	case len(labels) > maxLevels:
		ps.AddHint("--band or recode puts values together", m.where(), "response %q has %d categories, want at most %d in an %s model", m.Formula.Response, len(labels), maxLevels, Ordinal)
	}
	m.Levels = labels
	m.level = design.Pick(code, m.rows)
	return ps
}

// A cut is what a row's log likelihood says of one cutpoint next to its category: its
// derivative, and less the second ones by itself, with the linear predictor, and, above,
// with the cutpoint below.
type cut struct{ score, square, predictor, other float64 }

// atCuts is an ordinal model at given coefficients and cutpoints z. The probability of
// category k at a linear predictor eta is F(z_k - eta) - F(z_k-1 - eta), of the logistic
// F, 0 below the first cutpoint and 1 above the last (McCullagh 1980).
func (m *Model) atCuts(w, beta []float64) *point {
	f := &point{w: w, residual: make([]float64, len(w)), variance: make([]float64, len(w)), upper: make([]cut, len(w)), lower: make([]cut, len(w))}
	cuts := beta[len(m.x):]
	terms := make([]float64, len(w))
	for r, eta := range m.predictor(beta) {
		k := int(m.level[r])
		above, below := math.Inf(1), math.Inf(-1)
		if k < len(cuts) {
			above = cuts[k] - eta
		}
		if k > 0 {
			below = cuts[k-1] - eta
		}
		// F(a) - F(b) = F(a) (1 - F(b)) (1 - exp(b - a)), which no difference of near numbers is
		fa, fb := logistic(above), logistic(below)
		da, db := float64(fa*logistic(-above)), float64(fb*logistic(-below)) // the densities
		apart := -math.Expm1(below - above)
		p := float64(float64(fa*logistic(-below)) * apart)
		terms[r] = float64(w[r] * (math.Log(apart) - softplus(-above) - softplus(below)))
		f.residual[r], f.variance[r] = float64(w[r]*(fb-logistic(-above))), float64(w[r]*(da+db))
		if k < len(cuts) {
			s := da / p
			f.upper[r] = cut{s, float64(s*s) - float64(s*(1-2*fa)), -da, -float64(s * (db / p))}
		}
		if k > 0 {
			s := db / p
			f.lower[r] = cut{-s, float64(s*s) + float64(s*(1-2*fb)), -db, 0}
		}
	}
	f.fit = design.Total(terms)
	if slices.ContainsFunc(terms, math.IsNaN) || !slices.IsSorted(cuts) { // cutpoints that cross
		f.fit = math.Inf(-1)
	}
	return f
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// softplus is log(1 + exp(x)).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// each yields what a row says of its cutpoints, and which they are.
func (m *Model) each(f *point, r int) func(yield func(int, cut) bool) {
	return func(yield func(int, cut) bool) {
		k, cuts := int(m.level[r]), len(m.Levels)-1
		if k < cuts && !yield(k, f.upper[r]) {
			return
		}
		if k > 0 {
			yield(k-1, f.lower[r])
		}
	}
}

// withCuts are the columns times a number of each cell, with what the cell says of the
// cutpoints behind them.
func (m *Model) withCuts(f *point, of []float64) estimate.Sparse {
	made := estimate.Sparse{Begin: make([]int32, 1, len(of)+1)}
	for r, by := range of {
		columns, xs := m.sparse.Row(int32(r))
		made.Column = append(made.Column, columns...)
		for _, x := range xs {
			made.X = append(made.X, float64(x*by))
		}
		scores := make([]float64, len(m.Levels)-1)
		for k, c := range m.each(f, r) {
			scores[k] = c.score
		}
		for k, score := range scores {
			if score != 0 {
				made.Column, made.X = append(made.Column, int32(len(m.x)+k)), append(made.X, score)
			}
		}
		made.Begin = append(made.Begin, int32(len(made.X)))
	}
	return made
}

// alone is the model of one respondent in each cell.
func (m *Model) alone(values []float64) *point {
	return m.atCuts(slices.Repeat([]float64{1}, len(m.rows)), values)
}

// cutScore puts the weighted sums of what rows say of the cutpoints behind a score.
func (m *Model) cutScore(f *point, s []float64) {
	if m.Levels == nil {
		return
	}
	terms := make([][]float64, len(m.Levels)-1)
	for r := range m.rows {
		for k, c := range m.each(f, r) {
			terms[k] = append(terms[k], float64(f.w[r]*c.score))
		}
	}
	for k := range terms {
		s[len(m.x)+k] = design.Total(terms[k])
	}
}

// cutInformation puts what rows tell of the cutpoints into an information matrix.
func (m *Model) cutInformation(f *point, a [][]float64) {
	if m.Levels == nil || f.upper == nil {
		return
	}
	first := len(m.x)
	terms := make([]float64, 0, len(f.w))
	put := func(i, j int, of func(r int) float64, rows []int32) {
		terms = terms[:0]
		for _, r := range rows {
			terms = append(terms, float64(f.w[r]*of(int(r))))
		}
		a[i][j] += design.Total(terms)
		if a[j][i] = a[i][j]; math.IsNaN(a[i][j]) {
			a[i][j], a[j][i] = math.Inf(1), math.Inf(1) // which is refused
		}
	}
	in := make([][]int32, len(m.Levels)) // rows of each category
	for r, y := range m.level {
		in[int(y)] = append(in[int(y)], int32(r))
	}
	for k := range len(m.Levels) - 1 {
		at := first + k
		put(at, at, func(r int) float64 { return f.upper[r].square }, in[k])
		put(at, at, func(r int) float64 { return f.lower[r].square }, in[k+1])
		if k > 0 {
			put(at, at-1, func(r int) float64 { return f.upper[r].other }, in[k])
		}
		for j := range m.x {
			put(at, j, func(r int) float64 { return float64(f.upper[r].predictor * m.x[j][r]) }, in[k])
			put(at, j, func(r int) float64 { return float64(f.lower[r].predictor * m.x[j][r]) }, in[k+1])
		}
	}
}

// firstCuts returns coefficients to begin with: none, and the cutpoints that the weighted
// shares of the categories give; nil where one has no share.
func (m *Model) firstCuts(w []float64) []float64 {
	of := make([][]float64, len(m.Levels))
	for r, y := range m.level {
		of[int(y)] = append(of[int(y)], w[r])
	}
	beta := make([]float64, len(m.x))
	all, below := design.Total(w), 0.0
	for k := range len(m.Levels) - 1 {
		share := design.Total(of[k])
		below += share
		if !(share > 0 && below < all) {
			return nil
		}
		beta = append(beta, math.Log(below/(all-below)))
	}
	return beta
}

// weighed are the categories of an ordinal model, by their numbers, that weights leave.
func (m *Model) weighed(weight []float64) []int {
	if m.Levels == nil {
		return nil
	}
	there := make([]bool, len(m.Levels))
	for i, at := range m.cell {
		if at >= 0 && weight[i] != 0 {
			there[m.level[at]] = true
		}
	}
	var left []int
	for k, is := range there {
		if is {
			left = append(left, k)
		}
	}
	return left
}

// solveOf is solve where weights leave some of the categories alone. The likelihood is
// greatest where the others have no probability: the two cutpoints about one between
// others are the same, and those below the first or above the last that is left are
// infinite. The coefficients are those of a model of the categories that are left.
func (m *Model) solveOf(left []int, weight []float64) (beta []float64, away int) {
	if len(left) < 2 {
		return nil, -1
	}
	of, place := *m, make([]int, len(m.Levels)) // of each category, how many that are left are below it
	of.Levels, of.level = nil, make([]int32, len(m.level))
	for k := range m.Levels {
		place[k] = len(of.Levels)
		if slices.Contains(left, k) {
			of.Levels = append(of.Levels, m.Levels[k])
		}
	}
	for r, k := range m.level {
		of.level[r] = int32(min(place[k], len(left)-1)) // of one that is not left, whose weight is 0, any
	}
	first := len(m.x)
	of.Names, of.Terms = m.Names[:first+len(left)-1], m.Terms[:first+len(left)-1]
	if m.start != nil {
		of.start = slices.Clone(m.start[:first])
		for _, k := range left[1:] {
			of.start = append(of.start, m.start[first+k-1])
		}
	}
	found, away := of.solve(weight)
	if found == nil {
		return nil, away
	}
	beta = slices.Clone(found[:first])
	for k := range len(m.Levels) - 1 {
		switch below := place[k+1]; below { // categories that are left up to the k-th
		case 0:
			beta = append(beta, math.Inf(-1))
		case len(left):
			beta = append(beta, math.Inf(1))
		default:
			beta = append(beta, found[first+below-1])
		}
	}
	return beta, -1
}

// Lost says in how many replicates nobody is of a category of an ordinal model.
type Lost struct {
	Level      string `json:"outcome"`
	Replicates int    `json:"replicates"`
}

// lost are the categories that some replicates do not have.
func (m *Model) lost(d *design.Design) []Lost {
	if m.Levels == nil {
		return nil
	}
	without := make([]int, len(m.Levels)) // how many replicates
	var room []float64
	for r := range d.Replicates.Count() {
		room = d.Replicate(r, room)
		left := m.weighed(room)
		for k := range m.Levels {
			if !slices.Contains(left, k) {
				without[k]++
			}
		}
	}
	var made []Lost
	for k, level := range m.Levels {
		if without[k] > 0 {
			made = append(made, Lost{level, without[k]})
		}
	}
	return made
}
