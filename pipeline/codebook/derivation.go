package codebook

import (
	"maps"
	"slices"
	"strconv"

	"togetherwecan/pipeline/refusal"
)

// A Derivation makes a common variable from others, in one word of a closed
// vocabulary that analysts know. Exactly one of its fields is set.
type Derivation struct {
	Recode *Recode  `yaml:"recode"`
	Band   *Band    `yaml:"band"`
	First  []string `yaml:"first"`
	Any    *Items   `yaml:"any"`
	Count  *Items   `yaml:"count"`
	Score  *Score   `yaml:"score"`

	// Expression is one of package expression, in whose texts categories are their codes.
	Expression string `yaml:"expression" json:",omitempty"`
}

// Recode groups the categories of a variable. An old category that no new
// one lists becomes missing, not applicable.
type Recode struct {
	Of   string              `yaml:"of"`
	Into map[string][]string `yaml:"into"`
}

// Band cuts a number into categories by closed intervals [low, high]. A
// number in none of them becomes missing, not applicable.
type Band struct {
	Of   string               `yaml:"of"`
	Into map[string][]float64 `yaml:"into"`
}

// Items are categorical variables and the categories that count in them.
type Items struct {
	Of         []string `yaml:"of"`
	Categories []string `yaml:"categories"`
	Missing    string   `yaml:"missing"`
}

// Score adds points over categorical variables. A category without points
// scores 0.
type Score struct {
	Of      []string           `yaml:"of"`
	Points  map[string]float64 `yaml:"points"`
	Missing string             `yaml:"missing"`
}

// IgnoreMissing is the value of Items.Missing and Score.Missing that counts a
// missing input as outside the categories, or as no points.
const IgnoreMissing = "ignore"

// Inputs lists the variables that the derivation reads.
func (d *Derivation) Inputs() []string {
	switch {
	case d.Recode != nil:
		return []string{d.Recode.Of}
	case d.Band != nil:
		return []string{d.Band.Of}
	case d.Any != nil:
		return d.Any.Of
	case d.Count != nil:
		return d.Count.Of
	case d.Score != nil:
		return d.Score.Of
	case d.Expression != "":
		e, fault := d.expressed()
		if fault != nil {
			return nil // which check tells
		}
		return e.Variables()
	}
	return d.First
}

// check reports what is wrong with the derivation of v at a place.
func (d *Derivation) check(b *Codebook, v Variable, at string) refusal.Problems {
	var ps refusal.Problems
	words := 0
	for _, set := range []bool{d.Recode != nil, d.Band != nil, d.First != nil, d.Any != nil, d.Count != nil, d.Score != nil, d.Expression != ""} {
		if set {
			words++
		}
	}
	if words != 1 {
		ps.Add(at, "variable %q: %d derivations, want one of recode, band, first, any, count, score, expression", v.Name, words)
		return ps
	}
	if d.Expression != "" {
		return d.checkExpression(b, v, at)
	}
	if len(d.Inputs()) == 0 {
		ps.Add(at, "variable %q is derived from no variable", v.Name)
	}
	numericInput := d.Band != nil
	for _, input := range d.Inputs() {
		from, ok := b.Variables[input]
		if !ok {
			ps.Add(at, "no variable %q%s", input, refusal.Nearest(input, b.Names()))
		} else if d.First == nil && from.Categorical() == numericInput {
			ps.Add(at, "variable %q is of the wrong kind for this derivation: band takes a number, the others categories", input)
		}
	}
	if wantNumber := d.Count != nil || d.Score != nil; v.Categorical() == wantNumber && d.First == nil {
		ps.Add(at, "variable %q: count and score give a number, the other derivations a category", v.Name)
	}
	switch {
	case d.Recode != nil:
		from := b.Variables[d.Recode.Of]
		owner := map[string]string{}
		for _, to := range slices.Sorted(maps.Keys(d.Recode.Into)) {
			ps = append(ps, v.checkCategories(at, to)...)
			for _, old := range d.Recode.Into[to] {
				ps = append(ps, from.checkCategories(at, old)...)
				if first, twice := owner[old]; twice {
					ps.Add(at, "category %q goes into both %q and %q", old, first, to)
				}
				owner[old] = to
			}
		}
	case d.Band != nil:
		ps = append(ps, checkBands(v, d.Band.Into, at)...)
	case d.First != nil:
		for _, input := range d.First {
			if from, ok := b.Variables[input]; ok && !slices.Equal(from.Codes(), v.Codes()) {
				ps.Add(at, "variable %q has other categories than %q", input, v.Name)
			}
		}
	case d.Any != nil:
		if !slices.Equal(slices.Sorted(slices.Values(v.Codes())), []string{"no", "yes"}) {
			ps.Add(at, "variable %q: any gives the categories yes and no", v.Name)
		}
		ps = append(ps, d.Any.check(b, at)...)
	case d.Count != nil:
		ps = append(ps, d.Count.check(b, at)...)
	case d.Score != nil:
		ps = append(ps, checkMissing(d.Score.Missing, at)...)
		for _, input := range d.Score.Of {
			if from, ok := b.Variables[input]; ok {
				ps = append(ps, from.checkCategories(at, slices.Sorted(maps.Keys(d.Score.Points))...)...)
			}
		}
	}
	return ps
}

func (i *Items) check(b *Codebook, at string) refusal.Problems {
	ps := checkMissing(i.Missing, at)
	if len(i.Categories) == 0 {
		ps.Add(at, "no categories are counted")
	}
	for _, input := range i.Of {
		if from, ok := b.Variables[input]; ok {
			ps = append(ps, from.checkCategories(at, i.Categories...)...)
		}
	}
	return ps
}

func checkMissing(word, at string) refusal.Problems {
	var ps refusal.Problems
	if word != "" && word != IgnoreMissing {
		ps.Add(at, "missing: %q, want %q or nothing", word, IgnoreMissing)
	}
	return ps
}

// checkCategories reports the codes that are not categories of v.
func (v Variable) checkCategories(at string, codes ...string) refusal.Problems {
	var ps refusal.Problems
	for _, c := range codes {
		if v.Index(c) < 0 {
			ps.Add(at, "variable %q has no category %q%s", v.Name, c, refusal.Nearest(c, v.Codes()))
		}
	}
	return ps
}

// checkBands reports bands that are not intervals, overlap, or are not
// categories of v.
func checkBands(v Variable, bands map[string][]float64, at string) refusal.Problems {
	var ps refusal.Problems
	names := slices.Sorted(maps.Keys(bands))
	for i, name := range names {
		ps = append(ps, v.checkCategories(at, name)...)
		band := bands[name]
		if len(band) != 2 || band[0] > band[1] {
			ps.Add(at, "band %q: want [low, high] with low at most high", name)
			continue
		}
		for _, other := range names[:i] {
			if o := bands[other]; len(o) == 2 && band[0] <= o[1] && o[0] <= band[1] {
				ps.Add(at, "bands %q and %q overlap", other, name)
			}
		}
	}
	return ps
}

func itoa(i int) string { return strconv.Itoa(i) }
