package codebook

import (
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// Margins are the known populations that the weight is calibrated to.
func (w Weight) Margins() []Margin {
	if w.Calibrate == nil {
		return nil
	}
	return w.Calibrate.Margins
}

// A Calibration brings weights to known totals: by a distance, or without one by
// post-stratification to one margin and by raking to several.
type Calibration struct {
	Margins  []Margin  `yaml:"margins"`
	Distance string    `yaml:"distance" json:",omitempty"`
	Bounds   []float64 `yaml:"bounds" json:",omitempty"` // a lower and an upper limit of the factors, for a distance

	// Within is a raw variable, of whose units all members get one factor, for a
	// distance: of households that are weighted with their members.
	Within string `yaml:"within" json:",omitempty"`
}

// A Margin is what is known of a common variable: the population of each of its
// categories, or the total of its numbers. Of several variables crossed, joined by
// CrossSign, it is the population of each combination, whose codes are joined so too.
// That of the variable All is the size of the population.
type Margin struct {
	Variable string             `yaml:"variable"`
	Totals   map[string]float64 `yaml:"totals" json:",omitempty"`
	Total    *float64           `yaml:"total" json:",omitempty"` // of numbers

	// Shares says that Totals are shares, of the margin All or, where there is none, of
	// the weights before.
	Shares bool `yaml:"shares" json:",omitempty"`

	Places map[string]string `yaml:"-" json:"-"` // of the codes of Totals, where a file has them
}

// CrossSign is between the variables of a margin that are crossed, and between their codes.
const CrossSign = "+"

// Crossed lists the variables of a margin that has categories.
func (m Margin) Crossed() []string { return strings.Split(m.Variable, CrossSign) }

// Reads lists the variables of a margin.
func (m Margin) Reads() []string {
	if m.Variable == All {
		return nil
	}
	if m.Total != nil {
		return []string{m.Variable}
	}
	return m.Crossed()
}

// Uncross divides a crossed code into one of each of the variables that known tells the
// codes of: every way to do so.
func Uncross(code string, known []func(code string) bool) (ways [][]string) {
	if len(known) == 1 {
		if known[0](code) {
			ways = append(ways, []string{code})
		}
		return ways
	}
	for at := range len(code) {
		if !strings.HasPrefix(code[at:], CrossSign) || !known[0](code[:at]) {
			continue
		}
		for _, rest := range Uncross(code[at+len(CrossSign):], known[1:]) {
			ways = append(ways, append([]string{code[:at]}, rest...))
		}
	}
	return ways
}

// SharesOf are shares as fractions that add up to 1, of fractions or percentages, which
// scaled says did not quite: as printed ones, which are rounded, do not. They are nil where
// they add up to neither 1 nor 100 within half a per cent.
func SharesOf(given map[string]float64) (shares map[string]float64, sum float64, scaled bool) {
	const rounding, exact = 0.005, 1e-9
	for _, code := range slices.Sorted(maps.Keys(given)) {
		sum += given[code]
	}
	whole := 1.0
	if sum > 10 {
		whole = 100
	}
	off := math.Abs(sum/whole - 1)
	if !(off <= rounding) {
		return nil, sum, false
	}
	shares = map[string]float64{}
	for code, x := range given {
		shares[code] = x / sum
	}
	return shares, sum, off > exact
}

// checkCalibration reports what is wrong with a calibration at a place.
func (c *Crosswalk) checkCalibration(to Calibration, book *Codebook, at ...string) refusal.Problems {
	var ps refusal.Problems
	if len(to.Margins) == 0 {
		ps.Add(c.At(at...), "nothing to calibrate to, want margins")
	}
	if to.Distance != "" && !slices.Contains(Distances, to.Distance) {
		ps.Add(c.At(append(at, "distance")...), "distance %q, want %s%s", to.Distance, strings.Join(Distances, ", "), refusal.Nearest(to.Distance, Distances))
	}
	switch {
	case to.Bounds != nil && !limits(to.Bounds):
		ps.Add(c.At(append(at, "bounds")...), "bounds %v, want a lower and an upper limit, as [0.3, 3]", to.Bounds)
	case to.Bounds != nil && to.Distance == "":
		ps.Add(c.At(append(at, "bounds")...), "bounds without a distance, want distance: linear, raking or logit")
	case to.Bounds == nil && to.Distance == "logit":
		ps.Add(c.At(append(at, "distance")...), "no bounds, want those that logit keeps the factors within, as [0.3, 3]")
	}
	if to.Within != "" && to.Distance == "" {
		ps.Add(c.At(append(at, "within")...), "within without a distance, want distance: linear, raking or logit")
	}
	for i, m := range to.Margins {
		ps = append(ps, c.checkMargin(m, to, book, append(slices.Clone(at), "margins", itoa(i)))...)
	}
	return ps
}

// checkMargin reports what is wrong with a margin of a calibration at a place.
func (c *Crosswalk) checkMargin(m Margin, to Calibration, book *Codebook, at []string) refusal.Problems {
	var ps refusal.Problems
	switch {
	case m.Total != nil && m.Totals != nil:
		ps.Add(c.At(at...), "total and totals, want one of them")
	case m.Total != nil && (math.IsNaN(*m.Total) || math.IsInf(*m.Total, 0)):
		ps.Add(c.At(append(at, "total")...), "total %g, want a number", *m.Total)
	case m.Total != nil && m.Variable != All && to.Distance == "":
		ps.Add(c.At(append(at, "total")...), "the total of a number, to which only a distance calibrates: want distance: linear, raking or logit")
	case m.Variable == All && m.Total == nil:
		ps.Add(c.At(at...), "no total of %q, want the size of the population", All)
	}
	if ps != nil {
		return ps
	}
	var known []func(string) bool
	for _, name := range m.Reads() {
		v, has := book.Variables[name]
		switch {
		case !has:
			ps.Add(c.At(at...), "no variable %q%s", name, refusal.Nearest(name, book.Names()))
			continue
		case !v.Categorical() && m.Total == nil:
			ps.Add(c.At(at...), "variable %q is a number, want one with categories, or its total", name)
			continue
		case v.Categorical() && m.Total != nil:
			ps.Add(c.At(append(at, "total")...), "variable %q has categories, want the totals of each", name)
		}
		known = append(known, func(code string) bool { return v.Index(code) >= 0 })
		for _, name := range book.Lacks(c, name) {
			ps.Add(c.At(at...), "a margin needs variable %q, which this crosswalk does not have", name)
		}
	}
	if ps != nil || m.Total != nil {
		return ps
	}
	if len(m.Totals) == 0 {
		ps.Add(c.At(at...), "no totals of %q, want the population of each category", m.Variable)
	}
	if v := book.Variables[m.Variable]; len(known) == 1 {
		ps = append(ps, v.checkCategories(c.At(append(at, "totals")...), slices.Sorted(maps.Keys(m.Totals))...)...)
	}
	for _, category := range slices.Sorted(maps.Keys(m.Totals)) {
		at := c.At(append(at, "totals", category)...)
		if ways := Uncross(category, known); len(known) > 1 && len(ways) != 1 {
			ps.Add(at, "%q is %d combinations of categories of %s, want one", category, len(ways), strings.Join(m.Crossed(), " and "))
		}
		if m.Totals[category] < 0 {
			ps.Add(at, "total of %q is %g, want a population", category, m.Totals[category])
		}
	}
	if shares, sum, _ := SharesOf(m.Totals); m.Shares && len(m.Totals) > 0 && shares == nil {
		ps.Add(c.At(append(at, "totals")...), "shares that add up to %g, want 1 or 100", sum)
	}
	return ps
}
