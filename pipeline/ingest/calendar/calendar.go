// Package calendar knows the counts of days and seconds that programs keep as dates,
// by the display formats that say so.
package calendar

import (
	"math"
	"strings"
	"time"
)

// A Count is a way to number days or moments.
type Count struct {
	begins int64   // the moment that 0 is, in seconds of Unix
	unit   float64 // seconds that 1 is
	Date   bool    // whole days are meant, and no time of a day
}

// The days on which programs begin to count.
var (
	spss  = time.Date(1582, time.October, 14, 0, 0, 0, 0, time.UTC).Unix()
	stata = time.Date(1960, time.January, 1, 0, 0, 0, 0, time.UTC).Unix()
)

const (
	day    = 86_400
	micros = 1_000_000
)

// Of is the count of a display format, as the file spells it; ok is false for a
// format of something else, of weeks, quarters and halves, and of Stata's leap
// seconds (%tC).
func Of(format string) (c Count, ok bool) {
	if name, of := strings.CutPrefix(format, "SAS "); of {
		c, ok = sas[strings.TrimRight(name, "0123456789.")]
		return c, ok
	}
	if words := strings.TrimPrefix(format, "%-"); words != format {
		format = "%" + words
	}
	switch {
	case strings.HasPrefix(format, "%tc"):
		return Count{stata, 1e-3, false}, true
	case strings.HasPrefix(format, "%td"), strings.HasPrefix(format, "%d"):
		return Count{stata, day, true}, true
	case strings.HasPrefix(format, "days since 1970"):
		return Count{0, day, true}, true
	case strings.HasPrefix(format, "seconds since 1970"):
		return Count{0, 1, false}, true
	}
	switch strings.TrimRight(format, "0123456789.") {
	case "DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR":
		return Count{spss, 1, true}, true
	case "DATETIME", "YMDHMS":
		return Count{spss, 1, false}, true
	}
	return Count{}, false
}

// sas are the counts of SAS's formats of dates and of moments, by their names. It counts
// from the day that Stata does. Those of times alone are not among them.
var sas = sasFormats()

func sasFormats() map[string]Count {
	formats := map[string]Count{}
	add := func(c Count, suffixes string, names ...string) {
		for _, name := range names {
			formats[name] = c
			for i := range len(suffixes) {
				formats[name+suffixes[i:i+1]] = c
			}
		}
	}
	days, moments := Count{stata, day, true}, Count{stata, 1, false}
	add(days, "BCDNPS", "DDMMYY", "MMDDYY", "YYMMDD")
	add(days, "CDNPS", "MMYY", "YYMM", "YYQ", "YYQR")
	add(days, "", "DATE", "DAY", "DOWNAME", "JULDAY", "JULIAN", "MONNAME", "MONTH", "MONYY", "NENGO", "QTR", "QTRR", "WEEKDATE", "WEEKDATX", "WEEKDAY", "WEEKU",
		"WEEKV", "WEEKW", "WORDDATE", "WORDDATX", "YEAR", "YYMON", "YYQZ", "B8601DA", "E8601DA", "IS8601DA", "NLDATE", "NLDATEL", "NLDATEM", "NLDATES", "NLDATEW")
	add(moments, "", "DATETIME", "DATEAMPM", "MDYAMPM", "DTDATE", "DTMONYY", "DTWKDATX", "DTYEAR", "DTYYQC", "B8601DN", "B8601DT", "E8601DN", "E8601DT",
		"IS8601DN", "IS8601DT", "NLDATM", "NLDATML", "NLDATMM", "NLDATMS", "NLDATMW")
	return formats
}

// Text is a number as a date or a moment in ISO 8601, cut to whole seconds, or ""
// where the year is not one of four digits.
func (c Count) Text(x float64) string {
	const most = 1 << 38 // seconds, over 8,000 years
	seconds := x * c.unit
	if !(math.Abs(seconds) < most) {
		return ""
	}
	t := time.Unix(c.begins+int64(math.Floor(seconds)), 0).UTC()
	switch {
	case t.Year() < 1 || t.Year() > 9999:
		return ""
	case c.Date:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}

// ISO is a number as a date or a moment in ISO 8601 that loses nothing of it: with a
// time where it is no whole day, and with fractions of a second to the microsecond.
// It is "" where there is none.
func (c Count) ISO(x float64) string {
	_, ok := c.Whole(x)
	text := c.Text(x)
	if ok && c.Date || text == "" {
		return text
	}
	moment := Count{c.begins, c.unit, false}
	n, ok := moment.Whole(x)
	if !ok {
		return ""
	}
	return time.UnixMicro(n).UTC().Format("2006-01-02 15:04:05.999999")
}

// Whole is a number as whole days (of a Date) or microseconds since the beginning of
// 1970; ok is false where From does not give the number back.
func (c Count) Whole(x float64) (n int64, ok bool) {
	const most = 1 << 62
	whole, begins := math.Round(x*c.unit*micros), c.begins*micros
	if c.Date {
		whole, begins = math.Floor(x*c.unit/day), c.begins/day
	}
	if !(math.Abs(whole) < most) || c.Date && math.Abs(whole) > math.MaxInt32-1e6 {
		return 0, false
	}
	n = begins + int64(whole)
	seconds := float64(n) / micros // as which readers have it
	return n, c.From(n) == x && (c.Date || int64(math.Round(seconds*micros)) == n)
}

// From is the number of whole days or microseconds since the beginning of 1970.
func (c Count) From(n int64) float64 {
	if c.Date {
		return float64(n-c.begins/day) * (day / c.unit)
	}
	return float64(n-c.begins*micros) / (c.unit * micros)
}
