package estimate_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// A command is a row as a question that `twc estimate` can be asked, with where
// the answer has its value; or why no command can ask it.
type command struct {
	*question.Question
	file   ingest.Source
	find   func(a *pipeline.Answer) (value, se float64, found bool)
	reason string
}

func no(reason string) command { return command{reason: reason} }

// command makes a row's.
func (o *oracle) command(r *row) command {
	sp, ok := o.designs[r.text("design_id")]
	if r.unread != "" || !ok || sp.unread != nil {
		return no("the row or its design is not read")
	}
	q, reason := o.sampled(sp)
	if reason != "" {
		return no(reason)
	}
	head := o.head(sp.Dataset + ".csv")
	if head == nil {
		return no("the data are not read")
	}
	c := asked(q, r)
	c.file.Path, _ = oracleFile(o.folder, "data", sp.Dataset+".csv")
	c.file.Where = sp.Dataset
	if c.reason != "" {
		return c
	}
	for _, name := range slices.Concat(askedNames(c.Question), []string{sp.Weights}, q.Design.Stratum, q.Design.PSU, q.Design.Population) {
		same := 0
		for _, h := range head {
			if strings.EqualFold(h, name) {
				same++
			}
		}
		switch {
		case same > 1: // a person is told, and gives the name that it has
			return no("a name that another column has but for case")
		case name != "" && !slices.Contains(head, name):
			text := derivedBy(name)
			if text == "" {
				return no("a variable that the runner derives")
			}
			l, fault := expression.ParseLet(name+" = "+text, expression.OfFile)
			if fault != nil {
				panic(fault.What)
			}
			if !c.Made(name) {
				c.Lets = append(c.Lets, question.Let{Let: l, Flag: "--let"})
			}
		}
	}
	return c
}

// derivedBy is the expression that makes a variable which the synthetic survey's README
// defines, as sample.derive does; "" for any other.
func derivedBy(name string) string {
	if made, ok := map[string]string{
		"vol_yes": "recode(vol; 1 = 1, 0 = 0, else missing)", "volfreq_wk": "recode(volfreq; 1 = 1, 2..4 = 0, else missing)", "male": "if(missing(sex), 0, sex = 1)",
		"sexf": "sex", "agef": "agegrp", "ethf": "ethgrp", "goref": "gor",
	}[name]; ok {
		return made
	}
	if of, ok := strings.CutSuffix(name, "_top2"); ok {
		return "recode(" + of + "; 1, 2 = 1, 3, 4 = 0, else missing)"
	}
	if of, ok := strings.CutSuffix(name, "_4"); ok {
		return "recode(" + of + "; 1..4 = 1, else missing) * " + of
	}
	return ""
}

