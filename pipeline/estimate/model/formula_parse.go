package model

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/refusal"
)

// ParseFormula reads a formula, or says at which character it found what, and
// what it wanted there. The error is a refusal.Problem.
func ParseFormula(text string) (*Formula, error) {
	p := &formulaParser{text: text}
	f, err := p.formula()
	if err != nil {
		return nil, err
	}
	return f, nil
}

type formulaParser struct {
	text  string
	start int    // of the token, in bytes
	next  int    // the first byte after it
	token string // "" at the end; a name in backquotes and a text in quotes keep the first
	made  Formula
}

// refused is what is wrong at the token. The result is an error, so that
// "return p.refused(...)" cannot hold a typed nil.
func (p *formulaParser) refused(format string, args ...any) error {
	return problem(expression.FaultAt(p.text, p.start, fmt.Sprintf(format, args...), "a formula reads like: influence ~ age + sex + factor(region)"))
}

// problem is what is wrong with a formula.
func problem(f expression.Fault) error { return f.Problem(refusal.Usage, "--model") }

func (p *formulaParser) wanted(what string) error {
	found := fmt.Sprintf("%q", p.token)
	if p.token == "" {
		found = "the end"
	}
	return p.refused("%s, want %s", found, what)
}

// advance moves to the next token: a name, a number, a text or a sign.
func (p *formulaParser) advance() error {
	rest := strings.TrimLeft(p.text[p.next:], " \t\r\n")
	p.start = len(p.text) - len(rest)
	size := 0
	switch {
	case rest == "":
	case rest[0] == '`' || rest[0] == '"':
		size = 2 + strings.IndexByte(rest[1:], rest[0])
		if size < 2 {
			p.next, p.token = p.start, rest[:1]
			if rest[0] == '"' {
				return p.wanted("a text and a closing quote")
			}
			return p.wanted("a name and a closing backquote")
		}
	case isNumber(rest[:1]) && rest[0] != '-' && rest[0] != '.':
		for size < len(rest) && isNumber(rest[size:size+1]) && rest[size] != '-' {
			size++
		}
	default:
		for i, r := range rest {
			if !isNamed(r, i == 0) {
				break
			}
			size = i + utf8.RuneLen(r)
		}
		if size == 0 {
			_, size = utf8.DecodeRuneInString(rest)
		}
	}
	p.token, p.next = rest[:size], p.start+size
	return nil
}

// take moves on if the token is as given.
func (p *formulaParser) take(token string) (bool, error) {
	if p.token != token {
		return false, nil
	}
	return true, p.advance()
}

// want moves on from a token that is to be there.
func (p *formulaParser) want(token, what string) error {
	ok, err := p.take(token)
	if err == nil && !ok {
		return p.wanted(what)
	}
	return err
}

