package delimited

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// gathered is what Scan gives, its batches put together.
func gathered(text string, buffer, batch int, extension string, want []string, limits Limits) (*File, error) {
	var columns []*table.Column
	rows := 0
	f, err := scanned(strings.NewReader(text), int64(len(text)), buffer, batch, extension, "f", nil, want, limits, func(b *table.Table) error {
		if b.Rows == 0 || batch > 0 && b.Rows > batch {
			return fmt.Errorf("a batch of %d rows, want 1 to %d", b.Rows, batch)
		}
		rows += b.Rows
		for i, c := range b.Columns {
			if len(columns) == i {
				columns = append(columns, &table.Column{Variable: codebook.Variable{Name: c.Variable.Name}})
			}
			columns[i].Values, columns[i].Tags = append(columns[i].Values, c.Values...), append(columns[i].Tags, c.Tags...)
			columns[i].Text = append(columns[i].Text, c.Text...)
			for j := range c.Values {
				c.Values[j] = math.Inf(1) // a batch is used again: nobody may hold on to it
			}
			for j := range c.Text {
				c.Text[j] = "used again"
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if f.Table.Rows != 0 || len(f.Table.Columns) != len(columns) {
		return nil, fmt.Errorf("the table has %d rows of %d columns, want none of %d", f.Table.Rows, len(f.Table.Columns), len(columns))
	}
	for i, c := range f.Table.Columns {
		if (c.Text == nil) != (columns[i].Text == nil) || c.Variable.Name != columns[i].Variable.Name {
			return nil, fmt.Errorf("column %q is of another kind than in the batches", c.Variable.Name)
		}
	}
	f.Table = table.New(rows, columns...)
	return f, nil
}

func TestScanGivesWhatReadGives(t *testing.T) {
	for _, s := range samples {
		read, err := Read(strings.NewReader(s.text), s.extension, "f", nil, nil, ample)
		want := show(read, err)
		for _, buffer := range []int{1, 16, 1 << 12} {
			for _, batch := range []int{0, 1, 2, 3} {
				f, err := gathered(s.text, buffer, batch, s.extension, nil, ample)
				if got := show(f, err); got != want {
					t.Errorf("%s, buffer of %d, batches of %d:\ngot  %s\nwant %s", s.name, buffer, batch, got, want)
					continue
				}
				if err == nil && (!slices.Equal(f.Names, read.Names) || !slices.Equal(f.marks, read.marks)) {
					t.Errorf("%s: names %q, marks %v; want %q, %v", s.name, f.Names, f.marks, read.Names, read.marks)
				}
			}
		}
	}
}

func TestScanWantedColumns(t *testing.T) {
	const text = "Sex\tage\twt\n1\tx\t.5\n2\ty\t.7\n3\tx\t \n"
	for _, want := range [][]string{nil, {"WT", "sex"}, {"psu", "age", "AGE"}, {}} {
		for _, batch := range []int{0, 1, 2} {
			f, err := gathered(text, 64, batch, ".tab", want, ample)
			r, errRead := Read(strings.NewReader(text), ".tab", "f", nil, want, ample)
			if got, expected := show(f, err), show(r, errRead); got != expected || err != nil || f.Table.Rows != 3 {
				t.Errorf("%q in batches of %d: got %s, want %s", want, batch, got, expected)
			}
		}
	}
}

// What is held is a batch, so the limit of cells does not apply; the others do.
func TestScanLimits(t *testing.T) {
	const text = "a\tb\n1\t2\n3\t4\n5\t6\n"
	if f, err := gathered(text, 64, 1, ".tab", nil, Limits{2, 100, 3, 1}); show(f, err) != "a=1,3,5\nb=2,4,6" {
		t.Errorf("a limit of cells: %v", err)
	}
	if _, err := gathered(text, 64, 1, ".tab", nil, Limits{2, 100, 2, 100}); err == nil || err.Error() != "f:4: more than 2 rows" {
		t.Errorf("a limit of rows: %v", err)
	}
}

func TestScanStops(t *testing.T) {
	stop := errors.New("enough")
	for _, batch := range []int{1, 2, 3, 5} {
		calls := 0
		f, err := scanned(strings.NewReader("a\n1\n2\n3\n"), 8, 64, batch, ".tab", "f", nil, nil, ample, func(*table.Table) error {
			calls++
			return stop
		})
		if f != nil || err != stop || calls != 1 {
			t.Errorf("batches of %d: %v after %d calls, want the error of the first call as it is", batch, err, calls)
		}
	}
}

// A twoFaced file has other bytes the second time.
type twoFaced struct {
	first, second string
	passes        int
}

func (f *twoFaced) ReadAt(p []byte, offset int64) (int, error) {
	if offset == 0 {
		f.passes++
	}
	text := f.first
	if f.passes > 1 {
		text = f.second
	}
	if text == "" {
		return 0, errors.New("input/output error")
	}
	return strings.NewReader(text).ReadAt(p, offset)
}

func TestScanOfAChangedFile(t *testing.T) {
	const first = "a\tb\n1\tx\n2\ty\n"
	const changed = "f: changed while it was read"
	for _, test := range []struct{ name, second, want string }{
		{"the same", first, ""},
		{"a number that is text", "a\tb\nz\tx\n2\ty\n", changed},
		{"other names", "a\tc\n1\tx\n2\ty\n", changed},
		{"fewer rows", "a\tb\n1\txxxxy\n", changed},
		{"more rows", "a\tb\n\tx\n\t\n\t\n", changed},
		{"a row with other fields", "a\tb\n1x\n\n2\ty\n", changed},
		{"another encoding", "a\tb\n1\t\xe9\n2\ty\n", changed},
		{"not text", "PK\x03\x04\n1\tx\n2\ty\n", changed},
		{"not to be read", "", "f: cannot be read: input/output error"},
	} {
		for _, batch := range []int{1, 2, 100} {
			_, err := scanned(&twoFaced{first: first, second: test.second}, int64(len(first)), 64, batch, ".tab", "f", nil, nil, ample, func(*table.Table) error { return nil })
			if got := fmt.Sprint(err); got != test.want && (test.want != "" || err != nil) {
				t.Errorf("%s, batches of %d: got %v, want %q", test.name, batch, err, test.want)
			}
		}
	}
}

// The archive's own file, in the batches that callers get and in others.
func TestScanTeachingFile(t *testing.T) {
	data := teaching(t, "bcs_2007_8_teaching_data.tab")
	limits := Limits{100, 1 << 20, 20_000, 1 << 20}
	want, err := Read(strings.NewReader(string(data)), ".tab", "f", nil, nil, limits)
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range []int{0, 1000, 11_676} {
		f, err := gathered(string(data), bufferBytes, batch, ".tab", nil, limits)
		if err != nil {
			t.Fatal(err)
		}
		if got, expected := show(f, nil), show(want, nil); got != expected {
			t.Errorf("batches of %d: %s", batch, cmp.Diff(expected, got))
		}
	}
}

// A long file is a header and this many equal lines, made as they are read.
type longFile struct {
	header, line string
	rows         int64
}

func (f longFile) size() int64 { return int64(len(f.header)) + f.rows*int64(len(f.line)) }

func (f longFile) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		at := offset + int64(n)
		switch head := int64(len(f.header)); {
		case at >= f.size():
			return n, io.EOF
		case at < head:
			n += copy(p[n:], f.header[at:])
		default:
			n += copy(p[n:], f.line[(at-head)%int64(len(f.line)):])
		}
	}
	return n, nil
}

// What Scan holds does not grow with the rows.
func TestScanIsFlat(t *testing.T) {
	held := func(rows int64) uint64 {
		f := longFile{"a\tb\tc\r\n", "1\t0.25\tsome words\r\n", rows}
		return hostile.Peak(t, 1, func(each func(*table.Table) error) error {
			_, err := Scan(f, f.size(), ".tab", "f", nil, nil, Limits{10, 1 << 20, 1 << 24, 1}, each)
			return err
		})
	}
	few, many := held(100_000), held(1_000_000)
	if many > few+1<<20 {
		t.Errorf("%d bytes held of 1,000,000 rows, %d of 100,000: want no more", many, few)
	}
}
