package question

import "slices"

// arithmetic is a number, or one over another.
func (s *saying) arithmetic() float64 {
	x := s.number()
	if s.is("/") {
		x /= s.number()
	}
	return x
}

// numbers are a number or several, c(1, 2), or one so many times, rep(1, 80), or those from one
// to another, 1:20.
func (s *saying) numbers() []float64 {
	const most = 10_000
	from := s.token.at
	if s.token.kind != aName {
		x := s.arithmetic()
		if !s.is(":") {
			return []float64{x}
		}
		y := s.number()
		if !(y >= x && y-x < most) {
			s.wrongAt(from, "from %g to %g, want numbers that rise, at most %d of them", x, y, most)
		}
		var made []float64
		for k := x; k <= y; k++ {
			made = append(made, k)
		}
		return made
	}
	name := s.name("a number")
	s.want("(")
	var made []float64
	for {
		made = append(made, s.arithmetic())
		if s.is(")") {
			break
		}
		s.want(",")
	}
	switch {
	case name == "c":
		return made
	case name == "rep" && len(made) == 2 && made[1] >= 1 && made[1] <= most && made[1] == float64(int(made[1])):
		return slices.Repeat(made[:1], int(made[1]))
	}
	s.wrongAt(from, "%q, want numbers as c(0.5, 0.5) or rep(0.5, 80)", name)
	return nil
}
