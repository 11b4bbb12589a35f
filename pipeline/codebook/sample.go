package codebook

import (
	"cmp"
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// Names are raw variables. A page may give one without a list.
type Names []string

// lower are the names without regard to case.
func (n Names) lower() Names {
	made := slices.Clone(n)
	for i, name := range made {
		made[i] = strings.ToLower(name)
	}
	return made
}

// A DesignSource says how a sample was drawn, by the raw variables of its
// extract. What belongs to one of its weights is in a Weight.
type DesignSource struct {
	Stratum    Names `yaml:"stratum" json:",omitempty"`    // crossed
	PSU        Names `yaml:"psu" json:",omitempty"`        // of the first stage and of those after it
	Population Names `yaml:"population" json:",omitempty"` // of each stage: how many clusters its strata have, or the fraction of them that was drawn
	Nested     bool  `yaml:"nested"`

	Lonely       string `yaml:"lonely"`
	DomainLonely bool   `yaml:"domain_lonely" json:",omitempty"` // the same for a stratum of which a domain meets one PSU

	// Collapse says of a stratum which one it is counted in. Expect is what the
	// survey's documentation says of the sample: an extract with less was
	// filtered before it came.
	Collapse map[string]string `yaml:"collapse"`
	Expect   *Expected         `yaml:"expect"`

	// Overlap says of earlier waves of the survey how this wave's sample and
	// theirs overlap.
	Overlap map[SourceID]string `yaml:"overlap" json:",omitempty"`

	// Sampling is how respondents were found; "" is SamplingRandom.
	Sampling string `yaml:"sampling" json:",omitempty"`

	// Factor is the published design factor (deft) of an extract without PSUs.
	Factor float64 `yaml:"factor"`

	// Unit is k where weights are made whole by floor(weight * 2^k + 0.5); nil
	// is that which the weights need.
	Unit *int `yaml:"unit" json:",omitempty"`

	// Rotating says of a file of several waves that PSUs rotate between them:
	// the first variable of Stratum tells the waves. A crosswalk is of one wave,
	// and says so by Overlap.
	Rotating bool `yaml:"-" json:"-"`

	Known  string `yaml:"known"`
	SHA256 string `yaml:"sha256" json:"-"` // of the file that it was confirmed on
	Note   string `yaml:"note"`
}

// Lower is the design with the names of its variables in lower case, without
// what no figure rests on.
func (d DesignSource) Lower() DesignSource {
	d.Stratum, d.PSU, d.Population = d.Stratum.lower(), d.PSU.lower(), d.Population.lower()
	if d.Lonely == "" {
		d.Lonely = LonelyRefuse
	}
	if d.Sampling == SamplingRandom {
		d.Sampling = ""
	}
	d.Known, d.Note, d.Expect = "", "", nil
	return d
}

// An Expected sample has this many rows, strata and PSUs; 0 is not said.
type Expected struct {
	Respondents int `yaml:"respondents"`
	Strata      int `yaml:"strata"`
	PSUs        int `yaml:"psus"`
}

// A Weight names a raw weight, says which rows are in its sample where that is
// a part of the extract, and what is done to it before it is used, in this
// order: replicates are made, it is calibrated, it is trimmed.
//
// Without a variable the populations of the stages give the weights or, where
// there are none, everyone weighs 1.
type Weight struct {
	Variable   string       `yaml:"variable"`
	Sample     *Sample      `yaml:"sample"`
	Replicates *Replicates  `yaml:"replicates" json:",omitempty"`
	Calibrate  *Calibration `yaml:"calibrate" json:",omitempty"`
	Trim       []float64    `yaml:"trim" json:",omitempty"` // a lower and an upper limit

	// UnitOfAnalysis is what a row stands for by the weight; "" is Person. An
	// extract that has a weight of households has one row for each.
	UnitOfAnalysis string `yaml:"unit_of_analysis" json:",omitempty"`

	Known  string `yaml:"known" json:"-"`
	SHA256 string `yaml:"sha256" json:"-"` // of the file that it was confirmed on
	Note   string `yaml:"note" json:"-"`
}

// Lower is the weight with the names of its raw variables in lower case.
func (w Weight) Lower() Weight {
	w.Variable = strings.ToLower(w.Variable)
	if w.Sample != nil {
		w.Sample = &Sample{Variable: strings.ToLower(w.Sample.Variable), Codes: w.Sample.Codes}
	}
	if w.Calibrate != nil {
		to := *w.Calibrate
		to.Within = strings.ToLower(to.Within)
		w.Calibrate = &to
	}
	if w.Replicates != nil {
		r := *w.Replicates
		r.Variables = r.Variables.lower()
		w.Replicates = &r
	}
	return w
}

// Units of analysis.
const (
	Person    = "person"
	Household = "household"
)

// HouseholdWeight is the name of the weight by which a row stands for a
// household, "" where the wave has none.
func (c *Crosswalk) HouseholdWeight() string {
	for _, name := range slices.Sorted(maps.Keys(c.Weights)) {
		if c.Weights[name].UnitOfAnalysis == Household {
			return name
		}
	}
	return ""
}

// A Sample is the rows whose raw variable has one of the codes.
type Sample struct {
	Variable string    `yaml:"variable"`
	Codes    []float64 `yaml:"codes"`
}

// Replicates are replicate weights: in raw variables of the extract or, where
// none are named, made from the design.
type Replicates struct {
	Variables Names     `yaml:"variables" json:",omitempty"` // or patterns of their names: "repwt*"
	Method    string    `yaml:"method"`
	Scale     float64   `yaml:"scale" json:",omitempty"`  // of the variance; 0 is that of the method
	Scales    []float64 `yaml:"scales" json:",omitempty"` // of each replicate, in the order of the variables; nil is 1, or of jkn what the file says
	Fay       float64   `yaml:"fay" json:",omitempty"`    // the factor of Fay's method
	MSE       bool      `yaml:"mse" json:",omitempty"`    // replicates are about the estimate, not about their mean
	Count     int       `yaml:"count" json:",omitempty"`  // of those that are drawn; 0 is 200
	Seed      uint64    `yaml:"seed" json:",omitempty"`   // of the draws; 0 is 1
}

// Draws is how many replicates are drawn.
func (r *Replicates) Draws() int { return cmp.Or(r.Count, 200) }

// Start is the seed of the draws.
func (r *Replicates) Start() uint64 { return cmp.Or(r.Seed, 1) }

// Given says whether the weight has replicates in variables of the extract.
func (w Weight) Given() bool { return w.Replicates != nil && len(w.Replicates.Variables) > 0 }

// How respondents are found.
const (
	SamplingRandom = "random" // drawn, with a known chance
	SamplingQuota  = "quota"  // whoever fits: no chance is known, and no error follows
)

// Policies for a stratum with one PSU.
const (
	LonelyRefuse    = "refuse"
	LonelyRemove    = "remove"    // it adds nothing: as certainty, and said so
	LonelyCertainty = "certainty" // it was drawn for certain and adds nothing
	LonelyAdjust    = "adjust"    // its distance is from the mean of all PSUs
	LonelyAverage   = "average"   // it adds what the others add on average
)

// Words that a crosswalk may use for a design.
var (
	Lonelies  = []string{LonelyRefuse, LonelyRemove, LonelyCertainty, LonelyAdjust, LonelyAverage}
	Distances = []string{"linear", "raking", "logit"}
	// Methods of replicate weights: of those in a file, each of which has a
	// scale, and of those that are made from a design.
	GivenMethods = []string{"bootstrap", "brr", "fay", "jk1", "jk2", "jkn", "successive-difference"}
	MadeMethods  = []string{"bootstrap", "brr", "fay", "jk1", "jk2", "jkn", "rescaling-bootstrap", "successive-difference"}
)

// AboutEstimate are the methods of made replicates that are about the estimate in any case.
var AboutEstimate = []string{"jk2", "successive-difference"}

// How the samples of two waves overlap.
const (
	OverlapIndependent = "independent" // not at all
	OverlapPooled      = "pooled"      // PSUs were drawn once for both
	OverlapRotating    = "rotating"    // PSUs rotate: some are in both
)

// Match replaces the patterns among names by the names of a file that they
// match, in its order and without regard to case, except one; it lists the
// patterns that match none.
func Match(names, file []string, except string) (found, absent []string) {
	for _, pattern := range names {
		if !strings.ContainsAny(pattern, "*?[") {
			found = append(found, pattern)
			continue
		}
		before := len(found)
		for _, name := range file {
			if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name)); err == nil && ok && !strings.EqualFold(name, except) {
				found = append(found, name)
			}
		}
		if len(found) == before {
			absent = append(absent, pattern)
		}
	}
	return found, absent
}

