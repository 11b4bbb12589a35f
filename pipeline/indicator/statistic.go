package indicator

import (
	"slices"
	"strings"
)

// A Statistic says how a figure is made of what is counted: the name of a row
// of the table below.
type Statistic string

// The statistics.
const (
	Proportion  Statistic = "proportion"
	Mean        Statistic = "mean"
	Ratio       Statistic = "ratio"
	Gap         Statistic = "gap"
	Parity      Statistic = "parity"
	Association Statistic = "association"
	MeanGap     Statistic = "mean-gap"
	MeanParity  Statistic = "mean-parity"
	Total       Statistic = "total"
	Count       Statistic = "count"
	Quantile    Statistic = "quantile"
)

// The statistics of returns alone.
const (
	Rate              Statistic = "rate"
	Index             Statistic = "index"
	StandardisedRate  Statistic = "standardised-rate"
	StandardisedRatio Statistic = "standardised-ratio"
	Coverage          Statistic = "coverage"
	PercentChange     Statistic = "percent-change"
	DoubleDifference  Statistic = "double-difference"
)

// The units of statistics that do not have the unit of a variable.
const (
	Percent = "percent"
	Points  = "percentage points"
	Times   = "ratio"
	Counted = "count"
	Hundred = "index"
)

// The keys of a definition that some statistics need beside of.
const (
	KeyOver    = "over"
	KeyWith    = "with"
	KeyBetween = "between"
	KeyAt      = "at"
)

// A StatisticRow is what is true of every figure of one statistic. All that
// depends on the statistic alone, and on no data, is read from here.
type StatisticRow struct {
	Name Statistic
	A    string // the name with its article

	Unit       string // of the value as published; "" is that of the variable
	ChangeUnit string // of a difference of two values; "" is Unit
	// Scale is what values and errors are multiplied by as published: inside
	// the engine proportions are fractions, published they are in percent.
	Scale float64

	Number bool     // of a variable that is a number; otherwise of conditions on categories
	Share  bool     // a value from 0 to 1 before it is scaled
	Adds   bool     // it is made of totals that one respondent may be most of
	Needs  []string // keys of a definition beside of
	// Interval is the method of the interval, where nobody chooses another.
	Interval string
	Standard bool // it may be standardised
	Returns  bool // it is of returns alone

	Decimals int    // that a reader of a table is shown; the files hold all
	Symbol   string // behind a value that is shown
	Signed   bool   // a value above 0 is shown with its sign
	Step     string // what a difference of two values is counted in, in words
}

var statistics = []StatisticRow{
	{Name: Proportion, A: "a proportion", Unit: Percent, ChangeUnit: Points, Scale: 100, Share: true, Interval: "logit", Decimals: 1, Symbol: "%", Step: "points", Standard: true},
	{Name: Mean, A: "a mean", Scale: 1, Number: true, Adds: true, Interval: "wald", Decimals: 2, Standard: true},
	{Name: Ratio, A: "a ratio", Unit: Times, Scale: 1, Number: true, Adds: true, Needs: []string{KeyOver}, Interval: "wald", Decimals: 2, Standard: true},
	{Name: Gap, A: "a gap", Unit: Points, Scale: 100, Needs: []string{KeyBetween}, Interval: "wald", Decimals: 1, Signed: true, Step: "points", Standard: true},
	{Name: Parity, A: "a parity", Unit: Times, Scale: 1, Needs: []string{KeyBetween}, Interval: "log", Decimals: 2, Standard: true},
	{Name: Association, A: "an association", Unit: Times, Scale: 1, Needs: []string{KeyWith}, Interval: "log", Decimals: 2},
	{Name: MeanGap, A: "a mean-gap", Scale: 1, Number: true, Adds: true, Needs: []string{KeyBetween}, Interval: "wald", Decimals: 2, Signed: true, Standard: true},
	{Name: MeanParity, A: "a mean-parity", Unit: Times, Scale: 1, Number: true, Adds: true, Needs: []string{KeyBetween}, Interval: "log", Decimals: 2, Standard: true},
	{Name: Total, A: "a total", Scale: 1, Number: true, Adds: true, Interval: "wald", Decimals: 2, Standard: true},
	{Name: Count, A: "a count", Unit: Counted, Scale: 1, Adds: true, Interval: "wald", Standard: true},
	{Name: Quantile, A: "a quantile", Scale: 1, Number: true, Needs: []string{KeyAt}, Interval: "woodruff", Decimals: 2, Standard: true},
	{Name: Rate, A: "a rate", Scale: 1, Decimals: 1, Returns: true},
	{Name: Index, A: "an index", Unit: Hundred, Scale: 1, Decimals: 1, Returns: true},
	{Name: StandardisedRate, A: "a standardised-rate", Scale: 1, Decimals: 1, Returns: true},
	{Name: StandardisedRatio, A: "a standardised-ratio", Unit: Times, Scale: 1, Decimals: 2, Returns: true},
	{Name: Coverage, A: "a coverage", Unit: Percent, ChangeUnit: Points, Scale: 100, Share: true, Decimals: 1, Symbol: "%", Step: "points", Returns: true},
	{Name: PercentChange, A: "a percent-change", Unit: Percent, ChangeUnit: Points, Scale: 100, Decimals: 1, Symbol: "%", Signed: true, Step: "points", Returns: true},
	{Name: DoubleDifference, A: "a double-difference", Unit: Points, Scale: 100, Decimals: 1, Signed: true, Step: "points", Returns: true},
}

// Row returns the statistic's row. A name that is not in the table, as of a
// release that a later program made, has a row of no unit, scale 1 and two
// decimals.
func (s Statistic) Row() *StatisticRow {
	for i := range statistics {
		if statistics[i].Name == s {
			return &statistics[i]
		}
	}
	return &StatisticRow{Name: s, A: "a " + string(s), Scale: 1, Decimals: 2}
}

// Statistics lists the statistics that a definition of survey figures may name.
func Statistics() []Statistic {
	var names []Statistic
	for _, row := range statistics {
		if !row.Returns {
			names = append(names, row.Name)
		}
	}
	return names
}

// needing lists the statistics that need a key, each with its article, the
// last after "or", and says how many they are.
func needing(key string) (words string, many int) {
	var found []string
	for _, row := range statistics {
		if slices.Contains(row.Needs, key) {
			found = append(found, row.A)
		}
	}
	if last := len(found) - 1; last > 0 {
		return strings.Join(found[:last], ", ") + " or " + found[last], len(found)
	}
	return strings.Join(found, ""), len(found)
}

// UnitOfChange is the unit of a difference of two values of the unit.
func (s *StatisticRow) UnitOfChange(unit string) string {
	if s.ChangeUnit != "" {
		return s.ChangeUnit
	}
	return unit
}
