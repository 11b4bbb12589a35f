package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
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
	digest   hash.Hash
	done     int64 // bytes read in this pass
	total    int64
	most     int64
	progress func(done, total int64)
	opened   os.FileInfo
	random   atomic.Bool // read at random too, by several goroutines, so that the digest is of a second pass
	passes   int64       // from the first byte to the last that are to be made, 0 for one
	first    string      // the digest of the pass before this one, or ""
}

// ReadAt reads without the digest, for formats that are read from their end.
func (s *stream) ReadAt(p []byte, offset int64) (int, error) {
	s.random.Store(true)
	n, err := s.file.ReadAt(p, offset)
	if err != nil && err != io.EOF {
		err = unreadable(s.where, err)
	}
	return n, err
}

// A twice reads a stream from its first byte to its last, and again, with the
// digest of each pass: one that is not the first's is refused by finish.
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
	digest, err := s.finish()
	if err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return unreadable(s.where, err)
	}
	s.first, s.done = digest, 0
	s.digest.Reset()
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
	return &stream{file: file, where: where, digest: sha256.New(), total: info.Size(), most: most, progress: progress, opened: info}, nil
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
	s.digest.Write(p[:n])
	s.done += int64(n)
	if s.done > s.most {
		// It has grown since it was opened.
		return 0, problem(s.where, "more than %d bytes", s.most)
	}
	if n > 0 && s.progress != nil {
		total := max(s.total, s.done)
		before := int64(0)
		if s.first != "" {
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
	if _, err := io.Copy(io.Discard, s); err != nil {
		return "", err
	}
	if s.random.Load() || s.passes > 1 {
		now, err := s.file.Stat()
		if err != nil {
			return "", unreadable(s.where, err)
		}
		if s.done != s.opened.Size() || !now.ModTime().Equal(s.opened.ModTime()) {
			return "", problem(s.where, "changed while it was read")
		}
	}
	digest := hex.EncodeToString(s.digest.Sum(nil))
	if s.first != "" && digest != s.first {
		return "", problem(s.where, "changed while it was read")
	}
	return digest, nil
}
