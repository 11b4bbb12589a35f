package codebook_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// categories are "code: Label" by commas.
func categories(text string) []codebook.Category {
	var made []codebook.Category
	for part := range strings.SplitSeq(text, ", ") {
		code, label, _ := strings.Cut(part, ": ")
		made = append(made, codebook.Category{Code: code, Label: label})
	}
	return made
}

// pairs are the same as a map.
func pairs(text string) map[string]string {
	made := map[string]string{}
	if text != "" {
		for _, c := range categories(text) {
			made[c.Code] = c.Label
		}
	}
	return made
}

const (
	agreeScale = "definitely-agree: Definitely agree, tend-to-agree: Tend to agree, tend-to-disagree: Tend to disagree, definitely-disagree: Definitely disagree"
	agreeCodes = "1: definitely-agree, 2: tend-to-agree, 3: tend-to-disagree, 4: definitely-disagree"
	worryScale = "very-worried: Very worried, fairly-worried: Fairly worried, not-very-worried: Not very worried, not-at-all-worried: Not at all worried"
	worryCodes = "1: very-worried, 2: fairly-worried, 3: not-very-worried, 4: not-at-all-worried"
	sexScale   = "male: Men, female: Women"
	yesOrNo    = "yes: Yes, no: No"
	tenures    = "owner: Owners, social-renter: Social renters, private-renter: Private renters"
	regions    = "north-east: North East, north-west: North West, south-east: South East, south-west: South West"
	moreCrime  = "a-lot-more: A lot more, a-little-more: A little more, about-the-same: About the same, a-little-less: A little less, a-lot-less: A lot less"
)

// A label that says another category than the crosswalk makes of its code is found;
// wording that only differs is not.
func TestContradictions(t *testing.T) {
	cases := []struct {
		name, scale, codes, missing, labels string
		want                                []string // codes that are found
	}{
		{"the same words", agreeScale, agreeCodes, "", "1: Definitely agree, 2: Tend to agree, 3: Tend to disagree, 4: Definitely disagree", nil},
		{"a scale turned around", agreeScale, agreeCodes, "", "1: Definitely disagree, 2: Tend to disagree, 3: Tend to agree, 4: Definitely agree", []string{"1", "2", "3", "4"}},
		{"in capitals and with their numbers", agreeScale, agreeCodes, "", "1: 1. DEFINITELY DISAGREE, 2: 2. TEND TO DISAGREE, 3: 3. TEND TO AGREE, 4: 4. DEFINITELY AGREE", []string{"1", "2", "3", "4"}},
		{"in other words", agreeScale, agreeCodes, "", "1: Disagree definitely with this, 2: Tend to disagree with it, 3: Tend to agree with it, 4: Agree definitely with this", []string{"1", "2", "3", "4"}},
		{"other words for the same", agreeScale, agreeCodes, "", "1: Agree strongly, 2: Agree slightly, 3: Disagree slightly, 4: Disagree strongly", nil},
		{"other words, turned around", agreeScale, agreeCodes, "", "1: Agree strongly, 2: Agree, 3: Disagree, 4: Disagree strongly", nil},
		{"cut short by an old format", worryScale, worryCodes, "", "1: very wor, 2: fairly w, 3: not very, 4: not at a", nil},
		{"cut short and turned around", worryScale, worryCodes, "", "1: not at all wo, 2: not very wor, 3: fairly worri, 4: very worried", []string{"1", "2", "3", "4"}},
		{"two of four swapped", worryScale, worryCodes, "", "1: Very worried, 2: Not very worried, 3: Fairly worried, 4: Not at all worried", []string{"2", "3"}},
		{"one further on", worryScale, "1: very-worried, 2: fairly-worried, 3: not-very-worried", "", "1: Fairly worried, 2: Not very worried, 3: Not at all worried", []string{"1", "2", "3"}},
		{"in a round", regions, "1: north-east, 2: north-west, 3: south-east, 4: south-west", "", "1: North West England, 2: South East England, 3: North East England, 4: South West England", []string{"1", "2", "3"}},
		{"sexes by other names", sexScale, "1: male, 2: female", "", "1: Male, 2: Female", nil},
		{"sexes swapped", sexScale, "1: male, 2: female", "", "1: Female, 2: Male", []string{"1", "2"}},
		{"sexes by one letter", sexScale, "1: male, 2: female", "", "1: M, 2: F", nil},
		{"sexes by one letter, swapped", sexScale, "1: male, 2: female", "", "1: F, 2: M", []string{"1", "2"}},
		{"directions by their letters", regions, "1: north-east, 2: north-west", "", "1: N East, 2: N West", nil},
		{"and swapped", regions, "1: north-east, 2: north-west", "", "1: N W, 2: N E", []string{"1", "2"}},
		{"satisfied by another word", "very-satisfied: Very satisfied, fairly-satisfied: Fairly satisfied, neither: Neither satisfied nor dissatisfied, fairly-dissatisfied: Fairly dissatisfied, very-dissatisfied: Very dissatisfied", "1: very-dissatisfied, 2: fairly-dissatisfied, 3: neither, 4: fairly-satisfied, 5: very-satisfied", "", "1: Very satisfied, 2: Quite satisfied, 3: Neither, 4: Quite dissatisfied, 5: Very dissatisfied", []string{"1", "2", "4", "5"}},
		{"labels of one of two codes", sexScale, "1: male, 2: female", "", "1: Women", []string{"1"}},
		{"yes and no swapped", yesOrNo, "1: yes, 2: no", "", "1: No, 2: Yes", []string{"1", "2"}},
		{"yes and no in words", yesOrNo, "0: no, 1: yes", "", "0: not a victim, 1: victim", nil},
		{"and swapped", yesOrNo, "0: yes, 1: no", "", "0: not a victim, 1: victim", []string{"0", "1"}},
		{"mentioned or not, swapped", yesOrNo, "0: yes, 1: no", "", "0: Not mentioned, 1: Mentioned", []string{"0", "1"}},
		{"several codes of one category", tenures, "1: owner, 2: owner, 3: social-renter, 4: social-renter, 5: private-renter", "", "1: Own outright, 2: Buying on a mortgage, 3: Rented from the council, 4: Rented from a housing association, 5: Rented privately", nil},
		{"one of several is another's", tenures, "1: owner, 2: owner, 3: social-renter, 4: private-renter", "", "1: Own outright, 2: Private renter, 3: Social renter, 4: Owner", []string{"2", "4"}},
		{"more and less crime", moreCrime, "1: a-lot-more, 2: a-little-more, 3: about-the-same, 4: a-little-less, 5: a-lot-less", "", "1: a lot more crime, 2: a little more crime, 3: about the same, 4: a little less crime, 5: a lot less crime", nil},
		{"and turned around", moreCrime, "1: a-lot-less, 2: a-little-less, 3: about-the-same, 4: a-little-more, 5: a-lot-more", "", "1: a lot more crime, 2: a little more crime, 3: about the same, 4: a little less crime, 5: a lot less crime", []string{"1", "2", "4", "5"}},
		{"codes spelt otherwise", yesOrNo, "1: yes, 2: no", "", "1.0: No, 2.0: Yes", []string{"1", "2"}},
		{"codes that are words", yesOrNo, "Yes: no, No: yes", "", "", []string{"No", "Yes"}},
		{"text codes with labels", sexScale, "a: male, b: female", "", "a: Female, b: Male", []string{"a", "b"}},
		{"an answer that is made missing", worryScale, "1: very-worried, 2: fairly-worried, 3: not-very-worried", "4: dont-know", "4: Not at all worried", []string{"4"}},
		{"an answer that is left out as not applicable", worryScale, "1: very-worried, 2: fairly-worried, 3: not-very-worried", "4: not-applicable", "4: Not at all worried", nil},
		{"missing codes as they are", yesOrNo, "1: yes, 2: no", "-9: refused, -8: dont-know", "1: Yes, 2: No, -9: Refused, -8: Don't know", nil},
		{"no answer that is made one", yesOrNo, "1: yes, 2: no, 3: no", "", "1: Yes, 2: No, 3: Don’t know", []string{"3"}},
		{"words for no answer beside an answer", agreeScale, agreeCodes + ", 5: tend-to-disagree", "", "5: Tend to disagree/can't say", nil},
		{"no labels", agreeScale, agreeCodes, "", "", nil},
	}
	for _, c := range cases {
		w := codebook.NewWording(codebook.Variable{Name: "v", Categories: categories(c.scale)})
		codes := w.Called(categories(c.labels), pairs(c.codes), pairs(c.missing))
		var got []string
		for _, i := range slices.Sorted(maps.Keys(w.Contradictions(codes))) {
			got = append(got, codes[i].Code)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: found other codes (-want +got):\n%s", c.name, diff)
		}
	}
}

