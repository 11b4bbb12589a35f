package estimate

// A measurement says what one figure counts of each row: the values of its
// components, whose weighted totals are all that the statistic depends on.
// A row that is not in the base has none.
type measurement struct {
	components int
	// of fills x with the row's components, each at most 1 in size, and says
	// whether the row is in the base.
	of func(row int, x []float64) bool
}

// A domain divides the respondents: the number of the category that a row is
// in, or -1 for a row outside all of them.
type domain struct {
	categories int
	of         func(row int) int
}
