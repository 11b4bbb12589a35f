package sheet

import (
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/klauspost/compress/zstd"
)

// windowBytes is more than a page is long.
const windowBytes = 2 << 20

// A steady codec compresses pages by encoders that stay. Those of arrow's own
// hold 16 MiB each, and go with every collection of garbage, to be made anew
// for the next page. The bytes are the same.
type steady struct {
	compress.Codec
	pages *zstd.Encoder
}

// EncodeLevel is as compress.Codec has it. Level 3, which is zstd's own default,
// is the only one that the project writes.
func (s steady) EncodeLevel(room, page []byte, level int) []byte {
	if level != zstdLevel {
		return s.Codec.EncodeLevel(room, page, level)
	}
	return s.pages.EncodeAll(page, room[:0])
}

func init() {
	pages, err := zstd.NewWriter(
		nil, zstd.WithZeroFrames(true), zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(zstdLevel)), zstd.WithAllLitEntropyCompression(true),
		zstd.WithWindowSize(windowBytes), zstd.WithLowerEncoderMem(true),
	)
	if err != nil {
		panic(err) // the options are wrong
	}
	codec, err := compress.GetCodec(compress.Codecs.Zstd)
	if err != nil {
		panic(err) // the library has lost a codec
	}
	compress.RegisterCodec(compress.Codecs.Zstd, steady{codec, pages})
}
