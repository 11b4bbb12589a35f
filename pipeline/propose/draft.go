// Package propose says which raw variables of an extract may be which common ones,
// for an analyst to accept. It decides nothing.
package propose

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
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

// matches pairs common and raw variables where nothing else is like them, in the order
// of the file.
func (w *draft) matches() []match {
	m := newMatcher(w.d, Known{Book: w.book})
	blank := codebook.Source{Range: []float64{math.Inf(-1), math.Inf(1)}}
	var found []Proposal
	for _, name := range w.book.Names() {
		if w.book.Variables[name].Derive == nil { // what can be made of others is not guessed
			found = append(found, m.variable(name, blank, nil, true))
		}
	}
	m.once(found)
	var chosen []match
	for _, p := range found {
		if p.Settled {
			c := p.Candidates[0]
			chosen = append(chosen, match{common: w.book.Variables[p.Subject], raw: c.raw, codes: c.Codes})
		}
	}
	slices.SortStableFunc(chosen, func(a, b match) int { return cmp.Compare(a.raw, b.raw) })
	return chosen
}
