package parquet

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/ingest/delimited"
)

// exactInteger is the integer up to which a float64 holds every one.
const exactInteger = 1 << 53

// A column is the cells read so far: numbers, or texts where isText. A column
// of numbers turns into text at the first that a float64 does not hold.
type column struct {
	isText bool
	values []float64
	texts  []string
	most   int               // bytes of one text
	left   int64             // bytes of text that may still be kept
	kept   int64             // bytes of text
	known  map[string]string // texts of this column that are kept already
}

func (c *column) len() int { return max(len(c.values), len(c.texts)) }

func (c *column) missing() {
	if c.isText {
		c.texts = append(c.texts, "")
		return
	}
	c.values = append(c.values, math.NaN())
}

func (c *column) number(x float64) error {
	if math.IsInf(x, 0) {
		return fmt.Errorf("row %d is infinite, want a finite number", c.len()+1)
	}
	c.values = append(c.values, x+0) // -0 is the code 0
	return nil
}

func (c *column) integer(v int64) error {
	if !c.isText && -exactInteger <= v && v <= exactInteger {
		c.values = append(c.values, float64(v))
		return nil
	}
	c.identifiers()
	return c.keep(strconv.FormatInt(v, 10))
}

func (c *column) unsigned(v uint64) error {
	if !c.isText && v <= exactInteger {
		c.values = append(c.values, float64(v))
		return nil
	}
	c.identifiers()
	return c.keep(strconv.FormatUint(v, 10))
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
	if x, ok := delimited.Number(sign + digits); ok && !c.isText {
		return c.number(x)
	}
	c.identifiers()
	return c.keep(sign + digits)
}

// identifiers makes text of the numbers read so far.
func (c *column) identifiers() {
	if c.isText {
		return
	}
	c.isText = true
	c.texts = make([]string, len(c.values), cap(c.values))
	for i, x := range c.values {
		if !math.IsNaN(x) {
			c.texts[i] = strconv.FormatFloat(x, 'f', -1, 64)
		}
	}
	c.values = nil
}

func (c *column) bytes(b []byte) error {
	if len(b) > c.most {
		return fmt.Errorf("row %d has a text of %d bytes, want at most %d", c.len()+1, len(b), c.most)
	}
	if text, ok := c.known[string(b)]; ok {
		c.texts = append(c.texts, text)
		return nil
	}
	if !utf8.Valid(b) {
		return fmt.Errorf("row %d is not UTF-8", c.len()+1)
	}
	text := string(b)
	if strings.Trim(text, " ") == "" {
		text = ""
	}
	return c.keep(text)
}

// keep adds a text that is not known yet.
func (c *column) keep(text string) error {
	if c.kept += int64(len(text)); c.kept > c.left {
		return fmt.Errorf("more than %d bytes of text", int64(mostText))
	}
	const most = 1 << 14 // beyond, few texts come again
	if c.known == nil || len(c.known) > most {
		c.known = map[string]string{}
	}
	c.known[text] = text
	c.texts = append(c.texts, text)
	return nil
}

// mostScale is that of the longest decimal that tools write.
const mostScale = 76

// A decoding reads a chunk of one type into a column.
type decoding struct {
	text bool
	read func(c *column, chunk file.ColumnChunkReader, rows int64, optional bool) error
}

// cells are the values of a chunk of one physical type.
type cells[T any] interface {
	HasNext() bool
	Err() error
	ReadBatch(batchSize int64, values []T, defLvls, repLvls []int16) (total int64, valuesRead int, err error)
}

// reads returns a decoding that adds each value with add.
func reads[T any](add func(c *column, value T) error) decoding {
	return decoding{read: func(c *column, chunk file.ColumnChunkReader, rows int64, optional bool) error {
		typed, ok := chunk.(cells[T])
		if !ok {
			return fmt.Errorf("values of type %s", chunk.Type())
		}
		const batch = 4096
		values := make([]T, min(batch, rows))
		var levels []int16
		if optional {
			levels = make([]int16, len(values))
		}
		for done := int64(0); done < rows && typed.HasNext(); {
			n, present, err := typed.ReadBatch(min(int64(len(values)), rows-done), values, levels, nil)
			if err != nil {
				return err
			}
			if n <= 0 || n > int64(len(values)) || present < 0 || int64(present) > n || !optional && int64(present) != n {
				return fmt.Errorf("the page ends early")
			}
			next := 0
			for i := range n {
				if optional && levels[i] == 0 {
					c.missing()
					continue
				}
				if next == present {
					return fmt.Errorf("fewer values than its levels say")
				}
				if err := add(c, values[next]); err != nil {
					return err
				}
				next++
			}
			done += n
		}
		return typed.Err()
	}}
}

