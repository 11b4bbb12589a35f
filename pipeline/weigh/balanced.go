package weigh

import (
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// BRR gives a design balanced half-samples: each replicate takes one of the two
// clusters of each stratum and doubles it, by the rows after the first of a
// Hadamard matrix of at least one more than the strata, so that the halves are
// balanced in full (McCarthy 1969). With a rho above 0, below 1, it is Fay's
// method: the one cluster is multiplied by 2-rho and the other by rho (Judkins
// 1990). The scale is 1/(replicates (1-rho)^2).
//
// In a stratum of more clusters the first half of them, rounded down, are taken
// for one, and the rest for the other (R's large="merge"): its part of the
// variance is then that of the two halves. Population sizes do not count.
func BRR(d *design.Design, rho float64) (*design.Design, refusal.Problems) {
	order := hadamardOrder(d.Strata + 1)
	ps := replicable(d, "BRR", order)
	still, found := fixedStrata(d, "BRR")
	ps = append(ps, found...)
	if !(rho >= 0 && rho < 1) {
		ps.Add("BRR", "rho %g, want at least 0 and below 1", rho)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	matrix := hadamard(order)
	multipliers := make([][]float64, order)
	for n := range multipliers {
		multipliers[n] = ones(d)
	}
	for h, clusters := range clustersOf(d) {
		for at, c := range clusters {
			first := at < len(clusters)/2
			for n, by := range multipliers {
				switch taken := (matrix[h+1][n] > 0) == first; {
				case still[h]:
				case taken:
					by[c] = 2 - rho
				default:
					by[c] = rho
				}
			}
		}
	}
	method := "BRR"
	if rho > 0 {
		method = "Fay"
	}
	return replicated(d, design.Replicates{Method: method, Scale: 1 / (float64(order) * float64((1-rho)*(1-rho)))}, multipliers), nil
}
