package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// digestBytes are digested at a time, while the reader decodes those before and after.
const digestBytes = 256 << 10

// A digest is the SHA-256 of what is written to it, worked out beside the writer.
type digest struct {
	sum     hash.Hash
	next    []byte // that are not yet given to sum
	given   []byte // that sum is given
	pending sync.WaitGroup
}

func newDigest() *digest { return &digest{sum: sha256.New()} }

func (d *digest) write(p []byte) {
	for len(p) > 0 {
		n := min(len(p), digestBytes-len(d.next))
		d.next, p = append(d.next, p[:n]...), p[n:]
		if len(d.next) == digestBytes {
			d.pending.Wait()
			d.next, d.given = d.given[:0], d.next
			d.pending.Go(func() { d.sum.Write(d.given) })
		}
	}
}

// hex is the digest in hexadecimal, after the last write.
func (d *digest) hex() string {
	d.pending.Wait()
	d.sum.Write(d.next)
	return hex.EncodeToString(d.sum.Sum(nil))
}
