// Package publish puts figures into a store: a folder of immutable releases,
// each in Parquet and CSV with its metadata and digests. FORMAT.md of package
// release describes the store for those who read it without this program.
//
// A release is built beside the others, read back with a second Parquet
// library, synced and renamed; only then does the pointer move. Nothing that
// was published is ever written to again.
package publish

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// The parts of a store.
const (
	currentName  = "CURRENT"
	releasesName = "releases"
	noticesName  = "notices"
	catalogName  = "catalog.json"
	lockName     = ".lock"
	building     = ".building-" // prefix, in releases: not a release yet
	manifestName = "release.json"
	sumsName     = "SHA256SUMS"
)

var members = []string{currentName, releasesName, noticesName, catalogName, lockName}

// A Store is a folder of releases. It may not exist yet: nothing is created
// before the first release is published.
type Store struct {
	dir string
}

// Open returns the store in a folder. A folder that has something in it and
// is not a store is refused.
func Open(dir string) (*Store, error) {
	s := &Store{dir: filepath.Clean(dir)}
	entries, err := os.ReadDir(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		if info, statErr := os.Stat(s.dir); statErr == nil && !info.IsDir() {
			return nil, s.refuse(refusal.Data, s.dir, "not a store: found a file, want a folder")
		}
		return nil, s.disk(err)
	}
	for _, e := range entries {
		if e.Name() == currentName {
			return s, nil
		}
	}
	for _, e := range entries {
		// A first release that was interrupted leaves members without CURRENT.
		if !slices.Contains(members, e.Name()) {
			return nil, refusal.Problems{{
				Kind: refusal.Data, Where: s.dir,
				What: fmt.Sprintf("not a store: found %s, want %s", e.Name(), currentName),
				Hint: "name an empty folder, or one that is not there yet",
			}}
		}
	}
	return s, nil
}

// Dir returns the store's folder, as it was given.
func (s *Store) Dir() string { return s.dir }

func (s *Store) refuse(kind refusal.Kind, where, format string, args ...any) error {
	return refusal.Problems{{Kind: kind, Where: where, What: fmt.Sprintf(format, args...)}}
}

