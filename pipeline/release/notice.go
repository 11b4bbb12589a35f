package release

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// NoticeFormat names the layout of a notice that FORMAT.md describes.
const NoticeFormat = "togetherwecan-notice/1"

// A Notice says of figures that were published that they are wrong, or are no
// longer stood by, or what has become of an earlier notice. What was published
// stays as it is. Notices are numbered from 1 in the order in which they were
// issued, and each vouches for the one before it and for the releases of its
// time, so that none can be changed, slipped in or taken out unseen.
type Notice struct {
	Format      string     `json:"format"`       // NoticeFormat
	Previous    string     `json:"previous"`     // SHA-256 of the notice before, "" for the first
	Newest      Named      `json:"newest"`       // the newest release when it was issued
	Issued      string     `json:"issued"`       // YYYY-MM-DD
	Kind        NoticeKind `json:"kind"`         // of what it says
	Ends        int        `json:"ends"`         // the earlier notice that it is about; 0 where it is about figures
	Affects     *Scope     `json:"affects"`      // the figures that it is about; nil where it is about a notice
	Since       *Named     `json:"since"`        // the first release that has them; nil likewise
	CorrectedBy *Named     `json:"corrected_by"` // the first release that has them right; nil while there is none
	Extent      string     `json:"extent"`       // of a correction: MinorError or SubstantialError
	Reason      string     `json:"reason"`       // in words
}

// Named is a release by its id and the SHA-256 of its release.json: an id alone
// is the name of a folder.
type Named struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
}

// A NoticeKind is what a notice says.
type NoticeKind string

// The kinds of notice. A correction of figures says that they are wrong; one that
// ends a notice says from which release on they are right. A withdrawal of figures
// says that they are not to be used; one that ends a notice takes it back.
const (
	Correction NoticeKind = "correction"
	Withdrawal NoticeKind = "withdrawal"
)

// The extents of an error. It is substantial where what was concluded from the
// figures no longer holds or has to be qualified.
const (
	MinorError       = "minor"
	SubstantialError = "substantial"
)

// Extents lists them.
var Extents = []string{MinorError, SubstantialError}

// A Scope is the figures that a notice is about: those whose key has one of the
// codes of each list that is not empty.
type Scope struct {
	Indicators  []string            `json:"indicators"`
	Sources     []codebook.SourceID `json:"sources"`
	Populations []string            `json:"populations"`
	Breakdowns  []string            `json:"breakdowns"`
	Categories  []string            `json:"categories"`
	Items       []string            `json:"items"`
}

// Bounds of a notice.
const (
	MostNotices = 9999 // of a store: their names have four digits
	mostReason  = 2000 // characters
)

// NoticeName is the name of the notice of a number, so that names sort as numbers.
func NoticeName(number int) string { return fmt.Sprintf("%04d.json", number) }

// Encode returns the notice's file, as EncodeJSON writes it. Equal notices have
// equal bytes.
func (n *Notice) Encode() []byte {
	full := *n
	if n.Affects != nil {
		s := n.Affects.Sorted()
		full.Affects = &s
	}
	return EncodeJSON(&full)
}

