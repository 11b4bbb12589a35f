package parquet

import (
	"errors"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"togetherwecan/pipeline/ingest/calendar"
	"togetherwecan/pipeline/table"
)

// A chunk is the cells of one column of the file for a row group that is not yet
// whole. Most are codes, and take a byte: numbers are held as doubles only from
// the first on that is no small whole number, and letters as their places.
type chunk struct {
	kind    chunkKind
	small   []uint8 // numbers less smallFrom, or places of letters; none where missing
	numbers []float64
	dates   *calendar.Count     // how they count days or moments, nil for not
	texts   []uint32            // places in of, from 1; 0 where missing
	of      []parquet.ByteArray // in the order of their first rows, and again where they are not in known
	known   map[string]uint32   // places of those that come again
}

type chunkKind uint8

const (
	ofSmall chunkKind = iota
	ofNumbers
	ofLetters
	ofTexts
)

// The whole numbers that a byte holds: the codes of nearly all variables, and the
// negative ones of missing values.
const (
	smallFrom = -28
	none      = math.MaxUint8
)

// mostKnown is how many texts of a column are kept to be used again.
const mostKnown = 4096

// textCost is how many bytes a text that is held takes beside its letters.
const textCost = 24

// add takes n cells of a column, and says what texts among them take and whether those
// of one of dates are dates.
func (p *chunk) add(c *table.Column, from, n int) (held int, ok bool) {
	if c.Text != nil {
		for _, text := range c.Text[from : from+n] {
			held += p.text(text)
		}
		return held, true
	}
	values := c.Values[from : from+n]
	if p.dates != nil {
		for _, x := range values {
			if _, ok := p.dates.Whole(x); !ok && !math.IsNaN(x) {
				return 0, false
			}
		}
	}
	if p.kind == ofSmall {
		for i, x := range values {
			whole := int(x)
			switch place := whole - smallFrom; {
			case uint(place) < none && math.Float64bits(float64(whole)) == math.Float64bits(x): // not -0
				p.small = append(p.small, uint8(place))
			case math.IsNaN(x):
				p.small = append(p.small, none)
			default:
				p.widen()
				p.numbers = append(p.numbers, values[i:]...)
				return 0, true
			}
		}
		return 0, true
	}
	p.numbers = append(p.numbers, values...)
	return 0, true
}

// size is how many bytes the cells take, texts but for their letters.
func (p *chunk) size() int { return len(p.small) + 8*len(p.numbers) + 4*len(p.texts) }

// widen makes the numbers doubles, for this row group and those after it.
func (p *chunk) widen() {
	p.kind = ofNumbers
	for _, place := range p.small {
		p.numbers = append(p.numbers, number(place))
	}
	p.small = nil
}

// number is that of a place among the small ones.
func number(place uint8) float64 {
	if place == none {
		return math.NaN()
	}
	return float64(int(place) + smallFrom)
}

// addLetters takes n letters of extended missing values; a batch without any
// has no tags.
func (p *chunk) addLetters(tags []byte, from, n int) {
	for i := range n {
		place := uint8(none)
		if tags != nil && tags[from+i] != 0 {
			place = uint8(strings.IndexByte(table.Letters, tags[from+i]))
		}
		p.small = append(p.small, place)
	}
}

// text takes a text, and says how many bytes more are held for it.
func (p *chunk) text(text string) int {
	if text == "" {
		p.texts = append(p.texts, 0)
		return 0
	}
	place, ok := p.known[text]
	if ok {
		p.texts = append(p.texts, place)
		return 0
	}
	p.of = append(p.of, parquet.ByteArray(text))
	place = uint32(len(p.of))
	p.texts = append(p.texts, place)
	if len(p.known) == mostKnown {
		return len(text) + textCost
	}
	if p.known == nil {
		p.known = map[string]uint32{}
	}
	p.known[strings.Clone(text)] = place // a reader's text may be part of a longer one
	return 2 * (len(text) + textCost)
}

// A page is cells on their way from a chunk to the library.
type page struct {
	levels  []int16 // by row, 0 where missing
	numbers []float64
	days    []int32
	moments []int64
	texts   []parquet.ByteArray
}

// write writes the chunk's cells, stepRows at a time, and empties it.
func (p *chunk) write(column file.ColumnChunkWriter, by *page) error {
	rows := max(len(p.small), len(p.numbers), len(p.texts))
	for from := 0; from < rows; from += stepRows {
		by.fill(p, from, min(from+stepRows, rows))
		if err := by.write(column); err != nil {
			return err
		}
	}
	clear(p.of)
	clear(p.known)
	p.small, p.numbers, p.texts, p.of = p.small[:0], p.numbers[:0], p.texts[:0], p.of[:0]
	return nil
}

// fill takes the cells of a chunk from one row to another.
func (g *page) fill(p *chunk, from, to int) {
	g.levels, g.numbers, g.days, g.moments, g.texts = g.levels[:0], g.numbers[:0], g.days[:0], g.moments[:0], g.texts[:0]
	switch p.kind {
	case ofSmall:
		for _, place := range p.small[from:to] {
			g.number(number(place), p.dates)
		}
	case ofNumbers:
		for _, x := range p.numbers[from:to] {
			g.number(x, p.dates)
		}
	case ofLetters:
		for _, place := range p.small[from:to] {
			if place == none {
				g.levels = append(g.levels, 0)
				continue
			}
			g.levels = append(g.levels, 1)
			g.texts = append(g.texts, letter[place])
		}
	case ofTexts:
		for _, place := range p.texts[from:to] {
			if place == 0 {
				g.levels = append(g.levels, 0)
				continue
			}
			g.levels = append(g.levels, 1)
			g.texts = append(g.texts, p.of[place-1])
		}
	}
}

// letter has the letters of extended missing values as texts.
var letter = func() (made []parquet.ByteArray) {
	for _, l := range []byte(table.Letters) {
		made = append(made, parquet.ByteArray{l})
	}
	return made
}()

func (g *page) number(x float64, dates *calendar.Count) {
	if math.IsNaN(x) {
		g.levels = append(g.levels, 0)
		return
	}
	g.levels = append(g.levels, 1)
	if dates == nil {
		g.numbers = append(g.numbers, x)
		return
	}
	whole, _ := dates.Whole(x) // as add has found
	if dates.Date {
		g.days = append(g.days, int32(whole))
	} else {
		g.moments = append(g.moments, whole)
	}
}

func (g *page) write(column file.ColumnChunkWriter) (err error) {
	switch column := column.(type) {
	case *file.Float64ColumnChunkWriter:
		_, err = column.WriteBatch(g.numbers, g.levels, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = column.WriteBatch(g.days, g.levels, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = column.WriteBatch(g.moments, g.levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		_, err = column.WriteBatch(g.texts, g.levels, nil)
	default:
		err = errors.New("a column of another type")
	}
	return err
}
