package expression

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A parser reads an expression up to its first fault, from where on it finds nothing but
// the end.
type parser struct {
	text  string
	names Names
	next  int // the first byte after the token
	token token
	depth int
	args  bool // in the brackets of a function, whose commas are between its arguments
	fault *Fault
}

// Parse reads an expression.
func Parse(text string, names Names) (*Expression, *Fault) {
	p := &parser{text: text, names: names}
	if !p.begin() {
		return nil, p.fault
	}
	root := p.expression()
	if p.token.kind != theEnd {
		p.wanted(`an operator, "and", "or" or the end`)
	}
	if p.fault != nil {
		return nil, p.fault
	}
	return &Expression{text: text, root: root}, nil
}

// ParseLet reads name = expression.
func ParseLet(text string, names Names) (Let, *Fault) {
	p := &parser{text: text, names: names}
	if !p.begin() {
		return Let{}, p.fault
	}
	l := Let{Name: p.token.text}
	if p.token.kind != aName {
		p.wanted("the name of the variable that is made, as in: old = age >= 65")
	}
	p.advance()
	p.take("=", `"=" and an expression`)
	root := p.expression()
	if p.token.kind != theEnd {
		p.wanted(`an operator, "and", "or" or the end`)
	}
	if p.fault != nil {
		return Let{}, p.fault
	}
	l.Expression = &Expression{text: text, root: root}
	return l, nil
}

// begin moves to the first token, and says whether there may be one.
func (p *parser) begin() bool {
	switch {
	case len(p.text) > maxText:
		p.fail(0, "%d bytes, want at most %d", len(p.text), maxText)
	case !utf8.ValidString(p.text):
		p.fail(0, "not UTF-8")
	}
	p.advance()
	return p.fault == nil
}

// fail is what is wrong at a place: the first such stands.
func (p *parser) fail(at int, format string, args ...any) {
	if p.fault == nil {
		p.fault = &Fault{text: p.text, at: at, What: fmt.Sprintf(format, args...)}
	}
	p.token = token{kind: theEnd, at: len(p.text)}
}

func (p *parser) wanted(what string) { p.fail(p.token.at, "%s, want %s", p.token.found(), what) }

// take moves on from a symbol or word, of which want says what it is.
func (p *parser) take(symbol, want string) {
	if !p.token.is(symbol) {
		p.wanted(want)
		return
	}
	p.advance()
}

// deeper counts what is in each other.
func (p *parser) deeper() (shallower func()) {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.token.at, "more than %d brackets, signs and functions in each other", maxDepth)
	}
	return func() { p.depth-- }
}

// nothing is what a fault leaves of a part.
var nothing = &node{op: absent}

func (p *parser) expression() *node {
	return p.chain(func() *node { return p.chain(p.not, and) }, or)
}

// chain reads operands between operators that are alike, from the left.
func (p *parser) chain(operand func() *node, operators ...op) *node {
	left := operand()
	for {
		i := slices.IndexFunc(operators, func(o op) bool { return p.token.is(string(o)) })
		if i < 0 {
			return left
		}
		n := &node{op: operators[i], at: p.token.at}
		p.advance()
		n.args = []*node{left, operand()}
		left = n
	}
}

func (p *parser) not() *node {
	if !p.token.is("not") {
		return p.comparison()
	}
	defer p.deeper()()
	n := &node{op: not, at: p.token.at}
	p.advance()
	n.args = []*node{p.not()}
	return n
}

var orders = []op{less, most, more, least}

func (p *parser) comparison() *node {
	left := p.sum()
	n := &node{at: p.token.at}
	if p.token.kind != aSymbol && p.token.kind != aWord {
		return left
	}
	switch symbol := op(p.token.text); {
	case slices.Contains(orders, symbol):
		n.op = symbol
		p.advance()
		n.args = []*node{left, p.sum()}
	case p.token.is("="), p.token.is("!="):
		p.advance()
		n = p.equal(left, n.at, symbol)
	case p.token.is("in"), p.token.is("not"):
		n.op, n.args, n.negated = in, []*node{left}, symbol == not
		if p.advance(); n.negated {
			p.take("in", `"in" after a value and "not"`)
		}
		if p.token.is("(") {
			p.advance()
			n.values = p.values(false)
			p.take(")", `"," or ")"`)
		} else {
			n.values = []value{p.value(false)}
		}
	default:
		return left
	}
	if slices.ContainsFunc([]string{"<", "<=", ">", ">=", "=", "!=", "in"}, p.token.is) {
		p.wanted(`"and" between two comparisons`)
	}
	return n
}

