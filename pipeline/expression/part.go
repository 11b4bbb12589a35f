package expression

import "strings"

// Part reads the expression that is from one byte of a text to another: its faults show
// the whole text.
func Part(text string, from, to int, names Names) (*Expression, *Fault) {
	p := &parser{text: text[:to], names: names, next: from}
	var root *node
	if p.begin() {
		root = p.expression()
	}
	if p.token.kind != theEnd {
		p.wanted(`an operator or the end`)
	}
	if p.fault != nil {
		p.fault.text = text
		return nil, p.fault
	}
	return &Expression{text: text, root: root}, nil
}

// Variable is the name of the variable that the expression is, or "".
func (e *Expression) Variable() string {
	if e.root.op == variable {
		return e.root.text
	}
	return ""
}

// With is the expression with a number in the place of a variable.
func (e *Expression) With(name string, x float64) *Expression {
	return &Expression{text: e.text, root: e.root.with(func(n *node) *node {
		if n.is(name) {
			return &node{op: number, at: n.at, number: x}
		}
		return nil
	})}
}

// is says whether the node is the variable of a name.
func (n *node) is(name string) bool { return n.op == variable && strings.EqualFold(n.text, name) }

// of says whether the node has the variable of a name in it.
func (n *node) of(name string) bool {
	found := false
	n.each(func(part *node) { found = found || part.is(name) })
	return found
}

// with is the node with others in the place of those for which there are.
func (n *node) with(other func(*node) *node) *node {
	if made := other(n); made != nil {
		return made
	}
	made := *n
	made.args = nil
	for _, arg := range n.args {
		made.args = append(made.args, arg.with(other))
	}
	return &made
}

// Derivative is the derivative of the expression by a variable, of arithmetic, log, exp
// and sqrt; nil where the variable is in anything else.
func (e *Expression) Derivative(name string) *Expression {
	root := e.root.derivative(name)
	if root == nil {
		return nil
	}
	return &Expression{text: e.text, root: root}
}

// derivative is nil where there is none. What is made stands where its node did, and
// sums and products with 0 and 1 are left out.
func (n *node) derivative(name string) *node {
	constant := func(x float64) *node { return &node{op: number, at: n.at, number: x} }
	of := func(o op, args ...*node) *node {
		is := func(i int, x float64) bool { return args[i].op == number && args[i].number == x }
		switch {
		case o == multiply && (is(0, 0) || is(1, 0)), o == divide && is(0, 0):
			return constant(0)
		case o == multiply && is(0, 1), o == add && is(0, 0):
			return args[1]
		case (o == multiply || o == divide || o == power) && is(1, 1), (o == add || o == subtract) && is(1, 0):
			return args[0]
		case o == negate && args[0].op == number:
			return constant(-args[0].number + 0)
		}
		return &node{op: o, at: n.at, args: args}
	}
	if !n.of(name) {
		return constant(0)
	}
	if n.op == variable {
		return constant(1)
	}
	var by []*node // of the parts
	for _, arg := range n.args {
		d := arg.derivative(name)
		if d == nil {
			return nil
		}
		by = append(by, d)
	}
	switch n.op {
	case negate:
		return of(negate, by[0])
	case add, subtract:
		return of(n.op, by[0], by[1])
	case multiply:
		return of(add, of(multiply, by[0], n.args[1]), of(multiply, n.args[0], by[1]))
	case divide:
		if !n.args[1].of(name) {
			return of(divide, by[0], n.args[1])
		}
		return of(divide, of(subtract, of(multiply, by[0], n.args[1]), of(multiply, n.args[0], by[1])), of(power, n.args[1], constant(2)))
	case power:
		u, v := n.args[0], n.args[1]
		if v.op == number {
			return of(multiply, of(multiply, constant(v.number), of(power, u, constant(v.number-1))), by[0])
		}
		if !v.of(name) {
			return of(multiply, of(multiply, v, of(power, u, of(subtract, v, constant(1)))), by[0])
		}
		log := &node{op: call, at: n.at, function: functionOf("log"), args: []*node{u}}
		return of(multiply, n, of(add, of(multiply, by[1], log), of(divide, of(multiply, v, by[0]), u)))
	}
	if n.op != call {
		return nil
	}
	switch n.function.Name {
	case "log":
		return of(divide, by[0], n.args[0])
	case "exp":
		return of(multiply, n, by[0])
	case "sqrt":
		return of(divide, by[0], of(multiply, constant(2), n))
	}
	return nil
}

func functionOf(name string) *function {
	for i := range functions {
		if functions[i].Name == name {
			return &functions[i]
		}
	}
	return nil
}

// Closing is the byte behind the bracket that closes the one at a byte of a text, or -1;
// those between quotes do not count.
func Closing(text string, open int) int {
	depth := 0
	quote := byte(0)
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
