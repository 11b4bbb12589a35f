package codebook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Put returns the page with an entry in the mapping under the keys of at: its key and
// its value, as YAML on one line. An entry that is there keeps its place; another one
// comes behind the last of those of after that is there, or else first. A mapping that
// the page lacks is made. All else, with its comments, stays as it is written.
func (p *Page) Put(at []string, key, value string, after ...string) (*Page, error) {
	e, err := p.editor()
	if err != nil {
		return nil, err
	}
	node := e.node(at)
	m, ok := node.(*ast.MappingNode)
	if !ok {
		switch {
		case node != nil && node.Type() != ast.NullType:
			return nil, fmt.Errorf("%s: no mapping, want keys and values", p.At(at...))
		case len(at) == 1:
			return e.put(at[0], key, value)
		}
		return p.Put(at[:len(at)-1], at[len(at)-1], "{"+key+": "+value+"}", after...)
	}
	for _, kv := range m.Values {
		if keyText(kv) == key {
			return e.replace(kv, value)
		}
	}
	var behind *ast.MappingValueNode
	for _, kv := range m.Values {
		if slices.Contains(after, keyText(kv)) {
			behind = kv
		}
	}
	return e.insert(m, behind, key+": "+value)
}

// PutMap is Put of a mapping of codes. One that is written in lines keeps those that
// say the same, with their comments.
func (p *Page) PutMap(at []string, key string, codes map[string]string, after ...string) (*Page, error) {
	e, err := p.editor()
	if err != nil {
		return nil, err
	}
	order := ByNumber(slices.Collect(maps.Keys(codes)))
	keys := append(slices.Clone(at), key)
	m, ok := e.node(keys).(*ast.MappingNode)
	if !ok || m.IsFlowStyle {
		pairs := make([]string, len(order))
		for i, code := range order {
			pairs[i] = YAML(code) + ": " + codes[code]
		}
		return p.Put(at, key, "{"+strings.Join(pairs, ", ")+"}", after...)
	}
	made := p
	var written []string
	for _, kv := range m.Values {
		code := keyText(kv)
		if _, stays := codes[code]; stays {
			written = append(written, code)
		} else if made, err = made.without(keys, code); err != nil {
			return nil, err
		}
	}
	for _, code := range order {
		if was, ok := e.node(append(slices.Clone(keys), code)).(*ast.StringNode); ok && was.Value == codes[code] {
			continue
		}
		if made, err = made.Put(keys, code, codes[code], written...); err != nil {
			return nil, err
		}
		written = append(written, code)
	}
	return made, nil
}

// without is the page without an entry of a mapping.
func (p *Page) without(at []string, key string) (*Page, error) {
	e, err := p.editor()
	if err != nil {
		return nil, err
	}
	m, ok := e.node(at).(*ast.MappingNode)
	if !ok {
		return p, nil
	}
	for i, kv := range m.Values {
		if keyText(kv) != key {
			continue
		}
		if !m.IsFlowStyle {
			return e.made(e.starts[line(kv.Key)-1], e.starts[lastLine(kv)], "")
		}
		from, to := e.place(kv.Key.GetToken()), e.end(kv)
		switch {
		case i+1 < len(m.Values):
			to = e.place(m.Values[i+1].Key.GetToken())
		case i > 0:
			from = e.end(m.Values[i-1])
		}
		return e.made(from, to, "")
	}
	return p, nil
}

// Entry is the text of what the page has under keys: as it is written, in lines that
// begin where the page has them.
func (p *Page) Entry(keys ...string) string {
	e, err := p.editor()
	if err != nil || len(keys) == 0 {
		return ""
	}
	m, ok := e.node(keys[:len(keys)-1]).(*ast.MappingNode)
	if !ok {
		return ""
	}
	for _, kv := range m.Values {
		if keyText(kv) == keys[len(keys)-1] && !m.IsFlowStyle {
			return e.text[e.starts[line(kv.Key)-1]:e.starts[lastLine(kv)]]
		}
	}
	return ""
}

