// Command papers makes the tables of testdata/papers with twc and with R, and prints what
// both take: the characters of the command and of the script, and the processor time of
// the whole process from the file to the table. With -numbers it has R make again the
// numbers that the test holds.
//
//	go run ./cmd/bench/papers
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"togetherwecan/cmd/bench/process"
)

// A paper is a table of the list.
type paper struct{ Name, Title, Form, File, Command string }

func main() {
	runs := flag.Int("runs", 5, "runs of each, of which the median is printed")
	numbers := flag.Bool("numbers", false, "have R make the numbers again, and end")
	dir := flag.String("dir", filepath.Join(".build", "bench", "papers"), "where twc is built")
	flag.Parse()
	if err := papers(*dir, *runs, *numbers); err != nil {
		fmt.Fprintln(os.Stderr, "papers:", err)
		os.Exit(1)
	}
}

func papers(dir string, runs int, numbers bool) error {
	dir, e1 := filepath.Abs(dir)
	folder, e2 := filepath.Abs(filepath.Join("testdata", "papers"))
	shared, e3 := filepath.Abs(cmp.Or(os.Getenv("TWC_SHARED"), filepath.Join("..", "shared")))
	text, e4 := os.ReadFile(filepath.Join(folder, "list.yaml"))
	if err := errors.Join(e1, e2, e3, e4); err != nil {
		return err
	}
	var list []paper
	if err := yaml.Unmarshal(text, &list); err != nil {
		return err
	}
	if numbers {
		for _, p := range list {
			c := exec.Command("Rscript", "--vanilla", filepath.Join(folder, "collect.R"), filepath.Join(folder, p.Name+".R"), filepath.Join(folder, p.Name+".csv"))
			c.Dir = filepath.Join(shared, filepath.Dir(p.File))
			if out, err := c.CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w\n%s", p.Name, err, out)
			}
		}
		return nil
	}
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "twc"), "./cmd/twc").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	fmt.Println("| table | characters, twc | R | CPU s, twc | R | R over twc |\n|---|---:|---:|---:|---:|---:|")
	var all [2]int
	for _, p := range list {
		script, err := os.ReadFile(filepath.Join(folder, p.Name+".R"))
		if err != nil {
			return err
		}
		typed := [2]int{utf8.RuneCountInString(p.Command), keys(string(script))}
		var costs [2][]process.Cost
		for range runs { // in turn, so that a slow spell of the machine is both's
			for i, command := range []*exec.Cmd{
				exec.Command("sh", "-c", "exec "+p.Command+" > /dev/null"),
				exec.Command("Rscript", "--vanilla", "-e", fmt.Sprintf("source(%q, print.eval = TRUE); for (x in ls()) if (is.data.frame(get(x)) && x != \"d\") print(get(x))", filepath.Join(folder, p.Name+".R"))),
			} {
				command.Dir = filepath.Join(shared, filepath.Dir(p.File))
				command.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
				cost, err := process.Run(command)
				if err != nil {
					return err
				}
				costs[i] = append(costs[i], cost)
			}
		}
		ours, theirs := process.Median(costs[0]).CPU.Seconds(), process.Median(costs[1]).CPU.Seconds()
		fmt.Printf("| %s | %d | %d | %.3f | %.2f | %.0f |\n", p.Name, typed[0], typed[1], ours, theirs, theirs/ours)
		all[0] += typed[0]
		all[1] += typed[1]
	}
	fmt.Printf("| all | %d | %d | | | |\n", all[0], all[1])
	return nil
}

// keys are the characters of a script that are typed: its lines without what indents
// them, comments and what is empty.
func keys(script string) int {
	n := 0
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			n += utf8.RuneCountInString(line) + 1
		}
	}
	return n
}
