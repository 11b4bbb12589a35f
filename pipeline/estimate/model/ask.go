package model

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/table"
)

// A Sample is what tests and models are asked of: a table with the design of its
// rows, and who of the respondents is asked about. Categories and Numbers give the
// variable of a name, in any case; Numbers is nil for one of text.
type Sample struct {
	Design     *design.Design
	In         []bool
	Unknown    int // how many are not asked about because a value is missing, and what there is speaks for them
	Categories func(name string) *table.Column
	Numbers    func(name string) *table.Column
	By         Inference // of the models
}

// NewSample is the respondents of a wave, by one of its designs, of whom those in its
// first population are asked about, in the words of an extract. Banded variables
// are categories and no numbers.
func NewSample(w *indicator.Wave, d *design.Design, words *question.Words, banded []question.Banding) *Sample {
	s := &Sample{Design: d}
	s.Categories = func(name string) *table.Column { return w.Table.Column(words.Variable(name).Name) }
	s.Numbers = func(name string) *table.Column {
		if slices.ContainsFunc(banded, func(b question.Banding) bool { return strings.EqualFold(b.Variable, name) }) {
			return nil
		}
		return w.Table.Column(words.NumberOf(name))
	}
	var unknown []bool
	for _, where := range w.Crosswalk.Populations[0].Where {
		if s.In == nil {
			s.In, unknown = slices.Repeat([]bool{true}, len(d.Rows)), make([]bool, len(d.Rows))
		}
		c := w.Table.Column(where.Variable)
		holds := c.Holds(where)
		for i, row := range d.Rows {
			switch {
			case holds(int(row)):
			case c.Missing(int(row)) != codebook.Present:
				unknown[i] = unknown[i] || s.In[i]
				s.In[i] = false
			default:
				unknown[i], s.In[i] = false, false
			}
		}
	}
	for _, is := range unknown {
		if is {
			s.Unknown++
		}
	}
	return s
}

// Within is the part of the sample that is in a cell of a breakdown.
func (s *Sample) Within(cell question.Cell) *Sample {
	made := *s
	for n, name := range cell.Variables {
		c := s.Categories(name)
		code := c.Variable.Index(cell.Crossed[n].Code)
		in := slices.Repeat([]bool{true}, len(s.Design.Rows))
		for i, row := range s.Design.Rows {
			in[i] = (made.In == nil || made.In[i]) && c.Codes.At(int(row)) == code
		}
		made.In = in
	}
	return &made
}

// Outside is how many respondents are not asked about.
func (s *Sample) Outside() int {
	n := 0
	for _, in := range s.In {
		if !in {
			n++
		}
	}
	return n
}

// An Independence is whether two variables are independent, of whom it is asked.
type Independence struct {
	question.Cell
	Variables [2]string
	*Association
	RowCategories, ColumnCategories []codebook.Category // of the table
	Why                             indicator.NoteCode  // there is none
}

// A Regression is a fitted model, of whom it is, with its coefficients and terms as
// answers have them.
type Regression struct {
	question.Cell
	Formula string
	*Fit
	Coefficients []release.Coefficient
	Parts        [][]Part              // of each coefficient, in the order of its term; nil of an intercept or a cutpoint
	References   []Part                // the category that others are told from, of each variable with one
	Averages     []release.Coefficient // predictions, slopes and differences that are asked for
	Contrasts    []release.Coefficient // of coefficients
	Terms        []TestedTerm
	Why          indicator.NoteCode // there are no errors
}

// A Part is what a coefficient has of one of its term's variables: a category, with its
// label where it has one; of a polynomial its power as the code; or all of a number, of code "".
type Part struct {
	Of Explaining
	codebook.Category
}

// A TestedTerm is the test that all coefficients of a model's term are 0.
type TestedTerm struct {
	Term string
	indicator.Test
	Why indicator.Note // there is none
}

// An Absent is a test or a model that a category of a breakdown does not give, and why.
type Absent struct {
	question.Cell
	Asked string // "test" or "model"
	Of    string // the formula, or the variables
	Why   string
}

// Answers are a question's tests and models, each of everyone first and then in each
// category of its breakdowns.
type Answers struct {
	Tests  []Independence
	Fits   []Goodness
	Models []Regression
	Absent []Absent
}

