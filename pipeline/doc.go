// Package pipeline turns survey extracts into a release of indicators.
//
// The folders are the architecture. Nouns are what flows; verbs move it:
//
//	refusal  disk  expression  codebook  table  description  design  tally                 nouns
//	plan  evaluation  series  indicator  question  release  ledger
//
//	extract -> ingest -> harmonise -> weigh -> estimate -> compare -> disclose -> publish  verbs
//	              propose              query  reproduce                        -> report
//
// A noun imports only nouns before it. A verb imports nouns, never another
// verb. Only this package and the commands import verbs. The nouns but disk, and
// propose, harmonise, weigh, query, estimate, reproduce, compare, disclose and report are pure: the
// same bytes in give the same bytes out, on any machine, on any day. TestLayers
// holds all of this. Report's dataset, what is handed out as tables, is what metadata and
// workbook write, and site what a browser shows; chart draws. Disk is where systems differ: files that take their place whole.
//
// A product that meets a sum is written float64(x*y): the conversion rounds it,
// where a compiler for arm64, ppc64 or s390x would else fuse the two into one
// instruction with another last bit. TestProductsAreGuarded holds this.
//
// A run extends a series: waves without an extract are carried over from the
// last release row for row, and changes are computed from its restricted folder,
// which has every digit, so that it makes no difference whether two waves were
// given in one run or one after the other.
//
// There is one path. Ask takes a question through the verbs that Run takes a
// catalogue through: the extract by its own codes, and definitions without names.
//
// A release describes itself: its words are sealed with it, and whoever shows
// it reads them from there, not from a catalogue.
package pipeline
