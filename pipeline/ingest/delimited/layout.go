package delimited

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
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
// for .tab and .tsv, a comma for .csv, either for another. Cells between TABs or
// bars are quoted only if the first line quotes a name: the archive does not
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
				Hint: fmt.Sprintf("name the delimiter: --delimiter %s, or delimiter in the crosswalk's file", d.name),
			}
		}
	}
	return layoutOf(allowed[0], line), nil
}

// Delimiter is the one of a name, or itself: "semicolon" or ";"; 0 for another.
func Delimiter(name string) byte {
	for _, d := range delimiters {
		if name == d.name || name == strings.ToLower(d.name) {
			return d.char
		}
	}
	const never = "\"'\r\n.+-_" // in a number or name, or quotes
	if len(name) == 1 && ' ' <= name[0] && name[0] < 0x7F && !strings.ContainsRune(never, rune(name[0])) && !named([]byte(name)) {
		return name[0]
	}
	if len(name) == 1 && strings.Contains(";,|\t", name) {
		return name[0]
	}
	return 0
}

func layoutOf(delimiter byte, line []byte) layout {
	quoted := delimiter == ',' || delimiter == ';' || bytes.HasPrefix(line, quote) || bytes.Contains(line, []byte{delimiter, '"'})
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
	for count < len(to) {
		if n := s.digits(record[from:], count); n > 0 {
			from, count = from+2*n, count+n
			continue
		}
		end := from + before(record[from:], delimiter)
		if column := to[count]; column != nil {
			column.add(record[from:end])
		}
		count++
		if end == len(record) {
			return count, ""
		}
		from = end + 1
	}
	return count + bytes.Count(record[from:], []byte{delimiter}) + 1, "" // no cell from here on is wanted
}

