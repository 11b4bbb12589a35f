package sav

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// A sample is a file that the tests write, and what is in it: one line a
// column, as show has it. The readable ones are in the corpus too, as
// go-NAME, for haven and PSPP to read.
type sample struct {
	name string
	file *writer
	want string
}

var sysmis = -math.MaxFloat64

// show is a table in lines: name, label, format, measure, value labels, missing
// values, and then the rows.
func show(f *File, err error) string {
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, c := range f.Table.Columns {
		v := c.Variable
		line := fmt.Sprintf("%s %q %s %s", v.Name, v.Label, v.Recorded.Format, v.Recorded.Measure)
		line = strings.TrimRight(line, " ")
		for _, category := range v.Categories {
			line += fmt.Sprintf(" %s=%s", category.Code, category.Label)
		}
		for _, m := range v.Recorded.Missing {
			line += fmt.Sprintf(" [%v,%v]", m.Low, m.High)
		}
		for _, m := range v.Recorded.Texts {
			line += fmt.Sprintf(" [%s]", m)
		}
		line += ":"
		for row := range f.Table.Rows {
			if c.Text != nil {
				line += fmt.Sprintf(" %q", c.Text[row])
			} else {
				line += fmt.Sprintf(" %v", c.Values[row])
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// twoByTwo is a number and a text in two rows, without compression.
func twoByTwo(order binary.AppendByteOrder, cases int) *writer {
	return file(order, uncompressed, 0, cases).
		number("AGE", "Age last birthday", 98.0, 99.0).text(10, "TOWN", "").
		labels([]int{1}, 98.0, "refused", 99.0, "don't know").
		more(display, 4, 3, 8, 1, 1, 10, 0).machine(65001).
		more(longNames, 1, "AGE=age\tTOWN=Town").encoding("UTF-8").end().
		put(42.5, pad("Leeds", 16)).put(sysmis, pad("Llanfair\xc3\xa2", 16))
}

const twoByTwoIs = "age \"Age last birthday\" F8.2 scale 98=refused 99=don't know [98,98] [99,99]: 42.5 NaN\n" +
	"Town \"\" A10 nominal: \"Leeds\" \"Llanfair\u00e2\""

// veryLong is text of 600 bytes in three segments, between numbers.
func veryLong(order binary.AppendByteOrder) *writer {
	w := file(order, uncompressed, 0, 1).number("A", "").text(255, "LONG", "A long text").text(255, "LONG0", "").text(96, "LONG1", "").number("B", "")
	w.machine(65001).more(display, 4, 3, 8, 1, 1, 8, 0, 1, 8, 0, 1, 8, 0, 2, 8, 1).
		more(veryLongStrings, 1, "LONG=00600\x00\t").more(longNames, 1, "LONG=LongText").encoding("UTF-8").end()
	text := longText()
	return w.put(1.0, text[:255], " ", text[255:510], " ", pad(text[510:], 96), 2.0)
}

func longText() string {
	return strings.Repeat("a", 250) + "0123456789" + strings.Repeat("b", 240) + "0123456789ABCDEFGHIJ" + strings.Repeat("c", 79) + "z"
}

// page is a file in a code page: its number in record 7/3 and its name in
// 7/20, 0 and "" for none.
func page(number int, name, text string) *writer {
	w := file(little, uncompressed, 0, 1).text(8, "V", text, pad(text, 8)).labels([]int{1}, pad(text, 8), text)
	if number != 0 {
		w.machine(number)
	}
	if name != "" {
		w.encoding(name)
	}
	return w.end().put(pad(text, 8))
}

func pageIs(text string) string {
	return fmt.Sprintf("V %q A8 %s=%s [%s]: %q", text, text, text, text, text)
}

// announced is four rows of two numbers, with a count in the header and a record
// 7/16 of two parts.
func announced(order binary.AppendByteOrder, cases int, parts ...any) *writer {
	w := file(order, uncompressed, 0, cases).number("ID", "").number("Q", "").more(caseCount, 8, parts...).end()
	for k := range 4 {
		w.put(float64(k), float64(k%2))
	}
	return w
}

const announcedIs = "ID \"\" F8.2: 0 1 2 3\nQ \"\" F8.2: 0 1 0 1"

// codes is two numbers and a text of 12 bytes, by bytecodes; the cases follow.
func codes(order binary.AppendByteOrder, compression, cases int) *writer {
	return file(order, compression, 0, cases).number("A", "").number("B", "").text(12, "T", "").machine(65001).encoding("UTF-8").end()
}

// readable are the files that are read.
var readable = []sample{
	{"little", twoByTwo(little, 2), twoByTwoIs},
	{"big", twoByTwo(big, 2), twoByTwoIs},
	{"nocount", twoByTwo(little, -1), twoByTwoIs},
	{"big-verylong", veryLong(big), "A \"\" F8.2 scale: 1\nLongText \"A long text\" A600 nominal: \"" + longText() + "\"\nB \"\" F8.2 ordinal: 2"},
	{
		"big-missing", file(big, uncompressed, 0, 1).
			number("D1", "", 9.0).ranged("R", 5.0, 7.0).ranged("RP", 5.0, 7.0, -1.0).ranged("LO", math.Nextafter(-math.MaxFloat64, 0), 0.0).
			ranged("HI", 98.0, math.MaxFloat64).text(4, "S", "", pad("NA", 8), pad("zz", 8)).machine(1252).end().
			put(9.0, 6.0, -1.0, -5.0, 99.0, pad("NA", 8)),
		"D1 \"\" F8.2 [9,9]: 9\nR \"\" F8.2 [5,7]: 6\nRP \"\" F8.2 [5,7] [-1,-1]: -1\nLO \"\" F8.2 [-Inf,0]: -5\nHI \"\" F8.2 [98,+Inf]: 99\nS \"\" A4 [NA] [zz]: \"NA\"",
	},
	{
		"big-longlabels", file(big, uncompressed, 0, 1).text(20, "S20", "").machine(65001).
			more(longLabels, 1, (&writer{order: big}).put(3, "S20", 20, 2, 20, pad("twenty letters here", 20), 6, "A long", 20, pad("dk", 20), 10, "Don't know").Bytes()).
			more(longMissing, 1, (&writer{order: big}).put(3, "S20", byte(2), 8, pad("dk", 8), pad("refused", 8)).Bytes()).
			encoding("UTF-8").end().put(pad("dk", 24)),
		"S20 \"\" A20 twenty letters here=A long dk=Don't know [dk] [refused]: \"dk\"",
	},
	{
		"big-byte", codes(big, bytecode, 3).put([]byte{1, 99, 253, 254, 0, 255, 253, 253}, "abcdefgh", bigFloat(0.1), "ijklmnop", []byte{253, 251, 151, 254, 254, 252, 0, 0}, "qrst    "),
		"A \"\" F8.2: -99 NaN 151\nB \"\" F8.2: -1 0.1 51\nT \"\" A12: \"abcdefgh\" \"ijklmnopqrst\" \"\"",
	},
	{"count-of-doubles", announced(little, 4, 1.0, 0.0), announcedIs}, // what writers behind a web survey tool put there
	{"big-count-of-doubles-alone", announced(big, -1, 1.0, 0.0), announcedIs},
	{"count-differs", announced(little, 4, int64(1), int64(7)), announcedIs},
	{"count-in-record", announced(little, -1, int64(1), int64(4)), announcedIs},
	{"count-nowhere", announced(little, -1, int64(1), int64(0)), announcedIs},
	{"count-unknown", announced(little, -1, int64(1), int64(-1)), announcedIs},
	{ // SPSS 27 cuts text within a character, and fills it up with blanks
		"cut-and-padded", file(little, uncompressed, 0, 2).text(12, "TOWN", "Z\u00fcrich, cut \xc3", pad("Z\xc3", 8)).number("N", "").
			labels([]int{3}, 1.0, "caf\xc3").machine(65001).encoding("UTF-8").end().
			put(pad("Z\u00fcrich\xc3", 16), 1.0, pad("\u00e9\xe2\x82", 16), 2.0),
		"TOWN \"Z\u00fcrich, cut\" A12 [Z]: \"Z\u00fcrich\" \"\u00e9\"\nN \"\" F8.2 1=caf: 1 2",
	},
	{
		"latin-1-in-utf-8", file(little, uncompressed, 0, 3).text(8, "TOWN", "Caf\xe9s").number("N", "").labels([]int{2}, 1.0, "caf\xe9s").
			machine(65001).encoding("UTF-8").end().put(pad("Malm\xf6s", 8), 1.0, pad("Leeds", 8), 2.0, pad("Malm\xf6s", 8), 3.0),
		"TOWN \"Caf\ufffds\" A8: \"Malm\ufffds\" \"Leeds\" \"Malm\ufffds\"\nN \"\" F8.2 1=caf\ufffds: 1 2 3",
	},
	{
		"alike", file(little, uncompressed, 0, 2).number("SEX", "", 9.0).number("AGE", "").number("sex", "").number("SEX", "").
			labels([]int{3}, 1.0, "man").more(responseSets, 1, "$m=C 1 m SEX sex AGE\n").machine(65001).end().put(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0),
		"SEX_1 \"\" F8.2 [9,9]: 1 5\nAGE \"\" F8.2: 2 6\nsex_3 \"\" F8.2 1=man: 3 7\nSEX_4 \"\" F8.2: 4 8",
	},
	{"utf-8-undeclared", page(0, "", "\xe2\x82\xac"), pageIs("\u20ac")},
	{"line-ends-after", announced(little, 4, int64(1), int64(4)).put("\r\n"), announcedIs},
	{"windows-1252-by-number", page(1252, "", "caf\xe9 \x80"), pageIs("caf\u00e9 \u20ac")},
	{"windows-1252-by-name", page(0, "windows-1252", "\xa35 \x9c"), pageIs("\u00a35 \u0153")},
	{"windows-1251", page(1251, "windows-1251", "\xcc\xee\xf1"), pageIs("\u041c\u043e\u0441")},
	{"latin-2", page(28592, "ISO-8859-2", "\xa3\xf3d\xbc"), pageIs("\u0141\u00f3d\u017a")},
	{"shift-jis", page(932, "SHIFT_JIS", "\x93\xfa\x96\x7b"), pageIs("\u65e5\u672c")},
	{"gb18030", page(54936, "GB18030", "\xd6\xd0"), pageIs("\u4e2d")},
	{"utf-8-by-number", page(65001, "", "\xe2\x82\xac"), pageIs("\u20ac")},
	{
		"big-zlib", codes(big, zlibbed, 2).zlib([]byte("\x65\x66\xfe\xfe\xff\xff\xfd\xfeabcdefgh\xfc\x00\x00\x00\x00\x00\x00\x00")),
		"A \"\" F8.2: 1 NaN\nB \"\" F8.2: 2 NaN\nT \"\" A12: \"\" \"abcdefgh\"",
	},
}

// told are the warnings of readable files, by their names.
var told = map[string][]string{
	"big-count-of-doubles-alone": {"record 7/16 (number of cases) at byte 240: 3f f0 00 00 00 00 00 00 00 00 00 00 00 00 00 00, want the whole numbers 1 and a count: passed over"},
	"alike":                      {`3 variables have the name "SEX" but for case, and are "SEX_1", "sex_3" and "SEX_4" here`},
	"count-differs":              {"record 7/16 (number of cases) at byte 240: 7 cases, and the file header has 4, which counts"},
	"count-of-doubles":           {"record 7/16 (number of cases) at byte 240: 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 00, want the whole numbers 1 and a count: passed over"},
	"cut-and-padded":             {`variable "TOWN": 2 texts end within a character, which is left away`},
	"latin-1-in-utf-8": {
		`variable "TOWN": label: "Caf\xe9s" is not UTF-8`, `value labels record at byte 252: label 1: "caf\xe9s" is not UTF-8`,
		`variable "TOWN": 2 texts are not UTF-8, the first "Malm\xf6s" in row 1: what has no meaning there is shown as ` + "\ufffd; if letters are wrong, name the file's encoding with --encoding",
	},
	"line-ends-after": {"byte 344: 2 bytes after the end of the cases"},
}

func bigFloat(v float64) []byte { return big.AppendUint64(nil, math.Float64bits(v)) }
