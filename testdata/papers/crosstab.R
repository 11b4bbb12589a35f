library(survey)
d <- read.csv("nhanes2.csv")
s <- svydesign(ids = ~psuid, strata = ~stratid, weights = ~finalwgt, nest = TRUE, data = d)
s <- subset(s, !is.na(diabetes) & !is.na(race))
share <- function(row, s) {
  s <- update(s, in_row = as.numeric(diabetes == row))
  x <- svyciprop(~in_row, s, method = "xlogit", df = degf(s))
  data.frame(diabetes = paste(row), value = 100 * as.vector(x), se = 100 * SE(x), lower = 100 * confint(x)[1], upper = 100 * confint(x)[2])
}
cells <- NULL
for (row in 0:1) {
  cells <- rbind(cells, share(row, s))
  for (r in 1:3) cells <- rbind(cells, share(row, subset(s, race == r)))
}
x <- svychisq(~diabetes + race, s)
tests <- data.frame(test = "Rao-Scott", statistic = x$statistic, df = x$parameter[1], denominator_df = x$parameter[2], p = x$p.value)
