package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

func numberColumn(name string, values ...float64) *table.Column {
	return &table.Column{Variable: codebook.Variable{Name: name}, Values: values}
}

func textColumn(name string, values ...string) *table.Column {
	return &table.Column{Variable: codebook.Variable{Name: name}, Text: values}
}

// gridOf is the cells and the problem of a plan on a table.
func gridOf(p Plan, t *table.Table, threads int) ([]Cell, error) {
	p.Threads = threads
	g := NewGrid(p)
	g.Add(t)
	return g.Result(threads)
}

// Two strata of two PSUs. In PSU 1 half of a weight of 4 say yes, in PSU 2
// none of 2; in PSU 3 all of 1, in PSU 4 one of weight 1 of 3, and one of
// weight 1 did not answer. So x is 4 2 1 3 and y 2 0 1 1, p is 4/10, z is 0.4
// -0.8 0.6 -0.2, and the variance is (1.2^2 + 0.8^2)/10^2.
func handTable() (Plan, *table.Table) {
	plan := Plan{
		Where: "hand.csv", Stratum: "stratum", PSU: "psu", Weight: "weight",
		Items: []Share{{Name: "yes", Variable: "q", Counted: []string{"1"}, Valid: []string{"2"}}},
		By:    [][]string{{}, {"area"}},
	}
	return plan, table.New(9,
		numberColumn("stratum", 1, 1, 1, 1, 2, 2, 2, 2, 2),
		numberColumn("psu", 1, 1, 2, 2, 3, 4, 4, 4, 3),
		numberColumn("weight", 2, 2, 1, 1, 1, 1, 2, 1, 0),
		numberColumn("q", 1, 2, 2, 2, 1, 1, 2, -9, 1),
		textColumn("area", "south", "south", "south", "south", "south", "", "south", "north", "north"),
	)
}

