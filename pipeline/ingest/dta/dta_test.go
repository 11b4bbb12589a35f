package dta

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

var update = flag.Bool("update", false, "write the files of testdata/made")

// made names each version and byte order that the tests' writer makes.
func made() map[string][]byte {
	files := map[string][]byte{
		"v114_utf8.dta":   spelt(114, "caf\u00e9", "na\u00efve", "\u20ac 5", "x", "Z\u00fcrich"),
		"v118_latin1.dta": spelt(118, "caf\xe9s", "na\xefve", "caf\xe9s", "b", "1234567\xc3"),
	}
	for _, version := range versions {
		for order, big := range map[string]bool{"lsf": false, "msf": true} {
			d := everything(version, big)
			if !big && version >= 113 && version < 119 {
				files[fmt.Sprintf("v%d_after.dta", version)] = append(d.file(), "\r\n\x00"...)
			}
			files[fmt.Sprintf("v%d_%s.dta", version, order)] = d.file()
			if version < 110 {
				d.sets = nil
				files[fmt.Sprintf("v%d_%s_nosets.dta", version, order)] = d.file()
			}
		}
	}
	return files
}

// The files that haven was asked about are those that the writer makes.
func TestMade(t *testing.T) {
	for name, file := range made() {
		path := filepath.Join("testdata", "made", name)
		if *update {
			if err := os.WriteFile(path, file, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(committed, file) {
			t.Errorf("%s differs from what the writer makes (%v): run with -update, then corpus.R", name, err)
		}
	}
}

// odd is a data set of which some variables cannot be read: a picture in a strL,
// infinity.
func odd() []byte {
	d := long(118, "x", "binary:\x89PNG\x00\x01", "")
	d.vars = append(d.vars,
		madeVariable{name: "rate", kind: "double", format: "%10.0g", cells: []any{0.5, uint64(0x7ff0000000000000), uint64(0x7ff0000000000000)}},
		madeVariable{name: "town", kind: "str5", format: "%5s", cells: []any{"Leeds", "York", "Hull"}})
	return d.file()
}

// TestUnread: a variable that cannot be read is named, so that the others can be.
func TestUnread(t *testing.T) {
	name := filepath.Join("testdata", "odd.dta") // beside the folders of the corpus, all of which is read
	if *update {
		if err := os.WriteFile(name, odd(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if committed, err := os.ReadFile(name); err != nil || !bytes.Equal(committed, odd()) {
		t.Errorf("%s is not what the writer makes: run with -update", name)
	}
	for _, c := range []struct{ want, unread []string }{
		{nil, []string{"rate", "rate"}}, // the long strings come after
		{[]string{"essay"}, []string{"essay"}},
		{[]string{"rate", "town"}, []string{"rate", "rate"}},
		{[]string{"code", "town"}, nil},
	} {
		_, err := Read(bytes.NewReader(odd()), "f", c.want, Limits{})
		var unread []string
		for _, p := range refusal.Of(err, 0) {
			unread = append(unread, p.Variable)
		}
		if !slices.Equal(unread, c.unread) {
			t.Errorf("of %q %q cannot be read, want %q: %v", c.want, unread, c.unread, err)
		}
	}
	many := small(118)
	many.vars = nil
	for i := range 120 {
		many.vars = append(many.vars, madeVariable{name: fmt.Sprintf("x%d", i), kind: "double", format: "%10.0g", cells: []any{0.5, uint64(0x7ff0000000000000), 1.0}})
	}
	_, err := Read(bytes.NewReader(many.file()), "f", nil, Limits{})
	named := map[string]bool{}
	for _, p := range refusal.Of(err, 0) {
		named[p.Variable] = true
	}
	if len(named) != mostUnread+1 || named[""] {
		t.Errorf("%d of 120 variables that cannot be read are named, want %d", len(named), mostUnread+1)
	}
}

// small is a data set of two variables and three rows to break.
func small(version int) dataset {
	return dataset{
		version: version, rows: 3, label: "small",
		vars: []madeVariable{
			{name: "code", kind: "byte", format: "%8.0g", set: "codes", cells: []any{1.0, 2.0, byte('.')}},
			{name: "wt", kind: "double", format: "%10.0g", cells: []any{0.5, 1.5, 2.5}},
		},
		sets: []madeSet{{"codes", []int32{1, 2}, []string{"one", "two"}}},
	}
}

// long is small with a strL in place of the weight.
func long(version int, cells ...any) dataset {
	d := small(version)
	d.vars[1] = madeVariable{name: "essay", kind: "strL", format: "%9s", cells: cells}
	return d
}

func with(d dataset, change func(*dataset)) []byte {
	change(&d)
	return d.file()
}

func swap(file []byte, old, new string) []byte {
	if bytes.Count(file, []byte(old)) == 0 {
		panic(fmt.Sprintf("no %q to break", old))
	}
	return bytes.Replace(file, []byte(old), []byte(new), 1)
}

// remap puts a place of the map one byte on.
func remap(file []byte, section int) []byte {
	file[bytes.Index(file, []byte("<map>"))+5+8*section]++
	return file
}

// refused is files and why they are: the samples seed the fuzzer.
var refused = []struct {
	name string
	file []byte
	want string
}{
	{"an empty file", nil, "f: Stata file, byte 0: the file ends in the header"},
	{"no Stata data set", []byte("PK\x03\x04"), "f: Stata file, byte 0: the first byte is 80, want a Stata data set"},
	{"a format never described", []byte{112, 2, 1, 0}, "f: Stata file, byte 0: format 112, want 104, 105, 108, 110, 111, 113, 114, 115, 117, 118 or 119"},
	{"alias variables", swap(small(118).file(), ">118<", ">120<"), "f: Stata file, byte 28: format 120 has alias variables, which point into other files, want a format from 104 to 119"},
	{"a byte order that is none", []byte{114, 3, 1, 0, 1, 0}, "f: Stata format 114, byte 1, header: byte order 3, want 1 or 2"},
	{"a tag out of place", swap(small(118).file(), "<K>", "<k>"), "f: Stata format 118, byte 55, header: found \"</byteorder><k>\", want \"</byteorder><K>\""},
	{"a map that is wrong", remap(small(118).file(), typeSection), "f: Stata format 118, byte 269, variable types: the map has this at byte 270"},
	{"an end that is elsewhere", remap(small(118).file(), endOfFile), "f: Stata format 118, byte 2029, end: the map has the end of the file at byte 2030"},
	{"a type that is none", swap(small(118).file(), "\xfa\xff", "\xf0\xff"), "f: Stata format 118, byte 285, variable types: variable 1 has type 65520, which stands for none"},
	{"a text of no width", with(small(114), func(d *dataset) { d.vars[0].kind = "none" }), "f: Stata format 114, byte 109, variable types: variable 1 has type 0, which stands for none"},
	{"sorted by what is not there", with(small(118), func(d *dataset) { d.sorted = []int{3} }), "f: Stata format 118, byte 595, sort order: sorted by variable 3 of 2"},
	{
		"infinity", with(small(118), func(d *dataset) { d.vars[1].cells[1] = uint64(0x7ff0000000000000) }),
		"f: Stata format 118, byte 1770, data: row 2, variable \"wt\": +Inf, want a finite number below those that Stata keeps for missing values",
	},
	{
		"no number, in an old file", with(small(108), func(d *dataset) { d.vars[1].cells[2] = uint64(0xfff8000000000001) }),
		"f: Stata format 108, byte 361, data: row 3, variable \"wt\": NaN, want a finite number below those that Stata keeps for missing values",
	},
	{"infinity below zero", with(small(118), func(d *dataset) { d.vars[1].cells[1] = uint64(0xfff0000000000000) }), "f: Stata format 118, byte 1770, data: row 2, variable \"wt\": -Inf, want a finite number below those that Stata keeps for missing values"},
	{
		"between .a and .b", with(small(118), func(d *dataset) { d.vars[1].cells[0] = uint64(0x7fe0018000000000) }),
		"f: Stata format 118, byte 1761, data: row 1, variable \"wt\": 8.991757348752856e+307, want a finite number below those that Stata keeps for missing values",
	},
	{"a strL that is not there", long(118, "x", "y", uint64(3<<16|2)).file(), "f: Stata format 118, byte 1779, data: no long string for row 3, variable \"essay\""},
	{"a strL of a row beyond", long(118, "x", "y", uint64(4<<16|2)).file(), "f: Stata format 118, byte 1779, data: row 3, variable \"essay\": a strL of variable 2, row 4, want one of 2 variables and 3 rows"},
	{"a long string of a row beyond", swap(long(118, "x", "y", "").file(), "GSO\x02\x00\x00\x00\x02", "GSO\x02\x00\x00\x00\x09"), "f: Stata format 118, byte 1826, long strings: a long string of variable 2, row 9, want one of 2 variables and 3 rows"},
	{"a long string twice", swap(long(118, "x", "y", "").file(), "GSO\x02\x00\x00\x00\x02", "GSO\x02\x00\x00\x00\x01"), "f: Stata format 118, byte 1826, long strings: the long string of variable 2, row 1, is there twice"},
	{"a binary strL", long(118, "x", "binary:\x00\x01", "").file(), "f: Stata format 118, byte 1843, long strings: row 2, variable \"essay\": a strL of 2 bytes that are no text"},
	{"two labels of one value", with(small(118), func(d *dataset) { d.sets[0].values[1] = 1 }), "f: Stata format 118, byte 1964, value labels: label set \"codes\": two labels of 1"},
	{"two sets of one name", with(small(114), func(d *dataset) { d.sets = append(d.sets, d.sets[0]) }), "f: Stata format 114, byte 613, value labels: a label set of the name \"codes\", want each to have one of its own"},
	{"a label set longer than its labels", swap(small(114).file(), "\x20\x00\x00\x00codes", "\x1f\x00\x00\x00codes"), "f: Stata format 114, byte 581, value labels: label set \"codes\": 2 labels and 8 bytes of text in 31 bytes, want at most 65536 labels that fill them"},
	{"text after the end of an old file", append(small(114).file(), "\nabc"...), "f: Stata format 114, byte 617, value labels: the file ends in the name of a label set"},
	{"cut in a cell", small(114).file()[:len(small(114).file())-80], "f: Stata format 114, byte 533, data: the file ends in row 3 of 3, variable \"wt\""},
}

// TestAfterTheEnd: what a transfer puts after the end of a file is a note.
func TestAfterTheEnd(t *testing.T) {
	for _, version := range versions {
		for _, after := range []string{"\n", "\r\n", "\x00", strings.Repeat("\x00", 5000), "\x00\x00\n\n"} {
			for _, sets := range []bool{true, false} {
				d := everything(version, version%2 == 0)
				if !sets {
					d.sets = nil
				}
				file := d.file()
				want := answer(Read(bytes.NewReader(file), "f", nil, Limits{}))
				f, err := Read(bytes.NewReader(append(file, after...)), "f", nil, Limits{})
				if got := answer(f, err); got != want {
					t.Errorf("format %d and %d bytes: got %.300s\nwant %.300s", version, len(after), got, want)
					continue
				}
				if note := fmt.Sprintf("byte %d: %d bytes after the end of the data set", len(file), len(after)); !slices.Contains(f.Warnings, note) {
					t.Errorf("format %d: notes %q, want %q", version, f.Warnings, note)
				}
			}
		}
	}
	f, err := Read(bytes.NewReader(append(small(118).file(), "<html>"...)), "f", nil, Limits{})
	if err != nil || len(f.Warnings) != 1 {
		t.Errorf("got %v, %v, want a note of 6 bytes", f, err)
	}
}

// spelt is a data set of a label, a value label and three cells.
func spelt(version int, label, category string, cells ...any) []byte {
	d := small(version)
	d.vars[0].label, d.sets[0].labels = label, []string{category, "two"}
	d.vars[1] = madeVariable{name: "town", kind: "str8", format: "%8s", cells: cells}
	return d.file()
}

// TestTexts: text in another encoding than the format's is read, and told.
func TestTexts(t *testing.T) {
	koi8, _ := codepage.Named("KOI8-R")
	const advice = "; if letters are wrong, name the file's encoding with --encoding"
	for _, c := range []struct {
		name     string
		file     []byte
		as       *codepage.Encoding
		want     string // label, value label and cells
		encoding string
		warnings []string
	}{
		{"UTF-8 in an old file", spelt(114, "caf\u00e9", "na\u00efve", "\u20ac 5", "x", "Z\u00fcrich"), nil, "caf\u00e9|na\u00efve|\u20ac 5|x|Z\u00fcrich", "UTF-8", []string{"text is UTF-8, although format 114 has windows-1252"}},
		{"UTF-8 in an older file", spelt(104, "caf\u00e9", "n\u00ef", "\u20ac 5", "x", "y"), nil, "caf\u00e9|n\u00ef|\u20ac 5|x|y", "UTF-8", []string{"text is UTF-8, although format 104 has windows-1252"}},
		{"UTF-8 in format 117", spelt(117, "caf\u00e9", "x", "\u20ac 5", "x", "y"), nil, "caf\u00e9|x|\u20ac 5|x|y", "UTF-8", []string{"text is UTF-8, although format 117 has windows-1252"}},
		{"windows-1252 in an old file", spelt(114, "caf\xe9", "na\xefve", "\x80 5", "x", "Z\xfcrich"), nil, "caf\u00e9|na\u00efve|\u20ac 5|x|Z\u00fcrich", "windows-1252", nil},
		{
			"both in an old file", spelt(114, "caf\u00e9", "na\xefve", "\x80 5", "x", "y"), nil, "caf\u00e9|na\u00efve|\u20ac 5|x|y", "windows-1252",
			[]string{"some texts are UTF-8 and some are not, which are read as windows-1252: " + advice[2:]},
		},
		{
			"neither in an old file", spelt(113, "x", "y", "a\x81", "b", "a\x8d"), nil, "x|y|a\ufffd|b|a\ufffd", "windows-1252",
			[]string{`variable "town": 2 texts are not windows-1252, the first "a\x81" in row 1: what has no meaning there is shown as ` + "\ufffd" + advice},
		},
		{
			"Latin-1 in a label of a new file", spelt(118, "caf\xe9s", "y", "a", "b", "c"), nil, "caf\ufffds|y|a|b|c", "UTF-8",
			[]string{`byte 1059: a variable's label is "caf\xe9s", which is not UTF-8`},
		},
		{
			"Latin-1 in a value label of a new file", spelt(118, "x", "caf\xe9s", "a", "b", "c"), nil, "x|caf\ufffds|a|b|c", "UTF-8",
			[]string{`byte 1964: label set "codes": the label of 1 is "caf\xe9s", which is not UTF-8`},
		},
		{
			"Latin-1 in a cell of a new file", spelt(119, "x", "y", "a", "caf\xe9s", "c"), nil, "x|y|a|caf\ufffds|c", "UTF-8",
			[]string{`variable "town": 1 text is not UTF-8, the first "caf\xe9s" in row 2: what has no meaning there is shown as ` + "\ufffd" + advice},
		},
		{
			"text cut within a character, and filled up", spelt(118, "caf\xc3", "caf\xc3", "caf\xc3   ", "b", "1234567\xc3"), nil, "caf|caf|caf|b|1234567", "UTF-8",
			[]string{`variable "town": 2 texts end within a character, which is left away`},
		},
		{"another encoding, named", spelt(114, "\xed\xcf\xd3", "x", "\xed\xcf\xd3", "b", "c"), &koi8, "\u041c\u043e\u0441|x|\u041c\u043e\u0441|b|c", "KOI8-R", nil},
		{"another encoding of a new file, named", spelt(118, "\xed\xcf\xd3", "x", "\xed\xcf\xd3", "b", "c"), &koi8, "\u041c\u043e\u0441|x|\u041c\u043e\u0441|b|c", "KOI8-R", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for rows := range 4 {
				var cells []string
				f, err := scanned(bytes.NewReader(c.file), 100, "f", c.as, nil, Limits{}, func(int) int { return max(rows, 1) }, func(t *table.Table) error {
					cells = append(cells, t.Columns[1].Text...)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				v := f.Table.Columns[0].Variable
				got := strings.Join(append([]string{v.Label, v.Categories[0].Label}, cells...), "|")
				if got != c.want || f.Encoding != c.encoding || !slices.Equal(f.Warnings, c.warnings) {
					t.Errorf("got %q in %s, warnings %q\nwant %q in %s, %q", got, f.Encoding, f.Warnings, c.want, c.encoding, c.warnings)
				}
			}
		})
	}
}

// TestAlike: names that differ in case alone, as Stata has them, are told apart,
// and notes stay with their variables.
func TestAlike(t *testing.T) {
	file := with(small(118), func(d *dataset) {
		d.vars[0].name, d.vars[1].name = "Npsu", "npsu"
		d.chars = []Characteristic{{"npsu", "note1", "of the second"}, {"Npsu", "note1", "of the first"}}
	})
	f, err := Read(bytes.NewReader(file), "f", []string{"NPSU_2"}, Limits{})
	if err != nil || !slices.Equal(f.Names, []string{"Npsu_1", "npsu_2"}) || f.Table.Column("npsu_2").Values[1] != 1.5 || len(f.Table.Columns) != 1 {
		t.Fatalf("got %v, %v", f, err)
	}
	if got := append(f.Notes("Npsu_1"), f.Notes("npsu_2")...); !slices.Equal(got, []string{"of the first", "of the second"}) {
		t.Errorf("notes %q", got)
	}
	if want := []string{`2 variables have the name "Npsu" but for case, and are "Npsu_1" and "npsu_2" here`}; !slices.Equal(f.Warnings, want) {
		t.Errorf("warnings %q, want %q", f.Warnings, want)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			f, err := Read(bytes.NewReader(c.file), "f", nil, Limits{})
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			for _, p := range refusal.Of(err, 0) {
				if p.Kind != refusal.Data || f != nil {
					t.Errorf("%v is of kind %d with file %v, want data and none", p, p.Kind, f)
				}
			}
		})
	}
}

// Numbers as far below zero as missing values are above are numbers.
func TestFarBelowZero(t *testing.T) {
	for _, version := range []int{105, 118} {
		f, err := Read(bytes.NewReader(with(small(version), func(d *dataset) { d.vars[1].cells[1] = -1.5e308 })), "f", nil, Limits{})
		if err != nil || f.Table.Column("wt").Values[1] != -1.5e308 {
			t.Errorf("format %d: %v, want -1.5e308 in row 2", version, err)
		}
	}
}

func TestManyFaults(t *testing.T) {
	d := small(118)
	for row := range 8 {
		d.vars[0].cells = append(d.vars[0].cells, float64(row))
		d.vars[1].cells = append(d.vars[1].cells, uint64(0x7ff0000000000000))
	}
	d.rows = 11
	_, err := Read(bytes.NewReader(d.file()), "f", nil, Limits{})
	ps := refusal.Of(err, 0)
	if len(ps) != 6 || ps[0].What != "3 more cells that are no value of their type" {
		t.Errorf("got %v, want 5 cells and that there are 3 more", err)
	}
	if _, err := Read(bytes.NewReader(d.file()), "f", []string{"CODE"}, Limits{}); err != nil {
		t.Errorf("the column beside it: %v", err)
	}
}

func TestWantedColumns(t *testing.T) {
	file := long(118, "x", "", "binary:y").file()
	for _, c := range []struct {
		name string
		want []string
		got  string
	}{
		{"all for nil", nil, "code essay"},
		{"whatever the case, in the file's order", []string{"ESSAY", "Code", "essay"}, "code essay"},
		{"one that is not there is passed over", []string{"psu", "essay"}, "essay"},
		{"none", []string{}, ""},
	} {
		f, err := Read(bytes.NewReader(file), "f", c.want, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f.Table.Names(), " "); got != c.got || f.Table.Rows != 3 || len(f.Names) != 2 || len(f.Types) != 2 {
			t.Errorf("%s: %q, %d rows of %q, want %q", c.name, got, f.Table.Rows, f.Names, c.got)
		}
		if e := f.Table.Column("essay"); e != nil && !slices.Equal(e.Text, []string{"x", "", "y"}) {
			t.Errorf("%s: essay is %q", c.name, e.Text)
		}
	}
}

func TestUndefinedSet(t *testing.T) {
	f, err := Read(bytes.NewReader(with(small(118), func(d *dataset) { d.sets = nil })), "f", nil, Limits{})
	if err != nil || !slices.Equal(f.Undefined, []string{"codes"}) || f.Table.Column("code").Variable.Categories != nil {
		t.Errorf("got %v, %v, want the set codes to be undefined", f, err)
	}
}

// Stata 13 left the place of the variable labels out of its map.
func TestMapOfStata13(t *testing.T) {
	for version, fine := range map[int]bool{117: true, 118: false} {
		file := small(version).file()
		at := bytes.Index(file, []byte("<map>")) + 5 + 8*labelSection
		copy(file[at:], make([]byte, 8))
		if _, err := Read(bytes.NewReader(file), "f", nil, Limits{}); (err == nil) != fine {
			t.Errorf("format %d: %v", version, err)
		}
	}
}

func TestLimits(t *testing.T) {
	text := with(small(118), func(d *dataset) {
		d.vars[1] = madeVariable{name: "name", kind: "str4", cells: []any{"abcd", "ab", "  "}}
	})
	for _, c := range []struct {
		name   string
		file   []byte
		limits Limits
		want   string
	}{
		{"columns", text, Limits{Columns: 1}, "2 variables, want at most 1"},
		{"columns, just", text, Limits{Columns: 2}, ""},
		{"rows", text, Limits{Rows: 2}, "3 rows, want at most 2"},
		{"rows, just", text, Limits{Rows: 3}, ""},
		{"cells", text, Limits{Cells: 5}, "3 rows of 2 wanted columns, want at most 5 cells"},
		{"cells, just", text, Limits{Cells: 6}, ""},
		{"labels", text, Limits{LabelBytes: 31}, "more than 31 bytes of labels and characteristics"},
		{"labels, just", text, Limits{LabelBytes: 32}, ""},
		{"text", text, Limits{StringBytes: 5}, "more than 5 bytes of text in the wanted columns"},
		{"text, just", text, Limits{StringBytes: 6}, ""},
		{"long text", long(118, "abc", "de", "").file(), Limits{StringBytes: 6}, "more than 6 bytes of text in the wanted columns"},
		{"long text, just", long(118, "abc", "de", "").file(), Limits{StringBytes: 7}, ""},
	} {
		_, err := Read(bytes.NewReader(c.file), "f", nil, c.limits)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSourceFails(t *testing.T) {
	file := small(118).file()
	for _, n := range []int{0, 10, len(file) - 60, len(file)} {
		in := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(errors.New("input/output error")))
		if _, err := Read(in, "f", nil, Limits{}); err == nil || !strings.HasSuffix(err.Error(), "cannot be read: input/output error") {
			t.Errorf("after %d bytes: got %v, want the source's error", n, err)
		}
	}
	if _, err := Read(stuck{}, "f", nil, Limits{}); err == nil {
		t.Error("a source that gives neither bytes nor an error: want an end")
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// A replicate weight of a jackknife has the multiplier that Stata keeps with it, in
// every batch; what is no number above 0 is none.
func TestMultipliers(t *testing.T) {
	for _, version := range []int{114, 118} {
		d := small(version)
		d.chars = []Characteristic{{"wt", "jk_multiplier", ".75"}, {"wt", "jk_stratum", "3"}, {"code", "jk_multiplier", "none"}}
		file := d.file()
		for _, want := range [][]string{nil, {"wt"}} {
			var got []float64
			_, err := Scan(bytes.NewReader(file), "small.dta", nil, want, Limits{}, func(batch *table.Table) error {
				got = append(got, batch.Column("wt").Variable.Recorded.Multiplier)
				if c := batch.Column("code"); c != nil && c.Variable.Recorded.Multiplier != 0 {
					t.Errorf("version %d: code has a multiplier of %g", version, c.Variable.Recorded.Multiplier)
				}
				return nil
			})
			if err != nil || !slices.Equal(got, []float64{0.75}) {
				t.Errorf("version %d, of %v: multipliers %v (%v), want 0.75", version, want, got, err)
			}
		}
	}
}
