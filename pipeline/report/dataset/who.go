package dataset

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Who is whom or what a dataset is for. Name is as the plan, the catalogue or the
// release writes it; ID is the short form of it.
type Who struct {
	Kind Kind
	ID   string
	Name string
}

// A Kind is what a Who is.
type Kind string

// The kinds of Who.
const (
	Department Kind = "department"
	Region     Kind = "region"
	Measure    Kind = "measure"
	Strand     Kind = "strand"
	Indicator  Kind = "indicator"
	All        Kind = "all" // of the release
)

// Kinds lists those that are named before a colon where a word alone is two of them.
var Kinds = []Kind{Department, Region, Measure, Strand, Indicator}

// String is the Who as it can be asked for, whatever else its word may mean.
func (w Who) String() string {
	if w.Kind == All {
		return string(All)
	}
	return string(w.Kind) + ":" + w.ID
}

// Everyone lists whom a dataset of a release may be for.
func Everyone(r *plan.Register, places codebook.Geography, l *release.Labels) []Who {
	list := []Who{{All, string(All), "all measures and indicators"}}
	for _, short := range r.Shorts() {
		list = append(list, Who{Department, short, r.Department(short)})
	}
	for _, p := range places.Of(codebook.Region) {
		list = append(list, Who{Region, p.Code, p.Name})
	}
	for _, s := range r.Strands {
		list = append(list, Who{Strand, s.ID, s.Title})
	}
	for _, m := range r.Measures {
		list = append(list, Who{Measure, m.ID, m.Title})
	}
	for _, x := range l.Indicators {
		list = append(list, Who{Indicator, x.ID, x.Title})
	}
	return list
}

// Find is the one of a list that a word means: its id or its name, in letters of either
// case, or both with its kind and a colon before them. A word that is none of them means
// the one that it reads as: strand 2, measure-B5, 2c. A word that means none, or more than
// one, is a problem of kind Usage.
func Find(everyone []Who, word string) (Who, error) {
	word = strings.TrimSpace(word)
	kind, rest, prefixed := strings.Cut(word, ":")
	of := everyone
	if prefixed = prefixed && slices.ContainsFunc(Kinds, func(k Kind) bool { return strings.EqualFold(string(k), kind) }); prefixed {
		of = slices.DeleteFunc(slices.Clone(everyone), func(w Who) bool { return !strings.EqualFold(string(w.Kind), kind) })
	} else {
		rest = word
	}
	var found []Who
	for _, w := range of {
		if strings.EqualFold(w.ID, rest) || strings.EqualFold(w.Name, rest) {
			found = append(found, w)
		}
	}
	if len(found) == 0 {
		loose := plain(rest)
		for _, w := range of {
			if id, name := plain(w.ID), plain(w.Name); loose == id || loose == name || loose == plain(string(w.Kind))+id || loose == plain(string(w.Kind))+name {
				found = append(found, w)
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Who{}, refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf("%q is %s%s", word, nobody(kind, prefixed), nearest(of, rest)), Hint: hint(everyone)}}
	}
	var forms []string
	for _, w := range found {
		forms = append(forms, fmt.Sprintf("%s (%s)", w, w.Name))
	}
	return Who{}, refusal.Problems{{
		Kind: refusal.Usage, What: fmt.Sprintf("%q is more than one thing", word), Hint: "ask for " + strings.Join(forms, " or "),
	}}
}

// plain is a word as it reads: its letters in lower case and its digits, those of two
// numbers apart, without the article before it.
func plain(word string) string {
	word = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(word)), "the ")
	var b strings.Builder
	digit, apart := false, false // the last that was written is one; what is no letter or digit came since
	for _, r := range word {
		switch is := unicode.IsDigit(r); {
		case !is && !unicode.IsLetter(r):
			apart = true
		default:
			if digit && is && apart {
				b.WriteByte('.')
			}
			b.WriteRune(r)
			digit, apart = is, false
		}
	}
	return b.String()
}

// nobody says what a word is none of.
func nobody(kind string, prefixed bool) string {
	if prefixed {
		return "no " + strings.ToLower(kind)
	}
	return "no department, region, measure, strand or indicator"
}

// nearest says what was meant: the one whose id, name or a part of it is nearest.
func nearest(of []Who, word string) string {
	var words []string
	ids := map[string]Who{}
	for _, w := range of {
		for _, name := range []string{w.ID, w.Name} {
			words = append(words, name)
			ids[name] = w
		}
	}
	meant := refusal.Nearest(word, words)
	for _, name := range words {
		w := ids[name]
		if meant == fmt.Sprintf("; did you mean %q?", name) && name != w.ID && !strings.EqualFold(name, w.ID) {
			return fmt.Sprintf("; did you mean %q, %s?", w.ID, w.Name)
		}
	}
	if meant != "" || len(word) <= 3 {
		return meant
	}
	var parts []Who
	for _, w := range of {
		if strings.Contains(strings.ToLower(w.Name), strings.ToLower(word)) {
			parts = append(parts, w)
		}
	}
	if len(parts) == 1 {
		return fmt.Sprintf("; did you mean %q, %s?", parts[0].ID, parts[0].Name)
	}
	return ""
}

// hint lists what can be asked for, but for the indicators, which are many.
func hint(everyone []Who) string {
	var parts []string
	for _, kind := range []Kind{Department, Region, Strand, Measure} {
		var ids []string
		for _, w := range everyone {
			if w.Kind == kind {
				ids = append(ids, w.ID)
			}
		}
		parts = append(parts, fmt.Sprintf("%ss: %s", kind, strings.Join(ids, ", ")))
	}
	return strings.Join(parts, "; ") + "; an indicator of the release, or all"
}
