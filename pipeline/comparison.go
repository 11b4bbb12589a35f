package pipeline

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
)

// An AskedContrast compares a category with another one of its breakdown. Both
// figures are of the category, with its codes and with the base of the two.
type AskedContrast struct {
	From       codebook.Category
	Difference AskedFigure // its value less that of From
	Ratio      AskedFigure // its value over that of From, if both are above 0
	T, P       float64     // of the difference
	Adjusted   float64     // P for the number of categories that are compared
	Adjustment string      // by which, Adjustments
	Detectable float64     // the smallest difference that a test at 5% finds with a power of 80%
}

// An AskedTrend is the slope of the straight line through a breakdown's values
// by their scores, for each unit of the score. Each category counts alike.
type AskedTrend struct {
	AskedFigure
	Coded      bool // the scores are the codes; otherwise 1, 2, ...
	Categories []codebook.Category
	Scores     []float64           // of Categories
	Left       []codebook.Category // without a figure
	T, P       float64
}

// adjustments are the ways to adjust p-values for their number.
var adjustments = map[string]func(ps []float64) []float64{"holm": compare.Holm, "bh": compare.BenjaminiHochberg}

// Adjustments lists the ways to adjust p-values for their number.
func Adjustments() []string { return slices.Sorted(maps.Keys(adjustments)) }

// power is that of the test for which Detectable is made.
const power = 0.8

// reference is the cell of a breakdown that the others are compared with: the
// one that was asked for, or the first that has respondents.
func (c *calculation) reference(by string, cells []cell) int {
	for _, r := range c.question.Against {
		if strings.EqualFold(r.Variable, by) {
			return c.field(by).Index(r.Codes[0])
		}
	}
	return max(slices.IndexFunc(cells, func(cell cell) bool { return len(cell.of) > 0 }), 0)
}

// contrasts compares an item in each category of a breakdown with the same in
// its reference.
func (c *calculation) contrasts(item item, by string, cells []cell, figures []AskedFigure) []AskedContrast {
	from := c.reference(by, cells)
	var made []AskedContrast
	var ps []float64
	for to := range cells {
		if to != from {
			made = append(made, c.contrast(item, [2]cell{cells[from], cells[to]}, [2]*AskedFigure{&figures[from], &figures[to]}))
			ps = append(ps, made[len(made)-1].P)
		}
	}
	for i, p := range adjustments[c.question.Adjust](ps) {
		made[i].Adjusted, made[i].Adjustment = p, c.question.Adjust
	}
	return made
}

// together is the part of the design that the comparison of some cells is made
// in, and an item as a statistic of each of them within it. Its domain is
// everyone's, but where that makes no difference: strata that the cells miss add
// nothing unless their policy takes something from the others.
func (c *calculation) together(item item, cells []cell) (d *design.Design, of func(cell int) estimate.Linear) {
	rows := make([][]int32, len(cells))
	for k, cell := range cells {
		rows[k] = cell.of
	}
	everyone := slices.Concat(rows...)
	if by := c.design.Lonely; by == codebook.LonelyAdjust || by == codebook.LonelyAverage {
		everyone = append(everyone, c.others(everyone)...)
	}
	all := c.part(cell{of: everyone})
	if all.of != nil { // its respondents are numbered from one cell to the next
		next := int32(0)
		for k := range rows {
			rows[k] = make([]int32, len(cells[k].of))
			for i := range rows[k] {
				rows[k][i] = next
				next++
			}
		}
	}
	return all.design, func(k int) estimate.Linear {
		picked := make([][]float64, len(item.of))
		for v, y := range item.of {
			picked[v] = design.Pick(y, cells[k].of)
		}
		return estimate.Linear{Of: []estimate.Statistic{item.statistic(picked, estimate.Complete(nil, picked...))}, Rows: rows[k : k+1], By: []float64{1}}
	}
}

// others are the respondents who fit every restriction, except for some.
func (c *calculation) others(some []int32) []int32 {
	met := make([]bool, len(c.design.Rows))
	for _, i := range some {
		met[i] = true
	}
	var others []int32
	for i := range met {
		if !met[i] && (c.in == nil || c.in[i]) {
			others = append(others, int32(i))
		}
	}
	return others
}

// contrast compares an item in a category with the same in another one.
func (c *calculation) contrast(item item, sides [2]cell, figures [2]*AskedFigure) AskedContrast {
	from, to := figures[0], figures[1]
	nan := math.NaN()
	made := AskedContrast{From: sides[0].crossed[0], Difference: c.compared(to, from, to), Ratio: c.compared(to, from, to), T: nan, P: nan, Adjusted: nan, Detectable: nan}
	if made.Difference.Notes.Has(indicator.NoFigure) {
		return made
	}
	d, side := c.together(item, sides[:])
	e := estimate.Of(d, estimate.Joint{side(0), side(1)})
	difference := e.Contrast([]float64{-1, 1}, made.Difference.DF)
	size := math.Abs(from.Value) + math.Abs(to.Value)
	se := c.error(figures[:], []float64{-1, 1}, difference.SE)
	if c.inferred(&made.Difference, e, difference.Value, se, size, wald) {
		made.T, made.P = difference.Value/se, indicator.PValue(difference.Value/se, made.Difference.DF)
		made.Detectable = compare.Detectable(se, made.Difference.DF, compare.Significance, power)
	}
	if from.Value > 0 && to.Value > 0 {
		ratio := to.Value / from.Value
		by := []float64{-ratio / from.Value, 1 / from.Value}
		c.inferred(&made.Ratio, e, ratio, c.error(figures[:], by, e.Delta(by)), ratio, "log")
	} else {
		made.Ratio.Notes.Add(indicator.Note{Code: indicator.NoRatio})
	}
	return made
}

