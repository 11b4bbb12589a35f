package harmonise

import (
	"math"
	"slices"
	"strings"
	"sync"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/table"
)

// An Own is a variable of a file that is taken by its own codes.
type Own struct {
	Name       string            // in any case
	Categories bool              // it is wanted as categories
	Numbers    bool              // it is wanted as numbers, where it has them: as a variable of the name NumberOf
	From       []float64         // where bands of its numbers begin, which are its categories then; nil is none
	Missing    codebook.Missings // beside what the file declares
}

// Owned lists the variables that a question takes by their own codes, and those of
// more, which it takes as both categories and numbers.
func Owned(q *question.Question, more []string) []Own {
	categories, numbers := q.Variables()
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
	for i := range own {
		own[i].Missing = q.Missings(own[i].Name, func(string) bool { return true })
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
}

// NewOwn begins an extract by its own codes, for a codebook that is made of it.
// The crosswalk says how the sample was drawn and weighted, and of whom figures
// are; missing are those of the columns of that. Threads share a batch.
func NewOwn(x *codebook.Crosswalk, own []Own, missing func(variable string) codebook.Missings, where string, threads int) *Harmoniser {
	h := New(x, &codebook.Codebook{Variables: map[string]codebook.Variable{}}, where, nil)
	h.threads, h.missing = threads, missing
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
				h.own[i].add(batch.Column(h.own[i].Name))
			}
		})
	}
	threads.Wait()
}

func (o *ownVariable) add(raw *table.Column) {
	if raw == nil {
		return // whoever asks for it is told
	}
	o.variable = raw.Variable
	if o.Categories || raw.Text != nil { // of which there may be numbers once what is missing is known
		o.coding.add(raw)
	}
	if o.Numbers && raw.Text == nil {
		o.asNumbers.variable = raw.Variable
		o.asNumbers.add(raw)
	}
}

// endOwn makes the variables.
func (h *Harmoniser) endOwn(r *Result) {
	if h.own == nil {
		return
	}
	r.Book, r.Missing, r.Doubts = h.book, map[string][]string{}, h.doubts
	put := func(c *table.Column) {
		h.book.Variables[c.Variable.Name] = c.Variable
		h.out.Add(c)
	}
	for _, o := range h.own {
		raw := h.given.Column(o.Name)
		if raw == nil {
			continue
		}
		o.variable = raw.Variable
		o.asNumbers.variable = raw.Variable // as the end of the file has it
		not := o.end(raw.Variable)
		if o.numberTexts() {
			not = make([]bool, o.count())
			if o.Numbers {
				o.asNumbers.many, o.asNumbers.held = true, pile{o.unspelled()}
			}
		}
		r.Doubts.Add(o.doubts()...)
		if o.Numbers && (o.asNumbers.far != nil || o.asNumbers.many) {
			put(o.asNumbers.whole(codebook.Variable{Name: NumberOf(raw.Variable.Name)}))
		}
		if o.Categories {
			put(o.categories(not))
		} else {
			o.absent = append(o.absent, o.asNumbers.absent...)
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
