package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/ingest/delimited"
	"togetherwecan/pipeline/ingest/dta"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/ingest/por"
	"togetherwecan/pipeline/ingest/sav"
	"togetherwecan/pipeline/table"
)

// A reader reads one format. It is chosen by its name, or by the file's
// extension in lower case.
type reader struct {
	name       string
	extensions []string
	read       func(in input, want []string, limits Limits) (*contents, error)
	dictionary string // the extension of files beside which a dictionary says what columns mean, "" for none
}

// An input is an open extract: a stream that is digested while it is read to
// its end, and, for formats that need it, bytes at any place.
type input struct {
	*stream
	extension, where string
}

// contents is what a reader gives: the wanted columns, all the names, what the
// file says of itself, and the line of a row, or nil in a format without lines.
type contents struct {
	table *table.Table
	names []string
	about About
	line  func(row int) int
}

// About is what a file says of itself beyond its table. Nothing of it decides
// what a value means.
type About struct {
	Format     string   // in words: "Stata, format 118"
	Encoding   string   // of its text, "" where the format has but one
	Label      string   // of the file
	Weight     string   // the variable that the file says weights it
	Dictionary string   // the name of the dictionary beside the file that was read
	Notes      []string // documents and notes, and what does not agree
}

var readers = []reader{
	{"delimited", []string{".tab", ".csv", ".txt", ".tsv"}, readDelimited, ".tab"},
	{"sav", []string{".sav", ".zsav"}, readSAV, ""},
	{"por", []string{".por"}, readPOR, ""},
	{"dta", []string{".dta"}, readDTA, ""},
	{"parquet", []string{".parquet"}, readParquet, ""},
}

func readDelimited(in input, want []string, l Limits) (*contents, error) {
	f, err := delimited.Read(in, in.extension, in.where, want,
		delimited.Limits{Columns: l.Columns, LineBytes: l.LineBytes, Rows: l.Rows, Cells: l.Cells})
	if err != nil {
		return nil, err
	}
	return &contents{f.Table, f.Names, About{Format: "delimited text"}, f.Line}, nil
}

func readSAV(in input, want []string, l Limits) (*contents, error) {
	f, err := sav.Read(in, in.where, want, sav.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells})
	if err != nil {
		return nil, err
	}
	n := f.Notes
	about := About{Format: "SPSS system file", Encoding: f.Encoding, Label: n.Label, Weight: n.Weight}
	if n.Compression != "" && n.Compression != "none" {
		about.Format += ", compressed (" + n.Compression + ")"
	}
	about.Notes = append(slices.Clone(n.Documents), n.Warnings...)
	return &contents{f.Table, f.Names, about, nil}, nil
}

func readPOR(in input, want []string, l Limits) (*contents, error) {
	f, err := por.Read(in, in.where, want, por.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells})
	if err != nil {
		return nil, err
	}
	about := About{Format: "SPSS portable file", Encoding: f.Encoding, Weight: f.Notes.Weight}
	about.Notes = append(slices.Clone(f.Notes.Documents), f.Notes.Warnings...)
	return &contents{f.Table, f.Names, about, nil}, nil
}

func readDTA(in input, want []string, l Limits) (*contents, error) {
	f, err := dta.Read(in, in.where, want, dta.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells})
	if err != nil {
		return nil, err
	}
	about := About{Format: fmt.Sprintf("Stata, format %d", f.Version), Encoding: f.Encoding, Label: f.Label, Notes: f.Notes("_dta")}
	for _, set := range f.Undefined {
		about.Notes = append(about.Notes, fmt.Sprintf("variables name the value labels %q, which the file does not have", set))
	}
	return &contents{f.Table, f.Names, about, nil}, nil
}

func readParquet(in input, want []string, l Limits) (*contents, error) {
	f, err := parquet.Read(in, in.total, in.where, want,
		parquet.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells, TextBytes: l.LineBytes})
	if err != nil {
		return nil, err
	}
	return &contents{f.Table, f.Names, About{Format: "Parquet"}, nil}, nil
}

// mostDictionary is how many bytes a dictionary has at most.
const mostDictionary = 16 << 20

// beside gives the columns what the archive's dictionary in the same folder
// says of them. It is for people, so that one that is damaged, or that is not
// clearly this file's, is a note and no refusal.
func beside(path string, got *contents) {
	note := func(format string, args ...any) {
		got.about.Notes = append(got.about.Notes, fmt.Sprintf(format, args...))
	}
	name, several := dictionaryOf(path)
	if len(several) > 0 {
		note("no dictionary read: %s could be this file's", strings.Join(several, ", "))
	}
	if name == "" {
		return
	}
	where := filepath.Join(filepath.Dir(path), name)
	info, err := os.Stat(where)
	switch {
	case err != nil:
		note("the dictionary %s cannot be read", name)
		return
	case !info.Mode().IsRegular() || info.Size() > mostDictionary:
		note("the dictionary %s is not read: want a file of at most %d bytes", name, mostDictionary)
		return
	}
	data, err := os.ReadFile(where)
	if err != nil {
		note("%v", unreadable(name, err))
		return
	}
	d, err := delimited.ReadDictionary(data, name)
	if err != nil {
		note("no labels: the dictionary %s", strings.ReplaceAll(err.Error(), "\n", "; "))
		return
	}
	got.about.Dictionary = name
	for _, n := range d.Apply(got.table, got.names) {
		note("the dictionary %s", n)
	}
}

// dictionaryOf returns the name of the archive's dictionary in the folder of a
// file: the one whose name begins as the file's does, or the only one. If it
// cannot tell, it returns those that there are.
func dictionaryOf(path string) (name string, several []string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", nil
	}
	var named, rich []string
	for _, e := range entries {
		folded := strings.ToLower(e.Name())
		if !strings.HasSuffix(folded, ".rtf") || strings.HasPrefix(folded, ".") {
			continue
		}
		rich = append(rich, e.Name())
		if strings.Contains(folded, "ukda_data_dictionary") {
			named = append(named, e.Name())
		}
	}
	found := named
	if len(found) == 0 {
		found = rich
	}
	if len(found) > 1 {
		base := strings.ToLower(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
		found = slices.DeleteFunc(slices.Clone(found), func(n string) bool { return !strings.HasPrefix(strings.ToLower(n), base) })
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(named) > 0:
		return "", named
	}
	return "", rich
}
