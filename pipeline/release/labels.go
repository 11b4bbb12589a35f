package release

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// Labels are labels.json: all the words of a release, each stored once, and
// the order in which a reader is shown what they name. Whatever is said of a
// release (pages, data packages) is read from here, so that it says what was
// sealed, without a catalogue and in any later program.
type Labels struct {
	Indicators []IndicatorLabels `json:"indicators"` // sorted by id
	Sources    []SourceLabels    `json:"sources"`    // in the order of the manifest
	Codes      []Label           `json:"codes"`      // sorted by column, of and code
}

// IndicatorLabels are the words that are an indicator's own, and the codes
// that its figures have, each list in the order for readers.
type IndicatorLabels struct {
	ID          string              `json:"id"`
	Title       string              `json:"title"`
	Base        string              `json:"base"` // who is counted
	Note        string              `json:"note"`
	Measures    []string            `json:"measures"` // of the action plan
	Leads       []string            `json:"leads"`    // departments
	Statistic   string              `json:"statistic"`
	Unit        string              `json:"unit"`
	Sources     []codebook.SourceID `json:"sources"`
	Populations []string            `json:"populations"`
	Items       []string            `json:"items"`
	Breakdowns  []Division          `json:"breakdowns"`
	Breaks      []codebook.SourceID `json:"breaks"` // the sources from which on its figures are not comparable with earlier ones
	Targets     []TargetLabels      `json:"targets,omitempty"`
}

// TargetLabels are the words of a target.
type TargetLabels struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	From  string `json:"from"`  // where it is stated
	Known string `json:"known"` // how far that was read
	Note  string `json:"note"`
}

// A Division is a breakdown and its categories.
type Division struct {
	Breakdown  string   `json:"breakdown"`
	Categories []string `json:"categories"`
}

// SourceLabels are the words of a source.
type SourceLabels struct {
	ID         codebook.SourceID `json:"id"`
	Title      string            `json:"title"`
	Study      string            `json:"study"` // number in the archive
	Population string            `json:"population"`
	Licence    string            `json:"licence"`

	CommissionedBy string `json:"commissioned_by,omitempty"` // of an evaluation
	CarriedOutBy   string `json:"carried_out_by,omitempty"`
	Known          string `json:"known,omitempty"` // how far it was read
}

// Full is the title with the number of the study, where it has one.
func (l SourceLabels) Full() string {
	if l.Study == "" {
		return l.Title
	}
	return l.Title + " (" + l.Study + ")"
}

// A Label gives the words for a code in a column of the tables. Of is the
// breakdown that a category belongs to, the indicator that an item or a break
// belongs to, and empty for other columns.
type Label struct {
	Column string `json:"column"`
	Of     string `json:"of,omitempty"`
	Code   string `json:"code"`
	Text   string `json:"label"`
}

func (l Label) compare(other Label) int {
	return cmp.Or(strings.Compare(l.Column, other.Column), strings.Compare(l.Of, other.Of), strings.Compare(l.Code, other.Code))
}

// The columns whose codes the catalogue gives the words for. The words of the
// others are the program's.
const (
	columnPopulation = "population"
	columnBreakdown  = "breakdown"
	columnCategory   = "category"
	columnItem       = "item"
	columnBreak      = "break" // no column of the tables: notes of a break name its source
)

// Encode returns labels.json. Equal labels have equal bytes.
func (l *Labels) Encode() []byte {
	full := *l
	full.Indicators, full.Sources, full.Codes = filled(l.Indicators), filled(l.Sources), filled(l.Codes)
	for i := range full.Indicators {
		full.Indicators[i] = full.Indicators[i].filled()
	}
	return EncodeJSON(&full)
}

func (l IndicatorLabels) filled() IndicatorLabels {
	l.Measures, l.Leads, l.Sources = filled(l.Measures), filled(l.Leads), filled(l.Sources)
	l.Populations, l.Items, l.Breakdowns = filled(l.Populations), filled(l.Items), filled(l.Breakdowns)
	l.Breaks = filled(l.Breaks)
	for i := range l.Breakdowns {
		l.Breakdowns[i].Categories = filled(l.Breakdowns[i].Categories)
	}
	return l
}

