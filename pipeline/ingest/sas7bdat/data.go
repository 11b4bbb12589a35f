package sas7bdat

import (
	"encoding/binary"
	"io"
)

// blockBytes is about how many bytes of rows are decoded at a time.
const blockBytes = 128 << 10

// data reads the rows.
func (r *reader) data() bool {
	if _, err := io.CopyN(io.Discard, r.in, r.headBytes); err != nil {
		return r.unread(err)
	}
	b := make([]byte, r.pageBytes)
	for i := range r.pages {
		r.from = r.headBytes + i*int64(r.pageBytes)
		if _, err := io.ReadFull(r.in, b); err != nil {
			return r.unread(err)
		}
		if !r.pageRows(b) {
			return false
		}
	}
	m := &r.meta
	if !r.flush() {
		return false
	}
	if found := r.rows.Count() + r.file.Deleted; found != m.rows {
		return r.fail("%d rows, %d of them deleted, and the header has %d", found, r.file.Deleted, m.rows)
	}
	if r.file.Deleted > 0 {
		r.warn("%d rows that were deleted in SAS, and are still in the file, are left out", r.file.Deleted)
	}
	if r.rows.Each != nil && r.rows.Flush() != nil {
		return false
	}
	r.problems = append(r.problems, r.rows.Problems...)
	return true
}

// left is how many rows are still to be found.
func (r *reader) left() int { return r.meta.rows - r.meta.found }

// pageRows takes the rows of a page.
func (r *reader) pageRows(b []byte) bool {
	p := r.page(b)
	switch {
	case p.kind&pageKinds == pageData:
		return r.plainRows(b, p, r.firstBytes, p.rows)
	case p.kind&pageOther != 0 || p.parts == 0 && p.kind&pageKinds != pageMixed:
		return true
	}
	for i := range p.parts {
		part, ok := r.partOf(b, p, i)
		if !ok {
			return false
		}
		if len(part.bytes) > 0 && !r.partRow(part) {
			return false
		}
	}
	if p.kind&pageKinds != pageMixed {
		return true
	}
	at := r.firstBytes + p.parts*r.pointer
	if at%8 == 4 && at+4 <= len(b) {
		// Some writers leave the padding away.
		if gap := b[at : at+4]; !r.transfer || string(gap) == "\x00\x00\x00\x00" || string(gap) == "    " {
			at += 4
		}
	}
	return r.plainRows(b, p, at, r.meta.mixed)
}

// plainRows takes n rows of a page from a byte on, without those that are deleted.
func (r *reader) plainRows(b []byte, p page, at, n int) bool {
	width := r.meta.rowBytes
	n = min(n, r.left())
	if n*width > len(b)-at {
		return r.fail("%d rows of %d bytes from byte %d of a page of %d", n, width, at, len(b))
	}
	if !r.flush() {
		return false
	}
	rows := b[at : at+n*width]
	r.meta.found += n
	if p.kind&pageDeleted == 0 || r.meta.deleted == 0 {
		return r.take(rows)
	}
	// Behind the rows there is a bit for each, the first of a byte first.
	pointer := r.firstBytes - 16
	if !r.wide {
		pointer = r.firstBytes - 12
	}
	bits := at + int(r.uint32(b[pointer:])) + (p.rows-p.parts)*width
	if bits < at || bits+(n+7)/8 > len(b) {
		return r.fail("marks of deleted rows at byte %d of a page of %d", bits, len(b))
	}
	for row, from := 0, 0; row <= n; row++ {
		if row < n && b[bits+row/8]&(0x80>>(row%8)) == 0 {
			continue
		}
		if row > from && !r.take(rows[from*width:row*width]) {
			return false
		}
		if from = row + 1; row < n {
			r.file.Deleted++
		}
	}
	return true
}

// partRow takes a part that is a row, compressed or not.
func (r *reader) partRow(p part) bool {
	m := &r.meta
	switch {
	case p.compression == plain:
		if _, is := r.signature(p.bytes); is || !p.row {
			return true
		}
		if len(p.bytes) != m.rowBytes {
			return r.fail("row %d has %d bytes, want %d", m.found+1, len(p.bytes), m.rowBytes)
		}
	case p.compression != compressed && p.compression != compressed|truncated:
		return r.fail("compression %d of a row, want 0 or 4", p.compression)
	}
	if r.left() == 0 {
		return true
	}
	m.found++
	if p.compression == compressed|truncated {
		r.file.Deleted++
		return true
	}
	from := len(r.block)
	var ok bool
	switch {
	case p.compression == plain:
		r.block, ok = append(r.block, p.bytes...), true
	case m.rdc:
		r.block, ok = unpackRDC(r.block, p.bytes, m.rowBytes)
	default:
		r.block, ok = unpackRLE(r.block, p.bytes, m.rowBytes)
	}
	if !ok || len(r.block)-from != m.rowBytes {
		return r.fail("row %d is no row of %d bytes, compressed (%s)", m.found, m.rowBytes, r.file.Compression)
	}
	if len(r.block) >= blockBytes {
		return r.flush()
	}
	return true
}

