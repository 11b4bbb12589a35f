package codebook

// Recorded is what an extract's own file says of a raw variable beyond its
// label and value labels. It is for people who write crosswalks: nothing of it
// decides what a category means.
type Recorded struct {
	Format  string     // the display format, as the file spells it: "F8.2", "%9.0g"
	Measure string     // "nominal", "ordinal", "scale" or ""
	Width   int        // of a text variable, in bytes; 0 for numbers
	Missing []Interval // values that the file declares missing
	Texts   []string   // text values that the file declares missing

	// Multiplier is that of a jackknife's replicate weight in the variance, (n-1)/n
	// of the n PSUs of its stratum; 0 where the file does not say.
	Multiplier float64
}

// An Interval is the numbers from Low to High, both included; a single number
// where they are equal.
type Interval struct{ Low, High float64 }
