package model

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/question"
)

// A reduction takes the bias of few clusters from the linearised errors of a linear model
// (Bell and McCaffrey 2002). The residuals of each cluster are multiplied by a symmetric
// matrix A, which brings their covariance to what it would be if errors were independent
// and of one variance, and the degrees of freedom are Satterthwaite's of the variance that
// follows, under the same errors. With H = X (X'VX)^-1 X'V, of working weights V, A is the
// inverse root of the cluster's part of (I-H)(I-H)' (Pustejovsky and Tipton 2018).
type reduction struct {
	triangle cholesky    // of X'VX: columns are those of X times its inverse, so that the matrix is I
	square   [][]float64 // X'V²X of the columns
	clusters []reduced
	residual []float64 // of each respondent, A times the residuals; 0 of those outside
}

// A reduced cluster has of each of its respondents the columns (x), the working weight (v),
// and A times v times the columns (y).
type reduced struct {
	rows []int32 // its respondents
	v    []float64
	x, y [][]float64
}

// reduce makes the reduction of a linear model at its coefficients. The working weights are
// the respondents' own, or all 1.
func (m *Model) reduce(d *design.Design, values []float64, weighted bool) *reduction {
	all := m.count
	if weighted {
		all = m.weights(d.Weight)
	}
	triangle, ok := decompose(m.information(&point{variance: all}))
	if !ok {
		return nil
	}
	r := &reduction{triangle: triangle, square: design.Square(len(m.Names)), clusters: make([]reduced, d.Clusters), residual: m.residuals(values)}
	columns := make([][]float64, len(m.rows)) // of cells
	for row := range columns {
		x := make([]float64, len(m.x))
		for j := range x {
			x[j] = m.x[j][row]
		}
		columns[row] = triangle.forward(x)
	}
	for i, row := range m.cell {
		if row < 0 {
			continue
		}
		v := 1.0
		if weighted {
			v = d.Weight[i]
		}
		c := &r.clusters[d.Cluster[i]]
		c.rows, c.v, c.x = append(c.rows, int32(i)), append(c.v, v), append(c.x, columns[row])
	}
	r.clusters = slices.DeleteFunc(r.clusters, func(c reduced) bool { return c.rows == nil })
	terms := make([]float64, 0, m.respondents)
	for a := range r.square {
		for b := range a + 1 {
			terms = terms[:0]
			for _, c := range r.clusters {
				for i, x := range c.x {
					terms = append(terms, float64(float64(c.v[i]*x[a])*float64(c.v[i]*x[b])))
				}
			}
			r.square[a][b] = design.Total(terms)
			r.square[b][a] = r.square[a][b]
		}
	}
	for n := range r.clusters {
		c := &r.clusters[n]
		times := c.root(r.square)
		own := make([]float64, len(c.rows))
		for i, row := range c.rows {
			own[i] = r.residual[row]
		}
		for i, x := range times(own) {
			r.residual[c.rows[i]] = x
		}
		c.y = make([][]float64, len(c.rows))
		for j := range m.x {
			for i, x := range c.x {
				own[i] = float64(c.v[i] * x[j])
			}
			for i, x := range times(own) {
				c.y[i] = append(c.y[i], x)
			}
		}
	}
	return r
}

