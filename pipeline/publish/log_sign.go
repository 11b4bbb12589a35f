package publish

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/publish/merkle"
	"togetherwecan/pipeline/refusal"
)

// DecodeLogKey reads a log's key as golang.org/x/mod/sumdb/note writes it.
func DecodeLogKey(text []byte) (note.Signer, error) {
	key, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, errors.New("no key of a log, want PRIVATE+KEY+ and what follows")
	}
	return key, nil
}

// DecodeLogPublicKey reads a log's public key, which c2sp.org/signed-note calls a
// verifier key.
func DecodeLogPublicKey(text []byte) (note.Verifier, error) {
	key, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, errors.New("no public key of a log")
	}
	return key, nil
}

// NewLogKey makes a pair of keys by chance for the log of a name, which has neither
// spaces nor a plus sign.
func NewLogKey(name string, random io.Reader) (KeyPair, error) {
	secret, public, err := note.GenerateKey(random, name)
	if err != nil {
		return KeyPair{}, err
	}
	p := KeyPair{Secret: []byte(secret + "\n"), Public: []byte(public + "\n")}
	key, err := DecodeLogKey(p.Secret)
	if err != nil || strings.HasPrefix(name, ownOrigin) {
		return p, fmt.Errorf("%.80q names no log: want a name without spaces and plus signs, such as example.gov.uk/indicators", name)
	}
	p.ID = merkle.KeyName(key.Name(), key.KeyHash())
	return p, nil
}

// logEntries are those of the log of the store, which is at rest.
func (s *Store) logEntries() ([]entry, error) {
	text, err := readFile(s.path(catalogName))
	if err != nil {
		return nil, s.disk(err)
	}
	entries, err := logIn(text)
	if err != nil {
		return nil, s.refuse(refusal.Integrity, catalogName, "%v", err)
	}
	return entries, nil
}

// Allows refuses keys with which the store cannot be signed, of kind Usage: those of
// a log of another name than it has. A log that no key named takes the name of the
// first key.
func (s *Store) Allows(keys Keys) error {
	if keys.Log == nil {
		return nil
	}
	text, c, err := s.checkpoint()
	if text == nil || err != nil {
		return err
	}
	return s.named(c, keys.Log)
}

func (s *Store) named(c merkle.Checkpoint, key note.Signer) error {
	if name := key.Name(); c.Origin != name && !strings.HasPrefix(c.Origin, ownOrigin) {
		return s.refuse(refusal.Usage, "--log-key", "a key of the log %s, and that of the store is %s", name, c.Origin)
	}
	return nil
}

// signLog signs the checkpoint of the log, unless the key has, and proves from it the
// releases that have no proof as yet. It lists what it wrote, by paths below the log.
func (s *Store) signLog(key note.Signer) (wrote []string, err error) {
	entries, err := s.logEntries()
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	text, c, err := s.checkpoint()
	if err == nil {
		err = s.named(c, key)
	}
	if err != nil {
		return nil, err
	}
	t := treeOf(entries)
	c.Origin = key.Name()
	signed, err := c.Sign(key, text)
	if err != nil {
		return nil, err
	}
	if string(signed) != string(text) {
		if err := s.writeLog(checkpointName, signed); err != nil {
			return nil, err
		}
		wrote = append(wrote, checkpointName)
	}
	for i, e := range entries {
		path := e.name + proofEnds
		if there, err := s.logFile(path); err != nil || there != nil || !releaseID.MatchString(e.name) {
			if err != nil {
				return wrote, err
			}
			continue
		}
		proof, err := t.Prove(int64(i), signed)
		if err == nil {
			err = s.writeLog(path, proof.Encode())
		}
		if err != nil {
			return wrote, s.disk(err)
		}
		wrote = append(wrote, path)
	}
	return wrote, nil
}

// writeLog writes a file of the log whole, and waits until the disk has its name.
func (s *Store) writeLog(path string, data []byte) error {
	made, err := makeFolders(s.path(logName), disk.SyncFolder)
	if err == nil {
		err = disk.WriteFile(s.path(logName, path), data, pointerMode)
	}
	if err == nil {
		err = disk.SyncFolder(s.path(logName))
	}
	if err != nil {
		for _, folder := range slices.Backward(made) {
			_ = disk.Remove(folder) // one that is not empty stays
		}
	}
	return s.disk(err)
}

// A Log is how far the log of a store has come, and who says so.
type Log struct {
	Origin string   `json:"origin"`
	Size   int64    `json:"size"`
	Root   string   `json:"root"`
	Keys   []string `json:"keys"`   // of those that were given, that signed the checkpoint
	Proofs []string `json:"proofs"` // releases that have one: signed by a key that was given, where some were
}

