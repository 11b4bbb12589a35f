package publish

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// What of a store is for who may see everything: a folder for each release, and
// the key of the digests that would else let a reader test guesses.
const (
	restrictedName       = "restricted"
	keyName              = "key"
	restrictedFolderMode = 0o700
	restrictedMode       = 0o600
)

// keyBytes is how long a key is: as long as the digests that it makes.
const keyBytes = 32

// DecodeKey reads a key as a file has it: 64 hexadecimal digits and a line feed.
func DecodeKey(text []byte) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSuffix(string(text), "\n"))
	if err != nil || len(key) != keyBytes || !bytes.Equal(encodeKey(key), text) {
		return nil, fmt.Errorf("want a key of %d lower-case hexadecimal digits and a line feed", 2*keyBytes)
	}
	return key, nil
}

func encodeKey(key []byte) []byte { return []byte(hex.EncodeToString(key) + "\n") }

// ownKey is the key that the store has; nil where it has none.
func (s *Store) ownKey() ([]byte, error) {
	text, err := readFile(s.path(restrictedName, keyName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.disk(err)
	}
	key, err := DecodeKey(text)
	if err != nil {
		return nil, s.refuse(refusal.Integrity, restrictedName+"/"+keyName, "%v", err)
	}
	return key, nil
}

// Key returns the key of the store's digests: its own, or else the one given, or
// else a new one by chance. It writes none. A store has one key: another one is
// refused, of kind Usage. Where its own is missing beside restricted folders that were
// sealed with it, only that one is taken: a new one would make them unlike what
// release.json says of them. That is of kind Integrity.
func (s *Store) Key(given []byte) ([]byte, error) {
	own, err := s.ownKey()
	const another = "another key than that of the store"
	switch {
	case err != nil:
		return nil, err
	case own != nil && given != nil && !bytes.Equal(own, given):
		return nil, problem(refusal.Usage, "--key", "a store has one key, "+s.path(restrictedName, keyName)+": leave --key out", another)
	case own != nil:
		return own, nil
	}
	c, ps := s.chain()
	if err := ps.Err(); err != nil {
		return nil, err
	}
	for _, l := range c.links {
		r, err := s.Release(l.id)
		if err != nil {
			return nil, err
		}
		kept, ps := s.restrictedFolder(l.id, given, r.Manifest)
		switch where := restrictedName + "/" + l.id; {
		case len(ps) > 0:
			return nil, ps
		case kept == nil || kept.sealedBy(given, r.Manifest):
		case given != nil:
			return nil, problem(refusal.Usage, "--key", "give the one that was "+s.path(restrictedName, keyName), "another key than that which %s was sealed with", where)
		default:
			return nil, problem(refusal.Integrity, restrictedName+"/"+keyName, "put it back from a copy, or give one by --key FILE", "missing: %s was sealed with it", where)
		}
	}
	if given != nil {
		return given, nil
	}
	key := make([]byte, keyBytes)
	_, err = rand.Read(key)
	return key, err
}

// OldKey returns the key that the store's digests were made with: its own, or else the
// one given, without which it is refused, of kind Usage.
func (s *Store) OldKey(given []byte) ([]byte, error) {
	own, err := s.ownKey()
	if err == nil && own == nil && given == nil {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: s.dir, What: "the store has no key, by which its extracts are known", Hint: "give it, which whoever made the store has: --key FILE"}}
	}
	if err != nil {
		return nil, err
	}
	return s.Key(given)
}

// keep writes the key of a package where the store has none. What it returns takes
// away again what was made, where undo is set and nothing else is there.
func (s *Store) keep(key []byte) (unkeep func(undo bool), err error) {
	made := false
	unkeep = func(undo bool) {
		if undo && made {
			_ = disk.Remove(s.path(restrictedName, keyName))
		}
		if undo {
			_ = disk.Remove(s.path(restrictedName)) // one that is not empty stays
		}
	}
	if err := disk.Mkdir(s.path(restrictedName), restrictedFolderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return unkeep, s.disk(err)
	}
	own, err := s.ownKey()
	switch {
	case err != nil:
		return unkeep, err
	case own == nil:
		made = true
		err := disk.WriteFile(s.path(restrictedName, keyName), encodeKey(key), restrictedMode)
		if err == nil {
			err = disk.SyncFolder(s.dir) // the names in the folder follow with what is sealed by the key
		}
		return unkeep, s.disk(err)
	case !bytes.Equal(own, key):
		return unkeep, s.moved()
	}
	return unkeep, nil
}

// restrict writes the restricted folder of a package beside those of other
// releases, and puts its keyed digest into the manifest.
func (s *Store) restrict(dir string, p *Package) error {
	if err := disk.Mkdir(dir, restrictedFolderMode); err != nil {
		return err
	}
	var files []release.File
	for _, name := range slices.Sorted(maps.Keys(p.Restricted)) {
		data := p.Restricted[name]
		files = append(files, release.File{Path: name, SHA256: release.Digest(data)})
		if err := disk.WriteNew(filepath.Join(dir, name), data, restrictedMode); err != nil {
			return err
		}
	}
	sums := encodeSums(files)
	p.Manifest.Restricted = release.KeyedDigest(p.Key, sums)
	if err := disk.WriteNew(filepath.Join(dir, sumsName), sums, restrictedMode); err != nil {
		return err
	}
	return disk.SyncFolder(dir)
}

