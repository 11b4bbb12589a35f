package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// An Answer is what an extract says to a Question.
type Answer struct {
	Extract   *ingest.Extract
	Error     design.Error
	Facts     design.Facts
	DF        int // of the whole design
	Figures   []AskedFigure
	Contrasts []AskedContrast
	Trends    []AskedTrend
	Tests     []AskedTest
	Models    []AskedModel
	Outside   int // respondents who do not fit Question.Where
	Lonely    []Lonely
}

// A Lonely is the strata of one stage that have one cluster, where the sample's
// policy says what to do with them.
type Lonely struct {
	Stage  int // 1 is the first
	Strata int
	Of     int     // strata
	Share  float64 // of all weight, what the respondents in them have; NaN where it is not known
}

// An AskedFigure is an estimate of an extract in its own words. The item is the
// code or codes of a proportion, or the probability of a quantile.
type AskedFigure struct {
	indicator.Estimate
	Variable  string
	ItemLabel string
	Label     string              // of the category; crossed ones are joined by commas
	Crossed   []codebook.Category // those of each variable of the breakdown
}

// An AskedTest is whether two variables are independent.
type AskedTest struct {
	Variables [2]string
	*model.Association
	RowCategories, ColumnCategories []codebook.Category // of the table
	Why                             indicator.NoteCode  // there is none
}

// An AskedModel is a regression.
type AskedModel struct {
	Formula string
	*model.Fit
	Coefficients []release.Coefficient
	Terms        []AskedTerm
	Why          indicator.NoteCode // there are no errors
}

// An AskedTerm is the test that all coefficients of a model's term are 0.
type AskedTerm struct {
	Term string
	indicator.Test
	Why indicator.Note // there is none
}

// Answer reads the extract and estimates all that is asked. Asked again, the
// question gives the same answer. The error is refusal.Problems.
func (q Question) Answer() (*Answer, error) { return q.answer() }

// answer answers a copy of a question, which it completes.
func (q *Question) answer() (*Answer, error) {
	if q.Level == 0 {
		q.Level = indicator.Level
	}
	if q.Interval == "" {
		q.Interval = "logit"
	}
	if q.Adjust == "" {
		q.Adjust = "holm"
	}
	if q.Rule == "" {
		q.Rule = "hf1"
	}
	if q.ShareInterval == "" {
		q.ShareInterval = wald
	}
	if q.simple() {
		a, err := q.shares()
		if a != nil || err != nil {
			if policy := q.Design.Lonely; a != nil && a.Facts.LonelyStrata > 0 && policy != "" && policy != codebook.LonelyRefuse {
				a.Lonely = []Lonely{{Stage: 1, Strata: a.Facts.LonelyStrata, Of: a.Facts.Strata, Share: math.NaN()}}
			}
			return a, advised(err)
		}
	}
	a, err := q.estimates()
	return a, advised(err)
}

// advised says what to do in a question's own words, not a crosswalk's.
func advised(err error) error {
	ps := slices.Clone(refusal.Of(err, refusal.Usage))
	for i, p := range ps {
		if p.Remedy == refusal.LonelyPolicy {
			ps[i].Hint = "choose a policy with --lonely, or count the stratum in another one with --collapse"
		}
	}
	return ps.Err()
}

// unknown is why what follows from a design's variance is no number; "" where it
// is one.
func unknown(d *design.Design, x float64) indicator.NoteCode {
	if !math.IsNaN(x) {
		return ""
	}
	return indicator.Unknown(d.Lonely)
}

// anyError is the error of one of the coefficients that have one; NaN where
// none has.
func anyError(fit *model.Fit) float64 {
	se := math.NaN()
	for i := range fit.Values {
		if own := fit.SE(i); !math.IsNaN(own) {
			se = own
		}
	}
	return se
}

