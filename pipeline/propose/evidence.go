package propose

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
)

// candidate holds a raw variable against a common one; ok is false where it cannot be.
func (m *matcher) candidate(name string, s codebook.Source, missing map[string]string, raw int) (c Candidate, ok bool) {
	common, v := m.known.Book.Variables[name], m.Variables[raw]
	c = Candidate{Raw: []string{v.Name}, Label: v.Label}
	c.raw, c.labelled = raw, len(m.words[raw]) > 0
	if !m.values(&c, common, s, missing, v) {
		return c, false
	}
	m.name(&c, name, s.Raw(), v.Name)
	c.asked, c.heard = m.asked(name, raw)
	if _, _, both := m.overlap(m.common[name], m.words[raw]); len(both) > 0 {
		told := make([]string, len(both))
		for i, word := range both {
			told[i] = m.vocabulary.words[word]
		}
		c.For = append(c.For, "label: "+strings.Join(told, ", "))
	}
	for _, word := range m.words[raw] {
		if said := m.vocabulary.words[word]; slices.Contains(others, said) && !slices.Contains(m.common[name], word) {
			c.Against = append(c.Against, fmt.Sprintf("its label says %q", said))
		}
	}
	if best := m.best[raw]; best.name != name && best.like-c.asked > 0.02 {
		c.Against = append(c.Against, fmt.Sprintf("its label is more like %s", best.name))
	}
	m.shares(&c, name, s, v)
	return c, true
}

// says says whether the label of a raw variable has a word, or one that begins so.
func (m *matcher) says(raw int, word string) bool {
	return slices.ContainsFunc(m.words[raw], func(n int) bool { return strings.HasPrefix(m.vocabulary.words[n], word) })
}

// score weighs what is said: a name that is another one tells little, since it may be
// from memory, what has no label cannot be held against one, and the labels of codes
// tell the less the more variables of the file have such.
func (c *Candidate) score(common codebook.Variable, coded int) float64 {
	total, weight := 0.0, 0.0
	add := func(of, by float64) { total, weight = total+float64(of*by), weight+by }
	if c.named >= 0.5 {
		add(c.named, 0.3)
	} else {
		add(c.named, 0.1)
	}
	switch {
	case c.labelled:
		add(c.heard, 0.4)
	default:
		add(0, 0.1)
	}
	switch {
	case c.valued:
		add(c.coded, 0.3/(1+math.Log(float64(max(coded, 1)))))
	case common.Categorical():
		add(c.coded, 0.05)
	default:
		add(c.coded, 0.1)
	}
	return total / weight
}

// name says how like the name is to those of the crosswalk, of other waves, and of the
// common variable.
func (m *matcher) name(c *Candidate, subject string, wanted []string, raw string) {
	told := ""
	hear := func(like float64, words string) {
		if like > c.named {
			c.named, told = like, words
		}
	}
	for _, name := range wanted {
		switch like := likeName(name, raw); {
		case like == same:
			hear(like, "name: the crosswalk's")
		default:
			hear(like, "name: like "+name)
		}
	}
	for _, other := range m.known.Names[subject] {
		hear(0.95*likeName(other.Name, raw), fmt.Sprintf("name: %s in %s", other.Name, other.Wave))
	}
	hear(0.9*likeName(strings.ReplaceAll(subject, "-", ""), raw), "name: like "+subject)
	if c.named >= 0.5 {
		c.For = append(c.For, told)
	}
}

// A said code is one of a raw variable's that is an answer.
type said struct {
	description.Code
	label string    // or the code, where that is words
	fits  []float64 // of each category; nil of one without words
}

// answers are the codes of a raw variable that are answers, and what kind of missing
// the others that rows have are, where the crosswalk does not say.
func (m *matcher) answers(w *codebook.Wording, s codebook.Source, missing map[string]string, v description.Variable) (made []said, gone map[string]string) {
	gone = map[string]string{}
	for _, c := range v.Codes {
		if strings.HasPrefix(c.Code, ".") && v.Numeric {
			continue
		}
		kind := m.kind(c.Label)
		a := said{Code: c, label: c.Label}
		if _, number := codebook.Number(c.Code); a.label == "" && !number {
			a.label = c.Code
		}
		if a.label != "" {
			a.fits = w.Fits(c.Code, a.label)
		}
		_, taken := at(s.Codes, c.Code)
		_, known := at(missing, c.Code)
		switch {
		case known:
			continue
		case !taken && (c.Declared && a.category() < 0 || kind != codebook.Present):
			if c.Count > 0 {
				if kind == codebook.Present {
					kind = codebook.System
				}
				gone[c.Code] = kind.String()
			}
			continue
		}
		made = append(made, a)
	}
	whether(w, made)
	return made, gone
}

