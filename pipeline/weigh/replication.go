package weigh

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// MaxReplicateWeights is the most replicate weights that a design makes: above
// it, replication is the wrong way to an error.
const MaxReplicateWeights = 1 << 28

// replicated gives a copy of the design its replicates, whose weights are its
// own times a multiplier for each cluster of the first stage.
func replicated(d *design.Design, r design.Replicates, multipliers [][]float64) *design.Design {
	made := *d
	r.Factor = multipliers
	made.Replicates, made.Error = &r, design.ByReplicates
	return &made
}

// replicable says why a design cannot be given replicates by a method: it has
// some, it was calibrated (the replicates are made first and calibrated with
// it), or there would be too many.
func replicable(d *design.Design, method string, replicates int) refusal.Problems {
	var ps refusal.Problems
	if d.Replicates != nil {
		ps.Add(method, "the design has replicate weights, want strata and clusters")
	}
	if len(d.Calibrations) > 0 {
		ps.AddHint("make the replicates first, then calibrate", method, "the design is calibrated, want its weights before")
	}
	if replicates < 1 || replicates > MaxReplicateWeights/max(1, len(d.Rows)) {
		ps.Add(method, "%d replicates of %d respondents, want 1 to %d weights", replicates, len(d.Rows), MaxReplicateWeights)
	}
	return ps
}

// fixedStrata are the strata that replicates leave as they are: those with one
// cluster that is certain, or that the policy lets add nothing. Under another
// policy they are refused.
func fixedStrata(d *design.Design, method string) ([]bool, refusal.Problems) {
	still := make([]bool, d.Strata)
	refused := 0
	for h, size := range d.Size {
		if size > 1 {
			continue
		}
		still[h] = true
		if !d.Certain(int32(h)) && d.Lonely != codebook.LonelyRemove && d.Lonely != codebook.LonelyCertainty {
			refused++
		}
	}
	var ps refusal.Problems
	if refused > 0 {
		ps.AddHint("choose remove or certainty for a stratum with one cluster, or make a jackknife", method,
			"strata with 1 cluster under the policy %s: %d, want at least 2 clusters", d.Lonely, refused)
	}
	return still, ps
}

// clustersOf are the clusters of each stratum of the first stage, in the order
// of their labels.
func clustersOf(d *design.Design) [][]int32 {
	of := make([][]int32, d.Strata)
	for _, c := range listed(d) {
		h := d.Stratum[c]
		of[h] = append(of[h], c)
	}
	return of
}

// ones are the multipliers of a replicate that changes nothing.
func ones(d *design.Design) []float64 {
	made := make([]float64, d.Clusters)
	for c := range made {
		made[c] = 1
	}
	return made
}
