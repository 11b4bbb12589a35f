// Package kind tells by its content what a file is, so that one that no reader
// takes, or another one than its name says, is refused with what to do.
package kind

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// A Kind is what a file seems to be.
type Kind struct {
	Name   string // in words, with its article
	Hint   string // what to do
	Reader string // the name of the reader that takes it, or "" for none
	Sheet  bool   // a spreadsheet, which a return may be once it is saved as one that is read
}

// HeadBytes and TailBytes are how much of a file's beginning and end Of looks at.
const (
	HeadBytes = 4096
	TailBytes = 64 << 10
)

const (
	unpack = "unpack it and give the file inside"
	sheet  = "give the archive's .tab, .sav or .dta edition, which has labels; a sheet is read once it is saved as .xlsx, .ods or CSV (UTF-8)"
	inR    = `in R, haven::write_sav(x, "x.sav") or write.csv(x, "x.csv", row.names = FALSE) saves a data frame`
	inSAS  = "give the archive's .tab, .sav or .dta edition; R's haven reads SAS files and writes .sav"
	fetch  = "fetch the file itself: this is not the extract"
	office = "an Office document"
)

// Workbook is the name of the kind of a spreadsheet that a return may be.
const Workbook = "an Excel workbook (.xlsx)"

// Signs that are looked behind, or at what surrounds them.
const (
	zipped   = "PK\x03\x04"
	gzipped  = "\x1F\x8B"
	bzip2ed  = "1AY&SY"
	compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	par      = "PAR1"
	orc      = "ORC"
	pcPlus   = "SPSS"
)

var tallied = Kind{Name: "a tally", Hint: "twc estimate PART --tally reads it"}

// A sign is a kind that begins with some bytes, from an offset on.
type sign struct {
	at    int
	bytes string
	kind  Kind
}

