package indicator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Standard is a distribution over the categories of a variable that every
// category of a breakdown is brought to, so that they compare as if they did
// not differ in it: direct standardisation. Shares need not add up to 1.
type Standard struct {
	Variable string             `yaml:"variable" json:"variable"`
	Shares   map[string]float64 `yaml:"shares" json:"shares"`
}

// QuantileRules are the rules by which a quantile is found between two values: those of Hyndman
// and Fan (1996), that of SAS, and within classes (QuantileClass).
var QuantileRules = []string{"hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9", "sas", "grouped"}

// QuantileClass is the width of the classes of a rule of quantiles within classes: 1 of grouped,
// and 5 of grouped=5.
func QuantileClass(rule string) (width float64, ok bool) {
	if rule == "grouped" {
		return 1, true
	}
	text, ok := strings.CutPrefix(rule, "grouped=")
	width, err := strconv.ParseFloat(text, 64)
	return width, ok && err == nil && width > 0 && !math.IsInf(width, 0)
}

// QuantileInterval is the interval that a rule of quantiles goes with where none is asked for:
// SAS's is about the quantile, since its share steps where its rule does not, so that the
// quantiles of the share's limits need not hold it.
func QuantileInterval(rule string) string {
	if rule == "sas" {
		return Symmetric
	}
	return Wald
}

// Figures lists what the definition gives figures for: its items, or itself
// as the one item All. Of a comparison without a category there is one for each
// category of its variable but the reference, and of a quantile one for each
// share.
func (d *Definition) Figures() []Item {
	if d.Tabled != nil {
		items := make([]Item, len(d.Tabled.Parts))
		for i, p := range d.Tabled.Parts {
			items[i] = Item{ID: p.ID, Label: p.Label}
		}
		return items
	}
	figures := d.Items
	if d.Of != nil {
		figures = []Item{{ID: codebook.All, Label: d.Title, Of: d.Of}}
	}
	if d.each != nil {
		figures = d.times(figures, d.each)
	}
	var shares []Item
	for _, p := range d.Quantiles {
		shares = append(shares, Item{ID: QuantileID(p), Label: "Quantile " + strconv.FormatFloat(p, 'g', -1, 64), Share: p})
	}
	if shares != nil {
		figures = d.times(figures, shares)
	}
	return figures
}

// times are figures of each of several parts.
func (d *Definition) times(figures, parts []Item) []Item {
	var made []Item
	for _, f := range figures {
		for _, part := range parts {
			one := f
			one.ID, one.Category, one.Share = part.ID, slices.Concat(f.Category, part.Category), part.Share
			one.Label = part.Label
			if f.ID != codebook.All {
				one.ID, one.Label = f.ID+"-"+part.ID, f.Label+": "+part.Label
			}
			made = append(made, one)
		}
	}
	return made
}

// QuantileID is the code of the quantile of a share: p50 is the median.
func QuantileID(share float64) string {
	percent := math.Round(share*1e8) / 1e6
	return "p" + strings.ReplaceAll(strconv.FormatFloat(percent, 'f', -1, 64), ".", "-")
}

// Against are the two groups of an item that compares them.
func (d *Definition) Against(item Item) (category, reference []string) {
	if item.Category != nil {
		return item.Category, d.Between.Reference
	}
	return d.Between.Category, d.Between.Reference
}

// Nested says whether an item compares a part of the reference with all of it.
func (d *Definition) Nested(item Item) bool {
	return d.Between != nil && nested(d.Against(item))
}

func nested(category, reference []string) bool {
	return len(category) > 0 && len(category) < len(reference) && !slices.ContainsFunc(category, func(c string) bool { return !slices.Contains(reference, c) })
}

// Expand lists the categories that a comparison without one is of. It is done
// for what Parse reads.
func (d *Definition) Expand(book *codebook.Codebook) {
	if d.Between == nil || len(d.Between.Category) > 0 {
		return
	}
	d.each = nil
	categories := book.Variables[d.Between.Variable].Categories
	whole := !slices.ContainsFunc(categories, func(c codebook.Category) bool { return !slices.Contains(d.Between.Reference, c.Code) })
	for _, c := range categories {
		if whole || !slices.Contains(d.Between.Reference, c.Code) {
			d.each = append(d.each, Item{ID: c.Code, Label: c.Label, Category: []string{c.Code}})
		}
	}
}

