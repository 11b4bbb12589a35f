package propose

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/refusal"
)

// What labels call a stratum, a PSU, a key.
var (
	strata = regexp.MustCompile(`(?i)\bstrat(um|a|ification)`)
	psus   = regexp.MustCompile(`(?i)\bpsus?\b|primary sampling unit|\bsampling point|\bclusters?\b`)
	keys   = regexp.MustCompile(`(?i)\bserial\b|\bidentifier\b|\b(case|person|respondent|interview) (id|number)\b|\bunique (id|number)\b`)
)

// design proposes the key, the design and the weights.
func (m *matcher) design(x *codebook.Crosswalk) []Proposal {
	var found []Proposal
	add := func(subject string, wanted codebook.Names, known, sha256 string, candidates func(p *Proposal)) {
		p := Proposal{Subject: subject, Wanted: wanted}
		p.Absent = len(wanted) == 0 || slices.ContainsFunc(wanted, func(raw string) bool { return m.find(raw) < 0 })
		if known == codebook.Confirmed && !p.Absent && (sha256 == "" || sha256 == m.SHA256) {
			return
		}
		if candidates(&p); p.Why == "" && !p.Settled {
			p.Why = "no variable is like it"
		}
		found = append(found, p)
	}
	if k := x.Key; k != nil {
		add(codebook.HeldKey, k.Variables, k.Known, k.SHA256, m.key)
	}
	if names := slices.Concat(x.Design.Stratum, x.Design.PSU, x.Design.Population); len(names) > 0 {
		add(codebook.Drawn, names, x.Design.Known, x.Design.SHA256, func(p *Proposal) { m.drawn(p, x.Design) })
	}
	for _, name := range slices.Sorted(maps.Keys(x.Weights)) {
		w := x.Weights[name]
		if w.Variable == "" && len(x.Design.Population) > 0 || w.Given() {
			continue
		}
		wanted := codebook.Names{}
		if w.Variable != "" {
			wanted = append(wanted, w.Variable)
		}
		if w.Sample != nil {
			wanted = append(wanted, w.Sample.Variable)
		}
		add(codebook.Weighted+name, wanted, w.Known, w.SHA256, func(p *Proposal) { m.weight(p, x, name) })
	}
	return found
}

// key proposes what tells rows apart.
func (m *matcher) key(p *Proposal) {
	for i, v := range m.Variables {
		c := Candidate{Raw: []string{v.Name}, Label: v.Label}
		c.raw = i
		if m.name(&c, p.Subject, p.Wanted, v.Name); c.named < isNamed && keyNames.MatchString(v.Name) {
			c.named = isNamed
			c.For = append(c.For, "name: as of keys")
		}
		if keys.MatchString(v.Label) {
			c.asked = 1
			c.For = append(c.For, "label: as of keys")
		}
		if v.Present < m.Rows || v.Every && m.Rows > description.MostCodes || v.Weight != "" || len(p.Wanted) > 1 {
			continue // it has not one value a row
		}
		c.For = append(c.For, "a value in every row")
		if c.Score = float64(0.4*c.named) + float64(0.5*c.asked) + 0.1; c.Score >= enough {
			p.Candidates = append(p.Candidates, c)
		}
	}
	m.rank(p, func(c Candidate) bool { return c.asked > 0 })
}

