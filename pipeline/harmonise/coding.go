package harmonise

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// A coding numbers the values of a raw column that comes in batches, in the order
// in which rows have them, and holds the numbers alone.
type coding struct {
	variable codebook.Variable
	text     bool
	near     [nearCount]int32 // of whole numbers from nearFrom: 1 more than their number, 0 where not met
	far      map[float64]int32
	words    map[string]int32
	numbers  []float64 // that are met
	texts    []string  // the same, of text
	parts    []*table.Codes
	codes    []int32        // of a batch; scratch
	known    *design.Labels // once they were asked for
}

// count is how many values were met.
func (c *coding) count() int { return len(c.numbers) + len(c.texts) }

func (c *coding) add(raw *table.Column) {
	if c.far == nil {
		c.far, c.words, c.text = map[float64]int32{}, map[string]int32{"": -1}, raw.Text != nil
	}
	c.codes = slices.Grow(c.codes[:0], raw.Len())[:raw.Len()]
	if c.text {
		for row, text := range raw.Text {
			code, known := c.words[text]
			if !known {
				code = int32(len(c.texts))
				c.words[text], c.texts = code, append(c.texts, text)
			}
			c.codes[row] = code
		}
	} else {
		for row, x := range raw.Values {
			whole := int(x)
			if at := uint(whole - nearFrom); at < nearCount && float64(whole) == x && c.near[at] > 0 {
				c.codes[row] = c.near[at] - 1
			} else {
				c.codes[row] = c.number(x)
			}
		}
	}
	c.parts = append(c.parts, table.CodesOf(c.count(), c.codes))
}

// number is that of a value, -1 of none; one that was not met is the next.
func (c *coding) number(x float64) int32 {
	if math.IsNaN(x) {
		return -1
	}
	if code, known := c.far[x]; known {
		return code
	}
	code := int32(len(c.numbers))
	c.numbers = append(c.numbers, x+0) // no negative 0
	c.far[x] = code
	if whole := int(x); float64(whole) == x && uint(whole-nearFrom) < nearCount {
		c.near[whole-nearFrom] = code + 1
	}
	return code
}

// spelled are the values as codes.
func (c *coding) spelled() []string {
	if c.text {
		return c.texts
	}
	codes := make([]string, len(c.numbers))
	for i, x := range c.numbers {
		codes[i] = codebook.Spell(x)
	}
	return codes
}

// whole puts the parts together, each code as to has it, of so many categories,
// and lets them go.
func (c *coding) whole(to []int32, categories int) *table.Codes {
	rows := 0
	for _, part := range c.parts {
		rows += part.Len()
	}
	made := table.NewCodes(rows, categories)
	at := 0
	for i, part := range c.parts {
		made.Recode(at, part, to)
		at += part.Len()
		c.parts[i] = nil
	}
	return made
}

// labels are the rows' values, none of those that are missing.
func (c *coding) labels(missing map[string]string) *design.Labels {
	made, to := &design.Labels{}, make([]int32, c.count())
	for i, label := range c.spelled() {
		if _, not := missing[label]; not {
			to[i] = -int32(codebook.System)
			continue
		}
		to[i] = int32(len(made.Names))
		made.Names = append(made.Names, label)
	}
	made.Codes = c.whole(to, len(made.Names))
	return made
}

// absent says which of the values are missing: those that the file declares, and
// those named.
func (c *coding) absent(named []string) []bool {
	absent, recorded := make([]bool, c.count()), c.variable.Recorded
	given := map[float64]bool{}
	for _, code := range named {
		if x, err := strconv.ParseFloat(code, 64); err == nil {
			given[x] = true
		}
	}
	for i, text := range c.texts {
		absent[i] = slices.Contains(named, text) || recorded != nil && slices.Contains(recorded.Texts, text)
	}
	for i, x := range c.numbers {
		absent[i] = given[x] || recorded != nil && slices.ContainsFunc(recorded.Missing, func(m codebook.Interval) bool { return m.Low <= x && x <= m.High })
	}
	return absent
}

// order is that of the values that are not missing: numbers by size, text as the
// file lists its categories, then by spelling.
func (c *coding) order(absent []bool) []int32 {
	var order []int32
	for i, not := range absent {
		if !not {
			order = append(order, int32(i))
		}
	}
	place := map[string]int{}
	for i, category := range c.variable.Categories {
		place[category.Code] = i - len(c.variable.Categories)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if !c.text {
			return cmp.Compare(c.numbers[a], c.numbers[b])
		}
		return cmp.Or(cmp.Compare(place[c.texts[a]], place[c.texts[b]]), cmp.Compare(c.texts[a], c.texts[b]))
	})
	return order
}
