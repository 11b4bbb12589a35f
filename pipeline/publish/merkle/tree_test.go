package merkle

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func lines(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("2001-12-01.%d %064x\n", i+1, i)
	}
	return all
}

// The root by hand: leaves have a zero byte before them, and nodes a one.
func TestRootByHand(t *testing.T) {
	leaf := func(s string) []byte { h := sha256.Sum256([]byte("\x00" + s)); return h[:] }
	node := func(a, b []byte) []byte { h := sha256.Sum256(append(append([]byte{1}, a...), b...)); return h[:] }
	tree := New([]string{"a\n", "b\n", "c\n"})
	nothing := sha256.Sum256(nil)
	for n, want := range [][]byte{nothing[:], leaf("a\n"), node(leaf("a\n"), leaf("b\n")), node(node(leaf("a\n"), leaf("b\n")), leaf("c\n"))} {
		if got := tree.Root(int64(n)); !bytes.Equal(got[:], want) {
			t.Errorf("%d lines: got %x, want %x", n, got, want)
		}
	}
}

// Roots, proofs of lines and proofs of growth are those of a library that knows
// nothing of this one.
func TestTreeIsTheirs(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	for range 15 {
		size := 1 + chance.IntN(600)
		ours, theirs := New(lines(size)), testonly.New(rfc6962.DefaultHasher)
		for _, line := range lines(size) {
			theirs.AppendData([]byte(line))
		}
		for range 20 {
			n := 1 + chance.Int64N(int64(size))
			root := ours.Root(n)
			if !bytes.Equal(root[:], theirs.HashAt(uint64(n))) {
				t.Fatalf("seed %d: root of %d lines: got %x, want %x", seed, n, root, theirs.HashAt(uint64(n)))
			}
			index := chance.Int64N(n)
			checkpoint := Checkpoint{"example.org/log", n, root}
			p, err := ours.Prove(index, checkpoint.Encode())
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(n), rfc6962.DefaultHasher.HashLeaf([]byte(ours.Line(index))), bytesOf(p.Hashes), root[:]); err != nil {
				t.Fatalf("seed %d: line %d of %d: %v", seed, index, n, err)
			}
			if want, err := theirs.InclusionProof(uint64(index), uint64(n)); err != nil || cmp.Diff(want, bytesOf(p.Hashes)) != "" {
				t.Fatalf("seed %d: line %d of %d: another proof than theirs, %v", seed, index, n, err)
			}
			back, err := DecodeProof(p.Encode())
			if err != nil || !bytes.Equal(p.Encode(), back.Encode()) {
				t.Fatalf("seed %d: %v, %q comes back as %q", seed, err, p.Encode(), back.Encode())
			}
			if got, err := back.Check(ours.Line(index)); err != nil || got != checkpoint {
				t.Fatalf("seed %d: line %d of %d: %v", seed, index, n, err)
			}
			if _, err := back.Check(ours.Line((index + 1) % int64(size))); err == nil && size > 1 {
				t.Fatalf("seed %d: line %d of %d proves another", seed, index, n)
			}
			grown, err := tlog.ProveTree(int64(size), n, ours)
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(n), uint64(size), bytesOf(grown), root[:], theirs.HashAt(uint64(size))); err != nil {
				t.Fatalf("seed %d: from %d to %d: %v", seed, n, size, err)
			}
			if err := ours.Extends(checkpoint); err != nil {
				t.Fatalf("seed %d: from %d to %d: %v", seed, n, size, err)
			}
			checkpoint.Root[chance.IntN(tlog.HashSize)] ^= 1 << chance.IntN(8)
			if ours.Extends(checkpoint) == nil {
				t.Fatalf("seed %d: from %d to %d: another root is extended", seed, n, size)
			}
		}
	}
}

func bytesOf(hashes []tlog.Hash) [][]byte {
	all := [][]byte{}
	for _, h := range hashes {
		all = append(all, h[:])
	}
	return all
}

