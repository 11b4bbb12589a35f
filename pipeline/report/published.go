package report

import (
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// A Published is a figure as somebody printed it, to stand beside one of the
// release. Source says where, and Status whether the two agree.
type Published struct {
	Key    indicator.Key
	Text   string // the value as printed: "43%"
	Source string
	Status ledger.Status
}

// NewPublished is a printed figure beside that of a source.
func NewPublished(p plan.Published, source codebook.SourceID, status ledger.Status) Published {
	return Published{Key: ledger.Key(p, source), Text: Printed(p.Value, p.Decimals, p.Unit), Source: where(p), Status: status}
}

// Printed is a value as it was printed.
func Printed(value float64, decimals int, unit string) string {
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if decimals == 0 {
		text = Count(int64(value))
	}
	if unit == indicator.Percent {
		text += "%"
	}
	return text
}

// where says where a figure was printed.
func where(p plan.Published) string {
	words := p.Publication
	if p.Table != "" {
		words += ", " + p.Table
	}
	if p.Checked == plan.CheckedPress {
		words += " (from a press account)"
	}
	return words
}

// agreement says briefly of our figure whether it agrees with one that was printed.
var agreement = map[ledger.Status]string{
	ledger.Reproduced:  "agrees",
	ledger.Rounding:    "agrees but for rounding",
	ledger.Explained:   "differs",
	ledger.Unexplained: "differs",
	ledger.Synthetic:   "made up",
	ledger.Quoted:      "quotes it",
}

// printed lists the published figures that stand beside one of the release, and what
// ours is beside them, each once, and remembers their sources.
func (w *writer) printed(f release.Figure) (texts, agree []string) {
	for _, published := range w.v.Published {
		if published.Key != f.Key {
			continue
		}
		if !slices.Contains(texts, published.Text) {
			texts, agree = append(texts, published.Text), append(agree, agreement[published.Status])
		}
		if source := published.Source; source != "" && !slices.Contains(w.used, source) {
			w.used = append(w.used, source)
		}
	}
	if len(slices.Compact(slices.Clone(agree))) == 1 { // said once
		agree = agree[:1]
	}
	return texts, agree
}
