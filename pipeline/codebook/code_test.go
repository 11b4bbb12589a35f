package codebook

import "testing"

// What DuckDB, R, pandas and spreadsheets make of a column of one code.
func TestMistaken(t *testing.T) {
	for code, want := range map[string]string{
		"no-religion": "", "no-one": "", "all": "", "16-24": "", "75-over": "", "35-49": "", "a-few": "", "quintile-1": "", "yes-often": "", "t-shirt": "",
		"none": "no value", "null": "no value", "na": "no value", "n-a": "no value", "nan": "no value",
		"yes": "true or false", "no": "true or false", "true": "true or false", "f": "true or false",
		"1": "a number", "007": "a number", "1e5": "a number", "inf": "a number", "infinity": "a number",
		"5-9": "a date", "10-12": "a date", "12-31": "a date", "2001-03": "a date", "3-2001": "a date", "may": "a date", "jan-1": "a date", "sept-2001": "a date",
		"5-to-9": "", "13-31": "", "2007-13": "", "0-4": "", "mayor": "", "5-9-13": "",
	} {
		if got, _ := Mistaken(code); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
}
