package weigh

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// makers make replicate weights from a design, by codebook.MadeMethods.
var makers = map[string]func(d *design.Design, r *codebook.Replicates) (*design.Design, refusal.Problems){
	"brr": func(d *design.Design, _ *codebook.Replicates) (*design.Design, refusal.Problems) { return BRR(d, 0) },
	"fay": func(d *design.Design, r *codebook.Replicates) (*design.Design, refusal.Problems) {
		return BRR(d, r.Fay)
	},
	"jk1": func(d *design.Design, _ *codebook.Replicates) (*design.Design, refusal.Problems) { return JK1(d) },
	"jk2": func(d *design.Design, _ *codebook.Replicates) (*design.Design, refusal.Problems) { return JK2(d) },
	"jkn": func(d *design.Design, _ *codebook.Replicates) (*design.Design, refusal.Problems) { return JKn(d) },
	"bootstrap": func(d *design.Design, r *codebook.Replicates) (*design.Design, refusal.Problems) {
		return Bootstrap(d, r.Draws(), r.Start())
	},
	"rescaling-bootstrap": func(d *design.Design, r *codebook.Replicates) (*design.Design, refusal.Problems) {
		return RescalingBootstrap(d, r.Draws(), r.Start())
	},
	"successive-difference": func(d *design.Design, r *codebook.Replicates) (*design.Design, refusal.Problems) {
		return SuccessiveDifference(d, r.Draws(), nil)
	},
}

// Wave weighs each design of a harmonised wave as its crosswalk's weight of that
// name says. Where names the wave in problems.
func Wave(w *indicator.Wave, where string) refusal.Problems {
	var ps refusal.Problems
	of := Variables{
		Labels:  func(name string) []string { return w.Table.Column(name).Labels() },
		Numbers: func(name string) []float64 { return w.Table.Column(name).Floats() },
	}
	for _, name := range slices.Sorted(maps.Keys(w.Designs)) {
		d, _, found := Weigh(w.Designs[name], w.Crosswalk.Weights[name], of)
		for _, p := range found {
			p.Where = where + ": " + p.Where
			ps = append(ps, p)
		}
		if found == nil {
			w.Designs[name] = d
		}
	}
	return ps
}

// Variables are those of a table that margins are of, row by row: the category of
// each, "" where it has none, or its number, NaN where it has none.
type Variables struct {
	Labels  func(name string) []string
	Numbers func(name string) []float64
}

// Weigh does to a design what its weight says, in this order: replicates are
// made, where the extract has none, the weight is calibrated, and trimmed. The account
// is nil where it is neither calibrated nor trimmed.
func Weigh(d *design.Design, w codebook.Weight, of Variables) (*design.Design, *Weighting, refusal.Problems) {
	var ps refusal.Problems
	if r := w.Replicates; r != nil && len(r.Variables) == 0 {
		if d, ps = makers[r.Method](d, r); ps == nil && r.MSE {
			d.Replicates.MSE = true
		}
	}
	if w.Calibrate == nil && w.Trim == nil || ps != nil {
		return d, nil, ps
	}
	account := &Weighting{Base: d.Weight}
	if w.Calibrate != nil {
		d, ps = account.calibrate(d, *w.Calibrate, of)
	}
	if w.Trim != nil && ps == nil {
		before := d.Weight
		if d, ps = Trim(d, w.Trim[0], w.Trim[1], true); ps == nil {
			account.trimmed(before, w.Trim)
		}
	}
	if ps != nil {
		return nil, nil, ps
	}
	account.end(d)
	return d, account, nil
}

