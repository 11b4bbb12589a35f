package tally

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// check refuses a part that no sample can have: what is cut, corrupt, overflowed or
// read wrongly on the way does not add up.
func (p *Part) check(where string) refusal.Problems {
	c := checker{Part: p, where: where, places: map[place]*Line{}, named: map[string]bool{}}
	c.drawn()
	if c.ps == nil {
		c.whole()
	}
	if c.ps == nil {
		for i := range p.Cells {
			if p.Cells[i].Cell != outside {
				c.cell(&p.Cells[i])
			}
		}
		c.everyone()
	}
	return c.ps
}

// A place is where a line's respondents were drawn.
type place struct{ stratum, psu string }

type checker struct {
	*Part
	where  string
	ps     refusal.Problems
	places map[place]*Line // what was drawn
	named  map[string]bool // kinds of problem that were told: the first of each is enough
}

// wrong reports a problem, the first of its kind.
func (c *checker) wrong(kind, hint, at, format string, args ...any) {
	if !c.named[kind] {
		c.named[kind] = true
		c.ps.AddHint(hint, c.where+at, format, args...)
	}
}

func (l *Line) at() string {
	if l.PSU != "" {
		return fmt.Sprintf(": stratum %q, PSU %q", l.Stratum, l.PSU)
	}
	return fmt.Sprintf(": stratum %q", l.Stratum)
}

const (
	badWeights = "mend the weights where they are: twc estimate refuses the same in a file"
	smallerK   = "make the tally again with a smaller --unit"
	cut        = "make the tally again, and compare the file with what the engine wrote"
)

// drawn looks at what was drawn, and keeps it by place.
func (c *checker) drawn() {
	respondents := int64(0)
	for i := range c.Drawn {
		l := &c.Drawn[i]
		of := func(column int) int64 { return int64(l.Of[column].Lo) }
		c.places[place{l.Stratum, l.PSU}] = l
		for k, x := range l.Of {
			if x.Hi < 0 || k != drawnWeight && (x.Hi != 0 || x.Lo>>62 != 0) {
				c.wrong("range", smallerK, l.at(), "%s %s, want a number from 0: did it overflow?", c.Head.drawnColumns()[k].name, x)
				return
			}
		}
		respondents += of(drawnRespondents)
		if n := of(drawnBelow); n > 0 {
			c.wrong("below", badWeights, l.at(), "negative weights: %d, want none", n)
		}
		if n := of(drawnBeyond); n > 0 {
			c.wrong("beyond", smallerK+", or "+badWeights, l.at(), "weights that are no numbers, or of 2^%d and more: %d, want none", rowBits-c.Head.K, n)
		}
		for k, v := range c.Head.Variables {
			if n := of(drawnUnknown + k); n > 0 {
				c.wrong("unknown "+v.Name, "make the statements from a file that has all codes", l.at(), "variable %q: %s with codes that the question does not know", v.Name, refusal.Count(int(n), "respondent"))
			}
		}
		if of(drawnRows) != of(drawnWithout)+of(drawnZero)+of(drawnBelow)+of(drawnBeyond)+of(drawnRespondents) {
			c.wrong("rows", cut, l.at(), "%d rows, and other counts of those by their weights", of(drawnRows))
		}
		if of(drawnRespondents) > 0 && (len(c.Head.Strata) > 0 && l.Stratum == "" || c.Head.Level == OfPSUs && l.PSU == "") {
			c.wrong("labels", badWeights, l.at(), "%s without a stratum or a PSU, want none", refusal.Count(int(of(drawnRespondents)), "weighted respondent"))
			continue
		}
		most := 62
		if c.Head.Form == 64 && c.Head.Level == OfStrata {
			most = 2 * Half
		}
		rows, largest := of(drawnRespondents), of(drawnLargest)
		if c.Head.Level != OfPSUs && c.Head.Level != OfStrata {
			rows = 1
		} else if c.Head.Level == OfStrata {
			rows = largest
		}
		room := new(big.Int).Mul(big.NewInt(rows), l.Of[drawnMost].big())
		switch {
		case room.BitLen() > most:
			c.wrong("room", smallerK, l.at(), "PSUs of up to %d respondents with weights of up to %d units: their totals could be 2^%d and more, which sums have no room for", rows, of(drawnMost), most)
		case l.Of[drawnWeight].less(l.Of[drawnMost]),
			new(big.Int).Mul(big.NewInt(of(drawnRespondents)), l.Of[drawnMost].big()).Cmp(l.Of[drawnWeight].big()) < 0:
			c.wrong("weight", cut, l.at(), "%d respondents with a weight of %s in all and of %d at most, which cannot be", of(drawnRespondents), l.Of[drawnWeight], of(drawnMost))
		case largest > of(drawnRespondents) && c.Head.Level == OfStrata,
			of(drawnRespondents) > 0 != (of(drawnMet) > 0), of(drawnMet) > of(drawnPSUs),
			c.Head.Level == OfPSUs && of(drawnPSUs) > 1,
			c.Head.Level == OfStrata && largest*of(drawnPSUs) < of(drawnRespondents):
			c.wrong("psus", cut, l.at(), "%d PSUs of up to %d respondents, and %d respondents in all, which cannot be", of(drawnPSUs), largest, of(drawnRespondents))
		case c.Head.Form == 64 && c.Head.Level == OfStrata && of(drawnPSUs) > 1<<(62-2*Half-1):
			c.wrong("many", "make parts by PSU: --lines psu", l.at(), "%d PSUs, want at most %d in the 64-bit form", of(drawnPSUs), 1<<(62-2*Half-1))
		}
	}
	if c.ps == nil && respondents == 0 {
		c.ps.AddHint("was the table still empty, as after an insert that a database does later?", c.where, "no respondents, want some")
	}
}

