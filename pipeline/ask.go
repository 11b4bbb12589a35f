package pipeline

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// A File is an extract that questions are asked of, or several, each a wave, that are
// stacked: Source is then the first.
type File struct {
	ingest.Source
	Stack    []ingest.StackFile // in their order; nil of one
	Tallies  []string           // paths of tallies, in place of the files that they were made of; nil is none
	Limits   ingest.Limits
	Progress func(done, total int64)
}

// An Answer is what an extract says to a question.
type Answer struct {
	Extract      *ingest.Extract
	Book         *codebook.Codebook // its variables with their categories, of the file or made
	Files        []*ingest.Extract  // that are stacked; nil of one
	Error        design.Error
	Facts        design.Facts
	Replicates   int             // that the errors are of
	Notes        indicator.Notes // of the answer as a whole
	DF           int             // of the whole design
	Figures      []question.Reply
	Contrasts    []compare.Contrast
	Combinations []compare.Combination
	Trends       []compare.Trend
	Tables       []Crosstab
	TableOne     *TableOne // of the figures; nil where it is not asked for
	model.Answers
	Outside    int               // respondents who do not fit the question's restrictions
	Unknown    int               // those of them of whom a missing value leaves it open
	Policy     *indicator.Policy // of disclosure, that it was brought under; nil for none
	Lonely     []design.Alone
	computed   []string         // the variables that the question's expressions make
	controlled bool             // its figures have what a policy looks at
	Weighting  *weigh.Weighting // what was done to the weights; nil is nothing
	Weights    []WeightRow      // of the respondents, in the file's order, where the question wants them written
	keys       []string         // the names of their key
}

// A Crosstab is a table of a question, with the tests of its independence or why there are
// none; a table of one variable has neither.
type Crosstab struct {
	question.CrosstabReply
	Test *model.Independence
	Why  string
}

// Ask reads an extract and estimates all that is asked of it: it harmonises by
// the extract's own codes, weighs, estimates and compares, as Run does by a
// catalogue. Asked again, a question has the same answer. The error is
// refusal.Problems.
func Ask(f File, q question.Question) (*Answer, error) {
	a := &inquiry{File: f, q: q.Complete()}
	for _, step := range []func() refusal.Problems{a.parse, a.read, a.weigh, a.estimate, a.test} {
		if ps := step(); ps != nil {
			return nil, a.advised(ps)
		}
	}
	return &a.answer, nil
}

// advised says what is wrong and what to do in a question's own words, not a crosswalk's: it
// has one weight, which needs no name, unless it is of a wave.
func (a *inquiry) advised(ps refusal.Problems) error {
	ps = slices.Clone(ps)
	for i, p := range ps {
		if a.q.Controlled != nil {
			if p = p.Public(); p.Remedy == refusal.LonelyPolicy {
				p.Where, p.What = a.called(), "strata of 1 PSU, want at least 2 in each"
			}
			ps[i] = p
		}
		if a.q.Wave == nil {
			ps[i].What = strings.Replace(p.What, " ("+codebook.CoreWeight+" weight)", "", 1)
		}
		if p.Remedy == refusal.LonelyPolicy {
			if ps[i].Hint = "choose a policy with --lonely"; len(a.q.Crosswalk().Design.Stratum) > 0 {
				ps[i].Hint += ", or count the stratum in another one with --collapse"
			}
		}
	}
	return ps.Err()
}

// An inquiry is a question being answered.
type inquiry struct {
	File
	q        question.Question
	formulas []*model.Formula
	words    question.Words
	wave     *indicator.Wave
	design   *design.Design
	keys     []*table.Column
	spans    [][2]int // of each ask the first of its figures, and the one behind the last
	answer   Answer
	counting bool                      // for a tally, and no answer
	sources  map[string]*design.Source // of the designs, then
}

// parse reads the formulas, and finds the replicate weights that are named by
// patterns.
func (a *inquiry) parse() refusal.Problems {
	var ps refusal.Problems
	if a.q.Controlled != nil {
		ps = a.q.Computed()
	}
	for _, text := range a.q.Models {
		f, err := model.ParseFormula(text)
		if err != nil {
			ps = append(ps, refusal.Of(err, refusal.Usage)...)
			continue
		}
		a.formulas = append(a.formulas, f)
		a.q.Terms = append(a.q.Terms, f.Variables()...)
		averaged := f.Averaged(a.q.Predictions, a.q.Slopes)
		for _, l := range averaged {
			a.q.Terms = append(a.q.Terms, l.Name)
		}
		for _, l := range slices.Concat(f.Made, averaged) {
			if !a.q.Made(l.Name) { // by another model
				a.q.Lets = append(slices.Clip(a.q.Lets), question.Let{Let: l, Flag: "--model"})
			}
		}
	}
	if ps == nil {
		ps = a.averaged()
	}
	if ps != nil || !a.q.Weight.Given() {
		return ps
	}
	r := *a.q.Weight.Replicates
	found, ps := a.replicates(r.Variables)
	if ps != nil {
		return ps
	}
	r.Variables, a.q.Weight.Replicates = found, &r
	return nil
}

