package ingest

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/table"
)

// The whole numbers that nearly all cells of a survey are have their counts in
// an array, from smallFrom on, however many there are of them.
const (
	smallFrom  = -128
	smallCount = 512
)

// windows are the parts of that array that a tally may have. It begins with the
// first, which the codes of most variables are in: a file may have very many variables.
var windows = []struct{ from, count int }{{0, 16}, {-16, 128}, {smallFrom, smallCount}}

// A tally counts the cells of one column, batch by batch. Of the values
// outside the array it counts each while they are few, and beyond MostCodes
// those alone that the file says something of.
type tally struct {
	meaning  *meaning // as far as it was known when the tally began
	missing  int
	tags     []int    // by letter, nil without any
	small    []uint32 // by value less from
	from     int
	numbers  map[float64]int
	texts    map[string]int
	distinct int
	every    bool // there are at most description.MostCodes values

	// Of the numbers outside the array that are not declared missing:
	others     int
	sum        float64
	low, high  float64
	fractions  bool
	undeclared int // texts that are not declared missing
	declared   int // cells outside the array, and texts, that are
}

// A meaning is what the file says of a variable's values. A batch of columns
// with one set of labels shares it.
type meaning struct {
	numeric    bool
	categories []codebook.Category   // of which it was made
	numbers    []knownValue[float64] // with a label or, one alone, declared missing, by value
	texts      []knownValue[string]
	tags       map[byte]string // labels
	declared   []codebook.Interval
	missing    []string
	large      bool // there are numbers outside a tally's array
}

// A knownValue is one that the file says something of, with its label or "".
type knownValue[T cmp.Ordered] struct {
	value T
	label string
}

// inOrder sorts values and keeps the last of equal ones.
func inOrder[T cmp.Ordered](of []knownValue[T]) []knownValue[T] {
	slices.SortStableFunc(of, func(a, b knownValue[T]) int { return cmp.Compare(a.value, b.value) })
	kept := of[:0]
	for i, s := range of {
		if i+1 == len(of) || of[i+1].value != s.value {
			kept = append(kept, s)
		}
	}
	return kept
}

// find returns what is said of a value, if anything.
func find[T cmp.Ordered](of []knownValue[T], value T) (label string, ok bool) {
	i, ok := slices.BinarySearchFunc(of, value, func(s knownValue[T], value T) int { return cmp.Compare(s.value, value) })
	if !ok {
		return "", false
	}
	return of[i].label, true
}

func meaningOf(v codebook.Variable, numeric bool) *meaning {
	m := &meaning{numeric: numeric, categories: v.Categories}
	if r := v.Recorded; r != nil {
		m.declared, m.missing = r.Missing, r.Texts
	}
	if !numeric {
		for _, text := range m.missing {
			m.texts = append(m.texts, knownValue[string]{value: text})
		}
		for _, c := range v.Categories {
			m.texts = append(m.texts, knownValue[string]{c.Code, c.Label})
		}
		m.texts = inOrder(m.texts)
		return m
	}
	for _, interval := range m.declared { // a range has no end
		if interval.Low == interval.High {
			m.numbers = append(m.numbers, knownValue[float64]{value: interval.Low + 0})
		}
	}
	for _, c := range v.Categories {
		if x, err := strconv.ParseFloat(c.Code, 64); err == nil && !math.IsNaN(x) {
			m.numbers = append(m.numbers, knownValue[float64]{x + 0, c.Label})
		} else if len(c.Code) == 2 && c.Code[0] == '.' {
			if m.tags == nil {
				m.tags = map[byte]string{}
			}
			m.tags[c.Code[1]] = c.Label
		}
	}
	m.numbers = inOrder(m.numbers)
	m.large = slices.ContainsFunc(m.numbers, func(s knownValue[float64]) bool { return !small(s.value) })
	return m
}

// is says whether the meaning is that of a variable.
func (m *meaning) is(v codebook.Variable) bool {
	var r codebook.Recorded
	if v.Recorded != nil {
		r = *v.Recorded
	}
	a, b := m.categories, v.Categories
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) && slices.Equal(m.declared, r.Missing) && slices.Equal(m.missing, r.Texts)
}

