package main

import (
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// calledBy are what variables and codes are called: V=TEXT, and V:1=TEXT.
func (r *flagReader) calledBy() []question.Called {
	var made []question.Called
	for _, text := range r.called {
		parts := divided(text, '=')
		name, of := parts[0], strings.Join(parts[1:], "=")
		variable, code := name, ""
		if of := divided(name, ':'); len(of) > 1 {
			variable, code = of[0], strings.Join(of[1:], ":")
		}
		c := question.Called{Variable: unquoted(variable), Code: bare(strings.TrimSpace(code)), Text: report.Line(strings.TrimSpace(of))}
		if c.Variable == "" || c.Text == "" {
			r.wrong("called", "%q, want a variable and what it is called, as sex=Sex, or a code of it, as sex:1=Men", text)
			continue
		}
		made = append(made, c)
	}
	return made
}

// paper checks what is asked of the look of a page.
func (r *flagReader) paper(q *question.Question) {
	if r.digits != "" {
		n, err := strconv.Atoi(r.digits)
		if r.decimals = &n; err != nil || n < 0 || n > mostDigits {
			r.wrong("digits", "%q, want a number of decimals from 0 to %d", r.digits, mostDigits)
		}
	}
	if n, models := len(r.modelNames), len(q.Models); n > models && models > 0 {
		r.wrong("model-name", "%d names for %d models", n, models)
	}
	for i, name := range r.modelNames {
		if slices.Contains(r.modelNames[:i], name) {
			r.wrong("model-name", "%q twice, want a name for each model", name)
		}
	}
}
