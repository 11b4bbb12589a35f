package question

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
)

// A stataOption is one of svyset: its whole name, how many letters of it are enough,
// and what it is of a design.
type stataOption struct {
	name  string
	least int
	first bool // of a stage, and understood of the first alone
	read  func(s *saying, at int)
	harm  string
}

func stataOptions() []stataOption {
	weights := func(method string) func(s *saying, at int) {
		return func(s *saying, at int) {
			s.said("replicates", at)
			s.drawn.Replicates = s.varlist()
			s.said("method", at)
			s.drawn.Method = method
		}
	}
	return []stataOption{
		{name: "strata", least: 3, first: true, read: func(s *saying, at int) {
			s.said("stratum", at)
			s.drawn.Stratum = codebook.Names{s.name("a variable")}
		}},
		{name: "psu", least: 3, first: true, read: func(s *saying, at int) { s.said("psu", at); s.drawn.PSU = s.unit() }},
		{name: "brrweight", least: 3, read: weights("brr")},
		{name: "sdrweight", least: 3, read: weights("successive-difference")},
		{name: "bsrweight", least: 3, read: weights("bootstrap")},
		{name: "jkrweight", least: 3, read: (*saying).jackknifeWeights},
		{name: "fay", least: 3, read: func(s *saying, at int) { s.said("fay", at); x := s.number(); s.drawn.Fay = &x }},
		{name: "vce", least: 3, read: func(s *saying, at int) {
			s.said("vce", at)
			if method := s.name("linearized, brr, bootstrap, jackknife or sdr"); !strings.HasPrefix("linearized", method) {
				s.vce(method, at)
				s.replicated = true
			}
		}},
		{name: "singleunit", least: 6, read: func(s *saying, at int) {
			s.said("lonely", at)
			lonely := map[string]string{
				"missing": codebook.LonelyRefuse, "certainty": codebook.LonelyCertainty, "scaled": codebook.LonelyAverage, "centered": codebook.LonelyAdjust,
			}
			made, ok := lonely[s.token.text]
			if !ok {
				s.wrong("%s, want missing, certainty, scaled or centered", s.token.found())
			}
			s.drawn.Lonely = made
			s.advance()
		}},
		{name: "mse", least: 3, read: func(s *saying, at int) { s.said("mse", at); s.drawn.MSE = true }},
		{name: "dof", least: 3, harm: "degrees of freedom are of a figure, want it left out"},
		{name: "bsn", least: 3, harm: "want it left out, and --scale beside --design: its number over that of the replicates"},
		{name: "poststrata", least: 5, harm: "want --margin, with the populations"},
		{name: "postweight", least: 5, harm: "want --margin, with the populations"},
		{name: "rake", least: 4, harm: "want --margin, with the populations"},
		{name: "regress", least: 3, harm: "want --margin and --calibrate, with the populations"},
		{name: "weight", least: 6, harm: "a weight of a stage, want one weight of the respondents, as [pw=w]"},
		{name: "noclear", least: 7, harm: "changes of a design before, want all of it"},
		{name: "clear", least: 5, harm: "want a design"},
	}
}

// stata reads svyset: the clusters of the first stage, the weight, options, and the
// same of the stages after it, behind ||.
func (s *saying) stata() {
	known := stataOptions()
	for stage := 1; ; stage++ {
		at := s.token.at
		if s.token.kind == aName {
			if unit := s.unit(); stage == 1 && unit != nil {
				s.said("psu", at)
				s.drawn.PSU = unit
			} else if stage > 1 {
				if s.drawn.PSU == nil {
					s.wrongAt(at, "a stage within respondents, want clusters before it")
				}
				s.drawn.PSU = append(s.drawn.PSU, unit...)
			}
		} else if stage > 1 {
			s.wrong("%s, want the variable of the stage's clusters or _n", s.token.found())
		}
		if s.is("[") {
			at = s.token.at
			kind := s.name("a weight, as pw=w")
			if !strings.HasPrefix("pweight", kind) && !strings.HasPrefix("iweight", kind) || len(kind) < 2 {
				s.wrongAt(at, "%q, want a sampling weight, as pw=w", kind)
			}
			s.want("=")
			s.said("weight", s.token.at)
			s.drawn.Weight = s.name("a variable")
			s.want("]")
		}
		if s.is(",") {
			for s.token.kind == aName {
				s.stataOption(known, stage)
				s.is(",")
			}
		}
		if !s.is("||") {
			break
		}
	}
	if s.drawn.Fay != nil && s.drawn.Method == "brr" {
		s.drawn.Method = "fay"
	}
	s.bootstrapScale()
	if s.drawn.Replicates != nil && !s.replicated {
		s.wrongAt(s.at["replicates"], "replicate weights without their vce(), which Stata leaves aside for vce(linearized): want vce(brr), vce(bootstrap), vce(jackknife) or vce(sdr), or no such weights")
	}
}

