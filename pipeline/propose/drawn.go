package propose

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// What the variables of a design are mostly called.
var (
	stratumNames = regexp.MustCompile(`(?i)^(.*strat(a|um|id|no)?[0-9]*|sdmvstra|(.*_)?str(at)?)$`)
	psuNames     = regexp.MustCompile(`(?i)^(.*psu(_?(id|no))?[0-9]*|clust(er)?(_?(id|no))?[0-9]*|.*cluster_?(id|no)?|sppsu|secu|ea_?(id|no)?)$`)
	fpcNames     = regexp.MustCompile(`(?i)^(fpc[0-9]*|.*_fpc[0-9]*)$`)
	fpcLabels    = regexp.MustCompile(`(?i)finite population|(number|population) of (psus|clusters|units) in (the )?(stratum|population)`)
	// replicateNames are those of replicates whose factors tell no method.
	replicateNames = regexp.MustCompile(`(?i)rep|wt|wgt|weight|brr|jk|boot|^bs`)
	// oddWeights are names of weights that tell nothing of a variable elsewhere.
	oddWeights = regexp.MustCompile(`(?i)^(pw|pweight|iw)$`)
	numbered   = regexp.MustCompile(`^(.*?[^0-9])([0-9]+)$`)
)

// leastReplicates is how many variables of one name and consecutive numbers may be
// replicate weights.
const leastReplicates = 4

// A drawnRole is a candidate for one part of a design.
type drawnRole struct {
	name string
	why  []string
	sure int // the surer the more: its label says so, or its name
}

// replicateSet is variables of one name and consecutive numbers.
type replicateSet struct {
	stem  string
	names []string
}

// DrawnNames lists the variables of an extract that may say how it was drawn and
// weighted, which Drawn takes a table of.
func DrawnNames(d *description.File) []string {
	var names []string
	for _, roles := range [][]drawnRole{roles(d, stratumNames, strata), roles(d, psuNames, psus), roles(d, fpcNames, fpcLabels), weightRoles(d)} {
		for _, r := range roles {
			if !slices.Contains(names, r.name) {
				names = append(names, r.name)
			}
		}
	}
	for _, set := range replicateSets(d) {
		names = append(names, set.names...)
	}
	return names
}

// roles are the variables that a name or a label makes candidates of, the surest first.
func roles(d *description.File, names, labels *regexp.Regexp) []drawnRole {
	var found []drawnRole
	for _, v := range d.Variables {
		r := drawnRole{name: v.Name}
		if labels.MatchString(v.Label) {
			r.sure += 2
			r.why = append(r.why, fmt.Sprintf("its label says so (%s)", oneLine(v.Label)))
		}
		if names.MatchString(v.Name) {
			r.sure++
			r.why = append(r.why, "its name says so")
		}
		if r.sure > 0 && v.Present > 0 && v.Weight == "" {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b drawnRole) int { return cmp.Compare(b.sure, a.sure) })
	return found
}

// weightRoles are the variables that may be weights, but for those that may be
// replicates; the one by which the file says that it is weighted comes first.
func weightRoles(d *description.File) []drawnRole {
	var replicates []string
	for _, set := range replicateSets(d) {
		replicates = append(replicates, set.names...)
	}
	var found []drawnRole
	for _, v := range d.Variables {
		named := v.Numeric && v.Present > 0 && v.Min >= 0 && (len(description.NamedWeights([]string{v.Name})) > 0 || oddWeights.MatchString(v.Name))
		if v.Weight == "" && !named || slices.Contains(replicates, v.Name) {
			continue
		}
		r := drawnRole{name: v.Name, why: []string{cmp.Or(v.Weight, "its name says so")}, sure: 1}
		if v.Weight != "" {
			r.sure++
		}
		if strings.EqualFold(v.Name, d.About.Weight) {
			r.sure += 4
		}
		if v.Present == d.Rows {
			r.sure++
		}
		if strings.EqualFold(v.Name, "weight") { // mostly how heavy a respondent is
			r.sure -= 2
		}
		found = append(found, r)
	}
	slices.SortStableFunc(found, func(a, b drawnRole) int { return cmp.Compare(b.sure, a.sure) })
	return found
}

