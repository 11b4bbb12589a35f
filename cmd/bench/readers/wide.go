package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// The widest file of a panel study that is known has this many variables.
const widest = 108_556

// wide measures files of very many variables, and whether their memory depends on
// their rows: of 20,000 in 1,000 rows, and of as many as the widest has in some rows
// and in so many that the file has 5 GB.
func (b *bench) wide() error {
	fmt.Print("\n| variables | rows | MB | Scan | describe | to Parquet |\n|---|---|---|---|---|---|\n")
	for _, shape := range []struct{ variables, rows int }{{20_000, 1000}, {widest, 300}, {widest, 5800}} {
		path := filepath.Join(b.folder, "wide.sav")
		if err := writeWide(path, shape.variables, shape.rows); err != nil {
			return err
		}
		costs, err := b.ours(path, 1)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", thousands(shape.variables), thousands(shape.rows), megabytes(path), words(costs[0]), words(costs[1]), words(costs[3]))
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// writeWide writes a system file that is not compressed: answers of 1 to 5 with labels,
// one in seven missing, and a number with a fraction in every tenth variable.
func writeWide(path string, variables, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	var row []byte
	whole := func(of ...int) {
		for _, n := range of {
			row = binary.LittleEndian.AppendUint32(row, uint32(n))
		}
	}
	number := func(x float64) { row = binary.LittleEndian.AppendUint64(row, math.Float64bits(x)) }
	text := func(s string, width int) { row = fmt.Appendf(row, "%-*s", width, s) }
	flush := func() { _, err = w.Write(row); row = row[:0] }
	text("$FL2@(#) SPSS DATA FILE", 64)
	whole(2, variables, 0, 0, rows)
	number(100)
	text("01 Jan 2612:00:00", 17+64+3)
	for i := range variables {
		whole(2, 0, 1, 0, 0x050800, 0x050800)
		text("V"+strconv.Itoa(i), 8)
		whole(24)
		text("Question "+strconv.Itoa(i), 24)
	}
	const share = 1000 // variables of one set of labels
	for from := 0; from < variables; from += share {
		whole(3, 5)
		for code := 1; code <= 5; code++ {
			number(float64(code))
			row = append(row, 8)
			text("Answer "+strconv.Itoa(code), 15)
		}
		n := min(share, variables-from)
		whole(4, n)
		for i := range n {
			whole(from + i + 1)
		}
	}
	whole(999, 0)
	flush()
	for r := 0; r < rows && err == nil; r++ {
		for i := range variables {
			switch n := r*31 + i*17 + i/7*r; {
			case n%7 == 0:
				number(-math.MaxFloat64)
			case i%10 == 0:
				number(float64(n%1000) / 8)
			default:
				number(float64(1 + n%5))
			}
		}
		flush()
	}
	if err != nil {
		return err
	}
	return w.Flush()
}
