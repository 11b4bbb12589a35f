package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every flag that takes the name of a variable takes it between backquotes, and nothing in it
// for a sign: a file with odd names has the figures that it has with plain ones.
func TestNamesBetweenBackquotes(t *testing.T) {
	odd := map[string]string{
		"stratum": "the stratum", "psu": "PSU: 1+2", "wt": "my wt", "sex": "sex/of", "age": "age=years", "region": "re:gion", "grade": "gr+ade",
		"pay": `pay "net", week`, "hours": "hours <all>", "agree": "I agree=1", "months": "1st", "visits": "i.visits", "view": "view~x",
	}
	data, err := os.ReadFile(filepath.Join("..", "..", "pipeline", "testdata", "models", "survey.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plain, renamed := filepath.Join(dir, "plain.csv"), filepath.Join(dir, "renamed.csv")
	for i, name := range rows[0] {
		rows[0][i] = odd[name]
	}
	var made bytes.Buffer
	if err := csv.NewWriter(&made).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{plain: data, renamed: made.Bytes()} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name := regexp.MustCompile(`\{(\w+)\}`)
	numbers := func(t *testing.T, file string, flags []string, spell func(string) string) [][]string {
		t.Helper()
		args := []string{"estimate", file, "--format", "csv"}
		for _, flag := range flags {
			args = append(args, name.ReplaceAllStringFunc(flag, func(in string) string { return spell(in[1 : len(in)-1]) }))
		}
		var o, e bytes.Buffer
		if status := run(args, &o, &e); status != 0 {
			t.Fatalf("%q: %s", args, e.String())
		}
		table, err := csv.NewReader(&o).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var kept [][]string
		for _, row := range table[1:] {
			var of []string
			for _, column := range []string{"value", "statistic", "std_error", "ci_lower", "df", "p_value", "base_unweighted"} {
				if i := slices.Index(table[0], column); i >= 0 {
					of = append(of, row[i])
				}
			}
			kept = append(kept, of)
		}
		return kept
	}
	design := []string{"--stratum", "{stratum}", "--psu", "{psu}", "--weight", "{wt}"}
	for _, flags := range [][]string{
		{"--mean", "{hours}", "--mean", "{pay}", "--total", "{months}", "--ratio", "{hours}/{months}", "--proportion", "{agree}=1", "--weighted-count", "{agree}", "--by", "{sex},{region}=1|2,3"},
		{"--quantile", "{months}=0.5,0.9", "--band", "{age}=16,40", "--by", "{age}", "--where", "{sex}=1,2", "--where", "{age} > 20"},
		{"--mean", "{months}", "--by", "{sex}", "--against", "{sex}=2", "--missing", "{months}=1"},
		{"--mean", "{months}", "--mean", "{hours}", "--by", "{sex}", "--compare", "mean({months}, {sex}=1) / mean({hours}, {sex}=2)"},
		{"--mean", "{months}", "--by", "{region}", "--standardise", "{sex}:1=1,2=1"},
		{"--mean", "{months}", "--margin", "{sex}:1=55%,2=45%", "--margin", "{age}=17000", "--calibrate", "linear", "--calibrate-within", "{months}"},
		{"--mean", "{months}", "--margin", "{sex}:1=500,2=400"},
		{"--table", "{agree}+{grade}"},
		{"--test", "{agree}+{sex}", "--test", "{region}:1=0.4,2=0.3,3=0.2,4=0.1"},
		{"--model", "{agree} ~ {age} + i.{sex} + ib2.{region}", "--family", "binomial", "--predict", "{sex}", "--predict", "{age}=20,40", "--slope", "{age}"},
		{"--model", "{view} ~ log({age}) * factor({sex}, ref=2) + offset({months})", "--predict", "{sex}=1,2", "--by", "{grade}"},
		{"--let", "made = {visits} + 1", "--mean", "made"},
		{"--mean", "{hours}", "--stacked", "{sex}=independent", "--by", "{sex}"},
	} {
		flags = slices.Concat(flags, design)
		want := numbers(t, plain, flags, func(name string) string { return name })
		got := numbers(t, renamed, flags, func(name string) string { return "`" + odd[name] + "`" })
		if len(want) == 0 || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %v, want %v", strings.Join(flags, " "), got, want)
		}
	}
}
