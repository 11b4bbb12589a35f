package codebook

import (
	"strings"
	"testing"

	"togetherwecan/indicators"
)

// TestGeography holds the places that are built in to the codebook: every one is a
// category or a population, and those of England and Wales are all there.
func TestGeography(t *testing.T) {
	g, err := LoadGeography(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	for level, want := range map[Level]int{Country: 3, Region: 9, PoliceForceArea: 43} {
		if got := len(g.Of(level)); got != want {
			t.Errorf("%d places of level %s, want %d", got, level, want)
		}
	}
	text, err := indicators.Files.ReadFile("codebook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range g {
		if p.Code != "england-and-wales" && !strings.Contains(string(text), "{code: "+p.Code+",") {
			t.Errorf("%s %s is no category of the codebook", p.Level, p.Code)
		}
	}
	if p := g.Place(PoliceForceArea, "west-midlands"); p == nil || p.GSS != "E23000014" {
		t.Errorf("West Midlands Police is %v", p)
	}
	if p := g.Place(Region, "eastern"); p == nil || p.Code != "east-of-england" {
		t.Errorf("the region that turnout calls Eastern is %v", p)
	}
	if p := g.Place(Region, ""); p != nil {
		t.Errorf("no code is that of %v", p)
	}
	if p := g.Place(Region, "london"); p == nil || p.GSS != "" {
		t.Errorf("London, whose code was not read, is %v", p)
	}
}

func TestParseGeographyRefuses(t *testing.T) {
	head := "level,code,gss_code,name,also\n"
	for _, c := range []struct{ name, text, want string }{
		{"another header", "level,name\n", "want the columns"},
		{"no such level", head + "regin,london,E12000007,London,\n", `g.csv:2: level "regin"; did you mean "region"?`},
		{"a code that is none", head + "region,London,E12000007,London,\n", `g.csv:2: code "London"`},
		{"a GSS code out of form", head + "region,london,E1200000,London,\n", `g.csv:2: gss_code "E1200000"`},
		{"a place that is there twice", head + "region,london,,London,\nregion,london,,London,\n", `g.csv:3: region "london" is there twice`},
		{"a GSS code that is there twice", head + "region,london,E12000007,London,\nregion,leeds,E12000007,Leeds,\n", `g.csv:3: region "leeds" is there twice`},
		{"another's code", head + "region,london,,London,\nregion,leeds,,Leeds,london\n", `g.csv:3: region "leeds" is there twice`},
		{"another code that is none", head + "region,london,,London,Greater London\n", `g.csv:2: also "Greater London"`},
	} {
		if _, err := ParseGeography("g.csv", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}
