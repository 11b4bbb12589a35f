package ingest

import (
	"fmt"
	"math"
	"strings"

	"togetherwecan/pipeline/ingest/calendar"
)

// Date writes a number as the date or moment that its display format shows,
// in ISO 8601 except for Stata's weeks, quarters and halves, or returns "" where
// the format is of something else or the year is not one of four digits. What
// counts seconds is cut to whole ones; leap seconds (Stata's %tC) are not counted.
func Date(format string, x float64) string {
	if c, ok := calendar.Of(format); ok {
		return c.Text(x)
	}
	switch words := strings.TrimPrefix(strings.TrimPrefix(format, "%"), "-"); {
	case !strings.HasPrefix(format, "%"):
	case strings.HasPrefix(words, "tm"):
		return period(x, 12, "%04d-%02d")
	case strings.HasPrefix(words, "tw"):
		return period(x, 52, "%04d week %d")
	case strings.HasPrefix(words, "tq"):
		return period(x, 4, "%04d quarter %d")
	case strings.HasPrefix(words, "th"):
		return period(x, 2, "%04d half %d")
	}
	return ""
}

// isoDate is a number as ISO 8601 has it, and nothing of it lost, or "".
func isoDate(format string, x float64) string {
	if c, ok := calendar.Of(format); ok {
		return c.ISO(x)
	}
	if strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(format, "%"), "-"), "tm") {
		return Date(format, x)
	}
	return ""
}

// period is this many parts of a year after the first of 1960.
func period(x, parts float64, layout string) string {
	year := 1960 + math.Floor(x/parts)
	if !(year >= 1 && year <= 9999) || x != math.Trunc(x) {
		return ""
	}
	return fmt.Sprintf(layout, int(year), int(x-parts*(year-1960))+1)
}
