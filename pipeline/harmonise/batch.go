package harmonise

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// batches are a column that comes in them: the next rows are added, and then all
// are put together as a variable.
type batches interface {
	add(c *table.Column)
	whole(v codebook.Variable) *table.Column
}

// A pile is a column that comes in batches, which stay as they are.
type pile struct {
	parts  []*table.Column
	values []float64 // of the parts, one after the other, while there is room and they are nothing else
}

func (p *pile) add(c *table.Column) { p.parts = append(p.parts, c) }

// copy adds the next rows of a column of so many in all, 0 for not known, which may be
// used again after.
func (p *pile) copy(c *table.Column, of int) {
	if p.parts == nil && of > 0 {
		p.values = make([]float64, 0, of)
	}
	plain := c.Text == nil && c.Kinds == nil && c.Tags == nil
	if at := len(p.values); plain && len(c.Values) <= cap(p.values)-at {
		p.values = append(p.values, c.Values...)
		p.add(&table.Column{Variable: c.Variable, Values: p.values[at:]})
		return
	}
	p.add(&table.Column{Variable: c.Variable, Values: slices.Clone(c.Values), Kinds: slices.Clone(c.Kinds), Text: slices.Clone(c.Text), Tags: slices.Clone(c.Tags)})
}

// whole puts the parts together, and lets them go.
func (p *pile) whole(v codebook.Variable) *table.Column {
	if len(p.parts) == 1 {
		c := *p.parts[0]
		c.Variable = v
		return &c
	}
	made := &table.Column{Variable: v}
	rows, kinds, tags := 0, false, false
	for _, c := range p.parts {
		rows += c.Len()
		kinds, tags = kinds || c.Kinds != nil, tags || c.Tags != nil
	}
	if len(p.values) == rows && rows > 0 { // of which there are no kinds and tags
		made.Values, p.parts, p.values = p.values, nil, nil
		return made
	}
	at := 0
	for i, c := range p.parts {
		if i == 0 {
			made.Values, made.Text = room(c.Values, rows), room(c.Text, rows)
			if c.Codes != nil {
				made.Codes = table.NewCodes(rows, len(v.Categories))
			}
			if kinds {
				made.Kinds = make([]codebook.Missing, rows)
			}
			if tags {
				made.Tags = make([]byte, rows)
			}
		}
		if c.Codes != nil {
			made.Codes.Copy(at, c.Codes)
		}
		copy(made.Values[min(at, len(made.Values)):], c.Values)
		copy(made.Text[min(at, len(made.Text)):], c.Text)
		if kinds {
			for row := range c.Len() {
				made.Kinds[at+row] = c.Missing(row)
			}
		}
		if tags {
			copy(made.Tags[at:], c.Tags)
		}
		at += c.Len()
		p.parts[i] = nil
	}
	return made
}

// room is as many of what a part has, or nil where it has none.
func room[T any](of []T, rows int) []T {
	if of == nil {
		return nil
	}
	return make([]T, rows)
}

// What a raw code is that is no category: less than 0, and a kind of missing
// down to -kinds.
const (
	unknown   = math.MinInt32
	aNumber   = unknown + 1 // within the source's range
	nearFrom  = -256        // the whole numbers from here on are looked up in an array
	nearCount = 1 << 10
)

// A converter makes a common variable of one raw column, batch by batch, and
// counts the codes that nothing declares.
type converter struct {
	of         codebook.Variable
	source     codebook.Source
	missing    map[string]string
	near       [nearCount]int32
	far        map[float64]int32
	texts      map[string]int32
	undeclared map[string]int
	text       bool // the raw column is text, and numbers are wanted

	// What was met: whole numbers from nearFrom, others, and texts.
	metNear [nearCount]bool
	metFar  map[float64]bool
	metText map[string]bool
}

