package refusal

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
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
	for i, want := range []Problem{{Data, "a.tab", "0 rows", "mend it", AsHinted, "", ""}, {Data, "b.tab", "1 PSU", "merge it", LonelyPolicy, "", ""}} {
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

// What is compared letter by letter, and in which order, does not decide.
func TestNearestOfMany(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	word := func() string {
		letters := make([]rune, 1+r.IntN(7))
		for i := range letters {
			letters[i] = []rune("abABİжЖ_1")[r.IntN(9)]
		}
		return string(letters)
	}
	for range 3000 {
		candidates := make([]string, r.IntN(12))
		for i := range candidates {
			candidates[i] = word()
		}
		name, want := word(), ""
		nearest := max(1, len(name)/3) + 1
		for _, c := range slices.Sorted(slices.Values(candidates)) {
			if d := Distance(strings.ToLower(name), strings.ToLower(c)); d < nearest {
				want, nearest = fmt.Sprintf("; did you mean %q?", c), d
			}
		}
		if got := Nearest(name, candidates); got != want {
			t.Fatalf("seed %d: %q among %q: got %q, want %q", seed, name, candidates, got, want)
		}
	}
}

// Very many names that are not near take no memory, and little time.
func TestNearestOfVeryMany(t *testing.T) {
	others := make([]string, 20_000)
	for i := range others {
		others[i] = fmt.Sprintf("question_%d", i)
	}
	if n := testing.AllocsPerRun(1, func() { Nearest("unknown-key-12", others) }); n > 0 {
		t.Errorf("%v allocations, want none", n)
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

func TestFirst(t *testing.T) {
	var ps Problems
	for i := range 5 {
		ps.Add(fmt.Sprintf("a.yaml:%d", i+1), "bad")
		ps.Add(fmt.Sprintf("b.tab: variable %q", 'p'+rune(i)), "bad")
	}
	ps = append(ps, Problem{Kind: Integrity, Where: "a.yaml:6", What: "worse"})
	ps.Add("c.tab", "bad")
	ps.Add("", "called wrongly")
	for most, want := range map[int][]string{
		9: nil, // all of them
		3: {
			"a.yaml:1: bad", "a.yaml:2: bad", "a.yaml:3: bad", "a.yaml: and 3 more problems",
			"b.tab: variable 'p': bad", "b.tab: variable 'q': bad", "b.tab: variable 'r': bad", "b.tab: and 2 more problems", "c.tab: bad", "called wrongly",
		},
		5: {"a.yaml: and 1 more problem"},
	} {
		got := ps.First(most)
		if want == nil && !slices.Equal(got, ps) {
			t.Errorf("%d: got\n%s", most, got.Error())
		}
		said := got.Error()
		for _, line := range want {
			if !strings.Contains("\n"+said+"\n", "\n"+line+"\n") {
				t.Errorf("%d: got\n%s\nwant\n%s", most, said, line)
			}
		}
		for _, p := range got {
			if strings.HasPrefix(p.What, "and ") && p.Where == "a.yaml" && p.Kind != Integrity {
				t.Errorf("%d: what is left out is of kind %d, want the gravest", most, p.Kind)
			}
		}
	}
	if got := ps.First(3); len(got) != 10 {
		t.Errorf("%d problems, want 10", len(got))
	}
}

func TestNoFile(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{
		0o644: "", fs.ModeDir | 0o755: "a folder", fs.ModeSymlink: "a link", fs.ModeNamedPipe: "a named pipe", fs.ModeSocket: "a socket",
		fs.ModeDevice: "a device", fs.ModeDevice | fs.ModeCharDevice: "a device", fs.ModeIrregular: "no regular file",
	} {
		if got := NoFile(mode); got != want {
			t.Errorf("%v: got %q, want %q", mode, got, want)
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
