package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"togetherwecan/cmd/bench/process"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/table"
)

// items and breakdowns are how many the job of the shared bench's README has.
const items, breakdowns = 30, 8

// missing are the codes of the job's data that are missing.
var missing = []string{"-9", "-8", "-1"}

// A kind is a statistic that the job is asked for 30 times: the flags of one
// variable and the next, and those of all.
type kind struct {
	name  string
	flag  string
	of    func(variable, next string) string
	whole []string
}

var kinds = []kind{
	{"proportions", "--proportion", func(v, _ string) string { return v + "=1,2" }, nil},
	{"means", "--mean", func(v, _ string) string { return v }, nil},
	{"totals", "--total", func(v, _ string) string { return v }, nil},
	{"ratios", "--ratio", func(v, next string) string { return v + "/" + next }, nil},
	{"weighted counts", "--weighted-count", func(v, _ string) string { return v + "=1,2" }, nil},
	{"proportions, differences and ratios of categories", "--proportion", func(v, _ string) string { return v + "=1,2" }, []string{"--contrast"}},
}

// twc is the job as a command.
func twc(path string, k kind) []string {
	command := []string{"./twc", "estimate", path, "--stratum", "stratum", "--psu", "psu", "--weight", "weight", "--missing=" + strings.Join(missing, ","), "--format", "csv"}
	for i := range items {
		command = append(command, k.flag, k.of(fmt.Sprint("q", i+1), fmt.Sprint("q", (i+1)%items+1)))
	}
	for i := range breakdowns {
		command = append(command, "--by", fmt.Sprint("b", i+1))
	}
	return append(command, k.whole...)
}

// job runs the engine alone in this process, on a harmonised table in memory, and
// prints the processor time that it took as JSON.
func job(args []string) error {
	flags := flag.NewFlagSet("job", flag.ExitOnError)
	threads := flags.Int("threads", 1, "threads")
	if err := flags.Parse(args); err != nil {
		return err
	}
	runtime.GOMAXPROCS(*threads) // the collector of garbage has no thread beside
	debug.SetGCPercent(50)
	q := question.Question{
		Design: codebook.DesignSource{Stratum: codebook.Names{"stratum"}, PSU: codebook.Names{"psu"}}, Weight: codebook.Weight{Variable: "weight"},
	}.Complete()
	of, err := codebook.ParseMissings(missing)
	if err != nil {
		return err
	}
	var own []harmonise.Own
	for i := range items {
		name := fmt.Sprint("q", i+1)
		q.Asks = append(q.Asks, question.Ask{Statistic: indicator.Proportion, Variable: name, Codes: []string{"1", "2"}})
		own = append(own, harmonise.Own{Name: name, Categories: true, Missing: of})
	}
	for i := range breakdowns {
		name := fmt.Sprint("b", i+1)
		q.By = append(q.By, []string{name})
		own = append(own, harmonise.Own{Name: name, Categories: true, Missing: of})
	}
	x := q.Crosswalk()
	to := harmonise.NewOwn(x, q.CommonBook(), nil, own, nil, q.MissingDrawn, "job", *threads)
	names := x.RawNames()
	for _, o := range own {
		names = append(names, o.Name)
	}
	e, err := ingest.Batches(ingest.Source{Path: flags.Arg(0), ByCode: true}, names, ingest.DefaultLimits, nil, func(batch *table.Table) error { to.Add(batch); return nil })
	if err != nil {
		return err
	}
	r, ps := to.End(harmonise.Raw{Table: e.Table, Names: e.Names, Where: "job", Line: e.Line})
	if ps != nil {
		return ps
	}
	words := question.Words{Book: r.Book, NumberOf: harmonise.NumberOf}
	x.Populations = []codebook.Population{q.Population(&words)}
	runtime.GC()
	begun := process.CPU()
	if _, ps := estimate.Wave(r.Book, q.Definitions(&words), r.Wave, *threads); ps != nil {
		return ps
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{"cpu": process.CPU() - begun})
}
