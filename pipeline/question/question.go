// Package question holds what is asked of one extract in its own variables and codes.
// A question is definitions without names: it says what a catalogue would.
package question

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// A Question asks for statistics of one extract. Crosswalk and Definitions say what
// a catalogue would. Values that the file
// declares missing are missing. Names of variables are in any case.
type Question struct {
	Design codebook.DesignSource // of the sample; PSUs are numbered anew in each stratum
	Weight codebook.Weight
	Keys   []string // variables that together tell rows apart, by which weights are written out

	// Written says that the weights are wanted by row, by Keys or the row's number, and
	// Accounted that what was done to them is.
	Written, Accounted bool

	Asks     []Ask
	Lets     []Let                    // variables that are made of the file's, and of those before
	By       [][]string               // breakdowns: each one's variables are crossed, and their margins come with it
	Where    []Restriction            // all of which hold for a respondent who counts
	Chosen   []*expression.Expression // and all of these conditions
	Bands    []Banding                // variables of numbers that are taken as categories, but where a statistic is of the numbers
	Missing  []MissingCode            // beside those that the file declares
	Stacked  Stacking                 // of waves in one file, or of several; the zero Stacking says nothing
	Pooling  Pooling                  // of those waves; the zero Pooling adds them up
	Interval string                   // method of proportions, IntervalMethods; "" is logit
	Level    float64                  // of the intervals; 0 is 0.95
	Contrast bool                     // compare each category of a breakdown with its first
	Against  []Restriction            // breakdowns whose categories are compared with another than the first: its one code
	Whole    bool                     // compare with everyone instead of with the first
	Pairs    bool                     // compare each category of a breakdown with each other
	Compared []Compared               // contrasts of figures by expressions
	Adjust   string                   // how the p-values of a breakdown's contrasts are adjusted for their number; "" is Holm
	Trend    bool                     // the straight line through the categories of a breakdown
	Standard *codebook.Margin         // the distribution that every category is brought to: shares, or counts; nil is none
	Rule     string                   // of quantiles, QuantileRules; "" is hf1
	// ShareInterval is the method for the share of which a quantile's interval
	// has the quantiles, without replicate weights; "" is the one of the rule.
	ShareInterval string
	Tests         [][2]string       // pairs of variables: whether they are independent
	Fits          []codebook.Margin // of the categories of a variable: whether they have these shares
	Tables        []Crosstab
	CountedIn     string   // the unit that weighted counts are given in; "" is ones
	Models        []string // formulas of regressions
	Family        string   // of the models

	Predictions     []Prediction // averages of what the models predict
	Coefficients    []Compared   // contrasts of the models' coefficients
	Slopes          []string     // numbers by which the models' predictions change, on average
	PredictionError string       // what the errors of both are of, PredictionErrors; "" is sampled

	ModelErrors string // of the models' coefficients, ErrorKinds; "" is linearised, or by replicates

	// ModelFreedom is the rule of the degrees of freedom of models, whatever their
	// coefficients; ModelAdjust and ModelTest are of their covariance and tests, as
	// model.Inference says. "" is R's.
	ModelFreedom, ModelAdjust, ModelTest string
	TestEffects                          string // CellEffects where tables are tested by those too

	// Freedom is the rule of the figures' degrees of freedom, indicator.Freedoms or a
	// number, "" is of the domain; MeanFreedom that of statistics without sides, "" is the
	// same. CountInterval is the method for counts and totals, "" is Wald's, and Effect which
	// design effect a figure has, Effects; "" is with replacement.
	Freedom, MeanFreedom, CountInterval, Effect string
	FreedomCompared                             bool // Freedom is for comparisons too, which else have the whole design's

	Wave          *Archived         // of the catalogue, which the extract is of; nil is none
	Terms         []string          // variables of its models
	IntervalAsked bool              // Interval is for published definitions too
	Presentation  string            // the standards that figures are held against, indicator.Presentations; "" is none
	Controlled    *indicator.Policy // of disclosure, which decides on the figures; nil is none

	// TableOne wants the statistics beside each other in the groups of the one breakdown, and
	// tests of whether they are alike in these; Deviations wants the standard deviations of
	// what means are of.
	TableOne, Deviations bool

	Called []Called // what variables and categories are called instead of what the file calls them

	TestedBy string // the one test of tables that is told, by its name; "" is all of them

	Told indicator.Notes // of the answer as a whole: how it came to be asked
}

// An Ask is one statistic.
type Ask struct {
	Statistic indicator.Statistic // proportion, count, mean, total, ratio or quantile
	Variable  string
	Over      string    // of a ratio, the variable below
	Codes     []string  // of a proportion or count: those that are counted; nil is each code by itself
	At        []float64 // of a quantile: the probabilities
}

