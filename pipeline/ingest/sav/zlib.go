package sav

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
)

// errReported ends a stream whose problem is already reported.
var errReported = errors.New("reported")

// blocks reads the bytecodes out of the zlib blocks of a .zsav, and checks them
// against the trailer that lists them.
type blocks struct {
	*reader
	in      *bufio.Reader // the reader's source, as the decompressor is fastest
	header  int64         // where the data began
	trailer int64         // where the blocks end
	size    int64         // of the trailer in bytes
	inflate io.Reader     // of zlib, used again for each block
	now     io.Reader     // the same within a block, or nil
	began   int64         // of the block that is being read, in the file
	before  int64         // bytes that the blocks before it gave
	given   int64
	done    []block
	err     error
}

// A block is the bytes that it takes and gives: they follow each other.
type block struct{ took, gave uint32 }

const (
	blocksHeaderBytes  = 24
	blocksTrailerBytes = 24
	blockEntryBytes    = 24
	blockBytes         = 1<<31 - 1 // that a block may take or give: the trailer has no room for more
	mostBlocks         = 1 << 16   // of 4 MiB each, as every known writer has them, they are 256 GiB
	freeBytes          = 8 << 20   // that any .zsav may give, whatever its size
)

// blocksBufferBytes are read ahead of the decompressor.
const blocksBufferBytes = 64 << 10

const blocksRecord = "zlib data header"

// blocks reads the header of the data, or returns nil.
func (r *reader) blocks() *blocks {
	at := r.pos()
	b := r.take(8)
	if b == nil {
		r.short(at, blocksRecord)
		return nil
	}
	made := &blocks{reader: r, in: bufio.NewReaderSize(r.source, blocksBufferBytes), header: at}
	start := r.order.int64(b)
	if b = r.take(16); b == nil {
		r.short(at, blocksRecord)
		return nil
	}
	made.trailer, made.size = r.order.int64(b), r.order.int64(b[8:])
	switch n := made.size - blocksTrailerBytes; {
	case start != at:
		r.fail(at, blocksRecord, "it says that it is at byte %d", start)
	case made.trailer < at+blocksHeaderBytes:
		r.fail(at, blocksRecord, "a trailer at byte %d, before the blocks", made.trailer)
	case n < 0 || n%blockEntryBytes != 0:
		r.fail(at, blocksRecord, "a trailer of %d bytes, want %d and %d a block", made.size, blocksTrailerBytes, blockEntryBytes)
	case n/blockEntryBytes > mostBlocks:
		r.fail(at, blocksRecord, "%d blocks, want at most %d", n/blockEntryBytes, mostBlocks)
	default:
		return made
	}
	return nil
}

// at is the byte of the file that comes next.
func (b *blocks) at() int64 { return b.pos() - int64(b.in.Buffered()) }

// Read gives what the blocks hold. Its error is errReported or io.EOF.
func (b *blocks) Read(p []byte) (int, error) {
	for b.err == nil {
		if b.now == nil && !b.open() {
			break
		}
		n, err := b.now.Read(p)
		b.given += int64(n)
		if !b.within() {
			b.err = errReported
			return 0, b.err
		}
		if err == io.EOF {
			b.close()
			err = nil
		}
		if err != nil {
			b.damaged(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, b.err
}

// open begins the next block, or ends at the trailer.
func (b *blocks) open() bool {
	switch at := b.at(); {
	case at == b.trailer:
		b.err = io.EOF
		if !b.readTrailer() {
			b.err = errReported
		}
		return false
	case at > b.trailer:
		b.fail(b.began, "zlib block", "block %d ends at byte %d, beyond the trailer at byte %d", len(b.done), at, b.trailer)
		b.err = errReported
		return false
	case int64(len(b.done)) == (b.size-blocksTrailerBytes)/blockEntryBytes:
		b.fail(at, "zlib block", "more than the %d blocks that the header announces", len(b.done))
		b.err = errReported
		return false
	}
	b.began, b.before = b.at(), b.given
	var err error
	if again, ok := b.inflate.(zlib.Resetter); ok {
		err = again.Reset(b.in, nil)
	} else {
		b.inflate, err = zlib.NewReader(b.in)
	}
	if err != nil {
		b.damaged(err)
		return false
	}
	b.now = b.inflate
	return true
}

func (b *blocks) close() {
	b.now = nil
	b.done = append(b.done, block{uint32(b.at() - b.began), uint32(b.given - b.before)})
}

// damaged reports that a block cannot be decompressed.
func (b *blocks) damaged(err error) {
	b.err = errReported
	switch {
	case b.source.err != nil && b.source.err != io.EOF:
		b.failed(b.source.err)
	case b.source.err == io.EOF && b.start == b.end && b.in.Buffered() == 0:
		b.short(b.began, "zlib block")
	default:
		b.fail(b.began, "zlib block", "block %d: %v", len(b.done)+1, err)
	}
}

// within says whether the limits hold.
func (b *blocks) within() bool {
	if b.given > b.limits.Decompressed {
		return b.fail(b.began, "zlib block", "more than %d bytes decompressed", b.limits.Decompressed)
	}
	took := b.at()
	if b.given-b.before > blockBytes || took-b.began > blockBytes {
		return b.fail(b.began, "zlib block", "block %d takes or gives more than %d bytes", len(b.done)+1, blockBytes)
	}
	if took -= b.header; b.given > freeBytes && b.given/int64(b.limits.Ratio) > took {
		return b.fail(b.began, "zlib block", "%d bytes decompressed of %d, want at most %d for each", b.given, took, b.limits.Ratio)
	}
	return true
}

// readTrailer checks the trailer against what the blocks were.
func (b *blocks) readTrailer() bool {
	const record = "zlib data trailer"
	at := b.at()
	var t [blocksTrailerBytes]byte
	if _, err := io.ReadFull(b.in, t[:]); err != nil {
		return b.short(at, record)
	}
	bias, count := b.order.int64(t[:]), b.order.count(t[20:])
	switch {
	case float64(bias) != -b.head.bias:
		return b.fail(at, record, "bias %d, want %v", bias, -b.head.bias)
	case count != int64(len(b.done)) || b.size != blocksTrailerBytes+count*blockEntryBytes:
		return b.fail(at, record, "%d blocks in %d bytes, and there are %d", count, b.size, len(b.done))
	}
	before, began := b.header, b.header+blocksHeaderBytes
	for i, done := range b.done {
		at = b.at()
		var entry [blockEntryBytes]byte
		if _, err := io.ReadFull(b.in, entry[:]); err != nil {
			return b.short(at, record)
		}
		got := [4]int64{b.order.int64(entry[:]), b.order.int64(entry[8:]), b.order.count(entry[16:]), b.order.count(entry[20:])}
		if want := [4]int64{before, began, int64(done.gave), int64(done.took)}; got != want {
			return b.fail(at, record, "block %d has offsets and sizes %v, and they are %v", i+1, got, want)
		}
		before += int64(done.gave)
		began += int64(done.took)
	}
	return true
}
