#!/usr/bin/env bash
# R's test of independence counts PSUs and categories outside a subset, if the design is calibrated.
#
# Guess: svychisq of a subset has the degrees of freedom of the subset, as degf() tells them,
#   whether the weights were calibrated or not.
# What happens: subset() keeps the rows outside of a calibrated or post-stratified design, at
#   weight 0, and svychisq counts their PSUs in the denominator. Here the post-strata have the
#   totals that they had, so that no weight changes, and 7.7 degrees of freedom become 19.2: p
#   is 0.029 instead of 0.055. degf() of that same subset is 4. A category that only rows outside
#   have is counted too: the statistic is then NaN, without an error.
#   Take the denominator from degf(), or make the test from svytotal.
# Seen with survey 4.1-1 (Debian's r-cran-survey, R 4.2.2), 2026-12-01. Needs Rscript with survey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ask.R <<'R'
suppressMessages(library(survey))
i <- 1:120
d <- data.frame(region = rep(1:2, each = 60), psu = rep(1:12, each = 10), w = 1 + i %% 3, sex = 1 + i %% 2)
d$north <- d$psu %in% c(1:3, 7:9)
d$view <- 1 + ((i * 53) %% 13) %% 3
d$smokes <- as.numeric((i * 37) %% 11 + 3 * d$view > 12)
d$wide <- ifelse(d$north, d$view, 4)
plain <- svydesign(ids = ~psu, strata = ~region, weights = ~w, data = d)
totals <- as.data.frame(svytable(~sex, plain))
designs <- list(
  "plain" = plain,
  "post-stratified" = postStratify(plain, ~sex, totals),
  "calibrated" = calibrate(plain, ~ factor(sex), c(sum(totals$Freq), totals$Freq[2])))
for (name in names(designs)) {
  stopifnot(all.equal(weights(designs[[name]]), d$w, check.attributes = FALSE))
  part <- subset(designs[[name]], north)
  wide <- svychisq(~ smokes + wide, part)
  f <- svychisq(~ smokes + view, part)
  w <- svychisq(~ smokes + view, part, statistic = "adjWald")
  cat(sprintf("%s: degf %d\n", name, degf(part)))
  cat(sprintf("  F %.2f on %.2f and %.2f, p %.3f\n", f$statistic, f$parameter[1], f$parameter[2], f$p.value))
  cat(sprintf("  Wald's on %d and %d, p %.2f\n", w$parameter[1], w$parameter[2], w$p.value))
  cat(sprintf("  F with a category outside %.2f\n", wide$statistic))
}
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
plain: degf 4
  F 4.37 on 1.92 and 7.70, p 0.055
  Wald's on 2 and 3, p 0.29
  F with a category outside 4.37
post-stratified: degf 4
  F 4.34 on 1.92 and 19.24, p 0.029
  Wald's on 2 and 9, p 0.16
  F with a category outside NaN
calibrated: degf 4
  F 4.34 on 1.92 and 19.24, p 0.029
  Wald's on 2 and 9, p 0.16
  F with a category outside NaN
SEEN
