library(survey)
d <- read.csv("nhanes2.csv")
s <- svydesign(ids = ~psuid, strata = ~stratid, weights = ~finalwgt, nest = TRUE, data = d)
quartiles <- function(group, s) {
  x <- svyquantile(~zinc, s, c(0.25, 0.5, 0.75), na.rm = TRUE, ci = TRUE)[[1]]
  data.frame(group = group, quantile = rownames(x), value = x[, 1], lower = x[, 2], upper = x[, 3])
}
figures <- quartiles("all", s)
for (r in 1:3) figures <- rbind(figures, quartiles(r, subset(s, race == r)))
