package dta

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// What is read, and what is refused, is the same on any number of processors.
func TestProcessors(t *testing.T) {
	const rows = 5000
	wrong := dataset{version: 118, rows: rows}
	for i := range 30 {
		v := madeVariable{name: fmt.Sprint("v", i), kind: "double", format: "%9.0g"}
		for row := range rows {
			cell := any(float64(row))
			if i%7 == 3 && row%(1000+i) == 999 {
				cell = math.Float64bits(math.Inf(1))
			}
			v.cells = append(v.cells, cell)
		}
		wrong.vars = append(wrong.vars, v)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, file := range map[string][]byte{"wave": wave(rows), "wrong": wrong.file(), "cut short": wave(rows)[:200_000]} {
		var want *File
		refused := ""
		for _, processors := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(processors)
			got, err := Read(bytes.NewReader(file), "f", nil, Limits{})
			if processors == 1 {
				want, refused = got, fmt.Sprint(err)
			}
			if fmt.Sprint(err) != refused || (err == nil) != (name == "wave") {
				t.Errorf("%s, %d processors: %v, want %s", name, processors, err, refused)
			}
			if err != nil {
				continue
			}
			if err := hostile.Differ(got.Table, want.Table); err != nil {
				t.Errorf("%s, %d processors: %v", name, processors, err)
			}
		}
	}
}
