package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/series"
	"togetherwecan/seeds"
	"togetherwecan/testdata/shared"
)

// A filledForm is the template of a series for a period, filled in: its rows of cells,
// the headings first.
type filledForm struct {
	s      *series.Series
	period string
	rows   [][]string
}

// fillTemplate writes the form of a series by the command, and fills it in with the
// smallest numbers that the series' own rules allow: nobody's figures.
func fillTemplate(t *testing.T, s *series.Series) filledForm {
	t.Helper()
	period := s.Frequency.Example()
	name := filepath.Join(t.TempDir(), s.ID+".csv")
	var out, problems bytes.Buffer
	if status := run([]string{"template", s.ID, name, "--period", period}, &out, &problems); status != 0 {
		t.Fatalf("template %s: status %d: %s", s.ID, status, problems.String())
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f := filledForm{s, period, rows}
	names, values := s.ColumnNames(), fill(s)
	areas := map[string]int{} // rows of the same categories
	whole := func(r []string) bool { return s.Areas.Whole != nil && r[0] == s.Areas.Whole.Label }
	key := func(r []string) string { return strings.Join(r[min(1, len(r)):1+len(s.CategoryColumns())], "|") }
	for _, r := range rows[1:] {
		if s.Area() != "" && !whole(r) {
			areas[key(r)]++
		}
	}
	for _, r := range rows[1:] {
		for j, name := range names {
			c := s.Columns[name]
			switch x := values[name]; {
			case c.Kind == series.StatusColumn:
				r[j] = series.Final
			case c.Kind.Number():
				if s.Area() != "" && whole(r) && c.Kind != series.RateColumn {
					x *= float64(areas[key(r)])
				}
				r[j] = strconv.FormatFloat(x, 'f', -1, 64)
			}
		}
	}
	return f
}

// fill gives each column of numbers a value: 1, and more where a rule has it.
func fill(s *series.Series) map[string]float64 {
	values := map[string]float64{}
	for _, name := range s.Numbers() {
		values[name] = 1
	}
	for range s.Rules { // a rule may move what another one is about
		for _, r := range s.Rules {
			switch {
			case r.Part != "":
				values[r.Whole] = max(values[r.Whole], values[r.Part])
			case r.Make != "":
				sum := 0.0
				for _, part := range r.Parts {
					sum += values[part]
				}
				values[r.Make] = sum
			}
		}
	}
	return values
}

// at is the place of a column by its name.
func (f filledForm) at(column string) int { return slices.Index(f.s.ColumnNames(), column) }

// with is the form with one row or cell changed.
func (f filledForm) with(edit func(rows [][]string) [][]string) filledForm {
	rows := make([][]string, len(f.rows))
	for i, r := range f.rows {
		rows[i] = slices.Clone(r)
	}
	f.rows = edit(rows)
	return f
}

// set changes a cell of the first row.
func (f filledForm) set(column, to string) filledForm {
	return f.with(func(rows [][]string) [][]string { rows[1][f.at(column)] = to; return rows })
}

// write makes a folder of extracts with the form as its return.
func (f filledForm) write(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	name := filepath.Join(dir, filepath.FromSlash(string(f.s.Source(f.period)))+".csv")
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(f.rows); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A fault is one thing that is wrong with a form, and what is told of it.
type fault struct {
	claim string
	form  filledForm
	want  string
}

// faults are those that the series' own columns and rules allow.
func faults(f filledForm) []fault {
	s := f.s
	var list []fault
	label := func(name string) string { return s.Columns[name].Label }
	for _, name := range s.Numbers() {
		c, j := s.Columns[name], f.at(name)
		if !c.Optional {
			list = append(list,
				fault{"no " + name, f.with(func(rows [][]string) [][]string {
					for i, r := range rows {
						rows[i] = slices.Delete(r, j, j+1)
					}
					return rows
				}), fmt.Sprintf("no column %q", c.Label)},
				fault{"a blank " + name, f.set(name, ""), c.Label + " is blank, want a number or a mark"})
		}
		if c.Kind == series.CountColumn {
			list = append(list, fault{"half of " + name, f.set(name, "0.5"), c.Label + " is 0.5, want a whole number from 0"})
		} else {
			list = append(list, fault{"a word for " + name, f.set(name, "many"), c.Label + ` is "many", want a number or a mark`})
		}
		if c.AtMost != nil {
			list = append(list, fault{"too much of " + name, f.set(name, "1000"), fmt.Sprintf("%s is 1000, want at most %g", c.Label, *c.AtMost)})
		}
	}
	for _, r := range s.Rules {
		switch {
		case r.Part != "":
			list = append(list, fault{r.Part + " above " + r.Whole, f.set(r.Whole, "0"), label(r.Part) + " is " + f.rows[1][f.at(r.Part)] + ", more than " + label(r.Whole) + ", 0"})
		case r.Make != "":
			list = append(list, fault{r.Make + " is not the sum", f.set(r.Make, "100000"), "and " + label(r.Make) + " is 100000"})
		}
	}
	shorter := f.with(func(rows [][]string) [][]string { return slices.Delete(rows, 1, 2) })
	if area := s.Area(); area != "" {
		list = append(list, fault{"an area that is not there", f.set(area, "Atlantis"), `"Atlantis" is not of the series`})
		if !s.Areas.Partial && len(s.CategoryColumns()) == 0 {
			list = append(list, fault{"an area is missing", shorter, "missing: " + f.rows[1][0]})
		}
	}
	for _, name := range s.CategoryColumns() {
		list = append(list, fault{"a category that is not there", f.set(name, "Atlantis"), `"Atlantis"`})
		if s.Area() == "" {
			list = append(list, fault{"a category is missing", shorter, "no row of " + f.rows[1][0]})
		}
	}
	return list
}

// TestReturnsOfEverySeries takes every series of the catalogue from its template,
// filled in, to a return that nothing is refused of, and holds that each fault in
// its own columns is refused: by all that is declared, with its line, and once by
// the command, which leaves nothing behind.
func TestReturnsOfEverySeries(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, s := range c.Series {
		t.Run(s.ID, func(t *testing.T) {
			sound := fillTemplate(t, s)
			if _, err := pipeline.Check(pipeline.Options{Catalogue: c, Extracts: sound.write(t)}); err != nil {
				t.Fatalf("filled in: %v", err)
			}
			list := faults(sound)
			for _, wrong := range list {
				_, err := pipeline.Check(pipeline.Options{Catalogue: c, Extracts: wrong.form.write(t)})
				where := string(s.Stem()) + "/" + sound.period + ".csv"
				if err == nil || !strings.Contains(err.Error(), wrong.want) || !strings.Contains(err.Error(), where+":") {
					t.Errorf("%s: got %v\nwant %s: ... %s", wrong.claim, err, where, wrong.want)
					continue
				}
				refused++
			}
			dir := list[0].form.write(t)
			store := filepath.Join(t.TempDir(), "store")
			var out, problems bytes.Buffer
			status := run([]string{"run", dir, "--store", store, "--quiet"}, &out, &problems)
			if status != 1 || out.Len() > 0 || !strings.HasPrefix(problems.String(), "twc: error: ") || !strings.Contains(problems.String(), list[0].want) {
				t.Errorf("%s: status %d, printed %q and %q, want 1, nothing and %q", list[0].claim, status, out.String(), problems.String(), list[0].want)
			}
			if _, err := os.Stat(store); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: a store is left behind", list[0].claim)
			}
		})
	}
	t.Logf("%d series, %d wrong returns refused", len(c.Series), refused)
}

// words are what the plan's measures from returns say is reported, and what in a
// template stands for it: a heading, a unit's row or a category of its rows.
var words = []struct{ measure, plan, template string }{
	{"1.b", "referral", "Referred by an agency"},
	{"1.b", "retention", "Still attending at the end of the half year"},
	{"1.b", "work", "Found work or seek it"},
	{"1.b", "volunteering", "Volunteer"},
	{"1.b", "sports clubs", "Joined a sports club"},
	{"1.b", "full-time education", "Returned to full-time education"},
	{"1.c", "activities", "Activities"},
	{"1.c", "exit routes", "Exit routes"},
	{"1.c", "accredited", "Accredited awards"},
	{"1.c", "partnership", "Partnerships"},
	{"1.d", "number of projects", "Projects with young people in dialogue"},
	{"1.d", "number of young people", "Young people taking part"},
	{"2.d", "turnout", "Valid votes"},
	{"2.d", "registration", "Of them on a register"},
	{"2.d", "of all ages", "18 to 24"},
	{"2.e", "ethnic minority", "From minority ethnic groups"},
	{"2.e", "sex", "Women among them"},
	{"2.e", "disability", "With a disability"},
	{"2.e", "age", "Aged under 35"},
	{"2.e", "governing bodies", "Governors in post"},
	{"2.h", "recognised qualification", "With a recognised qualification"},
	{"2.h", "clerks", "Parish clerks"},
	{"2.h", "county", "Cumbria"},
	{"2.i", "quality parish status", "With Quality status"},
	{"2.i", "town and parish councils", "Town and parish councils"},
	{"2.i", "county", "Cumbria"},
	{"3.c", "engagement processes", "Engagement processes monitored"},
	{"3.c", "statements of community involvement", "Statements of community involvement received"},
	{"3.c", "targets", "Agreements with targets of involvement"},
	{"3.c", "government office", "Government Office"},
	{"5.a", "user satisfaction", "Overall: satisfied"},
	{"5.a", "fairness and equality", "White less minority ethnic victims satisfied overall"},
	{"5.a", "customer service and accessibility", "Customer service and accessibility"},
	{"5.a", "neighbourhood policing and community engagement", "Neighbourhood policing and community engagement"},
	{"5.b", "partnership activity", "With joint projects in the year"},
	{"5.c", "police forces that have plans drawn up or in place", "Plan or agreement drawn up or in place"},
	{"5.c", "coverage of higher crime areas", "Households in a scheme in areas of higher crime"},
	{"5.f", "first time entrants", "First-time entrants"},
	{"6.c", "re-offending", "Who reoffended within three months"},
	{"7.a", "six-monthly progress report on key indicators", "Adults who smoke"},
	{"7.b", "social and human capital of participants", "Who know more neighbours than before"},
	{"7.b", "falls", "Falls of people aged 65 and over after"},
	{"7.b", "diabetes", "New referrals for diabetes after"},
	{"8.a", "subsidy", "Allocated support"},
	{"8.a", "revenue", "Revenue"},
	{"8.a", "social inclusion", "Schemes for social inclusion"},
	{"8.a", "economic development", "Schemes for economic development"},
	{"8.b", "regional and local indicators", "Indicators followed"},
}

// TestTemplatesHaveTheMeasuresWords holds that each measure which rests on
// returns, in whole or in part, has a series whose template asks what the measure
// says, and that the words are the plan's own. A series or a column that is lost
// fails here.
func TestTemplatesHaveTheMeasuresWords(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	register, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string][]string{} // headings, areas and categories of the templates, by measure
	for _, s := range c.Series {
		data, err := ingest.Form(s, s.Frequency.Example(), ".csv")
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range c.Definitions {
			if d.Tabled == nil || d.Tabled.Series != s {
				continue
			}
			for _, m := range d.Measures {
				asked[m] = append(asked[m], rows[0]...)
				for _, r := range rows[1:] {
					asked[m] = append(asked[m], r[:min(2, len(r))]...)
				}
			}
		}
	}
	said := map[string]bool{}
	for _, w := range words {
		said[w.measure] = true
		if !slices.Contains(asked[w.measure], w.template) {
			t.Errorf("measure %s says %q, and no template of its series asks for %q", w.measure, w.plan, w.template)
		}
	}
	for _, m := range register.Measures {
		if (m.Evidence == plan.Returns || len(asked[m.ID]) > 0) && !said[m.ID] {
			t.Errorf("measure %s rests on returns, and its words are not listed", m.ID)
		}
	}
	t.Run("as the plan has them", func(t *testing.T) {
		var text []byte
		for _, name := range []string{"together-we-can-appendix.txt", "measures.csv"} {
			part, err := os.ReadFile(shared.File(t, "plan/"+name))
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, part...)
		}
		all := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
		for _, w := range words {
			if !strings.Contains(all, w.plan) {
				t.Errorf("measure %s: %q is not in the plan", w.measure, w.plan)
			}
		}
	})
}
