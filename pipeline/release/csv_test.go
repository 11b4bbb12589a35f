package release

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"togetherwecan/pipeline/indicator"
)

func key(wave, breakdown, category string) indicator.Key {
	return indicator.Key{
		Indicator: "influence-local", Survey: "hocs", Wave: wave, Population: "england-and-wales",
		Breakdown: breakdown, Category: category, Item: "all",
	}
}

// figure is a figure of the published kind: 42.934121 per cent, error 0.55.
func figure(k indicator.Key, value float64) Figure {
	return Figure{
		Key: k, PeriodStart: "2001-03-01", PeriodEnd: "2001-11-30", Statistic: "proportion", Unit: "percent",
		Value: value, SE: 0.55, Lower: value - 1, Upper: value + 1, Level: 0.95, Method: "logit", DF: 480, DEFF: 1.8, Base: 10015,
	}
}

func change(from, to string, value float64) Change {
	return Change{
		Key: key(to, "all", "all"), FromWave: from, Statistic: "proportion", Unit: "percentage points",
		Change: value, SE: 0.8, Lower: value - 1.6, Upper: value + 1.6, Level: 0.95, Method: "wald", DF: 960,
		P: 1e-9, PAdjusted: 1e-9, Verdict: Lower,
	}
}

func TestEncodeCSV(t *testing.T) {
	header := "indicator,survey,wave,period_start,period_end,population,breakdown,category,item,statistic,unit," +
		"value,std_error,ci_lower,ci_upper,ci_level,ci_method,df,design_effect,base_unweighted,status,note\n"
	nan := math.NaN()
	withheld := Figure{
		Key: key("2001", "sex", "men"), PeriodStart: "2001-03-01", PeriodEnd: "2001-11-30", Statistic: "proportion", Unit: "percent",
		Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan, Base: Withheld, Status: "c",
	}
	noted := figure(key("2001", "all", "all"), math.Copysign(0, -1))
	noted.Note, noted.Lower, noted.Upper = "a \"note\",\nin two lines", 1e21, 1e-7
	for _, c := range []struct {
		name string
		rows []Figure
		want string
	}{
		{"no rows are a header", nil, header},
		{
			"null is an empty cell",
			[]Figure{withheld},
			header + "influence-local,hocs,2001,2001-03-01,2001-11-30,england-and-wales,sex,men,all,proportion,percent,,,,,,,,,,c,\n",
		},
		{
			"quotes only where needed, no exponent, one zero",
			[]Figure{noted},
			header + "influence-local,hocs,2001,2001-03-01,2001-11-30,england-and-wales,all,all,all,proportion,percent," +
				"0,0.55,1000000000000000000000,0.0000001,0.95,logit,480,1.8,10015,,\"a \"\"note\"\",\nin two lines\"\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(EncodeCSV(c.rows, FigureColumns)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestEncodeCSVPanics(t *testing.T) {
	for name, spoil := range map[string]func(*Figure){
		"null in a key column": func(f *Figure) { f.Population = "" },
		"infinite number":      func(f *Figure) { f.DEFF = math.Inf(1) },
		"text not UTF-8":       func(f *Figure) { f.Note = "\xff" },
		"count below Withheld": func(f *Figure) { f.Base = -2 },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f := figure(key("2001", "all", "all"), 42.9)
			spoil(&f)
			EncodeCSV([]Figure{f}, FigureColumns)
		})
	}
}

func TestDecodeCSVRefuses(t *testing.T) {
	good := string(EncodeCSV([]Figure{figure(key("2001", "all", "all"), 42.934121)}, FigureColumns))
	for _, c := range []struct{ name, old, new, want string }{
		{"another header", "std_error", "se", `line 1: column 13 is "se", want "std_error"`},
		{"a column too few in the header", ",note\n", "\n", "line 1: 21 cells, want 22"},
		{"an empty key", "england-and-wales", "", "line 2: population: empty cell in a key column"},
		{"a number with a trailing zero", "42.934121", "42.9341210", "line 2: value: \"42.9341210\", want its shortest decimal form 42.934121"},
		{"a number with an exponent", "42.934121", "4.2934121e1", "line 2: value: \"4.2934121e1\", want its shortest decimal form 42.934121"},
		{"not a number", "42.934121", "n/a", `line 2: value: "n/a", want a decimal number`},
		{"an infinite number", "42.934121", "Inf", `line 2: value: "Inf", want a decimal number`},
		{"a negative count", "10015", "-1", `line 2: base_unweighted: "-1", want a count of 0 or more`},
		{"a quote without need", "logit", `"logit"`, `line 2: "logit" is quoted without need`},
		{"text after a quote", "logit", `"lo,git"x`, `line 2: 'x' after a cell, want a comma or a line feed`},
		{"a quote that stays open", "logit", `"logit`, "line 2: a quote is not closed"},
		{"a quote inside a cell", "logit", `lo"git`, `line 2: '"' after a cell, want a comma or a line feed`},
		{"a carriage return", "10015,,\n", "10015,,\r\n", `line 2: '\r' after a cell, want a comma or a line feed`},
		{"a cell too many", "logit", "logit,wald", "line 2: more than 22 cells"},
		{"no line feed at the end", "10015,,\n", "10015,,", "line 2: no line feed at the end"},
		{"a blank line", "10015,,\n", "10015,,\n\n", "line 3: 1 cells, want 22"},
		{"text not UTF-8", "logit", "lo\xffgit", `line 2: ci_method: "lo\xffgit" is not UTF-8`},
		{"nothing", good, "", "line 1: no line feed at the end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(good, c.old, c.new, 1)
			if bad == good {
				t.Fatal("the case spoils nothing")
			}
			_, err := DecodeCSV([]byte(bad), FigureColumns)
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// random returns a row of anything that may be published.
func random[R any](r *rand.Rand, columns []Column[R]) R {
	letters := []rune("ab,\"\n\r\t é£ \\.;'")
	var row R
	for _, c := range columns {
		switch {
		case c.Text != nil:
			var text []rune
			n := r.IntN(6)
			if c.Key {
				n++
			}
			for range n {
				text = append(text, letters[r.IntN(len(letters))])
			}
			*c.Text(&row) = string(text)
		case c.Number != nil:
			x := math.Float64frombits(r.Uint64())
			if r.IntN(3) == 0 {
				x = Round(100*r.Float64(), 6)
			}
			if math.IsInf(x, 0) || r.IntN(4) == 0 {
				x = math.NaN()
			}
			*c.Number(&row) = x
		default:
			*c.Count(&row) = r.Int64N(5) - 1
		}
	}
	return row
}

// sameCells compares two tables cell by cell, NaN being equal to itself.
func sameCells[R any](a, b []R, columns []Column[R]) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		for _, c := range columns {
			switch {
			case c.Text != nil && *c.Text(&a[i]) != *c.Text(&b[i]),
				c.Count != nil && *c.Count(&a[i]) != *c.Count(&b[i]):
				return false
			case c.Number != nil:
				x, y := *c.Number(&a[i]), *c.Number(&b[i])
				if x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
					return false
				}
			}
		}
	}
	return true
}

