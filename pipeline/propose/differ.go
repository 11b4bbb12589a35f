package propose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
)

// A Difference is what two extracts, mostly of two waves, do not have alike.
type Difference struct {
	Came    []description.Variable // in the second alone
	Went    []description.Variable // in the first alone
	Changed []Changed              // in both, and not alike, in the order of the second
	Alike   []description.Variable // in both, as in the second: at most their counts differ
	Renamed []Renamed              // that went and came, and may be one
}

// A Changed variable is in both extracts, by its name without regard to case.
type Changed struct {
	Was, Is description.Variable
	Facts   []Fact
}

// A Renamed variable may be one that came in the place of one that went.
type Renamed struct {
	Was, Is description.Variable
	For     []string
}

// A Fact is one thing that a variable has otherwise: "" of what it has not.
type Fact struct {
	What Aspect `json:"what"`
	Code string `json:"code,omitempty"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// An Aspect is what facts are of.
type Aspect string

// The aspects, in their order.
const (
	Spelling  Aspect = "name"
	Label     Aspect = "label"
	Type      Aspect = "type"
	Format    Aspect = "format"
	Measure   Aspect = "measure"
	Width     Aspect = "width"
	Declared  Aspect = "declared missing"
	Exchanged Aspect = "codes exchanged" // the labels are the same, of other codes
	CodeLabel Aspect = "code label"
	CodeRows  Aspect = "code rows" // a code that rows of one alone have
	Valueless Aspect = "without a value"
)

// muchMore is how many percentage points of the rows more or less are without a value
// before that is a fact.
const muchMore = 5

// Differ compares two extracts.
func Differ(a, b *description.File) Difference {
	var d Difference
	pair := map[int]int{} // places in b by those in a
	taken := map[int]bool{}
	for _, same := range []func(x, y string) bool{func(x, y string) bool { return x == y }, strings.EqualFold} {
		for i, v := range a.Variables {
			if _, done := pair[i]; done {
				continue
			}
			for j, w := range b.Variables {
				if !taken[j] && same(v.Name, w.Name) {
					pair[i], taken[j] = j, true
					break
				}
			}
		}
	}
	was := map[int]description.Variable{}
	for i, v := range a.Variables {
		if j, both := pair[i]; both {
			was[j] = v
		} else {
			d.Went = append(d.Went, v)
		}
	}
	for j, v := range b.Variables {
		before, both := was[j]
		if !both {
			d.Came = append(d.Came, v)
			continue
		}
		if facts := factsOf(before, v, a, b); len(facts) > 0 {
			d.Changed = append(d.Changed, Changed{before, v, facts})
		} else {
			d.Alike = append(d.Alike, v)
		}
	}
	d.renamed()
	return d
}

// factsOf are what a variable has otherwise in the second extract.
func factsOf(v, w description.Variable, a, b *description.File) []Fact {
	var facts []Fact
	add := func(what Aspect, was, is string) {
		if was != is {
			facts = append(facts, Fact{What: what, Was: was, Is: is})
		}
	}
	add(Spelling, v.Name, w.Name)
	add(Label, v.Label, w.Label)
	add(Type, v.Type(), w.Type())
	if a.About.Format == b.About.Format { // which spells formats its own way
		add(Format, v.Recorded.Format, w.Recorded.Format)
		add(Measure, v.Recorded.Measure, w.Recorded.Measure)
		if v.Numeric == w.Numeric {
			add(Width, whole(v.Recorded.Width), whole(w.Recorded.Width))
		}
	}
	add(Declared, v.Declares(), w.Declares())
	facts = append(facts, codeFacts(v, w)...)
	before, after := without(v, a), without(w, b)
	if math.Abs(before-after) > muchMore {
		add(Valueless, fmt.Sprintf("%.0f%%", before), fmt.Sprintf("%.0f%%", after))
	}
	return facts
}

func whole(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// without is the share of rows without a value, in percent.
func without(v description.Variable, of *description.File) float64 {
	if of.Rows == 0 {
		return 0
	}
	return 100 * float64(v.Missing) / float64(of.Rows)
}

// codeFacts are the codes with other labels, and those that rows of one extract alone
// have.
func codeFacts(v, w description.Variable) []Fact {
	codes := func(of description.Variable) (map[string]description.Code, []string) {
		found, order := map[string]description.Code{}, []string(nil)
		for _, c := range of.Codes {
			code := codebook.PlainCode(c.Code)
			found[code], order = c, append(order, code)
		}
		return found, order
	}
	before, all := codes(v)
	after, more := codes(w)
	for _, code := range more {
		if _, both := before[code]; !both {
			all = append(all, code)
		}
	}
	all = codebook.ByNumber(all)
	var labels, rows []Fact
	var had, has []string
	for _, code := range all {
		x, y := before[code], after[code]
		if x.Label != y.Label && x.Label+y.Label != "" {
			labels = append(labels, Fact{CodeLabel, code, x.Label, y.Label})
		}
		if x.Label != "" {
			had = append(had, x.Label)
		}
		if y.Label != "" {
			has = append(has, y.Label)
		}
		if (x.Count > 0) != (y.Count > 0) && (x.Count > 0 || v.Every) && (y.Count > 0 || w.Every) {
			rows = append(rows, Fact{CodeRows, code, fmt.Sprint(x.Count), fmt.Sprint(y.Count)})
		}
	}
	slices.Sort(had)
	slices.Sort(has)
	if len(labels) > 1 && slices.Equal(had, has) {
		for i := range labels {
			labels[i].What = Exchanged
		}
	}
	return append(labels, rows...)
}

// renamed finds for each variable that came the one that went and is most like it, if
// one alone is: by its name but for a wave's letter or number, or by its label.
func (d *Difference) renamed() {
	type pair struct {
		was, is int
		like    float64
		told    []string
	}
	var pairs []pair
	v := vocabulary{number: map[string]int{}}
	of := func(all []description.Variable) [][]int {
		var made [][]int
		for _, x := range all {
			made = append(made, v.of(x.Label))
		}
		v.labels = append(v.labels, made...)
		return made
	}
	went, came := of(d.Went), of(d.Came)
	v.complete()
	for i, x := range d.Went {
		for j, y := range d.Came {
			if x.Numeric != y.Numeric {
				continue
			}
			p := pair{was: i, is: j}
			named := likeName(x.Name, y.Name)
			if named >= isNamed {
				p.like, p.told = named, append(p.told, "name")
			}
			if asked, _, _ := v.overlap(went[i], came[j]); asked >= isNamed {
				p.like, p.told = p.like+asked, append(p.told, "label")
			} else if len(went[i]) > 0 && len(came[j]) > 0 && asked < hinted {
				continue // another question
			}
			if p.told == nil {
				continue
			}
			if known := codesOf(x); known != "" && known == codesOf(y) {
				p.like, p.told = p.like+0.5, append(p.told, "labels of codes")
			}
			pairs = append(pairs, p)
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.like, a.like) })
	for _, p := range pairs {
		alone := !slices.ContainsFunc(pairs, func(q pair) bool {
			return (q.was == p.was) != (q.is == p.is) && q.like >= p.like-margin
		})
		if alone {
			d.Renamed = append(d.Renamed, Renamed{d.Went[p.was], d.Came[p.is], p.told})
		}
	}
}

// codesOf are a variable's codes with their labels, "" without labels.
func codesOf(v description.Variable) string {
	var told []string
	for _, c := range v.Codes {
		if c.Label != "" {
			told = append(told, codebook.PlainCode(c.Code)+" "+strings.Join(codebook.WordsOf(c.Label), " "))
		}
	}
	return strings.Join(told, "; ")
}