// Patterns says whether names are patterns of names.
func Patterns(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.ContainsAny(name, "*?[") })
}

func (c *Crosswalk) checkDesign() refusal.Problems {
	var ps refusal.Problems
	d := c.Design
	for _, key := range []struct {
		name  string
		names Names
	}{{"stratum", d.Stratum}, {"psu", d.PSU}, {"population", d.Population}} {
		if slices.Contains(key.names, "") {
			ps.Add(c.At("design", key.name), "a variable without a name, want one")
		}
	}
	if d.Lonely != "" && !slices.Contains(Lonelies, d.Lonely) {
		ps.Add(c.At("design", "lonely"), "lonely %q, want refuse, remove, certainty, adjust or average", d.Lonely)
	}
	if stages := max(len(d.PSU), 1); len(d.Population) > stages && len(d.Population) != len(d.PSU)+1 {
		ps.Add(c.At("design", "population"), "%d variables for %d stages, want one for each", len(d.Population), stages)
	}
	for _, from := range slices.Sorted(maps.Keys(d.Collapse)) {
		to := d.Collapse[from]
		if _, chained := d.Collapse[to]; chained || len(d.Stratum) == 0 {
			ps.Add(c.At("design", "collapse"), "stratum %q into %q, want a design with strata, and one that is not collapsed itself", from, to)
		}
	}
	if e := d.Expect; e != nil && (e.Respondents < 0 || e.Strata < 0 || e.PSUs < 0) {
		ps.Add(c.At("design", "expect"), "want numbers of respondents, strata and psus")
	}
	for _, wave := range slices.Sorted(maps.Keys(d.Overlap)) {
		switch method := d.Overlap[wave]; {
		case method == OverlapIndependent:
		case method != OverlapPooled && method != OverlapRotating:
			ps.Add(c.At("design", "overlap", string(wave)), "overlap %q with %s, want independent, pooled or rotating", method, wave)
		case len(d.PSU) == 0:
			ps.Add(c.At("design", "overlap", string(wave)), "overlap %q with %s, want a design with a psu: its labels tell which are in both", method, wave)
		case c.Stacks() != "":
			ps.Add(c.At("design", "overlap", string(wave)), "overlap %q with %s, want no %s: the error of a change is that of PSUs drawn with replacement", method, wave, c.Stacks())
		}
	}
	if d.Sampling != "" && !slices.Contains([]string{SamplingRandom, SamplingQuota}, d.Sampling) {
		ps.Add(c.At("design", "sampling"), "sampling %q, want %s or %s", d.Sampling, SamplingRandom, SamplingQuota)
	}
	if drawn := slices.Concat(d.Stratum, d.PSU, d.Population); d.Sampling == SamplingQuota && len(drawn) > 0 {
		ps.Add(c.At("design", "sampling"), "a quota sample by %s, want no stratum, psu or population: nobody was drawn", strings.Join(drawn, ", "))
	}
	if d.Factor != 0 && (len(d.PSU) > 0 || d.Factor < 0) {
		ps.Add(c.At("design", "factor"), "a design factor is a positive number for an extract without a psu")
	}
	return append(ps, checkKnown(d.Known, d.SHA256, c.At("design"))...)
}

