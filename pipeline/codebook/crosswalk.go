package codebook

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/refusal"
)

// A Crosswalk says how the extract of one wave becomes the common variables:
// which raw variable and code is which, how the sample was drawn, and which
// weight stands for whom. The formats are described in indicators/README.md.
type Crosswalk struct {
	Survey      string            `yaml:"survey"`
	Wave        string            `yaml:"wave"`
	Like        SourceID          `yaml:"like"`    // the wave whose crosswalk says what this one does not
	Without     []string          `yaml:"without"` // variables of that wave which this one has not
	Part        []Condition       `yaml:"part"`    // of whom the wave is, in the extract of the wave that it is like
	Title       string            `yaml:"title"`
	Study       string            `yaml:"study"`
	Population  string            `yaml:"population"`
	Fieldwork   Period            `yaml:"fieldwork"`
	Licence     string            `yaml:"licence"`
	Source      string            `yaml:"source"`
	File        File              `yaml:"file"`
	Key         *Key              `yaml:"key"`
	Identify    *Identity         `yaml:"identify"`
	Size        *Size             `yaml:"size"`
	Unknown     map[string]string `yaml:"unknown"` // why there is no key, identify or size
	Design      DesignSource      `yaml:"design"`
	Weights     map[string]Weight `yaml:"weights"`
	Populations []Population      `yaml:"populations"`
	Missing     map[string]string `yaml:"missing"`
	Variables   map[string]Source `yaml:"variables"`
	Decisions   []Decision        `yaml:"decisions"`

	page *Page
	like *Crosswalk // that Like names
}

// SharesPSUs says whether the crosswalk has its wave share PSUs with an earlier
// one.
func (c *Crosswalk) SharesPSUs(earlier SourceID) bool {
	method := c.Design.Overlap[earlier]
	return method == OverlapPooled || method == OverlapRotating
}

// A File says which reader a wave's extract needs, and the pattern that
// exactly one file of the wave's folder matches. A pattern may be several,
// between spaces: "*.tab *.sav". Encoding is that of the extract's text, where
// what the file says of it is wrong or nothing; Delimiter is between the fields
// of delimited text, where its extension and head do not tell. Part is the table to
// read of a file that holds several.
type File struct {
	Reader    string `yaml:"reader"`
	Pattern   string `yaml:"pattern"`
	Encoding  string `yaml:"encoding"`
	Delimiter string `yaml:"delimiter"`
	Part      string `yaml:"part"`
}

// Matches says whether a file of the name fits one of the patterns, without
// regard to case.
func (f File) Matches(name string) bool {
	for pattern := range strings.FieldsSeq(f.Pattern) {
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name)); ok && err == nil {
			return true
		}
	}
	return false
}

// An Identity is a raw variable that has one value in every row of the right
// wave's extract.
type Identity struct {
	Variable string  `yaml:"variable"`
	Equals   float64 `yaml:"equals"`
}

// A Population is a part of the wave's population that figures are given for.
type Population struct {
	ID    string      `yaml:"id"`
	Label string      `yaml:"label"`
	Where []Condition `yaml:"where"`
}

// PartOf says whether a population is a part of another: it has all of the other's
// conditions, and more.
func PartOf(populations []Population, population, of string) bool {
	find := func(id string) int {
		return slices.IndexFunc(populations, func(p Population) bool { return p.ID == id })
	}
	part, whole := find(population), find(of)
	if part < 0 || whole < 0 || len(populations[part].Where) <= len(populations[whole].Where) {
		return false
	}
	for _, condition := range populations[whole].Where {
		if !slices.ContainsFunc(populations[part].Where, func(c Condition) bool { return reflect.DeepEqual(c, condition) }) {
			return false
		}
	}
	return true
}

// A Condition holds for a respondent whose common variable is in one of the
// categories, or lies between the bounds, which are inclusive. It does not
// hold where the variable is missing.
type Condition struct {
	Variable   string   `yaml:"variable" json:"variable"`
	Categories []string `yaml:"categories" json:"categories,omitempty"`
	AtLeast    *float64 `yaml:"at_least" json:"at_least,omitempty"`
	AtMost     *float64 `yaml:"at_most" json:"at_most,omitempty"`
}

// MarshalJSON gives the same bytes for the same condition, in whatever order
// its categories are written.
func (w Condition) MarshalJSON() ([]byte, error) {
	type plain Condition
	w.Categories = slices.Sorted(slices.Values(w.Categories))
	return json.Marshal(plain(w))
}

