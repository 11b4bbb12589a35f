package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/calendar"
	"togetherwecan/pipeline/ingest/codepage"
)

// exactInteger is the integer up to which a float64 holds every one.
const exactInteger = 1 << 53

// errBeyond is the fault of an integer in a column of numbers.
var errBeyond = errors.New("an integer beyond 2^53, which the file's own bounds rule out")

// An unreadCell is the fault of a cell that is whole and is no value: the file
// can be read without its column.
type unreadCell string

func (e unreadCell) Error() string { return string(e) }

func unread(format string, args ...any) error { return unreadCell(fmt.Sprintf(format, args...)) }

// A column is a wanted one: where it is, how far it is read, and the cells of
// the batch, numbers, or texts where isText.
type column struct {
	leaf     int // its place in the schema
	variable codebook.Variable
	tagsOf   string // the variable whose letters of extended missing values it holds, or ""

	decoding decoding
	pages    *account
	file     *file.Reader           // its own, of the file that all read
	chunk    file.ColumnChunkReader // open, of the group before group
	group    int                    // the next
	rest     int64                  // rows of the chunk that are not yet read
	fault    error                  // that the reading of it has ended with

	encoding *codepage.Encoding // of its text; nil for bytes that the file does not say are text
	faults   codepage.Faults
	isText   bool
	coder    *coder          // that reads its numbers, nil where the library does
	dates    *calendar.Count // of the extract that the file was converted from, nil for none
	values   []float64
	texts    []string
	tags     []byte
	before   int               // rows before the batch
	most     int               // bytes of one text
	left     int64             // bytes of text that the batch may have
	kept     int64             // bytes of text of the batch
	known    map[string]string // texts of this column that are kept already
	earlier  map[string]string // those before them
	texted   int               // bytes of the known
}

func (c *column) len() int {
	if c.coder != nil {
		return c.coder.len()
	}
	return max(len(c.values), len(c.texts))
}

// row is the number of the next.
func (c *column) row() int { return c.before + c.len() + 1 }

// begin leaves the batch, whose slices are used again.
func (c *column) begin() {
	c.before += c.len()
	c.values, c.texts, c.kept = c.values[:0], c.texts[:0], 0
	if c.coder != nil {
		c.coder.begin()
	}
}

func (c *column) missing() {
	if c.isText {
		c.texts = append(c.texts, "")
		return
	}
	c.values = append(c.values, math.NaN())
}

func (c *column) number(x float64) error {
	if math.IsInf(x, 0) {
		return unread("row %d is infinite, want a finite number", c.row())
	}
	c.values = append(c.values, x+0) // -0 is the code 0
	return nil
}

func (c *column) integer(v int64) error {
	switch {
	case c.isText:
		return c.keep(strconv.FormatInt(v, 10))
	case v < -exactInteger || v > exactInteger:
		return errBeyond
	}
	c.values = append(c.values, float64(v))
	return nil
}

func (c *column) unsigned(v uint64) error {
	switch {
	case c.isText:
		return c.keep(strconv.FormatUint(v, 10))
	case v > exactInteger:
		return errBeyond
	}
	c.values = append(c.values, float64(v))
	return nil
}

// decimal adds unscaled / 10^scale.
func (c *column) decimal(unscaled *big.Int, scale int32) error {
	digits := unscaled.String()
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if n := int(scale) + 1 - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-int(scale)] + "." + digits[len(digits)-int(scale):]
	}
	if c.isText {
		return c.keep(sign + digits)
	}
	x, ok := codebook.Number(sign + digits)
	if !ok {
		return errBeyond
	}
	return c.number(x)
}

func (c *column) bytes(b []byte) error {
	if len(b) > c.most {
		return unread("row %d has a text of %d bytes, want at most %d", c.row(), len(b), c.most)
	}
	if text, ok := c.known[string(b)]; ok {
		c.texts = append(c.texts, text)
		return nil
	}
	if text, ok := c.earlier[string(b)]; ok {
		c.texts = append(c.texts, text)
		c.know(text)
		return nil
	}
	encoding := &codepage.UTF8
	if c.encoding != nil {
		encoding = c.encoding
	} else if !utf8.Valid(b) {
		return unread("row %d is not UTF-8", c.row())
	}
	text, how := encoding.Text(b)
	c.faults.Add(how, c.row(), b)
	if strings.Trim(text, " ") == "" {
		text = ""
	}
	return c.keep(text)
}

