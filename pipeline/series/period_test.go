package series

import "testing"

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		frequency        Frequency
		name, start, end string
		next             string
	}{
		{"yearly", "2005", "2005-01-01", "2005-12-31", "2006"},
		{"financial-year", "2005-06", "2005-04-01", "2006-03-31", "2006-07"},
		{"financial-year", "1999-00", "1999-04-01", "2000-03-31", "2000-01"},
		{"school-year", "2007-08", "2007-09-01", "2008-08-31", "2008-09"},
		{"six-monthly", "2004-h1", "2004-01-01", "2004-06-30", "2004-h2"},
		{"six-monthly", "2004-h2", "2004-07-01", "2004-12-31", "2005-h1"},
		{"quarterly", "2004-q1", "2004-01-01", "2004-03-31", "2004-q2"},
		{"quarterly", "2004-q4", "2004-10-01", "2004-12-31", "2005-q1"},
		{"rolling-year", "2008-q3", "2007-10-01", "2008-09-30", ""},
		{"rolling-year", "2005-q1", "2004-04-01", "2005-03-31", ""},
		{"election", "2005-05-05", "2005-05-05", "2005-05-05", ""},
	} {
		p, err := c.frequency.Period(c.name)
		if err != nil || p.Start != c.start || p.End != c.end || c.frequency.Next(c.name) != c.next {
			t.Errorf("%s %s: %v (%v), then %q; want %s to %s, then %q", c.frequency, c.name, p, err, c.frequency.Next(c.name), c.start, c.end, c.next)
		}
	}
	for _, c := range []struct {
		frequency   Frequency
		text, meant string
	}{
		{"financial-year", "1999-2000", "1999-00"},
		{"financial-year", "1999/2000", "1999-00"},
		{"financial-year", "2007/08", "2007-08"},
		{"financial-year", "2007–08", "2007-08"},
		{"financial-year", "2007-09", ""},
		{"financial-year", "2007", ""},
		{"quarterly", "2004 Q1", "2004-q1"},
		{"quarterly", "2004-q5", ""},
		{"rolling-year", "2008 Q3", "2008-q3"},
		{"rolling-year", "2008-09", ""},
		{"election", "7 June 2001", "2001-06-07"},
		{"election", "2001-06-31", ""},
	} {
		if _, err := c.frequency.Period(c.text); err == nil {
			t.Errorf("%s: %q is a period", c.frequency, c.text)
		}
		if got, ok := c.frequency.Meant(c.text); got != c.meant || ok != (c.meant != "") {
			t.Errorf("%s: %q means %q (%v), want %q", c.frequency, c.text, got, ok, c.meant)
		}
	}
}
