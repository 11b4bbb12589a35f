# Woodruff's limits of quantiles within classes, by R's survey 4.1: the share of those below the
# quantile, of its own class the part below it, its error, and the quantiles at the share's limits.
library(survey)
d <- data.frame(
  x = c(10, 10, 15, 15, 15, 20, 20, 25, 25, 30, 30, 45, 10, 15, 20, 20),
  stratum = rep(c("N", "S"), each = 8), psu = 1:16,
  w = c(1, 2, 1, 3, 1, 1, 2, 1, 2, 1, 1, 1, 3, 2, 2, 1)
)
width <- 5
v <- sort(unique(d$x))
gap <- diff(v) / 2
lower <- pmax(v - width / 2, c(-Inf, v[-1] - gap))
upper <- pmin(v + width / 2, c(v[-length(v)] + gap, Inf))
f <- as.numeric(tapply(d$w, d$x, sum)) / sum(d$w)
upto <- cumsum(f)
at <- function(p) {
  if (p < 0 || p > 1) return(NA)
  k <- which(upto >= p - 1e-12)[1]
  lower[k] + (upper[k] - lower[k]) * (p - upto[k] + f[k]) / f[k]
}
for (p in c(0.3, 0.4, 0.5)) {
  k <- match(d$x, v)
  d$below <- pmin(pmax((at(p) - lower[k]) / (upper[k] - lower[k]), 0), 1)
  m <- svymean(~below, svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d))
  t <- qt(0.975, 14)
  limits <- sapply(coef(m) + c(-1, 1) * t * as.numeric(SE(m)), at)
  cat(p, sprintf("%.14g", c(at(p), diff(limits) / (2 * t), limits)), "\n")
}
