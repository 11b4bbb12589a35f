package model

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"togetherwecan/pipeline/refusal"
)

// A Formula says what a model explains by what:
//
//	formula     = name "~" [ "-" "1" "+" ] product { "+" product | "-" "1" }
//	product     = interaction { "*" interaction }
//	interaction = "0" | "1" | variable { ":" variable }
//	variable    = name | "factor" "(" name ")"
//
// A name is letters, digits, "_" and "." that don't begin with a digit, or
// anything between backquotes. "a:b" is the interaction of a and b, "a * b" is
// short for "a + b + a:b", "factor(a)" takes numbers as categories, and "0" or
// "-1" leaves out the intercept that every other formula has. This is the
// notation of Wilkinson and Rogers (1973) as far as survey work needs it.
type Formula struct {
	Response  string
	Intercept bool
	Terms     []Term // single variables first, then their interactions, each in the order given; their variables in the order in which they first come
}

// A Term is one variable, or the interaction of several.
type Term []Explaining

// An Explaining variable of a model. Factor takes its numbers as categories.
type Explaining struct {
	Name   string
	Factor bool
}

// Limits on a formula.
const (
	maxFormula     = 4096 // bytes
	maxInteraction = 4    // variables in a term
	maxTerms       = 200
)

// String writes the formula so that ParseFormula reads the same.
func (f *Formula) String() string {
	var parts []string
	if !f.Intercept {
		parts = append(parts, "0")
	}
	for _, t := range f.Terms {
		parts = append(parts, t.String())
	}
	if len(parts) == 0 {
		parts = []string{"1"}
	}
	return quoted(f.Response) + " ~ " + strings.Join(parts, " + ")
}

func (t Term) String() string {
	names := make([]string, len(t))
	for i, v := range t {
		names[i] = v.String()
	}
	return strings.Join(names, ":")
}

func (v Explaining) String() string {
	if v.Factor {
		return "factor(" + quoted(v.Name) + ")"
	}
	return quoted(v.Name)
}

func quoted(name string) string {
	plain := name != "" && name != "factor"
	for i, r := range name {
		plain = plain && isNamed(r, i == 0)
	}
	if plain {
		return name
	}
	return "`" + name + "`"
}

func isNamed(r rune, first bool) bool {
	return unicode.IsLetter(r) || r == '_' || r == '.' || !first && (unicode.IsDigit(r) || unicode.IsMark(r))
}

// same says whether two terms are the interaction of the same variables.
func (t Term) same(u Term) bool {
	if len(t) != len(u) {
		return false
	}
	for _, v := range t {
		if !slices.Contains(u, v) {
			return false
		}
	}
	return true
}

// ParseFormula reads a formula, or says at which character it found what, and
// what it wanted there.
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
	token string // "" at the end; a name in backquotes keeps the first
}

// refused is what is wrong at the token. The result is an error, so that
// "return p.refused(...)" cannot hold a typed nil.
func (p *formulaParser) refused(format string, args ...any) error {
	shown := p.text
	if len(shown) > 80 {
		shown = strings.ToValidUTF8(shown[:80], "") + "..."
	}
	return refusal.Problem{
		Kind: refusal.Usage, Where: fmt.Sprintf("formula %q, character %d", shown, 1+utf8.RuneCountInString(p.text[:p.start])),
		What: fmt.Sprintf(format, args...),
		Hint: "a formula reads like: influence ~ age + sex + factor(region)",
	}
}

func (p *formulaParser) wanted(what string) error {
	found := fmt.Sprintf("%q", p.token)
	if p.token == "" {
		found = "the end"
	}
	return p.refused("%s, want %s", found, what)
}

// advance moves to the next token.
func (p *formulaParser) advance() error {
	rest := strings.TrimLeft(p.text[p.next:], " \t\r\n")
	p.start = len(p.text) - len(rest)
	size := 0
	switch {
	case rest == "":
	case rest[0] == '`':
		size = 2 + strings.IndexByte(rest[1:], '`')
		if size < 2 {
			p.next, p.token = p.start, "`"
			return p.wanted("a name and a closing backquote")
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

func (p *formulaParser) formula() (*Formula, error) {
	if len(p.text) > maxFormula || !utf8.ValidString(p.text) {
		return nil, p.refused("%d bytes, want at most %d, in UTF-8", len(p.text), maxFormula)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	f := &Formula{Intercept: true}
	var err error
	if f.Response, err = p.name("the variable to explain"); err != nil {
		return nil, err
	}
	if ok, err := p.take("~"); err != nil || !ok {
		return nil, either(err, p.wanted(`"~"`))
	}
	for first := true; first || p.token != ""; first = false {
		if err := p.item(f, first); err != nil {
			return nil, err
		}
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

// either is the first of two errors that there is.
func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
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
		if !plus && !first {
			return p.wanted(`"+", "*", ":", "-1" or the end`)
		}
		if plus && first {
			return p.refused(`"+", want a variable, factor(variable), 0 or 1`)
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

func (p *formulaParser) variable(response string) (Explaining, error) {
	var v Explaining
	const wanted = "a variable, factor(variable), 0 or 1"
	if p.token == "factor" {
		v.Factor = true
		if err := p.advance(); err != nil {
			return v, err
		}
		if ok, err := p.take("("); err != nil || !ok {
			return v, either(err, p.wanted(`"(" after factor`))
		}
	}
	at := *p
	var err error
	if v.Name, err = p.name(wanted); err != nil {
		return v, err
	}
	if v.Name == response {
		return v, at.refused("%q explains itself, want another variable", response)
	}
	if v.Factor {
		if ok, err := p.take(")"); err != nil || !ok {
			return v, either(err, p.wanted(`")"`))
		}
	}
	return v, nil
}

// name reads a name.
func (p *formulaParser) name(wanted string) (string, error) {
	name := strings.Trim(p.token, "`")
	first, _ := utf8.DecodeRuneInString(p.token)
	if name == "" || p.token == "factor" || first != '`' && !isNamed(first, true) {
		return "", p.wanted(wanted)
	}
	return name, p.advance()
}
