package publish

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Notices lists the store's notices in the order of their numbers. Each is held
// against the one before it: what is missing, changed or no notice is of kind
// Integrity.
func (s *Store) Notices() ([]release.NoticeEntry, error) {
	entries, err := os.ReadDir(s.path(noticesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.disk(err)
	}
	var ps refusal.Problems
	var notices []release.NoticeEntry
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue // one that is being written, or was
		}
		if want := release.NoticeName(len(notices) + 1); e.Name() != want {
			ps = append(ps, sealed(noticesName, e.Name(), "no notice: want %s next", want)...)
			continue
		}
		data, err := readFile(s.path(noticesName, e.Name()))
		if err != nil {
			return nil, s.disk(err)
		}
		n, err := release.DecodeNotice(data)
		if err != nil {
			ps = append(ps, sealed(noticesName, e.Name(), "%v", err)...)
			n = &release.Notice{}
		}
		notices = append(notices, release.NoticeEntry{Path: noticesName + "/" + e.Name(), Digest: release.Digest(data), Notice: *n})
	}
	if len(ps) == 0 {
		ps = s.noticeFaults(notices, nil)
	}
	if s.until != "" && len(ps) == 0 {
		ids, err := s.Releases()
		if err != nil {
			return nil, err
		}
		if at := slices.IndexFunc(notices, func(n release.NoticeEntry) bool { return !slices.Contains(ids, n.Newest.ID) }); at >= 0 {
			notices = notices[:at]
		}
	}
	return notices, ps.Err()
}

// newestNotice is the digest of the last notice, and the day it was issued; both are
// empty where there is none.
func (s *Store) newestNotice() (digest, issued string, err error) {
	notices, err := s.Notices()
	if err != nil || len(notices) == 0 {
		return "", "", err
	}
	last := &notices[len(notices)-1]
	return last.Digest, last.Issued, nil
}

// noticeFaults are the problems, of kind Integrity, that notices and the chain have with
// each other. Where the catalogue and what follows a notice agree on its digest, it is
// the notice that was changed.
func (s *Store) noticeFaults(notices []release.NoticeEntry, chain []release.Link) refusal.Problems {
	faults := release.CheckNotices(notices, chain)
	if len(faults) == 0 {
		return nil
	}
	var ps refusal.Problems
	for _, n := range s.cataloguedNotices() {
		i := slices.IndexFunc(notices, func(x release.NoticeEntry) bool { return x.Path == n.Path })
		if i < 0 || notices[i].Digest == n.Digest {
			continue
		}
		follows := i+1 < len(notices) && notices[i+1].Previous == n.Digest || slices.ContainsFunc(chain, func(l release.Link) bool { return l.Notice == n.Digest })
		if follows {
			ps = append(ps, problem(refusal.Integrity, n.Path, "", "changed: SHA-256 is %s, %s says %s", notices[i].Digest, catalogName, n.Digest)...)
		}
	}
	if len(ps) > 0 {
		return ps
	}
	for _, f := range faults {
		where := releasesName + "/" + f.Release + "/" + manifestName
		if f.At >= 0 {
			where = notices[f.At].Path
		}
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: where, What: f.What})
	}
	return ps
}

// cataloguedNotices are the notices as the catalogue has them; none where it cannot be
// read, since it is rebuilt from them.
func (s *Store) cataloguedNotices() []release.NoticeEntry {
	text, err := readFile(s.path(catalogName))
	var c release.Catalog
	if err != nil || json.Unmarshal(text, &c) != nil {
		return nil
	}
	return c.Notices
}

// noticed is a release as its notices need it.
func noticed(r *Release) release.Link {
	return release.Link{Named: release.Named{ID: r.ID, Digest: r.Digest}, Notice: r.Manifest.Notice, Labels: r.Labels}
}

// holdNotices holds the store's notices against each other and the releases.
func (v *verification) holdNotices() refusal.Problems {
	notices, err := v.Notices()
	if err != nil {
		v.unread = true
		return refusal.Of(err, refusal.Integrity)
	}
	v.notices, v.made.Notices = notices, len(notices)
	var links []release.Link
	for _, r := range v.releases {
		if r == nil {
			return nil // which is damaged, and what notices name with it
		}
		links = append(links, noticed(r))
	}
	ps := v.noticeFaults(notices, links)
	v.unread = len(ps) > 0
	return ps
}

