package sav

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/ingest/spss"
	"togetherwecan/pipeline/table"
)

// TestMutations reads mutations of the corpus, and of the parts of a file that
// have a grammar of their own.
func TestMutations(t *testing.T) {
	hostile.Mutations(t, fileTarget(t), recordsTarget(), bytecodesTarget(), zlibTarget(), formatTarget())
}

// tested is this package to the tests of any reader, within limits.
func tested(limits Limits) hostile.Reader[File] {
	return hostile.Reader[File]{
		Read: func(data []byte, want []string) (*File, error) {
			return read(bytes.NewReader(data), 1<<10, "f", want, limits)
		},
		Scan: func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
			return scan(bytes.NewReader(data), bufferBytes, "f", nil, want, limits, batch, each)
		},
		Parts: func(f *File) (*table.Table, []string) { return f.Table, f.Names },
		Sound: sound,
	}
}

// sound returns what is not true of an answer and should be of any: refused
// with a reason and a place, or a table within its own numbers.
func sound(f *File, err error) error {
	if err != nil {
		return hostile.Refused(f != nil, err, format+": ")
	}
	return hostile.Sound(f.Table, f.Names)
}

func fileTarget(t *testing.T) hostile.Target {
	target := hostile.Target{Name: "file", Tokens: []string{
		"$FL2", "$FL3", "\x02\x00\x00\x00", "\x03\x00\x00\x00", "\x04\x00\x00\x00", "\x06\x00\x00\x00", "\x07\x00\x00\x00", "\xe7\x03\x00\x00\x00\x00\x00\x00",
		"UTF-8", "windows-1252", "Shift_JIS", "\xff\xff\xff\xff", "=", "\t", "00600\x00\t", "\xfc", "\xfd", "\xfe", "\xff", "\xff\xff\xff\xff\xff\xff\xef\xff",
	}}
	for _, file := range corpus(t) {
		if len(file.Data) <= 4<<10 {
			target.Seeds = append(target.Seeds, file.Data)
		}
	}
	target.Check = tested(Limits{}).Check(16)
	return target
}

// recordsTarget is records of type 7: the first byte says of which subtype.
// What they say leaves the numbers as they are.
func recordsTarget() hostile.Target {
	begin := file(little, uncompressed, 1, 2).number("A", "").text(20, "S", "").text(255, "LONG", "").text(96, "LONG0", "").Bytes()
	end := (&writer{order: little}).end().put(1.5, pad("a", 24), pad("b", 256), pad("c", 96), -2.5, pad("", 24), pad("", 256), pad("", 96)).Bytes()
	long := func(parts ...any) string { return (&writer{order: little}).put(parts...).String() }
	seeds := map[byte][]string{
		integerInfo:      {long(26, 0, 0, -1, 1, 1, 2, 65001)},
		variableSets:     {"First set= A S\nSecond= LONG A\r\n"},
		responseSets:     {"$a=C 5 label A S\n$b=D1 1 4 four A\n$c=E 1 2 10 0  A S\n", "$d=D3 Yes 0  S LONG\n"},
		responseSetsMore: {"$c=E 11 2 10 3 abc A S\n"},
		display:          {long(3, 8, 1, 1, 10, 0, 1, 8, 0, 2, 8, 1), long(3, 1, 1, 2)},
		longNames:        {"A=age\tS=Town\tLONG=averyveryverylongname", "A=S\tS=A"},
		veryLongStrings:  {"LONG=00348\x00\t", "LONG=00300\x00\tS=00020\x00\t"},
		caseCount:        {long(int64(1), int64(2))},
		fileAttributes:   {"Archive('UKDS'\n)Order('1'\n'2'\n)"},
		attributes:       {"A:Question('What, 'exactly'?'\n)/S:$@Role('1'\n)x('y'\n'z'\n)"},
		encodingName:     {"UTF-8", "windows-1252", "Shift_JIS", "GB18030", "IBM850"},
		longLabels:       {long(1, "S", 20, 2, 20, pad("twenty letters here", 20), 6, "A long", 20, pad("dk", 20), 4, "Dont")},
		longMissing:      {long(1, "S", byte(2), 8, pad("dk", 8), pad("refused", 8)), long(1, "S", byte(2), 8, pad("dk", 8), 8, pad("refused", 8))},
	}
	target := hostile.Target{Name: "records of type 7", Tokens: []string{"A", "S", "LONG", "LONG0", "=", "\t", "\n", " ", "'", "')", "(", "/", ":", "$", "C ", "D", "E 11 ", "00600", "\x00\t"}}
	for _, subtype := range []byte{integerInfo, variableSets, responseSets, responseSetsMore, display, longNames, veryLongStrings, caseCount, fileAttributes, attributes, encodingName, longLabels, longMissing} {
		for _, seed := range seeds[subtype] {
			target.Seeds = append(target.Seeds, append([]byte{subtype}, seed...))
		}
	}
	target.Check = func(data []byte, n uint64) error {
		if len(data) == 0 {
			return nil
		}
		size := 1
		switch data[0] {
		case integerInfo, display:
			size = 4
		case floatInfo, caseCount:
			size = 8
		}
		data = data[:1+(len(data)-1)/size*size]
		made := make([]byte, 0, len(begin)+len(data)+len(end)+16)
		made = append(made, begin...)
		for _, part := range []int{7, int(data[0]), size, (len(data) - 1) / size} {
			made = binary.LittleEndian.AppendUint32(made, uint32(part))
		}
		made = append(append(made, data[1:]...), end...)
		f, err := read(bytes.NewReader(made), 1<<10, "f", nil, Limits{})
		if broken := sound(f, err); broken != nil {
			return broken
		}
		if err == nil && data[0] != floatInfo && (f.Table.Rows != 2 || !slices.Equal(f.Table.Columns[0].Values, []float64{1.5, -2.5})) {
			return fmt.Errorf("%d rows of %v, want 1.5 and -2.5", f.Table.Rows, f.Table.Columns[0].Values)
		}
		if n%64 == 0 {
			return tested(Limits{}).Batched(made, f, err)
		}
		return nil
	}
	return target
}

