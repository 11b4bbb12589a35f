package estimate_test

import (
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written is a folder with files of these names and contents.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const header = "case_id,dataset,design,statistic,variable,domain_var,domain,estimate,se,df,ci_low,ci_high,ci_method,deff,n_unweighted,extra_json\n"

func TestOracleFamilies(t *testing.T) {
	const one = header + "a-1.1,d,,mean,y,,,1,1,1,1,1,t_degf,1,1,{}\n"
	for _, c := range []struct {
		name     string
		files    map[string]string
		families string
		problem  string
	}{
		{"an empty folder", nil, "", "no reference results"},
		{"results without designs, which may be shared", map[string]string{"srs.csv": one}, "srs", ""},
		{"designs without results", map[string]string{"srs.designs.json": "{}", "a.csv": one}, "a", "srs.designs.json without results"},
		{"only a header", map[string]string{"srs.csv": header, "srs.designs.json": "{}", "a.csv": one}, "a", "no rows under its header"},
		{"no line at all", map[string]string{"srs.csv": "", "srs.designs.json": "{}"}, "", "srs.designs.json without results"},
		{"only the differences between versions", map[string]string{"differs.csv": "case_id,column,r45\nx,y,1\n"}, "", "no reference results"},
		{"two families", map[string]string{"srs.csv": one, "srs.designs.json": "{}", "a.csv": one, "case_counts.csv": "family\n"}, "a srs", ""},
		{"no records", map[string]string{"srs.csv": one, "a.csv": "\"x\n"}, "srs", "a.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			families, problems := oracleFamilies(written(t, c.files))
			if got := strings.Join(families, " "); got != c.families {
				t.Errorf("families %q, want %q", got, c.families)
			}
			if got := errors.Join(problems...); (got == nil) != (c.problem == "") || got != nil && !strings.Contains(got.Error(), c.problem) {
				t.Errorf("problems %v, want %q", got, c.problem)
			}
		})
	}
	if families, problems := oracleFamilies(filepath.Join(t.TempDir(), "gone")); families != nil || problems == nil {
		t.Errorf("a folder that is not there: families %q, problems %v", families, problems)
	}
}

func TestNamedFolder(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ claim, named, want string }{
		{"none", "", ""},
		{"an absolute one", here, here},
		{"of the module's root", "pipeline", filepath.Join(toRoot, "pipeline")},
		{"of the package's folder alone", "oracle_runner_test.go", "oracle_runner_test.go"},
		{"of neither", "nowhere", filepath.Join(toRoot, "nowhere")},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Setenv("TWC_ORACLE", c.named)
			if got := namedFolder(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	t.Run("a folder without data leaves the shared one", func(t *testing.T) {
		if !there(sharedOracle()) {
			t.Skip("no shared folder")
		}
		t.Setenv("TWC_ORACLE", t.TempDir())
		if got := oracleFolder(t, "data"); got != sharedOracle() {
			t.Errorf("%q, want %q", got, sharedOracle())
		}
	})
}

func TestAgree(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		claim                       string
		got, want, tolerance, floor float64
		agrees                      bool
	}{
		{"equal", 1, 1, 0, 0, true},
		{"within the tolerance", 1 + 1e-10, 1, 1e-9, 0, true},
		{"within the floor", 2e-12, 1e-12, 1e-9, 1e-11, true},
		{"not within their sum", 1 + 2e-9, 1, 1e-9, 1.5e-9, false},
		{"only infinity is infinity", inf, inf, 0, 0, true},
		{"nothing finite is", 5, inf, 1e-9, 0, false},
		{"nor the other infinity", -inf, inf, 1e-9, 0, false},
		{"infinity is nothing finite", inf, 5, 1e-9, 0, false},
		{"an infinite floor is none", 7, 5, 1e-9, inf, false},
		{"nor is one that is no number", 5 + 1e-10, 5, 1e-9, nan, true},
		{"nothing is nothing", nan, nan, 0, 0, true},
		{"something is not nothing", 1, nan, 1, inf, false},
		{"nothing is not something", nan, 1, 1, inf, false},
	} {
		if got := agree(c.got, c.want, c.tolerance, c.floor); got != c.agrees {
			t.Errorf("%s: %v", c.claim, got)
		}
	}
}

