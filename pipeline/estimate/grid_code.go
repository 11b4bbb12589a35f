package estimate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A dictionary numbers the values of a variable from 1, as declared or as
// they are met. 0 is a missing value, and one that is not declared.
type dictionary struct {
	near    []int32 // of whole numbers from nearFrom: 1 + their number, 0 where not met
	far     map[float64]int32
	texts   map[string]int32
	codes   []string  // of each number, less 1
	values  []float64 // of the same, NaN where they are text
	closed  bool      // only what is declared has a number
	ordered []int32   // the numbers, where arrange was told their order
	numeric bool      // a column of numbers was met
	words   []string  // declared codes that are not numbers
}

const (
	nearFrom  = -256
	nearFirst = 1 << 9  // how many at first
	nearMost  = 1 << 20 // and at most
)

func newDictionary(codes, missing []string) *dictionary {
	d := &dictionary{near: make([]int32, nearFirst), far: map[float64]int32{}, texts: map[string]int32{}, closed: codes != nil}
	d.declareAll(codes, missing)
	return d
}

// declareAll gives codes the next numbers, and those that are missing none.
func (d *dictionary) declareAll(codes, missing []string) {
	for _, code := range codes {
		d.codes, d.values = append(d.codes, code), append(d.values, math.NaN())
		d.declare(code, int32(len(d.codes)))
	}
	for _, code := range missing {
		d.declare(code, 0)
	}
}

func (d *dictionary) declare(code string, number int32) {
	d.texts[code] = number
	v, err := strconv.ParseFloat(code, 64)
	if err != nil || math.IsNaN(v) {
		d.words = append(d.words, code)
		return
	}
	d.put(v+0, number)
}

func (d *dictionary) put(v float64, number int32) {
	if i := v - nearFrom; i == math.Trunc(i) && i >= 0 && i < nearMost {
		for int(i) >= len(d.near) {
			d.near = append(d.near, make([]int32, len(d.near))...)
		}
		d.near[int(i)] = number + 1
		return
	}
	d.far[v] = number
}

// number is that of a value.
func (d *dictionary) number(v float64) int32 {
	if whole := int(v); float64(whole) == v {
		if i := uint(whole - nearFrom); i < uint(len(d.near)) && d.near[i] != 0 {
			return d.near[i] - 1
		}
	}
	if math.IsNaN(v) {
		return 0
	}
	if n, ok := d.far[v]; ok || d.closed {
		return n
	}
	n := int32(len(d.codes) + 1)
	d.put(v+0, n)
	d.codes, d.values = append(d.codes, codebook.Spell(v)), append(d.values, v+0)
	return n
}

// text is the number of a value of text.
func (d *dictionary) text(s string) int32 {
	n, ok := d.texts[s]
	if ok || d.closed || s == "" {
		return n
	}
	n = int32(len(d.codes) + 1)
	d.texts[s] = n
	d.codes, d.values = append(d.codes, s), append(d.values, math.NaN())
	return n
}

// begin makes ready for a column.
func (d *dictionary) begin(c *table.Column) { d.numeric = d.numeric || c.Values != nil }

// all puts the numbers of the rows of a column into numbers. If the dictionary
// is closed it changes nothing else.
func (d *dictionary) all(c *table.Column, rows []int32, numbers []int32) {
	switch {
	case c.Values != nil:
		for i, row := range rows {
			numbers[i] = d.number(c.Values[row])
		}
	case c.Codes != nil:
		for i, row := range rows {
			numbers[i] = 0
			if code := c.Codes.At(int(row)); code >= 0 {
				numbers[i] = d.text(c.Variable.Categories[code].Code)
			}
		}
	default:
		for i, row := range rows {
			numbers[i] = d.text(c.Text[row])
		}
	}
}

// arrange puts declared codes in an order.
func (d *dictionary) arrange(codes []string) {
	d.ordered = make([]int32, len(codes))
	for i, code := range codes {
		d.ordered[i] = d.texts[code]
	}
}

// order is the numbers in the order of the categories: as arranged or declared,
// or by value.
func (d *dictionary) order() []int32 {
	if d.ordered != nil {
		return d.ordered
	}
	order := make([]int32, len(d.codes))
	for i := range order {
		order[i] = int32(i + 1)
	}
	if !d.closed {
		slices.SortFunc(order, func(a, b int32) int {
			switch x, y := d.values[a-1], d.values[b-1]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return strings.Compare(d.codes[a-1], d.codes[b-1])
		})
	}
	return order
}

// A slot is where rows hold the number of a variable that breakdowns use.
type slot struct {
	name   string
	values *dictionary
	word   int
	shift  uint
	most   int32
}