// Log reads the log of a store that is verified; nil where it has none. Where keys are
// given, a checkpoint that none of them signed, and a release without a proof that one
// of them signed, are problems of kind Integrity.
func (s *Store) Log(keys []note.Verifier) (*Log, refusal.Problems) {
	var ps refusal.Problems
	const hint = "twc sign --store DIR --log-key FILE signs the log, and proves the releases that have no proof"
	add := func(path, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: logName + "/" + path, What: fmt.Sprintf(format, args...), Hint: hint})
	}
	var names []string
	for _, k := range keys {
		names = append(names, merkle.KeyName(k.Name(), k.KeyHash()))
	}
	wanted := strings.Join(names, " or ")
	entries, err := s.logEntries()
	if err != nil {
		return nil, refusal.Of(err, refusal.Integrity)
	}
	text, c, err := s.checkpoint()
	switch {
	case err != nil:
		return nil, refusal.Of(err, refusal.Integrity)
	case text == nil && len(keys) > 0:
		add(checkpointName, "missing: want one that is signed by %s", wanted)
		return nil, ps
	case text == nil:
		return nil, nil
	}
	l := &Log{Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Keys: []string{}, Proofs: []string{}}
	signed := func(path string, text []byte) []string {
		by, err := merkle.SignedBy(text, keys)
		switch {
		case err != nil:
			add(path, "not what its key signed: %v", err)
		case len(by) == 0 && len(keys) > 0:
			add(path, "not signed by %s", wanted)
		}
		return by
	}
	l.Keys = append(l.Keys, signed(checkpointName, text)...)
	for _, e := range entries {
		if !releaseID.MatchString(e.name) {
			continue
		}
		proof, err := s.logFile(e.name + proofEnds)
		switch {
		case err != nil:
			ps = append(ps, refusal.Of(err, refusal.Disk)...)
		case proof == nil && len(keys) > 0:
			add(e.name+proofEnds, "missing: want one that is signed by %s", wanted)
		case proof != nil:
			p, err := merkle.DecodeProof(proof)
			if err != nil {
				add(e.name+proofEnds, "%v", err)
				continue
			}
			if by := signed(e.name+proofEnds, p.Checkpoint); len(by) > 0 || len(keys) == 0 {
				l.Proofs = append(l.Proofs, e.name)
			}
		}
	}
	return l, ps
}

// A Kept is a checkpoint that somebody kept outside of the store.
type Kept struct {
	name   string
	of     merkle.Checkpoint
	text   []byte
	beside func(path string) []byte // files of the log that it was kept with
}

// ReadKept reads a checkpoint that was kept, alone, in a proof, or with the log that
// it was in.
func ReadKept(name string) (Kept, error) {
	text, err := readFile(name)
	if err != nil {
		return Kept{}, fmt.Errorf("cannot be read: %w", refusal.Reason(err))
	}
	k := Kept{name: name, text: text, beside: func(path string) []byte {
		data, _ := readFile(filepath.Join(filepath.Dir(name), filepath.FromSlash(path))) // which tells more where it is there
		return data
	}}
	if merkle.IsProof(text) {
		p, err := merkle.DecodeProof(text)
		if err != nil {
			return k, err
		}
		k.text = p.Checkpoint
	}
	k.of, err = merkle.DecodeCheckpoint(k.text)
	return k, err
}

// A Growth is how far the log of a store has gone on from a checkpoint that was kept.
type Growth struct {
	Checkpoint string   `json:"checkpoint"` // its file
	Size       int64    `json:"size"`
	Since      int64    `json:"since"` // entries that came after it
	Keys       []string `json:"keys"`  // of those that were given, that signed it
}

// Extends proves that the log goes on from checkpoints that were kept. One that it does
// not go on from is of kind Integrity, and what is known of where the past is another.
func (s *Store) Extends(kept []Kept, keys []note.Verifier) ([]Growth, refusal.Problems) {
	grown := []Growth{}
	if len(kept) == 0 {
		return grown, nil
	}
	entries, err := s.logEntries()
	if err != nil || len(entries) == 0 {
		return nil, refusal.Of(err, refusal.Integrity)
	}
	_, now, err := s.checkpoint()
	if err != nil {
		return nil, refusal.Of(err, refusal.Integrity)
	}
	t := treeOf(entries)
	var ps refusal.Problems
	held := int64(0) // entries that are as a checkpoint has them
	for _, k := range slices.SortedStableFunc(slices.Values(kept), func(a, b Kept) int { return cmp.Compare(a.of.Size, b.of.Size) }) {
		refuse := func(format string, args ...any) {
			ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: k.name, What: fmt.Sprintf(format, args...)})
		}
		by, err := merkle.SignedBy(k.text, keys)
		if err != nil {
			refuse("not what its key signed: %v", err)
			continue
		}
		if own := originOf(entries); k.of.Origin != own && k.of.Origin != now.Origin {
			refuse("of the log %s, and that of %s is %s: it is of another store, or the first release was replaced", k.of.Origin, s.dir, or(now.Origin, own))
			continue
		}
		if err := t.Extends(k.of); err != nil {
			refuse("the log of %s does not go on from it: %v; %s", s.dir, err, k.differs(t, held))
			continue
		}
		held = k.of.Size
		grown = append(grown, Growth{k.name, k.of.Size, t.Size() - k.of.Size, append([]string{}, by...)})
	}
	return grown, ps
}

// differs says from which entry on a log is another than a checkpoint is of, of which
// so many entries are as they were. What was kept beside the checkpoint tells it.
func (k Kept) differs(t *merkle.Tree, held int64) string {
	if was := readLog(k.of, k.beside); was != nil {
		at := was.Differs(t)
		return fmt.Sprintf("entry %d was %s, and is %s", at, textOf(was, at), textOf(t, at))
	}
	last := min(k.of.Size, t.Size()) - 1
	if held > last {
		return fmt.Sprintf("the first %d are as they were", held)
	}
	return fmt.Sprintf("what is another is one of the entries %d, %s, to %d, %s, or more of them", held, textOf(t, held), last, textOf(t, last))
}

// readLog is the tree of a checkpoint by the files of its log; nil where they are not
// there, or of another.
func readLog(c merkle.Checkpoint, read func(path string) []byte) *merkle.Tree {
	const most = 1 << 20 // entries: more than a store has
	if c.Size > most {
		return nil
	}
	if was := merkle.Read(c.Size, read); was != nil && was.Root(c.Size) == c.Root {
		return was
	}
	return nil
}

// textOf is an entry of a tree in words.
func textOf(t *merkle.Tree, at int64) string {
	if at >= t.Size() {
		return "nothing"
	}
	return strings.TrimSuffix(t.Line(at), "\n")
}
