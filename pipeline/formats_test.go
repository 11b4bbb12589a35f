package pipeline_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/testdata/shared"
)

// TestFormats holds that the format of an extract carries no information: the
// same survey in every format that the archive delivers, one wave in one
// format and the other in another too, gives the same indicators.
func TestFormats(t *testing.T) {
	c := catalogue(t, "../testdata/reference")
	identities := func(first, second string) map[string]string {
		t.Helper()
		extracts := lay(t, map[string]string{
			"synth/2001": shared.File(t, "oracle/synthetic/synth2001"+first), "synth/2003": shared.File(t, "oracle/synthetic/synth2003"+second),
		})
		out := run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: filepath.Join(t.TempDir(), "store")})
		found := map[string]string{}
		for _, x := range out.Manifest.Indicators {
			found[x.ID] = x.Identity
		}
		return found
	}
	want := identities(".tab", ".tab")
	t.Run("Parquet, converted from one of them", func(t *testing.T) {
		extracts := t.TempDir()
		for _, wave := range []string{"2001", "2003"} {
			out := filepath.Join(extracts, "synth", wave, "converted.parquet")
			if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
				t.Fatal(err)
			}
			from := ingest.Source{Path: shared.File(t, "oracle/synthetic/synth"+wave+".sav")}
			if _, err := ingest.Convert(from, out, ingest.Conversion{}, ingest.Limits{}, nil); err != nil {
				t.Fatal(err)
			}
		}
		out := run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: filepath.Join(t.TempDir(), "store")})
		for _, x := range out.Manifest.Indicators {
			if x.Identity != want[x.ID] {
				t.Errorf("%s differs from that of the TAB files", x.ID)
			}
		}
	})
	for _, format := range []struct{ claim, first, second string }{
		{"comma-separated", ".csv", ".csv"},
		{"SPSS, compressed by bytecode and by zlib", ".sav", ".zsav"},
		{"SPSS, not compressed, and Stata 14", "_uncompressed.sav", ".dta"},
		{"Stata 10, and Stata with tagged missing values", "_v10.dta", "_tagged.dta"},
	} {
		t.Run(format.claim, func(t *testing.T) {
			got := identities(format.first, format.second)
			for _, id := range c.IDs() {
				if got[id] != want[id] {
					t.Errorf("%s differs from that of the TAB files", id)
				}
			}
		})
	}
}

// TestTeachingFileInEveryFormat holds the same of the real teaching file, as
// other programs saved it again. The Stata files were made by a program that
// dropped what the archive's dictionary declares missing, code 5 of crimerat
// among it: there the formats disagree, the figure shows it, and the code is told.
func TestTeachingFileInEveryFormat(t *testing.T) {
	c := embedded(t)
	identities := func(name string) (found map[string]string, moreCrime int64, unmet map[string]string) {
		t.Helper()
		extracts := lay(t, map[string]string{"bcs/2007-08-teaching": shared.File(t, "data/bcs0708/"+name)})
		store := filepath.Join(t.TempDir(), "store")
		out := run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: store})
		found = map[string]string{}
		for _, x := range out.Manifest.Indicators {
			found[x.ID] = x.Identity
		}
		for _, u := range out.Sources[0].Unmet {
			if len(u.Codes) > 0 {
				unmet = map[string]string{}
				for code, category := range u.Codes {
					unmet[u.Variable+" "+code] = category
				}
			}
		}
		return found, find(t, content(t, store, out, "more-crime"), "all", "all").Base, unmet
	}
	want, kept, _ := identities("bcs_2007_8_teaching_data.tab")
	for _, name := range []string{
		"bcs_2007_8_teaching_pspp.sav", "bcs_2007_8_teaching_pspp_uncompressed.sav", "bcs_2007_8_teaching_pspp.zsav",
		"bcs_2007_8_teaching_haven_v14.dta", "bcs_2007_8_teaching_haven_v8.dta",
	} {
		t.Run(name, func(t *testing.T) {
			got, base, unmet := identities(name)
			dropped := strings.HasSuffix(name, ".dta")
			var told map[string]string
			if dropped {
				told = map[string]string{"area-crime-change 5": "a-lot-less"}
			}
			if !maps.Equal(unmet, told) {
				t.Errorf("codes that no row has: got %v, want %v", unmet, told)
			}
			for id := range want {
				if same := got[id] == want[id]; same == (dropped && id == "more-crime") {
					t.Errorf("%s: the same as that of the TAB file: %v", id, same)
				}
			}
			if dropped && kept-base != 170 {
				t.Errorf("more-crime: base %d, want the %d of the TAB file less the 171 of code 5, one of whom has no weight", base, kept)
			}
		})
	}
}