// replicateSets are the variables of one name and consecutive numbers, all of them
// numbers, whose means are alike.
func replicateSets(d *description.File) []replicateSet {
	const alike = 0.5 // of the mean of the first
	var sets []replicateSet
	means := map[string]float64{}
	last := map[string]string{}
	for _, v := range d.Variables {
		m := numbered.FindStringSubmatch(v.Name)
		if m == nil || !v.Numeric || v.Present == 0 || v.Max <= 0 {
			continue
		}
		stem := strings.ToLower(m[1])
		at := slices.IndexFunc(sets, func(s replicateSet) bool { return s.stem == stem })
		if at < 0 {
			at = len(sets)
			sets = append(sets, replicateSet{stem: stem})
			means[stem] = v.Mean
		}
		if math.Abs(v.Mean-means[stem]) > alike*math.Abs(means[stem]) {
			means[stem] = math.NaN() // answers, which differ from one to the next
			last[stem] = ""
		}
		sets[at].names = append(sets[at].names, v.Name)
	}
	return slices.DeleteFunc(sets, func(s replicateSet) bool {
		return len(s.names) < leastReplicates || math.IsNaN(means[s.stem])
	})
}

// Drawn proposes how a sample was drawn and weighted, as a page of YAML for twc
// estimate --design: what names, labels and the columns themselves make likely, each
// with its reasons, and what else may be it as comments. A doubt says "check".
func Drawn(d *description.File, t *table.Table) []byte {
	w := &drawnPage{draft: draft{d: d}, t: t}
	w.line("# Proposed from %s (%s). What says \"check\" is for its documentation to tell.", oneLine(d.Name), refusal.Count(d.Rows, "row"))
	w.clusters()
	w.weight()
	w.fpc()
	if !w.said {
		w.line("# check: no variable is like a stratum, a PSU, a weight or replicates; a published design factor is deft: 1.2")
	}
	return []byte(w.out.String())
}

type drawnPage struct {
	draft
	t       *table.Table
	stratum []string // labels of rows; nil where there is none
	weights []float64
	said    bool
	drawnBy bool // a stratum or a PSU is proposed
}

// say writes a key with its reasons, and the other candidates as comments.
func (w *drawnPage) say(key string, chosen drawnRole, others []drawnRole) {
	w.said = true
	w.drawnBy = w.drawnBy || key == "stratum" || key == "psu"
	w.line("%s: %s  # %s", key, name(chosen.name), strings.Join(chosen.why, "; "))
	for _, o := range others {
		w.line("# %s: %s  # or: %s", key, name(o.name), strings.Join(o.why, "; "))
	}
}

// plainName is a name that YAML takes without quotes.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func name(of string) string {
	if plainName.MatchString(of) {
		return of
	}
	return quoted(of)
}

// labels are those of a column, nil where some row that weighs has none.
func (w *drawnPage) labels(name string) []string {
	c := w.t.Column(name)
	if c == nil {
		return nil
	}
	return c.Labels()
}

// clusters proposes strata and PSUs: of several candidates the surest of which no PSU
// is in two strata.
func (w *drawnPage) clusters() {
	strata, psus := roles(w.d, stratumNames, strata), roles(w.d, psuNames, psus)
	psus = slices.DeleteFunc(psus, func(r drawnRole) bool {
		return slices.ContainsFunc(strata, func(s drawnRole) bool { return s.name == r.name && s.sure >= r.sure })
	})
	strata = slices.DeleteFunc(strata, func(r drawnRole) bool {
		return slices.ContainsFunc(psus, func(s drawnRole) bool { return s.name == r.name })
	})
	var chosen drawnRole
	if len(strata) > 0 {
		chosen = strata[0]
		w.stratum = w.labels(chosen.name)
		distinct, without := counted(w.stratum)
		chosen.why = append(chosen.why, refusal.Count(len(distinct), "stratum"))
		if without > 0 {
			chosen.why = append(chosen.why, fmt.Sprintf("check: %s without one", refusal.Count(without, "row")))
		}
	}
	if len(psus) == 0 {
		if len(strata) > 0 {
			w.say("stratum", chosen, strata[1:])
		}
		return
	}
	psu := psus[0]
	of := w.labels(psu.name)
	distinct, without := counted(of)
	psu.why = append(psu.why, refusal.Count(len(distinct), "label"))
	if without > 0 {
		psu.why = append(psu.why, fmt.Sprintf("check: %s without one", refusal.Count(without, "row")))
	}
	lonely := 0
	if len(strata) > 0 {
		homes := map[string]map[string]bool{} // of each stratum, its PSUs
		strataOf := map[string]map[string]bool{}
		for row, label := range of {
			if h := w.stratum[row]; label != "" && h != "" {
				put(homes, h, label)
				put(strataOf, label, h)
			}
		}
		several, pairs := 0, 0
		for _, in := range strataOf {
			if len(in) > 1 {
				several++
			}
			pairs += len(in)
		}
		switch {
		case several == 0:
			psu.why = append(psu.why, fmt.Sprintf("%s constant within each", chosen.name))
		case several*2 > len(strataOf):
			psu.why = append(psu.why, fmt.Sprintf("numbered anew in each stratum, %s", refusal.Count(pairs, "PSU")))
		default:
			psu.why = append(psu.why, fmt.Sprintf("check: %d of them in several strata, and taken for another PSU in each", several))
		}
		for _, in := range homes {
			if len(in) == 1 {
				lonely++
			}
		}
		w.say("stratum", chosen, strata[1:])
	}
	w.say("psu", psu, psus[1:])
	if lonely > 0 {
		w.line("lonely: refuse  # check: %s with one PSU: certainty, adjust or average", refusal.Count(lonely, "stratum"))
	}
}

