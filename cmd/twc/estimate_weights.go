package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// weightFlags are those of an estimate that bring weights to known totals and write them
// out, as they were given.
type weightFlags struct {
	margins                      []string
	marginFile, distance, bounds string
	within, trim, weightsOut     string
	ids                          []string
	weighting                    bool
}

func (g *weightFlags) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&g.margins, "margin", nil, "calibrate the weights to a population: `V:1=N,2=N`, V+W:1+1=N crossed, in shares V:1=51%,2=49%, the total of numbers V=N, or its size all=N; to one by post-stratification, to several by raking")
	f.Var(&once{&g.marginFile}, "margins", "the same from a `file` of CSV: variable, code, total or share")
	f.StringVar(&g.distance, "calibrate", "", "calibrate by this `distance` instead: linear, raking or logit")
	f.StringVar(&g.bounds, "bounds", "", "of the factors of --calibrate: `L,U`")
	f.StringVar(&g.within, "calibrate-within", "", "one factor for all of the same `V`, a household, by --calibrate")
	f.StringVar(&g.trim, "trim", "", "bring all weights within `L,U`, and share out what that takes")
	f.BoolVar(&g.weighting, "weighting", false, "show what calibrating and trimming did to the weights")
	f.StringVar(&g.weightsOut, "weights-out", "", "write the weights to a `file` of CSV or Parquet, with the base weight, the factor and replicates")
	f.StringSliceVar(&g.ids, "id", nil, "`variables` that together tell rows apart, in the file of --weights-out; the row's number otherwise")
}

// calibration is the populations that the flags give, and how the weights are
// brought to them.
func (r *flagReader) calibration(q *question.Question) *codebook.Calibration {
	made := &codebook.Calibration{Distance: r.distance, Within: unquoted(r.within)}
	for _, text := range r.margins {
		made.Margins = append(made.Margins, r.population(text))
	}
	if r.marginFile != "" {
		data, err := ingest.Text(r.marginFile, r.marginFile, codebook.MostPageBytes)
		if err != nil {
			r.problems = append(r.problems, refusal.Of(err, refusal.Usage)...)
			return nil
		}
		margins, notes, ps := question.ReadMargins(r.marginFile, data)
		if r.problems = append(r.problems, ps...); ps != nil {
			return nil
		}
		made.Margins = append(made.Margins, margins...)
		r.told.Add(notes...)
	}
	q.Told.Add(r.told...)
	if r.bounds != "" {
		made.Bounds = r.pair("bounds", r.bounds)
	}
	given := len(made.Margins) > 0 || r.marginFile != ""
	if r.distance != "" {
		r.one("calibrate", r.distance, codebook.Distances)
		if !given {
			r.wrong("calibrate", "nothing to calibrate to, want --margin or --margins")
		}
	}
	switch {
	case r.distance == "" && r.bounds != "":
		r.wrong("bounds", "of no calibration, want --calibrate")
	case r.distance == "logit" && r.bounds == "":
		r.wrong("bounds", "not given, want those that logit keeps the factors within, as 0.3,3")
	}
	for i, m := range made.Margins {
		if m.Total != nil && m.Variable != codebook.All && r.distance == "" {
			r.wrong("margin", "%s is a total of numbers, to which neither post-stratification nor raking brings weights, want --calibrate linear, raking or logit", m.Variable)
		}
		if slices.ContainsFunc(made.Margins[:i], func(other codebook.Margin) bool { return strings.EqualFold(other.Variable, m.Variable) }) {
			r.wrong("margin", "%s twice, want each margin once", m.Variable)
		}
	}
	if !given {
		return nil
	}
	return made
}

// population reads a margin of the weights: the population of each code, its share, or the
// total of numbers.
func (r *flagReader) population(text string) codebook.Margin {
	name, total, ok := nameBefore(text, '=')
	if ok && len(divided(divided(text, '=')[0], ':')) == 1 {
		x, err := strconv.ParseFloat(total, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || name == codebook.All && x <= 0 {
			r.wrong("margin", "%q, want the total of a variable of numbers as V=123456, or the size of the population as all=4600", text)
		}
		return codebook.Margin{Variable: name, Total: &x}
	}
	return r.margin("margin", text)
}

// shared reads shares in percent, of which all or none are.
func (r *flagReader) shared(text string, codes []string) (left []string, shares bool) {
	left = slices.Clone(codes)
	in := 0
	for i, part := range codes {
		if of, is := strings.CutSuffix(part, "%"); is {
			left[i] = of
			in++
		}
	}
	if in > 0 && in < len(codes) {
		r.wrong("margin", "%q, want shares in percent of all codes or of none", text)
	}
	return left, in > 0
}

// writing is what the flags say of weights that are shown or written out.
func (r *flagReader) writing(q *question.Question) {
	q.Keys, q.Written, q.Accounted = r.ids, r.weightsOut != "", r.weighting || r.weightsOut != ""
	if r.weighting && r.policy != "" {
		r.wrong("weighting", "beside --policy, whose rules are of figures: the account has weights of respondents, and their number and weight before in each category")
	}
	if q.Written {
		if !slices.Contains(weightFormats, strings.ToLower(filepath.Ext(r.weightsOut))) {
			r.wrong("weights-out", "%q, want a file whose name ends in %s", r.weightsOut, either(weightFormats))
		}
		switch {
		case r.policy != "":
			r.wrong("weights-out", "beside --policy, whose rules are of figures: weights are of respondents")
		case r.conventions:
			r.wrong("weights-out", "beside --conventions, want one of the two")
		}
	}
}

// weightFormats are the extensions of files that weights are written to.
var weightFormats = []string{".csv", ".parquet"}

// reweighted says whether a question has its weights changed.
func reweighted(q *question.Question) bool {
	return q.Weight.Calibrate != nil || q.Weight.Trim != nil
}

// weightsWritten says what was written and read back.
func weightsWritten(file string, answer *pipeline.Answer) string {
	columns, _ := answer.WeightColumns()
	var names []string
	for _, c := range columns[:len(columns)-len(answer.Weights[0].Replicates)] {
		names = append(names, c.Name)
	}
	text := fmt.Sprintf("Written to %s, and read back: %s of %s", filepath.Base(file), report.Plural(len(answer.Weights), "row"), strings.Join(names, ", "))
	if n := len(answer.Weights[0].Replicates); n > 0 {
		text += " and " + report.Plural(n, "replicate")
	}
	return text
}

// writeWeights writes the weights, and reads them back.
func (a *app) writeWeights(file string, answer *pipeline.Answer) error {
	columns, ps := answer.WeightColumns()
	if ps != nil {
		return ps.Err()
	}
	data := sheet.ShortCSV(answer.Weights, columns)
	if strings.EqualFold(filepath.Ext(file), ".parquet") {
		meta := []sheet.Pair{{Key: "file", Value: answer.Extract.Name}, {Key: "sha256", Value: answer.Extract.SHA256}}
		for _, c := range columns {
			meta = append(meta, sheet.Pair{Key: "column." + c.Name, Value: c.About})
		}
		var err error
		if data, err = sheet.Parquet(answer.Weights, columns, meta); err != nil {
			return err
		}
	}
	if err := write(file, data); err != nil {
		return err
	}
	return answer.ReadWeights(file, columns)
}
