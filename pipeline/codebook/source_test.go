package codebook

import (
	"strings"
	"testing"
)

func TestSourceID(t *testing.T) {
	for _, c := range []struct{ id, survey, wave string }{
		{"hocs/2001", "hocs", "2001"},
		{"bcs/2007-08-teaching", "bcs", "2007-08-teaching"},
		{"returns/turnout/2004", "returns/turnout", "2004"},
	} {
		id, err := ParseSourceID(c.id)
		if err != nil || id.Survey() != c.survey || id.Wave() != c.wave || WaveID(id.Survey(), id.Wave()) != id {
			t.Errorf("%s: got %q of %q and %q (%v)", c.id, id, id.Survey(), id.Wave(), err)
		}
	}
	for _, text := range []string{
		"", "/", "2001", "hocs", "hocs/", "/2001", "hocs/2001/a", "Hocs/2001", "hocs/2001 ", "hocs//2001",
		"returns/turnout", "returns/turnout/2004/05",
		"12/2001", "1a/2001", "may/2001", "sept/2001", "february/2001", // a program reads numbers and dates into these
	} {
		if id, err := ParseSourceID(text); err == nil || !strings.Contains(err.Error(), "want one such as hocs/2001") {
			t.Errorf("%q: got %q (%v), want it refused", text, id, err)
		}
	}
}
