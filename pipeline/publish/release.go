package publish

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// A Release is a sealed release, opened to be read: what it says is what its
// seals say, and that of its neighbours in the chain.
type Release struct {
	ID       string
	Digest   string // of release.json
	Manifest *release.Manifest
	Labels   *release.Labels
	store    *Store
}

// Release opens a release of the store. Its manifest and labels are held
// against SHA256SUMS, the manifest's list of files too, and the chain of releases
// against itself: what differs is of kind Integrity. An id that the store does not
// have is of kind Usage.
func (s *Store) Release(id string) (*Release, error) {
	c := s.seen.Load()
	if c == nil || c.find(id) == nil {
		var ps refusal.Problems
		if c, ps = s.chain(); len(ps) > 0 {
			return nil, ps.Err()
		}
	}
	l := c.find(id)
	if l == nil {
		return nil, refusal.Problems{{
			Kind: refusal.Usage, What: fmt.Sprintf("no release %q in %s%s", id, s.dir, refusal.Nearest(id, idsOf(c.all()))), Hint: "twc list releases --store " + s.dir,
		}}
	}
	r, err := s.open(id)
	if err == nil && r.Digest != l.digest {
		err = sealed(releasesName+"/"+id, manifestName, "changed while it was read: SHA-256 is %s, it was %s", r.Digest, l.digest)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Current opens the release that CURRENT points to; nil where nothing was
// published yet.
func (s *Store) Current() (*Release, error) {
	c, ps := s.chain()
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if c.current() == "" {
		return nil, nil
	}
	return s.Release(c.current())
}

// open reads a release's manifest and labels.
func (s *Store) open(id string) (*Release, error) {
	where := releasesName + "/" + id
	files, sizes := map[string][]byte{}, map[string]int64{}
	for _, name := range []string{sumsName, manifestName, labelsName} {
		data, err := readFile(s.path(releasesName, id, name))
		if err == nil {
			files[name], sizes[name] = data, int64(len(data))
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, s.disk(err)
		}
	}
	r, ps := unseal(where, files, sizes)
	if len(ps) > 0 {
		return nil, ps.Err()
	}
	r.ID, r.store = id, s
	return r, nil
}

// unseal holds a release's manifest and labels against its seals and each
// other. Files are those of the release that were read, by path, and sizes those
// of more. The release is nil where one of the two cannot be read.
func unseal(where string, files map[string][]byte, sizes map[string]int64) (*Release, refusal.Problems) {
	sums, err := decodeSums(files[sumsName])
	if err != nil {
		return nil, sealed(where, sumsName, "%v", err)
	}
	ps := sealedBy(sums, where, files, manifestName)
	if len(ps) > 0 {
		return nil, ps // what it says of others is not to be believed
	}
	if early := early(where, files, sums); len(early) > 0 {
		return nil, append(ps, early...)
	}
	r := &Release{Digest: release.Digest(files[manifestName])}
	if r.Manifest, err = release.DecodeManifest(files[manifestName]); err != nil {
		return nil, append(ps, sealed(where, manifestName, "%v", err)...)
	}
	ps = append(ps, verifyFiles(r.Manifest, sizes, sums, where)...)
	ps = append(ps, sealedBy(sums, where, files, labelsName)...)
	if len(files[labelsName]) == 0 {
		return nil, ps
	}
	if r.Labels, err = release.DecodeLabels(files[labelsName]); err == nil {
		err = r.Labels.Check(r.Manifest)
	}
	if err != nil {
		return nil, append(ps, sealed(where, labelsName, "%v", err)...)
	}
	return r, ps
}

// sealedBy holds a file that a release must have against SHA256SUMS.
func sealedBy(sums map[string]string, where string, files map[string][]byte, name string) refusal.Problems {
	data, ok := files[name]
	switch got := release.Digest(data); {
	case !ok:
		return sealed(where, name, "missing")
	case got != sums[name]:
		return sealed(where, name, "changed: SHA-256 is %s, %s says %s", got, sumsName, or(sums[name], "nothing"))
	}
	return nil
}

// early refuses a release of a build before this format, which had no labels.
func early(where string, files map[string][]byte, sums map[string]string) refusal.Problems {
	if _, summed := sums[labelsName]; summed || files[labelsName] != nil {
		return nil
	}
	var m struct {
		Files []release.File `json:"files"`
	}
	// What is no JSON is refused by who decodes it.
	_ = json.Unmarshal(files[manifestName], &m)
	if slices.ContainsFunc(m.Files, func(f release.File) bool { return f.Path == labelsName }) {
		return nil
	}
	return refusal.Problems{{
		Kind: refusal.Disk, Where: where, What: "an early build made this release, without " + labelsName + "; its format was never published with, and no program reads it",
		Hint: "publish into a new store: twc run EXTRACTS --store DIR",
	}}
}

// sealed is a problem of kind Integrity in a file of a release.
func sealed(where, name, format string, args ...any) refusal.Problems {
	return refusal.Problems{{Kind: refusal.Integrity, Where: where + "/" + name, What: fmt.Sprintf(format, args...)}}
}

// Content returns what the release says of an indicator. It is an error of
// kind Integrity if its rows are not those that the manifest names.
func (r *Release) Content(indicator string) (release.Content, error) {
	rows, err := r.tables()
	if err != nil {
		return release.Content{}, err
	}
	return r.content(indicator, rows)
}

// Reading returns how to read what the release says of one indicator after another, as
// Content does: the tables that are of all of them are read once.
func (r *Release) Reading() (func(indicator string) (release.Content, error), error) {
	rows, err := r.tables()
	if err != nil {
		return nil, err
	}
	return func(indicator string) (release.Content, error) { return r.content(indicator, rows) }, nil
}

// content reads an indicator's content, given the release's own tables.
func (r *Release) content(indicator string, rows tables) (release.Content, error) {
	where := releasesName + "/" + r.ID
	entry := r.Manifest.Indicator(indicator)
	if entry == nil {
		return release.Content{}, r.store.refuse(refusal.Data, where, "no indicator %q in the release", indicator)
	}
	var figures, changes []byte
	var err error
	if entry.Figures > 0 {
		if figures, err = r.store.file(where, figuresCSV(indicator)); err != nil {
			return release.Content{}, err
		}
		if changes, err = r.store.file(where, changesCSV(indicator)); err != nil {
			return release.Content{}, err
		}
	}
	content, err := decodeContent(entry, r.Labels, figures, changes, rows)
	if err != nil {
		return release.Content{}, r.store.refuse(refusal.Integrity, where+"/"+home(entry), "%v", err)
	}
	return content, nil
}

// home is the file that an indicator's content begins in.
func home(entry *release.Indicator) string {
	if entry.Figures == 0 {
		return evidenceName + ".csv"
	}
	return figuresCSV(entry.ID)
}

// Definition is the page that the release sealed of an indicator: what was measured.
func (r *Release) Definition(indicator string) ([]byte, error) {
	where := releasesName + "/" + r.ID
	text, err := r.store.file(where, definition(indicator))
	if err != nil {
		return nil, err
	}
	if entry := r.Manifest.Indicator(indicator); entry == nil || release.Digest(text) != entry.Definition {
		return nil, r.store.refuse(refusal.Integrity, where+"/"+definition(indicator), "changed: %s names another", manifestName)
	}
	return text, nil
}

// File is a file of the release by its path, as it was sealed.
func (r *Release) File(name string) ([]byte, error) {
	where := releasesName + "/" + r.ID
	i := slices.IndexFunc(r.Manifest.Files, func(f release.File) bool { return f.Path == name })
	if i < 0 {
		return nil, r.store.refuse(refusal.Data, where, "no file %q in the release", name)
	}
	data, err := r.store.file(where, name)
	if err != nil {
		return nil, err
	}
	if got := release.Digest(data); got != r.Manifest.Files[i].SHA256 {
		return nil, sealed(where, name, "changed: SHA-256 is %s, %s says %s", got, manifestName, r.Manifest.Files[i].SHA256)
	}
	return data, nil
}

// Key is the key of the store's digests; nil where it is not there.
func (r *Release) Key() ([]byte, error) { return r.store.ownKey() }

// Contents returns what the release says of every indicator, by id, or every
// reason why it cannot.
func (r *Release) Contents() (map[string]release.Content, error) {
	rows, err := r.tables()
	if err != nil {
		return nil, err
	}
	list := r.Manifest.Indicators
	read, wrong := make([]release.Content, len(list)), make([]refusal.Problems, len(list))
	parallel(len(list), func(i int) {
		var err error
		read[i], err = r.content(list[i].ID, rows)
		wrong[i] = refusal.Of(err, refusal.Integrity)
	})
	contents := map[string]release.Content{}
	for i, x := range list {
		contents[x.ID] = read[i]
	}
	return contents, slices.Concat(wrong...).Err()
}

// Folder is the folder of an indicator's files, as the store was given.
func (r *Release) Folder(indicator string) string {
	return r.store.path(releasesName, r.ID, "indicators", indicator)
}

// file reads a file that a release must have.
func (s *Store) file(where, name string) ([]byte, error) {
	data, err := readFile(s.path(filepath.FromSlash(where), filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, sealed(where, name, "missing")
	}
	if err != nil {
		return nil, s.disk(err)
	}
	return data, nil
}

// decodeContent takes an indicator's content from its two CSV files, which one
// without figures does not have, and from the release's own tables, and holds it
// and its words against its entry in the manifest.
func decodeContent(entry *release.Indicator, labels *release.Labels, figures, changes []byte, rows tables) (c release.Content, err error) {
	c = wordsOf(entry, labels, rows)
	if err := checkIdentity(entry, c, figures, changes); err != nil {
		return c, err
	}
	if entry.Figures > 0 {
		if c.Figures, err = sheet.FromCSV(figures, release.FigureColumns); err != nil {
			return c, fmt.Errorf("figures: %w", err)
		}
		if c.Changes, err = sheet.FromCSV(changes, release.ChangeColumns); err != nil {
			return c, fmt.Errorf("changes: %w", err)
		}
	}
	if err := c.Check(entry.ID); err != nil {
		return c, err
	}
	return c, checkCounts(entry, c)
}

// wordsOf is an indicator's content but for its figures and changes.
func wordsOf(entry *release.Indicator, labels *release.Labels, rows tables) release.Content {
	var c release.Content
	if of := rows[entry.ID]; of != nil {
		c = *of
	}
	c.Words = labels.Words(entry.ID)
	return c
}

// checkIdentity returns an error unless content, with the text of its rows, is that
// of which the manifest has the digest.
func checkIdentity(entry *release.Indicator, c release.Content, figures, changes []byte) error {
	if got := c.Identity(figures, changes); got != entry.Identity {
		return fmt.Errorf("the identity of its rows and words is %s, the manifest says %s", got, entry.Identity)
	}
	return nil
}

// checkCounts returns an error unless content has as many figures as the manifest
// says.
func checkCounts(entry *release.Indicator, c release.Content) error {
	if len(c.Figures) != entry.Figures || c.Withheld() != entry.Withheld {
		return fmt.Errorf("%d figures, %d withheld; the manifest says %d and %d", len(c.Figures), c.Withheld(), entry.Figures, entry.Withheld)
	}
	return nil
}
