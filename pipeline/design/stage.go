package design

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Stage is one stage of sampling: clusters drawn within strata.
type Stage struct {
	Cluster    []int32   // of each of the design's Rows
	Stratum    []int32   // of each cluster
	Size       []int     // of each stratum: the clusters drawn in it
	Population []float64 // of each stratum: the clusters that it has, +Inf where they were drawn with replacement; nil where all were
}

// Unsampled is the share of a stratum's clusters that were not drawn, the
// finite population correction: 1 where they were drawn with replacement.
func (s *Stage) Unsampled(stratum int32) float64 {
	if s.Population == nil || math.IsInf(s.Population[stratum], 1) {
		return 1
	}
	return (s.Population[stratum] - float64(s.Size[stratum])) / s.Population[stratum]
}

// Certain says whether all of a stratum's clusters were drawn, so that they
// add no variance.
func (s *Stage) Certain(stratum int32) bool {
	const rounding = 1e-7 // of a population that was given as a fraction
	return s.Unsampled(stratum) < rounding
}

// DomainDF is the degrees of freedom of a domain: the clusters that it meets
// less the strata that it meets, or, of replicate weights, their rank less 1.
// In says which of Rows are in the domain; nil is all.
func (d *Design) DomainDF(in []bool) float64 {
	if d.Freedom != nil {
		return *d.Freedom
	}
	if d.Replicates != nil {
		return float64(d.Replicates.rank(d, in) - 1)
	}
	clusters, strata := d.Met(in)
	return float64(clusters - strata)
}

// StrataDF is the degrees of freedom of the strata that a domain meets: of all clusters
// that were drawn in them.
func (d *Design) StrataDF(in []bool) float64 {
	met := make([]bool, d.Strata)
	df := 0
	for i, c := range d.Cluster {
		if h := d.Stratum[c]; !met[h] && (in == nil || in[i]) && d.Weight[i] != 0 {
			met[h] = true
			df += d.Size[h] - 1
		}
	}
	return float64(df)
}

// Met counts the clusters and strata of the first stage that a domain meets
// with a positive weight: a PSU of several waves, once.
func (d *Design) Met(in []bool) (clusters, strata int) {
	if d.Elsewhere != nil && in == nil {
		return d.Elsewhere.Clusters, d.Elsewhere.Strata
	}
	met, inStratum := make([]bool, d.Clusters), make([]bool, d.Strata)
	stratum := d.Stratum
	if d.Rotation != nil {
		stratum = d.Rotation.Stratum
	}
	for i, c := range d.Cluster {
		if d.Rotation != nil {
			c = d.Rotation.PSU[c]
		}
		if met[c] || in != nil && !in[i] || d.Weight[i] == 0 {
			continue
		}
		met[c] = true
		clusters++
		if h := stratum[c]; !inStratum[h] {
			inStratum[h] = true
			strata++
		}
	}
	return clusters, strata
}

// populations returns the population size of each stratum of a stage from what
// its rows say: a count, or the fraction drawn where all are at most 1. Of a
// stage whose clusters were all taken, 1 in every row is the fraction.
func (d *Design) populations(s *Stage, given []float64, where string, number int) ([]float64, refusal.Problems) {
	var ps refusal.Problems
	below, above := 0, 0 // 1
	missing, wrong, found := 0, false, 0.0
	for _, row := range d.Rows {
		switch v := given[row]; {
		case math.IsNaN(v):
			missing++
		case !(v > 0):
			if !wrong {
				wrong, found = true, v
			}
		case v < 1:
			below++
		case v > 1:
			above++
		}
	}
	if missing > 0 {
		ps.Add(where, "weighted respondents without a population size: %d, want a number of clusters, or the fraction drawn", refusal.Many(missing))
	}
	if wrong {
		ps.Add(where, "population size %g, want a number of clusters, or the fraction drawn", refusal.Private{Of: found, Instead: "of some respondents"})
	}
	if len(ps) > 0 {
		return nil, ps
	}
	if below+above == 0 {
		d.Facts.AllDrawn++
	}
	if below > 0 && above > 0 {
		ps.Add(where, "population sizes: %d below 1 and %d above, want counts or fractions", refusal.Many(below), refusal.Many(above))
		return nil, ps
	}
	sizes := make([]float64, len(s.Size))
	differ, over := 0, 0
	for i, row := range d.Rows {
		h := s.Stratum[s.Cluster[i]]
		size := given[row]
		if above == 0 {
			size = float64(s.Size[h]) / size
		}
		switch {
		case sizes[h] == 0:
			sizes[h] = size
			if size < float64(s.Size[h])*(1-1e-9) {
				over++
			}
		case sizes[h] != size:
			differ++
		}
	}
	if differ > 0 {
		ps.Add(where, "population size differs within a stratum of stage %d for %d respondents, want one", number, refusal.Many(differ))
	}
	if over > 0 {
		ps.Add(where, "strata of stage %d with more clusters drawn than the population has: %d", number, refusal.Many(over))
	}
	for h, size := range sizes { // a stratum all of whose respondents weigh 0
		if size == 0 {
			sizes[h] = math.Inf(1)
		}
	}
	return sizes, ps
}

