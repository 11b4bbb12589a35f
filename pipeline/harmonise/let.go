package harmonise

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// madeRows is how many rows of a let are made at a time.
const madeRows = 1 << 14

// makeLets makes the variables of a question's expressions, in order, as if the file
// had them: of its variables, which have come to their end, and of those before.
func (h *Harmoniser) makeLets(given *table.Table) *table.Table {
	all := table.New(given.Rows, given.Columns...)
	for _, l := range h.lets {
		program, faults := l.Check(h.variableOf, h.raw.Names)
		for _, f := range faults {
			p := f.Problem(refusal.Usage, l.Flag)
			p.Variable = f.Of
			h.ps = append(h.ps, p)
		}
		if faults != nil {
			continue
		}
		if l.Condition && program.Condition() != "" {
			h.ps = append(h.ps, l.Fault(program.Condition()).Problem(refusal.Usage, l.Flag))
			continue
		}
		all.Add(h.makeLet(l, program))
		if o := h.ownOf(l.Name); o != nil {
			o.form = program.Form
			o.finish(all.Column(l.Name).Variable)
		}
		h.told.Add(accountOf(l.Name, program.Account())...)
	}
	return all
}

// makeLet gives the rows of a let to whatever takes them, and returns its column
// without them.
func (h *Harmoniser) makeLet(l question.Let, p *expression.Program) *table.Column {
	v := codebook.Variable{Name: l.Name}
	for _, value := range p.Values {
		v.Categories = append(v.Categories, codebook.Category{Code: value.Code, Label: value.Label})
	}
	var inputs []*table.Column
	for _, name := range p.Inputs {
		var c *table.Column
		switch o := h.ownOf(name); {
		case o == nil:
			c = h.commonColumn(name)
		case h.formOf(o) == expression.Text:
			c = o.categoriesMade
		default:
			c = o.numbersMade
		}
		if c == nil { // text, and all of it missing, or a common variable that is not there
			c = &table.Column{Codes: table.NewCodes(h.rows, 0), Numbers: []float64{}}
		}
		inputs = append(inputs, c)
	}
	text := p.Form == expression.Text
	for from := 0; from < h.rows; from += madeRows {
		rows := min(madeRows, h.rows-from)
		load := func(input int, to *expression.Block) { loadRows(to, inputs[input], from) }
		p.Evaluate(rows, load, func(b *expression.Block) {
			c := &table.Column{Variable: v}
			if text {
				c.Text = make([]string, rows)
			} else {
				c.Values = slices.Clone(b.Numbers)
			}
			for row, kind := range b.Kinds {
				switch {
				case text && kind == 0:
					c.Text[row] = p.Values[b.Codes[row]].Code
				case !text && kind != 0:
					c.Values[row] = math.NaN()
				}
			}
			h.hold(c, 0)
			if o := h.ownOf(l.Name); o != nil {
				o.add(c, 0)
			}
		})
	}
	if text {
		return &table.Column{Variable: v, Text: []string{}}
	}
	return &table.Column{Variable: v, Values: []float64{}}
}

// loadRows gives a block the rows of a column of numbers or categories, from one on.
func loadRows(to *expression.Block, c *table.Column, from int) {
	for i := range to.Kinds {
		kind := c.Missing(from + i)
		to.Kinds[i], to.Numbers[i], to.Codes[i] = uint8(kind), 0, 0
		switch {
		case kind != codebook.Present:
		case c.Codes == nil:
			to.Numbers[i] = c.Values[from+i]
		case c.Numbers != nil:
			to.Numbers[i] = c.Numbers[c.Codes.At(from+i)]
		default:
			to.Codes[i] = int32(c.Codes.At(from + i))
		}
	}
}

// ownOf is the variable of a name that is taken by its own codes, or nil.
func (h *Harmoniser) ownOf(name string) *ownVariable {
	at := slices.IndexFunc(h.own, func(o *ownVariable) bool { return strings.EqualFold(o.Name, name) })
	if at < 0 {
		return nil
	}
	return h.own[at]
}

// formOf is what a variable that has come to its end has in its rows.
func (h *Harmoniser) formOf(o *ownVariable) expression.Form {
	switch {
	case o.text && o.count() > 0:
		return expression.Text
	case o.form == expression.Truth:
		return expression.Truth
	}
	return expression.Number
}

// variableOf describes a variable to an expression: false where there is none yet.
func (h *Harmoniser) variableOf(name string) (expression.Variable, bool) {
	o := h.ownOf(name)
	if o == nil {
		v, is := h.commonNamed(name)
		return codebook.Expressed(v), is
	}
	if !o.finished {
		return expression.Variable{}, false
	}
	v := expression.Variable{Name: o.variable.Name, Form: h.formOf(o)}
	categories := o.variable.Categories
	if v.Form == expression.Text {
		categories = o.categoriesMade.Variable.Categories
	}
	for _, c := range categories {
		v.Values = append(v.Values, expression.Value{Code: c.Code, Label: c.Label})
	}
	return v, true
}

// commonNamed is the common variable of a name in any case.
func (h *Harmoniser) commonNamed(name string) (codebook.Variable, bool) {
	for _, spelled := range h.book.Names() {
		if strings.EqualFold(spelled, name) {
			return h.book.Variables[spelled], true
		}
	}
	return codebook.Variable{}, false
}

// accountOf are the notes of what came to light in a let's rows.
func accountOf(name string, a expression.Account) indicator.Notes {
	var notes indicator.Notes
	for _, u := range a.Undefined {
		notes.Add(indicator.Note{Code: indicator.Undefined, Of: name, Args: []string{strconv.Itoa(u.Rows), u.Operation}})
	}
	for _, u := range a.Unlisted {
		args := append([]string{strconv.Itoa(u.Rows)}, u.Values...)
		if u.More {
			args = append(args, "...")
		}
		notes.Add(indicator.Note{Code: indicator.Unlisted, Of: name, Args: args})
	}
	for _, u := range a.Unmet {
		notes.Add(indicator.Note{Code: indicator.UnmetValues, Of: name, Args: append([]string{u.Of}, u.Values...)})
	}
	return notes
}
