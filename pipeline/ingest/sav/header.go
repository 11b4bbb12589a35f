package sav

import (
	"bytes"
	"encoding/binary"
	"math"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/spss"
)

// An order reads numbers in the byte order of the file.
type order struct{ binary.ByteOrder }

func (o order) int32(b []byte) int32     { return int32(o.Uint32(b)) }
func (o order) int64(b []byte) int64     { return int64(o.Uint64(b)) }
func (o order) float(b []byte) float64   { return math.Float64frombits(o.Uint64(b)) }
func (o order) count(b []byte) (n int64) { return int64(o.int32(b)) }

// The ways in which cases are stored.
const (
	uncompressed = iota
	bytecode
	zlibbed
)

var compressions = [...]string{"none", "bytecode", "zlib"}

// The values of a file that stand for no number, unless its record 7/4 says
// otherwise.
const (
	systemMissing = -math.MaxFloat64
	highest       = math.MaxFloat64
)

var lowest = math.Nextafter(systemMissing, 0)

// A header is what the first 176 bytes of a file say, and the records 7/3,
// 7/4 and 7/16 that add to it.
type header struct {
	compression int
	weight      int   // element of the weight variable from 1, or 0
	cases       int64 // or -1
	bias        float64
	label       []byte
	product     []byte
	created     []byte
	sysmis      float64
	lowest      float64
	highest     float64
	codePage    int32
}

const headerBytes = 176

// header reads the file header.
func (r *reader) header() bool {
	const record = "file header"
	if !r.have(4) {
		if r.err == nil || r.pos() == 0 && r.start == r.end && r.err.Error() == "EOF" {
			return r.fail(0, record, "the file is empty")
		}
		return r.short(0, record)
	}
	magic := string(r.buffer[r.start : r.start+4])
	if magic != "$FL2" && magic != "$FL3" {
		return r.magic()
	}
	b := r.take(min(headerBytes, len(r.buffer)))
	if len(r.buffer) < headerBytes {
		b = append(bytes.Clone(b), r.long(headerBytes-len(b))...)
	}
	if len(b) < headerBytes {
		return r.short(0, record)
	}
	switch layout := b[64:68]; {
	case small(binary.LittleEndian.Uint32(layout)):
		r.order = order{binary.LittleEndian}
	case small(binary.BigEndian.Uint32(layout)):
		r.order, r.notes.BigEndian = order{binary.BigEndian}, true
	default:
		return r.fail(64, record, "layout code % x, want 2 or 3 in either byte order", layout)
	}
	r.head = header{
		compression: int(r.order.int32(b[72:])),
		weight:      int(r.order.int32(b[76:])),
		cases:       int64(r.order.int32(b[80:])),
		bias:        r.order.float(b[84:]),
		product:     bytes.Clone(b[4:64]),
		created:     bytes.Join([][]byte{bytes.TrimSpace(b[92:101]), bytes.TrimSpace(b[101:109])}, []byte(" ")),
		label:       bytes.Clone(b[109:173]),
		sysmis:      systemMissing,
		lowest:      lowest,
		highest:     highest,
	}
	h := &r.head
	switch want := "0 (none) or 1 (bytecode) in a $FL2 file"; {
	case magic == "$FL3" && h.compression != zlibbed:
		return r.fail(72, record, "compression %d, want 2 (zlib) in a $FL3 file", h.compression)
	case magic == "$FL2" && h.compression != uncompressed && h.compression != bytecode:
		return r.fail(72, record, "compression %d, want %s", h.compression, want)
	case h.cases < -1:
		return r.fail(80, record, "%d cases, want a count, or -1 for unknown", h.cases)
	case h.bias != math.Trunc(h.bias) || math.Abs(h.bias) > 1000:
		// A file of IBM or VAX numbers is recognised by this field.
		return r.fail(84, record, "compression bias %v, want 100 as an IEEE 754 number", h.bias)
	}
	r.notes.Compression = compressions[h.compression]
	return true
}

func small(layout uint32) bool { return layout == 2 || layout == 3 }

// magic reports a file that is no system file, saying what it begins with.
func (r *reader) magic() bool {
	start := r.buffer[r.start : r.start+4]
	begins := string(start)
	if whole, how := codepage.UTF8.Text(start); how == codepage.Cut {
		begins = whole
	}
	r.problems.Add(r.where, "%s: byte 0: file header: seems to be something else, beginning %q, want $FL2 or $FL3", format, begins)
	return false
}

// formatName spells a display format as SPSS does, "F8.2" or "DATE11"; "" if
// its type is unknown. F always has its decimals, others where there are some.
// Text has the width of its variable, which may be beyond what the field
// holds.
func formatName(code uint32, width int) string {
	kind, w, decimals := int(code>>16&0xff), int(code>>8&0xff), int(code&0xff)
	name, ok := spss.Formats[kind]
	switch {
	case !ok:
		return ""
	case name == "A" && width > 255:
		w = width
	case name == "AHEX" && 2*width > 255:
		w = 2 * width
	}
	return spss.Format(name, w, decimals)
}
