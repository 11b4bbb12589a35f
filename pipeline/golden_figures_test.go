package pipeline_test

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/testdata/shared"
)

// A renaming says what a column of the golden figures is called now. Several
// columns of either side are joined by a slash.
type renaming struct{ was, now string }

// goldenColumns are the columns that are compared, and what they are called now.
var goldenColumns = map[string][]renaming{
	"figures": {
		{"indicator", "indicator"},
		{"survey/wave", "source"},
		{"period_start", "period_start"},
		{"period_end", "period_end"},
		{"population", "population"},
		{"breakdown", "breakdown"},
		{"category", "category"},
		{"item", "item"},
		{"statistic", "statistic"},
		{"unit", "unit"},
		{"value", "value"},
		{"std_error", "std_error"},
		{"ci_lower", "ci_lower"},
		{"ci_upper", "ci_upper"},
		{"ci_level", "ci_level"},
		{"ci_method", "ci_method"},
		{"df", "df"},
		{"design_effect", "design_effect"},
		{"base_unweighted", "base_unweighted"},
		{"status", "status"},
	},
	"changes": {
		{"indicator", "indicator"},
		{"survey/from_wave", "from_source"},
		{"survey/to_wave", "to_source"},
		{"population", "population"},
		{"breakdown", "breakdown"},
		{"category", "category"},
		{"item", "item"},
		{"statistic", "statistic"},
		{"unit", "unit"},
		{"change", "change"},
		{"std_error", "std_error"},
		{"ci_lower", "ci_lower"},
		{"ci_upper", "ci_upper"},
		{"ci_level", "ci_level"},
		{"ci_method", "ci_method"},
		{"df", "df"},
		{"p_value", "p_value"},
		{"p_adjusted", "p_adjusted"},
		{"verdict", "verdict"},
	},
}

// A recoding says which code stands for one of the golden figures' now, in the
// category of a breakdown or, where breakdown is empty, as an item.
type recoding struct{ breakdown, was, now string }

// goldenCodes are the codes that have changed.
var goldenCodes = []recoding{
	{"religion", "none", "no-religion"},
}

// recode is a golden row with the codes of today.
func recode(row []string, columns []renaming) {
	at := func(name string) int {
		return slices.IndexFunc(columns, func(r renaming) bool { return r.was == name })
	}
	breakdown, category, item := row[at("breakdown")], &row[at("category")], &row[at("item")]
	codes := strings.Split(*category, "*")
	for _, c := range goldenCodes {
		if c.breakdown == "" && *item == c.was {
			*item = c.now
		}
		for i, variable := range strings.Split(breakdown, "*") {
			if variable == c.breakdown && codes[i] == c.was {
				codes[i] = c.now
			}
		}
	}
	*category = strings.Join(codes, "*")
}

// TestGoldenFigures holds every figure and change of three releases (the synthetic
// extracts, the two-wave reference survey, the real teaching file) against those of
// an earlier build, cell by cell, after the mapping of columns and codes above, and
// to the digits that they had then. Those of today are of the restricted folder, in
// which no policy has a say; what was withheld then has no number to hold them
// against. testdata/golden/make.sh made the golden ones.
func TestGoldenFigures(t *testing.T) {
	for kind, columns := range goldenColumns {
		for _, r := range columns {
			if r.was != r.now {
				t.Logf("%s: %s is now %s", kind, r.was, r.now)
			}
		}
	}
	for _, c := range goldenCodes {
		t.Logf("code %s is now %s (%s)", c.was, c.now, c.breakdown)
	}
	fresh := func(t *testing.T, c *indicator.Catalogue, extracts string) (store string, out *pipeline.Outcome) {
		store = filepath.Join(t.TempDir(), "store")
		return store, run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: store})
	}
	for _, golden := range []struct {
		name  string
		made  func(t *testing.T) (store string, out *pipeline.Outcome)
		kinds []string
	}{
		{"seeds", func(t *testing.T) (string, *pipeline.Outcome) { return syntheticStore(t) }, []string{"figures", "changes"}},
		{"reference", func(t *testing.T) (string, *pipeline.Outcome) {
			return fresh(t, catalogue(t, "../testdata/reference"), lay(t, map[string]string{
				"synth/2001": shared.File(t, "oracle/synthetic/synth2001.tab"),
				"synth/2003": shared.File(t, "oracle/synthetic/synth2003.tab"),
			}))
		}, []string{"figures", "changes"}},
		{"teaching", func(t *testing.T) (string, *pipeline.Outcome) { return fresh(t, embedded(t), teaching(t)) }, []string{"figures"}},
	} {
		t.Run(golden.name, func(t *testing.T) {
			store, out := golden.made(t)
			for _, kind := range golden.kinds {
				suffix := ".csv"
				if kind == "changes" {
					suffix = ".changes.csv"
				}
				compareGolden(t, kind, goldenRows(t, golden.name, kind), restrictedRows(t, filepath.Join(store, "restricted", out.Release), suffix, goldenColumns[kind]))
			}
		})
	}
}

