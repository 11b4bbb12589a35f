package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Sources writes one row for each wave and weight: whether the extract was read
// or its figures carried over, who was counted, who was left out, and where
// the error comes from. The error is the writer's.
func Sources(out io.Writer, sources []release.Source, width int) error {
	w := &page{out: out, width: width}
	header := []string{"Source", "", ">Rows", "Weight", ">Counted", "Left out", ">Strata", ">PSUs", "Error from"}
	var rows [][]string
	var lonely []string
	for _, wave := range waves(sources) {
		id, how := string(wave.ID), "read"
		if wave.Carried {
			how = "carried"
		}
		size := dash(wave.Rows())
		for _, weight := range slices.Sorted(maps.Keys(wave.Designs)) {
			d := wave.Designs[weight]
			if d.LonelyStrata > 0 {
				lonely = append(lonely, fmt.Sprintf("%s, %s weight: %s with one PSU, policy %s", wave.ID, weight, Plural(d.LonelyStrata, "stratum"), d.Lonely))
			}
			rows = append(rows, []string{id, how, size, weight, respondents(d), leftOut(d.Sample), dash(d.Strata), dash(d.PSUs), errorFrom(d)})
			id, how, size = "", "", ""
		}
	}
	w.table(header, rows)
	w.returns(sources)
	var evaluations []string
	for _, s := range sources {
		if s.Kind == release.Evaluation {
			evaluations = append(evaluations, s.ID.Wave())
		}
	}
	if len(evaluations) > 0 {
		w.paragraph("  ", Plural(len(evaluations), "evaluation")+" of the catalogue: "+strings.Join(evaluations, ", "))
	}
	for _, words := range lonely {
		w.paragraph("  ", words)
	}
	return w.err
}

// waves are the sources that are a survey's.
func waves(sources []release.Source) []release.Source {
	return keep(sources, func(s release.Source) bool { return s.Kind == release.Survey })
}

// respondents are those of a design; nobody knows of a wave that is carried over
// without the restricted folder of its release.
func respondents(d release.Design) string {
	if d.Sample == nil {
		return "-"
	}
	return number(d.Respondents)
}

