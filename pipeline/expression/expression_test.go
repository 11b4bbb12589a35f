package expression

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/refusal"
)

// What is read prints so that it reads the same, in brackets where they matter alone.
func TestString(t *testing.T) {
	for _, c := range []struct{ claim, text, want string }{
		{"comparisons before and, and before or", "a = 1 or b = 2 and not c < 3", "a = 1 or b = 2 and not c < 3"},
		{"brackets that matter", "(a = 1 or b = 2) and c = 3", "(a = 1 or b = 2) and c = 3"},
		{"brackets that do not", "((a)) + (b * c)", "a + b * c"},
		{"from the left", "a - b - c - (d - e)", "a - b - c - (d - e)"},
		{"powers from the right", "a ^ b ^ c", "a^b^c"},
		{"a power before a sign", "-a ^ 2", "-a^2"},
		{"a negative is raised in brackets", "(-2) ^ 2", "(-2)^2"},
		{"a negative exponent", "10 ^ -2", "10^-2"},
		{"a product before a sum", "weight / (height / 100) ^ 2", "weight / (height / 100)^2"},
		{"codes with commas", "sex = 1,2", "sex in (1, 2)"},
		{"codes before and", "age = 14, 15 and sex != 1", "age in (14, 15) and sex != 1"},
		{"commas of a function are its own", "if(a = 1, 2, 3)", "if(a = 1, 2, 3)"},
		{"a range", "age = 16..24", "age in 16..24"},
		{"ranges without an end", "age in (..15, 65.., -3..-1)", "age in (..15, 65.., -3..-1)"},
		{"not in", "age not in 16..24", "age not in 16..24"},
		{"a text with a quote", `region = "the ""North"""`, `region = "the ""North"""`},
		{"a text on the left", `"North" = region`, `region = "North"`},
		{"words in any case", "A = 1 AND NOT b = 2", "A = 1 and not b = 2"},
		{"a name in backquotes", "`not` + `a b` + `x-y`", "`not` + `a b` + `x-y`"},
		{"functions in any case", "LOG(x) + Round(y, 1)", "log(x) + round(y, 1)"},
		{"missing as a value", "if(x > 5, missing, x)", "if(x > 5, missing, x)"},
		{"missing as a function", "Missing (x) and not missing(y + 1)", "missing(x) and not missing(y + 1)"},
		{"a recode with labels", `recode(age; 16..24 "16 to 24", 25..64 "25 to 64", else missing)`, `recode(age; 16..24 "16 to 24", 25..64 "25 to 64", else missing)`},
		{"a recode with codes", `recode(region; "N", "S" = "x" "Both", missing = "y", else copy)`, `recode(region; "N", "S" = "x" "Both", missing = "y", else copy)`},
		{"numbers as short as they are", "x = 1e3 or x = 0.50 or x = 1e-9 or x = 1e25", "x = 1000 or x = 0.5 or x = 1e-09 or x = 1e+25"},
	} {
		e, fault := Parse(c.text, OfFile)
		if fault != nil {
			t.Errorf("%s: %s", c.claim, fault.What)
			continue
		}
		if got := e.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.claim, got, c.want)
		}
		if again, fault := Parse(e.String(), OfFile); fault != nil || again.String() != e.String() {
			t.Errorf("%s: %s does not read as it prints", c.claim, e)
		}
	}
}

// A let has a name, "=" and an expression; in the catalogue names have hyphens.
func TestParseLet(t *testing.T) {
	l, fault := ParseLet("old = age >= 65", OfFile)
	if fault != nil || l.String() != "old = age >= 65" || l.Name != "old" || !slices.Equal(l.Variables(), []string{"age"}) {
		t.Errorf("got %v, %v", l, fault)
	}
	e, fault := Parse("age-band = \"x\" or last-age - 1 > age-1", OfCatalogue)
	if fault != nil || !slices.Equal(e.Variables(), []string{"age-band", "last-age", "age-1"}) {
		t.Errorf("names of the catalogue: got %q, %v", e.Variables(), fault)
	}
	e, fault = Parse("age-band = v.1 and age - 1 > q$2", OfWave)
	if fault != nil || !slices.Equal(e.Variables(), []string{"age-band", "v.1", "age", "q$2"}) {
		t.Errorf("names of a wave's extract: got %q, %v", e.Variables(), fault)
	}
	e, _ = Parse("Age + age + AGE", OfFile)
	if got := e.Variables(); !slices.Equal(got, []string{"Age"}) {
		t.Errorf("names in any case: got %q, want Age alone", got)
	}
}

