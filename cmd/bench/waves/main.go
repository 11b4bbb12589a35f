// Waves writes made-up extracts of any size for twelve waves of the catalogue,
// or for one: each variable of the wave's crosswalk, answered at random,
// and as many variables that no crosswalk reads. They are for measuring how long
// a release takes; what is said in them means nothing.
//
//	waves OUT                                    12 waves: hocs of 15,000 respondents, bcs of 47,000
//	waves -wave bcs/2007-08 -rows 1000000 -format parquet OUT
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/table"
)

var (
	format = flag.String("format", "tab", "tab, as the archive writes it, or parquet")
	wave   = flag.String("wave", "", "the wave to write, such as bcs/2007-08; the twelve if empty")
	rows   = flag.Int("rows", 0, "respondents of a wave; 0 is 15,000 of hocs and 47,000 of bcs")
	unused = flag.Int("unused", 300, "variables that no crosswalk reads")
	seed   = flag.Uint64("seed", 9, "of the answers")
)

// twelve are the whole years of both surveys that the plan speaks of.
var twelve = []codebook.SourceID{
	"bcs/2004-05", "bcs/2005-06", "bcs/2006-07", "bcs/2007-08", "bcs/2008-09",
	"hocs/2001", "hocs/2003", "hocs/2005", "hocs/2007-08", "hocs/2008-09", "hocs/2009-10", "hocs/2010-11",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("waves: ")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: waves [-wave ID] [-rows N] [-format tab|parquet] OUT")
	}
	catalogue, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		log.Fatal(err)
	}
	for _, x := range catalogue.Crosswalks {
		if *wave == "" && !slices.Contains(twelve, x.ID()) || *wave != "" && *wave != string(x.ID()) {
			continue
		}
		n := *rows
		switch {
		case n > 0:
		case len(x.Design.PSU) > 0:
			n = 15_000
		default:
			n = 47_000
		}
		if err := write(filepath.Join(flag.Arg(0), x.Survey, x.Wave), x, n); err != nil {
			log.Fatal(err)
		}
	}
}

// A column draws its cells in the order of the rows. NaN is missing.
type column struct {
	name string
	draw func() float64
}

func write(folder string, x *codebook.Crosswalk, n int) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(folder, x.Survey+"_"+x.Wave+"."+*format))
	if err != nil {
		return err
	}
	columns := draws(x)
	to := tabbed
	if *format == "parquet" {
		to = columnar
	}
	return to(f, columns, n)
}

// draws makes the columns of a wave: strata of 40 PSUs of 10 respondents, of
// whom two thirds are in the core sample, weights from 0.2 to 5, and answers of
// all codes alike, one in 20 missing.
func draws(x *codebook.Crosswalk) []column {
	random := rand.New(rand.NewPCG(*seed, uint64(len(x.Wave))<<32|uint64(x.Wave[len(x.Wave)-1])))
	var out []column
	seen := map[string]bool{}
	add := func(name string, draw func() float64) {
		if name != "" && !seen[name] {
			seen[name] = true
			out = append(out, column{name, draw})
		}
	}
	row := -1 // the first column counts
	add("synthetic", func() float64 { row++; return 1 })
	if x.Identify != nil {
		add(x.Identify.Variable, func() float64 { return x.Identify.Equals })
	}
	if x.Key != nil {
		for _, name := range x.Key.Variables {
			add(name, func() float64 { return float64(row + 1) })
		}
	}
	for _, name := range x.Design.Stratum {
		add(name, func() float64 { return float64(row / 400) })
	}
	for _, name := range x.Design.PSU {
		add(name, func() float64 { return float64(row / 10) })
	}
	core := false
	for _, name := range slices.Sorted(maps.Keys(x.Weights)) {
		w := x.Weights[name]
		if w.Sample != nil {
			add(w.Sample.Variable, func() float64 {
				core = random.IntN(3) < 2
				return map[bool]float64{true: 1, false: 2}[core]
			})
		}
		add(w.Variable, func() float64 {
			if name == codebook.CoreWeight && w.Sample != nil && !core {
				return math.NaN()
			}
			return math.Round(1e6*math.Exp(random.NormFloat64()/2)) / 1e6
		})
	}
	codes := map[string][]float64{}
	for _, name := range slices.Sorted(maps.Keys(x.Variables)) {
		s := x.Variables[name]
		for _, raw := range s.Raw() {
			found := codesOf(s)
			if before, twice := codes[raw]; twice {
				found = slices.DeleteFunc(found, func(v float64) bool { return !slices.Contains(before, v) })
			}
			codes[raw] = found
		}
	}
	for _, raw := range slices.Sorted(maps.Keys(codes)) {
		of := codes[raw]
		add(raw, func() float64 {
			if random.IntN(20) == 0 {
				return math.NaN()
			}
			return of[random.IntN(len(of))]
		})
	}
	for i := range *unused {
		most := []int{2, 5, 10, 100, 10_000}[i%5]
		add(fmt.Sprintf("unused%03d", i+1), func() float64 { return float64(random.IntN(most)) })
	}
	return out
}

// codesOf lists the raw codes that a source takes, missing ones apart.
func codesOf(s codebook.Source) []float64 {
	var codes []float64
	for code := range s.Codes {
		if v, err := strconv.ParseFloat(code, 64); err == nil {
			codes = append(codes, v)
		}
	}
	between := func(low, high float64) {
		for v := math.Ceil(low); v <= min(high, low+100); v++ {
			codes = append(codes, v)
		}
	}
	for _, b := range s.Bands {
		between(b[0], b[1])
	}
	if len(s.Range) > 0 {
		between(s.Range[0], s.Range[1])
	}
	slices.Sort(codes)
	return codes
}

func tabbed(to io.WriteCloser, columns []column, n int) error {
	out := bufio.NewWriterSize(to, 1<<20)
	for i, c := range columns {
		if i > 0 {
			out.WriteByte('\t')
		}
		out.WriteString(c.name)
	}
	out.WriteString("\r\n")
	var cell []byte
	for range n {
		for i, c := range columns {
			if i > 0 {
				out.WriteByte('\t')
			}
			v := c.draw()
			if math.IsNaN(v) {
				out.WriteByte(' ')
				continue
			}
			cell = strconv.AppendFloat(cell[:0], v, 'f', -1, 64)
			out.Write(cell)
		}
		out.WriteString("\r\n")
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return to.Close()
}

func columnar(to io.WriteCloser, columns []column, n int) error {
	fields := make([]parquet.Field, len(columns))
	for i, c := range columns {
		fields[i].Name = c.name
	}
	out, err := parquet.NewWriter(to, "waves", fields)
	if err != nil {
		return err
	}
	const most = 1 << 14 // rows of a batch
	for first := 0; first < n; first += most {
		batch := table.New(min(most, n-first))
		values := make([][]float64, len(columns))
		for i, c := range columns {
			values[i] = make([]float64, batch.Rows)
			batch.Add(&table.Column{Variable: codebook.Variable{Name: c.name}, Values: values[i]})
		}
		for row := range batch.Rows {
			for i, c := range columns {
				values[i][row] = c.draw()
			}
		}
		if err := out.Write(batch); err != nil {
			return err
		}
	}
	variables := make([]codebook.Variable, len(columns))
	for i, c := range columns {
		variables[i].Name = c.name
	}
	return out.Close(variables) // and of the file
}
