package tally

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// version is that of the binary form: it changes with anything that the bytes
// say, or that the digest is of.
const version = 3

const magic = "twc tally\n"

// Bytes is the tally's binary form: a first line, the version, the digest of the
// question, how rows are clusters, the units, and then each cluster or stratum
// in the order of their labels: its labels, how many clusters were drawn, and
// its cells in order. Numbers are varints, sums 16 bytes with the lowest first.
// The same totals have the same bytes.
func (t *Tally) Bytes() []byte {
	out := append([]byte(magic), version)
	digest, err := hex.DecodeString(t.digest)
	if err != nil {
		panic("tally: " + err.Error())
	}
	out = append(out, digest...)
	out = append(out, byte(t.mode))
	out = binary.AppendVarint(out, int64(t.Units.K))
	for _, k := range t.Units.Amounts {
		out = binary.AppendVarint(out, int64(k))
	}
	count := func(n int64) { out = binary.AppendUvarint(out, uint64(n)) }
	text := func(s string) {
		count(int64(len(s)))
		out = append(out, s...)
	}
	count(int64(len(t.units)))
	for _, u := range t.units {
		text(u.stratum)
		text(u.own)
		text(u.psu)
		count(u.drawn)
		count(int64(len(u.cells)))
		for _, cell := range slices.Sorted(maps.Keys(u.cells)) {
			of := u.cells[cell]
			count(int64(cell))
			count(of.rows)
			for _, counts := range of.counts() {
				for _, n := range counts {
					count(n)
				}
			}
			for _, sums := range of.wides(of) {
				for _, x := range sums[0] {
					out = binary.LittleEndian.AppendUint64(out, x.Lo)
					out = binary.LittleEndian.AppendUint64(out, uint64(x.Hi))
				}
			}
		}
	}
	return out
}

// Read reads a tally back from its binary form. Categories are those of each of
// the plan's variables, none of numbers, and question is as for Sample.Tally: a
// tally of another question is refused.
func Read(data []byte, p *Plan, categories map[string][]string, question string) (*Tally, error) {
	r := &reader{data: data}
	if string(r.take(len(magic))) != magic {
		return nil, errors.New("is no tally")
	}
	if v := r.take(1); r.err == nil && v[0] != version {
		return nil, fmt.Errorf("a tally of version %d, want %d", v[0], version)
	}
	l := newLayout(p, categories)
	t := &Tally{layout: l, digest: hex.EncodeToString(r.take(32))}
	if mode := r.take(1); r.err == nil {
		t.mode = int(mode[0])
	}
	t.Units.K = int(r.signed())
	for range l.amounts {
		t.Units.Amounts = append(t.Units.Amounts, int(r.signed()))
	}
	if t.Units.Amounts == nil {
		t.Units.Amounts = []int{}
	}
	if want := p.digest(question, l.categories, t.Units); r.err == nil && (t.digest != want || t.mode > bySum) {
		return nil, fmt.Errorf("a tally of the question %.12s, want %.12s", t.digest, want)
	}
	for n := r.count(); n > 0 && r.err == nil; n-- {
		u := unit{stratum: r.text(), own: r.text(), psu: r.text(), drawn: r.count(), cells: map[int32]*sums{}}
		if i := len(t.units); i > 0 && compare(t.units[i-1], u) >= 0 {
			return nil, errors.New("a tally whose clusters are not in order")
		}
		before := int64(-1)
		for cells := r.count(); cells > 0 && r.err == nil; cells-- {
			cell := r.count()
			if cell <= before || cell >= int64(l.cells) {
				return nil, errors.New("a tally whose cells are not in order")
			}
			before = cell
			of := newSums(l, t.mode)
			of.rows = r.count()
			for _, counts := range of.counts() {
				for i := range counts {
					counts[i] = r.count()
				}
			}
			for _, sums := range of.wides(of) {
				for i := range sums[0] {
					if b := r.take(16); r.err == nil {
						sums[0][i] = Wide{binary.LittleEndian.Uint64(b), int64(binary.LittleEndian.Uint64(b[8:]))}
					}
				}
			}
			u.cells[int32(cell)] = of
		}
		t.units = append(t.units, u)
	}
	if r.err == nil && len(r.data) > 0 {
		r.err = fmt.Errorf("a tally with %d bytes after its end", len(r.data))
	}
	return t, r.err
}

// A reader takes a tally's bytes from the front. After an error it gives zeros.
type reader struct {
	data []byte
	err  error
}

var errCut = errors.New("a tally that is cut short")

func (r *reader) take(n int) []byte {
	if r.err != nil || n > len(r.data) {
		r.err = errCut
		return nil
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

func (r *reader) signed() int64 {
	x, n := binary.Varint(r.data)
	if n <= 0 {
		r.err = errCut
		return 0
	}
	r.data = r.data[n:]
	return x
}

// count reads a number that is not negative.
func (r *reader) count() int64 {
	x, n := binary.Uvarint(r.data)
	if n <= 0 || x > math.MaxInt64 {
		r.err = errCut
		return 0
	}
	r.data = r.data[n:]
	return int64(x)
}

func (r *reader) text() string { return string(r.take(int(min(r.count(), math.MaxInt32)))) }
