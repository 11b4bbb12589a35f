package question

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// An Archived wave is that of the catalogue which an extract is of: its crosswalk makes
// common variables of the extract's, and its definitions make figures as they are
// published.
type Archived struct {
	Crosswalk   *codebook.Crosswalk
	Book        *codebook.Codebook
	Definitions []*indicator.Definition // that are asked for
}

// DrawnOf is how a wave was drawn and weighted, by the keys of a design.
func DrawnOf(x *codebook.Crosswalk) []Part {
	d, w := x.Design, x.Weights[codebook.CoreWeight]
	drawn := Drawn{
		Stratum: d.Stratum, PSU: d.PSU, FPC: d.Population, Weight: w.Variable, Lonely: d.Lonely, DomainLonely: d.DomainLonely,
		Collapse: d.Collapse, Quota: d.Sampling == codebook.SamplingQuota, Unit: d.Unit,
	}
	if d.Factor != 0 {
		drawn.Deft = &d.Factor
	}
	if r := w.Replicates; r != nil {
		drawn.Replicates, drawn.Method, drawn.Scales, drawn.MSE = r.Variables, r.Method, r.Scales, r.MSE
		for _, given := range []struct {
			to **float64
			of float64
		}{{&drawn.Scale, r.Scale}, {&drawn.Fay, r.Fay}} {
			if given.of != 0 {
				*given.to = &given.of
			}
		}
	}
	parts := drawn.Parts()
	for i, p := range parts {
		if parts[i].At = x.At("design"); p.Key == "weight" {
			parts[i].At = x.At("weights", codebook.CoreWeight)
		}
	}
	return parts
}

// Archive has a question asked of an extract of the wave: what it does not say itself of
// weights is the wave's. Drawn says that the design is the wave's own, of which the
// sample may be held against what is expected. What the wave cannot give is refused.
func (q *Question) Archive(a *Archived, drawn bool) refusal.Problems {
	q.Wave = a
	x := a.Crosswalk
	q.Design.Nested = x.Design.Nested
	if drawn {
		q.Design.Expect = x.Design.Expect
	}
	for _, name := range slices.Sorted(maps.Keys(x.Weights)) {
		if w := x.Weights[name]; strings.EqualFold(w.Variable, q.Weight.Variable) {
			q.Weight.Sample = w.Sample
			if name == codebook.CoreWeight && q.Weight.Calibrate == nil && q.Weight.Trim == nil {
				q.Weight.Calibrate, q.Weight.Trim = w.Calibrate, w.Trim
				q.Weight.Known = w.Known
			}
		}
	}
	return q.banded()
}

// coreWeighted says whether figures take the core weight of the wave, and so its other weights
// where it has those.
func (q *Question) coreWeighted() bool {
	return q.Wave != nil && strings.EqualFold(q.Weight.Variable, q.Wave.Crosswalk.Weights[codebook.CoreWeight].Variable)
}

// WeightOf is the variable of a weight by its name, which is that of the question but for
// the wave's others.
func (q *Question) WeightOf(name string) string {
	if name != codebook.CoreWeight && q.coreWeighted() {
		if w, known := q.Wave.Crosswalk.Weights[name]; known {
			return w.Variable
		}
	}
	return q.Weight.Variable
}

// Common is the common variable of a name, in any case, which the wave gives.
func (q *Question) Common(name string) (spelled string, ok bool) {
	if q.Wave == nil {
		return "", false
	}
	for _, known := range q.Wave.Book.Names() {
		if strings.EqualFold(known, name) {
			return known, len(q.Wave.Book.Lacks(q.Wave.Crosswalk, known)) == 0
		}
	}
	return "", false
}

// Banded says whether the question takes the variable of a name in bands.
func (q *Question) Banded(name string) bool {
	return slices.ContainsFunc(q.Bands, func(b Banding) bool { return strings.EqualFold(b.Variable, name) })
}

// banded are the problems of bands of common variables: of one that is categories, and of
// one whose numbers a definition takes, which has one meaning for a name.
func (q *Question) banded() refusal.Problems {
	var ps refusal.Problems
	wrong := func(format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--band", What: fmt.Sprintf(format, args...)})
	}
	for _, b := range q.Bands {
		common, is := q.Common(b.Variable)
		switch {
		case !is:
		case q.Wave.Book.Variables[common].Categorical():
			wrong("%s is a common variable of %s, of categories, want one of numbers: --by %s=A,B|C puts categories together", common, q.Wave.Crosswalk.ID(), common)
		default:
			for _, d := range q.Wave.Definitions {
				if slices.ContainsFunc(d.Figures(), func(item indicator.Item) bool { return slices.Contains(d.Needs(item), common) }) {
					wrong("%s is of numbers in %s, want bands of another name: --let 'ages = recode(%s; 16..29 = \"16-29\", 30.. = \"30-over\")'", common, d.ID, common)
				}
			}
		}
	}
	return ps
}

