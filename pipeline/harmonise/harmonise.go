// Package harmonise brings an extract to the common variables by its wave's
// crosswalk.
//
// Unsure is refused: a raw code that the crosswalk lists neither as a category
// nor as missing stops the run, with its count. All of an extract's problems
// are reported at once.
package harmonise

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// SyntheticMarks are the raw variables whose value 1 says that an extract was
// made up: by its whole name, and as a portable file cuts it to 8 letters.
var SyntheticMarks = []string{"synthetic", "syntheti"}

// A Result is a wave in common variables, and what was noticed on the way.
type Result struct {
	Wave    *indicator.Wave
	Matched map[string]string   // raw names that matched except for case: crosswalk's -> extract's
	Absent  []string            // optional variables whose raw variable the extract does not have
	Given   []string            // the common variables that the wave has, also those that were not kept
	Unmet   []codebook.Unmet    // codes that the crosswalk takes and no row has
	Nobody  map[string][]string // categories of the standard breakdowns that no row is in
	Unheld  map[string]string   // which of codebook.Held the extract was not held against, and why
	Sizes   []indicator.Sized   // sizes that are not those that were published
	Twins   int                 // rows that are like an earlier one, where no key tells them apart

	Book    *codebook.Codebook        // of an extract by its own codes
	Missing map[string][]string       // of such an extract, the missing codes that variables have
	Doubts  indicator.Notes           // of such an extract, what counts and may be missing
	Told    indicator.Notes           // of such an extract, what came to light as its lets were made
	Keys    []*table.Column           // of such an extract, the raw columns of its key
	Sources map[string]*design.Source // of each weight's design, where Keep was called
}

// A Raw is an extract as it was read: the columns that the crosswalk names,
// the names of all its variables, for suggestions, what it is called in
// messages, and the line of a row, from 0, in its file.
type Raw struct {
	*table.Table
	Names []string
	Where string
	Line  func(row int) int
	Place func(row int) string // of a row of several files; nil of one
}

// Wave harmonises an extract that is held whole.
func Wave(raw Raw, x *codebook.Crosswalk, book *codebook.Codebook) (*Result, refusal.Problems) {
	h := New(x, book, raw.Where, nil)
	h.Add(raw.Table)
	return h.End(raw)
}

// A Harmoniser takes an extract in batches, and holds of it only what figures
// need: the design's columns, and the common variables by their categories.
type Harmoniser struct {
	kept map[string]*design.Source // of each weight, where the result tells of them

	raw      Raw // the columns of the design
	where    string
	x        *codebook.Crosswalk
	book     *codebook.Codebook
	wanted   map[string]bool // common variables that are kept; nil is all
	sources  map[string]bool // raw variables, in lower case, that only common variables are made of
	makers   map[string][]*converter
	common   map[string]batches // common variables, by name; nil of those that are not kept
	held     map[string]*pile   // raw columns, in lower case
	labelled map[string]*coding // those of strata and PSUs, in lower case
	rows     int
	marks    []uint64     // of rows, where no key tells them apart
	given    *table.Table // the columns that the extract has
	out      *table.Table
	lost     int // raw columns that the extract does not have

	// Of an extract by its own codes.
	own     []*ownVariable
	lets    []question.Let
	told    indicator.Notes
	missing func(variable string) codebook.Missings // of the design's columns
	doubts  indicator.Notes
	threads int

	ps refusal.Problems
}

// New begins a wave's extract. Where is what it is called in messages; keep lists
// the common variables that are wanted of it, nil is all.
func New(x *codebook.Crosswalk, book *codebook.Codebook, where string, keep []string) *Harmoniser {
	h := &Harmoniser{where: where, x: x, book: book, sources: map[string]bool{}, makers: map[string][]*converter{}, common: map[string]batches{}, held: map[string]*pile{}, labelled: map[string]*coding{}}
	if keep != nil {
		h.wanted = map[string]bool{}
		for _, name := range keep {
			h.wanted[name] = true
		}
	}
	h.apart()
	return h
}

// apart finds the raw columns that are not held as they are: those of which only
// common variables are made, and those of strata and PSUs, of which the labels
// are.
func (h *Harmoniser) apart() {
	for _, s := range h.x.Variables {
		for _, name := range s.Raw() {
			h.sources[strings.ToLower(name)] = true
		}
	}
	for _, o := range h.own {
		h.sources[strings.ToLower(o.Name)] = true
	}
	for _, name := range h.x.LabelNames() {
		name = strings.ToLower(name)
		h.labelled[name], h.sources[name] = &coding{}, true
	}
	held := h.x.NumberNames()
	if h.x.Key != nil {
		held = append(held, h.x.Key.Variables...)
	}
	for _, name := range held {
		delete(h.sources, strings.ToLower(name))
	}
}

