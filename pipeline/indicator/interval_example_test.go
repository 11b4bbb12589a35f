package indicator_test

import (
	"fmt"

	"togetherwecan/pipeline/indicator"
)

// The share of a small group, 37.3% of 36 respondents, by every method for
// proportions.
func ExampleIntervalMethod_Interval() {
	for _, m := range indicator.IntervalMethods() {
		if m.For == indicator.Ratios {
			continue
		}
		i := m.Interval(0.3733, 0.0978, 19, 36, 0.95)
		fmt.Printf("%-11s %.4f to %.4f\n", m.Name, i.Lower, i.Upper)
	}
	// Output:
	// logit       0.1989 to 0.5883
	// wald        0.1686 to 0.5780
	// asin        0.1858 to 0.5831
	// wilson      0.2031 to 0.5820
	// likelihood  0.1893 to 0.5867
	// beta        0.1831 to 0.5973
	// nchs        0.1831 to 0.5973
}

// Where nobody said yes, only a method that counts respondents has a limit.
func ExampleIntervalBy() {
	for _, name := range []string{"logit", "nchs"} {
		m, _ := indicator.IntervalBy(name)
		i := m.Interval(0, 0, 24, 50, 0.95)
		fmt.Printf("%s: %.3f to %.3f %s\n", m.Name, i.Lower, i.Upper, i.Absent)
	}
	// Output:
	// logit: NaN to NaN no-interval-same
	// nchs: 0.000 to 0.075
}
