package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// Plan writes the page of the plan: how the strands stand, and strand by strand
// each measure with its latest figure or evidence, how it changed, where it stands
// against its targets, when the next is due, and what is missing. The error is the
// writer's.
func Plan(out io.Writer, p Progress, width int) error {
	w := &page{out: out, width: width}
	for _, banner := range Banners(p.Manifest) {
		w.line("%s\n", banner)
	}
	w.line("%s: release %s, on %s\n", "The plan on a page", p.Release, p.Day)
	rows := p.Rows()
	if w.err == nil {
		w.err = Notices(out, p.Told(rows), width)
	}
	strands := append(slices.Clone(p.Register.Strands), plan.Strand{ID: Beside, Title: "Targets beside the plan"})
	corner := ""
	if p.Manifest.Synthetic {
		corner = "(synthetic)"
	}
	w.strands(corner, strands, rows)
	for _, strand := range strands {
		of := keep(rows, func(r PlanRow) bool { return r.Strand == strand.ID })
		if len(of) == 0 {
			continue
		}
		w.line("\n%s", strand.Title)
		for measure := range together(of, func(a, b PlanRow) bool { return a.Measure == b.Measure && a.Title == b.Title }) {
			w.measure(measure)
		}
	}
	return w.err
}

// strandsHeader heads the table of strands.
var strandsHeader = []string{"Strand", ">Measures", ">Better", ">Worse", ">Unclear", ">Met", ">Not met", ">Overdue"}

