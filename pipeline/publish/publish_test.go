package publish

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

func key(id, wave, breakdown, category string) indicator.Key {
	return indicator.Key{
		Indicator: id, Source: codebook.WaveID("hocs", wave), Population: "england-and-wales",
		Breakdown: breakdown, Category: category, Item: "all",
	}
}

func figure(id, wave, breakdown, category string, value float64) release.Figure {
	f := release.Figure{
		Key: key(id, wave, breakdown, category), PeriodStart: wave + "-03-01", PeriodEnd: wave + "-11-30", Statistic: "proportion", Unit: "percent",
		Value: value, SE: 0.55, Lower: value - 1, Upper: value + 1, Level: 0.95, Method: "logit", DF: 480, DEFF: 1.8, Base: 10015,
		Weight: "a \"weight\", in\ntwo lines", Notes: "synthetic",
	}
	if nan := math.NaN(); math.IsNaN(value) {
		f.SE, f.DF, f.DEFF, f.Level, f.Base, f.Status, f.Method, f.Notes = nan, nan, nan, nan, release.Withheld, "c", "", ""
	}
	return f
}

// pack is a release of one or two waves of two indicators.
func pack(waves ...string) Package {
	p := Package{Manifest: release.Manifest{Code: "c0de", Disclosure: indicator.Policy{Name: "survey-tables", ConfidentialBelow: 10}}}
	for _, w := range waves {
		p.Manifest.Sources = append(p.Manifest.Sources, release.Source{
			ID: codebook.WaveID("hocs", w), Kind: release.Survey, Period: codebook.Period{Start: w + "-03-01", End: w + "-11-30"}, Wave: &release.Wave{},
		})
	}
	contents := map[string]release.Content{}
	for i, id := range []string{"volunteering", "influence-local"} {
		p.Manifest.Indicators = append(p.Manifest.Indicators, release.Indicator{
			ID: id, Quantity: "q",
		})
		var c release.Content
		for _, w := range waves {
			c.Figures = append(c.Figures,
				figure(id, w, "sex", "women", math.NaN()), figure(id, w, "sex", "men", 43.5+float64(i)), figure(id, w, "all", "all", 42.934121))
		}
		if len(waves) > 1 {
			c.Changes = append(c.Changes, release.Change{
				Key: key(id, waves[1], "all", "all"), FromSource: codebook.WaveID("hocs", waves[0]), Statistic: "proportion", Unit: "percentage points",
				SE: 0.8, Lower: -1.6, Upper: 1.6, Level: 0.95, Method: "wald", DF: 960, P: 1, PAdjusted: 1, Verdict: release.NoClearChange,
			})
		}
		p.Indicators = append(p.Indicators, Indicator{
			ID: id, Definition: []byte("id: " + id + "\n"), Content: c,
		})
		contents[id] = c
	}
	p.Labels = release.Describe(catalogue(), p.Manifest.Sources, contents, nil, func(string, string) string { return "" })
	return p
}

// catalogue has the words for what pack publishes.
func catalogue() *indicator.Catalogue {
	c := &indicator.Catalogue{Codebook: &codebook.Codebook{Variables: map[string]codebook.Variable{
		"sex": {Name: "sex", Label: "Sex", Categories: []codebook.Category{{Code: "men", Label: "Men"}, {Code: "women", Label: "Women"}}},
	}}}
	for _, w := range []string{"2001", "2003"} {
		c.Crosswalks = append(c.Crosswalks, &codebook.Crosswalk{
			Survey: "hocs", Wave: w, Title: "Citizenship Survey " + w, Study: "SN " + w, Licence: "End User Licence", Population: "Adults",
			Populations: []codebook.Population{{ID: "england-and-wales", Label: "England and Wales"}},
		})
	}
	for _, id := range []string{"influence-local", "volunteering"} {
		c.Definitions = append(c.Definitions, &indicator.Definition{
			ID: id, Title: "Title of " + id, Measures: []string{"B5"}, Leads: []string{"HO"}, Statistic: indicator.Proportion,
			Of: &codebook.Condition{}, Base: indicator.Base{Label: "Adults who answered"}, Breakdowns: []string{"sex"},
		})
	}
	return c
}

