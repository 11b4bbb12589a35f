package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A field is a variable of an extract as an analyst means it.
type field struct {
	name    string
	codes   []string  // the distinct ones in order: numbers by size, text as the file lists its categories, then by spelling
	labels  []string  // of each of codes, "" for none
	missing []string  // those found that are missing values
	numeric bool      // its values are numbers
	code    []int32   // of each row, an index into codes, or -1 where missing
	values  []float64 // of each row, NaN where missing; nil for text
}

// newField reads a column. Missing are codes that are missing beside those
// that the file declares.
func newField(c *table.Column, missing []string) *field {
	var d distinct
	d.add(c)
	f := d.field(c.Variable, missing)
	f.code = make([]int32, c.Len())
	if !f.numeric {
		index := map[string]int32{}
		for i, code := range f.codes {
			index[code] = int32(i) + 1
		}
		for row, text := range c.Text {
			f.code[row] = index[text] - 1
		}
		return f
	}
	f.values = slices.Clone(c.Values)
	index := map[float64]int32{}
	for i, code := range f.codes {
		x, _ := strconv.ParseFloat(code, 64)
		index[x] = int32(i) + 1
	}
	for row, x := range f.values {
		f.code[row] = index[x] - 1
		if f.code[row] < 0 {
			f.values[row] = math.NaN()
		}
	}
	return f
}

// distinct are the values of a variable, each once, in the order in which rows
// have them.
type distinct struct {
	numeric bool
	near    [1 << 10]bool // whole numbers from nearFrom: most codes
	far     map[float64]bool
	met     map[string]bool
	numbers []float64
	texts   []string
}

const nearFrom = -256

func (d *distinct) add(c *table.Column) {
	if c.Text != nil {
		if d.met == nil {
			d.met = map[string]bool{"": true}
		}
		for _, text := range c.Text {
			if !d.met[text] {
				d.met[text] = true
				d.texts = append(d.texts, text)
			}
		}
		return
	}
	if d.far == nil {
		d.numeric, d.far = true, map[float64]bool{}
	}
	for _, x := range c.Values {
		whole := int(x)
		if at := uint(whole - nearFrom); at < uint(len(d.near)) && float64(whole) == x {
			if !d.near[at] {
				d.near[at] = true
				d.numbers = append(d.numbers, float64(whole))
			}
		} else if !math.IsNaN(x) && !d.far[x] {
			d.far[x] = true
			d.numbers = append(d.numbers, x)
		}
	}
}

// count is how many there are.
func (d *distinct) count() int { return len(d.numbers) + len(d.texts) }

// codes spells the values except for the first, those that are missing
// apart.
func (d *distinct) codes(v codebook.Variable, missing []string, from int) (codes, absent []string) {
	tell := func(code string, missing bool) {
		if missing {
			absent = append(absent, code)
		} else {
			codes = append(codes, code)
		}
	}
	if !d.numeric {
		for _, text := range d.texts[from:] {
			tell(text, slices.Contains(missing, text) || v.Recorded != nil && slices.Contains(v.Recorded.Texts, text))
		}
		return codes, absent
	}
	given := map[float64]bool{}
	for _, code := range missing {
		if x, err := strconv.ParseFloat(code, 64); err == nil {
			given[x] = true
		}
	}
	for _, x := range d.numbers[from:] {
		tell(codebook.Spell(x), given[x] || v.Recorded != nil && slices.ContainsFunc(v.Recorded.Missing, func(m codebook.Interval) bool { return m.Low <= x && x <= m.High }))
	}
	return codes, absent
}

// field is the variable, without rows. It puts the values in order.
func (d *distinct) field(v codebook.Variable, missing []string) *field {
	f := &field{name: v.Name, numeric: d.numeric}
	slices.Sort(d.numbers)
	slices.Sort(d.texts)
	f.codes, f.missing = d.codes(v, missing, 0)
	place, labels := map[string]int{}, map[string]string{}
	for i, category := range v.Categories {
		place[category.Code], labels[category.Code] = i-len(v.Categories), category.Label
	}
	if !d.numeric {
		slices.SortStableFunc(f.codes, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
	}
	for _, code := range f.codes {
		f.labels = append(f.labels, labels[code])
	}
	return f
}

// has returns which rows have one of the codes.
func (f *field) has(codes []string) []bool {
	in := make([]bool, len(f.codes))
	for _, code := range codes {
		if i := f.index(code); i >= 0 {
			in[i] = true
		}
	}
	rows := make([]bool, len(f.code))
	for row, i := range f.code {
		rows[row] = i >= 0 && in[i]
	}
	return rows
}

// spelled are codes as the field has them, and those that no row has.
func (f *field) spelled(codes []string) (found, absent []string) {
	for _, code := range codes {
		if i := f.index(code); i >= 0 {
			found = append(found, f.codes[i])
			continue
		}
		absent = append(absent, code)
	}
	return found, absent
}

// index is the place of a code, or -1; numbers may be spelled in any way.
func (f *field) index(code string) int {
	if f.numeric {
		x, err := strconv.ParseFloat(code, 64)
		if err != nil {
			return -1
		}
		code = codebook.Spell(x)
	}
	return slices.Index(f.codes, code)
}
