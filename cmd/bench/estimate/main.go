// Command estimate measures how the engine stands beside a hand-written C
// program, DuckDB and R's survey, on the job of the shared bench: 30
// proportions by everyone and eight breakdowns, 2,820 figures with their
// design-based errors. It prints a table in Markdown; see the README.
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/cmd/bench/process"
)

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == "job" {
		err = job(os.Args[2:])
	} else {
		err = compare()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "estimate:", err)
		os.Exit(1)
	}
}

// A bench is where the data are, and the programs.
type bench struct {
	dir, shared, self string
	runs              int
}

func compare() error {
	rowsFlag := flag.String("rows", "10000,100000,1000000", "numbers of rows")
	runs := flag.Int("runs", 3, "runs of each, of which the median is printed")
	dir := flag.String("dir", filepath.Join(".build", "bench", "estimate"), "where data are kept")
	statistics := flag.Int("statistics", 1000000, "rows of which every statistic is measured, 0 for none")
	heavy := flag.Int("questions", 1000000, "rows of which questions beyond the job are measured, 0 for none")
	other := flag.String("beside", "", "another twc, which the same questions are put to, and whose answers must be the same")
	asked := flag.Int("questions-r", 100000, "rows of which R's survey is asked those that it knows, 0 for none")
	indicators := flag.Int("r", 1, "indicators of 30 for R's survey at 10,000 rows, 0 for none")
	flag.Parse()
	b := bench{shared: os.Getenv("TWC_SHARED"), runs: *runs}
	if b.shared == "" {
		b.shared = filepath.Join("..", "shared")
	}
	var err error
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.dir, err = filepath.Abs(*dir); err != nil {
		return err
	}
	if b.shared, err = filepath.Abs(filepath.Join(b.shared, "bench")); err != nil {
		return err
	}
	var rows []int
	for _, text := range strings.FieldsFunc(*rowsFlag, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		rows = append(rows, n)
	}
	all := rows
	for _, n := range []int{*statistics, *heavy, *heavy / 10, *asked} {
		if n > 0 && (n != *asked || *heavy > 0) {
			all = append(slices.Clip(all), n)
		}
	}
	if err := b.prepare(all); err != nil {
		return err
	}
	if len(rows) > 0 {
		fmt.Println("| rows | program | CPU s, the job | CPU s, whole process | wall s | peak MB | bytes a row |")
		fmt.Println("|---|---|---|---|---|---|---|")
	}
	for _, n := range rows {
		if err := b.table(n, *indicators > 0); err != nil {
			return err
		}
	}
	if *statistics > 0 {
		if err := b.statistics(*statistics); err != nil {
			return err
		}
	}
	if *heavy > 0 {
		if err := b.heavy(*heavy, *other, *asked); err != nil {
			return err
		}
	}
	if *indicators > 0 {
		return b.survey(*indicators)
	}
	return nil
}

// prepare makes the programs, and the data that are not there yet.
func (b *bench) prepare(rows []int) error {
	if err := os.MkdirAll(filepath.Join(b.dir, "data"), 0o755); err != nil {
		return err
	}
	source := func(name string) string { return filepath.Join(b.shared, "src", name) }
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	for _, build := range [][]string{
		{"go", "build", "-C", root, "-o", filepath.Join(b.dir, "twc"), "./cmd/twc"},
		{"gcc", "-O2", "-o", "gen", source("gen.c"), "-lm"},
		{"gcc", "-O3", "-march=native", "-ffast-math", "-o", "c", source("job.c"), "-lm"},
	} {
		if err := b.do(build...); err != nil {
			return err
		}
	}
	// DuckDB's scripts find it in the folder that they are in.
	for _, name := range []string{"job.mjs", "to_parquet.mjs"} {
		text, err := os.ReadFile(filepath.Join(b.shared, "duck", name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(b.dir, name), text, 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(b.dir, "sorted.mjs"), []byte(sorted), 0o644); err != nil {
		return err
	}
	if err := b.duckDB(); err != nil {
		return err
	}
	for _, n := range rows {
		name := strconv.Itoa(n)
		if _, err := os.Stat(b.parquet(n, true)); err == nil {
			continue
		}
		for _, made := range [][]string{{"./gen", name, "data"}, {"node", "to_parquet.mjs", name}, {"node", "sorted.mjs", name}} {
			if err := b.do(made...); err != nil {
				return err
			}
		}
	}
	return nil
}

const sorted = `// A file whose rows are sorted by stratum and PSU.
import { DuckDBInstance } from '@duckdb/node-api';
const c = await (await DuckDBInstance.create(':memory:')).connect();
const n = process.argv[2];
await c.run("COPY (SELECT * FROM 'data/n" + n + ".parquet' ORDER BY stratum, psu) TO 'data/n" + n + ".sorted.parquet' (FORMAT parquet)");
`

// duckDB uses what the tests have, or asks npm.
func (b *bench) duckDB() error {
	modules := filepath.Join(b.dir, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "@duckdb")); err == nil {
		return nil
	}
	if theirs, err := filepath.Abs(filepath.Join(".build", "readers", "node_modules")); err == nil {
		if _, err := os.Stat(filepath.Join(theirs, "@duckdb", "node-api")); err == nil {
			return os.Symlink(theirs, modules)
		}
	}
	return b.do("npm", "install", "--no-audit", "--no-fund", "--prefix", b.dir, "@duckdb/node-api")
}

func (b *bench) do(command ...string) error {
	run := exec.Command(command[0], command[1:]...)
	run.Dir = b.dir
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
	}
	return nil
}

