package design

import "togetherwecan/pipeline/refusal"

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
func BRR(d *Design, rho float64) (*Design, refusal.Problems) {
	order := hadamardOrder(d.Strata + 1)
	ps := d.replicable("BRR", order)
	still, found := d.still("BRR")
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
		multipliers[n] = d.ones()
	}
	for h, clusters := range d.clustersOf() {
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
	return d.replicated(Replicates{Method: method, Scale: 1 / (float64(order) * float64((1-rho)*(1-rho)))}, multipliers), nil
}

// SuccessiveDifference gives a design replicates for clusters that were drawn
// systematically along an order, whose variance is that of the differences of
// neighbours (Fay and Train 1995): cluster i is multiplied by
//
//	1 + 2^(-3/2) (a_r - b_r)
//
// in replicate r, where a and b are two rows of a Hadamard matrix, not its
// first, and b is the a of the next cluster. When all rows have been used, they
// are gone through again in another stride, so that no two clusters share both
// (Ash 2014). There are as many replicates as the matrix has columns, at least
// as many as asked for; the scale is 4 over them, and the errors are about the
// estimate. Population sizes and strata do not count.
//
// Order lists the clusters of the first stage as they were drawn; nil is by
// their numbers.
func SuccessiveDifference(d *Design, replicates int, order []int32) (*Design, refusal.Problems) {
	var ps refusal.Problems
	if replicates < 4 {
		ps.Add("successive differences", "%d replicates, want at least 4", replicates)
		return nil, ps
	}
	columns := hadamardOrder(replicates)
	ps = d.replicable("successive differences", columns)
	if order == nil {
		order = make([]int32, d.Clusters)
		for c := range order {
			order[c] = int32(c)
		}
	}
	if len(order) != d.Clusters || !isOrder(order) {
		ps.Add("successive differences", "an order of %d clusters, want each of %d once", len(order), d.Clusters)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	matrix := hadamard(columns)
	multipliers := make([][]float64, columns)
	for r := range multipliers {
		multipliers[r] = d.ones()
	}
	const by = 0.35355339059327379 // 2^(-3/2)
	rows := columns - 1
	stride := 1
	for i, c := range order {
		if i > 0 && i%rows == 0 {
			stride = nextStride(stride, rows)
		}
		a, b := matrix[1+i*stride%rows], matrix[1+(i+1)*stride%rows]
		for r := range multipliers {
			multipliers[r][c] += float64(by * float64(a[r]-b[r]))
		}
	}
	return d.replicated(Replicates{Method: "successive difference", Scale: 4 / float64(columns), MSE: true}, multipliers), nil
}

// isOrder says whether each number from 0 on is there once.
func isOrder(order []int32) bool {
	met := make([]bool, len(order))
	for _, c := range order {
		if c < 0 || int(c) >= len(order) || met[c] {
			return false
		}
		met[c] = true
	}
	return true
}

// nextStride is the next that reaches every row; after the last, the first.
func nextStride(stride, rows int) int {
	for {
		stride = stride%rows + 1
		a, b := rows, stride
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return stride
		}
	}
}
