package codebook

import (
	"regexp"
	"time"
)

// A Period is when a wave's fieldwork was, as ISO 8601 dates.
type Period struct {
	Start string `yaml:"start" json:"start"`
	End   string `yaml:"end" json:"end"`
}

// reducedDate is a date that is known to the year, the month or the day.
var reducedDate = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`)

// Days returns the first and the last day of a date that is known to the year,
// the month or the day; false where it is none.
func Days(date string) (Period, bool) {
	if !reducedDate.MatchString(date) {
		return Period{}, false
	}
	layout := time.DateOnly[:len(date)]
	first, err := time.Parse(layout, date)
	if err != nil {
		return Period{}, false
	}
	last := first
	switch len(date) {
	case len("2006"):
		last = first.AddDate(1, 0, -1)
	case len("2006-01"):
		last = first.AddDate(0, 1, -1)
	}
	return Period{Start: first.Format(time.DateOnly), End: last.Format(time.DateOnly)}, true
}
