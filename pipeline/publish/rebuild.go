package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Rebuilt is a release beside another that was made of the same inputs.
type Rebuilt struct {
	Files   int      // of the release and of its restricted folder, where that is there
	Differ  []string // those that are not the same bytes, with what is otherwise, sorted
	Content []string // what is otherwise in what the indicators say, in words, sorted
}

// Same says whether every byte is the same.
func (r *Rebuilt) Same() bool { return len(r.Differ) == 0 }

// Rebuild makes a package, which was made as one that follows the store as it was before
// the release, into a release in a folder of its own outside of the store, and holds each
// file of the release against it, and each of its restricted folder where that is there. It
// writes nothing into the store.
func (r *Release) Rebuild(p *Package) (*Rebuilt, error) {
	was := r.store.Before(r.ID)
	if _, err := was.follow(p); err != nil { // a release that is there may follow
		return nil, err
	}
	made := &Rebuilt{}
	if rows, err := r.Contents(); err == nil {
		made.Content = otherwise(r.Manifest, rows, p)
	} else {
		for _, problem := range refusal.Of(err, refusal.Integrity) {
			made.Content = append(made.Content, problem.Error())
		}
	}
	home, err := os.MkdirTemp("", "twc-rebuild-")
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Disk, Where: os.TempDir(), What: refusal.Reason(err).Error()}}
	}
	defer os.RemoveAll(home)
	restricted := filepath.Join(home, restrictedName)
	if len(p.Restricted) > 0 {
		if err := was.restrict(restricted, p); err != nil {
			return nil, was.disk(err)
		}
	}
	if err := was.build(filepath.Join(home, releasesName), p); err != nil {
		return nil, was.disk(err)
	}
	pairs := [][2]string{{was.path(releasesName, r.ID), filepath.Join(home, releasesName)}}
	if _, err := os.Lstat(was.path(restrictedName, r.ID)); err == nil {
		pairs = append(pairs, [2]string{was.path(restrictedName, r.ID), restricted})
	}
	for _, pair := range pairs {
		n, differ, err := unlike(pair[0], pair[1])
		if err != nil {
			return nil, was.disk(err)
		}
		made.Files += n
		for _, name := range differ {
			made.Differ = append(made.Differ, was.place(pair[0])+"/"+name)
		}
	}
	return made, nil
}

// otherwise says in words what the indicators of a package say otherwise than a release.
func otherwise(m *release.Manifest, was map[string]release.Content, p *Package) []string {
	var words []string
	seen := map[string]bool{}
	for _, x := range p.Indicators {
		seen[x.ID] = true
		entry, now := m.Indicator(x.ID), p.Manifest.Indicator(x.ID)
		if entry == nil {
			words = append(words, x.ID+": the release does not have it")
			continue
		}
		if class, reasons := release.Classify(was[x.ID], x.Content, entry.Quantity == now.Quantity); class != release.Unchanged {
			words = append(words, x.ID+": "+strings.Join(reasons, "; "))
		}
	}
	for _, x := range m.Indicators {
		if !seen[x.ID] {
			words = append(words, x.ID+": the release alone has it")
		}
	}
	slices.Sort(words)
	return words
}

// unlike compares the files of two folders, counts those of the first, and names those
// that are not the same in both, sorted.
func unlike(first, second string) (n int, differ []string, err error) {
	names := map[string]int{} // bit 0 where the first has it, bit 1 where the second has
	for i, folder := range []string{first, second} {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			rel, err := filepath.Rel(folder, path)
			names[filepath.ToSlash(rel)] |= 1 << i
			return err
		})
		if err != nil && !(i == 1 && errors.Is(err, fs.ErrNotExist)) {
			return 0, nil, err
		}
	}
	for name, where := range names {
		n += where & 1
		switch where {
		case 1:
			differ = append(differ, name+": is not made again")
		case 2:
			differ = append(differ, name+": is made again, and not there")
		default:
			was, err := readFile(filepath.Join(first, filepath.FromSlash(name)))
			if err != nil {
				return 0, nil, err
			}
			now, err := os.ReadFile(filepath.Join(second, filepath.FromSlash(name)))
			if err != nil {
				return 0, nil, err
			}
			if at := firstDifference(was, now); at >= 0 {
				differ = append(differ, fmt.Sprintf("%s: differs from byte %d on (line %d): %d bytes there, %d made again", name, at, 1+bytes.Count(was[:at], []byte("\n")), len(was), len(now)))
			}
		}
	}
	slices.Sort(differ)
	return n, differ, nil
}

// firstDifference is the first byte in which two texts differ, -1 where they do not.
func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
