package delimited

import (
	"bytes"
	"fmt"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
)

// A layout is how the fields of a file lie in its lines.
type layout struct {
	delimiter byte
	quoted    bool // cells may be quoted, by RFC 4180
}

// delimiters are those that a header may show, with what they are called.
var delimiters = []struct {
	char byte
	name string
}{{'\t', "TAB"}, {',', "comma"}, {';', "semicolon"}, {'|', "bar"}}

// choose returns the layout of a file by its extension and first line: TAB
// for .tab and .tsv, a comma for .csv, either for another. Cells of a TAB
// file are quoted only if the first line quotes a name: the archive does not
// quote, and leaves a quote in a text cell as it is.
func choose(extension string, line []byte) (layout, *refusal.Problem) {
	want := "TAB or comma"
	var allowed []byte
	switch extension = strings.ToLower(extension); extension {
	case ".tab", ".tsv":
		want, allowed = "TAB in a "+extension+" file", []byte{'\t'}
	case ".csv":
		want, allowed = "comma in a .csv file", []byte{','}
	default:
		allowed = []byte{'\t', ','}
	}
	for _, d := range allowed {
		if bytes.IndexByte(line, d) >= 0 {
			return layoutOf(d, line), nil
		}
	}
	for _, d := range delimiters {
		if n := bytes.Count(line, []byte{d.char}); n > 0 {
			return layout{}, &refusal.Problem{
				Kind: refusal.Data,
				What: fmt.Sprintf("wrong delimiter: the header has %s, want %s", refusal.Count(n, d.name), want),
				Hint: "save the file again as TAB separated (.tab) or comma separated (.csv)",
			}
		}
	}
	return layoutOf(allowed[0], line), nil
}

func layoutOf(delimiter byte, line []byte) layout {
	quoted := delimiter == ',' || bytes.HasPrefix(line, quote) || bytes.Contains(line, []byte{delimiter, '"'})
	return layout{delimiter, quoted}
}

// split cuts a record into fields and gives each to the column in its place,
// unless that is nil or beyond the last. It returns how many there are, and
// what is wrong with the record's quotes, or "".
func (s *scan) split(record []byte, to []cells) (count int, fault string) {
	if s.records.quoted && (s.records.quotes || bytes.IndexByte(record, '\r') >= 0) {
		return s.splitQuoted(record, to)
	}
	from, delimiter := 0, s.delimiter
	for i, c := range record {
		if count == len(to) {
			break // no cell from here on is wanted
		}
		if c == delimiter {
			if to[count] != nil {
				to[count].add(record[from:i])
			}
			count++
			from = i + 1
		}
	}
	if count < len(to) && to[count] != nil {
		to[count].add(record[from:])
	}
	return count + bytes.Count(record[from:], []byte{delimiter}) + 1, ""
}

func (s *scan) splitQuoted(record []byte, to []cells) (count int, fault string) {
	for i := 0; ; i++ {
		var cell []byte
		if i < len(record) && record[i] == '"' {
			var n int
			if n, fault = s.unquote(record[i:]); fault != "" {
				return 0, fmt.Sprintf("field %d: %s", count+1, fault)
			}
			cell = s.unquoted
			i += n
		} else {
			cell = record[i:]
			if n := bytes.IndexByte(cell, s.delimiter); n >= 0 {
				cell = cell[:n]
			}
			if bytes.IndexByte(cell, '"') >= 0 {
				return 0, fmt.Sprintf("field %d: a quote inside %s, want the whole cell in quotes and its own quotes doubled", count+1, excerpt(string(cell)))
			}
			if bytes.IndexByte(cell, '\r') >= 0 {
				return 0, fmt.Sprintf("field %d: a carriage return outside quotes, want lines that end in LF or CR LF", count+1)
			}
			i += len(cell)
		}
		if count < len(to) && to[count] != nil {
			to[count].add(cell)
		}
		count++
		if i == len(record) {
			return count, ""
		}
	}
}

// unquote puts the quoted cell that rest begins with into s.unquoted and
// returns its length in rest.
func (s *scan) unquote(rest []byte) (length int, fault string) {
	s.unquoted = s.unquoted[:0]
	for length = 1; ; length++ {
		n := bytes.IndexByte(rest[length:], '"')
		if n < 0 {
			return 0, "a quote is not closed"
		}
		s.unquoted = append(s.unquoted, rest[length:length+n]...)
		length += n + 1
		switch {
		case length == len(rest) || rest[length] == s.delimiter:
			return length, ""
		case rest[length] != '"':
			return 0, fmt.Sprintf("%s after a closing quote, want a delimiter or the end of the line", excerpt(string(rest[length:])))
		}
		s.unquoted = append(s.unquoted, '"')
	}
}

func excerpt(text string) string {
	if part := codepage.Excerpt([]byte(text)); len(part) < len(text) {
		return fmt.Sprintf("%q...", part)
	}
	return fmt.Sprintf("%q", text)
}

func at(where string, line int) string {
	if line == 0 {
		return where
	}
	return fmt.Sprintf("%s:%d", where, line)
}
