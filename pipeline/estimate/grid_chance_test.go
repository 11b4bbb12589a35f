package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// A survey made by chance, with everything that goes wrong: answers missing,
// weights that vary and are 0 or missing, a domain and categories that miss
// PSUs and strata, PSUs of unequal sizes.
type chance struct {
	*rand.Rand
	plan  Plan
	table *table.Table
}

func newChance(seed uint64) chance {
	r := rand.New(rand.NewPCG(seed, 0))
	strata, elements := 1+r.IntN(6), r.IntN(4) == 0
	var stratum, psu, weight, population, who, area, region []float64
	var sex []string
	answers := make([][]float64, 3)
	label := 0
	for h := range strata {
		drawn := 2 + r.IntN(6)
		if r.IntN(4) == 0 {
			drawn = 1
		}
		all := float64(drawn + r.IntN(3)*r.IntN(20))
		for range drawn {
			label++
			size := 1
			if !elements {
				size += r.IntN(1 + r.IntN(60))
			}
			for n := range size {
				w := math.Exp(r.NormFloat64()) * 1000
				switch r.IntN(30) {
				case 0:
					w = 0
				case 1:
					w = math.NaN()
				}
				if n == 0 {
					w = 700 // so that the PSU is of the sample
				}
				stratum, psu, weight, population = append(stratum, float64(h+1)), append(psu, float64(label%7*1000+label)), append(weight, w), append(population, all)
				who, area, region = append(who, float64(r.IntN(3))), append(area, float64(1+r.IntN(4))), append(region, float64(h%3))
				sex = append(sex, []string{"f", "m", ""}[r.IntN(3)])
				for q, p := range []float64{0.5, 0.03, 0.99} {
					v := 2.0
					if r.Float64() < p {
						v = 1
					}
					switch r.IntN(10) {
					case 0:
						v = -9
					case 1:
						v = math.NaN()
					case 2:
						v = 7.5
					}
					answers[q] = append(answers[q], v)
				}
			}
		}
	}
	c := chance{r, Plan{
		Where: "chance", Stratum: "stratum", PSU: "psu", Weight: "weight", AnswerDF: true,
		Items: []Share{
			{"half", "q0", []string{"1"}, nil},
			{"few", "q1", []string{"1"}, []string{"2"}},
			{"most", "q2", []string{"1"}, []string{"1", "2", "7.5"}},
			{"other", "q2", []string{"2", "7.5"}, nil},
		},
		By:      [][]string{{}, {"area"}, {"region", "sex"}, {"sex", "area"}},
		Codes:   map[string][]string{"area": {"4", "1", "2", "5"}},
		Missing: map[string][]string{"q0": {"-9"}, "q2": {"-9"}, "region": {"2"}},
	}, nil}
	if elements {
		c.plan.PSU = ""
	}
	if r.IntN(2) == 0 {
		c.plan.Population = "population"
	}
	if r.IntN(3) == 0 {
		c.plan.Domain = []codebook.Condition{{Variable: "who", Categories: []string{"0", "2"}}}
	}
	policies := []string{codebook.LonelyAdjust, codebook.LonelyAverage, codebook.LonelyCertainty, codebook.LonelyRemove}
	c.plan.Lonely, c.plan.DomainLonely = policies[r.IntN(4)], r.IntN(2) == 0
	c.table = table.New(len(stratum), numberColumn("stratum", stratum...), numberColumn("psu", psu...), numberColumn("weight", weight...), numberColumn("population", population...),
		numberColumn("who", who...), numberColumn("area", area...), numberColumn("region", region...), textColumn("sex", sex...),
		numberColumn("q0", answers[0]...), numberColumn("q1", answers[1]...), numberColumn("q2", answers[2]...))
	return c
}

// gridSource is the sample of a plan as design.New takes it.
func gridSource(p Plan, t *table.Table) design.Source {
	s := design.Source{Where: p.Where, Weights: p.Weight, Nested: p.Nested, Lonely: p.Lonely, DomainLonely: p.DomainLonely, Weight: t.Column(p.Weight).Values}
	s.Names.Stratum, s.Names.PSU, s.Names.Weight, s.Names.Population = p.Stratum, p.PSU, p.Weight, p.Population
	if p.Stratum != "" {
		s.Stratum = t.Column(p.Stratum).Labels()
	}
	if p.PSU != "" {
		s.PSU = t.Column(p.PSU).Labels()
	}
	if p.Population != "" {
		s.Population = t.Column(p.Population).Values
	}
	return s
}

// sameCells says where two grids differ, in any bit.
func sameCells(a, b []Cell) string {
	bits := func(c Cell) string {
		var s strings.Builder
		for _, x := range []float64{c.Value, c.SE, c.Lower, c.Upper, c.Weights, c.DEFF} {
			s.WriteString(strconv.FormatUint(math.Float64bits(x), 16) + " ")
		}
		return fmt.Sprint(c.Item, c.Breakdown, c.Categories, c.Base, c.DF, c.PSUs, s.String())
	}
	for i := range a {
		if bits(a[i]) != bits(b[i]) {
			return fmt.Sprintf("%+v, want %+v", b[i], a[i])
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d cells, want %d", len(b), len(a))
	}
	return ""
}

// taken is the rows of a table in an order.
func taken(t *table.Table, order []int) *table.Table {
	made := table.New(len(order))
	for _, c := range t.Columns {
		n := &table.Column{Variable: c.Variable}
		for _, row := range order {
			if c.Values != nil {
				n.Values = append(n.Values, c.Values[row])
			} else {
				n.Text = append(n.Text, c.Text[row])
			}
		}
		made.Add(n)
	}
	return made
}