// WrongLevel says what is wrong with a level in per cent, "" for nothing. One
// below 1 is taken for a fraction that was meant.
func WrongLevel(level float64) string {
	switch {
	case !(level > 0 && level < 100):
		return fmt.Sprintf("%g, want a percentage between 0 and 100", level)
	case level < 1:
		return fmt.Sprintf("%g, want it in per cent: did you mean %s?", level, strconv.FormatFloat(level*100, 'g', 10, 64))
	}
	return ""
}

// Confidence is the level of the definition's intervals.
func (d *Definition) Confidence() float64 {
	if d.Level == 0 {
		return Level
	}
	return d.Level / 100
}

// Method is the method of the definition's intervals; of a quantile, that of the
// share behind it.
func (d *Definition) Method() string {
	switch {
	case d.Interval != "":
		return d.Interval
	case d.Statistic == Quantile:
		return QuantileInterval(d.Rule)
	}
	return d.Statistic.Row().Interval
}

// checkInterval reports what is wrong with how the definition's limits and
// quantiles are found.
func (d *Definition) checkInterval() refusal.Problems {
	var ps refusal.Problems
	row := d.Statistic.Row()
	if d.Interval != "" {
		var names []string
		for _, m := range IntervalMethods() {
			if m.For == AnyValue || m.For == Proportions && (row.Share || d.Statistic == Quantile) || m.For == Ratios && row.Interval == Logarithm {
				names = append(names, m.Name)
			}
		}
		if d.Statistic == Quantile {
			names = append(names, Replicated, Symmetric)
		}
		if !slices.Contains(names, d.Interval) {
			ps.Add(d.At("interval"), "interval %q of %s, want %s%s", d.Interval, row.A, strings.Join(names, ", "), refusal.Nearest(d.Interval, names))
		}
	}
	if why := WrongLevel(d.Level); d.Level != 0 && why != "" {
		ps.Add(d.At("level"), "level %s", why)
	}
	if why := WrongFreedom(d.Freedom); d.Freedom != "" && why != "" {
		ps.Add(d.At("freedom"), "freedom %s", why)
	}
	if d.Rule != "" && d.Statistic != Quantile {
		ps.Add(d.At("rule"), "rule belongs to a quantile")
	} else if _, class := QuantileClass(d.Rule); d.Rule != "" && !class && !slices.Contains(QuantileRules, d.Rule) {
		ps.Add(d.At("rule"), "rule %q, want %s%s", d.Rule, strings.Join(QuantileRules, ", "), refusal.Nearest(d.Rule, QuantileRules))
	}
	for i, p := range d.Quantiles {
		if !(p > 0 && p < 1) || slices.Contains(d.Quantiles[:i], p) {
			ps.Add(d.At("at", index(i)), "quantile at %g, want shares between 0 and 1, each once", p)
		}
	}
	return ps
}

// checkStandard reports what is wrong with the definition's standard.
func (d *Definition) checkStandard(book *codebook.Codebook) refusal.Problems {
	var ps refusal.Problems
	s := d.Standardise
	if s == nil {
		return nil
	}
	at := d.At("standardise")
	v, known := book.Variables[s.Variable]
	switch {
	case !d.Statistic.Row().Standard:
		var names []string
		for _, row := range statistics {
			if row.Standard {
				names = append(names, string(row.Name))
			}
		}
		ps.Add(at, "%s is not standardised, want one of %s", d.Statistic.Row().A, strings.Join(names, ", "))
	case !known:
		ps.Add(at, "no variable %q%s", s.Variable, refusal.Nearest(s.Variable, book.Names()))
	case !v.Categorical():
		ps.Add(at, "variable %q is a number, want one with categories", s.Variable)
	default:
		w := codebook.Condition{Variable: s.Variable, Categories: sortedKeys(s.Shares)}
		ps = append(ps, w.Check(book, at)...)
		for _, code := range v.Codes() {
			if !(s.Shares[code] > 0) {
				ps.Add(at, "no share of category %q, want one above 0", code)
			}
		}
	}
	return ps
}
