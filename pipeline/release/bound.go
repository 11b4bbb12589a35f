package release

import (
	"cmp"
	"slices"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Bound is what the audit of a release finds of a count that is withheld, or that
// only subtraction of populations gives.
type Bound struct {
	Key         indicator.Key
	Less        string // the population that is subtracted, "" for none
	Side        string // respondents, yes or no
	Why         string // Few or Beside
	Count       int64  // what it is
	Least, Most int64  // what can be known of it from what is published; both Exactly where it follows, whatever it is
}

// Exactly stands for both bounds of a count that follows from what is published.
const Exactly = -1

// Why a count is withheld.
const (
	Few    = "few"    // it is below the policy's bounds itself
	Beside = "beside" // it would tell one that is
)

// endless is more than there are respondents anywhere.
const endless = 1 << 40

// boundColumns are those of a restricted folder's account of the audit.
var boundColumns = []sheet.Column[Bound]{
	{Name: "indicator", Text: func(b *Bound) *string { return &b.Key.Indicator }},
	{Name: "source", Text: func(b *Bound) *string { return (*string)(&b.Key.Source) }},
	{Name: "population", Text: func(b *Bound) *string { return &b.Key.Population }},
	{Name: "without", Text: func(b *Bound) *string { return &b.Less }},
	{Name: "breakdown", Text: func(b *Bound) *string { return &b.Key.Breakdown }},
	{Name: "category", Text: func(b *Bound) *string { return &b.Key.Category }},
	{Name: "item", Text: func(b *Bound) *string { return &b.Key.Item }},
	{Name: "side", Text: func(b *Bound) *string { return &b.Side }},
	{Name: "why", Text: func(b *Bound) *string { return &b.Why }},
	{Name: "count", Count: func(b *Bound) *int64 { return &b.Count }},
	{Name: "least", Count: func(b *Bound) *int64 { return &b.Least }},
	{Name: "most", Count: func(b *Bound) *int64 { return &b.Most }},
}

// Together makes the bounds of each count one, of all that is known of it, sorted.
func Together(bounds []Bound) []Bound {
	alike := func(a, b Bound) int {
		return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.Less, b.Less), cmp.Compare(a.Side, b.Side))
	}
	slices.SortFunc(bounds, alike)
	rows := bounds[:0]
	for _, b := range bounds {
		if n := len(rows); n > 0 && alike(rows[n-1], b) == 0 {
			switch one, least, most := &rows[n-1], max(rows[n-1].Least, b.Least), min(rows[n-1].Most, b.Most); {
			case most == Exactly:
				one.Least, one.Most = Exactly, Exactly
			case least <= most:
				one.Least, one.Most = least, most
			case b.Most-b.Least < one.Most-one.Least: // they cannot both be: each supposes that rows are all there is
				one.Least, one.Most = b.Least, b.Most
			}
			continue
		}
		rows = append(rows, b)
	}
	return rows
}

// RestrictBounds adds the audit's account to the files of a restricted folder.
func RestrictBounds(bounds []Bound, files map[string][]byte) {
	rows := Together(bounds)
	for i := range rows {
		if rows[i].Most > endless {
			rows[i].Most = sheet.None
		}
	}
	files["audit.csv"] = sheet.CSV(rows, boundColumns)
}
