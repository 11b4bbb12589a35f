package pipeline_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/testdata/shared"
)

// TestTurnedScales turns the scales of the real teaching file's crosswalk around, one
// at a time: whatever format has the file's labels, each is refused by its codes. As
// they are, nothing is.
func TestTurnedScales(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{"data.tab", "haven_v14.dta", "haven_v8.dta", "pspp.sav", "pspp.zsav"} {
		files[name] = shared.File(t, "data/bcs0708/bcs_2007_8_teaching_"+name)
	}
	parquet := filepath.Join(t.TempDir(), "converted.parquet")
	if _, err := ingest.Convert(ingest.Source{Path: files["pspp.sav"]}, parquet, ingest.Conversion{}, ingest.Limits{}, nil); err != nil {
		t.Fatal(err)
	}
	files["parquet"] = parquet
	dictionary, err := os.ReadFile(shared.File(t, "data/bcs0708/bcs_2007_8_teaching_data_unrestricted_ukda_data_dictionary.rtf"))
	if err != nil {
		t.Fatal(err)
	}
	turns := []struct {
		claim, old, new string
		raw             string
		codes           []string // that are refused
	}{
		{"as it is", "", "", "", nil},
		{"more crime", "{1: a-lot-more, 2: a-little-more, 3: about-the-same, 4: a-little-less, 5: a-lot-less}", "{1: a-lot-less, 2: a-little-less, 3: about-the-same, 4: a-little-more, 5: a-lot-more}", "crimerat", []string{"1", "2", "4", "5"}},
		{"sexes", "from: sex, codes: {1: male, 2: female}", "from: sex, codes: {1: female, 2: male}", "sex", []string{"1", "2"}},
		{"victims", "codes: {0: no, 1: yes}", "codes: {0: yes, 1: no}", "bcsvictim", []string{"0", "1"}},
		{"safety", "{1: very-safe, 2: fairly-safe, 3: a-bit-unsafe, 4: very-unsafe}", "{1: very-unsafe, 2: a-bit-unsafe, 3: fairly-safe, 4: very-safe}", "walkdark", []string{"1", "2", "3", "4"}},
		{"two of five groups", "2: mixed, 3: asian", "2: asian, 3: mixed", "ethgrp2", []string{"2", "3"}},
		{"renters and owners, shared ownership apart", "{1: owner, 2: owner, 3: owner, 4: renter, 5: renter}", "{1: renter, 2: renter, 3: owner, 4: owner, 5: owner}", "tenure1", []string{"1", "2", "4", "5"}},
	}
	extracts := map[string]string{}
	for name, file := range files {
		extracts[name] = lay(t, map[string]string{"bcs/2007-08-teaching": file})
		if strings.HasSuffix(name, ".tab") {
			err := os.WriteFile(filepath.Join(extracts[name], "bcs", "2007-08-teaching", "x_ukda_data_dictionary.rtf"), dictionary, 0o644)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, turn := range turns {
		folder := t.TempDir()
		if err := os.CopyFS(folder, indicators.Files); err != nil {
			t.Fatal(err)
		}
		page := filepath.Join(folder, "crosswalks", "bcs", "2007-08-teaching.yaml")
		text, err := os.ReadFile(page)
		if err != nil || !bytes.Contains(text, []byte(turn.old)) {
			t.Fatalf("%s: no %q in the crosswalk (%v)", turn.claim, turn.old, err)
		}
		if turn.old != "" {
			if err := os.WriteFile(page, bytes.Replace(text, []byte(turn.old), []byte(turn.new), 1), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c := catalogue(t, folder)
		for name := range files {
			t.Run(turn.claim+" in "+name, func(t *testing.T) {
				_, err := pipeline.Check(pipeline.Options{Catalogue: c, Extracts: extracts[name]})
				found := refusal.Of(err, refusal.Data)
				if len(found) != len(turn.codes) {
					t.Fatalf("got %d problems, want %d:\n%v", len(found), len(turn.codes), err)
				}
				for i, code := range turn.codes {
					if p := found[i]; !strings.HasSuffix(p.Where, fmt.Sprintf("variable %q", turn.raw)) || !strings.HasPrefix(p.What, "the file calls code "+code+" ") {
						t.Errorf("got %q, want code %s of %s", p.Error(), code, turn.raw)
					}
				}
			})
		}
	}
}
