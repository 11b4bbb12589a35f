package release

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/indicator"
)

// What several ways of attack tell of a count is put together.
func TestTogether(t *testing.T) {
	of := func(side string, least, most int64) Bound {
		return Bound{Key: indicator.Key{Indicator: "a"}, Side: side, Least: least, Most: most}
	}
	for _, c := range []struct {
		name  string
		given []Bound
		want  []Bound
	}{
		{"each narrows the other", []Bound{of("yes", 0, 12), of("no", 1, 30), of("yes", 5, 20)}, []Bound{of("no", 1, 30), of("yes", 5, 12)}},
		{"one that follows is known, whatever the others say", []Bound{of("yes", 3, 12), of("yes", Exactly, Exactly), of("yes", 0, 9)}, []Bound{of("yes", Exactly, Exactly)}},
		{"of two that cannot both be, the narrower", []Bound{of("yes", 0, 12), of("yes", 20, 22)}, []Bound{of("yes", 20, 22)}},
	} {
		if diff := cmp.Diff(c.want, Together(c.given)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}
