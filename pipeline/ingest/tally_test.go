package ingest

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/table"
)

// plainly describes a column by counting each of its cells by its spelling,
// all of them held: what a tally must come to.
func plainly(c *table.Column) description.Variable {
	v := description.Variable{Name: c.Variable.Name, Label: c.Variable.Label, Numeric: c.Values != nil, Every: true, Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), Codes: []description.Code{}}
	if c.Variable.Recorded != nil {
		v.Recorded = *c.Variable.Recorded
	}
	declares := func(cell string) bool {
		x, err := strconv.ParseFloat(cell, 64)
		for _, m := range v.Recorded.Missing {
			if err == nil && v.Numeric && m.Low <= x && x <= m.High {
				return true
			}
		}
		return !v.Numeric && slices.Contains(v.Recorded.Texts, cell)
	}
	counts := map[string]int{}
	sum := 0.0
	fractions := false
	for row, cell := range c.Labels() {
		if cell == "" {
			v.Missing++
			continue
		}
		if cell == "-0" {
			cell = "0"
		}
		counts[cell]++
		if v.Numeric {
			fractions = fractions || c.Values[row] != math.Trunc(c.Values[row])
		}
		if declares(cell) {
			v.Declared++
			continue
		}
		v.Present++
		if v.Numeric {
			x := c.Values[row]
			if v.Present == 1 {
				v.Min, v.Max = x, x
			}
			v.Min, v.Max = min(v.Min, x), max(v.Max, x)
			sum += x
		}
	}
	v.Every = len(counts) <= description.MostCodes
	if v.Numeric && v.Present > 0 {
		v.Mean = sum / float64(v.Present)
	}
	labels := map[string]string{}
	kinds := map[string]string{}
	for _, category := range c.Variable.Categories {
		if v.Numeric && category.Code[0] == '.' {
			kinds[category.Code] = category.Label
			continue
		}
		labels[category.Code] = category.Label
	}
	listed := maps.Clone(labels)
	for _, m := range v.Recorded.Missing {
		if m.Low == m.High {
			listed[strconv.FormatFloat(m.Low, 'f', -1, 64)] = ""
		}
	}
	if !v.Numeric {
		for _, text := range v.Recorded.Texts {
			listed[text] = ""
		}
	}
	if v.Every {
		for cell := range counts {
			listed[cell] = ""
		}
	}
	bySize := func(a, b string) int {
		if v.Numeric {
			x, _ := strconv.ParseFloat(a, 64)
			y, _ := strconv.ParseFloat(b, 64)
			return int(math.Copysign(1, x-y))
		}
		return map[bool]int{true: -1, false: 1}[a < b]
	}
	for _, cell := range slices.SortedFunc(maps.Keys(listed), bySize) {
		v.Codes = append(v.Codes, coded(cell, labels[cell], counts[cell], declares(cell)))
	}
	for _, tag := range "abcdefghijklmnopqrstuvwxyz" {
		n := 0
		for row := range c.Tags {
			if c.Tag(row) == "."+string(tag) {
				n++
			}
		}
		if label, ok := kinds["."+string(tag)]; ok || n > 0 {
			v.Codes = append(v.Codes, coded("."+string(tag), label, n, true))
		}
	}
	v.Weight = v.MayWeigh(fractions)
	v.Tell(v.Codes, description.Kinds{})
	return v
}

