package por

import (
	"bufio"
	"io"
)

// A source gives the characters of a portable file, without its line ends.
// Lines have 80 characters: a shorter one has lost the blanks at its end.
type source struct {
	in     *bufio.Reader
	offset int64 // of the next byte in the file
	column int   // characters of the line so far, or below 0 the blanks to come
	held   byte  // a translated character that was given back, or 0
	err    error
}

// back gives a character back, for the next char.
func (s *source) back(c byte) { s.held = c }

const lineChars = 80

// next returns the next character; ok is false where the file ends.
func (s *source) next() (c byte, ok bool) {
	for s.err == nil {
		if s.column < 0 {
			s.column++
			return ' ', true
		}
		c, s.err = s.in.ReadByte()
		if s.err != nil {
			break
		}
		s.offset++
		switch {
		case c == '\r':
		case c != '\n':
			s.column++
			return c, true
		case s.column < lineChars:
			s.column -= lineChars
		default:
			s.column = 0
		}
	}
	return 0, false
}

// drain reads to the end of the stream.
func (s *source) drain() {
	if s.err == nil {
		if _, s.err = io.Copy(io.Discard, s.in); s.err == nil {
			s.err = io.EOF
		}
	}
}
