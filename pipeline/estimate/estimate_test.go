package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

var nan = math.NaN()

// small is two strata of two PSUs with one respondent each, so that every
// figure below can be had by hand. The south counts double.
func small(t *testing.T, lonely string, stratum ...string) *design.Design {
	t.Helper()
	if stratum == nil {
		stratum = []string{"N", "N", "S", "S"}
	}
	d, ps := design.New(design.Source{
		Weights: "core", Stratum: design.LabelsOf(stratum), PSU: design.LabelsOf([]string{"1", "2", "3", "4"}), Weight: []float64{1, 1, 2, 2}, Lonely: lonely,
	})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

func numeric(name string, values ...float64) *table.Column {
	return &table.Column{Variable: codebook.Variable{Name: name, Unit: "hours"}, Values: values}
}

func yesNo(name string, codes ...int) *table.Column {
	return &table.Column{Variable: codebook.Variable{Name: name, Categories: []codebook.Category{{Code: "yes"}, {Code: "no"}}}, Codes: table.CodesOf(2, codes)}
}

func where(variable string, categories ...string) *codebook.Condition {
	return &codebook.Condition{Variable: variable, Categories: categories}
}

// infer makes the one estimate of a definition on the rows that in holds for.
func infer(def *indicator.Definition, d *design.Design, tab *table.Table, in func(row int) bool) indicator.Estimate {
	member := yesNo("member", make([]int, tab.Rows)...)
	for row := range tab.Rows {
		if !in(row) {
			member.Codes.Set(row, 1)
		}
	}
	return of(def, d, table.New(tab.Rows, append(slices.Clone(tab.Columns), member)...), *where("member", "yes"))[0]
}

// of makes the estimates of a definition, of everyone for whom the conditions
// hold.
func of(def *indicator.Definition, d *design.Design, tab *table.Table, conditions ...codebook.Condition) []indicator.Estimate {
	named := *def
	if named.Breakdowns == nil {
		named.Breakdowns = []string{}
	}
	w := &indicator.Wave{
		Crosswalk: &codebook.Crosswalk{Populations: []codebook.Population{{ID: "everyone", Where: conditions}}},
		Table:     tab, Designs: map[string]*design.Design{codebook.CoreWeight: d},
	}
	r, ps := Wave(&codebook.Codebook{}, []*indicator.Definition{&named}, w, 1)
	if ps != nil {
		panic(ps.Err())
	}
	return r.Estimates[0]
}

func everyone(int) bool { return true }

func same(got, want float64) bool {
	return math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))
}

