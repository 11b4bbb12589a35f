package harmonise

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// A coding numbers the values of a raw column that comes in batches, and holds the
// numbers alone. Those of the first batch are in their order, later ones in the
// order in which rows have them, so that there is mostly nothing to put in order
// when the column is whole.
type coding struct {
	variable codebook.Variable // which says what is missing, and the order of texts; none of labels
	text     bool
	missing  codebook.Missings // beside what the file declares
	near     []int32           // of whole numbers from nearFrom, as far as were met: 1 more than their state, 0 where not met
	rows     int               // of the whole column, 0 where that is not known
	far      map[float64]int32
	words    map[string]int32
	numbers  []float64 // that are met
	texts    []string  // the same, of text
	absent   []string  // that are met, and missing
	parts    []*table.Codes
	states   []uint8        // of the parts of a byte a row, one after the other, while there is room
	codes    []int32        // of a batch; scratch
	known    *design.Labels // once they were asked for
	from     []int32        // of each state of a column that comes by codes, that of its number, or notMet
}

// mostNear is how many whole numbers from nearFrom may be looked up in an array: those of
// many PSUs.
const mostNear = 1 << 17

// count is how many values were met that are not missing.
func (c *coding) count() int { return len(c.numbers) + len(c.texts) }

// noCode is the code of a missing value.
const noCode = -int32(codebook.System)

func (c *coding) add(raw *table.Column) {
	if raw.Codes != nil {
		if !c.few(raw) {
			c.codes = slices.Grow(c.codes[:0], raw.Len())[:raw.Len()]
			one, two, _ := raw.Codes.States()
			taken(c.codes, one, c.from)
			taken(c.codes, two, c.from)
			for row := range c.codes {
				c.codes[row] -= int32(table.Kinds)
			}
			c.parts = append(c.parts, table.CodesOf(c.count(), c.codes))
		}
		return
	}
	if c.far == nil {
		c.begin(raw)
		c.meet(raw)
	}
	if !c.text && c.count() <= fewNumbers {
		if states := c.room(raw.Len()); c.bytes(raw.Values, states) {
			c.hold(states)
			return
		}
	}
	c.codes = slices.Grow(c.codes[:0], raw.Len())[:raw.Len()]
	for row := range c.codes {
		if c.text {
			c.codes[row] = c.word(raw.Text[row])
		} else {
			c.codes[row] = c.number(raw.Values[row])
		}
	}
	c.parts = append(c.parts, table.CodesOf(c.count(), c.codes))
}

// notMet is of a state that no row had yet.
const notMet = -1

// few takes the next rows of a column that comes by codes, where few numbers differ.
// Else it leaves them, and from has the state of each.
func (c *coding) few(raw *table.Column) bool {
	first := c.far == nil
	if first {
		c.begin(raw)
	}
	c.resolve(raw)
	if first {
		c.inOrder()
		clear(c.from)
		c.from = c.from[:0]
		c.resolve(raw)
	}
	if c.count() > fewNumbers {
		return false
	}
	states := c.room(raw.Len())
	one, two, _ := raw.Codes.States()
	if one != nil {
		var dictionary [256]uint8
		for state := range dictionary {
			dictionary[state] = uint8(c.from[state])
		}
		table.Translate(states, one, &dictionary, table.Kinds+len(raw.Numbers))
	}
	taken(states, two, c.from)
	c.hold(states)
	return true
}

// room is that of the states of the next rows, behind those before if all may come there:
// the parts are then whole as they lie.
func (c *coding) room(rows int) []uint8 {
	if c.parts == nil && c.rows > 0 {
		c.states = make([]uint8, 0, c.rows)
	}
	if at := len(c.states); rows <= cap(c.states)-at {
		return c.states[at : at+rows : at+rows]
	}
	return make([]uint8, rows)
}

