package main

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// A subject is what a flag needs beside it in a question: without that it would
// change nothing, and whoever gave it believes that it did. A flag whose value is
// the one that it has anyway asks for nothing.
type subject struct {
	flag string
	has  func(r *flagReader, q *question.Question) bool
	want string
}

// subjects are those of the flags that have one. What says more than that a flag
// has no effect stands with the flag.
var subjects = []subject{
	{"adjust", func(_ *flagReader, q *question.Question) bool { return q.Contrast || q.Pairs || len(q.Compared) > 0 }, "--contrast, --against, --pairs or --compare, whose p-values it adjusts"},
	{"ci", func(r *flagReader, q *question.Question) bool {
		return len(q.Tables)+len(r.indicators) > 0 || asks(func(s indicator.StatisticRow) bool { return s.Share })(r, q)
	}, "a --proportion or --table, whose intervals it makes"},
	{"digits", func(r *flagReader, _ *question.Question) bool { return r.paged() }, "a page: the other formats have every digit"},
	{"caption", func(r *flagReader, _ *question.Question) bool { return report.IsDocument(r.format) }, "a document: --format markdown, latex or html"},
	{"model-name", func(r *flagReader, q *question.Question) bool {
		return len(q.Models) > 0 && (r.beside != "" && r.paged() || r.plot != "")
	}, "a --model in --beside or --plot, where it has a name"},
	{"table-one", func(_ *flagReader, q *question.Question) bool { return len(q.Asks) > 0 }, "a statistic: --mean, --proportion, --quantile, ..."},
	{"tested-by", func(_ *flagReader, q *question.Question) bool {
		return len(q.Tests)+len(q.Fits)+len(q.Tables) > 0 || q.TableOne && slices.ContainsFunc(q.Asks, func(a question.Ask) bool { return a.Statistic.Row().Share })
	}, "--test or --table, or --table-one of shares, which it tests"},
	{"in", func(r *flagReader, q *question.Question) bool {
		return len(q.Tables) > 0 || asks(func(s indicator.StatisticRow) bool { return s.Name == indicator.Count })(r, q)
	}, "a --weighted-count or --table, whose counts it is for"},
	{"quantile-rule", asks(func(s indicator.StatisticRow) bool { return s.Name == indicator.Quantile }), "a --quantile, which it finds"},
	{"quantile-ci", asks(func(s indicator.StatisticRow) bool { return s.Name == indicator.Quantile }), "a --quantile, whose interval it makes"},
	{"level", func(r *flagReader, q *question.Question) bool {
		return len(q.Asks)+len(q.Models)+len(q.Tables)+len(r.indicators) > 0 && (!r.quota || r.deft != 0)
	}, "a figure or a model that has an interval"},
	{"family", modelled, "a --model, which is of it"},
	{"predict", modelled, "a --model, which predicts"},
	{"slope", modelled, "a --model, which predicts"},
	{"predict-error", func(_ *flagReader, q *question.Question) bool { return len(q.Predictions)+len(q.Slopes) > 0 }, "--predict or --slope, whose errors it is of"},
	{"beside", func(r *flagReader, q *question.Question) bool { return len(q.Models) > 0 && r.paged() }, "a --model on a page: the other formats have a row for each coefficient"},
	{"stars", func(r *flagReader, q *question.Question) bool {
		return len(q.Models) > 0 && r.beside != "" && r.paged()
	}, "--beside, whose table it marks"},
	{"plot", func(r *flagReader, q *question.Question) bool { return len(q.Asks)+len(q.Models)+len(r.indicators) > 0 }, "a statistic or a --model, which it draws"},
	{"df", func(r *flagReader, q *question.Question) bool { return figured(r, q) || modelled(r, q) }, "a figure, a --table or a --model, whose degrees of freedom it says"},
	{"errors", modelled, "a --model, whose coefficients they are of"},
	{"design-effect", func(r *flagReader, q *question.Question) bool { return len(q.Asks)+len(r.indicators) > 0 && !r.quota }, "a figure, whose design effect it says"},
	{"as", func(r *flagReader, q *question.Question) bool { return figured(r, q) || r.held }, "a figure, or a --table, --model or --test of two variables of which the system has a rule"},
	{"count-ci", func(r *flagReader, q *question.Question) bool {
		return len(q.Tables) > 0 || asks(func(s indicator.StatisticRow) bool { return s.Name == indicator.Count || s.Name == indicator.Total })(r, q)
	}, "a --weighted-count, --total or --table, whose interval it makes"},
	{"presentation", func(r *flagReader, q *question.Question) bool {
		return !r.quota && (len(q.Tables) > 0 || asks(func(s indicator.StatisticRow) bool {
			return s.Name == indicator.Proportion || s.Name == indicator.Count
		})(r, q))
	}, "a --proportion, --weighted-count or --table, which it is about"},
	{"without", func(r *flagReader, _ *question.Question) bool { return r.drawn+r.wave != "" }, "--design or --wave, of whose design it leaves a part out"},
	{"indicator", func(r *flagReader, _ *question.Question) bool { return r.wave != "" }, "--wave, which its definition is for"},
	{"collapse", func(_ *flagReader, q *question.Question) bool { return len(q.Design.Stratum) > 0 }, "--stratum, whose strata it puts together"},
	{"lonely", clustered, "an error by strata and PSUs, of which one may be alone"},
	{"domain-lonely", func(r *flagReader, q *question.Question) bool {
		return clustered(r, q) && q.Weight.Replicates == nil && (r.lonely == codebook.LonelyAdjust || r.lonely == codebook.LonelyAverage)
	}, "--lonely adjust or average, and no replicates: it is for a stratum of which a category meets one PSU"},
	{"fpc", func(_ *flagReader, q *question.Question) bool { return !q.Weight.Given() }, "no --replicates, whose scale says how much of the population was drawn"},
	{"waves", func(r *flagReader, _ *question.Question) bool { return len(r.files) > 1 }, "several files, which it names"},
	{"rename", func(r *flagReader, _ *question.Question) bool { return len(r.files) > 1 }, "several files: in one, --let makes a variable of another name"},
	{"pool", func(_ *flagReader, q *question.Question) bool { return q.Stacked.Variable != "" }, "several files, or --stacked, whose waves it pools"},
	{"stacked", func(r *flagReader, q *question.Question) bool {
		if len(r.files) > 1 || r.pool != "" {
			return true
		}
		return len(q.Design.PSU) > 0 && clustered(r, q) && !slices.ContainsFunc(q.Design.Stratum, func(name string) bool { return strings.EqualFold(name, q.Stacked.Variable) })
	}, "--psu, whose labels the waves may share, and --stratum without its variable"},
	{"calibrate-within", func(r *flagReader, _ *question.Question) bool { return r.distance != "" }, "--calibrate, which gives each its factor"},
	{"id", func(_ *flagReader, q *question.Question) bool { return q.Written }, "--weights-out, whose rows it tells apart"},
	{"weighting", func(_ *flagReader, q *question.Question) bool { return reweighted(q) }, "--margin, --margins or --trim, which change the weights"},
	{"weights-out", func(_ *flagReader, q *question.Question) bool {
		return reweighted(q) || q.Weight.Replicates != nil && !q.Weight.Given()
	}, "--margin, --margins, --trim or --method, which make weights that the file does not have"},
	{"count", draws, "--method bootstrap or rescaling-bootstrap without --replicates, which draws so many"},
	{"seed", draws, "--method bootstrap or rescaling-bootstrap without --replicates, whose draws it begins"},
	{"force", func(r *flagReader, _ *question.Question) bool { return r.out+r.checks+r.weightsOut+r.plot != "" }, "--output, --plot, --checks or --weights-out, whose file it replaces"},
	{"policy", func(_ *flagReader, q *question.Question) bool { return len(q.Tests)+len(q.Fits)+len(q.Models) == 0 }, "figures alone: a policy has no rules for tests and models"},
	{"checks", controlled, "--policy, by whose rules they are made"},
	{"catalogue", func(r *flagReader, q *question.Question) bool { return controlled(r, q) || r.wave != "" }, "--policy or --wave, which it has"},
}

