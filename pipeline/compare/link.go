package compare

import (
	"math"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Link is what is known of two figures of waves whose samples overlap.
type Link struct {
	indicator.Link
	Published *release.Change // of waves that are both carried over: the change as it was
}

// Known is what is known of the errors of figures together.
type Known struct {
	Catalogue *indicator.Catalogue
	Links     indicator.Links  // of waves that were read
	Published []release.Change // the indicator's in the previous release
	Broken    []release.Change // those of Published that Link met and that a break kept from being given
}

// Link gives what is known of two figures: of waves that the later one's
// crosswalk links. It is the zero Link of others.
func (k *Known) Link(from, to release.Figure) Link {
	x := k.Catalogue.Crosswalk(to.Source)
	switch {
	case x == nil || x.Design.Overlap[from.Source] == "":
		return Link{}
	case !x.SharesPSUs(from.Source):
		return Link{Link: indicator.Link{Method: x.Design.Overlap[from.Source]}}
	}
	if link, ok := k.Links[indicator.Pairing{From: from.Source, To: to.Key}]; ok {
		return Link{Link: link}
	}
	for i, c := range k.Published {
		if c.Key == to.Key && c.FromSource == from.Source {
			if c.ReasonNote().Is(indicator.Broken) {
				k.Broken = append(k.Broken, c)
			}
			return Link{Published: &k.Published[i]}
		}
	}
	return Link{Link: indicator.Link{Method: x.Design.Overlap[from.Source], SE: math.NaN(), Correlation: math.NaN()}}
}
