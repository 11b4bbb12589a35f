package sheet

import "strings"

// Shown says whether a number format shows a day, a month and a year, outside of its quoted
// words and bracketed conditions.
func Shown(code string) (days, months, years bool) {
	quoted, bracket := false, false
	var has [3]bool
	lower := strings.ToLower(code)
	for i, c := range lower {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && (i == 0 || lower[i-1] != '\\'):
			if at := strings.IndexRune("dmy", c); at >= 0 {
				has[at] = true
			}
		}
	}
	return has[0], has[1], has[2]
}

// dated says whether a number format of a workbook, by its number or its code, is of days.
func dated(id int, code string) bool {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 36, id >= 50 && id <= 58:
		return true
	case code == "":
		return false
	}
	days, _, years := Shown(code)
	return days || years
}

// The days from the first of 1970 to those on which spreadsheets begin to count.
const (
	from1900 = 25_569
	from1904 = 24_107
	february = 60 // the 29th of 1900, which never was
)

// days are a spreadsheet's days as days since 1970.
func days(serial float64, date1904 bool) float64 {
	switch {
	case date1904:
		return serial - from1904
	case serial < february:
		return serial - from1900 + 1
	}
	return serial - from1900
}
