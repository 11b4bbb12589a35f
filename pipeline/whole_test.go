package pipeline_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/testdata/shared"
)

// TestWholeExtract holds that half of the real teaching file, and the file twice
// over, are refused, and that each crosswalk of the catalogue says how that is known
// of its wave's extract, or why it is not.
func TestWholeExtract(t *testing.T) {
	c := embedded(t)
	for _, x := range c.Crosswalks {
		for what, why := range x.Unheld() {
			if why == "" {
				t.Errorf("%s: no %s, and no words why it is unknown", x.ID(), what)
			}
		}
	}
	text, err := os.ReadFile(shared.File(t, "data/bcs0708/bcs_2007_8_teaching_data.tab"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	head, rows := lines[:1], slices.DeleteFunc(lines[1:], func(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 })
	for _, e := range []struct {
		claim string
		rows  [][]byte
		want  []string
	}{
		{"as it is", rows, nil},
		{"the first half", rows[:len(rows)/2], []string{"5838 rows, want 11676 (the archive's data dictionary of SN 6891)"}},
		{"one row less", rows[1:], []string{"11675 rows, want 11676"}},
		{"twice over", slices.Concat(rows, rows), []string{"23352 rows, want 11676", "11676 rows with the key of an earlier one"}},
		{"half of it twice", slices.Concat(rows[:len(rows)/2], rows[:len(rows)/2]), []string{"5838 rows with the key of an earlier one"}},
	} {
		t.Run(e.claim, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "bcs.tab")
			if err := os.WriteFile(file, bytes.Join(slices.Concat(head, e.rows), nil), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := pipeline.Check(pipeline.Options{Catalogue: c, Extracts: lay(t, map[string]string{"bcs/2007-08-teaching": file})})
			if (err != nil) != (e.want != nil) {
				t.Fatalf("got %v, want %q", err, e.want)
			}
			for _, want := range e.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
			}
		})
	}
}
