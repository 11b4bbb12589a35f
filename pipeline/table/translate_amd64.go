package table

import "golang.org/x/sys/cpu"

// vectors says that the processor translates many bytes at once.
var vectors = cpu.X86.HasAVX2

// mostLanes is how many entries of a dictionary are looked up at once: one by one is as
// fast with more.
const mostLanes = 128

// translateLanes translates as many bytes as it says, from the first.
func translateLanes(to, from []uint8, dictionary *[256]uint8, size int) (done int, largest uint8) {
	if done = len(from) &^ 31; !vectors || done == 0 || size > mostLanes {
		return 0, 0
	}
	return done, translateAVX2(&to[:done][0], &from[0], done, dictionary, max(1, (size+15)/16))
}

//go:noescape
func translateAVX2(to, from *uint8, n int, dictionary *[256]uint8, sixteens int) (largest uint8)
