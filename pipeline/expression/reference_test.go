package expression

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// read reads a table of testdata.
func read(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestReference holds expressions to what base R makes of them: testdata/reference.R.
func TestReference(t *testing.T) {
	data := read(t, "reference-data.csv")
	head, data := data[0], data[1:]
	var texts []Value
	for _, row := range data {
		if text := row[3]; text != "" && !slices.Contains(texts, Value{Code: text}) {
			texts = append(texts, Value{Code: text})
		}
	}
	find := func(name string) (Variable, bool) {
		if name == "g" {
			return Variable{Name: name, Form: Text, Values: texts}, true
		}
		return Variable{Name: name}, slices.Contains(head, name)
	}
	rows := read(t, "reference.csv")
	for _, r := range rows {
		e, fault := Parse(r[0], OfFile)
		if fault != nil {
			t.Errorf("%s: %s", r[0], fault.What)
			continue
		}
		p, faults := e.Check(find, head)
		if faults != nil {
			t.Errorf("%s: %s", r[0], faults[0].What)
			continue
		}
		load := func(input int, to *Block) {
			at := slices.Index(head, p.Inputs[input])
			for i, row := range data {
				to.Kinds[i], to.Numbers[i], to.Codes[i] = 0, 0, 0
				switch text := row[at]; {
				case text == "":
					to.Kinds[i] = System
				case at == 3:
					to.Codes[i] = int32(slices.Index(texts, Value{Code: text}))
				default:
					to.Numbers[i], _ = strconv.ParseFloat(text, 64)
				}
			}
		}
		p.Evaluate(len(data), load, func(b *Block) {
			for i, kind := range b.Kinds {
				want, err := strconv.ParseFloat(r[i+1], 64)
				if (kind != 0) != (err != nil) || kind == 0 && math.Abs(b.Numbers[i]-want) > 1e-14*math.Abs(want) {
					t.Errorf("%s: row %d: got %v (kind %d), R %q", r[0], i+1, b.Numbers[i], kind, r[i+1])
				}
			}
		})
	}
	if len(rows) < 30 {
		t.Errorf("%d expressions, want them all", len(rows))
	}
}

// A grown is a random expression: the node, and what it is worth by a slow evaluator
// that takes one row at a time and knows nothing of blocks; nil is missing.
type grown struct {
	*node
	worth func(row map[string]*float64) *float64
}

// grower grows random expressions of numbers and of truths.
type grower struct{ *rand.Rand }

func known(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func (g grower) number(depth int) grown {
	if depth == 0 || g.IntN(4) == 0 {
		if g.IntN(2) == 0 {
			x := float64(g.IntN(7) - 2)
			return grown{&node{op: number, number: x}, func(map[string]*float64) *float64 { return known(x) }}
		}
		name := string(rune('u' + g.IntN(3)))
		return grown{&node{op: variable, text: name}, func(row map[string]*float64) *float64 { return row[name] }}
	}
	a, b := g.number(depth-1), g.number(depth-1)
	two := func(o op, of func(x, y float64) float64) grown {
		return grown{&node{op: o, args: []*node{a.node, b.node}}, func(row map[string]*float64) *float64 {
			x, y := a.worth(row), b.worth(row)
			if x == nil || y == nil {
				return nil
			}
			return known(of(*x, *y))
		}}
	}
	switch g.IntN(9) {
	case 0:
		return two(add, func(x, y float64) float64 { return x + y })
	case 1:
		return two(subtract, func(x, y float64) float64 { return x - y })
	case 2:
		return two(multiply, func(x, y float64) float64 { return x * y })
	case 3:
		return two(divide, func(x, y float64) float64 { return x / y })
	case 4:
		if a.op == number {
			return a
		}
		return grown{&node{op: negate, args: []*node{a.node}}, func(row map[string]*float64) *float64 {
			if x := a.worth(row); x != nil {
				return known(-*x)
			}
			return nil
		}}
	case 5:
		f := &functions[slices.IndexFunc(functions, func(f function) bool { return f.Name == "sqrt" })]
		return grown{&node{op: call, function: f, args: []*node{a.node}}, func(row map[string]*float64) *float64 {
			if x := a.worth(row); x != nil {
				return known(math.Sqrt(*x))
			}
			return nil
		}}
	case 6:
		c := g.truth(depth - 1)
		f := &functions[slices.IndexFunc(functions, func(f function) bool { return f.Name == "if" })]
		return grown{&node{op: call, function: f, args: []*node{c.node, a.node, b.node}}, func(row map[string]*float64) *float64 {
			switch is := c.worth(row); {
			case is == nil:
				return nil
			case *is == 1:
				return a.worth(row)
			}
			return b.worth(row)
		}}
	case 7:
		f := &functions[slices.IndexFunc(functions, func(f function) bool { return f.Name == "coalesce" })]
		return grown{&node{op: call, function: f, args: []*node{a.node, b.node}}, func(row map[string]*float64) *float64 {
			if x := a.worth(row); x != nil {
				return x
			}
			return b.worth(row)
		}}
	}
	n := &node{op: recode, args: []*node{a.node}, rules: []rule{
		{values: []value{{low: 0, high: 2}}, to: outcome{coded: true, number: 5}},
		{values: []value{{low: 3, high: 3}, {low: math.Inf(-1), high: -2}}, to: outcome{missing: true}},
	}, others: &outcome{copy: true}}
	return grown{n, func(row map[string]*float64) *float64 {
		x := a.worth(row)
		switch {
		case x == nil, *x == 3, *x <= -2:
			return nil
		case *x >= 0 && *x <= 2:
			return known(5)
		}
		return x
	}}
}

func (g grower) truth(depth int) grown {
	a := g.number(max(depth-1, 0))
	is := func(yes bool) *float64 { return known(map[bool]float64{true: 1}[yes]) }
	if depth == 0 || g.IntN(3) == 0 {
		negated := g.IntN(2) == 0
		return grown{&node{op: in, args: []*node{a.node}, negated: negated, values: []value{{low: 1, high: 3}, {low: 5, high: 5}}}, func(row map[string]*float64) *float64 {
			if x := a.worth(row); x != nil {
				return is((*x >= 1 && *x <= 3 || *x == 5) != negated)
			}
			return nil
		}}
	}
	b, c, d := g.number(depth-1), g.truth(depth-1), g.truth(depth-1)
	switch g.IntN(5) {
	case 0:
		return grown{&node{op: less, args: []*node{a.node, b.node}}, func(row map[string]*float64) *float64 {
			x, y := a.worth(row), b.worth(row)
			if x == nil || y == nil {
				return nil
			}
			return is(*x < *y)
		}}
	case 1:
		return grown{&node{op: not, args: []*node{c.node}}, func(row map[string]*float64) *float64 {
			if x := c.worth(row); x != nil {
				return is(*x == 0)
			}
			return nil
		}}
	case 2: // by Kleene's table: false is the least, then missing, then true
		return grown{&node{op: and, args: []*node{c.node, d.node}}, func(row map[string]*float64) *float64 { return between(c.worth(row), d.worth(row), math.Min) }}
	case 3:
		return grown{&node{op: or, args: []*node{c.node, d.node}}, func(row map[string]*float64) *float64 { return between(c.worth(row), d.worth(row), math.Max) }}
	}
	f := &functions[slices.IndexFunc(functions, func(f function) bool { return f.Name == "missing" })]
	return grown{&node{op: call, function: f, args: []*node{a.node}}, func(row map[string]*float64) *float64 { return is(a.worth(row) == nil) }}
}

// between orders truths with missing in the middle.
func between(x, y *float64, of func(x, y float64) float64) *float64 {
	at := func(x *float64) float64 {
		if x == nil {
			return 0.5
		}
		return *x
	}
	if made := of(at(x), at(y)); made != 0.5 {
		return known(made)
	}
	return nil
}

// Random expressions print and read as the same, and have in each row what a slow
// evaluator makes of the row by itself.
func TestRandom(t *testing.T) {
	seed := rand.Uint64()
	g := grower{rand.New(rand.NewPCG(seed, 1))}
	find := func(name string) (Variable, bool) { return Variable{Name: name}, true }
	for range 3000 {
		e := g.truth(1 + g.IntN(4))
		if g.IntN(2) == 0 {
			e = g.number(1 + g.IntN(4))
		}
		text := e.string()
		if len(text) > maxText {
			continue
		}
		again, fault := Parse(text, OfFile)
		if fault != nil {
			t.Fatalf("seed %d: %s: %s", seed, text, fault.What)
		}
		if again.String() != text {
			t.Fatalf("seed %d: %s reads as %s", seed, text, again)
		}
		p, faults := again.Check(find, nil)
		if faults != nil {
			t.Fatalf("seed %d: %s: %s", seed, text, faults[0].What)
		}
		const rows = 7
		var data [rows]map[string]*float64
		for i := range data {
			data[i] = map[string]*float64{}
			for _, name := range []string{"u", "v", "w"} {
				if g.IntN(4) > 0 {
					data[i][name] = known(float64(g.IntN(9)-3) / float64(1+g.IntN(2)))
				}
			}
		}
		load := func(input int, to *Block) {
			for i := range data {
				to.Numbers[i], to.Kinds[i] = 0, System
				if x := data[i][p.Inputs[input]]; x != nil {
					to.Numbers[i], to.Kinds[i] = *x, 0
				}
			}
		}
		p.Evaluate(rows, load, func(b *Block) {
			for i := range data {
				want := e.worth(data[i])
				if (want == nil) != (b.Kinds[i] != 0) || want != nil && *want != b.Numbers[i] {
					t.Fatalf("seed %d: %s: row %d: got %v (kind %d), want %s", seed, text, i, b.Numbers[i], b.Kinds[i], show(want))
				}
			}
		})
	}
}

func show(x *float64) string {
	if x == nil {
		return "missing"
	}
	return fmt.Sprint(*x)
}

// FuzzParse: nothing that is read panics; what is read prints so that it reads the same;
// and a result is finite or missing.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"old = age >= 65", "weight / (height/100)^2", `recode(age; 16..24 "16 to 24", 25..64 "25 to 64", else missing)`, "age in (16..24, 30) or not sex != 1,2",
		`if(region = "N" and age > 3, "a", region)`, "coalesce(log(age), -1, missing)", "`a b` + .5e3 - round(height, 2)", `recode(region; "N", missing = 1, else = 2)`,
		"((((age))))", "1..2", "age in ..", `"`, "`", "-(-(3))^2", "recode(", "age\x00> 1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if l, fault := ParseLet(text, OfCatalogue); fault == nil {
			if again, fault := ParseLet(l.String(), OfCatalogue); len(l.String()) <= maxText && (fault != nil || again.String() != l.String()) {
				t.Fatalf("%q prints as %q", text, l.String())
			}
		}
		e, fault := Parse(text, OfFile)
		if fault != nil {
			if p := fault.Problem(2, "--let"); !strings.Contains(p.What, "\n") {
				t.Fatalf("%q: no caret", text)
			}
			return
		}
		again, fault := Parse(e.String(), OfFile)
		if len(e.String()) <= maxText && (fault != nil || again.String() != e.String()) {
			t.Fatalf("%q prints as %q", text, e.String())
		}
		p, faults := e.Check(people, []string{"age"})
		if faults != nil {
			return
		}
		load := func(input int, to *Block) {
			for i := range to.Kinds {
				to.Numbers[i], to.Codes[i], to.Kinds[i] = float64(i-1)*1e200, int32(i%2), uint8(i%3)
				if to.Kinds[i] != 0 {
					to.Numbers[i], to.Codes[i] = 0, 0
				}
			}
		}
		p.Evaluate(5, load, func(b *Block) {
			for i, kind := range b.Kinds {
				if x := b.Numbers[i]; !bounded(x) || kind != 0 && x != 0 || p.Form == Text && kind == 0 && int(b.Codes[i]) >= len(p.Values) {
					t.Fatalf("%q: row %d is %v, kind %d", text, i, x, kind)
				}
			}
		})
		p.Account()
	})
}
