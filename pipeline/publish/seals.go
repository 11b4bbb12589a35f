package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// encodeSums returns SHA256SUMS for files, in the form that sha256sum -c
// reads, sorted by path.
func encodeSums(files []release.File) []byte {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b release.File) int { return strings.Compare(a.Path, b.Path) })
	var b strings.Builder
	for _, f := range sorted {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, f.Path)
	}
	return []byte(b.String())
}

// sumOf are the digest and the path of a line of SHA256SUMS.
func sumOf(line string) (digest, path string, ok bool) {
	digest, path, ok = strings.Cut(line, "  ")
	other := func(r rune) bool { return (r < '0' || '9' < r) && (r < 'a' || 'f' < r) }
	return digest, path, ok && len(digest) == 2*sha256.Size && !strings.ContainsFunc(digest, other) && fs.ValidPath(path)
}

// decodeSums returns the digests of SHA256SUMS by path.
func decodeSums(data []byte) (map[string]string, error) {
	text, ok := strings.CutSuffix(string(data), "\n")
	if !ok {
		return nil, errors.New("no line feed at the end")
	}
	sums := map[string]string{}
	last := ""
	for i, line := range strings.Split(text, "\n") {
		digest, path, ok := sumOf(line)
		if !ok {
			return nil, fmt.Errorf("line %d: %.80q, want a digest, two spaces and a path", i+1, line)
		}
		if path <= last {
			return nil, fmt.Errorf("line %d: %s is out of order or there twice", i+1, path)
		}
		last = path
		sums[last] = digest
	}
	return sums, nil
}

// verifyRelease holds one release's folder against its digests and its manifest. It
// returns the release, nil where its manifest or labels cannot be read; known is the
// digest of release.json that others name, "" for none. With deep, its tables are
// read. Where the release was made of a package just now, its rows must be the
// package's too, which lets go of them.
func (s *Store) verifyRelease(dir, where, known string, deep bool, of *Package) (*Release, refusal.Problems) {
	names, ps := s.walk(dir, where)
	files, problems := s.read(dir, names, deep)
	files.blind = slices.ContainsFunc(ps, func(p refusal.Problem) bool { return p.Kind == refusal.Disk })
	if ps = append(ps, problems...); slices.ContainsFunc(seals, files.unknown) {
		return nil, ps
	}
	add := func(name, format string, args ...any) { ps = append(ps, sealed(where, name, format, args...)...) }
	if err := files.mend(known); err != nil {
		add(sumsName, "%v", err)
	}
	sums, err := decodeSums(files.data[sumsName])
	if err != nil {
		return nil, ps // as said
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		switch digest, ok := files.digests[name]; {
		case !ok && !files.unknown(name):
			add(name, "missing")
		case ok && digest != sums[name]:
			add(name, "changed: SHA-256 is %s, %s says %s", digest, sumsName, sums[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files.digests)) {
		if _, ok := sums[name]; !ok && name != sumsName {
			add(name, "no part of the release: not in %s", sumsName)
		}
	}
	r, problems := unseal(where, files.data, files.sizes)
	ps = append(ps, problems...)
	if r == nil {
		return nil, ps
	}
	r.store = s
	ps = append(ps, verifyListed(r.Manifest, where, files, sums)...)
	if deep {
		ps = append(ps, verifyTables(r, where, files, sums, of)...)
	}
	return r, ps
}

// walk lists the files of a release, and what in its folder is none.
func (s *Store) walk(dir, where string) (names []string, ps refusal.Problems) {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			ps = append(ps, refusal.Of(s.disk(err), refusal.Disk)...)
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || e.IsDir() {
			return err
		}
		name := filepath.ToSlash(rel)
		if !e.Type().IsRegular() {
			ps = append(ps, sealed(where, name, "not a regular file")...)
			return nil
		}
		names = append(names, name)
		return nil
	})
	return names, append(ps, refusal.Of(s.disk(err), refusal.Disk)...)
}

