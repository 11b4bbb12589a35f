package parquet

import (
	"encoding/json"
	"reflect"
)

// aboutKey is the key of the file's metadata that holds an About, as JSON.
const aboutKey = "togetherwecan.about"

// About is what an extract says of itself beyond its columns, kept where it is
// converted. Nothing of it decides what a value means.
type About struct {
	Format   string   `json:"format,omitempty"`   // of the extract that was converted, in words: "Stata, format 118"
	Encoding string   `json:"encoding,omitempty"` // of its text, "" where its format has but one
	Label    string   `json:"label,omitempty"`    // of the file
	Weight   string   `json:"weight,omitempty"`   // the variable that the file says weights it
	Notes    []string `json:"notes,omitempty"`    // documents and notes, and what did not agree
}

// save returns the facts as JSON, or "" if there are none.
func (a About) save() (string, error) {
	if reflect.ValueOf(a).IsZero() {
		return "", nil
	}
	text, err := json.Marshal(a)
	return string(text), err
}

// about returns the facts of the file's metadata, none if it has none.
func (s *scan) about() (a About, err error) {
	if text := s.file.MetaData().KeyValueMetadata().FindValue(aboutKey); text != nil {
		err = json.Unmarshal([]byte(*text), &a)
	}
	return a, err
}
