package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
	"togetherwecan/pipeline/table"
)

func zipOf(t *testing.T, names ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil && name == "mimetype" {
			_, err = f.Write([]byte("application/vnd.oasis.opendocument.spreadsheet"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func gzipOf(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func workbook(t *testing.T, password string) string {
	t.Helper()
	var out bytes.Buffer
	book := excelize.NewFile()
	if err := book.Write(&out, excelize.Options{Password: password}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A file that no reader takes, or another one than its name says, is refused by
// every command alike, with what it is and what to do.
func TestKinds(t *testing.T) {
	const all = ".tab, .csv, .txt, .tsv, .sav, .zsav, .por, .dta, .parquet, .xpt, .xport, .sas7bdat, .xlsx, .xlsm, .ods"
	readR, page := "in R, haven::write_sav(", "fetch the file itself: a page, such as one to log in with, came in its place"
	spreadsheet := "give the archive's .tab, .sav or .dta edition, which has labels; a sheet is read once it is saved as .xlsx, .ods or CSV (UTF-8)"
	encryptedZip := []byte(zipOf(t, "hocs.sav"))
	encryptedZip[6] |= 1
	for _, c := range []struct{ name, data, is, want, hint string }{
		{"a.csv", workbook(t, ""), "an Excel workbook (.xlsx)", "lines of text", "name the file's reader: sheet"},
		{"a.xlsx", workbook(t, "secret"), "an encrypted Office file", "a workbook or spreadsheet", "open it with its password and save it without"},
		{"a.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600), "an Excel workbook (.xls)", all, spreadsheet},
		{"a.xls", "<html><table>", "a web page", all, page},
		{"a.xls", "a\tb\n1\t2\n", "an Excel workbook (.xls)", all, spreadsheet},
		{"a.ods", zipOf(t, "hocs.sav"), "a zip archive", "a workbook or spreadsheet", "unpack it and give the file inside: hocs.sav"},
		{"a.xlsx", "<html><table>", "a web page", "a workbook or spreadsheet", page},
		{"a.rds", gzipOf(t, "X\n\x00\x00\x00\x03"), "an object of R (.rds)", all, readR},
		{"a.rds", "\xFD7zXZ\x00", "an object of R (.rds)", all, readR},
		{"a.RData", gzipOf(t, "RDX3\nX\n"), "data of R (.RData)", all, readR},
		{"a.rda", "RDX2\nX\n", "data of R (.RData)", all, readR},
		{"a.sav", gzipOf(t, "RDX3\nX\n"), "data of R (.RData)", "an SPSS system file", readR},
		{"a.sys", "\x02\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 248) + "\x01\x00PCSPSS SYSTEM FILE.", "a system file of SPSS/PC+ (.sys)", all, "pspp-convert OLD.sys NEW.sav, of PSPP, makes a .sav of it"},
		{"a.sys", "\x5B\xC6\xD3\xF2", "an SPSS file of a mainframe, in EBCDIC", all, "save the file again on a machine that writes ASCII"},
		{"a.sys", "$FL2@(#) SPSS DATA FILE", "an SPSS file (.sav)", all, "name the file's reader: sav"},
		{"a.sav", "\x1C\x00\x00\x00\x00\x00\x00\x00ENCRYPTEDSAV\x15\x00\x00\x00", "an encrypted SPSS file", "an SPSS system file", "open it with its password in SPSS, or with pspp-convert, and save it without"},
		{"a.sys", strings.Repeat("\x00", 12) + "\xC2\xEA\x81\x60\xB3\x14\x11\xCF\xBD\x92\x08\x00", "a SAS data set (.sas7bdat)", all, "name the file's reader: sas7bdat"},
		{"a.sas7bdat", strings.Repeat("\x00", 12) + "\xC2\xEA\x81\x63\xB3\x14\x11\xCF\xBD\x92\x08\x00", "a SAS catalogue (.sas7bcat)", "a SAS data set", "give the data set: its labels are read from the catalogue beside it"},
		{"a.sys", "HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "a SAS transport file (.xpt)", all, "name the file's reader: xpt"},
		{"a.zip", zipOf(t, "stata/", "stata/hocs.dta", "mrdoc/a.pdf", "b", "c", "d"), "a zip archive", all, "unpack it and give the file inside: stata/hocs.dta, mrdoc/a.pdf, b or one of 2 more"},
		{"a.dta", string(encryptedZip), "an encrypted zip archive", "a Stata file", "unpack it with its password and give the file inside: hocs.sav"},
		{"a.csv.gz", gzipOf(t, "sex,age\n"), "gzip", all, "unpack it and give the file inside"},
		{"a.csv", gzipOf(t, "sex,age\n"), "gzip", "lines of text", "unpack it and give the file inside"},
		{"a.tab", "BZh61AY&SY", "bzip2", "lines of text", "unpack it and give the file inside"},
		{"a.parquet", "\x28\xB5\x2F\xFD", "zstd", "a Parquet file", "unpack it and give the file inside"},
		{"a.json", "[\n  {\"sex\": 1}]", "JSON", all, "write the table as CSV"},
		{"a.csv", "\xEF\xBB\xBF{ \"error\": 401}", "JSON", "lines of text", "write the table as CSV"},
		{"a.csv", "%PDF-1.7", "a PDF", "lines of text", "fetch the file itself: this is not the extract"},
		{"a.csv", "\r\n <!-- x --><HTML>", "a web page", "lines of text", page},
		{"a.tab", "<?xml version=\"1.0\"?>\n<!DOCTYPE html><html>", "a web page", "lines of text", page},
		{"a.dta", "<!doctype HTML>", "a web page", "a Stata file", page},
		{"a.por", "<html>", "a web page", "an SPSS portable file", page},
		{"a.csv", "<?xml version=\"1.0\"?><codeBook>", "XML", "lines of text", "fetch the file itself: this is not the extract"},
		{"a.sav", "version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS", "an SPSS system file", "git lfs pull fetches the file itself"},
		{"a.dta", strings.Repeat("\x00", 4096), "zeros alone", "a Stata file", "fetch the file again: it did not arrive"},
		{"a.csv", "\xFF\xFEs\x00", "UTF-16", "lines of text", "save it again as UTF-8"},
		{"a.tab", "\x72\x02\x01\x00", "a Stata file (.dta)", "lines of text", "name the file's reader: dta"},
		{"a.sav", "<stata_dta><header>", "a Stata file (.dta)", "an SPSS system file", "name the file's reader: dta"},
		{"a.csv", "PAR1\x15\x04", "Parquet", "lines of text", "name the file's reader: parquet"},
	} {
		t.Run(c.name+" "+c.is, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, c.name)
			if err := os.WriteFile(path, []byte(c.data), 0o644); err != nil {
				t.Fatal(err)
			}
			s := Source{Path: path}
			_, read := Read(s, nil, Limits{}, nil)
			_, scanned := Scan(s, nil, Limits{}, nil, func(*table.Table) error { return nil })
			_, described := Describe(s, nil, Limits{}, nil)
			_, converted := Convert(s, filepath.Join(folder, "out.csv"), Conversion{}, Limits{}, nil)
			for by, err := range map[string]error{"read": read, "scan": scanned, "describe": described, "convert": converted} {
				ps := refusal.Of(err, refusal.Data)
				if want := c.name + ": seems to be " + c.is + ", want " + c.want; len(ps) != 1 || ps[0].Error() != want || !strings.HasPrefix(ps[0].Hint, c.hint) {
					t.Errorf("%s: got %+v, want %s; %s", by, ps, want, c.hint)
				}
			}
		})
	}
}

// What could begin as another format does and is text, is text.
func TestTextIsNoOtherKind(t *testing.T) {
	for _, head := range []string{"PAR1,b", "ORC,b", "RDX2,b", "{a},b", "[id],b", "<18,b", "BZh9,b", "PK,b", "RDA2,b", "sex,b", "qty,b"} {
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(head+"\n1,2\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if e, err := Read(Source{Path: path}, nil, Limits{}, nil); err != nil || e.Rows != 1 {
			t.Errorf("%s: %v", head, err)
		}
	}
}

// A wave's folder with nothing but what no reader takes says what to do about it.
func TestFindTellsKinds(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "hocs", "2001"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "hocs", "2001", "4754.zip"), []byte(zipOf(t, "hocs.sav")), 0o644); err != nil {
		t.Fatal(err)
	}
	x := &codebook.Crosswalk{Survey: "hocs", Wave: "2001"}
	x.File.Pattern = "*.sav"
	_, ps := Find(folder, []*codebook.Crosswalk{x})
	if len(ps) != 1 || ps[0].Hint != "4754.zip seems to be a zip archive: unpack it and give the file inside: hocs.sav" {
		t.Errorf("got %+v", ps)
	}
}

// A return may be a workbook, and is refused where it is another spreadsheet, or a
// workbook by its name alone.
func TestKindsOfReturns(t *testing.T) {
	const save = "save the sheet as .xlsx or as CSV (UTF-8)"
	for _, c := range []struct{ name, data, is, want, hint string }{
		{"2004.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an Excel workbook (.xls)", "lines of text", save},
		{"2004.ods", zipOf(t, "mimetype", "content.xml"), "a spreadsheet (.ods)", "lines of text", save},
		{"2004.xlsx", workbook(t, "secret"), "an encrypted Office file", "an Excel workbook (.xlsx)", "open it with its password and save it without"},
		{"2004.xlsx", "<html>", "a web page", "an Excel workbook (.xlsx)", "fetch the file itself: a page, such as one to log in with, came in its place"},
		{"2004.csv", workbook(t, ""), "an Excel workbook (.xlsx)", "lines of text", save},
		{"2004.csv", "%PDF-1.7", "a PDF", "lines of text", "fetch the file itself: this is not the extract"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Grid(Source{Path: path}, &series.Series{})
		ps := refusal.Of(err, refusal.Data)
		if want := c.name + ": seems to be " + c.is + ", want " + c.want; len(ps) != 1 || ps[0].Error() != want || ps[0].Hint != c.hint {
			t.Errorf("got %+v, want %s; %s", ps, want, c.hint)
		}
	}
}
