package question

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A Stacking says of a file of several waves, or of several files, which variable tells them,
// and how PSUs of one stratum and label in several of them were drawn:
// codebook.OverlapPooled, once for all waves, OverlapIndependent, anew in each, or
// OverlapRotating, some of them for several.
type Stacking struct{ Variable, Method string }

// A Pooling says what the totals of several waves together are: of which Way, and of
// PoolFactors what each wave's weights are multiplied by.
type Pooling struct {
	Way     string
	Factors map[string]float64
}

// The ways to pool waves: each one's weights divided by their number, as they are, or
// multiplied by a factor of each wave.
const (
	PoolAverage = "average"
	PoolSum     = "sum"
	PoolFactors = "factors"
)

// Pools are the ways that are words.
func Pools() []string { return []string{PoolAverage, PoolSum} }

// Sums says whether the question asks for totals.
func (q *Question) Sums() bool {
	return len(q.Tables) > 0 || slices.ContainsFunc(q.Asks, func(a Ask) bool { return a.Statistic == indicator.Total || a.Statistic == indicator.Count })
}

// PartsWaves says whether the question takes waves apart: in breakdowns, tables and counts by the
// variable that tells them or by one that is made of it, or of some of them alone.
func (q *Question) PartsWaves() bool {
	tells := []string{strings.ToLower(q.Stacked.Variable)}
	is := func(name string) bool { return slices.Contains(tells, strings.ToLower(name)) }
	for _, l := range q.Lets { // each of the ones before
		if l.Expression != nil && slices.ContainsFunc(l.Expression.Variables(), is) {
			tells = append(tells, strings.ToLower(l.Name))
		}
	}
	return slices.ContainsFunc(q.By, func(by []string) bool { return slices.ContainsFunc(by, is) }) ||
		slices.ContainsFunc(q.Tables, func(c Crosstab) bool { return slices.ContainsFunc(c.variables(), is) }) ||
		slices.ContainsFunc(q.Asks, func(a Ask) bool { return is(a.Variable) }) ||
		slices.ContainsFunc(q.Where, func(w Restriction) bool { return is(w.Variable) }) ||
		slices.ContainsFunc(q.Chosen, func(e *expression.Expression) bool { return slices.ContainsFunc(e.Variables(), is) })
}

// poolsWaves says whether the question takes the categories of its waves.
func (q *Question) poolsWaves() bool {
	return q.Stacked.Variable != "" && (q.Pooling.Way != "" || q.Sums())
}

// Pooled are what the weights of each wave are multiplied by, by its category, and what is
// told of it; nil is as they are.
func (q *Question) Pooled(w *Words) (factors map[string]float64, notes indicator.Notes, ps refusal.Problems) {
	if !q.poolsWaves() {
		return nil, nil, nil
	}
	v := w.Variable(q.Stacked.Variable)
	codes := v.Codes()
	wrong := func(format string, args ...any) {
		what, untold := refusal.Said(format, args...)
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--pool", What: what, Untold: untold})
	}
	switch q.Pooling.Way {
	case PoolAverage:
		factors = map[string]float64{}
		for _, code := range codes {
			factors[code] = 1 / float64(len(codes))
		}
	case PoolFactors:
		factors = map[string]float64{}
		for _, given := range slices.Sorted(maps.Keys(q.Pooling.Factors)) {
			at := placeOf(v, given)
			if at < 0 {
				wrong("no row of wave %s, want %s", given, some(codes))
				continue
			}
			factors[codes[at]] = q.Pooling.Factors[given]
		}
		for _, code := range codes {
			if _, has := factors[code]; !has && ps == nil {
				wrong("nothing of wave %s, want what its weights are multiplied by", refusal.Private{Of: code, Instead: "of another code"})
			}
		}
	case PoolSum:
		return nil, nil, nil
	default:
		if len(codes) > 1 {
			notes.Add(indicator.Note{Code: indicator.PooledSums, Of: v.Name, Args: []string{strconv.Itoa(len(codes))}})
		}
		return nil, notes, nil
	}
	var args []string
	for _, code := range codes {
		factor := fraction(factors[code])
		if q.Pooling.Way == PoolAverage {
			factor = fmt.Sprintf("1/%d", len(codes))
		}
		args = append(args, code, factor)
	}
	notes.Add(indicator.Note{Code: indicator.Pooled, Of: v.Name, Args: args})
	return factors, notes, ps
}

// fraction spells a number, as a fraction where that is shorter.
func fraction(x float64) string {
	const most = 1000
	spelled := codebook.Spell(x)
	for under := 2.0; under <= most && len(spelled) > 6; under++ {
		if over := math.Round(x * under); over/under == x {
			return codebook.Spell(over) + "/" + codebook.Spell(under)
		}
	}
	return spelled
}

// Drawn is how the sample was drawn: unless PSUs were drawn once for all waves, each
// has strata of its own.
func (q *Question) Drawn() codebook.DesignSource {
	d := q.Design
	named := slices.ContainsFunc(d.Stratum, func(name string) bool { return strings.EqualFold(name, q.Stacked.Variable) })
	if q.Stacked.Variable != "" && q.Stacked.Method != codebook.OverlapPooled && !named {
		d.Rotating = q.Stacked.Method == codebook.OverlapRotating
		d.Stratum = append(codebook.Names{q.Stacked.Variable}, d.Stratum...)
	}
	return d
}

// waveNames are those of variables that tell the waves of a file.
var waveNames = regexp.MustCompile(`(?i)^(survey|study|interview|int|data)?_?(wave|year|yr|round|cycle)$`)

// IsWave says whether a variable tells the waves of a file, by its name or as the question
// says.
func (q *Question) IsWave(name string) bool {
	return waveNames.MatchString(name) || q.Stacked.Variable != "" && strings.EqualFold(q.Stacked.Variable, name)
}

// Waves are the variables by which a question compares respondents, in breakdowns, tables,
// tests, standards and models, that seem to be waves of one file, of which nothing says how
// they were drawn.
func (q *Question) Waves() []string {
	names := slices.Concat(q.By...)
	for _, pair := range q.Tests {
		names = append(names, pair[:]...)
	}
	for _, m := range q.Fits {
		names = append(names, m.Variable)
	}
	for _, c := range q.Tables {
		names = append(names, c.variables()...)
	}
	if q.Standard != nil {
		names = append(names, q.Standard.Variable)
	}
	var found []string
	for _, name := range append(names, q.Terms...) {
		said := slices.ContainsFunc(append(q.Design.Stratum, q.Stacked.Variable), func(n string) bool { return strings.EqualFold(n, name) })
		met := slices.ContainsFunc(found, func(n string) bool { return strings.EqualFold(n, name) })
		if !said && !met && waveNames.MatchString(name) {
			found = append(found, name)
		}
	}
	return found
}

// Shared notes variables that seem to be waves and have PSUs of one label in common.
func (q *Question) Shared(w *Words, d *design.Design, t *table.Table) indicator.Notes {
	var notes indicator.Notes
	if d.Labels == nil || q.Weight.Given() {
		return nil
	}
	for _, name := range q.Waves() {
		c := t.Column(w.Variable(name).Name)
		if c == nil { // of a model
			number, _ := w.number(name)
			c = t.Column(number)
		}
		if c == nil || c.Codes == nil {
			continue // of so many numbers that they are no waves
		}
		if shared := d.Across(c.Codes); shared > 0 {
			notes.Add(indicator.Note{Code: indicator.StackedPSUs, Of: w.Variable(name).Name, Args: []string{strconv.Itoa(shared), strconv.Itoa(d.Clusters)}})
		}
	}
	return notes
}
