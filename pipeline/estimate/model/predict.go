package model

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Averaged are the variables that predictions and slopes of a formula need beside its own:
// what its expressions make with a variable at a value, and their derivatives.
func (f *Formula) Averaged(predictions []question.Prediction, slopes []string) []expression.Let {
	var made []expression.Let
	add := func(name string, e *expression.Expression) {
		if e != nil && !slices.ContainsFunc(made, func(l expression.Let) bool { return l.Name == name }) {
			made = append(made, expression.Let{Name: name, Expression: e})
		}
	}
	for _, l := range f.Made {
		if l.Name == f.Response {
			continue
		}
		for _, p := range predictions {
			for _, at := range p.At {
				if x, err := strconv.ParseFloat(at, 64); err == nil && madeOf(l, p.Variable) {
					add(atValue(l.Name, p.Variable, at), l.With(p.Variable, x))
				}
			}
		}
		for _, name := range slopes {
			if madeOf(l, name) {
				add(rateBy(l.Name, name), l.Derivative(name))
			}
		}
	}
	return made
}

// madeOf says whether a let is made of the variable of a name.
func madeOf(l expression.Let, name string) bool {
	return slices.ContainsFunc(l.Variables(), func(n string) bool { return strings.EqualFold(n, name) })
}

// The names of what Averaged makes, which no formula has.
func atValue(made, variable, value string) string { return made + " at " + variable + "=" + value }
func rateBy(made, variable string) string         { return made + " by " + variable }

// Average gives a fit's average predictions and slopes, with limits at a level; variables
// are those of its formula and of Averaged. The predictions of a variable of a model are
// compared with the one at its reference, or at the first value. errors is one of
// question.PredictionErrors. Variables that the model has not are left out; it refuses
// values that it cannot take and slopes that are not known.
func (f *Fit) Average(d *design.Design, variables map[string]Variable, predictions []question.Prediction, slopes []string, errors string, level float64) ([]release.Coefficient, refusal.Problems) {
	start := *f.Model
	start.start = f.Values
	of, ps := start.averaged(variables, predictions, slopes)
	if ps != nil || of == nil {
		return nil, ps
	}
	a := &averages{&start, of}
	values, covariance := a.errors(d, f, errors)
	var gradients [][]float64
	if f.Freedoms != nil {
		gradients = a.gradients(a.model.weights(d.Weight), f.Values)
	}
	// freedom is that of one average, or of the difference of two.
	freedom := func(i, less int) float64 {
		if gradients == nil {
			return f.ResidualDF
		}
		g := slices.Clone(gradients[i])
		for j := range g {
			if less >= 0 {
				g[j] -= gradients[less][j]
			}
		}
		return f.freedom(g)
	}
	var made []release.Coefficient
	add := func(of *average, kind, name, label string, value, variance, df float64) {
		se := math.Sqrt(variance)
		if !(se > 0) {
			se = math.NaN()
		}
		c := indicator.Compare(value, se, df, f.N, level)
		r := release.Coefficient{
			Formula: f.Model.Formula.String(), Family: string(f.Model.Family), Term: of.variable, Name: name, Label: label, Quantity: kind, Outcome: of.outcome,
			Value: c.Value, SE: c.SE, Lower: c.Lower, Upper: c.Upper, Level: level, T: c.Statistic, DF: release.Finite(c.DF), P: c.P, Base: int64(c.N),
			Ratio: math.NaN(), RatioLower: math.NaN(), RatioUpper: math.NaN(),
		}
		if kind == release.PredictionOf {
			r.T, r.P = math.NaN(), math.NaN() // of nothing that is asked
		}
		made = append(made, r)
	}
	for i, x := range of {
		kind := release.PredictionOf
		if x.slope {
			kind = release.SlopeOf
		}
		add(x, kind, x.name, x.label, values[i], covariance[i][i], freedom(i, -1))
	}
	for i, x := range of {
		k := slices.IndexFunc(of, func(o *average) bool {
			return o.reference && !o.slope && o.variable == x.variable && o.outcome == x.outcome
		})
		if x.slope || k == i {
			continue
		}
		label := ""
		if x.label != "" && of[k].label != "" {
			label = x.label + " - " + of[k].label
		}
		add(x, release.DifferenceOf, x.name+" - "+of[k].name, label, values[i]-values[k], covariance[i][i]+covariance[k][k]-2*covariance[i][k], freedom(i, k))
	}
	return made, nil
}

