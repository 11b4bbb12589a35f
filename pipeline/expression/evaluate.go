package expression

import (
	"fmt"
	"slices"
	"strings"
)

// The kinds of missing that an expression makes, which stand for codebook.System and
// codebook.NotApplicable; those of its variables it takes as they are, above 0.
const (
	System        = 1
	NotApplicable = 2
)

// A Block is values of some rows: numbers, or the places of texts among the values of
// their variable. Kinds are those of missing, 0 where there is a value; what stands for
// a missing one is 0.
type Block struct {
	Numbers []float64
	Codes   []int32
	Kinds   []uint8
}

// get is a block that nobody uses.
func (p *Program) get(rows int) *Block {
	b := &Block{}
	if n := len(p.free); n > 0 {
		b, p.free = p.free[n-1], p.free[:n-1]
	}
	b.Numbers = slices.Grow(b.Numbers[:0], rows)[:rows]
	b.Codes = slices.Grow(b.Codes[:0], rows)[:rows]
	b.Kinds = slices.Grow(b.Kinds[:0], rows)[:rows]
	return b
}

func (p *Program) put(blocks ...*Block) { p.free = append(p.free, blocks...) }

// Evaluate gives the values of some rows. Load fills a block with those of the input at
// a place; it sets a kind for each row. Use takes the result, which is valid until it
// returns.
func (p *Program) Evaluate(rows int, load func(input int, to *Block), use func(*Block)) {
	b := p.evaluate(p.root, rows, load)
	use(b)
	p.put(b)
}

