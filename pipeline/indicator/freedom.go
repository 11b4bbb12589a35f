package indicator

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// Whose degrees of freedom a figure has. A number is what it says.
const (
	FreedomDomain     = "domain"       // of the PSUs and strata that its base meets, or of the replicates there
	FreedomDesign     = "design"       // of the whole design, as a question's comparisons have
	FreedomStrata     = "strata"       // of all PSUs drawn in the strata that its base meets
	FreedomReplicates = "replicates"   // how many replicates there are
	FreedomLess       = "replicates-1" // and one less
	FreedomNormal     = "normal"       // without end: the normal distribution
)

// Freedoms are the rules by their names.
var Freedoms = []string{FreedomDomain, FreedomDesign, FreedomStrata, FreedomReplicates, FreedomLess, FreedomNormal}

// WrongFreedom says what is wrong with a rule of degrees of freedom, "" for nothing.
func WrongFreedom(rule string) string {
	for _, name := range Freedoms {
		if rule == name {
			return ""
		}
	}
	if x, err := strconv.ParseFloat(rule, 64); err == nil && x > 0 && !math.IsInf(x, 0) {
		return ""
	}
	return fmt.Sprintf("%q, want a number above 0 or %s%s", rule, strings.Join(Freedoms, ", "), refusal.Nearest(rule, Freedoms))
}

// WithoutReplacement has the estimate its design effect over a simple random sample
// drawn without replacement: over one with replacement, divided by the share of the
// population that was not drawn, 1 - n/N, of which N is the sum of the weights. It is
// none where the weights do not add up to more than there are respondents.
func (e *Estimate) WithoutReplacement() {
	left := 1 - float64(e.Base)/e.Weights
	if !(left > 0) {
		e.DEFF = math.NaN()
		return
	}
	e.DEFF /= left
}