// Announce adds a notice to the store, and returns it with its number. Of the notice
// the kind, what it is about, the reason, the day and the ids of releases are given;
// Announce fills in the rest. A notice that does not hold, is about figures that are not
// there, says nothing new, or names a release that corrects nothing of them, is refused,
// of kind Usage. As a run does, it takes the store for itself, waits as long as it is
// told, and finishes what was cut off. Either the notice is there, and catalogued, or the
// store is as it was; a fault after it is there comes with it.
func (s *Store) Announce(n release.Notice, wait time.Duration, waits func()) (int, *release.NoticeEntry, error) {
	end, err := s.Begin(wait, waits)
	if err != nil {
		return 0, nil, err
	}
	defer end()
	var chain []release.Link
	ids, err := s.Releases()
	if err != nil {
		return 0, nil, err
	}
	if len(ids) == 0 {
		return 0, nil, s.Unpublished()
	}
	for _, id := range ids {
		r, err := s.Release(id)
		if err != nil {
			return 0, nil, err
		}
		chain = append(chain, noticed(r))
	}
	notices, err := s.Notices()
	if err != nil {
		return 0, nil, err
	}
	if ps := s.noticeFaults(notices, chain); len(ps) > 0 {
		return 0, nil, ps
	}
	number := len(notices) + 1
	if number > release.MostNotices {
		return 0, nil, s.refuse(refusal.Usage, s.dir, "%d notices, the most that a store has", len(notices))
	}
	entry := filled(n, notices, chain)
	if err := entry.Check(); err != nil {
		return 0, nil, s.refuse(refusal.Usage, "", "%v", err)
	}
	data := entry.Encode()
	made, err := release.DecodeNotice(data)
	if err != nil {
		return 0, nil, err
	}
	entry.Notice = *made // in canonical form
	notices = append(notices, entry)
	var ps refusal.Problems
	for _, f := range release.CheckNotices(notices, chain) {
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, What: f.What, Hint: "twc list releases and twc list notices show what there is"})
	}
	if err := ps.Err(); err != nil {
		return 0, nil, err
	}
	if err := s.bears(ids, release.Stand(notices), &entry); err != nil {
		return 0, nil, err
	}
	catalog, err := s.catalogWith(ids, notices, "", nil)
	if err != nil {
		return 0, nil, err
	}
	there, err := s.putNotice(ids[len(ids)-1], entry.Path, data, catalog)
	if !there {
		return 0, nil, err
	}
	return number, &entry, err
}

// filled is a notice with all that the store says of it.
func filled(n release.Notice, notices []release.NoticeEntry, chain []release.Link) release.NoticeEntry {
	n.Format, n.Newest = release.NoticeFormat, chain[len(chain)-1].Named
	if k := len(notices); k > 0 {
		n.Previous = notices[k-1].Digest
	}
	digest := func(r *release.Named) *release.Named {
		if r == nil {
			return nil
		}
		made := *r
		for _, l := range chain {
			if l.ID == r.ID {
				made = l.Named
			}
		}
		return &made
	}
	n.Since, n.CorrectedBy = digest(n.Since), digest(n.CorrectedBy)
	n.Reason = strings.Join(strings.Fields(n.Reason), " ")
	return release.NoticeEntry{Path: noticesName + "/" + release.NoticeName(len(notices)+1), Digest: release.Digest(n.Encode()), Notice: n}
}

// bears holds a notice that is sound against the figures themselves: the first release
// affected has some that it is about, and the one that corrects has others of them than
// the release before it.
func (s *Store) bears(ids []string, standing []release.Standing, n *release.NoticeEntry) error {
	of := n.Notice
	if n.Ends > 0 {
		at := slices.IndexFunc(standing, func(x release.Standing) bool { return x.Number == n.Ends })
		if n.Kind == release.Withdrawal || at < 0 {
			return nil // about a notice alone
		}
		of = standing[at].Notice
	}
	since, err := s.contents(of.Since.ID)
	if err != nil {
		return err
	}
	touched := false
	for id, c := range since {
		touched = touched || of.Affects.Touches(id, c)
	}
	if !touched {
		return refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf("no figure of %s is in %s", of.Affects.Words(), of.Since.ID), Hint: "twc show INDICATOR --by all --release " + of.Since.ID + " shows what there is"}}
	}
	if of.CorrectedBy == nil {
		return nil
	}
	by := of.CorrectedBy.ID
	was, err := s.contents(ids[slices.Index(ids, by)-1])
	if err != nil {
		return err
	}
	now, err := s.contents(by)
	if err != nil {
		return err
	}
	for id, c := range now {
		if before, there := was[id]; there && of.Affects.Moved(id, before, c) {
			return nil
		}
	}
	return refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf("nothing of %s is another in %s than in the release before", of.Affects.Words(), by), Hint: "name the first release that has the figures right"}}
}

