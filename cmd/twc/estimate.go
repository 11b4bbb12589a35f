package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
)

// An asking is the flags of an estimate as they were given.
type asking struct {
	reader                                           string
	proportions, means, totals, ratios, quantiles    []string
	by, where, tests, models                         []string
	missing, strata, psus, populations, replicates   []string
	weight, lonely, method, interval, family, format string
	domainLonely, mse, contrast                      bool
	collapse                                         map[string]string
	margins                                          []string
	distance                                         string
	count                                            int
	seed                                             uint64
	scale, fay, level                                float64
	out                                              string
	force                                            bool
}

func (a *app) estimate() *cobra.Command {
	var g asking
	cmd := &cobra.Command{
		Use:   "estimate FILE",
		Short: "Estimate statistics of any survey file, with design-based errors",
		Long: `Estimates proportions, means, totals, ratios and quantiles of a survey file in
its own variables and codes, with the errors, intervals and design effects of
the sample design that the flags name. No catalogue is needed: "twc describe
FILE" shows the variables. Every statistic may be asked for more than once.

Who counts. --where chooses respondents by their codes. Values that the file
declares missing are missing, and --missing adds codes. The base of a figure is
those who have a value. Nobody is dropped from the sample: the PSUs that a
category misses count in its error.

Breakdowns. --by region,sex crosses the variables and gives their margins too;
--by region --by sex does not cross them. Everyone comes first. A combination
that no respondent has is shown without a figure.

The design. --stratum, --psu and --weight name its variables; PSU numbers may
begin anew in each stratum. Without --psu respondents were drawn themselves.
--fpc variables hold how many clusters a stratum has, or the fraction of them
drawn; without --weight they give the weights. --replicates uses the weights in
the file, and --method alone makes them from the design.

What the design cannot give is left out, and the note under the table says why:
a stratum with one PSU is refused unless --lonely says what to do with it, and
answers that are all the same have no error.

Tables are for reading: proportions are in per cent and long labels are cut. The
other formats have fractions, every digit and whole labels.`,
		Example: `  twc estimate teens.csv --stratum region --psu school --weight wt --proportion smokes --by sex
  twc estimate teens.csv --weight wt --proportion smokes=1,2 --missing 8,9 --by sex,region --where age=14,15
  twc estimate teens.csv --stratum region --psu school --weight wt --mean hours --by sex --contrast
  twc estimate teens.csv --stratum region --psu school --weight wt --method jkn --quantile hours=0.25,0.5,0.75
  twc estimate teens.csv --psu school --weight wt --margin sex:1=2350,2=2250 --total hours --format csv
  twc estimate teens.csv --stratum region --psu school --weight wt --test smokes+sex
  twc estimate teens.csv --weight wt --model 'trust ~ age + factor(sex)' --family quasibinomial
  twc estimate api.csv --psu dnum,snum --fpc fpc1,fpc2 --mean api00 --total enroll --ratio api00/api99
  twc estimate acs.csv --weight pwgtp --replicates 'pwgtp*' --method successive-difference --mean age`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := g.question(args[0])
			if err != nil {
				return err
			}
			show, end := a.reading(args[0])
			q.Progress = show
			answer, err := q.Answer()
			end()
			if err != nil {
				return err
			}
			return a.tellAnswer(g, q, answer)
		},
	}
	g.flags(cmd.Flags())
	return cmd
}

