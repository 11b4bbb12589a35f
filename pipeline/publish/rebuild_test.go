package publish

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A release made again of the same package has every byte, wherever in the chain it is,
// and whatever came after it; and what is otherwise is named.
func TestRebuild(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	whole := corrected(t)
	announce(t, whole, by(correction(after, influence()), right))
	publish(t, whole, "2006-05-01", righted())
	for _, c := range []struct {
		name    string
		id      string
		p       Package
		harm    func(t *testing.T, s *Store)
		differ  []string // beginnings
		content []string
	}{
		{"the first", before, pack("2001"), nil, nil, nil},
		{"one in the middle", after, pack("2001", "2003"), nil, nil, nil},
		{"one with a reason", right, righted(), nil, nil, nil},
		{"one with a notice before it", "2006-05-01.1", righted(), nil, nil, nil},
		{"another figure", after, righted(), nil, []string{
			"releases/2004-05-01.1/README.md: differs", "releases/2004-05-01.1/SHA256SUMS: differs", "releases/2004-05-01.1/indicators/influence-local/datapackage.json: differs",
			"releases/2004-05-01.1/indicators/influence-local/influence-local.csv: differs from byte ", "releases/2004-05-01.1/indicators/influence-local/influence-local.parquet: differs", "releases/2004-05-01.1/release.json: differs",
		}, []string{"influence-local: 1 figure changed: hocs/2003 england-and-wales all all: was 42.934121, now 42.900000"}},
		{"a file changed", after, pack("2001", "2003"), func(t *testing.T, s *Store) {
			rewrite(t, s.path(releasesName, after, "README.md"), func(text string) string { return "x" + text })
		}, []string{"releases/2004-05-01.1/README.md: differs from byte 0 on (line 1): "}, nil},
		{"a file missing, and one too many", after, pack("2001", "2003"), func(t *testing.T, s *Store) {
			remove(t, s.path(releasesName, after, "trends.parquet"))
			write(t, s.path(releasesName, after, "notes.txt"), "x")
		}, []string{"releases/2004-05-01.1/notes.txt: is not made again", "releases/2004-05-01.1/trends.parquet: is made again, and not there"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := storeLike(t, whole)
			if c.harm != nil {
				c.harm(t, s)
			}
			stays := tree(t, s.Dir())
			r, err := s.open(c.id)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Rebuild(&c.p)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Differ) != len(c.differ) || !slices.EqualFunc(got.Differ, c.differ, strings.HasPrefix) {
				t.Errorf("got %q, want %q", got.Differ, c.differ)
			}
			if diff := cmp.Diff(c.content, got.Content); diff != "" {
				t.Error(diff)
			}
			if got.Same() != (c.differ == nil) || got.Files < 20 {
				t.Errorf("%d files, the same: %v", got.Files, got.Same())
			}
			if diff := cmp.Diff(stays, tree(t, s.Dir())); diff != "" {
				t.Error(diff)
			}
		})
	}
	if left := tree(t, temporary); len(left) > 0 {
		t.Errorf("%d files are left behind", len(left))
	}
}
