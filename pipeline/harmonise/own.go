package harmonise

import (
	"math"
	"slices"
	"strings"
	"sync"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/table"
)

// An Own is a variable of a file that is taken by its own codes.
type Own struct {
	Name       string            // in any case
	Categories bool              // it is wanted as categories
	Numbers    bool              // it is wanted as numbers, where it has them: as a variable of the name NumberOf
	From       []float64         // where bands of its numbers begin, which are its categories then; nil is none
	Input      bool              // a let is made of it
	Made       bool              // it is a let
	Common     bool              // it is a common variable in bands
	Missing    codebook.Missings // beside what the file declares
}

// Owned lists the variables that a question takes by their own codes, and those of
// more, which it takes as both categories and numbers.
func Owned(q *question.Question, more []string) []Own {
	categories, numbers := q.Variables()
	common := func(name string) bool { _, is := q.Common(name); return is && !q.Banded(name) }
	inputs := slices.DeleteFunc(q.Inputs(), common)
	categories, numbers, more = slices.DeleteFunc(categories, common), slices.DeleteFunc(numbers, common), slices.DeleteFunc(slices.Clone(more), common)
	var own []Own
	of := func(name string) *Own {
		at := slices.IndexFunc(own, func(o Own) bool { return strings.EqualFold(o.Name, name) })
		if at < 0 {
			at = len(own)
			own = append(own, Own{Name: name})
		}
		return &own[at]
	}
	for _, name := range slices.Concat(categories, more) {
		of(name).Categories = true
	}
	for _, name := range slices.Concat(numbers, more) {
		of(name).Numbers = true
	}
	for _, b := range q.Bands {
		of(b.Variable).From = b.From
	}
	for _, name := range inputs {
		o := of(name)
		o.Input, o.Numbers = true, true
	}
	for i := range own {
		made := q.Made(own[i].Name) // of which a code for every variable is none
		own[i].Made = made
		_, own[i].Common = q.Common(own[i].Name)
		own[i].Missing = q.Missings(own[i].Name, func(string) bool { return !made && !own[i].Common })
	}
	return own
}

// NumberOf is the name of a variable as numbers, beside that of its categories:
// names in a file have no blank.
func NumberOf(name string) string { return name + " as a number" }

// An ownVariable is one that comes in batches.
type ownVariable struct {
	Own
	coding
	asNumbers numbering
	form      expression.Form // of a let

	finished                    bool
	numbersMade, categoriesMade *table.Column // nil where it is not wanted as such
}

// NewOwn begins an extract by its own codes, which become part of the codebook. Of the
// common variables that the crosswalk makes, those to keep are.
// The crosswalk says how the sample was drawn and weighted, and of whom figures
// are; missing are those of the columns of that. Lets are made of the variables at the
// end. Threads share a batch.
func NewOwn(x *codebook.Crosswalk, book *codebook.Codebook, keep []string, own []Own, lets []question.Let, missing func(variable string) codebook.Missings, where string, threads int) *Harmoniser {
	h := New(x, book, where, keep)
	h.threads, h.lets, h.missing = threads, lets, missing
	h.own = make([]*ownVariable, 0, len(own))
	for _, o := range own {
		h.own = append(h.own, &ownVariable{Own: o, coding: coding{missing: o.Missing}, asNumbers: numbering{coding: coding{missing: o.Missing}}})
	}
	h.apart()
	for name, c := range h.labelled {
		c.missing = missing(name)
	}
	return h
}

// addOwn takes the next rows of the variables.
func (h *Harmoniser) addOwn(batch *table.Table) {
	var threads sync.WaitGroup
	for first := range h.threads {
		threads.Go(func() {
			for i := first; i < len(h.own); i += h.threads {
				if c := batch.Column(h.own[i].Name); c != nil && !h.own[i].Common { // whoever asks for one that is not there is told
					h.own[i].add(c, batch.Of)
				}
			}
		})
	}
	threads.Wait()
}

// add takes the next rows, of so many in all.
func (o *ownVariable) add(raw *table.Column, of int) {
	o.variable, o.rows, o.asNumbers.rows = raw.Variable, of, of
	if o.Categories || raw.Text != nil { // of which there may be numbers once what is missing is known
		o.coding.add(raw)
	}
	if o.Numbers && raw.Text == nil {
		o.asNumbers.variable = raw.Variable
		o.asNumbers.add(raw)
	}
}

