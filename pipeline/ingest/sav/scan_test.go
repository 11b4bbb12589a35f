package sav

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

func TestScanIsRead(t *testing.T) { tested(Limits{}).ScanIsRead(t, corpus(t)) }

// numbers is a column of this many rows by bytecodes, of which the last is
// followed by more.
func numbers(rows int, more string) []byte {
	return one(bytecode, -1).end().put(bytes.Repeat([]byte{101}, rows), more).Bytes()
}

func TestScanEnds(t *testing.T) {
	enough := errors.New("enough")
	town := func(cells ...string) []byte {
		w := file(little, uncompressed, 0, len(cells)).text(8, "Town", "").encoding("UTF-8").end()
		for _, cell := range cells {
			w.put(pad(cell, 8))
		}
		return w.Bytes()
	}
	for _, c := range []struct {
		name   string
		file   []byte
		limits Limits
		each   error // of the third batch
		want   []int // the rows of the batches, of 2
		err    string
	}{
		{"with the file", numbers(8, ""), Limits{}, nil, []int{2, 2, 2, 2}, ""},
		{"with the file, within a batch", town("a", "b", "c"), Limits{}, nil, []int{2, 1}, ""},
		{"with an error of each, as it is", numbers(8, ""), Limits{}, enough, []int{2, 2, 2}, "enough"},
		{"with an error of each, before one of the file", numbers(8, "rubbish"), Limits{}, enough, []int{2, 2, 2}, "enough"},
		{
			"with what is wrong with a row, counted from the first batch", one(bytecode, -1).end().put("\x65\x65\x65\xfe\x65\x65\x65\x65").Bytes(),
			Limits{},
			nil,
			[]int{2},
			`f: SPSS system file: byte 224: cases: row 4: variable "A": a code for blanks, want a number`,
		},
		{"with what comes after the rows", append(town("a", "b", "c"), 1), Limits{}, nil, []int{2}, "f: SPSS system file: byte 261: cases: 1 bytes after the 3 rows that the header announces"},
		{"with too few rows", town("a", "b", "c")[:257], Limits{}, nil, []int{2}, `f: SPSS system file: byte 253: cases: row 3: variable "Town": the row is cut short at byte 257`},
		{"with as many rows as may be", numbers(8, ""), Limits{Rows: 8}, nil, []int{2, 2, 2, 2}, ""},
		{"with one row more", numbers(8, ""), Limits{Rows: 7}, nil, []int{2, 2, 2}, "f: SPSS system file: byte 224: cases: more than 7 rows"},
		{"with one row more, between batches", numbers(8, ""), Limits{Rows: 6}, nil, []int{2, 2}, "f: SPSS system file: byte 224: cases: more than 6 rows"},
		{"with any number of cells", numbers(8, ""), Limits{Cells: 1}, nil, []int{2, 2, 2, 2}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []int
			f, err := scan(bytes.NewReader(c.file), bufferBytes, "f", nil, nil, c.limits, 2, func(t *table.Table) error {
				if got = append(got, t.Rows); len(got) == 3 {
					return c.each
				}
				return nil
			})
			if !slices.Equal(got, c.want) || (err == nil) != (c.err == "") || err != nil && (f != nil || err.Error() != c.err) {
				t.Errorf("batches of %d, %v\nwant %d, %s", got, err, c.want, c.err)
			}
			if c.each != nil && err != c.each {
				t.Errorf("got another error: %#v", err)
			}
		})
	}
}

// TestABatchEndsWithMuchText has 1,000 cells of 32 KB by few codes: a batch holds
// some of them.
func TestABatchEndsWithMuchText(t *testing.T) {
	const width, rows = 32_767, 1_000
	w := file(little, bytecode, 0, rows)
	left := width
	for i := 0; left > 0; i++ {
		w.text(min(left, 255), fmt.Sprintf("T%d", i), "")
		left -= segmentStep
	}
	w.more(veryLongStrings, 1, fmt.Sprintf("T0=%05d\x00\t", width)).end()
	elements := (width - 1) / segmentStep * 32
	elements += (width - (width-1)/segmentStep*segmentStep + 7) / 8
	codes, literals := make([]byte, 0, 8), make([]byte, 0, 64)
	put := func(code byte, literal string) {
		codes, literals = append(codes, code), append(literals, literal...)
		if len(codes) == 8 {
			w.put(codes, literals)
			codes, literals = codes[:0], literals[:0]
		}
	}
	for row := range rows {
		put(codeLiteral, "x       ")
		for range elements - 100 {
			put(codeBlanks, "")
		}
		put(codeLiteral, fmt.Sprintf("%8d", row))
		for range 98 {
			put(codeBlanks, "")
		}
	}
	for len(codes) > 0 {
		put(codePadding, "")
	}
	got, most := 0, 0
	_, err := Scan(bytes.NewReader(w.Bytes()), "f", nil, nil, Limits{}, func(batch *table.Table) error {
		held := 0
		for _, text := range batch.Columns[0].Text {
			if want := fmt.Sprintf("%8d", got); text[0] != 'x' || !strings.HasSuffix(text, want) {
				return fmt.Errorf("row %d ends in %q", got+1, text[len(text)-8:])
			}
			held += len(text)
			got++
		}
		most = max(most, held)
		return nil
	})
	if err != nil || got != rows || most > table.BatchText+mostKept+width {
		t.Errorf("%d rows, at most %d bytes at a time, %v", got, most, err)
	}
}

