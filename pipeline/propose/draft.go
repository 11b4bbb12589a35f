// Package propose says which raw variables of an extract may be which common ones,
// for an analyst to accept. It decides nothing.
package propose

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/refusal"
)

// Draft returns a crosswalk of an extract as far as its names and labels tell,
// as YAML for an analyst to finish. A common variable gets the raw variable
// whose name, label and value labels are most like its own, and each code the
// category that its label names. Every place that is a guess, or that only the
// archive's documentation can fill, says "check"; those that must be filled
// are empty, so that the draft is refused until they are.
func Draft(d *description.File, book *codebook.Codebook) []byte {
	w := &draft{d: d, book: book}
	w.head()
	w.variables()
	return []byte(w.out.String())
}

type draft struct {
	d    *description.File
	book *codebook.Codebook
	out  strings.Builder
}

func (w *draft) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// quoted is text as YAML.
func quoted(text string) string {
	b, err := json.Marshal(oneLine(text))
	if err != nil {
		panic("ingest: " + err.Error()) // a string is always JSON
	}
	return string(b)
}

// oneLine is text fit for a comment.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
}

func (w *draft) head() {
	w.line("# Drafted from %s. What says \"check\" is a guess, or is for you to fill in.", oneLine(w.d.Name))
	w.line(`survey: ""                 # check: the name of the survey's folder`)
	w.line(`wave: ""                   # check: the name of the wave's folder, and of this file`)
	w.line(`title: %s  # check`, quoted(w.d.About.Label))
	w.line(`study: ""                  # check: the archive's number, SN ...`)
	w.line(`population: ""             # check: who was interviewed, and where`)
	w.line(`fieldwork: {start: "", end: ""}  # check: YYYY-MM-DD`)
	w.line(`licence: ""                # check`)
	w.line(`source: %s`, quoted(fmt.Sprintf("Names, labels and codes of %s (SHA-256 %s)", w.d.Name, w.d.SHA256)))
	w.line(`file: {reader: any, pattern: %s}`, quoted("*"+strings.ToLower(path.Ext(w.d.Name))))
	w.whole()
	w.line("design:")
	for _, v := range w.d.Variables {
		for _, part := range []struct{ key, words string }{{"stratum", "strat"}, {"psu", "psu"}, {"psu", "primary sampling unit"}} {
			if strings.Contains(strings.ToLower(v.Name+" "+v.Label), part.words) {
				w.line("  # %s: %s            # check: %s", part.key, oneLine(v.Name), cmp.Or(oneLine(v.Label), "by its name"))
				break
			}
		}
	}
	w.line("  known: memory            # check: stratum and psu, or the published design factor")
	w.weights()
	w.line("populations:")
	w.line(`  - {id: everyone, label: ""}  # check: the first is the whole`)
}

// keyNames are what variables are called that tell rows apart.
var keyNames = regexp.MustCompile(`(?i)^(.*serial.*|rowlabel|case_?(id|no)|id(no|num)?|(person|resp|unique?_?)id)$`)

// whole writes what the extract may be held against, as comments: its own rows are
// no proof that they are all.
func (w *draft) whole() {
	for _, v := range w.d.Variables {
		if keyNames.MatchString(v.Name) {
			w.line("# key: {variables: %s, known: confirmed}  # check: no two rows have it alike", oneLine(v.Name))
		}
	}
	w.line(`# size: {rows: %d, known: confirmed, from: ""}  # check: these are its rows, want those of the documentation`, w.d.Rows)
	w.line(`# unknown: {identify: ""}    # check: a variable that tells the wave, or why there is none`)
}

func (w *draft) weights() {
	w.line("weights:")
	var candidates []description.Variable
	for _, v := range w.d.Variables {
		if v.Weight != "" {
			candidates = append(candidates, v)
		}
	}
	if len(candidates) == 0 {
		w.line(`  core: {variable: "", known: memory}  # check: no variable looks like a weight`)
	}
	for i, v := range candidates {
		name := "core"
		if i > 0 {
			name = fmt.Sprintf("# other-%d", i)
		}
		w.line("  %s: {variable: %s, known: memory}  # check: %s; %s", name, quoted(v.Name), v.Weight, oneLine(v.Label))
	}
}

