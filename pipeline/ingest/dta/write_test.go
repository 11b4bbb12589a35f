package dta

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A dataset is what the tests' own writer makes a file of, in any version and
// byte order. The writer follows Stata's descriptions of the formats and
// shares nothing with the reader.
type dataset struct {
	version int
	big     bool
	label   string
	stamp   string // 17 bytes, or ""
	sorted  []int  // variables, from 1
	vars    []madeVariable
	rows    int
	chars   []Characteristic
	sets    []madeSet
}

// A madeVariable has one cell a row: a float64, a missing letter ('.' or 'a'
// to 'z' as a byte), raw bits (uint64), a string, or a place of a strL.
type madeVariable struct {
	name, kind, format, label, set string
	cells                          []any
}

type madeSet struct {
	name   string
	values []int32
	labels []string
}

type writer struct {
	bytes.Buffer
	dataset
	order binary.AppendByteOrder
}

func (w *writer) u(width int, x uint64) {
	var b []byte
	switch width {
	case 1:
		b = []byte{byte(x)}
	case 2:
		b = w.order.AppendUint16(nil, uint16(x))
	case 4:
		b = w.order.AppendUint32(nil, uint32(x))
	case 8:
		b = w.order.AppendUint64(nil, x)
	}
	w.Write(b)
}

func (w *writer) fixed(width int, s string) {
	b := make([]byte, width)
	copy(b, s)
	w.Write(b)
}

// by picks the last of pairs (first version, width) that the version is not
// before.
func (w *writer) by(pairs ...int) int {
	width := pairs[1]
	for i := 0; i < len(pairs); i += 2 {
		if w.version >= pairs[i] {
			width = pairs[i+1]
		}
	}
	return width
}

func (w *writer) nameWidth() int { return w.by(104, 9, 110, 33, 118, 129) }

// file returns the bytes of the data set.
func (d dataset) file() []byte {
	w := &writer{dataset: d, order: binary.LittleEndian}
	if d.big {
		w.order = binary.BigEndian
	}
	if d.version >= 117 {
		w.tagged()
	} else {
		w.old()
	}
	return w.Bytes()
}

func (w *writer) old() {
	order := byte(2)
	if w.big {
		order = 1
	}
	w.Write([]byte{byte(w.version), order, 1, 0})
	w.u(2, uint64(len(w.vars)))
	w.u(4, uint64(w.rows))
	w.fixed(w.by(104, 32, 108, 81), w.label)
	if w.version >= 105 {
		w.fixed(18, w.stamp)
	}
	w.descriptors(func(int) {})
	if w.version >= 105 {
		for _, c := range w.chars {
			w.u(1, 1)
			w.u(w.by(105, 2, 110, 4), uint64(2*w.nameWidth()+len(c.Text)+1))
			w.char(c)
		}
		w.u(1, 0)
		w.u(w.by(105, 2, 110, 4), 0)
	}
	w.data()
	for _, s := range w.sets {
		w.set(s)
	}
}

func (w *writer) char(c Characteristic) {
	w.fixed(w.nameWidth(), c.Variable)
	w.fixed(w.nameWidth(), c.Name)
	w.fixed(len(c.Text)+1, c.Text)
}

func (w *writer) tagged() {
	order := "LSF"
	if w.big {
		order = "MSF"
	}
	fmt.Fprintf(w, "<stata_dta><header><release>%d</release><byteorder>%s</byteorder><K>", w.version, order)
	w.u(w.by(117, 2, 119, 4), uint64(len(w.vars)))
	w.WriteString("</K><N>")
	w.u(w.by(117, 4, 118, 8), uint64(w.rows))
	w.WriteString("</N><label>")
	w.u(w.by(117, 1, 118, 2), uint64(len(w.label)))
	w.WriteString(w.label + "</label><timestamp>")
	w.u(1, uint64(len(w.stamp)))
	w.WriteString(w.stamp + "</timestamp></header>")
	places := []uint64{0, uint64(w.Len())}
	w.WriteString("<map>" + strings.Repeat("\x00", 14*8) + "</map>")
	place := func(int) { places = append(places, uint64(w.Len())) }
	w.descriptors(place)
	place(0)
	w.WriteString("<characteristics>")
	for _, c := range w.chars {
		w.WriteString("<ch>")
		w.u(4, uint64(2*w.nameWidth()+len(c.Text)+1))
		w.char(c)
		w.WriteString("</ch>")
	}
	w.WriteString("</characteristics>")
	place(0)
	w.WriteString("<data>")
	w.data()
	w.WriteString("</data>")
	place(0)
	w.WriteString("<strls>")
	w.longStrings()
	w.WriteString("</strls>")
	place(0)
	w.WriteString("<value_labels>")
	for _, s := range w.sets {
		w.WriteString("<lbl>")
		w.set(s)
		w.WriteString("</lbl>")
	}
	w.WriteString("</value_labels>")
	place(0)
	w.WriteString("</stata_dta>")
	place(0)
	at := w.Bytes()[places[1]+5:]
	for i, p := range places {
		copy(at[8*i:], w.order.AppendUint64(nil, p))
	}
}