// A Source is where a common variable comes from in one wave.
type Source struct {
	From     string               `yaml:"from" json:"from,omitempty"`
	First    []string             `yaml:"first" json:"first,omitempty"`
	Codes    map[string]string    `yaml:"codes" json:"codes,omitempty"`
	Range    []float64            `yaml:"range" json:"range,omitempty"`
	Bands    map[string][]float64 `yaml:"bands" json:"bands,omitempty"`
	Missing  map[string]string    `yaml:"missing" json:"missing,omitempty"`
	Optional bool                 `yaml:"optional" json:"-"`
	Labels   string               `yaml:"labels" json:"-"` // LabelsDiffer, or "": those of the file must not contradict the codes
	Known    string               `yaml:"known" json:"-"`
	SHA256   string               `yaml:"sha256" json:"-"` // of the file that it was confirmed on
	Note     string               `yaml:"note" json:"-"`
}

// LabelsDiffer says of a source that its codes are what the crosswalk makes of
// them, whatever the file's labels call them.
const LabelsDiffer = "differ"

// Raw lists the raw variables that the source reads.
func (s Source) Raw() []string {
	if s.From != "" {
		return []string{s.From}
	}
	return s.First
}

// Unmet are raw codes that a crosswalk takes and no row of an extract has, with what
// it makes of them: categories, and kinds of missing. Without a variable they are the
// wave's missing codes, which no variable has.
type Unmet struct {
	Variable string            `json:"variable,omitempty"`
	Codes    map[string]string `json:"codes,omitempty"`
	Missing  map[string]string `json:"missing,omitempty"`
}

// A Decision is a judgement that a reader of the figures should know.
type Decision struct {
	Variable string `yaml:"variable" json:"variable"`
	Text     string `yaml:"text" json:"text"`
}

// How far a name and its codes were checked.
const (
	Confirmed = "confirmed" // in the archive's documentation or on the data
	Read      = "read"      // in a secondary source
	Memory    = "memory"    // unverified
)

// ID is the wave's, which is its folder among the extracts too.
func (c *Crosswalk) ID() SourceID { return WaveID(c.Survey, c.Wave) }

// RawNames lists the raw variables that the crosswalk reads, sorted, each
// once without regard to case. Those of replicate weights may be patterns, see
// Match.
func (c *Crosswalk) RawNames() []string {
	seen := map[string]string{}
	add := func(names ...string) {
		for _, n := range names {
			key := strings.ToLower(n)
			if first, ok := seen[key]; n != "" && (!ok || n < first) {
				seen[key] = n // of several spellings the first in order, so that all runs agree
			}
		}
	}
	add(c.DesignNames()...)
	if c.Key != nil {
		add(c.Key.Variables...)
	}
	for _, s := range c.Variables {
		add(s.Raw()...)
	}
	return slices.Sorted(maps.Values(seen))
}

// DesignNames lists the raw variables that identify the wave and say how it was
// drawn and weighted, some more than once.
func (c *Crosswalk) DesignNames() []string {
	return slices.Concat(c.LabelNames(), c.NumberNames())
}

// unitNames lists those of the units whose members get one factor of a calibration.
func (c *Crosswalk) unitNames() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.Weights)) {
		if to := c.Weights[name].Calibrate; to != nil && to.Within != "" {
			names = append(names, to.Within)
		}
	}
	return names
}

// LabelNames lists those of them that are labels, and no numbers.
func (c *Crosswalk) LabelNames() []string {
	return slices.Concat(c.Design.Stratum, c.Design.PSU, c.unitNames())
}

// NumberNames lists those of them that are numbers, and no labels of strata and
// PSUs.
func (c *Crosswalk) NumberNames() []string {
	names := slices.Clone([]string(c.Design.Population))
	if c.Identify != nil {
		names = append(names, c.Identify.Variable)
	}
	for _, w := range c.Weights {
		names = append(names, w.Variable)
		if w.Sample != nil {
			names = append(names, w.Sample.Variable)
		}
		if w.Replicates != nil {
			names = append(names, w.Replicates.Variables...)
		}
	}
	return names
}

