package parquet

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"togetherwecan/pipeline/table"
)

// errOtherwise says that a chunk is not, or not further, read by its codes: the
// library reads it from its first row, and says what is wrong if something is.
var errOtherwise = errors.New("not read by its codes")

// mostCodes is how many numbers a column's dictionaries may have for it to be read by
// their codes: a dictionary has as many and a place for none, in two bytes.
const mostCodes = math.MaxUint16 - table.Kinds

// mostBytes is how many a row's state of one byte may be of.
const mostBytes = math.MaxUint8 + 1 - table.Kinds

// A coder reads a column of numbers by the codes of its dictionaries: of each row the
// state that table.Codes has of it, never the number. What it cannot read it leaves
// to the library.
type coder struct {
	dictionary func(data []byte, n int) (numbers []float64, ok bool)
	optional   bool

	numbers []float64 // of all dictionaries so far, each once
	place   map[float64]int
	one     []uint8 // states of the batch's rows, while mostBytes numbers are met
	two     []uint16

	pages   file.PageReader // of the open chunk
	states  []uint16        // of its dictionary, and last that of a row without a number
	bytes   [256]uint8      // the first of these, while a row takes a byte
	left    int             // values of the page that are not read
	levels  runs
	indexes runs
	present [bufferCells]uint16 // levels; scratch
	read    [bufferCells]uint16 // states; scratch
}

func newCoder(dictionary func([]byte, int) ([]float64, bool), optional bool) *coder {
	return &coder{dictionary: dictionary, optional: optional, place: map[float64]int{}, one: []uint8{}}
}

// dictionaryOf is how numbers of a type are read from the page of a dictionary.
func dictionaryOf[T int32 | int64 | float32 | float64](all func([]float64, []T) bool) func([]byte, int) ([]float64, bool) {
	return func(data []byte, n int) ([]float64, bool) {
		values, to := make([]T, n), make([]float64, n)
		if read, err := binary.Decode(data, binary.LittleEndian, values); err != nil || read != len(data) {
			return nil, false
		}
		return to, all(to, values)
	}
}

// open begins a chunk with its dictionary.
func (d *coder) open(pages file.PageReader) error {
	d.pages, d.left = pages, 0
	if !pages.Next() {
		return errOtherwise
	}
	page, is := pages.Page().(*file.DictionaryPage)
	if !is || page.NumValues() < 0 || int(page.NumValues()) > mostCodes {
		return errOtherwise
	}
	if e := parquet.Encoding(page.Encoding()); e != parquet.Encodings.Plain && e != parquet.Encodings.PlainDict {
		return errOtherwise
	}
	numbers, ok := d.dictionary(page.Data(), int(page.NumValues()))
	if !ok {
		return errOtherwise
	}
	d.states = d.states[:0]
	for _, x := range numbers {
		if math.IsNaN(x) {
			d.states = append(d.states, missing)
			continue
		}
		at, met := d.place[x]
		if !met {
			if at = len(d.numbers); at == mostCodes {
				return errOtherwise
			}
			d.place[x], d.numbers = at, append(d.numbers, x)
		}
		d.states = append(d.states, uint16(at+table.Kinds))
	}
	d.states = append(d.states, missing)
	if len(d.numbers) > mostBytes && d.one != nil {
		d.two = make([]uint16, len(d.one), cap(d.one))
		for row, state := range d.one {
			d.two[row] = uint16(state)
		}
		d.one = nil
	}
	for i, state := range d.states[:min(len(d.states), len(d.bytes))] {
		d.bytes[i] = uint8(state)
	}
	return nil
}

// missing is the state of a row without a number: as table.Codes has it, of what the
// system leaves out.
const missing = uint16(table.Kinds - 1)

