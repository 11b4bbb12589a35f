package main

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A survey is a file of respondents, and its design as a command and as R have it.
type survey struct {
	name    string
	kind    string
	columns []string
	rows    [][]string
	flags   []string
	r       string // a call that makes the design of the data frame f
	lonely  string
	domain  bool // lonely in domains too
	whole   bool // weights add up to a population, so that a design effect without replacement has a meaning
	margins bool // calibrated
}

// A unit is a respondent's place in the sample.
type unit struct {
	stratum, psu, ssu int
	fpc1, fpc2        int
	weight            float64
	replicates        []float64
}

// drawSurvey draws a file and its design.
func drawSurvey(c *rand.Rand, name string) *survey {
	kinds := []struct {
		name string
		draw func(*rand.Rand, *survey) []unit
	}{
		{"simple random sample", simple},
		{"strata", stratified},
		{"strata and PSUs", clustered},
		{"strata and PSUs", clustered},
		{"two stages", staged},
		{"lonely PSUs", lonely},
		{"replicates of the file", replicated},
		{"replicates of the file", replicated},
		{"replicates made", made},
		{"calibrated", calibrated},
		{"calibrated", calibrated},
		{"trimmed", trimmed},
	}
	kind := kinds[c.IntN(len(kinds))]
	s := &survey{name: name, kind: kind.name}
	s.fill(c, kind.draw(c, s))
	return s
}

// linearised says whether errors are by strata and PSUs, of weights as they are.
func (s *survey) linearised() bool {
	return s.kind == "simple random sample" || s.kind == "strata" || s.kind == "strata and PSUs" || s.kind == "two stages"
}

// trimmed draws a design whose weights are brought within limits about their mean.
func trimmed(c *rand.Rand, s *survey) []unit {
	units := clustered(c, s)
	whole := 0.0
	for _, u := range units {
		whole += u.weight
	}
	mean := whole / float64(len(units))
	lower, upper := mean*(0.3+0.4*c.Float64()), mean*(1.3+0.7*c.Float64())
	s.flag("trim", digits(lower)+","+digits(upper))
	s.r = fmt.Sprintf("trimmed(%s, %s, %s)", s.r, digits(lower), digits(upper))
	return units
}

// weigh draws weights of one kind for all units.
func (s *survey) weigh(c *rand.Rand, units []unit) {
	kind := c.IntN(3)
	s.whole = kind > 0
	for i := range units {
		switch kind {
		case 0:
			units[i].weight = 0.3 + 2.5*c.Float64()
		case 1:
			units[i].weight = math.Exp(4 + c.NormFloat64())
		case 2:
			units[i].weight = float64(50 + c.IntN(2000))
		}
	}
}

func (s *survey) flag(name, value string) { s.flags = append(s.flags, "--"+name, value) }

func simple(c *rand.Rand, s *survey) []unit {
	units := make([]unit, 150+c.IntN(250))
	size := len(units) * (2 + c.IntN(8))
	s.weigh(c, units)
	for i := range units {
		units[i].fpc1 = size
	}
	s.flag("weight", "wt")
	s.r = "svydesign(ids = ~1, weights = ~wt, data = f)"
	if c.IntN(2) == 0 {
		s.flag("fpc", "fpc1")
		s.r = "svydesign(ids = ~1, weights = ~wt, fpc = ~fpc1, data = f)"
	}
	return units
}

func stratified(c *rand.Rand, s *survey) []unit {
	var units []unit
	for h := range 2 + c.IntN(6) {
		n := 15 + c.IntN(60)
		size := n * (1 + c.IntN(6)) // a stratum drawn whole has no error
		for range n {
			units = append(units, unit{stratum: h + 1, fpc1: size})
		}
	}
	s.weigh(c, units)
	s.flag("stratum", "st")
	s.flag("weight", "wt")
	s.r = "svydesign(ids = ~1, strata = ~st, weights = ~wt, data = f)"
	if c.IntN(2) == 0 {
		s.flag("fpc", "fpc1")
		s.r = "svydesign(ids = ~1, strata = ~st, weights = ~wt, fpc = ~fpc1, data = f)"
	}
	return units
}

// clusters draws units in strata of PSUs, from least to most of them each.
func clusters(c *rand.Rand, strata, least, most int) []unit {
	var units []unit
	for h := range strata {
		psus := least + c.IntN(most-least+1)
		size := psus * (1 + c.IntN(5))
		for p := range psus {
			for range 5 + c.IntN(14) {
				units = append(units, unit{stratum: h + 1, psu: p + 1, fpc1: size})
			}
		}
	}
	return units
}