// A Let is a variable that is made by an expression. Flag is what gives it, for
// problems. A condition chooses those for whom it is true. Sets are of the codes of one variable.
type Let struct {
	expression.Let
	Flag      string
	Condition bool
	Sets      bool
}

// let is that of a name, or nil.
func (q *Question) let(name string) *Let {
	for i := range q.Lets {
		if strings.EqualFold(q.Lets[i].Name, name) {
			return &q.Lets[i]
		}
	}
	return nil
}

// Made says whether the question makes the variable of a name.
func (q *Question) Made(name string) bool { return q.let(name) != nil }

// Divided is the variable whose sets of codes make the one of a name, V=1,2|3, or else the
// name: that of a variable may have a sign of equality itself.
func (q *Question) Divided(name string) string {
	if l := q.let(name); l != nil && l.Sets {
		return l.Expression.Variables()[0]
	}
	return name
}

// A Restriction holds for the respondents whose variable has one of the codes.
type Restriction struct {
	Variable string
	Codes    []string
}

// A MissingCode is a code that is missing in a variable, or for "" in every variable
// that an ask or a breakdown names: a number, a range such as -9..-1, or a text.
type MissingCode struct{ Variable, Code string }

// Missings are the codes that are missing in a variable of a name, of those for
// every variable only the ones that choose.
func (q *Question) Missings(name string, every func(code string) bool) codebook.Missings {
	var codes []string
	for _, m := range q.Missing {
		if strings.EqualFold(m.Variable, name) || m.Variable == "" && every(m.Code) {
			codes = append(codes, m.Code)
		}
	}
	if q.Wave != nil {
		for _, code := range slices.Sorted(maps.Keys(q.Wave.Crosswalk.Missing)) {
			if every(code) {
				codes = append(codes, code)
			}
		}
	}
	made, _ := codebook.ParseMissings(codes) // which Check looks at
	return made
}

// MissingDrawn are the codes that are missing in a variable of the design: those that
// name it, and those for every variable that are texts, which are no weight and no
// number of a PSU.
func (q *Question) MissingDrawn(name string) codebook.Missings {
	return q.Missings(name, func(code string) bool {
		made, err := codebook.ParseMissings([]string{code})
		return err == nil && made.Numbers == nil
	})
}

// A Banding makes categories of a variable of numbers: each begins at one of
// From, which rise, and ends below the next. Numbers below the first are missing.
type Banding struct {
	Variable string
	From     []float64
}

// Complete is the question with what it leaves to be chosen.
func (q Question) Complete() Question {
	q.Level = cmp.Or(q.Level, indicator.Level)
	q.Interval = cmp.Or(q.Interval, "logit")
	q.Adjust = cmp.Or(q.Adjust, "holm")
	q.Rule = cmp.Or(q.Rule, "hf1")
	q.PredictionError = cmp.Or(q.PredictionError, PredictSampled)
	q.ShareInterval = cmp.Or(q.ShareInterval, indicator.QuantileInterval(q.Rule))
	for _, e := range q.Chosen {
		name := "where " + e.String() // which no file has
		if !q.Made(name) {
			q.Lets = append(slices.Clip(q.Lets), Let{Let: expression.Let{Name: name, Expression: e}, Flag: "--where", Condition: true})
			q.Where = append(slices.Clip(q.Where), Restriction{name, []string{chosen}})
		}
	}
	q.Chosen = nil
	return q
}

// chosen is the code of those for whom a condition is true.
const chosen = "1"

// Variables lists the variables that the question takes by their codes, and those
// that it takes as numbers, each once.
func (q *Question) Variables() (categories, numbers []string) {
	add := func(to *[]string, names ...string) {
		for _, name := range names {
			if name != "" && !slices.ContainsFunc(*to, func(n string) bool { return strings.EqualFold(n, name) }) {
				*to = append(*to, name)
			}
		}
	}
	for _, a := range q.Asks {
		if a.Statistic.Row().Number {
			add(&numbers, a.Variable, a.Over)
		}
	}
	for _, m := range q.Weight.Margins() {
		if m.Total != nil {
			add(&numbers, m.Reads()...)
		}
	}
	add(&categories, q.Categorical()...)
	for _, b := range q.Bands {
		add(&categories, b.Variable)
		add(&numbers, b.Variable)
	}
	return categories, numbers
}

