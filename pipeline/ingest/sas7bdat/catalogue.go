package sas7bdat

import (
	"bytes"
	"encoding/binary"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/sas"
)

// A Catalogue has value labels by the names of formats, those of text with a $.
// Warnings are what of it is left out. A nil one has none.
type Catalogue struct {
	sets     map[string][]codebook.Category
	Warnings []string
}

// labels are those of a format, nil for none. It is numbers that have codes.
func (c *Catalogue) labels(format string, text bool) []codebook.Category {
	if c == nil || text != strings.HasPrefix(format, "$") {
		return nil
	}
	return c.sets[trimmedName(format)]
}

// named lists the formats.
func (c *Catalogue) named() []string { return slices.Sorted(maps.Keys(c.sets)) }

// MostCatalogue is how many bytes a catalogue has at most.
const MostCatalogue = 64 << 20

// ReadCatalogue reads the value labels of a catalogue of a size. A label of a range of
// values, which a format may have too, is left out and told. Text is read as the
// encoding, or for nil as the file says. The error is refusal.Problems.
func ReadCatalogue(in io.ReaderAt, size int64, where string, as *codepage.Encoding) (*Catalogue, error) {
	r := &reader{in: catalogueSource{ReaderAt: in}, where: where, format: "SAS catalogue", limits: Limits{}.orDefault(), file: &File{}}
	c := &catalogue{reader: r, made: &Catalogue{sets: map[string][]codebook.Category{}}}
	if r.header(catalogueSet, size, as) && c.load(size) && c.index() {
		c.read()
	}
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	c.made.Warnings = r.file.Warnings
	return c.made, nil
}

// A catalogueSource is read here and there alone.
type catalogueSource struct {
	io.ReaderAt
	io.Reader
}

type catalogue struct {
	*reader
	made   *Catalogue
	data   []byte
	blocks []block
	held   int // bytes of blocks so far
}

// A block is where one begins: a page from 1, and a byte of it.
type block struct {
	page uint64
	at   int
}

func (c *catalogue) load(size int64) bool {
	if size > MostCatalogue {
		return c.fail("%d bytes, want at most %d", size, MostCatalogue)
	}
	c.data = make([]byte, size)
	return c.at(c.data, 0)
}

// pageOf returns a page, from 0.
func (c *catalogue) pageOf(i int64) []byte {
	from := c.headBytes + i*int64(c.pageBytes)
	return c.data[from : from+int64(c.pageBytes)]
}

// index finds the blocks: entries of a list on the second page, and on those from the
// fourth on that begin with one.
func (c *catalogue) index() bool {
	const name = "XLSR"
	entry, first, kind := 212+c.padded, 856+2*c.padded, 50+c.padded
	if c.wide {
		entry, first, kind = entry+72, first+144, kind+24
	}
	list := func(b []byte) {
		for len(b) >= entry {
			if !bytes.HasPrefix(b, []byte(name)) && len(b) >= entry+8 {
				b = b[8:] // some have as many bytes before them
			}
			if !bytes.HasPrefix(b, []byte(name)) {
				return
			}
			if b[kind] == 'O' { // an object
				c.blocks = append(c.blocks, block{c.number(b[c.whole:]), c.uint16(b[2*c.whole:])})
			}
			b = b[entry:]
		}
	}
	for i := range c.pages {
		switch b := c.pageOf(i); {
		case i == 1:
			list(b[min(first, len(b)):])
		case i > 2 && bytes.HasPrefix(b[16:], []byte(name)):
			list(b[16:])
		}
	}
	slices.SortFunc(c.blocks, func(a, b block) int {
		if a.page != b.page {
			return int(int64(a.page) - int64(b.page))
		}
		return a.at - b.at
	})
	c.blocks = slices.Compact(c.blocks)
	return true
}

// read reads the blocks, each of which may be in several places that name the next.
func (c *catalogue) read() {
	for _, of := range c.blocks {
		var b []byte
		links := int64(0)
		for next := of; next.page > 0 && next.at > 0 && next.page <= uint64(c.pages) && links < c.pages; links++ {
			page := c.pageOf(int64(next.page) - 1)
			c.from = c.headBytes + (int64(next.page)-1)*int64(c.pageBytes) + int64(next.at)
			head := 4 * c.whole
			if next.at+head > len(page) {
				c.fail("a place at byte %d of a page of %d", next.at, len(page))
				return
			}
			at := page[next.at:]
			n := c.uint16(at[c.whole+2:])
			if head+n > len(at) {
				c.fail("%d bytes of a block, for which a page has no room", n)
				return
			}
			if c.held += n; c.held > MostCatalogue {
				c.fail("blocks of more than %d bytes", MostCatalogue)
				return
			}
			b = append(b, at[head:head+n]...)
			next = block{c.uint32(at), c.uint16(at[c.whole:])}
		}
		if !c.set(b) {
			return
		}
	}
}

