package indicator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// A Policy is a disclosure policy: what a release withholds, and how exactly it
// shows what is left. Of the one without disclosure control (NoControl) every
// bound is 0.
type Policy struct {
	Name              string     `yaml:"-" json:"name"`
	ConfidentialBelow int        `yaml:"confidential_below" json:"confidential_below"` // respondents in the base: figure and base are withheld
	SidesBelow        int        `yaml:"sides_below" json:"sides_below"`               // respondents on either side of a share: likewise
	UnreliableBelow   int        `yaml:"unreliable_below" json:"unreliable_below"`     // respondents in the base: the figure is withheld
	CautionBelow      int        `yaml:"caution_below" json:"caution_below"`           // respondents in the base: the figure has a note
	Zeros             string     `yaml:"zeros" json:"zeros"`                           // what becomes of shares of exactly 0 or 100 per cent: Withhold or Show
	Dominance         float64    `yaml:"dominance" json:"dominance"`                   // of one respondent's contribution in a total, above which it is withheld; from 0 to 1
	Interval          int        `yaml:"interval" json:"interval"`                     // narrowest, in respondents, that a withheld count may be known within
	Bases             string     `yaml:"bases" json:"bases"`                           // BasesExact, or the number that bases are shown to a multiple of
	Precision         Precisions `yaml:"precision" json:"precision"`
	Keep              []string   `yaml:"keep" json:"keep"` // populations, the first to be shown before the next where one is a part of another
	Source            string     `yaml:"source" json:"source"`
}

// NoControl is the name of the policy that withholds nothing.
const NoControl = "none"

// What a policy says of shares of exactly 0 or 100 per cent.
const (
	Withhold = "withhold"
	Show     = "publish"
)

// MostSides is the largest bound of respondents on a side that a policy may have.
const MostSides = 255

// BasesExact is of bases that are shown as they are.
const BasesExact = "exact"

// Without says whether the policy is the one without disclosure control.
func (p Policy) Without() bool { return p.Name == NoControl }

// Digest is the SHA-256 of all that the policy decides.
func (p Policy) Digest() string {
	p.Source = ""
	return Digest(p)
}

// An Again is a decision that figures which an earlier release withholds are decided on
// anew, and not withheld because they were.
type Again struct {
	Indicator string            `yaml:"indicator" json:"indicator"`
	Source    codebook.SourceID `yaml:"source" json:"source"`
	Breakdown string            `yaml:"breakdown" json:"breakdown"` // "" for all
	Reason    string            `yaml:"reason" json:"reason"`
}

// Of says whether the decision is of a figure.
func (a Again) Of(k Key) bool {
	return a.Indicator == k.Indicator && a.Source == k.Source && (a.Breakdown == "" || a.Breakdown == k.Breakdown)
}

// policies is disclosure.yaml.
type policies struct {
	Default  string             `yaml:"default"`
	Policies map[string]*Policy `yaml:"policies"`
	Again    []Again            `yaml:"decide_again"`
}

// readPolicies reads the policies of a page, sorted by name, finds the default, and
// reads what is decided anew.
func readPolicies(p *codebook.Page) (all []Policy, first Policy, again []Again, ps refusal.Problems) {
	var read policies
	if ps = p.Decode(&read); len(ps) > 0 {
		return nil, first, nil, ps
	}
	names := sortedKeys(read.Policies)
	for _, name := range names {
		policy := read.Policies[name]
		if policy == nil {
			policy = &Policy{}
		}
		policy.Name = name
		policy.Precision.fill()
		policy.Bases = cmp.Or(policy.Bases, BasesExact)
		policy.Keep = append([]string{}, policy.Keep...)
		ps = append(ps, policy.check(p)...)
		all = append(all, *policy)
		if name == read.Default {
			first = *policy
		}
	}
	offered := slices.DeleteFunc(names, func(name string) bool { return name == NoControl })
	if !slices.Contains(offered, read.Default) {
		ps.Add(p.At("default"), "default %q, want one of the policies with control%s", read.Default, refusal.Nearest(read.Default, offered))
	}
	return all, first, read.Again, ps
}

