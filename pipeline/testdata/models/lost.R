# An ordinal model under replicates that have nobody of a category: of one between others,
# whose two cutpoints are one there, and of the last, whose cutpoint is nowhere.
#
#   Rscript lost.R
#
# prints what TestReplicatesWithoutACategory has. R's svyolr fits such a replicate with all
# cutpoints: two that its optimiser leaves 0.00005 apart, or one at wherever it stops.
# Leaving the category out of the factor is the limit of both, found here to its last digits.
suppressMessages(library(survey))
stopifnot(packageVersion("survey") == "4.1.1")
d <- data.frame(psu = rep(1:6, each = 6), wt = rep(c(1, 2, 1.5, 1, 2, 1.2), 6),
  x = c(1, 5, 3, 8, 2, 9, 4, 7, 1, 6, 3, 5, 2, 8, 9, 3, 6, 4, 5, 1, 7, 2, 8, 6, 3, 9, 4, 5, 1, 7, 2, 6, 8, 3, 5, 4),
  inner = c(2, 2, 1, 3, 1, 2, 3, 3, 1, 1, 1, 3, 1, 3, 4, 4, 3, 1, 3, 1, 4, 1, 1, 3, 3, 4, 1, 1, 1, 4, 1, 3, 1, 3, 4, 3))
d$last <- ifelse(d$inner == 2 | d$inner == 4, 3, d$inner)
d$last[31:36] <- c(1, 3, 4, 3, 4, 3)
d$last[1:3] <- 2
write.csv(d, "lost.csv", row.names = FALSE, quote = FALSE)
fit <- function(y, w) { # slope and cutpoints of the categories that have weight
  keep <- w > 0; x <- d$x[keep]; y <- factor(y[keep]); w <- w[keep]; k <- as.integer(y); q <- nlevels(y) - 1
  score <- function(par) {
    z <- c(-Inf, par[1 + 1:q], Inf); a <- z[k + 1] - par[1] * x; b <- z[k] - par[1] * x
    p <- plogis(a) - plogis(b)
    c(sum(w * x * (dlogis(b) - dlogis(a)) / p), sapply(1:q, function(j) sum(w * ((k == j) * dlogis(a) - (k == j + 1) * dlogis(b)) / p)))
  }
  par <- suppressWarnings(MASS::polr(y ~ x, weights = w))
  par <- c(par$coefficients, par$zeta)
  for (i in 1:50) {
    h <- sapply(seq_along(par), function(j) { e <- 1e-5 * (seq_along(par) == j); (score(par + e) - score(par - e)) / 2e-5 })
    par <- par - solve(h, score(par))
  }
  setNames(par, c("x", paste(levels(y)[-(q + 1)], levels(y)[-1], sep = "|")))
}
jack <- as.svrepdesign(svydesign(ids = ~psu, weights = ~wt, data = d), type = "JK1")
of <- function(name) {
  all <- fit(d[[name]], d$wt)
  each <- t(apply(weights(jack, "analysis"), 2, function(w) {
    par <- fit(d[[name]], w)
    if ("1|3" %in% names(par)) par <- par[pmatch(c("x", "1|3", "1|3", "3|4"), names(par), duplicates.ok = TRUE)]
    if (names(par)[length(par)] != "3|4") par[4] <- Inf
    unname(par)
  }))
  se <- sqrt(diag(survey:::svrVar(each[, is.finite(colSums(each))], jack$scale, jack$rscales, mse = FALSE, coef = all)))
  cat(name, "\n"); print(all, digits = 12); print(se, digits = 12)
}
of("inner"); of("last")
