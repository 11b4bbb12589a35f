package estimate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// A spec is a design of a family, as its JSON says it.
type spec struct {
	ID       string   `json:"id"`
	Dataset  string   `json:"dataset"`
	Kind     string   `json:"kind"`
	IDs      listed   `json:"ids"`
	Strata   listed   `json:"strata"`
	Weights  string   `json:"weights"`
	FPC      listed   `json:"fpc"`
	Nest     bool     `json:"nest"`
	Lonely   string   `json:"lonely_psu"`
	Domain   bool     `json:"adjust_domain_lonely"`
	Ultimate bool     `json:"ultimate_cluster"`
	Ones     float64  `json:"weights_all"`
	Subset   string   `json:"subset"`
	Stacked  []string `json:"stacked"`

	Replicates     string          `json:"repweights"`
	BaseReplicates string          `json:"base_replicates"`
	Combined       bool            `json:"combined_weights"`
	Type           string          `json:"type"`
	Scale          float64         `json:"scale"`
	Scales         []float64       `json:"rscales"`
	MSE            bool            `json:"mse"`
	Adjust         json.RawMessage `json:"adjust"`
	Standardize    json.RawMessage `json:"standardize"`

	unread error // why the rest is not to be used
}

// listed is a text or a list of texts.
type listed []string

func (l *listed) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(l))
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*l = listed{one}
	return nil
}

// A sample is a design with its data.
type sample struct {
	*design.Design
	spec    spec
	numbers map[string][]float64
	texts   map[string][]string
	within  []bool // the respondents of a design that is a subset; nil for all
	full    float64
	on0     bool           // whether errors are by the reference's older version; see uncentred
	cache   map[string]any // see cached
}

// cached makes what a name says once for a sample. Samples are each of one
// goroutine.
func cached[T any](s *sample, name []string, make func() T) T {
	key := strings.Join(name, "\x00")
	if v, made := s.cache[key]; made {
		return v.(T)
	}
	if s.cache == nil {
		s.cache = map[string]any{}
	}
	v := make()
	s.cache[key] = v
	return v
}

// sample makes the design of an id once.
func (o *oracle) sample(id string) (*sample, error) {
	of, made := o.samples[id]
	if !made {
		of.sample, of.err = o.newSample(id, o.designs[id].Lonely)
		o.samples[id] = of
	}
	return of.sample, of.err
}

// unrefused makes a design that is refused, under another policy.
func (o *oracle) unrefused(id string) (*sample, error) { return o.newSample(id, "remove") }

// newSample makes the design of an id under a policy for strata with one PSU.
func (o *oracle) newSample(id, policy string) (*sample, error) {
	sp, ok := o.designs[id]
	switch {
	case !ok && o.undefined != nil:
		return nil, fmt.Errorf("no design %q: %w", id, o.undefined)
	case !ok:
		return nil, fmt.Errorf("no design %q in %s.designs.json", id, o.family)
	case sp.unread != nil:
		return nil, sp.unread
	}
	s, err := o.dataset(sp)
	if err != nil {
		return nil, err
	}
	s.spec = sp
	source := design.Source{Where: sp.Dataset, Nested: true, Lonely: lonely[policy], DomainLonely: sp.Domain}
	rows := s.rows()
	if missing := s.lacks(sp); missing != nil {
		return nil, fmt.Errorf("%s: no column %q", sp.Dataset, missing)
	}
	if len(sp.IDs) > 0 && sp.IDs[0] != "1" {
		source.PSU = design.LabelsOf(s.labels(sp.IDs[0]))
	}
	var strata []string
	for _, name := range sp.Strata {
		labels := s.labels(name)
		if name == "wave*1000+stratum" {
			labels = make([]string, rows)
			for i := range labels {
				labels[i] = fmt.Sprint(s.numbers["wave"][i]*1000 + s.numbers["stratum"][i])
			}
		}
		if strata == nil {
			strata = slices.Clone(labels)
			continue
		}
		for i, label := range labels {
			strata[i] += "|" + label
		}
	}
	source.Stratum = design.LabelsOf(strata)
	switch {
	case sp.Weights != "":
		source.Weight = s.numbers[sp.Weights]
	case len(sp.FPC) == 0:
		source.Weight = slices.Repeat([]float64{1}, rows)
	}
	if len(sp.FPC) > 0 {
		source.Population = s.numbers[sp.FPC[0]]
	}
	for n, name := range sp.IDs {
		if n == 0 || len(sp.FPC) == 0 {
			continue
		}
		later := design.StageSource{Name: name, Cluster: design.LabelsOf(s.labels(name))}
		if n < len(sp.FPC) {
			later.Population = s.numbers[sp.FPC[n]]
		}
		source.Later = append(source.Later, later)
	}
	if file := sp.Replicates + sp.BaseReplicates; file != "" {
		if source.Replicates, err = o.replicates(sp, file, source.Weight); err != nil {
			return nil, err
		}
	}
	d, problems := design.New(source)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if sp.Ultimate {
		d.Later = nil
	}
	if err := s.adjust(d); err != nil {
		return nil, err
	}
	if name, value, ok := strings.Cut(sp.Subset, " != "); ok {
		s.within = s.without(nil, name, value)
	}
	s.full = s.DomainDF(s.within)
	return s, nil
}

