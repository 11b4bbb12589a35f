package pipeline_test

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// sentences holds of every figure and change of a release what must be true of its
// sentence: it is one line of English that says whether it is made up, has no number of
// what is withheld and no two spaces, and never tells a change that is not clear as none
// or one that is clear as unclear.
func sentences(t *testing.T, store string, out *pipeline.Outcome) {
	t.Helper()
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Release(out.Release)
	if err != nil {
		t.Fatal(err)
	}
	contents, err := r.Contents()
	if err != nil {
		t.Fatal(err)
	}
	bad := regexp.MustCompile(`NaN|Inf|\bno change\b|unchanged|  |\{|\}| ,|\.\.|\(\)|: ?\.$|percent\b`)
	number := regexp.MustCompile(`^: ([-+]?[0-9]|an? (ratio|index|score|difference) of [-+]?[0-9])`)
	figures, changes, withheld, clear, unclear := 0, 0, 0, 0, 0
	for _, x := range r.Manifest.Indicators {
		c := contents[x.ID]
		v := report.Page{Release: r.ID, Entry: x, Content: c, Labels: r.Labels}
		for _, f := range c.Figures {
			figures++
			said := v.Sentence(f)
			rest := strings.TrimPrefix(said, "Synthetic, not a statistic. "+v.What(f))
			switch {
			case rest == said || bad.MatchString(said) || strings.Contains(said, "\n") || !strings.HasSuffix(said, "."):
				t.Errorf("%v: %q", f.Key, said)
			case f.Status != "":
				withheld++
				if number.MatchString(rest) || strings.Contains(rest, "per cent") || !strings.Contains(rest, "no figure for ") {
					t.Errorf("%v is withheld: %q", f.Key, said)
				}
			case !number.MatchString(rest):
				t.Errorf("%v has no number: %q", f.Key, said)
			case !math.IsNaN(f.Lower) != strings.Contains(rest, "% interval "):
				t.Errorf("%v: an interval where there is none, or none: %q", f.Key, said)
			}
		}
		for _, ch := range c.Changes {
			changes++
			said := v.ChangeSentence(ch)
			want := map[string]string{release.Higher: " rise.", release.Lower: " fall.", release.NotComparable: "not comparable"}[ch.Verdict]
			if bad.MatchString(said) || !strings.Contains(said, want) {
				t.Errorf("%v from %s: %q", ch.Key, ch.FromSource, said)
			}
			switch ch.Verdict {
			case release.Higher, release.Lower:
				clear++
				if strings.Contains(said, "no clear") {
					t.Errorf("%v from %s is clear: %q", ch.Key, ch.FromSource, said)
				}
			case release.NoClearChange:
				unclear++
				if !strings.Contains(said, "no clear change, which does not say that nothing changed") && !strings.Contains(said, "the same") {
					t.Errorf("%v from %s is not clear: %q", ch.Key, ch.FromSource, said)
				}
			}
		}
	}
	if figures < 10000 || changes < 3000 || withheld < 1000 || clear < 100 || unclear < 1000 {
		t.Errorf("%d figures, %d changes, %d withheld, %d clear, %d unclear: want a release that has many of each", figures, changes, withheld, clear, unclear)
	}
	t.Logf("%d figures, %d changes", figures, changes)
}
