package codebook_test

import (
	"testing"

	"togetherwecan/pipeline/codebook"
)

func TestDays(t *testing.T) {
	for date, want := range map[string]codebook.Period{
		"2006": {Start: "2006-01-01", End: "2006-12-31"}, "2004-02": {Start: "2004-02-01", End: "2004-02-29"}, "2004-02-11": {Start: "2004-02-11", End: "2004-02-11"},
		"": {}, "2006-13": {}, "2006-1": {}, "2005-02-29": {}, "in 2006": {},
	} {
		if got, ok := codebook.Days(date); got != want || ok != (want.Start != "") {
			t.Errorf("%q is %v, %t, want %v", date, got, ok, want)
		}
	}
}
