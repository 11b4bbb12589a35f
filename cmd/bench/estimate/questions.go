package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A costly question is one that takes more than sums by cell, with what R asks for the same, of a
// design d of data x, raked r; "" of what is not compared.
type costly struct {
	name  string
	rows  int
	flags []string
	r     string
}

// questions are those of a number of rows, and the bootstrap of a tenth.
func questions(rows int) []costly {
	margins := func(n int) []string {
		share := func(variable string, shares ...float64) string {
			var of []string
			for i, s := range shares {
				of = append(of, fmt.Sprintf("%d=%.0f", i+1, s*float64(n)))
			}
			return "--margin=" + variable + ":" + strings.Join(of, ",")
		}
		return []string{share("b1", 0.47, 0.53), share("b3", 0.84, 0.07, 0.04, 0.02, 0.03)}
	}
	yes := []string{"--let", "y = q1 <= 2"}
	formula := []string{"--model", "y ~ factor(b8) + q2 + q3", "--family", "quasibinomial"}
	share := []string{"--proportion", "q1=1,2", "--by", "b8"}
	with := func(parts ...[]string) []string {
		var flags []string
		for _, p := range parts {
			flags = append(flags, p...)
		}
		return flags
	}
	compared := []string{}
	for i := range 42 {
		compared = append(compared, "--compare", fmt.Sprintf("b8=%d - everyone", i+1))
	}
	const fits = "svyglm(%s ~ factor(b8) + q2 + q3, d, family = %s)"
	return []costly{
		{"share by 42 categories", rows, share, "svyby(~I(q1 <= 2), ~b8, d, svymean, na.rm = TRUE)"},
		{"linear model, 44 coefficients", rows, []string{"--model", "q1 ~ factor(b8) + q2 + q3"}, fmt.Sprintf(fits, "q1", "gaussian()")},
		{"logistic model, 44 coefficients", rows, with(yes, formula), fmt.Sprintf(fits, "(q1 <= 2)", "quasibinomial()")},
		{"ordinal model, 46 coefficients", rows, []string{"--model", "q1 ~ factor(b8) + q2 + q3", "--family", "ordinal"}, ""},
		{"logistic model by a number of its own for each row", rows, with(yes, []string{"--model", "y ~ factor(b8) + weight + q3", "--family", "quasibinomial"}), "svyglm((q1 <= 2) ~ factor(b8) + weight + q3, d, family = quasibinomial())"},
		{"its average predictions for 42 categories", rows, with(yes, formula, []string{"--predict", "b8", "--slope", "q2"}), ""},
		{"raked share by 42 categories", rows, with(share, margins(rows)), "svyby(~I(q1 <= 2), ~b8, r, svymean, na.rm = TRUE)"},
		{"median by 42 categories", rows, []string{"--quantile", "q1", "--by", "b8"}, "svyby(~q1, ~b8, d, svyquantile, quantiles = 0.5, na.rm = TRUE, keep.var = TRUE, ci = TRUE)"},
		{"41 contrasts", rows, with(share, []string{"--contrast"}), ""},
		{"42 contrasts with everyone by --compare", rows, with(share, compared), ""},
		{"200 bootstrap replicates by 42 categories", rows / 10, with(share, []string{"--method", "bootstrap", "--count", "200"}), "svyby(~I(q1 <= 2), ~b8, as.svrepdesign(d, type = 'bootstrap', replicates = 200), svymean, na.rm = TRUE)"},
		{"successive differences by 42 categories", rows / 10, with(share, []string{"--method", "successive-difference"}), ""},
	}
}

