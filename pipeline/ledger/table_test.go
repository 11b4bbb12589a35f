package ledger_test

import (
	"os"
	"strings"
	"testing"

	"togetherwecan/pipeline/ledger"
)

// The README shows the table that the program writes to begin with.
func TestTemplateIsShown(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := "    " + strings.ReplaceAll(strings.TrimSuffix(ledger.Template, "\n"), "\n", "\n    ") + "\n\n"
	if !strings.Contains(string(readme), shown) {
		t.Errorf("README.md does not show\n%s", shown)
	}
}
