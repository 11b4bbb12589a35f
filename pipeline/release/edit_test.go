package release

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// A script is a random list of edits of a release, of which it knows what a diff
// must say: it keeps numbers in tenths, and asks nothing of the code that it tests.
type script struct {
	*rand.Rand
	was, now           Content
	previous, next     *Manifest
	used               map[string]bool // rows that an edit was of
	quantity           bool            // the definition means another one
	method             map[codebook.SourceID]bool
	read               map[codebook.SourceID]bool // from another file; provisional ones are returns
	rows               []func() string            // what the diff must say, once all edits are made
	gained, went, unit bool
	log                []string
}

var editSources = []codebook.SourceID{"hocs/2001", "hocs/2003", "returns/turnout/2004"}

func (s *script) tenths(n int) float64 { return float64(n) / 10 }

func text(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// figureOf is a random figure, of a value that is not a whole number of units so that
// its last digit shows.
func (s *script) figureOf(k indicator.Key) Figure {
	value, half := 100+s.IntN(700), 5+s.IntN(30)
	f := Figure{
		Key: k, PeriodStart: "2001-01-01", PeriodEnd: "2001-12-31", Statistic: "proportion", Unit: "percent", Value: s.tenths(value), SE: s.tenths(1 + s.IntN(9)),
		Lower: s.tenths(value - half), Upper: s.tenths(value + half), Level: 0.95, Method: "logit", DF: 90, DEFF: 1.2, Base: int64(100 + s.IntN(900)), Weight: "core", ErrorSource: "psus",
	}
	if s.IntN(8) == 0 {
		hide(&f, []string{"c", "u"}[s.IntN(2)])
	}
	return f
}

// newScript draws a release of one indicator.
func newScript(seed uint64) *script {
	s := &script{Rand: rand.New(rand.NewPCG(seed, 12)), used: map[string]bool{}, method: map[codebook.SourceID]bool{}, read: map[codebook.SourceID]bool{}}
	s.previous, s.next = compared(), compared()
	for _, m := range []*Manifest{s.previous, s.next} {
		m.Sources = append(m.Sources, Source{ID: editSources[2], Kind: Return, Files: []SourceFile{{Name: "a.csv", Digest: "f"}}, Filed: &Filed{Standing: "provisional"}})
		m.Indicators[0].Lineage[editSources[2]] = "l5"
	}
	w := &s.was.Words
	w.Indicator = IndicatorLabels{ID: "influence-local", Title: "A title", Base: "Adults", Populations: []string{"england", "wales"}}
	for _, source := range editSources {
		for _, population := range []string{"england", "wales"}[:1+s.IntN(2)] {
			for _, breakdown := range []string{"all", "sex", "region"}[:1+s.IntN(3)] {
				for c := range map[string]int{"all": 1, "sex": 2, "region": 3}[breakdown] {
					k := indicator.Key{Indicator: "influence-local", Source: source, Population: population, Breakdown: breakdown, Category: fmt.Sprint(breakdown, c), Item: "all"}
					s.was.Figures = append(s.was.Figures, s.figureOf(k))
				}
			}
		}
	}
	for _, f := range s.was.Figures {
		if f.Source != editSources[1] || f.Status != "" {
			continue
		}
		change := s.IntN(200) - 100
		s.was.Changes = append(s.was.Changes, Change{
			Key: f.Key, FromSource: editSources[0], Statistic: "proportion", Unit: "percentage points", Change: s.tenths(change), SE: 0.5,
			Lower: s.tenths(change - 10), Upper: s.tenths(change + 10), Level: 0.95, Method: "wald", DF: 90, P: 0.5, PAdjusted: 0.5,
			Verdict: []string{Higher, Lower, NoClearChange}[s.IntN(3)],
		})
	}
	w.Codes = []Label{{Column: "population", Code: "england", Text: "England"}, {Column: "population", Code: "wales", Text: "Wales"}}
	s.was.Sort()
	s.now = s.was
	s.now.Figures, s.now.Changes = slices.Clone(s.was.Figures), slices.Clone(s.was.Changes)
	s.now.Words.Codes, s.now.Words.Indicator.Populations = slices.Clone(w.Codes), slices.Clone(w.Indicator.Populations)
	return s
}

// line is a row of a diff.
func line(m Move) string {
	return fmt.Sprint(m.Table, " ", m.Event, " ", m.FromSource, " ", m.Of.Source, " ", m.Of.Population, " ", m.Of.Category, " ", m.Entry, " ", m.Column, ": ", m.Was, " -> ", m.Now, ", ", text(m.Digits), " digits, ", m.Revision)
}

// says adds what the diff must say of a row, but for the type of its revision where
// that follows from what the sources rest on.
func (s *script) says(m Move, otherwise RevisionType) {
	s.rows = append(s.rows, func() string {
		m.Revision = otherwise
		sources := []codebook.SourceID{m.FromSource, m.Of.Source}
		of := func(in map[codebook.SourceID]bool) bool { return in[sources[0]] || in[sources[1]] }
		switch {
		case m.Table == WordsTable, m.Event == Came && otherwise == ScheduledData:
		case s.quantity || of(s.method):
			m.Revision = ScheduledMethod
		case (otherwise == CorrectionMinor || otherwise == CorrectionSubstantial) && of(s.read) && (sources[0].Return() || sources[1].Return()):
			m.Revision = ScheduledData
		}
		return line(m)
	})
}

// about is a move of a row, before its event.
func about(table string, k indicator.Key, from codebook.SourceID) Move {
	return Move{Table: table, Of: k, FromSource: from, Change: math.NaN(), Digits: math.NaN(), Errors: math.NaN()}
}

// fresh draws a figure that no edit was of, and that has a value or has none; nil
// where there is none.
func (s *script) fresh(valued bool) *Figure {
	for range 20 {
		f := &s.now.Figures[s.IntN(len(s.now.Figures))]
		key := fmt.Sprint(f.Key)
		if !s.used[key] && (f.Status == "") == valued && slices.ContainsFunc(s.was.Figures, func(g Figure) bool { return g.Key == f.Key }) {
			s.used[key] = true
			return f
		}
	}
	return nil
}

func (s *script) freshChange() *Change {
	if len(s.now.Changes) == 0 {
		return nil
	}
	c := &s.now.Changes[s.IntN(len(s.now.Changes))]
	key := fmt.Sprint("change ", c.Key)
	if s.used[key] {
		return nil
	}
	s.used[key] = true
	return c
}

// once says whether an edit of the whole release may be made.
func (s *script) once(name string) bool {
	if s.used[name] {
		return false
	}
	s.used[name] = true
	return true
}

// An edit changes the release, and says what a diff must.
type edit struct {
	name string
	do   func(s *script) bool
}

// edits is the list of what can be changed, each of which says that it could be.
func edits() []edit {
	restated := func(s *script, column string, revision RevisionType, change func(*Figure) (was, now string)) bool {
		f := s.fresh(true)
		if f == nil {
			return false
		}
		m := about("figures", f.Key, "")
		m.Event, m.Column = Restated, column
		m.Was, m.Now = change(f)
		s.says(m, revision)
		return true
	}
	return []edit{
		{"a value moved", func(s *script) bool {
			f := s.fresh(true)
			if f == nil {
				return false
			}
			k := (1 + s.IntN(60)) * (1 - 2*s.IntN(2))
			n := int(math.Round(f.Value * 10))
			m := about("figures", f.Key, "")
			m.Event, m.Column, m.Was, m.Now, m.Digits = Shifted, "value", text(f.Value), text(s.tenths(n+k)), float64(k)
			half := int(math.Round((f.Upper - f.Value) * 10))
			revision := CorrectionMinor
			if k > half || -k > half {
				revision = CorrectionSubstantial
			}
			f.Value = s.tenths(n + k)
			s.says(m, revision)
			return true
		}},
		{"a figure hidden", func(s *script) bool {
			f := s.fresh(true)
			if f == nil {
				return false
			}
			m := about("figures", f.Key, "")
			m.Event, m.Column, m.Was = Hidden, "value", text(f.Value)
			hide(f, []string{"c", "u"}[s.IntN(2)])
			s.says(m, DisclosureRevision)
			return true
		}},
		{"a figure shown", func(s *script) bool {
			f := s.fresh(false)
			if f == nil {
				return false
			}
			shown := s.figureOf(f.Key)
			if shown.Status != "" {
				return false
			}
			m := about("figures", f.Key, "")
			m.Event, m.Column, m.Now = Shown, "value", text(shown.Value)
			*f = shown
			s.says(m, DisclosureRevision)
			return true
		}},
		{"a base hidden", func(s *script) bool {
			return restated(s, "base_unweighted", DisclosureRevision, func(f *Figure) (string, string) {
				was := fmt.Sprint(f.Base)
				f.Base = Withheld
				return was, ""
			})
		}},
		{"an error restated", func(s *script) bool {
			return restated(s, "std_error", CorrectionMinor, func(f *Figure) (string, string) {
				was := text(f.SE)
				f.SE += 1
				return was, text(f.SE)
			})
		}},
		{"a note", func(s *script) bool {
			return restated(s, "notes", WordsRevised, func(f *Figure) (string, string) {
				f.Notes = "caution(100)"
				return "", f.Notes
			})
		}},
		{"a unit redefined", func(s *script) bool {
			s.unit = restated(s, "unit", ScheduledMethod, func(f *Figure) (string, string) {
				f.Unit = "ratio"
				return "percent", "ratio"
			}) || s.unit
			if n := len(s.rows); s.unit && n > 0 {
				last := s.rows[n-1]
				s.rows[n-1] = func() string { return strings.Replace(last(), " restated ", " redefined ", 1) }
			}
			return s.unit
		}},
		{"a verdict flipped", func(s *script) bool {
			c := s.freshChange()
			if c == nil {
				return false
			}
			m := about("changes", c.Key, c.FromSource)
			m.Event, m.Column, m.Was = Flipped, "verdict", c.Verdict
			c.Verdict = map[string]string{Higher: NoClearChange, NoClearChange: Lower, Lower: Higher}[c.Verdict]
			m.Now = c.Verdict
			s.says(m, CorrectionSubstantial)
			return true
		}},
		{"a change moved", func(s *script) bool {
			c := s.freshChange()
			if c == nil {
				return false
			}
			k, n := 1+s.IntN(60), int(math.Round(c.Change*10))
			m := about("changes", c.Key, c.FromSource)
			m.Event, m.Column, m.Was, m.Digits = Shifted, "change", text(c.Change), float64(k)
			c.Change = s.tenths(n + k)
			m.Now = text(c.Change)
			s.says(m, CorrectionMinor)
			return true
		}},
		{"a word", func(s *script) bool {
			if !s.once("title") {
				return false
			}
			s.now.Words.Indicator.Title = "Another title"
			m := about(WordsTable, indicator.Key{}, "")
			m.Event, m.Entry, m.Was, m.Now = Reworded, "title", "A title", "Another title"
			s.says(m, WordsRevised)
			return true
		}},
		{"a label", func(s *script) bool {
			if !s.once("label") {
				return false
			}
			s.now.Words.Codes[1].Text = "Cymru"
			m := about(WordsTable, indicator.Key{}, "")
			m.Event, m.Entry, m.Was, m.Now = Reworded, "label of population wales", "Wales", "Cymru"
			s.says(m, WordsRevised)
			return true
		}},
		{"an order", func(s *script) bool {
			if !s.once("order") {
				return false
			}
			slices.Reverse(s.now.Words.Indicator.Populations)
			m := about(WordsTable, indicator.Key{}, "")
			m.Event, m.Entry, m.Was, m.Now = Reworded, "order of populations", "england wales", "wales england"
			s.says(m, WordsRevised)
			return true
		}},
		{"a source added", func(s *script) bool {
			return s.once("source") && s.came("hocs/2005", ScheduledData, func(f *Figure) bool { return f.Source == editSources[0] })
		}},
		{"a breakdown added", func(s *script) bool {
			if !s.once("breakdown") {
				return false
			}
			s.rests(editSources[0])
			return s.came("", ScheduledMethod, func(f *Figure) bool { return f.Source == editSources[0] && f.Breakdown == "all" })
		}},
		{"a breakdown dropped", func(s *script) bool {
			dropped := func(f Figure) bool { return f.Source == editSources[0] && f.Breakdown == "region" }
			if !slices.ContainsFunc(s.now.Figures, dropped) || len(s.rows) > 0 || !s.once("dropped") { // before an edit was of one of its rows
				return false
			}
			s.rests(editSources[0])
			for _, f := range s.now.Figures {
				if dropped(f) {
					m := about("figures", f.Key, "")
					m.Event, m.Column, m.Was = Went, "value", text(f.Value)
					s.says(m, ScheduledMethod)
				}
			}
			s.now.Figures = slices.DeleteFunc(s.now.Figures, dropped)
			s.went = true
			return true
		}},
		{"another quantity", func(s *script) bool {
			s.quantity = true
			s.next.Indicators[0].Quantity, s.next.Indicators[0].Definition = "other", "other"
			return true
		}},
		{"another definition of a source", func(s *script) bool { s.rests(editSources[s.IntN(len(editSources))]); return true }},
		{"another file", func(s *script) bool {
			i := s.IntN(len(editSources))
			s.read[editSources[i]] = true
			s.next.Sources[i].Files = []SourceFile{{Name: "b", Digest: "g"}}
			return true
		}},
	}
}

// rests has a source rest on another definition.
func (s *script) rests(id codebook.SourceID) {
	s.method[id] = true
	s.next.Indicators[0].Lineage[id] = "other"
}

// came adds figures like some that there are: of another source, or by another
// breakdown.
func (s *script) came(source codebook.SourceID, revision RevisionType, like func(*Figure) bool) bool {
	for i := range s.was.Figures {
		if !like(&s.was.Figures[i]) {
			continue
		}
		k := s.was.Figures[i].Key
		if source != "" {
			k.Source = source
		} else {
			k.Breakdown, k.Category = "tenure", "owner"
		}
		f := s.figureOf(k)
		m := about("figures", k, "")
		m.Event, m.Column, m.Now = Came, "value", text(f.Value)
		s.now.Figures = append(s.now.Figures, f)
		s.says(m, revision)
		s.gained = true
	}
	return s.gained
}

// class is that of all edits.
func (s *script) class() Class {
	switch {
	case len(s.rows) == 0:
		return Unchanged
	case s.went || s.unit || s.quantity:
		return Major
	case s.gained:
		return Minor
	}
	return Patch
}

// TestEdits holds that a diff says of random lists of edits exactly what they did, and
// their class and type of revision. With TWC_EDITS=all there are 10,000.
func TestEdits(t *testing.T) {
	n, seed := 400, rand.Uint64N(1<<32)
	if os.Getenv("TWC_EDITS") == "all" {
		n = 10000
	}
	if given, err := strconv.ParseUint(os.Getenv("TWC_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("TWC_SEED=%d", seed)
	done := map[string]int{}
	classes, revisions := map[Class]int{}, map[RevisionType]int{}
	for i := range uint64(n) {
		s := newScript(seed + i)
		for range s.IntN(7) {
			e := edits()[s.IntN(len(edits()))]
			if e.do(s) {
				s.log = append(s.log, e.name)
				done[e.name]++
			}
		}
		s.now.Sort()
		var want, got []string
		gravest := NotRevised
		for _, row := range s.rows {
			want = append(want, row())
			fields := strings.Fields(want[len(want)-1])
			gravest = gravest.Graver(RevisionType(fields[len(fields)-1]))
		}
		d := NewDiff(Side{"a", s.previous, map[string]Content{"influence-local": s.was}}, Side{"b", s.next, map[string]Content{"influence-local": s.now}}, nil)
		x := d.Indicators[0]
		for _, m := range x.Moves {
			got = append(got, line(m))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) || x.Class != s.class() || x.Revision != gravest {
			t.Fatalf("seed %d, edits %q:\nwant %s, %s\n%s\ngot %s, %s\n%s", seed+i, s.log, s.class(), gravest, strings.Join(want, "\n"), x.Class, x.Revision, strings.Join(got, "\n"))
		}
		classes[x.Class]++
		revisions[x.Revision]++
		s.next.Follow(s.previous, "digest", map[string]Content{"influence-local": s.was}, map[string]Content{"influence-local": s.now})
		if entry := s.next.Indicators[0]; entry.Class != x.Class || entry.Revision != x.Revision {
			t.Fatalf("seed %d, edits %q: the manifest says %s, %s; the diff %s, %s", seed+i, s.log, entry.Class, entry.Revision, x.Class, x.Revision)
		}
	}
	for _, e := range edits() {
		if done[e.name] == 0 {
			t.Errorf("no script had the edit %q", e.name)
		}
	}
	if len(classes) != 4 || len(revisions) != len(RevisionTypes) {
		t.Errorf("classes %v and revisions %v, want scripts of each", classes, revisions)
	}
	t.Logf("%d scripts: classes %v, revisions %v", n, classes, revisions)
}
