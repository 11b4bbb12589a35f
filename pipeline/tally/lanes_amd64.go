package tally

import "golang.org/x/sys/cpu"

// vectors says that the processor adds lanes at once.
var vectors = cpu.X86.HasAVX2

// addRow is addMarked, by whatever the processor has.
func addRow(sums []chunk, chunks int, cells []int32, marks []uint64, weight int64) {
	if !vectors || len(cells) == 0 {
		addMarked(sums, chunks, cells, marks, weight)
		return
	}
	last := int32(0)
	for _, cell := range cells {
		last = max(last, cell)
	}
	_ = sums[:int(last+1)*chunks] // which the other does not look at
	addMarkedAVX2(&sums[0], chunks, &cells[0], len(cells), &marks[:(chunks*lanes+wordItems-1)/wordItems][0], weight)
}

// addCluster is addMoments, by whatever the processor has.
func addCluster(to []moment, from []chunk) {
	if !vectors || len(from) == 0 {
		addMoments(to, from)
		return
	}
	addMomentsAVX2(&to[:len(from)][0], &from[0], len(from))
}

//go:noescape
func addMarkedAVX2(sums *chunk, chunks int, cells *int32, n int, marks *uint64, weight int64)

//go:noescape
func addMomentsAVX2(to *moment, from *chunk, n int)
