package codebook

import "strings"

// quickly reads a page in the hand that nearly all are written in: blocks, braces and
// brackets, plain text and text in double quotes on its line. It takes a twentieth of
// the time of the library, which alone says what YAML is: of whatever else there is,
// quickly says that it does not know it, and what it reads is what the library reads.
// A page with nothing but comments it does not know either.
func quickly(text string) (root *node, known bool) {
	if strings.ContainsAny(text, "\t\r") {
		return nil, false
	}
	q := &quick{text: text, known: true}
	q.next()
	if q.over || q.indent != 0 {
		return nil, false
	}
	root = q.mapping(0, 1)
	return root, q.known && q.over
}

// A quick is how far a page has been read: at the first letter of a line, or behind the
// dash of an item.
type quick struct {
	text   string
	at     int // in the text
	start  int // of the line
	end    int // of the line
	begins int // the line that is next
	indent int // the column of at, from 0
	line   int32
	over   bool // no line is left
	known  bool
	nodes  []node // to hand out, made many at a time
}

// deepest is how many blocks and brackets are within one another at most.
const deepest = 40

// fail says that something is not known, and ends the page.
func (q *quick) fail() *node {
	q.known, q.over = false, true
	return &node{}
}

func (q *quick) node(of form, line int32) *node {
	if len(q.nodes) == 0 {
		q.nodes = make([]node, 64)
	}
	n := &q.nodes[0]
	q.nodes = q.nodes[1:]
	n.form, n.line = of, line
	return n
}

// next goes to the next line that has more than a comment.
func (q *quick) next() {
	for q.begins < len(q.text) {
		q.at, q.start = q.begins, q.begins
		q.line++
		if n := strings.IndexByte(q.text[q.at:], '\n'); n >= 0 {
			q.end, q.begins = q.at+n, q.at+n+1
		} else {
			q.end, q.begins = len(q.text), len(q.text)
		}
		for q.at < q.end && q.text[q.at] == ' ' {
			q.at++
		}
		if q.indent = q.at - q.start; q.at < q.end && q.text[q.at] != '#' {
			return
		}
	}
	q.over = true
}

// dash says whether an item of a sequence begins here.
func (q *quick) dash() bool {
	return !q.over && q.text[q.at] == '-' && q.at+1 < q.end && q.text[q.at+1] == ' '
}

// blank goes over spaces, and says whether nothing but a comment is left of the line.
func (q *quick) blank() bool {
	from := q.at
	for q.at < q.end && q.text[q.at] == ' ' {
		q.at++
	}
	return q.at == q.end || q.at > from && q.text[q.at] == '#'
}

// mapping reads entries that begin in a column.
func (q *quick) mapping(indent, depth int) *node {
	if depth > deepest {
		return q.fail()
	}
	n := q.node(mapping, q.line)
	for !q.over && q.indent == indent {
		if q.dash() {
			return q.fail()
		}
		f := field{line: q.line}
		if f.key = q.key(); f.key == "" || q.at == q.end || q.text[q.at] != ':' {
			return q.fail()
		}
		q.at++
		switch {
		case q.at < q.end && q.text[q.at] != ' ':
			return q.fail()
		case q.blank():
			q.next()
			switch {
			case !q.over && q.indent > indent && q.dash():
				f.value = q.sequence(q.indent, depth+1)
			case !q.over && q.indent > indent:
				f.value = q.mapping(q.indent, depth+1)
			case q.dash() && q.indent == indent:
				f.value = q.sequence(indent, depth+1)
			default:
				f.value = q.node(null, f.line)
			}
		default:
			f.value = q.value(depth + 1)
			if q.next(); !q.over && q.indent > indent {
				return q.fail()
			}
		}
		n.fields = append(n.fields, f)
	}
	return q.once(n)
}

// once is a mapping, of which no key is there twice.
func (q *quick) once(n *node) *node {
	if len(n.fields) > mostKeys {
		return q.fail()
	}
	n.index()
	for i := range n.fields {
		if n.field(n.fields[i].key) != &n.fields[i] {
			return q.fail()
		}
	}
	return n
}

// sequence reads items whose dashes are in a column.
func (q *quick) sequence(indent, depth int) *node {
	if depth > deepest {
		return q.fail()
	}
	n := q.node(sequence, q.line)
	for q.dash() && q.indent == indent {
		q.at++
		if q.blank() || q.text[q.at] == '-' && !q.number() {
			return q.fail()
		}
		q.indent = q.at - q.start
		if q.entry() {
			n.items = append(n.items, q.mapping(q.indent, depth+1))
		} else {
			n.items = append(n.items, q.value(depth+1))
			q.next()
		}
		if !q.over && q.indent > indent {
			return q.fail()
		}
	}
	return n
}

// number says whether digits follow the sign that is here.
func (q *quick) number() bool {
	return q.at+1 < q.end && q.text[q.at+1] >= '0' && q.text[q.at+1] <= '9'
}

