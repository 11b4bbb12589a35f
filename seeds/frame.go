package seeds

import (
	"cmp"
	"maps"
	"slices"
)

// An area is a PSU of the frame. What it is like is known of every area, in
// the sample or not, so that population values are sums over the frame.
type area struct {
	places    [len(placeNames)]string
	stratum   int     // from 0, over the whole frame
	measure   int     // addresses when the frame was made: its chance of selection is in proportion
	addresses int     // now
	minority  float64 // share of adults of a minority ethnic group
}

// A place is a kind of area that answers may depend on.
type place int

const (
	region place = iota
	country
	urbanRural
	deprivation
	force
)

// placeNames are the common variables that hold the kinds of area.
var placeNames = [...]string{"region", "country", "urban-rural", "deprivation", "police-force-area"}

func isPlace(name string) bool { return slices.Contains(placeNames[:], name) }

// A stratum is the areas of a region in one band of minority ethnic share.
type stratum struct {
	region  int   // of FrameSpec.Regions
	areas   []int // in the order in which they are sampled
	sampled int
}

// growFrame makes the areas and strata of a wave's frame. Areas are numbered
// region by region; within one, by minority share, so that strata are bands.
func growFrame(spec FrameSpec, seed int) (areas []area, strata []stratum) {
	s := newStream(seed, "frame")
	between := func(bounds []int) int { return bounds[0] + s.below(bounds[1]-bounds[0]+1) }
	for r, reg := range spec.Regions {
		n := int(float64(spec.Areas)*reg.Share/100 + 0.5)
		forces := slices.Sorted(maps.Keys(reg.Forces))
		shares := percentages(forces, reg.Forces)
		local := make([]area, n)
		for i := range local {
			a := &local[i]
			a.measure = between(spec.Addresses)
			a.addresses = (a.measure*between(spec.Growth) + 50) / 100
			// Four times a cube of a uniform draw has mean 1: most areas have few
			// minority ethnic residents and some have many.
			u := s.unit()
			cube := float64(float64(u*u) * u)
			a.minority = min(0.9, float64(float64(reg.Minority/100*4)*cube))
			a.places[region], a.places[country] = reg.ID, reg.Country
			a.places[urbanRural] = "rural"
			if s.unit() < reg.Urban/100+a.minority {
				a.places[urbanRural] = "urban"
			}
			a.places[force] = forces[s.pick(shares)]
		}
		slices.SortStableFunc(local, func(a, b area) int { return cmp.Compare(a.minority, b.minority) })
		first, base := len(areas), len(strata)
		for h := range reg.Strata {
			sampled := (h+1)*reg.Sampled/reg.Strata - h*reg.Sampled/reg.Strata
			strata = append(strata, stratum{region: r, sampled: sampled})
		}
		for i := range local {
			h := base + i*reg.Strata/n
			local[i].stratum = h
			strata[h].areas = append(strata[h].areas, first+i)
		}
		areas = append(areas, local...)
	}
	deprive(areas, s)
	return areas, strata
}

// deprive sorts the areas of each country into fifths by deprivation, which
// goes with minority share.
func deprive(areas []area, s stream) {
	score := make([]float64, len(areas))
	byCountry := map[string][]int{}
	for i := range areas {
		score[i] = s.unit() + areas[i].minority
		byCountry[areas[i].places[country]] = append(byCountry[areas[i].places[country]], i)
	}
	for _, c := range slices.Sorted(maps.Keys(byCountry)) {
		ranked := byCountry[c]
		slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
		for rank, i := range ranked {
			areas[i].places[deprivation] = "quintile-" + itoa(1+rank*5/len(ranked))
		}
	}
}

// draw samples areas of a stratum systematically, with probability in
// proportion to their measure of size: area i is in with probability
// sampled x measure / total exactly. The sums are whole numbers.
func (h stratum) draw(areas []area, s stream) []int {
	total := 0
	for _, i := range h.areas {
		total += areas[i].measure
	}
	next := s.below(total) // of total*sampled
	var drawn []int
	sum := 0
	for _, i := range h.areas {
		sum += areas[i].measure * h.sampled
		if next < sum {
			drawn = append(drawn, i)
			next += total
		}
	}
	return drawn
}

// chance is the probability with which draw takes an area of the stratum.
func (h stratum) chance(areas []area, i int) float64 {
	total := 0
	for _, j := range h.areas {
		total += areas[j].measure
	}
	return float64(h.sampled*areas[i].measure) / float64(total)
}

// percentages returns the shares of the codes as fractions, 0 for a code that
// has none.
func percentages(codes []string, shares map[string]float64) []float64 {
	out := make([]float64, len(codes))
	for i, c := range codes {
		out[i] = shares[c] / 100
	}
	return out
}