// A match is a raw variable that may be a common one.
type match struct {
	common codebook.Variable
	raw    int
	score  float64
	codes  map[string]string // raw code to category
}

func (w *draft) variables() {
	matches := w.matches()
	w.line("variables:")
	used := map[int]bool{}
	given := map[string]bool{}
	for _, m := range matches {
		used[m.raw], given[m.common.Name] = true, true
		w.variable(m)
	}
	if len(matches) == 0 {
		w.line("  {}                       # check: no variable is like a common one")
	}
	var rest []string
	for _, name := range w.book.Names() {
		if !given[name] && w.book.Variables[name].Derive == nil {
			rest = append(rest, name)
		}
	}
	if len(rest) > 0 {
		w.line("# check: common variables that nothing matched:")
		for _, name := range rest {
			w.line("#   %s: %s", name, oneLine(w.book.Variables[name].Label))
		}
	}
	headed := false
	for i, v := range w.d.Variables {
		if used[i] || v.Weight != "" {
			continue
		}
		if !headed {
			w.line("# check: raw variables that matched nothing:")
			headed = true
		}
		w.line("#   %s: %s", oneLine(v.Name), oneLine(v.Label))
	}
}

func (w *draft) variable(m match) {
	v := w.d.Variables[m.raw]
	w.line("  %s:  # check: %s", m.common.Name, cmp.Or(oneLine(v.Label), "by its name"))
	w.line("    from: %s", quoted(v.Name))
	missing := map[string]codebook.Missing{}
	var notes []string
	if m.common.Categorical() {
		w.line("    codes:")
	} else if v.Present > 0 {
		w.line("    range: [%s, %s]  # check: the least and the greatest that occur", codebook.Spell(v.Min), codebook.Spell(v.Max))
	} else {
		w.line("    range: []  # check: least and greatest, without values that are missing")
	}
	for _, c := range v.Codes {
		category, mapped := m.codes[c.Code]
		kind := codebook.KindOf(c.Label)
		about := strings.TrimPrefix(fmt.Sprintf("%s, %s", oneLine(c.Label), refusal.Count(c.Count, "row")), ", ")
		if c.Declared && c.Label != "" && kind == codebook.Present {
			about += ", check: the file declares it missing"
		}
		switch {
		case mapped:
			w.line("      %s: %s  # %s", w.key(v, c.Code), category, about)
		case c.Declared && kind == codebook.Present:
			missing[c.Code] = codebook.System
			notes = append(notes, fmt.Sprintf("%s: declared missing, check which kind: %s", c.Code, about))
		case kind != codebook.Present:
			missing[c.Code] = kind
		case m.common.Categorical():
			w.line("      # %s:  # check: %s", w.key(v, c.Code), about)
		}
	}
	var listed []string
	for _, c := range v.Codes {
		if kind, ok := missing[c.Code]; ok {
			listed = append(listed, fmt.Sprintf("%s: %s", w.key(v, c.Code), kind))
		}
	}
	w.line("    missing: {%s}", strings.Join(listed, ", "))
	for _, note := range notes {
		w.line("    # %s", oneLine(note))
	}
	w.line("    known: memory")
}

// key is a raw code as a key of YAML.
func (w *draft) key(v description.Variable, code string) string {
	if v.Numeric && !strings.HasPrefix(code, ".") {
		return code
	}
	return quoted(code)
}