// averaged reports predictions and slopes by variables that no model has.
func (a *inquiry) averaged() refusal.Problems {
	var ps refusal.Problems
	check := func(flag, name string) {
		if !slices.ContainsFunc(a.formulas, func(f *model.Formula) bool { return f.Explains(name) }) {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: flag, What: fmt.Sprintf("no --model explains by %s", name), Hint: "name a variable of a formula: --model 'agree ~ sex' " + flag + " sex"})
		}
	}
	for _, p := range a.q.Predictions {
		check("--predict", p.Variable)
	}
	for _, name := range a.q.Slopes {
		check("--slope", name)
	}
	return ps
}

// read reads the extract, and harmonises it by its own codes.
func (a *inquiry) read() refusal.Problems {
	if a.Tallies != nil {
		return a.readParts()
	}
	own, x, name := harmonise.Owned(&a.q, a.q.Terms), a.q.Crosswalk(), a.called()
	names := x.RawNames()
	for _, o := range own {
		if !o.Common {
			names = append(names, o.Name)
		}
	}
	if wave := a.q.Stacked.Variable; wave != "" {
		names = append(names, wave)
	}
	names = slices.DeleteFunc(names, a.q.Made)
	given := slices.Clone(names) // whose absence is the question's
	if a.q.Wave != nil {
		names = append(names, harmonise.SyntheticMarks...)
		given = slices.DeleteFunc(given, func(name string) bool {
			return slices.ContainsFunc(a.q.Wave.Crosswalk.RawNames(), func(of string) bool { return strings.EqualFold(of, name) })
		})
	}
	to := harmonise.NewOwn(x, a.q.CommonBook(), a.q.CommonNames(), own, a.q.Lets, a.q.MissingDrawn, name, runtime.GOMAXPROCS(0))
	if a.counting {
		to.Keep()
	}
	e, place, ps := a.batches(names, a.identifying(x, own), func(batch *table.Table) error { to.Add(batch); return nil })
	if ps != nil {
		return ps
	}
	a.answer.Extract = e
	ps = a.q.Named(e.Names)
	for _, absent := range e.Missing {
		if !a.q.OfLets(absent) && slices.Contains(given, absent) { // which Named shows in its expression
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: e.Name, What: fmt.Sprintf("no variable %q%s", absent, refusal.Nearest(absent, e.Names))})
		}
	}
	if ps != nil {
		return ps
	}
	r, ps := to.End(harmonise.Raw{Table: e.Table, Names: e.Names, Where: name, Line: e.Line, Place: place})
	for i, p := range ps {
		if _, common := a.q.Common(p.Variable); p.Variable != "" && !common && !a.q.Made(p.Variable) {
			ps[i].What = fmt.Sprintf("%s: %s", p.Variable, a.whyNotNumbers(p.Variable)) + p.What[strings.Index(p.What, "\n"):]
			ps[i].Hint = fmt.Sprintf("--missing %s=NA takes texts, here NA, for missing values", p.Variable)
		}
		ps[i].Variable = ""
	}
	if ps != nil {
		return ps
	}
	a.answer.Notes = append(slices.Clone(a.q.Told), a.answer.Notes...)
	a.answer.Notes.Add(a.quantilesBy())
	a.answer.Notes.Add(a.q.Doubts(r.Doubts)...)
	a.answer.Notes.Add(r.Told...)
	if e.About.Replaced != nil {
		a.answer.Notes.Add(indicator.Note{Code: indicator.ReplacedTexts, Args: e.About.Replaced})
	}
	a.answer.Notes.Add(a.q.Unweighted(e.About.Weight, description.NamedWeights(e.Names))...)
	a.keys, a.sources = r.Keys, r.Sources
	a.wave, a.words = r.Wave, question.Words{Book: r.Book, Missing: r.Missing, NumberOf: a.numberOf, Where: name}
	a.answer.Book = r.Book
	a.date()
	x.Populations = []codebook.Population{a.q.Population(&a.words)}
	a.words.Chosen = chosen(a.wave.Table, x.Populations[0].Where)
	a.words.Fewest = func(variable string) int { return fewest(a.wave.Table.Column(a.words.Variable(variable).Name)) }
	ps = a.q.Check(&a.words, func(name string) string {
		if a.q.Made(name) {
			return "is text, want numbers"
		}
		return a.whyNotNumbers(name)
	})
	if ps == nil {
		a.call()
		a.cross()
	}
	return ps
}

