// Package spss is what SPSS's system files and portable files have in common.
package spss

import "fmt"

// Formats are the names of the display formats, by their numbers.
var Formats = map[int]string{
	1: "A", 2: "AHEX", 3: "COMMA", 4: "DOLLAR", 5: "F", 6: "IB", 7: "PIBHEX", 8: "P", 9: "PIB", 10: "PK", 11: "RB",
	12: "RBHEX", 15: "Z", 16: "N", 17: "E", 20: "DATE", 21: "TIME", 22: "DATETIME", 23: "ADATE", 24: "JDATE",
	25: "DTIME", 26: "WKDAY", 27: "MONTH", 28: "MOYR", 29: "QYR", 30: "WKYR", 31: "PCT", 32: "DOT", 33: "CCA",
	34: "CCB", 35: "CCC", 36: "CCD", 37: "CCE", 38: "EDATE", 39: "SDATE", 40: "MTIME", 41: "YMDHMS",
}

// Format is a display format as SPSS writes it, "F8.2" or "A20".
func Format(name string, width, decimals int) string {
	if decimals > 0 || name == "F" {
		return fmt.Sprintf("%s%d.%d", name, width, decimals)
	}
	return fmt.Sprintf("%s%d", name, width)
}