// bytecodesTarget is compressed cases of a number and a text of 12 bytes, held
// to a decoder that does one element at a time.
func bytecodesTarget() hostile.Target {
	begin := file(little, bytecode, 0, -1).number("A", "").text(12, "T", "").end().Bytes()
	return hostile.Target{
		Name: "bytecodes",
		Seeds: [][]byte{
			[]byte("\x65\xfd\xfe\x66\xfe\xfe\xff\xfdabcdefghijklmnop\xfd\xfc\x00\x00\x00\x00\x00\x00qrstuvwx"),
			[]byte("\xfd\xfe\xfe\x01\xfd\xfd\xfb\xfe\x00\x00\x00\x00\x00\x00\xf0\x3fabcdefghijkl    \xfe\xfc\x00\x00\x00\x00\x00\x00"),
			[]byte("\x00\x65\x00\xfe\x00\xfe\x00\x00\x64\xfe\xfe\xfc\x00\x00\x00\x00"),
		},
		Tokens: []string{"\xfc", "\xfd", "\xfe", "\xff", "\x00", "\x64", "        ", "\x00\x00\x00\x00\x00\x00\x00\x00"},
		Check: func(data []byte, _ uint64) error {
			f, err := read(bytes.NewReader(slices.Concat(begin, data)), 1<<10, "f", nil, Limits{})
			if broken := sound(f, err); broken != nil {
				return broken
			}
			numbers, texts, ok := decoded(data)
			if ok != (err == nil) {
				return fmt.Errorf("read: %v, want %v", err, ok)
			}
			if ok && !(slices.EqualFunc(numbers, f.Table.Columns[0].Values, same) && slices.Equal(texts, f.Table.Columns[1].Text)) {
				return fmt.Errorf("%v %q, want %v %q", f.Table.Columns[0].Values, f.Table.Columns[1].Text, numbers, texts)
			}
			return nil
		},
	}
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// decoded reads bytecodes as the description of the format has them.
func decoded(data []byte) (numbers []float64, texts []string, ok bool) {
	var codes []byte
	element, text := 0, ""
	for {
		if element == 0 {
			text = ""
		}
		if len(codes) == 0 {
			if len(data) < 8 {
				// Without a code of the end, the cases end between two rows.
				return numbers, texts, element == 0 && len(bytes.Trim(data, "\x00\r\n")) == 0
			}
			codes, data = data[:8], data[8:]
		}
		code := codes[0]
		codes = codes[1:]
		var literal []byte
		switch {
		case code == 0:
			continue
		case code == 252: // what comes after is worth a warning alone
			return numbers, texts, element == 0
		case code == 253:
			if len(data) < 8 {
				return nil, nil, false
			}
			literal, data = data[:8], data[8:]
		case element == 0 && code == 254, element > 0 && code != 254 && code != 100:
			return nil, nil, false
		}
		switch {
		case element == 0 && literal != nil:
			v := math.Float64frombits(binary.LittleEndian.Uint64(literal))
			if v == -math.MaxFloat64 {
				v = math.NaN()
			}
			numbers = append(numbers, v)
		case element == 0 && code == 255:
			numbers = append(numbers, math.NaN())
		case element == 0:
			numbers = append(numbers, float64(code)-100)
		case code == 254:
			text += "        "
		case code == 100: // of writers that have NULs for blanks
			text += "\x00\x00\x00\x00\x00\x00\x00\x00"
		default:
			text += string(literal)
		}
		if element++; element == 3 {
			trimmed := strings.TrimRight(text[:12], " \x00")
			text, _ := (&codepage.Encoding{}).Text([]byte(trimmed))
			texts = append(texts, strings.TrimRight(text, " \x00"))
			element = 0
		}
	}
}

// zlibTarget is the blocks of a .zsav, from their header to the end: refused,
// or what they were: they have check sums.
func zlibTarget() hostile.Target {
	begin := file(little, zlibbed, 0, -1).number("A", "").text(12, "T", "").end()
	n := begin.Len()
	plain := []byte("\x65\xfd\xfe\x66\xfe\xfe\xff\xfdabcdefghijklmnop\xfc\x00\x00\x00\x00\x00\x00\x00")
	twice := (&writer{order: little}).put(begin.Bytes()).zlib(plain[:8], plain[8:]).Bytes()
	once := begin.zlib(plain).Bytes()
	want := show(readBytes(once, Limits{}))
	return hostile.Target{
		Name:   "zlib",
		Few:    1_000,
		Seeds:  [][]byte{once[n:], twice[n:]},
		Tokens: []string{"\x78\x9c", "\x78\x01", "\x9c\xff\xff\xff\xff\xff\xff\xff", "\x00\xf0\x3f\x00", "\x01\x00\x00\xff\xff"},
		Check: func(data []byte, _ uint64) error {
			f, err := read(bytes.NewReader(slices.Concat(once[:n], data)), 1<<10, "f", nil, Limits{})
			if broken := sound(f, err); broken != nil || err != nil {
				return broken
			}
			if got := show(f, err); got != want {
				return fmt.Errorf("read as\n%s\nwant\n%s", got, want)
			}
			return nil
		},
	}
}

// formatTarget is the display format of a variable record and the variable's
// width: what is printed of it parses as the same.
func formatTarget() hostile.Target {
	numbers := map[string]int{}
	for n, name := range spss.Formats {
		numbers[name] = n
	}
	target := hostile.Target{Name: "display formats"}
	for kind := range byte(45) {
		target.Seeds = append(target.Seeds, []byte{2, 8, kind, 0, 0, 0}, []byte{0, 255, kind, 0, 0x2c, 0x01})
	}
	target.Check = func(data []byte, _ uint64) error {
		if len(data) < 6 {
			return nil
		}
		code, width := binary.LittleEndian.Uint32(data), int(binary.BigEndian.Uint16(data[4:]))
		text := formatName(code, width)
		name := strings.TrimRight(text, "0123456789.")
		kind, known := numbers[name]
		if text == "" {
			if spss.Formats[int(code>>16&0xff)] != "" {
				return fmt.Errorf("%#x has no format", code)
			}
			return nil
		}
		w, decimals, pointed := strings.Cut(strings.TrimPrefix(text, name), ".")
		total, err := strconv.Atoi(w)
		d, errD := strconv.Atoi(decimals)
		want := int(code >> 8 & 0xff)
		switch {
		case name == "A" && width > 255:
			want = width
		case name == "AHEX" && width > 127:
			want = 2 * width
		}
		if !known || kind != int(code>>16&0xff) || err != nil || total != want || pointed && (errD != nil || d != int(code&0xff)) || !pointed && code&0xff > 0 {
			return fmt.Errorf("%#x of width %d is %q", code, width, text)
		}
		return nil
	}
	return target
}
