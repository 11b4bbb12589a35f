package main

import (
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

// intervals are the methods that a proportion may have.
func intervals() []string {
	var names []string
	for _, m := range indicator.IntervalMethods() {
		if m.For != indicator.Ratios {
			names = append(names, m.Name)
		}
	}
	return names
}

// quantileRules are the names of the rules.
func quantileRules() []string {
	var names []string
	for _, r := range estimate.QuantileRules() {
		names = append(names, r.Name)
	}
	return names
}

var (
	stackings = []string{codebook.OverlapIndependent, codebook.OverlapPooled, codebook.OverlapRotating}
	formats   = slices.Concat([]string{formText, formCSV, formJSON, formParquet}, documents()) // that an answer can be written as
)

// documents are the forms of an answer for a paper.
func documents() []string {
	var names []string
	for _, f := range report.DocumentForms {
		names = append(names, f.Name)
	}
	return names
}

// paged says whether an answer is written for people.
func (r *flagReader) paged() bool { return r.format == formText || report.IsDocument(r.format) }

// A flagReader makes a question of flags, and collects what is wrong with them.
type flagReader struct {
	*estimateFlags
	flags    *pflag.FlagSet
	problems refusal.Problems
	places   map[string]string // of the flags that a design gives, where it does
	told     indicator.Notes   // of what the flags say
	held     bool              // whether the question has rules of the convention
}

func (r *flagReader) wrong(flag, format string, args ...any) {
	where := "--" + flag
	if at := r.places[flag]; at != "" {
		where = at + ": " + flag
	}
	r.problems = append(r.problems, refusal.Problem{Kind: refusal.Usage, Where: where, What: fmt.Sprintf(format, args...)})
}

// one wants what was given to be one of the known.
func (r *flagReader) one(flag, given string, known []string) {
	if !slices.Contains(known, given) {
		r.wrong(flag, "%q, want %s%s", given, strings.Join(known, ", "), refusal.Nearest(given, known))
	}
}

// question makes of the flags what is asked, or says all that is wrong with
// them.
func (g *estimateFlags) question(flags *pflag.FlagSet) (pipeline.File, *question.Question, error) {
	r := &flagReader{estimateFlags: g, flags: flags}
	wave := r.archived()
	told := r.designed(wave)
	for _, names := range []*[]string{&g.strata, &g.psus, &g.populations, &g.replicates, &g.ids} {
		*names = unquotedAll(*names)
	}
	g.weight = unquoted(g.weight)
	if r.problems != nil {
		return pipeline.File{}, nil, r.problems.Err()
	}
	r.one("lonely", g.lonely, codebook.Lonelies)
	r.one("ci", g.interval, intervals())
	if _, ok := estimate.QuantileRuleBy(g.rule); !ok || !strings.HasPrefix(g.rule, "grouped=") {
		r.one("quantile-rule", g.rule, quantileRules())
	}
	r.one("quantile-ci", g.shareInterval, append(intervals(), indicator.Replicated, indicator.Symmetric))
	r.one("adjust", g.adjust, compare.Adjustments())
	r.oneFamily()
	if g.beside != "" {
		r.one("beside", g.beside, besides)
	}
	if g.beside == besideRatios && exponentials[model.FamilyOf(g.family)] == "" {
		r.wrong("beside", "%s of a %s model, which has none, want errors or intervals", g.beside, g.family)
	}
	r.one("predict-error", g.predictError, question.PredictionErrors)
	r.one("in", g.in, countUnitNames())
	for _, name := range g.show {
		r.one("show", name, showings())
	}
	if g.testedBy != "" {
		r.one("tested-by", g.testedBy, testedBys())
	}
	if why := indicator.WrongLevel(g.level); why != "" {
		r.wrong("level", "%s", why)
	}
	r.extension()
	file := pipeline.File{Source: g.source, Limits: ingest.DefaultLimits}
	q := &question.Question{
		Design: r.design(), Weight: r.sampleWeight(), Asks: r.asks(), Bands: r.bandings(), Lets: r.letsOf(), Against: r.restrictions("against", g.against),
		Missing: r.missings(), Interval: g.interval, Level: g.level / 100, Rule: g.rule, ShareInterval: g.shareInterval,
		Contrast: g.contrast || len(g.against) > 0, Whole: slices.Contains(g.against, everyone), Pairs: g.pairs, Adjust: g.adjust, Trend: g.trend, Models: g.models, Family: g.family,
		Told:      told,
		CountedIn: g.in, TestedBy: g.testedBy, TableOne: g.tableOne, Deviations: slices.Contains(g.show, showDeviations),

		Called: r.calledBy(),

		Predictions: r.predicted(), Slopes: unquotedAll(g.slopes), PredictionError: g.predictError,
	}
	if !r.flags.Changed("quantile-ci") {
		q.ShareInterval = "" // that of the rule
	}
	q.Compared, q.Coefficients = r.comparedBy()
	q.Weight.Calibrate = r.calibration(q)
	r.writing(q)
	r.chosen(q)
	for _, text := range g.by {
		q.By = append(q.By, r.breakdown(q, text))
	}
	if g.stacked != "" {
		var ok bool
		if q.Stacked.Variable, q.Stacked.Method, ok = nameBefore(g.stacked, '='); !ok || q.Stacked.Variable == "" {
			r.wrong("stacked", "%q, want a variable and how its waves were drawn, as wave=independent", g.stacked)
		}
		r.one("stacked", q.Stacked.Method, stackings)
	}
	if g.standard != "" {
		m := r.margin("standardise", g.standard)
		q.Standard = &m
	}
	for _, text := range g.tests {
		if givenShares.MatchString(text) {
			q.Fits = append(q.Fits, r.margin("test", text))
			continue
		}
		row, column := r.crossed(q, "test", text)
		if len(divided(text, '+')) < 2 {
			r.wrong("test", "%q, want two variables as A+B, or one with its shares as A:1=0.4,2=0.6", text)
		}
		q.Tests = append(q.Tests, [2]string{row, column})
	}
	for _, text := range g.tables {
		row, column := r.crossed(q, "table", text)
		q.Tables = append(q.Tables, question.Crosstab{Row: row, Column: column})
	}
	file.Stack = r.stack(q)
	r.conventional(q)
	r.asArchived(q, wave)
	r.shown(q)
	r.paper(q)
	r.checkNames(q)
	r.plots(q)
	r.checkTogether(q)
	r.checkPooling(q)
	r.idle(q)
	return file, q, r.problems.Err()
}

// givenShares is a test of given shares: the name of a variable and a colon.
var givenShares = regexp.MustCompile("^(`[^`]*`|[^=+:`]*)\\s*:")

// unwritten are the endings of files that other programs would expect something else in than
// what is written.
var unwritten = []string{"doc", "docx", "dta", "ods", "odt", "pdf", "png", "ppt", "pptx", "rtf", "sas7bdat", "sav", "svg", "xls", "xlsm", "xlsx", "xml", "xpt", "zip"}

// extension takes the format from the name of the file that is written, unless one
// is given.
func (r *flagReader) extension() {
	named := strings.TrimPrefix(strings.ToLower(filepath.Ext(r.out)), ".")
	for _, f := range report.DocumentForms {
		if named == f.Ending || named == "htm" && f.Ending == "html" {
			named = f.Name
		}
	}
	known := named != formText && slices.Contains(formats, named)
	switch given := r.flags.Changed("format"); {
	case slices.Contains(unwritten, named) && r.out != r.plot:
		r.problems = append(r.problems, refusal.Problem{Kind: refusal.Usage, Where: "--output", What: fmt.Sprintf("%q: no such file is written, want one that ends in .txt, .csv, .json, .parquet, .md, .tex or .html", r.out), Hint: "word processors and spreadsheets open .html and .csv; --plot draws .svg"})
	case known && !given:
		r.format = named
	case known && given && r.format != named && slices.Contains(formats, r.format):
		r.wrong("format", "%q for a file %q, want one of the two", r.format, r.out)
	}
	r.one("format", r.format, formats)
}

// checkNames wants every variable to have a name.
func (r *flagReader) checkNames(q *question.Question) {
	want := func(flag string, names ...string) {
		if slices.Contains(names, "") {
			r.wrong(flag, "a variable without a name, want one")
		}
	}
	for _, a := range q.Asks {
		want(string(a.Statistic), a.Variable)
		if slices.Contains(a.Statistic.Row().Needs, indicator.KeyOver) {
			want(string(a.Statistic), a.Over)
		}
	}
	for _, by := range q.By {
		want("by", by...)
	}
	for _, test := range q.Tests {
		want("test", test[:]...)
	}
	for _, m := range q.Fits {
		want("test", m.Variable)
	}
	for _, c := range q.Tables {
		want("table", c.Row)
	}
	for _, w := range q.Where {
		want("where", w.Variable)
	}
	for _, a := range q.Against {
		want("against", a.Variable)
	}
	for _, l := range q.Lets {
		want("let", l.Name)
	}
	for _, b := range q.Bands {
		want("band", b.Variable)
	}
	for _, p := range q.Predictions {
		want("predict", p.Variable)
	}
	for _, m := range q.Weight.Margins() {
		want("margin", m.Crossed()...)
	}
	if q.Standard != nil {
		want("standardise", q.Standard.Variable)
	}
	want("stratum", q.Design.Stratum...)
	want("psu", q.Design.PSU...)
	want("fpc", q.Design.Population...)
	want("replicates", r.replicates...)
	want("id", r.ids...)
}

// empty refuses flags that were given nothing, as a shell's unset variable
// gives: without them the question would be another.
func empty(flags *pflag.FlagSet) error {
	var ps refusal.Problems
	flags.Visit(func(f *pflag.Flag) {
		if strings.Trim(f.Value.String(), `[]"`) == "" {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--" + f.Name, What: "given nothing, want a value"})
		}
	})
	return ps.Err()
}

// sampling is how respondents were found, by whether it was by quota.
var sampling = map[bool]string{true: codebook.SamplingQuota}

// design is the sample design that the flags name.
func (r *flagReader) design() codebook.DesignSource {
	d := codebook.DesignSource{
		Sampling: sampling[r.quota], Stratum: r.strata, PSU: r.psus, Population: r.populations, Nested: true, Lonely: r.lonely, DomainLonely: r.domainLonely, Collapse: r.collapse, Factor: r.deft,
	}
	if r.unit != "" {
		k, err := strconv.Atoi(r.unit)
		if d.Unit = &k; err != nil {
			r.wrong("unit", "%q, want a whole number", r.unit)
		}
	}
	if r.flags.Changed("deft") && r.deft == 0 {
		r.wrong("deft", "0, want a factor above 0")
	}
	if stages := max(len(d.PSU), 1); len(d.Population) > stages && len(d.Population) != len(d.PSU)+1 {
		r.wrong("fpc", "%d variables for %d stages, want one for each", len(d.Population), stages)
	}
	return d
}

// sampleWeight is the weight that the flags name, and what they do to it.
func (r *flagReader) sampleWeight() codebook.Weight {
	w := codebook.Weight{Variable: r.weight, Replicates: r.replication()}
	if r.trim != "" {
		w.Trim = r.pair("trim", r.trim)
	}
	return w
}

// replication is the replicate weights that the flags name or have made.
func (r *flagReader) replication() *codebook.Replicates {
	made := &codebook.Replicates{Variables: r.replicates, Method: r.method, Fay: r.fay, MSE: r.mse, Count: r.count, Seed: r.seed}
	given, scaled := len(r.replicates) > 0, !math.IsNaN(r.scale)
	if r.scales != "" {
		made.Scales = r.listed("scales", r.scales)
	}
	switch {
	case !given && r.scales != "":
		r.wrong("replicates", "not given, want the variables that --scales are of")
	case !given && scaled:
		r.wrong("replicates", "not given, want the variables that --scale is of")
	case !given && r.mse && r.method == "":
		r.wrong("replicates", "not given, want them, or --method to make them, which --mse takes about the estimate")
	case !given && r.method != "":
		r.one("method", r.method, codebook.MadeMethods)
	case given && r.weight == "":
		r.wrong("weight", "not given, want the weight that the replicates belong to")
	case given && !scaled:
		r.one("method", r.method, codebook.GivenMethods)
	}
	if scaled {
		if made.Scale = r.scale; !(r.scale > 0) || math.IsInf(r.scale, 0) {
			r.wrong("scale", "%g, want a number above 0", r.scale)
		}
	}
	if given && scaled && r.method == "jkn" && made.Scales == nil && r.scale >= 1 {
		r.wrong("scale", "%g of jkn without --scales, want the (n-1)/n of all strata, below 1", r.scale)
	}
	const fay = "fay"
	switch {
	case r.method == fay && !scaled && !(r.fay > 0 && r.fay < 1):
		r.wrong(fay, "%g, want the factor of the method, between 0 and 1", r.fay)
	case r.fay != 0 && r.method != fay:
		r.wrong(fay, "%g, want it with --method fay alone", r.fay)
	case r.fay != 0 && scaled:
		r.wrong(fay, "%g beside --scale, want one of them", r.fay)
	}
	if r.count < 2 && strings.Contains(r.method, "bootstrap") {
		r.wrong("count", "%d, want at least 2 replicates", r.count)
	}
	if !given && r.method == "" {
		return nil
	}
	return made
}

// asks are the statistics that the flags name.
func (r *flagReader) asks() []question.Ask {
	var asks []question.Ask
	counted := func(s indicator.Statistic, flag string, texts []string) {
		for _, text := range texts {
			name, codes, given := nameBefore(text, '=')
			ask := question.Ask{Statistic: s, Variable: name}
			if given {
				ask.Codes = r.codes(flag, codes)
			}
			asks = append(asks, ask)
		}
	}
	counted(indicator.Proportion, "proportion", r.proportions)
	counted(indicator.Count, "weighted-count", r.weightedCounts)
	for _, name := range r.means {
		asks = append(asks, question.Ask{Statistic: indicator.Mean, Variable: unquoted(name)})
	}
	for _, name := range r.totals {
		asks = append(asks, question.Ask{Statistic: indicator.Total, Variable: unquoted(name)})
	}
	for _, text := range r.ratios {
		over, under, ok := nameBefore(text, '/')
		if !ok {
			r.wrong("ratio", "%q, want two variables as A/B", text)
		}
		asks = append(asks, question.Ask{Statistic: indicator.Ratio, Variable: over, Over: unquoted(under)})
	}
	for _, text := range r.quantiles {
		name, shares, given := nameBefore(text, '=')
		ask := question.Ask{Statistic: indicator.Quantile, Variable: name, At: []float64{0.5}}
		if given {
			ask.At = nil
			for share := range strings.SplitSeq(shares, ",") {
				p, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
				if err != nil || !(p > 0 && p < 1) {
					r.wrong("quantile", "%q in %q, want a share between 0 and 1", share, text)
				}
				ask.At = append(ask.At, p)
			}
		}
		asks = append(asks, ask)
	}
	if r.tableOne {
		return r.asTyped(asks)
	}
	return asks
}

func (r *flagReader) bandings() []question.Banding {
	var bands []question.Banding
	for _, text := range r.bands {
		name, begins, _ := nameBefore(text, '=')
		b := question.Banding{Variable: name}
		for begin := range strings.SplitSeq(begins, ",") {
			x, err := strconv.ParseFloat(strings.TrimSpace(begin), 64)
			if n := len(b.From); err != nil || math.IsNaN(x) || math.IsInf(x, 0) || n > 0 && !(x > b.From[n-1]) {
				r.wrong("band", "%q in %q, want numbers that rise, as V=16,25,65", begin, text)
			}
			b.From = append(b.From, x)
		}
		if slices.ContainsFunc(bands, func(other question.Banding) bool { return strings.EqualFold(other.Variable, name) }) {
			r.wrong("band", "%s twice, want its bands once", name)
		}
		bands = append(bands, b)
	}
	return bands
}

// missings are the codes that are missing: V=-9,-8 of a variable, and -9 of all.
func (r *flagReader) missings() []question.MissingCode {
	var made []question.MissingCode
	for _, text := range r.missing {
		variable, codes := "", text
		if name, of, ok := nameBefore(text, '='); ok && !strings.HasPrefix(text, `"`) {
			variable, codes = name, of
		}
		for _, code := range r.codes("missing", codes) {
			if _, err := codebook.ParseMissings([]string{code}); err != nil {
				r.wrong("missing", "%v", err)
			}
			made = append(made, question.MissingCode{Variable: variable, Code: code})
		}
		if strings.Contains(text, "=") && variable == "" && !strings.HasPrefix(text, `"`) {
			r.wrong("missing", "a variable without a name, want one")
		}
	}
	return made
}

// restrictions are variables with their codes, of --against with one alone.
func (r *flagReader) restrictions(flag string, texts []string) []question.Restriction {
	var made []question.Restriction
	for _, text := range texts {
		if flag == "against" && text == everyone {
			continue
		}
		name, codes, ok := nameBefore(text, '=')
		one := question.Restriction{Variable: name, Codes: []string{bare(codes)}}
		switch {
		case flag == "against" && !ok:
			r.wrong(flag, "%q, want a variable and its category as V=1, or everyone", text)
		case !ok:
			r.wrong(flag, "%q, want a variable and its codes as V=1,2", text)
		case flag != "against":
			one.Codes = r.codes(flag, codes)
		}
		made = append(made, one)
	}
	return made
}
