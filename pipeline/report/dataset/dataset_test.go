package dataset_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report/dataset"
	"togetherwecan/seeds"
)

// sealed is what a dataset is made of, of the sealed store that tests hold on to.
func sealed(t *testing.T) dataset.Input {
	t.Helper()
	store, err := publish.Open("../../../testdata/release/1/store")
	if err != nil {
		t.Fatal(err)
	}
	r, err := store.Current()
	if err != nil {
		t.Fatal(err)
	}
	contents, err := r.Contents()
	if err != nil {
		t.Fatal(err)
	}
	in := dataset.Input{ID: r.ID, Digest: r.Digest, Manifest: r.Manifest, Labels: r.Labels, Contents: contents}
	if in.Register, err = plan.Load(seeds.Files); err != nil {
		t.Fatal(err)
	}
	if in.Geography, err = codebook.LoadGeography(indicators.Files); err != nil {
		t.Fatal(err)
	}
	if in.Catalogue, err = indicator.LoadFolder(os.DirFS("../../../cmd/twc/testdata/tiny/cat"), ""); err != nil {
		t.Fatal(err)
	}
	return in
}

// made is a release of one indicator, trust: by region, by region and sex, and undivided, in
// England, and England and Wales, in two years.
func made(t *testing.T) dataset.Input {
	t.Helper()
	in := sealed(t)
	label := func(column, of, code, text string) release.Label {
		return release.Label{Column: column, Of: of, Code: code, Text: text}
	}
	in.Labels = &release.Labels{
		Indicators: []release.IndicatorLabels{{
			ID: "trust", Title: "Trust, in people", Base: "Adults", Measures: []string{"B2"}, Leads: []string{"HO"}, Statistic: "proportion", Unit: "percent",
			Sources: []codebook.SourceID{"hocs/2001", "hocs/2003"}, Populations: []string{"england-and-wales", "england"}, Items: []string{"all"},
			Breakdowns: []release.Division{
				{Breakdown: "all", Categories: []string{"all"}},
				{Breakdown: "region", Categories: []string{"south-east", "london", "wales"}},
				{Breakdown: "region*status", Categories: []string{"london*owner", "south-east*owner"}},
				{Breakdown: "status", Categories: []string{"owner"}},
				{Breakdown: "police-force-area", Categories: []string{"gwent"}},
			},
		}},
		Sources: []release.SourceLabels{
			{ID: "hocs/2001", Title: "Citizenship Survey 2001", Study: "SN 4754", Population: "Adults", Licence: "End User Licence"},
			{ID: "hocs/2003", Title: "Citizenship Survey 2003", Study: "SN 5087", Population: "Adults", Licence: "End User Licence"},
		},
		Codes: []release.Label{
			label("breakdown", "", "police-force-area", "Police force area"), label("breakdown", "", "region", "Region"), label("breakdown", "", "region*status", "Region by status"), label("breakdown", "", "status", "Status"),
			label("category", "police-force-area", "gwent", "Gwent"),
			label("category", "region", "london", "London"), label("category", "region", "south-east", "South East"), label("category", "region", "wales", "Wales"),
			label("category", "region*status", "london*owner", "London, owner"), label("category", "region*status", "south-east*owner", "South East, owner"),
			label("category", "status", "owner", "Owner"),
			label("population", "", "england", "England"), label("population", "", "england-and-wales", "England and Wales"),
		},
	}
	nan := math.NaN()
	c := release.Content{}
	for _, key := range [][3]string{
		{"england-and-wales", "all", "all"},
		{"england-and-wales", "region", "london"},
		{"england-and-wales", "region", "wales"},
		{"england-and-wales", "police-force-area", "gwent"},
		{"england", "all", "all"},
		{"england", "region", "london"},
		{"england", "region", "south-east"},
		{"england", "status", "owner"},
		{"england", "region*status", "london*owner"},
		{"england", "region*status", "south-east*owner"},
	} {
		for i, source := range []codebook.SourceID{"hocs/2001", "hocs/2003"} {
			k := indicator.Key{Indicator: "trust", Source: source, Population: key[0], Breakdown: key[1], Category: key[2], Item: "all"}
			c.Figures = append(c.Figures, release.Figure{
				Key: k, PeriodStart: "2001-03-01", PeriodEnd: "2001-09-30", Statistic: "proportion", Unit: "percent", Value: 40, SE: 1, Lower: 38, Upper: 42, Level: .95,
				Method: "logit", DF: 100, DEFF: 1.2, Base: 900, Numerator: nan, Denominator: nan, Weight: "core", ErrorSource: "psus",
			})
			if i == 1 {
				c.Changes = append(c.Changes, release.Change{
					Key: k, FromSource: "hocs/2001", Statistic: "proportion", Unit: "percentage points", Change: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, P: nan, PAdjusted: nan, Verdict: release.NotComparable, Reason: "no-error-of-both",
				})
			}
		}
	}
	c.Sort()
	c.Words = in.Labels.Words("trust")
	in.Manifest = &release.Manifest{Format: release.FormatName, Indicators: []release.Indicator{{ID: "trust", Version: "1.0.0", Figures: len(c.Figures)}}}
	in.Contents = map[string]release.Content{"trust": c}
	return in
}

