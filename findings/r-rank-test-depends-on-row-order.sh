#!/usr/bin/env bash
# The rank test of R's survey has another p-value when the same rows stand in another order.
#
# Guess: svyranktest gives values that tie one rank, as wilcox.test and rank() do, so that the
#   order of the rows is nothing to it.
# What happens: it sums the weights in the order of the values, those that tie in the order of
#   the rows, and takes the plain average of these sums within a tie, in which each respondent
#   counts alike whatever the weight. Where weights differ within a tie, the average depends on who
#   stands first. No warning is given. Without ties, or with equal weights within them, no order matters.
#   Take the weighted middle of the ranks of a tie, or sort rows by a key before the test.
# Seen with survey 4.1-1 (Debian's r-cran-survey, R 4.2.2), 2026-12-01. Needs Rscript with survey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ask.R <<'R'
suppressMessages(library(survey))
d <- data.frame(
  score = c(1, 1, 2, 2, 2, 3, 3, 4), weight = c(1, 5, 2, 7, 1, 3, 1, 2), group = c(0, 1, 0, 1, 1, 0, 1, 0)
)
tell <- function(what, d) {
  p <- svyranktest(score ~ group, svydesign(ids = ~1, weights = ~weight, data = d))$p.value
  cat(sprintf("%-36s p = %.4f\n", what, p))
}
other <- c(2, 1, 5, 4, 3, 7, 6, 8)
tell("rows as they came", d)
tell("the same rows in another order", d[other, ])
untied <- transform(d, score = score + seq_along(score) / 100)
tell("without ties", untied)
tell("without ties, in another order", untied[other, ])
equal <- transform(d, weight = 1)
tell("equal weights", equal)
tell("equal weights, in another order", equal[other, ])
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
rows as they came                    p = 0.1559
the same rows in another order       p = 0.1222
without ties                         p = 0.3885
without ties, in another order       p = 0.3885
equal weights                        p = 0.5611
equal weights, in another order      p = 0.5611
SEEN
