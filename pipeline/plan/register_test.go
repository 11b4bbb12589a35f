package plan_test

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/plan"
	"togetherwecan/seeds"
	"togetherwecan/testdata/shared"
)

// sources opens a file of the sources that the register and the published
// figures were taken from, which lie beside a checkout where they are to be
// had. It skips the test where they are not, except on the build server.
func sources(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(shared.File(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestPlanHasTheMeasuresOfThePlan(t *testing.T) {
	p, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Measures) != 42 {
		t.Errorf("%d measures, want 42", len(p.Measures))
	}
	// Counted by hand in the plan's appendix.
	for strand, want := range map[string]int{"biennial": 7, "1": 4, "2": 9, "3": 6, "4": 2, "5": 6, "6": 3, "7": 3, "8": 2} {
		n := 0
		for _, m := range p.Measures {
			if m.Strand == strand {
				n++
			}
		}
		if n != want {
			t.Errorf("strand %s: %d measures, want %d", strand, n, want)
		}
	}
	led := map[string]bool{}
	for _, m := range p.Measures {
		for _, lead := range m.Leads {
			led[lead] = true
		}
	}
	if got, want := slices.Sorted(maps.Keys(led)), slices.Sorted(maps.Keys(p.Departments)); !slices.Equal(got, want) {
		t.Errorf("departments that lead a measure are %v, want those listed: %v", got, want)
	}
	headline, ok := p.Measure("2.c")
	if !ok || !slices.Equal(headline.Indicators, []string{"influence-local"}) || !slices.Equal(headline.Leads, []string{"HO"}) {
		t.Errorf("measure 2.c is %+v", headline)
	}
	if _, ok := p.Measure("9.z"); ok {
		t.Error("there is a measure 9.z")
	}
}

func TestPlanAgreesWithItsSource(t *testing.T) {
	rows := sources(t, "plan/measures.csv")
	p, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(p.Measures) {
		t.Fatalf("%d measures, the source has %d", len(p.Measures), len(rows))
	}
	for i, row := range rows {
		m := p.Measures[i]
		named := strings.Split(row["indicators"], "; ")
		of := slices.DeleteFunc(slices.Clone(m.Indicators), func(id string) bool { return !slices.Contains(named, id) }) // a measure may have more
		got := []string{m.ID, strings.Join(m.Leads, "; "), m.Evidence, strings.Join(of, "; ")}
		if want := []string{row["id"], row["leads"], row["evidence"], row["indicators"]}; !slices.Equal(got, want) {
			t.Errorf("measure %d is %q, the source has %q", i+1, got, want)
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	const head = "departments: {HO: Home Office}\nstrands: [{id: \"1\", title: One}]\nmeasures:\n"
	const good = "  - {id: 1.a, strand: \"1\", title: T, leads: [HO], evidence: survey, source: S, indicators: [x]}\n"
	const target = "targets:\n  - {id: t, title: T, measures: [1.a], date: 2008-03, from: F, known: read, why: W}\n"
	const named = "others: {CO: Cabinet Office}\nactions:\n  - {id: \"1.9\", text: A, departments: [HO, CO]}\n"
	if _, err := plan.Parse("p.yaml", []byte(head+good+named+target)); err != nil {
		t.Fatalf("a register that should be accepted: %v", err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"an unknown key", head + strings.Replace(good, "title:", "titles:", 1), `p.yaml:4: unknown key "titles"; did you mean "title"?`},
		{"a key there twice", head + strings.Replace(good, "title: T", "title: T, title: U", 1), `p.yaml:4: not YAML: mapping key "title" already defined at [4:28]`},
		{"a measure there twice", head + good + good, `p.yaml:5: measure "1.a" is there twice, first at p.yaml:4`},
		{"an unknown department", head + strings.Replace(good, "[HO]", "[HOO]", 1), `p.yaml:4: measure "1.a": no department "HOO"; did you mean "HO"?`},
		{"another kind of evidence", head + strings.Replace(good, "survey", "hearsay", 1), `p.yaml:4: measure "1.a": evidence "hearsay", want one of survey, returns, evaluation`},
		{"an unknown strand", head + strings.Replace(good, `strand: "1"`, `strand: "2"`, 1), `p.yaml:4: measure "1.a": no strand "2"; did you mean "1"?`},
		{"an id out of form", head + strings.Replace(good, "1.a", "1a", 1), `p.yaml:4: measure "1a": want an id such as B1 or 2.c`},
		{"nobody to answer for it", head + strings.Replace(good, "[HO]", "[]", 1), `p.yaml:4: measure "1.a": want at least one lead and one indicator`},
		{"an indicator out of form", head + strings.Replace(good, "[x]", "[X y]", 1), `p.yaml:4: measure "1.a": indicator "X y": want lower-case letters, digits and single hyphens`},
		{"an indicator there twice", head + strings.Replace(good, "[x]", "[x, x]", 1), `p.yaml:4: measure "1.a": "x, x" has an entry twice`},
		{"waves that never come", "surveys: {hocs: 0}\n" + head + good, `p.yaml:1: survey "hocs": 0 months between waves, want at least 1`},
		{"no measures", head + "  []\n", "p.yaml: no measures"},
		{"a department that leads and is another", head + good + "others: {CO: Cabinet Office, HO: Home Office}\n" + strings.TrimPrefix(named, "others: {CO: Cabinet Office}\n"), `p.yaml:5: department "HO" is there twice`},
		{"a department without a name", head + good + strings.Replace(named, "Cabinet Office", `""`, 1), `p.yaml:5: department "CO" has no name`},
		{"a department named nowhere", head + good + strings.Replace(named, "HO, CO", "HO", 1), `p.yaml:5: department "CO": want an action or a strand that names it`},
		{"an action out of form", head + good + strings.Replace(named, "1.9", "9.1", 1), `p.yaml:7: action "9.1": want a number such as 1.9, what it is, and the departments`},
		{"an action of no strand", head + good + strings.Replace(named, "1.9", "2.9", 1), `p.yaml:7: action "2.9": no strand "2"; did you mean "1"?`},
		{"an action there twice", head + good + named + named[strings.Index(named, "  -"):], `p.yaml:8: action "1.9" is there twice`},
		{"an action of an unknown department", head + good + strings.Replace(named, "HO, CO", "HO, CO, DCA", 1), `p.yaml:7: action 1.9: no department "DCA"`},
		{"an action of a department twice", head + good + strings.Replace(named, "HO, CO", "CO, CO", 1), `p.yaml:7: action 1.9: department "CO" is there twice`},
		{"a strand led by nobody known", strings.Replace(head, "title: One", "title: One, leads: [HOO]", 1) + good, `p.yaml:2: strand 1: no department "HOO"; did you mean "HO"?`},
		{"a strand that a department leads and helps", strings.Replace(head, "title: One", "title: One, leads: [HO], with: [HO]", 1) + good, `p.yaml:2: strand 1: department "HO" is there twice`},
		{"a target with an unknown key", head + good + strings.Replace(target, "why:", "reason:", 1), `p.yaml:6: unknown key "reason"`},
		{"a target without a reason", head + good + strings.Replace(target, "why: W", `why: ""`, 1), `p.yaml:6: target "t": want a title, where it is stated (from) and why it cannot be measured`},
		{"a target of no measure", head + good + strings.Replace(target, "[1.a]", "[1.b]", 1), `p.yaml:6: target "t": no measure "1.b"; did you mean "1.a"?`},
		{"a target known in no way", head + good + strings.Replace(target, "known: read", "known: reed", 1), `p.yaml:6: target "t": known "reed", want one of read, excerpt, memory; did you mean "read"?`},
		{"a target by no date", head + good + strings.Replace(target, "2008-03", "March", 1), `p.yaml:6: target "t": date "March", want YYYY, YYYY-MM or YYYY-MM-DD`},
		{"a target there twice", head + good + target + strings.TrimPrefix(target, "targets:\n"), `p.yaml:7: target "t": want an id used once, of lower-case letters, digits and single hyphens`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := plan.Parse("p.yaml", []byte(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLater(t *testing.T) {
	for _, c := range []struct {
		day    string
		months int
		want   string
	}{
		{"2003-09-30", 24, "2005-09-30"},
		{"2003-11-30", 3, "2004-02-29"},
		{"2008-03-31", 12, "2009-03-31"},
		{"2003-12-31", 1, "2004-01-31"},
		{"soon", 1, ""},
	} {
		if got := plan.Later(c.day, c.months); got != c.want {
			t.Errorf("%d months after %s is %s, want %s", c.months, c.day, got, c.want)
		}
	}
}
