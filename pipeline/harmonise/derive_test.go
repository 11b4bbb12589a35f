package harmonise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/table"
)

var nan = math.NaN()

// The answers yes, no and maybe, and why one is not there.
const (
	yes, no, maybe   int = 0, 1, 2
	sys, na, ref, dk int = -1, -2, -3, -4
)

func answers(name string) codebook.Variable {
	return codebook.Variable{Name: name, Categories: []codebook.Category{{Code: "yes"}, {Code: "no"}, {Code: "maybe"}}}
}

func yesNo(d *codebook.Derivation) codebook.Variable {
	return codebook.Variable{Name: "made", Categories: []codebook.Category{{Code: "no"}, {Code: "yes"}}, Derive: d}
}

func number(d *codebook.Derivation) codebook.Variable {
	return codebook.Variable{Name: "made", Unit: "things", Derive: d}
}

// shown is a column as text: codes, numbers, and kinds of missing in brackets.
func shown(c *table.Column) []string {
	out := make([]string, c.Len())
	for row := range out {
		switch kind := c.Missing(row); {
		case kind != codebook.Present:
			out[row] = "[" + kind.String() + "]"
		case c.Codes != nil && c.Numbers == nil:
			out[row] = c.Variable.Categories[c.Codes.At(row)].Code
		default:
			out[row] = strconv.FormatFloat(c.Number(row), 'f', -1, 64)
		}
	}
	return out
}

// Each row of answers is a, b and what is made of them.
func TestDerivationsOfAnswers(t *testing.T) {
	of := []string{"a", "b"}
	items := func(missing string, categories ...string) *codebook.Items {
		return &codebook.Items{Of: of, Categories: categories, Missing: missing}
	}
	type row struct {
		a, b int
		want string
	}
	for _, c := range []struct {
		claim string
		made  codebook.Variable
		rows  []row
	}{
		{"any: one yes decides, otherwise missing is missing", yesNo(&codebook.Derivation{Any: items("", "yes", "maybe")}), []row{
			{yes, no, "yes"},
			{no, maybe, "yes"},
			{no, no, "no"},
			{yes, ref, "yes"},
			{dk, maybe, "yes"},
			{no, ref, "[refused]"},
			{dk, no, "[dont-know]"},
			{na, ref, "[not-applicable]"},
			{sys, sys, "[system]"},
		}},
		{"any, ignoring what is missing: missing only where all is", yesNo(&codebook.Derivation{Any: items("ignore", "yes")}), []row{
			{yes, ref, "yes"},
			{no, ref, "no"},
			{dk, maybe, "no"},
			{dk, ref, "[dont-know]"},
		}},
		{"count: how many are in the categories", number(&codebook.Derivation{Count: items("", "yes", "maybe")}), []row{
			{yes, maybe, "2"},
			{no, maybe, "1"},
			{no, no, "0"},
			{yes, ref, "[refused]"},
			{na, yes, "[not-applicable]"},
			{dk, ref, "[dont-know]"},
		}},
		{"count, ignoring what is missing", number(&codebook.Derivation{Count: items("ignore", "yes")}), []row{
			{yes, ref, "1"},
			{na, no, "0"},
			{na, ref, "[not-applicable]"},
		}},
		{"score: the sum of points, none for a category without", number(&codebook.Derivation{Score: &codebook.Score{Of: of, Points: map[string]float64{"yes": 3, "maybe": -.5}}}), []row{
			{yes, yes, "6"},
			{yes, maybe, "2.5"},
			{maybe, maybe, "-1"},
			{no, no, "0"},
			{yes, dk, "[dont-know]"},
		}},
		{"score, ignoring what is missing", number(&codebook.Derivation{Score: &codebook.Score{Of: of, Points: map[string]float64{"yes": 3}, Missing: "ignore"}}), []row{
			{yes, dk, "3"},
			{no, dk, "0"},
			{ref, dk, "[refused]"},
		}},
		{"first: the first that is there, and the kind of the first", func() codebook.Variable {
			v := answers("made")
			v.Derive = &codebook.Derivation{First: of}
			return v
		}(), []row{
			{yes, no, "yes"},
			{na, maybe, "maybe"},
			{ref, dk, "[refused]"},
			{no, ref, "no"},
		}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			a, b := &table.Column{Variable: answers("a")}, &table.Column{Variable: answers("b")}
			var of [2][]int
			var want []string
			for _, r := range c.rows {
				of[0], of[1], want = append(of[0], r.a), append(of[1], r.b), append(want, r.want)
			}
			a.Codes, b.Codes = table.CodesOf(3, of[0]), table.CodesOf(3, of[1])
			if got := shown(derived(c.made, []*table.Column{a, b}, nil)); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if !slices.Equal(a.Codes.All(), of[0]) || !slices.Equal(b.Codes.All(), of[1]) {
				t.Error("the inputs changed")
			}
		})
	}
}