func put(to map[string]map[string]bool, key, value string) {
	if to[key] == nil {
		to[key] = map[string]bool{}
	}
	to[key][value] = true
}

// counted are how many rows have each label, and how many have none.
func counted(labels []string) (distinct map[string]int, without int) {
	distinct = map[string]int{}
	for _, label := range labels {
		if label == "" {
			without++
			continue
		}
		distinct[label]++
	}
	return distinct, without
}

// A replicated set is one whose columns are near a weight.
type replicated struct {
	replicateSet
	method []string
	why    string
}

// weight proposes the weight, and its replicates: of several weights the one that
// columns of one name are replicates of, if there is one.
func (w *drawnPage) weight() {
	roles := weightRoles(w.d)
	if len(roles) == 0 {
		return
	}
	var found []replicated
	for i, r := range roles {
		if c := w.t.Column(r.name); c != nil {
			w.weights = c.Values
		}
		if found = w.replicates(); found != nil {
			first := roles[i]
			first.why = append(first.why, fmt.Sprintf("%s are its replicates", refusal.Count(len(found[0].names), "variable")))
			roles = slices.Insert(slices.Delete(roles, i, i+1), 0, first)
			break
		}
	}
	for i, r := range roles {
		c := w.t.Column(r.name)
		if c == nil || c.Values == nil {
			continue
		}
		sum, counted := 0.0, 0
		for _, x := range c.Values {
			if x > 0 {
				sum += x
				counted++
			}
		}
		mean := sum / float64(max(counted, 1))
		why := fmt.Sprintf("sums to %s over %s", short(sum), refusal.Count(counted, "row"))
		if math.Abs(mean-1) < 0.05 {
			why += ", as weights that are scaled to the sample: totals of a population want others"
		}
		roles[i].why = append(roles[i].why, why)
	}
	w.say("weight", roles[0], roles[1:])
	for i, set := range found {
		mark := ""
		if i > 0 || w.stratum != nil {
			mark = "# "
		}
		w.line("%sreplicates: %s  # %s, %s", mark, quoted(set.stem+"[0-9]*"), refusal.Count(len(set.names), "variable"), set.why)
		for _, line := range set.method {
			w.line("%s%s", mark, line)
		}
	}
}

func short(x float64) string { return codebook.Spell(math.Round(x*100) / 100) }

// replicates are the sets whose columns are near the weight.
func (w *drawnPage) replicates() []replicated {
	var found []replicated
	for _, set := range replicateSets(w.d) {
		if method, why := w.method(set); why != "" {
			found = append(found, replicated{set, method, why})
		}
	}
	return found
}

