package codepage

import (
	"strings"
	"unicode/utf8"

	xencoding "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// An Encoding turns the text of a file into UTF-8. The zero Encoding is that
// of a file which does not say: a text is UTF-8 if all of it is, and else
// windows-1252, which by chance is hardly ever UTF-8 too.
type Encoding struct {
	Name string             // as IANA or WHATWG give it: "UTF-8", "windows-1252"; "" where the file does not say
	page *charmap.Charmap   // of one byte a character, or nil
	wide xencoding.Encoding // of several bytes a character, or nil
}

// UTF8 is the encoding of files that are always in it.
var UTF8 = Encoding{Name: "UTF-8"}

// Named finds an encoding by the name that a file gives it.
func Named(name string) (Encoding, bool) {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "-")) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return UTF8, true
	case "utf-16", "utf-16le", "utf-16be", "replacement", "x-user-defined":
		return Encoding{}, false // no file has its names in these
	}
	found, err := ianaindex.IANA.Encoding(name)
	if err != nil || found == nil {
		if found, err = htmlindex.Get(name); err != nil {
			found, err = htmlindex.Get(strings.Replace(strings.ToLower(name), "cp", "windows-", 1))
		}
	}
	if err != nil || found == nil {
		return Encoding{}, false
	}
	e := Encoding{Name: name}
	if canonical, err := ianaindex.MIME.Name(found); err == nil {
		e.Name = canonical
	}
	if e.Name == "UTF-8" || e.Name == "US-ASCII" { // by one more of their names
		return UTF8, true
	}
	if page, ok := found.(*charmap.Charmap); ok {
		e.page = page
	} else {
		e.wide = found
	}
	return e, true
}

// A Reading is how a text was read.
type Reading uint8

// The readings of a text.
const (
	Whole    Reading = iota
	Cut              // it ended within a character, which is left away
	Replaced         // bytes without a meaning became U+FFFD
)

// Text returns bytes as UTF-8, and how they were read. The same bytes give the
// same text, whatever else is in the file.
func (e *Encoding) Text(b []byte) (string, Reading) {
	if ASCII(b) {
		return string(b), Whole
	}
	text, ok := e.decode(b)
	if ok {
		return text, Whole
	}
	for i := len(b) - 1; i >= 0 && i > len(b)-utf8.UTFMax && e.page == nil; i-- {
		if e.wide == nil && (!utf8.RuneStart(b[i]) || utf8.FullRune(b[i:])) {
			continue
		}
		if whole, ok := e.decode(b[:i]); ok {
			return whole, Cut
		}
	}
	if e.Name == "" { // not UTF-8 either with its end cut off
		text, ok = single(charmap.Windows1252, b)
		if ok {
			return text, Whole
		}
	}
	return text, Replaced
}

// decode says whether all bytes had a meaning, those that had none being
// U+FFFD. Where the file does not say it has no more than characters of UTF-8
// beyond ASCII: with a lone first byte at the end it is windows-1252.
func (e *Encoding) decode(b []byte) (text string, ok bool) {
	switch {
	case e.page != nil:
		return single(e.page, b)
	case e.wide != nil:
		decoded, err := e.wide.NewDecoder().Bytes(b)
		text = strings.ToValidUTF8(string(decoded), "\uFFFD")
		return text, err == nil && !strings.ContainsRune(text, utf8.RuneError)
	case e.Name == "" && ASCII(b):
		return "", false
	case utf8.Valid(b):
		return string(b), true
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), false
}

func single(page *charmap.Charmap, b []byte) (string, bool) {
	var s strings.Builder
	ok := true
	for _, c := range b {
		r := page.DecodeByte(c)
		ok = ok && r != utf8.RuneError
		s.WriteRune(r)
	}
	return s.String(), ok
}

// excerptBytes is how much of a text a message quotes.
const excerptBytes = 40

// Excerpt is as much of a text as a message quotes, in whole characters.
func Excerpt(b []byte) []byte {
	if len(b) <= excerptBytes {
		return b
	}
	end := excerptBytes
	for end > excerptBytes-utf8.UTFMax && !utf8.RuneStart(b[end]) {
		end--
	}
	return b[:end]
}
