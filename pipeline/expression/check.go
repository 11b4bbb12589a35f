package expression

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A Form is what a variable or an expression has in each row.
type Form int

// The forms. A truth counts as 1 or 0 where a number is wanted.
const (
	Number Form = iota
	Truth
	Text
)

// nouns say what has a form.
var nouns = [...]string{Number: "a number", Truth: "a condition", Text: "text"}

// A Variable that expressions are of. Values of text are all that there are, in order,
// by which a Block has them; of numbers those that have a label. Closed says that no
// other can be, so that one that is not listed is a fault also among several.
type Variable struct {
	Name   string
	Form   Form
	Values []Value
	Closed bool
}

// A Value is a code with its label, "" for none.
type Value struct{ Code, Label string }

// A Program is an expression that was checked against its variables, ready for rows.
type Program struct {
	Form   Form
	Values []Value  // of the result, as those of a Variable
	Inputs []string // the variables, as they are spelled; Evaluate asks for them by their place
	root   *step
	free   []*Block
}

// A step is a node that was checked.
type step struct {
	*node
	form   Form
	values []Value
	args   []*step
	input  int       // of a variable
	maps   [][]int32 // of text arguments: the place of each one's values among those of the result
	places []bool    // of in, of text: whether a value is listed
	tests  []test    // of in and recode, of numbers: what is listed
	cases  []int     // of recode: of text each value's outcome; the last is that of a missing value
	digits int       // of round
	codes  []int32   // of recode, of texts: each outcome's place among the values
	to     []outcome // of recode: what its rules make, and the rest

	undefined int
	unlisted  int
	others    []string // some values that recode does not list
	absent    []string // values that no row can have
}

// A test is an interval of numbers, with the outcome of a recode.
type test struct {
	low, high float64
	outcome   int
	named     string // of one number: as it is written
	met       bool
}

// The outcomes of a recode beside its rules, by their places.
const (
	unlisted = -1 - iota
	stays    // missing, as it was
)

// checker checks an expression, and collects its faults.
type checker struct {
	e      *Expression
	find   func(name string) (Variable, bool)
	names  []string
	p      *Program
	faults []Fault
}

// Check makes a program of the expression for the variables that find gives. Names are
// those that there are, for suggestions.
func (e *Expression) Check(find func(name string) (Variable, bool), names []string) (*Program, []Fault) {
	c := &checker{e: e, find: find, names: names, p: &Program{}}
	root := c.check(e.root)
	if c.faults != nil {
		return nil, c.faults
	}
	c.p.root, c.p.Form, c.p.Values = root, root.form, root.values
	if root.form == Truth {
		c.p.Values = []Value{{"0", "no"}, {"1", "yes"}}
	}
	return c.p, nil
}

func (c *checker) fail(at int, format string, args ...any) {
	what, untold := refusal.Said(format, args...)
	c.faults = append(c.faults, Fault{text: c.e.text, at: at, What: what, Untold: untold})
}

// first is the place where a part of the expression begins.
func (n *node) first() int {
	at := n.at
	for _, arg := range n.args {
		at = min(at, arg.first())
	}
	return at
}

// numeric wants numbers or truths.
func (c *checker) numeric(steps ...*step) {
	for _, s := range steps {
		if s.form == Text && s.op != absent {
			c.fail(s.first(), "%s is text, want a number", s.node.string())
			if s.op == variable {
				c.faults[len(c.faults)-1].Of = s.text
			}
		}
	}
}

// truths wants conditions.
func (c *checker) truths(steps ...*step) {
	for _, s := range steps {
		if s.form != Truth && s.op != absent {
			c.fail(s.first(), "%s is %s, want a condition such as %s = 1", s.node.string(), nouns[s.form], s.node.within(tightness[add]))
		}
	}
}

func (c *checker) check(n *node) *step {
	s := &step{node: n}
	for _, arg := range n.args {
		s.args = append(s.args, c.check(arg))
	}
	switch {
	case n.op == text:
		s.form, s.values = Text, []Value{{Code: n.text}}
		if n.text == "" {
			c.fail(n.at, "%s", noText)
		}
	case n.op == variable:
		c.variable(s)
	case twos[n.op] != nil, n.op == negate:
		c.numeric(s.args...)
	case n.op == and, n.op == or, n.op == not:
		s.form = Truth
		c.truths(s.args...)
	case compared[n.op] != nil:
		s.form = Truth
		c.compared(s)
	case n.op == in:
		s.form = Truth
		c.in(s)
	case n.op == recode:
		c.recode(s)
	case n.op == call:
		c.call(s)
	}
	return s
}

func (c *checker) variable(s *step) {
	v, ok := c.find(s.text)
	if !ok {
		c.faults = append(c.faults, c.e.unknown(s.node, c.names))
		return
	}
	s.form, s.values = v.Form, v.Values
	s.input = slices.Index(c.p.Inputs, v.Name)
	if s.input < 0 {
		s.input = len(c.p.Inputs)
		c.p.Inputs = append(c.p.Inputs, v.Name)
	}
}