// heavy measures the questions in our program, and beside it in another twc, in turn; and
// those of R's survey that it is asked, of so many rows.
func (b *bench) heavy(rows int, other string, rRows int) error {
	fmt.Printf("\n| rows | question | CPU s | peak MB |")
	programs := []string{"./twc"}
	if other != "" {
		fmt.Printf(" beside: CPU s | peak MB |")
		path, err := filepath.Abs(other)
		if err != nil {
			return err
		}
		programs = append(programs, path)
	}
	fmt.Printf("\n|---|---|%s\n", strings.Repeat("---|", 2*len(programs)))
	for _, q := range questions(rows) {
		var of []program
		for i, twc := range programs {
			command := append([]string{twc, "estimate", b.parquet(q.rows, false), "--stratum", "stratum", "--psu", "psu", "--weight", "weight", "--missing=-9,-8", "--format", "csv"}, q.flags...)
			of = append(of, program{name: q.name, command: command, file: fmt.Sprintf("question%d.csv", i), env: []string{"GOMAXPROCS=1"}})
		}
		measures, err := b.measure(of)
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %s |", q.rows, q.name)
		for _, runs := range measures {
			m := median(runs)
			fmt.Printf(" %.2f | %.0f |", m.CPU.Seconds(), float64(m.Memory)/1e6)
		}
		fmt.Println()
		if other != "" {
			if err := b.same(q.name); err != nil {
				return err
			}
		}
	}
	if rRows > 0 {
		return b.surveyAsked(rows, rRows)
	}
	return nil
}

// same checks that two programs gave one answer, but for rounding.
func (b *bench) same(name string) error {
	var answers [2][][]string
	for i := range answers {
		file, err := os.Open(filepath.Join(b.dir, fmt.Sprintf("question%d.csv", i)))
		if err != nil {
			return err
		}
		answers[i], err = csv.NewReader(file).ReadAll()
		file.Close()
		if err != nil {
			return err
		}
	}
	if len(answers[0]) != len(answers[1]) {
		return fmt.Errorf("%s: %d rows of one program and %d of the other", name, len(answers[0]), len(answers[1]))
	}
	for r, row := range answers[0] {
		for c, text := range row {
			other := answers[1][r][c]
			x, err := strconv.ParseFloat(text, 64)
			y, wrong := strconv.ParseFloat(other, 64)
			if text != other && (err != nil || wrong != nil || !(math.Abs(x-y) <= 1e-9*max(math.Abs(x), math.Abs(y)))) {
				return fmt.Errorf("%s: %s of row %d is %q in one program and %q in the other", name, answers[0][0][c], r, text, other)
			}
		}
	}
	return nil
}

// surveyAsked times what R's survey makes of the questions, without reading the data and
// making the design.
func (b *bench) surveyAsked(rows, rRows int) error {
	script := `suppressMessages(library(survey))
x <- data.table::fread("data/n` + strconv.Itoa(rRows) + `.csv", data.table = FALSE)
for (q in c("q1", "q2", "q3")) x[[q]][x[[q]] < 0] <- NA
d <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = x)
r <- rake(d, list(~b1, ~b3), list(data.frame(b1 = 1:2, Freq = c(.47, .53) * nrow(x)), data.frame(b3 = 1:5, Freq = c(.84, .07, .04, .02, .03) * nrow(x))))
took <- function(ask) { before <- proc.time(); force(ask); t <- proc.time() - before; cat(sprintf("%.3f\n", t[["user.self"]] + t[["sys.self"]])) }
`
	var asked []costly
	for _, q := range questions(rows) {
		if q.r != "" {
			asked = append(asked, q)
			script += "took(" + q.r + ")\n"
		}
	}
	if err := os.WriteFile(filepath.Join(b.dir, "questions.R"), []byte(script), 0o644); err != nil {
		return err
	}
	run := exec.Command("Rscript", "questions.R")
	run.Dir, run.Stderr = b.dir, os.Stderr
	out, err := run.Output()
	if err != nil {
		fmt.Printf("\nR's survey: not measured (%v)\n", err)
		return nil
	}
	seconds := strings.Fields(string(out))
	if len(seconds) != len(asked) {
		return fmt.Errorf("%q printed by R's survey, want the seconds of %d questions", out, len(asked))
	}
	fmt.Printf("\n| %d rows, R's survey | CPU s |\n|---|---|\n", rRows)
	for i, q := range asked {
		fmt.Printf("| %s | %s |\n", q.name, seconds[i])
	}
	return nil
}
