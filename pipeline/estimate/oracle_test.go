package estimate

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestOracle reproduces the reference results that R's survey gave: every row
// of every family in the folder that TWC_ORACLE names, or ../shared/oracle. It
// reports the agreement of each family and statistic, and by name each row
// that is not reproduced. A row is excluded only by a rule that says why the
// reference is no reference there.
func TestOracle(t *testing.T) {
	folder := oracleFolder(t)
	families, err := oracleFamilies(folder)
	if err != nil {
		t.Fatal(err)
	}
	later := newerReference(t, filepath.Join(folder, "differs.csv"))
	var all agreement
	var mutex sync.Mutex
	t.Cleanup(func() { t.Logf("all families: %s", &all) })
	for _, family := range families {
		t.Run(family, func(t *testing.T) {
			t.Parallel()
			of := newOracle(t, folder, family, later).run(t)
			mutex.Lock()
			defer mutex.Unlock()
			all.add(of)
		})
	}
}

// oracleFolder is where the reference results are.
func oracleFolder(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv("TWC_ORACLE"); folder != "" {
		return folder
	}
	if _, err := os.Stat(sharedOracle); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("CI") != "" {
			t.Fatal("no reference results, which CI always has")
		}
		t.Skip("no reference results: set TWC_ORACLE")
	}
	return sharedOracle
}

var sharedOracle = filepath.Join("..", "..", "..", "shared", "oracle")

// oracleFamilies are the families of results in a folder: x of x.csv and
// x.designs.json. There is one at least, and none without its designs or its
// results.
func oracleFamilies(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return nil, err
	}
	results, designs := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		if family, ok := strings.CutSuffix(name, ".designs.json"); ok {
			designs[family] = true
		} else if family, ok := strings.CutSuffix(name, ".csv"); ok {
			columns, err := firstLine(file)
			if err != nil {
				return nil, err
			}
			if strings.HasPrefix(columns, "case_id,dataset,") {
				results[family] = true
			}
		}
	}
	families := slices.Sorted(maps.Keys(results))
	for _, family := range families {
		if !designs[family] {
			return nil, fmt.Errorf("%s: %s.csv without %s.designs.json", folder, family, family)
		}
	}
	for _, family := range slices.Sorted(maps.Keys(designs)) {
		if !results[family] {
			return nil, fmt.Errorf("%s: %s.designs.json without results in %s.csv", folder, family, family)
		}
	}
	if len(families) == 0 {
		return nil, fmt.Errorf("%s: no reference results, want <family>.csv with <family>.designs.json", folder)
	}
	return families, nil
}

func firstLine(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Scan()
	return s.Text(), s.Err()
}

