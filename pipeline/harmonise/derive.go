package harmonise

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/table"
)

// derive adds every derived variable of the codebook whose inputs the table
// has, and which the crosswalk did not give directly.
func derive(t *table.Table, book *codebook.Codebook) {
	var visit func(name string)
	visit = func(name string) {
		v := book.Variables[name]
		if t.Column(name) != nil || v.Derive == nil {
			return
		}
		var inputs []*table.Column
		for _, input := range v.Derive.Inputs() {
			visit(input)
			c := t.Column(input)
			if c == nil {
				return
			}
			inputs = append(inputs, c)
		}
		t.Add(derived(v, inputs, book))
	}
	for _, name := range book.Names() {
		visit(name)
	}
}

// derived makes a variable from its inputs, by the one word that its
// derivation uses.
func derived(v codebook.Variable, inputs []*table.Column, book *codebook.Codebook) *table.Column {
	made := blank(v, inputs[0].Len())
	switch d := v.Derive; {
	case d.Recode != nil:
		to := make([]int, len(inputs[0].Variable.Categories))
		for i, c := range inputs[0].Variable.Categories {
			to[i] = -int(codebook.NotApplicable)
			for category, old := range d.Recode.Into {
				if slices.Contains(old, c.Code) {
					to[i] = v.Index(category)
				}
			}
		}
		for row := range made.Len() {
			code := inputs[0].Codes.At(row)
			if code >= 0 {
				code = to[code]
			}
			made.Codes.Set(row, code)
		}
	case d.Band != nil:
		for row, value := range inputs[0].Values {
			if kind := inputs[0].Missing(row); kind != codebook.Present {
				made.SetMissing(row, kind)
			} else if band, ok := bandOf(d.Band.Into, value); ok {
				made.Codes.Set(row, v.Index(band))
			} else {
				made.SetMissing(row, codebook.NotApplicable)
			}
		}
	case d.First != nil:
		if made.Codes != nil {
			made.Codes.Copy(0, inputs[0].Codes)
		}
		copy(made.Values, inputs[0].Values)
		copy(made.Kinds, inputs[0].Kinds)
		for _, next := range inputs[1:] {
			made.Fill(next)
		}
	case d.Expression != "":
		express(made, inputs, book)
	case d.Any != nil:
		yes, no := v.Index("yes"), v.Index("no")
		add(made, inputs, points(inputs, d.Any.Categories), d.Any.Missing, true, func(row int, sum float64) {
			code := no
			if sum > 0 {
				code = yes
			}
			made.Codes.Set(row, code)
		})
	case d.Count != nil:
		add(made, inputs, points(inputs, d.Count.Categories), d.Count.Missing, false, func(row int, sum float64) { made.Values[row] = sum })
	case d.Score != nil:
		scores := make([][]float64, len(inputs))
		for i, c := range inputs {
			for _, code := range c.Variable.Codes() {
				scores[i] = append(scores[i], d.Score.Points[code])
			}
		}
		add(made, inputs, scores, d.Score.Missing, false, func(row int, sum float64) { made.Values[row] = sum })
	}
	return made
}

// express makes a variable by its expression, which the codebook has checked.
func express(made *table.Column, inputs []*table.Column, book *codebook.Codebook) {
	p, faults := book.Program(made.Variable.Derive)
	if faults != nil {
		panic("harmonise: " + made.Variable.Name + ": " + faults[0].What)
	}
	load := func(input int, to *expression.Block) {
		at := slices.IndexFunc(inputs, func(c *table.Column) bool { return c.Variable.Name == p.Inputs[input] })
		loadRows(to, inputs[at], 0)
	}
	p.Evaluate(made.Len(), load, func(b *expression.Block) {
		for row, kind := range b.Kinds {
			switch {
			case kind != 0:
				made.SetMissing(row, codebook.Missing(kind))
			case made.Codes != nil:
				made.Codes.Set(row, made.Variable.Index(codebook.Made(p, b, row)))
			default:
				made.Values[row] = b.Numbers[row]
			}
		}
	})
}

// points gives 1 for each of the categories, of each input.
func points(inputs []*table.Column, categories []string) [][]float64 {
	out := make([][]float64, len(inputs))
	for i, c := range inputs {
		out[i] = make([]float64, len(c.Variable.Categories))
		for j, code := range c.Variable.Codes() {
			if slices.Contains(categories, code) {
				out[i][j] = 1
			}
		}
	}
	return out
}

// add sets each row to the sum of its inputs' points. A row with a missing
// input is missing, of that input's kind, unless missing inputs are ignored
// and some input is present, or one point is enough and there is one.
func add(made *table.Column, inputs []*table.Column, points [][]float64, missing string, enough bool, set func(row int, sum float64)) {
	for row := range made.Len() {
		sum, present, first := 0.0, 0, codebook.Present
		for i, c := range inputs {
			if code := c.Codes.At(row); code >= 0 {
				sum += points[i][code]
				present++
			} else if first == codebook.Present {
				first = c.Missing(row)
			}
		}
		switch {
		case first == codebook.Present, enough && sum > 0, missing == codebook.IgnoreMissing && present > 0:
			set(row, sum)
		default:
			made.SetMissing(row, first)
		}
	}
}
