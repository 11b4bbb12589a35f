package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// CSV returns the canonical CSV of a table: UTF-8, a header row, lines that
// end in one line feed, cells quoted only where RFC 4180 needs it, numbers in
// their shortest decimal form without an exponent, null as an empty cell.
// Equal rows give equal bytes.
//
// It panics on what no step may hand over: a null in a column that is never
// null, text that is not UTF-8, an infinite number, a count below None.
func CSV[R any](rows []R, columns []Column[R]) []byte { return written(rows, columns, appendNumber) }

// ShortCSV is CSV of a table that no store keeps, whose numbers are not rounded: those so small or
// large that they have more than about twenty digits in full have an exponent.
func ShortCSV[R any](rows []R, columns []Column[R]) []byte {
	return written(rows, columns, appendShort)
}

// written is the CSV of a table whose numbers are appended by number.
func written[R any](rows []R, columns []Column[R], number func([]byte, float64) []byte) []byte {
	out := make([]byte, 0, (len(rows)+1)*len(columns)*12)
	for i, c := range columns {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendQuoted(out, c.Name)
	}
	out = append(out, '\n')
	cells := make([][2]int, len(columns)) // where those of the row before are in out
	for r := range rows {
		for i, c := range columns {
			if i > 0 {
				out = append(out, ',')
			}
			from := len(out)
			switch {
			case r > 0 && c.Same(&rows[r-1], &rows[r]): // as most are
				out = append(out, out[cells[i][0]:cells[i][1]]...)
			case c.Text != nil:
				c.mustHold(rows, r)
				out = appendQuoted(out, *c.Text(&rows[r]))
			default:
				c.mustHold(rows, r)
				out = c.append(out, &rows[r], number)
			}
			cells[i] = [2]int{from, len(out)}
		}
		out = append(out, '\n')
	}
	return out
}

// isSpecial are the characters for which a cell is quoted.
func isSpecial(b byte) bool { return b == '"' || b == ',' || b == '\r' || b == '\n' }

func hasSpecial(text string) bool {
	for i := range len(text) {
		if isSpecial(text[i]) {
			return true
		}
	}
	return false
}

// appendQuoted appends a text, in quotes where it needs them.
func appendQuoted(out []byte, text string) []byte {
	if !hasSpecial(text) {
		return append(out, text...)
	}
	out = append(out, '"')
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return append(append(out, text...), '"')
		}
		out = append(append(out, text[:i+1]...), '"')
		text = text[i+1:]
	}
}

// FromCSV reads a canonical CSV back. It accepts only what CSV writes, so that
// the same rows never have two texts: CSV of what it returns gives data again.
// An error names the line.
func FromCSV[R any](data []byte, columns []Column[R]) ([]R, error) {
	rows := make([]R, 0, max(bytes.Count(data, []byte("\n"))-1, 0))
	err := EachCSV(data, columns, func(row *R) error { rows = append(rows, *row); return nil })
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// EachCSV reads a canonical CSV as FromCSV does, row by row: each is given the
// next, which holds until it returns, and does not change it. Its error ends the
// reading, and is returned as it is.
func EachCSV[R any](data []byte, columns []Column[R], each func(*R) error) error {
	s := scanner{rest: data, line: 1, cells: make([][]byte, 0, len(columns))}
	header, err := s.record(len(columns))
	if err != nil {
		return err
	}
	for i, c := range columns {
		if string(header[i]) != c.Name {
			return fmt.Errorf("line 1: column %d is %q, want %q", i+1, header[i], c.Name)
		}
	}
	row, last := new(R), make([][]byte, len(columns))
	for first := true; len(s.rest) > 0; first = false {
		line := s.line
		cells, err := s.record(len(columns))
		if err != nil {
			return err
		}
		for i, c := range columns {
			if !first && bytes.Equal(cells[i], last[i]) { // as most are: the row has it
				continue
			}
			if err := c.parse(row, cells[i]); err != nil {
				return fmt.Errorf("line %d: %s: %w", line, c.Name, err)
			}
			last[i] = cells[i]
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

// A scanner cuts canonical CSV into records.
type scanner struct {
	rest  []byte
	line  int      // of the next byte, from 1
	cells [][]byte // of the last record
}

// record returns the next record's cells, which must be as many as wanted.
// They hold until the next one.
func (s *scanner) record(want int) ([][]byte, error) {
	line := s.line
	s.cells = s.cells[:0]
	for {
		cell, err := s.cell()
		if err != nil {
			return nil, err
		}
		s.cells = append(s.cells, cell)
		if len(s.cells) > want {
			return nil, fmt.Errorf("line %d: more than %d cells", line, want)
		}
		switch {
		case len(s.rest) == 0:
			return nil, fmt.Errorf("line %d: no line feed at the end", line)
		case s.rest[0] == ',':
			s.rest = s.rest[1:]
		case s.rest[0] == '\n':
			s.rest = s.rest[1:]
			s.line++
			if len(s.cells) != want {
				return nil, fmt.Errorf("line %d: %d cells, want %d", line, len(s.cells), want)
			}
			return s.cells, nil
		default:
			return nil, fmt.Errorf("line %d: %q after a cell, want a comma or a line feed", line, s.rest[0])
		}
	}
}

// cell returns the next cell and leaves what ends it.
func (s *scanner) cell() ([]byte, error) {
	if len(s.rest) == 0 || s.rest[0] != '"' {
		end := 0
		for end < len(s.rest) && !isSpecial(s.rest[end]) {
			end++
		}
		cell := s.rest[:end]
		s.rest = s.rest[end:]
		return cell, nil
	}
	line := s.line
	var text []byte
	rest := s.rest[1:]
	for {
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			return nil, fmt.Errorf("line %d: a quote is not closed", line)
		}
		text = append(text, rest[:end]...)
		rest = rest[end+1:]
		if len(rest) == 0 || rest[0] != '"' {
			break
		}
		text = append(text, '"')
		rest = rest[1:]
	}
	s.rest = rest
	if !slices.ContainsFunc(text, isSpecial) {
		return nil, fmt.Errorf("line %d: %q is quoted without need", line, text)
	}
	s.line += bytes.Count(text, []byte("\n"))
	return text, nil
}
