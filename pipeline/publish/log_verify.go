package publish

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/publish/merkle"
	"togetherwecan/pipeline/refusal"
)

// holdLog holds the log against the chain.
func (v *verification) holdLog() refusal.Problems {
	links := v.chain.all()
	for _, l := range links {
		if v.at(releasesName + "/" + l.id + "/" + manifestName) { // of which the log has another digest
			return nil
		}
	}
	for i := range v.notices {
		if v.at(v.notices[i].Path) {
			return nil
		}
	}
	text, _ := readFile(v.path(catalogName)) // of which holdPointers tells
	if v.unread || len(links) == 0 {
		return nil // likewise
	}
	entries, err := logIn(v.catalogOf(links, v.notices, text))
	if err != nil {
		return refusal.Of(err, refusal.Integrity)
	}
	behind, ps := v.verifyLog(entries)
	if behind && len(ps) == 0 {
		return problem(refusal.Interrupted, v.dir, finishes, "a run was cut off before %s was in the log", entries[len(entries)-1].name)
	}
	return ps
}

// verifyLog holds the log of a store against its entries. Where nothing is wrong but
// that it lacks the last of them, or is not begun, it is behind: a run was cut off. A
// store without a log was made before there were logs.
func (s *Store) verifyLog(entries []entry) (behind bool, ps refusal.Problems) {
	add := func(path, format string, args ...any) {
		ps = append(ps, sealed(logName, path, format, args...)...)
	}
	there, ps := s.logged()
	if len(there) == 0 || len(entries) == 0 {
		return false, ps
	}
	text, c, err := s.checkpoint()
	t := treeOf(entries)
	if err == nil && text != nil {
		err = s.goesOn(t, c)
	}
	if err != nil {
		return false, append(ps, refusal.Of(err, refusal.Integrity)...)
	}
	if text != nil && c.Size < t.Size()-1 {
		add(checkpointName, "of the first %d entries of %d: it was put back to an earlier one", c.Size, t.Size())
	}
	// A key that signed left a proof; a log of which no key did is named by its first release.
	proved := slices.ContainsFunc(there, func(path string) bool { return strings.HasSuffix(path, proofEnds) })
	if own := originOf(entries); text != nil && !proved && len(text) == len(c.Encode()) && c.Origin != own {
		add(checkpointName, "of the origin %q, want %q: no key has signed the log", c.Origin, own)
	}
	known := map[string]bool{checkpointName: true}
	want := func(tiles []merkle.File, written bool) {
		for _, f := range tiles {
			known[f.Path] = true
			switch got, err := s.logFile(f.Path); {
			case err != nil:
				ps = append(ps, refusal.Of(err, refusal.Disk)...)
			case got == nil && written:
				add(f.Path, "missing")
			case got != nil && !bytes.Equal(got, f.Data):
				add(f.Path, "changed: not what the releases give")
			}
		}
	}
	want(t.Tiles(0, c.Size), true)
	want(t.Tiles(c.Size, t.Size()), false) // which a run may have been writing
	for i, e := range entries {
		known[e.name+signatureEnds], known[e.name+proofEnds] = true, true
		if err := s.verifyProof(e, int64(i), t, c); err != nil {
			ps = append(ps, refusal.Of(err, refusal.Integrity)...)
		}
	}
	for _, path := range there {
		if !known[path] {
			add(path, "no part of the log of these %d entries", len(entries))
		}
	}
	_, problems := s.Signatures(namesOf(entries), nil)
	return text == nil || c.Size < t.Size(), append(ps, problems...)
}

// logged lists the files of the log by their paths below it, sorted.
func (s *Store) logged() ([]string, refusal.Problems) {
	var paths []string
	root := s.path(logName)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if path == root && errors.Is(err, fs.ErrNotExist) {
			return fs.SkipAll
		}
		rel, outside := filepath.Rel(root, path)
		switch {
		case err != nil || outside != nil:
			return errors.Join(err, outside)
		case path == root && !e.IsDir():
			return s.refuse(refusal.Integrity, logName, "found %s, want a folder", refusal.FileKind(e.Type()))
		case e.IsDir() || strings.HasPrefix(rel, "."): // what is being written, or was
			return nil
		}
		paths = append(paths, filepath.ToSlash(rel))
		return nil
	})
	return paths, refusal.Of(s.disk(err), refusal.Disk)
}

// verifyProof holds the proof of an entry, if there is one, against the log.
func (s *Store) verifyProof(e entry, at int64, t *merkle.Tree, newest merkle.Checkpoint) error {
	path := e.name + proofEnds
	text, err := s.logFile(path)
	if text == nil || err != nil {
		return err
	}
	refuse := func(format string, args ...any) error {
		return s.refuse(refusal.Integrity, logName+"/"+path, format, args...)
	}
	p, err := merkle.DecodeProof(text)
	if err != nil {
		return refuse("%v", err)
	}
	if p.Index != at {
		return refuse("the proof of entry %d, want that of entry %d", p.Index, at)
	}
	c, err := p.Check(e.line())
	switch {
	case err != nil:
		return refuse("%v", err)
	case c.Size > newest.Size:
		return refuse("its checkpoint is of %d entries, %s of %d: that was put back to an earlier one", c.Size, checkpointName, newest.Size)
	case c.Origin != newest.Origin:
		return refuse("of the log %s, want %s", c.Origin, newest.Origin)
	}
	if err := t.Extends(c); err != nil {
		return refuse("its checkpoint is of another log: %v", err)
	}
	return nil
}

func namesOf(entries []entry) []string {
	var names []string
	for _, e := range entries {
		if releaseID.MatchString(e.name) {
			names = append(names, e.name)
		}
	}
	return names
}
