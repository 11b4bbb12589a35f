package codebook

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for cell, want := range map[string]float64{
		"0": 0, "1": 1, "-1": -1, "+1": 1, "007": 7, "1.0": 1, "5.": 5, ".65": .65, "-.93": -.93, "+.5": .5,
		"9.19590747798793E-005": 9.19590747798793e-05, "1e3": 1000, "1E+3": 1000, "1.e3": 1000, ".5e1": 5,
		" 1 ": 1, "1e-999": 0, "1.79769313486231570e308": math.MaxFloat64,
		"9007199254740992": 1 << 53, "-9007199254740992": -1 << 53,
		"00000000000000000000000001": 1, "0.1234567890123456789": 0.1234567890123456789, "12345678901234567890.5": 12345678901234567890.5,
		"9007199254740993.0": 1 << 53, "9007199254740995.0": 1<<53 + 4, "9007199254740993.001": 1<<53 + 2, "9223372036854775807.": 1 << 63, "0.9999999999999999999": 1, "0000000000000000001": 1,
	} {
		got, ok := Number(cell)
		if !ok || got != want {
			t.Errorf("%q is %v (%t), want %v", cell, got, ok, want)
		}
	}
	for _, cell := range []string{
		"", " ", "-", "+", ".", "-.", "e", "e5", ".e5", "1e", "1e+", "1e5x", "1e5.0", "1.2.3", "--1", "1-", "1 2", "1,5",
		"0x10", "0x1p4", "1_000", "inf", "Inf", "-Infinity", "nan", "NaN", "NA", "1e999", "-1e999", "1f", "x", "\t1", "١",
		"9007199254740993", "-9007199254740993", "10000000000000000000", "99999999999999999999999", "18446744073709551617",
	} {
		if got, ok := Number(cell); ok {
			t.Errorf("%q is %v, want no number", cell, got)
		}
	}
	if v, _ := Number("-0"); math.Signbit(v) {
		t.Error("-0 keeps its sign, want the code 0")
	}
	if v, _ := Number("-0e0"); math.Signbit(v) {
		t.Error("-0e0 keeps its sign, want the code 0")
	}
}

// Number rounds as strconv.ParseFloat does, by whichever way it goes.
func TestNumberIsParseFloat(t *testing.T) {
	const seed = 20010301
	random := rand.New(rand.NewPCG(seed, seed))
	for range 200_000 {
		var b strings.Builder
		if random.IntN(2) == 0 {
			b.WriteByte('-')
		}
		for range random.IntN(12) {
			b.WriteByte(byte('0' + random.IntN(10)))
		}
		b.WriteByte('.')
		for range 1 + random.IntN(20) {
			b.WriteByte(byte('0' + random.IntN(10)))
		}
		if random.IntN(4) == 0 {
			b.WriteString("e" + strconv.Itoa(random.IntN(60)-30))
		}
		want, err := strconv.ParseFloat(b.String(), 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Number(b.String()); !ok || got != want {
			t.Fatalf("seed %d: %s is %v (%t), want %v", seed, b.String(), got, ok, want)
		}
	}
}
