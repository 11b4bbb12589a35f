package disclose

import (
	"fmt"
	"strings"
	"testing"

	"togetherwecan/pipeline/indicator"
)

// whole is the key of a figure that is not broken down.
var whole = indicator.Key{Breakdown: "all", Category: "all"}

var policy = indicator.Disclosure{ConfidentialBelow: 10, UnreliableBelow: 50, CautionBelow: 100}

func TestThresholds(t *testing.T) {
	const (
		hidden     = "withheld-few(10)"
		unreliable = "withheld-unreliable(50)"
		caution    = "caution(100)"
	)
	for _, c := range []struct {
		base   int
		before indicator.Status
		status indicator.Status
		note   string
	}{
		{base: 0, status: "c", note: hidden},
		{base: 1, status: "c", note: hidden},
		{base: 9, status: "c", note: hidden},
		{base: 10, status: "u", note: unreliable},
		{base: 49, status: "u", note: unreliable},
		{base: 50, note: caution},
		{base: 99, note: caution},
		{base: 100},
		{base: 10000},
		{base: 0, before: "z", status: "z"},
		{base: 0, before: "x", status: "x"},
		{base: 9, before: "x", status: "c", note: hidden},
		{base: 10, before: "x", status: "x"},
		{base: 99, before: "x", status: "x"},
	} {
		t.Run(fmt.Sprintf("a base of %d with status %q", c.base, c.before), func(t *testing.T) {
			got := Apply(policy, []indicator.Estimate{{Base: c.base, Smallest: c.base, Status: c.before, Value: .4, SE: .1}})[0]
			if note := got.Notes.String(); got.Status != c.status || note != c.note {
				t.Errorf("got status %q, note %q; want %q, %q", got.Status, note, c.status, c.note)
			}
		})
	}
}

// A comparison of 3 respondents with 200 is as telling as a figure of 3.
func TestSmallestGroup(t *testing.T) {
	got := Apply(policy, []indicator.Estimate{{Key: whole, Base: 203, Smallest: 3, Value: 1.2}, {Key: whole, Base: 240, Smallest: 40, Value: 1.2}, {Key: whole, Base: 400, Smallest: 200, Value: 1.2}})
	for i, want := range []indicator.Status{indicator.Confidential, indicator.Unreliable, ""} {
		if got[i].Status != want {
			t.Errorf("smallest group of %d: got status %q, want %q", got[i].Smallest, got[i].Status, want)
		}
	}
}

// What is withheld must not be had by subtraction: a confidential figure that
// stands alone in its breakdown takes the next smallest with it.
func TestProtect(t *testing.T) {
	unanswered := indicator.Estimate{Key: indicator.Key{Breakdown: "region", Category: "z"}, Status: indicator.Unavailable}
	got := Apply(policy, []indicator.Estimate{
		{Key: indicator.Key{Breakdown: "region", Category: "a"}, Base: 5, Smallest: 5},
		{Key: indicator.Key{Breakdown: "region", Category: "b"}, Base: 400, Smallest: 400},
		unanswered,
	})
	if got[1].Status != indicator.Confidential || got[2].Status != indicator.Unavailable {
		t.Errorf("beside a category in which nobody answered: got %q and %q, want c and x", got[1].Status, got[2].Status)
	}
	figure := func(breakdown, category string, base int) indicator.Estimate {
		e := indicator.Estimate{Key: indicator.Key{Breakdown: breakdown, Category: category}, Base: base, Smallest: base, Value: .4}
		if base == 0 {
			e.Status = indicator.Inapplicable
		}
		return e
	}
	for _, c := range []struct {
		claim string
		bases []int
		want  string
	}{
		{"nothing to protect", []int{200, 300, 400}, ",,"},
		{"one alone takes the next smallest", []int{5, 400, 300}, "c,,c"},
		{"one that is unreliable already hides its value, and now its base", []int{400, 5, 20}, ",c,c"},
		{"two protect each other", []int{5, 6, 400}, "c,c,"},
		{"a category that nobody is of protects nothing", []int{5, 0, 400}, "c,z,c"},
		{"of equals the first in order", []int{5, 400, 400}, "c,c,"},
		{"one and no other", []int{5}, "c"},
	} {
		estimates := []indicator.Estimate{figure("all", "all", 9999)}
		for i, base := range c.bases {
			estimates = append(estimates, figure("region", string(rune('a'+i)), base))
		}
		estimates = append(estimates, figure("sex", "men", 200))
		var got []string
		for _, e := range Apply(policy, estimates) {
			got = append(got, string(e.Status))
		}
		if want := "," + c.want + ","; strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, want %q", c.claim, strings.Join(got, ","), want)
		}
	}
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		claim string
		base  int
		notes indicator.Notes
		want  string
	}{
		{"a confidential figure's notes could tell what it is", 9, indicator.Notes{{Code: indicator.NoErrorFixed}}, "withheld-few(10)"},
		{"that the data are synthetic is not confidential", 9, indicator.Notes{{Code: indicator.NoErrorFixed}, {Code: indicator.Synthetic}}, "withheld-few(10) synthetic"},
		{"nor are those of an unreliable one: that nobody differs tells the value", 10, indicator.Notes{{Code: indicator.NoErrorFixed}}, "withheld-unreliable(50)"},
		{"a figure with caution keeps its notes", 50, indicator.Notes{{Code: indicator.NoErrorFixed}}, "no-error-fixed caution(100)"},
		{"enough respondents, no note", 100, indicator.Notes{{Code: indicator.NoErrorFixed}}, "no-error-fixed"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := Apply(policy, []indicator.Estimate{{Base: c.base, Smallest: c.base, Notes: c.notes}})[0].Notes; got.String() != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The estimates given are the caller's: none of them changes, not even where
// its notes have room for one more.
func TestApplyChangesNothingGiven(t *testing.T) {
	notes := append(make(indicator.Notes, 0, 8), indicator.Note{Code: indicator.NoErrorFixed})
	given := []indicator.Estimate{{Key: whole, Base: 9, Smallest: 9, Notes: notes}, {Key: whole, Base: 10, Smallest: 10, Notes: notes}, {Key: whole, Base: 50, Smallest: 50, Notes: notes}}
	out := Apply(policy, given)
	for i, e := range given {
		if e.Status != "" || e.Notes.String() != "no-error-fixed" {
			t.Errorf("estimate %d is now %+v", i, e)
		}
	}
	for i, want := range []string{"withheld-few(10)", "withheld-unreliable(50)", "caution(100)"} {
		if got := out[i].Notes[len(out[i].Notes)-1].String(); got != want {
			t.Errorf("estimate %d: got note %q, want %q", i, got, want)
		}
	}
}