// people are variables of each form.
func people(name string) (Variable, bool) {
	v, ok := map[string]Variable{
		"age": {Name: "age"}, "height": {Name: "height"},
		"sex":    {Name: "sex", Values: []Value{{"1", "Men"}, {"2", "Women"}, {"3", "Other"}, {"4", "Other"}}},
		"region": {Name: "region", Form: Text, Values: []Value{{"N", "North"}, {"S", "South"}, {"W", ""}}},
		"area":   {Name: "area", Form: Text, Closed: true, Values: []Value{{"S", ""}, {"N", ""}}},
		"old":    {Name: "old", Form: Truth, Values: []Value{{"0", "no"}, {"1", "yes"}}},
	}[strings.ToLower(name)]
	return v, ok
}

// A fault names the character, what was found there and what was wanted.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		text string
		at   int // character
		want string
	}{
		{"", 1, "the end, want a value"},
		{"age >", 6, "the end, want a value"},
		{"age > > 5", 7, `">", want a value`},
		{"(age + 1", 9, `the end, want an operator or ")"`},
		{"age 5", 5, `"5", want an operator, "and", "or" or the end`},
		{"16 <= age <= 24", 11, `"<=", want "and" between two comparisons`},
		{"age == 5", 5, `"==", want "="`},
		{"age > 5 && sex = 1", 9, `"&&", want "and"`},
		{"ägé ? 5", 5, `"?", want a value or an operator`},
		{"region = 'North'", 10, `"'", want a text between double quotes, as "North"`},
		{`region = "North`, 10, `"\"", want the other quote`},
		{"age in 24..16", 8, "24..16, want a range from less to more"},
		{"age in (1, sex)", 12, `"sex", want a number, a range such as 16..24, or a text between double quotes`},
		{"lg(age)", 1, `no function "lg"; did you mean "log"?`},
		{"ln(age)", 1, `no function "ln", want one of abs, coalesce, exp, floor, if, log, max, min, missing, recode, round, sqrt`},
		{"log(age, 2)", 1, "log of 2 values, want log(x)"},
		{"if(age > 5, 1)", 1, "if of 2 values, want if(condition, x, y)"},
		{"recode(age, 16)", 11, `",", want ";" and rules, as in: recode(age; 16..24 "young", else "old")`},
		{`recode(age; 1..5 "a", 5..9 "b")`, 23, "5 twice, want each value in one rule"},
		{`recode(age; 1 "a", 1 "b")`, 20, "1 twice, want each value in one rule"},
		{`recode(age; 1 "a", 2 = 7)`, 22, "some rules make a code and some a label alone, want = and a code in all or none"},
		{`recode(age; 1 = 1, 2 = "x")`, 22, "a number and a text, want codes of one kind"},
		{`recode(age; 1 = 1 "a", 2 = 1 "b")`, 26, `code 1 is labelled "a" and "b", want one label`},
		{`recode(age; 1 "a", else copy)`, 15, "a label without a code beside copy, want = and a code before it: its number could be one that is copied"},
		{`recode(age; 1)`, 14, `")", want what becomes of it: a label as "16 to 24", = and a code, missing or copy`},
		{`recode(age; else "a", 1 "b")`, 21, `",", want ")": else comes last`},
		{"1e999", 1, `"1e999", want a number that a computer can hold`},
		{strings.Repeat("(", 70) + "1", 65, "more than 64 brackets, signs and functions in each other"},
		{strings.Repeat("a", 5000), 1, "5000 bytes, want at most 4096"},
		{"age\xff", 1, "not UTF-8"},
		{"aeg > 5", 1, `no variable "aeg"; did you mean "age"?`},
		{"region + 1", 1, "region is text, want a number"},
		{"region > 1", 1, "region is text, want a number"},
		{"region = 1", 10, `1 is a number and region is text, want a text between double quotes`},
		{"region = age", 1, "region is text and age is a number, want two of a kind"},
		{`region < "N"`, 8, "< of text, want = or !=: texts have no order"},
		{`region = "X"`, 10, `no row has "X" in region; did you mean "N"?`},
		{`area = "East"`, 8, `no category "East" of area, want one of S, N`},
		{`sex = "Womn"`, 7, `sex has no label "Womn"; did you mean "Women"?`},
		{`age = "old"`, 7, `"old" is text and age is a number without labels, want a number`},
		{"age and sex = 1", 1, "age is a number, want a condition such as age = 1"},
		{"not age + 1", 5, "age + 1 is a number, want a condition such as age + 1 = 1"},
		{"age = missing", 7, "a comparison with missing is missing itself, want missing(x)"},
		{`if(old, 1, "x")`, 12, `1 is a number and "x" is text, want values of a kind`},
		{`if(old, "", "x")`, 9, "an empty text, which stands for nothing: want missing"},
		{`recode(age; 1 = "", else = "x")`, 15, "an empty text, which stands for nothing: want missing"},
		{"round(age, 0.5)", 12, "0.5, want a whole number from -15 to 15"},
		{`recode(sex; "Men" = 1, 1 = 2)`, 24, "1 is 1, which another rule has, want each value in one rule"},
		{`recode(sex; 1 = 1, "Men" = 2)`, 20, `"Men" is 1, which another rule has, want each value in one rule`},
	} {
		e, fault := Parse(c.text, OfFile)
		var faults []Fault
		if fault != nil {
			faults = []Fault{*fault}
		} else if _, found := e.Check(people, []string{"age", "height", "sex", "region"}); found != nil {
			faults = found
		}
		got := fmt.Sprint(len(faults), " faults")
		if len(faults) > 0 {
			p := faults[0].Problem(refusal.Usage, "--where")
			what, _, _ := strings.Cut(p.What, "\n")
			got = fmt.Sprintf("%s: %s", p.Where, what)
		}
		if want := fmt.Sprintf("--where, character %d: %s", c.at, c.want); got != want {
			t.Errorf("%.40s: got %s, want %s", c.text, got, want)
		}
	}
}

