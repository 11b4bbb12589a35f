package weigh_test

import (
	"fmt"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/weigh"
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
	sex := weigh.Margin{Name: "sex", Label: []string{"F", "F", "M", "M"}, Total: map[string]float64{"F": 24, "M": 20}}
	age := weigh.Control{Name: "age", Of: []float64{20, 40, 30, 50}, Total: 1580}
	calibrated, ps := weigh.Calibrate(d, append(sex.Controls(), age), weigh.Calibrating{Lower: 0.5, Upper: 2})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", calibrated.Weight)

	_, ps = weigh.Calibrate(d, sex.Controls(), weigh.Calibrating{Lower: 0.9, Upper: 1.1})
	fmt.Println(ps.Err())
	// Output:
	// [10.5 13.5 8.5 11.5]
	// control "sex=F": calibrated, the respondents have a total of 22, want 24: the furthest off
}

// Three of five respondents are women, but only half of the population is.
func ExamplePostStratify() {
	d, ps := design.New(design.Source{Where: "sample", Weight: []float64{20, 20, 20, 20, 20}})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	d, ps = weigh.PostStratify(d, weigh.Margin{
		Name: "sex", Label: []string{"F", "F", "F", "M", "M"}, Total: map[string]float64{"F": 48, "M": 48},
	})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Weight)
	// Output:
	// [16 16 16 24 24]
}

// Each replicate leaves out a PSU and lets the others of its stratum stand for
// it.
func ExampleJKn() {
	d, ps := design.New(design.Source{
		Where: "sample", Stratum: design.LabelsOf([]string{"A", "A", "B", "B", "B"}), Weight: []float64{10, 10, 4, 4, 4},
	})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	d, ps = weigh.JKn(d)
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	for r, weight := range d.Replicated() {
		fmt.Printf("%v on a scale of %.3f\n", weight, d.Replicates.ScaleOf(r))
	}
	fmt.Println(d.DF(), "degrees of freedom")
	// Output:
	// [0 20 4 4 4] on a scale of 0.500
	// [20 0 4 4 4] on a scale of 0.500
	// [10 10 0 6 6] on a scale of 0.667
	// [10 10 6 0 6] on a scale of 0.667
	// [10 10 6 6 0] on a scale of 0.667
	// 3 degrees of freedom
}
