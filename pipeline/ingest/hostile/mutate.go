package hostile

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// A mutator makes inputs of seeds: the same of the same seed and number.
type mutator struct {
	seeds  [][]byte // the shortest first
	tokens []string
	seed   uint64
	source *rand.PCG
	random *rand.Rand
	data   []byte // the input that is being made
	spare  []byte
}

func newMutator(seeds [][]byte, tokens []string, seed uint64) *mutator {
	source := rand.NewPCG(seed, 0)
	return &mutator{
		seeds:  slices.SortedStableFunc(slices.Values(seeds), func(a, b []byte) int { return len(a) - len(b) }),
		tokens: tokens,
		seed:   seed,
		source: source,
		random: rand.New(source),
	}
}

// make returns the input of a number, valid until the next.
func (m *mutator) make(number uint64) []byte {
	m.source.Seed(m.seed, number)
	m.data = append(m.data[:0], m.pick()...)
	for more := true; more; more = m.random.IntN(2) == 0 {
		m.change()
	}
	return m.data
}

// pick returns a seed, a short one rather than a long one.
func (m *mutator) pick() []byte {
	n := len(m.seeds)
	return m.seeds[min(m.random.IntN(n), m.random.IntN(n))]
}

// dictionary is how many bytes at the start of a file are changed as often as
// all of it: what is after them is mostly cells.
const dictionary = 1 << 10

// at returns a place in the input, which is not empty.
func (m *mutator) at() int {
	n := len(m.data)
	if m.random.IntN(2) == 0 {
		n = min(n, dictionary)
	}
	return m.random.IntN(n)
}

func (m *mutator) change() {
	if len(m.data) == 0 {
		m.data = append(m.data, byte(m.random.Uint32()))
		return
	}
	switch m.random.IntN(12) {
	case 0, 1:
		m.data[m.at()] ^= 1 << m.random.IntN(8)
	case 2:
		m.data[m.at()] = byte(m.random.Uint32())
	case 3, 4:
		m.length()
	case 5:
		m.digits()
	case 6:
		m.data = m.data[:m.at()]
	case 7:
		m.cross()
	case 8:
		i := m.at()
		m.data = slices.Delete(m.data, i, i+m.random.IntN(min(len(m.data)-i, 64))+1)
	case 9:
		m.splice(m.data)
	case 10:
		m.splice(m.pick())
	case 11:
		m.token()
	}
}

// odd are numbers at which lengths and counts go wrong.
var odd = []int64{
	0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 127, 128, 129, 254, 255, 256, 257, 999, 32767, 32768, 65535, 65536, 1 << 20, 1 << 24, 1 << 27,
	math.MaxInt32 - 1, math.MaxInt32, 1 << 31, math.MaxUint32, 1 << 32, 1 << 40, math.MaxInt64, -1, -2, -3, -8, -99, math.MinInt32, math.MinInt64,
}

// length changes a number of 1, 2, 4 or 8 bytes in either order.
func (m *mutator) length() {
	width := 1 << m.random.IntN(4)
	i := m.at()
	if m.random.IntN(2) == 0 {
		i &^= 3 // where the fields of most formats begin
	}
	if i+width > len(m.data) {
		return
	}
	field := m.data[i : i+width]
	var order binary.ByteOrder = binary.LittleEndian
	if m.random.IntN(3) == 0 {
		order = binary.BigEndian
	}
	var whole [8]byte
	value := uint64(0)
	switch m.random.IntN(4) {
	case 0:
		value = uint64(len(m.data) - i)
	case 1: // a little more or less than it was
		if order == binary.LittleEndian {
			copy(whole[:], field)
		} else {
			copy(whole[8-width:], field)
		}
		value = order.Uint64(whole[:]) + uint64(m.random.IntN(33)) - 16
	default:
		value = uint64(odd[m.random.IntN(len(odd))])
	}
	order.PutUint64(whole[:], value)
	if order == binary.LittleEndian {
		copy(field, whole[:])
	} else {
		copy(field, whole[8-width:])
	}
}

// digits changes a number that is written out.
func (m *mutator) digits() {
	from := m.at()
	i := bytes.IndexAny(m.data[from:], "0123456789")
	if i < 0 {
		return
	}
	from += i
	to := from
	for to < len(m.data) && m.data[to]-'0' <= 9 {
		to++
	}
	m.spare = strconv.AppendInt(m.spare[:0], odd[m.random.IntN(len(odd))], 10)
	m.data = slices.Replace(m.data, from, to, m.spare...)
}

// cross puts the end of another seed after the beginning of the input.
func (m *mutator) cross() {
	other := m.pick()
	i, j := m.at(), m.random.IntN(len(other)+1)
	if m.random.IntN(2) == 0 {
		j = min(i, len(other)) // so that both are the same part
	}
	m.data = append(m.data[:i], other[j:]...)
}

// splice puts a part of some bytes into the input, between or over others.
func (m *mutator) splice(from []byte) {
	if len(from) == 0 {
		return
	}
	j := m.random.IntN(len(from))
	m.spare = append(m.spare[:0], from[j:j+m.random.IntN(min(len(from)-j, 64))+1]...)
	m.put(m.spare)
}

func (m *mutator) token() {
	if len(m.tokens) == 0 {
		m.data[m.at()] = byte(m.random.Uint32())
		return
	}
	m.put([]byte(m.tokens[m.random.IntN(len(m.tokens))]))
}

// put writes bytes over others, or between them.
func (m *mutator) put(b []byte) {
	i := m.at()
	if m.random.IntN(2) == 0 {
		m.data = slices.Insert(m.data, i, b...)
		return
	}
	n := copy(m.data[i:], b)
	m.data = append(m.data, b[n:]...)
}

// Random returns a source of numbers that the name and a number alone decide.
func Random(name string, number uint64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), number))
}
