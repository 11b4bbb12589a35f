package main

import (
	"math"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
)

// estimateFlags are those of an estimate as they were given.
type estimateFlags struct {
	source                                           ingest.Source
	proportions, weightedCounts, means               []string
	totals, ratios, quantiles                        []string
	by, where, lets, tests, models                   []string
	missing, strata, psus, populations, replicates   []string
	weight, lonely, method, interval, family, format string
	domainLonely, mse, contrast, trend, quota        bool
	collapse                                         map[string]string
	against, bands                                   []string
	adjust, rule, shareInterval, standard            string
	presentation                                     string
	weightFlags
	count                   int
	seed                    uint64
	scale, fay, deft, level float64
	stackFlags
	out, unit, scales, drawn            string
	without, indicators                 []string
	wave, df, as, countInterval, effect string
	conventions                         bool
	known                               *indicator.Catalogue // nil where nothing of it is asked for
	policy, checks, in                  string
	tables, show, compared              []string
	predictions, slopes                 []string
	predictError, beside, plot, errors  string
	stars                               bool
	pairs, tableOne                     bool
	testedBy                            string
	typed                               []indicator.Statistic // the flags of statistics in their order
	decimals                            *int                  // that are asked for; nil is none
	digits                              string
	captions, modelNames, called        []string
	force                               bool
	tally                               bool
}

