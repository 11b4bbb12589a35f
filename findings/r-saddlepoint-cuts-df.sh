#!/usr/bin/env bash
# A p-value of R's survey by the saddlepoint moves out from between its neighbours where
# the denominator's degrees of freedom are no whole number, which they nearly always are.
#
# Guess: svychisq(statistic="saddlepoint") is the Rao-Scott F test with a better
#   approximation to the same distribution: its p-value is near to that of the F test, and
#   with 23.8 degrees of freedom lies between those with 23 and with 24.
# What happens: pFsum() repeats the weight of the denominator ddf times with rep(), which
#   drops the fraction, and divides it by the whole ddf: a denominator of mean 23/23.8. The
#   F test's degrees of freedom are a product with a fraction in all tables but those of
#   two by two, and p here is up to an eighth of itself too large, most just below a whole
#   number.
#   Take statistic="F", or satterthwaite of pFsum, or give the form its fraction.
# Seen with survey 4.1-1 (Debian's r-cran-survey, R 4.2.2), 2026-12-01. Needs Rscript with survey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ask.R <<'R'
suppressMessages(library(survey))
lambda <- c(1.267, 1.067)
for (ddf in c(23, 23.2, 23.5, 23.8, 23.999, 24)) {
  p <- function(method) pFsum(7.61, c(1, 1), lambda, ddf = ddf, lower.tail = FALSE, method = method)
  cat(sprintf("df %6.3f: saddlepoint %.4f, satterthwaite %.4f\n", ddf, p("saddlepoint"), p("satterthwaite")))
}
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
df 23.000: saddlepoint 0.0572, satterthwaite 0.0570
df 23.200: saddlepoint 0.0585, satterthwaite 0.0568
df 23.500: saddlepoint 0.0604, satterthwaite 0.0566
df 23.800: saddlepoint 0.0623, satterthwaite 0.0564
df 23.999: saddlepoint 0.0636, satterthwaite 0.0562
df 24.000: saddlepoint 0.0564, satterthwaite 0.0562
SEEN
