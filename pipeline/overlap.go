package pipeline

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// An overlap is of two waves of this run that share PSUs.
type overlap struct {
	from, to harvest
	stacks   map[[2]*design.Design]*design.Stack
}

// overlapping lists the pairs of waves that the later one's crosswalk says to
// share PSUs.
func overlapping(harvests []harvest) []*overlap {
	var pairs []*overlap
	for _, to := range harvests {
		for _, from := range harvests {
			if to.crosswalk.SharesPSUs(from.crosswalk.ID()) {
				pairs = append(pairs, &overlap{from, to, map[[2]*design.Design]*design.Stack{}})
			}
		}
	}
	return pairs
}

// stack stacks the designs of the two waves: each weight of either.
func (o *overlap) stack() refusal.Problems {
	var ps refusal.Problems
	from, to := o.from.result.Wave, o.to.result.Wave
	weights := slices.Sorted(maps.Keys(from.Designs))
	weights = append(weights, slices.Sorted(maps.Keys(to.Designs))...)
	for _, name := range weights {
		pair := [2]*design.Design{from.Design(name), to.Design(name)}
		if o.stacks[pair] != nil {
			continue
		}
		nested := o.from.crosswalk.Design.Nested || o.to.crosswalk.Design.Nested
		stack, problems := design.NewStack(pair[0], pair[1], nested, fmt.Sprintf("%s and %s", o.from.crosswalk.ID(), o.to.crosswalk.ID()))
		o.stacks[pair] = stack
		ps = append(ps, problems...)
	}
	return ps
}

// A pairing names two figures of one series: the later one by its key.
type pairing struct {
	from codebook.SourceID
	to   indicator.Key
}

// linkAll links the figures of the waves of this run that share PSUs.
func linkAll(o Options, harvests []harvest) map[pairing]indicator.Link {
	c, pairs := o.Catalogue, overlapping(harvests)
	for _, p := range pairs {
		p.stack() // which gather found no problem with
	}
	found := make([]map[indicator.Key]indicator.Link, len(c.Definitions)*len(pairs))
	parallel(len(found), func(i int) {
		d, p := c.Definitions[i/len(pairs)], pairs[i%len(pairs)]
		found[i] = estimate.Overlap(c.Codebook, d, p.from.result.Wave, p.to.result.Wave,
			func(from, to *design.Design) *design.Stack { return p.stacks[[2]*design.Design{from, to}] })
	})
	links := map[pairing]indicator.Link{}
	for i, of := range found {
		for key, link := range of {
			links[pairing{pairs[i%len(pairs)].from.crosswalk.ID(), key}] = link
		}
	}
	return links
}

// link gives what is known of the errors of two figures together; published are
// the changes of the previous release. Those that a break kept from being given
// are appended to broken.
func (s *succession) link(published []release.Change, broken *[]release.Change) func(from, to release.Figure) compare.Link {
	return func(from, to release.Figure) compare.Link {
		x := s.Catalogue.Crosswalk(to.Source)
		switch {
		case x == nil || x.Design.Overlap[from.Source] == "":
			return compare.Link{}
		case !x.SharesPSUs(from.Source):
			return compare.Link{Link: indicator.Link{Method: x.Design.Overlap[from.Source]}}
		}
		if link, ok := s.links[pairing{from.Source, to.Key}]; ok {
			return compare.Link{Link: link}
		}
		for i, c := range published {
			if c.Key == to.Key && c.FromSource == from.Source {
				if c.ReasonNote().Is(indicator.Broken) {
					*broken = append(*broken, c)
				}
				return compare.Link{Published: &published[i]}
			}
		}
		return compare.Link{Link: indicator.Link{Method: x.Design.Overlap[from.Source], SE: math.NaN(), Correlation: math.NaN()}}
	}
}
