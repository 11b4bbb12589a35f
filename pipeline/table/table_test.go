package table

import (
	"math"
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
)

var nan = math.NaN()

func variable(name string, codes ...string) codebook.Variable {
	v := codebook.Variable{Name: name}
	for _, c := range codes {
		v.Categories = append(v.Categories, codebook.Category{Code: c})
	}
	return v
}

func TestNames(t *testing.T) {
	a, b := &Column{Variable: variable("WtCore"), Values: []float64{1, 2}}, &Column{Variable: variable("area"), Text: []string{"x", ""}}
	tab := New(2, a, b)
	if got := tab.Names(); !slices.Equal(got, []string{"WtCore", "area"}) {
		t.Errorf("names: got %v", got)
	}
	for _, name := range []string{"WtCore", "wtcore", "WTCORE"} {
		if tab.Column(name) != a {
			t.Errorf("%q does not find the column WtCore", name)
		}
	}
	if tab.Column("wtcor") != nil {
		t.Error("a part of a name finds a column")
	}
}

func TestNewPanics(t *testing.T) {
	column := func(name string, rows int) *Column {
		return &Column{Variable: variable(name), Values: make([]float64, rows)}
	}
	for _, c := range []struct {
		claim   string
		columns []*Column
	}{
		{"a column that is too short", []*Column{column("a", 1)}},
		{"a column that is too long", []*Column{column("a", 3)}},
		{"a name that differs in case alone", []*Column{column("a", 2), column("A", 2)}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("made a table")
				}
			}()
			New(2, c.columns...)
		})
	}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		claim  string
		column Column
		want   []codebook.Missing
	}{
		{"categories say their kind", Column{Codes: CodesOf(3, []int{0, 2, -1, -2, -3, -4})}, []codebook.Missing{
			codebook.Present, codebook.Present, codebook.System, codebook.NotApplicable, codebook.Refused, codebook.DontKnow,
		}},
		{
			"numbers say their kind, and 0 is a number",
			Column{Values: []float64{0, nan, nan}, Kinds: []codebook.Missing{0, codebook.Refused, codebook.System}},
			[]codebook.Missing{codebook.Present, codebook.Refused, codebook.System},
		},
		{"numbers without kinds are system-missing", Column{Values: []float64{-9, nan}}, []codebook.Missing{codebook.Present, codebook.System}},
		{"text that is empty is system-missing", Column{Text: []string{"1", ""}}, []codebook.Missing{codebook.Present, codebook.System}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for row, want := range c.want {
				if got := c.column.Missing(row); got != want {
					t.Errorf("row %d: got %v, want %v", row, got, want)
				}
			}
		})
	}
}

func TestHolds(t *testing.T) {
	p := func(x float64) *float64 { return &x }
	answers := Column{Variable: variable("v", "yes", "no", "maybe"), Codes: CodesOf(3, []int{0, 1, 2, -3})}
	ages := Column{Values: []float64{15, 16, 64, 65, nan}}
	coded := Column{Numbers: []float64{64, 15, 65, 16}, Codes: CodesOf(4, []int{1, 3, 0, 2, -3})}
	for _, c := range []struct {
		claim  string
		column Column
		where  codebook.Condition
		want   []bool
	}{
		{"one category", answers, codebook.Condition{Categories: []string{"yes"}}, []bool{true, false, false, false}},
		{"any of two", answers, codebook.Condition{Categories: []string{"maybe", "yes"}}, []bool{true, false, true, false}},
		{"an unknown category never", answers, codebook.Condition{Categories: []string{"perhaps"}}, []bool{false, false, false, false}},
		{"both bounds are inclusive", ages, codebook.Condition{AtLeast: p(16), AtMost: p(64)}, []bool{false, true, true, false, false}},
		{"of numbers by their codes", coded, codebook.Condition{AtLeast: p(16), AtMost: p(64)}, []bool{false, true, true, false, false}},
		{"no bound, and missing is not within", coded, codebook.Condition{}, []bool{true, true, true, true, false}},
		{"no upper bound", ages, codebook.Condition{AtLeast: p(64)}, []bool{false, false, true, true, false}},
		{"no lower bound, and missing is not low", ages, codebook.Condition{AtMost: p(16)}, []bool{true, true, false, false, false}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			holds := c.column.Holds(c.where)
			for row, want := range c.want {
				if holds(row) != want {
					t.Errorf("row %d: got %v, want %v", row, !want, want)
				}
			}
		})
	}
}

