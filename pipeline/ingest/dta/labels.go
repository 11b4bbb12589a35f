package dta

import (
	"cmp"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
)

// A labelSet is the value labels that wanted variables name.
type labelSet struct {
	defined    bool
	categories []codebook.Category
}

// mostLabels is how many labels a set may have in Stata.
const mostLabels = 65_536

// valueLabels reads the label sets up to the end of the file, or of their
// section.
func (s *scan) valueLabels() {
	s.begin(valueSection)
	seen := map[string]bool{}
	for s.another() {
		start := s.at
		length := int64(0)
		if s.format.shortSets {
			length = 10 * int64(s.uint16("a label set"))
		} else {
			length = int64(s.uint32("a label set"))
		}
		name := s.text(s.format.name, "the name of a label set")
		if s.format.shortSets {
			s.bytes(1, "a label set")
		} else {
			s.bytes(3, "a label set")
		}
		if s.failed {
			return
		}
		if name == "" || seen[name] {
			s.from = start
			s.fail("a label set of the name %q, want each to have one of its own", name)
			return
		}
		seen[name] = true
		if length > int64(s.limits.LabelBytes-s.labelled) {
			s.fail("label set %q: more than %d bytes of labels and characteristics", name, s.limits.LabelBytes)
			return
		}
		s.labelled += int(length)
		set := s.sets[name]
		if b := s.bytes(int(length), "label set "+strconv.Quote(name)); b != nil || length == 0 {
			categories := s.labelTable(b, name, set != nil)
			if s.failed {
				return
			}
			if set != nil {
				*set = labelSet{true, categories}
			}
		}
		if s.format.tagged {
			s.literal("</lbl>")
		}
	}
	s.finished(valueSection)
}

// another says whether a label set follows.
func (s *scan) another() bool {
	switch {
	case s.failed:
		return false
	case s.format.tagged:
		return s.tag("<lbl>")
	}
	return s.peek(1) != nil && !s.padded()
}

// labelTable reads the labels of a set and, where they are wanted, returns
// them in the order of their values. Missing values follow the numbers.
func (s *scan) labelTable(b []byte, name string, wanted bool) []codebook.Category {
	order := s.format.order
	type labelled struct {
		value int32
		text  []byte
	}
	var labels []labelled
	if s.format.shortSets {
		// n values of 2 bytes, then n texts of 8.
		n := len(b) / 10
		for i := range n {
			value := int32(int16(order.Uint16(b[2*i:])))
			if value == 32767 {
				value = missingOld
			}
			labels = append(labels, labelled{value, b[2*n+8*i:][:8]})
		}
	} else {
		if len(b) < 8 {
			s.fail("label set %q: %d bytes, want 8 or more", name, len(b))
			return nil
		}
		n, texts := int64(order.Uint32(b)), int64(order.Uint32(b[4:]))
		if n > mostLabels || 8+8*n+texts != int64(len(b)) {
			s.fail("label set %q: %d labels and %d bytes of text in %d bytes, want at most %d labels that fill them", name, n, texts, len(b), mostLabels)
			return nil
		}
		offsets, values, text := b[8:], b[8+4*n:], b[8+8*n:]
		for i := range n {
			at := int64(order.Uint32(offsets[4*i:]))
			if at >= texts {
				s.fail("label set %q: label %d is at byte %d of %d bytes of text", name, i+1, at, texts)
				return nil
			}
			labels = append(labels, labelled{int32(order.Uint32(values[4*i:])), text[at:]})
		}
	}
	if !wanted {
		return nil
	}
	slices.SortStableFunc(labels, func(a, b labelled) int { return cmp.Compare(a.value, b.value) })
	categories := make([]codebook.Category, 0, len(labels))
	total := 0
	for i, l := range labels {
		if i > 0 && labels[i-1].value == l.value {
			s.fail("label set %q: two labels of %s", name, s.code(l.value))
			return nil
		}
		raw := untilNUL(l.text)
		// Labels may share their text, so they can be longer than the set.
		if total += len(raw); total > s.limits.LabelBytes {
			s.fail("label set %q: more than %d bytes of labels and characteristics", name, s.limits.LabelBytes)
			return nil
		}
		label := s.decode(raw, "label set %q: the label of %s", name, s.code(l.value))
		categories = append(categories, codebook.Category{Code: s.code(l.value), Label: label})
	}
	return categories
}

const missingOld = 1<<31 - 1

// code is a labelled value as text: "7", or "." or ".a" for a missing value.
func (s *scan) code(value int32) string {
	switch {
	case value < s.format.firstLong:
		return strconv.Itoa(int(value))
	case value == s.format.firstLong:
		return "."
	}
	return "." + string(rune('a'+value-s.format.firstLong-1))
}

// categories gives each wanted variable the labels of the set that it names.
func (s *scan) categories() {
	if s.failed {
		return
	}
	for _, c := range s.columns {
		if c.set == "" {
			continue
		}
		set := s.sets[c.set]
		c.made.Variable.Categories = slices.Clip(set.categories)
		if !set.defined && !slices.Contains(s.file.Undefined, c.set) {
			s.file.Undefined = append(s.file.Undefined, c.set)
		}
	}
}