func (s *slot) of(row []uint64) int32 { return int32(row[s.word]>>s.shift) & s.most }

// marks are bits of up to 32 items: that an answer is valid, and above them that
// it is counted.
type marks uint64

const wordItems = 32

// answers are the items of one variable, of which rows hold marks.
type answers struct {
	name  string
	word  int // of the items' 32
	near  [nearFirst]marks
	far   map[float64]marks
	texts map[string]marks
	other marks // of a code that no item names
	words []string

	numeric bool
	each    []marks // of the categories of the batch's column
}

func newAnswers(name string, word int, items []Share, bits []int, missing []string) *answers {
	a := &answers{name: name, word: word, far: map[float64]marks{}, texts: map[string]marks{}}
	of := func(code string) marks {
		var m marks
		for i, item := range items {
			counted := slices.Contains(item.Counted, code)
			switch {
			case slices.Contains(missing, code):
			case counted || item.Valid == nil || slices.Contains(item.Valid, code):
				m |= 1 << bits[i]
				if counted {
					m |= 1 << (wordItems + bits[i])
				}
			}
		}
		return m
	}
	codes := slices.Clone(missing)
	for i, item := range items {
		if item.Valid == nil {
			a.other |= 1 << bits[i]
		}
		codes = slices.Concat(codes, item.Counted, item.Valid)
	}
	for i := range a.near {
		a.near[i] = a.other
	}
	for _, code := range codes {
		a.declare(code, of(code))
	}
	return a
}

// declare gives a code its marks.
func (a *answers) declare(code string, m marks) {
	a.texts[code] = m
	v, err := strconv.ParseFloat(code, 64)
	switch i := v - nearFrom; {
	case err != nil || math.IsNaN(v):
		a.words = append(a.words, code)
	case i == math.Trunc(i) && i >= 0 && i < nearFirst:
		a.near[int(i)] = m
	default:
		a.far[v+0] = m
	}
}

func (a *answers) number(v float64) marks {
	if math.IsNaN(v) {
		return 0
	}
	if m, ok := a.far[v]; ok {
		return m
	}
	return a.other
}

func (a *answers) text(s string) marks {
	if m, ok := a.texts[s]; ok || s == "" {
		return m
	}
	return a.other
}

// A coder turns rows of a table into words:
//
//	0              the weight
//	1 ... k        the marks of 32 items each
//	k+1 ...        the categories of the breakdowns' variables
type coder struct {
	stride  int
	words   int // k
	by      []*slot
	answers []*answers
}

func newCoder(p *Plan) coder {
	words := (len(p.Items) + wordItems - 1) / wordItems
	c := coder{words: words}
	type part struct {
		name string
		word int
	}
	var order []part
	bits := map[part][]int{}
	for i, item := range p.Items {
		at := part{item.Variable, i / wordItems}
		if bits[at] == nil {
			order = append(order, at)
		}
		bits[at] = append(bits[at], i%wordItems)
	}
	for _, at := range order {
		var items []Share
		for _, bit := range bits[at] {
			items = append(items, p.Items[at.word*wordItems+bit])
		}
		c.answers = append(c.answers, newAnswers(at.name, at.word, items, bits[at], p.Missing[at.name]))
	}
	word, shift := 1+words, uint(0)
	for _, name := range once(slices.Concat(p.By...)) {
		s := &slot{name: name, values: newDictionary(p.Codes[name], p.Missing[name]), most: math.MaxUint16}
		width := uint(16)
		if s.values.closed && len(s.values.codes) <= math.MaxUint8 {
			s.most, width = math.MaxUint8, 8
		}
		shift = (shift + width - 1) / width * width
		if shift+width > 64 {
			word, shift = word+1, 0
		}
		s.word, s.shift = word, shift
		shift += width
		c.by = append(c.by, s)
	}
	c.stride = word
	if shift > 0 {
		c.stride++
	}
	return c
}

// begin makes ready for the columns of a batch: those of by, then those of
// answers.
func (c *coder) begin(columns []*table.Column) {
	for i, s := range c.by {
		s.values.begin(columns[i])
	}
	for i, a := range c.answers {
		column := columns[len(c.by)+i]
		a.numeric = a.numeric || column.Values != nil
		a.each = a.each[:0]
		if column.Codes != nil {
			for _, category := range column.Variable.Categories {
				a.each = append(a.each, a.text(category.Code))
			}
		}
	}
}

// number gives the rows of a block the categories of the variables that are
// numbered as they are met: that must be in their order.
func (c *coder) number(b *block, columns []*table.Column) {
	for i, s := range c.by {
		if s.values.closed {
			continue
		}
		if b.met == nil {
			b.met = make([][]int32, len(c.by))
		}
		if b.met[i] == nil {
			b.met[i] = make([]int32, blockRows)
		}
		s.values.all(columns[i], b.keep, b.met[i])
	}
}

