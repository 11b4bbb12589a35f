//go:build !amd64

package table

func translateLanes(_, _ []uint8, _ *[256]uint8, _ int) (done int, largest uint8) { return 0, 0 }
