package sas7bdat

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// corpus is what haven and SAS wrote.
func corpus(t testing.TB) []hostile.File {
	t.Helper()
	return hostile.Corpus(t, 20, "testdata", "*", "*.sas7bdat")
}

func readBytes(data []byte, catalogue *Catalogue, want []string, limits Limits) (*File, error) {
	return Read(bytes.NewReader(data), int64(len(data)), "f", catalogue, want, limits)
}

// catalogueOf is that beside a file, or nil.
func catalogueOf(t *testing.T, name string) *Catalogue {
	t.Helper()
	data, err := os.ReadFile(strings.TrimSuffix(name, "bdat") + "bcat")
	if os.IsNotExist(err) {
		return nil
	}
	c, err := ReadCatalogue(bytes.NewReader(data), int64(len(data)), "c", nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// spelled writes a file in the lines of an .expected file.
func spelled(f *File) []string {
	return append([]string{fmt.Sprintf("rows %d", f.Table.Rows), fmt.Sprintf("label %q", f.Label)}, hostile.Spelled(f.Table)...)
}

var formatOf = regexp.MustCompile(`^(variable "(?:[^"\\]|\\.)*" ")(?:SAS )?([^" ]*?)[0-9.]*(".*)$`)

// unsized leaves the widths of formats away, which haven does not always read.
func unsized(lines []string) []string {
	for i, line := range lines {
		lines[i] = formatOf.ReplaceAllString(line, "$1$2$3")
	}
	return lines
}

// TestHaven holds each file against what haven 2.5.1 reads in it: labels, formats, value
// labels, every value and every kind of missing value. Those with deleted rows are
// held to what Parso's authors say.
func TestHaven(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file.Name), func(t *testing.T) {
			f, err := readBytes(file.Data, catalogueOf(t, file.Name), nil, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(file.Name, "sas7bdat")
			if _, err := os.Stat(base + "csv"); err == nil {
				parso(t, f, string(hostile.Load(t, base+"csv")))
				return
			}
			want, got := unsized(hostile.Expected(string(hostile.Load(t, base+"expected")), nil)), unsized(spelled(f))
			for i, line := range want {
				// Names that are alike have their places after them here.
				if i < len(got) && f.Alike != nil && strings.HasPrefix(line, "variable ") {
					want[i] = strings.Replace(line, strings.Fields(line)[1], strings.Fields(got[i])[1], 1)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("haven -, this reader +:\n%s", diff)
			}
		})
	}
}

func parso(t *testing.T, f *File, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = rows[1:]
	none := func(*table.Column, int, string) bool { return false }
	if n := hostile.Compare(t, f.Table, rows, 1e-14, none); f.Table.Rows != len(rows) || n != len(rows)*len(f.Names) || f.Deleted == 0 {
		t.Errorf("%d rows, %d deleted and %d cells, want %d rows", f.Table.Rows, f.Deleted, n, len(rows))
	}
}

// TestAbout holds what files say of themselves.
func TestAbout(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"sas/rdc64_big", "RDC, ISO-8859-1, of TEST14, 9.0401M1, deleted 0"},
		{"sas/rdc32", "RDC"},
		{"sas/rle32", "RLE"},
		{"sas/deleted", "deleted 5"},
		{"sas/deleted_rle", "deleted 1"},
		{"sas/deleted_pages", "deleted 1"},
		{"haven/mixed", ", UTF-8, of DATASET, 9.0101M0, deleted 0"},
	} {
		f, err := readBytes(hostile.Load(t, filepath.Join("testdata", c.name+".sas7bdat")), nil, nil, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s, %s, of %s, %s, deleted %d", f.Compression, f.Encoding, f.Name, f.Release, f.Deleted)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestFormats holds widths and decimals, which haven leaves away in files of 32 bits.
func TestFormats(t *testing.T) {
	f, err := readBytes(hostile.Load(t, "testdata/sas/survey.sas7bdat"), nil, nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, c := range f.Table.Columns {
		got += c.Variable.Recorded.Format + "|"
	}
	if want := "|SAS WORKSHOP.|SAS $GENDER.|||||"; got != want {
		t.Errorf("formats %s, want %s", got, want)
	}
}

func TestUnpack(t *testing.T) {
	letters := "abcdefghijklmnopqrstuvwxyz"
	for _, c := range []struct {
		name   string
		unpack func(to, from []byte, most int) ([]byte, bool)
		from   string
		most   int
		want   string // or an error for ""
	}{
		{"RLE: bytes as they are", unpackRLE, "\x82abc", 3, "abc"},
		{"RLE: 17 and more as they are", unpackRLE, "\x99" + letters, 26, letters},
		{"RLE: 64 and more as they are", unpackRLE, "\x00\x01" + strings.Repeat("x", 65), 65, strings.Repeat("x", 65)},
		{"RLE: 96 and more as they are", unpackRLE, "\x21" + strings.Repeat("y", 97), 97, strings.Repeat("y", 97)},
		{"RLE: a short run", unpackRLE, "\xc2z\x80a", 6, "zzzzza"},
		{"RLE: runs of @, blanks and zeros", unpackRLE, "\xd0\xe1\xf2", 9, "@@   \x00\x00\x00\x00"},
		{"RLE: long runs", unpackRLE, "\x40\x01q\x50\x00\x60\x00\x71\x00", 19 + 17 + 17 + 273, strings.Repeat("q", 19) + strings.Repeat("@", 17) + strings.Repeat(" ", 17) + strings.Repeat("\x00", 273)},
		{"RLE: longer than a row", unpackRLE, "\xc2z", 4, ""},
		{"RLE: cut in bytes", unpackRLE, "\x82ab", 3, ""},
		{"RLE: cut in a command", unpackRLE, "\x40\x01", 30, ""},
		{"RLE: no command", unpackRLE, "\x30ab", 3, ""},
		{"RDC: bytes as they are", unpackRDC, "\x00\x00abc", 3, "abc"},
		{"RDC: a short run", unpackRDC, "\x40\x00a\x02zb", 7, "azzzzzb"},
		{"RDC: a long run", unpackRDC, "\x80\x00\x11\x01z", 36, strings.Repeat("z", 36)},
		{"RDC: bytes from before", unpackRDC, "\x08\x00abcd\x31\x00", 7, "abcdabc"},
		{"RDC: many bytes from before", unpackRDC, "\x00\x00" + letters[:16] + "\x00\x20" + letters[16:] + "\x27\x01\x00", 42, letters + letters[:16]},
		{"RDC: from before the row", unpackRDC, "\x40\x00a\x31\x00", 4, ""},
		{"RDC: longer than a row", unpackRDC, "\x80\x00\x02z", 4, ""},
		{"RDC: cut", unpackRDC, "\x80\x00\x02", 4, ""},
	} {
		got, ok := c.unpack([]byte("before"), []byte(c.from), c.most)
		if ok != (c.want != "") || ok && string(got) != "before"+c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, ok, c.want)
		}
	}
}

// change is a file with a number of the file changed, at places of the header or the
// first page.
func change(t testing.TB, name string, at int, to ...byte) []byte {
	t.Helper()
	data := bytes.Clone(hostile.Load(t, filepath.Join("testdata", name)))
	if at < 0 {
		return data[:len(data)+at]
	}
	copy(data[at:], to)
	return data
}

func TestRefused(t *testing.T) {
	const mixed = "haven/mixed.sas7bdat"
	whole := change(t, mixed, 0)
	part := func(signature string) int { return bytes.Index(whole, []byte(signature)) }
	rows, columns, places := part("\xf7\xf7\xf7\xf7"), part("\xf6\xf6\xf6\xf6"), part("\xfc\xff\xff\xff\xff\xff\xff\xff")
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "byte 0: the file is cut short in its header of 1024 bytes"},
		{"something else", change(t, mixed, 12, 'x'), "byte 0: found "},
		{"a catalogue", change(t, mixed, 15, 0x63), "byte 0: found "},
		{"no byte order", change(t, mixed, 37, 7), "byte order 7, want 0 or 1"},
		{"cut", change(t, mixed, -1), "the file is cut short: it says that it has"},
		{"a page too short", change(t, mixed, 200, 1, 0, 0, 0), "pages of 1 bytes, want 1024 to 16777216"},
		{"more rows than there are", change(t, mixed, rows+48, 7), "6 rows, 0 of them deleted, and the header has 7"},
		{"too many rows", change(t, mixed, rows+48, 0, 0, 0, 0, 1), "4294967296 rows, want at most 20000000"},
		{"rows too long", change(t, mixed, rows+40, 0, 0, 0, 0, 1), "rows of 4294967296 bytes, want at most 67108864"},
		{"fewer places than variables", change(t, mixed, columns+8, 20), "names of 10 and places of 10 variables, want 20"},
		{"a place beyond the row", change(t, mixed, places+16, 0xff), `variable 1, "id", at byte 255 of a row of`},
		{"numbers of nine bytes", change(t, mixed, places+24, 9), `variable 1, "id": numbers of 9 bytes, want 3 to 8`},
		{"another type", change(t, mixed, places+30, 3), `variable 1, "id": type 3, want 1 or 2`},
	} {
		_, err := readBytes(c.data, nil, nil, Limits{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		limits Limits
		want   string
	}{
		{Limits{Columns: 9}, "10 variables, want at most 9"},
		{Limits{Rows: 5}, "6 rows, want at most 5"},
		{Limits{Cells: 59}, "more than 59 cells in the 10 wanted columns"},
		{Limits{RowBytes: 20}, "want at most 20"},
		{Limits{LabelBytes: 100}, "more than 100 bytes of names, labels and formats"},
		{Limits{StringBytes: 3}, "more than 3 bytes of text in the wanted columns"},
	} {
		if _, err := readBytes(whole, nil, nil, c.limits); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.limits, err, c.want)
		}
	}
}

