package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/klauspost/compress/zstd"
)

// errInflates is the fault of a page that inflates to more than its header
// says.
var errInflates = errors.New("it inflates to more than its header says")

// A bounded codec inflates a page into the room that its header says it takes,
// and no further: arrow's own take what the compressed bytes claim, or hold.
// They are registered for the whole program, which reads no page beyond its
// header's size either way.
type bounded struct {
	compress.Codec
	inflate func(codec compress.Codec, room, page []byte) ([]byte, error)
}

// Decode is as compress.Codec has it.
func (b bounded) Decode(room, page []byte) []byte {
	inflated, err := b.DecodeWithError(room, page)
	if err != nil {
		panic(err)
	}
	return inflated
}

// DecodeWithError is as compress.ErrorCodec has it.
func (b bounded) DecodeWithError(room, page []byte) ([]byte, error) {
	if room == nil {
		room = []byte{} // nil is taken for any size
	}
	return b.inflate(b.Codec, room, page)
}

func init() {
	for _, c := range []compress.Compression{compress.Codecs.Gzip, compress.Codecs.Brotli, compress.Codecs.Lz4Raw} {
		bind(c, func(codec compress.Codec, room, page []byte) ([]byte, error) {
			return compress.Decode(codec, room, page)
		})
	}
	bind(compress.Codecs.Snappy, func(codec compress.Codec, room, page []byte) ([]byte, error) {
		if n, read := binary.Uvarint(page); read > 0 && n > uint64(len(room)) {
			return nil, errInflates
		}
		return compress.Decode(codec, room, page)
	})
	frames, err := zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err) // the options are wrong
	}
	bind(compress.Codecs.Zstd, func(_ compress.Codec, room, page []byte) ([]byte, error) {
		return frames.DecodeAll(page, room[:0:len(room)])
	})
}

func bind(c compress.Compression, inflate func(codec compress.Codec, room, page []byte) ([]byte, error)) {
	codec, err := compress.GetCodec(c)
	if err != nil {
		panic(err) // the library has lost a codec
	}
	compress.RegisterCodec(c, bounded{codec, inflate})
}
