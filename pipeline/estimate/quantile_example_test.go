package estimate_test

import (
	"fmt"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
)

// The median of 20 respondents in four PSUs, with its interval.
func ExampleWoodruff() {
	source := design.Source{}
	var hours []float64
	for i := range 20 {
		source.Stratum = design.LabelsOf(append(source.Stratum.Spelled(), fmt.Sprint("stratum ", i/10)))
		source.PSU = design.LabelsOf(append(source.PSU.Spelled(), fmt.Sprint(i/5)))
		source.Weight = append(source.Weight, 100)
		hours = append(hours, float64(i*7%20))
	}
	d, problems := design.New(source)
	if err := problems.Err(); err != nil {
		fmt.Println(err)
		return
	}
	rule, _ := estimate.QuantileRuleBy("hf1")
	method, _ := indicator.IntervalBy("logit")
	q := estimate.Woodruff(d, hours, nil, []float64{0.5}, rule, method, 0.95)[0]
	fmt.Printf("%.0f hours (%.0f to %.0f), standard error %.2f on %.0f degrees of freedom\n", q.Value, q.Interval.Lower, q.Interval.Upper, q.SE, q.DF)
	// Output:
	// 9 hours (4 to 15), standard error 1.28 on 2 degrees of freedom
}
