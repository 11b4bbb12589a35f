package codebook

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"togetherwecan/pipeline/refusal"
)

// What a page has at most: many times the largest of the catalogue, and so little
// that reading it takes a second at most. The time to parse grows with the square
// of the depth, and of the keys of one mapping.
const (
	MostPageBytes = 1 << 20
	mostDepth     = 100
	mostKeys      = 10_000
	mostQuoted    = 80 // letters of a text in a message
)

var utf8Mark = []byte("\xEF\xBB\xBF")

// checkText reports data that is no text of a page's size.
func checkText(file string, data []byte) refusal.Problems {
	var ps refusal.Problems
	switch {
	case len(data) > MostPageBytes:
		ps.Add(file, "%d bytes, want at most %d", len(data), MostPageBytes)
	case bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")):
		ps.AddHint("save it as UTF-8", file, "not YAML: text in UTF-16, want UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		ps.Add(file+":"+lineOf(data, bytes.IndexByte(data, 0)), "not YAML: a zero byte, want text")
	case !utf8.Valid(data):
		at := 0
		for at < len(data) {
			r, n := utf8.DecodeRune(data[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		ps.AddHint("save it as UTF-8", file+":"+lineOf(data, at), "not YAML: the byte 0x%02x, which is not UTF-8", data[at])
	}
	return ps
}

func lineOf(data []byte, at int) string {
	return strconv.Itoa(1 + bytes.Count(data[:at], []byte("\n")))
}

// checkShape reports what is nested too deep, and a mapping of too many keys,
// before the parser, which calls itself for both, is given them.
func checkShape(file string, tokens token.Tokens) refusal.Problems {
	type level struct {
		column, keys int // column is 0 within brackets and braces
	}
	var ps refusal.Problems
	var open []level // of blocks by the columns in which they begin, and of brackets
	inner := func() *level { return &open[len(open)-1] }
	for _, t := range tokens {
		flow := len(open) > 0 && inner().column == 0
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open = append(open, level{})
		case token.SequenceEndType, token.MappingEndType:
			if flow {
				open = open[:len(open)-1]
			}
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			column := t.Position.Column
			if t.Type == token.MappingValueType && t.Prev != nil {
				column = t.Prev.Position.Column
			}
			for !flow && len(open) > 0 && inner().column > column {
				open = open[:len(open)-1]
			}
			if !flow && (len(open) == 0 || inner().column < column) {
				open = append(open, level{column: column})
			}
			if t.Type == token.MappingValueType {
				inner().keys++
			}
		default:
			continue
		}
		at := file + ":" + strconv.Itoa(t.Position.Line)
		switch {
		case len(open) > mostDepth:
			ps.Add(at, "nested more than %d deep", mostDepth)
			return ps
		case len(open) > 0 && inner().keys > mostKeys:
			ps.Add(at, "more than %d keys beside one another", mostKeys)
			return ps
		}
	}
	return ps
}

// quoted is a text of a page in quotes, its beginning where it is long.
func quoted(text string) string {
	n := 0
	for i := range text {
		if n++; n > mostQuoted {
			return strconv.Quote(text[:i]) + "..."
		}
	}
	return strconv.Quote(text)
}