func TestRecode(t *testing.T) {
	made := yesNo(&codebook.Derivation{Recode: &codebook.Recode{Of: "a", Into: map[string][]string{"yes": {"yes"}, "no": {"no"}}}})
	a := &table.Column{Variable: answers("a"), Codes: table.CodesOf(3, []int{yes, no, maybe, sys, na, ref, dk})}
	want := []string{"yes", "no", "[not-applicable]", "[system]", "[not-applicable]", "[refused]", "[dont-know]"}
	if got := shown(derived(made, []*table.Column{a}, nil)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: a category in no list is not applicable, a missing value keeps its kind", got, want)
	}
}

func TestBand(t *testing.T) {
	made := codebook.Variable{
		Name: "made", Categories: []codebook.Category{{Code: "16-24"}, {Code: "25-over"}},
		Derive: &codebook.Derivation{Band: &codebook.Band{Of: "age", Into: map[string][]float64{"16-24": {16, 24}, "25-over": {25, 120}}}},
	}
	age := &table.Column{
		Values: []float64{15.9, 16, 24, 24.5, 25, 120, 121, nan, nan},
		Kinds:  []codebook.Missing{0, 0, 0, 0, 0, 0, 0, codebook.Refused, codebook.DontKnow},
	}
	want := []string{"[not-applicable]", "16-24", "16-24", "[not-applicable]", "25-over", "25-over", "[not-applicable]", "[refused]", "[dont-know]"}
	if got := shown(derived(made, []*table.Column{age}, nil)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: bounds are inclusive", got, want)
	}
}

