package harmonise

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// How much better a label fits another category than its own (fit) before it counts
// as that one's: of two labels together that fit each other's category, and of each
// in a round of several.
const (
	turnedBy  = 0.4
	misplaced = 0.3
)

// A called code is a raw code, what its file calls it, and what the crosswalk makes
// of it.
type called struct {
	code, label string
	category    int // of the variable; -1 of a code that is a refusal or a don't know
}

// contradicts reports the codes whose labels in the file say another category than
// the crosswalk makes of them, and says whether there are any. Wording that only
// differs is no contradiction: a label is another category's word for word, or it
// fits that one better and a code of that category fits back.
func (h *Harmoniser) contradicts(name string, raw *table.Column, missing map[string]string) bool {
	v, s := h.book.Variables[name], h.x.Variables[name]
	if s.Labels == codebook.LabelsDiffer || len(s.Codes) == 0 || raw == nil {
		return false
	}
	w := newWording(v)
	codes := w.called(raw.Variable.Categories, s.Codes, missing)
	found := w.contradictions(codes)
	where := fmt.Sprintf("%s: variable %q", h.where, raw.Variable.Name)
	hint := fmt.Sprintf("correct %s, or say \"labels: %s\" of %q there if the codes are right and the file's labels are not", h.x.At("variables", name), codebook.LabelsDiffer, name)
	for _, c := range slices.Sorted(maps.Keys(found)) {
		made := "missing (" + missing[codes[c].code] + ")"
		if at := codes[c].category; at >= 0 {
			made = fmt.Sprintf("%q (%s)", v.Categories[at].Code, v.Categories[at].Label)
		}
		h.ps.AddHint(hint, where, "the file calls code %s %s, the crosswalk makes it %s, want %s", codes[c].code, quote(codes[c].label), made, found[c])
	}
	return len(found) > 0
}

// A wording is the categories of a variable by their words.
type wording struct {
	of     codebook.Variable
	plain  []map[string]bool  // of each category, its label and code as plain texts
	words  [][][]string       // of each category, those of its label and of its code
	share  map[string]float64 // how many categories have a word
	weight map[string]float64 // of words that were asked for
}

func newWording(v codebook.Variable) *wording {
	w := &wording{of: v, share: map[string]float64{}, weight: map[string]float64{}}
	for _, c := range v.Categories {
		label, code := wordsOf(c.Label), wordsOf(strings.ReplaceAll(c.Code, "-", " "))
		w.words = append(w.words, [][]string{label, code})
		w.plain = append(w.plain, map[string]bool{strings.Join(label, " "): true, strings.Join(code, " "): true})
		for _, word := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(label, code)))) {
			w.share[word]++ // so many categories have it
		}
	}
	return w
}

// called are the codes that the file has a label for and the crosswalk takes, as
// numbers are ordered. A code that is itself words is called by them.
func (w *wording) called(labels []codebook.Category, codes, missing map[string]string) []called {
	by := map[string]string{}
	for _, c := range labels {
		by[plainCode(c.Code)] = c.Label
	}
	var made []called
	for _, code := range sortedCodes(codes) {
		label, ok := by[plainCode(code)]
		if _, err := strconv.ParseFloat(code, 64); !ok && err != nil {
			label, ok = code, true
		}
		if ok {
			made = append(made, called{code, label, w.of.Index(codes[code])})
		}
	}
	for _, code := range sortedCodes(missing) {
		kind, _ := codebook.ParseMissing(missing[code])
		// An answer that does not apply may be left out on purpose.
		if label, ok := by[plainCode(code)]; ok && (kind == codebook.Refused || kind == codebook.DontKnow) {
			made = append(made, called{code, label, -1})
		}
	}
	return made
}

// plainCode is a code as numbers are spelled, so that 1 and 1.0 are one.
func plainCode(code string) string {
	if x, err := strconv.ParseFloat(strings.TrimSpace(code), 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
		return codebook.Spell(x)
	}
	return strings.TrimSpace(code)
}

