package seeds

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"togetherwecan/pipeline/codebook"
)

var update = flag.Bool("update", false, "rewrite testdata/SHA256SUMS")

// An extract is a file taken apart again, without the project's reader.
type extract struct {
	bytes  []byte
	header []string
	rows   [][]string
}

var written = sync.OnceValue(func() map[string]extract {
	out := map[string]extract{}
	ps, err := grown()
	if err != nil {
		panic(err)
	}
	for _, p := range ps {
		var b bytes.Buffer
		if err := p.WriteExtract(&b); err != nil {
			panic(err)
		}
		x := extract{bytes: b.Bytes()}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
		x.header = strings.Split(lines[0], "\t")
		for _, line := range lines[1:] {
			x.rows = append(x.rows, strings.Split(line, "\t"))
		}
		out[string(p.Wave.ID())] = x
	}
	return out
})

func (x extract) column(name string) []string {
	c := slices.Index(x.header, name)
	if c < 0 {
		panic("no column " + name)
	}
	cells := make([]string, len(x.rows))
	for i, row := range x.rows {
		cells[i] = row[c]
	}
	return cells
}

func (x extract) numbers(t *testing.T, name string) []float64 {
	t.Helper()
	out := []float64{}
	for _, cell := range x.column(name) {
		v := math.NaN()
		if cell != blank {
			var err error
			if v, err = strconv.ParseFloat(cell, 64); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, v)
	}
	return out
}

func TestExtractsAreAsTheArchiveWrites(t *testing.T) {
	cell := regexp.MustCompile(`^( |-?[1-9][0-9]*(\.[0-9]+)?|-?\.[0-9]+|0)$`)
	populations(t)
	for id, x := range written() {
		if !bytes.HasSuffix(x.bytes, []byte("\r\n")) || bytes.Count(x.bytes, []byte("\n")) != bytes.Count(x.bytes, []byte("\r\n")) {
			t.Errorf("%s: lines do not all end in CR LF", id)
		}
		blanks, points := 0, 0
		for i, row := range x.rows {
			if len(row) != len(x.header) {
				t.Fatalf("%s: row %d has %d cells, the header %d", id, i+1, len(row), len(x.header))
			}
			for c, text := range row {
				if !cell.MatchString(text) {
					t.Fatalf("%s: row %d, %s: %q", id, i+1, x.header[c], text)
				}
				if text == blank {
					blanks++
				}
				if text[0] == '.' {
					points++
				}
			}
		}
		if asked := !strings.HasPrefix(id, "pas/") && !strings.HasPrefix(id, "liverpool/"); points == 0 || (blanks > 0) != asked {
			t.Errorf("%s: %d blanks and %d bare points, want points, and blanks where not everybody is asked everything", id, blanks, points)
		}
		if slices.ContainsFunc(x.column(Synthetic), func(s string) bool { return s != "1" }) {
			t.Errorf("%s: a row is not marked as synthetic", id)
		}
		if n := len(slices.Compact(slices.Sorted(slices.Values(x.column("serial"))))); n != len(x.rows) {
			t.Errorf("%s: %d serial numbers in %d rows", id, n, len(x.rows))
		}
	}
}