// ask makes the dataset of whom a word means.
func ask(t *testing.T, in dataset.Input, word string) *dataset.Dataset {
	t.Helper()
	who, err := dataset.Find(dataset.Everyone(in.Register, in.Geography, in.Labels), word)
	if err != nil {
		t.Fatal(err)
	}
	in.Who = who
	return dataset.New(in)
}

// column lists the texts of a column, "" for null.
func column(t *testing.T, d *dataset.Dataset, table, name string) []string {
	t.Helper()
	of := d.Table(table)
	if of == nil {
		return nil
	}
	i := slices.IndexFunc(of.Columns(), func(c dataset.Column) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("%s has no column %s", table, name)
	}
	var list []string
	for r := range of.Len() {
		text := ""
		if cell := of.Cell(r, i); cell != nil {
			text = fmt.Sprint(cell)
		}
		list = append(list, text)
	}
	return list
}

func TestFind(t *testing.T) {
	in := sealed(t)
	everyone := dataset.Everyone(in.Register, in.Geography, in.Labels)
	for _, c := range []struct{ word, want, wrong string }{
		{word: "HO", want: "department:HO"},
		{word: "dfes", want: "department:DfES"},
		{word: "Home Office", want: "department:HO"},
		{word: "department:ocjr", want: "department:OCJR"},
		{word: "DCMS", want: "department:DCMS"},
		{word: "london", want: "region:london"},
		{word: "South East", want: "region:south-east"},
		{word: "B5", want: "measure:B5"},
		{word: "2.C", want: "measure:2.c"},
		{word: "biennial", want: "strand:biennial"},
		{word: "2", want: "strand:2"},
		{word: "Democracy", want: "strand:2"},
		{word: "influence", want: "indicator:influence"},
		{word: "ALL", want: "all"},
		{word: " HO ", want: "department:HO"},
		{word: "the Home Office", want: "department:HO"},
		{word: "2c", want: "measure:2.c"},
		{word: "measure 2C", want: "measure:2.c"},
		{word: "measure-B5", want: "measure:B5"},
		{word: "measure: b5", want: "measure:B5"},
		{word: "strand 2", want: "strand:2"},
		{word: "region london", want: "region:london"},
		{word: "South-East", want: "region:south-east"},
		{word: "strand B5", wrong: `no department, region, measure, strand or indicator`},
		{word: " ", wrong: `no department, region, measure, strand or indicator`},
		{word: "Department of Heath", wrong: `did you mean "DH", Department of Health?`},
		{word: "Defar", wrong: `did you mean "Defra"?`},
		{word: "Environment", wrong: `did you mean "Defra"`},
		{word: "wales", wrong: "no department, region, measure, strand or indicator"}, // which is no Government Office Region
		{word: "measure:HO", wrong: `"measure:HO" is no measure`},
		{word: "region:londn", wrong: `did you mean "London"?`},
	} {
		who, err := dataset.Find(everyone, c.word)
		switch {
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s: got %v, want %s", c.word, err, c.wrong)
		case c.wrong == "" && (err != nil || who.String() != c.want):
			t.Errorf("%s: got %s (%v), want %s", c.word, who, err, c.want)
		}
	}
	twice := append(everyone, dataset.Who{Kind: dataset.Indicator, ID: "london", Name: "People in London"})
	if _, err := dataset.Find(twice, "London"); err == nil || !strings.Contains(err.Error(), "more than one thing") {
		t.Errorf("a word of two meanings: got %v", err)
	}
	if who, err := dataset.Find(twice, "indicator:london"); err != nil || who.Kind != dataset.Indicator {
		t.Errorf("one of its meanings: got %v, %v", who, err)
	}
}

