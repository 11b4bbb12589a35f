package tally

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// A chance is a made-up sample: its table, and how it was drawn.
type chance struct {
	table  *table.Table
	source design.Source
}

// draw makes a sample of up to 400 respondents: some strata and PSUs, or
// respondents drawn themselves; domains that miss some of them; weights that are
// 0 or missing; answers that are missing.
func draw(r *rand.Rand) chance {
	rows := 1 + r.IntN(400)
	column := func(name string, categories int, missing float64) *table.Column {
		c := &table.Column{Variable: codebook.Variable{Name: name}, Codes: table.NewCodes(rows, categories)}
		for i := range categories {
			c.Variable.Categories = append(c.Variable.Categories, codebook.Category{Code: strconv.Itoa(i)})
		}
		for row := range rows {
			c.Codes.Set(row, r.IntN(categories))
			if r.Float64() < missing {
				c.Codes.Set(row, -1-r.IntN(4))
			}
		}
		return c
	}
	numbers := func(name string, draw func() float64) *table.Column {
		c := &table.Column{Variable: codebook.Variable{Name: name}, Values: make([]float64, rows)}
		for row := range c.Values {
			c.Values[row] = draw()
			if r.IntN(10) == 0 {
				c.Values[row] = math.NaN()
			}
		}
		if r.IntN(2) == 0 {
			return coded(c)
		}
		return c
	}
	made := chance{table: table.New(rows,
		column("sex", 2, 0), column("region", 7, 0.1), column("answer", 4, 0.2), column("rare", 30, 0.5),
		numbers("income", func() float64 { return math.Exp(8 + r.NormFloat64()) }),
		numbers("change", func() float64 { return math.Round(100 * r.NormFloat64()) }),
	)}
	s := design.Source{Weights: "core", Lonely: codebook.LonelyCertainty, Nested: true, Weight: make([]float64, rows)}
	scale := math.Exp2(float64(r.IntN(40) - 20))
	for row := range s.Weight {
		s.Weight[row] = scale * math.Exp(r.NormFloat64())
		switch r.IntN(20) {
		case 0:
			s.Weight[row] = 0
		case 1:
			s.Weight[row] = math.NaN()
		}
	}
	s.Weight[0] = scale
	labels := func(of int) []string {
		made := make([]string, rows)
		for row := range made {
			made[row] = strconv.Itoa(r.IntN(of))
		}
		return made
	}
	switch r.IntN(4) {
	case 0:
	case 1:
		s.Stratum = design.LabelsOf(labels(1 + r.IntN(5)))
	case 2:
		s.PSU = design.LabelsOf(labels(1 + r.IntN(40)))
	case 3:
		s.Stratum, s.PSU = design.LabelsOf(labels(1+r.IntN(5))), design.LabelsOf(labels(1+r.IntN(40)))
	}
	if s.PSU == nil && r.IntN(2) == 0 {
		s.Factor = 1.2
	}
	made.source = s
	return made
}

// coded is a column of numbers by their codes, in the order of the rows.
func coded(c *table.Column) *table.Column {
	made := &table.Column{Variable: c.Variable, Numbers: []float64{}}
	codes := make([]int, len(c.Values))
	for row, x := range c.Values {
		at := slices.Index(made.Numbers, x)
		if at < 0 {
			at = len(made.Numbers)
			made.Numbers = append(made.Numbers, x)
		}
		if codes[row] = at; math.IsNaN(x) {
			codes[row], made.Numbers = -2, made.Numbers[:at]
		}
	}
	made.Codes = table.CodesOf(len(made.Numbers), codes)
	return made
}

// of is the sample of some of the rows.
func (c chance) of(t *testing.T, in []bool) *Sample {
	s := c.source
	s.In = in
	d, ps := design.New(s)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return Of(d, c.table)
}

