package estimate_test

import (
	"fmt"
	"strings"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// Two means in one estimate have a covariance, so that the error of what is
// computed from them is known: here of their difference, and of their ratio by
// the delta method.
func ExampleOf() {
	d, problems := design.New(design.Source{
		Where:   "example",
		Stratum: design.LabelsOf(strings.Split("NNNNNNSSSSSS", "")),
		PSU:     design.LabelsOf(strings.Split("aabbccddeeff", "")),
		Weight:  []float64{1, 1, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1},
	})
	if err := problems.Err(); err != nil {
		panic(err)
	}
	influence, years := []float64{1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1}, []float64{3, 1, 7, 2, 9, 4, 1, 8, 2, 5, 6, 3}
	north := []bool{true, true, true, true, true, true, false, false, false, false, false, false}
	south := make([]bool, len(north))
	for i := range south {
		south[i] = !north[i]
	}
	e := estimate.Of(d, estimate.Mean{Of: [][]float64{influence, years}})
	fmt.Printf("influence %.3f (%.3f), years %.2f (%.2f), of %d respondents on %.0f degrees of freedom\n", e.Values[0], e.SE(0), e.Values[1], e.SE(1), e.N, e.DF)

	e = estimate.Of(d, estimate.Joint{
		estimate.Mean{Of: [][]float64{years}, In: north},
		estimate.Mean{Of: [][]float64{years}, In: south},
	})
	a, b := e.Values[0], e.Values[1]
	fmt.Printf("years in the north %.2f, in the south %.2f\n", a, b)
	fmt.Printf("difference %.2f (%.2f)\n", a-b, e.Delta([]float64{1, -1}))
	fmt.Printf("ratio %.2f (%.2f)\n", a/b, e.Delta([]float64{1 / b, -a / (b * b)}))
	// Output:
	// influence 0.467 (0.047), years 4.47 (0.55), of 12 respondents on 4 degrees of freedom
	// years in the north 4.62, in the south 4.29
	// difference 0.34 (1.01)
	// ratio 1.08 (0.24)
}
