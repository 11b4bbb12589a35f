package estimate

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// jobPlan is the job of the shared bench: 30 items by everyone and eight
// breakdowns, 2,820 figures.
func jobPlan() Plan {
	p := Plan{
		Where: "job", Stratum: "stratum", PSU: "psu", Weight: "weight",
		By: [][]string{{}}, Codes: map[string][]string{}, Missing: map[string][]string{},
	}
	for b, categories := range []int{2, 3, 5, 6, 9, 10, 16, 42} {
		name := fmt.Sprint("b", b+1)
		p.By = append(p.By, []string{name})
		for c := range categories {
			p.Codes[name] = append(p.Codes[name], fmt.Sprint(c+1))
		}
	}
	for q := 1; q <= 30; q++ {
		name := fmt.Sprint("q", q)
		p.Items = append(p.Items, Share{Name: name, Variable: name, Counted: []string{"1", "2"}, Valid: []string{"3", "4", "5"}})
	}
	return p
}

// The expected figures of the job are those of R's data.table, at 15 digits.
func TestGridJob(t *testing.T) {
	for _, rows := range []int{10_000, 100_000} {
		if testing.Short() && rows > 10_000 {
			break
		}
		data := jobTable(t, rows)
		g := NewGrid(jobPlan())
		g.Add(data)
		cells, err := g.Result(1)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]Cell{}
		for _, c := range cells {
			level := "0"
			if c.Breakdown > 0 {
				level = c.Categories[0]
			}
			found[fmt.Sprintf("%s,%d,%s", c.Item, c.Breakdown, level)] = c
		}
		file, err := os.Open(filepath.Join(shared(t, "bench"), "expected", fmt.Sprintf("dt_n%d.csv", rows)))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		records, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(records) != 2821 || len(cells) != 2820 {
			t.Errorf("%d rows: %d expected figures and %d cells, want 2820", rows, len(records)-1, len(cells))
		}
		worst := 0.0
		for _, r := range records[1:] {
			c, ok := found[strings.Join(r[:3], ",")]
			if !ok {
				t.Errorf("%d rows: no figure %v", rows, r[:3])
			}
			for i, got := range []float64{c.Value, c.SE, c.Lower, c.Upper, c.DEFF, float64(c.Base), float64(c.DF)} {
				want, err := strconv.ParseFloat(r[3+i], 64)
				if err != nil {
					t.Fatal(err)
				}
				off := math.Abs(got-want) / math.Abs(want)
				if worst = max(worst, off); !(off < 1e-11) {
					t.Errorf("%d rows: %v: %s is %.15g, want %.15g", rows, r[:3], records[0][3+i], got, want)
				}
			}
		}
		t.Logf("%d rows: largest relative difference %.2g", rows, worst)
	}
}

// BenchmarkGrid is the estimation alone: coded columns in, figures out. The
// target is 1.5 times what the bench's C program takes for its sort, sums and
// finish.
func BenchmarkGrid(b *testing.B) {
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		if testing.Short() && rows > 100_000 {
			break
		}
		data := jobTable(b, rows)
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("rows=%d/threads=%d", rows, threads), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p := jobPlan()
					p.Threads = threads
					g := NewGrid(p)
					g.Add(data)
					if _, err := g.Result(threads); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}