// quantilesBy notes the rule that quantiles are found by, unless it is the one that a question
// has where it asks for none, or a convention is told to have it.
func (a *inquiry) quantilesBy() indicator.Note {
	of := func(x question.Ask) bool { return x.Statistic == indicator.Quantile }
	told := slices.ContainsFunc(a.q.Told, func(n indicator.Note) bool {
		return n.Is(indicator.ByConvention) && slices.ContainsFunc(n.Args, func(rule string) bool { return strings.HasPrefix(rule, "quantile-rule ") })
	})
	rule, known := estimate.QuantileRuleBy(a.q.Rule)
	if told || !known || a.q.Rule == "hf1" || !slices.ContainsFunc(a.q.Asks, of) {
		return indicator.Note{}
	}
	return indicator.Note{Code: indicator.QuantilesBy, Of: a.q.Rule, Args: []string{rule.Title, a.q.ShareInterval}}
}

// chosen says whether any respondent of whom conditions hold has a category of a variable.
func chosen(t *table.Table, where []codebook.Condition) func(variable, code string) bool {
	return func(variable, code string) bool {
		member := t.All(where)
		for row, label := range t.Column(variable).Labels() {
			if label == code && member(row) {
				return true
			}
		}
		return false
	}
}

// fewest is of how many rows the category is that fewest rows have.
func fewest(of *table.Column) int {
	rows := map[string]int{}
	for _, label := range of.Labels() {
		rows[label]++
	}
	delete(rows, "") // missing
	least := math.MaxInt
	for _, n := range rows {
		least = min(least, n)
	}
	return least
}

// together are figures of which those that are alike in what key has of them are together.
func together[K comparable](of []question.Reply, key func(f *question.Reply) K) [][]question.Reply {
	var made [][]question.Reply
	at := map[K]int{}
	for i := range of {
		k, met := at[key(&of[i])]
		if !met {
			k = len(made)
			at[key(&of[i])], made = k, append(made, nil)
		}
		made[k] = append(made[k], of[i])
	}
	return made
}

// numberOf is the name of a variable as numbers: a common one that is numbers has its own.
func (a *inquiry) numberOf(name string) string {
	if common, is := a.q.Common(name); is && !a.q.Banded(common) && !a.q.Wave.Book.Variables[common].Categorical() {
		return common
	}
	return harmonise.NumberOf(name)
}

// cross makes the variables that the cells of the question's tables are categories of.
func (a *inquiry) cross() {
	for _, c := range a.q.Tables {
		name := a.words.Crossing(c)
		if c.Column == "" || a.wave.Table.Column(name) != nil {
			continue
		}
		of := func(variable string) *table.Column { return a.wave.Table.Column(a.words.Variable(variable).Name) }
		crossing := harmonise.Cross(name, of(c.Row), of(c.Column))
		a.wave.Table.Add(crossing)
		a.words.Book.Variables[name] = crossing.Variable
	}
}

// weigh weighs the sample.
func (a *inquiry) weigh() refusal.Problems {
	w, ps := a.q.Weighted(&a.words)
	if ps != nil {
		return ps
	}
	d := a.wave.Designs[codebook.CoreWeight]
	of := weigh.Variables{
		Labels: func(name string) []string { return a.wave.Table.Column(name).Labels() },
		Numbers: func(name string) []float64 {
			return a.wave.Table.Column(a.words.Variable(a.numberOf(name)).Name).Floats()
		},
	}
	if d, ps = a.pool(d); ps != nil {
		return ps
	}
	d, a.answer.Weighting, ps = weigh.Weigh(d, w, of)
	if ps != nil {
		return ps
	}
	a.design, a.wave.Designs[codebook.CoreWeight] = d, d
	for name, weight := range a.wave.Crosswalk.Weights {
		if other := a.wave.Designs[name]; name != codebook.CoreWeight && other != nil {
			if a.wave.Designs[name], _, ps = weigh.Weigh(other, weight, of); ps != nil {
				return ps
			}
		}
	}
	a.answer.Error, a.answer.Facts, a.answer.DF, a.answer.Lonely = d.Error, d.Facts, d.DF(), d.Alone()
	if a.Tallies == nil { // whose notes have it
		a.answer.Notes.Add(a.q.Shared(&a.words, d, a.wave.Table)...)
	}
	if d.Replicates != nil {
		a.answer.Replicates = d.Replicates.Count()
	}
	if a.q.Written {
		a.answer.Weights, a.answer.keys, ps = weightRows(d, a.keys, a.answer.Weighting)
	}
	return ps
}

