package expression

import "fmt"

// A Writer writes the leaves of a condition for an engine.
type Writer struct {
	Variable func(name string) (written string, text bool) // NULL where it is missing
	Number   func(x float64) string
	Text     func(text string) string
}

// the operators of comparisons, as engines write them.
var engineOperators = map[op]string{equal: "=", unequal: "<>", less: "<", most: "<=", more: ">", least: ">="}

// Written is the condition for an engine, that it holds and that it fails: comparisons of variables with numbers, texts
// and each other, lists, missing(), and what "and", "or" and "not" make of them. The fault
// is of the first part that is something else.
func (e *Expression) Written(w Writer) (holds, fails string, fault *Fault) {
	c := &writing{Writer: w, text: e.text}
	holds, fails = c.condition(e.root)
	return holds, fails, c.fault
}

type writing struct {
	Writer
	text  string
	fault *Fault
}

func (c *writing) not(n *node) {
	if c.fault == nil {
		c.fault = &Fault{text: c.text, at: n.first(), What: fmt.Sprintf("%s is not written as a statement, want comparisons of variables with numbers or texts", n.string()), Hint: "make the variable where the respondents are, in a view"}
	}
}

// condition is written twice: that it holds, and that it fails. Neither is where it is
// missing, so that nothing is asked of an engine's own logic of NULL.
func (c *writing) condition(n *node) (holds, fails string) {
	both := func(to, a, b string) string { return "(" + a + " " + to + " " + b + ")" }
	switch {
	case n.op == and || n.op == or:
		a, notA := c.condition(n.args[0])
		b, notB := c.condition(n.args[1])
		if n.op == and {
			return both("AND", a, b), both("OR", notA, notB)
		}
		return both("OR", a, b), both("AND", notA, notB)
	case n.op == not:
		holds, fails = c.condition(n.args[0])
		return fails, holds
	case engineOperators[n.op] != "":
		a, text := c.operand(n.args[0])
		b, texts := c.operand(n.args[1])
		if text != texts || text && n.op != equal && n.op != unequal {
			c.not(n)
		}
		return decided(a+" IS NULL OR "+b+" IS NULL", both(engineOperators[n.op], a, b))
	case n.op == in:
		return c.listed(n)
	case n.op == call && n.function.Name == "missing":
		of, _ := c.operand(n.args[0])
		return "(" + of + " IS NULL)", "(" + of + " IS NOT NULL)"
	}
	c.not(n)
	return "", ""
}

// decided is that a test holds and that it fails, of values that are not missing.
func decided(missing, test string) (holds, fails string) {
	of := "CASE WHEN " + missing + " THEN -1 WHEN " + test + " THEN 1 ELSE 0 END"
	return "(" + of + " = 1)", "(" + of + " = 0)"
}

// listed is that an operand is one of some values, or is not.
func (c *writing) listed(n *node) (holds, fails string) {
	of, text := c.operand(n.args[0])
	made := ""
	for _, v := range n.values {
		if v.missing || v.code || v.texts != text { // a code's kind, or a label's number, is known to the program alone
			c.not(n)
		}
		if made != "" {
			made += " OR "
		}
		switch {
		case text:
			made += of + " = " + c.Text(v.text)
		case v.single():
			made += of + " = " + c.Number(v.low)
		default:
			made += of + " >= " + c.Number(max(v.low, -extreme)) + " AND " + of + " <= " + c.Number(min(v.high, extreme))
		}
	}
	holds, fails = decided(of+" IS NULL", made)
	if n.negated {
		return fails, holds
	}
	return holds, fails
}

// extreme is beyond what a variable has.
const extreme = 1e308

func (c *writing) operand(n *node) (written string, isText bool) {
	switch n.op {
	case variable:
		return c.Variable(n.text)
	case number:
		return c.Number(n.number), false
	case text:
		return c.Text(n.text), true
	case negate:
		if n.args[0].op == number {
			return c.Number(-n.args[0].number), false
		}
	}
	c.not(n)
	return "", false
}