// before is how many bytes there are before the first delimiter, or in all. Eight are
// looked at a time, because how many are before it is not to be guessed.
func before(rest []byte, delimiter byte) int {
	const ones = 0x0101010101010101
	n := 0
	for ; n+8 <= len(rest); n += 8 {
		other := binary.LittleEndian.Uint64(rest[n:]) ^ ones*uint64(delimiter)
		if found := (other - ones) &^ other & (ones << 7); found != 0 { // the lowest of which is sure
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for n < len(rest) && rest[n] != delimiter {
		n++
	}
	return n
}

// inARow is of how many cells of a digit each digits looks at a time.
const inARow = 4

// digits takes the cells of a digit each that rest begins with, for the columns from
// one on that want no more of them than their values, and says how many it took: one or
// inARow, 0 where there is none. Nearly all cells of a survey are such.
func (s *scan) digits(rest []byte, column int) int {
	if column >= len(s.plain) || s.plain[column] == 0 || len(rest) < 2 || rest[1] != s.delimiter {
		return 0
	}
	if s.plain[column] >= inARow && len(rest) >= 2*inARow {
		const low, high = 0x0001000100010001, 0x0100010001000100 // of each two bytes
		cells := binary.LittleEndian.Uint64(rest) ^ (high*uint64(s.delimiter) | low*'0')
		if (cells|(cells+6*low)&(0xF0*low))&(0xFFF0*low) == 0 { // delimiters, and 0 to 9
			if s.values != nil {
				values, at := s.values[column:column+inARow], s.place
				values[0][at] = float64(byte(cells))
				values[1][at] = float64(byte(cells >> 16))
				values[2][at] = float64(byte(cells >> 32))
				values[3][at] = float64(byte(cells >> 48))
			}
			return inARow
		}
	}
	digit := rest[0] - '0'
	if digit > 9 {
		return 0
	}
	if s.values != nil {
		s.values[column][s.place] = float64(digit)
	}
	return 1
}

// plainly finds for which columns digits is: those of a first pass, to which a digit
// says nothing, and numbers without letters.
func (s *scan) plainly() {
	s.plain, s.values = make([]int, len(s.to)), nil
	for i := len(s.to) - 1; i >= 0; i-- {
		switch column := s.to[i].(type) {
		case *glance:
		case *filling:
			if column.column.Text != nil || column.letters {
				continue
			}
			if s.values == nil {
				s.values = make([][]float64, len(s.to))
			}
			s.values[i] = column.column.Values
		default:
			continue
		}
		if s.plain[i] = 1; i+1 < len(s.to) {
			s.plain[i] += s.plain[i+1]
		}
	}
}

// splitQuoted is split where there are quotes. One inside a cell that is not as
// RFC 4180 has it, as many programs write it, is a letter if the record then has
// the fields of the header and is one line: of a quoted cell, one that ends no cell.
//
// A backslash before a quote, as R's write.table has it, goes with it where the
// record can be read so and not by RFC 4180.
func (s *scan) splitQuoted(record []byte, to []cells) (count int, fault string) {
	s.escaped = false
	several := bytes.IndexByte(record, '\n') >= 0 // lines, which a quote that is a letter may have made one record
	if !several && bytes.Contains(record, []byte(`\"`)) {
		if _, odd, fault := s.cut(record, nil); odd != "" || fault != "" {
			s.escaped = true
			count, odd, fault := s.cut(record, nil)
			s.escaped = odd == "" && fault == "" && count == s.fields()
		}
	}
	count, odd, fault := s.cut(record, to)
	if odd == "" && !s.escaped || fault != "" {
		return count, fault
	}
	if several || count != s.fields() { // of the header too, whose fields are not known
		return 0, odd
	}
	if s.odd++; s.odd == 1 {
		s.oddLine = s.records.line
	}
	return count, ""
}

// cut is splitQuoted, of quotes as they are, and says which is the first that
// RFC 4180 does not have, or "".
func (s *scan) cut(record []byte, to []cells) (count int, odd, fault string) {
	for i := 0; ; i++ {
		var cell []byte
		if i < len(record) && record[i] == '"' {
			n, inside, closed := s.unquote(record[i:])
			if inside != "" && odd == "" {
				odd = fmt.Sprintf("field %d: %s", count+1, inside)
			}
			if !closed {
				return 0, odd, cmp.Or(odd, fmt.Sprintf("field %d: a quote is not closed", count+1))
			}
			cell = s.unquoted
			i += n
		} else {
			cell = record[i:]
			if n := bytes.IndexByte(cell, s.delimiter); n >= 0 {
				cell = cell[:n]
			}
			if bytes.IndexByte(cell, '"') >= 0 && odd == "" {
				odd = fmt.Sprintf("field %d: a quote inside %s, want the whole cell in quotes and its own quotes doubled", count+1, excerpt(string(cell)))
			}
			if bytes.IndexByte(cell, '\r') >= 0 {
				return 0, odd, fmt.Sprintf("field %d: a carriage return outside quotes, want lines that end in LF or CR LF", count+1)
			}
			i += len(cell)
		}
		if count < len(to) && to[count] != nil {
			to[count].add(cell)
		}
		count++
		if i == len(record) {
			break
		}
	}
	return count, odd, ""
}

// unquote puts the quoted cell that rest begins with into s.unquoted and
// returns its length in rest, and what is inside that RFC 4180 does not have, or
// "".
func (s *scan) unquote(rest []byte) (length int, inside string, closed bool) {
	s.unquoted = s.unquoted[:0]
	for length = 1; ; length++ {
		n := bytes.IndexByte(rest[length:], '"')
		if n < 0 {
			return 0, inside, false
		}
		s.unquoted = append(s.unquoted, rest[length:length+n]...)
		length += n + 1
		if last := len(s.unquoted) - 1; s.escaped && n > 0 && s.unquoted[last] == '\\' {
			s.unquoted[last] = '"'
			length--
			continue
		}
		s.unquoted = append(s.unquoted, '"')
		switch {
		case length == len(rest) || rest[length] == s.delimiter:
			s.unquoted = s.unquoted[:len(s.unquoted)-1]
			return length, inside, true
		case rest[length] != '"':
			if inside == "" {
				inside = fmt.Sprintf("%s after a closing quote, want a delimiter or the end of the line", excerpt(string(rest[length:])))
			}
			length--
		}
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

// named says whether what follows the first letters of a header can end or
// continue a variable's name.
func named(rest []byte) bool {
	if len(rest) == 0 {
		return false
	}
	c := rest[0]
	return bytes.IndexByte([]byte("\t,;|\r\n_"), c) >= 0 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
