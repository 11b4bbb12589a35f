package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
)

// A part is one file of a workbook's archive.
type part struct {
	name   string
	pieces [][]byte // that are its bytes together
}

// inOne is a part in one piece.
func inOne(name string, data []byte) part { return part{name, [][]byte{data}} }

// pack is an archive of parts, without a time: the same parts give the same bytes. A part
// that is stored is as it is, with its size before it.
func pack(parts []part, stored string) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range parts {
		if p.name == stored {
			data := bytes.Join(p.pieces, nil)
			size := uint64(len(data))
			f, err := w.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data), CompressedSize64: size, UncompressedSize64: size})
			if err != nil {
				return nil, err
			}
			if _, err := f.Write(data); err != nil {
				return nil, err
			}
			continue
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		for _, piece := range p.pieces {
			if _, err := f.Write(piece); err != nil {
				return nil, err
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// A collector takes the parts that excelize writes, in no order.
type collector struct {
	names []string
	parts map[string]*bytes.Buffer
}

func (c *collector) Create(name string) (io.Writer, error) {
	c.names = append(c.names, name)
	c.parts[name] = new(bytes.Buffer)
	return c.parts[name], nil
}

func (c *collector) AddFS(fs.FS) error { return errors.ErrUnsupported }
func (c *collector) Close() error      { return nil }
