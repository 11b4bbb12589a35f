package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tokenKind says what a piece of markup is.
type tokenKind int

const (
	begins tokenKind = iota // of an element
	ends
	text
)

// A markup is the XML of a part, piece by piece, in memory that no piece grows beyond a
// limit. It takes no declarations of types, by which other files would be read and entities
// grow.
type markup struct {
	in   *bufio.Reader
	most int
	// Of the piece: the name of its element without prefix, its attributes, or its text. All
	// are overwritten by the next one.
	name, attributes, text []byte
	buffer                 []byte
	closed                 bool // the element has ended as it began
	open                   []byte
	from                   []int // in open, where the name of each element that has not ended begins
}

// mostDeep is how many elements may be in each other.
const mostDeep = 256

var errTyped = errors.New("a declaration of types, want none")

func newMarkup(in io.Reader, most int) *markup {
	m := &markup{in: bufio.NewReaderSize(in, 64<<10), most: most}
	if mark, _ := m.in.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		_, _ = m.in.Discard(3)
	}
	return m
}

// next is the next piece; io.EOF is behind the last.
func (m *markup) next() (tokenKind, error) {
	if m.closed {
		m.closed = false
		return ends, m.leave()
	}
	for {
		first, err := m.in.ReadByte()
		if err == io.EOF && len(m.from) > 0 {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		if first != '<' {
			_ = m.in.UnreadByte()
			return text, m.characters()
		}
		if err := m.tag(); err != nil {
			return 0, err
		}
		switch tag := m.buffer; {
		case bytes.HasPrefix(tag, []byte("!--")):
			if err := m.through("--"); err != nil {
				return 0, err
			}
		case bytes.HasPrefix(tag, []byte("![CDATA[")):
			if err := m.through("]]"); err != nil {
				return 0, err
			}
			m.text = append(m.text[:0], m.buffer[len("![CDATA["):len(m.buffer)-2]...)
			return text, m.valid(m.text)
		case bytes.HasPrefix(tag, []byte("!")):
			return 0, errTyped
		case bytes.HasPrefix(tag, []byte("?")):
		case bytes.HasPrefix(tag, []byte("/")):
			m.name = local(bytes.TrimRightFunc(tag[1:], func(r rune) bool { return r < utf8.RuneSelf && spaced(byte(r)) }))
			return ends, m.leave()
		default:
			tag, m.closed = bytes.CutSuffix(tag, []byte("/"))
			size := slices.IndexFunc(tag, spaced)
			if size < 0 {
				size = len(tag)
			}
			m.name, m.attributes = local(tag[:size]), tag[size:]
			if m.from = append(m.from, len(m.open)); len(m.from) > mostDeep {
				return 0, fmt.Errorf("more than %d elements in each other", mostDeep)
			}
			m.open = append(m.open, m.name...)
			return begins, nil
		}
	}
}

// leave ends the element that began last, which is of the name.
func (m *markup) leave() error {
	last := len(m.from) - 1
	if last < 0 || !bytes.Equal(m.open[m.from[last]:], m.name) {
		return fmt.Errorf("the end of %q, which has not begun last", shortened(string(m.name)))
	}
	m.open, m.from = m.open[:m.from[last]], m.from[:last]
	return nil
}

// local is a name without its prefix.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// tag reads to the end of what stands between angles, outside of quotes.
func (m *markup) tag() error {
	m.buffer = m.buffer[:0]
	for quote := byte(0); ; {
		part, err := m.in.ReadSlice('>')
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
		if len(m.buffer)+len(part) > m.most {
			return m.long()
		}
		from := len(m.buffer)
		m.buffer = append(m.buffer, part...)
		if m.buffer[0] != '!' {
			quote = quoted(quote, part)
		}
		if err == nil && (quote == 0 || m.buffer[0] == '!') {
			m.buffer = m.buffer[:from+len(part)-1]
			return nil
		}
	}
}

// quoted is the quote that is open behind a text, before which one may be.
func quoted(quote byte, of []byte) byte {
	for {
		at := slices.IndexFunc(of, func(c byte) bool { return c == quote || quote == 0 && (c == '"' || c == '\'') })
		switch {
		case at < 0:
			return quote
		case quote != 0:
			quote = 0
		default:
			quote = of[at]
		}
		of = of[at+1:]
	}
}

func (m *markup) long() error { return fmt.Errorf("a piece of more than %d bytes", m.most) }

// through reads on to a ">" behind an end.
func (m *markup) through(end string) error {
	for !bytes.HasSuffix(m.buffer, []byte(end)) || len(m.buffer) < 2+2*len(end)-1 && end == "--" {
		c, err := m.in.ReadByte()
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if m.buffer = append(m.buffer, '>'); len(m.buffer) >= m.most {
			return m.long()
		}
		for ; c != '>'; c, err = m.in.ReadByte() {
			if err == io.EOF {
				return io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
			if m.buffer = append(m.buffer, c); len(m.buffer) >= m.most {
				return m.long()
			}
		}
	}
	return nil
}

// characters reads the text that is before the next element.
func (m *markup) characters() error {
	m.text = m.text[:0]
	plain := true
	for {
		part, err := m.in.ReadSlice('<')
		if len(m.text)+len(part) > m.most {
			return m.long()
		}
		m.text = append(m.text, part...)
		switch err {
		case nil:
			m.text = m.text[:len(m.text)-1]
			_ = m.in.UnreadByte()
		case bufio.ErrBufferFull:
			continue
		case io.EOF:
		default:
			return err
		}
		break
	}
	for _, c := range m.text {
		plain = plain && c != '&' && c < utf8.RuneSelf
	}
	if plain {
		return nil
	}
	made, err := unescaped(m.text)
	m.text = append(m.text[:0], made...)
	if err != nil {
		return err
	}
	return m.valid(m.text)
}

func (m *markup) valid(of []byte) error {
	if !utf8.Valid(of) {
		return errors.New("text that is not UTF-8")
	}
	return nil
}

// entities are those that XML has itself.
var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// unescaped is a text with what its entities stand for.
func unescaped(of []byte) (string, error) {
	if bytes.IndexByte(of, '&') < 0 {
		return string(of), nil
	}
	var made strings.Builder
	for {
		before, rest, is := bytes.Cut(of, []byte("&"))
		made.Write(before)
		if !is {
			return made.String(), nil
		}
		name, rest, is := bytes.Cut(rest, []byte(";"))
		if !is {
			return "", errors.New("an entity without an end")
		}
		of = rest
		if known, is := entities[string(name)]; is {
			made.WriteString(known)
			continue
		}
		digits, numbered := bytes.CutPrefix(name, []byte("#"))
		base := 10
		if hexadecimal, is := bytes.CutPrefix(digits, []byte("x")); is {
			digits, base = hexadecimal, 16
		}
		code, err := strconv.ParseUint(string(digits), base, 21)
		if !numbered || err != nil || !utf8.ValidRune(rune(code)) {
			return "", fmt.Errorf("no entity %q", shortened(string(name)))
		}
		made.WriteRune(rune(code))
	}
}

// shortened is a text as a problem shows it.
func shortened(text string) string {
	const most = 40
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// spaced says whether a byte is one of those between attributes.
func spaced(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// unspaced is markup from its first byte that is none of those.
func unspaced(of []byte) []byte {
	for len(of) > 0 && spaced(of[0]) {
		of = of[1:]
	}
	return of
}

// attribute is the value of an attribute of the element that begins, by its name, which
// after a colon may have any prefix.
func (m *markup) attribute(name string) (value string, is bool) {
	anyPrefix := name[0] == ':'
	rest := m.attributes
	for {
		rest = unspaced(rest)
		key, behind, given := bytes.Cut(rest, []byte("="))
		behind = unspaced(behind)
		if !given || len(behind) == 0 {
			return "", false
		}
		of, behind, given := bytes.Cut(behind[1:], behind[:1])
		if !given {
			return "", false
		}
		rest = behind
		for len(key) > 0 && spaced(key[len(key)-1]) {
			key = key[:len(key)-1]
		}
		if anyPrefix && string(local(key)) == name[1:] || string(key) == name {
			value, err := unescaped(of)
			return value, err == nil && utf8.ValidString(value)
		}
	}
}

// whole reads the attribute as a number from 1, or gives 1 where there is none.
func (m *markup) times(name string) int {
	value, is := m.attribute(name)
	n, err := strconv.Atoi(value)
	if !is || err != nil || n < 1 {
		return 1
	}
	return n
}

// skip reads to the end of the element that has begun.
func (m *markup) skip() error {
	for depth := 1; depth > 0; {
		kind, err := m.next()
		switch {
		case err != nil:
			return err
		case kind == begins:
			depth++
		case kind == ends:
			depth--
		}
	}
	return nil
}

// inside reads all text to the end of the element that has begun.
func (m *markup) inside(to []byte) ([]byte, error) {
	for depth := 1; depth > 0; {
		kind, err := m.next()
		switch {
		case err != nil:
			return to, err
		case kind == begins:
			depth++
		case kind == ends:
			depth--
		case len(to)+len(m.text) > m.most:
			return to, m.long()
		default:
			to = append(to, m.text...)
		}
	}
	return to, nil
}