func TestByHand(t *testing.T) {
	mean := &indicator.Definition{Statistic: indicator.Mean, Of: &codebook.Condition{Variable: "y"}}
	north := func(row int) bool { return row < 2 }
	first := func(row int) bool { return row == 0 }
	for _, c := range []struct {
		claim         string
		y             []float64
		in            func(int) bool
		value, se, df float64
		base          int
		lonely        string
		stratum       []string
		status        indicator.Status
	}{
		// A constant does not vary: the design cannot say how much it would.
		{claim: "a constant has no error", y: []float64{7, 7, 7, 7}, in: everyone, value: 7, se: nan, df: 2, base: 4},
		// m = 6/6; u = (-1, -1, -2, 4)/6; N adds 0; S adds 2*(9+9)/36 = 1.
		{claim: "what varies in the south", y: []float64{0, 0, 0, 3}, in: everyone, value: 1, se: 1, df: 2, base: 4},
		// m = 1; u = (-1, 1)/2 in N, 0 in S; 2*(1/4+1/4) = 1.
		{claim: "the north alone, the south counting as nothing", y: []float64{0, 2, 5, 9}, in: north, value: 1, se: 1, df: 1, base: 2},
		{claim: "one PSU has no error", y: []float64{4, 2, 5, 9}, in: first, value: 4, se: nan, df: 0, base: 1},
		// The missing value leaves the base and its PSU stays in the design: m = 8/4;
		// u = (-1, -1)/2... with y = (0, 0, ., 4): W = 4, m = 2, u = (-2, -2, 0, 4)/4; S adds 2*(1/4+1/4) = 1.
		{claim: "a missing value leaves the base, not the design", y: []float64{0, 0, nan, 4}, in: everyone, value: 2, se: 1, df: 2, base: 3},
		{claim: "nobody in the base", y: []float64{nan, nan, 1, 1}, in: north, value: nan, se: nan, df: nan, base: 0, status: indicator.Unavailable},
		{claim: "nobody in the domain", y: []float64{1, 2, 3, 4}, in: func(int) bool { return false }, value: nan, se: nan, df: nan, base: 0, status: indicator.Inapplicable},
		// Strata N, N, S, T; y = (0, 0, 0, 3): u = (-1, -1, -2, 4)/6. Certainty: N alone, which adds 0.
		{claim: "a stratum with one PSU under certainty adds nothing", y: []float64{0, 3, 0, 0}, in: everyone, value: .5, se: math.Sqrt(2*(2.25+2.25)) / 6, df: 1, base: 4, lonely: codebook.LonelyCertainty, stratum: []string{"N", "N", "S", "T"}},
		// Adjust: the squares of -2/6 and 4/6 about the mean of all, 0.
		{claim: "and under adjust its distance from the mean of all", y: []float64{0, 0, 0, 3}, in: everyone, value: 1, se: math.Sqrt(20) / 6, df: 1, base: 4, lonely: codebook.LonelyAdjust, stratum: []string{"N", "N", "S", "T"}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			e := infer(mean, small(t, c.lonely, c.stratum...), table.New(4, numeric("y", c.y...)), c.in)
			if !same(e.Value, c.value) || !same(e.SE, c.se) || !same(e.DF, c.df) || e.Base != c.base || e.Status != c.status {
				t.Errorf("got %v (%v), df %v, base %d, status %q; want %v (%v), df %v, base %d, status %q",
					e.Value, e.SE, e.DF, e.Base, e.Status, c.value, c.se, c.df, c.base, c.status)
			}
		})
	}
}

