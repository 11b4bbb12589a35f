// Package products is read by TestProductsAreGuardedFixture alone: every line
// that a compiler may fuse says so.
package products

type point struct{ x, y float64 }

func area(x, y float64) float64 { return x * y }

func (p point) area() float64 { return p.x * p.y }

func guarded(x, y float64) float64 { return float64(x * y) }

func sums(x, y, z float64, n int, p point, xs []float64) []float64 {
	s := 0.0
	s += x * y // fused
	s -= x * y // fused
	s += float64(x * y)
	a := x*y + z      // fused
	b := z - x*y      // fused
	c := -x*y + z     // fused
	d := -(x * y) - z // fused
	e := z + (x*y)*z  // fused
	f := float64(x*y) + z
	g := x*(y+z) + 1 // fused
	h := x * (y + z)
	i := h + z // fused
	j := x / y
	k := j*z/x + 2
	l := area(x, y) + z // fused
	m := guarded(x, y) + z
	o := p.area() + z // fused
	q := float64(n*n+n) + z
	xs[0] += x * xs[1] // fused
	const half, third = 0.5, 1.0 / 3
	r := half*third + z
	t := x
	t *= y
	u := t + 1 // fused
	v := float64(p.x*p.y) - float64(z*z)
	w := p.x*p.y - z*z // fused
	aa := 1 - 2*x
	bb := z + 2*(x*y) // fused
	xs[1] *= x
	cc := xs[2] + z // fused
	held := point{x: x * y}
	dd := held.x + 1 // fused
	square := func(x float64) float64 { return x * x }
	ee := 1 + square(x) // fused
	sum(x*y, z)
	return []float64{s, a, b, c, d, e, f, g, h, i, j, k, l, m, o, q, r, t, u, v, w, aa, bb, cc, dd, ee}
}

func sum(x, y float64) float64 {
	return x + y // fused
}