// CommonNames lists the common variables that the question takes.
func (q *Question) CommonNames() []string {
	if q.Wave == nil {
		return nil
	}
	categories, numbers := q.Variables()
	names := []string{}
	for _, name := range slices.Concat(categories, numbers, q.Terms, q.Inputs()) {
		if spelled, ok := q.Common(name); ok {
			names = append(names, spelled)
		}
	}
	for _, d := range q.Wave.Definitions {
		for _, item := range d.Figures() {
			names = append(names, d.Needs(item)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CommonBook is the codebook of those, with what they are made of: a new one.
func (q *Question) CommonBook() *codebook.Codebook {
	made := &codebook.Codebook{Variables: map[string]codebook.Variable{}}
	if q.Wave == nil {
		return made
	}
	made.Scales, made.Breakdowns = q.Wave.Book.Scales, q.Wave.Book.Breakdowns
	for _, name := range q.Wave.Book.Closure(q.CommonNames()...) {
		made.Variables[name] = q.Wave.Book.Variables[name]
	}
	return made
}

// archived is the wave's crosswalk as far as the question takes it, with the question's
// own design and weight.
func (q *Question) archived() *codebook.Crosswalk {
	x := *q.Wave.Crosswalk
	weights := map[string]codebook.Weight{codebook.CoreWeight: q.Weight}
	if q.coreWeighted() {
		for name, w := range x.Weights {
			if name != codebook.CoreWeight {
				weights[name] = w
			}
		}
	}
	variables := map[string]codebook.Source{}
	for _, name := range q.Wave.Book.Closure(q.CommonNames()...) {
		if s, given := x.Variables[name]; given {
			variables[name] = s
		}
	}
	x.Design, x.Weights, x.Variables = q.Drawn(), weights, variables
	x.Key, x.Size, x.Populations = q.key(), nil, nil
	return &x
}

// Published are the definitions of the wave that are asked for, by the question's
// breakdowns and interval.
func (q *Question) Published(w *Words) []*indicator.Definition {
	if q.Wave == nil {
		return nil
	}
	breakdowns := []string{}
	for _, by := range q.Breakdowns()[1:] {
		breakdowns = append(breakdowns, indicator.Cross(w.names(by)...))
	}
	var made []*indicator.Definition
	for _, d := range q.Wave.Definitions {
		of := *d
		of.Breakdowns, of.Populations, of.Level = breakdowns, nil, q.Level*100
		if q.Freedom != "" && q.Freedom != indicator.FreedomDomain {
			of.Freedom = q.Freedom
		}
		if of.Statistic != indicator.Quantile {
			of.Compare = q.comparisons(w)
		}
		if q.Interval != "" && of.Statistic.Row().Share && q.IntervalAsked {
			of.Interval = q.Interval
		}
		made = append(made, &of)
	}
	return made
}

// PublishedReplies are the estimates of a published definition in the order of an
// answer: by breakdown, item and category.
func (q *Question) PublishedReplies(w *Words, d *indicator.Definition, estimates []indicator.Estimate) []Reply {
	found := make(map[indicator.Key]*indicator.Estimate, len(estimates))
	for i, e := range estimates {
		found[indicator.Key{Breakdown: e.Breakdown, Category: e.Category, Item: e.Item}] = &estimates[i]
	}
	var replies []Reply
	for _, cells := range q.Cells(w) {
		for _, item := range d.Figures() {
			for _, cell := range cells {
				r := Reply{Variable: d.ID, Label: cell.Label, Crossed: cell.Crossed}
				if e := found[indicator.Key{Breakdown: cell.Breakdown, Category: cell.Category, Item: item.ID}]; e != nil {
					r.Estimate = *e
				} else {
					continue
				}
				if r.Item = replied(r.Item); r.Item != "" {
					r.ItemLabel = item.Label
				}
				replies = append(replies, r)
			}
		}
	}
	return replies
}

// Lacking are the problems of definitions that the wave cannot give.
func (a *Archived) Lacking() refusal.Problems {
	var ps refusal.Problems
	for _, d := range a.Definitions {
		where := "--indicator " + d.ID
		if !d.Covers(a.Crosswalk) {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: where, What: "is not of " + string(a.Crosswalk.ID()) + ", want an indicator of its survey"})
			continue
		}
		for _, item := range d.Figures() {
			if lacks := d.Lacks(a.Book, a.Crosswalk, item); len(lacks) > 0 {
				ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: where, What: string(a.Crosswalk.ID()) + " does not give " + strings.Join(lacks, ", ")})
				break
			}
		}
	}
	return ps
}
