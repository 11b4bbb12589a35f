package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// returns writes one row for each return: whether it was read or carried over,
// how many of the areas made it, and what it says of its numbers.
func (p *page) returns(sources []release.Source) {
	var rows [][]string
	for _, s := range sources {
		if s.Filed == nil {
			continue
		}
		how, areas, standing := "read", "-", s.Filed.Standing
		if s.Carried {
			how = "carried"
		}
		if s.Filed.Expected > 0 {
			areas = fmt.Sprintf("%s of %s", number(s.Filed.Returned), number(s.Filed.Expected))
		}
		if standing == "" {
			standing = "-"
		}
		rows = append(rows, []string{string(s.ID), how, dash(s.Rows()), areas, standing})
	}
	if len(rows) > 0 && len(rows) < len(sources) {
		p.line("")
	}
	p.table([]string{"Return", "", ">Rows", ">Areas", "Standing"}, rows)
}

// filed writes what an analyst should look at before the figures of returns are
// used.
func (p *page) filed(sources []release.Source) {
	unchecked := map[string]string{}
	// What several returns of a series have in common is told once.
	type notice struct {
		text string
		of   []release.Source
	}
	var notices []notice
	tell := func(s release.Source, text string) {
		at := slices.IndexFunc(notices, func(n notice) bool { return n.text == text && n.of[0].ID.Survey() == s.ID.Survey() })
		if at < 0 {
			at, notices = len(notices), append(notices, notice{text: text})
		}
		notices[at].of = append(notices[at].of, s)
	}
	var order []codebook.Decision
	made := map[codebook.Decision]map[string]bool{}
	for _, s := range sources {
		if s.Filed != nil && s.Filed.Known != codebook.Confirmed {
			unchecked[s.ID.Survey()] = s.Filed.Known
		}
		if s.Filed == nil || s.Carried {
			continue
		}
		if n := len(s.Filed.Matched); n > 0 {
			var pairs []string
			for _, name := range slices.Sorted(maps.Keys(s.Filed.Matched)) {
				pairs = append(pairs, name+" is "+s.Filed.Matched[name])
			}
			tell(s, fmt.Sprintf("%s matched by rule: %s", Plural(n, "area"), strings.Join(pairs, ", ")))
		}
		for _, name := range slices.Sorted(maps.Keys(s.Filed.Left)) {
			tell(s, fmt.Sprintf("the row of %s is left out: %s", name, s.Filed.Left[name]))
		}
		if len(s.Filed.Hidden) > 0 {
			tell(s, "hidden in the spreadsheet, and read all the same: "+strings.Join(s.Filed.Hidden, ", "))
		}
		for _, r := range s.Filed.Rounded {
			tell(s, fmt.Sprintf("line %d: %s: %s is %s, and the %d parts make %s, which is as near as rounding goes", r.Line, r.Row, r.Column, codebook.Spell(r.Given), r.Parts, codebook.Spell(r.Sum)))
		}
		for _, d := range s.Filed.Decisions {
			if made[d] == nil {
				made[d] = map[string]bool{}
				order = append(order, d)
			}
			made[d][s.ID.Survey()] = true
		}
	}
	for _, n := range notices {
		where, many := string(n.of[0].ID), ""
		if len(n.of) > 1 {
			where, many = n.of[0].ID.Survey(), fmt.Sprintf(" (%s)", Plural(len(n.of), "return"))
		}
		p.paragraph("  ", where+": "+n.text+many)
	}
	if len(unchecked) > 0 {
		p.paragraph("  ", "the columns of "+strings.Join(slices.Sorted(maps.Keys(unchecked)), ", ")+" are not confirmed: compare them with the body's form")
	}
	for _, d := range order {
		p.paragraph("  ", fmt.Sprintf("decision on %s: %s (%s)", d.Variable, strings.TrimRight(d.Text, ". "), strings.Join(slices.Sorted(maps.Keys(made[d])), ", ")))
	}
}

// LargeChanges writes the changes beyond what series expect: between which returns,
// of what, and how far they go. The manifest, where there is one, says how
// many decimals they have.
func LargeChanges(out io.Writer, changes []release.Change, m *release.Manifest, labels *release.Labels, width int) error {
	w := &page{out: out, width: width}
	var order []string
	of := map[string][]string{}
	for _, c := range changes {
		most := ""
		for _, n := range c.NoteList().Only(indicator.BeyondTolerance) {
			most = n.Args[0]
		}
		key := fmt.Sprintf("%s from %s, by more than %s%%: %s", c.Source, c.FromSource, most, c.Indicator)
		if of[key] == nil {
			order = append(order, key)
		}
		name := "All"
		if c.Breakdown != codebook.All {
			name = labels.Text("category", c.Breakdown, c.Category)
		}
		if c.Item != codebook.All {
			name += ", " + labels.Text("item", c.Indicator, c.Item)
		}
		of[key] = append(of[key], name+" "+digitsOf(m.Indicator(c.Indicator)).direction(c))
	}
	slices.Sort(order)
	const most = 10 // that are listed
	for _, key := range order {
		list := of[key]
		if len(list) > most {
			list = append(list[:most:most], fmt.Sprintf("and %d more", len(list)-most))
		}
		w.paragraph("  ", key+": "+strings.Join(list, "; "))
	}
	return w.err
}

// counted are the numerator and the denominator of a return's figure.
func counted(f release.Figure) []string {
	cell := func(x float64) string {
		switch {
		case math.IsNaN(x):
			return "-"
		case x == math.Trunc(x) && math.Abs(x) < 1<<53:
			return Count(int64(x))
		}
		return fixed(x, 2)
	}
	return []string{cell(f.Numerator), cell(f.Denominator)}
}
