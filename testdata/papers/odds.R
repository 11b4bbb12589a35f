library(survey)
d <- read.csv("nhanes2.csv")
s <- svydesign(ids = ~psuid, strata = ~stratid, weights = ~finalwgt, nest = TRUE, data = d)
m <- svyglm(highbp ~ zinc + factor(race) + factor(region), s, family = quasibinomial, control = list(epsilon = 1e-14))
limits <- confint(m, ddf = m$df.residual)
p <- coef(summary(m))[, 4]
coefficients <- data.frame(name = names(coef(m)), value = coef(m), se = SE(m), p = p, ratio = exp(coef(m)), ratio_lower = exp(limits[, 1]), ratio_upper = exp(limits[, 2]))
coefficients[1, c("ratio", "ratio_lower", "ratio_upper")] <- NA
