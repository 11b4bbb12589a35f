package tally

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
)

// The levels at which a part holds what was counted.
const (
	OfPSUs        = "psu"     // the totals of each PSU: any parts of a sample add
	OfStrata      = "stratum" // of each stratum, sums over its PSUs: parts of whole strata stand beside each other
	OfRespondents = "row"     // of each stratum, sums over respondents who were drawn themselves: any parts add
	OfAll         = "sum"     // of each stratum, sums that no variance takes: any parts add
)

// PartVersion is that of the form of parts.
const PartVersion = 1

// A Head says what a part is of. Two parts whose heads differ in more than the
// dialect and the form are not added.
type Head struct {
	Version   int                        `json:"version"`
	Dialect   string                     `json:"dialect"` // of whoever counted
	Level     string                     `json:"level"`
	Form      int                        `json:"form"` // of sums of products: 128 is one number, 64 three of 64 bits
	K         int                        `json:"k"`    // weights are in units of 2^-k
	Asked     map[string]json.RawMessage `json:"asked"`
	Strata    []bool                     `json:"strata"` // of each variable of the strata, whether its values are numbers
	PSU       []bool                     `json:"psu"`    // and of the PSUs
	Variables []Counted                  `json:"variables"`
	Plans     []Planned                  `json:"plans"`
	Notes     json.RawMessage            `json:"notes,omitempty"` // of the answer as a whole
	Expected  *Expected                  `json:"expected,omitempty"`
}

// Expected is what all parts together have, where whoever asked for them knows it: of
// rows that an engine does not have yet, or weights that it read otherwise, nothing else tells.
type Expected struct {
	Rows   int64  `json:"rows"`
	Weight string `json:"weight"` // of all respondents, in units
}

// A Counted is a variable of a question: its categories, or that it is numbers,
// and which of its codes are missing.
type Counted struct {
	Name       string              `json:"name"`
	Label      string              `json:"label,omitempty"`
	Categories []codebook.Category `json:"categories,omitempty"`
	Missing    []string            `json:"missing,omitempty"`
	Numbers    []float64           `json:"numbers,omitempty"` // some of its numbers, of no category: the least, the largest, and the least in size that is not 0
}

// A Planned is a plan with the units of its amounts.
type Planned struct {
	Plan
	Amounts []int `json:",omitempty"`
}

// A Part is what was counted of a sample, or of some of its rows, by this program
// or by an engine that has them: lines of whole numbers.
type Part struct {
	Head  Head
	Drawn []Line // of each PSU or stratum, what was drawn of it
	Cells []Line // in order

	// Collapse is, of the label of a stratum, that of the one which it is counted in.
	Collapse map[string]string

	layouts []*layout
}

// A Line is one of a part, of a cell or of what was drawn.
type Line struct {
	Plan, Domain, Cell int // Cell is outside for those whom the domain leaves
	Stratum, PSU       string
	Of                 []Wide // see columns
}

// outside is the cell of those whom a domain leaves: outside its conditions, or
// without a category. Of them there is only how many they are.
const outside = -1

func (l *Line) compare(other *Line) int {
	return cmp.Or(cmp.Compare(l.Plan, other.Plan), cmp.Compare(l.Domain, other.Domain), cmp.Compare(l.Cell, other.Cell), cmp.Compare(l.Stratum, other.Stratum), cmp.Compare(l.PSU, other.PSU))
}

// A column is one of the numbers of lines.
type column struct {
	name    string
	largest bool // of parts, the largest is that of the whole, and not the sum
	product bool // of two totals: in the 64-bit form three numbers

	// Of a cell: the item that it is of, -1 for none, and what of it, which tells it from
	// others of the item.
	item int
	what string
}