// estimates answers any question, with all rows held.
func (q *Question) estimates() (*Answer, error) {
	e, err := q.read()
	if err != nil {
		return nil, err
	}
	d, err := q.design(e)
	if err != nil {
		return nil, err
	}
	c := &calculation{question: q, design: d, where: e.Name, fields: map[string]*harmonise.Field{}, extract: e}
	outside := c.domain()
	c.check(q)
	for _, ask := range q.Asks {
		c.numbers(ask)
	}
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	a := &Answer{Extract: e, Error: d.Error, Facts: d.Facts, DF: d.DF(), Outside: outside, Lonely: q.lonely(d)}
	if c.found = c.estimated(); c.problems != nil {
		return nil, c.problems.Err()
	}
	for n, ask := range q.Asks {
		items := c.items(ask)
		for _, by := range breakdowns(q.By) {
			c.breakdown(n, items, by, a)
		}
	}
	for _, pair := range q.Tests {
		t, ps := model.Associate(d, c.categories(pair[0]), c.categories(pair[1]), [2]string{c.field(pair[0]).Name, c.field(pair[1]).Name}, c.in)
		c.problems = append(c.problems, ps...)
		if t != nil {
			rows, columns := c.named(pair[0], t.Rows), c.named(pair[1], t.Columns)
			a.Tests = append(a.Tests, AskedTest{[2]string{c.field(pair[0]).Name, c.field(pair[1]).Name}, t, rows, columns, unknown(d, t.RaoScott.Statistic)})
		}
	}
	for i, f := range q.formulas {
		variables := map[string]model.Variable{}
		for _, name := range variablesOf(f) {
			variables[name] = c.variable(name)
		}
		m, ps := model.New(f, q.Family, variables, c.in)
		if ps == nil {
			var fit *model.Fit
			if fit, ps = model.Regress(d, m); ps == nil {
				a.Models = append(a.Models, AskedModel{q.Models[i], fit, c.coefficients(q.Models[i], fit), termTests(fit), unknown(d, anyError(fit))})
			}
		}
		c.problems = append(c.problems, ps...)
	}
	return a, c.problems.Err()
}

// variable is a field as models take it: its categories in their order.
func (c *calculation) variable(name string) model.Variable {
	f := c.field(name)
	if f.Numeric {
		return model.Variable{Numbers: c.aligned(f.Values)}
	}
	return c.categories(name)
}

// categories is a field as tests take it.
func (c *calculation) categories(name string) model.Variable {
	f := c.field(name)
	made := model.Variable{Categories: make([]string, len(c.design.Rows)), Order: f.Codes}
	for i, row := range c.design.Rows {
		if f.Code[row] >= 0 {
			made.Categories[i] = f.Codes[f.Code[row]]
		}
	}
	return made
}

// named are codes of a variable with their labels.
func (c *calculation) named(name string, codes []string) []codebook.Category {
	f := c.field(name)
	named := make([]codebook.Category, len(codes))
	for i, code := range codes {
		named[i].Code = code
		if at := f.Index(code); at >= 0 {
			named[i].Label = f.Labels[at]
		}
	}
	return named
}

// termTests are the tests of a model's terms.
func termTests(fit *model.Fit) []AskedTerm {
	var made []AskedTerm
	for k, term := range fit.Model.Formula.Terms {
		if !slices.Contains(fit.Model.Terms, k) {
			continue // those before it say as much
		}
		asked := AskedTerm{Term: term.String()}
		var ps refusal.Problems
		if asked.Test, ps = fit.TermTest(asked.Term); ps != nil {
			nan := math.NaN()
			of := 0 // coefficients
			for _, other := range fit.Model.Terms {
				if other == k {
					of++
				}
			}
			asked.Test = indicator.Test{Statistic: nan, DF: nan, Denominator: nan, P: nan}
			asked.Why = indicator.Note{Code: indicator.NoTestSingular, Args: []string{strconv.Itoa(of), strconv.FormatFloat(fit.ResidualDF, 'g', -1, 64)}}
		}
		made = append(made, asked)
	}
	return made
}

// coefficients are a model's, with the label of a category where one is of it
// alone.
func (c *calculation) coefficients(formula string, fit *model.Fit) []release.Coefficient {
	made := fit.Coefficients(c.question.Level)
	for _, name := range variablesOf(fit.Model.Formula) {
		field := c.field(name)
		for at, code := range field.Codes {
			for _, spelling := range []string{"factor(" + name + ")" + code, name + code} {
				if i := slices.Index(fit.Model.Names, spelling); i >= 0 {
					made[i].Label = field.Labels[at]
				}
			}
		}
	}
	for i := range made {
		made[i].Formula = formula
	}
	return made
}

// breakdowns lists everyone, and each crossing of variables with its margins,
// each once, the fewest variables first.
func breakdowns(crossings [][]string) [][]string {
	found := [][]string{nil}
	for _, by := range crossings {
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