// method is how replicates were made, as lines of the page, and why they may be
// replicates: the factors that they are of the weight in the first columns.
func (w *drawnPage) method(set replicateSet) (lines []string, why string) {
	if w.weights == nil {
		return nil, ""
	}
	const tolerance, columns = 0.01, 4
	found := map[float64]int{}
	rows := 0
	for _, of := range set.names[:min(columns, len(set.names))] {
		c := w.t.Column(of)
		if c == nil || c.Values == nil {
			return nil, ""
		}
		for row, own := range w.weights {
			if own > 0 && !math.IsNaN(c.Values[row]) {
				found[math.Round(c.Values[row]/own/tolerance)*tolerance]++
				rows++
			}
		}
	}
	mean := 0.0
	for x, count := range found {
		mean += x * float64(count) / float64(max(rows, 1))
	}
	if rows == 0 || math.Abs(mean-1) > 0.2 { // replicates are about the weight
		return nil, ""
	}
	share := func(factor float64) float64 {
		n := 0
		for x, count := range found {
			if math.Abs(x-factor) < 1.5*tolerance {
				n += count
			}
		}
		return float64(n) / float64(rows)
	}
	const nearly = 0.98
	factors := slices.Sorted(maps.Keys(found))
	low, high := factors[0], factors[len(factors)-1]
	one := share(1)
	switch {
	case share(0)+share(2) > nearly:
		return []string{"method: brr"}, "each 0 or 2 times the weight"
	case low > 0 && math.Abs(low+high-2) < 3*tolerance && share(low)+share(high) > nearly:
		return []string{"method: fay", fmt.Sprintf("fay: %s", codebook.Spell(math.Round(low*100)/100))}, fmt.Sprintf("each %s or %s times the weight", codebook.Spell(math.Round(low*100)/100), codebook.Spell(math.Round(high*100)/100))
	case share(0.29)+one+share(1.71) > nearly && share(0.29) > 0 && share(1.71) > 0:
		return []string{"method: successive-difference"}, "each 0.29, 1 or 1.71 times the weight"
	case one > 0.5 && share(0) > 0:
		return append([]string{"method: jkn"}, w.scales(set)...), "nearly all the weight itself, and some 0"
	case share(0) > 0 && share(0) < 0.2 && found[factors[len(factors)-1]] > 0 && one+share(high)+share(0) > nearly:
		return []string{"method: jk1"}, "some 0, and all others a little more than the weight"
	case share(0) > 0.2 && high > 2.5:
		return []string{"method: bootstrap"}, "from 0 to several times the weight"
	case low > 0 && high < 20 && replicateNames.MatchString(set.stem):
		return []string{"method: \"\"  # check: its documentation has it"}, "near the weight"
	}
	return nil, ""
}

// scales are those of a stratified jackknife: a replicate that leaves one of n PSUs out
// has n/(n-1) times the weight of the others of its stratum, and the scale (n-1)/n.
func (w *drawnPage) scales(set replicateSet) []string {
	var of []string
	for _, name := range set.names {
		most := 0.0
		c := w.t.Column(name)
		for row, own := range w.weights {
			if own > 0 && c.Values != nil && !math.IsNaN(c.Values[row]) {
				most = max(most, c.Values[row]/own)
			}
		}
		n := math.Round(most / (most - 1))
		if !(n >= 2) || math.Abs(n/(n-1)-most) > 0.01 {
			return []string{"# check: scales: (n-1)/n of the n PSUs of the stratum that each leaves one out of"}
		}
		of = append(of, codebook.Spell((n-1)/n))
	}
	const why = "  # (n-1)/n, where the others of a stratum weigh n/(n-1) times the weight"
	if len(slices.Compact(slices.Sorted(slices.Values(of)))) == 1 {
		return []string{"scale: " + of[0] + why}
	}
	return []string{"scales: [" + strings.Join(of, ", ") + "]" + why}
}

// fpc proposes population sizes or fractions, which are constant within each stratum.
func (w *drawnPage) fpc() {
	for i, r := range roles(w.d, fpcNames, fpcLabels) {
		c := w.t.Column(r.name)
		if c == nil || c.Values == nil {
			continue
		}
		low, high := c.Extent()
		what := "numbers of a population"
		if high <= 1 {
			what = "fractions that were drawn"
		}
		why := append(r.why, fmt.Sprintf("%s to %s: %s", codebook.Spell(low), codebook.Spell(high), what))
		within := map[string]float64{}
		for row, x := range c.Values {
			h := ""
			if w.stratum != nil {
				h = w.stratum[row]
			}
			if before, met := within[h]; met && before != x {
				why = append(why, "check: not constant within the strata: of a later stage, or none")
				break
			}
			within[h] = x
		}
		if !w.drawnBy {
			why = append(why, "check: of which strata or PSUs, of which none is known")
		}
		mark := ""
		if i > 0 || strings.Contains(strings.Join(why, ""), "check") {
			mark = "# "
		}
		w.said = true
		w.line("%sfpc: %s  # %s", mark, name(r.name), strings.Join(why, "; "))
	}
}
