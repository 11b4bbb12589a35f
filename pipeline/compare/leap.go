package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Leaps reports the figures of a series' indicator that are a power of ten times
// those of the period before, as where a body gave thousands: of all areas
// together from ten times on, of a part from a hundred on and of large numbers
// alone, which chance does not move so far. A break that is declared between
// them explains it.
func Leaps(d *indicator.Definition, figures []release.Figure, start func(codebook.SourceID) string) refusal.Problems {
	var ps refusal.Problems
	series := map[indicator.Key][]release.Figure{}
	for _, f := range figures {
		key := f.Key
		key.Source = ""
		series[key] = append(series[key], f)
	}
	for _, waves := range series {
		slices.SortFunc(waves, func(a, b release.Figure) int { return cmp.Compare(a.PeriodStart, b.PeriodStart) })
		for i := 1; i < len(waves); i++ {
			from, to := waves[i-1], waves[i]
			if _, broken := d.Break(from.Source, to.Source, start); broken {
				continue
			}
			for _, part := range []struct {
				name string
				of   func(release.Figure) float64
			}{
				{"the value", func(f release.Figure) float64 {
					if math.IsNaN(f.Numerator) {
						return f.Value
					}
					return math.NaN()
				}},
				{"the numerator", func(f release.Figure) float64 { return f.Numerator }},
				{"the denominator", func(f release.Figure) float64 { return f.Denominator }},
			} {
				times := leap(part.of(from), part.of(to), to.Breakdown == codebook.All)
				if times == 0 {
					continue
				}
				of := ""
				if to.Breakdown != codebook.All {
					of = " of " + to.Category
				}
				ps.AddHint("give it in the unit of the series, or declare a break in "+d.File()+" if it is so", string(to.Source),
					"%s: %s%s is %s, about %s times the %s of %s: is it in another unit?", d.ID, part.name, of, number(part.of(to)), number(times), number(part.of(from)), from.Source)
			}
		}
	}
	return ps
}

// leap is the power of ten that lies between two numbers, to a fifth; 0 where
// none does.
func leap(from, to float64, whole bool) float64 {
	ratio := math.Log10(to / from)
	power := math.Round(ratio)
	least := 2.0
	if whole {
		least = 1
	}
	switch {
	case math.IsNaN(ratio) || math.IsInf(ratio, 0) || math.Abs(power) < least || math.Abs(ratio-power) > math.Log10(1.2):
		return 0
	case max(math.Abs(from), math.Abs(to)) < 1000:
		return 0
	}
	return math.Pow(10, power)
}

func number(x float64) string {
	if x < 1 && x > 0 {
		return fmt.Sprintf("%g", x)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