// Take returns the page with an entry that another page has under two keys, as it is
// written there, at the end of its own mapping under the first.
func (p *Page) Take(from *Page, under, key string) (*Page, error) {
	entry := from.Entry(under, key)
	if entry == "" {
		return nil, fmt.Errorf("%s: no entry of its own lines", from.At(under, key))
	}
	e, err := p.editor()
	if err != nil {
		return nil, err
	}
	m, ok := e.node([]string{under}).(*ast.MappingNode)
	if !ok || m.IsFlowStyle || len(m.Values) == 0 {
		made, err := e.put(under, "taken", "{}")
		if err != nil {
			return nil, err
		}
		if made, err = made.Take(from, under, key); err != nil {
			return nil, err
		}
		return made.without([]string{under}, "taken")
	}
	last := m.Values[len(m.Values)-1]
	width := func(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
	by := width(e.text[e.starts[line(last.Key)-1]:]) - width(entry)
	var lines strings.Builder
	for l := range strings.Lines(entry) {
		lines.WriteString(strings.Repeat(" ", max(width(l)+by, 0)) + strings.TrimLeft(l, " "))
	}
	at := e.starts[lastLine(last)]
	return e.made(at, at, lines.String())
}

// YAML is a text as a key or value of YAML on one line: as it is where it can only be
// read as that, and in quotes otherwise.
func YAML(text string) string {
	plain := text != "" && !token.IsNeedQuoted(text) && !strings.ContainsAny(text, "\n,[]{}#\"'")
	if _, number := Number(text); plain || number {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// An editor is a page with its tokens and the place of each of its lines.
type editor struct {
	*Page
	root   ast.Node
	mark   string // that the page begins with, before its text
	text   string
	starts []int // of the lines, and the end
}

// byteOrder is what some editors write before the text of a page.
const byteOrder = "\ufeff"

func (p *Page) editor() (*editor, error) {
	if p.broken != nil {
		return nil, fmt.Errorf("%s: not a page of YAML", p.File)
	}
	text, marked := strings.CutPrefix(string(p.data), byteOrder)
	e := &editor{Page: p, root: p.parsed(), text: text, starts: []int{0}}
	if marked {
		e.mark = byteOrder
	}
	if !strings.HasSuffix(e.text, "\n") {
		e.text += "\n"
	}
	for i := range len(e.text) {
		if e.text[i] == '\n' {
			e.starts = append(e.starts, i+1)
		}
	}
	return e, nil
}

func (e *editor) node(keys []string) ast.Node {
	at := e.root
	for _, key := range keys {
		switch n := at.(type) {
		case *ast.MappingNode:
			at = nil
			for _, kv := range n.Values {
				if keyText(kv) == key {
					at = kv.Value
					break
				}
			}
		case *ast.SequenceNode:
			at = nil
			if i, err := strconv.Atoi(key); err == nil && i < len(n.Values) {
				at = n.Values[i]
			}
		default:
			return nil
		}
	}
	return at
}

func keyText(kv *ast.MappingValueNode) string { return kv.Key.GetToken().Value }

// made is the page with other text from a place to another one.
func (e *editor) made(from, to int, text string) (*Page, error) {
	made := NewPage(e.File, []byte(e.mark+e.text[:from]+text+e.text[to:]))
	if made.broken != nil {
		return nil, fmt.Errorf("%s: cannot be changed where it is written: %w", e.File, made.broken.Err())
	}
	return made, nil
}

// put adds a mapping of one entry at the end of the page, or where its key is
// without a value.
func (e *editor) put(under, key, value string) (*Page, error) {
	at := len(e.text)
	text := under + ":\n"
	for _, kv := range e.root.(*ast.MappingNode).Values {
		if keyText(kv) == under {
			at, text = e.starts[line(kv.Key)-1], under+":\n"
			return e.made(at, e.starts[lastLine(kv)], text+"  "+key+": "+value+"\n")
		}
	}
	return e.made(at, at, text+"  "+key+": "+value+"\n")
}

func (e *editor) replace(kv *ast.MappingValueNode, value string) (*Page, error) {
	from, to := e.span(kv.Value)
	if kv.Value.Type() == ast.NullType {
		colon := e.place(kv.GetToken()) + 1
		return e.made(colon, colon, " "+value)
	}
	if from < 0 { // in lines of its own
		from = e.place(kv.GetToken()) + 1
		return e.made(from, e.starts[lastLine(kv)]-1, " "+value)
	}
	return e.made(from, to, value)
}

func (e *editor) insert(m *ast.MappingNode, behind *ast.MappingValueNode, entry string) (*Page, error) {
	switch {
	case m.IsFlowStyle && behind != nil:
		at := e.end(behind)
		return e.made(at, at, ", "+entry)
	case m.IsFlowStyle:
		at := e.place(m.Start) + 1
		if len(m.Values) > 0 {
			entry += ", "
		}
		return e.made(at, at, entry)
	}
	first := line(m.Values[0].Key)
	indent := strings.Repeat(" ", m.Values[0].Key.GetToken().Position.Column-1)
	at := e.starts[first-1]
	if behind != nil {
		at = e.starts[lastLine(behind)]
	}
	return e.made(at, at, indent+entry+"\n")
}

// end is where an entry on a line ends.
func (e *editor) end(kv *ast.MappingValueNode) int {
	if kv.Value.Type() == ast.NullType {
		return e.place(kv.GetToken()) + 1
	}
	_, to := e.span(kv.Value)
	return to
}

// place is where a token begins.
func (e *editor) place(t *token.Token) int {
	at := e.starts[t.Position.Line-1]
	for range t.Position.Column - 1 {
		_, size := utf8.DecodeRuneInString(e.text[at:])
		at += size
	}
	return at
}

// span is from where to where a value is written, from -1 for one in lines of its own.
func (e *editor) span(node ast.Node) (from, to int) {
	switch n := node.(type) {
	case *ast.MappingNode:
		if n.IsFlowStyle {
			return e.place(n.Start), e.place(n.End) + 1
		}
		return -1, -1
	case *ast.SequenceNode:
		if n.IsFlowStyle {
			return e.place(n.Start), e.place(n.End) + 1
		}
		return -1, -1
	case *ast.LiteralNode:
		return -1, -1
	}
	t := node.GetToken()
	from = e.place(t)
	switch t.Type {
	case token.DoubleQuoteType:
		for to = from + 1; to < len(e.text) && e.text[to] != '"'; to++ {
			if e.text[to] == '\\' {
				to++
			}
		}
		return from, to + 1
	case token.SingleQuoteType:
		for to = from + 1; to < len(e.text) && (e.text[to] != '\'' || strings.HasPrefix(e.text[to:], "''")); to++ {
			if e.text[to] == '\'' {
				to++
			}
		}
		return from, to + 1
	}
	return from, from + len(t.Value)
}

func line(node ast.Node) int { return node.GetToken().Position.Line }

// lastLine is the line that an entry ends on.
func lastLine(kv *ast.MappingValueNode) int {
	e := &extent{}
	ast.Walk(e, kv)
	return e.last
}

// An extent finds the last line of what it visits, comments apart.
type extent struct{ last int }

// Visit implements ast.Visitor.
func (e *extent) Visit(node ast.Node) ast.Visitor {
	at := line(node)
	switch n := node.(type) {
	case *ast.CommentGroupNode:
		return e
	case *ast.MappingNode:
		if n.IsFlowStyle {
			at = n.End.Position.Line
		}
	case *ast.SequenceNode:
		if n.IsFlowStyle {
			at = n.End.Position.Line
		}
	case *ast.LiteralNode:
		at += strings.Count(strings.TrimRight(n.Value.GetToken().Origin, "\n "), "\n") + 1
		e.last = max(e.last, at)
		return nil
	case *ast.StringNode:
		at += strings.Count(strings.TrimSpace(n.GetToken().Origin), "\n")
	}
	e.last = max(e.last, at)
	return e
}