func (b *bench) parquet(rows int, sorted bool) string {
	name := fmt.Sprintf("n%d.parquet", rows)
	if sorted {
		name = fmt.Sprintf("n%d.sorted.parquet", rows)
	}
	return filepath.Join(b.dir, "data", name)
}

// A program does the job. What it prints says what the job took, without its
// start; or without job it is the figures, which are kept in a file.
type program struct {
	name    string
	command []string
	job     func(printed map[string]any) float64
	file    string
	env     []string // beside what there is
}

// A measure is of one run: what the process took, and the job in it, in seconds.
type measure struct {
	process.Cost
	job float64
}

func (b *bench) table(rows int, r bool) error {
	n := strconv.Itoa(rows)
	number := func(printed map[string]any, name string) float64 { x, _ := printed[name].(float64); return x }
	whole := func(printed map[string]any) float64 { return number(printed, "cpu") }
	duck := func(printed map[string]any) float64 { return number(printed, "user") + number(printed, "sys") }
	ours := func(name, file, threads string, sorted bool) program {
		return program{name: name, command: twc(b.parquet(rows, sorted), kinds[0]), file: file + n + ".csv", env: []string{"GOMAXPROCS=" + threads}}
	}
	programs := []program{
		{name: "C, raw columns", command: []string{"./c", "data", n, "c" + n + ".csv"}, job: func(printed map[string]any) float64 {
			return number(printed, "total_cpu") - number(printed, "read_cpu")
		}},
		{name: "DuckDB, point estimates alone", command: []string{"node", "job.mjs", n, "parquet", "1", "points"}, job: duck},
		{name: "DuckDB, full variance", command: []string{"node", "job.mjs", n, "parquet", "1", "full"}, job: duck},
		{name: "`estimate.Wave`, a harmonised table in memory", command: []string{b.self, "job", b.parquet(rows, false)}, job: whole},
		ours("`twc estimate`, Parquet", "twc", "1", false),
		ours("`twc estimate`, Parquet, two threads", "twc-threads", "2", false),
		ours("`twc estimate`, sorted Parquet", "twc-sorted", "1", true),
	}
	if r {
		programs = append(programs, program{name: "R's data.table, CSV", command: []string{"Rscript", filepath.Join(b.shared, "src", "r_dt.R"), n, "1"}, job: func(printed map[string]any) float64 { return number(printed, "job_cpu") }})
	}
	measures, err := b.measure(programs)
	if err != nil {
		return err
	}
	for i, p := range programs {
		m := median(measures[i])
		job := "-"
		if p.job != nil {
			job = fmt.Sprintf("%.3f", m.job)
		}
		fmt.Printf("| %d | %s | %s | %.3f | %.3f | %.0f | %.0f |\n", rows, p.name, job, m.CPU.Seconds(), m.Wall.Seconds(), float64(m.Memory)/1e6, float64(m.Memory)/float64(rows))
	}
	return b.agree(n)
}

// measure runs programs, each in turn, so that a slow spell of the machine is
// everyone's.
func (b *bench) measure(programs []program) ([][]measure, error) {
	measures := make([][]measure, len(programs))
	for range b.runs {
		for i, p := range programs {
			m, err := b.run(p)
			if err != nil {
				return nil, err
			}
			measures[i] = append(measures[i], m)
		}
	}
	return measures, nil
}

// statistics measures the job with each statistic in the place of proportions.
func (b *bench) statistics(rows int) error {
	var programs []program
	for i, k := range kinds {
		programs = append(programs, program{name: k.name, command: twc(b.parquet(rows, false), k), file: fmt.Sprintf("kind%d.csv", i), env: []string{"GOMAXPROCS=1"}})
	}
	measures, err := b.measure(programs)
	if err != nil {
		return err
	}
	fmt.Printf("\n| %d rows: 30 | CPU s | of proportions | peak MB |\n|---|---|---|---|\n", rows)
	first := median(measures[0]).CPU.Seconds()
	for i, p := range programs {
		m := median(measures[i])
		fmt.Printf("| %s | %.3f | %.2f | %.0f |\n", p.name, m.CPU.Seconds(), m.CPU.Seconds()/first, float64(m.Memory)/1e6)
	}
	return nil
}

