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

// Two regions of two areas each: who was drawn with whom, and for how many each
// of them stands. What is wrong with a sample is said all at once.
func ExampleNew() {
	source := design.Source{
		Weights: "core", Where: "survey.tab",
		Stratum: []string{"North", "North", "North", "South", "South", "South"},
		PSU:     []string{"Leeds", "Leeds", "York", "Bath", "Dover", "Dover"},
		Weight:  []float64{100, 120, 90, 110, 80, 80},
	}
	d, ps := design.New(source)
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Strata, "strata,", d.Clusters, "PSUs,", d.DF(), "degrees of freedom, error by", d.Error)

	source.Names.Weight = "wt"
	source.PSU[4], source.PSU[5], source.Weight[0] = "Bath", "Bath", -1
	_, ps = design.New(source)
	fmt.Println(ps.Err())
	source.Weight[0] = 100
	_, ps = design.New(source)
	fmt.Println(ps.Err())
	// Output:
	// 2 strata, 4 PSUs, 2 degrees of freedom, error by strata and PSUs
	// survey.tab: variable "wt": negative weights: 1, want none
	// survey.tab: stratum "South": 1 PSU (core weight), want at least 2
}

// Three of five respondents are women, but only half of the population is.
func ExamplePostStratify() {
	d, ps := design.New(design.Source{Where: "sample", Weight: []float64{20, 20, 20, 20, 20}})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	d, ps = design.PostStratify(d, design.Margin{
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
		Where: "sample", Stratum: []string{"A", "A", "B", "B", "B"}, Weight: []float64{10, 10, 4, 4, 4},
	})
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	d, ps = design.JKn(d)
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	for r, weight := range d.Replicates.Weight {
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