var signs = []sign{
	{0, "$FL2", Kind{Name: "an SPSS file (.sav)", Reader: "sav"}},
	{0, "$FL3", Kind{Name: "a compressed SPSS file (.zsav)", Reader: "sav"}},
	{8, "ENCRYPTEDSAV", Kind{Name: "an encrypted SPSS file", Hint: "open it with its password in SPSS, or with pspp-convert, and save it without"}},
	{8, "ENCRYPTEDSPS", Kind{Name: "encrypted SPSS syntax", Hint: fetch}},
	{8, "ENCRYPTEDSPV", Kind{Name: "encrypted SPSS output", Hint: fetch}},
	{0, "\x5B\xC6\xD3", Kind{Name: "an SPSS file of a mainframe, in EBCDIC", Hint: "save the file again on a machine that writes ASCII"}},
	{0x104, pcPlus, Kind{Name: "a system file of SPSS/PC+ (.sys)", Hint: "pspp-convert OLD.sys NEW.sav, of PSPP, makes a .sav of it"}},
	{0, "twc tally,", tallied},
	{0, `"twc tally",`, tallied},
	{0, "<stata_dta>", Kind{Name: "a Stata file (.dta)", Reader: "dta"}},
	{0, par, Kind{Name: "Parquet", Reader: "parquet"}},
	{0, "PARE", Kind{Name: "an encrypted Parquet file", Hint: "write it without encryption"}},
	{12, "\xC2\xEA\x81\x60\xB3\x14\x11\xCF", Kind{Name: "a SAS data set (.sas7bdat)", Reader: "sas7bdat"}},
	{12, "\xC2\xEA\x81\x63\xB3\x14\x11\xCF", Kind{Name: "a SAS catalogue (.sas7bcat)", Hint: "give the data set: its labels are read from the catalogue beside it, or that --labels names"}},
	{0, "HEADER RECORD*******LIB", Kind{Name: "a SAS transport file (.xpt)", Reader: "xpt"}},
	{0, "**COMPRESSED** ", Kind{Name: "what PROC CPORT writes", Hint: "SAS alone reads it: let SAS write the data again, with PROC COPY and the XPORT engine"}},
	{0, "RDX2\nX\n", Kind{Name: "data of R (.RData)", Hint: inR}},
	{0, "RDX3\nX\n", Kind{Name: "data of R (.RData)", Hint: inR}},
	{0, "RDA2\nA\n", Kind{Name: "data of R (.RData)", Hint: inR}},
	{0, "RDA3\nA\n", Kind{Name: "data of R (.RData)", Hint: inR}},
	{0, "X\n\x00\x00\x00", Kind{Name: "an object of R (.rds)", Hint: inR}},
	{0, "A\n2\n", Kind{Name: "an object of R (.rds)", Hint: inR}},
	{0, "A\n3\n", Kind{Name: "an object of R (.rds)", Hint: inR}},
	{0, "ARROW1", Kind{Name: "an Arrow or Feather file", Hint: "write it as Parquet"}},
	{0, "FEA1", Kind{Name: "a Feather file", Hint: "write it as Parquet"}},
	{0, orc, Kind{Name: "an ORC file", Hint: "write it as Parquet"}},
	{0, "\x89HDF\r\n", Kind{Name: "an HDF5 file", Hint: "write it as Parquet or CSV"}},
	{0, "SQLite format 3\x00", Kind{Name: "an SQLite database", Hint: "export the table as CSV"}},
	{8, "DUCK", Kind{Name: "a DuckDB database", Hint: "COPY the table TO a Parquet file"}},
	{4, "Standard Jet DB", Kind{Name: "an Access database (.mdb)", Hint: "export the table as CSV"}},
	{4, "Standard ACE DB", Kind{Name: "an Access database (.accdb)", Hint: "export the table as CSV"}},
	{0, compound, Kind{Name: "an Excel workbook (.xls)", Hint: sheet, Sheet: true}},
	{0, gzipped, Kind{Name: "gzip", Hint: unpack}},
	{4, bzip2ed, Kind{Name: "bzip2", Hint: unpack}},
	{0, "\xFD7zXZ\x00", Kind{Name: "xz", Hint: unpack}},
	{0, "7z\xBC\xAF\x27\x1C", Kind{Name: "a 7-Zip archive", Hint: unpack}},
	{0, "\x28\xB5\x2F\xFD", Kind{Name: "zstd", Hint: unpack}},
	{0, "Rar!\x1A\x07", Kind{Name: "a RAR archive", Hint: unpack}},
	{257, "ustar", Kind{Name: "a tar archive", Hint: unpack}},
	{0, "%PDF-", Kind{Name: "a PDF", Hint: fetch}},
	{0, `{\rtf`, Kind{Name: "rich text (.rtf)", Hint: fetch}},
	{0, "\x89PNG\r\n", Kind{Name: "a picture", Hint: fetch}},
	{0, "\xFF\xD8\xFF", Kind{Name: "a picture", Hint: fetch}},
	{0, "\x00\x05\x16\x07", Kind{Name: "what a Mac keeps beside a file (._)", Hint: fetch}},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", Kind{Name: "a Windows shortcut", Hint: fetch}},
	{0, "version https://git-lfs", Kind{Name: "a pointer of Git LFS", Hint: "git lfs pull fetches the file itself"}},
	{0, "\xFF\xFE", Kind{Name: "UTF-16", Hint: "save it again as UTF-8"}},
	{0, "\xFE\xFF", Kind{Name: "UTF-16", Hint: "save it again as UTF-8"}},
}

