package publish

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Verified is what of a store was held and holds.
type Verified struct {
	Releases   []Held // oldest first
	Restricted int    // restricted folders that are here
	Notices    int
}

// Held is a release that holds.
type Held struct {
	Release    string
	Digest     string // of its release.json: that of the newest vouches for all
	Indicators int
	Files      int
}

// Verify holds the store against itself: every file against its digest, every
// manifest, the chain of releases, the pointer and the catalogue. With deep it reads
// every table: each CSV against its Parquet file, cell by cell with the library
// that wrote it and with another; its keys, values and statuses; and the identities
// of indicators. It keeps runs out meanwhile, as Hold does, unless they are kept out.
//
// It reports every problem, of kind Integrity, or Disk for what cannot be read. Where
// all is well but that a run was cut off, and left something, they are of kind
// Interrupted; where one is publishing, there is one of kind Running.
func (s *Store) Verify(deep bool) (*Verified, error) {
	if !s.held && !s.taken {
		end, err := s.Hold(0, nil)
		if err != nil {
			return nil, err
		}
		defer end()
	}
	_, lacking := os.Lstat(s.path(lockName))
	v := &verification{Store: s, deep: deep, made: &Verified{}}
	for _, check := range checks {
		v.found = append(v.found, check(v)...)
	}
	ps := told(v.found)
	if len(ps) == 0 {
		return v.made, nil
	}
	if _, err := os.Lstat(s.path(lockName)); err == nil && lacking != nil {
		return nil, s.inUse(0) // a first run began, which nothing kept out
	}
	return nil, ps.Err()
}

// told gives each problem once, and what a run that was cut off left only where that
// is all.
func told(ps refusal.Problems) refusal.Problems {
	damaged := slices.ContainsFunc(ps, func(p refusal.Problem) bool { return p.Kind != refusal.Interrupted })
	seen := map[string]bool{}
	return slices.DeleteFunc(ps, func(p refusal.Problem) bool {
		again := seen[p.Error()]
		seen[p.Error()] = true
		return again || damaged && p.Kind == refusal.Interrupted
	})
}

// A verification is a store that is held against itself.
type verification struct {
	*Store
	deep     bool
	chain    *chain
	releases []*Release // of the chain; nil where one cannot be opened
	notices  []release.NoticeEntry
	unread   bool // the notices, by whose faults the catalogue is not to be made anew
	made     *Verified
	found    refusal.Problems // by the checks before
}

// at says whether something was found at a place.
func (v *verification) at(where string) bool {
	return slices.ContainsFunc(v.found, func(p refusal.Problem) bool { return p.Where == where })
}

// checks are what Verify does, each of which finds what it can.
var checks = []func(*verification) refusal.Problems{
	(*verification).holdChain,
	(*verification).holdReleases,
	(*verification).holdRestricted,
	(*verification).holdNotices,
	(*verification).holdPointers,
	(*verification).holdLog,
	(*verification).strays,
}

// holdChain reads the chain, which others need.
func (v *verification) holdChain() (ps refusal.Problems) {
	v.chain, ps = v.Store.chain()
	if len(ps) == 0 && len(v.chain.all()) == 0 && len(v.leftovers()) == 0 {
		ps = v.Unpublished()
	}
	return ps
}

// holdReleases holds the folder of each release.
func (v *verification) holdReleases() (ps refusal.Problems) {
	links := v.chain.all()
	known := v.catalogued()
	v.releases = make([]*Release, len(links))
	for i, l := range links {
		where := releasesName + "/" + l.id
		digest := known[l.id]
		if i+1 < len(links) {
			digest = links[i+1].previous
		}
		r, problems := v.verifyRelease(v.path(where), where, digest, v.deep, nil)
		ps = append(ps, problems...)
		if r == nil {
			continue
		}
		r.ID, v.releases[i] = l.id, r
		v.made.Releases = append(v.made.Releases, Held{l.id, r.Digest, len(r.Manifest.Indicators), len(r.Manifest.Files)})
		if i > 0 && v.releases[i-1] != nil && v.releases[i-1].Manifest.Synthetic != r.Manifest.Synthetic {
			ps = append(ps, sealed(where, manifestName, "synthetic is %t, unlike the release before", r.Manifest.Synthetic)...)
		}
	}
	return ps
}

// holdRestricted holds the restricted folders that are here against their digests, and
// these by the key against what release.json has. Where it fits none of several, it is
// the key that was changed.
func (v *verification) holdRestricted() (ps refusal.Problems) {
	key, err := v.ownKey()
	ps = refusal.Of(err, refusal.Integrity)
	var unlike []string
	keyless := 0
	for i, l := range v.chain.all() {
		var m *release.Manifest
		if r := v.releases[i]; r != nil {
			m = r.Manifest
		}
		kept, problems := v.restrictedFolder(l.id, key, m)
		if ps = append(ps, problems...); kept == nil {
			continue
		}
		switch v.made.Restricted++; {
		case key == nil && kept.key == nil:
			keyless++
		case m != nil && !kept.sealedBy(key, m):
			unlike = append(unlike, l.id)
		}
	}
	switch n := v.made.Restricted; {
	case keyless > 0 && err == nil:
		ps = append(ps, problem(refusal.Integrity, restrictedName+"/"+keyName, "put it back from a copy", "missing: %s sealed with it", refusal.Count(keyless, "restricted folder"))...)
	case n > 1 && n == len(unlike):
		ps = append(ps, problem(refusal.Integrity, restrictedName+"/"+keyName, "put it back from a copy", "changed: it is not the key that the restricted folders were sealed with")...)
	default:
		for _, id := range unlike {
			ps = append(ps, unlikeKeyed(id)...)
		}
	}
	if last := len(v.releases) - 1; len(v.chain.beyond) == 1 && v.releases[last] != nil {
		ps = append(ps, v.restsOn(v.chain.beyond[0], v.releases[last])...)
	}
	return ps
}

