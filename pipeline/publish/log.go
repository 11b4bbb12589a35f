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
	"togetherwecan/pipeline/publish/merkle"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// The log of a store follows from its releases and notices, but for the signatures on its
// checkpoint and in the proofs. No file of it is changed, but the checkpoint,
// which is replaced.
const (
	logName        = "log"
	checkpointName = "checkpoint"
	proofEnds      = ".tlog-proof"
	ownOrigin      = "togetherwecan/" // of a log that no key names; the beginning of its first entry's digest follows
)

// An entry is what one line of the log says: the SHA-256 of a file of the store.
type entry struct{ name, digest string }

func (e entry) line() string { return e.name + " " + e.digest + "\n" }

// logIn are the entries of the log of a store with this catalogue, which lists what
// was published in its order.
func logIn(catalog []byte) ([]entry, error) {
	var c struct {
		Releases []struct{ ID, Digest string } `json:"releases"`
		Notices  []release.NoticeEntry         `json:"notices"`
	}
	if err := json.Unmarshal(catalog, &c); err != nil {
		return nil, err
	}
	var all []entry
	for _, r := range c.Releases {
		all = append(all, entry{r.ID, r.Digest})
		for i := range c.Notices {
			if n := &c.Notices[i]; n.Newest.ID == r.ID {
				all = append(all, entry{n.Path, n.Digest})
			}
		}
	}
	return all, nil
}

// treeOf is the tree of entries.
func treeOf(entries []entry) *merkle.Tree {
	lines := make([]string, len(entries))
	for i, e := range entries {
		lines[i] = e.line()
	}
	return merkle.New(lines)
}

// originOf names a log that no key names: by its first release.
func originOf(entries []entry) string { return ownOrigin + entries[0].digest[:16] }

// logFile reads a file of the log; nil where it is not there.
func (s *Store) logFile(path string) ([]byte, error) {
	text, err := readFile(s.path(logName, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, s.disk(err)
}

// checkpoint reads that of the log; nil where there is none.
func (s *Store) checkpoint() ([]byte, merkle.Checkpoint, error) {
	text, err := s.logFile(checkpointName)
	if text == nil || err != nil {
		return nil, merkle.Checkpoint{}, err
	}
	c, err := merkle.DecodeCheckpoint(text)
	if rest, own := bytes.CutPrefix(text, c.Encode()); err == nil && (!own || len(rest) > 0 && rest[0] != '\n') {
		err = errors.New("not as a checkpoint is written here")
	}
	if err != nil {
		return nil, c, s.refuse(refusal.Integrity, logName+"/"+checkpointName, "%v", err)
	}
	return text, c, nil
}

// lacking returns the files, in the order in which they are to be written, that
// bring the log up to its entries: tiles that are not there or not as they should
// be, then the checkpoint, which nobody has signed as yet. A log whose checkpoint is
// of another past is refused.
func (s *Store) lacking(entries []entry) ([]merkle.File, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	text, was, err := s.checkpoint()
	if err != nil {
		return nil, err
	}
	t := treeOf(entries)
	now := merkle.Checkpoint{Origin: originOf(entries), Size: t.Size(), Root: t.Root(t.Size())}
	if text != nil {
		now.Origin = was.Origin
		if err := s.goesOn(t, was); err != nil {
			return nil, err
		}
	}
	var files []merkle.File
	for _, f := range t.Tiles(0, t.Size()) {
		got, err := s.logFile(f.Path)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(got, f.Data) {
			files = append(files, f)
		}
	}
	if text == nil || was.Size < t.Size() {
		files = append(files, merkle.File{Path: checkpointName, Data: now.Encode()})
	}
	return files, nil
}

// entriesLacking is lacking, of the entries that a catalogue gives.
func (s *Store) entriesLacking(catalog []byte) ([]merkle.File, error) {
	entries, err := logIn(catalog)
	if err != nil {
		return nil, err
	}
	return s.lacking(entries)
}

// goesOn refuses a log whose checkpoint is of another past than that of the
// releases, and says from which entry on as far as the log's own lines tell.
func (s *Store) goesOn(t *merkle.Tree, c merkle.Checkpoint) error {
	err := t.Extends(c)
	if err == nil {
		return nil
	}
	p := refusal.Problem{
		Kind: refusal.Integrity, Where: logName + "/" + checkpointName, What: "not of these releases, or damaged: " + err.Error(),
		Hint: "compare with a copy of the store: a release was changed, replaced or removed after it was logged, or the log was damaged",
	}
	logged := readLog(c, func(path string) []byte {
		text, _ := s.logFile(path) // what cannot be read tells nothing
		return text
	})
	if logged != nil { // it is whole
		at := logged.Differs(t)
		p.What = fmt.Sprintf("not the log of these releases: entry %d is %s, and the store has %s", at, textOf(logged, at), textOf(t, at))
	}
	return refusal.Problems{p}
}

// A staged is files that are on the disk and will be put into their places.
type staged struct {
	made  []string // folders, outermost first
	files []*disk.Pending
	in    []string // the folder of each
}

// stage writes files of the log beside their places, so that putting them there
// takes no space.
func (s *Store) stage(scratch string, files []merkle.File) (*staged, error) {
	g := &staged{}
	for i, f := range files {
		to := s.path(logName, filepath.FromSlash(f.Path))
		made, err := makeFolders(filepath.Dir(to), disk.SyncFolder)
		g.made = append(g.made, made...)
		if err != nil {
			return g, err
		}
		own := filepath.Join(scratch, fmt.Sprintf("log%d", i)) // many tiles have one name
		if err := disk.Mkdir(own, folderMode); err != nil {
			return g, err
		}
		p, err := pending(to, own, f.Data)
		if err != nil {
			return g, err
		}
		g.files, g.in = append(g.files, p), append(g.in, filepath.Dir(to))
	}
	return g, nil
}

// replace puts the files into their places, each on the disk before the next: a
// checkpoint has the tiles that it is of.
func (g *staged) replace() error {
	for i, p := range g.files {
		if err := p.Replace(); err != nil {
			return err
		}
		if err := disk.SyncFolder(g.in[i]); err != nil {
			return err
		}
	}
	return nil
}

// discard throws away what is not in its place.
func (g *staged) discard() {
	for _, p := range g.files {
		p.Discard()
	}
	for _, folder := range slices.Backward(g.made) {
		_ = disk.Remove(folder) // one that is not empty stays
	}
}

// clearLog removes what was being written into the log by a process that was cut
// off.
func (s *Store) clearLog() error {
	entries, err := os.ReadDir(s.path(logName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.disk(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			if err := disk.Remove(s.path(logName, e.Name())); err != nil {
				return s.disk(err)
			}
		}
	}
	return nil
}