// Stacks is what keeps the sample from being put together with one that
// overlaps it, by its key; "" for nothing.
func (c *Crosswalk) Stacks() string {
	if len(c.Design.Population) > 0 {
		return "population"
	}
	for _, name := range slices.Sorted(maps.Keys(c.Weights)) {
		switch w := c.Weights[name]; {
		case w.Replicates != nil:
			return "replicates"
		case w.Calibrate != nil:
			return "calibrate"
		}
	}
	return ""
}

func (c *Crosswalk) checkWeights(book *Codebook) refusal.Problems {
	var ps refusal.Problems
	if _, ok := c.Weights[CoreWeight]; !ok {
		ps.Add(c.At("weights"), "no weight %q", CoreWeight)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Weights)) {
		w, at := c.Weights[name], c.At("weights", name)
		if w.Variable == "" && len(c.Design.Population) == 0 && w.Known != Memory {
			ps.Add(at, "weight %q has no variable, want one, or known: %s where nobody has seen its name", name, Memory)
		}
		if w.Sample != nil && (w.Sample.Variable == "" || len(w.Sample.Codes) == 0) {
			ps.Add(at, "weight %q: a sample needs a variable and codes", name)
		}
		if changed := w.Replicates != nil || w.Calibrate != nil || w.Trim != nil; changed && c.Design.Factor != 0 {
			ps.Add(at, "weight %q: a design factor stands for the whole design, want no replicates, calibrate or trim beside it", name)
		}
		if w.Replicates != nil && c.Design.Sampling == SamplingQuota {
			ps.Add(at, "weight %q: replicates of a quota sample, want none: nobody was drawn", name)
		}
		if w.UnitOfAnalysis != "" && !slices.Contains([]string{Person, Household}, w.UnitOfAnalysis) {
			ps.Add(at, "weight %q: unit_of_analysis %q, want %s or %s", name, w.UnitOfAnalysis, Person, Household)
		}
		if w.UnitOfAnalysis == Household && (name == CoreWeight || c.HouseholdWeight() != name) {
			ps.Add(at, "weight %q: of households, want one such weight, and weight %q of persons", name, CoreWeight)
		}
		if w.Replicates != nil {
			ps = append(ps, w.Replicates.check(w, c.At("weights", name, "replicates"))...)
		}
		if w.Calibrate != nil {
			ps = append(ps, c.checkCalibration(*w.Calibrate, book, "weights", name, "calibrate")...)
		}
		if w.Trim != nil && !limits(w.Trim) {
			ps.Add(c.At("weights", name, "trim"), "trim %v, want a lower and an upper limit, as [0.3, 3]", w.Trim)
		}
		ps = append(ps, checkKnown(w.Known, w.SHA256, at)...)
	}
	return ps
}