// byExtension are kinds that content alone does not tell.
var byExtension = map[string]Kind{
	".rda": {Name: "data of R (.RData)", Hint: inR}, ".rdata": {Name: "data of R (.RData)", Hint: inR}, ".rds": {Name: "an object of R (.rds)", Hint: inR},
	".xlsx": {Name: Workbook, Reader: "sheet", Sheet: true}, ".xls": {Name: "an Excel workbook (.xls)", Hint: sheet, Sheet: true},
	".ods": {Name: "a spreadsheet (.ods)", Reader: "sheet", Sheet: true},
	".sys": {Name: "an old SPSS file (.sys)", Hint: "where it is one of SPSS/PC+, pspp-convert OLD.sys NEW.sav makes a .sav of it"}, ".json": {Name: "JSON", Hint: "write the table as CSV"},
	".dbf": {Name: "a dBASE table (.dbf)", Hint: "save it as CSV"}, ".sps": {Name: "SPSS syntax (.sps)", Hint: fetch}, ".spv": {Name: "SPSS output (.spv)", Hint: fetch}, ".do": {Name: "Stata commands (.do)", Hint: fetch},
}

// Of tells what a file is by its first bytes, at most HeadBytes, its last ones and
// its extension. Sure is of its content; a kind that the extension alone tells is
// that of a file that may be another. It returns nil where nothing tells: the file
// may be what its reader takes.
func Of(head, tail []byte, extension string) (k *Kind, sure bool) {
	k = ofContent(head, tail, true)
	sure = k != nil
	// The name says what is packed, as R packs what it saves.
	if named, is := byExtension[extension]; is && (k == nil || k.Hint == unpack && named.Hint == inR) {
		k = &named
	}
	return k, sure
}

func ofContent(head, tail []byte, inside bool) *Kind {
	if bytes.HasPrefix(head, []byte(zipped)) {
		return ofZip(head, tail)
	}
	for _, s := range signs {
		if len(head) < s.at || !bytes.HasPrefix(head[s.at:], []byte(s.bytes)) {
			continue
		}
		k := s.kind
		switch s.bytes {
		case gzipped, bzip2ed:
			if within := ofPacked(head); inside && within != nil {
				return within
			}
		case compound:
			k = ofOffice(head, tail)
		case par, orc, pcPlus: // which text may have there
			if text(head) {
				continue
			}
		}
		return &k
	}
	switch {
	case len(head) > 3 && 102 <= head[0] && head[0] <= 115 && (head[1] == 1 || head[1] == 2) && head[2] == 1:
		return &Kind{Name: "a Stata file (.dta)", Reader: "dta"}
	case len(head) >= 16 && len(bytes.Trim(head, "\x00")) == 0:
		return &Kind{Name: "zeros alone", Hint: "fetch the file again: it did not arrive"}
	}
	return ofMarkup(head)
}

// ofZip tells what a zip archive is of by the names in its directory.
func ofZip(head, tail []byte) *Kind {
	names := directory(tail)
	if len(names) == 0 && len(head) >= 30 {
		n := int(binary.LittleEndian.Uint16(head[26:]))
		names = []string{string(head[30:min(30+n, len(head))])}
	}
	all := "\n" + strings.Join(names, "\n")
	switch {
	case bytes.Contains(head, []byte("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")):
		return &Kind{Name: "a spreadsheet (.ods)", Reader: "sheet", Sheet: true}
	case strings.Contains(all, "\nxl/"):
		return &Kind{Name: Workbook, Reader: "sheet", Sheet: true}
	case strings.Contains(all, "\nIndex/") || strings.Contains(all, ".iwa"):
		return &Kind{Name: "a spreadsheet (.numbers)", Hint: sheet, Sheet: true}
	case strings.Contains(all, "\nword/"), bytes.Contains(head, []byte("mimetypeapplication/vnd.oasis.opendocument")):
		return &Kind{Name: office, Hint: fetch}
	}
	k := &Kind{Name: "a zip archive", Hint: unpack}
	if len(head) > 6 && head[6]&1 != 0 {
		k.Name, k.Hint = "an encrypted zip archive", "unpack it with its password and give the file inside"
	}
	const told = 3
	if len(names) > 0 {
		k.Hint += ": " + strings.Join(names[:min(told, len(names))], ", ")
		if len(names) > told {
			k.Hint += fmt.Sprintf(" or one of %d more", len(names)-told)
		}
	}
	return k
}

