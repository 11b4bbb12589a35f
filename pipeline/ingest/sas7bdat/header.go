package sas7bdat

import (
	"bytes"
	"encoding/binary"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
)

// The first bytes of a data set and of a catalogue, which differ in one.
const (
	dataSet      = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c\x18\x1f\x10\x11"
	catalogueSet = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc2\xea\x81\x63\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c\x18\x1f\x10\x11"
)

// A layout is how a file is laid out.
type layout struct {
	wide       bool // of 64 bits, whose whole numbers have 8 bytes and not 4
	big        bool // the first byte of a number first
	padded     int  // 4 bytes more in the header, and in parts of a catalogue
	headBytes  int64
	pageBytes  int
	pages      int64
	firstBytes int // of a page, before its parts
	pointer    int // bytes of a part's place
	whole      int // bytes of a whole number
	transfer   bool
}

func (l *layout) order() binary.ByteOrder {
	if l.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

func (l *layout) uint16(b []byte) int    { return int(l.order().Uint16(b)) }
func (l *layout) uint32(b []byte) uint64 { return uint64(l.order().Uint32(b)) }

// number is a whole number of the file's width.
func (l *layout) number(b []byte) uint64 {
	if l.wide {
		return l.order().Uint64(b)
	}
	return l.uint32(b)
}

// The least header, and the most that a header and a page may have.
const leastBytes, mostBytes = 1024, 16 << 20

// header reads the file's header, of one of the kinds of file.
func (r *reader) header(kind string, size int64, as *codepage.Encoding) bool {
	if size < leastBytes {
		r.from = size
		return r.failHint("fetch the file again", "the file is cut short in its header of %d bytes", leastBytes)
	}
	h := make([]byte, leastBytes)
	if !r.at(h, 0) {
		return false
	}
	r.from = 0
	if string(h[:len(kind)]) != kind {
		return r.fail("found %q, want the first bytes of a file of SAS", codepage.Excerpt(h[:32]))
	}
	const set = '3'
	r.wide = h[32] == set
	if h[35] == set {
		r.padded = 4
	}
	if h[37] > 1 {
		return r.fail("byte order %d, want 0 or 1", h[37])
	}
	r.big = h[37] == 0
	r.whole, r.firstBytes, r.pointer = 4, 24, 12
	if r.wide {
		r.whole, r.firstBytes, r.pointer = 8, 40, 24
	}
	after := h[196+r.padded:]
	head, page := r.uint32(after), r.uint32(after[4:])
	pages := r.number(after[8:])
	release := after[16+r.whole:]
	switch {
	case head < leastBytes || head > mostBytes:
		return r.fail("a header of %d bytes, want %d to %d", head, leastBytes, mostBytes)
	case page < leastBytes || page > mostBytes:
		return r.fail("pages of %d bytes, want %d to %d", page, leastBytes, mostBytes)
	case pages > uint64(size)/page || int64(head+pages*page) > size:
		r.from = size
		return r.failHint("fetch the file again", "the file is cut short: it says that it has %d pages of %d bytes after %d", pages, page, head)
	}
	r.headBytes, r.pageBytes, r.pages = int64(head), int(page), int64(pages)
	if over := size - int64(head+pages*page); over > 0 {
		r.warn("%d bytes after the last page", over)
	}
	r.encoding(h[70], as)
	r.file.Name = r.text(bytes.TrimRight(h[92:124], " \x00"), "the name")
	r.file.Release = r.text(bytes.TrimRight(release[:8], " \x00"), "the release")
	r.transfer = r.file.Release == "9.0000M0" || r.file.Release == "8.0000M0" // as Stat/Transfer and ReadStat write
	return true
}

// encodings are the names of SAS's encodings by their numbers, of those that are
// read. Where SAS's is of an older edition, a newer one is as good.
var encodings = map[byte]string{
	20: "UTF-8", 28: "US-ASCII", 29: "ISO-8859-1", 30: "ISO-8859-2", 31: "ISO-8859-3", 32: "ISO-8859-4", 33: "ISO-8859-5", 34: "ISO-8859-6", 35: "ISO-8859-7",
	36: "ISO-8859-8", 37: "ISO-8859-9", 39: "windows-874", 40: "ISO-8859-15", 41: "IBM437", 42: "IBM850", 43: "IBM852", 45: "IBM00858", 46: "IBM862", 48: "IBM865",
	49: "IBM866", 51: "windows-874", 58: "IBM860", 59: "IBM863", 60: "windows-1250", 61: "windows-1251", 62: "windows-1252", 63: "windows-1253", 64: "windows-1254",
	65: "windows-1255", 66: "windows-1256", 67: "windows-1257", 68: "windows-1258", 69: "macintosh", 118: "Big5", 123: "Big5", 125: "GB18030", 126: "GBK",
	134: "EUC-JP", 136: "EUC-KR", 138: "Shift_JIS", 140: "EUC-KR", 141: "EUC-KR", 142: "EUC-KR", 205: "GB18030", 227: "ISO-8859-14", 242: "ISO-8859-13", 246: "x-mac-cyrillic",
}

// unsaid are the numbers of none in particular.
const unsaid, anyEncoding = 0, 204

// encoding takes that which the caller names, or else the file.
func (r *reader) encoding(code byte, as *codepage.Encoding) {
	if as != nil {
		r.decoder.Encoding = *as
		return
	}
	if e, ok := codepage.Named(encodings[code]); ok {
		r.decoder.Encoding = e
	} else if code != unsaid && code != anyEncoding {
		r.warn("text is in SAS's encoding number %d, which is not read: it is taken for UTF-8, or else windows-1252; %s", code, codepage.Advice)
	}
}

// page kinds, in the bits of a page's type.
const (
	pageKinds   = 0x0f00
	pageData    = 0x0100 // rows
	pageMixed   = 0x0200 // parts, and rows behind them
	pageDeleted = 0x0080 // some of the rows are deleted
	pageOther   = 0x9000 // neither
)

// A page is the head of one.
type page struct {
	kind  int
	rows  int // and parts
	parts int
}

func (l *layout) page(b []byte) page {
	end := l.firstBytes
	return page{l.uint16(b[end-8:]), l.uint16(b[end-6:]), l.uint16(b[end-4:])}
}

// A part is a place in a page: of a description, or of a row.
type part struct {
	bytes       []byte
	compression byte
	row         bool // or a description that there may be several of
}

// Compressions of a part.
const (
	plain      = 0
	truncated  = 1 // it is in use no more
	compressed = 4
)

// partOf returns the part of a page that the i-th pointer is to. There is none where
// it is empty or in use no more.
func (r *reader) partOf(b []byte, of page, i int) (p part, ok bool) {
	pointers := r.firstBytes + of.parts*r.pointer
	if pointers > len(b) {
		return p, r.fail("%d parts, for which a page of %d bytes has no room", of.parts, len(b))
	}
	at := b[r.firstBytes+i*r.pointer:]
	offset, n := r.number(at), r.number(at[r.whole:])
	p.compression, p.row = at[2*r.whole], at[2*r.whole+1] == 1
	if n == 0 || p.compression == truncated {
		return part{}, true
	}
	if offset < uint64(pointers) || offset > uint64(len(b)) || n > uint64(len(b))-offset {
		return p, r.fail("part %d at byte %d of a page of %d, of %d bytes", i+1, offset, len(b), n)
	}
	p.bytes = b[offset : offset+n]
	return p, true
}

// trimmedName is the name of a format as catalogues and variables have it.
func trimmedName(name string) string { return strings.ToUpper(strings.TrimSpace(name)) }