func TestCSVRoundTrip(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		figures, changes := make([]Figure, r.IntN(5)), make([]Change, r.IntN(5))
		for i := range figures {
			figures[i] = random(r, FigureColumns)
		}
		for i := range changes {
			changes[i] = random(r, ChangeColumns)
		}
		a, b := Content{figures, changes}.CSV()
		gotFigures, err := DecodeCSV(a, FigureColumns)
		if err != nil || !sameCells(gotFigures, figures, FigureColumns) {
			t.Fatalf("figures do not come back: %v\n%s", err, a)
		}
		gotChanges, err := DecodeCSV(b, ChangeColumns)
		if err != nil || !sameCells(gotChanges, changes, ChangeColumns) {
			t.Fatalf("changes do not come back: %v\n%s", err, b)
		}
	}
}

func FuzzDecodeCSV(f *testing.F) {
	f.Add(EncodeCSV([]Change{change("2001", "2003", -5)}, ChangeColumns))
	f.Add(EncodeCSV[Change](nil, ChangeColumns))
	r := rand.New(rand.NewPCG(1, 2))
	f.Add(EncodeCSV([]Change{random(r, ChangeColumns), random(r, ChangeColumns)}, ChangeColumns))
	f.Add([]byte("\"a\"\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := DecodeCSV(data, ChangeColumns)
		if err != nil {
			return
		}
		if again := EncodeCSV(rows, ChangeColumns); !bytes.Equal(again, data) {
			t.Errorf("two texts for the same rows:\n%q\n%q", data, again)
		}
	})
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		name     string
		x        float64
		decimals int
		want     float64
	}{
		{"to six decimals", 42.9341212, 6, 42.934121},
		{"to whole numbers", 42.934121, 0, 43},
		{"a small negative number is 0", -0.0000001, 6, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Round(c.x, c.decimals); got != c.want || math.Signbit(got) != math.Signbit(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		if !math.IsNaN(Round(x, 6)) {
			t.Errorf("%v is not null", x)
		}
	}
}

func TestIdentity(t *testing.T) {
	// echo -n ab | sha256sum
	if got, want := Identity([]byte("a"), []byte("b")), "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestContentCheck(t *testing.T) {
	all, men := figure(key("2001", "all", "all"), 42.9), figure(key("2001", "sex", "men"), 42)
	other, empty, both := all, all, all
	other.Indicator = "volunteering"
	empty.Value = math.NaN()
	both.Status = "c"
	for _, c := range []struct {
		name    string
		content Content
		want    string
	}{
		{"in order", Content{[]Figure{all, men}, []Change{change("2001", "2003", -5)}}, ""},
		{"a figure twice", Content{Figures: []Figure{all, all}}, "figure hocs/2001 england-and-wales all all is there twice"},
		{"out of order", Content{Figures: []Figure{men, all}}, "figure hocs/2001 england-and-wales all all is out of order"},
		{"another indicator", Content{Figures: []Figure{other}}, `figure hocs/2001 england-and-wales all all is of indicator "volunteering", want "influence-local"`},
		{"no value and no reason", Content{Figures: []Figure{empty}}, `figure hocs/2001 england-and-wales all all has value none and status "": want a value or the reason why there is none`},
		{"a value that is withheld", Content{Figures: []Figure{both}}, `figure hocs/2001 england-and-wales all all has value 42.9 and status "c": want a value or the reason why there is none`},
		{"a change twice", Content{Changes: []Change{change("2001", "2003", -5), change("2001", "2003", -4)}}, "change hocs/2001 to 2003 england-and-wales all all is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := c.content.Check("influence-local"); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
