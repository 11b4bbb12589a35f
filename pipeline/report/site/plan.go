package site

import (
	"encoding/json"
	"slices"
	"strings"

	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// A planPage is the body of a page of the plan, or of a part of it.
type planPage struct {
	Release string
	Day     string
	Counts  *table // of the whole plan
	Counted string
	Parts   []partOfPlan
	Name    string // of a department
	Called  string // its name in full, with its article
	Others  []item // indicators of a department that serve no measure
	Named   string // of a department that leads nothing, where the plan names it
	Actions table  // that name it
}

// A partOfPlan is a strand and its measures.
type partOfPlan struct {
	Title, Path, Anchor string
	Measures            []measure
}

// A measure is one of the plan, with links.
type measure struct {
	Anchor string
	Leads  []link
	Lines  []line
	report.GlanceMeasure
}

// A line is how one of its indicators stands.
type line struct {
	Path, Title string
	report.GlanceLine
}

// strandTitles name the strands that are not the plan's.
func strandPath(id string) string { return "strands/" + id + "/index.html" }

// plan makes the pages of the plan: at a glance, in print, by strand and by department.
func (s *site) plan() error {
	now := s.current()
	for _, x := range now.Manifest.Indicators {
		if _, read := s.whole[x.ID]; read {
			continue
		}
		content, err := now.Content(x.ID)
		if err != nil {
			return err
		}
		s.whole[x.ID] = report.Undivided(content)
	}
	progress := report.Progress{
		Register: s.Register, Catalogue: s.Catalogue, Release: now.ID, Manifest: now.Manifest, Labels: now.Labels, Contents: s.whole,
		Notices: s.bearings(now.ID), Day: now.Issued(),
	}
	rows := progress.Rows()
	notices := s.told(progress.Told(rows), "")
	parts := s.parts(progress, rows)
	header, counted, words := progress.Strands(rows)
	counts := newTable("How the strands stand", "Strand", header, counted)
	counts.Long, counts.Head[0].Wide = true, true
	for i := range parts {
		if i < len(counts.Rows) {
			counts.Rows[i][0].Path = parts[i].Path
		}
	}
	base := page{Section: "plan", Banners: report.Banners(now.Manifest), Notices: notices, About: "Where the measures of the action plan Together We Can stand: figures, verdicts and targets."}
	data := func(rows []report.PlanRow, notices []notice) any {
		return struct {
			Release   string            `json:"release"`
			Synthetic bool              `json:"synthetic"`
			Notices   []string          `json:"notices"`
			Day       string            `json:"day"`
			Measures  []json.RawMessage `json:"measures"`
		}{now.ID, now.Manifest.Synthetic, inWords(notices), now.Issued(), sheet.JSON(rows, report.PlanColumns)}
	}
	home := base
	home.Path, home.Title = "index.html", "The plan at a glance"
	body := planPage{Release: now.ID, Day: now.Issued(), Counts: &counts, Counted: words, Parts: parts}
	if err := s.add("plan", home, body, data(rows, notices)); err != nil {
		return err
	}
	print := base
	print.Path, print.Title = "print/index.html", "Together We Can: the plan at a glance"
	print.Trail = []link{{"index.html", "Plan at a glance"}}
	print.Data = "data.json"
	if err := s.add("print", print, body, nil); err != nil {
		return err
	}
	for _, p := range parts {
		strand := base
		strand.Path, strand.Title, strand.Trail = p.Path, p.Title, []link{{"index.html", "Plan at a glance"}}
		strand.About = "Where the measures of the strand stand: " + p.Title + "."
		of := slices.DeleteFunc(slices.Clone(rows), func(r report.PlanRow) bool { return strandPath(r.Strand) != p.Path })
		strand.Notices = s.told(progress.Told(of), "")
		if err := s.add("strand", strand, planPage{Release: now.ID, Day: now.Issued(), Parts: []partOfPlan{p}}, data(of, strand.Notices)); err != nil {
			return err
		}
	}
	return s.departments(progress, rows, base)
}

// parts are the strands with their measures, and links to what they name.
func (s *site) parts(progress report.Progress, rows []report.PlanRow) []partOfPlan {
	var all []partOfPlan
	for _, g := range progress.Glances(rows) {
		p := partOfPlan{Title: g.Strand.Title, Path: strandPath(g.Strand.ID), Anchor: "strand-" + g.Strand.ID}
		for i, m := range g.Measures {
			x := measure{GlanceMeasure: m, Anchor: anchor(m.ID)}
			if m.ID == "" {
				x.Anchor = p.Anchor + "-" + string(rune('a'+i%26)) + strings.Repeat("z", i/26)
			}
			for _, lead := range m.Leads {
				x.Leads = append(x.Leads, link{departmentPath(lead), lead})
			}
			for _, l := range m.Lines {
				// What the catalogue has beyond the release has no page.
				title, path := l.Indicator, ""
				if words := s.current().Labels.Indicator(l.Indicator); words != nil {
					title, path = words.Title, "indicators/"+l.Indicator+"/index.html"
				}
				x.Lines = append(x.Lines, line{path, title, l})
			}
			p.Measures = append(p.Measures, x)
		}
		all = append(all, p)
	}
	return all
}

// departments makes the page of each department, and of all of them.
func (s *site) departments(progress report.Progress, all []report.PlanRow, base page) error {
	now := s.current()
	list := listPage{
		Intro:  "The departments that lead the plan's measures, and those that the plan names and that lead none. Each has a page of what it leads, with the files of its indicators.",
		Groups: []group{{Title: "Departments that lead measures", Anchor: "lead"}, {Title: "Departments that the plan names", Anchor: "named"}},
	}
	for _, short := range s.Register.Shorts() {
		rows := slices.DeleteFunc(slices.Clone(all), func(r report.PlanRow) bool { return !slices.Contains(strings.Split(r.Leads, ", "), short) })
		p := base
		p.Section, p.Path, p.Title = "departments", departmentPath(short), s.Register.Department(short)
		p.About = "The measures of the action plan that are led by " + report.The(p.Title) + "."
		p.Trail = []link{{"index.html", "Plan at a glance"}, {"departments/index.html", "Departments"}}
		p.Notices = s.told(progress.Told(rows), "")
		body := planPage{Release: now.ID, Day: now.Issued(), Parts: s.parts(progress, rows), Name: short, Called: report.The(p.Title)}
		named := s.Register.Named(short)
		if _, none := s.Register.Others[short]; none {
			body.Named, p.About = report.NothingLed(named), report.Capital(report.The(p.Title))+" in the action plan: where the plan names it."
		}
		if len(named.Actions) > 0 {
			body.Actions = table{Caption: "What will be done, in this project's words", Head: []cell{{Text: "Action"}, {Text: "Strand"}, {Text: "What will be done"}}}
			for _, a := range named.Actions {
				body.Actions.Rows = append(body.Actions.Rows, []cell{{Text: a.ID}, {Text: s.Register.StrandTitle(a.Strand()), Path: strandPath(a.Strand())}, {Text: a.Text}})
			}
		}
		for i := range now.Labels.Indicators {
			x := &now.Labels.Indicators[i]
			if slices.Contains(x.Leads, short) && !served(body.Parts, x.ID) {
				marks, err := s.marked(x.ID, "")
				if err != nil {
					return err
				}
				body.Others = append(body.Others, item{"indicators/" + x.ID + "/index.html", x.Title, marks})
			}
		}
		if err := s.add("department", p, body, struct {
			Release    string            `json:"release"`
			Synthetic  bool              `json:"synthetic"`
			Notices    []string          `json:"notices"`
			Department string            `json:"department"`
			Measures   []json.RawMessage `json:"measures"`
			Actions    []plan.Action     `json:"actions"`
		}{now.ID, now.Manifest.Synthetic, inWords(p.Notices), short, sheet.JSON(rows, report.PlanColumns), named.Actions}); err != nil {
			return err
		}
		it, of := item{Path: p.Path, Text: p.Title, More: short + ": " + led(s.Register, short)}, &list.Groups[0]
		if body.Named != "" {
			it.More, of = body.Named, &list.Groups[1]
		}
		of.Items = append(of.Items, it)
	}
	p := base
	p.Section, p.Path, p.Title, p.Notices, p.Banners = "departments", "departments/index.html", "Departments", nil, nil
	p.Trail = []link{{"index.html", "Plan at a glance"}}
	return s.list(p, list)
}

// led counts the measures that a department leads.
func led(register *plan.Register, short string) string {
	n := 0
	for _, m := range register.Measures {
		if slices.Contains(m.Leads, short) {
			n++
		}
	}
	return report.Plural(n, "measure")
}

func served(parts []partOfPlan, id string) bool {
	return slices.ContainsFunc(parts, func(p partOfPlan) bool {
		return slices.ContainsFunc(p.Measures, func(m measure) bool {
			return slices.ContainsFunc(m.Lines, func(l line) bool { return l.Indicator == id })
		})
	})
}

// add makes a page that is of no unit, and lists it.
func (s *site) add(kind string, p page, body, data any) error {
	s.days[p.Path] = s.touched()
	p.Body = body
	return s.put("", kind, p, data)
}

func departmentPath(short string) string {
	return "departments/" + strings.ToLower(short) + "/index.html"
}

// anchor is the id of a measure within a page.
func anchor(measure string) string { return "measure-" + strings.ReplaceAll(measure, ".", "-") }
