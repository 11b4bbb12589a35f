package indicator

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Precision is how many digits of a number are published: "1" is one decimal,
// "3 significant" are three digits from the first that is not 0.
type Precision string

// Precisions are those of the numbers of a release, by what they are.
type Precisions struct {
	Percent Precision `yaml:"percent" json:"percent"` // shares, gaps and changes in percent and percentage points, with their limits
	Ratio   Precision `yaml:"ratio" json:"ratio"`     // ratios, with their limits and changes
	Mean    Precision `yaml:"mean" json:"mean"`       // means and quantiles, likewise
	Rate    Precision `yaml:"rate" json:"rate"`       // rates and indices of returns, likewise
	Total   Precision `yaml:"total" json:"total"`     // totals and counts of people, likewise, and their errors
	Error   Precision `yaml:"error" json:"error"`     // standard errors of all others
	Effect  Precision `yaml:"design_effect" json:"design_effect"`
	DF      Precision `yaml:"df" json:"df"`
	P       Precision `yaml:"p" json:"p"`
}

// precisionKey is one of the precisions by its key, with what it is where a policy
// does not say.
type precisionKey struct {
	key    string
	digits *Precision
	unsaid Precision
}

func (p *Precisions) keys() []precisionKey {
	return []precisionKey{
		{"percent", &p.Percent, "1"},
		{"ratio", &p.Ratio, "2"},
		{"mean", &p.Mean, "2"},
		{"rate", &p.Rate, "1"},
		{"total", &p.Total, "3 significant"},
		{"error", &p.Error, "2"},
		{"design_effect", &p.Effect, "2"},
		{"df", &p.DF, "2 significant"},
		{"p", &p.P, "3 significant"},
	}
}

// fill gives those that are not said.
func (p *Precisions) fill() {
	for _, k := range p.keys() {
		*k.digits = cmp.Or(*k.digits, k.unsaid)
	}
}

// settled is how many significant digits of a number count: what is beyond them
// may be otherwise on another machine, and decides no half.
const settled = 12

// parse reads the precision.
func (p Precision) parse() (digits int, significant bool, err error) {
	number, significant := strings.CutSuffix(string(p), " significant")
	digits, err = strconv.Atoi(number)
	switch {
	case err != nil || strconv.Itoa(digits) != number:
		return 0, false, fmt.Errorf("%q, want decimals such as 1, or digits such as 3 significant", string(p))
	case significant && digits < 1 || digits < 0 || digits > settled:
		return 0, false, fmt.Errorf("%q, want at most %d, and of significant digits 1 or more", string(p), settled)
	}
	return digits, significant, nil
}

// Step is one in the last decimal; 0 where digits are counted from the first that is
// not 0, so that it depends on the number.
func (p Precision) Step() float64 {
	digits, significant, err := p.parse()
	if err != nil || significant {
		return 0
	}
	return math.Pow10(-digits)
}

// Decimals is how many a number is shown with at most.
func (p Precision) Decimals() int {
	if digits, significant, err := p.parse(); err == nil && !significant {
		return digits
	}
	return settled
}

// Last is one in the last digit that a number is shown with; 0 for one of which the
// precision counts digits and that has none, 0 or NaN.
func (p Precision) Last(x float64) float64 {
	digits, significant, err := p.parse()
	switch {
	case err != nil || significant && (x == 0 || math.IsNaN(x) || math.IsInf(x, 0)):
		return 0
	case !significant:
		return math.Pow10(-digits)
	}
	_, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', settled-1, 64), "e")
	power, err := strconv.Atoi(exponent)
	if err != nil {
		panic("indicator: " + err.Error()) // a formatted number has an exponent
	}
	return math.Pow10(power + 1 - digits)
}

// Settle is a number to the digits that count; NaN for NaN and what is infinite.
func Settle(x float64) float64 { return decimal(x, settled, true) }

// Of is the precision of a statistic's values, of their limits and their changes.
func (p *Precisions) Of(s Statistic) Precision {
	switch row := s.Row(); {
	case row.Scale == 100:
		return p.Percent
	case row.Unit == Times:
		return p.Ratio
	case s == Total || s == Count:
		return p.Total
	case row.Returns:
		return p.Rate
	}
	return p.Mean
}

// AtMost is the precision with no more decimals than are given.
func (p Precision) AtMost(decimals int) Precision {
	if digits, significant, err := p.parse(); err == nil && (significant || digits <= decimals) {
		return p
	}
	return Precision(strconv.Itoa(decimals))
}

// Round is a number to the decimals, as a Precision has it.
func Round(x float64, decimals int) float64 { return decimal(x, decimals, false) }

// NotZero is a number to the precision, or where that would be 0, and the number is
// not, to its first digit: an error is never shown as 0.
func (p Precision) NotZero(x float64) float64 {
	if rounded := p.Round(x); rounded != 0 {
		return rounded
	}
	return decimal(x, 1, true)
}

// LeastP is the least p-value that is published, which is given for smaller ones: a p-value that is
// raised still bounds the chance of an error. What they are exactly is of the far tail of a
// distribution that holds about its middle; R prints those below 2.2e-16 as that bound. With three
// digits it has fewer than the 17 decimals, zeros too, behind which pandas.read_csv leaves digits out.
const LeastP = 1e-12

// Probability is a p-value to the precision, and never 0.
func (p *Precisions) Probability(x float64) float64 { return p.P.NotZero(max(x, LeastP)) }

// Round is a number to the precision, halves away from 0: of its decimal form of
// twelve significant digits, so that 8.25 is a half whatever a float64 makes of
// it. It panics on a precision that no policy can have.
func (p Precision) Round(x float64) float64 {
	digits, significant, err := p.parse()
	if err != nil {
		panic("indicator: " + err.Error())
	}
	return decimal(x, digits, significant)
}

// decimal rounds a number to decimals, or to significant digits.
func decimal(x float64, digits int, significant bool) float64 {
	switch {
	case math.IsInf(x, 0):
		return math.NaN()
	case math.IsNaN(x) || x == 0:
		return x + 0
	}
	text := strconv.AppendFloat(make([]byte, 0, 32), math.Abs(x), 'e', settled-1, 64) // d.ddddddddddde+dd
	whole := uint64(0)
	at := 0
	for ; text[at] != 'e'; at++ {
		if text[at] != '.' {
			whole = 10*whole + uint64(text[at]-'0')
		}
	}
	power, err := strconv.Atoi(string(text[at+1:]))
	if err != nil {
		panic("indicator: " + err.Error()) // a formatted number has an exponent
	}
	power -= settled - 1 // |x| is whole times ten to this
	drop := settled - digits
	if !significant {
		drop = -digits - power
	}
	if drop > settled {
		return 0
	}
	if drop > 0 {
		unit := uint64(1)
		for range drop {
			unit *= 10
		}
		whole, power = (whole+unit/2)/unit, power+drop
	}
	text = append(strconv.AppendUint(text[:0], whole, 10), 'e')
	rounded, err := strconv.ParseFloat(string(strconv.AppendInt(text, int64(power), 10)), 64)
	if err != nil {
		panic("indicator: " + err.Error()) // it is finite, as x is
	}
	return math.Copysign(rounded, x) + 0
}
