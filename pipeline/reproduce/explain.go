package reproduce

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
)

// A Figure is a printed figure to be explained, and the variants of ours.
type Figure struct {
	Key        indicator.Key
	Printed    float64
	Decimals   int
	Documented []string // choices that its source says or leaves open
	Variants   *Variants
	From       *Variants // of the earlier wave of a change; nil of a figure
}

// Value is what a set of choices gives for the figure, in the unit that is published: with
// every digit, or rounded where the choice is of rounding; NaN where nothing. A change is
// made by the same choices in both waves.
func (f *Figure) Value(s Set) float64 {
	if f.From == nil {
		return f.Variants.value(s, f.Key, f.Decimals)
	}
	ends := [2]float64{}
	for i, v := range []*Variants{f.Variants, f.From} {
		if s.of(Rounding) == CutOff { // of the change
			ends[i] = v.value(s.without(Rounding), f.Key, f.Decimals)
			continue
		}
		ends[i] = v.value(s, f.Key, f.Decimals)
		if s.of(Rounding) == Ends && !math.IsNaN(ends[i]) {
			ends[i] = ledger.Rounded(ends[i], f.Decimals)
		}
	}
	change := indicator.Settle(ends[0] - ends[1])
	if s.of(Rounding) == CutOff && !math.IsNaN(change) {
		return ledger.Cut(change, f.Decimals)
	}
	return change
}

// choices lists the other choices of the figure; of a change those of both its waves.
func (f *Figure) choices() []Choice {
	if f.From == nil {
		return f.Variants.choices
	}
	both := []Choice{{Rounding, Ends}}
	for _, c := range f.Variants.choices {
		if slices.Contains(f.From.choices, c) {
			both = append(both, c)
		}
	}
	return both
}

// agrees says whether what a set of choices gives rounds to the printed digits, once: how
// it was rounded is a choice.
func (f *Figure) agrees(value float64) bool {
	return ledger.Judge(f.Printed, f.Decimals, value, 0) == ledger.Reproduced
}

// Why a difference is explained.
const (
	Documented = "documented"
	Unique     = "unique"
)

// MostByChance is the expected number of outcomes that agree by chance from which on
// even the only one that agrees explains nothing.
const MostByChance = 0.05

// An outcome is what sets of choices that cannot be told apart give.
type outcome struct {
	sets   []Set // of as many choices; the first is the one that was met first
	values []float64
	agree  bool
	away   float64 // mean distance, in units of the last digit printed
}

// Explain looks for one choice, or two, by which all figures of a table come out as
// printed. It tries every choice of the figures' variants; choices that have no effect on
// the table, and further ones that do what fewer or earlier ones do, are not counted.
// A difference is explained where a choice agrees that is documented of every figure, or
// where those of the fewest changes that agree are one outcome and fewer than MostByChance
// outcomes of so many changes would agree by chance: if each printed figure were any value
// between the least and the greatest that choices give. The searches are of the figures in
// their order, and the same but for what the choices give.
func Explain(figures []Figure) []ledger.Search {
	outcomes := outcomesOf(figures)
	searches := make([]ledger.Search, len(figures))
	found, by := explained(figures, outcomes)
	best := found
	if best == nil && len(outcomes) > 0 {
		o := slices.MinFunc(outcomes, func(a, b outcome) int { return cmp.Compare(a.away, b.away) })
		best = &o
	}
	size := 2
	if found != nil {
		size = len(found.sets[0])
	}
	tried, chance := byChance(figures, outcomes, size)
	for i := range searches {
		s := ledger.Nothing()
		s.Tried, s.Chance = int64(tried), indicator.Round(chance, 6)
		if best != nil {
			s.Gives = ledger.Rounded(best.values[i], figures[i].Decimals+1)
			var words []string
			for _, set := range best.sets {
				words = append(words, set.String())
			}
			if text := strings.Join(words, " or "); found != nil {
				s.Choices, s.By = text, by
			} else {
				s.Nearest = text
			}
		}
		searches[i] = s
	}
	return searches
}

// explained is the outcome that explains a table, and why; nil for none.
func explained(figures []Figure, outcomes []outcome) (found *outcome, by string) {
	for i := range outcomes {
		o := &outcomes[i]
		if !o.agree {
			continue
		}
		for _, set := range o.sets {
			documented := !slices.ContainsFunc(set, func(c Choice) bool {
				return slices.ContainsFunc(figures, func(f Figure) bool { return !slices.Contains(f.Documented, c.String()) })
			})
			if documented {
				return o, Documented
			}
		}
	}
	for size := 1; size <= 2; size++ {
		var agree []*outcome
		for i := range outcomes {
			if outcomes[i].agree && len(outcomes[i].sets[0]) == size {
				agree = append(agree, &outcomes[i])
			}
		}
		if len(agree) == 0 {
			continue
		}
		if _, chance := byChance(figures, outcomes, size); len(agree) == 1 && chance < MostByChance {
			return agree[0], Unique
		}
		return nil, ""
	}
	return nil, ""
}

// outcomesOf tries every set of choices: the distinct outcomes, of fewest choices first.
func outcomesOf(figures []Figure) []outcome {
	var choices []Choice
	for _, f := range figures {
		choices = add(choices, f.choices()...)
	}
	known := map[string]int{print(figures, nil): -1} // our own
	var outcomes []outcome
	for _, set := range Sets(choices) {
		values := valuesOf(figures, set)
		if slices.ContainsFunc(values, math.IsNaN) {
			continue
		}
		key := fmt.Sprint(values)
		if at, met := known[key]; met {
			if at >= 0 && len(outcomes[at].sets[0]) == len(set) {
				outcomes[at].sets = append(outcomes[at].sets, set)
			}
			continue
		}
		known[key] = len(outcomes)
		o := outcome{sets: []Set{set}, values: values, agree: true}
		away := 0.0
		for i, f := range figures {
			o.agree = o.agree && f.agrees(values[i])
			away += float64(math.Abs(values[i]-f.Printed) * math.Pow10(f.Decimals))
		}
		o.away = away / float64(len(figures))
		outcomes = append(outcomes, o)
	}
	return outcomes
}

func print(figures []Figure, set Set) string { return fmt.Sprint(valuesOf(figures, set)) }

func valuesOf(figures []Figure, set Set) []float64 {
	values := make([]float64, len(figures))
	for i, f := range figures {
		values[i] = f.Value(set)
	}
	return values
}

// byChance is how many outcomes of at most so many choices there are, and how many would
// agree by chance: of those that are everywhere as near to ours as the printed table is,
// the share that one of all such tables is.
func byChance(figures []Figure, outcomes []outcome, size int) (tried int, chance float64) {
	share := 1.0
	ours, units := make([]float64, len(figures)), make([]float64, len(figures))
	for i, f := range figures {
		ours[i] = ledger.Rounded(f.Value(nil), f.Decimals)
		units[i] = f.units(f.Printed, ours[i])
		share /= 1 + 2*units[i]
	}
	near := 0
	for _, o := range outcomes {
		if len(o.sets[0]) > size {
			continue
		}
		tried++
		within := true
		for i, f := range figures {
			within = within && f.units(ledger.Rounded(o.values[i], f.Decimals), ours[i]) <= units[i]
		}
		if within {
			near++
		}
	}
	return tried, share * float64(near)
}

// units is how far two values are apart in whole units of the last digit printed.
func (f *Figure) units(a, b float64) float64 {
	return math.Round(math.Abs(a-b) * math.Pow10(f.Decimals))
}