// DecodeNotice reads a notice. It accepts only what Encode writes.
func DecodeNotice(data []byte) (*Notice, error) {
	n := &Notice{}
	if err := DecodeJSON(data, n); err != nil {
		return nil, err
	}
	if n.Format != NoticeFormat {
		return nil, fmt.Errorf("format %q, want %q", n.Format, NoticeFormat)
	}
	if !bytes.Equal(n.Encode(), data) {
		return nil, fmt.Errorf("not in canonical form: want every key once and in order, sorted lists, indented by two spaces")
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	return n, nil
}

// Check returns an error unless the notice says by itself what its kind has to.
func (n *Notice) Check() error {
	if day, err := time.Parse(time.DateOnly, n.Issued); err != nil || day.Format(time.DateOnly) != n.Issued {
		return fmt.Errorf("issued %q, want a day such as 2003-11-20", n.Issued)
	}
	if n.Kind != Correction && n.Kind != Withdrawal {
		return fmt.Errorf("kind %q, want %s or %s", n.Kind, Correction, Withdrawal)
	}
	if figures := n.Ends == 0; n.Ends < 0 || (n.Affects != nil) != figures || (n.Since != nil) != figures {
		return fmt.Errorf("want the figures that it affects and the first release that has them, or the notice that it ends")
	}
	switch {
	case n.Kind == Withdrawal && (n.CorrectedBy != nil || n.Extent != ""):
		return fmt.Errorf("a withdrawal has no extent, and no release that corrects it: a correction that ends it has")
	case n.Kind == Correction && n.Ends > 0 && n.CorrectedBy == nil:
		return fmt.Errorf("no release that corrects what notice %d is about", n.Ends)
	case n.Kind == Correction && !slices.Contains(Extents, n.Extent) && (n.Ends == 0 || n.Extent != ""):
		return fmt.Errorf("extent %q of a correction, want %s", n.Extent, strings.Join(Extents, " or "))
	}
	if words := strings.Join(strings.Fields(n.Reason), " "); words == "" || words != n.Reason {
		return fmt.Errorf("reason %q, want words, with one space between them", n.Reason)
	}
	if !utf8.ValidString(n.Reason) || utf8.RuneCountInString(n.Reason) > mostReason || strings.ContainsFunc(n.Reason, unicode.IsControl) {
		return fmt.Errorf("a reason of %d characters, want at most %d, and none that moves a cursor", utf8.RuneCountInString(n.Reason), mostReason)
	}
	return nil
}

// All says whether the scope is of every figure.
func (s *Scope) All() bool {
	return s != nil && !slices.ContainsFunc(dimensions, func(d dimension) bool { return len(d.of(s)) > 0 })
}

// Sorted is the scope with each code once, in order.
func (s Scope) Sorted() Scope {
	return Scope{once(s.Indicators), once(s.Sources), once(s.Populations), once(s.Breakdowns), once(s.Categories), once(s.Items)}
}

func once[S cmp.Ordered](list []S) []S {
	sorted := filled(list)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// A dimension is one list of a scope: what its codes are called, and which of them
// an indicator has.
type dimension struct {
	noun string
	of   func(s *Scope) []string
	has  func(l *IndicatorLabels) []string
}

var dimensions = []dimension{
	{"indicator", func(s *Scope) []string { return s.Indicators }, func(l *IndicatorLabels) []string { return []string{l.ID} }},
	{"source", func(s *Scope) []string { return texts(s.Sources) }, func(l *IndicatorLabels) []string { return texts(l.Sources) }},
	{"population", func(s *Scope) []string { return s.Populations }, func(l *IndicatorLabels) []string { return l.Populations }},
	{"breakdown", func(s *Scope) []string { return s.Breakdowns }, func(l *IndicatorLabels) []string { return l.BreakdownCodes() }},
	{"category", func(s *Scope) []string { return s.Categories }, func(l *IndicatorLabels) []string {
		var all []string
		for _, d := range l.Breakdowns {
			all = append(all, d.Categories...)
		}
		return all
	}},
	{"item", func(s *Scope) []string { return s.Items }, func(l *IndicatorLabels) []string { return l.Items }},
}

func texts[S ~string](list []S) []string {
	made := make([]string, len(list))
	for i, x := range list {
		made[i] = string(x)
	}
	return made
}

// lacks says of each code of the scope that no indicator which it is about has in any of
// the releases from one on, by their labels, that it is not there.
func (s *Scope) lacks(from string, releases []*Labels) []string {
	var faults []string
	for _, d := range dimensions {
		var has []string
		for _, l := range releases {
			for i := range l.Indicators {
				if x := &l.Indicators[i]; d.noun == "indicator" || in(s.Indicators, x.ID) {
					has = append(has, d.has(x)...)
				}
			}
		}
		has = once(has)
		for _, code := range d.of(s) {
			if !slices.Contains(has, code) {
				faults = append(faults, fmt.Sprintf("no %s %q from %s on%s", d.noun, code, from, refusal.Nearest(code, has)))
			}
		}
	}
	return faults
}

// Words is the scope for a reader: "influence: hocs/2003, sex".
func (s *Scope) Words() string {
	what := "every indicator"
	if len(s.Indicators) > 0 {
		what = strings.Join(s.Indicators, ", ")
	}
	var parts []string
	for _, d := range dimensions[1:] {
		parts = append(parts, d.of(s)...)
	}
	if len(parts) > 0 {
		what += ": " + strings.Join(parts, ", ")
	}
	return what
}

// Touches says whether the scope has a row of an indicator's content: a figure, a
// change from or to one, a trend through one, or what an evaluation says.
func (s *Scope) Touches(id string, c Content) bool {
	if !in(s.Indicators, id) {
		return false
	}
	keyed := func(k indicator.Key) bool {
		return in(s.Populations, k.Population) && in(s.Breakdowns, k.Breakdown) && in(s.Categories, k.Category) && in(s.Items, k.Item)
	}
	order := c.Words.Indicator.Sources
	through := func(from, to codebook.SourceID) bool {
		first, last := slices.Index(order, from), slices.Index(order, to)
		return first >= 0 && first <= last && slices.ContainsFunc(order[first:last+1], func(x codebook.SourceID) bool {
			return x.Survey() == to.Survey() && in(s.Sources, x)
		})
	}
	return slices.ContainsFunc(c.Figures, func(f Figure) bool { return keyed(f.Key) && in(s.Sources, f.Source) }) ||
		slices.ContainsFunc(c.Changes, func(x Change) bool { return keyed(x.Key) && (in(s.Sources, x.Source) || in(s.Sources, x.FromSource)) }) ||
		slices.ContainsFunc(c.Trends, func(t Trend) bool { return keyed(t.Key) && through(t.FromSource, t.Source) }) ||
		slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return keyed(indicator.Key{}) && in(s.Sources, e.Source) })
}

// Moved says whether what the scope has of an indicator is another in the second of two
// contents: a row that the first has, a figure of one of its sources, or a word for all
// of them. That a source came does not say so.
func (s *Scope) Moved(id string, was, now Content) bool {
	if !in(s.Indicators, id) {
		return false
	}
	d := Compare(was, now)
	moved := Content{
		d.Figures.revised(), d.Changes.revised(), d.Trends.revised(), d.Funnels.revised(), d.Evidence.revised(), d.Targets.revised(), now.Words,
	}
	for _, f := range d.Figures.Gained {
		if slices.ContainsFunc(was.Figures, func(old Figure) bool { return old.Source == f.Source }) {
			moved.Figures = append(moved.Figures, f)
		}
	}
	return len(d.Reworded) > 0 || s.Touches(id, moved)
}

// in says whether a list has a code: one that is empty has every one.
func in[S comparable](list []S, code S) bool { return len(list) == 0 || slices.Contains(list, code) }
