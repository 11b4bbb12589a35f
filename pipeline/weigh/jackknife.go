package weigh

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// JK1 gives an unstratified design replicates that each leave out one of its n
// clusters and multiply the others by n/(n-1) (Wolter 2007, section 4.2). Their
// scale is (n-1)/n times the share of the population's clusters that was not
// drawn; population sizes of later stages do not count.
func JK1(d *design.Design) (*design.Design, refusal.Problems) {
	n := d.Clusters
	ps := replicable(d, "JK1", n)
	if d.Strata > 1 {
		ps.AddHint("make a JKn", "JK1", "%d strata, want one", d.Strata)
	}
	if n < 2 {
		ps.Add("JK1", "%d cluster, want at least 2", n)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	multipliers := make([][]float64, n)
	for left := range multipliers {
		multipliers[left] = make([]float64, n)
		for c := range multipliers[left] {
			if c != left {
				multipliers[left][c] = float64(n) / float64(n-1)
			}
		}
	}
	return replicated(d, design.Replicates{Method: "JK1", Scale: d.Unsampled(0) * float64(n-1) / float64(n)}, multipliers), nil
}

// JKn gives a design replicates that each leave out one cluster and multiply
// the others of its stratum, n of them with it, by n/(n-1) (Wolter 2007,
// section 4.5). Their scales are those of JK1 in the stratum. A stratum whose
// clusters were all drawn has none, so that it adds no degrees of freedom.
//
// A stratum with one cluster follows the design's policy as R's survey has it:
// under remove and certainty it has no replicate; under average neither, and
// the scale is that of all clusters over those of other strata; under adjust it
// has one, which leaves the stratum out and multiplies the others, H strata
// with it, by H/(H-1), on a scale of (H-1)/H.
func JKn(d *design.Design) (*design.Design, refusal.Problems) {
	ps := replicable(d, "JKn", d.Clusters)
	r := design.Replicates{Method: "JKn", Scale: 1}
	var multipliers [][]float64
	if len(ps) > 0 {
		return nil, ps
	}
	refused, averaged := 0, 0
	for h, clusters := range clustersOf(d) {
		n := float64(len(clusters))
		if d.Certain(int32(h)) {
			continue
		}
		if len(clusters) > 1 {
			for _, left := range clusters {
				by := ones(d)
				for _, c := range clusters {
					by[c] = n / (n - 1)
				}
				by[left] = 0
				multipliers = append(multipliers, by)
				r.Scales = append(r.Scales, d.Unsampled(int32(h))*(n-1)/n)
			}
			continue
		}
		switch d.Lonely {
		case codebook.LonelyRemove, codebook.LonelyCertainty:
		case codebook.LonelyAverage:
			averaged++
		case codebook.LonelyAdjust:
			strata := float64(d.Strata)
			by := ones(d)
			for c := range by {
				by[c] = strata / (strata - 1)
			}
			by[clusters[0]] = 0
			multipliers = append(multipliers, by)
			r.Scales = append(r.Scales, (strata-1)/strata)
		default:
			refused++
		}
	}
	if refused > 0 {
		ps.AddRemedy(refusal.LonelyPolicy, "choose a policy for a stratum with one cluster", "JKn", "strata with 1 cluster: %d, want at least 2 clusters", refused)
	}
	if len(multipliers) == 0 {
		ps.Add("JKn", "no stratum with 2 clusters that was not drawn whole, want one")
	}
	if len(ps) > 0 {
		return nil, ps
	}
	r.Scale = float64(d.Clusters) / float64(d.Clusters-averaged)
	return replicated(d, r, multipliers), nil
}

// JK2 gives a design of two clusters a stratum one replicate a stratum, which
// leaves out the first and doubles the second (Wolter 2007, section 4.6); a
// stratum whose clusters were both drawn has none. The errors are about the
// estimate, not about the replicates' mean.
func JK2(d *design.Design) (*design.Design, refusal.Problems) {
	ps := replicable(d, "JK2", d.Strata)
	still, found := fixedStrata(d, "JK2")
	ps = append(ps, found...)
	r := design.Replicates{Method: "JK2", Scale: 1, MSE: true}
	var multipliers [][]float64
	larger := 0
	for h, clusters := range clustersOf(d) {
		switch {
		case still[h] || d.Certain(int32(h)):
			continue
		case len(clusters) > 2:
			larger++
			continue
		}
		by := ones(d)
		by[clusters[0]], by[clusters[1]] = 0, 2
		multipliers = append(multipliers, by)
		r.Scales = append(r.Scales, d.Unsampled(int32(h)))
	}
	if larger > 0 {
		ps.AddHint("make a JKn", "JK2", "strata with more than 2 clusters: %d, want 2 clusters", larger)
	}
	if len(multipliers) == 0 && len(ps) == 0 {
		ps.Add("JK2", "no stratum with 2 clusters that was not drawn whole, want one")
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return replicated(d, r, multipliers), nil
}
