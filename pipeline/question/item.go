package question

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
)

// A codeGroup is the codes that one proportion or count is of.
type codeGroup struct {
	code, label string
	codes       []string
}

// items lists the proportions or counts of an ask.
func (w *Words) items(ask Ask) []codeGroup {
	v := w.Variable(ask.Variable)
	if ask.Codes == nil {
		items := make([]codeGroup, len(v.Categories))
		for i, c := range v.Categories {
			items[i] = codeGroup{c.Code, c.Label, []string{c.Code}}
		}
		return items
	}
	codes := w.Codes(ask)
	made := codeGroup{code: expression.Joined(codes), codes: codes}
	var labels []string
	for _, code := range codes {
		labels = append(labels, v.Categories[v.Index(code)].Label)
	}
	if !slices.Contains(labels, "") {
		made.label = strings.Join(labels, ", ")
	}
	return []codeGroup{made}
}

// Codes are those that a proportion or count of some codes counts, as the extract spells them.
func (w *Words) Codes(ask Ask) []string {
	return w.condition(Restriction{ask.Variable, ask.Codes}).Categories
}

// ItemIDs are the items of an ask as a Reply has them, and as its definition does.
func (w *Words) ItemIDs(ask Ask) (items, ids []string) {
	switch {
	case ask.Statistic == indicator.Quantile:
		for _, share := range ask.At {
			items, ids = append(items, codebook.Spell(share)), append(ids, indicator.QuantileID(share))
		}
	case ask.Statistic.Row().Number:
		return []string{""}, []string{codebook.All}
	default:
		for _, of := range w.items(ask) {
			items = append(items, of.code)
		}
		ids = items
	}
	return items, ids
}
