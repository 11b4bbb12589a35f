package publish

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// copied puts a copy of a release's folder into a store under another name.
func copied(t *testing.T, from *Store, id string, to *Store, as string) {
	t.Helper()
	if err := os.CopyFS(to.path(releasesName, as), os.DirFS(from.path(releasesName, id))); err != nil {
		t.Fatal(err)
	}
}

// forged puts a release's folder into a store once more, with a release.json that
// names the current release as the one before it.
func forged(t *testing.T, s *Store, as string) {
	t.Helper()
	digest := current(t, s).Digest
	copied(t, s, "2002-05-01.1", s, as)
	rewrite(t, s.path(releasesName, as, manifestName), swap(`"previous": ""`, `"previous": "`+digest+`"`))
}

// Whatever lies among the releases and was published by no run is never made the
// current one: whoever reads the store says what it is, and without it the store is
// as it was.
func TestChain(t *testing.T) {
	const copy = "no part of the chain of releases: it is a copy of 2002-05-01.1"
	for _, c := range []struct {
		name string
		id   string
		put  func(t *testing.T, s *Store, id string)
		want string
		lets bool // show, which does not look at restricted folders
	}{
		{"a copy after the current release", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			copied(t, s, "2002-05-01.1", s, id)
		}, copy, false},
		{"a copy of the current release after it", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			copied(t, s, "2004-05-01.1", s, id)
		}, "no part of the chain of releases: it is a copy of 2004-05-01.1", false},
		{"a copy between two", "2003-05-01.1", func(t *testing.T, s *Store, id string) {
			copied(t, s, "2002-05-01.1", s, id)
		}, copy, false},
		{"a copy between two of the later", "2003-05-01.1", func(t *testing.T, s *Store, id string) {
			copied(t, s, "2004-05-01.1", s, id)
		}, "no part of the chain of releases: it is a copy of 2004-05-01.1", false},
		{"a copy before the first", "2000-05-01.1", func(t *testing.T, s *Store, id string) {
			copied(t, s, "2002-05-01.1", s, id)
		}, copy, false},
		{"a copy that names the current one as the one before it", "2005-05-01.1", forged, "release.json: changed: SHA-256 is ", false},
		{"one whose digests were made right", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			forged(t, s, id)
			reseal(t, s, id, nil)
		}, "restricted/2005-05-01.1: missing: a run puts it in its place before releases/2005-05-01.1", true},
		{"a first release of another store", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			other := open(t, filepath.Join(t.TempDir(), "other"))
			publish(t, other, "2005-05-01", pack("2003"))
			copied(t, other, "2005-05-01.1", s, id)
		}, "no part of the chain of releases: it follows none, and the current release is ", false},
		{"a later release of another store", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			other := open(t, filepath.Join(t.TempDir(), "other"))
			publish(t, other, "2002-05-01", pack("2003"))
			publish(t, other, "2005-05-01", pack("2003"))
			copied(t, other, "2005-05-01.1", s, id)
		}, "no part of the chain of releases: it follows ", false},
		{"a later release of a copy of the store", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			twin := open(t, filepath.Join(t.TempDir(), "twin"))
			if err := os.CopyFS(twin.dir, os.DirFS(s.dir)); err != nil {
				t.Fatal(err)
			}
			publish(t, twin, "2005-05-01", whole("2001", "2003"))
			copied(t, twin, "2005-05-01.1", s, id)
		}, "restricted/2005-05-01.1: missing: a run puts it", true},
		{"a folder with nothing in it", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			if err := os.Mkdir(s.path(releasesName, id), 0o755); err != nil {
				t.Fatal(err)
			}
		}, "no part of the chain of releases: it follows none", false},
		{"a link", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			if err := os.Symlink("2002-05-01.1", s.path(releasesName, id)); err != nil {
				t.Skip(err)
			}
		}, "found a link, want the folder of a release", false},
		{"a file", "2005-05-01.1", func(t *testing.T, s *Store, id string) {
			write(t, s.path(releasesName, id), "")
		}, "found a file, want the folder of a release", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := kept(t)
			before := tree(t, s.dir)
			c.put(t, s, c.id)
			put := tree(t, s.dir)
			_, err := s.Publish("2006-05-01", whole("2001", "2003"))
			found := map[string]error{"the next run": begin(s), "a publication": err, "verify": verified(s, false)}
			if !c.lets {
				_, found["show"] = s.Current()
				_, found["list"] = s.Releases()
			}
			for who, err := range found {
				wants(t, err, refusal.Integrity, c.want)
				for _, p := range refusal.Of(err, refusal.Integrity) {
					if p.Hint == "" {
						t.Errorf("%s: no hint to %v", who, p)
					}
				}
			}
			if diff := cmp.Diff(put, tree(t, s.dir)); diff != "" {
				t.Errorf("the store was changed: %s", diff)
			}
			if err := os.RemoveAll(s.path(releasesName, c.id)); err != nil {
				t.Fatal(err)
			}
			begun(t, s)
			if err := verified(s, true); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(before, tree(t, s.dir)); diff != "" {
				t.Errorf("the store is another without it: %s", diff)
			}
		})
	}
}