// uuid adds 16 bytes as RFC 9562 writes them.
func (c *column) uuid(b []byte) error {
	return c.keep(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// keep adds a text that is not known yet.
func (c *column) keep(text string) error {
	if c.kept += int64(len(text)); c.kept > c.left {
		return fmt.Errorf("row %d and the rows before it have more than %d bytes of text", c.row(), c.left)
	}
	c.texts = append(c.texts, text)
	c.know(text)
	return nil
}

// know remembers a text that may come again.
func (c *column) know(text string) {
	const most, mostBytes = 1 << 14, 16 << 20 // beyond, few texts come again
	if c.texted += len(text); c.known == nil || len(c.known) > most || c.texted > mostBytes {
		c.earlier, c.known, c.texted = c.known, map[string]string{}, len(text)
	}
	c.known[text] = text
}

// mostScale is that of the longest decimal that tools write.
const mostScale = 76

// A decoding reads cells of one type into a column: text, or integers that may
// be beyond 2^53 and so all of them text, or other numbers.
type decoding struct {
	text, long bool
	read       reading
	dictionary func(data []byte, n int) (numbers []float64, ok bool) // of plain numbers; else nil
}

// A reading reads this many rows of a column, by way of the buffers.
type reading func(c *column, b *buffers, rows int64) (done int64, err error)

// buffers are what cells of each type are read into. A thread has its own.
type buffers struct {
	levels  []int16
	truths  []bool
	int32s  []int32
	int64s  []int64
	int96s  []parquet.Int96
	floats  []float32
	doubles []float64
	byteses []parquet.ByteArray
	fixeds  []parquet.FixedLenByteArray
}

// cells are the values of a chunk of one physical type.
type cells[T any] interface {
	HasNext() bool
	Err() error
	// ReadBatchInPage gives texts as views of their page or dictionary; ReadBatch would
	// copy a text for each row that has it.
	ReadBatchInPage(batchSize int64, values []T, defLvls, repLvls []int16) (total int64, valuesRead int, err error)
}

// bufferCells is how many cells are decoded at a time.
const bufferCells = 4096

// A kind is cells of one physical type: the buffer that they are read into,
// how one is added to a column and, where there is more to gain, how many are
// made numbers at once. All does nothing if one of them is not as it should
// be: add then says which.
type kind[T any] struct {
	buffer func(*buffers) *[]T
	add    func(c *column, value T) error
	all    func(to []float64, values []T) bool
}

// into returns how cells of a kind are read.
func into[T any](optional bool, k kind[T]) reading {
	return func(c *column, b *buffers, rows int64) (done int64, err error) {
		typed, ok := c.chunk.(cells[T])
		if !ok {
			return 0, fmt.Errorf("values of type %s", c.chunk.Type())
		}
		values := k.buffer(b)
		if *values == nil {
			*values = make([]T, bufferCells)
		}
		var levels []int16
		if optional {
			if b.levels == nil {
				b.levels = make([]int16, bufferCells)
			}
			levels = b.levels
		}
		for done < rows && typed.HasNext() {
			n, present, err := typed.ReadBatchInPage(min(bufferCells, rows-done), *values, levels, nil)
			if err != nil {
				return done, err
			}
			if n <= 0 || n > bufferCells || present < 0 || int64(present) > n || !optional && int64(present) != n {
				return done, fmt.Errorf("the page ends early")
			}
			if c.isText || k.all == nil || !addAll(c, int(n), (*values)[:present], levels, k.all) {
				if err := addEach(c, int(n), (*values)[:present], levels, k.add); err != nil {
					return done, err
				}
			}
			done += n
		}
		return done, typed.Err()
	}
}

// addEach adds n cells, of which those with a level of 0 are missing.
func addEach[T any](c *column, n int, values []T, levels []int16, add func(*column, T) error) error {
	for i := range n {
		if levels != nil && levels[i] == 0 {
			c.missing()
			continue
		}
		if len(values) == 0 {
			return fmt.Errorf("fewer values than its levels say")
		}
		if err := add(c, values[0]); err != nil {
			return err
		}
		values = values[1:]
	}
	return nil
}

// addAll does the same for numbers, and says whether it did.
func addAll[T any](c *column, n int, values []T, levels []int16, all func([]float64, []T) bool) bool {
	from := len(c.values)
	c.values = slices.Grow(c.values, n)
	to, next := c.values[from:from+n], len(values)
	if !all(to[:next], values) {
		return false
	}
	if next < n { // spread them out from the last to the first
		for i := n - 1; i >= 0; i-- {
			if levels[i] == 0 {
				to[i] = math.NaN()
				continue
			}
			if next--; next < 0 {
				return false
			}
			to[i] = to[next]
		}
		if next > 0 {
			return false
		}
	}
	c.values = c.values[:from+n]
	return true
}

// decoder returns how a column's values are read, or why they are not.
func decoder(node *schema.Column) (d decoding, problem string) {
	logical := node.LogicalType()
	optional := node.MaxDefinitionLevel() > 0
	decimal, isDecimal := logical.(schema.DecimalLogicalType)
	if isDecimal && (decimal.Scale() < 0 || decimal.Scale() > mostScale) {
		return d, fmt.Sprintf("holds decimals of scale %d, want 0 to %d", decimal.Scale(), mostScale)
	}
	switch node.PhysicalType() {
	case parquet.Types.Boolean:
		d.read = into(optional, kind[bool]{buffer: func(b *buffers) *[]bool { return &b.truths }, add: func(c *column, v bool) error {
			if v {
				return c.number(1)
			}
			return c.number(0)
		}})
	case parquet.Types.Int32:
		d.read, d.dictionary = integers(optional, logical, func(b *buffers) *[]int32 { return &b.int32s }, func(v int32) uint64 { return uint64(uint32(v)) })
	case parquet.Types.Int64:
		_, isTime := logical.(schema.TemporalLogicalType)
		d.long = !isTime && (!isDecimal || decimal.Scale() == 0)
		d.read, d.dictionary = integers(optional, logical, func(b *buffers) *[]int64 { return &b.int64s }, func(v int64) uint64 { return uint64(v) })
	case parquet.Types.Int96:
		d.read = into(optional, kind[parquet.Int96]{buffer: func(b *buffers) *[]parquet.Int96 { return &b.int96s }, add: func(c *column, v parquet.Int96) error {
			const unixEpoch = 2_440_588 // as a Julian day
			days := int64(binary.LittleEndian.Uint32(v[8:])) - unixEpoch
			nanos := binary.LittleEndian.Uint64(v[:8])
			return c.number(float64(days*86400+int64(nanos/1e9)) + float64(nanos%1e9)/1e9)
		}})
	case parquet.Types.Float:
		d.read = into(optional, kind[float32]{func(b *buffers) *[]float32 { return &b.floats }, func(c *column, v float32) error { return c.number(float64(v)) }, allReal[float32]})
		d.dictionary = dictionaryOf(allReal[float32])
	case parquet.Types.Double:
		d.read = into(optional, kind[float64]{func(b *buffers) *[]float64 { return &b.doubles }, (*column).number, allReal[float64]})
		d.dictionary = dictionaryOf(allReal[float64])
	case parquet.Types.ByteArray:
		buffer := func(b *buffers) *[]parquet.ByteArray { return &b.byteses }
		switch {
		case isDecimal:
			d.long = decimal.Scale() == 0
			d.read = into(optional, kind[parquet.ByteArray]{buffer: buffer, add: func(c *column, v parquet.ByteArray) error { return c.bigDecimal(v, decimal.Scale()) }})
		case logical == schema.BSONLogicalType{}:
			return d, "holds BSON, want text or numbers"
		default:
			d.text = true
			d.read = into(optional, kind[parquet.ByteArray]{buffer: buffer, add: func(c *column, v parquet.ByteArray) error { return c.bytes(v) }})
		}
	case parquet.Types.FixedLenByteArray:
		buffer := func(b *buffers) *[]parquet.FixedLenByteArray { return &b.fixeds }
		if isDecimal {
			d.long = decimal.Scale() == 0
			d.read = into(optional, kind[parquet.FixedLenByteArray]{buffer: buffer, add: func(c *column, v parquet.FixedLenByteArray) error { return c.bigDecimal(v, decimal.Scale()) }})
		} else if _, is := logical.(schema.UUIDLogicalType); is && node.TypeLength() == 16 {
			d.text = true
			d.read = into(optional, kind[parquet.FixedLenByteArray]{buffer: buffer, add: func(c *column, v parquet.FixedLenByteArray) error { return c.uuid(v) }})
		} else if _, is := logical.(schema.Float16LogicalType); is {
			d.read = into(optional, kind[parquet.FixedLenByteArray]{buffer: buffer, add: func(c *column, v parquet.FixedLenByteArray) error {
				return c.number(float64(float16.FromLEBytes(v).Float32()))
			}})
		}
	}
	if d.read == nil {
		return d, fmt.Sprintf("holds %s, want text or numbers", form(node))
	}
	return d, ""
}

// annotated says whether the file says that a column's bytes are text.
func annotated(node *schema.Column) bool {
	switch node.LogicalType().(type) {
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		return true
	}
	return false
}

// integers returns how integers of a logical type are read, and a dictionary of them.
func integers[T int32 | int64](optional bool, logical schema.LogicalType, buffer func(*buffers) *[]T, unsigned func(T) uint64) (reading, func([]byte, int) ([]float64, bool)) {
	k := kind[T]{buffer: buffer}
	k.add, k.all = func(c *column, v T) error { return c.integer(int64(v)) }, allWhole[T]
	switch logical := logical.(type) {
	case schema.IntLogicalType:
		if !logical.IsSigned() {
			k.add, k.all = func(c *column, v T) error { return c.unsigned(unsigned(v)) }, nil
		}
	case schema.DecimalLogicalType:
		if scale := logical.Scale(); scale > 0 {
			k.add, k.all = func(c *column, v T) error { return c.decimal(big.NewInt(int64(v)), scale) }, nil
		}
	case schema.TemporalLogicalType:
		per := int64(1e9)
		switch logical.TimeUnit() {
		case schema.TimeUnitMillis:
			per = 1e3
		case schema.TimeUnitMicros:
			per = 1e6
		}
		k.add, k.all = func(c *column, v T) error {
			units := int64(v)
			return c.number(float64(units/per) + float64(units%per)/float64(per))
		}, nil
	}
	if k.all == nil {
		return into(optional, k), nil
	}
	return into(optional, k), dictionaryOf(k.all)
}

// allWhole makes integers numbers, as column.integer does.
func allWhole[T int32 | int64](to []float64, values []T) bool {
	to = to[:len(values)]
	for i, v := range values {
		if uint64(int64(v)+exactInteger) > 2*exactInteger {
			return false
		}
		to[i] = float64(v)
	}
	return true
}

// allReal makes numbers of numbers, as column.number does.
func allReal[T float32 | float64](to []float64, values []T) bool {
	to = to[:len(values)]
	for i, v := range values {
		x := float64(v)
		if math.IsInf(x, 0) {
			return false
		}
		to[i] = x + 0
	}
	return true
}

// mostDecimal is the bytes of the longest decimal: more than those of any of
// mostScale digits.
const mostDecimal = 64

// bigDecimal adds a decimal of this many bytes.
func (c *column) bigDecimal(b []byte, scale int32) error {
	if len(b) > mostDecimal {
		return unread("row %d has a decimal of %d bytes, want at most %d", c.row(), len(b), mostDecimal)
	}
	return c.decimal(twosComplement(b), scale)
}

// twosComplement is the number that big-endian bytes are.
func twosComplement(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return n
}
