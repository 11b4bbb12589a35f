package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// saddlepoint is the chance that the sum of chi-squares of one degree of freedom, each
// times one of the weights, is above x times a chi-square over its degrees of freedom:
// by the saddlepoint approximation to the distribution of a quadratic form (Kuonen 1999,
// with Barndorff-Nielsen's formula), the two sides as one form. NaN without such weights.
func saddlepoint(x float64, weights []float64, denominator float64) float64 {
	weights = slices.DeleteFunc(slices.Clone(weights), func(l float64) bool { return !(l > 0) })
	if len(weights) == 0 || !(x > 0) || !(denominator > 0) {
		return math.NaN()
	}
	largest := slices.Max(weights)
	form, times := []float64{}, []float64{}
	for _, l := range weights {
		form, times = append(form, l/largest), append(times, 1)
	}
	form, times = append(form, -x/largest/denominator), append(times, denominator)
	// k are the derivatives of the form's cumulant generating function, the function itself first.
	k := func(t float64) (of [4]float64) {
		var terms [4][]float64
		for i, l := range form {
			y := 1 - 2*float64(t*l)
			for n, term := range []float64{-math.Log1p(-2*float64(t*l)) / 2, l / y, 2 * l * l / (y * y), 8 * l * l * l / (y * y * y)} {
				terms[n] = append(terms[n], float64(times[i]*term))
			}
		}
		for n := range of {
			of[n] = design.Total(terms[n])
		}
		return of
	}
	low, high := 1/(2*form[len(form)-1]), 0.5 // where the function has its poles
	for range 200 {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if k(middle)[1] < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	t := low + (high-low)/2
	at := k(t)
	w := math.Copysign(math.Sqrt(math.Max(-2*at[0], 0)), t)
	r := w + at[3]/6/math.Pow(at[2], 1.5) // the limit at the mean
	if math.Abs(w) > 1e-4 {
		r = w + math.Log(float64(t*math.Sqrt(at[2]))/w)/w
	}
	return distuv.UnitNormal.Survival(r)
}

// saddlepointTest is the test of Pearson's statistic by the eigenvalues of the generalised
// design effects, whose sum is the trace: of the same denominator as the second-order F. It
// has no degrees of freedom of its own.
func saddlepointTest(pearson float64, eigenvalues []float64, denominator float64) indicator.Test {
	mean := design.Total(eigenvalues) / float64(len(eigenvalues))
	return indicator.Test{Statistic: pearson / mean, P: saddlepoint(pearson, eigenvalues, denominator)}
}

// eigenvalues are those of a symmetric matrix, from the largest on.
func eigenvalues(of [][]float64) []float64 {
	values, _ := spectrum(of)
	slices.Sort(values)
	slices.Reverse(values)
	return values
}

// spectrum is the eigenvalues of a symmetric matrix and their vectors, which are columns, by
// Jacobi's rotations (Golub and Van Loan 2013, section 8.5).
func spectrum(of [][]float64) (values []float64, vectors [][]float64) {
	a := make([][]float64, len(of))
	vectors = design.Square(len(of))
	for i := range of {
		a[i] = slices.Clone(of[i])
		vectors[i][i] = 1
	}
	const most = 60
	for range most {
		off, all := 0.0, 0.0
		for i := range a {
			for j := range a {
				all += float64(a[i][j] * a[i][j])
				if i != j {
					off += float64(a[i][j] * a[i][j])
				}
			}
		}
		if off <= 1e-32*all {
			break
		}
		for p := range a {
			for q := p + 1; q < len(a); q++ {
				rotate(a, vectors, p, q)
			}
		}
	}
	values = make([]float64, len(a))
	for i := range a {
		values[i] = a[i][i]
	}
	return values, vectors
}

// rotate makes the element of a row and a column of a symmetric matrix 0, and turns the
// columns of vectors alike.
func rotate(a, vectors [][]float64, p, q int) {
	if a[p][q] == 0 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(float64(t*t)+1)
	s := t * c
	for _, columns := range [][][]float64{a, vectors} {
		for _, row := range columns {
			x, y := row[p], row[q]
			row[p], row[q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
		}
	}
	for i := range a {
		x, y := a[p][i], a[q][i]
		a[p][i], a[q][i] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
}