// A release that a run was cut off before it pointed to is told from a copy of it.
func TestChainOfTwoThatFollow(t *testing.T) {
	s := kept(t)
	write(t, s.path(currentName), "2002-05-01.1\n")
	text, err := s.catalogOf([]string{"2002-05-01.1"}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.path(catalogName), string(text))
	copied(t, s, "2004-05-01.1", s, "2005-05-01.1")
	wants(t, begin(s), refusal.Integrity, "another one follows 2002-05-01.1 too")
	if err := os.RemoveAll(s.path(releasesName, "2005-05-01.1")); err != nil {
		t.Fatal(err)
	}
	begun(t, s)
	if id := current(t, s).ID; id != "2004-05-01.1" {
		t.Errorf("got %s", id)
	}
}

// A release that was changed is what is named, and not the one that follows it; nor
// is anybody told to take out what is whole.
func TestChainNamesWhatWasChanged(t *testing.T) {
	edit := func(id string) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			rewrite(t, s.path(releasesName, id, manifestName), swap(`"code": "c0de"`, `"code": "c0d3"`))
		}
	}
	for _, c := range []struct {
		name string
		harm func(*testing.T, *Store)
		want string
	}{
		{"the first", edit("2002-05-01.1"), "releases/2002-05-01.1/release.json: changed: SHA-256 is"},
		{"the one between", edit("2004-05-01.1"), "releases/2004-05-01.1/release.json: changed: SHA-256 is"},
		{"what the one between names", func(t *testing.T, s *Store) {
			rewrite(t, s.path(releasesName, "2004-05-01.1", manifestName), swap(`"previous": "`, `"previous": "0`))
		}, "releases/2004-05-01.1/release.json: changed: SHA-256 is"},
		{"that of the current one", func(t *testing.T, s *Store) {
			rewrite(t, s.path(releasesName, "2005-05-01.1", manifestName), func(string) string { return "{" })
		}, "releases/2005-05-01.1/release.json: changed: SHA-256 is"},
		{"the one between is gone", func(t *testing.T, s *Store) {
			if err := os.RemoveAll(s.path(releasesName, "2004-05-01.1")); err != nil {
				t.Fatal(err)
			}
		}, "releases/2004-05-01.1: missing: 2005-05-01.1 follows it"},
		{"the first is gone, and the catalogue", func(t *testing.T, s *Store) {
			if err := errors.Join(os.RemoveAll(s.path(releasesName, "2002-05-01.1")), os.Remove(s.path(catalogName))); err != nil {
				t.Fatal(err)
			}
		}, "releases/2004-05-01.1/release.json: previous is "},
		{"the current one, and the next is not pointed to yet", func(t *testing.T, s *Store) {
			write(t, s.path(currentName), "2004-05-01.1\n")
			edit("2004-05-01.1")(t, s)
		}, "releases/2004-05-01.1/release.json: changed: SHA-256 is"},
		{"the manifest of the one between is gone", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(releasesName, "2004-05-01.1", manifestName)); err != nil {
				t.Fatal(err)
			}
		}, "releases/2004-05-01.1/release.json: missing"},
		{"one whose digests were made right", func(t *testing.T, s *Store) {
			reseal(t, s, "2004-05-01.1", func(m *release.Manifest) { m.Reason = "other" })
		}, "releases/2004-05-01.1/release.json: changed: SHA-256 is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := kept(t)
			publish(t, s, "2005-05-01", whole("2001", "2003"))
			c.harm(t, s)
			_, ps := s.chain()
			if len(ps) == 0 { // of which nothing speaks but the release itself
				_, err := s.Current()
				ps = refusal.Of(err, refusal.Integrity)
			}
			wants(t, ps.Err(), refusal.Integrity, c.want)
			if ps = refusal.Of(ps.Err(), refusal.Integrity); len(ps) != 1 {
				t.Errorf("got %v, want one problem", ps)
			}
			wants(t, verified(s, false), refusal.Integrity, c.want)
		})
	}
}

// Runs that publish between the reading of CURRENT and that of the releases leave no
// stray and no pointer that was put back.
func TestChainWhileRunsPublish(t *testing.T) {
	s := kept(t)
	publish(t, s, "2005-05-01", whole("2001", "2003"))
	asked := 0
	c, ps := s.chainOf(func() (string, error) {
		if asked++; asked == 1 {
			return "2002-05-01.1", nil
		}
		return s.currentID()
	})
	if len(ps) > 0 || c.current() != "2005-05-01.1" || len(c.beyond) > 0 {
		t.Errorf("got %+v, %v", c, ps)
	}
}