func (a *app) estimate() *cobra.Command {
	var g estimateFlags
	cmd := &cobra.Command{
		Use:   "estimate FILE...",
		Short: "Estimate statistics of any survey file, with design-based errors",
		Long: `Estimates proportions, weighted counts, means, totals, ratios and quantiles of a
survey file in its own variables and codes, with the errors, intervals and
design effects of the sample design that the flags name. No catalogue is needed:
"twc describe FILE" shows the variables. Every statistic may be asked for more
than once. The file - is standard input, whose --reader is named.

No disclosure control is applied unless --policy names one of disclosure.yaml: figures of
few respondents, and of few on one side, are shown as they are. With it each figure is decided on alone and
rounded, and what a checker looks at is listed on standard error, or in the file of --checks, which is not to be handed
on: few respondents or few on one side, nobody or everybody, a total that one adds most of, amounts that are the
same but for few. What figures tell
together is not seen here: that is for "twc run" to say.

Who counts. --where chooses respondents: by their codes, written as the file has them,
--where sex=1,2 or region="North East", or by an expression. All of several hold. Values that the file
declares missing are missing, and so are . and .a to .z in a table of text; --missing
adds codes, ranges and texts, of all variables or of one: --missing=-9..-1,NA
--missing income=999998. The base of a figure is those who have a value. Nobody is dropped from the sample: the PSUs that a
category misses count in its error.

Breakdowns. --by region,sex crosses the variables and gives their margins too;
--by region --by sex does not cross them. --by 'race=1,2 "White"|3 "Black"' makes
categories of sets of codes, with names if you like; commas behind = are between codes; a name behind
numbers, --by race=1,2|3,sex, or in backquotes behind others, is the next variable. Everyone comes first. A combination
that no respondent has is shown without a figure. --band age=16,25,65 makes 16-24,
25-64 and 65-over the codes of age, and those below 16 missing.

Expressions. --let makes a variable, which every flag then takes as if the file had
it, and --where chooses those for whom one is true:

  --let 'old = age >= 65'                  1 where true, 0 where false
  --let 'bmi = weight / (height/100)^2'
  --let 'ages = recode(age; 16..24 "16 to 24", 25.. "25 and over", else missing)'
  --let 'view = recode(q; 1, 2 = 10 "low", 3 missing, missing = 9, else copy)'
  --let 'pay = if(missing(bonus), wage, wage + bonus)'
  --where 'age in (16..24, 65..) and region != "North East"'

There are + - * / ^, = != < <= > >=, in and not in, and, or, not, ranges (16..24 with
both its ends, 65.., ..15), and the functions abs, coalesce (the first that is not
missing), exp, floor, if(condition, x, y), log (natural), max, min, missing, recode,
round(x, digits) (halves away from 0) and sqrt. Names are in any case, odd ones between
backquotes; texts between double quotes are codes of text, or labels of numbers. A
recode numbers its labels from 1, unless = gives codes; a value is in one rule, and one that
no rule lists is missing, which is told. Of a text and a number nothing is guessed.

What is made of a missing value is missing. So is a comparison: in SAS a missing is
less than every number and in Stata more, so that age < 16 or age >= 65 is true of it
there; here, as in R, it is neither true nor false, and whoever --where leaves open is not
chosen, and is counted beside those outside. and is false where one side is, or true
where one side is. Of what is missing (., .a to .z, codes that are declared or given by
--missing) there is one kind, and missing(x) finds it. A division by 0, the logarithm
or root of a negative and what is too large are missing, and told.

The design. --stratum, --psu and --weight name its variables; PSU numbers may
begin anew in each stratum. Without --psu respondents were drawn themselves.
--fpc variables hold how many clusters a stratum has, or the fraction of them
drawn; without --weight they give the weights. --replicates uses the weights in
the file, and --method alone makes them from the design. Those of a stratified
jackknife (jkn) each have a scale, (n-1)/n of the n PSUs of their stratum: --scales
gives them, or the multipliers that a Stata file keeps. Of a file without PSUs
--deft takes a published design factor, and the errors are approximate. A --quota
sample has no errors, or those that --deft gives, as if it had been drawn.

--design names all of it once: a file of YAML whose keys are the flags of the design,
the weights and --missing (stratum: region), which "twc describe FILE --design" proposes, or what
R or Stata has for it:

  --design teens.yaml
  --design 'svydesign(ids = ~school, strata = ~region, weights = ~wt, nest = TRUE)'
  --design 'svyset school [pw=wt], strata(region) singleunit(centered)'

--design stored takes the design that a Stata file keeps itself, as svyset left it there; "twc
describe" tells it, and nothing takes it unasked. A flag beside it has its place, and --without leaves one of its keys out; both are
told, so that one change at a time shows what moves.

--wave hocs/2001 says that the file is the extract of that wave of the catalogue ("twc
list waves"): its crosswalk gives the design, the weight, the missing codes and the
common variables with their categories, which every flag takes by their names,
--by region, --where sex=female, beside the file's own. In expressions a hyphen between
letters is then part of a name, and a minus has blanks around it: --let 'old = age >= 60 and
influence-local != "definitely-agree"', --by age --band age=16,30,60. --indicator influence-local
gives the figures of a definition as they are published, to begin with; one change
beside it (--weight, --without stratum, --where country=england) shows what moves.

Conventions. Of the same data and design, systems differ in what a design leaves open.
--as sas takes the rules of SAS where no flag says otherwise: degrees of freedom
(--df), the intervals (--ci, --count-ci, --quantile-ci), the rule of quantiles
(--quantile-rule; that of sas brings its interval with it), the design effect (--design-effect), strata with one PSU (--lonely)
and the centre of replicates (--mse); and of models and tables their degrees of freedom, the factor
of their covariance and their tests. Those that no printed example was found of are marked unchecked.
--conventions shows one figure by all of them, what differs, and where it is said.
--presentation nchs, which --as nchs takes too, notes which shares and counts are not to be presented
by its standards, or to be reviewed, by the intervals that they have (--ci nchs, --count-ci log).
--df is of figures: domain, of the PSUs and strata that it meets, or of its replicates;
design, of the whole design; strata, of all PSUs in the strata that it meets;
replicates and replicates-1, how many there are; normal; or a number. Where it is given, comparisons have those of
everyone's figure, and models those of their respondents, less nothing for coefficients.

The weights. --margin calibrates them to a known population, which the errors take
into account, and --trim then brings them within limits. One margin is post-stratification, also
of crossed variables, sex+age:1+16-24=410; several are raking, or the distance of --calibrate,
which takes totals of numbers too, income=9.5e6, and bounds of the factors. --margins reads them from a
file with the columns variable, code and total, or share. Categories without respondents, or
respondents without a category, are refused, and so are totals that are not met. A line says how
the weights came to be, and --weighting all of it: their range and that of the factors, Kish's effect of unequal weights, the distance,
each total before and after. --weights-out writes them by the key of --id, and reads them back:

  --margins margins.csv --calibrate raking --bounds 0.3,3 --weights-out weights.csv --id serial

With --calibrate-within household the members of a household have one factor. --standardise brings every
category of a breakdown to the same distribution of a variable, so that they
compare as if they did not differ in it; those without that variable are left out.

Comparisons, within each breakdown: of one that crosses variables by its last, within each
category of the others. --contrast compares each category with the first, or with the one that --against names, or --against everyone with all, whom the
category is a part of, --indicator's too; --pairs compares each with each other: the difference,
which tests whether the two differ, and the ratio. Student's t has the degrees
of freedom of the whole design; R's svyttest takes one less, as does --model
'y ~ factor(group)'. --trend fits a straight line through the categories, each
counting alike, by their codes, or as 1, 2, ... where these are no numbers. Of quantiles the
error of a comparison follows from their intervals' widths.

Other contrasts. --compare makes what arithmetic (+ - * / and log) makes of the figures that
are asked for, with the error that their covariances give, whatever they share:

  --by region --compare 'region=1 - everyone'
  --by region --compare '(region=1 + region=2)/2 - region=3'
  --by sex,wave --compare '(sex=2,wave=2 - sex=2,wave=1) - (sex=1,wave=2 - sex=1,wave=1)'
  --mean before --mean after --by sex --compare 'mean(after) - mean(before)'
  --quantile pay=0.9,0.1 --compare 'quantile(pay=0.9) / quantile(pay=0.1)'
  --proportion trust=1 --by sex --compare 'proportion(trust=1, sex=2) / proportion(trust=1, sex=1)'

Without a statistic there is one contrast of each that is asked for. Without a cell, and within
the other variables that --by crosses with those of the cells, there is one in each category:
--by region,sex --compare 'sex=2 - sex=1' has one in each region too. Figures are as they are
shown, proportions in percent. A ratio is tested against 1, on the log scale, and all else against 0.

Of a --model, coefficient(age) is a coefficient by its name, odd ones between backquotes, and coefficient(region=3)
that of a category, 0 of the one that others are told from: --compare 'coefficient(region=3) - coefficient(region=2)'. Each is
tested against 0, and a sum of multiples has its odds or rate ratio.

Waves in one file: --stratum wave,stratum --by wave --trend. Several files are waves that are stacked,
in any formats: twc estimate a.sav b.dta --by wave --contrast. The variable wave tells them, by the
names of the files or those of --waves, unless the files have it or --stacked names another.
--rename 2003:region=gor says what a file calls a variable, and --design may be given for each.
A variable that one file lacks, numbers that are text in another and labels that two files give to each other's
codes are refused, and labels that differ otherwise are told. Files are taken for samples drawn
independently, which is told unless --stacked says how. Totals of everyone are the sum over the waves;
--pool average divides the weights by their number, as NHANES has it for several cycles, and --pool 2001=2/3,2003=1/3 multiplies them.

PSUs of one label in several waves of a file are taken for the same, which
is told, unless --stacked wave=independent says that they were drawn anew: each wave
then has strata of its own. --stacked wave=rotating is for PSUs of which some stay
from wave to wave: the error of a change then takes Berger and Priam's correlation of
the waves' totals by PSU, and each wave keeps its own error. A model's terms of several coefficients are tested together (Wald's F).

Tests. --test smokes+sex is of whether two variables are independent, --test sex:1=0.49,2=0.51 of
whether one has these shares: Rao and Scott's of the first and second order, with the p-value of the
distribution itself by the saddlepoint approximation, which is better in the tails. --tested-by second-order
gives one of them alone, here and under --table.

Models. --model 'y ~ a + factor(b)' is a regression, of which every respondent with all its variables is;
--by makes one in each category, with the PSUs that the category misses in its error; one that cannot have it is told.

  y ~ a + b + a:b, a * b          interactions, a * b with the parts; 0 + or - 1 without an intercept
  factor(b, ref=3)                codes as categories, told from the one with this code or label; ib3.b and i.b as Stata has them
  log(y) ~ log(a) + I(a^2)        functions, and within I() any expression of --let; the response may be one
  poly(a, 2)                      powers that are orthogonal to each other, as R's
  offset(log(months))             added as it is: rates of counts by exposure

--family is gaussian (linear), quasibinomial or binomial (logistic, odds ratios), quasipoisson or poisson (counts, rate
ratios), or ordinal: proportional odds of three and more categories in order, which has cutpoints between
them instead of an intercept. Quasi or not, estimates and errors are the same, since the design gives the variance. The degrees of
freedom are those of the design, plus 1, less all coefficients; R's svyolr has normal limits instead.

--errors takes from the errors of a linear model the bias of few PSUs: each PSU's residuals are brought to the size that they
would have if all errors were alike, and each coefficient has degrees of freedom of its own (Satterthwaite's), each term
those of Hotelling's T². cr2 does so by the weights, and takes PSUs alone, no strata and no population sizes (clubSandwich's CR2 in R);
bell-mccaffrey as R's survey 4.5: by residuals without weights, and in the design's variance, which counts few PSUs once more.

--predict sex is what the models predict on average if all had each category of sex, or of --predict age=20,40 each
of these ages, all else as it is, and how these differ (predicted margins; of a logistic model in shares of 1, of an ordinal
one of each category); --slope age is the average slope by age (the average marginal effect). Their errors
have those of the coefficients and that those who are averaged over are a sample, as Stata's vce(unconditional) has;
--predict-error fixed takes these as they are, which Stata's margins does by itself, and separate adds the two as if they
had nothing in common, as R's svypredmeans does.

--beside errors writes all models of a question as one table, as a paper has them: a column a model or category, coefficients
with their errors, and below how many respondents and degrees of freedom; intervals and ratios (of odds or rates) have limits
instead, and --stars marks by p-values. Of each variable of categories the reference is named. Ratios have the same decimals
down a column: two, or as many as keep limits from reading as 1 or alike. Tests of terms are with the models one by one.

Tables. --table smokes+sex is the table of the two: the weighted count of each cell and its
shares of its row, of its column and of all, with their margins, errors, intervals and
bases, of those who have both, and beneath it whether the two are independent. --table smokes
is of one variable, and --by makes a table in each category. Sets of codes are categories as in
--by: --table 'smokes=0|1,2 "smokes"+sex'; a name that has a + is between backquotes. A page shows the column shares
with their errors; --show rows,columns,cells,counts chooses, and --show intervals has those
instead of errors. The other formats have all of it, a row each. --in thousands gives
weighted counts in thousands, there and with --weighted-count.

--table-one writes the table that a paper begins with: the statistics that are asked for in rows, as they were
written, everyone and the categories of --by in columns with their unweighted number, and one p-value for each statistic,
of no difference between the groups. Means have their errors, shares the unweighted number of respondents, and
--quantile V=0.25,0.5,0.75 is the median with the quartiles; --show deviations gives means their standard deviations, --show
errors or intervals gives all of them, and n the numbers of shares beside those. Shares are tested by Rao and Scott's
second order unless --tested-by has another, means by Wald's F of a linear regression by the groups (of two
Student's t), and quantiles by the same of ranks (Wilcoxon's test, or that of Kruskal and Wallis). Those without
a value count in no figure of it, and are told. CSV, JSON and Parquet have a row a figure, with std_dev where it is asked for and p_value.

--show chooses columns of every other table too, beside the values: --show errors,p, or n alone.

What the design cannot give is left out, and the note under the table says why:
a stratum with one PSU is refused unless --lonely says what to do with it, and
answers that are all the same have no error.

Tallies. twc tally FILE -o PART counts what a question rests on, and twc tally sql prints the statements by which a
database does, so that microdata stay where they are: estimate --tally PART... with the same question has the same
figures, of several parts those of all together.

For a paper, --format markdown, latex or html (or -o of a file that ends in .md, .tex or .html) writes the page with its
tables, captions and notes, and labels are written so that their signs mean nothing there; LaTeX's tables are of booktabs,
and their texts want the encoding T1.
There, and in --beside and --table-one, variables and categories have their labels in place of names and codes, but for a
label that several share; counts and totals have commas between their thousands. --called hours='Hours of television' and
--called sex:1=Men give labels of one's own, in every format. --caption has one text for each table in its order, --model-name
one for each model of --beside, and --digits is how many decimals values, errors and limits have, but for ratios of figures.

--plot FILE.svg draws the same with intervals, beside the page: the figures of one statistic by its breakdown, over time
where that is of waves or has a --trend; the coefficients of models, odds and rate ratios on a scale of ratios; or
what they predict where --predict asks for it. It has a title and a description for those who do not see it.

Pages are for reading: numbers are rounded, and a long label goes on below. The
other formats have every digit, whole labels, the effective base and the smallest
difference that a test at 5% finds with a power of 80%. Their columns are named as
in a release, and value, error, limits and that difference are in the unit of the
row: proportions in percent. CSV and Parquet have one table: of figures, of tests,
of cells, or of the coefficients of models. A code that has a comma is given in quotes:
--where 'age="20,5",21'.`,
		Example: `  twc estimate teens.csv --stratum region --psu school --weight wt --proportion smokes --by sex
  twc estimate teens.csv --weight wt --proportion smokes --by sex --policy survey-tables
  twc estimate teens.csv --weight wt --proportion smokes=1,2 --missing 9 --by sex --where age=14,15
  twc estimate teens.csv --weight wt --let 'late = age >= 15 and hours > 4' --proportion late=1 --by sex
  twc estimate teens.csv --weight wt --let 'ages = recode(age; 14 "14", 15..16 "15 or 16")' --mean hours --by ages
  twc estimate teens.csv --weight wt --mean hours --where 'age in 15..16 and word != "b"' --by 'smokes=1,2 "smokes"|0 "does not"'
  twc estimate teens.csv --stratum region --psu school --weight wt --mean hours --by sex --contrast
  twc estimate teens.csv --stratum region --psu school --weight wt --mean hours --by age --trend
  twc estimate teens.csv --stratum region --psu school --weight wt --mean hours --by age --pairs
  twc estimate teens.csv --stratum region --psu school --weight wt --mean hours --by sex,age --compare 'age=16 - everyone'
  twc estimate teens.csv --stratum region --psu school --weight wt --method jkn --quantile hours=0.9
  twc estimate teens.csv --psu school --weight wt --margin sex:1=2350,2=2250 --total hours
  twc estimate teens.csv --psu school --weight wt --margin sex+region:1+1=1150,1+2=1200,2+1=1100,2+2=1150 --total hours
  twc estimate teens.csv --psu school --weight wt --margins margins.csv --calibrate linear --mean trust
  twc estimate teens.csv --weight wt --margins margins.csv --calibrate raking --weighting --weights-out weights.csv
  twc estimate teens.csv --psu school --weight wt --mean hours --by age --standardise sex:1=1,2=1
  twc estimate teens.csv --stratum region --psu school --weight wt --test smokes+sex
  twc estimate teens.csv --stratum region --psu school --weight wt --test sex:1=0.49,2=0.51
  twc estimate teens.csv --stratum region --psu school --weight wt --table smokes+sex --show columns,counts --in thousands
  twc estimate teens.csv --weight wt --model 'trust ~ age + factor(sex)' --family quasibinomial
  twc estimate teens.csv --weight wt --model 'log(hours) ~ I(age - 14) * factor(sex, ref=2)' --by region
  twc estimate teens.csv --weight wt --model 'smokes ~ age + i.sex' --family ordinal
  twc estimate teens.csv --weight wt --model 'trust ~ age + i.sex' --family binomial --predict sex --predict age=14,16
  twc estimate teens.csv --weight wt --model 'trust ~ age + i.sex' --family binomial --slope age --predict-error fixed
  twc estimate teens.csv --design teens.yaml --model 'hours ~ age' --errors cr2
  twc estimate teens.csv --design teens.yaml --model 'hours ~ age' --df design
  twc estimate teens.csv --weight wt --model 'hours ~ age' --model 'hours ~ age + i.sex' --beside errors --stars --format latex
  twc estimate teens.csv --weight wt --model 'hours ~ i.age + i.sex' --compare 'coefficient(age=15) - coefficient(age=16)'
  twc estimate teens.csv --weight wt --table smokes+sex --format markdown
  twc estimate teens.csv --stratum region --psu school --weight wt --mean hours --proportion smokes --by sex --table-one --show deviations
  twc estimate teens.csv --stratum region --psu school --weight wt --table smokes+sex --tested-by second-order
  twc estimate teens.csv --weight wt --mean hours --by age --pairs --show errors,p
  twc estimate teens.csv --weight wt --mean hours --by sex --table-one --called hours='Hours of television' --called sex:1=Men --called sex:2=Women --digits 1 --caption 'Table 1' -o table1.html
  twc estimate teens.csv --weight wt --model 'hours ~ age' --model 'hours ~ age + i.sex' --beside errors --model-name Crude --model-name Adjusted
  twc estimate teens.csv --weight wt --mean hours --by age --plot hours.svg
  twc estimate teens.csv --weight wt --model 'hours ~ age' --model 'hours ~ age + i.sex' --plot models.svg
  twc estimate teens.csv --design teens.yaml --mean hours
  twc estimate teens.csv --design teens.yaml --without stratum --mean hours
  twc estimate teens.csv --design 'svyset school [pw=wt], strata(region)' --mean hours
  twc estimate teens.csv later.csv --waves 2001,2003 --stratum region --psu school --weight wt --mean hours --by wave --contrast
  twc estimate teens.csv later.csv --design teens.yaml --stacked wave=pooled --proportion smokes=1 --by wave --contrast
  twc estimate teens.csv older.csv --design teens.yaml --waves 2001,2003 --rename 2003:wt=weight --pool average --weighted-count sex
  twc estimate schools.dta --design stored --mean hours --by region
  twc estimate hocs_2001.tab --wave hocs/2001 --indicator influence-local --by region
  twc estimate hocs_2001.tab --wave hocs/2001 --indicator influence-local --where country=england
  twc estimate hocs_2001.tab --wave hocs/2001 --indicator influence-local --by age --band age=16,30,60
  twc estimate hocs_2001.tab --wave hocs/2001 --indicator influence-local --by region,sex --contrast
  twc estimate hocs_2001.tab --wave hocs/2001 --let 'heard = influence-local = "definitely-agree"' --mean heard
  twc estimate teens.tally --tally --stratum region --psu school --weight wt --proportion smokes --by sex
  twc estimate teens.csv --design teens.yaml --mean hours --as sas
  twc estimate teens.csv --design teens.yaml --proportion smokes=1 --where sex=1 --conventions
  twc estimate teens.csv --design teens.yaml --mean hours --df design
  twc estimate teens.csv --weight wt --proportion smokes --ci nchs --presentation nchs
  twc estimate api.csv --psu dnum,snum --fpc fpc1,fpc2 --mean api00 --ratio api00/api99
  twc estimate us.csv --weight pwgtp --replicates 'pwgtp[0-9]*' --method successive-difference --mean age`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := empty(cmd.Flags()); err != nil {
				return err
			}
			g.files = args
			var controls *indicator.Policy
			if g.wave != "" {
				c, err := a.catalogue()
				if err != nil {
					return err
				}
				g.known = c
			}
			if g.policy != "" {
				c, err := a.catalogue()
				if err != nil {
					return err
				}
				if g.policy == indicator.NoControl {
					return usage("leave it out", "--policy %s withholds nothing, as an estimate does without it", g.policy)
				}
				if err := choosePolicy(c, g.policy, false); err != nil {
					return err
				}
				controls = &c.Disclosure
			}
			file, q, err := g.question(cmd.Flags())
			if err != nil {
				return err
			}
			q.Controlled = controls
			if g.tally {
				if g.conventions {
					return usage("leave one out", "--conventions of a tally, which is of one question")
				}
				file.Tallies = args
			}
			if err := g.mayWrite(); err != nil {
				return err
			}
			if !g.tally {
				remove, err := g.sources(cmd, &file, args)
				if err != nil {
					return err
				}
				defer remove()
			}
			defer collect(10, 80<<20)() // what a question holds is columns, which are quick to go over
			if g.conventions {
				return a.tellConventions(g, file, q, cmd.Flags())
			}
			show, end := a.reading(file.Source)
			file.Progress = show
			answer, err := pipeline.Ask(file, *q)
			end()
			if err != nil {
				return err
			}
			if controls == nil {
				return a.tellAnswer(g, q, answer)
			}
			if err := answer.Few(*controls); err != nil {
				return err
			}
			found := answer.Control(*controls)
			if err := a.tellAnswer(g, q, answer); err != nil {
				return err
			}
			return a.tellFindings(g, answer, found)
		},
	}
	g.flags(cmd.Flags())
	cmd.Flags().BoolVar(&g.tally, "tally", false, "the files are tallies, which twc tally or a database made of the same question")
	a.policyFlag(cmd, &g.policy, "withhold and round by a disclosure policy, by its `name` in disclosure.yaml")
	cmd.Flags().StringVar(&g.checks, "checks", "", "write what a checker looks at to a `file` of CSV")
	a.catalogueFlag(cmd)
	sourceFlags(cmd, &g.source)
	completeVariables(cmd, &g.source)
	completeExpressions(cmd, &g.source)
	completeChoices(cmd)
	a.completeWaves(cmd)
	return cmd
}

