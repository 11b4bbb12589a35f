package design

import "togetherwecan/pipeline/codebook"

// Alone is the strata of one stage that have one cluster, where the design's
// policy says what to do with them.
type Alone struct {
	Stage  int // 1 is the first
	Strata int
	Of     int     // strata
	Share  float64 // of all weight, what the respondents in them have
}

// Alone lists the stages with strata of one cluster, where errors follow the
// policy for them.
func (d *Design) Alone() []Alone {
	if d.Lonely == codebook.LonelyRefuse || d.Error == ByFactor || d.Error == ByReplicates {
		return nil
	}
	all := Total(d.Weight)
	var found []Alone
	for n, s := range append([]Stage{d.Stage}, d.Later...) {
		made := Alone{Stage: n + 1, Of: len(s.Size)}
		for h, size := range s.Size {
			if size == 1 && !s.Certain(int32(h)) {
				made.Strata++
			}
		}
		if made.Strata == 0 {
			continue
		}
		var weights []float64
		for i, c := range s.Cluster {
			if h := s.Stratum[c]; s.Size[h] == 1 && !s.Certain(h) {
				weights = append(weights, d.Weight[i])
			}
		}
		made.Share = Total(weights) / all
		found = append(found, made)
	}
	return found
}