func (b *bench) run(p program) (measure, error) {
	run, out := exec.Command(p.command[0], p.command[1:]...), bytes.Buffer{}
	run.Dir, run.Env, run.Stdout = b.dir, append(os.Environ(), p.env...), &out
	cost, err := process.Run(run)
	if err != nil {
		return measure{}, err
	}
	m := measure{Cost: cost}
	if p.job == nil {
		return m, os.WriteFile(filepath.Join(b.dir, p.file), out.Bytes(), 0o644)
	}
	var printed map[string]any
	if err := json.Unmarshal(out.Bytes(), &printed); err != nil {
		return measure{}, fmt.Errorf("%s: %w: %s", p.name, err, out.Bytes())
	}
	m.job = p.job(printed)
	return m, nil
}

// median is of each figure by itself.
func median(runs []measure) measure {
	var costs []process.Cost
	for _, m := range runs {
		costs = append(costs, m.Cost)
	}
	return measure{process.Median(costs), process.Middle(runs, func(m measure) float64 { return m.job })}
}

// agree checks that ours are C's figures, and the same from all of our runs.
func (b *bench) agree(n string) error {
	ours, err := os.ReadFile(filepath.Join(b.dir, "twc"+n+".csv"))
	if err != nil {
		return err
	}
	for _, other := range []string{"threads", "sorted"} {
		text, err := os.ReadFile(filepath.Join(b.dir, "twc-"+other+n+".csv"))
		if err != nil {
			return err
		}
		if string(text) != string(ours) {
			return fmt.Errorf("%s rows: the figures of %q are not those of one thread", n, other)
		}
	}
	file, err := os.Open(filepath.Join(b.dir, "c"+n+".csv"))
	if err != nil {
		return err
	}
	defer file.Close()
	want, err := figures(file)
	if err != nil {
		return err
	}
	records, err := csv.NewReader(strings.NewReader(string(ours))).ReadAll()
	if err != nil {
		return err
	}
	const figuresOfJob = 2820
	if len(records) != figuresOfJob+1 || len(want) != figuresOfJob {
		return fmt.Errorf("%s rows: %d figures of ours and %d of C's, want %d", n, len(records)-1, len(want), figuresOfJob)
	}
	names := map[string]string{"p": "value", "se": "std_error", "lo": "ci_lower", "hi": "ci_upper", "deff": "design_effect", "n": "base_unweighted", "df": "df"}
	for _, record := range records[1:] {
		of := map[string]string{}
		for i, name := range records[0] {
			of[name] = record[i]
		}
		key := of["variable"] + ",0,0"
		if of["breakdown"] != "all" {
			key = of["variable"] + "," + strings.TrimPrefix(of["breakdown"], "b") + "," + of["category"]
		}
		for name, w := range want[key] {
			column := names[name]
			if name == "p" || name == "se" || name == "lo" || name == "hi" {
				w *= 100 // percent
			}
			if x, err := strconv.ParseFloat(of[column], 64); err != nil || !(math.Abs(x-w) < 1e-10*math.Abs(w)) {
				return fmt.Errorf("%s rows: %s of %s is %q, C has %v", n, name, key, of[column], w)
			}
		}
	}
	return nil
}

// figures reads a result: of each cell, its figures by name.
func figures(in io.Reader) (map[string]map[string]float64, error) {
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	cells := map[string]map[string]float64{}
	for _, record := range records[1:] {
		cell := map[string]float64{}
		for i, text := range record[3:] {
			if cell[records[0][3+i]], err = strconv.ParseFloat(text, 64); err != nil {
				return nil, err
			}
		}
		cells[strings.Join(record[:3], ",")] = cell
	}
	return cells, nil
}

// survey times R's survey on some of the indicators, and prints the time of
// all: it goes up with their number.
func (b *bench) survey(indicators int) error {
	const rows = "10000"
	if _, err := os.Stat(filepath.Join(b.dir, "data", "n"+rows+".csv")); err != nil {
		if err := b.do("./gen", rows, "data"); err != nil {
			return err
		}
	}
	run := exec.Command("Rscript", filepath.Join(b.shared, "src", "r_survey.R"), rows, "svymean", strconv.Itoa(indicators))
	run.Dir = b.dir
	out, err := run.Output()
	if err != nil {
		fmt.Printf("\nR's survey: not measured (%v)\n", err)
		return nil
	}
	var printed map[string]any
	if err := json.Unmarshal(out, &printed); err != nil {
		return err
	}
	fmt.Printf("\nR's survey, %s rows: %.1f s of CPU for the job, from %d of its 30 indicators.\n", rows, printed["job_cpu_30"], indicators)
	return nil
}