func (g *asking) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&g.proportions, "proportion", nil, "share of each code of `V`, or of the codes of V=1,2 together")
	f.StringArrayVar(&g.means, "mean", nil, "mean of `V`")
	f.StringArrayVar(&g.totals, "total", nil, "total of `V`")
	f.StringArrayVar(&g.ratios, "ratio", nil, "ratio of the totals of two variables, `V/V`")
	f.StringArrayVar(&g.quantiles, "quantile", nil, "quantiles of V: `V=0.25,0.5`; the median of V alone")
	f.StringArrayVar(&g.by, "by", nil, "break down by `V,V`, crossed, with their margins")
	f.StringArrayVar(&g.where, "where", nil, "only respondents with one of the codes: `V=1,2`")
	f.StringSliceVar(&g.missing, "missing", nil, "`codes` that are missing values, beside those that the file declares")
	f.StringSliceVar(&g.strata, "stratum", nil, "`variables` of the strata, crossed")
	f.StringSliceVar(&g.psus, "psu", nil, "`variables` of the clusters: of the first stage, and of those after it")
	f.StringSliceVar(&g.populations, "fpc", nil, "`variables` of the population sizes, or the fractions drawn, of each stage")
	f.StringVar(&g.weight, "weight", "", "`variable` of the weight")
	f.StringVar(&g.lonely, "lonely", codebook.LonelyRefuse, "a stratum with one PSU: refuse, remove, certainty, adjust or average")
	f.BoolVar(&g.domainLonely, "domain-lonely", false, "the same for a stratum of which a category meets one PSU")
	f.StringToStringVar(&g.collapse, "collapse", nil, "count a stratum in another one: `S08=S09`")
	f.StringSliceVar(&g.replicates, "replicates", nil, "`variables` of replicate weights, or patterns such as 'repwt*'")
	f.StringVar(&g.method, "method", "", "of the replicates: "+strings.Join(pipeline.ReplicateMethods(), ", ")+"; without --replicates they are made from the design, by jkn and rescaling-bootstrap too")
	f.IntVar(&g.count, "count", 200, "`number` of replicates that are drawn")
	f.Uint64Var(&g.seed, "seed", 1, "of the draws")
	f.StringArrayVar(&g.margins, "margin", nil, "calibrate the weights to a population: `V:1=2350,2=2250`; to one by post-stratification, to several by raking")
	f.StringVar(&g.distance, "calibrate", "", "calibrate by this `distance` instead: linear or raking")
	f.Float64Var(&g.scale, "scale", math.NaN(), "of the replicates' variance, where the method does not say")
	f.Float64Var(&g.fay, "fay", 0, "the factor of Fay's method")
	f.BoolVar(&g.mse, "mse", false, "take replicates about the estimate, not about their mean")
	f.StringVar(&g.interval, "ci", "logit", "`method` of a proportion's interval: "+strings.Join(intervals(), ", "))
	f.Float64Var(&g.level, "level", 95, "of the intervals, in `percent`")
	f.BoolVar(&g.contrast, "contrast", false, "compare each category of a breakdown with its first")
	f.StringArrayVar(&g.tests, "test", nil, "whether two variables are independent: `V+V` (Rao-Scott)")
	f.StringArrayVar(&g.models, "model", nil, "regression: `'y ~ a + factor(b)'`")
	f.StringVar(&g.family, "family", string(estimate.Gaussian), "of the models: gaussian, quasibinomial or quasipoisson")
	f.StringVar(&g.format, "format", "table", "table, csv, json or parquet")
	f.StringVarP(&g.out, "output", "o", "", "write to a `file` instead")
	f.BoolVar(&g.force, "force", false, "replace a file that is there")
	f.StringVar(&g.reader, "reader", "", "`name` of the file's reader, where its extension does not tell")
	f.Lookup("scale").DefValue = "0" // which is not shown
}

// intervals are the methods that a proportion may have.
func intervals() []string {
	var names []string
	for _, m := range estimate.IntervalMethods() {
		if m.For != estimate.Ratios {
			names = append(names, m.Name)
		}
	}
	return names
}

var lonelies = []string{codebook.LonelyRefuse, codebook.LonelyRemove, codebook.LonelyCertainty, codebook.LonelyAdjust, codebook.LonelyAverage}

// formats are what an answer can be written as.
var formats = []string{"table", "csv", "json", "parquet"}