// plan asks of everything, more than 32 groups of it.
func plan() *Plan {
	where := func(variable string, codes ...string) codebook.Condition {
		return codebook.Condition{Variable: variable, Categories: codes}
	}
	p := &Plan{Domains: []Domain{
		{},
		{By: []string{"sex"}},
		{By: []string{"region"}},
		{By: []string{"region", "sex"}},
		{Where: []codebook.Condition{where("sex", "1")}, By: []string{"rare"}},
		{Where: []codebook.Condition{where("sex", "1"), where("region", "2", "3")}},
	}}
	low := 3000.0
	rich := codebook.Condition{Variable: "income", AtLeast: &low}
	for i := range 30 {
		counted := where("rare", strconv.Itoa(i), "7")
		p.Items = append(p.Items, Item{Groups: []Group{{Answered: []string{"rare"}, Y: Amount{Holds: &counted}, Largest: i%4 == 0}}})
	}
	yes := where("answer", "0", "1", "2")
	value := func(x, y string) Item {
		g := Group{Answered: []string{y}, X: Amount{Value: x}, Y: Amount{Value: y}, Largest: x != "" || y == "change"}
		if x != "" {
			g.Answered = append(g.Answered, x)
		}
		return Item{Base: []codebook.Condition{rich}, Groups: []Group{g}}
	}
	group := func(sex string) Group {
		return Group{Answered: []string{"answer"}, Where: []codebook.Condition{where("sex", sex)}, Y: Amount{Holds: &yes}}
	}
	p.Items = append(
		p.Items, Item{Groups: []Group{
			{Answered: []string{"answer", "income"}, Where: []codebook.Condition{rich}, Y: Amount{Holds: &yes}},
			{Answered: []string{"answer", "income"}, Except: &rich, Y: Amount{Holds: &yes}},
		}}, value("", "income"), value("", "change"), Item{Groups: []Group{{Answered: []string{"income"}, Y: Amount{Value: "income", Less: 3000}, Largest: true}}}, value("income", "change"), Item{Groups: []Group{group("0"), group("1")}},
		Item{Base: []codebook.Condition{where("region", "1", "2")}, Groups: []Group{{Answered: []string{"answer"}, Y: Amount{Holds: &yes}}}},
	)
	return p
}