// Answer makes a question's tests and fits its models, of which formulas are: but for the
// categories of their own variables, in which these do not vary, and those that nobody is
// of. What everyone does not give is refused, and what a category alone does not is absent.
func (s *Sample) Answer(q *question.Question, w *question.Words, formulas []*Formula) (a Answers, ps refusal.Problems) {
	each := func(asked, called string, variables []string, of func(s *Sample, cell question.Cell) refusal.Problems) {
		for _, cell := range slices.Concat(q.Cells(w)...) {
			within := s.Within(cell)
			own := slices.ContainsFunc(variables, func(name string) bool { return slices.Contains(cell.Variables, w.Variable(name).Name) })
			if own || len(cell.Variables) > 0 && within.Outside() == len(s.Design.Rows) {
				continue
			}
			found := of(within, cell)
			switch {
			case found == nil:
			case len(cell.Variables) == 0:
				ps = append(ps, found...)
				return // which its categories have as well
			default:
				var why []string
				for _, p := range found {
					if q.Controlled != nil {
						p = p.Public()
					}
					what, _, _ := strings.Cut(p.What, "\n")
					why = append(why, what)
				}
				a.Absent = append(a.Absent, Absent{cell, asked, called, strings.Join(why, "; ")})
			}
		}
	}
	for _, pair := range q.Tests {
		each("test", pair[0]+"+"+pair[1], pair[:], func(s *Sample, cell question.Cell) refusal.Problems {
			t, found := s.Test(pair)
			if t.Cell = cell; found == nil {
				a.Tests = append(a.Tests, t)
			}
			return found
		})
	}
	for _, m := range q.Fits {
		each("test", m.Variable, []string{m.Variable}, func(s *Sample, cell question.Cell) refusal.Problems {
			m, found := w.Margin("test", m)
			g := s.Fit(m)
			if g.Cell = cell; found == nil {
				a.Fits = append(a.Fits, g)
			}
			return found
		})
	}
	for i, f := range formulas {
		each("model", q.Models[i], f.Inputs(), func(s *Sample, cell question.Cell) refusal.Problems {
			m, found := s.Regress(q.Models[i], f, q)
			if found != nil {
				return found
			}
			m.Cell = cell
			for _, of := range [][]release.Coefficient{m.Coefficients, m.Averages, m.Contrasts} {
				for k := range of {
					of[k].Formula, of[k].Breakdown, of[k].Category = q.Models[i], cell.Breakdown, cell.Category
				}
			}
			a.Models = append(a.Models, m)
			return nil
		})
	}
	if ps == nil {
		ps = a.uncontrasted(q.Coefficients)
	}
	return a, ps
}

// Test tests whether two variables are independent.
func (s *Sample) Test(pair [2]string) (Independence, refusal.Problems) {
	row, column := s.Categories(pair[0]), s.Categories(pair[1])
	names := [2]string{row.Variable.Name, column.Variable.Name}
	t, ps := Associate(s.Design, s.categories(row), s.categories(column), names, s.In)
	if t == nil {
		return Independence{}, ps
	}
	t.CellsAsked = s.By.ByCells
	return Independence{question.Cell{}, names, t, withLabels(row, t.Rows), withLabels(column, t.Columns), untested(s.Design, t.MeanEffect)}, ps
}

// Regress fits the model of a formula as a question asks, and its averages.
func (s *Sample) Regress(text string, f *Formula, q *question.Question) (Regression, refusal.Problems) {
	variables := map[string]Variable{}
	names := f.Variables()
	for _, l := range f.Averaged(q.Predictions, q.Slopes) {
		names = append(names, l.Name)
	}
	for _, name := range names {
		if c := s.Numbers(name); c != nil {
			numbers := make([]float64, len(s.Design.Rows))
			for i, row := range s.Design.Rows {
				numbers[i] = c.Number(int(row))
			}
			variables[name] = Variable{Numbers: numbers, Labels: s.Categories(name).Variable.Categories}
		} else {
			variables[name] = s.categories(s.Categories(name))
		}
	}
	m, ps := New(f, FamilyOf(q.Family), variables, s.In)
	if ps != nil {
		return Regression{}, ps
	}
	fit, ps := Regress(s.Design, m)
	if ps != nil {
		return Regression{}, ps
	}
	fit.infer(s.By, s.Design)
	averages, ps := fit.Average(s.Design, variables, q.Predictions, q.Slopes, q.PredictionError, q.Level)
	if ps != nil {
		return Regression{}, ps
	}
	for i, c := range averages {
		if c.Outcome != "" {
			averages[i].OutcomeLabel = withLabels(s.Categories(f.Response), []string{c.Outcome})[0].Label
		}
	}
	made := Regression{question.Cell{}, text, fit, s.coefficients(fit, q.Level), s.parts(m), s.labelled(m.references), averages, nil, terms(fit), unknown(s.Design, anyError(fit))}
	made.contrast(q.Coefficients, q.Level)
	return made, nil
}

