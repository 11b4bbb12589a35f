package dataset

import (
	"cmp"
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// A Standing is what the release has of a measure by one indicator, or why it has nothing.
type Standing struct {
	Measure, Title, Strand, Leads, Rests string
	Indicator, Label                     string
	Figures, Evidence                    int64 // rows of the dataset
	Missing                              string
	Unmoved                              string // of a dataset of what moved: that nothing of it did
	Notice                               string

	code string // of the measure
}

// standingColumns are those of the table of measures.
var standingColumns = []sheet.Column[Standing]{
	{Name: "measure", About: "Measure of the action plan, measure- and its id; null for an indicator that serves none", Text: func(s *Standing) *string { return &s.code }},
	{Name: "measure_label", Words: "measure", About: "What the measure is", Text: func(s *Standing) *string { return &s.Title }},
	{Name: "strand", About: "Strand of the plan: biennial, or strand- and its number", Text: func(s *Standing) *string { return &s.Strand }},
	{Name: "leads", About: "Departments that lead the measure, with a blank between them", Text: func(s *Standing) *string { return &s.Leads }},
	{Name: "rests_on", About: "Kind of evidence that the plan names: survey, returns or evaluation", Text: func(s *Standing) *string { return &s.Rests }},
	{Name: "indicator", Required: true, About: "Indicator or evaluation that serves it", Text: func(s *Standing) *string { return &s.Indicator }},
	{Name: "indicator_label", Words: "indicator", About: "What the indicator is: by the catalogue where it is not in the release; null where neither has it", Text: func(s *Standing) *string { return &s.Label }},
	{Name: "figures", Required: true, Unit: "rows", About: "Rows of it in figures", Count: func(s *Standing) *int64 { return &s.Figures }},
	{Name: "evidence", Required: true, Unit: "rows", About: "Rows of it in evidence", Count: func(s *Standing) *int64 { return &s.Evidence }},
	{Name: "missing", About: "What is missing, and why", Text: func(s *Standing) *string { return &s.Missing }},
	{Name: "unmoved", About: "Of what moved since an earlier release: that nothing of the indicator did; null where something did, and where all rows are here", Text: func(s *Standing) *string { return &s.Unmoved }},
	{Name: "notice", About: "Corrections and withdrawals in force that the indicator is affected by, in words, whether or not its rows moved; null where there is none", Text: func(s *Standing) *string { return &s.Notice }},
}

func measuresTable(list []Standing) Table {
	return &table[Standing]{"measures", "Measures", "One row a measure and indicator that serves it: what there is of it here, or why there is nothing.", standingColumns, list}
}

// Lacking is how many indicators something is missing of.
func (d *Dataset) Lacking() int { return d.count(func(s Standing) string { return s.Missing }) }

// Unmoved is how many indicators nothing moved in.
func (d *Dataset) Unmoved() int { return d.count(func(s Standing) string { return s.Unmoved }) }

// count is how many indicators something is said of; one may serve several measures.
func (d *Dataset) count(what func(Standing) string) int {
	ids := map[string]bool{}
	for _, s := range d.Standings {
		if what(s) != "" {
			ids[s.Indicator] = true
		}
	}
	return len(ids)
}

// standings lists what there is of each measure that the dataset is of, in the register's
// order; of an indicator or a region that of each indicator.
func (m *maker) standings() []Standing {
	why := map[[2]string]string{}
	missing := report.Progress{Register: m.Register, Catalogue: m.Catalogue, Release: m.ID, Manifest: m.Manifest, Labels: m.Labels, Contents: m.Contents}
	for _, r := range missing.Rows() {
		if key := [2]string{r.Measure, r.Indicator}; r.Indicator != "" && why[key] == "" {
			why[key] = r.Missing
		}
	}
	var list []Standing
	add := func(x plan.Measure, id string) {
		s := Standing{code: measureCode(x.ID), Measure: x.ID, Title: x.Title, Strand: strandCode(x.Strand), Leads: strings.Join(x.Leads, " "), Rests: x.Evidence, Indicator: id, Missing: why[[2]string{x.ID, id}], Label: m.titled(id)}
		if l := m.Labels.Indicator(id); l != nil {
			s.Leads = cmp.Or(s.Leads, strings.Join(l.Leads, " "))
		}
		c := m.contents[id]
		s.Notice = strings.Join(report.NoticeTexts(release.Affecting(release.On(m.Notices, id, m.whole[id]))), " ")
		s.Figures, s.Evidence = int64(len(c.Figures)), int64(len(c.Evidence))
		_, has := m.whole[id]
		switch {
		case m.still(id):
			s.Missing, s.Unmoved = "", "nothing moved since "+m.Since.From.ID
		case s.Missing == "" && s.Figures+s.Evidence == 0 && (m.Since == nil || !has):
			s.Missing = m.nothing(id)
		}
		list = append(list, s)
	}
	measures := m.measures
	byIndicator := m.Who.Kind == Indicator || m.Who.Kind == Region
	if byIndicator {
		measures = m.Register.Measures
	}
	placed := map[string]bool{}
	for _, x := range measures {
		ids := m.Catalogue.Serving(x)
		for _, id := range x.Indicators {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		for _, l := range m.Labels.Indicators { // the release may have one that the catalogue does not
			if slices.Contains(l.Measures, x.ID) && !slices.Contains(ids, l.ID) {
				ids = append(ids, l.ID)
			}
		}
		for _, id := range ids {
			placed[id] = true
			if !byIndicator || m.Who.Kind == Indicator && id == m.Who.ID || m.Who.Kind == Region && m.Labels.Indicator(id) != nil && len(m.Contents[id].Figures) > 0 {
				add(x, id)
			}
		}
	}
	if byIndicator || m.Who.Kind == All {
		for _, l := range m.Labels.Indicators {
			if !placed[l.ID] && (m.Who.Kind == All || m.Who.Kind == Region && len(m.Contents[l.ID].Figures) > 0 || l.ID == m.Who.ID) {
				add(plan.Measure{}, l.ID)
			}
		}
	}
	return list
}

// titled is an indicator's title: the catalogue's where the release does not have it, ""
// where neither does.
func (m *maker) titled(id string) string {
	if l := m.Labels.Indicator(id); l != nil {
		return l.Title
	}
	if d := m.Catalogue.Definition(id); d != nil {
		return d.Title
	}
	if e := m.Catalogue.Evaluation(id); e != nil {
		return e.Title
	}
	return ""
}

// nothing says why an indicator that the release has is without rows here.
func (m *maker) nothing(id string) string {
	switch {
	case m.Labels.Indicator(id) == nil:
		return "not in this release"
	case m.Who.Kind == Region && !slices.ContainsFunc(m.Labels.Indicator(id).BreakdownCodes(), func(b string) bool {
		return slices.ContainsFunc(indicator.Crossed(b), m.regional)
	}):
		return "no figure by region"
	case m.Who.Kind == Region:
		return "no figure of this region"
	}
	return "no figure"
}

// An actionRow is a place of the plan's text that names a department: an action, or the end
// of a strand.
type actionRow struct{ department, name, id, strand, title, text, place string }

func (m *maker) actionsTable() Table {
	t := &table[actionRow]{"actions", "Actions", "One row an action of the plan's text and a department that it names, and one the end of a strand and a department that leads it or helps.", []sheet.Column[actionRow]{
		{Name: "department", Key: true, About: "Department that is named", Text: func(a *actionRow) *string { return &a.department }},
		{Name: "department_label", Words: "department", Required: true, About: "The department's name", Text: func(a *actionRow) *string { return &a.name }},
		{Name: "action", Key: true, About: "The action in the plan's appendix: action- and its number, or end-of-strand- and the strand's", Text: func(a *actionRow) *string { return &a.id }},
		{Name: "strand", Required: true, About: "Strand of the plan", Text: func(a *actionRow) *string { return &a.strand }},
		{Name: "strand_label", Words: "strand", Required: true, About: "The strand in words", Text: func(a *actionRow) *string { return &a.title }},
		{Name: "text", Required: true, About: "What will be done, or what the department does of the strand, in this project's words", Text: func(a *actionRow) *string { return &a.text }},
		{Name: "place", Required: true, About: "Where the plan says so", Text: func(a *actionRow) *string { return &a.place }},
	}, nil}
	of := func(strand string) bool {
		return m.Who.Kind == Department || m.Who.Kind == All || m.Who.Kind == Strand && m.Who.ID == strand
	}
	for _, short := range m.Register.Shorts() {
		if m.Who.Kind == Department && m.Who.ID != short {
			continue
		}
		n := m.Register.Named(short)
		add := func(strand, id, text, place string) {
			if of(strand) {
				t.rows = append(t.rows, actionRow{short, n.Title, id, strandCode(strand), m.Register.StrandTitle(strand), text, "appendix, strand " + strand + ", " + place})
			}
		}
		for _, a := range n.Actions {
			add(a.Strand(), "action-"+a.ID, a.Text, "what will be done, "+a.ID)
		}
		for _, s := range n.Leads {
			text := "Leads the strand"
			if len(s.Leads) > 1 {
				text = "Is one of the departments that lead the strand"
			}
			add(s.ID, "end-of-strand-"+s.ID, text, "lead")
		}
		for _, s := range n.Helps {
			add(s.ID, "end-of-strand-"+s.ID, "Works with those that lead the strand", "lead")
		}
	}
	return t
}

// measureCode is a measure's id as text that nobody takes for anything else: csvkit takes 1.d for
// a day, and R 2.e for 2.
func measureCode(id string) string {
	if id == "" {
		return ""
	}
	return "measure-" + id
}

// measureCodes are those of several, with a blank between them.
func measureCodes(ids []string) string {
	var list []string
	for _, id := range ids {
		list = append(list, measureCode(id))
	}
	return strings.Join(list, " ")
}

// strandCode is a strand's id as text that nobody takes for a number.
func strandCode(id string) string {
	if id != "" && id[0] >= '0' && id[0] <= '9' {
		return "strand-" + id
	}
	return id
}
