package expression

import (
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A function of the language. Of one of numbers either of or fold is set.
type function struct {
	Name        string
	Least, Most int // arguments
	Form        string
	Gives       string
	of          func(x float64) float64    // of one number
	fold        func(x, y float64) float64 // of several, two by two
}

// many is how many arguments a function without a limit may have.
const many = 100

// functions are all that there are; recode is apart, for its rules.
var functions = []function{
	{Name: "abs", Least: 1, Most: 1, Form: "abs(x)", Gives: "x without its sign", of: math.Abs},
	{Name: "coalesce", Least: 2, Most: many, Form: "coalesce(x, y, ...)", Gives: "the first that is not missing"},
	{Name: "exp", Least: 1, Most: 1, Form: "exp(x)", Gives: "e to the power of x", of: math.Exp},
	{Name: "floor", Least: 1, Most: 1, Form: "floor(x)", Gives: "the largest whole number that is not above x", of: math.Floor},
	{Name: "if", Least: 3, Most: 3, Form: "if(condition, x, y)", Gives: "x where the condition is true, y where it is false"},
	{Name: "log", Least: 1, Most: 1, Form: "log(x)", Gives: "the natural logarithm", of: math.Log},
	{Name: "max", Least: 2, Most: many, Form: "max(x, y, ...)", Gives: "the largest; missing where one is missing", fold: math.Max},
	{Name: "min", Least: 2, Most: many, Form: "min(x, y, ...)", Gives: "the smallest; missing where one is missing", fold: math.Min},
	{Name: "missing", Least: 1, Most: 1, Form: "missing(x)", Gives: "whether x is missing, which is never missing itself"},
	{Name: "round", Least: 1, Most: 2, Form: "round(x) or round(x, digits)", Gives: "the nearest whole number, or of so many decimals, halves away from 0"},
	{Name: "sqrt", Least: 1, Most: 1, Form: "sqrt(x)", Gives: "the square root", of: math.Sqrt},
}

// Functions lists the functions by name, with recode.
func Functions() []string {
	names := []string{string(recode)}
	for _, f := range functions {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func nearestFunction(name string) string {
	if near := refusal.Nearest(name, Functions()); near != "" {
		return near
	}
	return ", want one of " + strings.Join(Functions(), ", ")
}

// mostDigits is how many decimals round knows.
const mostDigits = 15

// rounded rounds to so many decimals, halves away from 0.
func rounded(x float64, digits int) float64 {
	scale := math.Pow10(max(digits, -digits))
	switch {
	case digits == 0:
		return math.Round(x)
	case digits > 0:
		if y := math.Round(float64(x * scale)); math.Abs(y) < 1<<53 {
			return y / scale
		}
		return x // which has no more digits than that
	}
	return float64(math.Round(x/scale) * scale)
}

// raised is x to the power of y: of a small whole y by multiplication, which is the
// same on every machine.
func raised(x, y float64) float64 {
	const small = 64
	if y != math.Trunc(y) || math.Abs(y) > small {
		return math.Pow(x, y)
	}
	made := 1.0
	for range int(math.Abs(y)) {
		made = float64(made * x)
	}
	if y < 0 {
		return 1 / made
	}
	return made
}

// twos are the operations of two numbers.
var twos = map[op]func(x, y float64) float64{
	add:      func(x, y float64) float64 { return x + y },
	subtract: func(x, y float64) float64 { return x - y },
	multiply: func(x, y float64) float64 { return float64(x * y) },
	divide:   func(x, y float64) float64 { return x / y },
	power:    raised,
}

// compared are the comparisons of two numbers.
var compared = map[op]func(x, y float64) bool{
	equal:   func(x, y float64) bool { return x == y },
	unequal: func(x, y float64) bool { return x != y },
	less:    func(x, y float64) bool { return x < y },
	most:    func(x, y float64) bool { return x <= y },
	more:    func(x, y float64) bool { return x > y },
	least:   func(x, y float64) bool { return x >= y },
}

// called are what notes call the operations that may have no value.
var called = map[op]string{add: "addition", subtract: "subtraction", multiply: "multiplication", divide: "division", power: "power"}