func TestGridByHand(t *testing.T) {
	p, data := handTable()
	cells, err := gridOf(p, data, 1)
	if err != nil {
		t.Fatal(err)
	}
	se := math.Sqrt(1.44+0.64) / 10
	limit := func(sign float64) float64 {
		return 1 / (1 + math.Exp(-(math.Log(0.4/0.6) + sign*4.302652729749464*se/0.24))) // t of 2 degrees of freedom
	}
	nan := math.NaN()
	want := []Cell{
		{Item: "yes", Value: 0.4, SE: se, Lower: limit(-1), Upper: limit(1), Base: 7, Weights: 10, DEFF: se * se / (0.24 / 6), DF: 2, PSUs: 4},
		// One respondent, who did not answer.
		{Item: "yes", Breakdown: 1, Categories: []string{"north"}, Value: nan, SE: nan, Lower: nan, Upper: nan, DEFF: nan},
		// Without the yes of weight 1 in PSU 4: x is 4 2 1 2, y 2 0 1 0, p is
		// 1/3, z is 2/3 -2/3 2/3 -2/3.
		{Item: "yes", Breakdown: 1, Categories: []string{"south"}, Value: 1. / 3, SE: math.Sqrt(32./9) / 9, Base: 6, Weights: 9, DEFF: (32. / 9 / 81) / (2. / 9 / 5), DF: 2, PSUs: 4},
	}
	want[2].Lower = 1 / (1 + math.Exp(-(math.Log(0.5) - 4.302652729749464*want[2].SE*4.5)))
	want[2].Upper = 1 / (1 + math.Exp(-(math.Log(0.5) + 4.302652729749464*want[2].SE*4.5)))
	if diff := cmp.Diff(want, cells, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-14, 0), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// Figures that have no error, or none but 0.
func TestGridWithoutError(t *testing.T) {
	p, data := handTable()
	p.By = [][]string{{}}
	check := func(name string, change func(p *Plan, c map[string][]float64), value, se float64) {
		t.Helper()
		plan, columns := p, map[string][]float64{}
		for _, c := range data.Columns {
			columns[c.Variable.Name] = slices.Clone(c.Values)
		}
		change(&plan, columns)
		changed := table.New(data.Rows)
		for _, name := range []string{"stratum", "psu", "weight", "q", "fpc"} {
			if columns[name] != nil {
				changed.Add(numberColumn(name, columns[name]...))
			}
		}
		cells, err := gridOf(plan, changed, 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		got := []float64{cells[0].Value, cells[0].SE}
		if !cmp.Equal(got, []float64{value, se}, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-14, 0)) {
			t.Errorf("%s: value and error are %v, want %v and %v", name, got, value, se)
		}
	}
	nan := math.NaN()
	// Each of these would come out as 0.
	check("everyone says yes", func(_ *Plan, c map[string][]float64) { c["q"] = []float64{1, 1, 1, 1, 1, 1, 1, 1, 1} }, 1, nan)
	check("everyone says no", func(_ *Plan, c map[string][]float64) { c["q"] = []float64{2, 2, 2, 2, 2, 2, 2, 2, 2} }, 0, nan)
	check("one PSU answers", func(_ *Plan, c map[string][]float64) { c["q"] = []float64{1, 2, -9, -9, -9, -9, -9, -9, -9} }, 0.5, nan)
	for n := range 300 { // so that what rounding leaves of 0 is as large as it can be beside the weight
		w := math.Ldexp(float64(1+n%10*2), -n/10)
		check(fmt.Sprint("one PSU answers, of a weight that is small beside the others': ", w), func(_ *Plan, c map[string][]float64) {
			c["q"] = []float64{1, 2, -9, -9, -9, -9, -9, -9, -9}
			c["weight"] = []float64{w, 3 * w, 1, 1, 1e5, 1, 2, 1, 0}
			c["stratum"] = []float64{1, 1, 1, 1, 1, 1, 1, 1, 1}
		}, 0.25, nan)
	}
	check("nobody answers", func(_ *Plan, c map[string][]float64) { c["q"] = []float64{-9, -9, -9, -9, -9, -9, -9, -9, -9} }, nan, nan)
	check("every PSU was drawn", func(p *Plan, c map[string][]float64) {
		p.Population, c["fpc"] = "fpc", []float64{2, 2, 2, 2, 2, 2, 2, 2, 2}
	}, 0.4, 0)
	check("half of the PSUs were drawn", func(p *Plan, c map[string][]float64) {
		p.Population, c["fpc"] = "fpc", []float64{.5, .5, .5, .5, .5, .5, .5, .5, .5}
	}, 0.4, math.Sqrt(2.08/2)/10)
}

// The grid gives the figures of Of, whose variance is another computation.
func TestGridIsOf(t *testing.T) {
	figures, errors, none := 0, 0, 0
	for seed := range uint64(60) {
		c := newChance(seed)
		cells, err := gridOf(c.plan, c.table, 1)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		d, problems := design.New(gridSource(c.plan, c.table))
		if problems != nil {
			t.Fatalf("seed %d: %v", seed, problems)
		}
		labels := map[string][]string{}
		for _, c := range c.table.Columns {
			labels[c.Variable.Name] = c.Labels()
		}
		for _, cell := range cells {
			item := c.plan.Items[slices.IndexFunc(c.plan.Items, func(s Share) bool { return s.Name == cell.Item })]
			in, y := make([]bool, len(d.Rows)), make([]float64, len(d.Rows))
			for i, row := range d.Rows {
				code := labels[item.Variable][row]
				in[i] = code != "" && (slices.Contains(item.Counted, code) || item.Valid == nil && !slices.Contains(c.plan.Missing[item.Variable], code) || slices.Contains(item.Valid, code))
				for _, w := range c.plan.Domain {
					in[i] = in[i] && slices.Contains(w.Categories, labels[w.Variable][row])
				}
				for v, name := range c.plan.By[cell.Breakdown] {
					in[i] = in[i] && labels[name][row] == cell.Categories[v]
				}
				if slices.Contains(item.Counted, code) {
					y[i] = 1
				}
			}
			mean := Mean{[][]float64{y}, in}
			want := Of(d, mean)
			figures++
			name := fmt.Sprintf("seed %d: %s by %v", seed, cell.Item, cell.Categories)
			if cell.Base != want.N || cell.DF != int(want.DF) && want.N > 0 {
				t.Errorf("%s: base %d and df %d, want %d and %v", name, cell.Base, cell.DF, want.N, want.DF)
			}
			if want.N == 0 {
				if !math.IsNaN(cell.Value) || !math.IsNaN(cell.SE) {
					t.Errorf("%s: %v of nobody", name, cell.Value)
				}
				continue
			}
			if off := math.Abs(cell.Value-want.Values[0]) / want.Values[0]; off > 1e-13 {
				t.Errorf("%s: value %.17g, want %.17g", name, cell.Value, want.Values[0])
			}
			if math.IsNaN(cell.SE) {
				none++
				if psus, _ := d.Met(in); psus > 1 && want.Values[0] > 0 && want.Values[0] < 1 && want.SE(0) > 1e-14 {
					t.Errorf("%s: no error, want %.17g", name, want.SE(0))
				}
				continue
			}
			errors++
			if off := math.Abs(cell.SE-want.SE(0)) / want.SE(0); off > 1e-10 {
				t.Errorf("%s: error %.17g, want %.17g", name, cell.SE, want.SE(0))
			}
			simple := math.Sqrt(cell.Value * (1 - cell.Value) / float64(want.N-1))
			if deff := math.Pow(want.SE(0)/simple, 2); math.Abs(cell.DEFF-deff) > 1e-9*deff {
				t.Errorf("%s: design effect %.17g, want %.17g", name, cell.DEFF, deff)
			}
		}
	}
	t.Logf("%d figures, %d errors, %d without", figures, errors, none)
	if errors < figures/3 || none == 0 {
		t.Error("too few cases")
	}
}

// Order of rows, batches, threads, a first pass and labels carry no
// information: figures are the same to the last bit.
func TestGridOrder(t *testing.T) {
	held, streamed := 0, 0
	for seed := range uint64(40) {
		c := newChance(seed)
		c.plan.AnswerDF = seed%2 == 0
		want, err := gridOf(c.plan, c.table, 1)
		if err != nil {
			t.Fatal(err)
		}
		check := func(name string, got []Cell, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, name, err)
			}
			if diff := sameCells(want, got); diff != "" {
				t.Errorf("seed %d: %s: %s", seed, name, diff)
			}
		}
		shuffled := taken(c.table, c.Perm(c.table.Rows))
		for _, threads := range []int{2, 3, 50} {
			got, err := gridOf(c.plan, shuffled, threads)
			check(fmt.Sprint("shuffled, threads ", threads), got, err)
		}
		for _, data := range []*table.Table{c.table, shuffled} {
			p := c.plan
			p.Held = 1
			g := NewGrid(p)
			var batches []*table.Table
			for start := 0; start < data.Rows; {
				end := min(data.Rows, start+1+c.IntN(40))
				var rows []int
				for ; start < end; start++ {
					rows = append(rows, start)
				}
				batches = append(batches, taken(data, rows))
			}
			for _, b := range batches {
				g.Add(b)
			}
			if g.Again() {
				for _, b := range batches {
					g.Add(b)
				}
			}
			got, err := g.Result(1)
			check("two passes", got, err)
			once := NewGrid(c.plan)
			once.Add(data)
			if g.Outside() != once.Outside() {
				t.Errorf("seed %d: %d outside the domain in two passes, %d in one", seed, g.Outside(), once.Outside())
			}
			if data == c.table && g.stream != nil {
				streamed++
			}
			if data != c.table && g.stream == nil {
				held++
			}
		}
		for i, v := range c.table.Column("weight").Values {
			c.table.Column("weight").Values[i] = v / 1024
			c.table.Column("stratum").Values[i] *= -1
		}
		got, err := gridOf(c.plan, c.table, 1)
		for i := range got {
			got[i].Weights *= 1024
		}
		check("strata numbered backwards, weights in another unit", got, err)
	}
	if held < 30 || streamed < 30 {
		t.Errorf("rows in no order are held in %d cases, sorted ones are not in %d, want nearly all of 40", held, streamed)
	}
}

