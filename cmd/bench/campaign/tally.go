package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"

	"togetherwecan/cmd/bench/answer"
)

// tolerance is how far numbers that agree are apart, of themselves.
const tolerance = 1e-9

// A tally is of all that was compared: by design and by kind of number how many, and the
// worst of those that agree; and the differences by their kinds.
type tally struct {
	compared int
	whole    int // of which numbers of respondents and degrees of freedom
	cells    map[[2]string]*worst
	kinds    map[string]*kind
}

type worst struct {
	numbers  int
	distance float64
	at       string
}

// A kind is a difference with its reason, and examples.
type kind struct {
	numbers  int
	distance float64
	examples []string
	reason   string
}

func newTally() *tally { return &tally{cells: map[[2]string]*worst{}, kinds: map[string]*kind{}} }

// differ counts a difference of a kind.
func (t *tally) differ(name, reason, example string, distance float64) {
	k := t.kinds[name]
	if k == nil {
		k = &kind{reason: reason}
		t.kinds[name] = k
	}
	k.numbers++
	k.distance = max(k.distance, distance)
	if len(k.examples) < 3 {
		k.examples = append(k.examples, example)
	}
}

// unexplained is how many numbers differ without a reason.
func (t *tally) unexplained() int {
	n := 0
	for _, k := range t.kinds {
		if k.reason == "" {
			n += k.numbers
		}
	}
	return n
}

// refused is a question that one of the two did not answer.
func (t *tally) refused(ours, theirs, said string) {
	for _, r := range refusals {
		if r.holds(ours, theirs) {
			t.differ(r.name, r.reason, said, 0)
			return
		}
	}
	t.differ("not answered: "+ours+" | R: "+theirs, "", said, 0)
}

// compare holds the numbers of a question against each other.
func (t *tally) compare(s *survey, q question, ours, theirs map[string]map[string]float64, said string) {
	places := map[string]bool{}
	for p := range theirs {
		if place, why, failed := strings.Cut(p, "|failed: "); failed {
			reason := ""
			for _, stop := range stops {
				if strings.Contains(why, stop.says) {
					why, reason = "svychisq: "+stop.says, stop.reason
				}
			}
			t.differ("R stops: "+strings.TrimSpace(why), reason, place+"\n  "+said, 0)
			delete(theirs, p)
			delete(ours, place)
		}
	}
	for p := range ours {
		places[p] = true
	}
	for p := range theirs {
		places[p] = true
	}
	for _, p := range slices.Sorted(maps.Keys(places)) {
		if strings.HasSuffix(p, "|Rao-Scott, saddlepoint") {
			continue // survey cuts a degree of freedom to a whole number (method 27)
		}
		a, b := ours[p], theirs[p]
		if _, valued := a["value"]; b == nil && !valued && a["statistic"] == 0 {
			continue // nobody is of it
		}
		for _, field := range answer.Fields {
			x, inOurs := a[field]
			y, inTheirs := b[field]
			inTheirs = inTheirs && !math.IsNaN(y)
			if !inOurs && !inTheirs || field == "base_unweighted" && !inTheirs {
				continue
			}
			t.number(&pair{s, q, p, field, x, y, inOurs, inTheirs, a, b}, said)
		}
	}
}

// A pair is one number of both, with the others of its place.
type pair struct {
	*survey
	question
	place, field       string
	ours, theirs       float64
	inOurs, inTheirs   bool
	allOurs, allTheirs map[string]float64
}

// statistic is the first word of the place.
func (p *pair) statistic() string { s, _, _ := strings.Cut(p.place, "|"); return s }

// distance is relative to R's number; of a value or a limit, which may be nothing where
// large numbers meet, to its error if that is larger.
func (p *pair) distance() float64 {
	if p.ours == p.theirs {
		return 0
	}
	of := math.Abs(p.theirs)
	switch p.field {
	case "value", "ci_lower", "ci_upper":
		if se := p.allTheirs["std_error"]; se > of {
			of = se
		}
	case "t", "statistic":
		of = max(of, 1)
	}
	return math.Abs(p.ours-p.theirs) / of
}

