package disclose

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A world is how many respondents there are in each cell of country, first and
// second breakdown: all that tables of them can be made of.
type world []int64

func (w world) row(population, a, b int, size [2]int) int64 {
	n := int64(0)
	for country := 0; country <= population; country++ {
		for i := range size[0] {
			for j := range size[1] {
				if (a < 0 || i == a) && (b < 0 || j == b) {
					n += w[(country*size[0]+i)*size[1]+j]
				}
			}
		}
	}
	return n
}

// TestEveryWorld finds all worlds that agree with what is published of small ones,
// by trying them, and holds that a count of fewer respondents than the bound is not
// the same, nor nearly so, in all of them. It shares nothing with the audit.
func TestEveryWorld(t *testing.T) {
	small := rules{base: 3, sides: 3, unreliable: 3, caution: 3, interval: 2, zeros: true, step: .001}
	size := [2]int{2, 3}
	withheld, worlds, refused, cut := 0, 0, 0, 0
	for i := range 50 {
		r := rand.New(rand.NewPCG(2, uint64(i)))
		truth := make(world, 2*size[0]*size[1])
		for c := range truth {
			truth[c] = int64(r.IntN([]int{2, 4, 7, 12}[r.IntN(4)]))
		}
		var rows []*row
		var of [][3]int
		crossed := i%2 == 0
		for population, name := range []string{"england", "england-and-wales"} {
			for a := -1; a < size[0]; a++ {
				for b := -1; b < size[1]; b++ {
					breakdown, category := codebook.All, codebook.All
					switch {
					case a >= 0 && b >= 0:
						if !crossed {
							continue
						}
						breakdown, category = "b0*b1", fmt.Sprintf("a%d*b%d", a, b)
					case a >= 0:
						breakdown, category = "b0", fmt.Sprintf("a%d", a)
					case b >= 0:
						breakdown, category = "b1", fmt.Sprintf("b%d", b)
					}
					n := truth.row(population, a, b, size)
					rows = append(rows, &row{
						figure: &release.Figure{Key: indicator.Key{Indicator: "x", Source: "hocs/2001", Population: name, Breakdown: breakdown, Category: category, Item: codebook.All}},
						counts: counts{base: n}, smallest: n,
					})
					of = append(of, [3]int{population, a, b})
				}
			}
		}
		p := protected(rows)
		p.rules = small
		if found, _ := p.secure(); len(found) > 0 {
			refused++
			continue // the run is refused
		}
		// What is published, and what is not.
		type count struct{ less, whole [3]int }
		least, most := map[count]int64{}, map[count]int64{}
		value := func(w world, c count) int64 {
			n := w.row(c.whole[0], c.whole[1], c.whole[2], size)
			if c.less != c.whole {
				n -= w.row(c.less[0], c.less[1], c.less[2], size)
			}
			return n
		}
		for k, row := range rows {
			if row.bare {
				withheld++
				least[count{of[k], of[k]}] = beyond
			}
			if of[k][0] == 1 {
				c := count{[3]int{0, of[k][1], of[k][2]}, of[k]}
				if n := value(truth, c); n > 0 && n < small.base {
					least[c] = beyond
				}
			}
		}
		whole := each(truth, rows, of, size, func(w world) {
			worlds++
			for c := range least {
				n := value(w, c)
				least[c], most[c] = min(least[c], n), max(most[c], n)
			}
		})
		if !whole {
			cut++
			continue
		}
		for c := range least {
			if most[c]-least[c] < small.interval {
				t.Errorf("world %d %v: %+v is from %d to %d", i, truth, c, least[c], most[c])
			}
		}
	}
	if refused > 0 {
		t.Errorf("%d worlds are refused, want each to be withheld far enough", refused)
	}
	t.Logf("%d withheld bases; %d worlds; %d refused, %d too many to try", withheld, worlds, refused, cut)
}

// each visits worlds that agree with the published rows, those near the truth: it
// takes the rows' relations one cell after another.
func each(truth world, rows []*row, of [][3]int, size [2]int, visit func(world)) (whole bool) {
	// A published row is a sum of cells; so many of its cells are still to be filled.
	var sums [][]int
	var left []int64
	for k, r := range rows {
		if r.bare {
			continue
		}
		var cells []int
		for country := 0; country <= of[k][0]; country++ {
			for a := range size[0] {
				for b := range size[1] {
					if (of[k][1] < 0 || a == of[k][1]) && (of[k][2] < 0 || b == of[k][2]) {
						cells = append(cells, (country*size[0]+a)*size[1]+b)
					}
				}
			}
		}
		sums, left = append(sums, cells), append(left, r.counts[base])
	}
	in := make([][]int, len(truth)) // the sums of each cell
	last := make([]int, len(sums))  // the last cell of each sum
	for s, cells := range sums {
		for _, c := range cells {
			in[c] = append(in[c], s)
			last[s] = max(last[s], c)
		}
	}
	w := make(world, len(truth))
	budget := 20_000
	var fill func(c int)
	fill = func(c int) {
		if budget--; budget < 0 {
			return
		}
		if c == len(w) {
			visit(w)
			return
		}
		top := truth[c] + 4
		exact := int64(-1)
		for _, s := range in[c] {
			top = min(top, left[s])
			if last[s] == c {
				exact = left[s]
			}
		}
		for n := max(0, truth[c]-4); n <= top; n++ {
			if exact >= 0 && n != exact {
				continue
			}
			w[c] = n
			for _, s := range in[c] {
				left[s] -= n
			}
			fill(c + 1)
			for _, s := range in[c] {
				left[s] += n
			}
		}
	}
	fill(0)
	return budget >= 0
}
