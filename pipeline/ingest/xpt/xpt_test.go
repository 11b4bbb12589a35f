package xpt

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// corpus is what haven wrote, and holds.
func corpus(t testing.TB) []hostile.File {
	t.Helper()
	return hostile.Corpus(t, 25, "testdata", "haven", "*.xpt")
}

// spelled writes a file in the lines of an .expected file.
func spelled(f *File) []string {
	lines := append([]string{fmt.Sprintf("rows %d", f.Table.Rows), fmt.Sprintf("label %q", f.Label)}, hostile.Spelled(f.Table)...)
	for i, line := range lines {
		if name, rest, ok := strings.Cut(line, ` "SAS `); ok && strings.HasPrefix(line, "variable ") {
			lines[i] = name + ` "` + strings.Replace(rest, `." `, `" `, 1)
		}
	}
	return lines
}

// TestHaven holds each file against what haven 2.5.1 reads in it: labels, formats, every
// value and every kind of missing value.
func TestHaven(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file.Name), func(t *testing.T) {
			f, err := Read(bytes.NewReader(file.Data), "f", "", nil, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			want := hostile.Expected(string(hostile.Load(t, strings.TrimSuffix(file.Name, "xpt")+"expected")), nil)
			got := spelled(f)
			for i, line := range want {
				// Names that are alike have their places after them here.
				if i < len(got) && f.Alike != nil && strings.HasPrefix(line, "variable ") {
					name := strings.Fields(line)[1]
					want[i] = strings.Replace(line, name, strings.Fields(got[i])[1], 1)
					if !strings.HasPrefix(strings.Fields(got[i])[1], strings.TrimSuffix(name, `"`)) {
						t.Errorf("the name %s, want %s", got[i], name)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("haven -, this reader +:\n%s", diff)
			}
		})
	}
}

// one is a file of one member, "A".
func one(vars []variable, rows ...string) made {
	return made{version: 5, members: []madeMember{{name: "A", variables: vars, rows: rows}}}
}

// TestRows holds how many rows there are in files whose last card is filled up.
func TestRows(t *testing.T) {
	text := []variable{{name: "T", kind: 2, width: 3}}
	wide := []variable{{name: "T", kind: 2, width: 100}}
	both := []variable{{name: "N", kind: 1, width: 8}, {name: "T", kind: 2, width: 2}}
	for _, c := range []struct {
		name     string
		of       made
		cards    int // of blanks behind
		counted  int
		rows     int
		warnings string
	}{
		{"text, blanks within", one(text, "a", "", "b"), 0, 0, 3, "up to 23 more rows"},
		{"text, a blank row at the end", one(text, "a", ""), 0, 0, 1, "up to 25 more rows"},
		{"text, rows of blanks that fill a card", one(text, append([]string{"a"}, make([]string, 60)...)...), 0, 0, 54, "up to 26 more rows"},
		{"text wider than a card, blanks at the end", one(wide, "a", "", ""), 0, 0, 3, ""},
		{"text alone and blank", one(text, "", ""), 0, 0, 1, "up to 25 more rows"},
		{"no rows", one(text), 0, 0, 0, ""},
		{"numbers, padding that could be a row", one(both, "\x41\x10\x00\x00\x00\x00\x00\x00a"), 0, 0, 1, ""},
		{"numbers, cards of blanks", one(both, "\x41\x10\x00\x00\x00\x00\x00\x00a"), 2, 0, 1, "16 rows of blanks alone after row 1 are left out: they hold no numbers"},
		{"counted, a blank row at the end", one(text, "a", ""), 0, 2, 2, ""},
		{"counted, and blank alone", one(text, "", ""), 0, 2, 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.counted > 0 {
				c.of.version, c.of.members[0].counted = 8, c.counted
			}
			data := append(c.of.file(), bytes.Repeat([]byte(" "), cardBytes*c.cards)...)
			f, err := Read(bytes.NewReader(data), "f", "", nil, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(f.Warnings, "\n"); f.Table.Rows != c.rows || !strings.Contains(got, c.warnings) || c.warnings == "" && got != "" {
				t.Errorf("%d rows, want %d; warnings %q, want %q", f.Table.Rows, c.rows, got, c.warnings)
			}
		})
	}
}

var several = made{version: 8, members: []madeMember{
	{name: "people", label: "Of people", variables: []variable{{name: "ID", kind: 1, width: 8}}, rows: []string{"\x41\x10\x00\x00\x00\x00\x00\x00"}},
	{name: "homes", variables: []variable{{name: "HOME", kind: 2, width: 90}}, rows: []string{"a", "b"}},
	{name: "none"},
	{name: "alike", variables: []variable{{name: "A", kind: 2, width: 1}}, rows: []string{"a"}},
	{name: "Alike", variables: []variable{{name: "B", kind: 2, width: 1}}, rows: []string{"b"}},
}}