// TestTables holds what every table of every dataset is to have.
func TestTables(t *testing.T) {
	for _, c := range []struct {
		word string
		in   dataset.Input
	}{{"HO", sealed(t)}, {"all", sealed(t)}, {"mean-age", sealed(t)}, {"HO", made(t)}, {"london", made(t)}, {"DCMS", made(t)}} {
		d := ask(t, c.in, c.word)
		for _, table := range d.Tables {
			at := c.word + ", " + table.Name()
			columns := table.Columns()
			names, keys := map[string]bool{}, map[string]bool{}
			for i, x := range columns {
				if names[x.Name] || x.Name != strings.ToLower(x.Name) || strings.ContainsAny(x.Name, "-. *") || len(x.Name) > 32 {
					t.Errorf("%s: column %q is there twice, or some program takes it for no name", at, x.Name)
				}
				names[x.Name] = true
				if x.About == "" || x.Words != "" && !names[x.Words] {
					t.Errorf("%s: column %s: nothing is said of it, or it does not stand behind the codes that it has the words for", at, x.Name)
				}
				if x.Type == sheet.Count && x.Unit == "" && x.Name != "strength" {
					t.Errorf("%s: column %s has no unit", at, x.Name)
				}
				for r := range table.Len() {
					if x.Words != "" && i > 0 && table.Cell(r, i) == nil && table.Cell(r, slices.IndexFunc(columns, func(o dataset.Column) bool { return o.Name == x.Words })) != nil && table.Name() != "measures" {
						t.Errorf("%s: row %d: %s has a code and no words", at, r, x.Name)
					}
				}
			}
			for r := range table.Len() {
				var key []string
				for i, x := range columns {
					if x.Required && table.Cell(r, i) == nil {
						t.Errorf("%s: row %d: %s is blank", at, r, x.Name)
					}
					if x.Key {
						key = append(key, fmt.Sprint(table.Cell(r, i)))
					}
				}
				if name := strings.Join(key, "\x00"); keys[name] && len(key) > 0 {
					t.Errorf("%s: row %d: its key is there twice: %q", at, r, key)
				} else {
					keys[name] = true
				}
			}
			if text := table.CSV(); len(text) == 0 || string(text) != string(ask(t, c.in, c.word).Table(table.Name()).CSV()) {
				t.Errorf("%s: not the same twice", at)
			}
		}
	}
}

// TestDimensions holds the columns of what figures are divided by, and the codes of places.
func TestDimensions(t *testing.T) {
	d := ask(t, made(t), "HO")
	var columns []string
	for _, x := range d.Dimensions {
		columns = append(columns, x.Column)
	}
	if got, want := strings.Join(columns, " "), "region by_status police_force_area"; got != want {
		t.Fatalf("dimensions %s, want %s", got, want)
	}
	type cells struct{ population, breakdown, region, status, force, country, regionGSS, forceGSS string }
	seen := map[cells]int{}
	get := func(name string) []string { return column(t, d, "figures", name) }
	population, breakdown, region, status, force := get("population"), get("breakdown"), get("region"), get("by_status"), get("police_force_area")
	country, regionGSS, forceGSS := get("country_gss"), get("region_gss"), get("police_force_area_gss")
	for r := range population {
		seen[cells{population[r], breakdown[r], region[r], status[r], force[r], country[r], regionGSS[r], forceGSS[r]}]++
	}
	for want := range map[cells]bool{
		{"england-and-wales", "total", "total", "total", "total", "", "", ""}:                               true, // whose code was not read
		{"england", "total", "total", "total", "total", "E92000001", "", ""}:                                true,
		{"england-and-wales", "region", "london", "total", "total", "E92000001", "", ""}:                    true, // whose own was not read
		{"england", "region", "south-east", "total", "total", "E92000001", "E12000008", ""}:                 true,
		{"england-and-wales", "region", "wales", "total", "total", "W92000004", "", ""}:                     true,
		{"england", "region*status", "south-east", "owner", "total", "E92000001", "E12000008", ""}:          true,
		{"england-and-wales", "police-force-area", "total", "total", "gwent", "W92000004", "", "W15000002"}: true,
	} {
		if seen[want] != 2 {
			t.Errorf("%d rows %+v, want one a source", seen[want], want)
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d kinds of rows, want 10", len(seen))
	}
	if notes := strings.Join(column(t, d, "notes", "text"), "\n"); !strings.Contains(notes, "left empty: London.") || !strings.Contains(notes, "left empty: England and Wales.") {
		t.Errorf("the codes that were not read are not told:\n%s", notes)
	}
}

// TestRegion holds that a region's figures stand beside those of England that are divided
// alike otherwise, and that an indicator without any is told.
func TestRegion(t *testing.T) {
	in := made(t)
	d := ask(t, in, "London")
	for _, table := range []string{"figures", "changes"} {
		seen := map[string]int{}
		population, region, status := column(t, d, table, "population"), column(t, d, table, "region"), column(t, d, table, "by_status")
		for r := range population {
			seen[population[r]+" "+region[r]+" "+status[r]]++
		}
		each := map[string]int{"figures": 2, "changes": 1}[table]
		want := map[string]int{"england-and-wales london total": each, "england london total": each, "england total total": each, "england total owner": each, "england london owner": each}
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", table, seen, want)
		}
	}
	if d = ask(t, in, "north-west"); d.Table("figures") != nil || !strings.Contains(strings.Join(column(t, d, "measures", "missing"), "\n"), "no figure of this region") {
		t.Errorf("a region that no figure is of: %v", column(t, d, "measures", "missing"))
	}
	d = ask(t, sealed(t), "London")
	if got := column(t, d, "measures", "missing"); !slices.Contains(got, "no figure by region") {
		t.Errorf("indicators that are not divided by region: %v", got)
	}
}

