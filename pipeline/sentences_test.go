package pipeline_test

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
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
	bad := regexp.MustCompile(`NaN|\bInf\b|\bno change\b|unchanged|  |\{|\}| ,|\.\.|\(\)|: ?\.$|percent\b`)
	number := regexp.MustCompile(`^: ([-+]?[0-9]|an? (ratio|index|score|difference) of [-+]?[0-9])`)
	figures, changes, withheld, clear, unclear, leads := 0, 0, 0, 0, 0, 0
	names(t, r.Labels)
	for _, x := range r.Manifest.Indicators {
		c := contents[x.ID]
		v := report.Page{Release: r.ID, Entry: x, Content: c, Labels: r.Labels}
		leads += leading(t, v, bad)
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
	if leads < 1000 || figures < 10000 || changes < 3000 || withheld < 1000 || clear < 100 || unclear < 1000 {
		t.Errorf("%d leads, %d figures, %d changes, %d withheld, %d clear, %d unclear: want a release that has many of each", leads, figures, changes, withheld, clear, unclear)
	}
	t.Logf("%d leads, %d figures, %d changes", leads, figures, changes)
}

// leading holds that each page of an indicator begins with a sentence: its title, then an
// amount with whether it has an interval, or that there is none.
func leading(t *testing.T, v report.Page, bad *regexp.Regexp) int {
	t.Helper()
	words := v.Labels.Indicator(v.Entry.ID)
	pages := [][2]string{{codebook.All, ""}}
	for _, by := range words.BreakdownCodes() {
		for _, item := range words.Items {
			if by != codebook.All {
				pages = append(pages, [2]string{by, item})
			}
		}
	}
	told := regexp.MustCompile(`% interval -?[0-9]|\(without an interval\)|\(a complete count\)|[a-z0-9] each(?:,| of | among )|no figure|[0-9] findings? |[0-9] findings?, |no finding is known`)
	for _, page := range pages {
		said := v.Lead(page[0], page[1])
		if rest := strings.TrimPrefix(said, "Synthetic, not a statistic. "); !strings.HasPrefix(rest, words.Title) || bad.MatchString(said) || !strings.HasSuffix(said, ".") || !told.MatchString(said) {
			t.Errorf("%s by %v: %q", v.Entry.ID, page, said)
		}
	}
	return len(pages)
}

// names holds that no word of a title, base or item that is a name, as others of them show
// which have it in the middle with its capital letter and never without, loses that.
func names(t *testing.T, labels *release.Labels) {
	t.Helper()
	var texts []string
	for _, x := range labels.Indicators {
		texts = append(texts, x.Title, x.Base)
	}
	for _, c := range labels.Codes {
		if c.Column == "item" {
			texts = append(texts, c.Text)
		}
	}
	seen := map[string]bool{}
	for _, text := range texts {
		words := strings.Fields(text)
		for i := 1; i < len(words); i++ {
			if !strings.ContainsAny(words[i-1], ".:;") {
				seen[strings.Trim(words[i], "(),.;:'")] = true
			}
		}
	}
	held := 0
	for _, text := range texts {
		first, _, _ := strings.Cut(text, " ")
		if seen[first] && !seen[strings.ToLower(first)] {
			held++
			if got := release.MidPhrase(text); got != text {
				t.Errorf("%q in the middle of a phrase: %q", text, got)
			}
		}
	}
	if held < 5 {
		t.Errorf("%d texts begin with a name", held)
	}
}
