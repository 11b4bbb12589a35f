package harmonise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

func none(string) codebook.Missings { return codebook.Missings{} }

// byOwn harmonises columns by their own codes, in batches that end at the given
// rows.
func byOwn(t *testing.T, columns []*table.Column, own []Own, missing []string, threads int, ends ...int) *Result {
	t.Helper()
	x := &codebook.Crosswalk{Weights: map[string]codebook.Weight{codebook.CoreWeight: {Variable: "w"}}}
	rows := columns[0].Len()
	weight := &table.Column{Variable: codebook.Variable{Name: "w"}, Values: slices.Repeat([]float64{1}, rows)}
	of, err := codebook.ParseMissings(missing)
	if err != nil {
		t.Fatal(err)
	}
	for i := range own {
		own[i].Missing = of
	}
	h := NewOwn(x, &codebook.Codebook{Variables: map[string]codebook.Variable{}}, nil, own, nil, none, "a.csv", threads)
	from := 0
	for _, to := range append(ends, rows) {
		batch := table.New(to - from)
		if len(ends) > 1 {
			batch.Of = rows
		}
		for _, c := range append(columns, weight) {
			part := &table.Column{Variable: c.Variable}
			if c.Text != nil {
				part.Text = c.Text[from:to]
			} else {
				part.Values = c.Values[from:to]
			}
			batch.Add(part)
		}
		h.Add(batch)
		from = to
	}
	given := table.New(0)
	for _, c := range append(columns, weight) {
		empty := &table.Column{Variable: c.Variable, Values: []float64{}}
		if c.Text != nil {
			empty.Values, empty.Text = nil, []string{}
		}
		given.Add(empty)
	}
	r, ps := h.End(Raw{Table: given, Names: given.Names(), Where: "a.csv", Line: func(row int) int { return row }})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// A variable by its own codes has the categories that its rows have, numbers by
// size, text as the file lists it and then by spelling, without what is missing.
func TestOwn(t *testing.T) {
	nan := math.NaN()
	numbers := func(v codebook.Variable, values ...float64) *table.Column {
		v.Name = "V"
		return &table.Column{Variable: v, Values: values}
	}
	text := func(v codebook.Variable, texts ...string) *table.Column {
		v.Name = "V"
		return &table.Column{Variable: v, Text: texts}
	}
	listed := codebook.Variable{Categories: []codebook.Category{{Code: "yes", Label: "Yes"}, {Code: "no", Label: "No"}}}
	declared := codebook.Variable{Recorded: &codebook.Recorded{Missing: []codebook.Interval{{Low: 8, High: 9}}, Texts: []string{"na"}}}
	for _, c := range []struct {
		claim   string
		column  *table.Column
		missing []string
		from    []float64
		codes   string // of the rows
		order   string
		absent  string
	}{
		{"numbers by size", numbers(codebook.Variable{}, 10, 2, nan, -3.5, 2, 1e6), nil, nil, "10,2,,-3.5,2,1000000", "-3.5,2,10,1000000", ""},
		{"0 has no sign", numbers(codebook.Variable{}, 0, math.Copysign(0, -1)), nil, nil, "0,0", "0", ""},
		{"text by spelling", text(codebook.Variable{}, "b", "", "a", "B"), nil, nil, "b,,a,B", "B,a,b", ""},
		{"text as the file lists it", text(listed, "maybe", "no", "yes"), nil, nil, "maybe,no,yes", "yes,no,maybe", ""},
		{"what the file declares missing", numbers(declared, 1, 8, 8.5, 9, 10), nil, nil, "1,,,,10", "1,10", "8,8.5,9"},
		{"text that the file declares missing", text(declared, "a", "na"), nil, nil, "a,", "a", "na"},
		{"missing codes in another spelling", numbers(codebook.Variable{}, 1, -9, 2), []string{"-9.0"}, nil, "1,,2", "1,2", "-9"},
		{"bands of whole numbers", numbers(codebook.Variable{}, 15, 16, 24, 25, 90), nil, []float64{16, 25, 65}, ",16-24,16-24,25-64,65-over", "16-24,25-64,65-over", ""},
		{"a band that nobody is in", numbers(codebook.Variable{}, 16, 90), nil, []float64{16, 25, 65}, "16-24,65-over", "16-24,65-over", ""},
		{"bands of fractions", numbers(codebook.Variable{}, 16, 24.5), nil, []float64{16, 25}, "16-under-25,16-under-25", "16-under-25", ""},
		{"bands without what is missing", numbers(codebook.Variable{}, 16, 99), []string{"99"}, []float64{16}, "16-over,", "16-over", "99"},
	} {
		for _, ends := range [][]int{nil, {1}, {1, 1, 2}} {
			r := byOwn(t, []*table.Column{c.column}, []Own{{Name: "v", Categories: true, Numbers: true, From: c.from}}, c.missing, 2, ends...)
			v := r.Wave.Table.Column("V")
			if got := strings.Join(v.Labels(), ","); got != c.codes {
				t.Errorf("%s: rows have %s, want %s (batches to %v)", c.claim, got, c.codes, ends)
			}
			if got := strings.Join(r.Book.Variables["V"].Codes(), ","); got != c.order {
				t.Errorf("%s: categories %s, want %s", c.claim, got, c.order)
			}
			if got := strings.Join(slices.Sorted(slices.Values(r.Missing["V"])), ","); got != c.absent {
				t.Errorf("%s: missing %s, want %s", c.claim, got, c.absent)
			}
			if n := r.Wave.Table.Column(NumberOf("v")); (n == nil) != (c.column.Text != nil) {
				t.Errorf("%s: numbers %v", c.claim, n)
			}
		}
	}
	late := numbers(codebook.Variable{}, 3, 8, 1) // declared at the end of the file alone
	if r := byOwn(t, []*table.Column{late}, []Own{{Name: "v", Categories: true}}, nil, 1); true {
		late.Variable = declared
		late.Variable.Name = "V"
		h := NewOwn(&codebook.Crosswalk{}, &codebook.Codebook{Variables: map[string]codebook.Variable{}}, nil, []Own{{Name: "v", Categories: true}}, nil, none, "a.csv", 1)
		h.Add(table.New(3, numbers(codebook.Variable{}, 3, 8, 1)))
		h.given, h.out = table.New(0, &table.Column{Variable: late.Variable}), table.New(3)
		h.endOwn(r, h.finishOwn())
		if got := strings.Join(h.out.Column("v").Labels(), ",") + " without " + strings.Join(r.Missing["V"], ","); got != "3,,1 without 8" {
			t.Errorf("declared late: %s, want 3,,1 without 8", got)
		}
	}
	r := byOwn(t, []*table.Column{numbers(declared, 1, 8, nan, 70)}, []Own{{Name: "v", Numbers: true}}, []string{"70"}, 1, 2)
	if got := strings.Join(shown(r.Wave.Table.Column("V as a number")), ","); got != "1,[system],[system],[system]" || r.Wave.Table.Column("V") != nil {
		t.Errorf("numbers %s, want 1 and no other", got)
	}
}

// Any batches and any number of threads give the same table, also where codes
// come late and are more than a byte has.
func TestOwnInBatches(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var columns []*table.Column
	var own []Own
	for i := range 5 {
		c := &table.Column{Variable: codebook.Variable{Name: fmt.Sprint("v", i)}}
		for row := range 2000 {
			most := []int{3, 300, 2000, 70, 1200}[i]
			x := float64(r.IntN(1+most*row/2000)) / float64(1+i%2)
			if i == 3 {
				c.Text = append(c.Text, strings.TrimPrefix(fmt.Sprint(x), "0"))
			} else {
				c.Values = append(c.Values, x)
			}
		}
		columns, own = append(columns, c), append(own, Own{Name: c.Variable.Name, Categories: true})
	}
	whole := byOwn(t, columns, own, []string{"2"}, 1)
	parts := byOwn(t, columns, own, []string{"2"}, 3, r.IntN(1000), 1000+r.IntN(1000))
	for _, o := range own {
		a, b := whole.Wave.Table.Column(o.Name), parts.Wave.Table.Column(o.Name)
		if !slices.Equal(a.Variable.Codes(), b.Variable.Codes()) || !slices.Equal(a.Labels(), b.Labels()) {
			t.Errorf("seed %d: %s differs by batches", seed, o.Name)
		}
		for row, label := range a.Labels() {
			want := ""
			if c := columns[slices.IndexFunc(own, func(other Own) bool { return other.Name == o.Name })]; c.Text != nil {
				want = c.Text[row]
			} else {
				want = codebook.Spell(c.Values[row])
			}
			if want == "2" {
				want = ""
			}
			if label != want {
				t.Fatalf("seed %d: %s, row %d: %q, want %q", seed, o.Name, row, label, want)
			}
		}
	}
}
