package delimited

import (
	"unicode/utf8"

	"togetherwecan/pipeline/ingest/codepage"
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

func (e *encoding) note(record []byte, line int) {
	switch {
	case codepage.ASCII(record):
	case utf8.Valid(record):
		if e.utf8 == 0 {
			e.utf8 = line
		}
	default:
		if e.other == 0 {
			e.other = line
		}
		if e.undefined == 0 && codepage.Undefined(record) {
			e.undefined = line
		}
	}
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
