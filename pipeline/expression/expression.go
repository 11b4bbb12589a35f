// Package expression reads, checks and evaluates the expressions that make a variable
// of others: conditions, arithmetic and recodes. The language is closed. It has no
// loops, no names of its own and no functions but those of Functions, and an
// expression gives a row what the row alone has.
//
//	expression = and { "or" and }
//	and        = not { "and" not }
//	not        = "not" not | comparison
//	comparison = sum [ ( "<" | "<=" | ">" | ">=" ) sum | ( "=" | "!=" ) ( sum | values ) | [ "not" ] "in" ( range | "(" values ")" ) ]
//	values     = value { "," value }          in the brackets of a function in brackets of their own
//	value      = number | text | range
//	range      = number ".." number | number ".." | ".." number
//	sum        = product { ( "+" | "-" ) product }
//	product    = sign { ( "*" | "/" ) sign }
//	sign       = "-" sign | power
//	power      = primary [ "^" sign ]
//	primary    = number | text | "missing" | name | function "(" expression { "," expression } ")" | recode | "(" expression ")"
//	recode     = "recode" "(" expression ";" rule { "," rule } ")"
//	rule       = ( case { "," case } | "else" ) outcome
//	case       = value | "missing"
//	outcome    = "missing" | "copy" | [ "=" ( number | text ) ] [ text ]
//
// A text is between double quotes, which are doubled in it; beside numbers it is their
// value label. A name is as its page spells names (Names), or anything between backquotes.
//
// Missing values: what is made of a missing value is missing. A comparison with one is
// neither true nor false but missing; "and" is false where one side is, "or" true where
// one side is (Kleene), and otherwise missing where one side is; "not" of a missing is missing. Of several
// kinds the result has that of the first operand that is missing. What has no value
// (a division by zero, the logarithm of a negative) is missing, and counted: a result is
// never infinite.
package expression

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"togetherwecan/pipeline/refusal"
)

// Limits on an expression.
const (
	maxText  = 4096 // bytes
	maxDepth = 64   // of brackets, signs and functions in each other
)

// Names says how variables are named without backquotes.
type Names int

// The ways to spell names.
const (
	OfFile      Names = iota // letters, digits, "_", ".", "@", "#" and "$", no digit first
	OfCatalogue              // letters, digits, "_", and hyphens between two of them, no digit first: a minus has blanks around it
	OfWave                   // of both
)

// An Expression is one that was read.
type Expression struct {
	text string
	root *node
}

// A Let is a variable made by an expression: name = expression.
type Let struct {
	Name string
	*Expression
}

// An op is what a node does.
type op string

// The operations.
const (
	number   op = "number"
	text     op = "text"
	absent   op = "missing" // the value
	variable op = "variable"
	negate   op = "sign"
	add      op = "+"
	subtract op = "-"
	multiply op = "*"
	divide   op = "/"
	power    op = "^"
	equal    op = "="
	unequal  op = "!="
	less     op = "<"
	most     op = "<="
	more     op = ">"
	least    op = ">="
	in       op = "in"
	not      op = "not"
	and      op = "and"
	or       op = "or"
	recode   op = "recode"
	call     op = "call" // of a function
)

// A node is a part of an expression.
type node struct {
	op       op
	at       int     // its first byte; of an operator, the operator's
	number   float64 // of a number
	text     string  // of a text, or the name of a variable
	args     []*node
	values   []value   // of in
	negated  bool      // of in
	rules    []rule    // of recode
	others   *outcome  // what recode makes of the rest; nil is not said
	function *function // of a call
}

// A value is one of a list: a text, or the numbers from low to high, both included.
// A code is one or the other, as the variable is.
type value struct {
	at        int
	texts     bool
	code      bool
	missing   bool // of recode alone
	low, high float64
	text      string
}

func (v value) single() bool { return v.low == v.high }

// A rule of a recode.
type rule struct {
	values []value
	to     outcome
}

// An outcome is what a rule makes of its values.
type outcome struct {
	at       int
	missing  bool
	copy     bool
	coded    bool    // it names a code
	texts    bool    // which is a text
	number   float64 // else
	text     string
	label    string
	labelled bool
}

// A Fault is what is wrong at a place of an expression.
type Fault struct {
	text string
	at   int // byte
	What string
	Hint string

	Untold string // What under a disclosure policy, where it is another (refusal.Private)
	Of     string // the variable that is text where numbers are wanted; "" in other faults
}

// Fault is what is wrong with the expression as a whole.
func (e *Expression) Fault(what string) Fault {
	return Fault{text: e.text, at: e.root.first(), What: what}
}

// shown is how many characters of an expression a fault shows.
const shown = 68

