package disclose

import (
	"testing"

	"togetherwecan/pipeline/release"
)

func TestMark(t *testing.T) {
	c := release.Content{
		Figures: []release.Figure{{Notes: "quota synthetic"}, {}}, Changes: []release.Change{{Notes: "synthetic"}},
		Trends: []release.Trend{{}}, Funnels: []release.Funnel{{}}, Targets: []release.Target{{}},
	}
	Mark(&c)
	const alone = "no-disclosure-control"
	for i, notes := range []string{c.Figures[0].Notes, c.Figures[1].Notes, c.Changes[0].Notes, c.Trends[0].Notes, c.Funnels[0].Notes, c.Targets[0].Notes} {
		if want := []string{"quota " + alone + " synthetic", alone, alone + " synthetic", alone, alone, alone}[i]; notes != want {
			t.Errorf("row %d: got %q, want %q", i, notes, want)
		}
	}
}