// equal reads what stands behind "=" or "!=": values, or what is compared.
func (p *parser) equal(left *node, at int, symbol op) *node {
	negated := symbol == unequal
	list := func(first value) *node {
		n := &node{op: in, at: at, args: []*node{left}, negated: negated, values: []value{first}}
		for !p.args && p.token.is(",") {
			p.advance()
			n.values = append(n.values, p.value(false))
		}
		return n
	}
	if p.token.is("..") {
		return list(p.value(false))
	}
	right := p.sum()
	switch {
	case right.op == text:
		return list(value{at: right.at, texts: true, text: right.text})
	case right.op == number:
		return list(p.ranged(value{at: right.at, low: right.number, high: right.number}))
	case left.op == text: // which stands on the other side
		left, right = right, left
		return &node{op: in, at: at, args: []*node{left}, negated: negated, values: []value{{at: right.at, texts: true, text: right.text}}}
	}
	return &node{op: symbol, at: at, args: []*node{left, right}}
}

// values reads a list; of a recode missing is one.
func (p *parser) values(cases bool) []value {
	all := []value{p.value(cases)}
	for p.token.is(",") {
		p.advance()
		all = append(all, p.value(cases))
	}
	return all
}

// value reads a number, a text or a range.
func (p *parser) value(cases bool) value {
	v := value{at: p.token.at}
	switch {
	case p.token.kind == aText:
		v.texts, v.text = true, p.token.text
		p.advance()
	case cases && p.token.is(string(absent)):
		v.missing = true
		p.advance()
	case p.token.is(".."):
		p.advance()
		v.low, v.high = math.Inf(-1), p.number("a number after \"..\"")
	default:
		v.low = p.number("a number, a range such as 16..24, or a text between double quotes")
		v.high = v.low
		return p.ranged(v)
	}
	return v
}

// ranged reads the rest of a range behind its first number.
func (p *parser) ranged(v value) value {
	if !p.token.is("..") {
		return v
	}
	p.advance()
	if v.high = math.Inf(1); p.token.kind == aNumber || p.token.is("-") {
		v.high = p.number("a number")
	}
	if !(v.low <= v.high) {
		p.fail(v.at, "%s..%s, want a range from less to more", spell(v.low), spell(v.high))
	}
	return v
}

// number reads a number with a sign.
func (p *parser) number(want string) float64 {
	sign := 1.0
	if p.token.is("-") {
		sign = -1
		p.advance()
	}
	x := p.token.number
	if p.token.kind != aNumber {
		p.wanted(want)
	}
	p.advance()
	return float64(sign*x) + 0
}

func (p *parser) sum() *node {
	return p.chain(func() *node { return p.chain(p.sign, multiply, divide) }, add, subtract)
}

func (p *parser) sign() *node {
	if !p.token.is("-") {
		return p.power()
	}
	defer p.deeper()()
	n := &node{op: negate, at: p.token.at}
	p.advance()
	of := p.sign()
	if of.op == number {
		return &node{op: number, at: n.at, number: -of.number + 0}
	}
	n.args = []*node{of}
	return n
}

func (p *parser) power() *node {
	left := p.primary()
	if !p.token.is("^") {
		return left
	}
	defer p.deeper()()
	n := &node{op: power, at: p.token.at}
	p.advance()
	n.args = []*node{left, p.sign()}
	return n
}

func (p *parser) primary() *node {
	defer p.deeper()()
	t := p.token
	switch {
	case t.kind == aNumber:
		p.advance()
		return &node{op: number, at: t.at, number: t.number}
	case t.kind == aText:
		p.advance()
		return &node{op: text, at: t.at, text: t.text}
	case t.kind == aName:
		quoted := t.at < len(p.text) && p.text[t.at] == '`'
		if p.advance(); p.token.is("(") && !quoted {
			return p.call(t)
		}
		return &node{op: variable, at: t.at, text: t.text}
	case t.is(string(absent)):
		if p.advance(); p.token.is("(") {
			return p.call(t)
		}
		return &node{op: absent, at: t.at}
	case t.is("("):
		p.advance()
		was := p.args
		p.args = false
		n := p.expression()
		p.args = was
		p.take(")", `an operator or ")"`)
		return n
	}
	p.wanted("a value")
	return nothing
}

