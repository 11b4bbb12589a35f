package sheet

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A workbook is what Excel's format (ISO/IEC 29500-1) keeps beside its sheets.
type workbook struct {
	*book
	strings  []string
	dated    []bool // by style, whether its numbers are days
	date1904 bool
}

// Parts of a workbook.
const relations = "_rels/.rels"

// openWorkbook finds the sheets.
func (b *book) openWorkbook() error {
	w := &workbook{book: b}
	main := "xl/workbook.xml"
	if b.part(relations) != nil {
		if err := b.related("", func(id, kind, target string) {
			if kind == "officeDocument" {
				main = target
			}
		}); err != nil {
			return err
		}
	}
	targets, kinds := map[string]string{}, map[string]string{}
	if err := b.related(main, func(id, kind, target string) { targets[id], kinds[kind] = target, target }); err != nil {
		return err
	}
	if err := b.read(main, func(m *markup, kind tokenKind) error {
		switch name := string(m.name); {
		case kind != begins:
		case name == "workbookPr":
			is, _ := m.attribute("date1904")
			w.date1904 = is == "1" || is == "true"
		case name == "sheet":
			s := named{}
			s.name, _ = m.attribute("name")
			state, _ := m.attribute("state")
			id, _ := m.attribute(":id")
			s.part, s.hidden = targets[id], state == "hidden" || state == "veryHidden"
			if b.sheets = append(b.sheets, s); len(b.sheets) > maxSheets {
				return fmt.Errorf("more than %d sheets", maxSheets)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	ready := false
	b.rows = func(of named, each func(*row) error) error {
		if !ready {
			ready = true
			if err := w.styles(kinds["styles"]); err != nil {
				return err
			}
			if err := w.shared(kinds["sharedStrings"]); err != nil {
				return err
			}
		}
		return w.sheet(of, each)
	}
	return nil
}

// maxSheets is how many a book may have.
const maxSheets = 10_000

// related gives the parts that a part names, whose kinds are the last words of theirs.
func (b *book) related(of string, each func(id, kind, target string)) error {
	dir, file := path.Split(of)
	return b.read(dir+"_rels/"+file+".rels", func(m *markup, kind tokenKind) error {
		if kind != begins || string(m.name) != "Relationship" {
			return nil
		}
		id, _ := m.attribute("Id")
		sort, _ := m.attribute("Type")
		target, _ := m.attribute("Target")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		each(id, path.Base(sort), strings.TrimPrefix(path.Clean(target), "/"))
		return nil
	})
}

// styles finds which styles of cells show days.
func (w *workbook) styles(part string) error {
	if part == "" {
		return nil
	}
	codes := map[int]string{}
	cells := false
	return w.read(part, func(m *markup, kind tokenKind) error {
		name := string(m.name)
		id := func(of string) int { text, _ := m.attribute(of); n, _ := strconv.Atoi(text); return n }
		switch {
		case kind == ends && name == "cellXfs":
			cells = false
		case kind != begins:
		case name == "numFmt":
			codes[id("numFmtId")], _ = m.attribute("formatCode")
		case name == "cellXfs":
			cells = true
		case name == "xf" && cells:
			if w.dated = append(w.dated, dated(id("numFmtId"), codes[id("numFmtId")])); len(w.dated) > 1<<20 {
				return errMany
			}
		}
		return nil
	})
}

// shared reads the texts that cells name by their places.
func (w *workbook) shared(part string) error {
	if part == "" {
		return nil
	}
	size, in, aside := 0, false, 0
	var made []byte
	return w.read(part, func(m *markup, kind tokenKind) error {
		name := string(m.name)
		switch {
		case kind == begins && name == "si":
			in, made = true, made[:0]
		case kind == begins && name == "rPh": // how it is spoken
			aside++
		case kind == ends && name == "rPh":
			aside--
		case kind == begins && name == "t" && in && aside == 0:
			var err error
			if made, err = m.inside(made); err != nil {
				return err
			}
		case kind == ends && name == "si":
			in = false
			w.strings = append(w.strings, unhidden(string(made)))
			if size += len(made) + 16; size > w.limits.SharedBytes {
				return fmt.Errorf("more than %d bytes of texts", w.limits.SharedBytes)
			}
		}
		return nil
	})
}

// unhidden is a text with the characters that XML has none of, which are written _x000D_.
func unhidden(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var made strings.Builder
	for {
		before, rest, is := strings.Cut(text, "_x")
		made.WriteString(before)
		if !is {
			return made.String()
		}
		code, err := uint64(0), error(nil)
		if len(rest) >= 5 && rest[4] == '_' {
			code, err = strconv.ParseUint(rest[:4], 16, 16)
		}
		if len(rest) < 5 || rest[4] != '_' || err != nil {
			made.WriteString("_x")
			text = rest
			continue
		}
		made.WriteRune(rune(code))
		text = rest[5:]
	}
}

// sheet gives the rows of a sheet.
func (w *workbook) sheet(of named, each func(*row) error) error {
	var r row
	line, first := 0, 0 // first is the first row with cells
	open, data := false, false
	return w.read(of.part, func(m *markup, kind tokenKind) error {
		name := string(m.name)
		switch {
		case kind == begins && name == "sheetData":
			data = true
		case kind == ends && name == "sheetData":
			data = false
		case kind == begins && name == "row" && data:
			next := line + 1
			if text, is := m.attribute("r"); is {
				n, err := strconv.Atoi(text)
				if err != nil || n < next {
					return fmt.Errorf("row %s after row %d", strconv.Quote(shortened(text)), line)
				}
				next = n
			}
			hidden, _ := m.attribute("hidden")
			line, open = next, true
			r = row{line: line, hidden: hidden == "1" || hidden == "true", cells: r.cells[:0]}
		case kind == ends && name == "row" && open:
			open = false
			if len(r.cells) == 0 {
				return nil
			}
			if first == 0 {
				first = line
			}
			return each(&r)
		case kind == begins && name == "c" && open:
			return w.cell(m, &r)
		case kind == begins && name == "mergeCell":
			area, _ := m.attribute("ref")
			_, end, _ := strings.Cut(area, ":")
			if _, last := place(end); first > 0 && last > first {
				return fmt.Errorf("cells %s are merged, want a value in each", shortened(area))
			}
		}
		return nil
	})
}

// place is the column, from 0, and the row, from 1, of a cell's name; -1 of none.
func place(name string) (column, line int) {
	at := 0
	for ; at < len(name) && at < 4 && name[at] >= 'A' && name[at] <= 'Z'; at++ {
		column = column*26 + int(name[at]-'A') + 1
	}
	line, err := strconv.Atoi(name[at:])
	if at == 0 || err != nil || line < 1 {
		return -1, -1
	}
	return column - 1, line
}

// cell reads a cell of a row.
func (w *workbook) cell(m *markup, r *row) error {
	c := cell{}
	if n := len(r.cells); n > 0 {
		c.column = r.cells[n-1].column + 1
	}
	if name, is := m.attribute("r"); is {
		column, line := place(name)
		if column < c.column || line != r.line {
			return fmt.Errorf("cell %s in row %d, out of order", strconv.Quote(shortened(name)), r.line)
		}
		c.column = column
	}
	sort, _ := m.attribute("t")
	style := -1
	if text, is := m.attribute("s"); is {
		style, _ = strconv.Atoi(text)
	}
	var value []byte
	valued, formula := false, false
	for {
		kind, err := m.next()
		if err != nil {
			return err
		}
		if kind == ends { // what is within is read to its end
			break
		}
		if kind != begins {
			continue
		}
		switch string(m.name) {
		case "v":
			valued = true
			value, err = m.inside(value[:0])
		case "is":
			valued = true
			value, err = w.inline(m, value[:0])
		case "f":
			formula = true
			err = m.skip()
		default:
			err = m.skip()
		}
		if err != nil {
			return err
		}
	}
	if !valued {
		if formula {
			var ps refusal.Problems
			ps.AddHint("open the workbook in a spreadsheet program and save it", fmt.Sprintf("row %d", r.line), "a formula without its value")
			return ps
		}
		return nil
	}
	if err := w.value(&c, sort, style, string(value)); err != nil {
		return fmt.Errorf("row %d: %w", r.line, err)
	}
	if c.text = strings.TrimSpace(c.text); c.kind != aText || c.text != "" {
		r.cells = append(r.cells, c)
	}
	return nil
}

// inline reads a text of a cell's own.
func (w *workbook) inline(m *markup, to []byte) ([]byte, error) {
	for {
		kind, err := m.next()
		switch {
		case err != nil:
			return to, err
		case kind == ends:
			return to, nil
		case kind != begins:
			continue
		case string(m.name) == "t":
			to, err = m.inside(to)
		case string(m.name) == "r":
			to, err = w.inline(m, to)
		default:
			err = m.skip()
		}
		if err != nil {
			return to, err
		}
	}
}

// value gives a cell what its text is, by its sort and style.
func (w *workbook) value(c *cell, sort string, style int, text string) error {
	c.kind, c.text = aText, text
	switch sort {
	case "s":
		at, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || at < 0 || at >= len(w.strings) {
			return fmt.Errorf("text %q of %d", shortened(text), len(w.strings))
		}
		c.text = w.strings[at]
	case "inlineStr", "str":
		c.text = unhidden(text)
	case "e":
	case "d":
		if at, ok := moment(text); ok {
			c.kind, c.number, c.text = aMoment, at, ""
		}
	case "", "n", "b":
		x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		switch {
		case strings.TrimSpace(text) == "":
			return nil
		case err != nil || math.IsNaN(x) || strings.ContainsAny(text, "xX_"):
			return fmt.Errorf("%q, want a number", shortened(text))
		}
		c.kind, c.number, c.text = aNumber, x+0, ""
		if style >= 0 && style < len(w.dated) && w.dated[style] && sort != "b" {
			c.kind, c.number = aMoment, days(x, w.date1904)
		}
	default:
		return fmt.Errorf("a cell of the type %q", shortened(sort))
	}
	return nil
}
