package estimate_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// toRoot is the way from the package's folder to the module's root.
var toRoot = filepath.Join("..", "..")

// sharedOracle is where the reference results are by default: beside the module, or
// in the folder that TWC_SHARED names. What is asked of the environment before the
// tests begin is not known to the cache of tests.
func sharedOracle() string {
	if named := os.Getenv("TWC_SHARED"); filepath.IsAbs(named) {
		return filepath.Join(named, "oracle")
	}
	return filepath.Join(toRoot, "..", "shared", "oracle")
}

// namedFolder is the folder that TWC_ORACLE names, "" for none. A relative one
// is of the module's root, or of the package's folder if that alone has it.
func namedFolder() string {
	named := os.Getenv("TWC_ORACLE")
	if named == "" || filepath.IsAbs(named) {
		return named
	}
	ofRoot := filepath.Join(toRoot, named)
	if !there(ofRoot) && there(named) {
		return named
	}
	return ofRoot
}

func there(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// resultsFolder is where the results are that TestOracle reproduces.
func resultsFolder(t *testing.T) string {
	t.Helper()
	if folder := namedFolder(); folder != "" {
		return folder
	}
	return oracleFolder(t)
}

// oracleFolder is a folder with reference data: the one that TWC_ORACLE names,
// or the shared one if that lacks any of what is needed (its data and the designs
// of replicates, if nothing is named). Without either the test is skipped, but
// for CI.
func oracleFolder(t *testing.T, needs ...string) string {
	t.Helper()
	if needs == nil {
		needs = []string{"data", "replicate.designs.json"}
	}
	for _, folder := range []string{namedFolder(), sharedOracle()} {
		if folder != "" && !slices.ContainsFunc(needs, func(name string) bool { return !there(filepath.Join(folder, name)) }) {
			return folder
		}
	}
	if os.Getenv("CI") != "" && os.Getenv("TWC_ORACLE") == "" {
		t.Fatalf("no %s in %s, which CI always has", strings.Join(needs, ", "), sharedOracle())
	}
	t.Skipf("no %s in %q nor in %s: set TWC_ORACLE", strings.Join(needs, ", "), namedFolder(), sharedOracle())
	return ""
}

// oracleFile is a file of a folder of results or, if that lacks it, of the
// shared folder.
func oracleFile(folder string, name ...string) (string, error) {
	in := make([]string, 0, 2)
	for _, f := range []string{folder, sharedOracle()} {
		file := filepath.Join(append([]string{f}, name...)...)
		if there(file) {
			return file, nil
		}
		in = append(in, file)
	}
	return "", fmt.Errorf("no file %s", strings.Join(in, ", nor "))
}

// oracleFamilies are the families of results in a folder, the x of x.csv, and
// what is wrong with the others: results without a row, which would pass for
// reproduced, and designs without results.
func oracleFamilies(folder string) (families []string, problems []error) {
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return nil, []error{err}
	}
	results, designs := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		if family, ok := strings.CutSuffix(name, ".designs.json"); ok {
			designs[family] = true
		} else if family, ok := strings.CutSuffix(name, ".csv"); ok {
			records, err := readRecords(file)
			switch {
			case err != nil:
				problems = append(problems, err)
			case len(records) == 0 || !slices.Contains(records[0], "case_id") || !slices.Contains(records[0], "extra_json"):
			case len(records) == 1:
				problems = append(problems, fmt.Errorf("%s: no rows under its header", file))
				results[family] = false
			default:
				results[family] = true
			}
		}
	}
	for _, family := range slices.Sorted(maps.Keys(results)) {
		if results[family] {
			families = append(families, family)
		}
	}
	for _, family := range slices.Sorted(maps.Keys(designs)) {
		if _, given := results[family]; !given {
			problems = append(problems, fmt.Errorf("%s: %s.designs.json without results in %s.csv", folder, family, family))
		}
	}
	if len(families) == 0 {
		problems = append(problems, fmt.Errorf("%s: no reference results, want <family>.csv with <family>.designs.json", folder))
	}
	return families, problems
}

// readRecords reads a file of records, which may be of unequal length.
func readRecords(file string) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return records, nil
}

// readTable reads a file of records that are as long as their header.
func readTable(file string) ([][]string, error) {
	records, err := readRecords(file)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("%s: no header", file)
	}
	for i, record := range records {
		if len(record) != len(records[0]) {
			return nil, fmt.Errorf("%s: line %d has %d cells, want %d", file, i+1, len(record), len(records[0]))
		}
	}
	return records, nil
}

func readCSV(t testing.TB, file string) [][]string {
	t.Helper()
	records, err := readTable(file)
	if err != nil {
		t.Fatal(err)
	}
	return records
}