const nested = "svydesign(ids = ~psu, strata = ~st, weights = ~wt, nest = TRUE, data = f)"

func clustered(c *rand.Rand, s *survey) []unit {
	units := clusters(c, 3+c.IntN(6), 2, 5)
	s.weigh(c, units)
	s.flag("stratum", "st")
	s.flag("psu", "psu")
	s.flag("weight", "wt")
	s.r = nested
	if c.IntN(2) == 0 {
		s.flag("fpc", "fpc1")
		s.r = "svydesign(ids = ~psu, strata = ~st, weights = ~wt, fpc = ~fpc1, nest = TRUE, data = f)"
	}
	return units
}

func staged(c *rand.Rand, s *survey) []unit {
	var units []unit
	for h := range 2 + c.IntN(4) {
		psus := 2 + c.IntN(4)
		size := psus * (1 + c.IntN(4))
		for p := range psus {
			ssus := 2 + c.IntN(4)
			inner := ssus * (1 + c.IntN(3))
			for u := range ssus {
				for range 2 + c.IntN(5) {
					units = append(units, unit{stratum: h + 1, psu: p + 1, ssu: u + 1, fpc1: size, fpc2: inner})
				}
			}
		}
	}
	s.weigh(c, units)
	s.flag("stratum", "st")
	s.flag("psu", "psu,ssu")
	s.flag("fpc", "fpc1,fpc2")
	if c.IntN(2) == 0 { // the weights are the stages'
		s.whole = true
		s.r = "svydesign(ids = ~psu + ssu, strata = ~st, fpc = ~fpc1 + fpc2, nest = TRUE, data = f)"
		return units
	}
	s.flag("weight", "wt")
	s.r = "svydesign(ids = ~psu + ssu, strata = ~st, weights = ~wt, fpc = ~fpc1 + fpc2, nest = TRUE, data = f)"
	return units
}

func lonely(c *rand.Rand, s *survey) []unit {
	units := append(clusters(c, 2+c.IntN(3), 2, 4), func() []unit {
		alone := clusters(c, 1+c.IntN(2), 1, 1)
		for i := range alone {
			alone[i].stratum += 20
			alone[i].fpc1 = 5
		}
		return alone
	}()...)
	s.weigh(c, units)
	s.lonely = []string{"remove", "certainty", "adjust", "average"}[c.IntN(4)]
	s.flag("stratum", "st")
	s.flag("psu", "psu")
	s.flag("weight", "wt")
	s.flag("lonely", s.lonely)
	s.r = nested
	if (s.lonely == "adjust" || s.lonely == "average") && c.IntN(2) == 0 {
		s.domain = true
		s.flags = append(s.flags, "--domain-lonely")
	}
	return units
}

