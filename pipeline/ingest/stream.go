package ingest

import (
	"hash/crc32"
	"io"
	"os"
	"sync/atomic"

	"togetherwecan/pipeline/ingest/kind"
	"togetherwecan/pipeline/refusal"
)

// A stream is an open extract that counts, limits and digests what is read
// of it. Its errors, io.EOF apart, are refusal.Problems.
type stream struct {
	file     *os.File
	where    string
	digest   *digest
	done     int64 // bytes read in this pass
	total    int64
	most     int64
	progress func(done, total int64)
	opened   os.FileInfo
	random   atomic.Bool // read at random too, by several goroutines, so that the digest is of a second pass
	passes   int64       // from the first byte to the last that are to be made: two, or 0 for one
	second   bool        // the second pass has begun
	sum      uint32      // of two passes, of what is read in this one
	first    uint32      // the sum of the first
}

// sums tells whether two passes are of the same bytes. It costs little, and need be no
// more: cells come of the second, of which the digest is.
var sums = crc32.MakeTable(crc32.Castagnoli)

// ReadAt reads without the digest, for formats that are read from their end.
func (s *stream) ReadAt(p []byte, offset int64) (int, error) {
	s.random.Store(true)
	n, err := s.file.ReadAt(p, offset)
	if err != nil && err != io.EOF {
		err = unreadable(s.where, err)
	}
	return n, err
}

// A twice reads a stream from its first byte to its last, and again. Where that are
// not the same bytes finish refuses it.
type twice struct{ *stream }

func (s twice) ReadAt(p []byte, offset int64) (int, error) {
	if offset == 0 && s.done > 0 {
		if err := s.again(); err != nil {
			return 0, err
		}
	}
	if offset != s.done {
		panic("ingest: a file read in passes is read in order")
	}
	return s.Read(p)
}

// again begins a pass.
func (s *stream) again() error {
	if err := s.rest(); err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return unreadable(s.where, err)
	}
	s.second, s.first, s.sum, s.done = true, s.sum, 0, 0
	return nil
}

// open opens an extract of at most this many bytes.
func open(path, where string, most int64, progress func(done, total int64)) (*stream, error) {
	// A pipe would block when opened, so look first.
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(where, err)
	}
	if what := refusal.NoFile(info.Mode()); what != "" {
		return nil, problem(where, "is %s, want a file", what)
	}
	if info.Size() > most {
		return nil, problem(where, "%d bytes, want at most %d", info.Size(), most)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(where, err)
	}
	return &stream{file: file, where: where, digest: newDigest(), total: info.Size(), most: most, progress: progress, opened: info}, nil
}

// kind tells what the file is by its content; nil where that tells nothing. A file
// that cannot be read is left to its reader.
func (s *stream) kind(extension string) (is *kind.Kind, sure bool) {
	part := func(from, most int64) []byte {
		p := make([]byte, most)
		n, _ := s.file.ReadAt(p, from)
		return p[:n]
	}
	return kind.Of(part(0, kind.HeadBytes), part(max(0, s.total-kind.TailBytes), kind.TailBytes), extension)
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	if s.passes > 1 {
		s.sum = crc32.Update(s.sum, sums, p[:n])
	}
	if s.passes <= 1 || s.second {
		s.digest.write(p[:n])
	}
	s.done += int64(n)
	if s.done > s.most {
		// It has grown since it was opened.
		return 0, problem(s.where, "more than %d bytes", s.most)
	}
	if n > 0 && s.progress != nil {
		total := max(s.total, s.done)
		before := int64(0)
		if s.second {
			before = total
		}
		s.progress(before+s.done, max(s.passes, 1)*total)
	}
	if err != nil && err != io.EOF {
		err = unreadable(s.where, err)
	}
	return n, err
}

// Text returns the text of a file of at most this many bytes. The error is
// refusal.Problems.
func Text(path, where string, most int64) ([]byte, error) {
	in, err := open(path, where, most, nil)
	if err != nil {
		return nil, err
	}
	defer in.file.Close()
	return io.ReadAll(in)
}

// finish reads what the reader has left and returns the digest of the whole.
func (s *stream) finish() (string, error) {
	if s.passes > 1 && !s.second {
		if err := s.again(); err != nil {
			return "", err
		}
	}
	if err := s.rest(); err != nil {
		return "", err
	}
	if s.second && s.sum != s.first {
		return "", problem(s.where, "changed while it was read")
	}
	return s.digest.hex(), nil
}

// rest reads what is left of a pass.
func (s *stream) rest() error {
	if _, err := io.Copy(io.Discard, s); err != nil {
		return err
	}
	if s.random.Load() || s.passes > 1 {
		now, err := s.file.Stat()
		if err != nil {
			return unreadable(s.where, err)
		}
		if s.done != s.opened.Size() || !now.ModTime().Equal(s.opened.ModTime()) {
			return problem(s.where, "changed while it was read")
		}
	}
	return nil
}
