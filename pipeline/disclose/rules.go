package disclose

// rules are the bounds of a policy, in respondents.
type rules struct {
	base, sides int64 // below which a count is confidential
	unreliable  int64
	caution     int64
	interval    int64 // the least width that a confidential count is known within
	zeros       bool  // a share of nobody or of all is confidential
	step        float64
	dominance   float64
	bases       int64 // that bases are shown to a multiple of
}

// confidential lists the sides on which counts are.
func (r rules) confidential(c counts, sided bool) []side {
	var list []side
	if c[base] == 0 {
		return nil
	}
	if c[base] < r.base {
		list = append(list, base)
	}
	for _, s := range []side{yes, no} {
		if sided && r.onSide(c[s]) {
			list = append(list, s)
		}
	}
	return list
}

// onSide says whether so few on a side of a share are confidential.
func (r rules) onSide(n int64) bool { return n < r.sides && (n > 0 || r.zeros) }

// fewBeyond says whether so few at a quantile or beyond it, or with another value than the
// rest, are confidential: the figure is near the value of one of them, or tells what they
// add. Of none it tells nothing.
func (r rules) fewBeyond(n int64) bool { return n > 0 && n < r.sides }

// heavy is the share that few who have most may not have, and the most that as many may: from
// the policy's of one respondent in a straight line to all that as many have as a base is
// shown of. It is the first that is too large, or the last.
func (r rules) heavy(shares []float64) (share, limit float64) {
	for i, x := range shares {
		if int64(i) >= r.base-1 {
			break
		}
		share, limit = x, r.dominance+float64((1-r.dominance)*(float64(i)/float64(r.base-1)))
		if share > limit {
			break
		}
	}
	return share, limit
}

// class is how much is lost by withholding a row, by the policy's bounds.
func (r rules) class(c counts) int {
	switch {
	case c[base] < r.unreliable:
		return 1
	case c[base] < r.caution:
		return 2
	}
	return 3
}

// blurred says whether what one population has more than another within it is, on
// the sides of shares, known no better than the policy wants: shares are rounded,
// and of many respondents a rounded share leaves several counts possible. That is
// so whatever the shares are.
func (r rules) blurred(of []*row, j, k int) bool {
	if j < 0 {
		return false
	}
	return r.width(of[j])+r.width(of[k]) >= r.interval
}

// width is the least width that a rounded share leaves to the counts on its sides. An
// amount may have any number of digits for one respondent more: it leaves none.
func (r rules) width(of *row) int64 {
	if of.amount() {
		return 0
	}
	return max(0, int64(r.step*float64(of.counts[base]))-1)
}