// call reads the arguments of a function.
func (p *parser) call(name token) *node {
	was := p.args
	p.args = true
	defer func() { p.args = was }()
	if strings.EqualFold(name.text, string(recode)) {
		return p.recode(name)
	}
	at := slices.IndexFunc(functions, func(f function) bool { return strings.EqualFold(f.Name, name.text) })
	if at < 0 {
		p.fail(name.at, "no function %q%s", name.text, nearestFunction(name.text))
		return nothing
	}
	f := &functions[at]
	n := &node{op: call, at: name.at, function: f}
	p.advance()
	for {
		n.args = append(n.args, p.expression())
		if !p.token.is(",") {
			break
		}
		p.advance()
	}
	p.take(")", `an operator, "," or ")"`)
	if many := len(n.args); p.fault == nil && (many < f.Least || many > f.Most) {
		p.fail(name.at, "%s of %d values, want %s", f.Name, many, f.Form)
	}
	return n
}

// recode reads a recode behind its name.
func (p *parser) recode(name token) *node {
	n := &node{op: recode, at: name.at}
	p.advance()
	n.args = []*node{p.expression()}
	p.take(";", `";" and rules, as in: recode(age; 16..24 "young", else "old")`)
	for {
		if p.token.is("else") {
			p.advance()
			o := p.outcome()
			n.others = &o
			if p.token.is(",") {
				p.wanted(`")": else comes last`)
			}
			break
		}
		r := rule{values: p.values(true)}
		r.to = p.outcome()
		if n.rules = append(n.rules, r); !p.token.is(",") {
			break
		}
		p.advance()
	}
	p.take(")", `"," and a rule, or ")"`)
	if p.fault == nil {
		p.outcomes(n)
	}
	if f := n.overlap(p.text); f != nil && p.fault == nil {
		p.fault = f
	}
	return n
}

func (p *parser) outcome() outcome {
	o := outcome{at: p.token.at}
	switch {
	case p.token.is(string(absent)):
		o.missing = true
		p.advance()
		return o
	case p.token.is("copy"):
		o.copy = true
		p.advance()
		return o
	case p.token.is("="):
		p.advance()
		o.coded = true
		if p.token.kind == aText {
			o.texts, o.text = true, p.token.text
			p.advance()
		} else {
			o.number = p.number("the code that is made: a number, or a text between double quotes")
		}
	}
	if p.token.kind == aText {
		o.label, o.labelled = p.token.text, true
		p.advance()
	}
	if !o.coded && !o.labelled {
		p.wanted(`what becomes of it: a label as "16 to 24", = and a code, missing or copy`)
	}
	return o
}

// outcomes wants a recode to make codes of one kind, and labels alone to number
// themselves.
func (p *parser) outcomes(n *node) {
	var first *outcome
	copies := n.others != nil && n.others.copy
	for _, o := range n.made() {
		copies = copies || o.copy
	}
	for _, o := range n.made() {
		switch {
		case o.missing || o.copy:
		case copies && !o.coded:
			p.fail(o.at, "a label without a code beside copy, want = and a code before it: its number could be one that is copied")
		case first == nil:
			first = o
		case o.coded != first.coded:
			p.fail(o.at, "some rules make a code and some a label alone, want = and a code in all or none")
		case o.texts != first.texts:
			p.fail(o.at, "a number and a text, want codes of one kind")
		}
	}
	labels := map[string]string{}
	for _, o := range n.made() {
		if !o.coded || !o.labelled {
			continue
		}
		code := o.code()
		if label, met := labels[code]; met && label != o.label {
			p.fail(o.at, "code %s is labelled %q and %q, want one label", code, label, o.label)
		}
		labels[code] = o.label
	}
}

func (o outcome) code() string {
	if o.texts {
		return o.text
	}
	return spell(o.number)
}

// made are the outcomes of a recode in order.
func (n *node) made() []*outcome {
	var all []*outcome
	for i := range n.rules {
		all = append(all, &n.rules[i].to)
	}
	if n.others != nil {
		all = append(all, n.others)
	}
	return all
}

// overlap is the fault of a value that two rules of a recode have, or nil.
func (n *node) overlap(whole string) *Fault {
	var before []value
	for _, r := range n.rules {
		for _, v := range r.values {
			for _, u := range before {
				if what := v.both(u); what != "" {
					return &Fault{text: whole, at: v.at, What: what + " twice, want each value in one rule"}
				}
			}
			before = append(before, v)
		}
	}
	return nil
}

// both is what two values have in common, or "".
func (v value) both(u value) string {
	switch {
	case v.missing && u.missing:
		return string(absent)
	case v.missing || u.missing:
		return ""
	case v.texts && u.texts && v.text == u.text:
		return strconv.Quote(v.text)
	case v.code && u.code:
		return "" // of a text variable 01 is not 1
	case !v.texts && !u.texts && v.low <= u.high && u.low <= v.high:
		return cmp.Or(spell(max(v.low, u.low)), v.string())
	}
	return ""
}
