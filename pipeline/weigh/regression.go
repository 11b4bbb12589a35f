package weigh

import (
	"math"

	"togetherwecan/pipeline/design"
)

// A regression is a set of variables that are orthonormal under weights, so
// that the regression of another on them is its products with them.
type regression struct {
	variables [][]float64
	weight    []float64
	totals    []float64 // that the variables have in the population
}

// regress makes a regression on the variables of controls. A variable that is
// a sum of those before it except for 1e-7 of its size adds nothing.
func regress(controls []Control, weight []float64) *regression {
	const dependent = 1e-7
	r := &regression{weight: weight}
	for _, c := range controls {
		x, t := append([]float64(nil), c.Of...), c.Total
		before := math.Sqrt(r.product(x, x))
		for range 2 { // once more, for what rounding leaves
			for j, b := range r.variables {
				by := r.product(x, b)
				subtract(x, by, b)
				t -= float64(by * r.totals[j])
			}
		}
		after := math.Sqrt(r.product(x, x))
		if !(after > dependent*before) {
			continue
		}
		for i := range x {
			x[i] /= after
		}
		r.variables, r.totals = append(r.variables, x), append(r.totals, t/after)
	}
	return r
}

// product is the weighted sum of the products of two variables.
func (r *regression) product(a, b []float64) float64 {
	weighted := make([]float64, len(a))
	for i, w := range r.weight {
		weighted[i] = float64(w * a[i])
	}
	return dot(weighted, b)
}

// subtract takes by times b from a.
func subtract(a []float64, by float64, b []float64) {
	for i := range a {
		a[i] -= float64(by * b[i])
	}
}

// A regressionCalibration is a calibration by a regression.
type regressionCalibration struct {
	*regression
	after []float64 // weights
}

// Residuals implements Calibration. As the variables are orthonormal, the products with
// each are what the regression has of it.
func (r *regressionCalibration) Residuals(u []float64, some []int32) {
	weight, after, values := r.weight, r.after, u
	if some != nil {
		weight, after, values = design.Pick(weight, some), design.Pick(after, some), design.Pick(u, some)
	}
	weighted := make([]float64, len(values))
	for i, w := range after {
		if w != 0 {
			weighted[i] = float64(weight[i] * (values[i] / w))
		}
	}
	by := make([]float64, len(r.variables))
	for j, x := range r.variables {
		if some != nil {
			x = design.Pick(x, some)
		}
		by[j] = dot(weighted, x)
	}
	for j, x := range r.variables {
		for i, w := range r.after {
			u[i] -= float64(float64(by[j]*x[i]) * w)
		}
	}
}

// dot is the total of the products, in no order.
func dot(a, b []float64) float64 {
	products := make([]float64, len(a))
	for i := range a {
		products[i] = float64(a[i] * b[i])
	}
	return design.Total(products)
}
