package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

var codecs = []compress.Compression{
	compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip,
	compress.Codecs.Brotli, compress.Codecs.Zstd, compress.Codecs.Lz4Raw,
}

// padded is a number of a page's header in as many bytes as another takes.
func padded(n, as int) []byte {
	b := binary.AppendUvarint(nil, uint64(2*n)) // zigzag
	for want := len(binary.AppendUvarint(nil, uint64(2*as))); len(b) < want; {
		b[len(b)-1] |= 0x80
		b = append(b, 0)
	}
	return b
}

// bomb is a file of one text of this many bytes, and the header of its page up
// to the size that it inflates to.
func bomb(t *testing.T, codec compress.Compression, version parquet.DataPageVersion, size int) (data, header []byte) {
	t.Helper()
	data = foreign(t, []arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String}}, func(b *array.RecordBuilder) {
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat("x", size))
	}, parquet.WithCompression(codec), parquet.WithDictionaryDefault(false), parquet.WithStats(false), parquet.WithDataPageVersion(version))
	header = append([]byte{0x15}, padded(size+4, 0)...) // the text with its length
	if !bytes.Contains(data[:40], header) {
		t.Fatalf("%s: no header of a page of %d bytes", codec, size+4)
	}
	return data, header
}

// took is the bytes that f allocates, those it gives back too.
func took(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// A page takes no more memory than its header says, and the header may not say
// more than a file of its size deserves.
func TestBombs(t *testing.T) {
	const size, slack = 8 << 20, 5 << 20 // brotli has a window of 4 MiB
	limits := Limits{Columns: 1, Rows: 1, Cells: 1, TextBytes: size}
	for _, codec := range codecs {
		for _, version := range []parquet.DataPageVersion{parquet.DataPageV1, parquet.DataPageV2} {
			data, header := bomb(t, codec, version, size)
			for _, c := range []struct {
				name  string
				claim int
				fine  bool
				most  int64 // bytes taken besides the file's
			}{
				{"an honest header", size + 4, true, 3*size + slack},
				{"says nothing", 0, false, slack},
				{"says little", 100, false, slack},
				{"says much", 127 << 20, false, slack},
			} {
				if codec == compress.Codecs.Uncompressed && c.name == "says much" {
					continue // a file of its size may
				}
				bad := bytes.Replace(data, header, append([]byte{0x15}, padded(c.claim, size+4)...), 1)
				var err error
				taken := took(func() { _, err = read(bad, limits) })
				if c.fine != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), `f: variable "x": row group 1, after row 0: `) {
					t.Errorf("%s, %s: %v", codec, c.name, err)
				}
				if most := c.most + 2*int64(len(data)); taken > most {
					t.Errorf("%s, %s: %d bytes were taken, want at most %d", codec, c.name, taken, most)
				}
			}
		}
	}
}

// Pages that are small one by one count together where columns are read
// together.
func TestBudget(t *testing.T) {
	var fields []arrow.Field
	for i := range 5 {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("x", i), Type: arrow.BinaryTypes.String})
	}
	data := foreign(t, fields, func(b *array.RecordBuilder) {
		for _, f := range b.Fields() {
			f.(*array.StringBuilder).Append(strings.Repeat("x", 14<<20))
		}
	}, parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryDefault(false), parquet.WithStats(false))
	limits := Limits{Columns: 5, Rows: 1, Cells: 5, TextBytes: 16 << 20}
	_, err := Scan(bytes.NewReader(data), int64(len(data)), "f", nil, nil, limits, func(*table.Table) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "pages of more than ") {
		t.Errorf("got %v, want too many bytes at a time", err)
	}
	if _, err := Scan(bytes.NewReader(data), int64(len(data)), "f", nil, []string{"x1", "x2"}, limits, func(*table.Table) error { return nil }); err != nil {
		t.Errorf("two columns: %v", err)
	}
}

// What pages took is given back, or a long file would spend the budget.
func TestBudgetComesBack(t *testing.T) {
	for _, codec := range codecs {
		var fields []arrow.Field
		for i, k := range kinds {
			fields = append(fields, arrow.Field{Name: fmt.Sprint("x", i), Type: k.field, Nullable: true})
		}
		data := foreign(t, fields, func(b *array.RecordBuilder) {
			for i, k := range kinds {
				k.append(b.Field(i))
				b.Field(i).AppendNull()
			}
		}, parquet.WithCompression(codec))
		s := &scan{where: "f", limits: ample}
		if !s.open(bytes.NewReader(data), int64(len(data))) {
			t.Fatal(s.problems)
		}
		s.choose(nil)
		for _, c := range s.columns {
			s.prepare(c)
		}
		s.batch(s.rows, false, mostText)
		s.close()
		if s.settle(); len(s.problems) > 0 || s.budget.taken.Load() != 0 {
			t.Errorf("%s: %d bytes are still taken, %v", codec, s.budget.taken.Load(), s.problems)
		}
	}
}

// delta is numbers as a writer packs them, of a block and miniblocks of any
// size: the first, and then up to total in all, each a step more than the one before.
func delta(block, minis, total uint64, first, step int64) []byte {
	b := binary.AppendUvarint(nil, block)
	b = binary.AppendUvarint(b, minis)
	b = binary.AppendUvarint(b, total)
	b = binary.AppendVarint(b, first)
	b = binary.AppendVarint(b, step)
	return append(b, make([]byte, minis)...)
}

