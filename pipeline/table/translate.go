package table

// Translate puts what a dictionary has for each byte, and returns the largest of them. It
// may put them in their own places. Of the dictionary the first size entries count: what
// is put for a byte beyond them is nothing in particular.
func Translate(to, from []uint8, dictionary *[256]uint8, size int) (largest uint8) {
	to = to[:len(from)]
	done, largest := translateLanes(to, from, dictionary, size)
	for i := done; i < len(from); i++ {
		of := from[i]
		largest = max(largest, of)
		to[i] = dictionary[of]
	}
	return largest
}
