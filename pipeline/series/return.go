package series

import "togetherwecan/pipeline/codebook"

// A Return is one period of a series, ready to be estimated.
type Return struct {
	Series    *Series
	Name      string // of the period
	Period    codebook.Period
	Rows      []Row  // of areas; one row where the series has none
	Groups    []Row  // that the body gives of areas together
	Whole     []Row  // that it gives of all of them
	Totals    []Row  // of all categories of a column, of areas, groups or all of them
	Returned  int    // areas that made their return
	Expected  int    // areas that there are
	Standing  string // of all rows, or the least final of theirs; "" where nothing is said
	Synthetic bool   // the return says that it was made up
}

// ID is the source that the return is.
func (r *Return) ID() codebook.SourceID { return r.Series.Source(r.Name) }

// A Row is one row of a return's table.
type Row struct {
	Area       int    // its place in the series, WholeArea, or NoArea where the series has none
	Categories []int  // of each of Series.CategoryColumns, TotalCategory in Totals
	Cells      []Cell // of each of Series.Numbers
	Standing   string
	Line       int
}

// A Rounded is a number that does not agree with the sum of its parts to the digit,
// and does as far as the series lets rounded numbers differ.
type Rounded struct {
	Row    string  `json:"row"`
	Column string  `json:"column"`
	Line   int     `json:"line"`
	Given  float64 `json:"given"`
	Sum    float64 `json:"sum"`
	Parts  int     `json:"parts"`
}

// NoArea is the place of the area of a row where a series has none.
const NoArea = -3

// A Cell is a number of a return, or why there is none.
type Cell struct {
	Value float64 // NaN without a number
	Mark  string  // NilMark, SuppressedMark, NotCollectedMark or UnclearMark; "" of a number as written
	About string  // the body's word that the number is rounded: over, about
}
