package estimate

import (
	"fmt"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/tally"
)

// sourceOf is what the figures of a design are counted from: the respondents, or
// what was counted of them elsewhere.
func sourceOf(d *design.Design, w *indicator.Wave) tally.Source {
	if part := w.Parts[d.Weights]; part != nil {
		return part
	}
	return tally.Of(d, w.Table)
}

// unheld refuses what a wave without respondents cannot give: figures that a tally
// does not count, and those that need the respondents themselves.
func unheld(plans []*pass, rows []request, w *indicator.Wave) refusal.Problems {
	if w.Parts == nil {
		return nil
	}
	ps := needRespondents(rows)
	for _, p := range plans {
		part := w.Parts[p.design.Weights]
		d := p.requests[0][0].definition
		switch {
		case !part.Has(&p.plan):
			ps = append(ps, refusal.Problem{Kind: refusal.Data, Where: p.named(), What: "the tally was not made of it, want a tally of the same question"})
		case part.Head.Level == tally.OfStrata && slices.ContainsFunc(p.plan.Domains, func(d tally.Domain) bool { return d.Pairs != nil }):
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: p.named(), What: fmt.Sprintf("a comparison of %s within PSUs, of which a tally by stratum does not tell", d.Statistic), Hint: "make the tally with --lines psu"})
		}
	}
	return ps
}

// needRespondents refuses the figures that no tally has the sums of.
func needRespondents(rows []request) refusal.Problems {
	var ps refusal.Problems
	told := map[string]bool{}
	for _, a := range rows {
		why := "quantiles"
		switch d := a.design; {
		case d.Replicates != nil:
			why = "replicate weights"
		case len(d.Calibrations) > 0:
			why = "calibrated weights"
		case len(d.Later) > 0:
			why = "stages after the first"
		case d.Rotation != nil:
			why = "waves whose PSUs rotate"
		case a.definition.Standardise != nil:
			why = "standardised figures"
		}
		if !told[why] {
			told[why] = true
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: string(a.definition.Statistic), What: why + " need the respondents, whom a tally does not have", Hint: "twc estimate FILE reads them"})
		}
	}
	return ps
}

// named is what a pass is of, for problems.
func (p *pass) named() string {
	a := p.requests[0][0]
	return fmt.Sprintf("%s of %s", a.definition.Statistic, a.item.Of.Variable)
}

// A Counting is what a tally of definitions counts by one weight.
type Counting struct {
	Design *design.Design
	Units  tally.Units
	tally.Planned
}

// Countings are what a tally of definitions counts of a wave. They are refused where
// something needs the respondents.
func Countings(book *codebook.Codebook, definitions []*indicator.Definition, w *indicator.Wave) ([]Counting, refusal.Problems) {
	passes, rows := plansOf(book, definitions, w, make([][]indicator.Lack, len(definitions)))
	if ps := needRespondents(rows); ps != nil {
		return nil, ps
	}
	var made []Counting
	var ps refusal.Problems
	for _, p := range passes {
		for i := range p.plan.Domains {
			p.plan.Domains[i].Pairs = nil // which PSUs tell
		}
		u, problems := p.units(tally.Of(p.design, w.Table), w)
		made, ps = append(made, Counting{p.design, u, tally.Planned{Plan: p.plan, Amounts: u.Amounts}}), append(ps, problems...)
	}
	return made, ps
}