// TestMembers: of a file of several members the one that is named is read, without
// regard to case; or all are told.
func TestMembers(t *testing.T) {
	for _, c := range []struct{ name, member, want string }{
		{"the first", "PEOPLE", "people: 1 rows of [ID]"},
		{"the second", "homes", "homes: 2 rows of [HOME]"},
		{"none named", "", "SAS transport file of 5 members, want the name of one: people, homes, none, alike_4, Alike_5"},
		{"another", "home", `SAS transport file: no member "home", want one of people, homes, none, alike_4, Alike_5; did you mean "homes"?`},
		{"one without variables", "none", `member "none" has no variables`},
		{"one of a name, by its place", "alike_5", "Alike: 1 rows of [B]"},
		{"a name of two", "ALIKE", `several members have the name "ALIKE", want one of people, homes, none, alike_4, Alike_5`},
	} {
		f, err := Read(bytes.NewReader(several.file()), "f", c.member, nil, Limits{})
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprintf("%s: %d rows of %s", f.Member, f.Table.Rows, f.Names)
			if !slices.Equal(f.Members, []string{"people", "homes", "none", "alike_4", "Alike_5"}) {
				t.Errorf("%s: members %q", c.name, f.Members)
			}
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestLongLabels holds the records of version 8 for what is longer than a description.
func TestLongLabels(t *testing.T) {
	for _, lengths := range []int{2, 4} {
		m := made{version: 8, members: []madeMember{{name: "A", variables: []variable{
			{name: "N", kind: 1, width: 4, format: "SHORT", formatWidth: 7, formatDecimals: 2},
			{name: "S", kind: 2, width: 5, label: "short"},
		}, rows: []string{"\x41\x18\x00\x00caf\xc3\xa9"}, long: []longLabel{{1, "A_LONG_NAME", strings.Repeat("long ", 60), "ALONGFORMATNAME"}}, lengths: lengths}}}
		f, err := Read(bytes.NewReader(m.file()), "f", "", nil, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		format := map[int]string{2: "SAS SHORT7.2", 4: "SAS ALONGFORMATNAME7.2"}[lengths]
		want := []string{
			fmt.Sprintf("variable %q %q %q", "A_LONG_NAME", format, strings.TrimSpace(strings.Repeat("long ", 60))), "numbers\t1.5",
			`variable "S" "" "short"`, "text\t\"café\"",
		}
		if diff := cmp.Diff(want, hostile.Spelled(f.Table)); diff != "" || f.SAS != "9.4 Linux" || f.Created != "21NOV26:09:30:00" || f.Encoding != "UTF-8" {
			t.Errorf("by %q of %q, %s; want -, got +:\n%s", f.SAS, f.Created, f.Encoding, diff)
		}
	}
}

var refused = []struct {
	name string
	of   func(m *made)
	data func(b []byte) []byte
	want string
}{
	{"no header", nil, func(b []byte) []byte { return append([]byte("x"), b...) }, `byte 0: found "xHEADER RECORD*******LIBRARY HEADER RECO", want the header LIBRARY or LIBV8`},
	{"cut in the headers", nil, func(b []byte) []byte { return b[:300] }, "byte 300: the file is cut short in the header MEMBER"},
	{"cut in a description", nil, func(b []byte) []byte { return b[:640+150] }, "byte 790: the file is cut short in the description of variable 2 of 2"},
	{"cut in a card of the rows", nil, func(b []byte) []byte { return b[:len(b)-1] }, "the file is cut short in row 1"},
	{"cut in a row", func(m *made) { m.members[0].variables[1].width = 200; m.members[0].rows[0] += strings.Repeat("x", 199) }, func(b []byte) []byte { return b[:len(b)-80] }, "the file is cut short in row 1"},
	{"fewer rows than counted", func(m *made) { m.version, m.members[0].counted = 8, 30 }, nil, "the file is cut short in row 9 of 30"},
	{"more rows than counted", func(m *made) { m.version, m.members[0].counted = 8, 1; m.members[0].rows = []string{"\x41", "\x41"} }, nil, "more after the last of 1 rows"},
	{"numbers of nine bytes", func(m *made) { m.members[0].variables[0].width = 9 }, nil, `variable 1, "N": numbers of 9 bytes, want 2 to 8`},
	{"numbers of one byte", func(m *made) { m.members[0].variables[0].width = 1 }, nil, `variable 1, "N": numbers of 1 bytes, want 2 to 8`},
	{"text of no bytes", func(m *made) { m.members[0].variables[1].width = 0 }, nil, `variable 2, "T": text of 0 bytes, want 1 to 32767`},
	{"another type", func(m *made) { m.members[0].variables[1].kind = 3 }, nil, `variable 2, "T": type 3, want 1 or 2`},
	{"no name", func(m *made) { m.members[0].variables[1].name = "" }, nil, "variable 2 has no name"},
	{"a place beyond the row", nil, func(b []byte) []byte { b[640+87] = 7; return b }, `variable 1, "N", at byte 7 of a row of 9`},
	{"a label of no variable", func(m *made) {
		m.version, m.members[0].lengths = 8, 2
		m.members[0].long = []longLabel{{3, "a", "b", ""}}
	}, nil, "the label of variable 3, want 1 to 2"},
	{"descriptions of another length", nil, func(b []byte) []byte { copy(b[240+74:], "0200"); return b }, "200 bytes of a variable's description, want 140 or 136"},
	{"a second library", nil, func(b []byte) []byte { return append(b, b...) }, "a second library begins, want one in a file"},
	{"no member", func(m *made) { m.members = nil }, nil, "the file has no member, want a data set"},
	{"no variables", func(m *made) { m.members[0].variables = nil; m.members[0].rows = nil }, nil, `member "A" has no variables`},
}

func (m made) with(change func(m *made), data func([]byte) []byte) []byte {
	if change != nil {
		change(&m)
	}
	b := m.file()
	if data != nil {
		b = data(b)
	}
	return b
}

func small() made {
	return one([]variable{{name: "N", kind: 1, width: 8}, {name: "T", kind: 2, width: 1}}, "\x41\x10\x00\x00\x00\x00\x00\x00a")
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		_, err := Read(bytes.NewReader(small().with(c.of, c.data)), "f", "", nil, Limits{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	data := small().with(func(m *made) { m.members[0].rows = append(m.members[0].rows, "\x41       b", "\x41       c") }, nil)
	for _, c := range []struct {
		limits Limits
		want   string
	}{
		{Limits{Columns: 1}, "2 variables, want at most 1"},
		{Limits{Rows: 2}, "more than 2 rows"},
		{Limits{Cells: 5}, "more than 5 cells in the 2 wanted columns"},
		{Limits{LabelBytes: 1}, "more than 1 bytes of names, labels and formats"},
		{Limits{StringBytes: 2}, "more than 2 bytes of text in the wanted columns"},
		{Limits{Columns: 2, Rows: 3, Cells: 6, LabelBytes: 3, StringBytes: 3}, "<nil>"},
	} {
		_, err := Read(bytes.NewReader(data), "f", "", nil, c.limits)
		if got := fmt.Sprint(err); !strings.Contains(got, c.want) {
			t.Errorf("%+v: got %v, want %q", c.limits, got, c.want)
		}
	}
	_, err := Read(bytes.NewReader(several.file()), "f", "", nil, Limits{Members: 2})
	if err == nil || !strings.Contains(err.Error(), "more than 2 members") {
		t.Errorf("got %v, want too many members refused", err)
	}
}

var update = flag.Bool("update", false, "write testdata/made")

// TestMade holds the file of two members that the command's scripts read.
func TestMade(t *testing.T) {
	age := func(tens byte) string { return "\x42" + string([]byte{tens}) + "\x00\x00\x00\x00\x00\x00" }
	two := made{version: 8, members: []madeMember{
		{name: "people", variables: []variable{{name: "AGE", kind: 1, width: 8}, {name: "SEX", kind: 2, width: 1}}, rows: []string{age(30) + "m", age(50) + "f", "\x5f\x00\x00\x00\x00\x00\x00\x00m", "\x7a\x00\x00\x00\x00\x00\x00\x00f"}},
		{name: "homes", variables: []variable{{name: "HOME", kind: 2, width: 8}}, rows: []string{"a house", "a flat"}},
	}}
	name := filepath.Join("testdata", "made", "two.xpt")
	if *update {
		if err := os.WriteFile(name, two.file(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(hostile.Load(t, name), two.file()) {
		t.Errorf("%s is another file; write it with -update", name)
	}
}

// TestScanHoldsLittleText holds that what text a batch has does not grow with the rows. The
// text differs in each row, so that nothing of it is shared.
func TestScanHoldsLittleText(t *testing.T) {
	const width, rows, block = 200, 30_000, 128 << 10
	m := madeMember{name: "M", variables: []variable{{name: "A", kind: 2, width: width}}}
	for row := range rows {
		m.rows = append(m.rows, fmt.Sprintf("%0*d", width, row))
	}
	file := made{version: 5, members: []madeMember{m}}.file()
	got, most := 0, 0
	_, err := Scan(bytes.NewReader(file), "f", "", nil, nil, Limits{}, func(batch *table.Table) error {
		held := 0
		for _, text := range batch.Columns[0].Text {
			if want := fmt.Sprintf("%0*d", width, got); text != want {
				return fmt.Errorf("row %d is %q, want %q", got+1, text, want)
			}
			held += len(text)
			got++
		}
		most = max(most, held)
		return nil
	})
	if err != nil || got != rows || most > table.BatchText+block {
		t.Errorf("%d rows, at most %d bytes at a time, %v", got, most, err)
	}
}