// check reports what is wrong with a crosswalk that says all that it is to say.
// Its page's file ends in <survey>/<wave>.yaml.
func (c *Crosswalk) check(book *Codebook) refusal.Problems {
	var ps refusal.Problems
	page := c.page
	dir, file := path.Split(page.File)
	if want := path.Base(dir); c.Survey != want {
		ps.Add(page.At("survey"), "survey %q in the folder of %q", c.Survey, want)
	}
	if want := strings.TrimSuffix(file, ".yaml"); c.Wave != want {
		ps.Add(page.At("wave"), "wave %q in the file of wave %q", c.Wave, want)
	}
	if _, err := ParseSourceID(string(c.ID())); err != nil {
		ps.Add(page.At("wave"), "%v", err)
	}
	for _, text := range []struct{ key, value string }{
		{"title", c.Title},
		{"study", c.Study},
		{"population", c.Population},
		{"licence", c.Licence},
		{"source", c.Source},
		{"file", c.File.Pattern},
	} {
		unnumbered := text.key == "study" && page.has("study") // the archive has none, or nobody saw it
		if text.value == "" && !unnumbered {
			ps.Add(page.At(text.key), "no %s", text.key)
		}
	}
	ps = append(ps, c.checkHead()...)
	ps = append(ps, c.checkWeights(book)...)
	ps = append(ps, c.checkPopulations(book)...)
	for _, name := range slices.Sorted(maps.Keys(c.Variables)) {
		ps = append(ps, c.checkSource(name, book)...)
	}
	ps = append(ps, checkKinds(c.Missing, page.At("missing"))...)
	for i, d := range c.Decisions {
		if _, ok := c.Variables[d.Variable]; !ok {
			ps.Add(page.At("decisions", itoa(i)), "no variable %q in this crosswalk%s", d.Variable, refusal.Nearest(d.Variable, slices.Collect(maps.Keys(c.Variables))))
		}
	}
	return ps
}

func (c *Crosswalk) checkHead() refusal.Problems {
	var ps refusal.Problems
	start, err1 := time.Parse(time.DateOnly, c.Fieldwork.Start)
	end, err2 := time.Parse(time.DateOnly, c.Fieldwork.End)
	if err1 != nil || err2 != nil || end.Before(start) {
		ps.Add(c.At("fieldwork"), "fieldwork %q to %q, want two dates YYYY-MM-DD in order", c.Fieldwork.Start, c.Fieldwork.End)
	}
	if !slices.Contains(Readers, c.File.Reader) {
		ps.Add(c.At("file", "reader"), "no reader %q, want one of %s", c.File.Reader, strings.Join(Readers, ", "))
	}
	for pattern := range strings.FieldsSeq(c.File.Pattern) {
		if _, err := path.Match(pattern, "x"); err != nil {
			ps.Add(c.At("file", "pattern"), "pattern %q: %v", pattern, err)
		}
	}
	return slices.Concat(ps, c.checkHeld(), c.checkDesign())
}

func (c *Crosswalk) checkPopulations(book *Codebook) refusal.Problems {
	var ps refusal.Problems
	if len(c.Populations) == 0 {
		ps.Add(c.At("populations"), "no populations")
	}
	seen := map[string]bool{}
	for i, p := range c.Populations {
		at := c.At("populations", itoa(i))
		if !ValidCode(p.ID) || p.Label == "" || seen[p.ID] {
			ps.Add(at, "population %q: want an id used once, of lower-case letters, digits and single hyphens, and a label", p.ID)
		}
		ps = append(ps, CheckCode(at, "population", p.ID)...)
		seen[p.ID] = true
		for _, w := range p.Where {
			ps = append(ps, w.Check(book, at)...)
			for _, name := range book.Lacks(c, w.Variable) {
				ps.Add(at, "population %q needs variable %q, which this crosswalk does not have", p.ID, name)
			}
		}
	}
	return ps
}

func (c *Crosswalk) checkSource(name string, book *Codebook) refusal.Problems {
	var ps refusal.Problems
	at, s := c.At("variables", name), c.Variables[name]
	v, ok := book.Variables[name]
	if !ok {
		ps.Add(at, "no variable %q in the codebook%s", name, refusal.Nearest(name, book.Names()))
		return ps
	}
	open := len(s.Raw()) == 0 && s.Known == Memory // until somebody has seen the file
	if both := s.From != "" && len(s.First) > 0; both || len(s.Raw()) == 0 && !open {
		ps.Add(at, "variable %q: want from or first, or known: %s where nobody has seen the name", name, Memory)
	}
	forms := 0
	for _, set := range []bool{len(s.Codes) > 0, len(s.Range) > 0, len(s.Bands) > 0} {
		if set {
			forms++
		}
	}
	switch {
	case forms == 0 && open:
	case forms != 1:
		ps.Add(at, "variable %q: want codes, range or bands, and only one of them", name)
	case v.Categorical() == (len(s.Range) > 0):
		ps.Add(at, "variable %q: a number has a range; categories come from codes or bands", name)
	}
	if len(s.Range) > 0 && (len(s.Range) != 2 || s.Range[0] > s.Range[1]) {
		ps.Add(at, "variable %q: range: want [low, high]", name)
	}
	for _, raw := range slices.Sorted(maps.Keys(s.Codes)) {
		for _, p := range v.checkCategories("", s.Codes[raw]) {
			p.Where, p.What = c.At("variables", name, "codes", raw), fmt.Sprintf("code %s: %s", raw, p.What)
			ps = append(ps, p)
		}
	}
	if s.Labels != "" && s.Labels != LabelsDiffer {
		ps.Add(at, "variable %q: labels %q, want %s or nothing", name, s.Labels, LabelsDiffer)
	}
	ps = append(ps, c.checkTwice(name)...)
	ps = append(ps, checkBands(v, s.Bands, c.At("variables", name, "bands"))...)
	ps = append(ps, checkKinds(s.Missing, c.At("variables", name, "missing"))...)
	return append(ps, checkKnown(s.Known, s.SHA256, at)...)
}