// averaged makes the averages that are asked for, of the variables that the model has.
func (m *Model) averaged(variables map[string]Variable, predictions []question.Prediction, slopes []string) ([]*average, refusal.Problems) {
	var made []*average
	var ps refusal.Problems
	add := func(a *average) {
		if m.Levels == nil {
			made = append(made, a)
			return
		}
		for k, level := range m.Levels {
			of := *a
			of.level, of.outcome = k, level
			made = append(made, &of)
		}
	}
	for _, p := range predictions {
		if !m.Formula.Explains(p.Variable) {
			continue
		}
		at, reference, labels, found := m.valuesOf(variables, p)
		if ps = append(ps, found...); found != nil {
			continue
		}
		for i, value := range at {
			a, found := m.atValue(variables, p.Variable, value)
			if ps = append(ps, found...); found != nil {
				break
			}
			a.label, a.reference = labels[i], i == reference
			add(a)
		}
	}
	for _, name := range slopes {
		if !m.Formula.Explains(name) {
			continue
		}
		a, found := m.slope(variables, name)
		if ps = append(ps, found...); found == nil {
			add(a)
		}
	}
	return made, ps
}

// Explains says whether a formula explains by the variable of a name.
func (f *Formula) Explains(name string) bool {
	for _, v := range f.explaining() {
		if f.depends(v.Name, name) {
			return true
		}
	}
	return slices.ContainsFunc(f.Offsets, func(offset string) bool { return f.depends(offset, name) })
}

