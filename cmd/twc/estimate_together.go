package main

import (
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
)

// checkTogether says what flags are wrong beside each other.
func (r *flagReader) checkTogether(q *question.Question) {
	nothing := len(q.Asks)+len(r.indicators) == 0
	for _, c := range []struct {
		flag  string
		given bool
	}{{"contrast", q.Contrast}, {"pairs", q.Pairs}, {"trend", q.Trend}} {
		switch {
		case c.given && len(q.By) == 0:
			r.wrong(c.flag, "nothing to compare, want --by")
		case c.given && nothing:
			r.wrong(c.flag, "nothing to compare, want a proportion, mean, total, ratio, quantile or indicator")
		}
	}
	if len(q.Compared) > 0 && nothing {
		r.wrong("compare", "nothing to compare, want a proportion, mean, total, ratio, quantile or indicator")
	}
	r.checkTableOne(q)
	if len(q.Coefficients) > 0 && len(q.Models) == 0 {
		r.wrong("compare", "no coefficients to compare, want --model")
	}
	if q.Pairs && q.Contrast {
		r.wrong("pairs", "beside --contrast or --against, whose comparisons are among the pairs: want one of them")
	}
	if q.Standard != nil && len(q.Tests)+len(q.Fits)+len(q.Models)+len(q.Tables) > 0 {
		r.wrong("standardise", "is of figures, want no --table, no --test and no --model beside it")
	}
	if r.conventions {
		switch {
		case !r.paged() && r.format != formJSON:
			r.wrong("conventions", "as %s, want --format text, json, %s", r.format, either(documents()))
		case len(q.By)+len(q.Tests)+len(q.Fits)+len(q.Models)+len(q.Tables)+len(r.indicators) > 0 || r.policy != "" || r.out != "":
			r.wrong("conventions", "is of one figure, want one statistic without --by, --test, --model, --table, --indicator, --policy and --output")
		}
	}
	if q.ShareInterval == indicator.Replicated {
		switch made := q.Weight.Replicates; {
		case made == nil:
			r.wrong("quantile-ci", "%q, want --replicates or --method beside it", q.ShareInterval)
		case strings.HasPrefix(made.Method, "jk"):
			r.wrong("quantile-ci", "%q of a jackknife, which gives a quantile no valid error: want a method for the share behind it, such as wald", q.ShareInterval)
		}
	}
	if r.deft != 0 {
		switch d := q.Design; {
		case !(r.deft > 0) || math.IsInf(r.deft, 0):
			r.wrong("deft", "%g, want a factor above 0", r.deft)
		case len(d.Stratum)+len(d.PSU)+len(d.Population) > 0 || q.Weight.Replicates != nil || q.Weight.Calibrate != nil || r.trim != "" || q.Standard != nil:
			r.wrong("deft", "stands for the whole design, want no other flag of it or of the weights but --weight")
		case len(q.Tests)+len(q.Fits)+len(q.Models) > 0:
			r.wrong("deft", "gives the errors of figures, want no --test and no --model beside it")
		}
	}
	if r.quota {
		switch d := q.Design; {
		case len(d.Stratum)+len(d.PSU)+len(d.Population) > 0 || q.Weight.Replicates != nil:
			r.wrong("quota", "is of respondents whom nobody drew, want no flag of strata, PSUs, populations or replicates")
		case len(q.Tests)+len(q.Fits)+len(q.Models) > 0 || r.deft == 0 && (q.Contrast || q.Trend || q.Pairs || len(q.Compared) > 0):
			r.wrong("quota", "gives no errors, want no --test and no --model beside it, and comparisons with --deft alone")
		}
	}
	if q.Stacked.Method == codebook.OverlapRotating {
		w := q.Weight
		for _, c := range []struct {
			flag  string
			given bool
		}{{"fpc", len(q.Design.Population) > 0}, {"method", w.Replicates != nil}, {"margin", w.Calibrate != nil}, {"standardise", q.Standard != nil}, {"collapse", r.collapse != nil}} {
			if c.given {
				r.wrong("stacked", "rotating beside --%s, want it without: the error of a change is that of PSUs drawn with replacement in strata as they are", c.flag)
			}
		}
		other := func(by []string) bool { return len(by) == 1 && !strings.EqualFold(by[0], q.Stacked.Variable) }
		if (q.Contrast || q.Trend || q.Pairs) && slices.ContainsFunc(q.By, other) || q.Whole || r.crossesWaves(q) || len(q.Tests)+len(q.Fits)+len(q.Models) > 0 {
			r.wrong("stacked", "rotating, want comparisons of the waves alone, --by %s: what PSUs of several waves say of others is not known", q.Stacked.Variable)
		}
	}
	kinds := 0
	for _, n := range []int{len(q.Asks) + len(r.indicators), len(q.Tests) + len(q.Fits), len(q.Models), len(q.Tables)} {
		if n > 0 {
			kinds++
		}
	}
	if r.weighting || q.Accounted && kinds == 0 {
		kinds++
	}
	if kinds == 0 {
		r.problems = append(r.problems, refusal.Problem{Kind: refusal.Usage, What: "nothing is asked", Hint: "ask with --proportion, --mean, --total, --ratio, --quantile, --table, --test or --model; twc describe FILE shows the variables"})
	}
	if (r.format == formCSV || r.format == formParquet) && kinds > 1 {
		r.wrong("format", "%s has one table, want figures, --table, --test, --model or --weighting alone, or text or json", r.format)
	}
	if r.format == formParquet && r.out == "" {
		r.wrong("format", "parquet goes to a file, want --output")
	}
}

// checkTableOne wants a table of groups to have nothing beside it that it does not show.
func (r *flagReader) checkTableOne(q *question.Question) {
	if !q.TableOne {
		return
	}
	if len(q.By) > 1 {
		r.wrong("table-one", "%d breakdowns, want one, whose categories are its columns: --by sex, or --by sex,region crossed", len(q.By))
	}
	for _, c := range []struct {
		flag  string
		given bool
	}{
		{"contrast", q.Contrast},
		{"pairs", q.Pairs},
		{"trend", q.Trend},
		{"compare", len(q.Compared) > 0},
		{"standardise", q.Standard != nil},
		{"table", len(q.Tables) > 0},
		{"test", len(q.Tests)+len(q.Fits) > 0},
		{"model", len(q.Models) > 0},
		{"indicator", len(r.indicators) > 0},
		{"conventions", r.conventions},
	} {
		if c.given {
			r.wrong("table-one", "beside --%s, want statistics and one --by alone", c.flag)
		}
	}
}
