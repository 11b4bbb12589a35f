package release

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// A Manifest is release.json: what a release was made from and what is in it.
// It holds no clock time and not the release's own id, so that the same
// inputs give the same bytes on any day.
type Manifest struct {
	Format     string            `json:"format"`                  // FormatName
	Previous   string            `json:"previous"`                // SHA-256 of the previous release's release.json, "" for the first
	Notice     string            `json:"notice"`                  // SHA-256 of the newest notice at that time, "" for none
	Reason     string            `json:"reason"`                  // given by the analyst for changed figures, may be ""
	Synthetic  bool              `json:"synthetic"`               // computed from made-up extracts
	Code       string            `json:"code"`                    // SHA-256 of the pipeline's source and of go.mod
	Sources    []Source          `json:"sources"`                 // in the order of Source.Compare
	Indicators []Indicator       `json:"indicators"`              // sorted by id
	Disclosure indicator.Policy  `json:"disclosure"`              // the policy by which figures were withheld
	Audit      Audit             `json:"audit"`                   // of what can be had of the figures of this release's own sources
	Again      []indicator.Again `json:"decided_again,omitempty"` // what the catalogue has decided on anew, whatever earlier releases withhold
	Pattern    string            `json:"pattern,omitempty"`       // digest of another store's release.json, whose withheld cells this first release holds
	Restricted string            `json:"restricted"`              // keyed digest of the restricted folder's SHA256SUMS
	Files      []File            `json:"files"`                   // every other file of the release, sorted by path
}

// An Audit is what an attacker can have of what a release withholds, from what it
// publishes. Of a release without disclosure control it is of no figures.
type Audit struct {
	Figures   int   `json:"figures"`   // that were decided on: those that are not carried over
	Withheld  int   `json:"withheld"`  // of those, that have no value
	Bases     int   `json:"bases"`     // of those, whose base is withheld
	Exact     int   `json:"exact"`     // confidential counts that can be had exactly; 0, or there would be no release
	Narrowest int64 `json:"narrowest"` // interval, in respondents, within which one is known; -1 where there is none, or it has no bound
}

// FormatName names the layout that FORMAT.md describes.
const FormatName = "togetherwecan-release/1"

// A Source is what the release has figures of: a survey's wave, a return or an
// evaluation.
type Source struct {
	ID        codebook.SourceID         `json:"id"`
	Kind      Kind                      `json:"kind"`
	Period    codebook.Period           `json:"period"`  // of a wave, its fieldwork
	Carried   bool                      `json:"carried"` // from the previous release, row for row
	Synthetic bool                      `json:"synthetic"`
	Files     []SourceFile              `json:"files"`
	*Wave     `json:"survey,omitempty"` // of a source that is one, and of no other
	Filed     *Filed                    `json:"return,omitempty"` // of a return alone
}

// A Kind is what a source is.
type Kind string

// The kinds of source.
const (
	Survey     Kind = "survey" // one of its waves
	Return     Kind = "return"
	Evaluation Kind = "evaluation"
)

// A Wave is what a manifest says of a survey's wave alone.
type Wave struct {
	Crosswalk string                       `json:"crosswalk"`           // SHA-256 of its page, behind those of the waves that it is like
	Designs   map[string]Design            `json:"designs"`             // by weight
	PartOf    codebook.SourceID            `json:"part_of,omitempty"`   // the wave in whose extract it is a part
	Overlap   map[codebook.SourceID]string `json:"overlap,omitempty"`   // with earlier waves, as the crosswalk declares it
	Matched   map[string]string            `json:"matched"`             // raw names that matched except for case: as written -> as in the file
	Unchecked []string                     `json:"unchecked"`           // variables whose raw names are not confirmed
	Elsewhere []string                     `json:"elsewhere,omitempty"` // what was confirmed on another file than this one
	Absent    []string                     `json:"absent,omitempty"`    // optional variables that the extract does not have
	Unmet     []codebook.Unmet             `json:"unmet,omitempty"`     // raw codes that the crosswalk takes and no row has
	Nobody    map[string][]string          `json:"nobody,omitempty"`    // categories of the standard breakdowns that no row is in, by variable
	Unheld    map[string]string            `json:"unheld,omitempty"`    // what the extract was not held against, key, identify or size, and why
	Sizes     []indicator.Sized            `json:"sizes,omitempty"`     // sizes that are not those that were published
	Twins     int                          `json:"twins,omitempty"`     // rows that are like an earlier one, where no key tells them apart
	Decisions []codebook.Decision          `json:"decisions"`
}

