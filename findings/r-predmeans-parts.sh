#!/usr/bin/env bash
# The errors of R's predictive margins take two parts of one figure for independent.
#
# Guess: svypredmeans linearises the average prediction, so that its errors are those that a
#   replication of the whole, model and average, has.
# What happens: it adds the variance that the coefficients give and that of the mean of the fitted
#   values, as if these came from two samples. Where the PSUs with older people have no more
#   hours, though in each the older have more, the two cancel: the errors here are four times
#   those of the linearisation by hand, of the jackknife and of the means themselves. Where
#   they go the same way the errors are too small. Its help says that it matches SUDAAN.
#   Take withReplicates around model and average, or the influence of both, as below.
# Seen with survey 4.1-1 (Debian's r-cran-survey, R 4.2.2), 2026-12-01. Needs Rscript with survey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ask.R <<'R'
suppressMessages(library(survey))
d <- expand.grid(step = -5:5, sex = c("men", "women"), area = 1:24)
d$w <- 1 + d$area %% 3
d$age <- 33 + (7 * d$area) %% 24 + 3 * d$step
d$hours <- 10 + 0.6 * d$step + (d$sex == "women") + (13 * d$area) %% 5 / 5 + (17 * seq_len(nrow(d))) %% 7 / 4
s <- svydesign(ids = ~area, weights = ~w, data = d)
tell <- function(how, means, errors) {
  cat(sprintf("%-17s men %.2f (%.3f), women %.2f (%.3f)\n", how, means[1], errors[1], means[2], errors[2]))
}
p <- svypredmeans(svyglm(hours ~ age, s), ~sex)
tell("svypredmeans", coef(p), SE(p))
parts <- attr(attr(p, "var"), "parts")
tell("  coefficients", coef(p), sqrt(diag(parts[[1]])))
tell("  average", coef(p), sqrt(diag(parts[[2]])))

model <- svyglm(hours ~ age + sex, s)
x <- model.matrix(model)
score <- (x * residuals(model, "response")) %*% solve(crossprod(x, d$w * x))
all_as <- lapply(c(men = 0, women = 1), function(women) { x[, "sexwomen"] <- women; x })
fitted <- sapply(all_as, function(x) x %*% coef(model))
means <- apply(fitted, 2, weighted.mean, d$w)
influence <- sapply(all_as, function(x) score %*% apply(x, 2, weighted.mean, d$w)) +
  sweep(fitted, 2, means) / sum(d$w)
tell("by hand", means, SE(svytotal(influence, s)))

jackknife <- withReplicates(as.svrepdesign(s, type = "JK1"), function(w, data) {
  data$w <- w
  model <- lm(hours ~ age + sex, data, weights = w)
  sapply(c("men", "women"), function(all) weighted.mean(predict(model, transform(data, sex = all)), w))
})
tell("jackknife", coef(jackknife), SE(jackknife))
plain <- svyby(~hours, ~sex, s, svymean)
tell("means as they are", coef(plain), SE(plain))
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
svypredmeans      men 11.16 (0.300), women 12.15 (0.300)
  coefficients    men 11.16 (0.224), women 12.15 (0.224)
  average         men 11.16 (0.200), women 12.15 (0.200)
by hand           men 11.16 (0.071), women 12.15 (0.066)
jackknife         men 11.16 (0.072), women 12.15 (0.066)
means as they are men 11.16 (0.071), women 12.15 (0.066)
SEEN
