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
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// SyntheticMarks are the raw variables whose value 1 says that an extract was
// made up: by its whole name, and as a portable file cuts it to 8 letters.
var SyntheticMarks = []string{"synthetic", "syntheti"}

// A Result is a wave in common variables, and what was noticed on the way.
type Result struct {
	Wave    *indicator.Wave
	Matched map[string]string // raw names that matched except for case: crosswalk's -> extract's
	Absent  []string          // optional variables whose raw variable the extract does not have
}

// A Raw is an extract as it was read: the columns that the crosswalk names,
// the names of all its variables, for suggestions, what it is called in
// messages, and the line of a row, from 0, in its file.
type Raw struct {
	*table.Table
	Names []string
	Where string
	Line  func(row int) int
}

// Wave harmonises an extract.
func Wave(raw Raw, x *codebook.Crosswalk, book *codebook.Codebook) (*Result, refusal.Problems) {
	h := &harmoniser{raw: raw, where: raw.Where, x: x, book: book, out: table.New(raw.Rows)}
	where := raw.Where
	r := &Result{
		Wave:    &indicator.Wave{Crosswalk: x, Table: h.out, Designs: map[string]*design.Design{}},
		Matched: map[string]string{},
	}
	for _, name := range x.RawNames() {
		if c := raw.Column(name); c != nil && c.Variable.Name != name {
			r.Matched[name] = c.Variable.Name
		}
	}
	if h.identify(); len(h.ps) > 0 {
		return r, h.ps
	}
	r.Wave.Synthetic = h.synthetic()
	for _, name := range slices.Sorted(maps.Keys(x.Variables)) {
		s := x.Variables[name]
		if s.Optional && !slices.ContainsFunc(s.Raw(), func(n string) bool { return raw.Column(n) != nil }) {
			r.Absent = append(r.Absent, name)
			continue
		}
		if c := h.variable(book.Variables[name], s); c != nil {
			h.out.Add(c)
		}
	}
	for _, weights := range slices.Sorted(maps.Keys(x.Weights)) {
		if d := h.design(weights); d != nil {
			r.Wave.Designs[weights] = d
		}
	}
	if len(h.ps) == 0 {
		derive(h.out, book)
	}
	for _, p := range x.Populations {
		for _, w := range p.Where {
			if h.out.Column(w.Variable) == nil && len(h.ps) == 0 {
				h.ps.Add(where, "population %q needs variable %q, which this extract does not give", p.ID, w.Variable)
			}
		}
	}
	return r, h.ps
}

type harmoniser struct {
	raw   Raw
	where string
	x     *codebook.Crosswalk
	book  *codebook.Codebook
	out   *table.Table
	lost  int // raw columns that the extract does not have
	ps    refusal.Problems
}

// column returns a raw column that a part of the crosswalk names, or reports
// that the extract does not have it.
func (h *harmoniser) column(name, known string, at ...string) *table.Column {
	c := h.raw.Column(name)
	if c == nil {
		h.lost++
		hint := "check " + h.x.At(at...)
		if known == codebook.Memory {
			hint = fmt.Sprintf("the name is from memory: check it in the archive's documentation of %s and correct %s", h.x.Study, h.x.At(at...))
		}
		h.ps.AddHint(hint, h.where, "no variable %q%s", name, refusal.Nearest(name, h.raw.Names))
	}
	return c
}

