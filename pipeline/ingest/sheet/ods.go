package sheet

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/refusal"
)

// The parts of a spreadsheet (OpenDocument 1.3, part 3).
const (
	odsContent  = "content.xml"
	odsManifest = "META-INF/manifest.xml"
)

// openODS finds the tables.
func (b *book) openODS() error {
	if b.part(odsManifest) != nil {
		if err := b.read(odsManifest, func(m *markup, kind tokenKind) error {
			if kind == begins && string(m.name) == "encryption-data" {
				return errors.New("it is encrypted: open it with its password and save it without")
			}
			return nil
		}); err != nil {
			return err
		}
	}
	hidden := map[string]bool{} // styles of tables
	style := ""
	depth := 0 // of tables, which may be in cells
	if err := b.read(odsContent, func(m *markup, kind tokenKind) error {
		switch name := string(m.name); {
		case name == "table" && kind == ends:
			depth--
		case kind != begins:
		case name == "style":
			style, _ = m.attribute("style:name")
		case name == "table-properties":
			display, _ := m.attribute("table:display")
			hidden[style] = display == "false"
		case name == "table":
			if depth++; depth > 1 {
				return nil
			}
			s := named{part: odsContent}
			s.name, _ = m.attribute("table:name")
			style, _ := m.attribute("table:style-name")
			s.hidden = hidden[style]
			if b.sheets = append(b.sheets, s); len(b.sheets) > maxSheets {
				return fmt.Errorf("more than %d sheets", maxSheets)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	b.rows = b.odsRows
	return nil
}

// odsRows gives the rows of a table.
func (b *book) odsRows(of named, each func(*row) error) error {
	depth, within := 0, false
	line, first := 0, 0
	var r row
	return b.read(odsContent, func(m *markup, kind tokenKind) error {
		switch name := string(m.name); {
		case name == "table" && kind == begins:
			if depth++; depth == 1 {
				called, _ := m.attribute("table:name")
				within = called == of.name
			}
		case name == "table" && kind == ends:
			if depth--; depth == 0 {
				within = false
			}
		case !within || depth > 1 || kind != begins:
		case name == "shapes", name == "forms":
			return m.skip()
		case name == "table-row":
			times := m.times("table:number-rows-repeated")
			seen, _ := m.attribute("table:visibility")
			r = row{line: line + 1, hidden: seen == "collapse" || seen == "filter", cells: r.cells[:0]}
			line += times
			if err := b.odsCells(m, &r); err != nil {
				var ps refusal.Problems
				if errors.As(err, &ps) {
					return ps
				}
				return fmt.Errorf("row %d: %w", r.line, err)
			}
			if len(r.cells) == 0 {
				return nil
			}
			if first == 0 {
				first = r.line
			}
			for _, c := range r.cells {
				if c.merged && r.line > first {
					return fmt.Errorf("row %d: cells are merged, want a value in each", r.line)
				}
			}
			if times > b.limits.Rows {
				return errMany
			}
			for range times {
				if err := each(&r); err != nil {
					return err
				}
				r.line++
			}
		}
		return nil
	})
}

// odsCells reads the cells of a row to its end.
func (b *book) odsCells(m *markup, r *row) error {
	column := 0
	for {
		kind, err := m.next()
		switch {
		case err != nil:
			return err
		case kind == ends:
			return nil
		case kind != begins:
			continue
		}
		if name := string(m.name); name != "table-cell" && name != "covered-table-cell" {
			if err := m.skip(); err != nil {
				return err
			}
			continue
		}
		times := m.times("table:number-columns-repeated")
		c := cell{column: column, merged: m.times("table:number-columns-spanned") > 1 || m.times("table:number-rows-spanned") > 1}
		sort, _ := m.attribute("office:value-type")
		_, formula := m.attribute("table:formula")
		value, shown, err := odsValue(m, sort)
		if err != nil {
			return err
		}
		c.kind, c.number, c.text = value.kind, value.number, value.text
		if formula && sort == "" && !shown {
			var ps refusal.Problems
			ps.AddHint("open the spreadsheet in its program and save it", fmt.Sprintf("row %d", r.line), "a formula without its value")
			return ps
		}
		if c.text = strings.TrimSpace(c.text); c.kind == aText && c.text == "" {
			column += times
			continue
		}
		if times > b.limits.Columns {
			return errMany
		}
		for range times {
			c.column = column
			r.cells = append(r.cells, c)
			column++
		}
		if len(r.cells) > b.limits.Columns {
			return errMany
		}
	}
}

// odsValue is the value of the cell that has begun, which it reads to its end, and whether
// it shows a text.
func odsValue(m *markup, sort string) (c cell, shown bool, err error) {
	attribute := map[string]string{
		"float": "office:value", "percentage": "office:value", "currency": "office:value",
		"date": "office:date-value", "boolean": "office:boolean-value", "string": "office:string-value", "time": "office:time-value",
	}[sort]
	value, given := "", false
	if attribute != "" {
		value, given = m.attribute(attribute)
	}
	words, err := odsText(m)
	if err != nil {
		return c, false, err
	}
	c.kind, c.text = aText, words
	switch {
	case !given:
	case sort == "boolean":
		c.kind, c.text = aNumber, ""
		if value == "true" {
			c.number = 1
		}
	case sort == "string":
		c.text = value
	case sort == "date":
		at, ok := moment(value)
		if !ok {
			c.text = value // before the year 1, or no day at all
			break
		}
		c.kind, c.number, c.text = aMoment, at, ""
	case sort != "time":
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(x) || strings.ContainsAny(value, "xX_") {
			return c, false, fmt.Errorf("%q, want a number", shortened(value))
		}
		c.kind, c.number, c.text = aNumber, x+0, ""
	}
	return c, words != "", nil
}

// odsText is the text of the cell that has begun, a line for each of its paragraphs, without
// its notes.
func odsText(m *markup) (string, error) {
	var made []byte
	paragraphs := 0
	for depth := 1; depth > 0; {
		kind, err := m.next()
		if err != nil {
			return "", err
		}
		switch kind {
		case text:
			if depth > 1 {
				made = append(made, m.text...)
			}
		case ends:
			depth--
		default:
			switch string(m.name) {
			case "annotation", "table", "frame", "custom-shape":
				if err := m.skip(); err != nil {
					return "", err
				}
				continue
			case "p":
				if paragraphs++; paragraphs > 1 {
					made = append(made, '\n')
				}
			case "s":
				made = append(made, strings.Repeat(" ", min(m.times("text:c"), m.most))...)
			case "tab":
				made = append(made, '\t')
			case "line-break":
				made = append(made, '\n')
			}
			depth++
		}
		if len(made) > m.most {
			return "", m.long()
		}
	}
	return string(made), nil
}

// moment is a day or a moment as days since 1970.
func moment(value string) (float64, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.RFC3339Nano} {
		if t, err := time.Parse(layout, value); err == nil {
			return float64(t.Unix())/secondsOfDay + float64(t.Nanosecond())/(1e9*secondsOfDay), true
		}
	}
	return 0, false
}

const secondsOfDay = 86_400
