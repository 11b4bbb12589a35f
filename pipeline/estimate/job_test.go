package estimate

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
	"togetherwecan/testdata/shared"
)

// jobTable makes the job's data with the bench's generator.
func jobTable(t testing.TB, rows int) *table.Table {
	folder := shared.File(t, "bench")
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc to make the bench's data with")
	}
	made := t.TempDir()
	gen := filepath.Join(made, "gen")
	if out, err := exec.Command(compiler, "-O2", "-o", gen, filepath.Join(folder, "src", "gen.c"), "-lm").CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	if out, err := exec.Command(gen, strconv.Itoa(rows), made).CombinedOutput(); err != nil {
		t.Fatalf("gen: %v\n%s", err, out)
	}
	data := table.New(rows)
	read := func(name, file string, offset, size int, value func([]byte) float64) {
		text, err := os.ReadFile(filepath.Join(made, fmt.Sprintf("n%d.raw", rows), file))
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float64, rows)
		for i := range values {
			values[i] = value(text[(offset*rows+i)*size:])
		}
		data.Add(&table.Column{Variable: codebook.Variable{Name: name}, Values: values})
	}
	read("weight", "weight.f64", 0, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
	read("psu", "psu.i32", 0, 4, func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) })
	read("stratum", "stratum.i16", 0, 2, func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) })
	code := func(b []byte) float64 { return float64(int8(b[0])) }
	for i := range 8 {
		read(fmt.Sprint("b", i+1), "b.i8", i, 1, code)
	}
	for i := range 30 {
		read(fmt.Sprint("q", i+1), "q.i8", i, 1, code)
	}
	return data
}

// jobWave is the job's data as a harmonised wave, with numbers in y1 ... y30
// and x, and its codebook.
func jobWave(t testing.TB, rows int) (*codebook.Codebook, *indicator.Wave) {
	raw := jobTable(t, rows)
	labels := func(name string) []string { return raw.Column(name).Labels() }
	d, ps := design.New(design.Source{
		Weights: codebook.CoreWeight, Stratum: design.LabelsOf(labels("stratum")), PSU: design.LabelsOf(labels("psu")), Weight: raw.Column("weight").Values, Nested: true, Lonely: codebook.LonelyCertainty,
	})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	book := &codebook.Codebook{Variables: map[string]codebook.Variable{}}
	made := table.New(rows)
	add := func(c *table.Column) {
		book.Variables[c.Variable.Name] = c.Variable
		made.Add(c)
	}
	code := func(name string, categories int) {
		v := codebook.Variable{Name: name}
		for c := range categories {
			v.Categories = append(v.Categories, codebook.Category{Code: fmt.Sprint(c + 1)})
		}
		codes := table.NewCodes(rows, categories)
		for row, x := range raw.Column(name).Values {
			if x >= 1 {
				codes.Set(row, int(x)-1)
			}
		}
		add(&table.Column{Variable: v, Codes: codes})
	}
	for b, categories := range []int{2, 3, 5, 6, 9, 10, 16, 42} {
		code(fmt.Sprint("b", b+1), categories)
	}
	for q := range 31 {
		from, to := fmt.Sprint("q", max(q, 1)), "x"
		if q > 0 {
			code(from, 5)
			to = fmt.Sprint("y", q)
		}
		values := make([]float64, rows)
		for row, x := range raw.Column(from).Values {
			values[row] = x
			if x < 1 {
				values[row] = math.NaN()
			}
		}
		add(&table.Column{Variable: codebook.Variable{Name: to, Unit: "points"}, Values: values})
	}
	return book, &indicator.Wave{
		Crosswalk: &codebook.Crosswalk{Populations: []codebook.Population{{ID: codebook.All}}},
		Table:     made, Designs: map[string]*design.Design{codebook.CoreWeight: d},
	}
}

// BenchmarkJob is the job of the shared bench as definitions: 30 figures by
// everyone and eight breakdowns, of each statistic.
func BenchmarkJob(b *testing.B) {
	of := func(statistic indicator.Statistic) []*indicator.Definition {
		var made []*indicator.Definition
		for q := range 30 {
			d := &indicator.Definition{ID: fmt.Sprint("d", q), Statistic: statistic, Of: &codebook.Condition{Variable: fmt.Sprint("y", q+1)}}
			switch statistic {
			case indicator.Proportion:
				d.Of = &codebook.Condition{Variable: fmt.Sprint("q", q+1), Categories: []string{"1", "2"}}
			case indicator.Ratio:
				d.Over = &codebook.Condition{Variable: "x"}
			}
			for i := range 8 {
				d.Breakdowns = append(d.Breakdowns, fmt.Sprint("b", i+1))
			}
			made = append(made, d)
		}
		return made
	}
	for _, rows := range []int{100_000, 1_000_000} {
		if testing.Short() && rows > 100_000 {
			break
		}
		book, w := jobWave(b, rows)
		for _, statistic := range []indicator.Statistic{indicator.Proportion, indicator.Mean, indicator.Total, indicator.Ratio} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("rows=%d/%s/threads=%d", rows, statistic, threads), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, ps := Wave(book, of(statistic), w, threads); ps != nil {
							b.Fatal(ps)
						}
					}
					b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		}
	}
}
