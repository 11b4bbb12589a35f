package indicator

import (
	"math"
	"strconv"
)

// PresentationNCHS is the standards by which the National Center for Health Statistics
// presents proportions and counts.
const PresentationNCHS = "nchs"

// Presentations are the standards by their names.
var Presentations = []string{PresentationNCHS}

// The bounds of the standards.
const (
	nchsBase      = 30   // respondents, by their number and by the effective one
	nchsNarrow    = 0.05 // the width of an interval from which on it is held against the share
	nchsWide      = 0.30
	nchsRelative  = 1.30
	nchsFreedom   = 8
	nchsCountBase = 10
	nchsCount     = 1.60
)

// Present notes what the NCHS's standards say of a proportion or a weighted count: that it is
// not to be presented, to be presented with a footnote, or to be reviewed. Of any other
// estimate, and of one without a value, it notes nothing.
//
// The standards are of 95% intervals by Korn and Graubard for proportions, and by the
// logarithm for counts; they are held against the interval that the estimate has.
//
// Parker et al. 2017, Vital and Health Statistics 2(175), and 2023, 2(200), table A.
func (e *Estimate) Present() {
	if math.IsNaN(e.Value) {
		return
	}
	width := e.Upper - e.Lower
	percent := func(x float64) string { return strconv.FormatFloat(Round(float64(100*x), 0), 'f', -1, 64) }
	switch {
	case e.Statistic == Count:
		if len(e.Groups) == 1 {
			counted := e.Groups[0].Yes
			if counted < 0 { // the count is of all
				counted = e.Groups[0].Answered
			}
			if counted < nchsCountBase {
				e.Notes.Add(Note{Code: NCHSCountBase})
			}
		}
		if relative := width / e.Value; relative > nchsCount {
			e.Notes.Add(Note{Code: NCHSCountWidth, Args: []string{percent(relative)}})
		}
	case e.Statistic == Proportion:
		ends := e.Value <= 0 || e.Value >= 1
		effective := float64(e.Base)
		if !ends {
			effective = min(effective, e.Value*(1-e.Value)/float64(e.SE*e.SE))
		}
		switch {
		case e.Base < nchsBase || effective < nchsBase:
			e.Notes.Add(Note{Code: NCHSBase})
		case width >= nchsWide:
			e.Notes.Add(Note{Code: NCHSWidth, Args: []string{percent(width)}})
		case ends: // relative to 0 there is no width
		case width > nchsNarrow && width/e.Value > nchsRelative:
			e.Notes.Add(Note{Code: NCHSRelative, Args: []string{percent(width / e.Value)}})
		case width > nchsNarrow && width/(1-e.Value) > nchsRelative:
			e.Notes.Add(Note{Code: NCHSComplement, Args: []string{percent(width / (1 - e.Value))}})
		}
		if ends {
			e.Notes.Add(Note{Code: NCHSEnds})
		}
	default:
		return
	}
	if e.DF < nchsFreedom {
		e.Notes.Add(Note{Code: NCHSFreedom, Args: []string{strconv.FormatFloat(Round(e.DF, 1), 'f', -1, 64)}})
	}
}