// parts are those of each coefficient of a model.
func (s *Sample) parts(m *Model) [][]Part {
	made := make([][]Part, len(m.Names))
	for i, codes := range m.codes {
		for k, code := range codes {
			made[i] = append(made[i], Part{m.Formula.Terms[m.Terms[i]][k], codebook.Category{Code: code}})
		}
		made[i] = s.labelled(made[i])
	}
	return made
}

// labelled are parts with the labels of their categories.
func (s *Sample) labelled(parts []Part) []Part {
	made := slices.Clone(parts)
	for i, p := range parts {
		if p.Code != "" && p.Of.Degree == 0 {
			made[i].Category = withLabels(s.Categories(p.Of.Name), []string{p.Code})[0]
		}
	}
	return made
}

// categories is a variable of the respondents by its categories, in their order.
func (s *Sample) categories(c *table.Column) Variable {
	made := Variable{Categories: make([]string, len(s.Design.Rows)), Order: c.Variable.Codes(), Labels: c.Variable.Categories}
	for i, row := range s.Design.Rows {
		if code := c.Codes.At(int(row)); code >= 0 {
			made.Categories[i] = made.Order[code]
		}
	}
	return made
}

// withLabels are codes of a variable with their labels.
func withLabels(c *table.Column, codes []string) []codebook.Category {
	made := make([]codebook.Category, len(codes))
	for i, code := range codes {
		made[i].Code = code
		if at := c.Variable.Index(code); at >= 0 {
			made[i].Label = c.Variable.Categories[at].Label
		}
	}
	return made
}

// unknown is why what follows from a design's variance is no number; "" where it
// is one.
func unknown(d *design.Design, x float64) indicator.NoteCode {
	if !math.IsNaN(x) {
		return ""
	}
	return indicator.Unknown(d.Lonely)
}

// untested is why a table has no test by the sum, or the mean, of its design effects; ""
// where it has some.
func untested(d *design.Design, effect float64) indicator.NoteCode {
	if why := unknown(d, effect); why != "" || effect > 0 {
		return why
	}
	return indicator.NoErrorFixed
}

// anyError is the error of one of the coefficients that have one; NaN where
// none has.
func anyError(fit *Fit) float64 {
	se := math.NaN()
	for i := range fit.Values {
		if own := fit.SE(i); !math.IsNaN(own) {
			se = own
		}
	}
	return se
}

// terms are the tests of a model's terms.
func terms(fit *Fit) []TestedTerm {
	var made []TestedTerm
	for k, term := range fit.Model.Formula.Terms {
		if !slices.Contains(fit.Model.Terms, k) {
			continue // those before it say as much
		}
		tested := TestedTerm{Term: term.String()}
		var ps refusal.Problems
		if tested.Test, ps = fit.TermTest(tested.Term); ps != nil {
			nan := math.NaN()
			of := 0 // coefficients
			for _, other := range fit.Model.Terms {
				if other == k {
					of++
				}
			}
			tested.Test = indicator.Test{Statistic: nan, DF: nan, Denominator: nan, P: nan}
			df := fit.ResidualDF
			if math.IsInf(df, 1) || math.IsNaN(df) { // by a rule, or of each coefficient
				df = fit.DF
			}
			tested.Why = indicator.Note{Code: indicator.NoTestSingular, Args: []string{strconv.Itoa(of), strconv.FormatFloat(df, 'g', -1, 64)}}
		}
		made = append(made, tested)
	}
	return made
}

// coefficients are a model's, with the label of a category where one is of it
// alone.
func (s *Sample) coefficients(fit *Fit, level float64) []release.Coefficient {
	made := fit.Coefficients(level)
	for _, v := range fit.Model.Formula.explaining() {
		for _, category := range s.Categories(v.Name).Variable.Categories {
			if i := slices.Index(fit.Model.Names, v.called()+category.Code); i >= 0 {
				made[i].Label = category.Label
			}
		}
	}
	levels := withLabels(s.Categories(fit.Model.Formula.Response), fit.Model.Levels)
	for k := 1; k < len(levels); k++ {
		if below, above := levels[k-1].Label, levels[k].Label; below != "" && above != "" {
			made[len(made)-len(levels)+k].Label = below + " | " + above
		}
	}
	return made
}
