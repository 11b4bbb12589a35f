package main

import (
	"os"
	"strings"
	"testing"
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
