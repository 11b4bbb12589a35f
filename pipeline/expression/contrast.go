package expression

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A Contrast is what is made of the figures of a question by arithmetic:
//
//	contrast = product { ( "+" | "-" ) product }
//	product  = sign { ( "*" | "/" ) sign }
//	sign     = "-" sign | number | figure | "log" "(" contrast ")" | "(" contrast ")"
//	figure   = cell | statistic "(" of [ "," cell ] ")" | "coefficient" "(" of ")"
//	of       = name [ "/" name ] [ "=" code { "," code } ]
//	cell     = "everyone" | name "=" code { "," name "=" code }
//
// A figure is of a cell of the breakdowns; of one that names no cell, and of one that
// names no statistic, there is one in each place. Codes are numbers, names or texts
// between double quotes. A coefficient is a model's, by its name or by the code of its
// variable.
type Contrast struct {
	text string
	root *term
}

// A ContrastFigure is a figure that a contrast names.
type ContrastFigure struct {
	Statistic, Variable, Over string   // "" is each that is asked for
	Codes                     []string // of a share or a count, or the shares of a quantile
	Cell                      [][2]string
	Celled                    bool // it names a cell, if only everyone
	at                        int
}

// A term is a number, a figure, or what is made of terms.
type term struct {
	op     op // number, variable for a figure, add, subtract, multiply, divide, negate or logarithm
	number float64
	figure int
	args   []*term
}

const logarithm op = "log"

// CoefficientOf stands before the brackets of a model's coefficient, where figures have
// a statistic.
const CoefficientOf = "coefficient"

// everyone is the cell that all are in.
const everyone = "everyone"

// ContrastFunctions are the names that stand before brackets in a contrast: the statistics
// of a question, and the logarithm.
func ContrastFunctions() []string {
	return []string{CoefficientOf, "count", string(logarithm), "mean", "median", "proportion", "quantile", "ratio", "total"}
}

// A contrastParser collects the figures of a contrast.
type contrastParser struct {
	parser
	figures []ContrastFigure
}

// ParseContrast reads a contrast, whose figures are in the order in which it names them.
func ParseContrast(text string, names Names) (*Contrast, []ContrastFigure, *Fault) {
	p := &contrastParser{parser: parser{text: text, names: names}}
	if !p.begin() {
		return nil, nil, p.fault
	}
	root := p.contrast()
	if p.token.kind != theEnd {
		p.wanted("an operator or the end")
	}
	if p.fault == nil && len(p.figures) == 0 {
		p.fail(0, "no figure, want some, as in: sex=2 - sex=1")
	}
	if p.fault != nil {
		return nil, nil, p.fault
	}
	return &Contrast{text: text, root: root}, p.figures, nil
}

// chained reads terms between operators that are alike, from the left.
func (p *contrastParser) chained(operand func() *term, operators ...op) *term {
	left := operand()
	for slices.ContainsFunc(operators, func(o op) bool { return p.token.is(string(o)) }) {
		made := &term{op: op(p.token.text)}
		p.advance()
		made.args = []*term{left, operand()}
		left = made
	}
	return left
}

func (p *contrastParser) contrast() *term {
	return p.chained(func() *term { return p.chained(p.signed, multiply, divide) }, add, subtract)
}

func (p *contrastParser) signed() *term {
	defer p.deeper()()
	t := p.token
	switch {
	case t.is("-"):
		p.advance()
		return &term{op: negate, args: []*term{p.signed()}}
	case t.kind == aNumber:
		p.advance()
		return &term{op: number, number: t.number}
	case t.is("("):
		p.advance()
		made := p.contrast()
		p.take(")", `an operator or ")"`)
		return made
	case t.kind == aName:
		return p.named()
	}
	p.wanted("a figure, as sex=1 or mean(hours, sex=1)")
	return &term{op: number}
}

// named reads what begins with a name: a logarithm, or a figure.
func (p *contrastParser) named() *term {
	name := p.token
	p.advance()
	f := ContrastFigure{at: name.at}
	switch {
	case p.token.is("(") && strings.EqualFold(name.text, string(logarithm)):
		p.advance()
		made := &term{op: logarithm, args: []*term{p.contrast()}}
		p.take(")", `an operator or ")"`)
		return made
	case p.token.is("("):
		p.advance()
		f.Statistic = strings.ToLower(name.text)
		p.of(&f)
		if p.token.is(",") {
			p.advance()
			first := p.name("a variable of the cell, as sex=1")
			p.cell(&f, first)
		}
		p.take(")", `"," and a cell, or ")"`)
	default:
		p.cell(&f, name)
	}
	p.figures = append(p.figures, f)
	return &term{op: variable, figure: len(p.figures) - 1}
}

// name reads a name.
func (p *contrastParser) name(want string) token {
	name := p.token
	if name.kind != aName {
		p.wanted(want)
	}
	p.advance()
	return name
}

// of reads what a statistic is of.
func (p *contrastParser) of(f *ContrastFigure) {
	f.Variable = p.name("the variable that the statistic is of").text
	if p.token.is("/") {
		p.advance()
		f.Over = p.name("the variable below").text
	}
	if !p.token.is("=") {
		return
	}
	p.advance()
	f.Codes = append(f.Codes, p.code())
	for p.token.is(",") && !p.beginsCell() {
		p.advance()
		f.Codes = append(f.Codes, p.code())
	}
}

// beginsCell says whether a cell is behind the comma, and not another code.
func (p *contrastParser) beginsCell() bool {
	ahead := p.parser
	ahead.advance()
	if ahead.token.kind != aName {
		return false
	}
	all := strings.EqualFold(ahead.token.text, everyone)
	ahead.advance()
	return ahead.token.is("=") || all && ahead.token.is(")")
}

