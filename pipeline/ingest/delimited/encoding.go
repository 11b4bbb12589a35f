package delimited

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"togetherwecan/pipeline/refusal"
)

const byteOrderMark = "\xEF\xBB\xBF"

// An encoding is what the lines read so far say of how the file is written:
// UTF-8 if all of them are, windows-1252 if none is that has a byte beyond
// ASCII. Lines of both are refused: to read either as the other would change
// letters without a word.
type encoding struct {
	where     string
	marked    bool // a byte-order mark says UTF-8
	utf8      int  // the first line of UTF-8 beyond ASCII, or 0
	other     int  // the first line that is not UTF-8, or 0
	undefined int  // the first line that is not windows-1252 either, or 0
}

// undefinedBytes are those that windows-1252 gives no character.
const undefinedBytes = "\x81\x8D\x8F\x90\x9D"

func (e *encoding) note(record []byte, line int) {
	switch {
	case ascii(record):
	case utf8.Valid(record):
		if e.utf8 == 0 {
			e.utf8 = line
		}
	default:
		if e.other == 0 {
			e.other = line
		}
		if e.undefined == 0 && hasUndefined(record) {
			e.undefined = line
		}
	}
}

func hasUndefined(record []byte) bool {
	for i := range len(undefinedBytes) {
		if bytes.IndexByte(record, undefinedBytes[i]) >= 0 {
			return true
		}
	}
	return false
}

func (e *encoding) windows1252() bool { return e.other > 0 }

func (e *encoding) problems() refusal.Problems {
	var ps refusal.Problems
	switch {
	case e.other == 0:
	case e.marked:
		ps.Add(at(e.where, e.other), "not UTF-8, which the byte-order mark of the file says it is")
	case e.undefined > 0:
		ps.Add(at(e.where, e.undefined), "neither UTF-8 nor windows-1252")
	case e.utf8 > 0:
		ps.Add(at(e.where, e.other), "not UTF-8, and line %d is: want one encoding, UTF-8 or windows-1252", e.utf8)
	}
	return ps
}

func ascii(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// fromWindows1252 returns text as UTF-8.
func fromWindows1252(text string) string {
	if ascii([]byte(text)) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		b.WriteRune(charmap.Windows1252.DecodeByte(text[i]))
	}
	return b.String()
}