// holdPointers holds CURRENT and the catalogue against the releases. They are moved
// one after the other, the pointer first.
func (v *verification) holdPointers() refusal.Problems {
	n := len(v.releases)
	if n == 0 || v.unread {
		return nil
	}
	text, err := readFile(v.path(catalogName))
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return refusal.Of(v.disk(err), refusal.Integrity)
	}
	links, last := v.chain.all(), v.chain.all()[n-1].id
	as := func(links []link, notices []release.NoticeEntry) bool {
		return bytes.Equal(text, v.catalogOf(links, notices, text))
	}
	switch behind := len(v.chain.beyond) > 0; {
	case missing && n == 1, !missing && n > 1 && as(links[:n-1], v.notices):
		return problem(refusal.Interrupted, v.dir, finishes, "a run was cut off before %s was current and catalogued", last)
	case missing:
		return problem(refusal.Integrity, catalogName, "", "missing")
	case len(v.notices) > 0 && as(links, v.notices[:len(v.notices)-1]):
		return problem(refusal.Interrupted, v.dir, "the next twc run, correct or withdraw finishes it", "the newest notice is there, and was cut off before it was catalogued")
	case !as(links, v.notices):
		return problem(refusal.Integrity, catalogName, "the next twc run rebuilds it", "is not what the releases give")
	case behind && !v.at(currentName):
		return problem(refusal.Integrity, currentName, "", "names %s, the newest release is %s", or(v.chain.current(), "nothing"), last)
	}
	return nil
}

// catalogOf is catalog.json where the store has these releases. What it says of one
// that is damaged is as the text has it: it cannot be made anew.
func (v *verification) catalogOf(links []link, notices []release.NoticeEntry, text []byte) []byte {
	var c, was release.Catalog
	_ = json.Unmarshal(text, &was) // what is no JSON is not what the releases give
	for i, l := range links {
		where := releasesName + "/" + l.id
		if r := v.releases[i]; r != nil && !v.at(where+"/"+manifestName) && !v.at(where+"/"+labelsName) {
			c.Add(l.id, r.Digest, r.Manifest, r.Labels)
		} else if i < len(was.Releases) {
			c.Releases, c.Current, c.Synthetic = append(c.Releases, was.Releases[i]), was.Releases[i].ID, was.Synthetic
		}
	}
	c.Notices = notices
	return c.Encode()
}

const finishes = "the next twc run finishes it; the releases before are whole"

// Unsettled says of a store whose first release is not pointed to yet what will
// finish it; nil of any other.
func (s *Store) Unsettled() error {
	c, ps := s.chain()
	if len(ps) > 0 || len(c.links) > 0 || len(c.beyond) == 0 {
		return ps.Err()
	}
	newest := c.beyond[0].id
	if disk.Locked(s.path(lockName)) {
		return problem(refusal.Running, s.dir, "wait for the other run to end", "another run is publishing %s", newest)
	}
	return problem(refusal.Interrupted, s.dir, finishes, "a run was cut off before %s was current and catalogued", newest)
}

func problem(kind refusal.Kind, where, hint, format string, args ...any) refusal.Problems {
	return refusal.Problems{{Kind: kind, Where: where, What: fmt.Sprintf(format, args...), Hint: hint}}
}

// strays reports what lies in the store and is no part of it, and what a run that was
// cut off left.
func (v *verification) strays() refusal.Problems {
	var ps refusal.Problems
	for _, folder := range []string{"", releasesName, restrictedName} {
		entries, err := os.ReadDir(v.path(folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue // of a store without a release, or that was handed out
		}
		if err != nil {
			ps = append(ps, refusal.Of(v.disk(err), refusal.Disk)...)
			continue
		}
		for _, e := range entries {
			if !v.known(folder, e.Name()) {
				ps = append(ps, problem(refusal.Integrity, filepath.ToSlash(filepath.Join(folder, e.Name())), "", "no part of a store")...)
			}
		}
	}
	for _, left := range v.leftovers() {
		ps = append(ps, problem(refusal.Interrupted, left, "the next twc run clears it; every release is whole", "left by a run that was cut off")...)
	}
	return ps
}

// known says whether a store has a name in one of its folders.
func (v *verification) known(folder, name string) bool {
	switch folder {
	case "":
		return slices.Contains(members, name)
	case releasesName: // what is named like a release is held by the chain
		return releaseID.MatchString(name) || strings.HasPrefix(name, building)
	}
	return name == keyName || v.chain.find(name) != nil || left(v.chain, folder, name)
}

// leftovers lists what a run that was cut off left in the store.
func (v *verification) leftovers() []string {
	var found []string
	for _, folder := range []string{releasesName, restrictedName, logName, noticesName} {
		entries, _ := os.ReadDir(v.path(folder)) // where it cannot be read, strays says so
		for _, e := range entries {
			if left(v.chain, folder, e.Name()) {
				found = append(found, folder+"/"+e.Name())
			}
		}
	}
	return found
}

// left says whether a name is that of what a run leaves that is cut off: what it was
// building, a notice that is not in its place, and the restricted folder that is in its
// place before its release is.
func left(c *chain, folder, name string) bool {
	switch {
	case folder == noticesName:
		return strings.HasPrefix(name, ".")
	case strings.HasPrefix(name, building), folder == restrictedName && strings.HasPrefix(name, "."+keyName), folder == logName && strings.HasPrefix(name, "."):
		return true
	case folder != restrictedName || !releaseID.MatchString(name):
		return false
	}
	return c.find(name) == nil && (c.current() == "" || compareIDs(name, c.current()) > 0)
}
