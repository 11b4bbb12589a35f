#!/usr/bin/env bash
# The errors of an ordinal model of R's survey depend on the unit of a covariate.
#
# Guess: svyolr(view ~ pay) in pounds and in thousands is one model: the coefficient and its
#   error are a thousand times smaller, and their ratio is the same but for rounding.
# What happens: the coefficient is the same and the error is not. svyolr takes the Hessian
#   from optim, which makes it by differences with a step of 0.001 in every coefficient; where
#   a covariate is in the thousands that step is one of several to dozens in the log odds. Pay a quarter has
#   an error six times too large, pay a half-year one four times, both without a word, and pay
#   a year stops in svd(). The jackknife of the same coefficient is near to the error in thousands.
#   Divide covariates until they are about 1 (age in decades, income in thousands). Smaller steps,
#   which control = list(ndeps = ) hands on to optim, ended in an error for pay a quarter.
# Seen with survey 4.1-1 (Debian's r-cran-survey, R 4.2.2), 2026-12-01. Needs Rscript with survey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ask.R <<'R'
suppressMessages(library(survey))
i <- 1:240
d <- data.frame(psu = rep(1:24, each = 10), w = 1 + i %% 3, week = 100 + 5 * ((i * 37) %% 151))
d$view <- cut(d$week / 400 + ((i * 101) %% 97) / 24 + (d$psu %% 5) / 4, c(-Inf, 2.6, 3.8, 5, Inf))
fit <- function(data) svyolr(view ~ pay, svydesign(ids = ~psu, weights = ~w, data = data))
# all in thousands of pounds a week
tell <- function(unit, times) {
  m <- try(fit(transform(d, pay = week * times)), silent = TRUE)
  if (inherits(m, "try-error")) cat(unit, ": ", m, sep = "")
  else cat(sprintf("%s: %.3f, error %.3f\n", unit, 1000 * times * coef(m)[["pay"]], 1000 * times * SE(m)[["pay"]]))
}
tell("thousands a week", 1 / 1000)
tell("pounds a week", 1)
tell("pounds a month", 52 / 12)
tell("pounds a quarter", 13)
tell("pounds a half-year", 26)
tell("pounds a year", 52)
jackknife <- as.svrepdesign(svydesign(ids = ~psu, weights = ~w, data = d), type = "JK1")
each <- withReplicates(jackknife, function(w, data) {
  coef(fit(transform(data, w = w, pay = week / 1000)[w > 0, ]))[["pay"]]
})
cat(sprintf("jackknife: %.3f, error %.3f\n", coef(each), SE(each)))
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
thousands a week: 3.140, error 0.450
pounds a week: 3.140, error 0.465
pounds a month: 3.140, error 1.010
pounds a quarter: 3.140, error 2.897
pounds a half-year: 3.140, error 1.677
pounds a year: Error in svd(X) : infinite or missing values in 'x'
jackknife: 3.140, error 0.463
SEEN