// Categorical lists the variables of which the question takes categories, some
// of them twice; those of its models' formulas are not among them.
func (q *Question) Categorical() []string {
	var names []string
	for _, a := range q.Asks {
		if !a.Statistic.Row().Number {
			names = append(names, a.Variable)
		}
	}
	for _, by := range q.By {
		names = append(names, by...)
	}
	for _, r := range q.Where {
		names = append(names, r.Variable)
	}
	for _, pair := range q.Tests {
		names = append(names, pair[:]...)
	}
	for _, m := range q.Fits {
		names = append(names, m.Variable)
	}
	for _, c := range q.Tables {
		names = append(names, c.variables()...)
	}
	for _, m := range q.Weight.Margins() {
		if m.Total == nil {
			names = append(names, m.Reads()...)
		}
	}
	if q.Standard != nil {
		names = append(names, q.Standard.Variable)
	}
	if q.poolsWaves() {
		names = append(names, q.Stacked.Variable)
	}
	return names
}

// Unweighted notes a weight that an extract has and the question does not name: the
// one by which the file says that it is weighted, or those with names of weights.
func (q *Question) Unweighted(of string, named []string) indicator.Notes {
	switch {
	case q.Weight.Variable != "" || len(q.Design.Population) > 0:
		return nil
	case of != "":
		return indicator.Notes{{Code: indicator.FileWeight, Of: of}}
	case named != nil:
		return indicator.Notes{{Code: indicator.NamedWeight, Args: named}}
	}
	return nil
}

// Crosswalk is what a crosswalk would say of the extract.
func (q *Question) Crosswalk() *codebook.Crosswalk {
	if q.Wave != nil {
		return q.archived()
	}
	x := &codebook.Crosswalk{Design: q.Drawn(), Weights: map[string]codebook.Weight{codebook.CoreWeight: q.Weight}}
	x.Design.Nested = true
	x.Key = q.key()
	return x
}

// key is what tells rows apart, nil where nobody asks.
func (q *Question) key() *codebook.Key {
	if q.Keys == nil {
		return nil
	}
	return &codebook.Key{Variables: q.Keys, Known: codebook.Confirmed}
}

// Words are the variables of an extract as a question finds them: in any case,
// with codes that are numbers spelled in any way.
type Words struct {
	Book     *codebook.Codebook
	Missing  map[string][]string              // of variables, the codes that are missing
	NumberOf func(name string) string         // the name of a variable as numbers
	Where    string                           // the extract, for problems
	Chosen   func(variable, code string) bool // whether any respondent whom the question chooses has a code; nil where all are chosen
	Fewest   func(variable string) int        // of how many rows the rarest category of a variable is
}

// Variable is the variable of a name.
func (w *Words) Variable(name string) codebook.Variable {
	if v, ok := w.Book.Variables[name]; ok {
		return v
	}
	for _, spelled := range slices.Sorted(maps.Keys(w.Book.Variables)) {
		if strings.EqualFold(spelled, name) {
			return w.Book.Variables[spelled]
		}
	}
	return codebook.Variable{Name: name}
}

// number is the name of a variable as numbers, and whether there is one.
func (w *Words) number(name string) (spelled string, ok bool) {
	v := w.Variable(w.NumberOf(name))
	_, ok = w.Book.Variables[v.Name]
	return v.Name, ok
}

// place is that of a code among some, or -1.
func place(codes []string, code string) int {
	if at := slices.Index(codes, code); at >= 0 {
		return at
	}
	x, err := strconv.ParseFloat(code, 64)
	if err != nil {
		return -1
	}
	return slices.Index(codes, codebook.Spell(x))
}

