package disclose

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBeside: what is withheld beside a part, by hand. The whole is part 0 of 100 respondents.
func TestBeside(t *testing.T) {
	sums := []Sum{{Whole: 0, Parts: []int{1, 2, 3}}}
	for _, c := range []struct {
		claim  string
		bases  [4]int
		yes    [4]int // -1 of what has no sides
		bare   []int
		silent []int
		want   string // of each part: b bare, s silent, - shown
	}{
		{"nothing beside nothing", [4]int{100, 50, 30, 20}, [4]int{-1, -1, -1, -1}, nil, nil, "----"},
		{"the smallest beside a base", [4]int{100, 65, 30, 5}, [4]int{-1, -1, -1, -1}, []int{3}, nil, "--bb"},
		{"of equals the first", [4]int{95, 45, 45, 5}, [4]int{-1, -1, -1, -1}, []int{3}, nil, "-b-b"},
		{"two of 8 together are few", [4]int{100, 92, 5, 3}, [4]int{-1, -1, -1, -1}, []int{2, 3}, nil, "-bbb"},
		{"two of 10 together are not", [4]int{100, 90, 5, 5}, [4]int{-1, -1, -1, -1}, []int{2, 3}, nil, "--bb"},
		{"those in none are beside it", [4]int{100, 50, 30, 5}, [4]int{-1, -1, -1, -1}, []int{3}, nil, "---b"},
		{"a value beside a value, with its base", [4]int{100, 50, 30, 20}, [4]int{-1, -1, -1, -1}, nil, []int{2}, "--ss"},
		{"of two few on a side together, another", [4]int{100, 40, 35, 25}, [4]int{50, 42, 4, 4}, nil, []int{2, 3}, "-sss"},
		{"of two with enough, none", [4]int{100, 40, 35, 25}, [4]int{50, 30, 4, 16}, nil, []int{2, 3}, "--ss"},
		{"few in none are beside it", [4]int{100, 50, 30, 17}, [4]int{-1, -1, -1, -1}, nil, nil, "---b"},
		{"few in none on a side", [4]int{100, 40, 30, 15}, [4]int{50, 30, 14, 3}, nil, []int{3}, "--ss"},
		{"enough in none beside nothing", [4]int{100, 40, 30, 15}, [4]int{-1, -1, -1, -1}, nil, nil, "----"},
		{"nobody, where that is a secret", [4]int{100, 70, 30, 0}, [4]int{-1, -1, -1, -1}, []int{3}, nil, "--bb"},
		{"the whole where it is of one", [4]int{100, 100, 0, 0}, [4]int{-1, -1, -1, -1}, nil, []int{1}, "ss--"},
	} {
		var parts []Part
		for k, n := range c.bases {
			parts = append(parts, Part{Base: n, Yes: c.yes[k], Sided: c.yes[k] >= 0, Bare: slices.Contains(c.bare, k), Silent: slices.Contains(c.bare, k) || slices.Contains(c.silent, k)})
		}
		Beside(10, 10, parts, sums)
		got := ""
		for _, p := range parts {
			switch {
			case p.Bare:
				got += "b"
			case p.Silent:
				got += "s"
			default:
				got += "-"
			}
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.claim, got, c.want)
		}
	}
}

// TestBesideCrossed attacks random tables of two variables with their margins: whatever rows,
// columns and the whole say together, no confidential base is known, nor are the parts of a sum
// that are withheld of too few together.
func TestBesideCrossed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 500 {
		rows, columns := 2+r.IntN(4), 2+r.IntN(4)
		parts := []Part{{}}
		var sums []Sum
		add := func(n int) int {
			parts = append(parts, Part{Base: n, Bare: n > 0 && n < 10, Silent: n > 0 && n < 10})
			return len(parts) - 1
		}
		cell := make([][]int, rows)
		var byRow, byColumn []int
		for i := range rows {
			cell[i] = make([]int, columns)
			n := 0
			for j := range columns {
				size := []int{0, 3, 7, 12, 40, 90}[r.IntN(6)]
				cell[i][j], n = add(size), n+size
			}
			at := add(n)
			byRow, parts[0].Base = append(byRow, at), parts[0].Base+n
			sums = append(sums, Sum{Whole: at, Parts: cell[i]})
		}
		for j := range columns {
			n := 0
			var of []int
			for i := range rows {
				n, of = n+parts[cell[i][j]].Base, append(of, cell[i][j])
			}
			at := add(n)
			byColumn = append(byColumn, at)
			sums = append(sums, Sum{Whole: at, Parts: of})
		}
		if parts[0].Base < 10 {
			continue
		}
		sums = append(sums, Sum{Whole: 0, Parts: byRow}, Sum{Whole: 0, Parts: byColumn})
		before := slices.Clone(parts)
		Beside(10, 10, parts, sums)
		b := &beside{base: 10, sides: 10, parts: parts, sums: sums, secret: make([]bool, len(parts))}
		for k := range before {
			b.secret[k] = before[k].Bare
		}
		for _, d := range b.determined() {
			t.Errorf("trial %d: part %d is determined, of %v", trial, d.part, parts)
		}
		for k, s := range sums {
			n, left := 0, 0
			for _, p := range s.Parts {
				if parts[p].Bare {
					n, left = n+1, left+parts[p].Base
				}
			}
			if !parts[s.Whole].Bare && n > 0 && (n == 1 || left < 10) {
				t.Errorf("trial %d: sum %d tells %d of %d parts", trial, k, left, n)
			}
		}
		for k := range parts {
			if before[k].Bare && !parts[k].Bare || parts[k].Bare && parts[k].Base == 0 {
				t.Errorf("trial %d: part %d is shown again, or of nobody", trial, k)
			}
		}
	}
}
