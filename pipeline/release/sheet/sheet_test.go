package sheet

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A reading is a row of every type of column, in two parts.
type reading struct {
	place
	at    float64
	error float64
	n     int64
}

type place struct{ id, name, note string }

var (
	places = []Column[place]{
		{Name: "id", Key: true, About: "Which reading", Text: func(p *place) *string { return &p.id }},
		{Name: "name", Required: true, About: "Its name", Text: func(p *place) *string { return &p.name }},
	}
	columns = append(Of(places, func(r *reading) *place { return &r.place }),
		Column[reading]{Name: "value", About: "What was read", Number: func(r *reading) *float64 { return &r.at }},
		Column[reading]{Name: "error", About: "Its error", Number: func(r *reading) *float64 { return &r.error }},
		Column[reading]{Name: "n", About: "How often", Count: func(r *reading) *int64 { return &r.n }},
		Column[reading]{Name: "note", About: "What to know", Text: func(r *reading) *string { return &r.note }})
	nan  = math.NaN()
	full = reading{place{"a1", "first", "seen"}, 42.934121, 0.55, 10015}
)

const header = "id,name,value,error,n,note\n"

func TestCSV(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []reading
		want string
	}{
		{"no rows are a header", nil, header},
		{"each cell", []reading{full}, header + "a1,first,42.934121,0.55,10015,seen\n"},
		{"null is an empty cell", []reading{{place{"a", "b", ""}, nan, nan, None}}, header + "a,b,,,,\n"},
		{"one zero, no exponent", []reading{{place{"a", "b", ""}, math.Copysign(0, -1), 1e21, 0}}, header + "a,b,0,1000000000000000000000,0,\n"},
		{"a small number", []reading{{place{"a", "b", ""}, 1e-7, -2.5, 0}}, header + "a,b,0.0000001,-2.5,0,\n"},
		{"quotes only where needed", []reading{{place{"a;'", "b,", "a \"note\",\nin two lines"}, nan, nan, 1}}, header + "a;',\"b,\",,,1,\"a \"\"note\"\",\nin two lines\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(CSV(c.rows, columns)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestShortCSV(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 42.934121: "42.934121", 1e-16: "0.0000000000000001", -9.9e-17: "-9.9e-17", 4.71e-300: "4.71e-300",
		999999999999999868928: "999999999999999900000", 1e21: "1e+21", nan: "",
	} {
		row := []reading{{place{"a", "b", ""}, x, nan, None}}
		if got := string(ShortCSV(row, columns)); got != header+"a,b,"+want+",,,\n" {
			t.Errorf("%v: got %q, want %q", x, got, want)
		}
		if got := string(JSON(row, columns)[0]); !strings.Contains(got, `"value":`+cmp.Or(want, "null")+",") {
			t.Errorf("%v: got %s, want %q", x, got, want)
		}
	}
}

