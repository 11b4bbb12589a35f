package pipeline

import (
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
)

// What the built-in catalogue says of numbers that depend on each other.
func TestLinks(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	l := links(c)
	if !l.Within("hocs/2001", "england", "england-and-wales") || l.Within("hocs/2001", "england-and-wales", "england") || l.Within("hocs/2001", "england", "england") || l.Within("hocs/1900", "england", "england-and-wales") {
		t.Error("England is a part of England and Wales, and of nothing else")
	}
	for _, of := range [][4]string{
		{"police-force-area", "durham", "region", "north-east"},
		{"police-force-area", "gwent", "country", "wales"},
		{"criminal-justice-area", "london", "region", "london"},
		{"police-force-area", "city-of-london", "criminal-justice-area", "london"},
		{"region", "london", "country", "england"},
		{"tenure", "social-renter", "home-ownership", "renter"},
		{"region", "london", "police-force-area", ""},
		{"sex", "male", "region", ""},
	} {
		if got := l.Coarser(of[0], of[1], of[2]); got != of[3] {
			t.Errorf("%s %s is in %s %q, want %q", of[0], of[1], of[2], got, of[3])
		}
	}
	pair := func(a, b string) string {
		for _, p := range l.Shares {
			switch {
			case p.A.Indicator == a && p.B.Indicator == b:
				return []string{"inside", "around", "apart"}[p.Kind]
			case p.A.Indicator == b && p.B.Indicator == a:
				return []string{"around", "inside", "apart"}[p.Kind]
			}
		}
		return ""
	}
	for _, want := range [][3]string{
		{"very-safe-after-dark", "feel-safe-after-dark", "inside"},
		{"feel-safe-after-dark", "very-safe-after-dark", "around"},
		{"trust-police", "trust-council", ""},
	} {
		if got := pair(want[0], want[1]); got != want[2] {
			t.Errorf("%s and %s: %q, want %q", want[0], want[1], got, want[2])
		}
	}
	for _, r := range []struct {
		a, b   []string
		all    int
		kind   disclose.Relation
		linked bool
	}{
		{[]string{"x"}, []string{"x", "y"}, 3, disclose.Inside, true},
		{[]string{"x", "y"}, []string{"y"}, 3, disclose.Around, true},
		{[]string{"x"}, []string{"y"}, 3, disclose.Apart, true},
		{[]string{"x"}, []string{"y"}, 2, 0, false},
		{[]string{"x", "y"}, []string{"y", "z"}, 4, 0, false},
		{[]string{"x"}, []string{"x"}, 2, 0, false},
	} {
		if kind, linked := relation(r.a, r.b, r.all); linked != r.linked || linked && kind != r.kind {
			t.Errorf("%v and %v of %d: %v %v, want %v %v", r.a, r.b, r.all, kind, linked, r.kind, r.linked)
		}
	}
}