// error is that of a linear combination of figures: as given or, where their
// own follow from a published design factor, that of independent ones.
func (c *calculation) error(figures []*AskedFigure, by []float64, given float64) float64 {
	if c.design.Error != design.ByFactor {
		return given
	}
	variance := 0.0
	for k, f := range figures {
		one := float64(by[k] * f.SE)
		variance += float64(one * one)
	}
	return math.Sqrt(variance)
}

// compared is a comparison of figures, still without a value, that is shown at
// one of them: the base is that of all of them, and the degrees of freedom are
// the whole design's.
func (c *calculation) compared(at *AskedFigure, of ...*AskedFigure) AskedFigure {
	nan := math.NaN()
	f := *at
	f.Value, f.SE, f.Lower, f.Upper, f.Level, f.Method, f.DEFF, f.Notes = nan, nan, nan, nan, nan, "", nan, nil
	f.DF, f.Base, f.Weights = float64(c.design.DF()), 0, 0
	var without []string
	for _, figure := range of {
		f.Base += figure.Base
		f.Weights += figure.Weights
		if math.IsNaN(figure.Value) {
			f.Notes.Add(indicator.Note{Code: indicator.NoFigure})
			return f
		}
		if math.IsNaN(figure.SE) {
			without = append(without, figure.Category)
		}
	}
	if without != nil {
		f.Notes.Add(indicator.Note{Code: indicator.NoErrorOf, Args: without})
	}
	return f
}

// inferred gives a comparison its value, and its error and interval where there
// are some: not where a figure that it is made of has none. Size is that of its
// terms.
func (c *calculation) inferred(f *AskedFigure, e *estimate.Estimates, value, se, size float64, method string) bool {
	f.Value = value
	f.Infer(indicator.Basis{SE: se, DEFF: math.NaN(), Size: size, PSUs: c.design.Clusters, Lonely: c.design.Lonely, Method: method, Level: c.question.Level})
	if math.IsNaN(f.SE) {
		return false
	}
	if f.Notes.Has(indicator.NoIntervalDF) {
		f.Notes = indicator.Notes{{Code: indicator.NoTestDF}}
	}
	f.Notes.Add(c.approximate(f), c.standard(), e.LeftOut())
	return true
}

// trend is the slope of an item over the categories of a breakdown that have a
// figure.
func (c *calculation) trend(item item, variable string, cells []cell, figures []AskedFigure) AskedTrend {
	codes := c.field(variable).Codes
	made := AskedTrend{T: math.NaN(), P: math.NaN(), Coded: !slices.ContainsFunc(codes, func(code string) bool { return math.IsNaN(scoreOf(code)) })}
	var of []*AskedFigure
	var with []cell
	for i, cell := range cells {
		if math.IsNaN(figures[i].Value) {
			made.Left = append(made.Left, cell.crossed[0])
			continue
		}
		score := float64(len(of) + 1)
		if made.Coded {
			score = scoreOf(codes[i])
		}
		of, with = append(of, &figures[i]), append(with, cell)
		made.Categories, made.Scores = append(made.Categories, cell.crossed[0]), append(made.Scores, score)
	}
	made.AskedFigure = c.compared(&figures[0], of...)
	made.Category, made.Label, made.Crossed = "", "", nil
	by, ok := compare.Slope(made.Scores)
	if !ok {
		made.Notes.Add(indicator.Note{Code: indicator.NoTrend})
		return made
	}
	d, each := c.together(item, with)
	line := estimate.Linear{By: by}
	size := 0.0
	for k, f := range of {
		one := each(k)
		line.Of, line.Rows = append(line.Of, one.Of...), append(line.Rows, one.Rows...)
		size += math.Abs(float64(by[k] * f.Value))
	}
	e := estimate.Of(d, line)
	slope := e.Contrast([]float64{1}, made.DF)
	se := c.error(of, by, slope.SE)
	if c.inferred(&made.AskedFigure, e, slope.Value, se, size, wald) {
		made.T, made.P = slope.Value/se, indicator.PValue(slope.Value/se, made.DF)
	}
	return made
}

// scoreOf is a code as a number, or NaN.
func scoreOf(code string) float64 {
	x, err := strconv.ParseFloat(code, 64)
	if err != nil || math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