// any column, of values that a tally treats in different ways, with labels and
// declared values that do and do not occur.
func anyColumn(random *rand.Rand, name string) *table.Column {
	rows := 1 + random.IntN(400)
	c := &table.Column{Variable: codebook.Variable{Name: name, Label: "a label", Recorded: &codebook.Recorded{}}}
	pools := [][]float64{
		{1, 2, 3, 8, 9},
		{-9, -1, 0, 1, math.Copysign(0, -1)},
		{smallFrom - 1, smallFrom, smallFrom + smallCount - 1, smallFrom + smallCount},
		{0, 15, 16, -16, -17, 111, 112},
		{0.5, 1.25, 1, 0.75},
		{12000001, 12000002, 99999999},
		{1e300, 1e299, 5e-324},
	}
	pool := slices.Clone(pools[random.IntN(len(pools))])
	if random.IntN(2) == 0 {
		for range random.IntN(2 * description.MostCodes) {
			pool = append(pool, []float64{float64(random.IntN(200)), 5000 + float64(random.IntN(200)), random.Float64()}[random.IntN(3)])
		}
	}
	some := func() float64 {
		if random.IntN(3) == 0 {
			return float64(random.IntN(10_000) - 200)
		}
		return pool[random.IntN(len(pool))] + 0
	}
	seen := map[string]bool{}
	for range random.IntN(6) {
		x := some()
		code := strconv.FormatFloat(x+0, 'f', -1, 64)
		if !seen[code] {
			seen[code] = true
			c.Variable.Categories = append(c.Variable.Categories, codebook.Category{Code: code, Label: []string{"refused", "an answer"}[random.IntN(2)]})
		}
	}
	isText := random.IntN(3) == 0
	for range random.IntN(3) {
		low, high := some(), some()
		switch {
		case random.IntN(2) == 0:
			high = low
		case low > high:
			low = math.Inf(-1)
		}
		if isText {
			c.Variable.Recorded.Texts = append(c.Variable.Recorded.Texts, strconv.FormatFloat(low, 'f', -1, 64))
			continue
		}
		c.Variable.Recorded.Missing = append(c.Variable.Recorded.Missing, codebook.Interval{Low: low, High: high})
	}
	for row := range rows {
		x := pool[random.IntN(len(pool))]
		if random.IntN(5) == 0 {
			x = math.NaN()
		}
		if isText {
			text := ""
			if !math.IsNaN(x) {
				text = strconv.FormatFloat(x+0, 'f', -1, 64)
			}
			c.Text = append(c.Text, text)
			continue
		}
		c.Values = append(c.Values, x)
		if c.Tags == nil && random.IntN(50) == 0 {
			c.Tags = make([]byte, row, rows)
		}
		if c.Tags != nil {
			c.Tags = append(c.Tags, 0)
			if math.IsNaN(x) {
				c.Tags[row] = "\x00abz"[random.IntN(4)]
			}
		}
	}
	if !isText && random.IntN(3) == 0 {
		c.Variable.Categories = append(c.Variable.Categories, codebook.Category{Code: ".b", Label: "don't know"})
	}
	return c
}

// part is some rows of a column, with a meaning of its own.
func part(c *table.Column, from, to int, meaning codebook.Variable) *table.Column {
	p := &table.Column{Variable: meaning}
	if c.Text != nil {
		p.Text = c.Text[from:to]
		return p
	}
	p.Values = c.Values[from:to]
	if c.Tags != nil {
		p.Tags = c.Tags[from:to]
	}
	return p
}

// A tally in batches comes to what counting every cell comes to; where what the
// file says is known at the end only, after a second one if it asks for that.
func TestTally(t *testing.T) {
	const seed = 1
	random := rand.New(rand.NewPCG(seed, 0))
	seconds := 0
	for i := range 1000 {
		c := anyColumn(random, fmt.Sprint("v", i))
		if random.IntN(10) == 0 {
			c.Variable.Name = "weight"
		}
		known := c.Variable
		late := random.IntN(2) == 0
		if late { // as in a Stata file, whose labels follow its rows
			known.Categories = nil
		}
		tallyBy := func(meaning codebook.Variable) *tally {
			made := newTally(meaningOf(meaning, c.Values != nil))
			for from := 0; from < c.Len(); {
				to := min(c.Len(), from+1+random.IntN(100))
				made.add(part(c, from, to, meaning))
				from = to
			}
			return made
		}
		made := tallyBy(known)
		if made.lacks(c.Variable) {
			if !late {
				t.Fatalf("seed %d, column %d: lacks what was known from the start", seed, i)
			}
			seconds++
			made = tallyBy(c.Variable)
		}
		approximate := cmpopts.EquateApprox(1e-12, 0) // of means: sums in another order
		if diff := cmp.Diff(plainly(c), made.describe(c.Variable, description.Kinds{}), cmpopts.EquateNaNs(), approximate, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("seed %d, column %d: counted -, tallied +:\n%s", seed, i, diff)
		}
	}
	if seconds == 0 || seconds > 250 {
		t.Errorf("%d of 1000 columns needed a second tally, want some and few", seconds)
	}
}