// askedNames are the variables that the asks and restrictions of a question name.
func askedNames(q *question.Question) []string {
	var names []string
	for _, a := range q.Asks {
		names = append(names, a.Variable)
		if a.Over != "" {
			names = append(names, a.Over)
		}
	}
	for _, w := range q.Where {
		names = append(names, w.Variable)
	}
	for _, by := range q.By {
		names = append(names, by...)
	}
	for _, t := range q.Tests {
		names = append(names, t[:]...)
	}
	for _, text := range q.Models {
		f, err := model.ParseFormula(text)
		if err != nil {
			panic(err)
		}
		names = append(names, f.Response)
		for _, t := range f.Terms {
			for _, v := range t {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// sampled is a question of a design's sample, as yet without an ask.
func (o *oracle) sampled(sp spec) (*question.Question, string) {
	_, err := oracleFile(o.folder, "data", sp.Dataset+".csv")
	switch {
	case sp.Stacked != nil:
		return nil, "files that are stacked"
	case err != nil:
		return nil, "the data are not read"
	case sp.Ultimate && sp.Weights == "":
		return nil, "weights of stages that do not count in the error"
	case sp.Subset != "":
		return nil, "a sample without those of one code"
	case sp.Replicates+sp.BaseReplicates != "":
		return nil, "replicate weights in a file beside the data"
	}
	q := &question.Question{
		Design: codebook.DesignSource{Stratum: codebook.Names(sp.Strata), Population: codebook.Names(sp.FPC), Nested: true, Lonely: lonely[sp.Lonely], DomainLonely: sp.Domain},
		Weight: codebook.Weight{Variable: sp.Weights},
	}
	if len(sp.IDs) > 0 && sp.IDs[0] != "1" {
		q.Design.PSU = codebook.Names(sp.IDs)
		if sp.Ultimate {
			q.Design.PSU, q.Design.Population = q.Design.PSU[:1], q.Design.Population[:min(len(sp.FPC), 1)]
		}
		if len(sp.FPC) == 0 {
			q.Design.PSU = q.Design.PSU[:1]
		}
	}
	if sp.Adjust != nil {
		if q.Weight.Calibrate, q.Weight.Trim = sp.calibrated(); q.Weight.Calibrate == nil && q.Weight.Trim == nil {
			return nil, "an adjustment of weights that no flag has: of crossed margins, of totals that are no margins, with an early end, by stage, or one after another"
		}
	}
	if sp.Standardize != nil {
		return nil, "a standard of the domains of several crossed variables, or that leaves out by another variable"
	}
	return q, ""
}

// calibrated is an adjustment as a command has it; nothing where none does.
func (sp spec) calibrated() (*codebook.Calibration, []float64) {
	a, err := sp.adjustment()
	switch {
	case err != nil || a.Then != nil || a.Stage != 0 || a.Variance != "" || a.Epsilon != 0 || a.Factors != [2]float64{}:
		return nil, nil
	case a.Op == "trimWeights" && a.Strict:
		return nil, []float64{a.Lower, a.Upper}
	case a.Op == "postStratify" && len(a.By) == 1:
		return &codebook.Calibration{Margins: []codebook.Margin{{Variable: a.By[0], Totals: a.Population}}}, nil
	case a.Op == "rake":
		made := &codebook.Calibration{}
		for _, m := range a.Margins {
			made.Margins = append(made.Margins, codebook.Margin{Variable: m.name, Totals: m.total})
		}
		return made, nil
	}
	return nil, nil
}

// restricted are the restrictions of a domain, names and values separated by |.
func restricted(names, values string) []question.Restriction {
	if names == "" {
		return nil
	}
	var made []question.Restriction
	codes := strings.Split(values, "|")
	for i, name := range strings.Split(names, "|") {
		made = append(made, question.Restriction{Variable: name, Codes: codes[i : i+1]})
	}
	return made
}

// asked completes a question by what a row asks.
func asked(q *question.Question, r *row) command {
	of, code, _ := strings.Cut(r.text("subset"), "=")
	subset := restricted(of, code)
	figure := func(a *pipeline.Answer) (float64, float64, bool) {
		for _, f := range a.Figures {
			if f.Breakdown == codebook.All {
				return f.Value, f.SE, true
			}
		}
		return 0, 0, false
	}
	ask := func(a question.Ask) command {
		q.Asks, q.Where = []question.Ask{a}, restricted(r.domainVar, r.domain)
		if r.domainVar+"="+r.domain != r.text("subset") {
			q.Where = append(q.Where, subset...)
		}
		return command{Question: q, find: figure}
	}
	name, level, isLevel := strings.Cut(r.variable, "=")
	share := question.Ask{Statistic: indicator.Proportion, Variable: name, Codes: []string{"1"}}
	if isLevel {
		share.Codes = []string{level}
	}
	switch r.statistic {
	case "degf":
		return no("degrees of freedom by themselves: a command gives them beside a figure")
	case "weight_summary":
		return no("sums of weights: a command gives them beside a figure")
	case "variance":
		return no("the variance of a variable")
	case "proportion":
		q.Interval = methodsOfR[r.method]
		return ask(share)
	case "mean", "total":
		if r.extra["separate_ratio_estimator"] != nil || r.extra["combined_ratio_estimator"] != nil {
			return no("a ratio estimator of a total")
		} else if isLevel && r.statistic == "total" {
			return no("the total of one code")
		} else if isLevel {
			return ask(share)
		}
		return ask(question.Ask{Statistic: indicator.Statistic(r.statistic), Variable: name})
	case "ratio":
		if r.extra["separate"] != nil {
			return no("a ratio estimator of a total")
		}
		over, under, _ := strings.Cut(r.variable, "/")
		return ask(question.Ask{Statistic: indicator.Ratio, Variable: over, Over: under})
	case "quantile":
		rule, known := estimate.QuantileRuleBy(r.text("qrule"))
		if !known || r.text("interval_type") == "quantile" {
			return no("a rule of quantiles that is left out")
		}
		q.Rule, q.ShareInterval = rule.Name, methodsOfR[r.text("interval_type")]
		return ask(question.Ask{Statistic: indicator.Quantile, Variable: name, At: []float64{r.number("p")}})
	case "difference", "ratio_of_means":
		return contrasted(q, r, subset)
	case "ttest":
		y, group, _ := strings.Cut(r.variable, "~")
		if group == "0" || group == "1" {
			return no("the test that a mean is 0")
		}
		q.Models, q.Family, q.Where = []string{y + " ~ factor(" + group + ")"}, string(model.Gaussian), subset
		return command{Question: q, find: func(a *pipeline.Answer) (float64, float64, bool) {
			c := a.Models[0].Coefficients
			return c[1].Value, c[1].SE, len(c) == 2
		}}
	case "glm_coef":
		q.Models, q.Family, q.Where = []string{r.variable}, r.text("family"), subset
		return command{Question: q, find: func(a *pipeline.Answer) (float64, float64, bool) {
			for _, c := range a.Models[0].Coefficients {
				if c.Name == r.domain && q.Family == string(model.Gaussian) {
					return c.Value, c.SE, true
				} else if c.Name == r.domain {
					return c.Value, math.NaN(), true // R's errors are of the step before its last
				}
			}
			return 0, 0, false
		}}
	case "chisq":
		if r.method == "saddlepoint" || r.text("test") == "saddlepoint" {
			return no("saddlepoint approximations")
		}
		row, column, _ := strings.Cut(r.variable, "+")
		q.Tests, q.Where = [][2]string{{row, column}}, subset
		return command{Question: q, find: func(a *pipeline.Answer) (float64, float64, bool) {
			t := a.Tests[0]
			test, ok := map[string]indicator.Test{"F": t.RaoScott, "Wald": t.Wald, "adjWald": t.AdjustedWald}[r.text("test")]
			return test.Statistic, math.NaN(), ok
		}}
	}
	return no("a statistic that is not offered: " + r.statistic)
}

// contrasted asks for the comparison of two codes of a variable.
func contrasted(q *question.Question, r *row, subset []question.Restriction) command {
	kind, separator := r.text("of"), " - "
	if r.statistic == "ratio_of_means" {
		kind, separator = "mean", " / "
	}
	to, from, ok := strings.Cut(r.domain, separator)
	if !ok || r.domainVar == "" || strings.Contains(r.domainVar, "|") || strings.Contains(r.variable, "=") || kind != "mean" && kind != "total" {
		return no("a difference of two variables, of two codes of one answer, or across crossed domains")
	}
	q.Asks = []question.Ask{{Statistic: indicator.Statistic(kind), Variable: r.variable}}
	q.By, q.Contrast, q.Where = [][]string{{r.domainVar}}, true, subset
	q.Against = []question.Restriction{{Variable: r.domainVar, Codes: []string{from}}}
	return command{Question: q, find: func(a *pipeline.Answer) (float64, float64, bool) {
		for _, c := range a.Contrasts {
			if c.Difference.Crossed[0].Code != to {
				continue
			}
			if r.statistic == "ratio_of_means" {
				return c.Ratio.Value, c.Ratio.SE, true
			}
			return c.Difference.Value, c.Difference.SE, true
		}
		return 0, 0, false
	}}
}

// commands count the rows that a command can answer, and by the reason those
// that only the package can.
type commands struct {
	rows, by int
	reasons  map[string]int
}

func (c *commands) add(other *commands) {
	c.rows, c.by = c.rows+other.rows, c.by+other.by
	for reason, n := range other.reasons {
		c.reasons[reason] += n
	}
}

func (c *commands) String() string {
	text := fmt.Sprintf("a command answers %d of %d rows; the package alone", c.by, c.rows)
	for _, reason := range slices.SortedFunc(maps.Keys(c.reasons), func(a, b string) int { return c.reasons[b] - c.reasons[a] }) {
		text += fmt.Sprintf("\n    %5d %s", c.reasons[reason], reason)
	}
	return text
}

// TestOracleCommands says how many rows of the oracle a command can answer, and
// asks, as a command does, the first of each design and statistic that simply
// agrees: the value and its error must be the reference's.
func TestOracleCommands(t *testing.T) {
	folder := resultsFolder(t)
	families, _ := oracleFamilies(folder)
	all := commands{reasons: map[string]int{}}
	var mutex sync.Mutex
	t.Cleanup(func() {
		t.Log(&all)
		page, err := os.ReadFile(filepath.Join(toRoot, "README.md"))
		if text := string(page); err != nil || strings.Contains(text, report.Count(int64(all.rows))+" reference results") &&
			(!strings.Contains(text, "prints: "+report.Count(int64(all.by))+" of them") || !strings.Contains(text, "can do: "+report.Count(int64(all.rows-all.by))+".")) {
			t.Errorf("README.md does not say that a command prints %s of them, and only the package the other %s (%v)", report.Count(int64(all.by)), report.Count(int64(all.rows-all.by)), err)
		}
	})
	for _, family := range families {
		t.Run(family, func(t *testing.T) {
			t.Parallel()
			of := newOracle(folder, family).ask(t)
			mutex.Lock()
			defer mutex.Unlock()
			all.add(of)
		})
	}
}

// ask asks a family's.
func (o *oracle) ask(t *testing.T) *commands {
	count := &commands{reasons: map[string]int{}}
	if err := o.read(nil); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, r := range o.rows {
		c := o.command(r)
		count.rows++
		if c.reason != "" {
			count.reasons[c.reason]++
			continue
		}
		count.by++
		key := fmt.Sprint(r.text("design_id"), r.statistic, r.text("test"))
		_, given := r.want["estimate"]
		if asked[key] || !given || testing.Short() || oracleStep > 1 || r.extra["tie"] == true || r.extra["qs_first"] == true || r.text("test") == "Chisq" {
			continue
		}
		if problem, as := o.reproduce(r); problem+as.excluded+as.defined != "" {
			continue
		}
		asked[key] = true
		a, err := pipeline.Ask(pipeline.File{Source: c.file}, *c.Question)
		if err != nil {
			t.Errorf("%s %s %s %s: %v", r.id, r.text("design_id"), r.statistic, r.variable, err)
			continue
		}
		value, se, found := c.find(a)
		want, wantSE := r.want["estimate"], r.want["se"]
		if !found || !agree(value, want, r.tolerance("estimate"), r.size("estimate")) || !math.IsNaN(se) && wantSE > 1e-8*math.Abs(want) && !agree(se, wantSE, r.tolerance("se"), r.size("se")) {
			t.Errorf("%s %s %s %s %s=%s: %.12g (%.12g), want %.12g (%.12g)", r.id, r.text("design_id"), r.statistic, r.variable, r.domainVar, r.domain, value, se, want, wantSE)
		}
	}
	return count
}
