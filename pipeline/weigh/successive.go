package weigh

import (
	"cmp"
	"slices"
	"strconv"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// SuccessiveDifference gives a design replicates for clusters that were drawn
// systematically along an order, whose variance is that of the differences of
// neighbours (Fay and Train 1995): cluster i is multiplied by
//
//	1 + 2^(-3/2) (a_r - b_r)
//
// in replicate r, where a and b are two rows of a Hadamard matrix, not its
// first, and b is the a of the next cluster; that of the last is the a of the
// first. For totals z of up to as many clusters as there are rows the variance
// is then, around the circle,
//
//	1/2 [(z_2 - z_1)^2 + ... + (z_n - z_(n-1))^2 + (z_1 - z_n)^2]
//
// When all rows have been used, they are gone through again in another stride,
// so that no two clusters share both (Ash 2014). There are as many replicates
// as the matrix has columns, at least as many as asked for; the scale is 4 over
// them, and the errors are about the estimate. Population sizes and strata do
// not count.
//
// Order lists the clusters of the first stage as they were drawn; nil is by the
// labels of their strata and, within, of the PSUs, each as numbers where all
// are, or by their numbers where they have no labels.
func SuccessiveDifference(d *design.Design, replicates int, order []int32) (*design.Design, refusal.Problems) {
	var ps refusal.Problems
	if replicates < 4 {
		ps.Add("successive differences", "%d replicates, want at least 4", replicates)
		return nil, ps
	}
	columns := hadamardOrder(replicates)
	ps = replicable(d, "successive differences", columns)
	if order == nil {
		order = listed(d)
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
		multipliers[r] = ones(d)
	}
	const by = 0.35355339059327379 // 2^(-3/2)
	rows := circle(len(order), columns-1)
	for i, c := range order {
		a, b := matrix[rows[i]], matrix[rows[(i+1)%len(rows)]]
		for r := range multipliers {
			multipliers[r][c] += float64(by * float64(a[r]-b[r]))
		}
	}
	return replicated(d, design.Replicates{Method: "successive difference", Scale: 4 / float64(columns), MSE: true}, multipliers), nil
}

// listed are the clusters in the order of their labels, as numbers where all
// are numbers.
func listed(d *design.Design) []int32 {
	order := make([]int32, d.Clusters)
	for c := range order {
		order[c] = int32(c)
	}
	if d.Labels == nil {
		return order
	}
	var keys [3][]string // a stratum, what it was before strata were collapsed, and a PSU
	for _, label := range d.Labels {
		for k, of := range []string{label.Stratum, label.Own, label.PSU} {
			keys[k] = append(keys[k], of)
		}
	}
	var numbers [3][]float64
	for k, labels := range keys {
		numbers[k] = asNumbers(labels)
	}
	slices.SortFunc(order, func(a, b int32) int {
		for k, labels := range keys {
			if by := cmp.Or(cmp.Compare(numbers[k][a], numbers[k][b]), cmp.Compare(labels[a], labels[b])); by != 0 {
				return by
			}
		}
		return 0
	})
	return order
}

// asNumbers are labels as numbers, all 0 where one is none.
func asNumbers(labels []string) []float64 {
	made := make([]float64, len(labels))
	for i, label := range labels {
		x, err := strconv.ParseFloat(label, 64)
		if err != nil {
			return make([]float64, len(labels))
		}
		made[i] = x
	}
	return made
}

// circle gives each of a number of clusters a row from 1 on, so that no two
// have both theirs and that of the next in common, while there are such, and
// none has the next's.
func circle(clusters, rows int) []int {
	made := make([]int, clusters)
	stride := 1
	met := map[[2]int]bool{}
	for i := range made {
		if i > 0 && i%rows == 0 {
			stride = nextStride(stride, rows)
		}
		made[i] = 1 + i*stride%rows
		if i > 0 && i < clusters-1 {
			met[[2]int{made[i-1], made[i]}] = true
		}
	}
	if clusters <= rows {
		return made
	}
	// the last closes the circle
	last := clusters - 1
	usable := func(row int) bool { return row != made[0] && row != made[last-1] }
	for shift := range rows {
		row := 1 + (made[last]-1+shift)%rows
		if usable(row) && !met[[2]int{made[last-1], row}] && !met[[2]int{row, made[0]}] {
			made[last] = row
			return made
		}
	}
	for !usable(made[last]) {
		made[last] = 1 + made[last]%rows
	}
	return made
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
