package tally

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
)

// headOf is the head of a tally of a plan of a sample.
func (c chance) headOf(s *Sample, p *Plan, u Units, level string) Head {
	h := Head{Version: PartVersion, Dialect: "twc", Level: level, Form: 128, K: u.K, Asked: map[string]json.RawMessage{"weight": json.RawMessage(`"w"`)}, Plans: []Planned{{Plan: *p, Amounts: u.Amounts}}}
	for _, column := range c.table.Columns {
		h.Variables = append(h.Variables, Counted{Name: column.Variable.Name, Categories: column.Variable.Categories})
	}
	if c.source.Stratum != nil {
		h.Strata = []bool{false}
	}
	switch {
	case s.mode == bySum:
		h.Level = OfAll
	case s.mode == byRow:
		h.Level = OfRespondents
	default:
		h.PSU = []bool{false}
	}
	return h
}

func read(t *testing.T, text []byte) *Part {
	t.Helper()
	p, ps := ReadPart(bytes.NewReader(text), "part")
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// A part counts what the rows do, whether it was made of all of them or of
// shards, in any order, and was written and read.
func TestPart(t *testing.T) {
	r := seed(t)
	for range 8 {
		c, p := draw(r), plan()
		s := c.of(t, nil)
		b := s.Bounds(p)
		u := b.Units()
		want := found{strata: map[string]Moments{}}
		want.counts = s.Count(p, u, 1, want.take)
		whole := s.Part(c.headOf(s, p, u, OfPSUs), &c.source)
		hold := func(what string, part *Part) {
			t.Helper()
			got := found{strata: map[string]Moments{}}
			got.counts = part.Count(p, u, 1, got.take)
			same(t, what, got, want)
		}
		again := read(t, whole.Text())
		hold("a part", again)
		if !bytes.Equal(again.Text(), whole.Text()) {
			t.Error("a part that was read is written otherwise")
		}
		if strata := s.Part(c.headOf(s, p, u, OfStrata), &c.source); s.mode == byCluster {
			hold("by stratum", read(t, strata.Text()))
		}
		for _, shards := range []int{1, 3, 7} {
			var sum *Part
			in := make([]int, c.table.Rows)
			for row := range in {
				in[row] = r.IntN(shards)
			}
			for _, shard := range r.Perm(shards) {
				source := c.source
				source.In = make([]bool, len(in))
				some := false
				for row, at := range in {
					source.In[row] = at == shard
					some = some || at == shard && source.Weight[row] > 0
				}
				if !some {
					source.In[0] = true // the first has a weight, and is then in two shards
					if in[0] != shard {
						source.In[0] = false
						continue
					}
				}
				source.Lonely = "certainty"
				d, ps := design.New(source)
				if err := ps.Err(); err != nil {
					t.Fatal(err)
				}
				part := read(t, Of(d, c.table).Part(c.headOf(s, p, u, OfPSUs), &source).Text())
				if sum == nil {
					sum = part
				} else if err := sum.Merge(part); err != nil {
					t.Fatal(err)
				}
			}
			if n := missed(c, in, shards); n > 0 {
				continue // rows of a shard that has no respondents, of which there is no part
			}
			hold(fmt.Sprintf("%d shards", shards), sum)
			if sum.Sum() != whole.Sum() {
				t.Errorf("%d shards have other lines than the whole:\n%s\n%s", shards, sum.Lines(), whole.Lines())
			}
		}
		if t.Failed() {
			t.Fatalf("%d rows, error by %s", c.table.Rows, s.design.Error)
		}
	}
}

// missed is how many shards have rows and no respondent.
func missed(c chance, in []int, shards int) int {
	rows, some := make([]bool, shards), make([]bool, shards)
	for row, at := range in {
		rows[at] = true
		some[at] = some[at] || c.source.Weight[row] > 0
	}
	n := 0
	for shard := range rows {
		if rows[shard] && !some[shard] {
			n++
		}
	}
	return n
}

// Parts of unlike questions, units or levels are not added, nor is a stratum twice.
func TestPartsUnlike(t *testing.T) {
	made := func(change func(h *Head)) *Part {
		c := fixed()
		s := c.of(t, nil)
		b := s.Bounds(shares())
		h := c.headOf(s, shares(), b.Units(), OfPSUs)
		change(&h)
		return s.Part(h, &c.source)
	}
	for _, of := range []struct {
		change func(h *Head)
		want   string
	}{
		{func(h *Head) { h.K-- }, "units of 2^-"},
		{func(h *Head) { h.Level = OfStrata }, "levels psu and stratum"},
		{func(h *Head) { h.Asked = map[string]json.RawMessage{"weight": json.RawMessage(`"v"`)} }, `weight "w" and "v"`},
		{func(h *Head) { h.Variables = slices.Clone(h.Variables); h.Variables[1].Label = "other" }, `variable "region"`},
		{func(h *Head) { h.Plans = []Planned{{Plan: Plan{Domains: []Domain{{}}, Items: h.Plans[0].Items}}} }, "other figures"},
	} {
		err := made(func(*Head) {}).Merge(made(of.change))
		if err == nil || !strings.Contains(err.Error(), of.want) {
			t.Errorf("got %v, want %s", err, of.want)
		}
	}
	strata := func(h *Head) { h.Level = OfStrata }
	if err := made(strata).Merge(made(strata)); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("one stratum in two parts: got %v, want a refusal", err)
	}
}

