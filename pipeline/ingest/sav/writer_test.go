package sav

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// A writer puts a system file together record by record, as the format's
// description has them, in either byte order, right or wrong.
type writer struct {
	bytes.Buffer
	order binary.AppendByteOrder
}

// little and big are the byte orders of the files that tests write.
var (
	little binary.AppendByteOrder = binary.LittleEndian
	big    binary.AppendByteOrder = binary.BigEndian
)

// put appends numbers and text as they are: int is 32 bits.
func (w *writer) put(parts ...any) *writer {
	for _, part := range parts {
		switch v := part.(type) {
		case int:
			w.Write(w.order.AppendUint32(nil, uint32(int32(v))))
		case int64:
			w.Write(w.order.AppendUint64(nil, uint64(v)))
		case float64:
			w.Write(w.order.AppendUint64(nil, math.Float64bits(v)))
		case byte:
			w.WriteByte(v)
		case string:
			w.WriteString(v)
		case []byte:
			w.Write(v)
		default:
			panic(fmt.Sprintf("put of %T", part))
		}
	}
	return w
}

// pad is text of n bytes, filled with blanks.
func pad(s string, n int) string { return s + strings.Repeat(" ", n-len(s)) }

// file begins a file of this many cases, or -1.
func file(order binary.AppendByteOrder, compression, weight, cases int) *writer {
	w := &writer{order: order}
	magic := "$FL2"
	if compression == zlibbed {
		magic = "$FL3"
	}
	return w.put(magic, pad("@(#) SPSS DATA FILE the tests", 60), 2, -1, compression, weight, cases, 100.0,
		"01 Jan 24", "00:00:00", pad("A label", 64), "\x00\x00\x00")
}

const f82, a8 = 5<<16 | 8<<8 | 2, 1 << 16

// number and text append a variable record, with the continuation records that
// text needs.
func (w *writer) number(name, label string, missing ...any) *writer {
	return w.variable(0, f82, name, label, len(missing), missing...)
}

func (w *writer) text(width int, name, label string, missing ...any) *writer {
	w.variable(width, a8|width<<8, name, label, len(missing), missing...)
	for range (width+7)/8 - 1 {
		w.put(2, -1, 0, 0, 0, 0, pad("", 8))
	}
	return w
}

func (w *writer) variable(width, format int, name, label string, count int, missing ...any) *writer {
	has := 0
	if label != "" {
		has = 1
	}
	w.put(2, width, has, count, format, format, pad(name, 8))
	if has == 1 {
		w.put(len(label), label, make([]byte, (4-len(label)%4)%4))
	}
	return w.put(missing...)
}

// ranged is a number with a range of missing values, and perhaps one more.
func (w *writer) ranged(name string, missing ...any) *writer {
	return w.variable(0, f82, name, "", -len(missing), missing...)
}

// labels appends value labels, in pairs of value and label, for elements.
func (w *writer) labels(elements []int, pairs ...any) *writer {
	w.put(3, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		label := pairs[i+1].(string)
		w.put(pairs[i], byte(len(label)), label, make([]byte, (8-(len(label)+1)%8)%8))
	}
	w.put(4, len(elements))
	for _, e := range elements {
		w.put(e)
	}
	return w
}

// more appends a record 7 of the parts.
func (w *writer) more(subtype, size int, parts ...any) *writer {
	data := (&writer{order: w.order}).put(parts...)
	return w.put(7, subtype, size, data.Len()/size, data.Bytes())
}

func (w *writer) machine(codePage int) *writer {
	endian := 2
	if w.order == big {
		endian = 1
	}
	return w.more(integerInfo, 4, 1, 2, 3, -1, 1, 1, endian, codePage).
		more(floatInfo, 8, -math.MaxFloat64, math.MaxFloat64, math.Nextafter(-math.MaxFloat64, 0))
}

func (w *writer) encoding(name string) *writer { return w.more(encodingName, 1, name) }

// end ends the dictionary.
func (w *writer) end() *writer { return w.put(999, 0) }

// zlib appends blocks of bytecodes with their header and trailer.
func (w *writer) zlib(datas ...[]byte) *writer {
	header := int64(w.Len())
	trailer := &writer{order: w.order}
	body := &bytes.Buffer{}
	before := header
	for _, data := range datas {
		began := body.Len()
		z := zlib.NewWriter(body)
		z.Write(data)
		z.Close()
		trailer.put(before, header+24+int64(began), len(data), body.Len()-began)
		before += int64(len(data))
	}
	w.put(header, header+24+int64(body.Len()), int64(24+trailer.Len()), body.Bytes())
	return w.put(int64(-100), int64(0), 0x3ff000, len(datas), trailer.Bytes())
}
