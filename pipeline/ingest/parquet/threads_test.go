package parquet

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/google/go-cmp/cmp"
)

// processors runs the rest of a test on n processors.
func processors(t *testing.T, n int) {
	t.Helper()
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// What is read, and what is refused, does not depend on how many columns are
// read at a time.
func TestThreads(t *testing.T) {
	var fields []arrow.Field
	for i := range 6 {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("x", i), Type: arrow.PrimitiveTypes.Int64, Nullable: true}, numbers(fmt.Sprint("y", i)))
	}
	const rows = 9_000
	made := func(wrong bool) []byte {
		return foreign(t, fields, func(b *array.RecordBuilder) {
			for row := range rows {
				for i := range fields {
					x, isWhole := b.Field(i).(*array.Int64Builder)
					switch {
					case row%(i+2) == 0:
						b.Field(i).AppendNull()
					case isWhole:
						x.Append(int64(row * i))
					case wrong && i%3 == 0 && row == 500*i+1:
						b.Field(i).(*array.Float64Builder).Append(math.Inf(-1))
					default:
						b.Field(i).(*array.Float64Builder).Append(float64(row) / float64(i))
					}
				}
			}
		}, parquet.WithMaxRowGroupLength(5_000))
	}
	limits := Limits{Columns: 100, Rows: rows, Cells: 1 << 24, TextBytes: 10}
	sound, wrong := made(false), made(true)
	var want *File
	var problem error
	for _, n := range []int{1, 2, 5} {
		processors(t, n)
		f, err := read(sound, limits)
		if err != nil {
			t.Fatal(err)
		}
		_, refused := read(wrong, limits)
		if refused == nil {
			t.Fatal("infinite numbers are not refused")
		}
		if n == 1 {
			want, problem = f, refused
			for i, c := range f.Table.Columns {
				for row, x := range c.Values {
					is := float64(row * i)
					if i%2 == 1 {
						is = float64(row) / float64(i)
					}
					if null := row%(i+2) == 0; math.IsNaN(x) != null || !null && x != is {
						t.Fatalf("%s, row %d: %v, want %v", c.Variable.Name, row, x, is)
					}
				}
			}
			if got := strings.Count(problem.Error(), "is infinite"); got != 2 || !strings.Contains(problem.Error(), `variable "y1": row group 1, after row 1501: row 1502 is infinite`) {
				t.Errorf("got %v, want every column's own", problem)
			}
			continue
		}
		if diff := cmp.Diff(want.Table, f.Table, equate); diff != "" {
			t.Errorf("%d processors: -, +:\n%s", n, diff)
		}
		if refused.Error() != problem.Error() {
			t.Errorf("%d processors: got %v, want %v", n, refused, problem)
		}
	}
}

// Pages of numbers that are too large together are one problem, whichever
// column was the last.
func TestBudgetOfNumbers(t *testing.T) {
	var fields []arrow.Field
	for i := range 8 {
		fields = append(fields, numbers(fmt.Sprint("x", i)))
	}
	const rows = 100_000
	data := foreign(t, fields, func(b *array.RecordBuilder) {
		for _, f := range b.Fields() {
			for range rows {
				f.(*array.Float64Builder).Append(1)
			}
		}
	}, parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(16<<20))
	for _, n := range []int{1, 2, 5} {
		processors(t, n)
		for _, c := range []struct {
			most int64
			want string
		}{{3_000_000, "f: pages of more than 3000000 bytes at a time, in columns that are read together"}, {8_000_000, ""}} {
			s := &scan{where: "f", limits: Limits{Columns: 8, Rows: rows, Cells: 8 * rows}}
			if !s.open(bytes.NewReader(data), int64(len(data))) {
				t.Fatal(s.problems)
			}
			s.choose(nil)
			for _, c := range s.columns {
				s.prepare(c)
			}
			s.budget.most = c.most
			s.batch(100, true, mostText)
			s.close()
			if got := s.problems.Error(); len(s.problems) > 0 && got != c.want || (len(s.problems) > 0) != (c.want != "") {
				t.Errorf("%d processors, %d bytes: got %q, want %q", n, c.most, got, c.want)
			}
		}
	}
}
