package publish

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/xitongsys/parquet-go/compress"
	"github.com/xitongsys/parquet-go/encoding"
	"github.com/xitongsys/parquet-go/parquet"
)

// pages reads the pages of a column's part of a row group with the second
// library: their headers, and what they hold once it is not compressed.
type pages struct {
	header     func() (*parquet.PageHeader, error)
	data       io.Reader
	chunk      *parquet.ColumnMetaData
	levels     int32 // of a cell that is not null; 0 where none is
	dictionary []any
}

// next reads up to the next page of cells.
func (p *pages) next() (*page, error) {
	for {
		header, err := p.header()
		if err != nil {
			return nil, err
		}
		data := make([]byte, header.GetCompressedPageSize())
		if _, err := io.ReadFull(p.data, data); err != nil {
			return nil, err
		}
		if data, err = compress.Uncompress(data, p.chunk.GetCodec()); err != nil {
			return nil, err
		}
		switch {
		case header.DictionaryPageHeader != nil:
			p.dictionary, err = encoding.ReadPlain(bytes.NewReader(data), p.chunk.GetType(), uint64(header.DictionaryPageHeader.GetNumValues()), 0)
			if err != nil {
				return nil, err
			}
		case header.DataPageHeader != nil:
			return p.page(header.DataPageHeader, data)
		default:
			return nil, fmt.Errorf("a page of type %v", header.GetType())
		}
	}
}

// A page is cells, which are read one after the other.
type page struct {
	cells  int
	most   int64
	levels *runs // nil where no cell is null
	values func() (any, error)
}

func (p *pages) page(header *parquet.DataPageHeader, data []byte) (*page, error) {
	made := &page{cells: int(header.GetNumValues()), most: int64(p.levels)}
	if p.levels > 0 {
		if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
			return nil, fmt.Errorf("the levels of a page end beyond it")
		}
		end := 4 + int(binary.LittleEndian.Uint32(data))
		made.levels, data = &runs{from: bytes.NewReader(data[4:end]), width: uint64(bits.Len32(uint32(p.levels)))}, data[end:]
	}
	switch of := header.GetEncoding(); of {
	case parquet.Encoding_PLAIN:
		made.values = (&plain{from: bytes.NewReader(data), of: p.chunk.GetType()}).next
	case parquet.Encoding_RLE_DICTIONARY, parquet.Encoding_PLAIN_DICTIONARY:
		indices := &runs{}
		if len(data) > 0 {
			indices.width, data = uint64(data[0]), data[1:]
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

// A plain is values as they stand.
type plain struct {
	from *bytes.Reader
	of   parquet.Type
	held []any
}

func (p *plain) next() (any, error) {
	if len(p.held) == 0 {
		n := min(pieceValues, p.from.Len()/8)
		if p.of == parquet.Type_BYTE_ARRAY { // each as long as it says
			n = min(1, p.from.Len()/4)
		}
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		var err error
		if p.held, err = encoding.ReadPlain(p.from, p.of, uint64(n), 0); err != nil {
			return nil, err
		}
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
		}
	}
}
