package estimate

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// standardShares are the distribution that a form's means are brought to.
type standardShares struct {
	variable string
	codes    []string
	shares   []float64 // of each code; they add up to 1
}

func newStandard(s *indicator.Standard, v codebook.Variable) *standardShares {
	made := &standardShares{variable: s.Variable, codes: v.Codes()}
	whole := 0.0
	for _, code := range made.codes {
		whole += s.Shares[code]
	}
	for _, code := range made.codes {
		made.shares = append(made.shares, s.Shares[code]/whole)
	}
	return made
}

// standardised is a form of means, of one group or of two, each brought to a
// standard: the sum over its categories of their share times the mean in them.
// Its components are those of the form in each category of the standard, and a
// category that nobody has is left out. This is direct standardisation, and its
// linearised values are those of weights that are post-stratified to the
// standard within each group (Särndal, Swensson and Wretman 1992, section 7.6).
//
// The design effect is over a simple random sample with such weights.
func (f form) standardised(s *standardShares, t *table.Table) form {
	of, groups, codes := f.measurement, f.components/2, len(s.codes)
	by := t.Column(s.variable)
	at := func(group, code int) int { return 2 * (group*codes + code) }
	one := make([]float64, of.components)
	made := f
	made.standard = s
	made.measurement = measurement{2 * groups * codes, func(row int, x []float64) bool {
		clear(x)
		code := by.Codes.At(row)
		if code < 0 || !of.of(row, one) {
			return false
		}
		for g := range groups {
			copy(x[at(g, code):], one[2*g:2*g+2])
		}
		return true
	}}
	// means are those of the groups, and the share of the standard that each has.
	means := func(t []float64) (totals, whole []float64) {
		totals, whole = make([]float64, 2*groups), make([]float64, groups)
		for g := range groups {
			for k, share := range s.shares {
				if w := t[at(g, k)]; w != 0 {
					whole[g] += share
					totals[2*g+1] += float64(share * (t[at(g, k)+1] / w))
				}
			}
			if whole[g] > 0 {
				totals[2*g], totals[2*g+1] = 1, totals[2*g+1]/whole[g]
			}
		}
		return totals, whole
	}
	made.value = func(t []float64) (float64, []float64) {
		totals, whole := means(t)
		value, slopes := f.value(totals)
		gradient := make([]float64, len(t))
		for g := range groups {
			for k, share := range s.shares {
				if w := t[at(g, k)]; w != 0 {
					slope := float64(slopes[2*g+1]*share) / whole[g] / w
					gradient[at(g, k)], gradient[at(g, k)+1] = -slope*(t[at(g, k)+1]/w), slope
				}
			}
		}
		return value, gradient
	}
	made.simple = func(t, squares []float64, weight float64, base int) float64 {
		totals, whole := means(t)
		_, slopes := f.value(totals)
		variance := 0.0
		for g := range groups {
			spread, sum := -float64(totals[2*g+1]*totals[2*g+1]), 0.0
			for k, share := range s.shares {
				if w := t[at(g, k)]; w != 0 {
					sum += w
					spread += float64(share / whole[g] * (squares[at(g, k)+1] / w))
				}
			}
			variance += float64(float64(slopes[2*g+1]*slopes[2*g+1])*spread) / sum
		}
		return float64(weight*variance) / float64(base-1)
	}
	if f.smallest != nil {
		made.smallest = func(counts []int) int {
			of := make([]int, 2*groups)
			for g := range groups {
				for k := range s.codes {
					of[2*g] += counts[at(g, k)]
					of[2*g+1] += counts[at(g, k)+1]
				}
			}
			return f.smallest(of)
		}
	}
	return made
}

// weighed is a part of a design whose replicate weights are post-stratified to
// the standard within each group, of which the degrees of freedom are.
func (s *standardShares) weighed(p domainPart, of smooth) *design.Design {
	change := func(weight []float64) []float64 {
		made := make([]float64, len(weight))
		totals := Total{Of: of.of, In: of.in}.Values(weight)
		group := 2 * len(s.codes)
		for cell := 0; cell < len(totals); cell += 2 {
			whole := 0.0
			for other := cell / group * group; other < (cell/group+1)*group; other += 2 {
				whole += totals[other]
			}
			for i, x := range of.of[cell] {
				if of.in[i] && x != 0 {
					made[i] = float64(weight[i]*s.shares[cell%group/2]) * whole / totals[cell]
				}
			}
		}
		return made
	}
	d := *p.design
	d.Weight = change(d.Weight)
	r := *d.Replicates
	r.Weight = make([][]float64, len(r.Weight))
	for n, weight := range d.Replicates.Weight {
		r.Weight[n] = change(weight)
	}
	d.Replicates = &r
	return &d
}

// notes say of a figure that it is standardised, and which categories of the
// standard one of its groups has nobody of.
func (s *standardShares) notes(counts []int) []indicator.Note {
	if s == nil {
		return nil
	}
	notes := []indicator.Note{{Code: indicator.Standardised, Of: s.variable}}
	var without []string
	for group := 0; group < len(counts); group += 2 * len(s.codes) {
		for k, code := range s.codes {
			if counts[group+2*k] == 0 && !slices.Contains(without, code) {
				without = append(without, code)
			}
		}
	}
	if without != nil {
		notes = append(notes, indicator.Note{Code: indicator.StandardisedWithout, Of: s.variable, Args: without})
	}
	return notes
}