// A Filed is what a manifest says of a return alone.
type Filed struct {
	Series    string              `json:"series"`            // SHA-256 of its page
	Standing  string              `json:"standing"`          // provisional, revised or final; "" where the return does not say
	Returned  int                 `json:"returned"`          // areas that made their return
	Expected  int                 `json:"expected"`          // areas that there are
	Matched   map[string]string   `json:"matched"`           // areas that matched by rule: as written -> as the series has them
	Left      map[string]string   `json:"left,omitempty"`    // rows that were left out, and why
	Hidden    []string            `json:"hidden,omitempty"`  // rows and columns that the spreadsheet does not show, and that were read
	Rounded   []series.Rounded    `json:"rounded,omitempty"` // sums that agree only as far as numbers are rounded
	Known     string              `json:"known"`             // how far the columns were checked
	Decisions []codebook.Decision `json:"decisions"`
}

// A SourceFile is one of the files that a source was read from. A release has its
// name and its keyed digest: the rest would let a reader count, or test guesses.
type SourceFile struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // KeyedDigest of its SHA-256
	SHA256 string `json:"sha256,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	Rows   int    `json:"rows,omitempty"`
}

// A Sample is who of an extract is in a weight's sample. No release has it.
type Sample struct {
	Sample        int `json:"sample"`         // rows of the extract in the sample
	WithoutWeight int `json:"without_weight"` // of those, left out: weight missing
	ZeroWeight    int `json:"zero_weight"`    // of those, left out: weight 0
	Respondents   int `json:"respondents"`    // counted
}

// A Design is how one weight's sample was read.
type Design struct {
	*Sample
	Strata       int          `json:"strata"`
	PSUs         int          `json:"psus"`
	LonelyStrata int          `json:"lonely_strata"` // with one PSU
	Variable     string       `json:"variable"`
	Error        design.Error `json:"error"`
	Factor       float64      `json:"factor,omitempty"`
	Lonely       string       `json:"lonely"`
	DF           int          `json:"df"` // of the whole design

	// Unit is k where the weights were made whole by floor(weight * 2^k + 0.5);
	// nil where errors need the respondents.
	Unit *int `json:"unit,omitempty"`
}

// An Indicator is one indicator of the release.
type Indicator struct {
	ID         string                       `json:"id"`
	Version    string                       `json:"version"`    // major.minor.patch
	Class      Class                        `json:"class"`      // of the change since the previous release
	Revision   RevisionType                 `json:"revision"`   // what kind of revision that change is
	Reason     string                       `json:"reason"`     // of that change, in words
	Identity   string                       `json:"identity"`   // SHA-256 of its canonical CSV, figures then changes, then of its words
	Definition string                       `json:"definition"` // SHA-256 of its page
	Quantity   string                       `json:"quantity"`   // SHA-256 of what decides which quantity it is
	Lineage    map[codebook.SourceID]string `json:"lineage"`    // by source: SHA-256 of all in the catalogue that its figures rest on
	Decimals   int                          `json:"decimals"`   // the most that its definition gives a value
	Figures    int                          `json:"figures"`
	Withheld   int                          `json:"withheld"`
}

// A Class says how an indicator differs from the release before.
type Class string

// The classes of change.
const (
	New       Class = "new"       // not in the previous release
	Unchanged Class = "unchanged" // the same content
	Patch     Class = "patch"     // the same keys; values or notes changed
	Minor     Class = "minor"     // more sources, breakdowns, populations or items
	Major     Class = "major"     // not the same quantity
)

// A File is one file of a release.
type File struct {
	Path   string `json:"path"` // below the release's folder, with slashes
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Indicator returns the manifest's entry of an indicator, or nil. A nil
// manifest has none.
func (m *Manifest) Indicator(id string) *Indicator {
	if m == nil {
		return nil
	}
	for i := range m.Indicators {
		if m.Indicators[i].ID == id {
			return &m.Indicators[i]
		}
	}
	return nil
}

// MadeUp says whether an indicator's figures were computed from made-up extracts. An
// evaluation, which has none, is real in a release of made-up figures too.
func (m *Manifest) MadeUp(id string) bool {
	x := m.Indicator(id)
	return x != nil && m.Synthetic && x.Figures > 0
}

// Compare orders sources by survey or series, then by period, then by id.
func (s Source) Compare(other Source) int {
	return cmp.Or(cmp.Compare(s.ID.Survey(), other.ID.Survey()), cmp.Compare(s.Period.Start, other.Period.Start), cmp.Compare(s.ID, other.ID))
}

// Rows is the number of rows in the source's files.
func (s Source) Rows() int {
	rows := 0
	for _, f := range s.Files {
		rows += f.Rows
	}
	return rows
}

// Sealed is the file with its keyed digest.
func (f SourceFile) Sealed(key []byte) SourceFile {
	f.Digest = KeyedDigest(key, []byte(f.SHA256))
	return f
}

// public is what a release says of the source: without what is counted of its rows.
func (s Source) public() Source {
	s.Files = filled(s.Files)
	for i, f := range s.Files {
		s.Files[i] = SourceFile{Name: f.Name, Digest: f.Digest}
	}
	if s.Wave != nil {
		w := *s.Wave
		w.Sizes, w.Twins, w.Designs = nil, 0, orEmpty(maps.Clone(w.Designs))
		for name, d := range w.Designs {
			d.Sample = nil
			w.Designs[name] = d
		}
		s.Wave = &w
	}
	return s
}

// sourcesName is the file of a restricted folder that has the sources in full.
const sourcesName = "sources.json"

// RestrictSources adds the sources in full to the files of a restricted folder.
func RestrictSources(sources []Source, files map[string][]byte) {
	files[sourcesName] = EncodeJSON(sources)
}

// InFull are sources with all that the files of a restricted folder have of them.
func InFull(sources []Source, files map[string][]byte) ([]Source, error) {
	if files[sourcesName] == nil {
		return sources, nil
	}
	var known []Source
	if err := DecodeJSON(files[sourcesName], &known); err != nil {
		return nil, err
	}
	made := slices.Clone(sources)
	for i, s := range made {
		for _, full := range known {
			if full.ID == s.ID {
				full.Carried = s.Carried
				made[i] = full
			}
		}
	}
	return made, nil
}

// Source returns the manifest's entry of a source, or nil. A nil manifest has
// none.
func (m *Manifest) Source(id codebook.SourceID) *Source {
	if m == nil {
		return nil
	}
	for i := range m.Sources {
		if m.Sources[i].ID == id {
			return &m.Sources[i]
		}
	}
	return nil
}

// Unchanged says whether every indicator is as in the previous release.
func (m *Manifest) Unchanged() bool {
	return !slices.ContainsFunc(m.Indicators, func(x Indicator) bool { return x.Class != Unchanged })
}

// Encode returns release.json: indented JSON with one line feed at the end.
// An absent list is written as an empty one, and map keys are sorted, so that
// equal manifests have equal bytes. It panics on a number that is not finite.
func (m *Manifest) Encode() []byte {
	full := *m
	full.Sources = filled(m.Sources)
	for i := range full.Sources {
		full.Sources[i] = full.Sources[i].public()
		s := &full.Sources[i]
		if s.Wave != nil {
			w := *s.Wave
			w.Unchecked, w.Decisions = filled(w.Unchecked), filled(w.Decisions)
			w.Designs, w.Matched = orEmpty(w.Designs), orEmpty(w.Matched)
			s.Wave = &w
		}
		if s.Filed != nil {
			f := *s.Filed
			f.Matched, f.Decisions = orEmpty(f.Matched), filled(f.Decisions)
			s.Filed = &f
		}
	}
	full.Indicators = filled(m.Indicators)
	for i := range full.Indicators {
		x := &full.Indicators[i]
		x.Lineage = orEmpty(x.Lineage)
	}
	full.Disclosure.Keep = filled(m.Disclosure.Keep)
	full.Files = filled(m.Files)
	return EncodeJSON(&full)
}

// EncodeJSON returns a value as the JSON of every file of a release:
// indented, with map keys sorted and one line feed at the end. It panics on
// what JSON cannot hold.
func EncodeJSON(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic("release: " + err.Error())
	}
	return out.Bytes()
}

// filled copies a list; an absent one becomes empty.
func filled[T any](list []T) []T { return append([]T{}, list...) }

func orEmpty[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

// DecodeManifest reads release.json. It accepts only what Encode writes:
// an unknown key, anything after the end, another format, a source or an
// indicator whose id, kind or version cannot be one, or a file path that leads out of the release
// is an error.
func DecodeManifest(data []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := DecodeJSON(data, m); err != nil {
		return nil, err
	}
	if m.Format != FormatName {
		return nil, fmt.Errorf("format %q, want %q", m.Format, FormatName)
	}
	for i, s := range m.Sources {
		if _, err := codebook.ParseSourceID(string(s.ID)); err != nil {
			return nil, fmt.Errorf("source %w", err)
		}
		if i > 0 && m.Sources[i-1].Compare(s) >= 0 {
			return nil, fmt.Errorf("source %s is out of order or there twice", s.ID)
		}
		if !slices.Contains([]Kind{Survey, Return, Evaluation}, s.Kind) || (s.Wave != nil) != (s.Kind == Survey) || (s.Filed != nil) != (s.Kind == Return) {
			return nil, fmt.Errorf("source %s: kind %q, want survey, return or evaluation, with what is said of it", s.ID, s.Kind)
		}
	}
	for i, x := range m.Indicators {
		if !codebook.ValidCode(x.ID) {
			return nil, fmt.Errorf("indicator id %q: want lower-case letters, digits and single hyphens", x.ID)
		}
		if i > 0 && m.Indicators[i-1].ID >= x.ID {
			return nil, fmt.Errorf("indicator %s is out of order or there twice", x.ID)
		}
		if _, ok := parseVersion(x.Version); !ok {
			return nil, fmt.Errorf("indicator %s: version %q, want major.minor.patch", x.ID, x.Version)
		}
	}
	for i, f := range m.Files {
		if !fs.ValidPath(f.Path) || strings.Contains(f.Path, `\`) {
			return nil, fmt.Errorf("file %q: want a path below the release's folder", f.Path)
		}
		if i > 0 && m.Files[i-1].Path >= f.Path {
			return nil, fmt.Errorf("file %s is out of order or there twice", f.Path)
		}
	}
	if !bytes.Equal(m.Encode(), data) {
		return nil, fmt.Errorf("not in canonical form: want sorted keys, each once, indented by two spaces")
	}
	return m, nil
}

// DecodeJSON reads one JSON value with no unknown key and nothing after it.
func DecodeJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if other := (*json.UnmarshalTypeError)(nil); errors.As(err, &other) && other.Field != "" {
			return fmt.Errorf("not the JSON that was expected: %s holds what no program of this version writes there: a %s", other.Field, other.Value)
		}
		return fmt.Errorf("not the JSON that was expected: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more text after the end of the JSON")
	}
	return nil
}
