package design

import (
	"strconv"

	"togetherwecan/pipeline/refusal"
)

// A Counted is what was drawn of a PSU, or of a stratum, by whoever has the respondents.
type Counted struct {
	Stratum, PSU string
	Clusters     int     // drawn: 1 of a PSU
	Met          int     // of those, with a respondent
	Weight       float64 // of all respondents
}

// NewCounted makes the design of respondents who were counted elsewhere from a
// source without rows. PerPSU says whether what was drawn is told of each PSU; and
// clusters, whether there are PSUs.
func NewCounted(s Source, drawn []Counted, facts Facts, stratified, clusters, perPSU bool) (*Design, refusal.Problems) {
	var strata, psus []string
	var weights []float64
	met, inStrata := 0, map[string]bool{}
	for _, of := range drawn {
		if met += of.Met; of.Met > 0 {
			inStrata[s.home(of.Stratum)] = true
		}
		n := of.Clusters
		if !clusters {
			n = min(n, 2) // whether it is alone
		}
		for i := range n {
			psu := of.PSU
			if !perPSU {
				psu = strconv.Itoa(i)
			}
			strata, psus, weights = append(strata, of.Stratum), append(psus, psu), append(weights, 0)
			if i < of.Met {
				weights[len(weights)-1] = 1
			}
		}
	}
	s.Weight = weights
	if stratified {
		s.Stratum = LabelsOf(strata)
	}
	if clusters {
		s.PSU = LabelsOf(psus)
	}
	d, ps := New(s)
	if ps != nil {
		return nil, ps
	}
	facts.Strata, facts.PSUs, facts.LonelyStrata = d.Facts.Strata, d.Facts.PSUs, d.Facts.LonelyStrata
	d.Facts, d.Elsewhere = facts, &Elsewhere{met, len(inStrata)}
	at := map[[2]string]float64{}
	for _, of := range drawn {
		at[[2]string{of.Stratum, of.PSU}] = of.Weight
	}
	for i := range d.Weight { // the first of a stratum has the weight of all
		row := int(d.Rows[i])
		key := [2]string{strata[row], psus[row]}
		if !perPSU {
			key[1] = ""
		}
		d.Weight[i] = at[key]
		delete(at, key)
	}
	if !clusters {
		clear(d.Size)
		d.Clusters = 0
		place := map[string]int{}
		for h, name := range d.Names {
			place[name] = h
		}
		for _, of := range drawn {
			d.Size[place[s.home(of.Stratum)]] += of.Clusters
			d.Clusters += of.Clusters
		}
	}
	return d, nil
}