// set takes a block, which is a set of labels, or of something else and short.
func (c *catalogue) set(b []byte) bool {
	before := 106
	if c.wide {
		before += 32
	}
	if len(b) < before {
		return true
	}
	flags, pad := c.uint16(b[2:]), 0
	if flags&8 != 0 {
		pad = 4
	}
	var room, used uint64
	name := b[8:16]
	if c.wide {
		room, used = c.number(b[42+pad:]), c.number(b[50+pad:])
	} else {
		room, used = c.number(b[38+pad:]), c.number(b[42+pad:])
	}
	if pad > 0 {
		pad += 16
	}
	long := 0x80
	if c.wide {
		long = 0x20
	}
	if flags&long != 0 {
		if len(b) < before+pad+32 {
			return true
		}
		name = b[before+pad : before+pad+32]
		pad += 32
	}
	if len(b) < before+pad || used == 0 {
		return true
	}
	format := trimmedName(c.text(bytes.TrimRight(name, " \x00"), "the name of a format"))
	values, rest, ok := c.values(b[before+pad:], room, used)
	if !ok {
		return c.fail("format %s: its values are not as they should be", format)
	}
	var categories []codebook.Category
	seen, left := map[string]bool{}, 0
	for _, value := range values {
		if len(rest) < 10 {
			return c.fail("format %s: labels of %d values, want %d", format, len(categories)+left, len(values))
		}
		n := min(c.uint16(rest[8:]), len(rest)-10)
		label := c.text(bytes.TrimRight(rest[10:10+n], " \x00"), "a label")
		rest = rest[min(10+n+1, len(rest)):]
		code, ok := c.code(value, strings.HasPrefix(format, "$"))
		if !ok || seen[code] {
			left++
			continue
		}
		seen[code] = true
		categories = append(categories, codebook.Category{Code: code, Label: label})
	}
	if left > 0 {
		c.warn("the catalogue's format %s has labels of %d ranges of values, which are left out", format, left)
	}
	c.made.sets[format] = categories
	return true
}

// values are the entries of a set's values, in the order of their labels, and what is
// behind all of them.
func (c *catalogue) values(b []byte, room, used uint64) (values [][]byte, rest []byte, ok bool) {
	if used > room || room > uint64(len(b))/6 {
		return nil, nil, false
	}
	values = make([][]byte, used)
	for i := range room {
		if len(b) < 6 {
			return nil, nil, false
		}
		n := 6 + c.uint16(b[2:])
		if n > len(b) {
			return nil, nil, false
		}
		if i < used {
			if n < 14+c.padded {
				return nil, nil, false
			}
			place := c.uint32(b[10+c.padded:])
			if place >= used || values[place] != nil {
				return nil, nil, false
			}
			values[place] = b[:n]
		}
		b = b[n:]
	}
	return values, b, true
}

// code is that of a value's entry; ok is false of a range. Texts have 16 bytes, and
// numbers 8, the first byte first, with the other sign, and again where the range
// ends.
func (c *catalogue) code(entry []byte, text bool) (code string, ok bool) {
	const first = 22
	if len(entry) < first+16 {
		return "", false
	}
	low, high := entry[first:first+8], entry[first+8:first+16]
	if text {
		low, high = entry[first:first+16], entry[first:first+16]
		if len(entry) >= first+32 {
			high = entry[first+16 : first+32]
		}
	}
	if !bytes.Equal(low, high) {
		return "", false
	}
	if text {
		return c.text(bytes.TrimRight(low, " \x00"), "a value"), true
	}
	u := binary.BigEndian.Uint64(low)
	if u|0xff<<40 == 1<<48-1 {
		letter := sas.Letter(byte(u >> 40))
		if tag := sas.Tag(letter); tag != 0 {
			return "." + string(tag), true
		}
		return ".", letter == '.'
	}
	x := -math.Float64frombits(u)
	if x < 0 {
		x = math.Float64frombits(^u)
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "", false
	}
	return codebook.Spell(x), true
}