// Rows of more than one chunk, PSUs of which rows are in several, and strata
// of many PSUs.
func TestGridChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, perStratum := range []int{5, 200} {
		var stratum, psu, weight, q, area []float64
		for row := range 49_000 {
			stratum, psu = append(stratum, float64(row/100/perStratum)), append(psu, float64(row/100))
			weight, q = append(weight, 1+r.Float64()/100), append(q, float64(r.IntN(2)))
			area = append(area, float64(r.IntN(1000)-500))
		}
		data := table.New(len(q), numberColumn("area", area...), numberColumn("stratum", stratum...), numberColumn("psu", psu...), numberColumn("weight", weight...), numberColumn("q", q...))
		p := Plan{Where: "chunks", Stratum: "stratum", PSU: "psu", Weight: "weight", By: [][]string{{}, {"area"}}, Items: []Share{{Name: "q", Variable: "q", Counted: []string{"1"}}}}
		p.Held = 1
		every := make([]int, data.Rows)
		for row := range every {
			every[row] = row
		}
		sorted := NewGrid(p)
		for range 2 {
			for rows := range slices.Chunk(every, 30_000) {
				sorted.Add(taken(data, rows))
			}
			if !sorted.Again() {
				t.Error("sorted rows are held, want them not to be")
			}
		}
		want, err := sorted.Result(1)
		if err != nil {
			t.Fatal(err)
		}
		d, problems := design.New(gridSource(p, data))
		if problems != nil {
			t.Fatal(problems)
		}
		if se := Of(d, Mean{[][]float64{q}, nil}).SE(0); !(math.Abs(want[0].SE-se) <= 1e-12*se) {
			t.Errorf("%d PSUs a stratum: error %.17g, want %.17g", perStratum, want[0].SE, se)
		}
		for _, threads := range []int{1, 2, 5} {
			order := r.Perm(data.Rows)
			for _, size := range []int{data.Rows, 10_000} {
				p.Threads = threads
				g := NewGrid(p)
				for rows := range slices.Chunk(order, size) {
					g.Add(taken(data, rows))
				}
				got, err := g.Result(threads)
				if err != nil {
					t.Fatal(err)
				}
				if diff := sameCells(want, got); diff != "" {
					t.Errorf("%d PSUs a stratum, threads %d, batches of %d: %s", perStratum, threads, size, diff)
				}
			}
		}
	}
}