// Character is the place of the fault, from 1.
func (f Fault) Character() int { return utf8.RuneCountInString(f.text[:f.at]) + 1 }

// Problem is the fault as a problem: the character, what was found and wanted, and the
// expression with a caret under the place.
func (f Fault) Problem(kind refusal.Kind, where string) refusal.Problem {
	letters := []rune(strings.ToValidUTF8(f.text, "\uFFFD"))
	for i, r := range letters {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			letters[i] = ' '
		}
	}
	at := min(utf8.RuneCountInString(f.text[:f.at]), len(letters))
	from, to := 0, len(letters)
	if to > shown {
		from = max(0, min(at-shown/2, len(letters)-shown))
		to = from + shown
	}
	line, before := string(letters[from:to]), at-from
	if from > 0 {
		line, before = "..."+line, before+len("...")
	}
	if to < len(letters) {
		line += "..."
	}
	place := "\n" + line + "\n" + strings.Repeat(" ", before) + "^"
	p := refusal.Problem{Kind: kind, Where: fmt.Sprintf("%s, character %d", where, f.Character()), Hint: f.Hint, What: f.What + place}
	if f.Untold != "" {
		p.Untold = f.Untold + place
	}
	return p
}

// Variables lists the variables of the expression in order, each once without regard to
// case.
func (e *Expression) Variables() []string {
	var names []string
	e.root.each(func(n *node) {
		if n.op == variable && !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, n.text) }) {
			names = append(names, n.text)
		}
	})
	return names
}

// Unknown are the faults of the variables that are not among those that are known; more
// are known, but not suggested.
func (e *Expression) Unknown(known, more []string) []Fault {
	fold := map[string]bool{}
	for _, name := range slices.Concat(known, more) {
		fold[strings.ToLower(name)] = true
	}
	var faults []Fault
	e.root.each(func(n *node) {
		if n.op == variable && !fold[strings.ToLower(n.text)] {
			faults = append(faults, e.unknown(n, known))
		}
	})
	return faults
}

func (e *Expression) unknown(n *node, known []string) Fault {
	f := Fault{text: e.text, at: n.at, What: fmt.Sprintf("no variable %q%s", n.text, refusal.Nearest(n.text, known))}
	if !strings.Contains(f.What, ";") {
		f.Hint = `a text is between double quotes: region = "North"`
		if left, right, minus := strings.Cut(n.text, "-"); minus && !strings.Contains(e.text, "`"+n.text) {
			f.Hint = fmt.Sprintf("a hyphen is part of a name here, and a minus has blanks around it: %s - %s", left, right)
		}
	}
	return f
}

// Names says whether the expression compares a variable with a code by itself.
func (e *Expression) Names(name, code string) bool {
	x, err := strconv.ParseFloat(code, 64)
	met := false
	e.root.each(func(n *node) {
		if n.op != in && n.op != recode || n.args[0].op != variable || !strings.EqualFold(n.args[0].text, name) {
			return
		}
		all := slices.Clone(n.values)
		for _, r := range n.rules {
			all = append(all, r.values...)
		}
		for _, v := range all {
			met = met || v.text == code || !v.texts && !v.missing && err == nil && v.low == x && v.high == x
		}
	})
	return met
}

func (n *node) each(of func(*node)) {
	of(n)
	for _, arg := range n.args {
		arg.each(of)
	}
}

// String writes the expression so that Parse reads the same.
func (e *Expression) String() string { return e.root.string() }

// String writes the let so that ParseLet reads the same.
func (l Let) String() string { return quotedName(l.Name) + " = " + l.Expression.String() }

// The tightness of operations: an operand that is looser stands in brackets.
var tightness = map[op]int{
	or: 1, and: 2, not: 3,
	equal: 4, unequal: 4, less: 4, most: 4, more: 4, least: 4, in: 4,
	add: 5, subtract: 5, multiply: 6, divide: 6, negate: 7, power: 8,
}

const tightest = 9

func (n *node) tight() int {
	if n.op == number && (n.number < 0) {
		return tightness[negate]
	}
	if t, ok := tightness[n.op]; ok {
		return t
	}
	return tightest
}

// within writes an operand that is to be as tight as that.
func (n *node) within(tight int) string {
	if n.tight() < tight {
		return "(" + n.string() + ")"
	}
	return n.string()
}

func (n *node) string() string {
	switch n.op {
	case number:
		return spell(n.number)
	case text:
		return quoted(n.text)
	case absent:
		return string(absent)
	case variable:
		return quotedName(n.text)
	case negate:
		return "-" + n.args[0].within(n.tight())
	case not:
		return "not " + n.args[0].within(n.tight())
	case power:
		return n.args[0].within(tightest) + "^" + n.args[1].within(tightness[negate])
	case in:
		return n.args[0].within(tightness[add]) + n.listed()
	case recode:
		return n.recoded()
	}
	if n.function != nil {
		return n.function.Name + "(" + joined(n.args, (*node).string) + ")"
	}
	t := n.tight()
	left, right := t, t+1
	if t == tightness[equal] { // none beside another
		left++
	}
	return n.args[0].within(left) + " " + string(n.op) + " " + n.args[1].within(right)
}