// Pages of a few bytes do not take what they claim.
func TestPageClaims(t *testing.T) {
	text := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name     string
		encoding parquet.Encoding
		data     []byte
		want     string
	}{
		{"a miniblock of many", parquet.Encodings.DeltaBinaryPacked, delta(1<<31, 1, 100, 0, 0), errDelta.Error()},
		{"many numbers", parquet.Encodings.DeltaLengthByteArray, delta(128, 4, 1<<31, 0, 0), errDelta.Error()},
		{"many miniblocks", parquet.Encodings.DeltaBinaryPacked, delta(1<<30, 1<<25, 100, 0, 0)[:12], errDelta.Error()},
		{"nothing", parquet.Encodings.DeltaByteArray, nil, errDelta.Error()},
		{"texts that repeat the first", parquet.Encodings.DeltaByteArray, slices.Concat(delta(128, 1, 100, 0, 1000), delta(128, 1, 100, 1000, 0), []byte(text)), "texts of 1081000 bytes in a page, want at most 1048576"},
		{"suffixes in a large miniblock", parquet.Encodings.DeltaByteArray, slices.Concat(delta(128, 1, 100, 0, 0), delta(1<<31, 1, 100, 0, 0)), errDelta.Error()},
		{"fine", parquet.Encodings.DeltaByteArray, slices.Concat(delta(128, 1, 100, 0, 0), delta(128, 1, 100, 10, 0), []byte(text)), ""},
		{"fine numbers", parquet.Encodings.DeltaBinaryPacked, delta(128, 4, 100, 0, 1), ""},
		{"no deltas", parquet.Encodings.Plain, nil, ""},
	} {
		g := &guard{rows: 100, most: 1 << 20}
		p := file.NewDataPageV1(memory.NewBufferBytes(c.data), 100, c.encoding, parquet.Encodings.RLE, parquet.Encodings.RLE, int32(len(c.data)))
		err := g.check(p)
		if got := fmt.Sprint(err); (c.want != "" || err != nil) && got != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	g := &guard{rows: 100}
	if err := g.check(file.NewDictionaryPage(memory.NewBufferBytes(nil), 1<<30, parquet.Encodings.Plain)); err == nil {
		t.Error("a dictionary of 2^30 values for 100 rows is not refused")
	}
}

// Texts that rows have by their place in a dictionary are held once, however many
// rows have them: few bytes of a file say that very many do.
func TestDictionaryMultipliesNothing(t *testing.T) {
	for _, c := range []struct {
		claim string
		texts int
		size  int
		rows  int
	}{
		{"one long text", 1, 1 << 20, 100},
		{"several by turns, beyond what is remembered of a column", 5, 4 << 20, 50},
		{"one of many rows", 1, 1 << 12, 30_000},
	} {
		var texts []string
		for i := range c.texts {
			texts = append(texts, strings.Repeat(string(rune('a'+i)), c.size))
		}
		data := foreign(t, []arrow.Field{{Name: "x", Type: arrow.BinaryTypes.LargeString}}, func(b *array.RecordBuilder) {
			for i := range c.rows {
				b.Field(0).(*array.LargeStringBuilder).Append(texts[i%c.texts])
			}
		}, parquet.WithCompression(compress.Codecs.Zstd), parquet.WithStats(false), parquet.WithDictionaryPageSizeLimit(1<<30))
		limits := Limits{Columns: 1, Rows: c.rows, Cells: int64(c.rows), TextBytes: 16 << 20}
		rows, batches := 0, 0
		taken := took(func() {
			_, err := Scan(bytes.NewReader(data), int64(len(data)), "f", nil, nil, limits, func(batch *table.Table) error {
				for i, text := range batch.Columns[0].Text {
					if len(text) != c.size || text[0] != byte('a'+(rows+i)%c.texts) {
						t.Fatalf("%s: row %d has %d bytes of %q", c.claim, rows+i, len(text), text[:1])
					}
				}
				rows, batches = rows+batch.Rows, batches+1
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		// The dictionary in the file, its page, and the texts; 16 bytes a row, twice.
		if most := int64(4*c.texts*c.size + 32*c.rows + 8<<20); rows != c.rows || taken > most {
			t.Errorf("%s: %d rows of %d bytes: %d bytes were taken, want at most %d", c.claim, rows, len(data), taken, most)
		}
	}
}

// Nor does writing them.
func TestWriterMultipliesNothing(t *testing.T) {
	const size, rows = 1 << 20, 300
	text := strings.Repeat("a", size)
	batch := &table.Table{Rows: rows, Columns: []*table.Column{{Variable: codebook.Variable{Name: "x"}, Text: slices.Repeat([]string{text, "b"}, rows/2)}}}
	var out bytes.Buffer
	taken := took(func() {
		w, err := NewWriter(&out, "f", []Field{{Name: "x", Text: true}})
		if err == nil {
			err = w.Write(batch)
		}
		if err == nil {
			err = w.Close([]codebook.Variable{{Name: "x"}})
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	if most := int64(16*size + 8<<20); taken > most {
		t.Errorf("%d bytes were taken, want at most %d", taken, most)
	}
	back, err := Scan(bytes.NewReader(out.Bytes()), int64(out.Len()), "f", nil, nil, Limits{Columns: 1, Rows: rows, Cells: rows, TextBytes: size}, func(batch *table.Table) error {
		if got := batch.Columns[0].Text; batch.Rows > 1 && (got[0] != text || got[1] != "b") {
			t.Error("read back as another text")
		}
		return nil
	})
	if err != nil || back == nil {
		t.Error(err)
	}
}
