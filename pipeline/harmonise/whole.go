package harmonise

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// sizeWithin is how far the rows of an extract may be from a size that was read, as
// a share of it.
const sizeWithin = 0.1

// whole reports an extract that is not the whole of the wave, once, as far as its
// crosswalk says how that is known, and gives the wave what is to be told of it.
func (h *Harmoniser) whole(r *Result) {
	r.Unheld = h.x.Unheld()
	if k := h.x.Key; k != nil {
		h.unique(k, r)
	}
	if _, open := r.Unheld[codebook.HeldKey]; open && h.lost == 0 { // rows are alike in what is not read
		h.twins(r)
	}
	if h.x.Size != nil && !r.Wave.Synthetic {
		h.sized(r)
	}
}

// unique reports the rows that have a key of another one, or none. A key from memory
// that the extract does not have is told.
func (h *Harmoniser) unique(k *codebook.Key, r *Result) (columns []*table.Column) {
	none, twice := "if the variable is no key, correct "+h.x.At("key"), "is the extract, or a part of it, in the file twice? If the variable is no key, correct "+h.x.At("key")
	if h.own != nil {
		none, twice = keyHint, keyHint
	}
	for _, name := range k.Variables {
		if k.Known == codebook.Memory && h.given.Column(name) == nil {
			r.Unheld[codebook.HeldKey] = fmt.Sprintf("the extract has no variable %q, whose name is from memory", name)
			return nil
		}
		if c := h.column(name, k.Known, "key"); c != nil {
			columns = append(columns, c)
		}
	}
	if len(columns) < len(k.Variables) {
		return nil
	}
	where := fmt.Sprintf("%s: variable %q", h.where, columns[0].Variable.Name)
	if len(columns) > 1 {
		where = fmt.Sprintf("%s: variables %s", h.where, strings.Join(k.Variables, design.By))
	}
	first := make(map[string]int, h.rows)
	without, again, shown := 0, 0, []string(nil)
	var cells []string
	for row := range h.rows {
		cells = cells[:0]
		for _, c := range columns {
			if cell := keyCell(c, row); cell != "" {
				cells = append(cells, cell)
			}
		}
		if len(cells) < len(columns) {
			without++
			continue
		}
		key := strings.Join(design.Quoted(cells), design.By)
		if before, met := first[key]; met {
			if again++; again <= 3 {
				shown = append(shown, fmt.Sprintf("%s on %s and %s", quote(key), h.place(before), h.place(row)))
			}
			continue
		}
		first[key] = row
	}
	if without > 0 {
		h.ps.AddHint(none, where, "no key in %s, want one in every row", refusal.Count(without, "row"))
	}
	if again > 0 {
		h.ps.AddHint(twice, where, "%s with the key of an earlier one, want each key once: %s", refusal.Count(again, "row"), strings.Join(shown, "; "))
	}
	return columns
}

// keyHint is what to do about a key of a question that tells no rows apart.
const keyHint = "name the variables that together tell rows apart: --id household,person"

// keyCell is a cell as part of a key, "" for none.
func keyCell(c *table.Column, row int) string {
	if c.Text != nil {
		return strings.TrimSpace(c.Text[row])
	}
	if x := c.Values[row]; !math.IsNaN(x) {
		return codebook.Spell(x)
	}
	return ""
}

// place is where a row is, from 0: on its line, or by its number in a format without
// lines.
func (h *Harmoniser) place(row int) string {
	if h.raw.Place != nil {
		return h.raw.Place(row)
	}
	if h.raw.Line != nil {
		if line := h.raw.Line(row); line > 0 {
			return fmt.Sprintf("line %d", line)
		}
	}
	return fmt.Sprintf("row %d", row+1)
}

// twins reports an extract whose every row is there again, in all that is read of it,
// and tells how many are.
func (h *Harmoniser) twins(r *Result) {
	marks := slices.Clone(h.marks)
	slices.Sort(marks)
	alone, again := 0, 0
	for i := 0; i < len(marks); {
		j := i + 1
		for j < len(marks) && marks[j] == marks[i] {
			j++
		}
		if again += j - i - 1; j == i+1 {
			alone++
		}
		i = j
	}
	if alone == 0 && again > 0 {
		h.ps.AddHint(fmt.Sprintf("is the extract in the file twice? If rows may be alike, say so by a key in %s", h.x.At("key")), h.where,
			"each of %s is there more than once, alike in all %s that are read, want it once", refusal.Count(h.rows, "row"), refusal.Count(len(h.given.Columns), "variable"))
	}
	r.Twins = again
}

// mark adds to a batch's rows what tells them apart: their cells in all columns that
// are read, as one number, so that two rows that differ have the same mark in one of
// 2^64 cases.
func (h *Harmoniser) mark(batch *table.Table) {
	from := len(h.marks)
	h.marks = append(h.marks, make([]uint64, batch.Rows)...)
	marks := h.marks[from:]
	for _, c := range batch.Columns {
		for row, x := range c.Values {
			marks[row] = mixed(marks[row], math.Float64bits(x+0))
		}
		for row, text := range c.Text {
			word := uint64(len(text))
			for i := range len(text) {
				word = mixed(word, uint64(text[i]))
			}
			marks[row] = mixed(marks[row], word)
		}
	}
}

// mixed puts one more number into a mark: each bit of both may change any of it
// (the finaliser of SplitMix64).
func mixed(mark, x uint64) uint64 {
	mark = (mark ^ x) + 0x9e3779b97f4a7c15
	mark = (mark ^ mark>>30) * 0xbf58476d1ce4e5b9
	mark = (mark ^ mark>>27) * 0x94d049bb133111eb
	return mark ^ mark>>31
}

// sized holds the rows and respondents against the size that was published.
func (h *Harmoniser) sized(r *Result) {
	size := h.x.Size
	hold := func(weight string, found, want int) {
		if want == 0 || found == want {
			return
		}
		off := math.Abs(float64(found-want)) / float64(want)
		if size.Known == codebook.Confirmed || size.Known == codebook.Read && off > sizeWithin {
			what := refusal.Noun(found, "row")
			if weight != "" {
				what = fmt.Sprintf("%s in the sample of the %s weight", refusal.Noun(found, "respondent"), weight)
			}
			within := ""
			if size.Known == codebook.Read {
				within = ", give or take a tenth"
			}
			h.ps.AddHint(fmt.Sprintf("is it the whole extract of %s, once? If the size is another one, correct %s", h.x.ID(), h.x.At("size")), h.where,
				"%d %s, want %d%s (%s)", found, what, want, within, size.From)
			return
		}
		r.Sizes = append(r.Sizes, indicator.Sized{Weight: weight, Found: found, Published: want, Known: size.Known, From: size.From})
	}
	hold("", h.rows, size.Rows)
	for _, weight := range slices.Sorted(maps.Keys(size.Weights)) {
		if d := r.Wave.Designs[weight]; d != nil {
			hold(weight, d.Facts.Sample, size.Weights[weight])
		}
	}
}
