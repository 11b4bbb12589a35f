package sav

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"togetherwecan/pipeline/table"
)

// An element is what to do with 8 bytes of a case.
type element struct {
	kind   uint8
	bytes  uint8 // of text, without what fills up a segment
	column int32
	run    int32 // of elements to skip after one that is skipped
}

// The kinds of element. A text's elements are in a row.
const (
	skipNumber = iota
	skipText
	number
	textFirst // or the only one except for a last
	textMore
	textLast
	textOnly
)

// plan says for each element of a case what to do.
func (r *reader) plan(columns []*column) []element {
	plan := make([]element, len(r.raw.elements))
	for i, v := range r.raw.elements {
		if v < 0 || r.raw.variables[v].width > 0 {
			plan[i].kind = skipText
		}
	}
	for n, c := range columns {
		v := c.variable
		if v.width == 0 {
			plan[v.segments[0].element] = element{kind: number, column: int32(n)}
			continue
		}
		left, last := v.width, 0
		for _, s := range v.segments {
			use := min(left, segmentBytes, (s.width+7)/8*8)
			left -= use
			for i := range (s.width + 7) / 8 {
				last = s.element + i
				plan[last] = element{kind: textMore, bytes: uint8(min(use, 8)), column: int32(n)}
				use -= min(use, 8)
			}
		}
		plan[v.segments[0].element].kind = textFirst
		plan[last].kind = textLast
		if first := v.segments[0].element; first == last {
			plan[first].kind = textOnly
		}
	}
	for i := len(plan) - 2; i >= 0; i-- {
		if plan[i].kind <= skipText && plan[i+1].kind <= skipText {
			plan[i].run = plan[i+1].run + 1
		}
	}
	return plan
}

// A decoder turns cases into columns.
type decoder struct {
	*reader
	data    *source // of the cases: the file, or what its blocks give
	columns []*column
	values  [][]float64 // of the columns of numbers
	plan    []element
	numbers []field     // of the plan
	pieces  []field     // of its text
	owner   []*variable // of each element
	batch   int         // rows that each is called with at most
	each    func(*table.Table) error
	now     *table.Table // what each is called with
	refused error        // by each
	before  int          // rows that each was called with
	row     int          // after those
	room    int          // rows that the columns have room for
	held    int          // bytes of text in the rows from before, except for what is seen
	kept    int          // bytes of text in what is seen
	text    []byte
	codes   uint64 // the next in its low byte
	left    int    // of codes
	table   [256]float64
	absent  uint64 // the bits of the file's system-missing value
	ended   bool   // a code said that the cases end
}

// cases reads the cases and returns how many the columns then have.
func (d *decoder) cases(variables []*variable) int {
	for _, v := range variables {
		for _, s := range v.segments {
			for i := range max(1, (s.width+7)/8) {
				d.owner[s.element+i] = v
			}
		}
	}
	var b *blocks
	if d.head.compression == zlibbed {
		if b = d.blocks(); b == nil {
			return 0
		}
		d.data = newSource(b, len(d.buffer))
	}
	for code := range d.table {
		d.table[code] = float64(code) - d.head.bias
	}
	d.table[codeMissing] = math.NaN()
	d.absent = math.Float64bits(d.head.sysmis)
	read := d.raw
	if d.head.compression != uncompressed {
		read = d.compressed
	}
	d.fields()
	for d.head.cases < 0 || int64(d.before+d.row) < d.head.cases {
		if d.row == d.room && !d.grow() {
			break
		}
		if d.head.compression != uncompressed || d.block() == 0 {
			if !read() {
				break
			}
			d.row++
		}
		if d.held > table.BatchText && d.each != nil && !d.flush() {
			break
		}
	}
	if len(d.problems) == 0 && d.refused == nil {
		d.end(b)
	}
	for _, c := range d.columns {
		d.report(c)
	}
	if d.each != nil && d.row > 0 && d.refused == nil {
		d.flush()
	}
	return d.row
}

