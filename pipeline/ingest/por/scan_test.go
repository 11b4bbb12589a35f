package por

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// TestScanIsRead has buffers of any size too.
func TestScanIsRead(t *testing.T) { tested(Limits{}).ScanIsRead(t, corpus(t)) }

// survey is a file of a number A and a text TOWN of this many rows, in lines; the
// rows are as row has them.
func survey(rows int, row func(int) string) []byte {
	var b strings.Builder
	for range 200 {
		b.WriteByte(' ')
	}
	set := slices.Repeat([]byte("0"), 256)
	copy(set[64:], characters)
	b.Write(set)
	b.WriteString("SPSSPORTA8/202401016/00000014/test42/5C/70/1/A5/8/0/5/8/0/7G/4/TOWN1/G/0/1/G/0/F")
	for i := range rows {
		b.WriteString(row(i))
	}
	b.WriteByte('Z')
	var lines bytes.Buffer
	for text := b.String(); text != ""; {
		n := min(len(text), lineChars)
		fmt.Fprintf(&lines, "%-80s\r\n", text[:n])
		text = text[n:]
	}
	return lines.Bytes()
}

func town(i int) string { return fmt.Sprintf("%c/G/Town %11d", "123456789A"[i%10], i) }

func TestScanEnds(t *testing.T) {
	enough := errors.New("enough")
	rows := func(cells ...string) []byte {
		return survey(len(cells), func(i int) string { return cells[i] })
	}
	six := survey(6, town)
	for _, c := range []struct {
		name   string
		file   []byte
		limits Limits
		each   error // of the second batch
		want   []int // the rows of the batches, of 2
		err    string
	}{
		{"with the file", six, Limits{}, nil, []int{2, 2, 2}, ""},
		{"with the file, within a batch", survey(3, town), Limits{}, nil, []int{2, 1}, ""},
		{"with an error of each, as it is", six, Limits{}, enough, []int{2, 2}, "enough"},
		{"with what is wrong with a row", rows("1/1/a", "2/1/b", "3/1/c", "U/1/d"), Limits{}, nil, []int{2}, `cases: row 4: variable "A": 'U', want a number in base 30`},
		{"with wide text", rows("1/1/a", "2/1/b", "3/H/12345678901234567"), Limits{}, nil, []int{2}, `cases: row 3: variable "TOWN": text of 17 bytes, want at most 16`},
		{"with the file cut short", six[:len(six)-82], Limits{}, nil, []int{2, 2}, fmt.Sprintf("the file is cut short at byte %d", len(six)-82)},
		{"with as many rows as may be", six, Limits{Rows: 6}, nil, []int{2, 2, 2}, ""},
		{"with one row more", six, Limits{Rows: 5}, nil, []int{2, 2}, "cases: more than 5 rows"},
		{"with any number of cells", six, Limits{Cells: 1}, nil, []int{2, 2, 2}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []int
			f, err := scan(bytes.NewReader(c.file), bufferBytes, "f", nil, nil, c.limits, 2, func(t *table.Table) error {
				if got = append(got, t.Rows); len(got) == 2 {
					return c.each
				}
				return nil
			})
			if !slices.Equal(got, c.want) || (err == nil) != (c.err == "") || err != nil && (f != nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("batches of %d, %v\nwant %d, %s", got, err, c.want, c.err)
			}
			if c.each != nil && err != c.each {
				t.Errorf("got another error: %#v", err)
			}
		})
	}
}

