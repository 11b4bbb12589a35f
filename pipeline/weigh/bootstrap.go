package weigh

import (
	"math"
	"math/rand/v2"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// Bootstrap gives a design replicates that draw as many clusters in each
// stratum as there are, again from these, with replacement, and multiply each
// by how often it was drawn; where the population's size is known, without
// replacement from the clusters repeated until they are as many (Canty and
// Davison 1999). The scale is k/((k-1)(replicates-1)), where k is the harmonic
// mean of the clusters in a stratum: exact where the strata have the same
// number, and the convention of R's survey where not. Population sizes of
// later stages do not count.
//
// The draws depend on the seed, the numbers of the clusters in each stratum
// and nothing else.
func Bootstrap(d *design.Design, replicates int, seed uint64) (*design.Design, refusal.Problems) {
	ps := replicable(d, "bootstrap", replicates)
	still, found := fixedStrata(d, "bootstrap")
	ps = append(ps, found...)
	inverse, counted := 0.0, 0.0
	for h, size := range d.Size {
		if !still[h] {
			inverse += 1 / float64(size)
			counted++
		}
	}
	if ps = append(ps, drawable(d, replicates, counted)...); len(ps) > 0 {
		return nil, ps
	}
	k := counted / inverse
	scale := k / ((k - 1) * float64(replicates-1))
	return replicated(d, design.Replicates{Method: "bootstrap", Scale: scale}, multipliersOf(d, replicates, seed, still, func(random *rand.Rand, h int, clusters []int32, by []float64) {
		n := len(clusters)
		if d.Population == nil || math.IsInf(d.Population[h], 1) {
			for range n {
				by[clusters[random.IntN(n)]]++
			}
			return
		}
		// which clusters are repeated once more is drawn, too
		shuffled := append([]int32(nil), clusters...)
		shuffle(random, shuffled, n)
		population := make([]int32, int(math.Round(d.Population[h])))
		for i := range population {
			population[i] = shuffled[i%n]
		}
		shuffle(random, population, n)
		for _, c := range population[:n] {
			by[c]++
		}
	})), nil
}

// RescalingBootstrap gives a design replicates that draw one cluster fewer in
// each stratum than its n, with replacement, and multiply each by n/(n-1) times
// how often it was drawn (Rao, Wu and Yue 1992). The scale is
// 1/(replicates-1). Population sizes do not count. The draws depend on what
// those of Bootstrap do.
func RescalingBootstrap(d *design.Design, replicates int, seed uint64) (*design.Design, refusal.Problems) {
	ps := replicable(d, "bootstrap", replicates)
	still, found := fixedStrata(d, "bootstrap")
	ps = append(ps, found...)
	if ps = append(ps, drawable(d, replicates, 1)...); len(ps) > 0 {
		return nil, ps
	}
	return replicated(d, design.Replicates{Method: "rescaling bootstrap", Scale: 1 / float64(replicates-1)}, multipliersOf(d, replicates, seed, still, func(random *rand.Rand, _ int, clusters []int32, by []float64) {
		n := len(clusters)
		for range n - 1 {
			by[clusters[random.IntN(n)]] += float64(n) / float64(n-1)
		}
	})), nil
}

func drawable(d *design.Design, replicates int, strata float64) refusal.Problems {
	var ps refusal.Problems
	if replicates < 2 {
		ps.Add("bootstrap", "replicates: %d, want at least 2", replicates)
	}
	if strata == 0 {
		ps.Add("bootstrap", "no stratum with 2 clusters, want one")
	}
	for _, size := range d.Population {
		if !math.IsInf(size, 1) && size > MaxReplicateWeights {
			ps.Add("bootstrap", "%g clusters in a stratum of the population, want at most %d", size, MaxReplicateWeights)
		}
	}
	return ps
}

// multipliersOf are those of replicates that draw adds up stratum by stratum.
func multipliersOf(d *design.Design, replicates int, seed uint64, still []bool, draw func(random *rand.Rand, h int, clusters []int32, by []float64)) [][]float64 {
	random := rand.New(rand.NewPCG(seed, 0)) // the same draws from a seed on any machine
	of := clustersOf(d)
	multipliers := make([][]float64, replicates)
	for r := range multipliers {
		by := make([]float64, d.Clusters)
		for h, clusters := range of {
			if !still[h] {
				draw(random, h, clusters, by)
				continue
			}
			for _, c := range clusters {
				by[c] = 1
			}
		}
		multipliers[r] = by
	}
	return multipliers
}

// shuffle brings the first n of a list into an order drawn from all of it.
func shuffle(random *rand.Rand, list []int32, n int) {
	for i := range n {
		j := i + random.IntN(len(list)-i)
		list[i], list[j] = list[j], list[i]
	}
}
