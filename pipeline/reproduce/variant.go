package reproduce

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/table"
)

// A Wave is a wave of which figures are searched for: its harmonised respondents, and
// weights of the extract that the crosswalk does not declare, by the table's rows.
type Wave struct {
	*indicator.Wave
	Book    *codebook.Codebook
	Further map[string][]float64
}

// A Trial is something to be estimated: definitions of a wave.
type Trial struct {
	Book        *codebook.Codebook
	Wave        *indicator.Wave
	Definitions []*indicator.Definition
	weight      string
}

// Variants are the ways in which the figures of one item of an indicator in one wave can
// be made, and what they gave.
type Variants struct {
	choices  []Choice
	trials   []Trial
	singles  []string // categories of which single shares are known
	counted  []string // of the definition
	estimate map[cell]*indicator.Estimate
}

// A cell is one figure of one trial.
type cell struct{ weight, definition, population, part, breakdown, category string }

// separator is between a population and a part of it, and between the names of a variant.
const separator = "/"

// withErrors is the trial of our own figures with the wave's designs, which has their
// errors; the others have values alone.
const withErrors = "with errors"

// New lists the variants of an item of a definition by the breakdowns that are asked for.
func New(w Wave, d *indicator.Definition, item indicator.Item, breakdowns []string) *Variants {
	v := &Variants{estimate: map[cell]*indicator.Estimate{}}
	table, book, definitions := v.recode(w, d, item)
	for i := range definitions {
		definitions[i].Breakdowns = breakdowns
	}
	x := *w.Crosswalk
	x.Populations = v.populations(w)
	weights := v.weights(w)
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		of := definitions
		if name != "" { // one weight for every figure
			of = make([]*indicator.Definition, len(definitions))
			for i, d := range definitions {
				other := *d
				other.Analysis, of[i] = "", &other
			}
		}
		wave := &indicator.Wave{Crosswalk: &x, Table: table, Designs: weights[name], Synthetic: w.Synthetic}
		v.trials = append(v.trials, Trial{book, wave, of, name})
	}
	v.trials = append(v.trials, Trial{w.Book, w.Wave, definitions[:1], withErrors})
	return v
}

// Trials lists what is to be estimated.
func (v *Variants) Trials() []Trial { return v.trials }

// Take takes the estimates of a trial.
func (v *Variants) Take(t Trial, estimates [][]indicator.Estimate) {
	for i := range estimates {
		for k := range estimates[i] {
			e := &estimates[i][k]
			population, part, _ := strings.Cut(e.Population, separator)
			v.estimate[cell{t.weight, e.Indicator, population, part, e.Breakdown, e.Category}] = e
		}
	}
}

// A part of a sample.
type part struct {
	id    string
	where codebook.Condition
}

// populations are the wave's, each as a whole and by the parts of its sample.
func (v *Variants) populations(w Wave) []codebook.Population {
	parts := []part{{}}
	for _, name := range PartVariables {
		column := w.Table.Column(name)
		if column == nil {
			continue
		}
		codes := column.Variable.Codes()
		for size := 1; size < len(codes); size++ {
			for first := 0; first+size <= len(codes); first++ {
				run := codes[first : first+size]
				id := strings.Join(run, "+")
				parts = append(parts, part{id, codebook.Condition{Variable: name, Categories: run}})
				v.choices = add(v.choices, Choice{Part, id})
			}
		}
	}
	var all []codebook.Population
	for _, p := range w.Crosswalk.Populations {
		v.choices = add(v.choices, Choice{Population, p.ID})
		for _, q := range parts {
			of := codebook.Population{ID: p.ID, Label: p.Label, Where: p.Where}
			if q.id != "" {
				of.ID, of.Where = p.ID+separator+q.id, append(slices.Clone(p.Where), q.where)
			}
			all = append(all, of)
		}
	}
	return all
}

// weights are the designs by each weight: "" for our own, each of which is for the
// breakdowns that it is for. The search wants values alone, so that no error is computed by
// clusters.
func (v *Variants) weights(w Wave) map[string]map[string]*design.Design {
	weights := map[string]map[string]*design.Design{"": {}}
	for name, d := range w.Designs {
		weights[""][name] = plain(d.Rows, d.Weight)
	}
	put := func(name string, rows []int32, weight []float64) {
		weights[name] = map[string]*design.Design{codebook.CoreWeight: plain(rows, weight)}
		v.choices = add(v.choices, Choice{Weight, name})
	}
	for _, name := range slices.Sorted(maps.Keys(w.Designs)) {
		put(name, w.Designs[name].Rows, w.Designs[name].Weight)
	}
	core := w.Designs[codebook.CoreWeight]
	put(Unweighted, core.Rows, slices.Repeat([]float64{1}, len(core.Rows)))
	for _, name := range slices.Sorted(maps.Keys(w.Further)) {
		var rows []int32
		var weight []float64
		for row, x := range w.Further[name] {
			if x > 0 && x <= design.MaxWeight {
				rows, weight = append(rows, int32(row)), append(weight, x)
			}
		}
		if len(rows) > 0 {
			put(name, rows, weight)
		}
	}
	return weights
}