// TestPlaces holds the byte of the file that a problem of a row gives: line
// ends, and blanks that a line has lost, are none of its characters.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		name, end string
		cut       bool
	}{{"lines", "\n", false}, {"lines that end with two", "\r\n", false}, {"lines that have lost their blanks", "\n", true}} {
		data := survey(40, func(i int) string { return fmt.Sprintf("%c/4/abc ", "12U"[i/39*2]) })
		lines := strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n")
		for i := range lines {
			if c.cut {
				lines[i] = strings.TrimRight(lines[i], " ")
			}
		}
		text := strings.Join(lines, c.end)
		want := fmt.Sprintf("f: SPSS portable file: byte %d: cases: row 40: variable \"A\": 'U', want a number in base 30", strings.Index(text, "U/4/"))
		for _, buffer := range []int{1, 7, bufferBytes} {
			if _, err := scan(strings.NewReader(text), buffer, "f", nil, nil, Limits{}, 0, nil); fmt.Sprint(err) != want {
				t.Errorf("%s, with a buffer of %d: %v, want %s", c.name, buffer, err, want)
			}
		}
	}
}

// TestAFailingSource reports the error of the source, as the source's.
func TestAFailingSource(t *testing.T) {
	data := survey(6, town)
	for n := range data {
		in := io.MultiReader(iotest.OneByteReader(bytes.NewReader(data[:n])), iotest.ErrReader(errors.New("the disk is on fire")))
		if _, err := Read(in, "f", nil, Limits{}); err == nil || err.Error() != "f: cannot be read: the disk is on fire" {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

// TestNumbersAreRoundedOnce has numbers near the middle between two, and those
// that need each way of scaling, with their values by exact arithmetic.
func TestNumbersAreRoundedOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		var text []byte
		for range 1 + random.IntN(30) {
			text = append(text, "0123456789ABCDEFGHIJKLMNOPQRST"[random.IntN(30)])
		}
		if at := random.IntN(len(text) + 1); random.IntN(4) > 0 {
			text = slices.Insert(text, at, '.')
		}
		if random.IntN(3) == 0 {
			text = fmt.Appendf(text, "%c%X", "+-"[random.IntN(2)], random.IntN(10))
		}
		want, _ := exact(string(text))
		r := &reader{source: source{in: strings.NewReader(string(text) + "/")}}
		if got, ok := r.number(); !ok || got != want {
			t.Fatalf("%s is %v, want %v", text, got, want)
		}
	}
}

// TestTheHighestNumber is as PSPP writes it: a little above what a number
// holds.
func TestTheHighestNumber(t *testing.T) {
	for text, want := range map[string]float64{"A9E17IR6IG+6J/": math.MaxFloat64, "-A9E17IR6IG+6J/": -math.MaxFloat64, "A9F+6R/": 0, "1+100/": 0} {
		r := &reader{source: source{in: strings.NewReader(text)}}
		if got, ok := r.number(); got != want || ok != (want != 0) {
			t.Errorf("%s is %v, %v, want %v: %v", text, got, ok, want, r.problems)
		}
	}
}

// TestScanIsFlat holds the memory that is in use at batches of 400,000 rows to
// that at 20,000. The text differs in each row.
func TestScanIsFlat(t *testing.T) {
	inUse := func(rows int) uint64 {
		data := survey(rows, town)
		defer runtime.KeepAlive(data)
		return hostile.Peak(t, rows/1000/8, func(each func(*table.Table) error) error {
			_, err := tested(Limits{}).Scan(data, nil, 1000, each)
			return err
		})
	}
	few, many := inUse(20_000), inUse(400_000)
	if many > few+256<<10 {
		t.Errorf("%d bytes in use in 400,000 rows, %d in 20,000", many, few)
	}
}

// BenchmarkScan keeps the rows a second of numbers of one digit, and of many.
func BenchmarkScan(b *testing.B) {
	const rows = 100_000
	for name, data := range map[string][]byte{
		"short":    survey(rows, func(i int) string { return fmt.Sprintf("%d/6/Town %d", i%10, i%7) }),
		"long":     survey(rows, func(i int) string { return fmt.Sprintf(".23QTTTTTTTTS3AMD7J8DR80%d/6/Town %d", i%10, i%7) }),
		"distinct": survey(rows, town),
	} {
		b.Run("cells="+name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				got := 0
				if _, err := Scan(bytes.NewReader(data), "f", nil, nil, Limits{}, func(t *table.Table) error { got += t.Rows; return nil }); err != nil || got != rows {
					b.Fatal(got, err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
