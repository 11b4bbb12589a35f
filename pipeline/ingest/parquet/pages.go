package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// mostHeader is how many bytes the header of a page has at most. It holds a
// least and a greatest value, which may be texts.
const mostHeader = 4 << 20

// chunk opens the chunk of a column in its next row group.
func (s *scan) chunk(c *column) (file.ColumnChunkReader, error) {
	pages, err := s.pages(c)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 RowGroupReader.Column makes the same of the library's own pages; there is no other way to check them first
	return file.NewColumnReader(s.file.MetaData().Schema.Column(c.leaf), pages, c.pages, c.file.BufferPool()), nil
}

// pages are those of the chunk of a column in its next row group, checked.
// Columns share the footer, and nothing that changes.
func (s *scan) pages(c *column) (file.PageReader, error) {
	if c.file == nil {
		own, err := s.reader(c.pages, file.WithMetadata(s.file.MetaData()))
		if err != nil {
			return nil, err
		}
		c.file = own
	}
	group := c.file.RowGroup(c.group)
	pages, err := group.GetColumnPageReader(c.leaf)
	if err != nil {
		return nil, err
	}
	chunk, err := group.MetaData().ColumnChunk(c.leaf)
	if err != nil {
		return nil, err
	}
	// The library looks for a header in twice as many bytes as before, until
	// this many.
	pages.SetMaxPageHeaderSize(int(min(mostHeader, 2*chunk.TotalCompressedSize())))
	node := s.file.MetaData().Schema.Column(c.leaf)
	return &guard{PageReader: pages, optional: node.MaxDefinitionLevel() > 0, rows: group.NumRows(), most: s.budget.most}, nil
}

// A guard passes on pages of which the decoders take no more memory than a row
// group of this many rows deserves: they take what a page of a few bytes claims.
// See "Delta encoding" in Parquet's Encodings.md for the layout of deltas.
type guard struct {
	file.PageReader
	optional bool // the column has levels
	rows     int64
	most     int64 // bytes of the texts of a page of deltas
	err      error
}

// Next is as file.PageReader has it.
func (g *guard) Next() bool {
	if !g.PageReader.Next() {
		return false
	}
	g.err = g.check(g.Page())
	return g.err == nil
}

// Err is as file.PageReader has it.
func (g *guard) Err() error {
	if g.err != nil {
		return g.err
	}
	return g.PageReader.Err()
}

// GetDictionaryPage is as file.PageReader has it.
func (g *guard) GetDictionaryPage() (*file.DictionaryPage, error) {
	p, err := g.PageReader.GetDictionaryPage()
	if err == nil && p != nil {
		err = g.check(p)
	}
	return p, err
}

var errDelta = errors.New("its deltas are damaged")

// mostUnused is how many values a dictionary may have that no row has: writers
// of categories put all of them there.
const mostUnused = 1 << 20

func (g *guard) check(p file.Page) error {
	if n := int64(p.NumValues()); p.Type() == file.PageTypeDictionaryPage && n > g.rows+mostUnused {
		return fmt.Errorf("a dictionary of %d values for %d rows", n, g.rows)
	}
	encoding := parquet.Encoding(p.Encoding())
	switch encoding {
	case parquet.Encodings.DeltaBinaryPacked, parquet.Encodings.DeltaLengthByteArray, parquet.Encodings.DeltaByteArray:
	default:
		return nil
	}
	b := p.Data()
	levels := 0
	switch p := p.(type) {
	case *file.DataPageV1:
		switch {
		case !g.optional:
		case p.DefinitionLevelEncoding() == parquet.Encodings.BitPacked:
			levels = (int(p.NumValues()) + 7) / 8
		case len(b) < 4:
			return errDelta
		default:
			levels = 4 + int(binary.LittleEndian.Uint32(b))
		}
	case *file.DataPageV2:
		levels = int(p.DefinitionLevelByteLen()) + int(p.RepetitionLevelByteLen())
	}
	if levels > len(b) {
		return errDelta
	}
	d := deltas{left: b[levels:], rows: g.rows}
	if err := d.header(); err != nil || encoding != parquet.Encodings.DeltaByteArray {
		return err
	}
	// A text is this many bytes of the one before it, and more of its own.
	prefixes := make([]int64, 0, d.total)
	if err := d.each(func(n int64) { prefixes = append(prefixes, n) }); err != nil {
		return err
	}
	suffixes := deltas{left: d.left, rows: g.rows}
	if err := suffixes.header(); err != nil {
		return err
	}
	all, i := int64(0), 0
	err := suffixes.each(func(n int64) {
		if i < len(prefixes) && 0 <= n && n <= g.most && 0 <= prefixes[i] && prefixes[i] <= g.most && all <= g.most {
			all += n + prefixes[i]
		}
		i++
	})
	if err == nil && all > g.most {
		err = fmt.Errorf("texts of %d bytes in a page, want at most %d", all, g.most)
	}
	return err
}

// deltas are whole numbers, each given by what it adds to the one before.
type deltas struct {
	left  []byte
	rows  int64  // numbers at most
	mini  uint64 // values of a miniblock
	minis uint64 // miniblocks of a block
	total uint64
	first int64
}

// mostMini is how many values a miniblock has at most: writers have 32 to 256.
const mostMini = 1 << 16

func (d *deltas) header() error {
	block := d.number()
	d.minis, d.total = d.number(), d.number()
	d.first = d.signed()
	if d.left == nil || d.minis == 0 || d.minis > mostMini || block/d.minis > mostMini || d.total > uint64(d.rows) {
		return errDelta
	}
	d.mini = block / d.minis
	return nil
}

// each calls f with every number, and leaves what follows them.
func (d *deltas) each(f func(int64)) error {
	if d.total == 0 {
		return nil
	}
	value := d.first
	f(value)
	for done := uint64(1); done < d.total; {
		least := d.signed()
		if uint64(len(d.left)) < d.minis || d.mini == 0 {
			return errDelta
		}
		widths := d.left[:d.minis]
		d.left = d.left[d.minis:]
		for _, width := range widths {
			if done >= d.total {
				break
			}
			bytes := (uint64(width)*d.mini + 7) / 8
			if width > 64 || bytes > uint64(len(d.left)) {
				return errDelta
			}
			packed := d.left[:bytes]
			d.left = d.left[bytes:]
			for i := uint64(0); i < d.mini && done < d.total; i++ {
				value += least + unpacked(packed, i*uint64(width), width)
				f(value)
				done++
			}
		}
	}
	return nil
}

// unpacked is the number in this many bits, the least first.
func unpacked(packed []byte, at uint64, width byte) int64 {
	n := uint64(0)
	for i := uint64(0); i < uint64(width); i++ {
		bit := at + i
		n |= uint64(packed[bit/8]>>(bit%8)&1) << i
	}
	return int64(n)
}

// number takes a number, or leaves nothing.
func (d *deltas) number() uint64 {
	n, size := binary.Uvarint(d.left)
	if size <= 0 {
		d.left = nil
		return 0
	}
	d.left = d.left[size:]
	return n
}

func (d *deltas) signed() int64 {
	n, size := binary.Varint(d.left)
	if size <= 0 {
		d.left = nil
		return 0
	}
	d.left = d.left[size:]
	return n
}