// All that is wrong with the variables of an expression is found at once.
func TestFaultsTogether(t *testing.T) {
	e, _ := Parse(`aeg > 5 and sx = 1 and region + 1 > 2`, OfFile)
	if _, faults := e.Check(people, nil); len(faults) != 3 {
		t.Errorf("%d faults, want 3", len(faults))
	}
	if faults := e.Unknown([]string{"age", "region"}, []string{"SX"}); len(faults) != 1 {
		t.Errorf("%d unknown, want aeg alone", len(faults))
	}
}

// A caret stands under the place, also of a long expression and one with signs that
// move a terminal's cursor.
func TestCaret(t *testing.T) {
	show := func(text string) string {
		_, fault := Parse(text, OfFile)
		_, lines, _ := strings.Cut(fault.Problem(refusal.Usage, "--let").What, "\n")
		return lines
	}
	if got, want := show("größe >\t> 5"), "größe > > 5\n        ^"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	long := strings.Repeat("age + ", 40) + "? + " + strings.Repeat("age + ", 40) + "1"
	got := strings.Split(show(long), "\n")
	if at := strings.Index(got[1], "^"); got[0][at] != '?' || len(got[0]) > shown+6 || !strings.HasPrefix(got[0], "...") || !strings.HasSuffix(got[0], "...") {
		t.Errorf("got\n%s\n%s", got[0], got[1])
	}
}

// A row as a test writes it: numbers, and NaN with a kind.
type cell struct {
	x    float64
	kind uint8
}

var gone = cell{0, System}

// rowsOf evaluates an expression whose inputs have the given rows.
func rowsOf(t *testing.T, text string, columns map[string][]cell) (*Program, []string) {
	t.Helper()
	e, fault := Parse(text, OfFile)
	if fault != nil {
		t.Fatalf("%s: %s", text, fault.What)
	}
	p, faults := e.Check(people, nil)
	if faults != nil {
		t.Fatalf("%s: %s", text, faults[0].What)
	}
	rows := 0
	for _, c := range columns {
		rows = len(c)
	}
	var shown []string
	load := func(input int, to *Block) {
		for i, c := range columns[p.Inputs[input]] {
			to.Numbers[i], to.Codes[i], to.Kinds[i] = c.x, int32(c.x), c.kind
		}
	}
	p.Evaluate(rows, load, func(b *Block) {
		for i, kind := range b.Kinds {
			switch {
			case kind != 0:
				shown = append(shown, strings.Repeat(".", int(kind)))
			case p.Form == Text:
				shown = append(shown, p.Values[b.Codes[i]].Code)
			default:
				shown = append(shown, spell(b.Numbers[i]))
			}
		}
	})
	return p, shown
}

