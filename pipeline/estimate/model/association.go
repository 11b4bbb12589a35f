package model

import (
	"fmt"
	"math"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// An Association is the tests of whether two variables are independent. Which
// test a figure uses is to be said beside it.
type Association struct {
	Rows, Columns []string    // the categories, in order
	Shares        [][]float64 // of the table, by row and column
	N             int         // respondents in the table
	// Base counts, too, the respondents of the domain who lack a variable.
	// Pearson's statistic is of as many, which changes its size but neither
	// F nor a p-value.
	Base int
	// DF is the design's degrees of freedom in the domain, whoever lacks a
	// variable.
	DF float64
	// Pearson is the statistic of a table of Base respondents with the
	// estimated shares. No distribution is known for it.
	Pearson float64
	// Effects are the mean and the coefficient of variation of the eigenvalues
	// of the matrix of generalised design effects.
	MeanEffect, EffectCV float64

	// RaoScott is the second-order correction of Rao and Scott (1984) by
	// Satterthwaite's method, as F by Thomas and Rao (1987).
	RaoScott indicator.Test
	// FirstOrder is Pearson's statistic over the mean design effect, as
	// chi-square (Rao and Scott 1981).
	FirstOrder indicator.Test
	// ByCells is Pearson's statistic of the respondents in the table over the mean design
	// effect that those of its cells and margins give (Rao and Scott 1984, equation 4.6), as
	// F: the test that SAS has first. CellEffect is that mean.
	ByCells    indicator.Test
	CellEffect float64
	CellsAsked bool // of the question
	// Saddlepoint is Pearson's statistic over the mean design effect, against the sum of
	// chi-squares times the design effects that it is distributed as, with the denominator
	// of the second order.
	Saddlepoint indicator.Test
	// Wald is that of the residuals from independence, by their covariance, as
	// F (Koch, Freeman and Freeman 1975), and AdjustedWald its form for few
	// degrees of freedom (Thomas and Rao 1987). Both are NaN where the design
	// has too few to estimate that covariance.
	Wald, AdjustedWald indicator.Test
}

// maxCells is a limit on the cells of a table.
const maxCells = 400

// Associate tests whether two variables are independent in a domain, nil for
// all, from the covariance of the table's cells under the design. Respondents
// who lack one of the variables are left out of the table. Names are those of
// the variables, for problems. It refuses a variable that does not vary within
// the domain, a category that nobody in the table has, and a table for which
// empty cells leave no test.
//
// The design effects are those at the observed shares, as in R and Stata; a
// cell that is empty adds nothing to them.
func Associate(d *design.Design, row, column Variable, names [2]string, in []bool) (*Association, refusal.Problems) {
	var ps refusal.Problems
	where := fmt.Sprintf("table %s by %s", names[0], names[1])
	a := &Association{DF: d.DomainDF(in)}
	complete := make([]bool, len(d.Weight))
	for i, w := range d.Weight {
		if w > 0 && (in == nil || in[i]) {
			a.Base++
			complete[i] = !row.missing(i) && !column.missing(i)
		}
	}
	var rowOf, columnOf []int32
	a.Rows, rowOf = row.coded(complete)
	a.Columns, columnOf = column.coded(complete)
	for k, labels := range [][]string{a.Rows, a.Columns} {
		if len(labels) < 2 {
			var alone string
			for _, label := range labels {
				alone = fmt.Sprintf(" (%q)", label)
			}
			ps.Add(where, "categories of variable %q among those who have both: %d%s, want at least 2", names[k], len(labels), alone)
		}
	}
	if cells := len(a.Rows) * len(a.Columns); cells > maxCells {
		ps.Add(where, "%d cells, want at most %d", cells, maxCells)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	cells := make([][]float64, len(a.Rows)*len(a.Columns)) // row by row
	for c := range cells {
		cells[c] = make([]float64, len(d.Weight))
	}
	for i := range complete {
		if complete[i] {
			cells[int(rowOf[i])*len(a.Columns)+int(columnOf[i])][i] = 1
		}
	}
	shares := estimate.Of(d, estimate.Mean{Of: cells, In: complete})
	a.N = shares.N
	if !a.Infer(shares, estimate.Of(d, estimate.Total{Of: cells, In: complete})) {
		ps.AddHint("merge categories", where, "empty cells: %d of %d, which leave no test, want fewer", empty(shares.Values), len(cells))
		return nil, ps
	}
	return a, nil
}

// Infer makes the tests from the shares and the totals of the table's cells, row
// by row, with their covariance. It returns false where empty cells leave none.
func (a *Association) Infer(shares, totals *estimate.Estimates) bool {
	if !a.raoScott(shares) {
		return false
	}
	a.wald(totals)
	return true
}

func empty(shares []float64) int {
	n := 0
	for _, p := range shares {
		if p == 0 {
			n++
		}
	}
	return n
}

// margins are the sums of a table over columns and over rows.
func (a *Association) margins(cells []float64) (rows, columns []float64) {
	rows, columns = make([]float64, len(a.Rows)), make([]float64, len(a.Columns))
	for c, p := range cells {
		rows[c/len(columns)] += p
		columns[c%len(columns)] += p
	}
	return rows, columns
}

// raoScott makes the tests by Pearson's statistic from the shares and their
// covariance V. With C the interactions that no margin tells, and D the
// diagonal matrix of shares, the generalised design effects are
//
//	(C' D^-1 C / N)^-1 (C' D^-1 V D^-1 C)
//
// It returns false where empty cells leave the first factor singular.
func (a *Association) raoScott(e *estimate.Estimates) bool {
	columns := len(a.Columns)
	rowShare, columnShare := a.margins(e.Values)
	a.Shares = make([][]float64, len(a.Rows))
	terms := make([]float64, len(e.Values))
	over := make([]float64, len(e.Values)) // the diagonal of D^-1
	for c, p := range e.Values {
		a.Shares[c/columns] = append(a.Shares[c/columns], p)
		expected := float64(rowShare[c/columns] * columnShare[c%columns])
		terms[c] = float64((p-expected)*(p-expected)) / expected
		if p > 0 {
			over[c] = 1 / p
		}
	}
	a.Pearson = float64(a.Base) * design.Total(terms)
	contrasts := a.interactions()
	for _, x := range contrasts {
		for c := range x {
			x[c] *= over[c] // D^-1 C
		}
	}
	k := len(contrasts)
	simple, actual := design.Square(k), sandwich(contrasts, e.Covariance)
	for i, x := range contrasts {
		for j, y := range contrasts[:i+1] {
			for c := range x {
				terms[c] = float64(float64(x[c]*y[c])*e.Values[c]) / float64(a.Base)
			}
			simple[i][j] = design.Total(terms)
			simple[j][i] = simple[i][j]
		}
	}
	l, ok := decompose(simple)
	if !ok {
		return false
	}
	effects := make([][]float64, k) // by column; trace and square's trace are those of the transpose
	for j := range effects {
		effects[j] = l.solve(actual[j])
	}
	var diagonal, squared []float64
	for i := range effects {
		diagonal = append(diagonal, effects[i][i])
		for j := range effects {
			squared = append(squared, float64(effects[i][j]*effects[j][i]))
		}
	}
	trace, squares := design.Total(diagonal), design.Total(squared)
	df := float64(trace*trace) / squares
	a.MeanEffect = trace / float64(k)
	if !(trace > 0) { // a design that has no error, or none that is known, tests nothing
		a.RaoScott, a.FirstOrder, a.Saddlepoint = indicator.NoTest, indicator.NoTest, indicator.NoTest
		return true
	}
	a.EffectCV = math.Sqrt(max(float64(k)/df-1, 0))
	a.RaoScott = indicator.FTest(a.Pearson/trace, df, float64(df*a.DF))
	a.FirstOrder = indicator.ChiTest(a.Pearson/a.MeanEffect, float64(k))
	a.Saddlepoint = saddlepointTest(a.Pearson, eigenvalues(l.whitened(actual)), float64(df*a.DF))
	a.byCells(e)
	return true
}

// byCells makes the test by the design effects of cells and margins: with d_ij that of a
// share p_ij over a simple random sample, the mean is
//
//	(sum (1-p_ij) d_ij - sum (1-p_i.) d_i. - sum (1-p_.j) d_.j) / ((r-1)(c-1))
//
// An empty cell has no design effect, and such a table no test.
func (a *Association) byCells(e *estimate.Estimates) {
	nan := math.NaN()
	if a.CellEffect, a.ByCells = nan, (indicator.Test{Statistic: nan, DF: nan, Denominator: nan, P: nan}); empty(e.Values) > 0 {
		return
	}
	columns := len(a.Columns)
	inRow, inColumn := a.margins(e.Values)
	ofRow, ofColumn := make([]float64, len(a.Rows)), make([]float64, columns) // variances
	var terms []float64
	for i, p := range e.Values {
		terms = append(terms, e.Covariance[i][i]/p)
		for j := range e.Values {
			if i/columns == j/columns {
				ofRow[i/columns] += e.Covariance[i][j]
			}
			if i%columns == j%columns {
				ofColumn[i%columns] += e.Covariance[i][j]
			}
		}
	}
	for i, v := range ofRow {
		terms = append(terms, -v/inRow[i])
	}
	for j, v := range ofColumn {
		terms = append(terms, -v/inColumn[j])
	}
	k := float64((len(a.Rows) - 1) * (columns - 1))
	a.CellEffect = float64(a.N-1) * design.Total(terms) / k
	a.ByCells = indicator.FTest(a.Pearson*float64(a.N)/float64(a.Base)/a.CellEffect/k, k, float64(k*a.DF))
}

// interactions are the products of a row's and a column's indicators, each
// less its mean, except for the first of either.
func (a *Association) interactions() [][]float64 {
	rows, columns := len(a.Rows), len(a.Columns)
	less := func(one bool, of int) float64 {
		if one {
			return 1 - 1/float64(of)
		}
		return -1 / float64(of)
	}
	var made [][]float64
	for i := 1; i < rows; i++ {
		for j := 1; j < columns; j++ {
			x := make([]float64, rows*columns)
			for c := range x {
				x[c] = float64(less(c/columns == i, rows) * less(c%columns == j, columns))
			}
			made = append(made, x)
		}
	}
	return made
}

// sandwich is X V X', of the rows x of X and a symmetric V.
func sandwich(x, v [][]float64) [][]float64 {
	made := design.Square(len(x))
	terms := make([]float64, len(v))
	dot := func(a, b []float64) float64 {
		for c := range terms {
			terms[c] = float64(a[c] * b[c])
		}
		return design.Total(terms)
	}
	half := make([]float64, len(v))
	for j := range x {
		for c := range v {
			half[c] = dot(v[c], x[j])
		}
		for i := range x[:j+1] {
			made[i][j] = dot(x[i], half)
			made[j][i] = made[i][j]
		}
	}
	return made
}

// wald makes the tests by the residuals t_ij - t_i. t_.j / t of the estimated
// totals, except for those of the first row and column.
func (a *Association) wald(e *estimate.Estimates) {
	columns := len(a.Columns)
	inRow, inColumn := a.margins(e.Values)
	all := design.Total(e.Values)
	var residuals []float64
	var gradients [][]float64
	for i := 1; i < len(a.Rows); i++ {
		for j := 1; j < columns; j++ {
			expected := float64(inRow[i]*inColumn[j]) / all
			residuals = append(residuals, e.Values[i*columns+j]-expected)
			g := make([]float64, len(e.Values))
			for c := range g {
				g[c] = expected / all
				if c/columns == i {
					g[c] -= inColumn[j] / all
				}
				if c%columns == j {
					g[c] -= inRow[i] / all
				}
			}
			g[i*columns+j]++
			gradients = append(gradients, g)
		}
	}
	cov := sandwich(gradients, e.Covariance)
	a.Wald, a.AdjustedWald = indicator.NoTest, indicator.NoTest
	k := float64(len(residuals))
	left := a.DF - k + 1
	l, ok := decompose(cov)
	if !ok || left <= 0 {
		return
	}
	statistic := l.form(residuals) / k
	a.Wald = indicator.FTest(statistic, k, a.DF)
	a.AdjustedWald = indicator.FTest(statistic*left/a.DF, k, left)
}
