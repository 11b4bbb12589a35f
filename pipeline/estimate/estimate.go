// Package estimate computes indicators with their design-based errors.
//
// The PSU total is the sufficient statistic: one pass over the rows tallies
// weighted totals per cluster and category, and everything else (values,
// errors, intervals) is inferred from the tally. A domain is never a subset
// of rows: clusters that it misses count in the variance with a total of 0.
//
// The same wave gives the same bits whatever the order of its rows.
package estimate

import (
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// Wave estimates a definition for one wave: every item, for every population,
// as a whole and by every breakdown that the wave has the variables of. The
// estimates are in canonical order. What the wave cannot give is listed too.
func Wave(book *codebook.Codebook, d *indicator.Definition, w *indicator.Wave) ([]indicator.Estimate, []indicator.Lack) {
	var estimates []indicator.Estimate
	lacks := tallies(book, d, w, func(b tallied) {
		var respondents [][]int32
		if b.tally == nil {
			respondents = b.respondents()
		}
		for i, category := range b.codes {
			var e indicator.Estimate
			if b.tally == nil {
				e = b.fromRows(b.design, respondents[i])
			} else {
				e = b.infer(b.design, b.tally, i)
			}
			e.Key = b.key
			e.Category = category
			e.Period = [2]string{w.Crosswalk.Fieldwork.Start, w.Crosswalk.Fieldwork.End}
			e.Statistic, e.Unit, e.Decimals = d.Statistic, d.Unit(book), d.Places()
			e.Weight, e.Error = b.design.Weights, b.design.Error
			if b.design.Error == design.ByFactor {
				e.Notes.Add(indicator.Note{Code: indicator.DesignFactor, Args: []string{strconv.FormatFloat(b.design.Factor, 'g', -1, 64)}})
			}
			if w.Synthetic {
				e.Notes.Add(indicator.Note{Code: indicator.Synthetic})
			}
			estimates = append(estimates, e)
		}
	})
	slices.SortFunc(estimates, func(a, b indicator.Estimate) int { return a.Key.Compare(b.Key) })
	return estimates, lacks
}

// A tallied is what one pass over a wave tallies: an item by the categories of
// one breakdown of a population.
type tallied struct {
	form
	key    indicator.Key // without its category
	codes  []string      // of the categories
	domain domain
	design *design.Design
	tally  *tally // nil where the error needs the respondents
}

// tallies visits every tally of a definition that a wave gives, and lists what
// the wave cannot give.
func tallies(book *codebook.Codebook, d *indicator.Definition, w *indicator.Wave, visit func(tallied)) []indicator.Lack {
	var lacks []indicator.Lack
	x := w.Crosswalk
	if !d.Covers(x) {
		return nil
	}
	lack := func(item, breakdown string, needs []string) {
		lacks = append(lacks, indicator.Lack{Source: x.ID(), Indicator: d.ID, Item: item, Breakdown: breakdown, Needs: needs})
	}
	for _, item := range d.Figures() {
		if absent := w.Absent(d.Needs(item)); len(absent) > 0 {
			lack(item.ID, "", absent)
			continue
		}
		form := newForm(d, item, w.Table)
		for _, breakdown := range append([]string{codebook.All}, d.By(book)...) {
			var by []string
			if breakdown != codebook.All {
				by = indicator.Crossed(breakdown)
			}
			if absent := w.Absent(by); len(absent) > 0 {
				lack(item.ID, breakdown, absent)
				continue
			}
			design := w.Design(book.Weight(d.Groups(by)...))
			for _, population := range x.Populations {
				if len(d.Populations) > 0 && !slices.Contains(d.Populations, population.ID) {
					continue
				}
				member := all(w.Table, population.Where)
				cells := cross(w.Table, by, func(row int) bool { return member(row) && form.within(row) })
				var t *tally
				if !ofRows(design) {
					t = newTally(design, form.measurement, cells.domain)
					t.count(design, form.measurement, cells.domain, 0, len(design.Rows))
				}
				key := indicator.Key{Indicator: d.ID, Source: x.ID(), Population: population.ID, Breakdown: breakdown, Item: item.ID}
				visit(tallied{form, key, cells.codes, cells.domain, design, t})
			}
		}
	}
	return lacks
}

// cells are the categories of a breakdown of a population.
type cells struct {
	domain
	codes []string
}

// cross makes the cells of crossed variables: all combinations of their
// categories, those without respondents too.
func cross(t *table.Table, by []string, member func(row int) bool) cells {
	columns := make([]*table.Column, len(by))
	codes := []string{codebook.All}
	for i, name := range by {
		columns[i] = t.Column(name)
		var next []string
		for _, prefix := range codes {
			for _, c := range columns[i].Variable.Categories {
				if i == 0 {
					next = append(next, c.Code)
				} else {
					next = append(next, prefix+"*"+c.Code)
				}
			}
		}
		codes = next
	}
	return cells{domain{len(codes), func(row int) int {
		if !member(row) {
			return -1
		}
		cell := 0
		for _, c := range columns {
			code := int(c.Codes[row])
			if code < 0 {
				return -1
			}
			cell = cell*len(c.Variable.Categories) + code
		}
		return cell
	}}, codes}
}

// infer makes the estimate of one category of a tally.
func (f form) infer(d *design.Design, t *tally, category int) indicator.Estimate {
	nan := math.NaN()
	e := indicator.Estimate{
		Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan,
		Base: t.base[category], Smallest: t.base[category],
	}
	if f.smallest != nil {
		e.Smallest = f.smallest(t.counts[category*t.components : (category+1)*t.components])
	}
	switch {
	case len(t.cells[category]) == 0:
		e.Status = indicator.Inapplicable
		e.Notes.Add(indicator.Note{Code: indicator.NoCategory})
		return e
	case e.Base == 0:
		e.Status = indicator.Unavailable
		e.Notes.Add(indicator.Note{Code: indicator.NoBase})
		return e
	}
	value, gradient := f.value(t.sums(category))
	if math.IsNaN(value) || math.IsInf(value, 0) {
		e.Status = indicator.Unavailable
		if e.Smallest == 0 {
			e.Notes.Add(indicator.Note{Code: indicator.EmptyGroup})
		} else {
			e.Notes.Add(indicator.Note{Code: indicator.DividesByZero})
		}
		return e
	}
	e.Value = float64(value*f.scale) + f.centre
	clusters, df := t.df(d, category)
	e.DF = float64(df)
	if slices.ContainsFunc(gradient, func(g float64) bool { return math.IsNaN(g) || math.IsInf(g, 0) }) {
		e.Notes.Add(indicator.Note{Code: indicator.NoErrorGroup})
		return e
	}
	simple := t.simple(category, gradient)
	spread := float64(d.Factor*d.Factor) * simple
	if d.Error != design.ByFactor {
		spread = t.variance(d, category, gradient)
	}
	switch {
	case clusters < 2:
		e.Notes.Add(indicator.Note{Code: indicator.NoErrorPSUs})
		return e
	case !(simple*float64(e.Base-1) > unvarying*value*value) || math.IsNaN(spread) || spread <= negligible*value*value:
		e.Notes.Add(indicator.Note{Code: indicator.NoErrorFixed})
		return e
	}
	se := math.Sqrt(spread)
	e.SE = se * f.scale
	e.DEFF = spread / simple
	method, _ := indicator.IntervalBy(f.method)
	limits := method.Interval(value, se, e.DF, e.Base, indicator.Level)
	if df <= 0 {
		e.Notes.Add(indicator.Note{Code: indicator.NoIntervalDF})
		return e
	}
	e.Lower, e.Upper = float64(limits.Lower*f.scale)+f.centre, float64(limits.Upper*f.scale)+f.centre
	e.Level, e.Method = indicator.Level, f.method
	return e
}

// Below these a variance is what rounding leaves of 0: unvarying is that of
// the answers, negligible that of the figure, over the value's square.
const (
	unvarying  = 1e-14
	negligible = 1e-28
)