// compareGolden compares rows by their key: the columns before the first
// number, of which the statistic and the unit are the last. Indicators and waves
// that were added since have rows of their own.
func compareGolden(t *testing.T, kind string, want, got [][]string) {
	t.Helper()
	columns := goldenColumns[kind]
	key := func(row []string) string {
		end := slices.IndexFunc(columns, func(r renaming) bool { return r.was == "statistic" })
		return strings.Join(row[:end], " ")
	}
	now := map[string][]string{}
	for _, row := range got {
		now[key(row)] = row
	}
	if len(now) != len(got) || len(got) < len(want) {
		t.Errorf("%d %s of %d keys, want %d and what has been added since", len(got), kind, len(now), len(want))
	}
	// Where a change was withheld, the others of the breakdown were adjusted without it.
	at := slices.IndexFunc(columns, func(r renaming) bool { return r.was == "category" })
	family := func(row []string) string {
		return strings.Join(slices.Concat(row[:at], row[at+1:at+2]), " ")
	}
	beside := map[string]bool{}
	for _, row := range want {
		if withheldThen(row, columns) {
			beside[family(row)] = true
		}
	}
	faults := 0
	for _, row := range want {
		recode(row, columns)
		found, ok := now[key(row)]
		if !ok {
			t.Errorf("no row %s in the %s", key(row), kind)
			faults++
		}
		for i := range found {
			if withheldThen(row, columns) || columns[i].now == "p_adjusted" && beside[family(row)] {
				continue
			}
			if got := asThen(t, columns[i].now, found[i]); !slices.Contains(got, row[i]) {
				t.Errorf("%s: %s %s, want %s", key(row), columns[i].now, got, row[i])
				faults++
			}
		}
		if faults > 20 {
			t.Fatal("and perhaps more")
		}
	}
}

// withheldThen says whether a golden row has no number because of too few
// respondents, or is a change from or to such a figure.
func withheldThen(row []string, columns []renaming) bool {
	for i, c := range columns {
		if c.was == "status" && (row[i] == "c" || row[i] == "u") || c.was == "verdict" && row[i] == release.NotComparable {
			return true
		}
	}
	return false
}

// asThen is a number of today with the digits that it had: six decimals, and six
// significant ones of a p-value. Of one that is a half by the twelve digits that it
// is known to, it is both neighbours.
func asThen(t *testing.T, column, cell string) []string {
	t.Helper()
	format, digits := byte('f'), 6
	switch column {
	case "p_value", "p_adjusted":
		format, digits = 'e', 5
	case "unit":
		if cell == "thousand pounds per person" { // of a ratio, which had none of its own
			cell = "ratio"
		}
		return []string{cell}
	case "value", "std_error", "ci_lower", "ci_upper", "design_effect", "change":
	default:
		return []string{cell}
	}
	if cell == "" {
		return []string{cell}
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Fatal(err)
	}
	within := 5e-13 * math.Abs(x)
	if format == 'f' { // a change is known as far as its figures are
		within = max(within, 1e-10)
	}
	var texts []string
	for _, near := range []float64{x - within, x + within} {
		rounded, err := strconv.ParseFloat(strconv.FormatFloat(near, format, digits, 64), 64)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, strconv.FormatFloat(rounded+0, 'f', -1, 64))
	}
	return slices.Compact(texts)
}

// goldenRows are the rows of a file of testdata/golden.
func goldenRows(t *testing.T, name, kind string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "testdata", "golden", name+"."+kind+".csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(plain).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(goldenColumns[kind]))
	for i, r := range goldenColumns[kind] {
		names[i] = r.was
	}
	return selected(t, rows, names)
}

// restrictedRows are the rows of all indicators of a restricted folder.
func restrictedRows(t *testing.T, folder, suffix string, columns []renaming) [][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"+suffix))
	if err != nil || len(files) == 0 {
		t.Fatalf("no indicators in %s: %v", folder, err)
	}
	names := make([]string, len(columns))
	for i, r := range columns {
		names[i] = r.now
	}
	var all [][]string
	for _, f := range files {
		if suffix == ".csv" && (strings.HasSuffix(f, ".changes.csv") || filepath.Base(f) == "audit.csv") {
			continue // of no indicator's figures
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, selected(t, rows, names)...)
	}
	return all
}

// selected are the named columns of rows that begin with a head.
func selected(t *testing.T, rows [][]string, names []string) [][]string {
	t.Helper()
	out := make([][]string, len(rows)-1)
	for _, name := range names {
		var places []int
		for part := range strings.SplitSeq(name, "/") {
			at := slices.Index(rows[0], part)
			if at < 0 {
				t.Fatalf("no column %s among %v", part, rows[0])
			}
			places = append(places, at)
		}
		for i, row := range rows[1:] {
			cells := make([]string, len(places))
			for k, at := range places {
				cells[k] = row[at]
			}
			out[i] = append(out[i], strings.Join(cells, "/"))
		}
	}
	return out
}
