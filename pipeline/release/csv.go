package release

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// EncodeCSV returns the canonical CSV of a table: UTF-8, a header row, lines
// that end in one line feed, cells quoted only where RFC 4180 needs it,
// numbers in their shortest decimal form without an exponent, null as an
// empty cell. Equal rows give equal bytes.
//
// It panics on what no step may hand over: a null in a key column, text that
// is not UTF-8, an infinite number, a count below Withheld.
func EncodeCSV[R any](rows []R, columns []Column[R]) []byte {
	var out []byte
	for i, c := range columns {
		out = appendCell(out, i, c.Name)
	}
	out = append(out, '\n')
	for r := range rows {
		for i, c := range columns {
			cell, err := c.format(&rows[r])
			if err != nil {
				panic(fmt.Sprintf("release: row %d, column %s: %v", r+1, c.Name, err))
			}
			out = appendCell(out, i, cell)
		}
		out = append(out, '\n')
	}
	return out
}

// appendCell appends the cell of column i with its separator.
func appendCell(out []byte, i int, cell string) []byte {
	if i > 0 {
		out = append(out, ',')
	}
	if !strings.ContainsAny(cell, "\",\r\n") {
		return append(out, cell...)
	}
	out = append(out, '"')
	out = append(out, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(out, '"')
}

// format returns the text of the column's cell in a row, "" for null.
func (c Column[R]) format(row *R) (string, error) {
	var cell string
	switch {
	case c.Text != nil:
		cell = *c.Text(row)
		if !utf8.ValidString(cell) {
			return "", fmt.Errorf("%q is not UTF-8", cell)
		}
	case c.Number != nil:
		x := *c.Number(row)
		if math.IsInf(x, 0) {
			return "", fmt.Errorf("infinite number")
		}
		if !math.IsNaN(x) {
			cell = strconv.FormatFloat(x+0, 'f', -1, 64) // + 0: one zero, not two
		}
	default:
		n := *c.Count(row)
		if n < Withheld {
			return "", fmt.Errorf("count %d", n)
		}
		if n != Withheld {
			cell = strconv.FormatInt(n, 10)
		}
	}
	if c.Key && cell == "" {
		return "", fmt.Errorf("null in a key column")
	}
	return cell, nil
}

// parse sets the column's cell in a row. A cell that format would have
// written in another way is an error.
func (c Column[R]) parse(row *R, cell string) error {
	if c.Key && cell == "" {
		return fmt.Errorf("empty cell in a key column")
	}
	switch {
	case c.Text != nil:
		if !utf8.ValidString(cell) {
			return fmt.Errorf("%q is not UTF-8", cell)
		}
		*c.Text(row) = cell
	case c.Number != nil:
		x := math.NaN()
		if cell != "" {
			var err error
			if x, err = strconv.ParseFloat(cell, 64); err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("%q, want a decimal number", cell)
			}
			if want := strconv.FormatFloat(x+0, 'f', -1, 64); want != cell {
				return fmt.Errorf("%q, want its shortest decimal form %s", cell, want)
			}
		}
		*c.Number(row) = x
	default:
		n := int64(Withheld)
		if cell != "" {
			var err error
			if n, err = strconv.ParseInt(cell, 10, 64); err != nil || n < 0 || strconv.FormatInt(n, 10) != cell {
				return fmt.Errorf("%q, want a count of 0 or more", cell)
			}
		}
		*c.Count(row) = n
	}
	return nil
}

// DecodeCSV reads a canonical CSV back. It accepts only what EncodeCSV writes,
// so that the same rows never have two texts: encoding what it returns gives
// data again. An error names the line.
func DecodeCSV[R any](data []byte, columns []Column[R]) ([]R, error) {
	s := scanner{rest: string(data), line: 1}
	header, err := s.record(len(columns))
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		if header[i] != c.Name {
			return nil, fmt.Errorf("line 1: column %d is %q, want %q", i+1, header[i], c.Name)
		}
	}
	var rows []R
	for s.rest != "" {
		line := s.line
		cells, err := s.record(len(columns))
		if err != nil {
			return nil, err
		}
		var row R
		for i, c := range columns {
			if err := c.parse(&row, cells[i]); err != nil {
				return nil, fmt.Errorf("line %d: %s: %w", line, c.Name, err)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// A scanner cuts canonical CSV into records.
type scanner struct {
	rest string
	line int // of the next byte, from 1
}

// record returns the next record's cells, which must be as many as wanted.
func (s *scanner) record(want int) ([]string, error) {
	line := s.line
	cells := make([]string, 0, want)
	for {
		cell, err := s.cell()
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
		if len(cells) > want {
			return nil, fmt.Errorf("line %d: more than %d cells", line, want)
		}
		switch {
		case s.rest == "":
			return nil, fmt.Errorf("line %d: no line feed at the end", line)
		case s.rest[0] == ',':
			s.rest = s.rest[1:]
		case s.rest[0] == '\n':
			s.rest = s.rest[1:]
			s.line++
			if len(cells) != want {
				return nil, fmt.Errorf("line %d: %d cells, want %d", line, len(cells), want)
			}
			return cells, nil
		default:
			return nil, fmt.Errorf("line %d: %q after a cell, want a comma or a line feed", line, s.rest[0])
		}
	}
}

// cell returns the next cell and leaves what ends it.
func (s *scanner) cell() (string, error) {
	if !strings.HasPrefix(s.rest, `"`) {
		end := strings.IndexAny(s.rest, "\",\r\n")
		if end < 0 {
			end = len(s.rest)
		}
		cell := s.rest[:end]
		s.rest = s.rest[end:]
		return cell, nil
	}
	line := s.line
	var cell strings.Builder
	rest := s.rest[1:]
	for {
		end := strings.IndexByte(rest, '"')
		if end < 0 {
			return "", fmt.Errorf("line %d: a quote is not closed", line)
		}
		cell.WriteString(rest[:end])
		rest = rest[end+1:]
		if !strings.HasPrefix(rest, `"`) {
			break
		}
		cell.WriteByte('"')
		rest = rest[1:]
	}
	s.rest = rest
	text := cell.String()
	if !strings.ContainsAny(text, "\",\r\n") {
		return "", fmt.Errorf("line %d: %q is quoted without need", line, text)
	}
	s.line += strings.Count(text, "\n")
	return text, nil
}
