package seeds

// A respondent is one adult interviewed.
type respondent struct {
	area     int
	boost    bool
	person   []int // category of each attribute
	core     float64
	combined float64
	house    float64 // of the household at the address
}

// sample draws the respondents of the wave, in the order of the frame.
//
// Areas are drawn within strata with probability in proportion to size. A
// fixed number of addresses is issued in each; at each of them one adult is
// picked, who takes part with the response probability of the region. In a
// wave with a boost more addresses are screened where minorities live, and
// only adults of a minority ethnic group are asked. A weight is one over the
// expected number of times that the adult is taken, so that it stands for the
// adults of the population: 1/(P(area) x issued/addresses x response/adults); of
// its household, without the adults.
// Each weight is then scaled to mean 1, over the rows that carry it.
func (p *Population) sample() []respondent {
	areas, people := newStream(p.Wave.Seed, "areas"), newStream(p.Wave.Seed, "people")
	minority := newStream(p.Wave.Seed, "boost")
	var out []respondent
	for _, h := range p.strata {
		response := p.declaration.Frame.Regions[h.region].Response / 100
		for _, i := range h.draw(p.areas, areas) {
			a := &p.areas[i]
			screened, chance := p.screened(a), h.chance(p.areas, i)
			interview := func(s stream, boost bool) {
				r, took := p.visit(s, i, response)
				if !took || boost && r.white(p) {
					return
				}
				once := float64(float64(chance*response) / float64(a.addresses*(r.person[1]+1)))
				r.boost = boost
				r.core = 1 / float64(once*float64(p.Wave.Issued))
				r.combined = r.core
				r.house = r.core / float64(r.person[1]+1)
				if !r.white(p) {
					r.combined = 1 / float64(once*float64(p.Wave.Issued+screened))
				}
				out = append(out, r)
			}
			for range p.Wave.Issued {
				interview(people, false)
			}
			for range screened {
				interview(minority, true)
			}
		}
	}
	scale(out, func(r *respondent) *float64 { return &r.combined })
	for _, weight := range []func(*respondent) *float64{
		func(r *respondent) *float64 { return &r.core }, func(r *respondent) *float64 { return &r.house },
	} {
		scale(out, func(r *respondent) *float64 {
			if r.boost {
				return nil
			}
			return weight(r)
		})
	}
	return out
}

// visit picks an adult at an address of an area, and says whether they take
// part. Attributes 0 and 1 are the ethnic group and the number of adults.
func (p *Population) visit(s stream, area int, response float64) (r respondent, took bool) {
	took = s.unit() < response
	r = respondent{area: area, person: make([]int, len(p.attributes))}
	for k := range p.attributes {
		shares := p.attributes[k].shares(&p.areas[area])
		if k == 1 {
			shares = p.addressShares()
		}
		r.person[k] = s.pick(shares)
	}
	return r, took
}

// addressShares is the share of addresses with each number of adults.
func (p *Population) addressShares() []float64 {
	shares := make([]float64, len(p.declaration.Frame.Adults))
	for k, percent := range p.declaration.Frame.Adults {
		shares[k] = percent / 100
	}
	return shares
}

func (r respondent) white(p *Population) bool { return p.attributes[0].codes[r.person[0]] == white }

// screened is how many addresses the boost screens in an area: those of the
// highest share that the area reaches.
func (p *Population) screened(a *area) int {
	if p.Wave.Boost == nil {
		return 0
	}
	n, reached := 0, -1.0
	for _, s := range p.Wave.Boost.Screened {
		if a.minority >= s.Minority/100 && s.Minority > reached {
			n, reached = s.Addresses, s.Minority
		}
	}
	return n
}

// scale divides the weights by their mean. Weight returns nil for a row
// without one.
func scale(rows []respondent, weight func(*respondent) *float64) {
	sum, n := 0.0, 0
	for i := range rows {
		if w := weight(&rows[i]); w != nil {
			sum += *w
			n++
		}
	}
	mean := sum / float64(n)
	for i := range rows {
		if w := weight(&rows[i]); w != nil {
			*w /= mean
		}
	}
}
