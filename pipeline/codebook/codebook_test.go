package codebook

import (
	"slices"
	"strings"
	"testing"
)

// bookText is a sound codebook: a scale, categories, numbers, and every word
// of the vocabulary of derivations.
const bookText = `scales:
  agree:
    - {code: definitely, label: Definitely agree}
    - {code: tend, label: Tend to agree}
    - {code: disagree, label: Disagree}
variables:
  influence: {label: Can influence decisions, scale: agree}
  trust: {label: Trusts the council, scale: agree}
  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}
  age: {label: Age, unit: years}
  hours: {label: Hours, unit: hours}
  agrees:
    label: Agrees
    categories: [{code: yes, label: Yes}, {code: no, label: No}]
    derive: {recode: {of: influence, into: {yes: [definitely, tend], no: [disagree]}}}
  age-band:
    label: Age band
    categories: [{code: 16-24, label: 16 to 24}, {code: 25-over, label: 25 and over}]
    derive: {band: {of: age, into: {16-24: [16, 24], 25-over: [25, 120]}}}
  either: {label: Either, scale: agree, derive: {first: [influence, trust]}}
  any-agree:
    label: Agrees with any
    categories: [{code: yes, label: Yes}, {code: no, label: No}]
    derive: {any: {of: [influence, trust], categories: [definitely], missing: ignore}}
  how-many: {label: How many, unit: things, derive: {count: {of: [influence, trust], categories: [tend]}}}
  points: {label: Points, unit: points, derive: {score: {of: [influence, trust], points: {definitely: 2, tend: 1}}}}
breakdowns:
  - {variable: sex}
  - {variable: age-band, weight: combined}
`