// decoder returns how a column's values are read, or why they are not.
func decoder(node *schema.Column) (d decoding, problem string) {
	logical := node.LogicalType()
	if d, is := logical.(schema.DecimalLogicalType); is && (d.Scale() < 0 || d.Scale() > mostScale) {
		return decoding{}, fmt.Sprintf("holds decimals of scale %d, want 0 to %d", d.Scale(), mostScale)
	}
	switch node.PhysicalType() {
	case parquet.Types.Boolean:
		return reads(func(c *column, v bool) error {
			if v {
				return c.number(1)
			}
			return c.number(0)
		}), ""
	case parquet.Types.Int32:
		return integers(logical, func(v int32) int64 { return int64(v) }, func(v int32) uint64 { return uint64(uint32(v)) })
	case parquet.Types.Int64:
		return integers(logical, func(v int64) int64 { return v }, func(v int64) uint64 { return uint64(v) })
	case parquet.Types.Int96:
		return reads(func(c *column, v parquet.Int96) error {
			const unixEpoch = 2_440_588 // as a Julian day
			days := int64(binary.LittleEndian.Uint32(v[8:])) - unixEpoch
			nanos := binary.LittleEndian.Uint64(v[:8])
			return c.number(float64(days*86400+int64(nanos/1e9)) + float64(nanos%1e9)/1e9)
		}), ""
	case parquet.Types.Float:
		return reads(func(c *column, v float32) error { return c.number(float64(v)) }), ""
	case parquet.Types.Double:
		return reads((*column).number), ""
	case parquet.Types.ByteArray:
		switch logical := logical.(type) {
		case schema.DecimalLogicalType:
			return reads(func(c *column, v parquet.ByteArray) error { return c.decimal(twosComplement(v), logical.Scale()) }), ""
		case schema.BSONLogicalType:
			return d, "holds BSON, want text or numbers"
		}
		d := reads(func(c *column, v parquet.ByteArray) error { return c.bytes(v) })
		d.text = true
		return d, ""
	case parquet.Types.FixedLenByteArray:
		switch logical := logical.(type) {
		case schema.DecimalLogicalType:
			return reads(func(c *column, v parquet.FixedLenByteArray) error {
				return c.decimal(twosComplement(v), logical.Scale())
			}), ""
		case schema.Float16LogicalType:
			return reads(func(c *column, v parquet.FixedLenByteArray) error {
				return c.number(float64(float16.FromLEBytes(v).Float32()))
			}), ""
		}
	}
	return d, fmt.Sprintf("holds %s, want text or numbers", form(node))
}

// integers returns how integers of a logical type are read.
func integers[T any](logical schema.LogicalType, signed func(T) int64, unsigned func(T) uint64) (d decoding, problem string) {
	switch logical := logical.(type) {
	case schema.IntLogicalType:
		if !logical.IsSigned() {
			return reads(func(c *column, v T) error { return c.unsigned(unsigned(v)) }), ""
		}
	case schema.DecimalLogicalType:
		if scale := logical.Scale(); scale > 0 {
			return reads(func(c *column, v T) error { return c.decimal(big.NewInt(signed(v)), scale) }), ""
		}
	case schema.TemporalLogicalType:
		per := int64(1e9)
		switch logical.TimeUnit() {
		case schema.TimeUnitMillis:
			per = 1e3
		case schema.TimeUnitMicros:
			per = 1e6
		}
		return reads(func(c *column, v T) error {
			units := signed(v)
			return c.number(float64(units/per) + float64(units%per)/float64(per))
		}), ""
	}
	return reads(func(c *column, v T) error { return c.integer(signed(v)) }), ""
}

// twosComplement is the number that big-endian bytes are.
func twosComplement(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return n
}