// anotherRow says whether the data go on where a limit is reached. A last
// code of the end, or padding, is no row.
func (d *decoder) anotherRow() bool {
	if d.head.compression == uncompressed {
		return d.data.have(1)
	}
	code, ok := d.code()
	return ok && code != codeEnd
}

// code looks at the next code that is no padding; ok is false if there is
// none.
func (d *decoder) code() (code byte, ok bool) {
	for {
		for ; d.left > 0; d.left-- {
			if code := byte(d.codes); code != codePadding {
				return code, true
			}
			d.codes >>= 8
		}
		b := d.data.take(8)
		if b == nil {
			return 0, false
		}
		d.codes, d.left = binary.LittleEndian.Uint64(b), 8
	}
}

// raw reads a case that is not compressed.
func (d *decoder) raw() bool {
	s := d.data
	began, buffer, at, end := s.pos(), s.buffer, s.start, s.end
	for i := 0; i < len(d.plan); i++ {
		if end-at < 8 {
			s.start = at
			if !s.have(8) {
				return d.stopped(i, began)
			}
			at, end = s.start, s.end
		}
		b := buffer[at : at+8]
		at += 8
		switch e := &d.plan[i]; e.kind {
		case number:
			d.values[e.column][d.row] = d.number(b)
		case skipNumber, skipText:
			run := min(int(e.run), (end-at)/8)
			i += run
			at += 8 * run
		default:
			s.start = at
			d.piece(e, b)
		}
	}
	s.start = at
	return true
}

// number is 8 bytes of a case.
func (d *decoder) number(b []byte) float64 {
	bits := binary.LittleEndian.Uint64(b)
	if d.notes.BigEndian {
		bits = binary.BigEndian.Uint64(b)
	}
	v := math.Float64frombits(bits)
	if v == systemMissing || bits == d.absent || v != v {
		return math.NaN()
	}
	return v
}

// The codes of bytecode that are no number.
const (
	codePadding = 0
	codeEnd     = 252
	codeLiteral = 253
	codeBlanks  = 254
	codeMissing = 255
)

var blanks, nuls = []byte("        "), make([]byte, 8)

// compressed reads a case of bytecodes: 8 codes of one byte, then the 8 bytes
// of each code that announces them.
func (d *decoder) compressed() bool {
	s, row, values := d.data, d.row, d.values
	began, buffer, at, end, codes, left := s.pos(), s.buffer, s.start, s.end, d.codes, d.left
	for i := 0; i < len(d.plan); i++ {
		for code := byte(codePadding); code == codePadding; {
			if left == 0 {
				if end-at < 8 {
					s.start, d.left = at, 0
					if !s.have(8) {
						return d.stopped(i, began)
					}
					at, end = s.start, s.end
				}
				codes = binary.LittleEndian.Uint64(buffer[at : at+8])
				at += 8
				left = 8
			}
			code = byte(codes)
			codes >>= 8
			left--
			e := &d.plan[i]
			switch {
			case code < codeEnd && code > codePadding && e.kind == number: // by far the most
				values[e.column][row] = d.table[code]
			case code == codePadding:
			case code == codeLiteral:
				if end-at < 8 {
					s.start = at
					if !s.have(8) {
						return d.cutShort(i, began)
					}
					at, end = s.start, s.end
				}
				b := buffer[at : at+8]
				at += 8
				if e.kind == number {
					values[e.column][row] = d.number(b)
				} else if e.kind != skipNumber {
					s.start = at
					d.piece(e, b)
				}
			case code == codeEnd:
				s.start, d.ended = at, true
				return d.stopped(i, began)
			case e.kind == number && code != codeBlanks:
				values[e.column][row] = d.table[code]
			case e.kind == skipNumber && code != codeBlanks:
			case e.kind == number, e.kind == skipNumber:
				s.start = at
				return d.misplaced(i, "blanks, want a number")
			case code == codeBlanks:
				s.start = at
				d.piece(e, blanks)
			case code == codeMissing:
				s.start = at
				return d.misplaced(i, "a missing number, want text")
			case d.table[code] == 0: // some writers have NULs for blanks
				s.start = at
				d.piece(e, nuls)
			default:
				s.start = at
				return d.misplaced(i, fmt.Sprintf("the number %v, want text", d.table[code]))
			}
		}
	}
	s.start, d.codes, d.left = at, codes, left
	return true
}