// numbers returns a raw column that must hold numbers. Cells that do not are
// reported, and stand as 1 in what it returns: what else is wrong with the
// column comes to light, and nothing that only follows from these cells.
func (h *harmoniser) numbers(name, known string, at ...string) *table.Column {
	c := h.column(name, known, at...)
	if c == nil || c.Text == nil {
		return c
	}
	numbers := &table.Column{Variable: c.Variable, Values: make([]float64, len(c.Text))}
	bad, first := 0, ""
	for row, text := range c.Text {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		switch {
		case text == "":
			v = math.NaN()
		case err != nil || strings.ContainsAny(text, "xXpP_nN"):
			if bad++; bad == 1 {
				first = fmt.Sprintf("%s on line %d", quote(text), h.raw.Line(row))
			}
			v = 1
		}
		numbers.Values[row] = v
	}
	h.ps.Add(fmt.Sprintf("%s: variable %q", h.where, c.Variable.Name), "values that are not numbers: %d, the first %s", bad, first)
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
func (h *harmoniser) identify() {
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
func (h *harmoniser) synthetic() bool {
	return slices.ContainsFunc(SyntheticMarks, func(name string) bool {
		c := h.raw.Column(name)
		// Text is not the mark, but a made-up extract must never pass for a real one.
		return c != nil && (c.Text != nil || slices.Contains(c.Values, 1))
	})
}

// variable makes a common variable from its source, or nil with problems.
func (h *harmoniser) variable(v codebook.Variable, s codebook.Source) *table.Column {
	var sources []*table.Column
	for _, name := range s.Raw() {
		if c := h.raw.Column(name); c != nil || !s.Optional {
			if c = h.column(name, s.Known, "variables", v.Name); c == nil {
				return nil
			}
			sources = append(sources, c)
		}
	}
	missing := h.x.MissingOf(s)
	made := h.convert(v, s, sources[0], missing)
	for _, c := range sources[1:] {
		next := h.convert(v, s, c, missing)
		if made == nil || next == nil {
			return nil
		}
		made.Fill(next)
	}
	return made
}

// convert makes a common variable from one raw column, or nil with problems.
func (h *harmoniser) convert(v codebook.Variable, s codebook.Source, c *table.Column, missing map[string]string) *table.Column {
	where := fmt.Sprintf("%s: variable %q", h.where, c.Variable.Name)
	undeclared := map[string]int{}
	var made *table.Column
	if c.Text != nil {
		made = fromText(v, s, c, missing, undeclared)
	} else {
		made = fromNumbers(v, s, c, missing, undeclared)
	}
	if made == nil {
		h.ps.Add(where, "text, want numbers for %q", v.Name)
		return nil
	}
	if len(undeclared) == 0 {
		return made
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
		h.ps.AddHint(fmt.Sprintf("give code %s a category or a kind of missing in %s", code, h.x.At("variables", v.Name)),
			where, "code %s (%s) is not declared: %s", code, refusal.Count(undeclared[code], "respondent"), declared(s, missing))
	}
	if more := len(codes) - shown; more > 0 {
		h.ps.Add(where, "%d more codes are not declared", more)
	}
	return nil
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
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	})
}

// fromNumbers converts a column of numbers, counting the codes that nothing
// declares.
func fromNumbers(v codebook.Variable, s codebook.Source, c *table.Column, missing map[string]string, undeclared map[string]int) *table.Column {
	kinds := map[float64]codebook.Missing{}
	for raw, name := range missing {
		if code, err := strconv.ParseFloat(raw, 64); err == nil {
			kinds[code], _ = codebook.ParseMissing(name)
		}
	}
	categories := map[float64]int16{}
	for raw, name := range s.Codes {
		if code, err := strconv.ParseFloat(raw, 64); err == nil {
			categories[code] = int16(v.Index(name))
		}
	}
	made := blank(v, c.Len())
	for row, value := range c.Values {
		switch kind, isMissing := kinds[value]; {
		case math.IsNaN(value):
			kind := c.Missing(row)
			if tag := c.Tag(row); tag != "" {
				var ok bool
				if kind, ok = codebook.ParseMissing(missing[tag]); !ok {
					undeclared[tag]++
				}
			}
			made.SetMissing(row, kind)
		case isMissing:
			made.SetMissing(row, kind)
		case len(s.Range) > 0:
			if value < s.Range[0] || value > s.Range[1] {
				undeclared[codebook.Spell(value)]++
				continue
			}
			made.Values[row] = value
		case len(s.Bands) > 0:
			band, ok := bandOf(s.Bands, value)
			if !ok {
				undeclared[codebook.Spell(value)]++
				continue
			}
			made.Codes[row] = int16(v.Index(band))
		default:
			code, ok := categories[value]
			if !ok {
				undeclared[codebook.Spell(value)]++
				continue
			}
			made.Codes[row] = code
		}
	}
	return made
}

// fromText converts a column of text codes; nil where numbers are wanted.
func fromText(v codebook.Variable, s codebook.Source, c *table.Column, missing map[string]string, undeclared map[string]int) *table.Column {
	if len(s.Codes) == 0 {
		return nil
	}
	made := blank(v, c.Len())
	for row, text := range c.Text {
		text = strings.TrimSpace(text)
		if text == "" {
			made.SetMissing(row, codebook.System)
			continue
		}
		if kind, ok := codebook.ParseMissing(missing[text]); ok {
			made.SetMissing(row, kind)
			continue
		}
		category, ok := s.Codes[text]
		if !ok {
			undeclared[quote(text)]++
			continue
		}
		made.Codes[row] = int16(v.Index(category))
	}
	return made
}

// blank is a column of a common variable with nothing in it yet.
func blank(v codebook.Variable, rows int) *table.Column {
	if v.Categorical() {
		return &table.Column{Variable: v, Codes: make([]int16, rows)}
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