func TestExtractsHaveTheirDesign(t *testing.T) {
	populations(t)
	for _, c := range []struct {
		id                             string
		core, coreMax, boost, boostMax int
	}{
		{"hocs/2001", 9700, 10300, 3000, 4000},
		{"hocs/2003", 9200, 9800, 3000, 4200},
	} {
		x := written()[c.id]
		strata, psus, sample := x.column("stratum"), x.column("psu"), x.column("samptype")
		of, sizes := map[string]string{}, map[string]int{}
		core, boost := 0, 0
		wtcore, wtcomb := x.numbers(t, "wtcore"), x.numbers(t, "wtcomb")
		white := x.column("ethnic6")
		for i, psu := range psus {
			if s, ok := of[psu]; ok && s != strata[i] {
				t.Fatalf("%s: psu %s is in strata %s and %s", c.id, psu, s, strata[i])
			}
			of[psu] = strata[i]
			switch sample[i] {
			case "1":
				core++
				sizes[psu]++
				if !(wtcore[i] > 0) {
					t.Fatalf("%s: row %d of the core sample has core weight %v", c.id, i+1, wtcore[i])
				}
			case "2":
				boost++
				if !math.IsNaN(wtcore[i]) || white[i] == "1" {
					t.Fatalf("%s: row %d of the boost has core weight %v and ethnic group %s", c.id, i+1, wtcore[i], white[i])
				}
			default:
				t.Fatalf("%s: sample type %q", c.id, sample[i])
			}
			if !(wtcomb[i] > 0) {
				t.Fatalf("%s: row %d has combined weight %v", c.id, i+1, wtcomb[i])
			}
		}
		if core < c.core || core > c.coreMax || boost < c.boost || boost > c.boostMax {
			t.Errorf("%s: %d core and %d boost interviews, want %d to %d and %d to %d", c.id, core, boost, c.core, c.coreMax, c.boost, c.boostMax)
		}
		in := map[string]int{}
		for _, s := range of {
			in[s]++
		}
		if len(in) != 36 || len(of) != 500 {
			t.Errorf("%s: %d strata and %d psus, want 36 and 500", c.id, len(in), len(of))
		}
		if least := slices.Min(slices.Collect(maps.Values(in))); least < 2 {
			t.Errorf("%s: a stratum with %d psu", c.id, least)
		}
		all := slices.Collect(maps.Values(sizes))
		if slices.Max(all) < 2*slices.Min(all) {
			t.Errorf("%s: psus of %d to %d, want unequal ones", c.id, slices.Min(all), slices.Max(all))
		}
		for name, weights := range map[string][]float64{"wtcore": wtcore, "wtcomb": wtcomb} {
			sum, n, most := 0.0, 0, 0.0
			for _, w := range weights {
				if !math.IsNaN(w) {
					sum += w
					n++
					most = max(most, w)
				}
			}
			if math.Abs(sum/float64(n)-1) > 1e-6 || most < 2 {
				t.Errorf("%s: %s has mean %v and at most %v, want mean 1 and unequal ones", c.id, name, sum/float64(n), most)
			}
		}
	}
	if n := len(written()["bcs/2007-08"].rows); n < 11500 || n > 12500 {
		t.Errorf("bcs: %d interviews, want about 12,000", n)
	}
}

// Every cell of a common variable's raw columns is a code that the crosswalk
// has, and every variable that is not optional is there.
func TestExtractsHaveOnlyCodesOfTheCrosswalk(t *testing.T) {
	for _, p := range populations(t) {
		x := written()[string(p.Wave.ID())]
		for _, name := range slices.Sorted(maps.Keys(p.crosswalk.Variables)) {
			source := p.crosswalk.Variables[name]
			missing := source.Missing
			if missing == nil {
				missing = p.crosswalk.Missing
			}
			for _, raw := range source.Raw() {
				if !slices.Contains(x.header, raw) {
					if !source.Optional {
						t.Errorf("%s: no column %s for %s", p.Wave.ID(), raw, name)
					}
					continue
				}
				present := false
				for i, cell := range x.column(raw) {
					_, code := source.Codes[cell]
					_, kind := missing[cell]
					number, err := strconv.ParseFloat(cell, 64)
					ranged := err == nil && len(source.Range) == 2 && number >= source.Range[0] && number <= source.Range[1]
					present = present || code || ranged
					if !code && !kind && !ranged && cell != blank {
						t.Fatalf("%s: row %d: %s is %q, which the crosswalk does not have", p.Wave.ID(), i+1, raw, cell)
					}
				}
				if !present {
					t.Errorf("%s: %s has no value at all", p.Wave.ID(), raw)
				}
			}
		}
	}
}

// share is a weighted share among the codes that count in the base, and its
// standard error from the spread of PSU totals within strata, or of rows where
// there are no PSUs. It shares no code with the estimator.
func share(in func(i int) (yes, base bool), w []float64, strata, psus []string) (value, se float64) {
	top, bottom, n := 0.0, 0.0, 0
	for i := range w {
		if yes, base := in(i); base && !math.IsNaN(w[i]) {
			n++
			bottom += w[i]
			if yes {
				top += w[i]
			}
		}
	}
	value = top / bottom
	totals, stratum := map[string]float64{}, map[string]string{}
	for i := range w {
		psu, h := strconv.Itoa(i), ""
		if psus != nil {
			psu, h = psus[i], strata[i]
		}
		if math.IsNaN(w[i]) {
			continue
		}
		stratum[psu] = h
		if yes, base := in(i); base {
			y := 0.0
			if yes {
				y = 1
			}
			totals[psu] += w[i] * (y - value) / bottom
		}
	}
	sums, squares, counts := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for psu, h := range stratum {
		sums[h] += totals[psu]
		squares[h] += totals[psu] * totals[psu]
		counts[h]++
	}
	variance := 0.0
	for h, k := range counts {
		variance += k / (k - 1) * (squares[h] - sums[h]*sums[h]/k)
	}
	return value, math.Sqrt(variance)
}