// The statistics of totals, each by hand on the same four respondents. With
// weights 1, 1, 2, 2 and the linearised values u, the variance is
// (u1-u2)^2 + (u3-u4)^2.
func TestStatistics(t *testing.T) {
	tab := table.New(4,
		yesNo("a", 0, 1, 0, 1), yesNo("b", 0, 0, 1, 0),
		yesNo("g", 0, 1, 1, 0), numeric("y", 1, 2, 3, 4), numeric("x", 1, 1, 2, 1))
	for _, c := range []struct {
		claim     string
		d         *indicator.Definition
		value, se float64
	}{
		// Weights of yes 1 + 2 of 6; u = w(y - 1/2)/6 = (1, -1, 2, -2)/12.
		{"proportion", &indicator.Definition{Statistic: indicator.Proportion, Of: where("a", "yes")}, .5, math.Sqrt(4+16) / 12},
		// Y = 17, X = 8; u = w(y - 17x/8)/8 = (-9, -1, -20, 30)/64.
		{"ratio", &indicator.Definition{Statistic: indicator.Ratio, Of: &codebook.Condition{Variable: "y"}, Over: &codebook.Condition{Variable: "x"}}, 17. / 8, math.Sqrt(64+2500) / 64},
		// g yes: respondents 1, 4 of weights 1, 2, p = 1/3; g no: 2, 3 of 1, 2, p = 2/3.
		// u = (1(1-1/3)/3, -1(0-2/3)/3, -2(1-2/3)/3, 2(0-1/3)/3) = (2, 2, -2, -2)/9: no variation within strata.
		{"gap", &indicator.Definition{Statistic: indicator.Gap, Of: where("a", "yes"), Between: &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no"}}}, -1. / 3, nan},
		// b is yes for 1, 2, 4; in g yes all, p = 1; in g no the second, p = 1/3. r = 3;
		// u = r(0, -(1-1/3)/3/(1/3), -2(0-1/3)/3/(1/3), 0) = (0, -2, 2, 0).
		{"parity", &indicator.Definition{Statistic: indicator.Parity, Of: where("b", "yes"), Between: &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no"}}}, 3, math.Sqrt(4 + 4)},
		// g yes against all, 1/3 - 1/2: u = w(y - 1/3)/3 in the part, less w(y - 1/2)/6 of all: (5, 3, -6, -2)/36.
		{"gap of a part and the whole", &indicator.Definition{Statistic: indicator.Gap, Of: where("a", "yes"), Between: &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no", "yes"}}}, -1. / 6, math.Sqrt(4+16) / 36},
		// b is yes for all of g yes, and 2/3 of all: r = 3/2, u = -r w(y - 2/3)/6/(2/3) = -(1, 1, -4, 2)/8.
		{"parity of a part and the whole", &indicator.Definition{Statistic: indicator.Parity, Of: where("b", "yes"), Between: &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"yes", "no"}}}, 1.5, 6. / 8},
		// Cells a and g: (yes yes) 1, (no no) 1, (yes no) 2, (no yes) 2. OR = 1*1/(2*2);
		// u = OR * (1/1, 1/1, -2/2, -2/2): no variation within strata.
		{"association", &indicator.Definition{Statistic: indicator.Association, Of: where("a", "yes"), With: where("g", "yes")}, .25, nan},
	} {
		t.Run(c.claim, func(t *testing.T) {
			e := infer(c.d, small(t, ""), tab, everyone)
			if !same(e.Value, c.value) || !same(e.SE, c.se) {
				t.Errorf("got %v (%v), want %v (%v)", e.Value, e.SE, c.value, c.se)
			}
			smallest := 4
			if c.d.Between != nil || c.d.With != nil {
				smallest = 2 // of g, two are yes and two no
			}
			if e.Base != 4 || e.Groups.Smallest() != smallest {
				t.Errorf("got base %d, groups %v; want 4, %d in the smallest", e.Base, e.Groups, smallest)
			}
		})
	}
}

// Where nobody in a group is counted, a ratio of shares and an odds ratio have
// no error, and no interval: their logarithms have none.
func TestNobodyCounted(t *testing.T) {
	tab := table.New(4, yesNo("a", 1, 0, 1, 1), yesNo("g", 0, 1, 1, 0))
	between := &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no"}}
	for _, d := range []*indicator.Definition{
		{Statistic: indicator.Parity, Of: where("a", "yes"), Between: between},
		{Statistic: indicator.Association, Of: where("a", "yes"), With: where("g", "yes")},
	} {
		e := infer(d, small(t, ""), tab, everyone)
		if e.Value != 0 || !math.IsNaN(e.SE) || !math.IsNaN(e.Lower) || !math.IsNaN(e.Upper) || len(e.Notes) != 1 {
			t.Errorf("%s: got %v (%v), %v to %v, notes %q; want 0 without an error, and a note", d.Statistic, e.Value, e.SE, e.Lower, e.Upper, e.Notes)
		}
	}
	// And where the reference has nobody, there is no figure.
	d := &indicator.Definition{Statistic: indicator.Parity, Of: where("a", "yes"), Between: &indicator.Between{Variable: "g", Category: []string{"no"}, Reference: []string{"yes"}}}
	if e := infer(d, small(t, ""), tab, everyone); e.Status != indicator.Unavailable || !e.Notes.Has(indicator.DividesByZero) {
		t.Errorf("got %v, status %q, notes %q; want none", e.Value, e.Status, e.Notes)
	}
}

// Large numbers that differ little keep the digits of their variance, and
// equal ones have none, whatever the source of the error.
func TestLargeNumbers(t *testing.T) {
	mean := &indicator.Definition{Statistic: indicator.Mean, Of: &codebook.Condition{Variable: "y"}}
	byFactor, ps := design.New(design.Source{Weights: "core", Weight: []float64{1, 1, 2, 2}, Factor: 1.2})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if e := infer(mean, byFactor, table.New(4, numeric("y", 20000.1, 20000.1, 20000.1, 20000.1)), everyone); !math.IsNaN(e.SE) || !same(e.Value, 20000.1) {
		t.Errorf("equal numbers: got %v (%v), want 20000.1 without an error", e.Value, e.SE)
	}
	// The same where the others of the sample do vary.
	first := func(row int) bool { return row < 3 }
	for _, d := range []*design.Design{byFactor, small(t, "")} {
		for i := range 1000 {
			y := 1 + float64(i)*.0137
			if e := infer(mean, d, table.New(4, numeric("y", y, y, y, 97)), first); !math.IsNaN(e.SE) || !same(e.Value, y) {
				t.Fatalf("equal numbers in a domain: got %v (%v), want %v without an error", e.Value, e.SE, y)
			}
		}
	}
	near := infer(mean, small(t, ""), table.New(4, numeric("y", 1, 2, 3, 7)), everyone)
	far := infer(mean, small(t, ""), table.New(4, numeric("y", 1e8+1, 1e8+2, 1e8+3, 1e8+7)), everyone)
	if !same(far.SE, near.SE) || !same(far.DEFF, near.DEFF) || !same(far.Value, near.Value+1e8) || !same(far.Upper, near.Upper+1e8) {
		t.Errorf("got %v (%v), design effect %v, to %v; want %v (%v), %v, to %v", far.Value, far.SE, far.DEFF, far.Upper, near.Value+1e8, near.SE, near.DEFF, near.Upper+1e8)
	}
}

// A published factor gives the error of a simple random sample times itself.
func TestDesignFactor(t *testing.T) {
	d, ps := design.New(design.Source{Weights: "core", Weight: []float64{1, 1, 1, 1}, Factor: 1.5})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	e := infer(&indicator.Definition{Statistic: indicator.Proportion, Of: where("a", "yes")}, d, table.New(4, yesNo("a", 0, 1, 1, 1)), everyone)
	if want := 1.5 * math.Sqrt(.25*.75/3); !same(e.SE, want) || !same(e.DEFF, 2.25) {
		t.Errorf("got error %v, design effect %v; want %v, 2.25", e.SE, e.DEFF, want)
	}
}

func TestSum(t *testing.T) {
	for _, c := range []struct {
		claim string
		xs    []float64
		want  float64
	}{
		{"nothing", nil, 0},
		{"opposites cancel", []float64{.1, .2, -.1, -.2}, 0},
		{"a small number survives a large one", []float64{1e9, 0x1p-30, -1e9}, 0x1p-30},
		{"negative", []float64{-1.5, -2.25}, -3.75},
		{"all of nine tenths", slices.Repeat([]float64{.1}, 9), .9},
	} {
		if got := total(c.xs); math.Abs(got-c.want) > 1e-16 {
			t.Errorf("%s: got %v, want %v", c.claim, got, c.want)
		}
	}
}

// random is a wave of n respondents in strata and PSUs of unequal size, with
// missing answers and domains that miss PSUs and strata.
func random(t *testing.T, r *rand.Rand, n int) (design.Source, *table.Table) {
	t.Helper()
	s := design.Source{Weights: "core", Lonely: codebook.LonelyAdjust}
	var strata, psus []string
	y, a, g := numeric("y"), yesNo("a", make([]int, n)...), yesNo("g", make([]int, n)...)
	for row := range n {
		h := r.IntN(6)
		strata, psus = append(strata, fmt.Sprint(h)), append(psus, fmt.Sprintf("%d.%d", h, r.IntN(2+3*h)))
		s.Weight = append(s.Weight, math.Exp(r.NormFloat64()))
		y.Values = append(y.Values, r.NormFloat64()*1000)
		a.Codes.Set(row, r.IntN(3)-1)
		g.Codes.Set(row, min(1, r.IntN(12)))
	}
	s.Stratum, s.PSU = design.LabelsOf(strata), design.LabelsOf(psus)
	return s, table.New(n, y, a, g)
}

var definitions = []*indicator.Definition{
	{Statistic: indicator.Mean, Of: &codebook.Condition{Variable: "y"}},
	{Statistic: indicator.Proportion, Of: where("a", "yes")},
	{Statistic: indicator.Parity, Of: where("a", "yes"), Between: &indicator.Between{Variable: "g", Category: []string{"yes"}, Reference: []string{"no"}}},
	{Statistic: indicator.Association, Of: where("a", "yes"), With: where("g", "yes")},
}

// The order of the rows, the labels of strata and PSUs, and the unit of the
// weight (by a power of two) carry no information: the bits are the same.
func TestNothingButTheDesign(t *testing.T) {
	const seed = 1701
	r := rand.New(rand.NewPCG(seed, 1))
	for trial := range 20 {
		s, tab := random(t, r, 400)
		order := r.Perm(400)
		other := design.Source{Weights: s.Weights, Lonely: s.Lonely}
		were := [2][]string{s.Stratum.Spelled(), s.PSU.Spelled()}
		var strata, psus []string
		y, a, g := numeric("y"), yesNo("a", make([]int, 400)...), yesNo("g", make([]int, 400)...)
		for i, row := range order {
			strata = append(strata, "z"+fmt.Sprint(9-len(were[0][row])-int(were[0][row][0])))
			psus = append(psus, "p"+were[1][row])
			other.Weight = append(other.Weight, s.Weight[row]*1024)
			y.Values = append(y.Values, tab.Column("y").Values[row])
			a.Codes.Set(i, tab.Column("a").Codes.At(row))
			g.Codes.Set(i, tab.Column("g").Codes.At(row))
		}
		other.Stratum, other.PSU = design.LabelsOf(strata), design.LabelsOf(psus)
		d1, ps1 := design.New(s)
		d2, ps2 := design.New(other)
		if len(ps1)+len(ps2) > 0 {
			t.Fatal(ps1, ps2)
		}
		for i, def := range definitions {
			one := infer(def, d1, tab, everyone)
			two := infer(def, d2, table.New(400, y, a, g), everyone)
			if two.Weights == 1024*one.Weights {
				two.Weights = one.Weights // which is in the unit of the weight
			}
			if fmt.Sprint(one) != fmt.Sprint(two) {
				t.Errorf("seed %d, trial %d, definition %d: got\n%v\nwant\n%v", seed, trial, i, two, one)
			}
		}
	}
}

// BenchmarkWave keeps the time of one indicator with a breakdown, of which a
// release has hundreds.
func BenchmarkWave(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, rows := range []int{1e4, 1e5} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := design.Source{Weights: "core"}
			var strata, psus []string
			a, g := yesNo("a", make([]int, rows)...), yesNo("g", make([]int, rows)...)
			for i := range rows {
				strata, psus = append(strata, fmt.Sprint(i%500%36)), append(psus, fmt.Sprint(i%500))
				s.Weight = append(s.Weight, .5+r.Float64())
				a.Codes.Set(i, r.IntN(2))
				g.Codes.Set(i, r.IntN(2))
			}
			s.Stratum, s.PSU = design.LabelsOf(strata), design.LabelsOf(psus)
			d, _ := design.New(s)
			tab := table.New(rows, a, g)
			definition := *definitions[1]
			definition.Breakdowns = []string{"g"}
			b.ResetTimer()
			for b.Loop() {
				of(&definition, d, tab)
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
