package parquet

import (
	"bytes"
	"io"
	"testing"

	"togetherwecan/pipeline/table"
)

// BenchmarkScan keeps the speed at which a survey wave of 60 columns is read.
func BenchmarkScan(b *testing.B) {
	const rows = 50_000
	var out bytes.Buffer
	waveFile(b, &out, rows, rows, 0)
	for _, c := range []struct {
		name string
		want []string
	}{{"columns=60", nil}, {"columns=5", []string{"v0", "v1", "v20", "v57", "v59"}}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Scan(bytes.NewReader(out.Bytes()), int64(out.Len()), "f", nil, c.want, Limits{Columns: 61, Rows: rows, TextBytes: 10}, func(*table.Table) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkWrite keeps the speed at which it is converted.
func BenchmarkWrite(b *testing.B) {
	const rows = 50_000
	var whole *table.Table
	wave(rows, rows, func(t *table.Table) { whole = t })
	b.ReportAllocs()
	for b.Loop() {
		if err := write(io.Discard, whole, "f"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
