package harmonise

import (
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// Keep has the result tell what each design was made of.
func (h *Harmoniser) Keep() { h.kept = map[string]*design.Source{} }

// design makes the design of the named weight, or nil with problems.
func (h *Harmoniser) design(weights string) *design.Design {
	lost := h.lost
	w, from := h.x.Weights[weights], h.x.Design
	s := design.Source{
		Weights: weights, Where: h.where, Nested: from.Nested, Lonely: from.Lonely, DomainLonely: from.DomainLonely, Factor: from.Factor, Collapse: from.Collapse,
		Quota: from.Sampling == codebook.SamplingQuota,
	}
	if from.Expect != nil && weights == codebook.CoreWeight { // other weights have other samples
		s.Expect = *from.Expect
	}
	numbers := func(name, known string, at ...string) []float64 {
		if c := h.numbers(name, known, at...); c != nil {
			return c.Values
		}
		return nil
	}
	s.Names.Weight, s.Names.Stratum = w.Variable, strings.Join(from.Stratum, design.By)
	switch {
	case w.Variable != "":
		if c := h.numbers(w.Variable, w.Known, "weights", weights); c != nil {
			s.Names.Weight, s.Weight = c.Variable.Name, c.Values
		}
	case len(from.Population) == 0 && h.own == nil:
		h.ps.AddHint(proposes, h.where, "no raw variable of weight %q, want one in %s", weights, h.x.At("weights", weights))
		h.lost++
	case len(from.Population) == 0:
		s.Weight = slices.Repeat([]float64{1}, h.rows)
	}
	strata := h.labels(from.Stratum)
	s.Stratum = crossed(strata)
	if from.Rotating {
		s.Rotation = &design.RotationSource{Wave: strata[0], Stratum: crossed(strata[1:])}
	}
	if to := w.Calibrate; to != nil && to.Within != "" {
		s.Units = h.labels([]string{to.Within})[0]
	}
	for n, labels := range h.labels(from.PSU) {
		name := from.PSU[n]
		if n == 0 {
			s.Names.PSU, s.PSU = name, labels
			continue
		}
		s.Later = append(s.Later, design.StageSource{Name: name, Cluster: labels})
	}
	for n, name := range from.Population {
		sizes := numbers(name, from.Known, "design", "population")
		switch {
		case n == 0:
			s.Names.Population, s.Population = name, sizes
		case n <= len(s.Later):
			s.Later[n-1].Name, s.Later[n-1].Population = name, sizes
		default: // the last stage is of respondents
			s.Later = append(s.Later, design.StageSource{Name: name, Cluster: respondents(h.rows), Population: sizes})
		}
	}
	if w.Sample != nil {
		codes := numbers(w.Sample.Variable, w.Known, "weights", weights, "sample")
		s.In = make([]bool, len(codes))
		for row, v := range codes {
			s.In[row] = slices.Contains(w.Sample.Codes, v)
		}
	}
	if w.Replicates != nil && len(w.Replicates.Variables) > 0 {
		s.Replicates = h.replicates(w, weights)
	}
	if h.lost > lost {
		return nil
	}
	if h.kept != nil {
		h.kept[weights] = &s
	}
	d, ps := design.New(s)
	h.ps = append(h.ps, ps...)
	return d
}

// replicates are the replicate weights that the extract has.
func (h *Harmoniser) replicates(w codebook.Weight, weights string) *design.Replicates {
	from := w.Replicates
	names, absent := codebook.Match(from.Variables, h.raw.Names, w.Variable)
	if len(absent) > 0 {
		h.lost++
		h.ps.Add(h.where, "no variable matches %s", strings.Join(absent, ", "))
	}
	r := &design.Replicates{Method: from.Method, Names: names, Scale: from.Scale, Scales: from.Scales, MSE: from.MSE}
	var recorded []float64
	for _, name := range names {
		c := h.numbers(name, w.Known, "weights", weights, "replicates")
		if c == nil {
			continue
		}
		r.Weight = append(r.Weight, c.Values)
		if of := c.Variable.Recorded; of != nil && of.Multiplier > 0 {
			recorded = append(recorded, of.Multiplier)
		}
	}
	if from.Method == jackknifeStratified && r.Scale == 0 && r.Scales == nil {
		if r.Scales = recorded; len(recorded) < len(names) {
			h.lost++
			h.ps.AddHint("give them as scales: (n-1)/n of the n PSUs of the stratum that a replicate leaves one out of", h.where,
				"replicates by jkn: %d of %d have a multiplier in the file, want one of each", len(recorded), len(names))
		}
	}
	if r.Scale == 0 && h.lost == 0 {
		r.Scale = scales[from.Method](float64(len(r.Weight)), from.Fay)
	}
	return r
}

// jackknifeStratified is the method whose replicates each have a scale of their
// stratum.
const jackknifeStratified = "jkn"

// scales are the scales of the methods of replication, of r replicates.
var scales = map[string]func(r, fay float64) float64{
	"brr":                   func(r, _ float64) float64 { return 1 / r },
	"fay":                   func(r, fay float64) float64 { return 1 / (r * float64((1-fay)*(1-fay))) },
	"jk1":                   func(r, _ float64) float64 { return (r - 1) / r },
	"jk2":                   func(float64, float64) float64 { return 1 },
	jackknifeStratified:     func(float64, float64) float64 { return 1 },
	"bootstrap":             func(r, _ float64) float64 { return 1 / (r - 1) },
	"successive-difference": func(r, _ float64) float64 { return 4 / r },
}

// labels are those of raw columns, none where the wave's codes say that one is
// missing.
func (h *Harmoniser) labels(names []string) []*design.Labels {
	found := make([]*design.Labels, len(names))
	for n, name := range names {
		c := h.labelled[strings.ToLower(name)]
		if h.column(name, h.x.Design.Known, "design") == nil || c == nil {
			continue
		}
		if c.known == nil {
			if h.own != nil {
				h.doubts.Add(c.marked(h.given.Column(name).Variable.Name)...)
			}
			c.known = c.labels(h.x.Missing)
		}
		found[n] = c.known
	}
	return found
}

// crossed joins the labels of several columns, row by row: there is none where one
// is missing, and nil for no columns. Labels that could be taken for joined ones
// are in quotes.
func crossed(columns []*design.Labels) *design.Labels {
	if len(columns) == 0 || slices.Contains(columns, nil) {
		return nil
	}
	made := columns[0]
	for n, next := range columns[1:] {
		before := made.Names
		if n == 0 {
			before = design.Quoted(before)
		}
		names, place := design.Quoted(next.Names), map[[2]int]int32{}
		codes := make([]int32, made.Codes.Len())
		var joined []string
		for row := range codes {
			pair := [2]int{made.Codes.At(row), next.Codes.At(row)}
			if min(pair[0], pair[1]) < 0 {
				codes[row] = -int32(codebook.System)
				continue
			}
			code, known := place[pair]
			if !known {
				code = int32(len(joined))
				place[pair], joined = code, append(joined, before[pair[0]]+design.By+names[pair[1]])
			}
			codes[row] = code
		}
		made = &design.Labels{Codes: table.CodesOf(len(joined), codes), Names: joined}
	}
	return made
}

// respondents numbers the rows, as clusters of one respondent each.
func respondents(rows int) *design.Labels {
	made := &design.Labels{Names: make([]string, rows)}
	codes := make([]int32, rows)
	for row := range codes {
		codes[row], made.Names[row] = int32(row), strconv.Itoa(row)
	}
	made.Codes = table.CodesOf(rows, codes)
	return made
}