// lacks are the columns that a design names and its data do not have.
func (s *sample) lacks(sp spec) []string {
	var missing []string
	for _, name := range slices.Concat(sp.IDs, sp.Strata, sp.FPC, listed{sp.Weights}) {
		if s.texts[name] == nil && name != "" && name != "1" && name != "wave*1000+stratum" {
			missing = append(missing, name)
		}
	}
	return missing
}

// dataset is a sample with the data of a design, which are read once.
func (o *oracle) dataset(sp spec) (*sample, error) {
	files := sp.Stacked
	if files == nil {
		files = []string{sp.Dataset}
	}
	name := strings.Join(files, "+")
	read := o.data[name]
	if read == nil {
		read = &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
		for _, file := range files {
			records, err := o.table(file + ".csv")
			if err != nil {
				return nil, err
			}
			read.load(records)
		}
		if strings.HasPrefix(name, "synth") {
			read.derive()
		}
		o.data[name] = read
	}
	return &sample{numbers: read.numbers, texts: read.texts}, nil
}

// table is a file of data, of the shared folder where the folder has none.
func (o *oracle) table(name string) ([][]string, error) {
	file, err := oracleFile(o.folder, "data", name)
	if err != nil {
		return nil, err
	}
	return readTable(file)
}

// head is the names of a table's columns, nil where it is not read.
func (o *oracle) head(name string) []string {
	if head, met := o.heads[name]; met {
		return head
	}
	var head []string
	if records, err := o.table(name); err == nil {
		head = records[0]
	}
	o.heads[name] = head
	return head
}

var lonely = map[string]string{
	"": codebook.LonelyRefuse, "fail": codebook.LonelyRefuse, "remove": codebook.LonelyRemove,
	"certainty": codebook.LonelyCertainty, "adjust": codebook.LonelyAdjust, "average": codebook.LonelyAverage,
}

// replicates reads replicate weights. What is not combined multiplies the
// sampling weight.
func (o *oracle) replicates(sp spec, file string, weight []float64) (*design.Replicates, error) {
	made := &design.Replicates{Method: sp.Type, Scale: sp.Scale, Scales: sp.Scales, MSE: sp.MSE}
	records, err := o.table(file)
	if err != nil {
		return nil, err
	}
	if len(records)-1 != len(weight) {
		return nil, fmt.Errorf("%s: weights of %d rows, want %d", file, len(records)-1, len(weight))
	}
	for range records[0][1:] {
		made.Weight = append(made.Weight, make([]float64, len(records)-1))
	}
	for i, record := range records[1:] {
		for r, cell := range record[1:] {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: line %d: replicate weight %q, want a number", file, i+2, cell)
			}
			if !sp.Combined {
				v *= weight[i]
			}
			made.Weight[r][i] = v
		}
	}
	return made, nil
}

// load appends the rows of a file: a column is numbers if each of its cells is
// one or empty.
func (s *sample) load(records [][]string) {
	for j, name := range records[0] {
		values, texts, numeric := make([]float64, 0, len(records)), make([]string, 0, len(records)), true
		for _, record := range records[1:] {
			v, err := strconv.ParseFloat(record[j], 64)
			if err != nil {
				v = math.NaN()
				numeric = numeric && record[j] == ""
			}
			values, texts = append(values, v), append(texts, record[j])
		}
		if numeric {
			s.numbers[name] = append(s.numbers[name], values...)
		}
		s.texts[name] = append(s.texts[name], texts...)
	}
}

