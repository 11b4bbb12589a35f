package sav

import (
	"fmt"
	"strings"
	"unicode/utf8"

	xencoding "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"

	"togetherwecan/pipeline/ingest/codepage"
)

// An encoding turns the file's text into UTF-8.
type encoding struct {
	name string
	page *charmap.Charmap   // of one byte a character, or nil
	wide xencoding.Encoding // of several bytes a character, or nil; UTF-8 if both are nil
}

// codePages are the numbers of record 7/3 that are not windows-NNNN.
var codePages = map[int32]string{
	2: "windows-1252", 3: "windows-1252", // 7-bit and 8-bit ASCII: in practice, Windows in western Europe
	437: "IBM437", 850: "IBM850", 852: "IBM852", 855: "IBM855", 858: "IBM00858", 860: "IBM860", 862: "IBM862",
	863: "IBM863", 865: "IBM865", 866: "IBM866", 874: "windows-874", 932: "Shift_JIS", 936: "GBK", 949: "EUC-KR",
	950: "Big5", 1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253",
	1254: "windows-1254", 1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258",
	10000: "macintosh", 20127: "US-ASCII", 20866: "KOI8-R", 20932: "EUC-JP", 21866: "KOI8-U", 28591: "ISO-8859-1",
	28592: "ISO-8859-2", 28593: "ISO-8859-3", 28594: "ISO-8859-4", 28595: "ISO-8859-5", 28596: "ISO-8859-6",
	28597: "ISO-8859-7", 28598: "ISO-8859-8", 28599: "windows-1254", 28603: "ISO-8859-13", 28605: "ISO-8859-15",
	51932: "EUC-JP", 51949: "EUC-KR", 54936: "GB18030", 65001: "UTF-8",
}

// encodingNamed finds an encoding by the name that a file gives it.
func encodingNamed(name string) (encoding, bool) {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "-")) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return encoding{name: "UTF-8"}, true
	case "utf-16", "utf-16le", "utf-16be", "replacement", "x-user-defined":
		return encoding{}, false // no file has its names in these
	}
	found, err := ianaindex.IANA.Encoding(name)
	if err != nil || found == nil {
		if found, err = htmlindex.Get(name); err != nil {
			found, err = htmlindex.Get(strings.Replace(strings.ToLower(name), "cp", "windows-", 1))
		}
	}
	if err != nil || found == nil {
		return encoding{}, false
	}
	e := encoding{name: name}
	if canonical, err := ianaindex.MIME.Name(found); err == nil {
		e.name = canonical
	}
	if e.name == "UTF-8" || e.name == "US-ASCII" { // by one more of their names
		return encoding{name: "UTF-8"}, true
	}
	if page, ok := found.(*charmap.Charmap); ok {
		e.page = page
	} else {
		e.wide = found
	}
	return e, true
}

// encodingOf finds the encoding of a file: by record 7/20, or else the code
// page of record 7/3, or else windows-1252.
func encodingOf(name string, codePage int32) (encoding, error) {
	declared := name
	if name == "" {
		switch name = codePages[codePage]; {
		case codePage == 0:
			name = "windows-1252"
		case name == "":
			return encoding{}, fmt.Errorf("code page %d, want one that is known, or a record 7/20", codePage)
		}
		declared = fmt.Sprintf("code page %d", codePage)
	}
	e, ok := encodingNamed(name)
	if !ok {
		return e, fmt.Errorf("encoding %q, want one that IANA or WHATWG list for text", declared)
	}
	return e, nil
}

// text returns bytes as UTF-8, and whether all of them had a meaning; those
// that had none are U+FFFD.
func (e *encoding) text(b []byte) (s string, ok bool) {
	if codepage.ASCII(b) {
		return string(b), true
	}
	switch {
	case e.page != nil:
		return e.single(b)
	case e.wide != nil:
		decoded, err := e.wide.NewDecoder().Bytes(b)
		s = strings.ToValidUTF8(string(decoded), "\uFFFD")
		return s, err == nil && !strings.ContainsRune(s, utf8.RuneError)
	case utf8.Valid(b):
		return string(b), true
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), false
}

func (e *encoding) single(b []byte) (string, bool) {
	var s strings.Builder
	ok := true
	for _, c := range b {
		r := e.page.DecodeByte(c)
		ok = ok && r != utf8.RuneError
		s.WriteRune(r)
	}
	return s.String(), ok
}

// whole returns b without the beginning of a UTF-8 character at its end: text
// that was cut to fit its field.
func (e *encoding) whole(b []byte) []byte {
	if e.page != nil || e.wide != nil {
		return b
	}
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}
