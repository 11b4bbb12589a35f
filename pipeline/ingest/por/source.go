package por

import (
	"bytes"
	"io"
)

// A source gives the characters of a portable file, translated and without
// its line ends. Lines have 80 characters: a shorter one has lost the blanks
// at its end.
type source struct {
	in     io.Reader
	buffer []byte    // for what is read next; made when it is needed
	to     [256]byte // of a byte of the file, the character that it stands for
	other  bool      // that is another character for some
	chars  []byte    // what is read, and given out up to at
	at     int
	pieces []piece // where in the file chars are
	piece  int     // that at is in, or one before
	offset int64   // bytes of the file that were read
	column int     // characters of the line so far
	err    error   // why no more can be read
}

// A piece is characters that follow each other in the file, from at on.
type piece struct {
	at     int
	offset int64
}

const lineChars, bufferBytes = 80, 64 << 10

var blanks = bytes.Repeat([]byte(" "), lineChars)

// pos is the byte of the file of the next character.
func (s *source) pos() int64 {
	for s.piece+1 < len(s.pieces) && s.pieces[s.piece+1].at <= s.at {
		s.piece++
	}
	end := s.offset
	if s.piece+1 < len(s.pieces) {
		end = s.pieces[s.piece+1].offset
	}
	if len(s.pieces) == 0 {
		return end
	}
	p := s.pieces[s.piece]
	return min(p.offset+int64(s.at-p.at), end)
}

// have says whether n more characters are there, having read them.
func (s *source) have(n int) bool {
	return len(s.chars)-s.at >= n || s.fill(n)
}

func (s *source) fill(n int) bool {
	left := append(s.pieces[:0], piece{0, s.pos()})
	for _, p := range s.pieces[min(s.piece+1, len(s.pieces)):] {
		left = append(left, piece{p.at - s.at, p.offset})
	}
	s.pieces, s.piece = left, 0
	s.chars = s.chars[:copy(s.chars, s.chars[s.at:])]
	s.at = 0
	if s.buffer == nil {
		s.buffer = make([]byte, bufferBytes)
	}
	for idle := 0; len(s.chars) < n; {
		if s.err != nil {
			return false
		}
		var got int
		got, s.err = s.in.Read(s.buffer)
		began := len(s.chars)
		s.lines(s.buffer[:got])
		if s.other {
			s.translate(began)
		}
		if idle++; got > 0 {
			idle = 0
		}
		if idle == 100 && s.err == nil {
			s.err = io.ErrNoProgress
		}
	}
	return true
}

// lines takes bytes of the file.
func (s *source) lines(b []byte) {
	for len(b) > 0 {
		line, ended := b, false
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, ended = b[:i], true
		}
		b = b[len(line):]
		for len(line) > 0 {
			part := line
			if i := bytes.IndexByte(line, '\r'); i >= 0 {
				part = line[:i]
			}
			s.pieces = append(s.pieces, piece{len(s.chars), s.offset})
			s.chars = append(s.chars, part...)
			s.column += len(part)
			used := min(len(part)+1, len(line))
			line = line[used:]
			s.offset += int64(used)
		}
		if ended {
			if s.column < lineChars {
				s.chars = append(s.chars, blanks[s.column:]...)
			}
			s.column = 0
			s.offset++
			b = b[1:]
		}
	}
}

// begin has the characters that are not given out yet, and all that follow,
// translated.
func (s *source) begin() {
	for c, is := range s.to {
		s.other = s.other || byte(c) != is
	}
	if s.other {
		s.translate(s.at)
	}
}

func (s *source) translate(from int) {
	for i, c := range s.chars[from:] {
		s.chars[from+i] = s.to[c]
	}
}

// drain reads to the end of the stream.
func (s *source) drain() {
	if s.err == nil {
		if _, s.err = io.Copy(io.Discard, s.in); s.err == nil {
			s.err = io.EOF
		}
	}
}
