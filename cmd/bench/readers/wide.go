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
		if err := writeWide(path, shape.variables, shape.rows, false); err != nil {
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

// The codes of a number that is written out and of a missing one; a small whole number's
// is 100 more.
const literal, missing = 253, 255

// fastest are the readers of system files that are known to be so, with the shape of the
// file that each says it was measured with and how many times as fast as pyreadstat,
// which is readstat's library in Python, it says that it is.
var fastest = []struct {
	name            string
	variables, rows int
	compressed      bool
	says            string
}{
	{"ambers 0.2.6", 677, 22_070, false, "up to 10"},
	{"polars_readstat 0.23", 1030, 73_745, true, "usually at least 4"},
}

// shapes measures files of the shapes of the fastest, beside readstat's library in R.
func (b *bench) shapes() error {
	fmt.Print("\n| shape of | variables | rows | MB | Scan | haven | times as fast as haven, CPU and elapsed | its own, as it says of pyreadstat |\n|---|---|---|---|---|---|---|---|\n")
	start, err := b.measure(b.runs, "Rscript", "-e", "library(haven)")
	if err != nil {
		return err
	}
	path := filepath.Join(b.folder, "shape.sav")
	defer os.Remove(path)
	for _, o := range fastest {
		if err := writeWide(path, o.variables, o.rows, o.compressed); err != nil {
			return err
		}
		ours, err := b.measure(b.runs, b.self, "scan", path)
		if err != nil {
			return err
		}
		haven, err := b.measure(b.runs, "Rscript", "-e", fmt.Sprintf("invisible(haven::read_sav(%q))", path))
		if err != nil {
			return err
		}
		haven.CPU, haven.Wall = haven.CPU-start.CPU, haven.Wall-start.Wall
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %.1f, %.1f | %s |\n", o.name, thousands(o.variables), thousands(o.rows), megabytes(path), words(ours), words(haven),
			haven.CPU.Seconds()/ours.CPU.Seconds(), haven.Wall.Seconds()/ours.Wall.Seconds(), o.says)
	}
	return nil
}

// writeWide writes a system file, compressed by bytecodes or not: answers of 1 to 5 with
// labels, one in seven missing, and a number with a fraction in every tenth variable.
func writeWide(path string, variables, rows int, compressed bool) error {
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
	compression := 0
	if compressed {
		compression = 1
	}
	number := func(x float64) { row = binary.LittleEndian.AppendUint64(row, math.Float64bits(x)) }
	text := func(s string, width int) { row = fmt.Appendf(row, "%-*s", width, s) }
	flush := func() { _, err = w.Write(row); row = row[:0] }
	text("$FL2@(#) SPSS DATA FILE", 64)
	whole(2, variables, compression, 0, rows)
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
	var codes, literals []byte // of up to eight cells
	cell := func(x float64, code byte) {
		if !compressed {
			number(x)
			return
		}
		if codes = append(codes, code); code == literal {
			literals = binary.LittleEndian.AppendUint64(literals, math.Float64bits(x))
		}
		if len(codes) == 8 {
			row = append(append(row, codes...), literals...)
			codes, literals = codes[:0], literals[:0]
		}
	}
	for r := 0; r < rows && err == nil; r++ {
		for i := range variables {
			switch n := r*31 + i*17 + i/7*r; {
			case n%7 == 0:
				cell(-math.MaxFloat64, missing)
			case i%10 == 0:
				cell(float64(n%1000)/8, literal)
			default:
				cell(float64(1+n%5), byte(101+n%5))
			}
		}
		flush()
	}
	if len(codes) > 0 {
		row = append(append(row, codes...), make([]byte, 8-len(codes))...)
		row = append(row, literals...)
		flush()
	}
	if err != nil {
		return err
	}
	return w.Flush()
}