// hold takes the states that have come to their room.
func (c *coding) hold(states []uint8) {
	c.parts = append(c.parts, table.CodesIn(states))
	if at := len(c.states); len(states) > 0 && len(states) <= cap(c.states)-at && &c.states[:at+1][at] == &states[0] {
		c.states = c.states[:at+len(states)]
	}
}

// resolve finds the state of each number that a row has, in the order of the rows.
func (c *coding) resolve(raw *table.Column) {
	for state := len(c.from); state < max(table.Kinds+len(raw.Numbers), math.MaxUint8+1); state++ {
		if of := int32(notMet); state < table.Kinds {
			c.from = append(c.from, int32(state))
		} else {
			c.from = append(c.from, of)
		}
	}
	if !slices.Contains(c.from[:table.Kinds+len(raw.Numbers)], notMet) {
		return
	}
	one, two, _ := raw.Codes.States()
	resolve(c, one, raw.Numbers)
	resolve(c, two, raw.Numbers)
}

func resolve[S table.State](c *coding, states []S, numbers []float64) {
	from := c.from
	for _, state := range states {
		if from[state] == notMet {
			from[state] = c.number(numbers[int(state)-table.Kinds]) + int32(table.Kinds)
		}
	}
}

// taken puts the states that others are from.
func taken[T uint8 | int32, S table.State](to []T, states []S, from []int32) {
	to = to[:max(len(states), 0)]
	for row, state := range states {
		to[row] = T(from[state])
	}
}

// begin makes ready for the first rows.
func (c *coding) begin(raw *table.Column) {
	c.far, c.words, c.text = map[float64]int32{}, map[string]int32{"": noCode}, raw.Text != nil
}

// meet numbers the values of the first rows in their order.
func (c *coding) meet(raw *table.Column) {
	for _, x := range raw.Values {
		whole := int(x)
		if at := uint(whole - nearFrom); at >= uint(len(c.near)) || float64(whole) != x || c.near[at] == 0 {
			c.number(x)
		}
	}
	for _, text := range raw.Text {
		c.word(text)
	}
	c.inOrder()
}

// inOrder numbers the values that were met in their order. No row has a code yet.
func (c *coding) inOrder() {
	numbers, texts := slices.Sorted(slices.Values(c.numbers)), slices.Clone(c.texts)
	order := c.order()
	for place, i := range order {
		if c.text {
			c.words[texts[i]], c.texts[place] = int32(place), texts[i]
		}
	}
	for place, x := range numbers {
		c.put(x, int32(place))
	}
	c.numbers = numbers
}

// bytes gives rows their states, and says whether all have one of a byte.
func (c *coding) bytes(values []float64, states []uint8) bool {
	for row, x := range values {
		whole := int(x)
		at := uint(whole - nearFrom)
		if at < uint(len(c.near)) && float64(whole) == x && c.near[at] > 0 {
			states[row] = uint8(c.near[at] - 1)
			if c.near[at] > math.MaxUint8+1 {
				return false
			}
			continue
		}
		state := c.number(x) + int32(table.Kinds)
		if state > math.MaxUint8 {
			return false
		}
		states[row] = uint8(state)
	}
	return true
}

// number is the code of a value; one that was not met is the next.
func (c *coding) number(x float64) int32 {
	if math.IsNaN(x) {
		return noCode
	}
	whole := int(x)
	if at := uint(whole - nearFrom); at < uint(len(c.near)) && float64(whole) == x && c.near[at] > 0 {
		return c.near[at] - 1 - int32(table.Kinds)
	}
	if code, met := c.far[x]; met {
		return code
	}
	x += 0 // no negative 0
	code := int32(len(c.numbers))
	if c.isMissing(x) {
		code = noCode
		c.absent = append(c.absent, codebook.Spell(x))
	} else {
		c.numbers = append(c.numbers, x)
	}
	c.put(x, code)
	return code
}