// definitions are those of the question's statistics, as Place.Ask counts them, and of its tables.
func (a *inquiry) definitions() []*indicator.Definition {
	definitions := slices.Concat(a.q.Definitions(&a.words), a.q.Published(&a.words))
	for _, c := range a.q.Tables {
		definitions = append(definitions, a.q.CrosstabDefinitions(&a.words, c)...)
	}
	return definitions
}

// estimate estimates what the question's definitions say, and compares.
func (a *inquiry) estimate() refusal.Problems {
	definitions := a.definitions()
	asked := len(definitions) - 2*len(a.q.Tables)
	r, ps := estimate.Wave(a.words.Book, definitions, a.wave, runtime.GOMAXPROCS(0))
	for i := range ps {
		if ps[i].Where == "" { // of no page
			ps[i].Kind, ps[i].Where = refusal.Usage, "--unit"
		}
	}
	if ps != nil {
		return ps
	}
	if policy := a.q.Controlled; policy != nil {
		a.answer.controlled = true
		for _, l := range a.q.Lets {
			a.answer.computed = append(a.answer.computed, l.Name)
		}
		r.Unlike(a.words.Book, definitions, a.wave)
		r.Heaviest(a.words.Book, definitions, a.wave, policy.ConfidentialBelow-1, true)
	}
	how := compare.How{Design: a.design, Level: a.q.Level, Adjust: a.q.Adjust}
	if a.q.Standard != nil {
		how.Standard = a.words.Variable(a.q.Standard.Variable).Name
	}
	c := &comparer{a, how, definitions, r.Joints, estimate.NewTogether(a.words.Book, a.wave), map[question.Place]*question.Reply{}}
	for i, d := range definitions[len(a.q.Asks):asked] {
		i += len(a.q.Asks)
		c.figures(i, a.q.PublishedReplies(&a.words, d, r.Estimates[i]))
	}
	for i, ask := range a.q.Asks {
		first := len(a.answer.Figures)
		c.figures(i, a.q.Replies(&a.words, ask, r.Estimates[i]))
		a.spans = append(a.spans, [2]int{first, len(a.answer.Figures)})
	}
	if ps := c.combine(); ps != nil {
		return ps
	}
	if a.q.Effect == question.EffectWithout {
		for i := range a.answer.Figures {
			a.answer.Figures[i].WithoutReplacement()
		}
	}
	if a.q.Presentation != "" {
		for i := range a.answer.Figures {
			a.answer.Figures[i].Present()
		}
	}
	for i, c := range a.q.Tables {
		first := asked + 2*i
		for _, t := range a.q.CrosstabReplies(&a.words, c, slices.Concat(r.Estimates[first], r.Estimates[first+1])) {
			if a.q.Presentation != "" {
				for _, f := range t.Figures() {
					f.Present()
				}
			}
			a.answer.Tables = append(a.answer.Tables, Crosstab{CrosstabReply: t})
		}
	}
	return nil
}

// test makes the tests and the models, and counts those who are not asked about.
func (a *inquiry) test() refusal.Problems {
	if a.Tallies != nil {
		return nil
	}
	s := model.NewSample(a.wave, a.design, &a.words, a.q.Bands)
	s.By = model.Inference{Errors: a.q.ModelErrors, Freedom: a.q.ModelFreedom, Adjusted: a.q.ModelAdjust == question.AdjustCoefficients, AdjustedWald: a.q.ModelTest == question.AdjustedWald, ByCells: a.q.TestEffects == question.CellEffects}
	a.answer.Outside, a.answer.Unknown = s.Outside(), s.Unknown
	var ps refusal.Problems
	a.answer.Answers, ps = s.Answer(&a.q, &a.words, a.formulas)
	a.testTables(s)
	a.deviations(s)
	a.tableOne(s)
	return ps
}

// untestable says why a design has no tests of groups, "" where it has some.
func (a *inquiry) untestable() string {
	switch {
	case a.design.Error == design.ByNothing || a.design.Error == design.ByFactor:
		return "the design has no errors that a test could take"
	case a.design.Rotation != nil:
		return "what PSUs of several waves say of it is not known"
	}
	return ""
}

// testTables makes the tests of the question's tables of two variables. A table that has
// none is told all the same, and why.
func (a *inquiry) testTables(s *model.Sample) {
	for i := range a.answer.Tables {
		t := &a.answer.Tables[i]
		if len(t.Variables) < 2 {
			continue
		}
		if t.Why = a.untestable(); t.Why != "" {
			continue
		}
		found, ps := s.Within(t.Cell).Test([2]string{t.Variables[0], t.Variables[1]})
		if ps != nil {
			t.Why = ps[0].What
			continue
		}
		found.Cell = t.Cell
		t.Test = &found
	}
}