// listed writes what a value is to be in.
func (n *node) listed() string {
	word := map[bool]string{false: " in ", true: " not in "}[n.negated]
	if len(n.values) > 1 {
		return word + "(" + joined(n.values, value.string) + ")"
	}
	if v := n.values[0]; v.texts || v.single() {
		word = map[bool]string{false: " = ", true: " != "}[n.negated]
	}
	return word + n.values[0].string()
}

func (n *node) recoded() string {
	var rules []string
	for _, r := range n.rules {
		rules = append(rules, joined(r.values, value.string)+r.to.string())
	}
	if n.others != nil {
		rules = append(rules, "else"+n.others.string())
	}
	return "recode(" + n.args[0].string() + "; " + strings.Join(rules, ", ") + ")"
}

func (v value) string() string {
	switch {
	case v.missing:
		return string(absent)
	case v.texts:
		return quoted(v.text)
	case v.single():
		return spell(v.low)
	}
	return spell(v.low) + ".." + spell(v.high)
}

func (o outcome) string() string {
	switch {
	case o.missing:
		return " missing"
	case o.copy:
		return " copy"
	}
	made := ""
	if o.coded && o.texts {
		made = " = " + quoted(o.text)
	} else if o.coded {
		made = " = " + spell(o.number)
	}
	if o.labelled {
		made += " " + quoted(o.label)
	}
	return made
}

func joined[T any](of []T, spelled func(T) string) string {
	parts := make([]string, len(of))
	for i, one := range of {
		parts[i] = spelled(one)
	}
	return strings.Join(parts, ", ")
}

// spell writes a number so that it reads the same; an end that a range does not have is "".
func spell(x float64) string {
	switch abs := max(x, -x); {
	case abs > maxNumber:
		return ""
	case abs != 0 && (abs < 1e-6 || abs >= 1e21):
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// quotedName is a name with backquotes where it needs them in a file or the catalogue.
func quotedName(name string) string {
	size, next := OfFile.size(name), OfCatalogue.size(name)
	if size == len(name) && (next == len(name) || !strings.Contains(name, "-")) && !isWord(name) {
		return name
	}
	return "`" + name + "`"
}

// Sets is the recode of a variable that makes a category of each set of its codes, in
// their order: its code is theirs with "+" between them, its label what the set is called.
func Sets(name string, sets []Set) (*Expression, error) {
	n := &node{op: recode, args: []*node{{op: variable, text: name}}}
	whole := name + "="
	for i, s := range sets {
		if i > 0 {
			whole += "|"
		}
		r := rule{to: outcome{coded: true, texts: true, text: Joined(s.Codes), label: s.Label, labelled: s.Label != ""}}
		for k, code := range s.Codes {
			if k > 0 {
				whole += ","
			}
			v := valueOf(code)
			v.at = len(whole)
			r.values = append(r.values, v)
			whole += code
		}
		n.rules = append(n.rules, r)
		if s.Label != "" {
			whole += " " + quoted(s.Label)
		}
	}
	e := &Expression{text: whole, root: n}
	if f := n.overlap(e.text); f != nil {
		return nil, fmt.Errorf("%s", f.What)
	}
	return e, nil
}

// Joined names codes that are counted together: with "+" between them and, of several, those
// that have one themselves in quotes.
func Joined(codes []string) string {
	if len(codes) == 1 {
		return codes[0]
	}
	made := slices.Clone(codes)
	for i, code := range codes {
		if strings.ContainsAny(code, `+"`) {
			made[i] = quoted(code)
		}
	}
	return strings.Join(made, "+")
}

// A Set is codes that are a category together. A code is a number, a range or a text,
// without quotes. Label is what they are called, "" for nothing.
type Set struct {
	Codes []string
	Label string
}

// valueOf is a code as a value.
func valueOf(code string) value {
	p := &parser{names: OfFile, text: code}
	p.advance()
	if p.token.kind == aNumber || p.token.is("-") || p.token.is("..") {
		if v := p.value(false); p.fault == nil && p.token.kind == theEnd {
			v.code, v.text = v.single(), code
			return v
		}
	}
	return value{texts: true, code: true, text: code}
}

// FaultAt is what is wrong at a byte of a text.
func FaultAt(text string, at int, what, hint string) Fault {
	return Fault{text: text, at: at, What: what, Hint: hint}
}