// asks says whether a question asks for a statistic of which a row is true.
func asks(of func(indicator.StatisticRow) bool) func(*flagReader, *question.Question) bool {
	return func(_ *flagReader, q *question.Question) bool {
		return slices.ContainsFunc(q.Asks, func(a question.Ask) bool { return of(*a.Statistic.Row()) })
	}
}

// clustered says whether the errors follow from strata and clusters.
func clustered(r *flagReader, q *question.Question) bool {
	return !q.Weight.Given() && r.deft == 0 && !r.quota
}

// figured says whether figures are asked for that have errors, those of tables among them.
func figured(r *flagReader, q *question.Question) bool {
	return len(q.Asks)+len(q.Tables)+len(r.indicators) > 0 && !r.quota
}

// modelled says whether models are asked for.
func modelled(_ *flagReader, q *question.Question) bool { return len(q.Models) > 0 }

// controlled says whether a disclosure policy is applied.
func controlled(r *flagReader, _ *question.Question) bool { return r.policy != "" }

// draws says whether replicates are drawn.
func draws(r *flagReader, q *question.Question) bool {
	return q.Weight.Replicates != nil && !q.Weight.Given() && strings.Contains(r.method, "bootstrap")
}

// idle refuses flags that would change nothing.
func (r *flagReader) idle(q *question.Question) {
	for _, s := range subjects {
		f := r.flags.Lookup(s.flag)
		if f != nil && f.Changed && f.Value.String() != f.DefValue && !s.has(r, q) {
			r.wrong(s.flag, "has no effect here, want %s", s.want)
		}
	}
	var own [][]string // the variables of each test and model
	for _, pair := range q.Tests {
		own = append(own, pair[:])
	}
	for _, m := range q.Fits {
		own = append(own, []string{m.Variable})
	}
	for _, c := range q.Tables {
		own = append(own, []string{c.Row, c.Column})
	}
	uses := q.Categorical()
	for _, text := range q.Models {
		if f, err := model.ParseFormula(text); err == nil {
			uses, own = append(uses, f.Inputs()...), append(own, f.Inputs())
		}
	}
	r.idleLets(q, uses)
	for _, by := range q.By {
		among := func(names []string) bool {
			return !slices.ContainsFunc(by, func(name string) bool {
				return !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
			})
		}
		if len(q.Asks) == 0 && len(own) > 0 && !slices.ContainsFunc(own, func(names []string) bool { return !among(names) }) {
			r.wrong("by", "%s has no effect here, want a variable that is not of the test or the model itself", strings.Join(by, ","))
		}
	}
	for _, b := range q.Bands {
		if !slices.ContainsFunc(uses, func(name string) bool { return strings.EqualFold(name, b.Variable) }) {
			r.wrong("band", "%s has no effect here, want it in --by, --where, --proportion or another that takes its categories", b.Variable)
		}
	}
}