// digits is a number for a flag or for R, every digit of it.
func digits(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// replicated draws a file that brings its replicate weights.
func replicated(c *rand.Rand, s *survey) []unit {
	kind := c.IntN(6)
	least, most := 2, 4
	if kind == 1 || kind == 2 {
		most = 2
	}
	units := clusters(c, 4+c.IntN(4), least, most)
	s.weigh(c, units)
	type cluster struct{ stratum, psu int }
	var psus []cluster
	in := map[int]int{} // PSUs of a stratum
	for _, u := range units {
		if k := (cluster{u.stratum, u.psu}); len(psus) == 0 || psus[len(psus)-1] != k {
			psus = append(psus, k)
			in[u.stratum]++
		}
	}
	add := func(factor func(k cluster) float64) {
		of := map[cluster]float64{}
		for _, k := range psus {
			of[k] = factor(k)
		}
		for i, u := range units {
			units[i].replicates = append(u.replicates, u.weight*of[cluster{u.stratum, u.psu}])
		}
	}
	s.flag("weight", "wt")
	s.flag("replicates", "rep[0-9]*")
	call := `svrepdesign(data = f, weights = ~wt, repweights = "rep[0-9]+", combined.weights = TRUE, `
	switch kind {
	case 0:
		n := float64(len(psus))
		for _, out := range psus {
			add(func(k cluster) float64 {
				if k == out {
					return 0
				}
				return n / (n - 1)
			})
		}
		s.flag("method", "jk1")
		call += `type = "JK1", scale = ` + digits((n-1)/n)
	case 1, 2:
		strata := 0
		for _, k := range psus {
			strata = max(strata, k.stratum)
		}
		rho, size := 0.0, 8
		for size <= strata {
			size *= 2
		}
		if kind == 2 {
			rho = 0.3
		}
		for r := range size {
			add(func(k cluster) float64 {
				parity := 0
				for b := r & k.stratum; b > 0; b &= b - 1 {
					parity ^= 1
				}
				if (parity == 0) == (k.psu == 1) {
					return 2 - rho
				}
				return rho
			})
		}
		if kind == 2 {
			s.flag("method", "fay")
			s.flag("fay", digits(rho))
			call += `type = "Fay", rho = ` + digits(rho)
		} else {
			s.flag("method", "brr")
			call += `type = "BRR"`
		}
	case 3:
		var scales []string
		for _, out := range psus {
			n := float64(in[out.stratum])
			scales = append(scales, digits((n-1)/n))
			add(func(k cluster) float64 {
				switch {
				case k == out:
					return 0
				case k.stratum == out.stratum:
					return n / (n - 1)
				}
				return 1
			})
		}
		s.flag("method", "jkn")
		s.flag("scales", strings.Join(scales, ","))
		call += `type = "JKn", scale = 1, rscales = c(` + strings.Join(scales, ", ") + ")"
	case 4:
		const times = 30
		for range times {
			drawn := map[cluster]int{}
			for _, k := range psus { // n-1 of each stratum's n, with replacement
				if k.psu == 1 {
					for range in[k.stratum] - 1 {
						drawn[cluster{k.stratum, 1 + c.IntN(in[k.stratum])}]++
					}
				}
			}
			add(func(k cluster) float64 {
				n := float64(in[k.stratum])
				return float64(drawn[k]) * n / (n - 1)
			})
		}
		s.flag("method", "bootstrap")
		s.flag("scale", digits(1.0/times))
		call += `type = "bootstrap", scale = ` + digits(1.0/times) + `, rscales = rep(1, ` + strconv.Itoa(times) + ")"
	}
	if kind == 5 { // rows of a Hadamard matrix, of which each PSU has one and the next
		size := 8
		for size < len(psus)+2 {
			size *= 2
		}
		row := map[cluster]int{}
		for i, k := range psus {
			row[k] = i + 1
		}
		sign := func(i, r int) float64 {
			if bits.OnesCount(uint(i&r))%2 == 0 {
				return 1
			}
			return -1
		}
		for r := range size {
			add(func(k cluster) float64 { return 1 + (sign(row[k], r)-sign(row[k]+1, r))/(2*math.Sqrt2) })
		}
		s.flag("method", "successive-difference")
		call += `type = "successive-difference"`
	}
	if c.IntN(2) == 0 {
		s.flags = append(s.flags, "--mse")
		call += ", mse = TRUE"
	} else {
		call += ", mse = FALSE"
	}
	s.r = call + ")"
	return units
}

// made draws a design of which the command and R make the replicates.
func made(c *rand.Rand, s *survey) []unit {
	s.flag("weight", "wt")
	s.flag("psu", "psu")
	if c.IntN(3) == 0 {
		units := clusters(c, 1, 12, 25)
		s.weigh(c, units)
		s.flag("method", "jk1")
		s.r = `as.svrepdesign(svydesign(ids = ~psu, weights = ~wt, data = f), type = "JK1")`
		return units
	}
	units := clusters(c, 3+c.IntN(5), 2, 5)
	s.weigh(c, units)
	s.flag("stratum", "st")
	s.flag("method", "jkn")
	s.r = `as.svrepdesign(` + nested + `, type = "JKn")`
	return units
}

// calibrated draws a design whose weights are brought to margins of g2 and g3, which
// fill draws without missing values.
func calibrated(c *rand.Rand, s *survey) []unit {
	units := clustered(c, s)
	s.margins = true
	return units
}

// calibrate adds the margins, once the rows are there.
func (s *survey) calibrate(c *rand.Rand, units []unit, g2, g3 []int) {
	of := func(g []int, k int) []float64 {
		totals := make([]float64, k)
		for i, u := range units {
			totals[g[i]-1] += u.weight
		}
		whole := 0.0
		for j := range totals {
			totals[j] = math.Round(totals[j]*(0.85+0.3*c.Float64())) + 1
			whole += totals[j]
		}
		return append(totals, whole)
	}
	one, two := of(g2, 2), of(g3, 3)
	for j := range 3 { // both to the same whole, the last category takes what rounding leaves
		two[j] = math.Round(two[j] * one[2] / two[3])
	}
	two[2] = one[2] - two[0] - two[1]
	margin := func(name string, totals []float64) {
		var parts []string
		for j, t := range totals {
			parts = append(parts, fmt.Sprintf("%d=%s", j+1, digits(t)))
		}
		s.flag("margin", name+":"+strings.Join(parts, ","))
	}
	frame := func(name string, totals []float64) string {
		var freq []string
		for _, t := range totals {
			freq = append(freq, digits(t))
		}
		return fmt.Sprintf("data.frame(%s = 1:%d, Freq = c(%s))", name, len(totals), strings.Join(freq, ", "))
	}
	margin("g2", one[:2])
	switch c.IntN(4) {
	case 0:
		s.kind = "post-stratified"
		s.r = fmt.Sprintf("postStratify(%s, ~g2, %s)", s.r, frame("g2", one[:2]))
		return
	case 1:
		s.kind = "raked"
		margin("g3", two[:3])
		s.r = fmt.Sprintf("rake(%s, list(~g2, ~g3), list(%s, %s), control = list(maxit = 500, epsilon = 1e-13 * %s))", s.r, frame("g2", one[:2]), frame("g3", two[:3]), digits(one[2]))
		return
	}
	margin("g3", two[:3])
	how := []string{"linear", "raking"}[c.IntN(2)]
	s.kind = "calibrated, " + how
	s.flag("calibrate", how)
	s.r = fmt.Sprintf("calibrate(%s, ~factor(g2) + factor(g3), c(%s, %s, %s, %s), calfun = %q, epsilon = 1e-13, maxit = 500)", s.r, digits(one[2]), digits(one[1]), digits(two[1]), digits(two[2]), how)
}

// fill draws what respondents answer: numbers, two with many missing values, codes of
// which some are absent in strata, and a text.
func (s *survey) fill(c *rand.Rand, units []unit) {
	s.columns = []string{"st", "psu", "ssu", "fpc1", "fpc2", "wt", "y1", "y2", "y3", "age", "b1", "b2", "c3", "c4", "word", "g2", "g3"}
	for r := range units[0].replicates {
		s.columns = append(s.columns, fmt.Sprintf("rep%d", r+1))
	}
	effect := map[[2]int]float64{}
	g2, g3 := make([]int, len(units)), make([]int, len(units))
	for i, u := range units {
		k := [2]int{u.stratum, u.psu}
		if _, ok := effect[k]; !ok {
			effect[k] = c.NormFloat64()
		}
		e := effect[k]
		g2[i], g3[i] = 1+c.IntN(2), 1+c.IntN(3)
		c4 := 1 + c.IntN(4)
		if u.stratum%2 == 1 && c4 == 4 {
			c4 = 1
		}
		missing := func(value string, of float64) string {
			if c.Float64() < of {
				return ""
			}
			return value
		}
		bit := func(p float64) string {
			if c.Float64() < p {
				return "1"
			}
			return "0"
		}
		age := 18 + c.IntN(72)
		row := []string{
			strconv.Itoa(u.stratum), strconv.Itoa(u.psu), strconv.Itoa(u.ssu), strconv.Itoa(u.fpc1), strconv.Itoa(u.fpc2), digits(u.weight),
			missing(fmt.Sprintf("%.2f", 50+10*e+12*c.NormFloat64()), 0.15),
			missing(fmt.Sprintf("%.3f", math.Exp(2+0.3*e+0.8*c.NormFloat64())), 0.05),
			missing(strconv.Itoa(c.IntN(7)), 0.1), missing(strconv.Itoa(age), 0.03),
			missing(bit(0.35+0.1*math.Tanh(e)), 0.08), missing(bit(0.1+float64(age)/300), 0.02),
			missing(strconv.Itoa(1+c.IntN(3)), 0.05), strconv.Itoa(c4), missing(text[c.IntN(len(text))], 0.1), strconv.Itoa(g2[i]), strconv.Itoa(g3[i]),
		}
		for _, w := range u.replicates {
			row = append(row, digits(w))
		}
		s.rows = append(s.rows, row)
	}
	if s.margins {
		s.calibrate(c, units, g2, g3)
	}
}

// csv is the file. Its texts have no letter that needs quotes.
func (s *survey) csv() string {
	var b strings.Builder
	for _, row := range slices.Concat([][]string{s.columns}, s.rows) {
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String()
}

// script is R's reading of the file, and its design d.
func (s *survey) script(path string) string {
	policy := s.lonely
	if policy == "" {
		policy = "fail"
	}
	return fmt.Sprintf("f <- read.csv(%q, na.strings = \"\")\noptions(survey.lonely.psu = %q, survey.adjust.domain.lonely = %s)\nd <- %s\n", path, policy, strings.ToUpper(strconv.FormatBool(s.domain)), s.r)
}
