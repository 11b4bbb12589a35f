#!/usr/bin/env bash
# The upper arcsine limit of R's survey can lie below the share that it is the limit of.
#
# Guess: limits of svyciprop(method = "asin") stop at 0 and 1, which is what the
#   transformation is for, and a higher level has wider limits.
# What happens: it takes t errors to each side of asin(sqrt(p)) and the squared sine of that,
#   without holding the angle within 0 and a right angle, where the sine turns back. With few
#   PSUs, or in a domain that meets few, the upper limit of a large share comes down again as
#   the level rises, past the share itself; of a small share the lower limit rises. No warning is given.
#   Hold the angle within 0 and pi/2, so that the limit is 1 or 0, or take another method.
# Seen with survey 4.1-1 (Debian's r-cran-survey, R 4.2.2), 2026-12-01. Needs Rscript with survey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ask.R <<'R'
suppressMessages(library(survey))
d <- data.frame(school = rep(1:3, each = 15), owns = rep(c(1, 0, 1), c(12, 3, 30)), w = 1)
d$lacks <- 1 - d$owns
s <- svydesign(ids = ~school, weights = ~w, data = d)
tell <- function(what, ask, ...) {
  p <- svyciprop(ask, s, ...)
  cat(sprintf("%-15s %.3f, from %.3f to %.3f\n", what, coef(p), confint(p)[1], confint(p)[2]))
}
tell("asin, 80%", ~owns, method = "asin", level = 0.80)
tell("asin, 95%", ~owns, method = "asin")
tell("asin, 97%", ~owns, method = "asin", level = 0.97)
tell("the others 95%", ~lacks, method = "asin")
tell("logit, 95%", ~owns, method = "logit")
tell("beta, 95%", ~owns, method = "beta")
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
asin, 80%       0.933, from 0.759 to 1.000
asin, 95%       0.933, from 0.449 to 0.905
asin, 97%       0.933, from 0.278 to 0.776
the others 95%  0.067, from 0.095 to 0.551
logit, 95%      0.933, from 0.122 to 0.999
beta, 95%       0.933, from 0.249 to 1.000
SEEN