// Every scale of the catalogue, in labels that are its own, in capitals, numbered, with
// words more or cut short, is no contradiction; with the labels of two of its
// categories exchanged it is, in the codes of these two and no other.
func TestContradictionsOfTheCatalogue(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	variants := map[string]func(code, label string) string{
		"as it is":        func(_, label string) string { return label },
		"in capitals":     func(_, label string) string { return strings.ToUpper(label) },
		"numbered":        func(code, label string) string { return code + ". " + label },
		"with words more": func(_, label string) string { return label + " (spontaneous)" },
		"cut short":       func(_, label string) string { return label[:min(len(label), 32)] },
	}
	tried := map[string]bool{}
	for _, x := range c.Crosswalks {
		for name, s := range x.Variables {
			v := c.Codebook.Variables[name]
			scale := fmt.Sprint(name, s.Codes) // which many waves have
			if len(s.Codes) == 0 || tried[scale] {
				continue
			}
			tried[scale] = true
			w := codebook.NewWording(v)
			find := func(variant func(code, label string) string, exchange map[int]int) (codes []string) {
				var labels []codebook.Category
				for code, category := range s.Codes {
					at := v.Index(category)
					if to, ok := exchange[at]; ok {
						at = to
					}
					labels = append(labels, codebook.Category{Code: code, Label: variant(code, v.Categories[at].Label)})
				}
				all := w.Called(labels, s.Codes, nil)
				for _, i := range slices.Sorted(maps.Keys(w.Contradictions(all))) {
					codes = append(codes, all[i].Code)
				}
				return codes
			}
			for how, variant := range variants {
				if found := find(variant, nil); found != nil {
					t.Errorf("%s: %s, %s: codes %v are found", x.ID(), name, how, found)
				}
				for a := range v.Categories {
					b := (a + 1) % len(v.Categories)
					var want []string
					for _, code := range codebook.ByNumber(slices.Collect(maps.Keys(s.Codes))) {
						if at := v.Index(s.Codes[code]); at == a || at == b {
							want = append(want, code)
						}
					}
					both := len(slices.Compact(slices.Sorted(func(yield func(string) bool) {
						for _, code := range want {
							if !yield(s.Codes[code]) {
								return
							}
						}
					}))) == 2
					if found := find(variant, map[int]int{a: b, b: a}); both && !slices.Equal(found, want) {
						t.Errorf("%s: %s, %s, with %q and %q exchanged: codes %v are found, want %v", x.ID(), name, how, v.Categories[a].Label, v.Categories[b].Label, found, want)
					}
				}
			}
		}
	}
	if len(tried) < 100 {
		t.Errorf("%d scales were tried, want those of all waves", len(tried))
	}
}
