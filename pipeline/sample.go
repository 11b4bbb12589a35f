package pipeline

import (
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// A Sample names the variables of a sample design.
type Sample struct {
	Stratum      []string // crossed
	PSU          []string // of the first stage and those after it
	Population   []string // of each stage: the clusters that its strata have, or the fraction of them drawn
	Weight       string   // "" where Population gives the weights, or all weigh 1
	Lonely       string   // codebook.Lonely...
	DomainLonely bool
	Collapse     map[string]string // of a stratum, the one that it is counted in
	Replicates   []string          // variables, or patterns of their names: "repwt*"
	Method       string            // of the replicates: "brr", "jkn", ...; without Replicates they are made from the design
	Count        int               // of the replicates that are made by drawing
	Seed         uint64            // of those draws
	Margins      []Margin          // that the weights are calibrated to
	Distance     string            // of the calibration, weigh.Distance; "" is post-stratification to one margin, raking to several
	Bounds       [2]float64        // of the calibration's factors, for a Distance; 0 and 0 is none
	Trim         [2]float64        // limits that all weights are brought within, after calibration; 0 and 0 is none
	Factor       float64           // the published design factor (deft), where the extract names no PSU; 0 is none
	Scale        float64           // of the replicates; NaN is that of the method
	Fay          float64           // the factor of Fay's method
	MSE          bool              // whether replicates are about the estimate and not their mean
}

// A Margin is the population of each code of a variable.
type Margin struct {
	Variable string
	Totals   map[string]float64 // by code
}

// expand replaces the patterns among the replicates by the names that they
// match, in the file's order.
func (s *Sample) expand(names []string) (absent []string) {
	var found []string
	for _, pattern := range s.Replicates {
		if !strings.ContainsAny(pattern, "*?[") {
			found = append(found, pattern)
			continue
		}
		before := len(found)
		for _, name := range names {
			if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name)); err == nil && ok && !strings.EqualFold(name, s.Weight) {
				found = append(found, name)
			}
		}
		if len(found) == before {
			absent = append(absent, pattern)
		}
	}
	s.Replicates = found
	return absent
}

// crossed joins the labels of several columns, row by row, as design.Source
// has them: "" where one is missing, nil for no columns. Labels that could be
// taken for joined ones are in quotes.
func crossed(columns []*table.Column) []string {
	const by = " * "
	var made []string
	for n, c := range columns {
		labels := slices.Clone(c.Labels())
		for row, label := range labels {
			if len(columns) > 1 && (strings.Contains(label, by) || strings.HasPrefix(label, `"`)) {
				labels[row] = strconv.Quote(label)
			}
		}
		if n == 0 {
			made = labels
			continue
		}
		for row, label := range labels {
			if label == "" || made[row] == "" {
				made[row] = ""
				continue
			}
			made[row] += by + label
		}
	}
	return made
}

