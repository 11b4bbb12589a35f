package sav

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/refusal"
)

func readBytes(data []byte, limits Limits) (*File, error) {
	return Read(bytes.NewReader(data), "f", nil, limits)
}

// one is a number in a file, up to the end of its dictionary.
func one(compression, cases int) *writer {
	return file(little, compression, 0, cases).number("A", "")
}

// TestRefused holds each reason for which a file is refused: the byte, the
// record, and the row and variable.
func TestRefused(t *testing.T) {
	const at = "f: SPSS system file: byte "
	zeros := strings.Repeat("\x00", 8)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, at + "0: file header: the file is empty"},
		{"three bytes", []byte("$FL"), at + "0: file header: the file is cut short at byte 3"},
		{"text", []byte("sex\tage\n1\t2\n"), at + `0: file header: seems to be something else, beginning "sex\t", want $FL2 or $FL3`},
		{"text whose fourth byte begins a letter", []byte("Gr\u00f6\u00dfe\tage\n"), at + "0: file header: seems to be something else, beginning \"Gr\u00f6\", want $FL2 or $FL3"},
		{"text whose fourth byte is within a letter", []byte("sex\u00e9\tage\n"), at + "0: file header: seems to be something else, beginning \"sex\", want $FL2 or $FL3"},
		{"header cut", one(0, 1).Bytes()[:100], at + "0: file header: the file is cut short at byte 100"},
		{"layout", replace(one(0, 1), 64, "\x07"), at + "64: file header: layout code 07 00 00 00, want 2 or 3 in either byte order"},
		{"compression", replace(one(0, 1), 72, "\x05"), at + "72: file header: compression 5, want 0 (none) or 1 (bytecode) in a $FL2 file"},
		{"zlib in $FL2", replace(one(0, 1), 72, "\x02"), at + "72: file header: compression 2, want 0 (none) or 1 (bytecode) in a $FL2 file"},
		{"cases", one(0, -2).end().Bytes(), at + "80: file header: -2 cases, want a count, or -1 for unknown"},
		{"VAX numbers", replace(one(0, 1), 84, "\xc8\x43\x00\x00\x00\x00\x00\x00"), at + "84: file header: compression bias 8.573e-320, want 100 as an IEEE 754 number"},
		{"no variables", file(little, 0, 0, 1).end().put(1.0).Bytes(), at + "176: end of dictionary: no variables"},
		{"record 5", one(0, 1).put(5).Bytes(), at + "208: dictionary: record of type 5, want 2, 3, 6, 7 or 999"},
		{"width", file(little, 0, 0, 1).variable(256, f82, "A", "", 0).Bytes(), at + "176: variable record: width 256, want -1 to 255"},
		{"label indicator", file(little, 0, 0, 1).put(2, 0, 3, 0, f82, f82, pad("A", 8)).Bytes(), at + "176: variable record: label indicator 3, want 0 or 1"},
		{"label length", file(little, 0, 0, 1).put(2, 0, 1, 0, f82, f82, pad("A", 8), math.MaxInt32).Bytes(), at + "176: variable record: a label of 2147483647 bytes, want 0 to 65535"},
		{"missing values", file(little, 0, 0, 1).variable(0, f82, "A", "", 4).Bytes(), at + "176: variable record: 4 missing values, want 0 to 3, -2 for a range or -3 for a range and a value"},
		{"text goes on from nothing", file(little, 0, 0, 1).put(2, -1, 0, 0, 0, 0, pad("", 8)).Bytes(), at + "176: variable record: the continuation of a text variable, and the record before has none"},
		{"text does not go on", file(little, 0, 0, 1).variable(9, a8, "A", "", 0).number("B", "").Bytes(), at + `208: variable record: variable "A" of 9 bytes has 0 continuation records before this, want 1`},
		{"text does not go on to the end", file(little, 0, 0, 1).variable(9, a8, "A", "", 0).end().Bytes(), at + `208: variable record: variable "A" of 9 bytes has 0 continuation records before this, want 1`},
		{"no name", file(little, 0, 0, 1).number("", "").end().put(1.0).Bytes(), at + `176: variable record: variable 1 has the name "", want one letter or more`},
		{"an unknown encoding", one(0, 1).encoding("klingon").end().put(1.0).Bytes(), at + `0: dictionary: encoding "klingon", want one that IANA or WHATWG list for text`},
		{"an unknown code page", one(0, 1).machine(12345).end().put(1.0).Bytes(), at + "0: dictionary: code page 12345, want one that is known, or a record 7/20"},
		{"labels for a variable that is not", one(0, 1).labels([]int{2}, 1.0, "x").Bytes(), at + "240: value labels record: labels for element 2, where no variable begins"},
		{"labels for more than there are", one(0, 1).put(3, 0, 4, 1<<30).Bytes(), at + "220: value labels record: labels for 1073741824 variables, and there are 1 elements"},
		{"labels for nothing", one(0, 1).put(3, 0, 999, 0).Bytes(), at + "216: value labels record: record of type 999 after the labels, want 4, the variables"},
		{"a million labels in ten bytes", one(0, 1).put(3, 1<<20, zeros).Bytes(), at + "208: value labels record: the file is cut short at byte 224"},
		{"labels for numbers and text", one(0, 1).text(8, "S", "").labels([]int{1, 2}, 1.0, "x").end().put(1.0, zeros).Bytes(), at + `240: value labels record: the same labels for numbers and for text "S"`},
		{"documents", one(0, 1).put(6, 1<<30).Bytes(), at + "208: document record: more than 67108864 bytes of labels and other text in the dictionary"},
		{"a record of 4 GiB", one(0, 1).put(7, 13, 1<<30, 4).Bytes(), at + "208: record 7/13 (long names): more than 67108864 bytes of labels and other text in the dictionary"},
		{"a record of 64 MiB that is not there", one(0, 1).put(7, 13, 1<<20, 63).Bytes(), at + "208: record 7/13 (long names): the file is cut short at byte 224"},
		{"an unknown record that is not there", one(0, 1).put(7, 99, math.MaxInt32, math.MaxInt32).Bytes(), at + "208: record 7/99: the file is cut short at byte 224"},
		{"a negative record", one(0, 1).put(7, 13, -1, 1).Bytes(), at + "208: record 7/13 (long names): 1 parts of -1 bytes"},
		{"IBM numbers", one(0, 1).more(integerInfo, 4, 1, 2, 3, -1, 2, 1, 2, 1252).end().put(1.0).Bytes(), at + "208: record 7/3 (machine integers): numbers of representation 2, want 1, IEEE 754"},
		{"a very long string of too few segments", file(little, 0, 0, 1).text(255, "A", "").more(veryLongStrings, 1, "A=00600\x00\t").end().Bytes(), at + `176: variable record: variable "A" of 600 bytes needs 3 segments, and 1 variables are left`},
		{"a very long string of a number", file(little, 0, 0, 1).text(255, "A", "").number("B", "").more(veryLongStrings, 1, "A=00256\x00\t").end().Bytes(), at + `1200: variable record: variable "A" of 256 bytes: segment 2 has 0 bytes, want 4`},
		{"a very long string without a width", one(0, 1).more(veryLongStrings, 1, "A=x\x00\t").end().Bytes(), at + `208: record 7/14 (very long strings): "A=x", want a name, = and a width`},
		{"a very long string that is not there", one(0, 1).more(veryLongStrings, 1, "B=00300\x00\t").end().Bytes(), at + "208: record 7/14 (very long strings): 1 names that no variable has"},
		{"weighted by text", file(little, 0, 1, 1).text(8, "S", "").end().put(zeros).Bytes(), at + "76: file header: weighted by element 1, where no number begins"},
		{"no cases", one(0, 2).end().Bytes(), at + "216: cases: 0 rows, and the header announces 2"},
		{"half a row", file(little, 0, 0, 2).number("A", "").text(12, "Town", "").end().put(1.0, pad("Leeds", 16), 2.0, "Yor").Bytes(), at + `304: cases: row 2: variable "Town": the row is cut short at byte 315`},
		{"half a number", one(0, -1).end().put(1.0, "abc").Bytes(), at + `224: cases: row 2: variable "A": the row is cut short at byte 227`},
		{"more rows than announced", one(0, 1).end().put(1.0, 2.0).Bytes(), at + "224: cases: 8 bytes after the 1 rows that the header announces"},
		{"bytecode: a literal is not there", one(1, -1).end().put("\xfd\x00\x00\x00\x00\x00\x00\x00abc").Bytes(), at + `216: cases: row 1: variable "A": the row is cut short at byte 227`},
		{"bytecode: the end within a row", one(1, -1).number("B", "").end().put("\x65\xfc\x00\x00\x00\x00\x00\x00").Bytes(), at + `248: cases: row 1: variable "B": the code of the end is within the row`},
		{"bytecode: the end too early", one(1, 3).end().put("\x65\xfc\x00\x00\x00\x00\x00\x00").Bytes(), at + "224: cases: 1 rows, and the header announces 3"},
		{"bytecode: too many rows", one(1, 1).end().put("\x65\x66\xfc\x00\x00\x00\x00\x00").Bytes(), at + "224: cases: they go on after the 1 rows that the header announces"},
		{"bytecode: blanks for a number", one(1, 1).end().put("\xfe\xfc\x00\x00\x00\x00\x00\x00").Bytes(), at + `224: cases: row 1: variable "A": a code for blanks, want a number`},
		{"bytecode: a number for text", file(little, 1, 0, 1).text(8, "S", "").end().put("\x65\xfc\x00\x00\x00\x00\x00\x00").Bytes(), at + `224: cases: row 1: variable "S": a code for the number 1, want text`},
		{"bytecode: missing for text", file(little, 1, 0, 1).text(8, "S", "").end().put("\xff\xfc\x00\x00\x00\x00\x00\x00").Bytes(), at + `224: cases: row 1: variable "S": a code for a missing number, want text`},
		{"zlib: no header", one(2, 1).end().put("short").Bytes(), at + "216: zlib data header: the file is cut short at byte 221"},
		{"zlib: header elsewhere", one(2, 1).end().put(int64(0), int64(300), int64(24)).Bytes(), at + "216: zlib data header: it says that it is at byte 0"},
		{"zlib: trailer before the blocks", one(2, 1).end().put(int64(216), int64(200), int64(24)).Bytes(), at + "216: zlib data header: a trailer at byte 200, before the blocks"},
		{"zlib: odd trailer", one(2, 1).end().put(int64(216), int64(300), int64(25)).Bytes(), at + "216: zlib data header: a trailer of 25 bytes, want 24 and 24 a block"},
		{"zlib: no block", one(2, 1).end().put(int64(216), int64(300), int64(48), "rubbish rubbish").Bytes(), at + "240: zlib block: block 1: zlib: invalid header"},
		{"zlib: a wrong trailer", tail(one(2, 1).end().zlib([]byte("\x65\xfc\x00\x00\x00\x00\x00\x00"))), at + "281: zlib data trailer: block 1 has offsets and sizes [216 240 7 17], and they are [216 240 8 17]"},
		{
			"zlib: an end within a row", one(2, 2).number("B", "").end().zlib([]byte("\x65\x65\x65\xfc\x00\x00\x00\x00")).Bytes(),
			"f: SPSS system file: byte 8 of the decompressed cases: cases: row 2: variable \"B\": the code of the end is within the row",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := readBytes(c.file, Limits{})
			var ps refusal.Problems
			if err == nil || f != nil || !errors.As(err, &ps) {
				t.Fatalf("got %v, %v", f, err)
			}
			if got := err.Error(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// replace writes over a part of a file.
func replace(w *writer, at int, with string) []byte {
	b := bytes.Clone(w.Bytes())
	copy(b[at:], with)
	return b
}

// tail changes the size that the last block's entry gives.
func tail(w *writer) []byte { return replace(w, w.Len()-8, "\x07") }

func TestLimits(t *testing.T) {
	rows := one(0, -1).end()
	for range 10 {
		rows.put(1.0)
	}
	two := file(little, 0, 0, -1).number("A", "").number("B", "").end()
	for range 10 {
		two.put(1.0, 2.0)
	}
	coded := one(1, -1).end().put("\x65\x65\x65\x65\xfc\x00\x00\x00")
	bomb := one(2, -1).end().zlib(bytes.Repeat([]byte{101}, 65<<20))
	for _, c := range []struct {
		name   string
		file   *writer
		limits Limits
		want   string
	}{
		{"as many rows as may be", rows, Limits{Rows: 10}, ""},
		{"one row more", rows, Limits{Rows: 9}, "cases: more than 9 rows"},
		{"as many coded rows as may be", coded, Limits{Rows: 4}, ""},
		{"one coded row more", coded, Limits{Rows: 3}, "cases: more than 3 rows"},
		{"as many cells as may be", two, Limits{Cells: 20}, ""},
		{"one cell more", two, Limits{Cells: 19}, "cases: more than 19 cells in the 2 wanted columns"},
		{"columns", two, Limits{Columns: 1}, "byte 208: variable record: more than 1 variables"},
		{"labels", file(little, 0, 0, 1).number("A", "a label"), Limits{LabelBytes: 7}, "variable record: more than 7 bytes of labels and other text in the dictionary"},
		{"width", veryLong(little), Limits{StringBytes: 599}, `variable "LONG" of 600 bytes, want at most 599`},
		{"decompressed", bomb, Limits{Decompressed: 1 << 20}, "zlib block: more than 1048576 bytes decompressed"},
		{"a bomb", bomb, Limits{Rows: 1 << 30}, "want at most 200 for each"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readBytes(c.file.Bytes(), c.limits)
			if got := fmt.Sprint(err); (c.want == "") != (err == nil) || err != nil && !strings.Contains(got, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestAFailingSource reports the error of the source at every byte, as the
// source's.
func TestAFailingSource(t *testing.T) {
	const buffer = 256 // for the usual one takes more than the rest
	broken := errors.New("the disk is on fire")
	for _, s := range readable {
		for n := range s.file.Len() {
			in := io.MultiReader(iotest.OneByteReader(bytes.NewReader(s.file.Bytes()[:n])), iotest.ErrReader(broken))
			if _, err := read(in, buffer, "f", nil, Limits{}); err == nil || err.Error() != "f: cannot be read: the disk is on fire" {
				t.Fatalf("%s: after %d bytes: %v", s.name, n, err)
			}
		}
	}
}

// dictionaryEnd is the byte at which the cases of a file begin: after its last
// record 999.
func dictionaryEnd(data []byte) int {
	i := max(bytes.LastIndex(data, []byte("\xe7\x03\x00\x00\x00\x00\x00\x00")), bytes.LastIndex(data, []byte("\x00\x00\x03\xe7\x00\x00\x00\x00")))
	return min(i+8, len(data))
}

// tidy fails for an answer that is not sound.
func tidy(t *testing.T, what string, f *File, err error) {
	t.Helper()
	if broken := sound(f, err); broken != nil {
		t.Fatalf("%s: %v", what, broken)
	}
}

// TestDamage: a file that is cut is refused with the place, or, where its header
// does not say how many rows there are, it is the rows before; a file whose
// last bytes stand for nothing is what it was.
func TestDamage(t *testing.T) {
	files := corpus(t)
	for i := range files {
		files[i].Header = dictionaryEnd(files[i].Data)
	}
	tested(Limits{}).Damage(t, files, func(file *hostile.File, data []byte, f, whole *File) error {
		if len(data) < file.Header {
			return errors.New("cut within the dictionary, it is read")
		}
		if whole.Notes.Cases >= 0 && f.Table.Rows != whole.Table.Rows {
			return fmt.Errorf("%d rows, and the header says %d", f.Table.Rows, whole.Table.Rows)
		}
		return nil
	})
}

// TestManyColumnsOfNothing holds that memory follows what has arrived where a
// dictionary has many variables and the header claims many rows: there are
// none, or one.
func TestManyColumnsOfNothing(t *testing.T) {
	for _, compression := range []int{uncompressed, bytecode} {
		for _, cases := range []int{-1, 1 << 24} {
			w := file(little, compression, 0, cases)
			for i := range 8_000 {
				w.number(fmt.Sprintf("V%d", i), "")
			}
			w.end()
			for _, data := range [][]byte{w.Bytes(), append(bytes.Clone(w.Bytes()), make([]byte, 8*8_000)...)} {
				if took := hostile.Allocated(func() { _, _ = readBytes(data, Limits{}) }); took > hostile.MostBytes+2*uint64(len(data)) {
					t.Errorf("compression %d, %d cases: %d bytes taken for a file of %d", compression, cases, took, len(data))
				}
			}
		}
	}
}
