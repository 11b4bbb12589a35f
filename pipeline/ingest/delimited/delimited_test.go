package delimited

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

var ample = Limits{Columns: 100, LineBytes: 1 << 16, Rows: 1000, Cells: 10_000}

// A sample is a file and what is in it: one line a column, as
// name=number,number or name="text","text" with . for a missing number; or the
// problems, where none of the columns is given. The samples seed the fuzzer.
type sample struct {
	name, extension, text, want string
}

var samples = []sample{
	// What is read.
	{"numbers and a blank", ".tab", "sex\tage\n1\t36\n2\t \n", "sex=1,2\nage=36,."},
	{"an empty cell is missing as a single space is", ".tab", "a\tb\n1\t\n\t2\n", "a=1,.\nb=.,2"},
	{"spaces alone are missing in text", ".tab", "a\tb\nx\t1\n   \t2\n", "a=\"x\",\"\"\nb=1,2"},
	{"a column of blanks is numbers", ".tab", "a\tb\n \t1\n \t2\n", "a=.,.\nb=1,2"},
	{"lines end in CR LF", ".tab", "a\tb\r\n1\tx\r\n2\ty\r\n", "a=1,2\nb=\"x\",\"y\""},
	{"the last line has no end", ".tab", "a\tb\n1\t2\n3\t4", "a=1,3\nb=2,4"},
	{"the last line ends in CR", ".tab", "a\tb\r\n1\tx\r\n2\ty\r", "a=1,2\nb=\"x\",\"y\""},
	{"a byte-order mark is no part of a name", ".tab", "\xEF\xBB\xBFa\tb\n1\t2\n", "a=1\nb=2"},
	{"Stata's missing values among numbers", ".csv", "a,b\n1,.\n.,.b\n.z,2\n", "a=1,.,.z\nb=.,.b,2"},
	{"Stata's missing values among text", ".csv", "a,b\nx,1\n.,2\n", "a=\"x\",\".\"\nb=1,2"},
	{"a letter behind a point and more is text", ".csv", "a,b\n.ab,1\n.A,2\n", "a=\".ab\",\".A\"\nb=1,2"},
	{"bare points and E notation", ".tab", "w\tx\n.65\t9.19590747798793E-005\n-.93\t1e3\n", "w=0.65,-0.93\nx=9.19590747798793e-05,1000"},
	{"spaces pad a number", ".tab", "a\tb\n 1\t2 \n", "a=1\nb=2"},
	{"one cell makes text of all", ".tab", "id\tn\n007\t1\n1.0\t2\nA9\t3\n", "id=\"007\",\"1.0\",\"A9\"\nn=1,2,3"},
	{"text keeps its spaces", ".tab", "a\tb\n x \t1\n", "a=\" x \"\nb=1"},
	{"cells about as long as a byte can count", ".tab", "a\tb\n" + x(254) + "\t1\n" + x(255) + "\t2\n" + x(256) + "\t3\nx\t4\n" + x(300) + "\t5\n", "a=\"" + x(254) + "\",\"" + x(255) + "\",\"" + x(256) + "\",\"x\",\"" + x(300) + "\"\nb=1,2,3,4,5"},
	{"a column alone", ".tab", "a\n1\n\n3\n", "a=1,.,3"},
	{"numbers beyond the finite are text", ".tab", "a\tb\n1e999\t1\n", "a=\"1e999\"\nb=1"},
	{"identifiers beyond 2^53 stay apart as text", ".tab", "a\tb\n9007199254740993\t1\n9007199254740992\t1\n", "a=\"9007199254740993\",\"9007199254740992\"\nb=1,1"},
	{"a quote in a TAB file is a letter", ".tab", "a\tb\n6\" pipe\t1\n\"x\t2\n", "a=\"6\\\" pipe\",\"\\\"x\"\nb=1,2"},
	{"a TAB file that quotes its header quotes its cells", ".tab", "\"a\"\t\"b\"\n\"x\ty\"\t1\n", "a=\"x\\ty\"\nb=1"},
	{"a header that quotes its first name alone", ".tab", "\"a b\"\tc\n\"x\ty\"\t1\n", "a b=\"x\\ty\"\nc=1"},
	{"CSV", ".csv", "a,b\n1,2\n", "a=1\nb=2"},
	{"CSV with quotes, delimiters and line ends in cells", ".csv", "\"a\",b,c\r\n\"(19,39]\",\"say \"\"hi\"\"\",\"one\r\ntwo\"\r\n", "a=\"(19,39]\"\nb=\"say \\\"hi\\\"\"\nc=\"one\\r\\ntwo\""},
	{"CSV with empty quotes", ".csv", "a,b\n\"\",\" \"\n1,\"2\"\n", "a=.,1\nb=.,2"},
	{"CSV ends in a delimiter", ".csv", "a,b\n1,\n,\n", "a=1,.\nb=.,."},
	{"spaces around names", ".csv", "a, b\n1,2\n", "a=1\nb=2"},
	{"columns without a name are passed over", ".csv", "\"\",a,,b\n7,1,x,2\n", "a=1\nb=2"},
	{".txt with TABs", ".txt", "a\tb,c\n1\t2\n", "a=1\nb,c=2"},
	{".txt with commas", ".txt", "a,b\n1,2\n", "a=1\nb=2"},
	{".tsv", ".tsv", "a\tb\n1\t2\n", "a=1\nb=2"},
	{"UTF-8", ".tab", "a\tb\ncaf\u00e9\t1\n", "a=\"caf\u00e9\"\nb=1"},
	{"windows-1252", ".tab", "a\tb\ncaf\xe9 \x80\t1\nx\t2\n", "a=\"caf\u00e9 \u20ac\",\"x\"\nb=1,2"},
	{"two encodings", ".tab", "a\tb\ncaf\u00e9\t1\ncaf\xe9\t1\n", "a=\"caf\u00e9\",\"caf\u00e9\"\nb=1,1"},
	{"a byte-order mark and windows-1252", ".tab", "\xEF\xBB\xBFa\tb\ncaf\xe9s\t1\n", "a=\"caf\ufffds\"\nb=1"},
	{"no encoding at all", ".tab", "a\tb\n\x81\xff\t1\n", "a=\"\ufffd\u00ff\"\nb=1"},
	{"windows-1252 in a name", ".tab", "caf\xe9\tb\n1\t2\n", "caf\u00e9=1\nb=2"},
	{"a variable is called PAR1", ".tab", "PAR1\tPAR2\n1\t2\n", "PAR1=1\nPAR2=2"},

	{"two columns of one name except for case", ".tab", "sex\tage\tSEX\n1\t2\t3\n", "sex_1=1\nage=2\nSEX_3=3"},
	{"columns of one name, and one of the name that they get", ".csv", "a,a,a_1,A_1_\n1,2,3,4\n", "a_1__=1\na_2=2\na_1=3\nA_1_=4"},
	{"quotes inside cells", ".csv", "a,b\n6\" pipe,1\nthe \"big\" one,2\nx,3\n", "a=\"6\\\" pipe\",\"the \\\"big\\\" one\",\"x\"\nb=1,2,3"},
	{"quotes inside quoted cells", ".csv", "a,b\n\"say \"hi\" there\",1\n\"6\" pipe\",3\n", "a=\"say \\\"hi\\\" there\",\"6\\\" pipe\"\nb=1,3"},
	{"a quote inside a cell before a cell of two lines", ".csv", "a,b\n6\" pipe,1\n\"one\ntwo\",2\n", "a=\"6\\\" pipe\",\"one\\ntwo\"\nb=1,2"},
	{"quotes after backslashes, as R writes them", ".csv", "\"a\",\"b\"\n\"say \\\"hi\\\", there\",1\n\"the \\\"end\\\"\",2\n\"C:\\\",3\n", "a=\"say \\\"hi\\\", there\",\"the \\\"end\\\"\",\"C:\\\\\"\nb=1,2,3"},
	{"empty lines at the end", ".tab", "a\tb\n1\t2\n\n\r\n", "a=1\nb=2"},
	{"R's names of rows", ".csv", "\"sex\",\"age\"\n\"1\",2,30\n\"2\",1,40\n", "sex=2,1\nage=30,40"},
	{"R's names of rows, by TAB", ".tab", "\"sex\"\t\"town\"\n\"1\"\t2\t\"x\ty\"\n\"2\"\t1\t\"z\"\n", "sex=2,1\ntown=\"x\\ty\",\"z\""},

	// What is refused.
	{"empty lines before a row", ".tab", "a\tb\n1\t2\n\n\n3\t4\n", "f:3: an empty line, want 2 fields as in the header"},
	{"quotes inside cells, and another number of fields", ".csv", "a,b\n\"say \"hi\", there\",1\n", "f:2: field 1: \"hi\\\", there\\\",1\" after a closing quote, want a delimiter or the end of the line"},
	{"a quoted cell that ends before its end", ".csv", "a,b\n\"Big\" Jim,1\nx,2\n", "f:2: field 1: \" Jim,1\" after a closing quote, want a delimiter or the end of the line"},
	{"quotes that may be doubled or not", ".csv", "a,b\n\"\"big\"\",2\n", "f:2: field 1: \"big\\\"\\\",2\" after a closing quote, want a delimiter or the end of the line"},
	{"a quote after a backslash that ends a cell", ".csv", "\"a\",\"b\"\n\"6\\\"\",2\n\"x\",3\n", "f:2: field 1: \"x\\\",3\\n\" after a closing quote, want a delimiter or the end of the line"},
	{"a quote that is not closed on its line, and others after it", ".csv", "a,b\n\"6,2\n\"x\",3\n", "f:2: field 1: \"x\\\",3\\n\" after a closing quote, want a delimiter or the end of the line"},
	{"a quote inside a name", ".csv", "a,6\" pipe\n1,2\n", "f:1: field 2: a quote inside \"6\\\" pipe\", want the whole cell in quotes and its own quotes doubled"},
	{"a header one short and a serial number", ".csv", "id,sex\n1,2,5\n2,1,6\n", "f:2: 3 fields, want 2 fields as in the header\nf:3: 3 fields, want 2 fields as in the header"},
	{"R's names of rows that are no numbers", ".csv", "\"sex\",\"age\"\n\"Ann\",2,30\n", "f:2: 3 fields, want 2 fields as in the header"},
	{"R's names of rows that stop being numbers", ".csv", "\"sex\",\"age\"\n\"1\",2,30\n\"7\",2,30\n", "f:3: 3 fields, want 2 fields as in the header"},
	{"an empty file", ".tab", "", "f: the file is empty, want a header and rows"},
	{"a byte-order mark alone", ".tab", "\xEF\xBB\xBF", "f: the file is empty, want a header and rows"},
	{"a header alone", ".tab", "a\tb\n", "f: no rows after the header"},
	{"a blank first line", ".tab", "\n1\t2\n", "f:1: the first line is blank, want the names of the columns"},
	{"three lines of heads, as of Qualtrics", ".csv", "Q1,Q2\nHow old?,\"Well, sex?\"\n\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":\"\"QID2\"\"}\"\n31,1\n", "f:3: a third line of heads, as Qualtrics writes below the questions' texts, want answers"},
	{"the same in a later row is an answer", ".csv", "a,b\n1,x\n2,y\n3,\"{\"\"ImportId\"\":1}\"\n", "a=1,2,3\nb=\"x\",\"y\",\"{\\\"ImportId\\\":1}\""},
	{"a file without a header", ".tab", "1\t2.5\n1\t3\n", "f:1: the first line is numbers, want the names of the columns"},
	{"no names at all", ".csv", "\"\", \n1,2\n", "f:1: the first line is blank, want the names of the columns"},
	{"numbers and blanks in place of a header", ".tab", "1\t \t2\n1\t2\t3\n", "f:1: the first line is numbers, want the names of the columns"},
	{"a cut last line", ".tab", "a\tb\tc\n1\t2\t3\n1\t2", "f:3: the last line is cut short: 2 fields, want 3 fields as in the header"},
	{"a short line", ".tab", "a\tb\n1\n2\t3\n", "f:2: 1 field, want 2 fields as in the header"},
	{"a long line", ".tab", "a\tb\n1\t2\t3\n", "f:2: 3 fields, want 2 fields as in the header"},
	{"many ragged lines", ".tab", "a\tb\n1\n1\n1\n1\t2\n1\n1\n1\n1\n", "f: 2 more lines with other fields than the header\n" +
		"f:2: 1 field, want 2 fields as in the header\nf:3: 1 field, want 2 fields as in the header\nf:4: 1 field, want 2 fields as in the header\n" +
		"f:6: 1 field, want 2 fields as in the header\nf:7: 1 field, want 2 fields as in the header"},
	{"commas in a .tab", ".tab", "a,b,c\n1,2,3\n", "f:1: wrong delimiter: the header has 2 commas, want TAB in a .tab file"},
	{"semicolons in a .csv", ".csv", "a;b\n1;2\n", "f:1: wrong delimiter: the header has 1 semicolon, want comma in a .csv file"},
	{"TABs in a .csv", ".csv", "a\tb\n1\t2\n", "f:1: wrong delimiter: the header has 1 TAB, want comma in a .csv file"},
	{"bars in a .txt", ".txt", "a|b\n1|2\n", "f:1: wrong delimiter: the header has 1 bar, want TAB or comma"},
	{"a NUL", ".tab", "a\tb\n1\t\x00\n", "f:2: a NUL byte at byte 3 of the line, want text"},
	{"a NUL in the header", ".tab", "a\x00,b\n1\t2\n", "f:1: a NUL byte at byte 2 of the line, want text"},
	{"lines that end in CR alone", ".tab", "a\tb\r1\t2\r", "f:1: a carriage return inside the line, want lines that end in LF or CR LF"},
	{"CR outside quotes", ".csv", "a,b\n1\r,2\n", "f:2: field 1: a carriage return outside quotes, want lines that end in LF or CR LF"},
	{"a quote that is not closed", ".csv", "a,b\n1,\"2\n3,4\n", "f:2: field 2: a quote is not closed"},
	{"text after a closing quote", ".csv", "a,b\n\"1\"x,2\n", "f:2: field 1: \"x,2\" after a closing quote, want a delimiter or the end of the line"},
}