// kind is the kind of missing that a label says: of many codes it is the same.
func (m *matcher) kind(label string) codebook.Missing {
	kind, known := m.kinds[label]
	if !known {
		kind = codebook.KindOf(label)
		m.kinds[label] = kind
	}
	return kind
}

// wording is the categories of a common variable by their words.
func (m *matcher) wording(v codebook.Variable) *codebook.Wording {
	if m.wordings[v.Name] == nil {
		m.wordings[v.Name] = codebook.NewWording(v)
	}
	return m.wordings[v.Name]
}

// whether finds yes where only no has words: of two codes the one that denies is no.
func whether(w *codebook.Wording, of []said) {
	yes, no := w.Of.Index("yes"), w.Of.Index("no")
	if yes < 0 || no < 0 || len(w.Of.Categories) != 2 || len(of) != 2 || min(len(of[0].label), len(of[1].label)) < 2 {
		return
	}
	for i := range of {
		denies, other := of[i].fits[no], of[1-i].fits
		if denies > 0 && of[i].fits[yes] == 0 && other[no] == 0 {
			of[i].fits[no], other[yes] = 1, 1
		}
	}
}

// at is what a mapping makes of a code, however it is spelt.
func at(codes map[string]string, code string) (string, bool) {
	if to, ok := codes[code]; ok {
		return to, true
	}
	for c, to := range codes {
		if codebook.PlainCode(c) == codebook.PlainCode(code) {
			return to, true
		}
	}
	return "", false
}

// category is the place of the category that a code fits, clearly better than any
// other one; -1 for none.
func (a said) category() int {
	const fits = 0.5
	best, second := -1, 0.0
	for k, fit := range a.fits {
		switch {
		case best < 0 || fit > a.fits[best]:
			if best >= 0 {
				second = max(second, a.fits[best])
			}
			best = k
		default:
			second = max(second, fit)
		}
	}
	if best < 0 || a.fits[best] < fits || a.fits[best] < second+clearly {
		return -1
	}
	return best
}

// values holds the codes and their labels against the categories, and says whether
// they can be theirs.
func (m *matcher) values(c *Candidate, common codebook.Variable, s codebook.Source, missing map[string]string, v description.Variable) bool {
	if !common.Categorical() || len(s.Bands) > 0 {
		return m.numbers(c, s, missing, v)
	}
	if !v.Every {
		return false
	}
	w := m.wording(common)
	of, gone := m.answers(w, s, missing, v)
	for _, a := range of {
		c.valued = c.valued || a.fits != nil
	}
	if len(of) < 2 {
		return false
	}
	if !c.valued && len(s.Codes) == 0 {
		c.Against = append(c.Against, "the crosswalk gives no codes, and the file no labels of them")
		return true
	}
	agrees := len(s.Codes) > 0
	if agrees {
		var labels []codebook.Category
		for _, a := range of {
			labels = append(labels, codebook.Category{Code: a.Code.Code, Label: a.label})
		}
		agrees = s.Labels == codebook.LabelsDiffer || len(w.Contradictions(w.Called(labels, s.Codes, missing))) == 0
	}
	codes := map[string]string{}
	if agrees {
		maps.Copy(codes, s.Codes)
	}
	met, sum, n, blurred, short := map[string]bool{}, 0.0, 0, false, false
	for _, a := range of {
		to, taken := at(codes, a.Code.Code)
		k := a.category()
		switch {
		case taken:
		case k >= 0:
			to = common.Categories[k].Code
			codes[a.Code.Code] = to
			short = short || m.cutCodes[a.label] && a.fits[k] < 1
		case !c.valued && a.Count > 0:
			return false // it is none of the crosswalk's
		case a.Count > 0:
			c.Against = append(c.Against, fmt.Sprintf("code %s (%s), %d rows, is no category", a.Code.Code, a.label, a.Count))
		}
		if to != "" && (a.Count > 0 || a.fits != nil) {
			met[to] = true
		}
		if a.fits != nil {
			n++
			if to != "" {
				own := common.Index(to)
				sum += a.fits[own]
				for k, fit := range a.fits {
					blurred = blurred || k != own && fit >= a.fits[own]
				}
			}
		}
	}
	wanted := map[string]bool{}
	for _, to := range codes {
		wanted[to] = true
	}
	if len(s.Codes) == 0 {
		for _, category := range common.Categories {
			wanted[category.Code] = true
		}
	}
	cover := float64(len(met)) / float64(max(len(wanted), 1))
	c.coded = cover
	if c.valued {
		c.coded = sum / float64(max(n, 1)) * (0.6 + float64(0.4*cover))
		if c.coded < 0.15 || len(met) < 2 {
			return false
		}
		if blurred {
			c.Against = append(c.Against, "the labels of its codes do not tell its categories apart")
		}
		if short { // what was cut may be what turns it around
			c.Against = append(c.Against, "the labels of its codes may be cut short")
		}
		c.For = append(c.For, fmt.Sprintf("codes: labels of %d fit %d of %d categories", n, len(met), len(wanted)))
	}
	if !maps.Equal(codes, s.Codes) {
		if c.valued { // those of the file alone
			maps.DeleteFunc(codes, func(code, _ string) bool {
				return !slices.ContainsFunc(of, func(a said) bool { return codebook.PlainCode(a.Code.Code) == codebook.PlainCode(code) })
			})
		}
		c.Codes = codes
		c.Swapped = swapped(s.Codes, codes)
	}
	if len(gone) > 0 {
		c.Missing = maps.Clone(missing)
		if c.Missing == nil {
			c.Missing = map[string]string{}
		}
		maps.Copy(c.Missing, gone)
	}
	return true
}

