package indicator

import "togetherwecan/pipeline/codebook"

// A Link is what two waves whose samples overlap tell of the error of a change
// between two of their figures.
type Link struct {
	Method      string  // codebook.Overlap...
	SE          float64 // of the change, in the figures' unit, where it does not follow from their errors
	Correlation float64 // of the figures
	DF          float64
	Linked      int // PSUs in both waves
}

// A Pairing names two figures of one series: the later one by its key.
type Pairing struct {
	From codebook.SourceID
	To   Key
}

// Links are those of pairs of figures.
type Links map[Pairing]Link

// Comparisons are what a question makes of the categories of each breakdown of
// one variable.
type Comparisons struct {
	Contrast bool              // each against a reference
	Trend    bool              // the straight line through them
	Against  map[string]string // of a breakdown, the reference; otherwise the first category that somebody is of
}

// A Joint is what the figures of an item in the categories of a breakdown tell of
// the error of what is made of them together. Its domain is everyone's.
type Joint struct {
	Breakdown, Item string
	Reference       int         // the category that the others are compared with
	Own             []float64   // of each category, the variance of its figure
	Beside          []float64   // that of the reference's, in the replicates that have both
	With            []float64   // and its covariance with the reference's
	Nested          bool        // the reference holds the others: it is everyone
	Left            []Note      // and how many replicates are left out of the two
	All             [][]float64 // the covariances of all that have a figure, in their order; nil where nobody asks for them
	AllLeft         Note
	DF              float64 // of the whole design
	Clusters        int     // of the same
}