// finish makes the variable of the rows that it was given, as the end of the file has it.
func (o *ownVariable) finish(v codebook.Variable) (doubts indicator.Notes) {
	o.finished = true
	o.variable, o.asNumbers.variable = v, v
	not := o.end(v)
	if o.numberTexts() {
		not = make([]bool, o.count())
		if o.Numbers {
			o.asNumbers.many, o.asNumbers.held = true, pile{parts: o.unspelled()}
		}
	}
	doubts = o.doubts()
	if o.Numbers && (o.asNumbers.far != nil || o.asNumbers.many) {
		o.numbersMade = o.asNumbers.whole(codebook.Variable{Name: NumberOf(v.Name)})
	}
	if o.Categories || o.Input && o.text {
		o.categoriesMade = o.categories(not)
	} else {
		o.absent = append(o.absent, o.asNumbers.absent...)
	}
	return doubts
}

// finishOwn makes the variables that the file has, and returns what is in doubt of them.
func (h *Harmoniser) finishOwn() (doubts indicator.Notes) {
	for _, o := range h.own {
		if o.Common {
			if c := h.commonColumn(o.Name); c != nil {
				of := codebook.Variable{Name: c.Variable.Name}
				c = c.Decoded()
				o.add(&table.Column{Variable: of, Values: c.Values, Kinds: c.Kinds}, 0)
				doubts.Add(o.finish(of)...)
			}
			continue
		}
		if raw := h.given.Column(o.Name); raw != nil && !o.Made {
			doubts.Add(o.finish(raw.Variable)...)
		}
	}
	return doubts
}

// commonColumn is the common variable of a name in any case, of all rows, or nil.
func (h *Harmoniser) commonColumn(name string) *table.Column {
	v, _ := h.commonNamed(name)
	of := h.common[v.Name]
	if of == nil {
		return nil
	}
	c := of.whole(v)
	h.common[v.Name] = &pile{parts: []*table.Column{c}} // those that it had are let go
	return c
}

// endOwn puts the variables into the result.
func (h *Harmoniser) endOwn(r *Result, doubts indicator.Notes) {
	if h.own == nil {
		return
	}
	r.Book, r.Missing, r.Doubts, r.Told = h.book, map[string][]string{}, append(h.doubts, doubts...), h.told
	for _, o := range h.own {
		if !o.finished {
			continue
		}
		for _, c := range []*table.Column{o.numbersMade, o.categoriesMade} {
			if c != nil {
				h.book.Variables[c.Variable.Name] = c.Variable
				h.out.Add(c)
			}
		}
		r.Missing[o.variable.Name] = o.absent
	}
}

// categories is the variable by its codes.
func (o *ownVariable) categories(not []bool) *table.Column {
	labels := map[string]string{}
	for _, category := range o.variable.Categories {
		labels[category.Code] = category.Label
	}
	c := &table.Column{Variable: codebook.Variable{Name: o.variable.Name}}
	spelled, to := o.spelled(), slices.Repeat([]int32{noCode}, o.count())
	order := slices.DeleteFunc(o.order(), func(i int32) bool { return not[i] })
	if o.From != nil && !o.text {
		c.Variable.Categories = o.bands(order, to)
	} else {
		for place, i := range order {
			to[i] = int32(place)
			c.Variable.Categories = append(c.Variable.Categories, codebook.Category{Code: spelled[i], Label: labels[spelled[i]]})
		}
	}
	c.Codes = o.whole(to, len(c.Variable.Categories))
	return c
}

// bands are the categories of numbers in bands, each from one of From, which
// rise, to below the next, of those that a row has. Numbers below the first are
// missing.
func (o *ownVariable) bands(order, to []int32) []codebook.Category {
	fraction := func(x float64) bool { return x != math.Trunc(x) }
	whole := !slices.ContainsFunc(o.From, fraction)
	band, met := make([]int, len(o.numbers)), make([]bool, len(o.From))
	for _, i := range order {
		x := o.numbers[i]
		whole = whole && !fraction(x)
		at, begins := slices.BinarySearch(o.From, x)
		if !begins {
			at-- // the last that begins below it
		}
		if band[i] = at; at >= 0 {
			met[at] = true
		}
	}
	var made []codebook.Category
	place := make([]int32, len(o.From))
	for i, low := range o.From {
		if !met[i] {
			continue
		}
		place[i] = int32(len(made))
		code := codebook.Spell(low)
		switch {
		case i == len(o.From)-1:
			code += "-over"
		case !whole:
			code += "-under-" + codebook.Spell(o.From[i+1])
		case o.From[i+1] > low+1:
			code += "-" + codebook.Spell(o.From[i+1]-1)
		}
		made = append(made, codebook.Category{Code: code})
	}
	for _, i := range order {
		if band[i] >= 0 {
			to[i] = place[band[i]]
		}
	}
	return made
}