// plain is a design of respondents who were drawn one by one.
func plain(rows []int32, weight []float64) *design.Design {
	d := &design.Design{Weights: codebook.CoreWeight, Rows: rows, Weight: weight, Clusters: len(rows), Strata: 1, Error: design.ByFactor, Factor: 1, Lonely: codebook.LonelyAdjust}
	d.Cluster, d.Stratum, d.Size = make([]int32, len(rows)), make([]int32, len(rows)), []int{len(rows)}
	for i := range d.Cluster {
		d.Cluster[i] = int32(i)
	}
	return d
}

// A counting is what is counted.
type counting struct {
	value  string // of the choice; "" for our own
	single string // the category that it is the share of, of no choice
	of     codebook.Condition
}

// A basing is who is in the base.
type basing struct {
	value string // of the choice; "" for our own
	kinds []codebook.Missing
	whole bool // answers that the definition leaves out are in it
}

// bases are the bases that are tried.
var bases = []basing{
	{},
	{value: codebook.DontKnow.String(), kinds: []codebook.Missing{codebook.DontKnow}},
	{value: codebook.Refused.String(), kinds: []codebook.Missing{codebook.Refused}},
	{value: codebook.DontKnow.String() + "+" + codebook.Refused.String(), kinds: []codebook.Missing{codebook.DontKnow, codebook.Refused}},
	{value: codebook.NotApplicable.String(), kinds: []codebook.Missing{codebook.NotApplicable}},
	{value: Everybody, kinds: []codebook.Missing{codebook.System, codebook.NotApplicable, codebook.Refused, codebook.DontKnow}, whole: true},
	{value: Answers, whole: true},
}

// recode adds to the table a column of yes and no for each base and each thing that is
// counted, and makes a definition of each. A statistic other than a proportion is as it is.
func (v *Variants) recode(w Wave, d *indicator.Definition, item indicator.Item) (*table.Table, *codebook.Codebook, []*indicator.Definition) {
	own := *d
	own.ID, own.Populations, own.Surveys = name("", ""), nil, nil
	own.Items, own.Of, own.Targets = nil, item.Of, nil
	own.Base.Where = slices.Concat(d.Base.Where, item.Base.Where)
	v.choices = add(v.choices, Choice{Rounding, CutOff})
	definitions := []*indicator.Definition{&own}
	if d.Statistic != indicator.Proportion || d.Standardise != nil {
		return w.Table, w.Book, definitions
	}
	countings := v.countings(w.Book, item)
	made := table.New(w.Table.Rows, w.Table.Columns...)
	book := *w.Book
	book.Variables = maps.Clone(w.Book.Variables)
	var yesNo codebook.Variable
	yesNo.Categories = []codebook.Category{{Code: "yes"}, {Code: "no"}}
	seen := map[string]bool{}
	for _, b := range bases {
		in := v.inBase(w.Table, &own, b)
		var print strings.Builder
		for _, is := range in {
			print.WriteString(strconv.FormatBool(is)[:1])
		}
		if seen[print.String()] { // the same respondents as an earlier base
			continue
		}
		seen[print.String()] = true
		if b.value != "" {
			v.choices = add(v.choices, Choice{Base, b.value})
		}
		for _, c := range countings {
			if b.value == "" && c.value == "" && c.single == "" {
				continue
			}
			id := name(b.value, c.value+c.single)
			yesNo.Name = id
			codes := table.NewCodes(w.Table.Rows, len(yesNo.Categories))
			holds := w.Table.Column(item.Of.Variable).Holds(c.of)
			for row := range in {
				switch {
				case !in[row]:
					codes.Set(row, -int(codebook.System))
				case holds(row):
					codes.Set(row, 0)
				default:
					codes.Set(row, 1)
				}
			}
			made.Add(&table.Column{Variable: yesNo, Codes: codes})
			book.Variables[id] = yesNo
			of := own
			of.ID, of.Of, of.Base.Where = id, &codebook.Condition{Variable: id, Categories: []string{"yes"}}, nil
			definitions = append(definitions, &of)
		}
	}
	for _, c := range countings {
		if c.value != "" {
			v.choices = add(v.choices, Choice{Counted, c.value})
		}
	}
	if len(v.counted) > 1 {
		v.choices = add(v.choices, Choice{Rounding, Parts})
	}
	return made, &book, definitions
}