// TestCatalogue holds value labels, and that a range's is left out.
func TestCatalogue(t *testing.T) {
	const name = "sas/survey.sas7bcat"
	whole := change(t, name, 0)
	value := bytes.Index(whole, []byte("\xbf\xf0\x00\x00\x00\x00\x00\x00")) // of 1, with the other sign
	ranged := bytes.Clone(whole)
	copy(ranged[value+8:], "\xc0\x00") // to 2
	const entry = 6 + 0x30             // bytes
	missing := bytes.Clone(whole)
	for _, at := range []int{value, value + 8} {
		copy(missing[at:], "\x00\x00A\xff\xff\xff\xff\xff")
		copy(missing[at+entry:], "\x00\x00\x03\xff\xff\xff\xff\xff")
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"as it is", whole, "map[$GENDER:[{f Female} {m Male}] WORKSHOP:[{1 R} {2 SAS}]] []"},
		{"a range", ranged, "map[$GENDER:[{f Female} {m Male}] WORKSHOP:[{2 SAS}]] [the catalogue's format WORKSHOP has labels of 1 ranges of values, which are left out]"},
		{"of missing values, by their letter and by its number", missing, "WORKSHOP:[{.a R} {.b SAS}]"},
		{"cut", whole[:len(whole)-1], "the file is cut short"},
		{"a data set", change(t, "sas/survey.sas7bdat", 0), "c: SAS catalogue: byte 0: found "},
	} {
		made, err := ReadCatalogue(bytes.NewReader(c.data), int64(len(c.data)), "c", nil)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(made.sets, made.Warnings)
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	f, err := readBytes(change(t, "haven/mixed.sas7bdat", 0), catalogueOf(t, "testdata/sas/survey.sas7bdat"), nil, Limits{})
	if err != nil || !strings.Contains(strings.Join(f.Warnings, "\n"), "no variable has a format of the catalogue's: $GENDER, WORKSHOP") {
		t.Errorf("warnings %q, %v", f.Warnings, err)
	}
}
