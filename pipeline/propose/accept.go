package propose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/refusal"
)

// Confirm is a candidate as what was seen in the file.
func (p Proposal) Confirm(c Candidate, sha256 string) codebook.Confirmation {
	return codebook.Confirmation{Subject: p.Subject, Raw: c.Raw, Codes: c.Codes, Missing: c.Missing, SHA256: sha256}
}

// An Acceptance is what an analyst takes of the proposals: a subject, and raw variables
// where they are named.
type Acceptance struct {
	Wave    codebook.SourceID // "" is any
	Subject string            // All is everything that is proposed
	Raw     []string          // none is the one that is proposed, or the only candidate
}

// All accepts everything that is proposed.
const All = "all"

// ParseAcceptance reads [SURVEY/WAVE/]VARIABLE[=RAW[+RAW...]].
func ParseAcceptance(text string) (Acceptance, error) {
	var a Acceptance
	subject, raw, named := strings.Cut(text, "=")
	if at := strings.LastIndexByte(subject, '/'); at >= 0 {
		wave, err := codebook.ParseSourceID(subject[:at])
		if err != nil {
			return a, err
		}
		a.Wave, subject = wave, subject[at+1:]
	}
	a.Subject = subject
	if named {
		a.Raw = strings.Split(raw, "+")
	}
	if subject == "" || slices.Contains(a.Raw, "") || subject == All && named {
		return a, fmt.Errorf("%q, want a variable of the crosswalk, as influence-local or influence-local=q12a, or %s", text, All)
	}
	return a, nil
}

// Accept returns what acceptances make of a wave's proposals; none is everything that
// is proposed. Those of another wave are passed over; used says which were not.
func Accept(d *description.File, x *codebook.Crosswalk, known Known, found []Proposal, accepted []Acceptance) (made []codebook.Confirmation, used []bool, ps refusal.Problems) {
	used = make([]bool, len(accepted))
	taken := map[string]bool{}
	take := func(p Proposal, c Candidate) {
		if taken[p.Subject] {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--accept", What: fmt.Sprintf("%s is accepted twice", p.Subject)})
		}
		taken[p.Subject] = true
		made = append(made, p.Confirm(c, d.SHA256))
	}
	for i, a := range accepted {
		if a.Wave != "" && a.Wave != x.ID() || a.Subject == All {
			continue
		}
		at := slices.IndexFunc(found, func(p Proposal) bool { return p.Subject == a.Subject })
		if at < 0 {
			continue
		}
		used[i] = true
		c, hint, err := found[at].choose(d, x, known, a)
		if err != nil {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--accept", What: fmt.Sprintf("%s of %s: %v", a.Subject, x.ID(), err), Hint: hint})
			continue
		}
		take(found[at], c)
	}
	for i, a := range accepted {
		if a.Subject == All && (a.Wave == "" || a.Wave == x.ID()) {
			used[i] = true
			for _, p := range found {
				if p.Settled && !taken[p.Subject] {
					take(p, p.Candidates[0])
				}
			}
		}
	}
	if len(accepted) == 0 {
		for _, p := range found {
			if p.Settled {
				take(p, p.Candidates[0])
			}
		}
	}
	return made, used, ps
}

// choose is the candidate that an acceptance means.
func (p Proposal) choose(d *description.File, x *codebook.Crosswalk, known Known, a Acceptance) (c Candidate, hint string, err error) {
	if a.Raw != nil {
		c, err = named(d, x, known, a)
		return c, "twc describe shows the variable; what it is not by its codes, the crosswalk's line may be made by hand", err
	}
	var names []string
	for _, c := range p.Candidates {
		names = append(names, strings.Join(c.Raw, "+"))
	}
	switch only := len(p.Candidates) == 1 && len(p.Candidates[0].Against) == 0; {
	case p.Settled || p.Named || only:
		return p.Candidates[0], "", nil
	case len(names) == 0:
		return c, fmt.Sprintf("name it: --accept %s=RAW", a.Subject), fmt.Errorf("no candidate")
	}
	const most = 6
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("and %d more", more))
	}
	return c, fmt.Sprintf("say which: --accept %s=%s", a.Subject, names[0]), fmt.Errorf("%s: %s; none is taken without its name", p.Why, strings.Join(names, ", "))
}

// named is a candidate of raw variables that an analyst names.
func named(d *description.File, x *codebook.Crosswalk, known Known, a Acceptance) (c Candidate, err error) {
	m := newMatcher(d, known)
	s := x.Variables[a.Subject]
	_, variable := x.Variables[a.Subject]
	for _, raw := range a.Raw {
		at := m.find(raw)
		if at < 0 {
			return c, fmt.Errorf("no variable %q in the file%s", raw, refusal.Nearest(raw, d.Names))
		}
		next := Candidate{Raw: []string{m.Variables[at].Name}}
		if variable {
			var ok bool
			if next, ok = m.candidate(a.Subject, s, x.MissingOf(s), at); !ok {
				return c, fmt.Errorf("%s cannot be it: its codes are not those of the crosswalk, and no labels say what they are", raw)
			}
		}
		switch {
		case c.Raw == nil:
			c = next
		case !maps.Equal(c.Codes, next.Codes) || !maps.Equal(c.Missing, next.Missing):
			return c, fmt.Errorf("%s and %s have other codes", c.Raw[0], raw)
		default:
			c.Raw = append(c.Raw, next.Raw...)
		}
	}
	name, weight := strings.CutPrefix(a.Subject, codebook.Weighted)
	want := len(slices.Concat(x.Design.Stratum, x.Design.PSU, x.Design.Population))
	switch {
	case a.Subject == codebook.Drawn && len(c.Raw) != want:
		return c, fmt.Errorf("%s, want %d: strata, PSUs and populations in the crosswalk's order", refusal.Count(len(c.Raw), "variable"), want)
	case weight && x.Weights[name].Sample != nil && len(c.Raw) != 2:
		return c, fmt.Errorf("%s, want the weight and the variable that tells its sample, as wt+sample", refusal.Count(len(c.Raw), "variable"))
	case weight && x.Weights[name].Sample == nil && len(c.Raw) != 1:
		return c, fmt.Errorf("%s, want one", refusal.Count(len(c.Raw), "variable"))
	}
	return c, nil
}