func TestWeightedEstimatesMeetTheTruth(t *testing.T) {
	populations(t)
	for _, c := range []struct {
		id, variable, weight string
		categories           []string
		in                   []Cell
	}{
		{"hocs/2001", "influence-local", "wtcore", agree, nil},
		{"hocs/2003", "influence-local", "wtcore", agree, nil},
		{"hocs/2001", "influence-local", "wtcomb", agree, nil},
		{"hocs/2003", "influence-local", "wtcomb", agree, nil},
		{"hocs/2001", "influence-local", "wtcore", agree, []Cell{{"country", "england"}}},
		{"hocs/2001", "influence-local", "wtcore", agree, []Cell{{"country", "wales"}}},
		{"hocs/2001", "influence-local", "wtcomb", agree, []Cell{{"ethnic-group", "asian"}}},
		{"hocs/2003", "influence-local", "wtcomb", agree, []Cell{{"ethnic-group", "black"}}},
		{"hocs/2003", "trust-council", "wtcore", []string{"a-lot", "a-fair-amount"}, nil},
		{"hocs/2001", "petition", "wtcore", []string{"yes"}, nil},
		{"hocs/2001", "contacted-london-member", "wtcore", []string{"yes"}, nil},
		{"hocs/2003", "formal-volunteering", "wtcore", []string{"yes"}, nil},
		{"hocs/2001", "religion", "wtcomb", []string{"muslim"}, nil},
		{"bcs/2007-08", "victim", "indivwgt", []string{"yes"}, nil},
		{"bcs/2007-08", "confidence-bringing-to-justice", "indivwgt", []string{"very-confident", "fairly-confident"}, nil},
		{"bcs/2007-08", "anti-social-teenagers", "indivwgt", []string{"very-big", "fairly-big"}, nil},
	} {
		p, x := population(t, codebook.SourceID(c.id)), written()[c.id]
		cells := func(variable string) []string { return x.column(p.crosswalk.Variables[variable].From) }
		codes := p.crosswalk.Variables[c.variable].Codes
		answers := cells(c.variable)
		member := make([]bool, len(x.rows))
		for i := range member {
			member[i] = true
		}
		for _, cell := range c.in {
			name, of := cell.Of, []string{cell.Category}
			if name == "country" {
				name, of = "region", p.book.Variables["country"].Derive.Recode.Into[cell.Category]
			}
			for i, raw := range cells(name) {
				member[i] = member[i] && slices.Contains(of, p.crosswalk.Variables[name].Codes[raw])
			}
		}
		in := func(i int) (yes, base bool) {
			category, base := codes[answers[i]]
			return slices.Contains(c.categories, category), base && member[i]
		}
		var strata, psus []string
		if slices.Contains(x.header, "psu") {
			strata, psus = x.column("stratum"), x.column("psu")
		}
		got, se := share(in, x.numbers(t, c.weight), strata, psus)
		want := p.Share(c.variable, c.categories, c.in...)
		if math.Abs(got-want) > 3*se || se == 0 || se > .05 {
			t.Errorf("%s %s %v by %s: %.4f (standard error %.4f), the population has %.4f", c.id, c.variable, c.in, c.weight, got, se, want)
		}
	}
}

// Wales and London are over-sampled: the weights put them back to the share of
// adults that the frame has in them. Areas are sampled by stratum, so that
// this varies little from sample to sample.
func TestWeightsStandForTheFrame(t *testing.T) {
	for _, p := range populations(t) {
		x := written()[string(p.Wave.ID())]
		if _, ok := p.crosswalk.Variables["region"]; !ok {
			continue // an extract that does not tell the regions
		}
		regions, weights := x.column("gor"), x.numbers(t, p.crosswalk.Weights["core"].Variable)
		for code, name := range p.crosswalk.Variables["region"].Codes {
			in, total, sampled, weighted := 0.0, 0.0, 0.0, 0.0
			for _, a := range p.areas {
				if a.places[region] == name {
					in += float64(a.addresses)
				}
				total += float64(a.addresses)
			}
			for i, w := range weights {
				if !math.IsNaN(w) {
					weighted += w
					if regions[i] == code {
						sampled += w
					}
				}
			}
			if got, want := sampled/weighted, in/total; math.Abs(got-want) > .1*want {
				t.Errorf("%s: %s has %.4f of the weights, want near %.4f", p.Wave.ID(), name, got, want)
			}
		}
	}
}

func TestHeadlineRoundsAsPublished(t *testing.T) {
	populations(t)
	for id, want := range map[string]string{"hocs/2001": "43", "hocs/2003": "38"} {
		x := written()[id]
		answers := x.column("paffloc")
		got, se := share(func(i int) (yes, base bool) {
			return answers[i] == "1" || answers[i] == "2", slices.Contains([]string{"1", "2", "3", "4"}, answers[i])
		}, x.numbers(t, "wtcore"), x.column("stratum"), x.column("psu"))
		if s := fmt.Sprintf("%.0f", 100*got); s != want {
			t.Errorf("%s: %.4f (%.4f) rounds to %s, want %s", id, got, se, s, want)
		}
		// Between areas, beyond what unequal weights cost: 1 + (19 - 1) x 0.02.
		sum, squares, n := 0.0, 0.0, 0.0
		for i, w := range x.numbers(t, "wtcore") {
			if !math.IsNaN(w) && answers[i] > "0" && len(answers[i]) == 1 && answers[i] != blank {
				sum += w
				squares += w * w
				n++
			}
		}
		effect := se * se / (got * (1 - got) / n) / (squares * n / (sum * sum))
		if effect < 1.2 || effect > 2 {
			t.Errorf("%s: clustering multiplies the variance by %.2f, want 1.2 to 2", id, effect)
		}
	}
}

func TestRefusingDoesNotDependOnTheAnswer(t *testing.T) {
	// The same sample with everyone answering: those who refused would have
	// been spread like the others.
	p := population(t, "hocs/2001")
	rows := p.sample()
	with, ps := p.encode("influence-local", rows)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	everyone := *p.declaration
	everyone.Variables = maps.Clone(everyone.Variables)
	spec := everyone.Variables["influence-local"]
	spec.Nonresponse = &Nonresponse{}
	everyone.Variables["influence-local"] = spec
	full := *p
	full.declaration = &everyone
	without, _ := full.encode("influence-local", rows)
	lost := 0
	all, gone := map[string]int{}, map[string]int{}
	for i, cell := range with[0].cells {
		answer := without[0].cells[i]
		all[answer]++
		switch {
		case strings.HasPrefix(cell, "-"):
			lost++
			gone[answer]++
		case cell != answer:
			t.Fatalf("row %d: %s with refusals, %s without", i+1, cell, answer)
		}
	}
	if len(all) != 4 || lost < 300 {
		t.Fatalf("%d did not answer, of answers %v", lost, all)
	}
	for answer, n := range all {
		share := float64(n) / float64(len(rows))
		got, se := float64(gone[answer])/float64(lost), math.Sqrt(share*(1-share)/float64(lost))
		if math.Abs(got-share) > 3*se {
			t.Errorf("%.3f of those who did not answer would have said %s, want near %.3f", got, answer, share)
		}
	}
}

func TestExtractsAreTheSameEveryTime(t *testing.T) {
	dir := t.TempDir()
	book, crosswalks := catalogue()
	if err := Write(dir, book, crosswalks); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, p := range populations(t) {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p.Wave.File())))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, written()[string(p.Wave.ID())].bytes) {
			t.Errorf("%s: two runs wrote different bytes", p.Wave.ID())
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(&got, "%s  %s\n", hex.EncodeToString(sum[:]), p.Wave.File())
	}
	golden := filepath.Join("testdata", "SHA256SUMS")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("digests are\n%swant\n%sIf a crosswalk or the declaration changed, go test ./seeds -update", got.String(), want)
	}
}

func TestWriteRefusesAWaveWithoutItsCrosswalk(t *testing.T) {
	book, crosswalks := catalogue()
	rest := slices.DeleteFunc(slices.Clone(crosswalks), func(c *codebook.Crosswalk) bool { return c.ID() == "hocs/2003" })
	err := Write(t.TempDir(), book, rest)
	if err == nil || !strings.Contains(err.Error(), "no crosswalk for hocs/2003") {
		t.Errorf("got %v", err)
	}
}

// The household weight counts addresses, however many adults live there; the
// core weight counts the adults.
func TestWeightsOfHouseholds(t *testing.T) {
	p := population(t, "bcs/2007-08")
	rows := p.sample()
	households, adults := make([]float64, 4), make([]float64, 4)
	for _, r := range rows {
		households[r.person[1]] += r.house / float64(len(rows))
		adults[r.person[1]] += r.core / float64(len(rows))
	}
	people := 0.0
	for k, percent := range p.declaration.Frame.Adults {
		people += float64(k+1) * percent
	}
	for k, percent := range p.declaration.Frame.Adults {
		if got, want := households[k], percent/100; math.Abs(got-want) > .02 {
			t.Errorf("%.3f of households have %d adults, want near %.3f", got, k+1, want)
		}
		if got, want := adults[k], float64(k+1)*percent/people; math.Abs(got-want) > .02 {
			t.Errorf("%.3f of adults live with %d, want near %.3f", got, k+1, want)
		}
	}
}
