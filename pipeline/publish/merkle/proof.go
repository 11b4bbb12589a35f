package merkle

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// proofName begins a proof.
const proofName = "c2sp.org/tlog-proof@v1"

// mostHashes is how many a proof may have: a tree is no higher.
const mostHashes = 63

// A Proof says that a line is in the tree of a checkpoint, from itself alone.
type Proof struct {
	Extra      []byte // what others may put there; nobody vouches for it
	Index      int64  // of the line, from 0
	Hashes     []tlog.Hash
	Checkpoint []byte // as it was signed
}

// Prove returns the proof of a line in the tree that a checkpoint is of.
func (t *Tree) Prove(index int64, checkpoint []byte) (Proof, error) {
	c, err := DecodeCheckpoint(checkpoint)
	if err != nil {
		return Proof{}, err
	}
	hashes, err := tlog.ProveRecord(c.Size, index, t)
	return Proof{Index: index, Hashes: hashes, Checkpoint: checkpoint}, err
}

// Encode returns the proof in the form that programs exchange.
func (p Proof) Encode() []byte {
	var b strings.Builder
	b.WriteString(proofName + "\n")
	if len(p.Extra) > 0 {
		fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString(p.Extra))
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Hashes {
		fmt.Fprintf(&b, "%s\n", h)
	}
	return append(append([]byte(b.String()), '\n'), p.Checkpoint...)
}

// IsProof says whether a file is a proof, by its first line.
func IsProof(data []byte) bool { return strings.HasPrefix(string(data), proofName+"\n") }

// DecodeProof reads a proof, and checks nothing that it says.
func DecodeProof(data []byte) (Proof, error) {
	var p Proof
	if len(data) > mostBytes {
		return p, fmt.Errorf("%d bytes, want %d at most", len(data), mostBytes)
	}
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	if !ok {
		return p, errors.New("no empty line, want one before the checkpoint")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != proofName {
		return p, fmt.Errorf("begins with %.40q, want %s", lines[0], proofName)
	}
	lines = lines[1:]
	if len(lines) > 0 {
		if text, ok := strings.CutPrefix(lines[0], "extra "); ok {
			var err error
			if p.Extra, err = base64.StdEncoding.Strict().DecodeString(text); err != nil || len(p.Extra) == 0 {
				return p, errors.New("extra: want base64")
			}
			lines = lines[1:]
		}
	}
	if len(lines) == 0 {
		return p, errors.New("no index")
	}
	index, ok := strings.CutPrefix(lines[0], "index ")
	if !ok || !decimal.MatchString(index) {
		return p, fmt.Errorf("%.40q, want index and a whole number", lines[0])
	}
	p.Index, _ = strconv.ParseInt(index, 10, 64) // of 18 digits at most
	if len(lines)-1 > mostHashes {
		return p, fmt.Errorf("%d hashes, want %d at most", len(lines)-1, mostHashes)
	}
	for i, line := range lines[1:] {
		hash, err := decodeHash(line)
		if err != nil {
			return p, fmt.Errorf("hash %d, %.60q: %w", i+1, line, err)
		}
		p.Hashes = append(p.Hashes, hash)
	}
	p.Checkpoint = []byte(checkpoint)
	return p, nil
}

// Check returns an error unless the proof is that a line is in the tree of its
// checkpoint, which it returns. No signature is verified.
func (p Proof) Check(line string) (Checkpoint, error) {
	c, err := DecodeCheckpoint(p.Checkpoint)
	if err != nil {
		return c, err
	}
	if p.Index >= c.Size {
		return c, fmt.Errorf("entry %d of a log of %d", p.Index, c.Size)
	}
	if tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash([]byte(line))) != nil {
		return c, fmt.Errorf("it does not prove that entry %d is %q", p.Index, strings.TrimSuffix(line, "\n"))
	}
	return c, nil
}
