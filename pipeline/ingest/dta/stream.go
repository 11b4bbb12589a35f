package dta

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"togetherwecan/pipeline/ingest/codepage"
)

// bufferBytes is the buffer that a file is read through; it grows only for a
// longer row, table or text, and only as its bytes arrive.
const bufferBytes = 256 << 10

// A stream is a source read through a buffer, of which buffer[next:end] has
// been read and not yet taken.
type stream struct {
	in        io.Reader
	buffer    []byte
	next, end int
	at        int64 // offset in the file of buffer[next]
	from      int64 // offset of what was read last, for problems
	err       error // of the source, io.EOF at its end
}

// have is how many bytes are read and not yet taken.
func (s *stream) have() int { return s.end - s.next }

// peek returns the next n bytes and leaves them to be taken, or nil if the
// source ends or fails before.
func (s *stream) peek(n int) []byte {
	for empty := 0; s.have() < n; {
		if s.err != nil {
			return nil
		}
		if s.next > 0 && s.next+n > len(s.buffer) {
			s.end = copy(s.buffer, s.buffer[s.next:s.end])
			s.next = 0
		}
		if s.end == len(s.buffer) {
			grown := make([]byte, min(2*len(s.buffer), n))
			s.end = copy(grown, s.buffer[s.next:s.end])
			s.buffer, s.next = grown, 0
		}
		read, err := s.in.Read(s.buffer[s.end:])
		s.end += read
		s.err = err
		if empty++; read > 0 {
			empty = 0
		}
		if empty == 100 && err == nil {
			s.err = io.ErrNoProgress
		}
	}
	return s.buffer[s.next : s.next+n]
}

// advance takes n bytes that were peeked at.
func (s *stream) advance(n int) {
	s.next += n
	s.at += int64(n)
}

// fail reports a problem of what was read last, and stops the scan.
func (s *scan) fail(what string, args ...any) { s.failHint("", what, args...) }

func (s *scan) failHint(hint, what string, args ...any) {
	if s.failed {
		return
	}
	s.failed = true
	s.problems.AddHint(hint, s.where, "%s%s", s.place(s.from), fmt.Sprintf(what, args...))
}

// place says where a problem is: format, byte and section.
func (s *scan) place(at int64) string {
	if s.file.Version == 0 {
		return fmt.Sprintf("Stata file, byte %d: ", at)
	}
	return fmt.Sprintf("Stata format %d, byte %d, %s: ", s.file.Version, at, s.section)
}

// ended reports that the source has ended, or failed, in what.
func (s *scan) ended(what string) {
	s.from = s.at + int64(s.have())
	if s.err != nil && !errors.Is(s.err, io.EOF) && !errors.Is(s.err, io.ErrUnexpectedEOF) {
		s.fail("cannot be read: %v", s.err)
		return
	}
	s.fail("the file ends in %s", what)
}

// bytes takes n bytes, valid until the next call, or returns nil and fails.
// What they are is for the problem.
func (s *scan) bytes(n int, what string) []byte {
	if s.failed {
		return nil
	}
	b := s.peek(n)
	if b == nil && n > 0 {
		s.ended(what)
		return nil
	}
	s.from = s.at
	s.advance(n)
	return b
}

// skip passes over n bytes, in parts.
func (s *scan) skip(n int64, what string) {
	for n > 0 && !s.failed {
		part := min(n, int64(len(s.buffer)))
		s.bytes(int(part), what)
		n -= part
	}
}

func (s *scan) uint8(what string) uint8 {
	if b := s.bytes(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (s *scan) uint16(what string) uint16 {
	if b := s.bytes(2, what); b != nil {
		return s.format.order.Uint16(b)
	}
	return 0
}

func (s *scan) uint32(what string) uint32 {
	if b := s.bytes(4, what); b != nil {
		return s.format.order.Uint32(b)
	}
	return 0
}

func (s *scan) uint64(what string) uint64 {
	if b := s.bytes(8, what); b != nil {
		return s.format.order.Uint64(b)
	}
	return 0
}

// text takes n bytes of text that ends at the first NUL, if it has one.
func (s *scan) text(n int, what string) string {
	return s.decode(untilNUL(s.bytes(n, what)), "%s", what)
}

// label is text of a label or characteristic, which count towards a limit.
func (s *scan) label(n int, what string) string {
	text := s.text(n, what)
	s.count(len(text))
	return text
}

func (s *scan) count(bytes int) {
	if s.labelled += bytes; s.labelled > s.limits.LabelBytes {
		s.fail("more than %d bytes of labels and characteristics", s.limits.LabelBytes)
	}
}

// literal takes bytes that must be there.
func (s *scan) literal(want string) {
	if s.failed {
		return
	}
	s.from = s.at
	b := s.peek(len(want))
	switch {
	case b == nil:
		s.ended(want)
	case string(b) != want:
		s.fail("found %q, want %q", b, want)
	default:
		s.advance(len(want))
	}
}

func untilNUL(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

// decode returns text that is for reading as UTF-8, and warns of bytes without
// a meaning, which are U+FFFD there.
func (s *scan) decode(b []byte, what string, args ...any) string {
	text, how := s.decoder.Text(b)
	if how == codepage.Replaced {
		s.warn("byte %d: %s is %q, which is not %s", s.from, fmt.Sprintf(what, args...), codepage.Excerpt(b), s.encoding())
	}
	return text
}

// mostWarnings is how many warnings are kept: a hostile file may earn many.
const mostWarnings = 100

func (s *scan) warn(what string, args ...any) {
	if s.warned++; s.warned <= mostWarnings {
		s.file.Warnings = append(s.file.Warnings, fmt.Sprintf(what, args...))
	}
}

func (s *scan) encoding() string { return s.decoder.Named("windows-1252") }

// encoded tells of what of the file's text is not as the format has it. Some
// writers, haven among them, put UTF-8 into old formats.
func (s *scan) encoded() {
	s.file.Encoding = s.encoding()
	if s.file.Encoding == codepage.UTF8.Name && !s.format.utf8 && s.as == nil {
		s.warn("text is UTF-8, although format %d has windows-1252", s.file.Version)
	}
	for _, note := range s.decoder.Notes() {
		s.warn("%s", note)
	}
	for _, c := range s.columns {
		if c.faults.Any() {
			s.file.Replaced = append(s.file.Replaced, c.variable.name)
		}
		for _, note := range c.faults.Notes(c.variable.name, s.file.Encoding) {
			s.warn("%s", note)
		}
	}
	if s.warned > mostWarnings {
		s.file.Warnings = append(s.file.Warnings, fmt.Sprintf("%d more warnings", s.warned-mostWarnings))
	}
}
