package pipeline_test

import (
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
)

// Another program may write other pages; nobody may have other figures.
func TestRebuiltErr(t *testing.T) {
	pages, figures := []string{"releases/2001-12-01.1/FORMAT.md: differs"}, []string{"influence: 1 figure changed"}
	for _, c := range []struct {
		name    string
		r       publish.Rebuilt
		code    string
		refused int
	}{
		{"every byte the same", publish.Rebuilt{}, "", 0},
		{"other pages by this program", publish.Rebuilt{Differ: pages}, "", 1},
		{"other figures by this program", publish.Rebuilt{Differ: pages, Content: figures}, "", 2},
		{"other pages by another program", publish.Rebuilt{Differ: pages}, "c0de", 0},
		{"other figures by another program", publish.Rebuilt{Differ: pages, Content: figures}, "c0de", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := pipeline.Rebuilt{Rebuilt: c.r, Code: c.code}
			ps := refusal.Of(r.Err(), refusal.Data)
			if len(ps) != c.refused {
				t.Errorf("got %v, want %d problems", ps, c.refused)
			}
			for _, p := range ps {
				if p.Kind != refusal.Integrity {
					t.Errorf("%v is of kind %d", p, p.Kind)
				}
			}
		})
	}
}
