// Package disclose withholds the figures of few respondents and the changes
// that rest on them, by the catalogue's policy. It alone decides which values
// and bases of a release are emptied.
//
// The policy looks at the unweighted base. A confidential figure that is the
// only one withheld of its breakdown could be had from the others and the
// whole by subtraction, and so the next smallest is withheld beside it.
package disclose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Release is all rows of a release that is being made, as yet with every
// value, and those of the release before it.
type Release struct {
	Indicators map[string]*release.Content
	Last       map[string]release.Content
	// Carried says of a source that its rows are the last release's, which were
	// decided on there.
	Carried func(codebook.SourceID) bool
}

// Apply empties what the policy withholds. The base of a comparison is that of
// the smallest of its groups. A base below ConfidentialBelow is confidential, one
// below UnreliableBelow too small to be reliable, and one below CautionBelow
// shown with a note. A figure that has a status already keeps it, unless its base
// is confidential. A change is withheld with either of its figures.
//
// It panics on a carried figure that the last release has not: it would be
// published without a decision.
func Apply(policy indicator.Policy, r Release) {
	for id, c := range r.Indicators {
		was := map[indicator.Key]bool{}
		for _, f := range r.Last[id].Figures {
			was[f.Key] = true
		}
		var made []row
		for i := range c.Figures {
			f := &c.Figures[i]
			switch {
			case !r.Carried(f.Source):
				base := f.Base
				if counted(f) { // whose smallest count stands for it, if it is of people
					if base = smallest(f); base == math.MaxInt {
						base = 0
					}
				}
				made = append(made, row{f, base})
				decide(policy, f)
			case !was[f.Key]:
				panic(fmt.Sprintf("disclose: carried figure %v is not in the last release", f.Key))
			}
		}
		protect(made)
		changes(c, r.Carried)
	}
}

// A row is a figure with its base, which may be withheld from it.
type row struct {
	*release.Figure
	base int64
}

// decide gives a figure the policy's status and notes.
func decide(policy indicator.Policy, f *release.Figure) {
	status, n := indicator.Status(f.Status), smallest(f)
	switch {
	case f.Base == 0 && status != "":
	case counted(f):
		if n < int64(policy.ConfidentialBelow) {
			withhold(f, indicator.Confidential, few(indicator.WithheldSmall, policy.ConfidentialBelow))
		}
	case n < int64(policy.ConfidentialBelow):
		withhold(f, indicator.Confidential, few(indicator.WithheldFew, policy.ConfidentialBelow))
	case status != "" && status != indicator.Low:
	case n < int64(policy.UnreliableBelow):
		withhold(f, indicator.Unreliable, few(indicator.WithheldUnreliable, policy.UnreliableBelow))
	case n < int64(policy.CautionBelow):
		notes := f.NoteList()
		notes.Add(few(indicator.Caution, policy.CautionBelow))
		f.Notes = notes.String()
	}
}

// counted says whether a figure is of counts, not of respondents: that of a return
// which gives no respondents for it.
func counted(f *release.Figure) bool { return f.Source.Return() && f.Base < 1 }

// smallest is of how many the smallest group of a figure is; of counts it is the
// smallest that is of somebody, since nobody is nobody's secret.
func smallest(f *release.Figure) int64 {
	if !counted(f) {
		return int64(f.Groups.Smallest())
	}
	n := math.MaxInt
	for _, g := range f.Groups {
		for _, of := range []int{g.Answered, g.Yes} {
			if of > 0 {
				n = min(n, of)
			}
		}
	}
	return int64(n)
}

// protect withholds a second figure beside each that is the only confidential
// one of its breakdown: that of the next smallest base.
func protect(figures []row) {
	families := map[indicator.Key][]row{}
	for _, f := range figures {
		family := f.Key
		family.Category = ""
		if f.Breakdown != codebook.All && f.base > 0 { // a base of nobody hides nothing
			families[family] = append(families[family], f)
		}
	}
	for _, family := range families {
		slices.SortStableFunc(family, func(a, b row) int {
			return cmp.Or(cmp.Compare(a.base, b.base), cmp.Compare(a.Category, b.Category))
		})
		var confidential, next *release.Figure
		alone := true
		for _, f := range family {
			switch {
			case f.Status != string(indicator.Confidential):
				if next == nil {
					next = f.Figure
				}
			case confidential == nil:
				confidential = f.Figure
			default:
				alone = false
			}
		}
		if confidential != nil && alone && next != nil {
			withhold(next, indicator.Confidential, indicator.Note{Code: indicator.WithheldBeside})
		}
	}
}

// withhold empties a figure. Its notes could tell what it is: none but the reason
// is left, and that the data are made up.
func withhold(f *release.Figure, status indicator.Status, why indicator.Note) {
	notes := f.NoteList().Only(indicator.Synthetic)
	notes.Add(why)
	f.Status, f.Notes = string(status), notes.String()
	f.Empty()
	f.Numerator, f.Denominator = math.NaN(), math.NaN()
	if status == indicator.Confidential {
		f.Base = release.Withheld
	}
}

// few is a note of a bound on the base.
func few(code indicator.NoteCode, below int) indicator.Note {
	return indicator.Note{Code: code, Args: []string{strconv.Itoa(below)}}
}

// changes empties the changes that rest on a figure that is withheld, those that
// were made in this release.
func changes(c *release.Content, carried func(codebook.SourceID) bool) {
	withheld := map[indicator.Key]string{}
	for _, f := range c.Figures {
		if f.Status != "" {
			withheld[f.Key] = f.Status
		}
	}
	if len(withheld) == 0 {
		return
	}
	for i := range c.Changes {
		ch := &c.Changes[i]
		from := ch.Key
		from.Source = ch.FromSource
		if carried(ch.FromSource) && carried(ch.Source) || ch.ReasonNote().Is(indicator.Broken, indicator.FieldworkShared) {
			continue // there is no change to withhold
		}
		for _, key := range []indicator.Key{from, ch.Key} {
			if status, gone := withheld[key]; gone {
				ch.Empty(indicator.Note{Code: indicator.NoFigureOf, Of: string(key.Source), Args: []string{status}})
				break
			}
		}
	}
}
