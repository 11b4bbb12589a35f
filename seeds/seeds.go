// Package seeds is what the pipeline starts from: the data of the plan's register
// and of the ledger of published figures, which the package plan reads, and
// synthetic extracts whose population values are known.
//
// The extracts are drawn from a declared population (population.yaml) by a
// design like that of the surveys: areas in strata with probability in
// proportion to size, one adult at an address, unequal response and, in some
// waves, a boost of minority ethnic adults. They are written with the names
// and codes of the wave's crosswalk, so that a run on them is a run of the
// whole pipeline, and Population.Share says what it should have found. Every
// row of one is marked (Synthetic).
package seeds

import "embed"

// Files are the register of the plan of 2005 (plan.yaml) and the ledger of
// published figures (published.csv).
//
//go:embed plan.yaml published.csv
var Files embed.FS
