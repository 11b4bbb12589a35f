package propose_test

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/propose"
)

// teaching is the crosswalk of the teaching dataset, with its text changed.
func teaching(t *testing.T, change func(line string) string) *codebook.Crosswalk {
	t.Helper()
	const file = "crosswalks/bcs/2007-08-teaching.yaml"
	text, err := fs.ReadFile(indicators.Files, file)
	if err != nil {
		t.Fatal(err)
	}
	var made strings.Builder
	for line := range strings.Lines(string(text)) {
		made.WriteString(change(line))
	}
	x, ps := codebook.ParseCrosswalk(codebook.NewPage(file, []byte(made.String())), common(t))
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return x
}

// renamed is a line of the page with other raw variables, none where to gives none.
func renamed(line string, to func() string) string {
	for _, key := range []string{": {from: ", ": {first: "} {
		before, rest, found := strings.Cut(line, key)
		if !found {
			continue
		}
		end := ", "
		if strings.HasPrefix(rest, "[") {
			end = "], "
		}
		_, after, _ := strings.Cut(rest, end)
		named := to()
		switch {
		case named == "":
			return before + ": {" + after
		case end == "], ":
			return before + ": {first: [" + named + ", " + to() + "], " + after
		}
		return before + ": {from: " + named + ", " + after
	}
	return line
}

