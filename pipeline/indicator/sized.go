package indicator

// A Sized is a size of a wave's extract that is not the one that was published: of its
// rows or, with a weight, of the respondents in the weight's sample.
type Sized struct {
	Weight    string `json:"weight,omitempty"`
	Found     int    `json:"found"`
	Published int    `json:"published"`
	Known     string `json:"known"` // how far that was read, as a crosswalk says
	From      string `json:"from"`
}