// TestNotices holds that a row that a notice affects says so, and no other does.
func TestNotices(t *testing.T) {
	in := made(t)
	notice := release.Standing{Number: 1, Notice: release.Notice{
		Issued: "2003-12-05", Kind: release.Withdrawal, Affects: &release.Scope{Indicators: []string{"trust"}, Sources: []codebook.SourceID{"hocs/2003"}, Categories: []string{"london"}}, Since: &release.Named{ID: in.ID}, Reason: "the weights were wrong",
	}}
	in.Notices = []release.Bearing{{Standing: notice, Effect: release.Affected}}
	d := ask(t, in, "HO")
	if len(d.Notices) != 1 || !slices.Contains(column(t, d, "notes", "kind"), "notice") {
		t.Errorf("the notice is not told")
	}
	for table, to := range map[string]string{"figures": "source", "changes": "to_source"} {
		source, region, status, told := column(t, d, table, to), column(t, d, table, "region"), column(t, d, table, "by_status"), column(t, d, table, "notice")
		for r := range told {
			affected := source[r] == "hocs/2003" && region[r] == "london" && status[r] == "total"
			if affected != strings.Contains(told[r], "WITHDRAWN (notice 1 of 2003-12-05): trust: hocs/2003, london: the weights were wrong") {
				t.Errorf("%s, %s %s %s: %q", table, source[r], region[r], status[r], told[r])
			}
		}
	}
}

// TestSince holds that what is told of a difference is of what is asked for: what moved, why,
// and the notices, also on what did not move.
func TestSince(t *testing.T) {
	in := made(t)
	in.Contents["wales"] = release.Content{} // of which no figure was sent
	empty := in.Labels.Indicators[0]
	empty.ID, empty.Title = "wales", "Trust in Wales"
	in.Labels.Indicators = append(in.Labels.Indicators, empty)
	in.Manifest.Indicators = append(in.Manifest.Indicators, release.Indicator{ID: "wales", Version: "1.0.0"})
	was := in.Contents["trust"]
	was.Figures = slices.Clone(was.Figures)
	at := slices.IndexFunc(was.Figures, func(f release.Figure) bool { return f.Category == "wales" && f.Source == "hocs/2003" })
	was.Figures[at].Value = 41
	from := release.Side{ID: "2003-11-01.1", Manifest: in.Manifest, Contents: map[string]release.Content{"trust": was, "wales": {}}}
	in.Since = release.NewDiff(from, release.Side{ID: in.ID, Manifest: in.Manifest, Contents: in.Contents}, nil)
	in.Reasons = []dataset.Reason{{Release: in.ID, Text: "Wales sent another return", Moves: in.Since.Moves()}, {Release: in.ID, Text: "of what moved back"}}
	in.Notices = []release.Bearing{{Standing: release.Standing{Number: 1, Notice: release.Notice{
		Issued: "2003-12-05", Kind: release.Withdrawal, Affects: &release.Scope{Indicators: []string{"trust"}, Categories: []string{"london"}}, Since: &release.Named{ID: from.ID}, Reason: "the weights were wrong",
	}}, Effect: release.Affected}}
	for _, c := range []struct {
		word, sentence                          string
		moves, reasons, notices, lacks, unmoved int
	}{
		{"trust", "1 of 1 indicator moved: 1 figure of hocs/2003", 1, 1, 1, 0, 0},
		{"London", "Nothing moved in 1 indicator.", 0, 0, 1, 0, 1},
		{"South East", "Nothing moved in 1 indicator.", 0, 0, 0, 0, 1},
		{"North West", "Nothing moved in 0 indicators.", 0, 0, 0, 1, 0},
		{"wales", "Nothing moved in 0 indicators.", 0, 0, 0, 1, 0},
	} {
		d := ask(t, in, c.word)
		if !strings.HasPrefix(d.Sentence, c.sentence) {
			t.Errorf("%s: got %q, want %q", c.word, d.Sentence, c.sentence)
		}
		if got := []int{len(column(t, d, "moves", "indicator")), len(d.Reasons), len(d.Notices), d.Lacking(), d.Unmoved()}; !slices.Equal(got, []int{c.moves, c.reasons, c.notices, c.lacks, c.unmoved}) {
			t.Errorf("%s: moves, reasons, notices, lacking and unmoved are %d, want %+v", c.word, got, c)
		}
		told := strings.Join(column(t, d, "measures", "notice"), "")
		if strings.Contains(told, "WITHDRAWN (notice 1 of 2003-12-05)") != (c.notices > 0) {
			t.Errorf("%s: measures says %q", c.word, told)
		}
		for _, s := range d.Standings {
			if s.Missing != "" && s.Unmoved != "" {
				t.Errorf("%s: %s stands in two lists: %q, %q", c.word, s.Indicator, s.Missing, s.Unmoved)
			}
		}
	}

	// One that went is told with the words of the release that had it.
	in.Contents, in.Labels = map[string]release.Content{}, &release.Labels{}
	in.Manifest = &release.Manifest{Format: release.FormatName}
	in.Since = release.NewDiff(from, release.Side{ID: in.ID, Manifest: in.Manifest, Contents: in.Contents}, []string{"trust"})
	if got := column(t, ask(t, in, "B2"), "moves", "leads"); len(got) == 0 || got[0] != "HO" {
		t.Errorf("an indicator that went: led by %q", got)
	}
}

