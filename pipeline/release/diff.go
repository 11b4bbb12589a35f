package release

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
)

// A Side is one of two releases that are compared.
type Side struct {
	ID       string // "" for a release that is not published
	Manifest *Manifest
	Contents map[string]Content // by indicator
}

// A Diff is all that two releases say otherwise.
type Diff struct {
	From, To   Side
	Sources    []SourceDiff    // that came, went or were read from other files, in the order of the manifests
	Policy     []PolicyDiff    // sorted by key
	Indicators []IndicatorDiff // those that were compared, sorted by id
}

// A SourceDiff is what happened to a source: Came, Went, or Restated where its files
// are others.
type SourceDiff struct {
	Source codebook.SourceID `json:"source"`
	Event  Event             `json:"event"`
}

// A PolicyDiff is a key of the disclosure policy whose values differ, as JSON; "" for
// one that a release's policy does not have.
type PolicyDiff struct {
	Key string `json:"key"`
	Was string `json:"was"`
	Now string `json:"now"`
}

// An IndicatorDiff is what differs in an indicator; its class is Unchanged where
// nothing does. Versions are "" where a release does not have it.
type IndicatorDiff struct {
	ID       string
	Was, Now string // versions
	Class    Class
	Revision RevisionType
	Reasons  []string // as the manifest of a successor gives them
	Moves    []Move
	Came     []string // what the rows that came have that none had before, in words
	Went     []string // likewise
}

// NewDiff compares two releases, or only some of their indicators.
func NewDiff(from, to Side, only []string) *Diff {
	d := &Diff{From: from, To: to, Policy: policyDiffs(from.Manifest, to.Manifest)}
	sources := slices.Concat(from.Manifest.Sources, to.Manifest.Sources)
	slices.SortFunc(sources, Source.Compare)
	sources = slices.CompactFunc(sources, func(a, b Source) bool { return a.ID == b.ID })
	for _, s := range sources {
		was, now := from.Manifest.Source(s.ID), to.Manifest.Source(s.ID)
		switch {
		case was == nil:
			d.Sources = append(d.Sources, SourceDiff{s.ID, Came})
		case now == nil:
			d.Sources = append(d.Sources, SourceDiff{s.ID, Went})
		case !SameFiles(was, now):
			d.Sources = append(d.Sources, SourceDiff{s.ID, Restated})
		}
	}
	ids := map[string]bool{}
	for _, m := range []*Manifest{from.Manifest, to.Manifest} {
		for _, x := range m.Indicators {
			ids[x.ID] = len(only) == 0 || slices.Contains(only, x.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if ids[id] {
			d.Indicators = append(d.Indicators, newIndicatorDiff(from, to, id))
		}
	}
	return d
}

func newIndicatorDiff(from, to Side, id string) IndicatorDiff {
	x, y := from.Manifest.Indicator(id), to.Manifest.Indicator(id)
	was, now := from.Contents[id], to.Contents[id]
	made := IndicatorDiff{ID: id, Class: New}
	if x != nil {
		made.Was = x.Version
		made.Class, made.Reasons = Classify(was, now, y == nil || x.Quantity == y.Quantity)
	}
	if y != nil {
		made.Now = y.Version
	}
	made.Moves, made.Revision = moves(from.Manifest, to.Manifest, id, was, now)
	if x == nil {
		made.Revision = NotRevised
	}
	difference := Compare(was, now)
	made.Came, made.Went = extent("gained", difference.Figures.Gained, was.Figures), extent("lost", difference.Figures.Lost, now.Figures)
	return made
}

// Moves are those of all indicators.
func (d *Diff) Moves() []Move {
	var all []Move
	for _, x := range d.Indicators {
		all = append(all, x.Moves...)
	}
	return all
}

// policyDiffs compares the disclosure policies of two releases, key by key.
func policyDiffs(from, to *Manifest) []PolicyDiff {
	was, now := policyKeys(from), policyKeys(to)
	keys := maps.Clone(was)
	maps.Copy(keys, now)
	var list []PolicyDiff
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if was[key] != now[key] {
			list = append(list, PolicyDiff{key, was[key], now[key]})
		}
	}
	return list
}

// policyKeys are the values of a policy by their keys, those of its precision behind
// a point.
func policyKeys(m *Manifest) map[string]string {
	found := map[string]string{}
	var walk func(prefix string, text []byte)
	walk = func(prefix string, text []byte) {
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) != nil {
			found[prefix] = strings.Trim(string(text), `"`)
			return
		}
		for key, value := range object {
			walk(strings.TrimPrefix(prefix+"."+key, "."), value)
		}
	}
	text, err := json.Marshal(m.Disclosure)
	if err != nil {
		panic("release: " + err.Error())
	}
	walk("", text)
	delete(found, "source") // which decides nothing
	return found
}