// checkAgain reports decisions on figures that the catalogue does not have, or without a
// reason.
func (c *Catalogue) checkAgain(sources map[codebook.SourceID]bool) refusal.Problems {
	var ps refusal.Problems
	for i, a := range c.Again {
		at := func(key string) string { return c.policies.At("decide_again", index(i), key) }
		d := c.Definition(a.Indicator)
		if d == nil {
			ps.Add(at("indicator"), "no indicator %q%s", a.Indicator, refusal.Nearest(a.Indicator, c.IDs()))
		}
		if !sources[a.Source] && !slices.ContainsFunc(c.Series, func(s *series.Series) bool { return string(s.Stem()) == a.Source.Survey() }) {
			ps.Add(at("source"), "no wave or series of returns %q in the catalogue%s", a.Source, refusal.Nearest(a.Source, sortedKeys(sources)))
		}
		if d != nil && a.Breakdown != "" && a.Breakdown != codebook.All && !slices.Contains(d.By(c.Codebook), a.Breakdown) {
			ps.Add(at("breakdown"), "%s has no breakdown %q%s", a.Indicator, a.Breakdown, refusal.Nearest(a.Breakdown, d.By(c.Codebook)))
		}
		if a.Reason == "" {
			ps.Add(at("reason"), "no reason, want why what was withheld may be shown")
		}
	}
	return ps
}

// check reports what a policy lacks, and what no policy can say.
func (p *Policy) check(page *codebook.Page) refusal.Problems {
	var ps refusal.Problems
	at := func(keys ...string) string { return page.At(append([]string{"policies", p.Name}, keys...)...) }
	if !codebook.ValidCode(p.Name) {
		ps.Add(at(), "policy %q, want lower-case letters, digits and single hyphens", p.Name)
	}
	bounds := []struct {
		key   string
		bound int
	}{
		{"confidential_below", p.ConfidentialBelow}, {"sides_below", p.SidesBelow}, {"unreliable_below", p.UnreliableBelow}, {"caution_below", p.CautionBelow}, {"interval", p.Interval},
	}
	for _, b := range bounds {
		switch {
		case p.Without() && b.bound != 0:
			ps.Add(at(b.key), "policy %s: %s %d, want none: it withholds nothing", p.Name, b.key, b.bound)
		case !p.Without() && b.bound < 1:
			ps.Add(at(b.key), "policy %s: %s %d, want 1 or more; the policy that withholds nothing is called %s", p.Name, b.key, b.bound, NoControl)
		}
	}
	if p.SidesBelow > MostSides {
		ps.Add(at("sides_below"), "policy %s: sides_below %d, want %d or less", p.Name, p.SidesBelow, MostSides)
	}
	switch {
	case p.Without():
		if p.Zeros != "" || p.Dominance != 0 || len(p.Keep) > 0 {
			ps.Add(at(), "policy %s: want no zeros, dominance or keep: it withholds nothing", p.Name)
		}
	default:
		if p.UnreliableBelow < p.ConfidentialBelow || p.CautionBelow < p.UnreliableBelow {
			ps.Add(at("confidential_below"), "policy %s: want confidential_below <= unreliable_below <= caution_below, found %d, %d, %d", p.Name, p.ConfidentialBelow, p.UnreliableBelow, p.CautionBelow)
		}
		if !(p.Dominance > 0 && p.Dominance <= 1) {
			ps.Add(at("dominance"), "policy %s: dominance %v, want a share above 0 and up to 1", p.Name, p.Dominance)
		}
		ps.OneOf(at("zeros"), "policy "+p.Name+": zeros", p.Zeros, []string{Show, Withhold})
	}
	ps.OneOf(at("bases"), "policy "+p.Name+": bases", p.Bases, []string{BasesExact, "5", "10"})
	for _, of := range p.Precision.keys() {
		if _, _, err := of.digits.parse(); err != nil {
			ps.Add(at("precision", of.key), "policy %s: precision of %s: %v", p.Name, of.key, err)
		}
	}
	return ps
}

// checkKeep reports populations that no source has.
func (c *Catalogue) checkKeep(populations []string) refusal.Problems {
	var ps refusal.Problems
	for _, p := range c.Policies {
		for i, id := range p.Keep {
			if !slices.Contains(populations, id) {
				ps.Add(c.policies.At("policies", p.Name, "keep", index(i)), "policy %s: no crosswalk has a population %q%s", p.Name, id, refusal.Nearest(id, populations))
			}
		}
	}
	return ps
}

// Choose makes a policy the one in force. One that the catalogue does not have is
// a problem of kind Usage.
func (c *Catalogue) Choose(name string) error {
	var names []string
	for _, p := range c.Policies {
		if p.Name == name {
			c.Disclosure = p
			return nil
		}
		names = append(names, p.Name)
	}
	return refusal.Problems{{
		Kind: refusal.Usage, What: fmt.Sprintf("no disclosure policy %q%s", name, refusal.Nearest(name, names)), Hint: c.Place("disclosure.yaml") + " has " + strings.Join(names, ", "),
	}}
}
