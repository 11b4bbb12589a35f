package ingest

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/delimited"
	"togetherwecan/pipeline/ingest/dta"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/ingest/por"
	"togetherwecan/pipeline/ingest/sas7bdat"
	"togetherwecan/pipeline/ingest/sav"
	"togetherwecan/pipeline/ingest/sheet"
	"togetherwecan/pipeline/ingest/xpt"
	"togetherwecan/pipeline/table"
)

// A reader reads one format. It is chosen by its name, or by the file's
// extension in lower case.
type reader struct {
	name       string
	takes      string // what it reads, in words
	extensions []string
	read       func(in input, want []string, limits Limits, each batches) (*contents, error)
	dictionary string // the extension of files beside which a dictionary says what columns mean, "" for none
	letters    bool   // values may be missing with a letter, as Stata's .a
	parts      bool   // a file may hold several tables
	labels     bool   // value labels are in a file beside
}

// Batches takes a table in parts, or is nil to read it whole.
type batches func(*table.Table) error

// An input is an open extract: a stream that is digested while it is read to
// its end, and, for formats that need it, bytes at any place.
type input struct {
	*stream
	extension, where string
	as               *codepage.Encoding // that the caller says its text is in, or nil
	delimiter        byte               // that the caller says is between fields, or 0
	part             string             // of a file that holds several tables, the one to read, or ""
	labels           *labelFile         // that has the value labels, or nil
	once             bool               // a file that is otherwise read twice is short enough to be held as it is
	texts            []string           // variables of delimited text that are read as it, whatever they are
	byCode           bool               // numbers may come by the codes of the file's dictionaries
}

// contents is what a reader gives: the wanted columns, all the names and those
// that were alike, what the file says of itself, and the line of a row, or nil in a format without lines.
type contents struct {
	table *table.Table
	names []string
	alike table.Alike
	about description.About
	line  func(row int) int
}

var readers = []reader{
	{Delimited, "lines of text", []string{".tab", ".csv", ".txt", ".tsv"}, readDelimited, ".tab", false, false, false},
	{"sav", "an SPSS system file", []string{".sav", ".zsav"}, readSAV, "", false, false, false},
	{"por", "an SPSS portable file", []string{".por"}, readPOR, "", false, false, false},
	{"dta", "a Stata file", []string{".dta"}, readDTA, "", true, false, false},
	{"parquet", "a Parquet file", []string{".parquet"}, readParquet, "", true, false, false},
	{"xpt", "a SAS transport file", []string{".xpt", ".xport"}, readXPT, "", true, true, false},
	{"sas7bdat", "a SAS data set", []string{".sas7bdat"}, readSAS7BDAT, "", true, false, true},
	{"sheet", "a workbook or spreadsheet", []string{".xlsx", ".xlsm", ".ods"}, readSheet, "", false, true, false},
}

// Extension says whether files of an extension are extracts.
func Extension(of string) bool {
	return slices.ContainsFunc(readers, func(r reader) bool { return slices.Contains(r.extensions, strings.ToLower(of)) })
}

func readDelimited(in input, want []string, l Limits, each batches) (*contents, error) {
	limits := delimited.Limits{Columns: l.Columns, LineBytes: l.LineBytes, Rows: l.Rows, Cells: l.Cells}
	said := &delimited.Said{Encoding: in.as, Delimiter: in.delimiter, Texts: in.texts}
	var f *delimited.File
	var err error
	switch {
	case each == nil:
		f, err = delimited.Read(in, in.extension, in.where, said, want, limits)
	case in.once:
		f, err = delimited.Batches(in, in.total, in.extension, in.where, said, want, limits, each)
	default: // its columns are known only at its end
		in.passes = 2
		f, err = delimited.Scan(twice{in.stream}, in.total, in.extension, in.where, said, want, limits, each)
	}
	if err != nil {
		return nil, err
	}
	return &contents{f.Table, f.Names, f.Alike, description.About{Format: "delimited text", Encoding: f.Encoding, Notes: f.Notes, Replaced: f.Replaced}, f.Line}, nil
}

func readSAV(in input, want []string, l Limits, each batches) (*contents, error) {
	f, err := sav.Scan(in, in.where, in.as, want, sav.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells}, each)
	if err != nil {
		return nil, err
	}
	n := f.Notes
	about := description.About{Format: "SPSS system file", Encoding: f.Encoding, Label: n.Label, Weight: n.Weight}
	if n.Compression != "" && n.Compression != "none" {
		about.Format += ", compressed (" + n.Compression + ")"
	}
	about.Notes = slices.Clone(n.Documents)
	for _, set := range n.Responses {
		words := "multiple response set " + set.Name
		if set.Label != "" {
			words += fmt.Sprintf(" (%q)", set.Label)
		}
		words += " of " + strings.Join(set.Variables, ", ")
		if set.Counted != "" {
			words += ", counting " + set.Counted
		}
		about.Notes = append(about.Notes, words)
	}
	about.Notes = append(about.Notes, n.Warnings...)
	about.Variables = map[string][]string{}
	for _, a := range n.Variables {
		if strings.HasPrefix(strings.TrimPrefix(a.Name, "$"), "@") {
			continue // SPSS's own: of roles in its dialogues, and hidden ones
		}
		about.Variables[a.Variable] = append(about.Variables[a.Variable], fmt.Sprintf("%s: %s", a.Name, strings.Join(a.Values, "; ")))
	}
	about.Replaced = f.Replaced
	return &contents{f.Table, f.Names, f.Alike, about, nil}, nil
}