// leftOut is who is in a sample and not counted.
func leftOut(f *release.Sample) string {
	if f == nil {
		return "-"
	}
	var words []string
	if f.WithoutWeight > 0 {
		words = append(words, number(f.WithoutWeight)+" no weight")
	}
	if f.ZeroWeight > 0 {
		words = append(words, number(f.ZeroWeight)+" weight 0")
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func errorFrom(d release.Design) string {
	if d.Error == design.ByFactor {
		return fmt.Sprintf("design factor %g", d.Factor)
	}
	return ErrorFrom(d.Error)
}

func number(n int) string { return Count(int64(n)) }

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return number(n)
}

// Indicators writes the indicators of a release by how they differ from the
// one before, the gravest difference first, with their versions and reasons.
func Indicators(out io.Writer, indicators []release.Indicator, width int) error {
	w := &page{out: out, width: width}
	for _, class := range []release.Class{release.Major, release.Patch, release.Minor, release.New, release.Unchanged} {
		of := keep(indicators, func(x release.Indicator) bool { return x.Class == class })
		if len(of) == 0 {
			continue
		}
		if class == release.New || class == release.Unchanged {
			var ids []string
			for _, x := range of {
				ids = append(ids, x.ID)
			}
			w.paragraph(fmt.Sprintf("  %s (%d): ", class, len(of)), strings.Join(ids, ", "))
			continue
		}
		w.line("  %s (%d):", class, len(of))
		for _, group := range byReason(of) {
			w.paragraph("    ", group)
		}
	}
	return w.err
}

// byReason tells indicators with the same reason in one sentence.
func byReason(indicators []release.Indicator) []string {
	var order []string
	ids := map[string][]string{}
	for _, x := range indicators {
		if ids[x.Reason] == nil {
			order = append(order, x.Reason)
		}
		ids[x.Reason] = append(ids[x.Reason], x.ID+" "+x.Version)
	}
	var sentences []string
	for _, reason := range order {
		words := strings.Join(ids[reason], ", ")
		if reason != "" {
			words += ": " + reason
		}
		sentences = append(sentences, words)
	}
	return sentences
}

// Withheld writes how many figures there are, and how many have no value, by
// status in words.
func Withheld(out io.Writer, statuses map[string]int, width int) error {
	w := &page{out: out, width: width}
	total := 0
	for _, n := range statuses {
		total += n
	}
	if total == statuses[""] {
		w.line("  %s, none withheld", Plural(total, "figure"))
		return w.err
	}
	w.line("  %s, %s without a value:", Plural(total, "figure"), number(total-statuses[""]))
	for _, status := range indicator.Statuses {
		if n := statuses[string(status)]; n > 0 {
			w.paragraph(fmt.Sprintf("  %6s [%s] ", number(n), status), Meaning("status", string(status)))
		}
	}
	return w.err
}

// A gap is what one wave cannot give: breakdowns, and indicators or some of
// their items, with the variables that each would need.
type gap struct {
	breakdowns map[string][]string
	indicators map[string][]string
	items      map[string][]string // of an indicator; none where it is the whole
}

// Lacks writes what could not be computed, by source: the breakdowns that it has
// no variable for, and the indicators with the variables that they need.
func Lacks(out io.Writer, lacks []indicator.Lack, width int) error {
	w := &page{out: out, width: width}
	gaps := map[string]*gap{}
	add := func(to map[string][]string, key string, values ...string) {
		for _, v := range values {
			if !slices.Contains(to[key], v) {
				to[key] = append(to[key], v)
			}
		}
	}
	for _, l := range lacks {
		id := string(l.Source)
		if gaps[id] == nil {
			gaps[id] = &gap{map[string][]string{}, map[string][]string{}, map[string][]string{}}
		}
		if l.Breakdown != "" && l.Breakdown != codebook.All {
			add(gaps[id].breakdowns, l.Breakdown, l.Needs...)
			continue
		}
		add(gaps[id].indicators, l.Indicator, l.Needs...)
		if l.Item != "" && l.Item != codebook.All {
			add(gaps[id].items, l.Indicator, l.Item)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(gaps)) {
		w.line("  %s", id)
		for _, words := range gaps[id].words() {
			w.paragraph("    ", words)
		}
	}
	return w.err
}

func (g *gap) words() []string {
	var by, derived, sentences []string
	for _, name := range slices.Sorted(maps.Keys(g.breakdowns)) {
		if needs := list(g.breakdowns[name]); needs == name {
			by = append(by, name)
		} else {
			derived = append(derived, "nothing by "+name+": needs "+needs)
		}
	}
	if len(by) > 0 {
		sentences = append(sentences, "nothing by "+strings.Join(by, ", "))
	}
	sentences = append(sentences, derived...)
	var order []string
	stopped := map[string][]string{} // by what they need
	for _, name := range slices.Sorted(maps.Keys(g.indicators)) {
		needs := list(g.indicators[name])
		if stopped[needs] == nil {
			order = append(order, needs)
		}
		if items := g.items[name]; len(items) > 0 {
			name += " (" + strings.Join(items, ", ") + ")"
		}
		stopped[needs] = append(stopped[needs], name)
	}
	for _, needs := range order {
		sentences = append(sentences, strings.Join(stopped[needs], ", ")+": needs "+needs)
	}
	return sentences
}

func list(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), ", ") }

// Caution writes what an analyst should look at before the figures are used:
// names that matched except for case, names that nobody has checked, what the
// crosswalks expect and no row has, and their decisions. Of sources that are carried
// over, whose release told all that, it is what nobody has checked as yet. Place is
// how a page of the catalogue is named.
func Caution(out io.Writer, sources []release.Source, labels *release.Labels, place func(name string) string, width int) error {
	w := &page{out: out, width: width}
	waves := waves(sources)
	for _, wave := range waves {
		if wave.Carried || len(wave.Matched) == 0 {
			continue
		}
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(wave.Matched)) {
			pairs = append(pairs, name+" is "+wave.Matched[name])
		}
		w.paragraph("  ", fmt.Sprintf("%s: %s matched except for case: %s", wave.ID, Plural(len(pairs), "name"), strings.Join(pairs, ", ")))
	}
	for _, wave := range waves {
		if n := len(wave.Unchecked); n > 0 {
			words := fmt.Sprintf("%s: the names of %s are not confirmed: compare %s with the archive's documentation", carried(wave), Plural(n, "variable"), place("crosswalks/"+string(wave.ID)+".yaml"))
			if study := labels.Source(wave.ID).Study; study != "" {
				words += " of " + study
			}
			w.paragraph("  ", words)
		}
	}
	for _, wave := range waves {
		if len(wave.Elsewhere) > 0 {
			w.paragraph("  ", fmt.Sprintf("%s: confirmed on another file than this one: %s; twc check --propose holds them against it", carried(wave), list(wave.Elsewhere)))
		}
	}
	w.held(keep(waves, func(s release.Source) bool { return !s.Carried }))
	for _, wave := range waves {
		if !wave.Carried {
			w.unmet(wave)
		}
	}
	var order []codebook.Decision
	made := map[codebook.Decision][]string{}
	for _, wave := range waves {
		for _, d := range wave.Decisions {
			if wave.Carried {
				continue
			}
			if made[d] == nil {
				order = append(order, d)
			}
			made[d] = append(made[d], string(wave.ID))
		}
	}
	for _, d := range order {
		w.paragraph("  ", fmt.Sprintf("decision on %s: %s (%s)", d.Variable, strings.TrimRight(d.Text, ". "), strings.Join(made[d], ", ")))
	}
	w.filed(sources)
	return w.err
}

