package main

import (
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
)

// letsOf are the variables that --let makes.
func (r *flagReader) letsOf() []question.Let {
	var made []question.Let
	for _, text := range r.lets {
		l, fault := expression.ParseLet(text, r.names())
		if fault != nil {
			r.problems = append(r.problems, fault.Problem(refusal.Usage, "--let"))
			continue
		}
		made = append(made, question.Let{Let: l, Flag: "--let"})
	}
	return made
}

// names is how expressions name variables: those of a wave's extract have the catalogue's too.
func (r *flagReader) names() expression.Names {
	if r.wave != "" {
		return expression.OfWave
	}
	return expression.OfFile
}

// restricted is a restriction by codes: a name, "=" without a blank, and codes that are
// written as the file has them. It is an expression where another comparison or a range
// is among them and all of it reads as one.
var restricted = regexp.MustCompile("^(`[^`]*`|[^\\s=<>!(`]*)=(\\S.*|)$")

// operators are those of another comparison, or a range.
var operators = regexp.MustCompile(`[=<>]|\d\s*\.\.|\.\.\s*\d`)

// quotedTexts are texts between quotes.
var quotedTexts = regexp.MustCompile(`"(?:[^"]|"")*"`)

// chosen gives a question the restrictions and conditions of --where.
func (r *flagReader) chosen(q *question.Question) {
	for _, text := range r.where {
		m := restricted.FindStringSubmatch(text)
		e, fault := expression.Parse(text, r.names())
		if m != nil && (fault != nil || !operators.MatchString(quotedTexts.ReplaceAllString(m[2], ""))) {
			q.Where = append(q.Where, question.Restriction{Variable: unquoted(m[1]), Codes: r.codes("where", m[2])})
			continue
		}
		if fault != nil {
			r.problems = append(r.problems, fault.Problem(refusal.Usage, "--where"))
			continue
		}
		q.Chosen = append(q.Chosen, e)
	}
}

// set is a set of codes with what it is called: "White" behind 1,2 "White".
var set = regexp.MustCompile(`^(.*?)(?:\s+("(?:[^"]|"")*"))?\s*$`)

// begins says whether a part that follows sets of codes is the name of the next variable: it is
// between backquotes, or is no number where all of the codes are.
func begins(part, sets string) bool {
	if part = strings.TrimSpace(part); part == "" || part[0] == '`' {
		return part != ""
	}
	_, codes, _ := nameBefore(sets, '=')
	for _, code := range strings.FieldsFunc(quotedTexts.ReplaceAllString(codes, ""), func(c rune) bool { return c == ',' || c == '|' }) {
		if !numeral.MatchString(code) {
			return false
		}
	}
	return !numeral.MatchString(part) && part[0] != '"' && !strings.Contains(part, "|") && numeral.MatchString(codes)
}

// numeral is what a number or a range begins with.
var numeral = regexp.MustCompile(`^\s*(?:\.\.)?[-+]?\.?[0-9]`)

// breakdown are the variables of a --by, of which those with sets of codes, V=1,2|3, are
// made by a recode of that name.
func (r *flagReader) breakdown(q *question.Question, text string) []string {
	var of []string // each variable with the parts of its sets
	for _, part := range divided(text, ',') {
		if len(of) == 0 || len(divided(part, '=')) > 1 || len(divided(of[len(of)-1], '=')) == 1 || begins(part, of[len(of)-1]) {
			of = append(of, part)
			continue
		}
		of[len(of)-1] += "," + part
	}
	var names []string
	for _, one := range of {
		names = append(names, r.sets(q, "by", one))
	}
	return names
}

// sets is the name of a variable, or of the one that is made of sets of its codes: V=1,2|3.
func (r *flagReader) sets(q *question.Question, flag, text string) string {
	name, sets, ok := nameBefore(text, '=')
	if !ok {
		return name
	}
	var made []expression.Set
	var codes []string
	for _, text := range divided(sets, '|') {
		m := set.FindStringSubmatch(text)
		label := m[2]
		if m[1] == "" { // a code in quotes alone
			m[1], label = label, ""
		}
		made = append(made, expression.Set{Codes: r.codes(flag, m[1]), Label: bare(label)})
		codes = append(codes, m[1])
	}
	full := name + "=" + strings.Join(codes, "|")
	e, err := expression.Sets(name, made)
	if err != nil {
		r.wrong(flag, "%q: %v", text, err)
		return name
	}
	if !q.Made(full) {
		q.Lets = append(q.Lets, question.Let{Let: expression.Let{Name: full, Expression: e}, Flag: "--" + flag, Sets: true})
	}
	for i, a := range q.Against { // the breakdown is of the variable in this form
		if flag == "by" && strings.EqualFold(a.Variable, name) {
			q.Against[i].Variable = full
		}
	}
	return full
}

// crossed are the two variables of a table or a test, A+B, or the one; each may be of sets of
// codes. A name with a plus is between backquotes.
func (r *flagReader) crossed(q *question.Question, flag, text string) (row, column string) {
	sides := divided(text, '+')
	if len(sides) > 2 {
		r.wrong(flag, "%q, want one variable, or two as A+B: --by C makes one in each category of a third", text)
		return text, ""
	}
	row = r.sets(q, flag, sides[0])
	if len(sides) == 2 {
		if column = r.sets(q, flag, sides[1]); column == "" {
			r.wrong(flag, "%q, want two variables as A+B, or one", text)
		}
		if strings.EqualFold(row, column) {
			r.wrong(flag, "%q, want two variables", text)
		}
	}
	return row, column
}

// unquoted is the name of a variable without blanks around it, and without backquotes.
func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n > 2 && text[0] == '`' && text[n-1] == '`' {
		return text[1 : n-1]
	}
	return text
}

// nameBefore is the name of a variable before a byte that is in no quotes, and what is behind it.
func nameBefore(text string, at byte) (name, rest string, found bool) {
	head := divided(text, at)[0]
	if len(head) == len(text) {
		return unquoted(text), "", false
	}
	return unquoted(head), text[len(head)+1:], true
}

// unquotedAll are names without backquotes.
func unquotedAll(names []string) []string {
	made := slices.Clone(names)
	for i, name := range made {
		made[i] = unquoted(name)
	}
	return made
}

// divided divides a text at a byte that is in no quotes.
func divided(text string, at byte) []string {
	var found []string
	from, quote := 0, byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '`':
			quote = c
		case c == at:
			found, from = append(found, text[from:i]), i+1
		}
	}
	return append(found, text[from:])
}

// idleLets refuses lets that nothing takes; formulas are the variables of models.
func (r *flagReader) idleLets(q *question.Question, formulas []string) {
	categories, numbers := q.Variables()
	uses := slices.Concat(categories, numbers, formulas, q.Crosswalk().RawNames(), q.Inputs(), []string{q.Stacked.Variable})
	for _, e := range q.Chosen {
		uses = append(uses, e.Variables()...)
	}
	for _, l := range q.Lets {
		if l.Flag == "--let" && !slices.ContainsFunc(uses, func(name string) bool { return strings.EqualFold(name, l.Name) }) {
			r.wrong("let", "%s has no effect here, want it in a statistic, --by, --where or another that takes a variable", l.Name)
		}
	}
}
