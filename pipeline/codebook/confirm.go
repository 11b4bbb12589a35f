package codebook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Confirmation is what somebody has seen in a file: the raw variables of something
// that a crosswalk wants, and its codes where they are others than the crosswalk's.
type Confirmation struct {
	Subject string // a common variable, HeldKey, Drawn, or Weighted and the name of a weight
	Raw     []string
	Codes   map[string]string // nil: those of the crosswalk
	Missing map[string]string // likewise
	SHA256  string            // of the file
}

// What a crosswalk wants of an extract beside variables and HeldKey.
const (
	Drawn    = "design"
	Weighted = "weights." // and the name of one
)

// Confirm returns the crosswalk's page with what was confirmed. What the page leaves to
// the wave that it is like is taken over from there first.
func (c *Crosswalk) Confirm(all []Confirmation) (*Page, error) {
	page := c.page
	for _, of := range all {
		var err error
		if page, err = c.confirm(page, of); err != nil {
			return nil, fmt.Errorf("%s: %w", of.Subject, err)
		}
	}
	return page, nil
}

// A rewriting changes a page step by step until something fails.
type rewriting struct {
	*Page
	err error
}

func (r *rewriting) put(at []string, key, value string, after ...string) {
	if r.err == nil {
		if made, err := r.Put(at, key, value, after...); err != nil {
			r.err = err
		} else {
			r.Page = made
		}
	}
}

func (r *rewriting) codes(at []string, key string, codes map[string]string, after ...string) {
	if r.err == nil && codes != nil {
		if made, err := r.PutMap(at, key, codes, after...); err != nil {
			r.err = err
		} else {
			r.Page = made
		}
	}
}

func (r *rewriting) remove(at []string, key string) {
	if r.err == nil {
		if made, err := r.without(at, key); err != nil {
			r.err = err
		} else {
			r.Page = made
		}
	}
}

func (c *Crosswalk) confirm(page *Page, of Confirmation) (*Page, error) {
	r := &rewriting{Page: page}
	var at []string
	weight, weighted := strings.CutPrefix(of.Subject, Weighted)
	switch {
	case of.Subject == HeldKey:
		at = []string{"key"}
		if c.Key == nil || !r.has("key") || !slices.Equal(of.Raw, c.Key.Variables) {
			r.names(at, "variables", of.Raw)
		}
	case of.Subject == Drawn:
		at = []string{"design"}
		if c.own(r, "design") {
			r.remove(at, "expect")
			r.remove(at, "overlap")
		}
		d, rest := c.Design, of.Raw
		for _, part := range []struct {
			key   string
			names Names
		}{{"stratum", d.Stratum}, {"psu", d.PSU}, {"population", d.Population}} {
			if len(part.names) > len(rest) {
				return nil, fmt.Errorf("%d variables, want one for each of the design's", len(of.Raw))
			}
			if names := rest[:len(part.names)]; len(names) > 0 && !slices.Equal(names, part.names) {
				r.names(at, part.key, names)
			}
			rest = rest[len(part.names):]
		}
	case weighted:
		if c.own(r, "weights") {
			for _, name := range slices.Sorted(maps.Keys(c.Weights)) {
				r.put([]string{"weights", name}, "known", Memory)
				r.remove([]string{"weights", name}, "sha256")
			}
		}
		at = []string{"weights", weight}
		w := c.Weights[weight]
		if of.Raw[0] != w.Variable {
			r.names(at, "variable", of.Raw[:1])
		}
		if len(of.Raw) > 1 && (w.Sample == nil || of.Raw[1] != w.Sample.Variable) {
			r.names(append(slices.Clone(at), "sample"), "variable", of.Raw[1:])
		}
	default:
		at = []string{"variables", of.Subject}
		if r.err == nil && !r.has(at...) {
			from := c.like
			for from != nil && !from.page.has(at...) {
				from = from.like
			}
			if from == nil {
				return nil, fmt.Errorf("%s: not in this crosswalk", c.page.File)
			}
			r.Page, r.err = r.Take(from.page, "variables", of.Subject)
		}
		c.confirmVariable(r, at, of)
	}
	r.put(at, "known", Confirmed, "variables", "variable", "sample", "from", "first", "codes", "range", "bands", "missing", "optional", "labels", "stratum", "psu", "population")
	r.put(at, "sha256", of.SHA256, "known")
	return r.Page, r.err
}

// own gives the page a part of its own, where it has none, and says whether it did.
func (c *Crosswalk) own(r *rewriting, part string) bool {
	if r.err != nil || r.has(part) {
		return false
	}
	for from := c.like; from != nil; from = from.like {
		if entry := from.page.Entry(part); entry != "" {
			text := strings.TrimSuffix(string(r.data), "\n") + "\n" + entry
			r.Page = NewPage(r.File, []byte(text))
			return true
		}
	}
	return false
}

func (c *Crosswalk) confirmVariable(r *rewriting, at []string, of Confirmation) {
	s := c.Variables[of.Subject]
	switch {
	case slices.Equal(of.Raw, s.Raw()): // as it is written
	case len(s.First) > 0 && len(of.Raw) == 1:
		r.names(at, "first", of.Raw) // which may be a list of one
	case len(of.Raw) == 1:
		r.names(at, "from", of.Raw)
	default:
		r.remove(at, "from")
		r.names(at, "first", of.Raw)
	}
	if of.Codes != nil && s.Labels == LabelsDiffer {
		r.remove(at, "labels")
	}
	r.codes(at, "codes", of.Codes, "from", "first")
	r.codes(at, "missing", of.Missing, "from", "first", "codes", "range", "bands")
}

// names puts raw variables, one without a list.
func (r *rewriting) names(at []string, key string, raw []string) {
	if r.err != nil {
		return
	}
	written := make([]string, len(raw))
	for i, name := range raw {
		written[i] = YAML(name)
	}
	value := "[" + strings.Join(written, ", ") + "]"
	if len(raw) == 1 && key != "first" {
		value = written[0]
	}
	r.put(at, key, value, before[key]...)
}

// before says of a key which keys it is written behind.
var before = map[string][]string{"psu": {"stratum"}, "population": {"stratum", "psu"}}