func (s *saying) stataOption(known []stataOption, stage int) {
	at, name := s.token.at, s.token.text
	s.advance()
	if name == "fpc" {
		if s.want("("); len(s.drawn.FPC) != stage-1 {
			s.wrongAt(at, "fpc of stage %d without that of stage %d, want one of each", stage, stage-1)
		}
		if stage == 1 {
			s.said("fpc", at)
		}
		s.drawn.FPC = append(s.drawn.FPC, s.name("a variable"))
		s.want(")")
		return
	}
	var names []string
	for _, o := range known {
		names = append(names, o.name)
		if !strings.HasPrefix(o.name, name) || len(name) < o.least {
			continue
		}
		switch {
		case o.harm != "":
			s.wrongAt(at, "%s: %s", o.name, o.harm)
		case o.first && stage > 1:
			s.wrongAt(at, "%s of stage %d, want that of the first stage alone", o.name, stage)
		}
		if o.name == "mse" {
			o.read(s, at)
			return
		}
		s.want("(")
		o.read(s, at)
		s.want(")")
		return
	}
	s.wrongAt(at, "%q is no option of svyset that is understood, want fpc, %s", name, strings.Join(names[:10], ", "))
}

// unit is the variable of a stage's clusters, nil of _n, respondents.
func (s *saying) unit() codebook.Names {
	if name := s.name("a variable"); name != "_n" {
		return codebook.Names{name}
	}
	return nil
}

// vce wants the replicates of the method that is named, at whichever place.
func (s *saying) vce(method string, at int) {
	want, known := map[string]string{"brr": "brr", "bootstrap": "bootstrap", "jackknife": "jk", "jack": "jk", "sdr": "successive-difference"}[method]
	if !known {
		s.wrongAt(at, "vce(%s), want linearized, brr, bootstrap, jackknife or sdr", method)
	}
	if s.drawn.Method == "" { // options stand in any order: look for it behind
		for _, option := range []string{"brrw", "bsrw", "jkrw", "sdrw"} {
			if strings.Contains(s.text[at:], option) {
				return
			}
		}
	}
	if s.drawn.Method == "" || !strings.HasPrefix(s.drawn.Method, want) {
		s.wrongAt(at, "vce(%s) without replicate weights of it, want them, or --method, which makes them", method)
	}
}

// ranges is the first of a range of names that end in numbers, rep1-rep80.
var ranges = regexp.MustCompile(`^(.*?)([0-9]+)$`)

// mostRange is how many names a range has at most.
const mostRange = 10_000

// varlist is a list of names, of patterns with * and ?, and of ranges.
func (s *saying) varlist() codebook.Names {
	var names codebook.Names
	for s.token.kind == aName {
		at := s.token.at
		name := s.part()
		if !s.is("-") {
			names = append(names, name)
			continue
		}
		to := s.part()
		first, last := ranges.FindStringSubmatch(name), ranges.FindStringSubmatch(to)
		if first == nil || last == nil || first[1] != last[1] {
			s.wrongAt(at, "%s-%s, want a range of names that differ in the number at their end", name, to)
		}
		from, _ := strconv.Atoi(first[2])
		end, err := strconv.Atoi(last[2])
		if err != nil || end < from || end-from >= mostRange {
			s.wrongAt(at, "%s-%s, want numbers that rise, at most %d of them", name, to, mostRange)
		}
		for n := from; n <= end; n++ {
			names = append(names, fmt.Sprintf("%s%0*d", first[1], len(first[2]), n))
		}
	}
	if names == nil {
		s.wrong("%s, want variables", s.token.found())
	}
	return names
}

// part is a name with * and ? in it.
func (s *saying) part() string {
	from := s.token.at
	s.name("a variable")
	for s.token.kind != theEnd && strings.ContainsAny(s.token.text, "*?") && s.token.at == from+len(strings.TrimRight(s.text[from:s.token.at], " \t")) {
		s.advance()
	}
	return strings.TrimRight(s.text[from:s.token.at], " \t\r\n")
}

// jackknifeWeights are replicates with their multipliers: one for all, one of each, or
// those that a Stata file keeps with its variables.
func (s *saying) jackknifeWeights(at int) {
	s.said("replicates", at)
	s.drawn.Replicates = s.varlist()
	s.said("method", at)
	s.drawn.Method = "jkn"
	if !s.is(",") {
		return
	}
	for s.token.kind == aName {
		from, name := s.token.at, s.token.text
		if s.advance(); !strings.HasPrefix("multiplier", name) || len(name) < 5 {
			s.wrongAt(from, "%q of jkrweight, want multiplier(): stratum() and fpc() are in it", name)
		}
		s.want("(")
		var of []float64
		for s.token.kind == aNumber {
			of = append(of, s.number())
		}
		if of == nil {
			s.wrong("%s, want a number", s.token.found())
		}
		s.want(")")
		if len(of) == 1 {
			s.said("scale", from)
			s.drawn.Scale = &of[0]
			continue
		}
		s.said("scales", from)
		s.drawn.Scales = of
	}
}

// bootstrapScale is that of Stata's bootstrap, one over the number of replicates, where
// R's is over one less: so many must be named.
func (s *saying) bootstrapScale() {
	if s.drawn.Method != "bootstrap" || s.drawn.Scale != nil {
		return
	}
	if codebook.Patterns(s.drawn.Replicates) {
		s.wrongAt(s.at["replicates"], "a pattern of bootstrap weights, want a range, as bsrweight(bw1-bw500): Stata's variance is over their number")
	}
	scale := 1 / float64(len(s.drawn.Replicates))
	s.drawn.Scale, s.at["scale"] = &scale, s.at["replicates"]
}