// code writes the words of a block, whose rows number has seen. Each word of
// them is made in the scratch first. It changes nothing else.
func (c *coder) code(b *block, columns []*table.Column, scratch [][blockRows]uint64) {
	n := len(b.keep)
	for word := range scratch {
		clear(scratch[word][:n])
	}
	for i, w := range b.weights {
		scratch[0][i] = math.Float64bits(w)
	}
	var known [blockRows]int32
	for i, s := range c.by {
		numbers := known[:n]
		if s.values.closed {
			s.values.all(columns[i], b.keep, numbers)
		} else {
			numbers = b.met[i][:n]
		}
		word := scratch[s.word][:n]
		for i, number := range numbers {
			word[i] |= uint64(min(number, s.most)) << s.shift // more than most is a problem
		}
	}
	for i, a := range c.answers {
		a.mark(columns[len(c.by)+i], b.keep, scratch[1+a.word][:n])
	}
	for i := range n {
		row := b.words[i*c.stride : (i+1)*c.stride]
		for word := range row {
			row[word] = scratch[word][i]
		}
	}
}

// mark adds the marks of rows of the variable's column.
func (a *answers) mark(column *table.Column, rows []int32, marked []uint64) {
	marked = marked[:len(rows)]
	switch {
	case column.Values != nil:
		for i, row := range rows {
			v := column.Values[row]
			whole := int(v)
			at := uint(whole - nearFrom)
			if at >= nearFirst || float64(whole) != v {
				marked[i] |= uint64(a.number(v))
				continue
			}
			marked[i] |= uint64(a.near[at])
		}
	case column.Codes != nil:
		for i, row := range rows {
			if code := column.Codes.At(int(row)); code >= 0 {
				marked[i] |= uint64(a.each[code])
			}
		}
	default:
		for i, row := range rows {
			marked[i] |= uint64(a.text(column.Text[row]))
		}
	}
}

// problems are variables whose codes cannot be theirs, or are too many.
func (c *coder) problems(where string) refusal.Problems {
	var ps refusal.Problems
	words := func(name string, numeric bool, words []string) {
		if numeric && len(words) > 0 {
			ps.Add(fmt.Sprintf("%s: variable %q", where, name), "its values are numbers, want codes that are, not %q", words[0])
		}
	}
	for _, s := range c.by {
		words(s.name, s.values.numeric, s.values.words)
		if n := len(s.values.codes); n > int(s.most) {
			ps.Add(fmt.Sprintf("%s: variable %q", where, s.name), "%d categories, want at most %d", n, s.most)
		}
	}
	for _, a := range c.answers {
		words(a.name, a.numeric, a.words)
	}
	return ps
}

// A breakdown is cells first ... first+size-1, in the order of its variables'
// categories.
type breakdown struct {
	first, size int
	slots       []*slot
	steps       [][]int32 // of each variable's numbers, what they add to the cell; outside for 0
	orders      [][]int32
}

const outside = math.MinInt32 / 8 // more than any cell, for as many variables as 7

func (c *coder) layout(by [][]string) []breakdown {
	made := make([]breakdown, len(by))
	next := 0
	for i, names := range by {
		b := &made[i]
		b.first, b.size = next, 1
		for _, name := range names {
			s := c.by[slices.IndexFunc(c.by, func(s *slot) bool { return s.name == name })]
			b.slots, b.orders = append(b.slots, s), append(b.orders, s.values.order())
			b.steps = append(b.steps, make([]int32, len(s.values.codes)+1))
		}
		for v := len(names) - 1; v >= 0; v-- {
			for number := range b.steps[v] {
				b.steps[v][number] = outside
			}
			for rank, number := range b.orders[v] {
				b.steps[v][number] = int32(min(rank*b.size, mostCells))
			}
			b.size = min(b.size*len(b.orders[v]), mostCells+1)
		}
		next = min(next+b.size, mostCells+1)
	}
	return made
}

// cell is that of a row, or negative where it is in none.
func (b *breakdown) cell(row []uint64) int32 {
	cell := int32(b.first)
	for v, s := range b.slots {
		cell += b.steps[v][s.of(row)]
	}
	return cell
}

// categories are those of a cell.
func (b *breakdown) categories(cell int) []string {
	at := cell - b.first
	codes := make([]string, len(b.slots))
	for v := len(b.slots) - 1; v >= 0; v-- {
		order := b.orders[v]
		codes[v] = b.slots[v].values.codes[order[at%len(order)]-1]
		at /= len(order)
	}
	return codes
}
