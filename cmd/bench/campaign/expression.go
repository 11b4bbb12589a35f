package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// An expression is in both languages: that of --let and --where, and R's.
type expression struct{ twc, r string }

func both(format string, of ...expression) expression {
	var twc, r []any
	for _, e := range of {
		twc, r = append(twc, e.twc), append(r, e.r)
	}
	return expression{fmt.Sprintf(format, twc...), fmt.Sprintf(format, r...)}
}

func each(twc, r string, of ...expression) expression {
	return expression{both(twc, of...).twc, both(r, of...).r}
}

// numeric are the variables of a file that are numbers, and texts its texts with their values.
var (
	numeric = []string{"y1", "y2", "y3", "age"}
	text    = []string{"north", "east", "south"}
)

// number draws an expression of a number.
func number(c *rand.Rand, depth int) expression {
	if depth == 0 || c.IntN(4) == 0 {
		name := numeric[c.IntN(len(numeric))]
		return expression{name, name}
	}
	x := func() expression { return number(c, depth-1) }
	constant := func() expression { s := fmt.Sprint(1 + c.IntN(9)); return expression{s, s} }
	switch c.IntN(15) {
	case 0:
		return both("(%s + %s)", x(), x())
	case 1:
		return both("(%s - %s)", x(), constant())
	case 2:
		return both("(%s * %s)", x(), constant())
	case 3:
		return each("(%s / %s)", "over(%s, %s)", x(), x())
	case 4:
		return both("(%s)^2", x())
	case 5:
		return both("abs(%s - 20)", x())
	case 6:
		return each("sqrt(%s)", "root(%s)", x())
	case 7:
		return each("log(%s)", "ln(%s)", x())
	case 8:
		return both("floor(%s / 4)", x())
	case 9:
		return each("max(%s, %s)", "pmax(%s, %s)", x(), x())
	case 10:
		return each("min(%s, %s)", "pmin(%s, %s)", x(), constant())
	case 11:
		return each("coalesce(%s, %s)", "first(%s, %s)", x(), x())
	case 12:
		return each("if(%s, %s, %s)", "ifelse(%s, %s, %s)", truth(c, depth-1), x(), x())
	case 13:
		return each("round(%s / 2, 0)", "away(%s / 2)", expression{"y3", "y3"})
	}
	return both("-%s", expression{"y1", "y1"})
}

// truth draws an expression that is true, false or missing.
func truth(c *rand.Rand, depth int) expression {
	if depth > 0 && c.IntN(3) == 0 {
		x, y := truth(c, depth-1), truth(c, depth-1)
		switch c.IntN(3) {
		case 0:
			return each("(%s and %s)", "(%s & %s)", x, y)
		case 1:
			return each("(%s or %s)", "(%s | %s)", x, y)
		}
		return each("not (%s)", "!(%s)", x)
	}
	age := 20 + c.IntN(50)
	switch c.IntN(8) {
	case 0:
		s := fmt.Sprintf("age >= %d", age)
		return expression{s, s}
	case 1:
		return expression{fmt.Sprintf("age in %d..%d", age-12, age+15), fmt.Sprintf("within(age, %d, %d)", age-12, age+15)}
	case 2:
		return expression{fmt.Sprintf("age in (..%d, %d..)", age-5, age+10), fmt.Sprintf("(age <= %d | age >= %d)", age-5, age+10)}
	case 3:
		t := text[c.IntN(len(text))]
		return expression{fmt.Sprintf(`word != "%s"`, t), fmt.Sprintf(`word != "%s"`, t)}
	case 4:
		return expression{"missing(y1)", "is.na(y1)"}
	case 5:
		return expression{"c3 = 1", "c3 == 1"}
	case 6:
		return both("%s > %s", number(c, min(depth, 1)), expression{"10", "10"})
	}
	return expression{"c4 not in (2, 4)", "outside(c4, c(2, 4))"}
}

// recode draws bands of age, from 1, perhaps with gaps and with a code of those without an age.
func recode(c *rand.Rand) expression {
	edges := []int{18, 30 + c.IntN(10), 50 + c.IntN(10), 90}
	var rules, from, to, codes []string
	for i := range 3 {
		high := edges[i+1] - 1
		if i == 1 {
			high -= c.IntN(3)
		}
		rules = append(rules, fmt.Sprintf(`%d..%d = %d "group %d"`, edges[i], high, i+1, i+1))
		from, to, codes = append(from, fmt.Sprint(edges[i])), append(to, fmt.Sprint(high)), append(codes, fmt.Sprint(i+1))
	}
	r := fmt.Sprintf("recoded(age, c(%s), c(%s), c(%s)", strings.Join(from, ", "), strings.Join(to, ", "), strings.Join(codes, ", "))
	switch c.IntN(3) {
	case 0:
		rules, r = append(rules, "missing = 9"), r+", missing = 9"
	case 1:
		rules, r = append(rules, "else 4"), r+", otherwise = 4"
	}
	twc := strings.Join(rules, ", ")
	twc = strings.Replace(twc, "else 4", "else = 4", 1)
	return expression{"recode(age; " + twc + ")", r + ")"}
}