// question makes of the flags what is asked, or says all that is wrong with
// them.
func (g *asking) question(path string) (*pipeline.Question, error) {
	var ps refusal.Problems
	wrong := func(flag, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--" + flag, What: fmt.Sprintf(format, args...)})
	}
	one := func(flag, given string, known []string) {
		if !slices.Contains(known, given) {
			wrong(flag, "%q, want %s%s", given, strings.Join(known, ", "), refusal.Nearest(given, known))
		}
	}
	one("lonely", g.lonely, lonelies)
	one("ci", g.interval, intervals())
	one("format", g.format, formats)
	one("family", g.family, []string{string(estimate.Gaussian), string(estimate.Quasibinomial), string(estimate.Quasipoisson)})
	if !(g.level > 0 && g.level < 100) {
		wrong("level", "%g, want a percentage between 0 and 100", g.level)
	}
	q := &pipeline.Question{
		Source: ingest.Source{Path: path, Where: filepath.Base(path), Reader: g.reader},
		Sample: pipeline.Sample{
			Stratum: g.strata, PSU: g.psus, Population: g.populations, Weight: g.weight, Lonely: g.lonely, DomainLonely: g.domainLonely, Collapse: g.collapse,
			Count: g.count, Seed: g.seed, Distance: g.distance, Replicates: g.replicates, Method: g.method, Scale: g.scale, Fay: g.fay, MSE: g.mse,
		},
		Missing: g.missing, Interval: g.interval, Level: g.level / 100, Contrast: g.contrast, Models: g.models, Family: estimate.Family(g.family),
		Limits: ingest.DefaultLimits,
	}
	switch {
	case len(g.replicates) == 0 && (g.mse || !math.IsNaN(g.scale)):
		wrong("replicates", "not given, want the variables that --scale and --mse are of")
	case len(g.replicates) == 0 && g.method != "":
		one("method", g.method, pipeline.MadeMethods())
	case len(g.replicates) > 0 && g.weight == "":
		wrong("weight", "not given, want the weight that the replicates belong to")
	case len(g.replicates) > 0 && math.IsNaN(g.scale):
		one("method", g.method, pipeline.ReplicateMethods())
	}
	if len(g.populations) > max(len(g.psus), 1) && len(g.populations) != len(g.psus)+1 {
		wrong("fpc", "%d variables for %d stages, want one for each", len(g.populations), len(g.psus))
	}
	if g.distance != "" {
		one("calibrate", g.distance, []string{string(design.Linear), string(design.Multiplicative)})
	}
	for _, text := range g.margins {
		name, totals, _ := strings.Cut(text, ":")
		m := pipeline.Margin{Variable: name, Totals: map[string]float64{}}
		for part := range strings.SplitSeq(totals, ",") {
			code, total, _ := strings.Cut(part, "=")
			x, err := strconv.ParseFloat(total, 64)
			if _, twice := m.Totals[code]; err != nil || twice || code == "" {
				wrong("margin", "%q in %q, want each code once with its population, as V:1=2350,2=2250", part, text)
			}
			m.Totals[code] = x
		}
		q.Sample.Margins = append(q.Sample.Margins, m)
	}
	for _, text := range g.proportions {
		name, codes, given := strings.Cut(text, "=")
		ask := pipeline.Ask{Statistic: pipeline.AskProportion, Variable: name}
		if given {
			ask.Codes = strings.Split(codes, ",")
		}
		q.Asks = append(q.Asks, ask)
	}
	for _, name := range g.means {
		q.Asks = append(q.Asks, pipeline.Ask{Statistic: pipeline.AskMean, Variable: name})
	}
	for _, name := range g.totals {
		q.Asks = append(q.Asks, pipeline.Ask{Statistic: pipeline.AskTotal, Variable: name})
	}
	for _, text := range g.ratios {
		over, under, ok := strings.Cut(text, "/")
		if !ok {
			wrong("ratio", "%q, want two variables as A/B", text)
		}
		q.Asks = append(q.Asks, pipeline.Ask{Statistic: pipeline.AskRatio, Variable: over, Over: under})
	}
	for _, text := range g.quantiles {
		name, shares, given := strings.Cut(text, "=")
		ask := pipeline.Ask{Statistic: pipeline.AskQuantile, Variable: name, At: []float64{0.5}}
		if given {
			ask.At = nil
			for _, share := range strings.Split(shares, ",") {
				p, err := strconv.ParseFloat(share, 64)
				if err != nil || !(p > 0 && p < 1) {
					wrong("quantile", "%q in %q, want a share between 0 and 1", share, text)
				}
				ask.At = append(ask.At, p)
			}
		}
		q.Asks = append(q.Asks, ask)
	}
	for _, text := range g.by {
		q.By = append(q.By, strings.Split(text, ","))
	}
	for _, text := range g.where {
		name, codes, ok := strings.Cut(text, "=")
		if !ok {
			wrong("where", "%q, want a variable and its codes as V=1,2", text)
		}
		q.Where = append(q.Where, pipeline.Restriction{Variable: name, Codes: strings.Split(codes, ",")})
	}
	for _, text := range g.tests {
		row, column, ok := strings.Cut(text, "+")
		if !ok {
			wrong("test", "%q, want two variables as A+B", text)
		}
		q.Tests = append(q.Tests, [2]string{row, column})
	}
	if len(q.Asks)+len(q.Tests)+len(q.Models) == 0 {
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, What: "nothing is asked", Hint: "ask with --proportion, --mean, --total, --ratio, --quantile, --test or --model; twc describe FILE shows the variables"})
	}
	if g.format == "parquet" && g.out == "" {
		wrong("format", "parquet goes to a file, want --output")
	}
	return q, ps.Err()
}