func (p *formulaParser) formula() (*Formula, error) {
	if len(p.text) > maxFormula || !utf8.ValidString(p.text) {
		return nil, p.refused("%d bytes, want at most %d, in UTF-8", len(p.text), maxFormula)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	f := &p.made
	f.text, f.Intercept, f.references = p.text, true, map[string]int{}
	var err error
	if p.call() {
		f.Response, err = p.expression()
	} else {
		f.Response, err = p.name("the variable to explain")
	}
	if err != nil {
		return nil, err
	}
	if err := p.want("~", `"~"`); err != nil {
		return nil, err
	}
	for first := true; first || p.token != ""; first = false {
		if err := p.item(f, first); err != nil {
			return nil, err
		}
	}
	if err := p.refer(f); err != nil {
		return nil, err
	}
	slices.SortStableFunc(f.Terms, func(a, b Term) int { return len(a) - len(b) })
	var seen Term
	for _, t := range f.Terms {
		for _, v := range t {
			if !slices.Contains(seen, v) {
				seen = append(seen, v)
			}
		}
		slices.SortFunc(t, func(a, b Explaining) int { return slices.Index(seen, a) - slices.Index(seen, b) })
	}
	return f, nil
}

// refer gives a factor the reference that it has anywhere in the formula, and leaves out
// the terms that are then there twice.
func (p *formulaParser) refer(f *Formula) error {
	refs := map[string]string{}
	for _, t := range f.Terms {
		for _, v := range t {
			if v.Reference == "" {
				continue
			}
			if other, is := refs[v.Name]; is && other != v.Reference {
				p.start = f.references[v.Name]
				return p.refused("references %q and %q of one variable, want one", other, v.Reference)
			}
			refs[v.Name] = v.Reference
		}
	}
	var terms []Term
	for _, t := range f.Terms {
		for i := range t {
			if t[i].Factor {
				t[i].Reference = refs[t[i].Name]
			}
		}
		var once Term
		for _, v := range t {
			if !slices.Contains(once, v) {
				once = append(once, v)
			}
		}
		if !slices.ContainsFunc(terms, once.same) {
			terms = append(terms, once)
		}
	}
	f.Terms = terms
	return nil
}

// item reads a sign and what follows it.
func (p *formulaParser) item(f *Formula, first bool) error {
	minus, err := p.take("-")
	if err != nil {
		return err
	}
	if !minus {
		plus, err := p.take("+")
		if err != nil {
			return err
		}
		if !plus && p.token == "#" {
			return problem(expression.FaultAt(p.text, p.start, `"#", want "*" or ":"`, "what Stata writes a##b is a * b, and a#b is a:b; c.a is a"))
		}
		if !plus && !first {
			return p.wanted(`"+", "*", ":", "-1" or the end`)
		}
		if plus && first {
			return p.refused(`"+", want %s`, explaining)
		}
	}
	if minus {
		if p.token != "1" {
			return p.wanted(`1: only the intercept can be taken away`)
		}
		f.Intercept = false
		return p.advance()
	}
	if p.token == "0" || p.token == "1" {
		f.Intercept = p.token == "1"
		return p.advance()
	}
	if p.token == "offset" && p.call() {
		return p.offset(f)
	}
	terms, err := p.product(f.Response)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if !slices.ContainsFunc(f.Terms, t.same) {
			f.Terms = append(f.Terms, t)
		}
	}
	if len(f.Terms) > maxTerms {
		return p.refused("%d terms, want at most %d", len(f.Terms), maxTerms)
	}
	return nil
}

// offset reads what is added as it is.
func (p *formulaParser) offset(f *Formula) error {
	name, err := p.expression()
	if err != nil {
		return err
	}
	f.Offsets = append(f.Offsets, name)
	return nil
}

// product reads interactions between "*", and returns each and every
// interaction of them.
func (p *formulaParser) product(response string) ([]Term, error) {
	var terms []Term
	for {
		t, err := p.interaction(response)
		if err != nil {
			return nil, err
		}
		with := []Term{t}
		for _, u := range terms {
			both := slices.Clone(u)
			for _, v := range t {
				if !slices.Contains(both, v) {
					both = append(both, v)
				}
			}
			if len(both) > maxInteraction {
				return nil, p.refused("an interaction of %d variables, want at most %d", len(both), maxInteraction)
			}
			with = append(with, both)
		}
		terms = append(terms, with...)
		if more, err := p.take("*"); err != nil || !more {
			return terms, err
		}
	}
}

func (p *formulaParser) interaction(response string) (Term, error) {
	var t Term
	for {
		v, err := p.variable(response)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(t, v) {
			t = append(t, v)
		}
		if len(t) > maxInteraction {
			return nil, p.refused("an interaction of %d variables, want at most %d", len(t), maxInteraction)
		}
		if more, err := p.take(":"); err != nil || !more {
			return t, err
		}
	}
}

// explaining is what a formula may have behind a sign.
const explaining = "a variable, factor(variable), log(variable), I(expression), poly(variable, 2), 0 or 1"

// stata are the beginnings of names that Stata's words for factors have.
var stata = regexp.MustCompile(`^(?:i|ib([0-9]+))\.`)

func (p *formulaParser) variable(response string) (Explaining, error) {
	var v Explaining
	at := *p
	var err error
	of := stata.FindStringSubmatch(p.token)
	if of != nil && of[0] == p.token && strings.HasPrefix(p.text[p.next:], "`") {
		v.Factor, v.Reference = true, of[1]
		start := p.start
		if err = p.advance(); err == nil {
			v.Name, err = p.name("a variable behind " + of[0])
		}
		p.made.references[v.Name] = start
	} else if of != nil && len(p.token) > len(of[0]) {
		v.Factor, v.Reference, v.Name = true, of[1], p.token[len(of[0]):]
		if first, _ := utf8.DecodeRuneInString(v.Name); !isNamed(first, true) {
			return v, p.wanted("a variable behind " + of[0])
		}
		p.made.references[v.Name] = p.start
		err = p.advance()
	} else {
		switch {
		case p.token == "factor":
			v, err = p.factor()
		case p.token == "poly" && p.call():
			v, err = p.poly()
		case p.token == "offset" && p.call():
			return v, p.refused("offset within a term, want it by itself behind +")
		case p.call():
			v.Made = true
			v.Name, err = p.expression()
		default:
			v.Name, err = p.name(explaining)
		}
	}
	if err == nil && v.Name == response {
		return v, at.refused("%q explains itself, want another variable", response)
	}
	return v, err
}

