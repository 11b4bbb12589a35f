package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/testdata/shared"
)

const publishedFolder = "../../testdata/published"

// TestPublished holds what others have printed: every row of a figures.csv is a number,
// where it stands, and what of an answer it is. It agrees where ours, rounded once to
// the decimals that were printed, is the number; where the printed one is by another
// definition, the row says which and by what ours is multiplied.
func TestPublished(t *testing.T) {
	tables, err := filepath.Glob(filepath.Join(publishedFolder, "*", "figures.csv"))
	if err != nil || len(tables) == 0 {
		t.Fatal("no figures: ", err)
	}
	for _, table := range tables {
		t.Run(filepath.Base(filepath.Dir(table)), func(t *testing.T) {
			answers, inR := map[string]map[string][]map[string]any{}, map[string]string{}
			for _, p := range publishedRows(t, table) {
				if of, ok := strings.CutPrefix(p.file, "R "); ok {
					if inR[of] == "" {
						inR[of] = publishedInR(t, strings.Fields(of))
					}
					p.file = inR[of]
				}
				asked := p.file + "\n" + p.rows + "\n" + p.arguments
				if answers[asked] == nil {
					answers[asked] = publishedAnswer(t, filepath.Dir(table), p)
				}
				if problem := p.judge(answers[asked]); problem != "" {
					t.Errorf("%s:%d: %s, %s: %s", table, p.line, p.where, p.what, problem)
				}
			}
		})
	}
}

// A publishedFigure is a row of a figures.csv (testdata/published/README.md).
type publishedFigure struct {
	line                                        int
	where, what, printed, file, rows, arguments string
	list, row, column, unit, times, definition  string
}

func publishedRows(t *testing.T, table string) []publishedFigure {
	t.Helper()
	file, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	var figures []publishedFigure
	for i := 0; ; i++ {
		c, err := in.Read()
		if err != nil && len(c) == 0 {
			return figures
		}
		if i == 0 {
			continue
		}
		line, _ := in.FieldPos(0)
		figures = append(figures, publishedFigure{line, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11]})
	}
}

// publishedAnswer runs twc estimate and returns the lists of its answer.
func publishedAnswer(t *testing.T, folder string, p publishedFigure) map[string][]map[string]any {
	t.Helper()
	name := p.file
	if beside, ok := strings.CutPrefix(name, "shared/"); ok {
		name = shared.File(t, beside)
	} else if !filepath.IsAbs(name) {
		name = filepath.Join(folder, name)
	}
	if p.rows != "" {
		name = publishedSample(t, folder, name, p)
	}
	var out, problems bytes.Buffer
	arguments := slices.Concat([]string{"estimate", name, "--format", "json"}, publishedWords(p.arguments))
	if status := run(arguments, &out, &problems); status != 0 {
		t.Errorf("line %d: twc %s: status %d\n%s", p.line, strings.Join(arguments, " "), status, problems.String())
		return map[string][]map[string]any{}
	}
	var answer struct {
		Figures, Contrasts, Cells, Tests []map[string]any
		Models                           []struct{ Coefficients, Terms []map[string]any }
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	lists := map[string][]map[string]any{"figures": answer.Figures, "contrasts": answer.Contrasts, "cells": answer.Cells, "tests": answer.Tests}
	for _, m := range answer.Models {
		lists["coefficients"] = append(lists["coefficients"], m.Coefficients...)
		lists["terms"] = append(lists["terms"], m.Terms...)
	}
	return lists
}

// publishedInR writes columns of the data of an R package: "laeken eusilc age,hsize".
func publishedInR(t *testing.T, of []string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), of[1]+".csv")
	code := fmt.Sprintf("data(%[1]s, package=%[2]q); write.csv(%[1]s[strsplit(%[3]q, ',')[[1]]], %[4]q, row.names=FALSE, na='')", of[1], of[0], of[2], filepath.ToSlash(name))
	if out, err := exec.Command("Rscript", "--vanilla", "-e", code).CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("R has no data of %s: %v %s", of[0], err, out)
		}
		t.Skipf("R has no data of %s, Debian's r-cran-%s: %v %s", of[0], strings.ToLower(of[0]), err, out)
	}
	return name
}

