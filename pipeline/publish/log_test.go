package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/publish/merkle"
	"togetherwecan/pipeline/refusal"
)

// three is a store of three releases, whose log a key signed.
func three(t *testing.T) *Store {
	t.Helper()
	s := two(t)
	publish(t, s, "2006-05-01", pack("2001", "2003"))
	pair, err := NewLogKey("example.org/log", strings.NewReader(strings.Repeat("seed", 16)))
	if err != nil {
		t.Fatal(err)
	}
	key, err := DecodeLogKey(pair.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Vouch(nil, Keys{Log: key}); err != nil {
		t.Fatal(err)
	}
	if err := verified(s, false); err != nil {
		t.Fatal(err)
	}
	return s
}

// unwritten are the files of the log that came with its entries after so many, in the
// order in which they are written.
func unwritten(t *testing.T, s *Store, after int64) []merkle.File {
	t.Helper()
	entries, err := s.logEntries()
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.logFile(checkpointName)
	if err != nil || text == nil {
		t.Fatal(err)
	}
	return append(treeOf(entries).Tiles(after, int64(len(entries))), merkle.File{Path: checkpointName, Data: text})
}

// A run may be cut off before each file of the log: who verifies is told of it, and
// the next run writes the bytes that it would have written. A store that was made
// before there were logs gets one.
func TestLogIsCutOff(t *testing.T) {
	for name, after := range map[string]int64{"behind by one": 1, "not begun": 0} {
		t.Run(name, func(t *testing.T) {
			s := two(t)
			whole := tree(t, s.Dir())
			files := unwritten(t, s, after)
			earlier := merkle.Checkpoint{}
			if after > 0 {
				entries, err := s.logEntries()
				if err != nil {
					t.Fatal(err)
				}
				earlier = merkle.Checkpoint{Origin: originOf(entries), Size: after, Root: treeOf(entries).Root(after)}
			}
			for cut := range files {
				for _, f := range files[cut:] {
					if err := os.Remove(s.path(logName, filepath.FromSlash(f.Path))); err != nil && !errors.Is(err, fs.ErrNotExist) {
						t.Fatal(err)
					}
				}
				if after > 0 {
					write(t, s.path(logName, checkpointName), string(earlier.Encode()))
				}
				write(t, s.path(logName, ".checkpoint.0~"), "half of")
				entries, err := s.logEntries()
				if err != nil {
					t.Fatal(err)
				}
				lacks, err := s.lacking(entries)
				if diff := cmp.Diff(files[cut:], lacks); diff != "" || err != nil {
					t.Errorf("to be written: %v %s", err, diff)
				}
				if cut == 0 && after == 0 {
					if err := os.RemoveAll(s.path(logName)); err != nil {
						t.Fatal(err)
					}
					if err := verified(s, false); err != nil {
						t.Error(err)
					}
				} else {
					wants(t, verified(s, false), refusal.Interrupted, "cut off")
				}
				begun(t, s)
				if diff := cmp.Diff(whole, tree(t, s.Dir())); diff != "" {
					t.Errorf("cut off before %s: %s", files[cut].Path, diff)
				}
				if err := verified(s, false); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// What was done to a log is found and named.
func TestLogDamage(t *testing.T) {
	const newest = "2006-05-01.1"
	remove := func(path string) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(logName, filepath.FromSlash(path))); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(path string, edit func(string) string) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) { rewrite(t, s.path(logName, filepath.FromSlash(path)), edit) }
	}
	add := func(path string) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			if err := os.MkdirAll(filepath.Dir(s.path(logName, path)), folderMode); err != nil {
				t.Fatal(err)
			}
			write(t, s.path(logName, path), "more")
		}
	}
	back := func(size int64) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			entries, err := s.logEntries()
			if err != nil {
				t.Fatal(err)
			}
			write(t, s.path(logName, checkpointName), string(merkle.Checkpoint{Origin: "example.org/log", Size: size, Root: treeOf(entries).Root(size)}.Encode()))
		}
	}
	whole := three(t)
	for _, c := range []struct {
		name string
		harm func(*testing.T, *Store)
		want string
	}{
		{"a tile of hashes is missing", remove("tile/8/0/000.p/2"), "log/tile/8/0/000.p/2: missing"},
		{"a tile of lines is missing", remove("tile/8/data/000.p/3"), "log/tile/8/data/000.p/3: missing"},
		{"one bit of a hash", edit("tile/8/0/000.p/3", func(text string) string { return string(text[0]^1) + text[1:] }), "log/tile/8/0/000.p/3: changed"},
		{"a line", edit("tile/8/data/000.p/1", swap("2002", "2003")), "log/tile/8/data/000.p/1: changed"},
		{"a tile of a tree that is to come", add("tile/8/0/000.p/4"), "log/tile/8/0/000.p/4: no part of the log of these 3 entries"},
		{"a stray file", add("draft"), "log/draft: no part of the log of these 3 entries"},
		{"a signature of no release", add("2001-01-01.1.minisig"), "log/2001-01-01.1.minisig: no part of the log of these 3 entries"},
		{"a checkpoint that was put back", back(1), "log/checkpoint: of the first 1 entries of 3: it was put back to an earlier one"},
		{"a checkpoint that was put back by one, which a proof tells", back(2), "log/" + newest + ".tlog-proof: its checkpoint is of 3 entries, checkpoint of 2: that was put back to an earlier one"},
		{"the name of another log", edit(checkpointName, swap("example.org/log\n", "example.org/logs\n")), "log/2002-05-01.1.tlog-proof: of the log example.org/log, want example.org/logs"},
		{"a checkpoint with a line too many", edit(checkpointName, swap("=\n\n", "=\nmore\n\n")), "log/checkpoint: not as a checkpoint is written here"},
		{"another root", edit(checkpointName, func(text string) string {
			lines := strings.SplitAfter(text, "\n")
			lines[2] = merkle.New([]string{"another\n"}).Root(1).String() + "\n"
			return strings.Join(lines, "")
		}), "log/checkpoint: not of these releases, or damaged: its root of the first 3 is "},
		{"no checkpoint any more", remove(checkpointName), "log/2002-05-01.1.tlog-proof: its checkpoint is of 3 entries, checkpoint of 0"},
		{"the proof of another release", func(t *testing.T, s *Store) {
			text, err := os.ReadFile(s.path(logName, newest+proofEnds))
			if err != nil {
				t.Fatal(err)
			}
			write(t, s.path(logName, "2002-05-01.1"+proofEnds), string(text))
		}, "log/2002-05-01.1.tlog-proof: the proof of entry 2, want that of entry 0"},
		{"a proof of another index", edit(newest+proofEnds, swap("index 2", "index 1")), "log/" + newest + ".tlog-proof: the proof of entry 1, want that of entry 2"},
		{"a proof that is none", edit(newest+proofEnds, swap("@v1", "@v9")), "log/" + newest + ".tlog-proof: begins with"},
		{"a folder in the place of a file", func(t *testing.T, s *Store) {
			remove(checkpointName)(t, s)
			if err := os.Mkdir(s.path(logName, checkpointName), folderMode); err != nil {
				t.Fatal(err)
			}
		}, "found a folder, want a file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(whole.Dir())); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			c.harm(t, s)
			err := verified(s, false)
			ps := refusal.Of(err, refusal.Data)
			if !slices.ContainsFunc(ps, func(p refusal.Problem) bool {
				return p.Kind == refusal.Integrity && strings.Contains(p.Error(), c.want)
			}) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// Nothing of a log that holds is lost by the run that mends what follows from the
// releases, and nothing that tells of another past is written over.
func TestLogIsMended(t *testing.T) {
	s := three(t)
	whole := tree(t, s.Dir())
	if err := os.RemoveAll(s.path(logName, "tile")); err != nil {
		t.Fatal(err)
	}
	begun(t, s)
	if diff := cmp.Diff(whole, tree(t, s.Dir())); diff != "" {
		t.Error(diff)
	}
	rewrite(t, s.path(logName, checkpointName), swap("\n3\n", "\n2\n"))
	before := tree(t, s.Dir())
	wants(t, begin(s), refusal.Integrity, "log/checkpoint: not of these releases, or damaged: its root of the first 2 is")
	if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
		t.Error(diff)
	}
}