// next begins the next page.
func (d *coder) next() error {
	if !d.pages.Next() {
		return errOtherwise
	}
	page := d.pages.Page()
	data := page.Data()
	if e := parquet.Encoding(page.Encoding()); e != parquet.Encodings.RLEDict && e != parquet.Encodings.PlainDict {
		return errOtherwise
	}
	levels := 0
	switch p := page.(type) {
	case *file.DataPageV1:
		if d.optional {
			if parquet.Encoding(p.DefinitionLevelEncoding()) != parquet.Encodings.RLE || len(data) < 4 {
				return errOtherwise
			}
			if levels = int(binary.LittleEndian.Uint32(data)); levels > len(data)-4 {
				return errOtherwise
			}
			data = data[4:]
		}
	case *file.DataPageV2:
		levels = int(p.DefinitionLevelByteLen())
		if p.RepetitionLevelByteLen() != 0 || levels > len(data) || !d.optional && levels != 0 {
			return errOtherwise
		}
	default:
		return errOtherwise
	}
	d.left = int(page.NumValues())
	d.levels = runs{data: data[:levels], width: 1}
	d.indexes = runs{}
	if data = data[levels:]; len(data) > 0 {
		d.indexes = runs{data: data[1:], width: int(data[0])}
	}
	if d.indexes.width > 16 {
		return errOtherwise
	}
	return nil
}

// add reads the next rows of the chunk, and says how many it did.
func (d *coder) add(rows int) (done int, err error) {
	for done < rows {
		if d.left == 0 {
			if err := d.next(); err != nil {
				return done, err
			}
			continue
		}
		n := min(rows-done, d.left, bufferCells)
		present := n
		if d.optional && !d.levels.ones(n) {
			if present = d.marked(n); present < 0 {
				return done, errOtherwise
			}
		}
		if d.one != nil && d.indexes.width <= 8 {
			from := len(d.one)
			to := slices.Grow(d.one, n)[:from+n]
			read := to[from:]
			if !d.indexes.bytes(read[:present]) || present > 0 && int(table.Translate(read[:present], read[:present], &d.bytes, len(d.states)-1)) >= len(d.states)-1 {
				return done, errOtherwise
			}
			spread(read, present, d.present[:n], uint8(missing))
			d.one = to
		} else {
			read := d.read[:n]
			if !d.indexes.read(read[:present]) || !d.within(read[:present]) {
				return done, errOtherwise
			}
			spread(read, present, d.present[:n], uint16(len(d.states)-1))
			if d.one != nil {
				from := len(d.one)
				d.one = slices.Grow(d.one, n)[:from+n]
				taken(d.one[from:], read, d.states)
			} else {
				from := len(d.two)
				d.two = slices.Grow(d.two, n)[:from+n]
				taken(d.two[from:], read, d.states)
			}
		}
		d.left -= n
		done += n
	}
	return done, nil
}

// spread moves what is read of the rows that have a value to these rows, from the last
// to the first, and has none of the others.
func spread[S uint8 | uint16](read []S, present int, levels []uint16, none S) {
	for i := len(read) - 1; i >= present; {
		if present == 0 || levels[i] == 0 {
			read[i] = none
			i--
			continue
		}
		present--
		read[i] = read[present]
		i--
	}
}

// marked reads the next levels, and counts those that have a value; -1 is of levels that
// cannot be.
func (d *coder) marked(n int) int {
	if !d.levels.read(d.present[:n]) {
		return -1
	}
	present := 0
	for _, level := range d.present[:n] {
		if level > 1 {
			return -1
		}
		present += int(level)
	}
	return present
}

// within says whether the dictionary has all of the indexes.
func (d *coder) within(indexes []uint16) bool {
	largest := uint16(0)
	for _, index := range indexes {
		largest = max(largest, index)
	}
	return len(indexes) == 0 || int(largest) < len(d.states)-1
}

// taken puts the states that indexes are of.
func taken[S uint8 | uint16](to []S, indexes, states []uint16) {
	to = to[:len(indexes)]
	for i, index := range indexes {
		to[i] = S(states[index])
	}
}