func TestOracleFamilies(t *testing.T) {
	const columns = "case_id,dataset,design,statistic\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // the families, or a part of the error
	}{
		{"an empty folder", nil, "no reference results"},
		{"a folder that is not there", map[string]string{"../gone/x": ""}, "no reference results"},
		{"results without designs", map[string]string{"srs.csv": columns}, "srs.csv without srs.designs.json"},
		{"designs without results", map[string]string{"srs.designs.json": "{}"}, "srs.designs.json without results"},
		{"only the differences between versions", map[string]string{"differs.csv": "case_id,statistic,column\n"}, "no reference results"},
		{"two families", map[string]string{"srs.csv": columns, "srs.designs.json": "{}", "a.csv": columns, "a.designs.json": "{}", "case_counts.csv": "family\n"}, "a srs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, content := range c.files {
				if strings.HasPrefix(name, "..") {
					folder = filepath.Join(folder, "gone")
					continue
				}
				if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			families, err := oracleFamilies(folder)
			got := strings.Join(families, " ")
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) || err == nil && got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A result is what the engine gives for a row: numbers by column, or by name
// in extra; or why the row is excluded.
type result struct {
	got      map[string]float64
	excluded string
	defined  string // by which definition of the reference's got is, where it is not what the engine gives
}

// A check reproduces the rows of one statistic.
type check func(s *sample, r *row) result

// checks are by statistic.
var checks = map[string]check{}

type oracle struct {
	folder  string
	family  string
	rows    []*row
	designs map[string]spec
	samples map[string]*sample
	data    map[string]*sample // by the names of files, their data without a design
}

// An agreement counts rows.
type agreement struct {
	rows, agree, defined, excluded int
	names                          map[string][]string // of the rows that do not simply agree, by the reason
}

func (c *agreement) add(other *agreement) {
	c.rows, c.agree, c.defined, c.excluded = c.rows+other.rows, c.agree+other.agree, c.defined+other.defined, c.excluded+other.excluded
}

func (c *agreement) String() string {
	return fmt.Sprintf("%5d rows: %5d agree, %4d by the reference's definition, %4d excluded, %4d not reproduced",
		c.rows, c.agree, c.defined, c.excluded, c.rows-c.agree-c.defined-c.excluded)
}

// run reproduces the rows of a family, and reports them.
func (o *oracle) run(t *testing.T) *agreement {
	agreements := map[string]*agreement{}
	var failures []string
	for i, r := range o.rows {
		if i%oracleStep != 0 {
			continue
		}
		c := agreements[r.statistic]
		if c == nil {
			c = &agreement{names: map[string][]string{}}
			agreements[r.statistic] = c
		}
		c.rows++
		switch problem, found := o.reproduce(t, r); {
		case found.excluded != "":
			c.excluded++
			c.names["excluded: "+found.excluded] = append(c.names["excluded: "+found.excluded], r.id)
		case problem != "":
			failures = append(failures, fmt.Sprintf("%s %s %s %s %s=%s %s: %s", r.id, r.text("design_id"), r.statistic, r.variable, r.domainVar, r.domain, r.method, problem))
		case found.defined != "":
			c.defined++
			c.names["by the reference's definition: "+found.defined] = append(c.names["by the reference's definition: "+found.defined], r.id)
		default:
			c.agree++
		}
	}
	all := &agreement{}
	for _, statistic := range slices.Sorted(maps.Keys(agreements)) {
		c := agreements[statistic]
		all.add(c)
		t.Logf("%-12s %-14s %s", o.family, statistic, c)
		for _, reason := range slices.Sorted(maps.Keys(c.names)) {
			t.Logf("    %d %s: %s", len(c.names[reason]), reason, inShort(c.names[reason]))
		}
	}
	t.Logf("%-12s %-14s %s", o.family, "all", all)
	const most = 60
	for i, f := range failures {
		if i == most && os.Getenv("TWC_ORACLE_ALL") == "" {
			t.Errorf("%d more rows are not reproduced", len(failures)-most)
			break
		}
		t.Error(f)
	}
	return all
}

// inShort names rows by the number of their case, and of the row in it:
// "0012.01,03 0013.01".
func inShort(ids []string) string {
	var b strings.Builder
	last := ""
	for _, id := range ids {
		number, at, _ := strings.Cut(id[strings.LastIndex(id, "-")+1:], ".")
		switch {
		case number == last:
			b.WriteString("," + at)
		case last == "":
			b.WriteString(number + "." + at)
		default:
			b.WriteString(" " + number + "." + at)
		}
		last = number
	}
	return b.String()
}

// reproduce compares a row with what the engine gives.
func (o *oracle) reproduce(t *testing.T, r *row) (problem string, found result) {
	defer func() {
		if v := recover(); v != nil {
			problem = fmt.Sprintf("panic: %v", v)
		}
	}()
	s, err := o.sample(t, r.text("design_id"))
	if err != nil && r.statistic == "degf" { // which the reference gives for a design that it then refuses
		s, err = o.unrefused(t, r.text("design_id"))
	}
	if stopped := r.text("r_error"); stopped != "" {
		switch {
		case err != nil && strings.Contains(stopped, "has only one PSU"):
			return "", result{}
		case len(r.want) > 0:
			return "the reference stopped, and gives numbers: " + stopped, result{}
		}
		return "", result{excluded: "the reference stopped: " + generic(stopped)}
	}
	if err != nil {
		return err.Error(), result{}
	}
	reproduce := checks[r.statistic]
	if reproduce == nil {
		return "no check", result{}
	}
	found = reproduce(s, r)
	if found.excluded != "" {
		return "", found
	}
	return r.differences(found.got), found
}

// differences says where numbers are not those of the row; "" is nowhere.
func (r *row) differences(of map[string]float64) string {
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(r.want)) {
		want := r.want[name]
		got, ok := of[name]
		switch {
		case !ok:
			differ = append(differ, name+" not given")
		case !agree(got, want, r.tolerance(name), r.size(name)):
			differ = append(differ, fmt.Sprintf("%s %.12g, want %.12g (%.1e)", name, got, want, (got-want)/want))
		}
	}
	return strings.Join(differ, "; ")
}
