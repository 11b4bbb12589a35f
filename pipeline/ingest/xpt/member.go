package xpt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"togetherwecan/pipeline/ingest/sas"
	"togetherwecan/pipeline/table"
)

// A member is a data set of the file.
type member struct {
	*reader
	size      int // of a variable's description
	name      string
	label     string
	variables []*sas.Variable
	count     int // rows that the header says, -1 where it does not
	held      int // rows of blanks that may be padding
	pending   []byte
	formats   []display
	width     int // of a row
	numeric   bool
}

// A display is a variable's display format.
type display struct {
	name            string
	width, decimals int
}

// describe reads what is before the rows.
func (m *member) describe() bool {
	if _, ok := m.expect(descriptor); !ok {
		return false
	}
	card, ok := m.next("the description of a member")
	if !ok {
		return false
	}
	width := 8
	if m.version == 8 {
		width = 32
	}
	m.name = m.text(card[8:8+width], "a member's name")
	if card, ok = m.next("the description of a member"); !ok {
		return false
	}
	m.label = m.text(card[32:72], "a member's label")
	rest, ok := m.expect(variables)
	if !ok {
		return false
	}
	n, ok := m.number(rest[:10], "number of variables")
	switch {
	case !ok:
		return false
	case n > m.limits.Columns:
		return m.fail("%d variables, want at most %d", n, m.limits.Columns)
	}
	return m.descriptions(n) && m.labelled()
}

// descriptions reads those of n variables, which are packed, and fill up a card.
func (m *member) descriptions(n int) bool {
	b := make([]byte, m.size)
	for i := range n {
		if _, err := m.read(b); err != nil {
			return m.cut(err, fmt.Sprintf("the description of variable %d of %d", i+1, n))
		}
		if !m.variable(b, i) {
			return false
		}
	}
	for _, v := range m.variables {
		m.width += v.Width
	}
	for i, v := range m.variables {
		if v.Offset < 0 || v.Offset+v.Width > m.width {
			return m.fail("variable %d, %q, at byte %d of a row of %d", i+1, v.Name, v.Offset, m.width)
		}
	}
	return m.fill("the descriptions of variables")
}

// fill reads the rest of a card.
func (m *member) fill(what string) bool {
	if over := int(m.at % cardBytes); over > 0 {
		if _, err := m.read(m.card[:cardBytes-over]); err != nil {
			return m.cut(err, what)
		}
	}
	return true
}

// variable takes the description of one.
func (m *member) variable(b []byte, i int) bool {
	whole := func(at int) int { return int(int16(binary.BigEndian.Uint16(b[at:]))) }
	v := &sas.Variable{Width: whole(4), Offset: int(int32(binary.BigEndian.Uint32(b[84:])))}
	v.Name = m.text(b[8:16], "a name")
	v.Label = m.text(b[16:56], "a label")
	m.formats = append(m.formats, display{m.text(b[56:64], "a format"), whole(64), whole(66)})
	if m.version == 8 {
		if long := m.text(b[88:120], "a name"); long != "" {
			v.Name = long
		}
	}
	switch kind := whole(0); kind {
	case 1:
		m.numeric = true
		if !sas.IBM.Fits(v.Width) {
			return m.fail("variable %d, %q: numbers of %d bytes, want 2 to 8", i+1, v.Name, v.Width)
		}
	case 2:
		if v.Text = true; v.Width < 1 {
			return m.fail("variable %d, %q: text of %d bytes, want 1 to 32767", i+1, v.Name, v.Width)
		}
	default:
		return m.fail("variable %d, %q: type %d, want 1 or 2", i+1, v.Name, kind)
	}
	if v.Name == "" {
		return m.fail("variable %d has no name", i+1)
	}
	m.variables = append(m.variables, v)
	return m.within()
}

func (m *member) within() bool {
	if m.labels > m.limits.LabelBytes {
		return m.fail("more than %d bytes of names, labels and formats", m.limits.LabelBytes)
	}
	return true
}

// labelled reads what version 8 has of names, labels and formats that are longer
// than a description has room for, and the header of the rows.
func (m *member) labelled() bool {
	card, ok := m.next("the header " + words[observations][m.version/8])
	if !ok {
		return false
	}
	name, rest, ok := header(card)
	lengths := map[string]int{"LABELV8": 2, "LABELV9": 4}[name]
	if ok && m.version == 8 && lengths > 0 {
		n, ok := m.number(rest[:10], "number of labels")
		if !ok || !m.extend(n, lengths) {
			return false
		}
		if card, ok = m.next("the header OBSV8"); !ok {
			return false
		}
	}
	if rest, ok = m.is(card, words[observations][m.version/8]); !ok {
		return false
	}
	m.count = -1
	if counted := strings.TrimSpace(rest[:15]); m.version == 8 && strings.Trim(counted, "0") != "" {
		if m.count, ok = m.number(counted, "number of rows"); !ok {
			return false
		}
	}
	return true
}

// extend reads n names and labels, and with 4 lengths formats and informats.
func (m *member) extend(n, lengths int) bool {
	const what = "the labels"
	b := make([]byte, 2+2*lengths)
	for range n {
		if _, err := m.read(b); err != nil {
			return m.cut(err, what)
		}
		number := int(binary.BigEndian.Uint16(b))
		if number < 1 || number > len(m.variables) {
			return m.fail("the label of variable %d, want 1 to %d", number, len(m.variables))
		}
		v := m.variables[number-1]
		for i := range lengths {
			text := make([]byte, binary.BigEndian.Uint16(b[2+2*i:]))
			if _, err := m.read(text); err != nil && len(text) > 0 {
				return m.cut(err, what)
			}
			switch found := m.text(text, "a label"); {
			case !m.within():
				return false
			case i == 0 && found != "":
				v.Name = found
			case i == 1:
				v.Label = found
			case i == 2 && found != "":
				m.formats[number-1].name = found
			}
		}
	}
	return m.fill(what)
}