// current opens the current release.
func current(t *testing.T, s *Store) *Release {
	t.Helper()
	r, err := s.Current()
	if err != nil || r == nil {
		t.Fatalf("no current release: %v", err)
	}
	return r
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func publish(t *testing.T, s *Store, issued string, p Package) string {
	t.Helper()
	id, err := s.Publish(issued, p)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// verified is what Verify finds.
func verified(s *Store, deep bool) error {
	_, err := s.Verify(deep)
	return err
}

func releases(t *testing.T, s *Store) []string {
	t.Helper()
	ids, err := s.Releases()
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// tree is every file below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if !e.Type().IsRegular() {
			files[filepath.ToSlash(rel)] = e.Type().String()
			return nil
		}
		data, err := os.ReadFile(path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// wants checks an error's text and the kind of each of its problems.
func wants(t *testing.T, err error, kind refusal.Kind, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("got error %v, want %s", err, part)
	}
	var ps refusal.Problems
	if !errors.As(err, &ps) {
		t.Errorf("%T is no problems", err)
	}
	for _, p := range ps {
		if p.Kind != kind {
			t.Errorf("%v is of kind %d, want %d", p, p.Kind, kind)
		}
	}
}

func TestPublish(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "store")
	s := open(t, dir)
	if r, err := s.Current(); r != nil || err != nil {
		t.Errorf("an empty store has the current release %v, %v", r, err)
	}
	if id := publish(t, s, "2002-05-01", pack("2001")); id != "2002-05-01.1" {
		t.Errorf("got id %s", id)
	}
	if id := publish(t, s, "2002-05-01", pack("2001")); id != "2002-05-01.2" {
		t.Errorf("got id %s for the second release of a day", id)
	}
	publish(t, s, "2004-05-01", pack("2001", "2003"))
	if diff := cmp.Diff([]string{"2002-05-01.1", "2002-05-01.2", "2004-05-01.1"}, releases(t, s)); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Verify(true); err != nil {
		t.Error(err)
	}

	r := current(t, open(t, dir))
	if r.ID != "2004-05-01.1" {
		t.Fatalf("got current %s", r.ID)
	}
	got := r.Manifest.Indicator("influence-local")
	if got.Version != "1.1.0" || got.Class != release.Minor || got.Reason != "gained source hocs/2003" || got.Figures != 6 || got.Withheld != 2 {
		t.Errorf("got %+v", got)
	}
	content, err := r.Content("influence-local")
	if err != nil {
		t.Fatal(err)
	}
	want := pack("2001", "2003").Indicators[1].Content
	want.Sort()
	gotFigures, gotChanges := content.CSV()
	wantFigures, wantChanges := want.CSV()
	if !bytes.Equal(gotFigures, wantFigures) || !bytes.Equal(gotChanges, wantChanges) {
		t.Error("the content does not come back")
	}

	files := tree(t, dir)
	for _, x := range []string{"volunteering.parquet", "volunteering.changes.parquet", "volunteering.csv", "volunteering.changes.csv", "definition.yaml", "datapackage.json"} {
		before, after := files["releases/2002-05-01.1/indicators/volunteering/"+x], files["releases/2002-05-01.2/indicators/volunteering/"+x]
		if before == "" || before != after {
			t.Errorf("%s of an indicator that did not change is not the same in both releases", x)
		}
	}
	for name := range files {
		if strings.Contains(name, building) {
			t.Errorf("left behind: %s", name)
		}
	}
}

func TestSha256sumAgrees(t *testing.T) {
	tool, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("no sha256sum here")
	}
	s := two(t)
	for _, id := range releases(t, s) {
		c := exec.Command(tool, "--strict", "-c", sumsName)
		c.Dir = s.path(releasesName, id)
		out, err := c.CombinedOutput()
		if err != nil || bytes.Count(out, []byte(": OK\n")) != len(tree(t, c.Dir))-1 {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// The same input gives the same bytes, in another folder and with another
// number of threads.
func TestDeterminism(t *testing.T) {
	one := tree(t, published(t, pack).Dir())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	other := tree(t, published(t, pack).Dir())
	if diff := cmp.Diff(one, other); diff != "" {
		t.Error(diff)
	}
}

func TestSynthetic(t *testing.T) {
	p := pack("2001")
	p.Manifest.Synthetic, p.Manifest.Sources[0].Synthetic = true, true
	s := open(t, filepath.Join(t.TempDir(), "store"))
	publish(t, s, "2002-05-01", p)
	files := tree(t, s.path(releasesName, "2002-05-01.1"))
	var d struct {
		Title    string
		Keywords []string
		Licenses []struct{ Name, Title string }
	}
	if err := json.Unmarshal([]byte(files["indicators/volunteering/datapackage.json"]), &d); err != nil {
		t.Fatal(err)
	}
	if d.Title != "SYNTHETIC: Title of volunteering" || !slices.Contains(d.Keywords, "synthetic") || d.Licenses[0].Name != "End-User-Licence" {
		t.Errorf("got %+v", d)
	}
	if !strings.Contains(files["README.md"], "SYNTHETIC") || !strings.Contains(files["indicators/volunteering/volunteering.parquet"], "SYNTHETIC: Title of volunteering") {
		t.Error("README.md or the Parquet file does not say that it is synthetic")
	}
	_, err := s.Publish("2004-05-01", pack("2001"))
	wants(t, err, refusal.Succession, "the store holds synthetic figures and this release has real ones")
}

func TestRefusalLeavesNothing(t *testing.T) {
	twice := pack("2001")
	twice.Indicators[0].Content.Figures = append(twice.Indicators[0].Content.Figures, twice.Indicators[0].Content.Figures[0])
	for _, c := range []struct {
		name   string
		issued string
		p      Package
		kind   refusal.Kind
		want   string
	}{
		{"a day that is none", "2002-02-30", pack("2001"), refusal.Usage, `issued "2002-02-30", want a day such as 2003-11-20`},
		{"a path for a day", "../x", pack("2001"), refusal.Usage, "want a day"},
		{"a figure twice", "2002-05-01", twice, refusal.Succession, "volunteering: figure hocs/2001 england-and-wales sex women is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			_, err := open(t, filepath.Join(home, "new", "store")).Publish(c.issued, c.p)
			wants(t, err, c.kind, c.want)
			if entries, _ := os.ReadDir(home); len(entries) > 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	t.Run("a store stays as it was", func(t *testing.T) {
		s := two(t)
		before := tree(t, s.Dir())
		moved := pack("2001", "2003")
		moved.Indicators[1].Content.Figures[2].Value = 42.9
		_, err := s.Publish("2005-05-01", moved)
		wants(t, err, refusal.Succession, "influence-local: 1 figure changed: hocs/2001 england-and-wales all all: was 42.934121, now 42.900000; give --reason to publish a change")
		_, err = s.Publish("2003-05-01", pack("2001", "2003"))
		wants(t, err, refusal.Usage, "issued 2003-05-01 is before the last release, 2004-05-01.1")
		if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
			t.Error(diff)
		}
		moved.Manifest.Reason = "weights corrected"
		publish(t, s, "2005-05-01", moved)
		if m := current(t, s).Manifest; m.Indicator("influence-local").Version != "1.1.1" || m.Indicator("volunteering").Version != "1.1.0" {
			t.Errorf("got %+v", m.Indicators)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "thesis.doc"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Open(home)
	wants(t, err, refusal.Disk, "not a store: found thesis.doc, want CURRENT")
	_, err = Open(filepath.Join(home, "thesis.doc"))
	wants(t, err, refusal.Disk, "not a store: found a file, want a folder")
	if _, err := Open(t.TempDir()); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestLock(t *testing.T) {
	s := two(t)
	other := flock.New(s.path(lockName))
	if ok, err := other.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, err := s.Publish("2005-05-01", pack("2001", "2003"))
	wants(t, err, refusal.Running, "store is in use")
	wants(t, verified(s, false), refusal.Running, "store is in use: another run is publishing to it")
	if r := current(t, s); r.ID != "2004-05-01.1" {
		t.Errorf("a store in use is read: got %s", r.ID)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	publish(t, s, "2005-05-01", pack("2001", "2003"))
}

// A run that is cut off leaves a folder that is no release, or a release that
// nothing points to. The next run clears the one and finishes the other.
func TestInterrupted(t *testing.T) {
	t.Run("while building", func(t *testing.T) {
		s := two(t)
		if err := os.MkdirAll(s.path(releasesName, building+"2005-05-01.1", "indicators"), 0o755); err != nil {
			t.Fatal(err)
		}
		wants(t, verified(s, true), refusal.Interrupted, "releases/.building-2005-05-01.1: left by a run that was cut off")
		publish(t, s, "2005-05-01", pack("2001", "2003"))
		if left, _ := filepath.Glob(s.path(releasesName, building+"*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	t.Run("before the pointer moved", func(t *testing.T) {
		s := two(t)
		if err := os.WriteFile(s.path(currentName), []byte("2002-05-01.1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		publish(t, s, "2005-05-01", pack("2001", "2003"))
		if _, err := s.Verify(true); err != nil {
			t.Error(err)
		}
		if m := current(t, s).Manifest; m.Indicators[0].Class != release.Unchanged {
			t.Error("the release was not made to follow the one that was finished")
		}
	})
	t.Run("before the first pointer", func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store"))
		publish(t, s, "2002-05-01", pack("2001"))
		if err := errors.Join(os.Remove(s.path(currentName)), os.Remove(s.path(catalogName))); err != nil {
			t.Fatal(err)
		}
		publish(t, open(t, s.Dir()), "2004-05-01", pack("2001"))
		if _, err := s.Verify(true); err != nil {
			t.Error(err)
		}
	})
	t.Run("a pointer that was put back by hand is not moved", func(t *testing.T) {
		s := two(t)
		publish(t, s, "2005-05-01", pack("2001", "2003"))
		if err := os.WriteFile(s.path(currentName), []byte("2002-05-01.1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := s.Publish("2006-05-01", pack("2001", "2003"))
		wants(t, err, refusal.Integrity, "CURRENT: names 2002-05-01.1, the newest release is 2005-05-01.1")
	})
}

// What a run that was cut off leaves is told from what no run leaves: the pointer
// moves before the catalogue follows.
func TestVerifyUnfinished(t *testing.T) {
	const cutOff = "store: a run was cut off before 2004-05-01.1 was current and catalogued"
	pointer := func(t *testing.T, s *Store) { write(t, s.path(currentName), "2002-05-01.1\n") }
	catalogue := func(t *testing.T, s *Store) {
		text, err := s.catalogOf([]string{"2002-05-01.1"}, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		write(t, s.path(catalogName), string(text))
	}
	for _, c := range []struct {
		name string
		harm []func(*testing.T, *Store)
		kind refusal.Kind
		want string
	}{
		{"before the pointer moved", []func(*testing.T, *Store){pointer, catalogue}, refusal.Interrupted, cutOff},
		{"before the catalogue followed", []func(*testing.T, *Store){catalogue}, refusal.Interrupted, cutOff},
		{"the pointer put back by hand", []func(*testing.T, *Store){pointer}, refusal.Integrity, "CURRENT: names 2002-05-01.1, the newest release is 2004-05-01.1"},
		{"a file changed, too", []func(*testing.T, *Store){pointer, catalogue, func(t *testing.T, s *Store) {
			rewrite(t, s.path(releasesName, "2002-05-01.1", "README.md"), func(string) string { return "" })
		}}, refusal.Integrity, "releases/2002-05-01.1/README.md: changed"},
		{"while another run publishes", []func(*testing.T, *Store){pointer, catalogue, func(t *testing.T, s *Store) {
			end, err := disk.TryLock(s.path(lockName), pointerMode)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(end.Unlock)
		}}, refusal.Running, "store is in use: another run is publishing to it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := two(t)
			for _, harm := range c.harm {
				harm(t, s)
			}
			wants(t, verified(s, false), c.kind, c.want)
		})
	}
	t.Run("the first release", func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store"))
		publish(t, s, "2002-05-01", pack("2001"))
		if err := errors.Join(os.Remove(s.path(currentName)), os.Remove(s.path(catalogName))); err != nil {
			t.Fatal(err)
		}
		wants(t, verified(s, false), refusal.Interrupted, "a run was cut off before 2002-05-01.1 was current")
		begun(t, s)
		if _, err := s.Verify(false); err != nil {
			t.Error(err)
		}
	})
}

// Rows that are no longer what the manifest was prepared for are found before
// anything is published.
func TestAlteredAfterPrepare(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "store"))
	p := pack("2001")
	if err := s.Prepare(&p); err != nil {
		t.Fatal(err)
	}
	f := &p.Indicators[0].Content.Figures[0]
	f.Empty()
	f.Status = "u"
	_, err := s.Publish("2002-05-01", p)
	wants(t, err, refusal.Integrity, "withheld; the manifest says")
	if ids := releases(t, s); len(ids) > 0 {
		t.Errorf("published %v", ids)
	}
}
