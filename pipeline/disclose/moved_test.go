package disclose

import (
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

func TestMoved(t *testing.T) {
	key := whole
	key.Indicator, key.Source = "x", "hocs/2001"
	share := func(n, yes int) release.Figure {
		f := figure(key, int64(n), "", "")
		f.Unit, f.Value, f.Groups = indicator.Percent, 100*float64(yes)/float64(n), indicator.Groups{{Answered: n, Yes: yes}}
		return f
	}
	read := func(f release.Figure) release.Figure { // as of a published file
		f.Groups, f.Value = nil, indicator.Round(f.Value, 1)
		return f
	}
	for _, c := range []struct {
		claim    string
		was, now release.Figure
		refused  bool
	}{
		{"the same", share(400, 160), share(400, 160), false},
		{"one respondent fewer", share(400, 160), share(399, 160), true},
		{"nine fewer", share(400, 160), share(391, 155), true},
		{"ten fewer, all of whom said yes: nobody said no", share(400, 160), share(390, 150), false},
		{"ten fewer, of whom one said no", share(400, 160), share(390, 151), true},
		{"one answer is another", share(400, 160), share(400, 161), true},
		{"twenty fewer, ten of each", share(400, 160), share(380, 150), false},
		{"one fewer, beside a published file", read(share(400, 160)), share(399, 160), true},
		{"one answer is another, beside a published file", read(share(400, 160)), share(400, 161), true},
		{"forty answers are others, beside a published file", read(share(400, 160)), share(400, 200), false},
		{"the same as a published file", read(share(401, 160)), share(401, 160), false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			now := map[string]*release.Content{"x": {Figures: []release.Figure{c.now}}}
			earlier := map[string]release.Content{"x": {Figures: []release.Figure{c.was}}}
			ps := Moved(policy, now, earlier, "2001-12-01.1", func(codebook.SourceID) bool { return true })
			if (ps != nil) != c.refused {
				t.Errorf("refused: %v, want %v", ps, c.refused)
			}
			if ps := Moved(policy, now, earlier, "2001-12-01.1", none); ps != nil {
				t.Errorf("a source that is carried over is refused: %v", ps)
			}
			if changed := c.was.Base != c.now.Base || indicator.Round(c.was.Value, 1) != indicator.Round(c.now.Value, 1); Revised(policy, "hocs/2001", now, earlier) != changed {
				t.Errorf("revised: %v, want %v", !changed, changed)
			}
		})
	}
}
