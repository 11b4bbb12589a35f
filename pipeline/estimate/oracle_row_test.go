package estimate

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A row is one reference result.
type row struct {
	id, dataset, statistic, variable, domainVar, domain, method string
	want                                                        map[string]float64 // by column, those that are not empty
	sizes                                                       map[string]float64 // of covariances, the product of the two errors
	extra                                                       map[string]any
}

// number returns a number of extra.
func (r *row) number(key string) float64 {
	switch v := r.extra[key].(type) {
	case float64:
		return v
	case string:
		x, err := strconv.ParseFloat(v, 64)
		if err == nil {
			return x
		}
	}
	return math.NaN()
}

func (r *row) text(key string) string {
	s, _ := r.extra[key].(string)
	return s
}

// newerReference are the numbers of the reference's newer version, by row and
// column, where they differ; none without a file, in which the rows have them.
func newerReference(t *testing.T, file string) map[string]float64 {
	t.Helper()
	later := map[string]float64{}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return later
	}
	for i, record := range readCSV(t, file) {
		if i == 0 {
			continue
		}
		if v, err := strconv.ParseFloat(record[5], 64); err == nil {
			later[record[0]+" "+record[3]] = v
		} else {
			later[record[0]+" "+record[3]] = math.NaN()
		}
	}
	return later
}

// contradicts says whether what builds on the error in extra is not of the
// error in the columns: the one is of the reference's older version, the other
// of the newer.
func (r *row) contradicts() bool {
	by := r.want["se"] / r.want["estimate"]
	cv, hasCV := r.want["cv"]
	t, hasT := r.want["t"]
	return hasCV && !agree(by, cv, 1e-9, 0) || hasT && !agree(1/by, t, 1e-9, 0)
}

// limitsOlder says whether the limits of Student's t are not those of the
// error: differences between the reference's versions of less than 1e-8, of
// what is in a column, are not listed, and an error's may be listed alone.
func (r *row) limitsOlder() bool {
	low, high, se := r.want["ci_low"], r.want["ci_high"], r.want["se"]
	if r.method != "t_degf" || !(r.want["df"] > 0) || !(se > 0) {
		return false
	}
	half := studentPoint(0.025, r.want["df"]) * se
	estimate, limit := math.Abs(r.want["estimate"]), min(math.Abs(low), math.Abs(high))
	apart := math.Abs((high-low)/2 - half)
	return apart > 1e-9*half+1e-12*estimate && apart < 1e-8*limit
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

// file is a file of data. A folder of results without data is of the data in
// ../shared/oracle.
func (o *oracle) file(name string) string {
	folder := filepath.Join(o.folder, "data")
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		folder = filepath.Join(sharedOracle, "data")
	}
	return filepath.Join(folder, name)
}

func readCSV(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return records
}

var columns = []string{"estimate", "se", "df", "ci_low", "ci_high", "deff", "n_unweighted"}

func newOracle(t *testing.T, folder, family string, later map[string]float64) *oracle {
	t.Helper()
	o := &oracle{folder: folder, family: family, samples: map[string]*sample{}, data: map[string]*sample{}}
	data, err := os.ReadFile(filepath.Join(folder, family+".designs.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &o.designs); err != nil {
		t.Fatal(err)
	}
	records := readCSV(t, filepath.Join(folder, family+".csv"))
	at := map[string]int{}
	for i, name := range records[0] {
		at[name] = i
	}
	for _, record := range records[1:] {
		cell := func(name string) string { return record[at[name]] }
		r := &row{
			id: cell("case_id"), dataset: cell("dataset"), statistic: cell("statistic"), variable: cell("variable"),
			domainVar: cell("domain_var"), domain: cell("domain"), method: cell("ci_method"), want: map[string]float64{},
		}
		for _, c := range columns {
			if v, err := strconv.ParseFloat(cell(c), 64); err == nil {
				r.want[c] = v
			}
			if v, newer := later[r.id+" "+c]; newer {
				r.want[c] = v
			}
		}
		if err := json.Unmarshal([]byte(cell("extra_json")), &r.extra); err != nil {
			t.Fatalf("%s: %v", r.id, err)
		}
		for key, v := range r.extra {
			if x, ok := v.(float64); ok && compared[key] {
				r.want[key] = x
				if v, newer := later[r.id+" "+key]; newer {
					r.want[key] = v
				}
			}
			if xs, ok := v.([]any); ok && compared[key] {
				for i, x := range xs {
					if x, ok := x.(float64); ok {
						r.want[fmt.Sprintf("%s[%d]", key, i)] = x
					}
				}
			}
		}
		if _, newer := later[r.id+" se"]; newer || r.contradicts() {
			r.leave("cv", "deff_replace", "cov", "t", "p_value", "p_value_t", "vcov_row[") // still the older version's
		}
		if r.limitsOlder() {
			r.leave("ci_low", "ci_high")
		}
		if se, estimate := r.want["se"], math.Abs(r.want["estimate"]); se < 1e-8*estimate {
			r.leave("cv", "deff", "deff_replace", "t", "p_value_t", "z", "p_value_z", "p_value_t_domain", "welch_df", "p_value_welch") // noise over noise
		}
		if deff, given := r.want["deff"]; given && !(deff < 1e20) {
			r.leave("deff", "deff_replace") // of a constant, which has none
		}
		o.rows = append(o.rows, r)
	}
	return o
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
	if i := strings.Index(message, "("); i >= 0 {
		return message[:i]
	}
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

// size is what a difference may be, beside the tolerance of the number itself:
// of an error that is 0 by design, what rounding leaves of the estimate; of
// limits and covariances, the tolerance of what they are made of.
func (r *row) size(name string) float64 {
	estimate, se := math.Abs(r.want["estimate"]), r.want["se"]
	switch {
	case name == "se" && se < 1e-8*estimate:
		return 1e-8 * estimate
	case (name == "ci_low" || name == "ci_high") && se < 1e-8*estimate:
		return 1e-7 * estimate
	case name == "ci_low" || name == "ci_high":
		return r.tolerance(name) * estimate
	case name == "cov":
		return float64(1e-9*se*se) + 1e-16*estimate*estimate
	case strings.HasPrefix(name, "vcov_row["):
		return r.tolerance(name) * r.sizes[name]
	}
	return 0
}

func agree(got, want, tolerance, floor float64) bool {
	switch {
	case math.IsNaN(want) || math.IsNaN(got):
		return math.IsNaN(want) && math.IsNaN(got)
	case got == want:
		return true
	}
	return math.Abs(got-want) <= tolerance*math.Abs(want)+floor
}
