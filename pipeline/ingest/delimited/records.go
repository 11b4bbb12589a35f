package delimited

import (
	"bytes"
	"errors"
	"io"

	"togetherwecan/pipeline/ingest/codepage"
)

var errLong = errors.New("the line is too long")

// records cuts a stream into records through one buffer. A record is a line,
// or in a quoted file as many lines as it takes to close its quotes.
type records struct {
	in         io.Reader
	buffer     []byte
	start, end int   // what is read and not yet given out
	began      int   // where the last record lies
	err        error // why no more can be read
	most       int   // bytes of the longest record, its CR included
	quoted     bool
	delimiter  byte // of a quoted file
	quotes     bool // the last record of a quoted file has quotes
	open       bool // the last record has an odd number of quotes
	ascii      bool // all that is in the buffer is of ASCII, and
	noNUL      bool // has no NUL, and
	noQuote    bool // no quote
	line       int  // on which the last record began
	next       int  // on which the next one begins
}

func newRecords(in io.Reader, buffer, most int) *records {
	return &records{in: in, buffer: make([]byte, buffer), most: min(most, mostLine), line: 1, next: 1}
}

// read returns the next record, without its line end, until the next call;
// ended is false for a last one that has none. The error is io.EOF where no
// record is left, errLong, or the source's.
func (r *records) read() (record []byte, ended bool, err error) {
	r.line, r.quotes, r.open = r.next, false, false
	for scanned := r.start; ; {
		rest := r.buffer[scanned:r.end]
		i := bytes.IndexByte(rest, '\n')
		if i >= 0 {
			rest = rest[:i]
		}
		if r.quoted && !r.noQuote {
			n := bytes.Count(rest, quote)
			r.quotes = r.quotes || n > 0
			r.open = r.open != (n%2 == 1)
		}
		scanned += len(rest)
		if scanned-r.start > r.most {
			return nil, false, errLong
		}
		if i >= 0 {
			scanned++
			r.next++
			if first := r.next == r.line+1; r.open && !(first && r.misquoted(r.buffer[r.start:scanned-1])) {
				continue
			}
			r.open = false
			record = r.buffer[r.start : scanned-1]
			r.began, r.start = r.start, scanned
			return bytes.TrimSuffix(record, cr), true, nil
		}
		if r.err == io.EOF && r.start < r.end {
			record = r.buffer[r.start:r.end]
			r.began, r.start = r.start, r.end
			return bytes.TrimSuffix(record, cr), false, nil
		}
		if r.err != nil {
			return nil, false, r.err
		}
		scanned -= r.fill()
	}
}

// misquoted says whether a line has a quote that RFC 4180 does not have, so that
// an odd one does not make the next line part of it.
func (r *records) misquoted(line []byte) bool {
	line = bytes.TrimSuffix(line, cr)
	for {
		if len(line) == 0 || line[0] != '"' {
			cell, rest, more := bytes.Cut(line, []byte{r.delimiter})
			if bytes.IndexByte(cell, '"') >= 0 {
				return true
			}
			if !more {
				return false
			}
			line = rest
			continue
		}
		for line = line[1:]; ; line = line[2:] { // to the end of the cell
			n := bytes.IndexByte(line, '"')
			if n < 0 {
				return false // it goes on
			}
			if line = line[n:]; len(line) == 1 || line[1] != '"' {
				break
			}
		}
		switch {
		case len(line) == 1:
			return false
		case line[1] != r.delimiter:
			return true
		}
		line = line[2:]
	}
}

var quote, cr = []byte{'"'}, []byte{'\r'}

// fill reads more after making room, and returns by how many bytes what was
// there has moved towards the front of the buffer.
func (r *records) fill() (moved int) {
	if r.start > 0 {
		moved = r.start
		r.end = copy(r.buffer, r.buffer[r.start:r.end])
		r.start = 0
	}
	if r.end == len(r.buffer) {
		// One byte more than a record may have shows that it is too long.
		larger := make([]byte, max(min(2*len(r.buffer), r.most+1), len(r.buffer)+1))
		copy(larger, r.buffer)
		r.buffer = larger
	}
	for range 100 {
		n, err := r.in.Read(r.buffer[r.end:])
		r.end += n
		r.err = err
		now := r.buffer[r.start:r.end]
		r.ascii, r.noNUL, r.noQuote = codepage.ASCII(now), bytes.IndexByte(now, 0) < 0, bytes.IndexByte(now, '"') < 0
		if n > 0 || err != nil {
			return moved
		}
	}
	r.err = io.ErrNoProgress
	return moved
}

// skipMark passes over a byte-order mark at the start, and says whether there
// was one.
func (r *records) skipMark() bool {
	for r.end < len(byteOrderMark) && r.err == nil {
		r.fill()
	}
	marked := bytes.HasPrefix(r.buffer[:r.end], []byte(byteOrderMark))
	if marked {
		r.start = len(byteOrderMark)
	}
	return marked
}

// first returns the first line as it stands, for the next read to give out
// again.
func (r *records) first() ([]byte, error) {
	line, _, err := r.read()
	if err != nil {
		return nil, err
	}
	r.start, r.line, r.next = r.began, 1, 1
	return line, nil
}