// compared checks a comparison of two expressions.
func (c *checker) compared(s *step) {
	a, b := s.args[0], s.args[1]
	for _, arg := range s.args {
		if arg.op == absent {
			c.fail(arg.at, "a comparison with missing is missing itself, want missing(x)")
			return
		}
	}
	switch ordered := s.op != equal && s.op != unequal; {
	case a.form == Text && b.form == Text && ordered:
		c.fail(s.at, "%s of text, want = or !=: texts have no order", s.op)
	case a.form == Text && b.form == Text:
		s.merge(s.args)
		s.form = Truth
	case ordered && (a.form == Text || b.form == Text):
		c.numeric(a, b)
	case a.form == Text || b.form == Text:
		of, other := a, b
		if b.form == Text {
			of, other = b, a
		}
		c.fail(of.first(), "%s is text and %s is %s, want two of a kind", of.node.string(), other.node.string(), nouns[other.form])
	}
}

// merge gives a step the values of text arguments, each once.
func (s *step) merge(args []*step) {
	place := map[string]int32{}
	var values []Value
	s.maps = make([][]int32, len(args))
	for i, arg := range args {
		for _, v := range arg.values {
			at, met := place[v.Code]
			if !met {
				at = int32(len(values))
				place[v.Code], values = at, append(values, v)
			}
			if values[at].Label == "" {
				values[at].Label = v.Label
			}
			s.maps[i] = append(s.maps[i], at)
		}
	}
	s.values = values
}

// labels are those of numbers that several arguments make, but for codes of which they
// say something different.
func labels(args []*step) []Value {
	var values []Value
	differ := map[string]bool{}
	for _, arg := range args {
		if arg.form != Number {
			continue
		}
		for _, v := range arg.values {
			at := slices.IndexFunc(values, func(u Value) bool { return u.Code == v.Code })
			switch {
			case at < 0:
				values = append(values, v)
			case values[at].Label != v.Label:
				differ[v.Code] = true
			}
		}
	}
	return slices.DeleteFunc(values, func(v Value) bool { return differ[v.Code] })
}

// one gives a step the form of arguments, which they are to have in common.
func (c *checker) one(s *step, args []*step) {
	var given []*step
	for _, arg := range args {
		if arg.op != absent {
			given = append(given, arg)
		}
	}
	texts, truths := 0, 0
	for _, arg := range given {
		switch arg.form {
		case Text:
			texts++
		case Truth:
			truths++
		}
	}
	switch {
	case texts > 0 && texts < len(given):
		at := slices.IndexFunc(given, func(arg *step) bool { return (arg.form == Text) != (given[0].form == Text) })
		c.fail(given[at].first(), "%s is %s and %s is %s, want values of a kind", given[0].node.string(), nouns[given[0].form], given[at].node.string(), nouns[given[at].form])
	case texts > 0:
		s.form = Text
		s.merge(args)
	case truths == len(given) && truths > 0:
		s.form = Truth
	default:
		s.values = labels(given)
	}
}

func (c *checker) call(s *step) {
	switch name := s.function.Name; {
	case name == "missing":
		s.form = Truth
	case name == "if":
		c.truths(s.args[0])
		c.one(s, s.args[1:])
	case name == "coalesce":
		c.one(s, s.args)
	case name == "round":
		c.numeric(s.args...)
		if len(s.args) > 1 {
			digits := s.args[1]
			if s.digits = int(digits.number); digits.op != number || float64(s.digits) != digits.number || s.digits < -mostDigits || s.digits > mostDigits {
				c.fail(digits.first(), "%s, want a whole number from -%d to %d", digits.node.string(), mostDigits, mostDigits)
			}
		}
	default:
		c.numeric(s.args...)
	}
}

// numbers are the intervals of a value beside numbers: a text is a label of theirs.
func (c *checker) numbers(of *step, v value) []test {
	if !v.texts {
		t := test{low: v.low, high: v.high}
		if v.single() {
			t.named = spell(v.low)
		}
		return []test{t}
	}
	var made []test
	var known []string
	fold := 0
	for _, u := range of.values {
		known = append(known, u.Label)
		if strings.EqualFold(u.Label, v.text) {
			fold++
		}
	}
	exact := slices.Contains(known, v.text)
	for _, u := range of.values {
		x, err := strconv.ParseFloat(u.Code, 64)
		if err == nil && (u.Label == v.text || !exact && fold == 1 && strings.EqualFold(u.Label, v.text)) {
			made = append(made, test{low: x, high: x, named: u.Code})
		}
	}
	if made == nil {
		what := fmt.Sprintf("%q is text and %s is %s without labels, want a number", v.text, of.node.string(), nouns[of.form])
		if len(of.values) > 0 {
			what = fmt.Sprintf("%s has no label %q%s", of.node.string(), v.text, refusal.Nearest(v.text, known))
		}
		c.fail(v.at, "%s", what)
	}
	return made
}