// drawnColumns are those of what was drawn.
func (h *Head) drawnColumns() []column {
	perPSU := h.Level == OfPSUs
	made := []column{
		{name: "psus", largest: perPSU},
		{name: "psus with respondents", largest: perPSU},
		{name: "rows"},
		{name: "without weight"},
		{name: "weight 0"},
		{name: "weight below 0"},
		{name: "weight beyond"},
		{name: "respondents"},
		{name: "weight"},
		{name: "largest weight", largest: true},
		{name: "largest PSU", largest: !perPSU},
		{name: "respondents of whom a missing value leaves the population open"},
	}
	for _, v := range h.Variables {
		made = append(made, column{name: "unknown in " + v.Name})
	}
	return made
}

// The places of the drawn columns.
const (
	drawnPSUs = iota
	drawnMet
	drawnRows
	drawnWithout
	drawnZero
	drawnBelow
	drawnBeyond
	drawnRespondents
	drawnWeight
	drawnMost
	drawnLargest
	drawnOpen
	drawnUnknown
)

// cellColumns are those of a cell of a layout.
func (h *Head) cellColumns(l *layout) []column {
	made := []column{{name: "rows", item: -1, what: "rows"}}
	add := func(item int, what, name string) *column {
		made = append(made, column{name: name, item: item, what: what})
		return &made[len(made)-1]
	}
	for _, flag := range l.bases {
		what := digestOf(l.flags[flag])
		add(-1, what, "rows of the base")
		if h.Level == OfStrata {
			add(-1, "PSUs "+what, "PSUs of the base")
		}
	}
	for i := range l.items {
		of := &l.items[i]
		if h.Level == OfStrata {
			add(i, "PSUs", "PSUs with an answer")
		}
		for k := range of.groups {
			for _, name := range []string{"n", "yes", "x", "y"} {
				add(i, fmt.Sprint(name, k), name)
			}
			if h.Level == OfRespondents {
				add(i, fmt.Sprint("xx", k), "xx of weights").product = true
				add(i, fmt.Sprint("yy", k), "yy of weights").product = true
			}
		}
		if h.Level == OfStrata {
			for k := range 2 * of.groups * (2*of.groups + 1) / 2 {
				add(i, fmt.Sprint("product", k), "product").product = true
			}
		}
	}
	first := map[int]int{} // of each group, its first amount
	for a, of := range l.amounts {
		if _, met := first[of.group]; !met {
			first[of.group] = a
		}
		item := l.groups[of.group].item
		add(item, fmt.Sprint("amount", of.group-l.items[item].group, " ", a-first[of.group]), "amount")
	}
	for k, of := range l.largest {
		item := l.groups[of.group].item
		add(item, fmt.Sprint("largest", of.group-l.items[item].group, " ", k-l.items[item].largest), "largest").largest = true
	}
	if h.Level == OfRespondents {
		for g := range l.groups {
			last := len(l.squares)
			if g+1 < len(l.groups) {
				last = l.groups[g+1].squares
			}
			item := l.groups[g].item
			for q := l.groups[g].squares; q < last; q++ {
				add(item, fmt.Sprint("square", g-l.items[item].group, " ", q-l.groups[g].squares), "square").product = true
			}
		}
	}
	return made
}

// layoutsOf lays out the plans of a head.
func (h *Head) layoutsOf() []*layout {
	categories := map[string][]string{}
	for _, v := range h.Variables {
		codes := make([]string, len(v.Categories))
		for i, c := range v.Categories {
			codes[i] = c.Code
		}
		categories[v.Name] = codes
	}
	var made []*layout
	for i := range h.Plans {
		made = append(made, newLayout(&h.Plans[i].Plan, categories))
	}
	return made
}

// units are those of a plan.
func (h *Head) units(plan int) Units {
	return Units{K: h.K, Amounts: append([]int{}, h.Plans[plan].Amounts...)}
}

// mode is how the rows of the sample are its clusters.
func (h *Head) mode() int {
	switch h.Level {
	case OfRespondents:
		return byRow
	case OfAll:
		return bySum
	}
	return byCluster
}

