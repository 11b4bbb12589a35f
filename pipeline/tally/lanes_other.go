//go:build !amd64

package tally

// vectors says that the processor adds lanes at once.
const vectors = false

func addRow(sums []chunk, chunks int, cells []int32, marks []uint64, weight int64) {
	addMarked(sums, chunks, cells, marks, weight)
}

func addCluster(to []moment, from []chunk) { addMoments(to, from) }
