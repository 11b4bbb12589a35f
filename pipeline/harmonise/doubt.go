package harmonise

import (
	"maps"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// doubts notes codes that count, though their labels say that nothing was answered,
// and texts that programs write for a missing value or that stand among numbers.
func (o *ownVariable) doubts() indicator.Notes {
	named := map[string]string{} // labels, by code
	for _, c := range o.variable.Categories {
		if codebook.KindOf(c.Label) != codebook.Present {
			named[c.Code] = c.Label
		}
	}
	of := &o.coding
	if len(of.parts) == 0 {
		of = &o.asNumbers.coding
	}
	codes, order, counts := of.spelled(), of.order(), of.counts
	if o.asNumbers.many && !o.Categories {
		codes, order, counts = o.asNumbers.held.numbered(named)
	}
	const few = 3 // texts among numbers
	texts := 0
	for _, text := range codes {
		if _, number := codebook.Number(text); !number && !of.missing.Text(text) {
			texts++
		}
	}
	stray := func(text string) bool {
		_, number := codebook.Number(text)
		return of.text && !number && (codebook.IsMark(text) || texts <= few && texts < len(codes)-texts)
	}
	labelled, marked := indicator.Note{Code: indicator.LabelledMissing, Of: o.variable.Name}, indicator.Note{Code: indicator.MarkedMissing, Of: o.variable.Name}
	var rows [2]int
	var have []int
	for _, i := range order {
		code := codes[i]
		label, says := named[code]
		if x, number := codebook.Number(code); !says && !stray(code) || of.missing.Text(code) || o.variable.Recorded.DeclaresText(code) || number && o.variable.Recorded.DeclaresNumber(x) {
			continue
		}
		if have == nil {
			have = counts()
		}
		switch {
		case have[i] == 0:
		case says:
			rows[0], labelled.Args = rows[0]+have[i], append(labelled.Args, code, label)
		default:
			rows[1], marked.Args = rows[1]+have[i], append(marked.Args, code)
		}
	}
	var notes indicator.Notes
	for n, note := range []indicator.Note{labelled, marked} {
		if rows[n] > 0 {
			note.Args = append([]string{strconv.Itoa(rows[n])}, note.Args...)
			notes.Add(note)
		}
	}
	return notes
}

// numbered are the codes among those of labels that are numbers, and how many rows
// have each.
func (p *pile) numbered(labels map[string]string) (codes []string, order []int32, counts func() []int) {
	of, place := map[float64]string{}, map[float64]int{}
	for code := range labels {
		if x, number := codebook.Number(code); number {
			of[x] = code
		}
	}
	for i, x := range slices.Sorted(maps.Keys(of)) {
		place[x] = i
		codes, order = append(codes, of[x]), append(order, int32(i))
	}
	return codes, order, func() []int {
		have := make([]int, len(codes))
		for _, c := range p.parts {
			for _, x := range c.Values {
				if i, ok := place[x]; ok {
					have[i]++
				}
			}
		}
		return have
	}
}

// marked notes texts of a stratum or PSU that programs write for a missing value.
func (c *coding) marked(variable string) indicator.Notes {
	rows, args := 0, []string(nil)
	for _, i := range c.order() {
		if c.text && codebook.IsMark(c.texts[i]) {
			rows, args = rows+c.counts()[i], append(args, c.texts[i])
		}
	}
	if rows == 0 {
		return nil
	}
	return indicator.Notes{{Code: indicator.MarkedMissing, Of: variable, Args: append([]string{strconv.Itoa(rows)}, args...)}}
}