// TestScanIsFlat holds the memory that is in use at batches of 400,000 rows to
// that at 20,000. The text differs in each row.
func TestScanIsFlat(t *testing.T) {
	for compression, name := range compressions {
		t.Run(name, func(t *testing.T) {
			inUse := func(rows int) uint64 {
				data := towns(compression, rows)
				defer runtime.KeepAlive(data)
				return hostile.Peak(t, rows/1000/8, func(each func(*table.Table) error) error {
					_, err := tested(Limits{}).Scan(data, nil, 1000, each)
					return err
				})
			}
			few, many := inUse(20_000), inUse(400_000)
			if many > few+256<<10 {
				t.Errorf("%d bytes in use in 400,000 rows, %d in 20,000", many, few)
			}
		})
	}
}

// towns is a number and a text of 16 bytes, another in each row.
func towns(compression, rows int) []byte {
	w := file(little, compression, 0, rows).number("A", "").text(16, "TOWN", "").end()
	var data bytes.Buffer
	first := "\x65\xfd\xfd\x00\x00\x00\x00\x00"
	if compression == uncompressed {
		first = "\x00\x00\x00\x00\x00\x00\xf0\x3f"
	}
	for row := range rows {
		fmt.Fprintf(&data, "%sTown %11d", first, row)
	}
	if compression == zlibbed {
		return w.zlib(slices.Collect(slices.Chunk(data.Bytes(), 1<<20))...).Bytes()
	}
	return w.put(data.Bytes()).Bytes()
}

// TestABombOfAKilobyte has files of which the blocks give a thousand times
// their size: what reading them allocates is bounded.
func TestABombOfAKilobyte(t *testing.T) {
	words := bytes.Repeat([]byte("\xfd\xfe\xfe\xfe\xfe\xfe\xfe\xfdaaaaaaaabbbbbbbb"), 30_000)
	for name, data := range map[string][]byte{
		"numbers":         one(zlibbed, -1).end().zlib(bytes.Repeat([]byte{101}, 800_000)).Bytes(),
		"missing numbers": one(zlibbed, -1).end().zlib(bytes.Repeat([]byte{codeMissing}, 800_000)).Bytes(),
		"text":            file(little, zlibbed, 0, -1).text(8, "T", "").end().zlib(bytes.Repeat([]byte{codeBlanks}, 800_000)).Bytes(),
		"long text":       file(little, zlibbed, 0, -1).text(64, "T", "").end().zlib(words).Bytes(),
		"padding":         one(zlibbed, -1).end().zlib(make([]byte, 800_000)).Bytes(),
	} {
		if len(data) > 4<<10 {
			t.Fatalf("%s: %d bytes", name, len(data))
		}
		for how, read := range map[string]func(io.Reader) error{
			"Read": func(in io.Reader) error { _, err := Read(in, "f", nil, Limits{}); return err },
			"Scan": func(in io.Reader) error {
				_, err := Scan(in, "f", nil, nil, Limits{}, func(*table.Table) error { return nil })
				return err
			},
		} {
			var err error
			most := uint64(64<<20 + 2*len(data))
			if took := hostile.Allocated(func() { err = read(bytes.NewReader(data)) }); took > most {
				t.Errorf("%s: %s of %d bytes allocates %d, want at most %d (%v)", name, how, len(data), took, most, err)
			}
		}
	}
}

// TestBlocks holds the limits of the blocks of a .zsav.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"without rows", one(zlibbed, 0).end().zlib().Bytes(), ""},
		{"of nothing", one(zlibbed, 1).end().zlib(nil, []byte("\x65\xfc\x00\x00\x00\x00\x00\x00"), nil).Bytes(), ""},
		{"cut within a code", one(zlibbed, 1).end().zlib([]byte("\x65"), []byte("\xfc\x00\x00\x00\x00\x00\x00")).Bytes(), ""},
		{"too many", one(zlibbed, 1).end().put(int64(216), int64(300), int64(24+24*(mostBlocks+1))).Bytes(), "byte 216: zlib data header: 65537 blocks, want at most 65536"},
		{"line ends after rows that nobody counts", announced(little, -1, int64(1), int64(-1)).put("\r\n\x00").Bytes(), "byte 344: 3 bytes after the end of the cases"},
		{"zeros after the rows", one(uncompressed, 1).end().put(1.0, 0.0).Bytes(), "byte 224: 8 bytes after the end of the cases"},
		{"and bytes after them", one(zlibbed, 1).end().zlib([]byte("\x65\xfc\x00\x00\x00\x00\x00\x00")).put("after").Bytes(), "byte 305: 5 bytes after the end of the blocks"},
	} {
		f, err := readBytes(c.file, Limits{})
		got := fmt.Sprint(err)
		if err == nil {
			got = strings.Join(f.Notes.Warnings, "; ")
		}
		if c.want == "" && got != "" || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