// entry says whether a key is here.
func (q *quick) entry() bool {
	before := *q
	defer func() { q.at = before.at }()
	return q.key() != "" && q.at < q.end && q.text[q.at] == ':' && (q.at+1 == q.end || q.text[q.at+1] == ' ')
}

// key reads a key, "" for none.
func (q *quick) key() string {
	if q.at < q.end && q.text[q.at] == '"' {
		key, _ := q.quoted()
		return key
	}
	from := q.at
	if q.at < q.end && q.text[q.at] == '-' {
		if !q.number() {
			return ""
		}
		q.at++
	}
	for q.at < q.end && (keyLetter(q.text[q.at]) || q.at > from && q.text[q.at] == '/') {
		q.at++
	}
	return q.text[from:q.at]
}

// keyLetter says whether a letter can be in a key without quotes.
func keyLetter(c byte) bool {
	return c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// quoted reads text in double quotes; what a backslash says is not known.
func (q *quick) quoted() (text string, known bool) {
	n := strings.IndexAny(q.text[q.at+1:q.end], `"\`)
	if n < 0 || q.text[q.at+1+n] == '\\' {
		return "", false
	}
	from := q.at + 1
	q.at = from + n + 1
	return q.text[from : from+n], true
}

// value reads what is left of a line, and the lines that its brackets go on in.
func (q *quick) value(depth int) *node {
	n := q.part(depth, false)
	if q.known && !(q.at < q.end && q.text[q.at] == '#' && q.text[q.at-1] == ' ') && !q.blank() {
		return q.fail()
	}
	return n
}

// part reads one value; flow says that it is within brackets.
func (q *quick) part(depth int, flow bool) *node {
	if depth > deepest || q.at == q.end {
		return q.fail()
	}
	switch q.text[q.at] {
	case '{':
		return q.braces(depth)
	case '[':
		return q.brackets(depth)
	case '"':
		n, known := q.node(letters, q.line), false
		if n.text, known = q.quoted(); !known {
			return q.fail()
		}
		return n
	}
	n := q.node(letters, q.line)
	if n.text = q.plain(flow); n.text == "" {
		return q.fail()
	}
	if n.form = plainForm(n.text); n.form == null || n.form == other {
		return q.fail()
	}
	return n
}

// plain reads text without quotes, "" for what is not known.
func (q *quick) plain(flow bool) string {
	from := q.at
	if c := q.text[q.at]; !(keyLetter(c) && c != '-' && c != '.') && !(c == '-' && q.number()) {
		return ""
	}
	for ; q.at < q.end; q.at++ {
		c := q.text[q.at]
		switch {
		case c == ',' && flow, c == '}' && flow, c == ']' && flow:
			return strings.TrimRight(q.text[from:q.at], " ")
		case c == '#' && !flow && q.text[q.at-1] == ' ':
			return strings.TrimRight(q.text[from:q.at], " ")
		case c == ':' && (flow || q.at+1 == q.end || !keyLetter(q.text[q.at+1])):
			return ""
		case !keyLetter(c) && c < 0x80 && strings.IndexByte(plainLetters, c) < 0:
			return ""
		}
	}
	return strings.TrimRight(q.text[from:q.at], " ")
}

// plainLetters can be in text without quotes besides those of keys.
const plainLetters = " +*/()=<>%;:,'$"

// flow goes on to what is next within brackets, on this line or a later one, and says
// whether there is anything.
func (q *quick) flow() bool {
	for q.known && q.blank() {
		if q.at < q.end {
			q.fail() // a comment within brackets
			return false
		}
		if q.next(); q.over || q.indent == 0 {
			q.fail()
		}
	}
	return q.known
}

// separated goes over the comma between two values, and says whether the bracket that
// closes them is here instead.
func (q *quick) separated(closing byte, first bool) (closed bool) {
	if !q.flow() {
		return true
	}
	if q.text[q.at] == closing {
		q.at++
		return true
	}
	if !first {
		if q.text[q.at] != ',' {
			q.fail()
			return true
		}
		if q.at++; !q.flow() || q.text[q.at] == closing {
			q.fail()
			return true
		}
	}
	return false
}

func (q *quick) brackets(depth int) *node {
	n := q.node(sequence, q.line)
	q.at++
	for !q.separated(']', len(n.items) == 0) {
		n.items = append(n.items, q.part(depth+1, true))
		if !q.known {
			return n
		}
	}
	return n
}

func (q *quick) braces(depth int) *node {
	n := q.node(mapping, q.line)
	q.at++
	for !q.separated('}', len(n.fields) == 0) {
		f := field{line: q.line}
		if f.key = q.key(); f.key == "" || q.at+1 >= q.end || q.text[q.at] != ':' || q.text[q.at+1] != ' ' {
			return q.fail()
		}
		if q.at++; q.blank() {
			return q.fail()
		}
		f.value = q.part(depth+1, true)
		n.fields = append(n.fields, f)
		if !q.known {
			return n
		}
	}
	return q.once(n)
}