// limits says whether two numbers are a lower and an upper limit.
func limits(of []float64) bool { return len(of) == 2 && of[0] >= 0 && of[0] < of[1] }

// check reports what is wrong with replicates at a place.
func (r *Replicates) check(w Weight, at string) refusal.Problems {
	var ps refusal.Problems
	given := len(r.Variables) > 0
	methods := MadeMethods
	if given {
		methods = GivenMethods
	}
	switch {
	case r.Scale < 0:
		ps.Add(at, "scale %g, want a number above 0", r.Scale)
	case !given && r.Scale != 0:
		ps.Add(at, "no variables, want those that scale is of")
	case !given && r.Scales != nil:
		ps.Add(at, "no variables, want those that scales are of")
	case slices.ContainsFunc(r.Scales, func(s float64) bool { return !(s >= 0) || math.IsInf(s, 0) }):
		ps.Add(at, "scales %v, want numbers of at least 0", r.Scales)
	case given && w.Variable == "":
		ps.Add(at, "replicates of no weight, want the variable of the weight that they belong to")
	case (!given || r.Scale == 0) && !slices.Contains(methods, r.Method):
		ps.Add(at, "method %q, want %s%s", r.Method, strings.Join(methods, ", "), refusal.Nearest(r.Method, methods))
	}
	switch fay := r.Method == "fay"; {
	case fay && r.Scale == 0 && !(r.Fay > 0 && r.Fay < 1):
		ps.Add(at, "fay %g, want the factor of the method, between 0 and 1", r.Fay)
	case r.Fay != 0 && !fay:
		ps.Add(at, "fay %g, want it with method fay alone", r.Fay)
	case r.Fay != 0 && r.Scale != 0:
		ps.Add(at, "fay %g beside scale, want one of them", r.Fay)
	}
	if r.Count < 0 || r.Count == 1 {
		ps.Add(at, "count %d, want at least 2 replicates", r.Count)
	}
	return ps
}
