package sav

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"togetherwecan/pipeline/table"
)

// survey is a file such as the archive's: 60 columns of which 50 have codes of
// one digit, 8 are decimals (weights, scales) and 2 are text, by rows.
func survey(compression, rows int) []byte {
	const codes, decimals, texts = 50, 8, 2
	w := file(little, compression, 0, rows)
	for i := range codes + decimals {
		w.number(fmt.Sprintf("V%d", i), "A variable")
	}
	for i := range texts {
		w.text(8, fmt.Sprintf("T%d", i), "A text")
	}
	w.machine(65001).encoding("UTF-8").end()
	state := uint64(1)
	next := func(n uint64) uint64 {
		state = state*6364136223846793005 + 1442695040888963407
		return (state >> 33) % n
	}
	var data, literal []byte
	pending := make([]byte, 0, 8)
	flush := func() {
		if len(pending) > 0 {
			for len(pending) < 8 {
				pending = append(pending, codePadding)
			}
			data = append(append(data, pending...), literal...)
			pending, literal = pending[:0], literal[:0]
		}
	}
	put := func(code byte, value []byte) {
		if compression == uncompressed {
			data = append(data, value...)
			return
		}
		pending = append(pending, code)
		if code == codeLiteral {
			literal = append(literal, value...)
		}
		if len(pending) == 8 {
			flush()
		}
	}
	float := func(v float64) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)) }
	for range rows {
		for range codes {
			if n := next(10); n == 0 {
				put(codeMissing, float(sysmis))
			} else {
				put(byte(100+n), float(float64(n)))
			}
		}
		for range decimals {
			put(codeLiteral, float(float64(next(1000))/1000))
		}
		for range texts {
			put(codeLiteral, fmt.Appendf(nil, "E%07d", next(400)))
		}
	}
	flush()
	if compression != zlibbed {
		return w.put(data).Bytes()
	}
	const blockBytes = 0x3ff000
	var blocks [][]byte
	for len(data) > blockBytes {
		blocks, data = append(blocks, data[:blockBytes]), data[blockBytes:]
	}
	return w.zlib(append(blocks, data)...).Bytes()
}

// BenchmarkRead keeps the rows a second of a whole extract of 60 columns, and
// of 5 columns of it as a run wants them, read whole and in batches.
func BenchmarkRead(b *testing.B) {
	const rows = 50_000
	for compression, name := range compressions {
		data := survey(compression, rows)
		for columns, want := range map[int][]string{60: nil, 5: {"V0", "V20", "V40", "V57", "T1"}} {
			run := func(how string, read func() (int, error)) {
				b.Run(fmt.Sprintf("compression=%s/columns=%d/how=%s", name, columns, how), func(b *testing.B) {
					b.SetBytes(int64(len(data)))
					b.ReportAllocs()
					for b.Loop() {
						if n, err := read(); err != nil || n != rows {
							b.Fatal(n, err)
						}
					}
					b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				})
			}
			run("read", func() (int, error) {
				f, err := Read(bytes.NewReader(data), "f", want, Limits{})
				if err != nil {
					return 0, err
				}
				return f.Table.Rows, nil
			})
			run("scan", func() (n int, err error) {
				_, err = Scan(bytes.NewReader(data), "f", nil, want, Limits{}, func(t *table.Table) error { n += t.Rows; return nil })
				return n, err
			})
		}
	}
}