func x(n int) string { return strings.Repeat("x", n) }

// show writes a file, or its problems, in the form of sample.want.
func show(f *File, err error) string {
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, c := range f.Table.Columns {
		cells := make([]string, f.Table.Rows)
		for row := range cells {
			switch {
			case c.Text != nil:
				cells[row] = fmt.Sprintf("%q", c.Text[row])
			case c.Tags != nil && c.Tags[row] != 0:
				cells[row] = "." + string(c.Tags[row])
			case math.IsNaN(c.Values[row]):
				cells[row] = "."
			default:
				cells[row] = fmt.Sprint(c.Values[row])
			}
		}
		lines = append(lines, c.Variable.Name+"="+strings.Join(cells, ","))
	}
	return strings.Join(lines, "\n")
}

func TestRead(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			f, err := Read(strings.NewReader(s.text), s.extension, "f", nil, nil, ample)
			if diff := cmp.Diff(s.want, show(f, err)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			for _, p := range refusal.Of(err, 0) {
				if p.Kind != refusal.Data {
					t.Errorf("%v is of kind %d, want data", p, p.Kind)
				}
			}
		})
	}
}

// TestTexts: text that is not of one encoding, or not of the file's, is read and told.
func TestTexts(t *testing.T) {
	const advice = "if letters are wrong, name the file's encoding with --encoding"
	const shown = ": what has no meaning there is shown as \ufffd; " + advice
	for _, c := range []struct {
		name, as, text string
		want, encoding string
		notes          []string
	}{
		{"ASCII", "", "a,b\nx,1\n", `a="x"`, "", nil},
		{"UTF-8", "", "a,b\ncaf\u00e9,1\n", "a=\"caf\u00e9\"", "UTF-8", nil},
		{"windows-1252", "", "a,b\ncaf\xe9,1\n", "a=\"caf\u00e9\"", "windows-1252", nil},
		{"UTF-8 and windows-1252", "", "a,b\ncaf\u00e9,1\nx,2\ncaf\xe9,3\n", `a="caf` + "\u00e9" + `","x","caf` + "\u00e9" + `"`, "windows-1252", []string{"line 4 is not UTF-8, and line 2 is: text that is not is read as windows-1252; " + advice}},
		{"neither", "", "a,b\n\x81,1\nx,2\n\x81,3\n", `a="` + "\ufffd" + `","x","` + "\ufffd" + `"`, "windows-1252", []string{`variable "a": 2 texts are not windows-1252, the first "\x81" in row 1` + shown}},
		{"a byte-order mark and windows-1252", "", "\xEF\xBB\xBFa,b\ncaf\xe9s,1\n", `a="caf` + "\ufffd" + `s"`, "UTF-8", []string{`variable "a": 1 text is not UTF-8, the first "caf\xe9s" in row 1` + shown}},
		{"a quote inside a cell", "", "a,b\n6\" pipe,1\n", `a="6\" pipe"`, "", []string{"1 line has quotes inside cells that are not doubled, the first on line 2: they are read as they stand"}},
		{"R's names of rows", "", "\"a\"\n\"1\",x\n", `a="x"`, "", []string{"each line has a field more than the header, the line's number, which is left out: R's names of rows"}},
		{"empty lines at the end", "", "a,b\nx,1\n\n\n", `a="x"`, "", []string{"2 empty lines at the end, from line 3"}},
		{"KOI8, named", "KOI8-R", "a,b\n\xed\xcf\xd3,1\n", "a=\"\u041c\u043e\u0441\"", "KOI8-R", nil},
		{"Shift-JIS, named", "Shift_JIS", "a,b\n\x93\xfa\x96\x7b,1\n", "a=\"\u65e5\u672c\"", "Shift_JIS", nil},
		{"a name that is not UTF-8, named", "UTF-8", "a\xff,b\nx,1\n", "a\ufffd=\"x\"", "UTF-8", []string{`the name of column 1 is not UTF-8: "a\xff"`}},
	} {
		said := &Said{}
		if c.as != "" {
			e, _ := codepage.Named(c.as)
			said.Encoding = &e
		}
		f, err := Read(strings.NewReader(c.text), ".csv", "f", said, nil, ample)
		got, _, _ := strings.Cut(show(f, err), "\n")
		if got != c.want || f.Encoding != c.encoding || !slices.Equal(f.Notes, c.notes) {
			t.Errorf("%s: %s in %q, notes %q\nwant %s in %q, %q", c.name, got, f.Encoding, f.Notes, c.want, c.encoding, c.notes)
		}
		again, err := scanned(strings.NewReader(c.text), int64(len(c.text)), 64, 1, ".csv", "f", said, nil, ample, func(*table.Table) error { return nil })
		if err != nil || again.Encoding != c.encoding || !slices.Equal(again.Notes, c.notes) {
			t.Errorf("%s: Scan gives %v, %v", c.name, again, err)
		}
	}
}