// fixed is always the same sample, of strata and PSUs.
func fixed() chance {
	r := rand.New(rand.NewPCG(4, 0))
	for {
		if c := draw(r); c.source.Stratum != nil && c.source.PSU != nil && c.table.Rows > 100 {
			return c
		}
	}
}

// shares are a plan of weights alone, which an engine can count.
func shares() *Plan {
	p := plan()
	p.Items = slices.DeleteFunc(p.Items, func(item Item) bool {
		return slices.ContainsFunc(item.Groups, func(g Group) bool { return g.Y.Value != "" })
	})
	return p
}

// records are the fields of a part's lines.
func records(t *testing.T, text []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	made, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func written(records [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.WriteAll(records)
	return out.Bytes()
}

// edited is the text with one line changed: the first that has all of the words, each in
// its field.
func edited(t *testing.T, text []byte, change func(fields []string) []string, words ...string) []byte {
	t.Helper()
	all := records(t, text)
	for i, fields := range all {
		if i == 0 || len(fields) < len(words) || !slices.Equal(fields[:len(words)], words) {
			continue
		}
		if all[i] = change(slices.Clone(fields)); all[i] == nil {
			all = slices.Delete(all, i, i+1)
		}
		return written(all)
	}
	t.Fatalf("no line of %v", words)
	return nil
}

// put changes a field of a line; of a number that is added, "+1" or "-1".
func put(field int, to string) func([]string) []string {
	return func(fields []string) []string {
		if x, ok := parseWide(fields[field]); ok && (to == "+1" || to == "-1") {
			n, _ := strconv.Atoi(to)
			x.Add(int64(n))
			to = x.String()
		}
		fields[field] = to
		return fields
	}
}

// Each of these is what comes of an engine, a file or a transfer that fails, and is
// refused by what it says.
func TestPartCorrupt(t *testing.T) {
	c := fixed()
	s := c.of(t, nil)
	b := s.Bounds(shares())
	u := b.Units()
	perPSU := s.Part(c.headOf(s, shares(), u, OfPSUs), &c.source).Text()
	perStratum := s.Part(c.headOf(s, shares(), u, OfStrata), &c.source).Text()
	first := func(text []byte, kind ...string) []string { // the first line of a kind, with its labels
		for _, fields := range records(t, text)[1:] {
			if slices.Equal(fields[:len(kind)], kind) {
				return fields
			}
		}
		t.Fatalf("no line of %v", kind)
		return nil
	}
	var several []string // a PSU of several respondents
	for _, fields := range records(t, perPSU)[1:] {
		if fields[0] == "drawn" && fields[10] != "0" && fields[10] != "1" {
			several = fields[:3]
		}
	}
	drop := func([]string) []string { return nil }
	lines := func(text []byte) []string { return strings.SplitAfter(string(text), "\n") }
	head := func(from, to string) []byte { return []byte(strings.Replace(string(perPSU), from, to, 1)) }
	everyone := first(perStratum, "cell", "0", "0", "0")
	for _, of := range []struct {
		what string
		text []byte
		want string
	}{
		{"nothing", nil, "empty, want a tally"},
		{"another file", []byte("a,b\n1,2\n"), "no tally"},
		{"a version to come", []byte(strings.Replace(string(perPSU), "twc tally,1,", "twc tally,2,", 1)), "version"},
		{"a head of something else", head(`""version"":1`, `""versions"":1`), "head cannot be read"},
		{"a level that is none", head(`""level"":""psu""`, `""level"":""person""`), `level ""person""`},
		{"a form that is none", head(`""form"":128`, `""form"":32`), "form 32"},
		{"no unit", head(fmt.Sprintf(`""k"":%d`, u.K), `""k"":9999`), "units of 2^-"},
		{"a plan of a variable that is not there", head(`""By"":[""sex""]`, `""By"":[""six""]`), `no variable "six"`},
		{"a head alone, as of a table that was still empty", []byte(lines(perPSU)[0]), "no respondents"},
		{"two heads", append(slices.Clone(perPSU), perPSU...), "a second head"},
		{"a file cut within a line", perPSU[:len(perPSU)-4], ""},
		{"a file cut after a line", []byte(strings.Join(lines(perPSU)[:len(lines(perPSU))-3], "")), "want the"},
		{"a line that is lost", edited(t, perPSU, drop, "cell", "0", "1", "0"), "want the"},
		{"a drawn line that is lost", edited(t, perPSU, drop, first(perPSU, "drawn")[:3]...), "not among what was drawn"},
		{"a line that is there twice", append(slices.Clone(perPSU), lines(perPSU)[len(lines(perPSU))-2]...), "want the"},
		{"a stratum that is there twice", append(slices.Clone(perStratum), lines(perStratum)[1]...), "twice"},
		{"a word in place of a number", edited(t, perPSU, put(7, "many"), "cell", "0", "0", "0"), `"many", want a whole number`},
		{"a fraction", edited(t, perPSU, put(7, "1.5"), "cell", "0", "0", "0"), `"1.5", want a whole number`},
		{"a float", edited(t, perPSU, put(7, "1e3"), "cell", "0", "0", "0"), `"1e3", want a whole number`},
		{"a number of more than 126 bits", edited(t, perStratum, put(12, "99999999999999999999999999999999999999999"), "cell", "0", "0", "0"), "126 bits"},
		{"a kind of line that is none", edited(t, perPSU, put(0, "cel"), "cell", "0", "0", "0"), "a line of"},
		{"a cell that is none", edited(t, perPSU, put(3, "99"), "cell", "0", "1", "0"), "cell 99"},
		{"a plan that is none", edited(t, perPSU, put(1, "3"), "cell", "0", "1", "0"), "plan 3"},
		{"negative weights", edited(t, perPSU, func(f []string) []string { return put(5, "+1")(put(8, "+1")(f)) }, "drawn"), "negative weights"},
		{"weights that are no numbers", edited(t, perPSU, func(f []string) []string { return put(5, "+1")(put(9, "+1")(f)) }, "drawn"), "no numbers"},
		{"a code that nobody knows", edited(t, perPSU, put(16, "2"), "drawn"), `variable "region": 2 respondents with codes`},
		{"more whom a missing value leaves open than are outside", edited(t, perPSU, put(14, "1000"), "drawn"), "leaves the population open"},
		{"rows that are not counted", edited(t, perPSU, put(5, "+1"), "drawn"), "other counts of those"},
		{"a sum that wrapped", edited(t, perPSU, put(11, "-5"), "drawn"), "overflow"},
		{"a unit too small for the weights", edited(t, perPSU, func(f []string) []string { return put(11, "4611686018427387903")(put(12, "4611686018427387903")(f)) }, several...), "no room"},
		{"PSUs that are lost with weights of 0", edited(t, perStratum, put(2, "1"), "drawn"), "which cannot be"},
		{"a weight read wrongly in its last place", edited(t, perPSU, put(9, "+1"), everyoneOf(t, perPSU)...), "which cannot be"},
		{"an overflowed square", edited(t, perStratum, put(15, "12"), everyone[:5]...), "did it overflow"},
		{"a square beyond that of the sum", edited(t, perStratum, put(15, "9999999999999999999999999999999999999"), everyone[:5]...), "sum of squares"},
		{"a product of unlike totals", edited(t, perStratum, put(16, "0"), everyone[:5]...), "which cannot be"},
		{"more yes than answers", edited(t, perStratum, put(12, "999"), everyone[:5]...), "rows that count"},
		{"more PSUs than were drawn", edited(t, perStratum, put(7, "999"), everyone[:5]...), "PSUs of the base"},
	} {
		_, ps := ReadPart(bytes.NewReader(of.text), "part")
		if ps == nil || !strings.Contains(ps.Error(), strings.ReplaceAll(of.want, `""`, `"`)) {
			t.Errorf("%s: got %v, want %q", of.what, ps, of.want)
		}
	}
	read(t, perPSU) // which were changed
	read(t, perStratum)
}

// everyoneOf are the first fields of the first line of everyone of whom somebody answered
// and not all count.
func everyoneOf(t *testing.T, text []byte) []string {
	for _, fields := range records(t, text)[1:] {
		if fields[0] == "cell" && fields[2] == "0" && fields[3] == "0" && len(fields) > 12 && fields[9] != "0" && fields[10] != "0" && fields[9] != fields[10] {
			return fields[:6]
		}
	}
	t.Fatal("no line of everyone")
	return nil
}

// FuzzReadPart holds that any bytes are refused or are a part that counts, and that is
// written as it is read.
func FuzzReadPart(f *testing.F) {
	c := fixed()
	c.source.In = make([]bool, c.table.Rows)
	for row := range 12 {
		c.source.In[row] = true
	}
	d, ps := design.New(c.source)
	if ps != nil {
		f.Fatal(ps.Err())
	}
	s := Of(d, c.table)
	for _, level := range []string{OfPSUs, OfStrata} {
		for _, p := range []*Plan{shares(), plan()} {
			p.Domains, p.Items = p.Domains[:2], p.Items[len(p.Items)-3:]
			b := s.Bounds(p)
			f.Add(s.Part(c.headOf(s, p, b.Units(), level), &c.source).Text())
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, ps := ReadPart(bytes.NewReader(text), "part")
		if ps != nil {
			return
		}
		for i := range p.Head.Plans {
			p.Count(&p.Head.Plans[i].Plan, p.Head.units(i), 1, nil)
		}
		again, ps := ReadPart(bytes.NewReader(p.Text()), "again")
		if ps != nil || !bytes.Equal(again.Text(), p.Text()) {
			t.Errorf("what was read is not read again: %v", ps)
		}
	})
}
