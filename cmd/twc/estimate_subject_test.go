package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// flagSample writes a survey file on which every flag of an estimate bears: three
// strata, one of them with one PSU (h=z), and codes that a base may leave out.
func flagSample(t *testing.T, seed uint64) string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	b.WriteString("h,p,q,n,w,a,g,y,x,f,fine")
	for i := range 6 {
		fmt.Fprintf(&b, ",r%d", i+1)
	}
	b.WriteString("\n")
	for row := range 120 {
		h, p := []string{"s", "t", "u", "v"}[row%4], row/4%5
		if row < 4 {
			h, p = "z", 0
		}
		g := 1 + r.IntN(3)
		switch {
		case h == "s" && p == 0: // in a stratum of which no other PSU has it
			g = 3
		case g == 3 && h != "t" && h != "u":
			g = 1
		}
		y := 1 + r.IntN(9)
		w := 1 + float64(r.IntN(40))/8
		fmt.Fprintf(&b, "%s,%d,%d,%d,%g,%d,%d,%d,%d,%d,%d", h, p, r.IntN(2), map[string]int{"s": 7, "t": 8, "u": 9, "v": 6, "z": 4}[h], w, 16+r.IntN(60), g, y, y+r.IntN(4), r.IntN(2), r.IntN(60))
		for range 6 {
			fmt.Fprintf(&b, ",%g", w*float64(r.IntN(3)))
		}
		b.WriteString("\n")
	}
	path := filepath.Join(t.TempDir(), "sample.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A flag of an estimate without what it is for is refused; where it bears, another
// value than the one that it has anyway changes what is printed; and that value,
// written out, does not.
func TestFlagsBear(t *testing.T) {
	path := flagSample(t, 1) // of other samples some hide one effect or another
	out := filepath.Join(t.TempDir(), "out")
	drawn := filepath.Join(t.TempDir(), "drawn.yaml")
	if err := os.WriteFile(drawn, []byte("weight: w\npsu: p\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	scales := filepath.Join(t.TempDir(), "scales.txt")
	if err := os.WriteFile(scales, []byte("0.5 0.5 0.25\n0.25 0.5 0.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	margins := filepath.Join(t.TempDir(), "margins.csv")
	if err := os.WriteFile(margins, []byte("variable,code,total\ng,1,200\ng,2,140\ng,3,30\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const (
		plain      = "--weight w --mean y"
		designed   = "--stratum h --psu p --weight w --lonely certainty --mean y"
		replicated = "--weight w --replicates r[0-9]* --method brr --mean y"
	)
	cases := map[string]struct {
		beside, flag string // together they ask something
		idle         string // what the flag is refused beside; "" where it always bears
		twin         string // the flag with the value that it has anyway
	}{
		"adjust":           {"--weight w --mean y --by g --contrast --format csv", "--adjust bh", plain + " --by g", "--adjust holm"},
		"against":          {"--weight w --mean y --by g --contrast", "--against g=2", plain, ""},
		"band":             {"--weight w --mean y --by a --where f=0,1", "--band a=16,30,60", plain, ""},
		"bounds":           {"--weight w --mean y --margin g:1=240,2=140,3=30 --margin f:0=215,1=195 --calibrate logit --bounds 0.01,9", "--bounds 0.1,5", plain + " --margin g:1=200,2=140,3=30", ""},
		"by":               {plain, "--by g", "", ""},
		"calibrate":        {"--weight w --mean y --margin g:1=240,2=140,3=30 --margin f:0=215,1=195", "--calibrate linear", plain, ""},
		"ci":               {"--weight w --proportion g", "--ci beta", plain, "--ci logit"},
		"catalogue":        {"", "", plain, ""}, // of which estimate takes a policy: policy.txtar has other ones
		"checks":           {"", "", plain, ""}, // writes a file: estimate-policy.txtar
		"collapse":         {"--stratum h --psu p --weight w --lonely remove --mean y", "--collapse s=t", plain, ""},
		"compare":          {"--weight w --mean y --by g", "--compare g=2-everyone", "--weight w --test g+f", ""},
		"pairs":            {"--weight w --mean y --by g", "--pairs", plain, ""},
		"contrast":         {"--weight w --mean y --by g", "--contrast", plain, ""},
		"count":            {"--weight w --mean y --psu p --method bootstrap", "--count 50", plain, "--count 200"},
		"design":           {"--mean y", "--design " + drawn, "", ""},
		"wave":             {"", "", "", ""}, // of an extract of the catalogue's: estimate-wave.txtar
		"indicator":        {"", "--indicator influence-local", plain, ""},
		"as":               {"--stratum h --psu p --lonely remove --weight w --mean y --where g=3", "--as sudaan", "--weight w --test g+f", ""},
		"conventions":      {"--weight w --mean y", "--conventions", plain + " --by g", ""},
		"count-ci":         {"--weight w --total y", "--count-ci log", plain, "--count-ci wald"},
		"presentation":     {"--weight w --proportion f --ci nchs --where g=3", "--presentation nchs", plain, ""},
		"design-effect":    {"--weight w --mean y", "--design-effect without", "--weight w --test g+f", "--design-effect with"},
		"df":               {"--stratum h --psu p --lonely remove --weight w --mean y --where g=3", "--df design", "--weight w --test g+f", "--df domain"},
		"without":          {"--mean y --design " + drawn, "--without weight", plain, ""},
		"deft":             {plain, "--deft 1.5", plain + " --stratum h", ""},
		"domain-lonely":    {"--stratum h --psu p --weight w --lonely adjust --mean y --by g", "--domain-lonely", designed, ""},
		"in":               {"--weight w --weighted-count g", "--in thousands", plain, "--in ones"},
		"show":             {"--weight w --table g+f --format text", "--show rows", plain, "--show columns"},
		"table-one":        {plain + " --by g --format text", "--table-one", "--weight w --test g+f", ""},
		"digits":           {plain + " --format text", "--digits 1", plain + " --format csv", ""},
		"caption":          {plain + " --format html", "--caption Sizes", plain + " --format text", ""},
		"model-name":       {"--weight w --model y~a --beside errors --format text", "--model-name Crude", "--weight w --model y~a --format text", ""},
		"called":           {plain + " --by g", "--called g:1=First", "", ""},
		"tested-by":        {"--weight w --table g+f --format text", "--tested-by wald", plain, ""},
		"table":            {plain, "--table g+f", "", ""},
		"family":           {"--weight w --model f~a", "--family quasibinomial", plain, "--family gaussian"},
		"predict":          {"--weight w --model f~a+factor(g)", "--predict g", plain, ""},
		"slope":            {"--weight w --model f~a+factor(g)", "--slope a", plain, ""},
		"predict-error":    {"--weight w --model y~a+factor(g) --predict g", "--predict-error fixed", "--weight w --model y~a", "--predict-error sampled"},
		"errors":           {"--weight w --psu p --model y~a", "--errors cr2", plain, "--errors linearised"},
		"beside":           {"--weight w --model y~a --format text", "--beside errors", plain, ""},
		"stars":            {"--weight w --model y~a --beside errors --format html", "--stars", "--weight w --model y~a", ""},
		"plot":             {"", "", "--weight w --test g+f", ""}, // writes a file: estimate-plot.txtar
		"fay":              {"--weight w --replicates r[0-9]* --mean y --method fay --fay 0.5", "--fay 0.3", plain, ""},
		"force":            {plain + " -o " + out + ".txt", "", plain, ""},
		"format":           {plain + " --format text", "--format csv", "", "--format text"},
		"fpc":              {"--stratum h --psu p --lonely certainty --weight w --mean y", "--fpc n", replicated, ""},
		"level":            {plain, "--level 90", "--weight w --test g+f", "--level 95"},
		"let":              {plain, "--let half=y/2 --mean half", "", ""},
		"lonely":           {"--stratum h --psu p --weight w --mean y --lonely remove", "--lonely average", replicated, ""},
		"pool":             {"--weight w --psu p --stacked f=pooled --total y", "--pool average", plain, ""},
		"waves":            {"", "--waves 1", plain, ""}, // of several files: estimate-stack.txtar
		"rename":           {"", "--rename 1:y=x", plain, ""},
		"margin":           {plain, "--margin g:1=200,2=140,3=30", "", ""},
		"margins":          {plain, "--margins " + margins, "", ""},
		"calibrate-within": {"--weight w --mean y --margin g:1=240,2=140,3=30 --calibrate linear", "--calibrate-within a", plain, ""},
		"weighting":        {"--weight w --mean y --trim 1,9 --format text", "--weighting", plain, ""},
		"weights-out":      {"", "--weights-out " + out + ".parquet", plain, ""}, // writes a file: estimate-margins.txtar
		"id":               {"", "--id a", plain, ""},
		"mean":             {"--total y", "--mean y", "", ""},
		"method":           {"--psu p --weight w --mean y", "--method jk1", "", ""},
		"missing":          {plain, "--missing 9", "", ""},
		"model":            {plain, "--model y~a", "", ""},
		"mse":              {replicated, "--mse", plain, ""},
		"output":           {plain, "-o " + out + ".csv", "", ""},
		"policy":           {plain, "--policy survey-tables", "--weight w --test g+f", ""},
		"proportion":       {plain, "--proportion g", "", ""},
		"psu":              {plain, "--psu p", "", ""},
		"quantile":         {plain, "--quantile y", "", ""},
		"quantile-ci":      {"--weight w --quantile fine=0.1", "--quantile-ci logit", plain, "--quantile-ci wald"},
		"quantile-rule":    {"--weight w --quantile fine=0.3", "--quantile-rule hf6", plain, "--quantile-rule hf1"},
		"quota":            {plain, "--quota", plain + " --psu p", ""},
		"ratio":            {plain, "--ratio y/x", "", ""},
		"delimiter":        {"", "", "", ""}, // of a file whose head does not tell: files.txtar
		"labels":           {"", "", "", ""}, // of a SAS data set: sas.txtar
		"part":             {"", "", "", ""}, // of a file of several: sas.txtar
		"encoding":         {"", "", "", ""}, // of a file whose text is in another: files.txtar
		"reader":           {"", "", "", ""}, // of a file whose name does not tell: describe.txtar
		"replicates":       {"--weight w --method jk1 --mean y --psu p", "--replicates r1,r2,r3", "", ""},
		"scale":            {replicated, "--scale 0.5", plain, ""},
		"scales":           {"--weight w --replicates r[0-9]* --mean y --method jkn --scales 1,1,1,1,1,1", "--scales " + scales, plain, ""},
		"seed":             {"--weight w --mean y --psu p --method bootstrap", "--seed 2", plain + " --psu p --method jk1", "--seed 1"},
		"stacked":          {"--stratum h --psu p --weight w --lonely certainty --mean y --by f", "--stacked f=independent", plain, ""},
		"standardise":      {"--weight w --mean y --by f", "--standardise g:1=1,2=1,3=1", "--weight w --test g+f", ""},
		"stratum":          {"--psu p --weight w --mean y --lonely certainty", "--stratum h", "", ""},
		"test":             {plain, "--test g+f", "", ""},
		"total":            {plain, "--total y", "", ""},
		"trend":            {"--weight w --mean y --by g", "--trend", plain, ""},
		"trim":             {plain, "--trim 1.5,4", "", ""},
		"tally":            {"", "", "", ""}, // of another file: tally.txtar
		"unit":             {"--weight w --mean a --format csv", "--unit 0", "", ""},
		"weight":           {"--mean y", "--weight w", "", ""},
		"weighted-count":   {plain, "--weighted-count g", "", ""},
		"where":            {plain, "--where g=1", "", ""},
		"help":             {"", "", "", ""},
	}
	ask := func(args string) (status int, stdout, stderr string) {
		var o, e bytes.Buffer
		words := append([]string{"estimate", path}, strings.Fields(args)...)
		if !strings.Contains(args, "--format") && !strings.Contains(args, "-o ") && !strings.Contains(args, "--test") && !strings.Contains(args, "--model") {
			words = append(words, "--format", "json") // which has every digit
		}
		status = run(words, &o, &e)
		text := o.String()
		for _, extension := range []string{".txt", ".csv"} {
			if data, err := os.ReadFile(out + extension); err == nil {
				text += string(data)
				os.Remove(out + extension)
			}
		}
		return status, text, e.String()
	}
	(&app{}).estimate().Flags().VisitAll(func(f *pflag.Flag) {
		c, ok := cases[f.Name]
		if !ok {
			t.Errorf("--%s: no case says where it bears", f.Name)
			return
		}
		if c.beside == "" {
			return
		}
		status, before, stderr := ask(c.beside)
		if status != 0 {
			t.Errorf("--%s: %s: exit %d: %s", f.Name, c.beside, status, stderr)
		}
		if c.flag != "" {
			status, after, stderr := ask(c.beside + " " + c.flag)
			if status != 0 || after == before {
				t.Errorf("--%s: %s %s: exit %d, the same output %v: %s", f.Name, c.beside, c.flag, status, after == before, stderr)
			}
		}
		if c.twin != "" {
			if status, after, stderr := ask(c.beside + " " + c.twin); status != 0 || after != before {
				t.Errorf("%s, which it has anyway: exit %d, another output: %s", c.twin, status, stderr)
			}
			if status, _, stderr := ask(plain + " " + c.twin); status != 0 {
				t.Errorf("%s without a subject, which it has anyway: exit %d: %s", c.twin, status, stderr)
			}
		}
		if c.idle != "" {
			flag := c.flag
			if flag == "" {
				flag = "--" + f.Name
			}
			if status, _, stderr := ask(c.idle + " " + flag); status != 2 || !strings.Contains(stderr, "error: --") {
				t.Errorf("--%s: %s %s: exit %d, want 2 and a flag named: %s", f.Name, c.idle, flag, status, stderr)
			}
		}
	})
}