func readPOR(in input, want []string, l Limits, each batches) (*contents, error) {
	f, err := por.Scan(in, in.where, in.as, want, por.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells}, each)
	if err != nil {
		return nil, err
	}
	about := description.About{Format: "SPSS portable file", Encoding: f.Encoding, Weight: f.Notes.Weight}
	about.Notes = append(slices.Clone(f.Notes.Documents), f.Notes.Warnings...)
	about.Replaced = f.Replaced
	return &contents{f.Table, f.Names, f.Alike, about, nil}, nil
}

func readDTA(in input, want []string, l Limits, each batches) (*contents, error) {
	f, err := dta.Scan(in, in.where, in.as, want, dta.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells}, each)
	if err != nil {
		return nil, err
	}
	about := description.About{Format: fmt.Sprintf("Stata, format %d", f.Version), Encoding: f.Encoding, Label: f.Label, Notes: f.Notes("_dta"), Variables: map[string][]string{}}
	of := map[string]*dta.File{}
	for _, c := range f.Characteristics {
		if of[c.Variable] == nil {
			of[c.Variable] = &dta.File{}
		}
		of[c.Variable].Characteristics = append(of[c.Variable].Characteristics, c)
	}
	for name, part := range of {
		if notes := part.Notes(name); name != "_dta" && notes != nil {
			about.Variables[name] = notes
		}
	}
	for _, set := range f.Undefined {
		about.Notes = append(about.Notes, fmt.Sprintf("variables name the value labels %q, which the file does not have", set))
	}
	if about.Drawn = f.Svyset(); about.Drawn != "" {
		about.Notes = append(about.Notes, "the design that the file keeps: "+about.Drawn)
	}
	about.Notes = append(about.Notes, f.Warnings...)
	about.Replaced = f.Replaced
	return &contents{f.Table, f.Names, f.Alike, about, nil}, nil
}

func readParquet(in input, want []string, l Limits, each batches) (*contents, error) {
	limits := parquet.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells, TextBytes: l.LineBytes}
	scan := parquet.Scan
	if in.byCode {
		scan = parquet.ScanCodes
	}
	f, err := scan(in, in.total, in.where, in.as, want, limits, each)
	if err != nil {
		return nil, err
	}
	a := f.About
	about := description.About{Format: "Parquet", Origin: a.Format, Encoding: a.Encoding, Label: a.Label, Weight: a.Weight, Notes: slices.Concat(a.Notes, f.Warnings)}
	about.Replaced = f.Replaced
	return &contents{f.Table, f.Names, f.Alike, about, nil}, nil
}

func readXPT(in input, want []string, l Limits, each batches) (*contents, error) {
	f, err := xpt.Scan(in, in.where, in.part, in.as, want, xpt.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells}, each)
	if err != nil {
		return nil, err
	}
	about := description.About{Format: fmt.Sprintf("SAS transport file, version %d", f.Version), Encoding: f.Encoding, Label: f.Label}
	if len(f.Members) > 1 {
		about.Notes = []string{fmt.Sprintf("%q is one of %d members: %s", f.Member, len(f.Members), strings.Join(f.Members, ", "))}
	}
	about.Notes = append(about.Notes, f.Warnings...)
	about.Replaced = f.Replaced
	return &contents{f.Table, f.Names, f.Alike, about, nil}, nil
}

func readSAS7BDAT(in input, want []string, l Limits, each batches) (*contents, error) {
	limits := sas7bdat.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells}
	f, err := sas7bdat.Scan(in, in.total, in.where, in.as, in.labels.read, want, limits, each)
	if err != nil {
		return nil, err
	}
	about := description.About{Format: "SAS data set", Encoding: f.Encoding, Label: f.Label, Notes: f.Warnings, Replaced: f.Replaced}
	if f.Compression != "" {
		about.Format += ", compressed (" + f.Compression + ")"
	}
	return &contents{f.Table, f.Names, f.Alike, about, nil}, nil
}

func readSheet(in input, want []string, l Limits, each batches) (*contents, error) {
	limits := sheet.Limits{Columns: l.Columns, Rows: l.Rows, Cells: l.Cells, TextBytes: l.LineBytes}
	f, err := sheet.Scan(in, in.total, in.where, in.part, want, limits, each)
	if err != nil {
		return nil, err
	}
	about := description.About{Format: f.Format, Notes: f.Notes}
	if len(f.Sheets) > 1 {
		about.Notes = append([]string{fmt.Sprintf("%q is one of %d sheets: %s", f.Sheet, len(f.Sheets), strings.Join(f.Sheets, ", "))}, about.Notes...)
	}
	return &contents{f.Table, f.Names, f.Alike, about, f.Line}, nil
}
