package release

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

func key(wave, breakdown, category string) indicator.Key {
	return indicator.Key{
		Indicator: "influence-local", Source: codebook.WaveID("hocs", wave), Population: "england-and-wales",
		Breakdown: breakdown, Category: category, Item: "all",
	}
}

// figure is a figure of the published kind: 42.934121 per cent, error 0.55.
func figure(k indicator.Key, value float64) Figure {
	return Figure{
		Key: k, PeriodStart: "2001-03-01", PeriodEnd: "2001-11-30", Statistic: "proportion", Unit: "percent",
		Value: value, SE: 0.55, Lower: value - 1, Upper: value + 1, Level: 0.95, Method: "logit", DF: 480, DEFF: 1.8, Base: 10015,
	}
}

func change(from, to string, value float64) Change {
	return Change{
		Key: key(to, "all", "all"), FromSource: codebook.WaveID("hocs", from), Statistic: "proportion", Unit: "percentage points",
		Change: value, SE: 0.8, Lower: value - 1.6, Upper: value + 1.6, Level: 0.95, Method: "wald", DF: 960,
		P: 1e-9, PAdjusted: 1e-9, Verdict: Lower,
	}
}

func TestIdentity(t *testing.T) {
	words := Words{Indicator: IndicatorLabels{ID: "x", Title: "Men & women", Items: []string{"all"}}, Codes: []Label{{Column: "item", Of: "x", Code: "a", Text: "A"}}}
	const text = `{
  "indicator": {
    "id": "x",
    "title": "Men & women",
    "base": "",
    "note": "",
    "measures": [],
    "leads": [],
    "statistic": "",
    "unit": "",
    "sources": [],
    "populations": [],
    "items": [
      "all"
    ],
    "breakdowns": [],
    "breaks": []
  },
  "sources": [],
  "codes": [
    {
      "column": "item",
      "of": "x",
      "code": "a",
      "label": "A"
    }
  ]
}
`
	if diff := cmp.Diff(text, string(words.Encode())); diff != "" {
		t.Error(diff)
	}
	evidence := []Evidence{{
		Indicator: "x", Measure: "1.a", Kind: KindFinding, Entry: "y", Source: "evaluations/x", Design: "process", Method: "once", Strength: sheet.None, Text: "So, it is", Known: "memory",
	}}
	const line = `x,1.a,finding,y,evaluations/x,process,once,,,,,"So, it is",,,,memory` + "\n"
	for _, c := range []struct {
		content Content
		want    string
	}{
		{Content{Words: words}, "ab" + text},
		{Content{Words: words, Evidence: evidence}, "ab" + text + line},
	} {
		if got, want := c.content.Identity([]byte("a"), []byte("b")), Digest([]byte(c.want)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestContentCheck(t *testing.T) {
	all, men := figure(key("2001", "all", "all"), 42.9), figure(key("2001", "sex", "men"), 42)
	other, empty, both := all, all, all
	other.Indicator = "volunteering"
	empty.Value = math.NaN()
	both.Status = "c"
	for _, c := range []struct {
		name    string
		content Content
		want    string
	}{
		{"in order", Content{Figures: []Figure{all, men}, Changes: []Change{change("2001", "2003", -5)}}, ""},
		{"a figure twice", Content{Figures: []Figure{all, all}}, "figure hocs/2001 england-and-wales all all is there twice"},
		{"out of order", Content{Figures: []Figure{men, all}}, "figure hocs/2001 england-and-wales all all is out of order"},
		{"another indicator", Content{Figures: []Figure{other}}, `figure hocs/2001 england-and-wales all all is of indicator "volunteering", want "influence-local"`},
		{"no value and no reason", Content{Figures: []Figure{empty}}, `figure hocs/2001 england-and-wales all all has value none and status "": want a value or the reason why there is none`},
		{"a value that is withheld", Content{Figures: []Figure{both}}, `figure hocs/2001 england-and-wales all all has value 42.9 and status "c": want a value or the reason why there is none`},
		{"a breakdown without words", Content{Figures: []Figure{all, men}, Words: wordsOf(Content{Figures: []Figure{all}})}, `the labels do not have breakdown "sex", which the figures have`},
		{"words of a breakdown that is not there", Content{Figures: []Figure{all}, Words: wordsOf(Content{Figures: []Figure{all, men}})}, `the labels have breakdown "sex", which no figure has or which is there twice`},
		{"a change twice", Content{Changes: []Change{change("2001", "2003", -5), change("2001", "2003", -4)}}, "change hocs/2001 to hocs/2003 england-and-wales all all is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if c.content.Words.Indicator.ID == "" {
				c.content.Words = wordsOf(c.content)
			}
			if err := c.content.Check("influence-local"); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
