package ingest

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// The days are those of the manuals of SPSS, PSPP and Stata, and of haven.
func TestDate(t *testing.T) {
	for _, test := range []struct {
		format string
		x      float64
		want   string
	}{
		{"DATE11", 0, "1582-10-14"},
		{"DATE11", 11_754_288_000, "1955-04-07"},
		{"ADATE10", 11_754_288_000 + 86_399.9, "1955-04-07"},
		{"SDATE10", 86_400, "1582-10-15"},
		{"DATETIME20", 13_166_067_599.75, "2000-01-01 00:59:59"},
		{"YMDHMS19.2", 12_219_379_200, "1970-01-01 00:00:00"},
		{"TIME8", 3600, ""},
		{"DTIME12", 3600, ""},
		{"F8.2", 3600, ""},
		{"%td", -1730, "1955-04-07"},
		{"%tdD_m_Y", 0, "1960-01-01"},
		{"%-td", -1, "1959-12-31"},
		{"%d", 14_245, "1999-01-01"},
		{"%9.0g", 14_245, ""},
		{"%tc", 1_262_307_599_750, "2000-01-01 00:59:59"},
		{"%tC", 0, ""},
		{"%tm", 486, "2000-07"},
		{"%tm", -1, "1959-12"},
		{"%tw", 52, "1961 week 1"},
		{"%tq", 162, "2000 quarter 3"},
		{"%th", 81, "2000 half 2"},
		{"%tq", 0.5, ""},
		{"days since 1970-01-01", 13_000, "2005-08-05"},
		{"seconds since 1970-01-01 00:00 UTC", -1.5, "1969-12-31 23:59:58"},
		{"seconds since midnight", 60, ""},
		{"%td", 1e300, ""},
		{"%td", math.NaN(), ""},
		{"%tm", math.Inf(1), ""},
		{"%td", 3_000_000, ""}, // the year 10,173
		{"", 0, ""},
	} {
		if got := Date(test.format, test.x); got != test.want {
			t.Errorf("%q of %v: %q, want %q", test.format, test.x, got, test.want)
		}
	}
}

var dateForm = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d( \d\d:\d\d:\d\d)?)?| (week|quarter|half) \d+)$`)

// A date target is a format and, in its last 8 bytes, a number.
func dateTarget() hostile.Target {
	target := hostile.Target{
		Name:   "date",
		Tokens: []string{"%t", "%-", "%d", "%tc", "%tm", "%tw", "DATE", "DATETIME", "QYR", "seconds since 1970", "days since 1970"},
		Check: func(data []byte, _ uint64) error {
			if len(data) < 8 {
				return nil
			}
			format, number := data[:len(data)-8], data[len(data)-8:]
			x := math.Float64frombits(binary.LittleEndian.Uint64(number))
			if got := Date(string(format), x); got != "" && !dateForm.MatchString(got) {
				return fmt.Errorf("%q of %v is %q", format, x, got)
			}
			return nil
		},
	}
	for _, format := range []string{"DATE11", "YMDHMS19.2", "%tdD_m_Y", "%-td", "%tc", "%tw", "%tq", "%th", "days since 1970-01-01", "seconds since 1970-01-01 00:00 UTC"} {
		for _, x := range []float64{-1, 0, 81.5, 14_245, 1.3e10, 1.2e12, 1e300, math.Inf(-1)} {
			target.Seeds = append(target.Seeds, binary.LittleEndian.AppendUint64([]byte(format), math.Float64bits(x)))
		}
	}
	return target
}

func TestMutations(t *testing.T) { hostile.Mutations(t, dateTarget()) }

func FuzzDates(f *testing.F) { hostile.Fuzz(f, dateTarget()) }
