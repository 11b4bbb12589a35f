// Package seeds is what the pipeline starts from: the register of the plan's
// measures, the figures that others have published, and synthetic extracts
// whose population values are known.
//
// The extracts are drawn from a declared population (population.yaml) by a
// design like that of the surveys: areas in strata with probability in
// proportion to size, one adult at an address, unequal response and, in some
// waves, a boost of minority ethnic adults. They are written with the names
// and codes of the wave's crosswalk, so that a run on them is a run of the
// whole pipeline, and Population.Share says what it should have found. Every
// row of one is marked (Synthetic).
package seeds