// Add takes the next rows. The batch may be used again after.
func (h *Harmoniser) Add(batch *table.Table) {
	h.rows += batch.Rows
	if h.own == nil && (h.x.Key == nil || slices.ContainsFunc(h.x.Key.Variables, func(name string) bool { return batch.Column(name) == nil })) {
		h.mark(batch)
	}
	for _, c := range batch.Columns {
		h.hold(c, batch.Of)
	}
	if h.own != nil {
		h.addOwn(batch)
		if len(h.x.Variables) == 0 {
			return
		}
	}
	common := table.New(batch.Rows)
	for _, name := range slices.Sorted(maps.Keys(h.x.Variables)) {
		if c := h.variable(name, batch); c != nil {
			common.Add(c)
		}
	}
	derive(common, h.book)
	for _, c := range common.Columns {
		name := c.Variable.Name
		to, met := h.common[name]
		if !met && (h.wanted == nil || h.wanted[name]) {
			to = &numbering{}
			if c.Codes != nil {
				to = &pile{}
			}
		}
		if h.common[name] = to; to != nil {
			to.add(c)
		}
	}
}

// hold takes the next rows of a raw column that the design needs, of so many in all.
func (h *Harmoniser) hold(c *table.Column, of int) {
	name := strings.ToLower(c.Variable.Name)
	if labels := h.labelled[name]; labels != nil {
		labels.add(c)
	}
	if h.sources[name] {
		return
	}
	if h.held[name] == nil {
		h.held[name] = &pile{}
	}
	h.held[name].copy(c.Decoded(), of)
}

// variable makes a common variable of a batch, or nil: End says why.
func (h *Harmoniser) variable(name string, batch *table.Table) *table.Column {
	s := h.x.Variables[name]
	makers, ok := h.makers[name]
	if !ok {
		for range s.Raw() {
			makers = append(makers, newConverter(h.book.Variables[name], s, h.x.MissingOf(s)))
		}
		h.makers[name] = makers
	}
	var made *table.Column
	for i, raw := range s.Raw() {
		c := batch.Column(raw)
		if c == nil {
			if s.Optional {
				continue
			}
			return nil
		}
		next := makers[i].convert(c.Decoded())
		switch {
		case next == nil:
			return nil
		case made == nil:
			made = next
		default:
			made.Fill(next)
		}
	}
	return made
}

// End makes the wave of the batches. Of the extract's table it takes which
// columns there are, and not their rows.
func (h *Harmoniser) End(raw Raw) (*Result, refusal.Problems) {
	x, where := h.x, h.where
	h.given = raw.Table
	h.raw = Raw{Table: table.New(h.rows), Names: raw.Names, Where: raw.Where, Line: raw.Line, Place: raw.Place}
	doubts := h.finishOwn()
	if h.lets != nil {
		h.given = h.makeLets(raw.Table)
	}
	for _, c := range h.given.Columns {
		if pile := h.held[strings.ToLower(c.Variable.Name)]; pile != nil {
			h.raw.Add(pile.whole(c.Variable))
		}
	}
	h.out = table.New(h.rows)
	r := &Result{
		Wave:    &indicator.Wave{Crosswalk: x, Table: h.out, Designs: map[string]*design.Design{}},
		Matched: map[string]string{},
		Sources: h.kept,
	}
	for _, name := range x.RawNames() {
		if c := h.given.Column(name); c != nil && c.Variable.Name != name {
			r.Matched[name] = c.Variable.Name
		}
	}
	if h.identify(); len(h.ps) > 0 {
		return r, h.ps
	}
	r.Wave.Synthetic = h.synthetic()
	var found []string
	for _, name := range slices.Sorted(maps.Keys(x.Variables)) {
		s := x.Variables[name]
		if s.Optional && !slices.ContainsFunc(s.Raw(), func(n string) bool { return h.given.Column(n) != nil }) {
			r.Absent = append(r.Absent, name)
			continue
		}
		if h.sound(name) {
			found = append(found, name)
		}
	}
	for _, weights := range slices.Sorted(maps.Keys(x.Weights)) {
		if d := h.design(weights); d != nil {
			r.Wave.Designs[weights] = d
		}
	}
	switch {
	case h.own == nil:
		h.whole(r)
	case x.Key != nil:
		r.Keys = h.unique(x.Key, r)
	}
	if len(h.ps) == 0 {
		found = slices.Sorted(maps.Keys(h.common)) // with those that are derived
	}
	h.endOwn(r, doubts)
	r.Given = found
	for _, name := range found {
		if c, o := h.common[name], h.ownOf(name); c != nil && (o == nil || !o.Common) {
			h.out.Add(c.whole(h.book.Variables[name]))
		}
	}
	if h.own == nil {
		r.Unmet = h.unmet()
		r.Nobody = h.nobody(r.Unmet)
	}
	for _, p := range x.Populations {
		for _, w := range p.Where {
			if !slices.Contains(found, w.Variable) && len(h.ps) == 0 {
				h.ps.Add(where, "population %q needs variable %q, which this extract does not give", p.ID, w.Variable)
			}
		}
	}
	return r, h.ps
}

