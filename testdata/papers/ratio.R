library(survey)
d <- read.csv("nhanes2fay.csv")
s <- svrepdesign(weights = ~finalwgt, repweights = d[grep("^fay_", names(d))], type = "Fay", rho = 0.3, combined.weights = TRUE, mse = FALSE, data = d)
s <- subset(s, !is.na(weight) & !is.na(height))
of <- function(group, s) {
  x <- svyratio(~weight, ~height, s)
  limits <- confint(x, df = degf(s))
  data.frame(group = group, value = as.vector(coef(x)), se = as.vector(SE(x)), lower = limits[1], upper = limits[2])
}
figures <- of("all", s)
for (r in 1:4) figures <- rbind(figures, of(r, subset(s, region == r)))