// root is what multiplies by A. The cluster's part of (I-H)(I-H)' is I + Z K Z', where Z are
// its columns and its columns times the working weights, and K is of their signs and of the
// square: it differs from I only among what Z spans. Where it has no inverse, as of a cluster
// that a column is of alone, A is that of the rest.
func (c *reduced) root(square [][]float64) func(of []float64) []float64 {
	const dependent, none = 1e-9, 1e-10
	k := len(square)
	var basis, z [][]float64
	for j := range 2 * k {
		column := make([]float64, len(c.rows))
		for i, x := range c.x {
			if column[i] = x[j%k]; j >= k {
				column[i] = float64(column[i] * c.v[i])
			}
		}
		z = append(z, column)
		rest := slices.Clone(column)
		for range 2 {
			for _, b := range basis {
				by := product(rest, b)
				for i := range rest {
					rest[i] -= float64(by * b[i])
				}
			}
		}
		if left := math.Sqrt(product(rest, rest)); left > dependent*math.Sqrt(product(column, column)) {
			for i := range rest {
				rest[i] /= left
			}
			basis = append(basis, rest)
		}
	}
	span := design.Square(len(basis)) // of I + Z K Z' among the basis
	along := make([][]float64, len(basis))
	for a, b := range basis {
		for _, column := range z {
			along[a] = append(along[a], product(b, column))
		}
	}
	for a := range basis {
		for b := range a + 1 {
			span[a][b] = signed(along[a], along[b], square)
			span[b][a] = span[a][b]
		}
		span[a][a]++
	}
	values, vectors := spectrum(span)
	for i, value := range values {
		if values[i] = -1; value > none {
			values[i] = 1/math.Sqrt(value) - 1
		}
	}
	return func(of []float64) []float64 {
		made := slices.Clone(of)
		onto := make([]float64, len(basis))
		for a, b := range basis {
			onto[a] = product(of, b)
		}
		for n, value := range values {
			far := 0.0
			for a := range onto {
				far += float64(onto[a] * vectors[a][n])
			}
			for a, b := range basis {
				along := float64(far*value) * vectors[a][n]
				for i := range made {
					made[i] += float64(along * b[i])
				}
			}
		}
		return made
	}
}

// signed is p'Kq of two vectors that have two halves: the product of the first halves about
// the square, less each half times the other's other.
func signed(p, q []float64, square [][]float64) float64 {
	k := len(square)
	made := 0.0
	for a, row := range square {
		for b, s := range row {
			made += float64(float64(p[a]*s) * q[b])
		}
		made -= float64(p[a] * q[k+a])
		made -= float64(p[k+a] * q[a])
	}
	return made
}

// product is the sum of the products of two vectors, whatever the order of the rows.
func product(p, q []float64) float64 {
	terms := make([]float64, len(p))
	for i := range p {
		terms[i] = float64(p[i] * q[i])
	}
	return design.Total(terms)
}

// A share is what a cluster adds to one combination of coefficients: its rows' a, and the sums
// of the columns times a, without and with the working weights.
type share struct{ rows, sums []float64 }

// shares are those of a cluster in each of some combinations of the columns' coefficients.
func (c *reduced) shares(of [][]float64) []share {
	made := make([]share, len(of))
	for s, h := range of {
		a, k := make([]float64, len(c.rows)), len(h)
		for i, y := range c.y {
			for j := range h {
				a[i] += float64(y[j] * h[j])
			}
		}
		sums, terms := make([]float64, 2*k), make([]float64, len(a))
		for j := range sums {
			for i, x := range c.x {
				if terms[i] = float64(a[i] * x[j%k]); j >= k {
					terms[i] = float64(terms[i] * c.v[i])
				}
			}
			sums[j] = design.Total(terms)
		}
		made[s] = share{a, sums}
	}
	return made
}

