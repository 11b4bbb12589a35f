package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/table"
)

// byCode reads a file by its codes in batches of so many rows, and says of how many
// batches of a column there were codes. A code must be of one number throughout.
func byCode(t testing.TB, data []byte, size int) (whole *table.Table, coded int, err error) {
	t.Helper()
	var columns []*table.Column
	var known [][]float64
	rows := 0
	_, err = scanned(bytes.NewReader(data), int64(len(data)), "f", nil, nil, many, func(int) int { return size }, true, func(b *table.Table) error {
		for i, c := range b.Columns {
			if rows == 0 {
				columns, known = append(columns, &table.Column{Variable: c.Variable}), append(known, nil)
			}
			if c.Codes != nil {
				coded++
				if n := len(known[i]); n > len(c.Numbers) || !slices.Equal(known[i], c.Numbers[:n]) {
					t.Errorf("%s: codes of %v, then of %v", c.Variable.Name, known[i], c.Numbers)
				}
				known[i] = append(known[i][:0], c.Numbers...)
			}
			into, c := columns[i], c.Decoded()
			into.Values, into.Text, into.Tags = append(into.Values, c.Values...), append(into.Text, c.Text...), append(into.Tags, c.Tags...)
		}
		rows += b.Rows
		return nil
	})
	if err != nil {
		return nil, coded, err
	}
	return table.New(rows, columns...), coded, nil
}

// many are rows enough for all files.
var many = Limits{Columns: 100, Rows: 1 << 20, Cells: 1 << 24, TextBytes: 1 << 20}

var nans = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(table.Table{})}

// What is read by codes is what the library reads: of dictionaries that end in the midst
// of a chunk and of those that do not, of both kinds of page, of few numbers and many,
// missing or not.
func TestCodesAreTheLibrarys(t *testing.T) {
	n := uint64(time.Now().UnixNano())
	t.Logf("seed %d", n)
	r := rand.New(rand.NewPCG(n, 0))
	numbers, all := 0, 0
	for range 25 {
		rows, group := 1+r.IntN(900), int64(1+r.IntN(900))
		version := []parquet.DataPageVersion{parquet.DataPageV1, parquet.DataPageV2}[r.IntN(2)]
		nullable, missing, distinct := r.IntN(3) > 0, r.IntN(3), 1<<r.IntN(11)
		fields := []arrow.Field{
			{Name: "double", Type: arrow.PrimitiveTypes.Float64, Nullable: nullable},
			{Name: "float", Type: arrow.PrimitiveTypes.Float32, Nullable: nullable},
			{Name: "short", Type: arrow.PrimitiveTypes.Int32, Nullable: nullable},
			{Name: "long", Type: arrow.PrimitiveTypes.Int64, Nullable: nullable},
			{Name: "unsigned", Type: arrow.PrimitiveTypes.Uint32, Nullable: nullable},
		}
		data := foreign(t, fields, func(b *array.RecordBuilder) {
			for row := range rows {
				for i := range fields {
					x := r.IntN(distinct) - distinct/3
					if nullable && (r.IntN(4) < missing || row/64%3 == 1) { // in runs too
						b.Field(i).AppendNull()
						continue
					}
					switch to := b.Field(i).(type) {
					case *array.Float64Builder:
						to.Append([]float64{float64(x) / 4, math.NaN(), math.Copysign(0, -1)}[max(0, r.IntN(30)-27)])
					case *array.Float32Builder:
						to.Append(float32(x) / 4)
					case *array.Int32Builder:
						to.Append(int32(x))
					case *array.Int64Builder:
						to.Append(int64(x))
					case *array.Uint32Builder:
						to.Append(uint32(max(x, 0)))
					}
				}
			}
		}, parquet.WithDataPageVersion(version), parquet.WithMaxRowGroupLength(group), parquet.WithDataPageSize(int64(1+r.IntN(2000))), parquet.WithDictionaryPageSizeLimit(int64(1+r.IntN(4000))), parquet.WithBatchSize(int64(1+r.IntN(300))))
		size := 1 + r.IntN(400)
		want, _, err := gather(data, size, many)
		if err != nil {
			t.Fatal(err)
		}
		got, coded, err := byCode(t, data, size)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, nans); diff != "" {
			t.Fatalf("%d rows in groups of %d, batches of %d, of %d numbers: %s", rows, group, size, distinct, diff)
		}
		numbers += coded
		all += 4 * ((rows + size - 1) / size)
	}
	if numbers == 0 || numbers == all {
		t.Errorf("%d of %d batches by codes, want some and not all", numbers, all)
	}
}