// By hand. A point is system-missing, two are not applicable, three refused: a
// number of points is the kind.
func TestEvaluate(t *testing.T) {
	yes, no, refused := cell{1, 0}, cell{0, 0}, cell{0, 3}
	ages := map[string][]cell{"age": {{15, 0}, {16, 0}, {24, 0}, {24.5, 0}, gone, refused}}
	heights := map[string][]cell{"height": {{-4, 0}, {0, 0}, {4, 0}, gone}}
	both := map[string][]cell{"old": {yes, yes, yes, no, no, no, refused, refused, refused}, "age": {yes, no, gone, yes, no, gone, yes, no, gone}}
	texts := map[string][]cell{"region": {{0, 0}, {1, 0}, {2, 0}, gone}, "area": {{1, 0}, {1, 0}, {0, 0}, {0, 0}}}
	sexes := map[string][]cell{"sex": {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, gone}}
	for _, c := range []struct {
		claim, text string
		columns     map[string][]cell
		want        string
	}{
		{"a comparison with a missing is missing", "age >= 16", ages, "0 1 1 1 . ..."},
		{"so is that it differs", "age != 16", ages, "1 0 1 1 . ..."},
		{"both ends of a range count", "age in 16..24", ages, "0 1 1 0 . ..."},
		{"a range without an end", "age in (..15, 24.5..)", ages, "1 0 0 1 . ..."},
		{"not in", "age not in 16..24", ages, "1 0 0 1 . ..."},
		{"missing is never missing", "missing(age)", ages, "0 0 0 0 1 1"},
		{"and, by Kleene", "old and age = 1", both, "1 0 . 0 0 0 ... 0 ..."},
		{"or, by Kleene", "old or age = 1", both, "1 1 1 1 0 . 1 ... ..."},
		{"not", "not old", both, "0 0 0 1 1 1 ... ... ..."},
		{"a truth is 1 or 0", "old + (age = 1)", both, "2 1 . 1 0 . ... ... ..."},
		{"if of a missing condition is missing", "if(old, age, 7)", both, "1 0 . 7 7 7 ... ... ..."},
		{"coalesce takes the first that there is", "coalesce(age, old, 9)", both, "1 0 1 1 0 0 1 0 9"},
		{"of none it has the first one's kind", "coalesce(old, age)", both, "1 1 1 0 0 0 1 0 ..."},
		{"a division by 0 is missing", "1 / height", heights, "-0.25 . 0.25 ."},
		{"also of 0", "height / height", heights, "1 . 1 ."},
		{"a logarithm of no positive number", "log(height / 4 + 0)", heights, ". . 0 ."},
		{"a root of a negative", "sqrt(height)", heights, ". 0 2 ."},
		{"a result that is too large", "exp(height * 1000)", heights, "0 1 . ."},
		{"a negative to a fraction", "height ^ 0.5", heights, ". 0 2 ."},
		{"a negative to a whole number", "height ^ 3", heights, "-64 0 64 ."},
		{"0 to a negative", "height ^ -1", heights, "-0.25 . 0.25 ."},
		{"no negative 0", "-height * 0", heights, "0 0 0 ."},
		{"abs and floor", "floor(abs(height) / 3)", heights, "1 0 1 ."},
		{"halves go away from 0", "round(height / 8)", heights, "-1 0 1 ."},
		{"decimals", "round(height / 3, 2)", heights, "-1.33 0 1.33 ."},
		{"tens", "round(height * 10, -2)", heights, "0 0 0 ."},
		{"min and max are missing where one is", "max(min(height, 1), 0, -1)", heights, "0 0 1 ."},
		{"a label of numbers", `sex = "Women"`, sexes, "0 1 0 0 0 ."},
		{"a label in another case", `sex = "women"`, sexes, "0 1 0 0 0 ."},
		{"a label of two codes", `sex != "Other"`, sexes, "1 1 0 0 1 ."},
		{"a recode with labels numbers them", `recode(sex; 1 "one", 2..3 "more", 4 "one")`, sexes, "1 2 2 1 .. ."},
		{"a recode of labels", `recode(sex; "Men" = 10, "Other" = 20, missing = 9, else = 0)`, sexes, "10 0 20 20 0 9"},
		{"a recode that copies", "recode(sex; 5 missing, else copy)", sexes, "1 2 3 4 .. ."},
		{"a recode to text", `recode(sex; 1 = "m", 2 = "f", else missing)`, sexes, "m f .. .. .. ."},
		{"what no rule lists is missing", "recode(age; 16..24 = 1)", ages, ".. 1 1 .. . ..."},
		{"a text", `region = "S"`, texts, "0 1 0 ."},
		{"a text's label", `region != "North"`, texts, "0 1 1 ."},
		{"texts of two variables", "region = area", texts, "1 0 0 ."},
		{"a recode of text", `recode(region; "N", "S" "NS", missing "none", else "other")`, texts, "1 1 3 2"},
		{"a text is copied", `recode(region; "North" = "up", else copy)`, texts, "up S W ."},
		{"texts of several variables", "coalesce(region, area)", texts, "N S W S"},
		{"texts that are written", `if(region = "N", "up", region)`, texts, "up S W ."},
		{"missing as a value", "if(age = 16, missing, age)", ages, "15 . 24 24.5 . ..."},
	} {
		if _, got := rowsOf(t, c.text, c.columns); strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s: got %s, want %s", c.claim, c.text, strings.Join(got, " "), c.want)
		}
	}
}