// checkTwice reports the codes of a variable that are both a category and
// missing, or written in two ways that are one number.
func (c *Crosswalk) checkTwice(name string) refusal.Problems {
	var ps refusal.Problems
	s := c.Variables[name]
	at := c.At("variables", name)
	missing := c.MissingOf(s)
	numbers := map[string]string{} // of the codes
	of := func(codes map[string]string) []string {
		sorted, spelt := slices.Sorted(maps.Keys(codes)), map[string]string{}
		for _, raw := range sorted {
			numbers[raw] = number(raw)
			if first, twice := spelt[numbers[raw]]; twice {
				ps.Add(at, "variable %q: codes %s and %s are one number", name, first, raw)
			}
			spelt[numbers[raw]] = raw
		}
		return sorted
	}
	codes, others := of(s.Codes), of(missing)
	for _, raw := range codes {
		for _, other := range others {
			if numbers[raw] == numbers[other] {
				ps.Add(at, "variable %q: code %s is both %q and missing (%s)", name, raw, s.Codes[raw], missing[other])
			}
		}
	}
	return ps
}

// number is a raw code as a number is written, so that 1 and 1.0 are equal;
// text is itself.
func number(raw string) string {
	if v, err := strconv.ParseFloat(raw, 64); err == nil {
		return Spell(v)
	}
	return raw
}

// Spell is a number as a code: in full, without an exponent, and 0 without a
// sign.
func Spell(x float64) string { return strconv.FormatFloat(x+0, 'f', -1, 64) }

// ByNumber puts raw codes in order: as numbers are, and texts by spelling.
func ByNumber(codes []string) []string {
	slices.SortFunc(codes, func(a, b string) int {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	})
	return codes
}

// MissingOf returns the raw codes of a source that are missing: its own, or
// the wave's where it says none. A source may say that it has none: {}.
func (c *Crosswalk) MissingOf(s Source) map[string]string {
	if s.Missing != nil {
		return s.Missing
	}
	return c.Missing
}

// Readers lists the readers that a crosswalk may name; any is the one that the
// extract's extension tells.
var Readers = []string{"any", "delimited", "sav", "por", "dta", "parquet", "xpt", "sas7bdat", "sheet"}

// digest is the form of a SHA-256.
var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkKnown(known, sha256, at string) refusal.Problems {
	var ps refusal.Problems
	if sha256 != "" && (known != Confirmed || !digest.MatchString(sha256)) {
		ps.Add(at, "sha256 %q, known %q: want the 64 digits of the file that it was confirmed on, and known: %s", sha256, known, Confirmed)
	}
	switch known {
	case Confirmed, Read, Memory:
	default:
		ps.Add(at, "known %q, want confirmed, read or memory", known)
	}
	return ps
}

func checkKinds(missing map[string]string, at string) refusal.Problems {
	var ps refusal.Problems
	for _, raw := range slices.Sorted(maps.Keys(missing)) {
		if _, ok := ParseMissing(missing[raw]); !ok {
			ps.Add(at, "code %s: no kind of missing %q, want one of %s", raw, missing[raw], strings.Join(MissingNames(), ", "))
		}
	}
	return ps
}

// Check reports what is wrong with the condition at a place.
func (w Condition) Check(book *Codebook, at string) refusal.Problems {
	var ps refusal.Problems
	v, ok := book.Variables[w.Variable]
	switch bounds := w.AtLeast != nil || w.AtMost != nil; {
	case !ok:
		ps.Add(at, "no variable %q%s", w.Variable, refusal.Nearest(w.Variable, book.Names()))
	case v.Categorical() && (bounds || len(w.Categories) == 0):
		ps.Add(at, "variable %q has categories: want which of them", w.Variable)
	case !v.Categorical() && (!bounds || len(w.Categories) > 0):
		ps.Add(at, "variable %q is a number: want at_least or at_most", w.Variable)
	case w.AtLeast != nil && w.AtMost != nil && *w.AtLeast > *w.AtMost:
		ps.Add(at, "variable %q: at_least %v is above at_most %v", w.Variable, *w.AtLeast, *w.AtMost)
	default:
		ps = append(ps, v.checkCategories(at, w.Categories...)...)
	}
	return ps
}