// derive adds the variables that the synthetic survey's README defines.
func (s *sample) derive() {
	rows := s.rows()
	recode := func(name, from string, to func(code float64) float64) {
		made := make([]float64, rows)
		for i, code := range s.numbers[from] {
			made[i] = to(code)
		}
		s.numbers[name] = made
		s.texts[name] = make([]string, rows)
		for i, v := range made {
			if !math.IsNaN(v) {
				s.texts[name][i] = fmt.Sprint(v)
			}
		}
	}
	one := func(yes, no []float64) func(float64) float64 {
		return func(code float64) float64 {
			switch {
			case slices.Contains(yes, code):
				return 1
			case slices.Contains(no, code):
				return 0
			}
			return math.NaN()
		}
	}
	for _, name := range []string{"infl_loc", "infl_gb", "tr_pol", "tr_crt", "tr_cnl", "tr_parl", "safe_drk", "getonwel"} {
		recode(name+"_top2", name, one([]float64{1, 2}, []float64{3, 4}))
		recode(name+"_4", name, func(code float64) float64 {
			if code >= 1 && code <= 4 {
				return code
			}
			return math.NaN()
		})
		delete(s.numbers, name+"_4")
	}
	recode("vol_yes", "vol", one([]float64{1}, []float64{0}))
	recode("volfreq_wk", "volfreq", one([]float64{1}, []float64{2, 3, 4}))
	recode("male", "sex", func(code float64) float64 {
		if code == 1 {
			return 1
		}
		return 0
	})
	for name, from := range map[string]string{"sexf": "sex", "agef": "agegrp", "ethf": "ethgrp", "goref": "gor"} {
		recode(name, from, func(code float64) float64 { return code })
		delete(s.numbers, name)
	}
}

func (s *sample) rows() int {
	for _, texts := range s.texts {
		return len(texts)
	}
	return 0
}

// labels are a column's cells as text, by row of the file.
func (s *sample) labels(name string) []string { return s.texts[name] }

// aligned are a column's cells as text, by respondent of the design; nobody
// writes to them.
func (s *sample) aligned(name string) []string {
	return cached(s, []string{"aligned", name}, func() []string {
		labels := make([]string, len(s.Rows))
		for i, row := range s.Rows {
			labels[i] = s.texts[name][row]
		}
		return labels
	})
}

// variable returns a column of numbers, by respondent of the design; nil if
// the column is text. Nobody writes to it.
func (s *sample) variable(name string) []float64 {
	values := s.numbers[name]
	if values == nil {
		return nil
	}
	return cached(s, []string{"variable", name}, func() []float64 {
		made := make([]float64, len(s.Rows))
		for i, row := range s.Rows {
			made[i] = values[row]
		}
		return made
	})
}

// domain returns the respondents with the values of the variables, both
// separated by |, in the design's subset and the row's; nil is all. Nobody
// writes to it.
func (s *sample) domain(r *row) []bool {
	return cached(s, []string{"domain", r.domainVar, r.domain, r.text("subset")}, func() []bool { return s.domainOf(r) })
}

func (s *sample) domainOf(r *row) []bool {
	in := s.within
	restrict := func(names, values string) {
		if names == "" {
			return
		}
		parts := strings.Split(values, "|")
		for n, name := range strings.Split(names, "|") {
			labels := s.aligned(name)
			made, same := make([]bool, len(labels)), map[string]bool{}
			for i, label := range labels {
				is, met := same[label]
				if !met {
					is = sameLabel(label, parts[n])
					same[label] = is
				}
				made[i] = (in == nil || in[i]) && is
			}
			in = made
		}
	}
	subset := r.text("subset")
	if name, value, ok := strings.Cut(subset, " != "); ok {
		in = s.without(in, name, value)
	} else if name, value, ok := strings.Cut(subset, "="); ok {
		restrict(name, value)
	}
	if subset == "" || r.domainVar+"="+r.domain != subset {
		restrict(r.domainVar, r.domain)
	}
	return in
}

// without are the respondents within who have a value of a variable, but not
// this.
func (s *sample) without(in []bool, name, value string) []bool {
	labels := s.aligned(name)
	made := make([]bool, len(labels))
	for i, label := range labels {
		made[i] = (in == nil || in[i]) && label != "" && label != value
	}
	return made
}

func sameLabel(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

// of estimates a statistic once for a name.
func (s *sample) of(name []string, make func() estimate.Statistic) *estimate.Estimates {
	return cached(s, append([]string{"of"}, name...), func() *estimate.Estimates { return s.estimate(make()) })
}

// domainDF is the degrees of freedom of a row's domain.
func (s *sample) domainDF(r *row) float64 {
	return cached(s, []string{"df", r.domainVar, r.domain, r.text("subset")}, func() float64 { return s.DomainDF(s.domain(r)) })
}
