package codebook

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A Key is the raw variables that no two rows of a wave's extract have alike: mostly
// a serial number.
type Key struct {
	Variables Names  `yaml:"variables"`
	Known     string `yaml:"known"`
	SHA256    string `yaml:"sha256"` // of the file that it was confirmed on
}

// A Size is how large a wave's extract is by what was published of it: its rows, and
// the respondents in the sample of a weight.
type Size struct {
	Rows    int            `yaml:"rows"`
	Weights map[string]int `yaml:"weights"`
	From    string         `yaml:"from"` // where it is stated
	Known   string         `yaml:"known"`
}

// What an extract is held against, to show that it is the whole of the right wave,
// once. A crosswalk says each, or in Unknown why it does not.
const (
	HeldKey      = "key"
	HeldIdentify = "identify"
	HeldSize     = "size"
)

// Held lists them.
var Held = []string{HeldKey, HeldIdentify, HeldSize}

// Unheld says why an extract is not held against a key, an identity or a size that
// the crosswalk does not say: in its words, "" where it has none.
func (c *Crosswalk) Unheld() map[string]string {
	found := map[string]string{}
	for what, said := range map[string]bool{HeldKey: c.Key != nil, HeldIdentify: c.Identify != nil, HeldSize: c.Size != nil} {
		if !said {
			found[what] = c.Unknown[what]
		}
	}
	return found
}

// Elsewhere lists what was confirmed on another file than the one with a SHA-256:
// variables, and key, design and weights.<name>.
func (c *Crosswalk) Elsewhere(sha256 string) []string {
	on := map[string]string{"design": c.Design.SHA256}
	if c.Key != nil {
		on[HeldKey] = c.Key.SHA256
	}
	for name, w := range c.Weights {
		on["weights."+name] = w.SHA256
	}
	for name, s := range c.Variables {
		on[name] = s.SHA256
	}
	maps.DeleteFunc(on, func(_, confirmed string) bool { return confirmed == "" || confirmed == sha256 })
	return slices.Sorted(maps.Keys(on))
}

func (c *Crosswalk) checkHeld() refusal.Problems {
	var ps refusal.Problems
	if k := c.Key; k != nil {
		if len(k.Variables) == 0 || slices.Contains(k.Variables, "") {
			ps.Add(c.At("key"), "a key needs variables")
		}
		ps = append(ps, checkKnown(k.Known, k.SHA256, c.At("key"))...)
	}
	if s := c.Size; s != nil {
		if s.Rows < 0 || s.Rows == 0 && len(s.Weights) == 0 || s.From == "" {
			ps.Add(c.At("size"), "a size needs a number of rows or of the respondents of weights, and from: where it is stated")
		}
		for _, name := range slices.Sorted(maps.Keys(s.Weights)) {
			if _, ok := c.Weights[name]; !ok {
				ps.Add(c.At("size", "weights", name), "no weight %q%s", name, refusal.Nearest(name, slices.Collect(maps.Keys(c.Weights))))
			}
			if s.Weights[name] < 1 {
				ps.Add(c.At("size", "weights", name), "weight %q: %d respondents, want at least 1", name, s.Weights[name])
			}
		}
		ps = append(ps, checkKnown(s.Known, "", c.At("size"))...)
	}
	for _, what := range slices.Sorted(maps.Keys(c.Unknown)) {
		at := c.At("unknown", what)
		if !ps.OneOf(at, "unknown", what, Held) {
			continue
		}
		if _, open := c.Unheld()[what]; !open {
			ps.Add(at, "%s is here and unknown, want one of the two", what)
		}
		if strings.TrimSpace(c.Unknown[what]) == "" {
			ps.Add(at, "unknown %s without words, want why it is not known", what)
		}
	}
	return ps
}

// fillHeld takes over from the wave that this one is like what it does not say: of
// the same extract everything, of another one the key, from memory.
func (c *Crosswalk) fillHeld(from *Crosswalk, same bool) {
	if c.Key == nil && from.Key != nil && c.Unknown[HeldKey] == "" {
		k := *from.Key
		if !same {
			k.Known, k.SHA256 = Memory, ""
		}
		c.Key = &k
	}
	if same {
		c.Identify, c.Size = cmp.Or(c.Identify, from.Identify), cmp.Or(c.Size, from.Size)
	}
	unknown := maps.Clone(from.Unknown)
	if unknown == nil {
		unknown = map[string]string{}
	}
	maps.Copy(unknown, c.Unknown)
	for what := range unknown {
		_, open := c.Unheld()[what]
		if _, own := c.Unknown[what]; !own && (!open || !same && what == HeldSize) {
			delete(unknown, what)
		}
	}
	c.Unknown = unknown
}
