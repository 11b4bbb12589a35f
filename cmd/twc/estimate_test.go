package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"togetherwecan/pipeline/report"
)

// Every example of the help is run by the script, word for word.
func TestEstimateExamples(t *testing.T) {
	script, err := os.ReadFile("testdata/script/estimate.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range strings.Split((&app{}).estimate().Example, "\n") {
		if line := "exits 0 " + strings.TrimSpace(example); !strings.Contains(string(script), "\n"+line+"\n") {
			t.Errorf("the script does not run: %s", line)
		}
	}
}

// Words and tables of an answer are as wide as every page.
func TestAnswerWidth(t *testing.T) {
	var file strings.Builder
	file.WriteString("y,group,other\n")
	for i := range 60 {
		word := strings.Repeat(strings.Repeat(string(rune('a'+i%3)), 4)+" ", 14)
		fmt.Fprintf(&file, "%d,%s,%s\n", i%2, word, strings.Repeat(word, 2))
	}
	name := filepath.Join(t.TempDir(), "wide.csv")
	if err := os.WriteFile(name, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errors strings.Builder
	if status := run([]string{"estimate", name, "--proportion", "y=1", "--by", "group,other", "--where", "y=1"}, &out, &errors); status != 0 {
		t.Fatal(errors.String())
	}
	widest := 0
	for line := range strings.Lines(out.String()) {
		widest = max(widest, utf8.RuneCountInString(strings.TrimRight(line, "\n")))
	}
	if widest > report.Width || widest < report.Width-3 {
		t.Errorf("the widest line has %d letters, want %d:\n%s", widest, report.Width, out.String())
	}
}