// Problems are those of design.New, in its words.
func TestGridRefusals(t *testing.T) {
	nan := math.NaN()
	check := func(name string, change func(p *Plan, t *table.Table)) {
		t.Helper()
		p, data := handTable()
		data.Add(numberColumn("fpc", 10, 10, 10, 10, 20, 20, 20, 20, 20))
		change(&p, data)
		_, want := design.New(gridSource(p, data))
		_, err := gridOf(p, data, 1)
		if diff := cmp.Diff(refusal.Of(want.Err(), 0), refusal.Of(err, 0)); diff != "" || want == nil {
			t.Errorf("%s: %s", name, diff)
		}
	}
	set := func(column string, row int, v float64) func(p *Plan, t *table.Table) {
		return func(p *Plan, t *table.Table) { t.Column(column).Values[row] = v }
	}
	fpc := func(change func(p *Plan, t *table.Table)) func(p *Plan, t *table.Table) {
		return func(p *Plan, t *table.Table) {
			p.Population = "fpc"
			change(p, t)
		}
	}
	check("a negative weight", set("weight", 1, -1))
	check("a weight too large", set("weight", 1, 1e10))
	check("an infinite weight", set("weight", 1, math.Inf(1)))
	check("no weights", func(_ *Plan, t *table.Table) { clear(t.Column("weight").Values) })
	check("no stratum", set("stratum", 3, nan))
	check("no PSU", set("psu", 3, nan))
	check("a PSU in two strata", set("stratum", 3, 2))
	lonely := func(_ *Plan, t *table.Table) {
		t.Column("psu").Values[4] = 4
		t.Column("weight").Values[8] = nan
	}
	check("a stratum of one PSU", lonely)
	check("a stratum of one respondent", func(p *Plan, t *table.Table) {
		p.PSU = ""
		t.Column("stratum").Values[8] = 3
	})
	check("a population that is none", fpc(set("fpc", 3, 0)))
	check("a population that differs", fpc(set("fpc", 3, 11)))
	check("counts and fractions", fpc(set("fpc", 3, 0.5)))
	check("more drawn than there are", fpc(func(_ *Plan, t *table.Table) {
		for i := range 4 {
			t.Column("fpc").Values[i] = 1.5
		}
	}))
	check("one PSU of a stratum drawn", fpc(lonely))

	p, data := handTable()
	p.Codes = map[string][]string{"psu": {"1", "two"}}
	p.By = append(p.By, []string{"psu"}, []string{"sex"})
	p.Items[0].Counted = []string{"yes"}
	_, err := gridOf(p, data, 1)
	want := `hand.csv: no variable "sex"`
	if err == nil || err.Error() != want {
		t.Errorf("an absent variable: %v, want %s", err, want)
	}
	p.By = p.By[:3]
	_, err = gridOf(p, data, 1)
	want = `hand.csv: variable "psu": its values are numbers, want codes that are, not "two"
hand.csv: variable "q": its values are numbers, want codes that are, not "yes"`
	if err == nil || err.Error() != want {
		t.Errorf("codes that are not numbers: %v, want %s", err, want)
	}
}