// seed is that of a test's samples, which it prints: TWC_SEED repeats them.
func seed(t *testing.T) *rand.Rand {
	n := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("TWC_SEED"), 10, 64); err == nil {
		n = given
	}
	t.Logf("TWC_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// A found is all that a counter says.
type found struct {
	counts *Counts
	strata map[string]Moments // of each stratum's number, cell and item
}

func (f *found) take(s *Stratum) {
	for _, cell := range s.Cells {
		for item := range s.layout.items {
			m := s.Of(cell, item)
			if m.Clusters > 0 {
				f.strata[fmt.Sprint(s.Number, cell, item)] = Moments{m.Clusters, slices.Clone(m.Sums), slices.Clone(m.Products)}
			}
		}
	}
}

func TestCountersAgree(t *testing.T) { countersAgree(t, 20) }

// countersAgree holds the counters against each other in so many samples.
func countersAgree(t *testing.T, samples int) {
	r := seed(t)
	for range samples {
		c, p := draw(r), plan()
		s := c.of(t, nil)
		b := s.Bounds(p)
		u := b.Units()
		if r.IntN(2) == 0 {
			var err error
			if u, err = u.With(u.K - r.IntN(20)); err != nil {
				t.Fatal(err)
			}
		}
		plain := found{strata: map[string]Moments{}}
		plain.counts = byHand(s, p, u, plain.strata)
		fast := found{strata: map[string]Moments{}}
		fast.counts = s.Count(p, u, 1, fast.take)
		same(t, "one thread", fast, plain)
		if threads := s.Count(p, u, 3, nil); !reflect.DeepEqual(threads, fast.counts) {
			t.Errorf("3 threads count otherwise than one")
		}
		kept := found{strata: map[string]Moments{}}
		kept.counts = s.Tally(p, u, "").Count(kept.take)
		same(t, "by cluster", kept, plain)
		if t.Failed() {
			t.Fatalf("%d rows, %d clusters, %d strata, error by %s", len(s.rows), s.design.Clusters, s.design.Strata, s.design.Error)
		}
	}
}

// Threads share all domains, in their order, and none has more than its part of
// the work and a domain's.
func TestShares(t *testing.T) {
	r := seed(t)
	for range 30 {
		c, p := draw(r), plan()
		s := c.of(t, nil)
		code := newCoder(newLayout(p, s.categories(p)), s.table)
		coded := code.all(s.rows, s.table.Rows, 1)
		work := s.work(code, coded)
		total, largest := 0, 0
		for _, w := range work {
			total, largest = total+w, max(largest, w)
		}
		for threads := 1; threads < 9; threads++ {
			var all []domain
			for _, share := range s.shares(code, coded, threads) {
				most := 0
				for i := range share {
					most += work[len(all)+i]
				}
				if most > total/threads+largest+1 {
					t.Errorf("%d threads: one has %d of the work %v", threads, most, work)
				}
				all = append(all, share...)
			}
			if !slices.Equal(all, code.domains) {
				t.Errorf("%d threads have %v, want %v", threads, all, code.domains)
			}
		}
	}
}

func same(t *testing.T, counter string, got, want found) {
	t.Helper()
	for cell := range want.counts.Cells() {
		for item := range want.counts.layout.items {
			if g, w := got.counts.Of(int32(cell), item), want.counts.Of(int32(cell), item); !reflect.DeepEqual(g, w) {
				t.Errorf("%s: cell %d, item %d:\ngot  %+v\nwant %+v", counter, cell, item, g, w)
				return
			}
		}
	}
	if !reflect.DeepEqual(got.strata, want.strata) {
		for key, w := range want.strata {
			if g := got.strata[key]; !reflect.DeepEqual(g, w) {
				t.Errorf("%s: stratum, cell and item %s:\ngot  %v\nwant %v", counter, key, g, w)
				return
			}
		}
		t.Errorf("%s: %d cells of strata, want %d", counter, len(got.strata), len(want.strata))
	}
}

// byHand counts as the words of Plan and Units say, row by row, with nothing of
// the counter's.
func byHand(s *Sample, p *Plan, u Units, strata map[string]Moments) *Counts {
	l := newLayout(p, s.categories(p))
	counts := newCounts(l, u)
	d := s.design
	holds := func(where []codebook.Condition, row int32) bool {
		for _, w := range where {
			if !s.table.Column(w.Variable).Holds(w)(int(row)) {
				return false
			}
		}
		return true
	}
	type key struct {
		cluster int32
		cell    int
		item    int
	}
	type of struct {
		totals  [4]int64
		answers int
		inBase  int
	}
	clusters := map[key]*of{}
	round := func(x float64, k int) int64 { return int64(math.Floor(x*math.Exp2(float64(k)) + 0.5)) }
	for i, row := range d.Rows {
		w := d.Weight[i]
		for n, domain := range p.Domains {
			cell, inside := l.domains[n].first, holds(domain.Where, row)
			size := l.domains[n].size
			for _, name := range domain.By {
				c := s.table.Column(name)
				size /= len(c.Variable.Categories)
				inside = inside && c.Codes.At(int(row)) >= 0
				cell += size * c.Codes.At(int(row))
			}
			if !inside {
				continue
			}
			for n, item := range p.Items {
				if !holds(item.Base, row) {
					continue
				}
				at := clusters[key{d.Cluster[i], cell, n}]
				if at == nil {
					at = &of{}
					clusters[key{d.Cluster[i], cell, n}] = at
				}
				at.inBase++
				li := l.items[n]
				for k, g := range item.Groups {
					answered := holds(g.Where, row)
					if e := g.Except; e != nil {
						answered = answered && !holds([]codebook.Condition{*e}, row)
					}
					for _, name := range g.Answered {
						answered = answered && s.table.Column(name).Missing(int(row)) == codebook.Present
					}
					if !answered {
						continue
					}
					at.answers++
					x, y := round(w, u.K), int64(0)
					lg := l.groups[li.group+k]
					if g.Y.Holds != nil && holds([]codebook.Condition{*g.Y.Holds}, row) {
						y = x
						counts.sides[cell*len(l.groups)+li.group+k].yes++
					}
					amount := func(a int, values ...Amount) int64 {
						product := w
						for _, v := range values {
							product *= s.table.Column(v.Value).Number(int(row)) - v.Less
						}
						return round(product, u.Amounts[a])
					}
					counts.sides[cell*len(l.groups)+li.group+k].answers++
					counts.weights[cell*len(l.groups)+li.group+k].Add(x)
					if g.Y.Value != "" {
						y = amount(lg.y, g.Y)
						counts.amounts[cell*len(l.amounts)+lg.products[2]].Add(amount(lg.products[2], g.Y, g.Y))
					}
					if g.X.Value != "" {
						x = amount(lg.x, g.X)
						counts.amounts[cell*len(l.amounts)+lg.products[0]].Add(amount(lg.products[0], g.X, g.X))
						counts.amounts[cell*len(l.amounts)+lg.products[1]].Add(amount(lg.products[1], g.X, g.Y))
					}
					for c, of := range l.largest {
						if of.group != li.group+k {
							continue
						}
						size := y
						if of.amount >= 0 { // of X, if that is a value, and then of Y
							v := g.Y
							if g.X.Value != "" && (c == 0 || l.largest[c-1].group != of.group) {
								v = g.X
							}
							less := v.Less
							size = round(math.Abs(w*((s.table.Column(v.Value).Number(int(row))-less)+less)), u.Amounts[of.amount])
							counts.amounts[cell*len(l.amounts)+of.amount].Add(size)
						}
						to := &counts.largest[cell*len(l.largest)+c]
						*to = max(*to, size)
					}
					at.totals[2*k] += x
					at.totals[2*k+1] += y
				}
			}
		}
	}
	met := map[string]bool{}
	for key, of := range clusters {
		li := l.items[key.item]
		base := &counts.bases[key.cell*len(l.bases)+li.base]
		if first := fmt.Sprint("base", key.cluster, key.cell, li.base); !met[first] {
			met[first] = true
			base.rows += int64(of.inBase)
			base.clusters++
		}
		h := d.Stratum[key.cluster]
		if first := fmt.Sprint("stratum", h, key.cell, li.base); !met[first] {
			met[first] = true
			base.strata++
		}
		if of.answers == 0 {
			continue
		}
		counts.clusters[key.cell*len(l.items)+key.item]++
		n := 2 * li.groups
		at := fmt.Sprint(h, key.cell, key.item)
		m, ok := strata[at]
		if !ok {
			m = Moments{Sums: make([]Wide, n), Products: make([]Wide, n*(n+1)/2)}
		}
		m.Clusters++
		pair := 0
		for a := range n {
			counts.sums[key.cell*l.sums+li.sums+a].Add(of.totals[a])
			m.Sums[a].Add(of.totals[a])
			for b := a; b < n; b++ {
				if s.mode != bySum {
					m.Products[pair].AddProduct(of.totals[a], of.totals[b])
				}
				pair++
			}
		}
		strata[at] = m
	}
	return counts
}

func TestPartsMakeTheWhole(t *testing.T) {
	r := seed(t)
	for range 20 {
		c, p := draw(r), plan()
		whole := c.of(t, nil)
		b := whole.Bounds(p)
		u := b.Units()
		want := whole.Tally(p, u, "question").Bytes()
		parts := make([][]bool, 1+r.IntN(5))
		for i := range parts {
			parts[i] = make([]bool, c.table.Rows)
		}
		for row := range c.table.Rows {
			parts[r.IntN(len(parts))][row] = true
		}
		var merged *Tally
		for _, at := range r.Perm(len(parts)) {
			if !weighted(c, parts[at]) {
				continue
			}
			data := c.of(t, parts[at]).Tally(p, u, "question").Bytes()
			part, err := Read(data, p, whole.categories(p), "question")
			if err != nil {
				t.Fatal(err)
			}
			if merged == nil {
				merged = part
			} else if err := merged.Merge(part); err != nil {
				t.Fatal(err)
			}
		}
		// Rows of parts without anybody of a weight were drawn too.
		if got := merged.Bytes(); !bytes.Equal(got, want) && everyPartWeighted(c, parts) {
			t.Fatalf("%d parts of %d rows make %d bytes, want the %d of the whole", len(parts), c.table.Rows, len(got), len(want))
		}
	}
}

func weighted(c chance, in []bool) bool {
	for row, w := range c.source.Weight {
		if in[row] && w > 0 {
			return true
		}
	}
	return false
}

func everyPartWeighted(c chance, parts [][]bool) bool {
	for _, in := range parts {
		if !weighted(c, in) {
			return false
		}
	}
	return true
}

func TestMergeRefuses(t *testing.T) {
	c, p := draw(rand.New(rand.NewPCG(1, 1))), plan()
	s := c.of(t, nil)
	b := s.Bounds(p)
	u := b.Units()
	first := s.Tally(p, u, "one")
	coarse, err := u.With(u.K - 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Merge(s.Tally(p, coarse, "one")); err == nil {
		t.Error("merged a tally of another k")
	}
	if err := first.Merge(s.Tally(p, u, "two")); err == nil {
		t.Error("merged a tally of another question")
	}
	if _, err := Read(first.Bytes(), p, s.categories(p), "two"); err == nil {
		t.Error("read a tally of another question")
	}
	if _, err := u.With(u.K + 1); err == nil {
		t.Error("took a k that the sums have no room for")
	}
	data := first.Bytes()
	for n := 0; n < len(data); n += 1 + len(data)/200 {
		if _, err := Read(data[:n], p, s.categories(p), "one"); err == nil {
			t.Fatalf("read the first %d of %d bytes", n, len(data))
		}
	}
	if _, err := Read(append(data, 0), p, s.categories(p), "one"); err == nil {
		t.Error("read more than a tally")
	}
}

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		name string
		x    float64
		k    int
		want int64
	}{
		{"half a unit goes up", 2.5, 0, 3},
		{"and does so for an odd one", 3.5, 0, 4},
		{"half of a negative unit goes up too", -2.5, 0, -2},
		{"less than half goes down", 0.3, 0, 0},
		{"in quarters", 0.375, 2, 2},
		{"in units of 4", 6, -2, 2},
	} {
		if got := whole(c.x, math.Ldexp(1, c.k)); got != c.want {
			t.Errorf("%s: %g in units of 2^-%d is %d, want %d", c.name, c.x, c.k, got, c.want)
		}
	}
}

func TestWide(t *testing.T) {
	r := seed(t)
	exact := func(w Wide) *big.Int {
		n := big.NewInt(w.Hi)
		return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(w.Lo))
	}
	for range 1000 {
		x, y := r.Int64()>>r.IntN(63), -(r.Int64() >> r.IntN(63))
		var sum Wide
		sum.AddProduct(x, y)
		sum.Add(y)
		sum.Add(x)
		a, b := big.NewInt(x), big.NewInt(y)
		want := new(big.Int).Mul(a, b)
		want.Add(want, a).Add(want, b)
		if exact(sum).Cmp(want) != 0 {
			t.Fatalf("%d times %d plus both is %v, want %v", x, y, exact(sum), want)
		}
		value, _ := new(big.Float).SetInt(want).Float64()
		if got := sum.Value(3); got != value/8 {
			t.Fatalf("%v eighths are %g, want %g", want, got, value/8)
		}
		if less := sum.Less(sum); less != (Wide{}) {
			t.Fatalf("a number less itself is %v", less)
		}
	}
}
