package question

import (
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// A Convention is how another system computes what a design leaves open: by which its
// users' figures differ from each other's where the data and the design are the same.
type Convention struct {
	Name  string // by which it is asked for
	Title string
	Rules []ConventionRule
}

// A ConventionRule is what a system does by one of the flags of an estimate. Checked is
// the printed example, or the reference run, that holds it; "" is of a rule that was read
// in its source alone.
type ConventionRule struct {
	Key     string // a flag: df, ci, count-ci, quantile-rule, quantile-ci, design-effect, presentation, lonely or mse; or mean-df, model-df, model-adjust, model-test, test-effects
	Value   string
	Of      string // where it holds: OfReplicates, OfStrata or "" for both
	Source  string
	Checked string
}

// How coefficients are tested, and tables, of the keys model-adjust, model-test and test-effects.
const (
	AdjustCoefficients = "(n-1)/(n-p)"
	AdjustedWald       = "adjusted-wald"
	CellEffects        = "cells"
)

// Where a rule holds.
const (
	OfReplicates = "replicate weights"
	OfStrata     = "strata and PSUs"
)

// What the sources are called.
const (
	rSurvey = "R survey 4.5, "
	stata   = "Stata 18 Survey Data Reference Manual, "
	sas     = "SAS/STAT User's Guide, SURVEYMEANS, "
	sasFreq = "SAS/STAT User's Guide, SURVEYFREQ, "
	sasReg  = "SAS/STAT User's Guide, SURVEYREG, "
	sudaan  = "R survey's help (svyciprop) and the CDC's answer to users of SAS, on SUDAAN: "
	pySvy   = "svy 0.27, "
	nchs    = "NCHS, Parker et al. 2017, "

	oracle   = "reference results of R (TestOracle)"
	iceCream = "the ice cream study of its Getting Started, with and without strata (estimate-conventions.txtar)"
	camis    = "SAS 9.4 on the API sample and NHANES, in CAMIS's survey summary statistics (TestPublished)"
	keys     = "SAS 8.2 on samples of the Province'91 population, in training keys 28 and 101 of Lehtonen and Pahkinen (TestPublished)"
	ohc      = "the table of physical hazards by strain of the Occupational Health Care Survey, in training key 250 of Lehtonen and Pahkinen (TestCellEffects)"
	zinc     = "the regression of zinc in NHANES II of its manual, from memory (TestPublished)"
	ward     = "Ward 2019, both printed examples (TestIntervals)"
)

// conventions are in the order in which they are shown. A system's rules are those of
// its functions for means and proportions as they are called without options.
var conventions = []Convention{
	{Name: "r", Title: "R survey", Rules: []ConventionRule{
		{"df", indicator.FreedomDomain, "", rSurvey + "degf of the subset: PSUs and strata that the domain meets; of replicates the rank of their weights less 1", oracle},
		{"mean-df", indicator.FreedomNormal, "", rSurvey + "confint takes df = Inf unless it is asked otherwise", oracle},
		{"ci", indicator.Logit, "", rSurvey + "svyciprop's first method", oracle},
		{"count-ci", indicator.Wald, "", rSurvey + "confint", oracle},
		{"quantile-rule", "hf1", "", rSurvey + `svyquantile's qrule = "math"`, oracle},
		{"quantile-ci", indicator.Wald, "", rSurvey + `svyquantile's interval.type = "mean"`, oracle},
		{"design-effect", EffectWithout, "", rSurvey + "svymean(deff = TRUE)", oracle},
		{"lonely", codebook.LonelyRefuse, OfStrata, rSurvey + `options(survey.lonely.psu = "fail")`, oracle},
		{"mse", "false", OfReplicates, rSurvey + "options(survey.replicates.mse = FALSE)", oracle},
	}},
	{Name: "stata", Title: "Stata", Rules: []ConventionRule{
		{"df", indicator.FreedomStrata, OfStrata, stata + "subpopulation estimation: strata without a member are left out, and the PSUs of the others count", ""},
		{"df", indicator.FreedomLess, OfReplicates, stata + "svyset, dof(): the number of replicates less 1", ""},
		{"ci", indicator.Logit, "", stata + "svy: proportion, citype(logit)", ""},
		{"count-ci", indicator.Wald, "", stata + "svy: total", ""},
		{"design-effect", EffectWithout, "", stata + "estat effects: deff", ""},
		{"lonely", codebook.LonelyRefuse, OfStrata, stata + "svyset, singleunit(missing): no error", ""},
		{"model-df", indicator.FreedomDesign, OfStrata, stata + "svy: t of the design's degrees of freedom, whatever the model has", zinc},
		{"model-df", indicator.FreedomLess, OfReplicates, stata + "svyset, dof(): the number of replicates less 1", ""},
		{"model-test", AdjustedWald, "", stata + "svy: test, adjusted unless nosvyadjust is given", ""},
		{"mse", "false", OfReplicates, stata + "svyset: about the mean of the replicates unless mse is given", ""},
	}},
	{Name: "sas", Title: "SAS", Rules: []ConventionRule{
		{"df", indicator.FreedomStrata, OfStrata, sas + "Domain Analysis (as the guide of SAS 8 has it): clusters less strata, of the strata with an observation of the domain", ""},
		{"df", indicator.FreedomReplicates, OfReplicates, sas + "Degrees of Freedom: the number of REPWEIGHTS variables", ""},
		{"ci", indicator.Wald, "", sas + "Confidence Limits for the Mean; " + sasFreq + "CL(TYPE=WALD)", iceCream},
		{"count-ci", indicator.Wald, "", sas + "Confidence Limits for the Total", iceCream},
		{"quantile-rule", "sas", "", sas + "Quantiles: linear between the shares at or below each distinct value", camis},
		{"quantile-ci", indicator.Symmetric, "", sas + "Quantiles: about the quantile, unless NONSYMCL is asked for", camis},
		{"design-effect", EffectWith, "", sas + "DEFF without TOTAL= or RATE=", camis},
		{"lonely", codebook.LonelyRemove, OfStrata, sas + "a stratum with one cluster adds nothing to the variance", ""},
		{"model-df", indicator.FreedomDesign, OfStrata, sasReg + "Denominator Degrees of Freedom: clusters less strata", keys},
		{"model-df", indicator.FreedomReplicates, OfReplicates, sasReg + "Denominator Degrees of Freedom: the number of REPWEIGHTS variables", ""},
		{"model-adjust", AdjustCoefficients, OfStrata, sasReg + "VADJUST=DF, as it is without the option", keys},
		{"test-effects", CellEffects, "", sasFreq + "Rao-Scott Chi-Square Test: the design correction by the design effects of cells and margins", ohc},
		{"mse", "true", OfReplicates, sas + "Replication Methods: about the estimate of the full sample", ""},
	}},
	{Name: "sudaan", Title: "SUDAAN", Rules: []ConventionRule{
		{"df", indicator.FreedomDesign, "", sudaan + "degrees of freedom of the whole design in every subpopulation", ""},
		{"ci", indicator.Logit, "", sudaan + "limits of percentages by the logit", ""},
		{"model-df", indicator.FreedomDesign, OfStrata, "SUDAAN's DDF, from memory: PSUs less strata in tests and limits of coefficients too", ""},
		{"mse", "true", OfReplicates, sudaan + "about the estimate of the full sample", ""},
	}},
	{Name: "svy", Title: "svy for Python", Rules: []ConventionRule{
		{"df", indicator.FreedomDomain, OfStrata, pySvy + "PSUs and strata that the domain meets, from 0.21 on", ""},
		{"df", indicator.FreedomLess, OfReplicates, pySvy + "the number of replicates less 1, in every domain", ""},
		{"ci", indicator.Logit, "", pySvy + "prop's interval", ""},
	}},
	{Name: "nchs", Title: "the National Center for Health Statistics", Rules: []ConventionRule{
		{"df", indicator.FreedomDomain, "", "NHANES tutorials, Reliability of Estimates: PSUs less strata with a member", ""},
		{"ci", "nchs", "", nchs + "limits of Korn and Graubard, the effective sample no more than the sample", ward},
		{"count-ci", indicator.Logarithm, "", "NCHS, Parker et al. 2023, standards for counts: log-transformed limits", ""},
		{"presentation", indicator.PresentationNCHS, "", nchs + "and Parker et al. 2023, table A, for counts", ""},
	}},
}

// Conventions are the systems, in the order in which they are shown.
func Conventions() []Convention { return slices.Clone(conventions) }

// ConventionNames are their names.
func ConventionNames() []string {
	var names []string
	for _, c := range conventions {
		names = append(names, c.Name)
	}
	return names
}

// ConventionBy is the system of a name.
func ConventionBy(name string) (Convention, bool) {
	for _, c := range conventions {
		if c.Name == name {
			return c, true
		}
	}
	return Convention{}, false
}

// What a simple random sample that a design effect is over was drawn by.
const (
	EffectWith    = "with"    // replacement
	EffectWithout = "without" // replacement
)

// Effects are the design effects by their names.
var Effects = []string{EffectWith, EffectWithout}

// of says whether a rule is one of the question's.
func (r ConventionRule) of(q *Question) bool {
	replicated := q.Weight.Replicates != nil
	switch {
	case r.Of == OfReplicates && !replicated, r.Of == OfStrata && replicated:
		return false
	case r.Key == "mse":
		return q.Weight.Given() || q.Weight.Replicates != nil && !slices.Contains(codebook.AboutEstimate, q.Weight.Replicates.Method)
	case strings.HasPrefix(r.Key, "model-"):
		return len(q.Models) > 0
	case r.Key == "test-effects":
		return len(q.Design.Population) == 0 && (len(q.Tests) > 0 || slices.ContainsFunc(q.Tables, func(c Crosstab) bool { return c.Column != "" }))
	case r.Key == "df":
		return len(q.Asks)+len(q.Tables) > 0
	case r.Key == "quantile-rule" || r.Key == "quantile-ci":
		return q.has(func(s indicator.StatisticRow) bool { return s.Name == indicator.Quantile })
	case r.Key == "ci":
		return len(q.Tables) > 0 || q.has(func(s indicator.StatisticRow) bool { return s.Share })
	case r.Key == "count-ci":
		return len(q.Tables) > 0 || q.has(func(s indicator.StatisticRow) bool { return s.Name == indicator.Count || s.Name == indicator.Total })
	case r.Key == "presentation":
		return len(q.Tables) > 0 || q.has(func(s indicator.StatisticRow) bool {
			return s.Name == indicator.Proportion || s.Name == indicator.Count
		})
	case r.Key == "mean-df":
		return len(q.Tables) > 0 || q.has(func(s indicator.StatisticRow) bool { return !s.Share && s.Name != indicator.Quantile })
	case r.Key == "design-effect":
		return len(q.Asks) > 0
	}
	return true
}

func (q *Question) has(of func(indicator.StatisticRow) bool) bool {
	return slices.ContainsFunc(q.Asks, func(a Ask) bool { return of(*a.Statistic.Row()) })
}

// As has the question answered by a convention, but for the flags that were given, and
// returns the rules that it has of it.
func (q *Question) As(c Convention, given func(flag string) bool) []ConventionRule {
	var held []ConventionRule
	for _, r := range c.Rules {
		key := r.Key
		if key == "mean-df" || key == "model-df" {
			key = "df"
		}
		reduced := q.ModelErrors != "" && strings.HasPrefix(r.Key, "model-") // has rules of its own
		if given(key) || reduced || !r.of(q) {
			continue
		}
		switch r.Key {
		case "df":
			q.Freedom = r.Value
		case "mean-df":
			q.MeanFreedom = r.Value
		case "model-df":
			q.ModelFreedom = r.Value
		case "model-adjust":
			q.ModelAdjust = r.Value
		case "model-test":
			q.ModelTest = r.Value
		case "test-effects":
			q.TestEffects = r.Value
		case "ci":
			q.Interval = r.Value
		case "count-ci":
			q.CountInterval = r.Value
		case "quantile-rule":
			q.Rule = r.Value
		case "quantile-ci":
			q.ShareInterval = r.Value
		case "design-effect":
			q.Effect = r.Value
		case "presentation":
			q.Presentation = r.Value
		case "lonely":
			q.Design.Lonely = r.Value
		case "mse":
			made := *q.Weight.Replicates
			made.MSE, _ = strconv.ParseBool(r.Value)
			q.Weight.Replicates = &made
		}
		held = append(held, r)
	}
	return held
}

// Silent says of what else a question asks that a convention, of which it has rules, has none
// where R's are not its own.
func (q *Question) Silent(c Convention, held []ConventionRule) string {
	has := func(prefix string) bool {
		return slices.ContainsFunc(held, func(r ConventionRule) bool { return strings.HasPrefix(r.Key, prefix) })
	}
	var of []string
	if len(q.Models) > 0 && !has("model-") {
		of = append(of, "models")
	}
	if len(q.Tests)+len(q.Fits) > 0 && !has("test-") {
		of = append(of, "tests")
	}
	if c.Name == "r" {
		return ""
	}
	return strings.Join(of, " and ")
}

// FreedomOf is the rule of a statistic's degrees of freedom.
func (q *Question) FreedomOf(s indicator.Statistic) string {
	if row := s.Row(); q.MeanFreedom != "" && !row.Share && s != indicator.Quantile {
		return q.MeanFreedom
	}
	return q.Freedom
}

// Differing are the rules of several conventions, each a list, by their keys, of which
// not all have the same value; a convention without a rule has "".
func Differing(of [][]ConventionRule) (keys []string, values map[string][]string) {
	values = map[string][]string{}
	for i, rules := range of {
		for _, r := range rules {
			if values[r.Key] == nil {
				values[r.Key] = make([]string, len(of))
				keys = append(keys, r.Key)
			}
			values[r.Key][i] = r.Value
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool {
		return !slices.ContainsFunc(values[key], func(v string) bool { return v != values[key][0] })
	})
	return keys, values
}

// Unchecked says whether no printed example holds the rule.
func (r ConventionRule) Unchecked() bool { return strings.TrimSpace(r.Checked) == "" }