// piece takes 8 bytes of text and, with the last of a cell, gives it out.
func (d *decoder) piece(e *element, b []byte) {
	switch e.kind {
	case skipText:
	case textOnly:
		d.cell(d.columns[e.column], b[:e.bytes])
	case textFirst:
		d.text = append(d.text[:0], b[:e.bytes]...)
	case textMore:
		d.text = append(d.text, b[:e.bytes]...)
	case textLast:
		d.text = append(d.text, b[:e.bytes]...)
		d.cell(d.columns[e.column], d.text)
	}
}

// stopped is where a case wants an element and the cases end; that is well
// before its first, unless the header announces more.
func (d *decoder) stopped(element int, began int64) bool {
	rest := d.data.buffer[d.data.start:d.data.end]
	if len(bytes.TrimLeft(rest, filler)) == 0 && d.head.cases < 0 && element == 0 {
		rest = nil // which end tells of
	}
	if !d.ended && (d.data.err != io.EOF || len(rest) > 0) || element > 0 {
		return d.cutShort(element, began)
	}
	if d.head.cases >= 0 {
		d.problems.AddHint("fetch the file again", d.where, "%s: %s: cases: %d rows, and the header announces %d", format, d.place(d.data.pos()), d.before+d.row, d.head.cases)
	}
	return false
}

// cutShort reports a case that ends before its last element.
func (d *decoder) cutShort(element int, began int64) bool {
	switch {
	case d.ended:
		return d.fault(began, d.owner[element], "the code of the end is within the row")
	case d.data.err == io.EOF:
		return d.fault(began, d.owner[element], "the row is cut short at %s", d.place(d.data.pos()+int64(d.data.end-d.data.start)))
	case d.data.err == errReported:
		return false
	}
	return d.failed(d.data.err)
}

// misplaced reports a code that the variable cannot have.
func (d *decoder) misplaced(element int, what string) bool {
	return d.fault(d.data.pos(), d.owner[element], "a code for %s", what)
}

// place is a byte of the cases: of the file, or of what its blocks give.
func (d *decoder) place(offset int64) string {
	if d.head.compression == zlibbed {
		return fmt.Sprintf("byte %d of the decompressed cases", offset)
	}
	return fmt.Sprintf("byte %d", offset)
}

// fault reports a problem of the present row and a variable.
func (d *decoder) fault(offset int64, v *variable, what string, args ...any) bool {
	d.problems.Add(d.where, "%s: %s: cases: row %d: variable %q: %s", format, d.place(offset), d.before+d.row+1, v.name, fmt.Sprintf(what, args...))
	return false
}

// end checks what comes after the last row.
func (d *decoder) end(b *blocks) {
	if d.head.compression != uncompressed && !d.ended {
		code, ok := d.code()
		d.ended = ok && code == codeEnd
		if ok && !d.ended {
			d.problems.Add(d.where, "%s: %s: cases: they go on after the %d rows that the header announces", format, d.place(d.data.pos()), d.head.cases)
			return
		}
	}
	at := d.data.pos()
	count, padding := d.data.drain()
	switch {
	case d.data.err == errReported:
		return
	case d.data.err != io.EOF:
		d.failed(d.data.err)
		return
	case !padding && !d.ended:
		d.problems.Add(d.where, "%s: %s: cases: %d bytes after the %d rows that the header announces", format, d.place(at), count, d.head.cases)
		return
	case count > 0:
		d.warnings.add("%s: %d bytes after the end of the cases", d.place(at), count)
	}
	if b == nil {
		return
	}
	at = b.at()
	rest := newSource(b.in, len(d.buffer))
	if count, _ = rest.drain(); count > 0 {
		d.warnings.add("byte %d: %d bytes after the end of the blocks", at, count)
	}
	if rest.err != io.EOF {
		d.failed(rest.err)
	}
}
