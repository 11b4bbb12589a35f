package ingest

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// The whole numbers that nearly all cells of a survey are have their counts in
// an array, from smallFrom on, however many there are of them.
const (
	smallFrom  = -128
	smallCount = 1152
)

// A tally counts the cells of one column, batch by batch. Of the values
// outside the array it counts each while they are few, and beyond MostCodes
// those alone that the file says something of.
type tally struct {
	numeric  bool
	meaning  meaning // as far as it was known when the tally began
	missing  int
	tags     [26]int
	small    []uint32 // by value less smallFrom
	numbers  map[float64]int
	texts    map[string]int
	distinct int
	every    bool // there are at most MostCodes values

	// Of the numbers outside the array that are not declared missing:
	others     int
	sum        float64
	low, high  float64
	fractions  bool
	undeclared int // texts that are not declared missing
	declared   int // cells outside the array, and texts, that are
}

// A meaning is what the file says of a variable's values.
type meaning struct {
	numbers  map[float64]string // labels
	texts    map[string]string
	tags     map[byte]string
	declared []codebook.Interval
	missing  []string
}

func meaningOf(v codebook.Variable, numeric bool) meaning {
	m := meaning{numbers: map[float64]string{}, texts: map[string]string{}, tags: map[byte]string{}}
	if r := v.Recorded; r != nil {
		m.declared, m.missing = r.Missing, r.Texts
	}
	for _, category := range v.Categories {
		if !numeric {
			m.texts[category.Code] = category.Label
		} else if x, err := strconv.ParseFloat(category.Code, 64); err == nil {
			m.numbers[x+0] = category.Label
		} else if len(category.Code) == 2 && category.Code[0] == '.' {
			m.tags[category.Code[1]] = category.Label
		}
	}
	return m
}

// declares says whether the file declares a number missing.
func (m meaning) declares(x float64) bool {
	for _, interval := range m.declared {
		if interval.Low <= x && x <= interval.High {
			return true
		}
	}
	return false
}

// specialNumbers are those with a label and the single ones that are declared
// missing: a range has no end.
func (m meaning) specialNumbers() map[float64]bool {
	special := map[float64]bool{}
	for x := range m.numbers {
		special[x] = true
	}
	for _, interval := range m.declared {
		if interval.Low == interval.High {
			special[interval.Low+0] = true
		}
	}
	return special
}

func (m meaning) specialTexts() map[string]bool {
	special := map[string]bool{}
	for text := range m.texts {
		special[text] = true
	}
	for _, text := range m.missing {
		special[text] = true
	}
	return special
}

func newTally(v codebook.Variable, numeric bool) *tally {
	t := &tally{
		numeric: numeric, meaning: meaningOf(v, numeric), every: true,
		numbers: map[float64]int{}, texts: map[string]int{}, low: math.Inf(1), high: math.Inf(-1),
	}
	if numeric {
		t.small = make([]uint32, smallCount)
		for x := range t.meaning.specialNumbers() {
			if _, isSmall := small(x); !isSmall {
				t.numbers[x] = 0
			}
		}
		return t
	}
	for text := range t.meaning.specialTexts() {
		t.texts[text] = 0
	}
	return t
}

// small returns the place of a number in the array.
func small(x float64) (place int, ok bool) {
	whole := int(x)
	place = whole - smallFrom
	return place, float64(whole) == x && uint(place) < smallCount
}