// proposes is what to do about a name that nobody has seen yet.
const proposes = "twc check --propose says which of the extract's variables it may be"

// column returns a raw column that a part of the crosswalk names, or reports
// that the extract does not have it.
func (h *Harmoniser) column(name, known string, at ...string) *table.Column {
	c := h.raw.Column(name)
	if c == nil {
		c = h.given.Column(name)
	}
	if c == nil {
		h.lost++
		hint := "check " + h.x.At(at...)
		if known == codebook.Memory {
			of := "the archive's documentation"
			if h.x.Study != "" {
				of += " of " + h.x.Study
			}
			hint = fmt.Sprintf("the name is from memory: check it in %s and correct %s; %s", of, h.x.At(at...), proposes)
		}
		h.ps.AddHint(hint, h.where, "no variable %q%s", name, refusal.Nearest(name, h.raw.Names))
	}
	return c
}

// numbers returns a raw column that must hold numbers. Cells that do not are
// reported, and stand as 1 in what it returns: what else is wrong with the
// column comes to light, and nothing that only follows from these cells.
func (h *Harmoniser) numbers(name, known string, at ...string) *table.Column {
	c := h.column(name, known, at...)
	if c == nil || c.Text == nil {
		return c
	}
	numbers := &table.Column{Variable: c.Variable, Values: make([]float64, len(c.Text))}
	bad, first := 0, ""
	var missing codebook.Missings
	if h.missing != nil {
		missing = h.missing(name)
	}
	for row, text := range c.Text {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		switch {
		case text == "" || missing.Text(text):
			v = math.NaN()
		case err != nil || strings.ContainsAny(text, "xXpP_nN"):
			if bad++; bad == 1 {
				first = fmt.Sprintf("%s on %s", quote(text), h.place(row))
			}
			v = 1
		}
		numbers.Values[row] = v
	}
	if bad > 0 {
		h.ps.Add(fmt.Sprintf("%s: variable %q", h.where, c.Variable.Name), "values that are not numbers: %d, the first %s", bad, first)
	}
	return numbers
}

// quote is a text of an extract as a problem shows it: not more of it than a
// reader needs.
func quote(text string) string {
	const shown = 40
	if len(text) > shown {
		text = strings.ToValidUTF8(text[:shown], "") + "..."
	}
	return strconv.Quote(text)
}

// identify reports an extract that is not of this wave.
func (h *Harmoniser) identify() {
	id := h.x.Identify
	if id == nil {
		return
	}
	c := h.numbers(id.Variable, codebook.Confirmed, "identify")
	if len(h.ps) > 0 {
		return
	}
	for row, v := range c.Values {
		if v != id.Equals {
			found := "missing"
			if !math.IsNaN(v) {
				found = codebook.Spell(v)
			}
			h.ps.AddHint("is the extract in the right folder?", fmt.Sprintf("%s: variable %q", h.where, c.Variable.Name),
				"%s on line %d, want %s in every row of wave %s", found, h.raw.Line(row), codebook.Spell(id.Equals), h.x.ID())
			return
		}
	}
}

// synthetic says whether the extract marks itself as made up.
func (h *Harmoniser) synthetic() bool {
	return slices.ContainsFunc(SyntheticMarks, func(name string) bool {
		c := h.raw.Column(name)
		// Text is not the mark, but a made-up extract must never pass for a real one.
		return c != nil && (c.Text != nil || slices.Contains(c.Values, 1))
	})
}

// sound says whether all of a variable's raw columns are there and hold what
// the crosswalk declares, and reports what is wrong with them.
func (h *Harmoniser) sound(name string) bool {
	s := h.x.Variables[name]
	missing := h.x.MissingOf(s)
	var there []int
	for i, raw := range s.Raw() {
		if h.given.Column(raw) == nil && s.Optional {
			continue
		}
		if h.column(raw, s.Known, "variables", name) == nil {
			return false
		}
		there = append(there, i)
	}
	if len(s.Raw()) == 0 {
		h.lost++
		h.ps.AddHint(proposes, h.where, "no raw variable of %q, want one in %s", name, h.x.At("variables", name))
		return false
	}
	sound := true
	for _, i := range there {
		if makers := h.makers[name]; makers != nil {
			raw := h.given.Column(s.Raw()[i])
			sound = h.declares(makers[i], name, raw, missing) && !h.contradicts(name, raw, missing) && sound
		}
	}
	return sound
}

