package reproduce

import (
	"testing"

	"togetherwecan/pipeline/indicator"
)

// made are variants of which each choice of weight gives a share of its own.
func made(ours float64, by map[string]float64) *Variants {
	v := &Variants{estimate: map[cell]*indicator.Estimate{}}
	put := func(weight string, share float64) {
		v.estimate[cell{weight, name("", ""), "all", "", "all", "all"}] = &indicator.Estimate{Statistic: indicator.Proportion, Value: share}
	}
	put("", ours)
	for _, weight := range []string{"a", "b", "c"} {
		if share, has := by[weight]; has {
			put(weight, share)
			v.choices = add(v.choices, Choice{Weight, weight})
		}
	}
	return v
}

func TestExplain(t *testing.T) {
	key := indicator.Key{Population: "all", Breakdown: "all", Category: "all"}
	for _, c := range []struct {
		name                  string
		by                    map[string]float64
		printed               float64
		decimals              int
		documented            []string
		choices, why, nearest string
		tried                 int64
	}{
		{"the only one, far away at three decimals", map[string]float64{"a": 0.44, "b": 0.43}, 44, 3, nil, "weight=a", Unique, "", 2},
		{"without decimals a point away it may be chance", map[string]float64{"a": 0.44, "b": 0.47}, 44, 0, nil, "", "", "weight=a", 2},
		{"and is none where it is documented", map[string]float64{"a": 0.44, "b": 0.47}, 44, 0, []string{"weight=a"}, "weight=a", Documented, "", 2},
		{"another one is documented", map[string]float64{"a": 0.44, "b": 0.47}, 44, 0, []string{"weight=b"}, "", "", "weight=a", 2},
		{"two agree", map[string]float64{"a": 0.44001, "b": 0.44002}, 44, 2, nil, "", "", "weight=a", 2},
		{"two are one outcome", map[string]float64{"a": 0.44, "b": 0.44}, 44, 3, nil, "weight=a or weight=b", Unique, "", 1},
		{"one without effect is not counted", map[string]float64{"a": 0.44, "b": 0.41}, 44, 3, nil, "weight=a", Unique, "", 1},
		{"none agrees", map[string]float64{"a": 0.44, "b": 0.47}, 46, 3, nil, "", "", "weight=b", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := Explain([]Figure{{Key: key, Printed: c.printed, Decimals: c.decimals, Documented: c.documented, Variants: made(0.41, c.by)}})[0]
			if found.Choices != c.choices || found.By != c.why || found.Nearest != c.nearest || found.Tried != c.tried {
				t.Errorf("%q (%s), nearest %q of %d, %g by chance; want %q (%s), nearest %q of %d", found.Choices, found.By, found.Nearest, found.Tried, found.Chance, c.choices, c.why, c.nearest, c.tried)
			}
		})
	}
}

// Of 2 outcomes as near as 3 whole units, 1 in 7 agrees by chance.
func TestByChance(t *testing.T) {
	key := indicator.Key{Population: "all", Breakdown: "all", Category: "all"}
	f := []Figure{{Key: key, Printed: 44, Variants: made(0.41, map[string]float64{"a": 0.44, "b": 0.43, "c": 0.49})}}
	if tried, chance := byChance(f, outcomesOf(f), 1); tried != 3 || chance != 2.0/7 {
		t.Errorf("%g of %d, want 2/7 of 3", chance, tried)
	}
}