func TestFill(t *testing.T) {
	codes := Column{Codes: CodesOf(3, []int{1, -2, -3, -4})}
	codes.Fill(&Column{Codes: CodesOf(3, []int{0, 0, -1, 2})})
	if want := []int{1, 0, -3, 2}; !slices.Equal(codes.Codes.All(), want) {
		t.Errorf("categories: got %v, want %v: what is there stays, and a kind too where the other has no value", codes.Codes.All(), want)
	}
	numbers := Column{Values: []float64{1, nan, nan}, Kinds: []codebook.Missing{0, codebook.Refused, codebook.DontKnow}}
	numbers.Fill(&Column{Values: []float64{7, 8, nan}})
	if numbers.Values[0] != 1 || numbers.Values[1] != 8 || !math.IsNaN(numbers.Values[2]) {
		t.Errorf("numbers: got %v, want 1, 8, missing", numbers.Values)
	}
	if want := []codebook.Missing{codebook.Present, codebook.Present, codebook.DontKnow}; !slices.Equal(numbers.Kinds, want) {
		t.Errorf("kinds: got %v, want %v", numbers.Kinds, want)
	}
}

func TestSetMissing(t *testing.T) {
	codes := Column{Codes: CodesOf(3, []int{1})}
	codes.SetMissing(0, codebook.Refused)
	numbers := Column{Values: []float64{1}, Kinds: make([]codebook.Missing, 1)}
	numbers.SetMissing(0, codebook.DontKnow)
	if codes.Missing(0) != codebook.Refused || numbers.Missing(0) != codebook.DontKnow || !math.IsNaN(numbers.Values[0]) {
		t.Errorf("got %v and %v (%v), want refused and dont-know (NaN)", codes.Missing(0), numbers.Missing(0), numbers.Values[0])
	}
}

func TestLabels(t *testing.T) {
	numbers := Column{Values: []float64{101, -1, 1.5, 1e15, nan}}
	if got, want := numbers.Labels(), []string{"101", "-1", "1.5", "1000000000000000", ""}; !slices.Equal(got, want) {
		t.Errorf("numbers: got %q, want %q", got, want)
	}
	coded := Column{Numbers: []float64{1.5, 101}, Codes: CodesOf(2, []int{1, -1, 0})}
	if got, want := coded.Labels(), []string{"101", "", "1.5"}; !slices.Equal(got, want) {
		t.Errorf("numbers by their codes: got %q, want %q", got, want)
	}
	text := Column{Text: []string{"E01", ""}}
	if got := text.Labels(); !slices.Equal(got, text.Text) {
		t.Errorf("text: got %q, want it unchanged", got)
	}
}

func TestTag(t *testing.T) {
	tagged := &Column{Values: []float64{math.NaN(), math.NaN(), 1}, Tags: []byte{'a', 0, 0}}
	for row, want := range []string{".a", "", ""} {
		if got := tagged.Tag(row); got != want {
			t.Errorf("row %d: got %q, want %q", row, got, want)
		}
	}
	if got := (&Column{Values: []float64{1}}).Tag(0); got != "" {
		t.Errorf("without tags: got %q, want none", got)
	}
}

func TestWanted(t *testing.T) {
	for _, c := range []struct {
		claim string
		names []string
		name  string
		want  bool
	}{
		{"nil wants all", nil, "sex", true},
		{"none is none", []string{}, "sex", false},
		{"without regard to case", []string{"age", "SEX"}, "Sex", true},
		{"another is not", []string{"age"}, "sex", false},
	} {
		if got := Wanted(c.names)(c.name); got != c.want {
			t.Errorf("%s: got %v, want %v", c.claim, got, c.want)
		}
	}
}