var madeCodes = map[string][3]uint64{"byte": {'b', 251, 65530}, "int": {'i', 252, 65529}, "long": {'l', 253, 65528}, "float": {'f', 254, 65527}, "double": {'d', 255, 65526}, "strL": {0, 0, 32768}}

func (w *writer) section(name string, place func(int), fields func()) {
	place(0)
	if w.version >= 117 {
		w.WriteString("<" + name + ">")
	}
	fields()
	if w.version >= 117 {
		w.WriteString("</" + name + ">")
	}
}

func (w *writer) descriptors(place func(int)) {
	each := func(width int, field func(madeVariable) string) func() {
		return func() {
			for _, v := range w.vars {
				w.fixed(width, field(v))
			}
		}
	}
	w.section("variable_types", place, func() {
		for _, v := range w.vars {
			generation := w.by(104, 0, 111, 1, 117, 2)
			code := madeCodes[v.kind][generation]
			if width := stringWidth(v.kind); width > 0 {
				code = uint64(width)
				if generation == 0 {
					code += 0x7f
				}
			}
			w.u(w.by(104, 1, 117, 2), code)
		}
	})
	w.section("varnames", place, each(w.nameWidth(), func(v madeVariable) string { return v.name }))
	w.section("sortlist", place, func() {
		for i := range len(w.vars) + 1 {
			p := 0
			if i < len(w.sorted) {
				p = w.sorted[i]
			}
			w.u(w.by(104, 2, 119, 4), uint64(p))
		}
	})
	w.section("formats", place, each(w.by(104, 7, 105, 12, 114, 49, 118, 57), func(v madeVariable) string { return v.format }))
	w.section("value_label_names", place, each(w.nameWidth(), func(v madeVariable) string { return v.set }))
	w.section("variable_labels", place, each(w.by(104, 32, 108, 81, 118, 321), func(v madeVariable) string { return v.label }))
}

func stringWidth(kind string) (width int) {
	fmt.Sscanf(kind, "str%d", &width)
	return width
}

func (w *writer) data() {
	for row := range w.rows {
		for i, v := range w.vars {
			switch cell := v.cells[row].(type) {
			case string:
				if v.kind == "strL" {
					w.longPlace(cell, uint64(i+1), uint64(row+1))
				} else {
					w.fixed(stringWidth(v.kind), cell)
				}
			case float64:
				w.number(v.kind, cell)
			case byte:
				w.missing(v.kind, cell)
			case uint64:
				w.u(map[string]int{"byte": 1, "int": 2, "long": 4, "float": 4, "double": 8, "strL": 8}[v.kind], cell)
			}
		}
	}
}

func (w *writer) number(kind string, x float64) {
	switch kind {
	case "byte":
		w.u(1, uint64(int64(x)))
	case "int":
		w.u(2, uint64(int64(x)))
	case "long":
		w.u(4, uint64(int64(x)))
	case "float":
		w.u(4, uint64(math.Float32bits(float32(x))))
	case "double":
		w.u(8, math.Float64bits(x))
	}
}

func (w *writer) missing(kind string, letter byte) {
	step := uint64(0)
	if letter != '.' {
		step = uint64(letter-'a') + 1
	}
	if w.version < 113 {
		double := uint64(0x54c0000000000000)
		if w.version >= 108 {
			double = 0x7fe0000000000000
		}
		w.u(map[string]int{"byte": 1, "int": 2, "long": 4, "float": 4, "double": 8}[kind],
			map[string]uint64{"byte": 127, "int": 32767, "long": 2147483647, "float": 0x7f000000, "double": double}[kind])
		return
	}
	switch kind {
	case "byte":
		w.u(1, 101+step)
	case "int":
		w.u(2, 32741+step)
	case "long":
		w.u(4, 2147483621+step)
	case "float":
		w.u(4, 0x7f000000+step<<11)
	case "double":
		w.u(8, 0x7fe0000000000000+step<<40)
	}
}

func (w *writer) longPlace(text string, variable, row uint64) {
	if text == "" {
		variable, row = 0, 0
	}
	var b []byte
	switch {
	case w.version == 117:
		b = w.order.AppendUint32(w.order.AppendUint32(nil, uint32(variable)), uint32(row))
	case w.big:
		bits := w.by(117, 32, 118, 48, 119, 40)
		b = binary.BigEndian.AppendUint64(nil, variable<<bits|row)
	default:
		bits := w.by(117, 32, 118, 16, 119, 24)
		b = binary.LittleEndian.AppendUint64(nil, row<<bits|variable)
	}
	w.Write(b)
}