// whole holds the rows of each breakdown against the respondents of each place: a line
// that is lost, or there twice, is missed or too much.
func (c *checker) whole() {
	type part struct{ plan, domain int }
	rows := map[place]map[part]int64{}
	outsiders := map[place]int64{} // of the first breakdown
	for i := range c.Cells {
		l := &c.Cells[i]
		at := place{l.Stratum, l.PSU}
		if c.places[at] == nil {
			c.wrong("undrawn", cut, l.at(), "counted, and not among what was drawn")
			return
		}
		if x := l.Of[0]; x.Hi != 0 || x.Lo>>62 != 0 {
			c.wrong("range", cut, l.at(), "%s rows, want a number from 0", x)
			return
		}
		if rows[at] == nil {
			rows[at] = map[part]int64{}
		}
		rows[at][part{l.Plan, l.Domain}] += int64(l.Of[0].Lo)
		if l.Plan == 0 && l.Domain == 0 && l.Cell == outside {
			outsiders[at] += int64(l.Of[0].Lo)
		}
	}
	for i := range c.Drawn {
		l := &c.Drawn[i]
		if open, left := int64(l.Of[drawnOpen].Lo), outsiders[place{l.Stratum, l.PSU}]; open > left {
			c.wrong("open", cut, l.at(), "%d respondents of whom a missing value leaves the population open, and %d outside it, which cannot be", open, left)
		}
		want := int64(l.Of[drawnRespondents].Lo)
		for plan := range c.Head.Plans {
			for domain, d := range c.Head.Plans[plan].Domains {
				if found := rows[place{l.Stratum, l.PSU}][part{plan, domain}]; found != want {
					c.wrong("lost", cut, l.at(), "%d respondents in %s, want the %d that were drawn", found, breakdownOf(d.By), want)
				}
			}
		}
	}
}

// breakdownOf is a breakdown in words.
func breakdownOf(by []string) string {
	if by == nil {
		return "everyone"
	}
	return fmt.Sprintf("breakdown %q", by)
}

// cell looks at the numbers of a cell, which hold each other.
func (c *checker) cell(l *Line) {
	layout, of := c.layouts[l.Plan], l.Of
	drawn := c.places[place{l.Stratum, l.PSU}]
	psus := drawn.Of[drawnPSUs]
	at := l.at() + fmt.Sprintf(", %s, cell %d", breakdownOf(c.Head.Plans[l.Plan].Domains[l.Domain].By), l.Cell)
	next := func() Wide {
		x := of[0]
		of = of[1:]
		return x
	}
	// rising reports numbers of which one is below 0, or the one before it.
	rising := func(what string, numbers ...Wide) {
		before := Wide{}
		for _, x := range numbers {
			if x.less(before) {
				c.wrong("rising "+what, cut, at, "%s: %s, want numbers from 0 that rise", what, numbers)
				return
			}
			before = x
		}
	}
	rows := next()
	bases := make([]Wide, len(layout.bases))
	met := make([]Wide, len(layout.bases))
	for b := range bases {
		bases[b] = next()
		rising("rows of the base, and all", bases[b], rows)
		if c.Head.Level == OfStrata {
			met[b] = next()
			rising("PSUs of the base, and all", met[b], psus)
			if (met[b] == Wide{}) != (bases[b] == Wide{}) {
				c.wrong("base", cut, at, "%s PSUs with %s respondents of the base", met[b], bases[b])
			}
		}
	}
	for i := range layout.items {
		item := &layout.items[i]
		answered := Wide{}
		if c.Head.Level == OfStrata {
			answered = next()
			rising("PSUs with an answer, and of the base", answered, met[item.base])
		}
		var totals []Wide
		answers := Wide{}
		plain := true
		for k := range item.groups {
			g := &layout.groups[item.group+k]
			n, yes, x, y := next(), next(), next(), next()
			answers.AddWide(n)
			rising("rows that count, that answered, of the base", yes, n)
			rising("weight of those who count, of those who answered, and all", y, x, drawn.Of[drawnWeight])
			if n == (Wide{}) && x != (Wide{}) || yes == (Wide{}) && y != (Wide{}) || yes == n && y != x && g.y < 0 {
				c.wrong("nobody", cut, at, "%s rows with a weight of %s, %s of them with %s", n, x, yes, y)
			}
			plain = plain && g.x < 0 && g.y < 0
			totals = append(totals, x, y)
			if c.Head.Level == OfRespondents {
				c.squares(at, n, [2]Wide{x, y}, next(), next())
			}
		}
		rising("answers, and rows of the base", answers, bases[item.base])
		if c.Head.Level != OfStrata {
			continue
		}
		products := of[:len(totals)*(len(totals)+1)/2]
		of = of[len(products):]
		if plain {
			c.products(at, answered, totals, products)
		}
	}
	for range layout.amounts {
		next()
	}
	for _, of := range layout.largest {
		if x := next(); of.amount < 0 {
			rising("the largest addition", x, drawn.Of[drawnMost])
		}
	}
}

