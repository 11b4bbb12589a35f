package weigh

// hadamardOrder is the least order of at least n for which hadamard makes a
// matrix.
func hadamardOrder(n int) int {
	for !hadamardMade(n) {
		n++
	}
	return n
}

// hadamardMade says whether there is a construction: Sylvester's doubling, or
// one of Paley's two.
func hadamardMade(n int) bool {
	switch {
	case n == 1 || n == 2:
		return true
	case n < 4 || n%4 != 0:
		return false
	}
	return prime(n-1) || n/2%4 == 2 && prime(n/2-1) || hadamardMade(n/2)
}

func prime(n int) bool {
	for by := 2; by*by <= n; by++ {
		if n%by == 0 {
			return false
		}
	}
	return n > 1
}

// hadamard makes a matrix of 1 and -1 whose rows are orthogonal, of an order
// that hadamardMade says there is (Paley 1933). Its first row and column are
// all 1.
func hadamard(n int) [][]int8 {
	var h [][]int8
	switch {
	case n == 1:
		h = [][]int8{{1}}
	case n >= 4 && prime(n-1): // n-1 leaves 3 when divided by 4
		h = conference(n-1, -1)
		for i := range h {
			h[i][i] = 1
		}
	case n >= 4 && n/2%4 == 2 && prime(n/2-1): // n/2-1 leaves 1
		c := conference(n/2-1, 1)
		h = doubled(c)
		for i := range c {
			h[i][i], h[i][i+n/2], h[i+n/2][i], h[i+n/2][i+n/2] = 1, -1, -1, -1
		}
	default:
		h = doubled(hadamard(n / 2))
	}
	for j, sign := range h[0] {
		for i := range h {
			if sign < 0 {
				h[i][j] = -h[i][j]
			}
		}
	}
	for _, row := range h {
		if row[0] < 0 {
			for j := range row {
				row[j] = -row[j]
			}
		}
	}
	return h
}

// conference is the matrix of order q+1 of the quadratic residues of a prime q,
// with a border of 1 and, below the corner, the given sign; its diagonal is 0.
func conference(q int, sign int8) [][]int8 {
	residue := make([]int8, q)
	for x := 1; x < q; x++ {
		residue[x] = -1
	}
	for x := 1; x < q; x++ {
		residue[x*x%q] = 1
	}
	c := make([][]int8, q+1)
	for i := range c {
		c[i] = make([]int8, q+1)
		for j := range c[i] {
			switch {
			case i == j:
			case i == 0:
				c[i][j] = 1
			case j == 0:
				c[i][j] = sign
			default:
				c[i][j] = residue[(j-i+q)%q]
			}
		}
	}
	return c
}

// doubled sets four copies of a matrix in a square, the lower right one with
// the other sign.
func doubled(m [][]int8) [][]int8 {
	n := len(m)
	made := make([][]int8, 2*n)
	for i, row := range m {
		made[i], made[n+i] = make([]int8, 2*n), make([]int8, 2*n)
		for j, v := range row {
			made[i][j], made[i][n+j], made[n+i][j], made[n+i][n+j] = v, v, v, -v
		}
	}
	return made
}