// factor reads factor(a) and factor(a, ref=3).
func (p *formulaParser) factor() (v Explaining, err error) {
	v.Factor = true
	if err := p.advance(); err != nil {
		return v, err
	}
	if err := p.want("(", `"(" after factor`); err != nil {
		return v, err
	}
	if v.Name, err = p.name(`a variable`); err != nil {
		return v, err
	}
	comma, err := p.take(",")
	if err != nil {
		return v, err
	}
	if !comma {
		return v, p.want(")", `")" or ", ref="`)
	}
	if err := p.want("ref", `"ref=" and a category`); err != nil {
		return v, err
	}
	if err := p.want("=", `"=" and a category`); err != nil {
		return v, err
	}
	p.made.references[v.Name] = p.start
	sign := ""
	if minus, err := p.take("-"); err != nil {
		return v, err
	} else if minus {
		sign = "-"
	}
	text, isText := strings.CutPrefix(p.token, `"`)
	if !isText && !isNumber(p.token) || p.token == "." || isText && (sign != "" || text == `"`) {
		return v, p.wanted("a code, or a text between double quotes")
	}
	v.Reference = sign + strings.TrimSuffix(text, `"`)
	if err := p.advance(); err != nil {
		return v, err
	}
	return v, p.want(")", `")"`)
}

// poly reads poly(a, 2).
func (p *formulaParser) poly() (v Explaining, err error) {
	if err := p.advance(); err != nil {
		return v, err
	}
	if err := p.want("(", `"(" after poly`); err != nil {
		return v, err
	}
	if v.Name, err = p.name("a variable"); err != nil {
		return v, err
	}
	if err := p.want(",", `"," and a degree, as in poly(age, 2)`); err != nil {
		return v, err
	}
	if v.Degree, err = strconv.Atoi(p.token); err != nil || v.Degree < 1 || v.Degree > maxDegree {
		return v, p.wanted(fmt.Sprintf("a degree of 1 to %d", maxDegree))
	}
	if err := p.advance(); err != nil {
		return v, err
	}
	return v, p.want(")", `")"`)
}

// call says whether the token is a name that a bracket follows.
func (p *formulaParser) call() bool {
	first, _ := utf8.DecodeRuneInString(p.token)
	return p.token != "" && isNamed(first, true) && strings.HasPrefix(strings.TrimLeft(p.text[p.next:], " \t\r\n"), "(")
}

// expression reads what a function makes, and returns the name of the variable that it is:
// the expression, or of an offset its variable.
func (p *formulaParser) expression() (string, error) {
	own := slices.Contains([]string{"I", "offset"}, p.token) // brackets alone
	from, to := p.start, expression.Closing(p.text, p.next)
	if own {
		from = p.next
	}
	if to < 0 {
		to = len(p.text)
	}
	e, fault := expression.Part(p.text, from, to, expression.OfFile)
	if fault != nil {
		return "", problem(*fault)
	}
	if slices.ContainsFunc(e.Variables(), func(name string) bool { return name == "" }) || len(e.Variables()) == 0 {
		return "", p.refused("%s has no variable in it, want one", p.text[p.start:to])
	}
	name := e.String()
	offset := p.token == "offset"
	if own && !offset {
		name = "I(" + name + ")"
	} else if of := e.Variable(); offset && of != "" {
		p.next = to
		return of, p.advance()
	} else if offset && !slices.ContainsFunc(expression.Functions(), func(f string) bool {
		return strings.HasPrefix(name, f+"(") && expression.Closing(name, len(f)) == len(name)
	}) {
		name = "I(" + name + ")"
	}
	p.next = to
	for _, l := range p.made.Made {
		if strings.EqualFold(l.Name, name) {
			return l.Name, p.advance()
		}
	}
	p.made.Made = append(p.made.Made, expression.Let{Name: name, Expression: e})
	return name, p.advance()
}

// name reads a name.
func (p *formulaParser) name(wanted string) (string, error) {
	name := strings.Trim(p.token, "`")
	first, _ := utf8.DecodeRuneInString(p.token)
	if name == "" || p.token == "factor" || first != '`' && (!isNamed(first, true) || stata.MatchString(p.token)) {
		return "", p.wanted(wanted)
	}
	return name, p.advance()
}