// freedom is Satterthwaite's degrees of freedom of the variance of a combination of
// coefficients, or of several the degrees of freedom of Hotelling's T² whose distribution is
// the nearest to that of Wald's statistic (Pustejovsky and Tipton 2018, theorem 4). Of
// clusters i and j the products of what they add are those of their a, where they are one,
// and p'Kq of their sums, so that no pair of clusters is gone through.
func (r *reduction) freedom(of [][]float64) float64 {
	q := len(of)
	hs := make([][]float64, q)
	for s, c := range of {
		hs[s] = r.triangle.forward(c)
	}
	expected := design.Square(q)
	for _, c := range r.clusters {
		shares := c.shares(hs)
		for s := range shares {
			for t := range shares {
				expected[s][t] += product(shares[s].rows, shares[t].rows) + signed(shares[s].sums, shares[t].sums, r.square)
			}
		}
	}
	l, ok := decompose(expected)
	if !ok {
		return math.NaN()
	}
	for j := range hs[0] { // so that what is expected is I
		column := make([]float64, q)
		for s := range hs {
			column[s] = hs[s][j]
		}
		for s, x := range l.forward(column) {
			hs[s][j] = x
		}
	}
	k := 2 * len(r.square)
	all := make([][][][]float64, q) // of each two combinations, the sums of products of sums
	for s := range all {
		for range q {
			all[s] = append(all[s], design.Square(k))
		}
	}
	variance := 0.0
	for _, c := range r.clusters {
		shares := c.shares(hs)
		own, other := design.Square(q), design.Square(q)
		for s := range shares {
			for t := range shares {
				own[s][t], other[s][t] = product(shares[s].rows, shares[t].rows), signed(shares[s].sums, shares[t].sums, r.square)
				for a, x := range shares[s].sums {
					for b, y := range shares[t].sums {
						all[s][t][a][b] += float64(x * y)
					}
				}
			}
		}
		for s := range shares {
			for t := range shares {
				variance += float64(own[s][t]*own[s][t]) + 2*float64(own[s][t]*other[s][t])
				variance += float64(own[s][s]*own[t][t]) + 2*float64(own[s][s]*other[t][t])
			}
		}
	}
	for s := range all {
		for t := range all {
			x, y := r.turned(all[s][t]), r.turned(all[t][s])
			for a := range x {
				for b := range x {
					variance += float64(x[a][b]*x[b][a]) + float64(x[a][b]*y[b][a])
				}
			}
		}
	}
	return float64(q*(q+1)) / variance
}

// turned is K times a matrix.
func (r *reduction) turned(of [][]float64) [][]float64 {
	k := len(r.square)
	made := design.Square(2 * k)
	for b := range made {
		for a, row := range r.square {
			for c, x := range row {
				made[a][b] += float64(x * of[c][b])
			}
			made[a][b] -= of[k+a][b]
			made[k+a][b] = -of[a][b]
		}
	}
	return made
}

// reduce makes the fit's errors anew without the bias of few clusters.
func (f *Fit) reduce(d *design.Design) {
	m := *f.Model
	m.start = f.Values
	m.reduction = m.reduce(d, f.Values, f.By.Errors == question.ErrorsCR2)
	f.Model = &m
	if m.reduction == nil {
		for _, row := range f.Covariance {
			for j := range row {
				row[j] = math.NaN()
			}
		}
		return
	}
	f.Estimates = f.of(d, &m)
	if f.By.Freedom != "" {
		return
	}
	for j := range f.Values {
		one := make([]float64, len(f.Values))
		one[j] = 1
		f.Freedoms = append(f.Freedoms, f.freedom(one))
	}
}

// of estimates what follows from the model's coefficients: by CR2 the covariance is the sum
// over clusters of the products of what they add.
func (f *Fit) of(d *design.Design, s estimate.Statistic) *estimate.Estimates {
	e := estimate.Of(d, s)
	if f.By.Errors != question.ErrorsCR2 {
		return e
	}
	totals := s.Influence(d.Weight, e.Values)
	for j, u := range totals {
		for i, w := range d.Weight {
			u[i] = float64(u[i] * w)
		}
		totals[j] = design.Totals(d.Cluster, d.Clusters, u)
	}
	for a := range e.Covariance {
		for b := range e.Covariance {
			if e.Covariance[a][a] > 0 && e.Covariance[b][b] > 0 { // else it does not vary
				e.Covariance[a][b] = product(totals[a], totals[b])
			}
		}
	}
	return e
}

// freedom is Satterthwaite's degrees of freedom of a combination of coefficients.
func (f *Fit) freedom(of []float64) float64 {
	return f.Model.reduction.freedom([][]float64{of})
}