func (s *Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// releaseID is <issued>.<n>.
var releaseID = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})\.([1-9][0-9]{0,5})$`)

// compareIDs orders releases by the day they were issued, then by number.
func compareIDs(a, b string) int {
	x, y := releaseID.FindStringSubmatch(a), releaseID.FindStringSubmatch(b)
	n, _ := strconv.Atoi(x[2]) // at most six digits
	m, _ := strconv.Atoi(y[2])
	return cmp.Or(strings.Compare(x[1], y[1]), cmp.Compare(n, m))
}

// Releases lists the ids of the store's releases, oldest first. A store that
// cannot be read has none; Verify says why.
func (s *Store) Releases() []string {
	ids, err := s.list()
	if err != nil {
		return nil
	}
	return ids
}

func (s *Store) list() ([]string, error) {
	entries, err := os.ReadDir(s.path(releasesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.disk(err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && releaseID.MatchString(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	slices.SortFunc(ids, compareIDs)
	return ids, nil
}

// currentID returns what CURRENT says, "" where there is none.
func (s *Store) currentID() (string, error) {
	data, err := os.ReadFile(s.path(currentName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", s.disk(err)
	}
	id, ok := strings.CutSuffix(string(data), "\n")
	if !ok || !releaseID.MatchString(id) {
		return "", s.refuse(refusal.Integrity, currentName, "%.40q, want the id of a release and a line feed", data)
	}
	return id, nil
}

// Current returns the release that CURRENT points to, with its manifest, or
// "" and nil where nothing was published yet.
func (s *Store) Current() (string, *release.Manifest, error) {
	id, err := s.currentID()
	if id == "" || err != nil {
		return "", nil, err
	}
	m, _, err := s.manifest(id)
	if err != nil {
		return "", nil, err
	}
	return id, m, nil
}

// manifest reads a release's manifest and holds it against SHA256SUMS. It
// returns the digest of release.json too.
func (s *Store) manifest(id string) (*release.Manifest, string, error) {
	where := filepath.ToSlash(filepath.Join(releasesName, id))
	if !releaseID.MatchString(id) {
		return nil, "", s.refuse(refusal.Data, where, "no such release: want an id such as 2003-11-20.1")
	}
	data, err := s.sealed(where, manifestName)
	if err != nil {
		return nil, "", err
	}
	text, err := s.sealed(where, sumsName)
	if err != nil {
		return nil, "", err
	}
	sums, err := decodeSums(text)
	if err != nil {
		return nil, "", s.refuse(refusal.Integrity, where+"/"+sumsName, "%v", err)
	}
	digest := release.Digest(data)
	if sums[manifestName] != digest {
		return nil, "", s.refuse(refusal.Integrity, where+"/"+manifestName, "SHA-256 is %s, %s says %s", digest, sumsName, or(sums[manifestName], "nothing"))
	}
	m, err := release.DecodeManifest(data)
	if err != nil {
		return nil, "", s.refuse(refusal.Integrity, where+"/"+manifestName, "%v", err)
	}
	return m, digest, nil
}

// sealed reads a file that a release must have.
func (s *Store) sealed(where, name string) ([]byte, error) {
	data, err := os.ReadFile(s.path(filepath.FromSlash(where), filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.refuse(refusal.Integrity, where+"/"+name, "missing")
	}
	if err != nil {
		return nil, s.disk(err)
	}
	return data, nil
}

// Content returns what a release published of an indicator. It is an error
// of kind Integrity if the CSV files are not those that the manifest names.
func (s *Store) Content(id, indicator string) (release.Content, error) {
	m, _, err := s.manifest(id)
	if err != nil {
		return release.Content{}, err
	}
	return s.content(id, m, indicator)
}

func (s *Store) content(id string, m *release.Manifest, indicator string) (release.Content, error) {
	where := releasesName + "/" + id
	entry := m.Indicator(indicator)
	if entry == nil {
		return release.Content{}, s.refuse(refusal.Data, where, "no indicator %q in the release", indicator)
	}
	figures, err := s.sealed(where, figuresCSV(indicator))
	if err != nil {
		return release.Content{}, err
	}
	changes, err := s.sealed(where, changesCSV(indicator))
	if err != nil {
		return release.Content{}, err
	}
	content, err := decodeContent(entry, figures, changes)
	if err != nil {
		return release.Content{}, s.refuse(refusal.Integrity, where+"/"+figuresCSV(indicator), "%v", err)
	}
	return content, nil
}

// decodeContent reads an indicator's two CSV files and holds them against its
// entry in the manifest.
func decodeContent(entry *release.Indicator, figures, changes []byte) (c release.Content, err error) {
	if got := release.Identity(figures, changes); got != entry.Identity {
		return c, fmt.Errorf("the identity of figures and changes is %s, the manifest says %s", got, entry.Identity)
	}
	if c.Figures, err = sheet.FromCSV(figures, release.FigureColumns); err != nil {
		return c, fmt.Errorf("figures: %w", err)
	}
	if c.Changes, err = sheet.FromCSV(changes, release.ChangeColumns); err != nil {
		return c, fmt.Errorf("changes: %w", err)
	}
	if err := c.Check(entry.ID); err != nil {
		return c, err
	}
	if len(c.Figures) != entry.Figures || c.Withheld() != entry.Withheld {
		return c, fmt.Errorf("%d figures, %d withheld; the manifest says %d and %d", len(c.Figures), c.Withheld(), entry.Figures, entry.Withheld)
	}
	return c, nil
}

// The files of an indicator, below the release's folder.
func folder(indicator string) string      { return "indicators/" + indicator }
func figuresCSV(indicator string) string  { return folder(indicator) + "/" + indicator + ".csv" }
func changesCSV(indicator string) string  { return folder(indicator) + "/" + indicator + ".changes.csv" }
func definition(indicator string) string  { return folder(indicator) + "/definition.yaml" }
func dataPackage(indicator string) string { return folder(indicator) + "/datapackage.json" }
func figuresParquet(indicator string) string {
	return folder(indicator) + "/" + indicator + ".parquet"
}

func changesParquet(indicator string) string {
	return folder(indicator) + "/" + indicator + ".changes.parquet"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
