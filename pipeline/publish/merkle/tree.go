// Package merkle is an append-only log of lines: the Merkle tree over them (RFC
// 6962, SHA-256), the tiles that it is stored in, proofs that a line is in it and
// that it goes on from an earlier one, and the checkpoints that say how far it
// had come.
//
// Tiles are those of golang.org/x/mod/sumdb/tlog, of height 8. Checkpoints are
// those of c2sp.org/tlog-checkpoint, and proofs those of c2sp.org/tlog-proof@v1,
// so that programs of others read both.
package merkle

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// height is that of a tile: 256 hashes wide at most.
const height = 8

// A Tree is the log of lines, and every hash that is stored of it.
type Tree struct {
	lines  []string
	stored []tlog.Hash // by tlog.StoredHashIndex
}

// New makes the tree of lines, each of which ends in its only line feed.
func New(lines []string) *Tree {
	t := &Tree{}
	for i, line := range lines {
		if strings.IndexByte(line, '\n') != len(line)-1 || line == "\n" {
			panic(fmt.Sprintf("merkle: %q is not one line", line))
		}
		hashes, err := tlog.StoredHashes(int64(i), []byte(line), t)
		if err != nil {
			panic("merkle: " + err.Error()) // it has every earlier hash
		}
		t.lines, t.stored = append(t.lines, line), append(t.stored, hashes...)
	}
	return t
}

// ReadHashes gives hashes by tlog.StoredHashIndex, as tlog asks for them.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(t.stored)) {
			return nil, fmt.Errorf("no hash %d in a tree of %d lines", at, len(t.lines))
		}
		hashes[i] = t.stored[at]
	}
	return hashes, nil
}

// Size is how many lines the tree has.
func (t *Tree) Size() int64 { return int64(len(t.lines)) }

// Line returns a line, the first of which is 0.
func (t *Tree) Line(at int64) string { return t.lines[at] }

// Root is that of the tree of the first n lines, of which there are as many.
func (t *Tree) Root(n int64) tlog.Hash {
	root, err := tlog.TreeHash(n, t)
	if err != nil {
		panic(fmt.Sprintf("merkle: the root of %d of %d lines: %v", n, len(t.lines), err))
	}
	return root
}

// A File is a file of the log, by its path below it.
type File struct {
	Path string
	Data []byte
}

// Tiles returns the files of the trees of more than so many lines and up to so
// many, as they came to be. A tree's tiles stay when it grows, so that every
// checkpoint keeps those that it is proved by: a tile of 3 hashes lies beside one
// of the same 3 and a fourth. Beside each tile of hashes of lines is one of the
// lines, each with an empty line behind it.
func (t *Tree) Tiles(after, upTo int64) []File {
	var files []File
	for n := after + 1; n <= upTo; n++ {
		for _, tile := range tlog.NewTiles(height, n-1, n) {
			if tile.L == 0 {
				first := tile.N << height
				files = append(files, File{linesPath(tile), t.text(first, first+int64(tile.W))})
			}
			data, err := tlog.ReadTileData(tile, t)
			if err != nil {
				panic("merkle: " + err.Error())
			}
			files = append(files, File{tile.Path(), data})
		}
	}
	return files
}

// linesPath is the path of the lines of which a tile has the hashes.
func linesPath(tile tlog.Tile) string {
	tile.L = -1
	return tile.Path()
}

// text is what a tile of lines holds.
func (t *Tree) text(from, to int64) []byte {
	var b bytes.Buffer
	for _, line := range t.lines[from:to] {
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}

// Read returns the tree of so many lines from the files that have them, nil where
// one is not as Tiles gives it.
func Read(size int64, read func(path string) []byte) *Tree {
	var lines []string
	for n := int64(0); n<<height < size; n++ {
		width := min(size-n<<height, 1<<height)
		text := string(read(linesPath(tlog.Tile{H: height, N: n, W: int(width)})))
		for range width {
			line, rest, ok := strings.Cut(text, "\n\n")
			if !ok || line == "" || strings.Contains(line, "\n") {
				return nil
			}
			lines, text = append(lines, line+"\n"), rest
		}
		if text != "" {
			return nil
		}
	}
	return New(lines)
}

// Differs is the first line that another tree has otherwise, or has not, or that it
// has beyond these.
func (t *Tree) Differs(other *Tree) int64 {
	at := int64(0)
	for at < min(t.Size(), other.Size()) && t.Line(at) == other.Line(at) {
		at++
	}
	return at
}

// Extends returns an error unless the tree goes on from the one that a checkpoint
// is of, by a proof of consistency.
func (t *Tree) Extends(c Checkpoint) error {
	size := t.Size()
	if c.Size > size {
		return fmt.Errorf("it is of %d entries, and there are %d", c.Size, size)
	}
	if c.Size == 0 { // which tlog proves nothing from
		if c.Root != t.Root(0) {
			return fmt.Errorf("its root %s is not that of a log without entries", c.Root)
		}
		return nil
	}
	proof, err := tlog.ProveTree(size, c.Size, t)
	if err == nil {
		err = tlog.CheckTree(proof, size, t.Root(size), c.Size, c.Root)
	}
	if err != nil {
		return fmt.Errorf("its root of the first %d is %s, and theirs is %s", c.Size, c.Root, t.Root(c.Size))
	}
	return nil
}