// The variables of the teaching dataset are found when the crosswalk has none of their
// names, wrong ones, or those of other variables of the file: nine of ten are the first
// candidate, and none is proposed that is not right. What other waves call them may be
// known or not.
func TestTeachingDatasetBlanked(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	truth := map[string][]string{}
	for name, s := range c.Crosswalk("bcs/2007-08-teaching").Variables {
		truth[name] = s.Raw()
	}
	other := []string{"work", "livharm1", "educat3", "yrsarea", "walkday", "homealon", "wmugged", "wattack", "causem", "tcsteal"}
	n := 0
	changes := map[string]func() string{
		"removed": func() string { return "" },
		"wrong":   func() string { n++; return "v" + string(rune('a'+n%26)) },
		"others'": func() string { n++; return other[n%len(other)] },
	}
	folder := filepath.Dir(bcs(t))
	for _, file := range []string{"bcs_2007_8_teaching_data.tab", "bcs_2007_8_teaching_pspp.zsav", "bcs_2007_8_teaching_haven_v8.dta", "bcs_2007_8_teaching_haven_v14.dta"} {
		d, err := ingest.Describe(ingest.Source{Path: filepath.Join(folder, file)}, nil, ingest.Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for how, change := range changes {
			x := teaching(t, func(line string) string {
				return strings.ReplaceAll(renamed(line, change), "known: confirmed}\n", "known: memory}\n")
			})
			for _, known := range []propose.Known{{Book: c.Codebook}, {Book: c.Codebook, Names: names(c)}} {
				first, settled := 0, 0
				for _, p := range propose.Wave(d, x, known) {
					want, variable := truth[p.Subject]
					if !variable {
						continue
					}
					if len(p.Candidates) > 0 && slices.Equal(p.Candidates[0].Raw, want) {
						first++
					}
					if p.Settled {
						settled++
						if got := p.Candidates[0]; !slices.Equal(got.Raw, want) || got.Codes != nil {
							t.Errorf("%s, names %s: %s is proposed as %v with codes %v, want %v as the crosswalk has them", file, how, p.Subject, got.Raw, got.Codes, want)
						}
					}
				}
				if first < 9 || settled < 7 {
					t.Errorf("%s, names %s, %d names of other waves: %d of %d variables are the first candidate and %d are proposed, want 9 and 7", file, how, len(known.Names), first, len(truth), settled)
				}
			}
		}
	}
}

// names are what other waves of the survey call their variables.
func names(c *indicator.Catalogue) map[string][]propose.Named {
	found := map[string][]propose.Named{}
	for _, x := range c.Crosswalks {
		if x.Survey == "bcs" && x.Wave != "2007-08-teaching" {
			for name, s := range x.Variables {
				for _, raw := range s.Raw() {
					found[name] = append(found[name], propose.Named{Name: raw, Wave: x.ID()})
				}
			}
		}
	}
	return found
}

// variable is one of a made file; codes are "code: label" with 100 rows each.
func variable(name, label string, codes ...string) description.Variable {
	v := description.Variable{Name: name, Label: label, Numeric: true, Every: true, Present: 100 * len(codes)}
	for _, c := range codes {
		code, label, _ := strings.Cut(c, ": ")
		v.Codes = append(v.Codes, coded(code, label, 100, false))
	}
	return v
}

// What is proposed, and what is told of it, of one variable.
func TestWave(t *testing.T) {
	agree := []string{"1: Definitely agree", "2: Tend to agree", "3: Tend to disagree", "4: Definitely disagree"}
	turned := []string{"1: Definitely disagree", "2: Tend to disagree", "3: Tend to agree", "4: Definitely agree"}
	const asked = "Can influence decisions affecting the local area"
	mapped := map[string]string{"1": "definitely-agree", "2": "tend-to-agree", "3": "tend-to-disagree", "4": "definitely-disagree"}
	source := codebook.Source{From: "paffloc", Codes: mapped, Known: codebook.Memory}
	for _, c := range []struct {
		claim     string
		source    codebook.Source
		variables []description.Variable
		shares    []propose.Share
		first     string // raw variable of the first candidate
		settled   bool
		why       string // of what is not settled
		swapped   bool
		codes     map[string]string
		missing   map[string]string
	}{
		{"another name, the same question", source, []description.Variable{variable("q1", asked, agree...)}, nil, "q1", true, "", false, nil, nil},
		{"in other words", source, []description.Variable{variable("q1", "Agree that you can influence decisions affecting your local area", agree...)}, nil, "q1", true, "", false, nil, nil},
		{"the right name and another question", source, []description.Variable{variable("paffloc", "Can influence decisions affecting Great Britain", agree...)}, nil, "paffloc", false, "its label is more like influence-national", false, nil, nil},
		{"two of one question", source, []description.Variable{variable("q1", asked, agree...), variable("q2", asked, agree...)}, nil, "q1", false, "2 are alike", false, nil, nil},
		{"its scale turned around", source, []description.Variable{variable("q1", asked, turned...)}, nil, "q1", true, "", true, map[string]string{"1": "definitely-disagree", "2": "tend-to-disagree", "3": "tend-to-agree", "4": "definitely-agree"}, nil},
		{"other codes", source, []description.Variable{variable("q1", asked, "10: Definitely agree", "20: Tend to agree", "30: Tend to disagree", "40: Definitely disagree")}, nil, "q1", true, "", false, map[string]string{"10": "definitely-agree", "20": "tend-to-agree", "30": "tend-to-disagree", "40": "definitely-disagree"}, nil},
		{"codes that nobody wrote yet", codebook.Source{Known: codebook.Memory}, []description.Variable{variable("q1", asked, agree...)}, nil, "q1", true, "", false, mapped, nil},
		{"codes that neither the crosswalk nor a label gives", codebook.Source{Known: codebook.Memory}, []description.Variable{variable("q1", asked, "1", "2")}, nil, "q1", false, "the crosswalk gives no codes, and the file no labels of them", false, nil, nil},
		{"another missing code", source, []description.Variable{variable("q1", asked, append(agree, "-7: Refused")...)}, nil, "q1", true, "", false, nil, map[string]string{"-7": "refused", "-8": "dont-know"}},
		{"a code that is no category", source, []description.Variable{variable("q1", asked, append(agree, "5: It depends on the council")...)}, nil, "q1", false, "code 5 (It depends on the council), 100 rows, is no category", false, nil, nil},
		{"somebody else's", source, []description.Variable{variable("q1", asked+", partner", agree...)}, nil, "q1", false, `its label says "partner"`, false, nil, nil},
		{"the right name and codes, of a question that nobody knows", source, []description.Variable{variable("paffloc", "Ease of getting to the station", agree...)}, nil, "paffloc", false, "too little says so", false, nil, nil},
		{"a part of the question", source, []description.Variable{variable("q1", "Can influence decisions at the place where one works", agree...), variable("q2", "It is easy to get to the station", agree...)}, nil, "q1", false, "too little says so", false, nil, nil},
		{"a name without labels", source, []description.Variable{variable("paffloc", "", "1", "2", "3", "4")}, nil, "paffloc", false, "by its name alone", false, nil, nil},
		{"a name with codes that the crosswalk does not have", source, []description.Variable{variable("paffloc", "", "1", "2", "7")}, nil, "", false, "no variable is like it", false, nil, nil},
		{"nothing like it", source, []description.Variable{variable("q1", "Ease of getting to the shops", "1: Very easy", "2: Fairly easy", "3: Hard")}, nil, "", false, "no variable is like it", false, nil, nil},
		{"labels of codes that do not tell", source, []description.Variable{variable("q1", asked, "1: Definitely", "2: Tend to", "3: Tend to", "4: Definitely")}, nil, "q1", false, "the labels of its codes do not tell its categories apart", false, nil, nil},
		{"a share that was published", source, []description.Variable{variable("q1", asked, agree...)}, []propose.Share{{Categories: []string{"definitely-agree", "tend-to-agree"}, Percent: 43, Source: "hocs/2001"}}, "q1", true, "", false, nil, nil},
		{"and one that is far from it", source, []description.Variable{variable("q1", asked, agree...)}, []propose.Share{{Categories: []string{"definitely-agree"}, Percent: 43, Source: "hocs/2001"}}, "q1", false, "share: 25% unweighted, 43% published of hocs/2001", false, nil, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := &description.File{SHA256: strings.Repeat("0f", 32), Rows: 400, Variables: append(c.variables, variable("shops", "How often one goes to the shops", "1: Daily", "2: Weekly"))}
			x := &codebook.Crosswalk{Missing: map[string]string{"-8": "dont-know"}, Variables: map[string]codebook.Source{"influence-local": c.source}}
			p := propose.Wave(d, x, propose.Known{Book: common(t), Shares: map[string][]propose.Share{"influence-local": c.shares}})[0]
			var got propose.Candidate
			if len(p.Candidates) > 0 {
				got = p.Candidates[0]
			}
			if first := strings.Join(got.Raw, "+"); first != c.first || p.Settled != c.settled || p.Why != c.why || got.Swapped != c.swapped {
				t.Errorf("got %q, settled %v, %q, swapped %v; want %q, %v, %q, %v", first, p.Settled, p.Why, got.Swapped, c.first, c.settled, c.why, c.swapped)
			}
			if !equal(got.Codes, c.codes) || !equal(got.Missing, c.missing) {
				t.Errorf("codes %v, missing %v; want %v, %v", got.Codes, got.Missing, c.codes, c.missing)
			}
		})
	}
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for key, value := range a {
		if b[key] != value {
			return false
		}
	}
	return true
}
