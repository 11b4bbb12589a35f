package question

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/refusal"
)

// sayings are the beginnings of a design in the words of another program: R's survey
// and srvyr, and Stata.
var sayings = regexp.MustCompile(`^\s*(?:[A-Za-z.][A-Za-z0-9._]*\s*(?:<-|=)\s*)?(?:(?:survey|srvyr)\s*::\s*)?(?:(svydesign|svrepdesign|as_survey_design|as_survey_rep)\s*\(|(svyset)(?:[\s,\[]|$))`)

// Sayings are the calls that are understood.
const Sayings = "svydesign(...), svrepdesign(...), as_survey_design(...), as_survey_rep(...) or svyset ..., from the beginning"

// notSayings are texts that name no file but are no such call either.
var notSayings = regexp.MustCompile(`(?i)svydesign|svrep|svyset|as_survey|^\s*svy\b|[(~;]`)

// MeantSaid says whether a text was meant for a design in another program's words, and
// is none that is understood.
func MeantSaid(text string) bool { return !Said(text) && notSayings.MatchString(text) }

// stataComments are comments of Stata, and lines that go on.
var stataComments = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*(\n|$)`)

// bare is a text of Stata with blanks for its comments; R has none of them.
func bare(text string) string {
	if m := sayings.FindStringSubmatchIndex(text); m == nil || m[4] < 0 {
		return text
	}
	return stataComments.ReplaceAllStringFunc(text, func(of string) string { return strings.Repeat(" ", len(of)) })
}

// Said says whether a text is a design in the words of another program.
func Said(text string) bool { return sayings.MatchString(text) }

// ReadSaid reads a design in the words of R's survey or srvyr (svydesign,
// svrepdesign, as_survey_design, as_survey_rep) or of Stata (svyset). What it does not
// understand is a fault at its character: nothing is passed over that a figure rests on.
func ReadSaid(text string) (parts []Part, fault *expression.Fault) {
	s := &saying{text: bare(text), at: map[string]int{}}
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(expression.Fault)
			if !ok {
				panic(r)
			}
			parts, fault = nil, &f
		}
	}()
	m := sayings.FindStringSubmatchIndex(text)
	if m == nil {
		s.wrongAt(0, "want %s", Sayings)
	}
	if m[4] >= 0 {
		s.next = m[5]
		s.advance()
		s.stata()
	} else {
		s.next = m[3]
		s.advance()
		s.r(text[m[2]:m[3]])
	}
	if s.token.kind != theEnd {
		s.wrong("%s behind the design, want nothing", s.token.found())
	}
	for _, p := range s.drawn.Parts() {
		p.At = fmt.Sprintf("--design, character %d", expression.FaultAt(text, s.at[p.Key], "", "").Character())
		parts = append(parts, p)
	}
	if parts == nil {
		s.wrongAt(0, "says nothing of a design, want a weight, strata, clusters or replicates")
	}
	return parts, nil
}

// A saying is a design in another program's words as it is read.
type saying struct {
	text  string
	next  int // byte behind the token
	token saidToken
	drawn Drawn
	at    map[string]int // of each key, the byte where it is said

	acs        bool // R's type of the American Community Survey
	replicated bool // svyset takes the variance from its replicates
}

// A saidKind says what a token of a saying is.
type saidKind int

const (
	aSymbol saidKind = iota
	aName
	aNumber
	aString
	theEnd
)

type saidToken struct {
	kind saidKind
	at   int
	text string // without quotes
}

func (t saidToken) found() string {
	if t.kind == theEnd {
		return "the end"
	}
	return strconv.Quote(t.text)
}

// saidTokens are those of both programs: names with patterns of names in them, numbers,
// texts in quotes, and symbols.
var saidTokens = regexp.MustCompile("^(?:(\\.?[\\pL_][\\pL\\pN_.]*|`[^`]+`)|([0-9]+(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\\.[0-9]+)|(\"[^\"]*\"|'[^']*')|(\\|\\||(?s:.)))")

func (s *saying) advance() {
	rest := strings.TrimLeft(s.text[s.next:], " \t\r\n\f\v")
	at := len(s.text) - len(rest)
	s.token, s.next = saidToken{kind: theEnd, at: at}, at
	m := saidTokens.FindStringSubmatchIndex(rest)
	if m == nil {
		return
	}
	for i, kind := range []saidKind{aName, aNumber, aString, aSymbol} {
		if from, to := m[2*i+2], m[2*i+3]; from >= 0 {
			s.token = saidToken{kind: kind, at: at, text: rest[from:to]}
			s.next = at + to
		}
	}
	if s.token.kind == aString || s.token.kind == aName && s.token.text[0] == '`' {
		s.token.text = s.token.text[1 : len(s.token.text)-1]
	}
}

func (s *saying) wrong(format string, args ...any) { s.wrongAt(s.token.at, format, args...) }

func (s *saying) wrongAt(at int, format string, args ...any) {
	panic(expression.FaultAt(s.text, at, fmt.Sprintf(format, args...), ""))
}

// is says whether the token is a symbol, and passes it.
func (s *saying) is(symbol string) bool {
	if s.token.kind != aSymbol || s.token.text != symbol {
		return false
	}
	s.advance()
	return true
}

func (s *saying) want(symbol string) {
	if !s.is(symbol) {
		s.wrong("%s, want %q", s.token.found(), symbol)
	}
}

// name is a name, which what is wanted says otherwise.
func (s *saying) name(want string) string {
	if s.token.kind != aName {
		s.wrong("%s, want %s", s.token.found(), want)
	}
	name := s.token.text
	s.advance()
	return name
}

func (s *saying) number() float64 {
	x, err := strconv.ParseFloat(s.token.text, 64)
	if s.token.kind != aNumber || err != nil {
		s.wrong("%s, want a number", s.token.found())
	}
	s.advance()
	return x
}

// said notes where a key is said, which is said once.
func (s *saying) said(key string, at int) {
	if _, twice := s.at[key]; twice {
		s.wrongAt(at, "%s twice, want it once", key)
	}
	s.at[key] = at
}

// An rArgument is one of R's functions: what it is of a design. A use of "" is passed
// over where its value is one of these, and refused where it is another.
type rArgument struct {
	name   string
	in     string // functions: d for svydesign, r for svrepdesign, D and R for srvyr's
	read   func(s *saying, at int)
	harm   string   // why another value is refused
	values []string // that change nothing
}

func rArguments() []rArgument {
	bool := []string{"TRUE", "FALSE", "T", "F"}
	none := []string{"NULL", "FALSE", "F"}
	return []rArgument{
		{name: "ids", in: "dD", read: func(s *saying, at int) { s.drawn.PSU = s.terms("psu", at, true) }},
		{name: "strata", in: "dD", read: func(s *saying, at int) {
			from := s.token.at
			s.drawn.Stratum = s.terms("stratum", at, false)
			if len(s.drawn.Stratum) > 1 && !strings.Contains(s.text[from:s.token.at], "interaction") {
				s.wrongAt(from, "strata of several stages, want those of the first, crossed by interaction(a, b) where there are several")
			}
		}},
		{name: "fpc", in: "dD", read: func(s *saying, at int) { s.drawn.FPC = s.terms("fpc", at, false) }},
		{name: "weights", in: "drDR", read: func(s *saying, at int) {
			if of := s.terms("weight", at, false); len(of) == 1 {
				s.drawn.Weight = of[0]
			} else if len(of) > 1 {
				s.wrongAt(at, "several weights, want one")
			}
		}},
		{name: "nest", in: "dD", values: bool}, // PSUs are numbered anew in each stratum: where they are not, it is the same
		{name: "check.strata", in: "d", values: bool},
		{name: "check_strata", in: "D", values: bool},
		{name: "variables", in: "drDR", values: none, harm: "a part of the variables, want it left out: all of the file's can be asked of"},
		{name: "probs", in: "dD", values: none, harm: "chances of selection, want weights: one over them, as --let 'w = 1/p' makes them"},
		{name: "pps", in: "dD", values: none, harm: "errors of pps sampling without replacement are not known here, want it left out"},
		{name: "calibrate.formula", in: "d", values: none, harm: "want --margin, with the populations"},
		{name: "variance", in: "dD", values: none, harm: "errors of pps sampling without replacement are not known here, want it left out"},
		{name: "data", in: "dr", read: func(s *saying, _ int) { s.name("the name of a data frame") }},
		{name: "repweights", in: "rR", read: (*saying).replicateWeights},
		{name: "type", in: "rR", read: (*saying).replicateType},
		{name: "combined.weights", in: "r", values: []string{"TRUE", "T"}, harm: "replicates without the sampling weight in them, want those that hold it"},
		{name: "combined_weights", in: "R", values: []string{"TRUE", "T"}, harm: "replicates without the sampling weight in them, want those that hold it"},
		{name: "rho", in: "rR", read: func(s *saying, at int) { s.said("fay", at); x := s.number(); s.drawn.Fay = &x }},
		{name: "scale", in: "rR", read: func(s *saying, at int) { s.said("scale", at); x := s.arithmetic(); s.drawn.Scale = &x }},
		{name: "rscales", in: "rR", read: func(s *saying, at int) { s.said("scales", at); s.drawn.Scales = s.numbers() }},
		{name: "mse", in: "rR", read: func(s *saying, at int) {
			s.said("mse", at)
			if s.drawn.MSE = slices.Contains([]string{"TRUE", "T"}, s.token.text); !s.drawn.MSE && !slices.Contains([]string{"FALSE", "F"}, s.token.text) {
				s.wrong("%s, want TRUE or FALSE", s.token.found())
			}
			s.advance()
		}},
		{name: "degf", in: "rR", values: none, harm: "degrees of freedom are of a figure, want it left out"},
		{name: "bootstrap.average", in: "r", values: none, harm: "want scale, of the variance"},
	}
}

// r reads a call of one of R's functions. Arguments have names, which may be cut off as
// in R; the first may be the clusters.
func (s *saying) r(function string) {
	in := map[string]string{"svydesign": "d", "svrepdesign": "r", "as_survey_design": "D", "as_survey_rep": "R"}[function]
	var known []rArgument
	var names []string
	for _, a := range rArguments() {
		if strings.Contains(a.in, in) {
			known, names = append(known, a), append(names, a.name)
		}
	}
	s.want("(")
	given := map[string]bool{}
	for first := true; !s.is(")"); first = false {
		if !first {
			s.want(",")
		}
		at := s.token.at
		name := "ids"
		if s.token.kind == aName && strings.HasPrefix(strings.TrimLeft(s.text[s.next:], " \t\r\n\f\v"), "=") {
			name = s.token.text
			s.advance()
			s.advance()
		} else if !first || in == "r" || in == "R" {
			s.wrong("%s, want an argument by its name, as %s=", s.token.found(), names[0])
		}
		of := slices.IndexFunc(known, func(a rArgument) bool { return a.name == name })
		for i, a := range known {
			if of < 0 && strings.HasPrefix(a.name, name) {
				of = i
			}
		}
		if of < 0 {
			s.wrongAt(at, "%q is no argument of %s that is understood, want %s", name, function, strings.Join(names, ", "))
		}
		a := known[of]
		if given[a.name] {
			s.wrongAt(at, "%s twice, want it once", a.name)
		}
		given[a.name] = true
		switch {
		case s.token.kind == aName && s.token.text == "NULL":
			s.advance()
		case a.read != nil:
			a.read(s, s.token.at)
		case slices.Contains(a.values, s.token.text):
			s.advance()
		case a.harm != "":
			s.wrongAt(at, "%s: %s", a.name, a.harm)
		default:
			s.wrong("%s of %s, want %s", s.token.found(), a.name, strings.Join(a.values[:2], " or "))
		}
	}
	if in == "r" || in == "R" {
		if s.drawn.Replicates == nil {
			s.wrong("no repweights, want the replicate weights")
		}
		s.scaled(given["type"])
	}
}

// scaled takes the scales of replicates as R does by their type, and refuses those that
// R leaves out or wants.
func (s *saying) scaled(typed bool) {
	d := &s.drawn
	if s.acs { // about the estimate, as its variance is published
		if from, said := s.at["mse"]; said && !d.MSE {
			s.wrongAt(from, "mse of type \"ACS\", whose variance is about the estimate, want it left out")
		}
		d.MSE = true
	}
	at := func(key string) int { return s.at[key] }
	switch {
	case !typed:
		if d.Method, s.at["method"] = "brr", 0; d.Scale != nil || d.Scales != nil { // R's first
			s.wrongAt(max(at("scale"), at("scales")), "a scale without a type, which R takes for BRR and leaves the scale out: want a type")
		}
	case d.Method == "" && d.Scale == nil:
		s.wrongAt(at("type"), `type "other" without scale, want it: R takes 1`)
	case slices.Contains([]string{"brr", "fay", "jk2", "successive-difference"}, d.Method) && d.Scale != nil:
		s.wrongAt(at("scale"), "scale of a type that has its own, which R leaves out, want it left out")
	case slices.Contains([]string{"brr", "fay", "jk2", "successive-difference"}, d.Method) && d.Scales != nil:
		s.wrongAt(at("scales"), "rscales of a type that has its own, want them left out")
	case d.Method == "jkn" && d.Scales == nil:
		s.wrongAt(at("type"), `type "JKn" without rscales, want them: (n-1)/n of the n PSUs of the stratum that each leaves one out of`)
	case d.Method == "jkn" && len(d.Scales) == 1: // of all
		scale := d.Scales[0]
		if d.Scale != nil {
			scale *= *d.Scale
		}
		d.Scale, d.Scales = &scale, nil
		s.at["scale"] = at("scales")
	case len(d.Scales) == 1:
		s.wrongAt(at("scales"), "one number of rscales, want one of each replicate, or scale")
	}
}

// terms are the variables of a formula, ~a + b, of srvyr's bare names, a or c(a, b), or
// of a data frame, d$a. ~1 and ~0 are none.
func (s *saying) terms(key string, at int, stages bool) codebook.Names {
	s.said(key, at)
	formula := s.is("~")
	if formula && s.token.kind == aNumber && (s.token.text == "1" || s.token.text == "0") {
		s.advance()
		return nil
	}
	if !formula && s.token.kind == aNumber && s.token.text == "1" && stages {
		s.advance()
		return nil
	}
	var names codebook.Names
	for {
		name := s.name("a variable")
		switch {
		case (name == "interaction" || name == "c" && !formula) && s.is("("):
			for {
				names = append(names, s.name("a variable"))
				if s.is(")") {
					break
				}
				s.want(",")
			}
			if name == "interaction" && stages {
				s.wrongAt(at, "clusters by an interaction, want a variable of each stage: PSUs may be numbered anew in each stratum")
			}
		case !formula && s.is("$"):
			names = append(names, s.name("a variable"))
		case s.token.kind == aSymbol && s.token.text == "(":
			s.wrong("a function of variables, want a variable: --let makes one of others")
		default:
			names = append(names, name)
		}
		if !formula || !s.is("+") {
			return names
		}
	}
}

// replicateWeights are R's: a regular expression of names in quotes, a formula, or
// srvyr's starts_with("a"), matches("a") and c(a, b).
func (s *saying) replicateWeights(at int) {
	switch {
	case s.token.kind == aString:
		s.said("replicates", at)
		s.drawn.Replicates = codebook.Names{s.pattern()}
	case s.token.kind == aName && (s.token.text == "starts_with" || s.token.text == "matches"):
		s.said("replicates", at)
		starts := s.token.text == "starts_with"
		s.advance()
		s.want("(")
		if s.token.kind != aString {
			s.wrong("%s, want a text in quotes", s.token.found())
		}
		if starts {
			s.drawn.Replicates = codebook.Names{s.token.text + "*"}
			s.advance()
		} else {
			s.drawn.Replicates = codebook.Names{s.pattern()}
		}
		s.want(")")
	default:
		s.drawn.Replicates = s.terms("replicates", at, false)
		if s.token.kind == aSymbol && s.token.text == "[" {
			s.wrong("columns by their numbers, want a pattern of their names in quotes, as \"rep[0-9]+\"")
		}
	}
}

// regular are the parts of a regular expression that a pattern of names can say.
var regular = regexp.MustCompile(`^(?:([A-Za-z0-9_]+)|(\[[A-Za-z0-9_-]+\]|\\d)([+*]?)|(\.)([+*]?))`)

// pattern is a regular expression of names as a pattern of ours: R finds it anywhere
// in a name unless ^ and $ say otherwise.
func (s *saying) pattern() string {
	rest, at := s.token.text, s.token.at+1
	made := "*"
	if after, ok := strings.CutPrefix(rest, "^"); ok {
		made, rest, at = "", after, at+1
	}
	ends := false
	for rest != "" && !ends {
		if ends = rest == "$"; ends {
			break
		}
		m := regular.FindStringSubmatch(rest)
		switch {
		case m == nil:
			s.wrongAt(at, "%q in a pattern of names, want letters, digits, sets such as [0-9]+ and .*", rest[:1])
		case m[1] != "":
			made += m[1]
		case m[2] != "":
			of := m[2]
			if of == `\d` {
				of = "[0-9]"
			}
			made += map[string]string{"": of, "+": of + "*", "*": "*"}[m[3]]
		default:
			made += map[string]string{"": "?", "+": "?*", "*": "*"}[m[5]]
		}
		rest, at = rest[len(m[0]):], at+len(m[0])
	}
	if !ends {
		made += "*"
	}
	s.advance()
	for strings.Contains(made, "**") {
		made = strings.ReplaceAll(made, "**", "*")
	}
	return made
}

// replicateTypes are R's types of replicate weights, each with the method here.
var replicateTypes = map[string]string{
	"BRR": "brr", "Fay": "fay", "JK1": "jk1", "JKn": "jkn", "JK2": "jk2", "bootstrap": "bootstrap", "ACS": "successive-difference", "successive-difference": "successive-difference", "other": "",
}

func (s *saying) replicateType(at int) {
	method, known := replicateTypes[s.token.text]
	if s.token.kind != aString || !known {
		s.wrong("%s, want %s%s", s.token.found(), `"BRR", "Fay", "JK1", "JKn", "JK2", "bootstrap", "ACS", "successive-difference" or "other"`, refusal.Nearest(s.token.text, []string{"BRR", "Fay", "JK1", "JKn", "JK2", "bootstrap", "ACS"}))
	}
	s.at["type"] = at
	if s.drawn.Method = method; method != "" {
		s.said("method", at)
	}
	s.acs = s.token.text == "ACS"
	s.advance()
}