// name is that of a variant's definition and variable.
func name(base, counted string) string { return "variant " + base + separator + counted }

// countings are our own, and of categories the runs from the end of the scale that ours
// begins at; of a number one more and one less.
func (v *Variants) countings(book *codebook.Codebook, item indicator.Item) []counting {
	all := []counting{{of: *item.Of}}
	variable := book.Variables[item.Of.Variable]
	if of := item.Of.AtLeast; of != nil {
		for _, by := range []float64{-1, 1} {
			least := *of + by
			all = append(all, counting{value: codebook.Spell(least), of: codebook.Condition{Variable: item.Of.Variable, AtLeast: &least, AtMost: item.Of.AtMost}})
		}
		return all
	}
	codes := variable.Codes()
	v.counted = item.Of.Categories
	if len(codes) < 3 || len(v.counted) == 0 {
		return all
	}
	ours := slices.Sorted(slices.Values(v.counted))
	runs := slices.Clone(codes)
	if !slices.Contains(ours, codes[0]) {
		slices.Reverse(runs)
	}
	for size := 1; size < len(runs); size++ {
		run := slices.Sorted(slices.Values(runs[:size]))
		if !slices.Equal(run, ours) && slices.Contains(ours, runs[0]) {
			all = append(all, counting{value: strings.Join(runs[:size], "+"), of: codebook.Condition{Variable: variable.Name, Categories: runs[:size]}})
		}
	}
	for i := range all {
		all[i].of.Variable = item.Of.Variable
	}
	v.singles = codes
	for _, code := range codes {
		all = append(all, counting{single: singly + code, of: codebook.Condition{Variable: item.Of.Variable, Categories: []string{code}}})
	}
	return all
}

// singly marks the share of a single category, which is no choice by itself.
const singly = "only "

// inBase says of each row whether it is in a base.
func (v *Variants) inBase(t *table.Table, own *indicator.Definition, b basing) []bool {
	of := t.Column(own.Of.Variable)
	var answers, others []func(row int) bool
	for _, w := range own.Base.Where {
		column := t.Column(w.Variable)
		if w.Variable == own.Of.Variable {
			answers = append(answers, column.Holds(w))
		} else {
			others = append(others, column.Holds(w))
		}
	}
	in := make([]bool, t.Rows)
	for row := range in {
		holds := func(of []func(int) bool) bool {
			return !slices.ContainsFunc(of, func(holds func(int) bool) bool { return !holds(row) })
		}
		if kind := of.Missing(row); kind == codebook.Present {
			in[row] = holds(others) && (b.whole || holds(answers))
		} else {
			in[row] = holds(others) && slices.Contains(b.kinds, kind)
		}
	}
	return in
}

// Estimate is our own estimate of a figure, with its error; nil where there is none.
func (v *Variants) Estimate(k indicator.Key) *indicator.Estimate {
	return v.estimate[cell{withErrors, name("", ""), k.Population, "", k.Breakdown, k.Category}]
}

// find is the estimate of a figure by a set of choices.
func (v *Variants) find(s Set, k indicator.Key, single string) *indicator.Estimate {
	population := k.Population
	if p := s.of(Population); p != "" {
		population = p
	}
	counted := s.of(Counted)
	if single != "" {
		counted = singly + single
	}
	e := v.estimate[cell{s.of(Weight), name(s.of(Base), counted), population, s.of(Part), k.Breakdown, k.Category}]
	if e == nil || e.Status != "" {
		return nil
	}
	return e
}

// value is what a set of choices gives for a figure of the wave, as Figure.Value says.
func (v *Variants) value(s Set, k indicator.Key, decimals int) float64 {
	if s.of(Rounding) == Parts {
		counted := v.counted
		if chosen := s.of(Counted); chosen != "" {
			counted = strings.Split(chosen, "+")
		}
		sum := 0.0
		for _, code := range counted {
			e := v.find(s, k, code)
			if e == nil {
				return math.NaN()
			}
			sum += ledger.Rounded(scaled(e), decimals)
		}
		return ledger.Rounded(sum, decimals)
	}
	e := v.find(s, k, "")
	if e == nil {
		return math.NaN()
	}
	if s.of(Rounding) == CutOff {
		return ledger.Cut(scaled(e), decimals)
	}
	return scaled(e)
}

// scaled is an estimate's value in the unit that is published.
func scaled(e *indicator.Estimate) float64 {
	return indicator.Settle(e.Value * e.Statistic.Row().Scale)
}
