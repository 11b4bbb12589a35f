package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/cmd/bench/answer"
)

// TestCampaign holds a small part of a campaign (cmd/bench/campaign), whose answers of R's
// survey are kept: files, designs, expressions and questions that were drawn at random.
func TestCampaign(t *testing.T) {
	folder := filepath.Join("testdata", "campaign")
	text, err := os.ReadFile(filepath.Join(folder, "questions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var questions []struct {
		ID, File string
		Args     []string
		Numbers  map[string]map[string]float64
	}
	if err := json.Unmarshal(text, &questions); err != nil {
		t.Fatal(err)
	}
	const want = 1000
	numbers := 0
	for _, q := range questions {
		t.Run(q.ID, func(t *testing.T) {
			var out, told strings.Builder
			if status := run(append([]string{"estimate", filepath.Join(folder, q.File)}, q.Args...), &out, &told); status != 0 {
				t.Fatalf("exit status %d\n%s", status, told.String())
			}
			ours, err := answer.Read([]byte(out.String()))
			if err != nil {
				t.Fatal(err)
			}
			for place, fields := range q.Numbers {
				for field, theirs := range fields {
					numbers++
					// A value or limit may be nothing where larger numbers meet: it is as exact as its error.
					of := math.Abs(theirs)
					if field == "value" || strings.HasPrefix(field, "ci_") {
						of = max(of, fields["std_error"])
					}
					if x, ok := ours[place][field]; !ok || !(math.Abs(x-theirs) <= 1e-9*max(of, 1e-300)) {
						t.Errorf("%s %s: %v, R has %v", place, field, x, theirs)
					}
				}
			}
		})
	}
	if numbers < want {
		t.Errorf("%d numbers, want at least %d", numbers, want)
	}
}