func (t *tally) number(p *pair, said string) {
	example := fmt.Sprintf("%s %s: %s, R %s\n  %s", p.place, p.field, told(p.ours, p.inOurs), told(p.theirs, p.inTheirs), said)
	if p.inOurs && p.inTheirs {
		t.compared++
		if p.field == "base_unweighted" || p.field == "df" || p.field == "denominator_df" {
			t.whole++
		}
	}
	d := math.Inf(1)
	if p.inOurs && p.inTheirs {
		d = p.distance()
	}
	if d <= tolerance {
		k := [2]string{p.kind, p.what()}
		w := t.cells[k]
		if w == nil {
			w = &worst{}
			t.cells[k] = w
		}
		w.numbers++
		if d > w.distance {
			w.distance, w.at = d, example
		}
		return
	}
	if r := p.reason(); r != nil {
		if math.IsInf(d, 1) {
			d = 0
		}
		t.differ(r.name, r.reason, example, d)
		return
	}
	t.differ(fmt.Sprintf("%s of %s, %s", p.field, p.what(), p.kind), "", example, d)
}

// reason is why the two may differ; nil where nothing says so.
func (p *pair) reason() *reason {
	for i := range reasons {
		if reasons[i].holds(p) {
			return &reasons[i]
		}
	}
	return nil
}

// what is the statistic of a place, and whether it is compared.
func (p *pair) what() string {
	words := strings.Split(p.place, "|")
	if len(words) == 7 {
		return "contrast of " + words[0]
	}
	return words[0]
}

func told(x float64, is bool) string {
	if !is {
		return "none"
	}
	return fmt.Sprintf("%.17g", x)
}

func (t *tally) print(to io.Writer) {
	designs, kinds := map[string]bool{}, map[string]bool{}
	for k := range t.cells {
		designs[k[0]], kinds[k[1]] = true, true
	}
	agree, most := 0, &worst{}
	fmt.Fprintf(to, "| numbers that agree | %s |\n|---|%s\n", strings.Join(slices.Sorted(maps.Keys(designs)), " | "), strings.Repeat("---:|", len(designs)))
	for _, what := range slices.Sorted(maps.Keys(kinds)) {
		line := []string{what}
		for _, d := range slices.Sorted(maps.Keys(designs)) {
			w := t.cells[[2]string{d, what}]
			if w == nil {
				line = append(line, "")
				continue
			}
			agree += w.numbers
			if w.distance > most.distance {
				most = w
			}
			line = append(line, fmt.Sprintf("%d, %.0e", w.numbers, w.distance))
		}
		fmt.Fprintf(to, "| %s |\n", strings.Join(line, " | "))
	}
	fmt.Fprintf(to, "\n%d numbers compared, %d of them counts of respondents and degrees of freedom; %d agree to %.0e, the worst at %.1e:\n%s\n\n", t.compared, t.whole, agree, tolerance, most.distance, most.at)
	names := slices.Collect(maps.Keys(t.kinds))
	sort.Slice(names, func(i, j int) bool {
		a, b := t.kinds[names[i]], t.kinds[names[j]]
		if a.numbers != b.numbers {
			return a.numbers > b.numbers
		}
		return names[i] < names[j]
	})
	fmt.Fprintf(to, "| kind of difference | numbers | worst | why |\n|---|---:|---:|---|\n")
	for _, n := range names {
		k := t.kinds[n]
		fmt.Fprintf(to, "| %s | %d | %.0e | %s |\n", n, k.numbers, k.distance, k.reason)
	}
	for _, n := range names {
		k := t.kinds[n]
		fmt.Fprintf(to, "\n%s:\n", n)
		for _, e := range k.examples {
			fmt.Fprintf(to, "  %s\n", e)
		}
	}
}
