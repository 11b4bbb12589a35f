package pipeline

import (
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A release is held against those before it that have other figures of a source, and
// not against those that have more or fewer sources.
func TestPrints(t *testing.T) {
	figure := func(wave string, base int64) release.Figure {
		return release.Figure{
			Key:         indicator.Key{Indicator: "volunteering", Source: codebook.WaveID("hocs", wave), Population: "england", Breakdown: "all", Category: "all", Item: "all"},
			PeriodStart: wave + "-03-01", PeriodEnd: wave + "-11-30", Statistic: "proportion", Unit: "percent", Value: 43, Base: base,
		}
	}
	of := func(figures ...release.Figure) prints {
		p := prints{}
		p.add("volunteering", figures)
		return p
	}
	was := of(figure("2001", 100), figure("2003", 100))
	for _, c := range []struct {
		name string
		now  prints
		want bool
	}{
		{"the same", of(figure("2001", 100), figure("2003", 100)), false},
		{"a base of one source", of(figure("2001", 100), figure("2003", 99)), true},
		{"a figure less", of(figure("2001", 100), figure("2003", 100), figure("2003", 100)), true},
		{"a source more", of(figure("2001", 100), figure("2003", 100), figure("2005", 7)), false},
		{"a source less", of(figure("2001", 100)), false},
		{"another indicator", func() prints { p := prints{}; p.add("trust", []release.Figure{figure("2001", 7)}); return p }(), false},
	} {
		if got := c.now.differ(was); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}