// declares says whether the file declares a number missing.
func (m *meaning) declares(x float64) bool {
	for _, interval := range m.declared {
		if interval.Low <= x && x <= interval.High {
			return true
		}
	}
	return false
}

func newTally(m *meaning) *tally {
	return &tally{meaning: m, every: true, low: math.Inf(1), high: math.Inf(-1)}
}

// small says whether a number is one of those with counts in the array.
func small(x float64) bool {
	whole := int(x)
	return float64(whole) == x && uint(whole-smallFrom) < smallCount
}

// counted is how many cells have a number of the array.
func (t *tally) counted(x float64) int {
	if place := int(x) - t.from; uint(place) < uint(len(t.small)) {
		return int(t.small[place])
	}
	return 0
}

// widen makes the tally's part of the array one that has the number, which is small.
func (t *tally) widen(x float64) {
	for _, w := range windows {
		if whole := int(x); len(t.small) < w.count && uint(whole-w.from) < uint(w.count) {
			counts := make([]uint32, w.count)
			if len(t.small) > 0 {
				copy(counts[t.from-w.from:], t.small)
			}
			t.small, t.from = counts, w.from
			return
		}
	}
}

func (t *tally) add(c *table.Column) {
	if !t.meaning.numeric {
		for _, text := range c.Text {
			t.text(text)
		}
		return
	}
	for _, x := range c.Values {
		whole := int(x)
		place := whole - t.from
		if uint(place) >= uint(len(t.small)) || float64(whole) != x {
			switch {
			case small(x):
				t.widen(x)
				place = whole - t.from
			case math.IsNaN(x):
				t.missing++
				continue
			default:
				t.number(x)
				continue
			}
		}
		if t.small[place] == 0 {
			t.distinct++
		}
		t.small[place]++
	}
	for _, tag := range c.Tags {
		if tag != 0 {
			if t.tags == nil {
				t.tags = make([]int, len(table.Letters))
			}
			t.tags[strings.IndexByte(table.Letters, tag)]++
		}
	}
	t.stop()
}

// number counts one outside the array.
func (t *tally) number(x float64) {
	t.fractions = t.fractions || x != math.Trunc(x)
	if len(t.meaning.declared) > 0 && t.meaning.declares(x) {
		t.declared++
	} else {
		t.others++
		t.sum += x
		t.low, t.high = min(t.low, x), max(t.high, x)
	}
	if !t.every && !t.meaning.large {
		return
	}
	n, known := t.numbers[x]
	if !known && !t.every {
		_, known = find(t.meaning.numbers, x)
	}
	if known || t.every {
		if n == 0 {
			t.distinct++
		}
		if t.numbers == nil {
			t.numbers = map[float64]int{}
		}
		t.numbers[x] = n + 1
		t.stop()
	}
}

func (t *tally) text(text string) {
	if text == "" {
		t.missing++
		return
	}
	if len(t.meaning.missing) > 0 && slices.Contains(t.meaning.missing, text) {
		t.declared++
	} else {
		t.undeclared++
	}
	if !t.every && len(t.meaning.texts) == 0 {
		return
	}
	n, known := t.texts[text]
	if known {
		t.texts[text] = n + 1
		return
	}
	if !t.every {
		_, known = find(t.meaning.texts, text)
	}
	if known || t.every {
		t.distinct++
		if t.texts == nil {
			t.texts = map[string]int{}
		}
		t.texts[strings.Clone(text)] = 1
		t.stop()
	}
}

// stop ends the count of each value where they are too many.
func (t *tally) stop() {
	if !t.every || t.distinct <= description.MostCodes {
		return
	}
	t.every = false
	maps.DeleteFunc(t.numbers, func(x float64, _ int) bool { _, ok := find(t.meaning.numbers, x); return !ok })
	maps.DeleteFunc(t.texts, func(text string, _ int) bool { _, ok := find(t.meaning.texts, text); return !ok })
}