// begin begins to take rows.
func (m *member) begin() bool {
	if len(m.variables) == 0 {
		return m.fail("member %q has no variables", m.name)
	}
	for i, f := range m.formats {
		m.variables[i].Format = sas.Format(f.name, f.width, f.decimals)
	}
	m.alike(m.variables)
	m.rows.Width = m.width
	m.rows.Begin(m.variables, table.Wanted(m.want))
	return true
}

// pass reads the rows of a member that is not wanted.
func (m *member) pass() bool { return m.cards(func([]byte) bool { return true }) }

// cards calls take with whole cards, until it returns false or the next member
// begins, whose header is then the card, and returns whether there is one.
func (m *member) cards(take func([]byte) bool) bool {
	for {
		b, err := m.in.Peek(m.block * cardBytes)
		m.from = m.at
		whole := len(b) / cardBytes * cardBytes
		end := 0
		for end < whole && !bytes.HasPrefix(b[end:], []byte(headerBegins)) {
			end += cardBytes
		}
		if end < whole { // a header of another kind is of the rows
			switch name, _, _ := header(b[end:]); name {
			case words[memberHeader][m.version/8]:
			case words[library][0], words[library][1]:
				m.from += int64(end)
				return m.fail("a second library begins, want one in a file")
			default:
				end += cardBytes
				whole = end
			}
		}
		if end > 0 && !take(b[:end]) {
			return false
		}
		over := len(b) - end
		_, _ = m.in.Discard(end)
		m.at += int64(end)
		switch {
		case end < whole:
			_, ok := m.next("the header of a member")
			return ok
		case err == nil || over >= cardBytes:
		case errors.Is(err, io.EOF) && over == 0:
			return false
		default:
			if errors.Is(err, io.EOF) {
				m.at += int64(over)
			}
			return m.cut(err, m.place())
		}
	}
}

// place is where in the rows the file ends.
func (m *member) place() string {
	if m.rows.Width == 0 || m.name != m.file.Member {
		return "the rows of a member"
	}
	return fmt.Sprintf("row %d", m.rows.Count()+m.held+1)
}

// data reads the rows. Those of blanks alone are held until another follows, for
// the format fills up the last card with blanks, and counts no rows before
// version 9.
func (m *member) data() bool {
	total := 0
	more := m.cards(func(b []byte) bool {
		total += len(b)
		m.pending = append(m.pending, b...)
		n := len(m.pending) / m.width
		if m.count >= 0 {
			n = min(n, m.count-m.rows.Count())
		}
		used := n * m.width
		ok := m.take(m.pending[:used], n)
		m.pending = m.pending[:copy(m.pending, m.pending[used:])]
		if m.count >= 0 && m.rows.Count() == m.count && len(bytes.Trim(m.pending, " ")) > 0 {
			return ok && m.fail("more after the last of %d rows, as many as the header says", m.count)
		}
		if m.count >= 0 && m.rows.Count() == m.count {
			m.pending = m.pending[:0]
		}
		return ok
	})
	return m.end(total) && more
}

// take takes the next n rows.
func (m *member) take(b []byte, n int) bool {
	last := n
	if m.count < 0 {
		for last > 0 && blank(b[(last-1)*m.width:last*m.width]) {
			last--
		}
	}
	if last == 0 {
		m.held += n
		return true
	}
	if !m.blanks(m.held) {
		return false
	}
	m.held = n - last
	return m.kept(b[:last*m.width])
}

// kept takes rows.
func (m *member) kept(rows []byte) bool {
	err := m.rows.Take(rows)
	if err != nil && m.rows.Stopped == nil {
		hint := ""
		if len(m.variables) > 1 {
			hint = "name fewer columns"
		}
		return m.failHint(hint, "%v", err)
	}
	return err == nil
}

// blanks takes n rows of blanks.
func (m *member) blanks(n int) bool {
	const most = 64 << 10
	if n <= 0 {
		return true
	}
	part := max(1, min(n, most/m.width))
	rows := bytes.Repeat([]byte(" "), part*m.width)
	for ; n > 0; n -= part {
		part = min(part, n)
		if !m.kept(rows[:part*m.width]) {
			return false
		}
	}
	return true
}

func blank(row []byte) bool {
	for _, c := range row {
		if c != ' ' {
			return false
		}
	}
	return true
}

// end settles how many rows there are: as many as the header says; or those up to the
// last that is not of blanks alone, and of a table of text those behind it for which
// the padding of the last card has no room.
func (m *member) end(total int) bool {
	if len(m.problems) > 0 || m.rows.Stopped != nil {
		return false
	}
	m.from = m.at
	taken := m.rows.Count()
	switch {
	case m.count >= 0 && taken < m.count:
		return m.cut(io.EOF, fmt.Sprintf("row %d of %d", taken+1, m.count))
	case m.count < 0 && (len(m.pending) >= cardBytes || !blank(m.pending)):
		return m.cut(io.EOF, m.place())
	case m.count < 0:
		least := (total - (cardBytes - 1) + m.width - 1) / m.width
		more := max(0, least-taken)
		switch {
		case more > 0 && m.numeric:
			m.warn("%d rows of blanks alone after row %d are left out: they hold no numbers", more, taken)
		case !m.numeric && !m.blanks(more):
			return false
		case !m.numeric && m.held > more:
			m.warn("the file may have up to %d more rows, of blanks alone, at its end: the format counts no rows and fills up with blanks", m.held-more)
		}
	}
	if m.rows.Each != nil && m.rows.Flush() != nil {
		return false
	}
	m.problems = append(m.problems, m.rows.Problems...)
	return true
}
