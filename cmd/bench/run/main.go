// Run measures how long a release takes, from extracts to a sealed store, side
// by side with another build of twc: whole processes, as the kernel counts them.
// It prints the table of README.md.
//
//	go run ./cmd/bench/run
//	go run ./cmd/bench/run -beside /path/to/older/twc -runs 3
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"togetherwecan/cmd/bench/process"
)

var (
	beside = flag.String("beside", "", "another twc to measure, beside this tree's")
	runs   = flag.Int("runs", 3, "runs of each, of which the median is printed")
	folder = flag.String("dir", ".build/bench/run", "folder of the extracts, which are made once, and of the stores")
	only   = flag.String("only", "", "the one job to measure: seeds, waves or million")
	most   = flag.Duration("most", 3*time.Minute, "how long a run may take before it is ended")
)

// A job is extracts to make a release of.
type job struct {
	name, title string
	make        func(folder string) *exec.Cmd // the extracts
	without     []string                      // folders of them that an older build does not know
}

var jobs = []job{
	{"seeds", "the seeds' extracts", func(to string) *exec.Cmd { return exec.Command(built("twc"), "seed", to) }, []string{"liverpool", "pas", "returns"}},
	{"waves", "12 waves, 340,000 respondents", func(to string) *exec.Cmd { return exec.Command(built("waves"), to) }, nil},
	{"million", "a wave of 1,000,000, Parquet", func(to string) *exec.Cmd {
		return exec.Command(built("waves"), "-wave", "bcs/2007-08", "-rows", "1000000", "-format", "parquet", to)
	}, nil},
}

// built is a program of ours, apart from the extracts of the same name.
func built(name string) string { return filepath.Join(*folder, "bin", name) }

func main() {
	log.SetFlags(0)
	log.SetPrefix("run: ")
	flag.Parse()
	for name, source := range map[string]string{"twc": "./cmd/twc", "waves": "./cmd/bench/waves"} {
		do(exec.Command("go", "build", "-o", built(name), source))
	}
	programs := []string{built("twc")}
	if *beside != "" {
		programs = append(programs, *beside)
	}
	fmt.Println("| release of | build | CPU, s | wall, s | memory, MB |")
	fmt.Println("|---|---|---:|---:|---:|")
	for _, j := range jobs {
		if *only != "" && *only != j.name {
			continue
		}
		extracts := filepath.Join(*folder, j.name)
		if _, err := os.Stat(extracts); err != nil {
			do(j.make(extracts))
			for _, survey := range j.without {
				if err := os.RemoveAll(filepath.Join(extracts, survey)); err != nil {
					log.Fatal(err)
				}
			}
		}
		found := make([][]measure, len(programs))
		for range *runs { // in turns, so that other work on the machine is shared
			for i, program := range programs {
				if n := len(found[i]); n == 0 || found[i][n-1].done {
					found[i] = append(found[i], run(program, extracts))
				}
			}
		}
		for i, of := range found {
			fmt.Printf("| %s | %s | %s |\n", j.title, []string{"this", "beside"}[i], median(of))
		}
	}
}

// do runs a command that must not fail.
func do(c *exec.Cmd) {
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		log.Fatalf("%s: %v", c, err)
	}
}

// A measure is what one run took.
type measure struct {
	process.Cost
	done bool // in time
}

func run(program, extracts string) measure {
	store := filepath.Join(*folder, "store")
	if err := os.RemoveAll(store); err != nil {
		log.Fatal(err)
	}
	limit, cancel := context.WithTimeout(context.Background(), *most)
	defer cancel()
	cost, err := process.Run(exec.CommandContext(limit, program, "run", extracts, "--store", store, "--issued", "2026-01-01", "--quiet"))
	m := measure{cost, limit.Err() == nil}
	if err != nil && m.done {
		log.Fatal(err)
	}
	return m
}

// median is the middle one of the runs, by each of the numbers.
func median(of []measure) string {
	if last := of[len(of)-1]; !last.done {
		return fmt.Sprintf("not done | after %.0f | %d", last.Wall.Seconds(), last.Memory>>20)
	}
	var costs []process.Cost
	for _, m := range of {
		costs = append(costs, m.Cost)
	}
	m := process.Median(costs)
	return fmt.Sprintf("%.1f | %.1f | %d", m.CPU.Seconds(), m.Wall.Seconds(), m.Memory>>20)
}
