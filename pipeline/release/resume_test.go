package release

import (
	"math"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// waves is a figure at each of three sources, and the changes between them.
func waves(values ...float64) Content {
	var c Content
	names := []string{"2001", "2003", "2005"}
	for i, v := range values {
		c.Figures = append(c.Figures, Figure{Key: key(names[i], "all", "all"), Value: v, Base: int64(1000 + i), Notes: "synthetic"})
		for k := range i {
			c.Changes = append(c.Changes, Change{Key: key(names[i], "all", "all"), FromSource: codebook.WaveID("hocs", names[k]), Change: v - values[k], Verdict: NoClearChange})
		}
	}
	c.Sort()
	return c
}

func carriedOver(id codebook.SourceID) bool { return id != "hocs/2005" }

// What was decided on carried rows holds, and of those that have a value every
// digit is kept; a base that was shown is the exact one.
func TestResume(t *testing.T) {
	last, now := waves(43.1, 38.2), waves(43.1234, 38.2345, 39.3456)
	last.Figures[0].Empty()
	last.Figures[0].Status, last.Figures[0].Notes, last.Figures[0].Base = "u", "withheld-unreliable(50)", 1010
	last.Figures[1].Notes = "caution(100) synthetic"
	now.Figures[1].Notes = "from-published synthetic"
	now.Resume(last, carriedOver)
	if f := now.Figures[0]; f.Status != "u" || !math.IsNaN(f.Value) || f.Base != 1000 || f.Notes != "withheld-unreliable(50)" {
		t.Errorf("withheld: got %+v", f)
	}
	if f := now.Figures[1]; f.Status != "" || f.Value != 38.2345 || f.Notes != "caution(100) synthetic" {
		t.Errorf("published: got %+v", f)
	}
	if f := now.Figures[2]; f.Value != 39.3456 || f.Notes != "synthetic" {
		t.Errorf("not carried: got %+v", f)
	}
	for _, ch := range now.Changes {
		carried := carriedOver(ch.Source)
		if math.IsNaN(ch.Change) != carried || carried && ch.Reason != (indicator.Note{Code: indicator.NoFigureOf, Of: "hocs/2001", Args: []string{"u"}}).String() {
			t.Errorf("%s to %s: got %v (%s)", ch.FromSource, ch.Source, ch.Change, ch.Reason)
		}
	}
}

// Carried rows are those of the last release, whatever rounding makes of them now;
// a change for which there is another reason is not.
func TestStand(t *testing.T) {
	last, now := waves(43, 38), waves(44, 39.5, 40)
	now.Stand(last, carriedOver)
	if now.Figures[0].Value != 43 || now.Figures[1].Value != 38 || now.Figures[2].Value != 40 {
		t.Errorf("figures: got %+v", now.Figures)
	}
	if now.Changes[0].Change != 38-43 || now.Changes[1].Change != 40-44 || now.Changes[2].Change != 40-39.5 {
		t.Errorf("changes: got %+v", now.Changes)
	}
	broken := waves(44, 39.5)
	broken.Changes[0].Empty(indicator.Note{Code: indicator.Broken, Of: "hocs/2003"})
	if broken.Stand(last, carriedOver); !math.IsNaN(broken.Changes[0].Change) {
		t.Errorf("behind a break: got %+v", broken.Changes[0])
	}
}

// A change of figures that are as they were is as it was; of others, and where the
// verdict is another, it is what it is now.
func TestStandAlike(t *testing.T) {
	last, now := waves(43, 38, 40), waves(43, 38, 41)
	for i := range last.Changes {
		last.Changes[i].Change += 0.5
	}
	now.StandAlike(last)
	if now.Changes[0].Change != last.Changes[0].Change || now.Changes[1].Change != 41-43 || now.Changes[2].Change != 41-38 {
		t.Errorf("got %+v", now.Changes)
	}
	now = waves(43, 38, 40)
	now.Changes[0].Verdict = Lower
	now.StandAlike(last)
	if now.Changes[0].Change != 38-43 || now.Changes[1].Change != last.Changes[1].Change {
		t.Errorf("another verdict: got %+v", now.Changes)
	}
}
