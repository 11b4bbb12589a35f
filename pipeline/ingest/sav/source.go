package sav

import (
	"bytes"
	"io"
)

// A source is a stream read through one buffer, that knows where it is.
type source struct {
	in         io.Reader
	buffer     []byte
	start, end int   // what is read and not yet given out
	base       int64 // of buffer[0] in the stream
	err        error // why no more can be read
}

func newSource(in io.Reader, buffer int) *source {
	return &source{in: in, buffer: make([]byte, max(buffer, 16))}
}

// pos is the byte of the stream that comes next.
func (s *source) pos() int64 { return s.base + int64(s.start) }

// have says whether n more bytes are there, having read them into the buffer,
// which is no shorter.
func (s *source) have(n int) bool {
	return s.end-s.start >= n || s.fill(n)
}

func (s *source) fill(n int) bool {
	if s.start > 0 {
		s.base += int64(s.start)
		s.end = copy(s.buffer, s.buffer[s.start:s.end])
		s.start = 0
	}
	for idle := 0; s.end < n; {
		if s.err != nil {
			return false
		}
		var got int
		got, s.err = s.in.Read(s.buffer[s.end:])
		s.end += got
		if idle++; got > 0 {
			idle = 0
		}
		if idle == 100 && s.err == nil {
			s.err = io.ErrNoProgress
		}
	}
	return true
}

// take returns the next n bytes until the next call, or nil if the stream ends
// before; n is no more than the buffer's length.
func (s *source) take(n int) []byte {
	if !s.have(n) {
		return nil
	}
	b := s.buffer[s.start : s.start+n]
	s.start += n
	return b
}

// long returns the next n bytes in memory of their own, which grows as they
// arrive, or nil if the stream ends before.
func (s *source) long(n int) []byte {
	b := bytes.NewBuffer(make([]byte, 0, min(n, 64<<10)))
	for b.Len() < n {
		if !s.have(1) {
			return nil
		}
		b.Write(s.take(min(n-b.Len(), s.end-s.start)))
	}
	return b.Bytes()
}

// skip passes over n bytes and says whether they were there.
func (s *source) skip(n int64) bool {
	for n > 0 {
		if !s.have(1) {
			return false
		}
		step := min(n, int64(s.end-s.start))
		s.take(int(step))
		n -= step
	}
	return true
}

// filler is what transfers and mainframes put after the end of a file.
const filler = "\x00\r\n"

// drain reads to the end of the stream and returns how many bytes there were,
// and whether all of them were padding: NULs and line ends.
func (s *source) drain() (count int64, padding bool) {
	padding = true
	for s.have(1) {
		rest := s.take(s.end - s.start)
		count += int64(len(rest))
		padding = padding && len(bytes.TrimLeft(rest, filler)) == 0
	}
	return count, padding
}

// Read gives the stream to the decompressor.
func (s *source) Read(p []byte) (int, error) {
	if !s.have(1) {
		return 0, s.err
	}
	return copy(p, s.take(min(len(p), s.end-s.start))), nil
}