// contradictions are what the codes should be, by their places, of those that the
// crosswalk makes something else of.
func (w *wording) contradictions(codes []called) map[int]string {
	found := map[int]string{}
	say := func(c, category int) {
		if found[c] == "" {
			found[c] = fmt.Sprintf("%q (%s)", w.of.Categories[category].Code, w.of.Categories[category].Label)
		}
	}
	fits := make([][]float64, len(codes))
	better := make([]int, len(codes)) // the category that fits clearly better than its own; -1 for none
	for i, c := range codes {
		words := wordsOf(c.label)
		if len(words) > 1 && words[0] == plainCode(c.code) {
			words = words[1:] // "1 Definitely agree"
		}
		plain := strings.Join(words, " ")
		if same := w.verbatim(plain); c.category < 0 && same >= 0 {
			say(i, same)
		} else if same >= 0 && !w.plain[c.category][plain] {
			say(i, same)
		}
		better[i] = -1
		if c.category < 0 {
			continue
		}
		fits[i] = make([]float64, len(w.words))
		for k := range w.words {
			fits[i][k] = w.fit(words, k)
		}
		best := c.category
		for k, fit := range fits[i] {
			if fit > fits[i][best] {
				best = k
			}
		}
		if fits[i][best] >= fits[i][c.category]+misplaced {
			better[i] = best
		}
		if kind := codebook.KindOf(c.label); (kind == codebook.Refused || kind == codebook.DontKnow) && w.fit(slices.DeleteFunc(slices.Clone(words), denies), c.category) == 0 {
			found[i] = "missing (" + kind.String() + ")"
		}
	}
	for i, a := range codes {
		for j, b := range codes[i+1:] {
			j += i + 1
			if a.category < 0 || b.category < 0 || a.category == b.category {
				continue
			}
			gains := fits[i][b.category] - fits[i][a.category]
			back := fits[j][a.category] - fits[j][b.category]
			if gains+back < turnedBy || gains < 0 || back < 0 || min(gains, back) == 0 && len(w.words) > 2 {
				continue
			}
			say(i, b.category)
			say(j, a.category)
		}
	}
	for i := range codes {
		if w.round(codes, better, i) {
			say(i, better[i])
		}
	}
	return found
}

// round says whether a code's category is reached again from the one that its label
// fits better, each time by a code of that category whose label fits another one.
func (w *wording) round(codes []called, better []int, from int) bool {
	if better[from] < 0 {
		return false
	}
	seen := map[int]bool{}
	next := []int{better[from]}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if at == codes[from].category {
			return true
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		for i, c := range codes {
			if c.category == at && better[i] >= 0 {
				next = append(next, better[i])
			}
		}
	}
	return false
}

// verbatim is the category that has a text as its label or code, -1 for none or
// several.
func (w *wording) verbatim(text string) int {
	found := -1
	for k, plain := range w.plain {
		if text != "" && plain[text] {
			if found >= 0 {
				return -1
			}
			found = k
		}
	}
	return found
}

func denies(word string) bool { return word == "not" }

// fit is how much of the words of a label and of a category's label or code, the one
// that fits better, they have in common (Dice's coefficient): 1 is all, 0 is none. A
// word counts for less the more categories have it, and for half where none has.
func (w *wording) fit(label []string, category int) float64 {
	best := 0.0
	for _, words := range w.words[category] {
		common, all := 0.0, 0.0
		for _, word := range words {
			all += w.worth(word)
			if slices.ContainsFunc(label, func(other string) bool { return alike(word, other) }) {
				common += 2 * w.worth(word)
			}
		}
		for _, word := range label {
			all += w.worth(word)
		}
		if all > 0 {
			best = max(best, common/all)
		}
	}
	return min(best, 1)
}

// worth is a word's weight. A denial, which turns a label around, has twice that of
// another word.
func (w *wording) worth(word string) float64 {
	if known, ok := w.weight[word]; ok {
		return known
	}
	w.weight[word] = w.weigh(word)
	if denies(word) {
		w.weight[word] *= 2
	}
	return w.weight[word]
}

func (w *wording) weigh(word string) float64 {
	most := 0.0
	for other, n := range w.share {
		if n > most && alike(word, other) {
			most = n
		}
	}
	if most == 0 {
		return 0.5
	}
	return 1 / most
}

// initials are letters that stand for words: of directions and of sexes.
const initials = "neswmf"

// alike says whether two words are one but for their endings: "renter" and
// "rented", what a format cut short, or an initial.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 1 {
		return strings.Contains(initials, a) && b[0] == a[0]
	}
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	return same >= 4 && (same == min(len(a), len(b)) || 3*same >= 2*max(len(a), len(b)))
}

// wordsOf are the words of a label, in lower case and without articles; all that
// denies is "not".
func wordsOf(label string) []string {
	var words []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(strings.ReplaceAll(label, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	}) {
		switch word = strings.Trim(word, "'"); {
		case slices.Contains([]string{"", "a", "an", "the", "of"}, word):
			continue
		case slices.Contains([]string{"no", "not", "none"}, word), strings.HasSuffix(word, "n't"):
			word = "not"
		}
		words = append(words, word)
	}
	return words
}
