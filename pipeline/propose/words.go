package propose

import (
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// dull are words that tell no question from another one.
var dull = func() map[string]bool {
	made := map[string]bool{}
	for word := range strings.FieldsSeq("a an the of in on and or to at is are was be being been for by from with into you your yours one one's " +
		"do does did how about when having this that these those were has have had whether which what way if i it its they their them would can " +
		"respondent respondents respondent's resp adult person people categories category grouped group banded bands derived dv variable recoded summary version harmonised ons") {
		made[word] = true
	}
	return made
}()

// numerals are numbers that labels have in words or in digits.
var numerals = map[string]string{"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "twelve": "12", "previous": "last", "past": "last"}

// others are words for somebody else than the respondent, or for another time of
// asking: a question about them is another question.
var others = strings.Fields("partner partners spouse husband wife hrp reference householder mother father parent parents child children's interviewer interview proxy previously")

// words are those of a label that tell it from others, each once.
func words(label string) []string {
	var made []string
	for word := range slices.Values(codebook.WordsOf(strings.ReplaceAll(label, "'s", ""))) {
		word = strings.Trim(word, "'")
		if to := numerals[word]; to != "" {
			word = to
		}
		for _, ending := range []string{"ied", "ies"} { // worried is of worry
			if root, ok := strings.CutSuffix(word, ending); ok && len(root) > 2 {
				word = root + "y"
			}
		}
		if word != "" && !dull[word] && !slices.Contains(made, word) {
			made = append(made, word)
		}
	}
	return made
}

// A vocabulary is the words of all labels, each with a number.
type vocabulary struct {
	words  []string
	number map[string]int
	labels [][]int     // of which a word's rarity is
	like   [][]float64 // of a word, how like each other one is to it; nil until it is asked for
	rarity []float64   // of a word; 0 until it is asked for
}

// of are the numbers of a label's words.
func (v *vocabulary) of(label string) []int {
	var made []int
	for _, word := range words(label) {
		n, known := v.number[word]
		if !known {
			n = len(v.words)
			v.words, v.number[word] = append(v.words, word), n
		}
		made = append(made, n)
	}
	return made
}

// complete is called when all words are known.
func (v *vocabulary) complete() {
	v.like, v.rarity = make([][]float64, len(v.words)), make([]float64, len(v.words))
}

// alike is how like a word is to each other one: 1 to itself, less to those that have
// but their beginning in common.
func (v *vocabulary) alike(word int) []float64 {
	if v.like[word] == nil {
		v.like[word] = make([]float64, len(v.words))
		for n, other := range v.words {
			switch {
			case n == word:
				v.like[word][n] = 1
			case len(other) > 1 && len(v.words[word]) > 1 && codebook.Alike(v.words[word], other):
				v.like[word][n] = 0.9
			}
		}
	}
	return v.like[word]
}

// tells is how much a word tells: the less, the more labels have it.
func (v *vocabulary) tells(word int) float64 {
	if v.rarity[word] == 0 {
		like, n := v.alike(word), 1
		for _, label := range v.labels {
			if slices.ContainsFunc(label, func(other int) bool { return like[other] > 0 }) {
				n++
			}
		}
		v.rarity[word] = 1 / (1 + math.Log(float64(n)))
	}
	return v.rarity[word]
}

// overlap is how much of the words of two labels is in both, by what they tell (Dice's
// coefficient), how much of those of the first, and which.
func (v *vocabulary) overlap(a, b []int) (share, part float64, both []int) {
	var all, common float64
	in := func(word int, of []int) float64 {
		like, best := v.alike(word), 0.0
		for _, other := range of {
			best = max(best, like[other])
		}
		return best
	}
	for _, word := range a {
		w, found := v.tells(word), in(word, b)
		all, common = all+w, common+float64(w*found)
		if found > 0 {
			both = append(both, word)
		}
	}
	if all > 0 {
		part = common / all
	}
	for _, word := range b {
		w := v.tells(word)
		all, common = all+w, common+float64(w*in(word, a))
	}
	if all == 0 {
		return 0, 0, nil
	}
	return common / all, part, both
}

// How like two names are.
const (
	same    = 1.0
	affixed = 0.85 // but for a letter or number of the wave, before or behind
)

// likeName is how like a raw name is to one that was expected: 1 but for case, less
// the more letters are to be changed, and 0 where nothing much is left.
func likeName(expected, name string) float64 {
	expected, name = strings.ToLower(expected), strings.ToLower(name)
	if expected == "" || name == "" {
		return 0
	}
	if expected == name {
		return same
	}
	a, b := stem(expected), stem(name)
	if len(a) >= 3 && (a == b || affix(a, b) || affix(b, a)) {
		return affixed
	}
	if len(expected) < 4 || len(name) < 4 {
		return 0
	}
	return max(0, 0.9*(1-float64(2*refusal.Distance(expected, name))/float64(max(len(expected), len(name)))))
}

// stem is a name without what is no letter and no number.
func stem(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '.' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, name)
}

// affix says whether a name is another one with a wave before or behind it: one letter,
// or up to four digits with a letter or not.
func affix(long, short string) bool {
	rest, ok := strings.CutPrefix(long, short)
	if !ok {
		if rest, ok = strings.CutSuffix(long, short); !ok {
			return false
		}
	}
	digits := strings.TrimLeft(rest, "wvyr")
	if len(rest)-len(digits) > 1 {
		return false
	}
	return len(rest) == 1 && len(short) >= 3 || len(digits) > 0 && len(digits) <= 4 && strings.Trim(digits, "0123456789") == ""
}
