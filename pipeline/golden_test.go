package pipeline_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/seeds"
)

var update = flag.Bool("update", false, "rewrite the golden release")

// TestGoldenRelease runs the synthetic extracts by the embedded catalogue, as
// make run does. The identity of every indicator is held in testdata/release:
// a change of it is a change of published figures, and is committed on its
// own with the reason (go test ./pipeline -update).
func TestGoldenRelease(t *testing.T) {
	c := embedded(t)
	store, out := syntheticStore(t)

	var got bytes.Buffer
	for _, x := range out.Manifest.Indicators {
		fmt.Fprintf(&got, "%s  %s %d figures, %d withheld\n", x.Identity, x.ID, x.Figures, x.Withheld)
	}
	golden := filepath.Join("..", "testdata", "release", "IDENTITIES")
	if *update {
		write(t, golden, got.Bytes())
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the release differs from %s; if figures were meant to change, rewrite it with -update and say why\n%s", golden, changedLines(string(want), got.String()))
	}

	t.Run("the headline is near the population that the extracts were drawn from", func(t *testing.T) {
		populations, err := seeds.Populations(c.Codebook, c.Crosswalks)
		if err != nil {
			t.Fatal(err)
		}
		figures := content(t, store, out, "influence-local").Figures
		compared := 0
		for _, p := range populations {
			if p.Wave.Survey != "hocs" {
				continue
			}
			truth := 100 * p.Share("influence-local", []string{"definitely-agree", "tend-to-agree"})
			for _, f := range figures {
				if f.Source == p.Wave.ID() && f.Breakdown == "all" && f.Population == "england-and-wales" {
					compared++
					if math.Abs(f.Value-truth) > 3*f.SE {
						t.Errorf("%s: got %v (%v), the population has %v", f.Source, f.Value, f.SE, truth)
					}
				}
			}
		}
		if compared != 2 {
			t.Errorf("%d waves compared, want 2", compared)
		}
	})

	t.Run("the difference in differences is near that of the population", func(t *testing.T) {
		// Shares of the declaration, in the area and in the other, after less before.
		truths := map[string]float64{"dealt-with": (46 - 32) - (36 - 35), "say": (30 - 18) - (20 - 19), "visible": (27 - 14) - (17 - 15)}
		compared := 0
		for _, ch := range content(t, store, out, "liverpool-tracker-effect").Changes {
			if ch.Breakdown != "all" {
				continue
			}
			compared++
			if truth := truths[ch.Item]; math.Abs(ch.Change-truth) > 3*ch.SE || !(ch.SE > 1 && ch.SE < 6) || !ch.NoteList().Has(indicator.DiffInDiff) {
				t.Errorf("%s: got %v (%v, %s), the population has %v", ch.Item, ch.Change, ch.SE, ch.Notes, truth)
			}
		}
		if compared != len(truths) {
			t.Errorf("%d compared, want %d", compared, len(truths))
		}
	})

	t.Run("every figure and change has its sentence", func(t *testing.T) { sentences(t, store, out) })

	t.Run("every file says that it is synthetic", func(t *testing.T) {
		folder := os.DirFS(filepath.Join(store, "releases", out.Release))
		err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || name == "FORMAT.md" || name == "SHA256SUMS" || filepath.Base(name) == "definition.yaml" || strings.HasPrefix(name, "evidence.") {
				return err // these are the same for real extracts
			}
			text, err := fs.ReadFile(folder, name)
			if !bytes.Contains(bytes.ToLower(text), []byte("synthetic")) && bytes.Count(text, []byte("\n")) > 1 {
				t.Errorf("%s does not", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range out.Manifest.Indicators {
			if x.Figures == 0 {
				continue
			}
			content := content(t, store, out, x.ID)
			for _, f := range content.Figures {
				if !f.NoteList().Has(indicator.Synthetic) {
					t.Fatalf("%v does not", f.Key)
				}
			}
			for _, ch := range content.Changes {
				if !ch.NoteList().Has(indicator.Synthetic) || ch.Verdict == "" {
					t.Fatalf("%v does not", ch.Key)
				}
			}
		}
	})

	t.Run("a headline that fell is lower", func(t *testing.T) {
		for _, ch := range content(t, store, out, "influence-local").Changes {
			if ch.Breakdown == "all" && (ch.Verdict != release.Lower || ch.FromSource != "hocs/2001" || ch.Source != "hocs/2003") {
				t.Errorf("%s: %s to %s is %s, want lower from 2001 to 2003", ch.Population, ch.FromSource, ch.Source, ch.Verdict)
			}
		}
	})
}

// changedLines lists the lines of two texts that are not in both.
func changedLines(want, got string) string {
	var out strings.Builder
	for _, pair := range []struct{ sign, text, other string }{{"-", want, got}, {"+", got, want}} {
		for line := range strings.Lines(pair.text) {
			if !strings.Contains(pair.other, line) {
				out.WriteString(pair.sign + " " + line)
			}
		}
	}
	return out.String()
}
