// Command campaign holds twc estimate against R's survey package on files, designs,
// expressions and questions that are drawn at random, and names each kind of difference.
// It prints a table in Markdown; see the README.
package main

import (
	"bufio"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"togetherwecan/cmd/bench/answer"
)

//go:embed campaign.R
var figures string

//go:embed campaign_models.R
var models string

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}

func run() error {
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of all that is drawn")
	numbers := flag.Int("numbers", 200000, "numbers that are compared at least")
	batch := flag.Int("batch", 20, "files of one run of R")
	at := flag.Int("parallel", 2, "runs of R at once")
	questions := flag.Int("questions", 8, "questions of a file")
	dir := flag.String("dir", filepath.Join(".build", "campaign"), "where files are written")
	fixed := flag.String("fixed", "", "write one batch with R's answers into this folder, for a test, and end")
	flag.Parse()
	path, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	w := &work{dir: path, seed: *seed, files: *batch, questions: *questions}
	if out, err := exec.Command("go", "build", "-o", w.twc(), "./cmd/twc").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if *fixed != "" {
		return w.fixed(*fixed)
	}
	t := newTally()
	drawn := 0
	for i := 0; t.compared < *numbers; i += *at {
		asked := make([]chan error, *at)
		batches := make([]batchOf, *at)
		for k := range asked {
			asked[k] = make(chan error, 1)
			go func() {
				var err error
				batches[k], err = w.ask(i + k)
				asked[k] <- err
			}()
		}
		for k := range asked {
			if err := <-asked[k]; err != nil {
				return err
			}
			if err := w.compare(batches[k], t); err != nil {
				return err
			}
			drawn += *batch
			fmt.Fprintf(os.Stderr, "%d files, %d numbers\n", drawn, t.compared)
		}
	}
	fmt.Printf("Seed %d, %d files.\n\n", *seed, drawn)
	t.print(os.Stdout)
	if n := t.unexplained(); n > 0 {
		return fmt.Errorf("%d numbers differ without a reason", n)
	}
	return nil
}

// A work is a campaign's: where its files are, and how much of one run of R.
type work struct {
	dir              string
	seed             uint64
	files, questions int
}

func (w *work) twc() string { return filepath.Join(w.dir, "twc") }

// A file is a survey with its questions.
type file struct {
	*survey
	questions []question
}

// draw is the batch of a number, which the seed and the number make.
func (w *work) draw(batch int) []file {
	c := rand.New(rand.NewPCG(w.seed, uint64(batch)))
	var files []file
	for i := range w.files {
		f := file{survey: drawSurvey(c, fmt.Sprintf("b%d.f%d", batch, i))}
		for j := range w.questions {
			f.questions = append(f.questions, drawQuestion(c, f.survey, fmt.Sprintf("%s.q%d", f.name, j)))
		}
		files = append(files, f)
	}
	return files
}

func (w *work) path(name string) string { return filepath.Join(w.dir, name) }

// A batchOf is one run of R: the files, the numbers of each question by place, and why R
// did not answer by question.
type batchOf struct {
	files   []file
	numbers map[string]map[string]map[string]float64
	failed  map[string]string
}

// ask draws the batch of a number, and has R answer all its questions.
func (w *work) ask(i int) (batchOf, error) {
	files, name := w.draw(i), fmt.Sprintf("b%d", i)
	numbers, failed, err := w.answers(name, files)
	return batchOf{files, numbers, failed}, err
}

func (w *work) answers(name string, files []file) (map[string]map[string]map[string]float64, map[string]string, error) {
	var b strings.Builder
	results := w.path(name + ".tsv")
	b.WriteString(figures + models)
	fmt.Fprintf(&b, "\nout <- file(%q, \"w\")\n", results)
	for _, f := range files {
		if err := os.WriteFile(w.path(f.name+".csv"), []byte(f.csv()), 0o644); err != nil {
			return nil, nil, err
		}
		b.WriteString(f.script(w.path(f.name + ".csv")))
		for _, q := range f.questions {
			b.WriteString(q.r)
		}
	}
	b.WriteString("close(out)\n")
	// R's answers to a script are kept: a campaign is told again without it.
	if kept, err := os.ReadFile(w.path(name + ".R")); err != nil || string(kept) != b.String() {
		if err := os.Remove(w.path(name + ".R")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, nil, err
		}
		made := w.path(name + ".asked.R")
		if err := os.WriteFile(made, []byte(b.String()), 0o644); err != nil {
			return nil, nil, err
		}
		if out, err := exec.Command("Rscript", "--vanilla", made).CombinedOutput(); err != nil {
			return nil, nil, fmt.Errorf("%s: %w\n%s", made, err, out)
		}
		if err := os.Rename(made, w.path(name+".R")); err != nil {
			return nil, nil, err
		}
	}
	in, err := os.Open(results)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	numbers, failed := map[string]map[string]map[string]float64{}, map[string]string{}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) != 4 {
			return nil, nil, fmt.Errorf("%s: %q is not a line of a result", results, lines.Text())
		}
		if cells[1] == "failed" {
			failed[cells[0]] = cells[2]
			continue
		}
		x := math.NaN()
		if cells[3] != "NA" {
			if x, err = strconv.ParseFloat(cells[3], 64); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", results, err)
			}
		}
		of := numbers[cells[0]]
		if of == nil {
			of = map[string]map[string]float64{}
			numbers[cells[0]] = of
		}
		if of[cells[1]] == nil {
			of[cells[1]] = map[string]float64{}
		}
		of[cells[1]][cells[2]] = x
	}
	return numbers, failed, lines.Err()
}

// command is a question's, of a file.
func command(s *survey, path string, q question) []string {
	return append(append([]string{"estimate", path, "--format", "json"}, s.flags...), q.args...)
}

// compare asks twc what R answered.
func (w *work) compare(b batchOf, t *tally) error {
	for _, f := range b.files {
		for _, q := range f.questions {
			args := command(f.survey, w.path(f.name+".csv"), q)
			c := exec.Command(w.twc(), args...)
			var stderr strings.Builder
			c.Stderr = &stderr
			out, err := c.Output()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return err
			}
			said := q.id + ": twc " + quoted(args)
			if err != nil || b.failed[q.id] != "" {
				t.refused(strings.TrimSpace(stderr.String()), b.failed[q.id], said)
				continue
			}
			ours, err := answer.Read(out)
			if err != nil {
				return fmt.Errorf("%s: %w", said, err)
			}
			t.compare(f.survey, q, ours, b.numbers[q.id], said)
		}
	}
	return nil
}

// quoted is a command as a shell takes it.
func quoted(args []string) string {
	var made []string
	for _, a := range args {
		if strings.ContainsAny(a, " ()*\"<>=&|!;") {
			a = "'" + a + "'"
		}
		made = append(made, a)
	}
	return strings.Join(made, " ")
}