func (w *writer) longStrings() {
	for row := range w.rows {
		for i, v := range w.vars {
			text, ok := v.cells[row].(string)
			if v.kind != "strL" || !ok || text == "" {
				continue
			}
			w.WriteString("GSO")
			w.u(4, uint64(i+1))
			w.u(w.by(117, 4, 118, 8), uint64(row+1))
			if binaryText, ok := strings.CutPrefix(text, "binary:"); ok {
				w.u(1, 129)
				w.u(4, uint64(len(binaryText)))
				w.WriteString(binaryText)
				continue
			}
			w.u(1, 130)
			w.u(4, uint64(len(text)+1))
			w.WriteString(text + "\x00")
		}
	}
}

func (w *writer) set(s madeSet) {
	if w.version < 108 {
		w.u(2, uint64(len(s.values)))
		w.fixed(10, s.name)
		for _, v := range s.values {
			w.u(2, uint64(v))
		}
		for _, l := range s.labels {
			w.fixed(8, l)
		}
		return
	}
	text := strings.Join(s.labels, "\x00") + "\x00"
	w.u(4, uint64(8+8*len(s.values)+len(text)))
	w.fixed(w.nameWidth()+3, s.name)
	w.u(4, uint64(len(s.values)))
	w.u(4, uint64(len(text)))
	at := 0
	for _, l := range s.labels {
		w.u(4, uint64(at))
		at += len(l) + 1
	}
	for _, v := range s.values {
		w.u(4, uint64(v))
	}
	w.WriteString(text)
}

// everything is a data set with each type, kind of missing value and piece of
// description that its version has.
func everything(version int, big bool) dataset {
	d := dataset{version: version, big: big, label: "A caf\xe9", stamp: "21 Nov 2026 09:30", sorted: []int{2, 1}, rows: 31}
	accent := "caf\xe9 \x80"
	if version < 105 {
		d.stamp = ""
	}
	if version >= 118 {
		d.label, accent = "A café", "café €"
	}
	extremes := map[string][]any{
		"byte":   {-127.0, 100.0, 0.0, -1.0},
		"int":    {-32767.0, 32740.0, 0.0, -1.0},
		"long":   {-2147483647.0, 2147483620.0, 16777217.0, -1.0},
		"float":  {float64(math.Float32frombits(0x7effffff)), float64(float32(0.1)), -1.5, float64(math.SmallestNonzeroFloat32)},
		"double": {math.Float64frombits(0x7fdfffffffffffff), 0.1, -1e300, 5e-324},
	}
	if version < 108 {
		extremes["double"][0] = 1e99
	}
	for i, kind := range []string{"byte", "int", "long", "float", "double"} {
		v := madeVariable{name: "V" + kind, kind: kind, format: []string{"%8.0g", "%8.0g", "%12.0g", "%9.0g", "%10.0g"}[i], label: kind + " " + accent, cells: slices.Clone(extremes[kind])}
		v.cells = append(v.cells, byte('.'))
		for letter := byte('a'); letter <= 'z'; letter++ {
			if version < 113 {
				letter = '.'
			}
			v.cells = append(v.cells, letter)
			if len(v.cells) == d.rows {
				break
			}
		}
		if kind == "byte" || kind == "long" {
			v.set = "answers"
		}
		d.vars = append(d.vars, v)
	}
	texts := madeVariable{name: "name", kind: "str10", format: "%10s"}
	for row := range d.rows {
		texts.cells = append(texts.cells, []any{"", "full width", accent, "  pads  ", "cut\x00here"}[row%5])
	}
	d.vars = append(d.vars, texts)
	answers := madeSet{"answers", []int32{-1, 1, 0}, []string{"refused", "yes " + accent[:3], "no"}}
	if version >= 113 {
		answers.values = append(answers.values, 2147483621+1, 2147483621+26)
		answers.labels = append(answers.labels, "not asked", "last "+accent)
	}
	d.sets = []madeSet{answers, {"spare", []int32{1}, []string{"one"}}}
	if version >= 105 {
		d.chars = []Characteristic{{"_dta", "note0", "2"}, {"_dta", "note2", "second"}, {"_dta", "note1", "first " + accent}, {"Vint", "note1", "of int"}, {"Vint", "origin", "asked"}}
	}
	if version >= 117 {
		long := madeVariable{name: "essay", kind: "strL", format: "%9s"}
		for row := range d.rows {
			long.cells = append(long.cells, []any{"", strings.Repeat("long "+accent, 50), "short"}[row%3])
		}
		d.vars = append(d.vars, long, madeVariable{name: "wide", kind: "str250", format: "%250s", cells: slices.Repeat([]any{strings.Repeat("w", 249) + "x"}, d.rows)})
	}
	return d
}

var versions = []int{104, 105, 108, 110, 111, 113, 114, 115, 117, 118, 119}