// From the tiles on disk another program has the tree of every size that there
// was, and each tile is written once.
func TestTiles(t *testing.T) {
	whole := New(lines(520))
	files := map[string][]byte{}
	for _, f := range whole.Tiles(0, 520) {
		if files[f.Path] != nil {
			t.Fatalf("%s is written twice", f.Path)
		}
		files[f.Path] = f.Data
	}
	for _, size := range []int64{1, 2, 255, 256, 257, 511, 512, 520} {
		reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: whole.Root(size)}, tiles(files))
		for _, index := range []int64{0, size / 2, size - 1} {
			if _, err := tlog.ProveRecord(size, index, reader); err != nil {
				t.Errorf("line %d of %d: %v", index, size, err)
			}
		}
	}
	for _, size := range []int64{0, 1, 255, 256, 257, 520} {
		back := Read(size, func(path string) []byte { return files[path] })
		if back == nil || back.Size() != size || back.Root(size) != whole.Root(size) {
			t.Errorf("%d lines are not read back", size)
		}
	}
	grown := map[string][]byte{}
	last := 0
	for _, n := range []int{1, 2, 3, 100, 255, 256, 257, 511, 520} {
		for _, f := range New(lines(n)).Tiles(int64(last), int64(n)) {
			grown[f.Path] = f.Data
		}
		last = n
	}
	if !maps.EqualFunc(files, grown, bytes.Equal) {
		t.Errorf("%d files one after the other, %d at once, or with other bytes", len(grown), len(files))
	}
	for path, want := range map[string]string{
		"tile/8/data/000.p/2": lines(2)[0] + "\n" + lines(2)[1] + "\n",
		"tile/8/data/002.p/1": lines(513)[512] + "\n",
	} {
		if string(files[path]) != want {
			t.Errorf("%s: got %q", path, files[path])
		}
	}
	if got := len(files["tile/8/1/000.p/2"]); got != 2*tlog.HashSize {
		t.Errorf("the second level has %d bytes", got)
	}
}

// tiles are files that tlog reads.
type tiles map[string][]byte

func (tiles) Height() int                     { return height }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (f tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		if f[tile.Path()] == nil {
			return nil, errors.New("no " + tile.Path())
		}
		data = append(data, f[tile.Path()])
	}
	return data, nil
}

// What is no tile of lines is not read as one.
func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"too few": "a\n\n", "too many": "a\n\nb\n\nc\n\n", "without its end": "a\n\nb\n", "an empty line": "\n\n\n\n", "nothing": "", "two in one": "a\nb\n\nc\n\n",
	} {
		if got := Read(2, func(string) []byte { return []byte(text) }); got != nil {
			t.Errorf("%s: read %q", name, got.lines)
		}
	}
}

