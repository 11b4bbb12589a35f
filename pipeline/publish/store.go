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
	"sync/atomic"

	"togetherwecan/pipeline/refusal"
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
	labelsName   = "labels.json"
	sumsName     = "SHA256SUMS"

	evidenceName = "evidence"         // and .csv, .parquet
	targetsName  = "targets"          // likewise
	trendsName   = "trends"           // likewise
	funnelsName  = "funnels"          // likewise
	packageName  = "datapackage.json" // of the four
)

var members = []string{currentName, releasesName, noticesName, catalogName, restrictedName, logName, lockName}

// A Store is a folder of releases. It may not exist yet: nothing is created
// before the first release is published.
type Store struct {
	dir   string
	taken bool                  // by Begin
	held  bool                  // by Hold
	seen  atomic.Pointer[chain] // as it was read last
	until string                // the release that is to come, of a store as it was before it; "" of one as it is
}

// Open returns the store in a folder. A folder that has something in it and
// is not a store is refused.
func Open(dir string) (*Store, error) {
	s := &Store{dir: filepath.Clean(dir)}
	if info, err := os.Stat(s.dir); err == nil && !info.IsDir() { // which to read as a folder is no such folder on Windows
		return nil, s.refuse(refusal.Disk, s.dir, "not a store: found a file, want a folder")
	}
	entries, err := os.ReadDir(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
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
				Kind: refusal.Disk, Where: s.dir,
				What: fmt.Sprintf("not a store: found %s, want %s", e.Name(), currentName),
				Hint: "name the folder that releases are published into; for the first one it is empty, or not there yet",
			}}
		}
	}
	return s, nil
}

// Existing opens a store whose folder is there. One that is not is of kind Disk.
func Existing(dir string) (*Store, error) {
	s, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return nil, s.missing("no such folder, want a store")
	} else if err != nil {
		return nil, s.disk(err)
	}
	return s, nil
}

// Unpublished is the problem, of kind Disk, of a store without a release.
func (s *Store) Unpublished() refusal.Problems { return s.missing("no release in the store") }

func (s *Store) missing(what string) refusal.Problems {
	return refusal.Problems{{Kind: refusal.Disk, Where: s.dir, What: what, Hint: "twc run EXTRACTS --store " + s.dir + " publishes one"}}
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

// Releases lists the ids of the store's releases, oldest first, up to the one that
// CURRENT names. A chain of releases that is not whole is of kind Integrity.
func (s *Store) Releases() ([]string, error) {
	c, ps := s.chain()
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return idsOf(c.links), nil
}

// Before is the store as it was before one of its releases, to be read.
func (s *Store) Before(id string) *Store { return &Store{dir: s.dir, until: id} }

// currentID returns what CURRENT says, "" where there is none.
func (s *Store) currentID() (string, error) {
	data, err := readFile(s.path(currentName))
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
