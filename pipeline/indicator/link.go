package indicator

// A Link is what two waves whose samples overlap tell of the error of a change
// between two of their figures.
type Link struct {
	Method      string  // codebook.Overlap...
	SE          float64 // of the change, in the figures' unit, where it does not follow from their errors
	Correlation float64 // of the figures
	DF          float64
	Linked      int // PSUs in both waves
}