// calibrate brings the weights to the margins.
func (a *Weighting) calibrate(d *design.Design, to codebook.Calibration, of Variables) (made *design.Design, ps refusal.Problems) {
	margins, controls := known(d, to, of)
	switch {
	case to.Distance != "":
		how := Calibrating{Distance: Distance(to.Distance)}
		if to.Bounds != nil {
			how.Lower, how.Upper = to.Bounds[0], to.Bounds[1]
		}
		ps = checkControls(d, controls)
		for _, m := range margins {
			_, found := cellsOf(d, m)
			ps = append(ps, found...)
		}
		if to.Within != "" {
			found := refusal.Problems(nil)
			how.Within, found = a.within(d, to.Within)
			ps = append(ps, found...)
		}
		if ps != nil {
			return nil, ps
		}
		all := slices.Clone(controls)
		for _, m := range margins {
			all = append(all, m.Controls()...)
		}
		made, a.Iterations, ps = calibrate(d, all, how)
		a.Method, a.Lower, a.Upper = to.Distance, how.Lower, how.Upper
	default:
		own, found := withoutAll(margins)
		switch {
		case found != nil:
			return nil, found
		case len(own) == 1:
			made, ps = PostStratify(d, own[0])
			a.Method = PostStratified
		default:
			made, a.Iterations, ps = rake(d, own, Raking{})
			a.Method = Raked
		}
	}
	a.margins, a.controls = margins, controls
	return made, ps
}

// withoutAll leaves out the size of the population, which margins of categories hold
// themselves, and refuses it where they do not.
func withoutAll(margins []Margin) (own []Margin, ps refusal.Problems) {
	size := 0.0
	for _, m := range margins {
		if m.Name == codebook.All {
			size = m.Total[codebook.All]
			continue
		}
		own = append(own, m)
	}
	if own == nil {
		return margins, nil
	}
	for _, m := range own {
		if sum := populationOf(m); size > 0 && math.Abs(sum-size) > samePopulation*size {
			ps.AddHint(scaleHint, fmt.Sprintf("margin %q", m.Name), "a population of %.10g, want %.10g as in margin %q", sum, size, codebook.All)
		}
	}
	return own, ps
}

// populationOf is the sum of a margin's totals.
func populationOf(m Margin) float64 {
	totals := make([]float64, 0, len(m.Total))
	for _, label := range slices.Sorted(maps.Keys(m.Total)) {
		totals = append(totals, m.Total[label])
	}
	return design.Total(totals)
}

// known are the totals that a calibration is to: of categories, and of numbers.
func known(d *design.Design, to codebook.Calibration, of Variables) (margins []Margin, controls []Control) {
	population := design.Total(d.Weight)
	for _, m := range to.Margins {
		if m.Variable == codebook.All {
			population = *m.Total
		}
	}
	for _, m := range to.Margins {
		switch {
		case m.Variable == codebook.All:
			margins = append(margins, Margin{Name: m.Variable, Label: slices.Repeat([]string{codebook.All}, len(d.Rows)), Total: map[string]float64{codebook.All: *m.Total}})
		case m.Total != nil:
			controls = append(controls, Control{Name: m.Variable, Of: design.Pick(of.Numbers(m.Variable), d.Rows), Total: *m.Total})
		default:
			totals := maps.Clone(m.Totals)
			if m.Shares {
				totals, _, _ = codebook.SharesOf(m.Totals)
				for code, share := range totals {
					totals[code] = float64(share * population)
				}
			}
			margins = append(margins, Margin{Name: m.Variable, Label: design.Pick(crossedLabels(m.Crossed(), of), d.Rows), Total: totals})
		}
	}
	return margins, controls
}

// crossedLabels are the categories of rows in several variables, joined as a margin's
// are; "" where one has none.
func crossedLabels(names []string, of Variables) []string {
	made := of.Labels(names[0])
	for _, name := range names[1:] {
		joined := map[[2]string]string{} // each once
		next := of.Labels(name)
		crossed := make([]string, len(made))
		for row, first := range made {
			pair := [2]string{first, next[row]}
			if first == "" || next[row] == "" {
				continue
			}
			label, met := joined[pair]
			if !met {
				label = first + codebook.CrossSign + next[row]
				joined[pair] = label
			}
			crossed[row] = label
		}
		made = crossed
	}
	return made
}
