package dta

import (
	"bytes"
	"fmt"
	"testing"

	"togetherwecan/pipeline/table"
)

// wave is a file of the shape of a survey wave: 54 codes of one byte, 2
// counts, 2 weights, an identifier and a text.
func wave(rows int) []byte {
	d := dataset{version: 118, rows: rows}
	add := func(n int, kind string, cell func(row int) any) {
		for range n {
			v := madeVariable{name: fmt.Sprintf("v%d", len(d.vars)+1), kind: kind, format: "%9.0g"}
			for row := range rows {
				v.cells = append(v.cells, cell(row))
			}
			d.vars = append(d.vars, v)
		}
	}
	add(54, "byte", func(row int) any {
		if row%20 == 0 {
			return byte('a')
		}
		return float64(row % 7)
	})
	add(2, "int", func(row int) any { return float64(row % 1000) })
	add(2, "double", func(row int) any { return 0.5 + float64(row)/7 })
	add(1, "long", func(row int) any { return float64(row) })
	add(1, "str8", func(row int) any { return fmt.Sprintf("E%07d", row%500) })
	return d.file()
}

func BenchmarkRead(b *testing.B) {
	const rows = 20_000
	file := wave(rows)
	for _, c := range []struct {
		name string
		want []string
	}{{"all 60 columns", nil}, {"5 columns", []string{"v1", "v20", "v55", "v57", "v60"}}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(bytes.NewReader(file), "f", c.want, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkScan keeps the speed at which a wave of 60 columns is read in
// batches.
func BenchmarkScan(b *testing.B) {
	const rows = 20_000
	file := wave(rows)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Scan(bytes.NewReader(file), "f", nil, nil, Limits{}, func(*table.Table) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