func (t *tally) add(c *table.Column) {
	if !t.numeric {
		for _, text := range c.Text {
			t.text(text)
		}
		return
	}
	for _, x := range c.Values {
		if place, ok := small(x); ok {
			if t.small[place] == 0 {
				t.distinct++
			}
			t.small[place]++
		} else if math.IsNaN(x) {
			t.missing++
		} else {
			t.number(x)
		}
	}
	for _, tag := range c.Tags {
		if letter := tag - 'a'; int(letter) < len(t.tags) {
			t.tags[letter]++
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
	if !t.every && len(t.numbers) == 0 {
		return
	}
	if n, known := t.numbers[x]; known || t.every {
		if n == 0 {
			t.distinct++
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
	if !t.every && len(t.texts) == 0 {
		return
	}
	if n, known := t.texts[text]; known {
		if n == 0 {
			t.distinct++
		}
		t.texts[text] = n + 1
	} else if t.every {
		t.distinct++
		t.texts[strings.Clone(text)] = 1
	}
	t.stop()
}

// stop ends the count of each value where they are too many.
func (t *tally) stop() {
	if !t.every || t.distinct <= MostCodes {
		return
	}
	t.every = false
	numbers, texts := t.meaning.specialNumbers(), t.meaning.specialTexts()
	maps.DeleteFunc(t.numbers, func(x float64, _ int) bool { return !numbers[x] })
	maps.DeleteFunc(t.texts, func(text string, _ int) bool { return !texts[text] })
}

// lacks says whether the whole file gives the variable a meaning of which the
// counts are not here.
func (t *tally) lacks(v codebook.Variable) bool {
	m := meaningOf(v, t.numeric)
	if !slices.Equal(m.declared, t.meaning.declared) || !slices.Equal(m.missing, t.meaning.missing) {
		return true
	}
	if t.every {
		return false
	}
	for x := range m.numbers {
		if _, known := t.numbers[x]; known {
			continue
		}
		if _, isSmall := small(x); !isSmall && (t.low <= x && x <= t.high || m.declares(x)) {
			return true
		}
	}
	for text := range m.texts {
		if _, known := t.texts[text]; !known {
			return true
		}
	}
	return false
}

// describe describes the variable, with what the whole file says of it.
func (t *tally) describe(of codebook.Variable) Variable {
	v := Variable{
		Name: of.Name, Label: of.Label, Numeric: t.numeric, Every: t.every,
		Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(),
		Missing: t.missing, Declared: t.declared,
	}
	if of.Recorded != nil {
		v.Recorded = *of.Recorded
	}
	m := meaningOf(of, t.numeric)
	if !t.numeric {
		v.Present = t.undeclared
		special := m.specialTexts()
		for text := range t.texts {
			special[text] = true
		}
		listed := []Code{}
		for _, text := range slices.Sorted(maps.Keys(special)) {
			listed = append(listed, Code{text, m.texts[text], t.texts[text], slices.Contains(m.missing, text)})
		}
		v.tell(listed)
		return v
	}
	t.spread(&v, m)
	v.tell(append(t.codes(m), t.kinds(m)...))
	v.Weight = v.mayWeight(t.fractions)
	return v
}

// spread counts the numbers present and declared missing, and gives their
// range and mean.
func (t *tally) spread(v *Variable, m meaning) {
	v.Present = t.others
	low, high, sum := t.low, t.high, 0.0
	for place, n := range t.small {
		x := float64(place + smallFrom)
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
func (t *tally) codes(m meaning) []Code {
	listed := m.specialNumbers()
	if t.every {
		for x := range t.numbers {
			listed[x] = true
		}
		for place, n := range t.small {
			if n > 0 {
				listed[float64(place+smallFrom)] = true
			}
		}
	}
	codes := []Code{}
	for _, x := range slices.Sorted(maps.Keys(listed)) {
		n := t.numbers[x]
		if place, ok := small(x); ok {
			n = int(t.small[place])
		}
		codes = append(codes, Code{strconv.FormatFloat(x+0, 'f', -1, 64), m.numbers[x], n, m.declares(x)})
	}
	return codes
}

// kinds lists the extended missing values with their labels.
func (t *tally) kinds(m meaning) []Code {
	var listed []Code
	for i, n := range t.tags {
		tag := byte('a' + i)
		if label, ok := m.tags[tag]; ok || n > 0 {
			listed = append(listed, Code{"." + string(rune(tag)), label, n, true})
		}
	}
	return listed
}
