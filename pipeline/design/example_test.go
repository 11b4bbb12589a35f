package design_test

import (
	"fmt"

	"togetherwecan/pipeline/design"
)

// Two regions of two areas each: who was drawn with whom, and for how many each
// of them stands. What is wrong with a sample is said all at once.
func ExampleNew() {
	source := design.Source{
		Weights: "core", Where: "survey.tab",
		Stratum: design.LabelsOf([]string{"North", "North", "North", "South", "South", "South"}),
		PSU:     design.LabelsOf([]string{"Leeds", "Leeds", "York", "Bath", "Dover", "Dover"}),
		Weight:  []float64{100, 120, 90, 110, 80, 80},
	}
	d, ps := design.New(source)
	if err := ps.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Strata, "strata,", d.Clusters, "PSUs,", d.DF(), "degrees of freedom, error by", d.Error)

	source.Names.Weight = "wt"
	source.PSU, source.Weight[0] = design.LabelsOf([]string{"Leeds", "Leeds", "York", "Bath", "Bath", "Bath"}), -1
	_, ps = design.New(source)
	fmt.Println(ps.Err())
	source.Weight[0] = 100
	_, ps = design.New(source)
	fmt.Println(ps.Err())
	// Output:
	// 2 strata, 4 PSUs, 2 degrees of freedom, error by psus
	// survey.tab: variable "wt": negative weights: 1, want none
	// survey.tab: stratum "South": 1 PSU (core weight), want at least 2
}