func (g *estimateFlags) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&g.proportions, "proportion", nil, "share of each code of `V`, or of the codes of V=1,2 together")
	f.StringArrayVar(&g.weightedCounts, "weighted-count", nil, "weighted number of those with each code of `V`, or of V=1,2")
	f.StringArrayVar(&g.means, "mean", nil, "mean of `V`")
	f.StringArrayVar(&g.totals, "total", nil, "total of `V`")
	f.StringArrayVar(&g.ratios, "ratio", nil, "ratio of the totals of two variables, `V/V`")
	f.StringArrayVar(&g.quantiles, "quantile", nil, "quantiles of V: `V=0.25,0.5`; the median of V alone")
	f.StringArrayVar(&g.by, "by", nil, "break down by `V,V`, crossed, with their margins; V=1,2|3 by sets of codes")
	f.StringArrayVar(&g.bands, "band", nil, "take numbers in bands that begin at these: `V=16,25,65`")
	f.StringArrayVar(&g.lets, "let", nil, "make a variable by an expression: `V = EXPRESSION`, 'old = age >= 65'")
	f.StringArrayVar(&g.where, "where", nil, "only respondents with one of the codes `V=1,2`, or for whom an expression is true: 'age >= 16 and sex = 1'")
	f.StringArrayVar(&g.missing, "missing", nil, "codes, ranges and texts that are missing, beside those that the file declares: -9..-1, or of one variable `V=97,NA`")
	f.Var(&designs{&g.drawn, &g.otherDesigns}, "design", "the design and the weight at once: a `file` of YAML whose keys are these flags, or as R's svydesign and svrepdesign or Stata's svyset say it, or stored, which a Stata file keeps")
	f.StringVar(&g.wave, "wave", "", "the file is the extract of this wave of the catalogue, `survey/wave`, whose design, weight and common variables are taken")
	f.StringArrayVar(&g.indicators, "indicator", nil, "figures as the catalogue defines this indicator, by its `name`")
	f.StringSliceVar(&g.without, "without", nil, "leave out what the design says by these `keys`: fpc,stratum")
	f.StringSliceVar(&g.strata, "stratum", nil, "`variables` of the strata, crossed")
	f.StringSliceVar(&g.psus, "psu", nil, "`variables` of the clusters, of the first stage and those after")
	f.StringSliceVar(&g.populations, "fpc", nil, "`variables` of the population sizes or fractions of the stages")
	g.stackFlags.flags(f)
	f.StringVar(&g.weight, "weight", "", "`variable` of the weight")
	f.StringVar(&g.lonely, "lonely", codebook.LonelyRefuse, "a stratum with one PSU: refuse, remove, certainty, adjust or average")
	f.BoolVar(&g.domainLonely, "domain-lonely", false, "take --lonely for a stratum of which a category meets one PSU, too")
	f.StringToStringVar(&g.collapse, "collapse", nil, "count a stratum in another one: `S08=S09`")
	f.StringSliceVar(&g.replicates, "replicates", nil, "`variables` of replicate weights, or patterns such as 'repwt[0-9]*'")
	f.StringVar(&g.method, "method", "", "of the replicates: "+strings.Join(codebook.GivenMethods, ", ")+"; without --replicates by rescaling-bootstrap too")
	f.IntVar(&g.count, "count", 200, "`number` of replicates that are drawn")
	f.Uint64Var(&g.seed, "seed", 1, "of the draws")
	g.weightFlags.flags(f)
	f.StringVar(&g.unit, "unit", "", "make weights whole by floor(weight * 2^`K` + 0.5), to add parts counted elsewhere; found in the file otherwise")
	f.Float64Var(&g.deft, "deft", 0, "the published design `factor` of a file without PSUs")
	f.BoolVar(&g.quota, "quota", false, "respondents were found by quota, and not drawn: no errors")
	f.Float64Var(&g.scale, "scale", math.NaN(), "of the replicates' variance, where the method does not say")
	f.StringVar(&g.scales, "scales", "", "of each replicate: `S,S,...`, or the name of a file that holds them")
	f.Float64Var(&g.fay, "fay", 0, "the factor of Fay's method")
	f.BoolVar(&g.mse, "mse", false, "take replicates about the estimate, not about their mean; those of jk2 and successive-difference are made so")
	f.StringVar(&g.interval, "ci", "logit", "`method` of a proportion's interval: "+strings.Join(intervals(), ", "))
	f.Float64Var(&g.level, "level", 95, "of the intervals, in `percent`")
	f.StringVar(&g.rule, "quantile-rule", "hf1", "`rule` of Hyndman and Fan for quantiles, hf1 to hf9; sas; or grouped, within classes of 1, grouped=5 of 5, about each value")
	f.StringVar(&g.df, "df", indicator.FreedomDomain, "`rule` of the degrees of freedom of figures, comparisons and models: "+strings.Join(indicator.Freedoms, ", ")+", or a number")
	f.StringVar(&g.countInterval, "count-ci", indicator.Wald, "`method` of the interval of counts and totals: "+either(countIntervals))
	f.StringVar(&g.presentation, "presentation", "", "note shares and counts that a `body` would not present: "+either(indicator.Presentations))
	f.StringVar(&g.effect, "design-effect", question.EffectWith, "over a simple random sample drawn `how`: "+either(question.Effects)+" replacement")
	f.StringVar(&g.as, "as", "", "by the rules of a `system`: "+either(question.ConventionNames()))
	f.BoolVar(&g.conventions, "conventions", false, "one figure by the rules of every system, and what differs")
	f.StringVar(&g.shareInterval, "quantile-ci", "wald", "`method` for the share behind a quantile, as --ci; symmetric, about the quantile; or replicates, for the error of the quantile under each")
	f.StringVar(&g.standard, "standardise", "", "bring every category to a standard: `V:1=S,2=S`")
	f.BoolVar(&g.contrast, "contrast", false, "compare each category of a breakdown with its first")
	f.StringArrayVar(&g.against, "against", nil, "contrast with this category instead: `V=2`; or each with everyone")
	f.BoolVar(&g.pairs, "pairs", false, "compare each category of a breakdown with each other")
	f.StringArrayVar(&g.compared, "compare", nil, "contrast of figures by an `expression`: 'region=1 - everyone'")
	f.StringVar(&g.adjust, "adjust", "holm", "`method` for p-values of contrasts: "+either(compare.Adjustments()))
	f.BoolVar(&g.trend, "trend", false, "slope of the line through the categories of a breakdown")
	f.StringArrayVar(&g.tests, "test", nil, "whether two variables are independent: `V+V` (Rao-Scott); or one has given shares: V:1=0.4,2=0.6")
	f.StringArrayVar(&g.tables, "table", nil, "table of counts and shares of the categories of `V+V`, or of V, with a test of independence")
	f.BoolVar(&g.tableOne, "table-one", false, "the statistics in rows and the groups of --by in columns, everyone first, with a p-value each: a paper's Table 1")
	f.StringVar(&g.digits, "digits", "", "of values, errors and limits on a page: so many `decimals`")
	f.StringArrayVar(&g.captions, "caption", nil, "`text` over the first table of a document, and over the next with each more")
	f.StringArrayVar(&g.modelNames, "model-name", nil, "`name` of the first model in --beside and --plot, and of the next with each more")
	f.StringArrayVar(&g.called, "called", nil, "what a variable or a code of it is called: `V=TEXT`, V:1=TEXT")
	f.StringVar(&g.testedBy, "tested-by", "", "the one `test` of tables to give: "+either(testedBys()))
	f.StringSliceVar(&g.show, "show", []string{"columns"}, "of the cells of a table on a page: "+strings.Join(showings(), ", "))
	f.StringVar(&g.in, "in", countUnits[0].name, "`unit` of weighted counts: "+either(countUnitNames()))
	f.StringArrayVar(&g.models, "model", nil, "regression by a `formula`: 'y ~ a + factor(b)'")
	f.StringVar(&g.family, "family", string(model.Gaussian), "of the models: "+either(model.Families()))
	f.StringArrayVar(&g.predictions, "predict", nil, "what the models predict on average if all had each value of `V`, or of V=20,40, and how these differ")
	f.StringArrayVar(&g.slopes, "slope", nil, "the average slope of what the models predict by the number `V`")
	f.StringVar(&g.predictError, "predict-error", question.PredictSampled, "those who are averaged over in errors of --predict and --slope, `how`: "+either(question.PredictionErrors))
	f.StringVar(&g.errors, "errors", question.ErrorsLinearised, "of the coefficients of linear models, `how`: "+either(question.ErrorKinds))
	f.StringVar(&g.beside, "beside", "", "the models in columns beside each other, coefficients with their errors or intervals, or ratios with theirs: "+either(besides))
	f.StringVar(&g.plot, "plot", "", "draw the figures of a statistic, or coefficients or predictions of models, with their intervals, to a `file.svg`")
	f.BoolVar(&g.stars, "stars", false, "mark coefficients in --beside by their p-values: * below 0.05, ** 0.01, *** 0.001")
	f.StringVar(&g.format, "format", formText, "`form`: "+either(formats))
	f.StringVarP(&g.out, "output", "o", "", "write to a `file` instead")
	f.BoolVar(&g.force, "force", false, "replace a file that is there")
	g.remember(f)
	for _, name := range []string{"scale", "deft", "fay"} {
		f.Lookup(name).DefValue = "0" // which is not shown
	}
}
