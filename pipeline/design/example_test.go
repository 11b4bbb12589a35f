package design_test

import (
	"fmt"

	"togetherwecan/pipeline/design"
)

// Weights are calibrated to the sexes and the sum of ages that the population
// has. A margin's categories and a control can be given together; what follows
// from the others adds nothing.
func ExampleCalibrate() {
	d, ps := design.New(design.Source{Where: "sample", Weight: []float64{10, 10, 10, 10}})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	sex := design.Margin{Name: "sex", Label: []string{"F", "F", "M", "M"}, Total: map[string]float64{"F": 24, "M": 20}}
	age := design.Control{Name: "age", Of: []float64{20, 40, 30, 50}, Total: 1580}
	calibrated, ps := design.Calibrate(d, append(sex.Controls(), age), design.Calibrating{Lower: 0.5, Upper: 2})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", calibrated.Weight)

	_, ps = design.Calibrate(d, sex.Controls(), design.Calibrating{Lower: 0.9, Upper: 1.1})
	fmt.Println(ps.Err())
	// Output:
	// [10.5 13.5 8.5 11.5]
	// control "sex=F": calibrated, the respondents have a total of 22, want 24: the furthest off
}