// What comes to light is counted.
func TestAccount(t *testing.T) {
	columns := map[string][]cell{"age": {{0, 0}, {1, 0}, {2, 0}, {2, 0}, gone}}
	p, _ := rowsOf(t, "recode(10 / age + 1 / age; 11..20 = 1, 7 = 2, 8..9 = 3)", columns)
	a := p.Account()
	if want := "[{division 2}]"; fmt.Sprint(a.Undefined) != want {
		t.Errorf("undefined %v, want %s: each division counts its rows", a.Undefined, want)
	}
	if want := "[{2 [5.5] false}]"; fmt.Sprint(a.Unlisted) != want {
		t.Errorf("unlisted %v, want %s", a.Unlisted, want)
	}
	if want := "[{10 / age + 1 / age [7]}]"; fmt.Sprint(a.Unmet) != want {
		t.Errorf("unmet %v, want %s", a.Unmet, want)
	}
	many := map[string][]cell{"age": nil}
	for i := range 20 {
		many["age"] = append(many["age"], cell{float64(i), 0})
	}
	p, _ = rowsOf(t, "recode(age; 0 = 1)", many)
	if u := p.Account().Unlisted[0]; u.Rows != 19 || len(u.Values) != few || !u.More {
		t.Errorf("unlisted %v", u)
	}
}

// The labels of a result are those that a recode gives, and what is copied keeps its
// own.
func TestLabels(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`recode(age; 16..24 "young", 25.. "old")`, "[{1 young} {2 old}]"},
		{`recode(sex; 1 = 7 "Seven", else copy)`, "[{7 Seven} {1 Men} {2 Women} {3 Other} {4 Other}]"},
		{"sex", "[{1 Men} {2 Women} {3 Other} {4 Other}]"},
		{"age > 5", "[{0 no} {1 yes}]"},
		{"if(old, sex, 1)", "[{1 Men} {2 Women} {3 Other} {4 Other}]"},
		{"sex + 0", "[]"},
		{`recode(region; "N" = "x" "Ex", else copy)`, "[{x Ex} {N North} {S South} {W }]"},
	} {
		if p, _ := rowsOf(t, c.text, nil); fmt.Sprint(p.Values) != c.want {
			t.Errorf("%s: got %v, want %s", c.text, p.Values, c.want)
		}
	}
}

// Sets are a recode of a variable of codes, whose kind is the variable's.
func TestSets(t *testing.T) {
	sets := []Set{{[]string{"1", "2"}, "Adults"}, {[]string{"3..4"}, ""}}
	e, err := Sets("sex", sets)
	if err != nil {
		t.Fatal(err)
	}
	p, faults := e.Check(people, nil)
	if faults != nil || fmt.Sprint(p.Values) != "[{1+2 Adults} {3..4 }]" {
		t.Errorf("got %v %v", p, faults)
	}
	e, err = Sets("region", []Set{{[]string{"N", "S"}, ""}, {[]string{"W"}, ""}})
	if err != nil {
		t.Fatal(err)
	}
	if p, faults := e.Check(people, nil); faults != nil || fmt.Sprint(p.Values) != "[{N+S North, South} {W }]" {
		t.Errorf("codes of text, by whose labels a set is called: got %v %v", p, faults)
	}
	if _, err := Sets("sex", []Set{{[]string{"1..3"}, ""}, {[]string{"2"}, ""}}); err == nil {
		t.Error("sets that overlap")
	}
}

// A power of a whole number is what multiplication makes of it.
func TestRaised(t *testing.T) {
	for _, c := range []struct{ x, y, want float64 }{{1.1, 2, 1.2100000000000002}, {2, -2, 0.25}, {0, 0, 1}, {-2, 3, -8}, {2, 100, math.Pow(2, 100)}} {
		if got := raised(c.x, c.y); got != c.want {
			t.Errorf("%v^%v: got %v, want %v", c.x, c.y, got, c.want)
		}
	}
}
