package delimited

import "bytes"

// A kind is a file that is not lines of text, told by its first bytes.
type kind struct{ start, name, hint string }

// kindBytes is how many first bytes tell a kind: the longest start below.
const kindBytes = 48

const (
	unpack = "unpack it and give the file inside"
	resave = "give the archive's TAB edition (.tab) of the extract"
	other  = "give the file the extension of its format, and the crosswalk reader: any"
	fetch  = "fetch the file itself: this is not the extract"
)

var kinds = []kind{
	{"PK\x03\x04", "a zip archive or a spreadsheet (.xlsx)", unpack},
	{"\x1F\x8B", "gzip", unpack},
	{"BZh91AY&SY", "bzip2", unpack},
	{"\xFD7zXZ\x00", "xz", unpack},
	{"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", unpack},
	{"\x28\xB5\x2F\xFD", "zstd", unpack},
	{"Rar!\x1A\x07", "a RAR archive", unpack},
	{"$FL2", "an SPSS file (.sav)", other},
	{"$FL3", "a compressed SPSS file (.zsav)", other},
	{"<stata_dta>", "a Stata file (.dta)", other},
	{"\x71\x01\x01", "a Stata file (.dta)", other},
	{"\x71\x02\x01", "a Stata file (.dta)", other},
	{"\x72\x01\x01", "a Stata file (.dta)", other},
	{"\x72\x02\x01", "a Stata file (.dta)", other},
	{"\x73\x01\x01", "a Stata file (.dta)", other},
	{"\x73\x02\x01", "a Stata file (.dta)", other},
	{parquet, "Parquet", other},
	{"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xC2\xEA\x81\x60", "a SAS file (.sas7bdat)", resave},
	{"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "a SAS transport file (.xpt)", resave},
	{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office file (.xls)", resave},
	{"%PDF-", "a PDF", fetch},
	{`{\rtf`, "rich text (.rtf)", fetch},
	{"<!DOCTYPE", "a web page", fetch},
	{"<!doctype", "a web page", fetch},
	{"<html", "a web page", fetch},
	{"\xFF\xFE", "UTF-16", "save it again as UTF-8"},
	{"\xFE\xFF", "UTF-16", "save it again as UTF-8"},
}

// seems returns what a file of these first bytes seems to be, or nil if it
// may be text.
func seems(start []byte) *kind {
	for i := range kinds {
		rest, found := bytes.CutPrefix(start, []byte(kinds[i].start))
		if found && !(kinds[i].start == parquet && named(rest)) {
			return &kinds[i]
		}
	}
	return nil
}

// parquet begins a Parquet file, and could begin a header: a variable of that
// name, or a longer one.
const parquet = "PAR1"

// named says whether what follows the first letters of a header can end or
// continue a variable's name.
func named(rest []byte) bool {
	if len(rest) == 0 {
		return false
	}
	c := rest[0]
	return bytes.IndexByte([]byte("\t,;|\r\n_"), c) >= 0 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