func TestExtends(t *testing.T) {
	tree := New(lines(3))
	for _, c := range []struct {
		name string
		of   Checkpoint
		want string
	}{
		{"itself", Checkpoint{"log", 3, tree.Root(3)}, ""},
		{"an earlier one", Checkpoint{"log", 2, tree.Root(2)}, ""},
		{"nothing", Checkpoint{"log", 0, tree.Root(0)}, ""},
		{"another nothing", Checkpoint{"log", 0, tree.Root(1)}, "is not that of a log without entries"},
		{"a later one", Checkpoint{"log", 4, New(lines(4)).Root(4)}, "it is of 4 entries, and there are 3"},
		{"another past", Checkpoint{"log", 2, tree.Root(3)}, "its root of the first 2 is " + tree.Root(3).String() + ", and theirs is " + tree.Root(2).String()},
	} {
		err := tree.Extends(c.of)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func keys(t *testing.T, name string, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err1 := note.NewSigner(private)
	verifier, err2 := note.NewVerifier(public)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

func TestSignedBy(t *testing.T) {
	const log = "example.org/log"
	signer, key := keys(t, log, 1)
	second, other := keys(t, log, 2)
	c := Checkpoint{log, 3, New(lines(3)).Root(3)}
	signed, err := c.Sign(signer, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, older := range map[string][]byte{"anew": nil, "unsigned": c.Encode(), "signed": signed, "another": Checkpoint{log, 2, c.Root}.Encode()} {
		if again, err := c.Sign(signer, older); err != nil || !bytes.Equal(signed, again) {
			t.Errorf("%s, it is signed otherwise: %v", name, err)
		}
	}
	both, err := c.Sign(second, signed)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Sign(signer, both); err != nil || !bytes.Equal(both, again) {
		t.Errorf("signed by two, it is signed otherwise: %v", err)
	}
	if back, err := DecodeCheckpoint(signed); err != nil || back != c {
		t.Errorf("got %+v, %v", back, err)
	}
	for _, x := range []struct {
		name string
		data []byte
		keys []note.Verifier
		want []string
		err  bool
	}{
		{"by the key", signed, []note.Verifier{other, key}, []string{KeyName(log, key.KeyHash())}, false},
		{"by both", both, []note.Verifier{other, key}, []string{KeyName(log, key.KeyHash()), KeyName(log, other.KeyHash())}, false},
		{"by another key", signed, []note.Verifier{other}, nil, false},
		{"by nobody", c.Encode(), []note.Verifier{key}, nil, false},
		{"an altered size", bytes.Replace(signed, []byte("\n3\n"), []byte("\n4\n"), 1), []note.Verifier{key}, nil, true},
	} {
		got, err := SignedBy(x.data, x.keys)
		if diff := cmp.Diff(x.want, got); diff != "" || (err != nil) != x.err {
			t.Errorf("%s: %v %s", x.name, err, diff)
		}
	}
}

func TestDecodeCheckpoint(t *testing.T) {
	const root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" // of nothing
	for _, c := range []struct {
		name, text, want string
	}{
		{"as it is written", "log\n0\n" + root + "\n", ""},
		{"with a line of another's", "log\n0\n" + root + "\nmore\n", ""},
		{"nothing", "", "no line feed at the end"},
		{"without its last line feed", "log\n0\n" + root, "no line feed at the end"},
		{"without a root", "log\n0\n", "no checkpoint: want the log's origin"},
		{"without an origin", "\n0\n" + root + "\n", "no checkpoint: want the log's origin"},
		{"a size with a zero before it", "log\n01\n" + root + "\n", `size "01", want a whole number`},
		{"a size that no log has", "log\n99999999999999999999\n" + root + "\n", "want a whole number"},
		{"a short root", "log\n0\nAAAA\n", `root "AAAA"`},
		{"a root with bits to spare", "log\n0\n" + strings.Replace(root, "U=", "V=", 1) + "\n", "not in canonical base64"},
		{"what is no signature", "log\n0\n" + root + "\n\nsigned\n", "no signature of a note"},
		{"a return", "log\r\n0\n" + root + "\n", "control characters"},
		{"no UTF-8", "l\xffg\n0\n" + root + "\n", "it is not UTF-8"},
		{"too long", strings.Repeat("a", mostBytes) + "\n", "bytes, want 131072 at most"},
	} {
		_, err := DecodeCheckpoint([]byte(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestDecodeProof(t *testing.T) {
	tree := New(lines(2))
	checkpoint := string(Checkpoint{"log", 2, tree.Root(2)}.Encode())
	hash := tree.stored[0].String()
	for _, c := range []struct {
		name, text, want string
	}{
		{"as it is written", proofName + "\nindex 1\n" + hash + "\n\n" + checkpoint, ""},
		{"with extra data", proofName + "\nextra AAAA\nindex 1\n" + hash + "\n\n" + checkpoint, ""},
		{"another version", "c2sp.org/tlog-proof@v2\nindex 1\n\n" + checkpoint, "begins with"},
		{"without a checkpoint", proofName + "\nindex 1\n" + hash + "\n", "no empty line"},
		{"without an index", proofName + "\n\n" + checkpoint, "no index"},
		{"an index that is no number", proofName + "\nindex -1\n\n" + checkpoint, "want index and a whole number"},
		{"a hash that is none", proofName + "\nindex 1\nAAAA\n\n" + checkpoint, `hash 1, "AAAA"`},
		{"a tree that is too high", proofName + "\nindex 1\n" + strings.Repeat(hash+"\n", 64) + "\n" + checkpoint, "64 hashes, want 63 at most"},
		{"extra data that is none", proofName + "\nextra !\nindex 1\n\n" + checkpoint, "extra: want base64"},
		{"too long", strings.Repeat("a", mostBytes+1), "at most"},
	} {
		p, err := DecodeProof([]byte(c.text))
		switch {
		case c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		case err == nil && string(p.Encode()) != c.text:
			t.Errorf("%s: %q comes back as %q", c.name, c.text, p.Encode())
		}
	}
	for _, c := range []struct {
		name string
		p    Proof
		want string
	}{
		{"of an entry beyond", Proof{Index: 2, Checkpoint: []byte(checkpoint)}, "entry 2 of a log of 2"},
		{"of another entry", Proof{Index: 0, Hashes: []tlog.Hash{tree.stored[0]}, Checkpoint: []byte(checkpoint)}, "it does not prove that entry 0 is"},
		{"without a hash", Proof{Index: 1, Checkpoint: []byte(checkpoint)}, "it does not prove that entry 1 is"},
		{"of no checkpoint", Proof{Index: 1, Checkpoint: []byte("log\n")}, "no checkpoint"},
	} {
		if _, err := c.p.Check(tree.Line(1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
