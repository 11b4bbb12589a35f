package pipeline_test

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/release"
	"togetherwecan/testdata/shared"
)

// teaching lays out the real teaching file of the British Crime Survey
// 2007-08 (SN 6891).
func teaching(t *testing.T) string {
	t.Helper()
	return lay(t, map[string]string{"bcs/2007-08-teaching": shared.File(t, "data/bcs0708/bcs_2007_8_teaching_data.tab")})
}

// find returns the one figure of a content that is of a breakdown's category.
func find(t *testing.T, c release.Content, breakdown, category string) release.Figure {
	t.Helper()
	i := slices.IndexFunc(c.Figures, func(f release.Figure) bool { return f.Breakdown == breakdown && f.Category == category })
	if i < 0 {
		t.Fatalf("no figure of %s %s", breakdown, category)
	}
	return c.Figures[i]
}

// TestTeachingFile holds the figures of real microdata against those of R's
// survey package 4.1-1 on the same file (ids=~1, weights=~tcindwt; reference.txt
// beside the data).
func TestTeachingFile(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: embedded(t), Extracts: teaching(t), Store: store})
	for _, c := range []struct {
		claim, indicator, breakdown, category string
		value, se, deff                       float64
		base                                  int64
	}{
		{"safe after dark: 100 less the 33.2501296 unsafe", "feel-safe-after-dark", "all", "all", 66.7498704, 0.5362854, 1.504200, 11609},
		{"men: 100 less 19.0785857", "feel-safe-after-dark", "sex", "male", 80.9214143, 0.6617285, 0, 0},
		{"women: 100 less 46.2217486", "feel-safe-after-dark", "sex", "female", 53.7782514, 0.7710138, 0, 0},
		{"very worried about burglary", "worry-burglary", "all", "all", 12.3526350, 0.3802344, 1.556117, 11654},
		{"victim in the last year, published as 22", "victim-last-year", "all", "all", 22.1556718, 0.4893405, 1.618720, 11660},
		{"more crime, with code 5 kept", "more-crime", "all", "all", 40.4250712, 0.6186217, 1.515630, 9539},
	} {
		t.Run(c.claim, func(t *testing.T) {
			f := find(t, unrounded(t, store, out, c.indicator), c.breakdown, c.category)
			if math.Abs(f.Value-c.value) > 5.5e-7 || math.Abs(f.SE-c.se) > 5.5e-7 || f.Unit != "percent" {
				t.Errorf("got %v (%v) %s, want %v (%v) percent", f.Value, f.SE, f.Unit, c.value, c.se)
			}
			if c.base != 0 && (f.Base != c.base || math.Abs(f.DEFF-c.deff) > 1.5e-6) {
				t.Errorf("got base %d, design effect %v; want %d, %v", f.Base, f.DEFF, c.base, c.deff)
			}
			if f.ErrorSource != string(design.ByWeights) || f.Weight != codebook.CoreWeight || f.Notes != "" {
				t.Errorf("error by %q, %q weight, notes %q; want the core weight, by weights alone, no notes", f.ErrorSource, f.Weight, f.Notes)
			}
		})
	}
	wave := out.Sources[0]
	if d := wave.Designs["core"]; d.WithoutWeight != 16 || d.Respondents != 11660 || d.DF != 11659 {
		t.Errorf("got %+v, want 16 respondents without a weight left out of 11,676 and 11,659 degrees of freedom", d)
	}
	if !slices.ContainsFunc(wave.Decisions, func(d codebook.Decision) bool {
		return d.Variable == "area-crime-change" && strings.Contains(d.Text, "171")
	}) {
		t.Error("the decision on code 5 of crimerat is not in the manifest")
	}
}

// TestSameBytes holds that a release depends on its inputs alone: not on the
// number of threads, the folder, the day or the time zone, and its indicators
// not on the order of the extract's rows.
func TestSameBytes(t *testing.T) {
	extracts := teaching(t)
	releaseOf := func(extracts string) map[string]string {
		t.Helper()
		store := filepath.Join(t.TempDir(), "store")
		run(t, pipeline.Options{Catalogue: embedded(t), Extracts: extracts, Store: store})
		files := map[string]string{}
		err := filepath.WalkDir(store, func(name string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			files[strings.TrimPrefix(name, store)] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	differ := func(claim string, got, want map[string]string, match string) {
		t.Helper()
		compared := 0
		for name, text := range want {
			if strings.Contains(name, match) {
				if compared++; got[name] != text {
					t.Errorf("%s: %s differs", claim, name)
				}
			}
		}
		if len(got) != len(want) || compared == 0 {
			t.Errorf("%s: %d files, want %d; %d compared", claim, len(got), len(want), compared)
		}
	}
	want := releaseOf(extracts)

	threads := runtime.GOMAXPROCS(1)
	t.Setenv("TZ", "Pacific/Auckland")
	differ("one thread, another folder and time zone", releaseOf(teaching(t)), want, "")
	runtime.GOMAXPROCS(threads)

	file := filepath.Join(extracts, "bcs", "2007-08-teaching", "bcs_2007_8_teaching_data.tab")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\r\n"), "\r\n")
	rows := lines[1:]
	rows[len(rows)-1] += "\r\n"
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(a[3:], b[3:]) })
	shuffled := t.TempDir()
	write(t, filepath.Join(shuffled, "bcs", "2007-08-teaching", "shuffled.tab"), []byte(lines[0]+strings.Join(rows, "")))
	differ("rows in another order", releaseOf(shuffled), want, "/indicators/")
}
