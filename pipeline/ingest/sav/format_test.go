package sav

import "testing"

func TestFormatName(t *testing.T) {
	for _, c := range []struct {
		name  string
		code  uint32
		width int
		want  string
	}{
		{"F has its decimals", 5<<16 | 8<<8 | 2, 0, "F8.2"},
		{"F has them where there are none", 5<<16 | 3<<8, 0, "F3.0"},
		{"a date has none", 20<<16 | 11<<8, 0, "DATE11"},
		{"a time has them where there are some", 21<<16 | 11<<8 | 2, 0, "TIME11.2"},
		{"text", 1<<16 | 20<<8, 20, "A20"},
		{"very long text has the width of its variable", 1<<16 | 255<<8, 600, "A600"},
		{"hexadecimal text has twice that", 2<<16 | 255<<8, 300, "AHEX600"},
		{"short hexadecimal text", 2<<16 | 16<<8, 8, "AHEX16"},
		{"the last", 41<<16 | 19<<8, 0, "YMDHMS19"},
		{"13 is no format", 13<<16 | 8<<8, 0, ""},
		{"nor is 0", 0, 0, ""},
	} {
		if got := formatName(c.code, c.width); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
