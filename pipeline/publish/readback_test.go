package publish

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/thrift/lib/go/thrift"
	"github.com/klauspost/compress/zstd"
	second "github.com/xitongsys/parquet-go/parquet"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// table is rows as Parquet.
func table(t *testing.T, rows []release.Figure, meta ...sheet.Pair) []byte {
	t.Helper()
	data, err := sheet.Parquet(rows, release.FigureColumns, meta)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadBack(t *testing.T) {
	rows := []release.Figure{figure("a", "2001", "all", "all", 42.934121), figure("a", "2001", "sex", "men", math.NaN())}
	edited := func(edit func([]release.Figure)) []release.Figure {
		copied := append([]release.Figure{}, rows...)
		edit(copied)
		return copied
	}
	meta := []sheet.Pair{{Key: "title", Value: "A title"}}
	data := table(t, rows, meta...)
	for _, c := range []struct {
		name string
		rows []release.Figure
		cols []sheet.Column[release.Figure]
		meta []sheet.Pair
		want string
	}{
		{"what was written", rows, release.FigureColumns, meta, ""},
		{"a row less", rows[:1], release.FigureColumns, meta, "2 rows, want 1"},
		{"a column less", rows, release.FigureColumns[:24], meta, "25 columns, want 24"},
		{"columns in another order", rows, append(append([]sheet.Column[release.Figure]{}, release.FigureColumns[1], release.FigureColumns[0]), release.FigureColumns[2:]...), meta, `column 1 is "indicator", want "source"`},
		{"another title", rows, release.FigureColumns, []sheet.Pair{{Key: "title", Value: "Another"}}, `metadata title is "A title", want "Another"`},
		{"the last bit of a number", edited(func(r []release.Figure) { r[0].Value = math.Nextafter(42.934121, 43) }), release.FigureColumns, meta, "column value, row 1: 42.934121, want 42.934121000000005"},
		{"a null that was a number", edited(func(r []release.Figure) { r[0].SE = math.NaN() }), release.FigureColumns, meta, "column std_error, row 1: 0.55, want null"},
		{"a number that was null", edited(func(r []release.Figure) { r[1].Value = 1 }), release.FigureColumns, meta, "column value, row 2: null, want 1"},
		{"a text", edited(func(r []release.Figure) { r[1].Status = "u" }), release.FigureColumns, meta, `column status, row 2: "c", want "u"`},
		{"a count", edited(func(r []release.Figure) { r[0].Base-- }), release.FigureColumns, meta, "column base_unweighted, row 1: 10015, want 10014"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := readBack(data, c.rows, c.cols, c.meta); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	t.Run("no rows", func(t *testing.T) {
		if err := readBack(table(t, nil), nil, release.FigureColumns, nil); err != nil {
			t.Error(err)
		}
	})
}

// No file is compressed by anything else, and what is compressed so could be of any
// size.
func TestReadBackCompression(t *testing.T) {
	rows := []release.Figure{figure("a", "2001", "all", "all", 42.934121)}
	data, err := sheet.Parquet(rows, release.FigureColumns, nil, parquet.WithCompression(compress.Codecs.Brotli))
	if err != nil {
		t.Fatal(err)
	}
	if err := readBack(data, rows, release.FigureColumns, nil); err == nil || !strings.Contains(err.Error(), "column indicator: BYTE_ARRAY, compressed by BROTLI, want BYTE_ARRAY by ZSTD") {
		t.Errorf("got %v", err)
	}
}

func TestReadBackManyRows(t *testing.T) {
	rows := make([]release.Figure, 3000)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range rows {
		rows[i] = figure("a", "2001", "all", "all", indicator.Round(100*r.Float64(), 6))
		rows[i].SE, rows[i].Base = r.NormFloat64(), r.Int64N(1<<40)-1
		if r.IntN(3) == 0 {
			rows[i].Value, rows[i].Notes = math.NaN(), ""
		}
	}
	if err := readBack(table(t, rows), rows, release.FigureColumns, nil); err != nil {
		t.Error(err)
	}
}

// A damaged file is an error or reads as it was written; it never ends the
// process and never gives another figure.
func TestReadBackDamaged(t *testing.T) {
	rows := []release.Figure{figure("a", "2001", "all", "all", 42.934121), figure("a", "2001", "sex", "men", math.NaN())}
	data := table(t, rows)
	found := 0
	const tries = 300
	r := rand.New(rand.NewPCG(20, 3))
	for range tries {
		bad := append([]byte{}, data...)
		bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
		if within(t, bad, rows) != nil {
			found++
		}
	}
	t.Logf("%d of %d damaged files are refused", found, tries)
	if found < tries/3 {
		t.Errorf("%d of %d damaged files are refused, want most", found, tries)
	}
	for name, bad := range map[string][]byte{"cut off": data[:len(data)/2], "empty": nil, "text": []byte("PAR1 not a file PAR1")} {
		if readBack(bad, rows, release.FigureColumns, nil) == nil {
			t.Errorf("a file that is %s is read", name)
		}
	}
}

// within reads a file back, which takes no more memory than its size allows, and no
// more from the first library where the second has nothing to say.
func within(t *testing.T, data []byte, rows []release.Figure) error {
	t.Helper()
	const most = 32 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := readTwice(data, rows, release.FigureColumns, nil, false)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > most {
		t.Errorf("%d bytes of memory for a file of %d", took, len(data))
	}
	return err
}

// encoded is a structure of the format as bytes.
func encoded(t *testing.T, of interface {
	Write(context.Context, thrift.TProtocol) error
},
) []byte {
	t.Helper()
	to := thrift.NewTMemoryBuffer()
	if err := of.Write(context.Background(), thrift.NewTCompactProtocolConf(to, nil)); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

// ended is a file of these pages and this footer.
func ended(pages, footer []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(append(bytes.Clone(pages), footer...), uint32(len(footer))), magic...)
}

// claiming is a file whose footer says something else.
func claiming(t *testing.T, data []byte, edit func(*second.FileMetaData)) []byte {
	t.Helper()
	footer, err := readFooter(data)
	if err != nil {
		t.Fatal(err)
	}
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	edit(footer)
	return ended(data[:len(data)-8-size], encoded(t, footer))
}

// paging is a file whose first page says something else, and has other bytes where
// they are given.
func paging(t *testing.T, data, body []byte, edit func(*second.PageHeader)) []byte {
	t.Helper()
	header := second.NewPageHeader()
	rest, err := decode(data[len(magic):], header)
	if err != nil {
		t.Fatal(err)
	}
	rest = rest[header.CompressedPageSize:]
	if body == nil {
		body = data[len(data)-len(rest)-int(header.CompressedPageSize) : len(data)-len(rest)]
	} else {
		header.CompressedPageSize = int32(len(body))
	}
	edit(header)
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	pages := append([]byte(magic), encoded(t, header)...)
	pages = append(append(pages, body...), rest[:len(rest)-8-size]...)
	return claiming(t, append(pages, data[len(data)-8-size:]...), func(f *second.FileMetaData) {
		f.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = int64(len(pages) - len(magic))
	})
}

// claims are files that say that they are larger than they are.
func claims(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	chunk := func(f *second.FileMetaData) *second.ColumnMetaData { return f.RowGroups[0].Columns[0].MetaData }
	packed, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := packed.EncodeAll(make([]byte, 256<<20), nil)
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	return map[string][]byte{
		"2^60 rows": claiming(t, data, func(f *second.FileMetaData) { f.NumRows = 1 << 60 }),
		"2^60 rows in a group too": claiming(t, data, func(f *second.FileMetaData) {
			f.NumRows, f.RowGroups[0].NumRows, chunk(f).NumValues = 1<<60, 1<<60, 1<<60
		}),
		"2^60 values":                      claiming(t, data, func(f *second.FileMetaData) { chunk(f).NumValues = 1 << 60 }),
		"fewer values than none":           claiming(t, data, func(f *second.FileMetaData) { chunk(f).NumValues = -1 }),
		"a chunk of 2^60 bytes":            claiming(t, data, func(f *second.FileMetaData) { chunk(f).TotalCompressedSize = 1 << 60 }),
		"a chunk beyond the end":           claiming(t, data, func(f *second.FileMetaData) { chunk(f).DictionaryPageOffset = nil; chunk(f).DataPageOffset = 1 << 60 }),
		"a chunk before the beginning":     claiming(t, data, func(f *second.FileMetaData) { chunk(f).DictionaryPageOffset = nil; chunk(f).DataPageOffset = -1 << 60 }),
		"2^31 columns":                     claiming(t, data, func(f *second.FileMetaData) { n := int32(math.MaxInt32); f.Schema[0].NumChildren = &n }),
		"columns below a column":           claiming(t, data, func(f *second.FileMetaData) { n := int32(math.MaxInt32); f.Schema[1].NumChildren = &n }),
		"a column of lists":                claiming(t, data, func(f *second.FileMetaData) { *f.Schema[1].RepetitionType = second.FieldRepetitionType_REPEATED }),
		"no group":                         claiming(t, data, func(f *second.FileMetaData) { f.RowGroups = nil }),
		"a group without columns":          claiming(t, data, func(f *second.FileMetaData) { f.RowGroups[0].Columns = nil }),
		"a list of 2^31 columns":           ended(data[:len(data)-8-size], []byte{0x15, 0x04, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07}),
		"a name of 2^31 bytes":             ended(data[:len(data)-8-size], []byte{0x15, 0x04, 0x19, 0x1c, 0x48, 0xff, 0xff, 0xff, 0xff, 0x07}),
		"a footer longer than the file":    append(bytes.Clone(data[:len(data)-8]), "\xff\xff\xff\xffPAR1"...),
		"a page of 2^30 bytes":             paging(t, data, nil, func(h *second.PageHeader) { h.CompressedPageSize = 1 << 30 }),
		"a page of 2^30 bytes, unpacked":   paging(t, data, nil, func(h *second.PageHeader) { h.UncompressedPageSize = 1 << 30 }),
		"a page of fewer bytes than none":  paging(t, data, nil, func(h *second.PageHeader) { h.CompressedPageSize = -1 }),
		"a dictionary of 2^30 values":      paging(t, data, nil, func(h *second.PageHeader) { h.DictionaryPageHeader.NumValues = 1 << 30 }),
		"a page that unpacks to 256 MB":    paging(t, data, bomb, func(*second.PageHeader) {}),
		"one that says so":                 paging(t, data, bomb, func(h *second.PageHeader) { h.UncompressedPageSize = 256 << 20 }),
		"a text of 2^32 bytes":             paging(t, data, packed.EncodeAll([]byte("\xff\xff\xff\xffa"), nil), func(h *second.PageHeader) { h.UncompressedPageSize = 5 }),
		"a page that is not compressed so": paging(t, data, []byte("PAR1"), func(*second.PageHeader) {}),
	}
}

// What a file says of its size is held before room is made for it.
func TestReadBackBounded(t *testing.T) {
	rows := []release.Figure{figure("a", "2001", "all", "all", 42.934121), figure("a", "2001", "sex", "men", math.NaN())}
	data := table(t, rows)
	if err := within(t, paging(t, data, nil, func(*second.PageHeader) {}), rows); err != nil {
		t.Fatalf("a file that says what it did: %v", err)
	}
	for name, bad := range claims(t, data) {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			err := within(t, bad, rows)
			if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), "runtime error") {
				t.Errorf("got %v", err)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// The first library reads what the second does, and finds what it does.
func TestReadFirst(t *testing.T) {
	rows := make([]release.Figure, 3000)
	for i := range rows {
		rows[i] = figure("a", "2001", "all", "all", float64(i))
		if i%3 == 0 {
			rows[i].Value, rows[i].Notes, rows[i].Base = math.NaN(), "", release.Withheld
		}
	}
	data := table(t, rows)
	if err := readFirst(data, rows, release.FigureColumns); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*release.Figure){
		"column value: row 2000":           func(f *release.Figure) { f.Value = math.Nextafter(f.Value, 5000) },
		"column std_error: row 2000":       func(f *release.Figure) { f.SE = math.NaN() },
		"column notes: row 2000":           func(f *release.Figure) { f.Notes = "" },
		"column status: row 2000":          func(f *release.Figure) { f.Status = "c" },
		"column base_unweighted: row 2000": func(f *release.Figure) { f.Base = release.Withheld },
	} {
		f := rows[1999]
		edit(&rows[1999])
		if err := readFirst(data, rows, release.FigureColumns); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
		rows[1999] = f
	}
	if err := readFirst(data, rows[:2999], release.FigureColumns); err == nil {
		t.Error("a row too many is read")
	}
}

// Whatever the bytes, reading them back ends, in little memory.
func FuzzReadBack(f *testing.F) {
	rows := []release.Figure{figure("a", "2001", "all", "all", 42.934121), figure("a", "2001", "sex", "men", math.NaN())}
	data, err := sheet.Parquet(rows, release.FigureColumns, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	// A footer that lies is the seed of others.
	f.Add(ended(data[:len(data)-8], []byte{0x15, 0x04, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07}))
	f.Fuzz(func(t *testing.T, data []byte) { _ = within(t, data, rows) })
}