// together yields the runs of rows that are the same by a rule.
func together(rows []PlanRow, same func(a, b PlanRow) bool) func(yield func([]PlanRow) bool) {
	return func(yield func([]PlanRow) bool) {
		for len(rows) > 0 {
			n := 1
			for n < len(rows) && same(rows[0], rows[n]) {
				n++
			}
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// strands writes the table of how many measures each strand has and how many of
// them have a figure or evidence, which way their figures moved, where the targets
// stand and what is overdue.
func (p *page) strands(corner string, strands []plan.Strand, rows []PlanRow) {
	header := append([]string{corner}, strandsHeader[1:]...)
	var table [][]string
	for _, strand := range strands {
		if of := keep(rows, func(r PlanRow) bool { return r.Strand == strand.ID }); len(of) > 0 {
			table = append(table, append([]string{strand.Title}, countsOf(of).cells()...))
		}
	}
	all := countsOf(rows)
	p.table(header, append(table, append([]string{"All, each once"}, all.cells()...)))
	p.line("")
	p.paragraph("", all.words())
}

// words say what is counted.
func (n counts) words() string {
	return fmt.Sprintf("With a figure or evidence in this release: %d of %s. Better, worse, unclear: figures, by whether they clearly changed since the source before, the way that is wanted. "+
		"Met, not met: of %s, those that are met or on course, and not met or off course; the others cannot be told yet, or at all. Overdue: returns, waves and documents.",
		n.served, Plural(n.measures, "measure"), Plural(n.targets, "target"))
}

// counts are what the table of strands counts.
type counts struct {
	measures, served       int
	better, worse, unclear int
	targets, met, notMet   int
	overdue                int
}

// countsOf counts measures, figures, targets and what is overdue, each once.
func countsOf(rows []PlanRow) counts {
	var n counts
	seen := map[string]bool{}
	once := func(what, id string) bool {
		first := !seen[what+" "+id]
		seen[what+" "+id] = true
		return first
	}
	for _, r := range rows {
		if r.Measure != "" && once("measure", r.Measure) {
			n.measures++
		}
		if r.Measure != "" && r.Source != "" && once("served", r.Measure) {
			n.served++
		}
		if once("figure", r.Indicator+" "+r.Item) {
			switch r.way() {
			case better:
				n.better++
			case worse:
				n.worse++
			case unclear:
				n.unclear++
			}
		}
		for _, t := range r.targets {
			if !once("target", r.Indicator+" "+t.ID) {
				continue
			}
			n.targets++
			switch t.Verdict {
			case release.Met, release.OnCourse:
				n.met++
			case release.NotMet, release.OffCourse:
				n.notMet++
			}
		}
	}
	n.overdue = len(due(keep(rows, func(r PlanRow) bool { return r.Overdue != "" })))
	return n
}

// cells are the numbers, a dash for none.
func (n counts) cells() []string {
	cells := []string{"-"}
	if n.measures > 0 {
		cells[0] = fmt.Sprintf("%d of %d", n.served, n.measures)
	}
	for _, x := range []int{n.better, n.worse, n.unclear, n.met, n.notMet, n.overdue} {
		if x == 0 {
			cells = append(cells, "-")
			continue
		}
		cells = append(cells, Count(int64(x)))
	}
	return cells
}

// Which way a figure moved.
const (
	better  = "better"
	worse   = "worse"
	unclear = "unclear"
)

// way says which way the figure moved since the source before.
func (r PlanRow) way() string { return r.Previous.way(r.Wanted) }

// way says which way a figure moved: better or worse, as it is wanted, unclear, or
// "" where that cannot be told.
func (c change) way(wanted string) string {
	switch {
	case c.Verdict == release.NoClearChange:
		return unclear
	case wanted == "" || c.Verdict != release.Higher && c.Verdict != release.Lower:
		return ""
	case c.Verdict == wanted:
		return better
	}
	return worse
}

// words are the verdict, and whether that is the way that is wanted.
func (c change) words(wanted string) string {
	if way := c.way(wanted); way == better || way == worse {
		return c.Verdict + " (" + way + ")"
	}
	return c.Verdict
}

// measure writes one measure: its indicators and their targets, what is missing,
// and when the next is due.
func (p *page) measure(rows []PlanRow) {
	const indent = "       "
	r, targets := rows[0], indent+"  "
	switch {
	case r.Measure != "":
		p.paragraph(fmt.Sprintf("  %-4s ", r.Measure), fmt.Sprintf("%s (%s; %s)", r.Title, r.Leads, r.Rests))
	case r.Leads != "":
		p.paragraph("  ", fmt.Sprintf("%s (%s; %s)", r.Title, r.Leads, r.Rests))
	default: // of a target that stands alone
		targets = "  "
	}
	missing := map[string][]string{}
	var reasons []string
	held := func(of []PlanRow) {
		told := map[string]bool{}
		for _, o := range of {
			for _, t := range o.targets {
				if !told[t.ID] {
					told[t.ID] = true
					p.paragraph(targets, t.words())
				}
			}
		}
	}
	for of := range together(rows, func(a, b PlanRow) bool { return a.Indicator == b.Indicator }) {
		switch r := of[0]; {
		case r.Indicator == "": // of targets alone
		case r.Source == "" && r.Missing != "":
			if missing[r.Missing] == nil {
				reasons = append(reasons, r.Missing)
			}
			missing[r.Missing] = append(missing[r.Missing], r.Indicator)
		default:
			p.paragraph(indent, standings(of))
			held(of)
		}
	}
	for _, why := range reasons {
		p.paragraph(indent, "nothing of "+strings.Join(missing[why], ", ")+": "+why)
	}
	held(keep(rows, func(r PlanRow) bool { return r.Indicator == "" }))
	if next := due(rows); len(next) > 0 {
		p.paragraph(indent, "next due: "+strings.Join(next, "; "))
	}
}

// words tell where a target stands: the verdict first, so that its line also has
// whether the figures are made up.
func (t standing) words() string {
	verdict := t.Verdict
	if t.synthetic {
		verdict += " (synthetic)"
	}
	words := "target"
	if t.Date != "" {
		words += " for " + t.Date
	}
	words += " " + verdict + ": " + t.Title
	if t.Known == plan.KnownMemory {
		words += " (" + Meaning("known", t.Known) + ")"
	}
	if t.Why != "" {
		words += "; " + t.Why
	}
	return words
}

// due lists when the next of each series or evaluation is due.
func due(rows []PlanRow) []string {
	var list []string
	for _, r := range rows {
		if r.NextDue == "" || r.Source == "" {
			continue
		}
		words := r.dueOf + ", " + month(r.NextDue)
		if r.Overdue != "" {
			words += " (overdue)"
		}
		if !slices.Contains(list, words) {
			list = append(list, words)
		}
	}
	return list
}

// standings tell how an indicator stands: of one item, or of several together.
func standings(items []PlanRow) string {
	r := items[0]
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	name := r.Indicator
	with := keep(items, func(r PlanRow) bool { return r.Value == r.Value || r.Status != "" })
	switch {
	case r.Kind == string(release.Evaluation):
		if r.Evidence != "" {
			stage, _, _ := strings.Cut(r.Evidence, "; ")
			add("%s", stage)
		}
		parts = append(parts, findings(r.found)...)
	case len(with) == 0:
		if len(items) > 1 {
			name += fmt.Sprintf(" (%d items)", len(items))
		}
		add("%s %s", r.Missing, when(r))
		parts = append(parts, spans(items)...)
	case len(items) == 1:
		if r.Label != "" {
			name += ", " + release.MidPhrase(r.Label)
		}
		add("%s %s", r.digits.figure(r.figure), when(r))
		for _, c := range r.since() {
			if math.IsNaN(c.Change) {
				add("%s with %s", c.Verdict, c.when())
				continue
			}
			add("%s since %s: %s", r.digits.direction(c.row), c.when(), c.words(r.Wanted))
		}
		if r.Trend != "" {
			add("%s", r.Trend)
		}
	default:
		name += fmt.Sprintf(" (%d items)", len(items))
		add("%s %s", reach(items), when(r))
		for i, c := range r.since() {
			add("since %s: %s", c.when(), howMany(items, func(o PlanRow) string {
				if since := o.since(); i < len(since) {
					return since[i].words(o.Wanted)
				}
				return ""
			}))
		}
		if trends := howMany(items, func(o PlanRow) string { return o.Trend }); trends != "" {
			add("%s", trends)
		}
	}
	if r.Missing != "" && r.Kind == string(release.Evaluation) {
		add("missing: %s", r.Missing)
	}
	if i := slices.IndexFunc(items, func(r PlanRow) bool { return r.Notices != "" }); i >= 0 {
		var told []string
		for _, of := range strings.Split(items[i].Notices, ", ") {
			what := "notice "
			if strings.Contains(of, ".") { // a release, without one
				what = "corrected by "
			}
			told = append(told, what+of)
		}
		name += " (" + strings.Join(told, ", ") + ")"
	}
	return name + ": " + strings.Join(parts, "; ")
}

// spans tell the figures of parts, of items that have none of the whole.
func spans(items []PlanRow) []string {
	var list []string
	for of := range together(items, func(a, b PlanRow) bool { return a.parts.by == b.parts.by && a.parts.n == b.parts.n }) {
		if of[0].parts.n == 0 {
			continue
		}
		var each []string
		for _, r := range of {
			words := r.parts.span
			if r.Label != "" {
				words = release.MidPhrase(r.Label) + " " + words
			}
			each = append(each, words)
		}
		list = append(list, fmt.Sprintf("by %s (%d): %s", of[0].parts.by, of[0].parts.n, strings.Join(each, ", ")))
	}
	return list
}

// findings tell what an evaluation found, in favour and against.
func findings(found []evaluation.Finding) []string {
	var list []string
	for _, d := range evaluation.Directions {
		var texts []string
		for _, f := range found {
			if f.Direction != d {
				continue
			}
			text := release.MidPhrase(f.Text)
			if f.Known == plan.KnownMemory {
				text += " (from memory)"
			}
			texts = append(texts, text)
		}
		if len(texts) > 0 {
			list = append(list, Meaning("direction", d)+": "+strings.Join(texts, ", "))
		}
	}
	return list
}

// when names the source of a line: the wave of a survey, the period of a return,
// whose series the indicator tells; and marks a figure of made-up data.
func when(r PlanRow) string {
	words := "in " + string(r.Source)
	if r.Source.Return() {
		words = during(r.Source, codebook.Period{Start: r.PeriodStart, End: r.PeriodEnd})
	}
	if r.Notes != "" {
		words += " (synthetic)"
	}
	return words
}

// since lists the changes that are told: since the source before, and since the
// baseline where that is another one.
func (r PlanRow) since() []change {
	var list []change
	if r.Previous.From != "" {
		list = append(list, r.Previous)
	}
	if r.Baseline.From != "" && r.Baseline.From != r.Previous.From {
		list = append(list, r.Baseline)
	}
	return list
}

// reach tells up to three figures, each with the name of its item, or of more the
// lowest and the highest.
func reach(items []PlanRow) string {
	with := keep(items, func(r PlanRow) bool { return r.Status == "" })
	if len(with) == 0 {
		return "no figure"
	}
	name := func(r PlanRow) string {
		return r.digits.figure(r.figure) + " (" + release.MidPhrase(cmp.Or(r.Label, r.Item)) + ")"
	}
	if len(items) <= 3 {
		var list []string
		for _, r := range with {
			list = append(list, name(r))
		}
		return strings.Join(list, ", ")
	}
	byValue := func(a, b PlanRow) int { return cmp.Compare(a.Value, b.Value) }
	return name(slices.MinFunc(with, byValue)) + " to " + name(slices.MaxFunc(with, byValue))
}

// howMany counts what rows are by a word, the most first: "7 no clear change, 2
// higher".
func howMany(items []PlanRow, word func(PlanRow) string) string {
	n := map[string]int{}
	var words []string
	for _, r := range items {
		if w := word(r); w != "" {
			if n[w]++; n[w] == 1 {
				words = append(words, w)
			}
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return n[b] - n[a] })
	for i, w := range words {
		words[i] = fmt.Sprintf("%d %s", n[w], w)
	}
	return strings.Join(words, ", ")
}

// figure is a figure with its unit where that is not in its sign.
func (d digits) figure(f release.Figure) string {
	of := kind(f.Statistic)
	switch {
	case f.Status != "":
		return "no figure (" + Meaning("status", f.Status) + ")"
	case of.Symbol != "":
		return d.value(f)
	case of.Step != "":
		return d.value(f) + " " + of.Step
	case f.Unit == indicator.Times:
		return d.value(f)
	case f.Unit == "score":
		return "score " + d.value(f)
	}
	return d.value(f) + " " + f.Unit
}