// len is how many rows of the batch are read.
func (d *coder) len() int { return len(d.one) + len(d.two) }

// begin leaves the batch, whose slices are used again.
func (d *coder) begin() { d.one, d.two = d.one[:0], d.two[:0] }

// codes are the batch's, valid until the next.
func (d *coder) codes() *table.Codes {
	if d.one != nil {
		return table.CodesIn(d.one)
	}
	return table.CodesIn(d.two)
}

// values adds the batch's numbers.
func (d *coder) values(to []float64) []float64 {
	codes := d.codes()
	for row := range codes.Len() {
		x := math.NaN()
		if code := codes.At(row); code >= 0 {
			x = d.numbers[code]
		}
		to = append(to, x)
	}
	return to
}

// runs are whole numbers of so many bits, at most 16, by runs of one of them and runs
// of eight that are packed: "Run Length Encoding / Bit-Packing Hybrid" in Parquet's
// Encodings.md.
type runs struct {
	data  []byte // of the runs that are not begun, and of the begun one if it is packed
	width int
	left  int // numbers of the run that are not read
	of    int // packed numbers of it that are; -1 where all are one
	one   uint16
}

// read reads the next numbers, and says whether there are that many.
func (r *runs) read(to []uint16) bool {
	for len(to) > 0 {
		if r.left == 0 && !r.begin() {
			return false
		}
		n := min(r.left, len(to))
		if r.of < 0 {
			for i := range to[:n] {
				to[i] = r.one
			}
		} else {
			r.unpack(to[:n])
		}
		r.left -= n
		to = to[n:]
	}
	return true
}

// bytes reads the next numbers, of at most 8 bits, and says whether there are that many.
func (r *runs) bytes(to []uint8) bool {
	for len(to) > 0 {
		if r.left == 0 && !r.begin() {
			return false
		}
		n := min(r.left, len(to))
		if r.of < 0 {
			for i := range to[:n] {
				to[i] = uint8(r.one)
			}
		} else {
			r.unpackBytes(to[:n])
		}
		r.left -= n
		to = to[n:]
	}
	return true
}

// ones says whether the next numbers are all 1, of one run, and passes over them if so.
func (r *runs) ones(n int) bool {
	if r.left == 0 && !r.begin() || r.of >= 0 || r.one != 1 || r.left < n {
		return false
	}
	r.left -= n
	return true
}

// begin takes the head of the next run, and says whether it is whole.
func (r *runs) begin() bool {
	if r.of > 0 { // a packed run is over
		r.data = r.data[r.of*r.width/8:]
	}
	r.of = -1
	head, size := binary.Uvarint(r.data)
	if size <= 0 || head>>1 == 0 || head > math.MaxInt32 {
		return false
	}
	r.data = r.data[size:]
	if head&1 != 0 {
		groups := int(head >> 1)
		// Writers may leave out what is packed beyond the last row.
		if r.left = min(groups*8, len(r.data)*8/max(r.width, 1)); r.width == 0 {
			r.left = groups * 8
		}
		r.of = 0
		return r.left > 0
	}
	bytes := (r.width + 7) / 8
	if len(r.data) < bytes {
		return false
	}
	r.left, r.one = int(head>>1), 0
	for i, b := range r.data[:bytes] {
		r.one |= uint16(b) << (8 * i)
	}
	r.data = r.data[bytes:]
	return true
}

// unpack reads packed numbers, of which the run has as many.
func (r *runs) unpack(to []uint16) {
	mask := uint64(1)<<r.width - 1
	for i := 0; i < len(to); {
		bit := r.of * r.width
		at := bit / 8
		var word uint64
		if at+8 <= len(r.data) {
			word = binary.LittleEndian.Uint64(r.data[at:])
		} else {
			for k, b := range r.data[at:] {
				word |= uint64(b) << (8 * k)
			}
		}
		word >>= bit % 8
		n := min(len(to)-i, 57/max(r.width, 1))
		for k := range to[i : i+n] {
			to[i+k] = uint16(word & mask)
			word >>= r.width
		}
		i += n
		r.of += n
	}
}

