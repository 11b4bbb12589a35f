package calendar

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		format string
		x      float64
		want   string
		whole  int64
		ok     bool
	}{
		{"DATE11", 13406515200, "2007-08-15", 13740, true},
		{"DATE11", 13406515201, "2007-08-15", 13740, false}, // a second more is no date
		{"DATETIME20", 13406551200, "2007-08-15 10:00:00", 1187172000 * micros, true},
		{"DATETIME23.2", 13406551200.5, "2007-08-15 10:00:00", 1187172000*micros + micros/2, true},
		{"%td", 17393, "2007-08-15", 13740, true},
		{"%-tdD_m_Y", -1, "1959-12-31", -3654, true},
		{"%tc", 1502791200000, "2007-08-15 10:00:00", 1187172000 * micros, true},
		{"days since 1970-01-01", 0, "1970-01-01", 0, true},
		{"SAS DATE9.", 17393, "2007-08-15", 13740, true},
		{"SAS YYMMDDD10.", -1, "1959-12-31", -3654, true},
		{"SAS DATETIME20.", 1502791200, "2007-08-15 10:00:00", 1187172000 * micros, true},
		{"SAS E8601DT26.6", 0.5, "1960-01-01 00:00:00", -315619200*micros + micros/2, true},
		{"DATE11", 1e300, "", 0, false},
		{"%td", math.Inf(1), "", 0, false},
	} {
		count, known := Of(c.format)
		if got := count.Text(c.x); !known || got != c.want {
			t.Errorf("%s of %v: %q, want %q", c.format, c.x, got, c.want)
		}
		if n, ok := count.Whole(c.x); ok != c.ok || ok && n != c.whole {
			t.Errorf("%s of %v: %d (%v), want %d (%v)", c.format, c.x, n, ok, c.whole, c.ok)
		}
	}
	for _, format := range []string{"F8.2", "%9.0g", "%tw", "%tq", "%tC", "TIME8", "WKDAY3", "A8", "", "SAS TIME8.", "SAS DATES9.", "SAS 8.", "SAS "} {
		if _, known := Of(format); known {
			t.Errorf("%q is taken for a date", format)
		}
	}
}

func TestISO(t *testing.T) {
	for _, c := range []struct {
		format string
		x      float64
		want   string
	}{
		{"DATE11", 13406515200, "2007-08-15"},
		{"DATE11", 13406551200.25, "2007-08-15 10:00:00.25"}, // a date that has a time
		{"DATETIME20", 13406551200, "2007-08-15 10:00:00"},
		{"%tc", 1502791200001, "2007-08-15 10:00:00.001"},
		{"%td", 17393.5, "2007-08-15 12:00:00"},
		{"DATE11", 1e300, ""},
		{"DATETIME20", 1.0000000001, ""}, // finer than a microsecond
	} {
		count, _ := Of(c.format)
		if got := count.ISO(c.x); got != c.want {
			t.Errorf("%s of %v: %q, want %q", c.format, c.x, got, c.want)
		}
	}
}

// What is whole is given back as it was.
func TestWhole(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for _, format := range []string{"DATE11", "DATETIME20", "%td", "%tc", "seconds since 1970-01-01 00:00 UTC", "days since 1970-01-01", "SAS DATE9.", "SAS DATETIME20."} {
		c, _ := Of(format)
		for range 2000 {
			x := math.Trunc((r.Float64() - 0.3) * math.Pow(10, float64(r.IntN(14))))
			if n, ok := c.Whole(x); ok && c.From(n) != x {
				t.Fatalf("seed %d: %s: %v comes back as %v", seed, format, x, c.From(n))
			}
		}
	}
}
