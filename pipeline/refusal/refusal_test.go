package refusal

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestErr(t *testing.T) {
	add := func(pairs ...string) Problems {
		var ps Problems
		for i := 0; i < len(pairs); i += 2 {
			ps.Add(pairs[i], "%s", pairs[i+1])
		}
		return ps
	}
	for _, c := range []struct {
		claim string
		ps    Problems
		want  string
	}{
		{"every problem is there", add("a", "one", "b", "two"), "a: one\nb: two"},
		{"places are in order", add("b", "two", "a", "one"), "a: one\nb: two"},
		{"line 9 comes before line 10", add("a.yaml:10", "ten", "a.yaml:9", "nine"), "a.yaml:9: nine\na.yaml:10: ten"},
		{"a file's own problem comes before those of its lines", add("a.yaml:1", "line", "a.yaml", "file"), "a.yaml: file\na.yaml:1: line"},
		{"one place's problems are in order of text", add("a", "two", "a", "one"), "a: one\na: two"},
		{"what is said twice is said once", add("a", "one", "b", "two", "a", "one"), "a: one\nb: two"},
		{"a colon before a name is not a line", add(`a: variable "b"`, "two", "a: file", "one"), "a: file: one\na: variable \"b\": two"},
		{"no place, no colon", add("", "called without a command"), "called without a command"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := c.ps.Err().Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if err := (Problems{}).Err(); err != nil {
		t.Errorf("no problem is an error: %v", err)
	}
}

// Whatever the order in which problems are found, the report is one.
func TestErrHasNoOrder(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		var ps Problems
		for range 1 + r.IntN(12) {
			ps = append(ps, Problem{
				Kind: Kind(1 + r.IntN(2)), Where: fmt.Sprintf("%c.yaml:%d", 'a'+r.IntN(2), r.IntN(12)),
				What: string(rune('a' + r.IntN(2))), Hint: string(rune('a' + r.IntN(2))),
			})
		}
		before := slices.Clone(ps)
		want := Of(ps.Err(), Data)
		if !slices.Equal(ps, before) {
			t.Fatalf("seed %d: the problems themselves were put in order", seed)
		}
		r.Shuffle(len(ps), func(i, j int) { ps[i], ps[j] = ps[j], ps[i] })
		if got := Of(ps.Err(), Data); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got\n%v\nwant\n%v", seed, got, want)
		}
		for i, p := range want {
			if slices.Contains(want[:i], p) {
				t.Fatalf("seed %d: %v is there twice", seed, p)
			}
		}
	}
}

func TestOf(t *testing.T) {
	one := Problem{Kind: Integrity, Where: "a", What: "one"}
	for _, c := range []struct {
		claim string
		err   error
		want  Problems
	}{
		{"no error, no problem", nil, nil},
		{"problems keep their kind", Problems{one}, Problems{one}},
		{"one problem is a set of one", one, Problems{one}},
		{"problems are found inside another error", fmt.Errorf("run: %w", Problems{one}), Problems{one}},
		{"and so is one", fmt.Errorf("run: %w", one), Problems{one}},
		{"any other error takes the given kind", errors.New("no space left"), Problems{{Kind: Disk, What: "no space left"}}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := Of(c.err, Disk); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A command's exit status is the kind: scripts depend on these numbers.
func TestKinds(t *testing.T) {
	if got, want := [...]Kind{Data, Usage, Succession, Integrity, Disk}, [...]Kind{1, 2, 3, 5, 7}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	var ps Problems
	ps.AddHint("mend it", "a.tab", "%d rows", 0)
	ps.AddRemedy(LonelyPolicy, "merge it", "b.tab", "%d PSU", 1)
	for i, want := range []Problem{{Data, "a.tab", "0 rows", "mend it", AsHinted, ""}, {Data, "b.tab", "1 PSU", "merge it", LonelyPolicy, ""}} {
		if ps[i] != want {
			t.Errorf("got %+v, want %+v", ps[i], want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"statistic", "status", "title", "region", "AGE"}
	for _, c := range []struct{ claim, name, want string }{
		{"a missing letter", "statstic", "statistic"},
		{"two letters swapped", "regoin", "region"},
		{"two letters swapped in a short name", "titel", "title"},
		{"case is no distance", "age", "AGE"},
		{"half the name wrong is not near", "legion-of", ""},
		{"nothing like it", "weights", ""},
		{"of two, the nearer", "statis", "status"},
		{"a third of a long name", "statiszzz", "statistic"},
		{"more than a third is too far", "statizzzz", ""},
		{"one letter of a short name", "agx", "AGE"},
		{"not two", "axx", ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			want := ""
			if c.want != "" {
				want = fmt.Sprintf("; did you mean %q?", c.want)
			}
			if got := Nearest(c.name, known); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	if a, b := Nearest("sax", []string{"sex", "six"}), Nearest("sax", []string{"six", "sex"}); a != b {
		t.Errorf("the order of the candidates decides: %q, %q", a, b)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"kitten", "sitting", 3}, // Levenshtein's textbook pair: two substitutions and an insertion
		{"sunday", "saturday", 3},
		{"ab", "ba", 1}, // a swap
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: got %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("%q to %q: got %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestReason(t *testing.T) {
	gone := &fs.PathError{Op: "open", Path: "/data/hocs.sav", Err: fs.ErrNotExist}
	for _, c := range []struct {
		claim string
		err   error
		want  string
	}{
		{"without the path", gone, "file does not exist"},
		{"without the words around it", fmt.Errorf("extract: %w", gone), "file does not exist"},
		{"of nothing with a path", errors.New("a bit is turned"), "a bit is turned"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := Reason(c.err).Error(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
	}{
		{1, "figure", "1 figure"}, {2, "figure", "2 figures"}, {0, "PSU", "0 PSUs"}, {1, "stratum", "1 stratum"}, {12, "stratum", "12 strata"},
	} {
		if got := Count(c.n, c.noun); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
