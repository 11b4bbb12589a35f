package estimate

import "togetherwecan/pipeline/design"

// total adds numbers in no order: the result does not depend on theirs.
func total(xs []float64) float64 { return design.Total(xs) }
