package publish

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

const (
	before = "2002-05-01.1" // the releases of two, and what corrects them
	after  = "2004-05-01.1"
	right  = "2005-05-01.1"
)

// corrected is a store of two, and of a release in which everybody's figure of 2003 is
// another.
func corrected(t *testing.T) *Store {
	t.Helper()
	s := two(t)
	publish(t, s, "2005-05-01", righted())
	return s
}

func righted() Package {
	p := pack("2001", "2003")
	figures := p.Indicators[1].Content.Figures
	figures[len(figures)-1].Value = 42.9
	p.Manifest.Reason = "weights corrected"
	return p
}

// storeLike is a copy of a store.
func storeLike(t *testing.T, s *Store) *Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	return open(t, dir)
}

func correction(since string, scope release.Scope) release.Notice {
	return release.Notice{
		Kind: release.Correction, Issued: "2005-06-01", Extent: release.MinorError, Reason: "weights",
		Affects: &scope, Since: &release.Named{ID: since},
	}
}

func withdrawal(since string, scope release.Scope) release.Notice {
	n := correction(since, scope)
	n.Kind, n.Extent = release.Withdrawal, ""
	return n
}

func influence(sources ...codebook.SourceID) release.Scope {
	return release.Scope{Indicators: []string{"influence-local"}, Sources: sources}
}

// by is a notice with the release that corrects it.
func by(n release.Notice, id string) release.Notice {
	n.CorrectedBy = &release.Named{ID: id}
	return n
}

// of is a notice about another.
func of(kind release.NoticeKind, number int) release.Notice {
	return release.Notice{Kind: kind, Issued: "2005-06-01", Ends: number, Reason: "weights"}
}

func announce(t *testing.T, s *Store, n release.Notice) int {
	t.Helper()
	number, entry, err := s.Announce(n, 0, nil)
	if err != nil || entry == nil {
		t.Fatalf("notice %d, %v: %v", number, entry, err)
	}
	return number
}

// bearings are the effects of the notices on a release, by number.
func bearings(t *testing.T, s *Store, id string) map[int]release.Effect {
	t.Helper()
	r, err := s.Release(id)
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Bearings()
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]release.Effect{}
	for _, b := range all {
		found[b.Number] = b.Effect
	}
	return found
}

// A notice bears on the releases from the first that has the figures to the one that
// has them right, and each step leaves a store that holds.
func TestAnnounce(t *testing.T) {
	s := corrected(t)
	bears := func(step string, want map[string]map[int]release.Effect) {
		t.Helper()
		if _, err := s.Verify(false); err != nil {
			t.Errorf("%s: %v", step, err)
		}
		for _, id := range []string{before, after, right} {
			if diff := cmp.Diff(want[id], bearings(t, s, id), cmp.Transformer("none", func(m map[int]release.Effect) map[int]release.Effect {
				return maps.Clone(m)
			})); diff != "" && len(want[id])+len(bearings(t, s, id)) > 0 {
				t.Errorf("%s, %s: %s", step, id, diff)
			}
		}
	}
	affected, corrected := release.Affected, release.Corrected
	type effects = map[string]map[int]release.Effect
	if n := announce(t, s, correction(after, influence("hocs/2003"))); n != 1 {
		t.Errorf("the first notice is number %d", n)
	}
	bears("an error without a correction", effects{after: {1: affected}, right: {1: affected}})
	announce(t, s, by(of(release.Correction, 1), right))
	bears("its correction", effects{after: {1: affected}, right: {1: corrected}})
	announce(t, s, withdrawal(before, release.Scope{Sources: []codebook.SourceID{"hocs/2001"}}))
	bears("a withdrawal of a source", effects{before: {3: affected}, after: {1: affected, 3: affected}, right: {1: corrected, 3: affected}})
	announce(t, s, of(release.Withdrawal, 2))
	bears("the correction taken back", effects{before: {3: affected}, after: {1: affected, 3: affected}, right: {1: affected, 3: affected}})
	announce(t, s, of(release.Withdrawal, 3))
	bears("the withdrawal taken back", effects{after: {1: affected}, right: {1: affected}})
	announce(t, s, by(correction(after, influence()), right))
	bears("an error with its correction", effects{after: {1: affected, 6: affected}, right: {1: affected, 6: corrected}})

	_, err := s.Publish("2005-05-31", righted()) // after the last release
	wants(t, err, refusal.Usage, "issued 2005-05-31 is before the last notice, of 2005-06-01")
	publish(t, s, "2006-05-01", righted())
	if r := current(t, s); r.Manifest.Notice == "" || bearings(t, s, r.ID)[1] != affected {
		t.Errorf("the next release names %q, and is affected by %v", r.Manifest.Notice, bearings(t, s, r.ID))
	}
	if _, err := s.Verify(false); err != nil {
		t.Error(err)
	}
}

