package merkle

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint says how far a log had come: it is one line for each of these,
// and may be signed as a note (c2sp.org/signed-note).
type Checkpoint struct {
	Origin string    // names the log
	Size   int64     // how many lines it had
	Root   tlog.Hash // of the tree of them
}

// Encode returns the checkpoint as text without a signature.
func (c Checkpoint) Encode() []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign returns the checkpoint as a note that a key signed: the same bytes always.
// Signatures that an older text of the same checkpoint has stay, nil for none.
func (c Checkpoint) Sign(key note.Signer, older []byte) ([]byte, error) {
	text := c.Encode()
	signed, err := note.Sign(&note.Note{Text: string(text)}, key)
	if err != nil || !bytes.HasPrefix(older, append(text, '\n')) {
		return signed, err
	}
	line := signed[len(text)+1:]
	if bytes.Contains(older, line) {
		return older, nil
	}
	return append(bytes.Clone(older), line...), nil
}

// mostBytes is what a checkpoint or a proof may have: more than 16 signatures of
// the longest kind that the note's specification knows.
const mostBytes = 128 << 10

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})$`)

// DecodeCheckpoint reads a checkpoint, signed or not: no signature is verified.
// Lines after the root, which others may add, say nothing here.
func DecodeCheckpoint(data []byte) (Checkpoint, error) {
	text, _, err := cut(data)
	if err != nil {
		return Checkpoint{}, err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	switch {
	case len(lines) < 3 || slices.Contains(lines, ""):
		return Checkpoint{}, errors.New("no checkpoint: want the log's origin, its size and its root, a line each")
	case !decimal.MatchString(lines[1]):
		return Checkpoint{}, fmt.Errorf("size %.40q, want a whole number", lines[1])
	}
	size, _ := strconv.ParseInt(lines[1], 10, 64) // of 18 digits at most
	root, err := decodeHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("root %.60q: %w", lines[2], err)
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// cut parts the text of a note from its signatures, of which there may be none.
func cut(data []byte) (text string, signed bool, err error) {
	whole := string(data)
	switch {
	case len(whole) > mostBytes:
		return "", false, fmt.Errorf("%d bytes, want %d at most", len(whole), mostBytes)
	case !utf8.ValidString(whole) || strings.ContainsFunc(whole, func(r rune) bool { return r < ' ' && r != '\n' }):
		return "", false, errors.New("no text: it is not UTF-8, or has control characters")
	case !strings.HasSuffix(whole, "\n"):
		return "", false, errors.New("no line feed at the end")
	}
	at := strings.LastIndex(whole, "\n\n")
	if at < 0 {
		return whole, false, nil
	}
	_, err = note.Open(data, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) { // whose signatures have their form
		return "", false, errors.New("what follows its empty line is no signature of a note")
	}
	return whole[:at+1], true, nil
}

func decodeHash(text string) (tlog.Hash, error) {
	hash, err := tlog.ParseHash(text)
	if err == nil && hash.String() != text {
		err = errors.New("not in canonical base64")
	}
	return hash, err
}

// SignedBy lists the names of the keys, of those given, that signed a checkpoint:
// none where it has no signature of one of them. It is an error if a signature
// that claims to be of one is not.
func SignedBy(data []byte, keys []note.Verifier) ([]string, error) {
	if _, signed, err := cut(data); err != nil || !signed {
		return nil, err
	}
	opened, err := note.Open(data, note.VerifierList(keys...))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return nil, nil
	case err != nil:
		return nil, err
	}
	var names []string
	for _, s := range opened.Sigs {
		names = append(names, KeyName(s.Name, s.Hash))
	}
	return names, nil
}

// KeyName names a key of a log as its signatures do, and tells it from others of
// the same log.
func KeyName(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }
