package pipeline_test

import (
	"encoding/csv"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
)

// A surveyed is a question of the waves of 2001 and 2003 as its raw codes have it: 1 to 4 from
// one end of a scale, of which an indicator counts 1 and 2, and -8 and -9 where the
// respondent did not know or refused.
type surveyed struct {
	variable, indicator string
	scale               []string // the categories' codes
}

var (
	agree     = []string{"definitely-agree", "tend-to-agree", "tend-to-disagree", "definitely-disagree"}
	amount    = []string{"a-lot", "a-fair-amount", "not-very-much", "not-at-all"}
	questions = []surveyed{
		{"paffloc", "influence-local", agree},
		{"paffgb", "influence-national", agree},
		{"ptpolc", "trust-police", amount},
		{"ptlcou", "trust-council", amount},
		{"ptparl", "trust-parliament", amount},
	}
)

// A rawWave is the columns of an extract, read with nothing of the pipeline.
type rawWave map[string][]float64

func readRaw(t *testing.T, source string) rawWave {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(syntheticExtracts(t), filepath.FromSlash(source), "*.tab"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %q, %v", source, names, err)
	}
	f, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = '\t'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	w := rawWave{}
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			x, err := strconv.ParseFloat(strings.TrimSpace(row[i]), 64)
			if err != nil {
				x = math.NaN()
			}
			w[name] = append(w[name], x)
		}
	}
	return w
}

// An alternative is how a published table was made: by each dimension a choice, "" for
// ours.
type alternative struct{ population, base, counted, weight, rounding string }

// choices are the alternative as the search names it, in the order of their names.
func (a alternative) choices() string {
	var words []string
	for _, c := range [][2]string{{"base", a.base}, {"categories", a.counted}, {"population", a.population}, {"rounding", a.rounding}, {"weight", a.weight}} {
		if c[1] != "" {
			words = append(words, c[0]+"="+c[1])
		}
	}
	return strings.Join(words, " ")
}

// alternatives are all of one change and of two, with these ways of rounding.
func (q surveyed) alternatives(roundings ...string) []alternative {
	values := [][]string{
		{"", "england"},
		{"", "dont-know", "refused", "dont-know+refused"},
		{"", q.scale[0], strings.Join(q.scale[:3], "+")},
		{"", "combined", "none"},
		append([]string{""}, roundings...),
	}
	var all []alternative
	for i := range 2 * 4 * 3 * 3 * (1 + len(roundings)) {
		var chosen [5]string
		changes := 0
		for k, of := range values {
			chosen[k] = of[i%len(of)]
			i /= len(of)
			if chosen[k] != "" {
				changes++
			}
		}
		if changes <= 2 {
			all = append(all, alternative{chosen[0], chosen[1], chosen[2], chosen[3], chosen[4]})
		}
	}
	return all
}

// domain is a part of the population: everybody, a sex, or a region of England.
type domain struct {
	breakdown, category string
	variable            string
	code                float64
}

func domains() []domain {
	all := []domain{{"all", "all", "", 0}}
	for code, sex := range []string{"male", "female"} {
		all = append(all, domain{"sex", sex, "sex", float64(code + 1)})
	}
	for code, region := range []string{"north-east", "north-west", "yorkshire-and-the-humber", "east-midlands", "west-midlands", "east-of-england", "london", "south-east", "south-west"} {
		all = append(all, domain{"region", region, "gor", float64(code + 1)})
	}
	return all
}

// print makes the table that an alternative gives, with one decimal.
func (w rawWave) print(q surveyed, a alternative) []float64 {
	table, parts := w.perMille(q, a)
	for i, share := range table {
		switch a.rounding {
		case "cut-off":
			table[i] = math.Floor(share) / 10
		case "parts":
			table[i] = parts[i] / 10
		default:
			table[i] = math.Floor(share+0.5) / 10
		}
	}
	return table
}

// printChange makes the table of changes since an earlier wave.
func (w rawWave) printChange(since rawWave, q surveyed, a alternative) []float64 {
	table, parts := w.perMille(q, a)
	before, partsBefore := since.perMille(q, a)
	for i := range table {
		change := table[i] - before[i]
		switch a.rounding {
		case "cut-off":
			table[i] = math.Trunc(change) / 10
		case "parts":
			table[i] = (parts[i] - partsBefore[i]) / 10
		case "figures":
			table[i] = (math.Floor(table[i]+0.5) - math.Floor(before[i]+0.5)) / 10
		default:
			table[i] = math.Round(change) / 10
		}
		table[i] += 0 // no zero with a sign, which prints as another
	}
	return table
}

// perMille are the shares of a table, and what those of single categories add up to when
// they are rounded first.
func (w rawWave) perMille(q surveyed, a alternative) (table, rounded []float64) {
	kinds := map[string][]float64{"dont-know": {-8}, "refused": {-9}, "dont-know+refused": {-8, -9}}
	counted := 2.0
	if a.counted != "" {
		counted = float64(1 + strings.Count(a.counted, "+"))
	}
	answers, core, combined, sample, region := w[q.variable], w["wtcore"], w["wtcomb"], w["samptype"], w["gor"]
	for _, d := range domains() {
		var whole float64
		var of [5]float64 // by code
		divided := w[d.variable]
		for row, x := range answers {
			weight, in := core[row], sample[row] == 1 && core[row] > 0
			switch a.weight {
			case "combined":
				weight, in = combined[row], combined[row] > 0
			case "none":
				weight = 1
			}
			answered := x >= 1 && x <= 4
			if !in || divided != nil && divided[row] != d.code || a.population == "england" && region[row] == 10 || !answered && !slices.Contains(kinds[a.base], x) {
				continue
			}
			whole += weight
			if answered {
				of[int(x)] += weight
			}
		}
		sum, parts := 0.0, 0.0
		for code := 1.0; code <= counted; code++ {
			share := 1000 * of[int(code)] / whole
			sum, parts = sum+share, parts+math.Floor(share+0.5)
		}
		table, rounded = append(table, sum), append(rounded, parts)
	}
	return table, rounded
}

// A proof is a printed table and the choices that made it, "" for those of none.
type proof struct {
	figures []plan.Published
	choices string
}

// own makes the tables of alternatives that none of the others makes too, and that ours
// does not, by their places.
func (q surveyed) own(alternatives []alternative, print func(surveyed, alternative) []float64) iter.Seq2[int, []float64] {
	times := map[string]int{}
	tables := make([][]float64, len(alternatives))
	for k, a := range alternatives {
		tables[k] = print(q, a)
		times[fmt.Sprint(tables[k])]++
	}
	return func(yield func(int, []float64) bool) {
		for k, a := range alternatives {
			if a.choices() != "" && times[fmt.Sprint(tables[k])] == 1 && !yield(k, tables[k]) {
				return
			}
		}
	}
}

// printedAs is a table of figures, or of changes since a wave.
func printedAs(q surveyed, table []float64, source, from codebook.SourceID, publication, choices string) proof {
	p := proof{choices: choices}
	for i, d := range domains() {
		p.figures = append(p.figures, plan.Published{
			Indicator: q.indicator, Source: source, From: from, Population: "england-and-wales", Breakdown: d.breakdown, Category: d.category,
			Value: table[i], Decimals: 1, Unit: indicator.Percent, Publication: publication, Checked: plan.CheckedRead,
		})
	}
	return p
}

// TestExplanations is the proof of the search (method 66), on made-up waves: tables of
// figures, and of changes, that known choices made are explained by those in at least 99
// of 100 cases, and tables of another question, or of another wave, are unexplained in at
// least 99 of 100. The tables are made from the raw files with nothing of the pipeline.
// make proof tries every choice of every question, and of changes.
func TestExplanations(t *testing.T) {
	const seed = 20051
	chance := rand.New(rand.NewPCG(seed, 0))
	first, second := readRaw(t, "hocs/2001"), readRaw(t, "hocs/2003")
	const wanted = 100
	cases := wanted + 20 // a few tables differ from ours by rounding alone, and are reproduced but for it
	whole := os.Getenv("TWC_PROOF") == "all"
	if whole {
		cases = math.MaxInt
	}
	figure := func(q surveyed, a alternative) []float64 { return first.print(q, a) }
	change := func(q surveyed, a alternative) []float64 { return second.printChange(first, q, a) }
	var known, foreign, knownChanges, foreignChanges []proof
	for i, q := range questions {
		other := func(k int) surveyed { return questions[(i+1+k%(len(questions)-1))%len(questions)] }
		alternatives := q.alternatives("cut-off", "parts")
		for k, p := range q.own(alternatives, figure) {
			known = append(known, printedAs(q, p, "hocs/2001", "", fmt.Sprintf("%s, known %d", q.indicator, k), alternatives[k].choices()))
		}
		for k, a := range alternatives {
			foreign = append(foreign,
				printedAs(q, second.print(q, a), "hocs/2001", "", fmt.Sprintf("%s, of another wave %d", q.indicator, k), ""),
				printedAs(q, figure(other(k), a), "hocs/2001", "", fmt.Sprintf("%s, of another question %d", q.indicator, k), ""))
		}
		if !whole {
			continue
		}
		alternatives = q.alternatives("cut-off", "parts", "figures")
		for k, p := range q.own(alternatives, change) {
			knownChanges = append(knownChanges, printedAs(q, p, "hocs/2003", "hocs/2001", fmt.Sprintf("%s, known change %d", q.indicator, k), alternatives[k].choices()))
		}
		for k, a := range alternatives {
			foreignChanges = append(foreignChanges,
				printedAs(q, change(other(k), a), "hocs/2003", "hocs/2001", fmt.Sprintf("%s, of another question's change %d", q.indicator, k), ""))
		}
	}
	type claimed struct {
		claim string
		all   []proof
	}
	claims := []claimed{{"made by a known choice", known}, {"of something else", foreign}}
	if whole {
		claims = append(claims, claimed{"of changes made by a known choice", knownChanges}, claimed{"of something else's changes", foreignChanges})
	}
	for _, of := range claims {
		chance.Shuffle(len(of.all), func(i, j int) { of.all[i], of.all[j] = of.all[j], of.all[i] })
		of.all = of.all[:min(cases, len(of.all))]
		var figures []plan.Published
		for _, p := range of.all {
			figures = append(figures, p.figures...)
		}
		c := embedded(t)
		l, err := pipeline.Printed{Figures: figures}.Reproduce(nil, pipeline.Options{Catalogue: c, Extracts: syntheticExtracts(t), Limits: ingest.DefaultLimits})
		if err != nil {
			t.Fatal(err)
		}
		right, searched, at := 0, 0, 0
		for _, p := range of.all {
			r := l.Rows[at]
			at += len(p.figures)
			if r.Tried < 0 && strings.Contains(p.choices, "rounding=") {
				continue
			}
			searched++
			if r.Ours != string(p.figures[0].Source) || r.Status != string(ledger.Synthetic) || r.Tried < 5 {
				t.Fatalf("%s: ours %q, status %s, %d tried; want the figure of the same wave, synthetic, and many tried", r.Publication, r.Ours, r.Status, r.Tried)
			}
			if rightly(r, p.choices) {
				right++
			} else {
				t.Logf("%s, made by %q: explained by %q (%s), nearest %q, %g by chance of %d", r.Publication, p.choices, r.Choices, r.By, r.Nearest, r.Chance, r.Tried)
			}
		}
		t.Logf("%d of %d tables %s are told rightly (seed %d)", right, searched, of.claim, seed)
		if searched < wanted || right*100 < searched*99 {
			t.Errorf("%d of %d tables %s are told rightly, want 99 of 100 (seed %d)", right, searched, of.claim, seed)
		}
	}
}

// rightly says whether a search found the choices that made a table, or none where none
// of ours did.
func rightly(r ledger.Row, choices string) bool {
	if choices == "" {
		return r.By == ""
	}
	return slices.ContainsFunc(strings.Split(r.Choices, " or "), func(found string) bool {
		words := strings.Fields(found)
		slices.Sort(words)
		return strings.Join(words, " ") == choices
	})
}