// publishedSample writes the rows of a population that were drawn, "id=1,4,5" of a
// column; or as many of each row as a column counts, "each=frequency"; or all with the
// columns of another file beside them, "beside=psus.csv", of which the last counts for
// how many rows those of each line stand. Columns that the question does not name are
// left out: of the large files the most.
func publishedSample(t *testing.T, folder, population string, p publishedFigure) string {
	t.Helper()
	lines := publishedLines(t, population)
	by, of, _ := strings.Cut(p.rows, "=")
	drawn := strings.Split(of, ",")
	column := slices.Index(strings.Split(lines[0], ","), by)
	switch {
	case by == "each":
		column = slices.Index(strings.Split(lines[0], ","), of)
	case by == "beside":
		lines = publishedBeside(t, lines, publishedLines(t, filepath.Join(folder, of)))
	}
	sample := lines[:1:1]
	for _, line := range lines[1:] {
		switch {
		case by == "each":
			n, err := strconv.Atoi(strings.Split(line, ",")[column])
			if err != nil {
				t.Fatal(err)
			}
			sample = append(sample, slices.Repeat([]string{line}, n)...)
		case by == "beside", slices.Contains(drawn, strings.Split(line, ",")[column]):
			sample = append(sample, line)
		}
	}
	if column >= 0 && by != "each" && len(sample)-1 != len(drawn) {
		t.Fatalf("%s: %d rows of %s", population, len(sample)-1, p.rows)
	}
	var named []int
	for i, name := range strings.Split(lines[0], ",") {
		if strings.Contains(p.arguments, name) {
			named = append(named, i)
		}
	}
	for i, line := range sample {
		cells := strings.Split(line, ",")
		kept := make([]string, len(named))
		for k, column := range named {
			kept[k] = cells[column]
		}
		sample[i] = strings.Join(kept, ",")
	}
	name := filepath.Join(t.TempDir(), filepath.Base(population))
	if err := os.WriteFile(name, []byte(strings.Join(sample, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func publishedLines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(data), "\n"), "\n")
}

func publishedBeside(t *testing.T, lines, runs []string) []string {
	t.Helper()
	var with []string
	for i, run := range runs {
		cut := strings.LastIndex(run, ",")
		n := 1 // the names of the columns
		if i > 0 {
			var err error
			if n, err = strconv.Atoi(run[cut+1:]); err != nil {
				t.Fatal(err)
			}
		}
		for range n {
			with = append(with, lines[len(with)]+","+run[:cut])
		}
	}
	if len(with) != len(lines) {
		t.Fatalf("%d rows beside %d", len(with), len(lines))
	}
	return with
}

// publishedWords are the words of a command line, of which those with spaces stand
// between single quotes.
func publishedWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

// judge says what is wrong, or nothing.
func (p publishedFigure) judge(lists map[string][]map[string]any) string {
	var found []map[string]any
	wanted := map[string]string{}
	for _, pair := range strings.Split(p.row, ";") {
		key, value, _ := strings.Cut(pair, "=")
		wanted[key] = value
	}
	for _, row := range lists[p.list] {
		fits := true
		for key, value := range wanted {
			fits = fits && fmt.Sprint(row[key]) == value
		}
		if fits {
			found = append(found, row)
		}
	}
	if len(found) != 1 {
		return fmt.Sprintf("%d rows of %q in %s, want one", len(found), p.row, p.list)
	}
	column, power := p.column, 1
	if column == "variance" {
		column, power = "std_error", 2
	}
	ours, ok := found[0][column].(float64)
	if !ok {
		return fmt.Sprintf("%s is %v, and the row has %v", column, found[0][column], slices.Sorted(maps.Keys(found[0])))
	}
	ours = math.Pow(ours, float64(power))
	if p.unit != "" {
		ours *= publishedFactor(p.unit)
	}
	printed, err := strconv.ParseFloat(p.printed, 64)
	if err != nil {
		return err.Error()
	}
	_, after, _ := strings.Cut(p.printed, ".")
	half := 0.5 * math.Pow(10, -float64(len(after)))
	agrees := func(x float64) bool { return math.Abs(x-printed) <= half*(1+1e-6) }
	switch {
	case (p.times == "") != (p.definition == ""):
		return "what ours is multiplied by and the definition that says why go together"
	case p.times == "" && !agrees(ours):
		return fmt.Sprintf("printed %s, ours %v", p.printed, ours)
	case p.times != "" && agrees(ours):
		return fmt.Sprintf("printed %s, and ours, %v, needs no other definition", p.printed, ours)
	case p.times != "" && !agrees(ours*publishedFactor(p.times)):
		return fmt.Sprintf("printed %s, ours %v, and %v by the definition", p.printed, ours, ours*publishedFactor(p.times))
	}
	return ""
}

// publishedFactor is a number, a fraction, or the root of one: sqrt(7/6).
func publishedFactor(text string) float64 {
	inner, rooted := strings.CutPrefix(text, "sqrt(")
	over, under, fraction := strings.Cut(strings.TrimSuffix(inner, ")"), "/")
	x, err := strconv.ParseFloat(over, 64)
	if err == nil && fraction {
		var y float64
		y, err = strconv.ParseFloat(under, 64)
		x /= y
	}
	if err != nil {
		return math.NaN()
	}
	if rooted {
		return math.Sqrt(x)
	}
	return x
}
