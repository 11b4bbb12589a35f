package disclose

import (
	"cmp"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A side is what is counted of a row: its respondents, or those on one side of its
// share.
type side int

const (
	base side = iota
	yes
	no
	sides
)

// counts are whole numbers of respondents, by side.
type counts [sides]int64

func (c counts) less(other counts) counts {
	for s := range c {
		c[s] -= other[s]
	}
	return c
}

func (c counts) add(other counts) counts {
	for s := range c {
		c[s] += other[s]
	}
	return c
}

// A row is a figure with the counts behind it and what is withheld of it.
type row struct {
	figure    *release.Figure
	counts    counts
	sided     bool  // its value tells the counts on its sides
	smallest  int64 // of the groups that it compares, of how many the smallest is
	few       bool  // in one of them, few are on one side
	heavy     bool  // that, for no other reason than that few have most of its weight
	counted   bool  // of a return that counts people, and asks none
	published bool  // by an earlier release
	bare      bool  // its base is withheld, and so is its value
	silent    bool  // its value is withheld
}

// nobody says that the row is of no respondents, which is no secret.
func (r *row) nobody() bool { return r.counts[base] == 0 }

// amount says that the row is of a number that respondents have, not of how many have it.
func (r *row) amount() bool {
	return r.figure.Statistic != "" && indicator.Statistic(r.figure.Statistic).Row().Number
}

// hides says whether what is counted on a side is withheld.
func (r *row) hides(s side) bool { return r.bare || s != base && r.silent }

// A family is a breakdown of an item: its rows by population and category. Over
// the categories they add up to the item's whole.
type family struct {
	by    string
	codes []string
	rows  [][]*row // [population][category]
}

// An item is all rows of one item of an indicator in one source, of populations of
// which each is within the next. What one population has more than that within it
// is a part: England and Wales has Wales more than England. Nobody publishes the
// parts, and everyone can subtract.
type item struct {
	populations []string
	keeps       []bool // of each population, whether it is the one to keep
	whole       []*row // [population]
	families    []family
	sided       bool // it has shares, whose sides add up
}

// difference is what the population at k has more than the one at j, of a category; all
// of it where j is -1.
func difference(of []*row, j, k int) counts {
	c := of[k].counts
	if j >= 0 {
		c = c.less(of[j].counts)
	}
	return c
}

// column is the rows of a category, by population.
func (f *family) column(c int) []*row {
	rows := make([]*row, len(f.rows))
	for k := range f.rows {
		rows[k] = f.rows[k][c]
	}
	return rows
}

// items divides the rows that are decided on into items, in the order of their
// keys. Within says whether a population is a part of another, of a source.
func items(rows []*row, within Within, keep []string) []*item {
	type key struct {
		indicator, item string
		source          codebook.SourceID
	}
	of := map[key][]*row{}
	var order []key
	for _, r := range rows {
		k := key{r.figure.Indicator, r.figure.Item, r.figure.Source}
		if of[k] == nil {
			order = append(order, k)
		}
		of[k] = append(of[k], r)
	}
	slices.SortFunc(order, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.indicator, b.indicator), cmp.Compare(a.item, b.item))
	})
	var list []*item
	for _, k := range order {
		for _, chain := range chains(of[k], k.source, within) {
			list = append(list, newItem(of[k], chain, keep))
		}
	}
	return list
}

// Within says whether a source's population is a part of another.
type Within func(source codebook.SourceID, population, of string) bool

// chains divides an item's populations into chains, each of which is within the
// next.
func chains(rows []*row, source codebook.SourceID, within Within) [][]string {
	var populations []string
	for _, r := range rows {
		if p := r.figure.Population; !slices.Contains(populations, p) {
			populations = append(populations, p)
		}
	}
	size := func(p string) int {
		n := 0
		for _, other := range populations {
			if other != p && within(source, other, p) {
				n++
			}
		}
		return n
	}
	slices.SortFunc(populations, func(a, b string) int { return cmp.Or(cmp.Compare(size(a), size(b)), cmp.Compare(a, b)) })
	var list [][]string
next:
	for _, p := range populations {
		for i, chain := range list {
			if within(source, chain[len(chain)-1], p) {
				list[i] = append(chain, p)
				continue next
			}
		}
		list = append(list, []string{p})
	}
	return list
}

func newItem(rows []*row, chain, keep []string) *item {
	it := &item{populations: chain, whole: make([]*row, len(chain))}
	kept := -1
	for _, p := range keep {
		if kept = slices.Index(chain, p); kept >= 0 {
			break
		}
	}
	if kept < 0 {
		kept = len(chain) - 1
	}
	for k := range chain {
		it.keeps = append(it.keeps, k == kept)
	}
	by := map[string]int{}
	for _, r := range rows {
		k := slices.Index(chain, r.figure.Population)
		if k < 0 {
			continue
		}
		it.sided = it.sided || r.sided
		if r.figure.Breakdown == codebook.All {
			it.whole[k] = r
			continue
		}
		at, met := by[r.figure.Breakdown]
		if !met {
			at = len(it.families)
			by[r.figure.Breakdown] = at
			it.families = append(it.families, family{by: r.figure.Breakdown, rows: make([][]*row, len(chain))})
		}
		f := &it.families[at]
		c, met := slices.BinarySearch(f.codes, r.figure.Category)
		if !met {
			f.codes = slices.Insert(f.codes, c, r.figure.Category)
			for p := range f.rows {
				f.rows[p] = slices.Insert(f.rows[p], c, nil)
			}
		}
		f.rows[k][c] = r
	}
	for k := range it.whole {
		if it.whole[k] == nil {
			it.whole[k] = &row{figure: &release.Figure{}, bare: true, silent: true}
		}
	}
	for i := range it.families {
		for k := range it.families[i].rows {
			for c, r := range it.families[i].rows[k] {
				if r == nil { // of a category that this population was not divided by: nobody
					it.families[i].rows[k][c] = &row{figure: &release.Figure{}}
				}
			}
		}
	}
	slices.SortFunc(it.families, func(a, b family) int { return cmp.Compare(a.by, b.by) })
	return it
}
