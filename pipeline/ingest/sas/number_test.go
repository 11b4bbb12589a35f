package sas

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// TestNumbers holds numbers of every width to those worked out by hand: of IBM's, a
// sign, 7 bits of a power of 16 over 64 and 14 hexadecimal digits behind the point.
func TestNumbers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name    string
		numbers Numbers
		bytes   string
		want    float64
		tag     byte
	}{
		{"1", IBM, "4110000000000000", 1, 0},
		{"-118.625", IBM, "c276a00000000000", -118.625, 0},
		{"0.1 as SAS writes it", IBM, "401999999999999a", 0.1, 0},
		{"cut to 3 bytes", IBM, "c276a0", -118.625, 0},
		{"cut to 2 bytes", IBM, "4212", 18, 0},
		{"not normalised", IBM, "4201000000000000", 1, 0},
		{"the greatest", IBM, "7fffffffffffffff", math.Ldexp(1, 252), 0},
		{"the greatest of 53 bits", IBM, "7ffffffffffffff8", math.Ldexp(1<<53-1, 252-53), 0},
		{"the least", IBM, "0010000000000000", math.Ldexp(1, -260), 0},
		{"a half of the last bit, to even", IBM, "4180000000000004", 8, 0},
		{"more than a half of the last bit", IBM, "4180000000000005", 8 + math.Ldexp(1, -49), 0},
		{"0", IBM, "0000000000000000", 0, 0},
		{"0 with an exponent", IBM, "4200000000000000", nan, 'b'},
		{"0 with an exponent of no letter", IBM, "4000000000000000", 0, 0},
		{"missing", IBM, "2e00000000000000", nan, 0},
		{"missing, cut", IBM, "2e0000", nan, 0},
		{"._", IBM, "5f00000000000000", nan, '_'},
		{".Z", IBM, "5a00000000000000", nan, 'z'},
		{"1", Big, "3ff0000000000000", 1, 0},
		{"1, cut to 3 bytes", Big, "3ff000", 1, 0},
		{"1", Little, "000000000000f03f", 1, 0},
		{"1, cut to 3 bytes", Little, "00f03f", 1, 0},
		{"8448, cut to 4 bytes", Little, "0080c040", 8448, 0},
		{"missing", Little, "0000000000d1ffff", nan, 0},
		{"missing, as SAS writes it", Little, "0000000000feffff", nan, 0},
		{".A, as SAS writes it", Little, "0000000000fdffff", nan, 'a'},
		{".Z, as SAS writes it", Big, "ffffe40000000000", nan, 'z'},
		{"._, as SAS writes it", Big, "ffffff0000000000", nan, '_'},
		{".A by its letter", Big, "ffffbe0000000000", nan, 'a'},
		{"._ by its letter", Big, "ffffa00000000000", nan, '_'},
	} {
		b, err := hex.DecodeString(c.bytes)
		if err != nil || !c.numbers.Fits(len(b)) {
			t.Fatal(c.bytes, err)
		}
		x, tag, ok := c.numbers.of(b)
		if !ok || tag != c.tag || x != c.want && !(math.IsNaN(x) && math.IsNaN(c.want)) {
			t.Errorf("%s, %s: %v and %q, %v, want %v and %q", c.name, c.bytes, x, tag, ok, c.want, c.tag)
		}
	}
	if _, _, ok := Big.of([]byte("\x7f\xf0\x00\x00\x00\x00\x00\x00")); ok {
		t.Error("an infinity is a number")
	}
}

func (n Numbers) of(b []byte) (x float64, tag byte, ok bool) {
	if n == IBM {
		x, tag = ofIBM(n.bits(b))
		return x, tag, true
	}
	return ieee(n.bits(b))
}

// ibmTarget holds IBM's numbers to exact arithmetic, and those that are cut to whole
// ones with zeros behind.
func ibmTarget() hostile.Target {
	target := hostile.Target{Name: "IBM numbers", Tokens: []string{"\x00\x00\x00\x00", "\x80\x00", "A\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x40"}}
	for _, u := range []uint64{0x4110 << 48, 0xc276a0 << 40, 0x401999999999999a, math.MaxUint64, 1, 0x5f << 56} {
		target.Seeds = append(target.Seeds, binary.BigEndian.AppendUint64(nil, u))
	}
	target.Check = func(data []byte, _ uint64) error {
		if len(data) < 2 {
			return nil
		}
		b := append(append([]byte{}, data[:min(8, len(data))]...), make([]byte, 8)...)[:8]
		got, tag := ofIBM(IBM.bits(data[:min(8, len(data))]))
		u := binary.BigEndian.Uint64(b)
		fraction := u << 8 >> 8
		if fraction == 0 {
			if !math.IsNaN(got) && got != 0 || tag != 0 && !math.IsNaN(got) {
				return fmt.Errorf("%x is %v, %q", data, got, tag)
			}
			return nil
		}
		exact := new(big.Float).SetMantExp(new(big.Float).SetPrec(64).SetUint64(fraction), 4*(int(u>>56&0x7f)-64)-56)
		if u>>63 > 0 {
			exact.Neg(exact)
		}
		if want, _ := exact.Float64(); got != want || tag != 0 {
			return fmt.Errorf("%x is %v, %q, want %v", data, got, tag, want)
		}
		return nil
	}
	return target
}

func TestMutations(t *testing.T) { hostile.Mutations(t, ibmTarget()) }

func FuzzIBM(f *testing.F) { hostile.Fuzz(f, ibmTarget()) }

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		name            string
		width, decimals int
		want            string
	}{
		{"DATE", 9, 0, "SAS DATE9."}, {"", 8, 2, "SAS 8.2"}, {"$CHAR", 20, 0, "SAS $CHAR20."}, {"$SEX", 0, 0, "SAS $SEX."}, {"", 0, 0, ""}, {"BEST", 12, 0, "SAS BEST12."},
	} {
		if got := Format(c.name, c.width, c.decimals); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
