package indicator

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
)

// Rounded is what rounding leaves of a standard error of 0, over the size of
// the terms that the value is made of. An error of no more is none.
const Rounded = 1e-14

// A Basis is what the error and the interval of an estimate follow from, beside
// its value, its base and its degrees of freedom.
type Basis struct {
	SE     float64 // the root of the variance: 0 where nothing varies, NaN where it cannot be computed
	DEFF   float64
	Size   float64 // of the terms that the value is made of; 0 for that of the value
	PSUs   int     // that the base meets
	Share  bool    // the value is a share: one of 0 or 1 is of answers that are all the same
	Lonely string  // the design's policy, codebook.Lonely...
	Method string  // of the interval, IntervalMethods
	Level  float64
}

// Infer gives an estimate that has a value the error and the interval that
// follow from a basis, and notes why it has none. A value that is no number is
// one that would divide by 0. An estimate that has a note already of why it has
// no error keeps that one, and has none.
func (e *Estimate) Infer(b Basis) {
	nan := math.NaN()
	e.SE, e.Lower, e.Upper, e.Level, e.Method, e.DEFF = nan, nan, nan, nan, "", nan
	if math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
		e.Value = nan
		e.Notes.Add(Note{Code: DividesByZero})
		return
	}
	if !e.Notes.Has(noErrors...) {
		e.Notes.Add(Note{Code: b.noError(e.Value, e.DF)})
	}
	if !e.Notes.Has(noErrors...) {
		e.SE, e.DEFF = b.SE, b.DEFF
	}
	method, _ := IntervalBy(b.Method)
	e.Limit(method.Interval(e.Value, e.SE, e.DF, e.Base, b.Level), b.Method, b.Level)
}

// Errorless takes the error and all that follows from it from an estimate that
// has a value, and notes why there is none.
func (e *Estimate) Errorless(why NoteCode) {
	if math.IsNaN(e.Value) {
		return
	}
	nan := math.NaN()
	e.SE, e.Lower, e.Upper, e.Level, e.Method, e.DF, e.DEFF = nan, nan, nan, nan, "", nan, nan
	e.Notes = slices.DeleteFunc(e.Notes, func(n Note) bool { return n.Is(noErrors...) || n.Is(noIntervals...) })
	e.Notes.Add(Note{Code: why})
}

// noError is why there is no error, "" where there is one.
func (b Basis) noError(value, df float64) NoteCode {
	switch {
	case b.PSUs < 2:
		return NoErrorPSUs
	case b.Share && (value == 0 || value == 1):
		return NoErrorSame
	case math.IsNaN(b.SE):
		return Unknown(b.Lonely)
	case b.SE > Rounded*max(math.Abs(value), b.Size):
		return ""
	case !(df > 0):
		return NoErrorDF
	}
	return NoErrorFixed
}

// Unknown is why a variance is no number under a policy for strata with one
// cluster.
func Unknown(lonely string) NoteCode {
	if lonely == codebook.LonelyAverage {
		return NoErrorAverage
	}
	return NoErrorKnown
}

// Limit gives an estimate its interval, or notes why it has none where nothing
// says why it has no error.
func (e *Estimate) Limit(i Interval, method string, level float64) {
	if i.Absent == "" {
		e.Lower, e.Upper, e.Level, e.Method = i.Lower, i.Upper, level, method
	} else if !e.Notes.Has(noErrors...) {
		e.Notes.Add(Note{Code: i.Absent})
	}
}

// Scaled brings the value, its error and its limits from the scale that they
// were computed in to by times that, and adds centre to the value.
func (e *Estimate) Scaled(by, centre float64) {
	e.Value = float64(e.Value*by) + centre
	e.SE *= by
	e.Lower, e.Upper = float64(e.Lower*by)+centre, float64(e.Upper*by)+centre
}