// cell reads a cell, of which the first name has been read.
func (p *contrastParser) cell(f *ContrastFigure, name token) {
	f.Celled = true
	if strings.EqualFold(name.text, everyone) && !p.token.is("=") {
		return
	}
	for {
		p.take("=", `"=" and a code, or "("`)
		f.Cell = append(f.Cell, [2]string{name.text, p.code()})
		if !p.token.is(",") {
			return
		}
		p.advance()
		name = p.name("another variable of the cell, as wave=2")
	}
}

// code reads a code.
func (p *contrastParser) code() string {
	sign := ""
	if p.token.is("-") {
		p.advance()
		if sign = "-"; p.token.kind != aNumber {
			p.wanted("a number")
		}
	}
	t := p.token
	if t.kind != aNumber && t.kind != aText && t.kind != aName {
		p.wanted(`a code, as 1 or "North East"`)
	}
	p.advance()
	return sign + t.text
}

// String is the contrast as it was written.
func (c *Contrast) String() string { return c.text }

// Fault is what is wrong with one of the contrast's figures.
func (c *Contrast) Fault(f ContrastFigure, format string, args ...any) Fault {
	what, untold := refusal.Said(format, args...)
	return Fault{text: c.text, at: f.at, What: what, Untold: untold}
}

// Ratio says whether the contrast is one of what figures make to what others do.
func (c *Contrast) Ratio() bool {
	return c.root.op == divide && c.root.args[0].figured() && c.root.args[1].figured()
}

// figured says whether a term has a figure.
func (t *term) figured() bool {
	return t.op == variable || slices.ContainsFunc(t.args, (*term).figured)
}

// Linear says whether the contrast is a sum of multiples of its figures, and of numbers.
func (c *Contrast) Linear() bool { return c.root.linear() }

func (t *term) linear() bool {
	switch t.op {
	case logarithm:
		return !t.figured()
	case divide:
		return t.args[0].linear() && !t.args[1].figured()
	case multiply:
		return t.args[0].linear() && t.args[1].linear() && (!t.args[0].figured() || !t.args[1].figured())
	}
	return !slices.ContainsFunc(t.args, func(of *term) bool { return !of.linear() })
}

// Number says whether a number is added to the contrast's figures, or is in it otherwise
// than as a factor.
func (c *Contrast) Number() bool {
	x, _, _ := c.root.at(make([]float64, c.root.last()+1))
	return c.Linear() && x != 0
}

// Multiplies says whether a figure is multiplied by more than 1, or by what the figures
// make: whether the contrast may have more digits than they have.
func (c *Contrast) Multiplies() bool { return c.root.multiplies() }

func (t *term) multiplies() bool {
	if t.op == multiply || slices.ContainsFunc(t.args, (*term).multiplies) {
		return true
	}
	if t.op != divide || t.args[1].figured() {
		return false
	}
	by := t.args[1]
	return by.op != number || math.Abs(by.number) < 1
}

// last is the last of a term's figures.
func (t *term) last() int {
	last := -1
	if t.op == variable {
		last = t.figure
	}
	for _, of := range t.args {
		last = max(last, of.last())
	}
	return last
}

// At is the contrast's value at those of its figures, its gradient by them, and the size
// of what it adds up. A value that there is not is NaN.
func (c *Contrast) At(figures []float64) (value float64, gradient []float64, size float64) {
	return c.root.at(figures)
}

func (t *term) at(figures []float64) (value float64, gradient []float64, size float64) {
	gradient = make([]float64, len(figures))
	var xs, sizes []float64
	var slopes [][]float64
	for _, of := range t.args {
		x, g, s := of.at(figures)
		xs, slopes, sizes = append(xs, x), append(slopes, g), append(sizes, s)
	}
	combine := func(by ...float64) {
		for i := range gradient {
			for k, b := range by {
				gradient[i] += float64(b * slopes[k][i])
			}
		}
	}
	switch t.op {
	case number:
		value = t.number
		size = math.Abs(value)
	case variable:
		value, gradient[t.figure] = figures[t.figure], 1
		size = math.Abs(value)
	case negate:
		value, size = -xs[0]+0, sizes[0]
		combine(-1)
	case add:
		value, size = xs[0]+xs[1], sizes[0]+sizes[1]
		combine(1, 1)
	case subtract:
		value, size = xs[0]-xs[1], sizes[0]+sizes[1]
		combine(1, -1)
	case multiply:
		value, size = float64(xs[0]*xs[1]), float64(sizes[0]*sizes[1])
		combine(xs[1], xs[0])
	case divide:
		value = xs[0] / xs[1]
		size = math.Abs(sizes[0] / xs[1])
		combine(1/xs[1], -value/xs[1])
	case logarithm:
		value, size = math.Log(xs[0]), 1
		combine(1 / xs[0])
	}
	if math.IsInf(value, 0) {
		value = math.NaN()
	}
	return value, gradient, size
}

// Text is the figure as it may be written.
func (f ContrastFigure) Text() string {
	spelled := func(code string) string {
		if _, err := strconv.ParseFloat(code, 64); err == nil {
			return code
		}
		return quoted(code)
	}
	var cell []string
	for _, of := range f.Cell {
		cell = append(cell, quotedName(of[0])+"="+spelled(of[1]))
	}
	if f.Celled && cell == nil {
		cell = []string{everyone}
	}
	if f.Statistic == "" {
		return strings.Join(cell, ",")
	}
	of := quotedName(f.Variable)
	if f.Over != "" {
		of += "/" + quotedName(f.Over)
	}
	for i, code := range f.Codes {
		of += map[bool]string{true: "=", false: ","}[i == 0] + spelled(code)
	}
	return f.Statistic + "(" + strings.Join(append([]string{of}, cell...), ", ") + ")"
}
