package ingest

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/ingest/dta"
	"togetherwecan/pipeline/ingest/por"
	"togetherwecan/pipeline/ingest/sav"
)

var updateTable = flag.Bool("update-corpus", false, "write testdata/corpus.csv of the files that there are")

// TestCorpusTable holds testdata/corpus.csv, the table of cases, writers,
// formats and options, to the files of the readers' corpora: each is there, in
// the format that the table says, and no other. The tests of each reader
// compare the files with what haven and PSPP read in them.
func TestCorpusTable(t *testing.T) {
	table := filepath.Join("testdata", "corpus.csv")
	rows := [][]string{{"file", "case", "writer", "format", "options"}}
	tools, cases, layouts := 0, map[string]bool{}, map[string]bool{}
	for _, pattern := range []string{"sav/testdata/corpus/*sav", "por/testdata/corpus/*.por", "dta/testdata/*/*.dta"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		for _, name := range names {
			writer, of, options := described(name)
			layout, err := layoutFound(name)
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, []string{filepath.ToSlash(name), of, writer, layout, options})
			if writer != "tests" {
				tools++
				cases[of], layouts[layout] = true, true
			}
		}
	}
	if *updateTable {
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(table, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	in, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	want, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the table -, the files +; -update-corpus writes the table:\n%s", diff)
	}
	if tools < 220 || len(cases) < 30 || len(layouts) < 10 {
		t.Errorf("%d files by PSPP, ReadStat and haven, of %d cases in %d formats, want 220 of 30 in 10 at least", tools, len(cases), len(layouts))
	}
}

// described returns what the name of a file of the corpora says: WRITER-CASE,
// or CASE in the folder of its writer, and then options.
func described(path string) (writer, of, options string) {
	name := filepath.Base(path)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	folder := filepath.Base(filepath.Dir(path))
	if folder == "made" { // v114_lsf_nosets
		return "tests", "everything", strings.TrimPrefix(name[strings.IndexByte(name, '_'):], "_")
	}
	if folder == "corpus" {
		writer, name, _ = strings.Cut(name, "-")
		if writer == "go" {
			return "tests", name, ""
		}
		of, options, _ = strings.Cut(name, "-")
		return writer, of, options
	}
	if i := strings.LastIndex(name, "_v"); i > 0 { // the version of Stata
		return folder, name[:i], "version " + name[i+2:]
	}
	return folder, name, ""
}

// layoutFound is the format of a file, as its reader finds it.
func layoutFound(name string) (string, error) {
	in, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	switch filepath.Ext(name) {
	case ".dta":
		f, err := dta.Read(in, name, nil, dta.Limits{})
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("Stata %d %s", f.Version, f.ByteOrder), nil
	case ".por":
		_, err := por.Read(in, name, nil, por.Limits{})
		return "SPSS portable", err
	}
	f, err := sav.Read(in, name, nil, sav.Limits{})
	if err != nil {
		return "", err
	}
	order := "little-endian"
	if f.Notes.BigEndian {
		order = "big-endian"
	}
	return "SPSS system, " + f.Notes.Compression + ", " + order, nil
}