// matches pairs common and raw variables, the likest first, each once, and
// returns them in the order of the file.
func (w *draft) matches() []match {
	var all []match
	for _, name := range w.book.Names() {
		common := w.book.Variables[name]
		common.Name = name
		for i, v := range w.d.Variables {
			if m, ok := compare(common, v); ok {
				m.raw = i
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return cmp.Compare(b.score, a.score) })
	given, used := map[string]bool{}, map[int]bool{}
	var chosen []match
	for _, m := range all {
		if !given[m.common.Name] && !used[m.raw] {
			given[m.common.Name], used[m.raw] = true, true
			chosen = append(chosen, m)
		}
	}
	slices.SortStableFunc(chosen, func(a, b match) int { return cmp.Compare(a.raw, b.raw) })
	return chosen
}

// How like two variables must be: in the words of their labels, unless their
// names are equal, and in their value labels.
const (
	likeWords      = 0.4
	likeCategories = 0.6
)

// compare says how like a raw variable is to a common one.
func compare(common codebook.Variable, v description.Variable) (match, bool) {
	m := match{common: common}
	sameName := strings.Join(wordsOf(common.Name), "") == strings.ToLower(v.Name)
	words := overlap(wordsOf(common.Name+" "+common.Label), wordsOf(v.Name+" "+v.Label))
	if !sameName && (words < likeWords || common.Derive != nil) { // what can be made of others is not guessed
		return m, false
	}
	m.score = words
	if sameName {
		m.score++
	}
	labelled := 0
	m.codes = map[string]string{}
	categories := map[string]bool{}
	for _, c := range v.Codes {
		if c.Label == "" || codebook.KindOf(c.Label) != codebook.Present || strings.HasPrefix(c.Code, ".") {
			continue
		}
		labelled++
		if category := nearest(c.Label, common.Categories); category != "" {
			m.codes[c.Code] = category
			categories[category] = true
		}
	}
	if !common.Categorical() {
		return m, v.Numeric && labelled == 0
	}
	share := 0.0
	if labelled > 0 {
		share = float64(len(m.codes)) / float64(labelled)
	}
	m.score += share
	return m, share >= likeCategories && len(categories) >= 2
}

// nearest returns the category whose code or label is most like a value's
// label, or "" if none is, or several are equally.
func nearest(label string, categories []codebook.Category) string {
	const like = 0.5
	best, second, code := 0.0, 0.0, ""
	words := wordsOf(label)
	for _, c := range categories {
		score := max(dice(words, wordsOf(c.Code)), dice(words, wordsOf(c.Label)))
		if score > best {
			best, second, code = score, best, c.Code
		} else if score > second {
			second = score
		}
	}
	if best <= like || best == second {
		return ""
	}
	return code
}

var (
	letters = regexp.MustCompile(`[\pL\pN]+`)
	// dull are words that tell no variable from another.
	dull = map[string]bool{"a": true, "an": true, "the": true, "of": true, "in": true, "and": true, "or": true, "to": true, "at": true, "is": true, "are": true, "for": true, "by": true, "you": true, "your": true, "do": true, "how": true, "this": true, "that": true, "with": true, "were": true, "whether": true, "one": true, "respondent": true, "months": true, "year": true, "years": true, "last": true, "previous": true, "ago": true, "12": true}
)

// wordsOf are the words of a label or name, sorted, each once, without dull
// ones.
func wordsOf(text string) []string {
	set := map[string]bool{}
	for _, word := range letters.FindAllString(strings.ToLower(text), -1) {
		if !dull[word] {
			set[word] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// inBoth counts the words of a that are in b, or that one of b begins with or
// begins: change and changed, victim and victims.
func inBoth(a, b []string) float64 {
	const stem = 5
	n := 0
	for _, word := range a {
		if slices.ContainsFunc(b, func(other string) bool {
			short, long := word, other
			if len(short) > len(long) {
				short, long = long, short
			}
			return short == long || len(short) >= stem && strings.HasPrefix(long, short)
		}) {
			n++
		}
	}
	return float64(n)
}

// overlap is the share of the words of the shorter that the other has too.
func overlap(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	return inBoth(a, b) / float64(min(len(a), len(b)))
}

// dice is the share of the words of both that both have (Dice 1945,
// "Measures of the amount of ecologic association between species").
func dice(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	return 2 * inBoth(a, b) / float64(len(a)+len(b))
}
