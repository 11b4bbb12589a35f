package sav

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/ingest/hostile"
)

// mixed is a file of numbers of every kind and texts of one, two and many pieces, some
// not of the encoding.
func mixed(order binary.AppendByteOrder, cases, rows int) []byte {
	w := file(order, uncompressed, 0, cases).number("A", "").text(3, "S", "").number("B", "").text(26, "L", "").number("C", "").machine(65001).encoding("UTF-8").end()
	float := func(bits uint64) { w.put(string(order.AppendUint64(nil, bits))) }
	for row := range rows {
		float(math.Float64bits(float64(row) / 8))
		w.put(pad([]string{"a", "", "x\x00", "\xe9"}[row%4], 8))
		switch row % 3 {
		case 0:
			float(math.Float64bits(-math.MaxFloat64))
		case 1:
			float(0x7ff8000000001234)
		default:
			float(math.Float64bits(math.Copysign(0, -1)))
		}
		w.put(pad(fmt.Sprintf("%*d", row%27, row), 32))
		float(math.Float64bits(math.Inf(row%2*2 - 1)))
	}
	return w.Bytes()
}

// What is read, and what is refused, is the same by blocks on any number of processors
// as case by case.
func TestCasesByBlocks(t *testing.T) {
	files := corpus(t)
	add := func(name string, data []byte) {
		files = append(files, hostile.File{Name: name, Data: data})
	}
	const rows = 5_000
	survey := survey(uncompressed, rows)
	add("survey", survey)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		add("mixed", mixed(order, rows, rows))
		add("mixed, of any number of cases", mixed(order, -1, rows))
		add("mixed, with more than it announces", mixed(order, rows-1, rows))
		add("mixed, with fewer", mixed(order, rows+1, rows))
	}
	add("cut short", survey[:len(survey)-100])
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, f := range files {
		for _, limits := range []Limits{{}, {Rows: rows / 2}} {
			want, refused := read(bytes.NewReader(f.Data), 16, "f", nil, limits)
			for _, processors := range []int{1, 2, 5} {
				runtime.GOMAXPROCS(processors)
				got, err := read(bytes.NewReader(f.Data), bufferBytes, "f", nil, limits)
				if fmt.Sprint(err) != fmt.Sprint(refused) {
					t.Errorf("%s, %d processors: %v, want %v", f.Name, processors, err, refused)
				}
				if want == nil || got == nil {
					continue // refused
				}
				if err := hostile.Differ(got.Table, want.Table); err != nil {
					t.Errorf("%s, %d processors: %v", f.Name, processors, err)
				}
				if diff := cmp.Diff(want.Notes, got.Notes); diff != "" {
					t.Errorf("%s, %d processors: %s", f.Name, processors, diff)
				}
			}
		}
	}
}
