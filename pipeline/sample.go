package pipeline

import (
	"fmt"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/weigh"
)

// design makes the sample design of an extract.
func (q *Question) design(e *ingest.Extract) (*design.Design, error) {
	raw := harmonise.Raw{Table: e.Table, Names: e.Names, Where: e.Name, Line: e.Line}
	x := &codebook.Crosswalk{Design: q.Design, Weights: map[string]codebook.Weight{q.Weight.Variable: q.Weight}}
	x.Design.Nested = true
	d, ps := harmonise.Design(raw, x, q.Weight.Variable)
	if ps != nil {
		return nil, ps.Err()
	}
	w := q.Weight
	var of []codebook.Margin
	for _, m := range q.Weight.Margins() {
		spelled, found := spelledMargin("margin", m, q.field(e.Table.Column(m.Variable)))
		of, ps = append(of, spelled), append(ps, found...)
	}
	if of != nil {
		to := *w.Calibrate
		to.Margins, w.Calibrate = of, &to
	}
	if ps == nil {
		d, ps = weigh.Weigh(d, w, func(variable string) []string { return q.field(e.Table.Column(variable)).Categories() })
	}
	return d, ps.Err()
}

// lonely are the strata with one cluster of a design whose errors follow a
// policy for them.
func (q *Question) lonely(d *design.Design) []Lonely {
	if d.Lonely == codebook.LonelyRefuse || d.Error == design.ByFactor || q.Weight.Given() {
		return nil
	}
	all := design.Total(d.Weight)
	var found []Lonely
	for n, s := range append([]design.Stage{d.Stage}, d.Later...) {
		made := Lonely{Stage: n + 1, Of: len(s.Size)}
		for h, size := range s.Size {
			if size == 1 && !s.Certain(int32(h)) {
				made.Strata++
			}
		}
		var weights []float64
		for i, c := range s.Cluster {
			if h := s.Stratum[c]; s.Size[h] == 1 && !s.Certain(h) {
				weights = append(weights, d.Weight[i])
			}
		}
		if made.Strata > 0 {
			made.Share = design.Total(weights) / all
			found = append(found, made)
		}
	}
	return found
}

// notNumbers says which cells keep a variable from being numbers.
func notNumbers(e *ingest.Extract, name string) string {
	first, count := e.NotNumbers(name, 3)
	if count == 0 {
		return "is text, want numbers"
	}
	cells := make([]string, len(first))
	for i, cell := range first {
		cells[i] = cell.String()
	}
	return fmt.Sprintf("want numbers: %d cells are not, such as %s", count, strings.Join(cells, ", "))
}