// restricted reads the files of a release's restricted folder, held against their
// digests, and these against the manifest where the key is there. There are none
// where the folder is not there: it is never handed out.
func (s *Store) restricted(id string, m *release.Manifest) (map[string][]byte, refusal.Problems) {
	key, err := s.ownKey()
	kept, ps := s.restrictedFolder(id, key, m)
	if kept == nil {
		return nil, ps
	}
	ps = append(ps, refusal.Of(err, refusal.Integrity)...)
	if (key != nil || kept.key != nil) && !kept.sealedBy(key, m) {
		ps = append(ps, unlikeKeyed(id)...)
	}
	return kept.files, ps
}

// unlikeKeyed says of a restricted folder that release.json names another.
func unlikeKeyed(id string) refusal.Problems {
	return sealed(restrictedName+"/"+id, sumsName, "changed: its digest by %s/%s is another than that in %s", restrictedName, keyName, manifestName)
}

// A keptFolder is what a restricted folder holds.
type keptFolder struct {
	files map[string][]byte
	sums  []byte
	key   []byte // that it was sealed with, where a store has lost that one since and made another; or nil
}

// sealedBy says whether the folder is the one that a manifest names, by its own key or
// else by the store's.
func (k *keptFolder) sealedBy(key []byte, m *release.Manifest) bool {
	if k.key != nil {
		key = k.key
	}
	return release.KeyedDigest(key, k.sums) == m.Restricted
}

// restrictedFolder reads a restricted folder, held against the digests in it; nil where
// it is not there or cannot be read. Where its files are those that a manifest names, by
// their own key or the one given, it is their digests that were changed.
func (s *Store) restrictedFolder(id string, key []byte, m *release.Manifest) (*keptFolder, refusal.Problems) {
	where := restrictedName + "/" + id
	entries, err := os.ReadDir(s.path(restrictedName, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refusal.Of(s.disk(err), refusal.Disk)
	}
	found := map[string][]byte{}
	for _, e := range entries {
		data, err := readFile(s.path(restrictedName, id, e.Name()))
		if err != nil {
			return nil, refusal.Of(s.disk(err), refusal.Disk)
		}
		found[e.Name()] = data
	}
	kept := &keptFolder{}
	var ps refusal.Problems
	if text, there := found[keyName]; there {
		if kept.key, err = DecodeKey(text); err != nil {
			ps = append(ps, sealed(where, keyName, "%v", err)...)
		}
		delete(found, keyName)
	}
	text := found[sumsName]
	delete(found, sumsName)
	kept.files = found
	var files []release.File
	for name, data := range found {
		files = append(files, release.File{Path: name, SHA256: release.Digest(data)})
	}
	if kept.sums = encodeSums(files); m != nil && kept.sealedBy(key, m) {
		if !bytes.Equal(text, kept.sums) {
			ps = append(ps, sealed(where, sumsName, "changed: the files beside it are those that %s names", manifestName)...)
		}
		return kept, ps
	}
	kept.sums, kept.files = text, map[string][]byte{}
	sums, err := decodeSums(text)
	if err != nil {
		return nil, append(ps, sealed(where, sumsName, "%v", err)...)
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		ps = append(ps, sealedBy(sums, where, found, name)...)
		kept.files[name] = found[name]
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if _, ok := sums[name]; !ok {
			ps = append(ps, sealed(where, name, "no part of the release: not in %s", sumsName)...)
		}
	}
	return kept, ps
}

// Lost is what a run has to do without of the last release, which names it.
type Lost struct {
	Release string `json:"release"` // whose restricted folder is not here
	Key     bool   `json:"key"`     // nor is the key of the store's digests, so that they are made with a new one
}

// Lost says what of a release's restricted folder is not here, and nil where all is.
// A key may be given in its place.
func (r *Release) Lost(given []byte) (*Lost, error) {
	if r.Manifest.Restricted == "" {
		return nil, nil
	}
	kept, ps := r.store.restrictedFolder(r.ID, given, r.Manifest)
	if kept != nil || len(ps) > 0 {
		return nil, ps.Err()
	}
	own, err := r.store.ownKey()
	if err != nil {
		return nil, err
	}
	return &Lost{r.ID, own == nil && given == nil}, nil
}

// Restricted returns what is known of every indicator of the release, or of those that
// are named, with every digit and nothing withheld, and its sources in full; nil, and the
// sources as the manifest has them, where the restricted folder is not there.
func (r *Release) Restricted(only ...string) (map[string]release.Content, []release.Source, error) {
	files, ps := r.store.restricted(r.ID, r.Manifest)
	if files == nil || len(ps) > 0 {
		return nil, r.Manifest.Sources, ps.Err()
	}
	sources, err := release.InFull(r.Manifest.Sources, files)
	if err != nil {
		ps = append(ps, sealed(restrictedName+"/"+r.ID, "sources.json", "%v", err)...)
	}
	contents := map[string]release.Content{}
	for _, x := range r.Manifest.Indicators {
		if x.Figures == 0 || only != nil && !slices.Contains(only, x.ID) {
			continue
		}
		content, err := release.DecodeRestricted(files, x.ID)
		if err == nil && len(content.Figures) != x.Figures {
			err = fmt.Errorf("%d figures, the manifest says %d", len(content.Figures), x.Figures)
		}
		if err != nil {
			ps = append(ps, sealed(restrictedName+"/"+r.ID, x.ID+".csv", "%v", err)...)
		}
		contents[x.ID] = content
	}
	return contents, sources, ps.Err()
}