// settle puts lines in order, those of one place into one. It refuses a second line of
// a stratum whose PSUs the line does not tell.
func (p *Part) settle() error {
	for i, of := range [][]Line{p.Drawn, p.Cells} {
		slices.SortFunc(of, func(a, b Line) int { return a.compare(&b) })
		for k := range of {
			if p.Head.Level == OfStrata && k > 0 && of[k].compare(&of[k-1]) == 0 {
				return fmt.Errorf("stratum %q twice: sums over the PSUs of a stratum are of all of them, want the stratum in one part, or parts by PSU", of[k].Stratum)
			}
		}
		*[]*[]Line{&p.Drawn, &p.Cells}[i] = p.gathered(of, i == 1)
	}
	return nil
}

// gathered puts lines of one place into one; they are in order.
func (p *Part) gathered(lines []Line, cells bool) []Line {
	drawn, of := p.Head.drawnColumns(), make([][]column, len(p.layouts))
	for i, l := range p.layouts {
		of[i] = p.Head.cellColumns(l)
	}
	made := lines[:0]
	for _, l := range lines {
		n := len(made) - 1
		if n < 0 || made[n].compare(&l) != 0 {
			l.Of = slices.Clone(l.Of)
			made = append(made, l)
			continue
		}
		columns := drawn
		if cells {
			columns = of[l.Plan]
		}
		for i, x := range l.Of {
			if to := &made[n].Of[i]; !columns[i].largest {
				to.AddWide(x)
			} else if to.less(x) {
				*to = x
			}
		}
	}
	return made
}

// less says whether a number is below another.
func (w Wide) less(other Wide) bool {
	return w.Hi < other.Hi || w.Hi == other.Hi && w.Lo < other.Lo
}

// Merge adds another part of the same sample. It refuses one of another question,
// of other units or at another level.
func (p *Part) Merge(other *Part) error {
	if why := p.Head.Unlike(&other.Head); why != "" {
		return fmt.Errorf("%s: parts of one question, one k and one level are added", why)
	}
	p.Drawn, p.Cells = append(p.Drawn, other.Drawn...), append(p.Cells, other.Cells...)
	return p.settle()
}

// Unlike says in what two heads differ, "" where their parts are added.
func (h *Head) Unlike(other *Head) string {
	text := func(of any) string {
		data, err := json.Marshal(of)
		if err != nil {
			panic("tally: " + err.Error())
		}
		return string(data)
	}
	switch {
	case h.K != other.K:
		return fmt.Sprintf("units of 2^-%d and 2^-%d", h.K, other.K)
	case h.Level != other.Level:
		return fmt.Sprintf("levels %s and %s", h.Level, other.Level)
	}
	for _, name := range slices.Sorted(maps.Keys(h.Asked)) {
		if a, b := string(h.Asked[name]), string(other.Asked[name]); a != b {
			return fmt.Sprintf("%s %s and %s", name, a, cmp.Or(b, "none"))
		}
	}
	if len(other.Asked) != len(h.Asked) {
		return "questions of other parts"
	}
	for i, v := range h.Variables {
		if i >= len(other.Variables) || text(v) != text(other.Variables[i]) {
			return fmt.Sprintf("variable %q of other categories", v.Name)
		}
	}
	if text(h.Expected) != text(other.Expected) {
		return "other rows and weights expected of all parts"
	}
	if text(h.Plans) != text(other.Plans) || len(h.Variables) != len(other.Variables) {
		return "other figures"
	}
	return ""
}

// Digest is the SHA-256 of what two parts that are added have in common.
func (h *Head) Digest() string {
	common := *h
	common.Dialect, common.Form, common.Strata, common.PSU, common.Notes = "", 0, nil, nil, nil
	return digestOf(common)
}

// Bases are the bases of a plan's items, each once, in the order of their columns.
func (h *Head) Bases(plan int) [][]codebook.Condition {
	l := h.layoutsOf()[plan]
	var made [][]codebook.Condition
	for _, flag := range l.bases {
		made = append(made, l.flags[flag])
	}
	return made
}

// Variables lists those that the plan names, each once.
func (p *Plan) Variables() []string {
	names := p.variables()
	slices.Sort(names)
	return slices.Compact(names)
}