// lacks says whether the whole file gives the variable a meaning of which the
// counts are not here.
func (t *tally) lacks(v codebook.Variable) bool {
	if t.meaning.is(v) {
		return false
	}
	m := meaningOf(v, t.meaning.numeric)
	if !slices.Equal(m.declared, t.meaning.declared) || !slices.Equal(m.missing, t.meaning.missing) {
		return true
	}
	if t.every {
		return false
	}
	for _, s := range m.numbers {
		_, counted := find(t.meaning.numbers, s.value)
		if !counted && !small(s.value) && (t.low <= s.value && s.value <= t.high || m.declares(s.value)) {
			return true
		}
	}
	return slices.ContainsFunc(m.texts, func(s knownValue[string]) bool { _, counted := find(t.meaning.texts, s.value); return !counted })
}

// describe describes the variable, with what the whole file says of it.
func (t *tally) describe(of codebook.Variable, kinds description.Kinds) description.Variable {
	v := description.Variable{
		Name: of.Name, Label: of.Label, Numeric: t.meaning.numeric, Every: t.every,
		Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(),
		Missing: t.missing, Declared: t.declared,
	}
	if of.Recorded != nil {
		v.Recorded = *of.Recorded
	}
	m := t.meaning
	if !m.is(of) {
		m = meaningOf(of, t.meaning.numeric)
	}
	if !t.meaning.numeric {
		v.Present = t.undeclared
		texts := with(m.texts, slices.Sorted(maps.Keys(t.texts)))
		listed := make([]description.Code, len(texts))
		for i, s := range texts {
			listed[i] = description.Code{Code: s.value, Label: s.label, Count: t.texts[s.value], Declared: slices.Contains(m.missing, s.value)}
		}
		v.Tell(listed, kinds)
		return v
	}
	t.spread(&v, m)
	v.Tell(append(t.codes(m), t.kinds(m)...), kinds)
	v.Weight = v.MayWeigh(t.fractions)
	return v
}

// spread counts the numbers present and declared missing, and gives their
// range and mean.
func (t *tally) spread(v *description.Variable, m *meaning) {
	v.Present = t.others
	low, high, sum := t.low, t.high, 0.0
	for place, n := range t.small {
		x := float64(place + t.from)
		switch {
		case n == 0:
		case m.declares(x):
			v.Declared += int(n)
		default:
			v.Present += int(n)
			low, high = min(low, x), max(high, x)
			sum += float64(x * float64(n)) // exact
		}
	}
	if v.Present > 0 {
		v.Min, v.Max, v.Mean = low, high, (sum+t.sum)/float64(v.Present)
	}
}

// codes lists the numbers to be listed.
func (t *tally) codes(m *meaning) []description.Code {
	var others []float64
	if t.every {
		others = slices.Collect(maps.Keys(t.numbers))
		for place, n := range t.small {
			if n > 0 {
				others = append(others, float64(place+t.from))
			}
		}
	}
	numbers := with(m.numbers, others)
	codes := make([]description.Code, len(numbers), len(numbers)+len(m.tags))
	for i, s := range numbers {
		n := t.numbers[s.value]
		if small(s.value) {
			n = t.counted(s.value)
		}
		codes[i] = description.Code{Code: codebook.Spell(s.value), Label: s.label, Count: n, Declared: m.declares(s.value)}
	}
	return codes
}

// with adds values to those that the file says something of.
func with[T cmp.Ordered](of []knownValue[T], values []T) []knownValue[T] {
	var more []knownValue[T]
	for _, value := range values {
		if _, ok := find(of, value); !ok {
			more = append(more, knownValue[T]{value: value})
		}
	}
	if len(more) == 0 {
		return of
	}
	return inOrder(append(more, of...))
}

// kinds lists the extended missing values with their labels.
func (t *tally) kinds(m *meaning) []description.Code {
	var listed []description.Code
	for i := range len(table.Letters) {
		tag, n := table.Letters[i], 0
		if t.tags != nil {
			n = t.tags[i]
		}
		if label, ok := m.tags[tag]; ok || n > 0 {
			listed = append(listed, description.Code{Code: "." + string(rune(tag)), Label: label, Count: n, Declared: true})
		}
	}
	return listed
}