// places are those of a value among texts: its code, or else its label.
func (c *checker) places(s, of *step, v value, alone bool) []int {
	if !v.texts && !v.code {
		c.fail(v.at, "%s is a number and %s is text, want a text between double quotes", v.string(), of.node.string())
		return nil
	}
	var known []string
	var made []int
	for i, u := range of.values {
		known = append(known, u.Code)
		if u.Code == v.text {
			return []int{i}
		}
		if u.Label == v.text && v.text != "" {
			made = append(made, i)
		}
	}
	if made != nil {
		return made
	}
	closed := false
	if of.op == variable {
		found, _ := c.find(of.text)
		closed = found.Closed
	}
	if alone || closed {
		near := refusal.Nearest(v.text, known)
		if near == "" && len(known) > 0 && len(known) <= few {
			near = ", want one of " + strings.Join(known, ", ")
		}
		if closed {
			c.fail(v.at, "no category %q of %s%s", v.text, of.node.string(), near)
		} else {
			c.fail(v.at, "no row has %q in %s%s", v.text, of.node.string(), refusal.Private{Of: near})
		}
	}
	s.absent = append(s.absent, v.text)
	return nil
}

// few is how many values are listed where one of them is wanted, and how many that
// recode does not list are told.
const few = 10

func (c *checker) in(s *step) {
	of := s.args[0]
	if of.op == absent {
		c.fail(of.at, "a comparison with missing is missing itself, want missing(x)")
		return
	}
	s.places = make([]bool, len(of.values))
	for _, v := range s.node.values {
		if of.form != Text {
			s.tests = append(s.tests, c.numbers(of, v)...)
			continue
		}
		for _, at := range c.places(s, of, v, len(s.node.values) == 1) {
			s.places[at] = true
		}
	}
}

func (c *checker) recode(s *step) {
	of := s.args[0]
	for _, o := range s.made() {
		s.to = append(s.to, *o)
	}
	if of.form == Text {
		s.cases = slices.Repeat([]int{unlisted}, len(of.values))
	}
	missing := stays
	for i, r := range s.rules {
		if !r.to.labelled {
			s.to[i].label = r.called(of.values)
		}
		for _, v := range r.values {
			switch {
			case v.missing:
				missing = i
			case of.form == Text:
				for _, at := range c.places(s, of, v, false) {
					if first := s.cases[at]; first != unlisted && first != i {
						c.fail(v.at, "%q twice, want each value in one rule", of.values[at].Code)
					}
					s.cases[at] = i
				}
			default:
				for _, t := range c.numbers(of, v) {
					for _, other := range s.tests {
						if other.outcome != i && t.low <= other.high && other.low <= t.high {
							c.fail(v.at, "%s is %s, which another rule has, want each value in one rule", v.string(), spell(t.low))
						}
					}
					t.outcome = i
					s.tests = append(s.tests, t)
				}
			}
		}
	}
	if s.node.others != nil {
		for i, outcome := range s.cases {
			if outcome == unlisted {
				s.cases[i] = len(s.rules)
			}
		}
	}
	s.cases = append(s.cases, missing)
	c.outcomes(s, of)
}

// called is what a set of codes is called by their labels, "" where one has none.
func (r rule) called(values []Value) string {
	var labels []string
	for _, v := range r.values {
		at := slices.IndexFunc(values, func(u Value) bool { return v.code && u.Code == v.text && u.Label != "" })
		if at < 0 {
			return ""
		}
		labels = append(labels, values[at].Label)
	}
	return strings.Join(labels, ", ")
}

// noText refuses a text that is no code.
const noText = `an empty text, which stands for nothing: want missing`

// outcomes finds the codes and labels that a recode makes.
func (c *checker) outcomes(s, of *step) {
	copies := false
	for _, o := range s.to {
		copies = copies || o.copy
		if o.coded && o.texts || o.copy && of.form == Text {
			s.form = Text
		}
	}
	last, numbered := 0, map[string]float64{}
	put := func(code, label string) int32 {
		at := slices.IndexFunc(s.values, func(v Value) bool { return v.Code == code })
		if at < 0 {
			at = len(s.values)
			s.values = append(s.values, Value{Code: code})
		}
		if s.values[at].Label == "" {
			s.values[at].Label = label
		}
		return int32(at)
	}
	s.codes = make([]int32, len(s.to))
	for i := range s.to {
		o := &s.to[i]
		switch {
		case o.missing || o.copy:
		case !o.coded:
			x, met := numbered[o.label]
			if !met {
				last++
				x = float64(last)
				numbered[o.label] = x
			}
			o.number = x
			put(spell(x), o.label)
		case o.texts != (s.form == Text):
			c.fail(o.at, "%s beside copy of %s, want codes of one kind", o.code(), nouns[of.form])
		case o.texts && o.text == "":
			c.fail(o.at, "%s", noText)
		case o.texts:
			s.codes[i] = put(o.text, o.label)
		case o.labelled:
			put(spell(o.number), o.label)
		}
	}
	if !copies {
		return
	}
	var to []int32
	for _, v := range of.values {
		to = append(to, put(v.Code, v.Label))
	}
	s.maps = [][]int32{to}
}

// bounded are the numbers that may be compared: none is infinite.
func bounded(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