// swapped says whether codes are others with their order turned around.
func swapped(was, codes map[string]string) bool {
	order := codebook.ByNumber(slices.Collect(maps.Keys(was)))
	for i, code := range order {
		if codes[code] != was[order[len(order)-1-i]] {
			return false
		}
	}
	return len(order) > 1 && len(was) == len(codes)
}

// numbers holds the values against a range or bands.
func (m *matcher) numbers(c *Candidate, s codebook.Source, missing map[string]string, v description.Variable) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, limits := range append(slices.Collect(maps.Values(s.Bands)), s.Range) {
		if len(limits) == 2 {
			low, high = min(low, limits[0]), max(high, limits[1])
		}
	}
	const few = 2 // labels that a number has, as "98 or over"
	labelled := 0
	least, most, gone := v.Min, v.Max, map[string]string{}
	for _, code := range v.Codes {
		_, known := at(missing, code.Code)
		switch kind := m.kind(code.Label); {
		case known:
		case kind != codebook.Present && code.Count > 0 && !strings.HasPrefix(code.Code, "."):
			gone[code.Code] = kind.String()
		case code.Label != "" && !code.Declared && code.Count > 0:
			labelled++
		}
	}
	if !v.Numeric || v.Present == 0 || labelled > few || v.Weight != "" {
		return false
	}
	for code := range missing { // that the file does not declare
		if x, number := codebook.Number(code); number {
			if x == least {
				least = max(low, least)
			}
			if x == most {
				most = min(high, most)
			}
		}
	}
	if low > high {
		c.Against = append(c.Against, fmt.Sprintf("the crosswalk gives no range; it has %s to %s", codebook.Spell(v.Min), codebook.Spell(v.Max)))
		return true
	}
	if v.Mean < low || v.Mean > high {
		return false
	}
	if least < low || most > high {
		c.Against = append(c.Against, fmt.Sprintf("its values are %s to %s, want %s to %s", codebook.Spell(v.Min), codebook.Spell(v.Max), codebook.Spell(low), codebook.Spell(high)))
		return true
	}
	const wide = 0.3
	if c.coded = 0.5; most-least >= float64(wide*(high-low)) {
		c.coded = 1
	}
	c.For = append(c.For, fmt.Sprintf("values: %s to %s", codebook.Spell(v.Min), codebook.Spell(v.Max)))
	if len(gone) > 0 {
		c.Missing = maps.Clone(missing)
		if c.Missing == nil {
			c.Missing = map[string]string{}
		}
		maps.Copy(c.Missing, gone)
	}
	return true
}

// shares holds the codes against published shares of the wave.
func (m *matcher) shares(c *Candidate, name string, s codebook.Source, v description.Variable) {
	codes := s.Codes
	if c.Codes != nil {
		codes = c.Codes
	}
	for _, share := range m.known.Shares[name] {
		counted, all := 0, 0
		for _, code := range v.Codes {
			if to, ok := at(codes, code.Code); ok {
				all += code.Count
				if slices.Contains(share.Categories, to) {
					counted += code.Count
				}
			}
		}
		if all == 0 {
			continue
		}
		percent := 100 * float64(counted) / float64(all)
		told := fmt.Sprintf("share: %.0f%% unweighted, %s%% published of %s", percent, codebook.Spell(share.Percent), share.Source)
		if math.Abs(percent-share.Percent) > farOff {
			c.Against = append(c.Against, told)
		} else {
			c.For = append(c.For, told)
		}
	}
}
