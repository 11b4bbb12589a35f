package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"syscall"

	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/table"
)

// plan is the job of the shared bench's README.
func plan() estimate.Plan {
	p := estimate.Plan{Where: "job", Stratum: "stratum", PSU: "psu", Weight: "weight", By: [][]string{{}}, Codes: map[string][]string{}}
	for b, categories := range []int{2, 3, 5, 6, 9, 10, 16, 42} {
		name := fmt.Sprint("b", b+1)
		p.By = append(p.By, []string{name})
		for c := range categories {
			p.Codes[name] = append(p.Codes[name], strconv.Itoa(c+1))
		}
	}
	for q := 1; q <= 30; q++ {
		name := fmt.Sprint("q", q)
		p.Items = append(p.Items, estimate.Share{Name: name, Variable: name, Counted: []string{"1", "2"}, Valid: []string{"3", "4", "5"}})
	}
	return p
}

// job runs the job in this process, and prints what it took as JSON: cpu is
// from before the file is opened, or with -memory from when the columns are
// in memory, to the last figure.
func job(args []string) error {
	flags := flag.NewFlagSet("job", flag.ExitOnError)
	threads := flags.Int("threads", 1, "threads")
	memory := flags.Bool("memory", false, "read the columns first, and time the estimation alone")
	again := flags.Bool("again", false, "hold no sorted rows, but read them twice")
	profile := flags.String("profile", "", "write a CPU profile to a file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	runtime.GOMAXPROCS(*threads) // the collector of garbage has no thread beside
	if *profile != "" {
		out, err := os.Create(*profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	begun := cpu()
	in, err := os.Open(flags.Arg(0))
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	const long = 8 << 20
	if info.Size() > long {
		debug.SetGCPercent(50) // what is held is not garbage: no need for as much again
	} else {
		debug.SetGCPercent(400)
	}
	limits := parquet.Limits{Columns: 1000, Rows: 1 << 30, Cells: 1 << 32, TextBytes: 1 << 10}
	p := plan()
	p.Threads = *threads
	if *again {
		p.Held = 1
	}
	g := estimate.NewGrid(p)
	scan := func(names []string, each func(*table.Table)) error {
		_, err := parquet.Scan(in, info.Size(), "job", names, limits, func(t *table.Table) error {
			each(t)
			return nil
		})
		return err
	}
	if *memory {
		whole, err := parquet.Read(in, info.Size(), "job", g.Variables(), limits)
		if err != nil {
			return err
		}
		runtime.GC()
		begun = cpu()
		g.Add(whole.Table)
	} else {
		if err := scan(g.Variables(), g.Add); err != nil {
			return err
		}
		if g.Again() {
			if err := scan(g.Variables(), g.Add); err != nil {
				return err
			}
		}
	}
	added := cpu()
	cells, err := g.Result(*threads)
	if err != nil {
		return err
	}
	done := cpu()
	if path := flags.Arg(1); path != "" {
		if err := write(path, cells); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{"cpu": done - begun, "add_cpu": added - begun, "result_cpu": done - added})
}

// cpu is the seconds that this process has taken of processors.
func cpu() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// write writes the figures in the layout of the bench's expected ones.
func write(path string, cells []estimate.Cell) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "item,bk,lev,p,se,lo,hi,deff,n,df")
	for _, c := range cells {
		level := "0"
		if len(c.Categories) > 0 {
			level = c.Categories[0]
		}
		fmt.Fprintf(out, "%s,%d,%s,%.17g,%.17g,%.17g,%.17g,%.17g,%d,%d\n", c.Item, c.Breakdown, level, c.Value, c.SE, c.Lower, c.Upper, c.DEFF, c.Base, c.DF)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return file.Close()
}