// explaining lists the variables of the formula's terms, each once.
func (f *Formula) explaining() []Explaining {
	var all []Explaining
	for _, t := range f.Terms {
		for _, v := range t {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

// depends says whether a variable of the formula is that of a name, or made of it.
func (f *Formula) depends(variable, name string) bool {
	if l := f.made(variable); l != nil {
		return madeOf(*l, name)
	}
	return strings.EqualFold(variable, name)
}

// valuesOf are the values that a prediction is for, which of them the others are held
// against, and what they are called.
func (m *Model) valuesOf(variables map[string]Variable, p question.Prediction) (at []string, reference int, labels []string, ps refusal.Problems) {
	var of *part
	for _, v := range m.Formula.explaining() {
		if !v.Made && strings.EqualFold(v.Name, p.Variable) && (v.Factor || variables[v.Name].Numbers == nil) {
			of, _ = m.factor(variables[v.Name], v)
		}
	}
	switch {
	case p.At != nil:
		at = p.At
	case of == nil:
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--predict", What: fmt.Sprintf("%s is numbers in the model %s, want the values to predict at, as %s=20,40", p.Variable, m.Formula, p.Variable), Hint: "--slope " + p.Variable + " is the average slope by it"})
		return nil, 0, nil, ps
	default:
		at = slices.Clone(of.codes)
		slices.SortFunc(at, func(a, b string) int { return slices.Index(of.order, a) - slices.Index(of.order, b) })
	}
	labels = make([]string, len(at))
	if of == nil {
		return at, 0, labels, nil
	}
	for i, code := range at {
		k := of.variable.place(of.codes, code)
		if k < 0 {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--predict", What: fmt.Sprintf("nobody of the model is in category %q of %s, want one of %s", code, p.Variable, some(of.order))})
			continue
		}
		if at[i] = of.codes[k]; k == 0 {
			reference = i
		}
		if c := slices.IndexFunc(of.variable.Labels, func(c codebook.Category) bool { return c.Code == of.codes[k] }); c >= 0 {
			labels[i] = of.variable.Labels[c].Label
		}
	}
	return at, reference, labels, ps
}

// atValue is the average with a variable at one value.
func (m *Model) atValue(variables map[string]Variable, name, value string) (*average, refusal.Problems) {
	a := &average{name: name + "=" + value, variable: name}
	of := &source{variables: variables, instead: map[Explaining]*part{}}
	x, err := strconv.ParseFloat(value, 64)
	constant := slices.Repeat([]float64{x}, len(m.rows))
	wrong := func(format string, args ...any) (*average, refusal.Problems) {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--predict " + name + "=" + value, What: fmt.Sprintf(format, args...)}}
	}
	for _, v := range m.Formula.explaining() {
		switch {
		case !m.Formula.depends(v.Name, name):
		case v.Made:
			made, ok := m.numbers(variables, atValue(v.Name, name, value))
			if !ok {
				return wrong("%s has no value there, want a number for which it has", v.Name)
			}
			of.instead[v] = &part{labels: []string{v.called()}, columns: [][]float64{made}}
		case v.Factor || variables[v.Name].Numbers == nil:
			p, ps := m.factor(variables[v.Name], v)
			if ps != nil {
				return nil, ps
			}
			k := p.variable.place(p.codes, value)
			if k < 0 {
				return wrong("nobody of the model is in that category, want one of %s", some(p.order))
			}
			for c := range p.columns {
				p.columns[c] = make([]float64, len(m.rows))
			}
			p.columns[k] = slices.Repeat([]float64{1}, len(m.rows))
			of.instead[v] = p
		case err != nil:
			return wrong("want a number, which %s is in the model %s", name, m.Formula)
		case v.Degree > 0:
			of.instead[v] = &part{labels: v.powers(), columns: m.polynomials[v].at(constant)}
		default:
			of.instead[v] = &part{labels: []string{v.called()}, columns: [][]float64{constant}}
		}
	}
	a.offset = m.offset
	for _, offset := range m.Formula.Offsets {
		if !m.Formula.depends(offset, name) {
			continue
		}
		now, ok := constant, err == nil
		if m.Formula.made(offset) != nil {
			now, ok = m.numbers(variables, atValue(offset, name, value))
		}
		if !ok {
			return wrong("%s has no value there, want a number for which it has", offset)
		}
		was, _ := m.numbers(variables, offset)
		moved := slices.Clone(a.offset)
		for r := range moved {
			moved[r] += now[r] - was[r]
		}
		a.offset = moved
	}
	var ps refusal.Problems
	a.x, ps = m.columnsKept(of)
	return a, ps
}

// slope is the average slope by a variable of numbers.
func (m *Model) slope(variables map[string]Variable, name string) (*average, refusal.Problems) {
	a := &average{name: name, variable: name, slope: true, x: m.x, offset: m.offset, rate: make([][]float64, len(m.x))}
	for j := range a.rate {
		a.rate[j] = make([]float64, len(m.rows))
	}
	one := slices.Repeat([]float64{1}, len(m.rows))
	rates := func(made string) ([]float64, refusal.Problems) {
		x, ok := m.numbers(variables, rateBy(made, name))
		if ok {
			return x, nil
		}
		what := fmt.Sprintf("the slope of %s is not known, want arithmetic, log, exp and sqrt of %s alone", made, name)
		if _, there := variables[rateBy(made, name)]; there {
			what = fmt.Sprintf("%s has no slope for some respondents, want one for all", made)
		}
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--slope " + name, What: what}}
	}
	for _, v := range m.Formula.explaining() {
		if !m.Formula.depends(v.Name, name) {
			continue
		}
		p := &part{labels: []string{v.called()}, columns: [][]float64{one}}
		switch {
		case v.Made:
			x, ps := rates(v.Name)
			if ps != nil {
				return nil, ps
			}
			p.columns[0] = x
		case v.Factor || variables[v.Name].Numbers == nil:
			return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--slope " + name, What: fmt.Sprintf("is categories in the model %s, want numbers", m.Formula), Hint: "--predict " + name + " compares its categories"}}
		case v.Degree > 0:
			x, _ := m.numbers(variables, v.Name)
			p.labels = v.powers()
			_, p.columns = m.polynomials[v].evaluate(x)
		}
		of := &source{variables: variables, instead: map[Explaining]*part{v: p}, rate: &v}
		x, ps := m.columnsKept(of)
		if ps != nil {
			return nil, ps
		}
		for j := range x {
			for r := range x[j] {
				a.rate[j][r] += x[j][r]
			}
		}
	}
	for _, offset := range m.Formula.Offsets {
		if !m.Formula.depends(offset, name) {
			continue
		}
		if a.add == nil {
			a.add = make([]float64, len(m.rows))
		}
		x, ps := one, refusal.Problems(nil)
		if m.Formula.made(offset) != nil {
			if x, ps = rates(offset); ps != nil {
				return nil, ps
			}
		}
		for r := range x {
			a.add[r] += x[r]
		}
	}
	return a, nil
}

// numbers are those of a variable in the model's rows, and whether all have one.
func (m *Model) numbers(variables map[string]Variable, name string) ([]float64, bool) {
	v := variables[name]
	if v.Numbers == nil {
		return nil, false
	}
	made := make([]float64, len(m.rows))
	for r, i := range m.rows {
		made[r] = v.Numbers[i]
	}
	return made, !slices.ContainsFunc(made, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// columnsKept are the columns of the model's coefficients, made of a source.
func (m *Model) columnsKept(of *source) ([][]float64, refusal.Problems) {
	all, ps := m.columns(of)
	if ps != nil {
		return nil, ps
	}
	var kept [][]float64
	for j, keep := range m.kept {
		if keep {
			kept = append(kept, all.x[j])
		}
	}
	return kept, nil
}