// A nested PSU label is another PSU in each stratum.
func TestGridNested(t *testing.T) {
	p, data := handTable()
	p.Nested = true
	want, err := gridOf(p, data, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range data.Column("stratum").Values {
		data.Column("psu").Values[i] -= 2 * (h - 1)
	}
	got, err := gridOf(p, data, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := sameCells(want, got); diff != "" {
		t.Error(diff)
	}
}

// More than 64 items, of which one variable has several, and categories beyond
// one byte.
func TestGridWide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := Plan{Where: "wide", PSU: "psu", Weight: "weight", By: [][]string{{}, {"area"}}}
	data := table.New(3000)
	add := func(name string, of func(row int) float64) {
		values := make([]float64, data.Rows)
		for i := range values {
			values[i] = of(i)
		}
		data.Add(numberColumn(name, values...))
	}
	add("psu", func(row int) float64 { return float64(row % 40) })
	add("weight", func(int) float64 { return 1 + r.Float64() })
	add("area", func(int) float64 { return float64(r.IntN(400)) / 2 })
	for q := range 50 {
		name := fmt.Sprint("q", q)
		add(name, func(int) float64 { return float64(r.IntN(3)) })
		for code := range 3 {
			p.Items = append(p.Items, Share{Name: fmt.Sprint(name, "=", code), Variable: name, Counted: []string{strconv.Itoa(code)}})
		}
	}
	cells, err := gridOf(p, data, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := 150 * 401; len(cells) != want {
		t.Fatalf("%d cells, want %d", len(cells), want)
	}
	for i := 0; i < len(cells); i += 3 {
		if sum := cells[i].Value + cells[i+1].Value + cells[i+2].Value; cells[i].Base > 0 && math.Abs(sum-1) > 1e-14 {
			t.Errorf("%v %s: the shares of all codes add up to %.17g", cells[i].Categories, cells[i].Item, sum)
		}
	}
	if first, last := cells[150].Categories[0], cells[len(cells)-1].Categories[0]; first != "0" || last != "199.5" {
		t.Errorf("areas from %s to %s, want them by value", first, last)
	}
	for _, column := range []string{"q7", "q22"} { // across the items' words
		for code, c := range cells[3*slices.IndexFunc(p.Items, func(s Share) bool { return s.Variable == column })/3:][:3] {
			weight, in := 0.0, 0.0
			for row, w := range data.Column("weight").Values {
				weight += w
				if data.Column(column).Values[row] == float64(code) {
					in += w
				}
			}
			if math.Abs(c.Value-in/weight) > 1e-13 {
				t.Errorf("%s is %.17g, want %.17g", c.Item, c.Value, in/weight)
			}
		}
	}
}
