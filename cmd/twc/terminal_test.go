package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
)

// TestWidths holds that what every command prints for people fits the page: no line is
// longer than it, but for a word that is longer by itself.
func TestWidths(t *testing.T) {
	tiny, err := filepath.Abs(filepath.Join("testdata", "tiny", "cat"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := synthetic()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("GOGC", "400") // so that each question does not go over what all tests hold
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	told := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if status := run(args, &out, &errs); status != 0 {
			t.Fatalf("twc %s: exit status %d\n%s", strings.Join(args, " "), status, errs.String())
		}
		return out.String()
	}
	for _, some := range []string{"hocs", "returns"} {
		if err := copyTree(filepath.Join(made, some), filepath.Join("extracts", some)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("COLUMNS", "60")
	published := told("run", "extracts", "--store", "store", "--quiet", "--issued", "2006-01-01")
	wave := "some.tab" // every fifth respondent, in all strata and PSUs
	rows, err := os.ReadFile(filepath.Join("extracts", "hocs", "2001", "hocs_2001_synthetic.tab"))
	if err != nil {
		t.Fatal(err)
	}
	var some []byte
	n := 0
	for line := range bytes.Lines(rows) {
		if n%5 == 0 {
			some = append(some, line...)
		}
		n++
	}
	put(t, wave, string(some))
	design := []string{"estimate", wave, "--stratum", "stratum", "--psu", "psu", "--weight", "wtcore"}
	asked := func(more ...string) []string { return append(design[:len(design):len(design)], more...) }
	commands := [][]string{
		{"list", "--store", "store"},
		{"list", "indicators"},
		{"list", "measures"},
		{"list", "waves"},
		{"list", "series", "--store", "store"},
		{"list", "targets"},
		{"list", "published"},
		{"list", "releases", "--store", "store"},
		{"plan", "--store", "store"},
		{"check", "extracts", "--quiet"},
		{"verify", "--store", "store"},
		{"describe", wave},
		{"describe", wave, "paffloc", "dvage", "gor"},
		asked("--proportion", "paffloc", "--by", "sex,gor", "--contrast", "--quantile", "dvage"),
		asked("--mean", "dvage", "--by", "gor", "--contrast", "--trend"),
		asked("--test", "paffloc+gor"),
		asked("--model", "dvage ~ factor(gor) + sex"),
	}
	indicators, err := os.ReadDir(filepath.Join("store", "releases", "2006-01-01.1", "indicators"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range indicators {
		if i%20 == 0 || f.Name() == "influence-local" {
			commands = append(commands, []string{"show", f.Name(), "--store", "store", "--by", "all"})
		}
	}
	for _, cmd := range (&app{out: &output{to: &bytes.Buffer{}}, stderr: &output{to: &bytes.Buffer{}}}).root().Commands() {
		commands = append(commands, []string{"help", cmd.Name()})
	}
	lines := map[string]int{}
	fits := func(command, page string, width int) {
		for line := range strings.Lines(page) {
			lines[command]++
			line = strings.TrimRight(line, "\n")
			if strings.HasPrefix(line, "  twc ") { // how it is called
				continue
			}
			if size := text.StringWidthWithoutEscSequences(line); size > width && len(strings.Fields(line)) > 1 {
				t.Errorf("COLUMNS=%d twc %s: a line of %d:\n%s", width, command, size, line)
			}
		}
	}
	fits("run", published, 60)
	for _, width := range []int{60, 80, 120, 200} {
		t.Setenv("COLUMNS", strconv.Itoa(width))
		for _, args := range commands {
			command := strings.Join(args, " ")
			if width > 80 && args[0] == "list" && !slices.Contains(args, "releases") { // where little breaks, a small catalogue will do
				args = append(slices.Clone(args), "--catalogue", tiny)
			}
			page, examples, given := strings.Cut(told(args...), "\nExamples:\n") // which are one line each
			if _, rest, _ := strings.Cut(examples, "\n\n"); given {
				page += rest
			}
			fits(command, page, width)
		}
	}
	for command, n := range lines {
		if n < 4 {
			t.Errorf("twc %s printed %d lines at four widths", command, n)
		}
	}

	// For programs there is no page: one JSON object, whatever the width.
	for _, args := range commands {
		if args[0] == "help" {
			continue
		}
		args = append(slices.Clone(args), "--format", "json")
		made := told(args...)
		var object map[string]any
		if err := json.Unmarshal([]byte(made), &object); err != nil || len(object) == 0 {
			t.Errorf("twc %s: no JSON object: %v\n%s", strings.Join(args, " "), err, made)
		}
		if args[0] == "describe" || args[0] == "estimate" {
			t.Setenv("COLUMNS", "60")
			if narrow := told(args...); narrow != made {
				t.Errorf("twc %s: another page, other JSON", strings.Join(args, " "))
			}
			t.Setenv("COLUMNS", "200")
		}
	}
}

// What text from a file may try: to clear a line, to colour, to begin a line of its own,
// to turn the direction, with letters and with bytes.
const hostile = "A\x1b[2K\x1b[31mB\u009b1mC\rFORGED\nFORGED\u2028FORGED\u202eD\u2066E\aF\x7f\vG\fH"

// safe says what of a text would do something to a terminal, "" for nothing.
func safe(text string) string {
	if !utf8.ValidString(text) {
		return "no UTF-8"
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return fmt.Sprintf("U+%04X", r)
		}
	}
	return ""
}

// scalar is a value of a catalogue's file that may be a text.
var scalar = regexp.MustCompile(`(?:: |[\[,] ?|- )([A-Za-z][^,:{}\[\]\n#"']*)`)

// TestTerminalSafe puts what moves a terminal into every place of a catalogue, of
// extracts and of the names of files: of what each command then prints, on standard
// output and in errors, nothing does.
func TestTerminalSafe(t *testing.T) {
	tiny, err := filepath.Abs(filepath.Join("testdata", "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "indicators", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	labelled := map[string][]byte{}
	for _, file := range []string{"sav/testdata/corpus/go-big.sav", "sav/testdata/corpus/readstat-mixed_v10.sav", "dta/testdata/odd.dta", "dta/testdata/made/v104_lsf.dta"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "pipeline", "ingest", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		labelled[filepath.Base(file)] = data
	}
	t.Chdir(t.TempDir())
	printed, described := 0, 0
	told := func(args ...string) int {
		t.Helper()
		var out, errs bytes.Buffer
		status := run(args, &out, &errs)
		for name, text := range map[string]string{"output": out.String(), "error": errs.String()} {
			if what := safe(text); what != "" {
				t.Errorf("twc %q: standard %s has %s:\n%q", args, name, what, text)
			}
			if strings.Contains(text, "FORGED") {
				printed++
			}
			if name == "error" && strings.Contains("\n"+text, "\nFORGED") {
				t.Errorf("twc %q: an error begins a line that is not its own:\n%s", args, text)
			}
		}
		return status
	}

	// A catalogue of surveys and one of returns and evaluations: each text in turn,
	// which is refused or stays.
	if err := copyTree(tiny, "."); err != nil {
		t.Fatal(err)
	}
	for file, heading := range pageBlocks {
		put(t, filepath.Join("returns", file), blocksOf(string(page), heading)[0])
	}
	put(t, "filed/returns/quality-parishes/2005.csv", blocksOf(string(page), pageBlocks["returns/defra/quality-parishes.yaml"])[1])
	for catalogue, extracts := range map[string]string{"cat": "extracts", "returns": "filed"} {
		stayed := 0
		files, err := filepath.Glob(filepath.Join(catalogue, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, pattern := range []string{"*/*.yaml", "*/*/*.yaml"} {
			more, err := filepath.Glob(filepath.Join(catalogue, pattern))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, more...)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sound := string(data)
			at := scalar.FindAllStringSubmatchIndex(sound, -1)
			for i := len(at) - 1; i >= 0; i-- { // from the end, so that places stay
				from, to := at[i][2], at[i][3]
				wrong := sound[:from] + strconv.Quote(strings.TrimSpace(sound[from:to])+hostile) + sound[to:]
				put(t, file, wrong)
				if told("check", extracts, "--catalogue", catalogue, "--quiet") == 0 {
					sound = wrong
					stayed++
				}
			}
			put(t, file, sound)
		}
		store := "store-" + catalogue
		if stayed < 5 {
			t.Errorf("%s: %d texts stayed", catalogue, stayed)
		}
		if status := told("run", extracts, "--store", store, "--catalogue", catalogue, "--issued", "2006-01-01", "--reason", hostile); status != 0 {
			t.Fatalf("%s: the run is refused", catalogue)
		}
		for _, what := range lists {
			told("list", what, "--catalogue", catalogue, "--store", store)
			told("list", what, "--catalogue", catalogue)
		}
		for _, what := range []string{"influence", "mean-age", "quality-parishes", "parish-study", hostile} {
			told("show", what, "--store", store, "--by", "all")
			told("show", what, "--store", store, "--by", hostile)
		}
		told("list", "--store", store)
		told("plan", "--store", store, "--catalogue", catalogue)
		told("check", extracts, "--catalogue", catalogue)
		told("verify", "--store", store)
		told("template", "quality-parishes", "form-"+catalogue+".csv", "--catalogue", catalogue)
		told("template", hostile, "form.csv", "--catalogue", catalogue)
		labels := filepath.Join(store, "releases", "2006-01-01.1", "labels.json")
		if err := os.Chmod(labels, 0o600); err != nil {
			t.Fatal(err)
		}
		put(t, labels, hostile)
		told("verify", "--store", store)
		told("show", "influence", "--store", store)
	}

	// Files whose names, variables, codes and labels are such.
	quoted := func(text string) string { return `"` + text + `"` }
	name := "v" + hostile
	body := quoted(name) + ",w,y\n"
	for i := range 12 {
		body += fmt.Sprintf("%s,%d,%d\n", quoted(strconv.Itoa(i%3)+hostile), 1+i%2, i)
	}
	file := "f\x1b[31m\u009b\u202e\nFORGED.csv"
	for _, f := range []string{"f.csv", file} {
		put(t, f, body)
		told("describe", f)
		told("describe", f, name)
		told("describe", f, "none"+hostile)
		told("describe", f, "--crosswalk")
		told("convert", f, f+".parquet")
		told("describe", f+".parquet")
		told("convert", f, f+".parquet")
		told("convert", f, "none"+hostile)
		for _, how := range [][]string{
			{"--mean", "y", "--by", name},
			{"--proportion", name, "--weight", "w"},
			{"--test", name + "+w"},
			{"--mean", name},
			{"--mean", "y", "--stratum", name},
			{"--mean", "y", "--where", name + "=" + hostile},
			{"--model", "y ~ factor(" + name + ")"},
			{"--mean", "y", "--by", name, "--contrast", "--trend"},
			{"--" + hostile},
		} {
			told(append([]string{"estimate", f}, how...)...)
		}
	}
	for _, args := range [][]string{
		{"describe", file},
		{"estimate", file, "--proportion", name, "--weight", "w"},
		{"list", "indicators", "--catalogue", "cat"},
		{"list", "waves", "--catalogue", "cat"},
		{"list", "series", "--catalogue", "returns"},
		{"list", "targets", "--catalogue", "returns"},
	} {
		var out, errs bytes.Buffer
		if run(append(args, "--format", "json"), &out, &errs) != 0 {
			t.Errorf("twc %q: %s", args, errs.String())
		}
		if what := safe(out.String()); what != "" {
			t.Errorf("twc %q: JSON has %s:\n%q", args, what, out.String())
		}
		var value any
		if err := json.Unmarshal(out.Bytes(), &value); err != nil || !strings.Contains(fmt.Sprint(value), "\x1b[2K\x1b[31mB\u009b1mC\rFORGED\nFORGED\u2028FORGED\u202eD\u2066E\aF\x7f") {
			t.Errorf("twc %q: JSON has another text: %v\n%q", args, err, out.String())
		}
	}
	for name, data := range labelled {
		for _, letter := range "aeiost " {
			for _, instead := range []byte{'\x1b', '\r', '\n', '\a', '\x9b', '\x85'} {
				put(t, name, string(bytes.ReplaceAll(data, []byte{byte(letter)}, []byte{instead})))
				if told("describe", name) == 0 {
					described++
				}
			}
		}
	}
	if described < 20 {
		t.Errorf("%d files with such labels were read", described)
	}
	told("check", hostile)
	told(hostile)
	told("help", hostile)
	told("list", hostile)
	told("list", "measures", "--department", hostile)
	told("verify", "--store", "s"+strings.ReplaceAll(hostile, "/", ""))
	told("seed", "e"+hostile)
	if printed < 50 {
		t.Errorf("what is hostile was printed by %d commands", printed)
	}
}

// put writes a file and the folders above it.
func put(t *testing.T, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}
