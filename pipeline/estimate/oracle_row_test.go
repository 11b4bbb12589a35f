package estimate_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
)

// A row is one reference result.
type row struct {
	id, dataset, statistic, variable, domainVar, domain, method string
	want                                                        map[string]float64 // by column or by name in extra, those that the reference gives
	blank                                                       []string           // columns of which it gives none
	sizes                                                       map[string]float64 // of covariances, the product of the two errors
	extra                                                       map[string]any
	unread                                                      string // why there is nothing to compare with
}

// number returns a number of extra.
func (r *row) number(key string) float64 {
	v, given, err := numberIn(r.extra[key])
	if !given || err != nil {
		return math.NaN()
	}
	return v
}

func (r *row) text(key string) string {
	s, _ := r.extra[key].(string)
	return s
}

// leave leaves numbers out of the comparison; a name that ends in a bracket is
// that of a list.
func (r *row) leave(names ...string) {
	for _, name := range names {
		maps.DeleteFunc(r.want, func(of string, _ float64) bool {
			return of == name || strings.HasSuffix(name, "[") && strings.HasPrefix(of, name)
		})
	}
}

// numberOf reads a cell. An empty one, or NA, is a number that the reference
// does not give; NaN, Inf and -Inf are numbers. Anything else is an error.
func numberOf(cell string) (v float64, given bool, err error) {
	if cell == "" || cell == "NA" {
		return 0, false, nil
	}
	v, err = strconv.ParseFloat(cell, 64)
	if err != nil {
		return 0, false, fmt.Errorf("%q, want a number", cell)
	}
	return v, true, nil
}

// numberIn reads a number of extra by the rule of cells; null is empty.
func numberIn(v any) (x float64, given bool, err error) {
	switch v := v.(type) {
	case nil:
		return 0, false, nil
	case float64:
		return v, true, nil
	case string:
		return numberOf(v)
	}
	return 0, false, fmt.Errorf("%v, want a number", v)
}

// A newer is what the reference's newer version gives for a cell.
type newer struct {
	value float64
	given bool
}

// newerReference are the numbers of the reference's newer version, by row and
// column, where they differ; none without a file.
func newerReference(file string) (map[string]newer, error) {
	later := map[string]newer{}
	if !there(file) {
		return later, nil
	}
	records, err := readTable(file)
	if err != nil {
		return later, err
	}
	at, err := columnsOf(records[0], file, "case_id", "column", "r45")
	if err != nil {
		return later, err
	}
	for _, record := range records[1:] {
		v, given, wrong := numberOf(record[at["r45"]])
		if wrong != nil {
			err = fmt.Errorf("%s: %s: r45 %w", file, record[at["case_id"]], wrong)
			continue
		}
		later[record[at["case_id"]]+" "+record[at["column"]]] = newer{v, given}
	}
	return later, err
}

// columnsOf says where columns are in a header that has them.
func columnsOf(header []string, file string, wanted ...string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range header {
		at[name] = i
	}
	for _, name := range wanted {
		if _, has := at[name]; !has {
			return nil, fmt.Errorf("%s: no column %q", file, name)
		}
	}
	return at, nil
}

var (
	columns   = []string{"estimate", "se", "df", "ci_low", "ci_high", "deff", "n_unweighted"}
	labelling = []string{"case_id", "dataset", "statistic", "variable", "domain_var", "domain", "ci_method", "extra_json"}
)

// newOracle is a family with its designs, those of the shared folder where the
// folder has none.
func newOracle(folder, family string) *oracle {
	o := &oracle{folder: folder, family: family, designs: map[string]spec{}, samples: map[string]built{}, data: map[string]*sample{}, heads: map[string][]string{}}
	file, err := oracleFile(folder, family+".designs.json")
	if err != nil {
		o.undefined = err
		return o
	}
	data, err := os.ReadFile(file)
	if err != nil {
		o.undefined = err
		return o
	}
	var each map[string]json.RawMessage
	if err := json.Unmarshal(data, &each); err != nil {
		o.undefined = fmt.Errorf("%s: %w", file, err)
	}
	for id, data := range each {
		var s spec
		if err := json.Unmarshal(data, &s); err != nil {
			s.unread = fmt.Errorf("%s: %w", id, err)
		}
		o.designs[id] = s
	}
	return o
}

// read reads the rows of the family. One that cannot be read is a row all the
// same, which is not reproduced.
func (o *oracle) read(later map[string]newer) error {
	file := filepath.Join(o.folder, o.family+".csv")
	records, err := readRecords(file)
	if err != nil {
		return err
	}
	at, err := columnsOf(records[0], file, append(slices.Clone(columns), labelling...)...)
	if err != nil {
		return err
	}
	for i, record := range records[1:] {
		if len(record) != len(records[0]) {
			o.rows = append(o.rows, &row{
				id: record[0], statistic: "unread", unread: fmt.Sprintf("line %d has %d cells, want %d", i+2, len(record), len(records[0])),
			})
			continue
		}
		o.rows = append(o.rows, o.row(func(name string) string { return record[at[name]] }, later))
	}
	return nil
}