// directory lists the files that a zip archive's directory names, as far as it is
// in the archive's end.
func directory(tail []byte) []string {
	const entry = "PK\x01\x02"
	var names []string
	for at := bytes.Index(tail, []byte(entry)); at >= 0 && len(tail)-at >= 46 && string(tail[at:at+4]) == entry; {
		name, extra, comment := binary.LittleEndian.Uint16(tail[at+28:]), binary.LittleEndian.Uint16(tail[at+30:]), binary.LittleEndian.Uint16(tail[at+32:])
		from, next := at+46, at+46+int(name)+int(extra)+int(comment)
		if next > len(tail) {
			break
		}
		if name := string(tail[from : from+int(name)]); !strings.HasSuffix(name, "/") {
			names = append(names, name)
		}
		at = next
	}
	return names
}

// ofOffice tells a workbook that is encrypted from one of the old format: the
// directory of the compound file has names in UTF-16.
func ofOffice(head, tail []byte) Kind {
	has := func(name string) bool {
		wide := make([]byte, 0, 2*len(name))
		for i := range len(name) {
			wide = append(wide, name[i], 0)
		}
		return bytes.Contains(head, wide) || bytes.Contains(tail, wide)
	}
	switch {
	case has("EncryptedPackage"):
		return Kind{Name: "an encrypted Office file", Hint: "open it with its password and save it without"}
	case has("WordDocument"):
		return Kind{Name: office, Hint: fetch}
	}
	return Kind{Name: "an Excel workbook (.xls)", Hint: sheet, Sheet: true}
}

// ofPacked tells what is packed with gzip or bzip2, by its first bytes.
func ofPacked(head []byte) *Kind {
	in := bzip2.NewReader(bytes.NewReader(head))
	if head[0] == 0x1F {
		unpacked, err := gzip.NewReader(bytes.NewReader(head))
		if err != nil {
			return nil
		}
		in = unpacked
	}
	start := make([]byte, 512)
	n, _ := io.ReadFull(in, start) // the head is cut short
	k := ofContent(start[:n], nil, false)
	if k == nil || k.Reader != "" {
		return nil
	}
	if k.Hint == unpack {
		k.Name = k.Name + ", packed"
	}
	return k
}

// ofMarkup tells JSON, XML and web pages, such as that to log in with, which
// arrive in the place of a file.
func ofMarkup(head []byte) *Kind {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if len(head) == 0 {
		return nil
	}
	next := bytes.TrimLeft(head[1:], " \t\r\n")
	has := func(words ...string) bool {
		folded := bytes.ToLower(head)
		for _, w := range words {
			if bytes.Contains(folded, []byte(w)) {
				return true
			}
		}
		return false
	}
	begins := func(words ...string) bool {
		for _, w := range words {
			if len(head) >= len(w) && bytes.EqualFold(head[:len(w)], []byte(w)) {
				return true
			}
		}
		return false
	}
	switch {
	case begins("<!doctype html", "<html", "<head", "<body", "<script", "<meta"), begins("<!doctype", "<?xml", "<!--") && has("<html"):
		return &Kind{Name: "a web page", Hint: "fetch the file itself: a page, such as one to log in with, came in its place"}
	case has("urn:schemas-microsoft-com:office:spreadsheet"):
		return &Kind{Name: "a spreadsheet in XML", Hint: sheet, Sheet: true}
	case begins("<?xml", "<!doctype"):
		return &Kind{Name: "XML", Hint: fetch}
	case head[0] == '{' && len(next) > 0 && (next[0] == '"' || next[0] == '}'), head[0] == '[' && len(next) > 0 && (next[0] == '{' || next[0] == '['):
		return &Kind{Name: "JSON", Hint: "write the table as CSV"}
	}
	return nil
}

// text says whether bytes have none that text does not.
func text(head []byte) bool {
	return !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' })
}
