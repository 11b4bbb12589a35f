// Returns measures how long a release of many returns takes: a catalogue of series
// and the returns of each, made up from a fixed seed, and twc run as this tree builds
// it, a whole process as the kernel counts it. It prints the table of README.md.
//
//	go run ./cmd/bench/returns
//	go run ./cmd/bench/returns -series 50 -areas 400 -years 20
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/cmd/bench/process"
)

var (
	series = flag.Int("series", 50, "series of returns")
	areas  = flag.Int("areas", 400, "areas of each")
	years  = flag.Int("years", 20, "years of each, of which the table has a quarter, a half and all")
	runs   = flag.Int("runs", 3, "runs of each, of which the median is printed")
	folder = flag.String("dir", ".build/bench/returns", "folder of the catalogue, the returns and the stores")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("returns: ")
	flag.Parse()
	twc := filepath.Join(*folder, "twc")
	do(exec.Command("go", "build", "-o", twc, "./cmd/twc"))
	fmt.Println("| figures by | years | returns | rows | published rows | CPU, s | microseconds a row | wall, s | memory, MB |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, by := range []string{"region", "area, region"} {
		catalogue := filepath.Join(*folder, "catalogue")
		writeCatalogue(catalogue, by)
		for _, n := range []int{*years / 4, *years / 2, *years} {
			extracts := filepath.Join(*folder, fmt.Sprintf("extracts-%d", n))
			writeReturns(extracts, n)
			var found []measure
			for range *runs {
				found = append(found, run(twc, catalogue, extracts))
			}
			slices.SortFunc(found, func(a, b measure) int { return int(a.CPU - b.CPU) })
			m, rows := found[len(found)/2], *series**areas*n
			fmt.Printf("| %s | %d | %d | %d | %d | %.2f | %.1f | %.2f | %d |\n", by, n, *series*n, rows, m.published, m.CPU.Seconds(), float64(m.CPU.Microseconds())/float64(rows), m.Wall.Seconds(), m.Memory>>20)
		}
	}
}

// A measure is what one run took.
type measure struct {
	process.Cost
	published int // rows of figures and of changes
}

func run(twc, catalogue, extracts string) measure {
	store := filepath.Join(*folder, "store")
	if err := os.RemoveAll(store); err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command(twc, "run", extracts, "--store", store, "--catalogue", catalogue, "--issued", "2025-01-01", "--quiet")
	cost, err := process.Run(cmd)
	if err != nil {
		log.Fatal(err)
	}
	m := measure{Cost: cost}
	tables, err := filepath.Glob(filepath.Join(store, "releases", "*", "indicators", "*", "*.csv"))
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range tables {
		data, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		m.published += bytes.Count(data, []byte("\n")) - 1
	}
	return m
}

// do runs a command, and ends with what it said where it fails.
func do(cmd *exec.Cmd) {
	if out, err := cmd.CombinedOutput(); err != nil {
		log.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}

func write(name string, data []byte) {
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, data, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// writeCatalogue writes the series, of areas within ten regions that all have from the
// first.
func writeCatalogue(to, by string) {
	write(filepath.Join(to, "codebook.yaml"), []byte("variables:\n  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}\n"))
	write(filepath.Join(to, "disclosure.yaml"), []byte("default: made-up\npolicies: {made-up: {confidential_below: 5, sides_below: 5, unreliable_below: 5, caution_below: 5, zeros: publish, dominance: 1, interval: 4}}\n"))
	var list strings.Builder
	for i := range *areas {
		fmt.Fprintf(&list, "    - {code: area-%d, label: Area %d, within: region-%d}\n", i, i, i%10)
	}
	for i := range min(10, *areas) {
		fmt.Fprintf(&list, "    - {code: region-%d, label: Region %d}\n", i, i)
	}
	for i := range *series {
		of := "\n  like: series-0"
		if i == 0 {
			of = "\n  groups: region\n  are:\n" + strings.TrimRight(list.String(), "\n")
		}
		write(filepath.Join(to, "returns", "ho", fmt.Sprintf("series-%d.yaml", i)), []byte(fmt.Sprintf(`series: series-%d
body: ho
title: Series %d
leads: [HO]
population: {id: england, label: England}
frequency: yearly
small: publish
licence: none needed
source: made up
known: confirmed
areas:
  whole: {label: England}%s
columns:
  area: {kind: area}
  events: {kind: count, label: Events, unit: events}
  people: {kind: count, label: People, unit: people}
  status: {kind: status}
rules:
  - {part: events, whole: people}
indicators:
  - id: rate-%d
    title: Rate %d
    statistic: rate
    per: 1000
    numerator: events
    denominator: people
    base: People
    by: [%s]
    direction: lower
    precision: 1
`, i, i, of, i, i, by)))
	}
}

// writeReturns writes the returns of some years.
func writeReturns(to string, years int) {
	random := rand.New(rand.NewPCG(2005, 0))
	for i := range *series {
		for year := range years {
			var b bytes.Buffer
			b.WriteString("Area,Events,People,Status,Synthetic\n")
			events, people := 0, 0
			for area := range *areas {
				n := 5000 + random.IntN(5000)
				x := 50 + random.IntN(50)
				fmt.Fprintf(&b, "Area %d,%d,%d,final,1\n", area, x, n)
				events, people = events+x, people+n
			}
			fmt.Fprintf(&b, "England,%d,%d,final,1\n", events, people)
			write(filepath.Join(to, "returns", fmt.Sprintf("series-%d", i), fmt.Sprintf("%d.csv", 2000+year)), b.Bytes())
		}
	}
}