func newConverter(v codebook.Variable, s codebook.Source, missing map[string]string) *converter {
	c := &converter{of: v, source: s, missing: missing, far: map[float64]int32{}, texts: map[string]int32{}, undeclared: map[string]int{}, metFar: map[float64]bool{}, metText: map[string]bool{}}
	for raw, name := range s.Codes {
		c.texts[raw] = int32(v.Index(name))
		if code, err := strconv.ParseFloat(raw, 64); err == nil && len(s.Range) == 0 && len(s.Bands) == 0 {
			c.far[code] = int32(v.Index(name))
		}
	}
	for raw, name := range missing {
		kind, ok := codebook.ParseMissing(name)
		if ok {
			c.texts[raw] = -int32(kind)
		}
		if code, err := strconv.ParseFloat(raw, 64); err == nil {
			c.far[code] = -int32(kind)
		}
	}
	for i := range c.near {
		c.near[i] = c.find(float64(i + nearFrom))
	}
	return c
}

// find is what a number is.
func (c *converter) find(value float64) int32 {
	if code, ok := c.far[value]; ok {
		return code
	}
	switch s := c.source; {
	case len(s.Range) > 0:
		if value >= s.Range[0] && value <= s.Range[1] {
			return aNumber
		}
	case len(s.Bands) > 0:
		if band, ok := bandOf(s.Bands, value); ok {
			return int32(c.of.Index(band))
		}
	}
	return unknown
}

// convert makes the variable of the rows of a batch; nil where numbers are
// wanted and there is text.
func (c *converter) convert(raw *table.Column) *table.Column {
	if raw.Text != nil {
		if len(c.source.Codes) == 0 {
			c.text = true
			return nil
		}
		return c.fromText(raw)
	}
	made := blank(c.of, raw.Len())
	for row, value := range raw.Values {
		var code int32
		whole := int(value)
		switch at := uint(whole - nearFrom); {
		case float64(whole) == value && at < nearCount:
			code = c.near[at]
			c.metNear[at] = true
		case math.IsNaN(value):
			c.absent(raw, row, made)
			continue
		default:
			if code = c.find(value); code != aNumber {
				c.metFar[value] = true
			}
		}
		switch {
		case code >= 0:
			made.Codes.Set(row, int(code))
		case code == aNumber:
			made.Values[row] = value
		case code == unknown:
			c.undeclared[codebook.Spell(value)]++
		default:
			made.SetMissing(row, codebook.Missing(-code))
		}
	}
	return made
}

// absent gives a row that has no number its kind of missing.
func (c *converter) absent(raw *table.Column, row int, made *table.Column) {
	kind := raw.Missing(row)
	if tag := raw.Tag(row); tag != "" {
		c.metText[tag] = true
		var ok bool
		if kind, ok = codebook.ParseMissing(c.missing[tag]); !ok {
			c.undeclared[tag]++
		}
	}
	made.SetMissing(row, kind)
}

func (c *converter) fromText(raw *table.Column) *table.Column {
	made := blank(c.of, raw.Len())
	for row, text := range raw.Text {
		text = strings.TrimSpace(text)
		code, ok := c.texts[text]
		c.metText[text] = true
		switch {
		case text == "":
			made.SetMissing(row, codebook.System)
		case !ok:
			c.undeclared[quote(text)]++
		case code < 0:
			made.SetMissing(row, codebook.Missing(-code))
		default:
			made.Codes.Set(row, int(code))
		}
	}
	return made
}

// met says whether a row has a raw code.
func (c *converter) met(code string) bool {
	if c.metText[code] {
		return true
	}
	x, err := strconv.ParseFloat(code, 64)
	if err != nil {
		return false
	}
	if whole := int(x); float64(whole) == x && uint(whole-nearFrom) < nearCount {
		return c.metNear[whole-nearFrom]
	}
	return c.metFar[x]
}

// metBand says whether a row has a number of a band, both its ends included.
func (c *converter) metBand(low, high float64) bool {
	for at, met := range c.metNear {
		if x := float64(at + nearFrom); met && x >= low && x <= high {
			return true
		}
	}
	for x := range c.metFar {
		if x >= low && x <= high {
			return true
		}
	}
	return false
}