// Files of all types read by codes as they do without.
func TestCodesOfEverything(t *testing.T) {
	for name, data := range everything(t) {
		t.Run(name, func(t *testing.T) {
			want, _, err := gather(data, 7, many)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := byCode(t, data, 7)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, nans); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A damaged file is refused in the same words by codes, or read to the same numbers,
// whichever byte of it is changed.
func TestDamagedCodes(t *testing.T) {
	fields := []arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, {Name: "y", Type: arrow.PrimitiveTypes.Int32}}
	data := foreign(t, fields, func(b *array.RecordBuilder) {
		for row := range 60 {
			if x := b.Field(0).(*array.Float64Builder); row%5 == 0 {
				x.AppendNull()
			} else {
				x.Append(float64(row % 3))
			}
			b.Field(1).(*array.Int32Builder).Append(int32(row % 7))
		}
	}, parquet.WithDataPageSize(40), parquet.WithBatchSize(16))
	for at := range data {
		flip := []byte{1, 0xff, 0x40}[at%3]
		changed := bytes.Clone(data)
		changed[at] ^= flip
		want, _, refused := gather(changed, 11, many)
		got, _, err := byCode(t, changed, 11)
		if fmt.Sprint(err) != fmt.Sprint(refused) {
			t.Errorf("byte %d by %#x: %v, want %v", at, flip, err, refused)
		} else if diff := cmp.Diff(want, got, nans); diff != "" {
			t.Errorf("byte %d by %#x: %s", at, flip, diff)
		}
	}
}

// Runs read as Parquet's Encodings.md has them.
func TestRuns(t *testing.T) {
	for _, c := range []struct {
		claim string
		data  []byte
		width int
		want  []uint16
	}{
		{"eight numbers of three bits, as the page has them", []byte{3, 0x88, 0xc6, 0xfa}, 3, []uint16{0, 1, 2, 3, 4, 5, 6, 7}},
		{"one number four times", []byte{8, 5}, 3, []uint16{5, 5, 5, 5}},
		{"one of two bytes", []byte{4, 0x34, 0x12}, 13, []uint16{0x1234, 0x1234}},
		{"a run after another", []byte{4, 1, 3, 0x0f}, 1, []uint16{1, 1, 1, 1, 1, 1, 0, 0, 0, 0}},
		{"no bits", []byte{3}, 0, []uint16{0, 0, 0, 0, 0, 0, 0, 0}},
		{"packed numbers that are cut off", []byte{3, 0x88}, 3, nil},
		{"a number that is cut off", []byte{4, 0x34}, 13, nil},
		{"a run of none", []byte{0, 1}, 1, nil},
		{"no run", nil, 1, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for step := 1; step < 9; step++ {
				r, got := runs{data: c.data, width: c.width}, make([]uint16, max(len(c.want), 8))
				got = got[:max(len(c.want), 8*min(1, 1-min(1, len(c.want))))]
				read := true
				for from := 0; from < len(got) && read; from += step {
					read = r.read(got[from:min(from+step, len(got))])
				}
				if read != (c.want != nil) || read && !cmp.Equal(got, c.want) {
					t.Errorf("by %d: %v %v, want %v", step, got, read, c.want)
				}
			}
		})
	}
}

// Runs of numbers of at most a byte are the same read as bytes and as wider numbers, in
// any steps, and end at the same place.
func TestRunsAsBytes(t *testing.T) {
	n := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(n, 0))
	for range 2000 {
		width, data, numbers := r.IntN(9), []byte(nil), 0
		for range 1 + r.IntN(4) {
			count := 1 + r.IntN(40)
			if r.IntN(2) == 0 { // of one
				data = binary.AppendUvarint(data, uint64(count)<<1)
				data = append(data, make([]byte, (width+7)/8)...)
				if width > 0 {
					data[len(data)-1] = byte(r.IntN(1 << width))
				}
				numbers += count
				continue
			}
			groups := (count + 7) / 8
			data = binary.AppendUvarint(data, uint64(groups)<<1|1)
			for range groups * width {
				data = append(data, byte(r.IntN(256)))
			}
			numbers += 8 * groups
		}
		if r.IntN(4) == 0 {
			data = data[:r.IntN(len(data)+1)] // cut short
		}
		narrow, wide := runs{data: data, width: width}, runs{data: data, width: width}
		for read := 0; read <= numbers; {
			step := 1 + r.IntN(30)
			got, want := make([]uint8, step), make([]uint16, step)
			is, was := narrow.bytes(got), wide.read(want)
			for i := range want {
				if is != was || is && uint16(got[i]) != want[i] {
					t.Fatalf("seed %d, %d bits: %v (%v), want %v (%v)", n, width, got, is, want, was)
				}
			}
			if !is {
				break
			}
			read += step
		}
	}
}
