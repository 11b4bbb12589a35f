package disclose

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// thirds makes confidential what would tell a third share: of two shares of the
// same respondents, the one whose answers are fewer. Feeling very safe, and very or
// fairly safe, tell how many feel fairly safe. It does so where so few are counted
// by the third, and the rounding of the two does not hide it.
func thirds(rows []*row, pairs []Pair, bounds rules) {
	type cell struct {
		item Item
		of   indicator.Key // without indicator and item
	}
	found := map[cell]*row{}
	sources := map[Item]map[codebook.SourceID][]*row{}
	for _, r := range rows {
		if !r.sided || r.counted {
			continue
		}
		item, key := Item{r.figure.Indicator, r.figure.Item}, r.figure.Key
		key.Indicator, key.Item = "", ""
		found[cell{item, key}] = r
		if sources[item] == nil {
			sources[item] = map[codebook.SourceID][]*row{}
		}
		sources[item][key.Source] = append(sources[item][key.Source], r)
	}
	for _, p := range pairs {
		for _, of := range sources[p.A] {
			for _, a := range of {
				key := a.figure.Key
				key.Indicator, key.Item = "", ""
				b := found[cell{p.B, key}]
				if b == nil || a.counts[base] != b.counts[base] || bounds.width(a)+bounds.width(b) >= bounds.interval {
					continue
				}
				third := b.counts[yes] - a.counts[yes]
				switch p.Kind {
				case Around:
					third = -third
				case Apart:
					third = a.counts[no] - b.counts[yes]
				}
				if third < 0 || !bounds.onSide(third) {
					continue
				}
				less := a
				if b.counts[yes] < a.counts[yes] {
					less = b
				}
				less.few = true
			}
		}
	}
}
