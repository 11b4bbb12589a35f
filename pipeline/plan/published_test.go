package plan_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/seeds"
)

func TestPublishedHasTheHeadline(t *testing.T) {
	figures, err := plan.LoadPublished(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(figures) != 202 {
		t.Errorf("%d figures, want 202", len(figures))
	}
	find := func(wave, population string) []float64 {
		var values []float64
		for _, f := range figures {
			if f.Indicator == "influence-local" && f.Source == codebook.WaveID("hocs", wave) && f.Population == population && f.Breakdown == "all" {
				values = append(values, f.Value)
			}
		}
		return values
	}
	for _, c := range []struct {
		wave, population string
		want             []float64
	}{
		{"2001", "england-and-wales", []float64{43}},
		{"2003", "england-and-wales", []float64{38}},
		{"2001", "england", []float64{44, 44}}, // in two publications
	} {
		if got := find(c.wave, c.population); !slices.Equal(got, c.want) {
			t.Errorf("influence-local %s %s: %v, want %v", c.wave, c.population, got, c.want)
		}
	}
	i := slices.IndexFunc(figures, func(f plan.Published) bool {
		return f.Indicator == "election-turnout" && f.Source == "returns/election-turnout/2001-06-07"
	})
	if f := figures[i]; f.Value != 59.4 || f.Decimals != 1 || f.Base != 0 || !math.IsNaN(f.CILower) || f.Unit != "percent" {
		t.Errorf("turnout in 2001 is %+v", f)
	}
}

// The figures' facts are those of the file that they were converted from, row
// for row; names were brought to the catalogue's.
func TestPublishedAgreesWithItsSource(t *testing.T) {
	rows := sources(t, "published/figures.csv")
	figures, err := plan.LoadPublished(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(figures) {
		t.Fatalf("%d figures, the source has %d", len(figures), len(rows))
	}
	surveys := map[string]string{"Citizenship Survey": "hocs", "British Crime Survey": "bcs", "Community Life Survey": "cls", "Crime Survey England & Wales": "csew"}
	for i, row := range rows {
		f := figures[i]
		base := ""
		if f.Base > 0 {
			base = strconv.Itoa(f.Base)
		}
		got := []string{strconv.FormatFloat(f.Value, 'f', f.Decimals, 64), base, f.Publication, f.Table, f.URL}
		want := []string{row["value"], row["base_n"], row["publication"], row["table_or_page"], row["url"]}
		if !slices.Equal(got, want) {
			t.Errorf("row %d is %q, the source has %q", i+1, got, want)
		}
		if s, ok := surveys[row["source_survey"]]; ok && s != f.Source.Survey() {
			t.Errorf("row %d: survey %q, the source has %q", i+1, f.Source.Survey(), row["source_survey"])
		}
		if (f.Unit == "percent") != (row["unit"] == "%") {
			t.Errorf("row %d: unit %q, the source has %q", i+1, f.Unit, row["unit"])
		}
		if year := f.Source.Wave()[:4]; !strings.Contains(row["wave"], year) && row["wave"] != "12 months to Sep 2009" {
			t.Errorf("row %d: wave %q, the source has %q", i+1, f.Source, row["wave"])
		}
		if (f.Breakdown == "all") != slices.Contains([]string{"all", "all households", "target", "10-17"}, row["breakdown"]) {
			t.Errorf("row %d: breakdown %q, the source has %q", i+1, f.Breakdown, row["breakdown"])
		}
	}
}

func TestPublishedRefuses(t *testing.T) {
	const columns = "indicator,item,source,population,breakdown,category,value,unit,base,ci_lower,ci_upper,publication,table,url,checked,note,absent,kind,documented"
	const head = columns + "\n"
	const good = "influence-local,,hocs/2001,england,all,all,43,percent,,,,The plan,,,read,,,,\n"
	for _, c := range []struct{ name, text, want string }{
		{"other columns", "a,b\n", `p.csv:1: columns "a,b", want "` + columns + `"`},
		{"a value that is no number", head + strings.Replace(good, ",43,", ",43%,", 1), `p.csv:2: value "43%", want a number`},
		{"a value that is not finite", head + strings.Replace(good, ",43,", ",NaN,", 1), `p.csv:2: value "NaN", want a number`},
		{"an id out of form", head + good + strings.Replace(good, "influence-local", "influence_local", 1), `p.csv:3: indicator "influence_local": want lower-case letters, digits and single hyphens`},
		{"a wave without its survey", head + strings.Replace(good, "hocs/2001", "2001", 1), `p.csv:2: source "2001" is not the id of a source, want one such as hocs/2001: a survey that begins with a letter and is no month, and its wave`},
		{"half an interval", head + strings.Replace(good, "percent,,,", "percent,,42,", 1), `p.csv:2: an interval with one end, want both or neither`},
		{"an unknown check", head + strings.Replace(good, "read", "heard", 1), `p.csv:2: checked "heard", want read or press`},
		{"an unknown kind", head + strings.Replace(good, "read,,,", "read,,,guess", 1), `p.csv:2: kind "guess", want target, fact or none`},
		{"half a choice", head + strings.Replace(good, "read,,,,", "read,,,,population=", 1), `p.csv:2: documented "population=", want a choice such as population=england`},
		{"no publication", head + strings.Replace(good, "The plan", "", 1), `p.csv:2: want a unit and a publication`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := plan.ParsePublished("p.csv", strings.NewReader(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}
