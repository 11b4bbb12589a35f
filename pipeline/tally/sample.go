package tally

import (
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// How the rows of a sample are its clusters.
const (
	byCluster = iota // PSUs were drawn
	byRow            // respondents were drawn themselves: each is a cluster
	bySum            // the error does not rest on clusters: nothing is kept of them
)

// A Sample is a table's rows in the order in which they are counted: by stratum
// and cluster.
type Sample struct {
	design *design.Design
	table  *table.Table
	mode   int
	rows   []int32 // of the table
	weight []float64
	ends   []end
	most   int // rows of the largest cluster

	inOrder bool // of the table
}

// An end is where a cluster ends, or a stratum where each row is a cluster.
type end struct {
	row     int // the first after it
	cluster int32
	stratum int32
}

// Of is the sample of a design of a table's rows.
func Of(d *design.Design, t *table.Table) *Sample {
	s := &Sample{design: d, table: t, mode: byRow, most: 1}
	switch {
	case d.Error == design.ByFactor:
		s.mode = bySum
	case d.Labels != nil:
		s.mode = byCluster
	}
	key := d.Cluster
	groups := d.Clusters
	if s.mode != byCluster {
		key, groups = make([]int32, len(d.Rows)), d.Strata
		for i, c := range d.Cluster {
			key[i] = d.Stratum[c]
		}
	}
	s.order(key, groups)
	return s
}

// order sorts the rows by cluster, the clusters by stratum.
func (s *Sample) order(key []int32, groups int) {
	d := s.design
	next := make([]int, groups)
	for _, k := range key {
		next[k]++
	}
	stratum := func(k int32) int32 {
		if s.mode == byCluster {
			return d.Stratum[k]
		}
		return k
	}
	var met []int32
	for k, n := range next {
		if n > 0 {
			met = append(met, int32(k))
		}
		if s.mode == byCluster {
			s.most = max(s.most, n)
		}
	}
	slices.SortStableFunc(met, func(a, b int32) int { return int(stratum(a)) - int(stratum(b)) })
	at := 0
	for _, k := range met {
		n := next[k]
		next[k] = at
		at += n
		s.ends = append(s.ends, end{at, k, stratum(k)})
	}
	s.rows, s.weight = make([]int32, len(key)), make([]float64, len(key))
	for i, k := range key {
		s.rows[next[k]], s.weight[next[k]] = d.Rows[i], d.Weight[i]
		next[k]++
	}
	s.inOrder = slices.IsSorted(s.rows)
}

// categories are those of a plan's variables.
func (s *Sample) categories(p *Plan) map[string][]string {
	found := map[string][]string{}
	for _, name := range p.variables() {
		found[name] = s.table.Column(name).Variable.Codes()
	}
	return found
}

// Bounds are the sample's, for a plan.
func (s *Sample) Bounds(p *Plan) Bounds {
	b := Bounds{Cluster: s.most}
	for _, n := range s.design.Size {
		b.Stratum = max(b.Stratum, n)
	}
	for _, w := range s.weight {
		b.Weight = max(b.Weight, w)
	}
	l := newLayout(p, s.categories(p))
	b.Amounts = make([]float64, len(l.amounts))
	largest := map[Amount]float64{}
	for a, of := range l.amounts {
		product := b.Weight
		for _, v := range of.values {
			if _, known := largest[v]; !known {
				largest[v] = factorOf(s.table, v).largest()
			}
			product *= largest[v]
		}
		b.Amounts[a] = product
	}
	return b
}
