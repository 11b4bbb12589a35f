package parquet

import (
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/calendar"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// Where columns are text a batch is read in steps, of at most so many rows and at
// first so few.
const (
	textRows = 1 << 10
	fewRows  = 4
)

// scanned reads a file in batches of as many rows as batchRows says for so
// many columns, or in one of all rows for nil; numbers by their codes, if they may.
func scanned(in io.ReaderAt, size int64, where string, as *codepage.Encoding, want []string, limits Limits, batchRows func(columns int) int, byCode bool, each func(*table.Table) error) (*File, error) {
	s := &scan{where: where, as: as, limits: limits}
	if !s.open(in, size) {
		return nil, s.problems.Err()
	}
	s.choose(want)
	if len(s.problems) > 0 {
		return nil, s.problems.Err()
	}
	about, err := s.about()
	if err != nil {
		s.add("its metadata %q: %v", aboutKey, err)
	}
	if err := caught(func() error { return s.apart(size) }); err != nil {
		s.problems.AddHint("fetch the file again", s.where, "its footer is damaged: %s", err)
	}
	if err := s.problems.Err(); err != nil {
		return nil, err
	}
	for _, c := range s.columns {
		if s.prepare(c); c.isText {
			s.budget.most += 16 * int64(s.rows)
		} else {
			s.budget.most += 8 * int64(s.rows)
		}
	}
	if err := s.problems.Err(); err != nil {
		return nil, err
	}
	if byCode {
		s.byCodes()
	}
	rows, text := s.rows, int64(mostText)
	if batchRows != nil {
		rows, text = batchRows(len(s.columns)), s.budget.most
	}
	defer s.close()
	for done := 0; done < s.rows; {
		n := s.batch(min(rows, s.rows-done), batchRows != nil, text)
		batch := s.table(n, done)
		if batchRows != nil {
			batch.Of = s.rows
		}
		if err := s.problems.Err(); err != nil {
			return nil, err
		}
		if err := each(batch); err != nil {
			return nil, err
		}
		done += n
	}
	for _, c := range s.columns {
		c.begin()
	}
	f := &File{Table: s.table(0, s.rows), Names: s.names, Alike: s.alike, About: about, Warnings: s.notes}
	for _, c := range s.columns {
		if c.faults.Any() {
			f.Replaced = append(f.Replaced, c.variable.Name)
		}
		if c.encoding != nil {
			f.Warnings = append(f.Warnings, c.faults.Notes(c.variable.Name, c.encoding.Name)...)
		}
	}
	return f, nil
}

// prepare decides how a column is read, and whether as text.
func (s *scan) prepare(c *column) {
	node := s.file.MetaData().Schema.Column(c.leaf)
	decoding, problem := decoder(node)
	if problem != "" {
		s.problems.AddVariable(c.variable.Name, "", s.at(c), "%s", problem)
		return
	}
	c.decoding, c.most = decoding, s.limits.TextBytes
	switch {
	case s.as != nil:
		c.encoding = s.as
	case annotated(node):
		c.encoding = &codepage.UTF8
	}
	c.isText = decoding.text
	if decoding.long && !s.bounded(c, node) {
		c.isText = s.identifiers(c)
	}
	if c.isText {
		c.texts = []string{}
		return
	}
	c.values = []float64{}
	if r := c.variable.Recorded; r != nil && r.Format != form(node) {
		c.dates = savedDates(r.Format, node)
	}
}

// savedDates is how the extract that a column of dates was converted from counted
// them, nil where it is of something else.
func savedDates(format string, node *schema.Column) *calendar.Count {
	count, ok := calendar.Of(format)
	_, days := node.LogicalType().(schema.DateLogicalType)
	_, moments := node.LogicalType().(schema.TimestampLogicalType)
	if ok && (days && count.Date || moments && !count.Date) {
		return &count
	}
	return nil
}

// count brings the batch's days or seconds to the count of their extract.
func (c *column) count() {
	if c.dates == nil {
		return
	}
	for i, x := range c.values {
		if math.IsNaN(x) {
			continue
		}
		if !c.dates.Date {
			x = math.Round(x * 1e6)
		}
		c.values[i] = c.dates.From(int64(x))
	}
}

func (s *scan) at(c *column) string {
	return fmt.Sprintf("%s: variable %q", s.where, c.variable.Name)
}

// bounded says whether the bounds that the footer gives for a column of
// integers are those of numbers. That they hold is seen when it is read.
func (s *scan) bounded(c *column, node *schema.Column) bool {
	least := int64(-exactInteger)
	if of, is := node.LogicalType().(schema.IntLogicalType); is && !of.IsSigned() {
		least = 0 // below are those of 2^63 and beyond
	}
	for _, group := range s.groups {
		within := false
		_ = caught(func() error {
			chunk, err := group.MetaData().ColumnChunk(c.leaf)
			if err != nil {
				return err
			}
			stats, err := chunk.Statistics()
			if err != nil {
				return err
			}
			if of, ok := stats.(*metadata.Int64Statistics); ok && of.HasMinMax() {
				within = least <= of.Min() && of.Min() <= of.Max() && of.Max() <= exactInteger
			}
			return nil
		})
		if !within {
			return false
		}
	}
	return true
}

// identifiers reads a column to say whether it has an integer beyond 2^53. A
// fault is left for the reading proper.
func (s *scan) identifiers(c *column) bool {
	s.settle()
	trial := &column{leaf: c.leaf, decoding: c.decoding, pages: newAccount(s.budget)}
	defer trial.close()
	const step = 1 << 12
	for done := 0; done < s.rows; done += step {
		trial.values = trial.values[:0]
		if err := s.read(trial, s.buffers[0], min(step, s.rows-done)); err != nil {
			return errors.Is(err, errBeyond)
		}
	}
	return false
}

// batch reads the next n rows of every column, or fewer, and returns how many;
// what is wrong is in the problems. It may stop early where there is much
// text, of which it keeps at most text bytes.
func (s *scan) batch(n int, early bool, text int64) (rows int) {
	var texts, numbers []*column
	for _, c := range s.columns {
		c.begin()
		if c.isText {
			texts = append(texts, c)
		} else {
			numbers = append(numbers, c)
		}
		switch {
		case !early:
		case c.isText:
			c.texts = slices.Grow(c.texts, n)
		case c.coder == nil:
			c.values = slices.Grow(c.values, n)
		}
	}
	s.settle()
	if rows = n; len(texts) > 0 {
		rows = s.texts(texts, n, early, text)
	}
	s.numbers(numbers, rows)
	s.report(numbers)
	return rows
}

// settle counts what the pages of all columns take now.
func (s *scan) settle() {
	s.budget.settle(func(yield func(*account) bool) {
		for _, c := range s.columns {
			if !yield(c.pages) {
				return
			}
		}
	})
}

// texts reads the next n rows of columns of text, or fewer, in turn: each may
// have what those before it have left.
func (s *scan) texts(columns []*column, n int, early bool, text int64) (rows int) {
	step := n
	if early {
		step = fewRows
	}
	for rows < n {
		step = min(step, n-rows)
		kept, fault := int64(0), false
		for _, c := range columns {
			c.left = text - kept
			c.fault = s.read(c, s.buffers[0], step)
			fault = fault || c.fault != nil
			kept += c.kept
		}
		rows += step
		if fault || early && kept > table.BatchText {
			break
		}
		if early { // no further than the text goes that is left
			step = int(min(2*int64(step), textRows, 1+(table.BatchText-kept)*int64(rows)/(kept+1)))
		}
	}
	return rows
}

// numbers reads the next rows of columns of numbers, several at the same time.
func (s *scan) numbers(columns []*column, rows int) {
	threads := min(runtime.GOMAXPROCS(0), len(columns))
	for len(s.buffers) < threads {
		s.buffers = append(s.buffers, &buffers{})
	}
	var next atomic.Int64
	work := func(b *buffers) {
		for i := next.Add(1) - 1; int(i) < len(columns); i = next.Add(1) - 1 {
			columns[i].fault = s.read(columns[i], b, rows)
		}
	}
	var others sync.WaitGroup
	for thread := 1; thread < threads; thread++ {
		others.Go(func() { work(s.buffers[thread]) })
	}
	work(s.buffers[0])
	others.Wait()
}

// report lists what was wrong with columns, in their order. Which of the
// columns of numbers is one too many depends on which was first: if one is,
// that alone is said of them.
func (s *scan) report(numbers []*column) {
	for _, c := range numbers {
		var large tooLarge
		if errors.As(c.fault, &large) {
			s.add("%s, in columns that are read together", large)
			for _, c := range numbers {
				c.fault = nil
			}
			break
		}
	}
	for _, c := range s.columns {
		if c.fault != nil {
			variable := ""
			if cell := unreadCell(""); errors.As(c.fault, &cell) {
				variable = c.variable.Name
			}
			s.problems.AddVariable(variable, "", s.at(c), "row group %d, after row %d: %s", c.group, c.before+c.len(), c.fault)
		}
	}
}

// read reads the next rows of a column.
func (s *scan) read(c *column, b *buffers, rows int) error {
	if c.coder != nil {
		done, again := s.coded(c, rows)
		if !again {
			return nil
		}
		rows -= done
		if err := s.uncode(c, b); err != nil {
			return err
		}
	}
	for rows > 0 {
		if c.chunk != nil && c.rest == 0 {
			c.close()
		}
		if c.chunk == nil {
			if c.group == len(s.groups) {
				return fmt.Errorf("%d rows less than the file has", rows)
			}
			group := s.groups[c.group]
			err := caught(func() (err error) {
				c.chunk, err = s.chunk(c)
				return err
			})
			c.group++
			if err != nil {
				c.chunk = nil
				return err
			}
			c.rest = group.NumRows()
			continue
		}
		n := min(int64(rows), c.rest)
		err := caught(func() error {
			done, err := c.decoding.read(c, b, n)
			if err == nil && done < n {
				err = fmt.Errorf("%d values less than the row group has rows", c.rest-done)
			}
			return err
		})
		if err != nil {
			return err
		}
		rows, c.rest = rows-int(n), c.rest-n
	}
	return nil
}

func (s *scan) close() {
	for _, c := range s.columns {
		c.close()
	}
}

// close gives back the pages of a chunk.
func (c *column) close() {
	if c.coder != nil && c.coder.pages != nil {
		_ = caught(c.coder.pages.Close)
		c.coder.pages = nil
	}
	if c.chunk != nil {
		_ = caught(c.chunk.Close)
		c.chunk = nil
	}
}

// table returns the columns as they have been read, after this many rows.
func (s *scan) table(rows, before int) *table.Table {
	t := table.New(rows)
	if len(s.problems) > 0 {
		return t
	}
	letters := map[string]*column{}
	for _, c := range s.columns {
		if c.tagsOf != "" {
			letters[c.tagsOf] = c
		}
	}
	for _, c := range s.columns {
		if c.tagsOf != "" {
			continue
		}
		made := &table.Column{Variable: c.variable}
		if c.isText {
			made.Text = c.texts
		} else {
			c.count()
			made.Values = c.values
			if c.coder != nil && rows > 0 {
				made.Values, made.Codes, made.Numbers = nil, c.coder.codes(), c.coder.numbers
			}
		}
		if l := letters[c.variable.Name]; l != nil {
			s.tag(made, l, before)
		}
		t.Add(made)
	}
	return t
}

// tag marks the missing values of a column with the letters of another.
func (s *scan) tag(c *table.Column, letters *column, before int) {
	at := fmt.Sprintf("%s: variable %q", s.where, c.Variable.Name)
	if c.Values == nil || !letters.isText {
		s.problems.Add(at, "kinds of missing value of a column that is not numbers")
		return
	}
	letters.tags = append(letters.tags[:0], make([]byte, len(c.Values))...)
	c.Tags = letters.tags
	for row, letter := range letters.texts {
		switch {
		case letter == "":
		case len(letter) == 1 && strings.Contains(table.Letters, letter) && c.Missing(row) != codebook.Present:
			c.Tags[row] = letter[0]
		default:
			s.problems.Add(at, "row %d: kind of missing value %q, want a letter for a value that is missing", before+row+1, letter)
			return
		}
	}
}
