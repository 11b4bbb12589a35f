package publish

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// secret is a key, and whole what a package is with its restricted files.
var secret = bytes.Repeat([]byte{7}, keyBytes)

func whole(waves ...string) Package {
	p := pack(waves...)
	p.Key, p.Restricted = secret, map[string][]byte{}
	for _, x := range p.Indicators {
		x.Content.Sort()
		x.Content.Restricted(x.ID, p.Restricted)
	}
	return p
}

func TestRestricted(t *testing.T) {
	s := kept(t)
	if _, err := s.Verify(true); err != nil {
		t.Error(err)
	}
	known, _, err := current(t, s).Restricted()
	if err != nil || len(known["influence-local"].Figures) != 6 || len(known["influence-local"].Changes) != 1 {
		t.Errorf("got %v, %v", known, err)
	}
	for path, mode := range map[string]os.FileMode{
		"": 0o700, "key": 0o600, "2002-05-01.1": 0o700, "2002-05-01.1/influence-local.csv": 0o600, "2002-05-01.1/SHA256SUMS": 0o600,
	} {
		if info, err := os.Stat(s.path(restrictedName, path)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("restricted/%s: got %v, %v; want %v", path, info, err, mode)
		}
	}
	if err := os.RemoveAll(s.path(restrictedName)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verify(true); err != nil {
		t.Errorf("a store that was handed out: %v", err)
	}
	if known, _, err := current(t, s).Restricted(); known != nil || err != nil {
		t.Errorf("a store that was handed out: got %v, %v", known, err)
	}
}

// Whatever a run that was cut off left of restricted folders goes, and what a
// release rests on stays.
func TestRecoverRestricted(t *testing.T) {
	folder := func(t *testing.T, s *Store, name string) {
		t.Helper()
		if err := os.Mkdir(s.path(restrictedName, name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, s.path(restrictedName, name, "influence-local.csv"), "half of")
	}
	for _, c := range []struct {
		name string
		harm func(t *testing.T, s *Store)
	}{
		{"cut off while it was built", func(t *testing.T, s *Store) { folder(t, s, building+"2005-05-01.1") }},
		{"cut off before its release was in its place", func(t *testing.T, s *Store) { folder(t, s, "2005-05-01.1") }},
		{"cut off before the pointer moved", func(t *testing.T, s *Store) { write(t, s.path(currentName), "2002-05-01.1\n") }},
		{"cut off while the key was written", func(t *testing.T, s *Store) { write(t, s.path(restrictedName, ".key.0~"), "07") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := kept(t)
			before := tree(t, s.Dir())
			c.harm(t, s)
			end, err := s.Begin(0, nil)
			if err != nil {
				t.Fatal(err)
			}
			end()
			if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A release that cannot be put into its place takes its restricted folder with it.
func TestPlaceIsAllOrNothing(t *testing.T) {
	s := open(t, t.TempDir())
	for _, folder := range []string{"a", "b", "taken"} {
		if err := os.Mkdir(s.path(folder), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, s.path(folder, "file"), folder)
	}
	before := tree(t, s.Dir())
	if err := place([]move{{s.path("a"), s.path("in its place")}, {s.path("b"), s.path("taken")}}); err == nil {
		t.Fatal("put into the place of another")
	}
	if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
		t.Error(diff)
	}
}

func TestRestrictedDamage(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(t *testing.T, s *Store)
		want string
	}{
		{"a figure", func(t *testing.T, s *Store) {
			write(t, s.path(restrictedName, "2002-05-01.1", "influence-local.csv"), "")
		}, "restricted/2002-05-01.1/influence-local.csv: changed"},
		{"a file too many", func(t *testing.T, s *Store) { write(t, s.path(restrictedName, "2002-05-01.1", "more.csv"), "") }, "restricted/2002-05-01.1/more.csv: no part of the release"},
		{"the seals alone", func(t *testing.T, s *Store) {
			rewrite(t, s.path(restrictedName, "2002-05-01.1", sumsName), swap("influence-local.csv", "influence-all.csv"))
		}, "restricted/2002-05-01.1/SHA256SUMS: changed: the files beside it are those that release.json names"},
		{"the seals with it", func(t *testing.T, s *Store) {
			var files []release.File
			for name, text := range tree(t, s.path(restrictedName, "2002-05-01.1")) {
				if name == "influence-local.csv" {
					text = strings.ReplaceAll(text, "42.934121", "42.9")
					write(t, s.path(restrictedName, "2002-05-01.1", name), text)
				}
				if name != sumsName {
					files = append(files, release.File{Path: name, SHA256: release.Digest([]byte(text))})
				}
			}
			write(t, s.path(restrictedName, "2002-05-01.1", sumsName), string(encodeSums(files)))
		}, "restricted/2002-05-01.1/SHA256SUMS: changed: its digest by restricted/key is another than that in release.json"},
		{"another key", func(t *testing.T, s *Store) {
			write(t, s.path(restrictedName, keyName), string(encodeKey(bytes.Repeat([]byte{8}, keyBytes))))
		}, "restricted/key: changed: it is not the key that the restricted folders were sealed with"},
		{"no key", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(restrictedName, keyName)); err != nil {
				t.Fatal(err)
			}
		}, "restricted/key: missing: 2 restricted folders sealed with it"},
		{"half a key", func(t *testing.T, s *Store) { write(t, s.path(restrictedName, keyName), "0707\n") }, "restricted/key: want a key of 64"},
		{"a stray folder", func(t *testing.T, s *Store) {
			if err := os.Mkdir(s.path(restrictedName, "mine"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "restricted/mine: no part of a store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := kept(t)
			c.harm(t, s)
			wants(t, verified(s, false), refusal.Integrity, c.want)
		})
	}
}

func TestKey(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "store"))
	one, err := s.Key(nil)
	two, again := s.Key(nil)
	if err := errors.Join(err, again); err != nil || len(one) != keyBytes || bytes.Equal(one, two) {
		t.Errorf("a new store: got %x and %x, %v; want two keys by chance", one, two, err)
	}
	if given, err := s.Key(secret); err != nil || !bytes.Equal(given, secret) {
		t.Errorf("the one given: got %x, %v", given, err)
	}
	publish(t, s, "2002-05-01", whole("2001"))
	if own, err := s.Key(nil); err != nil || !bytes.Equal(own, secret) {
		t.Errorf("its own: got %x, %v", own, err)
	}
	_, err = s.Key(one)
	wants(t, err, refusal.Usage, "another key than that of the store")
	p := whole("2001", "2003")
	p.Key = one
	_, err = s.Publish("2004-05-01", p)
	wants(t, err, refusal.Running, "the store has moved on")
}

// A key that was lost is not replaced by another one where folders are here that it
// sealed: they would be unlike what their releases say of them for ever.
func TestKeyLost(t *testing.T) {
	s := kept(t)
	if err := os.Remove(s.path(restrictedName, keyName)); err != nil {
		t.Fatal(err)
	}
	before := tree(t, s.dir)
	_, err := s.Key(nil)
	wants(t, err, refusal.Integrity, "restricted/key: missing: restricted/2002-05-01.1 was sealed with it")
	_, err = s.Key(bytes.Repeat([]byte{8}, keyBytes))
	wants(t, err, refusal.Usage, "--key: another key than that which restricted/2002-05-01.1 was sealed with")
	if key, err := s.Key(secret); err != nil || !bytes.Equal(key, secret) {
		t.Errorf("the one that it was: got %x, %v", key, err)
	}
	if diff := cmp.Diff(before, tree(t, s.dir)); diff != "" {
		t.Error(diff)
	}
	publish(t, s, "2005-05-01", whole("2001", "2003"))
	if err := verified(s, true); err != nil {
		t.Errorf("with the key given again: %v", err)
	}
	if err := os.RemoveAll(s.path(restrictedName)); err != nil {
		t.Fatal(err)
	}
	if key, err := s.Key(nil); err != nil || bytes.Equal(key, secret) {
		t.Errorf("a store that was handed out: got %x, %v", key, err)
	}
}