// weight proposes a weight, with the variable of its sample where it has one.
func (m *matcher) weight(p *Proposal, x *codebook.Crosswalk, name string) {
	w := x.Weights[name]
	var wanted []string
	if w.Variable != "" {
		wanted = []string{w.Variable}
	}
	weights := 0
	for _, v := range m.Variables {
		if v.Weight != "" {
			weights++
		}
	}
	for i, v := range m.Variables {
		c := Candidate{Raw: []string{v.Name}, Label: v.Label}
		c.raw = i
		if m.name(&c, p.Subject, wanted, v.Name); !v.Numeric || v.Present == 0 || v.Weight == "" && c.named < isNamed {
			continue
		}
		if v.Weight != "" {
			c.asked = 0.6
			c.For = append(c.For, "a weight: "+v.Weight)
			called := len(description.NamedWeights([]string{v.Name})) > 0 || m.says(i, "weight")
			if m.says(i, name) || called && weights == 1 && len(x.Weights) == 1 {
				c.asked = 1
			}
		}
		if x.Size != nil && x.Size.Weights[name] > 0 {
			c.For = append(c.For, fmt.Sprintf("%s with a value, %d published", refusal.Count(v.Present, "row"), x.Size.Weights[name]))
		}
		if s := w.Sample; s != nil {
			at := m.find(s.Variable)
			if at < 0 {
				c.Against = append(c.Against, fmt.Sprintf("no variable %s, which tells its sample", s.Variable))
			} else {
				c.Raw = append(c.Raw, m.Variables[at].Name)
			}
		}
		if c.Score = float64(0.5*c.named) + float64(0.5*c.asked); c.Score >= enough {
			p.Candidates = append(p.Candidates, c)
		}
	}
	m.rank(p, func(c Candidate) bool { return c.asked == 1 || c.asked > 0 && c.named >= isNamed && c.Label != "" })
}

// drawn proposes strata and PSUs: all that the design has, or none.
func (m *matcher) drawn(p *Proposal, d codebook.DesignSource) {
	all := Candidate{Score: 1}
	sure := true
	for _, part := range []struct {
		names codebook.Names
		words *regexp.Regexp
	}{{d.Stratum, strata}, {d.PSU, psus}, {d.Population, nil}} {
		for n, name := range part.names {
			c, ok := m.part(name, part.words, len(part.names) == 1)
			if !ok {
				p.Candidates, p.Why = nil, fmt.Sprintf("nothing is like %s, or several are", name)
				return
			}
			if n == 0 && all.Label == "" {
				all.raw, all.Label = c.raw, c.Label
			}
			all.Raw, all.For = append(all.Raw, c.Raw...), append(all.For, c.For...)
			all.Score = min(all.Score, c.Score)
			sure = sure && c.asked > 0
		}
	}
	p.Candidates = []Candidate{all}
	if p.Settled = sure; !sure {
		p.Why, p.Named = byName, all.Label == ""
	}
}

// part is the variable of one part of a design: by its name, or the only one that has
// the words of one.
func (m *matcher) part(name string, words *regexp.Regexp, only bool) (c Candidate, ok bool) {
	var named, worded []Candidate
	for i, v := range m.Variables {
		c := Candidate{Raw: []string{v.Name}, Label: v.Label, Score: 0.6}
		c.raw = i
		c.named = likeName(name, v.Name)
		if words != nil && words.MatchString(v.Label) {
			c.asked = 1
			c.For = append(c.For, v.Name+": its label says so")
			worded = append(worded, c)
		}
		if c.named == same {
			c.Score = 0.8 + float64(0.2*c.asked)
			c.For = append(c.For, v.Name+": the crosswalk's name")
			named = append(named, c)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], true
	case len(named) == 0 && len(worded) == 1 && only:
		return worded[0], true
	}
	return c, false
}

// rank orders candidates and settles for one that is sure and alone.
func (m *matcher) rank(p *Proposal, sure func(Candidate) bool) {
	slices.SortStableFunc(p.Candidates, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	if len(p.Candidates) == 0 {
		return
	}
	first, like := p.Candidates[0], 1
	for _, c := range p.Candidates[1:] {
		if first.Score-c.Score < margin {
			like++
		}
	}
	switch {
	case like > 1:
		p.Why = fmt.Sprintf("%d are alike", like)
	case len(first.Against) > 0:
		p.Why = first.Against[0]
	case !sure(first):
		p.Why, p.Named = byName, first.named == same && first.Label == ""
	default:
		p.Settled = true
	}
	p.Candidates = p.Candidates[:min(len(p.Candidates), max(shown, like))]
}
