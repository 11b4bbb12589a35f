package report

import (
	"cmp"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Labels puts words to the codes of a release, and the codes in the order of
// the questionnaire. What the catalogue does not know keeps its code, and
// comes last: a release outlives the catalogue that it was made with.
type Labels struct {
	Catalogue *indicator.Catalogue
	ID        string // of the indicator
}

func (l Labels) definition() *indicator.Definition { return l.Catalogue.Definition(l.ID) }

// Base is who is counted, in words, or "" where the catalogue does not say.
func (l Labels) Base() string {
	if d := l.definition(); d != nil {
		return d.Base.Label
	}
	return ""
}

// Break is why a survey's figures from a wave on cannot be compared with those
// before it, or "" where the catalogue does not say.
func (l Labels) Break(from string) string {
	if d := l.definition(); d != nil {
		for _, b := range d.Breaks {
			if string(b.From) == from {
				return b.Reason
			}
		}
	}
	return ""
}

// Population returns the label of a survey's population.
func (l Labels) Population(survey, id string) string {
	label, _ := l.population(survey, id)
	return label
}

func (l Labels) population(survey, id string) (label string, place int) {
	for _, x := range l.Catalogue.Crosswalks {
		if x.Survey != survey {
			continue
		}
		for i, p := range x.Populations {
			if p.ID == id {
				return p.Label, i
			}
		}
	}
	return id, unknown
}

// unknown is the place of what the catalogue does not know: the last.
const unknown = 1 << 20

// Breakdown returns the label of a breakdown: "Region by sex" for region*sex.
func (l Labels) Breakdown(breakdown string) string {
	var words []string
	for i, name := range indicator.Crossed(breakdown) {
		label := cmp.Or(l.Catalogue.Codebook.Variables[name].Label, name)
		if i > 0 {
			label = lowerFirst(label)
		}
		words = append(words, label)
	}
	return strings.Join(words, " by ")
}

// Category returns the label of a breakdown's category: "London, women" for
// london*female.
func (l Labels) Category(breakdown, category string) string {
	if category == codebook.All {
		return "All"
	}
	names, codes := indicator.Crossed(breakdown), indicator.Crossed(category)
	words := slices.Clone(codes)
	for i, code := range codes {
		if i >= len(names) {
			break
		}
		v := l.Catalogue.Codebook.Variables[names[i]]
		if at := v.Index(code); at >= 0 {
			words[i] = v.Categories[at].Label
			if i > 0 {
				words[i] = lowerFirst(words[i])
			}
		}
	}
	return strings.Join(words, ", ")
}

// Item returns the label of an indicator's item.
func (l Labels) Item(id string) string {
	label, _ := l.item(id)
	return label
}

func (l Labels) item(id string) (label string, place int) {
	if d := l.definition(); d != nil {
		for i, item := range d.Items {
			if item.ID == id {
				return cmp.Or(item.Label, id), i
			}
		}
	}
	return id, unknown
}

// Breakdowns lists the breakdowns of figures, in the definition's order, the
// undivided one first.
func (l Labels) Breakdowns(figures []release.Figure) []string {
	order := []string{codebook.All}
	if d := l.definition(); d != nil {
		order = append(order, d.By(l.Catalogue.Codebook)...)
	}
	return ordered(figures, func(f release.Figure) string { return f.Breakdown }, func(b string) int { return place(order, b) })
}

// categories orders a breakdown's categories as the codebook does.
func (l Labels) categories(figures []release.Figure) []string {
	if len(figures) == 0 {
		return nil
	}
	names := indicator.Crossed(figures[0].Breakdown)
	return ordered(figures, func(f release.Figure) string { return f.Category }, func(category string) int {
		at := 0
		for i, code := range indicator.Crossed(category) {
			if i >= len(names) {
				break
			}
			at *= 1000
			if index := l.Catalogue.Codebook.Variables[names[i]].Index(code); index >= 0 {
				at += index
			} else {
				at += 999
			}
		}
		return at
	})
}

// ordered lists the distinct values of figures by their place, then by their
// spelling.
func ordered(figures []release.Figure, of func(release.Figure) string, place func(string) int) []string {
	var values []string
	for _, f := range figures {
		if v := of(f); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	return values
}

func place(order []string, value string) int {
	if i := slices.Index(order, value); i >= 0 {
		return i
	}
	return unknown
}

// lowerFirst begins a label in lower case, for the middle of a phrase, unless
// its first word is a name or an abbreviation.
func lowerFirst(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if first == "" || first[1:] != strings.ToLower(first[1:]) {
		return s
	}
	for _, name := range []string{"England", "Wales", "Government", "Asian", "Black", "White", "Chinese"} {
		if first == name {
			return s
		}
	}
	return strings.ToLower(s[:1]) + s[1:]
}