func (p *Program) evaluate(s *step, rows int, load func(input int, to *Block)) *Block {
	if s.function != nil && s.function.Name == "round" {
		return p.one(s, p.evaluate(s.args[0], rows, load), func(x float64) float64 { return rounded(x, s.digits) })
	}
	var args []*Block
	for _, arg := range s.args {
		args = append(args, p.evaluate(arg, rows, load))
	}
	switch {
	case len(args) == 0:
		made := p.get(rows)
		s.leaf(made, load)
		return made
	case s.op == negate:
		return p.one(s, args[0], func(x float64) float64 { return -x + 0 })
	case s.function != nil && s.function.of != nil:
		return p.one(s, args[0], s.function.of)
	case s.function != nil && s.function.fold != nil:
		return p.folded(s, args, s.function.fold)
	case twos[s.op] != nil:
		return p.folded(s, args, twos[s.op])
	}
	made := p.get(rows)
	switch {
	case compared[s.op] != nil:
		s.compare(made, args)
	case s.op == in:
		s.in(made, args[0])
	case s.op == not:
		for i, kind := range args[0].Kinds {
			made.Kinds[i], made.Numbers[i] = kind, 0
			if kind == 0 {
				made.Numbers[i] = 1 - args[0].Numbers[i]
			}
		}
	case s.op == and, s.op == or:
		s.kleene(made, args[0], args[1])
	case s.op == recode:
		s.recode(made, args[0])
	case s.function.Name == "missing":
		for i, kind := range args[0].Kinds {
			made.Kinds[i], made.Numbers[i] = 0, truth(kind != 0)
		}
	default: // if and coalesce
		s.choose(made, args)
	}
	p.put(args...)
	return made
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// leaf gives a part of an expression that has no parts.
func (s *step) leaf(made *Block, load func(input int, to *Block)) {
	switch s.op {
	case variable:
		load(s.input, made)
	case absent:
		for i := range made.Kinds {
			made.Kinds[i], made.Numbers[i], made.Codes[i] = System, 0, 0
		}
	default:
		for i := range made.Kinds {
			made.Kinds[i], made.Numbers[i], made.Codes[i] = 0, s.number, 0
		}
	}
}

// keep puts a number into a row, or counts that there is none.
func (s *step) keep(made *Block, row int, x float64) {
	if !bounded(x) {
		made.Kinds[row], x = System, 0
		s.undefined++
	}
	made.Numbers[row] = x + 0 // no negative 0
}

// one gives a function of one number, in the place of the number.
func (p *Program) one(s *step, of *Block, f func(float64) float64) *Block {
	for i, kind := range of.Kinds {
		if kind == 0 {
			s.keep(of, i, f(of.Numbers[i]))
		}
	}
	return of
}

// folded gives a function of several numbers, in the place of the first.
func (p *Program) folded(s *step, args []*Block, f func(x, y float64) float64) *Block {
	made := args[0]
	for _, next := range args[1:] {
		for i, kind := range made.Kinds {
			switch {
			case kind != 0:
			case next.Kinds[i] != 0:
				made.Kinds[i], made.Numbers[i] = next.Kinds[i], 0
			default:
				s.keep(made, i, f(made.Numbers[i], next.Numbers[i]))
			}
		}
		p.put(next)
	}
	return made
}

func (s *step) compare(made *Block, args []*Block) {
	a, b, holds := args[0], args[1], compared[s.op]
	for i := range made.Kinds {
		kind := a.Kinds[i]
		if kind == 0 {
			kind = b.Kinds[i]
		}
		made.Kinds[i], made.Numbers[i] = kind, 0
		switch {
		case kind != 0:
		case s.maps != nil:
			made.Numbers[i] = truth((s.maps[0][a.Codes[i]] == s.maps[1][b.Codes[i]]) == (s.op == equal))
		default:
			made.Numbers[i] = truth(holds(a.Numbers[i], b.Numbers[i]))
		}
	}
}

// find is the place of the test that a number meets, or -1.
func (s *step) find(x float64) int {
	for at := range s.tests {
		if t := &s.tests[at]; x >= t.low && x <= t.high {
			t.met = true
			return at
		}
	}
	return -1
}

func (s *step) in(made, of *Block) {
	texts := s.args[0].form == Text
	for i, kind := range of.Kinds {
		made.Kinds[i], made.Numbers[i] = kind, 0
		switch {
		case kind != 0:
		case texts:
			made.Numbers[i] = truth(s.places[of.Codes[i]] != s.negated)
		default:
			made.Numbers[i] = truth((s.find(of.Numbers[i]) >= 0) != s.negated)
		}
	}
}

// kleene gives "and" and "or": a side that decides alone does.
func (s *step) kleene(made, a, b *Block) {
	decides := truth(s.op == or)
	for i := range made.Kinds {
		made.Kinds[i], made.Numbers[i] = 0, decides
		switch {
		case a.Kinds[i] == 0 && a.Numbers[i] == decides, b.Kinds[i] == 0 && b.Numbers[i] == decides:
		case a.Kinds[i] != 0:
			made.Kinds[i], made.Numbers[i] = a.Kinds[i], 0
		case b.Kinds[i] != 0:
			made.Kinds[i], made.Numbers[i] = b.Kinds[i], 0
		default:
			made.Numbers[i] = 1 - decides
		}
	}
}

// choose gives the value of one of several, of if or coalesce.
func (s *step) choose(made *Block, args []*Block) {
	conditional := s.function.Name == "if"
	for i := range made.Kinds {
		at := 0
		switch {
		case conditional && args[0].Kinds[i] != 0:
			made.Kinds[i], made.Numbers[i], made.Codes[i] = args[0].Kinds[i], 0, 0
			continue
		case conditional && args[0].Numbers[i] != 0:
			at = 1
		case conditional:
			at = 2
		default:
			for at < len(args)-1 && args[at].Kinds[i] != 0 {
				at++
			}
			if args[at].Kinds[i] != 0 {
				at = 0 // whose kind it is
			}
		}
		from := args[at]
		made.Kinds[i], made.Numbers[i], made.Codes[i] = from.Kinds[i], from.Numbers[i], 0
		if s.form == Text && from.Kinds[i] == 0 {
			if conditional {
				at--
			}
			made.Numbers[i], made.Codes[i] = 0, s.maps[at][from.Codes[i]]
		}
	}
}

func (s *step) recode(made, of *Block) {
	texts := s.args[0].form == Text
	for i, kind := range of.Kinds {
		to := unlisted
		switch {
		case kind != 0:
			to = s.cases[len(s.cases)-1]
		case texts:
			to = s.cases[of.Codes[i]]
		default:
			if at := s.find(of.Numbers[i]); at >= 0 {
				to = s.tests[at].outcome
			} else if s.node.others != nil {
				to = len(s.rules)
			}
		}
		made.Kinds[i], made.Numbers[i], made.Codes[i] = 0, 0, 0
		if to < 0 {
			made.Kinds[i] = kind
			if to == unlisted {
				made.Kinds[i] = NotApplicable
				s.tell(of, i, texts)
			}
			continue
		}
		switch o := &s.to[to]; {
		case o.missing:
			made.Kinds[i] = NotApplicable
		case o.copy && kind != 0:
			made.Kinds[i] = kind
		case o.copy && texts:
			made.Codes[i] = s.maps[0][of.Codes[i]]
		case o.copy:
			made.Numbers[i] = of.Numbers[i]
		default:
			made.Numbers[i], made.Codes[i] = o.number, s.codes[to]
		}
	}
}

// tell counts a value that recode does not list.
func (s *step) tell(of *Block, row int, texts bool) {
	s.unlisted++
	if len(s.others) > few {
		return
	}
	value := ""
	if texts {
		value = s.args[0].values[of.Codes[row]].Code
	} else {
		value = spell(of.Numbers[row])
	}
	if !slices.Contains(s.others, value) {
		s.others = append(s.others, value)
	}
}

// An Account is what came to light in the rows that a program was given.
type Account struct {
	Undefined []Undefined
	Unlisted  []Unlisted
	Unmet     []Unmet
}

// An Undefined is an operation that had no value in some rows, which are missing.
type Undefined struct {
	Operation string
	Rows      int
}

// An Unlisted is a recode that does not list the values of some rows, which are
// missing: the first few of them, and whether there are more.
type Unlisted struct {
	Rows   int
	Values []string
	More   bool
}

// An Unmet is values that an expression names and no row has.
type Unmet struct {
	Of     string
	Values []string
}

// Account tells of all rows that the program was given.
func (p *Program) Account() Account {
	var a Account
	var visit func(s *step)
	visit = func(s *step) {
		for _, arg := range s.args {
			visit(arg)
		}
		if s.undefined > 0 {
			name := called[s.op]
			if s.function != nil {
				name = s.function.Name
			}
			at := slices.IndexFunc(a.Undefined, func(u Undefined) bool { return u.Operation == name })
			if at < 0 {
				at = len(a.Undefined)
				a.Undefined = append(a.Undefined, Undefined{Operation: name})
			}
			a.Undefined[at].Rows += s.undefined
		}
		if s.unlisted > 0 {
			u := Unlisted{Rows: s.unlisted, Values: slices.Clone(s.others)}
			if u.More = len(u.Values) > few; u.More {
				u.Values = u.Values[:few]
			}
			a.Unlisted = append(a.Unlisted, u)
		}
		unmet := slices.Clone(s.absent)
		for _, t := range s.tests {
			if !t.met && t.named != "" {
				unmet = append(unmet, t.named)
			}
		}
		if unmet != nil {
			a.Unmet = append(a.Unmet, Unmet{s.args[0].node.string(), unmet})
		}
	}
	visit(p.root)
	return a
}

// Condition says why a program is no condition, or "".
func (p *Program) Condition() string {
	if p.Form == Truth {
		return ""
	}
	return fmt.Sprintf("%s, want a condition such as %s", nouns[p.Form], strings.TrimSpace(p.root.node.within(tightness[add])+" = 1"))
}
