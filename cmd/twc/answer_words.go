package main

import (
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
)

// answerWords are what an answer's variables and categories are called. Those of the file are
// its names and codes, with the labels of codes beside them: a page is read beside the
// file. A paper is not: there labels stand alone, where they tell what they are of.
type answerWords struct {
	of     *question.Question
	file   bool
	labels map[string]string // of variables, by their names in small letters
	alike  map[string]bool   // labels that several categories of a variable have, or that are codes too
}

// fileWords are the file's.
func fileWords(q *question.Question) *answerWords { return &answerWords{of: q, file: true} }

// wordsOf are those of an answer for a paper. A label that two variables share is of neither.
func wordsOf(q *question.Question, answer *pipeline.Answer) *answerWords {
	w := &answerWords{of: q, labels: map[string]string{}, alike: map[string]bool{}}
	of := map[string]int{} // variables
	if answer.Extract.Table != nil {
		for _, c := range answer.Extract.Table.Columns {
			label := strings.TrimSpace(c.Variable.Label)
			w.labels[strings.ToLower(c.Variable.Name)] = label
			of[label]++
		}
	}
	for name, label := range w.labels {
		if of[label] > 1 {
			w.labels[name] = ""
		}
	}
	for _, c := range q.Called {
		if c.Code == "" {
			w.labels[strings.ToLower(c.Variable)] = c.Text
		}
	}
	for _, v := range answer.Book.Variables {
		codes, met := map[string]bool{}, map[string]bool{}
		for _, c := range v.Categories {
			codes[c.Code] = true
		}
		for _, c := range v.Categories {
			if met[c.Label] || codes[c.Label] && c.Label != c.Code {
				w.alike[c.Label] = true
			}
			met[c.Label] = true
		}
	}
	if q.Wave != nil { // whose common variables have the places of the file's
		for name, v := range q.Wave.Book.Variables {
			w.labels[strings.ToLower(name)] = v.Label
		}
	}
	return w
}

// called is a variable.
func (w *answerWords) called(name string) string {
	if !w.file {
		if label := w.labels[strings.ToLower(name)]; label != "" {
			return label
		}
	}
	return name
}

// codeLabel is a category: its code with its label, where it has another one.
func (w *answerWords) codeLabel(code, label string) string {
	switch {
	case label == "" || label == code:
		return code
	case !w.file && !w.alike[label]:
		return label
	}
	return code + " " + label
}

// category is a category with its variable.
func (w *answerWords) category(name, code, label string) string {
	if w.file {
		return name + " " + w.codeLabel(code, label)
	}
	return w.called(name) + ": " + w.codeLabel(code, label)
}

// headings are what variables are called at the head of a table: those that are made of sets of
// codes, V=1,2|3, by the variable alone, since their categories stand beneath.
func (w *answerWords) headings(names []string) []string {
	made := make([]string, len(names))
	for i, name := range names {
		made[i] = w.called(w.of.Divided(name))
	}
	return made
}

// titleOf names what figures are of: of one item or of several.
func (w *answerWords) titleOf(f question.Reply, several bool) string {
	title := string(f.Statistic)
	title = strings.ToUpper(title[:1]) + title[1:] + " of " + w.called(f.Variable)
	if several || f.Item == "" {
		return title
	}
	item := f.Item
	if f.Codes != nil {
		item = strings.Join(f.Codes, ", ")
	}
	if !w.file && f.ItemLabel != "" && !w.alike[f.ItemLabel] {
		return title + " = " + f.ItemLabel
	}
	title += " = " + item
	if f.ItemLabel != "" {
		title += " (" + f.ItemLabel + ")"
	}
	return title
}

// within says of which category of a breakdown something is, "" for everyone.
func (w *answerWords) within(cell question.Cell) string {
	var parts []string
	for i, name := range cell.Variables {
		parts = append(parts, w.category(w.of.Divided(name), cell.Crossed[i].Code, cell.Crossed[i].Label))
	}
	if parts == nil {
		return ""
	}
	return ", " + strings.Join(parts, " and ")
}

// absent says what a category of a breakdown does not give, and why.
func (w *answerWords) absent(x model.Absent) string {
	return "No " + x.Asked + " " + x.Of + w.within(x.Cell) + ": " + x.Why
}

// part is what a coefficient has of one variable.
func (w *answerWords) part(p model.Part) string {
	switch {
	case p.Code == "":
		return w.called(p.Of.Name)
	case p.Of.Degree > 0:
		return w.called(p.Of.Name) + ", power " + p.Code
	}
	return w.category(p.Of.Name, p.Code, p.Label)
}

// coefficient is one of a model.
func (w *answerWords) coefficient(m model.Regression, i int) string {
	if w.file || m.Parts[i] == nil {
		return w.codeLabel(m.Coefficients[i].Name, m.Coefficients[i].Label)
	}
	var parts []string
	for _, p := range m.Parts[i] {
		parts = append(parts, w.part(p))
	}
	return strings.Join(parts, " × ")
}

// references are the categories that others are told from, as a note.
func (w *answerWords) references(of []model.Part) string {
	var made []string
	for _, p := range of {
		made = append(made, w.category(p.Of.Name, p.Code, p.Label))
	}
	return "Reference: " + strings.Join(made, "; ")
}

// average is an average of what a model predicts, or a difference of two.
func (w *answerWords) average(m model.Regression, c release.Coefficient) string {
	code := func(c release.Coefficient) string {
		return w.codeLabel(strings.TrimPrefix(c.Name, c.Term+"="), c.Label)
	}
	switch {
	case c.Quantity == release.SlopeOf:
		return "slope by " + w.called(c.Term)
	case w.file && c.Quantity == release.DifferenceOf: // whose labels stand above
		return c.Name
	case w.file:
		return w.codeLabel(c.Name, c.Label)
	case c.Quantity == release.DifferenceOf:
		for _, of := range m.Averages {
			for _, from := range m.Averages {
				if of.Term == c.Term && from.Term == c.Term && c.Name == of.Name+" - "+from.Name {
					return w.called(c.Term) + ": " + code(of) + " - " + code(from)
				}
			}
		}
	}
	return w.called(c.Term) + ": " + code(c)
}

// term is a term of a model, as its formula has it.
func (w *answerWords) term(m model.Regression, text string) string {
	terms := m.Model.Formula.Terms
	k := slices.IndexFunc(terms, func(t model.Term) bool { return t.String() == text })
	if w.file || k < 0 {
		return text
	}
	var parts []string
	for _, v := range terms[k] {
		parts = append(parts, w.called(v.Name))
	}
	return strings.Join(parts, " × ")
}

// formula is what a model explains by what; a paper has it in words.
func (w *answerWords) formula(m model.Regression) string {
	if w.file {
		return m.Formula
	}
	f := m.Model.Formula
	var by []string
	for _, t := range f.Terms {
		by = append(by, w.term(m, t.String()))
	}
	for _, name := range f.Offsets {
		by = append(by, "offset "+w.called(name))
	}
	if !f.Intercept {
		by = append(by, "no intercept")
	}
	if by == nil {
		by = []string{"the intercept alone"}
	}
	return w.called(f.Response) + " by " + strings.Join(by, ", ")
}