// flush takes the rows of parts.
func (r *reader) flush() bool {
	ok := r.take(r.block)
	r.block = r.block[:0]
	return ok
}

func (r *reader) take(rows []byte) bool {
	if len(rows) == 0 {
		return true
	}
	err := r.rows.Take(rows)
	if err != nil && r.rows.Stopped == nil {
		hint := ""
		if len(r.meta.variables) > 1 {
			hint = "name fewer columns"
		}
		return r.failHint(hint, "%v", err)
	}
	return err == nil
}

// unpackRLE appends a row of at most this many bytes that is compressed by runs: a byte
// has a command, and 4 bits of a length or a byte that goes before.
func unpackRLE(to, from []byte, most int) ([]byte, bool) {
	end := len(to) + most
	for len(from) > 0 {
		command, low := from[0]>>4, int(from[0]&0x0f)
		from = from[1:]
		operands := [16]int{1, 1, 0, 0, 2, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0}[command]
		if len(from) < operands {
			return to, false
		}
		copied, run, of := 0, 0, byte(0)
		long := 0
		if operands > 0 {
			long = int(from[0]) + low<<8
		}
		switch command {
		case 0:
			copied = long + 64
		case 1:
			copied = long + 64 + 4096
		case 2:
			copied = low + 96
		case 4:
			run, of = long+18, from[1]
		case 5:
			run, of = long+17, '@'
		case 6:
			run, of = long+17, ' '
		case 7:
			run = long + 17
		case 8, 9, 10, 11:
			copied = low + 1 + 16*int(command-8)
		case 12:
			run, of = low+3, from[0]
		case 13:
			run, of = low+2, '@'
		case 14:
			run, of = low+2, ' '
		case 15:
			run = low + 2
		default:
			return to, false
		}
		from = from[operands:]
		if len(to)+copied+run > end || copied > len(from) {
			return to, false
		}
		to = append(to, from[:copied]...)
		from = from[copied:]
		to = filled(to, of, run)
	}
	return to, true
}

// filled appends a byte n times.
func filled(to []byte, of byte, n int) []byte {
	at := len(to)
	if cap(to)-at < n {
		to = append(to, make([]byte, n)...)
	} else {
		to = to[:at+n]
	}
	run := to[at:]
	if of == 0 {
		clear(run)
		return to
	}
	for i := range run {
		run[i] = of
	}
	return to
}

// unpackRDC appends a row of at most this many bytes that is compressed by Ross's
// method: of 16 bits, the first of two bytes first, each is 0 of a byte as it is, or 1
// of a run, or of bytes that were there before.
func unpackRDC(to, from []byte, most int) ([]byte, bool) {
	begin, end := len(to), len(to)+most
	for len(from) >= 2 {
		bits := binary.BigEndian.Uint16(from)
		from = from[2:]
		for i := 0; i < 16 && len(from) > 0; i++ {
			if bits&(0x8000>>i) == 0 {
				to, from = append(to, from[0]), from[1:]
				continue
			}
			if len(from) < 2 {
				return to, false
			}
			command, low := from[0]>>4, int(from[0]&0x0f)
			back := low + 3 + int(from[1])<<4
			run, copied := 0, 0
			of := from[1]
			operands := 2
			switch command {
			case 0:
				run = low + 3
			case 1, 2:
				if len(from) < 3 {
					return to, false
				}
				operands = 3
				if command == 1 {
					run, of = back+16, from[2]
				} else {
					copied = int(from[2]) + 16
				}
			default:
				copied = int(command)
			}
			from = from[operands:]
			if copied > 0 && (back > len(to)-begin || copied > back) || len(to)+run+copied > end {
				return to, false
			}
			to = filled(to, of, run)
			if copied > 0 {
				at := len(to) - back
				to = append(to, to[at:at+copied]...)
			}
		}
		if len(to) > end {
			return to, false
		}
	}
	return to, len(from) == 0
}
