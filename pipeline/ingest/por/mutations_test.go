package por

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// TestMutations reads mutations of the corpus, and of the numbers in it.
func TestMutations(t *testing.T) {
	hostile.Mutations(t, fileTarget(t), bodyTarget(t), numberTarget())
}

// tested is this package to the tests of any reader, within limits.
func tested(limits Limits) hostile.Reader[File] {
	return hostile.Reader[File]{
		Read: func(data []byte, want []string) (*File, error) {
			return Read(bytes.NewReader(data), "f", want, limits)
		},
		Scan: func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
			buffer := map[int]int{1: 1, 3: 100}[batch]
			return scan(bytes.NewReader(data), cmp.Or(buffer, bufferBytes), "f", nil, want, limits, batch, each)
		},
		Parts: func(f *File) (*table.Table, []string) { return f.Table, f.Names },
		Sound: sound,
	}
}

// sound returns what is not true of an answer and should be of any: refused
// with a reason and a place, or a table within its own numbers.
func sound(f *File, err error) error {
	if err != nil {
		return hostile.Refused(f != nil, err, format+": byte ")
	}
	if len(f.Table.Columns) != len(f.Names) {
		return fmt.Errorf("%d columns of %d names", len(f.Table.Columns), len(f.Names))
	}
	return cmp.Or(hostile.Numbers(f.Table), hostile.Sound(f.Table, f.Names))
}

var tokens = []string{
	"SPSSPORT", "A8/", "1/", "5/", "70/", "C", "D", "E", "F", "*.", "-", "+", ".", "/", "Z", "ZZZZZZZZ", "\r\n", "\n", "TTTTTTTTTT", "1+T/", "1-T/",
	"8", "9", "AA", "B", "\xe9", "\xc3\xa9", "\x80", "\x81",
}

func fileTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "file", Tokens: tokens, Check: tested(Limits{}).Check(16)}
	for _, file := range corpus(t) {
		target.Seeds = append(target.Seeds, file.Data)
	}
	return target
}

// bodyTarget is what follows the signature, for the 464 characters before it
// are soon no header any more.
func bodyTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "records", Tokens: tokens}
	var header []byte
	for _, file := range corpus(t) {
		data := file.Data
		n := bytes.Index(data, []byte("SPSSPORT")) + len("SPSSPORT")
		header = data[:n:n]
		target.Seeds = append(target.Seeds, data[n:])
	}
	check := tested(Limits{}).Check(16)
	target.Check = func(data []byte, n uint64) error { return check(slices.Concat(header, data), n) }
	return target
}

// numberTarget is one number and what follows it, held to exact arithmetic on
// its text.
func numberTarget() hostile.Target {
	target := hostile.Target{Name: "numbers", Tokens: []string{"+", "-", ".", "/", "*.", " ", "T", "0000000000", "TTTTTTTTTTTTTTTTTT", "1", "+T9/", "-T9/", "+7C/", "-7C/"}}
	for _, text := range []string{"0/", "-T/", "1A.F/", "1+2/", "F-1/", " 1/", "*.", ".3/", "A9E17IR6IG+6J/", "3.3J8K8L2M6N9P/", "1-7B/", "-5FQ.000000001/"} {
		target.Seeds = append(target.Seeds, []byte(text))
	}
	target.Check = func(data []byte, _ uint64) error {
		r := &reader{source: source{in: bufio.NewReaderSize(bytes.NewReader(data), 16)}}
		for i := range r.to {
			r.to[i] = byte(i)
		}
		got, ok := r.number()
		if ok == (len(r.problems) > 0) {
			return fmt.Errorf("%q is %v, with %v", data, ok, r.problems)
		}
		if !ok || math.IsNaN(got) {
			return nil
		}
		text, _, _ := strings.Cut(strings.NewReplacer("\r", "", "\n", "").Replace(string(data)), "/")
		want, digits := exact(strings.TrimLeft(text, " "))
		switch {
		case bytes.IndexByte(data, '\n') >= 0: // blanks fill up a line, and may be within
		case math.IsInf(got, 0):
			return fmt.Errorf("%q is %v", data, got)
		case math.IsInf(want, 0) && math.Abs(got) == math.MaxFloat64: // PSPP rounds the highest number up
		case digits <= 13 && got != want, math.Abs(got-want) > 1e-15*math.Abs(want):
			return fmt.Errorf("%q is %v, want %v", data, got, want)
		}
		return nil
	}
	return target
}

// exact is a number in base 30, and how many digits it has.
func exact(text string) (v float64, digits int) {
	text, negative := strings.CutPrefix(text, "-")
	mantissa, power := text, "0"
	if i := strings.IndexAny(text, "+-"); i >= 0 {
		mantissa, power = text[:i], strings.TrimPrefix(text[i:], "+")
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	m, _ := new(big.Int).SetString("0"+strings.ToLower(whole+fraction), 30)
	p, _ := new(big.Int).SetString(strings.ToLower(power), 30)
	if m == nil || p == nil {
		return math.NaN(), 0
	}
	e := p.Int64() - int64(len(fraction))
	ratio := new(big.Rat).SetInt(m)
	scale := new(big.Int).Exp(big.NewInt(30), big.NewInt(max(e, -e)), nil)
	if e >= 0 {
		ratio.Mul(ratio, new(big.Rat).SetInt(scale))
	} else {
		ratio.Quo(ratio, new(big.Rat).SetInt(scale))
	}
	v, _ = ratio.Float64()
	if negative {
		v = -v
	}
	return v, len(strings.TrimLeft(whole+fraction, "0"))
}
