// Command readers measures how the readers of extracts stand beside ReadStat and
// R's haven, on one made-up survey of 60 variables in each format, and whether
// their memory depends on the length of the file. It prints a table in
// Markdown; see the README.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"togetherwecan/cmd/bench/process"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/table"
)

// A format is one of the files. It is written by R under its name, or made
// from another.
type format struct {
	name, file string
	made       string // "" by make.R, or how from the source
	haven      string // the function that reads it in R, "" for none
	readstat   bool   // the readstat command reads it
	long       bool   // its memory is measured: one of each reader
}

var formats = []format{
	{"sav_none", "none.sav", "", "read_sav", true, false},
	{"sav_byte", "bytecode.sav", "", "read_sav", true, true},
	{"zsav", "zlib.zsav", "", "read_sav", true, true},
	{"por", "portable.por", "", "read_por", true, true},
	{"dta_v8", "v113.dta", "", "read_dta", true, false},
	{"dta_v10", "v114.dta", "", "read_dta", true, false},
	{"dta_v12", "v115.dta", "", "read_dta", true, false},
	{"dta_v14", "v118.dta", "", "read_dta", true, true},
	{"xpt_v5", "v5.xpt", "", "read_xpt", false, true},
	{"xpt_v8", "v8.xpt", "", "read_xpt", false, false},
	{"sas", "plain.sas7bdat", "", "read_sas", false, true},
	{"tab", "archive.tab", "tab", "", false, true},
	{"csv", "codes.csv", "twc", "", false, true},
	{"parquet", "codes.parquet", "twc", "", false, true},
}

// source is the one that others are made from.
var source = formats[1]

func main() {
	if len(os.Args) == 3 && os.Args[1] == "scan" {
		fatal(scan(os.Args[2]))
		return
	}
	folder := flag.String("dir", ".build/bench", "`folder` for the files, which are left there and used again")
	rows := flag.Int("rows", 300_000, "`rows` of the survey")
	times := flag.Int("times", 10, "how many times the rows the memory is measured at; 0 for not")
	runs := flag.Int("runs", 3, "runs of each command, of which the median counts; 0 for no speeds")
	only := flag.String("only", "", "comma separated `formats`, all for none")
	wide := flag.Bool("wide", true, "measure files of very many variables too")
	others := flag.Bool("others", true, "measure readstat and haven too")
	flag.Parse()
	fatal(os.MkdirAll(*folder, 0o755))
	b, err := newBench(*folder, *runs, *others)
	fatal(err)
	chosen := formats
	if *only != "" {
		names := strings.Split(*only, ",")
		chosen = slices.DeleteFunc(slices.Clone(formats), func(f format) bool { return !slices.Contains(names, f.name) })
	}
	if *runs > 0 {
		fatal(b.speeds(chosen, *rows))
	}
	if *times > 0 {
		fatal(b.memory(chosen, *rows, *times))
	}
	if *runs > 0 && *others {
		fatal(b.shapes())
	}
	if *wide {
		fatal(b.wide())
	}
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// scan reads all columns of an extract and does nothing with them.
func scan(path string) error {
	rows := 0
	e, err := ingest.Scan(ingest.Source{Path: path}, nil, ingest.DefaultLimits, nil, func(batch *table.Table) error {
		rows += batch.Rows
		return nil
	})
	if err == nil && rows != e.Rows {
		err = fmt.Errorf("%s: %d rows, and %d in batches", path, e.Rows, rows)
	}
	return err
}

type bench struct {
	folder, twc, self, script string
	runs                      int
	others                    bool
}

func newBench(folder string, runs int, others bool) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bench{folder: folder, twc: filepath.Join(folder, "twc"), self: self, script: filepath.Join("cmd", "bench", "readers", "make.R"), runs: runs, others: others}
	if _, err := os.Stat(b.script); err != nil {
		return nil, fmt.Errorf("run it at the root of the repository: %w", err)
	}
	return b, run("go", "build", "-o", b.twc, "./cmd/twc")
}