// The same notices in the same store have the same bytes.
func TestAnnounceDeterminism(t *testing.T) {
	made := func(scope release.Scope) map[string]string {
		s := corrected(t)
		announce(t, s, correction(before, scope))
		return tree(t, s.path(noticesName))
	}
	one := made(release.Scope{Sources: []codebook.SourceID{"hocs/2001"}, Categories: []string{"women", "men"}})
	other := made(release.Scope{Sources: []codebook.SourceID{"hocs/2001"}, Categories: []string{"men", "women", "men"}})
	if diff := cmp.Diff(one, other); diff != "" || len(one) != 1 {
		t.Errorf("%d files, %s", len(one), diff)
	}
}

func TestAnnounceRefuses(t *testing.T) {
	s := corrected(t)
	announce(t, s, correction(after, influence("hocs/2003")))
	announce(t, s, by(of(release.Correction, 1), right))
	announce(t, s, withdrawal(before, influence()))
	announce(t, s, of(release.Withdrawal, 2))
	announce(t, s, by(correction(before, release.Scope{Sources: []codebook.SourceID{"hocs/2001", "hocs/2003"}, Populations: []string{"england-and-wales"}}), right))
	stays := tree(t, s.Dir())
	on := func(day string) release.Notice {
		n := withdrawal(after, influence())
		n.Issued = day
		return n
	}
	saying := func(words string) release.Notice {
		n := withdrawal(after, influence())
		n.Reason = words
		return n
	}
	extent := func(n release.Notice, words string) release.Notice {
		n.Extent = words
		return n
	}
	for _, c := range []struct {
		name string
		n    release.Notice
		want string
	}{
		{"a day that is none", on("2005-02-30"), `issued "2005-02-30", want a day such as 2003-11-20`},
		{"a day before the last notice", on("2005-05-31"), "issued 2005-05-31, before the last notice, of 2005-06-01"},
		{"a day before the last release", on("2005-04-30"), "issued 2005-04-30, before the last release, 2005-05-01.1"},
		{"no reason", saying(" \n"), `reason "", want words`},
		{"a reason that moves a cursor", saying("a\x1b[2J"), "none that moves a cursor"},
		{"a reason that is no text", saying("a\xff"), "none that moves a cursor"},
		{"a reason without an end", saying(strings.Repeat("a", 2001)), "a reason of 2001 characters, want at most 2000"},
		{"a kind that is none", release.Notice{Kind: "apology", Issued: "2005-06-01"}, `kind "apology", want correction or withdrawal`},
		{"a correction of no extent", extent(correction(after, influence()), ""), `extent "" of a correction, want minor or substantial`},
		{"a correction of another extent", extent(correction(after, influence()), "huge"), `extent "huge" of a correction`},
		{"a withdrawal of an extent", extent(withdrawal(after, influence()), "minor"), "a withdrawal has no extent"},
		{"a withdrawal that a release corrects", by(withdrawal(before, influence()), right), "a withdrawal has no extent, and no release that corrects it"},
		{"figures and a notice", func() release.Notice { n := withdrawal(after, influence()); n.Ends = 1; return n }(), "want the figures that it affects and the first release that has them, or the notice that it ends"},
		{"no figures", release.Notice{Kind: release.Withdrawal, Issued: "2005-06-01", Reason: "x"}, "want the figures that it affects"},
		{"figures of no release", func() release.Notice { n := withdrawal(after, influence()); n.Since = nil; return n }(), "want the figures that it affects and the first release"},
		{"a notice before the first", of(release.Withdrawal, -1), "want the figures that it affects"},
		{"a release that is not there", withdrawal("2004-05-01.2", influence()), `the first release affected is "2004-05-01.2", and there is no such release`},
		{"a path for a release", withdrawal("../x", influence()), `the first release affected is "../x", and there is no such release`},
		{"a correction that is not there", by(correction(after, influence()), "2009-05-01.1"), `the release that corrects is "2009-05-01.1", and there is no such release`},
		{"an indicator that is not there", withdrawal(after, release.Scope{Indicators: []string{"influence-lokal"}}), `no indicator "influence-lokal" from 2004-05-01.1 on; did you mean "influence-local"?`},
		{"a source that came later", withdrawal(before, influence("hocs/2003")), "no figure of influence-local: hocs/2003 is in 2002-05-01.1"},
		{"a population that is not there", withdrawal(after, release.Scope{Populations: []string{"wales"}}), `no population "wales" from`},
		{"a breakdown that is not there", withdrawal(after, release.Scope{Breakdowns: []string{"age"}}), `no breakdown "age" from`},
		{"a category that is not there", withdrawal(after, release.Scope{Categories: []string{"man"}}), `no category "man" from 2004-05-01.1 on; did you mean "men"?`},
		{"an item that is not there", withdrawal(after, release.Scope{Items: []string{"some"}}), `no item "some" from`},
		{"codes that no figure has together", withdrawal(after, release.Scope{Breakdowns: []string{"all"}, Categories: []string{"men"}}), "no figure of every indicator: all, men is in 2004-05-01.1"},
		{"a correction by the release that is wrong", by(correction(after, influence()), after), "2004-05-01.1 cannot correct what is affected from 2004-05-01.1 on: want a later release"},
		{"a correction by one before it", by(correction(after, influence()), before), "2002-05-01.1 cannot correct what is affected from 2004-05-01.1 on"},
		{"a correction in which nothing is another", by(correction(before, influence("hocs/2001")), right), "nothing of influence-local: hocs/2001 is another in 2005-05-01.1 than in the release before"},
		{"a correction by a source that came", by(correction(before, influence()), after), "nothing of influence-local is another in 2004-05-01.1 than in the release before"},
		{"what a notice says already", withdrawal(before, influence()), "notice 3 says so already"},
		{"what one says of which it is not said what corrects it", by(correction(after, influence("hocs/2003")), right), "notice 1 says so already, but for 2005-05-01.1, which corrects it: want a notice that ends it"},
		{"what one says with the same correction", by(correction(before, release.Scope{Sources: []codebook.SourceID{"hocs/2003", "hocs/2001"}, Populations: []string{"england-and-wales"}}), right), "notice 5 says so already"},
		{"a notice that is not there", of(release.Withdrawal, 6), "it ends notice 6, and there are 5 before it"},
		{"a notice that was taken back", of(release.Withdrawal, 2), "notice 2 was taken back by notice 4"},
		{"a notice that takes one back", of(release.Withdrawal, 4), "notice 4 takes back notice 2: issue that again instead"},
		{"a correction of a notice about a notice", by(of(release.Correction, 4), right), "notice 4 is about notice 2: want a notice about figures"},
		{"a correction of a notice by no release", of(release.Correction, 1), "no release that corrects what notice 1 is about"},
		{"a correction of a notice by the release that is wrong", by(of(release.Correction, 1), after), "2004-05-01.1 cannot correct what is affected from 2004-05-01.1 on"},
		{"a correction of a notice that has one", by(of(release.Correction, 5), right), "notice 5 is ended already: 2005-05-01.1 corrects it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, entry, err := s.Announce(c.n, 0, nil)
			wants(t, err, refusal.Usage, c.want)
			if entry != nil {
				t.Errorf("a notice was given: %+v", entry)
			}
			if diff := cmp.Diff(stays, tree(t, s.Dir())); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a store without a release", func(t *testing.T) {
		_, _, err := open(t, filepath.Join(t.TempDir(), "store")).Announce(withdrawal(after, influence()), 0, nil)
		wants(t, err, refusal.Disk, "no release in the store")
	})
	t.Run("a store in use", func(t *testing.T) {
		unlock, err := s.lock()
		if err != nil {
			t.Fatal(err)
		}
		defer unlock(false)
		other := open(t, s.dir)
		_, _, err = other.Announce(withdrawal(after, influence()), 0, nil)
		wants(t, err, refusal.Running, "store is in use")
	})
}