// A file is what it is however its bytes arrive.
func TestAnyBuffer(t *testing.T) {
	for _, s := range samples {
		for _, size := range []int{1, 2, 3, 5, 16, 64, 1 << 12} {
			for name, in := range map[string]io.Reader{
				"whole":       strings.NewReader(s.text),
				"a byte":      iotest.OneByteReader(strings.NewReader(s.text)),
				"last at EOF": iotest.DataErrReader(strings.NewReader(s.text)),
			} {
				f, err := read(in, size, s.extension, "f", nil, nil, ample)
				if got := show(f, err); got != s.want {
					t.Errorf("%s, buffer of %d, %s:\ngot  %s\nwant %s", s.name, size, name, got, s.want)
				}
			}
		}
	}
}

func TestWantedColumns(t *testing.T) {
	const text = "Sex\tage\twt\n1\tx\t.5\n2\ty\t.7\n"
	for _, test := range []struct {
		name string
		want []string
		got  string
	}{
		{"all for nil", nil, "Sex=1,2\nage=\"x\",\"y\"\nwt=0.5,0.7"},
		{"in the file's order, whatever the case", []string{"WT", "sex"}, "Sex=1,2\nwt=0.5,0.7"},
		{"one asked for twice is there once", []string{"wt", "wt", "WT"}, "wt=0.5,0.7"},
		{"one that is not there is passed over", []string{"psu", "wt"}, "wt=0.5,0.7"},
		{"none", []string{}, ""},
	} {
		f, err := Read(strings.NewReader(text), ".tab", "f", nil, test.want, ample)
		if got := show(f, err); got != test.got {
			t.Errorf("%s: got %s, want %s", test.name, got, test.got)
		}
		if err == nil && (f.Table.Rows != 2 || !cmp.Equal(f.Names, []string{"Sex", "age", "wt"})) {
			t.Errorf("%s: %d rows of %q, want 2 of Sex, age, wt", test.name, f.Table.Rows, f.Names)
		}
	}
	if _, err := Read(strings.NewReader(text+"1\t2\n"), ".tab", "f", nil, []string{"sex"}, ample); err == nil {
		t.Error("a line is short in columns that are not wanted: want it refused")
	}
}