func run(name string, arguments ...string) error {
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// file returns the path of a format's file of this many rows, made if it is not
// there.
func (b *bench) file(f format, rows int) (string, error) {
	folder := filepath.Join(b.folder, fmt.Sprint(rows))
	path := filepath.Join(folder, f.file)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	fmt.Fprintf(os.Stderr, "making %s\n", path)
	part := filepath.Join(folder, "part-"+f.file)
	if f.made == "" {
		if err := run("Rscript", b.script, folder, fmt.Sprint(rows), f.name, filepath.Base(part)); err != nil {
			return "", err
		}
		return path, os.Rename(part, path)
	}
	from, err := b.file(source, rows)
	if err != nil {
		return "", err
	}
	switch f.made {
	case "twc":
		err = run(b.twc, "convert", "--force", from, part)
	case "tab":
		csv := filepath.Join(folder, "part.csv")
		if err = run(b.twc, "convert", "--force", from, csv); err == nil {
			err = tab(csv, part)
		}
		_ = os.Remove(csv)
	}
	if err != nil {
		return "", err
	}
	return path, os.Rename(part, path)
}

// tab writes a CSV file without quotes as the archive writes TAB files: lines
// end in CR LF, and a missing value is a space.
func tab(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	w := bufio.NewWriterSize(out, 1<<20)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		for i, cell := range bytes.Split(lines.Bytes(), []byte{','}) {
			if i > 0 {
				_ = w.WriteByte('\t')
			}
			if len(cell) == 0 {
				cell = []byte{' '}
			}
			_, _ = w.Write(cell)
		}
		_, _ = w.WriteString("\r\n")
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return w.Flush()
}

// words are a cost as the table has it.
func words(c process.Cost) string {
	return fmt.Sprintf("%.2f s, %d MB", c.CPU.Seconds(), (c.Memory+500_000)/1_000_000)
}

// tooLong is the processor time from which a command is not run again.
const tooLong = 20 * time.Second

// measure runs a command this many times, or once if it takes too long, and
// returns the medians of its costs.
func (b *bench) measure(runs int, name string, arguments ...string) (process.Cost, error) {
	var costs []process.Cost
	for range runs {
		c, err := process.Run(exec.Command(name, arguments...))
		if err != nil {
			return c, err
		}
		if costs = append(costs, c); c.CPU > tooLong {
			break
		}
	}
	return process.Median(costs), nil
}

// ours measures what we do with a file, in the order of the table's columns.
func (b *bench) ours(path string, runs int) (costs []process.Cost, err error) {
	out := filepath.Join(b.folder, "out")
	defer func() {
		_ = os.Remove(out + ".csv")
		_ = os.Remove(out + ".parquet")
	}()
	for _, command := range [][]string{
		{b.self, "scan", path},
		{b.twc, "describe", path},
		{b.twc, "convert", path, out + ".csv", "--force"},
		{b.twc, "convert", path, out + ".parquet", "--force"},
	} {
		c, err := b.measure(runs, command[0], command[1:]...)
		if err != nil {
			return nil, err
		}
		costs = append(costs, c)
	}
	return costs, nil
}

func (b *bench) speeds(chosen []format, rows int) error {
	fmt.Printf("%s rows of 60 variables; processor time of the whole process (user and system) and its peak memory, medians of %d runs (one where it takes more than 20 s); %s/%s, %d processors.\n",
		thousands(rows), b.runs, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if b.others {
		start, err := b.measure(b.runs, "Rscript", "-e", "library(haven)")
		if err != nil {
			return err
		}
		fmt.Printf("R with haven takes %s before it reads anything; that is in its figures.\n", words(start))
	}
	fmt.Print("\n| file | MB | Scan | describe | to CSV | to Parquet | readstat to CSV | haven |\n|---|---|---|---|---|---|---|---|\n")
	for _, f := range chosen {
		path, err := b.file(f, rows)
		if err != nil {
			return err
		}
		costs, err := b.ours(path, b.runs)
		if err != nil {
			return err
		}
		row := []string{f.file, megabytes(path)}
		for _, c := range costs {
			row = append(row, words(c))
		}
		row = append(row, b.readstat(f, path), b.haven(f, path))
		fmt.Printf("| %s |\n", strings.Join(row, " | "))
	}
	return nil
}

func (b *bench) readstat(f format, path string) string {
	if !b.others || !f.readstat {
		return "-"
	}
	out := filepath.Join(b.folder, "readstat.csv")
	_ = os.Remove(out)
	c, err := b.measure(b.runs, "sh", "-c", `rm -f "$2" && exec readstat "$1" "$2"`, "sh", path, out)
	_ = os.Remove(out)
	return orRefused(c, err)
}

func (b *bench) haven(f format, path string) string {
	if !b.others || f.haven == "" {
		return "-"
	}
	return orRefused(b.measure(b.runs, "Rscript", "-e", fmt.Sprintf("invisible(haven::%s(%q))", f.haven, path)))
}

func orRefused(c process.Cost, err error) string {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return "refuses it"
	}
	return words(c)
}

// memory shows the peaks at this many times the rows beside those at the rows.
func (b *bench) memory(chosen []format, rows, times int) error {
	fmt.Printf("\nPeak memory in MB at %s and at %s rows.\n\n| file | MB | Scan | describe | to CSV | to Parquet |\n|---|---|---|---|---|---|\n", thousands(rows), thousands(rows*times))
	for _, f := range chosen {
		if !f.long {
			continue
		}
		path, err := b.file(f, rows)
		if err != nil {
			return err
		}
		few, err := b.ours(path, 1)
		if err != nil {
			return err
		}
		longer, err := b.file(f, rows*times)
		if err != nil {
			return err
		}
		many, err := b.ours(longer, 1)
		if err != nil {
			return err
		}
		row := []string{f.file, megabytes(path) + ", " + megabytes(longer)}
		for i := range few {
			row = append(row, fmt.Sprintf("%d, %d", few[i].Memory/1_000_000, many[i].Memory/1_000_000))
		}
		fmt.Printf("| %s |\n", strings.Join(row, " | "))
		if f.name != source.name {
			_ = os.Remove(longer)
		}
	}
	longer := filepath.Join(b.folder, fmt.Sprint(rows*times))
	return os.RemoveAll(longer)
}

func megabytes(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "?"
	}
	return fmt.Sprint((info.Size() + 500_000) / 1_000_000)
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
