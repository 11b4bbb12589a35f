package codebook

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// How much better a label fits another category than its own (fit) before it counts
// as that one's: of two labels together that fit each other's category, and of each
// in a round of several.
const (
	turnedBy  = 0.4
	misplaced = 0.3
)

// A Called code is a raw code, what its file calls it, and what the crosswalk makes
// of it.
type Called struct {
	Code, Label string
	Category    int // of the variable; -1 of a code that is a refusal or a don't know
}

// A Wording is the categories of a variable by their words.
type Wording struct {
	Of     Variable
	plain  []map[string]bool  // of each category, its label and code as plain texts
	words  [][][]string       // of each category, those of its label and of its code
	share  map[string]float64 // how many categories have a word
	weight map[string]float64 // of words that were asked for
}

func NewWording(v Variable) *Wording {
	w := &Wording{Of: v, share: map[string]float64{}, weight: map[string]float64{}}
	for _, c := range v.Categories {
		label, code := WordsOf(c.Label), WordsOf(strings.ReplaceAll(c.Code, "-", " "))
		w.words = append(w.words, [][]string{label, code})
		w.plain = append(w.plain, map[string]bool{strings.Join(label, " "): true, strings.Join(code, " "): true})
		for _, word := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(label, code)))) {
			w.share[word]++ // so many categories have it
		}
	}
	return w
}

// Called are the codes that the file has a label for and the crosswalk takes, as
// numbers are ordered. A code that is itself words is called by them.
func (w *Wording) Called(labels []Category, codes, missing map[string]string) []Called {
	by := map[string]string{}
	for _, c := range labels {
		by[PlainCode(c.Code)] = c.Label
	}
	var made []Called
	for _, code := range ByNumber(slices.Collect(maps.Keys(codes))) {
		label, ok := by[PlainCode(code)]
		if _, err := strconv.ParseFloat(code, 64); !ok && err != nil {
			label, ok = code, true
		}
		if ok {
			made = append(made, Called{code, label, w.Of.Index(codes[code])})
		}
	}
	for _, code := range ByNumber(slices.Collect(maps.Keys(missing))) {
		kind, _ := ParseMissing(missing[code])
		// An answer that does not apply may be left out on purpose.
		if label, ok := by[PlainCode(code)]; ok && (kind == Refused || kind == DontKnow) {
			made = append(made, Called{code, label, -1})
		}
	}
	return made
}

// PlainCode is a code as numbers are spelled, so that 1 and 1.0 are one.
func PlainCode(code string) string {
	if x, err := strconv.ParseFloat(strings.TrimSpace(code), 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
		return Spell(x)
	}
	return strings.TrimSpace(code)
}

// Contradictions are what the codes should be, by their places, of those that the
// crosswalk makes something else of.
func (w *Wording) Contradictions(codes []Called) map[int]string {
	found := map[int]string{}
	say := func(c, category int) {
		if found[c] == "" {
			found[c] = fmt.Sprintf("%q (%s)", w.Of.Categories[category].Code, w.Of.Categories[category].Label)
		}
	}
	fits := make([][]float64, len(codes))
	better := make([]int, len(codes)) // the category that fits clearly better than its own; -1 for none
	for i, c := range codes {
		words := w.said(c.Code, c.Label)
		plain := strings.Join(words, " ")
		if same := w.verbatim(plain); c.Category < 0 && same >= 0 {
			say(i, same)
		} else if same >= 0 && !w.plain[c.Category][plain] {
			say(i, same)
		}
		better[i] = -1
		if c.Category < 0 {
			continue
		}
		fits[i] = make([]float64, len(w.words))
		for k := range w.words {
			fits[i][k] = w.Fit(words, k)
		}
		best := c.Category
		for k, fit := range fits[i] {
			if fit > fits[i][best] {
				best = k
			}
		}
		if fits[i][best] >= fits[i][c.Category]+misplaced {
			better[i] = best
		}
		if kind := KindOf(c.Label); (kind == Refused || kind == DontKnow) && w.Fit(slices.DeleteFunc(slices.Clone(words), denies), c.Category) == 0 {
			found[i] = "missing (" + kind.String() + ")"
		}
	}
	for i, a := range codes {
		for j, b := range codes[i+1:] {
			j += i + 1
			if a.Category < 0 || b.Category < 0 || a.Category == b.Category {
				continue
			}
			gains := fits[i][b.Category] - fits[i][a.Category]
			back := fits[j][a.Category] - fits[j][b.Category]
			if gains+back < turnedBy || gains < 0 || back < 0 || min(gains, back) == 0 && len(w.words) > 2 {
				continue
			}
			say(i, b.Category)
			say(j, a.Category)
		}
	}
	for i := range codes {
		if w.round(codes, better, i) {
			say(i, better[i])
		}
	}
	return found
}

// said are the words of a code's label, without the code: "1 Definitely agree".
func (w *Wording) said(code, label string) []string {
	words := WordsOf(label)
	if len(words) > 1 && words[0] == PlainCode(code) {
		words = words[1:]
	}
	return words
}

// Fits is how far a code's label fits each category, see Fit: 1 where it is its words.
func (w *Wording) Fits(code, label string) []float64 {
	words := w.said(code, label)
	fits := make([]float64, len(w.words))
	for k := range w.words {
		fits[k] = w.Fit(words, k)
	}
	if same := w.verbatim(strings.Join(words, " ")); same >= 0 {
		clear(fits)
		fits[same] = 1
	}
	return fits
}

// round says whether a code's category is reached again from the one that its label
// fits better, each time by a code of that category whose label fits another one.
func (w *Wording) round(codes []Called, better []int, from int) bool {
	if better[from] < 0 {
		return false
	}
	seen := map[int]bool{}
	next := []int{better[from]}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if at == codes[from].Category {
			return true
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		for i, c := range codes {
			if c.Category == at && better[i] >= 0 {
				next = append(next, better[i])
			}
		}
	}
	return false
}

// verbatim is the category that has a text as its label or code, -1 for none or
// several.
func (w *Wording) verbatim(text string) int {
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

// Fit is how much of the words of a label and of a category's label or code, the one
// that fits better, they have in common (Dice's coefficient): 1 is all, 0 is none. A
// word counts for less the more categories have it, and for half where none has.
func (w *Wording) Fit(label []string, category int) float64 {
	best := 0.0
	for _, words := range w.words[category] {
		common, all := 0.0, 0.0
		for _, word := range words {
			all += w.worth(word)
			if slices.ContainsFunc(label, func(other string) bool { return Alike(word, other) }) {
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
func (w *Wording) worth(word string) float64 {
	if known, ok := w.weight[word]; ok {
		return known
	}
	w.weight[word] = w.weigh(word)
	if denies(word) {
		w.weight[word] *= 2
	}
	return w.weight[word]
}

func (w *Wording) weigh(word string) float64 {
	most := 0.0
	for other, n := range w.share {
		if n > most && Alike(word, other) {
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

// Alike says whether two words are one but for their endings: "renter" and
// "rented", what a format cut short, or an initial.
func Alike(a, b string) bool {
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

// WordsOf are the words of a label, in lower case and without articles; all that
// denies is "not".
func WordsOf(label string) []string {
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