// Whatever was done to the notices, or to what they name, is found and named.
func TestVerifyNotices(t *testing.T) {
	whole := corrected(t)
	announce(t, whole, correction(before, influence()))
	announce(t, whole, withdrawal(after, influence()))
	publish(t, whole, "2006-05-01", righted())
	for _, c := range []struct {
		name string
		harm func(t *testing.T, s *Store)
		want string
	}{
		{"a word changed", func(t *testing.T, s *Store) {
			rewrite(t, s.path(noticesName, "0001.json"), func(text string) string { return strings.Replace(text, "weights", "nothing", 1) })
		}, "notices/0001.json: changed: SHA-256 is "},
		{"a word of the last one changed", func(t *testing.T, s *Store) {
			rewrite(t, s.path(noticesName, "0002.json"), func(text string) string { return strings.Replace(text, "weights", "nothing", 1) })
		}, "notices/0002.json: changed: SHA-256 is "},
		{"the last one taken out", func(t *testing.T, s *Store) { remove(t, s.path(noticesName, "0002.json")) }, "releases/2006-05-01.1/release.json: notice is "},
		{"all taken out", func(t *testing.T, s *Store) {
			if err := os.RemoveAll(s.path(noticesName)); err != nil {
				t.Fatal(err)
			}
		}, "want empty, the SHA-256 of the last notice before the release"},
		{"one taken out", func(t *testing.T, s *Store) { remove(t, s.path(noticesName, "0001.json")) }, "notices/0002.json: no notice: want 0001.json next"},
		{"one put in", func(t *testing.T, s *Store) {
			text, err := os.ReadFile(s.path(noticesName, "0002.json"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, s.path(noticesName, "0003.json"), string(text))
		}, "notices/0003.json: previous is "},
		{"another file", func(t *testing.T, s *Store) { write(t, s.path(noticesName, "notes.txt"), "x") }, "notices/notes.txt: no notice: want 0003.json next"},
		{"a folder in its place", func(t *testing.T, s *Store) {
			remove(t, s.path(noticesName, "0002.json"))
			if err := os.Mkdir(s.path(noticesName, "0002.json"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, "found a folder, want a file"},
		{"another form", func(t *testing.T, s *Store) {
			rewrite(t, s.path(noticesName, "0002.json"), func(text string) string { return text + "\n" })
		}, "notices/0002.json: not in canonical form"},
		{"a key that it has not", func(t *testing.T, s *Store) {
			rewrite(t, s.path(noticesName, "0002.json"), func(text string) string { return strings.Replace(text, "{", `{"by": 1,`, 1) })
		}, `notices/0002.json: not the JSON that was expected: json: unknown field "by"`},
		{"another format", func(t *testing.T, s *Store) {
			rewrite(t, s.path(noticesName, "0002.json"), func(text string) string { return strings.Replace(text, "notice/1", "notice/2", 1) })
		}, `format "togetherwecan-notice/2", want "togetherwecan-notice/1"`},
		{"a release of another digest", func(t *testing.T, s *Store) {
			rewrite(t, s.path(noticesName, "0002.json"), func(text string) string {
				i := strings.LastIndex(text, `"digest": "`) + len(`"digest": "`)
				return text[:i] + strings.Repeat("0", 64) + text[i+64:]
			})
			remove(t, s.path(catalogName)) // which would say that it was changed
		}, "notices/0002.json: the SHA-256 of 2004-05-01.1, the first release affected, is 0000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := storeLike(t, whole)
			c.harm(t, s)
			_, err := s.Verify(false)
			wants(t, err, refusal.Integrity, c.want)
			r, err := s.Release(before)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Bearings(); c.name != "a release of another digest" {
				wants(t, err, refusal.Integrity, "")
			}
			_, _, err = s.Announce(withdrawal(after, influence("hocs/2003")), 0, nil)
			wants(t, err, refusal.Integrity, "")
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// A notice that is cut off at any step is there or not, readers find a store that holds,
// and the next run finishes it.
func TestAnnounceCutOff(t *testing.T) {
	whole := corrected(t)
	announce(t, whole, correction(before, influence()))
	was := tree(t, whole.Dir())
	next := storeLike(t, whole)
	announce(t, next, withdrawal(after, influence()))
	now := tree(t, next.Dir())
	notice := now["notices/0002.json"]
	for _, c := range []struct {
		name  string
		there bool // the notice
		kind  refusal.Kind
		state func(t *testing.T, s *Store)
	}{
		{"before anything", false, 0, func(*testing.T, *Store) {}},
		{"half of it written", false, refusal.Interrupted, func(t *testing.T, s *Store) { write(t, s.path(noticesName, ".0002.json.0~"), notice[:40]) }},
		{"written, with the catalogue beside", false, refusal.Interrupted, func(t *testing.T, s *Store) {
			write(t, s.path(noticesName, ".0002.json.0~"), notice)
			folder := s.path(releasesName, building+"pointers")
			if err := os.Mkdir(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, ".catalog.json.0~"), now[catalogName])
		}},
		{"in its place", true, refusal.Interrupted, func(t *testing.T, s *Store) {
			write(t, s.path(noticesName, "0002.json"), notice)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := storeLike(t, whole)
			c.state(t, s)
			want := was
			if c.there {
				want = now
			}
			if _, err := s.Verify(false); c.kind == 0 && err != nil {
				t.Error(err)
			} else if c.kind != 0 {
				wants(t, err, c.kind, "cut off")
			}
			if got := bearings(t, s, after); (got[2] != "") != c.there || got[1] == "" {
				t.Errorf("readers are told of %v", got)
			}
			begun(t, s)
			if diff := cmp.Diff(want, tree(t, s.Dir())); diff != "" {
				t.Error(diff)
			}
			if _, err := s.Verify(false); err != nil {
				t.Error(err)
			}
		})
	}
}
