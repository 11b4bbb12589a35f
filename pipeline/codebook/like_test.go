package codebook

import (
	"slices"
	"strings"
	"testing"
)

// A wave that is like crosswalkText's, with a page of its own; and a part of
// that wave, in its extract.
const (
	laterFile = "crosswalks/hocs/2003.yaml"
	laterText = `survey: hocs
wave: 2003
title: Home Office Citizenship Survey 2003
study: SN 5087
fieldwork: {start: 2003-03-01, end: 2003-09-30}
source: none was read
like: hocs/2001
without: [age-band]
variables:
  age: {from: age, range: [16, 99], known: read}
  hours: {from: hours, range: [0, 80], known: read}
`
	partFile = "crosswalks/hocs/2001-women.yaml"
	partText = `survey: hocs
wave: 2001-women
title: Home Office Citizenship Survey 2001, women
fieldwork: {start: 2001-03-01, end: 2001-06-30}
source: the codebook of SN 4754
like: hocs/2001
part: [{variable: sex, categories: [women]}]
`
)

// like parses the three pages after edits of them, old and new text by turns.
func like(t *testing.T, edits ...string) ([]*Crosswalk, string) {
	t.Helper()
	texts := []string{crosswalkText, laterText, partText}
	for i := 0; i < len(edits); i += 2 {
		found := false
		for k := range texts {
			if strings.Contains(texts[k], edits[i]) && !found {
				texts[k], found = strings.Replace(texts[k], edits[i], edits[i+1], 1), true
			}
		}
		if !found {
			t.Fatalf("%q is on no page", edits[i])
		}
	}
	var pages []*Page
	for i, file := range []string{crosswalkFile, laterFile, partFile} {
		pages = append(pages, NewPage(file, []byte(texts[i])))
	}
	// The last first: the order of the pages does not matter.
	slices.Reverse(pages)
	waves, ps := ParseCrosswalks(pages, sound(t))
	slices.Reverse(waves)
	return waves, lines(ps)
}

func TestLike(t *testing.T) {
	waves, problems := like(t)
	if problems != "" {
		t.Fatal(problems)
	}
	first, later, part := waves[0], waves[1], waves[2]
	if later.Population != first.Population || later.Licence != first.Licence || later.File != first.File || len(later.Weights) != 2 || len(later.Populations) != 2 {
		t.Errorf("what the page does not say is not as in the wave that it is like: %+v", later)
	}
	if _, has := later.Variables["age-band"]; has || len(later.Variables) != 5 {
		t.Errorf("variables %v, want those of 2001 without age-band and with hours", later.Variables)
	}
	if later.Variables["age"].From != "age" || later.Variables["age"].Known != Read {
		t.Errorf("age is %+v, want the page's own", later.Variables["age"])
	}
	if later.Variables["sex"].Known != Memory || later.Weights["combined"].Known != Memory {
		t.Error("a name that was checked for another wave counts as checked for this one")
	}
	if later.Identify != nil || part.Identify == nil || part.Study != "SN 4754" || later.PartOf() != "" || part.PartOf() != "hocs/2001" {
		t.Error("identity and study are the extract's: a part has them, another wave has its own")
	}
	if part.Variables["sex"].Known != Confirmed {
		t.Error("a part is in the same extract: its names are as checked as there")
	}
	if len(part.Decisions) != 1 || len(later.Decisions) != 1 {
		t.Errorf("decisions %v and %v, want that on trust", part.Decisions, later.Decisions)
	}
	for i, want := range []int{1, 2} {
		if got := part.Populations[i].Where; len(got) != want || got[0].Variable != "sex" {
			t.Errorf("population %s is of %v", part.Populations[i].ID, got)
		}
	}
	if len(first.Populations[0].Where) != 0 {
		t.Error("the whole wave became its part")
	}
	for _, c := range []struct {
		keys []string
		want string
	}{
		{[]string{"variables", "age"}, laterFile + ":10"},
		{[]string{"variables", "sex"}, crosswalkFile + ":22"},
		{[]string{"nothing"}, laterFile + ":1"},
	} {
		if got := later.At(c.keys...); got != c.want {
			t.Errorf("%v is at %s, want %s", c.keys, got, c.want)
		}
	}
	if got := string(later.Text()); got != crosswalkText+laterText {
		t.Errorf("the text that the digest is of is %q", got)
	}
}

func TestLikeRefuses(t *testing.T) {
	for _, c := range []struct {
		claim string
		edit  []string
		want  string
	}{
		{"no such wave", []string{"like: hocs/2001\nwithout", "like: hocs/2002\nwithout"}, laterFile + `:7: no wave "hocs/2002" in the catalogue; did you mean "hocs/2001"?`},
		{"a circle", []string{"survey: hocs\nwave: 2001\n", "survey: hocs\nwave: 2001\nlike: hocs/2003\n"}, laterFile + `:7: wave hocs/2003 is like itself, by way of hocs/2001`},
		{"a wave without what only it can say", []string{"study: SN 5087\n", ""}, laterFile + `:1: no study`},
		{"without a variable that there is not", []string{"[age-band]", "[age-bnd]"}, laterFile + `:8: no variable "age-bnd" in hocs/2001; did you mean "age-band"?`},
		{"without a variable that it gives", []string{"[age-band]", "[age]"}, laterFile + `:8: variable "age" is here and is not to be, want one of the two`},
		{"without, and like none", []string{"like: hocs/2001\nwithout", "without"}, laterFile + `:7: without variables of no wave, want like: the wave that has them`},
		{"a part of nothing", []string{"like: hocs/2001\npart", "part"}, partFile + `:6: a part of no wave, want like: the wave whose extract it is in`},
		{"a part by what the wave has not", []string{"part: [{variable: sex, categories: [women]}]", "part: [{variable: hours, at_least: 1}]"}, partFile + `:7: a part by variable "hours", which this crosswalk does not have`},
		{"a part of an unknown category", []string{"part: [{variable: sex, categories: [women]}]", "part: [{variable: sex, categories: [womn]}]"}, partFile + `:7: variable "sex" has no category "womn"; did you mean "women"?`},
		{"what it is like is wrong, and only that is told", []string{"-8: dont-know", "-8: unsure"}, crosswalkFile + `:18: code -8: no kind of missing "unsure", want one of system, not-applicable, refused, dont-know`},
		{"an unknown key of a page that is like another", []string{"without:", "wihtout:"}, laterFile + `:8: unknown key "wihtout"; did you mean "without"?`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if _, got := like(t, c.edit...); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