// squares holds the squares of the weights of n respondents against their sum.
func (c *checker) squares(at string, n Wide, sums [2]Wide, squares ...Wide) {
	for i, xx := range squares {
		c.within(at, n, sums[i], sums[i], xx)
	}
}

// products holds the products of n PSUs' totals against their sums.
func (c *checker) products(at string, n Wide, totals, products []Wide) {
	next := 0
	own := make([]Wide, len(totals))
	for a := range totals {
		for b := a; b < len(totals); b++ {
			if a == b {
				own[a] = products[next]
				c.within(at, n, totals[a], totals[a], products[next])
			}
			next++
		}
	}
	next = 0
	for a := range totals {
		for b := a; b < len(totals); b++ {
			xy := products[next].big()
			next++
			switch {
			case xy.Sign() < 0 || new(big.Int).Mul(xy, xy).Cmp(new(big.Int).Mul(own[a].big(), own[b].big())) > 0:
				c.wrong("crossed", cut, at, "a sum of products %s beside sums of squares %s and %s, which cannot be", xy, own[a], own[b])
			case b == a+1 && a%2 == 0 && (xy.Cmp(own[b].big()) < 0 || xy.Cmp(own[a].big()) > 0): // Y is a part of X
				c.wrong("crossed", cut, at, "a sum of products %s of totals of which one is a part of the other, and sums of squares %s and %s, which cannot be", xy, own[a], own[b])
			}
		}
	}
}

// within holds the sum of n squares of numbers that are not negative against their sum:
// it is at least what it is where all are alike, and at most what it is where one is all.
func (c *checker) within(at string, n, x, y, xx Wide) {
	product := new(big.Int).Mul(x.big(), y.big())
	if xx.Hi < 0 || new(big.Int).Mul(xx.big(), n.big()).Cmp(product) < 0 || xx.big().Cmp(product) > 0 {
		c.wrong("squares", cut, at, "a sum of squares %s of %s numbers whose sum is %s, which cannot be: did it overflow?", xx, n, x)
	}
}

// everyone holds the sums of a breakdown's cells against those of everyone of whom it is.
func (c *checker) everyone() {
	for plan, layout := range c.layouts {
		columns := c.Head.cellColumns(layout)
		domains := c.Head.Plans[plan].Domains
		all := slices.IndexFunc(domains, func(d Domain) bool { return d.By == nil })
		if all < 0 {
			continue
		}
		sums := make([]map[place][]Wide, len(domains))
		left := make([]map[place]Wide, len(domains))
		for d := range domains {
			sums[d], left[d] = map[place][]Wide{}, map[place]Wide{}
		}
		for i := range c.Cells {
			l := &c.Cells[i]
			if l.Plan != plan {
				continue
			}
			at := place{l.Stratum, l.PSU}
			if l.Cell == outside {
				left[l.Domain][at] = l.Of[0]
				continue
			}
			to := sums[l.Domain][at]
			if to == nil {
				to = make([]Wide, len(columns))
				sums[l.Domain][at] = to
			}
			for k, x := range l.Of {
				to[k].AddWide(x)
			}
		}
		for d := range domains {
			if !alike(domains[d].Where, domains[all].Where) {
				continue
			}
			for i := range c.Drawn {
				at := place{c.Drawn[i].Stratum, c.Drawn[i].PSU}
				whole, of := sums[all][at], sums[d][at]
				every := left[d][at] == left[all][at] // each has a category
				for k, column := range columns {
					if column.largest || column.product || strings.HasPrefix(column.name, "PSUs") || column.name == "amount" {
						continue
					}
					var a, b Wide
					if of != nil {
						a = of[k]
					}
					if whole != nil {
						b = whole[k]
					}
					if b.less(a) || every && a != b {
						c.wrong("everyone", cut, c.Drawn[i].at(), "%s of %s is %s, and of everyone %s, which cannot be", column.name, breakdownOf(domains[d].By), a, b)
					}
				}
			}
		}
	}
}