// mend holds SHA256SUMS against the manifest, which has every digest but its own,
// where that is the one that others name, or the one that SHA256SUMS itself names.
// Where the two differ, SHA256SUMS is what was changed: the error says so, and the
// files are then held against what it was.
func (c *contents) mend(known string) error {
	text, there := c.data[sumsName]
	sums, fault := decodeSums(text)
	if !there {
		fault = errors.New("missing")
	} else if maps.Equal(sums, c.others()) {
		return nil
	}
	digest := c.digests[manifestName]
	m, err := release.DecodeManifest(c.data[manifestName])
	if err != nil || digest != known && digest != sums[manifestName] {
		return fault
	}
	was := encodeSums(append(slices.Clone(m.Files), release.File{Path: manifestName, SHA256: digest}))
	c.data[sumsName] = was
	if !there || bytes.Equal(text, was) {
		return fault
	}
	lines, wants := bytes.Split(text, []byte("\n")), bytes.Split(was, []byte("\n"))
	for i, want := range wants {
		if i == len(lines) || !bytes.Equal(lines[i], want) {
			got := []byte("nothing")
			if i < len(lines) {
				got = lines[i]
			}
			return fmt.Errorf("changed: line %d: %.80q, %s gives %.80q", i+1, got, manifestName, want)
		}
	}
	return fmt.Errorf("changed: line %d: %.80q, %s gives no more", len(wants)+1, lines[len(wants)], manifestName)
}

// others are the digests of every file but SHA256SUMS.
func (c *contents) others() map[string]string {
	digests := maps.Clone(c.digests)
	delete(digests, sumsName)
	return digests
}

// contents are what the files of a release hold: the digest and the size of each,
// and the data of its manifest, labels and seals; and, where they are to be read,
// of those that are of no indicator, so that memory does not depend on how many
// there are.
type contents struct {
	dir     string
	digests map[string]string
	sizes   map[string]int64
	data    map[string][]byte
	unread  map[string]bool // files that could not be read, and so are not missing
	blind   bool            // nor could folders, so that none that was not found is
}

func (c *contents) unknown(name string) bool {
	_, there := c.digests[name]
	return c.unread[name] || !there && c.blind
}

// seals are the files that say what a release is.
var seals = []string{sumsName, manifestName, labelsName}

// read reads the files of a folder, several at a time.
func (s *Store) read(dir string, names []string, tables bool) (*contents, refusal.Problems) {
	c := &contents{dir: dir, digests: map[string]string{}, sizes: map[string]int64{}, data: map[string][]byte{}, unread: map[string]bool{}}
	kept := func(name string) bool {
		return slices.Contains(seals, name) || tables && !strings.Contains(name, "/")
	}
	digests, sizes, data, faults := make([]string, len(names)), make([]int64, len(names)), make([][]byte, len(names)), make([]error, len(names))
	parallel(len(names), func(i int) {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(names[i])))
		if err != nil {
			faults[i] = err
			return
		}
		defer f.Close()
		hash, whole := sha256.New(), bytes.Buffer{}
		to := io.Writer(hash)
		if kept(names[i]) {
			if info, err := f.Stat(); err == nil {
				whole.Grow(int(info.Size()))
			}
			to = io.MultiWriter(hash, &whole)
		}
		sizes[i], faults[i] = io.Copy(to, f)
		digests[i], data[i] = hex.EncodeToString(hash.Sum(nil)), whole.Bytes()
	})
	var ps refusal.Problems
	for i, name := range names {
		if faults[i] != nil {
			ps = append(ps, refusal.Of(s.disk(faults[i]), refusal.Disk)...)
			c.unread[name] = true
			continue
		}
		c.digests[name], c.sizes[name] = digests[i], sizes[i]
		if kept(name) {
			c.data[name] = data[i]
		}
	}
	return c, ps
}

// verifyFiles holds the manifest's list of files against SHA256SUMS.
func verifyFiles(m *release.Manifest, sizes map[string]int64, sums map[string]string, where string) refusal.Problems {
	var ps refusal.Problems
	add := func(format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: where + "/" + manifestName, What: fmt.Sprintf(format, args...)})
	}
	listed := map[string]bool{manifestName: true}
	for _, f := range m.Files {
		listed[f.Path] = true
		if sums[f.Path] != f.SHA256 {
			add("SHA-256 of %s is %s, %s says %s", f.Path, f.SHA256, sumsName, or(sums[f.Path], "nothing"))
		}
		if size, ok := sizes[f.Path]; ok && size != f.Bytes {
			add("%s has %d bytes, the manifest says %d", f.Path, size, f.Bytes)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if !listed[name] {
			add("%s is in %s and not in the manifest", name, sumsName)
		}
	}
	return ps
}
