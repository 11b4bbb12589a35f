package pipeline

import (
	"fmt"
	"math"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/report"
)

// infer gives a figure with a value and its degrees of freedom an error and an
// interval, or says why it has none.
func (q *Question) infer(f *AskedFigure, se float64, clusters int, method string) {
	switch share := f.Statistic.Row().Share; {
	case math.IsNaN(f.Value) || math.IsInf(f.Value, 0):
		f.Value, f.Note = math.NaN(), "the figure would divide by 0"
		return
	case clusters < 2:
		f.Note = "no error: fewer than two PSUs"
	case share && (f.Value == 0 || f.Value == 1):
		f.Note = "no error: all answers are the same"
	case !(se > 1e-14*math.Abs(f.Value)):
		f.Note = q.unvarying(se, f.DF)
	default:
		f.SE, f.CV = se, se/math.Abs(f.Value)
	}
	by, _ := indicator.IntervalBy(method)
	q.limit(f, by.Interval(f.Value, f.SE, f.DF, f.Base, q.Level), method)
}

// unvarying says why an error that is 0, or but rounding, or no number is none.
func (q *Question) unvarying(se, df float64) string {
	why := "the estimate does not vary"
	switch {
	case math.IsNaN(se):
		why = q.unknown(se)
	case !(df > 0):
		why = "no degrees of freedom"
	}
	return "no error: " + why
}

// unknown says why what follows from a variance is no number; "" where it is.
func (q *Question) unknown(x float64) string {
	switch {
	case !math.IsNaN(x):
		return ""
	case q.Design.Lonely == codebook.LonelyAverage:
		return "no average to give a stratum with one cluster"
	}
	return "the variance cannot be computed"
}

// limit gives a figure its interval, or says why it has none.
func (q *Question) limit(f *AskedFigure, i indicator.Interval, method string) {
	if i.Absent != "" {
		if f.Note == "" {
			f.Note = report.Words(indicator.Note{Code: i.Absent})
		}
		return
	}
	f.Lower, f.Upper, f.Level, f.Method = i.Lower, i.Upper, q.Level, method
}

// approximate says of an error that a published design factor made it.
func (c *calculation) approximate() string {
	if c.design.Error != design.ByFactor {
		return ""
	}
	return fmt.Sprintf("error approximate: published design factor %g", c.design.Factor)
}

// standard says of a figure that it is standardised.
func (c *calculation) standard() string {
	if c.question.Standard == nil {
		return ""
	}
	return "standardised by " + c.field(c.question.Standard.Variable).name
}

// note adds to what is said of a figure; "" is nothing.
func (f *AskedFigure) note(text string) {
	if f.Note != "" && text != "" {
		f.Note += "; "
	}
	f.Note += text
}