// held writes what waves' extracts were not held against, and where they are not of
// the size that was published.
func (p *page) held(waves []release.Source) {
	for _, wave := range waves {
		for _, s := range wave.Sizes {
			what := Plural(s.Found, "row")
			if s.Weight != "" {
				what = Plural(s.Found, "respondent") + " in the sample of the " + s.Weight + " weight"
			}
			words := fmt.Sprintf("%s: %s, where %s were published: %s", wave.ID, what, number(s.Published), s.From)
			if s.Known == codebook.Memory {
				words += ", from memory"
			}
			p.paragraph("  ", words)
		}
		if wave.Twins > 0 {
			p.paragraph("  ", fmt.Sprintf("%s: no key, and %s like an earlier one in all that is read", wave.ID, Plural(wave.Twins, "row")))
		}
	}
	for _, what := range codebook.Held {
		var order []string
		of := map[string][]string{}
		for _, wave := range waves {
			why, open := wave.Unheld[what]
			if !open {
				continue
			}
			if of[why] == nil {
				order = append(order, why)
			}
			of[why] = append(of[why], string(wave.ID))
		}
		for _, why := range order {
			words := fmt.Sprintf("not held against %s (%s)", heldAgainst[what], strings.Join(of[why], ", "))
			if why != "" {
				words += ": " + why
			}
			p.paragraph("  ", words)
		}
	}
}

// carried is a source, and whether it is carried over.
func carried(s release.Source) string {
	if s.Carried {
		return string(s.ID) + ", carried over"
	}
	return string(s.ID)
}

// heldAgainst says what an extract is held against, for what it would show.
var heldAgainst = map[string]string{
	codebook.HeldKey:      "a key, which tells rows that are there twice",
	codebook.HeldIdentify: "a variable that tells the wave",
	codebook.HeldSize:     "a size, which tells half an extract",
}

// unmet writes what a wave's crosswalk takes and its extract does not have: codes of
// categories, a line a variable, then those of missing values, categories of
// breakdowns, and optional variables.
func (p *page) unmet(wave release.Source) {
	words := func(codes map[string]string) string {
		var list []string
		for _, code := range codebook.ByNumber(slices.Collect(maps.Keys(codes))) {
			list = append(list, fmt.Sprintf("%s (%s)", code, codes[code]))
		}
		return strings.Join(list, ", ")
	}
	var order []string
	of := map[string][]string{} // variables by their missing codes
	for _, u := range wave.Unmet {
		if len(u.Codes) > 0 {
			p.paragraph("  ", fmt.Sprintf("%s: %s: no row has code %s", wave.ID, u.Variable, words(u.Codes)))
		}
		if codes := words(u.Missing); codes != "" {
			if of[codes] == nil {
				order = append(order, codes)
			}
			name := u.Variable
			if name == "" {
				name = "any variable"
			}
			of[codes] = append(of[codes], name)
		}
	}
	if len(order) > 0 {
		var list []string
		for _, codes := range order {
			list = append(list, codes+" of "+strings.Join(of[codes], ", "))
		}
		p.paragraph("  ", fmt.Sprintf("%s: missing codes that no row has: %s", wave.ID, strings.Join(list, "; ")))
	}
	if len(wave.Nobody) > 0 {
		var by []string
		for _, name := range slices.Sorted(maps.Keys(wave.Nobody)) {
			by = append(by, name+" "+strings.Join(wave.Nobody[name], ", "))
		}
		p.paragraph("  ", fmt.Sprintf("%s: categories of breakdowns that nobody is in: %s", wave.ID, strings.Join(by, "; ")))
	}
	if len(wave.Absent) > 0 {
		p.paragraph("  ", fmt.Sprintf("%s: %s not in the extract: %s", wave.ID, Plural(len(wave.Absent), "optional variable"), strings.Join(wave.Absent, ", ")))
	}
}
