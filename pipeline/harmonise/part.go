package harmonise

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/tally"
)

// Part is what a tally gives in place of an extract: its variables, without rows, and
// the design of those whom it counted.
func Part(x *codebook.Crosswalk, book *codebook.Codebook, p *tally.Part, where string) (*Result, refusal.Problems) {
	r := &Result{Book: book, Missing: map[string][]string{}, Wave: &indicator.Wave{Crosswalk: x, Table: table.New(0), Designs: map[string]*design.Design{}, Parts: map[string]*tally.Part{}}}
	for _, v := range p.Head.Variables {
		made := codebook.Variable{Name: v.Name, Label: v.Label, Categories: v.Categories}
		c := &table.Column{Variable: made, Codes: table.NewCodes(0, max(len(v.Categories), len(v.Numbers)))}
		if v.Categories == nil {
			c.Numbers = append([]float64{}, v.Numbers...)
		}
		book.Variables[v.Name] = made
		r.Wave.Table.Add(c)
		r.Missing[v.Name] = v.Missing
	}
	w, from := x.Weights[codebook.CoreWeight], x.Design
	s := design.Source{
		Weights: codebook.CoreWeight, Where: where, Nested: from.Nested, Lonely: from.Lonely, DomainLonely: from.DomainLonely, Factor: from.Factor,
		Quota: from.Sampling == codebook.SamplingQuota, Collapse: from.Collapse,
	}
	s.Names.Weight = w.Variable
	p.Collapse = from.Collapse
	drawn, facts := p.Counted()
	level := p.Head.Level
	d, ps := design.NewCounted(s, drawn, facts, len(p.Head.Strata) > 0, level == tally.OfPSUs || level == tally.OfStrata, level == tally.OfPSUs)
	r.Wave.Designs[codebook.CoreWeight], r.Wave.Parts[codebook.CoreWeight] = d, p
	return r, ps
}