func edited(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(text, pairs[i]) != 1 {
			t.Fatalf("%q is %d times in the page, want once", pairs[i], strings.Count(text, pairs[i]))
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func sound(t *testing.T) *Codebook {
	t.Helper()
	book, ps := Parse(NewPage("codebook.yaml", []byte(bookText)))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return book
}

func TestParse(t *testing.T) {
	book := sound(t)
	if got, want := book.Variables["influence"].Codes(), []string{"definitely", "tend", "disagree"}; !slices.Equal(got, want) {
		t.Errorf("a scale gives its categories: got %v, want %v", got, want)
	}
	if v := book.Variables["influence"]; v.Name != "influence" || v.Index("tend") != 1 || v.Index("tends") != -1 || !v.Categorical() {
		t.Errorf("got %+v", v)
	}
	if book.Variables["age"].Categorical() {
		t.Error("a number has categories")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		claim string
		edit  []string
		want  []string
	}{
		{"a sound codebook is not refused", nil, nil},
		{"a name that is not a code", []string{"  hours: {label", "  Hours_Worked: {label"}, []string{`:11: variable "Hours_Worked": want lower-case letters, digits and single hyphens`}},
		{"a variable without a label", []string{"{label: Age, unit: years}", "{unit: years}"}, []string{`:10: variable "age" has no label`}},
		{"a scale that is not there, with the nearest", []string{"{label: Trusts the council, scale: agree}", "{label: Trusts the council, scale: agre}"}, []string{
			`:8: no scale "agre"; did you mean "agree"?`,
			`:20: variable "trust" has other categories than "either"`,
			`:24: variable "trust" has no category "definitely"`,
			`:24: variable "trust" is of the wrong kind for this derivation: band takes a number, the others categories`,
			`:25: variable "trust" has no category "tend"`,
			`:25: variable "trust" is of the wrong kind for this derivation: band takes a number, the others categories`,
			`:26: variable "trust" has no category "definitely"`,
			`:26: variable "trust" has no category "tend"`,
			`:26: variable "trust" is of the wrong kind for this derivation: band takes a number, the others categories`,
		}},
		{"a scale and categories", []string{"{label: Sex, categories", "{label: Sex, scale: agree, categories"}, []string{`:9: variable "sex" has both a scale and categories, want one`}},
		{"a scale and a unit", []string{"{label: Can influence decisions, scale: agree}", "{label: Can influence decisions, scale: agree, unit: years}"}, []string{`:7: variable "influence": want categories, a scale or a unit, and only one of them`}},
		{"categories and a unit", []string{"{label: Sex, categories", "{label: Sex, unit: years, categories"}, []string{`:9: variable "sex": want categories, a scale or a unit, and only one of them`}},
		{"neither", []string{"{label: Hours, unit: hours}", "{label: Hours}"}, []string{`:11: variable "hours": want categories, a scale or a unit, and only one of them`}},
		{"a scale of nothing", []string{"scales:\n", "scales:\n  none: []\n", "{label: Hours, unit: hours}", "{label: Hours, scale: none}"}, []string{`:12: variable "hours": want categories, a scale or a unit, and only one of them`}},
		{"a category twice", []string{"{code: women, label: Women}", "{code: men, label: Women}"}, []string{`:9: variable "sex": category "men": want a code used once, of lower-case letters, digits and single hyphens, not "all"`}},
		{"a category that is not a code", []string{"{code: women, label: Women}", "{code: wo--men, label: Women}"}, []string{`:9: variable "sex": category "wo--men": want a code used once, of lower-case letters, digits and single hyphens, not "all"`}},
		{"a category without a label", []string{"{code: women, label: Women}", "{code: women}"}, []string{`:9: variable "sex": category "women" has no label`}},
		{"a category called all", []string{"{code: women, label: Women}", "{code: all, label: Women}"}, []string{`:9: variable "sex": category "all": want a code used once, of lower-case letters, digits and single hyphens, not "all"`}},
		{"a category that programs take for no value", []string{"{code: women, label: Women}", "{code: none, label: Neither}"}, []string{`:9: variable "sex": category "none": programs that guess types take it for no value, want a code such as no-religion`}},
		{"categories of a breakdown that programs take for true and false", []string{"- {variable: sex}", "- {variable: agrees}"}, []string{
			`:28: breakdown "agrees": category "no": programs that guess types take it for true or false, want a code such as a-victim`,
			`:28: breakdown "agrees": category "yes": programs that guess types take it for true or false, want a code such as a-victim`,
		}},
		{"a breakdown of no variable", []string{"- {variable: sex}", "- {variable: sexx}"}, []string{`:28: no variable "sexx"; did you mean "sex"?`}},
		{"a breakdown by a number", []string{"- {variable: sex}", "- {variable: age}"}, []string{`:28: variable "age" is a number; a breakdown is by categories`}},
		{"a weight that is not a code", []string{"weight: combined", "weight: Combined"}, []string{`:29: weight "Combined": want lower-case letters, digits and single hyphens`}},
		{"a variable derived from itself", []string{"first: [influence, trust]", "first: [either, trust]"}, []string{`:20: variable "either" is derived from itself: either from either`}},
		{
			"a circle of three, from each of them",
			[]string{
				"{label: Can influence decisions, scale: agree}", "{label: Can influence decisions, scale: agree, derive: {first: [trust]}}",
				"{label: Trusts the council, scale: agree}", "{label: Trusts the council, scale: agree, derive: {first: [either]}}",
			},
			[]string{
				`:7: variable "influence" is derived from itself: influence from trust from either from influence`,
				`:8: variable "trust" is derived from itself: trust from either from influence from trust`,
				`:20: variable "either" is derived from itself: either from influence from trust from either`,
			},
		},
		{
			"problems all over the page at once",
			[]string{"{label: Age, unit: years}", "{unit: years}", "- {variable: sex}", "- {variable: age}", "weight: combined", "weigth: combined", "{recode: {of: influence", "{recode: {off: influence"},
			[]string{
				`:10: variable "age" has no label`, `:15: no variable ""`, `:15: unknown key "off"; did you mean "of"?`,
				`:15: variable "" has no category "definitely"`, `:15: variable "" has no category "disagree"`, `:15: variable "" has no category "tend"`,
				`:28: variable "age" is a number; a breakdown is by categories`, `:29: unknown key "weigth"; did you mean "weight"?`,
			},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			_, ps := Parse(NewPage("codebook.yaml", []byte(edited(t, bookText, c.edit...))))
			if got, want := lines(ps), at("codebook.yaml", c.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// at puts a file before each of the problems.
func at(file string, problems []string) string {
	out := make([]string, len(problems))
	for i, p := range problems {
		out[i] = file + p
	}
	return strings.Join(out, "\n")
}

func TestDerivationRefuses(t *testing.T) {
	const (
		recode = "{recode: {of: influence, into: {yes: [definitely, tend], no: [disagree]}}}"
		band   = "{band: {of: age, into: {16-24: [16, 24], 25-over: [25, 120]}}}"
		first  = "{first: [influence, trust]}"
		anyOf  = "{any: {of: [influence, trust], categories: [definitely], missing: ignore}}"
		count  = "{count: {of: [influence, trust], categories: [tend]}}"
		score  = "{score: {of: [influence, trust], points: {definitely: 2, tend: 1}}}"
	)
	for _, c := range []struct {
		claim, word, becomes string
		want                 []string
	}{
		{"no word", recode, "{}", []string{`:15: variable "agrees": 0 derivations, want one of recode, band, first, any, count, score, expression`}},
		{"two words", first, "{first: [influence], count: {of: [influence], categories: [tend]}}", []string{`:20: variable "either": 2 derivations, want one of recode, band, first, any, count, score, expression`}},
		{"a word that is not in the vocabulary", first, "{frst: [influence]}", []string{`:20: unknown key "frst"; did you mean "first"?`, `:20: variable "either": 0 derivations, want one of recode, band, first, any, count, score, expression`}},
		{"of no variable", count, "{count: {of: [], categories: [tend]}}", []string{`:25: variable "how-many" is derived from no variable`}},
		{"of first nothing", first, "{first: []}", []string{`:20: variable "either" is derived from no variable`}},
		{"of a variable that is not there", first, "{first: [influence, trustt]}", []string{`:20: no variable "trustt"; did you mean "trust"?`}},
		{"a band of categories", band, "{band: {of: sex, into: {16-24: [16, 24]}}}", []string{`:19: variable "sex" is of the wrong kind for this derivation: band takes a number, the others categories`}},
		{"a count of numbers", count, "{count: {of: [age], categories: [tend]}}", []string{`:25: variable "age" has no category "tend"`, `:25: variable "age" is of the wrong kind for this derivation: band takes a number, the others categories`}},
		{"a category from a count", recode, "{count: {of: [influence], categories: [tend]}}", []string{`:15: variable "agrees": count and score give a number, the other derivations a category`}},
		{"a number from a recode", count, "{recode: {of: influence, into: {}}}", []string{`:25: variable "how-many": count and score give a number, the other derivations a category`}},
		{"recode into an unknown category", recode, "{recode: {of: influence, into: {yess: [tend]}}}", []string{`:15: variable "agrees" has no category "yess"; did you mean "yes"?`}},
		{"recode of an unknown category", recode, "{recode: {of: influence, into: {yes: [tendd]}}}", []string{`:15: variable "influence" has no category "tendd"; did you mean "tend"?`}},
		{"recode of one category into two", recode, "{recode: {of: influence, into: {yes: [tend], no: [tend]}}}", []string{`:15: category "tend" goes into both "no" and "yes"`}},
		{"recode of one category twice into one", recode, "{recode: {of: influence, into: {yes: [tend, tend]}}}", []string{`:15: category "tend" goes into both "yes" and "yes"`}},
		{"bands that share a bound", band, "{band: {of: age, into: {16-24: [16, 25], 25-over: [25, 120]}}}", []string{`:19: bands "16-24" and "25-over" overlap`}},
		{"whichever of them is the lower", band, "{band: {of: age, into: {25-over: [16, 25], 16-24: [25, 120]}}}", []string{`:19: bands "16-24" and "25-over" overlap`}},
		{"a band of one bound", band, "{band: {of: age, into: {16-24: [16]}}}", []string{`:19: band "16-24": want [low, high] with low at most high`}},
		{"a band the wrong way round", band, "{band: {of: age, into: {16-24: [24, 16]}}}", []string{`:19: band "16-24": want [low, high] with low at most high`}},
		{"a band that is no category", band, "{band: {of: age, into: {16-25: [16, 25]}}}", []string{`:19: variable "age-band" has no category "16-25"; did you mean "16-24"?`}},
		{"a band of one number is one", band, "{band: {of: age, into: {16-24: [16, 16], 25-over: [17, 17]}}}", nil},
		{"first of other categories", first, "{first: [influence, sex]}", []string{`:20: variable "sex" has other categories than "either"`}},
		{"any that gives other than yes and no", first, "{any: {of: [influence], categories: [tend]}}", []string{`:20: variable "either": any gives the categories yes and no`}},
		{"any of no categories", anyOf, "{any: {of: [influence]}}", []string{":24: no categories are counted"}},
		{"any of an unknown category", anyOf, "{any: {of: [influence], categories: [defnitely]}}", []string{`:24: variable "influence" has no category "defnitely"; did you mean "definitely"?`}},
		{"another word for missing", anyOf, "{any: {of: [influence], categories: [tend], missing: drop}}", []string{`:24: missing: "drop", want "ignore" or nothing`}},
		{"count of no categories", count, "{count: {of: [influence]}}", []string{":25: no categories are counted"}},
		{"score of an unknown category", score, "{score: {of: [influence], points: {tendd: 1}}}", []string{`:26: variable "influence" has no category "tendd"; did you mean "tend"?`}},
		{"score with another word for missing", score, "{score: {of: [influence], points: {tend: 1}, missing: zero}}", []string{`:26: missing: "zero", want "ignore" or nothing`}},
		{"an expression of each kind", recode, `{expression: 'influence != "disagree" or age > 60'}`, nil},
		{"an expression of texts", first, `{expression: 'if(age > 60, influence, coalesce(trust, influence))'}`, nil},
		{"an expression of numbers", count, `{expression: '(influence = "tend") + (trust = "tend")'}`, nil},
		{"an expression that does not read", count, `{expression: 'age >> 6'}`, []string{`:25: character 6 of the expression: ">", want a value` + "\nage >> 6\n     ^"}},
		{"an expression of unknown names", count, `{expression: 'aeg + (influence = "tendd")'}`, []string{
			`:25: character 1 of the expression: no variable "aeg"; did you mean "age"?` + "\naeg + (influence = \"tendd\")\n^",
			`:25: character 20 of the expression: no category "tendd" of influence; did you mean "tend"?` + "\naeg + (influence = \"tendd\")\n" + strings.Repeat(" ", 19) + "^",
		}},
		{"an expression of no variable", count, `{expression: '1 + 1'}`, []string{`:25: variable "how-many" is derived from no variable`}},
		{"an expression that gives a number", first, `{expression: 'age + 1'}`, []string{`:20: variable "either": the expression gives a number, want a category, as recode(age; 16..24 = "young") or a condition gives one`}},
		{"an expression that gives a category", count, `{expression: 'influence'}`, []string{`:25: variable "how-many": the expression gives no number, want one`}},
		{"an expression that gives another category", first, `{expression: 'recode(influence; "tend" = "tent", else copy)'}`, []string{`:20: variable "either" has no category "tent"; did you mean "tend"?`}},
		{"a condition that gives other than yes and no", first, `{expression: 'age > 60'}`, []string{`:20: variable "either": a condition gives the categories yes and no`}},
		{"an expression of itself", first, `{expression: 'coalesce(either, trust)'}`, []string{`:20: variable "either" is derived from itself: either from either`}},
		{"points that are no number", score, "{score: {of: [influence], points: {tend: one}}}", []string{`:26: "one", want a number`}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			_, ps := Parse(NewPage("codebook.yaml", []byte(edited(t, bookText, "derive: "+c.word, "derive: "+c.becomes))))
			if got, want := lines(ps), at("codebook.yaml", c.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestWeight(t *testing.T) {
	book := sound(t)
	for _, c := range []struct {
		claim string
		by    []string
		want  string
	}{
		{"the whole takes the core weight", nil, "core"},
		{"a breakdown without one too", []string{"sex"}, "core"},
		{"a breakdown may name its own", []string{"age-band"}, "combined"},
		{"and a crossed one takes it", []string{"sex", "age-band"}, "combined"},
		{"a variable that is no standard breakdown takes the core weight", []string{"influence"}, "core"},
	} {
		if got := book.Weight(c.by...); got != c.want {
			t.Errorf("%s: got %q, want %q", c.claim, got, c.want)
		}
	}
}

func TestClosureAndLacks(t *testing.T) {
	book := sound(t)
	if got, want := book.Closure("agrees", "either", "sex"), []string{"agrees", "either", "influence", "sex", "trust"}; !slices.Equal(got, want) {
		t.Errorf("closure: got %v, want %v", got, want)
	}
	given := func(names ...string) *Crosswalk {
		x := &Crosswalk{Variables: map[string]Source{}}
		for _, n := range names {
			x.Variables[n] = Source{}
		}
		return x
	}
	for _, c := range []struct {
		claim string
		x     *Crosswalk
		names []string
		want  []string
	}{
		{"what is given is not lacking", given("sex"), []string{"sex"}, nil},
		{"what is not given is", given("sex"), []string{"age", "sex"}, []string{"age"}},
		{"what is derived lacks its roots", given("influence"), []string{"either"}, []string{"trust"}},
		{"what is derived from what is given lacks nothing", given("influence", "trust"), []string{"either", "agrees", "points"}, nil},
		{"what is given itself needs no roots", given("age-band"), []string{"age-band"}, nil},
		{"each root once, sorted", given(), []string{"points", "either", "age-band"}, []string{"age", "influence", "trust"}},
	} {
		if got := book.Lacks(c.x, c.names...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.claim, got, c.want)
		}
	}
}

// A circle of derivations is reported by Parse; what then reads the codebook
// must still end.
func TestCircleEnds(t *testing.T) {
	book, ps := Parse(NewPage("codebook.yaml", []byte(edited(t, bookText, "first: [influence, trust]", "first: [either]"))))
	if len(ps) != 1 {
		t.Fatalf("got %v, want the circle", ps)
	}
	if got := book.Closure("either"); !slices.Equal(got, []string{"either"}) {
		t.Errorf("closure: got %v", got)
	}
	if got := book.Lacks(&Crosswalk{}, "either"); len(got) != 0 {
		t.Errorf("lacks: got %v, want nothing at the root of a circle", got)
	}
}

func TestMissingKinds(t *testing.T) {
	for i, name := range MissingNames() {
		kind, ok := ParseMissing(name)
		if !ok || kind != Missing(i+1) || kind.String() != name {
			t.Errorf("%q: got %v, %v", name, kind, ok)
		}
	}
	for _, name := range []string{"", "present", "Refused", "don't know"} {
		if kind, ok := ParseMissing(name); ok || kind != Present {
			t.Errorf("%q: got %v, %v, want no kind", name, kind, ok)
		}
	}
}

func TestValidCode(t *testing.T) {
	for code, want := range map[string]bool{
		"a": true, "16-24": true, "2007-08-teaching": true,
		"": false, "-a": false, "a-": false, "a--b": false, "A": false, "a_b": false, "a b": false, "a*b": false, "é": false, "a\n": false,
	} {
		if ValidCode(code) != want {
			t.Errorf("%q: got %v, want %v", code, !want, want)
		}
	}
}

// What an expression makes of one variable alone is known to be made of its parts, as
// by recode: figures of both are protected together.
func TestPartOfByExpression(t *testing.T) {
	book := sound(t)
	for text, want := range map[string]string{
		`recode(influence; "definitely", "tend" = "yes", else = "no")`: "yes",
		`not (influence = "disagree")`:                                 "yes",
		`recode(influence; "definitely" = "no")`:                       "",
		`influence = "tend" or trust = "tend"`:                         "",
	} {
		v := book.Variables["agrees"]
		v.Derive = &Derivation{Expression: text}
		book.Variables["agrees"] = v
		if got := book.PartOf("influence", "tend", "agrees"); got != want {
			t.Errorf("%s: tend is a part of %q, want %q", text, got, want)
		}
	}
}