// DecodeLabels reads labels.json. It accepts only what Encode writes: an
// unknown key, anything after the end, lists out of order, a name or code
// twice or without its words is an error.
func DecodeLabels(data []byte) (*Labels, error) {
	l := &Labels{}
	if err := DecodeJSON(data, l); err != nil {
		return nil, err
	}
	if !bytes.Equal(l.Encode(), data) {
		return nil, fmt.Errorf("not in canonical form: want the keys of the format, each once and in its order, indented by two spaces")
	}
	for i := 1; i < len(l.Codes); i++ {
		if l.Codes[i-1].compare(l.Codes[i]) >= 0 {
			return nil, fmt.Errorf("code %s of %s is out of order or there twice", l.Codes[i].Code, l.Codes[i].Column)
		}
	}
	for i := 1; i < len(l.Indicators); i++ {
		if l.Indicators[i-1].ID >= l.Indicators[i].ID {
			return nil, fmt.Errorf("indicator %s is out of order or there twice", l.Indicators[i].ID)
		}
	}
	for i, s := range l.Sources {
		if l.Source(s.ID) != &l.Sources[i] {
			return nil, fmt.Errorf("source %s is there twice", s.ID)
		}
	}
	for i := range l.Indicators {
		x := &l.Indicators[i]
		for _, id := range x.Sources {
			if l.Source(id) == nil {
				return nil, fmt.Errorf("indicator %s: no words for source %s", x.ID, id)
			}
		}
		for _, want := range x.codes() {
			if _, ok := l.find(want); !ok {
				return nil, fmt.Errorf("indicator %s: no words for %s %s", x.ID, want.Column, want.Code)
			}
		}
	}
	return l, nil
}

// codes lists the codes that the indicator needs words for.
func (l *IndicatorLabels) codes() []Label {
	var list []Label
	add := func(column, of, code string) {
		if code != codebook.All {
			list = append(list, Label{Column: column, Of: of, Code: code})
		}
	}
	for _, code := range l.Populations {
		add(columnPopulation, "", code)
	}
	for _, code := range l.Items {
		add(columnItem, l.ID, code)
	}
	for _, code := range l.Breaks {
		add(columnBreak, l.ID, string(code))
	}
	for _, d := range l.Breakdowns {
		add(columnBreakdown, "", d.Breakdown)
		for _, code := range d.Categories {
			add(columnCategory, d.Breakdown, code)
		}
	}
	return list
}

// Indicator returns the entry of an indicator, or nil. Nil labels have none.
func (l *Labels) Indicator(id string) *IndicatorLabels {
	if l == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(l.Indicators, id, func(x IndicatorLabels, id string) int { return strings.Compare(x.ID, id) })
	if !ok {
		return nil
	}
	return &l.Indicators[i]
}

// Source returns the words of a source, or nil. Nil labels have none.
func (l *Labels) Source(id codebook.SourceID) *SourceLabels {
	if l == nil {
		return nil
	}
	for i := range l.Sources {
		if l.Sources[i].ID == id {
			return &l.Sources[i]
		}
	}
	return nil
}

// Text returns the words for a code of a column; where there are none, the
// code itself. Of is empty for most columns, see Label.
func (l *Labels) Text(column, of, code string) string {
	if text, ok := l.find(Label{Column: column, Of: of, Code: code}); ok {
		return text
	}
	return code
}

// Category returns the words for a category of an indicator, whose breakdown is not told: of
// one that its own figures are not divided by those that all breakdowns with such a category
// have, and otherwise the code.
func (l *Labels) Category(id, code string) string {
	if x := l.Indicator(id); x != nil {
		for _, d := range x.Breakdowns {
			if slices.Contains(d.Categories, code) {
				return l.Text(columnCategory, d.Breakdown, code)
			}
		}
	}
	text := ""
	for _, c := range l.Codes {
		if c.Column == columnCategory && c.Code == code {
			if text != "" && text != c.Text {
				return code
			}
			text = c.Text
		}
	}
	return cmp.Or(text, code)
}

func (l *Labels) find(want Label) (string, bool) {
	if l == nil {
		return "", false
	}
	i, ok := slices.BinarySearchFunc(l.Codes, want, Label.compare)
	if !ok {
		return "", false
	}
	return l.Codes[i].Text, true
}

// Words returns all the words of an indicator: its entry, and of what is
// shared its part. The indicator must have an entry.
func (l *Labels) Words(id string) Words {
	x := l.Indicator(id)
	w := Words{Indicator: x.filled()}
	for _, s := range l.Sources {
		if slices.Contains(x.Sources, s.ID) {
			w.Sources = append(w.Sources, s)
		}
	}
	for _, c := range x.codes() {
		c.Text, _ = l.find(c)
		w.Codes = append(w.Codes, c)
	}
	slices.SortFunc(w.Codes, Label.compare)
	return w
}

// Check returns an error unless the labels are of the manifest's indicators
// and sources.
func (l *Labels) Check(m *Manifest) error {
	if len(l.Indicators) != len(m.Indicators) || len(l.Sources) != len(m.Sources) {
		return fmt.Errorf("labels of %s and %s, want those of the manifest: %d and %d",
			refusal.Count(len(l.Indicators), "indicator"), refusal.Count(len(l.Sources), "source"), len(m.Indicators), len(m.Sources))
	}
	for i, x := range m.Indicators {
		if l.Indicators[i].ID != x.ID {
			return fmt.Errorf("labels of indicator %q, want %s as in the manifest", l.Indicators[i].ID, x.ID)
		}
	}
	for i, s := range m.Sources {
		if l.Sources[i].ID != s.ID {
			return fmt.Errorf("labels of source %q, want %s as in the manifest", l.Sources[i].ID, s.ID)
		}
	}
	return nil
}
