package codebook

import (
	"fmt"
	"strings"
)

// A SourceID names a source of figures: a survey's wave as <survey>/<wave>
// (hocs/2001, bcs/2007-08), a return as returns/<series>/<period>, an evaluation
// as evaluations/<id>. It is text
// to every program that guesses types: it begins with a letter and its first
// part is not the name of a month, so that it is never a number or a date.
type SourceID string

// The first parts of the ids of sources that are no survey's.
const (
	Returns     = "returns"
	Evaluations = "evaluations"
)

// WaveID is the id of a survey's wave.
func WaveID(survey, wave string) SourceID { return SourceID(survey + "/" + wave) }

// ParseSourceID returns the id that a text is, or an error that says what is
// wanted.
func ParseSourceID(text string) (SourceID, error) {
	parts := strings.Split(text, "/")
	sound := len(parts) == 2 && parts[0] != Returns || len(parts) == 3 && parts[0] == Returns
	for _, part := range parts {
		sound = sound && ValidCode(part)
	}
	if !sound || parts[0][0] < 'a' || month(parts[0]) {
		return "", fmt.Errorf("%q is not the id of a source, want one such as hocs/2001: a survey that begins with a letter and is no month, and its wave", text)
	}
	return SourceID(text), nil
}

// Return says whether the source is a body's return.
func (id SourceID) Return() bool { return strings.HasPrefix(string(id), Returns+"/") }

// Survey is what the sources of one series have in common: the survey of a
// wave, returns/<series> of a return.
func (id SourceID) Survey() string {
	return string(id[:max(strings.LastIndexByte(string(id), '/'), 0)])
}

// Wave is what tells the sources of one series apart: the wave of a survey,
// the period of a return.
func (id SourceID) Wave() string { return string(id[strings.LastIndexByte(string(id), '/')+1:]) }
