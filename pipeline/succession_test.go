package pipeline_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/testdata/shared"
)

// edited is the reference catalogue with a text replaced in one of its files.
func edited(t *testing.T, name, old, new string) *indicator.Catalogue {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("../testdata/reference")
	for _, pattern := range []string{"*.yaml", "crosswalks/synth/*.yaml", "definitions/*.yaml"} {
		names, err := filepath.Glob(filepath.Join("../testdata/reference", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			n, _ = filepath.Rel("../testdata/reference", n)
			file, err := root.Open(filepath.ToSlash(n))
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if _, err := text.ReadFrom(file); err != nil {
				t.Fatal(err)
			}
			files[filepath.ToSlash(n)] = &fstest.MapFile{Data: text.Bytes()}
		}
	}
	if !strings.Contains(string(files[name].Data), old) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	files[name].Data = []byte(strings.Replace(string(files[name].Data), old, new, 1))
	c, err := indicator.LoadCatalogue(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func entry(t *testing.T, out *pipeline.Outcome, id string) release.Indicator {
	t.Helper()
	x := out.Manifest.Indicator(id)
	if x == nil {
		t.Fatalf("no indicator %s in the manifest", id)
	}
	return *x
}

// TestRefresh is the biennial refresh: a release of 2001, and then one with
// only the extract of 2003 at hand.
func TestRefresh(t *testing.T) {
	first := lay(t, map[string]string{"synth/2001": shared.File(t, "oracle/synthetic/synth2001.tab")})
	second := lay(t, map[string]string{"synth/2003": shared.File(t, "oracle/synthetic/synth2003.tab")})
	both := lay(t, map[string]string{
		"synth/2001": shared.File(t, "oracle/synthetic/synth2001.tab"), "synth/2003": shared.File(t, "oracle/synthetic/synth2003.tab"),
	})
	// One indicator whose content the second wave does not change.
	c := edited(t, "definitions/mean-income.yaml", "direction: none", "direction: none\nbreaks: []")
	only2001 := edited(t, "crosswalks/synth/2003.yaml", "  adults: {from: nadults, range: [1, 20], known: confirmed}\n", "")

	store := filepath.Join(t.TempDir(), "store")
	one := run(t, pipeline.Options{Catalogue: c, Extracts: first, Store: store})
	if x := entry(t, one, "influence-local"); x.Version != "1.0.0" || x.Class != release.New {
		t.Errorf("first release: got %s, %s; want 1.0.0, new", x.Version, x.Class)
	}
	again := run(t, pipeline.Options{Catalogue: c, Extracts: first, Store: store, Issued: "2005-07-01"})
	if again.Published || again.Release != one.Release {
		t.Errorf("the same inputs again: published %v, release %s; want nothing new after %s", again.Published, again.Release, one.Release)
	}

	two := run(t, pipeline.Options{Catalogue: only2001, Extracts: second, Store: store, Issued: "2005-07-01"})
	if x := entry(t, two, "influence-local"); x.Version != "1.1.0" || x.Class != release.Minor || !strings.Contains(x.Reason, "synth/2003") {
		t.Errorf("refresh: got %s, %s, %q; want 1.1.0, minor, the wave that it gained", x.Version, x.Class, x.Reason)
	}
	if x := entry(t, two, "income-per-adult"); x.Version != "1.0.0" || x.Class != release.Unchanged {
		t.Errorf("an indicator that 2003 does not give: got %s, %s; want 1.0.0, unchanged", x.Version, x.Class)
	}
	was, now := content(t, store, one, "influence-local"), content(t, store, two, "influence-local")
	if len(was.Changes) != 0 || len(now.Changes) != len(was.Figures) {
		t.Errorf("%d changes before and %d after, want none and one for each of %d figures", len(was.Changes), len(now.Changes), len(was.Figures))
	}
	carried := release.Content{}
	for _, f := range now.Figures {
		if f.Source == "synth/2001" {
			carried.Figures = append(carried.Figures, f)
		}
	}
	wasCSV, _ := was.CSV()
	carriedCSV, _ := carried.CSV()
	if !bytes.Equal(wasCSV, carriedCSV) {
		t.Error("the rows of 2001 are not carried over byte for byte")
	}

	atOnce := filepath.Join(t.TempDir(), "store")
	whole := run(t, pipeline.Options{Catalogue: only2001, Extracts: both, Store: atOnce})
	for _, id := range c.IDs() {
		if a, b := entry(t, whole, id), entry(t, two, id); a.Identity != b.Identity {
			t.Errorf("%s: both waves at once give other content than one after the other", id)
		}
	}
}

// TestCarriedWaveKeepsItsDefinition holds what may change while a wave is
// carried over.
func TestCarriedWaveKeepsItsDefinition(t *testing.T) {
	first := lay(t, map[string]string{"synth/2001": shared.File(t, "oracle/synthetic/synth2001.tab")})
	second := lay(t, map[string]string{"synth/2003": shared.File(t, "oracle/synthetic/synth2003.tab")})
	sealed := filepath.Join(t.TempDir(), "store")
	run(t, pipeline.Options{Catalogue: catalogue(t, "../testdata/reference"), Extracts: first, Store: sealed})
	const definition = "definitions/influence-local.yaml"
	for _, c := range []struct {
		claim, file, old, new string
		refused               string
	}{
		{"another category is counted", definition, "[definitely-agree, tend-to-agree]", "[definitely-agree]", "its definition has changed"},
		{"another breakdown", definition, "breakdowns: [sex, ", "breakdowns: [", "has changed since the last release"},
		{"a code of the carried wave is another", "crosswalks/synth/2001.yaml", "1: definitely-agree, 2: tend-to-agree", "2: definitely-agree, 1: tend-to-agree", "its definition or crosswalk has changed"},
		{"the policy is another", "disclosure.yaml", "caution_below: 1", "caution_below: 100", "the policy has changed"},
		{"a title is another", definition, "title: ", "title: Now ", ""},
		{"a code of the new wave is another", "crosswalks/synth/2003.yaml", "1: definitely-agree, 2: tend-to-agree", "2: definitely-agree, 1: tend-to-agree", ""},
		{"another category, with a break declared", definition, "of: {variable: influence-local, categories: [definitely-agree, tend-to-agree]}", "of: {variable: influence-local, categories: [definitely-agree]}\nbreaks: [{from: synth/2003, reason: only the definite count}]", ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			store := filepath.Join(t.TempDir(), "store")
			if err := os.CopyFS(store, os.DirFS(sealed)); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadDir(filepath.Join(store, "releases"))
			if err != nil {
				t.Fatal(err)
			}
			out, err := pipeline.Run(pipeline.Options{
				Catalogue: edited(t, c.file, c.old, c.new), Extracts: second, Store: store, Issued: "2005-07-01", Reason: "given",
			})
			if c.refused == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				if strings.Contains(c.claim, "break") {
					if ch := content(t, store, out, "influence-local").Changes[0]; ch.Verdict != release.NotComparable || ch.Reason != "break(synth/2003)" || out.Labels.Text("break", "influence-local", "synth/2003") != "only the definite count" {
						t.Errorf("across the break: got %s, %q", ch.Verdict, ch.Reason)
					}
				}
				return
			}
			var ps refusal.Problems
			if !errors.As(err, &ps) || ps[0].Kind != refusal.Succession || !strings.Contains(err.Error(), c.refused) || ps[0].Hint == "" {
				t.Fatalf("got %v, want a refusal of the succession that says %q, with a hint", err, c.refused)
			}
			if after, err := os.ReadDir(filepath.Join(store, "releases")); err != nil || len(after) != len(before) {
				t.Errorf("the refused run left %d entries in the store, want %d", len(after), len(before))
			}
		})
	}
}

// TestMisplaced holds what is refused of where things are.
func TestMisplaced(t *testing.T) {
	c := catalogue(t, "../testdata/reference")
	// Without their identity the crosswalks cannot tell the waves apart.
	for _, x := range c.Crosswalks {
		x.Identify = nil
	}
	file := shared.File(t, "oracle/synthetic/synth2001.tab")
	once := lay(t, map[string]string{"synth/2001": file})
	store := filepath.Join(t.TempDir(), "store")
	run(t, pipeline.Options{Catalogue: c, Extracts: once, Store: store})
	for _, o := range []struct {
		claim, extracts, store, refused string
	}{
		{"one file for two waves", lay(t, map[string]string{"synth/2001": file, "synth/2003": file}), filepath.Join(t.TempDir(), "store"), "synth/2003/synth2001.tab: the same file is the extract of synth/2001"},
		{"the file of a wave that was published", lay(t, map[string]string{"synth/2003": file}), store, "synth/2003/synth2001.tab: the same file is the extract of synth/2001"},
		{"a store inside the extracts", once, filepath.Join(once, "store"), "--store: the store is inside the folder of extracts"},
	} {
		_, err := pipeline.Run(pipeline.Options{Catalogue: c, Extracts: o.extracts, Store: o.store, Issued: "2005-07-01"})
		if err == nil || !strings.Contains(err.Error(), o.refused) {
			t.Errorf("%s: got %v, want a refusal that says %q", o.claim, err, o.refused)
		}
	}
}

// TestRefreshIsWhole holds that waves in two runs give every indicator what both give in
// one run that withholds what the first withheld.
func TestRefreshIsWhole(t *testing.T) {
	c, all := embedded(t), syntheticExtracts(t)
	wave := func(id string) string { return filepath.Join(all, "hocs", id, "hocs_"+id+"_synthetic.tab") }
	first, second := lay(t, map[string]string{"hocs/2001": wave("2001")}), lay(t, map[string]string{"hocs/2003": wave("2003")})
	both := lay(t, map[string]string{"hocs/2001": wave("2001"), "hocs/2003": wave("2003")})
	store, once := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "store")
	one := run(t, pipeline.Options{Catalogue: c, Extracts: first, Store: store})
	two := run(t, pipeline.Options{Catalogue: c, Extracts: second, Store: store, Issued: "2005-07-01"})
	whole := run(t, pipeline.Options{Catalogue: c, Extracts: both, Store: once, Pattern: filepath.Join(store, "releases", one.Release)})
	if a, b := len(two.Manifest.Indicators), len(whole.Manifest.Indicators); a != b || a < 20 {
		t.Fatalf("%d indicators in two runs, %d in one", a, b)
	}
	for _, x := range two.Manifest.Indicators {
		if other := entry(t, whole, x.ID); x.Identity != other.Identity { // of both CSV files and all words
			t.Errorf("%s: two runs give other content than one", x.ID)
		}
		if x.Figures == 0 {
			continue
		}
		for _, name := range []string{x.ID + ".parquet", x.ID + ".changes.parquet"} {
			a, b := parquetOf(t, store, two, x.ID, name), parquetOf(t, once, whole, x.ID, name)
			if !bytes.Equal(a, b) {
				t.Errorf("%s: not the same in two runs and in one", name)
			}
		}
	}
}

// parquetOf is a Parquet file of a release without the version of its indicator, which
// tells how often it was published.
func parquetOf(t *testing.T, store string, out *pipeline.Outcome, id, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(store, "releases", out.Release, "indicators", id, name))
	if err != nil {
		t.Fatal(err)
	}
	version := entry(t, out, id).Version
	if !bytes.Contains(data, []byte(version)) {
		t.Fatalf("%s does not say its version, %s", name, version)
	}
	return bytes.ReplaceAll(data, []byte(version), []byte("x.y.z"))
}
