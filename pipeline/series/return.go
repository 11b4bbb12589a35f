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
	Categories []int  // of each of Series.CategoryColumns
	Cells      []Cell // of each of Series.Numbers
	Standing   string
	Line       int
}

// NoArea is the place of the area of a row where a series has none.
const NoArea = -3

// A Cell is a number of a return, or why there is none.
type Cell struct {
	Value float64 // NaN without a number
	Mark  string  // NilMark, SuppressedMark or NotCollectedMark; "" of a number as written
	About string  // the body's word that the number is rounded: over, about
}