func (o *oracle) row(cell func(name string) string, later map[string]newer) *row {
	r := &row{
		id: cell("case_id"), dataset: cell("dataset"), statistic: cell("statistic"), variable: cell("variable"),
		domainVar: cell("domain_var"), domain: cell("domain"), method: cell("ci_method"), want: map[string]float64{},
	}
	if err := json.Unmarshal([]byte(cell("extra_json")), &r.extra); err != nil {
		r.unread = fmt.Sprintf("extra_json: %v", err)
		return r
	}
	if r.method == "" { // of a row where the reference stopped
		r.method = r.text("method")
	}
	older := map[string]float64{} // what the newer version replaces
	take := func(name string, v float64, given bool, err error) {
		if err != nil {
			r.unread = fmt.Sprintf("%s: %v", name, err)
			return
		}
		if by, differs := later[r.id+" "+name]; differs {
			if given {
				older[name] = v
			}
			v, given = by.value, by.given
		}
		if given {
			r.want[name] = v
		} else {
			r.blank = append(r.blank, name)
		}
	}
	for _, name := range columns {
		v, given, err := numberOf(cell(name))
		take(name, v, given, err)
	}
	for _, key := range slices.Sorted(maps.Keys(r.extra)) {
		if !compared[key] {
			continue
		}
		switch v := r.extra[key].(type) {
		case []any:
			for i, x := range v {
				x, given, err := numberIn(x)
				take(fmt.Sprintf("%s[%d]", key, i), x, given, err)
			}
		case map[string]any: // limits by R's names of them
			for i, tail := range []string{"2.5%", "97.5%"} {
				x, given, err := numberIn(v[tail])
				take(fmt.Sprintf("%s[%d]", key, i), x, given, err)
			}
		default:
			x, given, err := numberIn(v)
			take(key, x, given, err)
		}
	}
	r.renew(older, o.designs[r.text("design_id")].Lonely == "adjust")
	if se, given := r.want["se"]; given && se < 1e-8*math.Abs(r.want["estimate"]) {
		r.leave("cv", "deff", "deff_replace", "t", "p_value_t", "z", "p_value_z", "p_value_t_domain", "welch_df", "p_value_welch") // noise over noise
	}
	if deff, given := r.want["deff"]; given && !(deff < 1e20) {
		r.leave("deff", "deff_replace") // of a constant, which has none
	}
	return r
}

// compared are the names in extra that are results; the others say how the
// reference came about.
var compared = map[string]bool{
	"deff_replace": true, "cv": true, "degf_domain": true, "n_psu": true, "n_strata": true, "t": true, "p_value": true, "p_value_t": true,
	"cov": true, "ddf": true, "vcov_row": true, "dispersion": true, "p_ci": true, "ci_exact": true, "n_weighted": true, "degf_full": true,
	"ci_t_full": true, "ci_beta": true, "z": true, "p_value_z": true, "p_value_t_domain": true, "welch_df": true, "p_value_welch": true,
	"ci_z": true, "p2001": true, "p2003": true,
}

// generic is a message of R's without the names in it.
func generic(message string) string {
	message, _, _ = strings.Cut(message, " at stage")
	message, _, _ = strings.Cut(message, " (")
	return message
}

// tolerance is how much a number may differ, relative to its size: those of
// the oracle's README.
func (r *row) tolerance(name string) float64 {
	switch {
	case r.statistic == "glm_coef":
		return 1e-6
	case r.statistic == "chisq":
		return 1e-8
	case r.statistic == "quantile" && name == "estimate":
		return 1e-12
	case strings.HasPrefix(name, "ci_") && !strings.HasPrefix(name, "ci_t") && !strings.HasPrefix(name, "ci_z"):
		switch r.method {
		case "logit", "beta":
			return 1e-7
		case "likelihood":
			if name == "ci_low" || name == "ci_high" {
				return 1e-5
			}
		}
		if name == "ci_beta[0]" || name == "ci_beta[1]" {
			return 1e-7
		}
	}
	return 1e-9
}

// size is what a difference may be where that is more than the tolerance of
// the number itself: of an error that is 0 by design, what rounding leaves of
// the estimate, and of its limits, which are up to 13 errors away; of limits
// and covariances, the tolerance of what they are made of.
func (r *row) size(name string) float64 {
	estimate := math.Abs(r.want["estimate"])
	se, given := r.want["se"]
	zero := given && se < 1e-8*estimate
	switch {
	case name == "se" && zero:
		return 1e-8 * estimate
	case (name == "ci_low" || name == "ci_high") && zero:
		return 1e-7 * estimate
	case name == "ci_low" || name == "ci_high":
		return r.tolerance(name) * estimate
	case name == "cov":
		return max(1e-9*se*se, 1e-16*estimate*estimate)
	case strings.HasPrefix(name, "vcov_row["):
		return r.tolerance(name) * r.sizes[name]
	}
	return 0
}

// agree says whether a number is the wanted one: within the tolerance of its
// size or within the floor, whichever is more. Only NaN is NaN, and only an
// infinity is that infinity; a floor that is not finite is none.
func agree(got, want, tolerance, floor float64) bool {
	switch {
	case math.IsNaN(want) || math.IsNaN(got):
		return math.IsNaN(want) && math.IsNaN(got)
	case math.IsInf(want, 0) || math.IsInf(got, 0):
		return got == want
	}
	within := tolerance * math.Abs(want)
	if floor > within && !math.IsInf(floor, 1) {
		within = floor
	}
	return math.Abs(got-want) <= within
}

// agrees reports a number that is not the wanted one to a relative tolerance.
func agrees(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !agree(got, want, tolerance, 0) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

// weightOf is the sum of the weights of the respondents within, nil for all.
func weightOf(weight []float64, in []bool) float64 {
	var terms []float64
	for i, w := range weight {
		if in == nil || in[i] {
			terms = append(terms, w)
		}
	}
	return design.Total(terms)
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