// design makes the sample design of an extract.
func (q *Question) design(e *ingest.Extract) (*design.Design, error) {
	var ps refusal.Problems
	numbers := func(name string) []float64 {
		c := e.Table.Column(name)
		if c.Values == nil {
			ps.Add(fmt.Sprintf("%s: variable %q", e.Name, c.Variable.Name), "%s", notNumbers(e, name))
			return nil
		}
		return c.Values
	}
	columns := func(names []string) []*table.Column {
		var found []*table.Column
		for _, name := range names {
			found = append(found, e.Table.Column(name))
		}
		return found
	}
	s := q.Sample
	from := design.Source{Weights: s.Weight, Where: e.Name, Nested: true, Lonely: s.Lonely, DomainLonely: s.DomainLonely, Collapse: s.Collapse, Factor: s.Factor}
	from.Names.Weight, from.Names.Stratum = s.Weight, strings.Join(s.Stratum, " * ")
	from.Stratum = crossed(columns(s.Stratum))
	for n, name := range s.PSU {
		labels := e.Table.Column(name).Labels()
		if n == 0 {
			from.Names.PSU, from.PSU = name, labels
			continue
		}
		from.Later = append(from.Later, design.StageSource{Name: name, Cluster: labels})
	}
	for n, name := range s.Population {
		sizes := numbers(name)
		switch {
		case n == 0:
			from.Names.Population, from.Population = name, sizes
		case n <= len(from.Later):
			from.Later[n-1].Name, from.Later[n-1].Population = name, sizes
		default: // the last stage is of respondents
			from.Later = append(from.Later, design.StageSource{Name: name, Cluster: respondents(e.Table.Rows), Population: sizes})
		}
	}
	switch {
	case s.Weight != "":
		from.Weight = numbers(s.Weight)
	case len(s.Population) == 0:
		from.Weight = slices.Repeat([]float64{1}, e.Table.Rows)
	}
	if len(s.Replicates) > 0 {
		r := &design.Replicates{Method: s.Method, Names: s.Replicates, Scale: s.Scale, MSE: s.MSE}
		for _, name := range s.Replicates {
			r.Weight = append(r.Weight, numbers(name))
		}
		if math.IsNaN(r.Scale) {
			r.Scale = scales[s.Method](float64(len(r.Weight)), s.Fay)
		}
		from.Replicates = r
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	d, ps := design.New(from)
	if ps == nil && len(s.Replicates) == 0 && s.Method != "" {
		d, ps = makers[s.Method](d, s)
	}
	if ps == nil && len(s.Margins) > 0 {
		d, ps = q.calibrate(e, d)
	}
	if ps == nil && s.Trim != [2]float64{} {
		d, ps = weigh.Trim(d, s.Trim[0], s.Trim[1], true)
	}
	return d, ps.Err()
}

// lonely are the strata with one cluster of a design whose errors follow a
// policy for them.
func (q *Question) lonely(d *design.Design) []Lonely {
	if d.Lonely == codebook.LonelyRefuse || d.Error == design.ByFactor || len(q.Sample.Replicates) > 0 {
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

// makers make replicate weights from a design, by method.
var makers = map[string]func(d *design.Design, s Sample) (*design.Design, refusal.Problems){
	"brr": func(d *design.Design, _ Sample) (*design.Design, refusal.Problems) { return weigh.BRR(d, 0) },
	"fay": func(d *design.Design, s Sample) (*design.Design, refusal.Problems) { return weigh.BRR(d, s.Fay) },
	"jk1": func(d *design.Design, _ Sample) (*design.Design, refusal.Problems) { return weigh.JK1(d) },
	"jk2": func(d *design.Design, _ Sample) (*design.Design, refusal.Problems) { return weigh.JK2(d) },
	"jkn": func(d *design.Design, _ Sample) (*design.Design, refusal.Problems) { return weigh.JKn(d) },
	"bootstrap": func(d *design.Design, s Sample) (*design.Design, refusal.Problems) {
		return weigh.Bootstrap(d, s.Count, s.Seed)
	},
	"rescaling-bootstrap": func(d *design.Design, s Sample) (*design.Design, refusal.Problems) {
		return weigh.RescalingBootstrap(d, s.Count, s.Seed)
	},
	"successive-difference": func(d *design.Design, s Sample) (*design.Design, refusal.Problems) {
		return weigh.SuccessiveDifference(d, s.Count, nil)
	},
}

// MadeMethods lists the methods by which replicates are made from a design.
func MadeMethods() []string { return slices.Sorted(maps.Keys(makers)) }

// calibrate brings the weights to the margins.
func (q *Question) calibrate(e *ingest.Extract, d *design.Design) (*design.Design, refusal.Problems) {
	var ps refusal.Problems
	var margins []weigh.Margin
	var controls []weigh.Control
	for _, m := range q.Sample.Margins {
		margin, found := m.of(q.field(e.Table.Column(m.Variable)), d.Rows)
		ps = append(ps, found...)
		margins = append(margins, margin)
		controls = append(controls, margin.Controls()...)
	}
	switch {
	case ps != nil:
		return nil, ps
	case q.Sample.Distance != "":
		return weigh.Calibrate(d, controls, weigh.Calibrating{Distance: weigh.Distance(q.Sample.Distance), Lower: q.Sample.Bounds[0], Upper: q.Sample.Bounds[1]})
	case len(margins) == 1:
		return weigh.PostStratify(d, margins[0])
	}
	return weigh.Rake(d, margins, weigh.Raking{})
}

// scales are the scales of the methods of replication, of R replicates.
var scales = map[string]func(r, fay float64) float64{
	"brr":                   func(r, _ float64) float64 { return 1 / r },
	"fay":                   func(r, fay float64) float64 { return 1 / (r * float64((1-fay)*(1-fay))) },
	"jk1":                   func(r, _ float64) float64 { return (r - 1) / r },
	"jk2":                   func(float64, float64) float64 { return 1 },
	"bootstrap":             func(r, _ float64) float64 { return 1 / (r - 1) },
	"successive-difference": func(r, _ float64) float64 { return 4 / r },
}

// ReplicateMethods lists the methods that give a scale of their own.
func ReplicateMethods() []string { return slices.Sorted(maps.Keys(scales)) }

// respondents numbers the rows, as clusters of one respondent each.
func respondents(rows int) []string {
	labels := make([]string, rows)
	for row := range labels {
		labels[row] = strconv.Itoa(row)
	}
	return labels
}