// TestDepartments holds what a department has, what it lacks, and what the plan says of one
// that leads nothing.
func TestDepartments(t *testing.T) {
	in := sealed(t)
	for _, c := range []struct{ word, kind, want string }{
		{"HO", "beside", ""},
		{"HO", "lacks", "cohesion: not declared in the catalogue."},
		{"Defra", "lacks", "parish-clerks-qualified: "},
		{"DWP", "lacks", "The Department for Work and Pensions leads no measure of the plan. The plan names it in action 2.8 of the appendix."},
		{"CPS", "lacks", "The plan names it among those who lead or help at the end of strand 6."},
		{"DCMS", "lacks", "in actions 1.1, 1.9, 3.4, 3.7, 4.5, 4.6, 8.3 and 8.4 of the appendix, and among those who lead or help at the end of strands 1, 3 and 4."},
	} {
		d := ask(t, in, c.word)
		var told []string
		kinds, texts := column(t, d, "notes", "kind"), column(t, d, "notes", "text")
		for r := range kinds {
			if kinds[r] == c.kind {
				told = append(told, texts[r])
			}
		}
		if c.want != "" && !strings.Contains(strings.Join(told, "\n"), c.want) {
			t.Errorf("%s: %s: %q, want %q", c.word, c.kind, told, c.want)
		}
	}
	if d := ask(t, in, "HO"); !slices.Equal(slices.Compact(column(t, d, "figures", "indicator")), []string{"influence"}) {
		t.Errorf("HO has %v", slices.Compact(column(t, d, "figures", "indicator")))
	}
	for _, c := range []struct{ word, want string }{
		{"dcms", "action-1.1 action-1.9 action-3.4 action-3.7 action-4.5 action-4.6 action-8.3 action-8.4 end-of-strand-1 end-of-strand-3 end-of-strand-4"},
		{"hmt", "action-1.1 action-3.3 action-8.7 end-of-strand-1 end-of-strand-3"},
		{"CPS", "end-of-strand-6"},
		{"CO", "end-of-strand-2"},
		{"DCA", "action-2.2 action-2.4 action-6.2 end-of-strand-2 end-of-strand-6"}, // which leads measures
		{"strand:5", "action-5.1 action-5.2 action-5.3 action-5.4 action-5.5 action-5.6 end-of-strand-5 action-5.7"},
	} {
		if got := strings.Join(column(t, ask(t, in, c.word), "actions", "action"), " "); got != c.want {
			t.Errorf("%s has actions %s, want %s", c.word, got, c.want)
		}
	}
	if d := ask(t, in, "dcms"); d.Table("figures") != nil {
		t.Error("DCMS has figures")
	}
	all := map[string]bool{}
	for _, id := range column(t, ask(t, in, "all"), "actions", "action") {
		all[id] = true
	}
	if len(all) != 65+8 {
		t.Errorf("%d actions and ends of strands, want the appendix's 65 and 8", len(all))
	}
}