// placeOf is the place of a code among a variable's categories: by itself, or as the
// label of one alone; or -1.
func placeOf(v codebook.Variable, code string) int {
	at := place(v.Codes(), code)
	if at >= 0 {
		return at
	}
	for i, c := range v.Categories {
		if c.Label == code && code != "" {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// condition is a restriction as the extract spells it.
func (w *Words) condition(r Restriction) codebook.Condition {
	v := w.Variable(r.Variable)
	made := codebook.Condition{Variable: v.Name}
	codes := v.Codes()
	for _, code := range r.Codes {
		if at := placeOf(v, code); at >= 0 && !slices.Contains(made.Categories, codes[at]) {
			made.Categories = append(made.Categories, codes[at])
		}
	}
	return made
}

// Margin is a margin as the extract spells its codes. It refuses two spellings of
// one; what says what the margin is called in problems.
func (w *Words) Margin(what string, m codebook.Margin) (made codebook.Margin, ps refusal.Problems) {
	v := w.Variable(m.Variable)
	made = codebook.Margin{Variable: v.Name, Totals: map[string]float64{}}
	codes := v.Codes()
	for _, code := range slices.Sorted(maps.Keys(m.Totals)) {
		total := m.Totals[code]
		if at := placeOf(v, code); at >= 0 {
			code = codes[at]
		}
		if _, twice := made.Totals[code]; twice {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: fmt.Sprintf("%s %q", what, v.Name), What: fmt.Sprintf("code %s twice, want it once", code)})
		}
		made.Totals[code] = total
	}
	return made, ps
}

// Weighted is the question's weight with its margins as the extract spells them.
func (q *Question) Weighted(w *Words) (codebook.Weight, refusal.Problems) {
	weight := q.Weight
	var of []codebook.Margin
	var ps refusal.Problems
	for _, m := range weight.Margins() {
		spelled, found := w.known(m)
		of, ps = append(of, spelled), append(ps, found...)
	}
	if of != nil {
		to := *weight.Calibrate
		to.Margins, weight.Calibrate = of, &to
	}
	return weight, ps
}

// Population is those whom the question is of.
func (q *Question) Population(w *Words) codebook.Population {
	everyone := codebook.Population{ID: codebook.All}
	for _, r := range q.Where {
		everyone.Where = append(everyone.Where, w.condition(r))
	}
	return everyone
}

// Breakdowns lists everyone, and each crossing of variables with its margins,
// each once, the fewest variables first.
func (q *Question) Breakdowns() [][]string {
	found := [][]string{nil}
	for _, by := range q.By {
		for size := 1; size <= len(by); size++ {
			for set := range 1 << len(by) {
				var some []string
				for i, name := range by {
					if set>>i&1 == 1 {
						some = append(some, name)
					}
				}
				if len(some) == size && !slices.ContainsFunc(found, func(f []string) bool { return slices.EqualFunc(f, some, strings.EqualFold) }) {
					found = append(found, some)
				}
			}
		}
	}
	return found
}

// Definitions are the question's asks as definitions say them.
func (q *Question) Definitions(w *Words) []*indicator.Definition {
	var breakdowns []string
	for _, by := range q.Breakdowns()[1:] {
		breakdowns = append(breakdowns, indicator.Cross(w.names(by)...))
	}
	made := make([]*indicator.Definition, len(q.Asks))
	for i, ask := range q.Asks {
		made[i] = q.definition(w, ask)
		if made[i].Breakdowns = breakdowns; breakdowns == nil {
			made[i].Breakdowns = []string{}
		}
	}
	return made
}

func (w *Words) names(by []string) []string {
	names := make([]string, len(by))
	for i, name := range by {
		names[i] = w.Variable(name).Name
	}
	return names
}

// comparisons are those of categories that a definition makes in one pass.
func (q *Question) comparisons(w *Words) *indicator.Comparisons {
	if !q.Contrast && !q.Trend {
		return nil
	}
	made := &indicator.Comparisons{Contrast: q.Contrast, Trend: q.Trend, Against: map[string]string{}}
	for _, r := range q.Against {
		of := w.condition(r)
		made.Against[of.Variable] = of.Categories[0]
	}
	return made
}

func (q *Question) definition(w *Words, ask Ask) *indicator.Definition {
	row := ask.Statistic.Row()
	d := &indicator.Definition{ID: string(ask.Statistic), Statistic: ask.Statistic, Level: q.Level * 100, Freedom: q.FreedomOf(ask.Statistic)}
	if q.Standard != nil {
		margin, _ := w.Margin("standard", *q.Standard)
		d.Standardise = &indicator.Standard{Variable: margin.Variable, Shares: margin.Totals}
	}
	if ask.Statistic != indicator.Quantile {
		d.Compare = q.comparisons(w)
	}
	if !row.Number {
		for _, item := range w.items(ask) {
			d.Items = append(d.Items, indicator.Item{ID: item.code, Label: item.label, Of: &codebook.Condition{Variable: w.Variable(ask.Variable).Name, Categories: item.codes}})
		}
		switch {
		case row.Share:
			d.Interval = q.Interval
		case ask.Statistic == indicator.Count:
			d.Interval = q.CountInterval
		}
		return d
	}
	name, _ := w.number(ask.Variable)
	d.Of = &codebook.Condition{Variable: name}
	switch ask.Statistic {
	case indicator.Total:
		d.Interval = q.CountInterval
	case indicator.Quantile:
		d.Quantiles, d.Rule, d.Interval = ask.At, q.Rule, q.ShareInterval
	case indicator.Ratio:
		over, _ := w.number(ask.Over)
		d.Over = &codebook.Condition{Variable: over}
	}
	return d
}