func TestNewerReference(t *testing.T) {
	folder := written(t, map[string]string{
		"named.csv":    "r45,column,case_id\n2,se,a\n,ci_low,a\nNaN,deff,a\n",
		"nameless.csv": "case_id,column,r4.5\na,se,2\n",
		"wrong.csv":    "case_id,column,r45\na,se,two\n",
	})
	got, err := newerReference(filepath.Join(folder, "named.csv"))
	if err != nil || got["a se"] != (newer{2, true}) || got["a ci_low"].given || !math.IsNaN(got["a deff"].value) || len(got) != 3 {
		t.Errorf("by the names of columns: %v, %v", got, err)
	}
	for name, want := range map[string]string{"nameless.csv": `no column "r45"`, "wrong.csv": `a: r45 "two", want a number`} {
		if _, err := newerReference(filepath.Join(folder, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if got, err := newerReference(filepath.Join(folder, "gone.csv")); len(got) != 0 || err != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
}

// TestOracleRows holds what becomes of rows that nobody has seen: each is
// reproduced or says why not, and none ends the run.
func TestOracleRows(t *testing.T) {
	const designs = `{"d": {"id": "d", "dataset": "d", "weights": "w"}, "gone": {"id": "gone", "dataset": "gone", "weights": "w"},
		"columnless": {"id": "columnless", "dataset": "d", "weights": "v"}, "strange": {"id": 7},
		"na": {"id": "na", "dataset": "d", "weights": "w", "repweights": "na.csv", "combined_weights": true, "scale": 1},
		"short": {"id": "short", "dataset": "d", "weights": "w", "repweights": "short.csv", "combined_weights": true, "scale": 1},
		"synth_both": {"id": "synth_both", "dataset": "waves", "weights": "w"},
		"lonely": {"id": "lonely", "dataset": "d", "weights": "w", "strata": "h", "lonely_psu": "fail"}}`
	const excluded = "excluded: " + nobodyAnswered
	folder := written(t, map[string]string{
		"x.designs.json": designs, "data/d.csv": "w,y,h\n1,1,A\n1,2,B\n1,3,B\n",
		"data/waves.csv": "w,y,wave,h\n1,1,2001,A\n1,,2001,B\n1,,2001,B\n1,0,2003,A\n1,1,2003,B\n1,3,2003,B\n", "data/na.csv": "row_id,r1\n1,1\n2,NA\n3,1\n", "data/short.csv": "row_id,r1\n1,1\n",
	})
	for _, c := range []struct{ claim, rows, want string }{
		{"a mean", `mean,y,,,2,0.57735026918962584,2,,,t_degf,,3,"{""design_id"":""d""}"`, ""},
		{"NA is none", `mean,y,,,2,NA,2,NA,,t_degf,,3,"{""design_id"":""d"",""cv"":null}"`, ""},
		{"another mean", `mean,y,,,3,0.57735026918962584,2,,,t_degf,,3,"{""design_id"":""d""}"`, "estimate 2, want 3"},
		{"infinity", `mean,y,,,Inf,0.57735026918962584,2,,,t_degf,,3,"{""design_id"":""d""}"`, "estimate 2, want +Inf"},
		{"no number", `mean,y,,,two,,2,,,t_degf,,3,"{""design_id"":""d""}"`, `estimate: "two", want a number`},
		{"no number in extra", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""d"",""cv"":""two""}"`, `cv: "two", want a number`},
		{"no extra", `mean,y,,,2,,2,,,t_degf,,3,{`, "extra_json"},
		{"too few cells", `mean,y,,2`, "cells, want 16"},
		{"no design", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""e""}"`, `no design "e"`},
		{"a strange design", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""strange""}"`, "strange: json"},
		{"no data", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""gone""}"`, "no file"},
		{"no column of the design", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""columnless""}"`, "no column"},
		{"no replicate weight", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""na""}"`, `replicate weight "NA", want a number`},
		{"too few replicate weights", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""short""}"`, "weights of 1 rows, want 3"},
		{"no variable: a panic", `mean,z,,,2,,2,,,t_degf,,3,"{""design_id"":""d""}"`, "panic"},
		{"no check", `mode,y,,,2,,2,,,t_degf,,3,"{""design_id"":""d""}"`, "no check of the statistic mode"},
		{"refused, where the reference is not", `mean,y,,,2,,2,,,t_degf,,3,"{""design_id"":""lonely""}"`, `stratum "A": 1 PSU`},
		{"refused as the reference does", `mean,y,,,,,,,,,,,"{""design_id"":""lonely"",""r_error"":""Stratum (A) has only one PSU at stage 1""}"`, ""},
		{"refused for another stratum", `mean,y,,,,,,,,,,,"{""design_id"":""lonely"",""r_error"":""Stratum (B) has only one PSU at stage 1""}"`, "without naming the stratum"},
		{"not refused", `mean,y,,,,,,,,,,,"{""design_id"":""d"",""r_error"":""Stratum (A) has only one PSU at stage 1""}"`, "the design is not refused"},
		{"stopped with numbers", `mean,y,,,2,,,,,,,,"{""design_id"":""d"",""r_error"":""no""}"`, "and gives numbers"},
		{"stopped where we have a number", `mean,y,,,,,,,,,,,"{""design_id"":""d"",""r_error"":""no""}"`, "and we give estimate 2"},
		{"stopped where nobody is", `mean,y,h,C,,,,,,,,,"{""design_id"":""d"",""r_error"":""no""}"`, "excluded: the reference stopped, and we have none: no"},
		{"a difference from nobody", `difference,y,h,B - C,2.5,0.5,2,,,t_degf,,2,"{""design_id"":""d"",""of"":""mean""}"`, excluded},
		{"a difference of nobody", `difference,y,h,C - B,-2.5,0.5,2,,,t_degf,,2,"{""design_id"":""d"",""of"":""mean""}"`, excluded},
		{"a difference between nobody and nobody", `difference,y,h,C - D,0,0,2,,,t_degf,,0,"{""design_id"":""d"",""of"":""mean""}"`, excluded},
		{"a difference of ratios from nobody", `difference,y/w,h,B - C,2.5,0.5,2,,,t_degf,,2,"{""design_id"":""d""}"`, excluded},
		{"a ratio to nobody", `ratio_of_means,y,h,B / C,Inf,NaN,2,,,t_degf,,2,"{""design_id"":""d""}"`, excluded},
		{"a ratio of nobody", `ratio_of_means,y,h,C / B,0,0,2,,,t_degf,,2,"{""design_id"":""d""}"`, excluded},
		{"a difference of totals from nobody, which is 0", `difference,y,h,B - C,5,2.645751311064591,2,,,t_degf,,2,"{""design_id"":""d"",""of"":""total""}"`, ""},
		{"a difference from nobody of another value", `difference,y,h,B - C,2,0.5,2,,,t_degf,,2,"{""design_id"":""d"",""of"":""mean""}"`, "estimate NaN, want 2"},
		{"a difference from nobody of another base", `difference,y,h,B - C,2.5,0.5,2,,,t_degf,,3,"{""design_id"":""d"",""of"":""mean""}"`, "want 2.5"},
		{"a change from nobody", `difference,y,h,B,2,1,5,,,t_degf,,2,"{""design_id"":""synth_both"",""p2001"":0,""p2003"":2}"`, excluded},
		{"a change from nobody of another value", `difference,y,h,B,1,1,5,,,t_degf,,2,"{""design_id"":""synth_both"",""p2001"":0,""p2003"":2}"`, "want 1"},
		{"stopped where we panic", `mean,z,,,,,,,,,,,"{""design_id"":""d"",""r_error"":""no""}"`, "panic"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(folder, "x.csv"), []byte(header+"x-1.1,d,,"+c.rows+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			o := newOracle(folder, "x")
			if err := o.read(nil); err != nil {
				t.Fatal(err)
			}
			if len(o.rows) != 1 {
				t.Fatalf("%d rows, want 1", len(o.rows))
			}
			got, found := o.reproduce(o.rows[0])
			if found.excluded != "" {
				got += "excluded: " + found.excluded
			}
			if !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestOracleAlone reproduces rows of a folder that has results and nothing
// else: designs and data are then the shared ones.
func TestOracleAlone(t *testing.T) {
	folder := oracleFolder(t, "srs.csv", "srs.designs.json", "data")
	if !there(filepath.Join(sharedOracle(), "srs.designs.json")) || !there(filepath.Join(sharedOracle(), "data")) {
		t.Skipf("no designs and data in %s, which a folder of results alone is read beside", sharedOracle())
	}
	results, err := readRecords(filepath.Join(folder, "srs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := columnsOf(results[0], "srs.csv", columns...)
	if err != nil {
		t.Fatal(err)
	}
	o := newOracle(t.TempDir(), "srs")
	for _, record := range results[1:20] {
		for i, name := range results[0] {
			at[name] = i
		}
		if problem, _ := o.reproduce(o.row(func(name string) string { return record[at[name]] }, nil)); problem != "" {
			t.Errorf("%s: %s", record[0], problem)
		}
	}
	nowhere := newOracle(t.TempDir(), "nowhere")
	if _, err := nowhere.sample("x"); err == nil || !strings.Contains(err.Error(), "nowhere.designs.json, nor ") {
		t.Errorf("without designs: %v, want both files named", err)
	}
}

// TestOracleOlder reproduces, as the older version has them, the rows that the
// list of differences brings up to the newer: all by a definition that is
// named, or by one that excludes them.
func TestOracleOlder(t *testing.T) {
	folder := oracleFolder(t, "differs.csv", "data")
	later, err := newerReference(filepath.Join(folder, "differs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for of := range later {
		id, _, _ := strings.Cut(of, " ")
		changed[id] = true
	}
	families, _ := oracleFamilies(folder)
	for _, family := range families {
		o := newOracle(folder, family)
		if err := o.read(nil); err != nil {
			t.Fatal(err)
		}
		reasons := map[string]int{}
		rows := slices.DeleteFunc(o.rows, func(r *row) bool { return !changed[r.id] })
		for i, r := range rows {
			if i%oracleStep != 0 {
				continue
			}
			problem, found := o.reproduce(r)
			if problem != "" {
				t.Errorf("%s: %s", r.id, problem)
			}
			reasons[found.defined+found.excluded]++
		}
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			t.Logf("%s: %d %s", family, reasons[reason], reason)
		}
	}
}
