package weigh

import (
	"maps"
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
	for _, name := range slices.Sorted(maps.Keys(w.Designs)) {
		d, found := Weigh(w.Designs[name], w.Crosswalk.Weights[name], func(variable string) []string { return w.Table.Column(variable).Labels() })
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

// Weigh does to a design what its weight says, in this order: replicates are
// made, where the extract has none, the weight is calibrated, and trimmed. Label
// gives the category of each row of the table, "" where it has none.
func Weigh(d *design.Design, w codebook.Weight, label func(variable string) []string) (*design.Design, refusal.Problems) {
	var ps refusal.Problems
	if r := w.Replicates; r != nil && len(r.Variables) == 0 {
		d, ps = makers[r.Method](d, r)
	}
	if w.Calibrate != nil && ps == nil {
		d, ps = toMargins(d, *w.Calibrate, label)
	}
	if w.Trim != nil && ps == nil {
		d, ps = Trim(d, w.Trim[0], w.Trim[1], true)
	}
	return d, ps
}

// toMargins brings the weights to the margins.
func toMargins(d *design.Design, to codebook.Calibration, label func(variable string) []string) (*design.Design, refusal.Problems) {
	var margins []Margin
	var controls []Control
	for _, m := range to.Margins {
		margin := Margin{Name: m.Variable, Label: design.Pick(label(m.Variable), d.Rows), Total: maps.Clone(m.Totals)}
		margins = append(margins, margin)
		controls = append(controls, margin.Controls()...)
	}
	switch {
	case to.Distance != "":
		how := Calibrating{Distance: Distance(to.Distance)}
		if to.Bounds != nil {
			how.Lower, how.Upper = to.Bounds[0], to.Bounds[1]
		}
		return Calibrate(d, controls, how)
	case len(margins) == 1:
		return PostStratify(d, margins[0])
	}
	return Rake(d, margins, Raking{})
}
