package estimate

import (
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// A Standard is a distribution over the categories of a variable that groups of
// respondents are to have, so that they compare as if they did not differ in it.
type Standard struct {
	Share  []float64 // of each category; they need not add up to 1
	Of     []int32   // of each of the design's Rows, its category; -1 is left out, with a weight of 0
	Group  []int32   // of each of Rows, its group; nil is one for all
	Groups int       // how many there are; 0 is one
}

// Standardise post-stratifies each group to a standard distribution, and keeps
// its sum of weights, those of each replicate too: direct standardisation with
// the error that belongs to it, in which the sum of weights is taken as known
// (Särndal, Swensson and Wretman 1992, section 7.6). A category that a group has
// nobody of is left out of its standard.
func Standardise(d *design.Design, s Standard) *design.Design {
	made := *d
	codes, shares := len(s.Share), total(s.Share)
	cells := &standardCells{codes: codes, of: make([]int32, len(d.Rows)), wants: make([]float64, max(s.Groups, 1)*codes)}
	for i, code := range s.Of {
		if cells.of[i] = code; code >= 0 && s.Group != nil {
			cells.of[i] += s.Group[i] * int32(codes)
		}
	}
	cells.sums = cells.totals(d.Weight)
	for cell := range cells.wants {
		group := cell / codes * codes
		cells.wants[cell] = float64(s.Share[cell-group] / shares * total(cells.sums[group:group+codes]))
	}
	made.Weight = cells.weigh(d.Weight)
	if d.Replicates == nil {
		cells.before = d.Weight
		made.Calibrations = append(slices.Clone(d.Calibrations), cells)
		return &made
	}
	weights := make([][]float64, d.Replicates.Count())
	var room []float64
	for n := range weights {
		room = d.Replicate(n, room)
		weights[n] = cells.weigh(room)
	}
	made.Replicates = d.Replicates.With(weights)
	return &made
}

// standardCells are the categories of a standard in each group.
type standardCells struct {
	of     []int32   // of each respondent; -1 for none
	codes  int       // categories, of each group
	wants  []float64 // of each cell, the sum that its weights are to have
	sums   []float64 // and that they had
	before []float64 // weights
}

// totals are those of the cells.
func (c *standardCells) totals(x []float64) []float64 {
	of, inside := make([]int32, len(x)), make([]float64, len(x))
	for i, cell := range c.of {
		if cell >= 0 {
			of[i], inside[i] = cell, x[i]
		}
	}
	return design.Totals(of, len(c.wants), inside)
}

// weigh brings weights to what their cells want. What a cell wants that a replicate
// has nobody of goes to the others of its group.
func (c *standardCells) weigh(weight []float64) []float64 {
	made, sums := make([]float64, len(weight)), c.totals(weight)
	factors := make([]float64, len(sums))
	for group := 0; group < len(sums); group += c.codes {
		kept, wanted := 0.0, 0.0
		for cell := group; cell < group+c.codes; cell++ {
			if c.sums[cell] != 0 {
				wanted += c.wants[cell]
				if sums[cell] != 0 {
					kept += c.wants[cell]
				}
			}
		}
		for cell := group; cell < group+c.codes; cell++ {
			if sums[cell] != 0 {
				factors[cell] = c.wants[cell] / sums[cell] * (wanted / kept)
			}
		}
	}
	for i, cell := range c.of {
		if cell >= 0 {
			made[i] = float64(weight[i] * factors[cell])
		}
	}
	return made
}

// Residuals implements design.Calibration.
func (c *standardCells) Residuals(u []float64, _ []int32) {
	sums := c.totals(u)
	for i, cell := range c.of {
		if cell >= 0 && c.sums[cell] != 0 {
			u[i] -= float64(sums[cell] / c.sums[cell] * c.before[i])
		}
	}
}

// standardForm is the standard of a definition's figures.
type standardForm struct {
	variable string
	of       *table.Column
	share    []float64
}

func newStandard(s *indicator.Standard, of *table.Column) *standardForm {
	made := &standardForm{variable: s.Variable, of: of}
	for _, code := range of.Variable.Codes() {
		made.share = append(made.share, s.Shares[code])
	}
	return made
}

// to is the standard for those who are measured, in as many parts as there are
// and each of the groups that a form compares. It takes those out who have no
// category of the standard.
func (s *standardForm) to(rows []int32, of smooth, part []int32, parts int) Standard {
	groups := len(of.of) / 2
	made := Standard{Share: s.share, Of: make([]int32, len(rows)), Group: make([]int32, len(rows)), Groups: parts * groups}
	for i, row := range rows {
		made.Of[i] = -1
		if code := s.of.Codes.At(int(row)); code >= 0 && of.in[i] {
			made.Of[i] = int32(code)
			if part != nil {
				made.Group[i] = part[i] * int32(groups)
			}
			made.Group[i] += int32(of.group(i))
		}
		of.in[i] = made.Of[i] >= 0
	}
	return made
}

// notes say that a figure is standardised, and which categories of the standard
// one of its groups has nobody of.
func (s *standardForm) notes(weight []float64, to Standard) indicator.Notes {
	codes := len(s.share)
	met := make([]bool, to.Groups*codes)
	for i, code := range to.Of {
		if code >= 0 && weight[i] != 0 {
			met[int(to.Group[i])*codes+int(code)] = true
		}
	}
	made := indicator.Notes{{Code: indicator.Standardised, Of: s.variable}}
	var without []string
	for k, code := range s.of.Variable.Codes() {
		for g := range to.Groups {
			if !met[g*codes+k] && s.share[k] > 0 && !slices.Contains(without, code) {
				without = append(without, code)
			}
		}
	}
	if without != nil {
		made.Add(indicator.Note{Code: indicator.StandardisedWithout, Of: s.variable, Args: without})
	}
	return made
}