// unpackBytes reads packed numbers of at most 8 bits, of which the run has as many: eight
// in a word at a time, whose halves are moved apart, and theirs, and theirs.
func (r *runs) unpackBytes(to []uint8) {
	width, data := r.width, r.data
	each := uint64(1)<<width - 1
	pairs, fours := each|each<<width, uint64(1)<<(4*width)-1
	twos := pairs | pairs<<32
	ones := each * 0x0001_0001_0001_0001
	bit := r.of * width
	r.of += len(to)
	for len(to) >= 8 && bit/8+8 <= len(data) {
		x := binary.LittleEndian.Uint64(data[bit/8:]) >> (bit % 8)
		x = x&fours | x>>(4*width)&fours<<32
		x = x&twos | x>>(2*width)&twos<<16
		x = x&ones | x>>width&ones<<8
		binary.LittleEndian.PutUint64(to, x)
		to, bit = to[8:], bit+8*width
	}
	for i := range to {
		var word uint64
		for k, b := range data[min(bit/8, len(data)):min(bit/8+2, len(data))] {
			word |= uint64(b) << (8 * k)
		}
		to[i] = uint8(word >> (bit % 8) & each)
		bit += width
	}
}

// byCodes has columns of plain numbers read by their codes, but those whose missing
// values have letters.
func (s *scan) byCodes() {
	lettered := map[string]bool{}
	for _, c := range s.columns {
		if c.tagsOf != "" {
			lettered[c.tagsOf] = true
		}
	}
	for _, c := range s.columns {
		if c.decoding.dictionary != nil && !c.isText && c.dates == nil && c.tagsOf == "" && !lettered[c.variable.Name] {
			optional := s.file.MetaData().Schema.Column(c.leaf).MaxDefinitionLevel() > 0
			c.coder = newCoder(c.decoding.dictionary, optional)
		}
	}
}

// coded reads the next rows of a column by their codes: this many, and whether the
// library is to read on.
func (s *scan) coded(c *column, rows int) (done int, otherwise bool) {
	before := c.coder.len()
	for done < rows {
		if c.rest == 0 {
			c.close()
		}
		if c.coder.pages == nil {
			if c.group == len(s.groups) {
				return done, true
			}
			c.rest = s.groups[c.group].NumRows()
			err := caught(func() error {
				pages, err := s.pages(c)
				if err != nil {
					return err
				}
				return c.coder.open(pages)
			})
			c.group++
			if err != nil {
				return done, true
			}
		}
		n := min(int64(rows-done), c.rest)
		err := caught(func() error {
			_, err := c.coder.add(int(n))
			return err
		})
		now := c.coder.len() - before
		c.rest -= int64(now - done)
		done = now
		if err != nil {
			return done, true
		}
	}
	return done, false
}

// uncode leaves a column to the library, which reads the open chunk again from its
// first row, and the rows of the batch as numbers.
func (s *scan) uncode(c *column, b *buffers) error {
	c.close()
	batch := c.coder.values(c.values)
	c.coder, c.values = nil, nil
	if c.rest == 0 {
		c.values = batch
		return nil
	}
	c.group--
	group := s.groups[c.group]
	err := caught(func() (err error) {
		c.chunk, err = s.chunk(c)
		return err
	})
	c.group++
	if err != nil {
		c.chunk, c.values = nil, batch
		return err
	}
	for left := group.NumRows() - c.rest; left > 0 && err == nil; {
		n := min(left, bufferCells)
		err = caught(func() error {
			done, err := c.decoding.read(c, b, n)
			if err == nil && done < n {
				err = errOtherwise
			}
			return err
		})
		c.values, left = c.values[:0], left-n
	}
	c.values = batch
	return err
}
