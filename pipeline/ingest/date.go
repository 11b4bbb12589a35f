package ingest

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The first days of SPSS's and Stata's counts.
var (
	spssBegins  = time.Date(1582, time.October, 14, 0, 0, 0, 0, time.UTC)
	stataBegins = time.Date(1960, time.January, 1, 0, 0, 0, 0, time.UTC)
	unixBegins  = time.Unix(0, 0).UTC()
)

// date writes a number as the date or moment that its display format shows,
// in ISO 8601 except for Stata's weeks, quarters and halves, or returns "" where
// the format is of something else or the year is not one of four digits. What
// counts seconds is cut to whole ones; leap seconds (Stata's %tC) are not counted.
func date(format string, x float64) string {
	const day = 86_400
	if words := strings.TrimPrefix(format, "%-"); words != format {
		format = "%" + words
	}
	switch {
	case strings.HasPrefix(format, "%tc"):
		return moment(stataBegins, x/1e3, time.DateTime)
	case strings.HasPrefix(format, "%td"), strings.HasPrefix(format, "%d"):
		return moment(stataBegins, x*day, time.DateOnly)
	case strings.HasPrefix(format, "%tm"):
		return period(x, 12, "%04d-%02d")
	case strings.HasPrefix(format, "%tw"):
		return period(x, 52, "%04d week %d")
	case strings.HasPrefix(format, "%tq"):
		return period(x, 4, "%04d quarter %d")
	case strings.HasPrefix(format, "%th"):
		return period(x, 2, "%04d half %d")
	case strings.HasPrefix(format, "days since 1970"):
		return moment(unixBegins, x*day, time.DateOnly)
	case strings.HasPrefix(format, "seconds since 1970"):
		return moment(unixBegins, x, time.DateTime)
	}
	switch strings.TrimRight(format, "0123456789.") {
	case "DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR":
		return moment(spssBegins, x, time.DateOnly)
	case "DATETIME", "YMDHMS":
		return moment(spssBegins, x, time.DateTime)
	}
	return ""
}

// moment is this many seconds after another.
func moment(begins time.Time, seconds float64, layout string) string {
	const most = 1 << 38 // over 8,000 years
	if !(math.Abs(seconds) < most) {
		return ""
	}
	t := time.Unix(begins.Unix()+int64(math.Floor(seconds)), 0).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(layout)
}

// period is this many parts of a year after the first of 1960.
func period(x, parts float64, layout string) string {
	year := 1960 + math.Floor(x/parts)
	if !(year >= 1 && year <= 9999) || x != math.Trunc(x) {
		return ""
	}
	return fmt.Sprintf(layout, int(year), int(x-parts*(year-1960))+1)
}
