package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A Question asks for statistics of one extract in the extract's own variables
// and codes: no catalogue says what they mean. Values that the file declares
// missing are missing.
type Question struct {
	Source   ingest.Source
	Design   codebook.DesignSource // of the sample; PSUs are numbered anew in each stratum
	Weight   codebook.Weight
	Asks     []Ask
	By       [][]string       // breakdowns: each one's variables are crossed, and their margins come with it
	Where    []Restriction    // all of which hold for a respondent who counts
	Bands    []harmonise.Band // variables of numbers that are taken as categories, but where a statistic is of the numbers
	Missing  []string         // codes that are missing in every variable that an ask or breakdown names
	Interval string           // method of proportions, indicator.IntervalMethods; "" is logit
	Level    float64          // of the intervals; 0 is 0.95
	Contrast bool             // compare each category of a breakdown with its first
	Against  []Restriction    // breakdowns whose categories are compared with another than the first: its one code
	Adjust   string           // how the p-values of a breakdown's contrasts are adjusted for their number, Adjustments; "" is Holm
	Trend    bool             // the straight line through the categories of a breakdown
	Standard *codebook.Margin // the distribution that every category is brought to: shares, or counts; nil is none
	Rule     string           // of quantiles, estimate.QuantileRules; "" is hf1
	// ShareInterval is the method for the share of which a quantile's interval
	// has the quantiles, without replicate weights; "" is wald.
	ShareInterval string
	Tests         [][2]string  // pairs of variables: whether they are independent
	Models        []string     // formulas, see model.ParseFormula
	Family        model.Family // of the models
	Limits        ingest.Limits
	Progress      func(done, total int64)

	formulas []*model.Formula
}

// An Ask is one statistic.
type Ask struct {
	Statistic indicator.Statistic // proportion, mean, total, ratio or quantile
	Variable  string
	Over      string    // of a ratio, the variable below
	Codes     []string  // of a proportion: those that are counted; nil is each code by itself
	At        []float64 // of a quantile: the probabilities
}

// A Restriction holds for the respondents whose variable has one of the codes.
type Restriction struct {
	Variable string
	Codes    []string
}

// field reads a column as the question means it.
func (q *Question) field(c *table.Column) *harmonise.Field {
	f := harmonise.NewField(c, q.Missing)
	for _, b := range q.Bands {
		if f.Numeric && strings.EqualFold(b.Variable, f.Name) {
			return f.Banded(b.From)
		}
	}
	return f
}

// names lists the variables of a question, each once, as the file may spell
// them.
func (q *Question) names() []string {
	var names []string
	add := func(more ...string) {
		for _, name := range more {
			if name != "" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
				names = append(names, name)
			}
		}
	}
	for _, a := range q.Asks {
		add(a.Variable, a.Over)
	}
	for _, by := range q.By {
		add(by...)
	}
	for _, r := range q.Where {
		add(r.Variable)
	}
	for _, b := range q.Bands {
		add(b.Variable)
	}
	for _, pair := range q.Tests {
		add(pair[:]...)
	}
	for _, m := range q.Weight.Margins() {
		add(m.Variable)
	}
	if q.Standard != nil {
		add(q.Standard.Variable)
	}
	for _, f := range q.formulas {
		add(variablesOf(f)...)
	}
	add(q.Weight.Variable)
	add(slices.Concat(q.Design.Stratum, q.Design.PSU, q.Design.Population)...)
	if q.Weight.Given() {
		add(q.Weight.Replicates.Variables...)
	}
	return names
}

// read reads the columns that a question names.
func (q *Question) read() (*ingest.Extract, error) {
	var ps refusal.Problems
	for _, text := range q.Models {
		f, err := model.ParseFormula(text)
		if err != nil {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--model " + text, What: err.Error()})
			continue
		}
		q.formulas = append(q.formulas, f)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if q.Weight.Given() {
		r := *q.Weight.Replicates
		found, absent, err := matched(q.Source, r.Variables, q.Weight.Variable, q.Limits)
		if err != nil {
			return nil, err
		}
		if len(absent) > 0 {
			return nil, refusal.Problems{{Kind: refusal.Usage, Where: q.Source.Where, What: fmt.Sprintf("no variable matches %s", strings.Join(absent, ", "))}}
		}
		r.Variables, q.Weight.Replicates = found, &r
	}
	e, err := ingest.Read(q.Source, q.names(), q.Limits, q.Progress)
	if err != nil {
		return nil, err
	}
	return e, q.absent(e)
}

// variablesOf lists the variables of a formula, each once.
func variablesOf(f *model.Formula) []string {
	names := []string{f.Response}
	for _, term := range f.Terms {
		for _, x := range term {
			if !slices.Contains(names, x.Name) {
				names = append(names, x.Name)
			}
		}
	}
	return names
}