// contents are all that a release says, by indicator.
func (s *Store) contents(id string) (map[string]release.Content, error) {
	r, err := s.Release(id)
	if err != nil {
		return nil, err
	}
	return r.Contents()
}

// putNotice puts a notice and the catalogue into their places, and says whether the
// notice is there.
func (s *Store) putNotice(current, name string, data, catalog []byte) (there bool, err error) {
	made := false
	folder, path := s.path(noticesName), s.path(name)
	defer func() {
		if !there && made {
			_ = disk.Remove(folder)
		}
	}()
	err = disk.Mkdir(folder, folderMode) // whose name is on the disk before the catalogue is
	if made = err == nil; !made && !errors.Is(err, fs.ErrExist) {
		return false, s.disk(err)
	}
	p, err := disk.Create(path, "", sealedMode)
	if err != nil {
		return false, s.disk(err)
	}
	defer p.Discard()
	if _, err = p.Write(data); err == nil {
		err = p.Chmod(sealedMode) // whatever the mask of who announces
	}
	if err == nil {
		err = p.Sync()
	}
	if err != nil {
		return false, s.disk(err)
	}
	takeBack := func() {
		there = false
		_ = disk.Remove(path)
	}
	err = s.point(current, catalog, func() error {
		if _, taken := os.Lstat(path); !errors.Is(taken, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already", name)
		}
		if err := p.Replace(); err != nil {
			return err
		}
		if err := disk.SyncFolder(folder); err != nil {
			_ = disk.Remove(path)
			return err
		}
		there = true
		return nil
	}, takeBack)
	return there, err
}

// Bearings lists the notices that bear on the release, and the corrections that later
// releases made without one. Where the newest release names a notice that is not there,
// that is of kind Integrity.
func (r *Release) Bearings() ([]release.Bearing, error) {
	standing, ids, err := r.store.standing()
	if err != nil {
		return nil, err
	}
	unannounced, err := r.store.unannounced(standing, ids, slices.Index(ids, r.ID)+1)
	if err != nil {
		return nil, err
	}
	return release.Bear(standing, unannounced, ids, r.ID), nil
}

// standing lists the notices that stand, and the releases. Where the newest release names
// a notice that is not there, that is of kind Integrity.
func (s *Store) standing() ([]release.Standing, []string, error) {
	notices, err := s.Notices()
	if err != nil {
		return nil, nil, err
	}
	ids, err := s.Releases()
	if err != nil || len(ids) == 0 {
		return nil, ids, err
	}
	newest := len(ids) - 1
	data, err := s.file(releasesName+"/"+ids[newest], manifestName)
	if err != nil {
		return nil, nil, err
	}
	var m struct {
		Notice string `json:"notice"`
	}
	_ = json.Unmarshal(data, &m) // what is no JSON names no notice
	if want := release.NewestBefore(notices, ids, newest); m.Notice != want {
		return nil, nil, s.refuse(refusal.Integrity, noticesName, "%s names the notice %s, and the last one before it is %s", ids[newest], or(m.Notice, "none"), or(want, "none"))
	}
	return release.Stand(notices), ids, nil
}

// Unannounced lists the corrections that releases made of what was published before them
// without a notice, the oldest release's first.
func (s *Store) Unannounced() ([]release.Bearing, error) {
	standing, ids, err := s.standing()
	if err != nil {
		return nil, err
	}
	return s.unannounced(standing, ids, 1)
}

// unannounced are those of the releases of a chain from a place on.
func (s *Store) unannounced(standing []release.Standing, ids []string, from int) ([]release.Bearing, error) {
	var all []release.Bearing
	for at := max(from, 1); at < len(ids); at++ {
		r, err := s.Release(ids[at])
		if err != nil {
			return nil, err
		}
		corrected := r.Manifest.Corrected()
		if len(corrected) == 0 {
			continue
		}
		before, err := s.Release(ids[at-1])
		if err != nil {
			return nil, err
		}
		was, err := before.side(corrected)
		if err != nil {
			return nil, err
		}
		now, err := r.side(corrected)
		if err != nil {
			return nil, err
		}
		all = append(all, release.Unannounced(release.NewDiff(was, now, corrected), r.Digest, standing, ids)...)
	}
	return all, nil
}

// side is the release with what it says of some indicators, to be compared.
func (r *Release) side(indicators []string) (release.Side, error) {
	made := release.Side{ID: r.ID, Manifest: r.Manifest, Contents: map[string]release.Content{}}
	read, err := r.Reading()
	if err != nil {
		return made, err
	}
	for _, id := range indicators {
		if made.Contents[id], err = read(id); err != nil {
			return made, err
		}
	}
	return made, nil
}
