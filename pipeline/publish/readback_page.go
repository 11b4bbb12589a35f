package publish

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/klauspost/compress/zstd"
	"github.com/xitongsys/parquet-go/encoding"
	"github.com/xitongsys/parquet-go/parquet"
)

// unpack undoes zstd, into no more than the room that it is given.
var unpack = func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderConcurrency(0))
	if err != nil {
		panic(err) // the options are wrong
	}
	return d
}()

// pages reads the pages of a column's part of a row group with the second
// library: their headers, and what they hold once it is not compressed.
type pages struct {
	rest       []byte
	of         parquet.Type
	levels     int32 // of a cell that is not null; 0 where none is
	room       int   // of a page, in bytes
	dictionary []any
}

// next reads up to the next page of cells.
func (p *pages) next() (*page, error) {
	for {
		header := parquet.NewPageHeader()
		rest, err := decode(p.rest, header)
		if err != nil {
			return nil, err
		}
		size, whole := int(header.CompressedPageSize), int(header.UncompressedPageSize)
		if size < 0 || size > len(rest) {
			return nil, fmt.Errorf("a page of %d bytes, and %d are left", size, len(rest))
		}
		if whole < 0 || whole > p.room {
			return nil, fmt.Errorf("a page of %d bytes that are not compressed, want %d at most", whole, p.room)
		}
		p.rest = rest[size:]
		data, err := unpack.DecodeAll(rest[:size], make([]byte, 0, whole))
		if err != nil {
			return nil, err
		}
		switch {
		case header.DictionaryPageHeader != nil:
			if err := p.look(data, int(header.DictionaryPageHeader.NumValues)); err != nil {
				return nil, err
			}
		case header.DataPageHeader != nil:
			return p.page(header.DataPageHeader, data)
		default:
			return nil, fmt.Errorf("a page of type %v", header.Type)
		}
	}
}

// look reads a dictionary of so many values.
func (p *pages) look(data []byte, values int) error {
	from := &plain{rest: data, of: p.of}
	p.dictionary = nil
	for range values {
		value, err := from.next()
		if err != nil {
			return fmt.Errorf("a dictionary of %d values: %w", values, err)
		}
		p.dictionary = append(p.dictionary, value)
	}
	return nil
}

// A page is cells, which are read one after the other.
type page struct {
	cells  int
	most   int64
	levels *runs // nil where no cell is null
	values func() (any, error)
}

func (p *pages) page(header *parquet.DataPageHeader, data []byte) (*page, error) {
	made := &page{cells: int(header.NumValues), most: int64(p.levels)}
	if made.cells < 0 {
		return nil, fmt.Errorf("a page of %d cells", made.cells)
	}
	if p.levels > 0 {
		if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
			return nil, errors.New("the levels of a page end beyond it")
		}
		end := 4 + int(binary.LittleEndian.Uint32(data))
		made.levels, data = &runs{from: bytes.NewReader(data[4:end]), width: uint64(bits.Len32(uint32(p.levels))), left: made.cells}, data[end:]
	}
	switch of := header.Encoding; of {
	case parquet.Encoding_PLAIN:
		made.values = (&plain{rest: data, of: p.of}).next
	case parquet.Encoding_RLE_DICTIONARY, parquet.Encoding_PLAIN_DICTIONARY:
		indices := &runs{left: made.cells}
		if len(data) > 0 {
			indices.width, data = uint64(data[0]), data[1:]
		}
		if indices.width > 32 {
			return nil, fmt.Errorf("indices of %d bits, want 32 at most", indices.width)
		}
		indices.from = bytes.NewReader(data)
		made.values = func() (any, error) {
			at, err := indices.next()
			if err == nil && (at < 0 || at >= int64(len(p.dictionary))) {
				err = fmt.Errorf("no value %d in the dictionary, which has %d", at, len(p.dictionary))
			}
			if err != nil {
				return nil, err
			}
			return p.dictionary[at], nil
		}
	default:
		return nil, fmt.Errorf("a page encoded as %v", of)
	}
	return made, nil
}

// cell reads the next cell, nil for null.
func (p *page) cell() (any, error) {
	if p.levels != nil {
		level, err := p.levels.next()
		if err != nil || level != p.most {
			return nil, err
		}
	}
	return p.values()
}

// pieceValues is how many numbers the library is asked for at a time.
const pieceValues = 512

// A plain is values as they stand: numbers of eight bytes, or texts behind their
// lengths.
type plain struct {
	rest []byte
	of   parquet.Type
	held []any
}

func (p *plain) next() (any, error) {
	if len(p.held) == 0 {
		n, size := min(pieceValues, len(p.rest)/8), 0
		if size = 8 * n; p.of == parquet.Type_BYTE_ARRAY {
			if n = min(1, len(p.rest)/4); n > 0 {
				size = 4 + int(binary.LittleEndian.Uint32(p.rest))
			}
		}
		if n == 0 || size > len(p.rest) {
			return nil, io.ErrUnexpectedEOF
		}
		var err error
		if p.held, err = encoding.ReadPlain(bytes.NewReader(p.rest[:size]), p.of, uint64(n), 0); err != nil {
			return nil, err
		}
		p.rest = p.rest[size:]
	}
	value := p.held[0]
	p.held = p.held[1:]
	return value, nil
}

// A runs is whole numbers of so many bits, some of them as runs of one number,
// others packed in groups of eight.
type runs struct {
	from  *bytes.Reader
	width uint64
	left  int // numbers that may still come
	one   int64
	times uint64 // that one is still to come
	held  []any  // packed, that were read
}

func (r *runs) next() (int64, error) {
	for {
		switch {
		case r.times > 0:
			r.times--
			return r.one, nil
		case len(r.held) > 0:
			value, ok := r.held[0].(int64)
			r.held = r.held[1:]
			if !ok {
				return 0, fmt.Errorf("a run of %T", value)
			}
			return value, nil
		case r.from.Len() == 0:
			return 0, io.ErrUnexpectedEOF
		default:
			header, err := encoding.ReadUnsignedVarInt(r.from)
			if err != nil {
				return 0, err
			}
			if header&1 == 1 {
				groups := header >> 1 // of eight numbers, the last of which may be none
				if groups > uint64(r.left+7)/8 || groups*r.width > uint64(r.from.Len()) {
					return 0, fmt.Errorf("a run of %d groups of eight numbers of %d bits, and %d bytes are left", groups, r.width, r.from.Len())
				}
				r.left -= int(8 * groups)
				if r.held, err = encoding.ReadBitPacked(r.from, header, r.width); err != nil {
					return 0, err
				}
				continue
			}
			one, err := encoding.ReadRLE(r.from, 1<<1, r.width) // the number, once
			if err != nil {
				return 0, err
			}
			var ok bool
			if r.one, ok = one[0].(int64); !ok {
				return 0, fmt.Errorf("a run of %T", one[0])
			}
			r.times = header >> 1
			r.left -= int(min(r.times, uint64(max(r.left, 0))))
		}
	}
}
