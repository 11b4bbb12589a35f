package harmonise

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A Field is a variable of an extract as an analyst means it.
type Field struct {
	Name    string
	Codes   []string  // the distinct ones in order: numbers by size, text as the file lists its categories, then by spelling
	Labels  []string  // of each of codes, "" for none
	Missing []string  // those found that are missing values
	Numeric bool      // its values are numbers
	Code    []int32   // of each row, an index into codes, or -1 where missing
	Values  []float64 // of each row, NaN where missing; nil for text
}

// NewField reads a column. Missing are codes that are missing beside those
// that the file declares.
func NewField(c *table.Column, missing []string) *Field {
	var d Distinct
	d.Add(c)
	f := d.Field(c.Variable, missing)
	f.Code = make([]int32, c.Len())
	if !f.Numeric {
		index := map[string]int32{}
		for i, code := range f.Codes {
			index[code] = int32(i) + 1
		}
		for row, text := range c.Text {
			f.Code[row] = index[text] - 1
		}
		return f
	}
	f.Values = slices.Clone(c.Values)
	index := map[float64]int32{}
	for i, code := range f.Codes {
		x, _ := strconv.ParseFloat(code, 64)
		index[x] = int32(i) + 1
	}
	for row, x := range f.Values {
		f.Code[row] = index[x] - 1
		if f.Code[row] < 0 {
			f.Values[row] = math.NaN()
		}
	}
	return f
}

// Distinct are the values of a variable, each once, in the order in which rows
// have them.
type Distinct struct {
	numeric bool
	near    [1 << 10]bool // whole numbers from leastNear: most codes
	far     map[float64]bool
	met     map[string]bool
	numbers []float64
	texts   []string
}

const leastNear = -256

// Add adds the values of a column.
func (d *Distinct) Add(c *table.Column) {
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
		if at := uint(whole - leastNear); at < uint(len(d.near)) && float64(whole) == x {
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

// Count is how many there are.
func (d *Distinct) Count() int { return len(d.numbers) + len(d.texts) }

// Spell spells the values except for the first, those that are missing
// apart.
func (d *Distinct) Spell(v codebook.Variable, missing []string, from int) (codes, absent []string) {
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

// Field is the variable, without rows. It puts the values in order.
func (d *Distinct) Field(v codebook.Variable, missing []string) *Field {
	f := &Field{Name: v.Name, Numeric: d.numeric}
	slices.Sort(d.numbers)
	slices.Sort(d.texts)
	f.Codes, f.Missing = d.Spell(v, missing, 0)
	place, labels := map[string]int{}, map[string]string{}
	for i, category := range v.Categories {
		place[category.Code], labels[category.Code] = i-len(v.Categories), category.Label
	}
	if !d.numeric {
		slices.SortStableFunc(f.Codes, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
	}
	for _, code := range f.Codes {
		f.Labels = append(f.Labels, labels[code])
	}
	return f
}

// Has returns which rows have one of the codes.
func (f *Field) Has(codes []string) []bool {
	in := make([]bool, len(f.Codes))
	for _, code := range codes {
		if i := f.Index(code); i >= 0 {
			in[i] = true
		}
	}
	rows := make([]bool, len(f.Code))
	for row, i := range f.Code {
		rows[row] = i >= 0 && in[i]
	}
	return rows
}

// Spelled are codes as the field has them, and those that no row has.
func (f *Field) Spelled(codes []string) (found, absent []string) {
	for _, code := range codes {
		if i := f.Index(code); i >= 0 {
			found = append(found, f.Codes[i])
			continue
		}
		absent = append(absent, code)
	}
	return found, absent
}

// Index is the place of a code, or -1; numbers may be spelled in any way.
func (f *Field) Index(code string) int {
	if f.Numeric {
		x, err := strconv.ParseFloat(code, 64)
		if err != nil {
			return -1
		}
		code = codebook.Spell(x)
	}
	return slices.Index(f.Codes, code)
}

// Categories are the codes of the rows, "" where missing.
func (f *Field) Categories() []string {
	labels := make([]string, len(f.Code))
	for row, code := range f.Code {
		if code >= 0 {
			labels[row] = f.Codes[code]
		}
	}
	return labels
}