func TestLine(t *testing.T) {
	f, err := Read(strings.NewReader("a,\"b\nb\"\n1,x\n2,\"y\n\nz\"\n3,z\n4,z\n\"5\n\",z\n6,z\n"), ".csv", "f", nil, nil, ample)
	if err != nil {
		t.Fatal(err)
	}
	for row, want := range []int{3, 4, 7, 8, 9, 11} {
		if got := f.Line(row); got != want {
			t.Errorf("row %d begins on line %d, want %d", row, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		name, extension, text string
		limits                Limits
		want                  string
	}{
		{"columns", ".tab", "a\tb\tc\n1\t2\t3\n", Limits{2, 100, 100, 100}, "f:1: 3 columns, want at most 2"},
		{"columns, just", ".tab", "a\tb\n1\t2\n", Limits{2, 100, 100, 100}, "a=1\nb=2"},
		{"a line", ".tab", "a\tb\n1\t2345678\n", Limits{2, 8, 100, 100}, "f:2: longer than 8 bytes"},
		{"a line, just", ".tab", "a\tb\n1\t234567\n", Limits{2, 8, 100, 100}, "a=1\nb=234567"},
		{"a last line without end", ".tab", "a\tb\n1\t2345678", Limits{2, 8, 100, 100}, "f:2: longer than 8 bytes"},
		{"the first line", ".tab", "a\tbbbbbbbb\n1\t2\n", Limits{2, 8, 100, 100}, "f:1: longer than 8 bytes"},
		{"a quoted record", ".csv", "a,b\n1,\"2\n3\n4\n5\n", Limits{2, 8, 100, 100}, "f:2: longer than 8 bytes"},
		{"rows", ".tab", "a\tb\n1\t2\n3\t4\n5\t6\n", Limits{2, 100, 2, 100}, "f:4: more than 2 rows"},
		{"rows, just", ".tab", "a\tb\n1\t2\n3\t4\n", Limits{2, 100, 2, 100}, "a=1,3\nb=2,4"},
		{"cells", ".tab", "a\tb\n1\t2\n3\t4\n", Limits{2, 100, 100, 3}, "f:3: more than 3 cells in the 2 wanted columns"},
		{"cells, just", ".tab", "a\tb\n1\t2\n3\t4\n", Limits{2, 100, 100, 4}, "a=1,3\nb=2,4"},
	} {
		for _, size := range []int{1, 4, 1 << 10} {
			f, err := read(strings.NewReader(test.text), size, test.extension, "f", nil, nil, test.limits)
			if got := show(f, err); got != test.want {
				t.Errorf("%s, buffer of %d: got %s, want %s", test.name, size, got, test.want)
			}
		}
	}
}

// An endless line is refused once the limit is read, in a buffer of its size.
func TestEndlessLine(t *testing.T) {
	in := &endless{}
	_, err := Read(in, ".tab", "f", nil, nil, Limits{Columns: 10, LineBytes: 1 << 20, Rows: 10, Cells: 10})
	if err == nil || err.Error() != "f:1: longer than 1048576 bytes" {
		t.Errorf("got %v, want a line longer than 1048576 bytes", err)
	}
	if in.read > 1<<20+1 {
		t.Errorf("%d bytes were read of a line that may have %d", in.read, 1<<20)
	}
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += len(p)
	return len(p), nil
}

func TestSourceFails(t *testing.T) {
	in := io.MultiReader(strings.NewReader("a\tb\n1\t2\n"), iotest.ErrReader(fmt.Errorf("input/output error")))
	_, err := Read(in, ".tab", "f", nil, nil, ample)
	if err == nil || err.Error() != "f: cannot be read: input/output error" {
		t.Errorf("got %v, want the source's error", err)
	}
}