// later numbers the clusters of a stage within those of the stage before.
// Weightless respondents, whose clusters of the stage before are homes, were
// drawn too: it moves homes to theirs of this stage.
func (d *Design) later(before *Stage, s StageSource, weightless, homes []int32) *Stage {
	type key struct{ parent, stratum, cluster int32 }
	clusters := map[key]int32{}
	for i, row := range d.Rows {
		clusters[key{before.Cluster[i], s.Stratum.code(row), s.Cluster.code(row)}] = 0
	}
	for i, row := range weightless {
		if !s.Cluster.has(row) {
			homes[i] = -1
		}
		if homes[i] >= 0 {
			clusters[key{homes[i], s.Stratum.code(row), s.Cluster.code(row)}] = 0
		}
	}
	order := make([]key, 0, len(clusters))
	for k := range clusters {
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b key) int {
		if a.parent != b.parent {
			return int(a.parent) - int(b.parent)
		}
		strata, clusters := s.Stratum.names(), s.Cluster.names()
		return cmp.Or(cmp.Compare(strata[a.stratum], strata[b.stratum]), cmp.Compare(clusters[a.cluster], clusters[b.cluster]))
	})
	made := &Stage{Cluster: make([]int32, len(d.Rows)), Stratum: make([]int32, len(order))}
	for i, k := range order {
		clusters[k] = int32(i)
		if i == 0 || k.parent != order[i-1].parent || k.stratum != order[i-1].stratum {
			made.Size = append(made.Size, 0)
		}
		made.Stratum[i] = int32(len(made.Size) - 1)
		made.Size[made.Stratum[i]]++
	}
	for i, row := range d.Rows {
		made.Cluster[i] = clusters[key{before.Cluster[i], s.Stratum.code(row), s.Cluster.code(row)}]
	}
	for i, row := range weightless {
		if homes[i] >= 0 {
			homes[i] = clusters[key{homes[i], s.Stratum.code(row), s.Cluster.code(row)}]
		}
	}
	return made
}

// stages adds to the first stage its population sizes and the stages after it,
// as far as they count: a stage after one that was drawn with replacement adds
// nothing to the variance that the first does not hold.
func (d *Design) stages(s Source, weightless, homes []int32) refusal.Problems {
	var ps refusal.Problems
	if s.Population == nil {
		return nil
	}
	variable := func(name string) string { return fmt.Sprintf("%s: variable %q", s.Where, name) }
	sizes, found := d.populations(&d.Stage, s.Population, variable(s.Names.Population), 1)
	ps = append(ps, found...)
	d.Population = sizes
	before := &d.Stage
	for n, source := range s.Later {
		nowhere := 0
		for _, row := range d.Rows {
			if !source.Cluster.has(row) {
				nowhere++
			}
		}
		if nowhere > 0 {
			ps.Add(variable(source.Name), "weighted respondents without a cluster of stage %d: %d, want none", n+2, refusal.Many(nowhere))
			return ps
		}
		made := d.later(before, source, weightless, homes)
		if source.Population != nil {
			made.Population, found = d.populations(made, source.Population, variable(source.Name), n+2)
			ps = append(ps, found...)
		}
		d.Later = append(d.Later, *made)
		before = &d.Later[n]
		if source.Population == nil {
			break
		}
	}
	if len(ps) > 0 {
		return ps
	}
	if s.Weight == nil {
		for i := range d.Weight {
			d.Weight[i] = d.expansion(i)
		}
	}
	if d.Lonely == codebook.LonelyRefuse && s.Replicates == nil {
		ps = d.lonely(s)
	}
	return ps
}

// lonely reports the strata of each stage that have one cluster and more in
// the population: those of the first by name.
func (d *Design) lonely(s Source) refusal.Problems {
	var ps refusal.Problems
	for n, stage := range append([]Stage{d.Stage}, d.Later...) {
		reported := make([]bool, len(stage.Size))
		lonely, first := 0, ""
		for i, row := range d.Rows {
			h := stage.Stratum[stage.Cluster[i]]
			if reported[h] || stage.Size[h] > 1 || stage.Certain(h) {
				continue
			}
			reported[h] = true
			if lonely++; lonely == 1 {
				first = s.label(row).PSU
			}
			if n == 0 {
				ps.AddRemedy(refusal.LonelyPolicy, lonelyHint, fmt.Sprintf("%s: stratum %q", s.Where, s.label(row).Stratum), "1 PSU (%s weight), want at least 2", d.Weights)
			}
		}
		if n > 0 && lonely > 0 {
			ps.AddRemedy(refusal.LonelyPolicy, lonelyHint, s.Where, "strata of stage %d with 1 cluster: %d, the first in PSU %q, want at least 2 clusters", n+1, refusal.Many(lonely), refusal.Private{Of: first, Instead: "untold"})
		}
	}
	return ps
}

// expansion is the product over the stages of population over sample sizes.
func (d *Design) expansion(i int) float64 {
	w := 1.0
	for n := -1; n < len(d.Later); n++ {
		s := &d.Stage
		if n >= 0 {
			s = &d.Later[n]
		}
		h := s.Stratum[s.Cluster[i]]
		if s.Population != nil && !math.IsInf(s.Population[h], 1) {
			w *= s.Population[h] / float64(s.Size[h])
		}
	}
	return w
}