func TestFirstOfNumbers(t *testing.T) {
	made := number(&codebook.Derivation{First: []string{"a", "b"}})
	a := &table.Column{Values: []float64{1, nan, nan}, Kinds: []codebook.Missing{0, codebook.Refused, codebook.Refused}}
	b := &table.Column{Values: []float64{7, 8, nan}, Kinds: []codebook.Missing{0, 0, codebook.DontKnow}}
	if got, want := shown(derived(made, []*table.Column{a, b}, nil)), []string{"1", "8", "[refused]"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !math.IsNaN(a.Values[1]) {
		t.Error("the input was filled")
	}
}

// A derived variable exists where all that it is made of does, through any
// number of steps; one that the table has is left as it is.
func TestDerive(t *testing.T) {
	first := func(of ...string) codebook.Variable {
		v := answers("")
		v.Derive = &codebook.Derivation{First: of}
		return v
	}
	book := &codebook.Codebook{Variables: map[string]codebook.Variable{}}
	for name, v := range map[string]codebook.Variable{
		"a": answers(""), "z": answers(""), "b": first("c"), "c": first("d"), "d": first("a"), "e": first("a", "z"), "f": first("e"), "given": first("a"),
	} {
		v.Name = name
		book.Variables[name] = v
	}
	given := &table.Column{Variable: book.Variables["given"], Codes: table.CodesOf(3, []int{no})}
	tab := table.New(1, &table.Column{Variable: book.Variables["a"], Codes: table.CodesOf(3, []int{yes})}, given)
	derive(tab, book)
	names := tab.Names()
	slices.Sort(names)
	if want := []string{"a", "b", "c", "d", "given"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if tab.Column("given") != given || given.Codes.At(0) != no {
		t.Error("a variable that the crosswalk gives was derived")
	}
	if tab.Column("b").Codes.At(0) != yes {
		t.Error("b is not what a is")
	}
}

// For every row of answers: a count is between 0 and the inputs; any says yes
// exactly where the count, ignoring what is missing, is above 0; and the order
// of the inputs decides nothing but the kind of missing.
func TestItemsAgree(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100 {
		n, rows := 1+r.IntN(5), 50
		inputs := make([]*table.Column, n)
		var of []string
		for i := range inputs {
			inputs[i] = &table.Column{Variable: answers(fmt.Sprint(i)), Codes: table.NewCodes(rows, 3)}
			of = append(of, fmt.Sprint(i))
			for row := range rows {
				inputs[i].Codes.Set(row, r.IntN(7)-4)
			}
		}
		items := func(missing string) *codebook.Items {
			return &codebook.Items{Of: of, Categories: []string{"yes", "maybe"}, Missing: missing}
		}
		count := derived(number(&codebook.Derivation{Count: items("")}), inputs, nil)
		ignoring := derived(number(&codebook.Derivation{Count: items("ignore")}), inputs, nil)
		strict := derived(yesNo(&codebook.Derivation{Any: items("")}), inputs, nil)
		back := slices.Clone(inputs)
		slices.Reverse(back)
		reversed := derived(yesNo(&codebook.Derivation{Any: items("")}), back, nil)
		for row := range rows {
			if v := ignoring.Values[row]; v < 0 || v > float64(n) {
				t.Fatalf("seed %d: counted %v of %d", seed, v, n)
			}
			if count.Missing(row) == codebook.Present && count.Values[row] != ignoring.Values[row] {
				t.Fatalf("seed %d: %v counted, %v ignoring what is missing, and nothing is", seed, count.Values[row], ignoring.Values[row])
			}
			if says := strict.Codes.At(row) == 1; says != (ignoring.Values[row] > 0) {
				t.Fatalf("seed %d: any says %v of a count of %v", seed, says, ignoring.Values[row])
			}
			if a, b := strict.Codes.At(row), reversed.Codes.At(row); a != b && (a >= 0 || b >= 0) {
				t.Fatalf("seed %d: %d, and %d with the inputs the other way round", seed, a, b)
			}
		}
	}
}

// An expression says what each word of the vocabulary does: the same categories,
// numbers and kinds of missing, of every pair of answers and of ages.
func TestDerivedByExpression(t *testing.T) {
	a, b := &table.Column{Variable: answers("a")}, &table.Column{Variable: answers("last-b")}
	age := &table.Column{Variable: codebook.Variable{Name: "age", Unit: "years"}}
	var codes, others []int
	for one := dk; one <= maybe; one++ {
		for other := dk; other <= maybe; other++ {
			codes, others = append(codes, one), append(others, other)
			kind := codebook.Missing(max(-one, 0))
			age.Values, age.Kinds = append(age.Values, nan), append(age.Kinds, kind)
			if kind == codebook.Present {
				age.Values[len(age.Values)-1] = float64(10 * (one + 1) * (other + 5))
			}
		}
	}
	a.Codes, b.Codes = table.CodesOf(3, codes), table.CodesOf(3, others)
	book := &codebook.Codebook{Variables: map[string]codebook.Variable{"a": a.Variable, "last-b": b.Variable, "age": age.Variable}}
	of := []string{"a", "last-b"}
	for _, c := range []struct {
		made codebook.Variable
		text string
	}{
		{yesNo(&codebook.Derivation{Recode: &codebook.Recode{Of: "a", Into: map[string][]string{"yes": {"yes", "maybe"}}}}), `recode(a; "yes", "maybe" = "yes")`},
		{yesNo(&codebook.Derivation{Band: &codebook.Band{Of: "age", Into: map[string][]float64{"no": {0, 60}, "yes": {70, 110}}}}), `recode(age; 0..60 = "no", 70..110 = "yes")`},
		{answers("made"), `coalesce(a, last-b)`},
		{yesNo(&codebook.Derivation{Any: &codebook.Items{Of: of, Categories: []string{"yes"}}}), `a = "yes" or last-b = "yes"`},
		{number(&codebook.Derivation{Count: &codebook.Items{Of: of, Categories: []string{"yes", "no"}}}), `(a in ("yes", "no")) + (last-b in ("yes", "no"))`},
		{number(&codebook.Derivation{Score: &codebook.Score{Of: of, Points: map[string]float64{"yes": 3, "maybe": 1.5}}}), `recode(a; "yes" = 3, "maybe" = 1.5, else = 0) + recode(last-b; "yes" = 3, "maybe" = 1.5, else = 0)`},
	} {
		if c.made.Derive == nil {
			c.made.Derive = &codebook.Derivation{First: of}
		}
		var inputs []*table.Column
		for _, name := range c.made.Derive.Inputs() {
			inputs = append(inputs, map[string]*table.Column{"a": a, "last-b": b, "age": age}[name])
		}
		want := shown(derived(c.made, inputs, nil))
		c.made.Derive = &codebook.Derivation{Expression: c.text}
		if got := shown(derived(c.made, inputs, book)); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v", c.text, got, want)
		}
	}
}

// The kinds of missing that an expression makes are the codebook's.
func TestKindsOfExpressions(t *testing.T) {
	if expression.System != int(codebook.System) || expression.NotApplicable != int(codebook.NotApplicable) {
		t.Error("other kinds")
	}
}
