#!/bin/bash
# Makes the corpora of the readers of SPSS's and Stata's files, with what haven
# and PSPP read in each file, and the table of them, corpus.csv. Needs Debian's
# pspp, r-cran-haven and readstat, and Go.
set -eu -o pipefail
cd "$(dirname "$0")/.."
go test ./sav ./dta -run 'TestCorpusFilesAreTheSamples|TestMade' -update
sav/testdata/make-corpus.sh
(cd dta/testdata && Rscript corpus.R)
por/testdata/make-corpus.sh
go test . -run TestCorpusTable -update-corpus
