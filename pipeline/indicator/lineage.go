package indicator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
)

// Quantity is the SHA-256 of all that decides which quantity the definition's
// figures are: the statistic, what is counted, of whom, the unit and its
// precision, and the derivations of their variables. Titles and labels are not
// in it.
func (d *Definition) Quantity(book *codebook.Codebook) string {
	if d.Tabled != nil {
		return d.Tabled.quantity(d)
	}
	var names []string
	for _, item := range d.Figures() {
		names = append(names, d.Needs(item)...)
	}
	return Digest(struct {
		Statistic   Statistic
		Unit        string
		Over, With  *codebook.Condition
		Between     *Between
		Items       []Item
		Where       []codebook.Condition
		Precision   int
		Derivations any
		Rule        string    `json:",omitempty"`
		Standardise *Standard `json:",omitempty"`
		Analysis    string    `json:",omitempty"`
	}{d.Statistic, d.Unit(book), d.Over, d.With, d.Between, d.Figures(), d.Base.Where, d.Places(), derivations(book, names), d.Rule, d.Standardise, strings.TrimPrefix(d.Analysis, codebook.Person)})
}

// derivations returns those that the named variables rest on, by name.
func derivations(book *codebook.Codebook, names []string) map[string]*codebook.Derivation {
	found := map[string]*codebook.Derivation{}
	for _, name := range book.Closure(names...) {
		if d := book.Variables[name].Derive; d != nil {
			found[name] = d
		}
	}
	return found
}

// Digest is the SHA-256, in hexadecimal, of a value's JSON, in which the keys
// of maps are sorted. It panics on a value that JSON cannot hold.
func Digest(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("indicator: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Lineage is the SHA-256 of all in the catalogue that the definition's figures
// for one wave rest on: its quantity, the breakdowns that the wave has, the
// populations that it is for, and of the crosswalk the design, the weight of
// each breakdown, and the sources and missing codes of every variable that
// they read. Names of raw variables count without regard to case.
func (d *Definition) Lineage(book *codebook.Codebook, c *codebook.Crosswalk) string {
	var names []string
	for _, item := range d.Figures() {
		names = append(names, d.Needs(item)...)
	}
	weights := map[string]weight{codebook.All: weightOf(c, d.Weight(book, c, nil))}
	for _, breakdown := range d.By(book) {
		by := Crossed(breakdown)
		if len(book.Lacks(c, by...)) > 0 {
			continue // no figure of this wave is broken down by it
		}
		names = append(names, by...)
		weights[breakdown] = weightOf(c, d.Weight(book, c, by))
	}
	var populations []codebook.Population
	for _, p := range c.Populations {
		if len(d.Populations) > 0 && !slices.Contains(d.Populations, p.ID) {
			continue
		}
		populations = append(populations, codebook.Population{ID: p.ID, Where: p.Where})
		for _, w := range p.Where {
			names = append(names, w.Variable)
		}
	}
	for _, w := range weights {
		for _, m := range w.Margins() {
			names = append(names, m.Reads()...)
		}
	}
	return Digest(struct {
		Quantity    string
		Weights     map[string]weight
		Variables   map[string]origin
		Populations []codebook.Population
		Design      codebook.DesignSource
		Fieldwork   codebook.Period
		Interval    string
		Level       float64
		Freedom     string `json:",omitempty"`
	}{d.Quantity(book), weights, origins(book, c, names), populations, c.Design.Lower(), c.Fieldwork, d.Method(), d.Confidence(), d.Freedom})
}

// A weight is the one that the figures of a breakdown take.
type weight struct {
	Name string
	codebook.Weight
}

// weightOf returns the crosswalk's weight of a name, or its core weight where
// it has none of that name.
func weightOf(c *codebook.Crosswalk, name string) weight {
	w, ok := c.Weights[name]
	if !ok {
		name = codebook.CoreWeight
		w = c.Weights[name]
	}
	return weight{name, w.Lower()}
}

// An origin is how a common variable comes about in one wave: from its source
// where the crosswalk gives one, and by its derivation where it does not.
type origin struct {
	Categories []string
	Source     *codebook.Source     `json:",omitempty"`
	Missing    map[string]string    `json:",omitempty"`
	Derive     *codebook.Derivation `json:",omitempty"`
}

// origins returns those of the named variables and of all that they are
// derived from in the wave.
func origins(book *codebook.Codebook, c *codebook.Crosswalk, names []string) map[string]origin {
	found := map[string]origin{}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if _, seen := found[name]; seen {
			continue
		}
		v := book.Variables[name]
		o := origin{Categories: slices.Sorted(slices.Values(v.Codes()))}
		if s, ok := c.Variables[name]; ok {
			o.Missing = c.MissingOf(s)
			s.Missing = nil
			s.From, s.First = strings.ToLower(s.From), slices.Clone(s.First)
			for i := range s.First {
				s.First[i] = strings.ToLower(s.First[i])
			}
			o.Source = &s
		} else if v.Derive != nil {
			o.Derive = v.Derive
			names = append(slices.Clone(names), v.Derive.Inputs()...)
		}
		found[name] = o
	}
	return found
}
