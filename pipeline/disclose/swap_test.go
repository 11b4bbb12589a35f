package disclose

import (
	"math/rand/v2"
	"os"
	"testing"
)

// TestNobodyIsSeen lets two people who are in withheld rows exchange what they
// answered, or where they are, so that no published number changes, and holds that
// what is withheld is the same: what a release withholds tells nothing of a withheld
// count but the class that the policy's bounds put it in.
func TestNobodyIsSeen(t *testing.T) {
	tried, want := 0, 100
	if os.Getenv("TWC_ATTACK") == "all" {
		want = 10_000
	}
	for i := 0; tried < want && i < 2*want; i++ {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		people, sizes := sampled(r, 120+r.IntN(200))
		before := rowsOf(people, sizes)
		protected(before).secure()
		for range 60 {
			a, b := &people[r.IntN(len(people))], &people[r.IntN(len(people))]
			at := r.IntN(len(sizes)) // the last stands for the answer
			exchange := func() {
				if at == len(sizes)-1 {
					a.yes, b.yes = b.yes, a.yes
				} else {
					a.categories[at], b.categories[at] = b.categories[at], a.categories[at]
				}
			}
			exchange()
			after := rowsOf(people, sizes)
			exchange()
			if !alike(before, after) {
				continue
			}
			tried++
			protected(after).secure()
			for k := range before {
				if before[k].bare != after[k].bare || before[k].silent != after[k].silent {
					t.Fatalf("sample %d: row %v: withheld %v and %v, after the exchange %v and %v", i, before[k].figure.Key, before[k].bare, before[k].silent, after[k].bare, after[k].silent)
				}
			}
		}
	}
	if tried < want {
		t.Errorf("%d exchanges alone leave every published number as it was, and change another", tried)
	}
}

// alike says whether rows with the pattern of the first publish the same numbers,
// are in the same classes, and are not all the same.
func alike(before, after []*row) bool {
	moved := false
	for k, r := range before {
		for s := range sides {
			was, is := r.counts[s], after[k].counts[s]
			of := [][2]int64{{was, is}}
			if wales := k - len(before)/2; wales >= 0 { // what England and Wales has more than England
				of = append(of, [2]int64{was - before[wales].counts[s], is - after[wales].counts[s]})
			}
			for _, n := range of {
				for _, bound := range []int64{testRules.base, testRules.unreliable, testRules.caution, 1} {
					if (n[0] < bound) != (n[1] < bound) {
						return false
					}
				}
			}
			if was == is {
				continue
			}
			moved = true
			if !r.hides(s) && (s == base || r.counts[base] >= testRules.unreliable) {
				return false
			}
		}
	}
	return moved
}