func TestFromCSVRefuses(t *testing.T) {
	good := string(CSV([]reading{full}, columns))
	for _, c := range []struct{ name, old, new, want string }{
		{"another header", "error", "se", `line 1: column 4 is "se", want "error"`},
		{"a column too few in the header", ",note\n", "\n", "line 1: 5 cells, want 6"},
		{"an empty key", "a1", "", "line 2: id: empty cell in a column that is never null"},
		{"an empty cell that is required", "first", "", "line 2: name: empty cell in a column that is never null"},
		{"a number with a trailing zero", "42.934121", "42.9341210", "line 2: value: \"42.9341210\", want its shortest decimal form 42.934121"},
		{"a number with an exponent", "42.934121", "4.2934121e1", "line 2: value: \"4.2934121e1\", want its shortest decimal form 42.934121"},
		{"a negative zero", "42.934121", "-0", "line 2: value: \"-0\", want its shortest decimal form 0"},
		{"not a number", "42.934121", "n/a", `line 2: value: "n/a", want a decimal number`},
		{"the word for no number", "42.934121", "NaN", `line 2: value: "NaN", want a decimal number`},
		{"an infinite number", "42.934121", "Inf", `line 2: value: "Inf", want a decimal number`},
		{"a negative count", "10015", "-1", `line 2: n: "-1", want a count of 0 or more`},
		{"a count with a sign", "10015", "+1", `line 2: n: "+1", want a count of 0 or more`},
		{"a count that is not whole", "10015", "1.5", `line 2: n: "1.5", want a count of 0 or more`},
		{"a quote without need", "first", `"first"`, `line 2: "first" is quoted without need`},
		{"text after a quote", "first", `"fi,rst"x`, `line 2: 'x' after a cell, want a comma or a line feed`},
		{"a quote that stays open", "first", `"first`, "line 2: a quote is not closed"},
		{"a quote inside a cell", "first", `fi"rst`, `line 2: '"' after a cell, want a comma or a line feed`},
		{"a carriage return", "seen\n", "seen\r\n", `line 2: '\r' after a cell, want a comma or a line feed`},
		{"a cell too many", "first", "first,second", "line 2: more than 6 cells"},
		{"no line feed at the end", "seen\n", "seen", "line 2: no line feed at the end"},
		{"a blank line", "seen\n", "seen\n\n", "line 3: 1 cells, want 6"},
		{"text not UTF-8", "first", "fi\xffrst", `line 2: name: "fi\xffrst" is not UTF-8`},
		{"nothing", good, "", "line 1: no line feed at the end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(good, c.old, c.new, 1)
			if bad == good {
				t.Fatal("the case spoils nothing")
			}
			_, err := FromCSV([]byte(bad), columns)
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	rows := []reading{
		{place{"a<b", "£ \"x\"", ""}, 1e-7, nan, 3},
		{place{"a<b", "£ \"x\"", "n\\o\n"}, 1e-7, 0, 3}, // half of it as in the row before
		{place{"c", "£ \"x\"", ""}, nan, math.Copysign(0, -1), None},
	}
	want := []string{
		`{"id":"a<b","name":"£ \"x\"","value":0.0000001,"error":null,"n":3,"note":null}`,
		`{"id":"a<b","name":"£ \"x\"","value":0.0000001,"error":0,"n":3,"note":"n\\o\n"}`,
		`{"id":"c","name":"£ \"x\"","value":null,"error":0,"n":null,"note":null}`,
	}
	got := JSON(rows, columns)
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for r := range want {
		if string(got[r]) != want[r] {
			t.Errorf("row %d:\ngot  %s\nwant %s", r+1, got[r], want[r])
		}
		if !json.Valid(got[r]) {
			t.Errorf("row %d is not JSON", r+1)
		}
	}
	if got, want := string(AppendJSON([]byte("["), rows, columns)), "[\n"+strings.Join(want, ",\n"); got != want {
		t.Errorf("appended:\ngot  %s\nwant %s", got, want)
	}
	if got := JSON(rows[:0], columns); got == nil || len(got) != 0 {
		t.Errorf("no rows: got %v, want a list of none", got)
	}
}

func TestSchema(t *testing.T) {
	got, err := json.Marshal(SchemaOf(columns[:3]))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"fields":[{"name":"id","type":"string","description":"Which reading","constraints":{"required":true}},` +
		`{"name":"name","type":"string","description":"Its name","constraints":{"required":true}},` +
		`{"name":"value","type":"number","description":"What was read"}],"missingValues":[""],"primaryKey":["id"]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What no table may hold stops each of the writers.
func TestWritersPanic(t *testing.T) {
	for name, spoil := range map[string]func(*reading){
		"a null key":           func(r *reading) { r.id = "" },
		"a null required cell": func(r *reading) { r.name = "" },
		"an infinite number":   func(r *reading) { r.error = math.Inf(-1) },
		"text not UTF-8":       func(r *reading) { r.note = "\xff" },
		"a count below None":   func(r *reading) { r.n = -2 },
	} {
		row := full
		spoil(&row)
		for writer, write := range map[string]func(){
			"CSV":     func() { CSV([]reading{row}, columns) },
			"JSON":    func() { JSON([]reading{row}, columns) },
			"Parquet": func() { _, _ = Parquet([]reading{row}, columns, nil) },
		} {
			t.Run(name+" in "+writer, func(t *testing.T) {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				write()
			})
		}
	}
}

func TestHolds(t *testing.T) {
	empty := reading{at: nan, error: nan, n: None}
	zero := reading{at: math.Copysign(0, -1)}
	for _, c := range []struct {
		name   string
		row    reading
		column int
		cell   any
		want   bool
	}{
		{"the text", full, 1, "first", true},
		{"another text", full, 1, "second", false},
		{"null for a text", full, 1, nil, false},
		{"null", empty, 1, nil, true},
		{"an empty text for null", empty, 1, "", false},
		{"the number", full, 2, 42.934121, true},
		{"its last bit", full, 2, math.Nextafter(42.934121, 43), false},
		{"a whole number for a float", full, 2, int64(42), false},
		{"no number", empty, 2, nil, true},
		{"NaN for null", empty, 2, nan, false},
		{"one zero", zero, 2, 0.0, true},
		{"not the other", zero, 2, math.Copysign(0, -1), false},
		{"the count", full, 4, int64(10015), true},
		{"a float for a count", full, 4, 10015.0, false},
		{"no count", empty, 4, nil, true},
		{"None for null", empty, 4, int64(None), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := columns[c.column].Holds(&c.row, c.cell); got != c.want {
				t.Errorf("got %t", got)
			}
			if !columns[c.column].Holds(&c.row, columns[c.column].Cell(&c.row)) {
				t.Error("a row does not hold its own cell")
			}
		})
	}
}

// random returns a row of anything that may be published.
func random(r *rand.Rand) reading {
	letters := []rune("ab,\"\n\r\t é£ \\.;'")
	var row reading
	for _, c := range columns {
		switch {
		case c.Text != nil:
			var text []rune
			n := r.IntN(6)
			if c.Key || c.Required {
				n++
			}
			for range n {
				text = append(text, letters[r.IntN(len(letters))])
			}
			*c.Text(&row) = string(text)
		case c.Number != nil:
			x := math.Float64frombits(r.Uint64())
			if math.IsInf(x, 0) || r.IntN(4) == 0 {
				x = nan
			}
			*c.Number(&row) = x
		default:
			*c.Count(&row) = r.Int64N(5) - 1
		}
	}
	return row
}

// copy gives a row the cell of another.
func (c Column[R]) copy(to, from *R) {
	switch {
	case c.Text != nil:
		*c.Text(to) = *c.Text(from)
	case c.Number != nil:
		*c.Number(to) = *c.Number(from)
	default:
		*c.Count(to) = *c.Count(from)
	}
}

func TestCSVRoundTrip(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		rows := make([]reading, r.IntN(9))
		for i := range rows {
			rows[i] = random(r)
			for _, c := range columns {
				if i > 0 && r.IntN(2) == 0 { // as the row before
					c.copy(&rows[i], &rows[i-1])
				}
			}
		}
		text := CSV(rows, columns)
		got, err := FromCSV(text, columns)
		if err != nil || len(got) != len(rows) {
			t.Fatalf("%d rows of %d come back: %v\n%s", len(got), len(rows), err, text)
		}
		for i := range rows {
			for _, c := range columns {
				if !c.Same(&got[i], &rows[i]) || !c.Holds(&got[i], c.Cell(&rows[i])) {
					t.Errorf("row %d, %s does not come back: %v, want %v", i+1, c.Name, c.Cell(&got[i]), c.Cell(&rows[i]))
				}
			}
		}
	}
}

func FuzzFromCSV(f *testing.F) {
	f.Add(CSV([]reading{full}, columns))
	f.Add(CSV(nil, columns))
	r := rand.New(rand.NewPCG(1, 2))
	f.Add(CSV([]reading{random(r), random(r)}, columns))
	f.Add([]byte("\"a\"\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := FromCSV(data, columns)
		if err != nil {
			return
		}
		if again := CSV(rows, columns); !bytes.Equal(again, data) {
			t.Errorf("two texts for the same rows:\n%q\n%q", data, again)
		}
	})
}

// BenchmarkCSV keeps a row's cost in CSV, on which publishing lives.
func BenchmarkCSV(b *testing.B) {
	rows := make([]reading, 1000)
	for i := range rows {
		rows[i] = full
		rows[i].at += float64(i) / 8
	}
	text := CSV(rows, columns)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			CSV(rows, columns)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := FromCSV(text, columns); err != nil {
				b.Fatal(err)
			}
		}
	})
}
