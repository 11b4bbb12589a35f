library(survey)
d <- read.csv("nhanes.csv")
s <- svydesign(ids = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = d)
adults <- subset(s, agecat != "(0,19]")
row <- function(group, s) {
  x <- svyciprop(~HI_CHOL, subset(s, !is.na(HI_CHOL)), method = "xlogit", df = degf(s))
  data.frame(group = group, value = 100 * as.vector(x), se = 100 * SE(x), lower = 100 * confint(x)[1], upper = 100 * confint(x)[2])
}
figures <- row("all", adults)
for (r in 1:4) figures <- rbind(figures, row(paste("race", r), subset(adults, race == r)))
for (g in 1:2) figures <- rbind(figures, row(paste("sex", g), subset(adults, RIAGENDR == g)))
for (r in 1:4) for (g in 1:2) figures <- rbind(figures, row(paste("race", r, "sex", g), subset(adults, race == r & RIAGENDR == g)))