// declares reports the codes that a converter met and nothing declares.
func (h *Harmoniser) declares(c *converter, name string, raw *table.Column, missing map[string]string) bool {
	where := fmt.Sprintf("%s: variable %q", h.where, raw.Variable.Name)
	if c.text {
		h.ps.Add(where, "text, want numbers for %q", name)
		return false
	}
	undeclared, s := c.undeclared, c.source
	if len(undeclared) == 0 {
		return true
	}
	const shown = 10
	codes := slices.SortedFunc(maps.Keys(undeclared), func(a, b string) int {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a, b)
	})
	for _, code := range codes[:min(shown, len(codes))] {
		h.ps.AddHint(fmt.Sprintf("give code %s a category or a kind of missing in %s", code, h.x.At("variables", name)),
			where, "code %s (%s) is not declared: %s", code, refusal.Count(undeclared[code], "respondent"), declared(s, missing))
	}
	if more := len(codes) - shown; more > 0 {
		h.ps.Add(where, "%d more codes are not declared", more)
	}
	return false
}

// contradicts reports the codes whose labels in the file say another category than
// the crosswalk makes of them, and says whether there are any. Wording that only
// differs is no contradiction: a label is another category's word for word, or it
// fits that one better and a code of that category fits back.
func (h *Harmoniser) contradicts(name string, raw *table.Column, missing map[string]string) bool {
	v, s := h.book.Variables[name], h.x.Variables[name]
	if s.Labels == codebook.LabelsDiffer || len(s.Codes) == 0 || raw == nil {
		return false
	}
	w := codebook.NewWording(v)
	codes := w.Called(raw.Variable.Categories, s.Codes, missing)
	found := w.Contradictions(codes)
	where := fmt.Sprintf("%s: variable %q", h.where, raw.Variable.Name)
	hint := fmt.Sprintf("correct %s, or say \"labels: %s\" of %q there if the codes are right and the file's labels are not", h.x.At("variables", name), codebook.LabelsDiffer, name)
	for _, c := range slices.Sorted(maps.Keys(found)) {
		made := "missing (" + missing[codes[c].Code] + ")"
		if at := codes[c].Category; at >= 0 {
			made = fmt.Sprintf("%q (%s)", v.Categories[at].Code, v.Categories[at].Label)
		}
		h.ps.AddHint(hint, where, "the file calls code %s %s, the crosswalk makes it %s, want %s", codes[c].Code, quote(codes[c].Label), made, found[c])
	}
	return len(found) > 0
}

// declared says what the crosswalk takes.
func declared(s codebook.Source, missing map[string]string) string {
	takes := "the crosswalk takes "
	switch {
	case len(s.Range) > 0:
		takes += fmt.Sprintf("%s to %s", codebook.Spell(s.Range[0]), codebook.Spell(s.Range[1]))
	case len(s.Bands) > 0:
		low, high := math.Inf(1), math.Inf(-1)
		for _, b := range s.Bands {
			low, high = min(low, b[0]), max(high, b[1])
		}
		takes += fmt.Sprintf("%s to %s in bands", codebook.Spell(low), codebook.Spell(high))
	default:
		takes += strings.Join(sortedCodes(s.Codes), ", ")
	}
	if len(missing) > 0 {
		takes += "; missing " + strings.Join(sortedCodes(missing), ", ")
	}
	return takes
}

// sortedCodes lists raw codes as numbers are ordered.
func sortedCodes(m map[string]string) []string {
	return codebook.ByNumber(slices.Collect(maps.Keys(m)))
}

// blank is a column of a common variable with nothing in it yet.
func blank(v codebook.Variable, rows int) *table.Column {
	if v.Categorical() {
		return &table.Column{Variable: v, Codes: table.NewCodes(rows, len(v.Categories))}
	}
	return &table.Column{Variable: v, Values: make([]float64, rows), Kinds: make([]codebook.Missing, rows)}
}

// bandOf returns the band whose closed interval holds a value.
func bandOf(bands map[string][]float64, value float64) (string, bool) {
	for name, b := range bands {
		if value >= b[0] && value <= b[1] {
			return name, true // bands do not overlap: the codebook is checked
		}
	}
	return "", false
}
