package propose_test

import (
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/propose"
	"togetherwecan/testdata/shared"
)

// common is the catalogue's codebook.
func common(t *testing.T) *codebook.Codebook {
	t.Helper()
	data, err := fs.ReadFile(os.DirFS("../../indicators"), "codebook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, ps := codebook.Parse(codebook.NewPage("codebook.yaml", data))
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return book
}

func parse(t *testing.T, text string) (*codebook.Crosswalk, error) {
	t.Helper()
	x, ps := codebook.ParseCrosswalk(codebook.NewPage("crosswalks/bcs/2007-08.yaml", []byte(text)), common(t))
	return x, ps.Err()
}

// bcs is the path of the British Crime Survey's teaching dataset.
func bcs(t testing.TB) string {
	t.Helper()
	return shared.File(t, "data/bcs0708/bcs_2007_8_teaching_data.tab")
}

// coded is a code with its label, its rows and whether it is declared missing.
func coded(code, label string, count int, declared bool) description.Code {
	return description.Code{Code: code, Label: label, Count: count, Declared: declared}
}

// The draft for the teaching dataset is refused at places that it marks and at
// no other; with these filled in, it is a crosswalk.
func TestDraftOfTheTeachingDataset(t *testing.T) {
	d, err := ingest.Describe(ingest.Source{Path: bcs(t)}, nil, ingest.Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := string(propose.Draft(d, common(t)))
	lines := strings.Split(text, "\n")
	_, err = parse(t, text)
	if err == nil {
		t.Fatal("the draft was taken as it is, and nobody has checked it")
	}
	for line := range strings.Lines(err.Error()) {
		m := regexp.MustCompile(`^crosswalks/bcs/2007-08\.yaml:(\d+): `).FindStringSubmatch(line)
		if m == nil {
			t.Errorf("%s: no line", line)
			continue
		}
		if n, _ := strconv.Atoi(m[1]); !strings.Contains(lines[n-1], "# check") {
			t.Errorf("refused at a line that is not marked: %s%s", line, lines[n-1])
		}
	}
	filled := strings.NewReplacer(
		`survey: ""`, "survey: bcs", `wave: ""`, `wave: "2007-08"`, `title: ""`, "title: British Crime Survey", `study: ""`, "study: SN 6891",
		`population: ""`, "population: Adults", `{start: "", end: ""}`, "{start: 2007-04-01, end: 2008-03-31}", `licence: ""`, "licence: OGL",
		`label: ""`, "label: Adults",
	).Replace(text)
	x, err := parse(t, filled)
	if err != nil {
		t.Fatalf("with the marked places filled in: %v", err)
	}
	if x.Weights["core"].Variable != "tcindwt" || !x.File.Matches("BCS.TAB") || x.File.Reader != ingest.Any {
		t.Errorf("weight %+v, file %+v; want tcindwt, any reader of *.tab", x.Weights["core"], x.File)
	}
	// The crosswalk that analysts wrote for this file gives these variables
	// and codes.
	refused := map[string]string{"8": "refused", "9": "dont-know"}
	worried := map[string]string{"1": "very-worried", "2": "fairly-worried", "3": "not-very-worried", "4": "not-at-all-worried"}
	not := map[string]string{"5": "not-applicable", "8": "refused", "9": "dont-know"}
	for _, want := range []struct {
		name, from string
		codes      map[string]string
		missing    map[string]string
	}{
		{"sex", "sex", map[string]string{"1": "male", "2": "female"}, map[string]string{}},
		{"ethnic-group", "ethgrp2", map[string]string{"1": "white", "2": "mixed", "3": "asian", "4": "black", "5": "chinese-or-other"}, map[string]string{}},
		{"urban-rural", "rural2", map[string]string{"1": "urban", "2": "rural"}, map[string]string{}},
		{"walk-after-dark", "walkdark", map[string]string{"1": "very-safe", "2": "fairly-safe", "3": "a-bit-unsafe", "4": "very-unsafe"}, refused},
		{"worry-burglary", "wburgl", worried, not},
		{"worry-mugging", "wmugged", worried, not},
		{"worry-attack", "wattack", worried, not},
		{"worry-rape", "wraped", worried, not},
		{"worry-racial-attack", "wraceatt", worried, not},
		{"worry-theft-of-car", "wcarstol", worried, not},
		{"worry-theft-from-car", "wfromcar", worried, not},
		{"area-crime-change", "crimerat", map[string]string{"1": "a-lot-more", "2": "a-little-more", "3": "about-the-same", "4": "a-little-less", "5": "a-lot-less"}, refused},
		{"victim", "bcsvictim", map[string]string{"0": "no", "1": "yes"}, map[string]string{}},
		{"age", "age", nil, map[string]string{"998": "system", "999": "system"}},
	} {
		got := x.Variables[want.name]
		if diff := cmp.Diff(want.codes, got.Codes); diff != "" || got.From != want.from {
			t.Errorf("%s from %q, want %q; codes: want -, got +:\n%s", want.name, got.From, want.from, diff)
		}
		if diff := cmp.Diff(want.missing, got.Missing); diff != "" {
			t.Errorf("%s: missing: want -, got +:\n%s", want.name, diff)
		}
	}
	if len(x.Variables) != 14 {
		t.Errorf("%d variables, want the 14 above and no guess beside", len(x.Variables))
	}
	for _, line := range []string{
		"      5: a-lot-less  # a lot less crime, 171 rows, check: the file declares it missing",
		"#   causem: one main cause of crime in britain today",
		"#   tenure: Tenure",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}

// Names and labels of a hostile file stay text of the draft: it is YAML
// whatever they hold.
func TestDraftOfHostileLabels(t *testing.T) {
	hostile := "x\"\nsurvey: bad # \\ {"
	d := &description.File{Name: hostile + ".tab", Rows: 1, Variables: []description.Variable{
		{Name: "sex", Label: hostile, Numeric: true, Every: true, Present: 1, Codes: []description.Code{
			coded("1", "male "+hostile, 1, false), coded("2", "female", 0, false), coded(".a", "refused\nq: r", 3, true), coded("-9", hostile, 1, true),
		}},
		{Name: hostile, Weight: "its name says so"},
	}}
	text := string(propose.Draft(d, common(t)))
	_, err := parse(t, text)
	if err == nil || strings.Contains(err.Error(), "not YAML") || strings.Contains(err.Error(), "unknown key") || strings.Contains(err.Error(), `"bad"`) {
		t.Errorf("got %v from\n%s", err, text)
	}
}

// Labels of codes that a format cut short may have lost what turns them around: "Not a ve" is no
// more "Not a problem at all" than "Not a very big problem". Whole ones say which codes they are.
func TestCodesWhoseLabelsAreCut(t *testing.T) {
	x := &codebook.Crosswalk{Variables: map[string]codebook.Source{"anti-social-drugs": {
		From: "druguse", Known: codebook.Memory,
		Codes: map[string]string{"1": "very-big", "2": "fairly-big", "3": "not-very-big", "4": "not-a-problem"},
	}}}
	for _, c := range []struct {
		claim  string
		most   int
		want   bool
		second string
	}{
		{"whole", 80, true, "not-very-big"},
		{"cut to eight", 8, false, ""},
	} {
		cut := func(label string) string { return label[:min(len(label), c.most)] }
		d := &description.File{Rows: 100, Names: []string{"druguse_"}, Variables: []description.Variable{{
			Name: "druguse_", Label: "People using or dealing drugs", Numeric: true, Every: true, Present: 100, Min: 1, Max: 4,
			Codes: []description.Code{
				coded("1", cut("Not a problem at all"), 40, false), coded("2", cut("Not a very big problem"), 30, false),
				coded("3", cut("A fairly big problem"), 20, false), coded("4", cut("A very big problem"), 10, false),
			},
		}}}
		found := propose.Wave(d, x, propose.Known{Book: common(t)})
		if len(found) != 1 || len(found[0].Candidates) != 1 {
			t.Fatalf("%s: got %+v, want one candidate", c.claim, found)
		}
		p := found[0]
		if p.Settled != c.want {
			t.Errorf("%s: got settled %v (%s), want %v", c.claim, p.Settled, p.Why, c.want)
		}
		if got := p.Candidates[0].Codes["2"]; c.want && got != c.second {
			t.Errorf("%s: got code 2 as %q, want %q", c.claim, got, c.second)
		}
	}
}