func (c *coding) put(x float64, code int32) {
	c.far[x] = code
	whole := int(x)
	at := uint(whole - nearFrom)
	if float64(whole) != x || at >= mostNear {
		return
	}
	if at >= uint(len(c.near)) {
		c.near = append(c.near, make([]int32, max(int(at)+1, 2*len(c.near), nearCount)-len(c.near))...)
	}
	c.near[at] = code + int32(table.Kinds) + 1
}

// word is the code of a text.
func (c *coding) word(text string) int32 {
	code, met := c.words[text]
	if met {
		return code
	}
	code = int32(len(c.texts))
	if c.missing.Text(text) || c.variable.Recorded.DeclaresText(text) {
		code = noCode
		c.absent = append(c.absent, text)
	} else {
		c.texts = append(c.texts, text)
	}
	c.words[text] = code
	return code
}

// isMissing says whether a number is a missing value.
func (c *coding) isMissing(x float64) bool {
	return c.missing.Number(x) || c.variable.Recorded.DeclaresNumber(x)
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
	if len(c.states) == rows && rows > 0 && categories <= fewNumbers {
		made := table.CodesIn(c.states)
		made.Recode(0, made, to)
		c.parts, c.states = nil, nil
		return made
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
			to[i] = noCode
			continue
		}
		to[i] = int32(len(made.Names))
		made.Names = append(made.Names, label)
	}
	made.Codes = c.whole(to, len(made.Names))
	return made
}

// end takes from the values those that only the end of the file declares
// missing: v is the variable as it gives it.
func (c *coding) end(v codebook.Variable) (not []bool) {
	c.variable = v
	not = make([]bool, c.count())
	for i, text := range c.texts {
		not[i] = v.Recorded.DeclaresText(text)
	}
	for i, x := range c.numbers {
		not[i] = c.isMissing(x)
	}
	for i, code := range c.spelled() {
		if not[i] {
			c.absent = append(c.absent, code)
		}
	}
	return not
}

// order is that of the values: numbers by size, text as the file lists it, then by
// spelling.
func (c *coding) order() []int32 {
	order := make([]int32, c.count())
	for i := range order {
		order[i] = int32(i)
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

// numberTexts makes numbers of texts, where those that were taken for missing are all
// that is no number: a table whose missing values are texts has its numbers so. It
// says whether it did.
func (c *coding) numberTexts() bool {
	stray := func(text string) bool {
		_, number := codebook.Number(text)
		return !number && c.missing.Text(text)
	}
	if !c.text || !slices.ContainsFunc(c.absent, stray) {
		return false
	}
	to := make([]int32, len(c.texts))
	place, numbers := map[float64]int32{}, []float64(nil)
	for i, text := range c.texts {
		x, ok := codebook.Number(text)
		if !ok {
			return false
		}
		at, met := place[x]
		if !met {
			at = int32(len(numbers))
			place[x], numbers = at, append(numbers, x)
		}
		to[i] = at
	}
	if numbers == nil {
		return false
	}
	for i, part := range c.parts {
		made := table.NewCodes(part.Len(), len(numbers))
		made.Recode(0, part, to)
		c.parts[i] = made
	}
	c.text, c.texts, c.numbers = false, nil, numbers
	return true
}

// unspelled are the rows' numbers, by their codes.
func (c *coding) unspelled() []*table.Column {
	made := make([]*table.Column, len(c.parts))
	for n, part := range c.parts {
		made[n] = &table.Column{Values: make([]float64, part.Len())}
		for row := range made[n].Values {
			made[n].Values[row] = math.NaN()
			if code := part.At(row); code >= 0 {
				made[n].Values[row] = c.numbers[code]
			}
		}
	}
	return made
}

// counts are how many rows have each code.
func (c *coding) counts() []int {
	counts := make([]int, c.count())
	for _, part := range c.parts {
		for row := range part.Len() {
			if code := part.At(row); code >= 0 {
				counts[code]++
			}
		}
	}
	return counts
}
